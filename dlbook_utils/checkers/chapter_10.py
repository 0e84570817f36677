"""Checkers of chapter 10, Sequence Modeling: Recurrent and Recursive Nets."""

import math

import numpy as np

from dlbook_utils.check import Wrong, as_numbers, exercise, expect, expect_close, show_value


@exercise(
    "10.1",
    "unfold(f, s0, xs)",
    level="warm-up",
    hints=(
        "Begin with last_state: what has to be kept in each round, and where?",
        "Make an empty list before the loop, and append the new state in each round.",
        "s = f(s, x), then append s; s0 itself is never appended.",
    ),
)
def check_unfold(answer, rng):
    a, b = rng.uniform(0.3, 0.8, 2)

    def f(s, x):
        return a * s + b * np.sin(x) * s[::-1] + x

    for size, tau in ((2, 1), (2, 3), (3, 0), (3, 8)):
        s0, xs = rng.standard_normal(size), rng.standard_normal((tau, size))
        states = [s0]
        for x in xs:
            states.append(f(states[-1], x))
        _judge_states(answer(f, s0, list(xs)), states, xs, f)
    return "Every state is kept, and each has its own array."


def _judge_states(returned, states, xs, f):
    """Compare a list of states with s(0), …, s(tau), and name the mistake."""
    tau, call = len(xs), f"unfold(f, s0, xs) with {len(xs)} item{'s' * (len(xs) != 1)}"
    expect(
        isinstance(returned, list | tuple | np.ndarray), f"{call} returned {type(returned).__name__}, expected a list."
    )
    try:
        got = np.asarray(returned, dtype=float)
    except (TypeError, ValueError):
        raise Wrong(f"{call}: each entry of the list should be a state of the same size as s0.") from None
    if tau == 0:
        expect(len(got) == 0, "For an empty xs there is no state to keep: return an empty list, without s(0).")
        return
    s0, right = states[0], np.array(states[1:])

    def same(wrong):
        wrong = np.asarray(wrong)
        return got.shape == wrong.shape and np.allclose(got, wrong, atol=1e-9)

    if same(right):
        return
    expect(
        not same(states),
        f"{call}: s(0) is in the list. It is given; the list starts with the state after the first item.",
    )
    expect(not same(right[-1]), f"{call} returned only the last state; all of them are wanted.")
    expect(not same([right[-1]]) or tau == 1, f"{call} returned only the last state; all of them are wanted.")
    expect(not same(states[:-1]), f"{call}: the list ends one state too early: s(0) is in it, the last state is not.")
    expect(
        not (tau > 1 and same([right[-1]] * tau)),
        f"{call}: all entries are the last state. One array was overwritten again and again; the list holds it {tau} times.",
    )
    expect(not same([f(s0, x) for x in xs]), f"{call}: each step started from s(0); start from the state before it.")
    expect(not same(right[::-1]), f"{call}: the states stand in reverse order.")
    backwards, s = [], s0
    for x in xs[::-1]:
        s = f(s, x)
        backwards.append(s)
    expect(
        not same(backwards) and not same(backwards[::-1]),
        f"{call}: the items were read from the end; read them in their order.",
    )
    raise Wrong(
        f"{call} returned {len(got)} entries that are not the states; entry t should be f(entry t - 1, item t)."
    )


@exercise(
    "10.2",
    "bptt_W(hs, W, dL_dh)",
    level="core",
    hints=(
        "Go backwards in time, and carry along what comes back from the later steps; it is 0 at the end.",
        "At each step, add the direct and the later part, pass it through the tanh: (1 - h^2) times that sum is da.",
        "W gets the outer product of da with the state *before* the step; what comes back one step further is W.T @ da.",
    ),
)
def check_bptt_W(answer, rng):
    import torch

    for n, T in ((2, 1), (2, 2), (3, 3), (4, 7)):
        hs = torch.tensor(np.tanh(rng.standard_normal((T + 1, n))))
        W, dL_dh = torch.tensor(rng.standard_normal((n, n))), torch.tensor(rng.standard_normal((T, n)))
        right = _bptt(hs, W, dL_dh)
        mistakes = {
            "The outer product is turned round: rows belong to da, columns to the state before.": right.T,
            "The tanh is missing: multiply with 1 - h^2 on the way back.": _bptt(hs, W, dL_dh, slope=False),
            "The factor of the tanh belongs to the state that the step made, h(t), not to the one before it.": _bptt(
                hs, W, dL_dh, slope_of=0
            ),
            "W was multiplied with the state *before* the step; you took the one after it.": _bptt(
                hs, W, dL_dh, factor=1
            ),
            "Going back through W takes its transpose.": _bptt(hs, W.T, dL_dh),
            "Nothing comes back from later steps: each step has only its direct part.": _bptt(hs, 0 * W, dL_dh),
            "That is the share of the last step only; W took part in every step.": _bptt(hs, W, dL_dh, which=[T - 1]),
            "That is the share of the first step only; add up those of all steps.": _bptt(hs, W, dL_dh, which=[0]),
            "Only the gradient of the last step was sent back; every step has a direct part of its own.": _bptt(
                hs, W, dL_dh * (torch.arange(T) == T - 1)[:, None]
            ),
            "The shares of the steps were averaged; they add up.": right / T,
            "The blame was carried forwards in time; start at the last step and go back.": _bptt(
                hs, W, dL_dh, order=range(T)
            ),
            "What comes back was carried one step only; each step passes on what it got itself, too.": _bptt(
                hs, W, dL_dh, once=True
            ),
            "The slope of tanh is 1 - h^2, not 1 - h.": _bptt(hs, W, dL_dh, slope=lambda h: 1 - h),
            "What comes back is added after the tanh's factor; both parts have to pass through it.": _bptt(
                hs, W, dL_dh, late=True
            ),
        }
        mistakes = {message: wrong for message, wrong in mistakes.items() if not torch.allclose(wrong, right)}
        expect_close(
            answer, (hs, W, dL_dh), right.numpy(), mistakes=mistakes, hint="Compare with the recursion in 10.2."
        )
    return "Blame flows back through time, and W is charged at every step."


