"""Checkers of chapter 2, Linear Algebra."""

import tracemalloc

import numpy as np

from dlbook_utils.check import Wrong, as_numbers, exercise, expect, expect_close

# ======== sections 2.1..2.6 ========


@exercise(
    "2.1",
    "broadcast_add(A, b)",
    level="warm-up",
    hints=(
        "Entry j of b is added in every row, so b lies along the rows of A: try a case with two rows and four columns first.",
        "NumPy lines up two shapes flush right: (m, n) over (n,) is already what you want, and b must not become a column.",
        "Let NumPy make a new array, a single sum without a copy of A and without +=, and it will also choose a type that holds the fractions.",
    ),
)
def check_broadcast_add(answer, rng):
    def truncated(A, b):
        return (A + b).astype(A.dtype)

    mistakes = {
        "b was added down the columns: entry j of b belongs to column j, so it goes into every row. On a square matrix "
        "NumPy does not complain about this.": lambda A, b: A + b[:, None],
        "A came out transposed; only b is new, A stays as it is.": lambda A, b: A.T + b,
        "Only the first row of A got b; every row needs it.": lambda A, b: np.vstack([A[0] + b, A[1:]]),
        "b was multiplied with A, not added to it.": lambda A, b: A * b,
        "This is b copied into every row; A itself was left out.": lambda A, b: np.tile(b, (len(A), 1)),
    }
    for m, n in ((2, 2), (3, 3), (2, 4), (5, 1)):
        A, b = rng.integers(-9, 10, (m, n)) + 0.25, rng.permutation(np.arange(1, n + 1)) * 10.5
        try:
            expect_close(answer, (A, b), A + b, mistakes=mistakes)
        except Wrong as wrong:
            if "changed its input" in str(wrong):
                raise Wrong("A itself was changed (A += b does that); return a new array.") from None
            raise
    A, b = rng.integers(1, 9, (2, 2)), rng.integers(1, 9, 2) + 0.5
    whole = {"The fractions of b were lost: the result was made with the whole-number type of A.": truncated}
    try:
        expect_close(answer, (A, b), A + b, mistakes=whole)
    except Wrong as wrong:
        if "Cannot cast" in str(wrong):
            raise Wrong(
                "A copy of a whole-number A keeps its type, and b's fractions cannot be added into it; start from A + b, "
                "or from an array of floats."
            ) from None
        raise
    return "b goes into every row, in a new array."


class Recorded(np.ndarray):
    """A matrix that remembers in ``log`` how it was read: rows, columns, entries, products."""

    def __array_finalize__(self, source):
        self.log = getattr(source, "log", None)
        self.step = getattr(source, "step", None)

    def __getitem__(self, key):
        got = super().__getitem__(key)
        if self.log is None:
            return got
        if not isinstance(got, Recorded) or got.ndim == 0:
            self.log.append("entry")
        elif got.ndim == 1 and self.ndim > 1:
            self.log.append("column" if got.strides[0] == self.step else "row")
        return got

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        if self.log is not None and method == "__call__":
            if ufunc.__name__ in PRODUCTS:
                self.log.append("product")
            elif ufunc is np.multiply and any(isinstance(x, Recorded) and x.ndim == 2 for x in inputs):
                self.log.append("column")  # A * x scales all columns in one go
        return getattr(ufunc, method)(*_plain(inputs), **_plain(kwargs))

    def __array_function__(self, function, types, args, kwargs):
        if self.log is not None and function.__name__ in PRODUCTS:
            self.log.append("product")
        return function(*_plain(args), **_plain(kwargs))

    def dot(self, other, out=None):
        if self.log is not None:
            self.log.append("product")
        return np.asarray(self).dot(np.asarray(other))


PRODUCTS = {"matmul", "matvec", "vecmat", "vecdot", "dot", "vdot", "inner", "einsum", "tensordot", "multi_dot"}


def _plain(value):
    """Return a value with every recorded array in it replaced by an ordinary one."""
    if isinstance(value, Recorded):
        return value.view(np.ndarray)
    if isinstance(value, (tuple, list)):
        return type(value)(map(_plain, value))
    return {name: _plain(item) for name, item in value.items()} if isinstance(value, dict) else value


@exercise(
    "2.2",
    "matvec(A, x)",
    level="warm-up",
    hints=(
        "Read the second of the three views again: x is a recipe, and it says how much of each column of A goes into the result.",
        "Start from m zeros (floats, so that fractions survive) and go through the columns, one whole column A[:, j] at a time.",
        "For each j add x[j] times column j to what you have; adding, not replacing, and m numbers remain.",
    ),
)
def check_matvec(answer, rng):
    mistakes = {
        "This is Aᵀx: x was paired with the rows of A, not its columns. On a square matrix no shape warns you.": lambda A, x: (
            A.T @ x
        ),
        "The columns were scaled but not added up.": lambda A, x: A * x,
        "The rows were scaled by x, and not added up.": lambda A, x: A * x[:, None],
        "You summed down each column; the scaled columns must be added to each other, which leaves m numbers.": lambda A, x: (
            (A * x).sum(axis=0)
        ),
        "The columns were added without their coefficients x_j.": lambda A, x: A.sum(axis=1),
        "Only the last column was kept; add to the result instead of replacing it.": lambda A, x: A[:, -1] * x[-1],
    }
    for m, n in ((2, 2), (3, 3), (2, 4), (5, 3)):
        A, x = rng.standard_normal((m, n)), rng.standard_normal(n)
        expect_close(answer, (A, x), A @ x, mistakes=mistakes)
    A, x = rng.integers(1, 3, (2, 2)), rng.integers(1, 9, 2) + 0.3
    whole = {"The result was kept in a whole-number type and lost its fractions.": lambda A, x: _truncated_sum(A, x)}
    try:
        expect_close(answer, (A, x), A @ x, mistakes=whole)
    except Wrong as wrong:
        if "Cannot cast" in str(wrong):
            raise Wrong("A holds whole numbers here and x does not; collect the sum in an array of floats.") from None
        raise
    A, x = rng.standard_normal((4, 3)).view(Recorded), rng.standard_normal(3)
    A.log, A.step = [], A.strides[0]
    answer(A, x)
    log = A.log
    expect(
        "product" not in log,
        "The result is right, but a library product did the work (@, dot, einsum …); add up x[j] * A[:, j].",
    )
    expect(
        "row" not in log,
        "The result is right, but you read rows of A, which makes dot products; use the columns, A[:, j].",
    )
    expect(
        "entry" not in log,
        "The result is right, but you read A entry by entry; take a whole column at a time, A[:, j].",
    )
    expect("column" in log, "The result is right, but you never took a column of A; use A[:, j].")
    return "A x is a mixture of the columns of A, and x is the recipe."


