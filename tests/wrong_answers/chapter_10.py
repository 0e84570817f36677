"""Wrong answers to the exercises of chapter 10, Sequence Modeling, each with a part of the message it must get."""

import math

import numpy as np

WRONG = {}


def _states(f, s0, xs):
    states, s = [], s0
    for x in xs:
        s = f(s, x)
        states.append(s)
    return states


def _overwritten(f, s0, xs):
    states, s = [], s0.copy()
    for x in xs:
        s[:] = f(s, x)
        states.append(s)
    return states


def _backwards(f, s0, xs):
    return _states(f, s0, xs[::-1])


WRONG["10.1"] = [
    (lambda f, s0, xs: _states(f, s0, xs)[-1] if len(xs) else [], "only the last state"),
    (lambda f, s0, xs: _states(f, s0, xs)[-1:], "only the last state"),
    (lambda f, s0, xs: [s0, *_states(f, s0, xs)], "s(0) is in the list"),
    (lambda f, s0, xs: [s0, *_states(f, s0, xs)][:-1], "one state too early"),
    (_overwritten, "overwritten again and again"),
    (lambda f, s0, xs: [f(s0, x) for x in xs], "started from s(0)"),
    (lambda f, s0, xs: _states(f, s0, xs)[::-1], "reverse order"),
    (_backwards, "read from the end"),
    (lambda f, s0, xs: _states(f, 0 * s0, xs), "are not the states"),
    (lambda f, s0, xs: 0.0, "expected a list"),
]


def _bptt(**how):
    """Make a wrong answer of 10.2 from the recursion with one thing changed."""
    slope, slope_of, factor = how.get("slope", True), how.get("slope_of", 1), how.get("factor", 0)

    def bptt_W(hs, W, dL_dh):
        import torch

        T = len(dL_dh)
        times = range(T) if how.get("forwards") else reversed(range(T))
        back = W if how.get("no_transpose") else W.T
        direct = dL_dh.clone()
        if how.get("only_last_loss"):
            direct[:-1] = 0
        dW, later = torch.zeros_like(W), torch.zeros_like(hs[0])
        for t in times:
            g = (1 - hs[t + slope_of] ** (1 if how.get("linear") else 2)) if slope else 1.0
            if how.get("by_atanh"):
                g = 1 / torch.cosh(torch.atanh(hs[t + 1])) ** 2
            da = g * direct[t] + later if how.get("late") else g * (direct[t] + later)
            which = how.get("which", range(T))
            if t in ([T - 1] if which == "last" else which):
                dW = dW + torch.outer(da, hs[t + factor])
            later = 0 * da if how.get("no_later") else back @ (g * direct[t] if how.get("once") else da)
        dW = dW.T if how.get("turned") else dW
        return dW / T if how.get("mean") else dW

    return bptt_W


WRONG["10.2"] = [
    (_bptt(which="last"), "last step only"),
    (_bptt(which=[0]), "first step only"),
    (_bptt(slope=False), "tanh is missing"),
    (_bptt(slope_of=0), "not to the one before it"),
    (_bptt(factor=1), "*before* the step"),
    (_bptt(no_transpose=True), "takes its transpose"),
    (_bptt(turned=True), "turned round"),
    (_bptt(no_later=True), "only its direct part"),
    (_bptt(only_last_loss=True), "direct part of its own"),
    (_bptt(mean=True), "averaged"),
    (_bptt(late=True), "both parts have to pass"),
    (_bptt(forwards=True), "forwards in time"),
    (_bptt(once=True), "one step only"),
    (_bptt(linear=True), "not 1 - h"),
    (lambda hs, W, dL_dh: (dL_dh * (1 - hs[1:] ** 2)).sum(0), "shape"),
]


def _each(x, lengths, turn):
    out = x.clone()
    for i, length in enumerate(lengths.tolist()):
        out[:, i] = turn(x[:, i], length)
    return out


def _to_front(x, length):
    import torch

    return torch.cat([x[length:], x[:length].flip(0)])


def _zeros_behind(x, length):
    import torch

    return torch.cat([x[:length].flip(0), 0 * x[length:]])


def _one_more(x, length):
    import torch

    return torch.cat([x[: length + 1].flip(0), x[length + 1 :]])


