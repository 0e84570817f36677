"""Every explorable of every chapter: its states draw, its controls reach both ends, its pixels do not depend on history.

`make book`, which the tests of the book run, draws every state and fails on any error. Here more is asked of the corners of each
grid and of a seeded twentieth of the rest.
"""

import itertools
import math

import numpy as np
import pytest
from chapters import NOTEBOOKS, run_chapter

from dlbook_utils.frames import FRAME_BUDGET
from dlbook_utils.live import LiveExplorable


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def explorables(request):
    return run_chapter(request.param).explorables


def corners(explorable):
    ends = [{parameter.values[0], parameter.values[-1]} for parameter in explorable.parameters.values()]
    return [dict(zip(explorable.parameters, values, strict=True)) for values in itertools.product(*ends)]


def sample(explorable, share=0.05):
    states = list(explorable.states())
    count = math.ceil(share * len(states))
    return [states[i] for i in np.random.default_rng(0).choice(len(states), count, replace=False)]


def test_chapter_has_explorables(explorables):
    assert len(explorables) >= 2


def test_states_draw_and_their_frames_are_small(explorables):
    for name, explorable in explorables.items():
        sizes = []
        for state in corners(explorable) + sample(explorable):
            sentence = explorable.draw(**state)
            assert sentence[-1] in ".!?", f"{name}: no sentence: {sentence}"
            sizes.append(len(explorable.picture.webp()))
        assert np.mean(sizes) < FRAME_BUDGET, f"{name}: {np.mean(sizes):.0f} bytes a frame"


def test_the_sentence_or_the_picture_changes_with_every_parameter(explorables):
    for name, explorable in explorables.items():
        for parameter, values in ((p, explorable.parameters[p].values) for p in explorable.parameters):
            seen = set()
            for state in (explorable.default, *sample(explorable, 0.1)):
                for value in (values[0], values[-1]):
                    sentence = explorable.draw(**state | {parameter: value})
                    seen.add((sentence, explorable.picture.png()))
                if len(seen) > 1 and len(values) > 1:
                    break
                seen.clear()
            assert len(seen) > 1, f"{name}: {parameter} changes nothing"


def test_pixels_do_not_depend_on_what_was_drawn_before(explorables):
    for name, explorable in explorables.items():
        states = sample(explorable, 0.03)
        for state in states:
            explorable.draw()
            explorable.draw(**state)
            over_background = np.array(explorable.picture.figure.canvas.buffer_rgba())
            explorable.draw(whole=True, **state)
            whole = np.array(explorable.picture.figure.canvas.buffer_rgba())
            assert np.array_equal(over_background, whole), f"{name}: {state}"


def test_nothing_is_cut_off(explorables):
    for name, explorable in explorables.items():
        for state in corners(explorable)[:4]:
            explorable.draw(**state)
            figure = explorable.picture.figure
            box, paper = figure.get_tightbbox(), figure.bbox_inches
            over = max(-box.x0, -box.y0, box.x1 - paper.width, box.y1 - paper.height)
            assert over < 0.02, f"{name} {state}: {over * 100:.0f} pixels are outside the picture"


def test_controls_reach_both_ends(explorables):
    for explorable in explorables.values():
        live = LiveExplorable(explorable)
        for name, control in live.controls.items():
            for value in (explorable.parameters[name].values[0], explorable.parameters[name].values[-1]):
                control.value = value
                assert live.state[name] == value
                assert live.picture.sentence
