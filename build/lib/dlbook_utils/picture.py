"""One figure that is drawn many times: only what changed is drawn again, and encoded cheaply.

Almost all of the time of a matplotlib figure goes into its axes, ticks and labels, which rarely change while a reader
moves a control. So the figure is kept, its background (paper, ticks, axis labels) is saved as pixels, and as long as the
next state has the same background only the rest is drawn, over a restored copy.
"""

import io

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from dlbook_utils.style import STYLE

__all__ = ["CSS_DPI", "Picture", "encode_png"]

CSS_DPI = 100  # a figure 6.4 inches wide is 640 CSS pixels wide
COLOURS = 64
BELOW_ALL, ABOVE_ALL = -1000, 1000


class Picture:
    """A figure kept between drawings.

    ``size`` is in inches at 100 CSS pixels each; ``density`` is the number of pixels per CSS pixel.
    """

    def __init__(self, size, density=1.0):
        self.size = size
        self._figure = None
        self._background = None
        self.drew_whole = True
        self.density = density

    @property
    def density(self):
        """Pixels per CSS pixel; setting another one makes the next drawing a whole one."""
        return self._density

    @density.setter
    def density(self, density):
        self._density = density
        self._background = None
        if self._figure is not None:
            self._figure.set_dpi(CSS_DPI * density)

    @property
    def figure(self):
        """The matplotlib figure as it was drawn last."""
        return self._figure

    def draw(self, function, whole=False):
        """Let ``function(figure)`` draw a state and put it on the canvas; return what the function returned.

        ``whole=True`` leaves the saved background aside; the pixels are the same either way.
        """
        with rc_context(STYLE):
            if self._figure is None:
                self._figure = _KeptFigure(figsize=self.size, dpi=CSS_DPI * self.density, layout="constrained")
                FigureCanvasAgg(self._figure)
            self._figure.reset()
            try:
                returned = function(self._figure)
                if self._figure.wants_layout:
                    self._figure.lay_out()
                    self._figure.reset()
                    returned = function(self._figure)
                self._render(whole)
            except BaseException:
                self._figure = self._background = None  # a half-drawn figure is of no use to the next drawing
                raise
        return returned

    def png(self):
        """Return the canvas as the bytes of a PNG file with a palette of 64 colours: quick, for a live picture."""
        return encode_png(self._image())

    def webp(self):
        """Return the same pixels as the bytes of a lossless WebP file: a quarter smaller, for a file that is sent."""
        file = io.BytesIO()
        _reduce(self._image()).convert("RGB").save(file, "WEBP", lossless=True, method=2, quality=20)
        return file.getvalue()

    def _image(self):
        canvas = self._figure.canvas
        return Image.frombuffer("RGBA", canvas.get_width_height(physical=True), canvas.buffer_rgba())

    def _render(self, whole):
        figure, canvas = self._figure, self._figure.canvas
        for ax in figure.axes:
            ax.apply_aspect()
        for axis in _all_axis(figure):
            axis.set_zorder(BELOW_ALL)
        for ax in figure.axes:
            for spine in ax.spines.values():
                spine.set_zorder(ABOVE_ALL)
        if not _can_be_split(figure):
            self._background, self.drew_whole = None, True
            canvas.draw()
            return
        key = tuple(_describe_background(ax) for ax in figure.axes)
        changing = _changing_artists(figure)
        self.drew_whole = whole or self._background is None or self._background[0] != key
        if self.drew_whole:
            for artist in changing:
                artist.set_animated(True)  # canvas.draw leaves animated artists out
            canvas.draw()
            for artist in changing:
                artist.set_animated(False)
            self._background = (key, canvas.copy_from_bbox(figure.bbox))
        else:
            canvas.restore_region(self._background[1])
        renderer = canvas.get_renderer()
        for artist in changing:
            artist.draw(renderer)


def encode_png(image, photo=False):
    """Return an RGB(A) Pillow image as the bytes of a PNG file with a palette: 64 colours, or 256 that suit a photograph."""
    if photo:
        image = image.convert("RGB").quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.FLOYDSTEINBERG)
    else:
        image = _reduce(image)
    file = io.BytesIO()
    image.save(file, "PNG", compress_level=6)
    return file.getvalue()


def _reduce(image):
    return image.convert("RGB").quantize(COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)


