"""Checkers of chapter 3, Probability and Information Theory."""

import numpy as np
from scipy.special import expit, logit

from dlbook_utils.check import Wrong, as_numbers, each_mistake, exercise, expect, expect_close

# ======== sections 3.1..3.8 ========


def judge_yes_or_no(answer, cases, truths, mistakes, describe):
    """Ask a yes-or-no question of all cases; name the mistake that answers them all the same way.

    ``mistakes`` maps a message to a wrong function of the same arguments, ``describe`` gives the message for a single case.
    """
    got = []
    for case in cases:
        said = answer(*case)
        expect(
            isinstance(said, (bool, np.bool_)),
            f"{answer.name} must return True or False, not an array or a number; for one input it returned "
            f"{type(said).__name__}.",
        )
        got.append(bool(said))
    if got == truths:
        return
    for message, mistake in each_mistake(mistakes):
        with np.errstate(all="ignore"):
            if [bool(mistake(*case)) for case in cases] == got:
                raise Wrong(message)
    first = next(i for i, (said, truth) in enumerate(zip(got, truths, strict=True)) if said != truth)
    raise Wrong(f"{describe[first]} Your function said {got[first]}.")


@exercise(
    "3.1",
    "win_probability(n, k, switch)",
    level="warm-up",
    hints=(
        "If you stay, nothing the host does can change where the car is.",
        "With what probability is the car not behind your door, and can the host's opening change that?",
        "That probability, (n − 1)/n, is shared equally by the n − k − 1 closed doors that you do not hold.",
    ),
)
def check_win_probability(answer, rng):
    def right(n, k, switch):
        return (n - 1) / (n * (n - k - 1)) if switch else 1 / n

    either = {
        "The closed doors are not equally likely, so it is not 1/2: the host knew which ones to open, and never opens yours.": 0.5,
        "All closed doors were treated as equally likely, but the host never opens yours: your door keeps 1/n.": (
            lambda n, k, switch: 1 / (n - k)
        ),
    }
    switching = either | {
        "That is the probability of staying; the opened doors have handed their share to the other closed ones.": (
            lambda n, k, switch: 1 / n
        ),
        "k was ignored: this is the probability that the car is behind any of the doors you do not hold. They share it, "
        "and k of them are open.": lambda n, k, switch: (n - 1) / n,
        "k was ignored: this is right only when one door is opened.": lambda n, k, switch: (n - 1) / (n * (n - 2)),
        "k was ignored: this is shared by n − 1 doors, but k of them are open by now.": lambda n, k, switch: (
            1 / (n - 1)
        ),
        "The opened doors' shares all went to one door; they are handed to all n − k − 1 closed doors that you do not hold.": (
            lambda n, k, switch: (k + 1) / n
        ),
        "That is the probability of losing.": lambda n, k, switch: 1 - right(n, k, switch),
        "Your own door is not among those you can switch to: n − k − 1 doors share the probability, not n − k.": (
            lambda n, k, switch: (n - 1) / (n * (n - k))
        ),
    }
    staying = either | {
        "If you stay, you win where switching loses, but only when a single other door is left; in general you win when your "
        "first choice was right.": lambda n, k, switch: 1 - right(n, k, True),
    }
    large = int(rng.integers(6, 12))
    # three doors come last: with few doors, different mistakes give the same number
    for n, k in ((7, 3), (large, int(rng.integers(2, large - 3))), (large, large - 2), (4, 1), (3, 1)):
        try:
            turned = np.allclose(
                [answer(n, k, True), answer(n, k, False)], [right(n, k, False), right(n, k, True)], rtol=1e-9
            )
        except (TypeError, ValueError):
            turned = False  # not numbers; what follows says so
        expect(not turned, "Staying and switching look interchanged.")
        expect_close(answer, (n, k, True), right(n, k, True), mistakes=switching)
        expect_close(answer, (n, k, False), right(n, k, False), mistakes=staying)
    return "The host's knowledge is worth (n − 1)/(n − k − 1) times your own door."


@exercise(
    "3.2",
    "pmf_of(X, Omega, weights)",
    level="core",
    hints=(
        "Start from an empty dictionary and go through outcomes and weights side by side with zip.",
        "Several outcomes can have the same value X(outcome): their weights must be added up, not replaced.",
        "Add weight / sum(weights) to P.get(X(outcome), 0), under the key X(outcome).",
    ),
)
def check_pmf_of(answer, rng):
    def parity(outcome):
        return "even" if sum(outcome) % 2 == 0 else "odd"

    def pmf(X, Omega, weights):
        P = {}
        for outcome, weight in zip(Omega, weights, strict=True):
            P[X(outcome)] = P.get(X(outcome), 0) + weight
        return P

    dice = [(i, j) for i in range(1, 7) for j in range(1, 7)]
    coin = [("heads",), ("tails",)]

    def side(outcome):
        return outcome[0]

    for X, Omega, normed in (
        (max, [(1, 1), (1, 2), (2, 1), (2, 2)], True),
        (parity, dice, True),
        (sum, dice, True),
        (side, coin, False),
        (max, dice, False),
    ):
        weights = rng.uniform(0.5, 3, len(Omega))
        weights[0] *= 3
        if len(Omega) == 4:
            weights[2] = weights[[1, 3]].max() + 1  # (2, 1): neither the first nor the last outcome with this value
        weights = weights / weights.sum() * (1 if normed else rng.uniform(2, 5))
        right = {value: p / weights.sum() for value, p in pmf(X, Omega, weights).items()}
        got = answer(X, list(Omega), weights.tolist())
        expect(
            isinstance(got, dict), f"pmf_of must return a dictionary {{value: probability}}, not {type(got).__name__}."
        )
        keys = set(got)
        if keys != set(right):
            expect(
                not keys <= set(Omega) or keys == set(right),
                "The keys are outcomes. They should be values of X: call X(outcome), and collect outcomes with the same value.",
            )
            expect(
                not keys <= set(range(len(Omega))) or len(keys) != len(Omega),
                "The keys are the places of the outcomes in the list; they should be the values X(outcome).",
            )
            missing = sorted(map(str, set(right) - keys))
            raise Wrong(
                f"The values of X should be {sorted(map(str, right))}; yours are "
                f"{sorted(map(str, keys))[:8]}" + (f", without {', '.join(missing[:4])}." if missing else ".")
            )
        try:
            values = np.array([float(got[key]) for key in right])
        except (TypeError, ValueError):
            raise Wrong("The entries of the dictionary must be numbers, one probability for each value.") from None
        if np.allclose(values, list(right.values()), rtol=0, atol=1e-9):
            continue
        counts, raw = pmf(X, Omega, [1] * len(Omega)), pmf(X, Omega, weights)
        most, so_far, running = {}, 0, {}
        for outcome, weight in zip(Omega, weights, strict=True):
            so_far += weight / weights.sum()
            running[X(outcome)] = so_far
            most[X(outcome)] = max(most.get(X(outcome), 0), weight / weights.sum())
        last = {X(outcome): weight / weights.sum() for outcome, weight in zip(Omega, weights, strict=True)}
        first = {X(o): w / weights.sum() for o, w in zip(reversed(Omega), weights[::-1], strict=True)}
        for message, mistake in {
            "The weights were ignored: every outcome counts the same here.": {
                v: c / len(Omega) for v, c in counts.items()
            },
            "These are numbers of outcomes, not probabilities, and the weights were ignored.": counts,
            "The values all got the same probability, but some collect more weight than others.": dict.fromkeys(
                right, 1 / len(right)
            ),
            "The weights need not add up to 1, but probabilities must: divide by the sum of the weights.": raw,
            "Only the last outcome of each value counts here: add to what the value has already, do not replace it.": last,
            "Only the first outcome of each value counts here: add the weights of all of them.": first,
            "Only the largest weight of each value counts here: add the weights of all its outcomes.": most,
            "This is a running total over the outcomes: each value gets the weights of its own outcomes only.": running,
            "Divide by the sum of the weights, not by the number of values.": {v: w / len(raw) for v, w in raw.items()},
            "The weights went through an exponential; their shares of the sum are wanted.": pmf(
                X, Omega, np.exp(weights) / np.exp(weights).sum()
            ),
            "Each value got the average weight of its outcomes; their weights must be added up.": {
                v: raw[v] / counts[v] for v in raw
            },
            "Divide by the sum of the weights, not by the number of outcomes.": {
                v: w / len(Omega) for v, w in raw.items()
            },
            "Divide by the sum of the weights, not by the largest.": {v: w / max(raw.values()) for v, w in raw.items()},
        }.items():
            if np.allclose(values, [mistake[key] for key in right]):
                raise Wrong(message)
        expect(
            abs(values.sum() - 1) < 1e-9,
            f"The probabilities add up to {values.sum():.6g}, not to 1, for X = {X.__name__}.",
        )
        raise Wrong(f"The probabilities add up to 1, but for X = {X.__name__} they are on the wrong values.")
    return "Each outcome gives its share to the value that X has there."


def pmf_holds(P, tol):
    return bool(np.min(P) >= -tol and abs(np.sum(P) - 1) <= tol)


