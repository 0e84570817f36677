"""Checkers of chapter 2, Linear Algebra."""

import tracemalloc

import numpy as np

from dlbook_utils.check import Wrong, as_numbers, exercise, expect, expect_close

# ======== sections 2.1..2.6 ========


# ======== sections 2.7..2.12 ========


@exercise("2.7", "top_eigenpair(A, steps)")
def check_top_eigenpair(answer, rng):
    cases = [([-3.0, 1.0], 60), ([5.0, -2.0, 1.0], 80), ([-4.0, 3.0, 1.0, 0.5], 150), ([-60.0, 40.0, 20.0, 5.0, 1.0], 400)]
    for eigenvalues, steps in cases:
        A, Q = _symmetric(np.array(eigenvalues), rng)
        _expect_top_pair(answer, A, steps, eigenvalues, Q[:, 0])
    A = np.array([[-0.5, 1.5], [1.5, -0.5]])  # the vector of ones is the eigenvector of the smaller eigenvalue, 1
    eigenvalue, _ = _read_pair(answer, A, 60)
    expect(
        abs(eigenvalue - 1) > 1e-6,
        f"For {answer.call(A, 60)} the start has no part along the top eigenvector, so no number of steps finds it. "
        "Start from random numbers.",
    )
    _expect_top_pair(answer, A, 60, [-2.0, 1.0], np.array([1, -1]) / np.sqrt(2))
    return "It finds the largest in size, sign included, and never overflows."


def _symmetric(eigenvalues, rng):
    """Return a symmetric matrix with these eigenvalues and its eigenvectors, away from the coordinate axes."""
    n = len(eigenvalues)
    while True:
        Q = np.linalg.qr(rng.standard_normal((n, n)))[0]
        if np.abs(Q).min() > 0.03 and np.abs(Q.sum(axis=0)).min() > 0.05:
            S = Q @ np.diag(eigenvalues) @ Q.T
            return (S + S.T) / 2, Q


def _read_pair(answer, A, steps):
    pair = answer(A, steps)
    expect(
        isinstance(pair, tuple | list) and len(pair) == 2,
        f"{answer.call(A, steps)} must return two things, the eigenvalue and the vector.",
    )
    eigenvalue, v = (as_numbers(answer, (A, steps), part) for part in pair)
    expect(eigenvalue.shape == (), "The first thing returned must be one number, the eigenvalue; the vector comes second.")
    expect(v.shape == (len(A),), f"The vector for {answer.call(A, steps)} has shape {v.shape}, expected {(len(A),)}.")
    finite = np.isfinite(eigenvalue) and np.isfinite(v).all()
    expect(finite, f"The numbers overflowed after {steps} steps: bring the vector back to length 1 at every step.")
    return float(np.real(eigenvalue)), np.real(v)


def _expect_top_pair(answer, A, steps, eigenvalues, top):
    eigenvalue, v = _read_pair(answer, A, steps)
    true = eigenvalues[0]
    if abs(eigenvalue - true) > 1e-6 * abs(true):
        call = f"Seen with {answer.call(A, steps)}, whose eigenvalues are {', '.join(f'{e:g}' for e in eigenvalues)}."
        if abs(eigenvalue + true) < 1e-6 * abs(true):
            raise Wrong(f"The sign of the eigenvalue is lost: ‖Av‖ is |λ|, the Rayleigh quotient keeps the sign. {call}")
        if abs(eigenvalue - max(eigenvalues)) < 1e-6:
            raise Wrong(f"That is the largest eigenvalue; wanted is the one that is largest in size. {call}")
        if abs(eigenvalue - min(eigenvalues)) < 1e-6:
            raise Wrong(f"That is the lowest eigenvalue; wanted is the one that is largest in size. {call}")
        raise Wrong(f"The eigenvalue came out as {eigenvalue:.6g}. {call}")
    expect(abs(np.linalg.norm(v) - 1) < 1e-6, f"The eigenvalue is right, but the vector has length {np.linalg.norm(v):.4g}, not 1.")
    expect(abs(abs(v @ top) - 1) < 1e-6, "The eigenvalue is right, but the vector that comes with it is not its eigenvector.")


