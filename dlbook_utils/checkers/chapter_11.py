"""Checkers of chapter 11, Practical Methodology."""

import numpy as np
import torch

from dlbook_utils.check import Wrong, as_numbers, exercise, expect, expect_close

# 11.1 -------------------------------------------------------------------------------------------------------------------


def curve_of(conf, correct, ties=True):
    """Return coverage and accuracy at every threshold, from strict to lenient."""
    order = np.argsort(-conf, kind="stable")
    accuracy = np.cumsum(correct[order]) / np.arange(1, len(conf) + 1)
    coverage = np.arange(1, len(conf) + 1) / len(conf)
    last = np.append(np.diff(conf[order]) != 0, True) if ties else np.ones(len(conf), bool)
    return coverage[last], accuracy[last]


def largest_coverage(conf, correct, target, ties=True):
    coverage, accuracy = curve_of(conf, correct, ties)
    return coverage[accuracy >= target].max(initial=0.0)


def first_crossing(conf, correct, target):
    """Stop where the accuracy falls below the target for the first time."""
    coverage, accuracy = curve_of(conf, correct)
    below = np.flatnonzero(accuracy < target)
    stop = below[0] if len(below) else len(coverage)
    return coverage[stop - 1] if stop else 0.0


def first_reached(conf, correct, target):
    coverage, accuracy = curve_of(conf, correct)
    return coverage[accuracy >= target].min(initial=2.0) % 2


def above_only(conf, correct, target):
    coverage, accuracy = curve_of(conf, correct)
    return coverage[accuracy > target].max(initial=0.0)


def of_the_rejected(conf, correct, target):
    """Take the accuracy of what is refused."""
    best = 0.0
    for t in np.unique(conf):
        refused = conf < t
        if refused.any() and correct[refused].mean() >= target:
            best = max(best, 1 - refused.mean())
    return best


def threshold_itself_refused(conf, correct, target):
    best = 0.0
    for t in np.unique(conf):
        kept = conf > t
        if kept.any() and correct[kept].mean() >= target:
            best = max(best, kept.mean())
    return best


def confidence_as_threshold(conf, correct, target):
    return (conf >= target).mean()


def on_a_grid(conf, correct, target):
    """Try only the thresholds 0, 0.01, …, 1."""
    best = 0.0
    for t in np.linspace(0, 1, 101):
        kept = conf >= t
        if kept.any() and correct[kept].mean() >= target:
            best = max(best, kept.mean())
    return best


def threshold_returned(conf, correct, target):
    return min((t for t in np.unique(conf) if correct[conf >= t].mean() >= target), default=0.0)


def coverage_of_right(conf, correct, target):
    best = 0.0
    for t in np.unique(conf):
        if correct[conf >= t].mean() >= target:
            best = max(best, correct[conf >= t].sum() / len(conf))
    return best


