"""Checkers of chapter 4, Numerical Computation."""

import numpy as np
from scipy.optimize import brentq
from scipy.special import log_softmax as scipy_log_softmax
from scipy.special import softmax as scipy_softmax

from dlbook_utils.check import Wrong, exercise, expect, expect_close

KINDS = ("minimum", "maximum", "saddle", "inconclusive")


@exercise(
    "4.1",
    "log_softmax(X, axis)",
    level="core",
    hints=(
        "Simplify on paper first: the logarithm of the fraction is a difference, and the softmax itself never has to be formed.",
        "Subtract the largest score, so that no exponential overflows; it is the largest of each slice along the axis, not of the whole array.",
        "Keep the axis with length 1 when you take the maximum and the sum; then the shifted scores, minus the logarithm of the sum of their exponentials, are the answer.",
    ),
)
def check_log_softmax(answer, rng):
    plain = rng.standard_normal((2, 3))
    wide = np.full((2, 10), -5000.0)
    wide[np.arange(2), rng.integers(0, 10, 2)] = 0
    large = rng.standard_normal((2, 4)) + 2000
    uneven = rng.standard_normal((2, 4)) + np.array([[0.0], [-5000.0]])
    mistakes = {
        "The logarithm is missing.": scipy_softmax,
        "The maximum must be taken along the axis, not over the whole array: a low row underflows.": shifted_by_global_max,
        "A probability underflowed to 0 before its logarithm was taken; never form the softmax itself.": [
            log_of_softmax,
            log_of_naive,
        ],
        "The largest exponent must be 0. After subtracting the mean it can still overflow.": [
            shifted_by_mean,
            log_of_mean_softmax,
        ],
        "The exponentials overflow: nothing was subtracted before exponentiating.": no_shift,
        "The axis is not respected.": lambda X, axis: scipy_log_softmax(X, axis=None),
        "The axis is not respected: this is the result along the last one.": lambda X, axis: scipy_log_softmax(
            X, axis=-1
        ),
        "The maximum was subtracted from the exponents but not accounted for in the result.": forgets_shift,
        "The sign is wrong: a log-probability is negative.": lambda X, axis: -scipy_log_softmax(X, axis=axis),
        "The axis is not respected: this is the result along the first one.": lambda X, axis: scipy_log_softmax(
            X, axis=0
        ),
        "Dividing by the logarithm of the sum is not subtracting it.": divides_by_log,
        "Adding a small number inside the logarithm, or clipping at one, hides the zero and gives a wrong answer.": [
            lambda X, axis: np.log(scipy_softmax(X, axis=axis) + 1e-12),
            lambda X, axis: np.log(np.maximum(scipy_softmax(X, axis=axis), 1e-12)),
        ],
        "Clipping the scores changes them: very low ones must stay very low.": lambda X, axis: scipy_log_softmax(
            np.clip(X, -700, 700), axis=axis
        ),
        "This is the logarithm of the sum alone; subtract it from X.": log_of_sum,
        "The logarithm must be the natural one.": [
            lambda X, axis: scipy_log_softmax(X, axis=axis) / np.log(10),
            lambda X, axis: scipy_log_softmax(X, axis=axis) / np.log(2),
        ],
    }
    three = rng.standard_normal((2, 3, 4))
    for X, axis in ((plain, 1), (wide, 1), (large, 1), (uneven, 1), (plain, 0), (three, 1), (three, -1), (plain[0], 0)):
        expect_close(answer, (X, axis), scipy_log_softmax(X, axis=axis), mistakes=mistakes, rtol=1e-9, atol=1e-9)
    return "It stays finite for scores of any size, along every axis."


def shifted(X, axis, shift):
    Z = X - shift
    return Z - np.log(np.exp(Z).sum(axis=axis, keepdims=True))


def shifted_by_global_max(X, axis):
    return shifted(X, axis, X.max())


def shifted_by_mean(X, axis):
    return shifted(X, axis, X.mean(axis=axis, keepdims=True))


