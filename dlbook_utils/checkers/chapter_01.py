"""Checkers of chapter 1, Introduction."""

import itertools
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from scipy.special import logsumexp

from dlbook_utils.check import Wrong, as_numbers, each_mistake, exercise, expect, expect_close, show_value

NAMES = ("ada", "bo", "cleo", "dan", "eve", "fay", "gus", "hal", "ida", "jon", "kim", "leo", "mia", "ned", "ola", "pia")


TRAITS = ("warm", "heavy", "old", "red", "loud", "round", "wet", "fast")


class Rule(NamedTuple):
    """A rule as the notebook has it."""

    name: str
    premises: list
    conclusion: tuple
    unless: tuple = ()


def some_rule(text):
    premises, conclusion = text.split(" => ")
    return Rule(text, [tuple(p.split()) for p in premises.split(", ")], tuple(conclusion.split()))


@exercise(
    "1.0",
    "is_consistent(facts, rules)",
    level="core",
    hints=(
        "A fact that a rule adds can set off another rule, or the same one again: when may you stop?",
        "Everything that follows is what forward_chain(facts, rules) returns; its keys are triples.",
        "For each known triple whose relation is “is”, look whether the triple with “is-not” in its place is known as well.",
    ),
)
def check_is_consistent(answer, rng):
    def judge(facts, rules, expected, message):
        facts = [tuple(fact.split()) for fact in facts]
        facts = [facts[i] for i in rng.permutation(len(facts))]
        got = answer(facts, [some_rule(rule) for rule in rules])
        expect(
            isinstance(got, bool | np.bool_),
            f"is_consistent must return True or False, not {type(got).__name__}.",
        )
        expect(bool(got) == expected, message)

    a, b, c, *more = (str(name) for name in rng.permutation(NAMES))
    t, u, v, w = (str(trait) for trait in rng.permutation(TRAITS)[:4])
    judge([f"{a} is {t}", f"{b} is {u}"], [], True, "Two facts about different things do not contradict each other.")
    judge(
        [f"{a} is {t}", f"{a} is-not {t}"],
        [],
        False,
        f"“{a} is {t}” and “{a} is-not {t}” are both told: this is a contradiction.",
    )
    judge(
        [f"{a} is {t}", f"{b} is-not {t}", f"{a} is-not {u}"],
        [],
        True,
        "A contradiction needs the same thing and the same property, once with “is” and once with “is-not”.",
    )
    judge(
        [f"{a} is {t}", f"{a} is-not {u}"],
        [f"?x is {t} => ?x is {u}"],
        False,
        "The rules were not used: the facts as told agree, but a fact that follows from them contradicts one of them.",
    )
    judge(
        [f"{a} is {t}", f"{b} is {v}"],
        [f"?x is {t} => ?x is {u}", f"?x is {t} => ?x is-not {u}"],
        False,
        "Both halves of a contradiction may be derived: look for them in all that is known, not only in what was told.",
    )
    # Nothing is known about u: no premise about it holds, in either direction, and nothing contradicts.
    unknown = "What is not known is not false: a premise with “is-not” holds only if just that triple is known."
    judge([f"{a} is {t}", f"{a} is {v}"], [f"?x is-not {u}, ?x is {t} => ?x is-not {v}"], True, unknown)
    judge(
        [f"{a} is {t}"],
        [f"?x is {t} => ?x is {u}"],
        True,
        "A derived fact that nobody told contradicts nothing: unknown is not false.",
    )
    judge(
        [f"{a} is {t}", f"{b} likes {c}", f"{c} is-not {u}"],
        ["?x likes ?y, ?y is " + t + " => ?x is " + u],
        True,
        "One variable must stand for one thing all through a rule.",
    )
    judge(
        [f"{a} likes {b}", f"{c} is {t}", f"{a} is-not {u}"],
        ["?x likes ?y, ?y is " + t + " => ?x is " + u],
        True,
        "One variable must stand for one thing all through a rule.",
    )
    # A chain of rules in the wrong order: every round brings one step.
    rules = [f"?x is {p} => ?x is {q}" for p, q in ((u, v), (t, u))]
    late = "It stopped too early: a fact that a rule adds can make another rule apply, so go round until nothing new comes."
    judge([f"{a} is {t}", f"{a} is-not {v}"], rules, False, late)
    judge([f"{a} is {t}", f"{a} is {w}"], [f"?x is {v} => ?x is-not {w}", *rules], False, late)
    # A chain of parts that needs several rounds of the same rule.
    length = int(rng.integers(6, 9))
    chain = [a, *more][: length + 1]
    parts = [f"{x} has-part {y}" for x, y in pairwise(chain)]
    whole = [f"?x has-part ?y, ?y is {t} => ?x is {u}", "?x has-part ?y, ?y has-part ?z => ?x has-part ?z"]
    told = [*parts, f"{chain[-1]} is {t}"]
    deep = "It stopped too early: a part of a part of a part is a part too, which takes several rounds of one rule."
    judge([*told, f"{a} is-not {u}"], whole, False, deep)
    judge(
        [*told, f"{a} is-not {t}"],
        whole,
        True,
        "Nothing here contradicts: what holds for a part need not hold for the whole.",
    )
    # One step a round, and more rounds than anyone would fix beforehand.
    last = int(rng.integers(13, 17))
    ladder = [f"?x is {t}{i} => ?x is {t}{i + 1}" for i in reversed(range(last))]
    judge(
        [f"{a} is {t}0", f"{a} is-not {t}{last}"],
        ladder,
        False,
        "It stopped too early, after a fixed number of rounds: go on until a whole round brings nothing new.",
    )
    return "It follows the rules to the end, and takes the unknown for unknown."


def log_posterior(counts, prior, message, *, alpha=1):
    table = counts + alpha
    score = np.log(prior) + np.log(table / table.sum(axis=1, keepdims=True))[:, message].sum(axis=1)
    return score - logsumexp(score)


def unsmoothed(counts, prior, message):
    with np.errstate(all="ignore"):
        return log_posterior(counts, prior, message, alpha=0)


def unnormalised(counts, prior, message):
    table = counts + 1
    return np.log(prior) + np.log(table / table.sum(axis=1, keepdims=True))[:, message].sum(axis=1)


def by_product(counts, prior, message):
    table = counts + 1
    product = prior * (table / table.sum(axis=1, keepdims=True))[:, message].prod(axis=1)
    with np.errstate(all="ignore"):
        return np.log(product / product.sum())


def log_of_product(counts, prior, message):
    table = counts + 1
    with np.errstate(all="ignore"):
        score = np.log(prior) + np.log((table / table.sum(axis=1, keepdims=True))[:, message].prod(axis=1))
        return score - logsumexp(score)


def exponentials_underflow(counts, prior, message):
    score = unnormalised(counts, prior, message)
    with np.errstate(all="ignore"):
        return score - np.log(np.exp(score).sum())


