"""Checkers of chapter 8, Optimization for Training Deep Models."""

import numpy as np

from dlbook_utils.check import Wrong, as_numbers, exercise, expect


@exercise(
    "8.1",
    "minibatches(n, m, rng)",
    level="warm-up",
    hints=(
        "Which order of the numbers 0 … n−1 should the epoch use, and who draws it?",
        "Draw one permutation, then cut it into pieces of m.",
        "range(0, n, m) holds the places where the pieces start; a slice that reaches beyond the end is simply shorter.",
    ),
)
def check_minibatches(answer, rng):
    for n, m in ((1, 1), (6, 2), (7, 3), (3, 8), (int(rng.integers(40, 60)) * 2 + 1, 8)):
        seeds = [int(s) for s in rng.integers(0, 2**31, 2)]
        epochs = [_read_batches(answer, answer(n, m, np.random.default_rng(s)), n, m) for s in seeds]
        generator = np.random.default_rng(seeds[0])
        running = [_read_batches(answer, answer(n, m, generator), n, m) for _ in range(2)]
        flat = np.concatenate(epochs[0])
        call = f"minibatches({n}, {m}, rng)"
        expect(
            flat.min() >= 0 and flat.max() < n,
            f"{call} returned the index {flat.min() if flat.min() < 0 else flat.max()}; indices go from 0 to {n - 1}.",
        )
        seen = np.bincount(flat, minlength=n)
        if len(flat) < n and seen.max() == 1 and len(flat) == n - n % m:
            raise Wrong(f"{call} dropped the last, shorter minibatch: {n % m} of {n} examples are never seen.")
        expect(
            seen.max() == 1,
            f"{call} holds an index twice in one epoch; that is sampling with replacement, or the pieces overlap.",
        )
        expect(seen.min() == 1, f"{call} holds {len(flat)} of the {n} indices; each must be there once.")
        lengths = [len(batch) for batch in epochs[0]]
        wanted = [m] * (n // m) + [n % m] * (n % m > 0)
        expect(
            lengths == wanted,
            f"{call} has minibatches of sizes {lengths[:8]}; all have {m}, and only the last may be shorter.",
        )
        if n > 40:
            orders = [np.concatenate(batches) for batches in epochs + running]
            expect(
                not np.array_equal(orders[2], np.arange(n)),
                f"{call} went through the examples in their own order; shuffle them, for data often arrive sorted.",
            )
            expect(
                not np.array_equal(orders[2], orders[3]),
                "Two epochs in a row had the same order: draw a new permutation from rng at each call.",
            )
            expect(
                np.array_equal(orders[0], orders[2]),
                "The order does not come from rng: the same rng, started again, gave another epoch.",
            )
            inside = [
                np.array_equal(np.sort(batch), np.arange(batch.min(), batch.min() + len(batch))) for batch in running[0]
            ]
            expect(
                not all(inside),
                "Only the order of the minibatches is shuffled: each still holds neighbours, as in sorted data.",
            )
    return "Every index once per epoch, in a new order each time, and nothing is dropped."


def _read_batches(answer, returned, n, m):
    """Return the minibatches as a list of integer arrays, or say what they are instead."""
    call = f"minibatches({n}, {m}, rng)"
    try:
        batches = [np.asarray(batch) for batch in returned]
    except TypeError:
        raise Wrong(f"{call} returned {type(returned).__name__}, expected a list of index arrays.") from None
    expect(batches, f"{call} returned no minibatch at all.")
    expect(all(batch.ndim == 1 for batch in batches), f"{call}: each minibatch should be an array of indices, (m,).")
    expect(all(batch.size for batch in batches), f"{call} holds an empty minibatch.")
    expect(
        all(batch.dtype.kind in "iu" for batch in batches), f"{call}: indices are whole numbers, use integer arrays."
    )
    return batches


KINDS = ("minimum", "maximum", "saddle", "degenerate")


@exercise(
    "8.2",
    "classify_critical(H, tol)",
    level="core",
    hints=(
        "What do the eigenvalues of H say about the directions from the point?",
        "Compute the eigenvalues with torch.linalg.eigvalsh, and call those zero whose magnitude is at most tol times the largest.",
        "Ask first whether there is one above and one below zero, then whether any is zero, and only then which sign they have.",
    ),
)
def check_classify_critical(answer, rng):
    import torch

    def says(eigenvalues, right, tol=1e-6, turn=True, **messages):
        eigenvalues = np.array(eigenvalues, float)
        n = len(eigenvalues)
        Q = np.linalg.qr(rng.standard_normal((n, n)))[0] if turn and n > 1 else np.eye(n)
        H = torch.tensor(Q @ np.diag(eigenvalues) @ Q.T)
        H = (H + H.T) / 2
        got = answer(H, tol)
        shown = ", ".join(f"{v:.3g}" for v in eigenvalues)
        expect(
            isinstance(got, str) and got in KINDS,
            f"Return one of {', '.join(KINDS)} as text; for the eigenvalues {shown} you returned {got!r}.",
        )
        if got != right:
            why = messages.get(got, "")
            raise Wrong(
                f"{why} For the eigenvalues {shown} with tol = {tol:g} you say {got}; it is a {right} point.".strip()
            )

    a, b, c = rng.uniform(1, 3, 3)
    says([a], "minimum", maximum="Upward curvature makes a minimum.")
    says([-a], "maximum", minimum="Downward curvature makes a maximum.")
    both = "One direction leads up and the other leads down; look at each eigenvalue."
    says([a, -b], "saddle", minimum=both, maximum=both)
    says([-a, -b], "maximum", minimum="A positive determinant is not enough: two negative eigenvalues have one too.")
    says([a, b], "minimum")
    says(
        [5 * a, -b / 5],
        "saddle",
        minimum="The trace is positive, and yet one direction leads down; look at each eigenvalue.",
    )
    says(
        [-5 * a, b / 5],
        "saddle",
        maximum="The trace is negative, and yet one direction leads up; look at each eigenvalue.",
    )
    cancel = "The determinant is positive because two signs cancel; look at each eigenvalue."
    says([a, -b, -c], "saddle", minimum=cancel, maximum=cancel)
    says(
        [-a, -b, -c],
        "maximum",
        saddle="The determinant of three negative eigenvalues is negative; that makes no saddle.",
    )
    says(
        [a, 0.0],
        "degenerate",
        turn=False,
        minimum="A zero eigenvalue is ignored: along its direction the cost may still fall.",
        saddle="A zero eigenvalue leads neither up nor down.",
    )
    says(
        [-a, 0.0],
        "degenerate",
        turn=False,
        maximum="A zero eigenvalue is ignored: along its direction the cost may still rise.",
    )
    says([0.0, 0.0], "degenerate", turn=False)
    says(
        [a, 0.0, -b], "saddle", degenerate="Up in one direction and down in another is a saddle, whatever a third does."
    )
    for sign in (1, -1):
        roundoff = "An eigenvalue of at most tol times the largest is roundoff; its sign means nothing."
        says([a, sign * 1e-9], "degenerate", turn=False, minimum=roundoff, saddle=roundoff)
    small = "tol is relative: compare with tol times the largest magnitude, not with tol itself."
    says([1e-8 * a, 1e-8 * b], "minimum", degenerate=small)
    says([1e-8 * a, -1e-8 * b], "saddle", degenerate=small)
    largest = "The largest *magnitude* sets the scale, and here a negative eigenvalue has it."
    says([-a, -2 * b, -3 * c], "maximum", degenerate=largest)
    says([-1e6 * a, 1e-3 * b, -1e5], "degenerate", turn=False, saddle=largest, maximum=largest)
    says([1e6 * a, 0.01], "degenerate", tol=1e-6, turn=False, minimum=small, saddle=small)
    says([-1e6 * a, -0.01], "degenerate", tol=1e-6, turn=False, maximum=small, saddle=small)
    says([a, 1e-2], "degenerate", tol=0.1, turn=False, minimum="tol is given with the call; use it.")
    single = "The largest magnitude sets the scale: not the mean of the magnitudes, nor their norm."
    says([a, 0.07 * a], "degenerate", tol=0.1, turn=False, minimum=single)
    says([a, a, 0.12 * a], "minimum", tol=0.1, turn=False, degenerate=single)
    return "Each eigenvalue has been asked, and roundoff has no vote, whatever the units."


@exercise(
    "8.3",
    "nesterov_step(theta, v, grad_fn, lr, alpha)",
    level="core",
    hints=(
        "At which point does Nesterov ask for the gradient, and how does that differ from momentum?",
        "The gradient is taken at theta + alpha * v, with the old velocity; the new velocity is alpha * v minus lr times it.",
        "Move theta, not the look-ahead point, by the new velocity, and return the pair.",
    ),
)
def check_nesterov_step(answer, rng):
    import torch

    for n in (1, 3, 6):
        M = torch.tensor(rng.standard_normal((n, n)))
        theta, v = torch.tensor(rng.standard_normal(n)), torch.tensor(rng.standard_normal(n))
        lr, alpha = float(rng.uniform(0.05, 0.2)), float(rng.uniform(0.5, 0.9))
        asked = []

        def grad_fn(x, M=M, asked=asked):
            asked.append(x.detach().clone())
            return M.T @ torch.tanh(M @ x) + 0.3 * x**3 + 0.5

        kept = theta.clone(), v.clone()
        given = theta.clone(), v.clone()
        returned = answer(*given, grad_fn, lr, alpha)
        expect(asked, "grad_fn was never called; without a gradient there is no step.")
        pair = isinstance(returned, (tuple, list)) and len(returned) == 2
        expect(pair, "Return two things: the new theta and the new v, in this order.")
        args = (*given, grad_fn, lr, alpha)
        got = [as_numbers(answer, args, part, (n,)) for part in returned]
        expect(
            all(part.shape == (n,) for part in got),
            f"theta and v have {n} entries; you returned shapes {got[0].shape} and {got[1].shape}.",
        )

        def step(at=1.0, alpha=alpha, lr=lr, sign=1.0, kept=kept, grad_fn=grad_fn):
            v_new = alpha * kept[1] - sign * lr * grad_fn(kept[0] + at * alpha * kept[1])
            return kept[0] + v_new, v_new

        theta_new, v_new = step()
        g = grad_fn(kept[0] + alpha * kept[1])
        plain, behind, uphill = step(at=0.0), step(at=-1.0), step(sign=-1.0)
        full = kept[0] + kept[1]
        g_full = grad_fn(full)
        outside = alpha * kept[1] + g
        looks = theta_new + alpha * v_new
        wrong = {
            "theta and v are swapped: return the parameters first.": (v_new, theta_new),
            "This is plain momentum: the gradient must be taken at theta + alpha v, not at theta.": plain,
            "The gradient was taken at theta − alpha v, behind the parameters; look ahead, to theta + alpha v.": behind,
            "The gradient was taken at theta + v; the look-ahead is theta + alpha v.": (
                kept[0] + alpha * kept[1] - lr * g_full,
                alpha * kept[1] - lr * g_full,
            ),
            "theta was moved by the old velocity; update v first, then move by the new one.": (
                kept[0] + kept[1],
                v_new,
            ),
            "theta was moved by alpha times the old velocity; move it by the new velocity.": (
                kept[0] + alpha * kept[1],
                v_new,
            ),
            "You returned the look-ahead point theta + alpha v (torch keeps that one); the book's theta is wanted.": (
                looks,
                v_new,
            ),
            "The step started at the look-ahead point; only the gradient is taken there, theta itself moves by v.": (
                kept[0] + alpha * kept[1] + v_new,
                v_new,
            ),
            "This goes uphill: the velocity loses lr times the gradient.": uphill,
            "This is the step without the new velocity's memory: alpha v is missing in v.": (kept[0] - lr * g, -lr * g),
            "The learning rate is applied outside v, as torch does; here v itself holds −lr times the gradient.": (
                kept[0] - lr * outside,
                outside,
            ),
            "theta is right, but the velocity returned is the old one.": (theta_new, kept[1]),
            "The gradient was averaged in with weight 1 − alpha; the book adds lr times the gradient in full.": (
                kept[0] + alpha * kept[1] - (1 - alpha) * lr * g,
                alpha * kept[1] - (1 - alpha) * lr * g,
            ),
        }

        def agrees(pair, got=got):
            return all(np.allclose(a, b.numpy(), rtol=1e-6, atol=1e-9) for a, b in zip(got, pair, strict=True))

        if not agrees((theta_new, v_new)):
            for message, pair in wrong.items():
                if agrees(pair):
                    raise Wrong(message)
            part = "theta" if np.allclose(got[1], v_new.numpy(), rtol=1e-6, atol=1e-9) else "v"
            raise Wrong(
                f"{part} is not what the two formulas give for {n} parameter{'s' * (n > 1)}, lr = {lr:.3f}, alpha = {alpha:.3f}."
            )
        again = theta.clone(), v.clone()
        answer.function(*again, grad_fn, lr, alpha)
        expect(
            all(torch.equal(a, b) for a, b in zip(again, kept, strict=True)),
            "Your function changed theta or v in place (+= or an in-place method); work on new tensors.",
        )
    return "It looks ahead, asks there, and steps from where it stands."


# ======== sections 8.4..8.7 ========


@exercise(
    "8.4",
    "he_uniform(fan_in, fan_out, rng)",
    level="warm-up",
    hints=(
        "Which variance does a ReLU layer with m inputs need, and does the number of outputs enter?",
        "Set b²/3, the variance of a uniform variable between −b and b, equal to 2/m and solve for b.",
        "Draw a whole (fan_in, fan_out) array at once with rng.uniform between −√(6/m) and √(6/m).",
    ),
)
def check_he_uniform(answer, rng):
    for m, n in ((60, 90), (300, 40), (40, 400)):
        twin = np.random.default_rng(rng.integers(2**32))
        returned = answer(m, n, twin)
        W = as_numbers(answer, (m, n, twin), returned, (m, n))
        expect(W.shape != (n, m), "W has one row per output here; it should have shape (fan_in, fan_out).")
        expect(W.shape == (m, n), f"W has shape {W.shape}, expected (fan_in, fan_out) = ({m}, {n}).")
        expect(np.isfinite(W).all(), "Some weights are not finite.")
        expect(len(np.unique(W)) > 0.9 * W.size, "Weights repeat: units that start alike stay alike. Draw each one.")
        expect(abs(W.mean()) < 0.1 * W.std(), "The weights are not centred at 0: draw between −bound and +bound.")
        ratio, spread = W.var() * m / 2, np.abs(W).max() / W.std()
        expect(
            spread < 1.9,
            "This is not a uniform distribution: it has values further than √3 standard deviations from 0.",
        )
        got = np.abs(W).max()
        for wrong, message in (
            (2 / m, "2/m is the variance, not the bound: solve b²/3 = 2/m for b."),
            (6 / m, "The root is missing: 6/m is b², not b."),
            (
                np.sqrt(2 / m),
                "The bound is √(2/m), which is the standard deviation you want: the variance is 3 times too small.",
            ),
            (
                np.sqrt(3 / m),
                "The bound is √(3/m), for the variance 1/m; a ReLU halves the mean square, so it needs 2/m.",
            ),
            (np.sqrt(6 / n), "This uses fan_out: the sum of a unit runs over its inputs."),
            (np.sqrt(6 / (m + n)), "This is Glorot's bound √(6/(m+n)); for a ReLU only the inputs count."),
            (np.sqrt(12 / m), "The bound is √(12/m): a uniform variable between −b and b has variance b²/3, not b²/6."),
        ):
            expect(not 0.98 * wrong < got <= wrong * (1 + 1e-6), message)
        expect(0.9 < ratio < 1.1, f"The variance times fan_in is {W.var() * m:.3g}, it should be 2.")
        again = as_numbers(answer, (m, n, twin), answer(m, n, twin), (m, n))
        expect(
            not np.array_equal(W, again),
            "Two calls with one rng gave the same weights: draw from the rng that is passed in.",
        )
        seed = int(rng.integers(2**32))
        first, second = (answer(m, n, np.random.default_rng(seed)) for _ in range(2))
        expect(
            np.array_equal(first, second),
            "The same seed gave different weights: draw only from the rng that is passed in.",
        )
    return "Its variance is 2/m whatever the number of outputs."


def _adam(
    theta, g, s, r, t, lr, decay, adamw, *, rho=(0.9, 0.999), correct=True, inside=False, decoupled=None, shift=1
):
    """Return (3, n): theta, s and r after a step of Adam, or of one of its plausible mistakes."""
    decoupled = adamw if decoupled is None else decoupled
    if decoupled:
        theta = (1 - lr * decay) * theta
    else:
        g = g + decay * theta
    s, r = rho[0] * s + (1 - rho[0]) * g, rho[1] * r + (1 - rho[1]) * g**2
    k = t + shift
    s_hat, r_hat = (s / (1 - rho[0] ** k), r / (1 - rho[1] ** k)) if correct else (s, r)
    root = np.sqrt(r_hat + 1e-8) if inside else np.sqrt(r_hat) + 1e-8
    return np.stack([theta - lr * s_hat / root, s, r])


@exercise(
    "8.5",
    "adam_step(theta, g, s, r, t, lr, decay, adamw)",
    level="core",
    hints=(
        "Decide first where the decay goes: into g before anything is accumulated, or straight onto theta.",
        "Update s with g and ρ₁ = 0.9, r with g² and ρ₂ = 0.999, and return these uncorrected averages.",
        "This is step number t + 1, so divide s by 1 − 0.9 to the power t + 1, and r by 1 − 0.999 to the same power, before the root.",
    ),
)
def check_adam_step(answer, rng):
    for n, first, decay, adamw in (
        (1, True, 0.0, False),
        (3, False, 0.0, False),
        (3, False, 0.3, True),
        (2, False, 0.3, False),
    ):
        theta, g = rng.uniform(1, 2, n), rng.uniform(1e-4, 4e-4, n) * rng.choice([-1, 1], n)
        s, r = (np.zeros(n), np.zeros(n)) if first else (rng.uniform(1e-4, 2e-4, n), rng.uniform(1e-8, 4e-8, n))
        t, lr = 0 if first else int(rng.integers(2, 6)), rng.uniform(0.1, 0.4)
        args = (theta, g, s, r, t, lr, decay, adamw)
        returned = answer(*args)
        three = isinstance(returned, (tuple, list)) and len(returned) == 3
        expect(three, "Return three arrays: theta, s and r, in this order.")
        parts = [as_numbers(answer, args, part, (n,)) for part in returned]
        for name, part in zip(("theta", "s", "r"), parts, strict=True):
            expect(part.shape == (n,), f"{name} has shape {part.shape}, expected {(n,)}.")
        got = np.stack(parts)
        if first:
            late = not np.isfinite(got).all()
            expect(not late, "In the first call t is 0, and 1 − ρ⁰ is 0: a division by zero. This is step t + 1.")
        right = _adam(*args)
        if np.allclose(got, right, rtol=1e-9, atol=1e-15):
            continue
        for mistaken, message in (
            (
                _adam(*args, correct=False),
                "The bias correction is missing: s and r start at 0 and are too small at first.",
            ),
            (_adam(*args, rho=(0.999, 0.9)), "ρ₁ and ρ₂ are swapped: 0.9 belongs to s, 0.999 to r."),
            (_adam(*args, inside=True), "δ stands inside the root: √(r̂ + δ). Here it is √r̂ + δ."),
            (_adam(*args, decoupled=False), "With adamw=True the decay must not enter g: s and r should not see it."),
            (_adam(*args, decoupled=True), "With adamw=False the decay belongs into the gradient, before s and r."),
            (_adam(*(args[:6]), 0.0, adamw), "The decay is missing."),
            (
                _adam(*(args[:6]), decay / lr if adamw else decay, adamw),
                "The decay is not multiplied by the learning rate: theta shrinks by the factor 1 − lr · decay.",
            ),
            (_adam(*args, shift=2), "The correction is one step late: the exponent is t + 1."),
        ):
            if np.allclose(got, mistaken, rtol=1e-7, atol=1e-15):
                raise Wrong(message)
        if np.allclose(got[0], right[0], rtol=1e-9):
            raise Wrong(
                "theta is right, but s and r should come back as they are accumulated, without the bias correction."
            )
        expect(
            not np.allclose(got[0], 2 * theta * (1 - lr * decay * adamw) - right[0]),
            "theta went uphill: the step is subtracted.",
        )
        if not first and np.isfinite(_adam(*args, shift=0)).all():
            late = np.allclose(got, _adam(*args, shift=0), rtol=1e-7, atol=1e-15)
            expect(not late, "t counts the steps already taken: the exponent of the correction is t + 1.")
        expect(
            np.allclose(got[2], right[2], rtol=1e-9, atol=1e-15),
            "r is not 0.999 r + 0.001 g², taken coordinate by coordinate.",
        )
        expect(np.allclose(got[1], right[1], rtol=1e-9, atol=1e-15), "s is not 0.9 s + 0.1 g.")
        raise Wrong("s and r are right, theta is not: compare your step with lr ŝ / (√r̂ + δ).")
    return "It is Adam, and AdamW where that is asked for."


@exercise(
    "8.6",
    "cg(A_mul, b, tol)",
    level="core",
    hints=(
        "Three vectors change in each round: x, the residual r = b − A x, and the direction d, which starts as r.",
        "The step along d is rᵀr / dᵀAd; after it, x gains step · d and r loses step · A d, from the same product.",
        "The next direction is the new r plus β d, with β the new rᵀr over the old rᵀr.",
    ),
)
def check_cg(answer, rng):
    for n, kappa, units in ((1, 1.0, 1.0), (2, 5.0, 1.0), (8, 10.0, 1e4), (20, 10.0, 1e-4)):
        Q = np.linalg.qr(rng.standard_normal((n, n)))[0]
        A = Q * np.logspace(0, np.log10(kappa), n) @ Q.T
        A = (A + A.T) / 2
        b, tol = units * rng.standard_normal(n), 1e-8
        products, asked = [], []

        def A_mul(v, A=A, n=n, products=products, asked=asked):
            v = np.asarray(v, dtype=float)
            if v.shape != (n,):
                raise Wrong(f"A_mul takes one vector of {n} numbers; it was given the shape {v.shape}.")
            if len(asked) >= 500:
                raise Wrong(_diagnose(A, asked, products))
            asked.append(v.copy())
            products.append(A @ v)
            return products[-1].copy()

        args = (A_mul, b, tol)
        x = as_numbers(answer, args, answer(*args), (n,))
        expect(x.shape == (n,), f"x has shape {x.shape}, expected {(n,)}.")
        expect(len(asked) > 0, "A_mul was never called: without a product with A nothing is known about it.")
        unit = n > 2 and sum(np.count_nonzero(v) == 1 for v in asked) >= n
        expect(
            not unit, "You asked for the columns of A one by one: that rebuilds the matrix. Use only products along d."
        )
        residual = np.linalg.norm(b - A @ x) / np.linalg.norm(b)
        expect(
            residual <= 3 * tol,
            f"With n = {n} and |b| = {np.linalg.norm(b):.0e} the relative residual of x is {residual:.1e}, it should be "
            f"at most tol = {tol:.0e}: tol is relative to the norm of b.",
        )
        expect(len(asked) <= n + 2, _diagnose(A, asked, products))
    Q = np.linalg.qr(rng.standard_normal((20, 20)))[0]
    A, calls = Q * np.logspace(0, 1, 20) @ Q.T, []

    def A_count(v):
        calls.append(1)
        return A @ v

    loose = as_numbers(answer, (A_count, b, 0.1), answer(A_count, b, 0.1), (20,))
    expect(
        len(calls) < 14 and np.linalg.norm(b - A @ loose) <= 0.11 * np.linalg.norm(b),
        "It does not stop when the residual is small enough: tol = 0.1 needs far fewer products than tol = 1e-8.",
    )
    zero = as_numbers(answer, (A_count, 0 * b, tol), answer(A_count, 0 * b, tol), (20,))
    expect(np.array_equal(zero, np.zeros(20)), "For b = 0 the answer is x = 0, without any step (0/0 makes NaN).")
    return "It finds x in about n products, and stops when told."


def _diagnose(A, asked, products):
    """Say why conjugate gradients took too many products, from the vectors that were asked about."""
    n = len(A)
    d = np.array(asked[:4])
    if len(d) > 1 and n > 1:
        step = d[0] @ d[0] / (d[0] @ products[0])
        r = d[0] - step * products[0]
        beta = (r @ r) / (d[0] @ d[0])
        if np.allclose(d[1], r + d[0] / beta, rtol=1e-6):
            return "β is upside down: it is the new rᵀr over the old rᵀr."
        if np.allclose(d[1], r - beta * d[0], rtol=1e-6):
            return "The sign of β is turned: the new direction is r + β d."
    parallel = [abs(v @ d[0]) > (1 - 1e-9) * np.linalg.norm(v) * np.linalg.norm(d[0]) for v in d[1:]]
    if parallel and all(parallel):
        return "A_mul is asked about the same direction again and again: is the residual updated in every round, r − step · A d?"
    if parallel and parallel[0]:
        return f"With n = {n} it took more than n + 2 products: one product per round, A d, serves the step and the residual."
    if len(d) > 1 and abs(d[0] @ d[1]) < 1e-6 * np.linalg.norm(d[0]) * np.linalg.norm(d[1]):
        return "Your directions are at right angles: that is steepest descent. Add β times the old direction to the new residual."
    cosine = abs(d[0] @ A @ d[1]) if len(d) > 1 else 0.0
    if cosine > 1e-6:
        return f"Your first two directions are not conjugate; with n = {n} it took more than n + 2 products."
    return f"With n = {n} it took more than n + 2 products: use one product per round, A d, for the step and for the residual."


def _normalise(X, gamma, beta, delta=1e-5, axis=0, ddof=0, inside=True):
    mean, var = X.mean(axis=axis, keepdims=True), X.var(axis=axis, ddof=ddof, keepdims=True)
    root = np.sqrt(var + delta) if inside else np.sqrt(var) + delta
    return gamma * (X - mean) / root + beta


@exercise(
    "8.7",
    "batchnorm_forward(X, gamma, beta)",
    level="warm-up",
    hints=(
        "Every column is a unit: its mean and its variance run over the rows, the examples of the batch.",
        "Subtract the column means, divide by the root of the variance plus 1e-5, where the variance is divided by m.",
        "Y is gamma times the normalised X plus beta; return it with a tuple of the normalised X, the root and gamma.",
    ),
)
def check_batchnorm_forward(answer, rng):
    for m, n in ((3, 1), (4, 3), (16, 5)):
        X = rng.uniform(-4, 4, n) + rng.uniform(0.02, 0.05, n) * rng.standard_normal((m, n))
        gamma, beta = rng.uniform(1.5, 2.5, n), rng.uniform(0.5, 1.5, n) * rng.choice([-1, 1], n)
        args = (X, gamma, beta)
        returned = answer(*args)
        two = isinstance(returned, (tuple, list)) and len(returned) == 2
        expect(two, "Return two things: Y and the cache.")
        got = as_numbers(answer, args, returned[0], (m, n))
        expect(got.shape == (m, n), f"Y has shape {got.shape}, expected {(m, n)}.")
        right = _normalise(*args)
        if np.allclose(got, right, rtol=1e-9, atol=1e-10):
            continue
        for mistaken, message in (
            (
                _normalise(*args, ddof=1),
                "The variance is divided by m − 1; batch norm normalises with the biased one, divided by m.",
            ),
            (_normalise(*args, delta=0), "δ = 1e-5 is missing under the root: a constant column would be 0/0."),
            (
                _normalise(*args, inside=False),
                "δ is added to the variance, under the root, not to the standard deviation.",
            ),
            (
                _normalise(*args, axis=1),
                "Mean and variance run along each row: that is layer norm. Here they run over the batch.",
            ),
            (_normalise(*args, axis=None), "One mean and one variance for the whole array: every column has its own."),
            (_normalise(X, 1, 0), "gamma and beta are missing."),
            (_normalise(X, beta, gamma), "gamma and beta are swapped."),
            (
                gamma * (_normalise(X, 1, 0) + beta),
                "beta is added before the multiplication with gamma; it comes last.",
            ),
            (
                gamma * (X - X.mean(axis=0)) / (X.var(axis=0) + 1e-5) + beta,
                "You divide by the variance; take its root.",
            ),
            (gamma * X / np.sqrt(X.var(axis=0) + 1e-5) + beta, "The mean is not subtracted."),
        ):
            if np.allclose(got, mistaken, rtol=1e-7, atol=1e-9):
                raise Wrong(message)
        shown = (got - beta) / gamma
        raise Wrong(
            f"Before gamma and beta each column should have mean 0 and mean square a little below 1; "
            f"yours have means up to {np.abs(shown.mean(axis=0)).max():.2g} and mean squares up to {(shown**2).mean(axis=0).max():.2g}."
        )
    return "Every column is normalised over the batch, then scaled and shifted."


@exercise(
    "8.7b",
    "batchnorm_backward(dY, cache)",
    level="challenge",
    hints=(
        "gamma and beta are used by every row of the batch, so their gradients are sums over the rows.",
        "With u = gamma dY, dX would be u / sigma if mean and sigma were constants; each of the two adds a correction.",
        "The mean takes away the column mean of u, and sigma takes away X_hat times the column mean of u X_hat; all is divided by sigma.",
    ),
)
def check_batchnorm_backward(answer, rng):
    for m, n in ((3, 1), (4, 3), (16, 5)):
        X = rng.standard_normal((m, n)) * rng.uniform(1.5, 3, n)
        gamma, dY = rng.uniform(1.5, 2.5, n), rng.standard_normal((m, n)) + 0.5
        sigma = np.sqrt(X.var(axis=0) + 1e-5)
        X_hat = (X - X.mean(axis=0)) / sigma
        returned = answer(dY, (X_hat, sigma, gamma))
        three = isinstance(returned, (tuple, list)) and len(returned) == 3
        expect(three, "Return three things: dX, dgamma and dbeta, in this order.")
        u = gamma * dY
        wanted = (
            (u - u.mean(axis=0) - X_hat * (u * X_hat).mean(axis=0)) / sigma,
            (dY * X_hat).sum(axis=0),
            dY.sum(axis=0),
        )
        parts = []
        for name, part, right in zip(("dX", "dgamma", "dbeta"), returned, wanted, strict=True):
            got = as_numbers(answer, (dY, (X_hat, sigma, gamma)), part, right.shape)
            unsummed = name != "dX" and got.shape == (m, n)
            expect(
                not unsummed, f"{name} has one row per example; all rows share the parameter, so sum over the batch."
            )
            expect(got.shape == right.shape, f"{name} has shape {got.shape}, expected {right.shape}.")
            parts.append(got)
        dX, dgamma, dbeta = parts
        for name, got, right in (("dgamma", dgamma, wanted[1]), ("dbeta", dbeta, wanted[2])):
            expect(
                not np.allclose(got, right / m), f"{name} is averaged over the batch; the gradients of the rows add up."
            )
        swapped = np.allclose(dgamma, wanted[2]) and np.allclose(dbeta, wanted[1])
        expect(not swapped, "dgamma and dbeta are swapped.")
        expect(np.allclose(dbeta, wanted[2]), "dbeta is not the sum of dY over the batch.")
        expect(
            not np.allclose(dgamma, (u * X_hat).sum(axis=0)),
            "dgamma is taken with gamma in it; gamma multiplies X_hat, so dY X_hat is all.",
        )
        expect(np.allclose(dgamma, wanted[1]), "dgamma is not the sum of dY times X_hat over the batch.")
        if np.allclose(dX, wanted[0], rtol=1e-8, atol=1e-10):
            continue
        for mistaken, message in (
            (u / sigma, "This treats mean and sigma as constants; both depend on X, and each adds a term."),
            ((u - u.mean(axis=0)) / sigma, "sigma is treated as a constant: the term with X_hat is missing."),
            (
                (u - X_hat * (u * X_hat).mean(axis=0)) / sigma,
                "The mean is treated as a constant: the column sums of dX are not 0.",
            ),
            (wanted[0] / gamma, "gamma is missing in dX."),
            (wanted[0] * sigma, "The division by sigma is missing in dX."),
            (wanted[0] / sigma, "dX is divided by sigma twice (or by the variance)."),
            (
                (u - u.sum(axis=0) - X_hat * (u * X_hat).sum(axis=0)) / sigma,
                "The corrections are means over the batch, not sums.",
            ),
        ):
            if np.allclose(dX, mistaken, rtol=1e-7, atol=1e-9):
                raise Wrong(message)
        expect(
            np.allclose(dX.sum(axis=0), 0, atol=1e-8),
            "The column sums of dX are not 0, although adding a constant to a column changes nothing.",
        )
        raise Wrong(
            "The column sums of dX are 0 as they should be, but the term that comes through sigma is not right."
        )
    return "The gradient goes through the mean and through sigma."
