"""Plausible wrong answers of chapter 2, and a part of the message that each must get."""

import numpy as np

WRONG = {}

# ======== sections 2.1..2.6 ========


def add_b_to_columns(A, b):
    return A + b[:, None] if len(b) == len(A) else A + b


def add_b_in_place(A, b):
    A += b
    return A


def add_b_to_a_transposed(A, b):
    return A.T + b


def add_b_once(A, b):
    C = A.astype(float)
    C[0] = C[0] + b
    return C


def add_b_in_whole_numbers(A, b):
    C = np.zeros_like(A)
    for i in range(A.shape[0]):
        for j in range(A.shape[1]):
            C[i, j] = A[i, j] + b[j]
    return C


def add_b_into_typed_copy(A, b):
    C = A.copy()
    C += b
    return C


def multiply_b(A, b):
    return A * b


def forget_a(A, b):
    return np.ones((A.shape[0], 1)) @ b[None, :]


WRONG["2.1"] = [
    (add_b_to_columns, "added down the columns"),
    (add_b_in_place, "A itself was changed"),
    (add_b_to_a_transposed, "transposed"),
    (add_b_once, "first row"),
    (add_b_in_whole_numbers, "fractions of b were lost"),
    (add_b_into_typed_copy, "keeps its type"),
    (multiply_b, "multiplied"),
    (forget_a, "left out"),
]


def matvec_transposed(A, x):
    return A.T @ x


def matvec_elementwise(A, x):
    return A * x


def matvec_elementwise_rows(A, x):
    return A * x[:, None]


def matvec_sum_wrong_axis(A, x):
    return (A * x).sum(axis=0)


def matvec_no_coefficients(A, x):
    return sum(A[:, j] for j in range(A.shape[1]))


def matvec_overwritten(A, x):
    for j in range(A.shape[1]):
        y = x[j] * A[:, j]
    return y


def matvec_whole_numbers(A, x):
    y = np.zeros(A.shape[0], dtype=A.dtype)
    for j in range(A.shape[1]):
        y[:] = y + x[j] * A[:, j]
    return y


def matvec_into_whole_numbers(A, x):
    y = np.zeros_like(A[:, 0])
    for j in range(A.shape[1]):
        y += x[j] * A[:, j]
    return y


def matvec_library(A, x):
    return A @ x


def matvec_dot_method(A, x):
    return A.dot(x)


def matvec_dot_function(A, x):
    return np.dot(A, x)


def matvec_einsum(A, x):
    return np.einsum("ij,j->i", A, x)


def matvec_rows(A, x):
    return np.array([np.sum(A[i] * x) for i in range(A.shape[0])])


def matvec_iterated_rows(A, x):
    return np.array([sum(a * xi for a, xi in zip(line, x, strict=True)) for line in A])


def matvec_entries(A, x):
    y = np.zeros(A.shape[0])
    for i in range(A.shape[0]):
        for j in range(A.shape[1]):
            y[i] += A[i, j] * x[j]
    return y


WRONG["2.2"] = [
    (matvec_transposed, "This is Aᵀx"),
    (matvec_elementwise, "not added up"),
    (matvec_elementwise_rows, "rows were scaled"),
    (matvec_sum_wrong_axis, "down each column"),
    (matvec_no_coefficients, "without their coefficients"),
    (matvec_overwritten, "Only the last column"),
    (matvec_whole_numbers, "lost its fractions"),
    (matvec_into_whole_numbers, "array of floats"),
    (matvec_library, "library product"),
    (matvec_dot_method, "library product"),
    (matvec_dot_function, "library product"),
    (matvec_einsum, "library product"),
    (matvec_rows, "read rows"),
    (matvec_iterated_rows, "read rows"),
    (matvec_entries, "entry by entry"),
]