def no_shift(X, axis):
    return shifted(X, axis, 0)


def log_of_softmax(X, axis):
    return np.log(scipy_softmax(X, axis=axis))


def log_of_naive(X, axis):
    return np.log(np.exp(X) / np.exp(X).sum(axis=axis, keepdims=True))


def log_of_mean_softmax(X, axis):
    return log_of_naive(X - X.mean(axis=axis, keepdims=True), axis)


def forgets_shift(X, axis):
    Z = X - X.max(axis=axis, keepdims=True)
    return X - np.log(np.exp(Z).sum(axis=axis, keepdims=True))


def log_of_sum(X, axis):
    return (X - scipy_log_softmax(X, axis=axis)).max(axis=axis, keepdims=True)


def divides_by_log(X, axis):
    Z = X - X.max(axis=axis, keepdims=True)
    return Z / np.log(np.exp(Z).sum(axis=axis, keepdims=True))


@exercise(
    "4.2",
    "condition_number(A)",
    level="warm-up",
    hints=(
        "Only the eigenvalues matter, not the entries and not the determinant.",
        "A large negative eigenvalue stretches as much as a positive one: take absolute values before you look for the largest and the smallest.",
        "Divide the largest size by the smallest, and if the smallest is zero, return infinity yourself.",
    ),
)
def check_condition_number(answer, rng):
    mistakes = {
        "It must not be below 0: compare the eigenvalues by absolute value.": lambda A: ratio_of_eigenvalues(A),
        "Take absolute values first, the largest and the smallest afterwards; not the other way round.": lambda A: abs(
            ratio_of_eigenvalues(A)
        ),
        "Entries, on the diagonal or off it, say nothing about stretching: take the eigenvalues.": [
            entry_ratio,
            diagonal_ratio,
        ],
        "The determinant measures volume, not conditioning: 0.1 I has a tiny one and is perfectly conditioned.": [
            np.linalg.det,
            lambda A: abs(np.linalg.det(A)),
        ],
        "A small determinant is not a bad condition: 0.1 I is perfectly conditioned.": lambda A: (
            1 / abs(np.linalg.det(A))
        ),
        "The ratio is upside down: it must be at least 1.": lambda A: 1 / np.linalg.cond(A),
        "This is the squared condition number, the one of A^T A.": lambda A: np.linalg.cond(A) ** 2,
        "This is the largest absolute eigenvalue alone; a ratio is missing.": lambda A: np.linalg.norm(A, 2),
        "Take absolute values first: the largest by value need not be the largest in size.": lambda A: (
            np.linalg.eigvalsh(A).max() / np.abs(np.linalg.eigvalsh(A)).min()
        ),
        "This is the difference of two eigenvalues; the condition number is a ratio.": lambda A: np.ptp(
            np.linalg.eigvalsh(A)
        ),
        "This uses the Frobenius norm, which adds all stretches; only the largest and the smallest count.": lambda A: (
            np.linalg.cond(A, "fro")
        ),
        "The square root is too much: the eigenvalues of A itself are compared, not those of AᵀA.": lambda A: np.sqrt(
            np.linalg.cond(A)
        ),
    }
    for n in (2, 3, 6):
        for scale in (1.0, 0.1):
            sizes = scale * rng.uniform(1, 9, n)
            signs = np.where(np.arange(n) % 2, -1.0, 1.0)
            order = np.argsort(-sizes)
            sizes = sizes[order] * np.linspace(1.3, 0.7, n)  # the largest positive, one negative, all different
            A = symmetric(signs * sizes if scale == 1 else -signs * sizes, rng)
            expect_close(answer, (A,), np.linalg.cond(A), mistakes=mistakes, rtol=1e-6)
    scaled = rng.uniform(0.05, 0.2) * np.eye(10)
    expect_close(answer, (scaled,), 1.0, mistakes=mistakes, rtol=1e-6)
    singular = np.diag([rng.uniform(1, 2), 0.0])
    got = answer(singular)
    expect(
        np.all(np.isinf(got)) and np.all(np.asarray(got) > 0),
        f"{answer.call(singular)} must be infinite: no inverse exists.",
    )
    return "It compares absolute eigenvalues, and no scale or sign deceives it."


