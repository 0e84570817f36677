"""Plausible wrong answers of chapter 4, and a part of the message that each must get."""

import numpy as np

WRONG = {}


def log_after_softmax(X, axis):
    Z = np.exp(X - X.max(axis=axis, keepdims=True))
    return np.log(Z / Z.sum(axis=axis, keepdims=True))


def log_after_naive_softmax(X, axis):
    return np.log(np.exp(X) / np.exp(X).sum(axis=axis, keepdims=True))


def minus_mean(X, axis):
    Z = X - X.mean(axis=axis, keepdims=True)
    return Z - np.log(np.exp(Z).sum(axis=axis, keepdims=True))


def minus_mean_then_log(X, axis):
    Z = np.exp(X - X.mean(axis=axis, keepdims=True))
    return np.log(Z / Z.sum(axis=axis, keepdims=True))


def minus_global_max(X, axis):
    Z = X - X.max()
    return Z - np.log(np.exp(Z).sum(axis=axis, keepdims=True))


def modifies_input(X, axis):
    X -= X.max(axis=axis, keepdims=True)
    return X - np.log(np.exp(X).sum(axis=axis, keepdims=True))


def nothing_subtracted(X, axis):
    return X - np.log(np.exp(X).sum(axis=axis, keepdims=True))


def forgets_logarithm(X, axis):
    Z = np.exp(X - X.max(axis=axis, keepdims=True))
    return Z / Z.sum(axis=axis, keepdims=True)


def ignores_axis(X, axis):
    Z = X - X.max()
    return Z - np.log(np.exp(Z).sum())


def always_last_axis(X, axis):
    Z = X - X.max(axis=-1, keepdims=True)
    return Z - np.log(np.exp(Z).sum(axis=-1, keepdims=True))


def max_not_accounted_for(X, axis):
    Z = X - X.max(axis=axis, keepdims=True)
    return X - np.log(np.exp(Z).sum(axis=axis, keepdims=True))


def positive_sign(X, axis):
    Z = X - X.max(axis=axis, keepdims=True)
    return np.log(np.exp(Z).sum(axis=axis, keepdims=True)) - Z


def adds_a_little(X, axis):
    Z = np.exp(X - X.max(axis=axis, keepdims=True))
    return np.log(Z / Z.sum(axis=axis, keepdims=True) + 1e-12)


def clips_probabilities(X, axis):
    Z = np.exp(X - X.max(axis=axis, keepdims=True))
    return np.log(np.clip(Z / Z.sum(axis=axis, keepdims=True), 1e-12, 1))


def clips_scores(X, axis):
    Z = np.clip(X, -700, 700)
    return Z - np.log(np.exp(Z).sum(axis=axis, keepdims=True))


def sum_alone(X, axis):
    m = X.max(axis=axis, keepdims=True)
    return m + np.log(np.exp(X - m).sum(axis=axis, keepdims=True))


def decimal_logarithm(X, axis):
    Z = X - X.max(axis=axis, keepdims=True)
    return (Z - np.log(np.exp(Z).sum(axis=axis, keepdims=True))) / np.log(10)


def divided_by_log(X, axis):
    Z = X - X.max(axis=axis, keepdims=True)
    return Z / np.log(np.exp(Z).sum(axis=axis, keepdims=True))


WRONG["4.1"] = [
    (log_after_softmax, "never form the softmax"),
    (log_after_naive_softmax, "never form the softmax"),
    (minus_mean, "subtracting the mean"),
    (minus_mean_then_log, "subtracting the mean"),
    (minus_global_max, "not over the whole array"),
    (modifies_input, "changed its input"),
    (nothing_subtracted, "nothing was subtracted"),
    (forgets_logarithm, "logarithm is missing"),
    (ignores_axis, "axis is not respected"),
    (always_last_axis, "along the last one"),
    (max_not_accounted_for, "not accounted for"),
    (positive_sign, "sign is wrong"),
    (adds_a_little, "hides the zero"),
    (clips_probabilities, "hides the zero"),
    (clips_scores, "Clipping the scores"),
    (sum_alone, "sum alone"),
    (decimal_logarithm, "natural one"),
    (divided_by_log, "not subtracting it"),
]


