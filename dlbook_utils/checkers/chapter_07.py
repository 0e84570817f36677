"""Checkers of chapter 7, Regularization for Deep Learning."""

import numpy as np

from dlbook_utils.check import Wrong, exercise, expect, expect_close

# ======== sections 7.1..7.7 ========


@exercise(
    "7.1",
    "effective_parameters(eigs, alpha)",
    level="warm-up",
    hints=(
        "Each direction contributes the share of its component that survives the penalty.",
        "Add up λ/(λ+α); only 0/0 needs care.",
        "Leave out the directions whose eigenvalue is zero before you divide: they add nothing whatever α is.",
    ),
)
def check_effective_parameters(answer, rng):
    def right(eigs, alpha):
        positive = eigs[eigs > 0]
        return np.sum(positive / (positive + alpha))

    cases = (
        (np.array([2.0]), 0.7),
        (rng.uniform(0.2, 5, 4), rng.uniform(1.5, 3)),
        (np.append(rng.uniform(0.2, 5, 4), [0.0, 0.0]), rng.uniform(0.1, 0.9)),
    )
    for eigs, alpha in cases:
        expect_close(
            answer,
            (eigs, alpha),
            right(eigs, alpha),
            mistakes={
                "That counts the eigenvalues that are not zero; each counts only λ/(λ+α).": lambda e, a: np.sum(e > 0),
                "α enters as it is, not squared: λ/(λ+α).": lambda e, a: np.sum(e / (e + a**2)),
                "That is the share that is lost, α/(λ+α); count what is kept.": lambda e, a: np.sum(a / (e + a)),
                "λ²/(λ²+α) takes the eigenvalues for singular values; they are squared already.": lambda e, a: np.sum(
                    e**2 / (e**2 + a)
                ),
                "That is the mean share; the effective number is the sum.": lambda e, a: np.mean(e / (e + a)),
                "Those are the shares of each direction; add them up.": lambda e, a: e / (e + a),
            },
        )
    eigs = np.append(rng.uniform(0.2, 5, 3), 0.0)
    got = np.asarray(answer(eigs, 0.0), float)
    expect(not np.isnan(got).any(), "With λ = 0 and α = 0 you got NaN from 0/0; such a direction counts 0.")
    expect(
        got.shape != () or abs(got - 4) > 1e-6,
        "With α = 0 a direction with λ = 0 counted as 1; the data say nothing about it, so it counts 0.",
    )
    expect_close(answer, (eigs, 0.0), 3.0)
    return "It counts what each direction keeps, and 0 where the data say nothing."


@exercise(
    "7.1b",
    "ridge_fit(X, y, alpha)",
    level="core",
    hints=(
        "At the optimum the residuals have mean zero, because b is free. What does that make b?",
        "Put b = mean(y) − mean(X)·w back: the problem becomes one for centred X and centred y, without b.",
        "Solve (XcᵀXc + αI) w = Xcᵀ yc with the centred data, then compute b from the means.",
    ),
)
def check_ridge_fit(answer, rng):
    def solve(X, y, alpha, charge, scale=1.0):
        A = np.column_stack([X, np.ones(len(X))])
        theta = np.linalg.solve(A.T @ A / scale + alpha * np.diag([1.0] * X.shape[1] + [charge]), A.T @ y / scale)
        return theta

    def uncentred(X, y, alpha):
        w = np.linalg.solve(X.T @ X + alpha * np.eye(X.shape[1]), X.T @ y)
        return np.append(w, 0.0), np.append(w, np.mean(y - X @ w)), np.append(w, y.mean() - X.mean(0) @ w)

    for m, n in ((6, 1), (20, 3)):
        X = rng.standard_normal((m, n)) + rng.uniform(1, 3, n)
        y = X @ rng.uniform(1, 3, n) + 100 + rng.standard_normal(m)
        alpha = rng.uniform(1, 4)
        returned = answer(X, y, alpha)
        expect(isinstance(returned, (tuple, list)) and len(returned) == 2, "Return two things, w and b, in this order.")
        try:
            got = np.append(np.asarray(returned[0], float).ravel(), float(np.asarray(returned[1]).reshape(())))
        except (TypeError, ValueError):
            raise Wrong("Return w, an array of shape (n,), and b, a number, in this order.") from None
        expect(got.shape == (n + 1,), f"w should have shape ({n},), one weight for each column of X.")
        right = solve(X, y, alpha, 0.0)

        def same(value, got=got):
            return np.allclose(got, value, rtol=1e-6, atol=1e-7)

        if same(right):
            continue
        expect(
            not same(solve(X, y, alpha, 1.0)),
            "You penalised the intercept: y lies around 100, and b was pulled towards 0. Charge the weights only.",
        )
        expect(
            not any(same(v) for v in uncentred(X, y, alpha)),
            "The weights were solved without an intercept: they had to explain a level of 100. Centre X and y first.",
        )
        expect(not same(solve(X, y, 0.0, 0.0)), "That is least squares without any penalty: α was forgotten.")
        expect(
            not same(solve(X, y, alpha, 0.0, scale=m)),
            "The squares are added up here, not averaged: do not divide XᵀX by m.",
        )
        expect(not same(solve(X, y, alpha**2, 0.0)), "α enters as it is, not squared.")
        centred_w = np.append(right[:-1], y.mean())
        expect(not same(centred_w), "w is right, but b = mean(y) holds for centred X only: subtract mean(X)·w.")
        raise Wrong(
            f"For m = {m}, n = {n}, α = {alpha:.3g} the cost of your (w, b) is not the smallest; "
            "its gradient in w or in b is not zero."
        )
    return "It shrinks the weights and leaves the level alone."


