"""Wrong answers to the exercises of chapter 12, Applications, each with a part of the message it must get."""

import numpy as np
import torch
from torch.nn import functional as F

WRONG = {}


# 12.1


def unweighted(grads_per_worker, counts):
    return np.mean(grads_per_worker, axis=0)


def summed(grads_per_worker, counts):
    return sum(grads_per_worker)


def weighted_sum(grads_per_worker, counts):
    return sum(c * g for c, g in zip(counts, grads_per_worker, strict=True))


def divided_by_workers(grads_per_worker, counts):
    return sum(c * g for c, g in zip(counts, grads_per_worker, strict=True)) / len(counts)


def own_gradient(grads_per_worker, counts):
    return grads_per_worker[0]


def divided_twice(grads_per_worker, counts):
    return sum(grads_per_worker) / sum(counts)


def at_least_one_row(grads_per_worker, counts):
    counts = [max(c, 1) for c in counts]
    return sum(c * g for c, g in zip(counts, grads_per_worker, strict=True)) / sum(counts)


def copy_for_each(grads_per_worker, counts):
    return [weighted_sum(grads_per_worker, counts) / sum(counts)] * len(counts)


WRONG["12.1"] = [
    (copy_for_each, "a copy for each worker"),
    (unweighted, "must count more"),
    (summed, "summed, not averaged"),
    (weighted_sum, "not divided by the number of all rows"),
    (divided_by_workers, "instead of the number of rows"),
    (own_gradient, "one worker's own gradient"),
    (divided_twice, "one division too many"),
    (at_least_one_row, "must not count at all"),
]


def _rows(W, bits, top, rounding=np.round):
    s = np.abs(W).max(axis=1, keepdims=True) / top
    s[s == 0] = 1
    return rounding(W / s), s


def all_patterns(W, bits):
    return _rows(W, bits, 2**bits - 1)


def one_too_many(W, bits):
    return _rows(W, bits, 2 ** (bits - 1))


def floors(W, bits):
    return _rows(W, bits, 2 ** (bits - 1) - 1, np.floor)


def truncates(W, bits):
    return _rows(W, bits, 2 ** (bits - 1) - 1, np.trunc)


def one_scale(W, bits):
    s = np.full((len(W), 1), np.abs(W).max() / (2 ** (bits - 1) - 1))
    return np.round(W / s), s


def by_columns(W, bits):
    s = np.abs(W).max(axis=0, keepdims=True) / (2 ** (bits - 1) - 1)
    return np.round(W / s), s


def zero_row_divided(W, bits):
    s = np.abs(W).max(axis=1, keepdims=True) / (2 ** (bits - 1) - 1)
    return np.round(W / s), s


def signed_maximum(W, bits):
    s = W.max(axis=1, keepdims=True) / (2 ** (bits - 1) - 1)
    s[s <= 0] = 1e-300
    return np.round(W / s), s


def not_rounded(W, bits):
    _, s = _rows(W, bits, 2 ** (bits - 1) - 1)
    return W / s, s


def returns_weights(W, bits):
    q, s = _rows(W, bits, 2 ** (bits - 1) - 1)
    return q * s, s


def swapped(W, bits):
    return _rows(W, bits, 2 ** (bits - 1) - 1)[::-1]


def rounds_up(W, bits):
    return _rows(W, bits, 2 ** (bits - 1) - 1, np.ceil)


WRONG["12.1b"] = [
    (swapped, "yours are swapped"),
    (rounds_up, "Rounded up"),
    (all_patterns, "counts the signs twice"),
    (one_too_many, "does not fit"),
    (floors, "floor"),
    (truncates, "towards zero"),
    (one_scale, "One scale for the whole matrix"),
    (by_columns, "scales of the columns"),
    (zero_row_divided, "divided by a scale of 0"),
    (signed_maximum, "*absolute*"),
    (not_rounded, "rounding left out"),
    (returns_weights, "not the rounded weights"),
]


# 12.2


def _gcn(images, s, lam, eps, axis):
    X = images - images.mean(axis=axis, keepdims=True)
    return s * X / np.maximum(eps, np.sqrt(lam + (X**2).mean(axis=axis, keepdims=True)))