def signed_ratio(A):
    values = np.linalg.eigvalsh(A)
    return values[-1] / values[0]


def absolute_too_late(A):
    return abs(signed_ratio(A))


def ratio_of_entries(A):
    return np.abs(A).max() / np.abs(A).min()


def determinant(A):
    return np.linalg.det(A)


def absolute_determinant(A):
    return abs(np.linalg.det(A))


def inverse_determinant(A):
    return 1 / abs(np.linalg.det(A))


def upside_down(A):
    sizes = np.abs(np.linalg.eigvalsh(A))
    return sizes.min() / sizes.max()


def squared_condition(A):
    sizes = np.abs(np.linalg.eigvalsh(A))
    return (sizes.max() / sizes.min()) ** 2


def largest_alone(A):
    return np.abs(np.linalg.eigvalsh(A)).max()


def zero_when_singular(A):
    sizes = np.abs(np.linalg.eigvalsh(A))
    return sizes.max() / sizes.min() if sizes.min() > 0 else 0.0


def largest_by_value(A):
    values = np.linalg.eigvalsh(A)
    return values.max() / np.abs(values).min()


def difference(A):
    values = np.linalg.eigvalsh(A)
    return values.max() - values.min()


def ratio_on_diagonal(A):
    sizes = np.abs(np.diag(A))
    return sizes.max() / sizes.min()


def frobenius(A):
    return np.linalg.norm(A) * np.linalg.norm(np.linalg.inv(A))


def root(A):
    sizes = np.abs(np.linalg.eigvalsh(A))
    return np.sqrt(sizes.max() / sizes.min())


WRONG["4.2"] = [
    (signed_ratio, "by absolute value"),
    (absolute_too_late, "absolute values first"),
    (ratio_of_entries, "Entries, on the diagonal or off it"),
    (determinant, "determinant measures volume"),
    (absolute_determinant, "determinant measures volume"),
    (inverse_determinant, "small determinant is not"),
    (upside_down, "upside down"),
    (squared_condition, "squared condition number"),
    (largest_alone, "a ratio is missing"),
    (zero_when_singular, "must be infinite"),
    (largest_by_value, "need not be the largest in size"),
    (difference, "difference of two eigenvalues"),
    (ratio_on_diagonal, "Entries, on the diagonal or off it"),
    (frobenius, "Frobenius norm"),
    (root, "square root is too much"),
]


def plus_sign(grad, H):
    return np.linalg.solve(H, grad)


def diagonal_only(grad, H):
    return -grad / np.diag(H)


def entrywise(grad, H):
    return -grad / H


def entrywise_columns(grad, H):
    return -grad[:, None] / H


def times_hessian(grad, H):
    return -H @ grad


def plain_gradient(grad, H):
    return -grad


def line_search_step(grad, H):
    return -grad * (grad @ grad) / (grad @ H @ grad)


def absolute_eigenvalues(grad, H):
    values, Q = np.linalg.eigh(H)
    return -Q @ ((Q.T @ grad) / np.abs(values))


def half_step(grad, H):
    return -0.5 * np.linalg.solve(H, grad)


def double_step(grad, H):
    return -2 * np.linalg.solve(H, grad)


def safe_gradient_step(grad, H):
    return -grad / np.linalg.eigvalsh(H)[-1]


def damped(grad, H):
    return -np.linalg.solve(H + np.eye(len(grad)), grad)


WRONG["4.3"] = [
    (plus_sign, "goes uphill"),
    (diagonal_only, "Only the diagonal"),
    (entrywise, "entry by entry"),
    (entrywise_columns, "entry by entry"),
    (times_hessian, "not its inverse"),
    (plain_gradient, "plain gradient step"),
    (line_search_step, "changes the direction"),
    (absolute_eigenvalues, "Absolute eigenvalues"),
    (half_step, "half the step"),
    (double_step, "twice the step"),
    (safe_gradient_step, "one for each direction"),
    (damped, "added to H"),
]


def safe_step(g, H):
    return 1 / np.linalg.eigvalsh(H)[-1]


def no_case(g, H):
    return (g @ g) / (g @ H @ g)


def absolute_curvature(g, H):
    return (g @ g) / abs(g @ H @ g)


