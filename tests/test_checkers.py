"""Every exercise: the solution passes, the stub is not attempted, each plausible wrong answer gets its own message."""

import importlib
import zlib

import numpy as np
import pytest
from chapters import NOTEBOOKS, read, run_chapter, tags

from dlbook_utils import check as _check  # noqa: F401  (the function; the module is imported below)

checking = importlib.import_module("dlbook_utils.check")
NUMBERS = [path.name[:2] for path in NOTEBOOKS]
WRONG = {n: importlib.import_module(f"wrong_answers.chapter_{n}").WRONG for n in NUMBERS}
CASES = [
    pytest.param(exercise, wrong, message, id=f"{exercise}-{getattr(wrong, '__name__', i)}")
    for n in NUMBERS
    for exercise, answers in WRONG[n].items()
    for i, (wrong, message) in enumerate(answers)
]
TRIES = 12


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def chapter(request):
    return run_chapter(request.param)


def exercises_of(chapter):
    importlib.import_module(f"dlbook_utils.checkers.chapter_{chapter.name[:2]}")
    own = str(int(chapter.name[:2]))
    return {number for number in checking._EXERCISES if number.partition(".")[0] == own}


def generators(name, count=TRIES):
    return [np.random.default_rng([zlib.crc32(name.encode()), i]) for i in range(count)]


def test_every_exercise_has_a_stub_a_solution_and_wrong_answers(chapter):
    exercises = exercises_of(chapter)
    assert exercises
    assert set(chapter.stubs) == exercises
    assert set(chapter.solutions) == exercises
    assert set(WRONG[chapter.name[:2]]) == exercises


def test_every_exercise_has_hints_and_its_solution_does_not_count(chapter):
    for number in exercises_of(chapter):
        exercise = checking.find_exercise(number)
        assert 2 <= len(exercise.hints) <= 4 and all(hint.strip()[-1] in ".?!" for hint in exercise.hints), number
    notebook = read(next(path for path in NOTEBOOKS if path.name == chapter.name))
    for cell in notebook.cells:
        if "solution" in tags(cell):
            assert "solution=True" in cell.source, cell.source
        if "exercise" in tags(cell):
            assert "solution=True" not in cell.source, cell.source


def test_solutions_pass_on_any_input(chapter):
    for number, solution in chapter.solutions.items():
        for rng in generators(number, 40):
            result = checking.grade(number, solution, rng)
            assert result.status == "correct", result


def test_stubs_are_not_attempted(chapter):
    for number, stub in chapter.stubs.items():
        assert checking.grade(number, stub).status == "not attempted yet", number


@pytest.mark.parametrize(("number", "wrong", "message"), CASES)
def test_wrong_answer_gets_its_message(number, wrong, message):
    for rng in generators(f"{number} {message}"):
        result = checking.grade(number, wrong, rng)
        assert result.status == "not yet", result
        assert message in result.message, result


def test_mistakes_are_told_apart():
    """Ways to make the same mistake share a message; different mistakes do not."""
    for answers in (WRONG[n] for n in NUMBERS):
        for number, cases in answers.items():
            assert len({message for _, message in cases}) >= 3, number


STRANGE = {
    "zero": lambda *args: 0,
    "vector": lambda *args: np.zeros(3),
    "first": lambda *args: args[0] if args else 1,
    "last": lambda *args: args[-1] if args else 1,
    "pair": lambda *args: (args[0] if args else 1, 0.0),
    "triple": lambda *args: (np.ones(2),) * 3,
    "quadruple": lambda *args: (np.zeros((2, 2)), np.zeros(2), np.zeros(2), 0.0),
    "nan": lambda *args: np.full(np.shape(args[0]) if args else (), np.nan),
    "true": lambda *args: True,
    "word": lambda *args: "x",
    "generator": lambda *args: (i for i in range(3)),
    "object": lambda *args: object(),
    "ragged": lambda *args: [[1], [2, 3]],
}


@pytest.mark.parametrize("strange", STRANGE.values(), ids=STRANGE)
def test_strange_answers_are_judged_not_raised(chapter, strange):
    for number in exercises_of(chapter):
        result = checking.grade(number, strange, generators(number)[0])
        assert result.status == "not yet", result
        assert result.message