@exercise(
    "3.3",
    "is_pmf(P, tol)",
    level="warm-up",
    hints=(
        "There are two conditions, and both must allow for an error of tol.",
        "np.all(P >= ...) tests every entry; np.sum adds up an array of any shape.",
        "No entry below -tol, and a sum that differs from 1 by at most tol in either direction.",
    ),
)
def check_is_pmf(answer, rng):
    def table(*shape):
        return rng.dirichlet(np.ones(int(np.prod(shape)))).reshape(shape)

    sure = np.array([0.0, 1.0, 0.0])
    cancels = np.array([0.7, 0.7, -0.4]) + rng.uniform(0, 0.1) * np.array([1, -2, 1])
    rounded = table(9)
    rounded[0] += 3e-7
    low, high = 0.9 * table(5), 1.1 * table(5)
    slightly_negative = np.array([-4e-7, 0.5 + 2e-7, 0.5 + 2e-7])
    with_nan = np.array([0.5, 0.5, np.nan])
    joint = table(3, 4)
    rows = np.array([[0.3, 0.7], [0.6, 0.4]])
    below = np.array([-0.2, 0.4, 0.8 + 0.0])
    above = np.array([1.5, -0.5])
    too_large = np.array([1.5, 0.2])
    turned = np.array([-0.3, 0.7])
    cases = [
        (sure, 1e-9),
        (cancels, 1e-9),
        (low, 1e-6),
        (high, 1e-6),
        (rounded, 1e-6),
        (joint, 1e-9),
        (rows, 1e-9),
        (slightly_negative, 1e-5),
        (slightly_negative, 1e-9),
        (with_nan, 1e-9),
        (below, 1e-9),
        (above, 1e-9),
        (too_large, 1e-9),
        (turned, 1e-9),
        (np.full(6, 1 / 6), 1e-9),
        (rounded, 1e-9),
        (np.array([0.3, 0.6996]), 1e-3),
    ]
    truths = [pmf_holds(*case) for case in cases]
    describe = [
        "An array with one entry 1 and zeros elsewhere is a probability mass function.",
        "[0.7, 0.7, −0.4] and the like add up to 1, but no probability may be negative.",
        "An array that adds up to 0.9 is no probability mass function.",
        "An array that adds up to 1.1 is no probability mass function.",
        "An array that misses the sum 1 by 3e-7 must pass when tol is 1e-6.",
        "A joint distribution is a table; all its entries together add up to 1.",
        "A table in which each row adds up to 1 adds up to 2 in all: that is a conditional distribution, not a joint one.",
        "An entry of −4e-7 must pass when tol is 1e-5.",
        "An entry of −4e-7 must not pass when tol is 1e-9.",
        "An entry that is not a number is no probability.",
        "[−0.2, 0.4, 0.8] adds up to 1, but no probability may be negative.",
        "[1.5, −0.5] adds up to 1, but no probability may be negative.",
        "[1.5, 0.2] adds up to more than 1.",
        "[−0.3, 0.7] has a negative entry, and adds up to 0.4.",
        "Six times 1/6 is a probability mass function, although the rounded sixths do not add up to exactly 1.",
        "An array that misses the sum 1 by 3e-7 must not pass when tol is 1e-9.",
        "An array that misses the sum 1 by 4e-4 must pass when tol is 1e-3.",
    ]

    def exact_sum(P, tol):
        return np.min(P) >= -tol and np.sum(P) == 1

    mistakes = {
        "Entries that cancel each other slip through: test that none is negative, not only that the sum is 1.": lambda P, tol: (
            abs(np.sum(P) - 1) <= tol
        ),
        "A sum of rounded numbers is rarely exactly 1: allow for an error of tol in it, instead of ==.": [
            exact_sum,
            lambda P, tol: np.all(P >= 0) and np.sum(P) == 1,
        ],
        "The sum was not tested: entries between 0 and 1 need not add up to 1.": lambda P, tol: (
            np.min(P) >= -tol and np.max(P) <= 1 + tol
        ),
        "The sum was not tested: entries that are not negative need not add up to 1.": lambda P, tol: np.min(P) >= -tol,
        "Probabilities were only kept from exceeding 1; they must not be negative either.": lambda P, tol: (
            np.max(P) <= 1 + tol and abs(np.sum(P) - 1) <= tol
        ),
        "Negative entries are turned positive by the absolute value, and then go unnoticed.": lambda P, tol: (
            abs(np.abs(P).sum() - 1) <= tol and np.isfinite(P).all()
        ),
        "The sum may miss 1 on either side: take the absolute value of the difference.": lambda P, tol: (
            np.min(P) >= -tol and np.sum(P) - 1 <= tol
        ),
        "The sum may miss 1 on either side: it must not be far below 1, nor far above.": lambda P, tol: (
            np.min(P) >= -tol and 1 - np.sum(P) <= tol
        ),
        "The tolerance applies to the entries, too: an entry of −1e-7 is a rounding error when tol is 1e-5.": lambda P, tol: (
            np.all(P >= 0) and abs(np.sum(P) - 1) <= tol
        ),
        "The tolerance applies to the entries, too: −1e-7 is a rounding error when tol is 1e-5.": lambda P, tol: (
            np.all((P >= 0) & (P <= 1)) and abs(np.sum(P) - 1) <= tol
        ),
        "An entry of exactly 0 is allowed: some values simply never occur.": lambda P, tol: (
            np.all(P > 0) and abs(np.sum(P) - 1) <= tol
        ),
        "A joint distribution has several axes; add up all of them, not the last one only.": lambda P, tol: (
            np.min(P) >= -tol and np.all(np.abs(P.sum(axis=-1) - 1) <= tol)
        ),
        "A joint distribution has several axes; add up all of them, not the first one only.": lambda P, tol: (
            np.min(P) >= -tol and np.all(np.abs(P.sum(axis=0) - 1) <= tol)
        ),
        "tol was replaced by a fixed number: a tolerance of 1e-5 must let more pass than one of 1e-9.": lambda P, tol: (
            np.all(P >= -1e-9) and abs(np.sum(P) - 1) <= 1e-9
        ),
        "The sum is compared with a tolerance of its own (that of np.isclose, or some decimals) instead of tol.": [
            lambda P, tol: np.min(P) >= -tol and np.isclose(np.sum(P), 1),
            lambda P, tol: np.min(P) >= -tol and round(float(np.sum(P)), 6) == 1,
        ],
        "An entry that is not a number slips through: every comparison with nan is False, so ask for what must hold.": lambda P, tol: (
            not (np.min(P) < -tol or abs(np.sum(P) - 1) > tol)
        ),
    }
    judge_yes_or_no(answer, cases, truths, mistakes, describe)
    return "No entry is negative and all of them add up to 1, up to tol."


def simpson(f, lo, hi, n=2000):
    x = np.linspace(lo, hi, n + 1)
    weights = np.full(n + 1, 2.0)
    weights[1::2] = 4
    weights[[0, -1]] = 1
    return (hi - lo) / n / 3 * np.sum(weights * (f(x) + np.zeros(n + 1)))


@exercise(
    "3.3b",
    "is_pdf(p, lo, hi)",
    level="core",
    hints=(
        "There are two conditions, and neither of them limits how high p may be.",
        "p takes an array: p(np.linspace(lo, hi, 1001)) has the values at 1001 places.",
        "The smallest of these values must not be negative, and prob_interval(p, lo, hi) must be within 1e-6 of 1.",
    ),
)
def check_is_pdf(answer, rng):
    width, start = rng.uniform(0.1, 0.3), rng.uniform(-2, 2)
    mean, a = rng.uniform(-1, 1), rng.uniform(1.5, 2.5)

    def high_box(x):
        return np.where((x >= start) & (x <= start + width), 1 / width, 0.0)

    def low_box(x):
        return np.full(np.shape(x), 0.25)

    def bell(x):
        return np.exp(-((x - mean) ** 2) / 2) / np.sqrt(2 * np.pi)

    def wave(x):
        return 0.5 + a * np.cos(np.pi * x)  # integral 1 on [-1, 1], negative at both ends

    def dip(x):
        return 0.5 - a * np.cos(np.pi * x)  # negative in the middle

    def two_dips(x):
        return 0.5 + a * np.cos(2 * np.pi * x)  # negative on either side of the middle

    def touches_zero(x):
        return (1 + np.cos(np.pi * x)) / 2

    def all_below(x):
        return -bell(x)

    def unit_box(x):
        return np.ones(np.shape(x))

    cases = [
        (low_box, 0.0, 4.0),
        (unit_box, 0.0, 1.0),
        (high_box, start, start + width),
        (low_box, 0.0, 3.0),
        (low_box, 0.0, 5.0),
        (wave, -1.0, 1.0),
        (bell, mean - 8, mean + 8),
        (bell, mean - 2, mean + 2),
        (touches_zero, -1.0, 1.0),
        (all_below, mean - 8, mean + 8),
        (low_box, 0.0, 4.00002),
        (dip, -1.0, 1.0),
        (two_dips, -1.0, 1.0),
    ]
    truths = [True, True, True, False, False, False, True, False, True, False, False, False, False]
    describe = [
        "The box of height 0.25 on [0, 4] is a density.",
        "The box of height 1 on [0, 1] is a density.",
        "A narrow box is a density, however high it has to be for its area to be 1.",
        "The box of height 0.25 on [0, 3] has the area 0.75.",
        "The box of height 0.25 on [0, 5] has the area 1.25.",
        "1/2 + a cos(πx) has the integral 1 on [−1, 1], but it is negative near the ends when a is large.",
        "The normal density over ±8 standard deviations is a density, to far better than 1e-6.",
        "The normal density between −2 and 2 standard deviations covers only 95 % of the area.",
        "A density may be 0 in places.",
        "A function that is negative everywhere is no density.",
        "An area that exceeds 1 by 5e-6 is outside of the tolerance of 1e-6.",
        "1/2 − a cos(πx) has the integral 1 on [−1, 1], but it is negative in the middle when a is large.",
        "1/2 + a cos(2πx) has the integral 1 on [−1, 1], but it is negative on either side of the middle when a is large.",
    ]

    def values(p, lo, hi):
        return p(np.linspace(lo, hi, 1001))

    def area_one(p, lo, hi, tol=1e-6):
        return abs(simpson(p, lo, hi) - 1) <= tol

    mistakes = {
        "A density may exceed 1: only its area is limited.": lambda p, lo, hi: (
            values(p, lo, hi).min() >= -1e-9 and values(p, lo, hi).max() <= 1 + 1e-9 and area_one(p, lo, hi)
        ),
        "Negative stretches cancel in the integral: test that p is not negative anywhere.": area_one,
        "A density may exceed 1, and it may not be negative: the two limits look mixed up.": lambda p, lo, hi: (
            values(p, lo, hi).max() <= 1 + 1e-9 and area_one(p, lo, hi)
        ),
        "The integral was not tested.": lambda p, lo, hi: values(p, lo, hi).min() >= -1e-9,
        "The integral was not tested, and a density may exceed 1.": lambda p, lo, hi: (
            values(p, lo, hi).min() >= -1e-9 and values(p, lo, hi).max() <= 1 + 1e-9
        ),
        "A density may be 0 in places; it must only not be negative.": lambda p, lo, hi: (
            values(p, lo, hi).min() > 0 and area_one(p, lo, hi)
        ),
        "The mean of the values times the width misses the area by a thousandth, because the two ends count fully; use "
        "prob_interval.": lambda p, lo, hi: (
            values(p, lo, hi).min() >= -1e-9 and abs(values(p, lo, hi).mean() * (hi - lo) - 1) <= 1e-6
        ),
        "The sum of all values times the step counts the two ends fully, where half or less would be right; use "
        "prob_interval.": lambda p, lo, hi: (
            values(p, lo, hi).min() >= -1e-9 and abs(values(p, lo, hi).sum() * (hi - lo) / 1000 - 1) <= 1e-6
        ),
        "The values at the places were added up without the step between them: that is not the area.": lambda p, lo, hi: (
            values(p, lo, hi).min() >= -1e-9 and abs(values(p, lo, hi).sum() - 1) < 1e-6
        ),
        "The mean of the values is not the area: the width of the interval is missing.": lambda p, lo, hi: (
            values(p, lo, hi).min() >= -1e-9 and abs(values(p, lo, hi).mean() - 1) < 1e-3
        ),
        "The integral must be 1, not only at most 1.": lambda p, lo, hi: (
            values(p, lo, hi).min() >= -1e-9 and simpson(p, lo, hi) <= 1 + 1e-6
        ),
        "Only the middle was looked at: p may be negative elsewhere.": lambda p, lo, hi: (
            p(np.array([(lo + hi) / 2]))[0] >= -1e-9 and area_one(p, lo, hi)
        ),
        "Only the two ends were looked at: p may be negative in between.": lambda p, lo, hi: (
            p(np.array([lo, hi])).min() >= -1e-9 and area_one(p, lo, hi)
        ),
        "Too few places were looked at: p may be negative between the ends and the middle.": lambda p, lo, hi: (
            p(np.array([lo, (lo + hi) / 2, hi])).min() >= -1e-9 and area_one(p, lo, hi)
        ),
        "The area is that of |p|: negative stretches were turned positive.": lambda p, lo, hi: area_one(
            lambda x: np.abs(p(x)), lo, hi
        ),
        "The integral must be 1, not only at least 1.": lambda p, lo, hi: (
            values(p, lo, hi).min() >= -1e-9 and simpson(p, lo, hi) >= 1 - 1e-6
        ),
        "Errors of more than 1e-6 in the integral must not pass.": lambda p, lo, hi: (
            values(p, lo, hi).min() >= -1e-9 and area_one(p, lo, hi, 1e-3)
        ),
        "An integral that is computed is never exactly 1: allow for errors of 1e-6.": lambda p, lo, hi: (
            values(p, lo, hi).min() >= -1e-9 and area_one(p, lo, hi, 0)
        ),
    }
    judge_yes_or_no(answer, cases, truths, mistakes, describe)
    return "It is nowhere negative and its area is 1; how high it gets does not matter."