def inverted_step(g, H):
    return (g @ H @ g) / (g @ g)


def minimal_gradient(g, H):
    return (g @ H @ g) / (H @ g @ H @ g)


def twice(g, H):
    return 2 * no_case(g, H)


def half(g, H):
    return 0.5 * no_case(g, H)


def length_not_squared(g, H):
    return np.linalg.norm(g) / (g @ H @ g)


def numerator_missing(g, H):
    return 1 / (g @ H @ g)


def infinite_at_any_negative_eigenvalue(g, H):
    return np.inf if np.linalg.eigvalsh(H)[0] <= 0 else no_case(g, H)


def zero_without_bottom(g, H):
    return no_case(g, H) if g @ H @ g > 0 else 0.0


def ratio_of_lengths(g, H):
    return np.linalg.norm(g) / np.linalg.norm(H @ g)


def average_curvature(g, H):
    return len(g) / np.trace(H)


WRONG["4.3b"] = [
    (safe_step, "always safe"),
    (no_case, "does not curve upwards"),
    (absolute_curvature, "does not curve upwards"),
    (zero_without_bottom, "does not curve upwards"),
    (inverted_step, "upside down"),
    (minimal_gradient, "next gradient's length"),
    (twice, "factor of 2"),
    (half, "factor of 2"),
    (length_not_squared, "not the length"),
    (numerator_missing, "numerator gᵀg is missing"),
    (infinite_at_any_negative_eigenvalue, "not at the eigenvalues"),
    (ratio_of_lengths, "another length"),
    (average_curvature, "average curvature"),
]


def by_determinant(H, tol):
    d = np.linalg.det(H)
    return "inconclusive" if abs(d) <= tol else "minimum" if d > 0 else "saddle"


def by_determinant_and_corner(H, tol):
    d = np.linalg.det(H)
    if abs(d) <= tol:
        return "inconclusive"
    return "saddle" if d < 0 else "minimum" if H[0, 0] > 0 else "maximum"


def by_diagonal(H, tol):
    return by_values(np.diag(H), tol)


def by_values(values, tol):
    if np.any(values > tol) and np.any(values < -tol):
        return "saddle"
    if np.any(np.abs(values) <= tol):
        return "inconclusive"
    return "minimum" if values[0] > 0 else "maximum"


def semidefinite_minimum(H, tol):
    values = np.linalg.eigvalsh(H)
    return "minimum" if np.all(values >= -tol) else "maximum" if np.all(values < -tol) else "saddle"


def semidefinite_maximum(H, tol):
    values = np.linalg.eigvalsh(H)
    if np.all(values > tol):
        return "minimum"
    if np.all(values <= tol) and np.any(values < -tol):
        return "maximum"
    return "saddle" if np.any(values > tol) and np.any(values < -tol) else "inconclusive"


def no_tolerance(H, tol):
    return by_values(np.linalg.eigvalsh(H), 0)


def zero_before_saddle(H, tol):
    values = np.linalg.eigvalsh(H)
    return "inconclusive" if np.any(np.abs(values) <= tol) else by_values(values, tol)


def other_words(H, tol):
    return "min"


def own_tolerance(H, tol):
    return by_values(np.linalg.eigvalsh(H), 1e-8)


def coarse_tolerance(H, tol):
    return by_values(np.linalg.eigvalsh(H), 1e-3)


def by_trace(H, tol):
    t = np.trace(H)
    return "inconclusive" if abs(t) <= tol else "minimum" if t > 0 else "maximum"


def upside_down_kinds(H, tol):
    return by_values(-np.linalg.eigvalsh(H), tol)


def average_eigenvalue(H, tol):
    values = np.linalg.eigvalsh(H)
    return "minimum" if values[0] > tol else "maximum" if values[-1] < -tol else "saddle"


WRONG["4.3c"] = [
    (by_determinant, "positive determinant is not enough"),
    (by_determinant_and_corner, "whatever a third does"),
    (by_diagonal, "not only along the axes"),
    (semidefinite_minimum, "no proof of a minimum"),
    (semidefinite_maximum, "no proof of a maximum"),
    (no_tolerance, "roundoff"),
    (zero_before_saddle, "whatever a third does"),
    (other_words, "expected one of"),
    (own_tolerance, "tol is the reader's"),
    (coarse_tolerance, "tol is the reader's"),
    (by_trace, "an eigenvalue is negative"),
    (upside_down_kinds, "makes a minimum"),
    (average_eigenvalue, "The eigenvalues are"),
]


