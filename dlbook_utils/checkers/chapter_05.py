"""Checkers of chapter 5, Machine Learning Basics."""

import math
import tracemalloc

import numpy as np

from dlbook_utils.check import Wrong, as_numbers, each_mistake, exercise, expect, expect_close, show_value


def with_ones(X):
    return np.column_stack([X, np.ones(len(X))])


def least_squares(X, y):
    return np.linalg.lstsq(with_ones(X), y, rcond=None)[0]


def through_origin(X, y):
    return np.linalg.lstsq(X, y, rcond=None)[0]


@exercise(
    "5.1",
    "fit_linear(X, y)",
    level="warm-up",
    hints=(
        "A bias is the weight of an input that is always 1, so the model needs one more column.",
        "When a column is there twice, XᵀX has no inverse; a least-squares solver does not need one.",
        "Put the ones last with np.column_stack and hand the result to np.linalg.lstsq, whose first output you want.",
    ),
)
def check_fit_linear(answer, rng):
    check_rows_together(answer, rng)
    mistakes = {
        "The bias is missing: this plane is forced through the origin.": lambda X, y: np.append(
            through_origin(X, y), 0.0
        ),
        "The bias was added after the fit: the weights were found without it and are wrong.": bias_afterwards,
        "Each column was fitted on its own; correlated columns must share the work.": one_at_a_time,
        "The bias is not the mean of y, unless every column has mean zero.": lambda X, y: np.append(
            least_squares(X, y)[:-1], y.mean()
        ),
        "The bias comes last.": lambda X, y: np.roll(least_squares(X, y), 1),
        "The sign of the bias is wrong.": lambda X, y: least_squares(X, y) * np.append(np.ones(X.shape[1]), -1),
        "Something was added to XᵀX, which pulls the weights towards zero; plain least squares is wanted.": lambda X, y: (
            np.linalg.solve(with_ones(X).T @ with_ones(X) + np.eye(X.shape[1] + 1), with_ones(X).T @ y)
        ),
    }
    for m, n in ((4, 1), (12, 2), (40, 4)):
        X = 50 + rng.standard_normal((m, n)) @ (np.eye(n) + 0.5)
        y = X @ rng.uniform(1, 3, n) + rng.uniform(100, 200) + rng.standard_normal(m)
        expect_close(answer, (X, y), least_squares(X, y), mistakes=mistakes, rtol=1e-5, atol=1e-5)
    # Their squares add up to a power of two, so that elimination meets an exact zero on every machine.
    column = rng.permutation([10.0, 8, 6, 6, 4, 2, 0, 0]) * 2.0 ** rng.integers(0, 3)
    X = np.column_stack([column, column])
    y = 2 * column + 5 + rng.standard_normal(8)
    message = "When a column is there twice, XᵀX has no inverse: use np.linalg.lstsq or pinv, which do not need one."
    try:
        got = as_numbers(answer, (X, y), answer(X, y))
    except Wrong as wrong:
        raise Wrong(message if "Singular" in str(wrong) else str(wrong)) from None
    best = with_ones(X) @ least_squares(X, y)
    expect(got.shape == (3,) and np.allclose(with_ones(X) @ got, best, rtol=1e-4, atol=1e-4), message)
    return "It finds the best weights and bias, also where XᵀX has no inverse."


def check_rows_together(answer, rng):
    """On centred, orthogonal, noise-free columns only a mixing of rows goes wrong."""
    Q = 50 * np.linalg.qr(with_ones(rng.standard_normal((60, 3)))[:, ::-1])[0][:, 1:]  # columns orthogonal to the ones
    y = Q @ np.array([2.0, -3.0, 4.0])
    got = as_numbers(answer, (Q, y), answer(Q, y))
    if got.shape == (3,):
        raise Wrong("Return n + 1 numbers, one weight for each column and the bias last: the bias is missing.")
    expect(got.shape == (4,), f"{answer.call(Q, y)} has shape {got.shape}, expected (4,): three weights and the bias.")
    expect(np.all(np.isfinite(got)), f"{answer.call(Q, y)} gave numbers that are not finite.")
    expect(not np.allclose(np.roll(got, -1)[:3], [2, -3, 4], atol=1e-6), "The bias comes last, not first.")
    again = as_numbers(answer, (Q, y), answer(Q, y))
    left = np.mean((with_ones(Q) @ got - y) ** 2) / np.mean(y**2)
    mixed = "rows of X and y no longer belong together; never shuffle one without the other."
    expect(np.allclose(got, again, atol=1e-6), f"Two calls on the same data gave different weights: {mixed}")
    about_mean = abs(np.mean(with_ones(Q) @ got - y)) < 1e-6
    expect(left < 0.01 or not about_mean, f"Noise-free data are not predicted well: {mixed}")


def bias_afterwards(X, y):
    w = through_origin(X, y)
    return np.append(w, np.mean(y - X @ w))


def one_at_a_time(X, y):
    if X.shape[1] == 1:
        raise ValueError("one column alone is right")
    C = X - X.mean(axis=0)
    w = C.T @ y / np.sum(C**2, axis=0)
    return np.append(w, y.mean() - X.mean(axis=0) @ w)


def ridge(X, y, price, bias_price=0.0):
    """Return the weights for a price that is already multiplied by everything that multiplies it."""
    A, n = with_ones(X), X.shape[1]
    return np.linalg.solve(A.T @ A + np.diag(np.append(np.full(n, price), bias_price)), A.T @ y)


@exercise(
    "5.2",
    "fit_ridge(X, y, lam)",
    hints=(
        "Add a column of ones as in 5.1, set the gradient of J to zero, and watch where m appears.",
        "The term m λ I of the section gets one zero on its diagonal: the place of the bias.",
        "Solve (AᵀA + m λ D) w = Aᵀy, where D = diag(1, …, 1, 0), after refusing a negative λ.",
    ),
)
def check_fit_ridge(answer, rng):
    mistakes = {
        "The bias pays too: shift y by a constant and the predictions must only shift.": lambda X, y, lam: ridge(
            X, y, len(X) * lam, len(X) * lam
        ),
        "The factor m is missing: the MSE is a mean, so λ must be multiplied by m.": lambda X, y, lam: ridge(X, y, lam),
        "The factor m is missing, and the bias pays too.": lambda X, y, lam: ridge(X, y, lam, lam),
        "λ was divided by m; it must be multiplied.": lambda X, y, lam: ridge(X, y, lam / len(X)),
        "There is a factor of 2: both terms of J give one when differentiated, so it cancels.": lambda X, y, lam: ridge(
            X, y, 2 * len(X) * lam
        ),
        "There is a factor of ½: both terms of J are differentiated alike.": lambda X, y, lam: ridge(
            X, y, len(X) * lam / 2
        ),
        "λ enters J as it is, not squared.": lambda X, y, lam: ridge(X, y, len(X) * lam**2),
        "The sign of λ is wrong: large weights are rewarded.": lambda X, y, lam: ridge(X, y, -len(X) * lam),
        "λ has no effect: this is plain least squares.": lambda X, y, lam: least_squares(X, y),
        "The bias is missing: this plane is forced through the origin.": lambda X, y, lam: np.append(
            np.linalg.solve(X.T @ X + len(X) * lam * np.eye(X.shape[1]), X.T @ y), 0.0
        ),
        "The bias comes last.": lambda X, y, lam: np.roll(ridge(X, y, len(X) * lam), 1),
        "The bias is not the mean of y, unless every column has mean zero.": lambda X, y, lam: np.append(
            ridge(X, y, len(X) * lam)[:-1], y.mean()
        ),
        "Only the bias pays, and the weights go free.": lambda X, y, lam: ridge(X, y, 0.0, len(X) * lam),
    }
    for m, n in ((4, 1), (10, 2), (30, 4)):
        X = 3 + rng.standard_normal((m, n))
        y = X @ rng.uniform(1, 3, n) + rng.uniform(20, 40) + rng.standard_normal(m)
        lam = rng.uniform(0.3, 0.8)
        got = as_numbers(answer, (X, y, lam), answer(X, y, lam))
        expect(got.shape != (n,), "Return n + 1 numbers, one weight for each column and the bias last: it is missing.")
        expect_close(answer, (X, y, lam), ridge(X, y, m * lam), mistakes=mistakes, rtol=1e-6, atol=1e-8)
    expect_close(answer, (X, y, 0.0), least_squares(X, y), rtol=1e-6, hint="With λ = 0 it is plain least squares.")
    lam = -rng.uniform(0.1, 1)
    try:
        answer(X, y, lam)
    except Wrong as wrong:
        expect("raised ValueError" in str(wrong), f"A negative λ must raise ValueError, but {wrong}")
    else:
        raise Wrong("A negative λ rewards large weights and J has no minimum in general: raise ValueError for it.")
    return "Only the weights pay, λ counts per example, and nonsense is refused."