@exercise(
    "11.1",
    "coverage_at_accuracy(conf, correct, target)",
    level="core",
    hints=(
        "Which thresholds are worth trying? Only the confidences that occur.",
        "For each of them: which examples are kept, what share is that, and what share of them is right?",
        "Among the thresholds whose accuracy is at least the target, return the largest share that is kept; start from 0.",
    ),
)
def check_coverage_at_accuracy(answer, rng):
    confident = np.array([0.99, 0.95, 0.93, 0.9, 0.87, 0.85, 0.8, 0.78, 0.75, 0.72])
    dip = confident, np.array([1, 1, 1, 0, 0, 1, 1, 1, 1, 0], bool), 0.69
    equal = np.array([0.9, 0.8, 0.7, 0.6]), np.array([True, True, True, False]), 0.75
    top_is_tied = np.array([0.8, 0.8, 0.6, 0.5, 0.4]), np.array([True, False, False, False, False]), 0.9
    close = 0.99 + 0.0005 * np.arange(10, 0, -1), np.array([1, 1, 1, 1, 1, 1, 0, 0, 1, 1], bool), 0.82
    never = np.array([0.9, 0.7]), np.array([False, False]), 0.5
    falling = np.sort(rng.random(9))[::-1].copy()
    bumpy = falling, np.array([1, 1, 0, 1, 1, 1, 1, 0, 0], bool), 0.8
    order = rng.permutation(9)
    cases = [dip, equal, top_is_tied, close, never, bumpy, (falling[order], bumpy[1][order], 0.8)]
    for n, levels in ((12, 6), (40, 15), (200, 60)):
        conf = rng.integers(1, levels, n) / levels
        cases.append((conf, rng.random(n) < 0.35 + 0.6 * conf, float(rng.choice([0.705, 0.805, 0.855]))))
    for args in cases:
        expect_close(
            answer,
            args,
            largest_coverage(*args),
            mistakes={
                "Your search stops where the accuracy first falls below the target; it may come back, and the largest coverage counts.": (
                    first_crossing
                ),
                "This is the smallest coverage that reaches the target; the largest is asked for.": first_reached,
                "The least confident were answered first: sort from high confidence to low.": (
                    lambda c, k, t: largest_coverage(-c, k, t)
                ),
                "This looks at the accuracy of what is refused; the target holds for what is answered.": of_the_rejected,
                "Examples with equal confidence were separated; no threshold can do that.": (
                    lambda c, k, t: largest_coverage(c, k, t, ties=False)
                ),
                "An accuracy equal to the target is good enough: 'at least'.": above_only,
                "An example whose confidence equals the threshold is answered, too: >= and not >.": threshold_itself_refused,
                "The target was used as the threshold itself. A confidence is not an accuracy: count.": (
                    confidence_as_threshold
                ),
                "Coverage is the share of all examples that are answered, not of those answered rightly.": coverage_of_right,
                "This is the threshold; the share of the examples that reach it is asked for.": threshold_returned,
                "This is the number of examples that are answered; divide by how many there are.": (
                    lambda c, k, t: largest_coverage(c, k, t) * len(c)
                ),
                "The thresholds of a fixed grid pass over confidences that lie close together.": on_a_grid,
            },
            hint="Try every confidence that occurs as the threshold.",
        )
    return "As much as possible is answered, at the accuracy that was promised."


# 11.3 -------------------------------------------------------------------------------------------------------------------

STEPS = ("done", "capacity", "check data", "regularise", "more data")


def next_step(train, val, target, tried):
    if val <= target:
        return "done"
    if train > target:
        return "check data" if "capacity" in tried else "capacity"
    return "more data" if "regularise" in tried else "regularise"


def judge_step(answer, train, val, target, tried):
    """Compare one answer with the right one and say what is wrong with it."""
    said, right = answer(train, val, target, set(tried)), next_step(train, val, target, tried)
    if isinstance(said, str) and said == right:
        return
    call = answer.call(train, val, target, set(tried))
    expect(isinstance(said, str) and said in STEPS, f"{call} returned {said!r}; expected one of {', '.join(STEPS)}.")
    case = f" Seen with {call}."
    if right == "done":
        if val == target:
            raise Wrong("An error equal to the target meets it." + case)
        raise Wrong("The held-out error meets the target, and that is the one that counts: done." + case)
    expect(
        said != "done", "The held-out error misses the target: not done, however small the training error is." + case
    )
    if train > target:
        expect(
            said != "more data",
            "The model misses the target on the data it has; more data of the same kind cannot help." + case,
        )
        expect(
            said != "regularise",
            "The training error misses the target; regularisation would make it larger still." + case,
        )
        expect(
            said != "check data",
            "Before you doubt the data, try a larger or better trained model: 'capacity' was not tried." + case,
        )
        raise Wrong("'capacity' was tried and the training error is still too high: now check the data." + case)
    if train == target:
        raise Wrong("An error equal to the target meets it; here that is the training error." + case)
    expect(said != "capacity", "The training error is fine; more capacity would only widen the gap." + case)
    expect(
        said != "check data", "The training error is fine, so the data can be learned; the gap is what is wrong." + case
    )
    if right == "regularise":
        raise Wrong("Data are expensive: try regularisation first, it was not tried." + case)
    raise Wrong("'regularise' was tried and the gap is still there: gather more data." + case)