def mean_of_logarithms(counts, prior, message):
    table = counts + 1
    score = np.log(prior) + np.log(table / table.sum(axis=1, keepdims=True))[:, message].mean(axis=1)
    return score - logsumexp(score)


def largest_to_zero(counts, prior, message):
    score = unnormalised(counts, prior, message)
    return score - score.max()


def only_zeros_raised(counts, prior, message):
    return log_posterior(np.maximum(counts, 1), prior, message, alpha=0)


def flat_prior(counts, prior, message):
    return log_posterior(counts, np.ones(len(prior)) / len(prior), message)


def smoothing_without_new_total(counts, prior, message):
    score = np.log(prior) + np.log((counts + 1) / counts.sum(axis=1, keepdims=True))[:, message].sum(axis=1)
    return score - logsumexp(score)


def total_plus_one(counts, prior, message):
    score = np.log(prior) + np.log((counts + 1) / (counts.sum(axis=1, keepdims=True) + 1))[:, message].sum(axis=1)
    return score - logsumexp(score)


def each_word_once(counts, prior, message):
    return log_posterior(counts, prior, np.unique(message))


def one_total_for_all(counts, prior, message):
    score = np.log(prior) + np.log((counts + 1) / (counts + 1).sum())[:, message].sum(axis=1)
    return score - logsumexp(score)


def prior_per_word(counts, prior, message):
    return log_posterior(counts, prior ** len(message) / (prior ** len(message)).sum(), message)


@exercise(
    "1.0b",
    "nb_log_posterior(counts, prior, message)",
    level="core",
    hints=(
        "Add 1 to every count first; then each row, divided by its own sum, is P(word | c).",
        "Index the columns of the logarithms with the message: a word that occurs twice is then taken twice.",
        "Add the logarithm of the prior, and subtract the logarithm of the sum of the exponentials, with the largest taken out or by logsumexp.",
    ),
)
def check_nb_log_posterior(answer, rng):
    mistakes = {
        "A word that a class never used makes its probability 0 and its logarithm −∞: add one to every count.": unsmoothed,
        "The prior is missing: with few words in the message, how common a class is matters.": flat_prior,
        "The logarithms are not normalised: their exponentials must sum to 1.": unnormalised,
        "A product of several hundred probabilities underflows to 0: add logarithms instead.": [
            by_product,
            log_of_product,
        ],
        "The exponentials of the scores underflow when the message is long: take the largest score out first.": exponentials_underflow,
        "One was added to the counts, but not to the totals: divide by the sum of the smoothed counts.": smoothing_without_new_total,
        "The total grows by one for every word of the vocabulary, not by one.": total_plus_one,
        "A word that occurs twice in the message counts twice.": each_word_once,
        "Each class has its own total: divide each row by its own sum, not by that of a column or of the whole table.": one_total_for_all,
        "The prior counts once for the letter, not once for each word.": prior_per_word,
        "The logarithms of the words' probabilities add up; this is their mean.": mean_of_logarithms,
        "The largest score was set to 0; what must be 1 is the sum of the exponentials.": largest_to_zero,
        "Every count grows by one, not only those that are 0.": only_zeros_raised,
        "These are probabilities; return their logarithms.": lambda *args: np.exp(log_posterior(*args)),
        "The logarithms must be natural ones.": [
            lambda *args: log_posterior(*args) / np.log(2),
            lambda *args: log_posterior(*args) / np.log(10),
        ],
    }
    for k, n, length in ((2, 3, 3), (2, 5, 6), (3, 6, 5), (2, 8, 600)):
        counts = rng.integers(1, 9, (k, n)) * (1 + np.arange(k)[:, None])  # rows with different totals
        message = rng.integers(0, n, length)
        message[-1] = message[0]  # one word occurs twice
        message[1] = (message[0] + rng.integers(1, n)) % n  # and another one besides
        counts[rng.integers(k), message[0]] = 0
        prior = np.arange(1, k + 1)[rng.permutation(k)] + rng.uniform(0, 0.3, k)
        expected = log_posterior(counts, prior / prior.sum(), message)
        expect_close(answer, (counts, prior / prior.sum(), message), expected, mistakes=mistakes, rtol=1e-8, atol=1e-8)
    return "It is smoothed, normalised, and fears no long letter."


@exercise(
    "1.0c",
    "phi(X)",
    level="warm-up",
    hints=(
        "What do all points of the disc have in common that no point of the ring has?",
        "The direction of a point must not matter, so the feature must not change when the plane is turned (much).",
        "Any function that grows with x² + y² will do, and that sum itself is one.",
    ),
)
def check_phi(answer, rng):
    def ring(n, low, high):
        radius, angle = rng.uniform(low, high, n), rng.uniform(0, 2 * np.pi, n)
        return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])

    for n in (12, 150):
        spread = 2 * np.pi * np.arange(12) / 12 + rng.uniform(
            0, 2 * np.pi
        )  # some points of both kinds in every direction
        all_around = np.column_stack([np.cos(spread), np.sin(spread)])
        X = np.concatenate(
            [ring(n, 0.2, 1.0), 0.95 * all_around, ring(n, 1.6, 2.4), 1.65 * all_around, 2.35 * all_around]
        )
        y = np.repeat([0, 1], [n + 12, n + 24])
        shuffle = rng.permutation(len(y))
        X, y = X[shuffle], y[shuffle]
        feature = as_numbers(answer, (X,), answer(X))
        expect(
            feature.shape != X.shape,
            "Two features were returned; one number for each point is enough, as an array (m,).",
        )
        expect(
            feature.shape == (len(X),),
            f"Expected one number for each of the {len(X)} points, shape ({len(X)},), not {feature.shape}.",
        )
        feature = feature.astype(float) if feature.dtype.kind != "c" else feature.real
        expect(np.isfinite(feature).all(), "The feature is not a finite number for every point.")
        alone = np.array(
            [as_numbers(answer, (X[i : i + 1],), answer(X[i : i + 1])).astype(float).sum() for i in range(8)]
        )
        other = rng.permutation(len(X))
        again = as_numbers(answer, (X[other],), answer(X[other])).astype(float)
        expect(
            again.shape == feature.shape and np.allclose(again, feature[other]) and np.allclose(alone, feature[:8]),
            "The feature of a point must depend on this point alone, neither on its place in X nor on the other points.",
        )
        order = np.argsort(feature, kind="stable")
        best = best_threshold(feature[order], y[order])
        if best == 1:
            continue
        far = X + 1e-9
        named = {
            "The direction of a point says nothing here: both kinds lie in every direction.": np.arctan2(
                far[:, 1], far[:, 0]
            ),
            "A weighted sum of x and y is a straight line again, and no line parts a disc from the ring around it.": X.sum(
                axis=1
            ),
        }
        for message, mistaken in named.items():
            expect(not in_same_order(feature, mistaken), message)
        linear = np.column_stack([X, np.ones(len(X))])
        rest = feature - linear @ np.linalg.lstsq(linear, feature, rcond=None)[0]
        straight = np.ptp(feature) > 0 and np.abs(rest).max() < 1e-6 * np.ptp(feature)
        expect(
            not straight,
            "A weighted sum of x and y is a straight line again, and no line parts a disc from the ring around it.",
        )
        expect(
            np.ptp(feature) > 0, "The feature is the same for every point, so no threshold can tell any of them apart."
        )
        product = in_same_order(feature, X[:, 0] * X[:, 1]) or in_same_order(feature, np.abs(X[:, 0] * X[:, 1]))
        expect(not product, "The product x·y is 0 on both axes, for the disc and for the ring alike.")
        tilted = in_same_order(feature, X[:, 0] ** 2 - X[:, 1] ** 2)
        expect(not tilted, "In the difference x² − y² the two cancel where |x| = |y|; both must push the same way.")
        expect(
            not any(in_same_order(feature, np.abs(X[:, j])) for j in (0, 1)),
            "One coordinate alone cannot see that a point is far away along the other one.",
        )
        expect(False, f"The best threshold on this feature gets {best:.0%} of new points right; it should get all.")
    return "One number for each point, and one threshold parts all of them."