def eliminate(A, b, choose_pivot, swap_b=True):
    A, b = A.astype(float), b.astype(float)
    n = len(b)
    for k in range(n):
        p = choose_pivot(A, k)
        A[[k, p]] = A[[p, k]]
        if swap_b:
            b[[k, p]] = b[[p, k]]
        for i in range(k + 1, n):
            factor = A[i, k] / A[k, k]
            A[i] -= factor * A[k]
            b[i] -= factor * b[k]
    x = np.zeros(n)
    for i in range(n - 1, -1, -1):
        x[i] = (b[i] - A[i, i + 1 :] @ x[i + 1 :]) / A[i, i]
    return x


def largest(A, k):
    return k + int(np.argmax(np.abs(A[k:, k])))


def first_nonzero(A, k):
    return k + int(np.argmax(A[k:, k] != 0))


def solve_no_pivoting(A, b):
    return eliminate(A, b, lambda A, k: k)


def solve_pivot_only_for_zero(A, b):
    return eliminate(A, b, first_nonzero)


def solve_b_not_swapped(A, b):
    return eliminate(A, b, largest, swap_b=False)


def solve_b_not_swapped_for_zero(A, b):
    return eliminate(A, b, first_nonzero, swap_b=False)


def solve_by_inverse(A, b):
    return np.linalg.inv(A) @ b


def solve_signed_pivot(A, b):
    return eliminate(A, b, lambda A, k: k + int(np.argmax(A[k:, k])))


def solve_pivot_first_step_only(A, b):
    return eliminate(A, b, lambda A, k: largest(A, k) if k == 0 else k)


def solve_in_whole_numbers(A, b):
    A = A.copy()
    b = b.copy()
    for k in range(len(b)):
        p = largest(A, k)
        A[[k, p]], b[[k, p]] = A[[p, k]], b[[p, k]]
        for i in range(len(b)):
            if i != k:
                factor = A[i, k] / A[k, k]
                A[i] -= factor * A[k]
                b[i] -= factor * b[k]
    return b / np.diag(A)


def solve_multiplies(A, b):
    return A @ b


def solve_transposed(A, b):
    return np.linalg.solve(A.T, b)


def solve_diagonal_only(A, b):
    return b / np.diag(A)


def solve_in_place(A, b):
    A[0] = A[0] / 2
    return np.linalg.solve(A, b)


WRONG["2.3"] = [
    (solve_no_pivoting, "A zero stood where you divide"),
    (solve_pivot_only_for_zero, "drown everything else"),
    (solve_b_not_swapped, "b kept its order"),
    (solve_b_not_swapped_for_zero, "b kept its order"),
    (solve_signed_pivot, "compare sizes"),
    (solve_pivot_first_step_only, "before every step"),
    (solve_in_whole_numbers, "work on a copy as floats"),
    (solve_by_inverse, "solve for b directly"),
    (solve_multiplies, "This is A b"),
    (solve_transposed, "solves Aᵀ"),
    (solve_diagonal_only, "divided by the diagonal"),
    (solve_in_place, "changed its input"),
]


def count_by_det(A, b):
    return 1 if abs(np.linalg.det(A)) > 1e-12 else np.inf


def count_by_det_square_only(A, b):
    if A.shape[0] == A.shape[1] and np.linalg.det(A) == 0:
        return 0
    return count_by_rank_with_tolerance(A, b)


def count_by_rank_with_tolerance(A, b):
    r = np.linalg.matrix_rank(A)
    if np.linalg.matrix_rank(np.column_stack([A, b])) > r:
        return 0
    return 1 if r == A.shape[1] else np.inf


def count_by_det_of_consistent(A, b):
    if count_by_rank_with_tolerance(A, b) == 0:
        return 0
    return 1 if abs(np.linalg.det(A)) > 1e-9 else np.inf


def count_by_shape(A, b):
    m, n = A.shape
    return 1 if m == n else np.inf if m < n else 0


