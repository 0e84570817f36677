"""Wrong answers to the exercises of chapter 1, Introduction, each with a part of the message it must get."""

import itertools
from functools import cache

import numpy as np
from scipy.optimize import curve_fit, linprog
from scipy.special import logsumexp

WRONG = {}


def _match(pattern, fact, bound):
    bound = dict(bound)
    for word, thing in zip(pattern, fact, strict=True):
        if (bound.setdefault(word, thing) if word.startswith("?") else word) != thing:
            return None
    return bound


def _bindings(patterns, facts, bound, open_world=True):
    if not patterns:
        yield bound
        return
    for fact in facts:
        extended = _match(patterns[0], fact, bound)
        if extended is not None:
            yield from _bindings(patterns[1:], facts, extended, open_world)
    if not open_world and patterns[0][1] == "is-not":  # what is not known to be so is taken as not so
        subjects = {fact[0] for fact in facts}
        for subject in subjects:
            if (subject, "is", patterns[0][2]) not in facts:
                extended = _match(patterns[0], (subject, "is-not", patterns[0][2]), bound)
                if extended is not None:
                    yield from _bindings(patterns[1:], facts, extended, open_world)


def _fill(pattern, bound):
    return tuple(bound.get(word, word) for word in pattern)


def _closure(facts, rules, passes=100, open_world=True):
    known = set(facts)
    for _ in range(passes):
        new = {_fill(r.conclusion, b) for r in rules for b in _bindings(r.premises, known, {}, open_world)}
        if new <= known:
            break
        known |= new
    return known


def _clash(known):
    return any((a, "is-not", b) in known for a, relation, b in known if relation == "is")


def only_the_told(facts, rules):
    return not _clash(set(facts))


def one_pass(facts, rules):
    return not _clash(_closure(facts, rules, passes=1))


def one_pass_adding_at_once(facts, rules):
    known = set(facts)
    for r in rules:
        known |= {_fill(r.conclusion, b) for b in _bindings(r.premises, known, {})}
    return not _clash(known)


def two_passes(facts, rules):
    return not _clash(_closure(facts, rules, passes=2))


def three_passes_at_once(facts, rules):
    known = set(facts)
    for _ in range(2):
        for r in rules:
            known |= {_fill(r.conclusion, b) for b in _bindings(r.premises, known, {})}
    return not _clash(known)


def unknown_is_false(facts, rules):
    return not _clash(_closure(facts, rules, open_world=False))


def untold_is_contradiction(facts, rules):
    known = _closure(facts, rules)
    told = {fact for fact in facts if fact[1] == "is"}
    return not _clash(known) and all(fact in told for fact in known if fact[1] == "is")


def any_subject(facts, rules):
    known = _closure(facts, rules)
    return not any(r == "is" and s == "is-not" and b == d for _, r, b in known for _, s, d in known)


def any_property(facts, rules):
    known = _closure(facts, rules)
    return not any(r == "is" and s == "is-not" and a == c for a, r, _ in known for c, s, _ in known)


def the_other_way_round(facts, rules):
    return _clash(_closure(facts, rules))


def loose_variables(facts, rules):
    known = set(facts)
    for _ in range(20):
        for r in rules:
            options = [[b for f in known if (b := _match(p, f, {})) is not None] for p in r.premises]
            if all(options):
                for first in options[0]:
                    merged = {}
                    for choice in options[1:]:
                        merged |= choice[0]
                    known.add(_fill(r.conclusion, merged | first))
    return not _clash(known)


def returns_the_pairs(facts, rules):
    known = _closure(facts, rules)
    return [fact for fact in known if fact[1] == "is" and (fact[0], "is-not", fact[2]) in known]


def always_true(facts, rules):
    return True


def derived_against_told(facts, rules):
    other = {"is": "is-not", "is-not": "is"}
    return not any((a, other.get(relation), b) in facts for a, relation, b in _closure(facts, rules))


def is_not_only_told(facts, rules):
    return not any((a, "is-not", b) in facts for a, relation, b in _closure(facts, rules) if relation == "is")


def five_passes(facts, rules):
    return not _clash(_closure(facts, rules, passes=5))


def ten_passes(facts, rules):
    return not _clash(_closure(facts, rules, passes=10))


def one_binding_for_each_rule(facts, rules):
    known = set(facts)
    for _ in range(30):
        for r in rules:
            bound = next(iter(_bindings(r.premises, sorted(known), {})), None)
            if bound is not None:
                known.add(_fill(r.conclusion, bound))
    return not _clash(known)


def first_premise_only(facts, rules):
    known = set(facts)
    for _ in range(30):
        known |= {_fill(r.conclusion, bound) for r in rules for bound in _bindings(r.premises[:1], known, {})}
    return not _clash(known)


