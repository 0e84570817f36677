"""Checkers of chapter 12, Applications."""

import numpy as np
import torch
from torch.nn import functional as F

from dlbook_utils.check import Wrong, as_numbers, exercise, expect, expect_close, show_value

# 12.1 -------------------------------------------------------------------------------------------------------------------


def weighted_mean(grads, counts):
    return sum(c * g for c, g in zip(counts, grads, strict=True)) / sum(counts)


@exercise(
    "12.1",
    "all_reduce_mean(grads_per_worker, counts)",
    level="core",
    hints=(
        "What is the gradient of a worker's *summed* loss, if g is that of its mean over count rows?",
        "Add the gradients of the sums of all workers.",
        "Then divide by the number of all rows, the sum of the counts.",
    ),
)
def check_all_reduce_mean(answer, rng):
    cases = [([np.array([1.0]), np.array([4.0])], [3, 1])]
    for shape, counts in (((3,), [4, 4]), ((2, 3), [33, 32]), ((4,), [5, 1, 10, 3]), ((2,), [3, 0, 2])):
        grads = [rng.standard_normal(shape) * (count > 0) for count in counts]
        cases.append((grads, counts))
    for grads, counts in cases:
        before = [g.copy() for g in grads]
        expect_close(
            answer,
            (grads, counts),
            weighted_mean(grads, counts),
            mistakes={
                "Every worker counts the same here; a worker with more rows must count more.": np.mean(grads, axis=0),
                "These are summed, not averaged: the step would grow with the number of workers.": sum(grads),
                "Weighted by their rows, but not divided by the number of all rows.": sum(
                    c * g for c, g in zip(counts, grads, strict=True)
                ),
                "Divided by the number of workers instead of the number of rows.": sum(
                    c * g for c, g in zip(counts, grads, strict=True)
                )
                / len(counts),
                "This is one worker's own gradient: averaging the losses alone exchanges no gradients.": [
                    grads[0],
                    grads[-1],
                ],
                "These are mean gradients already; dividing by the counts again is one division too many.": [
                    sum(g / max(c, 1) for c, g in zip(counts, grads, strict=True)),
                    sum(g / max(c, 1) for c, g in zip(counts, grads, strict=True)) / len(counts),
                    sum(grads) / sum(counts),
                ],
                "This is a copy for each worker; return the gradient once, an array of the shape of one worker's.": np.array(
                    [weighted_mean(grads, counts)] * len(counts)
                ),
                "A worker without rows must not count at all.": np.sum(
                    [max(c, 1) * g for c, g in zip(counts, grads, strict=True)], axis=0
                )
                / sum(max(c, 1) for c in counts),
            },
            hint="The result must be the gradient of the mean over all rows.",
        )
        expect(
            all(np.array_equal(a, b) for a, b in zip(before, grads, strict=True)),
            "A worker's gradient was changed in place; work on a copy.",
        )
    return "It is the step that one machine with all the rows would make."


def rows_quantized(W, bits, top=None, rounding=np.round, scale_of=None):
    top = 2 ** (bits - 1) - 1 if top is None else top
    s = np.abs(W).max(axis=1, keepdims=True) / top if scale_of is None else scale_of(W) / top
    s = np.where(s == 0, 1.0, np.broadcast_to(s, (len(W), 1)) if s.shape != (len(W), 1) else s)
    return rounding(W / s), s


@exercise(
    "12.1b",
    "quantize_rows(W, bits)",
    level="core",
    hints=(
        "With b bits and a sign, which is the largest whole number? 3 bits: 3.",
        "The largest absolute value of each row must become that number; keepdims keeps the shape (rows, 1).",
        "Divide, round to the nearest, and set the scale of a row of zeros to 1 before you divide.",
    ),
)
def check_quantize_rows(answer, rng):
    cases = [(np.array([[0.6, -0.35, 0.05]]), 3), (np.array([[1.0, -0.3], [-8.0, 3.3]]), 4)]
    for rows, columns, bits in ((3, 5, 4), (6, 4, 8), (2, 9, 2)):
        cases.append((rng.standard_normal((rows, columns)) * rng.choice([0.1, 1.0, 10.0], (rows, 1)), bits))
    with_zeros = rng.standard_normal((3, 4))
    with_zeros[1] = 0
    cases.append((with_zeros, 5))
    for W, bits in cases:
        q, s = rows_quantized(W, bits)
        call = answer.call(W, bits)
        got = answer(W, bits)
        expect(
            isinstance(got, tuple | list) and len(got) == 2, f"{call} must return a pair (q, s), not {show_value(got)}."
        )
        got_q, got_s = (as_numbers(answer, (W, bits), part) for part in got)
        swapped = got_q.shape == s.shape != W.shape == got_s.shape
        expect(not swapped, f"{call}: first the whole numbers q, then the scales s; yours are swapped.")
        expect(got_q.shape == W.shape, f"{call}: q has shape {got_q.shape}, expected {W.shape}.")
        right_s = got_s.shape == s.shape and np.allclose(got_s, s, rtol=1e-6)
        if right_s and np.array_equal(np.asarray(got_q, float), q):
            continue
        judge_rows(W, bits, got_q, got_s, call)
    return "Whole numbers, the nearest ones, and each row uses its full range."


