"""Wrong answers to the exercises of chapter 3, Probability and Information Theory, each with a part of the message it must get."""

import numpy as np

WRONG = {}


# ======== sections 3.1..3.8 ========


def prob_interval(p, lo, hi, n=1000):
    weights = np.full(n + 1, 2.0)
    weights[1::2] = 4
    weights[[0, -1]] = 1
    return (hi - lo) / n / 3 * np.sum(weights * p(np.linspace(lo, hi, n + 1)))


def one_half(n, k, switch):
    return 1 / 2


def all_closed_alike(n, k, switch):
    return 1 / (n - k)


def switching_changes_nothing(n, k, switch):
    return 1 / n


def never_shared(n, k, switch):
    return (n - 1) / n if switch else 1 / n


def one_door_opened(n, k, switch):
    return (n - 1) / n / (n - 2) if switch else 1 / n


def shared_with_the_open(n, k, switch):
    return 1 / (n - 1) if switch else 1 / n


def counts_own_door(n, k, switch):
    return (n - 1) / n / (n - k) if switch else 1 / n


def complement(n, k, switch):
    p = (n - 1) / n / (n - k - 1)
    return p if switch else 1 - p


def turned_around(n, k, switch):
    return 1 / n if switch else (n - 1) / n / (n - k - 1)


def three_doors(n, k, switch):
    return 2 / 3 if switch else 1 / 3


WRONG["3.1"] = [
    (one_half, "not 1/2"),
    (all_closed_alike, "equally likely, but the host never opens yours"),
    (switching_changes_nothing, "probability of staying"),
    (never_shared, "They share it"),
    (one_door_opened, "only when one door is opened"),
    (shared_with_the_open, "shared by n − 1 doors"),
    (counts_own_door, "n − k − 1 doors share"),
    (complement, "only when a single other door is left"),
    (turned_around, "interchanged"),
    (three_doors, "expected"),
]


def ignores_weights(X, Omega, weights):
    P = {}
    for outcome in Omega:
        P[X(outcome)] = P.get(X(outcome), 0) + 1 / len(Omega)
    return P


def counts_outcomes(X, Omega, weights):
    P = {}
    for outcome in Omega:
        P[X(outcome)] = P.get(X(outcome), 0) + 1
    return P


def lists_outcomes(X, Omega, weights):
    return {outcome: weight / sum(weights) for outcome, weight in zip(Omega, weights, strict=True)}


def lists_places(X, Omega, weights):
    return {i: weight / sum(weights) for i, weight in enumerate(weights)}


def not_normalised(X, Omega, weights):
    P = {}
    for outcome, weight in zip(Omega, weights, strict=True):
        P[X(outcome)] = P.get(X(outcome), 0) + weight
    return P


def replaces(X, Omega, weights):
    return {X(outcome): weight / sum(weights) for outcome, weight in zip(Omega, weights, strict=True)}


def keeps_first(X, Omega, weights):
    P = {}
    for outcome, weight in zip(Omega, weights, strict=True):
        P.setdefault(X(outcome), weight / sum(weights))
    return P


def averages(X, Omega, weights):
    P = {}
    for outcome, weight in zip(Omega, weights, strict=True):
        P.setdefault(X(outcome), []).append(weight)
    return {value: float(np.mean(collected)) for value, collected in P.items()}


def divides_by_count(X, Omega, weights):
    return {value: p / len(Omega) for value, p in not_normalised(X, Omega, weights).items()}


def equal_values(X, Omega, weights):
    values = {X(outcome) for outcome in Omega}
    return {value: 1 / len(values) for value in values}


def returns_list(X, Omega, weights):
    return list(not_normalised(X, Omega, weights).values())


def loses_a_value(X, Omega, weights):
    P = {value: p / sum(weights) for value, p in not_normalised(X, Omega, weights).items()}
    P.pop(X(Omega[0]))
    return P


WRONG["3.2"] = [
    (ignores_weights, "weights were ignored: every outcome counts the same"),
    (counts_outcomes, "numbers of outcomes, not probabilities"),
    (lists_outcomes, "keys are outcomes"),
    (lists_places, "places of the outcomes"),
    (not_normalised, "divide by the sum of the weights"),
    (replaces, "Only the last outcome"),
    (keeps_first, "Only the first outcome"),
    (averages, "average weight"),
    (divides_by_count, "not by the number of outcomes"),
    (equal_values, "all got the same probability"),
    (returns_list, "must return a dictionary"),
    (loses_a_value, "The values of X should be"),
]


def negatives_cancel(P, tol):
    return bool(abs(np.sum(P) - 1) <= tol)


def exact_sum(P, tol):
    return bool(np.all(P >= 0) and np.sum(P) == 1)


def exact_sum_only(P, tol):
    return bool(np.min(P) >= -tol and np.sum(P) == 1)


def entries_in_range(P, tol):
    return bool(np.min(P) >= -tol and np.max(P) <= 1 + tol)


def only_nonnegative(P, tol):
    return bool(np.min(P) >= -tol)


def only_below_one(P, tol):
    return bool(np.max(P) <= 1 + tol and abs(np.sum(P) - 1) <= tol)


def absolute_entries(P, tol):
    return bool(abs(np.abs(P).sum() - 1) <= tol)


def sum_at_most_one(P, tol):
    return bool(np.min(P) >= -tol and np.sum(P) - 1 <= tol)


def sum_at_least_one(P, tol):
    return bool(np.min(P) >= -tol and 1 - np.sum(P) <= tol)


def strict_entries(P, tol):
    return bool(np.all(P >= 0) and abs(np.sum(P) - 1) <= tol)


def strict_range(P, tol):
    return bool(np.all(P >= 0) and np.all(P <= 1) and abs(np.sum(P) - 1) <= tol)


def positive_entries(P, tol):
    return bool(np.all(P > 0) and abs(np.sum(P) - 1) <= tol)


def last_axis(P, tol):
    return bool(np.min(P) >= -tol and np.all(np.abs(P.sum(axis=-1) - 1) <= tol))


def first_axis(P, tol):
    return bool(np.min(P) >= -tol and np.all(np.abs(P.sum(axis=0) - 1) <= tol))


def own_tolerance(P, tol):
    return bool(np.all(P >= -1e-9) and abs(np.sum(P) - 1) <= 1e-9)