WRONG["1.0"] = [
    (only_the_told, "The rules were not used"),
    (one_pass, "It stopped too early: a fact that a rule adds"),
    (one_pass_adding_at_once, "It stopped too early: a fact that a rule adds"),
    (two_passes, "It stopped too early"),
    (three_passes_at_once, "It stopped too early"),
    (unknown_is_false, "What is not known is not false"),
    (untold_is_contradiction, "contradict"),
    (any_subject, "same thing and the same property"),
    (any_property, "same thing and the same property"),
    (the_other_way_round, "do not contradict each other"),
    (loose_variables, "One variable must stand for one thing"),
    (returns_the_pairs, "True or False"),
    (always_true, "this is a contradiction"),
    (derived_against_told, "Both halves of a contradiction"),
    (is_not_only_told, "Both halves of a contradiction"),
    (five_passes, "a fixed number of rounds"),
    (ten_passes, "a fixed number of rounds"),
    (one_binding_for_each_rule, "It stopped too early"),
    (first_premise_only, "One variable must stand for one thing"),
]


def _scores(counts, prior, message):
    table = counts + 1
    return np.log(prior) + np.log(table / table.sum(axis=1, keepdims=True))[:, message].sum(axis=1)


def no_smoothing(counts, prior, message):
    score = np.log(prior) + np.log(counts / counts.sum(axis=1, keepdims=True))[:, message].sum(axis=1)
    return score - logsumexp(score)


def multiplies(counts, prior, message):
    table = (counts + 1) / (counts + 1).sum(axis=1, keepdims=True)
    product = prior * table[:, message].prod(axis=1)
    return np.log(product / product.sum())


def multiplies_then_logsumexp(counts, prior, message):
    table = (counts + 1) / (counts + 1).sum(axis=1, keepdims=True)
    score = np.log(prior) + np.log(table[:, message].prod(axis=1))
    return score - logsumexp(score)


def naive_normalisation(counts, prior, message):
    score = _scores(counts, prior, message)
    return score - np.log(np.exp(score).sum())


def no_prior(counts, prior, message):
    score = _scores(counts, np.ones(len(prior)), message)
    return score - logsumexp(score)


def not_normalised(counts, prior, message):
    return _scores(counts, prior, message)


def old_totals(counts, prior, message):
    score = np.log(prior) + np.log((counts + 1) / counts.sum(axis=1, keepdims=True))[:, message].sum(axis=1)
    return score - logsumexp(score)


def totals_plus_one(counts, prior, message):
    score = np.log(prior) + np.log((counts + 1) / (counts.sum(axis=1, keepdims=True) + 1))[:, message].sum(axis=1)
    return score - logsumexp(score)


def set_of_words(counts, prior, message):
    score = _scores(counts, prior, sorted(set(message.tolist())))
    return score - logsumexp(score)


def columns_not_rows(counts, prior, message):
    score = np.log(prior) + np.log((counts + 1) / (counts + 1).sum(axis=0))[:, message].sum(axis=1)
    return score - logsumexp(score)


def one_total(counts, prior, message):
    score = np.log(prior) + np.log((counts + 1) / (counts + 1).sum())[:, message].sum(axis=1)
    return score - logsumexp(score)


def prior_for_each_word(counts, prior, message):
    score = _scores(counts, prior, message) + (len(message) - 1) * np.log(prior)
    return score - logsumexp(score)


def probabilities(counts, prior, message):
    score = _scores(counts, prior, message)
    return np.exp(score - logsumexp(score))


def base_two(counts, prior, message):
    score = _scores(counts, prior, message)
    return (score - logsumexp(score)) / np.log(2)


def prior_not_in_logarithms(counts, prior, message):
    score = _scores(counts, np.ones(len(prior)), message) + prior
    return score - logsumexp(score)


def mean_of_logarithms(counts, prior, message):
    table = counts + 1
    score = np.log(prior) + np.log(table / table.sum(axis=1, keepdims=True))[:, message].mean(axis=1)
    return score - logsumexp(score)


def subtracts_the_largest(counts, prior, message):
    score = _scores(counts, prior, message)
    return score - score.max()


def raises_only_zeros(counts, prior, message):
    table = np.maximum(counts, 1)
    score = np.log(prior) + np.log(table / table.sum(axis=1, keepdims=True))[:, message].sum(axis=1)
    return score - logsumexp(score)


def tiny_constant(counts, prior, message):
    score = np.log(prior) + np.log(counts / counts.sum(axis=1, keepdims=True) + 1e-10)[:, message].sum(axis=1)
    return score - logsumexp(score)


WRONG["1.0b"] = [
    (no_smoothing, "add one to every count"),
    (multiplies, "underflows to 0: add logarithms"),
    (multiplies_then_logsumexp, "underflows to 0: add logarithms"),
    (naive_normalisation, "take the largest score out first"),
    (no_prior, "The prior is missing"),
    (not_normalised, "not normalised"),
    (old_totals, "but not to the totals"),
    (totals_plus_one, "one for every word of the vocabulary"),
    (set_of_words, "counts twice"),
    (columns_not_rows, "Each class has its own total"),
    (one_total, "Each class has its own total"),
    (prior_for_each_word, "once for the letter"),
    (probabilities, "return their logarithms"),
    (base_two, "natural ones"),
    (prior_not_in_logarithms, "expected"),
    (mean_of_logarithms, "this is their mean"),
    (subtracts_the_largest, "largest score was set to 0"),
    (raises_only_zeros, "not only those that are 0"),
    (tiny_constant, "expected"),
]