@exercise(
    "11.3",
    "diagnose(train, val, target, tried)",
    level="warm-up",
    hints=(
        "Which of the two errors decides whether you are done? Ask that first.",
        "Then ask whether the model can at least do what it was shown: compare the training error with the target.",
        "Each of the two remaining branches has a first step and, if that word is in tried, a second one.",
    ),
)
def check_diagnose(answer, rng):
    everything = ((), ("capacity",), ("regularise",), ("capacity", "regularise"))
    target = round(rng.uniform(0.05, 0.2), 3)
    low, high, higher = target * rng.uniform(0.1, 0.8), target * rng.uniform(1.2, 2), target * rng.uniform(2.2, 4)
    cases = [(0.5 * low, low), (low, high), (high, higher), (low, target), (target, high), (high, low), (higher, high)]
    for tried in everything:
        for train, val in cases:
            judge_step(answer, train, val, target, tried)
    for _ in range(30):
        train, val = rng.uniform(0, 0.4, 2)
        judge_step(answer, train, val, target, everything[rng.integers(4)])
    return "Two errors and a target, and you know what to do on Monday."


# 11.4 -------------------------------------------------------------------------------------------------------------------


def farthest_from_uniform(u):
    """Return the largest distance between the distribution of u and the uniform one on [0, 1] (Kolmogorov)."""
    u, n = np.sort(u), len(u)
    return max((np.arange(1, n + 1) / n - u).max(), (u - np.arange(n) / n).max())


@exercise(
    "11.4",
    "log_uniform(low, high, n, rng)",
    level="warm-up",
    hints=(
        "Which number is uniform: the draw, or its logarithm?",
        "Draw uniformly between the logarithms of the two bounds; which function undoes the logarithm that you took?",
        "Check the bounds first: raise ValueError unless 0 < low < high.",
    ),
)
def check_log_uniform(answer, rng):
    for low, high, n in ((0.001, 10.0, 4000), (1e-6, 1e-2, 4000), (2.0, 5000.0, 4000)):
        seed = int(rng.integers(2**31))
        args = low, high, n, np.random.default_rng(seed)
        call = f"log_uniform({low:g}, {high:g}, {n}, rng)"
        x = as_numbers(answer, args[:3], answer(*args)).astype(float)
        expect(x.shape == (n,), f"{call} has shape {x.shape}, expected ({n},).")
        inside = x.min() >= low * (1 - 1e-9) and x.max() <= high * (1 + 1e-9)
        ends = np.array([x.min(), x.max()])
        positive = bool((ends > 0).all() and np.isfinite(ends).all())
        e_of_decimal = positive and np.abs(np.log(ends) - np.log10([low, high])).max() < 0.05
        ten_of_natural = positive and np.abs(np.log10(ends) - np.log([low, high])).max() < 0.05
        message = f"{call} lies between e^{np.log10(low):g} and e^{np.log10(high):g}: e to the power of a logarithm to base 10."
        expect(not e_of_decimal, message + " Use one base, there and back.")
        if not inside:
            expect(
                not ten_of_natural,
                f"{call} leaves its bounds: 10 to the power of a natural logarithm. Use one base, there and back.",
            )
            expect(
                not (x.min() >= np.log(low) - 1e-9 and x.max() <= np.log(high) + 1e-9),
                f"{call} returns logarithms; undo the logarithm at the end.",
            )
            raise Wrong(f"{call} returns values from {x.min():.3g} to {x.max():.3g}, outside the bounds.")
        u = np.log(x / low) / np.log(high / low)
        if len(np.unique(x)) < n / 2:
            raise Wrong(f"{call} takes only {len(np.unique(x))} different values: do not round the exponent.")
        expect(
            farthest_from_uniform((x - low) / (high - low)) > 0.05,
            f"{call} is uniform itself, so that nearly all draws have the order of magnitude of the upper bound.",
        )
        expect(
            farthest_from_uniform(u) < 0.045,
            f"The logarithm of {call} is not uniform between the bounds: {(u > 0.5).mean():.0%} of it lie in the upper half.",
        )
        again = as_numbers(answer, args[:3], answer(low, high, n, np.random.default_rng(seed)))
        expect(
            np.array_equal(x, again),
            "The same rng gave other draws the second time: draw from the rng that is passed in.",
        )
        ranks = np.corrcoef(np.arange(n), x)[0, 1]
        expect(abs(ranks) < 0.1, "The draws come in order; they must be random, not evenly spaced.")
        other = as_numbers(answer, args[:3], answer(low, high, n, np.random.default_rng(seed + 1)))
        expect(not np.array_equal(x, other), "Another rng gave the same draws: draw from the rng that is passed in.")
    for low, high in ((1.0, 0.1), (0.0, 1.0), (-1.0, 1.0), (0.5, 0.5)):
        try:
            answer(low, high, 3, np.random.default_rng(0))
        except Wrong as wrong:
            if "raised ValueError" in str(wrong):
                continue
        if low > high:
            raise Wrong("The bounds 1 and 0.1 are in the wrong order and were not refused: raise ValueError.")
        raise Wrong(
            f"The bounds {low:g} and {high:g} were not refused; they need ValueError, since 0 < low < high is asked for."
        )
    return "Every order of magnitude gets its share of the trials."