@exercise(
    "7.2",
    "max_norm_(W, c)",
    level="core",
    hints=(
        "One number per column: take the norm along the dimension of the inputs.",
        "Multiply each column by c / norm, but never by more than 1.",
        "Clamp the norms away from zero, the factors to at most 1, and multiply with mul_, which changes the tensor itself.",
    ),
)
def check_max_norm(answer, rng):
    import torch

    def limited(W, c, axis=0):
        norms = np.maximum(np.linalg.norm(W, axis=axis, keepdims=True), 1e-12)
        return W * np.minimum(c / norms, 1)

    for shape in ((2, 2), (3, 5), (6, 4)):
        W = rng.standard_normal(shape) + np.sign(rng.standard_normal(shape))
        W /= np.linalg.norm(W, axis=0)
        c = rng.uniform(0.8, 1.5)
        W *= c * np.concatenate([[0.4], rng.uniform(1.3, 3, shape[1] - 1)])  # the first column is short enough
        tensor = torch.tensor(W)
        try:
            returned = answer.function(tensor, c)
        except Exception as error:
            raise Wrong(f"max_norm_ raised {type(error).__name__} for W of shape {shape}: {error}") from None
        right, got = limited(W, c), tensor.numpy()
        if np.array_equal(got, W):
            expect(
                returned is None or not np.allclose(np.asarray(returned), right),
                "The returned tensor is right, but W itself was not changed; work in place, with mul_.",
            )
            raise Wrong("W was not changed, although it has columns that are longer than c; change it in place.")

        def same(value, got=got):
            return np.allclose(got, value, rtol=1e-6, atol=1e-9)

        if not same(right):
            scaled = W * c / np.linalg.norm(W, axis=0)
            whole = W * min(1.0, c / np.linalg.norm(W))
            expect(not same(scaled), "Columns shorter than c were scaled up to c; they must stay as they are.")
            expect(not same(whole), "That limits the norm of the whole matrix; each column has a budget of its own.")
            expect(not same(limited(W, c, 1)), "That limits the rows; a unit's incoming weights are a column of W.")
            expect(not same(np.clip(W, -c, c)), "That clips each entry; the limit is on the norm of a column.")
            squares = W * np.minimum(c / np.sum(W**2, axis=0), 1)
            expect(not same(squares), "The squared norm was compared with c; take the square root.")
            raise Wrong(f"For W of shape {shape} the columns do not have the norms min(norm, c).")
        expect(
            returned is tensor, "W is right now; return W itself as well, as torch's functions with an underscore do."
        )
    with_zero = torch.tensor(np.column_stack([np.zeros(3), np.full(3, 2.0)]))
    answer.function(with_zero, 1.0)
    expect(
        bool(torch.isfinite(with_zero).all()), "A column of zeros became NaN: 0 · c/0. Keep the norm away from zero."
    )
    learned = torch.nn.Parameter(torch.full((2, 2), 3.0))
    with torch.no_grad():
        answer.function(learned, 1.0)
    return "Long columns are cut to c, short ones are left alone, and it is W itself that changed."


@exercise(
    "7.4",
    "random_shift(batch, max_px, rng)",
    level="core",
    hints=(
        "Pad every image with max_px black pixels on all four sides: any shift is then a window of the padded image.",
        "Draw two whole numbers from 0 to 2·max_px for each image: the corner of its window.",
        "Use rng.integers(0, 2 * max_px + 1, (m, 2)), cut each window out, and stack them in the old order.",
    ),
)
def check_random_shift(answer, rng):
    expect_close(answer, (np.ones((1, 2, 2)), 0, rng), np.ones((1, 2, 2)), hint="With max_px = 0 nothing moves.")
    m, height, width = 400, 7, 6
    seen = set()
    for max_px in (1, 2):
        batch = rng.uniform(1, 2, (m, height, width))
        got = np.asarray(answer(batch, max_px, rng), float)
        expect(got.shape == batch.shape, f"The result has shape {got.shape}; shifting keeps {batch.shape}.")
        padded = np.pad(batch, ((0, 0), (max_px, max_px), (max_px, max_px)))
        moves = [(r, c) for r in range(2 * max_px + 1) for c in range(2 * max_px + 1)]
        windows = np.stack([padded[:, r : r + height, c : c + width] for r, c in moves])  # (moves, m, h, w)
        fits = np.abs(windows - got).max(axis=(2, 3)) < 1e-9
        if not fits.any(axis=0).all():
            rolled = [np.roll(batch, (r - max_px, c - max_px), (1, 2)) for r, c in moves]
            fits_rolled = np.abs(np.stack(rolled) - got).max(axis=(2, 3)) < 1e-9
            expect(
                not fits_rolled.any(axis=0).all(),
                "What leaves on one side comes in on the other: roll wraps around. Fill with zeros.",
            )
            stretch = [np.pad(batch, ((0, 0), (max_px,) * 2, (max_px,) * 2), mode="edge")]
            edged = np.stack([stretch[0][:, r : r + height, c : c + width] for r, c in moves])
            expect(
                not (np.abs(edged - got).max(axis=(2, 3)) < 1e-9).any(axis=0).all(),
                "The border was repeated; what comes in should be 0.",
            )
            sums = np.sort(windows.sum(axis=(2, 3)).ravel())
            place = np.clip(np.searchsorted(sums, got.sum(axis=(1, 2))), 1, len(sums) - 1)
            nearest = np.minimum(np.abs(sums[place] - got.sum((1, 2))), np.abs(sums[place - 1] - got.sum((1, 2))))
            expect(
                nearest.max() > 1e-6,
                "The images came back in another order, so the labels no longer belong to them.",
            )
            larger = np.pad(batch, ((0, 0), (8, 8), (8, 8)))
            farther = [larger[:, r : r + height, c : c + width] for r in range(17) for c in range(17)]
            expect(
                not (np.abs(np.stack(farther) - got).max(axis=(2, 3)) < 1e-9).any(axis=0).all(),
                f"Some image moved by more than max_px = {max_px} pixels.",
            )
            raise Wrong("Some image is not a shifted copy of the image that it should be; are pixels changed or mixed?")
        chosen = fits.argmax(axis=0)
        counts = np.bincount(chosen, minlength=len(moves))
        down, right = counts.reshape(2 * max_px + 1, -1).sum(1), counts.reshape(2 * max_px + 1, -1).sum(0)
        expect(counts.max() < m, "The whole batch moved in the same way; draw a shift for each image.")
        expect(
            down[-1] > 0 and right[-1] > 0, f"No image of {m} moved by −max_px; is the upper end of the draw left out?"
        )
        expect(down[0] > 0 and right[0] > 0, f"No image of {m} moved by +max_px; is an end of the draw left out?")
        diagonal = sum(counts[i * (2 * max_px + 1) + i] for i in range(2 * max_px + 1))
        expect(diagonal < m, "Every image moved as far down as to the right; draw the two directions separately.")
        expect(counts.min() > 0, "Some shifts never occur; draw both directions, evenly and independently.")
        expect(
            max(down.max(), right.max()) < 0.6 * m,
            "The shifts are not drawn evenly: more than 60 % of the images moved by the same number of pixels.",
        )
        seen.add(tuple(chosen[:20].tolist()))
    return "Each image has its own shift, filled with zeros, in the old order."