class _KeptFigure(Figure):
    """A figure whose ``subplots`` and ``subplot_mosaic`` give the same axes again, cleared, when asked again."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self._layout_key = self._layout = None
        self.wants_layout = True

    def reset(self):
        for artist in [*self.texts, *self.legends, *self.lines, *self.patches, *self.images, *self.artists]:
            artist.remove()
        self._suptitle = self._supxlabel = self._supylabel = None
        kept = self._kept_axes()
        for ax in list(self.axes):
            if ax not in kept:
                ax.remove()

    def lay_out(self):
        """Make room for labels, once: axes that move from state to state would distract."""
        self.draw_without_rendering()
        self.set_layout_engine("none")
        self.wants_layout = False

    def subplots(self, *args, **kwargs):
        return self._again(("subplots", args, kwargs), super().subplots, args, kwargs)

    def subplot_mosaic(self, *args, **kwargs):
        return self._again(("mosaic", args, kwargs), super().subplot_mosaic, args, kwargs)

    def _again(self, key, make, args, kwargs):
        key = repr(key)
        if self._layout_key == key:
            for ax in self._kept_axes():
                _clear(ax)
            return self._layout
        for ax in self._kept_axes():
            ax.remove()
        if self._layout_key is not None:
            self.set_layout_engine("constrained")
            self.wants_layout = True
        self._layout_key = key
        self._layout = make(*args, **kwargs)
        return self._layout

    def _kept_axes(self):
        if self._layout is None:
            return []
        if isinstance(self._layout, Axes):
            return [self._layout]
        return list(self._layout.values()) if isinstance(self._layout, dict) else list(self._layout.flat)


def _clear(ax):
    """Clear an axes, without the ticks that matplotlib would make and throw away again: a third of a live update."""
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_clip_path = lambda *args, **kwargs: None
    try:
        ax.clear()
    finally:
        for axis in (ax.xaxis, ax.yaxis):
            del axis.set_clip_path
    ax.set(aspect="auto", anchor="C")


def _all_axis(figure):
    return [axis for ax in figure.axes for axis in (ax.xaxis, ax.yaxis)]


def _can_be_split(figure):
    """Tell whether background first, the rest later gives the same pixels as drawing in one go."""
    plain = all(type(ax) is Axes and not ax.child_axes and ax.get_rasterization_zorder() is None for ax in figure.axes)
    boxes = [ax.get_position() for ax in figure.axes]
    return plain and not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])


def _changing_artists(figure):
    """List what is drawn over the background, in drawing order."""
    artists = []
    for ax in figure.axes:
        fixed = {ax.patch, ax.xaxis, ax.yaxis}
        hidden = set() if ax.axison and ax.get_frame_on() else set(ax.spines.values())
        own = [child for child in ax.get_children() if child not in fixed and child not in hidden]
        artists += sorted(own, key=lambda artist: artist.get_zorder())
    on_figure = [child for child in figure.get_children() if child is not figure.patch and child not in figure.axes]
    return artists + sorted(on_figure, key=lambda artist: artist.get_zorder())


def _describe_background(ax):
    """Sum up everything that the pixels of an axes' background depend on."""
    looks = (
        ax.get_position().bounds,
        ax.axison,
        ax.get_frame_on(),
        ax.get_visible(),
        ax.get_facecolor(),
        ax.patch.get_alpha(),
    )
    return (looks, _describe_axis(ax.xaxis), _describe_axis(ax.yaxis))


def _describe_axis(axis):
    if not axis.get_visible() or not axis.axes.axison:
        return (False, axis.axes.get_xlim(), axis.axes.get_ylim())
    ticks = []
    for places, formatter in (
        (axis.get_majorticklocs(), axis.get_major_formatter()),
        (axis.get_minorticklocs(), axis.get_minor_formatter()),
    ):
        ticks.append((tuple(places), tuple(formatter.format_ticks(places)), formatter.get_offset()))
    # matplotlib makes single ticks only on demand: those that exist now were touched by the drawing function.
    touched = [
        (tick.get_visible(), tick.label1.get_visible(), tick.label1.get_rotation(), tick.label1.get_fontsize())
        + (tick.label1.get_color(), tick.label1.get_ha(), tick.label1.get_fontweight(), tick.label1.get_text())
        for tick in [*vars(axis).get("majorTicks", []), *vars(axis).get("minorTicks", [])]
    ]
    label = axis.label
    return (
        True,
        tuple(axis.get_view_interval()),
        axis.get_scale(),
        tuple(ticks),
        repr(axis.get_tick_params("major")),
        repr(axis.get_tick_params("minor")),
        (label.get_text(), label.get_fontsize(), label.get_color(), label.get_visible(), axis.get_label_position()),
        tuple(touched),
    )
