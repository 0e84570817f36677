"""JupyterLab for real: a notebook is opened, run, and an explorable moved."""

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

import pytest
from browsing import open_browser
from chapters import NOTEBOOKS

TOKEN = "for-this-test-only"
START, RUN = 90, 240  # seconds


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A JupyterLab server over copies of the notebooks; yields its address."""
    folder = tmp_path_factory.mktemp("lab")
    for path in NOTEBOOKS:
        shutil.copy(path, folder)
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}"]
    command += [f"--IdentityProvider.token={TOKEN}", f"--notebook-dir={folder}", "--ServerApp.port_retries=0"]
    environment = {name: value for name, value in os.environ.items() if name != "IPYTHONDIR"}
    environment |= {"JUPYTER_CONFIG_DIR": str(folder / ".config"), "JUPYTERLAB_SETTINGS_DIR": str(folder / ".settings")}
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT, env=environment) as server:
        try:
            wait_for(f"{address}/api?token={TOKEN}")
            yield address
        finally:
            server.terminate()


def wait_for(address):
    for _ in range(START * 2):
        with contextlib.suppress(OSError):
            return urllib.request.urlopen(address, timeout=2)
        time.sleep(0.5)
    pytest.fail(f"no answer from JupyterLab after {START} s")


@pytest.fixture(scope="module")
def page(lab):
    """The first chapter, open in JupyterLab."""
    with open_browser() as browser:
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.goto(f"{lab}/lab/tree/{NOTEBOOKS[0].name}?token={TOKEN}")
        page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=START * 1000)
        page.wait_for_function(
            "() => /Idle/.test(document.querySelector('#jp-main-statusbar')?.innerText)", timeout=START * 1000
        )
        yield page


def outputs_that_failed(page):
    return page.evaluate(
        """() => [...document.querySelectorAll('.jp-OutputArea-output')]
        .filter((o) => o.dataset.mimeType?.includes('error') || o.dataset.mimeType?.includes('stderr')
            || /model not found|Error displaying widget|Error creating widget|Traceback/.test(o.textContent))
        .map((o) => o.textContent.slice(0, 300))"""
    )


def test_nothing_is_dead_before_the_run(page):
    assert page.locator(".jp-Dialog").count() == 0
    assert outputs_that_failed(page) == []


def test_run_all_then_move(page):
    page.get_by_text("Run", exact=True).first.click()
    page.get_by_text("Run All Cells", exact=True).click()
    page.wait_for_timeout(2000)
    page.wait_for_function(
        "() => !document.querySelector('.jp-InputPrompt[data-busy]') &&"
        " ![...document.querySelectorAll('.jp-InputPrompt')].some((p) => p.textContent.includes('*'))",
        timeout=RUN * 1000,
    )
    assert outputs_that_failed(page) == []
    live = page.locator(".dlbook-live").first
    live.wait_for(state="attached", timeout=30_000)
    live.scroll_into_view_if_needed()
    picture, sentence = live.locator("img"), live.locator("p")
    before = picture.get_attribute("src"), sentence.text_content()
    whole = live.locator("xpath=ancestor::*[contains(@class, 'widget-vbox')]")
    handle = whole.locator(".noUi-handle").first
    handle.focus()
    active = page.locator(".jp-Notebook .jp-Cell.jp-mod-active").count()
    for key in ("ArrowRight", "ArrowRight", "ArrowUp"):
        page.keyboard.press(key)
        page.wait_for_timeout(400)
    page.wait_for_function(
        "([image, src]) => image.src !== src", arg=[picture.element_handle(), before[0]], timeout=15_000
    )
    assert page.locator(".jp-Notebook .jp-Cell.jp-mod-active").count() == active
    assert (picture.get_attribute("src"), sentence.text_content()) != before
    assert re.search(r"\S", sentence.text_content())
    assert picture.get_attribute("alt").endswith(sentence.text_content())
    assert outputs_that_failed(page) == []