@exercise(
    "7.5",
    "smooth_labels(y, k, eps)",
    level="warm-up",
    hints=(
        "A smoothed target is a mixture of two distributions: the one-hot one, and the even one over all classes.",
        "The one-hot part has weight 1 − ε, the even part 1/k has weight ε.",
        "Scale np.eye(k)[y] by 1 − ε and add ε/k everywhere, the right class included.",
    ),
)
def check_smooth_labels(answer, rng):
    for m, k in ((1, 2), (4, 3), (12, 7)):
        y, eps = rng.integers(0, k, m), rng.uniform(0.1, 0.4)
        onehot = np.eye(k)[y]
        right = (1 - eps) * onehot + eps / k
        got = np.asarray(answer(y, k, eps), float)
        if got.shape == right.shape and not np.allclose(got, right):
            soft = np.exp(right) / np.exp(right).sum(1, keepdims=True)
            soft_one = np.exp(onehot) / np.exp(onehot).sum(1, keepdims=True)
            expect(
                not np.allclose(got, (1 - eps) * onehot + eps / (k - 1) * (1 - onehot)),
                "ε was given wholly to the other classes; in torch's convention the right class gets its ε/k too.",
            )
            expect(
                not (np.allclose(got, soft) or np.allclose(got, soft_one)),
                "A softmax was taken: smooth the targets, not the logits.",
            )
            expect(not np.allclose(got, onehot), "The labels are still hard; ε has no effect.")
            expect(
                not np.allclose(got, (1 - eps) * (1 - onehot) / max(k - 1, 1) + eps / k) or k == 2,
                "The right class gets too little; 1 − ε goes to the right class.",
            )
            sums = got.sum(axis=1)
            expect(
                np.abs(sums - 1).max() < 1e-9,
                f"A row sums to {sums[np.argmax(np.abs(sums - 1))]:.4g}; an example's targets are probabilities and sum to 1.",
            )
            expect(
                (got.argmax(1) == y).all(), "In some row the largest target is not that of the right class; look at y."
            )
        expect_close(answer, (y, k, eps), right)
    return "Rows sum to 1, and every class gets its ε/k."


@exercise(
    "7.6",
    "propagate(W, y, alpha)",
    level="core",
    hints=(
        "Turn y into one-hot rows first, with a row of zeros where y is −1.",
        "S has the entries W_ij / sqrt(d_i d_j), where d_i is the sum of row i.",
        "Solve (I − αS) F = Y, and return for each row the column of the largest score.",
    ),
)
def check_propagate(answer, rng):
    def onehot(y):
        return (y[:, None] == np.arange(y.max() + 1)).astype(float)

    def spread(W, y, alpha, left=0.5, right=0.5):
        d = W.sum(axis=1)
        S = d[:, None] ** -left * W * d**-right
        return np.linalg.solve(np.eye(len(W)) - alpha * S, onehot(y))

    def others(W, y, alpha):
        d = W.sum(axis=1)
        return {
            "W was divided by row sums, D⁻¹W; the symmetric S divides by the square roots of both degrees.": spread(
                W, y, alpha, 1.0, 0.0
            ).argmax(1),
            "W was divided by column sums; the symmetric S divides by the square roots of both degrees.": spread(
                W, y, alpha, 0.0, 1.0
            ).argmax(1),
            "α was forgotten: S enters as αS.": np.linalg.lstsq(np.eye(len(W)) - 0.999 * _symmetric(W, d), onehot(y))[
                0
            ].argmax(1),
            "Only the nearest labelled neighbours count in your answer (one step); labels must spread on.": (
                onehot(y) + alpha * _symmetric(W, d) @ onehot(y)
            ).argmax(1),
        }

    chain = np.diag(np.ones(3), 1) + np.diag(np.ones(3), -1)
    chain_y = np.array([0, -1, -1, 1])
    got = np.asarray(answer(chain, chain_y, 0.8))
    expect(
        got.shape != (4, 2),
        "Those are scores, one column for each class; return the class of every point, the column of the largest.",
    )
    expect(got.shape == (4,), f"The result has shape {got.shape}; return one class for each of the 4 points.")
    expect(not (got == -1).any(), "Some points are still −1; every point gets the class with the largest score.")
    expect(
        (got == [0, 0, 1, 1]).all(),
        "On a chain of four points with labels 0 and 1 at its ends, each inner point should follow the nearer end.",
    )
    tried = 0
    while tried < 3:
        m, k = 14, 3
        W = np.exp(rng.normal(0, 2.0, (m, m)))
        W = np.tril(W, -1) + np.tril(W, -1).T
        y = np.full(m, -1)
        y[rng.permutation(m)[:6]] = np.repeat(np.arange(k), 2)
        alpha = rng.uniform(0.3, 0.9)
        F = spread(W, y, alpha)
        top = np.sort(F, axis=1)
        right, mistakes = F.argmax(1), others(W, y, alpha)
        if np.min(top[:, -1] / top[:, -2]) < 1.001 or len({tuple(v) for v in (right, *mistakes.values())}) < 5:
            continue  # too close to call, or two of the mistakes give the same classes here
        tried += 1
        got = np.asarray(answer(W, y, alpha))
        if got.shape == right.shape and (got == right).all():
            continue
        for message, wrong in mistakes.items():
            expect(got.shape != wrong.shape or (got != wrong).any(), message)
        raise Wrong("On random similarities some point gets another class than the system (I − αS) F = Y gives it.")
    return "Labels spread along the graph, and degrees are balanced."


