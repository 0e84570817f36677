"""Checkers of chapter 6, Deep Feedforward Networks."""

import inspect

import numpy as np

from dlbook_utils.check import Wrong, as_numbers, exercise, expect, expect_close, show_value

# ======== sections 6.1..6.3 ========

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])


@exercise(
    "6.1",
    "xnor_weights()",
    level="core",
    hints=(
        "The hidden layer of the section already brings (0, 1) and (1, 0) together; only the output layer has to answer differently.",
        "XNOR is 1 − XOR: what does that minus sign do to the weights w, and what does the 1 do to b?",
        "Keep W and c of the solution by hand, turn the sign of both output weights, and let the output bias supply the 1.",
    ),
)
def check_xnor_weights(answer, rng):
    W, c, w, b = _read_network(answer())
    target = np.array([1.0, 0.0, 0.0, 1.0])
    relu = np.maximum(CORNERS @ W + c, 0)
    f = relu @ w + b
    right = np.abs(f - target) <= 1e-9
    if right.all():
        return "It is XNOR, exactly, at all four points."

    def exact(values, wanted=target):
        return np.abs(values - wanted).max() <= 1e-9

    shown = ", ".join(f"{v:.6g}" for v in f + 0.0)
    expect(
        not exact(f, 1 - target), "These weights compute XOR; XNOR is 1 − XOR, so turn the output round and move it."
    )
    expect(
        not exact(f, target - 1),
        "Your outputs are 0 and −1: that is XOR with its sign turned. XNOR is 1 − XOR, so the output bias must move too.",
    )
    expect(
        not exact(np.maximum(CORNERS @ W.T + c, 0) @ w + b),
        "W enters as Wᵀx, in rows X @ W; yours is right for Wx. Transpose it.",
    )
    expect(
        not exact(np.maximum(CORNERS @ W - c, 0) @ w + b),
        "c is added to Wᵀx; your network is right only if c is subtracted.",
    )
    expect(not exact(np.maximum(CORNERS @ W + w, 0) @ c + b), "c and w are swapped: return W, c, w, b in this order.")
    expect(
        not exact(np.maximum(np.maximum(CORNERS @ W + c, 0) @ w + b, 0)),
        "Your network is right only with a second rectifier around the output; here the output is wᵀh + b as it is.",
    )
    expect(
        not (np.round(f) == target).all(),
        f"Right only after rounding: the outputs at (0,0), (0,1), (1,0), (1,1) are {shown}, and they should be 1, 0, 0, 1 to 1e-9.",
    )
    expect(
        not ((f > 0.5) == (target > 0.5)).all(),
        f"The outputs {shown} are on the right sides of 1/2, but they should be exactly 1, 0, 0, 1.",
    )
    expect(
        (CORNERS @ W + c < 0).any(),
        "At none of the four points does a rectifier clip anything, so your network is a linear model, and no linear model can do it.",
    )
    raise Wrong(
        f"At (0,0), (0,1), (1,0), (1,1) your network gives {shown}; XNOR is 1, 0, 0, 1. ({right.sum()} of 4 right.)"
    )


def _read_network(returned):
    """Return W (2, 2), c (2,), w (2,) and b as arrays, or say which of them is not what it should be."""
    four = isinstance(returned, (tuple, list)) and len(returned) == 4
    expect(four, "Return four things, W, c, w, b, in this order.")
    parts = []
    for name, value, shape in zip("Wcwb", returned, ((2, 2), (2,), (2,), ()), strict=True):
        try:
            array = np.array(value.detach() if hasattr(value, "detach") else value, dtype=float)
        except (TypeError, ValueError):
            raise Wrong(f"{name} should hold numbers, an array of shape {shape}.") from None
        if name != "W" and array.size == int(np.prod(shape)):
            array = array.reshape(shape)  # a column is as good as a vector
        wide = name == "W" and array.ndim == 2 and array.shape[0] == 2 and array.shape[1] != 2
        if wide:
            raise Wrong(
                f"W has {array.shape[1]} columns, one per hidden unit; two units are enough, so make it (2, 2)."
            )
        expect(array.shape == shape, f"{name} has shape {array.shape}, it should have {shape}.")
        expect(np.isfinite(array).all(), f"{name} holds numbers that are not finite.")
        parts.append(array)
    return parts