def symmetric(eigenvalues, rng):
    """Return a symmetric matrix with these eigenvalues and random eigenvectors."""
    Q, _ = np.linalg.qr(rng.standard_normal((len(eigenvalues),) * 2))
    A = Q @ np.diag(eigenvalues) @ Q.T
    return (A + A.T) / 2


def ratio_of_eigenvalues(A):
    return np.linalg.eigvalsh(A)[-1] / np.linalg.eigvalsh(A)[0]


def diagonal_ratio(A):
    return np.abs(np.diag(A)).max() / np.abs(np.diag(A)).min()


def entry_ratio(A):
    return np.abs(A).max() / np.abs(A).min()


@exercise(
    "4.3",
    "newton_step(grad, H)",
    level="warm-up",
    hints=(
        "Newton's step leads to the point where the gradient of the second-order model is zero: write that gradient down.",
        "At a distance d it is the old gradient plus H d; setting it to zero leaves a linear system for d, with a minus sign.",
        "Solve with the whole of H as it is, not with its diagonal and not entry by entry, for the negative gradient.",
    ),
)
def check_newton_step(answer, rng):
    mistakes = {
        "The sign is wrong: this step goes uphill.": lambda g, H: np.linalg.solve(H, g),
        "Only the diagonal of H was used, which is right only in a valley that runs along an axis.": lambda g, H: (
            -g / np.diag(H)
        ),
        "Dividing by H entry by entry is not applying its inverse.": [
            lambda g, H: -g / H,
            lambda g, H: -g[:, None] / H,
            lambda g, H: g / H,
        ],
        "H itself was applied, not its inverse.": lambda g, H: -H @ g,
        "This is a plain gradient step; the curvature is not used.": lambda g, H: -g,
        "This is the best step along the gradient; Newton changes the direction too.": lambda g, H: (
            -g * (g @ g) / (g @ H @ g)
        ),
        "Absolute eigenvalues are a useful cure for saddles, but Newton's step uses H as it is.": saddle_free,
        "This is half the step: the ½ of the second-order term goes away when it is differentiated.": lambda g, H: (
            -0.5 * np.linalg.solve(H, g)
        ),
        "This is twice the step: the derivative of ½ dᵀHd is Hd.": lambda g, H: -2 * np.linalg.solve(H, g),
        "One step size for all directions, 1/λ_max, is gradient descent; Newton has one for each direction.": lambda g, H: (
            -g / np.linalg.eigvalsh(H)[-1]
        ),
        "Something was added to H, which shortens the step; Newton's step uses H as it is.": lambda g, H: (
            -np.linalg.solve(H + np.eye(len(g)), g)
        ),
    }
    for n in (2, 3, 6):
        for _ in range(2):
            H, g = symmetric(rng.uniform(1, 9, n), rng), rng.standard_normal(n)
            expect_close(answer, (g, H), -np.linalg.solve(H, g), mistakes=mistakes, rtol=1e-6)
    H = symmetric(np.array([3.0, -2.0]) * rng.uniform(0.8, 1.2, 2), rng)
    g = rng.standard_normal(2)
    expect_close(answer, (g, H), -np.linalg.solve(H, g), mistakes=mistakes, rtol=1e-6)
    return "It jumps to the bottom of any quadratic valley, however it is turned."


def saddle_free(g, H):
    values, Q = np.linalg.eigh(H)
    return -Q @ ((Q.T @ g) / np.abs(values))


