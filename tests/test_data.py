"""data: shapes, ranges, repeatability, and no file from outside."""

import socket

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
    with pytest.raises(ValueError, match="expected three parts"):
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
    with pytest.raises(ValueError, match="at least one row"):
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
