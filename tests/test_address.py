"""make address: one home, one command, everywhere; without one nothing that would lead nowhere."""

import re
import subprocess

import address
import pytest
from chapters import ROOT

URL = "https://github.com/somebody/deep-learning-run"


@pytest.fixture
def copy(monkeypatch, tmp_path):
    """The files that hold the address, somewhere else."""
    for name in ("_config.yml", "README.md"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    notebooks = []
    for path in address.all_notebooks():
        notebooks.append(tmp_path / path.name)
        notebooks[-1].write_bytes(path.read_bytes())
    monkeypatch.setattr(address, "CONFIG", tmp_path / "_config.yml")
    monkeypatch.setattr(address, "README", tmp_path / "README.md")
    monkeypatch.setattr(address, "all_notebooks", lambda: notebooks)
    return tmp_path


def state(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_it_goes_everywhere_and_comes_back(copy):
    before = state(copy)
    address.set_address(URL + ".git")
    assert address.current_address() == URL
    after = state(copy)
    assert all(after[name] != before[name] for name in before)
    assert (
        "colab_url" in (copy / "_config.yml").read_text()
        and f"repository_url: {URL}" in (copy / "_config.yml").read_text()
    )
    assert "mybinder.org/v2/gh/somebody/deep-learning-run" in (copy / "README.md").read_text()
    assert all(f"git+{URL}" in (copy / name).read_text() for name in after if name.endswith(".ipynb"))
    address.set_address("")
    assert state(copy) == before


@pytest.mark.parametrize(
    "bad",
    [
        "github.com/a/b",
        "https://github.com/a",
        "ftp://x/a/b",
        "https://github.com/a/b c",
        'https://x/a/b"',
        "javascript:alert(1)",
    ],
)
def test_an_address_that_is_none_is_refused(copy, bad):
    before = state(copy)
    with pytest.raises(ValueError, match="expected an address like"):
        address.set_address(bad)
    assert state(copy) == before


def test_every_notebook_begins_with_the_same_four_lines():
    here = address.current_address()
    for path in address.all_notebooks():
        first = next(cell for cell in address.read(path).cells if cell.cell_type == "code")
        assert first.source == address.first_cell(here), path.name
        assert len(first.source.splitlines()) == 4
        assert first.metadata["tags"] == ["install", "remove-cell"]


def test_without_an_address_nothing_leads_nowhere():
    if address.current_address():
        pytest.skip("this copy has an address")
    for name in ("README.md", "book/index.md", "_config.yml"):
        assert not re.search(r"mybinder\.org|colab\.research", (ROOT / name).read_text(encoding="utf-8")), name


def test_make_address_says_what_it_expects():
    done = subprocess.run(["make", "address", "URL=nowhere"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode != 0 and "expected an address like" in done.stdout + done.stderr