def read_pairs(answer, n, k, rng):
    """Return what the reader's function returned as a list of pairs of lists of whole numbers."""
    returned = answer(n, k, rng)
    call = f"{answer.name}({n}, {k}, rng)"
    if not isinstance(returned, list | tuple) or not all(isinstance(p, list | tuple) and len(p) == 2 for p in returned):
        raise Wrong(f"{call} must return a list of pairs (train, test).")
    expect(len(returned) == k, f"{call} returned {len(returned)} pairs, expected {k}: one for each fold.")
    pairs = []
    for pair in returned:
        try:
            train, test = (np.asarray(part) for part in pair)
        except (TypeError, ValueError):
            raise Wrong(f"{call} must return pairs of index arrays.") from None
        for part in (train, test):
            expect(part.dtype.kind != "b", "Return indices, not masks: np.flatnonzero turns a mask into indices.")
            expect(
                part.ndim == 1 and (part.dtype.kind in "iu"), f"{call} must return pairs of arrays of whole numbers."
            )
        pairs.append((train.tolist(), test.tolist()))
    return pairs


@exercise(
    "5.3",
    "kfold_indices(n, k, rng)",
    hints=(
        "Shuffle the indices once; then cut the shuffled list into k parts.",
        "np.array_split cuts into parts that differ by at most one; np.split insists on equal ones.",
        "The test part of fold i is part i of rng.permutation(n), and its train part joins all the others.",
    ),
)
def check_kfold_indices(answer, rng):
    for n, k in ((7, 3), (10, 4), (6, 6), (53, 5)):
        pairs = read_pairs(answer, n, k, np.random.default_rng(rng.integers(2**32)))
        sizes = [len(test) for _, test in pairs]
        together = sorted(index for _, test in pairs for index in test)
        everything = list(range(n))
        if sum(sizes) == (k - 1) * n:
            raise Wrong(f"For n = {n}, k = {k} the test parts are the large ones: train and test are exchanged.")
        if together and (together[0] < 0 or together[-1] >= n):
            raise Wrong(
                f"Indices run from 0 to n − 1; for n = {n} there is an index {together[0] if together[0] < 0 else together[-1]}."
            )
        if len(set(together)) < len(together):
            raise Wrong(f"For n = {n}, k = {k} an example is in two test parts: draw one permutation and cut it.")
        if together != everything:
            lost = n - len(together)
            raise Wrong(f"For n = {n}, k = {k} {lost} example(s) are in no test part: the remainder was dropped.")
        expect(
            max(sizes) - min(sizes) <= 1, f"For n = {n}, k = {k} the folds have {sizes} examples; spread the remainder."
        )
        for train, test in pairs:
            shared = set(train) & set(test)
            expect(not shared, f"For n = {n}, k = {k} test examples are in train as well: that is a leak.")
            expect(len(train) == len(set(train)), f"For n = {n}, k = {k} an example is in one train part twice.")
            missing = set(everything) - set(train) - set(test)
            expect(not missing, f"For n = {n}, k = {k} an example is neither in train nor in test of a fold.")
    seeds = rng.integers(2**32, size=4)
    drawn = [sorted(sorted(test) for _, test in read_pairs(answer, 40, 4, np.random.default_rng(s))) for s in seeds]
    in_order = [list(range(10 * i, 10 * i + 10)) for i in range(4)]
    taking_turns = [list(range(i, 40, 4)) for i in range(4)]
    if all(folds in (in_order, taking_turns) for folds in drawn):
        raise Wrong("The examples were not shuffled: in data sorted by class, whole classes end up in one fold.")
    expect(any(folds != drawn[0] for folds in drawn), "Different rng, same folds: use the rng that you are given.")
    again = sorted(sorted(test) for _, test in read_pairs(answer, 40, 4, np.random.default_rng(seeds[0])))
    expect(again == drawn[0], "The same rng gave different folds: some randomness does not come from rng.")
    return "Every example is tested exactly once, and never by a model that has seen it."


@exercise(
    "5.4",
    "standard_error(x)",
    level="warm-up",
    hints=(
        "The mean of m independent numbers has the variance σ²/m.",
        "Estimate σ with ddof=1, then divide by the root of m.",
    ),
)
def check_standard_error(answer, rng):
    def error(x):
        return x.std(ddof=1) / np.sqrt(len(x))

    mistakes = {
        "This is the standard deviation of the data; the mean of m of them varies less, by √m.": lambda x: x.std(
            ddof=1
        ),
        "This is the standard deviation of the data, and a biased one; divide by √m and use ddof=1.": lambda x: x.std(),
        "The variance was estimated with m instead of m − 1: use ddof=1.": lambda x: x.std() / np.sqrt(len(x)),
        "Divide by the root of m, not by m.": lambda x: x.std(ddof=1) / len(x),
        "This is the variance of the mean; take its root.": lambda x: x.var(ddof=1) / len(x),
        "The variance must be divided by m before the root, the standard deviation by √m.": lambda x: (
            x.var(ddof=1) / np.sqrt(len(x))
        ),
        "m − 1 was used twice: ddof=1 has it already.": lambda x: x.std(ddof=1) / np.sqrt(len(x) - 1),
        "Deviations are measured from the mean, not from 0.": lambda x: np.sqrt(np.sum(x**2) / (len(x) - 1) / len(x)),
        "This is half of the confidence interval; one standard error is wanted.": lambda x: 1.96 * error(x),
    }
    for m in (3, 7, 50):
        x = rng.uniform(3, 9) + rng.uniform(2, 4) * rng.standard_normal(m)
        expect_close(answer, (x,), error(x), mistakes=mistakes, rtol=1e-8)
    return "It shrinks with √m and uses the unbiased variance."


def interval(x, factor=1.96, ddof=1, root=True, middle=None):
    reach = factor * x.std(ddof=ddof) / (np.sqrt(len(x)) if root else 1)
    middle = x.mean() if middle is None else middle
    return np.array([middle - reach, middle + reach])


@exercise(
    "5.4b",
    "confidence_interval(x)",
    hints=(
        "The interval is centred on your best guess for the mean.",
        "It reaches 1.96 of the standard errors of 5.4 to each side.",
    ),
)
def check_confidence_interval(answer, rng):
    mistakes = {
        "The interval lies around 0; it must lie around the mean of x.": lambda x: interval(x, middle=0.0),
        "This interval holds 95 % of the data; for the mean divide by √m.": lambda x: interval(x, root=False),
        "The variance was estimated with m instead of m − 1: use ddof=1.": lambda x: interval(x, ddof=0),
        "One standard error on each side holds the truth in only about 68 %: multiply by 1.96.": lambda x: interval(
            x, 1.0
        ),
        "The whole interval is 2 · 1.96 standard errors long, not 1.96.": lambda x: interval(x, 0.98),
        "The low end comes first.": lambda x: interval(x)[::-1],
        "Return the two ends, not the middle and the reach.": lambda x: np.array([x.mean(), np.ptp(interval(x)) / 2]),
        "1.645 leaves 5 % on each side; 95 % in the middle needs 1.96.": [
            lambda x: interval(x, 1.645),
            lambda x: interval(x, 1.6448536269514722),
        ],
        "Use 1.96 rather than 2.": lambda x: interval(x, 2.0),
        "The middle is the mean of x, not its median.": lambda x: interval(x, middle=np.median(x)),
        "Divide the standard deviation by √m, not by m.": lambda x: interval(x, 1.96 / np.sqrt(len(x))),
        "The variance of the mean was used; take its root.": lambda x: interval(
            x, 1.96 * x.std(ddof=1) / np.sqrt(len(x))
        ),
    }
    for m in (5, 9, 60):
        x, error = rng.standard_normal(m), rng.uniform(1.1, 1.6)  # of the mean; at 0.84 and 1 two mistakes look alike
        x = rng.uniform(15, 25) + error * np.sqrt(m) * (x - x.mean()) / x.std(ddof=1)
        tolerance = 1e-4 * error  # 1.96 and 1.95996 are both welcome
        expect_close(answer, (x,), interval(x), mistakes=mistakes, atol=tolerance, hint="Return (low, high).")
    return "It is centred on the mean and holds the truth in about 95 % of samples."