def per_pixel_over_data(images, s, lam, eps):
    return _gcn(images, s, lam, eps, (0,))


def one_mean_for_all(images, s, lam, eps):
    return _gcn(images, s, lam, eps, None)


def per_channel(images, s, lam, eps):
    return _gcn(images, s, lam, eps, (1, 2))


def by_length(images, s, lam, eps):
    X = images - images.mean(axis=(1, 2, 3), keepdims=True)
    return s * X / np.maximum(eps, np.sqrt(lam + (X**2).sum(axis=(1, 2, 3), keepdims=True)))


def without_eps(images, s, lam, eps):
    X = images - images.mean(axis=(1, 2, 3), keepdims=True)
    return s * X / np.sqrt(lam + (X**2).mean(axis=(1, 2, 3), keepdims=True))


def eps_added(images, s, lam, eps):
    X = images - images.mean(axis=(1, 2, 3), keepdims=True)
    return s * X / (eps + np.sqrt(lam + (X**2).mean(axis=(1, 2, 3), keepdims=True)))


def lam_outside(images, s, lam, eps):
    X = images - images.mean(axis=(1, 2, 3), keepdims=True)
    return s * X / np.maximum(eps, lam + X.std(axis=(1, 2, 3), keepdims=True))


def mean_kept(images, s, lam, eps):
    return s * images / np.maximum(eps, np.sqrt(lam + images.var(axis=(1, 2, 3), keepdims=True)))


def by_variance(images, s, lam, eps):
    X = images - images.mean(axis=(1, 2, 3), keepdims=True)
    return s * X / np.maximum(eps, lam + X.var(axis=(1, 2, 3), keepdims=True))


def without_s(images, s, lam, eps):
    return _gcn(images, 1.0, lam, eps, (1, 2, 3))


def without_lam(images, s, lam, eps):
    return _gcn(images, s, 0.0, eps, (1, 2, 3))


def squares_of_the_raw(images, s, lam, eps):
    X = images - images.mean(axis=(1, 2, 3), keepdims=True)
    return s * X / np.maximum(eps, np.sqrt(lam + (images**2).mean(axis=(1, 2, 3), keepdims=True)))


def mean_put_back(images, s, lam, eps):
    return _gcn(images, s, lam, eps, (1, 2, 3)) + images.mean(axis=(1, 2, 3), keepdims=True)


def channel_means(images, s, lam, eps):
    X = images - images.mean(axis=(1, 2), keepdims=True)
    return s * X / np.maximum(eps, np.sqrt(lam + images.var(axis=(1, 2, 3), keepdims=True)))


def eps_under_the_root(images, s, lam, eps):
    X = images - images.mean(axis=(1, 2, 3), keepdims=True)
    return s * X / np.sqrt(np.maximum(eps, lam + X.var(axis=(1, 2, 3), keepdims=True)))


def divided_by_s(images, s, lam, eps):
    return _gcn(images, 1.0, lam, eps, (1, 2, 3)) / s


WRONG["12.2"] = [
    (without_lam, "λ is not used"),
    (squares_of_the_raw, "image without its mean"),
    (mean_put_back, "added again"),
    (channel_means, "a mean of its own"),
    (eps_under_the_root, "after the root"),
    (divided_by_s, "Divided by s"),
    (per_pixel_over_data, "standardises each pixel"),
    (one_mean_for_all, "each image has its own"),
    (per_channel, "changes the hue"),
    (by_length, "length was used"),
    (without_eps, "ε is not used"),
    (eps_added, "lower limit"),
    (lam_outside, "under the root"),
    (mean_kept, "not subtracted"),
    (by_variance, "root is missing"),
    (without_s, "factor s is missing"),
]


# 12.3


def _spans(path):
    spans, start = [], 0
    for t in range(len(path)):
        if t + 1 == len(path) or path[t + 1] != path[t]:
            spans.append((path[t], start, t))
            start = t + 1
    return spans