def _symmetric(W, d):
    return W / np.sqrt(np.outer(d, d))


@exercise(
    "7.7",
    "multitask_loss(outputs, targets, mask, weights)",
    level="core",
    hints=(
        "Choose the labelled entries before you compute with them: NaN times 0 is NaN.",
        "np.where(mask, outputs − targets, 0) is safe; each task then has its own number of labelled entries.",
        "Divide each task's sum of squares by max(number of labels, 1), multiply by its weight, and add up.",
    ),
)
def check_multitask_loss(answer, rng):
    def right(outputs, targets, mask, weights):
        errors = np.where(mask, outputs - targets, 0.0) ** 2
        return np.sum(weights * errors.sum(axis=0) / np.maximum(mask.sum(axis=0), 1))

    def make(m, n, hole):
        outputs, targets = rng.standard_normal((m, n)), rng.standard_normal((m, n)) + 1
        mask = np.arange(m)[:, None] < rng.permutation(np.arange(1, n + 1))  # every task has another number of labels
        mask = rng.permuted(mask, axis=0)
        weights = rng.uniform(0.3, 0.9, n) + np.arange(n)
        return outputs, np.where(mask, targets, hole), mask, weights

    def squares(o, t, mask):
        return np.where(mask, o - np.nan_to_num(t), 0.0) ** 2

    mistakes = {
        "Masked entries were averaged in: divide each task by the number of its own labels, not by the batch.": (
            lambda o, t, k, w: np.sum(w * squares(o, t, k).sum(0) / len(o))
        ),
        "The weights were not applied.": lambda o, t, k, w: np.sum(squares(o, t, k).sum(0) / k.sum(0)),
        "The weights were divided by their sum; take them as they are.": lambda o, t, k, w: (
            np.sum(w * squares(o, t, k).sum(0) / k.sum(0)) / w.sum()
        ),
        "All labels of all tasks were averaged together; each task has its own mean.": lambda o, t, k, w: (
            np.sum(w * squares(o, t, k)) / k.sum()
        ),
        "The tasks were averaged; add them up.": lambda o, t, k, w: np.mean(w * squares(o, t, k).sum(0) / k.sum(0)),
        "The squared errors were summed, not averaged over the labels of the task.": lambda o, t, k, w: np.sum(
            w * squares(o, t, k).sum(0)
        ),
        "The mask was ignored.": lambda o, t, k, w: np.sum(w * ((o - t) ** 2).mean(0)),
        "The mask is turned round: true means that the label is there.": lambda o, t, k, w: np.sum(
            w * squares(o, t, ~k).sum(0) / (~k).sum(0)
        ),
    }
    for m, n in ((4, 2), (9, 3)):
        args = make(m, n, 7.0)  # missing targets are wrong numbers, not NaN
        expect_close(answer, args, right(*args), mistakes=mistakes)
        args = make(m, n, np.nan)
        got = np.asarray(answer(*args), float)
        expect(
            not np.isnan(got).any(), "The result is NaN: a missing target is NaN, and NaN times 0 is NaN. Leave it out."
        )
        expect_close(answer, args, right(*args), mistakes=mistakes)
    outputs, targets, mask, weights = make(5, 3, np.nan)
    mask[:, 1], targets[:, 1] = False, np.nan
    got = np.asarray(answer(outputs, targets, mask, weights), float)
    expect(np.isfinite(got).all(), "A task without any label gave NaN, from 0/0; it contributes 0.")
    expect_close(answer, (outputs, targets, mask, weights), right(outputs, targets, mask, weights))
    return "Each task is averaged over its own labels, and missing targets stay out."


# ======== sections 7.8..7.14 ========


@exercise(
    "7.8",
    "early_stopping(theta, step, evaluate, patience)",
    level="core",
    hints=(
        "theta changes under your hands at every step; what must you do with the best parameters as soon as you see them?",
        "Copy each array at a new best loss, and count how many evaluations in a row brought none; a new best sets the count back to zero.",
        "Before the loop: copy, evaluate, best step 0. In the loop, while the count is below patience: step, evaluate, compare.",
    ),
)
def check_early_stopping(answer, rng):
    for losses, patience in _loss_curves(rng):
        theta = {"w": np.zeros(3), "b": np.zeros(1)}
        drift, state = rng.uniform(0.5, 1, 3), {"t": 0, "evaluations": 0}

        def step(theta=theta, drift=drift, state=state, losses=losses):
            expect(state["t"] + 1 < len(losses), "It goes on stepping long after its patience has run out.")
            theta["w"] += drift
            theta["b"] -= 1
            state["t"] += 1

        def evaluate(state=state, losses=losses):
            state["evaluations"] += 1
            return losses[state["t"]]

        _judge_stop(answer(theta, step, evaluate, patience), losses, patience, drift, state)
    return "It returns a copy of the best parameters, and waits as long as it was told to."