@exercise(
    "5.4c",
    "best_shrinkage(theta, sigma, m)",
    level="challenge",
    hints=(
        "The bias of c times the mean is (c − 1)θ, its variance c²σ²/m.",
        "Differentiate (c − 1)²θ² + c²σ²/m by c and set the result to zero.",
        "That gives (c − 1)θ² + cσ²/m = 0; solve it for c.",
    ),
)
def check_best_shrinkage(answer, rng):
    mistakes = {
        "c = 1 is the unbiased choice; a little less has less variance and a smaller error.": lambda t, s, m: 1.0,
        "The variance of the mean is σ²/m; m is missing.": lambda t, s, m: t**2 / (t**2 + s**2),
        "m multiplies where it should divide: more examples need less shrinkage.": lambda t, s, m: (
            t**2 / (t**2 + m * s**2)
        ),
        "This is 1 − c, the part by which the mean is shrunk.": lambda t, s, m: (s**2 / m) / (t**2 + s**2 / m),
        "The standard error was not squared: errors add as squares.": lambda t, s, m: t**2 / (t**2 + s / np.sqrt(m)),
        "σ must be squared.": lambda t, s, m: t**2 / (t**2 + s / m),
        "θ must be squared.": [lambda t, s, m: abs(t) / (abs(t) + s**2 / m), lambda t, s, m: t / (t + s**2 / m)],
        "Neither θ nor σ is squared.": [
            lambda t, s, m: t / (t + s / np.sqrt(m)),
            lambda t, s, m: abs(t) / (abs(t) + s / np.sqrt(m)),
        ],
        "c = 0 has no variance but all the bias.": lambda t, s, m: 0.0,
        "This is the root of the best factor.": lambda t, s, m: np.sqrt(t**2 / (t**2 + s**2 / m)),
        "This is 1/c: it would enlarge the mean.": lambda t, s, m: 1 + s**2 / (m * t**2),
        "This is the first step only, 1 − σ²/(mθ²): the variance shrinks with c as well.": lambda t, s, m: (
            1 - s**2 / (m * t**2)
        ),
    }
    for m in (3, 5, 12):
        for sign in (1, -1):
            theta, sigma = float(sign * rng.uniform(1.2, 2.5)), float(rng.uniform(2.2, 3.5))
            best = theta**2 / (theta**2 + sigma**2 / m)
            expect_close(answer, (theta, sigma, m), best, mistakes=mistakes, rtol=1e-6)
    expect_close(answer, (0.0, 1.0, 3), 0.0, hint="If the truth is 0, the best estimate ignores the data.")
    return "A little bias buys a larger drop in variance."


HALF_LOG_2PI = 0.5 * np.log(2 * np.pi)


def gaussian_nll(params, X, log_sigma_counts=1.0, constant=HALF_LOG_2PI, half=0.5):
    mu, log_sigma = params
    z = (X - mu) / np.exp(log_sigma)
    return np.mean(np.sum(half * z**2 + log_sigma_counts * log_sigma + constant, axis=1))


def sigma_as_variance(params, X):
    mu, log_sigma = params
    return np.mean(np.sum(0.5 * (X - mu) ** 2 / np.exp(log_sigma) + log_sigma + 0.5 * np.log(2 * np.pi), axis=1))


def log_as_sigma(params, X):
    mu, log_sigma = params
    return np.mean(
        np.sum(0.5 * ((X - mu) / log_sigma) ** 2 + np.log(np.abs(log_sigma)) + 0.5 * np.log(2 * np.pi), axis=1)
    )


def constant_once(params, X):
    return gaussian_nll(params, X) - (X.shape[1] - 1) * 0.5 * np.log(2 * np.pi)


@exercise(
    "5.5",
    "nll_diagonal(params, X)",
    hints=(
        "Write the logarithm of one Gaussian density on paper first: three terms, one of them the same for all data.",
        "Turn log_sigma into sigma only where you divide by it; the term log σ you have already.",
        "Sum ½z² + log σ + ½log 2π over the columns (axis=1), then take the mean over the rows.",
    ),
)
def check_nll_diagonal(answer, rng):
    mistakes = {
        "The sign is wrong: this is the log-likelihood, to be maximised.": lambda p, X: -gaussian_nll(p, X),
        "The term log σ is missing: then σ → ∞ always wins.": lambda p, X: gaussian_nll(p, X, log_sigma_counts=0.0),
        "exp(log_sigma) is σ, not σ²: it must be squared under (x − μ)².": sigma_as_variance,
        "log σ counts once: ½log σ² is log σ.": lambda p, X: gaussian_nll(p, X, log_sigma_counts=0.5),
        "log σ counts once, not twice: ½log σ² is log σ.": lambda p, X: gaussian_nll(p, X, log_sigma_counts=2.0),
        "The sign of log σ is wrong: a wide density is a low one.": lambda p, X: gaussian_nll(
            p, X, log_sigma_counts=-1.0
        ),
        "The second parameter is log σ, not σ: take its exponential.": log_as_sigma,
        "The constant ½log 2π is missing.": lambda p, X: gaussian_nll(p, X, constant=0.0),
        "The constant ½log 2π belongs to every column, not once to each example.": constant_once,
        "The constant is ½log 2π, not log 2π.": lambda p, X: gaussian_nll(p, X, constant=np.log(2 * np.pi)),
        "The factor ½ before the squares is missing.": lambda p, X: gaussian_nll(p, X, half=1.0),
        "Sum over the columns: the mean over all entries is smaller by a factor n.": lambda p, X: (
            gaussian_nll(p, X) / X.shape[1]
        ),
        "Average over the examples: this is their sum.": lambda p, X: gaussian_nll(p, X) * len(X),
        "The parameters that are given must be used, not the mean and deviation of X.": lambda p, X: gaussian_nll(
            (X.mean(axis=0), np.log(X.std(axis=0))), X
        ),
    }
    for m, n in ((3, 2), (4, 3)):
        mu, log_sigma = rng.standard_normal(n), rng.uniform(0.2, 0.6, n) * rng.choice([-1, 1], n)
        X = rng.standard_normal((m, n)) + 1
        expect_close(answer, ((mu, log_sigma), X), gaussian_nll((mu, log_sigma), X), mistakes=mistakes)
    X = rng.standard_normal((2000, 2)) * 3
    params = (np.zeros(2), np.full(2, np.log(3.0)))
    got = as_numbers(answer, (params, X), answer(params, X))
    expect(
        np.all(np.isfinite(got)),
        "With 2000 examples the result is not finite: a product of densities underflows, so add their logarithms.",
    )
    expect_close(answer, (params, X), gaussian_nll(params, X), mistakes=mistakes)
    far = rng.standard_normal((5, 2)) + rng.uniform(200, 300)
    params = (np.zeros(2), np.zeros(2))
    got = as_numbers(answer, (params, far), answer(params, far))
    expect(
        np.all(np.isfinite(got)),
        "Far from the mean the result is not finite: a density underflows before its logarithm is taken, so write the logarithm out.",
    )
    expect_close(
        answer,
        (params, far),
        gaussian_nll(params, far),
        mistakes=mistakes,
        hint="Nothing may be added or clipped inside a logarithm: far examples must cost what they cost.",
    )
    return "Sum over columns, mean over examples, and finite for any data."


