"""The book's own pages: the map, the gallery, the lists; small, closed to the outside, legible on a phone and on paper."""

import gzip
import html
import json
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from browsing import Watch, all_pages, pages_that_stay
from chapters import NOTEBOOKS, ROOT, read
from outline import read_chapter, utilities_of

from dlbook_utils import data

PAGE_WEIGHT = 1_000_000  # bytes as sent, compressed, before the first touch
OWN_PAGES = [f"book/{path.stem}.html" for path in sorted((ROOT / "book").glob("*.md"))]


def contents_of(book, name):
    return (book / name).read_text(encoding="utf-8")


def test_every_page_closes_itself_to_the_outside(book):
    for name in all_pages(book):
        policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', contents_of(book, name))
        assert policy, name
        assert "default-src 'none'" in policy[1] and "http" not in policy[1]
        assert not re.search("script-src [^;]*'unsafe-inline'", policy[1]), name


def test_the_policy_holds(open_page, book):
    """A script that was not in the page when it was built does not run, and nothing is fetched from elsewhere."""
    page = open_page("book/index.html")
    page.watch.complaints.clear()
    ran = page.evaluate(
        """async () => {
          const script = document.createElement('script');
          script.textContent = 'window.smuggled = true';
          document.body.append(script);
          const image = new Image();
          image.src = 'https://example.org/picture.png';
          await new Promise((resolve) => { image.onerror = image.onload = resolve; });
          return [window.smuggled ?? false, image.naturalWidth];
        }"""
    )
    assert ran == [False, 0]
    assert any("Content Security Policy" in complaint for complaint in page.watch.complaints)
    page.watch.complaints.clear()


def test_pages_set_no_cookie(open_page):
    for name in ("book/index.html", f"notebooks/{NOTEBOOKS[0].stem}.html"):
        assert open_page(name).evaluate("document.cookie") == ""


def test_pages_are_light(book, browser):
    for name in ["book/index.html", *(f"notebooks/{path.stem}.html" for path in NOTEBOOKS)]:
        page = browser.new_context(viewport={"width": 1280, "height": 900}, offline=True).new_page()
        asked = set()
        page.on("request", lambda request, asked=asked: asked.add(request.url))
        page.goto(f"file://{book / name}", wait_until="load")
        page.wait_for_timeout(800)
        page.context.close()
        sent = {}
        for url in asked:
            path = unquote(urlsplit(url).path)
            content = Path(path).read_bytes()
            packed = path.endswith((".html", ".js", ".css", ".svg", ".json"))
            sent[path] = len(gzip.compress(content)) if packed else len(content)
        heaviest = sorted(sent.items(), key=lambda item: -item[1])[:5]
        assert sum(sent.values()) < PAGE_WEIGHT, (name, heaviest)


def test_icons_are_still_there(open_page):
    page = open_page("book/map.html")
    assert page.locator("svg.fa-bars, svg.fa-magnifying-glass").count() > 1
    assert page.evaluate("[...document.querySelectorAll('i[class*=fa-]')].length") == 0


@pytest.mark.parametrize("width", [360])
def test_narrow_screens_scroll_nothing_sideways(book, open_page, browser, width):
    wide = []
    for name in pages_that_stay(book):
        context = browser.new_context(viewport={"width": width, "height": 700}, offline=True)
        page = context.new_page()
        page.goto(f"file://{book / name}", wait_until="load")
        page.wait_for_timeout(400)
        seen = page.evaluate("document.documentElement.scrollWidth")
        if seen > width:
            wide.append(f"{name}: {seen}")
        context.close()
    assert wide == []


def test_paper_gets_stills_with_their_sentences(open_page):
    page = open_page(f"notebooks/{NOTEBOOKS[0].stem}.html")
    page.emulate_media(media="print")
    figure = page.locator(".dlbook-explorable").first
    assert not figure.locator(".dlbook-controls").is_visible()
    assert figure.locator("img").is_visible() and figure.locator("figcaption").is_visible()