@exercise(
    "4.3b",
    "best_step(g, H)",
    level="core",
    hints=(
        "Along −g the model is a parabola in ε, and its three terms stand in the section: where is its bottom?",
        "Setting the derivative −gᵀg + ε gᵀHg to zero gives ε as a fraction; the curvature that counts is the one along g, no eigenvalue.",
        "Compute gᵀHg first: if it is positive, divide gᵀg by it, and otherwise there is no bottom and the answer is infinite.",
    ),
)
def check_best_step(answer, rng):
    mistakes = {
        "1/λ_max is always safe, but along this gradient a longer step is better.": lambda g, H: (
            1 / np.linalg.eigvalsh(H)[-1]
        ),
        "The fraction is upside down.": lambda g, H: (g @ H @ g) / (g @ g),
        "This minimises the next gradient's length, not the function.": lambda g, H: (g @ H @ g) / (H @ g @ H @ g),
        "A factor of 2 is off: set the derivative of −ε gᵀg + ½ε² gᵀHg to zero.": [
            lambda g, H: 2 * (g @ g) / (g @ H @ g),
            lambda g, H: 0.5 * (g @ g) / (g @ H @ g),
        ],
        "The numerator is the squared length gᵀg, not the length.": lambda g, H: np.linalg.norm(g) / (g @ H @ g),
        "The numerator gᵀg is missing.": lambda g, H: 1 / (g @ H @ g),
        "|g| / |Hg| is another length: the curvature along g is gᵀHg.": lambda g, H: (
            np.linalg.norm(g) / np.linalg.norm(H @ g)
        ),
        "The average curvature is not the curvature along g: use gᵀHg.": lambda g, H: len(g) / np.trace(H),
    }
    for n in (2, 3, 6):
        H, g = symmetric(rng.uniform(1, 9, n), rng), rng.uniform(1.5, 3) * rng.standard_normal(n)
        expect_close(answer, (g, H), (g @ g) / (g @ H @ g), mistakes=mistakes, rtol=1e-6)
    g = rng.uniform(0.5, 2, 2)
    mixed = np.diag([1.0, -rng.uniform(2, 9) * (g[0] / g[1]) ** 2])  # curves upwards, but not along g
    for H in (-symmetric(rng.uniform(1, 9, 2), rng), mixed, np.zeros((2, 2))):
        got = np.asarray(answer(g, H), float)
        expect(
            got.shape == () and got == np.inf,
            "Along this gradient the function does not curve upwards (gᵀHg ≤ 0): the longer the step the better, so the answer "
            f"is infinite. Seen with {answer.call(g, H)}.",
        )
    g, h = rng.uniform(1, 2, 2), rng.uniform(3, 4)
    g[1] = g[0] / 2
    H = np.diag([h, -1.0])
    expect_close(
        answer,
        (g, H),
        (g @ g) / (g @ H @ g),
        mistakes=mistakes
        | {
            "An H with a negative eigenvalue can still curve upwards along g: look at gᵀHg, not at the eigenvalues.": np.inf
        },
        rtol=1e-6,
    )
    return "It finds the bottom of the parabola along the gradient, and knows when there is none."