def drops_blanks_first(path):
    spans = []
    for t, symbol in enumerate(path):
        if symbol:
            if spans and spans[-1][0] == symbol:
                spans[-1] = (symbol, spans[-1][1], t)
            else:
                spans.append((symbol, t, t))
    return spans


def as_set(path):
    seen = {}
    for span in _spans(path):
        if span[0]:
            seen.setdefault(span[0], span)
    return list(seen.values())


def keeps_blanks(path):
    return _spans(path)


def not_merged(path):
    return [(s, t, t) for t, s in enumerate(path) if s]


def forgets_the_last(path):
    spans, start = [], 0
    for t in range(len(path) - 1):
        if path[t + 1] != path[t]:
            if path[t]:
                spans.append((path[t], start, t))
            start = t + 1
    return spans


def end_excluded(path):
    return [(s, a, b + 1) for s, a, b in _spans(path) if s]


def length_instead(path):
    return [(s, a, b - a + 1) for s, a, b in _spans(path) if s]


def counted_from_one(path):
    return [(s, a + 1, b + 1) for s, a, b in _spans(path) if s]


def symbols_only(path):
    return [s for s, _, _ in _spans(path) if s]


def until_the_next(path):
    runs = [span for span in _spans(path) if span[0]]
    ends = [a - 1 for _, a, _ in runs[1:]] + [len(path) - 1]
    return [(s, a, end) for (s, a, _), end in zip(runs, ends, strict=True)]


def start_stays_at_blanks(path):
    spans, start = [], 0
    for t in range(len(path)):
        if path[t] and (t + 1 == len(path) or path[t + 1] != path[t]):
            spans.append((path[t], start, t))
            start = t + 1
    return spans


def long_runs_only(path):
    return [(s, a, b) for s, a, b in _spans(path) if s and b > a]


WRONG["12.3"] = [
    (until_the_next, "what follows is a blank"),
    (start_stays_at_blanks, "the start must move"),
    (long_runs_only, "run of one frame"),
    (drops_blanks_first, "dropped before merging"),
    (as_set, "may occur again later"),
    (keeps_blanks, "Blanks are no symbols"),
    (not_merged, "not merged into one run"),
    (forgets_the_last, "last run is missing"),
    (end_excluded, "one too late"),
    (length_instead, "not the length"),
    (counted_from_one, "counted from 0"),
    (symbols_only, "triples"),
]


# 12.4


def _mix(word, context, counts, size, shorter, unseen):
    followed = counts.get(context, {})
    n, k = sum(followed.values()), len(followed)
    return (followed.get(word, 0) + k * shorter) / (n + k) if n else unseen


def forgets_the_newest(word, context, counts, size):
    shorter = forgets_the_newest(word, context[:-1], counts, size) if context else 1 / size
    return _mix(word, context, counts, size, shorter, shorter)


def unseen_gets_zero(word, context, counts, size):
    shorter = unseen_gets_zero(word, context[1:], counts, size) if context else 1 / size
    return _mix(word, context, counts, size, shorter, 0.0)


def unseen_gets_half(word, context, counts, size):
    shorter = unseen_gets_half(word, context[1:], counts, size) if context else 1 / size
    return _mix(word, context, counts, size, shorter, shorter / 2)


def without_uniform(word, context, counts, size):
    if not context:
        return counts[()].get(word, 0) / sum(counts[()].values())
    shorter = without_uniform(word, context[1:], counts, size)
    return _mix(word, context, counts, size, shorter, shorter)


def straight_to_uniform(word, context, counts, size):
    return _mix(word, context, counts, size, 1 / size, 1 / size)


def only_if_zero(word, context, counts, size):
    followed = counts.get(context, {})
    if followed.get(word, 0):
        return followed[word] / sum(followed.values())
    return only_if_zero(word, context[1:], counts, size) if context else 1 / size


def tokens_not_kinds(word, context, counts, size):
    shorter = tokens_not_kinds(word, context[1:], counts, size) if context else 1 / size
    followed = counts.get(context, {})
    n = sum(followed.values())
    return (followed.get(word, 0) + n * shorter) / (2 * n) if n else shorter


