"""Plausible wrong answers of chapter 6, and a part of the message that each must get."""

import numpy as np

WRONG = {}

# ======== sections 6.1..6.3 ========

ONES, SHIFT = np.ones((2, 2)), np.array([0.0, -1.0])


def _bce(function):
    """Make a wrong answer of 6.2 from a formula in torch, a = (1 - 2y) z, z and y."""

    def bce_with_logits(z, y):
        import torch

        return function(torch, (1 - 2 * y) * z, z, y)

    return bce_with_logits


def _clipped(torch, a, z, y):
    p = torch.sigmoid(z).clamp(1e-7, 1 - 1e-7)
    return -(y * p.log() + (1 - y) * (1 - p).log())


def _log_of_sigmoid(torch, a, z, y):
    p = torch.sigmoid(z)
    return -(y * p.log() + (1 - y) * (1 - p).log())


def _prelu(function):
    """Make a wrong answer of 6.3 from a formula in torch."""

    def prelu(z, alpha):
        return function(z, alpha, z.clamp(max=0))

    return prelu


WRONG["6.1"] = [
    (lambda: (ONES, SHIFT, np.array([-1, 2]), 0), "bias must move"),
    (lambda: (ONES, SHIFT, np.array([1, -2]), 0), "compute XOR"),
    (lambda: (np.array([[1, 1], [2, 2]]), np.array([0, -2]), np.array([-1, 1]), 1), "Transpose"),
    (lambda: (ONES, -SHIFT, np.array([-1, 2]), 1), "subtracted"),
    (lambda: (ONES, np.array([-1, 2]), SHIFT, 1), "swapped"),
    (lambda: (ONES, SHIFT, np.array([-1, 2.1]), 1), "rounding"),
    (lambda: (ONES, SHIFT, np.array([-1, 2 + 1e-5]), 1), "rounding"),
    (lambda: (ONES, SHIFT, np.array([-1, 1.6]), 1), "rounding"),
    (lambda: (ONES, np.array([0, 0]), np.array([0, 0]), 0.5), "linear model"),
    (lambda: (ONES, np.array([5, 7]), np.array([-1, 2]), 1), "linear model"),
    (lambda: (ONES, SHIFT, np.array([-1, 1]), 1), "3 of 4 right"),
    (lambda: (np.eye(2), np.array([0, -1]), np.array([-1, 2]), 1), "of 4 right"),
    (lambda: (np.ones((2, 3)), np.zeros(3), np.ones(3), 0), "two units are enough"),
    (lambda: (ONES, 0, np.array([-1, 2]), 1), "c has shape"),
    (lambda: (ONES, SHIFT, np.array([-1, 2])), "four things"),
    (lambda: (ONES, SHIFT, np.array([-1, np.nan]), 1), "not finite"),
    (lambda: (ONES, SHIFT, "w", 1), "hold numbers"),
    (lambda: (ONES, np.array([-0.5, -1.5]), np.array([-2, 2]), 1), "of 4 right"),
    (lambda: (-ONES, np.array([1, 1]), np.array([1, 0]), 0), "of 4 right"),
    (lambda: (ONES, np.array([0, -1]), np.array([-1, 3]), 1), "on the right sides"),
    (lambda: (ONES, np.array([0, -1.0]), np.array([-2, 4]), 1), "second rectifier"),
]

WRONG["6.2"] = [
    (_bce(_log_of_sigmoid), "rounded to exactly 0 or 1"),
    (_bce(lambda torch, a, z, y: -torch.sigmoid(-a).log()), "exp(−|z|)"),
    (_bce(lambda torch, a, z, y: torch.log(1 + torch.exp(a))), "overflowed"),
    (_bce(lambda torch, a, z, y: torch.log1p(torch.exp(a))), "overflowed"),
    (_bce(_clipped), "clipped"),
    (_bce(lambda torch, a, z, y: torch.log1p(torch.exp(a.clamp(-30, 30)))), "clipped"),
    (_bce(lambda torch, a, z, y: torch.logaddexp(-a, torch.zeros_like(a))), "factor is 1 − 2y"),
    (_bce(lambda torch, a, z, y: -torch.logaddexp(a, torch.zeros_like(a))), "log P(y), which is negative"),
    (_bce(lambda torch, a, z, y: torch.logaddexp(a, torch.zeros_like(a)).mean()), "averaged"),
    (_bce(lambda torch, a, z, y: torch.logaddexp(a, torch.zeros_like(a)).sum()), "added up"),
    (_bce(lambda torch, a, z, y: (torch.sigmoid(z) - y) ** 2 / 2), "gradient dies"),
    (_bce(lambda torch, a, z, y: (torch.sigmoid(z) - y) ** 2), "squared error"),
    (_bce(lambda torch, a, z, y: torch.log1p(torch.exp((1 - 2 * y) * torch.sigmoid(z)))), "two times"),
    (_bce(lambda torch, a, z, y: -y * torch.sigmoid(z).log()), "term for y = 0"),
    (_bce(lambda torch, a, z, y: -(1 - y) * (1 - torch.sigmoid(z)).log()), "term for y = 1"),
    (_bce(lambda torch, a, z, y: torch.where(a > 30, a, torch.log1p(torch.exp(a)))), "both branches"),
    (_bce(lambda torch, a, z, y: a.clamp(min=0) + torch.log1p(torch.exp(-a.abs()))), "(a + |a|) / 2"),
    (_bce(lambda torch, a, z, y: torch.relu(a) + torch.log1p(torch.exp(-a.abs()))), "(a + |a|) / 2"),
    (_bce(lambda torch, a, z, y: torch.logaddexp(a, torch.zeros_like(a)).detach()), "cannot follow"),
    (_bce(lambda torch, a, z, y: np.logaddexp(0, a.detach().numpy())), "cannot follow"),
]

