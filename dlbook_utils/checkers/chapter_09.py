"""Checkers of chapter 9, Convolutional Networks."""

import math

import numpy as np
import scipy.signal
import torch

from dlbook_utils.check import exercise, expect, expect_close


def _tensor(values):
    import torch

    return torch.tensor(np.asarray(values, dtype=float))


def _correlate(I, K):
    I, K = np.asarray(I), np.asarray(K)
    windows = np.lib.stride_tricks.sliding_window_view(I, K.shape)
    return np.einsum("ijkl,kl->ij", windows, K)


def _same(I, K):
    from scipy.signal import convolve2d

    return convolve2d(np.asarray(I), np.asarray(K), mode="same")


def _full(I, K):
    from scipy.signal import convolve2d

    return convolve2d(np.asarray(I), np.asarray(K), mode="full")


@exercise(
    "9.1",
    "conv2d_valid(I, K)",
    level="warm-up",
    hints=(
        "The cross-correlation of the section is nearly there; it lays the kernel on the image as it stands.",
        "Convolution is cross-correlation with a kernel that was turned by half a turn.",
        "Half a turn is a flip along both axes: reverse the rows and the columns of K, then multiply every patch by it and add.",
    ),
)
def check_conv2d_valid(answer, rng):
    for size, kernel in (((3, 3), (2, 2)), ((4, 3), (2, 3)), ((6, 5), (3, 2)), ((7, 9), (3, 3))):
        I, K = rng.uniform(0.5, 2, size), rng.uniform(0.5, 2, kernel)
        expect_close(
            answer,
            (_tensor(I), _tensor(K)),
            _correlate(I, K[::-1, ::-1]),
            mistakes={
                "That is the cross-correlation: convolution flips the kernel.": _correlate(I, K),
                "The kernel is flipped along its rows only; convolution flips both axes.": _correlate(I, K[::-1]),
                "The kernel is flipped along its columns only; convolution flips both axes.": _correlate(I, K[:, ::-1]),
                "The kernel is transposed, not turned by half a turn.": lambda I, K: _correlate(I, K.T),
                "That is the size of the input ('same'): leave out the positions at which the kernel sticks out.": _same,
                "That is every position with any overlap ('full'); wanted are those where the kernel fits inside.": _full,
                "You divide by the number of entries of the kernel: convolution is the sum of the products, not their mean.": _correlate(
                    I, K[::-1, ::-1]
                )
                / K.size,
            },
        )
    return "It flips both axes and stays inside the image."


def _field(layers, grow=None, dilated=True, late=False, own=False):
    size, jump = 1, 1
    for k, s, d in layers:
        d = d if dilated else 1
        if late:
            jump *= s
        size += (k if grow == "k" else k - 1) * d * (s if own else jump)
        if not late and not own:
            jump *= s
    return size


@exercise(
    "9.2",
    "receptive_field(layers)",
    level="core",
    hints=(
        "Go from the input upwards and keep two numbers: how far a unit sees, and how far apart on the input two neighbouring units lie.",
        "A layer with k taps, d apart, adds (k − 1)·d steps of that distance to what is seen.",
        "The layer's own stride counts only for the layers above it: multiply the distance by s after the field has grown.",
    ),
)
def check_receptive_field(answer, rng):
    cases = [
        [(3, 1, 1)],
        [(3, 1, 1), (3, 1, 1)],
        [(3, 1, 2)],
        [(2, 3, 1), (3, 2, 1)],
        [(2, 3, 1), (4, 2, 1), (3, 1, 2)],
    ]
    cases += [
        [tuple(int(v) for v in rng.integers((2, 1, 1), (6, 4, 4))) for _ in range(length)] for length in (2, 3, 4, 5)
    ]
    for layers in cases:

        def backwards(layers):
            return _field(layers[::-1])

        def from_top(layers):
            size = 1
            for k, s, d in reversed(layers):
                size = size * s + (k - 1) * d
            return size

        def no_strides(layers):
            return _field([(k, 1, d) for k, _, d in layers])

        expect_close(
            answer,
            (layers,),
            _field(layers),
            mistakes={
                "Each layer adds k, but its middle tap lies on what was seen already: a layer adds (k − 1)·d steps.": _field(
                    layers, grow="k"
                ),
                "The dilation is ignored: k taps that lie d apart span (k − 1)·d + 1 places.": _field(
                    layers, dilated=False
                ),
                "The strides of the earlier layers are ignored: after a stride of 2, one step above is two steps on the input.": no_strides,
                "A layer's own stride must not widen its own kernel: it counts for the layers above.": _field(
                    layers, late=True
                ),
                "Only the layer's own stride is counted; what counts is the product of the strides of all earlier layers.": _field(
                    layers, own=True
                ),
                "The list starts with the layer next to the input; yours is read from the other end.": backwards,
                "The fields are multiplied; neighbouring units overlap, so a layer adds what its outer taps reach.": math.prod(
                    (k - 1) * d + 1 for k, _, d in layers
                ),
                "Coming from the top, r neighbouring units start at r places, which span (r − 1)·s + 1 below and not r·s.": from_top,
                "One is missing: a unit sees its own place even before the first layer.": _field(layers) - 1,
            },
        )
    expect_close(answer, ([],), 1, hint="Without any layer the unit is the input itself.")
    return "It counts every stack right, strides and dilations included."