@exercise("2.8", "rank_k(A, k)")
def check_rank_k(answer, rng):
    for m, n, k in ((3, 3, 1), (5, 3, 2), (3, 6, 2), (8, 7, 4)):
        U = np.linalg.qr(rng.standard_normal((m, min(m, n))))[0]
        V = _generic_basis(n, rng)[:, : min(m, n)]
        sigma = np.linspace(1, 3, min(m, n))[::-1] + rng.uniform(0, 0.1)
        A = (U * sigma) @ V.T
        U, s, Vh = np.linalg.svd(A, full_matrices=False)
        smallest = (U[:, -k:] * s[-k:]) @ Vh[-k:]
        got = as_numbers(answer, (A, k), _returned(answer, (A, k), "U, σ and V⊤ do not fit together: keep k columns of U, k σ's, k rows of V⊤."))
        columns = "NumPy's third result is V⊤: its first k rows are wanted, not its columns."
        expect_close(
            _already(answer, got),
            (A, k),
            (U[:, :k] * s[:k]) @ Vh[:k],
            mistakes={
                "The singular values are missing: U_k V_k⊤ turns, but does not stretch.": U[:, :k] @ Vh[:k],
                "Those are the k smallest singular values; NumPy sorts them from the largest down.": smallest,
                "Nothing was left out: this is A itself, not its best approximation of rank k.": A,
                "The first k pieces were left out instead of kept.": A - (U[:, :k] * s[:k]) @ Vh[:k],
                "The singular values were squared.": (U[:, :k] * s[:k] ** 2) @ Vh[:k],
            }
            | ({columns: (U[:, :k] * s[:k]) @ Vh[:, :k].T} if m >= n else {}),
        )
    return "It keeps the k largest pieces, whatever the shape."


def _generic_basis(n, rng):
    """Return a random orthogonal matrix that is far from being symmetric."""
    while True:
        Q = np.linalg.qr(rng.standard_normal((n, n)))[0]
        if n < 3 or np.linalg.norm(Q - Q.T) > 0.5:
            return Q


def _returned(answer, args, explanation):
    """Call the answer; where its shapes do not fit, let the message say why."""
    try:
        return answer(*args)
    except Wrong as wrong:
        if any(word in str(wrong) for word in ("raised ValueError", "raised LinAlgError", "raised IndexError")):
            raise Wrong(f"{explanation} ({wrong})") from None
        raise


def _already(answer, returned):
    """Return a stand-in for the answer that gives what it returned before, so that expect_close need not call it again."""

    def call(*args):
        return returned

    call.call = answer.call
    return call


@exercise("2.9", "my_pinv(A)")
def check_my_pinv(answer, rng):
    for kind, m, n in (("tall", 3, 2), ("wide", 2, 3), ("rank-deficient", 4, 3), ("rank-deficient", 3, 5), ("tiny", 4, 3)):
        s = rng.uniform(1, 3, min(m, n)) * (1e-13 if kind == "tiny" else 1)
        if kind == "rank-deficient":
            s[1:] = 0
        U, V = np.linalg.qr(rng.standard_normal((m, m)))[0], np.linalg.qr(rng.standard_normal((n, n)))[0]
        A = (U[:, : len(s)] * s) @ V[:, : len(s)].T
        keep = s > 0
        expected = (V[:, : len(s)][:, keep] / s[keep]) @ U[:, : len(s)][:, keep].T
        explanation = "The factors do not fit: for an m × n matrix D⁺ has shape n × m, like A⊤."
        if kind == "wide":
            explanation = "A wide A has no inverse of A⊤A to multiply with: go by way of its singular values."
        got = as_numbers(answer, (A,), _returned(answer, (A,), explanation))
        expect(got.shape == (n, m), f"The pseudoinverse of a {m} × {n} matrix has shape {(n, m)}, not {got.shape}: D⁺ is transposed.")
        if np.allclose(got, expected, rtol=1e-6, atol=1e-8 * np.abs(expected).max()):
            continue
        if kind == "wide":
            raise Wrong(f"It is right for a tall A and wrong for a wide one, {answer.call(A)}: (A⊤A)⁻¹A⊤ needs independent columns.")
        if kind == "rank-deficient" and not np.abs(got).max() < 1e6:
            raise Wrong("Entries of enormous size for a rank-deficient A: reciprocals of singular values that are zero up to rounding were kept.")
        if kind == "tiny":
            raise Wrong("For entries of size 1e-13 all of A was taken for zero: compare a singular value with the largest one, not with a fixed number.")
        expect_close(
            _already(answer, got),
            (A,),
            expected,
            mistakes={
                "The singular values were not inverted: this is A⊤.": A.T,
                "D⁺ holds the reciprocals 1/σ, not 1/σ².": (V[:, : len(s)][:, keep] / s[keep] ** 2) @ U[:, : len(s)][:, keep].T,
            },
        )
    return "Tall, wide, rank-deficient or tiny: it inverts what can be inverted."