def _bptt(hs, W, dL_dh, *, slope=True, slope_of=1, factor=0, which=None, late=False, order=None, once=False):
    """Return the gradient by W, with the mistakes that the keywords name."""
    import torch

    dW, later = torch.zeros_like(W), torch.zeros_like(hs[0])
    for t in reversed(range(len(dL_dh))) if order is None else order:
        h = hs[t + slope_of]
        g = slope(h) if callable(slope) else 1 - h**2 if slope else torch.ones_like(h)
        da = g * dL_dh[t] + later if late else g * (dL_dh[t] + later)
        if which is None or t in which:
            dW += torch.outer(da, hs[t + factor])
        later = W.T @ (g * dL_dh[t] if once else da)
    return dW


@exercise(
    "10.3",
    "reverse_padded(x, lengths)",
    level="core",
    hints=(
        "For one sequence of length l: from which row comes row t, if t < l, and if not?",
        "Row t comes from row l - 1 - t while t < l, and stays where it is after that.",
        "A loop over the m sequences will do: clone x, and set out[:l, i] = x[:l, i].flip(0).",
    ),
)
def check_reverse_padded(answer, rng):
    import torch

    for T, lengths, n in ((5, [2, 3], 2), (3, [3], 1), (4, [2], 1), (5, [5, 2, 3], 2), (7, [1, 7, 4, 6], 3)):
        x = rng.uniform(0.5, 2, (T, len(lengths), n)) * rng.choice([-1, 1], (T, len(lengths), n))
        for i, length in enumerate(lengths):
            x[length:, i] = 0
        marked = x.copy()
        for i, length in enumerate(lengths):  # padding that can be told apart: it must not move either
            marked[length:, i] = 100 + np.arange(T - length)[:, None]
        for given in (marked, x):
            right = given.copy()
            for i, length in enumerate(lengths):
                right[:length, i] = given[:length, i][::-1]
            _judge_reversed(answer, torch.tensor(given), torch.tensor(lengths), right)
    return "Each sequence is turned round within its own length, and its padding stays behind."


def _judge_reversed(answer, x, lengths, right):
    given, before = x.numpy().copy(), x.clone()
    T, longest = len(given), int(lengths.max())
    pushed = right.copy()
    zeroed = right.copy()
    by_longest, off_by_one = given.copy(), given[::-1].copy()
    by_longest[:longest] = given[:longest][::-1]
    for i, length in enumerate(lengths.tolist()):
        pushed[: T - length, i], pushed[T - length :, i] = given[length:, i], given[:length, i][::-1]
        zeroed[length:, i] = 0
        off_by_one[:, i] = given[:, i]
        k = min(length + 1, T)
        off_by_one[:k, i] = given[:k, i][::-1]
    mistakes = {
        "The whole sequence was turned round, so its padding comes first.": given[::-1],
        "The padding was moved to the front; it stays behind.": pushed,
        "Nothing was turned round.": given,
        "All sequences were turned round within the longest length, not each within its own.": by_longest,
        "The padding was replaced by zeros; whatever stands there should stay.": zeroed,
        "Each sequence was turned together with one row of its padding: length l means rows 0 … l - 1.": off_by_one,
        "The features were turned round, not the steps.": given[..., ::-1],
        "The sequences of the minibatch changed places; turn round the steps, the first dimension.": given[:, ::-1],
    }
    mistakes = {m: w for m, w in mistakes.items() if w.shape != right.shape or not np.allclose(w, right)}
    returned = answer(x, lengths)
    got, hint = as_numbers(answer, (x, lengths), returned, right.shape), ""
    if got.shape == right.shape and (got != right).any():
        t, i = np.argwhere((got != right).any(axis=2))[0]
        hint = f"The first difference: row {t} of sequence {i}, which has the length {int(lengths[i])}."
    expect_close(answer, (x, lengths), right, mistakes=mistakes, hint=hint)
    expect(hasattr(returned, "detach"), "reverse_padded should return a torch tensor.")
    answer.function(x, lengths)
    expect(bool((x == before).all()), "reverse_padded changed its input x; work on a clone.")


@exercise(
    "10.4",
    "attention(Q, K, V, mask, scaled=True)",
    level="core",
    hints=(
        "Scores are the dot products of every query with every key: a matrix (n_q, n_s). Over which of the two do the weights sum to 1?",
        "A place that may not be looked at needs a score whose exponential is 0.",
        "Q @ K.T, divided by d**0.5 if scaled, masked_fill(~mask, -torch.inf), softmax with dim=1, and then @ V.",
    ),
)
def check_attention(answer, rng):
    import torch

    for n_q, n_s, d, d_v in ((1, 2, 3, 3), (2, 3, 5, 2), (4, 4, 6, 6), (3, 5, 16, 2)):
        for scaled, masked in ((False, False), (True, False), (False, True), (True, True)):
            Q, K = rng.standard_normal((n_q, d)), rng.standard_normal((n_s, d))
            V = rng.standard_normal((n_s, d_v)) + 2
            mask = np.ones((n_q, n_s), bool)
            if masked:
                mask = rng.random((n_q, n_s)) < 0.6
                mask[:, 0], mask[:, -1] = True, False  # one place to look at, one to hide
            _judge_attention(answer, [torch.tensor(v) for v in (Q, K, V, mask)], scaled)
    _judge_large(answer, rng)
    Q, K, V = (torch.tensor(rng.standard_normal((3, 4))) for _ in range(3))
    mask = torch.ones(3, 3, dtype=torch.bool)
    got, right = (
        as_numbers(answer, (Q, K, V, mask), answer(Q, K, V, mask, **how), (3, 4)) for how in ({}, {"scaled": True})
    )
    expect(
        got.shape == right.shape and np.allclose(got, right),
        "attention(Q, K, V, mask), without scaled, is not what it is with scaled=True; that is its default.",
    )
    return "Weights over what may be seen, which sum to 1, and a scale that fits the dimension."


def _attend(Q, K, V, mask, scale, *, dim=1, hide="before", turn=False):
    """Return what attention reads, with the mistakes that the keywords name."""
    import torch

    scores = Q @ K.T * scale
    keep = ~mask if turn else mask
    if hide == "before":
        scores = scores.masked_fill(~keep, -torch.inf)
    elif hide == "zero":
        scores = scores * keep
    weights = torch.softmax(scores, dim=dim)
    if hide == "after":
        weights = weights * keep
    return torch.nan_to_num(weights, nan=0.0) @ V


