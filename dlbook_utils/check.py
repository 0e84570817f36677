"""Exercises that answer back.

A checker is one decorated function in ``dlbook_utils/checkers/chapter_NN.py``. It calls the reader's answer on inputs it
makes itself, smallest first, and says of the first that fails what is wrong with it.
"""

import contextlib
import dis
import importlib
import inspect
import io
import numbers
import reprlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dlbook_utils.limits import OutOfTime, call_with_limit
from dlbook_utils.progress import remember

__all__ = [
    "Answer",
    "Result",
    "Wrong",
    "as_numbers",
    "check",
    "each_mistake",
    "exercise",
    "expect",
    "expect_close",
    "grade",
    "show_value",
]

CORRECT, NOT_ATTEMPTED, WRONG = "correct", "not attempted yet", "not yet"
LEVELS = ("warm-up", "core", "challenge")
TIME_LIMIT = 10.0  # seconds for all that a judge does with an answer; it needs less than one itself
PRINT_LIMIT = 2000  # characters of what an answer prints that are shown
_EXERCISES, _HINTS_GIVEN = {}, {}


class Wrong(Exception):
    """Raised by a checker: the message tells the reader what is wrong with the answer."""


@dataclass(frozen=True)
class Exercise:
    """One exercise: its number, what the reader writes, the function that judges it, how hard it is, and hints in steps."""

    number: str
    signature: str
    judge: object
    level: str = "core"
    hints: tuple = ()

    @property
    def name(self):
        """The name of the function that the reader writes."""
        return self.signature.partition("(")[0]


@dataclass(frozen=True)
class Result:
    """What a checker found: ``status`` is "correct", "not attempted yet" or "not yet"."""

    number: str
    status: str
    message: str

    def __str__(self):
        return f"{self.number} {self.status}: {self.message}"


def check(number, answer, *, hint=False, solution=False):
    """Print whether ``answer`` solves exercise ``number``, and if not, what is wrong with it.

    ``number`` is the number of the section, ``"2.12"``, with a letter where a section has more than one exercise:
    ``"4.3b"``. With ``hint=True`` each call also gives away a little more. ``solution=True`` stands below the shipped
    solution: it is judged like any answer, but does not count as the reader's (see `dlbook_utils.progress`). Nothing that
    the answer does or raises gets out of here. Raises KeyError for an exercise that does not exist.
    """
    result = grade(number, answer)
    print(result)
    if result.status == CORRECT:
        if not solution:
            remember(number)
    elif hint:
        print(next_hint(number))


def next_hint(number):
    """Return the next hint for an exercise, a little more with each call; the last one says where the solution is."""
    hints = find_exercise(number).hints
    given = _HINTS_GIVEN.get(number, 0)
    if given >= len(hints):
        return f"That was every hint there is for {number}; the solution is folded below the exercise."
    _HINTS_GIVEN[number] = given + 1
    return f"Hint {given + 1} of {len(hints)}: {hints[given]}"


def grade(number, answer, rng=None):
    """Return the `Result` that `check` prints. ``rng`` makes the inputs the same again; by default they are fresh."""
    exercise = find_exercise(number)
    if not callable(answer):
        return Result(number, WRONG, f"expected the function {exercise.signature}, not {show_value(answer)}.")
    if _is_stub(answer):
        return Result(number, NOT_ATTEMPTED, f"write {exercise.signature}.")
    rng = np.random.default_rng() if rng is None else rng
    printed, asked = _Printed(), Answer(answer, exercise)
    try:
        with np.errstate(all="ignore"), contextlib.redirect_stdout(printed):
            said = call_with_limit(TIME_LIMIT, lambda: exercise.judge(asked, rng))
    except Wrong as wrong:
        return Result(number, WRONG, f"{wrong}{printed}")
    except NotImplementedError:
        return Result(number, NOT_ATTEMPTED, f"write {exercise.signature}.")
    except OutOfTime:
        message = f"{asked.running or exercise.name} did not come to an end within {TIME_LIMIT:g} seconds. Does every loop end?"
        return Result(number, WRONG, f"{message}{printed}")
    except Exception as error:  # no answer, however strange, stops the reader's notebook
        message = f"what {exercise.name} returned could not be judged ({_describe_error(error)}); look at its shape."
        return Result(number, WRONG, f"{message}{printed}")
    return Result(number, CORRECT, f"{said or f'{exercise.name} does what it should.'}{printed}")


