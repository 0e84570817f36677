"""The kept figure: drawing over a saved background gives the same pixels as drawing everything."""

import io

import numpy as np
import pytest
from matplotlib import rc_context
from PIL import Image

from dlbook_utils import draw
from dlbook_utils.explore import Explorable
from dlbook_utils.style import STYLE


def lines(ax, k):
    x = np.linspace(0, 6, 200)
    ax.plot(x, np.sin(x + k))
    ax.axhline(0, color=draw.QUIET, lw=0.8)
    ax.grid(True)
    ax.text(3, 0.5, f"shift {k}")
    ax.set(xlim=(0, 6), ylim=(-1, 1), title=f"shift {k}", xlabel="$x$", ylabel="$y$")
    return f"Shifted by {k}."


def points(fig, k):
    left, right = fig.subplots(1, 2)
    X = np.random.default_rng(k).standard_normal((500, 2))
    left.scatter(*X.T, s=6)
    draw.frame(left, 3)
    draw.draw_vectors(left, np.array([[1, k / 4], [-1, 1]]), labels=["a", "b"])
    right.bar(range(4), [1, 2, 3, k], label="height")
    right.legend(loc="upper left")
    right.set(ylim=(0, 5), xticks=range(4), xticklabels=list("abcd"))
    fig.suptitle(f"state {k}")
    return f"State {k}."


def contours(ax, k):
    path = np.array([[-2, 1], [-1, 0.5], [0, 0]]) * (1 + k / 10)
    draw.draw_contours(ax, lambda X, Y: X**2 + (1 + k) * Y**2, (-3, 3), (-2, 2), path=path)
    return f"Curved {k} times."


def limits_change(ax, k):
    ax.plot([0, k], [0, 1])
    return f"Up to {k}."


def ticks_change(ax, k):
    ax.plot([0, 1], [0, 1])
    ax.set(xticks=[0, 1], xticklabels=["start", f"end {k}"])
    ax.tick_params(axis="y", labelrotation=10 * k)
    return f"Tick {k}."


def look_changes(ax, k):
    ax.imshow(np.eye(4) * k, vmin=0, vmax=4)
    ax.spines["top"].set_visible(k % 2 == 0)
    if k == 2:
        ax.set_axis_off()
    if k == 3:
        ax.set_yscale("log")
    ax.set_facecolor("0.9" if k == 1 else "white")
    return f"Look {k}."


FUNCTIONS = [lines, points, contours, limits_change, ticks_change, look_changes]


def pixels(explorable, **how):
    explorable.draw(**how)
    return np.array(explorable.picture.figure.canvas.buffer_rgba())


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
def test_both_paths_give_the_same_pixels(function):
    kept, whole = (Explorable(function, {"k": [1, 2, 3, 4]}) for _ in range(2))
    for k in (1, 2, 3, 4, 2, 1, 1):
        drawn = pixels(kept, k=k)
        np.testing.assert_array_equal(drawn, pixels(whole, k=k, whole=True))
        # matplotlib's own drawing of the same figure, in one go
        with rc_context(STYLE):
            kept.picture.figure.canvas.draw()
        np.testing.assert_array_equal(drawn, np.array(kept.picture.figure.canvas.buffer_rgba()))


@pytest.mark.parametrize("function", [lines, points, contours], ids=lambda f: f.__name__)
def test_a_kept_background_is_used(function):
    explorable = Explorable(function, {"k": [1, 2, 3]})
    explorable.draw(k=1)
    for k in (2, 3):
        explorable.draw(k=k)
        assert not explorable.picture.drew_whole


@pytest.mark.parametrize("function", [limits_change, ticks_change], ids=lambda f: f.__name__)
def test_a_changed_background_is_drawn_again(function):
    explorable = Explorable(function, {"k": [1, 2, 3]})
    explorable.draw(k=1)
    explorable.draw(k=2)
    assert explorable.picture.drew_whole


def test_the_file_that_is_sent_has_the_live_pixels():
    explorable = Explorable(points, {"k": [1, 2]})
    explorable.draw(k=2)
    live, sent = (
        Image.open(io.BytesIO(data)).convert("RGB") for data in (explorable.picture.png(), explorable.picture.webp())
    )
    np.testing.assert_array_equal(np.array(live), np.array(sent))
    assert len(explorable.picture.webp()) < len(explorable.picture.png())


def test_density_changes_the_pixels_not_the_picture():
    explorable = Explorable(lines, {"k": [1, 2]}, size=(4, 3))
    explorable.picture.density = 2.0
    assert pixels(explorable).shape == (600, 800, 4)
    explorable.picture.density = 1.0
    assert pixels(explorable, k=2).shape == (300, 400, 4)


def test_axes_do_not_move_between_states():
    explorable = Explorable(limits_change, {"k": [1, 100000]})
    explorable.draw(k=1)
    before = explorable.picture.figure.axes[0].get_position().bounds
    explorable.draw(k=100000)
    assert explorable.picture.figure.axes[0].get_position().bounds == before


def test_extra_axes_do_not_pile_up():
    def twin(ax, k):
        ax.twinx().plot([0, 1], [k, 0])
        return f"Twin {k}."

    explorable = Explorable(twin, {"k": [1, 2, 3]})
    for k in (1, 2, 3):
        explorable.draw(k=k)
    assert len(explorable.picture.figure.axes) == 2