# 5.6 --------------------------------------------------------------------------------------------------------------------


@exercise(
    "5.6",
    "noisy_posterior(X, y, Lambda0, mu0, sigma2)",
    level="core",
    hints=(
        "Dividing y = X w + noise by sigma gives a problem of the section's kind: its noise has variance 1.",
        "In the section's formulas X^T X becomes X^T X / sigma2 and X^T y becomes X^T y / sigma2; the prior stays.",
        "Invert Lambda0 once; the covariance is the inverse of the sum of two precisions, and the mean starts with it.",
    ),
)
def check_noisy_posterior(answer, rng):
    for m, n in ((1, 1), (3, 2), (8, 3)):
        A = rng.standard_normal((n, n))
        Lambda0 = A @ A.T + 0.5 * np.eye(n)
        X, y = rng.standard_normal((m, n)) + 1, rng.standard_normal(m) + 3
        mu0, sigma2 = rng.uniform(1, 2, n), rng.uniform(2, 4)
        args = X, y, Lambda0, mu0, sigma2
        covariance, mean = returned_pair(answer, args, ((n, n), (n,)))
        right = bayes(*args)
        if close(covariance, right[0]) and close(mean, right[1]):
            continue
        for message, mistaken in each_mistake(POSTERIOR_MISTAKES):
            wrong = mistaken(*args)
            if close(covariance, wrong[0]) and close(mean, wrong[1]):
                raise Wrong(message)
        if not close(covariance, covariance.T):
            raise Wrong(
                "A covariance matrix is symmetric; yours is not. Products of matrices do not commute: check their order."
            )
        if close(covariance, right[0]):
            raise Wrong(
                f"The covariance is right, the mean is not: {show_value(mean)}, expected {show_value(right[1])}."
            )
        raise Wrong(
            f"For {m} example{'s' * (m > 1)} and {n} weight{'s' * (n > 1)} the covariance is not the inverse of"
            f" X^T X / sigma2 + Lambda0^-1; its first entry is {covariance[0, 0]:.4g}, expected {right[0][0, 0]:.4g}."
        )
    nothing = np.empty((0, 2)), np.empty(0), np.diag([2.0, 3.0]), np.array([1.0, -1.0]), 2.0
    covariance, mean = returned_pair(answer, nothing, ((2, 2), (2,)))
    expect(
        close(covariance, nothing[2]) and close(mean, nothing[3]),
        "Without any example the posterior must be the prior.",
    )
    return "Precisions add: of the prior one share, of each example another, the smaller the noisier."


def returned_pair(answer, args, shapes):
    """Return the two arrays that an answer returned, or raise `Wrong`."""
    returned = answer(*args)
    if not isinstance(returned, tuple | list) or len(returned) != 2:
        raise Wrong(f"Return two things, in this order, as a pair; {answer.name} returned {show_value(returned)}.")
    arrays = [as_numbers(answer, args, part, shape) for part, shape in zip(returned, shapes, strict=True)]
    for array, shape in zip(arrays, shapes, strict=True):
        if array.shape != shape:
            raise Wrong(
                f"{answer.name} returned arrays of shapes {arrays[0].shape} and {arrays[1].shape}, expected {shapes[0]} and {shapes[1]}."
            )
    return arrays


def close(a, b, rtol=1e-7, atol=1e-9):
    return np.shape(a) == np.shape(b) and np.allclose(a, b, rtol=rtol, atol=atol)


def bayes(X, y, Lambda0, mu0, sigma2):
    precision = np.linalg.inv(Lambda0)
    covariance = np.linalg.inv(X.T @ X / sigma2 + precision)
    return covariance, covariance @ (X.T @ y / sigma2 + precision @ mu0)


def variance_for_precision(X, y, Lambda0, mu0, sigma2):
    covariance = np.linalg.inv(X.T @ X / sigma2 + Lambda0)
    return covariance, covariance @ (X.T @ y / sigma2 + Lambda0 @ mu0)


def no_prior_mean(X, y, Lambda0, mu0, sigma2):
    covariance = bayes(X, y, Lambda0, mu0, sigma2)[0]
    return covariance, covariance @ (X.T @ y / sigma2)


def prior_mean_unweighted(X, y, Lambda0, mu0, sigma2):
    covariance = bayes(X, y, Lambda0, mu0, sigma2)[0]
    return covariance, covariance @ (X.T @ y / sigma2 + mu0)


def no_prior(X, y, Lambda0, mu0, sigma2):
    covariance = np.linalg.pinv(X.T @ X / sigma2)
    return covariance, covariance @ (X.T @ y / sigma2)


def no_prior_covariance(X, y, Lambda0, mu0, sigma2):
    covariance = np.linalg.pinv(X.T @ X / sigma2)
    return covariance, covariance @ (X.T @ y / sigma2 + np.linalg.inv(Lambda0) @ mu0)


def precision_returned(X, y, Lambda0, mu0, sigma2):
    covariance, mean = bayes(X, y, Lambda0, mu0, sigma2)
    return np.linalg.inv(covariance), mean


def noise_on_prior_too(X, y, Lambda0, mu0, sigma2):
    return bayes(X, y, sigma2 * Lambda0, mu0, sigma2)


def noise_in_targets_only(X, y, Lambda0, mu0, sigma2):
    precision = np.linalg.inv(Lambda0)
    covariance = np.linalg.inv(X.T @ X + precision)
    return covariance, covariance @ (X.T @ y / sigma2 + precision @ mu0)


def noise_in_covariance_only(X, y, Lambda0, mu0, sigma2):
    precision = np.linalg.inv(Lambda0)
    covariance = np.linalg.inv(X.T @ X / sigma2 + precision)
    return covariance, covariance @ (X.T @ y + precision @ mu0)


POSTERIOR_MISTAKES = {
    "Precisions add, covariances do not: invert Lambda0 before you add it.": variance_for_precision,
    "The prior's mean mu0 is forgotten: the mean tends to 0 where there are few examples.": no_prior_mean,
    "mu0 must be weighted by the prior's precision: Lambda0^-1 mu0, not mu0 alone.": prior_mean_unweighted,
    "The prior is missing: this is what maximum likelihood says.": no_prior,
    "The prior is missing in the covariance.": no_prior_covariance,
    "This is the precision; the covariance is its inverse.": precision_returned,
    "sigma2 is ignored: this is the posterior for noise of variance 1.": lambda X, y, L, mu0, s: bayes(
        X, y, L, mu0, 1.0
    ),
    "sigma2 is a variance already: dividing both sides by sigma divides X^T X by sigma2, once, not by its square root or square.": [
        lambda X, y, L, mu0, s: bayes(X, y, L, mu0, s**2),
        lambda X, y, L, mu0, s: bayes(X, y, L, mu0, np.sqrt(s)),
    ],
    "Noisier examples must count less: divide by sigma2, do not multiply.": lambda X, y, L, mu0, s: bayes(
        X, y, L, mu0, 1 / s
    ),
    "The noise concerns the examples only; the prior's covariance is not multiplied by sigma2.": noise_on_prior_too,
    "sigma2 is missing in X^T X; both X and y are divided by sigma.": noise_in_targets_only,
    "sigma2 is missing in X^T y; both X and y are divided by sigma.": noise_in_covariance_only,
}


# 5.7 --------------------------------------------------------------------------------------------------------------------


