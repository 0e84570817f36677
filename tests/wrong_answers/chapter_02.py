"""Plausible wrong answers of chapter 2, and a part of the message that each must get."""

import numpy as np

WRONG = {}

# ======== sections 2.1..2.6 ========


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
    values, V = np.linalg.eigh(A)
    return np.linalg.eigvalsh(A)[-1], V[:, -1]


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


WRONG["2.7"] = [
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
    U, s, Vh = _svd(A)
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
]


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
]

WRONG["2.10"] = [
    (lambda A: np.sqrt(np.trace(A @ A)), "Tr(A²)"),
    (lambda A: np.trace(A @ A), "And the root is missing"),
    (lambda A: np.trace(A @ A.T), "square root is missing"),
    (lambda A: np.sqrt(np.trace(A * A)), "not with *"),
    (lambda A: np.linalg.norm(A, 2), "largest singular value"),
    (lambda A: np.sqrt(np.trace(A @ A.T if len(A) != len(A.T) else A @ A)), "Tr(A²)"),
]

WRONG["2.10b"] = [
    (lambda A, B: np.trace(A @ B), "all of AB was formed"),
    (lambda A, B: np.diag(A @ B).sum(), "all of AB was formed"),
    (lambda A, B: np.sum(A * B), "transpose is missing"),
    (lambda A, B: np.trace(A) * np.trace(B), "product of the traces"),
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
    mean, V = _eigh(X)
    D = V[:, ::-1][:, :l]
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


WRONG["2.12"] = [
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