@exercise(
    "6.2",
    "bce_with_logits(z, y)",
    level="challenge",
    hints=(
        "Do not form the probability: with a = (1 − 2y) z both answers have the same loss, the softplus of a.",
        "Only exp(−|a|) is safe for every a; pull the large part max(a, 0) out of the logarithm, and log1p does the rest, with no branches and no clipping.",
        "At a = 0 the kinks of max(a, 0) and of |a| must cancel in the gradient too: write the maximum with the help of |a|, as half of a sum.",
    ),
)
def check_bce_with_logits(answer, rng):
    import torch

    def pair(z, y):
        return torch.tensor(np.asarray(z, dtype=float), requires_grad=True), torch.tensor(np.asarray(y, dtype=float))

    def loss(z, y):
        return np.logaddexp(0, (1 - 2 * np.asarray(y)) * np.asarray(z))

    # Moderate logits: is it the right function?
    z, y = rng.uniform(0.5, 3, 4) * rng.choice([-1, 1], 4), np.array([0.0, 1.0, 0.0, 1.0])
    p = 1 / (1 + np.exp(-z))
    mistakes = {
        "The sign is turned: this loss is small for wrong answers. For y = 1 it is ζ(−z), so the factor is 1 − 2y.": loss(
            z, 1 - y
        ),
        "This is log P(y), which is negative; the loss is −log P(y).": -loss(z, y),
        "The examples were averaged; return one loss per example.": loss(z, y).mean(),
        "The examples were added up; return one loss per example.": loss(z, y).sum(),
        "z was taken for the probability's logit twice: the sigmoid has been applied two times.": loss(p, y),
        "This is the squared error of the probability, whose gradient dies when the answer is confidently wrong.": (
            p - y
        )
        ** 2
        / 2,
        "This is the squared error of the probability, which loses its gradient when the answer is wrong.": (p - y)
        ** 2,
        "The term for y = 0 is missing: this is −y log σ(z).": y * loss(z, 1),
        "The term for y = 1 is missing: this is −(1 − y) log(1 − σ(z)).": (1 - y) * loss(z, 0),
    }
    expect_close(
        answer,
        pair(z, y),
        loss(z, y),
        mistakes=mistakes,
        rtol=1e-5,
        hint="For y = 1 it is ζ(−z), for y = 0 it is ζ(z).",
    )

    # Large ones: is it finite, and does it still grow?
    for z, y in (
        (rng.uniform(45, 90), 0),
        (-rng.uniform(800, 1000), 1),
        (rng.uniform(800, 1000), 0),
        (-rng.uniform(800, 1000), 0),
    ):
        args = pair([z, z], [y, 1 - y])
        got, wanted = (
            np.ravel(as_numbers(answer, args, answer(*args), (2,))),
            loss(np.array([z, z]), np.array([y, 1 - y])),
        )
        shown = f"At z = {z:.0f}, y = {y} the loss is {wanted[0]:.0f}, yours is {got[0]:.4g}"
        if abs(z) < 100:
            reason = "the probability has been rounded to exactly 0 or 1 before its logarithm was taken. Work with z, not with σ(z)."
            expect(np.isfinite(got).all(), f"{shown}: {reason}")
        reason = "an exponential of something large overflowed (or underflowed to 0 inside a logarithm). Only exp(−|z|) is safe."
        expect(
            np.isfinite(got).all(),
            f"At |z| = {abs(z):.0f} the loss is {show_value(got)}, it should be {show_value(wanted)}: {reason}",
        )
        if wanted[0] > 1:
            expect(
                got[0] > 0.99 * wanted[0],
                f"{shown}: something is clipped, and where it is clipped the gradient is 0, just where the answer is most wrong.",
            )
        expect(
            np.allclose(got, wanted, rtol=1e-5, atol=1e-9),
            f"{shown} and for y = {1 - y} {got[1]:.4g}, not {wanted[1]:.4g}.",
        )

    # Its gradient, by autograd.
    z = np.concatenate([rng.uniform(-3, 3, 4), [-rng.uniform(800, 1000), rng.uniform(800, 1000)], [0.0, 0.0]])
    y = np.array([0, 1, 0, 1, 1, 0, 0, 1])
    args = pair(z, y)
    try:
        value = answer.function(*args)
        (got,) = torch.autograd.grad(value.sum(), args[0])
    except (RuntimeError, TypeError, AttributeError):
        raise Wrong(
            "The values are right, but autograd cannot follow them back to z: use torch operations on z, nothing detached."
        ) from None
    got, wanted = got.numpy() + 0.0, np.exp(-np.logaddexp(0, -z)) - y
    expect(
        np.isfinite(got).all(),
        "The values are right, but the gradient at |z| over 800 is NaN: torch.where computes both branches, "
        "and infinity times 0 of the unused one is NaN. Use exp(−|z|).",
    )
    expect(
        np.allclose(got[:-2], wanted[:-2], atol=1e-6),
        "The values are right, but the gradient is not σ(z) − y everywhere.",
    )
    expect(
        np.allclose(got, wanted, atol=1e-6),
        f"At z = 0 exactly, y = 1, autograd gives {got[-1]:.1f} and not σ(0) − 1 = −0.5: max(a, 0) and |a| both have a kink there. "
        "Write max(a, 0) as (a + |a|) / 2.",
    )
    return "It is finite, right, and pulls on every wrong logit up to 1000."