def balanced(x, alpha, grad_f, grad_h, tol):
    return np.all(np.abs(grad_f(x) + alpha @ grad_h(x)) <= tol)


def no_dual_feasibility(x, alpha, grad_f, h, grad_h, tol):
    return bool(balanced(x, alpha, grad_f, grad_h, tol) and np.all(h(x) <= tol) and np.all(np.abs(alpha * h(x)) <= tol))


def no_slackness(x, alpha, grad_f, h, grad_h, tol):
    return bool(balanced(x, alpha, grad_f, grad_h, tol) and np.all(h(x) <= tol) and np.all(alpha >= -tol))


def wrong_side(x, alpha, grad_f, h, grad_h, tol):
    slack = np.all(np.abs(alpha * h(x)) <= tol)
    return bool(balanced(x, alpha, grad_f, grad_h, tol) and np.all(h(x) >= -tol) and np.all(alpha >= -tol) and slack)


def no_feasibility(x, alpha, grad_f, h, grad_h, tol):
    slack = np.all(np.abs(alpha * h(x)) <= tol)
    return bool(balanced(x, alpha, grad_f, grad_h, tol) and np.all(alpha >= -tol) and slack)


def no_balance(x, alpha, grad_f, h, grad_h, tol):
    return bool(np.all(h(x) <= tol) and np.all(alpha >= -tol) and np.all(np.abs(alpha * h(x)) <= tol))


def minus_in_balance(x, alpha, grad_f, h, grad_h, tol):
    slack = np.all(np.abs(alpha * h(x)) <= tol)
    good = np.all(np.abs(grad_f(x) - alpha @ grad_h(x)) <= tol)
    return bool(good and np.all(h(x) <= tol) and np.all(alpha >= -tol) and slack)


def exact_comparison(x, alpha, grad_f, h, grad_h, tol):
    return bool(balanced(x, alpha, grad_f, grad_h, tol) and np.all(h(x) <= 0) and np.all(alpha >= 0))


def demands_active(x, alpha, grad_f, h, grad_h, tol):
    return bool(balanced(x, alpha, grad_f, grad_h, tol) and np.all(np.abs(h(x)) <= tol) and np.all(alpha >= -tol))


def vector_verdict(x, alpha, grad_f, h, grad_h, tol):
    return np.abs(grad_f(x) + alpha @ grad_h(x)) <= tol


def constraint_gradients_summed(x, alpha, grad_f, h, grad_h, tol):
    good = np.all(np.abs(grad_f(x) + alpha.sum() * grad_h(x).sum(axis=0)) <= tol)
    slack = np.all(np.abs(alpha * h(x)) <= tol)
    return bool(good and np.all(h(x) <= tol) and np.all(alpha >= -tol) and slack)


def kkt_with(name, feasible, signs, slack):
    """Return an answer that joins the conditions of several constraints by these functions."""

    def wrong(x, alpha, grad_f, h, grad_h, tol):
        return bool(
            balanced(x, alpha, grad_f, grad_h, tol)
            and feasible(h(x) <= tol)
            and signs(alpha >= -tol)
            and slack(np.abs(alpha * h(x)) <= tol)
        )

    wrong.__name__ = name
    return wrong


any_feasible = kkt_with("any_feasible", np.any, np.all, np.all)
any_sign = kkt_with("any_sign", np.all, np.any, np.all)
any_slack = kkt_with("any_slack", np.all, np.all, np.any)
first_feasible = kkt_with("first_feasible", lambda found: found[0], np.all, np.all)


def strictly_positive(x, alpha, grad_f, h, grad_h, tol):
    return bool(balanced(x, alpha, grad_f, grad_h, tol) and np.all(h(x) <= tol) and np.all(alpha > tol))