# 11.5 -------------------------------------------------------------------------------------------------------------------


class Probe:
    """A smooth function plus ramps at 0, and its gradient, that remembers where it was asked."""

    def __init__(self, n, rng, ramps=(), tiny=(), constant=0.0):
        self.a, self.b = torch.from_numpy(rng.uniform(0.5, 1.5, n)), torch.from_numpy(rng.uniform(0.5, 1.5, n))
        self.scale = torch.ones(n, dtype=torch.float64)
        self.scale[list(tiny)] = 1e-4
        self.ramps, self.constant, self.asked = list(ramps), constant, []

    def f(self, x):
        self.asked.append(x.detach().clone())
        smooth = (self.scale * self.a * torch.sin(self.b * x)).sum()
        return (smooth + torch.relu(x[self.ramps]).sum() + self.constant).item()

    def g(self, x):
        grad = self.scale * self.a * self.b * torch.cos(self.b * x)
        grad[self.ramps] += (x[self.ramps] > 0).double()
        return grad


def complain_about_steps(probe, x):
    """Raise what is wrong with the places at which the function was asked, if anything is."""
    moves = [p - x for p in probe.asked if p.shape == x.shape and not torch.equal(p, x)]
    expect(moves, "f was never asked anywhere but at x; a slope needs two places.")
    sizes = [m.abs().max().item() for m in moves]
    small = "drowns in the rounding of f; h = 1e-5 on both sides keeps half of the digits."
    expect(min(sizes) > 1e-9, f"A step of {min(sizes):.0e} {small}")
    expect(max(sizes) < 9e-4, f"A step of {max(sizes):.0e} is too long: the slope changes on the way; take h = 1e-5.")
    single = all((m != 0).sum() == 1 for m in moves)
    expect(single, "Move one coordinate at a time: a step in several at once measures a mixture of slopes.")
    touched = {int(m.abs().argmax()) for m in moves}
    expect(
        len(touched) == len(x),
        f"Only {len(touched)} of {len(x)} coordinates were checked; the mistake may sit in any of them.",
    )
    signs = {float(m.sum()) > 0 for m in moves}
    expect(len(signs) == 2, "Only one side was looked at: then the error is of order h, and a kink cannot be seen.")