@exercise(
    "6.3",
    "prelu(z, alpha)",
    level="warm-up",
    hints=(
        "Write the two sides apart, one term for the positive part of z and one for the negative; a maximum of z and αz is right only for α up to 1.",
        "Differentiate for alpha, not for z: where z is positive alpha plays no part, and where it is negative αz is linear in alpha.",
        "The derivative is the negative part of z, min(0, z), entry by entry and not summed; the value is the positive part plus alpha times that same tensor, in torch so that autograd can follow.",
    ),
)
def check_prelu(answer, rng):
    import torch

    for m, n in ((3, 1), (5, 4)):
        z = rng.uniform(0.2, 2, (m, n)) * rng.choice([-1, 1], (m, n))
        z[0], z[1] = np.abs(z[0]), -np.abs(z[1])  # both sides occur in every column
        for alpha in (rng.uniform(0.05, 0.5, n), rng.uniform(1.5, 3, n), rng.uniform(-2, -0.5, n)):
            args = torch.tensor(z), torch.tensor(alpha, requires_grad=True)
            returned = answer(*args)
            pair = isinstance(returned, (tuple, list)) and len(returned) == 2
            expect(pair, "Return two tensors: the value, and its derivative for alpha.")
            value, slope = (as_numbers(answer, args, part, (m, n)) for part in returned)
            _expect_prelu(z, alpha, value, slope)
        value, _ = answer.function(*args)
        followed = hasattr(value, "requires_grad") and value.requires_grad
        reached = torch.autograd.grad(value.sum(), args[1], allow_unused=True)[0] if followed else None
        expect(
            reached is not None,
            "The values are right, but autograd cannot follow them back to alpha (detached, or turned into plain numbers), so alpha would never learn.",
        )
        expect(
            np.allclose(reached.numpy(), np.minimum(z, 0).sum(0)),
            "The values are right, but the gradient that autograd finds for alpha is not the sum of min(0, z) over the examples.",
        )
    return "Right for every slope, and alpha can learn."


