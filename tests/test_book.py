"""The built book, from disk, without a network, in a real browser."""

import html.parser
import json
from pathlib import Path
from urllib.parse import unquote, urlsplit

import axe_playwright_python
import pytest
from browsing import Watch, all_pages, pages_that_stay
from chapters import NOTEBOOKS

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
# Code cells and formulas come by the hundred and are made in one way: axe looks at the first few of each page.
ONLY_SOME_OF_A_KIND = """() => {
  for (const [kind, some] of [['div.cell_input', 8], ['mjx-container', 20], ['.dlbook-explorable', 6]])
    [...document.querySelectorAll(kind)].slice(some).forEach((element) => element.remove());
}"""
SCRIPT_BUDGET = 15_000
NOTEBOOK_PAGES = [f"notebooks/{path.stem}.html" for path in NOTEBOOKS]


def is_page(path):
    return path.suffix == ".html"


class Links(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.links, self.ids, self.images = [], set(), []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if identity := attributes.get("id"):
            self.ids.add(identity)
        self.links += [attributes[key] for key in ("href", "src") if attributes.get(key)]
        if tag == "img":
            self.images.append(attributes)


def test_links_and_anchors_resolve(book):
    parsed = {name: Links((book / name).read_text(encoding="utf-8")) for name in all_pages(book)}
    broken = []
    for name, page in parsed.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = ((book / name).parent / unquote(parts.path)).resolve() if parts.path else book / name
            if not target.exists():
                broken.append(f"{name}: {link}")
            elif parts.fragment and is_page(target):
                ids = parsed[str(target.relative_to(book.resolve()))].ids
                if unquote(parts.fragment).partition("?")[0] not in ids:
                    broken.append(f"{name}: {link}")
    assert broken == []


def test_every_image_has_an_alternative(book):
    bare = [
        f"{name}: {image.get('src')}"
        for name in all_pages(book)
        for image in Links((book / name).read_text(encoding="utf-8")).images
        if not (image.get("alt") or "").strip()
    ]
    assert bare == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_silent_and_axe_finds_nothing_serious(book, open_page, scheme):
    found = []
    names = pages_that_stay(book)
    if scheme == "dark":  # only the colours differ, and those of a chapter are those of every chapter
        names = [name for name in names if name not in NOTEBOOK_PAGES[3:]]
    for name in names:
        page = open_page(
            name, color_scheme=scheme, reduced_motion="reduce"
        )  # a colour that is still changing has no contrast
        page.evaluate("async () => { await Promise.allSettled(document.getAnimations().map((one) => one.finished)) }")
        page.wait_for_timeout(300)
        assert page.watch.complaints == [], name
        page.evaluate(ONLY_SOME_OF_A_KIND)
        page.evaluate(AXE)
        rules = {"label-content-name-mismatch": {"enabled": True}}
        result = page.evaluate("(rules) => axe.run({preload: false, rules, resultTypes: ['violations']})", rules)
        for violation in result["violations"]:
            if violation["impact"] in ("serious", "critical"):
                found.append(f"{name}: {violation['id']}: {violation['nodes'][0]['html'][:160]}")
        page.context.close()
    assert found == []


def test_our_script_and_style_are_small(book):
    sizes = [(book / "_static" / name).stat().st_size for name in ("dlbook.js", "dlbook.css")]
    assert sum(sizes) < SCRIPT_BUDGET


@pytest.fixture(scope="module", params=NOTEBOOK_PAGES)
def page(request, book, browser):
    """A chapter's page, opened once for all tests that only move its controls."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}, offline=True).new_page()
    page.watch = Watch(page)
    page.goto(f"file://{book / request.param}", wait_until="load")
    yield page
    assert page.watch.complaints == []
    page.context.close()


def data_of(figure):
    return json.loads(figure.locator("script").text_content())


def seen(figure):
    """The picture and the sentence that a reader has before him."""
    return tuple(
        figure.evaluate("f => [f.querySelector('img').getAttribute('src'), f.querySelector('figcaption').textContent]")
    )


def move_control(page, figure, parameter, key):
    """Move a control by one key; return what is seen then."""
    kind = parameter["kind"]
    name = figure.get_attribute("id")
    where = (
        f'input[name="{name}-{parameter["name"]}"]:checked'
        if kind == "buttons"
        else f'[id="{name}-{parameter["name"]}"]'
    )
    figure.locator(where).first.focus()
    page.keyboard.press(key)
    return seen(figure)


def test_every_explorable_answers_to_the_keyboard(page):
    figures = page.locator(".dlbook-explorable")
    assert figures.count() > 0
    for i in range(figures.count()):
        figure = figures.nth(i)
        data = data_of(figure)
        states = [seen(figure)]
        for parameter in data["parameters"]:
            if len(parameter["values"]) < 2:
                continue
            keys = ["ArrowRight", "ArrowRight", "ArrowLeft", "End", "Home"]
            keys = ["ArrowDown", "ArrowDown", "ArrowUp"] if parameter["kind"] in ("menu", "buttons") else keys
            for key in keys:
                states.append(move_control(page, figure, parameter, key))
        pictures, sentences = map(set, zip(*states, strict=True))
        assert len(sentences) > 1, f"{data['name']}: the sentence never changes"
        assert len(pictures) > 1, f"{data['name']}: the picture never changes"
        image = figure.locator("img")
        assert image.get_attribute("alt") == f"{data['title']}. {seen(figure)[1]}"
        assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") == round(data["width"] * 1.5)


def test_every_pointer_moves_its_picture(page):
    figures = page.locator(".dlbook-explorable")
    for i in range(figures.count()):
        figure = figures.nth(i)
        data = data_of(figure)
        if data["pointer"] is None:
            continue
        image = figure.locator("img")
        image.scroll_into_view_if_needed()
        box = image.bounding_box()
        left, top, right, bottom = data["pointer"]["axes"]
        found = set()
        for across, down in ((0.1, 0.15), (0.9, 0.2), (0.85, 0.9), (0.15, 0.8), (0.5, 0.1), (0.55, 0.45)):
            x = box["x"] + box["width"] * (left + across * (right - left))
            y = box["y"] + box["height"] * (top + down * (bottom - top))
            page.mouse.move(x, y)
            page.mouse.down()
            page.mouse.move(x + 2, y + 1)
            page.mouse.up()
            found.add(seen(figure))
        assert len(found) > 2, f"{data['name']}: {len(found)} states under six touches"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pictures_are_neither_padded_nor_dimmed(open_page, scheme):
    """A pointer's place is computed from the picture's box."""
    image = open_page(NOTEBOOK_PAGES[0], color_scheme=scheme).locator(".dlbook-explorable img").first
    style = image.evaluate("image => [getComputedStyle(image).padding, getComputedStyle(image).filter]")
    assert style == ["0px", "none"]


def test_controls_have_labels(page):
    unnamed = page.evaluate(
        """() => [...document.querySelectorAll('.dlbook-controls :is(input, select, button)')]
        .filter((c) => !(c.labels?.length && c.labels[0].textContent.trim()) && !c.getAttribute('aria-label'))
        .map((c) => c.id)"""
    )
    assert unnamed == []


def test_address_keeps_the_state(open_page):
    page = open_page(NOTEBOOK_PAGES[0])
    figure = page.locator(".dlbook-explorable").first
    data = data_of(figure)
    parameter = next(p for p in data["parameters"] if p["kind"] in ("slider", "time") and len(p["values"]) > 2)
    for key in ("End", "ArrowLeft"):
        move_control(page, figure, parameter, key)
    page.wait_for_timeout(600)  # the address follows 150 ms after the last move
    fragment = "#" + page.url.partition("#")[2]
    assert fragment.startswith(f"#{data['name']}?")
    again = open_page(NOTEBOOK_PAGES[0], fragment)
    assert seen(again.locator(".dlbook-explorable").first) == seen(figure)
    again.wait_for_timeout(300)
    assert again.locator(".dlbook-explorable").first.evaluate("f => Math.abs(f.getBoundingClientRect().top) < 300")


def test_a_wrong_address_is_harmless(open_page):
    page = open_page(NOTEBOOK_PAGES[0])
    first = page.locator(".dlbook-explorable").first
    start, name = seen(first), data_of(first)["name"]
    for fragment in (f"#{name}?nothing=3", f"#{name}?=&&%25", "#other?angle=3", f"#{name}"):
        assert seen(open_page(NOTEBOOK_PAGES[0], fragment).locator(".dlbook-explorable").first) == start


def test_frames_come_on_first_touch_neighbours_first(open_page):
    page = open_page(NOTEBOOK_PAGES[0])
    figure = page.locator(".dlbook-explorable").first
    data = data_of(figure)
    asked = []
    page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    page.wait_for_timeout(300)
    own = set(data["frames"])
    assert not own & set(asked)
    figure.locator("input, select").first.focus()
    page.wait_for_timeout(4000)
    loaded = [name for name in asked if name in own]
    shown = data["frames"].index(seen(figure)[0].rpartition("/")[2])
    last = len(data["parameters"][-1]["values"])
    neighbours = {
        data["frames"][n] for n in (shown - 1, shown + 1, shown - last, shown + last) if 0 <= n < len(data["frames"])
    }
    assert neighbours & set(loaded[:12])
    assert len(set(loaded)) >= min(len(own), 20) - 1


def test_play_respects_reduced_motion(book, open_page):
    with_button = [name for name in NOTEBOOK_PAGES if '"kind":"time"' in (book / name).read_text(encoding="utf-8")]
    assert len(with_button) > 3
    for motion, name in (("no-preference", "Play"), ("reduce", "Step")):
        for notebook in with_button[:4]:
            page = open_page(notebook, reduced_motion=motion)
            button = page.locator(".dlbook-controls button").first
            assert button.text_content() == name
            figure = page.locator(".dlbook-explorable", has=button).first
            timed = next(p for p in data_of(figure)["parameters"] if p["kind"] == "time")
            figure.locator(f'[id="{figure.get_attribute("id")}-{timed["name"]}"]').focus()
            page.keyboard.press("Home")
            button.click()
            page.wait_for_timeout(timed["interval"] * 3 + 300)
            position = int(figure.locator(f'[id="{figure.get_attribute("id")}-{timed["name"]}"]').input_value())
            assert position == 1 if motion == "reduce" else position >= 2


def test_without_script_the_first_state_stands(open_page):
    page = open_page(NOTEBOOK_PAGES[0], java_script_enabled=False)
    figure = page.locator(".dlbook-explorable").first
    assert "need JavaScript" in figure.inner_text()
    assert figure.locator("img").is_visible()
    assert figure.locator("figcaption").inner_text().strip()


def test_solutions_are_folded(page):
    hidden = page.locator("details.hide summary", has_text="Show a solution")
    assert hidden.count() > 0
    assert not page.get_by_text("check(", exact=False).last.is_visible()