def _loss_curves(rng):
    """Yield loss curves, long enough, with their patience: a valley, a valley behind a bump, and a rise from the start."""
    tail = np.linspace(6, 9, 40) + rng.uniform(0, 0.01, 40)
    yield np.concatenate([[5, 4, 3], tail]), 2
    yield np.concatenate([[5, 4, 4.5, 4.6, 2, 3, 1, 2, 2.5], tail]), 3
    yield np.concatenate([[1.0], tail]), 3
    yield np.concatenate([[5, 4, 4, 4, 4.5], tail]), 2  # ties
    bumpy = rng.permutation(np.linspace(1, 5, 12))
    yield np.concatenate([bumpy, tail]), int(rng.integers(2, 6))


def _judge_stop(returned, losses, patience, drift, state):
    three = isinstance(returned, (tuple, list)) and len(returned) == 3 and isinstance(returned[0], dict)
    expect(
        three, "Return three things: the dictionary of the best parameters, the best step, the number of evaluations."
    )
    best, best_step, n_evaluations = returned
    expect(set(best) == {"w", "b"}, "The dictionary of the best parameters must have the keys of theta.")
    wanted, wait, t = 0, 0, 0
    while wait < patience:
        t += 1
        wanted, wait = (t, 0) if losses[t] < losses[wanted] else (wanted, wait + 1)
    story = f"Seen with the losses {', '.join(f'{v:.1f}' for v in losses[: t + 1])}, … and patience {patience}."
    first_rise = next(i for i in range(1, len(losses)) if losses[i] >= losses[i - 1])
    ran = state["t"]
    lenient, wait, last = 0, 0, 0  # the same, with ties taken for improvements
    while wait < patience:
        last += 1
        lenient, wait = (last, 0) if losses[last] <= losses[lenient] else (lenient, wait + 1)
    expect(last == t or ran != last, f"A loss that only equals the best one is no improvement: compare with <. {story}")
    expect(
        not (ran < t and ran == first_rise),
        f"It stops at the first rise; a rise is forgiven until patience evaluations in a row brought no new best. {story}",
    )
    held = round(-float(np.asarray(best["b"]).ravel()[0]))
    expect(
        ran >= t, f"It stops after {ran} steps; a new best loss must set the count of failures back to zero. {story}"
    )
    expect(
        ran <= t,
        f"It takes {ran} steps where {t} suffice: stop as soon as patience evaluations in a row failed. {story}",
    )
    if held == ran and wanted != ran:
        if best_step == wanted:
            raise Wrong(
                f"The best step is right, but the parameters are those of the last one: step changes theta in place, so keep a copy. {story}"
            )
        raise Wrong(f"You return the last parameters, not the best ones. {story}")
    expect(
        held == wanted and np.allclose(best["w"], wanted * drift),
        f"The parameters returned are those after {held} steps; the loss was lowest after {wanted}. {story}",
    )
    expect(best_step == wanted, f"The parameters are right, but the best step is {wanted}, not {best_step}. {story}")
    expect(
        n_evaluations == state["evaluations"],
        f"You report {n_evaluations} evaluations, but evaluate was called {state['evaluations']} times. {story}",
    )
    expect(
        state["evaluations"] == t + 1,
        f"Evaluate once before the first step and once after each: {t + 1} times, not {state['evaluations']}. {story}",
    )


@exercise(
    "7.9",
    "shared_grad(dense_grad, index_map)",
    level="warm-up",
    hints=(
        "If a number stands in three places and you change it a little, how do the three effects combine?",
        "For each k, which entries of index_map equal k? The entries with −1 belong to no parameter.",
        "Sum dense_grad over index_map == k for every k from 0 to index_map.max(); np.add.at does it at one stroke.",
    ),
)
def check_shared_grad(answer, rng):
    for shape, k in (((2, 2), 2), ((4, 6), 3), ((5, 5), 4)):
        index_map = rng.integers(-1, k, shape)
        index_map.ravel()[: k + 2] = [0, 0, *range(k)] if shape == (4, 6) else np.resize([0, 0, k - 1, -1], k + 2)
        dense_grad = rng.uniform(0.5, 2, shape) * rng.choice([-1, 1], shape)
        expect_close(
            answer,
            (dense_grad, index_map),
            _shared(dense_grad, index_map),
            mistakes={
                "That is the mean over the copies; the effects of the copies add up, so the gradient is their sum.": _shared_mean,
                "Repeated indices were overwritten: with a[index] += g NumPy keeps one of the repeats. Use np.add.at.": _shared_last,
                "The entries with index −1 were added to the last parameter; they hold no parameter at all.": _shared_with_zeros,
                "An entry got added for the index −1; the result has one element per shared parameter.": lambda g, i: (
                    np.append(_shared(g, i), g[i < 0].sum())
                ),
                "Magnitudes were added; gradients of the copies can cancel.": lambda g, i: _shared(np.abs(g), i),
            },
            hint="Sum the gradient over all places where the parameter stands.",
        )
    return "The gradients of all copies add up, and the constant zeros take no part."


def _shared(g, index):
    return np.array([g[index == k].sum() for k in range(index.max() + 1)])


def _shared_mean(g, index):
    return np.array([g[index == k].mean() if (index == k).any() else 0.0 for k in range(index.max() + 1)])


def _shared_last(g, index):
    total = np.zeros(index.max() + 1)
    total[index[index >= 0]] += g[index >= 0]
    return total


def _shared_with_zeros(g, index):
    total = _shared(g, index)
    total[-1] += g[index < 0].sum()
    return total