def _truncated_sum(A, x):
    y = np.zeros(len(A), dtype=int)
    for j in range(len(x)):
        y = (y + x[j] * A[:, j]).astype(int)
    return y


def _eliminate(A, b, *, pivot="largest", swap_b=True):
    """Solve A x = b by elimination, with the mistakes that the arguments name."""
    A, b = A.astype(float), b.astype(float)
    n = len(b)
    for k in range(n):
        if pivot == "largest":
            p = k + np.argmax(np.abs(A[k:, k]))
        elif pivot == "nonzero":
            p = k + np.argmax(A[k:, k] != 0)
        else:
            p = k
        A[[k, p]] = A[[p, k]]
        if swap_b:
            b[[k, p]] = b[[p, k]]
        for i in range(k + 1, n):
            factor = A[i, k] / A[k, k]
            A[i] -= factor * A[k]
            b[i] -= factor * b[k]
    x = np.zeros(n)
    for i in reversed(range(n)):
        x[i] = (b[i] - A[i, i + 1 :] @ x[i + 1 :]) / A[i, i]
    return x


@exercise(
    "2.3",
    "solve(A, b)",
    level="challenge",
    hints=(
        "Make the matrix triangular from the top down, then find the unknowns from the last row up, each from those already known.",
        "Put b beside a copy of A in floats, as one more column, so that a swap of rows or a subtraction can never forget it.",
        "Before every step, not only the first, swap up the row whose entry in this column is largest in absolute value; then subtract multiples of it from the rows below, and never form an inverse.",
    ),
)
def check_solve(answer, rng):
    unswapped = "Two rows of A were swapped but b kept its order, so equations got the wrong right-hand sides."
    mistakes = {
        unswapped: lambda A, b: _eliminate(A, b, swap_b=False),
        unswapped + " ": lambda A, b: _eliminate(A, b, swap_b=False, pivot="nonzero"),
        "This is A b; the question is which x gives b.": lambda A, b: A @ b,
        "This solves Aᵀ x = b.": lambda A, b: np.linalg.solve(A.T, b),
        "b was divided by the diagonal alone; the entries beside it were not eliminated.": lambda A, b: b / np.diag(A),
    }
    zero_pivot = (
        "A zero stood where you divide, in {}, which has a solution. Look below it for a row with another number "
        "there, and swap the two."
    )

    def judge(A, message=None, **tolerance):
        b = A @ rng.choice([-3.0, -2.0, 2.0, 3.0], len(A))
        try:
            got = as_numbers(answer, (A, b), answer(A, b), b.shape)
        except Wrong as wrong:
            if "Cannot cast" in str(wrong):
                raise Wrong(
                    "A holds whole numbers here, and elimination makes fractions; work on a copy as floats."
                ) from None
            raise
        finite = np.all(np.isfinite(got))
        expect(finite, zero_pivot.format(np.array2string(A, separator=", ", precision=2).replace("\n", "")))
        expected = np.linalg.solve(A, b)
        expect_close(answer, (A, b), expected, mistakes=(message or {}) | mistakes, rtol=1e-6, atol=1e-8, **tolerance)

    u = rng.uniform(1, 2, 4).round(2)
    judge(np.array([[u[0] + 3, u[1]], [u[2], u[3] + 3]]))
    judge(np.array([[u[0], u[1]], [u[2] + 3, -u[3]]]))  # the larger pivot is below
    judge(np.array([[0.0, u[1]], [u[2], u[3]]]))
    zero_pivot = "A zero was chosen as the pivot in {}, though a negative number stood below it: compare sizes, not signed values."
    judge(np.array([[0.0, u[1]], [-u[2], u[3]]]))
    zero_pivot = "A zero came up where you divide, after the first step of elimination, in {}. Look for a pivot before every step."
    judge(np.array([[u[0], 2 * u[0], 1], [2 * u[0], 4 * u[0], u[1] + 3], [1, -u[2], 1]]))  # zero only after one step
    small = "You divided by {:.0e}, the smaller number of its column: not zero, but small enough to drown everything else in rounding."
    tiny = 10.0 ** -rng.integers(18, 24)
    judge(
        np.array([[tiny, u[1]], [u[2], u[3]]]),
        {small.format(tiny) + " Swap up the largest.": lambda A, b: _eliminate(A, b, pivot="nonzero")},
    )
    judge(rng.standard_normal((5, 5)) + 3 * np.eye(5)[::-1])
    whole = np.array([[0, 2], [3, int(rng.integers(4, 8))]])
    judge(
        whole,
        {
            "A holds whole numbers here, and your result was rounded to whole numbers on the way.": lambda A, b: (
                np.trunc(np.linalg.solve(A, b))
            )
        },
    )
    H = 1.0 / (np.arange(10)[:, None] + np.arange(10) + 1)
    b = H @ rng.uniform(0.5, 1.5, 10)
    x = as_numbers(answer, (H, b), answer(H, b), b.shape)
    expect(x.shape == (10,), f"{answer.name}(H, b) for the 10×10 Hilbert matrix has shape {x.shape}, expected (10,).")
    residual = np.linalg.norm(H @ x - b) / np.linalg.norm(b)
    expect(
        residual < 1e-11,
        f"On the 10×10 Hilbert matrix the relative residual is {residual:.0e}, and elimination reaches 1e-16. Forming the inverse "
        "loses those digits: solve for b directly.",
    )
    return "It swaps, eliminates and substitutes, and its residual is at the level of rounding."