def _judge_attention(answer, given, scaled):
    Q, K, V, mask = given
    d = Q.shape[1]
    scale = d**-0.5 if scaled else 1.0
    right = _attend(*given, scale)
    mistakes = {
        "The softmax runs over the queries: the weights of one query should sum to 1 over the places it reads.": [
            _attend(*given, scale, dim=0),
            _attend(*given, scale, dim=0, hide="after"),
        ],
        "The mask was applied after the softmax, and the rest was not brought back to a sum of 1.": _attend(
            *given, scale, hide="after"
        ),
        "A hidden place got the score 0, and exp(0) = 1 is a weight; it needs the score of minus infinity.": _attend(
            *given, scale, hide="zero"
        ),
        "The mask is turned round: true means that the query may look.": _attend(*given, scale, turn=True),
        "The mask was ignored.": _attend(*given, scale, hide="no"),
        "scaled=True divides the scores by the root of d, the size of a query; here nothing was divided."
        if scaled
        else "scaled=False leaves the scores as they are; here they were divided.": _attend(
            *given, 1.0 if scaled else d**-0.5
        ),
        "The scores were divided by d, not by its root.": _attend(*given, 1 / d),
        "The root of the number of places was taken; it is that of d, the size of a query.": _attend(
            *given, len(K) ** -0.5
        ),
        "The values' size was taken for the root; it is that of d, the size of a query.": _attend(
            *given, V.shape[1] ** -0.5
        ),
        "Those are sums of values without a softmax; the weights should be positive and sum to 1.": (
            Q @ K.T * scale * mask
        )
        @ V,
        "The keys were read, not the values.": _attend(Q, K, K, mask, scale),
        "All places got the same weight.": (mask / mask.sum(dim=1, keepdim=True).double()) @ V,
    }
    call = f"attention(Q, K, V, mask, scaled={scaled})"
    returned = answer(Q, K, V, mask, scaled=scaled)
    got = as_numbers(answer, given, returned, tuple(right.shape))
    if got.shape == right.shape and np.allclose(got, right.numpy(), rtol=1e-7, atol=1e-9):
        return
    shape = f"Q {tuple(Q.shape)}, K {tuple(K.shape)}, V {tuple(V.shape)}"
    for message, ways in mistakes.items():
        for wrong in ways if isinstance(ways, list) else [ways]:
            different = wrong.shape == right.shape and not np.allclose(wrong.numpy(), right.numpy(), atol=1e-6)
            if different and got.shape == wrong.shape and np.allclose(got, wrong.numpy(), rtol=1e-6, atol=1e-8):
                raise Wrong(f"{message} Seen with {call}, {shape}.")
    expect(got.shape == right.shape, f"{call} has shape {got.shape}, expected {tuple(right.shape)} for {shape}.")
    expect(
        np.isfinite(got).all(),
        f"{call} returned NaN or infinity for {shape}: was every place of some row hidden, or did exp overflow?",
    )
    raise Wrong(f"{call} differs from the weighted means by {np.abs(got - right.numpy()).max():.3g} for {shape}.")


def _judge_large(answer, rng):
    """Scores of hundreds and thousands, with both signs."""
    import torch

    V = torch.tensor(rng.standard_normal((3, 2)))
    mask = torch.tensor([[True, True, False]])
    for a, b in ((1900.0, 800.0), (-1500.0, -1800.0)):
        Q, K = torch.tensor([[1.0, 0]]).double(), torch.tensor([[a, 1], [b, 2], [2000, 3]]).double()
        got = as_numbers(answer, (Q, K, V, mask), answer(Q, K, V, mask, scaled=False), (1, 2))
        expect(
            np.isfinite(got).all(),
            f"The scores {a:g} and {b:g} gave NaN: exp left the range of numbers. torch.softmax subtracts the largest score first.",
        )
        expect(
            np.allclose(got[0], V[0].numpy(), atol=1e-6),
            f"For the scores {a:g} and {b:g} all of the weight belongs to the first place; a hidden place must get none, however "
            "large its score.",
        )


@exercise(
    "10.5",
    "path_length(layers, steps, skip)",
    level="core",
    hints=(
        "The path climbs to the top of the first step, then it has to move on by steps − 1 steps, then it leaves. What does a move cost?",
        "To move on by one step through the layers costs `layers` edges; a skip moves on by `skip` steps for one edge. No skip may go beyond the end.",
        "divmod(steps − 1, skip) says how many skips fit and how many moves are left; mind skip = 0, which has none.",
    ),
)
def check_path_length(answer, rng):
    cases = [
        (2, 4, 0),
        (1, 1, 0),
        (1, 4, 0),
        (3, 1, 0),
        (2, 4, 1),
        (3, 1, 1),
        (1, 1, 2),
        (5, 11, 4),
        (3, 4, 9),
        (3, 8, 4),
    ]
    cases += [tuple(int(v) for v in (rng.integers(1, 9), rng.integers(1, 30), rng.integers(0, 6))) for _ in range(12)]
    for k, t, d in cases:
        right = _path_by_search(k, t, d)
        mistakes = _mistaken_paths(k, t, d) | {
            "Count edges, not nodes: with both ends there is one node more than edges.": right + 1,
            "The edge from the input to the first layer, or the one to the output, is missing.": [right - 1, right - 2],
        }
        expect_close(answer, (k, t, d), right, mistakes={m: w for m, w in mistakes.items() if w != right})
    return "Up once, along the skips as far as they go, and the rest through the layers."


def _mistaken_paths(k, t, d):
    if d == 0:
        return {"skip=0 means that there is no skip connection: every step goes through all layers.": t + k}
    mistakes = {"The skips were not used; each crosses its steps with a single edge.": k * t + 1}
    if d == 1:
        return mistakes
    skips, rest = divmod(t - 1, d)
    return mistakes | {
        f"A skip goes from the top layer to the top layer {d} steps later, not to the next step.": t + k,
        "The last skip goes beyond the end. What is left over must go through the layers.": k + skips + (rest > 0) + 1,
        "The steps that no skip covers are missing.": k + skips + 1,
        "A step that no skip covers goes through all layers, not along one edge.": k + skips + rest + 1,
        "From the first step to the last there are steps − 1 moves, not steps.": k + t // d + t % d * k + 1,
        "No skip leads beyond the last step, and no edge leads back: round the number of skips down.": k
        + (skips + 1)
        + k * (d - rest)
        + 1,
    }