def best_threshold(feature, y):
    """Return the best accuracy of a threshold on a sorted feature; points with equal values stay together."""
    ones = np.concatenate([[0], np.cumsum(y)])
    k = np.arange(len(y) + 1)
    right = (k - ones) + (ones[-1] - ones)
    scale = max(np.abs(feature).max(), 1e-300)
    apart = np.concatenate([[True], np.diff(feature) > 1e-12 * scale, [True]])
    return np.maximum(right, len(y) - right)[apart].max() / len(y)


def in_same_order(feature, other):
    """Tell whether two features sort points alike, up or down."""
    up = np.argsort(other)
    steps = np.diff(feature[up])
    return bool(np.ptp(feature) > 0 and ((steps >= -1e-12).all() or (steps <= 1e-12).all()))


MANY_LOOKUPS = 20_000


class Watched(dict):
    """A graph that counts how often a node is looked up and gives up when paths are walked one by one."""

    def __init__(self, graph):
        super().__init__(graph)
        self.lookups = 0

    def _count(self):
        self.lookups += 1
        if self.lookups > MANY_LOOKUPS:
            raise Wrong(
                f"A graph of {len(self)} nodes took more than {MANY_LOOKUPS} look-ups: shared nodes are visited once for every "
                "path. Remember the depth of a node once you know it."
            )

    def __getitem__(self, node):
        self._count()
        return super().__getitem__(node)

    def get(self, node, default=None):
        self._count()
        return super().get(node, default)


@exercise(
    "1.0d",
    "depth(graph)",
    level="core",
    hints=(
        "What is the depth of a node if you already know the depths of the nodes it uses?",
        "An input has depth 0; any other node has one more than the deepest node it uses. The graph's depth is that of its deepest node.",
        "Write an inner function depth_of(node) that calls itself for each of graph[node], put @cache above it, and take the max over all nodes.",
    ),
)
def check_depth(answer, rng):
    a, b, c, s, t, y = (str(name) for name in rng.permutation(list("abcsty")))
    small = [
        {y: [a, b, c], a: [], b: [], c: []},
        {a: [], b: []},
        {},
        {t: [a], y: [b, s], s: [c, t], a: [], b: [], c: []},
        {a: [], y: [s, b], b: [], s: [t, c], c: [], t: [a]},
        {a: [], s: [a, a], y: [s, s, s]},
    ]
    graphs = small + [random_graph(size, rng) for size in (7, 10, 10, 14, 14)]
    for graph in graphs:
        judge_depth(answer, graph, graphs)
    layers = 16
    shared = {f"{row}{i}": [f"{row - 1}0", f"{row - 1}1"] if row else [] for row in range(layers + 1) for i in (0, 1)}
    names = [str(name) for name in rng.permutation(list(shared))]
    expect_close(answer, (Watched({name: shared[name] for name in names}),), layers)
    return "The longest path decides, wherever it starts and ends, and each node is looked at once."


def judge_depth(answer, graph, graphs):
    """Raise Wrong unless the answer gives the depth of graph; name the mistake that explains its answers to all graphs."""
    handed = copy_of(graph)
    returned = answer(handed)
    got, truth = as_numbers(answer, (graph,), returned, ()), true_depth(graph)
    expect(handed == graph, f"{answer.call(graph)} changed the graph that it was given; work on a copy.")
    if got.shape == () and got == truth:
        return
    answers = [(other, depth_or_none(answer, other)) for other in graphs]
    for message, mistaken in MISTAKES:
        if all(value is None or value == mistaken(other) for other, value in answers):
            raise Wrong(f"{message} {answer.call(graph)} gave {show_value(returned)}, expected {truth}.")
    raise Wrong(f"{answer.call(graph)} gave {show_value(returned)}, expected {truth}.")


def depth_or_none(answer, graph):
    try:
        return float(as_numbers(answer, (graph,), answer(copy_of(graph)), ()))
    except (Wrong, TypeError):
        return None


def copy_of(graph):
    return {node: list(used) for node, used in graph.items()}


def depths_of(graph, combine=max):
    """Return the depth of every node, where a node has one more than `combine` of the depths it uses."""
    depths = {}

    def depth_of(node):
        if node not in depths:
            depths[node] = 1 + combine(list(map(depth_of, graph[node]))) if graph[node] else 0
        return depths[node]

    for node in graph:
        depth_of(node)
    return depths


def true_depth(graph):
    return max(depths_of(graph).values(), default=0)


def depth_in_one_sweep(graph):
    """Return the depth that one pass over the nodes in the order given finds, taking unknown nodes for inputs."""
    depths = {}
    for node, used in graph.items():
        depths[node] = 1 + max(depths.get(i, 0) for i in used) if used else 0
    return max(depths.values(), default=0)


def outputs_of(graph):
    used = {i for inputs in graph.values() for i in inputs}
    return [node for node in graph if node not in used]


def largest(values):
    return max(values, default=0)


def levels_from_outputs(graph):
    """Return how many levels a breadth-first walk from the outputs goes down, each node met once, as early as possible."""
    level, seen, count = outputs_of(graph), set(), -1
    while level:
        count, seen = count + 1, seen | set(level)
        level = [i for node in level for i in graph[node] if i not in seen]
    return max(count, 0)


SHORTEST = "This is a shortest path. A step must wait for the last of the nodes it uses, so the longest one counts."


ONE_TOO_MANY = "The inputs are counted as a step, or a step too many is: a node without inputs has depth 0."


ONE_BRANCH = "This follows only one of the nodes that a node uses, the first or the last."


ORDER = "The order of the dictionary decides here. A node may stand before the nodes that it uses."


ONE_NODE = "This is the depth of one node only; the graph's depth is the largest over all of them."