def nan_slips_through(P, tol):
    if np.min(P) < -tol:
        return False
    return not abs(np.sum(P) - 1) > tol


def returns_array(P, tol):
    return P + tol >= 0


WRONG["3.3"] = [
    (negatives_cancel, "Entries that cancel each other"),
    (exact_sum, "rarely exactly 1"),
    (exact_sum_only, "rarely exactly 1"),
    (entries_in_range, "between 0 and 1 need not add up"),
    (only_nonnegative, "that are not negative need not add up"),
    (only_below_one, "only kept from exceeding 1"),
    (absolute_entries, "turned positive"),
    (sum_at_most_one, "take the absolute value"),
    (sum_at_least_one, "nor far above"),
    (strict_entries, "tolerance applies to the entries"),
    (strict_range, "tolerance applies to the entries"),
    (positive_entries, "exactly 0 is allowed"),
    (last_axis, "not the last one only"),
    (first_axis, "not the first one only"),
    (own_tolerance, "replaced by a fixed number"),
    (nan_slips_through, "not a number slips through"),
    (returns_array, "True or False"),
]


def area_is_one(p, lo, hi):
    return bool(abs(prob_interval(p, lo, hi) - 1) <= 1e-6)


def places(p, lo, hi):
    return p(np.linspace(lo, hi, 1001))


def at_most_one(p, lo, hi):
    v = places(p, lo, hi)
    return bool(v.min() >= 0 and v.max() <= 1) and area_is_one(p, lo, hi)


def no_area(p, lo, hi):
    return bool(places(p, lo, hi).min() >= 0)


def no_area_at_most_one(p, lo, hi):
    v = places(p, lo, hi)
    return bool(v.min() >= 0 and v.max() <= 1)


def strictly_positive(p, lo, hi):
    return bool(places(p, lo, hi).min() > 0) and area_is_one(p, lo, hi)


def mean_times_width(p, lo, hi):
    v = places(p, lo, hi)
    return bool(v.min() >= 0 and abs(v.mean() * (hi - lo) - 1) <= 1e-6)


def sum_times_step(p, lo, hi):
    v = places(p, lo, hi)
    return bool(v.min() >= 0 and abs(v.sum() * (hi - lo) / 1000 - 1) <= 1e-6)


def sum_of_values(p, lo, hi):
    v = places(p, lo, hi)
    return bool(v.min() >= 0 and abs(v.sum() - 1) < 1e-6)


def mean_of_values(p, lo, hi):
    v = places(p, lo, hi)
    return bool(v.min() >= 0 and abs(v.mean() - 1) < 1e-6)


def area_at_most_one(p, lo, hi):
    return bool(places(p, lo, hi).min() >= -1e-9 and prob_interval(p, lo, hi) <= 1 + 1e-6)


def looks_at_middle(p, lo, hi):
    return bool(p(np.array([(lo + hi) / 2]))[0] >= 0) and area_is_one(p, lo, hi)


def sloppy(p, lo, hi):
    return bool(places(p, lo, hi).min() >= -1e-9 and abs(prob_interval(p, lo, hi) - 1) < 1e-3)


WRONG["3.3b"] = [
    (area_is_one, "Negative stretches cancel"),
    (at_most_one, "A density may exceed 1: only its area is limited"),
    (no_area, "integral was not tested."),
    (no_area_at_most_one, "integral was not tested, and a density may exceed 1"),
    (strictly_positive, "may be 0 in places"),
    (mean_times_width, "misses the area by a thousandth"),
    (sum_times_step, "counts the two ends fully, where"),
    (sum_of_values, "without the step"),
    (mean_of_values, "width of the interval is missing"),
    (area_at_most_one, "not only at most 1"),
    (looks_at_middle, "negative"),
    (sloppy, "Errors of more than 1e-6"),
]


def others(J, keep):
    return tuple(axis for axis in range(J.ndim) if axis not in keep)


def reorder(kept, keep):
    return kept.transpose([sorted(keep).index(axis) for axis in keep])


def sums_the_kept(J, keep):
    return J.sum(axis=keep)


def mean_for_sum(J, keep):
    return reorder(J.mean(axis=others(J, keep)), keep)


def first_slice(J, keep):
    return reorder(J[tuple(slice(None) if axis in keep else 0 for axis in range(J.ndim))], keep)


def slice_normalised(J, keep):
    piece = first_slice(J, keep)
    return piece / piece.sum()


def order_ignored(J, keep):
    return J.sum(axis=others(J, keep))


def keeps_dimensions(J, keep):
    return J.sum(axis=others(J, keep), keepdims=True)


def maximum_for_sum(J, keep):
    return reorder(J.max(axis=others(J, keep)), keep)


def sums_all(J, keep):
    return J.sum()


def order_inverted(J, keep):
    return J.sum(axis=others(J, keep)).transpose(np.argsort(keep))


WRONG["3.4"] = [
    (sums_the_kept, "kept axes were summed out"),
    (mean_for_sum, "mean was taken"),
    (first_slice, "one slice through the table"),
    (slice_normalised, "that is a conditional distribution"),
    (order_ignored, "order that keep names"),
    (keeps_dimensions, "keepdims"),
    (maximum_for_sum, "largest entry"),
    (sums_all, "must stay"),
    (order_inverted, "inverse order"),
]


def ratio(J, axis):
    with np.errstate(all="ignore"):
        return J / J.sum(axis=axis, keepdims=True)


def wrong_axis(J, given_axis):
    return ratio(J, given_axis)


def grand_total(J, given_axis):
    return J / J.sum()


def unchanged(J, given_axis):
    return J.copy()


def silent_zero(J, given_axis):
    return np.nan_to_num(ratio(J, 1 - given_axis))


def small_number_added(J, given_axis):
    return J / (J.sum(axis=1 - given_axis, keepdims=True) + 1e-12)


def uniform_for_undefined(J, given_axis):
    return np.nan_to_num(ratio(J, 1 - given_axis), nan=1 / J.shape[1 - given_axis])


def no_keepdims(J, given_axis):
    return J / J.sum(axis=1 - given_axis)


def always_rows(J, given_axis):
    return ratio(J, 1)  # each row by its sum


def always_columns(J, given_axis):
    return ratio(J, 0)


