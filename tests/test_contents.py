"""The notebooks have the book's chapters and sections, and every section is complete."""

import re

import pytest
import yaml
from chapters import NOTEBOOKS, ROOT, read, sections, tags

# The one list of what is still to be written. It shrinks to nothing.
NOT_WRITTEN = {*range(13, 21)}
NOTATION = "00_notation"  # a page of tables, not a chapter; tests/test_notation.py says what it must hold

CONTENTS = yaml.safe_load((ROOT / "book" / "contents.yml").read_text(encoding="utf-8"))
CHAPTERS = {chapter["number"]: chapter for part in CONTENTS["parts"] for chapter in part["chapters"]}


def test_contents_are_the_whole_book():
    assert sorted(CHAPTERS) == list(range(1, 21))
    assert sum(len(chapter["sections"]) for chapter in CHAPTERS.values()) == 164


def test_every_chapter_is_written_or_listed():
    written = {int(path.name[:2]) for path in NOTEBOOKS if path.stem != NOTATION}
    assert written.isdisjoint(NOT_WRITTEN)
    assert written | NOT_WRITTEN == set(CHAPTERS)


def test_the_book_has_every_notebook():
    toc = (ROOT / "_toc.yml").read_text(encoding="utf-8")
    assert re.findall(r"file: notebooks/(\S+)", toc) == [path.stem for path in NOTEBOOKS]


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def path(request):
    return request.param


@pytest.fixture(params=[path for path in NOTEBOOKS if path.stem != NOTATION], ids=lambda path: path.stem)
def chapter_path(request):
    return request.param


def test_headings_are_the_books(chapter_path):
    path = chapter_path
    chapter = CHAPTERS[int(path.name[:2])]
    notebook = read(path)
    markdown = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    titles = [line for source in markdown for line in source.splitlines() if re.match(r"# ", line)]
    assert titles == [f"# {chapter['number']} {chapter['title']}"]
    wanted = [f"{section['number']} {section['title']}" for section in chapter["sections"]]
    opening = ["Introduction"] if chapter["number"] == 1 else []  # the pages before 1.1, which the book does not number
    assert [heading for heading in sections(notebook) if heading] == opening + wanted


def test_every_section_is_complete(chapter_path):
    lacking = []
    for heading, cells in sections(read(chapter_path)).items():
        if heading is None:
            continue
        code = [cell for cell in cells if cell.cell_type == "code"]
        text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
        quiz = text.count("<details>") >= 2
        if cells[0].cell_type != "markdown" or len(cells[0].source.splitlines()) < 3 or "?" not in cells[0].source:
            lacking.append(f"{heading}: no question below the heading")
        if not any("check" in tags(cell) for cell in code):
            lacking.append(f"{heading}: no check")
        if not any(re.search(r"^show\(|^@explore", cell.source, re.MULTILINE) for cell in code):
            lacking.append(f"{heading}: no picture")
        exercise = any("exercise" in tags(cell) for cell in code) and any("solution" in tags(cell) for cell in code)
        if not (exercise or quiz):
            lacking.append(f"{heading}: neither exercise with solution nor quiz")
    assert not lacking


def test_checks_can_fail(path):
    """A cell tagged check asserts something."""
    for cell in read(path).cells:
        if "check" in tags(cell):
            assert re.search(r"^\s*assert ", cell.source, re.MULTILINE), cell.source


def test_no_cell_is_long(path):
    long = [cell.source for cell in read(path).cells if cell.cell_type == "code" and len(cell.source.splitlines()) > 40]
    assert not long


def test_markdown_renders_everywhere(path):
    """No MyST, no macros: JupyterLab, Colab and GitHub show these as they are written."""
    strange = r"^```\{|^:::|\{(ref|eq|doc|numref|cite\S*)\}`|\\newcommand|^\(\S+\)=|\\begin\{align"
    for cell in read(path).cells:
        if cell.cell_type == "markdown":
            assert not re.search(strange, cell.source, re.MULTILINE), cell.source
            assert cell.source.count("<details>") == cell.source.count("</details>"), cell.source


def test_nothing_is_downloaded(path):
    forbidden = r"urllib|requests\.|wget|curl|urlretrieve|fetch_openml|fetch_\w+\(|download=True|torch\.hub"
    for cell in read(path).cells:
        if cell.cell_type == "code":
            assert not re.search(forbidden, cell.source), cell.source