def judge_rows(W, bits, q, s, call):
    """Say what is wrong with whole numbers q and scales s."""
    zero = ~W.any(axis=1)
    _, right_s = rows_quantized(W, bits)
    seen = f" Seen with {call}."
    if zero.any():
        expect(np.isfinite(q).all() and np.isfinite(s).all(), "A row of zeros was divided by a scale of 0." + seen)
    one = np.abs(W).max() / (2 ** (bits - 1) - 1)
    like_a_column = s.shape == right_s.shape and not np.allclose(right_s, one)
    same = np.allclose(s, one) and (s.size == 1 or like_a_column)
    expect(
        not (same and len(W) > 1),
        "One scale for the whole matrix: small rows lose their digits. Each row has its own." + seen,
    )
    expect(
        s.shape != (1, W.shape[1]) or W.shape[1] == 1,
        "These are scales of the columns; the largest value of each row is asked for." + seen,
    )
    expect(s.shape == right_s.shape, f"{call}: s has shape {s.shape}, expected {right_s.shape}: keepdims.")
    if zero.any() and np.allclose(s[~zero], right_s[~zero]):
        expect(np.allclose(s[zero], 1), "A row of zeros should have scale 1." + seen)
    for top, said in (
        (
            2**bits - 1,
            "2^bits − 1 counts the signs twice: one bit is the sign, so the largest number is 2^(bits−1) − 1.",
        ),
        (2 ** (bits - 1), "The largest number is 2^(bits−1) − 1: with 3 bits it is 3, and 4 does not fit."),
        (2**bits, "2^bits is the number of patterns, not the largest number: that is 2^(bits−1) − 1."),
        (1, "The scale must map the row's largest value to 2^(bits−1) − 1; here it became 1."),
    ):
        expect(
            top == 2 ** (bits - 1) - 1 or not np.allclose(s[~zero], rows_quantized(W, bits, top)[1][~zero]), said + seen
        )
    signed = np.maximum(W.max(axis=1, keepdims=True), 1e-300) / (2 ** (bits - 1) - 1)
    expect(
        np.allclose(s, right_s) or not np.allclose(s, signed),
        "The largest *absolute* value sets the scale; here a large negative weight does not fit." + seen,
    )
    expect(
        np.allclose(s, right_s),
        f"{call}: the scales are {show_value(s.ravel())}, expected {show_value(right_s.ravel())}.",
    )
    ratio = W / right_s
    expect(
        not np.array_equal(q, np.floor(ratio)),
        "Rounded down (floor): that shifts every weight. Round to the nearest." + seen,
    )
    expect(
        not np.array_equal(q, np.ceil(ratio)) and not np.array_equal(q, np.sign(ratio) * np.ceil(np.abs(ratio))),
        "Rounded up (ceil), or away from zero. Round to the nearest." + seen,
    )
    expect(
        not np.array_equal(q, np.trunc(ratio)), "Cut off towards zero (astype(int)): round to the nearest first." + seen
    )
    expect(
        not np.allclose(q, np.round(ratio) * right_s),
        "q should hold the whole numbers, not the rounded weights s q." + seen,
    )
    expect(np.allclose(q, np.round(q)), "q must hold whole numbers; was the rounding left out?" + seen)
    raise Wrong(f"{call}: q is not the nearest whole number to W / s.")


# 12.2 -------------------------------------------------------------------------------------------------------------------


def gcn_of(images, s, lam, eps, axis=(1, 2, 3), scale=1.0):
    centred = images - images.mean(axis=axis, keepdims=True)
    return s * centred / np.maximum(eps, scale * np.sqrt(lam + (centred**2).mean(axis=axis, keepdims=True)))


def centred(images):
    return images - images.mean(axis=(1, 2, 3), keepdims=True)


def gcn_by_norm(images, s, lam, eps):
    centred = images - images.mean(axis=(1, 2, 3), keepdims=True)
    return s * centred / np.maximum(eps, np.sqrt(lam + (centred**2).sum(axis=(1, 2, 3), keepdims=True)))


def gcn_no_eps(images, s, lam, eps):
    centred = images - images.mean(axis=(1, 2, 3), keepdims=True)
    with np.errstate(all="ignore"):
        return s * centred / np.sqrt(lam + (centred**2).mean(axis=(1, 2, 3), keepdims=True))


def gcn_eps_added(images, s, lam, eps):
    centred = images - images.mean(axis=(1, 2, 3), keepdims=True)
    return s * centred / (eps + np.sqrt(lam + (centred**2).mean(axis=(1, 2, 3), keepdims=True)))


def gcn_lam_outside(images, s, lam, eps):
    centred = images - images.mean(axis=(1, 2, 3), keepdims=True)
    return s * centred / np.maximum(eps, lam + np.sqrt((centred**2).mean(axis=(1, 2, 3), keepdims=True)))


def gcn_not_centred(images, s, lam, eps):
    centred = images - images.mean(axis=(1, 2, 3), keepdims=True)
    return s * images / np.maximum(eps, np.sqrt(lam + (centred**2).mean(axis=(1, 2, 3), keepdims=True)))