@exercise(
    "4.3c",
    "classify_critical_point(H, tol)",
    level="core",
    hints=(
        "The signs of all eigenvalues decide, not the diagonal of H and not its determinant.",
        "Ask two questions with the tolerance in them: is any eigenvalue above tol, and is any below −tol?",
        "Two times yes is a saddle, whatever the others do; after that any eigenvalue within tol leaves the matter open, and only then one yes decides between minimum and maximum.",
    ),
)
def check_classify(answer, rng):
    def says(H, right, **messages):
        got = answer(H, 1e-8)
        expect(
            isinstance(got, str) and got in KINDS,
            f"{answer.call(H, 1e-8)} returned {got!r}, expected one of {', '.join(map(repr, KINDS))}.",
        )
        if got == right:
            return
        why = messages.get(got, f"The eigenvalues are {', '.join(f'{v:.3g}' for v in np.linalg.eigvalsh(H))}.")
        raise Wrong(f"{why} {answer.call(H, 1e-8)} gave {got!r}, expected {right!r}.")

    a, b = rng.uniform(1, 3, 2)
    says(symmetric(np.array([a, b]), rng), "minimum", maximum="Upward curvature in all directions makes a minimum.")
    says(
        -np.diag([a, b]),
        "maximum",
        minimum="A positive determinant is not enough: two negative eigenvalues give one too.",
    )
    says(
        np.array([[a, a + b], [a + b, a]]),
        "saddle",
        minimum="The diagonal is positive, but an eigenvalue is negative: look at all directions, not only along the axes.",
    )
    says(
        np.diag([a, 0.0]),
        "inconclusive",
        minimum="A zero eigenvalue decides nothing: along it the function may still fall, so this is no proof of a minimum.",
    )
    says(
        np.diag([-a, 0.0]),
        "inconclusive",
        maximum="A zero eigenvalue decides nothing: along it the function may still rise, so this is no proof of a maximum.",
    )
    says(np.zeros((2, 2)), "inconclusive", minimum="H = 0 decides nothing: x⁴ and −x⁴ both have it.")
    for tiny in (3e-10, -3e-10):
        says(
            np.diag([a, tiny]),
            "inconclusive",
            minimum="An eigenvalue smaller than tol is roundoff: its sign means nothing.",
            saddle="An eigenvalue smaller than tol is roundoff: its sign means nothing.",
        )
    says(
        np.diag([a, 0.0, -b]),
        "saddle",
        inconclusive="Up in one direction and down in another is a saddle, whatever a third does.",
    )
    three = symmetric(np.array([a, b, 1.0]), rng)
    says(
        -three,
        "maximum",
        saddle="In 3-D the determinant of −I is negative, yet it is a maximum: look at each eigenvalue.",
    )
    says(three, "minimum")
    says(
        symmetric(np.array([a, -b, -1.0]), rng),
        "saddle",
        minimum="Two negative eigenvalues make the determinant positive again: look at each of them.",
    )
    expect(
        answer(np.diag([a, 0.05]), 0.1) == "inconclusive" and answer(np.diag([a, 1e-4]), 1e-8) == "minimum",
        f"tol is the reader's to choose: with H = diag({a:.3g}, 0.05) and tol = 0.1 the answer is 'inconclusive', with "
        f"H = diag({a:.3g}, 0.0001) and tol = 1e-8 it is 'minimum'.",
    )
    return "It tells all four kinds apart by the signs of the eigenvalues."