def _through_range(rng, m, n, r):
    """Return a matrix (m, n) of rank r with rounding errors in it."""
    return rng.uniform(0.5, 1.5, (m, r)) * rng.choice([-1, 1], (m, r)) @ rng.standard_normal((r, n))


@exercise(
    "2.4",
    "count_solutions(A, b)",
    level="core",
    hints=(
        "Ask two questions in this order: is b in the span of the columns at all, and if so, is a column to spare?",
        "b is in the span exactly when putting it beside the columns of A does not raise the rank; neither the shape nor the determinant tells.",
        "If it is reached, there is one solution when the rank equals the number of columns, and a whole line otherwise; leave the tolerance to a rank that measures relative to the size of the entries.",
    ),
)
def check_count_solutions(answer, rng):
    inf = np.inf

    def judge(A, b, expected, messages):
        try:
            got = answer(A, b)
        except Wrong as wrong:
            if "square" in str(wrong):
                raise Wrong(
                    f"The determinant (or inverse) exists only for square matrices, and this A is {A.shape[0]}×{A.shape[1]}; "
                    "the rank works for every shape."
                ) from None
            raise
        try:
            number = float(got)
        except (TypeError, ValueError):
            raise Wrong(f"{answer.call(A, b)} returned {got!r}, expected 0, 1 or np.inf.") from None
        expect(
            number in (0, 1, inf),
            f"{answer.call(A, b)} gave {number:g}; only 0, 1 and np.inf can be: two solutions make a line of them.",
        )
        if number != expected:
            reason = messages.get(number, "")
            raise Wrong(f"{answer.call(A, b)} gave {number:g}, expected {expected:g}. {reason}".rstrip())

    k = int(rng.integers(2, 6))
    u = rng.integers(1, 5, 2)
    judge(
        np.array([[k, 1.0], [1.0, k]]),
        u + 0.0,
        1,
        {inf: "Two independent columns reach b in one way.", 0: "Two independent columns reach all of the plane."},
    )
    singular = np.array([[1.0, k], [2.0, 2.0 * k]])
    square = (
        "m = n is not enough: comparing the numbers of rows and columns says nothing about dependent columns, as here. "
        "(If you did compute a rank, it took a rounding error for a number.)"
    )
    alone = (
        "Dependent columns alone do not make infinitely many solutions: here b is not in their span, so there is none."
    )
    judge(singular, np.array([1.0, 3.0]), 0, {1: square, inf: alone})
    judge(
        singular,
        singular @ u,
        inf,
        {
            1: square,
            0: "det = 0 does not mean that there is no solution: here b lies on the line that the columns span.",
        },
    )
    rounding = (
        "The columns are dependent up to rounding errors of about 1e-16, which you took for real: a rank, or a determinant, "
        "needs a tolerance."
    )
    for _ in range(6):
        A = _through_range(rng, 4, 4, 2)
        judge(A, A @ rng.standard_normal(4), inf, {0: rounding, 1: rounding})
    wide = np.array([[1.0, 0.0, k], [0.0, 1.0, 1.0]])
    judge(
        wide,
        u + 0.0,
        inf,
        {
            1: "One column is to spare, so there is a whole line of solutions.",
            0: "The columns span the plane, so b is reached.",
        },
    )
    tall = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, float(k)]])
    full = "The columns are independent, so there is at most one solution; that does not imply that b can be reached, and here it can't."
    judge(
        tall,
        np.array([1.0, 1.0, k + 2.0]),
        0,
        {1: full, inf: "The columns are independent, and b is outside their span."},
    )
    more = "More rows than columns does not rule a solution out: this b lies in the span of the columns."
    judge(tall, tall @ u, 1, {0: more, inf: "The columns are independent: no two mixtures are the same."})
    flat = np.array([[1.0, 2.0, k], [1.0, 2.0, k]])
    more = "More columns than rows does not guarantee a solution: these columns all lie on one line, and b does not."
    judge(flat, np.array([1.0, -1.0]), 0, {inf: more, 1: more})
    tiny = 1e-9 * np.array([[k, 1.0], [1.0, k]])
    absolute = "All entries are about 1e-9 here, and you took them for zeros: a tolerance must be relative to the size of the entries."
    judge(tiny, tiny @ u, 1, {0: absolute, inf: absolute})
    A = _through_range(rng, 5, 4, 2)
    judge(A, A @ rng.standard_normal(4), inf, {0: rounding, 1: rounding})
    A = _through_range(rng, 6, 3, 2)
    judge(A, rng.standard_normal(6), 0, {1: full, inf: alone})
    return "First whether b is in the span, then whether a column is to spare."


def _number(answer, *args):
    got = as_numbers(answer, args, answer(*args), ())
    expect(got.shape == (), f"{answer.call(*args)} has shape {got.shape}, expected one number.")
    return float(np.real(got))


