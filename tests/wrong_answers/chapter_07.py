"""Wrong answers to the exercises of chapter 7, Regularization for Deep Learning, each with a part of the message it must get."""

import numpy as np

WRONG = {}


# ======== sections 7.1..7.7 ========

WRONG["7.1"] = [
    (lambda eigs, alpha: np.sum(eigs > 0), "counts the eigenvalues"),
    (lambda eigs, alpha: np.sum(eigs / (eigs + alpha**2)), "not squared"),
    (lambda eigs, alpha: np.sum(eigs / (eigs + alpha)), "NaN"),
    (lambda eigs, alpha: np.sum(alpha / (eigs + alpha)), "share that is lost"),
    (lambda eigs, alpha: np.sum(eigs**2 / (eigs**2 + alpha)), "singular values"),
    (lambda eigs, alpha: np.sum((eigs + 1e-300) / (eigs + alpha + 1e-300)), "counted as 1"),
    (lambda eigs, alpha: eigs / (eigs + alpha), "add them up"),
]


def _ridge(X, y, alpha, charge=0.0, scale=1.0):
    A = np.column_stack([X, np.ones(len(X))])
    D = np.diag([1.0] * X.shape[1] + [charge])
    theta = np.linalg.solve(A.T @ A / scale + alpha * D, A.T @ y / scale)
    return theta[:-1], theta[-1]


def _no_intercept(X, y, alpha):
    return np.linalg.solve(X.T @ X + alpha * np.eye(X.shape[1]), X.T @ y), 0.0


def _late_intercept(X, y, alpha):
    w = _no_intercept(X, y, alpha)[0]
    return w, np.mean(y - X @ w)


WRONG["7.1b"] = [
    (lambda X, y, alpha: _ridge(X, y, alpha, charge=1.0), "penalised the intercept"),
    (_no_intercept, "without an intercept"),
    (_late_intercept, "without an intercept"),
    (lambda X, y, alpha: _ridge(X, y, 0.0), "forgotten"),
    (lambda X, y, alpha: _ridge(X, y, alpha, scale=len(X)), "not averaged"),
    (lambda X, y, alpha: _ridge(X, y, alpha**2), "not squared"),
    (lambda X, y, alpha: (_ridge(X, y, alpha)[0], y.mean()), "b = mean(y)"),
    (lambda X, y, alpha: _ridge(X, y, alpha)[0], "two things"),
    (lambda X, y, alpha: _ridge(X, y, 2 * alpha), "not the smallest"),
]


def _columns(factor):
    def max_norm_(W, c):
        return W.mul_(factor(W, c))

    return max_norm_


def _not_in_place(W, c):
    return W * (c / W.norm(dim=0)).clamp(max=1)


def _nothing_returned(W, c):
    W.mul_((c / W.norm(dim=0).clamp(min=1e-12)).clamp(max=1))


WRONG["7.2"] = [
    (_columns(lambda W, c: (c / W.norm()).clamp(max=1)), "whole matrix"),
    (_columns(lambda W, c: c / W.norm(dim=0)), "scaled up"),
    (_columns(lambda W, c: (c / W.norm(dim=1, keepdim=True)).clamp(max=1)), "rows"),
    (_columns(lambda W, c: W.norm(dim=0).clamp(max=c) / W.norm(dim=0)), "zeros became NaN"),
    (_columns(lambda W, c: (c / (W**2).sum(0)).clamp(max=1)), "squared norm"),
    (lambda W, c: W.clamp_(-c, c), "clips each entry"),
    (_not_in_place, "in place"),
    (_nothing_returned, "return W"),
]


def _shift_all(fill, low=0, one=False, same_axes=False):
    def random_shift(batch, max_px, rng):
        m, h, w = batch.shape
        moves = rng.integers(-max_px, max_px + 1 - low, (1 if one else m, 2))
        if same_axes:
            moves[:, 1] = moves[:, 0]
        moves = np.broadcast_to(moves, (m, 2))
        if fill == "roll":
            return np.stack([np.roll(image, move, (0, 1)) for image, move in zip(batch, moves, strict=True)])
        padded = np.pad(batch, ((0, 0), (max_px, max_px), (max_px, max_px)), mode=fill)
        a, b = (max_px + moves).T
        return np.stack([padded[i, a[i] : a[i] + h, b[i] : b[i] + w] for i in range(m)])

    return random_shift


def _half_open(batch, max_px, rng):
    return batch if max_px == 0 else _shift_all("constant", low=1)(batch, max_px, rng)


