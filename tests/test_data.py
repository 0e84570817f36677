"""data: shapes, ranges, repeatability, and no file from outside."""

import socket
from pathlib import Path

import numpy as np
import pytest

from dlbook_utils import data


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("a loader reached for the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def test_digits():
    X, y = data.digits()
    assert X.shape == (1797, 64) and y.shape == (1797,)
    assert X.min() == 0 and X.max() == 1 and set(y) == set(range(10))


def test_digits_split_is_disjoint_stratified_and_repeatable():
    split = data.digits_split(1000, 300, 400)
    assert [len(part) for part in split] == [1000, 1000, 300, 300, 400, 400]
    rows = np.concatenate([split.X_train, split.X_val, split.X_test])
    assert split.X_train.dtype == np.float32 and split.y_train.dtype == np.int64
    distinct = len(np.unique(data.digits()[0], axis=0))
    assert len(np.unique(rows, axis=0)) >= 1700 - (1797 - distinct)
    assert np.bincount(split.y_test).min() >= 35
    again = data.digits_split(1000, 300, 400)
    assert all(np.array_equal(a, b) for a, b in zip(split, again, strict=True))
    assert not np.array_equal(split.y_train, data.digits_split(1000, 300, 400, seed=1).y_train)


@pytest.mark.parametrize("sizes", [(1700, 300, 400), (0, 10, 10), (1000, 300, -1)])
def test_digits_split_refuses(sizes):
    with pytest.raises(ValueError, match=r"expected (three parts|a whole number between 10)"):
        data.digits_split(*sizes)


def test_photo():
    assert data.photo("china").shape == (214, 320)
    assert data.photo("flower", step=1, grey=False).shape == (427, 640, 3)
    assert 0 <= data.photo().min() < data.photo().max() <= 1
    with pytest.raises(ValueError, match="no photo 'cat', only 'china' and 'flower'"):
        data.photo("cat")


def test_hilbert():
    H = data.hilbert(3)
    assert H[1, 2] == 1 / 4 and np.array_equal(H, H.T)
    with pytest.raises(ValueError, match="between 1 and 5000"):
        data.hilbert(0)


def test_xor():
    X, y = data.xor()
    assert np.array_equal(y, X[:, 0] != X[:, 1])


@pytest.mark.parametrize("correlation", [-0.8, 0, 0.9])
def test_gaussian_cloud(correlation):
    X = data.gaussian_cloud(20000, correlation, np.random.default_rng(0), mean=(1, 2), scale=(1, 3))
    np.testing.assert_allclose(np.corrcoef(X.T)[0, 1], correlation, atol=0.02)
    np.testing.assert_allclose(X.mean(axis=0), (1, 2), atol=0.1)
    with pytest.raises(ValueError, match="between -1 and 1"):
        data.gaussian_cloud(2, 1.5, np.random.default_rng(0))


def test_letter_f_has_no_symmetry():
    F = data.letter_f()
    assert F.shape == (10, 2)
    assert not np.allclose(sorted(F[:, 0]), sorted(F[:, 0].max() - F[:, 0]))


def test_prerequisites_are_the_books_chapters():
    needs = data.prerequisites()
    assert list(needs) == list(range(1, 21))
    assert all(need < chapter for chapter, direct in needs.items() for need in direct)
    assert needs[6] == [5] and needs[1] == []
    assert sum(data.section_counts().values()) == 164


def test_historical_tables_name_their_sources():
    folder = Path(data.__file__).parent / "datasets"
    for path in folder.glob("*.csv"):
        columns = data.table(path.stem)
        assert len({len(column) for column in columns.values()}) == 1, path.name
        if path.stem != "prerequisites":
            assert set(columns["certain"]) <= {"yes", "approximate"}, path.name
            assert all(text.strip() for text in columns["source"]), path.name


def test_rings_have_a_gap():
    X, y = data.rings(50, np.random.default_rng(0))
    radius = np.hypot(*X.T)
    assert radius[y == 0].max() <= 1 and radius[y == 1].min() >= 1.6


def test_wandering_digits_are_all_there():
    X, _ = data.digits()
    canvas, places = data.wandering_digits(X[:20], rng=np.random.default_rng(0))
    assert np.allclose(canvas.sum(axis=(1, 2)), X[:20].sum(axis=1))
    assert np.array_equal(canvas[3][places[3][0] :, places[3][1] :][:8, :8], X[3].reshape(8, 8))


def test_shipped_text_is_letters():
    text = data.shipped_text()
    assert len(text) > 5000 and set(text) == set(" abcdefghijklmnopqrstuvwxyz") and "  " not in text


def test_quintic():
    assert data.quintic(1) == 0.5 and data.quintic(np.zeros(3)).shape == (3,)