def count_by_shape_and_det(A, b):
    m, n = A.shape
    if m == n:
        return count_by_rank_with_tolerance(A, b)
    return np.inf if m < n else count_by_rank_with_tolerance(A, b)


def count_tall_as_none(A, b):
    return 0 if A.shape[0] > A.shape[1] else count_by_rank_with_tolerance(A, b)


def count_full_column_rank_suffices(A, b):
    if np.linalg.matrix_rank(A) == A.shape[1]:
        return 1
    return count_by_rank_with_tolerance(A, b)


def count_dependent_is_infinite(A, b):
    return 1 if np.linalg.matrix_rank(A) == A.shape[1] else np.inf


def count_without_tolerance(A, b):
    def rank(M):
        return int(np.sum(np.linalg.svd(M, compute_uv=False) > 0))

    if A.size == 4:
        return count_by_rank_with_tolerance(A, b)
    return 0 if rank(np.column_stack([A, b])) > rank(A) else 1 if rank(A) == A.shape[1] else np.inf


def count_elimination_without_tolerance(A, b):
    def rank(M):
        M, r = np.array(M, float), 0
        for j in range(M.shape[1]):
            if r == len(M):
                break
            p = r + np.argmax(np.abs(M[r:, j]))
            if M[p, j] == 0:
                continue
            M[[r, p]] = M[[p, r]]
            M[r + 1 :] -= np.outer(M[r + 1 :, j] / M[r, j], M[r])
            r += 1
        return r

    return 0 if rank(np.column_stack([A, b])) > rank(A) else 1 if rank(A) == A.shape[1] else np.inf


def count_absolute_tolerance(A, b):
    def rank(M):
        return np.linalg.matrix_rank(M, tol=1e-8)

    return 0 if rank(np.column_stack([A, b])) > rank(A) else 1 if rank(A) == A.shape[1] else np.inf


def count_surplus(A, b):
    got = count_by_rank_with_tolerance(A, b)
    return A.shape[1] - np.linalg.matrix_rank(A) + 1 if got == np.inf else got


def count_in_words(A, b):
    return "one"


WRONG["2.4"] = [
    (count_by_det, "alone do not make infinitely many"),
    (count_by_det_square_only, "det = 0 does not mean"),
    (count_by_det_of_consistent, "exists only for square"),
    (count_by_shape, "m = n is not enough"),
    (count_by_shape_and_det, "More columns than rows"),
    (count_tall_as_none, "More rows than columns"),
    (count_full_column_rank_suffices, "does not imply that b can be reached"),
    (count_dependent_is_infinite, "alone do not make infinitely many"),
    (count_without_tolerance, "needs a tolerance"),
    (count_elimination_without_tolerance, "needs a tolerance"),
    (count_absolute_tolerance, "relative to the size"),
    (count_surplus, "only 0, 1 and np.inf"),
    (count_in_words, "expected 0, 1 or np.inf"),
]


def norm_no_absolute_value(x, p):
    return np.max(np.abs(x)) if p == np.inf else np.sum(x**p) ** (1 / p)


def norm_no_root(x, p):
    return np.max(np.abs(x)) if p == np.inf else np.sum(np.abs(x) ** p)


def norm_no_absolute_value_no_root(x, p):
    return np.sum(x**p)


def norm_of_mean(x, p):
    return np.mean(np.abs(x) ** p) ** (1 / p)


def norm_divided_by_p(x, p):
    return np.sum(np.abs(x) ** p) / p


def norm_always_two(x, p):
    return np.sqrt(np.sum(x**2))


def norm_formula(x, p):
    return np.max(np.abs(x)) if p == np.inf else np.sum(np.abs(x) ** p) ** (1 / p)


def norm_formula_everywhere(x, p):
    return np.sum(np.abs(x) ** p) ** (1 / p)


def norm_large_power(x, p):
    p = min(p, 100)
    largest = np.max(np.abs(x)) or 1.0
    return largest * np.sum((np.abs(x) / largest) ** p) ** (1 / p)