def sums_to_more(word, context, counts, size):
    shorter = sums_to_more(word, context[1:], counts, size) if context else 1 / size
    followed = counts.get(context, {})
    n, k = sum(followed.values()), len(followed)
    return followed.get(word, 0) / n + k * shorter / (n + k) if n else shorter


def shorter_for_unseen_words_only(word, context, counts, size):
    shorter = shorter_for_unseen_words_only(word, context[1:], counts, size) if context else 1 / size
    followed = counts.get(context, {})
    n, k = sum(followed.values()), len(followed)
    if not n:
        return shorter
    return followed[word] / (n + k) if word in followed else k * shorter / (n + k)


def k_is_size(word, context, counts, size):
    shorter = k_is_size(word, context[1:], counts, size) if context else 1 / size
    followed = counts.get(context, {})
    n = sum(followed.values())
    return (followed.get(word, 0) + size * shorter) / (n + size) if n else shorter


WRONG["12.4"] = [
    (shorter_for_unseen_words_only, "c + k P"),
    (k_is_size, "not the same for all"),
    (forgets_the_newest, "Shorten the context at its old end"),
    (unseen_gets_zero, "never seen says nothing"),
    (unseen_gets_half, "never seen says nothing"),
    (without_uniform, "lies the uniform distribution"),
    (straight_to_uniform, "(recursion)"),
    (only_if_zero, "more than 1 in total"),
    (tokens_not_kinds, "different words that followed"),
    (sums_to_more, "must be taken from the counts"),
]


def _parts(Q, K, window, scale=None):
    t, s = torch.arange(len(Q))[:, None], torch.arange(len(K))
    score = Q @ K.T / (Q.shape[1] ** 0.5 if scale is None else scale)
    return score, (s <= t) & (s > t - window), t, s


def looks_ahead(Q, K, V, window):
    score, allowed, _, _ = _parts(Q, K, window)
    return score.masked_fill(~allowed.T, -torch.inf).softmax(-1) @ V


def no_window(Q, K, V, window):
    score, _, t, s = _parts(Q, K, window)
    return score.masked_fill(s > t, -torch.inf).softmax(-1) @ V


def mask_after_softmax(Q, K, V, window):
    score, allowed, _, _ = _parts(Q, K, window)
    return (score.softmax(-1) * allowed) @ V


def minus_after_softmax(Q, K, V, window):
    score, allowed, _, _ = _parts(Q, K, window)
    return (score.softmax(-1) + torch.where(allowed, 0.0, -1e9)) @ V


def scaled_by_d(Q, K, V, window):
    score, allowed, _, _ = _parts(Q, K, window, Q.shape[1])
    return score.masked_fill(~allowed, -torch.inf).softmax(-1) @ V


def not_scaled(Q, K, V, window):
    score, allowed, _, _ = _parts(Q, K, window, 1.0)
    return score.masked_fill(~allowed, -torch.inf).softmax(-1) @ V


def over_queries(Q, K, V, window):
    score, allowed, _, _ = _parts(Q, K, window)
    return score.masked_fill(~allowed, -torch.inf).softmax(0) @ V


def one_too_wide(Q, K, V, window):
    score, allowed, _, _ = _parts(Q, K, window + 1)
    return score.masked_fill(~allowed, -torch.inf).softmax(-1) @ V


def not_itself(Q, K, V, window):
    score, _, t, s = _parts(Q, K, window)
    return score.masked_fill(~((s < t) & (s >= t - window)), -torch.inf).softmax(-1) @ V


def both_directions(Q, K, V, window):
    score, _, t, s = _parts(Q, K, window)
    return score.masked_fill((s - t).abs() >= window, -torch.inf).softmax(-1) @ V


def nothing_masked(Q, K, V, window):
    return F.scaled_dot_product_attention(Q[None], K[None], V[None])[0]


def one_too_narrow(Q, K, V, window):
    score, _, t, s = _parts(Q, K, window)
    return score.masked_fill(~((s <= t) & (s > t - window + 1)), -torch.inf).softmax(-1) @ V