@exercise(
    "3.4",
    "marginalise(J, keep)",
    level="core",
    hints=(
        "The axes to sum over are those that are not in keep; J.sum takes a tuple of axes.",
        "After the sum the kept axes stand in ascending order; keep may name them in another.",
        "Transpose the sum by the place of each axis of keep in sorted(keep).",
    ),
)
def check_marginalise(answer, rng):
    def others(J, keep):
        return tuple(axis for axis in range(J.ndim) if axis not in keep)

    def right(J, keep):
        return J.sum(axis=others(J, keep)).transpose([sorted(keep).index(axis) for axis in keep])

    def unordered(J, keep):
        return J.sum(axis=others(J, keep))

    def sliced(J, keep):
        piece = J[tuple(slice(None) if axis in keep else 0 for axis in range(J.ndim))]
        return piece.transpose([sorted(keep).index(axis) for axis in keep])

    def largest(J, keep):
        return J.max(axis=others(J, keep)).transpose([sorted(keep).index(axis) for axis in keep])

    def reordered_first(J, keep):
        rest = others(J, keep)
        return J.transpose(rest + tuple(sorted(keep))).sum(axis=tuple(range(len(rest))))

    def apart(J, keep):
        result = np.ones(())
        for axis in keep:
            result = np.multiply.outer(result, J.sum(axis=tuple(other for other in range(J.ndim) if other != axis)))
        return result

    mistakes = {
        "The kept axes were summed out; sum over the others.": lambda J, keep: J.sum(axis=tuple(keep)),
        "The mean was taken. A marginal is a sum, or it no longer adds up to 1.": lambda J, keep: (
            right(J, keep) / np.prod([J.shape[axis] for axis in others(J, keep)])
        ),
        "This is one slice, blown up until it adds up to 1: that is a conditional distribution. A marginal adds all slices.": lambda J, keep: (
            sliced(J, keep) / sliced(J, keep).sum()
        ),
        "This is one slice through the table; a marginal adds all slices up.": sliced,
        "The largest entry was taken instead of the sum.": largest,
        "The axes are not in the order that keep names: keep=(2, 0) wants variable 2 down and variable 0 across.": [
            unordered,
            reordered_first,
        ],
        "The summed axes are still there, with length 1 (keepdims).": lambda J, keep: J.sum(
            axis=others(J, keep), keepdims=True
        ),
        "The axes were put in the inverse order: result axis i must be J's axis keep[i].": lambda J, keep: unordered(
            J, keep
        ).transpose(np.argsort(np.argsort(np.argsort(keep)))),
        "Everything was summed up; the variables in keep must stay.": lambda J, keep: J.sum(),
        "The kept variables were multiplied as if they were independent: sum J itself over the others.": apart,
        "Each row was divided by its sum: that makes a conditional distribution of it.": lambda J, keep: (
            right(J, keep) / right(J, keep).sum(axis=-1, keepdims=True)
        ),
        "Only one of the other variables was summed out; all of them must go.": [
            lambda J, keep: J.sum(axis=others(J, keep)[-1]),
            lambda J, keep: J.sum(axis=others(J, keep)[0]),
        ],
    }
    for shape, keep in (
        ((2, 3), (0,)),
        ((2, 3), (1,)),
        ((3, 3), (0,)),
        ((2, 3, 4), (0, 2)),
        ((2, 3, 4), (2, 0)),
        ((3, 3, 3), (2, 0)),
        ((3, 3, 3, 2), (1, 2, 0)),
        ((2, 3, 2, 3), (3,)),
        ((2, 3), (1, 0)),
        ((2, 3), (0, 1)),
    ):
        J = np.zeros(shape)
        while J.sum() == 0 or (len(keep) < J.ndim and np.allclose(sliced(J, keep), largest(J, keep))):
            J = rng.dirichlet(np.ones(int(np.prod(shape)))).reshape(shape)
        expect_close(answer, (J, keep), right(J, keep), mistakes=mistakes)
    return "What is not kept has been added up, and the axes stand in the order you were asked for."


@exercise(
    "3.5",
    "conditional(J, given_axis)",
    level="core",
    hints=(
        "First find P(given): a sum over the other axis, 1 - given_axis.",
        "keepdims=True keeps that sum two-dimensional, so that it meets the right axis of J when you divide.",
        "0/0 is nan already; np.errstate(invalid='ignore') keeps NumPy from warning about it.",
    ),
)
def check_conditional(answer, rng):
    def right(J, given_axis):
        with np.errstate(all="ignore"):
            return J / J.sum(axis=1 - given_axis, keepdims=True)

    def zero_for_undefined(J, given_axis):
        return np.nan_to_num(right(J, given_axis), nan=0.0)

    def even_for_undefined(J, given_axis):
        return np.nan_to_num(right(J, given_axis), nan=1 / J.shape[1 - given_axis])

    def no_keepdims(J, given_axis):
        return J / J.sum(axis=1 - given_axis)

    mistakes = {
        "It was normalised along the wrong axis: for each value of the given variable, the other one's probabilities must add "
        "up to 1.": lambda J, given_axis: right(J, 1 - given_axis),
        "Dividing by the grand total changes nothing; divide each row or column by its own sum.": lambda J, given_axis: (
            J / J.sum()
        ),
        "The sums stand along the wrong axis of a square table: keep the summed axis (keepdims=True).": no_keepdims,
        "The table came out transposed: keep the shape and the axes of J.": lambda J, given_axis: (
            right(J, given_axis).T
        ),
        "Dividing by the largest entry does not make the probabilities add up to 1.": lambda J, given_axis: (
            J / J.max(axis=1 - given_axis, keepdims=True)
        ),
        "This is a marginal spread over the table; the entries of J are missing.": lambda J, given_axis: (
            J.sum(axis=1 - given_axis, keepdims=True) + 0 * J
        ),
        "This is the other variable's marginal, the same for every condition: the dependence is lost.": (
            lambda J, given_axis: J.sum(axis=given_axis, keepdims=True) + 0 * J
        ),
        "Divide by the sum, not by the mean.": lambda J, given_axis: J / J.mean(axis=1 - given_axis, keepdims=True),
        "The division is upside down: the joint is divided by the marginal.": lambda J, given_axis: (
            J.sum(axis=1 - given_axis, keepdims=True) / J
        ),
    }
    undefined = {
        "Where the condition has probability 0 the result is undefined: nan. A silent 0, also one from a small number "
        "added to the sum, claims that everything is impossible there.": zero_for_undefined,
        "Where the condition has probability 0 the result is undefined: nan. Equal probabilities are an invention.": (
            even_for_undefined
        ),
        "Where the condition has probability 0 the result is 0/0, which is undefined: nan, not infinity.": (
            lambda J, given_axis: np.nan_to_num(right(J, given_axis), nan=np.inf)
        ),
        "Only the undefined row or column is nan; the others are still known.": lambda J, given_axis: np.full(
            J.shape, np.nan
        ),
    }
    for m, n in ((2, 2), (3, 3), (2, 4), (4, 3)):
        J = rng.dirichlet(np.ones(m * n)).reshape(m, n)
        both = [answer(J, given_axis) for given_axis in (0, 1)]
        for fixed, words in ((0, "rows"), (1, "columns")):
            expect(
                not all(np.shape(got) == (m, n) and np.allclose(got, right(J, fixed)) for got in both),
                f"given_axis was ignored: the condition is always on the {words}.",
            )
        for given_axis in (0, 1):
            expect_close(answer, (J, given_axis), right(J, given_axis), mistakes=mistakes)
    for given_axis in (0, 1):
        J = rng.dirichlet(np.ones(12)).reshape(3, 4)
        J[tuple([slice(None), 1] if given_axis else [1])] = 0
        J /= J.sum()
        expect_close(answer, (J, given_axis), right(J, given_axis), mistakes=undefined | mistakes)
    return "Every row or column adds up to 1, and the impossible conditions stay undefined."


