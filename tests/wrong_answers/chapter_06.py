"""Plausible wrong answers of chapter 6, and a part of the message that each must get."""

import numpy as np

WRONG = {}

# ======== sections 6.1..6.3 ========

ONES, SHIFT = np.ones((2, 2)), np.array([0.0, -1.0])


def _bce(function):
    """Make a wrong answer of 6.2 from a formula in torch, a = (1 - 2y) z, z and y."""

    def bce_with_logits(z, y):
        import torch

        return function(torch, (1 - 2 * y) * z, z, y)

    return bce_with_logits


def _clipped(torch, a, z, y):
    p = torch.sigmoid(z).clamp(1e-7, 1 - 1e-7)
    return -(y * p.log() + (1 - y) * (1 - p).log())


def _log_of_sigmoid(torch, a, z, y):
    p = torch.sigmoid(z)
    return -(y * p.log() + (1 - y) * (1 - p).log())


def _prelu(function):
    """Make a wrong answer of 6.3 from a formula in torch."""

    def prelu(z, alpha):
        return function(z, alpha, z.clamp(max=0))

    return prelu


WRONG["6.1"] = [
    (lambda: (ONES, SHIFT, np.array([-1, 2]), 0), "bias must move"),
    (lambda: (ONES, SHIFT, np.array([1, -2]), 0), "compute XOR"),
    (lambda: (np.array([[1, 1], [2, 2]]), np.array([0, -2]), np.array([-1, 1]), 1), "Transpose"),
    (lambda: (ONES, -SHIFT, np.array([-1, 2]), 1), "subtracted"),
    (lambda: (ONES, np.array([-1, 2]), SHIFT, 1), "swapped"),
    (lambda: (ONES, SHIFT, np.array([-1, 2.1]), 1), "rounding"),
    (lambda: (ONES, SHIFT, np.array([-1, 2 + 1e-5]), 1), "rounding"),
    (lambda: (ONES, SHIFT, np.array([-1, 1.6]), 1), "rounding"),
    (lambda: (ONES, np.array([0, 0]), np.array([0, 0]), 0.5), "linear model"),
    (lambda: (ONES, np.array([5, 7]), np.array([-1, 2]), 1), "linear model"),
    (lambda: (ONES, SHIFT, np.array([-1, 1]), 1), "3 of 4 right"),
    (lambda: (np.eye(2), np.array([0, -1]), np.array([-1, 2]), 1), "of 4 right"),
    (lambda: (np.ones((2, 3)), np.zeros(3), np.ones(3), 0), "two units are enough"),
    (lambda: (ONES, 0, np.array([-1, 2]), 1), "c has shape"),
    (lambda: (ONES, SHIFT, np.array([-1, 2])), "four things"),
    (lambda: (ONES, SHIFT, np.array([-1, np.nan]), 1), "not finite"),
    (lambda: (ONES, SHIFT, "w", 1), "hold numbers"),
    (lambda: (ONES, np.array([-0.5, -1.5]), np.array([-2, 2]), 1), "of 4 right"),
    (lambda: (-ONES, np.array([1, 1]), np.array([1, 0]), 0), "of 4 right"),
    (lambda: (ONES, np.array([0, -1]), np.array([-1, 3]), 1), "on the right sides"),
    (lambda: (ONES, np.array([0, -1.0]), np.array([-2, 4]), 1), "second rectifier"),
]

