"""Wrong answers to the exercises of chapter 9, Convolutional Networks, each with a part of the message it must get."""

import numpy as np
import scipy.signal
import torch

WRONG = {}


def _patches(I, K):
    return I.unfold(0, K.shape[0], 1).unfold(1, K.shape[1], 1)


def _by_scipy(mode):
    def conv2d_valid(I, K):
        from scipy.signal import convolve2d

        return convolve2d(np.asarray(I), np.asarray(K), mode=mode)

    return conv2d_valid


WRONG["9.1"] = [
    (lambda I, K: (_patches(I, K) * K).sum((2, 3)), "cross-correlation"),
    (lambda I, K: (_patches(I, K) * K.flip(0)).sum((2, 3)), "rows only"),
    (lambda I, K: (_patches(I, K) * K.flip(1)).sum((2, 3)), "columns only"),
    (_by_scipy("same"), "size of the input"),
    (_by_scipy("full"), "any overlap"),
    (lambda I, K: (_patches(I, K) * K.flip(0, 1)).mean((2, 3)), "not their mean"),
]


def _field(rule):
    """Make a wrong answer of 9.2 from a rule that maps size, jump, k, s, d to the new size and jump."""

    def receptive_field(layers):
        size, jump = 1, 1
        for k, s, d in layers:
            size, jump = rule(size, jump, k, s, d)
        return size

    return receptive_field


def _from_top(layers):
    size = 1
    for k, s, d in reversed(layers):
        size = size * s + (k - 1) * d
    return size


WRONG["9.2"] = [
    (_field(lambda size, jump, k, s, d: (size + k * d * jump, jump * s)), "adds k"),
    (_field(lambda size, jump, k, s, d: (size + (k - 1) * jump, jump * s)), "dilation is ignored"),
    (_field(lambda size, jump, k, s, d: (size + (k - 1) * d, 1)), "earlier layers are ignored"),
    (_field(lambda size, jump, k, s, d: (size + (k - 1) * d * jump * s, jump * s)), "own kernel"),
    (_field(lambda size, jump, k, s, d: (size + (k - 1) * d * s, 1)), "own stride"),
    (
        lambda layers: _field(lambda size, jump, k, s, d: (size + (k - 1) * d * jump, jump * s))(layers[::-1]),
        "other end",
    ),
    (
        lambda layers: _field(lambda size, jump, k, s, d: (size + (k - 1) * d * jump, jump * s))(layers) - 1,
        "One is missing",
    ),
    (lambda layers: int(np.prod([(k - 1) * d + 1 for k, _, d in layers])), "are multiplied"),
    (_from_top, "Coming from the top"),
]


def _routed(share_of, add=True):
    """Make a wrong answer of 9.3 from the shares of a window's entries in its gradient."""

    def max_pool_backward(x, dy, k, stride):
        import torch

        dx = torch.zeros_like(x)
        for i in range(len(dy)):
            window = x[i * stride : i * stride + k]
            share = share_of(window, torch) * dy[i]
            place = slice(i * stride, i * stride + k)
            dx[place] = dx[place] + share if add else torch.where(share != 0, share, dx[place])
        return dx

    return max_pool_backward


def _first(window, torch):
    return torch.eye(len(window), dtype=window.dtype)[window.argmax()]


def _all_equal(window, torch):
    return (window == window.max()).to(window.dtype)


def _ones_for_dy(x, dy, k, stride):
    return _routed(_first)(x, dy * 0 + 1, k, stride)


def _without_start(x, dy, k, stride):
    dx = torch.zeros_like(x)
    for i in range(len(dy)):
        dx[x[i * stride : i * stride + k].argmax()] += dy[i]
    return dx


WRONG["9.3"] = [
    (_routed(_all_equal), "both got the whole"),
    (_routed(lambda window, torch: _all_equal(window, torch) / _all_equal(window, torch).sum()), "is divided"),
    (_routed(lambda window, torch: _first(window.flip(0), torch).flip(0)), "the last of the largest"),
    (_routed(lambda window, torch: torch.ones_like(window) / len(window)), "average pooling"),
    (_routed(_first, add=False), "add them up"),
    (_ones_for_dy, "not carry dy"),
    (_without_start, "counts from the start of its window"),
    (_routed(lambda window, torch: _first(-window, torch)), "smallest entry"),
]