WRONG["4.4"] = [
    (no_dual_feasibility, "dual feasibility"),
    (no_slackness, "complementary slackness"),
    (wrong_side, "the constraint reads h(x) ≤ 0"),
    (no_feasibility, "x lies outside the disk"),
    (no_balance, "stationarity is not tested"),
    (minus_in_balance, "with a plus sign"),
    (exact_comparison, "compare with tol"),
    (demands_active, "A minimum inside the disk is rejected"),
    (vector_verdict, "True or False"),
    (constraint_gradients_summed, "every constraint adds its own"),
    (any_feasible, "three constraints is violated"),
    (first_feasible, "three constraints is violated"),
    (any_slack, "not touched and yet pushes"),
    (any_sign, "negative multiplier"),
    (strictly_positive, "A minimum inside the disk is rejected"),
]


def bisect(A, b, r, factor=2.0):
    low, high = 0.0, 1e7
    for _ in range(120):
        lam = (low + high) / 2
        x = np.linalg.solve(A.T @ A + factor * lam * np.eye(A.shape[1]), A.T @ b)
        low, high = (lam, high) if np.linalg.norm(x) > r else (low, lam)
    return x, lam


def rescaled(A, b, r):
    x = np.linalg.pinv(A) @ b
    size = np.linalg.norm(x)
    return (x, 0.0) if size <= r else (x * r / size, bisect(A, b, r)[1])


def lam_not_doubled(A, b, r):
    x = np.linalg.pinv(A) @ b
    return (x, 0.0) if np.linalg.norm(x) <= r else bisect(A, b, r, factor=1.0)


def negative_price(A, b, r):
    x = np.linalg.pinv(A) @ b
    if np.linalg.norm(x) > r:
        return bisect(A, b, r)
    low, high = -np.linalg.eigvalsh(A.T @ A)[0] / 2 * (1 - 1e-12), 0.0
    for _ in range(100):
        lam = (low + high) / 2
        x = np.linalg.solve(A.T @ A + 2 * lam * np.eye(A.shape[1]), A.T @ b)
        low, high = (lam, high) if np.linalg.norm(x) > r else (low, lam)
    return x, lam


def never_constrained(A, b, r):
    return np.linalg.pinv(A) @ b, 0.0


def lam_or_free(A, b, r):
    x = np.linalg.pinv(A) @ b
    return (x, 0.0) if np.linalg.norm(x) <= r else bisect(A, b, r)


def only_x(A, b, r):
    return lam_or_free(A, b, r)[0]


def price_missing(A, b, r):
    return lam_or_free(A, b, r)[0], 0.0


def shrinks_always(A, b, r):
    x = np.linalg.pinv(A) @ b
    return x * min(1.0, r / np.linalg.norm(x)) * 0.9, 1.0


def square_against_r(A, b, r):
    return lam_or_free(A, b, np.sqrt(r))


def length_against_square(A, b, r):
    return lam_or_free(A, b, r**2)


def multiplier_of_length(A, b, r):
    x, lam = lam_or_free(A, b, r)
    return x, 2 * r * lam


def gradient_forgotten(A, b, r):
    x, lam = lam_or_free(A, b, r)
    return x, 0.5 * lam


def clips_coordinates(A, b, r):
    return np.clip(np.linalg.pinv(A) @ b, -r, r), lam_or_free(A, b, r)[1]


def along_the_gradient(A, b, r):
    x, lam = lam_or_free(A, b, r)
    g = A.T @ b
    return (x, 0.0) if lam == 0 else (r * g / np.linalg.norm(g), lam)


def always_on_the_edge(A, b, r):
    x, lam = lam_or_free(A, b, r)
    return x * r / np.linalg.norm(x), lam


WRONG["4.5"] = [
    (rescaled, "rescaled to length r"),
    (lam_not_doubled, "twice too large"),
    (negative_price, "is negative"),
    (never_constrained, "longer than r"),
    (only_x, "Return two things"),
    (price_missing, "but its multiplier is"),
    (shrinks_always, "constraint is active here"),
    (square_against_r, "either xᵀx was compared with r"),
    (multiplier_of_length, "multiplier of ‖x‖ − r"),
    (gradient_forgotten, "but its multiplier is"),
    (along_the_gradient, "not the best such x"),
    (always_on_the_edge, "should be returned"),
]