WRONG["6.3"] = [
    (_prelu(lambda z, alpha, below: (z.clamp(min=0) + alpha * below, z)), "only where z is negative"),
    (_prelu(lambda z, alpha, below: (z.maximum(alpha * z), below)), "only for α up to 1"),
    (_prelu(lambda z, alpha, below: (z.clamp(min=0) + alpha.detach() * below, below)), "never learn"),
    (_prelu(lambda z, alpha, below: ((z.clamp(min=0) + alpha * below).detach().numpy(), below)), "never learn"),
    (_prelu(lambda z, alpha, below: (z.clamp(min=0) + alpha.abs() * below, below)), "sign of α was lost"),
    (_prelu(lambda z, alpha, below: (z.clamp(min=0) - alpha * below, below)), "already negative"),
    (_prelu(lambda z, alpha, below: (z.clamp(min=0), below)), "no effect"),
    (_prelu(lambda z, alpha, below: (alpha * z.clamp(min=0) + below, below)), "sides are swapped"),
    (_prelu(lambda z, alpha, below: (below, z.clamp(min=0) + alpha * below)), "results are swapped"),
    (_prelu(lambda z, alpha, below: z.clamp(min=0) + alpha * below), "two tensors"),
    (_prelu(lambda z, alpha, below: (z.clamp(min=0) + alpha * below, (z > 0) + alpha * (z < 0))), "derivative for z"),
    (_prelu(lambda z, alpha, below: (z.clamp(min=0) + alpha * below, -below)), "wrong sign"),
    (_prelu(lambda z, alpha, below: (z.clamp(min=0) + alpha * below, 1.0 * (z < 0))), "is z, not 1"),
    (_prelu(lambda z, alpha, below: (z.clamp(min=0) + alpha * below, alpha * below)), "gone from it"),
    (_prelu(lambda z, alpha, below: (z.clamp(min=0) + alpha * below, below.sum(0))), "summed"),
    (_prelu(lambda z, alpha, below: (z.clamp(min=0) + alpha[0] * below, below)), "the value is not"),
    (_prelu(lambda z, alpha, below: (alpha * z, below)), "the value is not"),
]


# ======== sections 6.4..6.6 ========


def net_values_as_weights(knots, values):
    return np.ones(len(knots) - 1), -knots[:-1], values[1:], values[0]


def net_slopes_as_weights(knots, values):
    return np.ones(len(knots) - 1), -knots[:-1], np.diff(values) / np.diff(knots), values[0]


def net_without_first_slope(knots, values):
    slopes = np.diff(values) / np.diff(knots)
    return np.ones(len(slopes)), -knots[:-1], np.append(0, np.diff(slopes)), values[0]


def net_one_unit_short(knots, values):
    v = np.diff(np.diff(values) / np.diff(knots))
    return np.ones(len(v)), -knots[1:-1], v, values[0]


def net_one_knot_off(knots, values):
    v = np.diff(np.diff(values) / np.diff(knots), prepend=0.0)
    return np.ones(len(v)), -knots[1:], v, values[0]


def net_sign_of_c(knots, values):
    v = np.diff(np.diff(values) / np.diff(knots), prepend=0.0)
    return np.ones(len(v)), knots[:-1], v, values[0]


def net_without_offset(knots, values):
    v = np.diff(np.diff(values) / np.diff(knots), prepend=0.0)
    return np.ones(len(v)), -knots[:-1], v, 0.0