def _expect_prelu(z, alpha, value, slope):
    """Judge a value and a derivative of PReLU at places that are not 0."""
    below, expected = np.minimum(z, 0), np.maximum(z, 0) + alpha * np.minimum(z, 0)

    def is_close(a, b):
        return a.shape == b.shape and np.allclose(a, b, rtol=1e-6)

    if not is_close(value, expected):
        large = alpha.max() > 1
        expect(
            not (large and is_close(value, np.maximum(z, alpha * z))),
            f"max(z, αz) is PReLU only for α up to 1: at α = {alpha.max():.2f} it takes αz on the positive side.",
        )
        expect(
            not (alpha.max() < 0 and is_close(value, np.maximum(z, 0) + np.abs(alpha) * below)),
            f"For α = {alpha.min():.2f} the sign of α was lost; a negative α turns the negative side up.",
        )
        expect(
            not (alpha.max() < 0 and is_close(value, np.maximum(z, alpha * z))),
            f"max(z, αz) is not PReLU at α = {alpha.min():.2f}; write the two sides apart, max(0, z) + α min(0, z).",
        )
        expect(
            not is_close(value, np.maximum(z, 0) - alpha * below),
            "The negative side has the wrong sign: min(0, z) is already negative.",
        )
        expect(not is_close(value, np.maximum(z, 0)), "alpha has no effect: this is the ReLU.")
        expect(
            not is_close(value, alpha * np.maximum(z, 0) + below),
            "The sides are swapped: alpha belongs to the negative one.",
        )
        swapped = is_close(value, below) and is_close(slope, expected)
        expect(not swapped, "The two results are swapped: first the value, then its derivative for alpha.")
        expect(
            value.shape == expected.shape, f"The value has shape {value.shape}, it should have that of z, {z.shape}."
        )
        raise Wrong(
            f"For z = {show_value(z)} and alpha = {show_value(alpha)} the value is not max(0, z) + α min(0, z)."
        )
    expect(
        not is_close(slope, z),
        "The derivative for alpha is z only where z is negative; where z is positive, alpha plays no part: min(0, z).",
    )
    at_z = np.where(z > 0, 1.0, np.broadcast_to(alpha, z.shape))
    expect(not is_close(slope, at_z), "That is the derivative for z (1 or α); asked is the derivative for alpha.")
    expect(
        not is_close(slope, -below), "The derivative for alpha has the wrong sign: it is min(0, z), which is negative."
    )
    expect(not is_close(slope, (z < 0).astype(float)), "The derivative of αz for α is z, not 1.")
    expect(not is_close(slope, alpha * below), "The derivative of αz for α is z; alpha itself is gone from it.")
    summed = slope.shape == alpha.shape and np.allclose(slope, below.sum(0))
    expect(not summed, "The derivative was summed over the examples; return one number per entry of z.")
    expect(
        is_close(slope, below), f"The derivative for alpha should be {show_value(below)}, yours is {show_value(slope)}."
    )


# ======== sections 6.4..6.6 ========


def _run_net(net, x):
    w, c, v, b = net
    return np.maximum(0, np.outer(x, w) + c) @ v + b


def _interpolating_mistakes(knots, values):
    """Yield the messages of plausible mistakes, each with the network that it leads to."""
    ones, slopes = np.ones(len(knots) - 1), np.diff(values) / np.diff(knots)
    v, c, b = np.diff(slopes, prepend=0.0), -knots[:-1], values[0]
    as_weights = "The values stand where the output weights belong; a weight is the change of slope at its knot."
    for weights in (values[:-1], values[1:], values[1:] - values[0]):
        yield as_weights, (ones, c, weights, b)
    yield as_weights, (ones, c, values[1:], 0.0)
    raw = "The weights are the slopes themselves; units add up, so each brings only the change of slope at its knot."
    yield raw, (ones, c, slopes, b)
    rises = "The weights are differences of the values; divide them by the distance of the knots to get slopes."
    yield rises, (ones, c, np.diff(values), b)
    yield rises, (ones, c, np.diff(np.diff(values), prepend=0.0), b)
    first = "The first slope is missing: before the first unit the slope is 0, so its weight is the whole first slope."
    yield first, (ones, c, np.append(0.0, np.diff(slopes)), b)
    late = "The bends are one knot off: unit i must switch on at knots[i], where its piece begins, not at knots[i + 1]."
    yield late, (ones, -knots[1:], v, b)
    yield late, (ones, -np.append(knots[0], knots[:-2]), v, b)
    yield "The sign of c is wrong: w x + c is 0 at the knot only if c = -w * knot.", (ones, knots[:-1], v, b)
    yield "The offset b is missing: at the first knot all units are off, so f is b there.", (ones, c, v, 0.0)
    for spacing in (knots[1] - knots[0], np.diff(knots).mean()):
        equal = np.diff(np.diff(values) / spacing, prepend=0.0)
        yield "The slopes treat the knots as equally spaced; divide by each knot's own distance.", (ones, c, equal, b)


