"""Checkers of chapter 6, Deep Feedforward Networks."""

import numpy as np

from dlbook_utils.check import Wrong, exercise, expect, expect_close

# ======== sections 6.1..6.3 ========


# ======== sections 6.4..6.6 ========