def net_equal_spacing(knots, values):
    v = np.diff(np.diff(values) / (knots[1] - knots[0]), prepend=0.0)
    return np.ones(len(v)), -knots[:-1], v, values[0]


def net_rises_for_slopes(knots, values):
    return np.ones(len(knots) - 1), -knots[:-1], np.diff(np.diff(values), prepend=0.0), values[0]


def net_right_at_knots_only(knots, values):
    n = len(knots) - 1
    left = (knots[:-1] + knots[1:]) / 2
    A = np.maximum(0, knots[1:, None] - left)
    return np.ones(n), -left, np.linalg.solve(A, values[1:] - values[0]), values[0]


def net_three_things(knots, values):
    return -knots[:-1], values[1:], values[0]


WRONG["6.4"] = [
    (net_values_as_weights, "values stand where the output weights"),
    (net_slopes_as_weights, "slopes themselves"),
    (net_without_first_slope, "first slope is missing"),
    (net_one_unit_short, "it takes"),
    (net_one_knot_off, "one knot off"),
    (net_sign_of_c, "sign of c"),
    (net_without_offset, "offset b is missing"),
    (net_equal_spacing, "equally spaced"),
    (net_rises_for_slopes, "differences of the values"),
    (net_right_at_knots_only, "not between them"),
    (net_three_things, "four things"),
]


def unbroadcast(g, shape):
    g = g.sum(axis=tuple(range(g.ndim - len(shape))))
    return g.sum(axis=tuple(i for i, n in enumerate(shape) if n == 1), keepdims=True)


class Tensor:
    """The engine of section 6.5, as far as its two checkers need it; they find it beside the answer."""

    __array_ufunc__ = None

    def __init__(self, data, *edges):
        self.data = np.asarray(data) + 0.0
        self.grad = np.zeros_like(self.data)
        self.edges = edges

    def __add__(self, other):
        other = other if isinstance(other, Tensor) else Tensor(other)
        return Tensor(self.data + other.data, (self, lambda g: g), (other, lambda g: g))

    def __mul__(self, other):
        other = other if isinstance(other, Tensor) else Tensor(other)
        return Tensor(self.data * other.data, (self, lambda g: g * other.data), (other, lambda g: g * self.data))

    def sum(self):
        return Tensor(self.data.sum(), (self, lambda g: g + np.zeros_like(self.data)))

    def order(self, seen=None):
        seen = {} if seen is None else seen
        for parent, _ in self.edges:
            if parent not in seen:
                parent.order(seen)
        seen[self] = True
        return list(seen)

    def backward(self):
        backward_by_recursion(self)


def as_tensor(a):
    return a if isinstance(a, Tensor) else Tensor(a)


def make_maximum(pull_a, pull_b, value=np.maximum):
    """Make an answer from what it sends back: functions of the incoming gradient, both arrays and the mask a > b."""

    def maximum(a, b):
        a, b = as_tensor(a), as_tensor(b)
        mask = a.data > b.data
        edges = [(a, lambda g: pull_a(g, a.data, b.data, mask)), (b, lambda g: pull_b(g, a.data, b.data, mask))]
        return Tensor(value(a.data, b.data), *edges)

    return maximum


def maximum_without_wrapping(a, b):
    mask = a.data > b.data
    return Tensor(np.maximum(a.data, b.data), (a, lambda g: g * mask), (b, lambda g: g * ~mask))


def maximum_without_edges(a, b):
    return Tensor(np.maximum(as_tensor(a).data, as_tensor(b).data))


def maximum_one_edge(a, b):
    a, b = as_tensor(a), as_tensor(b)
    return Tensor(np.maximum(a.data, b.data), (a, lambda g: g * (a.data > b.data)))


def maximum_as_array(a, b):
    return np.maximum(as_tensor(a).data, as_tensor(b).data)


def maximum_by_builtin(a, b):
    a, b = as_tensor(a), as_tensor(b)
    return a if a.data > b.data else b


