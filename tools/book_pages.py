"""The book's pages that are made from the notebooks: a Sphinx extension, named in ``_config.yml``.

Each page of ``book/`` is Markdown with one of these directives where the made part goes. They read the notebooks as they were
run for the book, so they are true of what stands on the pages.
"""

import html
import json
import re
import shutil
import sys
from pathlib import Path

import yaml
from docutils import nodes
from docutils.nodes import make_id
from docutils.parsers.rst import Directive
from jupyter_cache import get_cache
from sphinx.errors import ExtensionError

sys.path.insert(0, str(Path(__file__).resolve().parent))

from outline import read_contents, read_outline

from dlbook_utils import data
from dlbook_utils.check import LEVELS
from dlbook_utils.sphinx_extension import FRAMES, first_state, render_explorable
from notebooks import ROOT, all_notebooks, read

HERE = Path(__file__).resolve().parent
ASSETS = ("pages.js", "pages.css")
NODE_WIDTH, NODE_HEIGHT, GAP_X, GAP_Y = 126, 68, 12, 34
_OUTLINE = {}


def outline():
    """Return {number: Chapter}, read once for a build."""
    if not _OUTLINE:
        cache = get_cache(ROOT / "_build" / ".jupyter_cache")

        def run(path):
            try:
                return cache.merge_match_into_notebook(read(path))[1]
            except KeyError:
                raise ExtensionError(f"{path.name} was not run for the book; build it with make book") from None

        _OUTLINE.update(read_outline(run))
    return _OUTLINE


class Made(Directive):
    """A directive whose content is made from the notebooks."""

    optional_arguments = 2
    has_content = False
    sources = ()  # files beside the notebooks that it is made from

    @property
    def env(self):
        return self.state.document.settings.env

    def run(self):
        """Return one raw node, and let Sphinx make the page again when what it is made from has changed."""
        for path in [
            *all_notebooks(),
            Path(__file__),
            HERE / "outline.py",
            *(ROOT / source for source in self.sources),
        ]:
            self.env.note_dependency(str(path))
        self.root = "../" * self.env.docname.count("/")
        return [nodes.raw("", self.make(), format="html")]

    def chapter_page(self, chapter):
        return f"{self.root}notebooks/{chapter.stem}.html"

    def keep_frames(self, *names):
        """Have the named frames copied beside the pages."""
        self.env.metadata[self.env.docname].setdefault("dlbook_frames", []).extend(names)


def link(href, text):
    return f'<a class="reference internal" href="{href}">{html.escape(text)}</a>'


