"""What runs elsewhere: Binder's install steps, the workflows' commands, the oldest versions that are promised."""

import json
import os
import re
import subprocess
import sys
import tomllib
import venv

import pytest
import yaml
from chapters import NOTEBOOKS, ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def test_binder_gets_torch_without_cuda_and_what_a_reader_gets():
    text = (ROOT / "binder" / "requirements.txt").read_text(encoding="utf-8")
    assert "--extra-index-url https://download.pytorch.org/whl/cpu" in text
    assert "--requirement ../requirements.txt" in text
    assert "torch==2.13.0" in (ROOT / "requirements.txt").read_text(encoding="utf-8")
    assert os.access(ROOT / "binder" / "postBuild", os.X_OK)


def test_binders_last_step_opens_the_notebooks(tmp_path):
    """binder/postBuild, run as Binder runs it, in an environment and a checkout of its own."""
    checkout, environment = tmp_path / "checkout", tmp_path / "environment"
    cloned = subprocess.run(["git", "clone", "--quiet", ROOT, checkout], capture_output=True, check=False)
    if cloned.returncode:
        pytest.skip("this copy of the project is not a git checkout")
    venv.create(environment, with_pip=True)
    path = f"{environment / 'bin'}{os.pathsep}{os.environ['PATH']}"
    steps = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | {"PATH": path}
    done = subprocess.run(["binder/postBuild"], cwd=checkout, env=steps, capture_output=True, text=True, check=False)
    if done.returncode and os.environ.get("CI") != "true":
        pytest.skip("packages could not be installed here")
    assert done.returncode == 0, done.stderr[-2000:]
    settings = environment / "etc" / "jupyter" / "jupyter_server_config.d" / "dlbook.json"
    assert json.loads(settings.read_text())["ServerApp"]["default_url"] == "/lab/tree/notebooks"
    shown = subprocess.run(
        [environment / "bin" / "python", "-m", "pip", "show", "dlbook-utils"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert str(checkout) in shown.stdout
    assert str(checkout) not in sys.path


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_workflows_call_what_there_is(path):
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for job in workflow["jobs"].values():
        assert job["timeout-minutes"] <= 90
        for step in job["steps"]:
            for line in step.get("run", "").splitlines():
                for name in re.findall(r"\bmake ([a-z ]+)", line):
                    assert set(name.split()) <= targets, line
                for file in re.findall(r"@?((?:tests|notebooks)/\S+|requirements\S*\.txt)", line):
                    assert (ROOT / file).exists(), line
            assert ("uses" in step) != ("run" in step)


def test_three_chapters_run_on_other_systems():
    commands = (ROOT / ".github" / "workflows" / "test.yml").read_text(encoding="utf-8")
    named = set(re.findall(r"notebooks/(\w+)\.ipynb", commands))
    assert len(named) == 3 and named <= {path.stem for path in NOTEBOOKS}
    assert {"macos-latest", "windows-latest"} <= set(re.findall(r"[a-z]+-latest", commands))


def test_jupyter_book_stays_on_1():
    updates = yaml.safe_load((ROOT / ".github" / "dependabot.yml").read_text(encoding="utf-8"))["updates"]
    ignored = [entry for update in updates for entry in update.get("ignore", [])]
    assert {"dependency-name": "jupyter-book", "versions": [">=2"]} in ignored


def test_the_oldest_versions_are_the_promised_ones():
    promised = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    assert not [name for name in promised if "torch" in name or "==" in name]
    oldest = (ROOT / "tests" / "oldest.txt").read_text(encoding="utf-8").split("\n")

    def numbers(version):
        return [int(n) for n in (version.split(".") + ["0", "0"])[:3]]

    pins = dict(line.split("==") for line in oldest if "==" in line)
    assert {n.split(">=")[0]: numbers(n.split(">=")[1]) for n in promised} == {n: numbers(v) for n, v in pins.items()}


def test_package_tests_need_nothing_but_the_package():
    for name in (ROOT / "tests" / "package_tests.txt").read_text(encoding="utf-8").split():
        text = (ROOT / name).read_text(encoding="utf-8")
        assert not re.search(
            r"^(import|from) (torch|playwright|chapters|browsing|nbformat|jupytext)", text, re.MULTILINE
        ), name