WRONG["6.5"] = [
    (make_maximum(lambda g, a, b, m: g * ~m, lambda g, a, b, m: g * m), "smaller argument gets the gradient"),
    (make_maximum(lambda g, a, b, m: g, lambda g, a, b, m: g), "Both arguments get the whole gradient"),
    (make_maximum(lambda g, a, b, m: m + 0.0, lambda g, a, b, m: ~m + 0.0), "mask alone; multiply"),
    (make_maximum(lambda g, a, b, m: g / 2, lambda g, a, b, m: g / 2), "half and half"),
    (make_maximum(lambda g, a, b, m: g * a * m, lambda g, a, b, m: g * b * ~m), "multiplied by the value"),
    (make_maximum(lambda g, a, b, m: g * m, lambda g, a, b, m: g * ~m, np.minimum), "smaller of the two"),
    (make_maximum(lambda g, a, b, m: (g * m).sum(), lambda g, a, b, m: (g * ~m).sum()), "expected"),
    (maximum_without_wrapping, "plain number must do"),
    (maximum_without_edges, "no edges"),
    (maximum_one_edge, "each of its two arguments"),
    (maximum_as_array, "must return a Tensor"),
    (maximum_by_builtin, "one of its two arguments as a whole"),
]


def sweep(root, visits, *, add=True, unsum=unbroadcast, keep_inner=False, clear_leaves=False, seed=1.0):
    """Send gradients along the edges of ``visits`` in turn, with one mistake or none."""
    for node in visits:
        if clear_leaves or (node.edges and not keep_inner):
            node.grad = np.zeros_like(node.data)
    root.grad = seed * np.ones_like(root.data)
    for node in visits:
        for parent, pull in node.edges:
            share = unsum(np.asarray(pull(node.grad)), parent.data.shape)
            parent.grad = parent.grad + share if add else share
    return list(visits)


def order_by_counts(root):
    awaited, nodes = {root: 0}, [root]
    for node in nodes:
        for parent, _ in node.edges:
            if parent not in awaited:
                awaited[parent] = 0
                nodes.append(parent)
            awaited[parent] += 1
    visited = [root]
    for node in visited:
        for parent, _ in node.edges:
            awaited[parent] -= 1
            if awaited[parent] == 0:
                visited.append(parent)
    return visited


def order_depth_first(root):
    todo, visited = [root], {}
    while todo:
        node = todo.pop()
        if node not in visited:
            visited[node] = True
            todo += [parent for parent, _ in node.edges][::-1]
    return list(visited)


def order_breadth_first(root):
    visited, known = [root], {root}
    for node in visited:
        for parent, _ in node.edges:
            if parent not in known:
                known.add(parent)
                visited.append(parent)
    return visited


def backward_by_recursion(root):
    return sweep(root, root.order()[::-1])


def backward_overwrites(root):
    return sweep(root, order_by_counts(root), add=False)


def backward_keeps_broadcast_axes(root):
    return sweep(root, order_by_counts(root), unsum=lambda g, shape: g)


def backward_sums_all_axes(root):
    return sweep(root, order_by_counts(root), unsum=lambda g, shape: g if g.shape == shape else np.full(shape, g.sum()))


def backward_for_one_row(root):
    return sweep(
        root, order_by_counts(root), unsum=lambda g, shape: g.reshape(shape) if g.size == np.prod(shape) else g
    )


def backward_depth_first(root):
    return sweep(root, order_depth_first(root))


def backward_breadth_first(root):
    return sweep(root, order_breadth_first(root))


def backward_visits_every_path(root):
    visited, todo = [], [root]
    root.grad = np.ones_like(root.data)
    while todo and len(visited) < 10000:
        node = todo.pop()
        visited.append(node)
        for parent, pull in node.edges:
            parent.grad = parent.grad + unbroadcast(np.asarray(pull(node.grad)), parent.data.shape)
            todo.append(parent)
    return visited


def backward_keeps_inner_gradients(root):
    return sweep(root, order_by_counts(root), keep_inner=True)


def backward_clears_leaves(root):
    return sweep(root, order_by_counts(root), clear_leaves=True)


def backward_starts_from_zero(root):
    return sweep(root, order_by_counts(root), seed=0.0)


def backward_returns_nothing(root):
    sweep(root, order_by_counts(root))


def backward_returns_leaves(root):
    return [node for node in sweep(root, order_by_counts(root)) if not node.edges]


WRONG["6.5b"] = [
    (backward_by_recursion, "recursion gives out"),
    (backward_overwrites, "do not overwrite"),
    (backward_keeps_broadcast_axes, "along which it was broadcast"),
    (backward_sums_all_axes, "summed over all axes"),
    (backward_for_one_row, "along which it was broadcast"),
    (backward_depth_first, "topological order"),
    (backward_breadth_first, "topological order"),
    (backward_visits_every_path, "visited twice"),
    (backward_keeps_inner_gradients, "inner node still held"),
    (backward_clears_leaves, "set back to zero"),
    (backward_starts_from_zero, "No gradient arrived"),
    (backward_returns_nothing, "returned None"),
    (backward_returns_leaves, "must hold every node"),
]
