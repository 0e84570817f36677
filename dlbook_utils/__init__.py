"""The shared package of the interactive companion to *Deep Learning*.

What every chapter needs, and nothing that a section is about:

``explore``  turn a drawing function into a picture with controls
``show``     end a figure cell, with the figure's text alternative
``check``    tell readers what is right or wrong with their answer
``draw``     pictures that more than one section needs
``track``    show a person how far a long loop is
``data``     the data sets, generated or shipped, never downloaded
"""

from dlbook_utils import data, draw
from dlbook_utils.check import check
from dlbook_utils.explore import angle_of, choice, explore, steps, time
from dlbook_utils.progress import progress
from dlbook_utils.show import show
from dlbook_utils.track import track

__all__ = ["angle_of", "check", "choice", "data", "draw", "explore", "progress", "show", "steps", "time", "track"]