@exercise(
    "7.10",
    "omp(D, x, k)",
    level="core",
    hints=(
        "Keep a list of the chosen columns. What does the least-squares fit of x on these columns leave over?",
        "Compare atoms by |dᵀr| divided by the norm of d; fit x, not the residual, on all columns chosen so far.",
        "Repeat k times: pick, append, np.linalg.lstsq(D[:, support], x), residual = x − D[:, support] @ values; at the end write the values into h.",
    ),
)
def check_omp(answer, rng):
    for m, n, k in ((2, 4, 1), (6, 10, 2), (12, 20, 4), (16, 30, 5)):
        for _ in range(2):
            D, x, h = _omp_problem(rng, m, n, k)
            expect_close(
                answer,
                (D, x, k),
                h,
                mistakes={
                    "That is matching pursuit without re-fitting: after each pick, fit all chosen atoms anew by least squares.": lambda D, x, k: (
                        _pursue(D, x, k, refit=False)
                    ),
                    "The atoms are compared by their raw inner product; a long atom wins then. Divide by the norm of each atom.": lambda D, x, k: (
                        _pursue(D, x, k, normed=False)
                    ),
                    "The re-fit comes only once, at the end; the later picks need the residual of a fit after each pick.": lambda D, x, k: (
                        _pursue(D, x, k, refit="end")
                    ),
                    "The picks compare signed inner products; an atom that points the other way explains x just as well.": lambda D, x, k: (
                        _pursue(D, x, k, signed=True)
                    ),
                    "These are the k atoms most similar to x itself; each pick must look at what is still unexplained.": lambda D, x, k: (
                        _pursue(D, x, k, greedy=False)
                    ),
                    "These are coefficients of atoms scaled to norm 1; D's own atoms are asked, so divide each by its norm.": lambda D, x, k: (
                        _pursue(D, x, k) * np.linalg.norm(D, axis=0)
                    ),
                    "The inner products were divided by the squared norm, which favours short atoms; divide by the norm.": lambda D, x, k: (
                        _pursue_squared(D, x, k)
                    ),
                },
                rtol=1e-6,
                hint=f"Of {n} atoms, at most {k} may be used, each once.",
            )
    return "It picks by normalised similarity, and the residual is orthogonal to everything chosen."


def _pursue(D, x, k, refit=True, normed=True, signed=False, greedy=True):
    h, r, support = np.zeros(D.shape[1]), x.copy(), []
    norms = np.linalg.norm(D, axis=0)
    for _ in range(k):
        score = D.T @ (r if greedy else x) / (norms if normed else 1)
        score = score if signed else np.abs(score)
        if support and refit not in (False, "end"):
            score[support] = -np.inf
        if support and not greedy:
            score[support] = -np.inf
        j = int(score.argmax())
        support.append(j)
        if refit is True:
            h[:] = 0
            h[support] = np.linalg.lstsq(D[:, support], x, rcond=None)[0]
            r = x - D @ h
        else:
            share = D[:, j] @ r / norms[j] ** 2
            h[j] += share
            r = r - share * D[:, j]
    if refit == "end":
        chosen = sorted(set(support))
        h[:] = 0
        h[chosen] = np.linalg.lstsq(D[:, chosen], x, rcond=None)[0]
    return h


def _pursue_squared(D, x, k):
    squares = np.linalg.norm(D, axis=0) ** 2
    return _pursue(D / squares, x, k, normed=False) / squares


def _omp_problem(rng, m, n, k):
    """Draw a problem in which, for k > 1, every named mistake gives another code."""
    while True:
        D = rng.standard_normal((m, n)) * rng.uniform(0.3, 3, n)
        x = rng.standard_normal(m)
        h = _pursue(D, x, k)
        kinds = ({"refit": False}, {"normed": False}, {"refit": "end"}, {"signed": True}, {"greedy": False})
        others = [*(_pursue(D, x, k, **kind) for kind in kinds), _pursue_squared(D, x, k)]
        same = [np.abs(h - other).max() <= 1e-3 for other in others]
        allowed = [k == 1, False, k <= 2, False, k == 1, False]  # with one pick these are no mistakes
        if any(is_same and not may for is_same, may in zip(same, allowed, strict=True)) and k < 4:
            continue
        wrong = [other for other, is_same in zip(others, same, strict=True) if not is_same]
        if k == 5 and len(wrong) < 6:
            continue
        if all(np.abs(a - b).max() > 1e-3 for i, a in enumerate(wrong) for b in wrong[:i]):
            return D, x, h


@exercise(
    "7.11",
    "bagged_predict(models, X)",
    level="warm-up",
    hints=(
        "Each model gives a table of probabilities of the same shape; how do you put several tables on top of each other?",
        "Average entry by entry, over the models and over nothing else.",
        "np.mean of the list of tables along axis 0.",
    ),
)
def check_bagged_predict(answer, rng):
    for m, n, k, n_models in ((3, 2, 3, 4), (4, 3, 3, 5), (6, 4, 5, 4)):
        X = rng.standard_normal((m, n))
        models = [_softmax_model(3 * rng.standard_normal((n, k))) for _ in range(n_models)]
        tables = np.array([model(X) for model in models])
        expected = tables.mean(axis=0)
        geometric = np.exp(np.log(tables).mean(axis=0))
        labels = np.eye(k)[tables.argmax(axis=2)].mean(axis=0)
        expect_close(
            answer,
            (models, X),
            expected,
            mistakes={
                "You average votes for labels; a model that is nearly undecided should not count as much as a sure one. Average probabilities.": labels,
                "You average logarithms (or logits) and normalise again: that is the geometric mean. Here the arithmetic one is asked.": geometric
                / geometric.sum(axis=1, keepdims=True),
                "That is the geometric mean, and its rows do not even sum to one.": geometric,
                "The models are added up; divide by their number, or the rows do not sum to one.": tables.sum(axis=0),
                "That is the median of the probabilities; its rows need not sum to one. Take the mean.": np.median(
                    tables, axis=0
                ),
                "You return the class labels; the averaged probabilities are asked, (m, k).": expected.argmax(axis=1),
                "Only the last model was asked.": tables[-1],
                "Only the first model was asked.": tables[0],
            },
        )
    return "It averages probabilities, so sure models count for more."


def _softmax_model(W):
    def model(X):
        z = np.exp(X @ W - (X @ W).max(axis=1, keepdims=True))
        return z / z.sum(axis=1, keepdims=True)

    return model


