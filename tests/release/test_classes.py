"""Takes a column and classes of its levels on one page, such as quarters and years, gives proof that neither gives the other's withheld counts back."""

import pandas as pd
import pytest

import iop_outcomes as iop
from attacks.programs import drawn
from iop_outcomes.evaluate import Against, evaluate
from iop_outcomes.evaluate.answering import answer_all
from iop_outcomes.evaluate.ask import Ask
from iop_outcomes.evaluate.lookup import look_up
from iop_outcomes.release import Withheld, policy_for, release_set
from iop_outcomes.reporting.parts import Program
from iop_outcomes.reporting.parts.previous_period import two_years


@pytest.mark.parametrize("seed", [1, 4, 7])
@pytest.mark.parametrize("classes_first", [True, False])
def test_a_class_gives_no_level_back(seed, classes_first):
    """Where the number of a year is shown, that of none of its quarters alone is withheld: the year less the others would be it."""
    program = drawn(seed)
    with iop.load(program.tables, mapping=program.mapping, on_error="exclude") as data:
        years, measure = two_years(Program(data, "track", policy_for("cms11", data.data_class))), look_up(data, "completion", None)
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


@pytest.mark.parametrize("against", [Against(("paired_rate",)), Against(("paired_rate",), pairwise=True, levels=("a", "b"))])
def test_a_difference_of_rounded_shares_gives_neither_side_back(against):
    """500 of 1,200 in a may be printed rounded, 56 of 130 in b may not: nor may their difference, which with one gives the other."""
    rows = [
        {
            "episode_id": f"{track}{i}",
            "track": track,
            "discharge_reason": "died" if i >= n else "completed",
            "los_days": 20 + i % 9,
            "phq9_admit": 15,
            "phq9_discharge": 15 - i % 12 if i < pairs else None,
        }
        for track, n, pairs, died in (("a", 1200, 500, 4), ("b", 130, 56, 5))
        for i in range(n + died)
    ]
    episodes = pd.DataFrame(rows).astype({"phq9_discharge": "Int64"})
    with iop.load({"episodes": episodes}, mapping={"data": {"class": "synthetic"}}) as data:
        results, _ = answer_all([Ask("completion", by="track"), Ask("symptom_change", scale="phq9", by="track", against=against)], data)
    _, change = release_set(list(results.values()), "cms11")
    assert change.estimate("paired_rate", "a").shown and isinstance(change.estimate("paired_rate", "a").n, Withheld)
    assert not change.estimate("paired_rate", "b").shown
    differences = [each for each in change if each.estimand == "paired_rate" and each.contrast]
    assert differences and not any(each.shown for each in differences)