def _path_by_search(layers, steps, skip):
    """Return the length of the shortest path, step by step: what the top layer of each step costs to reach."""
    reached = [layers]
    for t in range(1, steps):
        ways = [reached[t - 1] + layers] + ([reached[t - skip] + 1] if 0 < skip <= t else [])
        reached.append(min(ways))
    return reached[-1] + 1


@exercise(
    "10.6",
    "evaluate(tree, f)",
    level="core",
    hints=(
        "What is the value of a leaf? That is the case that ends the recursion.",
        "A triple needs the values of its two subtrees first; let evaluate find them.",
        "return f(operation, evaluate(left, f), evaluate(right, f)), and the tree itself when it is not a tuple.",
    ),
)
def check_evaluate(answer, rng):
    a, b, c = (float(v) for v in rng.uniform(1, 2, 3))
    expect(_number(answer, a, _combine) == a, "A leaf is its own value: evaluate(leaf, f) should return the leaf.")
    _compare(answer, ("-", a, b), "one node")
    _compare(answer, ("-", ("-", a, b), c), "a chain that leans to the left")
    _compare(answer, ("-", a, ("-", b, c)), "a chain that leans to the right")
    _compare(answer, ("+", ("-", a, b), ("*", c, a)), "two operations, and one of another kind above")
    twice = ("-", ("*", a, b), ("*", b, c))  # the same operation with other leaves
    _compare(answer, twice, "the same operation twice, with other leaves")
    same = ("-", a, b)
    first, second = (_number(answer, same, f) for f in (_combine, lambda o, u, v: 10 + _combine(o, u, v)))
    expect(
        math.isclose(second, first + 10),
        "The same tree with another f got the old value: something is remembered from one call to the next.",
    )
    for depth in (3, 5):
        _compare(answer, _random_tree(depth, rng), f"a random tree of depth {depth}")
    calls = []

    def counting(operation, u, v):
        calls.append((operation, u, v))
        return _combine(operation, u, v)

    tree = _random_tree(4, rng)
    _number(answer, tree, counting)
    nodes = _count(tree)
    expect(
        len(calls) == nodes,
        f"f was called {len(calls)} times for a tree with {nodes} inner nodes; evaluate each node once, and keep its value.",
    )
    words = answer(("x", ("y", "a", "b"), "c"), lambda o, u, v: f"({u}{o}{v})")
    expect(
        words == "((ayb)xc)",
        f"Leaves may be anything but tuples: with texts the answer should be ((ayb)xc), not {words!r}.",
    )
    return "From the leaves up, each node once, left before right."


def _combine(operation, u, v):
    return {"-": u - v, "+": u + v, "*": u * v - 0.5 * u}[operation]


def _random_tree(depth, rng):
    if depth == 0:
        return float(rng.uniform(1, 2))
    parts = [_random_tree(depth - 1, rng), _random_tree(int(rng.integers(depth)), rng)]
    first = int(rng.integers(2))
    return "-+*"[rng.integers(3)], parts[first], parts[1 - first]


def _count(tree):
    return 1 + _count(tree[1]) + _count(tree[2]) if isinstance(tree, tuple) else 0


def _variant(tree, f, combine):
    """Evaluate with combine(f, operation, left, right, value of left, value of right) at each node."""
    if not isinstance(tree, tuple):
        return tree
    u, v = (_variant(part, f, combine) for part in tree[1:])
    return combine(f, tree[0], u, v)


def _number(answer, tree, f):
    value = answer(tree, f)
    if isinstance(value, tuple):
        raise Wrong("evaluate returned a tree; apply f at each node until one value is left.")
    return float(as_numbers(answer, (tree, f), value, ()).reshape(()))


def _compare(answer, tree, name):
    got, right = _number(answer, tree, _combine), _variant(tree, _combine, lambda f, o, u, v: f(o, u, v))
    if math.isclose(got, right, rel_tol=1e-9, abs_tol=1e-9):
        return
    top = tree[0]
    wrong = {
        "The children are swapped: f gets the left value before the right one.": [
            _variant(tree, _combine, lambda f, o, u, v: f(o, v, u))
        ],
        "Every node used the operation of the root; each has its own.": [
            _variant(tree, _combine, lambda f, o, u, v: f(top, u, v))
        ],
        "A subtree with the same operation got the value of another one: something is remembered that should not be.": [
            _with_memo(tree, {})
        ],
        "Only the leftmost and rightmost leaves were used; inner nodes have values of their own.": [
            _combine(top, _edge(tree, 1), _edge(tree, 2))
        ],
        "That is the value of the left subtree only.": [_variant(tree[1], _combine, lambda f, o, u, v: f(o, u, v))],
        "The leaves were combined from left to right; follow the tree.": [_flat(tree, top)],
    }
    for message, ways in wrong.items():
        if any(math.isclose(got, way, rel_tol=1e-9, abs_tol=1e-9) for way in ways):
            raise Wrong(f"{message} Seen with {name}.")
    raise Wrong(f"For {name} evaluate gave {got:.6g}, expected {right:.6g}.")


def _with_memo(tree, memo):
    if not isinstance(tree, tuple):
        return tree
    if tree[0] not in memo:
        memo[tree[0]] = _combine(tree[0], _with_memo(tree[1], memo), _with_memo(tree[2], memo))
    return memo[tree[0]]


def _edge(tree, side):
    while isinstance(tree, tuple):
        tree = tree[side]
    return tree


def _leaves(tree):
    return _leaves(tree[1]) + _leaves(tree[2]) if isinstance(tree, tuple) else [tree]


def _flat(tree, operation):
    value, *rest = _leaves(tree)
    for leaf in rest:
        value = _combine(operation, value, leaf)
    return value