def _shuffled(batch, max_px, rng):
    return _shift_all("constant")(batch, max_px, rng)[rng.permutation(len(batch))]


WRONG["7.4"] = [
    (_shift_all("roll"), "wraps around"),
    (_shift_all("constant", one=True), "whole batch"),
    (_half_open, "upper end"),
    (_shift_all("edge"), "border was repeated"),
    (_shift_all("constant", same_axes=True), "separately"),
    (_shuffled, "another order"),
    (lambda batch, max_px, rng: _shift_all("constant")(batch, 2 * max_px, rng), "more than max_px"),
    (lambda batch, max_px, rng: batch.copy(), "whole batch"),
]


def _softmaxed(y, k, eps):
    p = np.exp((1 - eps) * np.eye(k)[y] + eps / k)
    return p / p.sum(1, keepdims=True)


WRONG["7.5"] = [
    (lambda y, k, eps: (1 - eps) * np.eye(k)[y] + eps / (k - 1) * (1 - np.eye(k)[y]), "wholly to the other"),
    (lambda y, k, eps: np.eye(k)[y] + eps / k, "sums to"),
    (lambda y, k, eps: (1 - eps) * np.eye(k)[y], "sums to"),
    (lambda y, k, eps: np.eye(k)[y], "still hard"),
    (lambda y, k, eps: (1 - eps) * np.eye(k)[y] + eps, "sums to"),
    (_softmaxed, "softmax"),
]


def _propagate(left, right, use_alpha=True, scores=False):
    def propagate(W, y, alpha):
        Y = (y[:, None] == np.arange(y.max() + 1)).astype(float)
        d = W.sum(axis=1)
        S = d[:, None] ** -left * W * d**-right
        A = np.eye(len(W)) - (alpha if use_alpha else 0.999) * S
        found = np.linalg.solve(A, Y)
        return found if scores else found.argmax(1)

    return propagate


def _one_step(W, y, alpha):
    Y = (y[:, None] == np.arange(y.max() + 1)).astype(float)
    d = W.sum(axis=1)
    return (Y + alpha * W / np.sqrt(np.outer(d, d)) @ Y).argmax(1)


WRONG["7.6"] = [
    (_propagate(1.0, 0.0), "row sums"),
    (_propagate(0.0, 1.0), "column sums"),
    (_propagate(0.5, 0.5, use_alpha=False), "forgotten"),
    (_propagate(0.5, 0.5, scores=True), "scores"),
    (_one_step, "one step"),
    (lambda W, y, alpha: y, "still −1"),
]


def _squares(o, t, mask):
    return np.where(mask, o - t, 0.0) ** 2


WRONG["7.7"] = [
    (lambda o, t, mask, w: np.sum(w * _squares(o, t, mask).mean(0)), "averaged in"),
    (lambda o, t, mask, w: np.sum(_squares(o, t, mask).sum(0) / np.maximum(mask.sum(0), 1)), "weights were not"),
    (lambda o, t, mask, w: np.sum(w * (mask * (o - t) ** 2).sum(0) / np.maximum(mask.sum(0), 1)), "NaN times 0"),
    (lambda o, t, mask, w: np.sum(w * _squares(o, t, mask)) / mask.sum(), "has its own mean"),
    (lambda o, t, mask, w: np.sum(w * _squares(o, t, mask).sum(0)), "not averaged"),
    (lambda o, t, mask, w: np.sum(w * ((o - t) ** 2).mean(0)), "ignored"),
    (lambda o, t, mask, w: np.sum(w * _squares(o, t, mask).sum(0) / mask.sum(0)), "0/0"),
    (lambda o, t, mask, w: np.mean(w * _squares(o, t, mask).sum(0) / np.maximum(mask.sum(0), 1)), "add them up"),
]


# 7.8


def _stopping(copy=True, last=False, first_rise=False, reset=True, off=0, extra=0, ties=False):
    """Make a wrong answer of 7.8: each argument is one mistake."""

    def keep(theta):
        return {k: v.copy() for k, v in theta.items()} if copy else dict(theta)

    def early_stopping(theta, step, evaluate, patience):
        best, best_step, best_loss, n, waited = keep(theta), 0, evaluate(), 0, 0
        while waited < (1 if first_rise else patience + extra):
            step()
            n, waited, loss = n + 1, waited + 1, evaluate()
            if loss < best_loss or (ties and loss == best_loss):
                best, best_step, best_loss = keep(theta), n, loss
                waited = 0 if reset else waited - 1
        return (keep(theta), n, n + 1) if last else (best, best_step, n + 1 + off)

    return early_stopping