def test_the_graph_lights_up_what_a_chapter_stands_on(open_page):
    needs = data.prerequisites()

    def below(chapter):
        return set(needs[chapter]).union(*(below(parent) for parent in needs[chapter]))

    for name in ("book/index.html", "book/map.html"):
        page = open_page(name)
        boxes = page.locator(".dlbook-chapter")
        assert boxes.count() == 20
        for goal in (12, 20):
            box = page.locator(f'.dlbook-chapter[data-chapter="{goal}"]')
            box.focus()
            page.keyboard.press("Enter")
            lit = {
                int(n)
                for n in page.evaluate(
                    "[...document.querySelectorAll('.dlbook-chapter.dlbook-needed')].map((b) => b.dataset.chapter)"
                )
            }
            assert lit == below(goal)
            assert f"{len(lit)} chapters" in page.locator(".dlbook-graph figcaption").text_content()
            assert box.get_attribute("aria-pressed") == "true"
        page.keyboard.press("Enter")
        assert page.locator(".dlbook-chosen").count() == 0
        page.locator('.dlbook-chapter[data-chapter="5"]').click()
        assert "5 Machine Learning Basics" in page.locator(".dlbook-graph figcaption").text_content()


def test_the_map_has_every_section_that_is_written(book):
    text = html.unescape(contents_of(book, "book/map.html"))
    parts = yaml.safe_load((ROOT / "book" / "contents.yml").read_text(encoding="utf-8"))["parts"]
    written = {int(path.name[:2]) for path in NOTEBOOKS}
    for chapter in (chapter for part in parts for chapter in part["chapters"]):
        assert f"{chapter['number']} {chapter['title']}" in text
        for section in chapter["sections"]:
            assert (f"{section['number']} {section['title']}</a>" in text) == (chapter["number"] in written)


def test_lists_have_every_exercise_and_explorable(book):
    exercises, gallery = contents_of(book, "book/exercises.html"), contents_of(book, "book/gallery.html")
    for path in NOTEBOOKS:
        chapter = read_chapter(path)
        for section in chapter.sections:
            for exercise in section.exercises:
                assert f">{exercise.number}</a>" in exercises
        for cell in read(path).cells:
            for name in (
                re.findall(r"^@explore[\s\S]*?^def (\w+)\(", cell.source, re.MULTILINE)
                if cell.cell_type == "code"
                else ()
            ):
                assert f"{path.stem}.html#{name}" in gallery, name


def test_what_a_section_uses_is_read_off_its_code():
    assert utilities_of(["draw.draw_grid(ax, A)\nx = data.xor()", "show('a')\nplt.show()"]) == [
        "data.xor",
        "draw.draw_grid",
        "show",
    ]


def test_search_works_from_disk(open_page):
    page = open_page("search.html", "?q=eigenvalue")
    page.wait_for_selector("ul.search li a", timeout=8000)
    assert any(
        "2 Linear Algebra" in text or "Eigen" in text for text in page.locator("ul.search li a").all_text_contents()
    )


def test_references_are_whole():
    """Every term and erratum names a section of the book; every reference has what a reader needs to find it."""
    parts = yaml.safe_load((ROOT / "book" / "contents.yml").read_text(encoding="utf-8"))["parts"]
    numbers = {section["number"] for part in parts for chapter in part["chapters"] for section in chapter["sections"]}
    numbers |= {str(chapter["number"]) for part in parts for chapter in part["chapters"]} | {"0"}
    terms = yaml.safe_load((ROOT / "book" / "glossary.yml").read_text(encoding="utf-8"))
    assert len({term["term"].casefold() for term in terms}) == len(terms)
    for entry in terms + yaml.safe_load((ROOT / "book" / "errata.yml").read_text(encoding="utf-8")):
        assert str(entry["section"]) in numbers, entry
        assert all(str(value).strip() for value in entry.values())
    bib = (ROOT / "book" / "references.bib").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=@)", bib.strip())
    keys = [re.match(r"@\w+\{([^,]+),", entry)[1] for entry in entries]
    assert len(set(keys)) == len(keys)
    for entry in entries:
        assert all(re.search(rf"\b{field}\s*=", entry) for field in ("title", "year")), entry
        assert re.search(r"\b(author|editor|institution)\s*=", entry), entry


def test_landing_page_shows_a_live_explorable_at_once(open_page):
    page = open_page("book/index.html")
    figure = page.locator(".dlbook-explorable").first
    box = figure.locator("img").bounding_box()
    assert box["y"] < 500 and json.loads(figure.locator("script").text_content())["parameters"]
    before = figure.locator("img").get_attribute("src")
    figure.locator("input[type=range]").first.focus()
    page.keyboard.press("ArrowLeft")
    assert figure.locator("img").get_attribute("src") != before
    assert isinstance(page.watch, Watch)
