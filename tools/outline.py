"""What the notebooks hold, read off their cells: chapters, sections, exercises, explorables, what each section uses."""

import ast
import json
import re
from dataclasses import dataclass, field

import yaml
from docutils.nodes import make_id

from dlbook_utils.check import find_exercise
from dlbook_utils.frames import EXPLORABLE_MIME
from notebooks import ROOT, all_notebooks, read

CHECK_CALL = re.compile(r'^check\("([\d.a-z]+)", (\w+)', re.MULTILINE)
MODULES = ("data", "draw")
CALLS = ("angle_of", "check", "choice", "explore", "show", "steps", "time")


@dataclass
class Explorable:
    """A picture with controls, as the cell that defines it left it."""

    name: str
    title: str
    cell: int
    content: dict | None = None  # the output's data with its frames; None for a notebook that was not run with frames


@dataclass
class Section:
    """A section of a chapter, or what stands before its first section (``number`` is then None)."""

    number: str | None
    title: str
    cells: list = field(default_factory=list)
    explorables: list = field(default_factory=list)
    exercises: list = field(default_factory=list)  # of dlbook_utils.check.Exercise
    utilities: list = field(default_factory=list)
    first_cell: int = 1  # counted from 1, as a reader counts

    def anchor_of(self, exercise):
        """The id of an exercise's heading in the chapter's page, "" when it has no heading of its own."""
        for cell in self.cells:
            heading = re.search(rf"^#+ (Exercise {re.escape(exercise.number)}\b.*)$", cell.source, re.MULTILINE)
            if cell.cell_type == "markdown" and heading:
                return make_id(heading[1])
        return ""

    @property
    def name(self):
        """The number and the title, as the heading has them."""
        return f"{self.number} {self.title}" if self.number else self.title

    @property
    def anchor(self):
        """The id of the section in the chapter's page."""
        return make_id(self.title)


@dataclass
class Chapter:
    """A chapter that is written."""

    number: int
    title: str
    stem: str
    opening: str
    sections: list


def tags(cell):
    """Return the tags of a cell as a set."""
    return set(cell.metadata.get("tags", []))


def split_sections(notebook):
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


def utilities_of(sources):
    """Return the names of the shared package that some code calls: ``draw.draw_vectors``, ``explore``."""
    found = set()
    for source in sources:
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in MODULES:
                found.add(f"{node.value.id}.{node.attr}")
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
                found.add(node.func.id)
    return sorted(name for name in found if not name.rpartition(".")[2].isupper())


def read_section(heading, cells, first_cell):
    """Return the `Section` of a heading and its cells."""
    number, _, title = heading.partition(" ") if heading and heading[0].isdigit() else (None, "", heading or "")
    section = Section(number, title, cells, first_cell=first_cell)
    for offset, cell in enumerate(cells):
        if cell.cell_type != "code":
            continue
        for output in cell.outputs:
            content = output.get("data", {}).get(EXPLORABLE_MIME)
            if content:
                content = content if isinstance(content, dict) else json.loads(content)
                section.explorables.append(Explorable(content["name"], content["title"], first_cell + offset, content))
        if "exercise" in tags(cell):
            section.exercises += [find_exercise(number) for number, _ in CHECK_CALL.findall(cell.source)]
    section.utilities = utilities_of(
        [c.source for c in cells if c.cell_type == "code" and not c.source.startswith("%")]
    )
    return section


def read_chapter(path, notebook=None):
    """Return the `Chapter` of a notebook; its explorables are there when the notebook was run with frames."""
    notebook = notebook or read(path)
    found, cell = [], 1
    for heading, cells in split_sections(notebook).items():
        found.append(read_section(heading, cells, cell))
        cell += len(cells)
    opening = next(c.source for c in notebook.cells if c.cell_type == "markdown")
    title = re.search(r"^# (?:\d+ )?(.+)$", opening, re.MULTILINE)[1]
    return Chapter(int(path.name[:2]), title, path.stem, opening, found)


def read_outline(run=lambda path: None):
    """Return {number: Chapter} of all notebooks. ``run(path)`` may return the notebook as it was run with frames."""
    return {int(path.name[:2]): read_chapter(path, run(path)) for path in all_notebooks()}


def read_contents():
    """Return the parts of the book with their chapters and sections, as the book's own contents have them."""
    return yaml.safe_load((ROOT / "book" / "contents.yml").read_text(encoding="utf-8"))["parts"]
