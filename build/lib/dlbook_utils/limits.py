"""A time limit for code that is not ours, on every system and without a second process."""

import contextlib
import ctypes
import threading

__all__ = ["OutOfTime", "time_limit"]

AGAIN = 0.02  # seconds until code that swallowed the exception gets it once more


class OutOfTime(BaseException):
    """Raised inside code that ran longer than it may. Not an Exception, so that ``except Exception`` lets it through."""


@contextlib.contextmanager
def time_limit(seconds):
    """Raise `OutOfTime` in this thread when the block runs longer than ``seconds``.

    The exception comes between two steps of Python code: a single long call into compiled code ends first.
    """
    thread = threading.get_ident()
    lock, finished, fired = threading.Lock(), threading.Event(), False

    def watch():
        nonlocal fired
        wait = seconds
        while not finished.wait(wait):
            with lock:
                if not finished.is_set():
                    fired = True
                    _raise_in(thread, OutOfTime)
            wait = AGAIN

    watcher = threading.Thread(target=watch, name="dlbook time limit", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        while not finished.is_set():  # the exception may come once more while the watcher is being stopped
            with contextlib.suppress(OutOfTime), lock:
                finished.set()
                if fired:
                    _raise_in(thread, None)


def _raise_in(thread, exception):
    """Have a thread raise an exception at its next step; None takes back one that it has not raised yet."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(
        ctypes.c_ulong(thread), ctypes.py_object(exception) if exception else None
    )
