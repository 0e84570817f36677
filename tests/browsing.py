"""A real browser for the tests: Debian's Chromium, headless, with the network cut off."""

import contextlib
import os
import shutil

import pytest
from playwright.sync_api import sync_playwright

FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]


def find_chromium():
    """Return Chromium's path. Without one the tests fail under CI and are skipped, visibly, elsewhere."""
    for name in ("chromium", "chromium-browser", "google-chrome", "chrome"):
        if path := shutil.which(name):
            return path
    if os.environ.get("CI") == "true":
        pytest.fail("no Chromium on this machine: install it (Debian: apt-get install chromium)")
    pytest.skip("no Chromium on this machine: the browser tests did not run")


@contextlib.contextmanager
def open_browser():
    path = find_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


class Watch:
    """What a page said and asked for that it should not have.

    A browser without scripts (``scripts=False``) drops those that the page wants early; that is no complaint.
    """

    def __init__(self, page, own=("file:", "data:", "blob:"), scripts=True):
        self.complaints = []
        page.on("console", lambda m: self.complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("requestfailed", lambda r: self._failed(r) if scripts or ".js" not in r.url else None)
        page.on("request", lambda r: None if r.url.startswith(own) else self.complaints.append(f"outside: {r.url}"))

    def _failed(self, request):
        self.complaints.append(f"failed: {request.url}")


def all_pages(book):
    """Return every page of the book, without what the theme brings along."""
    return sorted(str(path.relative_to(book)) for path in book.rglob("*.html") if "_static" not in path.parts)


def pages_that_stay(book):
    """Return every page of the book but the one that leads on at once: a test would be led on in the middle of it."""
    return [name for name in all_pages(book) if 'http-equiv="refresh"' not in (book / name).read_text(encoding="utf-8")]