@exercise(
    "2.5",
    "lp_norm(x, p)",
    level="core",
    hints=(
        "Take absolute values first, and treat three cases apart: p infinite, the zero vector, and all the rest.",
        "A power overflows only for entries above 1: what is the norm of x divided by its largest entry in size, and what of x itself?",
        "Divide by the largest absolute entry, apply the formula with its root to numbers between 0 and 1, and multiply the result back.",
    ),
)
def check_lp_norm(answer, rng):
    def true_norm(x, p):
        largest = np.abs(x).max()
        return largest if p == np.inf or largest == 0 else largest * np.sum((np.abs(x) / largest) ** p) ** (1 / p)

    mistakes = {
        "The absolute value is missing: with an odd p, negative entries cancel positive ones.": lambda x, p: (
            np.sum(x**p) ** (1 / p)
        ),
        "The root at the end is missing: raise the sum to the power 1/p.": lambda x, p: np.sum(np.abs(x) ** p),
        "The absolute value is missing, and so is the root.": lambda x, p: np.sum(x**p),
        "The mean was taken instead of the sum.": lambda x, p: np.mean(np.abs(x) ** p) ** (1 / p),
        "The sum was divided by p; the p-th root is the power 1/p.": lambda x, p: np.sum(np.abs(x) ** p) / p,
        "This is the L² norm whatever p is.": lambda x, p: np.sqrt(np.sum(x**2)),
    }
    negative = -rng.integers(4, 9)
    for x in (np.array([3.0, negative]), np.array([negative, 2.0, -1.0])):
        for p in (3, 1, 2, 2.5):
            if np.isnan(_number(answer, x, p)):
                raise Wrong(
                    f"{answer.call(x, p)} is not a number: a power or root of a negative number was taken; the absolute value is missing."
                )
            expect_close(answer, (x, p), true_norm(x, p), mistakes=mistakes)
    x = np.array([rng.uniform(100, 600), -rng.uniform(700, 900), rng.uniform(100, 600)])
    infinite = "p = ∞ must give the largest entry in size, exactly; "
    equal = np.full(4, float(rng.integers(2, 9))) * [1, -1, 1, 1]
    for vector in (np.round(x), equal):
        got = _number(answer, vector, np.inf)
        top = np.abs(vector).max()
        if not np.isfinite(got) or got == 1:
            raise Wrong(
                f"{answer.call(vector, np.inf)} gave {got:g}: {infinite}the formula has no value there, so this p is a case of its own."
            )
        if got == vector.max() and got != top:
            raise Wrong(f"{answer.call(vector, np.inf)} gave {got:g}: {infinite}a large negative entry counts too.")
        if got != top:
            raise Wrong(f"{answer.call(vector, np.inf)} gave {got:.10g}: {infinite}a large power only comes near it.")
    expect_close(answer, (np.zeros(2), 3), 0.0, hint="Dividing by the largest entry fails when all are zero.")
    for scale, word in ((1.0, "overflowed: its powers are too large"), (1e-6, "underflowed: its powers are too small")):
        got = _number(answer, x * scale, 200)
        message = f"{answer.call(x * scale, 200)} {word} for a double. Divide x by its largest entry first, and multiply back at the end."
        expect(np.isfinite(got) and got > 0, message)
        expect_close(answer, (x * scale, 200), true_norm(x * scale, 200))
    largest_only = "p = 200 was treated as p = ∞: with equal entries the norm is still larger than the largest one."
    expect_close(answer, (equal, 200), true_norm(equal, 200), mistakes={largest_only: np.abs(equal).max()})
    return "Any p from 1 to ∞, at any scale."


@exercise(
    "2.6",
    "scale_rows(v, A)",
    level="warm-up",
    hints=(
        "Multiplying by a diagonal matrix from the left does one thing only: row i of A becomes v_i times as long.",
        "The element-wise product of v and A, as they are, lines up v with the columns; you want it to lie along the rows.",
        "Give v a second axis of length 1, so that it is a column (m, 1), and let broadcasting repeat it across each row.",
    ),
)
def check_scale_rows(answer, rng):
    import tracemalloc

    mistakes = {
        "The columns were scaled: v was lined up with the columns of A. That is A diag(v); entry i of v belongs to row i.": lambda v, A: (
            A * v
        ),
        "A came out transposed.": lambda v, A: (v[:, None] * A).T,
        "This is vᵀA, one number for each column: the scaled rows were added up.": lambda v, A: v @ A,
        "The rows were divided by v; that is the inverse of diag(v).": lambda v, A: A / v[:, None],
        "Only the diagonal of A was scaled.": lambda v, A: A + np.diag((v - 1) * np.diag(A)),
        "This is A v.": lambda v, A: A @ v,
    }
    for m, n in ((2, 2), (3, 3), (3, 2), (1, 4)):
        v, A = rng.uniform(1.5, 4, m) * rng.choice([-1, 1], m), rng.standard_normal((m, n))
        try:
            expect_close(answer, (v, A), v[:, None] * A, mistakes=mistakes)
        except Wrong as wrong:
            if "changed its input" in str(wrong):
                raise Wrong("A itself was changed; return a new array.") from None
            raise
    v, A = rng.standard_normal(3000), rng.standard_normal((3000, 2))
    running = tracemalloc.is_tracing()
    if not running:
        tracemalloc.start()
    try:
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        got = np.asarray(answer(v, A))
        peak = tracemalloc.get_traced_memory()[1] - before
    finally:
        if not running:
            tracemalloc.stop()
    expect(
        got.shape == A.shape and np.allclose(got, v[:, None] * A), "With 3000 rows the result is no longer diag(v) A."
    )
    expect(
        peak < 5e6,
        f"The result is right, but with 3000 rows it took {peak / 1e6:.0f} MB: an array of 3000 × 3000 was built, nearly all of it zeros. "
        "Multiply each row by its own number instead.",
    )
    return "Each row meets its own number, and no zeros are stored."


# ======== sections 2.7..2.12 ========


