"""A time limit for code that is not ours, on every system and without a second process."""

import contextlib
import ctypes
import sys
import threading

__all__ = ["OutOfTime", "call_with_limit"]

AGAIN = 0.02  # seconds until code that swallowed the exception gets it once more


class OutOfTime(BaseException):
    """Raised inside code that ran longer than it may. Not an Exception, so that ``except Exception`` lets it through."""


def call_with_limit(seconds, function):
    """Return ``function()``; raise `OutOfTime` in it, again and again if need be, when it runs longer than ``seconds``.

    The exception comes between two steps of Python code: a single long call into compiled code ends first.
    """
    thread, here = threading.get_ident(), sys._getframe()
    lock, finished, fired = threading.RLock(), threading.Event(), False

    def still_inside():
        frame = sys._current_frames().get(thread)
        while frame is not None and frame is not here:
            frame = frame.f_back
        return frame is here

    def watch():
        nonlocal fired
        wait = seconds
        # Whatever the exception interrupts, even what follows the call below, this ends when that call has gone.
        while not finished.wait(wait) and still_inside():
            with lock:
                if not finished.is_set():
                    fired = True
                    _raise_in(thread, OutOfTime)
            wait = AGAIN

    threading.Thread(target=watch, name="dlbook time limit", daemon=True).start()
    try:
        return function()
    finally:
        while not finished.is_set():  # the exception may come once more right here
            with contextlib.suppress(OutOfTime), lock:
                finished.set()
                if fired:
                    _raise_in(thread, None)


def _raise_in(thread, exception):
    """Have a thread raise an exception at its next step; None takes back one that it has not raised yet."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(
        ctypes.c_ulong(thread), ctypes.py_object(exception) if exception else None
    )
