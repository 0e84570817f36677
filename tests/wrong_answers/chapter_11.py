"""Wrong answers to the exercises of chapter 11, Practical Methodology, each with a part of the message it must get."""

import numpy as np
import torch

WRONG = {}


# 11.1


def _by_threshold(conf, correct):
    for t in np.unique(conf)[::-1]:
        kept = conf >= t
        yield kept.mean(), correct[kept].mean()


def stops_at_first_dip(conf, correct, target):
    best = 0.0
    for coverage, accuracy in _by_threshold(conf, correct):
        if accuracy < target:
            break
        best = coverage
    return best


def first_that_reaches(conf, correct, target):
    return next((c for c, a in _by_threshold(conf, correct) if a >= target), 0.0)


def sorts_ascending(conf, correct, target):
    return max((c for c, a in _by_threshold(-conf, correct) if a >= target), default=0.0)


def accuracy_of_rejected(conf, correct, target):
    best = 0.0
    for t in np.unique(conf)[1:]:
        if correct[conf < t].mean() >= target:
            best = max(best, (conf >= t).mean())
    return best


def splits_ties(conf, correct, target):
    order = np.argsort(-conf, kind="stable")
    accuracy = np.cumsum(correct[order]) / np.arange(1, len(conf) + 1)
    good = np.flatnonzero(accuracy >= target)
    return (good[-1] + 1) / len(conf) if len(good) else 0.0


def strictly_above(conf, correct, target):
    return max((c for c, a in _by_threshold(conf, correct) if a > target), default=0.0)


def target_as_threshold(conf, correct, target):
    return (conf >= target).mean()


def counts_only_right(conf, correct, target):
    return max((c * a for c, a in _by_threshold(conf, correct) if a >= target), default=0.0)


def keeps_threshold_out(conf, correct, target):
    best = 0.0
    for t in np.unique(conf):
        kept = conf > t
        if kept.any() and correct[kept].mean() >= target:
            best = max(best, kept.mean())
    return best


def grid_of_thresholds(conf, correct, target):
    for t in np.linspace(0, 1, 101):
        kept = conf >= t
        if kept.any() and correct[kept].mean() >= target:
            return kept.mean()
    return 0.0


def returns_the_threshold(conf, correct, target):
    return next((t for t in np.unique(conf) if correct[conf >= t].mean() >= target), 0.0)


def counts_examples(conf, correct, target):
    return len(conf) * max((c for c, a in _by_threshold(conf, correct) if a >= target), default=0.0)


WRONG["11.1"] = [
    (grid_of_thresholds, "fixed grid"),
    (returns_the_threshold, "This is the threshold"),
    (counts_examples, "divide by how many"),
    (stops_at_first_dip, "it may come back"),
    (first_that_reaches, "smallest coverage"),
    (sorts_ascending, "sort from high confidence"),
    (accuracy_of_rejected, "what is refused"),
    (splits_ties, "equal confidence were separated"),
    (strictly_above, "equal to the target is good enough"),
    (target_as_threshold, "not an accuracy"),
    (counts_only_right, "not of those answered rightly"),
    (keeps_threshold_out, "equals the threshold is answered"),
]


# 11.3


def always_more_data(train, val, target, tried):
    return "done" if val <= target else "more data"


def more_data_if_both_miss(train, val, target, tried):
    if val <= target:
        return "done"
    if train > target:
        return "more data" if "capacity" in tried else "capacity"
    return "more data" if "regularise" in tried else "regularise"


def training_error_first(train, val, target, tried):
    if train > target:
        return "check data" if "capacity" in tried else "capacity"
    if val <= target:
        return "done"
    return "more data" if "regularise" in tried else "regularise"


def done_by_training(train, val, target, tried):
    if train <= target:
        return "done"
    return "check data" if "capacity" in tried else "capacity"


def strict_comparison(train, val, target, tried):
    if val < target:
        return "done"
    if train >= target:
        return "check data" if "capacity" in tried else "capacity"
    return "more data" if "regularise" in tried else "regularise"


def strict_in_training(train, val, target, tried):
    if val <= target:
        return "done"
    if train >= target:
        return "check data" if "capacity" in tried else "capacity"
    return "more data" if "regularise" in tried else "regularise"


def never_regularises(train, val, target, tried):
    if val <= target:
        return "done"
    return ("check data" if "capacity" in tried else "capacity") if train > target else "more data"


def forgets_that_it_regularised(train, val, target, tried):
    if val <= target:
        return "done"
    return ("check data" if "capacity" in tried else "capacity") if train > target else "regularise"