@exercise(
    "5.7",
    "rbf_matrix(X, Z, gamma)",
    level="core",
    hints=(
        "The product X @ Z.T holds all dot products at once; the squared lengths are one number per row of X and of Z.",
        "Lengths of X as a column, (m, 1), plus lengths of Z as a row, (k,), minus twice the product: that is (m, k).",
        "Rounding can leave tiny negative squares: cut them off at 0. Shift both X and Z by the same vector first, and the errors stay small.",
    ),
)
def check_rbf_matrix(answer, rng):
    mistakes = {
        "The distance must be squared.": lambda X, Z, g: np.exp(-g * np.sqrt(squares(X, Z))),
        "gamma multiplies the squared distance; you divide by it.": lambda X, Z, g: np.exp(-squares(X, Z) / g),
        "This divides by 2 gamma^2, as if gamma were a standard deviation.": lambda X, Z, g: np.exp(
            -squares(X, Z) / (2 * g**2)
        ),
        "There is no factor 1/2 in this kernel.": lambda X, Z, g: np.exp(-g * squares(X, Z) / 2),
        "The rows of the result belong to X and the columns to Z; yours are the other way round.": lambda X, Z, g: (
            np.exp(-g * squares(Z, X))
        ),
        "The sign is wrong: a kernel falls with the distance.": lambda X, Z, g: np.exp(g * squares(X, Z)),
        "The exponential is missing.": [lambda X, Z, g: -g * squares(X, Z), squares],
        "The product must be subtracted twice: ||x||^2 + ||z||^2 - 2 x.z.": lambda X, Z, g: np.exp(
            -g * (squares(X, Z) + X @ Z.T)
        ),
        "This is a dot product, not a distance.": lambda X, Z, g: np.exp(g * X @ Z.T),
    }
    for m, k, n in ((2, 3, 2), (4, 4, 3), (1, 5, 1), (6, 2, 40)):
        spread = 0.8 / np.sqrt(n)
        X, Z, gamma = spread * rng.standard_normal((m, n)), spread * rng.standard_normal((k, n)), rng.uniform(0.3, 0.4)
        expect_close(answer, (X, Z, gamma), np.exp(-gamma * squares(X, Z)), mistakes=mistakes, rtol=1e-6)
    far = 1e4 + rng.standard_normal((100, 7))
    K = as_numbers(answer, (far, far, 5.0), answer(far, far, 5.0))
    expect(K.shape == (100, 100), "The kernel of 100 points with themselves must be (100, 100).")
    expect(
        np.max(K) <= 1,
        "A kernel value exceeds 1: for points far from the origin rounding leaves tiny negative squared distances. Cut them off at 0.",
    )
    expect(
        np.abs(K - np.exp(-5 * squares(far, far))).max() < 1e-3,
        "For data with mean 10,000 the result is far off: too many digits cancel. The distances must be computed in float64.",
    )
    X, Z = rng.standard_normal((250, 90)), rng.standard_normal((250, 90))
    tracemalloc.start()
    try:
        K = answer(X, Z, 0.01)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    expect(np.allclose(K, np.exp(-0.01 * squares(X, Z)), rtol=1e-6), "It fails for 250 points with 90 features.")
    expect(
        peak < 15e6,
        "The values are right, but an array of m x k x n gaps was built on the way; use the product X @ Z.T instead.",
    )
    return "It needs one matrix product, and no value exceeds 1."


def squares(X, Z, gamma=None):
    """Return all squared distances, without cancellation."""
    return sum((X[:, [j]] - Z[:, j]) ** 2 for j in range(X.shape[1]))


@exercise(
    "5.7b",
    "best_split(x, y)",
    level="core",
    hints=(
        "Only cuts halfway between two neighbouring different values matter: np.unique(x) has the values in order.",
        "For a group with labels g the impurity is 1 - sum((np.bincount(g) / len(g)) ** 2).",
        "Try every such cut t and keep the one with the smallest sum of size times impurity over the groups x <= t and x > t.",
    ),
)
def check_best_split(answer, rng):
    for x, y in split_cases(rng):
        args = x, y
        cuts, costs = all_cuts(x, y)
        t = expect_number(answer, args)
        low, high = x.min(), x.max()
        if not low <= t < high:
            raise Wrong(
                f"{answer.call(x, y)} gave {t:.4g}, which sends all examples to one side; cut between two different values."
            )
        group = np.searchsorted(np.unique(x), t, side="right") - 1  # the cut's place among the values
        right = costs[group] < costs.min() + 1e-12
        if right and np.isclose(t, cuts[group]):
            continue
        for mistaken, message in (SPLIT_MISTAKES | FINER_MISTAKES).items():
            if np.isclose(t, mistaken(x, y)):
                raise Wrong(message)
        if right:
            raise Wrong(
                f"The right place, but take the cut halfway between its two neighbours: {cuts[group]:.4g}, not {t:.4g}."
            )
        raise Wrong(
            f"{answer.call(x, y)} gave {t:.4g} with average impurity {costs[group]:.4f}; a cut at"
            f" {cuts[costs.argmin()]:.4g} leaves {costs.min():.4f}."
        )
    return "It weighs the two sides, handles several classes, and never cuts between equal values."


def expect_number(answer, args):
    got = as_numbers(answer, args, answer(*args), ())
    expect(got.size == 1, f"{answer.name} must return one number, the cut; it returned something of shape {got.shape}.")
    t = float(np.real(got.reshape(())))
    expect(np.isfinite(t), f"{answer.name} returned {t}; a cut is a finite number.")
    return t


def gini(counts):
    """Return the chance that two members differ, for groups given by the number of members of each class (…, classes)."""
    return 1 - np.sum((counts / counts.sum(axis=-1, keepdims=True)) ** 2, axis=-1)


def two_class_gini(counts):
    p = counts[..., 1] / counts.sum(axis=-1)
    return 2 * p * (1 - p)


def label_variance(counts):
    p, label = counts / counts.sum(axis=-1, keepdims=True), np.arange(counts.shape[-1])
    return p @ label**2 - (p @ label) ** 2


def all_cuts(x, y, weigh=True, impurity=gini):
    """Return every cut halfway between neighbouring values and the average impurity that it leaves."""
    values = np.unique(x)
    cuts = (values[1:] + values[:-1]) / 2
    member = np.eye(max(y.max() + 1, 2))[y]  # (m, classes)
    left = (x <= cuts[:, None]).astype(float) @ member
    right = member.sum(axis=0) - left
    shares = [side.sum(axis=1) / len(y) if weigh else 0.5 for side in (left, right)]
    return cuts, shares[0] * impurity(left) + shares[1] * impurity(right)


def argbest(cuts_and_costs, last=False):
    cuts, costs = cuts_and_costs
    places = np.flatnonzero(costs <= costs.min() + 1e-12)
    return cuts[places[-1 if last else 0]]


def costs_in_order(y):
    """Return the weighted impurity left by a cut after each example but the last, in the given order."""
    member = np.eye(max(y.max() + 1, 2))[y]
    left = np.cumsum(member, axis=0)[:-1]
    right = member.sum(axis=0) - left
    return left.sum(axis=1) * gini(left) + right.sum(axis=1) * gini(right)


def unsorted_cut(x, y):
    i = int(np.argmin(costs_in_order(y)))
    return (x[i] + x[i + 1]) / 2


def ties_cut(x, y):
    order = np.argsort(x, kind="stable")
    return unsorted_cut(x[order], y[order])


def unweighted_cut(x, y):
    return argbest(all_cuts(x, y, weigh=False))


def worst_cut(x, y):
    cuts, costs = all_cuts(x, y)
    return cuts[costs.argmax()]


def two_class_cut(x, y):
    return argbest(all_cuts(x, y, impurity=two_class_gini))


def variance_cut(x, y):
    return argbest(all_cuts(x, y, impurity=label_variance))


def entropy(counts):
    p = counts / counts.sum(axis=-1, keepdims=True)
    return -np.sum(p * np.log(np.where(p > 0, p, 1)), axis=-1)


def entropy_cut(x, y):
    return argbest(all_cuts(x, y, impurity=entropy))


def majority_cut(x, y):
    return argbest(all_cuts(x, y, impurity=lambda counts: 1 - counts.max(axis=-1) / counts.sum(axis=-1)))


def median_cut(x, y):
    return np.median(x)