def transposed(J, given_axis):
    return ratio(J, 1 - given_axis).T


def divides_by_largest(J, given_axis):
    return J / J.max(axis=1 - given_axis, keepdims=True)


def all_undefined(J, given_axis):
    sums = J.sum(axis=1 - given_axis, keepdims=True)
    return ratio(J, 1 - given_axis) if (sums > 0).all() else np.full(J.shape, np.nan)


WRONG["3.5"] = [
    (wrong_axis, "wrong axis:"),
    (grand_total, "grand total"),
    (unchanged, "grand total"),
    (silent_zero, "silent 0"),
    (small_number_added, "silent 0, also one from a small number"),
    (uniform_for_undefined, "invention"),
    (no_keepdims, "keepdims"),
    (always_rows, "always on the rows"),
    (always_columns, "always on the columns"),
    (transposed, "transposed"),
    (divides_by_largest, "largest entry"),
    (all_undefined, "still known"),
]


def log_sum(x, factors, earlier):
    return sum(np.log(factors(earlier(i))[x[i]]) for i in range(len(x)))


def product_of_marginals(x, factors):
    return log_sum(x, factors, lambda i: [])


def plain_product(x, factors):
    p = 1.0
    for i in range(len(x)):
        p *= factors(x[:i])[x[i]]
    return np.log(p)


def later_letters(x, factors):
    return log_sum(x, factors, lambda i: x[i + 1 :])


def includes_itself(x, factors):
    return log_sum(x, factors, lambda i: x[: i + 1])


def only_the_last(x, factors):
    return log_sum(x, factors, lambda i: x[max(0, i - 1) : i])


def reversed_context(x, factors):
    return log_sum(x, factors, lambda i: x[:i][::-1])


def starts_late(x, factors):
    return sum(np.log(factors(x[:i])[x[i]]) for i in range(1, len(x)))


def stops_early(x, factors):
    return sum(np.log(factors(x[:i])[x[i]]) for i in range(len(x) - 1))


def joint_itself(x, factors):
    return float(np.exp(log_sum(x, factors, lambda i: x[:i])))


def negative_log(x, factors):
    return -log_sum(x, factors, lambda i: x[:i])


def in_bits(x, factors):
    return log_sum(x, factors, lambda i: x[:i]) / np.log(2)


def per_letter(x, factors):
    return log_sum(x, factors, lambda i: x[:i]) / len(x)


def adds_probabilities(x, factors):
    return sum(factors(x[:i])[x[i]] for i in range(len(x)))


def single_number(x, factors):
    return sum(np.log(factors(x[i - 1])[x[i]]) for i in range(1, len(x)))


WRONG["3.6"] = [
    (product_of_marginals, "product of the marginals"),
    (plain_product, "underflowed"),
    (later_letters, "later numbers"),
    (includes_itself, "without it"),
    (only_the_last, "only the last number"),
    (reversed_context, "reversed"),
    (starts_late, "first factor"),
    (stops_early, "last factor"),
    (joint_itself, "joint probability itself"),
    (negative_log, "sign is wrong"),
    (in_bits, "base 2"),
    (per_letter, "average per letter"),
    (adds_probabilities, "Probabilities were added up"),
    (single_number, "not with a single one"),
]


def is_product(P):
    return bool(np.abs(P - np.outer(P.sum(axis=1), P.sum(axis=0))).max() <= 1e-9)


def has_no_covariance(P):
    x, y = np.arange(P.shape[0]), np.arange(P.shape[1])
    return bool(abs((P * np.outer(x, y)).sum() - P.sum(axis=1) @ x * (P.sum(axis=0) @ y)) <= 1e-9)


def each_slice(J, test, skip_empty=True):
    slices = [J[:, :, z] for z in range(J.shape[2])]
    return all(test(P / P.sum()) for P in slices if P.sum() > 0 or not skip_empty)


def z_summed_out(J):
    return is_product(J.sum(axis=2))


def first_z_only(J):
    P = J[:, :, 0]
    return is_product(P / P.sum())


def first_z_only_if_any(J):
    P = J[:, :, 0]
    return is_product(P / P.sum()) if P.sum() > 0 else True


def last_z_only(J):
    P = J[:, :, -1]
    return is_product(P / P.sum())


def two_values_of_z(J):
    return each_slice(J[:, :, :2], is_product)


def some_z(J):
    return any(is_product(J[:, :, z] / J[:, :, z].sum()) for z in range(J.shape[2]) if J[:, :, z].sum() > 0)


def x_against_z(J):
    return is_product(J.sum(axis=1))


def y_against_z(J):
    return is_product(J.sum(axis=0))


def covariance_test(J):
    return each_slice(J, has_no_covariance)


def slices_not_normalised(J):
    return all(is_product(J[:, :, z]) for z in range(J.shape[2]))


def all_three(J):
    return bool(
        np.abs(J - np.einsum("x,y,z->xyz", J.sum(axis=(1, 2)), J.sum(axis=(0, 2)), J.sum(axis=(0, 1)))).max() <= 1e-9
    )


def zero_by_zero(J):
    return each_slice(J, is_product, skip_empty=False)


def exact_equality(J):
    return bool(np.all(J * J.sum(axis=(0, 1)) == J.sum(axis=1)[:, None, :] * J.sum(axis=0)[None, :, :]))


def says_dependent(J):
    return not each_slice(J, is_product)


def always_true(J):
    return True


WRONG["3.7"] = [
    (z_summed_out, "z was summed out"),
    (first_z_only, "Only one value of z"),
    (first_z_only_if_any, "Only one value of z"),
    (last_z_only, "Only one value of z"),
    (two_values_of_z, "Only one value of z"),
    (some_z, "for some z"),
    (x_against_z, "P(x | z) was compared with P(x)"),
    (y_against_z, "P(y | z) was compared with P(y)"),
    (covariance_test, "covariance of zero is not independence"),
    (slices_not_normalised, "divided by P(z)"),
    (all_three, "all three are independent"),
    (zero_by_zero, "0/0"),
    (exact_equality, "rarely exactly equal"),
    (says_dependent, "turned around"),
    (always_true, "Your function said True"),
]


def centred(X):
    return X - X.mean(axis=0)


def not_centred(X, unbiased):
    return X.T @ X / (len(X) - bool(unbiased))


