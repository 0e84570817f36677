"""The program of chapter 12 that trains in several processes: however many there are, the weights come out the same."""

import os
import shutil
import subprocess
import sys

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from dlbook_utils import data, train_parallel

TORCHRUN = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node"]
OPTIONS = ["--steps", "30", "--batch", "65", "--hidden", "16", "--seed", "3"]
NUMBERS = 64 * 16 + 16 + 16 * 10 + 10


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """An empty folder with a copy of the program, as a reader has it, and some digits."""
    folder = tmp_path_factory.mktemp("reader")
    shutil.copy(train_parallel.__file__, folder / "train_parallel.py")
    digits = data.digits_split(300, 100, 100)
    np.savez(folder / "data.npz", X=digits.X_train, y=digits.y_train)
    return folder


def train(folder, target, *launcher, options=OPTIONS):
    """Run the program from a folder in which the project is not found; return the weights and what was printed."""
    environment = {
        name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "RANK", "WORLD_SIZE")
    }
    command = [sys.executable, *launcher, "train_parallel.py", "data.npz", target, *options]
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment | {"OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    with np.load(folder / target) as weights:
        return [weights[name] for name in weights], done.stdout


@pytest.fixture(scope="module")
def alone(folder):
    weights, said = train(folder, "alone.npz")
    assert said == f"processes: 1, numbers exchanged in each of 30 steps: {NUMBERS}\n"
    return weights


def largest_difference(ours, theirs):
    assert [w.shape for w in ours] == [w.shape for w in theirs]
    return max(np.abs(a - b).max() for a, b in zip(ours, theirs, strict=True))


def test_one_process_makes_the_steps_of_a_plain_loop(folder, alone):
    with np.load(folder / "data.npz") as file:
        X, y = torch.tensor(file["X"], dtype=torch.float64), torch.tensor(file["y"])
    torch.manual_seed(3)
    model = torch.nn.Sequential(torch.nn.Linear(64, 16), torch.nn.ReLU(), torch.nn.Linear(16, 10)).double()
    start = [p.detach().clone().numpy() for p in model.parameters()]
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    for _ in range(30):
        rows = torch.randperm(len(X))[:65]
        optimizer.zero_grad()
        F.cross_entropy(model(X[rows]), y[rows]).backward()
        optimizer.step()
    assert largest_difference(alone, [p.detach().numpy() for p in model.parameters()]) < 1e-10
    assert largest_difference(alone, start) > 0.01


@pytest.mark.parametrize(("processes", "options"), [(2, []), (3, []), (2, ["--library"])], ids=["2", "3", "2-library"])
def test_under_torchrun_the_weights_are_the_same(folder, alone, processes, options):
    weights, said = train(folder, "together.npz", *TORCHRUN, str(processes), options=[*OPTIONS, *options])
    assert largest_difference(weights, alone) < 1e-10
    assert said == f"processes: {processes}, numbers exchanged in each of 30 steps: {NUMBERS}\n"


def test_a_plain_mean_of_unequal_parts_would_be_noticed(folder, alone):
    """The tolerance means something: workers that count the same whatever their rows end elsewhere."""
    program = (folder / "train_parallel.py").read_text(encoding="utf-8")
    weighted = "gradients[0].new_tensor([rows])"
    assert weighted in program
    wrong = program.replace(weighted, "gradients[0].new_tensor([1.0])").replace('reduction="sum"', 'reduction="mean"')
    copy = folder / "wrong"
    copy.mkdir()
    (copy / "train_parallel.py").write_text(wrong, encoding="utf-8")
    shutil.copy(folder / "data.npz", copy / "data.npz")
    weights, _ = train(copy, "wrong.npz", *TORCHRUN, "2")
    assert largest_difference(weights, alone) > 1e-6


def test_nothing_else_is_needed_than_torch_and_numpy():
    with open(train_parallel.__file__, encoding="utf-8") as file:
        imports = {line.split()[1].partition(".")[0] for line in file if line.startswith(("import ", "from "))}
    assert imports <= {"argparse", "os", "numpy", "torch"}
