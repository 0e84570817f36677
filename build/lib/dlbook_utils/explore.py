"""Explorables: one drawing function, shown with controls, as frames, as a still, and tested in each."""

import inspect
import itertools
import math
import os
import types

from dlbook_utils.inputs import as_array
from dlbook_utils.parameters import AngleOf, angle_of, choice, make_parameter, steps, time

__all__ = ["Explorable", "angle_of", "choice", "explore", "steps", "time"]

MAX_STATES = 240
STILL_DENSITY = 1.5


def explore(*, size=(6.4, 4.2), pointer=None, **parameters):
    """Turn a drawing function into an explorable and display it.

    The function takes ``ax`` or ``fig`` first, then one argument per parameter; it draws one state and returns one
    sentence that says what is seen in it. A parameter is `steps`, `time`, `choice` or a plain list of values. The state
    shown first is given by the function's own default arguments, otherwise by each parameter's first value. The
    function's docstring is the explorable's title.

    ``size`` is the picture's size in inches. ``pointer=("x0", "y0")`` lets a click or drag on the picture set two
    parameters in data coordinates (None for an axis that sets nothing); ``pointer=angle_of("angle")`` lets it turn one.

    Raises TypeError or ValueError when parameters and function do not fit each other, when there are more than 240
    states, and whatever the function raises for its first state.
    """

    def decorate(function):
        explorable = Explorable(function, parameters, size=size, pointer=pointer)
        explorable.show()
        return explorable

    return decorate


class Explorable:
    """A drawing function with the values its parameters can take. Call it for a still: ``pca_axis(angle=30)``."""

    def __init__(self, function, parameters, *, size=(6.4, 4.2), pointer=None):
        self.function = _with_names_as_now(function)
        self.name = function.__name__
        self.__doc__ = function.__doc__
        self.__wrapped__ = function
        self.title = (inspect.getdoc(function) or self.name.replace("_", " ")).splitlines()[0].rstrip(".")
        canvas, arguments = _read_signature(self.name, function, parameters)
        self._takes_axes = canvas == "ax"
        self.parameters = {name: make_parameter(name, parameters[name]) for name in arguments}
        self.default = {name: self._default_of(name, arguments[name]) for name in arguments}
        self.pointer = self._read_pointer(pointer)
        size = as_array(f"{self.name}: size", size, (2,))
        if not ((size >= 1) & (size <= 20)).all():
            raise ValueError(
                f"{self.name}: size: expected width and height from 1 to 20 inches, not {tuple(size.tolist())}"
            )
        from dlbook_utils.picture import Picture  # matplotlib's figures take a while to import

        self.picture = Picture(size, density=STILL_DENSITY)
        count = math.prod(len(parameter.values) for parameter in self.parameters.values())
        if count > MAX_STATES:
            sizes = " × ".join(f"{len(p.values)} {name}" for name, p in self.parameters.items())
            raise ValueError(f"{self.name}: {sizes} = {count} states; at most {MAX_STATES} can be drawn for the book")

    def __call__(self, **state):
        """Show one state as a still; parameters that are not given keep their first value."""
        from dlbook_utils.show import display_picture

        sentence = self.draw(**state)
        display_picture(self.picture, self.describe(state, sentence))

    def draw(self, *, whole=False, **state):
        """Draw one state on the explorable's picture and return its sentence; any value of the right kind will do."""
        unknown = [name for name in state if name not in self.parameters]
        if unknown:
            raise TypeError(f"{self.name} has no parameter {unknown[0]!r}; it has {', '.join(self.parameters)}")
        state = self.default | state
        if self.picture.figure is None and state != self.default:
            self.picture.draw(lambda figure: self._call(figure, self.default))  # the first state sets the layout
        return self.picture.draw(lambda figure: self._call(figure, state), whole=whole)

    def states(self):
        """Yield every state as a dictionary, the last parameter changing fastest."""
        for values in itertools.product(*(parameter.values for parameter in self.parameters.values())):
            yield dict(zip(self.parameters, values, strict=True))

    def describe(self, state, sentence):
        """Return a state in one line: its parameters with their units, and the sentence."""
        state = self.default | state
        values = ", ".join(f"{p.label} {p.text(state[name])}" for name, p in self.parameters.items())
        return f"{self.title} ({values}). {sentence}"

    def show(self):
        """Draw the first state and display the explorable in the form that suits where it runs."""
        sentence = self.draw()
        text = f"[{self.name}] {self.describe({}, sentence)}"
        if os.environ.get("DLBOOK_FRAMES"):
            from dlbook_utils.frames import display_frames

            display_frames(self, text)
            return
        from IPython import get_ipython

        if get_ipython() is not None:
            from dlbook_utils.live import display_live

            display_live(self, sentence, text)

    def _call(self, figure, state):
        sentence = self.function(figure.subplots() if self._takes_axes else figure, **state)
        if not isinstance(sentence, str) or not sentence.strip():
            raise TypeError(f"{self.name} must return one sentence that says what is seen, not {sentence!r}")
        return " ".join(sentence.split())

    def _default_of(self, name, default):
        values = self.parameters[name].values
        if default is inspect.Parameter.empty:
            return values[0]
        for value in values:
            if value == default and isinstance(value, bool) == isinstance(default, bool):
                return value
        raise ValueError(f"{self.name}: the first state wants {name}={default!r}, which is not among its values")

    def _read_pointer(self, pointer):
        if pointer is None:
            return None
        if isinstance(pointer, AngleOf):
            names = [pointer.angle] + ([pointer.radius] if pointer.radius else [])
        elif isinstance(pointer, tuple) and len(pointer) == 2:
            names = [name for name in pointer if name is not None]
        else:
            raise TypeError(f"{self.name}: pointer must be a pair of parameter names or angle_of(…), not {pointer!r}")
        for name in names:
            if name not in self.parameters:
                raise ValueError(f"{self.name}: pointer names {name!r}, which is not a parameter")
            if self.parameters[name].kind not in ("slider", "time"):
                raise ValueError(f"{self.name}: pointer can only set numbers, and {name} is not one")
        return pointer