@exercise(
    "11.5",
    "gradient_check(f, g, x)",
    level="challenge",
    hints=(
        "Make a vector e of zeros with h at place i; what are f(x + e), f(x) and f(x − e) good for?",
        "If the slope to the right and the slope to the left differ by more than 0.001, go on to the next coordinate.",
        "Divide the difference by the larger of |g_i|, |s| and 1e-8, and keep the largest quotient of all coordinates.",
    ),
)
def check_gradient_check(answer, rng):
    def ask(probe, g, x):
        probe.asked.clear()
        got = as_numbers(answer, (probe.f, g, x), answer(probe.f, g, x))
        expect(got.shape == () and np.isfinite(got), "gradient_check must return one number.")
        return float(got)

    for n in (2, 6):
        x = torch.from_numpy(rng.uniform(-1, 1, n))
        probe = Probe(n, rng, constant=50.0)
        while ((probe.g(x).abs() - 1).abs() < 0.05).any():  # where two mistakes would give the same number
            x, probe = torch.from_numpy(rng.uniform(-1, 1, n)), Probe(n, rng, constant=50.0)
        got = ask(probe, probe.g, x)
        if abs(got) > 1e-4:
            complain_about_steps(probe, x)
            raise Wrong(f"The gradient is right, and gradient_check says {got:.2g}; expected less than 0.0001.")
        complain_about_steps(probe, x)
        for i in range(n):  # one wrong coordinate, each in turn
            factor = rng.uniform(1.3, 1.6)

            def g(x, i=i, factor=factor, probe=probe):
                grad = probe.g(x)
                grad[i] *= factor
                return grad

            got, absolute = ask(probe, g, x), abs(float(probe.g(x)[i])) * (factor - 1)
            right = 1 - 1 / factor
            if abs(got - right) < 1e-3:
                continue
            complain_about_steps(probe, x)
            expect(abs(got - absolute) > 1e-3, "This is the absolute error. Divide it by the size of the slope.")
            expect(abs(got - (factor - 1)) > 1e-3, "Divide by the larger of |g_i| and |s|, not by the slope alone.")
            expect(
                abs(got - right / n) > 1e-3, "This is the mean over the coordinates; the largest error is asked for."
            )
            sizes = (factor - 1) / (factor + 1)
            expect(abs(got - sizes) > 1e-3, "Divide by the larger of |g_i| and |s|, not by their sum.")
            raise Wrong(
                f"Coordinate {i} of the gradient is {factor:.2f} times too large; expected {right:.4f}, not {got:.4g}."
            )
        for first, last in ((1.2, 1.5), (1.5, 1.2)):  # two wrong coordinates

            def g(x, first=first, last=last, probe=probe):
                grad = probe.g(x)
                grad[0] *= first
                grad[-1] *= last
                return grad

            got = ask(probe, g, x)
            expect(abs(got - 1 / 2) > 1e-3, "The errors of two coordinates were added; the largest one is asked for.")
            expect(abs(got - 1 / 6) > 1e-3, "Two coordinates are wrong, and this is the smaller of the two errors.")
            expect(abs(got - 1 / 3) < 1e-3, f"Two coordinates are wrong, by 0.333 and 0.167; yours is {got:.4g}.")
    x = torch.from_numpy(rng.uniform(-1, 1, 4))
    probe = Probe(4, rng, tiny=(2,))

    def half(x):
        grad = probe.g(x)
        grad[2] /= 2
        return grad

    got = ask(probe, half, x)
    small = "The slope in one coordinate is tiny and the claim half of it: a relative error of 0.5, however small the absolute one."
    expect(got > 1e-6, "A claim that is too small was not noticed: take the absolute value of the difference.")
    expect(abs(got - 0.5) < 1e-2, f"{small} Yours is {got:.2g}.")
    x = torch.from_numpy(rng.uniform(-1, 1, 5))
    x[[1, 3, 4]] = 0.0  # coordinate 3 is as smooth at 0 as anywhere
    probe = Probe(5, rng, ramps=(1, 4))
    got = ask(probe, probe.g, x)
    kink = "f has kinks in two coordinates, where no gradient is right: they must be left out"
    expect(got < 1e-4, f"{kink}; with the right gradient elsewhere yours is {got:.2g}.")

    def wrong_elsewhere(x):
        grad = probe.g(x)
        grad[3] *= 1.5
        return grad

    got = ask(probe, wrong_elsewhere, x)
    expect(abs(got - 1 / 3) < 1e-3, f"{kink}, but only they: coordinate 3 is wrong, by 0.333, and yours is {got:.2g}.")
    x = torch.from_numpy(rng.uniform(-1, 1, 3))
    probe = Probe(3, rng)
    probe.scale[1] = 0.0
    try:
        got = ask(probe, probe.g, x)
    except Wrong:
        got = np.inf
    expect(got < 1e-4, "f does not depend on one coordinate: slope and claim are both 0. The 1e-8 is there for that.")
    x = torch.zeros(2, dtype=torch.float64)
    got = ask(probe_2 := Probe(2, rng, ramps=(0, 1)), probe_2.g, x)
    expect(got == 0, "Where every coordinate has a kink there is nothing to compare: return 0.")
    return "It finds one wrong entry among many, however small, and does not cry wolf at a kink."