@exercise(
    "2.7",
    "top_eigenpair(A, steps)",
    level="core",
    hints=(
        "Apply A again and again to some start, and think of what goes wrong: the length, the start, and the sign of the eigenvalue.",
        "Bring the vector back to length 1 at every step, and start from random numbers, which have a part along every eigenvector.",
        "The length of A v has lost the sign; read the eigenvalue off at the end with the Rayleigh quotient of the last vector.",
    ),
)
def check_top_eigenpair(answer, rng):
    cases = [
        ([-3.0, 1.0], 60),
        ([5.0, -2.0, 1.0], 80),
        ([-4.0, 3.0, 1.0, 0.5], 150),
        ([-60.0, 40.0, 20.0, 5.0, 1.0], 400),
    ]
    for eigenvalues, steps in cases:
        A, Q = _symmetric(np.array(eigenvalues), rng)
        _expect_top_pair(answer, A, steps, eigenvalues, Q[:, 0])
    # Matrices on which the vector of ones, or a unit vector, is the eigenvector of the smaller eigenvalue, 1.
    blind = [([[-0.5, 1.5], [1.5, -0.5]], np.array([1, -1]) / np.sqrt(2))]
    blind += [([[1.0, 0.0], [0.0, -2.0]], np.array([0, 1])), ([[-2.0, 0.0], [0.0, 1.0]], np.array([1, 0]))]
    for A, top in blind:
        A = np.array(A)
        eigenvalue, v = _read_pair(answer, A, 40)
        found = abs(v @ top) > 0.999 * np.linalg.norm(v)
        expect(
            found or abs(eigenvalue - 1) > 1e-6,
            f"For {answer.call(A, 40)} the start has no part along the top eigenvector, so no number of steps finds it. "
            "Start from random numbers.",
        )
        expect(
            not found or abs(abs(eigenvalue) - 2) < 1e-6,
            f"For {answer.call(A, 40)} the vector is right and the eigenvalue is not: ratios of single entries of Av and v "
            "fail where an entry of v is nearly zero. Use the Rayleigh quotient.",
        )
        _expect_top_pair(answer, A, 40, [-2.0, 1.0], top)
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
    expect(
        eigenvalue.shape == (), "The first thing returned must be one number, the eigenvalue; the vector comes second."
    )
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
            raise Wrong(
                f"The sign of the eigenvalue is lost: ‖Av‖ is |λ|, the Rayleigh quotient keeps the sign. {call}"
            )
        if abs(eigenvalue - max(eigenvalues)) < 1e-6:
            raise Wrong(f"That is the largest eigenvalue; wanted is the one that is largest in size. {call}")
        if abs(eigenvalue - min(eigenvalues)) < 1e-6:
            raise Wrong(f"That is the lowest eigenvalue; wanted is the one that is largest in size. {call}")
        raise Wrong(f"The eigenvalue came out as {eigenvalue:.6g}. {call}")
    expect(
        abs(np.linalg.norm(v) - 1) < 1e-6,
        f"The eigenvalue is right, but the vector has length {np.linalg.norm(v):.4g}, not 1.",
    )
    expect(
        abs(abs(v @ top) - 1) < 1e-6,
        "The eigenvalue is right, but the vector that comes with it is not its eigenvector.",
    )


@exercise(
    "2.8",
    "rank_k(A, k)",
    level="core",
    hints=(
        "Write A as a sum of pieces σ_i u_i v_iᵀ: the theorem of Eckart and Young tells which pieces to keep.",
        "NumPy sorts the singular values from the largest down, and its third result is V⊤, whose rows, not columns, are the directions.",
        "Keep k columns of U, k singular values and k rows of V⊤; scale the columns of U by the values before you multiply.",
    ),
)
def check_rank_k(answer, rng):
    for m, n, k in ((3, 3, 1), (5, 3, 2), (3, 6, 2), (8, 7, 4)):
        U = np.linalg.qr(rng.standard_normal((m, min(m, n))))[0]
        V = _generic_basis(n, rng)[:, : min(m, n)]
        sigma = np.linspace(1, 3, min(m, n))[::-1] + rng.uniform(0, 0.1)
        A = (U * sigma) @ V.T
        U, s, Vh = np.linalg.svd(A, full_matrices=False)
        smallest = (U[:, -k:] * s[-k:]) @ Vh[-k:]
        got = as_numbers(
            answer,
            (A, k),
            _returned(answer, (A, k), "U, σ and V⊤ do not fit together: keep k columns of U, k σ's, k rows of V⊤."),
        )
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
                "k + 1 pieces were kept; Python's slice [:k] already holds k.": (U[:, : k + 1] * s[: k + 1])
                @ Vh[: k + 1],
                "Only piece number k was kept; the answer is the sum of the first k.": (U[:, k - 1 : k] * s[k - 1])
                @ Vh[k - 1 : k],
                "Only the first piece was kept; the answer is the sum of the first k.": (U[:, :1] * s[0]) @ Vh[:1],
                "The columns were centred first. The closest matrix of rank k needs no mean.": _centred_rank(A, k),
            }
            | ({columns: (U[:, :k] * s[:k]) @ Vh[:, :k].T} if m >= n else {}),
        )
    return "It keeps the k largest pieces, whatever the shape."


def _centred_rank(A, k):
    mean = A.mean(axis=0)
    U, s, Vh = np.linalg.svd(A - mean, full_matrices=False)
    return (U[:, :k] * s[:k]) @ Vh[:k] + mean


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