WRONG["7.8"] = [
    (_stopping(last=True), "last parameters"),
    (_stopping(copy=False), "keep a copy"),
    (_stopping(first_rise=True), "first rise"),
    (_stopping(reset=False), "back to zero"),
    (_stopping(extra=1), "suffice"),
    (_stopping(off=-1), "You report"),
    (_stopping(ties=True), "no improvement"),
]


# 7.9


def shared_mean(g, index):
    return np.array([g[index == k].mean() if (index == k).any() else 0.0 for k in range(index.max() + 1)])


def shared_overwritten(g, index):
    total = np.zeros(index.max() + 1)
    total[index[index >= 0]] += g[index >= 0]
    return total


def shared_constants_too(g, index):
    total = np.zeros(index.max() + 1)
    np.add.at(total, index, g)
    return total


def shared_magnitudes(g, index):
    return np.array([np.abs(g[index == k]).sum() for k in range(index.max() + 1)])


WRONG["7.9"] = [
    (shared_mean, "mean over the copies"),
    (shared_overwritten, "overwritten"),
    (shared_constants_too, "last parameter"),
    (shared_magnitudes, "Magnitudes"),
    (lambda g, index: g * (index >= 0), "has shape"),
]


# 7.10


def _pursuit(refit=True, normed=True, signed=False, greedy=True):
    """Make a wrong answer of 7.10: each argument is one mistake."""

    def omp(D, x, k):
        h, r, support, norms = np.zeros(D.shape[1]), x.copy(), [], np.linalg.norm(D, axis=0)
        for _ in range(k):
            score = D.T @ (r if greedy else x) / (norms if normed else 1)
            score = score if signed else np.abs(score)
            if refit is True or not greedy:
                score[support] = -np.inf
            support.append(int(score.argmax()))
            if refit is True:
                h = np.zeros(D.shape[1])
                h[support] = np.linalg.lstsq(D[:, support], x, rcond=None)[0]
                r = x - D @ h
            else:
                j = support[-1]
                share = D[:, j] @ r / norms[j] ** 2
                h[j] += share
                r = r - share * D[:, j]
        if refit == "end":
            chosen = sorted(set(support))
            h = np.zeros(D.shape[1])
            h[chosen] = np.linalg.lstsq(D[:, chosen], x, rcond=None)[0]
        return h

    return omp


def _unit_codes(D, x, k):
    norms = np.linalg.norm(D, axis=0)
    return _pursuit()(D / norms, x, k)


def _squared_norms(D, x, k):
    squares = np.linalg.norm(D, axis=0) ** 2
    return _pursuit(normed=False)(D / squares, x, k) / squares


WRONG["7.10"] = [
    (_unit_codes, "scaled to norm 1"),
    (_squared_norms, "squared norm"),
    (_pursuit(refit=False), "without re-fitting"),
    (_pursuit(normed=False), "raw inner product"),
    (_pursuit(refit="end"), "only once"),
    (_pursuit(signed=True), "signed"),
    (_pursuit(greedy=False), "most similar to x itself"),
    (lambda D, x, k: np.linalg.lstsq(D, x, rcond=None)[0], "at most"),
]


# 7.11


def average_labels(models, X):
    tables = np.array([model(X) for model in models])
    return np.eye(tables.shape[2])[tables.argmax(axis=2)].mean(axis=0)


def average_logits(models, X):
    z = np.exp(np.mean([np.log(model(X)) for model in models], axis=0))
    return z / z.sum(axis=1, keepdims=True)


WRONG["7.11"] = [
    (average_labels, "votes for labels"),
    (average_logits, "geometric"),
    (lambda models, X: np.exp(np.mean([np.log(f(X)) for f in models], axis=0)), "do not even sum"),
    (lambda models, X: np.sum([f(X) for f in models], axis=0), "divide by their number"),
    (lambda models, X: np.mean([f(X) for f in models], axis=0).argmax(axis=1), "class labels"),
    (lambda models, X: models[-1](X), "last model"),
    (lambda models, X: np.mean([f(X) for f in models], axis=1), "has shape"),
]