def direction(X):
    return np.arctan2(X[:, 1], X[:, 0])


def sum_of_both(X):
    return X[:, 0] + X[:, 1]


def weighted_sum(X):
    return 0.3 * X[:, 0] - 2 * X[:, 1] + 1


def first_coordinate(X):
    return X[:, 0]


def absolute_first(X):
    return np.abs(X[:, 0])


def product(X):
    return X[:, 0] * X[:, 1]


def difference_of_squares(X):
    return X[:, 0] ** 2 - X[:, 1] ** 2


def by_place(X):
    return np.arange(len(X)) >= len(X) // 2


def above_the_mean(X):
    r = np.hypot(X[:, 0], X[:, 1])
    return r - r.mean()


def both_polar(X):
    return np.column_stack([np.hypot(X[:, 0], X[:, 1]), np.arctan2(X[:, 1], X[:, 0])])


def as_column(X):
    return (X**2).sum(axis=1, keepdims=True)


def one_number(X):
    return (X**2).sum()


def constant(X):
    return np.ones(len(X))


def ellipse(X):
    return X[:, 0] ** 2 + 0.1 * X[:, 1] ** 2


def larger_coordinate(X):
    return X.max(axis=1)


def smaller_size(X):
    return np.abs(X).min(axis=1)


def product_of_squares(X):
    return X[:, 0] ** 2 * X[:, 1] ** 2


def less_the_smallest(X):
    squared = (X**2).sum(axis=1)
    return squared - squared.min()


WRONG["1.0c"] = [
    (direction, "direction of a point says nothing"),
    (sum_of_both, "straight line again"),
    (weighted_sum, "straight line again"),
    (first_coordinate, "straight line again"),
    (absolute_first, "along the other one"),
    (product, "0 on both axes"),
    (difference_of_squares, "cancel"),
    (by_place, "on this point alone"),
    (above_the_mean, "on this point alone"),
    (both_polar, "Two features"),
    (as_column, "Expected one number for each"),
    (one_number, "Expected one number for each"),
    (constant, "the same for every point"),
    (ellipse, "The best threshold on this feature"),
    (larger_coordinate, "The best threshold on this feature"),
    (smaller_size, "The best threshold on this feature"),
    (product_of_squares, "0 on both axes"),
    (less_the_smallest, "on this point alone"),
]


def by_nodes(combine, leaf=0, over=max):
    """Return an answer that gives a node one more than `combine` of the depths it uses."""

    def depth(graph):
        @cache
        def depth_of(node):
            return 1 + combine([depth_of(i) for i in graph[node]]) if graph[node] else leaf

        return over((depth_of(node) for node in graph), default=0)

    return depth


def shortest_to_the_output(graph):
    @cache
    def depth_of(node):
        return 1 + min(depth_of(i) for i in graph[node]) if graph[node] else 0

    used = {i for inputs in graph.values() for i in inputs}
    return max((depth_of(node) for node in graph if node not in used), default=0)


def counts_nodes(graph):
    return len(graph)


def counts_steps(graph):
    return sum(bool(used) for used in graph.values())


def counts_arrows(graph):
    return sum(len(used) for used in graph.values())


def one_sweep(graph):
    depths = {}
    for node, used in graph.items():
        depths[node] = 1 + max(depths.get(i, 0) for i in used) if used else 0
    return max(depths.values(), default=0)


def one_sweep_from_the_end(graph):
    return one_sweep(dict(reversed(graph.items())))


def only_the_last_node(graph):
    @cache
    def depth_of(node):
        return 1 + max(depth_of(i) for i in graph[node]) if graph[node] else 0

    return depth_of(list(graph)[-1]) if graph else 0


def only_the_first_node(graph):
    @cache
    def depth_of(node):
        return 1 + max(depth_of(i) for i in graph[node]) if graph[node] else 0

    return depth_of(next(iter(graph))) if graph else 0


def breadth_first_levels(graph):
    depths = {node: 0 for node, used in graph.items() if not used}
    while len(depths) < len(graph):
        ready = [node for node in graph if node not in depths and any(i in depths for i in graph[node])]
        depths |= {node: 1 + min(depths[i] for i in graph[node] if i in depths) for node in ready}
    return max(depths.values(), default=0)


def every_path(graph):
    def depth_of(node):
        return 1 + max(depth_of(i) for i in graph[node]) if graph[node] else 0

    return max(map(depth_of, graph), default=0)


def one_too_many(graph):
    return by_nodes(max)(graph) + 1


def takes_nodes_out(graph):
    rounds = -1
    while graph:
        ready = [node for node, used in graph.items() if not any(i in graph for i in used)]
        for node in ready:
            del graph[node]
        rounds += 1
    return max(rounds, 0)


def empty_graph_forgotten(graph):
    @cache
    def depth_of(node):
        return 1 + max(depth_of(i) for i in graph[node]) if graph[node] else 0

    return max(map(depth_of, graph))


def one_too_few(graph):
    return max(by_nodes(max)(graph) - 1, 0)