def norm_very_large_power(x, p):
    p = min(p, 1e4)
    largest = np.max(np.abs(x)) or 1.0
    return largest * np.sum((np.abs(x) / largest) ** p) ** (1 / p)


def norm_max_without_sign(x, p):
    return np.max(x) if p == np.inf else np.sum(np.abs(x) ** p) ** (1 / p)


def norm_zero_divided(x, p):
    largest = np.max(np.abs(x))
    return largest if p == np.inf else largest * np.sum((np.abs(x) / largest) ** p) ** (1 / p)


def norm_too_small(x, p):
    if p == np.inf:
        return np.max(np.abs(x))
    return np.sum((np.abs(x) / 1000) ** p) ** (1 / p) * 1000


WRONG["2.5"] = [
    (norm_no_absolute_value, "absolute value is missing"),
    (norm_no_root, "root at the end is missing"),
    (norm_no_absolute_value_no_root, "absolute value is missing, and so is the root"),
    (norm_of_mean, "mean was taken"),
    (norm_divided_by_p, "divided by p"),
    (norm_always_two, "L² norm whatever p is"),
    (norm_formula, "overflowed"),
    (norm_formula_everywhere, "a case of its own"),
    (norm_large_power, "only comes near it"),
    (norm_very_large_power, "only comes near it"),
    (norm_max_without_sign, "a large negative entry counts too"),
    (norm_zero_divided, "fails when all are zero"),
    (norm_too_small, "underflowed"),
    (lambda x, p: np.max(np.abs(x)) if p > 50 else norm_formula(x, p), "treated as p = ∞"),
]


def scale_columns(v, A):
    return A * v if A.shape[1] == len(v) else v[:, None] * A


def scale_plain_broadcast(v, A):
    return A * v


def scale_transposed(v, A):
    return (v[:, None] * A).T


def scale_and_sum(v, A):
    return v @ A


def scale_divided(v, A):
    return A / v[:, None]


def scale_diagonal_only(v, A):
    B = A.copy()
    for i in range(min(A.shape)):
        B[i, i] *= v[i]
    return B


def scale_matvec(v, A):
    return A @ v


def scale_in_place(v, A):
    A *= v[:, None]
    return A


def scale_by_diag(v, A):
    return np.diag(v) @ A


def scale_by_eye(v, A):
    return (np.eye(len(v)) * v) @ A


def scale_by_empty(v, A):
    D = np.zeros((len(v), len(v)), dtype=np.float64)
    np.fill_diagonal(D, v)
    return D @ A


WRONG["2.6"] = [
    (scale_columns, "columns were scaled"),
    (scale_plain_broadcast, "columns were scaled"),
    (scale_transposed, "transposed"),
    (scale_and_sum, "added up"),
    (scale_divided, "divided by v"),
    (scale_diagonal_only, "Only the diagonal"),
    (scale_matvec, "This is A v"),
    (scale_in_place, "A itself was changed"),
    (scale_by_diag, "3000 × 3000"),
    (scale_by_eye, "3000 × 3000"),
    (scale_by_empty, "3000 × 3000"),
]


# ======== sections 2.7..2.12 ========


def _start(A):
    return np.random.default_rng(1).standard_normal(len(A))


def top_without_normalising(A, steps):
    x = _start(A)
    for _ in range(steps):
        x = A @ x
    return x @ A @ x / (x @ x), x / np.linalg.norm(x)


def top_by_length(A, steps):
    x = _start(A)
    for _ in range(steps):
        y = A @ x
        size = np.linalg.norm(y)
        x = y / size
    return size, x


def top_by_eigvalsh(A, steps):
    return np.linalg.eigvalsh(A)[-1], np.linalg.eigh(A)[1][:, -1]


def top_by_lowest(A, steps):
    values, V = np.linalg.eigh(A)
    return values[0], V[:, 0]