@exercise(
    "2.9",
    "pinv(A)",
    level="core",
    hints=(
        "Go by way of the singular values; formulas with an inverse of A⊤A or AA⊤ fail as soon as the rank is not full.",
        "A⁺ is V D⁺ U⊤: transpose NumPy's third result, take reciprocals of the singular values, and leave out those that are zero.",
        "Zero must mean tiny next to the largest singular value, nearer to 1e-12 than to 1e-6 of it; keep only the directions above that, in U, σ and V⊤ alike.",
    ),
)
def check_pinv(answer, rng):
    kinds = (("tall", 3, 2), ("wide", 2, 3), ("rank-deficient", 4, 3), ("rank-deficient", 3, 5), ("spread", 4, 3))
    for kind, m, n in (*kinds, ("tiny", 4, 3)):
        s = np.sort(rng.uniform(1, 3, min(m, n)))[::-1] * (1e-13 if kind == "tiny" else 1)
        if kind == "rank-deficient":
            s[1:] = 0
        if kind == "spread":
            s[-1] = 1e-5
        U, V = np.linalg.qr(rng.standard_normal((m, m)))[0], np.linalg.qr(rng.standard_normal((n, n)))[0]
        A = (U[:, : len(s)] * s) @ V[:, : len(s)].T
        keep = s > 0
        expected = (V[:, : len(s)][:, keep] / s[keep]) @ U[:, : len(s)][:, keep].T
        explanation = "The factors do not fit: for an m × n matrix D⁺ has shape n × m, like A⊤."
        if kind == "wide":
            explanation = "A wide A has no inverse of A⊤A to multiply with: go by way of its singular values."
        got = _pinv_or_reason(answer, A, kind, explanation)
        expect(
            got.shape == (n, m),
            f"The pseudoinverse of a {m} × {n} matrix has shape {(n, m)}, not {got.shape}: D⁺ is transposed.",
        )
        if not np.allclose(got, expected, rtol=1e-6, atol=1e-8 * np.abs(expected).max()):
            _name_pinv_mistake(answer, A, kind, got, expected)
    return "Tall, wide, rank-deficient or tiny: it inverts what can be inverted."


FULL_RANK_ONLY = (
    "{} That formula needs full rank, and here neither A⊤A nor AA⊤ has an inverse: go by way of the singular values, and "
    "leave the zeros out. Seen with {}."
)
TALL_GRAM = (
    "It fails for a tall A: AA⊤ has no inverse there. A⊤(AA⊤)⁻¹ is the formula for independent rows. Seen with {}."
)


def _pinv_or_reason(answer, A, kind, explanation):
    try:
        return as_numbers(answer, (A,), answer(A))
    except Wrong as wrong:
        if "Singular matrix" in str(wrong) and kind == "tall":
            raise Wrong(TALL_GRAM.format(answer.call(A))) from None
        if "Singular matrix" in str(wrong) and kind == "rank-deficient":
            raise Wrong(FULL_RANK_ONLY.format("An inverse does not exist.", answer.call(A))) from None
        if any(word in str(wrong) for word in ("raised ValueError", "raised LinAlgError", "raised IndexError")):
            raise Wrong(f"{explanation} ({wrong})") from None
        raise


def _name_pinv_mistake(answer, A, kind, got, expected):
    full_U, s, full_Vh = np.linalg.svd(A)
    U, Vh = full_U[:, : len(s)], full_Vh[: len(s)]
    real = s > 1e-12 * s[0]
    inverse, ones = np.where(real, 1 / np.where(real, s, 1), 0), np.where(real, 1 / np.where(real, s, 1), 1)
    tries = {
        "The singular values were not inverted: this is A⊤.": A.T,
        "D⁺ holds the reciprocals 1/σ, not 1/σ².": (Vh.T * inverse**2) @ U.T,
        "Where σ is zero D⁺ must have 0, not 1.": (Vh.T * ones) @ U.T if not real.all() else np.nan,
        "NumPy's third result is V⊤, and A⁺ begins with V: transpose it.": (
            full_Vh[:, : len(s)] * inverse @ full_U[:, : len(s)].T
        ),
        "Only the largest singular value was inverted; all that are not zero must be.": np.outer(Vh[0], U[:, 0]) / s[0]
        if real[1]
        else np.nan,
        "A singular value of 3e-6 times the largest was taken for zero. Rounding leaves about 1e-16: cut off nearer to "
        "that.": (Vh[:-1].T / s[:-1]) @ U[:, :-1].T if kind == "spread" else np.nan,
    }
    for message, mistaken in tries.items():
        if np.shape(mistaken) == got.shape and np.allclose(
            got, mistaken, rtol=1e-6, atol=1e-8 * np.abs(mistaken).max()
        ):
            raise Wrong(f"{message} Seen with {answer.call(A)}.")
    if kind == "tall" and not np.allclose(got @ A, np.eye(A.shape[1]), atol=1e-6):
        by_rows = np.abs(A @ got @ A - A).max() > 1e-3
        expect(not by_rows, TALL_GRAM.format(answer.call(A)))
    if kind == "wide":
        raise Wrong(
            f"It is right for a tall A and wrong for a wide one, {answer.call(A)}: (A⊤A)⁻¹A⊤ needs independent columns."
        )
    if kind == "rank-deficient" and not np.abs(got).max() < 1e6:
        raise Wrong(
            "Entries of enormous size for a rank-deficient A: reciprocals of singular values that are zero "
            "up to rounding were kept."
        )
    if kind == "rank-deficient":
        raise Wrong(FULL_RANK_ONLY.format("The result is not A⁺ when the rank is not full.", answer.call(A)))
    if kind == "tiny":
        raise Wrong(
            "For entries of size 1e-13 all of A was taken for zero: compare a singular value with the "
            "largest one, not with a fixed number."
        )
    expect_close(_already(answer, got), (A,), expected)