def widest_node(graph):
    return max(map(len, graph.values()), default=0)


def each_node_as_early_as_possible(graph):
    used = {i for inputs in graph.values() for i in inputs}
    level, seen, steps = [node for node in graph if node not in used], set(), -1
    while level:
        steps, seen = steps + 1, seen | set(level)
        level = [i for node in level for i in graph[node] if i not in seen]
    return max(steps, 0)


WRONG["1.0d"] = [
    (by_nodes(min), "shortest path"),
    (shortest_to_the_output, "shortest path"),
    (breadth_first_levels, "shortest path"),
    (by_nodes(max, leaf=1), "counted as a step"),
    (one_too_many, "counted as a step"),
    (counts_nodes, "number of nodes"),
    (counts_steps, "number of steps"),
    (counts_arrows, "number of arrows"),
    (by_nodes(sum), "added up"),
    (by_nodes(lambda depths: depths[0]), "follows only one"),
    (by_nodes(lambda depths: depths[-1]), "follows only one"),
    (one_sweep, "order of the dictionary"),
    (one_sweep_from_the_end, "order of the dictionary"),
    (only_the_last_node, "one node only"),
    (only_the_first_node, "one node only"),
    (every_path, "Remember the depth"),
    (takes_nodes_out, "changed the graph"),
    (empty_graph_forgotten, "raised ValueError"),
    (one_too_few, "A step is missing"),
    (widest_node, "its width"),
    (each_node_as_early_as_possible, "shortest path"),
]


def needed_for(graph, goal, known):
    found, stack = set(), [goal]
    while stack:
        chapter = stack.pop()
        if chapter not in known and chapter not in found:
            found.add(chapter)
            stack += graph[chapter]
    return found


def right(graph, goal, known):
    path = []

    def read(chapter):
        if chapter not in known and chapter not in path:
            for needed in graph[chapter]:
                read(needed)
            path.append(chapter)

    read(goal)
    return path


def direct_only(graph, goal, known):
    return [c for c in (*graph[goal], goal) if c not in known] if goal not in known else []


def breadth_first(graph, goal, known):
    if goal in known:
        return []
    found = [goal]
    for chapter in found:
        found += [needed for needed in graph[chapter] if needed not in found and needed not in known]
    return found[::-1]


def depth_first_preorder(graph, goal, known):
    path = []

    def read(chapter):
        if chapter not in known and chapter not in path:
            path.append(chapter)
            for needed in graph[chapter]:
                read(needed)

    read(goal)
    return path[::-1]


def includes_known(graph, goal, known):
    return right(graph, goal, set()) if goal not in known else []


def goal_left_out(graph, goal, known):
    return right(graph, goal, known)[:-1]


def goal_first(graph, goal, known):
    return right(graph, goal, known)[::-1]


def goal_though_known(graph, goal, known):
    return right(graph, goal, set(known) - {goal})


def beyond_the_known(graph, goal, known):
    return [c for c in right(graph, goal, set()) if c not in known] if goal not in known else []


def everything_before(graph, goal, known):
    order = []
    for chapter in graph:
        order += [c for c in right(graph, chapter, known) if c not in order]
    return order[: order.index(goal) + 1] if goal in order else []


def sorted_by_number(graph, goal, known):
    return sorted(needed_for(graph, goal, known))


def returns_set(graph, goal, known):
    return needed_for(graph, goal, known)


def repeats_shared(graph, goal, known):
    if goal in known:
        return []
    return [c for needed in graph[goal] for c in repeats_shared(graph, needed, known)] + [goal]


def marks_known(graph, goal, known):
    if goal in known:
        return []
    path = []
    for needed in graph[goal]:
        path += marks_known(graph, needed, known)
    known.add(goal)
    return [*path, goal]


def empties_graph(graph, goal, known):
    path = right(graph, goal, known)
    for chapter in path:
        graph[chapter].clear()
    return path


def two_levels(graph, goal, known):
    if goal in known:
        return []
    near = [c for c in graph[goal] if c not in known]
    far = [c for n in near for c in graph[n] if c not in known and c not in near]
    return [*dict.fromkeys(far), *near, goal]


def stops_at_first_known(graph, goal, known):
    if goal in known or any(needed in known for needed in graph[goal]):
        return [] if goal in known else [goal]
    path = []
    for needed in graph[goal]:
        path += [c for c in stops_at_first_known(graph, needed, known) if c not in path]
    return [*path, goal]


def order_of_the_dictionary(graph, goal, known):
    needed = needed_for(graph, goal, known)
    return [chapter for chapter in graph if chapter in needed]


def by_distance(graph, goal, known):
    distance = {goal: 0}
    for chapter in (queue := [goal]):
        for need in graph[chapter]:
            if need not in distance and need not in known:
                distance[need] = distance[chapter] + 1
                queue.append(need)
    return sorted(distance, key=lambda chapter: -distance[chapter]) if goal not in known else []


def skips_what_needs_a_known_one(graph, goal, known):
    return [c for c in right(graph, goal, known) if c == goal or known.isdisjoint(graph[c])]


