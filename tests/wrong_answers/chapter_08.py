"""Wrong answers to the exercises of chapter 8, Optimization for Training Deep Models, each with a part of the message it must get."""

import numpy as np

WRONG = {}


def _cut(order, m):
    return [order[start : start + m] for start in range(0, len(order), m)]


def _shuffled_batches(n, m, rng):
    pieces = _cut(np.arange(n), m)
    full, rest = pieces[: n // m], pieces[n // m :]
    return [full[i] for i in rng.permutation(len(full))] + rest


WRONG["8.1"] = [
    (lambda n, m, rng: _cut(rng.integers(0, n, n), m), "twice"),
    (lambda n, m, rng: [rng.permutation(n)[:m] for _ in range(-(-n // m))], "twice"),
    (lambda n, m, rng: _cut(rng.permutation(n), m)[: n // m] or [rng.permutation(n)], "dropped"),
    (lambda n, m, rng: _cut(np.random.default_rng(0).permutation(n), m), "same order"),
    (lambda n, m, rng: _cut(np.random.default_rng().permutation(n), m), "does not come from rng"),
    (lambda n, m, rng: _cut(np.arange(n), m), "own order"),
    (_shuffled_batches, "Only the order of the minibatches"),
    (lambda n, m, rng: np.array_split(rng.permutation(n), -(-n // m)), "sizes"),
    (lambda n, m, rng: _cut(rng.permutation(n) + 1, m), "indices go from"),
    (lambda n, m, rng: rng.permutation(n), "each minibatch should be"),
    (lambda n, m, rng: _cut(rng.permutation(n) / 1.0, m), "whole numbers"),
    (lambda n, m, rng: n, "list of index arrays"),
    (lambda n, m, rng: _cut(np.resize(rng.permutation(n), -(-n // m) * m), m), "twice"),
    (lambda n, m, rng: np.split(rng.permutation(n), range(n % m, n, m)), "empty minibatch"),
]


def _classify(function):
    """Make a wrong answer of 8.2 from a function of the eigenvalues, their determinant, their trace, and tol."""

    def classify_critical(H, tol):
        import torch

        values = torch.linalg.eigvalsh(H).numpy()
        return function(values, float(np.prod(values)), float(values.sum()), tol)

    return classify_critical


def _kinds(values, zero):
    up, down = (values > zero).any(), (values < -zero).any()
    if up and down:
        return "saddle"
    if (np.abs(values) <= zero).any():
        return "degenerate"
    return "minimum" if up else "maximum"


def _det_only(v, det, trace, tol):
    if len(v) == 1:
        return "minimum" if det > 0 else "maximum"
    return "degenerate" if det == 0 else "minimum" if det > 0 else "saddle"


def _zero_first(v, det, trace, tol):
    zero = tol * np.abs(v).max()
    return "degenerate" if (np.abs(v) <= zero).any() else _kinds(v, zero)


def _two_by_two(v, det, trace, tol):
    if len(v) == 1:
        return "minimum" if det > 0 else "maximum"
    if det < 0:
        return "saddle"
    return "degenerate" if det == 0 else "minimum" if trace > 0 else "maximum"


WRONG["8.2"] = [
    (_classify(_det_only), "positive determinant is not enough"),
    (_classify(lambda v, det, trace, tol: "minimum" if trace > 0 else "maximum"), "the other leads down"),
    (_classify(_two_by_two), "signs cancel"),
    (
        _classify(lambda v, det, trace, tol: "minimum" if (v > 0).all() else "maximum" if (v < 0).all() else "saddle"),
        "neither up nor down",
    ),
    (
        _classify(lambda v, det, trace, tol: "saddle" if v[0] < 0 < v[-1] else "minimum" if v[-1] > 0 else "maximum"),
        "is ignored",
    ),
    (_classify(lambda v, det, trace, tol: _kinds(v, 0.0)), "roundoff"),
    (_classify(lambda v, det, trace, tol: _kinds(v, tol)), "tol is relative"),
    (_classify(_zero_first), "whatever a third does"),
    (_classify(lambda v, det, trace, tol: _kinds(v, tol * v.max())), "sets the scale"),
    (_classify(lambda v, det, trace, tol: _kinds(v, 1e-6 * np.abs(v).max())), "use it"),
    (_classify(lambda v, det, trace, tol: _kinds(-v, tol * np.abs(v).max())), "Upward curvature"),
    (_classify(lambda v, det, trace, tol: (v > 0).sum()), "as text"),
    (_classify(lambda v, det, trace, tol: _kinds(v, tol * np.abs(v).mean())), "not the mean"),
    (_classify(lambda v, det, trace, tol: _kinds(v, tol * np.linalg.norm(v))), "nor their norm"),
    (_classify(lambda v, det, trace, tol: _kinds(np.abs(v), tol * np.abs(v).max())), "Downward curvature"),
]


def _nesterov(function):
    """Make a wrong answer of 8.3 from a function of theta, v, the gradient function, lr and alpha."""

    def nesterov_step(theta, v, grad_fn, lr, alpha):
        return function(theta, v, grad_fn, lr, alpha)

    return nesterov_step


def _move(at):
    def step(t, v, g, lr, a):
        new = a * v - lr * g(at(t, v, a))
        return t + new, new

    return step


def _new_velocity(t, v, g, lr, a):
    return a * v - lr * g(t + a * v)


def _look_ahead(t, v, g, lr, a):
    new = _new_velocity(t, v, g, lr, a)
    return t + new + a * new, new


def _from_ahead(t, v, g, lr, a):
    new = _new_velocity(t, v, g, lr, a)
    return t + a * v + new, new


def _uphill(t, v, g, lr, a):
    new = a * v + lr * g(t + a * v)
    return t + new, new


def _outside(t, v, g, lr, a):
    new = a * v + g(t + a * v)
    return t - lr * new, new


def _in_place_right(t, v, g, lr, a):
    gradient = g(t + a * v)
    v *= a
    v -= lr * gradient
    t += v
    return t, v


def _damped(t, v, g, lr, a):
    new = a * v - (1 - a) * lr * g(t + a * v)
    return t + new, new


WRONG["8.3"] = [
    (_nesterov(_move(lambda t, v, a: t)), "plain momentum"),
    (_nesterov(_move(lambda t, v, a: t - a * v)), "behind the parameters"),
    (_nesterov(_move(lambda t, v, a: t + v)), "taken at theta + v"),
    (_nesterov(lambda t, v, g, lr, a: (t + v, _new_velocity(t, v, g, lr, a))), "the old velocity"),
    (_nesterov(lambda t, v, g, lr, a: (t + a * v, _new_velocity(t, v, g, lr, a))), "alpha times the old velocity"),
    (_nesterov(_look_ahead), "returned the look-ahead point"),
    (_nesterov(_from_ahead), "started at the look-ahead"),
    (_nesterov(_uphill), "uphill"),
    (_nesterov(_outside), "outside v"),
    (_nesterov(_damped), "averaged in"),
    (_nesterov(lambda t, v, g, lr, a: (t + _new_velocity(t, v, g, lr, a), v)), "returned is the old one"),
    (_nesterov(lambda t, v, g, lr, a: (_new_velocity(t, v, g, lr, a), t + _new_velocity(t, v, g, lr, a))), "swapped"),
    (_nesterov(lambda t, v, g, lr, a: (t - lr * g(t + a * v), -lr * g(t + a * v))), "alpha v is missing"),
    (_nesterov(lambda t, v, g, lr, a: t + _new_velocity(t, v, g, lr, a)), "Return two things"),
    (_nesterov(lambda t, v, g, lr, a: (t + a * v, a * v)), "never called"),
    (_nesterov(_in_place_right), "in place"),
    (_nesterov(_move(lambda t, v, a: t + a * a * v)), "v is not what the two formulas give"),
    (
        _nesterov(lambda t, v, g, lr, a: (t + a * _new_velocity(t, v, g, lr, a), _new_velocity(t, v, g, lr, a))),
        "theta is",
    ),
]


def _uniform(bound):
    return lambda m, n, rng: rng.uniform(-1, 1, (m, n)) * bound(m, n)


WRONG["8.4"] = [
    (_uniform(lambda m, n: np.sqrt(2 / m)), "3 times too small"),
    (_uniform(lambda m, n: np.sqrt(6 / n)), "fan_out"),
    (_uniform(lambda m, n: np.sqrt(6 / (m + n))), "Glorot"),
    (_uniform(lambda m, n: np.sqrt(3 / m)), "halves"),
    (_uniform(lambda m, n: 6 / m), "root is missing"),
    (_uniform(lambda m, n: 2 / m), "not the bound"),
    (_uniform(lambda m, n: np.sqrt(12 / m)), "b²/3, not"),
    (lambda m, n, rng: rng.standard_normal((m, n)) * np.sqrt(2 / m), "not a uniform"),
    (lambda m, n, rng: rng.uniform(0, np.sqrt(6 / m), (m, n)), "not centred"),
    (lambda m, n, rng: rng.uniform(-np.sqrt(6 / m), np.sqrt(6 / m), (n, m)), "one row per output"),
    (lambda m, n, rng: np.random.default_rng(0).uniform(-np.sqrt(6 / m), np.sqrt(6 / m), (m, n)), "same weights"),
    (lambda m, n, rng: np.random.default_rng().uniform(-np.sqrt(6 / m), np.sqrt(6 / m), (m, n)), "same seed"),
    (lambda m, n, rng: np.full((m, n), np.sqrt(2 / m)), "repeat"),
    (lambda m, n, rng: rng.integers(-1, 2, (m, n)) * np.sqrt(6 / m), "repeat"),
    (lambda m, n, rng: np.tile(rng.uniform(-np.sqrt(6 / m), np.sqrt(6 / m), (m, 1)), n), "repeat"),
]


def _adam(rho=(0.9, 0.999), correct=True, inside=False, decoupled=None, shift=1, sign=-1, hats=False, square=True):
    def adam_step(theta, g, s, r, t, lr, decay, adamw):
        if adamw if decoupled is None else decoupled:
            theta = (1 - lr * decay) * theta
        else:
            g = g + decay * theta
        s, r = rho[0] * s + (1 - rho[0]) * g, rho[1] * r + (1 - rho[1]) * (g**2 if square else abs(g))
        k = t + shift
        s_hat, r_hat = (s / (1 - rho[0] ** k), r / (1 - rho[1] ** k)) if correct else (s, r)
        theta = theta + sign * lr * s_hat / (np.sqrt(r_hat + 1e-8) if inside else np.sqrt(r_hat) + 1e-8)
        return (theta, s_hat, r_hat) if hats else (theta, s, r)

    return adam_step


WRONG["8.5"] = [
    (_adam(correct=False), "bias correction is missing"),
    (_adam(shift=0), "division by zero"),
    (_adam(shift=2), "one step late"),
    (_adam(rho=(0.999, 0.9)), "swapped"),
    (_adam(inside=True), "inside the root"),
    (_adam(decoupled=False), "must not enter g"),
    (_adam(decoupled=True), "belongs into the gradient"),
    (_adam(sign=1), "uphill"),
    (_adam(hats=True), "without the bias correction"),
    (_adam(square=False), "r is not"),
    (lambda theta, g, s, r, t, lr, decay, adamw: theta, "three arrays"),
    (
        lambda theta, g, s, r, t, lr, decay, adamw: _adam()(theta, g, s, r, t, lr, decay / lr, adamw),
        "not multiplied by the learning rate",
    ),
    (lambda theta, g, s, r, t, lr, decay, adamw: _adam()(theta, -g, s, r, t, lr, decay, adamw), "uphill"),
    (lambda theta, g, s, r, t, lr, decay, adamw: _adam()(theta, g, s, r, t, lr, 0.0, adamw), "decay is missing"),
]


def _cg(beta=lambda new, old: new / old, residual=True, sign=1, always=None, steepest=False):
    def cg(A_mul, b, tol):
        x, r, d = np.zeros(len(b)), b.copy(), b.copy()
        k = 0
        while (np.linalg.norm(r) > tol * np.linalg.norm(b)) if always is None else k < always * len(b):
            k += 1
            Ad = A_mul(d)
            step = r @ r / (d @ Ad)
            x = x + step * d
            new = r - step * Ad if residual else r
            d = new + (0 if steepest else sign * beta(new @ new, r @ r)) * d
            r = new
        return x

    return cg


def _by_inverse(A_mul, b, tol):
    return np.linalg.solve(A_mul, b)


def _by_columns(A_mul, b, tol):
    return np.linalg.solve(np.stack([A_mul(e) for e in np.eye(len(b))], axis=1), b)


def _two_products(A_mul, b, tol):
    x, r, d = np.zeros(len(b)), b.copy(), b.copy()
    while np.linalg.norm(r) > tol * np.linalg.norm(b):
        step = r @ r / (d @ A_mul(d))
        x = x + step * d
        new = b - A_mul(x)
        d, r = new + (new @ new) / (r @ r) * d, new
    return x


WRONG["8.6"] = [
    (_cg(beta=lambda new, old: old / new), "upside down"),
    (_cg(steepest=True), "steepest descent"),
    (_cg(sign=-1), "sign of β"),
    (_cg(residual=False), "same direction again"),
    (_cg(always=1), "does not stop"),
    (_by_inverse, "raised"),
    (_by_columns, "one by one"),
    (_two_products, "one product per round"),
    (lambda A_mul, b, tol: b.copy(), "never called"),
    (lambda A_mul, b, tol: _cg()(A_mul, b, tol / np.linalg.norm(b)) if b.any() else b, "relative to the norm"),
    (_cg(beta=lambda new, old: (new / old) ** 0.5), "not conjugate"),
]


def _bn(axis=0, ddof=0, delta=1e-5, after=0.0, power=0.5, centre=True):
    def batchnorm_forward(X, gamma, beta):
        mean = X.mean(axis=axis, keepdims=True) if centre else 0
        root = (X.var(axis=axis, ddof=ddof, keepdims=True) + delta) ** power + after
        return gamma * (X - mean) / root + beta, ()

    return batchnorm_forward


WRONG["8.7"] = [
    (_bn(ddof=1), "biased"),
    (_bn(delta=0), "missing under the root"),
    (_bn(delta=0, after=1e-5), "not to the standard deviation"),
    (_bn(axis=1), "layer norm"),
    (_bn(power=1), "take its root"),
    (_bn(centre=False), "mean is not subtracted"),
    (lambda X, gamma, beta: _bn()(X, 1, 0), "gamma and beta are missing"),
    (lambda X, gamma, beta: _bn()(X, beta, gamma), "swapped"),
    (lambda X, gamma, beta: (gamma * (_bn()(X, 1, 0)[0] + beta), ()), "comes last"),
    (lambda X, gamma, beta: _bn()(X, gamma, beta)[0], "two things"),
    (lambda X, gamma, beta: (X + beta, ()), "mean square"),
    (_bn(axis=None), "whole array"),
    (_bn(delta=1e-3), "mean squares up to"),
]


def _bn_back(mean=1, size=1, scale=True, divide=1, total=np.mean, params="sum"):
    def batchnorm_backward(dY, cache):
        X_hat, sigma, gamma = cache
        u = gamma * dY if scale else dY
        dX = (u - mean * total(u, axis=0) - size * X_hat * total(u * X_hat, axis=0)) / sigma**divide
        if params == "rows":
            return dX, dY * X_hat, dY
        if params == "mean":
            return dX, (dY * X_hat).mean(axis=0), dY.mean(axis=0)
        if params == "swapped":
            return dX, dY.sum(axis=0), (dY * X_hat).sum(axis=0)
        if params == "gamma":
            return dX, (gamma * dY * X_hat).sum(axis=0), dY.sum(axis=0)
        return dX, (dY * X_hat).sum(axis=0), dY.sum(axis=0)

    return batchnorm_backward


WRONG["8.7b"] = [
    (_bn_back(mean=0, size=0), "as constants"),
    (_bn_back(size=0), "sigma is treated as a constant"),
    (_bn_back(mean=0), "mean is treated as a constant"),
    (_bn_back(scale=False), "gamma is missing in dX"),
    (_bn_back(divide=0), "division by sigma is missing"),
    (_bn_back(divide=2), "twice"),
    (_bn_back(total=np.sum), "not sums"),
    (_bn_back(params="rows"), "sum over the batch"),
    (_bn_back(params="mean"), "averaged"),
    (_bn_back(params="swapped"), "swapped"),
    (_bn_back(params="gamma"), "gamma in it"),
    (_bn_back(size=-1), "through sigma"),
    (_bn_back(total=lambda a, axis: a.sum(axis=axis) / (len(a) - 1)), "column sums of dX are not 0"),
    (_bn_back(mean=-1), "column sums of dX are not 0"),
]