@exercise(
    "3.6",
    "log_joint(x, factors)",
    level="core",
    hints=(
        "The logarithm of a product is the sum of the logarithms, so nothing needs to be multiplied.",
        "The distribution of x[i] is factors(x[:i]), and for the first number it is factors([]).",
        "Sum np.log(factors(x[:i])[x[i]]) over all i from 0 to len(x) - 1.",
    ),
)
def check_log_joint(answer, rng):
    k = 5
    table = rng.dirichlet(np.ones(k), size=(k + 1, k + 1, 7)) * 0.9 + 0.1 / k  # no probability is tiny

    def factors(earlier):
        expect(
            isinstance(earlier, (list, tuple, np.ndarray)),
            "factors must be called with the list of all earlier numbers, x[:i], not with a single one.",
        )
        one = earlier[-1] if len(earlier) else k
        two = earlier[-2] if len(earlier) > 1 else k
        oldest = earlier[0] if len(earlier) else 0
        return table[one, two, (len(earlier) + 3 * oldest) % 7].copy()

    def log_sum(x, factors, earlier):
        return sum(np.log(factors(earlier(i))[x[i]]) for i in range(len(x)))

    def right(x, factors):
        return log_sum(x, factors, lambda i: x[:i])

    def product_first(x, factors):
        return np.log(np.prod([factors(x[:i])[x[i]] for i in range(len(x))]))

    mistakes = {
        "This is the product of the marginals: each number was judged as if nothing came before it. Call factors(x[:i]).": lambda x, factors: (
            log_sum(x, factors, lambda i: [])
        ),
        "The product of the probabilities underflowed to 0 before its logarithm was taken; add logarithms instead.": product_first,
        "Each factor was given the later numbers; it may depend on the earlier ones only.": lambda x, factors: log_sum(
            x, factors, lambda i: x[i + 1 :]
        ),
        "x[i] itself is among what its factor was given: pass x[:i], without it.": lambda x, factors: log_sum(
            x, factors, lambda i: x[: i + 1]
        ),
        "Each factor got only the last number; it depends on all the earlier ones.": lambda x, factors: log_sum(
            x, factors, lambda i: x[max(0, i - 1) : i]
        ),
        "Each factor got only the last two numbers; it depends on all the earlier ones.": lambda x, factors: log_sum(
            x, factors, lambda i: x[max(0, i - 2) : i]
        ),
        "Every factor was given the same earlier numbers, x[:-1]; number i has only those before it.": lambda x, factors: (
            log_sum(x, factors, lambda i: x[:-1])
        ),
        "The likeliest number's probability was taken; x[i] says which entry it must be.": lambda x, factors: sum(
            np.log(factors(x[:i]).max()) for i in range(len(x))
        ),
        "The logarithms were weighted with the probabilities; in the product every factor counts once.": lambda x, factors: (
            sum(factors(x[:i])[x[i]] * np.log(factors(x[:i])[x[i]]) for i in range(len(x)))
        ),
        "The earlier numbers were handed over in reversed order.": lambda x, factors: log_sum(
            x, factors, lambda i: x[:i][::-1]
        ),
        "The first factor, P(x1), is missing.": lambda x, factors: sum(
            np.log(factors(x[:i])[x[i]]) for i in range(1, len(x))
        ),
        "The last factor is missing.": lambda x, factors: sum(np.log(factors(x[:i])[x[i]]) for i in range(len(x) - 1)),
        "This is the joint probability itself; its logarithm was asked for.": lambda x, factors: np.exp(
            right(x, factors)
        ),
        "The sign is wrong: the logarithm of a probability is negative.": lambda x, factors: -right(x, factors),
        "The logarithm must be the natural one, not that to base 2.": lambda x, factors: right(x, factors) / np.log(2),
        "The logarithm must be the natural one, not that to base 10.": lambda x, factors: (
            right(x, factors) / np.log(10)
        ),
        "This is the average per letter; the logarithm of the joint is the sum.": lambda x, factors: (
            right(x, factors) / len(x)
        ),
        "Probabilities were added up where their logarithms should be.": [
            lambda x, factors: sum(factors(x[:i])[x[i]] for i in range(len(x))),
            lambda x, factors: np.log(sum(factors(x[:i])[x[i]] for i in range(len(x)))),
        ],
    }
    for length in (5, 8, 30):
        x = np.concatenate([rng.permutation(k), rng.integers(0, k, length - k)]).tolist()
        expect_close(answer, (x, factors), right(x, factors), mistakes=mistakes)
    x = rng.integers(0, k, 2000).tolist()
    long = {
        "The product of the probabilities underflowed to 0 before its logarithm was taken; add logarithms instead.": (
            lambda x, factors: -np.inf
        )
    }
    expect_close(answer, (x, factors), right(x, factors), mistakes=long, rtol=1e-6)
    return "The joint is one product of conditionals, and its logarithm one sum."


def cond_independent(J):
    gap = J * J.sum(axis=(0, 1)) - J.sum(axis=1)[:, None, :] * J.sum(axis=0)[None, :, :]
    return bool(np.abs(gap).max() <= 1e-9)


def slices_independent(J, which=None, test=None):
    """Test slices of fixed z one by one; ``which`` selects some of them."""
    test = test or (lambda P: np.abs(P - np.outer(P.sum(axis=1), P.sum(axis=0))).max() <= 1e-9)
    wanted = range(J.shape[2]) if which is None else which
    return all(test(J[:, :, z] / J[:, :, z].sum()) for z in wanted)


def zero_covariance(P):
    x, y = np.arange(P.shape[0]), np.arange(P.shape[1])
    return abs((P * np.outer(x, y)).sum() - P.sum(axis=1) @ x * (P.sum(axis=0) @ y)) <= 1e-9


@exercise(
    "3.7",
    "is_cond_independent(J)",
    level="challenge",
    hints=(
        "For one z, J[:, :, z] divided by its sum is the joint distribution of x and y given z; that table must be a product.",
        "Every z counts, except those of probability 0. Multiplying instead of dividing makes the exception unnecessary.",
        "Compare P(x, y, z) P(z) with P(x, z) P(y, z) at every x, y, z; all four are J or sums of J.",
    ),
)
def check_is_cond_independent(answer, rng):
    def given(n_x, n_y, n_z, *, skip=None):
        P_z = rng.dirichlet(3 * np.ones(n_z)) + 0.1
        if skip is not None:
            P_z[skip] = 0
        P_x = rng.dirichlet(2 * np.ones(n_x), n_z)
        P_y = rng.dirichlet(2 * np.ones(n_y), n_z)
        return np.einsum("z,zx,zy->xyz", P_z / P_z.sum(), P_x, P_y)

    def tilted(J, z, pattern):
        """Make x and y dependent given this z, without changing any of their margins."""
        J = J.copy()
        weight = J[:, :, z].sum()
        J[:, :, z] = weight * (1 / 9 + 0.08 * np.array(pattern))
        return J

    square = [[1, -1, 0], [-1, 1, 0], [0, 0, 0]]
    corner = [[0, 0, 0], [0, 1, -1], [0, -1, 1]]  # the first cell is that of a product
    flat = [[1, -2, 1], [-2, 4, -2], [1, -2, 1]]  # covariance 0, and yet not a product
    flat = np.array(flat) / 4
    xor = np.zeros((2, 2, 2))
    for x, y in ((0, 0), (0, 1), (1, 0), (1, 1)):
        xor[x, y, x ^ y] = 0.25
    dependent = rng.dirichlet(np.ones(9)).reshape(3, 3)[:, :, None] * rng.dirichlet(3 * np.ones(2))  # z plays no part
    separate = np.einsum("x,y,z->xyz", *(rng.dirichlet(3 * np.ones(n)) for n in (2, 3, 2)))
    x_alone = np.einsum("x,yz->xyz", rng.dirichlet(3 * np.ones(3)), given(3, 3, 3).sum(axis=0))
    y_alone = np.einsum("y,xz->xyz", rng.dirichlet(3 * np.ones(3)), given(3, 3, 3).sum(axis=1))
    cases = [
        np.full((2, 2, 2), 1 / 8),
        separate,
        x_alone,
        y_alone,
        given(2, 2, 2),
        given(3, 3, 3),
        tilted(given(3, 3, 2), 1, square),
        tilted(given(3, 3, 3), 0, square),
        tilted(given(3, 3, 3), 1, square),
        xor,
        dependent,
        tilted(tilted(given(3, 3, 2), 0, flat), 1, flat),
        given(3, 4, 3, skip=1),
        given(2, 3, 2, skip=0),
        tilted(given(3, 3, 3, skip=1), 2, square),
        tilted(tilted(given(3, 3, 2), 0, corner), 1, corner),
    ]
    truths = [cond_independent(J) for J in cases]
    describe = [
        "Three fair coins have nothing to do with each other, so x and y are independent given z.",
        "x, y and z have nothing to do with each other, so x and y are independent given z.",
        "x has nothing to do with y and z, so x and y are independent given z, although y depends on z.",
        "y has nothing to do with x and z, so x and y are independent given z, although x depends on z.",
        "This table was made as P(z) P(x | z) P(y | z): x and y are independent given z, though not without z.",
        "This table was made as P(z) P(x | z) P(y | z): x and y are independent given z, though not without z.",
        "x and y are independent given the first value of z, but dependent given the last; all values count.",
        "x and y are dependent given the first value of z; all values count.",
        "x and y are dependent given one value of z in the middle; all values count.",
        "x and y are two fair coins and z tells whether they differ: given z, each determines the other.",
        "x and y are dependent, and z has nothing to do with either; so they are dependent given z.",
        "Given z, the covariance of x and y is 0, and still their table is not a product.",
        "A value of z that has probability 0 imposes no condition; for the others x and y are independent.",
        "A value of z that has probability 0 imposes no condition; for the others x and y are independent.",
        "One value of z has probability 0, but for another one x and y are dependent.",
        "Given z, the first cell is the product of its margins, and the others are not; all cells count.",
    ]

    def marginally(J):
        P = J.sum(axis=2)
        return np.abs(P - np.outer(P.sum(axis=1), P.sum(axis=0))).max() <= 1e-9

    def x_ignores_z(J):
        P = J.sum(axis=1)
        return np.abs(P - np.outer(P.sum(axis=1), P.sum(axis=0))).max() <= 1e-9

    def present(J):
        return [z for z in range(J.shape[2]) if J[:, :, z].sum() > 0]

    def unnormalised(J):
        return all(
            np.abs(J[:, :, z] - np.outer(J[:, :, z].sum(axis=1), J[:, :, z].sum(axis=0))).max() <= 1e-9
            for z in range(J.shape[2])
        )

    def mutually(J):
        P_x, P_y, P_z = J.sum(axis=(1, 2)), J.sum(axis=(0, 2)), J.sum(axis=(0, 1))
        return np.abs(J - np.einsum("x,y,z->xyz", P_x, P_y, P_z)).max() <= 1e-9

    def any_slice(J):
        return any(slices_independent(J, [z]) for z in present(J))

    def exact(J):
        return np.array_equal(J * J.sum(axis=(0, 1)), J.sum(axis=1)[:, None, :] * J.sum(axis=0)[None, :, :])

    def first_cell(P):
        return abs(P[0, 0] - P[0].sum() * P[:, 0].sum()) <= 1e-9

    one_value = "Only one value of z was tested; the table must be a product for every z."
    mistakes = {
        "z was summed out: this tests whether x and y are independent, without the condition.": marginally,
        one_value: lambda J: slices_independent(J, [0]) if J[:, :, 0].sum() > 0 else True,
        one_value + " ": lambda J: slices_independent(J, [0]),
        one_value + "  ": lambda J: slices_independent(J, [J.shape[2] - 1]),
        one_value + "   ": lambda J: slices_independent(J, [z for z in (0, 1) if z in present(J)]),
        "It is not enough that the table is a product for some z; it must be for every z.": any_slice,
        "P(x | z) was compared with P(x). That asks whether x depends on z, not whether it depends on y once z is known.": (
            x_ignores_z
        ),
        "P(y | z) was compared with P(y). That asks whether y depends on z, not whether it depends on x once z is known.": (
            lambda J: x_ignores_z(J.transpose(1, 0, 2))
        ),
        "A covariance of zero is not independence: with three states the table can fail to be a product all the same.": (
            lambda J: slices_independent(J, present(J), zero_covariance)
        ),
        "A covariance of zero is not independence, and values of z with probability 0 make it nan.": (
            lambda J: slices_independent(J, None, zero_covariance)
        ),
        "Only one pair of values of x and y was compared; the table must be a product in every cell.": (
            lambda J: slices_independent(J, present(J), first_cell)
        ),
        "The roles are mixed up: this asks whether y and z are independent given x.": lambda J: cond_independent(
            J.transpose(1, 2, 0)
        ),
        "Each slice must be divided by P(z) before it is compared with the product of its margins.": unnormalised,
        "This asks whether all three are independent of each other; x and y may well depend on z.": mutually,
        "Values of z with probability 0 give 0/0 and spoil the comparison; they impose no condition.": (
            lambda J: slices_independent(J)
        ),
        "Sums of rounded numbers are rarely exactly equal; allow for errors of 1e-9.": exact,
        "The answer is turned around: True means independent.": lambda J: not cond_independent(J),
    }
    judge_yes_or_no(answer, [(J,) for J in cases], truths, mistakes, describe)
    return "Every slice is a product, and only the slices that can occur count."


