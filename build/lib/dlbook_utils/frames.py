"""Every state of an explorable as an image file, for a book that has no kernel.

While the book is built, the environment variable ``DLBOOK_FRAMES`` names a folder. Files in it are named by their
content, so that a state that did not change keeps its file.
"""

import hashlib
import os
from pathlib import Path

from dlbook_utils.parameters import AngleOf, format_value

__all__ = ["EXPLORABLE_MIME", "FrameBudgetError", "display_frames", "store_image"]

EXPLORABLE_MIME = "application/vnd.dlbook.explorable+json"
FRAME_BUDGET = 24_000  # bytes, on average over an explorable's frames


class FrameBudgetError(ValueError):
    """The frames of an explorable are too large to be sent to a reader."""


def display_frames(explorable, text):
    """Draw every state of an explorable into a file and display what a page needs to show them.

    Raises FrameBudgetError when the frames are over budget, and whatever the drawing function raises.
    """
    from IPython.display import display

    display({EXPLORABLE_MIME: describe_frames(explorable), "text/plain": text}, raw=True)


def describe_frames(explorable):
    """Draw every state and return the explorable as a dictionary of plain values.

    ``frames`` and ``sentences`` are in the order of `Explorable.states`.
    """
    frames, sentences, sizes = [], [], []
    for state in explorable.states():
        sentences.append(explorable.draw(**state))
        frame = explorable.picture.webp()
        frames.append(store_image(frame, ".webp"))
        sizes.append(len(frame))
    if sum(sizes) > FRAME_BUDGET * len(sizes):
        raise FrameBudgetError(
            f"{explorable.name}: a frame has {sum(sizes) / len(sizes) / 1000:.1f} KB on average, "
            f"the budget is {FRAME_BUDGET / 1000:.0f} KB; draw fewer colours, fewer points or a smaller picture"
        )
    explorable.draw()
    width, height = explorable.picture.size
    return {
        "name": explorable.name,
        "title": explorable.title,
        "width": round(width * 100),
        "height": round(height * 100),
        "parameters": [
            {
                "name": name,
                "label": parameter.label,
                "kind": parameter.kind,
                "texts": parameter.texts,
                "values": [value if isinstance(value, str) else format_value(value) for value in parameter.values],
                "start": parameter.values.index(explorable.default[name]),
                "interval": parameter.interval,
            }
            for name, parameter in explorable.parameters.items()
        ],
        "frames": frames,
        "sentences": sentences,
        "pointer": describe_pointer(explorable),
    }


def describe_pointer(explorable):
    """Return how a place on the picture becomes values of parameters, or None.

    ``axes`` is the first axes' box as fractions of the picture from its top left corner; ``x`` and ``y`` name a parameter
    (or None), its numbers and the axis' limits; ``angle`` and ``radius`` likewise for a pointer that turns.
    """
    pointer = explorable.pointer
    if pointer is None:
        return None
    ax = explorable.picture.figure.axes[0]
    box = ax.get_position()
    described = {
        "axes": [float(side) for side in (box.x0, 1 - box.y1, box.x1, 1 - box.y0)],
        "x": [*map(float, ax.get_xlim()), ax.get_xscale()],
        "y": [*map(float, ax.get_ylim()), ax.get_yscale()],
    }
    if isinstance(pointer, AngleOf):
        described |= {"angle": pointer.angle, "radius": pointer.radius, "center": list(pointer.center)}
        names = [pointer.angle, pointer.radius]
    else:
        described["set"] = list(pointer)
        names = pointer
    described["values"] = {name: list(explorable.parameters[name].values) for name in names if name is not None}
    return described


def store_image(content, suffix):
    """Write an image's bytes into the folder of frames and return its name there."""
    name = hashlib.sha256(content).hexdigest()[:16] + suffix
    path = Path(os.environ["DLBOOK_FRAMES"]) / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(f".{os.getpid()}")
        partial.write_bytes(content)
        partial.replace(path)
    return name