# 11.6 -------------------------------------------------------------------------------------------------------------------


def number_heads(rng, m, K):
    """Return log probabilities of lengths (m, K) and digits (m, K, 10)."""
    log_L = torch.from_numpy(1.5 * rng.standard_normal((m, K))).log_softmax(1)
    return log_L, torch.from_numpy(2 * rng.standard_normal((m, K, 10))).log_softmax(2)


def number_nll(log_L, log_d, lengths, digits, shift=-1, mask=True, extra=0, mean=False, length=True):
    """Return −log p(S), or one of the mistakes."""
    log_L, log_d, lengths, digits = (np.asarray(a) for a in (log_L, log_d, lengths, digits))
    rows, places = np.arange(len(lengths)), np.arange(log_d.shape[1])
    of_digits = np.take_along_axis(log_d, digits[:, :, None], 2)[:, :, 0]
    inside = (places < lengths[:, None] + extra) if mask else np.ones_like(of_digits, bool)
    total = (of_digits * inside).sum(1)
    if mean:
        total = total / inside.sum(1)
    return -total - (log_L[rows, (lengths + shift) % log_d.shape[1]] if length else 0)


@exercise(
    "11.6",
    "sequence_nll(log_L, log_d, lengths, digits)",
    level="core",
    hints=(
        "Pick out of log_d the entry of the true digit at each place: log_d.gather(2, digits[:, :, None]) gives (m, K, 1).",
        "Which places count? torch.arange(K) < lengths[:, None] is true for the first L of them.",
        "Add log_L at column lengths − 1 to the sum of the digits that count, and change the sign.",
    ),
)
def check_sequence_nll(answer, rng):
    for m, K in ((1, 3), (4, 3), (6, 5)):
        log_L, log_d = number_heads(rng, m, K)
        lengths = torch.from_numpy(rng.integers(1, K, m))  # shorter than K, so that padding is there
        digits = torch.from_numpy(rng.integers(0, 10, (m, K)))
        lengths[0] = K if K == 5 else 1
        args = log_L, log_d, lengths, digits
        expect_close(
            answer,
            args,
            number_nll(*args),
            rtol=1e-6,
            mistakes={
                "The padding beyond the length counts in your loss: the heads would learn to say it.": lambda *a: (
                    number_nll(*a, mask=False)
                ),
                "The digits are averaged; the log probability of a sequence is their sum.": lambda *a: number_nll(
                    *a, mean=True
                ),
                "The length is counted off by one: column 0 of log_L is length 1.": lambda *a: number_nll(*a, shift=0),
                "One digit too many counts: the places are numbered from 0, so place L is beyond the length.": (
                    lambda *a: number_nll(*a, extra=1)
                ),
                "The last digit is left out.": lambda *a: number_nll(*a, extra=-1),
                "The log probability of the length is missing.": lambda *a: number_nll(*a, length=False),
                "The sign is wrong: this is the log likelihood, and a loss is its negative.": lambda *a: (
                    -number_nll(*a)
                ),
                "The length and the digits have opposite signs; both are log probabilities and belong together.": (
                    lambda *a: 2 * number_nll(*a, extra=-9) - number_nll(*a)
                ),
                "These are probabilities, or their negatives; −log p is asked for.": [
                    lambda *a: np.exp(-number_nll(*a)),
                    lambda *a: -np.exp(-number_nll(*a)),
                ],
                "One loss per image is asked for, not their mean.": [
                    lambda *a: number_nll(*a).mean(),
                    lambda *a: number_nll(*a).sum(),
                ],
            },
        )
    return "Length and digits count, and padding does not."