def gcn_variance(images, s, lam, eps):
    centred = images - images.mean(axis=(1, 2, 3), keepdims=True)
    return s * centred / np.maximum(eps, lam + (centred**2).mean(axis=(1, 2, 3), keepdims=True))


@exercise(
    "12.2",
    "gcn_colour(images, s, lam, eps)",
    level="warm-up",
    hints=(
        "How many means are there for m images? m, not 3m and not one per pixel.",
        "Take means over the axes (1, 2, 3), with keepdims, so that they broadcast back.",
        "Divide the centred images by np.maximum(eps, np.sqrt(lam + mean of the squares)), and multiply by s.",
    ),
)
def check_gcn_colour(answer, rng):
    cases = [(rng.random((1, 2, 2, 3)), 1.0, 0.0, 1e-8)]
    cases.append((rng.random((4, 3, 5, 3)) * rng.random((4, 1, 1, 1)) + 0.2, 2.0, 0.0, 1e-8))
    cases.append((rng.random((3, 4, 4, 3)) * [1.0, 0.5, 0.2], 1.5, 0.05, 1e-8))
    faint = rng.random((2, 3, 3, 3))
    faint[1] = 0.5 + 0.01 * (faint[1] - 0.5)
    cases += [(faint, 1.0, 0.0, 0.1), (np.full((1, 2, 3, 3), 0.5), 1.0, 0.0, 1e-8)]
    for args in cases:
        expect_close(
            answer,
            args,
            gcn_of(*args),
            mistakes={
                "This standardises each pixel over the data set; contrast belongs to each image by itself.": (
                    lambda i, s, lam, eps: gcn_of(i, s, lam, eps, axis=(0,))
                ),
                "One mean for all images together; each image has its own.": (
                    lambda i, s, lam, eps: gcn_of(i, s, lam, eps, axis=(0, 1, 2, 3))
                ),
                "Each colour channel was normalised by itself, which changes the hue. One mean and one contrast per image.": (
                    lambda i, s, lam, eps: gcn_of(i, s, lam, eps, axis=(1, 2))
                ),
                "The length was used instead of the deviation: the sum of squares must be divided by the number of values.": gcn_by_norm,
                "ε is a lower limit for the divisor, not added to it: max.": gcn_eps_added,
                "ε is not used: a blank image is divided by 0, a faint one blown up.": gcn_no_eps,
                "λ belongs under the root, with the mean of the squares.": gcn_lam_outside,
                "The mean was used for the contrast, but not subtracted from the image.": gcn_not_centred,
                "Divided by the variance; the root is missing.": gcn_variance,
                "λ is not used: it is added to the mean of the squares.": lambda i, s, lam, eps: gcn_of(i, s, 0.0, eps),
                "The squares must be those of the image without its mean: a bright image is not one of high contrast.": (
                    lambda i, s, lam, eps: (
                        s * centred(i) / np.maximum(eps, np.sqrt(lam + (i**2).mean((1, 2, 3), keepdims=True)))
                    )
                ),
                "The mean was added again at the end; it stays removed.": (
                    lambda i, s, lam, eps: gcn_of(i, s, lam, eps) + i.mean((1, 2, 3), keepdims=True)
                ),
                "Each channel has lost a mean of its own, which changes the hue: one mean per image, over all three colours.": (
                    lambda i, s, lam, eps: (
                        s
                        * (i - i.mean((1, 2), keepdims=True))
                        / np.maximum(eps, np.sqrt(lam + i.var((1, 2, 3), keepdims=True)))
                    )
                ),
                "ε is compared with the deviation, after the root, not with the variance under it.": (
                    lambda i, s, lam, eps: (
                        s * centred(i) / np.sqrt(np.maximum(eps, lam + i.var((1, 2, 3), keepdims=True)))
                    )
                ),
                "Divided by s; the result must be s times as large, not s times smaller.": (
                    lambda i, s, lam, eps: gcn_of(i, 1 / s, lam, eps)
                ),
                "The factor s is missing.": lambda i, s, lam, eps: gcn_of(i, 1.0, lam, eps),
            },
            hint="Each image: mean 0, contrast s.",
        )
    return "Every image has mean 0 and contrast s, and blank ones stay blank."


# 12.3 -------------------------------------------------------------------------------------------------------------------


def runs_of(path):
    """Return (symbol, first frame, last frame) of every run that is not blank."""
    spans, start = [], 0
    for t in range(len(path)):
        if t + 1 == len(path) or path[t + 1] != path[t]:
            if path[t] != 0:
                spans.append((int(path[t]), start, t))
            start = t + 1
    return spans


def blanks_first(path):
    """Drop blanks, then merge: doubled symbols are lost."""
    spans = []
    for t, symbol in enumerate(path):
        if symbol == 0:
            continue
        if spans and spans[-1][0] == symbol:
            spans[-1] = (int(symbol), spans[-1][1], t)
        else:
            spans.append((int(symbol), t, t))
    return spans


def till_the_next(path, right):
    """Let every run last until the next one begins."""
    ends = [a - 1 for _, a, _ in right[1:]] + [len(path) - 1]
    return [(s, a, end) for (s, a, _), end in zip(right, ends, strict=True)]


