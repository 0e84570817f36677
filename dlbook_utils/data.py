"""The data sets of the chapters: generated from an ``rng``, or shipped inside an installed package. Nothing is downloaded.

Each function's docstring says where its data come from.
"""

from typing import NamedTuple

import numpy as np

__all__ = ["DigitsSplit", "digits", "digits_split", "gaussian_cloud", "hilbert", "letter_f", "photo", "xor"]

PHOTOS = ("china", "flower")


class DigitsSplit(NamedTuple):
    """Digits in three disjoint parts: images ``X`` (m, 64) float32 in [0, 1], labels ``y`` (m,) int64."""

    X_train: np.ndarray
    y_train: np.ndarray
    X_val: np.ndarray
    y_val: np.ndarray
    X_test: np.ndarray
    y_test: np.ndarray


def digits():
    """Return 1797 images of handwritten digits as (1797, 64) float64 in [0, 1], and their labels (1797,).

    Source: Alpaydin and Kaynak (1998), Optical Recognition of Handwritten Digits, UCI; the part that ships with
    scikit-learn (BSD-3-Clause), 8 × 8 pixels.
    """
    from sklearn.datasets import load_digits

    X, y = load_digits(return_X_y=True)
    return X / 16, y


def digits_split(n_train=1000, n_val=300, n_test=400, *, seed=0):
    """Return `digits` in three disjoint parts in which every digit has its share.

    The three numbers together are at most 1797; the same numbers and seed give the same parts everywhere. Raises
    ValueError when there are not that many images.
    """
    from sklearn.model_selection import train_test_split

    X, y = digits()
    sizes = (n_train, n_val, n_test)
    if min(sizes) < 10 or sum(sizes) > len(X):
        raise ValueError(f"expected three parts of at least 10 and together at most {len(X)} images, not {sizes}")
    X, y = X.astype(np.float32), y.astype(np.int64)
    order = np.arange(len(X))
    parts, rest = [], order
    for size in sizes:
        if size == len(rest):
            part, rest = rest, rest[:0]
        else:
            part, rest = train_test_split(rest, train_size=size, stratify=y[rest], random_state=seed)
        parts += [X[part], y[part]]
    return DigitsSplit(*parts)


def photo(name="china", step=2, grey=True):
    """Return a photograph, ``"china"`` or ``"flower"``, with values in [0, 1]: (214, 320), or (214, 320, 3) in colour.

    Every ``step``-th pixel of 427 × 640 is kept. Source: the two sample images of scikit-learn, CC BY 2.0: "china" by
    danielbuechele, "flower" by dany13 (both via Flickr). Raises ValueError for another name.
    """
    if name not in PHOTOS:
        raise ValueError(f"there is no photo {name!r}, only {' and '.join(map(repr, PHOTOS))}")
    from sklearn.datasets import load_sample_image

    image = load_sample_image(f"{name}.jpg")[::step, ::step] / 255
    return image.mean(axis=2) if grey else image


def hilbert(n):
    """Return the n × n Hilbert matrix, H[i, j] = 1 / (i + j + 1) counted from 0: symmetric, invertible, and a trap."""
    if n < 1:
        raise ValueError(f"a Hilbert matrix has at least one row, not {n}")
    i = np.arange(n)
    return 1.0 / (i[:, None] + i + 1)


def xor():
    """Return the four points of exclusive or: ``X`` (4, 2) and ``y`` (4,), both float64."""
    X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    return X, np.array([0.0, 1.0, 1.0, 0.0])


def gaussian_cloud(n, correlation, rng, *, mean=(0.0, 0.0), scale=(1.0, 1.0)):
    """Return ``n`` points in the plane, (n, 2), from a Gaussian with this correlation between its two coordinates.

    Raises ValueError unless the correlation lies between −1 and 1.
    """
    if not -1 <= correlation <= 1:
        raise ValueError(f"a correlation lies between -1 and 1, {correlation} does not")
    z = rng.standard_normal((n, 2))
    second = correlation * z[:, 0] + np.sqrt(1 - correlation**2) * z[:, 1]
    return np.column_stack([z[:, 0], second]) * scale + mean


def letter_f():
    """Return the outline of a letter F as (10, 2) corners: a shape whose reflections and turns can be told apart."""
    x = [0, 0.28, 0.28, 0.66, 0.66, 0.28, 0.28, 0.9, 0.9, 0.0]
    y = [0, 0.0, 0.5, 0.5, 0.74, 0.74, 1.16, 1.16, 1.4, 1.4]
    return np.column_stack([x, y])