def true_best_length(log_L, log_d):
    return (log_L + log_d.max(2).values.cumsum(1)).argmax(1).numpy() + 1


def stops_growing(log_L, log_d):
    """Lengthen the number as long as that helps at once."""
    total = (log_L + log_d.max(2).values.cumsum(1)).numpy()
    falls = np.diff(total, axis=1) <= 0
    return np.where(falls.any(1), falls.argmax(1), total.shape[1] - 1) + 1


@exercise(
    "11.6b",
    "best_length(log_L, log_d)",
    level="core",
    hints=(
        "For a given length, which digits make the sequence most probable? Each place's best one, whatever the others are.",
        "cumsum over the places adds up the logs of the first 1, 2, … best digits.",
        "Add log_L to that, and take the place of the maximum; do not forget that lengths begin at 1.",
    ),
)
def check_best_length(answer, rng):
    sure = torch.tensor([[0.4, 0.6]], dtype=torch.float64).log()
    unsure = torch.full((1, 2, 10), 0.05, dtype=torch.float64)
    unsure[0, :, 3] = 0.55
    cases = [number_heads(rng, 120, 3), number_heads(rng, 120, 5)]
    cases.append((sure, unsure.log()))  # length 2 is more probable, but 0.4 · 0.55 > 0.6 · 0.55²
    for args in cases:
        expect_close(
            answer,
            args,
            true_best_length(*args),
            mistakes={
                "The most probable length was taken by itself; its digits may be so unsure that another length wins together with its own.": (
                    lambda L, d: L.argmax(1).numpy() + 1
                ),
                "The index of the maximum was returned; index 0 is length 1.": lambda L, d: true_best_length(L, d) - 1,
                "The log probability of the length is missing: then one digit always wins.": (
                    lambda L, d: d.max(2).values.cumsum(1).argmax(1).numpy() + 1
                ),
                "You stop as soon as one more digit lowers the probability; two more may raise it again: try all lengths.": (
                    stops_growing
                ),
                "Only the last digit of each length was counted; a sequence needs all of its digits.": (
                    lambda L, d: (L + d.max(2).values).argmax(1).numpy() + 1
                ),
                "The digits were averaged; their log probabilities must be summed.": (
                    lambda L, d: (L + d.max(2).values.cumsum(1) / torch.arange(1, L.shape[1] + 1)).argmax(1).numpy() + 1
                ),
                "Logarithms of probabilities are added, which multiplies them; sums of probabilities mean nothing here.": (
                    lambda L, d: (L.exp() + d.max(2).values.exp().cumsum(1)).argmax(1).numpy() + 1
                ),
            },
        )
    return "Length and digits are chosen together."
