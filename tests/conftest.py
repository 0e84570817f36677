"""What the tests of the built book share: the book, made once in a run, and a browser that opens its pages."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))


@pytest.fixture(scope="session")
def book():
    """The folder of the HTML book, built as `make book` does, by the first process of this run that asks for it."""
    from filelock import FileLock  # here, so that the tests of the package need neither this nor a browser

    build = ROOT / "_build"
    build.mkdir(exist_ok=True)
    run, mark = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid())), build / ".built-by-tests"
    with FileLock(build / ".tests.lock"):
        if not mark.exists() or mark.read_text() != run:
            environment = {name: value for name, value in os.environ.items() if name != "IPYTHONDIR"}
            command = [sys.executable, ROOT / "tools" / "build_book.py"]
            done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
            assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
            mark.write_text(run)
    return build / "html"


@pytest.fixture(scope="module")
def browser(book):
    from browsing import open_browser

    with open_browser() as browser:
        yield browser


@pytest.fixture
def open_page(book, browser):
    """Open a page of the book; whatever it complains of fails the test."""
    from browsing import Watch

    contexts = []

    def open_(name, fragment="", **options):
        context = browser.new_context(viewport={"width": 1280, "height": 900}, offline=True, **options)
        contexts.append(context)
        page = context.new_page()
        page.watch = Watch(page, scripts=options.get("java_script_enabled", True))
        page.goto(f"file://{book / name}{fragment}", wait_until="load")
        return page

    yield open_
    for context in contexts:
        for page in context.pages:
            assert page.watch.complaints == []
        context.close()