@exercise(
    "4.4",
    "is_kkt(x, alpha, grad_f, h, grad_h, tol)",
    level="core",
    hints=(
        "There are four conditions and each becomes one line; all four must hold, for every constraint and in every component.",
        "Balance is the gradient of f plus the sum of α_j times the gradient of h_j, which is row j of grad_h(x).",
        "Give tol to each: balance and every α_j h_j within tol of zero, every h_j at most tol, every α_j at least −tol; combine them with np.all and return one truth value.",
    ),
)
def check_is_kkt(answer, rng):
    direction = rng.standard_normal(2)
    direction /= np.linalg.norm(direction)
    far = direction * rng.uniform(1.5, 3)

    def disk(x):
        return np.array([(x @ x - 1) / 2])

    def grad_disk(x):
        return x[None, :]

    def decide(x, alpha, c, right, message):
        def grad_f(x):
            return x - c

        got = answer(x, np.array([alpha]), grad_f, disk, grad_disk, 1e-6)
        expect(isinstance(got, bool | np.bool_), f"Expected True or False, not {got!r}; combine vectors with np.all.")
        if got != right:
            raise Wrong(
                f"{message} Seen with f(x) = ½‖x − c‖², h(x) = ½(xᵀx − 1), c = ({c[0]:.3g}, {c[1]:.3g}), "
                f"x = ({x[0]:.3g}, {x[1]:.3g}) and α = {alpha:.3g}: expected {right}."
            )

    distance = np.linalg.norm(far)
    inside = direction * rng.uniform(0.2, 0.7)
    decide(
        inside,
        0.0,
        inside,
        True,
        "A minimum inside the disk is rejected: the constraint reads h(x) ≤ 0, and α = 0 there.",
    )
    edge = rng.choice([-1.0, 1.0]) * np.eye(2)[rng.integers(2)]  # of length 1 without roundoff
    decide(
        edge,
        1.5,
        2.5 * edge,
        True,
        "The minimum on the edge is rejected: there ∇f + Σ α ∇h = 0, with a plus sign, and h = 0 is allowed.",
    )
    shifted_x = direction * (1 + 1e-9)
    decide(shifted_x, distance - 1, far, True, "Roundoff makes a solution fail: compare with tol, not with 0.")
    decide(
        -direction,
        -(1 + distance),
        far,
        False,
        "This is the worst point of the disk, a maximum, with α < 0: dual feasibility α ≥ 0 is not tested.",
    )
    decide(
        far / 4,
        3.0,
        far,
        False,
        "The constraint is inactive and yet pushes (α > 0, h < 0): complementary slackness α h = 0 is not tested.",
    )
    decide(
        far,
        0.0,
        far,
        False,
        "x lies outside the disk: h(x) ≤ 0 is not tested, or only its absolute value, or with the wrong sign.",
    )
    decide(
        direction,
        0.5 * (distance - 1),
        far,
        False,
        "The gradient of the Lagrangian is not zero: stationarity is not tested.",
    )
    decide(np.array([-direction[1], direction[0]]), 0.0, far, False, "Stationarity must hold in every component.")
    check_box_corner(answer, rng)
    return "It tests stationarity, feasibility, signs and slackness."


def check_box_corner(answer, rng):
    c = rng.uniform(1.5, 3, 3) * np.array([1, 1, 0.1])

    def grad_f(x):
        return x - c

    def h(x):
        return x - 1

    def grad_h(x):
        return np.eye(3)

    x = np.minimum(c, 1)
    args = (x, c - x, grad_f, h, grad_h, 1e-6)
    expect(
        answer(*args), "With three constraints x ≤ 1 the right corner is rejected; every constraint adds its own α ∇h."
    )
    swapped = (x, (c - x)[[1, 0, 2]], *args[2:])
    expect(not answer(*swapped), "With three constraints the multipliers of two were swapped and it still passed.")
    outside, inside, on_wall = np.array([1, c[1], c[2]]), np.array([1, 0.5, c[2]]), np.ones(3)
    for x, word in (
        (outside, "violated"),
        (inside, "not touched and yet pushes"),
        (on_wall, "pulled by a negative multiplier"),
    ):
        wrong = (x, c - x, *args[2:])
        expect(
            not answer(*wrong),
            f"One of three constraints is {word}, and it still passed: use np.all, for every constraint.",
        )


@exercise(
    "4.5",
    "constrained_least_squares(A, b, r)",
    level="challenge",
    hints=(
        "Two cases: if the free least-squares solution is short enough, return it with λ = 0; only otherwise does the budget matter.",
        "Shrinking the free solution to length r points the wrong way; set the gradient of the Lagrangian to zero, mind the 2 of the square, and you have x as a function of λ.",
        "The length of that x falls as λ rises: halve an interval of λ, keeping the half in which the length (not its square) passes r, until four digits are sure.",
    ),
)
def check_constrained_least_squares(answer, rng):
    for m, n in ((8, 2), (20, 3), (30, 5)):
        A = rng.standard_normal((m, n)) * rng.uniform(0.5, 2, n)
        b = A @ (rng.choice([-1, 1], n) * rng.uniform(1, 2, n)) + 0.3 * rng.standard_normal(m)
        free = np.linalg.lstsq(A, b, rcond=None)[0]
        size = float(np.linalg.norm(free))
        r = round(rng.uniform(0.3, 0.7), 3) * size
        judge_fit(answer, A, b, r if abs(r - 1) > 0.05 else 0.9, free, rng)  # r = 1 could not tell r from r²
        judge_fit(answer, A, b, round(rng.uniform(1.1, 1.6), 3) * size, free, rng)
    return "It stays on the budget, and its multiplier is the price of it."


