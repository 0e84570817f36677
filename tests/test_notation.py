"""The notation page: what its tables say is what its cells run, row by row, and every trap's code is run too."""

import ast
import re

import pytest
from chapters import ROOT, read

PATH = ROOT / "notebooks" / "00_notation.ipynb"
GROUPS = {
    "Numbers and Arrays": 11,
    "Sets and Graphs": 9,
    "Indexing": 8,
    "Linear Algebra Operations": 4,
    "Calculus": 9,
    "Probability and Information Theory": 11,
    "Functions": 11,
    "Datasets and Distributions": 6,
}


def groups():
    """Return {heading: (table rows, calls of row by meaning, every expression that its cells run)}."""
    found, heading = {}, None
    for cell in read(PATH).cells:
        if cell.cell_type == "markdown":
            for line in cell.source.splitlines():
                if line.startswith("## "):
                    heading = line[3:]
                    found[heading] = ([], [], set())
                if line.startswith("| $"):
                    found[heading][0].append(line.strip("| ").split(" | "))
        elif heading:
            tree = ast.parse(cell.source)
            found[heading][2].update(ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.expr))
            for place, statement in enumerate(tree.body):
                call = getattr(statement, "value", None)
                if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "row":
                    assert isinstance(tree.body[place + 1], ast.Assert), ast.unparse(call)  # its check stands below it
                    found[heading][1].append(call)
    return found


def same(code):
    return ast.unparse(ast.parse(code, mode="eval"))


def test_groups_are_the_books():
    assert {heading: len(rows) for heading, (rows, _, _) in groups().items()} == GROUPS


@pytest.mark.parametrize("heading", GROUPS)
def test_table_is_what_runs(heading):
    rows, calls, expressions = groups()[heading]
    by_meaning = {call.args[0].value: call for call in calls}
    assert len(by_meaning) == len(calls) == len(rows)
    for symbol, meaning, code, trap in rows:
        assert re.search(r"^\$.+\$$", symbol)
        spans = re.fullmatch(r"`([^`]+)`<br>`([^`]+)`", code).groups()
        assert [same(span) for span in spans] == [ast.unparse(arg) for arg in by_meaning[meaning].args[1:]], meaning
        assert len(trap) > 10, meaning
        for span in re.findall(r"`([^`]+)`", trap):
            assert (
                same(span) in expressions
                or f"({same(span)})" in expressions
                or set(map(same, span.split(", "))) <= expressions
            ), f"the trap of {meaning}: {span} is not run"
