"""Turn chapters into decks of slides made of their own cells: ``python tools/slides.py [06 …]``.

A section becomes a column of slides: its question, then each check, picture, explorable and exercise, with the code folded
and the reading in the speaker's notes. The decks are in ``_build/slides`` and need no network.
"""

import html
import importlib.resources
import re
import shutil
import sys

from build_book import CACHE, FRAMES, refresh_cache, used_images
from jupyter_cache import get_cache
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from outline import read_chapter, tags
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from dlbook_utils.frames import EXPLORABLE_MIME
from dlbook_utils.show import FIGURE_MIME
from dlbook_utils.sphinx_extension import STATIC, copy_mathjax, join_script, render_explorable, render_figure
from notebooks import ROOT, all_notebooks, find_notebook, read

SLIDES = ROOT / "_build" / "slides"
REVEAL = importlib.resources.files("sphinx_revealjs") / "_static" / "revealjs"
REVEAL_FILES = (
    "dist/reveal.js",
    "dist/reveal.css",
    "dist/reset.css",
    "plugin/notes/notes.js",
    "plugin/notes/speaker-view.html",
    "LICENSE",
)
OWN_STYLE = ROOT / "tools" / "pages" / "slides.css"
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="stylesheet" href="reveal/dist/reset.css"><link rel="stylesheet" href="reveal/dist/reveal.css">
<link rel="stylesheet" href="dlbook.css"><link rel="stylesheet" href="slides.css"><style>{code_style}</style>
<script>window.MathJax = {{options: {{ignoreHtmlClass: "notes"}}, startup: {{typeset: true}}}};</script>
<script defer src="mathjax/tex-chtml.js"></script>
</head><body><div class="reveal"><div class="slides">
{slides}
</div></div>
<script src="reveal/dist/reveal.js"></script><script src="reveal/plugin/notes/notes.js"></script><script src="dlbook.js"></script>
<script>
Reveal.initialize({{width: 1280, height: 720, margin: 0.03, hash: false, respondToHashChanges: false, transition: "none",
  slideNumber: "h.v", plugins: [RevealNotes],
  keyboardCondition: () => !document.activeElement?.closest(".dlbook-controls, details")}});
</script>
</body></html>
"""


def formula(tex, options):
    """Return a formula between the marks that MathJax looks for."""
    before, after = ("\\[", "\\]") if options["display_mode"] else ("\\(", "\\)")
    return f"{before}{html.escape(tex)}{after}"


MARKDOWN = MarkdownIt("gfm-like", {"html": True, "linkify": False}).use(dollarmath_plugin, renderer=formula)


def to_html(markdown):
    """Return Markdown with formulas as HTML; headings are smaller than a slide's own."""
    return MARKDOWN.render(re.sub(r"^#+ (.+)$", r"**\1**", markdown, flags=re.MULTILINE))


def split_question(source):
    """Split a section's first text into what stands on its first slide (to the first formula, or one paragraph) and the rest."""
    paragraphs = re.split(r"\n\s*\n", re.sub(r"^#+ .+\n*", "", source, count=1, flags=re.MULTILINE).strip())
    cut = next((i + 1 for i, paragraph in enumerate(paragraphs[:3]) if "$$" in paragraph), 1)
    return "\n\n".join(paragraphs[:cut]), "\n\n".join(paragraphs[cut:])


def fold(sources):
    """Return code as a closed <details>, or nothing when there is none."""
    if not sources:
        return ""
    code = "".join(highlight(source, PythonLexer(), HtmlFormatter()) for source in sources)
    return f'<details class="code"><summary>Code</summary>{code}</details>'


def printed(cell):
    """Return what a cell printed."""
    return "".join(output.text for output in cell.outputs if output.output_type == "stream").strip()


def picture(cell):
    """Return the HTML of a cell's figure or explorable, None when it has none."""
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        if EXPLORABLE_MIME in data:
            return render_explorable(data[EXPLORABLE_MIME], "frames")
        if FIGURE_MIME in data:
            return render_figure(data[FIGURE_MIME], "frames")
    return None