WRONG["9.5"] = [
    (lambda n, k, s, p, d: (n + p - d * (k - 1) - 1) // s + 1, "one side only"),
    (lambda n, k, s, p, d: (n - d * (k - 1) - 1) // s + 1, "padding is ignored"),
    (lambda n, k, s, p, d: (n + 2 * p - k) // s + 1, "dilation is ignored"),
    (lambda n, k, s, p, d: (n + 2 * p - d * k) // s + 1, "not dilation·k"),
    (lambda n, k, s, p, d: (n + 2 * p - d * (k - 1) - 1) // s, "One is missing"),
    (lambda n, k, s, p, d: -(-(n + 2 * p - d * (k - 1) - 1) // s) + 1, "Rounded up"),
    (lambda n, k, s, p, d: n + 2 * p - d * (k - 1), "stride is ignored"),
    (lambda n, k, s, p, d: (n + 2 * p - d * (k - 1) - 1) / s + 1, "fraction"),
    (lambda n, k, s, p, d: -(-n // s), "'same' padding"),
    (lambda n, k, s, p, d: (n + 2 * p - d * (k - 1) - 1) // s + 1, "does not fit"),
]


def _stamp(dy, w, n, stride, add=True):
    import torch

    dx = torch.zeros(n, dtype=dy.dtype)
    for i in range(len(dy)):
        place = slice(i * stride, i * stride + len(w))
        dx[place] = dy[i] * w + (dx[place] if add else 0)
    return dx


def _without_stride(dy, w, n, stride):
    dx = _stamp(dy, w, max(n, len(dy) + len(w) - 1), 1)
    return dx[:n]


def _short(dy, w, n, stride):
    return _stamp(dy, w, (len(dy) - 1) * stride + len(w), stride)


def _mean_of_windows(dy, w, n, stride):
    return _stamp(dy, w, n, stride) / _stamp(dy * 0 + 1, w * 0 + 1, n, stride).clamp(min=1)


WRONG["9.5b"] = [
    (_mean_of_windows, "got the mean"),
    (lambda dy, w, n, stride: _stamp(dy * 0 + 1, w, n, stride), "not carry dy"),
    (lambda dy, w, n, stride: _stamp(dy, w.flip(0), n, stride), "wrong way"),
    (_without_stride, "stride is forgotten"),
    (lambda dy, w, n, stride: _stamp(dy, w, len(dy) + len(w) - 1, 1), "result has n entries"),
    (_short, "are missing"),
    (lambda dy, w, n, stride: _stamp(dy, w, n, stride).roll(n - (len(dy) - 1) * stride - len(w)), "belong at the end"),
    (lambda dy, w, n, stride: _stamp(dy, w, n, stride, add=False), "add them up"),
    (lambda dy, w, n, stride: _stamp(dy, w[:1], n, stride), "multiples of the stride"),
]


# 9.6


def ratios(pred, true, n):
    inter = torch.stack([((pred == i) & (true == i)).sum() for i in range(n)]).double()
    union = torch.stack([((pred == i) | (true == i)).sum() for i in range(n)]).double()
    return inter, union


def pixel_accuracy(pred, true, n):
    return (pred == true).double().mean()


def absent_as_zero(pred, true, n):
    inter, union = ratios(pred, true, n)
    return (inter / union.clamp(min=1)).mean()


def absent_as_one(pred, true, n):
    inter, union = ratios(pred, true, n)
    return torch.where(union > 0, inter / union.clamp(min=1), 1.0).mean()


def per_image(pred, true, n):
    def one(p, t):
        inter, union = ratios(p, t, n)
        return (inter / union)[union > 0].mean()

    return torch.stack([one(p, t) for p, t in zip(pred, true, strict=True)]).mean()


def only_true_classes(pred, true, n):
    inter, union = ratios(pred, true, n)
    present = torch.tensor([(true == i).any() for i in range(n)])
    return (inter / union)[present].mean()


def recall_of_classes(pred, true, n):
    inter, _ = ratios(pred, true, n)
    count = torch.stack([(true == i).sum() for i in range(n)])
    return (inter / count)[count > 0].mean()


def dice_score(pred, true, n):
    inter, union = ratios(pred, true, n)
    return (2 * inter / (inter + union))[union > 0].mean()


def intersection_not_taken_off(pred, true, n):
    return dice_score(pred, true, n) / 2


def pooled_over_classes(pred, true, n):
    inter, union = ratios(pred, true, n)
    return inter.sum() / union.sum()


WRONG["9.6"] = [
    (pixel_accuracy, "pixel accuracy"),
    (absent_as_zero, "counted as 0"),
    (absent_as_one, "counted as 1"),
    (per_image, "for each image"),
    (only_true_classes, "never true"),
    (recall_of_classes, "recall"),
    (dice_score, "Dice"),
    (intersection_not_taken_off, "without taking off"),
    (pooled_over_classes, "summed over classes"),
]


# 9.8


def full(I, K):
    return torch.from_numpy(scipy.signal.convolve2d(np.asarray(I), np.asarray(K)))


def axes_exchanged(I, u, v):
    return full(I, torch.outer(v, u))


def correlates(I, u, v):
    return full(I, torch.outer(u.flip(0), v.flip(0)))


def normalises(I, u, v):
    return full(I, torch.outer(u / u.norm(), v / v.norm()))


def drops_singular_value(I, u, v):
    U, _, Vh = torch.linalg.svd(torch.outer(u, v))
    return full(I, torch.outer(U[:, 0], Vh[0]))


def wraps(I, u, v):
    size = tuple(I.shape)
    return torch.fft.irfft2(torch.fft.rfft2(I, s=size) * torch.fft.rfft2(torch.outer(u, v), s=size), s=size)


def wraps_and_pads(I, u, v):
    S = I.new_zeros(I.shape[0] + len(u) - 1, I.shape[1] + len(v) - 1)
    S[: I.shape[0], : I.shape[1]] = wraps(I, u, v)
    return S


def crops(I, u, v):
    return torch.from_numpy(scipy.signal.convolve2d(np.asarray(I), np.outer(u, v), mode="same"))


def inside_only(I, u, v):
    I, K = np.asarray(I), np.outer(u, v)
    if min(np.subtract(I.shape, K.shape)) < 0:
        return full(I, K)
    windows = np.lib.stride_tricks.sliding_window_view(I, K.shape)
    return torch.from_numpy(np.einsum("ijkl,kl->ij", windows, K[::-1, ::-1]))


def columns_only(I, u, v):
    return full(I, u[:, None])


def rows_only(I, u, v):
    return full(I, v[None])


WRONG["9.8"] = [
    (axes_exchanged, "axes are exchanged"),
    (correlates, "cross-correlation"),
    (normalises, "Energy"),
    (drops_singular_value, "Energy"),
    (wraps, "wraps around"),
    (wraps_and_pads, "pad before"),
    (crops, "as large as the image"),
    (inside_only, "fits inside"),
    (columns_only, "first pass"),
    (rows_only, "along the rows"),
]


# 9.9


def kmeans_with(
    patches, start, rounds, center=True, scale=True, unit=True, size=True, flip=True, empty=True, drop=True
):
    P = patches - (patches.mean(1, keepdim=True) if center else 0)
    length = P.norm(dim=1, keepdim=True)
    keep = length[:, 0] > (1e-6 if drop else -1)
    P = P[keep] / (length[keep] if scale else 1)
    for _ in range(rounds):
        answers = P @ start.T
        own = (answers.abs() if size else answers).argmax(1)
        new = []
        for k, old in enumerate(start):
            sign = answers[own == k, k].sign()[:, None] if flip else 1
            mean = (sign * P[own == k]).sum(0)
            if empty and not (own == k).any():
                mean = old
            elif not unit:
                mean = mean / (own == k).sum()
            else:
                mean = mean / mean.norm()
            new.append(mean)
        start = torch.stack(new)
    return start


def keeps_brightness(patches, start, rounds):
    return kmeans_with(patches, start, rounds, center=False)


def one_mean_for_all(patches, start, rounds):
    return kmeans_with(patches - patches.mean(0), start, rounds, center=False)


def keeps_contrast(patches, start, rounds):
    return kmeans_with(patches, start, rounds, scale=False)


def filters_not_scaled(patches, start, rounds):
    return kmeans_with(patches, start, rounds, unit=False)


def sees_sign(patches, start, rounds):
    return kmeans_with(patches, start, rounds, size=False, flip=False)


def opposites_cancel(patches, start, rounds):
    return kmeans_with(patches, start, rounds, flip=False)


def keeps_flat(patches, start, rounds):
    return kmeans_with(patches, start, rounds, drop=False)


def forgets_empty(patches, start, rounds):
    return torch.nan_to_num(kmeans_with(patches, start, rounds, empty=False))


def one_round_less(patches, start, rounds):
    return kmeans_with(patches, start, rounds - 1)


def one_round_more(patches, start, rounds):
    return kmeans_with(patches, start, rounds + 1)


WRONG["9.9"] = [
    (keeps_brightness, "means were not removed"),
    (one_mean_for_all, "over all patches"),
    (keeps_contrast, "not scaled to length one"),
    (filters_not_scaled, "filters were not scaled"),
    (sees_sign, "not blind to sign"),
    (opposites_cancel, "cancel"),
    (keeps_flat, "NaN"),
    (forgets_empty, "must stay"),
    (one_round_less, "too few"),
    (one_round_more, "too many"),
]


# 9.10


def pair(img, w0, w1):
    return (img * w0).sum(), (img * w1).sum()


def adds(*a):
    return sum(pair(*a))


def adds_sizes(*a):
    return sum(s.abs() for s in pair(*a))


def same_phase_twice(img, w0, w1):
    return torch.hypot(*pair(img, w0, w0))


def other_phase_twice(img, w0, w1):
    return torch.hypot(*pair(img, w1, w1))


def no_root(*a):
    return sum(s**2 for s in pair(*a))


def rectifies_first(*a):
    return torch.hypot(*(s.clamp(min=0) for s in pair(*a)))


def squares_products(img, w0, w1):
    return (((img * w0) ** 2).sum() + ((img * w1) ** 2).sum()).sqrt()


def takes_mean(img, w0, w1):
    return torch.hypot((img * w0).mean(), (img * w1).mean())


def takes_larger(*a):
    return max(s.abs() for s in pair(*a))


WRONG["9.10"] = [
    (adds, "without squares"),
    (adds_sizes, "Sizes were added"),
    (same_phase_twice, "w1 never enters"),
    (other_phase_twice, "w0 never enters"),
    (no_root, "square root is missing"),
    (rectifies_first, "rectified before"),
    (squares_products, "one by one"),
    (takes_mean, "mean was taken"),
    (takes_larger, "larger of the two"),
]