@exercise(
    "3.8",
    "covariance_matrix(X, unbiased)",
    level="core",
    hints=(
        "The first step is to centre: subtract from every column its own mean.",
        "Entry (i, j) sums the product of columns i and j over all examples; which product of two matrices does that?",
        "With Z = X - X.mean(axis=0) it is Z.T @ Z, divided by m - 1 or by m.",
    ),
)
def check_covariance_matrix(answer, rng):
    def right(X, unbiased):
        Z = X - X.mean(axis=0)
        return Z.T @ Z / (len(X) - bool(unbiased))

    def divisor(X, unbiased):
        return len(X) - bool(unbiased)

    def centred_rows(X, unbiased):
        Z = X - X.mean(axis=1, keepdims=True)
        return Z.T @ Z / divisor(X, unbiased)

    def between_examples(X, unbiased):
        Z = X - X.mean(axis=0)
        return Z @ Z.T / divisor(X, unbiased)

    def between_examples_numpy(X, unbiased):
        return np.cov(X, bias=not unbiased)

    def between_examples_rows(X, unbiased):
        Z = X - X.mean(axis=1, keepdims=True)
        return Z @ Z.T / divisor(X, unbiased)

    def grand_mean(X, unbiased):
        Z = X - X.mean()
        return Z.T @ Z / divisor(X, unbiased)

    def by_n(X, unbiased):
        Z = X - X.mean(axis=0)
        return Z.T @ Z / X.shape[1]

    def correlations(X, unbiased):
        return np.corrcoef(X, rowvar=False)

    columns = "The result has a row for every example (m × m): the covariances of the examples. Those of the columns are wanted, n × n."
    mistakes = {
        "The columns were not centred: subtract each column's mean first.": lambda X, unbiased: (
            X.T @ X / divisor(X, unbiased)
        ),
        columns: between_examples,
        columns + " ": between_examples_numpy,
        columns + "  ": between_examples_rows,
        columns + "   ": lambda X, unbiased: X @ X.T / divisor(X, unbiased),
        "Only one triangle of the matrix is filled; it is symmetric.": lambda X, unbiased: np.triu(right(X, unbiased)),
        "The first example was subtracted; subtract the mean of each column.": lambda X, unbiased: (
            (X - X[0]).T @ (X - X[0]) / divisor(X, unbiased)
        ),
        "The medians were subtracted; covariances are about the means.": lambda X, unbiased: (
            (X - np.median(X, axis=0)).T @ (X - np.median(X, axis=0)) / divisor(X, unbiased)
        ),
        "The divisor m − 1 belongs to the centred sum of products; here it divides only one of two terms.": lambda X, unbiased: (
            X.T @ X / divisor(X, unbiased) - np.outer(X.mean(axis=0), X.mean(axis=0))
        ),
        "The division by the number of examples is missing.": lambda X, unbiased: right(X, False) * len(X),
        "Divide by the number of examples, the rows of X, not by the number of columns.": by_n,
        "The mean of each row was subtracted, or the mean of all entries; every column has its own mean.": [
            centred_rows,
            grand_mean,
        ],
        "These are correlations: the covariances have been divided by the standard deviations.": correlations,
        "Only the variances are here; the covariances of different columns are missing.": lambda X, unbiased: np.diag(
            np.diag(right(X, unbiased))
        ),
        "Only the variances are here, as a vector; an n × n matrix is wanted.": lambda X, unbiased: np.diag(
            right(X, unbiased)
        ),
    }
    for m, n in ((5, 2), (4, 4), (12, 3)):
        X = (
            rng.standard_normal((m, n)) @ (np.eye(n) + 0.5 * rng.standard_normal((n, n)))
            + rng.uniform(1, 5, n)
            + 8 * np.arange(n)
        )
        X[0] = X.max(axis=0) + rng.uniform(0.5, 1, n)  # not the median of any column
        for unbiased in (False, True):
            other = "unbiased was ignored: the divisor is always " + ("m." if unbiased else "m − 1.")
            both = "The divisors are interchanged: m − 1 when unbiased is true, m when it is not."
            got = np.asarray(answer(X, unbiased))
            if got.shape == (n, n) and np.allclose(got, right(X, not unbiased)):
                swapped = np.allclose(np.asarray(answer(X, not unbiased)), right(X, unbiased))
                raise Wrong(both if swapped else other)
            near = got.shape == (n, n) and np.allclose(got, right(X, unbiased), rtol=1e-5, atol=1e-5)
            expect(
                not near or np.allclose(got, right(X, unbiased), rtol=1e-7, atol=1e-9),
                "Nearly right, but digits are lost: keep 64-bit numbers.",
            )
            expect_close(answer, (X, unbiased), right(X, unbiased), mistakes=mistakes)
    X = rng.standard_normal((20, 3)) + 1e8 * np.array([1.0, -1.0, 2.0])
    far = {
        "With columns near 1e8 the difference of two huge numbers has lost the answer: centre X first, multiply afterwards.": (
            lambda X, unbiased: (X.T @ X - len(X) * np.outer(X.mean(axis=0), X.mean(axis=0))) / divisor(X, unbiased)
        ),
    }
    try:
        expect_close(answer, (X, False), right(X, False), mistakes=far, rtol=1e-5, atol=1e-5)
    except Wrong:
        raise Wrong(next(iter(far))) from None
    return "Centred, one product, the right divisor, and no digits lost."


@exercise(
    "3.9",
    "sample_mixture(weights, means, covs, n, rng)",
    level="core",
    hints=(
        "Every row needs a latent choice of its own before anything else: n draws of a component number, with these weights.",
        "Index with the choices: the means of the chosen components form an array (n, d), the factors of their covariances one of (n, d, d).",
        "A row is its mean plus L z, with L the lower Cholesky factor of its covariance and z fresh standard normal noise; "
        "einsum over 'nij,nj' multiplies every row by its own factor.",
    ),
)
def check_sample_mixture(answer, rng):
    for k, d, n in ((2, 2, 6), (2, 2, 5000), (3, 3, 8000)):
        weights = rng.permutation([0.7, 0.3] if k == 2 else [0.6, 0.25, 0.15])
        if k == 3 and np.isclose(weights[1], 0.25):
            weights = weights[[1, 0, 2]]  # sorted weights would not show whether they have been sorted
        means = 1000.0 + 400 * np.linalg.qr(rng.standard_normal((d, d)))[0][:k] * np.sqrt(2)
        signs = rng.permutation([(1, 1, 1), (1, -1, 1), (1, 1, -1)][:k])[:, :d]
        covs = np.array([correlated(sign, rng) for sign in signs])
        seed = int(rng.integers(2**31))
        X = draw_from(answer, weights, means, covs, n, seed)
        again = draw_from(answer, weights, means, covs, n, seed)
        expect(
            np.array_equal(X, again), "Two calls with the same rng gave different rows: take all randomness from rng."
        )
        if n > 100:
            other = draw_from(answer, weights, means, covs, n, seed + 1)
            expect(not np.array_equal(X, other), "Another rng gave the same rows: rng is not used.")
            judge_rows(X, weights, means, covs)
        if k == 3:
            counts = [np.bincount(nearest(rows, means), minlength=k) for rows in (X, other)]
            expect(
                not all(np.array_equal(count, np.round(n * weights)) for count in counts),
                "Every call gives each component exactly its share of the rows: each row must choose for itself.",
            )
    return "Every row chooses its own component and has that component's covariance."


def nearest(X, means):
    """Return for each row the component whose mean is nearest; they lie far apart."""
    return np.linalg.norm(X[:, None] - means, axis=2).argmin(axis=1)