def branches_swapped(train, val, target, tried):
    if val <= target:
        return "done"
    if train <= target:
        return "check data" if "capacity" in tried else "capacity"
    return "more data" if "regularise" in tried else "regularise"


def blames_the_data_at_once(train, val, target, tried):
    if val <= target:
        return "done"
    if train > target:
        return "check data"
    return "more data" if "regularise" in tried else "regularise"


def regularises_underfitting(train, val, target, tried):
    if val <= target:
        return "done"
    return "more data" if "regularise" in tried else "regularise"


def same_again(train, val, target, tried):
    if val <= target:
        return "done"
    if train > target:
        return "capacity"
    return "more data" if "regularise" in tried else "regularise"


def other_word(train, val, target, tried):
    return "done" if val <= target else "train longer"


WRONG["11.3"] = [
    (always_more_data, "try regularisation first"),
    (more_data_if_both_miss, "more data of the same kind cannot help"),
    (training_error_first, "that is the one that counts"),
    (done_by_training, "not done, however small"),
    (strict_comparison, "equal to the target meets it."),
    (strict_in_training, "here that is the training error"),
    (never_regularises, "try regularisation first"),
    (forgets_that_it_regularised, "gap is still there"),
    (branches_swapped, "would only widen the gap"),
    (blames_the_data_at_once, "Before you doubt the data"),
    (regularises_underfitting, "would make it larger still"),
    (same_again, "now check the data"),
    (other_word, "expected one of"),
]


# 11.4


def guarded(draw):
    """Refuse wrong bounds, then draw."""

    def log_uniform(low, high, n, rng):
        if not 0 < low < high:
            raise ValueError("expected 0 < low < high")
        return draw(low, high, n, rng)

    log_uniform.__name__ = draw.__name__
    return log_uniform


@guarded
def plain_uniform(low, high, n, rng):
    return rng.uniform(low, high, n)


@guarded
def ten_to_natural_log(low, high, n, rng):
    return 10 ** rng.uniform(np.log(low), np.log(high), n)


@guarded
def e_to_decimal_log(low, high, n, rng):
    return np.exp(rng.uniform(np.log10(low), np.log10(high), n))


@guarded
def returns_logs(low, high, n, rng):
    return rng.uniform(np.log(low), np.log(high), n)


@guarded
def rounds_the_exponent(low, high, n, rng):
    return np.clip(10 ** np.round(rng.uniform(np.log10(low), np.log10(high), n)), low, high)


@guarded
def own_generator(low, high, n, rng):
    return np.exp(np.random.default_rng().uniform(np.log(low), np.log(high), n))


@guarded
def evenly_spaced(low, high, n, rng):
    return np.geomspace(low, high, n)


@guarded
def log_of_uniform(low, high, n, rng):
    x = np.log(rng.uniform(1, np.e, n))
    return low * (high / low) ** x


@guarded
def one_draw(low, high, n, rng):
    return np.exp(rng.uniform(np.log(low), np.log(high)))


@guarded
def natural_to_binary_log(low, high, n, rng):
    return np.exp(rng.uniform(np.log2(low), np.log2(high), n))


@guarded
def seed_of_its_own(low, high, n, rng):
    return np.exp(np.random.default_rng(0).uniform(np.log(low), np.log(high), n))


@guarded
def in_order(low, high, n, rng):
    return np.sort(np.exp(rng.uniform(np.log(low), np.log(high), n)))


def order_not_refused(low, high, n, rng):
    if low <= 0 or low == high:
        raise ValueError("expected positive bounds")
    return np.exp(rng.uniform(np.log(min(low, high)), np.log(max(low, high)), n))


def zero_not_refused(low, high, n, rng):
    if low >= high:
        raise ValueError("expected low < high")
    low = max(low, 1e-12)
    return np.exp(rng.uniform(np.log(low), np.log(high), n))


WRONG["11.4"] = [
    (plain_uniform, "is uniform itself"),
    (ten_to_natural_log, "10 to the power of a natural logarithm"),
    (e_to_decimal_log, "e to the power of a logarithm to base 10"),
    (returns_logs, "returns logarithms"),
    (rounds_the_exponent, "do not round the exponent"),
    (own_generator, "draw from the rng that is passed in"),
    (evenly_spaced, "not evenly spaced"),
    (log_of_uniform, "is not uniform between the bounds"),
    (one_draw, "has shape"),
    (natural_to_binary_log, "outside the bounds"),
    (seed_of_its_own, "Another rng gave the same draws"),
    (in_order, "come in order"),
    (order_not_refused, "in the wrong order"),
    (zero_not_refused, "bounds 0 and 1 were not refused"),
]