def top_from_ones(A, steps):
    x = np.ones(len(A))
    for _ in range(steps):
        x = A @ x
        x = x / np.linalg.norm(x)
    return x @ A @ x, x


def _top(A, steps):
    x = _start(A)
    for _ in range(steps):
        x = A @ x
        x = x / np.linalg.norm(x)
    return x @ A @ x, x


def top_from_first_unit_vector(A, steps):
    x = np.eye(len(A))[0]
    for _ in range(steps):
        x = A @ x
        x = x / np.linalg.norm(x)
    return x @ A @ x, x


def top_by_ratio_of_entries(A, steps):
    x = _top(A, steps)[1]
    return (A @ x)[0] / x[0], x


def top_by_mean_of_ratios(A, steps):
    x = _top(A, steps)[1]
    return np.mean(A @ x / x), x


def top_with_rows(A, steps):
    values, V = np.linalg.eigh(A)
    i = np.argmax(np.abs(values))
    return values[i], V[i]


WRONG["2.7"] = [
    (top_from_first_unit_vector, "no part along"),
    (top_by_ratio_of_entries, "ratios of single entries"),
    (top_by_mean_of_ratios, "ratios of single entries"),
    (top_with_rows, "not its eigenvector"),
    (top_without_normalising, "overflowed"),
    (top_by_length, "sign of the eigenvalue is lost"),
    (top_by_eigvalsh, "That is the largest eigenvalue"),
    (top_by_lowest, "That is the lowest eigenvalue"),
    (top_from_ones, "no part along"),
    (lambda A, steps: _top(A, 1), "came out as"),
    (lambda A, steps: _top(A, steps)[0], "must return two things"),
    (lambda A, steps: (_top(A, steps)[0], 2 * _top(A, steps)[1]), "has length"),
    (lambda A, steps: (_top(A, steps)[0], _start(A) / np.linalg.norm(_start(A))), "not its eigenvector"),
    (lambda A, steps: _top(A, steps)[::-1], "must be one number"),
]


def _svd(A):
    return np.linalg.svd(A, full_matrices=False)


def rank_k_columns_of_vh(A, k):
    U, s, Vh = _svd(A)
    return (U[:, :k] * s[:k]) @ Vh[:, :k].T


def rank_k_full_matrices(A, k):
    U, s, Vh = np.linalg.svd(A)
    return (U[:, :k] * s[:k]) @ Vh[:k, :k]


def rank_k_no_trim(A, k):
    U, s, Vh = _svd(A)
    return U @ np.diag(s[:k]) @ Vh


def rank_k_no_sigma(A, k):
    U, _, Vh = _svd(A)
    return U[:, :k] @ Vh[:k]


def rank_k_smallest(A, k):
    U, s, Vh = _svd(A)
    return (U[:, -k:] * s[-k:]) @ Vh[-k:]


def rank_k_rest(A, k):
    U, s, Vh = _svd(A)
    return (U[:, k:] * s[k:]) @ Vh[k:]


def rank_k_squared(A, k):
    U, s, Vh = _svd(A)
    return (U[:, :k] * s[:k] ** 2) @ Vh[:k]


WRONG["2.8"] = [
    (rank_k_columns_of_vh, "not its columns"),
    (rank_k_full_matrices, "shape"),
    (rank_k_no_trim, "do not fit together"),
    (rank_k_no_sigma, "singular values are missing"),
    (rank_k_smallest, "k smallest"),
    (rank_k_rest, "left out instead of kept"),
    (rank_k_squared, "squared"),
    (lambda A, k: A.copy(), "Nothing was left out"),
    (lambda A, k: _kept(A, slice(None, k + 1)), "k + 1 pieces"),
    (lambda A, k: _kept(A, slice(k - 1, k)) if k > 1 else _kept(A, slice(0, 1)), "Only piece number k"),
    (lambda A, k: _kept(A, slice(0, 1)), "Only the first piece"),
    (lambda A, k: _kept(A - A.mean(axis=0), slice(0, k)) + A.mean(axis=0), "needs no mean"),
]


