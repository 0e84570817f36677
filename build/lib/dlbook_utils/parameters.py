"""What a reader can move: the parameters of an explorable, their values and how they are written."""

import math
from dataclasses import dataclass

__all__ = ["AngleOf", "Parameter", "angle_of", "choice", "make_parameter", "steps", "time"]

MAX_BUTTONS = 4  # more words than this, or longer ones, become a menu
MAX_BUTTON_TEXT = 44


@dataclass(frozen=True)
class Parameter:
    """A named list of values with the control that chooses among them.

    ``kind`` is ``"slider"`` (numbers), ``"time"`` (a slider with play and pause), ``"buttons"`` or ``"menu"``.
    ``interval`` is the time between two values while playing, in milliseconds.
    """

    values: tuple
    kind: str
    label: str = ""
    unit: str = ""
    interval: int = 400

    def text(self, value):
        """Write one value as the reader sees it, with its unit."""
        number = format_value(value)
        if not self.unit:
            return number
        return f"{number}{self.unit}" if self.unit in "°%×" else f"{number} {self.unit}"

    @property
    def texts(self):
        """Every value as the reader sees it."""
        return [self.text(value) for value in self.values]


@dataclass(frozen=True)
class AngleOf:
    """A pointer that turns: the direction from ``center`` to the pointer sets one parameter, in degrees."""

    angle: str
    radius: str | None = None
    center: tuple = (0.0, 0.0)


def steps(start, stop, step, *, label="", unit=""):
    """Return the numbers from ``start`` to ``stop``, both included, ``step`` apart, for a slider.

    Raises ValueError when no number lies in the range or ``stop`` is not a whole number of steps away.
    """
    return Parameter(_arithmetic(start, stop, step), "slider", label, unit)


def time(start, stop, step=1, *, label="", unit="", interval=400):
    """Return the numbers from ``start`` to ``stop``, both included, for a slider with play and pause.

    ``interval`` is the pause between two of them while playing, in milliseconds. Raises as `steps` does.
    """
    return Parameter(_arithmetic(start, stop, step), "time", label, unit, interval)


def choice(values, *, label="", unit=""):
    """Return the given values: numbers for a slider, words or booleans for buttons or a menu.

    Raises ValueError for an empty list and TypeError for values that are neither numbers, words nor booleans.
    """
    values = tuple(value.item() if hasattr(value, "item") else value for value in values)
    if not values:
        raise ValueError("a parameter needs at least one value, this list is empty")
    strange = [value for value in values if not isinstance(value, (bool, int, float, str))]
    if strange:
        raise TypeError(f"a parameter's values must be numbers, words or booleans, not {strange[0]!r}")
    if len(set(map(_identity, values))) < len(values):
        raise ValueError(f"a parameter's values must differ from each other: {list(values)}")
    if all(_is_number(value) for value in values):
        return Parameter(values, "slider", label, unit)
    words = [format_value(value) for value in values]
    few = len(words) <= MAX_BUTTONS and sum(map(len, words)) <= MAX_BUTTON_TEXT
    return Parameter(values, "buttons" if few else "menu", label, unit)


def angle_of(angle, radius=None, center=(0.0, 0.0)):
    """Let the pointer turn a parameter: ``pointer=angle_of("angle")``.

    ``angle`` names the parameter that gets the pointer's direction from ``center`` in degrees, ``radius`` the one that
    gets its distance, if any.
    """
    return AngleOf(angle, radius, tuple(center))


def make_parameter(name, given):
    """Turn what an author wrote for a parameter into a `Parameter` that has a label."""
    if not isinstance(given, Parameter):
        if isinstance(given, (str, bytes, int, float)) or not hasattr(given, "__iter__"):
            raise TypeError(f"{name}: expected steps(…), time(…), choice(…) or a list of values, not {given!r}")
        try:
            given = choice(given)
        except (TypeError, ValueError) as error:
            raise type(error)(f"{name}: {error}") from None
    label = given.label or name.replace("_", " ")
    return Parameter(given.values, given.kind, label, given.unit, given.interval)


def format_value(value):
    """Write a value in words or digits, the way it stands on a control: −0.5, ∞, yes, tanh."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    return f"{value:.6g}".replace("-", "−")


def _arithmetic(start, stop, step):
    for name, value in (("start", start), ("stop", stop), ("step", step)):
        if not _is_number(value) or not math.isfinite(value):
            raise TypeError(f"{name} must be a finite number, not {value!r}")
    if step == 0 or (stop - start) / step < 0:
        raise ValueError(f"the range from {start} to {stop} in steps of {step} is empty")
    count = (stop - start) / step
    if abs(count - round(count)) > 1e-6:
        raise ValueError(f"{stop} is not reached from {start} in steps of {step}")
    whole = all(isinstance(value, int) for value in (start, stop, step))
    return tuple(start + i * step if whole else round(start + i * step, 10) + 0.0 for i in range(round(count) + 1))


def _is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _identity(value):
    return (isinstance(value, bool), value)
