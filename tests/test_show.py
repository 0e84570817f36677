"""show: a figure with its text alternative, on every surface."""

import base64

import pytest
from IPython.utils.capture import capture_output
from matplotlib import pyplot as plt

from dlbook_utils import show


@pytest.fixture(autouse=True)
def no_figures():
    plt.switch_backend("agg")
    plt.close("all")
    yield
    plt.close("all")


@pytest.fixture
def displayed(monkeypatch):
    """What was handed to IPython.display.display."""
    bundles = []
    monkeypatch.setattr("IPython.display.display", lambda bundle, **how: bundles.append(bundle))
    return bundles


def test_the_text_goes_everywhere(displayed):
    plt.plot([1, 2])
    show('A line "rises"\n from 1 to 2.')
    (bundle,) = displayed
    assert bundle["text/plain"] == 'A line "rises" from 1 to 2.'
    assert 'alt="A line &quot;rises&quot; from 1 to 2."' in bundle["text/html"]
    assert base64.b64decode(bundle["image/png"]).startswith(b"\x89PNG")


def test_the_figure_is_closed(displayed):
    plt.plot([1, 2])
    show("A line rises from 1 to 2.")
    assert plt.get_fignums() == []


@pytest.mark.parametrize("alt", ["", "  ", None, 3])
def test_a_text_is_needed(alt):
    plt.plot([1, 2])
    with pytest.raises(ValueError, match="needs a sentence"):
        show(alt)


def test_a_figure_is_needed():
    with pytest.raises(ValueError, match="found no figure"):
        show("A line rises from 1 to 2.")


def test_in_the_book_the_picture_is_a_file(displayed, monkeypatch, tmp_path):
    monkeypatch.setenv("DLBOOK_FRAMES", str(tmp_path))
    plt.plot([1, 2])
    show("A line rises from 1 to 2.")
    figure = displayed[0]["application/vnd.dlbook.figure+json"]
    assert (tmp_path / figure["source"]).read_bytes().startswith(b"\x89PNG")
    assert figure["alt"] == "A line rises from 1 to 2."


def test_outside_a_notebook_nothing_breaks():
    plt.plot([1, 2])
    with capture_output():
        show("A line rises from 1 to 2.")