def _pool_back(x, dy, k, stride, rule="first", overlap=True):
    x, dy = np.asarray(x), np.asarray(dy)
    dx = np.zeros(len(x))
    for i in range(len(dy)):
        window = x[i * stride : i * stride + k]
        if rule == "all":
            share = (window == window.max()).astype(float)
        elif rule == "split":
            share = (window == window.max()) / (window == window.max()).sum()
        elif rule == "mean":
            share = np.full(k, 1 / k)
        elif rule == "last":
            share = np.eye(k)[k - 1 - np.argmax(window[::-1])]
        else:
            share = np.eye(k)[np.argmax(window)]
        if overlap:
            dx[i * stride : i * stride + k] += share * dy[i]
        else:
            won = share > 0
            dx[i * stride : i * stride + k][won] = (share * dy[i])[won]
    return dx


@exercise(
    "9.3",
    "max_pool_backward(x, dy, k, stride)",
    level="core",
    hints=(
        "Output i depends on one entry of x only. Which, counted from the start of x?",
        "The window of output i starts at i·stride; argmax inside it, plus that start, is the place.",
        "Start from zeros like x and, for every i, add dy[i] at its place: add, because an entry may win in several windows.",
    ),
)
def check_max_pool_backward(answer, rng):
    for n, k, stride, top in (
        (4, 2, 2, 9),
        (6, 3, 3, 1),
        (5, 3, 1, 9),
        (5, 2, 1, 3),
        (9, 3, 2, 3),
        (12, 3, 3, 3),
        (10, 2, 3, 5),
    ):
        m = (n - k) // stride + 1
        x = rng.permutation(n).astype(float) if top == 9 else rng.integers(0, top + 1, n).astype(float)
        if top < 9:  # a tie and, where windows overlap, an entry that wins twice
            x[:2] = top + 1
        if stride < k and top == 9:
            x[k - 1] = n + 1
        dy = rng.uniform(0.5, 2, m)
        numbers = (_tensor(x), _tensor(dy), k, stride)
        expect_close(
            answer,
            numbers,
            _pool_back(x, dy, k, stride),
            mistakes={
                "That is the gradient of average pooling: a maximum depends on its largest entry only.": _pool_back(
                    x, dy, k, stride, "mean"
                ),
                "Where two entries are equally large, both got the whole gradient; only the first of them does.": _pool_back(
                    x, dy, k, stride, "all"
                ),
                "At a tie the gradient is divided; here the first of the largest gets all of it.": _pool_back(
                    x, dy, k, stride, "split"
                ),
                "At a tie the last of the largest gets the gradient; it should be the first.": _pool_back(
                    x, dy, k, stride, "last"
                ),
                "An entry that wins in several windows keeps only one of its gradients: add them up.": _pool_back(
                    x, dy, k, stride, overlap=False
                ),
                "The gradient does not carry dy: each winner gets its output's dy, not 1.": _pool_back(
                    x, np.ones(m), k, stride
                ),
                "argmax counts from the start of its window: add i·stride to find the place in x.": np.bincount(
                    [np.argmax(x[i * stride : i * stride + k]) for i in range(m)], weights=dy, minlength=n
                ),
                "The gradient went to the smallest entry of each window; the maximum depends on the largest.": _pool_back(
                    -x, dy, k, stride
                ),
            },
        )
    return "It routes every gradient to its winner, and adds where windows overlap."