WRONG["1.1"] = [
    (direct_only, "Prerequisites have prerequisites"),
    (breadth_first, "a short and on a long path"),
    (depth_first_preorder, "a short and on a long path"),
    (includes_known, "need not be read again"),
    (goal_left_out, "goal itself is missing"),
    (goal_first, "upside down"),
    (goal_though_known, "nothing to read"),
    (beyond_the_known, "do not go back beyond"),
    (everything_before, "is not needed for"),
    (sorted_by_number, "Sorting by number"),
    (returns_set, "return a list"),
    (repeats_shared, "more than once"),
    (marks_known, "changed its input"),
    (empties_graph, "changed its input"),
    (stops_at_first_known, "A chapter that is needed is missing"),
    (two_levels, "a short and on a long path"),
    (order_of_the_dictionary, "upside down"),
    (by_distance, "a short and on a long path"),
    (skips_what_needs_a_known_one, "is needed is missing"),
]


def extend(x):
    return np.append(x, 1.0)


def always_updates(w, x, y):
    return w + y * extend(x)


def updates_correct_points(w, x, y):
    return w + y * extend(x) if y * (w @ extend(x)) > 0 else w


def uses_prediction(w, x, y):
    prediction = np.sign(w @ extend(x))
    return w + prediction * extend(x) if prediction != y else w


def subtracts(w, x, y):
    return w - y * extend(x) if y * (w @ extend(x)) <= 0 else w


def forgets_bias_in_step(w, x, y):
    return w + y * np.append(x, 0.0) if y * (w @ extend(x)) <= 0 else w


def forgets_bias_everywhere(w, x, y):
    return w + y * np.append(x, 0.0) if y * (w[:-1] @ x) <= 0 else w


def drops_bias(w, x, y):
    return w[:-1] + y * x if y * (w @ extend(x)) <= 0 else w[:-1]


def ignores_ties(w, x, y):
    return w + y * extend(x) if y * (w @ extend(x)) < 0 else w


def delta_rule(w, x, y):
    return w + (y - w @ extend(x)) * extend(x)


def double_step(w, x, y):
    return w + (y - np.sign(w @ extend(x))) * extend(x)


def ignores_label(w, x, y):
    return w + extend(x) if y * (w @ extend(x)) <= 0 else w


def step_alone(w, x, y):
    return y * extend(x) if y * (w @ extend(x)) <= 0 else w


def never_moves(w, x, y):
    return w.copy()


def in_place(w, x, y):
    if y * (w @ extend(x)) <= 0:
        w += y * extend(x)
    return w


def minus_the_wrong_bias(w, x, y):
    return w + y * np.append(x, -1.0) if y * (w @ extend(x)) <= 0 else w


def score_without_bias(w, x, y):
    return w + y * extend(x) if y * (w[:-1] @ x) <= 0 else w


def bias_first(w, x, y):
    x = np.append(1.0, x)
    return w + y * x if y * (w @ x) <= 0 else w


def only_the_bias(w, x, y):
    return w + y * np.append(0 * x, 1.0) if y * (w @ extend(x)) <= 0 else w


def asks_for_a_margin(w, x, y):
    return w + y * extend(x) if y * (w @ extend(x)) < 1 else w


def tie_counts_as_plus(w, x, y):
    return w + y * extend(x) if y != (1 if w @ extend(x) >= 0 else -1) else w


def predicts_zero_or_one(w, x, y):
    return w + (y - (w @ extend(x) > 0)) * extend(x)


def small_step(w, x, y):
    return w + 0.1 * y * extend(x) if y * (w @ extend(x)) <= 0 else w


WRONG["1.2"] = [
    (always_updates, "leave w as it is"),
    (updates_correct_points, "wrong way round"),
    (uses_prediction, "own prediction"),
    (subtracts, "wrong way. On a mistake"),
    (forgets_bias_in_step, "bias was forgotten"),
    (forgets_bias_everywhere, "bias was forgotten"),
    (drops_bias, "bias was lost"),
    (ignores_ties, "exactly 0"),
    (delta_rule, "ADALINE"),
    (double_step, "half of that"),
    (ignores_label, "label is missing"),
    (step_alone, "step alone"),
    (never_moves, "never move"),
    (in_place, "changed its input"),
    (minus_the_wrong_bias, "expected"),
    (score_without_bias, "belongs to the score"),
    (bias_first, "behind x"),
    (only_the_bias, "Only the bias moves"),
    (tie_counts_as_plus, "exactly 0"),
    (predicts_zero_or_one, "leave w as it is"),
    (small_step, "expected"),
]


def corners(n):
    return np.array(list(itertools.product([0, 1], repeat=n)))


def rows_of(table):
    X = corners(len(table).bit_length() - 1)
    return np.column_stack([X, np.ones(len(X))]), np.where(np.asarray(table) == 1, 1, -1)


def program(table, margin=1.0, bounds=(None, None), bias=True):
    A, sign = rows_of(table)
    A = A if bias else A[:, :-1]
    return linprog(np.zeros(A.shape[1]), A_ub=-sign[:, None] * A, b_ub=-margin * np.ones(len(A)), bounds=bounds)