@exercise("2.10", "frobenius_by_trace(A)")
def check_frobenius_by_trace(answer, rng):
    for m, n in ((2, 2), (2, 3), (5, 2), (1, 4), (6, 6)):
        A = rng.uniform(0.5, 2, (m, n)) * rng.choice([-1.0, 1.0], (m, n))
        while m == n and abs(np.trace(A @ A) / np.sum(A**2)) > 0.9:
            A = rng.uniform(0.5, 2, (m, n)) * rng.choice([-1.0, 1.0], (m, n))
        explanation = "A must be multiplied by its transpose: A A is not even defined for a matrix that is not square."
        got = as_numbers(answer, (A,), _returned(answer, (A,), explanation), ())
        mistakes = {
            "The square root is missing.": np.sum(A**2),
            "That is the root of only the squared diagonal: multiply with @, not with *.": np.sqrt(np.sum(np.diag(A) ** 2)),
            "That is the largest singular value, not the Frobenius norm.": np.linalg.norm(A, 2),
        }
        if m == n:
            wrong = "That comes from Tr(A²), not Tr(A A⊤): the transpose is missing, so entries multiply the wrong partners."
            expect(np.isfinite(got), f"{wrong} Here it is even negative, with no root. Seen with {answer.call(A)}.")
            square = np.trace(A @ A)
            mistakes |= {wrong: np.sqrt(max(square, 0)), wrong + " And the root is missing.": square}
        expect_close(_already(answer, got), (A,), np.sqrt(np.sum(A**2)), mistakes=mistakes)
    return "The norm of all entries, from one trace."


@exercise("2.10b", "trace_of_product(A, B)")
def check_trace_of_product(answer, rng):
    for m, n in ((2, 2), (2, 3), (5, 3)):
        A, B = (rng.uniform(0.5, 2, shape) * rng.choice([-1.0, 1.0], shape) for shape in ((m, n), (n, m)))
        explanation = "A is m × n and B is n × m: entry (i, j) of A meets entry (j, i) of B, so one of them must be transposed."
        got = as_numbers(answer, (A, B), _returned(answer, (A, B), explanation), ())
        mistakes = {"Entry (i, j) of A must meet entry (j, i) of B: the transpose is missing.": np.sum(A * B) if m == n else np.nan}
        mistakes["The trace of a product is not the product of the traces."] = np.trace(A) * np.trace(B)
        expect_close(_already(answer, got), (A, B), np.trace(A @ B), mistakes=mistakes)
    A, B = rng.standard_normal((3000, 10)), rng.standard_normal((10, 3000))
    expected = float(np.sum(A.T * B))
    running = tracemalloc.is_tracing()
    tracemalloc.start()
    try:
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        got = answer(A, B)
        peak = (tracemalloc.get_traced_memory()[1] - before) / 1e6
    finally:
        if not running:
            tracemalloc.stop()
    expect(peak < 5, f"It is right, but it took {peak:.0f} MB for shapes 3000 × 10 and 10 × 3000: all of AB was formed, and only its diagonal is needed.")
    expect(abs(float(got) - expected) < 1e-8 * np.sqrt(3e4), "Right for small shapes, wrong for 3000 × 10 and 10 × 3000.")
    return "The sum of A ⊙ B⊤, and no product is ever formed."


@exercise("2.11", "log_abs_det(A)")
def check_log_abs_det(answer, rng):
    _expect_log_det(answer, np.array([[0.0, 2.0], [3.0, 0.0]]), "zero pivot")
    for n in (2, 3, 6):
        for wanted in (1, -1):
            A = rng.standard_normal((n, n))
            A[[0, 1]] = A[[0, 1]] if np.linalg.det(A) * wanted > 0 else A[[1, 0]]
            _expect_log_det(answer, A, "small")
    _expect_log_det(answer, 0.1 * np.linalg.qr(rng.standard_normal((400, 400)))[0], "large")
    singular = rng.standard_normal((3, 3))
    singular[:, 1] = 0
    sign, log = _read_sign_log(answer, singular)
    expect(sign == 0 and log == -np.inf, f"A singular matrix has sign 0 and logarithm −inf, not {sign:g} and {log:g}: a column of pivots is all zero.")
    return "Sign and logarithm, at any size."


def _read_sign_log(answer, A):
    pair = answer(A)
    expect(isinstance(pair, tuple | list) and len(pair) == 2, f"{answer.call(A)} must return two numbers, the sign and the logarithm.")
    sign, log = (as_numbers(answer, (A,), part, ()) for part in pair)
    expect(sign.shape == log.shape == (), f"{answer.call(A)} must return two numbers, the sign and the logarithm.")
    return float(sign), float(log)


