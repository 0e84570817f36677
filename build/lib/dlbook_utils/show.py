"""Show a figure together with its text alternative."""

import base64
import html
import io
import os

__all__ = ["display_picture", "show"]

FIGURE_MIME = "application/vnd.dlbook.figure+json"
DENSITY = 1.5


def show(alt):
    """End a figure cell: display matplotlib's current figure with ``alt`` as its text alternative.

    ``alt`` says in words and numbers what the figure shows, for readers who do not see it and for the tests that
    compare it. The figure is closed. Raises ValueError when there is no figure or no text.
    """
    from matplotlib import pyplot as plt
    from PIL import Image

    from dlbook_utils.picture import CSS_DPI, encode_png

    if not isinstance(alt, str) or not alt.strip():
        raise ValueError(f"show needs a sentence that says what the figure shows, not {alt!r}")
    if not plt.get_fignums():
        raise ValueError("show found no figure: draw one first, in the same cell")
    figure = plt.gcf()
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=CSS_DPI * DENSITY, bbox_inches="tight", pad_inches=0.06)
    plt.close(figure)
    image = Image.open(file)
    _display(encode_png(image, photo=True), image.size, " ".join(alt.split()))


def display_picture(picture, alt):
    """Display what a `Picture` holds, as a still."""
    canvas = picture.figure.canvas
    _display(picture.png(), canvas.get_width_height(physical=True), alt, density=picture.density)


def _display(png, pixels, alt, density=DENSITY):
    from IPython.display import display

    width, height = (round(side / density) for side in pixels)
    if os.environ.get("DLBOOK_FRAMES"):
        from dlbook_utils.frames import store_image

        source = store_image(png, ".png")
        bundle = {FIGURE_MIME: {"source": source, "alt": alt, "width": width, "height": height}}
    else:
        data = base64.b64encode(png).decode()
        # JupyterLab gives no alternative to an image/png; an <img> of our own has one.
        size = f'width="{width}" style="max-width:100%;height:auto"'
        tag = f'<img src="data:image/png;base64,{data}" alt="{html.escape(alt)}" {size}>'
        bundle = {"text/html": tag, "image/png": data}
    display(bundle | {"text/plain": alt}, metadata={"image/png": {"width": width}}, raw=True)