MISTAKES = [
    (ONE_TOO_MANY, lambda graph: true_depth(graph) + 1),
    (ONE_TOO_MANY, lambda graph: true_depth(graph) + bool(graph)),
    ("A step is missing: a node whose inputs are all inputs has depth 1.", lambda graph: max(true_depth(graph) - 1, 0)),
    (
        "This is the largest number of nodes that one node uses: its width, not its depth.",
        lambda graph: max(map(len, graph.values()), default=0),
    ),
    (SHORTEST, levels_from_outputs),
    ("This is the number of nodes. Nodes that need not wait for each other add nothing to the depth.", len),
    (
        "This is the number of steps. Steps that need not wait for each other add nothing to the depth.",
        lambda graph: sum(map(bool, graph.values())),
    ),
    ("This is the number of arrows, not the number of steps on a path.", lambda graph: sum(map(len, graph.values()))),
    (SHORTEST, lambda graph: largest(depths_of(graph, min).values())),
    (SHORTEST, lambda graph: min((depths_of(graph, min)[node] for node in outputs_of(graph)), default=0)),
    (SHORTEST, lambda graph: largest(depths_of(graph, min)[node] for node in outputs_of(graph))),
    (ONE_BRANCH, lambda graph: largest(depths_of(graph, lambda depths: depths[0]).values())),
    (ONE_BRANCH, lambda graph: largest(depths_of(graph, lambda depths: depths[-1]).values())),
    (
        "Depths are added up over the nodes that a node uses; the deepest of them alone decides.",
        lambda graph: largest(depths_of(graph, sum).values()),
    ),
    (ORDER, lambda graph: depth_in_one_sweep(graph)),
    (ORDER, lambda graph: depth_in_one_sweep(dict(reversed(graph.items())))),
    (ONE_NODE, lambda graph: depths_of(graph)[next(iter(graph))] if graph else 0),
    (ONE_NODE, lambda graph: depths_of(graph)[list(graph)[-1]] if graph else 0),
    (ONE_NODE, lambda graph: depths_of(graph)[outputs_of(graph)[0]] if graph else 0),
    (ONE_NODE, lambda graph: depths_of(graph)[outputs_of(graph)[-1]] if graph else 0),
]


def random_graph(size, rng):
    """Return a random graph in random order, in which the plausible mistakes give something else than the depth."""
    for _ in range(200):
        names = [f"n{i}" for i in rng.permutation(size)]
        graph = {}
        for k, name in enumerate(names):
            count = 0 if k < 2 else int(rng.integers(0, 4))
            graph[name] = [names[i] for i in rng.integers(max(0, k - 4), k, count)] if count else []
        mixed = {name: graph[name] for name in (names[i] for i in rng.permutation(size))}
        depths, first, last = depths_of(mixed), depths_of(mixed, lambda d: d[0]), depths_of(mixed, lambda d: d[-1])
        outputs, shortest = outputs_of(mixed), depths_of(mixed, min)
        truth = max(depths.values())
        ends = (depths[next(iter(mixed))], depths[list(mixed)[-1]], depths[outputs[0]], depths[outputs[-1]])
        others = (*(max(d.values()) for d in (first, last, shortest)), depth_in_one_sweep(mixed), *ends)
        if truth > 2 and truth not in others and truth != sum(bool(used) for used in mixed.values()):
            return mixed
    return mixed


@exercise(
    "1.1",
    "plan_reading(graph, goal, known)",
    level="core",
    hints=(
        "When may you put a chapter at the end of your plan? Say it in terms of the chapters that it needs.",
        "Before a chapter is put into the plan, put in everything it needs; skip what is known or already in the plan.",
        "An inner function read(chapter) returns at once for known or planned chapters, otherwise calls itself for each of graph[chapter], "
        "then appends chapter.",
    ),
)
def check_plan_reading(answer, rng):
    labels = [int(label) for label in rng.permutation(90)[:5]]
    a, c, b = sorted(labels[:3])  # c needs b needs a: the numbers do not stand in order
    d, e = labels[3:]
    chain = {c: [b], b: [a], a: []}
    judge_plan(answer, chain, c, set())
    judge_plan(answer, {d: [a], a: [], e: [d, a], b: [a], c: [b]}, c, set())
    judge_plan(answer, chain, c, {a})
    judge_plan(answer, {c: [a, b], b: [], a: []}, c, {a})
    judge_plan(answer, chain, c, {b})
    judge_plan(answer, chain, b, {b})
    judge_plan(answer, chain | {d: [a], e: [c]}, c, {d})
    a, b, c, d, e = sorted(labels, reverse=True)
    for needs in ([a, c], [c, a]):  # one short and one long path from d back to a
        unlucky = {d: needs, c: [b], b: [a], a: [], e: [d]}
        judge_plan(answer, unlucky, d, set())
    for size in (8, 12):
        for _ in range(4):
            graph, goal = random_reading(size, rng)
            judge_plan(answer, graph, goal, set())
            middle = [chapter for chapter in graph if chapter != goal and graph[chapter]]
            judge_plan(answer, graph, goal, {int(rng.choice(middle))})
            judge_plan(answer, graph, goal, {int(chapter) for chapter in rng.choice(list(graph), 3, replace=False)})
    return "Everything you need, nothing you know, and each chapter after those it builds on."


def random_reading(size, rng):
    """Return a random graph of chapters and a goal; the chapters' numbers say nothing about their order."""
    while True:
        labels = [int(label) for label in rng.permutation(90)[:size]]
        graph = {}
        for k, label in enumerate(labels):
            count = min(k, int(rng.integers(1, 4)))
            graph[label] = [labels[i] for i in rng.choice(k, count, replace=False)] if count else []
        goal = labels[-2]
        graph = {label: graph[label] for label in (labels[i] for i in rng.permutation(size))}
        needed = required(graph, goal, set())
        if len(needed) >= 5 and set(graph[goal]) < needed - {goal} and len(needed) < size:
            return graph, goal


def required(graph, goal, known):
    """Return the chapters to read for a goal: back along the arrows, but never beyond a known chapter."""
    found, stack = set(), [goal]
    while stack:
        chapter = stack.pop()
        if chapter not in known and chapter not in found:
            found.add(chapter)
            stack += graph[chapter]
    return found


def judge_plan(answer, graph, goal, known):
    handed = {chapter: list(needs) for chapter, needs in graph.items()}
    handed_known = set(known)
    returned = answer(handed, goal, handed_known)
    call = answer.call(graph, goal, known)
    expect(handed == graph and handed_known == known, f"{call} changed its input; work on a copy.")
    if isinstance(returned, set | frozenset | dict):
        raise Wrong(f"{call} returned a {type(returned).__name__}; return a list, because the order is the point.")
    try:
        path = [int(chapter) for chapter in returned]
    except (TypeError, ValueError):
        raise Wrong(f"{call} returned {returned!r}; return a list of chapters.") from None
    needed = required(graph, goal, known)
    said = f"Seen with {call}, which returned {path}."
    expect(all(chapter in graph for chapter in path), f"There are chapters in it that do not exist. {said}")
    expect(
        not (goal in known and path), f"Who knows the goal already has nothing to read: return an empty list. {said}"
    )
    twice = next((chapter for chapter in path if path.count(chapter) > 1), None)
    expect(twice is None, f"Chapter {twice} stands in the plan more than once. {said}")
    have = known & set(path)
    expect(not have, f"Chapter {min(have, default=0)} is known and need not be read again. {said}")
    judge_content(graph, goal, path, needed, said)
    judge_order(graph, path, said)


