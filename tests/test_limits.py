"""Code that never ends is stopped, and nothing of it is left behind."""

import threading
import time

import pytest

from dlbook_utils.limits import OutOfTime, time_limit


def for_ever():
    while True:
        pass


def keeps_what_it_can():
    while True:
        try:
            time.sleep(0.001)
        except Exception:
            continue


def keeps_everything():
    while True:
        try:
            sum(range(10))
        except:  # noqa: E722
            continue


def sleeps():
    while True:
        time.sleep(0.01)


@pytest.mark.parametrize("function", [for_ever, keeps_what_it_can, keeps_everything, sleeps])
def test_stops(function):
    started = time.monotonic()
    with pytest.raises(OutOfTime), time_limit(0.2):
        function()
    assert time.monotonic() - started < 5


def test_leaves_quick_code_alone():
    for _ in range(200):
        with time_limit(0.001):
            pass
    time.sleep(0.1)
    assert not [thread for thread in threading.enumerate() if thread.name == "dlbook time limit" and thread.is_alive()]


def test_never_fires_after_the_block():
    """Blocks that end just about when their time does: the exception comes inside the block or not at all."""
    for i in range(60):
        try:
            with time_limit(0.01):
                time.sleep(0.0085 + 0.00005 * i)
        except OutOfTime:
            pass
        for _ in range(1000):
            pass


def test_errors_pass():
    with pytest.raises(ValueError, match="mine"), time_limit(1):
        raise ValueError("mine")
