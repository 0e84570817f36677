"""Checkers of the notation page."""

import numpy as np

from dlbook_utils.check import Wrong, as_numbers, exercise, expect, show_value


@exercise(
    "0.1",
    "book(A, *idx)",
    level="warm-up",
    hints=(
        "The star in *idx collects the indices in a tuple, however many there are.",
        "Before anything else, look at the smallest index: if it is below 1, raise IndexError.",
        "Subtract 1 from each index and put the results in a tuple: NumPy takes a tuple as one index per axis.",
    ),
)
def check_book(answer, rng):
    for shape in ((4,), (3, 3), (2, 3), (2, 3, 4), (3, 2, 4, 2)):
        A = rng.permutation(np.prod(shape)).reshape(shape) + 100.0
        steps = tuple(min(axis + 1, length) for axis, length in enumerate(shape))
        corners = [
            (1,) * len(shape),
            steps,
            shape,
            *(tuple(rng.integers(1, np.add(shape, 1)).tolist()) for _ in range(3)),
        ]
        for idx in corners:
            expect_element(answer, A, idx)
        for axis in range(len(shape)):
            for bad in (0, -1):
                expect_refused(answer, A, with_index(idx, axis, bad), bad)
        for axis, length in enumerate(shape):
            expect_refused(answer, A, with_index(idx, axis, length + 1), length + 1)
    return "It counts from 1 along every axis and refuses what does not exist."


def with_index(idx, axis, value):
    return idx[:axis] + (value,) + idx[axis + 1 :]


def call_of_book(A, idx):
    return f"book(A, {', '.join(map(str, idx))}) with A of shape {A.shape}"


def expect_element(answer, A, idx):
    """Compare with the element found by counting, not by NumPy's index arithmetic, and name the mistakes."""
    places = np.indices(A.shape).reshape(A.ndim, -1).T + 1
    wanted = A.ravel()[(places == idx).all(axis=1)].item()
    call = call_of_book(A, idx)
    before = A.copy()
    try:
        returned = answer.function(A, *idx)
    except NotImplementedError:
        raise
    except IndexError as error:
        if all(index < length for index, length in zip(idx, A.shape, strict=True)):
            raise Wrong(f"{call} raised IndexError ({error}), but this element exists.") from None
        raise Wrong(
            f"{call} raised IndexError ({error}), but this element exists: are the indices passed on without subtracting 1?"
        ) from None
    except Exception as error:
        raise Wrong(f"{call} raised {type(error).__name__}: {error}") from None
    expect(np.array_equal(A, before), f"{call} changed A; only look at it.")
    expect(returned is not None, f"{call} returned None; is a return missing?")
    got = as_numbers(lambda *_: None, (), returned) if is_numeric(returned) else None
    expect(got is not None, f"{call} returned {show_value(returned)}, expected a number.")
    expect(
        got.shape == (),
        f"{call} returned an array of shape {got.shape} instead of one element: "
        "NumPy needs one index per axis, all in one tuple (a list of indices picks rows).",
    )
    if got.item() == wanted:
        return
    found = dict(zip(map(tuple, (places - 1).tolist()), A.ravel().tolist(), strict=True))
    shifted = tuple(index - 1 for index in idx)
    mistakes = {
        "Only the first index was made smaller by 1; the book counts from 1 along every axis.": shifted[:1] + idx[1:],
        "Only the last index was made smaller by 1; the book counts from 1 along every axis.": idx[:-1] + shifted[-1:],
        "The indices are passed on as they are: NumPy counts from 0, so this is the next element along every axis.": idx,
        "The indices are used in reverse order: row first, then column.": shifted[::-1],
        "A minus sign counts from the end in Python; subtract 1 instead.": tuple(
            n - index for index, n in zip(idx, A.shape, strict=True)
        ),
    }
    for message, place in mistakes.items():
        if found.get(place) == got.item():
            raise Wrong(f"{message} Seen with {call}.")
    raise Wrong(f"{call} gave {show_value(returned)}, expected {wanted:g}: subtract 1 from each index.")


def is_numeric(value):
    try:
        return np.asarray(value).dtype.kind in "biufc"
    except (TypeError, ValueError):
        return False


