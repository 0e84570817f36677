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

import nbformat
import pytest
from browsing import open_browser
from chapters import NOTEBOOKS
from record import METADATA

SLOW_STATES, SLOW_SECONDS = 41, 0.4
SLOW = f"""
import time
from dlbook_utils import explore, steps
drawn = []
@explore(k=steps(0, {SLOW_STATES - 1}, 1))
def slow(ax, k):
    time.sleep({SLOW_SECONDS})
    drawn.append(k)
    ax.plot([0, 1], [0, k])
    return f"State {{k}}, drawing {{len(drawn)}}."
"""
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
    shutil.copy(NOTEBOOKS[0], folder)
    cells = [nbformat.v4.new_code_cell(SLOW)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=METADATA), folder / "slow.ipynb")
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
def browser():
    with open_browser() as browser:
        yield browser


@pytest.fixture
def open_notebook(lab, browser):
    """Open a notebook in JupyterLab and wait until its kernel is there."""

    def open_(name):
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.goto(f"{lab}/lab/tree/{name}?token={TOKEN}&reset")
        page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=START * 1000)
        page.wait_for_function(
            "() => /Idle/.test(document.querySelector('#jp-main-statusbar')?.innerText)", timeout=START * 1000
        )
        return page

    return open_


def run_all(page):
    page.get_by_text("Run", exact=True).first.click()
    page.get_by_text("Run All Cells", exact=True).click()
    page.wait_for_timeout(2000)
    idle = "() => ![...document.querySelectorAll('.jp-InputPrompt')].some((p) => p.textContent.includes('*'))"
    page.wait_for_function(idle, timeout=RUN * 1000)


def outputs_that_failed(page):
    return page.evaluate(
        """() => [...document.querySelectorAll('.jp-OutputArea-output')]
        .filter((o) => o.dataset.mimeType?.includes('error') || o.dataset.mimeType?.includes('stderr')
            || /model not found|Error displaying widget|Error creating widget|Traceback/.test(o.textContent))
        .map((o) => o.textContent.slice(0, 300))"""
    )


def test_a_notebook_runs_and_its_first_explorable_moves(open_notebook):
    page = open_notebook(NOTEBOOKS[0].name)
    assert page.locator(".jp-Dialog").count() == 0
    assert outputs_that_failed(page) == []
    run_all(page)
    assert outputs_that_failed(page) == []
    live = page.locator(".dlbook-live").first
    live.wait_for(state="attached", timeout=30_000)
    live.scroll_into_view_if_needed()
    picture, sentence = live.locator("img"), live.locator("p")
    before = picture.get_attribute("src"), sentence.text_content()
    whole = live.locator("xpath=ancestor::*[contains(@class, 'widget-vbox')]")
    whole.locator(".noUi-handle").first.focus()
    for key in ("ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
        page.wait_for_timeout(400)
    page.wait_for_function(
        "([image, src]) => image.src !== src", arg=[picture.element_handle(), before[0]], timeout=15_000
    )
    page.wait_for_function(
        "([p, old]) => p.textContent !== old", arg=[sentence.element_handle(), before[1]], timeout=15_000
    )
    assert picture.get_attribute("alt").endswith(sentence.text_content())
    assert outputs_that_failed(page) == []


def test_a_drag_never_queues(open_notebook):
    page = open_notebook("slow.ipynb")
    run_all(page)
    sentence = page.locator(".dlbook-live p").first
    sentence.wait_for(state="attached", timeout=30_000)
    handle = page.locator(".noUi-handle").first.bounding_box()
    slider = page.locator(".noUi-target").first.bounding_box()
    x, y = handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(slider["x"] + slider["width"] + 20, y, steps=60)
    page.mouse.up()
    page.wait_for_function(
        f"(p) => p.textContent.startsWith('State {SLOW_STATES - 1},')", arg=sentence.element_handle(), timeout=60_000
    )
    drawings = int(re.search(r"drawing (\d+)", sentence.text_content())[1])
    assert drawings < SLOW_STATES / 2, f"{drawings} drawings for one drag over {SLOW_STATES} states"