def judge_content(graph, goal, path, needed, said):
    missing, extra = needed - set(path), set(path) - needed
    expect(goal not in missing, f"The goal itself is missing; it is the last chapter to read. {said}")
    if missing and set(graph[goal]).isdisjoint(missing):
        raise Wrong(f"Prerequisites have prerequisites of their own: {sorted(missing)} must be read as well. {said}")
    expect(not missing, f"A chapter that is needed is missing: {sorted(missing)}. {said}")
    if extra and extra <= required(graph, goal, set()):
        raise Wrong(
            f"{sorted(extra)} is needed only for what you know already: do not go back beyond a known chapter. {said}"
        )
    expect(not extra, f"{sorted(extra)} is not needed for chapter {goal}. {said}")


def judge_order(graph, path, said):
    place = {chapter: i for i, chapter in enumerate(path)}
    early = [(c, need) for c in path for need in graph[c] if need in place and place[need] > place[c]]
    if not early:
        return
    pairs = [(c, need) for c in path for need in graph[c] if need in place]
    if len(early) == len(pairs):
        raise Wrong(f"The plan is upside down: the goal comes last, what it builds on first. {said}")
    if path == sorted(path) or path == sorted(path, reverse=True):
        raise Wrong(f"Sorting by number is luck: here the numbers say nothing about the order. {said}")
    chapter, need = early[0]
    raise Wrong(
        f"Chapter {chapter} stands before chapter {need}, which it needs. Distance from the goal is not enough: a chapter can be "
        f"reached on a short and on a long path. {said}"
    )


@exercise(
    "1.2",
    "perceptron_step(w, x, y)",
    level="warm-up",
    hints=(
        "First find out whether the point is classified correctly: what sign should the score have?",
        "The product of label and score is positive exactly when the unit is right; in that case w comes back unchanged.",
        "Otherwise add the label times the input, where the input is x with a 1 appended for the bias.",
    ),
)
def check_perceptron_step(answer, rng):
    (w, x, y), (w_wrong, x_wrong, y_wrong) = misread_or_not(2, True, rng), misread_or_not(2, False, rng)
    moved = np.shape(answer(w, x, y)) == w.shape and np.allclose(answer(w, x, y) - w, y * np.append(x, 1))
    stayed = np.shape(answer(w_wrong, x_wrong, y_wrong)) == w.shape and np.allclose(
        answer(w_wrong, x_wrong, y_wrong), w_wrong
    )
    expect(
        not (moved and stayed),
        "The test is the wrong way round: it moves for points that it classifies correctly, only.",
    )
    for n in (1, 2, 3, 5):
        for right, label in ((True, 1), (True, -1), (False, 1), (False, -1)):
            w, x, y = misread_or_not(n, right, rng, label)
            expected = w if right else w + y * np.append(x, 1)
            expect_close(answer, (w, x, y), expected, mistakes=STEP_MISTAKES)
    for right in (True, False):  # points about whose side the bias decides
        w, x, y = misread_or_not(2, right, rng, decided_by_bias=True)
        unmoved, moved = w, w + y * np.append(x, 1)
        blind = {"The bias belongs to the score as well: without it this point seems to lie on the other side.": moved}
        if not right:
            blind = {next(iter(blind)): unmoved}
        expect_close(answer, (w, x, y), unmoved if right else moved, mistakes=blind | STEP_MISTAKES)
    w, x = np.zeros(3), rng.uniform(0.5, 2, 2)
    for y in (1, -1):
        tie = {
            "A score of exactly 0 decides nothing: it counts as a mistake, or a unit that starts at w = 0 never moves.": w
        }
        expect_close(answer, (w, x, y), y * np.append(x, 1), mistakes=tie)
    return "It moves only when it is wrong, towards the label, and it moves the bias too."


def misread_or_not(n, right, rng, label=None, decided_by_bias=False):
    """Return weights with a bias, a point and a label that the unit reads rightly or wrongly; without its bias likewise, or not."""
    for _ in range(10_000):
        w, x = rng.uniform(-2, 2, n + 1), rng.uniform(-2, 2, n)
        score = w @ np.append(x, 1)
        y = int(np.sign(score)) * (1 if right else -1)
        clear = abs(score) > 0.2 and abs(w[:-1] @ x) > 0.2 and score * (w @ np.append(1, x)) > 0
        if clear and label in (None, y) and (score * (w[:-1] @ x) < 0) == decided_by_bias:
            return w, x, y
    raise AssertionError("no such point")


def extended(x):
    return np.append(x, 1.0)


def is_wrong(w, x, y):
    return y * (w @ extended(x)) <= 0


STEP_MISTAKES = {
    "A point that is classified correctly must leave w as it is.": lambda w, x, y: w + y * extended(x),
    "The label is missing: with y = -1 the input must be subtracted.": lambda w, x, y: (
        w + extended(x) if y < 0 and is_wrong(w, x, y) else w * np.nan
    ),
    "It moves the wrong way. On a mistake the unit's own prediction is -y; the step must use the label y.": lambda w, x, y: (
        w - y * extended(x) if is_wrong(w, x, y) else w
    ),
    "The bias was forgotten: it is a weight too, whose input is always 1.": lambda w, x, y: (
        w + y * np.append(x, 0.0) if is_wrong(w, x, y) else w
    ),
    "The bias is the last weight: the 1 belongs behind x, not before it.": lambda w, x, y: (
        w + y * np.append(1.0, x) if y * (w @ np.append(1.0, x)) <= 0 else w
    ),
    "Only the bias moves; the other weights move by y times x.": lambda w, x, y: (
        w + y * np.append(0 * x, 1.0) if is_wrong(w, x, y) else w
    ),
    "The bias was lost: what comes back has an entry for it too, the last one.": lambda w, x, y: (
        w[:-1] + y * x if is_wrong(w, x, y) else w[:-1]
    ),
    "This is a step of ADALINE, which is proportional to its error; the perceptron's is y times the input.": lambda w, x, y: (
        w + (y - w @ extended(x)) * extended(x)
    ),
    "The difference between label and prediction is 2 y for a mistake; the step is half of that.": lambda w, x, y: (
        w + (y - np.sign(w @ extended(x))) * extended(x)
    ),
    "What comes back is the step alone; add it to the old weights.": lambda w, x, y: (
        y * extended(x) if is_wrong(w, x, y) else w
    ),
    "The weights never move.": lambda w, x, y: w,
}


