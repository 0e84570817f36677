"""A chapter's notebook run in this process, so that tests can hold its explorables and solutions in their hands."""

import contextlib
import functools
import io
from dataclasses import dataclass, field
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import nbformat
import torch
from outline import CHECK_CALL, tags
from outline import split_sections as sections

from dlbook_utils.explore import Explorable

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))

__all__ = ["CHECK_CALL", "NOTEBOOKS", "ROOT", "Chapter", "read", "run_chapter", "sections", "tags"]


@dataclass
class Chapter:
    """What running a notebook left behind."""

    name: str
    explorables: dict = field(default_factory=dict)
    stubs: dict = field(default_factory=dict)
    solutions: dict = field(default_factory=dict)


def read(path):
    return nbformat.read(path, as_version=4)


@functools.lru_cache(maxsize=1)
def run_chapter(path):
    """Run every code cell of a notebook here, once for all tests of that notebook (they come together), and return the `Chapter`."""
    matplotlib.use("agg")
    plt.close("all")  # what the chapter before left open
    chapter, namespace = Chapter(path.name), {"__name__": "__main__"}
    for number, cell in enumerate(read(path).cells):
        if cell.cell_type != "code":
            continue
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(cell.source, f"{path.name}, cell {number}", "exec"), namespace)
        for kind, store in (("exercise", chapter.stubs), ("solution", chapter.solutions)):
            if kind in tags(cell):
                store.update({exercise: namespace[name] for exercise, name in CHECK_CALL.findall(cell.source)})
    torch.set_default_dtype(torch.float32)  # a notebook may set another one, for itself
    chapter.explorables = {x.name: x for x in namespace.values() if isinstance(x, Explorable)}
    return chapter
