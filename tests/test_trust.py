"""The public functions of the package with input that makes no sense: a clear ValueError or TypeError, nothing else."""

import io
import re
from pathlib import Path

import numpy as np
import pytest
from chapters import ROOT
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure

from dlbook_utils import angle_of, check, choice, data, draw, explore, show, steps, time

TEXT = st.text(max_size=5)
NOT_AN_ARRAY = st.one_of(
    st.none(),
    TEXT,
    st.just([]),
    st.just([[1.0, 2.0], [3.0]]),
    st.just({}),
    st.just(object()),
    st.just([None, 1]),
    st.just(["a", "b"]),
    st.just(np.array([1 + 2j, 0])),
)
NOT_FINITE = st.sampled_from([np.nan, np.inf, -np.inf])
NOT_A_NUMBER = st.one_of(st.none(), TEXT, st.just([]), st.just([1, 2, 3]), NOT_FINITE, st.just(True), st.just({}))
NOT_A_COUNT = st.one_of(NOT_A_NUMBER, st.floats(), st.integers(max_value=0), st.just(10**12))
NOT_POINTS = st.one_of(
    NOT_AN_ARRAY,
    st.just(np.zeros((2, 3))),
    st.just(np.zeros((0, 2))),
    st.just(np.zeros((2, 2, 2))),
    st.just([[np.nan, 1.0]]),
)
NOT_SQUARE = st.one_of(NOT_POINTS, st.just(np.zeros(2)), st.just(np.zeros((3, 3))))
NOT_LIMITS = st.one_of(NOT_AN_ARRAY, st.just((1, 1)), st.just((2, 1)), st.just((0, np.nan)), st.just((1, 2, 3)))
NOT_AN_RNG = st.one_of(st.none(), st.integers(), TEXT, st.just(np.random), st.just([]))
NOT_A_SENTENCE = st.one_of(st.none(), st.just(""), st.just("  "), st.integers(), st.just([]))


def new_axes():
    return Figure().subplots()


def plane(X, Y):
    return X + Y


def drawn(ax, a):
    return f"At {a}."


