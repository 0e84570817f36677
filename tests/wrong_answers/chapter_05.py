"""Wrong answers to the exercises of chapter 5, Machine Learning Basics, each with a part of the message it must get."""

import math

import numpy as np
from scipy.optimize import minimize

WRONG = {}


def ones(X):
    return np.column_stack([X, np.ones(len(X))])


def lstsq(A, y):
    return np.linalg.lstsq(A, y, rcond=None)[0]


def no_bias(X, y):
    return lstsq(X, y)


def zero_bias(X, y):
    return np.append(lstsq(X, y), 0.0)


def bias_after(X, y):
    w = lstsq(X, y)
    return np.append(w, np.mean(y - X @ w))


def shuffled_apart(X, y):
    rng = np.random.default_rng()
    return lstsq(ones(X[rng.permutation(len(X))]), y[rng.permutation(len(y))])


def shuffled_apart_fixed(X, y):
    return lstsq(ones(X[np.random.default_rng(0).permutation(len(X))]), y)


def sorted_apart(X, y):
    return lstsq(ones(np.sort(X, axis=0)), np.sort(y)[::-1] * 0 + np.roll(y, 5))


def by_inverse(X, y):
    A = ones(X)
    return np.linalg.inv(A.T @ A) @ A.T @ y


def by_solve(X, y):
    A = ones(X)
    return np.linalg.solve(A.T @ A, A.T @ y)


def bias_first(X, y):
    return lstsq(np.column_stack([np.ones(len(X)), X]), y)


def mean_as_bias(X, y):
    w = lstsq(ones(X), y)
    return np.append(w[:-1], y.mean())


def bias_sign(X, y):
    w = lstsq(ones(X), y)
    return np.append(w[:-1], -w[-1])


def column_by_column(X, y):
    C = X - X.mean(axis=0)
    w = C.T @ y / (C**2).sum(axis=0)
    return np.append(w, y.mean() - X.mean(axis=0) @ w)


def with_identity(X, y):
    A = ones(X)
    return np.linalg.solve(A.T @ A + np.eye(A.shape[1]), A.T @ y)


WRONG["5.1"] = [
    (no_bias, "the bias is missing"),
    (zero_bias, "forced through the origin"),
    (bias_after, "added after the fit"),
    (shuffled_apart, "Two calls on the same data"),
    (shuffled_apart_fixed, "Noise-free data are not predicted"),
    (sorted_apart, "Noise-free data are not predicted"),
    (by_inverse, "XᵀX has no inverse"),
    (by_solve, "XᵀX has no inverse"),
    (bias_first, "The bias comes last"),
    (mean_as_bias, "not the mean of y"),
    (bias_sign, "sign of the bias"),
    (column_by_column, "fitted on its own"),
    (with_identity, "pulls the weights towards zero"),
]


def ridge_with(name, price, bias_price=lambda m, lam: 0.0, refuse=True, roll=0):
    """Return a ridge regression whose prices on weights and bias are functions of m and lam."""

    def wrong(X, y, lam):
        if refuse and lam < 0:
            raise ValueError("negative")
        A, (m, n) = ones(X), X.shape
        D = np.diag(np.append(np.full(n, price(m, lam)), bias_price(m, lam)))
        return np.roll(np.linalg.solve(A.T @ A + D, A.T @ y), roll)

    wrong.__name__ = name
    return wrong


def ridge_without_bias(X, y, lam):
    w = np.linalg.solve(X.T @ X + len(X) * lam * np.eye(X.shape[1]), X.T @ y)
    return np.append(w, 0.0)


def ridge_n_numbers(X, y, lam):
    return ridge_without_bias(X, y, lam)[:-1]


def ridge_absolute(X, y, lam):
    return ridge_with("r", lambda m, lam: m * abs(lam), refuse=False)(X, y, lam)


def ridge_assertion(X, y, lam):
    assert lam >= 0
    return ridge_with("r", lambda m, lam: m * lam)(X, y, lam)


def ridge_refuses_zero(X, y, lam):
    if lam <= 0:
        raise ValueError("positive, please")
    return ridge_with("r", lambda m, lam: m * lam)(X, y, lam)


def ridge_mean_bias(X, y, lam):
    return np.append(ridge_with("r", lambda m, lam: m * lam)(X, y, lam)[:-1], y.mean())


