"""Takes trends over quarters, gives their words: none, few, alike, a point apart, declared changes."""

from datetime import date

import pytest
from matplotlib.markers import TICKDOWN

from iop_outcomes.evaluate import evaluate
from iop_outcomes.intake.dated_changes import DatedChange
from iop_outcomes.measures import find
from iop_outcomes.release import release
from iop_outcomes.show.control_chart import trend_chart
from iop_outcomes.show.trend import trend_of
from iop_outcomes.show.trend_words import changes_words, trend_alt_text, trend_sentence, trend_table, trend_verdict
from tests.reporting.parts.small import people, small


def quarters(n):
    """Names of quarters from 2020 on."""
    return [f"{2020 + i // 4}-Q{i % 4 + 1}" for i in range(n)]


def trend(done, *, n=40, policy="none", **options):
    """Completion by quarter: so many done of n in each."""
    rows = [
        row
        for period, k in zip(quarters(len(done)), done, strict=True)
        for row in people(k, n - k, start=int(period[2:4]) * 1000 + int(period[-1]) * 100, period=period)
    ]
    with small(rows) as data:
        released = release(evaluate(find("completion"), data, by="period"), policy)
    given = {"immature": frozenset(), "incomplete": frozenset(), "changes": ()} | options
    return trend_of(released, "completion_strict", **given)


def _change(words, day):
    """A change of a day."""
    return DatedChange(words, day, day)


@pytest.mark.parametrize(
    ("done", "words"),
    [
        ([20], "cannot be judged yet: it takes 10 quarters that can be compared, and there is 1."),
        ([20] * 9, "cannot be judged yet: it takes 10 quarters that can be compared, and there are 9."),
        ([20] * 10, "was 50% in every quarter that can be judged."),
        ([20, 21] * 8, "stayed within its expected range."),
        ([20, 20, 23, 23] * 4 + [38], "was above its expected range in the first quarter of 2024."),
        ([20, 20, 23, 23] * 4 + [2], "was below its expected range in the first quarter of 2024."),
    ],
)
def test_the_verdict(done, words):
    """Too few, no spread, within, above, below."""
    assert trend_verdict(trend(done)).endswith(words)


def test_every_period_is_a_row():
    """With its share, its base and what is to be said of it; a quarter in which nobody left is one too."""
    found = trend([20, 20, 23, 23] * 4 + [38])
    rows = trend_table(found).rows
    assert len(rows) == 17 and rows[0][0] == "2020 Q1" and rows[0][2] == "40"
    assert rows[-1][-1] == "above the expected range"
    assert "2024 Q1 95%" in trend_alt_text(found)


def test_periods_that_are_not_judged_say_why():
    """Too early, and not yet complete."""
    whole = trend([20, 21] * 8)
    first, last = whole.points[0].period, whole.points[-1].period
    remarks = [row[-1] for row in trend_table(trend([20, 21] * 8, immature=frozenset([first]), incomplete=frozenset([last]))).rows]
    assert (remarks[0], remarks[-1]) == ("too early to judge", "not yet complete")


def test_declared_changes_are_named_with_their_period():
    """Within the chart, before it; of none nothing is said."""
    inside, before = _change("Evenings opened", date(2021, 5, 1)), _change("Moved", date(2018, 1, 1))
    found = trend([20, 21] * 8, changes=(before, inside))
    said = changes_words(found)
    assert said.startswith("Declared changes: Moved (") and "before the first quarter shown" in said
    assert "Evenings opened (the second quarter of 2021)" in said
    assert trend_sentence(found).endswith(said)
    assert changes_words(trend([20] * 4)) == ""


def test_the_chart_has_a_point_for_each_period_and_few_names():
    """Withheld ones have none; the axis is one of shares."""
    ax = trend_chart(trend([20, 21] * 8))
    drawn = [line for line in ax.lines if line.get_linestyle() == "None" and line.get_marker() != TICKDOWN]
    assert sum(len(line.get_xdata()) for line in drawn) == 16
    assert ax.get_ylim() == (0, 1) and len(ax.get_xticklabels()) <= 8
    assert trend_alt_text(trend([3] * 12, policy="cms11")).count("not shown") >= 1