def from_the_last(right):
    """Let every run begin where the one before it has ended."""
    starts = [0] + [b + 1 for _, _, b in right[:-1]]
    return [(s, start, b) for (s, _, b), start in zip(right, starts, strict=True)]


def each_once(path):
    """Keep every symbol once, as a set would."""
    symbols = list(dict.fromkeys(int(s) for s in path if s != 0))
    return [(s, path.index(s), len(path) - 1 - path[::-1].index(s)) for s in symbols]


@exercise(
    "12.3",
    "collapse(path)",
    level="core",
    hints=(
        "Where does a run end? At the last frame, or where the next symbol differs.",
        "Walk through the frames and remember where the current run began.",
        "At the end of each run append (symbol, first, last), unless the symbol is 0.",
    ),
)
def check_collapse(answer, rng):
    cases = [[0, 0, 3, 3, 0, 0], [2, 2, 2], [0, 1, 0, 2, 2], [1, 1, 0, 1], [0, 0], [1, 2, 2, 0, 2, 1], [4], [3, 3, 1]]
    for n in (8, 14, 25):
        cases.append([int(s) for s in rng.choice([0, 0, 1, 2], n).repeat(rng.integers(1, 4, n))])
    for path in cases:
        right = runs_of(path)
        got = answer(path)
        call = answer.call(path)
        expect(isinstance(got, list | tuple), f"{call} must return a list of triples, not {show_value(got)}.")
        got = list(got)
        if len(got) == len(right) and all(
            isinstance(g, tuple | list) and len(g) == 3 and tuple(g) == w for g, w in zip(got, right, strict=True)
        ):
            continue
        expect(
            all(isinstance(g, tuple | list) and len(g) == 3 for g in got),
            f"{call} must return triples (symbol, first frame, last frame), not {show_value(got)}.",
        )
        judge_spans(path, [tuple(g) for g in got], right, f" Seen with {call}.")
    return "Repeats are merged before blanks go, so doubled symbols survive."


def judge_spans(path, got, right, seen):
    """Say what is wrong with the spans of a path."""
    symbols = [g[0] for g in got]
    expect(0 not in symbols, "Blanks are no symbols; leave their runs out." + seen)
    expect(
        got != blanks_first(path),
        "The blanks were dropped before merging, and a doubled symbol became one. Merge first." + seen,
    )
    expect(
        symbols != [s for s, _, _ in each_once(path)] or symbols == [s for s, _, _ in right],
        "A symbol may occur again later; a set, or a test whether it was seen, loses it." + seen,
    )
    expect(
        got == right or got != [(s, a, b) for s, a, b in right if b > a],
        "A run of one frame is a run, too." + seen,
    )
    expect(sorted(got) != sorted(set(right)) or got == right, "The runs must stand in the order of time." + seen)
    expect(symbols != [s for s in path if s != 0], "Repeated frames were not merged into one run." + seen)
    expect(
        len(got) >= len(right) or got != right[:-1], "The last run is missing: the path ends without a change." + seen
    )
    if symbols == [s for s, _, _ in right]:
        expect(
            [(s, a, b - 1) for s, a, b in got] != right,
            "The last frame belongs to the run; yours is one too late." + seen,
        )
        expect([(s, a - 1, b - 1) for s, a, b in got] != right, "Frames are counted from 0." + seen)
        expect(
            got != till_the_next(path, right),
            "A run ends where the symbol changes, also if what follows is a blank." + seen,
        )
        expect(
            got != from_the_last(right),
            "A run begins at its own first frame: after blanks the start must move, too." + seen,
        )
        expect(
            [(s, a, a + b - 1) for s, a, b in got] != right,
            "The third number is the last frame, not the length." + seen,
        )
    raise Wrong(f"Expected {show_value(right)}, got {show_value(got)}.{seen}")


# 12.4 -------------------------------------------------------------------------------------------------------------------


def witten_bell_of(word, context, counts, size):
    """Mix with the shorter context, by the number of different words seen."""
    shorter = witten_bell_of(word, context[1:], counts, size) if context else 1 / size
    seen = counts.get(context, {})
    total, kinds = sum(seen.values()), len(seen)
    return (seen.get(word, 0) + kinds * shorter) / (total + kinds) if total else shorter


def drops_the_newest(word, context, counts, size):
    shorter = drops_the_newest(word, context[:-1], counts, size) if context else 1 / size
    seen = counts.get(context, {})
    total, kinds = sum(seen.values()), len(seen)
    return (seen.get(word, 0) + kinds * shorter) / (total + kinds) if total else shorter


def unseen_keeps_lambda(word, context, counts, size):
    """Give zero to contexts that were never seen."""
    shorter = unseen_keeps_lambda(word, context[1:], counts, size) if context else 1 / size
    seen = counts.get(context, {})
    total, kinds = sum(seen.values()), len(seen)
    return (seen.get(word, 0) + kinds * shorter) / (total + kinds) if total else 0.0


def unseen_half(word, context, counts, size):
    shorter = unseen_half(word, context[1:], counts, size) if context else 1 / size
    seen = counts.get(context, {})
    total, kinds = sum(seen.values()), len(seen)
    return (seen.get(word, 0) + kinds * shorter) / (total + kinds) if total else shorter / 2


