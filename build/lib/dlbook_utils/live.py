"""Explorables in a notebook with a kernel: ipywidgets controls over a picture that redraws in place."""

import base64
from pathlib import Path

import anywidget
import ipywidgets as widgets
import traitlets
from IPython.display import display

from dlbook_utils.frames import describe_pointer
from dlbook_utils.picture import Picture

__all__ = ["LiveExplorable", "display_live"]

STATIC = Path(__file__).parent / "static"
MAX_DENSITY = 2.0


class LivePicture(anywidget.AnyWidget):
    """A picture in the page that takes a pointer; its pixels come from the kernel."""

    _esm = "\n".join((STATIC / name).read_text(encoding="utf-8") for name in ("pointer.js", "live.js"))
    _css = (STATIC / "live.css").read_text(encoding="utf-8")
    png = traitlets.Bytes().tag(sync=True)
    sentence = traitlets.Unicode().tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)
    width = traitlets.Int().tag(sync=True)
    height = traitlets.Int().tag(sync=True)
    pointer = traitlets.Dict(allow_none=True).tag(sync=True)
    wanted = traitlets.Dict().tag(sync=True)  # what the pointer asks for: parameter name -> position among its values
    density = traitlets.Float(1.0).tag(sync=True)


class LiveExplorable:
    """The controls and the picture of one explorable in one output.

    ``controls`` maps a parameter's name to its ipywidget, ``picture`` is the widget that holds the pixels, ``box`` is
    everything. Setting a control draws at once; an error while drawing is raised to whoever set it.
    """

    def __init__(self, explorable, sentence=None):
        self.explorable = explorable
        self._canvas = Picture(explorable.picture.size)
        width, height = (round(side * 100) for side in explorable.picture.size)
        sentence = sentence or explorable.draw()
        self.picture = LivePicture(
            png=explorable.picture.png(),
            sentence=sentence,
            title=explorable.title,
            width=width,
            height=height,
            pointer=describe_pointer(explorable),
        )
        self.controls, parts = {}, []
        for name, parameter in explorable.parameters.items():
            control, shown = make_control(parameter, explorable.default[name])
            self.controls[name] = control
            parts.append(shown)
            control.observe(self._redraw, "value")
        self.picture.observe(self._follow_pointer, "wanted")
        self.box = widgets.VBox([*parts, self.picture])
        self._holding = False

    @property
    def state(self):
        """The values that the controls show now."""
        return {name: control.value for name, control in self.controls.items()}

    def _redraw(self, change=None):
        if self._holding:
            return
        canvas, explorable = self._canvas, self.explorable
        density = min(max(self.picture.density, 1.0), MAX_DENSITY)
        if canvas.density != density:
            canvas.density = density
        if canvas.figure is None:
            canvas.draw(lambda figure: explorable._call(figure, explorable.default))
        state = self.state
        sentence = canvas.draw(lambda figure: explorable._call(figure, state))
        with self.picture.hold_sync():
            self.picture.png = canvas.png()
            self.picture.sentence = sentence

    def _follow_pointer(self, change):
        before = self.state
        self._holding = True  # two parameters at once are one drawing
        try:
            for name, position in change["new"].items():
                if name in self.controls:
                    self.controls[name].value = self.explorable.parameters[name].values[int(position)]
        finally:
            self._holding = False
        if self.state != before:
            self._redraw()


def make_control(parameter, start):
    """Return the ipywidget that holds a parameter's value, and the one to lay out (they differ when it can play)."""
    options = list(zip(parameter.texts, parameter.values, strict=True))
    style = {"description_width": "initial"}
    wide = widgets.Layout(width="min(100%, 460px)")
    common = {"options": options, "value": start, "description": parameter.label, "style": style}
    if parameter.kind == "buttons":
        control = widgets.ToggleButtons(**common)
        control.style.button_width = "auto"
        return control, control
    if parameter.kind == "menu":
        control = widgets.Dropdown(**common, layout=widgets.Layout(width="max-content"))
        return control, control
    slider = widgets.SelectionSlider(**common, continuous_update=True, layout=wide)
    if parameter.kind != "time":
        return slider, slider
    play = widgets.Play(min=0, max=len(options) - 1, value=slider.index, interval=parameter.interval)
    widgets.jslink((play, "value"), (slider, "index"))
    return slider, widgets.HBox([slider, play])


def display_live(explorable, sentence, text):
    """Display an explorable with controls; its stored form is ``text`` and, for a while, a picture."""
    live = LiveExplorable(explorable, sentence)
    explorable.live = live
    width = live.picture.width
    bundle = {
        "text/plain": text,
        "image/png": base64.b64encode(live.picture.png).decode(),
        "application/vnd.jupyter.widget-view+json": {
            "version_major": 2,
            "version_minor": 0,
            "model_id": live.box.model_id,
        },
    }
    display(bundle, metadata={"image/png": {"width": width}}, raw=True)