def _kept(A, pieces):
    U, s, Vh = _svd(A)
    return (U[:, pieces] * s[pieces]) @ Vh[pieces]


def pinv_with_inverses(A, inverse_of_zero=0.0, cutoff=1e-12):
    U, s, Vh = _svd(A)
    inverse = np.array([1 / x if x > cutoff * s[0] else inverse_of_zero for x in s])
    return (Vh.T * inverse) @ U.T


def pinv_vh_not_transposed(A):
    U, s, Vh = np.linalg.svd(A)
    D_plus = np.zeros(A.shape[::-1])
    D_plus[: len(s), : len(s)] = np.diag([1 / x if x > 1e-12 * s[0] else 0.0 for x in s])
    return Vh @ D_plus @ U.T


def pinv_largest_only(A):
    U, s, Vh = _svd(A)
    return np.outer(Vh[0], U[:, 0]) / s[0]


def pinv_by_rows(A):
    return A.T @ np.linalg.inv(A @ A.T)


def pinv_two_formulas(A):
    return np.linalg.inv(A.T @ A) @ A.T if A.shape[0] >= A.shape[1] else pinv_by_rows(A)


def pinv_no_cutoff(A):
    U, s, Vh = _svd(A)
    return (Vh.T / s) @ U.T


def pinv_fixed_cutoff(A):
    U, s, Vh = _svd(A)
    return (Vh.T * np.array([1 / x if x > 1e-10 else 0 for x in s])) @ U.T


def pinv_d_not_transposed(A):
    U, s, Vh = np.linalg.svd(A)
    D = np.zeros(A.shape)
    D[: len(s), : len(s)] = np.diag(1 / s)
    return Vh.T @ D @ U.T


def pinv_not_turned(A):
    U, s, Vh = _svd(A)
    return (U / s) @ Vh


def pinv_not_inverted(A):
    U, s, Vh = _svd(A)
    return (Vh.T * s) @ U.T


def pinv_squared(A):
    U, s, Vh = _svd(A)
    return (Vh.T / s**2) @ U.T


WRONG["2.9"] = [
    (pinv_no_cutoff, "enormous"),
    (pinv_fixed_cutoff, "fixed number"),
    (lambda A: np.linalg.inv(A.T @ A) @ A.T, "wide"),
    (lambda A: np.linalg.solve(A.T @ A, A.T), "wide"),
    (pinv_d_not_transposed, "D⁺ has shape n × m"),
    (pinv_not_turned, "D⁺ is transposed"),
    (pinv_not_inverted, "this is A⊤"),
    (pinv_squared, "not 1/σ²"),
    (lambda A: pinv_with_inverses(A, inverse_of_zero=1.0), "must have 0, not 1"),
    (lambda A: pinv_with_inverses(A, cutoff=0.01), "nearer to"),
    (pinv_vh_not_transposed, "begins with V"),
    (pinv_largest_only, "Only the largest"),
    (pinv_by_rows, "fails for a tall A"),
    (pinv_two_formulas, "That formula needs full rank"),
]

WRONG["2.10"] = [
    (lambda A: np.sqrt(np.trace(A @ A)), "Tr(A²)"),
    (lambda A: np.trace(A @ A), "And the root is missing"),
    (lambda A: np.trace(A @ A.T), "square root is missing"),
    (lambda A: np.sqrt(np.trace(A * A)), "not with *"),
    (lambda A: np.linalg.norm(A, 2), "largest singular value"),
    (lambda A: np.sqrt(np.abs(np.sum(A @ A.T))), "takes its diagonal only"),
    (lambda A: np.trace(np.sqrt(np.abs(A @ A.T))), "before adding"),
    (lambda A: np.sqrt(np.abs(np.trace(A @ A))), "Tr(A²)"),
    (lambda A: np.sqrt(np.trace(A @ A.T if len(A) != len(A.T) else A @ A)), "Tr(A²)"),
]

