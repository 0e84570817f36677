"""Plausible wrong answers of chapter 4, and a part of the message that each must get."""

import numpy as np

WRONG = {}