@exercise(
    "6.4",
    "relu_net_for(knots, values)",
    level="challenge",
    hints=(
        "One unit for each piece, n in all: unit i switches on at knots[i], the left end of its piece, and stays on.",
        "With w = 1 a unit is silent up to its knot if c is minus the knot; at the first knot all are silent, so b must be the first value.",
        "The slope between two knots is the sum of the weights so far: divide the rises by the knots' own distances, take the first slope whole, and after it only the change from each slope to the next.",
    ),
)
def check_relu_net(answer, rng):
    for n in (2, 3, 7, 20):
        knots = rng.uniform(-2, 2) + np.append(0, np.cumsum(rng.uniform(0.3, 1.5, n)))
        values = rng.standard_normal(n + 1) * 2 + rng.choice([-3, 3])
        net = answer(knots, values)
        call = answer.call(knots, values)
        expect(isinstance(net, tuple | list) and len(net) == 4, f"{call} must return four things: w, c, v, b.")
        try:
            w, c, v = (np.asarray(part, float).ravel() for part in net[:3])
            b = float(np.asarray(net[3]).squeeze())
        except (TypeError, ValueError):
            raise Wrong(f"{call} must return three arrays of numbers and one number b.") from None
        sizes = f"{len(w)}, {len(c)} and {len(v)}"
        expect(
            len(w) == len(c) == len(v) == n,
            f"w, c and v have {sizes} entries for {n + 1} knots; it takes {n}, one unit for each piece "
            "(the first one brings the first slope).",
        )
        middle = (knots[1:] + knots[:-1]) / 2
        x = np.concatenate([knots, middle, rng.uniform(knots[0], knots[-1], 20)])
        got, wanted = _run_net((w, c, v, b), x), np.interp(x, knots, values)
        if np.allclose(got, wanted, rtol=1e-6, atol=1e-7):
            continue
        for message, mistaken in _interpolating_mistakes(knots, values):
            if np.allclose(got, _run_net(mistaken, x), rtol=1e-6, atol=1e-7):
                raise Wrong(f"{message} Seen with {call}.")
        if np.allclose(got[: n + 1], wanted[: n + 1], rtol=1e-6, atol=1e-7):
            i = int(np.abs(got - wanted)[n + 1 : 2 * n + 1].argmax())
            raise Wrong(
                f"The network is right at the knots but not between them: at x = {middle[i]:.4g} it gives "
                f"{got[n + 1 + i]:.4g}, the straight line {wanted[n + 1 + i]:.4g}. Seen with {call}."
            )
        i = int(np.abs(got - wanted)[: n + 1].argmax())
        raise Wrong(
            f"At the knot {knots[i]:.4g} the network gives {got[i]:.4g}, expected {values[i]:.4g}. Seen with {call}."
        )
    return "It joins unequal knots by straight lines: n units, n pieces."


def _engine(answer):
    """Return the class Tensor of the notebook in which the answer was written."""
    Tensor = getattr(inspect.unwrap(answer.function), "__globals__", {}).get("Tensor")
    works = isinstance(Tensor, type) and all(
        hasattr(Tensor, name) for name in ("__mul__", "__add__", "sum", "backward")
    )
    try:
        works = works and Tensor(2).edges == ()
    except Exception:
        works = False
    expect(
        works, "The class Tensor of this section was not found: run the cells that define it and its operations first."
    )
    return Tensor


def _try(action, what):
    """Run ``action``; whatever it raises becomes a message about ``what``."""
    try:
        return action()
    except Exception as error:
        raise Wrong(f"{what} raised {type(error).__name__}: {error}") from None


