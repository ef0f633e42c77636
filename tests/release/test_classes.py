"""Takes a column and classes of its levels on one page, such as quarters and years, gives proof that neither gives the other's withheld counts back."""

import pytest

import iop_outcomes as iop
from attacks.programs import drawn
from iop_outcomes.evaluate import evaluate
from iop_outcomes.evaluate.lookup import look_up
from iop_outcomes.release import Withheld, release_set
from iop_outcomes.reporting.parts.previous_period import two_years


@pytest.mark.parametrize("seed", [1, 4, 7])
@pytest.mark.parametrize("classes_first", [True, False])
def test_a_class_gives_no_level_back(seed, classes_first):
    """Where the number of a year is shown, that of none of its quarters alone is withheld: the year less the others would be it."""
    program = drawn(seed)
    with iop.load(program.tables, mapping=program.mapping, on_error="exclude") as data:
        years, measure = two_years(data), look_up(data, "completion", None)
        results = [evaluate(measure, data, by=years.column), evaluate(measure, data, by=years.column, classes=years.classes)]
    fine, classed = release_set(results[::-1], "cms11")[::-1] if classes_first else release_set(results, "cms11")
    withheld = 0
    for name in {year for _, year in years.classes.class_of}:
        quarters = [quarter for quarter, year in years.classes.class_of if year == name and quarter in fine.levels]
        for count in ("n", "k"):
            hidden = [isinstance(getattr(fine.estimate("completion_strict", quarter), count), Withheld) for quarter in quarters]
            withheld += sum(hidden)
            if not isinstance(getattr(classed.estimate("completion_strict", name), count), Withheld):
                assert sum(hidden) != 1, (name, count)
    assert withheld  # else nothing was at stake
