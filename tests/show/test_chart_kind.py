"""Takes charts, gives proof that each keeps, on axes of its own, what it was drawn from."""

from types import SimpleNamespace

from iop_outcomes.show import theme
from iop_outcomes.show.chart_kind import with_numbers

RELEASED = SimpleNamespace(definition=SimpleNamespace(shown=("a", "b", "c")), has=lambda name: name != "b")


@with_numbers
def chart(shown, estimand="", *, ax=None):
    """A chart of nothing."""
    return ax or theme.new_axes(1)


def test_the_numbers_it_was_called_with_or_those_that_its_measure_shows():
    """One name, several, none; of what is shown only what there is."""
    assert chart(RELEASED, "x").estimands == ("x",)
    assert chart(RELEASED, ["x", "y"]).estimands == ("x", "y")
    assert chart(RELEASED).estimands == ("a", "c")


def test_a_trend_keeps_the_results_that_it_is_of():
    """And its own number."""
    drawn = chart(SimpleNamespace(released=RELEASED, estimand="a"))
    assert (drawn.released, drawn.estimands) == (RELEASED, ("a",))


def test_axes_of_somebody_else_are_left_alone():
    """They hold other things too."""
    ax = theme.new_figure(2, 2).add_subplot()
    assert chart(RELEASED, ax=ax) is ax
    assert not hasattr(ax, "released")
    assert chart.__name__ == "chart"