def cube(n):
    return np.array(list(itertools.product([0, 1], repeat=n)))


def tables_of_units(n, largest=3):
    """Return the truth tables of single units with integer weights, as tuples in the order of the corners."""
    X = cube(n)
    W = np.array(list(itertools.product(range(-largest, largest + 1), repeat=n)))
    thetas = np.arange(-largest * n - 0.5, largest * n + 1)
    return {tuple(row) for theta in thetas for row in (theta < W @ X.T).astype(int).tolist()}


POSSIBLE = tables_of_units(1) | tables_of_units(2) | tables_of_units(3)


@exercise(
    "1.2b",
    "is_threshold_function(truth_table)",
    level="challenge",
    hints=(
        "Write down, for every corner, the inequality that weights and bias must satisfy there: score positive for a 1, negative for a 0.",
        "Strict inequalities can be scaled to: score times sign at least 1. That is a linear program with nothing to minimise.",
        "linprog wants A_ub @ v <= b_ub: the rows are minus sign times (corner, 1), the right side is -1, and bounds=(None, None) "
        "lets weights be negative; feasible means status 0.",
    ),
)
def check_is_threshold_function(answer, rng):
    small = [table for n in (1, 2) for table in itertools.product((0, 1), repeat=2**n)]
    judge_tables(answer, small)
    pairs = [table for table in itertools.product((0, 1), repeat=8) if table[0] == 0]  # and each one's opposite
    judge_tables(answer, [tuple(1 - bit for bit in table) if rng.random() < 0.5 else table for table in pairs])
    a, b, c, d = cube(4)[:, rng.permutation(4)].T
    expect(
        not verdict(answer, (a & b) | (c & d)),
        "In (a AND b) OR (c AND d) no input ever works in both directions, and still no single unit computes it: "
        "ask for the weights themselves.",
    )
    scores = cube(4) @ (rng.permutation([2, 2, 1, 1]) * rng.choice([-1, 1], 4))
    theta = np.median(np.unique(scores)) - 0.25
    expect(
        verdict(answer, scores > theta), "With four inputs it misses a function that has weights 2, 2, 1, 1 and signs."
    )
    inputs = cube(5)[:, rng.permutation(5)] ^ rng.integers(0, 2, 5)
    expect(
        verdict(answer, inputs @ [4, 2, 2, 1, 1] > 5.5),
        "With five inputs it misses a function that needs weights of sizes 4, 2, 2, 1, 1: a search among small weights, or one "
        "good guess at them, proves nothing; let a solver look for any weights at all.",
    )
    return "It is right about all functions of three inputs (each as it is or negated), and not fooled by those of four and five."


def judge_tables(answer, tables):
    said = {table: verdict(answer, table) for table in tables}
    possible = [table for table in tables if table in POSSIBLE]
    missed = [table for table in possible if not said[table]]
    invented = [table for table in tables if table not in POSSIBLE and said[table]]
    if missed:
        raise Wrong(f"{why_missed(possible, missed, invented)} Seen with {answer.call(np.array(missed[0]))}.")
    if invented:
        raise Wrong(f"{why_invented(invented)} Seen with {answer.call(np.array(invented[0]))}.")


def verdict(answer, table):
    table = np.array(table, int)
    got = answer(table)
    expect(
        isinstance(got, bool | np.bool_ | int | np.integer) and got in (0, 1),
        f"{answer.call(table)} returned {show_value(got)}, expected True or False.",
    )
    return bool(got)


def falls(table):
    """Tell whether some input, when it is switched on, can switch the output off."""
    X, t = cube(len(table).bit_length() - 1), np.array(table)
    return any(np.any(t[X[:, i] == 0] > t[X[:, i] == 1]) for i in range(X.shape[1]))


def why_missed(possible, missed, invented):
    if len(missed) == len(possible):
        if invented:
            return "The answer is upside down: it says True where no weights exist."
        return "It never says True. Besides the weights a bias must be found, with a row (corner, 1) for every corner."
    all_falling = all(table in missed for table in possible if falls(table))
    if all_falling and not ({(1, 1), (0, 1)} <= set(missed)):
        return "A weight may be negative, as NOT needs it. By default linprog keeps its variables at or above 0."
    if all(len(set(table)) == 1 for table in missed):
        return "A constant function is a threshold function: the bias alone computes it."
    return "This is a threshold function, but its weights were not found: a search that stops early proves nothing."


def why_invented(invented):
    if (0, 1, 1, 0) in invented or (1, 0, 0, 1) in invented:
        return (
            "No unit computes exclusive or, or its opposite: require scores clear of 0, or w = 0 satisfies everything."
        )
    return "No unit computes this function: with three inputs there are many more such functions than parity."


@exercise(
    "1.2c",
    "examples_needed(errors, sizes, target)",
    level="core",
    hints=(
        "A power law, error = C n^s, is a straight line in other coordinates. Which?",
        "Fit the logarithm of the error by a line over the logarithm of the size: slope and intercept.",
        "Then solve: log n = (log target - intercept) / slope, and undo the logarithm.",
    ),
)
def check_examples_needed(answer, rng):
    sizes = np.array([10.0, 20, 40, 80, 160])
    for noise in (0, 0, 0.05, 0.1):
        slope, scale = rng.uniform(-1.2, -0.5), rng.uniform(1, 3)
        errors = scale * sizes**slope * np.exp(noise * rng.standard_normal(len(sizes)))
        target = scale * rng.uniform(500, 2000) ** slope
        args = (errors, sizes, target)
        expect_close(answer, args, by_power_law(*args), mistakes=NEEDED_MISTAKES, rtol=1e-6)
        irregular = np.sort(rng.choice(np.arange(12, 300), 6, replace=False)).astype(float)
        errors = scale * irregular**slope * np.exp(noise * rng.standard_normal(6))
        args = (errors, irregular, target)
        expect_close(answer, args, by_power_law(*args), mistakes=NEEDED_MISTAKES, rtol=1e-6)
    return "It follows the power law beyond the sizes that were measured."


def by_power_law(errors, sizes, target):
    slope, height = np.polyfit(np.log(sizes), np.log(errors), 1)
    return np.exp((np.log(target) - height) / slope)


def by_line(errors, sizes, target):
    slope, height = np.polyfit(sizes, errors, 1)
    return (target - height) / slope


def by_exponential(errors, sizes, target):
    slope, height = np.polyfit(sizes, np.log(errors), 1)
    return (np.log(target) - height) / slope


def by_log_sizes(errors, sizes, target):
    slope, height = np.polyfit(np.log(sizes), errors, 1)
    return np.exp((target - height) / slope)


def by_ends(errors, sizes, target):
    slope = np.log(errors[-1] / errors[0]) / np.log(sizes[-1] / sizes[0])
    return sizes[-1] * (target / errors[-1]) ** (1 / slope)


def by_last_two(errors, sizes, target):
    return by_ends(errors[-2:], sizes[-2:], target)


