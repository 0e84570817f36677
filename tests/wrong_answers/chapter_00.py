"""Wrong answers to the exercises of the notation page, each with a part of the message it must get."""

import numpy as np

WRONG = {}


def index_unchanged(A, *idx):
    if min(idx) < 1:
        raise IndexError("counted from 1")
    return A[idx]


def zero_becomes_last(A, *idx):
    return A[tuple(index - 1 for index in idx)]


def refuses_zero_only(A, *idx):
    if 0 in idx:
        raise IndexError("counted from 1")
    return A[tuple(index - 1 if index > 0 else index for index in idx)]


def refuses_negatives_only(A, *idx):
    if min(idx) < 0:
        raise IndexError("counted from 1")
    return A[tuple(index - 1 for index in idx)]


def checks_first_only(A, *idx):
    if idx[0] < 1:
        raise IndexError("counted from 1")
    return A[tuple(index - 1 for index in idx)]


def value_error(A, *idx):
    if min(idx) < 1:
        raise ValueError("counted from 1")
    return A[tuple(index - 1 for index in idx)]


def asserts(A, *idx):
    assert min(idx) >= 1
    return A[tuple(index - 1 for index in idx)]


def refuses_one(A, *idx):
    if min(idx) <= 1:
        raise IndexError("counted from 1")
    return A[tuple(index - 1 for index in idx)]


def first_index_only(A, *idx):
    if min(idx) < 1:
        raise IndexError("counted from 1")
    return A[(idx[0] - 1, *idx[1:])]


def last_index_only(A, *idx):
    if min(idx) < 1:
        raise IndexError("counted from 1")
    return A[(*idx[:-1], idx[-1] - 1)]


def column_first(A, *idx):
    if min(idx) < 1:
        raise IndexError("counted from 1")
    return A[tuple(index - 1 for index in idx[::-1])]


def list_of_indices(A, *idx):
    if min(idx) < 1:
        raise IndexError("counted from 1")
    return A[[index - 1 for index in idx]]


def row_only(A, *idx):
    if min(idx) < 1:
        raise IndexError("counted from 1")
    return A[idx[0] - 1]


def clipped(A, *idx):
    if min(idx) < 1:
        raise IndexError("counted from 1")
    return A[tuple(min(index, n) - 1 for index, n in zip(idx, A.shape, strict=True))]


def wrapped(A, *idx):
    if min(idx) < 1:
        raise IndexError("counted from 1")
    return A[tuple((index - 1) % n for index, n in zip(idx, A.shape, strict=True))]


def from_the_end(A, *idx):
    if min(idx) < 1:
        raise IndexError("counted from 1")
    return A[tuple(-index for index in idx)]


def returns_none_for_zero(A, *idx):
    return A[tuple(index - 1 for index in idx)] if min(idx) >= 1 else None


def prints_only(A, *idx):
    if min(idx) < 1:
        raise IndexError("counted from 1")
    A[tuple(index - 1 for index in idx)]


WRONG["0.1"] = [
    (index_unchanged, "passed on"),
    (zero_becomes_last, "no index 0"),
    (refuses_zero_only, "negative indices count from the end"),
    (refuses_negatives_only, "no index 0"),
    (checks_first_only, "no index 0"),
    (value_error, "expected IndexError"),
    (asserts, "raised AssertionError, expected IndexError"),
    (refuses_one, "this element exists"),
    (first_index_only, "Only the first index"),
    (last_index_only, "Only the last index"),
    (column_first, "reverse order"),
    (list_of_indices, "one index per axis"),
    (row_only, "one index per axis"),
    (clipped, "beyond the end"),
    (wrapped, "beyond the end"),
    (from_the_end, "counts from the end in Python"),
    (returns_none_for_zero, "no index 0"),
    (prints_only, "is a return missing"),
]


def python_minus(a, i):
    return a[-i]


def adds_pieces(a, i):
    return a[:i] + a[i + 1 :]


def adds_right_pieces(a, i):
    return a[: i - 1] + a[i:]


def delete_unshifted(a, i):
    return np.delete(a, i)


def delete_from_end(a, i):
    return np.delete(a, -i)


def pieces_unshifted(a, i):
    return np.concatenate([a[:i], a[i + 1 :]])


def drops_two(a, i):
    return np.concatenate([a[: i - 1], a[i + 1 :]])


def drops_two_before(a, i):
    return np.concatenate([a[: max(i - 2, 0)], a[i:]])


def drops_none(a, i):
    return np.concatenate([a[:i], a[i:]])


def the_element(a, i):
    return a[i - 1]


def only_after(a, i):
    return a[i:]


def only_before(a, i):
    return a[: i - 1]


def sets_to_zero(a, i):
    b = a.copy()
    b[i - 1] = 0
    return b


def by_value(a, i):
    return a[a != a[i - 1]]


def as_a_set(a, i):
    return sorted(np.delete(a, i - 1))


def changes_input(a, i):
    a[i - 1 : -1] = a[i:]
    return a[:-1]


def no_return(a, i):
    np.delete(a, i - 1)


WRONG["0.2"] = [
    (python_minus, "counted from the end"),
    (adds_pieces, "added, not joined"),
    (adds_right_pieces, "added, not joined"),
    (delete_unshifted, "counted from 1"),
    (delete_from_end, "counted from the end was left out"),
    (pieces_unshifted, "counted from 1"),
    (drops_two, "starts too late"),
    (drops_two_before, "ends too early"),
    (drops_none, "Nothing was left out"),
    (the_element, "the element itself"),
    (only_after, "those before it are missing"),
    (only_before, "those after it are missing"),
    (sets_to_zero, "zeroed"),
    (by_value, "by place, not by value"),
    (as_a_set, "not in their order"),
    (changes_input, "changed its input"),
    (no_return, "is a return missing"),
]