# 11.5


def slopes(f, x, i, h=1e-5):
    e = torch.zeros_like(x)
    e[i] = h
    return float(f(x + e) - f(x)) / h, float(f(x) - f(x - e)) / h


def variant(
    name, *, h=1e-5, relative=lambda g, s: abs(g - s) / max(abs(g), abs(s), 1e-8), kinks=True, which=None, total=max
):
    """Return a gradient check with something changed."""

    def gradient_check(f, g, x):
        claimed, errors = g(x), [0.0]
        for i in range(len(x)) if which is None else which(len(x)):
            right, left = slopes(f, x, i, h)
            if not kinks or abs(right - left) <= 1e-3:
                errors.append(relative(float(claimed[i]), (right + left) / 2))
        return total(errors)

    gradient_check.__name__ = name
    return gradient_check


def one_sided_tiny_step(f, g, x):
    claimed, worst = g(x), 0.0
    for i in range(len(x)):
        e = torch.zeros_like(x)
        e[i] = 1e-12
        s = float(f(x + e) - f(x)) / 1e-12
        worst = max(worst, abs(float(claimed[i]) - s) / max(abs(float(claimed[i])), abs(s), 1e-8))
    return worst


def one_sided(f, g, x):
    claimed, worst = g(x), 0.0
    for i in range(len(x)):
        e = torch.zeros_like(x)
        e[i] = 5e-4
        s = float(f(x + e) - f(x)) / 5e-4
        worst = max(worst, abs(float(claimed[i]) - s) / max(abs(float(claimed[i])), abs(s), 1e-8))
    return worst


def all_at_once(f, g, x):
    e = torch.full_like(x, 1e-5)
    s, claimed = float(f(x + e) - f(x - e)) / 2e-5, float(g(x).sum())
    return abs(claimed - s) / max(abs(claimed), abs(s), 1e-8)


def gives_up_at_a_kink(f, g, x):
    claimed, worst = g(x), 0.0
    for i in range(len(x)):
        right, left = slopes(f, x, i)
        if abs(right - left) > 1e-3:
            return 0.0
        s = (right + left) / 2
        worst = max(worst, abs(float(claimed[i]) - s) / max(abs(float(claimed[i])), abs(s), 1e-8))
    return worst


def leaves_zeros_out(f, g, x):
    claimed, worst = g(x), 0.0
    for i in range(len(x)):
        right, left = slopes(f, x, i)
        if float(x[i]) != 0:
            s = (right + left) / 2
            worst = max(worst, abs(float(claimed[i]) - s) / max(abs(float(claimed[i])), abs(s), 1e-8))
    return worst


def trusts_autograd(f, g, x):
    z = x.clone().requires_grad_()
    (s,) = torch.autograd.grad(f(z), z)
    return float(((g(x) - s).abs() / torch.maximum(g(x).abs(), s.abs()).clamp(min=1e-8)).max())


WRONG["11.5"] = [
    (variant("absolute", relative=lambda g, s: abs(g - s)), "absolute error"),
    (variant("by_slope", relative=lambda g, s: abs(g - s) / max(abs(s), 1e-8)), "not by the slope alone"),
    (variant("by_sum", relative=lambda g, s: abs(g - s) / max(abs(g) + abs(s), 1e-8)), "not by their sum"),
    (variant("kinks_kept", kinks=False), "must be left out"),
    (variant("first_only", which=lambda n: [0]), "coordinates were checked"),
    (variant("last_forgotten", which=lambda n: range(n - 1)), "coordinates were checked"),
    (
        variant("mean", total=lambda errors: sum(errors) / (len(errors) - 1) if len(errors) > 1 else 0.0),
        "mean over the coordinates",
    ),
    (
        variant("tiny_floor", relative=lambda g, s: abs(g - s) / max(abs(g), abs(s), 1e-2)),
        "however small the absolute one",
    ),
    (variant("sum", total=sum), "were added"),
    (variant("first", total=lambda errors: next((e for e in errors if e > 1e-4), 0.0)), "smaller of the two"),
    (variant("signed", relative=lambda g, s: (g - s) / max(abs(g), abs(s), 1e-8)), "absolute value of the difference"),
    (one_sided_tiny_step, "drowns in the rounding"),
    (one_sided, "Only one side was looked at"),
    (all_at_once, "one coordinate at a time"),
    (gives_up_at_a_kink, "but only they"),
    (leaves_zeros_out, "but only they"),
    (variant("no_floor", relative=lambda g, s: abs(g - s) / max(abs(g), abs(s))), "does not depend on one coordinate"),
    (variant("long_step", h=1e-3), "is too long"),
    (trusts_autograd, "raised"),
]