def _with_names_as_now(function):
    """Return a copy of a function for which the names of its notebook mean what they mean now.

    A later cell may give ``X`` or ``draw_path`` another meaning; whoever moves a control then still sees this cell's. Holds for
    functions of the same notebook that it calls as well.
    """
    live, frozen, copies = function.__globals__, {}, {}

    def copy(original):
        if id(original) not in copies:
            names = frozen, original.__name__, original.__defaults__, original.__closure__
            copies[id(original)] = types.FunctionType(original.__code__, *names)
            copies[id(original)].__kwdefaults__ = original.__kwdefaults__
            copies[id(original)].__doc__ = original.__doc__
            for name in _names_in(original.__code__) & live.keys():
                frozen[name] = frozen_value(live[name])
        return copies[id(original)]

    def frozen_value(value):
        of_the_notebook = isinstance(value, types.FunctionType) and value.__globals__ is live
        return copy(value) if of_the_notebook and not hasattr(value, "__wrapped__") else value

    frozen["__builtins__"] = live.get("__builtins__", __builtins__)
    frozen["__name__"] = live.get("__name__")
    return copy(function)


def _names_in(code):
    """Return every global name or attribute that a code object, or one inside it, mentions."""
    inner = [_names_in(constant) for constant in code.co_consts if isinstance(constant, types.CodeType)]
    return set(code.co_names).union(*inner)


def _read_signature(name, function, parameters):
    """Return the name of the drawing argument and, for each parameter, its default."""
    arguments = dict(inspect.signature(function).parameters)
    canvas = next(iter(arguments), None)
    if canvas not in ("ax", "fig"):
        raise TypeError(f"{name} must take ax or fig as its first argument, not {canvas!r}")
    del arguments[canvas]
    if not parameters:
        raise ValueError(f"{name} has no parameter to move; use show for a figure that stands still")
    for wanted in parameters:
        if wanted not in arguments:
            raise TypeError(f"{name} takes no argument {wanted!r}; it takes {', '.join(arguments) or 'none'}")
    missing = [argument for argument in arguments if argument not in parameters]
    if missing:
        raise TypeError(f"{name} has an argument {missing[0]!r} that @explore says nothing about")
    return canvas, {argument: given.default for argument, given in arguments.items()}