@exercise(
    "6.5",
    "maximum(a, b)",
    level="core",
    hints=(
        "Begin like `add`: make tensors of both arguments, compute the new data with NumPy, and give the result one edge to each argument.",
        "The result moves with the larger argument only, entry by entry: a mask of truth values, computed once, says which one that is.",
        "Each pull multiplies the gradient that comes in by the mask, for a, or by its opposite, for b; `backward` undoes the broadcasting.",
    ),
)
def check_maximum(answer, rng):
    Tensor = _engine(answer)
    for shape_a, shape_b in (((), ()), ((3,), (3,)), ((4, 3), (3,)), ((1, 3), (3,)), ((4, 1), (3,)), ((2, 3), ())):
        b = rng.standard_normal(shape_b)
        gap = rng.uniform(0.1, 1, np.broadcast_shapes(shape_a, shape_b)) * rng.choice(
            [-1, 1], np.broadcast_shapes(shape_a, shape_b)
        )
        a = (b + gap) if shape_a == np.shape(gap) else rng.standard_normal(shape_a)
        if shape_a == ():
            _judge_maximum(answer, Tensor, a, b)
            a, b = b, a
        _judge_maximum(answer, Tensor, a, b)
    x = rng.standard_normal(5)
    leaf = Tensor(x)
    out = answer(leaf, leaf * -1.0)
    _try(lambda: out.sum().backward(), "backward through maximum(x, -x)")
    expect(
        np.allclose(leaf.grad, np.sign(x)),
        f"maximum(x, -x) is |x|, its derivative at x = {np.round(x, 2).tolist()} is the sign of x, "
        f"but x.grad is {np.round(leaf.grad, 2).tolist()}.",
    )
    whole = rng.permutation([-3, -2, -1, 1, 2, 3])
    leaf = Tensor(whole)
    for number, left in ((0, True), (0.5, False)):
        try:
            out = answer(leaf, number) if left else answer(number, leaf)
        except Wrong as wrong:
            raise Wrong(
                f"A plain number must do as an argument, as in maximum(x, 0): turn it into a Tensor first. {wrong}"
            ) from None
        expect(isinstance(out, Tensor), "maximum(x, 0) must return a Tensor.")
        leaf.grad = np.zeros(6)
        _try(lambda out=out: out.sum().backward(), "backward through maximum with a plain number")
        expect(
            np.allclose(out.data, np.maximum(whole, number)) and np.allclose(leaf.grad, whole > number),
            f"With whole numbers, maximum({whole.tolist()}, {number}) gave the values {np.round(out.data, 4).tolist()} "
            f"and the gradient {np.round(leaf.grad, 4).tolist()}.",
        )
    return "The larger argument gets the gradient, with broadcasting, reuse and plain numbers."