def mean_cut(x, y):
    return np.mean(x)


SPLIT_MISTAKES = {
    unweighted_cut: "The impurities of the two sides must be weighted by their sizes; else one pure example looks like a good cut.",
    worst_cut: "This is the worst cut: the average impurity must be smallest.",
    two_class_cut: "There are several classes, and 2p(1 - p) sees only one of them. Use 1 - the sum of squared shares.",
    variance_cut: "Labels are names, not amounts: their variance is no impurity when there are three classes.",
    unsorted_cut: "The examples must be sorted by x first, and their labels with them.",
    ties_cut: "Equal values of x cannot be cut apart: they are all on the same side of any t.",
    median_cut: "A cut in the middle of the values does not look at the labels.",
    mean_cut: "A cut in the middle of the values does not look at the labels.",
}
FINER_MISTAKES = {
    majority_cut: "This cut leaves the fewest examples outvoted; the impurity is the chance that two members differ.",
    entropy_cut: "This cut leaves the least entropy; here the impurity is the chance that two members differ.",
}
# Found by search: Gini impurity and the mistake each have one best cut, and no other mistake has the same.
FINER_CASES = (
    ([16, 5, 9, 19, 7, 8, 10, 17, 14, 1, 11, 13], [1, 0, 2, 1, 2, 2, 1, 1, 0, 0, 0, 0]),
    ([14, 2, 19, 5, 6, 7, 0, 12, 9, 3, 17, 11, 10, 16], [0, 2, 1, 0, 0, 2, 2, 0, 0, 2, 1, 1, 2, 1]),
)


def split_cases(rng):
    """Yield examples in which each plausible mistake finds a cut of its own, smallest first."""
    yield np.array([2.0, 1.0]), np.array([0, 1])
    for x, y in FINER_CASES:
        yield rng.uniform(1, 2) * np.array(x, float) + rng.uniform(0, 5), np.array(y)
    for wanted in (unweighted_cut, two_class_cut, variance_cut, unsorted_cut, ties_cut, worst_cut, median_cut):
        while True:
            n = int(rng.integers(9, 14))
            x = rng.uniform(0, 10, n)
            if wanted is ties_cut:
                x = np.round(x)
            y = np.array([2, 0, 1])[np.digitize(x + rng.normal(0, 2, n), [3, 6])]
            if tells_apart(wanted, x, y):
                break
        yield x, y


def tells_apart(wanted, x, y):
    """Return whether each rule has one best cut, and the mistakes that miss the right one, among them the wanted, all differ."""
    if len(np.unique(y)) < 3 or len(np.unique(x)) < 4:
        return False
    cuts, costs = all_cuts(x, y)
    best, found = argbest((cuts, costs)), wanted(x, y)
    place = np.searchsorted(np.unique(x), found, side="right") - 1
    if not 0 <= place < len(costs) or costs[place] < costs.min() + 1e-6:
        return False
    sorted_y = y[np.argsort(x, kind="stable")]
    others = [all_cuts(x, y, impurity=kind)[1] for kind in (two_class_gini, label_variance)]
    for rule in (costs, -costs, all_cuts(x, y, weigh=False)[1], *others, costs_in_order(y), costs_in_order(sorted_y)):
        if np.sum(rule < rule.min() + 1e-6) > 1:
            return False
    missed = np.sort([t for t in (mistaken(x, y) for mistaken in SPLIT_MISTAKES) if not np.isclose(t, best)])
    return bool(np.all(np.diff(missed) > 1e-6))


# 5.8 --------------------------------------------------------------------------------------------------------------------


@exercise(
    "5.8",
    "kmeans_step(X, centres)",
    level="core",
    hints=(
        "X[:, None] - centres is (m, k, n): sum its squares over the last axis and take argmin over the centres.",
        "Begin with a copy of the centres, so that a centre without examples keeps its place.",
        "Loop over the labels that occur, np.unique(labels), and give each of these centres the mean of its examples.",
    ),
)
def check_kmeans_step(answer, rng):
    for m, n, k in ((4, 1, 2), (12, 2, 3), (30, 4, 5), (20, 3, 1)):
        X, centres = 2 * rng.standard_normal((m, n)), 2 * rng.standard_normal((k, n)) + 0.5
        if k > 1:
            X = np.vstack([X, centres + 0.1 * rng.standard_normal((k, n)), centres + 0.1])
        judge_kmeans(answer, X, centres, rng)
    city = np.array(
        [[0.0, 0.0], [0.1, 0.1], [2.0, 2.1], [3.3, 0.0]]
    )  # nearer to (2, 2) than to (3.2, 0), but not in city blocks
    judge_kmeans(answer, city, np.array([[2.0, 2.0], [3.2, 0.0]]), rng)
    line = rng.uniform(1, 2) * np.array([[0.0], [1.0], [9.0], [10.0]])
    judge_kmeans(answer, line, line[:2], rng)
    X = np.concatenate([rng.normal(0, 1, (10, 2)), rng.normal(6, 1, (10, 2))])
    judge_kmeans(answer, X, np.array([[0.0, 0.0], [200.0, 200.0], [6.0, 6.0]]), rng)
    return "Every example goes to its nearest centre, and a centre without examples keeps its place."


def judge_kmeans(answer, X, centres, rng):
    k = len(centres)
    returned = answer(X, centres)
    if not isinstance(returned, tuple | list) or len(returned) != 2:
        raise Wrong(f"Return labels and centres, in this order; {answer.name} returned {show_value(returned)}.")
    labels, moved = (as_numbers(answer, (X, centres), part) for part in returned)
    if labels.shape == centres.shape and moved.shape == (len(X),):
        raise Wrong("Return the labels first and the centres second.")
    expect(
        labels.shape == (len(X),),
        f"The labels must be one number per example, shape ({len(X)},); yours have shape {labels.shape}."
        " Was the sum of squares taken over the features, the last axis?",
    )
    distance = squares(X, centres)  # (m, k)
    nearest = distance.argmin(axis=1)
    if not np.array_equal(labels, nearest):
        if np.array_equal(labels, distance.argmax(axis=1)):
            raise Wrong("These are the farthest centres; take the nearest.")
        after = squares(X, moved).argmin(axis=1) if moved.shape == centres.shape else None
        if after is not None and np.array_equal(labels, after) and close(moved, moved_centres(X, centres, nearest)):
            raise Wrong("These labels belong to the moved centres; return those of the given ones.")
        raise Wrong("The labels are not those of the nearest centres. Square the gaps, and sum them over the features.")
    expect(
        moved.shape == centres.shape, f"The centres must keep their shape {centres.shape}; yours have {moved.shape}."
    )
    empty = ~np.isin(np.arange(k), nearest)
    if np.isnan(moved).any():
        raise Wrong("A centre without examples became nan, the mean of nothing; it must stay where it is.")
    right = moved_centres(X, centres, nearest)
    if close(moved, right):
        return
    if k > 1 and close(moved, np.broadcast_to(X.mean(axis=0), centres.shape)):
        raise Wrong("Every centre moved to the mean of all examples; each must move to the mean of its own.")
    if close(moved, centres):
        raise Wrong("The centres have not moved.")
    sums = np.array([X[nearest == j].sum(axis=0) for j in range(k)])
    if close(moved[~empty], sums[~empty]):
        raise Wrong("These are sums; a mean is divided by the number of its examples.")
    if close(moved[~empty], sums[~empty] / len(X)):
        raise Wrong("The sums must be divided by the number of examples in the group, not by the number of all.")
    if close(moved[~empty], np.array([np.median(X[nearest == j], axis=0) for j in np.flatnonzero(~empty)])):
        raise Wrong("These are medians; k-means moves to the mean, which has the least sum of squares.")
    if close(moved[~empty], right[~empty]):
        raise Wrong("A centre without examples must stay exactly where it is.")
    raise Wrong("The labels are right, but the centres are not the means of their examples.")


def moved_centres(X, centres, labels):
    moved = centres.astype(float).copy()
    for j in np.unique(labels):
        moved[j] = X[labels == j].mean(axis=0)
    return moved