def draw_from(answer, weights, means, covs, n, seed):
    X = as_numbers(answer, (), answer(weights, means, covs, n, np.random.default_rng(seed)), (n, means.shape[1]))
    expect(
        X.shape == (n, means.shape[1]),
        f"For n = {n} and d = {means.shape[1]} the result has shape {X.shape}, not (n, d).",
    )
    expect(
        np.isrealobj(X) and np.isfinite(X).all(),
        "Some rows are not finite numbers; is a square root of a negative taken?",
    )
    return X


def correlated(signs, rng):
    """Return a strongly correlated covariance matrix whose variances differ."""
    d = len(signs)
    sds = rng.permutation([2.0, 4.4, 3.0][:d]) * rng.uniform(0.9, 1.1)
    correlation = 0.1 * np.eye(d) + 0.9 * np.outer(signs, signs)
    return correlation * np.outer(sds, sds)


def judge_rows(X, weights, means, covs):
    n, k = len(X), len(weights)
    distance = np.linalg.norm(X[:, None] - means, axis=2)
    label = distance.argmin(axis=1)
    if np.mean(distance.min(axis=1) > 120) > 0.02:
        spread = np.linalg.norm(X.mean(axis=0))
        expect(spread > 300, "The rows lie around the origin: the mean of the chosen component is missing.")
        middle = np.linalg.norm(X - weights @ means, axis=1)
        expect(
            np.median(middle) > 60 and np.median(np.linalg.norm(X - means.mean(axis=0), axis=1)) > 60,
            "The rows lie between the components: choose one component per row instead of averaging them.",
        )
        raise Wrong("Many rows lie far from every component's mean; is the noise multiplied by the right factor?")
    shares = np.bincount(label, minlength=k) / n
    expect(shares.max() < 1, "All rows come from the same component: every row needs a choice of its own.")
    changes = np.mean(label[1:] != label[:-1])
    expect(
        changes > 0.5 * (1 - np.sum(weights**2)),
        "The rows come sorted by component, so they are not independent: each row must choose for itself.",
    )
    if np.any(np.abs(shares - weights) > 6 * np.sqrt(weights * (1 - weights) / n)):
        equal = np.all(np.abs(shares - 1 / k) < 6 * np.sqrt(0.25 / n))
        expect(not equal, "All components are drawn equally often: the weights are ignored.")
        raise Wrong(f"The components appear with shares {np.round(shares, 2)}, the weights are {weights}.")
    for i in range(k):
        rows = X[label == i]
        spectrum = np.linalg.eigvalsh(np.cov(rows.T))
        expect(
            spectrum[0] > 1e-6 * spectrum[-1] > 1e-12,
            "Rows of the same component are all alike, or vary along a line only: every row needs d fresh normal numbers.",
        )
        off = np.linalg.norm(rows.mean(axis=0) - means[i]) / np.sqrt(np.trace(covs[i]) / len(rows))
        expect(off < 60, "The rows of a component do not have its mean.")
        judge_covariance(np.cov(rows.T), i, weights, covs)
    L = np.linalg.cholesky(covs)[label]
    z = np.linalg.solve(L, (X - means[label])[:, :, None])[:, :, 0]  # standard normal, if all is well
    neighbours = np.abs(np.mean(z[1:] * z[:-1])) * np.sqrt(z.size)
    expect(neighbours < 6, "Neighbouring rows share their noise: every row needs fresh normal numbers of its own.")
    expect(
        2.4 < np.mean(z**4) < 3.6,
        "Means and covariances are right, but the rows are not normally distributed: use rng.standard_normal.",
    )


def judge_covariance(seen, i, weights, covs):
    S = covs[i]
    L = np.linalg.cholesky(S)
    elementwise = np.sqrt(np.abs(S))
    candidates = {
        "": S,
        "The covariance came out as Σ²: use its Cholesky factor L with Σ = L Lᵀ, not Σ itself.": S @ S,
        "The covariance came out as LᵀL instead of L Lᵀ: with samples as rows, multiply by L.T from the right.": L.T
        @ L,
        "The coordinates came out uncorrelated: the off-diagonal entries of the covariance are lost.": np.diag(
            np.diag(S)
        ),
        "The coordinates came out uncorrelated and their variances squared.": np.diag(np.diag(S)) ** 2,
        "Every component has the identity as its covariance: the noise was not multiplied by a factor.": np.eye(len(S)),
        "A square root of every entry is not a factor of the matrix; use the Cholesky factor.": elementwise
        @ elementwise.T,
        "The covariance came out inverted: covs holds covariances, not precisions.": np.linalg.inv(S),
        "All components came out with the same, averaged covariance: a row's mean and factor must come from one choice.": np.average(
            covs, axis=0, weights=weights
        ),
        "The noise was scaled by the weight; the weight belongs into the choice only.": weights[i] ** 2 * S,
    }
    for j in range(len(covs)):
        if j != i:
            candidates[f"Component {i} came out with the covariance of component {j}: index covs with the choice."] = (
                covs[j]
            )
    distances = {message: np.linalg.norm(seen - C) / np.linalg.norm(C) for message, C in candidates.items()}
    likeliest = min(distances, key=distances.get)
    if likeliest and distances[likeliest] < 0.25 and distances[""] > 0.25:
        raise Wrong(likeliest)
    if distances[""] > 0.3:
        raise Wrong(
            f"The rows of component {i} have covariance {np.round(seen, 2).tolist()}, not {np.round(S, 2).tolist()}."
        )


@exercise(
    "3.10",
    "softplus(x)",
    level="warm-up",
    hints=(
        "For large x the answer is almost x. Which part of log(1 + exp(x)) must therefore never be computed as it stands?",
        "Take exp(x) out of the logarithm when x is positive: log(1 + exp(x)) = x + log(1 + exp(−x)). One formula serves both signs if you use |x|.",
        "The larger of 0 and x, plus the logarithm of 1 + exp(−|x|), computed with log1p so that a tiny exponential is not rounded away.",
    ),
)
def check_softplus(answer, rng):
    overflow = "exp(x) overflows before the logarithm is taken: no exponent may be large and positive."
    rounded = "1 + exp(−|x|) rounds a tiny exponential away before the logarithm; log1p keeps it."
    clipped = "Clipping the exponent changes the answer for large x."
    mistakes = [
        (overflow, lambda x: np.log(1 + np.exp(x))),
        (overflow, lambda x: np.log1p(np.exp(x))),
        ("This is max(0, x), which softplus only approaches: at 0 it misses log 2.", lambda x: np.maximum(x, 0.0)),
        (rounded, lambda x: np.maximum(x, 0) + np.log(1 + np.exp(-np.abs(x)))),
        ("For negative x the linear part must be 0, not x.", lambda x: x + np.log1p(np.exp(-np.abs(x)))),
        ("For negative x the linear part must be 0, not −x.", lambda x: np.abs(x) + np.log1p(np.exp(-np.abs(x)))),
        ("This is softplus(−x): the sign of x is turned around.", lambda x: np.logaddexp(0, -x)),
        ("This is the logarithm of the sigmoid, −softplus(−x).", lambda x: -np.logaddexp(0, -x)),
        ("This is the sigmoid, the derivative of softplus.", expit),
        ("The correction has the wrong sign.", lambda x: np.maximum(x, 0) - np.log1p(np.exp(-np.abs(x)))),
        ("This is x times the sigmoid.", lambda x: x * expit(x)),
        (
            "Both parts hold log(1 + exp(...)) or x in full: the correction needs exp(−|x|).",
            lambda x: np.maximum(x, 0) + np.log1p(np.exp(x)),
        ),
        (
            "Both parts hold log(1 + exp(...)) or x in full: the correction needs exp(−|x|).",
            lambda x: np.maximum(x, 0) + np.log1p(np.exp(np.abs(x))),
        ),
        (
            "exp(x) is only what softplus approaches far to the left.",
            lambda x: np.where(x < 0, np.exp(x), np.logaddexp(0, x)),
        ),
        ("This is the inverse of softplus.", lambda x: np.log(np.expm1(x))),
        ("The logarithm must be the natural one.", lambda x: np.logaddexp(0, x) / np.log(2)),
    ]
    for limit in (20, 30, 33, 35, 40, 50, 100, 500, 700, 709):
        mistakes.append((clipped, lambda x, limit=limit: np.log1p(np.exp(np.minimum(x, limit)))))
        mistakes.append((clipped, lambda x, limit=limit: np.log1p(np.exp(np.clip(x, -limit, limit)))))
    inputs = (
        np.array([rng.uniform(0.5, 3), -rng.uniform(0.5, 3)]),
        np.zeros(1),
        np.array([-1e-3, 1e-3]),
        np.array([1000.0, rng.uniform(710, 900)]),
        np.array([-40.0, rng.uniform(-60, -38)]),
        np.array([[rng.uniform(20, 22), -rng.uniform(20, 25)], [-rng.uniform(300, 600), 0.0]]),
        np.array([-1000.0]),
    )
    cut = (
        "Close, but not to a relative error of 1e-12: switching to x, or to exp(x), beyond some limit comes too early, "
        "or the numbers are not 64-bit."
    )
    for x in inputs:
        expected = np.logaddexp(0, x)
        got = as_numbers(answer, (x,), answer(x), x.shape)
        near = got.shape == x.shape and np.allclose(got, expected, rtol=1e-7, atol=0)
        expect(not near or np.allclose(got, expected, rtol=1e-12, atol=0), f"{cut} Seen with {answer.call(x)}.")
        if (
            not near
            and got.shape == x.shape
            and np.isfinite(got).all()
            and np.allclose(got, np.where(x > 0, x, 0), atol=1e-9)
        ):
            tiny = bool(np.all(x < -30))
            expect(not tiny, f"{answer.call(x)} gave 0, but softplus is exp(x) there, tiny and not zero: use log1p.")
        for message, mistake in mistakes:
            if (
                got.shape == x.shape
                and not near
                and np.allclose(got, mistake(x), rtol=1e-9, atol=1e-300, equal_nan=True)
            ):
                raise Wrong(f"{message} Seen with {answer.call(x)}.")
        expect_close(answer, (x,), expected, rtol=1e-12, atol=0)
    try:
        with np.errstate(over="raise", invalid="raise", divide="raise"):
            answer(rng.uniform(-1, 1, (2, 3)) * 1000 + np.array([0.0, 5000, -5000]))
    except Wrong as wrong:
        expect(
            "FloatingPointError" not in str(wrong),
            "The values are right, but an exponential overflowed on the way: "
            "np.where computes both branches, so both must be safe.",
        )
        raise
    return "It is accurate everywhere and never overflows."