def few_epochs(table, epochs=2):
    A, sign = rows_of(table)
    w = np.zeros(A.shape[1])
    for _ in range(epochs):
        for x, y in zip(A, sign, strict=True):
            if y * (w @ x) <= 0:
                w = w + y * x
    return bool(np.all(sign * (A @ w) > 0))


def five_epochs(table):
    return few_epochs(table, 5)


def eight_epochs(table):
    return few_epochs(table, 8)


def no_margin(table):
    return program(table, margin=0.0).status == 0


def default_bounds(table):
    return program(table, bounds=(0, None)).status == 0


def weights_not_negative(table):
    n = len(table).bit_length() - 1
    return program(table, bounds=[(0, None)] * n + [(None, None)]).status == 0


def threshold_not_negative(table):
    A, sign = rows_of(table)
    A[:, -1] = -1
    return linprog(np.zeros(A.shape[1]), A_ub=-sign[:, None] * A, b_ub=-np.ones(len(A))).status == 0


def no_bias(table):
    return program(table, bias=False).status == 0


def upside_down(table):
    return program(table).status != 0


def only_exclusive_or(table):
    n = len(table).bit_length() - 1
    parity = corners(n).sum(axis=1) % 2
    return n == 1 or not (np.array_equal(table, parity) or np.array_equal(table, 1 - parity))


def one_direction_per_input(table):
    X = corners(len(table).bit_length() - 1)
    rises = [np.any(table[X[:, i] == 0] < table[X[:, i] == 1]) for i in range(X.shape[1])]
    falls = [np.any(table[X[:, i] == 0] > table[X[:, i] == 1]) for i in range(X.shape[1])]
    return not any(r and f for r, f in zip(rises, falls, strict=True))


def constants_refused(table):
    return bool(0 < np.sum(table) < len(table)) and program(table).status == 0


def always_true_c(table):
    return True


def least_squares(table):
    A, sign = rows_of(table)
    return bool(np.all(sign * (A @ np.linalg.lstsq(A, sign, rcond=None)[0]) > 0))


def returns_weights(table):
    return program(table).x


def small_weights(table, largest=2):
    X, table = corners(len(table).bit_length() - 1), np.asarray(table)
    sums = np.array(list(itertools.product(range(-largest, largest + 1), repeat=X.shape[1]))) @ X.T
    thetas = np.arange(-largest * X.shape[1] - 0.5, largest * X.shape[1] + 1)
    return any(((sums > theta) == table).all(axis=1).any() for theta in thetas)


def along_the_difference_of_means(table):
    X, table = corners(len(table).bit_length() - 1), np.asarray(table)
    if table.min() == table.max():
        return True
    along = X @ (X[table == 1].mean(axis=0) - X[table == 0].mean(axis=0))
    return bool(along[table == 1].min() > along[table == 0].max())


def sign_of_the_inequality(table):
    A, sign = rows_of(table)
    b = np.ones(len(A))
    return linprog(np.zeros(A.shape[1]), A_ub=sign[:, None] * A, b_ub=b, bounds=(None, None)).status == 0


WRONG["1.2b"] = [
    (few_epochs, "stops early"),
    (five_epochs, "stops early"),
    (eight_epochs, "stops early"),
    (no_margin, "clear of 0"),
    (default_bounds, "may be negative"),
    (weights_not_negative, "may be negative"),
    (threshold_not_negative, "may be negative"),
    (no_bias, "a bias must be found"),
    (upside_down, "upside down"),
    (only_exclusive_or, "many more such functions"),
    (one_direction_per_input, "both directions"),
    (constants_refused, "constant function"),
    (always_true_c, "clear of 0"),
    (least_squares, "weights were not found"),
    (returns_weights, "True or False"),
    (small_weights, "search among small weights"),
    (along_the_difference_of_means, "one good guess"),
    (sign_of_the_inequality, "clear of 0"),
]


def fit(x, y):
    return np.polyfit(x, y, 1)


def straight_line(errors, sizes, target):
    slope, height = fit(sizes, errors)
    return (target - height) / slope


def only_errors_in_logs(errors, sizes, target):
    slope, height = fit(sizes, np.log(errors))
    return (np.log(target) - height) / slope


def only_sizes_in_logs(errors, sizes, target):
    slope, height = fit(np.log(sizes), errors)
    return np.exp((target - height) / slope)


def still_a_logarithm(errors, sizes, target):
    slope, height = fit(np.log(sizes), np.log(errors))
    return (np.log(target) - height) / slope


def error_at_target(errors, sizes, target):
    return np.exp(np.polyval(fit(np.log(sizes), np.log(errors)), np.log(target)))


def only_the_ends(errors, sizes, target):
    slope = np.log(errors[-1] / errors[0]) / np.log(sizes[-1] / sizes[0])
    return sizes[0] * (target / errors[0]) ** (1 / slope)


def through_the_last(errors, sizes, target):
    slope, _ = fit(np.log(sizes), np.log(errors))
    return sizes[-1] * (target / errors[-1]) ** (1 / slope)