def shrunk(A, b, lam):
    return np.linalg.solve(A.T @ A + 2 * lam * np.eye(A.shape[1]), A.T @ b)


def judge_fit(answer, A, b, r, free, rng):
    returned = answer(A, b, r)
    expect(isinstance(returned, tuple | list) and len(returned) == 2, "Return two things: x and λ.")
    try:
        x, lam = np.asarray(returned[0], float), float(np.asarray(returned[1], float))
    except (TypeError, ValueError):
        raise Wrong("x must be an array of numbers and λ one number.") from None
    expect(x.shape == free.shape, f"x has shape {x.shape}, expected {free.shape}.")
    where = f"Seen with A {A.shape}, ‖x‖ = {np.linalg.norm(free):.3g} without the constraint and r = {r:.3g}."
    expect(np.isfinite(lam) and np.isfinite(x).all(), f"The result is not finite. {where}")
    expect(
        lam >= -1e-9,
        f"λ = {lam:.3g} is negative: the constraint pulls outwards. Where it is not needed, λ = 0. {where}",
    )
    if np.linalg.norm(free) <= r:
        expect(lam < 1e-6, f"λ = {lam:.3g}, but the free solution already satisfies the constraint: λ = 0. {where}")
        expect(close(x, free), f"The free solution already satisfies the constraint and should be returned. {where}")
        return
    true_lam = brentq(lambda lam: np.linalg.norm(shrunk(A, b, lam)) - r, 0, 1e9, xtol=1e-12, rtol=1e-14)
    true_x = shrunk(A, b, true_lam)
    squared = (
        brentq(lambda lam: np.linalg.norm(shrunk(A, b, lam)) - r**2, 0, 1e9) if r**2 < np.linalg.norm(free) else None
    )
    rooted = (
        brentq(lambda lam: np.linalg.norm(shrunk(A, b, lam)) - r**0.5, 0, 1e9)
        if r**0.5 < np.linalg.norm(free)
        else None
    )
    expect(not close(x, free), f"The free solution was returned, but it is longer than r. {where}")
    if close(x, free * r / np.linalg.norm(free)):
        raise Wrong(
            "The free solution was rescaled to length r. That is the right length in the wrong direction: "
            f"Aᵀ(Ax − b) + 2λx is not zero for any λ. {where}"
        )
    for other in (squared, rooted):
        if other is not None and close(x, shrunk(A, b, other)) and not close(x, true_x):
            raise Wrong(f"The constraint is xᵀx ≤ r²: either xᵀx was compared with r, or ‖x‖ with r². {where}")
    if abs(np.linalg.norm(x) - r) > 1e-4 * r:
        raise Wrong(f"‖x‖ = {np.linalg.norm(x):.6g}, expected {r:.6g}: the constraint is active here. {where}")
    expect(close(x, true_x), f"‖x‖ = r, but this is not the best such x: it must be (AᵀA + 2λI)⁻¹Aᵀb. {where}")
    if abs(lam - 2 * true_lam) < 1e-3 * true_lam:
        raise Wrong(
            f"x is right and λ twice too large: the derivative of λ xᵀx is 2λx, so AᵀA + 2λI, not AᵀA + λI. {where}"
        )
    if abs(lam - 2 * r * true_lam) < 1e-3 * true_lam:
        raise Wrong(
            f"x is right; λ is the multiplier of ‖x‖ − r. With the Lagrangian f + λ(xᵀx − r²) it differs. {where}"
        )
    expect(
        abs(lam - true_lam) < 1e-3 * true_lam,
        f"x is right, but its multiplier is {true_lam:.5g}, not {lam:.5g}. {where}",
    )


def close(x, y):
    return np.linalg.norm(x - y) < 1e-4 * (1 + np.linalg.norm(y))