WRONG["5.2"] = [
    (ridge_with("bias_pays", lambda m, lam: m * lam, lambda m, lam: m * lam), "The bias pays too: shift"),
    (ridge_with("m_missing", lambda m, lam: lam), "The factor m is missing: the MSE"),
    (ridge_with("both", lambda m, lam: lam, lambda m, lam: lam), "and the bias pays too"),
    (ridge_with("negative_accepted", lambda m, lam: m * lam, refuse=False), "raise ValueError for it"),
    (ridge_absolute, "raise ValueError for it"),
    (ridge_assertion, "must raise ValueError, but"),
    (ridge_refuses_zero, "raised ValueError: positive"),
    (ridge_with("divided", lambda m, lam: lam / m), "divided by m"),
    (ridge_with("twice", lambda m, lam: 2 * m * lam), "factor of 2"),
    (ridge_with("half", lambda m, lam: m * lam / 2), "factor of ½"),
    (ridge_with("squared", lambda m, lam: m * lam**2), "not squared"),
    (ridge_with("minus", lambda m, lam: -m * lam), "large weights are rewarded"),
    (ridge_with("ignored", lambda m, lam: 0.0), "λ has no effect"),
    (ridge_with("bias_first", lambda m, lam: m * lam, roll=1), "The bias comes last"),
    (ridge_with("bias_only", lambda m, lam: 0.0, lambda m, lam: m * lam), "Only the bias pays"),
    (ridge_without_bias, "forced through the origin"),
    (ridge_n_numbers, "Return n + 1 numbers"),
    (ridge_mean_bias, "not the mean of y"),
]


def pairs_of(parts, n):
    return [(np.setdiff1d(np.arange(n), part), part) for part in parts]


def drops_remainder(n, k, rng):
    size = n // k
    return pairs_of(list(rng.permutation(n)[: size * k].reshape(k, size)), n)


def remainder_in_last(n, k, rng):
    p, size = rng.permutation(n), n // k
    return pairs_of([p[i * size : (i + 1) * size if i < k - 1 else n] for i in range(k)], n)