WRONG["2.10b"] = [
    (lambda A, B: np.trace(A @ B), "all of AB was formed"),
    (lambda A, B: np.diag(A @ B).sum(), "all of AB was formed"),
    (lambda A, B: np.sum(A * B), "transpose is missing"),
    (lambda A, B: np.trace(A) * np.trace(B), "product of the traces"),
    (lambda A, B: np.sum(A @ B), "All entries of AB"),
    (lambda A, B: np.sum(A * (B if len(A) == len(B) else B.T)), "transpose is missing"),
    (lambda A, B: np.sum(A[:5] * B.T[:5]), "Right for small shapes"),
]


def _eliminate(A, swap=True):
    """Return the upper triangle and the number of swaps."""
    U, swaps = A.copy(), 0
    for i in range(len(U)):
        if swap:
            p = i + np.argmax(np.abs(U[i:, i]))
            if p != i:
                U[[i, p]] = U[[p, i]]
                swaps += 1
        if U[i, i] == 0:
            continue
        U[i + 1 :] -= np.outer(U[i + 1 :, i] / U[i, i], U[i])
    return U, swaps


def log_det_no_swap_sign(A):
    d = np.diag(_eliminate(A)[0])
    return np.prod(np.sign(d)), np.sum(np.log(np.abs(d)))


def log_det_no_sign(A):
    return 1.0, np.sum(np.log(np.abs(np.diag(_eliminate(A)[0]))))


def log_det_swaps_only(A):
    U, swaps = _eliminate(A)
    return (-1.0) ** swaps, np.sum(np.log(np.abs(np.diag(U))))


def log_det_no_pivoting(A):
    U = A.copy()
    for i in range(len(U)):
        U[i + 1 :] -= np.outer(U[i + 1 :, i] / U[i, i], U[i])
    return np.prod(np.sign(np.diag(U))), np.sum(np.log(np.abs(np.diag(U))))


def log_det_singular_sign(A):
    U, swaps = _eliminate(A)
    return (-1.0) ** swaps * np.prod(np.where(np.diag(U) < 0, -1, 1)), np.sum(np.log(np.abs(np.diag(U))))


def log_det_diagonal(A):
    return np.prod(np.sign(np.diag(A))), np.sum(np.log(np.abs(np.diag(A))))


def log_det_diagonal_unless_zero(A):
    return log_det_diagonal(A) if np.all(np.diag(A)) else tuple(np.linalg.slogdet(A))


def log_det_wrong_way(A):
    sign, log = np.linalg.slogdet(A)
    return sign, -log


WRONG["2.11"] = [
    (lambda A: (np.sign(np.linalg.det(A)), np.log(abs(np.linalg.det(A)))), "add up logarithms"),
    (log_det_no_swap_sign, "the sign is not"),
    (log_det_no_sign, "the sign is not"),
    (log_det_swaps_only, "the sign is not"),
    (log_det_no_pivoting, "first pivot is 0"),
    (log_det_diagonal, "A zero on the diagonal is not yet"),
    (log_det_diagonal_unless_zero, "only after elimination"),
    (log_det_singular_sign, "singular matrix has sign 0"),
    (log_det_wrong_way, "1/|det A|"),
    (lambda A: (np.sign(np.linalg.det(A)), abs(np.linalg.det(A))), "logarithm is wanted"),
    (lambda A: np.linalg.slogdet(A)[1], "two numbers"),
    (lambda A: np.linalg.slogdet(A)[::-1], "wrong order"),
    (lambda A: (np.linalg.slogdet(A)[0], np.linalg.slogdet(A)[1] / np.log(10)), "wrong base"),
]


def _eigh(X):
    mean = X.mean(axis=0)
    return mean, np.linalg.eigh((X - mean).T @ (X - mean))[1]