def exercise(number, signature, *, level="core", hints=()):
    """Make the decorated function ``judge(answer, rng)`` the checker of exercise ``number``.

    ``signature`` is what the reader writes, ``"reconstruct(X, l)"``. The judge calls ``answer`` as the reader's function,
    raises `Wrong` (mostly through `expect` and `expect_close`) and returns the sentence that praises a right answer.
    ``level`` is "warm-up", "core" or "challenge"; ``hints`` are sentences, each of which gives away a little more.
    """
    if level not in LEVELS:
        raise ValueError(f"expected a level of {', '.join(LEVELS)}, not {level!r}")
    if isinstance(hints, str):
        raise ValueError("expected hints as a tuple of sentences, not one text")

    def register(judge):
        if number in _EXERCISES and _EXERCISES[number].judge.__qualname__ != judge.__qualname__:
            raise ValueError(f"there is an exercise {number} already")
        _EXERCISES[number] = Exercise(number, signature, judge, level, tuple(hints))
        return judge

    return register


def all_exercises():
    """Return {chapter: its exercises, in order} of every chapter that has checkers."""
    folder = Path(__file__).parent / "checkers"
    for path in sorted(folder.glob("chapter_*.py")):
        importlib.import_module(f"dlbook_utils.checkers.{path.stem}")
    found = {}
    for exercise in sorted(_EXERCISES.values(), key=lambda e: _in_order(e.number)):
        found.setdefault(_in_order(exercise.number)[0], []).append(exercise)
    return found


def _in_order(number):
    chapter, _, rest = number.partition(".")
    return int(chapter), int(rest.rstrip("abcdefghijklmnopqrstuvwxyz") or 0), rest


def find_exercise(number):
    """Return exercise ``number``, importing its chapter's checkers. Raises KeyError when there is none."""
    chapter = str(number).partition(".")[0]
    if number not in _EXERCISES and chapter.isdigit():
        try:
            importlib.import_module(f"dlbook_utils.checkers.chapter_{int(chapter):02d}")
        except ModuleNotFoundError as error:
            if not str(error.name).startswith("dlbook_utils.checkers"):
                raise
    if number not in _EXERCISES:
        known = ", ".join(n for n in _EXERCISES if n.partition(".")[0] == chapter)
        raise KeyError(f"there is no exercise {number!r}" + (f"; this chapter has {known}" if known else ""))
    return _EXERCISES[number]


class Answer:
    """The reader's function, called so that whatever goes wrong in it becomes a `Wrong` that names the input.

    Arrays are handed over as copies; an answer that changes its input is told so.
    """

    def __init__(self, function, exercise):
        self.function = function
        self.name = exercise.name
        self.running = None  # the call that ran out of time, written out

    def __call__(self, *args, **kwargs):
        """Return what the answer returns for these arguments."""
        handed = [_copy(arg) for arg in args]
        try:
            returned = self.function(*handed, **kwargs)
        except (Wrong, NotImplementedError):
            raise
        except OutOfTime:
            self.running = self.call(*args)
            raise
        except RecursionError:
            raise Wrong(f"{self.call(*args)} calls itself without end.") from None
        except KeyboardInterrupt:  # the reader's own
            raise
        except BaseException as error:
            raise Wrong(f"{self.call(*args)} raised {_describe_error(error)}") from None
        for before, after in zip(args, handed, strict=True):
            if isinstance(before, np.ndarray) and not np.array_equal(before, after, equal_nan=before.dtype.kind == "f"):
                raise Wrong(f"{self.call(*args)} changed its input; work on a copy.")
        if returned is None:
            raise Wrong(f"{self.call(*args)} returned None; is a return missing?")
        return returned

    def call(self, *args):
        """Write the call with its arguments, as a message shows it."""
        return f"{self.name}({', '.join(show_value(arg) for arg in args)})"


def expect(condition, message):
    """Raise `Wrong` with ``message`` unless ``condition`` holds."""
    if not condition:
        raise Wrong(message)


def expect_close(answer, args, expected, *, mistakes=None, rtol=1e-7, atol=1e-9, hint=""):
    """Call ``answer(*args)`` and raise `Wrong` unless it returns numbers close to ``expected``; return them.

    ``mistakes`` maps a message to what a plausible wrong answer returns for ``args`` (a value, or a function of ``args``, or a
    list of these, for the ways to make the same mistake): an answer that returns the same gets that message. Otherwise the
    message shows both values and ``hint``.
    """
    expected = np.asarray(expected)
    got = as_numbers(answer, args, answer(*args), expected.shape)
    if got.shape == expected.shape and np.allclose(got, expected, rtol=rtol, atol=atol, equal_nan=True):
        return got
    for message, mistaken in each_mistake(mistakes or {}):
        try:
            mistaken = np.asarray(mistaken(*map(_copy, args)) if callable(mistaken) else mistaken)
        except (ArithmeticError, ValueError, IndexError, np.linalg.LinAlgError):
            continue  # this mistake cannot be made with this input
        same_shape = got.shape == mistaken.shape
        if same_shape and np.allclose(got, mistaken, rtol=max(rtol, 1e-6), atol=atol, equal_nan=True):
            raise Wrong(f"{message} Seen with {answer.call(*args)}.")
    if got.shape != expected.shape:
        raise Wrong(f"{answer.call(*args)} has shape {got.shape}, expected {expected.shape}. {hint}".rstrip())
    raise Wrong(f"{answer.call(*args)} gave {show_value(got)}, expected {show_value(expected)}. {hint}".rstrip())