def _by_longest(x, lengths):
    longest = int(lengths.max())
    return _each(x, lengths, lambda s, _: _with_flip(s, longest))


def _with_flip(x, length):
    out = x.clone()
    out[:length] = x[:length].flip(0)
    return out


def _in_place(x, lengths):
    for i, length in enumerate(lengths.tolist()):
        x[:length, i] = x[:length, i].flip(0).clone()
    return x


def _clamped(x, lengths):
    import torch

    source = (lengths - 1 - torch.arange(len(x))[:, None]).clamp(min=0)
    return x.gather(0, source[..., None].expand(x.shape))


WRONG["10.3"] = [
    (lambda x, lengths: x.flip(0), "padding comes first"),
    (lambda x, lengths: _each(x, lengths, _to_front), "moved to the front"),
    (lambda x, lengths: x.clone(), "Nothing was turned"),
    (_by_longest, "longest length"),
    (lambda x, lengths: _each(x, lengths, _zeros_behind), "replaced by zeros"),
    (lambda x, lengths: _each(x, lengths, _one_more), "one row of its padding"),
    (lambda x, lengths: x.flip(2), "features"),
    (lambda x, lengths: x.flip(1), "changed places"),
    (_clamped, "first difference"),
    (lambda x, lengths: _each(x, lengths, lambda s, k: _with_flip(s, k - 1)), "first difference"),
    (_in_place, "changed its input"),
    (lambda x, lengths: _each(x, lengths, _with_flip).numpy(), "torch tensor"),
    (lambda x, lengths: _each(x, lengths, _with_flip)[: int(lengths.max())], "shape"),
]


def _attention(
    *, dim=1, hide="before", root=lambda Q, K, V: Q.shape[1] ** 0.5, always=None, turn=False, keys=False, soft=None
):
    """Make a wrong answer of 10.4."""

    def attention(Q, K, V, mask, scaled=True):
        import torch

        scores = Q @ K.T
        if scaled if always is None else always:
            scores = scores / root(Q, K, V)
        keep = ~mask if turn else mask
        if hide == "before":
            scores = scores.masked_fill(~keep, -torch.inf)
        if hide == "zero":
            scores = scores * keep
        if hide == "small":
            scores = scores.masked_fill(~keep, -100.0)
        weights = torch.softmax(scores, dim=dim) if soft is None else soft(scores)
        if hide == "after":
            weights = weights * keep
        return torch.nan_to_num(weights) @ (K if keys else V)

    return attention


def _by_hand(scores):
    import torch

    e = torch.exp(scores)
    return torch.where(e.isinf().any(), torch.full_like(e, torch.inf), e / e.sum(dim=1, keepdim=True))


def _naive(Q, K, V, mask, scaled=True):
    import torch

    e = torch.exp(Q @ K.T / (Q.shape[1] ** 0.5 if scaled else 1)) * mask
    return e / e.sum(dim=1, keepdim=True) @ V


WRONG["10.4"] = [
    (_attention(dim=0), "runs over the queries"),
    (_attention(dim=0, hide="after"), "runs over the queries"),
    (_attention(hide="after"), "after the softmax"),
    (_attention(hide="zero"), "got the score 0"),
    (_attention(turn=True), "turned round"),
    (_attention(hide="no"), "ignored"),
    (_attention(always=False), "nothing was divided"),
    (_attention(always=True), "scaled=False"),
    (_attention(root=lambda Q, K, V: Q.shape[1]), "not by its root"),
    (_attention(root=lambda Q, K, V: len(K) ** 0.5), "number of places"),
    (_attention(root=lambda Q, K, V: V.shape[1] ** 0.5), "values' size"),
    (_attention(soft=lambda scores: scores.nan_to_num(neginf=0.0)), "without a softmax"),
    (_attention(keys=True), "keys were read"),
    (_attention(hide="small"), "hidden place must get none"),
    (_naive, "gave NaN"),
    (lambda Q, K, V, mask, scaled=False: _attention()(Q, K, V, mask, scaled), "that is its default"),
    (
        _attention(soft=lambda scores: (scores > -np.inf) / (scores > -np.inf).sum(1, keepdim=True).double()),
        "same weight",
    ),
]