@exercise(
    "3.11",
    "posterior_table(prior, likelihood)",
    level="warm-up",
    hints=(
        "Start with the joint probability P(x = i, y = j): which entry of prior belongs to row i?",
        "Row i is multiplied by prior[i], so the prior must stand as a column, prior[:, None].",
        "Divide every column of the joint by its own sum, which is P(y = j): sum along the first axis.",
    ),
)
def check_posterior_table(answer, rng):
    mistakes = {
        "This is the joint P(x, y): divide each column by its own sum, P(y).": lambda p, L: p[:, None] * L,
        "This is the likelihood again: the joint was normalised along its rows, or not used at all. A posterior is a column.": (
            lambda p, L: L
        ),
        "The prior has no effect: it is missing, or it multiplies the columns and cancels. prior[i] belongs to row i.": (
            lambda p, L: L / L.sum(axis=0)
        ),
        "The prior multiplies the columns, and the rows are normalised: both axes are confused. prior[i] belongs to row i.": (
            lambda p, L: p * L / (p * L).sum(axis=1, keepdims=True)
        ),
        "The prior multiplies the columns: prior[i] belongs to row i, so it must stand as prior[:, None].": lambda p, L: (
            p * L
        ),
        "The result is transposed: row i must belong to hypothesis i, column j to observation j.": lambda p, L: (
            bayes(p, L).T
        ),
        "The prior entered twice.": lambda p, L: bayes(p**2, L),
        "The joint was divided by the sum of the likelihoods, not by P(y), the sum of the joint.": (
            lambda p, L: p[:, None] * L / L.sum(axis=0)
        ),
        "Dividing by the prior turns Bayes' rule upside down: multiply by it.": lambda p, L: bayes(1 / p, L),
        "The table was read transposed: row i of likelihood belongs to hypothesis i.": lambda p, L: bayes(p, L.T),
        "This is P(y), the denominator of Bayes' rule.": lambda p, L: p @ L,
        "Divide each column by its sum, not by its largest entry.": lambda p, L: (
            p[:, None] * L / (p[:, None] * L).max(axis=0)
        ),
        "Prior and likelihood are multiplied, not added.": lambda p, L: (p[:, None] + L) / (p[:, None] + L).sum(axis=0),
        "This is the prior in every column: the likelihood has no effect.": lambda p, L: np.repeat(
            p[:, None], L.shape[1], 1
        ),
        "This is the logarithm of the posterior.": lambda p, L: np.log(bayes(p, L)),
        "These are odds, P/(1 − P), not probabilities.": lambda p, L: bayes(p, L) / (1 - bayes(p, L)),
    }
    for k, n in ((2, 3), (2, 2), (3, 3), (5, 4), (4, 4)):
        prior, likelihood = rng.dirichlet(np.full(k, 2.0)), rng.dirichlet(np.ones(n), k)
        expect_close(answer, (prior, likelihood), bayes(prior, likelihood), mistakes=mistakes, rtol=1e-9)
    return "Every column is a posterior: prior times likelihood, divided by their sum."


def bayes(prior, likelihood):
    joint = prior[:, None] * likelihood
    return joint / joint.sum(axis=0)


@exercise(
    "3.12",
    "density_after(p_x, g_inv, dg_inv, y, support)",
    level="core",
    hints=(
        "Where did y come from? Evaluate p_x there, and correct for the stretch.",
        "The factor is the absolute value of dg_inv at y itself: it is already the derivative of the inverse, so there is nothing to divide by.",
        "Start from an array of zeros, find with a mask which y lie strictly between support[0] and support[1], and compute only those.",
    ),
)
def check_density_after(answer, rng):
    slope, shift, lam = rng.uniform(2, 3), rng.uniform(1, 2), rng.uniform(0.5, 2)
    mu = rng.uniform(0.3, 0.7) * rng.choice([-1, 1])

    def p_normal(x):
        return np.exp(-0.5 * (x - mu) ** 2) / np.sqrt(2 * np.pi)

    def p_exponential(x):
        return lam * np.exp(-lam * x)

    y = rng.uniform(0.4, 3, 5) * np.array([1, -1, 1, -1, 1])
    everywhere = (-np.inf, np.inf)
    cases = (
        (
            "g(x) = a x + b",
            p_normal,
            lambda y: (y - shift) / slope,
            lambda y: np.full(np.shape(y), 1 / slope),
            y,
            everywhere,
        ),
        (
            "g(x) = 0.2 − x³",
            p_normal,
            lambda y: np.cbrt(0.2 - y),
            lambda y: -(np.abs(0.2 - y) ** (-2 / 3)) / 3,
            y,
            everywhere,
        ),
        ("g(x) = exp(x)", p_normal, np.log, lambda y: 1 / y, np.abs(y), (0, np.inf)),
        ("g(x) = exp(x)", p_normal, np.log, lambda y: 1 / y, np.append(y, 0.0), (0, np.inf)),
        (
            "g = sigmoid",
            p_normal,
            logit,
            lambda y: 1 / (y * (1 - y)),
            np.array([*rng.uniform(0.05, 0.95, 3), 1.5, -0.5]),
            (0, 1),
        ),
        (
            "g(x) = 1 − a x for exponential x",
            p_exponential,
            lambda y: (1 - y) / slope,
            lambda y: np.full(np.shape(y), -1 / slope),
            1 + y,
            (-np.inf, 1),
        ),
    )
    for name, p_x, g_inv, dg_inv, places, support in cases:
        judge_density(answer, name, p_x, g_inv, dg_inv, places, support)
    return "It conserves probability, rising or falling, and is 0 where g cannot get."


def judge_density(answer, name, p_x, g_inv, dg_inv, y, support):
    inside = (y > support[0]) & (y < support[1])
    safe = np.where(inside, y, 0.5 if support == (0, 1) else min(0.9, support[1] - 0.1))
    with np.errstate(all="ignore"):
        source, factor = g_inv(safe), dg_inv(safe)
        expected = np.where(inside, p_x(source) * np.abs(factor), 0)
        mistakes = {
            "The factor |dg_inv(y)| is missing: stretching space thins density.": p_x(source),
            "The factor is upside down: multiply by the derivative of the inverse, do not divide.": p_x(source)
            / np.abs(factor),
            "The density came out negative: a falling g has a negative derivative, so take the absolute value.": p_x(
                source
            )
            * factor,
            "The sign was turned around for every g; only a falling one has a negative derivative: take the absolute value.": (
                -p_x(source) * factor
            ),
            "The factor is added; it must multiply the density.": p_x(source) + np.abs(factor),
            "The values were made to sum to 1: a density has area 1, and its values at a few places need not sum to anything.": (
                expected / expected.sum()
            ),
            "The factor is upside down and squared.": p_x(source) / factor**2,
            "The factor is upside down and lacks its absolute value.": p_x(source) / factor,
            "The density is 0 where g falls: a negative derivative must change its sign, not be cut off.": (
                p_x(source) * np.maximum(factor, 0)
            ),
            "p_x must be evaluated where y came from, at g_inv(y).": p_x(safe) * np.abs(factor),
            "p_x must be evaluated where y came from, at g_inv(y), and the factor is missing.": p_x(safe),
            "The factor must be taken at y: dg_inv is a function of y, not of x.": p_x(source) * np.abs(dg_inv(source)),
            "The factor must be taken at y, not at |y|.": p_x(source) * np.abs(dg_inv(np.abs(safe))),
            "The factor is squared or applied twice.": p_x(source) * factor**2,
            "The factor is under a square root: in one dimension it is |dg_inv(y)| itself.": p_x(source)
            * np.sqrt(np.abs(factor)),
        }
    got = as_numbers(answer, (), answer(p_x, g_inv, dg_inv, y, support), y.shape)
    seen = f"Seen with {name} at y = {np.round(y, 3).tolist()}."
    expect(got.shape == y.shape, f"The result has shape {got.shape}, y has {y.shape}. {seen}")
    expect(not np.isnan(got[~inside]).any(), f"Outside the support the density must be 0, not NaN. {seen}")
    if np.allclose(got, expected, rtol=1e-7, atol=1e-12):
        return
    if np.allclose(got[inside], expected[inside], rtol=1e-7, atol=1e-12):
        raise Wrong(f"Outside the support g has no values, so the density must be exactly 0 there. {seen}")
    for message, mistaken in mistakes.items():
        expect(not np.allclose(got[inside], mistaken[inside], rtol=1e-6, atol=1e-12), f"{message} {seen}")
    raise Wrong(
        f"The density came out as {np.round(got, 4).tolist()}, expected {np.round(expected, 4).tolist()}. {seen}"
    )