@exercise(
    "9.5",
    "conv_out_shape(n, k, stride, padding, dilation)",
    level="warm-up",
    hints=(
        "How long is the input after padding, and how many places do the taps span?",
        "The first start is 0 and the last is (padded length) − (span); how many multiples of the stride lie between, both included?",
        "floor((n + 2·padding − dilation·(k − 1) − 1) / stride) + 1, and 0 if the kernel does not fit.",
    ),
)
def check_conv_out_shape(answer, rng):
    cases = [(5, 3, 1, 0, 1), (5, 3, 1, 1, 1), (6, 3, 2, 0, 1), (7, 3, 2, 0, 1), (9, 3, 1, 0, 2), (10, 3, 3, 2, 2)]
    cases += [
        tuple(int(v) for v in (rng.integers(12, 40), rng.integers(2, 5), *rng.integers((1, 0, 1), (5, 4, 4))))
        for _ in range(12)
    ]
    for n, k, s, p, d in cases:
        room = n + 2 * p - d * (k - 1) - 1
        expect_close(
            answer,
            (n, k, s, p, d),
            room // s + 1,
            mistakes={
                "The padding is added on one side only; it surrounds the input.": (room - p) // s + 1,
                "The padding is ignored.": (room - 2 * p) // s + 1,
                "The dilation is ignored: the taps span dilation·(k − 1) + 1 places.": (n + 2 * p - k) // s + 1,
                "A dilated kernel spans dilation·(k − 1) + 1 places, not dilation·k.": (n + 2 * p - d * k) // s + 1,
                "One is missing: the start at place 0 counts too.": room // s,
                "Rounded up: a window that sticks out at the end is left out.": -(-room // s) + 1,
                "The stride is ignored.": room + 1,
                "That is n / stride, the size that 'same' padding would give; here the padding is what it is.": -(
                    -n // s
                ),
                "That is a fraction: the last incomplete step gives no output.": room / s + 1,
            },
        )
    expect_close(answer, (3, 5, 1, 0, 1), 0, hint="The kernel does not fit.")
    expect_close(answer, (2, 3, 3, 0, 2), 0, hint="The kernel does not fit, and a size cannot be negative.")
    return "It counts the outputs for every stride, padding and dilation."


def _input_gradient(dy, w, n, stride):
    dy, w, dx = np.asarray(dy), np.asarray(w), np.zeros(n)
    for i in range(len(dy)):
        dx[i * stride : i * stride + len(w)] += dy[i] * w
    return dx


@exercise(
    "9.5b",
    "conv_input_gradient(dy, w, n, stride)",
    level="core",
    hints=(
        "Which outputs contain x[j], and with which weight each?",
        "Turn it round: dy[i] belongs to the inputs i·stride … i·stride + k − 1, with the weights w[0] … w[k − 1].",
        "Start with n zeros and let every dy[i] add dy[i]·w from place i·stride on; what nothing reaches stays 0.",
    ),
)
def check_conv_input_gradient(answer, rng):
    for n, k, s in ((4, 2, 1), (5, 3, 2), (7, 3, 2), (8, 3, 2), (12, 4, 3), (11, 2, 3), (13, 5, 2)):
        m = (n - k) // s + 1
        dy, w = rng.uniform(0.5, 2, m), rng.uniform(0.5, 2, k)
        right = _input_gradient(dy, w, n, s)
        undilated = np.zeros(n)
        undilated[: m + k - 1] = np.convolve(dy, w)[:n]
        last = np.zeros(n)
        for i in range(m):
            last[i * s : i * s + k] = dy[i] * w
        reach = (m - 1) * s + k
        expect_close(
            answer,
            (_tensor(dy), _tensor(w), n, s),
            right,
            mistakes={
                "The kernel is turned round the wrong way: input i·stride + a got the weight w[k − 1 − a] in place of w[a].": _input_gradient(
                    dy, w[::-1], n, s
                ),
                "The stride is forgotten on the way back: neighbouring outputs come from windows that lie stride places apart.": undilated,
                "The stride is forgotten on the way back: neighbouring outputs come from windows that lie stride places apart, and the result has n entries.": np.convolve(
                    dy, w
                ),
                "The inputs at the end that no window reaches are missing: the gradient has n entries, the last of them 0.": right[
                    :reach
                ],
                "The result is moved by the inputs that no window reaches: their zeros belong at the end, not at the start.": np.roll(
                    right, n - reach
                ),
                "Where windows overlap an input got only the last contribution: add them up.": last,
                "An input in several windows got the mean of what they send back; it gets their sum.": right
                / np.maximum(_input_gradient(np.ones(m), np.ones(k), n, s), 1),
                "The gradient does not carry dy: each output stamps the kernel times its own dy.": _input_gradient(
                    np.ones(m), w, n, s
                ),
                "Only inputs at multiples of the stride got a gradient; each output reaches k of them.": _input_gradient(
                    dy, w[:1], n, s
                ),
            },
        )
    return "Every output sends its gradient back to the inputs it came from."


# 9.6 --------------------------------------------------------------------------------------------------------------------


def confusion(pred, true, n):
    """Return how many pixels of class i (rows) were called j (columns)."""
    pairs = n * np.asarray(true).ravel() + np.asarray(pred).ravel()
    return np.bincount(pairs, minlength=n * n).reshape(n, n)


def ious(pred, true, n, absent=np.nan):
    """Return intersection over union of each class; that of a class in neither array is ``absent``."""
    C = confusion(pred, true, n)
    either = C.sum(0) + C.sum(1) - np.diag(C)
    return np.where(either > 0, np.diag(C) / np.maximum(either, 1), absent)


def image_mean(pred, true, n):
    return np.mean([np.nanmean(ious(p, t, n)) for p, t in zip(pred, true, strict=True)])


def true_classes_only(pred, true, n):
    """Leave out the classes that are not in ``true``, although they were called."""
    return np.mean(ious(pred, true, n)[np.unique(np.asarray(true))])


def recall(pred, true, n):
    C = confusion(pred, true, n)
    present = C.sum(1) > 0
    return np.mean(np.diag(C)[present] / C.sum(1)[present])


def dice(pred, true, n):
    q = ious(pred, true, n)
    return np.nanmean(2 * q / (1 + q))


@exercise(
    "9.6",
    "mean_iou(pred, true, n)",
    level="core",
    hints=(
        "For one class: count the pixels where both say it, and those where at least one does, over all images at once.",
        "Which classes have no pixel in either array? For them 0 / 0 would be asked, so they do not take part.",
        "Collect the ratios of the classes whose union is not empty, and return their mean.",
    ),
)
def check_mean_iou(answer, rng):
    fixed = (np.array([[[0, 0, 2, 2]], [[0, 1, 1, 2]]]), np.array([[[0, 0, 0, 2]], [[1, 1, 1, 2]]]), 5)
    only_called = (
        np.array([[[0, 3, 0, 1, 1, 1]], [[0, 0, 1, 1, 0, 0]]]),
        np.array([[[0, 0, 0, 1, 1, 0]], [[1, 0, 1, 1, 0, 0]]]),
        5,
    )
    random = []
    for m, h, w, used, n in ((2, 3, 5, 3, 5), (4, 6, 6, 4, 4), (3, 8, 8, 5, 8)):
        true = rng.integers(0, used, (m, h, w))
        true[0] = np.minimum(true[0], 1)  # images differ in the classes they hold
        random.append((np.where(rng.random(true.shape) < 0.6, true, rng.integers(0, used, true.shape)), true, n))
    for pred, true, n in (fixed, only_called, *random):
        args = torch.from_numpy(pred), torch.from_numpy(true), n
        expect_close(
            answer,
            args,
            np.nanmean(ious(pred, true, n)),
            rtol=1e-5,
            mistakes={
                "This is pixel accuracy, which a large class dominates.": lambda p, t, n: np.mean(
                    np.asarray(p) == np.asarray(t)
                ),
                "A class that is in neither array was counted as 0; leave it out of the mean.": lambda p, t, n: ious(
                    p, t, n, 0
                ).mean(),
                "A class that is in neither array was counted as 1; leave it out of the mean.": lambda p, t, n: ious(
                    p, t, n, 1
                ).mean(),
                "The score was taken for each image and then averaged; count over the whole data set first.": image_mean,
                "A class that was called but never true is left out; its IoU is 0, and it counts.": true_classes_only,
                "Only the true pixels are in the denominator (that is recall); called ones belong there, too.": recall,
                "The intersection was divided by the sum of both counts (Dice), in which it is counted twice.": dice,
                "The sum of both counts stands in the denominator, without taking off the intersection.": lambda *a: (
                    dice(*a) / 2
                ),
                "Intersections and unions were summed over classes before dividing; each class has a ratio of its own.": (
                    lambda p, t, n: (c := confusion(p, t, n)).trace() / (c.sum() * 2 - c.trace())
                ),
            },
        )
    pred, true, n = (torch.tensor([[[1, 0, 0, 1]]]), torch.tensor([[[1, 0, 0, 1]]]), 3)
    expect(abs(float(answer(pred, true, n)) - 1) < 1e-6, "Where every label is right the mean IoU must be 1.")
    return "Every class that occurs counts alike, however few pixels it has."


# 9.8 --------------------------------------------------------------------------------------------------------------------


def full_conv(image, K):
    """Return the full convolution of two arrays or tensors as an array."""
    return scipy.signal.convolve2d(np.asarray(image), np.asarray(K), mode="full")


def outer(u, v):
    return np.outer(np.asarray(u), np.asarray(v))


def wrapped_conv(I, u, v):
    """Return the convolution by transforms as large as the image: it wraps around."""
    size = tuple(I.shape)
    return np.fft.irfft2(np.fft.rfft2(np.asarray(I), s=size) * np.fft.rfft2(outer(u, v), s=size), s=size)


def wrapped_to_full_size(I, u, v):
    """Return the wrapped convolution, filled up with zeros to the size of the full one."""
    S = np.zeros((I.shape[0] + len(u) - 1, I.shape[1] + len(v) - 1))
    S[: I.shape[0], : I.shape[1]] = wrapped_conv(I, u, v)
    return S


def same_crop(I, u, v):
    return scipy.signal.convolve2d(np.asarray(I), outer(u, v), mode="same")


def unit(x):
    return np.asarray(x) / np.linalg.norm(np.asarray(x))


@exercise(
    "9.8",
    "separable_conv(I, u, v)",
    level="core",
    hints=(
        "Do one direction first: what does each column of the image become, and how tall is the result?",
        "A one-dimensional convolution is a sum of shifted copies: u[a] times the image, moved a rows down.",
        "Add the shifted copies into zeros of shape (H + h - 1, W); then do the same with v along the other axis.",
    ),
)
def check_separable_conv(answer, rng):
    for (H, W), h, w in (((1, 1), 2, 3), ((4, 6), 2, 3), ((5, 5), 3, 3), ((9, 7), 5, 2), ((6, 8), 1, 4)):
        I, u, v = (torch.from_numpy(rng.uniform(0.5, 2, size)) for size in ((H, W), h, w))
        expect_close(
            answer,
            (I, u, v),
            full_conv(I, outer(u, v)),
            atol=1e-10,
            mistakes={
                "The axes are exchanged: u belongs to the columns (it moves the image down), v to the rows.": lambda I, u, v: (
                    full_conv(I, outer(v, u))
                ),
                "This is cross-correlation: in a convolution the kernel is turned round, u[a] moves the image a rows down.": (
                    lambda I, u, v: full_conv(I, outer(u, v)[::-1, ::-1])
                ),
                "Energy of the kernel is lost: u and v were scaled to length 1.": lambda I, u, v: full_conv(
                    I, outer(unit(u), unit(v))
                ),
                "It wraps around: what sticks out at one end came back at the other. Pad to the size of the result.": (
                    wrapped_conv
                ),
                "It wraps around, and zeros were added only afterwards: pad before the transform.": wrapped_to_full_size,
                "This is the part of the result as large as the image; the full convolution is H + h - 1 by W + w - 1.": (
                    same_crop
                ),
                "This keeps only the positions at which the kernel fits inside; the full convolution keeps every overlap.": (
                    lambda I, u, v: scipy.signal.convolve2d(np.asarray(I), outer(u, v), mode="valid")
                ),
                "Only the first pass was made, along the columns.": lambda I, u, v: full_conv(
                    I, np.asarray(u)[:, None]
                ),
                "Only the pass along the rows was made.": lambda I, u, v: full_conv(I, np.asarray(v)[None]),
                "The two passes were added; the second must take what the first returned.": lambda I, u, v: (
                    full_conv(I, np.pad(np.asarray(u)[:, None], ((0, 0), (0, len(v) - 1))))
                    + full_conv(I, np.pad(np.asarray(v)[None], ((0, len(u) - 1), (0, 0))))
                ),
            },
        )
    return "Two short passes do the work of one wide kernel."


# 9.9 --------------------------------------------------------------------------------------------------------------------


def lengths_one(P):
    length = np.linalg.norm(P, axis=1, keepdims=True)
    return P / np.where(length > 1e-9, length, 1)


def blind_kmeans(patches, start, rounds, *, center="patch", scale=True, unit=True, size=True, flip=True, empty=True):
    """Return filters (k, n) of the sign-blind k-means; the switches make its plausible mistakes."""
    P, F = np.asarray(patches, float), np.asarray(start, float)
    if center:
        P = P - P.mean(axis=1 if center == "patch" else 0, keepdims=True)
    P = P[np.linalg.norm(P, axis=1) > 1e-6]
    P = lengths_one(P) if scale else P
    for _ in range(rounds):
        answers = P @ F.T
        own = (np.abs(answers) if size else answers).argmax(1)
        G = F.copy()
        for k in range(len(F)):
            mine = own == k
            if mine.any():
                sign = np.where(answers[mine, k] < 0, -1, 1) if flip else np.ones(mine.sum())
                G[k] = (sign[:, None] * P[mine]).mean(0)
                G[k] = lengths_one(G[k : k + 1])[0] if unit else G[k]
            elif not empty:
                G[k] = 0
        F = G
    return F


@exercise(
    "9.9",
    "kmeans_filters(patches, start, rounds)",
    level="challenge",
    hints=(
        "Prepare the patches first: each loses its own mean, flat ones go, and the rest are scaled to length one.",
        "One matrix product gives all answers; the size of the answer decides which filter a patch belongs to.",
        "Before taking a filter's mean, multiply each of its patches by the sign of its answer; then scale the mean to length one.",
    ),
)
def check_kmeans_filters(answer, rng):
    for m, n, k, rounds in ((6, 4, 2, 1), (60, 9, 3, 1), (80, 9, 4, 3)):
        patches = rng.standard_normal((m, n)) * rng.uniform(0.2, 3, (m, 1)) + rng.uniform(1, 4, (m, 1))
        if m > 6:
            patches[-1] = 2.0  # a flat patch
        start = rng.standard_normal((k, n))
        start = lengths_one(start - start.mean(axis=1, keepdims=True))
        args = torch.from_numpy(patches), torch.from_numpy(start), rounds
        got = answer(*args)
        expect(
            not hasattr(got, "isnan") or not bool(got.isnan().any()),
            "There are NaNs in the filters: a flat patch has length zero and must go; a filter without patches stays.",
        )
        expect_close(
            answer,
            args,
            blind_kmeans(patches, start, rounds),
            rtol=1e-6,
            atol=1e-8,
            mistakes={
                "The patches' means were not removed: brightness decides, and the centres become blobs.": lambda *a: (
                    blind_kmeans(*a, center=None)
                ),
                "The mean over all patches was taken off; each patch must lose its own mean.": lambda *a: blind_kmeans(
                    *a, center="all"
                ),
                "The patches were not scaled to length one: those of high contrast decide.": lambda *a: blind_kmeans(
                    *a, scale=False
                ),
                "The filters were not scaled back to length one.": lambda *a: blind_kmeans(*a, unit=False),
                "This k-means is not blind to sign: a patch goes to the filter whose answer is largest in size.": lambda *a: (
                    blind_kmeans(*a, size=False, flip=False)
                ),
                "Patches with a negative answer were not turned round: opposites cancel in the mean.": lambda *a: (
                    blind_kmeans(*a, flip=False)
                ),
                "A filter that no patch belongs to must stay as it is; yours became zero.": lambda *a: blind_kmeans(
                    *a, empty=False
                ),
                "One round too few was made.": lambda p, s, r: blind_kmeans(p, s, r - 1),
                "One round too many was made.": lambda p, s, r: blind_kmeans(p, s, r + 1),
            },
        )
    patches = torch.tensor([[0.0, 1, 2], [2, 4, 6.5], [1, 1, 1]], dtype=torch.float64)
    start = torch.tensor([[-1.0, 0, 1], [1, -2, 1]], dtype=torch.float64)
    start = start / start.norm(dim=1, keepdim=True)
    got = answer(patches, start, 2)
    expect(
        np.allclose(np.asarray(got), blind_kmeans(patches, start, 2)),
        "A filter that no patch belongs to must stay as it is.",
    )
    return "Opposite patches share a filter, and neither brightness nor contrast matters."


# 9.10 -------------------------------------------------------------------------------------------------------------------


def sums(img, w0, w1):
    """Return what the two simple cells sum up, before any rectifier."""
    return tuple(np.sum(np.asarray(img) * np.asarray(w)) for w in (w0, w1))


@exercise(
    "9.10",
    "complex_cell(img, w0, w1)",
    level="warm-up",
    hints=(
        "First the two weighted sums s0 and s1, each a single number.",
        "As the phase turns, s0 goes like a cosine and s1 like a sine; what of the two does not depend on the phase?",
        "The length of the vector (s0, s1).",
    ),
)
def check_complex_cell(answer, rng):
    for k, (h, w) in enumerate(((1, 2), (3, 3), (4, 6), (8, 8))):
        img, w0, w1 = (torch.from_numpy(rng.standard_normal((h, w))) for _ in range(3))
        # first two negative sums, then two of different sign: no two mistakes look alike
        w0, w1 = (-torch.sign((img * v).sum()) * v for v in (w0, w1))
        w1 = -w1 if k % 2 else w1
        expect_close(
            answer,
            (img, w0, w1),
            np.hypot(*sums(img, w0, w1)),
            mistakes={
                "The two answers were added without squares: the sum still goes up and down with the phase.": lambda *a: (
                    np.sum(sums(*a))
                ),
                "Sizes were added without squares: |cos| + |sin| still ripples with the phase.": lambda *a: np.abs(
                    sums(*a)
                ).sum(),
                "The same phase was used twice: w1 never enters.": lambda *a: np.sqrt(2) * abs(sums(*a)[0]),
                "The same phase was used twice: w0 never enters.": lambda *a: np.sqrt(2) * abs(sums(*a)[1]),
                "The square root is missing: twice the contrast must give twice the answer.": lambda *a: np.square(
                    sums(*a)
                ).sum(),
                "The sums were rectified before they were squared: half of the phases fall silent.": lambda *a: (
                    np.hypot(*np.maximum(sums(*a), 0))
                ),
                "The products were squared one by one; square after summing over the image.": lambda img, w0, w1: (
                    np.sqrt(sum(np.sum(np.square(np.asarray(img) * np.asarray(v))) for v in (w0, w1)))
                ),
                "The mean was taken where a sum is due.": lambda *a: np.hypot(*sums(*a)) / a[0].numel(),
                "The larger of the two sizes was taken: it ripples by 30 % as the phase turns.": lambda *a: np.abs(
                    sums(*a)
                ).max(),
            },
        )
    return "The length of the pair's answer does not depend on the phase."