@exercise(
    "10.7",
    "steps_until(rho, factor)",
    level="warm-up",
    hints=(
        "After t steps the length has been multiplied by rho to the power t.",
        "Set that power equal to factor and take the logarithm of both sides.",
        "The logarithm of factor divided by the logarithm of rho, both with the same base.",
    ),
)
def check_steps_until(answer, rng):
    ln, log10, log2 = np.log, np.log10, np.log2
    mistakes = {
        "The two logarithms have different bases; any base will do, if it is the same for both.": [
            lambda r, f: ln(f) / log10(r),
            lambda r, f: log10(f) / ln(r),
            lambda r, f: log2(f) / ln(r),
            lambda r, f: ln(f) / log2(r),
        ],
        "The number of steps has come out negative: both logarithms have the same sign, so their quotient needs no minus.": [
            lambda r, f: -np.abs(ln(f) / ln(r)),
        ],
        "The quotient is upside down: test it with rho = 0.5 and factor = 0.25, which takes 2 steps.": lambda r, f: (
            ln(r) / ln(f)
        ),
        "A factor per step is not a share that is subtracted: the length falls geometrically, not along a line.": [
            lambda r, f: (1 - f) / (1 - r),
            lambda r, f: f / r,
        ],
        "ln(rho) is not the same as rho − 1; the approximation is good only close to 1.": lambda r, f: ln(f) / (r - 1),
        "This is the time to the factor 1/e, whatever factor is asked for.": [
            lambda r, f: -1 / ln(r) + 0 * f,
            lambda r, f: 1 / np.abs(ln(r)) + 0 * f,
        ],
        "This is rounded; return the real number.": [
            lambda r, f: np.ceil(ln(f) / ln(r)),
            lambda r, f: np.round(ln(f) / ln(r)),
            lambda r, f: np.floor(ln(f) / ln(r)),
        ],
        "This divides the factor by rho to get the exponent; take logarithms of both.": lambda r, f: ln(f / r),
    }
    below, above = rng.uniform(0.55, 0.93), rng.uniform(1.08, 1.6)
    small, large = 10 ** rng.uniform(-5.3, -2.1), 10 ** rng.uniform(2.1, 5.3)
    for args in ((below, small), (above, large)):
        right = ln(args[1]) / ln(args[0])
        if args[0] > 1:
            unsigned = as_numbers(answer, args, answer(*args), ())
            expect(
                unsigned.shape != () or not np.isclose(unsigned, -right),
                "For rho below 1 this is right, but for rho above 1 the sign is wrong: there both logarithms are positive.",
            )
        expect_close(answer, args, right, mistakes=mistakes)
    rhos, factors = rng.uniform(0.3, 0.95, 4), 10 ** rng.uniform(-6, -1, 4)
    expect_close(answer, (rhos, factors), ln(factors) / ln(rhos), mistakes=mistakes, hint="Arrays go through np.log.")
    return "It inverts the power for shrinking and for growing lengths."


def _with_radius(eigenvalues, rng):
    """Return a real matrix with the given real eigenvalues and complex pairs, which is far from normal."""
    n = sum(2 if isinstance(e, complex) else 1 for e in eigenvalues)
    D, i = np.zeros((n, n)), 0
    for e in eigenvalues:
        if isinstance(e, complex):
            D[i : i + 2, i : i + 2] = [[e.real, -e.imag], [e.imag, e.real]]
            i += 2
        else:
            D[i, i] = e
            i += 1
    S = np.eye(n) + 0.6 * np.triu(rng.uniform(0.5, 1, (n, n)), 1)
    return S @ D @ np.linalg.inv(S)


def _radius(W):
    return np.abs(np.linalg.eigvals(W)).max()


@exercise(
    "10.8",
    "scale_spectral_radius(W, rho)",
    level="warm-up",
    hints=(
        "Multiplying a matrix by c multiplies all its eigenvalues by c.",
        "The spectral radius is the largest modulus among np.linalg.eigvals(W), which may be complex.",
        "Multiply W by rho over its present radius, unless that is 0.",
    ),
)
def check_scale_spectral_radius(answer, rng):
    size = rng.uniform(1.5, 3)
    turn = size * np.exp(1j * rng.uniform(0.35, 0.45) * np.pi)
    cases = (
        _with_radius((-0.4 * size, size), rng),
        _with_radius((0.5 * size, -size, 0.2 * size), rng),
        _with_radius((0.6 * size, complex(turn), -0.3 * size), rng),
        rng.standard_normal((8, 8)),
        0.05 * rng.standard_normal((5, 5)),  # its radius is below every rho: it must be raised
    )
    for W in cases:
        rho = rng.uniform(0.4, 1.4)
        values, top = np.linalg.eigvals(W), _radius(W)
        singular = np.linalg.svd(W, compute_uv=False)
        with np.errstate(all="ignore"):
            mistakes = {
                "This scales the largest singular value to rho. That bounds one step; the radius is about eigenvalues.": rho
                / singular[0]
                * W,
                "This uses the largest real part; the eigenvalue of largest modulus may be negative or complex.": [
                    rho / values.real.max() * W,
                    rho / np.abs(values.real).max() * W,
                    rho / np.abs(values.real.max()) * W,
                    rho / values[np.abs(values.imag) < 1e-9].real.max() * W
                    if (np.abs(values.imag) < 1e-9).any()
                    else W * 0,
                ],
                "The radius of the result is not rho: W was multiplied by rho, but not divided by its own radius.": rho
                * W,
                "The radius of the result is 1: it was divided by its own radius, but not multiplied by rho.": W / top,
                "The matrix was multiplied by its radius; divide by it.": [rho * top * W, top / rho * W],
                "W came back as it was. Its radius has to be rho exactly, whether it was larger or smaller before.": W,
                "This scales the Frobenius norm to rho, not the spectral radius.": rho / np.linalg.norm(W) * W,
                "This uses the mean of the moduli; the largest one decides.": rho / np.abs(values).mean() * W,
                "np.linalg.eigvals does not sort: neither the first nor the last value need be the largest.": [
                    rho / np.abs(values[0]) * W,
                    rho / np.abs(values[-1]) * W,
                ],
                "eigvalsh is for symmetric matrices; W need not be one.": rho / np.abs(np.linalg.eigvalsh(W)).max() * W,
                "This scales the largest entry to rho, not the largest eigenvalue.": rho / np.abs(W).max() * W,
                "The root is too much: scaling a matrix scales its eigenvalues by the same number.": np.sqrt(rho / top)
                * W,
            }
        returned = answer(W, rho)
        got = as_numbers(answer, (W, rho), returned, W.shape)
        expect(
            got.dtype.kind != "c",
            "The result is complex; only the moduli of the eigenvalues are needed, and they are real.",
        )
        expect_close(
            answer,
            (W, rho),
            rho / top * W,
            mistakes=mistakes,
            rtol=1e-6,
            hint=f"Its radius is {_shown_radius(got, W)}, rho is {rho:.4g}.",
        )
    n = int(rng.integers(3, 6))
    shift = np.diag(rng.uniform(1, 2, n - 1), -1)
    got = as_numbers(answer, (shift, 0.9), answer(shift, 0.9), (n, n))
    expect(np.isfinite(got).all(), "A matrix with eigenvalues 0 only gave inf or nan: return it as it is.")
    expect_close(answer, (shift, 0.9), shift, hint="All its eigenvalues are 0: return it as it is.")
    return "Its radius is rho for negative, complex and ordinary eigenvalues."


