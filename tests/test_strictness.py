"""The tests of the notebooks can fail: a changed text, a deprecation, a stray warning or a bare value is not let through."""

import os
import subprocess
import sys

import nbformat
import pytest
from chapters import ROOT
from nbformat.v4 import new_code_cell, new_notebook, new_output
from record import METADATA


def recorded(source, text):
    outputs = [new_output("stream", name="stdout", text=text)] if text else []
    cell = new_code_cell(source, execution_count=1, outputs=outputs)
    return new_notebook(cells=[cell], metadata=METADATA)


def run_nbval(notebook, folder):
    nbformat.write(notebook, folder / "case.ipynb")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "conftest",
        "--nbval",
        "--rootdir",
        str(folder),
        "-q",
        "case.ipynb",
    ]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


SHOW = """import matplotlib.pyplot as plt
from dlbook_utils import show
plt.plot([1, 2])
show("A line rises from 1 to 2.")"""


@pytest.mark.parametrize(
    ("source", "text", "passes"),
    [
        ("print(f'{2 / 3:.2f}')", "0.67\n", True),
        ("print(f'{2 / 3:.3f}')", "0.67\n", False),
        ("import warnings\nwarnings.warn('old', DeprecationWarning)\nprint(1)", "1\n", False),
        ("import warnings\nwarnings.warn('old', FutureWarning)\nprint(1)", "1\n", False),
        ("import warnings\nwarnings.warn('careful')\nprint(1)", "1\n", False),
        ("print(1)\n2", "1\n", False),
        ("print(1)", "", False),
    ],
)
def test_what_passes(source, text, passes, tmp_path):
    code, said = run_nbval(recorded(source, text), tmp_path)
    assert (code == 0) == passes, said


@pytest.mark.parametrize("alt", ["A line rises from 1 to 2.", "A line falls from 2 to 1."])
def test_the_text_of_a_figure_is_compared_and_its_pixels_are_not(alt, tmp_path):
    notebook = recorded(SHOW, "")
    notebook.cells[0].outputs = [new_output("display_data", data={"text/plain": alt})]
    code, said = run_nbval(notebook, tmp_path)
    assert (code == 0) == ("rises" in alt), said