# 5.9 --------------------------------------------------------------------------------------------------------------------


@exercise(
    "5.9",
    "minibatch_gradients(w, X, y, size, rng)",
    level="warm-up",
    hints=(
        "rng.permutation(len(y)) is a new order at each call; slices order[start : start + size] are the batches.",
        "The gradient of a batch is X_batch^T (X_batch w - y_batch), divided by the number of examples in that batch.",
        "The last slice may be shorter: divide by its own len, never by size.",
    ),
)
def check_minibatch_gradients(answer, rng):
    for m, n, size in ((9, 2, 3), (7, 2, 3), (5, 3, 8), (11, 4, 4), (6, 2, 1), (6, 2, 3)):
        X, y, w = rng.standard_normal((m, n)) + 0.5, rng.standard_normal(m), rng.standard_normal(n)
        judge_epoch(answer, w, X, y, size, rng)
    judge_shuffling(answer, rng)
    return "Each epoch uses every example once, in a new order, and its batches average to the full gradient."


def judge_epoch(answer, w, X, y, size, rng):
    m, n = X.shape
    count = -(-m // size)
    got = as_numbers(answer, (w, X, y, size, rng), answer(w, X, y, size, rng))
    where = f"With {m} examples in batches of {size}"
    if got.shape == (n,) and n != count:
        raise Wrong(f"{where} it returned a single gradient; return one for each batch, an array ({count}, {n}).")
    if got.shape == (m // size, n) and m % size:
        raise Wrong(
            f"{where} the last, shorter batch was dropped: {count} gradients are expected, you return {m // size}."
        )
    expect(got.shape == (count, n), f"{where} it returned shape {got.shape}, expected {(count, n)}.")
    each = X * (X @ w - y)[:, None]
    sizes = np.full(count, size)
    sizes[-1] = m - size * (count - 1)
    total = each.sum(axis=0)
    if np.allclose(sizes @ got, total, rtol=1e-9, atol=1e-9):
        expect_batches(got, each, sizes, where)
        return
    if np.allclose(got.sum(axis=0), total):
        raise Wrong(f"{where} these are sums over the batches; an estimate of the mean gradient is a mean.")
    if np.allclose(size * got.sum(axis=0), total):
        raise Wrong(
            f"{where} the last, shorter batch was divided by {size}, as if it were full; divide by its own number."
        )
    if count > 1 and np.allclose(got, got[0]):
        raise Wrong(f"{where} all gradients are the same: was the first batch taken each time?")
    for factor, message in (
        (-1, "the sign is wrong: this points downhill, the gradient points uphill."),
        (2, "there is a factor 2 too much: the loss has a half in front."),
        (0.5, "a factor 1/2 is too much: the square's 2 cancels it."),
    ):
        if np.allclose(sizes @ got, factor * total):
            raise Wrong(f"{where} {message}")
    if np.allclose(m * got.sum(axis=0), total):
        raise Wrong(f"{where} each batch was divided by the number of all examples; divide by the number in the batch.")
    raise Wrong(
        f"{where} the gradients, weighted by the sizes of their batches, do not average to the full gradient."
        " Is every example in exactly one batch?"
    )


def expect_batches(got, each, sizes, where):
    """Raise `Wrong` unless the gradients are means over disjoint batches (checked by exhaustion where it is cheap)."""
    from itertools import combinations

    if len(each) > 9 or sizes[0] == 1:
        if sizes[0] == 1:
            order = np.lexsort(got.T), np.lexsort(each.T)
            expect(np.allclose(got[order[0]], each[order[1]]), f"{where} a gradient is not that of a single example.")
        return
    for row, size in zip(got, sizes, strict=True):
        possible = (each[list(batch)].mean(axis=0) for batch in combinations(range(len(each)), int(size)))
        expect(
            any(np.allclose(row, mean, rtol=1e-8, atol=1e-10) for mean in possible),
            f"{where} a gradient is not the mean over any {size} of the examples.",
        )


def judge_shuffling(answer, rng):
    """Raise `Wrong` unless each call takes its own new order from the generator it is given."""
    X, y, w = rng.standard_normal((40, 2)), rng.standard_normal(40), rng.standard_normal(2)
    epochs = np.random.default_rng(int(rng.integers(2**31)))
    calls = [np.asarray(answer(w, X, y, 5, epochs), float) for _ in range(3)]
    each = X * (X @ w - y)[:, None]
    in_order = each.reshape(8, 5, 2).mean(axis=1)
    expect(
        not np.allclose(calls[0], in_order),
        "The examples were taken in their given order; shuffle them first, or sorted data give biased batches.",
    )
    same_sets = np.allclose(np.sort(calls[0], axis=0), np.sort(in_order, axis=0))
    expect(
        not same_sets,
        "Only the order of the batches was shuffled; shuffle the examples, so that the batches differ too.",
    )
    expect(
        not np.allclose(calls[0], calls[1]) and not np.allclose(calls[1], calls[2]),
        "Two epochs had the same batches in the same order; draw a new order from rng at each call.",
    )
    seed = int(rng.integers(2**31))
    again = [np.asarray(answer(w, X, y, 5, np.random.default_rng(seed)), float) for _ in range(2)]
    expect(
        np.allclose(*again),
        "The same rng gave different batches: take all randomness from rng, so that a run can be repeated.",
    )


# 5.10 -------------------------------------------------------------------------------------------------------------------

LAM = 0.05


@exercise(
    "5.10",
    "robust_line(x, y)",
    level="challenge",
    hints=(
        'The recipe has loss="absolute", penalty="L2", lam=0.05 and optimiser="descend"; x must become a column, x[:, None].',
        "Descent starts at 0 with steps that shrink: shift the targets by their median first and add it to the intercept at the end.",
        "recipe.fit(x[:, None], y - start).w holds intercept and slope; the intercept still lacks start. A few hundred steps do.",
    ),
)
def check_robust_line(answer, rng):
    high, spoilt, skewed, rows = line_cases(rng)
    judge_line(answer, *high, "With targets around 80", within=0.15, cost=1.2e-2)
    judge_line(answer, *spoilt, "With ten spoilt targets", within=0.15, cost=1.2e-2)
    judge_line(answer, *skewed, "With many large targets", within=0.06, cost=5e-4, inliers=rows)
    return "A tenth of the targets on one side can be as wrong as they like; the line hardly moves."


def line_cases(rng, m=200):
    """Return three data sets, and of the last the examples that are not spoilt; there another robust loss shows."""
    for _ in range(200):
        x = rng.uniform(-2, 2, (3, m))
        y = 1 + 2 * x + np.array([[0.3], [0.3], [1.5]]) * rng.standard_normal((3, m))
        y[0] += 80
        positive = np.flatnonzero(x[1] > 0)
        y[1, rng.choice(positive, max(10, len(positive) // 10), replace=False)] += 8
        order = rng.permutation(m)
        y[2, order[:16]] += 14
        if line_cost(huber_line(x[2], y[2]), x[2], y[2]) > line_cost(best_line(x[2], y[2]), x[2], y[2]) + 2e-3:
            break
    return (x[0], y[0]), (x[1], y[1]), (x[2], y[2]), order[16:]


def line_cost(w, x, y, lam=LAM):
    return np.mean(np.abs(w[0] + w[1] * x - y)) + lam * w[1] ** 2


def best_line(x, y, lam=LAM):
    """Return the exact minimiser: for a given slope the best intercept is a median, and the rest is convex in the slope."""
    low, high = -10.0, 15.0
    ratio = (np.sqrt(5) - 1) / 2

    def cost(slope):
        return line_cost((np.median(y - slope * x), slope), x, y, lam)

    for _ in range(40):
        a, b = high - ratio * (high - low), low + ratio * (high - low)
        low, high = (low, b) if cost(a) < cost(b) else (a, high)
    slope = (low + high) / 2
    return np.array([np.median(y - slope * x), slope])


def squared_line(x, y, lam=0.0):
    F = np.column_stack([np.ones_like(x), x])
    return np.linalg.solve(F.T @ F / len(x) + lam * np.diag([0, 1]), F.T @ y / len(x))


def huber_line(x, y, lam=LAM):
    """Return the minimiser for Huber's loss with its change at 1, by weighted least squares again and again."""
    F, w = np.column_stack([np.ones_like(x), x]), best_line(x, y, lam)
    for _ in range(40):
        weight = 1 / np.maximum(1, np.abs(F @ w - y))
        w = np.linalg.solve((F.T * weight) @ F / len(x) + 2 * lam * np.diag([0, 1]), F.T @ (weight * y) / len(x))
    return w


def judge_line(answer, x, y, where, within, cost, inliers=None):
    """Raise `Wrong` unless the answer is within this distance of the best line and costs at most this much more."""
    got = as_numbers(answer, (x, y), answer(x, y), (2,))
    expect(
        got.shape == (2,),
        f"Return two numbers, intercept and slope; {answer.name} returned something of shape {got.shape}.",
    )
    best, free = best_line(x, y), best_line(x, y, 0.0)
    if np.abs(got - best).max() < within and line_cost(got, x, y) < line_cost(best, x, y) + cost:
        return

    def near(other, width):
        return np.abs(got - other).max() < width

    if near(best[::-1], 0.06):
        raise Wrong(f"{where} the two numbers are the right ones in the wrong order: intercept first.")
    if near(squared_line(x, y), 1e-3) or near(squared_line(x, y, LAM), 1e-2):
        raise Wrong(
            f"{where} this is the line of the squared loss, which spoilt targets drag along; use the absolute loss."
        )
    if near(huber_line(x, y), 1e-3):
        raise Wrong(
            f"{where} this is the line of Huber's loss, which is robust too but another one; use the absolute loss."
        )
    if abs(best[0]) > 20 and abs(got[0]) < 1e-6:
        raise Wrong(f"{where} the intercept is 0: the model has no bias.")
    if abs(best[0]) > 20 and 0 < got[0] < best[0] - 0.05:
        raise Wrong(
            f"{where} the intercept is {got[0]:.1f}, expected {best[0]:.1f}: either the bias is penalised, or the descent"
            " ended before it got there."
        )
    thrown_out = ()
    if inliers is not None:
        kept = x[inliers], y[inliers]
        thrown_out = best_line(*kept), squared_line(*kept, LAM), best_line(*kept, 0.0)
    unpenalised = got[1] > best[1] + 0.02 and line_cost(got, x, y, 0.0) < line_cost(free, x, y, 0.0) + 6e-4
    if any(near(line, 0.01) for line in thrown_out[:2]):
        raise Wrong(
            f"{where} this is the line without the largest targets: points were thrown out by looking at y. Keep all; the"
            " loss alone must be robust."
        )
    if not unpenalised and any(near(line, 0.2) for line in thrown_out):
        raise Wrong(
            f"{where} this is close to the line without the largest targets: either points were thrown out by looking at y,"
            " or the loss is another robust one, such as Huber's. Take the absolute loss, on all points."
        )
    if unpenalised:
        raise Wrong(
            f"{where} the slope is {got[1]:.3f}, expected {best[1]:.3f}: the penalty is missing, or the loss is a sum."
        )
    raise Wrong(
        f"{where} intercept and slope are {got[0]:.3f} and {got[1]:.3f} with cost {line_cost(got, x, y):.4f}; the least cost"
        f" is {line_cost(best, x, y):.4f}, at {best[0]:.3f} and {best[1]:.3f}."
    )


# 5.11 -------------------------------------------------------------------------------------------------------------------


@exercise(
    "5.11",
    "regions_needed(d, v)",
    level="warm-up",
    hints=(
        "Count by hand for two variables with three intervals each: draw the cells.",
        "Each further variable multiplies the number of cells by v.",
    ),
)
def check_regions_needed(answer, rng):
    mistakes = {
        "Variables multiply, they do not add: two variables with 10 intervals have 100 cells, not 20.": lambda d, v: (
            d * v
        ),
        "Base and exponent are swapped: each of the d variables has v intervals.": lambda d, v: d**v,
        "The order of the variables matters: low and high is another cell than high and low.": lambda d, v: float(
            math.comb(v + d - 1, d)
        ),
        "One factor is missing: count the cells for one variable.": lambda d, v: v ** (d - 1),
        "v intervals, not v + 1: count intervals, not their ends.": lambda d, v: (v + 1) ** d,
        "This counts whether a variable is small or large; each has v intervals.": lambda d, v: 2**d,
    }
    for d, v in ((3, 4), (2, 7), (int(rng.integers(4, 7)), int(rng.integers(8, 12))), (1, 5), (18, 10)):
        expect_close(answer, (d, v), float(v) ** d, mistakes=mistakes, rtol=1e-12)
    return "Each variable multiplies the number of cells by v."


@exercise(
    "5.11b",
    "expected_empty(n, v, d)",
    level="core",
    hints=(
        "A given cell is missed by one example with probability 1 - 1/cells, and by n independent ones with its n-th power.",
        "(1 - 1/cells)^n is exp(n log1p(-1/cells)), which keeps the digits that 1 - 1/cells loses.",
        "For the occupied cells use 1 - exp(a) = -expm1(a).",
    ),
)
def check_expected_empty(answer, rng):
    cases = [
        (1, 2, 1),
        (3, 2, 2),
        (int(rng.integers(20, 60)), 10, 2),
        (0, 3, 2),
        (100, 5, 3),
        (1000, 10, 8),
        (100, 10, 20),
    ]
    for n, v, d in cases:
        args = n, v, d
        empty, occupied = returned_pair(answer, args, ((), ()))
        right = cells_expected(*args)
        if close(empty, right[0], rtol=1e-6) and close(occupied, right[1], rtol=1e-6, atol=0):
            continue
        for message, mistaken in EMPTY_MISTAKES.items() if d <= 8 else ():
            wrong = mistaken(*args)
            if all(np.allclose(a, b, rtol=1e-6, atol=1e-12) for a, b in zip((empty, occupied), wrong, strict=True)):
                raise Wrong(message)
        if close(empty, right[0], rtol=1e-6):
            raise Wrong(
                f"{answer.call(*args)}: the empty cells are right, but {show_value(occupied)} occupied ones are not,"
                f" expected {right[1]:.6g}. "
                + (
                    "All its digits cancelled; use log1p and expm1."
                    if d > 7
                    else "Occupied and empty make up all cells."
                )
            )
        raise Wrong(f"{answer.call(*args)} gave {show_value(empty)} empty cells, expected {right[0]:.6g}.")
    return "It counts collisions, and keeps its digits where 1 - 1/cells is 1."


def cells_expected(n, v, d):
    cells = float(v) ** d
    a = n * np.log1p(-1 / cells)
    return cells * np.exp(a), -cells * np.expm1(a)


def from_cells(cells, n):
    share = (1 - 1 / cells) ** n
    return cells * share, cells * (1 - share)


EMPTY_MISTAKES = {
    "Examples can fall into a cell that is occupied already: n of them do not occupy n cells.": lambda n, v, d: (
        max(float(v) ** d - n, 0.0),
        min(float(v) ** d, n),
    ),
    "The number of cells is v^d, not v d.": lambda n, v, d: from_cells(float(v * d), n),
    "This is the share of the cells; multiply by their number.": lambda n, v, d: tuple(
        part / float(v) ** d for part in cells_expected(n, v, d)
    ),
    "Empty first, occupied second; yours are the other way round.": lambda n, v, d: cells_expected(n, v, d)[::-1],
    "Close, but e^(-n / cells) is an approximation; with few cells it is off.": lambda n, v, d: (
        float(v) ** d * np.exp(-n / float(v) ** d),
        -(float(v) ** d) * np.expm1(-n / float(v) ** d),
    ),
    "A cell is empty when *all* n examples miss it: the n-th power is missing.": lambda n, v, d: from_cells(
        float(v) ** d, 1
    ),
}