def _shown_radius(got, W):
    return f"{_radius(got):.4g}" if got.shape == W.shape and np.isfinite(got).all() else "not defined"


@exercise(
    "10.9",
    "alpha_for_half_life(n)",
    level="warm-up",
    hints=(
        "The response after t steps is α to the power t times what it was at first.",
        "So α to the power n must be one half; solve for α.",
        "The n-th root of one half.",
    ),
)
def check_alpha_for_half_life(answer, rng):
    mistakes = {
        "1 − 1/n is the rule of thumb for an average over n steps; after n steps about 1/e is left, not a half.": lambda n: (
            1 - 1 / n
        ),
        "After n steps 1/e is left with this α, not one half: that is the e-folding time.": lambda n: np.exp(-1 / n),
        "This is 1 − α, the weight of the new input.": lambda n: 1 - 0.5 ** (1 / n),
        "The exponent must shrink with n: a longer half-life needs an α closer to 1.": [
            lambda n: 0.5**n,
            lambda n: 2.0**-n,
        ],
        "With this α the average would grow: α must be below 1.": lambda n: 2 ** (1 / n),
        "1 − 1/(2n) only comes close for some n; solve αⁿ = 1/2.": [lambda n: 1 - 0.5 / n, lambda n: 1 - np.log(2) / n],
        "This is half of the n-th part; α to the power n must be one half.": lambda n: 0.5 / n,
        "1/n is the wrong way round: a long half-life needs an α near 1.": lambda n: 1 / n,
        "This turns a half-life from an α; here n is given and α is wanted.": lambda n: (
            np.log(2) / -np.log(1 / n) if np.all(n != 1) else n * np.nan
        ),
    }
    for n in (float(rng.integers(3, 6)), rng.uniform(6, 15), float(rng.integers(30, 300))):
        expect_close(answer, (n,), 0.5 ** (1 / n), mistakes=mistakes, hint="The n-th power of it should be one half.")
    n = rng.uniform(0.5, 40, 5)
    expect_close(answer, (n,), 0.5 ** (1 / n), mistakes=mistakes, hint="n may be an array.")
    n = int(rng.integers(3, 9))
    expect_close(answer, (n,), 0.5 ** (1 / n), mistakes=mistakes, hint="n may be a whole number.")
    return "Its n-th power is one half."


def _sigmoid(a):
    return 1 / (1 + np.exp(-a))


def _lstm(
    x,
    h,
    s,
    U,
    W,
    b,
    *,
    order="ifgo",
    gates=_sigmoid,
    content=np.tanh,
    squash=np.tanh,
    write="i",
    out="o",
    keep="f",
    old=False,
    shut="",
    state=lambda s: s,
):
    """Return (2, m, n), the new h and s of an LSTM, or of one of its plausible mistakes."""
    n = h.shape[1]
    a = x @ U.T + h @ W.T + b
    part = {name: a[:, k * n : (k + 1) * n] for k, name in enumerate(order)}
    opened = {name: gates(part[name]) for name in "ifo"} | dict.fromkeys(shut, 1.0)
    new = state(opened[keep] * s + opened[write] * content(part["g"]))
    return np.stack([opened[out] * squash(s if old else new), new])


def _blocks_transposed(W):
    return np.concatenate([block.T for block in np.split(W, 4)])


@exercise(
    "10.10",
    "lstm_cell(x, h, s, U, W, b)",
    level="core",
    hints=(
        "All four parts come from one sum, x Uᵀ + h Wᵀ + b, of shape (m, 4n); cut it into four blocks of n columns.",
        "The order is input gate, forget gate, content, output gate; three go through a sigmoid, the content through tanh.",
        "The new s is forget · old s + input · content; the new h is output · tanh(new s). Return both.",
    ),
)
def check_lstm_cell(answer, rng):
    for m, d, n in ((1, 1, 1), (2, 3, 2), (5, 2, 4)):
        x, h, s = (
            rng.uniform(0.5, 1.5, (m, d)),
            rng.uniform(-0.9, 0.9, (m, n)),
            rng.uniform(0.6, 1.8, (m, n)) * rng.choice([-1, 1], (m, n)),
        )
        U, W, b = rng.standard_normal((4 * n, d)), rng.standard_normal((4 * n, n)), 0.5 * rng.standard_normal(4 * n)
        b += np.repeat([1.1, -1.2, 0.9, -0.4], n)  # no two parts alike
        args = (x, h, s, U, W, b)
        returned = answer(*args)
        stacked = isinstance(returned, np.ndarray) and returned.ndim == 3
        pair = (isinstance(returned, (tuple, list)) or stacked) and len(returned) == 2
        expect(pair, "Return two arrays: the new h and the new s.")
        parts = [as_numbers(answer, args, part, (m, n)) for part in returned]
        for name, part in zip(("h", "s"), parts, strict=True):
            expect(part.shape == (m, n), f"The new {name} has shape {part.shape}, expected (m, n) = {(m, n)}.")
        got, right = np.stack(parts), _lstm(*args)
        if np.allclose(got, right, rtol=1e-7, atol=1e-9):
            continue
        expect(not np.allclose(got, right[::-1], rtol=1e-6), "h and s come back in the wrong order: return h, then s.")
        for mistaken, message in (
            (_lstm(*args, order="fiog"), "The blocks are read in another order: it is input, forget, content, output."),
            (
                _lstm(*args, order="figo"),
                "The forget gate and the input gate are swapped: the order is input, forget, content, output.",
            ),
            (
                _lstm(*args, order="ifog"),
                "Content and output gate are swapped: the order is input, forget, content, output.",
            ),
            (
                _lstm(*args, order="igfo"),
                "Forget gate and content are swapped: the order is input, forget, content, output.",
            ),
            (_lstm(*args, order="fgio"), "The blocks are read in another order: it is input, forget, content, output."),
            (_lstm(*args, order="ofgi"), "The blocks are read in another order: it is input, forget, content, output."),
            (
                _lstm(*args, gates=np.tanh),
                "The gates went through tanh; a gate is a share between 0 and 1, so it needs a sigmoid.",
            ),
            (_lstm(*args, gates=lambda a: a), "The gates lack their sigmoid."),
            (
                _lstm(*args, content=_sigmoid),
                "The content went through a sigmoid; here it is a tanh, so that it can be negative.",
            ),
            (_lstm(*args, content=lambda a: a), "The content lacks its tanh."),
            (_lstm(*args, squash=lambda a: a), "h is output gate times tanh(s); the tanh of the state is missing."),
            (_lstm(*args, squash=_sigmoid), "h is output gate times tanh(s), not times a sigmoid."),
            (
                _lstm(*args, write="o"),
                "The state was updated with the output gate; the input gate decides what enters.",
            ),
            (_lstm(*args, out="i", write="o"), "Input gate and output gate are exchanged."),
            (_lstm(*args, keep="o"), "The output gate multiplies the old state; that is the forget gate's work."),
            (_lstm(*args, out="i"), "h is let out by the input gate; it needs the output gate."),
            (_lstm(*args, old=True), "h was computed from the old state; it needs the new one."),
            (_lstm(*args, shut="i"), "The input gate is missing: it multiplies the content."),
            (_lstm(*args, shut="f"), "The forget gate is missing: it multiplies the old state."),
            (_lstm(*args, shut="o"), "The output gate is missing: h is output gate times tanh(s)."),
            (_lstm(*args, state=np.tanh), "The state itself is not squashed; only h sees it through a tanh."),
            (_lstm(x, h, s, U, _blocks_transposed(W), b), "The blocks of W are transposed: h meets W as h Wᵀ."),
            (_lstm(x, h, s, U, W, 0 * b), "The bias is missing."),
            (_lstm(x, h, s, U, 0 * W, b), "The recurrent part h Wᵀ is missing."),
            (_lstm(x, s, s, U, W, b), "The gates look at h, not at s."),
        ):
            if np.allclose(got, mistaken, rtol=1e-6, atol=1e-9):
                raise Wrong(message)
        content = np.tanh((x @ U.T + h @ W.T + b)[:, 2 * n : 3 * n])
        gate = _sigmoid((x @ U.T + h @ W.T + b)[:, n : 2 * n])
        if np.allclose(got[1], gate * s + (1 - gate) * content, rtol=1e-6):
            raise Wrong(
                "1 − forget gate was used as the input gate, as in a GRU; the LSTM has a gate of its own for it."
            )
        if np.allclose(got[1], right[1], rtol=1e-6):
            raise Wrong(f"s is right, but h is {show_value(got[0])}, expected {show_value(right[0])}.")
        raise Wrong(f"The new s is {show_value(got[1])}, expected {show_value(right[1])}, for m, d, n = {m}, {d}, {n}.")
    return "Four blocks in the right order, and a state that only gates can change."