@exercise(
    "2.10",
    "frobenius_by_trace(A)",
    level="warm-up",
    hints=(
        "The squares of all entries must end on the diagonal of some product; which matrix has to stand beside A?",
        "Entry i of the diagonal of A A⊤ is row i times itself, with the matrix product @; without the transpose the wrong entries meet.",
        "Take the trace of that product first, and a single square root at the very end.",
    ),
)
def check_frobenius_by_trace(answer, rng):
    for m, n in ((2, 2), (2, 3), (5, 2), (1, 4), (6, 6)):
        A = rng.uniform(0.5, 2, (m, n)) * rng.choice([-1.0, 1.0], (m, n))
        while m == n and (abs(np.trace(A @ A) / np.sum(A**2)) > 0.9 or np.linalg.cond(A) > 50):
            A = rng.uniform(0.5, 2, (m, n)) * rng.choice([-1.0, 1.0], (m, n))
        explanation = "A must be multiplied by its transpose: A A is not even defined for a matrix that is not square."
        got = as_numbers(answer, (A,), _returned(answer, (A,), explanation), ())
        mistakes = {
            "The square root is missing.": np.sum(A**2),
            "That is the root of only the squared diagonal: multiply with @, not with *.": np.sqrt(
                np.sum(np.diag(A) ** 2)
            ),
            "That is the largest singular value, not the Frobenius norm.": np.linalg.norm(A, 2),
            "All entries of A A⊤ were added; the trace takes its diagonal only.": np.sqrt(np.abs(np.sum(A @ A.T))),
            "Each root was taken before adding: first the trace, then one root.": [
                np.sum(np.linalg.norm(A, axis=1)),
                np.sum(np.linalg.norm(A, axis=0)),
            ],
        }
        if m == n:
            wrong = (
                "That comes from Tr(A²), not Tr(A A⊤): the transpose is missing, so entries multiply the wrong "
                "partners."
            )
            expect(
                got.shape != () or np.isfinite(got),
                f"{wrong} Here it is even negative, with no root. Seen with {answer.call(A)}.",
            )
            square = np.trace(A @ A)
            mistakes |= {wrong: np.sqrt(abs(square)), wrong + " And the root is missing.": square}
        expect_close(_already(answer, got), (A,), np.sqrt(np.sum(A**2)), mistakes=mistakes)
    return "The norm of all entries, from one trace."


@exercise(
    "2.10b",
    "trace_of_product(A, B)",
    level="core",
    hints=(
        "Write Tr(AB) as a double sum over i and j: which entry of B does A[i, j] meet?",
        "It meets B[j, i], so the whole trace is a sum of m n products of entries, and nothing else is needed.",
        "Turn one of the two over, so that partners stand in equal places, multiply entry by entry and add up everything.",
    ),
)
def check_trace_of_product(answer, rng):
    for m, n in ((2, 2), (2, 3), (5, 3)):
        A, B = (rng.uniform(0.5, 2, shape) * rng.choice([-1.0, 1.0], shape) for shape in ((m, n), (n, m)))
        explanation = (
            "A is m × n and B is n × m: entry (i, j) of A meets entry (j, i) of B, so one of them must be transposed."
        )
        got = as_numbers(answer, (A, B), _returned(answer, (A, B), explanation), ())
        mistakes = {
            "Entry (i, j) of A must meet entry (j, i) of B: the transpose is missing.": np.sum(A * B)
            if m == n
            else np.nan
        }
        mistakes["The trace of a product is not the product of the traces."] = np.trace(A) * np.trace(B)
        mistakes["All entries of AB were added; the trace takes its diagonal only."] = np.sum(A @ B)
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
    expect(
        peak < 5,
        f"It is right, but it took {peak:.0f} MB for shapes 3000 × 10 and 10 × 3000: all of AB was formed, and "
        "only its diagonal is needed.",
    )
    expect(
        abs(float(got) - expected) < 1e-8 * np.sqrt(3e4), "Right for small shapes, wrong for 3000 × 10 and 10 × 3000."
    )
    return "The sum of A ⊙ B⊤, and no product is ever formed."


@exercise(
    "2.11",
    "log_abs_det(A)",
    level="challenge",
    hints=(
        "Eliminate until the matrix is triangular; a sum of the logarithms of the pivots' sizes replaces their product, which would underflow.",
        "Keep the sign apart from the logarithm: it turns with every swap of two rows and with every negative pivot.",
        "In each column swap up the entry of the largest size before you divide; if even that is zero, the matrix is singular, and the answer is known at once.",
    ),
)
def check_log_abs_det(answer, rng):
    _expect_log_det(answer, np.array([[0.0, 2.0], [3.0, 0.0]]), "zero pivot")
    _expect_log_det(answer, np.array([[2.0, 1.0], [1.0, -3.0]]), "negative pivot")
    for n in (2, 3, 6):
        for wanted in (1, -1):
            A = rng.standard_normal((n, n))
            A[[0, 1]] = A[[0, 1]] if np.linalg.det(A) * wanted > 0 else A[[1, 0]]
            _expect_log_det(answer, A, "small")
    _expect_log_det(answer, 0.1 * np.linalg.qr(rng.standard_normal((400, 400)))[0], "large")
    singular = rng.standard_normal((3, 3))
    singular[:, 1] = 0
    sign, log = _read_sign_log(answer, singular)
    expect(
        sign == 0 and log == -np.inf,
        f"A singular matrix has sign 0 and logarithm −inf, not {sign:g} and {log:g}: a column of pivots is all zero.",
    )
    return "Sign and logarithm, at any size."


def _read_sign_log(answer, A):
    pair = answer(A)
    expect(
        isinstance(pair, tuple | list) and len(pair) == 2,
        f"{answer.call(A)} must return two numbers, the sign and the logarithm.",
    )
    sign, log = (as_numbers(answer, (A,), part, ()) for part in pair)
    expect(sign.shape == log.shape == (), f"{answer.call(A)} must return two numbers, the sign and the logarithm.")
    return float(sign), float(log)


