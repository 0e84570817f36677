"""Train a small network in several processes, each of which sees its own part of every minibatch.

A program to copy, to read and to change. It needs torch and numpy only, and a file with images X (m, n) and labels y (m,):

    python train_parallel.py data.npz weights.npz                                           # one process
    torchrun --standalone --nproc-per-node 2 train_parallel.py data.npz weights.npz         # two, on this machine
    torchrun --nnodes 4 --nproc-per-node 8 --rdzv-backend c10d --rdzv-endpoint HOST:29500 \
        train_parallel.py data.npz weights.npz     # on each of four machines that see the same files; HOST is one of them

However many processes there are, the weights come out the same, but for rounding.
"""

import argparse
import os

import numpy as np
import torch
import torch.distributed as dist
from torch import nn
from torch.nn import functional as F


def average_gradients(gradients, rows):
    """Turn the gradients of a sum over this process's rows, in place, into those of the mean over everybody's rows."""
    message = torch.cat([*(g.flatten() for g in gradients), gradients[0].new_tensor([rows])])  # one message, not many
    dist.all_reduce(message)  # in every process, the sum over all processes
    *sums, all_rows = message.split([*(g.numel() for g in gradients), 1])
    for g, total in zip(gradients, sums, strict=True):
        g.copy_(total.view_as(g) / all_rows)


def train(X, y, *, steps, batch, lr, hidden, seed, library=False):
    """Return the trained network, the same in every process.

    With ``library``, torch's own DistributedDataParallel averages the gradients, while they are still being computed.
    """
    rank, world = dist.get_rank(), dist.get_world_size()
    torch.manual_seed(seed)  # the same everywhere, so that all processes draw the same minibatches
    model = nn.Sequential(nn.Linear(X.shape[1], hidden), nn.ReLU(), nn.Linear(hidden, int(y.max()) + 1)).to(X.dtype)
    parameters = list(model.parameters())
    for p in parameters:
        dist.broadcast(p.data, src=0)  # everybody starts where process 0 starts
    predict = nn.parallel.DistributedDataParallel(model) if library else model
    velocities = [torch.zeros_like(p) for p in parameters]
    for _ in range(steps):
        rows = torch.randperm(len(X))[:batch]
        mine = rows[rank::world]  # where world does not divide the batch, some processes have one row more
        loss = F.cross_entropy(predict(X[mine]), y[mine], reduction="sum")
        model.zero_grad()
        if library:
            (loss * world / len(rows)).backward()  # it takes the plain mean over the processes
        else:
            loss.backward()
            average_gradients([p.grad for p in parameters], len(mine))
        with torch.no_grad():
            for p, v in zip(parameters, velocities, strict=True):
                v.mul_(0.9).sub_(lr * p.grad)
                p.add_(v)
    return model


def main():
    """Read the command line, join the other processes, train, and let process 0 save the weights."""
    parser = argparse.ArgumentParser(description="Train a small network in several processes.")
    parser.add_argument("data", help="a file with arrays X (m, n) and y (m,), written by numpy.savez")
    parser.add_argument("weights", help="the file to write: the weights and biases of the layers, in their order")
    for name, kind, default in (
        ("steps", int, 40),
        ("batch", int, 65),
        ("lr", float, 0.1),
        ("hidden", int, 32),
        ("seed", int, 0),
    ):
        parser.add_argument(f"--{name}", type=kind, default=default)
    parser.add_argument("--library", action="store_true", help="let DistributedDataParallel average the gradients")
    options = vars(parser.parse_args())
    with np.load(options.pop("data")) as file:
        X, y = torch.tensor(file["X"], dtype=torch.float64), torch.tensor(file["y"])
    target = options.pop("weights")

    if "RANK" in os.environ:  # torchrun has said who we are: RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT
        dist.init_process_group("gloo")
    else:
        dist.init_process_group("gloo", rank=0, world_size=1, store=dist.HashStore())
    model = train(X, y, **options)
    if dist.get_rank() == 0:
        np.savez(target, *(p.detach().numpy() for p in model.parameters()))
        numbers = sum(p.numel() for p in model.parameters())
        print(f"processes: {dist.get_world_size()}, numbers exchanged in each of {options['steps']} steps: {numbers}")
    dist.destroy_process_group()


if __name__ == "__main__":
    main()