# 11.6


def picked(log_d, digits):
    return log_d.gather(2, digits[:, :, None])[:, :, 0]


def log_length(log_L, lengths):
    return log_L.gather(1, lengths[:, None] - 1)[:, 0]


def inside(log_d, lengths, extra=0):
    return torch.arange(log_d.shape[1]) < lengths[:, None] + extra


def padding_counts(log_L, log_d, lengths, digits):
    return -log_length(log_L, lengths) - picked(log_d, digits).sum(1)


def mean_of_digits(log_L, log_d, lengths, digits):
    return -log_length(log_L, lengths) - (picked(log_d, digits) * inside(log_d, lengths)).sum(1) / lengths


def length_off_by_one(log_L, log_d, lengths, digits):
    return -log_L.gather(1, lengths[:, None] % log_L.shape[1])[:, 0] - (
        picked(log_d, digits) * inside(log_d, lengths)
    ).sum(1)


def one_too_many(log_L, log_d, lengths, digits):
    return -log_length(log_L, lengths) - (picked(log_d, digits) * inside(log_d, lengths, 1)).sum(1)


def last_left_out(log_L, log_d, lengths, digits):
    return -log_length(log_L, lengths) - (picked(log_d, digits) * inside(log_d, lengths, -1)).sum(1)


def no_length(log_L, log_d, lengths, digits):
    return -(picked(log_d, digits) * inside(log_d, lengths)).sum(1)


def wrong_sign(log_L, log_d, lengths, digits):
    return log_length(log_L, lengths) + (picked(log_d, digits) * inside(log_d, lengths)).sum(1)


def one_number(log_L, log_d, lengths, digits):
    return -wrong_sign(log_L, log_d, lengths, digits).mean()


def opposite_signs(log_L, log_d, lengths, digits):
    return -log_length(log_L, lengths) + (picked(log_d, digits) * inside(log_d, lengths)).sum(1)


def probability(log_L, log_d, lengths, digits):
    return wrong_sign(log_L, log_d, lengths, digits).exp()


WRONG["11.6"] = [
    (opposite_signs, "opposite signs"),
    (probability, "These are probabilities"),
    (padding_counts, "padding beyond the length counts"),
    (mean_of_digits, "are averaged"),
    (length_off_by_one, "counted off by one"),
    (one_too_many, "One digit too many"),
    (last_left_out, "last digit is left out"),
    (no_length, "of the length is missing"),
    (wrong_sign, "sign is wrong"),
    (one_number, "One loss per image"),
]


def length_first(log_L, log_d):
    return log_L.argmax(1) + 1


def index_of_best(log_L, log_d):
    return (log_L + log_d.max(2).values.cumsum(1)).argmax(1)


def without_length(log_L, log_d):
    return log_d.max(2).values.cumsum(1).argmax(1) + 1


def last_digit_only(log_L, log_d):
    return (log_L + log_d.max(2).values).argmax(1) + 1


def digits_averaged(log_L, log_d):
    return (log_L + log_d.max(2).values.cumsum(1) / torch.arange(1, log_L.shape[1] + 1)).argmax(1) + 1


def every_place(log_L, log_d):
    return (log_L + log_d.max(2).values.sum(1)[:, None]).argmax(1) + 1


def adds_probabilities(log_L, log_d):
    return (log_L.exp() + log_d.max(2).values.exp().cumsum(1)).argmax(1) + 1


def grows_while_it_helps(log_L, log_d):
    total = log_L + log_d.max(2).values.cumsum(1)
    lengths = torch.ones(len(total), dtype=torch.long)
    for row, values in enumerate(total.tolist()):
        while lengths[row] < len(values) and values[lengths[row]] > values[lengths[row] - 1]:
            lengths[row] += 1
    return lengths


WRONG["11.6b"] = [
    (grows_while_it_helps, "try all lengths"),
    (length_first, "taken by itself"),
    (index_of_best, "index 0 is length 1"),
    (without_length, "one digit always wins"),
    (last_digit_only, "needs all of its digits"),
    (digits_averaged, "must be summed"),
    (every_place, "taken by itself"),
    (adds_probabilities, "sums of probabilities"),
]