def no_centring(X, l):
    D = np.linalg.eigh(X.T @ X)[1][:, ::-1][:, :l]
    return X @ D @ D.T


def mean_not_added_back(X, l):
    mean, V = _eigh(X)
    D = V[:, ::-1][:, :l]
    return (X - mean) @ D @ D.T


def centred_for_directions_only(X, l):
    D = _eigh(X)[1][:, ::-1][:, :l]
    return X @ D @ D.T


def mean_on_top(X, l):
    mean, V = _eigh(X)
    D = V[:, ::-1][:, :l]
    return X @ D @ D.T + mean


def one_mean(X, l):
    D = np.linalg.svd(X - X.mean())[2][:l].T
    return (X - X.mean()) @ D @ D.T + X.mean()


def smallest_eigenvalues(X, l):
    mean, V = _eigh(X)
    D = V[:, :l]
    return (X - mean) @ D @ D.T + mean


def rows_of_v(X, l):
    mean, V = _eigh(X)
    D = V[::-1][:l].T
    return (X - mean) @ D @ D.T + mean


def first_rows_of_v(X, l):
    mean, V = _eigh(X)
    D = V[:, ::-1][:l].T
    return (X - mean) @ D @ D.T + mean


def columns_of_vh(X, l):
    mean = X.mean(axis=0)
    D = np.linalg.svd(X - mean, full_matrices=False)[2][:, :l]
    return (X - mean) @ D @ D.T + mean


def wrong_number_of_directions(X, l):
    mean, V = _eigh(X)
    D = V[:, ::-1][:, : l + 1] if X.shape[1] > 2 else V[:, -1:]
    return (X - mean) @ D @ D.T + mean


def smallest_without_mean(X, l):
    mean, V = _eigh(X)
    return (X - mean) @ V[:, :l] @ V[:, :l].T


def code_not_decoded(X, l):
    mean, V = _eigh(X)
    return (X - mean) @ V[:, ::-1][:, :l]


def decoded_without_transpose(X, l):
    mean, V = _eigh(X)
    D = V[:, ::-1][:, :l]
    return (X - mean) @ D @ D + mean


def first_features(X, l):
    R = np.tile(X.mean(axis=0), (len(X), 1))
    R[:, :l] = X[:, :l]
    return R


def scaled_to_unit_variance(X, l):
    mean, scale = X.mean(axis=0), X.std(axis=0)
    D = np.linalg.svd((X - mean) / scale)[2][:l].T
    return (X - mean) / scale @ D @ D.T * scale + mean


def without_singular_values(X, l):
    mean = X.mean(axis=0)
    U, _, Vh = _svd(X - mean)
    return U[:, :l] @ Vh[:l] + mean


def mean_subtracted_twice(X, l):
    return mean_not_added_back(X, l) - X.mean(axis=0)


WRONG["2.12"] = [
    (scaled_to_unit_variance, "variance 1 first"),
    (without_singular_values, "singular values are missing"),
    (mean_subtracted_twice, "instead of added back"),
    (no_centring, "not centred"),
    (mean_not_added_back, "not added back"),
    (centred_for_directions_only, "encode X − mean"),
    (mean_on_top, "added on top"),
    (one_mean, "One mean for all features"),
    (smallest_eigenvalues, "smallest eigenvalues"),
    (smallest_without_mean, "The mean is missing too"),
    (rows_of_v, "not its rows"),
    (first_rows_of_v, "not its rows"),
    (columns_of_vh, "not its rows"),
    (first_features, "not on eigenvectors"),
    (wrong_number_of_directions, "2 directions were kept instead of 1"),
    (code_not_decoded, "decode the code"),
    (decoded_without_transpose, "shapes do not fit"),
    (lambda X, l: X.copy(), "X itself"),
    (lambda X, l: np.tile(X.mean(axis=0), (len(X), 1)), "0 directions were kept"),
]