def masked_with_zero(Q, K, V, window):
    score, allowed, _, _ = _parts(Q, K, window)
    return (score * allowed).softmax(-1) @ V


def scaled_by_values(Q, K, V, window):
    score, allowed, _, _ = _parts(Q, K, window, V.shape[1] ** 0.5)
    return score.masked_fill(~allowed, -torch.inf).softmax(-1) @ V


def swaps_queries_and_keys(Q, K, V, window):
    score, allowed, _, _ = _parts(K, Q, window)
    return score.masked_fill(~allowed, -torch.inf).softmax(-1) @ V


WRONG["12.4b"] = [
    (one_too_narrow, "one too narrow"),
    (masked_with_zero, "hides nothing"),
    (scaled_by_values, "not of the values"),
    (swaps_queries_and_keys, "are swapped"),
    (looks_ahead, "look into the future"),
    (no_window, "looks back farther"),
    (mask_after_softmax, "after the softmax"),
    (minus_after_softmax, "after the softmax"),
    (scaled_by_d, "not by d"),
    (not_scaled, "not divided by √d"),
    (over_queries, "runs over the queries"),
    (one_too_wide, "one too wide"),
    (not_itself, "must see itself"),
    (both_directions, "reaches into the future"),
    (nothing_masked, "Nothing is masked"),
]


def _nce(s_data, s_noise, shift_data, shift_noise, sign=1):
    return F.logsigmoid(s_data - shift_data), F.logsigmoid(-sign * (s_noise - shift_noise))


def without_log_k(s_data, s_noise, log_q_data, log_q_noise):
    data, noise = _nce(s_data, s_noise, log_q_data, log_q_noise)
    return -(data + noise.sum(1)).mean()


def without_q(s_data, s_noise, log_q_data, log_q_noise):
    data, noise = _nce(s_data, s_noise, 0, 0)
    return -(data + noise.sum(1)).mean()


def q_for_data_only(s_data, s_noise, log_q_data, log_q_noise):
    log_k = float(np.log(s_noise.shape[1]))
    data, noise = _nce(s_data, s_noise, log_k + log_q_data, 0)
    return -(data + noise.sum(1)).mean()


def wrong_sign(s_data, s_noise, log_q_data, log_q_noise):
    log_k = float(np.log(s_noise.shape[1]))
    data, noise = _nce(s_data, s_noise, log_k + log_q_data, log_k + log_q_noise, sign=-1)
    return -(data + noise.sum(1)).mean()


def noise_averaged(s_data, s_noise, log_q_data, log_q_noise):
    log_k = float(np.log(s_noise.shape[1]))
    data, noise = _nce(s_data, s_noise, log_k + log_q_data, log_k + log_q_noise)
    return -(data + noise.mean(1)).mean()


def likelihood(s_data, s_noise, log_q_data, log_q_noise):
    log_k = float(np.log(s_noise.shape[1]))
    data, noise = _nce(s_data, s_noise, log_k + log_q_data, log_k + log_q_noise)
    return (data + noise.sum(1)).mean()


def rows_summed(s_data, s_noise, log_q_data, log_q_noise):
    log_k = float(np.log(s_noise.shape[1]))
    data, noise = _nce(s_data, s_noise, log_k + log_q_data, log_k + log_q_noise)
    return -(data + noise.sum(1)).sum()


def shift_added(s_data, s_noise, log_q_data, log_q_noise):
    log_k = float(np.log(s_noise.shape[1]))
    data, noise = _nce(s_data, s_noise, -log_k - log_q_data, -log_k - log_q_noise)
    return -(data + noise.sum(1)).mean()


def counts_the_rows(s_data, s_noise, log_q_data, log_q_noise):
    log_m = float(np.log(len(s_noise)))
    data, noise = _nce(s_data, s_noise, log_m + log_q_data, log_m + log_q_noise)
    return -(data + noise.sum(1)).mean()


def all_averaged(s_data, s_noise, log_q_data, log_q_noise):
    log_k = float(np.log(s_noise.shape[1]))
    data, noise = _nce(s_data, s_noise, log_k + log_q_data, log_k + log_q_noise)
    return -torch.cat([data[:, None], noise], 1).mean()


