"""A notebook opened alone, as Colab opens it: an empty folder, ipywidgets 7.7.1, the package from the repository."""

import os
import subprocess
import sys
import venv

import address
import nbformat
import pytest
from chapters import NOTEBOOKS, ROOT

ALONE = next(path for path in NOTEBOOKS if path.name.startswith("04"))
RUNNER = """
import sys
import nbformat
from nbclient import NotebookClient
import ipywidgets
assert ipywidgets.__version__ == "7.7.1"
notebook = nbformat.read(sys.argv[1], as_version=4)
NotebookClient(notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": "."}}).execute()
nbformat.write(notebook, sys.argv[1])
"""


def run(*command, cwd, **environment):
    kept = {
        name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "IPYTHONDIR", "DLBOOK_FRAMES")
    }
    return subprocess.run(command, cwd=cwd, env=kept | environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """A git checkout of the project as it stands."""
    folder = tmp_path_factory.mktemp("repository") / "companion"
    copied = run("git", "clone", "--quiet", str(ROOT), str(folder), cwd=ROOT)
    if copied.returncode:
        pytest.skip(f"this copy of the project is not a git checkout: {copied.stderr.strip()}")
    return folder


def test_it_runs_to_the_end(repository, tmp_path):
    environment, folder = tmp_path / "environment", tmp_path / "empty folder"
    venv.create(environment, with_pip=True)
    python = environment / "bin" / "python"
    wanted = ["ipykernel", "nbclient", "ipywidgets==7.7.1", "setuptools"]
    installed = run(str(python), "-m", "pip", "install", "--quiet", *wanted, cwd=tmp_path)
    if installed.returncode and os.environ.get("CI") != "true":
        pytest.skip("packages could not be installed here: the notebook was not opened alone")
    assert installed.returncode == 0, installed.stderr[-2000:]
    folder.mkdir()
    notebook = nbformat.read(ALONE, as_version=4)
    first = next(cell for cell in notebook.cells if cell.cell_type == "code")
    first.source = address.first_cell(repository.as_uri())
    nbformat.write(notebook, folder / ALONE.name)
    done = run(str(python), "-c", RUNNER, ALONE.name, cwd=folder, DLBOOK_PROGRESS="off", OMP_NUM_THREADS="1")
    assert done.returncode == 0, done.stderr[-3000:]
    ran = nbformat.read(folder / ALONE.name, as_version=4)
    widgets = [
        o
        for c in ran.cells
        for o in c.get("outputs", [])
        if "application/vnd.jupyter.widget-view+json" in o.get("data", {})
    ]
    assert len(widgets) > 5
    where = run(str(python), "-c", "import dlbook_utils; print(dlbook_utils.__file__)", cwd=tmp_path).stdout
    assert str(environment) in where, "the package did not come from the repository"
    assert "torch" not in run(str(python), "-m", "pip", "list", cwd=tmp_path).stdout
    assert sys.prefix not in where