def each_mistake(mistakes):
    """Yield (message, mistake) for every mistake of a dictionary in which a message may stand for a list of them."""
    for message, ways in mistakes.items():
        for mistake in ways if isinstance(ways, list) else [ways]:
            yield message, mistake


def as_numbers(answer, args, returned, shape=None):
    """Return what the reader's function returned as an array, or raise `Wrong` when it is not made of numbers."""
    if hasattr(returned, "detach"):
        returned = returned.detach().cpu().numpy()
    try:
        got = np.asarray(returned)
    except (TypeError, ValueError, RuntimeError):  # torch raises the last, for tensors inside a tuple
        got = np.asarray(None)
    if got.dtype == object and all(isinstance(value, numbers.Real) for value in got.flat):
        got = got.astype(float)  # whole numbers that are too large for an array of them
    if got.dtype.kind not in "biufc":
        wanted = "a number" if shape == () else "numbers" if shape is None else f"an array of shape {shape}"
        raise Wrong(f"{answer.call(*args)} returned {show_value(returned)}, expected {wanted}.")
    return got


def show_value(value, limit=12):
    """Write a value for a message: small arrays in full, large ones by shape."""
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    if isinstance(value, np.ndarray) and value.ndim:
        if value.size > limit:
            return f"array of shape {value.shape}"
        return np.array2string(value, separator=", ", precision=4, suppress_small=False).replace("\n", "")
    if isinstance(value, (float, np.floating)):
        return f"{float(value):.6g}"
    if isinstance(value, np.generic | np.ndarray):
        return str(value.item())
    if isinstance(value, tuple | list) and len(value) <= limit:
        opening, closing = "()" if isinstance(value, tuple) else "[]"
        return opening + ", ".join(show_value(item, limit) for item in value) + closing
    if callable(value):
        return getattr(value, "__name__", type(value).__name__)
    text = _SHORT.repr(value)  # never writes out what is too long to be shown
    return text if len(text) <= 120 else f"{text[:117]}..."


def _describe_error(error):
    try:
        return f"{type(error).__name__}: {str(error)[:300]}"
    except Exception:  # its own __str__ raises
        return type(error).__name__


class _Printed(io.TextIOBase):
    """Takes what an answer prints, and keeps its beginning: thousands of lines would bury the message."""

    def __init__(self):
        self.kept, self.length = "", 0

    def write(self, text):
        self.kept += text[: max(0, PRINT_LIMIT - len(self.kept))]
        self.length += len(text)
        return len(text)

    def __str__(self):
        if not self.kept.strip():
            return ""
        cut = " …" if self.length > len(self.kept) else ""
        return f"\nYour function printed:\n{self.kept.rstrip()}{cut}"


def _copy(value):
    if isinstance(value, np.ndarray):
        return value.copy()
    return value.detach().clone().requires_grad_(value.requires_grad) if hasattr(value, "detach") else value


class _Short(reprlib.Repr):
    """Writes values out only as far as they are shown."""

    def __init__(self):
        super().__init__()
        self.maxlist = self.maxtuple = self.maxdict = self.maxset = 12
        self.maxstring = self.maxother = self.maxlong = 120

    def repr_instance(self, value, level):
        try:
            return repr(value)
        except Exception:
            return f"an object of type {type(value).__name__}"


_SHORT = _Short()


def _is_stub(function):
    """Tell whether a function still has the empty body that the notebook came with."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    if code is None:
        return False
    names = [instruction.opname for instruction in dis.get_instructions(code)]
    idle = {"RESUME", "NOP", "LOAD_CONST", "RETURN_VALUE", "RETURN_CONST", "LOAD_SMALL_INT"}
    returns = [i.argval for i in dis.get_instructions(code) if i.opname in ("LOAD_CONST", "RETURN_CONST")]
    return set(names) <= idle and returns[-1:] == [None]