# What is called, with a strategy for the argument that is wrong.
MALFORMED = {
    "draw_vectors": (lambda bad: draw.draw_vectors(new_axes(), bad), NOT_POINTS),
    "draw_vectors, origin": (lambda bad: draw.draw_vectors(new_axes(), [[1, 2]], origin=bad), NOT_POINTS),
    "draw_vectors, labels": (lambda bad: draw.draw_vectors(new_axes(), [[1, 2]], labels=bad), st.just(["a", "b"])),
    "draw_grid": (lambda bad: draw.draw_grid(new_axes(), bad), NOT_SQUARE),
    "draw_grid, limit": (lambda bad: draw.draw_grid(new_axes(), np.eye(2), limit=bad), NOT_A_NUMBER),
    "frame": (
        lambda bad: draw.frame(new_axes(), bad),
        st.one_of(NOT_A_NUMBER, st.just(0), st.just(-1), st.just((2, 1))),
    ),
    "draw_contours": (lambda bad: draw.draw_contours(new_axes(), plane, bad, (0, 1)), NOT_LIMITS),
    "draw_contours, path": (
        lambda bad: draw.draw_contours(new_axes(), plane, (0, 1), (0, 1), path=bad),
        NOT_POINTS.filter(lambda b: b is not None),
    ),
    "draw_contours, f": (lambda bad: draw.draw_contours(new_axes(), lambda X, Y: bad, (0, 1), (0, 1)), NOT_AN_ARRAY),
    "draw_regions": (lambda bad: draw.draw_regions(new_axes(), lambda X: bad, (0, 1), (0, 1)), NOT_AN_ARRAY),
    "draw_regions, classes": (
        lambda bad: draw.draw_regions(new_axes(), lambda X: np.full(len(X), bad), (0, 1), (0, 1)),
        st.sampled_from([-1, 2, 0.5, np.nan]),
    ),
    "draw_images": (
        lambda bad: draw.draw_images(new_axes(), bad),
        st.one_of(NOT_AN_ARRAY, st.just(np.zeros((2, 3))), st.just(np.zeros((0, 8, 8))), st.just(3.0)),
    ),
    "draw_images, titles": (lambda bad: draw.draw_images(new_axes(), np.zeros((3, 4, 4)), titles=bad), st.just(["a"])),
    "draw_matrix": (
        lambda bad: draw.draw_matrix(new_axes(), bad),
        st.one_of(NOT_AN_ARRAY, st.just(np.zeros((2, 2, 2))), st.just(np.zeros((0, 2)))),
    ),
    "draw_graph": (
        lambda bad: draw.draw_graph(new_axes(), bad, {"a": (0, 0)}),
        st.sampled_from([[("a", "b")], [("a",)], ["abc"], [("a", "a", "a")]]),
    ),
    "draw_graph, positions": (lambda bad: draw.draw_graph(new_axes(), [], {"a": bad}), NOT_POINTS),
    "steps": (lambda bad: steps(0, bad, 1), NOT_A_NUMBER),
    "steps, step": (lambda bad: steps(0, 1, bad), st.one_of(NOT_A_NUMBER, st.just(0), st.just(-1), st.just(0.3))),
    "time": (lambda bad: time(bad, 1), NOT_A_NUMBER),
    "choice": (
        choice,
        st.one_of(st.just([]), st.just([1, 1]), st.just([None]), st.just([[1]]), st.just(""), st.none(), st.integers()),
    ),
    "angle_of": (
        lambda bad: explore(a=[1, 2], pointer=angle_of(bad))(drawn),
        st.one_of(st.none(), TEXT, st.integers()),
    ),
    "explore": (
        lambda bad: explore(a=bad)(drawn),
        st.one_of(st.none(), TEXT, st.just([]), st.integers(), st.just([None]), st.just(range(300))),
    ),
    "explore, pointer": (
        lambda bad: explore(a=[1, 2], pointer=bad)(drawn),
        st.one_of(TEXT, st.integers(), st.just(("b", None)), st.just(("a",))),
    ),
    "explore, size": (
        lambda bad: explore(a=[1, 2], size=bad)(drawn),
        st.one_of(NOT_AN_ARRAY, st.just((0, 1)), st.just((np.nan, 1)), st.just((1, 2, 3)), st.just((1e6, 1e6))),
    ),
    "explore, sentence": (lambda bad: explore(a=[1, 2])(lambda ax, a: bad), NOT_A_SENTENCE),
    "show": (show, NOT_A_SENTENCE),
    "show, no figure": (show, st.just("A sentence.")),
    "hilbert": (data.hilbert, NOT_A_COUNT),
    "photo": (data.photo, st.one_of(st.none(), TEXT, st.integers(), st.just("../china"))),
    "photo, step": (lambda bad: data.photo("china", bad), NOT_A_COUNT),
    "digits_split": (lambda bad: data.digits_split(bad), NOT_A_COUNT),
    "gaussian_cloud": (lambda bad: data.gaussian_cloud(bad, 0.5, np.random.default_rng(0)), NOT_A_COUNT),
    "gaussian_cloud, correlation": (
        lambda bad: data.gaussian_cloud(3, bad, np.random.default_rng(0)),
        st.one_of(NOT_A_NUMBER, st.just(1.5)),
    ),
    "gaussian_cloud, rng": (lambda bad: data.gaussian_cloud(3, 0.5, bad), NOT_AN_RNG),
    "rings": (lambda bad: data.rings(bad, np.random.default_rng(0)), NOT_A_COUNT),
    "rings, rng": (lambda bad: data.rings(3, bad), NOT_AN_RNG),
    "wandering_digits": (lambda bad: data.wandering_digits(bad, rng=np.random.default_rng(0)), NOT_POINTS),
    "wandering_digits, size": (
        lambda bad: data.wandering_digits(np.zeros((2, 64)), bad, rng=np.random.default_rng(0)),
        st.one_of(NOT_A_COUNT, st.just(7)),
    ),
    "table": (data.table, st.one_of(st.none(), TEXT, st.just("../../pyproject"), st.integers())),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_input_is_named(name):
    call, strategy = MALFORMED[name]

    @settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
    @given(strategy)
    def every_call(bad):
        with pytest.raises((ValueError, TypeError)) as caught:
            call(bad)
        assert len(str(caught.value)) > 10

    every_call()


def test_there_are_200_of_them():
    assert len(MALFORMED) * 12 >= 200


def test_check_wants_an_exercise_that_exists():
    for number in ("99.9", "", None, 3, "2.12; import os", ("2.12",)):
        with pytest.raises((KeyError, TypeError), match="exercise"):
            check(number, len)


def test_nothing_unpickles():
    for path in [*(ROOT / "dlbook_utils").rglob("*.py"), *(ROOT / "tools").glob("*.py")]:
        text = path.read_text(encoding="utf-8")
        assert not re.search(
            r"\b(pickle|joblib|shelve|marshal|dill)\b|allow_pickle|torch\.load|\beval\(|\bexec\(", text
        ), path


def test_package_opens_nothing_outside():
    for path in Path(ROOT / "dlbook_utils").rglob("*.py"):
        assert not re.search(
            r"\b(urllib|requests|socket|http\.client|fetch_\w+)\b", path.read_text(encoding="utf-8")
        ), path


def test_a_bare_figure_still_draws():
    file = io.BytesIO()
    ax = new_axes()
    draw.draw_vectors(ax, [1, 2], origin=(0, 0), labels=["v"])
    ax.figure.savefig(file)
    assert file.tell() > 1000
