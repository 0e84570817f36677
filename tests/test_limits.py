"""Code that never ends is stopped, and nothing of it is left behind."""

import contextlib
import threading
import time

import pytest

from dlbook_utils.limits import OutOfTime, call_with_limit


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


def watchers():
    return [thread for thread in threading.enumerate() if thread.name == "dlbook time limit"]


@pytest.mark.parametrize("function", [for_ever, keeps_what_it_can, keeps_everything, sleeps])
def test_stops(function):
    started = time.monotonic()
    with pytest.raises(OutOfTime):
        call_with_limit(0.2, function)
    assert time.monotonic() - started < 5


def test_returns_what_was_returned():
    assert [call_with_limit(0.5, lambda i=i: i) for i in range(200)] == list(range(200))
    time.sleep(0.1)
    assert watchers() == []


@pytest.mark.parametrize(("function", "times"), [(for_ever, 60), (keeps_everything, 5)])
def test_nothing_comes_afterwards(function, times):
    """Also while the exceptions, and with them the stopped frames, are kept: as a debugger or a test runner keeps them."""
    kept = []
    for _ in range(times):
        try:
            call_with_limit(0.01, function)
        except OutOfTime as error:
            kept.append(error)
        for _ in range(20_000):
            pass
    time.sleep(0.2)
    assert len(kept) == times and watchers() == []


def test_never_fires_after_a_call_that_just_made_it():
    """Calls that end just about when their time does: the exception comes inside or not at all."""
    for i in range(60):
        with contextlib.suppress(OutOfTime):
            call_with_limit(0.01, lambda i=i: time.sleep(0.0085 + 0.00005 * i))
        for _ in range(1000):
            pass
    time.sleep(0.1)
    assert watchers() == []


def test_errors_pass():
    def fails():
        raise ValueError("mine")

    with pytest.raises(ValueError, match="mine"):
        call_with_limit(1, fails)
