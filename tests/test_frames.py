"""Frames: every state a file, within budget, with what a page needs to show them."""

import json

import numpy as np
import pytest

from dlbook_utils import angle_of, steps
from dlbook_utils.explore import Explorable
from dlbook_utils.frames import FrameBudgetError, describe_frames, describe_pointer, store_image
from dlbook_utils.sphinx_extension import first_state, render_explorable


def arm(ax, angle=60, length=1):
    """An arm that turns."""
    t = np.deg2rad(angle)
    ax.plot([0, length * np.cos(t)], [0, length * np.sin(t)])
    ax.set(xlim=(-2, 2), ylim=(-2, 2), title="<arm> & title")
    return f"The arm points at {angle} degrees <now>."


@pytest.fixture
def folder(monkeypatch, tmp_path):
    monkeypatch.setenv("DLBOOK_FRAMES", str(tmp_path / "frames"))
    return tmp_path / "frames"


@pytest.fixture
def explorable():
    return Explorable(arm, {"angle": steps(0, 90, 30, unit="°"), "length": [1, 2]}, pointer=angle_of("angle", "length"))


def test_every_state_has_a_file_and_a_sentence(folder, explorable):
    described = describe_frames(explorable)
    assert len(described["frames"]) == len(described["sentences"]) == 8
    assert all((folder / name).stat().st_size > 500 for name in described["frames"])
    assert described["sentences"][2] == "The arm points at 30 degrees <now>."
    assert first_state(described) == 4
    assert json.loads(json.dumps(described)) == described


def test_the_same_state_has_the_same_file(folder, explorable):
    assert describe_frames(explorable)["frames"] == describe_frames(explorable)["frames"]


def test_nothing_is_left_half_written(folder):
    name = store_image(b"picture", ".png")
    assert [path.name for path in folder.iterdir()] == [name]


def test_over_budget_fails_with_its_name(folder):
    def noise(ax, k):
        ax.imshow(np.random.default_rng(k).random((300, 300)), cmap="gray")
        return f"Noise {k}."

    with pytest.raises(FrameBudgetError, match=r"noise: a frame has .* the budget is 24 KB"):
        describe_frames(Explorable(noise, {"k": [1, 2]}))


def test_an_error_in_any_state_comes_out(folder):
    def broken(ax, k):
        return f"One over k is {1 / k:.1f}."

    with pytest.raises(ZeroDivisionError):
        describe_frames(Explorable(broken, {"k": [1, 0]}))


def test_pointer_is_described_by_the_first_axes(explorable):
    explorable.draw()
    pointer = describe_pointer(explorable)
    left, top, right, bottom = pointer["axes"]
    assert 0 < left < right < 1 and 0 < top < bottom < 1
    assert pointer["x"] == [-2, 2, "linear"]
    assert pointer["values"] == {"angle": [0, 30, 60, 90], "length": [1, 2]}


def test_page_escapes_what_authors_write(folder, explorable):
    page = render_explorable(describe_frames(explorable), "../frames")
    assert 'id="arm"' in page and "<now>" not in page.replace("\\u003cnow>", "")
    assert 'alt="An arm that turns. The arm points at 60 degrees &lt;now&gt;."' in page
    assert page.count("<script") == page.count("</script>") == 1