def of_the_examples(X, unbiased):
    return centred(X) @ centred(X).T / (len(X) - bool(unbiased))


def numpy_rows(X, unbiased):
    return np.cov(X, bias=not unbiased)


def always_m(X, unbiased):
    return centred(X).T @ centred(X) / len(X)


def always_m_minus_1(X, unbiased):
    return centred(X).T @ centred(X) / (len(X) - 1)


def divisors_swapped(X, unbiased):
    return centred(X).T @ centred(X) / (len(X) - (not unbiased))


def no_division(X, unbiased):
    return centred(X).T @ centred(X)


def divides_by_columns(X, unbiased):
    return centred(X).T @ centred(X) / X.shape[1]


def centres_rows(X, unbiased):
    Z = X - X.mean(axis=1, keepdims=True)
    return Z.T @ Z / (len(X) - bool(unbiased))


def one_mean_for_all(X, unbiased):
    Z = X - X.mean()
    return Z.T @ Z / (len(X) - bool(unbiased))


def correlation_matrix(X, unbiased):
    return np.corrcoef(X, rowvar=False)


def variances_on_diagonal(X, unbiased):
    return np.diag(X.var(axis=0, ddof=int(unbiased)))


def variances_as_vector(X, unbiased):
    return X.var(axis=0, ddof=int(unbiased))


def difference_of_means(X, unbiased):
    mean = X.mean(axis=0)
    return (X.T @ X - len(X) * np.outer(mean, mean)) / (len(X) - bool(unbiased))


def centres_in_place(X, unbiased):
    X -= X.mean(axis=0)
    return X.T @ X / (len(X) - bool(unbiased))


WRONG["3.8"] = [
    (not_centred, "not centred"),
    (of_the_examples, "m × m"),
    (numpy_rows, "m × m"),
    (always_m, "always m."),
    (always_m_minus_1, "always m − 1."),
    (divisors_swapped, "interchanged"),
    (no_division, "missing"),
    (divides_by_columns, "not by the number of columns"),
    (centres_rows, "every column has its own mean"),
    (one_mean_for_all, "every column has its own mean"),
    (correlation_matrix, "These are correlations"),
    (variances_on_diagonal, "covariances of different columns"),
    (variances_as_vector, "as a vector"),
    (difference_of_means, "difference of two huge numbers"),
    (centres_in_place, "changed its input"),
]


def choose(weights, n, rng):
    return rng.choice(len(weights), n, p=weights)


def noise(means, n, rng):
    return rng.standard_normal((n, means.shape[1]))


def mix_with(factors, weights, means, n, rng):
    c = choose(weights, n, rng)
    return means[c] + np.einsum("nij,nj->ni", factors[c], noise(means, n, rng))


def averages_components(weights, means, covs, n, rng):
    draws = [rng.multivariate_normal(mu, S, n) for mu, S in zip(means, covs, strict=True)]
    return np.einsum("k,knd->nd", weights, np.array(draws))


def plain_average(weights, means, covs, n, rng):
    return np.mean([rng.multivariate_normal(mu, S, n) for mu, S in zip(means, covs, strict=True)], axis=0)


def covariance_as_factor(weights, means, covs, n, rng):
    return mix_with(covs, weights, means, n, rng)


def transposed_factor(weights, means, covs, n, rng):
    return mix_with(np.linalg.cholesky(covs).transpose(0, 2, 1), weights, means, n, rng)


def one_component_for_all(weights, means, covs, n, rng):
    c = rng.choice(len(weights), p=weights)
    return rng.multivariate_normal(means[c], covs[c], n)


def likeliest_component(weights, means, covs, n, rng):
    c = np.argmax(weights)
    return rng.multivariate_normal(means[c], covs[c], n)


def ignores_weights_b(weights, means, covs, n, rng):
    return mix_with(np.linalg.cholesky(covs), np.full(len(weights), 1 / len(weights)), means, n, rng)


def no_mean(weights, means, covs, n, rng):
    return mix_with(np.linalg.cholesky(covs), weights, 0 * means, n, rng)


def first_covariance_for_all(weights, means, covs, n, rng):
    return mix_with(np.linalg.cholesky(covs[[0] * len(covs)]), weights, means, n, rng)


def variances_only(weights, means, covs, n, rng):
    c = choose(weights, n, rng)
    return means[c] + np.sqrt(np.diagonal(covs, axis1=1, axis2=2)[c]) * noise(means, n, rng)


def variances_as_widths(weights, means, covs, n, rng):
    c = choose(weights, n, rng)
    return means[c] + np.diagonal(covs, axis1=1, axis2=2)[c] * noise(means, n, rng)


def no_covariance(weights, means, covs, n, rng):
    return means[choose(weights, n, rng)] + noise(means, n, rng)


def elementwise_root(weights, means, covs, n, rng):
    return mix_with(np.sqrt(np.abs(covs)), weights, means, n, rng)


def inverted(weights, means, covs, n, rng):
    return mix_with(np.linalg.cholesky(np.linalg.inv(covs)), weights, means, n, rng)


def sorted_by_component(weights, means, covs, n, rng):
    counts = rng.multinomial(n, weights)
    return np.concatenate([rng.multivariate_normal(*part) for part in zip(means, covs, counts, strict=True)])


def global_generator(weights, means, covs, n, rng):
    return mix_with(np.linalg.cholesky(covs), weights, means, n, np.random.default_rng())


def fixed_generator(weights, means, covs, n, rng):
    return mix_with(np.linalg.cholesky(covs), weights, means, n, np.random.default_rng(0))


def shared_noise(weights, means, covs, n, rng):
    c = choose(weights, n, rng)
    return means[c] + np.einsum("nij,j->ni", np.linalg.cholesky(covs)[c], rng.standard_normal(means.shape[1]))


def one_number_per_row(weights, means, covs, n, rng):
    c = choose(weights, n, rng)
    return means[c] + np.linalg.cholesky(covs)[c].sum(axis=2) * rng.standard_normal((n, 1))


def transposed_result(weights, means, covs, n, rng):
    return mix_with(np.linalg.cholesky(covs), weights, means, n, rng).T


def uniform_noise(weights, means, covs, n, rng):
    c = choose(weights, n, rng)
    z = np.sqrt(12) * (rng.random((n, means.shape[1])) - 0.5)
    return means[c] + np.einsum("nij,nj->ni", np.linalg.cholesky(covs)[c], z)