def _path(layers, steps, skip, moves=lambda steps: steps - 1, rest_costs=None):
    skips, rest = divmod(moves(steps), skip) if skip else (0, steps - 1)
    cost = layers if rest_costs is None or not skip else rest_costs
    return layers + skips + rest * cost + 1


def _rounded_path(layers, steps, skip):
    skips = math.floor((steps - 1) / skip + 0.5) if skip else 0
    return layers + skips + layers * abs(steps - 1 - skips * skip) + 1


WRONG["10.5"] = [
    (_rounded_path, "no edge leads back"),
    (lambda layers, steps, skip: steps + layers, "there is no skip connection"),
    (lambda layers, steps, skip: steps * layers + 1, "not used"),
    (lambda layers, steps, skip: steps + layers if skip else steps * layers + 1, "4 steps later"),
    (lambda layers, steps, skip: layers - (1 - steps) // skip + 1 if skip else layers * steps + 1, "beyond the end"),
    (lambda layers, steps, skip: _path(layers, steps, skip, rest_costs=0), "are missing"),
    (lambda layers, steps, skip: _path(layers, steps, skip, rest_costs=1), "not along one edge"),
    (lambda layers, steps, skip: _path(layers, steps, skip, moves=lambda s: s if s > 4 else s - 1), "moves, not steps"),
    (lambda layers, steps, skip: 1 + _path(layers, steps, skip), "edges, not nodes"),
    (lambda layers, steps, skip: -1 + _path(layers, steps, skip), "is missing"),
    (lambda layers, steps, skip: -2 + _path(layers, steps, skip), "is missing"),
    (lambda layers, steps, skip: layers + (steps - 1) // skip + (steps - 1) % skip * layers + 1, "raised"),
    (lambda layers, steps, skip: layers * steps + 1 if skip else steps + layers, "there is no skip connection"),
]


def _evaluate(combine, leaf=lambda tree: tree):
    """Make a wrong answer of 10.6 from what it does at a node."""

    def evaluate(tree, f):
        if not isinstance(tree, tuple):
            return leaf(tree)
        return combine(evaluate, tree, f)

    return evaluate


def _memo_by_operation():
    def evaluate(tree, f, memo=None):
        memo = {} if memo is None else memo
        if not isinstance(tree, tuple):
            return tree
        if tree[0] not in memo:
            memo[tree[0]] = f(tree[0], evaluate(tree[1], f, memo), evaluate(tree[2], f, memo))
        return memo[tree[0]]

    return evaluate


def _memo_for_ever():
    memo = {}

    def evaluate(tree, f):
        if not isinstance(tree, tuple):
            return tree
        if tree not in memo:
            memo[tree] = f(tree[0], evaluate(tree[1], f), evaluate(tree[2], f))
        return memo[tree]

    return evaluate


def _root_operation(tree, f):
    def go(part):
        return f(tree[0], go(part[1]), go(part[2])) if isinstance(part, tuple) else part

    return go(tree)


def _from_left(tree, f):
    def leaves(part):
        return leaves(part[1]) + leaves(part[2]) if isinstance(part, tuple) else [part]

    value, *rest = leaves(tree)
    for leaf in rest:
        value = f(tree[0], value, leaf)
    return value


def _edges(tree, f):
    def edge(part, side):
        return edge(part[side], side) if isinstance(part, tuple) else part

    return f(tree[0], edge(tree, 1), edge(tree, 2)) if isinstance(tree, tuple) else tree


def _twice(evaluate, tree, f):
    f(tree[0], evaluate(tree[1], f), evaluate(tree[2], f))
    return f(tree[0], evaluate(tree[1], f), evaluate(tree[2], f))


WRONG["10.6"] = [
    (_evaluate(lambda again, tree, f: f(tree[0], again(tree[2], f), again(tree[1], f))), "swapped"),
    (_memo_by_operation(), "value of another one"),
    (_memo_for_ever(), "remembered from one call"),
    (_root_operation, "operation of the root"),
    (_from_left, "follow the tree"),
    (_edges, "leftmost and rightmost"),
    (_evaluate(lambda again, tree, f: again(tree[1], f)), "left subtree only"),
    (_evaluate(_twice), "evaluate each node once"),
    (lambda tree, f: f(*tree) if isinstance(tree, tuple) else tree, "raised"),
    (lambda tree, f: tree, "returned a tree"),
    (_evaluate(lambda again, tree, f: f(tree[0], again(tree[1], f), again(tree[2], f)), leaf=float), "raised"),
]


WRONG["10.7"] = [
    (lambda rho, factor: np.log(factor) / np.log10(rho), "different bases"),
    (lambda rho, factor: np.log10(factor) / np.log(rho), "different bases"),
    (lambda rho, factor: np.log2(factor) / np.log(rho), "different bases"),
    (lambda rho, factor: -np.log(factor) / np.log(rho), "come out negative"),
    (lambda rho, factor: np.log(factor) / -np.abs(np.log(rho)), "for rho above 1 the sign is wrong"),
    (lambda rho, factor: np.log(rho) / np.log(factor), "upside down"),
    (lambda rho, factor: (1 - factor) / (1 - rho), "geometrically"),
    (lambda rho, factor: factor / rho, "geometrically"),
    (lambda rho, factor: np.log(factor) / (rho - 1), "not the same as rho − 1"),
    (lambda rho, factor: -1 / np.log(rho), "whatever factor"),
    (lambda rho, factor: np.ceil(np.log(factor) / np.log(rho)), "rounded"),
    (lambda rho, factor: np.floor(np.log(factor) / np.log(rho)), "rounded"),
    (lambda rho, factor: np.log(factor / rho), "take logarithms of both"),
    (lambda rho, factor: next(t for t in range(10**6) if (rho**t <= factor) == (rho < 1)), "rounded"),
]


def _by(radius, times=True):
    def scale_spectral_radius(W, rho):
        r = radius(W)
        return W * ((rho if times else 1) / r) if r != 0 else W.copy()

    return scale_spectral_radius


def _largest_real(W):
    values = np.linalg.eigvals(W)
    real = values[np.abs(values.imag) < 1e-9].real
    return real.max() if len(real) else 1.0


def _modulus(W):
    return np.abs(np.linalg.eigvals(W)).max()


def _no_guard(W, rho):
    return W * (rho / _modulus(W))


def _in_place_b(W, rho):
    W *= rho / _modulus(W)
    return W


def _complex(W, rho):
    values = np.linalg.eigvals(W).astype(complex)
    return W * (rho / values[np.abs(values).argmax()])


WRONG["10.8"] = [
    (_by(lambda W: np.linalg.norm(W, 2)), "singular value"),
    (_by(lambda W: np.linalg.eigvals(W).real.max()), "largest real part"),
    (_by(lambda W: np.abs(np.linalg.eigvals(W).real).max()), "largest real part"),
    (_by(_largest_real), "largest real part"),
    (lambda W, rho: rho * W, "not divided by its own radius"),
    (_by(_modulus, times=False), "not multiplied by rho"),
    (lambda W, rho: rho * _modulus(W) * W, "divide by it"),
    (_by(np.linalg.norm), "Frobenius"),
    (_by(lambda W: np.abs(np.linalg.eigvals(W)).mean()), "mean of the moduli"),
    (_by(lambda W: np.abs(np.linalg.eigvalsh(W)).max()), "eigvalsh"),
    (_by(lambda W: np.abs(W).max()), "largest entry"),
    (_by(lambda W: np.abs(np.linalg.eigvals(W)[0])), "does not sort"),
    (_by(lambda W: np.abs(np.linalg.eigvals(W)[-1])), "does not sort"),
    (lambda W, rho: np.sqrt(rho / _modulus(W)) * W if _modulus(W) else W, "root is too much"),
    (_no_guard, "inf or nan"),
    (lambda W, rho: W * min(1, rho / max(_modulus(W), 1e-30)), "larger or smaller before"),
    (_in_place_b, "changed its input"),
    (_complex, "complex"),
]


WRONG["10.9"] = [
    (lambda n: 1 - 1 / n, "rule of thumb"),
    (lambda n: np.exp(-1 / n), "e-folding"),
    (lambda n: 1 - 2 ** (-1 / n), "weight of the new input"),
    (lambda n: 0.5**n, "shrink with n"),
    (lambda n: 2 ** (1 / n), "below 1"),
    (lambda n: 1 - np.log(2) / n, "only comes close"),
    (lambda n: 1 - 0.5 / n, "only comes close"),
    (lambda n: 0.5 / n, "n-th part"),
    (lambda n: 1 / n, "wrong way round"),
    (lambda n: float(0.5 ** (1 / np.asarray(n))), "raised TypeError"),
]


def _sigmoid(a):
    return 1 / (1 + np.exp(-a))


def _cell(order="ifgo", gates=_sigmoid, content=np.tanh, squash=np.tanh, change=None):
    def lstm_cell(x, h, s, U, W, b):
        parts = dict(zip(order, np.split(x @ U.T + h @ W.T + b, 4, axis=1), strict=True))
        i, f, o = (gates(parts[name]) for name in "ifo")
        g = content(parts["g"])
        if change:
            return change(i, f, g, o, s)
        s = f * s + i * g
        return o * squash(s), s

    return lstm_cell


def _tanh_pair(s_new, o):
    return o * np.tanh(s_new), s_new


WRONG["10.10"] = [
    (_cell("figo"), "forget gate and the input gate are swapped"),
    (_cell("ifog"), "Content and output gate are swapped"),
    (_cell("igfo"), "Forget gate and content are swapped"),
    (_cell("fiog"), "another order"),
    (_cell(gates=np.tanh), "went through tanh"),
    (_cell(gates=lambda a: a), "lack their sigmoid"),
    (_cell(content=_sigmoid), "content went through a sigmoid"),
    (_cell(content=lambda a: a), "content lacks"),
    (_cell(squash=lambda a: a), "tanh of the state is missing"),
    (_cell(squash=_sigmoid), "not times a sigmoid"),
    (_cell(change=lambda i, f, g, o, s: _tanh_pair(f * s + o * g, o)), "updated with the output gate"),
    (_cell(change=lambda i, f, g, o, s: _tanh_pair(o * s + i * g, o)), "forget gate's work"),
    (_cell(change=lambda i, f, g, o, s: _tanh_pair(f * s + i * g, i)), "let out by the input gate"),
    (_cell(change=lambda i, f, g, o, s: (o * np.tanh(s), f * s + i * g)), "from the old state"),
    (_cell(change=lambda i, f, g, o, s: _tanh_pair(f * s + (1 - f) * g, o)), "as in a GRU"),
    (_cell(change=lambda i, f, g, o, s: _tanh_pair(f * s + i * g, o)[::-1]), "wrong order"),
    (_cell(change=lambda i, f, g, o, s: o * np.tanh(f * s + i * g)), "two arrays"),
    (_cell(change=lambda i, f, g, o, s: _tanh_pair(f * s + g, o)), "input gate is missing"),
    (_cell(change=lambda i, f, g, o, s: _tanh_pair(s + i * g, o)), "forget gate is missing"),
    (_cell(change=lambda i, f, g, o, s: _tanh_pair(f * s + i * g, 1)), "output gate is missing"),
    (_cell(change=lambda i, f, g, o, s: _tanh_pair(np.tanh(f * s + i * g), o)), "not squashed"),
    (lambda x, h, s, U, W, b: _cell()(x, h, s, U, np.concatenate([w.T for w in np.split(W, 4)]), b), "transposed"),
    (lambda x, h, s, U, W, b: _cell()(x, h, s, U, W, 0 * b), "bias is missing"),
    (lambda x, h, s, U, W, b: _cell()(x, 0 * h, s, U, W, b), "recurrent part"),
    (lambda x, h, s, U, W, b: _cell()(x, s, s, U, W, b), "look at h"),
]


def _all(grads):
    return np.sqrt(sum((g**2).sum() for g in grads))


def _times(factor):
    return lambda grads, v: [factor(_all(grads), v, grads) * g for g in grads]


def _in_place_clip(grads, v):
    norm = _all(grads)
    for g in grads:
        g *= min(1, v / norm) if norm > 0 else 1
    return grads


WRONG["10.11"] = [
    (lambda grads, v: [g * min(1, v / max(np.linalg.norm(g), 1e-12)) for g in grads], "its own norm"),
    (_times(lambda norm, v, grads: v / max(norm, 1e-12)), "scaled up"),
    (_times(lambda norm, v, grads: min(norm, v) / norm), "division by zero"),
    (lambda grads, v: [np.clip(g, -v, v) for g in grads], "by value"),
    (lambda grads, v: [g.copy() for g in grads], "came back unchanged"),
    (_times(lambda norm, v, grads: 1 / norm if norm > v else 1), "scaled to norm 1"),
    (_times(lambda norm, v, grads: v / norm**2 if norm > v else 1), "root is missing"),
    (_times(lambda norm, v, grads: v / max(np.abs(g).max() for g in grads) if norm > v else 1), "largest entry"),
    (
        _times(lambda norm, v, grads: min(1, v / max(sum(np.linalg.norm(g) for g in grads), 1e-12))),
        "norms of the arrays were added",
    ),
    (_times(lambda norm, v, grads: norm / v if norm > v else 1), "upside down"),
    (_times(lambda norm, v, grads: v / (norm + 1e-6) if norm > v else 1), "as torch does"),
    (
        _times(lambda norm, v, grads: min(1, v / max(norm / np.sqrt(sum(g.size for g in grads)), 1e-12))),
        "mean square",
    ),
    (_in_place_clip, "were changed"),
    (lambda grads, v: grads[0] * min(1, v / max(_all(grads), 1e-12)), "list of as many"),
]


def _softmax(a, axis=1):
    w = np.exp(a - a.max(axis=axis, keepdims=True))
    return w / w.sum(axis=axis, keepdims=True)


def _cosines(M, K):
    lengths = np.outer(np.linalg.norm(K, axis=1), np.linalg.norm(M, axis=1))
    return K @ M.T / np.where(lengths > 0, lengths, 1)


def _overflows(M, K, beta):
    w = np.exp(np.minimum(beta * _cosines(M, K), 1e4))
    return w / w.sum(axis=1, keepdims=True)


def _one_bound_for_all(M, K, beta):
    w = np.exp(beta * (_cosines(M, K) - 1))  # a key that nothing resembles divides 0 by 0
    return w / w.sum(axis=1, keepdims=True)


def _cut_off(M, K, beta):
    w = np.exp(np.clip(beta * _cosines(M, K), -700, 700))
    return w / w.sum(axis=1, keepdims=True)


def _no_zero(M, K, beta):
    return _softmax(beta * (K @ M.T) / np.outer(np.linalg.norm(K, axis=1), np.linalg.norm(M, axis=1)))


WRONG["10.12"] = [
    (lambda M, K, beta: _softmax(beta * K @ M.T), "long cell wins"),
    (lambda M, K, beta: _softmax(beta * K @ M.T / np.linalg.norm(K, axis=1)[:, None]), "long cell wins"),
    (lambda M, K, beta: _softmax(beta * K @ M.T / np.linalg.norm(M, axis=1)), "long keys read"),
    (lambda M, K, beta: beta * _softmax(_cosines(M, K)), "outside the softmax"),
    (lambda M, K, beta: _softmax(_cosines(M, K)), "no effect"),
    (lambda M, K, beta: _softmax(beta * _cosines(M, K), axis=0), "columns sum to 1"),
    (lambda M, K, beta: np.exp(beta * _cosines(M, K)) / np.exp(beta * _cosines(M, K)).sum(), "over everything"),
    (lambda M, K, beta: _cosines(M, K) / _cosines(M, K).sum(axis=1, keepdims=True), "exponential is missing"),
    (lambda M, K, beta: np.exp(beta * _cosines(M, K)), "not yet divided"),
    (lambda M, K, beta: beta * _cosines(M, K), "without a softmax"),
    (lambda M, K, beta: _softmax(-beta * ((K[:, None] - M[None]) ** 2).sum(axis=2)), "by distance"),
    (lambda M, K, beta: _softmax(-beta * _cosines(M, K)), "resembles the key least"),
    (lambda M, K, beta: _softmax(_cosines(M, K) / beta), "divides the cosines"),
    (lambda M, K, beta: _softmax(beta * _cosines(M, K)).T, "one row per key"),
    (lambda M, K, beta: _softmax(beta * K), "per feature"),
    (lambda M, K, beta: _softmax(beta * _cosines(M, K)) @ M, "per feature"),
    (_overflows, "exp overflows"),
    (_one_bound_for_all, "exp overflows"),
    (_cut_off, "nearly a look-up"),
    (_no_zero, "length 0 gave nan"),
]