def _expect_log_det(answer, A, kind):
    sign, log = _read_sign_log(answer, A)
    true_sign, true_log = np.linalg.slogdet(A)
    call = f"Seen with {answer.call(A)}."
    diagonal = np.abs(np.diag(A))
    if kind == "large" and not np.isfinite(log):
        raise Wrong("For 400 rows the product has already become 0 before its logarithm is taken: add up logarithms instead.")
    if np.isclose(log, true_log, rtol=1e-6, atol=1e-8):
        if np.sign(sign) == -true_sign:
            raise Wrong(f"The logarithm is right and the sign is not: every swap of two rows, and every negative pivot, changes it. {call}")
        expect(sign == true_sign, f"The sign must be +1 or −1, not {sign:g}. {call}")
        return
    if np.isclose(log, -true_log, rtol=1e-6):
        raise Wrong(f"That is the logarithm of 1/|det A|. {call}")
    if np.all(diagonal > 0) and np.isclose(log, np.log(diagonal).sum(), rtol=1e-6):
        raise Wrong(f"That is the product of A's own diagonal; it becomes the determinant only after elimination. {call}")
    if np.isclose(log, np.exp(true_log), rtol=1e-6):
        raise Wrong(f"That is |det A| itself; its logarithm is wanted. {call}")
    if kind == "zero pivot":
        if np.isneginf(log) or sign == 0:
            raise Wrong(f"A zero on the diagonal is not yet a zero determinant: eliminate first, and swap in a row with a non-zero pivot. {call}")
        raise Wrong(f"The first pivot is 0: swap in the row with the largest entry of the column before dividing. {call}")
    raise Wrong(f"The logarithm came out as {log:.6g}, expected {true_log:.6g}. {call}")


@exercise("2.12", "reconstruct(X, l)")
def check_reconstruct(answer, rng):
    for m, n, l in ((5, 2, 1), (12, 3, 1), (30, 5, 2), (40, 6, 4)):
        mean = rng.uniform(2, 4, n) * rng.choice([-1.0, 1.0], n) + np.linspace(0, 1, n)
        Z = rng.standard_normal((m, n))
        sigma = np.linspace(1, 2.5, n)[::-1] * np.sqrt(m)
        directions = _generic_basis(n, rng)
        X = (np.linalg.qr(Z - Z.mean(axis=0))[0] * sigma) @ directions.T + mean
        D = directions[:, :l]
        explanation = "The shapes do not fit: D is n × l, its columns are directions; the code is (X − mean) D, decoded by D⊤."
        got = as_numbers(answer, (X, l), _returned(answer, (X, l), explanation), X.shape)
        expect(got.shape == X.shape, f"{answer.call(X, l)} has shape {got.shape}; a reconstruction has X's own shape {X.shape}, decode the code.")
        best = (X - mean) @ D @ D.T + mean
        if np.allclose(got, best, rtol=1e-6, atol=1e-7):
            continue
        _name_pca_mistake(answer, X, l, got, mean, directions)
        error, least = (np.mean(np.sum((X - R) ** 2, axis=1)) for R in (got, best))
        raise Wrong(f"The mean squared error of {answer.call(X, l)} is {error:.4g}; the best {l} directions leave {least:.4g}.")
    return "It keeps the best l directions and the mean."


def _name_pca_mistake(answer, X, l, got, mean, directions):
    D = directions[:, :l]
    projector, seen = D @ D.T, f"Seen with {answer.call(X, l)}."
    raw = np.linalg.svd(X)[2][:l].T
    grand = np.linalg.svd(X - X.mean())[2][:l].T
    only_for_directions = X @ projector
    tries = {
        "The data were not centred: subtract the mean before looking for directions, and add it back at the end.": X @ raw @ raw.T,
        "The mean was not added back after decoding.": (X - mean) @ projector,
        "The directions come from centred data, but X itself was encoded: encode X − mean.": only_for_directions,
        "X was encoded without subtracting the mean, and the mean then added on top.": only_for_directions + mean,
        "One mean for all features was used; each column has its own: X.mean(axis=0).": (X - X.mean()) @ grand @ grand.T + X.mean(),
        "Nothing was left out: this is X itself, not its reconstruction from l numbers.": X,
    }
    for message, mistaken in tries.items():
        if np.allclose(got, mistaken, rtol=1e-6, atol=1e-7):
            raise Wrong(f"{message} {seen}")
    # What was done to the centred points, as a matrix: it should be a projection that commutes with X⊤X.
    centred = X - mean
    for offset, also in ((mean, ""), (0, " The mean is missing too.")):
        P = np.linalg.lstsq(centred, got - offset, rcond=None)[0]
        if not np.allclose(centred @ P + offset, got, atol=1e-6) or not np.allclose(P, P @ P, atol=1e-6):
            continue
        C = centred.T @ centred
        if not np.allclose(C @ P, P @ C, atol=1e-5 * np.abs(C).max()):
            raise Wrong(f"The points are projected, but not on eigenvectors: they are the columns of V (the rows of V⊤), not its rows.{also} {seen}")
        if np.allclose(np.trace(P), l, atol=1e-6):
            raise Wrong(f"Those are the eigenvectors of the smallest eigenvalues: eigh sorts from the lowest up.{also} {seen}")
        raise Wrong(f"{round(np.trace(P))} directions were kept instead of {l}.{also} {seen}")