@exercise(
    "7.11b",
    "oob_indices(indices, m)",
    level="warm-up",
    hints=(
        "There are m examples, 0 to m − 1; which of them does the bootstrap set never mention?",
        "It does not matter how often an index was drawn, only whether.",
        "np.setdiff1d of np.arange(m) and the drawn indices.",
    ),
)
def check_oob_indices(answer, rng):
    for m in (4, 9, 30):
        indices = rng.integers(0, m, m)
        indices[:3] = indices[0]  # so that some example is missed, and some repeats
        indices[indices == m - 1] = indices[0] if indices[0] < m - 1 else 0  # the last example is always missed
        if m == 9:
            indices[indices == 0] = 1  # here the first example is missed as well
        if m == 4:
            indices = np.array([2, 0, 2, 0]) if rng.random() < 0.5 else np.array([1, 1, 0, 1])
        once = np.flatnonzero(np.bincount(indices, minlength=m) != 1)
        expected = np.setdiff1d(np.arange(m), indices)
        expect_close(
            answer,
            (indices, m),
            expected,
            mistakes={
                "Those are the indices in the bag; the ones that were never drawn are asked.": np.unique(indices),
                "Those are the drawn indices themselves; the ones that were never drawn are asked.": indices,
                "Examples drawn twice are not out of the bag; count whether an index was drawn, not how often.": once,
                "The last examples are missing: there are m of them, even if the largest was not drawn.": np.setdiff1d(
                    np.arange(indices.max() + 1), indices
                ),
                "You return a mask; return the indices where it is true.": np.bincount(indices, minlength=m) == 0,
                "Counting starts at 0: example 0 can be out of the bag, and there is no example m.": np.setdiff1d(
                    np.arange(1, m + 1), indices
                ),
                "Example 0 was not drawn either; counting starts at 0.": np.setdiff1d(np.arange(1, m), indices),
            },
        )
    return "These examples did the model no good yet, so they may judge it."


@exercise(
    "7.12",
    "dropout(h, p, generator, training=True)",
    level="core",
    hints=(
        "Which factor makes the expectation of a value that survives with probability 1 − p equal to the value itself?",
        "Draw one uniform number per element of h, keep where it is at least p, and divide by 1 − p; when not training, do nothing.",
        "keep = torch.rand(h.shape, generator=generator) >= p; return h * keep / (1 − p).",
    ),
)
def check_dropout(answer, rng):
    import torch

    for shape, p in (((200, 40), 0.2), ((300, 4, 5), 0.7)):
        h = torch.tensor(rng.uniform(0.5, 2, shape) * rng.choice([-1, 1], shape))
        generator = torch.Generator().manual_seed(int(rng.integers(1 << 30)))
        still = _dropped(answer, h, p, generator, False)
        expect(
            np.array_equal(still, h.numpy()),
            "With training=False it must return h as it is: inverted dropout scales in training only, and drops in training only.",
        )
        got = _dropped(answer, h, p, generator, True)
        zero, factor = got == 0, np.unique(np.round((got / h.numpy())[got != 0], 6))
        expect(zero.any(), "In training nothing was dropped.")
        _judge_masks(zero, shape, p)
        expect(factor.size == 1, "The elements that are kept must all be scaled by one and the same factor.")
        factor = float(factor[0]) if factor.size else 1.0
        for value, message in (
            (1.0, "What is kept is not scaled; the mean shrinks by 1 − p. Divide by 1 − p."),
            (1 - p, "What is kept is multiplied by 1 − p; it should be divided by it, to make up for what is lost."),
            (p, "What is kept is multiplied by p; it should be divided by 1 − p."),
            (
                1 / p,
                "What is kept is divided by p, the probability of being dropped; divide by that of being kept, 1 − p.",
            ),
        ):
            expect(abs(factor - value) > 1e-5, message)
        expect(
            abs(factor * (1 - p) - 1) < 1e-5,
            f"What is kept is scaled by {factor:.5g}, but 1/(1 − p) is {1 / (1 - p):.5g}.",
        )
    again = [_dropped(answer, h, p, torch.Generator().manual_seed(5), True) for _ in range(2)]
    expect(
        np.array_equal(*again),
        "The same generator state gave two different masks: draw from the generator that is handed in.",
    )
    return "It drops with probability p, element by element, and keeps the mean."


def _dropped(answer, h, p, generator, training):
    import torch

    before = h.clone()
    got = answer(h, p, generator, training=training)
    expect(torch.is_tensor(got) and got.shape == h.shape, f"Return a tensor of the shape of h, {tuple(h.shape)}.")
    expect(torch.equal(before, h), "dropout changed h itself; work on a copy.")
    return got.detach().numpy()


def _judge_masks(zero, shape, p):
    rows = zero.reshape(shape[0], -1)
    expect(
        not (rows == rows[0]).all(),
        "The whole batch got one mask; every example needs its own, so draw as many random numbers as h has elements.",
    )
    expect(
        not (rows == rows[:, :1]).all(),
        "Whole examples were dropped; every element is dropped on its own.",
    )
    share = zero.mean()
    expect(
        abs(share - (1 - p)) > 0.1,
        f"The share {share:.2f} was dropped with p = {p}: p is the probability to drop, not to keep.",
    )
    expect(abs(share - p) < 0.06, f"The share {share:.2f} was dropped, but p = {p}.")
    expect(
        zero.reshape(shape[0], -1).sum(axis=1).std() > 0.3,
        "Each example lost the same number of elements; each element is dropped independently.",
    )