def sizes_over_errors(errors, sizes, target):
    slope, height = fit(np.log(errors), np.log(sizes))
    return np.exp(height + slope * np.log(target))


def exponent_minus_one(errors, sizes, target):
    return np.mean(errors * sizes) / target


def largest_measured(errors, sizes, target):
    return sizes[-1]


def only_the_extra(errors, sizes, target):
    slope, height = fit(np.log(sizes), np.log(errors))
    return np.exp((np.log(target) - height) / slope) - sizes[-1]


def mixed_bases(errors, sizes, target):
    slope, height = fit(np.log(sizes), np.log(errors))
    return 10 ** ((np.log(target) - height) / slope)


def forgets_intercept(errors, sizes, target):
    slope, _ = fit(np.log(sizes), np.log(errors))
    return np.exp(np.log(target) / slope)


def rounded_up(errors, sizes, target):
    slope, height = fit(np.log(sizes), np.log(errors))
    return int(np.ceil(np.exp((np.log(target) - height) / slope)))


def last_two(errors, sizes, target):
    return only_the_ends(errors[-2:], sizes[-2:], target)


def interpolates(errors, sizes, target):
    return np.interp(target, errors[::-1], sizes[::-1])


def fits_the_errors_themselves(errors, sizes, target):
    (scale, slope), _ = curve_fit(lambda n, scale, slope: scale * n**slope, sizes, errors, p0=(1, -0.8), maxfev=9000)
    return (target / scale) ** (1 / slope)


WRONG["1.2c"] = [
    (straight_line, "straight line through the errors"),
    (only_errors_in_logs, "Only the errors"),
    (only_sizes_in_logs, "Only the sizes"),
    (still_a_logarithm, "still a logarithm"),
    (error_at_target, "solve the law"),
    (only_the_ends, "first and the last"),
    (through_the_last, "its own intercept"),
    (sizes_over_errors, "not the other way round"),
    (exponent_minus_one, "assumed to be -1"),
    (largest_measured, "largest one measured"),
    (only_the_extra, "to add"),
    (mixed_bases, "bases"),
    (forgets_intercept, "expected"),
    (rounded_up, "Do not round"),
    (last_two, "last two measurements"),
    (interpolates, "largest one measured"),
    (fits_the_errors_themselves, "expected"),
]


def slope(years, values):
    return np.polyfit(years - np.mean(years), values, 1)[0]


def log10_slope_as_doublings(years, sizes):
    return 1 / slope(years, np.log10(sizes))


def natural_logarithm(years, sizes):
    return 1 / slope(years, np.log(sizes))


def not_inverted(years, sizes):
    return slope(years, np.log2(sizes))


def natural_slope(years, sizes):
    return slope(years, np.log(sizes))


def log10_slope(years, sizes):
    return slope(years, np.log10(sizes))


def no_logarithm(years, sizes):
    return 1 / slope(years, sizes)


def year_on_size(years, sizes):
    return slope(sizes, years)


def year_on_log_size(years, sizes):
    return slope(np.log2(sizes), years)


def first_and_last(years, sizes):
    return (years[-1] - years[0]) / np.log2(sizes[-1] / sizes[0])


def average_of_steps(years, sizes):
    return np.mean(np.diff(years) / np.diff(np.log2(sizes)))


def log_of_years(years, sizes):
    return 1 / slope(np.log2(years), np.log2(sizes))


def loses_sign(years, sizes):
    return abs(1 / slope(years, np.log2(sizes)))


def average_of_rates(years, sizes):
    return 1 / np.mean(np.diff(np.log2(sizes)) / np.diff(years))


def through_the_first(years, sizes):
    t = years - years[0]
    return (t @ t) / (t @ np.log2(sizes / sizes[0]))


def height_of_the_line(years, sizes):
    return np.polyfit(years, np.log2(sizes), 1)[1]


def whole_years(years, sizes):
    return round(1 / slope(years, np.log2(sizes)))


WRONG["1.2d"] = [
    (log10_slope_as_doublings, "factor of ten"),
    (natural_logarithm, "factor of e"),
    (not_inverted, "doublings per year"),
    (natural_slope, "another base"),
    (log10_slope, "another base"),
    (no_logarithm, "without a logarithm"),
    (year_on_size, "and without a logarithm"),
    (year_on_log_size, "not the year from the size"),
    (first_and_last, "first and the last"),
    (average_of_steps, "neighbours"),
    (log_of_years, "logarithm of the years"),
    (loses_sign, "sign of the slope"),
    (average_of_rates, "rates between neighbours"),
    (through_the_first, "forced through the first"),
    (height_of_the_line, "height of the fitted line"),
    (whole_years, "Do not round"),
]


def places(side, kernel, stride):
    return (side - kernel) // stride + 1


def parameters(height, width, channels, kernel, stride):
    return kernel * kernel * channels


def parameters_with_biases(height, width, channels, kernel, stride):
    return (kernel * kernel + 1) * channels


def connections(height, width, channels, kernel, stride):
    return places(height, kernel, stride) * places(width, kernel, stride) * channels * kernel**2


def pixels(height, width, channels, kernel, stride):
    return height * width * channels


