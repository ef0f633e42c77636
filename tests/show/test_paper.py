"""Takes charts, gives figures in the size of a journal: widths, endings, words for those who do not see them."""

import pytest

from iop_outcomes.errors import UsageError
from iop_outcomes.show import theme
from iop_outcomes.show.paper import MM_PER_INCH, SIZES, inches, on_paper


def draw():
    """A chart of one row."""
    with theme.style():
        ax = theme.new_axes(1)
        ax.plot([0, 1], [0, 0])
    return ax


@pytest.mark.parametrize("size", SIZES)
def test_a_figure_is_as_wide_as_a_column(size):
    """85 and 174 millimetres."""
    figure = on_paper(draw, size, alt_text="A <line>.", caption="Below.")
    assert figure.figure.get_size_inches()[0] * MM_PER_INCH == pytest.approx(SIZES[size], abs=0.5)
    assert inches(size) * MM_PER_INCH == pytest.approx(SIZES[size])
    assert 'alt="A &lt;line&gt;."' in figure._repr_html_() and figure.caption == "Below."


def test_the_ending_of_a_path_names_the_form():
    """In any case; another is refused with those there are."""
    figure = on_paper(draw, "single", alt_text="", caption="")
    assert figure.file("a.SVG") == figure.svg() and b"<svg" in figure.svg()
    assert figure.file("folder/a.pdf").startswith(b"%PDF")
    for path in ("a.png", "a", ".svg"):
        with pytest.raises(UsageError, match=r"is no figure that is written; give a name that ends in \.pdf or \.svg"):
            figure.file(path)


def test_a_size_that_is_none():
    """What there are."""
    with pytest.raises(UsageError, match=r'size: "triple" is no size of a figure\. .*Allowed: double, single'):
        inches("triple")


def test_the_same_chart_is_the_same_bytes():
    """As SVG."""
    one, other = (on_paper(draw, "single", alt_text="", caption="", mark="Working") for _ in range(2))
    assert one.svg() == other.svg() != on_paper(draw, "single", alt_text="", caption="").svg()