def _joint(grads):
    return np.sqrt(sum((np.asarray(g) ** 2).sum() for g in grads))


@exercise(
    "10.11",
    "clip_norm(grads, v)",
    level="core",
    hints=(
        "There is one norm for all arrays together: the root of the sum of the squares of every entry.",
        "If it is at most v, nothing is to be done; otherwise one factor brings it to v.",
        "The factor is v over the joint norm if that is larger than v, and 1 otherwise; multiply every array by it.",
    ),
)
def check_clip_norm(answer, rng):
    shapes = ((1,), (2,)), ((3, 2), (3,), (4,)), ((5, 4), (5,), (2, 2, 2))
    for some in shapes:
        for case in ("long", "short", "zero"):
            grads = [rng.standard_normal(shape) * 3**k + 0.5 for k, shape in enumerate(some)]
            norm = _joint(grads)
            v = norm * {"long": rng.uniform(0.2, 0.35), "short": rng.uniform(1.5, 3), "zero": 1.0}[case]
            if case == "zero":
                grads = [0 * g for g in grads]
            args = (grads, v)
            returned = answer([g.copy() for g in grads], v)
            good = isinstance(returned, (list, tuple)) and len(returned) == len(grads)
            expect(good, f"Return a list of as many arrays as came in, {len(grads)}.")
            got = [as_numbers(answer, args, part, g.shape) for part, g in zip(returned, grads, strict=True)]
            for part, g in zip(got, grads, strict=True):
                expect(part.shape == g.shape, f"An array of shape {g.shape} came back with shape {part.shape}.")
            if case == "zero":
                expect(
                    all(np.isfinite(p).all() for p in got),
                    "All gradients were 0 and came back as nan: a division by zero.",
                )
                expect(all((p == 0).all() for p in got), "Gradients that are all 0 must stay 0.")
                continue
            _judge_clipping(got, grads, v, norm, case)
        kept = [rng.standard_normal(shape) * 10 for shape in some]
        before = [g.copy() for g in kept]
        answer(kept, 1.0)
        same = all(np.array_equal(a, b) for a, b in zip(kept, before, strict=True))
        expect(same, "The arrays that came in were changed; return new ones.")
    return "One factor for all, and only where it is needed."


def _judge_clipping(got, grads, v, norm, case):
    def same(factor_of):
        return all(np.allclose(p, factor_of(g), rtol=1e-6, atol=1e-12) for p, g in zip(got, grads, strict=True))

    factor = v / norm if norm > v else 1.0
    if all(np.allclose(p, factor * g, rtol=1e-9, atol=1e-12) for p, g in zip(got, grads, strict=True)):
        return
    per_norm = [np.linalg.norm(g) for g in grads]
    expect(
        not (case == "short" and same(lambda g: v / norm * g)),
        "Short gradients were scaled up to the norm v; clipping only ever shortens.",
    )
    each = all(
        np.allclose(p, min(1, v / n) * g, rtol=1e-6, atol=1e-12) or np.allclose(p, v / n * g, rtol=1e-6, atol=1e-12)
        for p, g, n in zip(got, grads, per_norm, strict=True)
    )
    expect(
        not each,
        "Each array was clipped by its own norm. That changes the direction; the norm of all together decides.",
    )
    expect(not same(lambda g: np.clip(g, -v, v)), "This clips each entry to ±v, by value; clip by the joint norm.")
    expect(not same(lambda g: g), "These gradients are longer than v together and came back unchanged.")
    expect(not same(lambda g: g / norm), "The gradients were scaled to norm 1; the factor is v over the norm.")
    expect(not same(lambda g: v / norm**2 * g), "The root is missing: this divides by the square of the norm.")
    biggest = max(np.abs(g).max() for g in grads)
    expect(
        not same(lambda g: v / biggest * g),
        "This uses the largest entry as the norm; add up the squares of all entries.",
    )
    total = sum(per_norm)
    expect(
        not same(lambda g: min(1, v / total) * g),
        "The norms of the arrays were added; add their squares and take the root.",
    )
    expect(not same(lambda g: norm / v * g), "The factor is upside down: these gradients got longer.")
    count = sum(g.size for g in grads)
    rms = norm / np.sqrt(count)
    expect(
        not same(lambda g: min(1, v / rms) * g),
        "This uses the root of the mean square; the norm is the root of the sum.",
    )
    expect(
        not same(lambda g: v / (norm + 1e-6) * g),
        "This divides by the norm plus a small number, as torch does; the norm should be exactly v here.",
    )
    factors = [np.mean(p / g) for p, g in zip(got, grads, strict=True)]
    raise Wrong(
        f"The joint norm was {norm:.4g} and v {v:.4g}; all arrays should be multiplied by {factor:.4g},"
        f" not by {', '.join(f'{f:.4g}' for f in factors)} or so."
    )