def expect_refused(answer, A, idx, bad):
    call = call_of_book(A, idx)
    try:
        returned = answer.function(A, *idx)
    except IndexError:
        return
    except NotImplementedError:
        raise
    except Exception as error:
        raise Wrong(
            f"{call} raised {type(error).__name__}, expected IndexError, as for every index that does not exist."
        ) from None
    got = show_value(returned)
    if bad == 0:
        raise Wrong(
            f"{call} returned {got}, expected IndexError: the book has no index 0, and 0 − 1 is NumPy's name for the last element."
        )
    if bad < 0:
        raise Wrong(
            f"{call} returned {got}, expected IndexError: negative indices count from the end in Python, not in the book."
        )
    raise Wrong(f"{call} returned {got}, expected IndexError: this element lies beyond the end, do not move it inside.")


@exercise(
    "0.2",
    "all_but(a, i)",
    level="warm-up",
    hints=(
        "Which of NumPy's places has the i-th element? The elements before it and those after it are two slices.",
        "The slice before it is a[: i - 1]; the one after it starts at a[i], which is the book's element i + 1.",
        "Join the two with np.concatenate (a plus sign would add their numbers), or use np.delete with the right place.",
    ),
)
def check_all_but(answer, rng):
    for n, i in ((6, 4), (3, 1), (3, 2), (3, 3), (5, 5), (1, 1), (2, 1)):
        compare_all_but(answer, rng.permutation(20)[:n] + 1.0, i)
    a = rng.permutation(20)[:5] + 1.0
    a[3] = a[1]
    for i in (2, 4):
        compare_all_but(answer, a, i)
    for i in (1, 3, 4):
        compare_all_but(answer, np.full(4, 1.0 + rng.integers(1, 9)), i)
    return "It leaves out the right one, wherever it stands, and keeps the order."


def compare_all_but(answer, a, i):
    call = answer.call(a, i)
    wanted = a[np.arange(1, len(a) + 1) != i]
    try:
        returned = answer.function(handed := a.copy(), i)
    except NotImplementedError:
        raise
    except Exception as error:
        if "broadcast" in str(error):
            raise Wrong(
                f"The two pieces are added, not joined: + on arrays adds their numbers. Seen with {call}."
            ) from None
        raise Wrong(f"{call} raised {type(error).__name__}: {error}") from None
    expect(np.array_equal(handed, a), f"{call} changed its input; return a new array.")
    expect(returned is not None, f"{call} returned None; is a return missing?")
    got = as_numbers(answer, (a, i), returned, wanted.shape)
    if got.shape == wanted.shape and np.array_equal(got, wanted):
        return
    for message, mistake in MISTAKES_OF_ALL_BUT.items():
        try:
            wrong = np.asarray(mistake(a.copy(), i))
        except (ValueError, IndexError):
            continue
        if wrong.shape == got.shape and np.array_equal(wrong, got):
            raise Wrong(f"{message} Seen with {call}.")
    if got.shape == wanted.shape and np.array_equal(np.sort(got), np.sort(wanted)):
        raise Wrong(f"{call} gave {show_value(got)}: the right elements, but not in their order.")
    raise Wrong(f"{call} gave {show_value(got)}, expected {show_value(wanted)}.")


def zeroed(a, i):
    a[i - 1] = 0
    return a


MISTAKES_OF_ALL_BUT = {
    "a[-i] is one element, counted from the end; the book's minus means all but this one.": lambda a, i: a[-i],
    "That is the element itself; all the others are wanted.": lambda a, i: a[i - 1],
    "That is the next element; all but one are wanted, and counting starts at 1.": lambda a, i: a[i],
    "The element after it was left out: i is counted from 1, NumPy counts from 0.": lambda a, i: np.delete(a, i),
    "An element counted from the end was left out: a negative place means that in Python.": lambda a, i: np.delete(
        a, -i
    ),
    "Two elements were left out: the second piece starts too late.": lambda a, i: np.concatenate(
        [a[: i - 1], a[i + 1 :]]
    ),
    "Two elements were left out: the first piece ends too early.": lambda a, i: np.concatenate(
        [a[: max(i - 2, 0)], a[i:]]
    ),
    "Nothing was left out: the first piece goes one too far.": lambda a, i: a,
    "The two pieces are added, not joined: + on arrays adds their numbers.": lambda a, i: a[:i] + a[i + 1 :],
    "The two pieces are the right ones, but added, not joined: + on arrays adds their numbers.": lambda a, i: (
        a[: i - 1] + a[i:]
    ),
    "Only the elements after it are there; those before it are missing.": lambda a, i: a[i:],
    "Only the elements before it are there; those after it are missing.": lambda a, i: a[: i - 1],
    "The element is zeroed, not left out; the result must be one shorter.": zeroed,
    "All elements with the same value are gone: choose by place, not by value.": lambda a, i: a[a != a[i - 1]],
}
