"""The data sets of the chapters: generated from an ``rng``, or shipped inside an installed package. Nothing is downloaded.

Each function's docstring says where its data come from.
"""

import csv
from pathlib import Path
from typing import NamedTuple

import numpy as np

from dlbook_utils.inputs import as_array, as_count, as_number, as_rng

__all__ = [
    "DigitsSplit",
    "digits",
    "digits_split",
    "gaussian_cloud",
    "hilbert",
    "letter_f",
    "photo",
    "prerequisites",
    "quintic",
    "rings",
    "section_counts",
    "shipped_text",
    "table",
    "wandering_digits",
    "xor",
]

PHOTOS = ("china", "flower")


class DigitsSplit(NamedTuple):
    """Digits in three disjoint parts: images ``X`` (m, 64) float32 in [0, 1], labels ``y`` (m,) int64."""

    X_train: np.ndarray
    y_train: np.ndarray
    X_val: np.ndarray
    y_val: np.ndarray
    X_test: np.ndarray
    y_test: np.ndarray


def table(name):
    """Return a shipped table, ``dlbook_utils/datasets/NAME.csv``, as {column: array (rows,)} of numbers or of texts.

    An empty number is NaN. Historical tables have a ``source`` column, and a ``certain`` column that says ``yes`` or
    ``approximate``. Raises ValueError for a table that does not exist.
    """
    folder = Path(__file__).parent / "datasets"
    known = sorted(file.stem for file in folder.glob("*.csv"))
    if name not in known:
        raise ValueError(f"there is no table {name!r}; there are {', '.join(known)}")
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {column: _as_column([row[column] for row in rows]) for column in rows[0]}


def _as_column(texts):
    try:
        return np.array([float(text or "nan") for text in texts])
    except ValueError:
        return np.array(texts)


def prerequisites(basis=None):
    """Return {chapter: [chapters that it needs directly]} of the book's 20 chapters, of all arrows or of those on one basis.

    Source: this companion's reading of the book's figure 1.6; the column ``basis`` says of each arrow what it rests on.
    """
    rows = table("prerequisites")
    needs = {int(chapter): [] for chapter in rows["chapter"]}
    for chapter, need, its_basis in zip(rows["chapter"], rows["needs"], rows["basis"], strict=True):
        if np.isfinite(need) and basis in (None, its_basis):
            needs[int(chapter)].append(int(need))
    return needs


def section_counts():
    """Return {chapter: the number of its numbered sections}. Source: the book's table of contents."""
    rows = table("prerequisites")
    return {int(chapter): int(count) for chapter, count in zip(rows["chapter"], rows["sections"], strict=True)}


def shipped_text():
    """Return some English prose: lower-case letters and single spaces only, about 10,000 of them.

    Source: the descriptions of five data sets (iris, wine, breast cancer, digits, diabetes) as they stand in scikit-learn 1.9.1
    (BSD-3-Clause), kept here because later releases may word them differently.
    """
    return (Path(__file__).parent / "datasets" / "shipped_text.txt").read_text(encoding="utf-8").strip()


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
    names = ("n_train", "n_val", "n_test")
    sizes = tuple(as_count(name, size, low=10) for name, size in zip(names, (n_train, n_val, n_test), strict=True))
    if sum(sizes) > len(X):
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

    step = as_count("step", step, high=200)
    image = load_sample_image(f"{name}.jpg")[::step, ::step] / 255
    return image.mean(axis=2) if grey else image


def hilbert(n):
    """Return the n × n Hilbert matrix, H[i, j] = 1 / (i + j + 1) counted from 0: symmetric, invertible, and a trap."""
    i = np.arange(as_count("n", n, high=5000))
    return 1.0 / (i[:, None] + i + 1)


def xor():
    """Return the four points of exclusive or: ``X`` (4, 2) and ``y`` (4,), both float64."""
    X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    return X, np.array([0.0, 1.0, 1.0, 0.0])


def rings(n, rng):
    """Return an inner disc (radius 0.2 to 1) and a ring around it (1.6 to 2.4), ``n`` points each: X (2n, 2), y (2n,).

    Generated. The classes, 0 inside and 1 outside, cannot be told apart by a line in these coordinates.
    """
    n, rng = as_count("n", n), as_rng(rng)
    radius = np.concatenate([rng.uniform(0.2, 1.0, n), rng.uniform(1.6, 2.4, n)])
    angle = rng.uniform(0, 2 * np.pi, 2 * n)
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]), np.repeat([0, 1], n)


def wandering_digits(images, size=16, *, rng):
    """Return 8 × 8 digits (m, 64), each pasted at a random place of a black canvas: (m, size, size), and the places (m, 2).

    A place is the row and column of the digit's top left corner. Raises ValueError for other images or too small a canvas.
    """
    images = as_array("images", images, (None, 64), (None, 8, 8)).reshape(-1, 8, 8)
    places = as_rng(rng).integers(0, as_count("size", size, low=8, high=64) - 7, (len(images), 2))
    canvas = np.zeros((len(images), size, size))
    for picture, image, (row, column) in zip(canvas, images, places, strict=True):
        picture[row : row + 8, column : column + 8] = image
    return canvas, places


def quintic(x):
    """Return 2x − 4x³ + 2.5x⁵, the regression target of chapter 5, for x in [−1, 1] of any shape."""
    x = np.asarray(x, float)
    return 2 * x - 4 * x**3 + 2.5 * x**5


def gaussian_cloud(n, correlation, rng, *, mean=(0.0, 0.0), scale=(1.0, 1.0)):
    """Return ``n`` points in the plane, (n, 2), from a Gaussian with this correlation between its two coordinates.

    Raises ValueError unless the correlation lies between −1 and 1.
    """
    correlation = as_number("correlation", correlation, -1, 1)
    mean, scale = as_array("mean", mean, (2,)), as_array("scale", scale, (2,))
    z = as_rng(rng).standard_normal((as_count("n", n), 2))
    second = correlation * z[:, 0] + np.sqrt(1 - correlation**2) * z[:, 1]
    return np.column_stack([z[:, 0], second]) * scale + mean


def letter_f():
    """Return the outline of a letter F as (10, 2) corners: a shape whose reflections and turns can be told apart."""
    x = [0, 0.28, 0.28, 0.66, 0.66, 0.28, 0.28, 0.9, 0.9, 0.0]
    y = [0, 0.0, 0.5, 0.5, 0.74, 0.74, 1.16, 1.16, 1.4, 1.4]
    return np.column_stack([x, y])