def _content(M, K, beta, *, cosine=True, outside=False, axis=1, by_key=False, power=1):
    lengths = np.outer(np.linalg.norm(K, axis=1), np.linalg.norm(M, axis=1))
    scores = K @ M.T
    if cosine:
        scores = scores / np.where(lengths > 0, lengths, 1)
    elif by_key:
        scores = scores / np.linalg.norm(K, axis=1)[:, None]
    a = scores if outside else beta * scores
    w = np.exp(a - a.max(axis=axis, keepdims=True))
    w = w / w.sum(axis=axis, keepdims=True)
    return beta * w if outside else w


def _distance(M, K, beta):
    a = -beta * ((K[:, None, :] - M[None]) ** 2).sum(axis=2)
    w = np.exp(a - a.max(axis=1, keepdims=True))
    return w / w.sum(axis=1, keepdims=True)


@exercise(
    "10.12",
    "content_weights(M, K, beta)",
    level="core",
    hints=(
        "First the matrix of cosines, (m, n): inner products of keys and cells, divided by the products of their lengths.",
        "Then a softmax of β times the cosines along each row; subtract the row's largest value first, or exp overflows.",
        "Where a length is 0, divide by 1 instead: the inner product is 0 already.",
    ),
)
def check_content_weights(answer, rng):
    close = {"rtol": 1e-5}  # whoever adds 1e-8 to the lengths is right
    for m, n, d in ((1, 3, 2), (4, 6, 3), (6, 4, 5)):
        M, K = (
            v / np.linalg.norm(v, axis=1, keepdims=True)
            for v in (rng.standard_normal((n, d)), rng.standard_normal((m, d)))
        )
        M, K = M * rng.uniform(0.4, 2, (n, 1)), K * rng.uniform(0.4, 2, (m, 1))
        beta = rng.uniform(1.5, 2.5)  # so that no weight is nearly 0 or 1, and every mistake looks different
        scores = K @ M.T / np.outer(np.linalg.norm(K, axis=1), np.linalg.norm(M, axis=1))
        linear = scores / scores.sum(axis=1, keepdims=True)
        args = (M, K, beta)
        mistakes = {
            "These are softmax weights of inner products: a long cell wins whatever its direction. Divide by both lengths.": [
                _content(*args, cosine=False),
                _content(*args, cosine=False, by_key=True),
            ],
            "The key's length is not divided out, so long keys read more strictly than short ones.": np.exp(
                beta * scores * np.linalg.norm(K, axis=1)[:, None]
            )
            / np.exp(beta * scores * np.linalg.norm(K, axis=1)[:, None]).sum(axis=1, keepdims=True),
            "β stands outside the softmax: it must multiply the cosines before the exponential.": _content(
                *args, outside=True
            ),
            "β has no effect on these weights.": _content(M, K, 1.0),
            "The columns sum to 1, not the rows: the softmax runs over the cells, for each key.": _content(
                *args, axis=0
            ),
            "The sum over everything is 1; each row must sum to 1 by itself.": np.exp(beta * scores)
            / np.exp(beta * scores).sum(),
            "The exponential is missing: these are cosines divided by their sum.": [linear, beta * linear],
            "These are the exponentials, not yet divided by their sum.": np.exp(beta * scores),
            "These are the cosines, without a softmax.": [scores, beta * scores],
            "This compares by distance; the cosine does not care about lengths.": _distance(*args),
            "The sign is wrong: the cell that resembles the key least is read.": _content(M, K, -beta),
            "β divides the cosines here; it must multiply them.": _content(M, K, 1 / beta),
        }
        got = as_numbers(answer, args, answer(*args), (m, n))
        if got.shape == (n, m) and m != n:
            raise Wrong(f"The weights have one row per cell, shape {got.shape}; they need one row per key, {(m, n)}.")
        if got.shape == (m, d) and d != n:
            raise Wrong(
                "This has one number per feature: it is what is read, or a softmax over features. The weights are one per cell."
            )
        expect_close(answer, args, _content(*args), mistakes=mistakes, **close)
    M, K = rng.uniform(0.2, 1, (5, 3)), rng.uniform(0.2, 1, (3, 3))
    K[0], K[1] = -K[0], 2 * M[int(rng.integers(5))]  # a key that nothing resembles, and one that is a cell
    got = as_numbers(answer, (M, K, 2000.0), answer(M, K, 2000.0), (3, 5))
    expect(
        np.isfinite(got).all(), "β = 2000 gave inf or nan: exp overflows. Subtract each row's largest value before exp."
    )
    expect_close(
        answer,
        (M, K, 2000.0),
        _content(M, K, 2000.0),
        hint="At β = 2000 it is nearly a look-up.",
        rtol=1e-2,
        atol=1e-4,
    )
    M[1], K[2] = 0, 0
    got = as_numbers(answer, (M, K, 2.0), answer(M, K, 2.0), (3, 5))
    expect(np.isfinite(got).all(), "A cell or key of length 0 gave nan: its cosine with everything is 0.")
    expect_close(
        answer,
        (M, K, 2.0),
        _content(M, K, 2.0),
        hint="A cell or key of length 0 has the cosine 0 with everything.",
        **close,
    )
    return "Direction decides, β says how strictly, and every row sums to 1."