def noise_for_two(weights, means, covs, n, rng):
    c = choose(weights, n, rng)
    z = np.repeat(noise(means, n // 2, rng), 2, axis=0)
    return means[c] + np.einsum("nij,nj->ni", np.linalg.cholesky(covs)[c], z)


WRONG["3.9"] = [
    (uniform_noise, "not normally distributed"),
    (noise_for_two, "share their noise"),
    (averages_components, "between the components"),
    (plain_average, "between the components"),
    (covariance_as_factor, "came out as Σ²"),
    (transposed_factor, "LᵀL instead of L Lᵀ"),
    (one_component_for_all, "same component"),
    (likeliest_component, "same component"),
    (ignores_weights_b, "weights are ignored"),
    (no_mean, "around the origin"),
    (first_covariance_for_all, "index covs with the choice"),
    (variances_only, "off-diagonal entries of the covariance are lost"),
    (variances_as_widths, "their variances squared"),
    (no_covariance, "was not multiplied by a factor"),
    (elementwise_root, "square root of every entry"),
    (inverted, "not precisions"),
    (sorted_by_component, "sorted by component"),
    (global_generator, "take all randomness from rng"),
    (fixed_generator, "rng is not used"),
    (shared_noise, "fresh normal numbers"),
    (one_number_per_row, "fresh normal numbers"),
    (transposed_result, "not (n, d)"),
]


def naive_softplus(x):
    return np.log(1 + np.exp(x))


def naive_log1p(x):
    return np.log1p(np.exp(x))


def relu(x):
    return np.maximum(x, 0)


def relu_where(x):
    return np.where(x > 0, x, 0.0)


def without_log1p(x):
    return np.maximum(x, 0) + np.log(1 + np.exp(-np.abs(x)))


def x_for_negative_too(x):
    return x + np.log1p(np.exp(-np.abs(x)))


def clipped_at_30(x):
    return np.log1p(np.exp(np.clip(x, -30, 30)))


def clipped_at_500(x):
    return np.log1p(np.exp(np.minimum(x, 500)))


def x_beyond_20(x):
    return np.where(x > 20, x, np.log1p(np.exp(np.minimum(x, 20))))


def both_branches(x):
    return np.where(x > 0, x + np.log1p(np.exp(-x)), np.log1p(np.exp(x)))


def wrong_sign(x):
    return np.maximum(x, 0) - np.log1p(np.exp(-np.abs(x)))


def mirrored(x):
    return np.logaddexp(0, -x)


def log_sigmoid(x):
    return -np.logaddexp(0, -x)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def flattened(x):
    return np.logaddexp(0, x).ravel()


def one_number_only(x):
    return float(np.logaddexp(0, x.flat[0]))


def zero_far_left(x):
    return np.where(x < -30, 0.0, np.logaddexp(0, x))


WRONG["3.10"] = [
    (naive_softplus, "overflows before the logarithm"),
    (naive_log1p, "overflows before the logarithm"),
    (relu, "misses log 2"),
    (relu_where, "misses log 2"),
    (without_log1p, "use log1p"),
    (zero_far_left, "use log1p"),
    (x_for_negative_too, "must be 0, not x"),
    (clipped_at_30, "Clipping the exponent"),
    (clipped_at_500, "Clipping the exponent"),
    (x_beyond_20, "comes too early"),
    (both_branches, "np.where computes both branches"),
    (wrong_sign, "wrong sign"),
    (mirrored, "turned around"),
    (log_sigmoid, "logarithm of the sigmoid"),
    (sigmoid, "This is the sigmoid"),
    (flattened, "shape"),
    (one_number_only, "shape"),
]


def joint_only(prior, likelihood):
    return prior[:, None] * likelihood


def whole_table_normalised(prior, likelihood):
    joint = prior[:, None] * likelihood
    return joint / joint.sum()


def likelihood_itself(prior, likelihood):
    return likelihood


def rows_normalised(prior, likelihood):
    joint = prior[:, None] * likelihood
    return joint / joint.sum(axis=1, keepdims=True)


def prior_ignored(prior, likelihood):
    return likelihood / likelihood.sum(axis=0)


def prior_on_columns(prior, likelihood):
    joint = (prior * likelihood) if likelihood.shape[0] == likelihood.shape[1] else prior[:, None] * likelihood
    return joint / joint.sum(axis=0)


def both_axes_confused(prior, likelihood):
    if likelihood.shape[0] != likelihood.shape[1]:
        joint = prior[:, None] * likelihood
        return joint / joint.sum(axis=0)
    joint = prior * likelihood
    return joint / joint.sum(axis=1, keepdims=True)


def table_transposed(prior, likelihood):
    joint = prior[:, None] * (likelihood.T if likelihood.shape[0] == likelihood.shape[1] else likelihood)
    return joint / joint.sum(axis=0)


def result_transposed(prior, likelihood):
    joint = prior[:, None] * likelihood
    return (joint / joint.sum(axis=0)).T


def prior_twice(prior, likelihood):
    joint = prior[:, None] ** 2 * likelihood
    return joint / joint.sum(axis=0)


def divided_by_likelihoods(prior, likelihood):
    return prior[:, None] * likelihood / likelihood.sum(axis=0)


def evidence_only(prior, likelihood):
    return prior @ likelihood


def upside_down(prior, likelihood):
    joint = likelihood / prior[:, None]
    return joint / joint.sum(axis=0)


WRONG["3.11"] = [
    (joint_only, "This is the joint"),
    (whole_table_normalised, "This is the joint"),
    (likelihood_itself, "likelihood again"),
    (rows_normalised, "likelihood again"),
    (prior_ignored, "prior has no effect"),
    (prior_on_columns, "prior has no effect"),
    (both_axes_confused, "both axes are confused"),
    (table_transposed, "read transposed"),
    (result_transposed, "result is transposed"),
    (prior_twice, "entered twice"),
    (divided_by_likelihoods, "sum of the likelihoods"),
    (evidence_only, "denominator of Bayes' rule"),
    (upside_down, "upside down"),
]


def masked(f):
    """Return an answer that is f inside the support and 0 outside."""

    def answer(p_x, g_inv, dg_inv, y, support):
        p, inside = np.zeros(len(y)), (y > support[0]) & (y < support[1])
        p[inside] = f(p_x, g_inv, dg_inv, y[inside])
        return p

    answer.__name__ = f.__name__
    return answer


@masked
def no_factor(p_x, g_inv, dg_inv, y):
    return p_x(g_inv(y))


@masked
def factor_upside_down(p_x, g_inv, dg_inv, y):
    return p_x(g_inv(y)) / np.abs(dg_inv(y))


@masked
def no_absolute_value(p_x, g_inv, dg_inv, y):
    return p_x(g_inv(y)) * dg_inv(y)


@masked
def positive_part(p_x, g_inv, dg_inv, y):
    return p_x(g_inv(y)) * np.maximum(dg_inv(y), 0)


@masked
def density_at_y(p_x, g_inv, dg_inv, y):
    return p_x(y) * np.abs(dg_inv(y))


@masked
def derivative_at_x(p_x, g_inv, dg_inv, y):
    return p_x(g_inv(y)) * np.abs(dg_inv(g_inv(y)))


@masked
def factor_squared(p_x, g_inv, dg_inv, y):
    return p_x(g_inv(y)) * dg_inv(y) ** 2


@masked
def factor_under_root(p_x, g_inv, dg_inv, y):
    return p_x(g_inv(y)) * np.sqrt(np.abs(dg_inv(y)))


def no_support(p_x, g_inv, dg_inv, y, support):
    return p_x(g_inv(y)) * np.abs(dg_inv(y))


def nan_to_zero(p_x, g_inv, dg_inv, y, support):
    return np.nan_to_num(p_x(g_inv(y)) * np.abs(dg_inv(y)))


def times_mask(p_x, g_inv, dg_inv, y, support):
    return p_x(g_inv(y)) * np.abs(dg_inv(y)) * ((y > support[0]) & (y < support[1]))


def drops_outside(p_x, g_inv, dg_inv, y, support):
    y = y[(y > support[0]) & (y < support[1])]
    return p_x(g_inv(y)) * np.abs(dg_inv(y))


WRONG["3.12"] = [
    (no_factor, "is missing"),
    (factor_upside_down, "factor is upside down"),
    (no_absolute_value, "came out negative"),
    (positive_part, "0 where g falls"),
    (density_at_y, "where y came from"),
    (derivative_at_x, "must be taken at y"),
    (factor_squared, "squared"),
    (factor_under_root, "square root"),
    (no_support, "not NaN"),
    (nan_to_zero, "exactly 0 there"),
    (times_mask, "not NaN"),
    (drops_outside, "shape"),
]


def on_paper(P, Q):
    return np.sum(P * np.log(P / Q))


def skips_all_zeros(P, Q):
    both = (P > 0) & (Q > 0)
    return np.sum(P[both] * np.log(P[both] / Q[both]))


def smoothed(P, Q):
    return np.sum(P * np.log((P + 1e-12) / (Q + 1e-12)))


def swapped(P, Q):
    return np.sum(Q * np.log(Q / P))


def in_bits_b(P, Q):
    return np.sum(P * np.log2(P / Q))


def absolute_terms(P, Q):
    return np.sum(np.abs(P * np.log(P / Q)))


def cross_entropy(P, Q):
    return -np.sum(P * np.log(Q))


def forgets_log_p(P, Q):
    return np.sum(P * np.log(Q))


def negative(P, Q):
    return np.sum(P * np.log(Q / P))


def mean_of_terms(P, Q):
    return np.mean(P * np.log(P / Q))


def terms_only(P, Q):
    return P * np.log(P / Q)


def not_weighted(P, Q):
    return np.sum(np.log(P / Q))


def symmetric(P, Q):
    return np.sum((P - Q) * np.log(P / Q)) / 2


def squared_distance(P, Q):
    return np.sum((P - Q) ** 2)


def infinite_for_any_zero(P, Q):
    if np.any(Q == 0):
        return np.inf
    return np.sum(P[P > 0] * np.log(P[P > 0] / Q[P > 0]))


def infinite_for_zero_in_p(P, Q):
    return np.inf if np.any(P == 0) else np.sum(P * np.log(P / Q))


WRONG["3.13"] = [
    (on_paper, "0 log 0 is 0, not NaN"),
    (skips_all_zeros, "hides that"),
    (smoothed, "hides that"),
    (swapped, "arguments are swapped"),
    (in_bits_b, "natural one"),
    (absolute_terms, "absolute values"),
    (cross_entropy, "This is the cross-entropy"),
    (forgets_log_p, "minus the cross-entropy"),
    (negative, "sign is wrong"),
    (mean_of_terms, "this is their mean"),
    (terms_only, "the result is one number"),
    (not_weighted, "weighted with P"),
    (symmetric, "both directions are mixed"),
    (squared_distance, "squared distance"),
    (infinite_for_any_zero, "the result is finite"),
    (infinite_for_zero_in_p, "the result is finite"),
]


def einsum(tables, axes, n):
    operands = [x for pair in zip(tables, axes, strict=True) for x in pair]
    return np.einsum(*operands, list(range(n)))


def true_joint(parents, tables):
    return einsum(tables, [[*p, i] for i, p in enumerate(parents)], len(parents))


def sorted_parents(parents, tables):
    return einsum(tables, [[*sorted(p), i] for i, p in enumerate(parents)], len(parents))


def own_axis_first(parents, tables):
    return einsum(tables, [[i, *p] for i, p in enumerate(parents)], len(parents))


def sorted_axes(parents, tables):
    return einsum(tables, [sorted([*p, i]) for i, p in enumerate(parents)], len(parents))


def reversed_parents(parents, tables):
    return einsum(tables, [[*reversed(p), i] for i, p in enumerate(parents)], len(parents))


def reversed_result(parents, tables):
    return true_joint(parents, tables).T


def marginals_multiplied(parents, tables):
    J, n = true_joint(parents, tables), len(parents)
    marginals = [J.sum(axis=tuple(k for k in range(n) if k != i)) for i in range(n)]
    return einsum(marginals, [[i] for i in range(n)], n)


def parents_averaged(parents, tables):
    means = [t.mean(axis=tuple(range(t.ndim - 1))) for t in tables]
    return einsum(means, [[i] for i in range(len(parents))], len(parents))


def tables_normalised(parents, tables):
    return true_joint(parents, [t / t.sum() for t in tables])


def first_parent_only(parents, tables):
    few = [t.mean(axis=tuple(range(1, t.ndim - 1))) if t.ndim > 2 else t for t in tables]
    return true_joint([p[:1] for p in parents], few)


def logarithms_added(parents, tables):
    return np.log(true_joint(parents, tables))


def tables_added(parents, tables):
    ones = [np.ones_like(t) for t in tables]
    return sum(true_joint(parents, [*ones[:i], t, *ones[i + 1 :]]) for i, t in enumerate(tables))


def last_table_forgotten(parents, tables):
    if len(tables) == 1:
        return tables[0]
    return true_joint(parents, [*tables[:-1], np.ones_like(tables[-1])])


def roots_forgotten(parents, tables):
    if len(tables) == 1:
        return tables[0]
    return true_joint(parents, [np.ones_like(tables[0]), *tables[1:]])


WRONG["3.14"] = [
    (sorted_parents, "need not be increasing"),
    (own_axis_first, "taken to be the first"),
    (sorted_axes, "need not be increasing"),
    (reversed_parents, "reverse order"),
    (reversed_result, "axes of the result"),
    (marginals_multiplied, "product of the marginals"),
    (parents_averaged, "averaged out"),
    (tables_normalised, "divided by its sum"),
    (first_parent_only, "first parent"),
    (logarithms_added, "logarithm of the joint"),
    (tables_added, "multiplied, not added"),
    (last_table_forgotten, "last variable's table"),
    (roots_forgotten, "first variable's table"),
]


# ======== found in a second reading ========


def open_shares_to_one_door(n, k, switch):
    return (k + 1) / n if switch else 1 / n


def probability_of_losing(n, k, switch):
    return 1 - ((n - 1) / n / (n - k - 1) if switch else 1 / n)


WRONG["3.1"] += [(open_shares_to_one_door, "shares all went to one door"), (probability_of_losing, "losing")]


def largest_weight(X, Omega, weights):
    P = {}
    for outcome, weight in zip(Omega, weights, strict=True):
        P[X(outcome)] = max(P.get(X(outcome), 0), weight / sum(weights))
    return P


def running_total(X, Omega, weights):
    P, so_far = {}, 0
    for outcome, weight in zip(Omega, weights, strict=True):
        so_far += weight / sum(weights)
        P[X(outcome)] = so_far
    return P


def divides_by_values(X, Omega, weights):
    P = not_normalised(X, Omega, weights)
    return {value: p / len(P) for value, p in P.items()}


def exponential_shares(X, Omega, weights):
    return not_normalised(X, Omega, list(np.exp(weights) / np.exp(weights).sum()))


WRONG["3.2"] += [
    (largest_weight, "Only the largest weight"),
    (running_total, "running total"),
    (divides_by_values, "not by the number of values"),
    (exponential_shares, "went through an exponential"),
]


def tolerance_of_isclose(P, tol):
    return bool(np.all(-tol <= P) and np.isclose(P.sum(), 1))


def six_decimals(P, tol):
    return bool(np.all(-tol <= P) and round(float(P.sum()), 6) == 1)


WRONG["3.3"] += [(tolerance_of_isclose, "tolerance of its own"), (six_decimals, "tolerance of its own")]


def looks_at_ends(p, lo, hi):
    return bool(p(np.array([lo, hi])).min() >= 0) and area_is_one(p, lo, hi)


def looks_at_three_places(p, lo, hi):
    return bool(p(np.linspace(lo, hi, 3)).min() >= -1e-9) and area_is_one(p, lo, hi)


def area_of_absolute_value(p, lo, hi):
    return area_is_one(lambda x: np.abs(p(x)), lo, hi)


def area_at_least_one(p, lo, hi):
    return bool(places(p, lo, hi).min() >= -1e-9 and prob_interval(p, lo, hi) >= 1 - 1e-6)


WRONG["3.3b"] += [
    (looks_at_ends, "Only the two ends"),
    (looks_at_three_places, "Too few places"),
    (area_of_absolute_value, "that of |p|"),
    (area_at_least_one, "not only at least 1"),
]


def multiplies_margins(J, keep):
    result = np.ones(())
    for axis in keep:
        result = np.multiply.outer(result, J.sum(axis=tuple(other for other in range(J.ndim) if other != axis)))
    return result


def rows_divided(J, keep):
    kept = reorder(J.sum(axis=others(J, keep)), keep)
    return kept / kept.sum(axis=-1, keepdims=True) if len(keep) > 1 else kept


def sums_one_axis(J, keep):
    return reorder(J.sum(axis=others(J, keep)[-1]), keep) if len(others(J, keep)) == 1 else J.sum(axis=J.ndim - 2)


WRONG["3.4"] += [
    (multiplies_margins, "as if they were independent"),
    (rows_divided, "conditional distribution of it"),
    (sums_one_axis, "all of them must go"),
]


def other_marginal(J, given_axis):
    return J.sum(axis=given_axis, keepdims=True) + 0 * J


def divides_by_mean(J, given_axis):
    return J / J.mean(axis=1 - given_axis, keepdims=True)


def ratio_upside_down(J, given_axis):
    return J.sum(axis=1 - given_axis, keepdims=True) / J


def infinite_for_undefined(J, given_axis):
    return np.nan_to_num(ratio(J, 1 - given_axis), nan=np.inf)


WRONG["3.5"] += [
    (other_marginal, "dependence is lost"),
    (divides_by_mean, "not by the mean"),
    (ratio_upside_down, "upside down"),
    (infinite_for_undefined, "not infinity"),
]


def only_the_last_two(x, factors):
    return log_sum(x, factors, lambda i: x[max(0, i - 2) : i])


def same_context(x, factors):
    return log_sum(x, factors, lambda i: x[:-1])


def likeliest_number(x, factors):
    return sum(np.log(factors(x[:i]).max()) for i in range(len(x)))


def weighted_logarithms(x, factors):
    return sum(factors(x[:i])[x[i]] * np.log(factors(x[:i])[x[i]]) for i in range(len(x)))


WRONG["3.6"] += [
    (only_the_last_two, "only the last two"),
    (same_context, "the same earlier numbers"),
    (likeliest_number, "likeliest number"),
    (weighted_logarithms, "weighted with the probabilities"),
]


def first_cell_only(J):
    return each_slice(J, lambda P: bool(abs(P[0, 0] - P[0].sum() * P[:, 0].sum()) <= 1e-9))


def given_x(J):
    return each_slice(J.transpose(1, 2, 0), is_product)


WRONG["3.7"] += [(first_cell_only, "in every cell"), (given_x, "independent given x")]


def one_triangle(X, unbiased):
    return np.triu(centred(X).T @ centred(X) / (len(X) - bool(unbiased)))


def first_example_subtracted(X, unbiased):
    return (X - X[0]).T @ (X - X[0]) / (len(X) - bool(unbiased))


def medians_subtracted(X, unbiased):
    Z = X - np.median(X, axis=0)
    return Z.T @ Z / (len(X) - bool(unbiased))


def divides_one_term(X, unbiased):
    return X.T @ X / (len(X) - bool(unbiased)) - np.outer(X.mean(axis=0), X.mean(axis=0))


def in_32_bits(X, unbiased):
    Z = centred(X.astype(np.float32))
    return (Z.T @ Z / (len(X) - bool(unbiased))).astype(float)


WRONG["3.8"] += [
    (one_triangle, "one triangle"),
    (first_example_subtracted, "first example"),
    (medians_subtracted, "medians"),
    (divides_one_term, "only one of two terms"),
    (in_32_bits, "digits are lost"),
]


def two_choices(weights, means, covs, n, rng):
    c, other = choose(weights, n, rng), choose(weights, n, rng)
    return means[c] + np.einsum("nij,nj->ni", np.linalg.cholesky(covs)[other], noise(means, n, rng))


def averaged_covariance(weights, means, covs, n, rng):
    mean = np.einsum("k,kij->ij", weights, covs)
    return mix_with(np.linalg.cholesky(np.array([mean] * len(covs))), weights, means, n, rng)


def sorted_weights(weights, means, covs, n, rng):
    return mix_with(np.linalg.cholesky(covs), np.sort(weights), means, n, rng)


def exact_shares(weights, means, covs, n, rng):
    counts = np.round(weights * n).astype(int)
    counts[-1] = n - counts[:-1].sum()
    parts = zip(means, covs, counts, strict=True)
    return rng.permutation(np.concatenate([rng.multivariate_normal(*part) for part in parts]))


WRONG["3.9"] += [
    (two_choices, "must come from one choice"),
    (averaged_covariance, "averaged covariance"),
    (sorted_weights, "appear with shares"),
    (exact_shares, "exactly its share"),
]


def times_sigmoid(x):
    return x / (1 + np.exp(-x))


def correction_in_full(x):
    return np.maximum(x, 0) + np.log1p(np.exp(x))


def exponential_left(x):
    return np.where(x < 0, np.exp(x), np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x))))