def no_uniform(word, context, counts, size):
    if not context:
        seen = counts.get((), {})
        return seen.get(word, 0) / max(sum(seen.values()), 1)
    shorter = no_uniform(word, context[1:], counts, size)
    seen = counts.get(context, {})
    total, kinds = sum(seen.values()), len(seen)
    return (seen.get(word, 0) + kinds * shorter) / (total + kinds) if total else shorter


def not_recursive(word, context, counts, size):
    seen = counts.get(context, {})
    total, kinds = sum(seen.values()), len(seen)
    return (seen.get(word, 0) + kinds / size) / (total + kinds) if total else 1 / size


def backs_off_only_if_zero(word, context, counts, size):
    shorter = backs_off_only_if_zero(word, context[1:], counts, size) if context else 1 / size
    seen = counts.get(context, {})
    return seen[word] / sum(seen.values()) if seen.get(word, 0) else shorter


def tokens_for_kinds(word, context, counts, size):
    shorter = tokens_for_kinds(word, context[1:], counts, size) if context else 1 / size
    seen = counts.get(context, {})
    total = sum(seen.values())
    return (seen.get(word, 0) + total * shorter) / (2 * total) if total else shorter


def seen_without_shorter(word, context, counts, size):
    shorter = seen_without_shorter(word, context[1:], counts, size) if context else 1 / size
    seen = counts.get(context, {})
    total, kinds = sum(seen.values()), len(seen)
    return (seen.get(word, 0) or kinds * shorter) / (total + kinds) if total else shorter


def kinds_fixed(word, context, counts, size, kinds):
    shorter = kinds_fixed(word, context[1:], counts, size, kinds) if context else 1 / size
    seen = counts.get(context, {})
    total = sum(seen.values())
    return (seen.get(word, 0) + kinds * shorter) / (total + kinds) if total else shorter


def not_normalised(word, context, counts, size):
    shorter = not_normalised(word, context[1:], counts, size) if context else 1 / size
    seen = counts.get(context, {})
    total, kinds = sum(seen.values()), len(seen)
    return seen.get(word, 0) / total + kinds * shorter / (total + kinds) if total else shorter


@exercise(
    "12.4",
    "witten_bell(word, context, counts, size)",
    level="core",
    hints=(
        "Let the function call itself with context[1:]; what is the answer when there is no context left?",
        "Below the empty context lies the uniform distribution, 1 / size.",
        "If the context was never seen, return the shorter one's answer; else (count + kinds · shorter) / (total + kinds).",
    ),
)
def check_witten_bell(answer, rng):
    tiny = {(): {"a": 2, "b": 1}, ("a",): {"b": 2}}
    cases = [
        ("c", ("a",), tiny, 4),
        ("b", (), tiny, 4),
        ("b", ("a",), tiny, 4),
        ("a", ("b",), tiny, 4),
        ("c", (), tiny, 4),
    ]
    words = list("abcde")
    text = [str(w) for w in rng.choice(words[:4], 40)]
    counts = {}
    for t in range(2, len(text)):
        for order in range(3):
            row = counts.setdefault(tuple(text[t - order : t]), {})
            row[text[t]] = row.get(text[t], 0) + 1
    for _ in range(12):
        cases.append((str(rng.choice(words)), tuple(str(w) for w in rng.choice(words, 2)), counts, 6))
    for args in cases:
        expect_close(
            answer,
            args,
            witten_bell_of(*args),
            mistakes={
                "Shorten the context at its old end: context[1:] drops the word that is farthest away.": drops_the_newest,
                "A context that was never seen says nothing: return what the shorter one says, all of it.": [
                    unseen_keeps_lambda,
                    unseen_half,
                ],
                "Below the empty context lies the uniform distribution 1 / size; without it a new word gets 0.": no_uniform,
                "The shorter context must be smoothed in the same way (recursion), not replaced by the uniform distribution.": (
                    not_recursive
                ),
                "Backing off only where the count is 0 gives away more than 1 in total; mix always.": backs_off_only_if_zero,
                "Count the different words that followed (kinds), not all that followed.": tokens_for_kinds,
                "Words that followed get their part of the shorter context, too: c + k P, whatever c is.": (
                    seen_without_shorter
                ),
                "k is the number of different words that followed this context, not the same for all.": [
                    lambda word, context, counts, size: kinds_fixed(word, context, counts, size, 1),
                    lambda word, context, counts, size: kinds_fixed(word, context, counts, size, size),
                ],
                "These do not sum to 1: what goes to the shorter context must be taken from the counts.": not_normalised,
            },
            hint="The probabilities of all words must sum to 1 after every context.",
        )
    for context in ((), ("a",), ("e", "e"), ("b", "a")):
        total = sum(answer(word, context, counts, 6) for word in [*words, "f"])
        expect(abs(total - 1) < 1e-9, f"After the context {context} the six words get {total:.4f} in total, not 1.")
    return "A sum of 1 after every context, seen or not."


