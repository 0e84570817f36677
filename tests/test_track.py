"""track: a bar for a person, nothing in what is recorded."""

import nbformat
import pytest

from dlbook_utils import track
from notebooks import ROOT, run

QUICK = """
import importlib, time
from dlbook_utils import track
module = importlib.import_module("dlbook_utils.track")
module.PATIENCE, module.PAUSE = 0.05, 0.0
drawn, draw = [], module._draw
module._draw = lambda *how: drawn.append(draw(*how)) or drawn[-1]
"""
LOOP = """
total = 0
for i in track(range(8), "<training>"):
    total += i
    time.sleep(0.02)
print(total, drawn[-1] if drawn else "no bar")
"""
FAILING = """
try:
    for i in track(range(8), "training"):
        time.sleep(0.02)
        1 / (6 - i)
except ZeroDivisionError:
    print("stopped")
"""


def outputs_of(source, **environment):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(QUICK + source)])
    return run(notebook, ROOT / "notebooks", environment).cells[0].outputs


def test_the_items_come_as_they_are():
    assert list(track(["a", "b"], "letters")) == ["a", "b"]
    assert list(track({}, "nothing")) == []


@pytest.mark.parametrize(("items", "label"), [((i for i in "ab"), "letters"), (3, "three"), ([1], None)])
def test_what_it_needs(items, label):
    with pytest.raises(TypeError, match="track needs"):
        track(items, label)


def test_a_person_sees_a_bar_that_goes_in_the_end():
    bar, text = outputs_of(LOOP, DLBOOK_BARS="")
    assert bar.output_type == "display_data" and bar.data["text/html"] == ""
    assert text.text == '28 <label>&lt;training&gt; <progress max="8" value="8"></progress> 8 of 8</label>\n'


def test_an_error_takes_the_bar_away_too():
    bar, text = outputs_of(FAILING, DLBOOK_BARS="")
    assert bar.data["text/html"] == "" and text.text == "stopped\n"


def test_nothing_is_recorded():
    (text,) = outputs_of(LOOP)
    assert text.text == "28 no bar\n"