def _expect_log_det(answer, A, kind):
    sign, log = _read_sign_log(answer, A)
    true_sign, true_log = np.linalg.slogdet(A)
    call = f"Seen with {answer.call(A)}."
    diagonal = np.abs(np.diag(A))
    if kind == "large" and not np.isfinite(log):
        raise Wrong(
            "For 400 rows the product has already become 0 before its logarithm is taken: add up logarithms instead."
        )
    if np.isclose(log, true_log, rtol=1e-6, atol=1e-8):
        if np.sign(sign) == -true_sign:
            raise Wrong(
                "The logarithm is right and the sign is not: every swap of two rows, and every negative pivot, "
                f"changes it. {call}"
            )
        expect(sign == true_sign, f"The sign must be +1 or −1, not {sign:g}. {call}")
        return
    if np.isclose(log, true_log / np.log(10), rtol=1e-6) or np.isclose(log, true_log / np.log(2), rtol=1e-6):
        raise Wrong(f"The logarithm has the wrong base: the natural one, np.log, is wanted. {call}")
    if np.isclose(sign, true_log, rtol=1e-6) and log in (-1, 1):
        raise Wrong(f"The two came in the wrong order: the sign first, then the logarithm. {call}")
    if np.isclose(log, -true_log, rtol=1e-6):
        raise Wrong(f"That is the logarithm of 1/|det A|. {call}")
    if np.all(diagonal > 0) and np.isclose(log, np.log(diagonal).sum(), rtol=1e-6):
        raise Wrong(
            f"That is the product of A's own diagonal; it becomes the determinant only after elimination. {call}"
        )
    if np.isclose(log, np.exp(true_log), rtol=1e-6):
        raise Wrong(f"That is |det A| itself; its logarithm is wanted. {call}")
    if kind == "zero pivot":
        if np.isneginf(log):
            raise Wrong(
                "A zero on the diagonal is not yet a zero determinant: eliminate first, and swap in a row with a "
                f"non-zero pivot. {call}"
            )
        raise Wrong(
            f"The first pivot is 0: swap in the row with the largest entry of the column before dividing. {call}"
        )
    raise Wrong(f"The logarithm came out as {log:.6g}, expected {true_log:.6g}. {call}")


@exercise(
    "2.12",
    "reconstruct(X, l)",
    level="core",
    hints=(
        "PCA describes how the points differ from their mean, so the first thing to do concerns the mean of each column.",
        "The l directions are the first rows of V⊤ in the SVD of the centred data (or the eigenvectors of the largest eigenvalues, which eigh puts last); put them into the columns of D.",
        "Encode X minus the mean with D, decode the code with D⊤, and add back the same mean at the end.",
    ),
)
def check_reconstruct(answer, rng):
    for m, n, l in ((5, 2, 1), (12, 3, 1), (30, 5, 2), (40, 6, 4)):
        mean = rng.uniform(2, 4, n) * rng.choice([-1.0, 1.0], n) + np.linspace(0, 1, n)
        Z = rng.standard_normal((m, n))
        sigma = np.linspace(1, 2.5, n)[::-1] * np.sqrt(m)
        directions = _generic_basis(n, rng)
        X = (np.linalg.qr(Z - Z.mean(axis=0))[0] * sigma) @ directions.T + mean
        D = directions[:, :l]
        explanation = (
            "The shapes do not fit: D is n × l, its columns are directions; the code is (X − mean) D, decoded by D⊤."
        )
        got = as_numbers(answer, (X, l), _returned(answer, (X, l), explanation), X.shape)
        expect(
            got.shape == X.shape,
            f"{answer.call(X, l)} has shape {got.shape}; a reconstruction has X's own shape {X.shape}, decode the "
            "code.",
        )
        best = (X - mean) @ D @ D.T + mean
        if np.allclose(got, best, rtol=1e-6, atol=1e-7):
            continue
        _name_pca_mistake(answer, X, l, got, mean, directions)
        error, least = (np.mean(np.sum((X - R) ** 2, axis=1)) for R in (got, best))
        raise Wrong(
            f"The mean squared error of {answer.call(X, l)} is {error:.4g}; the best {l} directions leave {least:.4g}."
        )
    return "It keeps the best l directions and the mean."


def _name_pca_mistake(answer, X, l, got, mean, directions):
    D = directions[:, :l]
    projector, seen = D @ D.T, f"Seen with {answer.call(X, l)}."
    raw = np.linalg.svd(X)[2][:l].T
    grand = np.linalg.svd(X - X.mean())[2][:l].T
    only_for_directions = X @ projector
    scale = X.std(axis=0)
    unit = np.linalg.svd((X - mean) / scale)[2][:l].T
    U, _, Vh = np.linalg.svd(X - mean, full_matrices=False)
    tries = {
        "Every feature was scaled to variance 1 first. That is PCA of other data; keep the units as they are.": (
            (X - mean) / scale @ unit @ unit.T * scale + mean
        ),
        "The singular values are missing: U V⊤ holds codes that were all scaled to the same size.": U[:, :l] @ Vh[:l]
        + mean,
        "The mean was subtracted at the end instead of added back.": (X - mean) @ projector - mean,
        "The data were not centred: subtract the mean before looking for directions, and add it back at the end.": X
        @ raw
        @ raw.T,
        "The mean was not added back after decoding.": (X - mean) @ projector,
        "The directions come from centred data, but X itself was encoded: encode X − mean.": only_for_directions,
        "X was encoded without subtracting the mean, and the mean then added on top.": only_for_directions + mean,
        "One mean for all features was used; each column has its own: X.mean(axis=0).": (X - X.mean()) @ grand @ grand.T
        + X.mean(),
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
            raise Wrong(
                "The points are projected, but not on eigenvectors: they are the columns of V (the rows of V⊤), "
                f"not its rows.{also} {seen}"
            )
        if np.allclose(np.trace(P), l, atol=1e-6):
            raise Wrong(
                f"Those are the eigenvectors of the smallest eigenvalues: eigh sorts from the lowest up.{also} {seen}"
            )
        raise Wrong(f"{round(np.trace(P))} directions were kept instead of {l}.{also} {seen}")
