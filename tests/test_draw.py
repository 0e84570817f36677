"""draw: each function draws what it says on the axes it is given."""

import numpy as np
import pytest
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from dlbook_utils import draw


@pytest.fixture
def ax():
    return Figure().subplots()


def test_vectors_end_where_they_should(ax):
    draw.frame(ax, 3)
    draw.draw_vectors(ax, [[1, 2], [-1, 0]], origin=[[0, 0], [1, 1]], labels=["a", ""], colors=[draw.DATA, draw.MODEL])
    tips = [tuple(text.xy) for text in ax.texts if text.get_text() == ""]
    assert tips == [(1, 2), (0, 1)]
    assert [text.get_text() for text in ax.texts].count("a") == 1


def test_grid_is_one_collection(ax):
    draw.draw_grid(ax, [[2, 0], [0, 1]], limit=1)
    (lines,) = ax.collections
    assert isinstance(lines, LineCollection)
    assert max(np.abs(segment[:, 0]).max() for segment in lines.get_segments()) == 2


def test_contours_keep_their_limits(ax):
    draw.draw_contours(ax, lambda X, Y: X**2 + Y**2, (-1, 1), (-2, 2), path=[[0, 0], [5, 5]])
    assert ax.get_xlim() == (-1, 1) and ax.get_ylim() == (-2, 2)


def test_regions_have_a_boundary_only_between_classes(ax):
    draw.draw_regions(ax, lambda X: (X[:, 0] > 0).astype(int), (-1, 1), (-1, 1))
    assert len(ax.images) == 1 and len(ax.collections) == 1
    one = Figure().subplots()
    draw.draw_regions(one, lambda X: np.zeros(len(X), int), (-1, 1), (-1, 1))
    assert len(one.collections) == 0


def test_images_are_laid_out_in_rows(ax):
    draw.draw_images(ax, np.zeros((5, 64)), columns=3, titles=list("abcde"))
    assert ax.images[0].get_array().shape == (17, 26)
    assert len(ax.texts) == 5


def test_matrix_shows_its_entries(ax):
    draw.draw_matrix(ax, [[1, -2], [0.5, 4]])
    assert [text.get_text() for text in ax.texts] == ["1", "−2", "0.5", "4"]


def test_graph_draws_every_node(ax):
    draw.draw_graph(ax, [("a", "b")], {"a": (0, 0), "b": (1, 0), "c": (2, 0)}, colors={"a": draw.DATA})
    assert {text.get_text() for text in ax.texts} == {"a", "b", "c"}


def test_style_changes_the_look():
    import matplotlib

    with matplotlib.rc_context():
        draw.use_style()
        assert not matplotlib.rcParams["axes.spines.top"]
