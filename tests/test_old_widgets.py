"""The live explorables with ipywidgets 7.7.1, which is Colab's: the same tests as with the pinned version."""

import os
import subprocess
import sys

import pytest
from chapters import ROOT

OLD = ["ipywidgets==7.7.1", "ipython_genutils==0.2.0"]


def test_live_explorables_with_ipywidgets_7(tmp_path):
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(tmp_path), *OLD]
    installed = subprocess.run(install, capture_output=True, text=True, check=False)
    if installed.returncode and os.environ.get("CI") != "true":
        pytest.skip("ipywidgets 7.7.1 could not be installed here: its tests did not run")
    assert installed.returncode == 0, installed.stderr[-2000:]
    code = "import ipywidgets; assert ipywidgets.__version__ == '7.7.1', ipywidgets.__file__; import pytest, sys; "
    code += "sys.exit(pytest.main(['--numprocesses=0', 'tests/test_live.py']))"
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:]