def ignores_stride(height, width, channels, kernel, stride):
    return (height - kernel + 1) * (width - kernel + 1) * channels


def over_the_edge(height, width, channels, kernel, stride):
    return len(range(0, height, stride)) * len(range(0, width, stride)) * channels


def divides_image(height, width, channels, kernel, stride):
    return (height // stride) * (width // stride) * channels


def one_too_few(height, width, channels, kernel, stride):
    return ((height - kernel) // stride) * ((width - kernel) // stride) * channels


def one_map(height, width, channels, kernel, stride):
    return places(height, kernel, stride) * places(width, kernel, stride)


def square_height(height, width, channels, kernel, stride):
    return places(height, kernel, stride) ** 2 * channels


def square_width(height, width, channels, kernel, stride):
    return places(width, kernel, stride) ** 2 * channels


def true_division(height, width, channels, kernel, stride):
    return ((height - kernel) / stride + 1) * ((width - kernel) / stride + 1) * channels


def rounds_up(height, width, channels, kernel, stride):
    return int(np.ceil((height - kernel) / stride) + 1) * int(np.ceil((width - kernel) / stride) + 1) * channels


def one_added_too_soon(height, width, channels, kernel, stride):
    return channels * ((height - kernel + 1) // stride) * ((width - kernel + 1) // stride)


def side_by_side(height, width, channels, kernel, stride):
    return channels * (height // kernel) * (width // kernel)


def adds_maps(height, width, channels, kernel, stride):
    return places(height, kernel, stride) * places(width, kernel, stride) + channels


WRONG["1.2e"] = [
    (parameters, "parameters, not units"),
    (parameters_with_biases, "parameters, not units"),
    (connections, "connections"),
    (pixels, "pixels of the image"),
    (ignores_stride, "stride is ignored"),
    (over_the_edge, "over the edge"),
    (divides_image, "had no size"),
    (one_too_few, "place is missing"),
    (one_map, "Only one map"),
    (square_height, "may differ"),
    (square_width, "may differ"),
    (true_division, "divide with //"),
    (rounds_up, "not up"),
    (one_added_too_soon, "Add the 1 after dividing"),
    (side_by_side, "side by side"),
    (adds_maps, "multiply the places"),
]


def best(scores, k):
    return np.argsort(scores, axis=1)[:, -k:]


def rank(scores, labels):
    return (scores > scores[np.arange(len(labels)), labels][:, None]).sum(axis=1)


def accuracy(scores, labels, k):
    return np.mean((best(scores, k) == labels[:, None]).any(axis=1))


def ascending(scores, labels, k):
    return 1 - np.mean((np.argsort(scores, axis=1)[:, :k] == labels[:, None]).any(axis=1))


def rank_exactly_k(scores, labels, k):
    return 1 - np.mean(np.argsort(-scores, axis=1)[:, k - 1] == labels)


def fraction_of_rank_k(scores, labels, k):
    return np.mean(np.argsort(-scores, axis=1)[:, k - 1] == labels)


def counts_rows(scores, labels, k):
    return int(np.sum(rank(scores, labels) >= k))


def one_more(scores, labels, k):
    return np.mean(rank(scores, labels) > k)


def one_less(scores, labels, k):
    return np.mean(rank(scores, labels) >= k - 1)


def ignores_k(scores, labels, k):
    return np.mean(scores.argmax(axis=1) != labels)


def percent(scores, labels, k):
    return 100 * np.mean(rank(scores, labels) >= k)


def wrong_axis(scores, labels, k):
    return 1 - np.mean((np.argsort(scores, axis=0)[:, -k:] == labels[:, None]).any(axis=1))


def per_guess(scores, labels, k):
    return 1 - np.mean(best(scores, k) == labels[:, None])


def one_per_row(scores, labels, k):
    return (rank(scores, labels) >= k).astype(float)


def without_the_best(scores, labels, k):
    return 1 - np.mean((np.argsort(scores, axis=1)[:, -k - 1 : -1] == labels[:, None]).any(axis=1))


def all_for_any(scores, labels, k):
    return np.mean(~(best(scores, k) == labels[:, None]).all(axis=1))


def among_all_guesses(scores, labels, k):
    return np.mean(~np.isin(labels, best(scores, k)))


def order_for_rank(scores, labels, k):
    return np.mean(np.argsort(-scores, axis=1)[np.arange(len(labels)), labels] >= k)


WRONG["1.2f"] = [
    (accuracy, "accuracy"),
    (ascending, "lowest scores"),
    (rank_exactly_k, "Only rank exactly k"),
    (fraction_of_rank_k, "fraction with rank exactly k"),
    (counts_rows, "divide by their count"),
    (one_more, "too many"),
    (one_less, "too few"),
    (ignores_k, "k is ignored"),
    (percent, "percent"),
    (wrong_axis, "wrong axis"),
    (per_guess, "number of guesses"),
    (one_per_row, "shape"),
    (without_the_best, "best guess was left out"),
    (all_for_any, "any, not all"),
    (among_all_guesses, "its own row decides"),
    (order_for_rank, "not the rank of each class"),
]