def windowed(Q, K, V, window, scale=None, mask_from=0, transpose=False, late=False, over=-1, never=-1e30):
    T, d = Q.shape
    score = Q @ K.T / (math_sqrt(d) if scale is None else scale)
    t, s = torch.arange(T)[:, None], torch.arange(T)
    allowed = (s <= t) & (s > t - window - mask_from)
    allowed = allowed.T if transpose else allowed
    if late:
        return (score.softmax(-1) * allowed) @ V
    return score.masked_fill(~allowed, never).softmax(over) @ V


def math_sqrt(d):
    return float(d) ** 0.5


def window_ahead(Q, K, V, window):
    T, d = Q.shape
    t, s = torch.arange(T)[:, None], torch.arange(T)
    return (Q @ K.T / math_sqrt(d)).masked_fill((s - t).abs() >= window, -1e30).softmax(-1) @ V


def added_late(Q, K, V, window):
    T, d = Q.shape
    t, s = torch.arange(T)[:, None], torch.arange(T)
    allowed = (s <= t) & (s > t - window)
    return ((Q @ K.T / math_sqrt(d)).softmax(-1) + torch.where(allowed, 0.0, -1e9).double()) @ V


def self_left_out(Q, K, V, window, never=-1e30):
    T, d = Q.shape
    t, s = torch.arange(T)[:, None], torch.arange(T)
    allowed = (s < t) & (s >= t - window)
    return (Q @ K.T / math_sqrt(d)).masked_fill(~allowed, never).softmax(-1) @ V


@exercise(
    "12.4b",
    "windowed_attention(Q, K, V, window)",
    level="core",
    hints=(
        "Write the two conditions on s for a given t: not in the future, and not too long ago.",
        "t = torch.arange(T)[:, None] and s = torch.arange(T) give a table of both conditions.",
        "Scores Q Kᵀ / √d; masked_fill with −∞ where it is not allowed; softmax over the last dimension; times V.",
    ),
)
def check_windowed_attention(answer, rng):
    for T, d, d_v, window in ((4, 4, 2, 1), (3, 4, 2, 3), (5, 6, 3, 2), (8, 16, 5, 4), (6, 9, 2, 10)):
        Q, K = (torch.tensor(rng.standard_normal((T, d))) for _ in range(2))
        args = Q, K, torch.tensor(rng.standard_normal((T, d_v))), window
        expect_close(
            answer,
            args,
            windowed(*args).numpy(),
            mistakes={
                "The mask is transposed: these rows look into the future.": [
                    lambda Q, K, V, w: windowed(Q, K, V, w, transpose=True).numpy()
                ],
                "The future is hidden, but the window is not: position t looks back farther than it should.": (
                    lambda Q, K, V, w: windowed(Q, K, V, len(Q)).numpy()
                ),
                "The mask came after the softmax, so the weights that are left do not sum to 1. Mask the scores.": [
                    lambda Q, K, V, w: windowed(Q, K, V, w, late=True).numpy(),
                    lambda *args: added_late(*args).numpy(),
                ],
                "Divide the scores by √d, not by d.": lambda Q, K, V, w: windowed(Q, K, V, w, scale=Q.shape[1]).numpy(),
                "The scores are not divided by √d.": lambda Q, K, V, w: windowed(Q, K, V, w, scale=1.0).numpy(),
                "The softmax runs over the queries; each query's weights over the keys must sum to 1.": (
                    lambda Q, K, V, w: windowed(Q, K, V, w, over=0).numpy()
                ),
                "The window is one too wide: t itself counts as one of the `window` positions.": (
                    lambda Q, K, V, w: windowed(Q, K, V, w, mask_from=1).numpy()
                ),
                "A position must see itself: t is the last of its window.": [
                    lambda *args: self_left_out(*args).numpy(),
                    lambda *args: self_left_out(*args, never=-np.inf).numpy(),
                ],
                "The window reaches into the future, too; a language model must not see it.": (
                    lambda *args: window_ahead(*args).numpy()
                ),
                "The window is one too narrow: with t itself it holds `window` positions.": [
                    lambda Q, K, V, w: windowed(Q, K, V, w, mask_from=-1).numpy(),
                    lambda Q, K, V, w: windowed(Q, K, V, w, mask_from=-1, never=-np.inf).numpy(),
                ],
                "A score of 0 hides nothing, since e⁰ is 1: put −∞ where nothing may be read.": (
                    lambda Q, K, V, w: windowed(Q, K, V, w, never=0.0).numpy()
                ),
                "d is the size of the queries and keys, not of the values.": (
                    lambda Q, K, V, w: windowed(Q, K, V, w, scale=math_sqrt(V.shape[1])).numpy()
                ),
                "Queries and keys are swapped: row t of the scores belongs to query t.": (
                    lambda Q, K, V, w: windowed(K, Q, V, w).numpy()
                ),
                "Nothing is masked at all.": lambda Q, K, V, w: (
                    (Q @ K.T / math_sqrt(Q.shape[1])).softmax(-1) @ V
                ).numpy(),
            },
            rtol=1e-5,
            hint="Position t reads the positions t − window + 1 … t.",
        )
    return "It reads the last few positions and never the next one."