def from_last(errors, sizes, target):
    slope = np.polyfit(np.log(sizes), np.log(errors), 1)[0]
    return sizes[-1] * (target / errors[-1]) ** (1 / slope)


def by_inverse(errors, sizes, target):
    slope, height = np.polyfit(np.log(errors), np.log(sizes), 1)
    return np.exp(slope * np.log(target) + height)


NEEDED_MISTAKES = {
    "A straight line through the errors themselves reaches 0 and goes below; fit the logarithms of both.": by_line,
    "Only the errors were put on a logarithmic scale; a power law is straight when the sizes are, too.": by_exponential,
    "Only the sizes were put on a logarithmic scale; a power law is straight when the errors are, too.": by_log_sizes,
    "The result is still a logarithm; undo it.": lambda e, n, t: np.log(by_power_law(e, n, t)),
    "This is the error at n = target; solve the law for n instead.": lambda e, n, t: np.exp(
        np.polyval(np.polyfit(np.log(n), np.log(e), 1), np.log(t))
    ),
    "Only the first and the last measurement were used; fit all of them.": by_ends,
    "The fitted line was moved to run through the last measurement; use its own intercept.": from_last,
    "The errors are what scatters: fit log error over log size, not the other way round.": by_inverse,
    "Only the last two measurements were used; fit all of them.": by_last_two,
    "Do not round: the law reaches the target between two whole numbers.": [
        lambda e, n, t: np.ceil(by_power_law(e, n, t)),
        lambda e, n, t: np.round(by_power_law(e, n, t)),
    ],
    "The exponent is assumed to be -1; it has to be fitted.": lambda e, n, t: np.mean(e * n) / t,
    "No size is computed: this is the largest one measured.": lambda e, n, t: n[-1],
    "These are the examples to add, not the examples needed.": lambda e, n, t: by_power_law(e, n, t) - n[-1],
    "Mind the bases: a logarithm taken with one base must be undone with the same.": lambda e, n, t: (
        10 ** np.log(by_power_law(e, n, t))
    ),
}


@exercise(
    "1.2d",
    "doubling_time(years, sizes)",
    level="core",
    hints=(
        "Exponential growth is a straight line once the sizes are on a logarithmic scale.",
        "With logarithms to base 2, the slope of the fitted line counts doublings per year.",
        "Fit log2 of the sizes over the years by least squares; the answer, in years per doubling, is one over the slope.",
    ),
)
def check_doubling_time(answer, rng):
    for noise, m in ((0, 3), (0, 6), (0.8, 8), (0.8, 12)):
        years = np.sort(rng.choice(np.arange(1980, 2016), m, replace=False)).astype(float)
        true = rng.choice([rng.uniform(1.3, 1.8), rng.uniform(2.6, 5)])
        sizes = 2 ** ((years - 1980) / true + rng.uniform(0, 6) + noise * rng.standard_normal(m))
        if abs(by_doublings(years, sizes)) > 15 or abs(np.polyfit(years, np.log2(sizes), 1)[0]) < 1e-3:
            continue
        expect_close(answer, (years, sizes), by_doublings(years, sizes), mistakes=DOUBLING_MISTAKES, rtol=1e-5, atol=0)
    years = np.arange(2000.0, 2010)
    shrinking = 2.0 ** (-(years - 2000) / 3)
    message = {"What shrinks has a negative doubling time: keep the sign of the slope.": 3.0}
    expect_close(answer, (years, shrinking), -3.0, mistakes=message, rtol=1e-5)
    return "It returns years per doubling, and a negative number for what halves."


def by_doublings(years, sizes):
    return 1 / np.polyfit(years - years.mean(), np.log2(sizes), 1)[0]


def slope_of(years, values):
    return np.polyfit(years - years.mean(), values, 1)[0]


def over_log_sizes(years, sizes):
    return slope_of(np.log2(sizes), years)


DOUBLING_MISTAKES = {
    "This is a time per factor of ten: the slope of log10 does not count doublings.": lambda y, s: (
        1 / slope_of(y, np.log10(s))
    ),
    "This is a time per factor of e: with natural logarithms, multiply by log 2.": lambda y, s: (
        1 / slope_of(y, np.log(s))
    ),
    "These are doublings per year; the question is years per doubling.": lambda y, s: slope_of(y, np.log2(s)),
    "This is the slope of a logarithm with another base, and a slope is not yet a time.": [
        lambda y, s: slope_of(y, np.log10(s)),
        lambda y, s: slope_of(y, np.log(s)),
    ],
    "The sizes were fitted without a logarithm; exponential growth is not a straight line.": lambda y, s: (
        1 / slope_of(y, s)
    ),
    "The years were fitted over the sizes, and without a logarithm.": lambda y, s: slope_of(s, y),
    "The line must predict the logarithm of the size from the year, not the year from the size.": over_log_sizes,
    "Only the first and the last point were used; fit all of them.": lambda y, s: (
        (y[-1] - y[0]) / np.log2(s[-1] / s[0])
    ),
    "The steps between neighbours were averaged; fit a line to all points.": lambda y, s: np.mean(
        np.diff(y) / np.diff(np.log2(s))
    ),
    "The rates between neighbours were averaged; fit a line to all points.": lambda y, s: (
        1 / np.mean(np.diff(np.log2(s)) / np.diff(y))
    ),
    "The line was forced through the first point; let it have a height of its own.": lambda y, s: (
        ((y - y[0]) @ (y - y[0])) / ((y - y[0]) @ np.log2(s / s[0]))
    ),
    "This is the height of the fitted line; what counts is its slope.": lambda y, s: np.polyfit(y, np.log2(s), 1)[1],
    "Do not round: a doubling may take a fraction of a year.": lambda y, s: np.round(by_doublings(y, s)),
    "The logarithm of the years was taken as well; time itself is not on a logarithmic scale.": lambda y, s: (
        1 / slope_of(np.log2(y), np.log2(s))
    ),
}


@exercise(
    "1.2e",
    "units_conv(height, width, channels, kernel, stride)",
    level="warm-up",
    hints=(
        "One unit stands wherever the window can stand, in each of the maps.",
        "Along one side the window fits at the places 0, stride, 2 stride, … as long as its far end stays inside.",
        "That is (side - kernel) // stride + 1 places; multiply the two sides and the number of maps.",
    ),
)
def check_units_conv(answer, rng):
    for stride in (2, 2, 3, 3, 4, 1):
        args = telling(lambda stride=stride: conv_sizes(stride, rng), UNIT_MISTAKES, count_places)
        got = expect_close(answer, args, count_places(*args), mistakes=UNIT_MISTAKES)
        expect(float(got) == int(got), f"{answer.call(*args)} is not a whole number; a window stands at whole places.")
    expect_close(answer, (32, 32, 6, 5, 1), 28 * 28 * 6, mistakes=UNIT_MISTAKES)
    return "It counts one unit per place of the window and per map."


