"""Where the notebooks are and how they are run: shared by the tools and the tests."""

import os
from pathlib import Path

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "notebooks"
TIMEOUT = 300  # seconds for one cell

# One thread in every numerical library: two notebooks run side by side, and sums come out in the same order everywhere.
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")

# No exercise counts as solved, and no bar is drawn.
NOBODY_LOOKS = {"DLBOOK_PROGRESS": "off", "DLBOOK_BARS": "off"}


def all_notebooks():
    """Return the paths of all notebooks in the order of the book."""
    return sorted(FOLDER.glob("*.ipynb"))


def find_notebook(name):
    """Return the notebook that a person means: a path, a file name, or how one begins, ``06``."""
    given = Path(name)
    matches = [given.resolve()] if given.is_file() else [p for p in all_notebooks() if p.name.startswith(given.name)]
    if len(matches) != 1:
        known = ", ".join(path.name for path in all_notebooks())
        raise SystemExit(f"{name!r} names {len(matches)} notebooks, expected one of: {known}")
    return matches[0]


def read(path):
    """Read a notebook in the newest format."""
    return nbformat.read(path, as_version=4)


def run(notebook, folder=FOLDER, environment=None):
    """Run a notebook from top to bottom in a fresh kernel, in place; an error in a cell is raised."""
    env = os.environ | ONE_THREAD | NOBODY_LOOKS | (environment or {})
    resources = {"metadata": {"path": str(folder)}}
    quiet = ["--IPKernelApp.log_level=40"]  # the kernel warns at every start that it listens on this machine
    how = {"timeout": TIMEOUT, "kernel_name": "python3", "resources": resources, "extra_arguments": quiet}
    NotebookClient(notebook, **how, record_timing=False).execute(
        env=env
    )  # times in the metadata would be another notebook
    return notebook
