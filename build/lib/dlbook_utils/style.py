"""How every picture looks: one palette, safe for colour-blind readers, and matplotlib settings made from it.

The four roles mean the same in every chapter: what is given (`DATA`), what a model says (`MODEL`), what is wrong or left
over (`ERROR`) and where to look (`HIGHLIGHT`). The colours are those of Okabe and Ito (2008), darkened where their
contrast with white fell below 3 to 1.
"""

from cycler import cycler

__all__ = ["CYCLE", "DATA", "ERROR", "HIGHLIGHT", "INK", "MODEL", "PAPER", "QUIET", "STYLE"]

DATA = "#0072B2"
MODEL = "#C75000"
ERROR = "#B5548C"
HIGHLIGHT = "#00805E"
INK = "#262626"
QUIET = "#8A8A8A"
PAPER = "#FFFFFF"
CYCLE = (DATA, MODEL, HIGHLIGHT, ERROR, "#3E95C9", "#A07800", INK)

STYLE = {
    "axes.prop_cycle": cycler(color=CYCLE),
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 12,
    "axes.titley": 1.0,
    "axes.labelsize": 11,
    "axes.axisbelow": True,
    "figure.facecolor": PAPER,
    "axes.facecolor": PAPER,
    "figure.titlesize": 13,
    "font.size": 10.5,
    "grid.color": "#E3E3E3",
    "image.cmap": "viridis",
    "legend.frameon": False,
    "lines.linewidth": 2.0,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}
