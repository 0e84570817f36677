"""Parameters of an explorable: values, controls, and how they are written."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlbook_utils import angle_of, choice, steps, time
from dlbook_utils.parameters import format_value, make_parameter


def test_steps_include_both_ends():
    assert steps(0, 180, 7.5).values[:3] == (0.0, 7.5, 15.0)
    assert steps(0, 180, 7.5).values[-1] == 180.0
    assert steps(3, 1, -1).values == (3, 2, 1)
    assert steps(2, 2, 1).values == (2,)


def test_whole_steps_stay_whole():
    assert all(isinstance(value, int) for value in steps(0, 10, 2).values)
    assert str(steps(-1, 1, 0.1).values[10]) == "0.0"


@given(st.integers(-50, 50), st.integers(1, 60), st.integers(1, 40))
def test_steps_are_even(start, count, tenths):
    step = tenths / 10
    values = steps(start, start + count * step, step).values
    assert len(values) == count + 1
    assert all(math.isclose(b - a, step, rel_tol=1e-6) for a, b in itertools.pairwise(values))


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: steps(0, 1, 0), ValueError, "empty"),
        (lambda: steps(1, 0, 0.1), ValueError, "empty"),
        (lambda: steps(0, 1, 0.3), ValueError, "not reached"),
        (lambda: steps("0", 1, 0.1), TypeError, "start must be a finite number"),
        (lambda: time(0, math.inf, 1), TypeError, "stop must be a finite number"),
        (lambda: choice([]), ValueError, "at least one value"),
        (lambda: choice([1, None]), TypeError, "not None"),
        (lambda: choice([1, 2, 1]), ValueError, "differ from each other"),
        (lambda: make_parameter("p", "relu"), TypeError, "p: expected steps"),
        (lambda: make_parameter("p", 3), TypeError, "p: expected steps"),
        (lambda: make_parameter("p", []), ValueError, "p: a parameter needs at least one value"),
    ],
)
def test_bad_values(make, error, message):
    with pytest.raises(error, match=message):
        make()


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([0, 0.5, 0.9], "slider"),
        ([1, 2, math.inf], "slider"),
        (["relu", "tanh"], "buttons"),
        ([True, False], "buttons"),
        (["a", "b", "c", "d", "e"], "menu"),
        (["a rather long description", "another long description"], "menu"),
        ([2, "all"], "buttons"),
    ],
)
def test_the_values_choose_the_control(values, kind):
    assert make_parameter("p", values).kind == kind


def test_true_and_one_are_two_values():
    assert choice([1, True]).values == (1, True)


def test_labels_are_words():
    assert make_parameter("learning_rate", [1, 2]).label == "learning rate"
    assert make_parameter("a", steps(0, 90, 45, label="angle", unit="°")).texts == ["0°", "45°", "90°"]
    assert make_parameter("n", choice([1, 2], unit="points")).texts == ["1 points", "2 points"]


@pytest.mark.parametrize(
    ("value", "text"),
    [(-0.5, "−0.5"), (math.inf, "∞"), (-math.inf, "−∞"), (True, "yes"), (False, "no"), (1e-12, "1e−12"), (3, "3")],
)
def test_written_values(value, text):
    assert format_value(value) == text


def test_angle_of():
    assert angle_of("a", radius="r", center=[1, 2]).center == (1, 2)