class Deck:
    """The slides of one chapter."""

    def __init__(self, chapter):
        self.chapter = chapter
        self.columns = [self.title_slide()]
        for section in chapter.sections:
            if section.title:
                self.columns.append(self.column(section))

    def title_slide(self):
        opening, rest = split_question(self.chapter.opening)
        name = f"{self.chapter.number} {self.chapter.title}" if self.chapter.number else self.chapter.title
        return [slide(f"<h1>{html.escape(name)}</h1>{to_html(opening)}", rest)]

    def column(self, section):
        """Return the slides of a section; text and code wait until there is something to show them with."""
        title = html.escape(section.name)
        question, rest = split_question(section.cells[0].source)
        slides, code, said = [slide(f"<h2>{title}</h2>{to_html(question)}", rest, "question")], [], []
        for cell in section.cells[1:]:
            if cell.cell_type == "markdown":
                reading, *exercises = re.split(r"^(?=### Exercise)", cell.source, flags=re.MULTILINE)
                said.append(reading)
                slides += [slide(f"<h3>{title}</h3>{to_html(exercise)}", "", "exercise") for exercise in exercises]
                continue
            if tags(cell) & {"exercise", "solution"}:
                continue
            code.append(cell.source)
            shown = picture(cell)
            if shown is None and "check" in tags(cell):
                shown = f"<pre class='printed'>{html.escape(printed(cell))}</pre>"
            if shown is not None:
                kind = "check" if "check" in tags(cell) else "picture"
                heading = f"{title}: the check" if kind == "check" else title
                slides.append(slide(f"<h3>{heading}</h3>{shown}{fold(code)}", "\n\n".join(said), kind))
                code, said = [], []
        if said:
            slides[-1] = slides[-1].replace("</aside>", to_html("\n\n".join(said)) + "</aside>")
        return slides

    def page(self):
        """Return the deck as one page."""
        slides = "\n".join(f"<section>{''.join(column)}</section>" for column in self.columns)
        style = HtmlFormatter().get_style_defs(".highlight")
        return PAGE.format(title=html.escape(self.chapter.title), slides=slides, code_style=style)


def slide(body, notes, kind="title"):
    return f'<section class="{kind}">{body}<aside class="notes">{to_html(notes)}</aside></section>\n'


def copy_assets(names):
    """Put scripts, styles, formulas and the named frames beside the decks."""
    for file in REVEAL_FILES:
        source = REVEAL / file
        if source.is_file():
            target = SLIDES / "reveal" / file
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())
    (SLIDES / "dlbook.js").write_text(join_script(), encoding="utf-8")
    shutil.copyfile(STATIC / "explorable.css", SLIDES / "dlbook.css")
    shutil.copyfile(OWN_STYLE, SLIDES / "slides.css")
    copy_mathjax(SLIDES)
    (SLIDES / "frames").mkdir(exist_ok=True)
    for name in names:
        if not (SLIDES / "frames" / name).exists():
            shutil.copyfile(FRAMES / name, SLIDES / "frames" / name)


def make_deck(path):
    """Write the deck of a notebook that was run for the book; return where it is."""
    cache = get_cache(CACHE)
    notebook = cache.merge_match_into_notebook(read(path))[1]
    SLIDES.mkdir(parents=True, exist_ok=True)
    copy_assets(used_images(notebook))
    deck = SLIDES / f"{path.stem}.html"
    deck.write_text(Deck(read_chapter(path, notebook)).page(), encoding="utf-8")
    return deck


def main(names):
    """Make the decks of the named notebooks, or of all."""
    paths = [find_notebook(name) for name in names] or all_notebooks()
    FRAMES.mkdir(parents=True, exist_ok=True)
    if refresh_cache(paths):
        return 1
    for path in paths:
        print(f"The deck is made. Open {make_deck(path)} (S opens the speaker's notes)")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
