"""Decks of slides: the chapter's own cells, offline, pictures that still move, the reading in the notes."""

import re
import shutil

import pytest
import slides
from browsing import Watch
from chapters import NOTEBOOKS, read
from outline import read_chapter

CHAPTER = NOTEBOOKS[-1]


@pytest.fixture(scope="module")
def deck(book, tmp_path_factory):
    """The deck of a chapter, made from the run that the book was made from."""
    folder = tmp_path_factory.mktemp("slides")
    before, slides.SLIDES = slides.SLIDES, folder
    try:
        yield slides.make_deck(CHAPTER)
    finally:
        slides.SLIDES = before
        shutil.rmtree(folder)


@pytest.fixture
def page(deck, browser):
    page = browser.new_context(viewport={"width": 1280, "height": 720}, offline=True).new_page()
    page.watch = Watch(page)
    page.goto(deck.as_uri(), wait_until="load")
    page.wait_for_function("window.Reveal?.isReady()")
    yield page
    assert page.watch.complaints == []
    page.context.close()


def test_every_section_has_its_slides(page):
    wanted = [s.name for s in read_chapter(CHAPTER).sections if s.title]
    assert page.locator("section.question h2").all_text_contents() == wanted
    checks = sum("check" in cell.metadata.get("tags", []) for cell in read(CHAPTER).cells)
    assert page.locator("section.check pre.printed").count() <= checks
    headings = sum(cell.source.count("### Exercise") for cell in read(CHAPTER).cells if cell.cell_type == "markdown")
    assert page.locator("section.exercise").count() == headings  # quizzes too


def test_code_is_folded_and_the_reading_is_in_the_notes(page):
    assert page.locator("details.code").count() > 10
    assert page.locator("details.code[open]").count() == 0
    notes = page.locator("aside.notes").all_text_contents()
    assert sum(len(note.split()) for note in notes) > 1000
    assert not page.locator("aside.notes").first.is_visible()


def test_a_picture_moves_on_its_slide(page):
    place = page.evaluate(
        """() => {
          const slide = document.querySelector('.dlbook-explorable input[type=range]').closest('section');
          const {h, v} = Reveal.getIndices(slide);
          Reveal.slide(h, v);
          return [h, v];
        }"""
    )
    figure = page.locator(".slides > section.present > section.present .dlbook-explorable").first
    slider = figure.locator("input[type=range]").first
    slider.focus()
    page.keyboard.press("Home")
    before = figure.locator("img").get_attribute("src")
    page.keyboard.press("ArrowRight")
    assert figure.locator("img").get_attribute("src") != before
    now = page.evaluate("(() => { const {h, v} = Reveal.getIndices(); return [h, v]; })()")
    assert now == place, "the arrow key moved the slide as well"


def test_pictures_fit_on_their_slides(page):
    page.wait_for_function("MathJax.startup?.promise && MathJax.startup.promise.then(() => true)")
    low = page.evaluate(
        """() => [...document.querySelectorAll('section.picture, section.check')].map((slide) => {
          const {h, v} = Reveal.getIndices(slide);
          Reveal.slide(h, v);
          const image = slide.querySelector('img');
          return image ? image.getBoundingClientRect().bottom : 0;
        })"""
    )
    assert max(low) <= 720


def test_formulas_are_set(page):
    page.wait_for_function("document.querySelectorAll('section.question mjx-container').length > 0")
    assert not re.search(r"\\\(|\\\[", page.locator("section.question").nth(1).inner_text())