def nce_of(
    s_data, s_noise, log_q_data, log_q_noise, log_k=True, noise_q=True, sign=1, reduce="sum", data_q=True, rows=False
):
    shift = float(np.log(s_noise.shape[1])) if log_k else 0.0
    to_data = s_data - (shift + log_q_data if data_q else 0)
    to_noise = s_noise - (shift + log_q_noise if noise_q else 0)
    of_noise = F.logsigmoid(-sign * to_noise)
    of_noise = of_noise.sum(1) if reduce == "sum" else of_noise.mean(1)
    loss = -(F.logsigmoid(to_data) + of_noise)
    return loss if rows else loss.mean()


def shift_of(noise):
    """What log k is wrong by if the rows are counted instead of the columns."""
    return float(np.log(len(noise)) - np.log(noise.shape[1]))


@exercise(
    "12.4c",
    "nce_loss(s_data, s_noise, log_q_data, log_q_noise)",
    level="challenge",
    hints=(
        "What is the log of the ratio of the two densities that the classifier compares? s − log(k q).",
        "k is the number of columns of s_noise; each word's score is lowered by log k + log q of that word.",
        "−logsigmoid of that for the data, −logsigmoid of its negative for each noise word; sum over the k, mean over the rows.",
    ),
)
def check_nce_loss(answer, rng):
    for m, k in ((2, 3), (4, 3), (10, 5), (7, 8)):
        args = [torch.tensor(rng.standard_normal(shape)) for shape in ((m,), (m, k))]
        args += [torch.tensor(np.log(rng.uniform(0.01, 0.4, shape))) for shape in ((m,), (m, k))]
        expect_close(
            answer,
            tuple(args),
            nce_of(*args).item(),
            mistakes={
                "log k is missing: there are k noise words for each word of the data.": lambda *a: nce_of(
                    *a, log_k=False
                ).item(),
                "The noise probabilities are left out; the score alone does not tell data from noise.": [
                    lambda *a: nce_of(*a, noise_q=False, data_q=False).item(),
                    lambda *a: nce_of(*a, noise_q=False).item(),
                    lambda *a: nce_of(*a, data_q=False).item(),
                    lambda s, n, q, r: nce_of(s, n, 0 * q, 0 * r).item(),
                ],
                "The noise terms have the wrong sign: for noise the answer must be 'no', σ of the negative.": (
                    lambda *a: nce_of(*a, sign=-1).item()
                ),
                "k is the number of noise words for each word of the data: columns of s_noise, not rows.": (
                    lambda s, n, q, r: nce_of(s, n, q + shift_of(n), r + shift_of(n)).item()
                ),
                "The 1 + k logistic losses of a row are averaged; sum them, and average over the rows only.": (
                    lambda *a: nce_of(*a).item() / (1 + a[1].shape[1])
                ),
                "One loss for each row; the mean over the rows is asked for.": lambda *a: nce_of(*a, rows=True).numpy(),
                "The k noise words are averaged; the derivation has their sum.": lambda *a: nce_of(
                    *a, reduce="mean"
                ).item(),
                "This is the log-likelihood; the loss is its negative.": lambda *a: -nce_of(*a).item(),
                "Summed over the rows; the mean over them is asked for.": lambda *a: nce_of(*a).item() * len(a[0]),
                "log k and log q must be subtracted from the score.": (
                    lambda s, n, q, r: nce_of(s, n, -q - 2 * np.log(n.shape[1]), -r - 2 * np.log(n.shape[1])).item()
                ),
            },
            rtol=1e-6,
            hint="A classifier: is this word from the data, or one of k from the noise?",
        )
    return "It tells data from noise, and never needs the normalisation."


# 12.5 -------------------------------------------------------------------------------------------------------------------


def user_vector(r, rated, B, lam, bias):
    B_u, left = B[:, rated], (r - bias)[rated]
    return np.linalg.solve(B_u @ B_u.T + lam * np.eye(len(B)), B_u @ left)


def user_zeros_as_ratings(r, rated, B, lam, bias):
    return np.linalg.solve(B @ B.T + lam * np.eye(len(B)), B @ np.where(rated, r - bias, 0))


def user_lam_everywhere(r, rated, B, lam, bias):
    B_u = B[:, rated]
    return np.linalg.solve(B_u @ B_u.T + lam, B_u @ (r - bias)[rated])


def user_all_columns(r, rated, B, lam, bias):
    return np.linalg.solve(B @ B.T + lam * np.eye(len(B)), B @ (r - bias))


