"""What the public functions accept, checked at the edge: an error says what was expected and what came."""

import numbers

import numpy as np

__all__ = ["as_array", "as_count", "as_number", "as_pair", "as_rng"]


def as_array(name, value, *shapes, finite=True):
    """Return ``value`` as an array of finite floats of one of ``shapes``; None in a shape stands for any size from 1.

    Raises TypeError for what is not made of numbers, ValueError for a wrong shape and for NaN or infinity.
    """
    wanted = " or ".join(str(shape).replace("None", "any") for shape in shapes)
    try:
        array = np.asarray(value)
    except (ValueError, TypeError) as error:
        raise ValueError(f"{name}: expected an array of shape {wanted}, not rows of different lengths") from error
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{name}: expected an array of numbers, not {_short(value)}")
    fits = any(
        len(shape) == array.ndim
        and all(n >= 1 if m is None else n == m for n, m in zip(array.shape, shape, strict=True))
        for shape in shapes
    )
    if not fits:
        raise ValueError(f"{name}: expected an array of shape {wanted}, not {array.shape}")
    array = array.astype(float)
    if finite and not np.isfinite(array).all():
        raise ValueError(f"{name}: expected finite numbers, there is NaN or infinity among them")
    return array


def as_number(name, value, low=-np.inf, high=np.inf):
    """Return ``value`` as a finite float between ``low`` and ``high``. Raises TypeError or ValueError."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real | np.number) or np.iscomplexobj(value):
        raise TypeError(f"{name}: expected a number, not {_short(value)}")
    value = float(value)
    if not np.isfinite(value) or not low <= value <= high:
        raise ValueError(f"{name}: expected a number between {low:g} and {high:g}, not {value:g}")
    return value


def as_count(name, value, low=1, high=10_000_000):
    """Return ``value`` as a whole number between ``low`` and ``high``. Raises TypeError or ValueError."""
    if isinstance(value, bool) or not isinstance(value, numbers.Integral):
        raise TypeError(f"{name}: expected a whole number, not {_short(value)}")
    if not low <= value <= high:
        raise ValueError(f"{name}: expected a whole number between {low} and {high}, not {value}")
    return int(value)


def as_pair(name, value):
    """Return limits as two floats, the lower one first. Raises TypeError or ValueError."""
    low, high = as_array(name, value, (2,))
    if not low < high:
        raise ValueError(f"{name}: expected the lower limit first, not ({low:g}, {high:g})")
    return float(low), float(high)


def as_rng(value):
    """Return ``value`` if it is a random generator. Raises TypeError for a seed, a module or anything else."""
    if not isinstance(value, np.random.Generator):
        raise TypeError(f"rng: expected numpy.random.default_rng(…), not {_short(value)}")
    return value


def _short(value):
    text = type(value).__name__ if isinstance(value, np.ndarray) else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