def table(headings, rows, kind="dlbook-map"):
    head = "".join(f'<th scope="col">{heading}</th>' for heading in headings)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return (
        f'<div class="dlbook-scroll" tabindex="0" role="region" aria-label="table"><table class="table {kind}">'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def all_chapters():
    """Yield (part, chapter) of the book's contents, in order."""
    for part in read_contents():
        for chapter in part["chapters"]:
            yield part, chapter


class ChapterMap(Made):
    """A table for every chapter: section, first cell, explorables, exercise, what it uses of the shared package."""

    sources = ("book/contents.yml",)

    def make(self):
        parts = []
        for _, chapter in all_chapters():
            title = f"{chapter['number']} {chapter['title']}"
            written = outline().get(chapter["number"])
            if written is None:
                parts.append(f'<h3 id="{make_id("map-" + title)}">{html.escape(title)}</h3><p>Not written yet.</p>')
                continue
            page = self.chapter_page(written)
            rows = [self.row(page, section) for section in written.sections if section.title]
            parts.append(f'<h3 id="{make_id("map-" + title)}">{link(page, title)}</h3>')
            parts.append(table(("Section", "Cell", "To move", "To solve", "Uses"), rows))
        return "".join(parts)

    @staticmethod
    def row(page, section):
        explorables = ", ".join(link(f"{page}#{x.name}", x.title.rstrip(".")) for x in section.explorables)
        exercises = ", ".join(link(f"{page}#{section.anchor_of(e)}", f"{e.number} {e.name}") for e in section.exercises)
        uses = ", ".join(f"<code>{html.escape(name)}</code>" for name in section.utilities)
        title = link(f"{page}#{section.anchor}", section.name)
        return title, section.first_cell, explorables or "–", exercises or "quiz", uses


class ExerciseList(Made):
    """All exercises by chapter, with their level, or by level within a chapter."""

    def make(self):
        parts = []
        for chapter in outline().values():
            exercises = [(section, e) for section in chapter.sections for e in section.exercises]
            if not exercises:
                continue
            page = self.chapter_page(chapter)
            exercises.sort(key=lambda pair: LEVELS.index(pair[1].level))
            rows = [
                (
                    link(f"{page}#{section.anchor_of(e)}", e.number),
                    f'<span class="dlbook-level dlbook-{make_id(e.level)}">{e.level}</span>',
                    f"<code>{html.escape(e.signature)}</code>",
                    html.escape(section.title),
                    len(e.hints),
                )
                for section, e in exercises
            ]
            name = f"{chapter.number} {chapter.title}" if chapter.number else chapter.title
            parts.append(f"<h3>{html.escape(name)}</h3>")
            parts.append(table(("Exercise", "Level", "You write", "Section", "Hints"), rows, "dlbook-exercises"))
        return "".join(parts)


class Gallery(Made):
    """Every explorable as a card: its first state, its title, its sentence."""

    def make(self):
        parts = []
        for chapter in outline().values():
            cards = [self.card(chapter, section, x) for section in chapter.sections for x in section.explorables]
            if cards:
                name = f"{chapter.number} {chapter.title}" if chapter.number else chapter.title
                parts.append(f'<h2>{html.escape(name)}</h2><ul class="dlbook-gallery">{"".join(cards)}</ul>')
        return "".join(parts)

    def card(self, chapter, section, explorable):
        content = explorable.content
        start = first_state(content)
        frame = content["frames"][start]
        self.keep_frames(frame)
        title = html.escape(content["title"].rstrip("."))
        alt = f"{title}. {html.escape(content['sentences'][start])}"
        where = section.name or chapter.title
        states = len(content["frames"])
        return (
            f'<li><a href="{self.chapter_page(chapter)}#{content["name"]}"><img src="{self.root}{FRAMES}/{frame}" alt="{alt}" '
            f'width="{content["width"]}" height="{content["height"]}" loading="lazy"><strong>{title}</strong></a>'
            f"<span>{html.escape(where)} · {states} states</span></li>"
        )


class OneExplorable(Made):
    """An explorable of a chapter, live, on another page: ``{one-explorable} 6 xor_space``."""

    required_arguments = 2
    optional_arguments = 0

    def make(self):
        number, name = self.arguments
        chapter = outline()[int(number)]
        for section in chapter.sections:
            for explorable in section.explorables:
                if explorable.name == name:
                    self.keep_frames(*explorable.content["frames"])
                    return render_explorable(explorable.content, self.root + FRAMES)
        raise self.error(f"chapter {number} has no explorable {name}")


class PartOverview(Made):
    """The chapters of a part: what each promises and how far it is written."""

    required_arguments = 1
    optional_arguments = 0
    sources = ("book/contents.yml",)

    def make(self):
        part = next(part for part in read_contents() if str(part.get("number")) == self.arguments[0])
        items = []
        for chapter in part["chapters"]:
            written = outline().get(chapter["number"])
            name = f"{chapter['number']} {chapter['title']}"
            if written is None:
                items.append(f"<li><strong>{html.escape(name)}</strong>. Not written yet.</li>")
                continue
            moves = sum(len(section.explorables) for section in written.sections)
            tasks = sum(len(section.exercises) for section in written.sections)
            promise = promise_of(written.opening)
            items.append(
                f"<li>{link(self.chapter_page(written), name)}. {promise} "
                f'<span class="dlbook-counts">{len(chapter["sections"])} sections, {moves} explorables, {tasks} exercises'
                f"</span></li>"
            )
        return f'<ul class="dlbook-part">{"".join(items)}</ul>'


def promise_of(opening):
    """Return the sentence of a chapter's opening that begins with "After this chapter"."""
    found = re.search(r"\*\*After this (?:chapter|page)\*\*\s*(.+?)(?=\n\n|\Z)", opening, re.DOTALL)
    return html.escape("After it " + " ".join(found[1].split())) if found else ""


class Prerequisites(Made):
    """The chapters as a graph of what needs what; choosing one lights up all that it stands on."""

    sources = ("book/contents.yml", "dlbook_utils/datasets/prerequisites.csv")

    def make(self):
        needs = data.prerequisites()
        places = lay_out(needs)
        titles = {chapter["number"]: chapter["title"] for _, chapter in all_chapters()}
        part_of = {chapter["number"]: part.get("number") or "0" for part, chapter in all_chapters()}
        width = max(x for x, _ in places.values()) + NODE_WIDTH + 2
        height = max(y for _, y in places.values()) + NODE_HEIGHT + 2
        arrows = [
            self.arrow(places[parent], places[child], parent, child) for child in needs for parent in needs[child]
        ]
        boxes = [self.box(n, titles[n], part_of[n], places[n]) for n in sorted(places)]
        facts = {
            n: {
                "title": titles[n],
                "needs": needs[n],
                "sections": sum(len(c["sections"]) for _, c in all_chapters() if c["number"] == n),
                "page": self.chapter_page(outline()[n]) if n in outline() else None,
            }
            for n in sorted(places)
        }
        content = json.dumps(facts, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
        return (
            f'<figure class="dlbook-graph" id="prerequisites" aria-label="The chapters and what each needs">'
            f'<svg viewBox="0 0 {width} {height}" role="group" aria-label="Chapters as boxes, arrows from what is needed first">'
            f'<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
            f'<path d="M0 0 L8 4 L0 8 z"/></marker></defs>{"".join(arrows)}{"".join(boxes)}</svg>'
            f'<figcaption aria-live="polite">Choose a chapter: what it stands on lights up.</figcaption>'
            f'<script type="application/json">{content}</script></figure>'
            f'<script defer src="{self.root}_static/pages.js"></script>'
        )

    @staticmethod
    def arrow(start, end, parent, child):
        x0, y0 = start[0] + NODE_WIDTH / 2, start[1] + NODE_HEIGHT
        x1, y1 = end[0] + NODE_WIDTH / 2, end[1] - 2
        middle = (y0 + y1) / 2
        return (
            f'<path class="dlbook-arrow" data-from="{parent}" data-to="{child}" marker-end="url(#tip)" '
            f'd="M{x0:.0f} {y0:.0f} C{x0:.0f} {middle:.0f} {x1:.0f} {middle:.0f} {x1:.0f} {y1:.0f}"/>'
        )

    @staticmethod
    def box(number, title, part, place):
        x, y = place
        lines = break_lines(title)
        words = " ".join(
            f'<text class="dlbook-words" x="{x + NODE_WIDTH / 2}" y="{y + 35 + 12 * i}">{html.escape(line)}</text>'
            for i, line in enumerate(lines)
        )
        return (
            f'<g class="dlbook-chapter dlbook-part-{part}" data-chapter="{number}" role="button" tabindex="0" '
            f'aria-pressed="false"><rect x="{x}" y="{y}" width="{NODE_WIDTH}" '
            f'height="{NODE_HEIGHT}" rx="7"/><text class="dlbook-number" x="{x + NODE_WIDTH / 2}" y="{y + 20}">{number}</text> '
            f"{words}</g>"
        )


def lay_out(needs):
    """Place each chapter in the row below the lowest one that it needs; return {chapter: (x, y)} in SVG units."""
    depth = {}

    def rows_above(n):
        if n not in depth:
            depth[n] = 1 + max((rows_above(parent) for parent in needs[n]), default=-1)
        return depth[n]

    rows = {}
    for n in sorted(needs):
        rows.setdefault(rows_above(n), []).append(n)
    widest = max(map(len, rows.values()))
    places = {}
    for row, members in rows.items():
        indent = (widest - len(members)) * (NODE_WIDTH + GAP_X) / 2
        for i, n in enumerate(members):
            places[n] = (1 + indent + i * (NODE_WIDTH + GAP_X), 1 + row * (NODE_HEIGHT + GAP_Y))
    return places


def break_lines(title, width=21):
    """Break a title into lines of about ``width`` letters."""
    lines = [""]
    for word in title.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


class Glossary(Made):
    """The book's terms in alphabetical order, each with a meaning in one sentence and where it is shown."""

    sources = ("book/glossary.yml",)

    def make(self):
        terms = yaml.safe_load((ROOT / "book" / "glossary.yml").read_text(encoding="utf-8"))
        items, letter = [], None
        for entry in sorted(terms, key=lambda entry: entry["term"].casefold()):
            first = entry["term"][0].upper()
            if first != letter:
                items.append(
                    ("</dl>" if letter else "") + f'<h2 id="letter-{make_id(first) or "sign"}">{first}</h2><dl>'
                )
                letter = first
            items.append(
                f'<dt id="term-{make_id(entry["term"])}">{html.escape(entry["term"])}</dt>'
                f"<dd>{html.escape(entry['meaning'])} {self.place(str(entry['section']))}</dd>"
            )
        return f'<div class="dlbook-glossary">{"".join(items)}</dl></div>'

    def place(self, number):
        chapter = outline().get(int(number.partition(".")[0]))
        section = next((s for s in chapter.sections if s.number == number), None) if chapter else None
        if section is None:
            return f"({number})"
        return f"({link(f'{self.chapter_page(chapter)}#{section.anchor}', number)})"


class Errata(Glossary):
    """What this companion found to be wrong or outdated in the text of 2016, with where it is shown."""

    sources = ("book/errata.yml",)

    def make(self):
        entries = yaml.safe_load((ROOT / "book" / "errata.yml").read_text(encoding="utf-8"))
        entries.sort(key=lambda entry: [int(part) for part in str(entry["section"]).split(".")])
        rows = [
            (
                self.place(str(entry["section"])).strip("()"),
                html.escape(entry["says"]),
                html.escape(entry["holds"]),
                html.escape(entry["shown"]),
            )
            for entry in entries
        ]
        return table(("Section", "The text of 2016", "What holds", "Shown"), rows, "dlbook-errata")


def copy_assets(app, exception):
    """Put the script and style of these pages beside them."""
    if exception is None and app.builder.format == "html":
        for name in ASSETS:
            shutil.copyfile(HERE / "pages" / name, Path(app.outdir) / "_static" / name)


def setup(app):
    """Connect to Sphinx."""
    _OUTLINE.clear()
    for name, directive in {
        "chapter-map": ChapterMap,
        "exercise-list": ExerciseList,
        "gallery": Gallery,
        "one-explorable": OneExplorable,
        "part-overview": PartOverview,
        "prerequisite-graph": Prerequisites,
        "glossary-of-terms": Glossary,
        "errata-list": Errata,
    }.items():
        app.add_directive(name, directive)
    app.add_css_file("pages.css")
    app.connect("build-finished", copy_assets)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