@exercise(
    "3.13",
    "kl(P, Q)",
    level="core",
    hints=(
        "Only outcomes that can happen under P count. Keep those and forget the rest, in both arrays.",
        "Among those, is there one that Q calls impossible? Then you know the answer without a logarithm.",
        "With mask = P > 0: infinity if any Q[mask] is 0, otherwise the sum of P (log P − log Q) over the mask.",
    ),
)
def check_kl(answer, rng):
    mistakes = {
        "The arguments are swapped: the expectation is over P.": lambda P, Q: divergence(Q, P),
        "The logarithm must be the natural one, so that the result is in nats, not bits.": lambda P, Q: (
            divergence(P, Q) / np.log(2)
        ),
        "The logarithm must be the natural one, so that the result is in nats.": lambda P, Q: (
            divergence(P, Q) / np.log(10)
        ),
        "Terms may be negative; taking their absolute values changes the sum.": lambda P, Q: np.abs(terms(P, Q)).sum(),
        "Negative terms count too; they were cut off at 0.": lambda P, Q: np.maximum(terms(P, Q), 0).sum(),
        "The sign is wrong: a divergence is never negative.": lambda P, Q: -divergence(P, Q),
        "This is the cross-entropy; the entropy of P has not been subtracted.": lambda P, Q: (
            divergence(P, Q) + entropy(P)
        ),
        "This is minus the cross-entropy; the term with log P is missing.": lambda P, Q: -divergence(P, Q) - entropy(P),
        "Add the terms: this is their mean.": lambda P, Q: terms(P, Q).mean(),
        "Add the terms: the result is one number.": terms,
        "Every logarithm must be weighted with P(x): this is the plain sum of the log-ratios.": lambda P, Q: np.log(
            P / Q
        ).sum(),
        "The expectation is over P: both directions are mixed.": [
            lambda P, Q: divergence(P, Q) + divergence(Q, P),
            lambda P, Q: (divergence(P, Q) + divergence(Q, P)) / 2,
        ],
        "The expectation is over P: the differences of the logarithms were weighted with Q.": lambda P, Q: (
            -divergence(Q, P)
        ),
        "This is a difference of two entropies; the expectation must be over P in both terms.": lambda P, Q: (
            entropy(Q) - entropy(P)
        ),
        "This is the total variation distance, half the sum of |P − Q|.": lambda P, Q: np.abs(P - Q).sum() / 2,
        "Q was normalised again over the outcomes that P allows; its probability elsewhere is wasted, and that counts.": lambda P, Q: (
            divergence(P, Q / Q[P > 0].sum())
        ),
        "The logarithm belongs inside the expectation: the mean of the logarithms, not the logarithm of the mean.": lambda P, Q: (
            np.log(np.sum(P[P > 0] ** 2 / Q[P > 0]))
        ),
        "This is the squared distance of P and Q.": lambda P, Q: np.sum((P - Q) ** 2),
    }
    for k in (2, 4):
        P, Q = apart(rng, k)
        expect_close(answer, (P, Q), divergence(P, Q), mistakes=mistakes, rtol=1e-7, atol=1e-9)
    P, Q = with_zeros(rng, 4, only_p=True)
    judge_zero(
        answer, P, Q, divergence(P, Q), "An outcome with P = 0 contributes nothing: 0 log 0 is 0, not NaN.", mistakes
    )
    P, Q = with_zeros(rng, 5, only_p=False)
    judge_zero(
        answer,
        P,
        Q,
        divergence(P, Q),
        "Where both are 0 the outcome contributes nothing; the result is not NaN.",
        mistakes,
    )
    Q, P = with_zeros(rng, 4, only_p=True)
    judge_infinite(answer, P, Q)
    P, Q = np.array([0.5, 0.5, 0.0, 0.0]), np.array([0.0, 0.5, 0.5, 0.0])
    judge_infinite(answer, P, Q)
    P = apart(rng, 3)[0]
    expect_close(answer, (P, P), 0.0, atol=1e-12)
    return "It survives zeros, and is infinite when Q rules out what P allows."


def judge_zero(answer, P, Q, expected, message, mistakes):
    got = as_numbers(answer, (P, Q), answer(P, Q), ())
    expect(not np.isnan(got).any(), f"{message} Seen with {answer.call(P, Q)}.")
    expect(
        not np.isinf(got).any(),
        f"Q(x) > 0 where P(x) = 0 does no harm; the result is finite. Seen with {answer.call(P, Q)}.",
    )
    expect_close(answer, (P, Q), expected, mistakes=mistakes, rtol=1e-7, atol=1e-9)


def judge_infinite(answer, P, Q):
    got = as_numbers(answer, (P, Q), answer(P, Q), ())
    seen = f"Seen with {answer.call(P, Q)}."
    expect(got.shape == (), f"The result is one number, not an array of shape {got.shape}. {seen}")
    expect(not np.isnan(got), f"Q rules out an outcome that P allows: the result is infinite, not NaN. {seen}")
    expect(
        not np.isfinite(got),
        "Q(x) = 0 where P(x) > 0: the divergence is infinite; skipping the term or adding a small number hides that. "
        + seen,
    )
    expect(got > 0, f"The divergence is plus infinity here, not minus infinity. {seen}")


def apart(rng, k):
    """Return two distributions, far enough from each other that every mistake shows."""
    while True:
        P, Q = rng.dirichlet(np.ones(k), 2)
        a, b = divergence(P, Q), divergence(Q, P)
        if min(P.min(), Q.min()) > 0.02 and min(a, b) > 0.05 and abs(a / b - 1) > 0.05:
            return P, Q


def with_zeros(rng, k, only_p):
    """Return P with one or two zeros and Q, which shares one of them unless only_p."""
    P, Q = apart(rng, k)
    i, j = rng.permutation(k)[:2]
    P[i] = 0
    if not only_p:
        P[j] = Q[j] = 0
    return P / P.sum(), Q / Q.sum()


def terms(P, Q):
    with np.errstate(all="ignore"):
        return np.where(P > 0, P * np.log(np.where(P > 0, P, 1) / Q), 0.0)


def divergence(P, Q):
    return terms(P, Q).sum()


def entropy(P):
    return -np.sum(P[P > 0] * np.log(P[P > 0]))


@exercise(
    "3.14",
    "joint_directed(parents, tables)",
    level="challenge",
    hints=(
        "For one state of all the variables, the entry is a product of one number from each table. Which index picks it from tables[i]?",
        "The axes of tables[i] are the variables [*parents[i], i], in this order; the axes of the result are 0, 1, …, n − 1.",
        "np.einsum also takes numbers instead of letters: einsum(table, axes, table, axes, …, result_axes). "
        "Without it, loop over all states with np.ndindex.",
    ),
)
def check_joint_directed(answer, rng):
    mistakes = {
        "The parents' axes of a table are in the order of parents[i], which need not be increasing.": lambda ps, ts: (
            product(ts, [[*sorted(p), i] for i, p in enumerate(ps)])
        ),
        "A table's last axis is the variable itself; here it was taken to be the first.": lambda ps, ts: product(
            ts, [[i, *p] for i, p in enumerate(ps)]
        ),
        "The parents' axes of a table are in the order of parents[i], not in the reverse order.": lambda ps, ts: (
            product(ts, [[*p[::-1], i] for i, p in enumerate(ps)])
        ),
        "The axes of the result are in the wrong order: axis i must be variable i.": lambda ps, ts: joint(ps, ts).T,
        "This is the product of the marginals: the arrows have been ignored.": product_of_marginals,
        "The parents were averaged out of each table before multiplying: use the full conditional tables.": product_of_means,
        "No table has to be divided by its sum: each sums to 1 along its last axis already, and so does the product.": (
            lambda ps, ts: joint(ps, [t / t.sum() for t in ts])
        ),
        "The tables are multiplied, not added.": lambda ps, ts: added(ps, ts),
        "This is the logarithm of the joint.": lambda ps, ts: np.log(joint(ps, ts)),
        "Only a variable's first parent was used.": product_of_first_parents,
        "Only a variable's last parent was used.": product_of_last_parents,
        "Every variable without parents was taken to be uniform; its table says how likely its states are.": lambda ps, ts: (
            joint(ps, [np.full_like(t, 1 / len(t)) if t.ndim == 1 else t for t in ts])
        ),
        "The last variable's table is missing from the product.": lambda ps, ts: left_out(ps, ts, -1),
        "The first variable's table is missing from the product.": lambda ps, ts: left_out(ps, ts, 0),
    }
    one, chain, collider = [()], [(), (0,)], [(), (), (0, 1)]
    swapped, upward = [(), (0,), (1, 0)], [(2,), (0, 2), ()]
    figure = [(), (0,), (1, 0), (1,), (2,)]
    cases = (
        (one, (2,)),
        (chain, (2, 2)),
        (collider, (2, 2, 2)),
        (swapped, (2, 2, 2)),
        (upward, (2, 2, 2)),
        (swapped, (2, 3, 4)),
        (figure, (2, 2, 2, 3, 2)),
    )
    for parents, sizes in cases:
        tables = [table([sizes[p] for p in ps], sizes[i], rng) for i, ps in enumerate(parents)]
        shown = f"Seen with parents = {parents} and variables of {', '.join(map(str, sizes))} states."
        judge_joint(answer, parents, tables, mistakes, shown)
    return "Each entry is the product of one number from each table."


def judge_joint(answer, parents, tables, mistakes, shown):
    expected = joint(parents, tables)
    before = [t.copy() for t in tables]
    got = as_numbers(answer, (parents, tables), answer(parents, tables), expected.shape)
    unchanged = all(np.array_equal(a, b) for a, b in zip(before, tables, strict=True))
    expect(unchanged, f"The tables were changed; work on copies. {shown}")
    if got.shape == expected.shape and np.allclose(got, expected, rtol=1e-9, atol=1e-12):
        return
    for message, mistake in each_mistake(mistakes):
        try:
            mistaken = np.asarray(mistake(parents, tables))
        except ValueError:
            continue
        expect(
            got.shape != mistaken.shape or not np.allclose(got, mistaken, rtol=1e-7, atol=1e-10), f"{message} {shown}"
        )
    expect(got.shape == expected.shape, f"The joint table must have shape {expected.shape}, not {got.shape}. {shown}")
    expect(np.isclose(got.sum(), 1), f"The joint table sums to {got.sum():.4g}, not to 1. {shown}")
    raise Wrong(f"The table sums to 1, but its entries are not the products of the factors. {shown}")


def table(parent_sizes, size, rng):
    """Return a conditional table far from uniform."""
    return rng.dirichlet(np.full(size, 0.8), tuple(parent_sizes)) * 0.9 + 0.1 / size


def product(tables, axes):
    n = len(tables)
    operands = [x for pair in zip(tables, axes, strict=True) for x in pair]
    return np.einsum(*operands, list(range(n)))


def joint(parents, tables):
    return product(tables, [[*p, i] for i, p in enumerate(parents)])


def product_of_marginals(parents, tables):
    J, n = joint(parents, tables), len(parents)
    return product([J.sum(axis=tuple(k for k in range(n) if k != i)) for i in range(n)], [[i] for i in range(n)])


def product_of_means(parents, tables):
    return product([t.mean(axis=tuple(range(t.ndim - 1))) for t in tables], [[i] for i in range(len(parents))])


def product_of_first_parents(parents, tables):
    few = [t.mean(axis=tuple(range(1, t.ndim - 1))) if t.ndim > 2 else t for t in tables]
    return joint([p[:1] for p in parents], few)


def product_of_last_parents(parents, tables):
    few = [t.mean(axis=tuple(range(t.ndim - 2))) if t.ndim > 2 else t for t in tables]
    return joint([p[-1:] for p in parents], few)


def added(parents, tables):
    ones = [np.ones_like(t) for t in tables]
    return sum(joint(parents, [*ones[:i], t, *ones[i + 1 :]]) for i, t in enumerate(tables))


def left_out(parents, tables, which):
    kept = list(tables)
    kept[which] = np.ones_like(kept[which])
    return joint(parents, kept)