WRONG["6.2"] = [
    (_bce(_log_of_sigmoid), "rounded to exactly 0 or 1"),
    (_bce(lambda torch, a, z, y: -torch.sigmoid(-a).log()), "exp(−|z|)"),
    (_bce(lambda torch, a, z, y: torch.log(1 + torch.exp(a))), "overflowed"),
    (_bce(lambda torch, a, z, y: torch.log1p(torch.exp(a))), "overflowed"),
    (_bce(_clipped), "clipped"),
    (_bce(lambda torch, a, z, y: torch.log1p(torch.exp(a.clamp(-30, 30)))), "clipped"),
    (_bce(lambda torch, a, z, y: torch.logaddexp(-a, torch.zeros_like(a))), "factor is 1 − 2y"),
    (_bce(lambda torch, a, z, y: -torch.logaddexp(a, torch.zeros_like(a))), "log P(y), which is negative"),
    (_bce(lambda torch, a, z, y: torch.logaddexp(a, torch.zeros_like(a)).mean()), "averaged"),
    (_bce(lambda torch, a, z, y: torch.logaddexp(a, torch.zeros_like(a)).sum()), "added up"),
    (_bce(lambda torch, a, z, y: (torch.sigmoid(z) - y) ** 2 / 2), "gradient dies"),
    (_bce(lambda torch, a, z, y: (torch.sigmoid(z) - y) ** 2), "squared error"),
    (_bce(lambda torch, a, z, y: torch.log1p(torch.exp((1 - 2 * y) * torch.sigmoid(z)))), "two times"),
    (_bce(lambda torch, a, z, y: -y * torch.sigmoid(z).log()), "term for y = 0"),
    (_bce(lambda torch, a, z, y: -(1 - y) * (1 - torch.sigmoid(z)).log()), "term for y = 1"),
    (_bce(lambda torch, a, z, y: torch.where(a > 30, a, torch.log1p(torch.exp(a)))), "both branches"),
    (_bce(lambda torch, a, z, y: a.clamp(min=0) + torch.log1p(torch.exp(-a.abs()))), "(a + |a|) / 2"),
    (_bce(lambda torch, a, z, y: torch.relu(a) + torch.log1p(torch.exp(-a.abs()))), "(a + |a|) / 2"),
    (_bce(lambda torch, a, z, y: torch.logaddexp(a, torch.zeros_like(a)).detach()), "cannot follow"),
    (_bce(lambda torch, a, z, y: np.logaddexp(0, a.detach().numpy())), "cannot follow"),
]

WRONG["6.3"] = [
    (_prelu(lambda z, alpha, below: (z.clamp(min=0) + alpha * below, z)), "only where z is negative"),
    (_prelu(lambda z, alpha, below: (z.maximum(alpha * z), below)), "only for α up to 1"),
    (_prelu(lambda z, alpha, below: (z.clamp(min=0) + alpha.detach() * below, below)), "never learn"),
    (_prelu(lambda z, alpha, below: ((z.clamp(min=0) + alpha * below).detach().numpy(), below)), "never learn"),
    (_prelu(lambda z, alpha, below: (z.clamp(min=0) + alpha.abs() * below, below)), "sign of α was lost"),
    (_prelu(lambda z, alpha, below: (z.clamp(min=0) - alpha * below, below)), "already negative"),
    (_prelu(lambda z, alpha, below: (z.clamp(min=0), below)), "no effect"),
    (_prelu(lambda z, alpha, below: (alpha * z.clamp(min=0) + below, below)), "sides are swapped"),
    (_prelu(lambda z, alpha, below: (below, z.clamp(min=0) + alpha * below)), "results are swapped"),
    (_prelu(lambda z, alpha, below: z.clamp(min=0) + alpha * below), "two tensors"),
    (_prelu(lambda z, alpha, below: (z.clamp(min=0) + alpha * below, (z > 0) + alpha * (z < 0))), "derivative for z"),
    (_prelu(lambda z, alpha, below: (z.clamp(min=0) + alpha * below, -below)), "wrong sign"),
    (_prelu(lambda z, alpha, below: (z.clamp(min=0) + alpha * below, 1.0 * (z < 0))), "is z, not 1"),
    (_prelu(lambda z, alpha, below: (z.clamp(min=0) + alpha * below, alpha * below)), "gone from it"),
    (_prelu(lambda z, alpha, below: (z.clamp(min=0) + alpha * below, below.sum(0))), "summed"),
    (_prelu(lambda z, alpha, below: (z.clamp(min=0) + alpha[0] * below, below)), "the value is not"),
    (_prelu(lambda z, alpha, below: (alpha * z, below)), "the value is not"),
]


# ======== sections 6.4..6.6 ========
