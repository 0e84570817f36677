"""A chapter's notebook run in this process, so that tests can hold its explorables and solutions in their hands."""

import contextlib
import functools
import io
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

import matplotlib
import nbformat

from dlbook_utils.explore import Explorable

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
CHECK_CALL = re.compile(r'^check\("([\d.a-z]+)", (\w+)', re.MULTILINE)

sys.path.insert(0, str(ROOT / "tools"))


@dataclass
class Chapter:
    """What running a notebook left behind."""

    name: str
    explorables: dict = field(default_factory=dict)
    stubs: dict = field(default_factory=dict)
    solutions: dict = field(default_factory=dict)


def read(path):
    return nbformat.read(path, as_version=4)


def sections(notebook):
    """Return {section heading: its cells}, in order; what stands before the first section has the key None."""
    found, current = {None: []}, None
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            heading = re.search(r"^## (.+)$", cell.source, re.MULTILINE)
            if heading:
                current = heading[1].strip()
                found[current] = []
        found[current].append(cell)
    return found


def tags(cell):
    return set(cell.metadata.get("tags", []))


@functools.cache
def run_chapter(path):
    """Run every code cell of a notebook here, once, and return the `Chapter`."""
    matplotlib.use("agg")
    chapter, namespace = Chapter(path.name), {"__name__": "__main__"}
    for number, cell in enumerate(read(path).cells):
        if cell.cell_type != "code":
            continue
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(cell.source, f"{path.name}, cell {number}", "exec"), namespace)
        for kind, store in (("exercise", chapter.stubs), ("solution", chapter.solutions)):
            if kind in tags(cell):
                store.update({exercise: namespace[name] for exercise, name in CHECK_CALL.findall(cell.source)})
    chapter.explorables = {x.name: x for x in namespace.values() if isinstance(x, Explorable)}
    return chapter