def conv_sizes(stride, rng):
    kernel = int(rng.integers(2, 12))
    height = int(kernel + stride * rng.integers(2, 8) + (rng.integers(1, stride) if stride > 1 else 0))
    return height, int(height + rng.integers(stride, 4 * stride + 1)), int(rng.integers(2, 9)), kernel, stride


def telling(make, mistakes, right):
    """Draw arguments until the right result and those of all mistakes differ from each other, unless a mistake cannot show."""
    for _ in range(20_000):
        args = make()
        results = [float(right(*args))] + [float(mistake(*args)) for _, mistake in each_mistake(mistakes)]
        if len({round(result, 6) for result in results}) == len(results) or args[-1] == 1:
            return args
    raise AssertionError("no such arguments")


def count_places(height, width, channels, kernel, stride):
    return channels * len(range(0, height - kernel + 1, stride)) * len(range(0, width - kernel + 1, stride))


def side(n, kernel, stride):
    return (n - kernel) // stride + 1


UNIT_MISTAKES = {
    "These are parameters, not units: the places of one map share their weights.": [
        lambda h, w, c, k, s: k * k * c,
        lambda h, w, c, k, s: (k * k + 1) * c,
    ],
    "These are connections: each unit has kernel times kernel of them, but counts once.": lambda h, w, c, k, s: (
        k * k * count_places(h, w, c, k, s)
    ),
    "These are the pixels of the image, once per map; the window must fit inside and moves by the stride.": lambda h, w, c, k, s: (
        h * w * c
    ),
    "The stride is ignored: the window moves by that many pixels.": lambda h, w, c, k, s: c * (h - k + 1) * (w - k + 1),
    "The window hangs over the edge: its far end must stay inside the image.": lambda h, w, c, k, s: (
        c * len(range(0, h, s)) * len(range(0, w, s))
    ),
    "The image was divided by the stride as if the window had no size.": lambda h, w, c, k, s: c * (h // s) * (w // s),
    "One place is missing on each side: the window also fits at place 0.": lambda h, w, c, k, s: (
        c * ((h - k) // s) * ((w - k) // s)
    ),
    "Add the 1 after dividing by the stride: the first place, 0, is there whatever the stride is.": lambda h, w, c, k, s: (
        c * ((h - k + 1) // s) * ((w - k + 1) // s)
    ),
    "The windows do not stand side by side: they move by the stride, not by their own size.": lambda h, w, c, k, s: (
        c * (h // k) * (w // k)
    ),
    "The maps multiply the places; they are not added.": lambda h, w, c, k, s: side(h, k, s) * side(w, k, s) + c,
    "Only one map is counted; there are `channels` of them.": lambda h, w, c, k, s: side(h, k, s) * side(w, k, s),
    "The two sides of the image may differ.": [
        lambda h, w, c, k, s: c * side(h, k, s) ** 2,
        lambda h, w, c, k, s: c * side(w, k, s) ** 2,
    ],
    "A window that fits only in part does not count: divide with //.": lambda h, w, c, k, s: (
        c * ((h - k) / s + 1) * ((w - k) / s + 1)
    ),
    "A window that fits only in part does not count: round down, not up.": lambda h, w, c, k, s: (
        c * (-(-(h - k) // s) + 1) * (-(-(w - k) // s) + 1)
    ),
}


@exercise(
    "1.2f",
    "top_k_error(scores, labels, k)",
    level="warm-up",
    hints=(
        "For one row: which k classes have the highest scores, and is the label among them?",
        "np.argsort sorts ascending, so the best k stand at the end of each row.",
        "Compare those k columns with labels[:, None], ask with any(axis=1), and return the fraction of rows where it fails.",
    ),
)
def check_top_k_error(answer, rng):
    for m, n, k in ((30, 5, 3), (40, 7, 3), (60, 10, 4), (60, 10, 1), (30, 5, 5)):
        draw = telling if k < n else lambda make, mistakes, right: make()
        args = draw(lambda m=m, n=n, k=k: (*scored(m, n, rng), k), TOP_K_MISTAKES, missed)
        expect_close(answer, args, missed(*args), mistakes=TOP_K_MISTAKES, atol=1e-9)
    return "It counts the rows whose label is not among the k highest scores."


def scored(m, n, rng):
    scores, labels = rng.standard_normal((m, n)), rng.integers(0, n, m)
    lift = rng.random(m) < 0.5
    scores[lift, labels[lift]] += 1.5
    return scores, labels


def ranks(scores, labels):
    return (scores > scores[np.arange(len(labels)), labels][:, None]).sum(axis=1)


def missed(scores, labels, k):
    return np.mean(ranks(scores, labels) >= k)


TOP_K_MISTAKES = {
    "This is the accuracy; the error is what is left of 1.": lambda s, y, k: 1 - missed(s, y, k),
    "These are the k lowest scores: np.argsort sorts ascending.": lambda s, y, k: np.mean(ranks(-s, y) >= k),
    "Only rank exactly k is counted as right; every rank up to k is.": lambda s, y, k: np.mean(ranks(s, y) != k - 1),
    "This is the fraction with rank exactly k.": lambda s, y, k: np.mean(ranks(s, y) == k - 1),
    "This is the number of rows that were missed; divide by their count.": lambda s, y, k: np.sum(ranks(s, y) >= k),
    "One class too many is looked at: k + 1 of them.": lambda s, y, k: np.mean(ranks(s, y) > k),
    "One class too few is looked at: the k-th itself counts.": lambda s, y, k: np.mean(ranks(s, y) >= k - 1),
    "k is ignored: this is the top-1 error.": lambda s, y, k: np.mean(ranks(s, y) >= 1),
    "The result is in percent; return a fraction.": lambda s, y, k: 100 * missed(s, y, k),
    "The scores were sorted along the wrong axis: those of one example stand in one row.": lambda s, y, k: np.mean(
        ~(np.argsort(s, axis=0)[:, -k:] == y[:, None]).any(axis=1)
    ),
    "The best guess was left out: the k highest are the last k columns, up to the end.": lambda s, y, k: np.mean(
        ~(np.argsort(s, axis=1)[:, -k - 1 : -1] == y[:, None]).any(axis=1)
    ),
    "The label need be one of the k guesses, not all of them: any, not all.": lambda s, y, k: np.mean(
        ~(np.argsort(s, axis=1)[:, -k:] == y[:, None]).all(axis=1)
    ),
    "A label was looked for among the guesses of all examples; its own row decides.": lambda s, y, k: np.mean(
        ~np.isin(y, np.argsort(s, axis=1)[:, -k:])
    ),
    "np.argsort gives classes in order of their scores, not the rank of each class.": lambda s, y, k: np.mean(
        np.argsort(-s, axis=1)[np.arange(len(y)), y] >= k
    ),
    "The misses were divided by the number of guesses; every example counts once, however large k is.": lambda s, y, k: (
        1 - np.mean(np.argsort(s, axis=1)[:, -k:] == y[:, None])
    ),
}