def overlapping(n, k, rng):
    return pairs_of([rng.choice(n, -(-n // k), replace=False) for _ in range(k)], n)


def with_replacement(n, k, rng):
    return pairs_of(np.array_split(rng.integers(0, n, n), k), n)


def exchanged(n, k, rng):
    return [(test, train) for train, test in pairs_of(np.array_split(rng.permutation(n), k), n)]


def train_on_all(n, k, rng):
    return [(np.arange(n), part) for part in np.array_split(rng.permutation(n), k)]


def own_seed(n, k, rng):
    return pairs_of(np.array_split(np.random.default_rng(0).permutation(n), k), n)


def own_chance(n, k, rng):
    return pairs_of(np.array_split(np.random.default_rng().permutation(n), k), n)


def not_shuffled(n, k, rng):
    return pairs_of(np.array_split(np.arange(n), k), n)


def taking_turns(n, k, rng):
    return pairs_of([np.arange(i, n, k) for i in range(k)], n)


def masks(n, k, rng):
    folds = rng.permutation(np.arange(n) % k)
    return [(folds != i, folds == i) for i in range(k)]


def only_tests(n, k, rng):
    return np.array_split(rng.permutation(n), k)


def from_one(n, k, rng):
    return [(train + 1, test + 1) for train, test in pairs_of(np.array_split(rng.permutation(n), k), n)]


def one_fold_only(n, k, rng):
    return pairs_of(np.array_split(rng.permutation(n), k), n)[:1]


def next_fold_left_out(n, k, rng):
    parts = np.array_split(rng.permutation(n), k)
    return [(np.concatenate([p for j, p in enumerate(parts) if j not in (i, (i + 1) % k)]), parts[i]) for i in range(k)]


def blocks_in_random_order(n, k, rng):
    return [pairs_of(np.array_split(np.arange(n), k), n)[i] for i in rng.permutation(k)]


WRONG["5.3"] = [
    (blocks_in_random_order, "not shuffled"),
    (drops_remainder, "remainder was dropped"),
    (remainder_in_last, "spread the remainder"),
    (overlapping, "in two test parts"),
    (with_replacement, "in two test parts"),
    (exchanged, "train and test are exchanged"),
    (train_on_all, "that is a leak"),
    (own_seed, "Different rng, same folds"),
    (own_chance, "does not come from rng"),
    (not_shuffled, "not shuffled"),
    (taking_turns, "not shuffled"),
    (masks, "not masks"),
    (only_tests, "list of pairs"),
    (from_one, "Indices run from 0"),
    (one_fold_only, "one for each fold"),
    (next_fold_left_out, "neither in train nor in test"),
]


WRONG["5.4"] = [
    (lambda x: x.std(ddof=1), "varies less, by √m"),
    (lambda x: x.std(), "and a biased one"),
    (lambda x: x.std() / np.sqrt(len(x)), "use ddof=1"),
    (lambda x: x.std(ddof=1) / len(x), "not by m"),
    (lambda x: x.var(ddof=1) / len(x), "take its root"),
    (lambda x: x.var(ddof=1) / np.sqrt(len(x)), "before the root"),
    (lambda x: x.std(ddof=1) / np.sqrt(len(x) - 1), "used twice"),
    (lambda x: np.sqrt(np.sum(x**2) / (len(x) - 1) / len(x)), "not from 0"),
    (lambda x: 1.96 * x.std(ddof=1) / np.sqrt(len(x)), "half of the confidence interval"),
]


def reach(x, ddof=1):
    return 1.96 * x.std(ddof=ddof) / np.sqrt(len(x))


def around(middle, half):
    return middle - half, middle + half


WRONG["5.4b"] = [
    (lambda x: around(0.0, reach(x)), "lies around 0"),
    (lambda x: around(x.mean(), 1.96 * x.std(ddof=1)), "95 % of the data"),
    (lambda x: around(x.mean(), reach(x, 0)), "use ddof=1"),
    (lambda x: around(x.mean(), reach(x) / 1.96), "only about 68 %"),
    (lambda x: around(x.mean(), reach(x) / 2), "not 1.96"),
    (lambda x: around(x.mean(), -reach(x)), "low end comes first"),
    (lambda x: (x.mean(), reach(x)), "not the middle and the reach"),
    (lambda x: around(x.mean(), reach(x) / 1.96 * 1.645), "1.645"),
    (lambda x: around(x.mean(), reach(x) / 1.96 * 2), "rather than 2"),
    (lambda x: around(np.median(x), reach(x)), "not its median"),
    (lambda x: around(x.mean(), 1.96 * x.std(ddof=1) / len(x)), "not by m"),
    (lambda x: around(x.mean(), 1.96 * x.var(ddof=1) / len(x)), "take its root"),
]


WRONG["5.4c"] = [
    (lambda theta, sigma, m: 1.0, "unbiased choice"),
    (lambda theta, sigma, m: theta**2 / (theta**2 + sigma**2), "m is missing"),
    (lambda theta, sigma, m: theta**2 / (theta**2 + m * sigma**2), "m multiplies"),
    (lambda theta, sigma, m: sigma**2 / m / (theta**2 + sigma**2 / m), "This is 1 − c"),
    (lambda theta, sigma, m: theta**2 / (theta**2 + sigma / np.sqrt(m)), "standard error was not squared"),
    (lambda theta, sigma, m: theta**2 / (theta**2 + sigma / m), "σ must be squared"),
    (lambda theta, sigma, m: theta / (theta + sigma**2 / m), "θ must be squared"),
    (lambda theta, sigma, m: abs(theta) / (abs(theta) + sigma**2 / m), "θ must be squared"),
    (lambda theta, sigma, m: theta / (theta + sigma / np.sqrt(m)), "Neither θ nor σ"),
    (lambda theta, sigma, m: 0.0, "all the bias"),
    (lambda theta, sigma, m: np.sqrt(theta**2 / (theta**2 + sigma**2 / m)), "root of the best"),
    (lambda theta, sigma, m: 1 + sigma**2 / (m * theta**2), "1/c"),
    (lambda theta, sigma, m: 1 - sigma**2 / (m * theta**2), "first step only"),
]


HALF_LOG = 0.5 * np.log(2 * np.pi)


def terms(params, X, square=0.5, width=1.0, constant=HALF_LOG):
    mu, log_sigma = params
    return square * ((X - mu) / np.exp(log_sigma)) ** 2 + width * log_sigma + constant


def mean_of(name, **counts):
    def wrong(params, X):
        return terms(params, X, **counts).sum(axis=1).mean()

    wrong.__name__ = name
    return wrong


def density(params, X):
    mu, log_sigma = params
    return np.exp(-0.5 * ((X - mu) / np.exp(log_sigma)) ** 2) / np.exp(log_sigma) / np.sqrt(2 * np.pi)


def product_of_densities(params, X):
    return -np.log(np.prod(density(params, X))) / len(X)


def log_of_density(params, X):
    return -np.mean(np.sum(np.log(density(params, X)), axis=1))


def log_of_density_plus(params, X):
    return -np.mean(np.sum(np.log(density(params, X) + 1e-300), axis=1))


def clipped_density(params, X):
    return -np.mean(np.sum(np.log(np.maximum(density(params, X), 1e-300)), axis=1))


def log_likelihood(params, X):
    return -terms(params, X).sum(axis=1).mean()


def sigma_for_variance(params, X):
    mu, log_sigma = params
    return np.mean(np.sum(0.5 * (X - mu) ** 2 / np.exp(log_sigma) + log_sigma + HALF_LOG, axis=1))


def takes_sigma(params, X):
    mu, sigma = params
    return np.mean(np.sum(0.5 * ((X - mu) / sigma) ** 2 + np.log(np.abs(sigma)) + HALF_LOG, axis=1))


def mean_over_all(params, X):
    return terms(params, X).mean()


def sum_over_all(params, X):
    return terms(params, X).sum()


def constant_once(params, X):
    return np.mean(terms(params, X, constant=0.0).sum(axis=1) + HALF_LOG)


def own_parameters(params, X):
    return terms((X.mean(axis=0), np.log(X.std(axis=0))), X).sum(axis=1).mean()


WRONG["5.5"] = [
    (mean_of("no_log_sigma", width=0.0), "The term log σ is missing"),
    (sigma_for_variance, "is σ, not σ²"),
    (product_of_densities, "a product of densities underflows"),
    (log_of_density, "before its logarithm is taken"),
    (log_of_density_plus, "far examples must cost"),
    (clipped_density, "far examples must cost"),
    (log_likelihood, "to be maximised"),
    (mean_of("half_log_sigma", width=0.5), "log σ counts once: "),
    (mean_of("twice_log_sigma", width=2.0), "not twice"),
    (mean_of("minus_log_sigma", width=-1.0), "The sign of log σ"),
    (takes_sigma, "log σ, not σ: take"),
    (mean_of("no_constant", constant=0.0), "The constant ½log 2π is missing"),
    (mean_of("double_constant", constant=2 * HALF_LOG), "not log 2π"),
    (constant_once, "belongs to every column"),
    (mean_of("no_half", square=1.0), "factor ½ before"),
    (mean_over_all, "Sum over the columns"),
    (sum_over_all, "Average over the examples"),
    (own_parameters, "parameters that are given"),
]


# 5.6


def bayes_with(X, y, precision, mu0, sigma2):
    covariance = np.linalg.inv(X.T @ X / sigma2 + precision)
    return covariance, covariance @ (X.T @ y / sigma2 + precision @ mu0)


def variance_used_for_precision(X, y, Lambda0, mu0, sigma2):
    return bayes_with(X, y, Lambda0, mu0, sigma2)


def forgets_mu0(X, y, Lambda0, mu0, sigma2):
    return bayes_with(X, y, np.linalg.inv(Lambda0), 0 * mu0, sigma2)


def mu0_without_weight(X, y, Lambda0, mu0, sigma2):
    covariance = np.linalg.inv(X.T @ X / sigma2 + np.linalg.inv(Lambda0))
    return covariance, covariance @ (X.T @ y / sigma2 + mu0)


def drops_prior(X, y, Lambda0, mu0, sigma2):
    covariance = np.linalg.pinv(X.T @ X / sigma2)
    return covariance, covariance @ (X.T @ y / sigma2)


def drops_prior_in_covariance(X, y, Lambda0, mu0, sigma2):
    covariance = np.linalg.pinv(X.T @ X / sigma2)
    return covariance, covariance @ (X.T @ y / sigma2 + np.linalg.solve(Lambda0, mu0))


def not_symmetric(X, y, Lambda0, mu0, sigma2):
    covariance = np.linalg.inv(np.eye(len(mu0)) + X.T @ X @ Lambda0 / sigma2) @ Lambda0
    return covariance, covariance @ (X.T @ y / sigma2 + np.linalg.solve(Lambda0, mu0))


def unit_noise(X, y, Lambda0, mu0, sigma2):
    return bayes_with(X, y, np.linalg.inv(Lambda0), mu0, 1.0)


def sigma_not_squared(X, y, Lambda0, mu0, sigma2):
    return bayes_with(X, y, np.linalg.inv(Lambda0), mu0, np.sqrt(sigma2))


def sigma_squared_twice(X, y, Lambda0, mu0, sigma2):
    return bayes_with(X, y, np.linalg.inv(Lambda0), mu0, sigma2**2)


def multiplies_by_noise(X, y, Lambda0, mu0, sigma2):
    return bayes_with(X, y, np.linalg.inv(Lambda0), mu0, 1 / sigma2)


def noise_scales_prior(X, y, Lambda0, mu0, sigma2):
    return bayes_with(X, y, np.linalg.inv(sigma2 * Lambda0), mu0, sigma2)


def returns_precision(X, y, Lambda0, mu0, sigma2):
    covariance, mean = bayes_with(X, y, np.linalg.inv(Lambda0), mu0, sigma2)
    return np.linalg.inv(covariance), mean


def forgets_noise_in_gram(X, y, Lambda0, mu0, sigma2):
    precision = np.linalg.inv(Lambda0)
    covariance = np.linalg.inv(X.T @ X + precision)
    return covariance, covariance @ (X.T @ y / sigma2 + precision @ mu0)


def forgets_noise_in_moment(X, y, Lambda0, mu0, sigma2):
    precision = np.linalg.inv(Lambda0)
    covariance = np.linalg.inv(X.T @ X / sigma2 + precision)
    return covariance, covariance @ (X.T @ y + precision @ mu0)


def only_mean(X, y, Lambda0, mu0, sigma2):
    return bayes_with(X, y, np.linalg.inv(Lambda0), mu0, sigma2)[1]


WRONG["5.6"] = [
    (variance_used_for_precision, "Precisions add, covariances do not"),
    (forgets_mu0, "mean mu0 is forgotten"),
    (mu0_without_weight, "weighted by the prior's precision"),
    (drops_prior, "what maximum likelihood says"),
    (drops_prior_in_covariance, "missing in the covariance"),
    (not_symmetric, "symmetric; yours is not"),
    (unit_noise, "sigma2 is ignored"),
    (sigma_not_squared, "sigma2 is a variance already"),
    (sigma_squared_twice, "sigma2 is a variance already"),
    (multiplies_by_noise, "must count less"),
    (noise_scales_prior, "concerns the examples only"),
    (returns_precision, "This is the precision"),
    (forgets_noise_in_gram, "missing in X^T X"),
    (forgets_noise_in_moment, "missing in X^T y"),
    (only_mean, "Return two things"),
]


# 5.7


def gaps(X, Z):
    return np.sum((X[:, None] - Z) ** 2, axis=2)


def not_squared(X, Z, gamma):
    return np.exp(-gamma * np.sqrt(gaps(X, Z)))


def divides_by_gamma(X, Z, gamma):
    return np.exp(-gaps(X, Z) / gamma)


def gamma_as_sd(X, Z, gamma):
    return np.exp(-gaps(X, Z) / (2 * gamma**2))


def extra_half(X, Z, gamma):
    return np.exp(-gamma * gaps(X, Z) / 2)


def transposed(X, Z, gamma):
    return np.exp(-gamma * gaps(Z, X))


def rising(X, Z, gamma):
    return np.exp(gamma * gaps(X, Z))


def no_exponential(X, Z, gamma):
    return -gamma * gaps(X, Z)


def product_once(X, Z, gamma):
    return np.exp(-gamma * (np.sum(X**2, axis=1)[:, None] + np.sum(Z**2, axis=1) - X @ Z.T))


def dot_kernel(X, Z, gamma):
    return np.exp(gamma * X @ Z.T)


def negatives_left(X, Z, gamma):
    return np.exp(-gamma * (np.sum(X**2, axis=1)[:, None] + np.sum(Z**2, axis=1) - 2 * X @ Z.T))


def absolute_negatives(X, Z, gamma):
    X, Z = X.astype(np.float32), Z.astype(np.float32)
    return np.exp(-gamma * np.abs(np.sum(X**2, axis=1)[:, None] + np.sum(Z**2, axis=1) - 2 * X @ Z.T)).astype(float)


def big_array(X, Z, gamma):
    return np.exp(-gamma * gaps(X, Z))


def lengths_not_aligned(X, Z, gamma):
    return np.exp(-gamma * np.maximum(np.sum(X**2, axis=1) + np.sum(Z**2, axis=1) - 2 * X @ Z.T, 0))


WRONG["5.7"] = [
    (not_squared, "must be squared"),
    (divides_by_gamma, "you divide by it"),
    (gamma_as_sd, "as if gamma were a standard deviation"),
    (extra_half, "no factor 1/2"),
    (transposed, "other way round"),
    (rising, "falls with the distance"),
    (no_exponential, "exponential is missing"),
    (product_once, "subtracted twice"),
    (dot_kernel, "dot product, not a distance"),
    (negatives_left, "exceeds 1"),
    (absolute_negatives, "too many digits cancel"),
    (big_array, "m x k x n gaps"),
    (lengths_not_aligned, "raised ValueError"),
]


# 5.7b


def gini(y):
    return 1 - np.sum((np.bincount(y) / len(y)) ** 2) if len(y) else 0.0


def candidates(x):
    values = np.unique(x)
    return (values[1:] + values[:-1]) / 2


def unweighted(x, y):
    return min(candidates(x), key=lambda t: gini(y[x <= t]) + gini(y[x > t]))


def split_at_data_point(x, y):
    return min(np.sort(x)[::-1], key=lambda t: 0 if t == x.max() else len(y))


def at_a_value(x, y):
    return min(np.unique(x)[:-1], key=lambda t: np.sum(x <= t) * gini(y[x <= t]) + np.sum(x > t) * gini(y[x > t]))


def worst(x, y):
    return max(candidates(x), key=lambda t: np.sum(x <= t) * gini(y[x <= t]) + np.sum(x > t) * gini(y[x > t]))


def two_classes_only(x, y):
    def impurity(y):
        return 2 * np.mean(y == 1) * (1 - np.mean(y == 1))

    return min(candidates(x), key=lambda t: np.sum(x <= t) * impurity(y[x <= t]) + np.sum(x > t) * impurity(y[x > t]))


def variance_of_labels(x, y):
    return min(candidates(x), key=lambda t: np.sum(x <= t) * np.var(y[x <= t]) + np.sum(x > t) * np.var(y[x > t]))


def does_not_sort(x, y):
    costs = [(i + 1) * gini(y[: i + 1]) + (len(y) - i - 1) * gini(y[i + 1 :]) for i in range(len(y) - 1)]
    i = int(np.argmin(costs))
    return (x[i] + x[i + 1]) / 2


def cuts_ties(x, y):
    order = np.argsort(x, kind="stable")
    return does_not_sort(x[order], y[order])


def median(x, y):
    return float(np.median(x))


def mean(x, y):
    return float(np.mean(x))


def least(impurity):
    def wrong(x, y):
        return min(candidates(x), key=lambda t: sum(len(part) * impurity(part) for part in (y[x <= t], y[x > t])))

    return wrong


def entropy(y):
    p = np.bincount(y) / len(y)
    return -np.sum(p[p > 0] * np.log(p[p > 0]))


def outvoted(y):
    return 1 - np.bincount(y).max() / len(y)


def returns_index(x, y):
    order = np.argsort(x)
    return np.array([order, order])


WRONG["5.7b"] = [
    (unweighted, "weighted by their sizes"),
    (split_at_data_point, "all examples to one side"),
    (at_a_value, "halfway between"),
    (worst, "worst cut"),
    (two_classes_only, "sees only one of them"),
    (variance_of_labels, "names, not amounts"),
    (does_not_sort, "sorted by x first"),
    (cuts_ties, "cannot be cut apart"),
    (median, "does not look at the labels"),
    (mean, "does not look at the labels"),
    (least(entropy), "least entropy"),
    (least(outvoted), "fewest examples outvoted"),
    (returns_index, "must return one number"),
]


# 5.8


def nearest(X, centres):
    return np.sum((X[:, None] - centres) ** 2, axis=2).argmin(axis=1)


def means(X, centres, labels):
    moved = centres.copy()
    for j in np.unique(labels):
        moved[j] = X[labels == j].mean(axis=0)
    return moved


def wrong_axis(X, centres):
    labels = np.sum((X[:, None] - centres) ** 2, axis=1).argmin(axis=1) % len(centres)
    return labels, means(X, centres, labels)


def wrong_axis_of_argmin(X, centres):
    labels = np.sum((X[:, None] - centres) ** 2, axis=2).argmin(axis=0)
    return labels, centres.copy()


def mean_of_all(X, centres):
    return nearest(X, centres), np.tile(X.mean(axis=0), (len(centres), 1))


def empty_gives_nan(X, centres):
    labels = nearest(X, centres)
    return labels, np.array(
        [
            np.where(np.any(labels == j), X[labels == j].sum(axis=0) / max(np.sum(labels == j), 1e-300), np.nan)
            for j in range(len(centres))
        ]
    )


def empty_to_origin(X, centres):
    labels = nearest(X, centres)
    return labels, np.array([X[labels == j].sum(axis=0) / max(np.sum(labels == j), 1) for j in range(len(centres))])


def farthest(X, centres):
    labels = np.sum((X[:, None] - centres) ** 2, axis=2).argmax(axis=1)
    return labels, means(X, centres, labels)


def labels_of_moved(X, centres):
    moved = means(X, centres, nearest(X, centres))
    return nearest(X, moved), moved


def sums_for_means(X, centres):
    labels = nearest(X, centres)
    return labels, np.array([X[labels == j].sum(axis=0) for j in range(len(centres))])


def divides_by_all(X, centres):
    labels = nearest(X, centres)
    return labels, np.array([X[labels == j].sum(axis=0) / len(X) for j in range(len(centres))])


def medians(X, centres):
    labels, moved = nearest(X, centres), centres.copy()
    for j in np.unique(labels):
        moved[j] = np.median(X[labels == j], axis=0)
    return labels, moved


def city_blocks(X, centres):
    labels = np.sum(np.abs(X[:, None] - centres), axis=2).argmin(axis=1)
    return labels, means(X, centres, labels)


def swapped_pair(X, centres):
    labels = nearest(X, centres)
    return means(X, centres, labels), labels


def centres_stay(X, centres):
    return nearest(X, centres), centres.copy()


def changes_input(X, centres):
    labels = nearest(X, centres)
    for j in np.unique(labels):
        centres[j] = X[labels == j].mean(axis=0)
    return labels, centres


WRONG["5.8"] = [
    (wrong_axis, "over the features"),
    (wrong_axis_of_argmin, "one number per example"),
    (mean_of_all, "mean of all examples"),
    (empty_gives_nan, "the mean of nothing"),
    (empty_to_origin, "must stay exactly where it is"),
    (farthest, "farthest centres"),
    (labels_of_moved, "belong to the moved centres"),
    (sums_for_means, "These are sums"),
    (divides_by_all, "not by the number of all"),
    (medians, "These are medians"),
    (city_blocks, "Square the gaps"),
    (swapped_pair, "labels first"),
    (centres_stay, "have not moved"),
    (changes_input, "changed its input"),
]


# 5.9


def cut(order, size):
    return [order[start : start + size] for start in range(0, len(order), size)]


def gradient(w, X, y, batch):
    return X[batch].T @ (X[batch] @ w - y[batch]) / len(batch)


def sum_over_batch(w, X, y, size, rng):
    return np.array([gradient(w, X, y, b) * len(b) for b in cut(rng.permutation(len(y)), size)])


def always_first_batch(w, X, y, size, rng):
    batches = cut(rng.permutation(len(y)), size)
    return np.array([gradient(w, X, y, batches[0]) for _ in batches])


def short_as_full(w, X, y, size, rng):
    return np.array([gradient(w, X, y, b) * len(b) / size for b in cut(rng.permutation(len(y)), size)])


def short_dropped(w, X, y, size, rng):
    kept = [b for b in cut(rng.permutation(len(y)), size) if len(b) == size or len(y) < size]
    return np.array([gradient(w, X, y, b) for b in kept])


def no_shuffle(w, X, y, size, rng):
    return np.array([gradient(w, X, y, b) for b in cut(np.arange(len(y)), size)])


def same_order_each_epoch(w, X, y, size, rng):
    return np.array([gradient(w, X, y, b) for b in cut(np.random.default_rng(0).permutation(len(y)), size)])


def own_randomness(w, X, y, size, rng):
    return np.array([gradient(w, X, y, b) for b in cut(np.random.default_rng().permutation(len(y)), size)])


def shuffles_batches_only(w, X, y, size, rng):
    batches = cut(np.arange(len(y)), size)
    full = len(y) // size
    order = [*rng.permutation(full), *range(full, len(batches))]
    return np.array([gradient(w, X, y, batches[i]) for i in order])


def batches_with_replacement(w, X, y, size, rng):
    count = -(-len(y) // size)
    sizes = [size] * (count - 1) + [len(y) - size * (count - 1)]
    return np.array([gradient(w, X, y, rng.integers(0, max(len(y) - 1, 1), k)) for k in sizes])


def downhill(w, X, y, size, rng):
    return np.array([-gradient(w, X, y, b) for b in cut(rng.permutation(len(y)), size)])


def twice(w, X, y, size, rng):
    return np.array([2 * gradient(w, X, y, b) for b in cut(rng.permutation(len(y)), size)])


def divided_by_all(w, X, y, size, rng):
    return np.array([gradient(w, X, y, b) * len(b) / len(y) for b in cut(rng.permutation(len(y)), size)])


def full_gradient(w, X, y, size, rng):
    return np.tile(gradient(w, X, y, np.arange(len(y))), (-(-len(y) // size), 1))


def one_gradient(w, X, y, size, rng):
    return np.mean([gradient(w, X, y, b) for b in cut(rng.permutation(len(y)), size)], axis=0)


def targets_not_shuffled(w, X, y, size, rng):
    order = rng.permutation(len(y))
    return np.array(
        [
            X[b].T @ (X[b] @ w - y[a]) / len(b)
            for b, a in zip(cut(order, size), cut(np.arange(len(y)), size), strict=True)
        ]
    )


WRONG["5.9"] = [
    (sum_over_batch, "these are sums"),
    (always_first_batch, "was the first batch taken each time"),
    (short_as_full, "as if it were full"),
    (short_dropped, "was dropped"),
    (no_shuffle, "in their given order"),
    (same_order_each_epoch, "Two epochs had the same batches"),
    (own_randomness, "take all randomness from rng"),
    (shuffles_batches_only, "Only the order of the batches"),
    (batches_with_replacement, "exactly one batch"),
    (downhill, "the sign is wrong"),
    (twice, "factor 2 too much"),
    (divided_by_all, "number of all examples"),
    (full_gradient, "is not"),
    (one_gradient, "returned a single gradient"),
    (targets_not_shuffled, "do not average to the full gradient"),
]


# 5.10


def fit_absolute(x, y, lam=0.05, penalise_bias=False, n_steps=500, shift=True, mean=True):
    """Return intercept and slope by subgradient descent, as the section does it."""
    start = np.median(y) if shift else 0.0
    y = y - start
    w = best = np.zeros(2)
    size = 1 + np.mean(x**2)

    def cost(w):
        loss = np.abs(w[0] + w[1] * x - y)
        return (loss.mean() if mean else loss.sum()) + lam * (w[1] ** 2 + penalise_bias * w[0] ** 2)

    for t in range(n_steps):
        s = np.sign(w[0] + w[1] * x - y)
        slope = np.array([s.mean(), (s * x).mean()]) * (1 if mean else len(x))
        slope = slope + 2 * lam * np.array([penalise_bias * w[0], w[1]])
        w = w - slope / np.sqrt(size * (t + 1)) / (1 if mean else len(x))
        if cost(w) < cost(best):
            best = w
    return np.array([best[0] + start, best[1]])


def squared_loss(x, y):
    return np.polyfit(x, y, 1)[::-1]


def squared_loss_with_penalty(x, y):
    F = np.column_stack([np.ones_like(x), x])
    return np.linalg.solve(F.T @ F / len(x) + 0.05 * np.diag([0, 1]), F.T @ y / len(x))


def penalised_bias(x, y):
    return fit_absolute(x, y, penalise_bias=True, n_steps=3000, shift=False)


def line_without_bias(x, y):
    slopes = np.linspace(-40, 40, 4001)
    costs = [np.mean(np.abs(s * x - y)) + 0.05 * s**2 for s in slopes]
    return 0.0, slopes[int(np.argmin(costs))]


def too_few_steps(x, y):
    return fit_absolute(x, y, n_steps=200, shift=False)


def without_large_targets(x, y):
    w = np.polyfit(x, y, 1)
    rest = y - np.polyval(w, x)
    keep = rest < 2 * rest.std()
    w = np.polyfit(x[keep], y[keep], 1)
    rest = y - np.polyval(w, x)
    keep = np.abs(rest) < 3 * rest[keep].std()
    return x[keep], y[keep]


def throws_out_large_targets(x, y):
    return fit_absolute(*without_large_targets(x, y))


def throws_out_then_squares(x, y):
    return squared_loss_with_penalty(*without_large_targets(x, y))


def slope_first(x, y):
    return fit_absolute(x, y)[::-1]


def no_penalty(x, y):
    return fit_absolute(x, y, lam=0.0)


def sum_of_losses(x, y):
    return fit_absolute(x, y, mean=False)


def the_truth(x, y):
    return 1.0, 2.0


def huber_loss(x, y):
    start = np.median(y)
    features = np.column_stack([np.ones_like(x), x])

    def cost(w):
        size = np.abs(features @ w + start - y)
        return np.mean(np.where(size < 1, size**2 / 2, size - 0.5)) + 0.05 * w[1] ** 2

    return minimize(cost, [0.0, 1.0]).x + [start, 0]


WRONG["5.10"] = [
    (huber_loss, "Huber's loss"),
    (squared_loss, "the line of the squared loss"),
    (squared_loss_with_penalty, "the line of the squared loss"),
    (penalised_bias, "the bias is penalised"),
    (line_without_bias, "has no bias"),
    (too_few_steps, "the descent ended before it got there"),
    (throws_out_large_targets, "points were thrown out"),
    (throws_out_then_squares, "With many large targets"),
    (slope_first, "intercept first"),
    (no_penalty, "penalty is missing, or the loss is a sum"),
    (sum_of_losses, "penalty is missing, or the loss is a sum"),
    (the_truth, "With targets around 80"),
]


# 5.11


def adds_variables(d, v):
    return d * v


def swaps(d, v):
    return d**v


def one_less(d, v):
    return v ** (d - 1)


def counts_ends(d, v):
    return (v + 1) ** d


def two_halves(d, v):
    return 2**d


def unordered(d, v):
    return math.comb(v + d - 1, d)


WRONG["5.11"] = [
    (unordered, "order of the variables matters"),
    (adds_variables, "Variables multiply"),
    (swaps, "Base and exponent are swapped"),
    (one_less, "One factor is missing"),
    (counts_ends, "not their ends"),
    (two_halves, "whether a variable is small or large"),
]


def without_collisions(n, v, d):
    return max(v**d - n, 0), min(n, v**d)


def v_times_d(n, v, d):
    share = (1 - 1 / (v * d)) ** n
    return v * d * share, v * d * (1 - share)


def shares(n, v, d):
    share = (1 - float(v) ** -d) ** n
    return share, 1 - share


def swapped(n, v, d):
    share = (1 - float(v) ** -d) ** n
    return v**d * (1 - share), v**d * share


def poisson(n, v, d):
    return v**d * np.exp(-n / v**d), -(v**d) * np.expm1(-n / v**d)


def power_missing(n, v, d):
    return v**d - 1.0, 1.0


def cancels(n, v, d):
    share = (1 - float(v) ** -d) ** n
    return v**d * share, v**d * (1 - share)


def only_empty(n, v, d):
    return v**d * (1 - float(v) ** -d) ** n


WRONG["5.11b"] = [
    (without_collisions, "n of them do not occupy n cells"),
    (v_times_d, "not v d"),
    (shares, "multiply by their number"),
    (swapped, "other way round"),
    (poisson, "is an approximation"),
    (power_missing, "n-th power is missing"),
    (cancels, "All its digits cancelled"),
    (only_empty, "Return two things"),
]
