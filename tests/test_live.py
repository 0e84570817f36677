"""Live explorables: the controls a reader knows, over a picture that redraws; errors come out."""

import ipywidgets
import pytest

from dlbook_utils import angle_of, choice, steps, time
from dlbook_utils.explore import Explorable
from dlbook_utils.live import LiveExplorable


def scene(ax, angle=30, kind="line", words="one", t=0, flag=False):
    """A scene."""
    if t == 3:
        raise ZeroDivisionError("at t = 3")
    ax.plot([0, angle], [0, t])
    ax.set(xlim=(0, 90), ylim=(0, 4))
    return f"Angle {angle}, {kind}, {words}, {t}, {flag}."


@pytest.fixture
def live():
    parameters = {
        "angle": steps(0, 60, 30, label="axis angle", unit="°"),
        "kind": ["line", "dots"],
        "words": choice(["one", "two", "three", "four", "five"], label="number"),
        "t": time(0, 3, interval=250),
        "flag": [False, True],
    }
    return LiveExplorable(Explorable(scene, parameters, pointer=angle_of("angle")))


def test_controls_fit_their_values(live):
    kinds = {name: type(control) for name, control in live.controls.items()}
    assert kinds == {
        "angle": ipywidgets.SelectionSlider,
        "kind": ipywidgets.ToggleButtons,
        "words": ipywidgets.Dropdown,
        "t": ipywidgets.SelectionSlider,
        "flag": ipywidgets.ToggleButtons,
    }


def test_controls_say_what_they_are(live):
    assert live.controls["angle"].description == "axis angle"
    assert [text for text, _ in live.controls["angle"].options] == ["0°", "30°", "60°"]
    assert live.controls["angle"].value == 30


def test_moving_a_control_redraws_at_once(live):
    before = live.picture.png
    live.controls["angle"].value = 60
    assert live.picture.png != before
    assert live.picture.sentence == "Angle 60, line, one, 0, False."


def test_time_can_be_played(live):
    row = next(part for part in live.box.children if isinstance(part, ipywidgets.HBox))
    play = row.children[1]
    assert (play.min, play.max, play.interval) == (0, 3, 250)


def test_pointer_sets_a_control(live):
    live.picture.wanted = {"angle": 2}
    assert live.controls["angle"].value == 60
    assert live.picture.sentence.startswith("Angle 60")


def test_pointer_sets_two_parameters_in_one_drawing():
    drawn = []

    def ball(ax, x0=0, y0=0):
        drawn.append((x0, y0))
        ax.plot([x0], [y0], "o")
        ax.set(xlim=(-1, 1), ylim=(-1, 1))
        return f"At {x0}, {y0}."

    values = steps(-1, 1, 1)
    live = LiveExplorable(Explorable(ball, {"x0": values, "y0": values}, pointer=("x0", "y0")))
    live.picture.wanted = {"x0": 0, "y0": 1}
    drawn.clear()
    live.picture.wanted = {"x0": 2, "y0": 2}
    assert drawn == [(1, 1)]


def test_an_error_while_drawing_is_raised(live):
    with pytest.raises(ZeroDivisionError, match="at t = 3"):
        live.controls["t"].value = 3
    live.controls["t"].value = 2
    assert live.picture.sentence == "Angle 30, line, one, 2, False."


def test_density_is_bounded(live):
    live.picture.density = 50.0
    live.controls["angle"].value = 60
    assert live._canvas.density == 2.0
