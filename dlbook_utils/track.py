"""A bar that shows a person how far a long loop is."""

import html
import os
import time

__all__ = ["track"]

PATIENCE = 1.0  # seconds without a bar: a loop that ends sooner needs none
PAUSE = 0.1  # seconds between two pictures of the bar


def track(items, label):
    """Return an iterator over ``items`` that shows how far it is, under the words of ``label``.

    For loops of more than about three seconds. The bar comes after a second and goes when the loop ends, also by an
    error. ``items`` must have a length. Nothing is shown outside a notebook, nor with the environment variable
    ``DLBOOK_BARS=off``, which recording, building and testing set: recorded notebooks hold nothing of it.

    Raises TypeError for items without a length or a label that is no text.
    """
    if not hasattr(items, "__len__"):
        raise TypeError(f"track needs items with a length, such as a list or a range, not {type(items).__name__}")
    if not isinstance(label, str):
        raise TypeError(f"track needs words to stand at the bar, not {label!r}")
    return _with_bar(items, label) if _somebody_looks() else iter(items)


def _somebody_looks():
    if os.environ.get("DLBOOK_BARS", "").lower() in ("off", "0", "no", "false"):
        return False
    from IPython import get_ipython

    return hasattr(get_ipython(), "kernel")


def _with_bar(items, label):
    from IPython.display import HTML, display

    bar, drawn = None, time.monotonic() + PATIENCE - PAUSE
    try:
        for done, item in enumerate(items):
            yield item
            if time.monotonic() - drawn < PAUSE:
                continue
            picture, drawn = HTML(_draw(done + 1, len(items), label)), time.monotonic()
            if bar is None:
                bar = display(picture, display_id=True)
            else:
                bar.update(picture)
    finally:
        if bar is not None:
            bar.update(HTML(""))


def _draw(done, total, label):
    return f'<label>{html.escape(label)} <progress max="{total}" value="{done}"></progress> {done} of {total}</label>'