@exercise(
    "7.13",
    "fgsm(model, x, y, eps, clip=None)",
    level="core",
    hints=(
        "You need the gradient of the loss with respect to the picture, not the weights. Which function gives exactly one gradient and stores none?",
        "Make a detached copy of x that requires a gradient; torch.autograd.grad(loss, copy) returns the gradient. Only its sign counts.",
        "x.detach() + eps * gradient.sign(), then .clamp(*clip) if clip is given.",
    ),
)
def check_fgsm(answer, rng):
    import torch
    from torch.nn import functional as F

    for m, n, k, eps in ((1, 2, 2, 0.1), (5, 8, 3, 0.2)):
        W = torch.tensor(rng.standard_normal((n, k)), requires_grad=True)
        x, y = torch.tensor(rng.uniform(0.3, 0.7, (m, n)), requires_grad=True), torch.tensor(rng.integers(0, k, m))

        def model(v, W=W):
            return torch.tanh(v @ W) * 3

        (g,) = torch.autograd.grad(F.cross_entropy(model(x), y), x)
        start = x.detach()
        length = g.norm(dim=1, keepdim=True)
        expect_close(
            answer,
            (model, x, y, eps),
            start + eps * g.sign(),
            mistakes={
                "The step goes downhill: this picture is easier than the original. Add the sign, do not subtract it.": start
                - eps * g.sign(),
                "The step is normalised by its L2 length; with a bound on each pixel take the sign of each coordinate.": start
                + eps * g / length,
                "The step is normalised by the L2 length of the whole batch; take the sign of each coordinate.": start
                + eps * g / g.norm(),
                "The gradient itself was added; only its sign counts, so that every pixel moves by eps.": start
                + eps * g,
                "You return the change alone; add it to x.": eps * g.sign(),
                "Every pixel moved up: take the sign of the gradient, not of its size.": start + eps,
                "Nothing moved; is eps used?": start,
                "eps is not used: every pixel moved by 1.": start + g.sign(),
            },
        )
        own = start.clone().requires_grad_()
        answer.function(model, own, y, eps)  # Answer hands over copies; this one we can look at afterwards
        expect(
            own.grad is None,
            "x.grad was filled, and would add up from call to call. Use torch.autograd.grad on a detached copy.",
        )
        expect(
            W.grad is None,
            "The gradients of the model's weights were filled; the next training step would use them. Use torch.autograd.grad.",
        )
        low, high = 0.35, 0.65
        expect_close(
            answer,
            (model, x, y, eps, (low, high)),
            (start + eps * g.sign()).clamp(low, high),
            mistakes={
                "With clip=(low, high) the result must stay in that range.": start + eps * g.sign(),
                "The clipping goes to [0, 1], not to the range that clip gives.": (start + eps * g.sign()).clamp(0, 1),
                "The picture was clipped before the step; clip the result.": start.clamp(low, high) + eps * g.sign(),
            },
        )
        expect(not answer(model, x, y, eps).requires_grad, "The result still hangs on the graph of x; detach it.")
    return "Each pixel moves by eps, uphill, and nothing is left behind."


@exercise(
    "7.14",
    "tangent_penalty(f, x, tangents)",
    level="challenge",
    hints=(
        "You never need the whole Jacobian: only how each output changes when x moves along one tangent.",
        "torch.autograd.functional.jvp(f, x, v, create_graph=True) gives the outputs and these derivatives, (m, k), for one tangent v of shape (m, n).",
        "Square them, add over tangents and outputs, divide by len(x), and do not detach anything.",
    ),
)
def check_tangent_penalty(answer, rng):
    import torch

    for m, n, k, n_tangents in ((1, 3, 2, 2), (4, 5, 3, 2), (3, 6, 2, 4)):
        W = torch.tensor(rng.standard_normal((n, k)), requires_grad=True)
        x, tangents = torch.tensor(rng.standard_normal((m, n))), torch.tensor(rng.standard_normal((n_tangents, m, n)))
        while bool((tangents @ W > 0).all() | (tangents @ W < 0).all()):  # some must cancel
            tangents = torch.tensor(rng.standard_normal((n_tangents, m, n)))

        def f(v, W=W):
            return torch.tanh(v @ W)

        slope = 1 - f(x) ** 2  # (m, k)
        along = slope * (tangents @ W)  # (T, m, k)
        expected = (along**2).sum() / m
        jacobian = (slope[:, None] * W) ** 2
        mistakes = {
            "The derivatives are not squared, so that they can cancel.": along.sum() / m,
            "The absolute values are added; the penalty has squares.": along.abs().sum() / m,
            "Outputs were added up before squaring, so they can cancel; square each output's derivative.": (
                along.sum(2) ** 2
            ).sum()
            / m,
            "Tangents were added up before squaring; each tangent counts by itself.": (along.sum(0) ** 2).sum() / m,
            "That is the norm of the whole Jacobian (the contractive penalty); only the tangent directions count.": jacobian.sum()
            / m,
            "That is the gradient with respect to the parameters; the penalty is about the input.": _weight_gradient(
                f, W, x
            ),
        }
        if m > 1:
            mistakes["Divide by the number of examples: a mean over the batch is asked, not a sum."] = expected * m
        mistakes["You took the mean over outputs or tangents too; they are added, only the examples are averaged."] = (
            along**2
        ).mean()
        got = answer(f, x, tangents)
        expect(torch.is_tensor(got), "Return a tensor, so that the penalty can be differentiated.")
        expect_close(
            answer,
            (f, x, tangents),
            expected.detach().numpy(),
            mistakes={t: v.detach().numpy() for t, v in mistakes.items()},
        )
        expect(
            got.requires_grad,
            "The penalty does not depend on the parameters any more: something was detached, so it cannot train anything.",
        )
        (ours,) = torch.autograd.grad(got, W)
        (theirs,) = torch.autograd.grad(expected, W)
        expect(
            torch.allclose(ours, theirs),
            "The value is right, but its gradient with respect to the parameters is not; detach nothing on the way.",
        )
    return "It punishes change along the tangents, and along nothing else."


def _weight_gradient(f, W, x):
    import torch

    (g,) = torch.autograd.grad(f(x).sum(), W)
    return (g**2).sum()