@exercise(
    "12.5",
    "als_update_user(r, rated, B, lam, bias)",
    level="core",
    hints=(
        "Which columns of B and which entries of r take part? Only the rated ones.",
        "The target of the regression is what the biases leave over: r − bias.",
        "Solve (B_u B_uᵀ + λ I) a = B_u (r − bias)_u with np.linalg.solve.",
    ),
)
def check_als_update_user(answer, rng):
    for rank, n, share, lam in ((1, 4, 0.75, 1.0), (2, 9, 0.6, 0.5), (3, 40, 0.3, 2.0), (4, 30, 0.2, 0.1)):
        rated = np.zeros(n, bool)
        rated[rng.choice(n, max(2, int(share * n)), replace=False)] = True
        r = np.where(rated, rng.integers(1, 6, n), 99.0)
        args = r, rated, rng.standard_normal((rank, n)), lam, 3 + 0.5 * rng.standard_normal(n)
        B = args[2]
        expect_close(
            answer,
            args,
            user_vector(*args),
            mistakes={
                "Items that were not rated take part as if their rating left nothing over (zeros). Leave them out.": [
                    user_zeros_as_ratings,
                    lambda r, k, B, lam, b: np.linalg.solve(
                        B @ B.T + lam * np.eye(len(B)), B @ (np.where(k, r, 0) - b)
                    ),
                    lambda r, k, B, lam, b: np.linalg.solve(B @ B.T + lam * np.eye(len(B)), B @ np.where(k, r, 0)),
                ],
                "Numbers where nothing was rated take part; they mean nothing. Use only the rated columns.": user_all_columns,
                "λ was added to every entry of the matrix; it belongs on the diagonal: λ times I.": user_lam_everywhere,
                "The bias was left in the target; subtract it from the ratings first.": (
                    lambda r, k, B, lam, b: user_vector(r, k, B, lam, 0 * b)
                ),
                "The bias was added instead of subtracted.": lambda r, k, B, lam, b: user_vector(r, k, B, lam, -b),
                "The penalty is missing.": (
                    lambda r, k, B, lam, b: np.linalg.lstsq(B[:, k].T, (r - b)[k], rcond=None)[0]
                ),
                "The penalty was multiplied by the number of ratings; here it is λ, however many there are.": (
                    lambda r, k, B, lam, b: user_vector(r, k, B, lam * k.sum(), b)
                ),
                "These are the ratings that nobody gave; the others were asked for.": (
                    lambda r, k, B, lam, b: user_vector(r, ~k, B, lam, b)
                ),
                "The penalty is λ‖a‖², so λ itself stands on the diagonal, neither half nor squared.": [
                    lambda r, k, B, lam, b: user_vector(r, k, B, lam / 2, b),
                    lambda r, k, B, lam, b: user_vector(r, k, B, 2 * lam, b),
                    lambda r, k, B, lam, b: user_vector(r, k, B, lam**0.5, b),
                    lambda r, k, B, lam, b: user_vector(r, k, B, lam**2, b),
                ],
            },
            hint=f"It is a ridge regression with {int(rated.sum())} rows and {len(B)} unknowns.",
        )
    return "Only what was rated speaks, and λ keeps it modest."


def rank_filtered(scores, true, known):
    rival = np.ones(len(scores), bool)
    rival[list(known)] = False
    return 1 + int((scores[rival] >= scores[true]).sum())


@exercise(
    "12.5b",
    "filtered_rank(scores, true, known)",
    level="warm-up",
    hints=(
        "Who are the rivals of the true entity? All that are not known to be right.",
        "Mark the rivals in a boolean array: false for all of known, and for true itself.",
        "1 plus the number of rivals whose score is at least the true one's.",
    ),
)
def check_filtered_rank(answer, rng):
    cases = [
        (np.array([0.9, 0.6, 0.5, 0.7, 0.1]), 2, [2]),
        (np.full(4, 0.5), 1, [1]),
        (np.array([0.9, 0.8, 0.7, 0.1]), 2, [0, 2]),
        (np.full(6, 0.5), 3, [3, 1]),
    ]
    cases.append((np.array([0.3, 0.2, 0.9]), 2, [2]))
    cases.append((np.array([0.9, 0.4, 0.7, 0.1, 0.8, 0.2]), 2, [2, 0, 3, 5]))  # known tails above and below
    for n in (12, 40):
        scores = rng.integers(0, n // 2, n) / n
        known = rng.choice(n, 4, replace=False)
        cases.append((scores, int(known[0]), [int(k) for k in known]))
    for args in cases:
        scores, true, known = args
        others = [k for k in known if k != true]
        expect_close(
            answer,
            args,
            rank_filtered(*args),
            mistakes={
                "An equal score must count against the true entity: at least, not more than.": (
                    1 + int((np.delete(scores, known) > scores[true]).sum())
                ),
                "The rank of the best is 1, not 0.": rank_filtered(*args) - 1,
                "Other right answers count as rivals here; filter out all of known.": [
                    1 + int((np.delete(scores, true) >= scores[true]).sum()),
                    1 + int((scores > scores[true]).sum()),
                ],
                "All of known were subtracted; one that scores lower than the true entity was no rival to begin with.": [
                    1 + int((scores >= scores[true]).sum()) - len(known),
                    1 + int((scores > scores[true]).sum()) - len(others),
                ],
                "The true entity was counted as its own rival.": 2
                + int((np.delete(scores, known) >= scores[true]).sum()),
                "A high score is likely here; this ranks low scores first.": [
                    1 + int((np.delete(scores, known) <= scores[true]).sum()),
                    1 + int((np.delete(scores, known) < scores[true]).sum()),
                ],
                "Only the other right answers were ranked.": 1 + int((scores[others] >= scores[true]).sum()),
            },
            hint="Count the rivals whose score is at least that of the true entity.",
        )
    return "Other truths do not compete, and ties are no praise."
