"""@explore: the contract between an author's function and its parameters, and the still."""

import numpy as np
import pytest
from IPython.utils.capture import capture_output

from dlbook_utils import angle_of, explore, steps
from dlbook_utils.explore import Explorable


def line(ax, slope=2, dashed=False):
    """A line through the origin."""
    ax.plot([0, 1], [0, slope], "--" if dashed else "-")
    ax.set(xlim=(0, 1), ylim=(-4, 4), title=f"slope {slope}")
    return f"The line rises by {slope:.1f}."


PARAMETERS = {"slope": steps(-3, 3, 1), "dashed": [False, True]}


@pytest.fixture
def explorable():
    return Explorable(line, PARAMETERS)


def test_states_come_with_the_last_parameter_fastest(explorable):
    states = list(explorable.states())
    assert len(states) == 14
    assert states[:2] == [{"slope": -3, "dashed": False}, {"slope": -3, "dashed": True}]


def test_first_state_is_the_functions_default(explorable):
    assert explorable.default == {"slope": 2, "dashed": False}
    assert Explorable(lambda ax, a: "It is.", {"a": [5, 6]}).default == {"a": 5}


def test_title_is_the_docstring(explorable):
    assert explorable.title == "A line through the origin"


def test_decorating_draws():
    def broken(ax, a):
        raise ZeroDivisionError("while drawing")

    with pytest.raises(ZeroDivisionError):
        explore(a=[1])(broken)


def test_still_shows_one_state_with_its_sentence(explorable):
    with capture_output() as captured:
        explorable(slope=-1)
    text = captured.stdout + "".join(str(o) for o in captured.outputs)
    assert "A line through the origin (slope −1, dashed no). The line rises by -1.0." in text


def test_still_takes_any_value_of_the_right_kind(explorable):
    assert explorable.draw(slope=2.5) == "The line rises by 2.5."


def test_still_refuses_an_unknown_parameter(explorable):
    with pytest.raises(TypeError, match="no parameter 'angle'; it has slope, dashed"):
        explorable(angle=3)


def no_axes(angle):
    return "It is."


@pytest.mark.parametrize(
    ("function", "parameters", "options", "error", "message"),
    [
        (line, {"slope": [2], "dashed": [False], "angle": [1]}, {}, TypeError, "takes no argument 'angle'"),
        (line, {"slope": [2]}, {}, TypeError, "argument 'dashed' that @explore says nothing about"),
        (line, {}, {}, ValueError, "no parameter to move"),
        (line, {"slope": steps(0, 240, 1), "dashed": [False]}, {}, ValueError, "241 slope × 1 dashed = 241 states"),
        (line, {"slope": [], "dashed": [False]}, {}, ValueError, "slope: a parameter needs at least one value"),
        (line, {"slope": [1, 3], "dashed": [False]}, {}, ValueError, "slope=2, which is not among its values"),
        (line, {"slope": [2], "dashed": [0, 1]}, {}, ValueError, "dashed=False, which is not among its values"),
        (no_axes, {"angle": [1]}, {}, TypeError, "must take ax or fig as its first argument"),
        (line, PARAMETERS, {"pointer": ("slope", "y")}, ValueError, "pointer names 'y'"),
        (line, PARAMETERS, {"pointer": ("slope", "dashed")}, ValueError, "pointer can only set numbers"),
        (line, PARAMETERS, {"pointer": "slope"}, TypeError, "pointer must be a pair"),
    ],
)
def test_misfits_are_errors(function, parameters, options, error, message):
    with pytest.raises(error, match=message):
        Explorable(function, parameters, **options)


@pytest.mark.parametrize("returned", [None, "", "  ", 3])
def test_a_state_needs_its_sentence(returned):
    with pytest.raises(TypeError, match="must return one sentence"):
        Explorable(lambda ax, a: returned, {"a": [1]}).draw()


def test_a_failed_state_does_not_spoil_the_next(explorable):
    with pytest.raises(ValueError, match="format code"):
        explorable.draw(slope="steep")
    before = explorable.draw(), explorable.picture.png()
    assert before == (Explorable(line, PARAMETERS).draw(), explorable.picture.png())


def test_drawing_depends_on_the_state_alone(explorable):
    explorable.draw(slope=1)
    first = explorable.picture.png()
    for slope in (3, -3, 0):
        explorable.draw(slope=slope, dashed=True)
    explorable.draw(slope=1)
    assert explorable.picture.png() == first


def test_numpy_values_are_taken():
    assert Explorable(lambda ax, a: "It is.", {"a": np.array([1, 2])}).default == {"a": 1}


def test_pointer_that_turns(explorable):
    turned = Explorable(lambda ax, a: "It is.", {"a": steps(0, 90, 30)}, pointer=angle_of("a"))
    assert turned.pointer.angle == "a"


def test_later_cells_do_not_change_what_an_explorable_draws():
    notebook = {"Explorable": Explorable}
    exec(
        """
scale = 2
def double(x, times=1):
    return scale * x * times
def bars(ax, k):
    ax.bar([0, 1], [double(k), [scale + i for i in range(1)][0]])
    return f"Up to {double(k)} and {(lambda: scale)()}."
shown = Explorable(bars, {"k": [1, 2, 3]})
scale = "another meaning"
def double(x):
    raise NameError("of a later cell")
""",
        notebook,
    )
    assert notebook["shown"].draw(k=3) == "Up to 6 and 2."


def test_functions_that_call_each_other_are_kept():
    notebook = {"Explorable": Explorable}
    exec(
        """
def even(n):
    return n == 0 or odd(n - 1)
def odd(n):
    return n != 0 and even(n - 1)
def tell(ax, k):
    return f"{k} is {'even' if even(k) else 'odd'}."
shown = Explorable(tell, {"k": [1, 2, 3]})
del even, odd
""",
        notebook,
    )
    assert [notebook["shown"].draw(k=k) for k in (1, 2)] == ["1 is odd.", "2 is even."]