WRONG["3.10"] += [
    (times_sigmoid, "x times the sigmoid"),
    (correction_in_full, "the correction needs exp(−|x|)"),
    (exponential_left, "only what softplus approaches"),
]


def divided_by_largest(prior, likelihood):
    joint = prior[:, None] * likelihood
    return joint / joint.max(axis=0)


def prior_added(prior, likelihood):
    joint = prior[:, None] + likelihood
    return joint / joint.sum(axis=0)


def prior_only(prior, likelihood):
    return np.repeat(prior[:, None], likelihood.shape[1], axis=1)


def posterior_odds(prior, likelihood):
    P = prior[:, None] * likelihood / (prior @ likelihood)
    return P / (1 - P)


def log_posterior(prior, likelihood):
    return np.log(prior[:, None] * likelihood / (prior @ likelihood))


WRONG["3.11"] += [
    (divided_by_largest, "not by its largest entry"),
    (prior_added, "not added"),
    (prior_only, "likelihood has no effect"),
    (posterior_odds, "These are odds"),
    (log_posterior, "logarithm of the posterior"),
]


@masked
def sign_turned(p_x, g_inv, dg_inv, y):
    return -p_x(g_inv(y)) * dg_inv(y)


@masked
def factor_added(p_x, g_inv, dg_inv, y):
    return p_x(g_inv(y)) + np.abs(dg_inv(y))