def one_for_each_row(s_data, s_noise, log_q_data, log_q_noise):
    log_k = float(np.log(s_noise.shape[1]))
    data, noise = _nce(s_data, s_noise, log_k + log_q_data, log_k + log_q_noise)
    return -(data + noise.sum(1))


WRONG["12.4c"] = [
    (counts_the_rows, "not rows"),
    (all_averaged, "average over the rows only"),
    (one_for_each_row, "One loss for each row"),
    (without_log_k, "log k is missing"),
    (without_q, "left out"),
    (q_for_data_only, "left out"),
    (wrong_sign, "wrong sign"),
    (noise_averaged, "averaged"),
    (likelihood, "the loss is its negative"),
    (rows_summed, "Summed over the rows"),
    (shift_added, "must be subtracted"),
]


# 12.5


def zeros_as_ratings(r, rated, B, lam, bias):
    return np.linalg.solve(B @ B.T + lam * np.eye(len(B)), B @ np.where(rated, r - bias, 0))


def all_items(r, rated, B, lam, bias):
    return np.linalg.solve(B @ B.T + lam * np.eye(len(B)), B @ (r - bias))


def lam_everywhere(r, rated, B, lam, bias):
    B = B[:, rated]
    return np.linalg.solve(B @ B.T + lam, B @ (r - bias)[rated])


def bias_left_in(r, rated, B, lam, bias):
    B = B[:, rated]
    return np.linalg.solve(B @ B.T + lam * np.eye(len(B)), B @ r[rated])


def bias_added(r, rated, B, lam, bias):
    B = B[:, rated]
    return np.linalg.solve(B @ B.T + lam * np.eye(len(B)), B @ (r + bias)[rated])


def no_penalty(r, rated, B, lam, bias):
    return np.linalg.lstsq(B[:, rated].T, (r - bias)[rated], rcond=None)[0]


def penalty_per_rating(r, rated, B, lam, bias):
    B = B[:, rated]
    return np.linalg.solve(B @ B.T + lam * rated.sum() * np.eye(len(B)), B @ (r - bias)[rated])


def half_penalty(r, rated, B, lam, bias):
    B = B[:, rated]
    return np.linalg.solve(B @ B.T + lam / 2 * np.eye(len(B)), B @ (r - bias)[rated])


def the_unrated(r, rated, B, lam, bias):
    B = B[:, ~rated]
    return np.linalg.solve(B @ B.T + lam * np.eye(len(B)), B @ (r - bias)[~rated])


WRONG["12.5"] = [
    (the_unrated, "nobody gave"),
    (zeros_as_ratings, "as if their rating left nothing over"),
    (all_items, "they mean nothing"),
    (lam_everywhere, "belongs on the diagonal"),
    (bias_left_in, "left in the target"),
    (bias_added, "added instead of subtracted"),
    (no_penalty, "penalty is missing"),
    (penalty_per_rating, "multiplied by the number of ratings"),
    (half_penalty, "neither half nor squared"),
]


def unfiltered(scores, true, known):
    return 1 + int((np.delete(scores, true) >= scores[true]).sum())


def from_zero(scores, true, known):
    return int((np.delete(scores, known) >= scores[true]).sum())


def optimistic_ties(scores, true, known):
    return 1 + int((np.delete(scores, known) > scores[true]).sum())


def own_rival(scores, true, known):
    others = [k for k in known if k != true]
    return 1 + int((np.delete(scores, others) >= scores[true]).sum())


def low_first(scores, true, known):
    return 1 + int((np.delete(scores, known) <= scores[true]).sum())


def subtracts_all_known(scores, true, known):
    return 1 + int((scores >= scores[true]).sum()) - len(known)


WRONG["12.5b"] = [
    (subtracts_all_known, "no rival to begin with"),
    (unfiltered, "filter out all of known"),
    (from_zero, "1, not 0"),
    (optimistic_ties, "at least, not more than"),
    (own_rival, "its own rival"),
    (low_first, "low scores first"),
]