def _judge_maximum(answer, Tensor, a, b):
    shown = f"a = {np.round(a, 2).tolist()} and b = {np.round(b, 2).tolist()}"
    A, B = Tensor(a), Tensor(b)
    out = answer(A, B)
    expect(isinstance(out, Tensor), f"maximum must return a Tensor, not an object of type {type(out).__name__}.")
    value = np.maximum(a, b)
    if (
        np.shape(out.data) == value.shape
        and np.allclose(out.data, np.minimum(a, b))
        and not np.allclose(value, np.minimum(a, b))
    ):
        raise Wrong(f"It returns the smaller of the two, with {shown}.")
    expect(
        np.shape(out.data) == value.shape and np.allclose(out.data, value),
        f"The values are wrong: with {shown} the data are {np.round(out.data, 4).tolist()}, expected {np.round(value, 4).tolist()}.",
    )
    expect(
        out is not A and out is not B,
        "It returns one of its two arguments as a whole; choose entry by entry, and make a new Tensor.",
    )
    expect(
        out.edges,
        "The result has no edges, so no gradient can flow back: give Tensor a pair (parent, pull) for each argument.",
    )
    parents = [edge[0] for edge in out.edges]
    expect(
        any(parent is A for parent in parents) and any(parent is B for parent in parents),
        "The result needs an edge to each of its two arguments, a and b.",
    )
    weights = 2.0 + np.arange(value.size).reshape(value.shape)
    _try(lambda: (out * weights).sum().backward(), f"backward through maximum with {shown}")
    larger = np.asarray(a > b)

    def pulled(g_a, g_b):
        """The gradients that arrive, summed over the broadcast axes, when these are sent back."""
        sums = []
        for g, shape in ((g_a, np.shape(a)), (g_b, np.shape(b))):
            g = np.broadcast_to(np.asarray(g, float), value.shape)
            g = g.sum(axis=tuple(range(g.ndim - len(shape))))
            sums.append(g.sum(axis=tuple(i for i, n in enumerate(shape) if n == 1), keepdims=True))
        return sums

    def same(g_a, g_b):
        wanted = pulled(g_a, g_b)
        return all(
            np.shape(t.grad) == np.shape(t.data) and np.allclose(t.grad, w) for t, w in zip((A, B), wanted, strict=True)
        )

    if same(weights * larger, weights * ~larger):
        return
    for message, g_a, g_b in (
        (
            "The smaller argument gets the gradient: the mask is the wrong way round",
            weights * ~larger,
            weights * larger,
        ),
        ("Both arguments get the whole gradient; only the larger one does, entry by entry", weights, weights),
        ("The pull returns the mask alone; multiply it by the gradient g that comes in", larger, ~larger),
        ("The pull returns the mask alone, and the wrong way round", ~larger, larger),
        ("The gradient is shared half and half; that is for ties only", weights / 2, weights / 2),
        (
            "The gradient is multiplied by the value of the argument; the derivative of max is 0 or 1",
            weights * a * larger,
            weights * b * ~larger,
        ),
    ):
        if same(g_a, g_b):
            raise Wrong(f"{message}. Seen with {shown}.")
    wanted = [np.round(g, 4).tolist() for g in pulled(weights * larger, weights * ~larger)]
    raise Wrong(
        f"With {shown} and incoming gradients {weights.tolist()}, a.grad is {np.round(A.grad, 4).tolist()} and b.grad "
        f"{np.round(B.grad, 4).tolist()}, expected {wanted[0]} and {wanted[1]}."
    )


def _nodes(root):
    """Return every node below ``root``, in no particular order, without recursion."""
    found = [root]
    known = {id(root)}
    for node in found:
        for parent, _ in node.edges:
            if id(parent) not in known:
                known.add(id(parent))
                found.append(parent)
    return found


def _judge_order(returned, root, what):
    """Say what is wrong with the order of visits, if anything is."""
    expect(
        isinstance(returned, list | tuple) and all(hasattr(node, "edges") for node in returned),
        "backward must return the list of the nodes in the order in which it visited them.",
    )
    place = {id(node): i for i, node in enumerate(returned)}
    expect(
        len(place) == len(returned), f"A node was visited twice, so its gradient was passed on twice. Seen with {what}."
    )
    expect(
        set(place) == {id(node) for node in _nodes(root)},
        f"The list must hold every node that the root depends on, leaves included, and no other. Seen with {what}.",
    )
    for node in returned:
        for parent, _ in node.edges:
            expect(
                place[id(node)] < place[id(parent)],
                "A node was visited before every node that uses it had given its share: it passed on a part of its gradient "
                f"only. Visit in topological order. Seen with {what}.",
            )