WRONG["7.11b"] = [
    (lambda indices, m: np.unique(indices), "in the bag"),
    (lambda indices, m: indices, "themselves"),
    (lambda indices, m: np.flatnonzero(np.bincount(indices, minlength=m) != 1), "drawn twice"),
    (lambda indices, m: np.setdiff1d(np.arange(indices.max() + 1), indices), "last examples"),
    (lambda indices, m: np.bincount(indices, minlength=m) == 0, "mask"),
    (lambda indices, m: np.setdiff1d(np.arange(1, m + 1), indices), "starts at 0"),
    (lambda indices, m: np.setdiff1d(np.arange(1, m), indices), "Example 0"),
]


# 7.12


def _drop(
    scale=lambda p: 1 / (1 - p), keep=lambda u, p: u >= p, shape=lambda h: h.shape, always=False, test=1.0, fresh=False
):
    """Make a wrong answer of 7.12: each argument is one mistake."""

    def dropout(h, p, generator, training=True):
        import torch

        if not training and not always:
            return h if test == 1.0 else h * (1 - p)
        u = torch.rand(shape(h)) if fresh else torch.rand(shape(h), generator=generator)
        return h * keep(u, p) * scale(p)

    return dropout


WRONG["7.12"] = [
    (_drop(scale=lambda p: p), "multiplied by p"),
    (_drop(scale=lambda p: 1), "not scaled"),
    (_drop(scale=lambda p: 1 - p), "multiplied by 1 − p"),
    (_drop(scale=lambda p: 1 / p), "divided by p"),
    (_drop(scale=lambda p: 1 / p, keep=lambda u, p: u < p), "not to keep"),
    (_drop(always=True), "training=False"),
    (_drop(test=0.5), "training=False"),
    (_drop(shape=lambda h: h.shape[1:]), "one mask"),
    (_drop(shape=lambda h: (h.shape[0],) + (1,) * (h.dim() - 1)), "Whole examples"),
    (_drop(fresh=True), "generator"),
]


# 7.13


def _attack(step, clip_it=True, leak=False):
    """Make a wrong answer of 7.13 from a step(gradient, x, eps)."""

    def fgsm(model, x, y, eps, clip=None):
        import torch
        from torch.nn import functional as F

        v = x.detach().clone().requires_grad_()
        loss = F.cross_entropy(model(v), y)
        if leak:
            loss.backward()
            g = v.grad
        else:
            (g,) = torch.autograd.grad(loss, v)
        moved = step(g, x.detach(), eps)
        return moved.clamp(*clip) if clip is not None and clip_it else moved

    return fgsm


def fills_x_grad(model, x, y, eps, clip=None):
    from torch.nn import functional as F

    F.cross_entropy(model(x), y).backward()
    moved = x.detach() + eps * x.grad.sign()
    return moved if clip is None else moved.clamp(*clip)


WRONG["7.13"] = [
    (_attack(lambda g, x, eps: x - eps * g.sign()), "downhill"),
    (_attack(lambda g, x, eps: x + eps * g / g.norm(dim=1, keepdim=True)), "L2 length"),
    (_attack(lambda g, x, eps: x + eps * g), "only its sign"),
    (_attack(lambda g, x, eps: eps * g.sign()), "change alone"),
    (_attack(lambda g, x, eps: x + eps * g.sign(), clip_it=False), "stay in that range"),
    (_attack(lambda g, x, eps: x + eps * g.sign(), leak=True), "model's weights"),
    (fills_x_grad, "x.grad"),
]


# 7.14


def _penalty(combine):
    """Make a wrong answer of 7.14 from what it does with the derivatives (T, m, k)."""

    def tangent_penalty(f, x, tangents):
        import torch

        return combine(torch.stack([torch.autograd.functional.jvp(f, x, v, create_graph=True)[1] for v in tangents]))

    return tangent_penalty


def whole_jacobian(f, x, tangents):
    import torch

    J = torch.autograd.functional.jacobian(lambda v: f(v).sum(0), x, create_graph=True)
    return (J**2).sum() / len(x)


WRONG["7.14"] = [
    (_penalty(lambda d: d.sum() / d.shape[1]), "not squared"),
    (_penalty(lambda d: d.abs().sum() / d.shape[1]), "absolute"),
    (_penalty(lambda d: (d**2).sum()), "mean over the batch"),
    (_penalty(lambda d: (d**2).mean()), "only the examples are averaged"),
    (_penalty(lambda d: (d.sum(2) ** 2).sum() / d.shape[1]), "before squaring"),
    (_penalty(lambda d: (d.sum(0) ** 2).sum() / d.shape[1]), "Tangents were added"),
    (whole_jacobian, "Jacobian"),
    (_penalty(lambda d: ((d**2).sum() / d.shape[1]).detach()), "detached"),
]
