"""check: whatever a reader hands in, they get a message and never an exception."""

import importlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlbook_utils import check

checking = importlib.import_module("dlbook_utils.check")
NUMBER = "99.1"


@pytest.fixture(autouse=True)
def double(monkeypatch):
    """An exercise of our own: double a vector."""
    monkeypatch.setattr(checking, "_EXERCISES", {})

    @checking.exercise(NUMBER, "double(x)")
    def judge(answer, rng):
        for size in (1, 3):
            x = rng.standard_normal(size) + 3
            mistakes = {"It squares instead of doubling.": lambda x: x**2}
            checking.expect_close(answer, (x,), 2 * x, mistakes=mistakes, hint="Every element counts.")
        return "It doubles."


def grade(answer):
    return checking.grade(NUMBER, answer, np.random.default_rng(0))


def test_right(capsys):
    check(NUMBER, lambda x: 2 * x)
    assert capsys.readouterr().out == "99.1 correct: It doubles.\n"


def empty(x):
    """Say nothing."""


def ellipsis(x): ...


def not_implemented(x):
    raise NotImplementedError


@pytest.mark.parametrize("stub", [empty, ellipsis, not_implemented])
def test_stub(stub):
    assert str(grade(stub)) == "99.1 not attempted yet: write double(x)."


def raises(x):
    return x / undefined  # noqa: F821


def changes_its_input(x):
    x *= 2
    return x


def forgets_return(x):
    x = 2 * x


def calls_itself(x):
    return calls_itself(x)


class Unprintable:
    def __repr__(self):
        raise RuntimeError("no")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda x: x**2, "It squares instead of doubling."),
        (lambda x: 3 * x, "expected"),
        (lambda x: np.append(x, 1), "has shape (2,), expected (1,)"),
        (lambda x: "two", "returned 'two', expected an array of shape (1,)"),
        (lambda x: [1, [2, 3]], "expected an array of shape (1,)"),
        (lambda x: Unprintable(), "an object of type Unprintable"),
        (lambda x: x * np.nan, "gave [nan]"),
        (lambda: 1, "raised TypeError"),
        (raises, "raised NameError"),
        (changes_its_input, "changed its input"),
        (forgets_return, "is a return missing"),
        (calls_itself, "calls itself without end"),
        (3, "expected the function double(x), not 3"),
        (None, "expected the function double(x), not None"),
    ],
)
def test_wrong(answer, message):
    result = grade(answer)
    assert result.status == "not yet"
    assert message in result.message


def test_the_first_failure_is_the_smallest_input():
    assert "double([" in grade(lambda x: x + 1).message
    assert "double(array of shape" not in grade(lambda x: x + 1).message


def test_unknown_exercise():
    with pytest.raises(KeyError, match=r"no exercise '99\.7'; this chapter has 99\.1"):
        check("99.7", lambda x: x)
    with pytest.raises(KeyError, match="no exercise 'two'"):
        check("two", lambda x: x)


def test_a_number_is_taken_once():
    with pytest.raises(ValueError, match="already"):
        checking.exercise(NUMBER, "other(x)")(test_right)


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda inner: st.lists(inner, max_size=3)
)


@given(json_like)
def test_anything_returned_is_judged_not_raised(value):
    checking._EXERCISES.clear()
    checking.exercise(NUMBER, "double(x)")(
        lambda answer, rng: checking.expect_close(answer, (np.array([1.25]),), [2.5]) is None
    )
    result = checking.grade(NUMBER, lambda x: value)
    assert result.status == ("correct" if value == [2.5] else "not yet")


@given(json_like)
def test_every_value_can_be_shown(value):
    assert isinstance(checking.show_value(value), str)
    assert isinstance(checking.show_value(np.asarray(value, dtype=object)), str)


def never_ends(x):
    while True:
        x = x + 1


def prints_a_lot(x):
    for i in range(100_000):
        print("line", i)
    return x


class BadError(Exception):
    def __str__(self):
        raise RuntimeError("no")


def raises_badly(x):
    raise BadError


def returns_a_lot(x):
    return np.zeros(10_000_000)


def returns_a_long_list(x):
    return [0.5] * 1_000_000


def leaves(x):
    raise SystemExit


class Odd(BaseException):
    pass


def raises_oddly(x):
    raise Odd("so there")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (never_ends, "did not come to an end within 0.5 seconds"),
        (prints_a_lot, "Your function printed:\nline 0\n"),
        (raises_badly, "raised BadError"),
        (returns_a_lot, "has shape (10000000,), expected (1,)"),
        (returns_a_long_list, "has shape (1000000,), expected (1,)"),
        (leaves, "raised SystemExit"),
        (raises_oddly, "raised Odd: so there"),
    ],
)
def test_answers_that_would_stop_a_notebook(monkeypatch, answer, message):
    monkeypatch.setattr(checking, "TIME_LIMIT", 0.5)
    result = grade(answer)
    assert result.status == "not yet"
    assert message in result.message
    assert len(result.message) < 3000


def test_a_right_answer_may_print(capsys):
    def talks(x):
        print("hello")
        return 2 * x

    check(NUMBER, talks)
    assert capsys.readouterr().out == "99.1 correct: It doubles.\nYour function printed:\nhello\nhello\n"


def test_a_message_may_stand_for_several_ways(monkeypatch):
    @checking.exercise("99.2", "half(x)")
    def judge(answer, rng):
        ways = {"It doubles.": [lambda x: 2 * x, lambda x: x + x + 1e-15], "It squares.": lambda x: x**2}
        checking.expect_close(answer, (10.0,), 5.0, mistakes=ways)

    said = [checking.grade("99.2", f).message.split(" Seen")[0] for f in (lambda x: x + x, lambda x: x * x)]
    assert said == ["It doubles.", "It squares."]


def test_whole_numbers_may_be_large(monkeypatch):
    @checking.exercise("99.3", "large(x)")
    def judge(answer, rng):
        checking.expect_close(answer, (30,), 1e30)

    assert checking.grade("99.3", lambda x: 10**x).status == "correct"
    assert "expected a number" in checking.grade("99.3", lambda x: [None]).message


def test_the_readers_own_interrupt_gets_through():
    def interrupted(x):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        grade(interrupted)