@exercise(
    "6.5b",
    "backward(root)",
    level="challenge",
    hints=(
        "A node may pass its gradient on only when every edge that leads to it has delivered; so count those edges before the sweep begins.",
        "A list to which you append while you walk along it replaces the recursion: the first walk finds every node once, counts the edges into it, and sets the inner nodes to zero.",
        "The second walk starts from the root with gradient 1; for each edge add the unbroadcast share to the parent, lower its count by one, and append the parent when its count reaches zero.",
    ),
)
def check_backward(answer, rng):
    Tensor = _engine(answer)
    s = float(rng.uniform(1, 2))

    def judge(what, leaves, root, wanted, mistakes=()):
        returned = answer(root)
        for (name, leaf), gradient in zip(leaves.items(), wanted, strict=True):
            gradient = np.asarray(gradient, float)
            if np.shape(leaf.grad) == gradient.shape and np.allclose(leaf.grad, gradient, rtol=1e-9):
                continue
            for message, mistaken in mistakes:
                if np.shape(leaf.grad) == np.shape(mistaken) and np.allclose(leaf.grad, mistaken, rtol=1e-9):
                    raise Wrong(f"{message} Seen with {what}.")
            expect(
                np.shape(leaf.grad) == gradient.shape,
                f"{name} has shape {gradient.shape}, but its gradient has shape {np.shape(leaf.grad)}: sum over the axes along "
                f"which it was broadcast (unbroadcast). Seen with {what}.",
            )
            _judge_order(returned, root, what)
            raise Wrong(
                f"{name}.grad is {np.round(leaf.grad, 4).tolist()}, expected {np.round(gradient, 4).tolist()}, with {what}."
            )
        expect(np.allclose(root.grad, 1), f"The root's own gradient must be 1, not {np.round(root.grad, 4).tolist()}.")
        _judge_order(returned, root, what)

    x = Tensor(s)
    zero = "No gradient arrived: the sweep starts from root.grad = 1."
    judge(f"x * 3 at x = {s:.3f}", {"x": x}, x * 3.0, [3.0], [(zero, 0.0)])
    overwritten = "A node that is used twice keeps only its last share: add to parent.grad, do not overwrite it."
    x = Tensor(s)
    judge(f"x + x at x = {s:.3f}", {"x": x}, x + x, [2.0], [(overwritten, 1.0)])
    x = Tensor(s)
    judge(f"x * x at x = {s:.3f}", {"x": x}, x * x, [2 * s], [(overwritten, s)])
    for first in (True, False):
        x = Tensor(s)
        u = x * x
        v = u * u
        root = u + v if first else v + u
        name = f"u = x * x, v = u * u, {'u + v' if first else 'v + u'} at x = {s:.3f}"
        judge(name, {"x": x}, root, [2 * s + 4 * s**3])
    whole = rng.integers(1, 5, 3)
    a, b, scalar = Tensor(rng.standard_normal((4, 3))), Tensor(whole), Tensor(s)
    judge(
        "(a * b + s).sum() with shapes (4, 3), (3,) and ()",
        {"b": b, "s": scalar, "a": a},
        (a * b + scalar).sum(),
        [a.data.sum(axis=0), 12.0, np.tile(whole, (4, 1))],
        [
            (
                "The gradient was summed over all axes; sum only over those along which the array was repeated.",
                np.full(3, a.data.sum()),
            )
        ],
    )
    a, b = Tensor(rng.standard_normal((1, 3))), Tensor(rng.standard_normal(3))
    judge("(a * b).sum() with shapes (1, 3) and (3,)", {"b": b, "a": a}, (a * b).sum(), [a.data[0], b.data[None]])
    x = Tensor(s)
    u = x * x
    root = u + 1.0
    answer(root)
    doubled = [
        ("After a second sweep a leaf must hold the sum of both; it was set back to zero.", 2 * s),
        (
            "In a second sweep an inner node still held the gradient of the first; set inner nodes to zero at the start.",
            6 * s,
        ),
    ]
    judge(f"two sweeps over x * x + 1 at x = {s:.3f}", {"x": x}, root, [4 * s], doubled)
    x = Tensor(s)
    root = x
    for _ in range(5000):
        root = root + 0.0
    try:
        judge("a chain of 5000 sums", {"x": x}, root, [1.0])
    except Wrong as wrong:
        if "without end" in str(wrong):
            raise Wrong(
                "Right on small graphs, but on a chain of 5000 nodes the recursion gives out: keep your own list of what to visit."
            ) from None
        raise
    return "Every node waits for all who use it, and shares add up; 5000 nodes deep, too."
