"""Takes pooled studies, gives their forest: one, several, more than have room for names, logarithms."""

import pytest

from iop_outcomes.show.forest_of_studies import MOST_NAMED, forest_alt_text, forest_of_studies
from tests.show.pools import pool


def squares(ax):
    """Where the squares stand."""
    return sorted(round(float(x), 9) for line in ax.lines if line.get_marker() == "s" for x in line.get_xdata())


def test_a_square_for_each_study_and_a_diamond():
    """At its value; the axis names every study, the pooled one and a new one."""
    pooled = pool()
    ax = forest_of_studies(pooled)
    assert squares(ax) == pytest.approx([0, 0.1, 0.2, 0.3])
    assert [label.get_text() for label in ax.get_yticklabels()] == ["Study 0", "Study 1", "Study 2", "Study 3", "Pooled", "A new study"]
    assert len(ax.patches) == 1
    assert ax.words == forest_alt_text(pooled) and "Study 3: 0.30" in ax.words


def test_one_study_has_no_new_one_beside_it():
    """No range for another."""
    names = [label.get_text() for label in forest_of_studies(pool(1)).get_yticklabels()]
    assert names == ["Study 0", "Pooled"]


def test_too_many_studies_are_counted():
    """By their value, without names; the words name the first."""
    pooled = pool(MOST_NAMED + 5)
    ax = forest_of_studies(pooled)
    assert ax.get_yticklabels()[0].get_text().startswith(f"{MOST_NAMED + 5} studies")
    assert squares(ax) == sorted(squares(ax)) and len(squares(ax)) == MOST_NAMED + 5
    assert "And 5 more" in forest_alt_text(pooled)


def test_ratios_stand_on_an_axis_of_their_own():
    """Logarithmic, with a line where nothing differs."""
    ax = forest_of_studies(pool(scale="log"))
    assert ax.get_xscale() == "log"
    assert any(list(line.get_xdata()) == [1, 1] for line in ax.lines)