@masked
def values_sum_to_one(p_x, g_inv, dg_inv, y):
    p = p_x(g_inv(y)) * np.abs(dg_inv(y))
    return p / p.sum()


@masked
def derivative_at_size_of_y(p_x, g_inv, dg_inv, y):
    return p_x(g_inv(y)) * np.abs(dg_inv(np.abs(y)))


WRONG["3.12"] += [
    (derivative_at_size_of_y, "not at |y|"),
    (sign_turned, "turned around for every g"),
    (factor_added, "factor is added"),
    (values_sum_to_one, "made to sum to 1"),
]


def weighted_with_q(P, Q):
    return np.sum(Q * (np.log(P) - np.log(Q)))


def entropy_difference(P, Q):
    return -np.sum(Q[Q > 0] * np.log(Q[Q > 0])) + np.sum(P[P > 0] * np.log(P[P > 0]))


def total_variation(P, Q):
    return np.abs(P - Q).sum() / 2


def q_normalised_again(P, Q):
    P, Q = P[P > 0], Q[P > 0]
    return np.inf if np.any(Q == 0) else np.sum(P * np.log(P / (Q / Q.sum())))


def log_of_mean(P, Q):
    return np.log(np.sum(P[P > 0] ** 2 / Q[P > 0]))


WRONG["3.13"] += [
    (weighted_with_q, "weighted with Q"),
    (entropy_difference, "difference of two entropies"),
    (total_variation, "total variation"),
    (q_normalised_again, "normalised again"),
    (log_of_mean, "not the logarithm of the mean"),
]


def last_parent_only(parents, tables):
    few = [t.mean(axis=tuple(range(t.ndim - 2))) if t.ndim > 2 else t for t in tables]
    return true_joint([p[-1:] for p in parents], few)


def uniform_roots(parents, tables):
    return true_joint(parents, [np.full_like(t, 1 / len(t)) if t.ndim == 1 else t for t in tables])


WRONG["3.14"] += [(last_parent_only, "last parent"), (uniform_roots, "taken to be uniform")]
