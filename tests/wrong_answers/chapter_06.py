"""Plausible wrong answers of chapter 6, and a part of the message that each must get."""

import numpy as np

WRONG = {}

# ======== sections 6.1..6.3 ========


# ======== sections 6.4..6.6 ========
