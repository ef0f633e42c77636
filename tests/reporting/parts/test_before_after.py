"""Takes small programs with declared changes, gives proof of where each is drawn and said, and of what is compared before and after."""

from __future__ import annotations

import re
from contextlib import contextmanager
from datetime import date
from itertools import pairwise

import pandas as pd
import pytest
from statsmodels.stats.proportion import confint_proportions_2indep

import iop_outcomes as iop
from iop_outcomes.intake.dated_changes import DatedChange
from iop_outcomes.keys import ALL
from iop_outcomes.reporting.blocks import Bullets, Figure, Note, TableBlock, Text
from iop_outcomes.reporting.parts import over_time
from iop_outcomes.reporting.parts.before_after import turns
from iop_outcomes.reporting.parts.chart_periods import completion_by_period
from iop_outcomes.reporting.parts.over_time import OVER_TIME
from iop_outcomes.reporting.parts.page_one import PAGE_ONE
from iop_outcomes.show.control_chart import trend_chart
from iop_outcomes.stats.periods import calendar, read_period
from tests.pages import page_of

MONTHS = [str(month) for month in calendar(["2022-01", "2023-06"])]
OPENED = {"date": "2022-10-01", "words": "Evening track opened"}


def frame(by_month, **more):
    """Episodes discharged in each month on the 25th after a stay of a day, completed and dropped out."""
    rows = [
        {"admit_date": f"{month}-24", "discharge_date": f"{month}-25", "discharge_reason": reason}
        for month, counts in by_month.items()
        for reason, n in zip(("completed", "dropped_out"), counts, strict=True)
        for _ in range(n)
    ]
    return pd.DataFrame(rows).assign(track="mh", episode_id=lambda found: [f"e{i}" for i in range(len(found))], **more)


@contextmanager
def page(episodes, *changes, policy="none", data_class="synthetic"):
    """The page of this part and the first, with these changes declared."""
    mapping = {"data": {"class": data_class, "cutoff": "2023-06-30"}, "changes": list(changes)}
    with iop.load({"episodes": episodes}, mapping=mapping) as data:
        yield page_of(data, OVER_TIME, PAGE_ONE, policy=policy)


def blocks(episodes, *changes, **options):
    """The blocks of the section, and those of the section in full behind it."""
    with page(episodes, *changes, **options) as made:
        (section,) = OVER_TIME.sections(made)
        return [*section.blocks, *(block for part in OVER_TIME.appendix(made) for block in part.blocks)]


def of_kind(found, kind):
    """Those of a kind."""
    return [block for block in found if isinstance(block, kind)]


STEPPED = {month: (34 + i % 4, 26 - i % 4) if month < "2022-10" else (45 + i % 4, 15 - i % 4) for i, month in enumerate(MONTHS)}


def test_a_change_is_in_the_sentence_the_alt_text_the_table_and_the_chart():
    """One change: everywhere the same words, on the first page too, and a dashed line where its month begins."""
    with page(frame(STEPPED), OPENED) as made:
        (section,), (in_full,), (first,) = OVER_TIME.sections(made), OVER_TIME.appendix(made), PAGE_ONE.sections(made)
        ax = trend_chart(over_time.trend_of_page(made))
    (figure,), (table,) = of_kind(section.blocks, Figure), of_kind(in_full.blocks, TableBlock)
    said = "Declared change: Evening track opened (October 2022)."
    assert said in figure.headline and said in figure.alt and "declared changes" in figure.subtitle
    assert re.search(r"October 2022 \d+% \([^()]*part of a run above the average; change: Evening track opened\)", figure.alt)
    assert [row[0] for row in table.table.rows if "change: Evening track opened" in row[-1]] == ["October 2022"]
    (strip,) = of_kind(first.blocks, Figure)
    assert strip.headline == f"Over time: {figure.headline}"
    upright = [line for line in ax.lines if len(set(line.get_xdata())) == 1 and line.get_linestyle() == "--"]
    assert [line.get_xdata()[0] for line in upright] == [8.5]  # between the ninth and the tenth month
    assert [text.get_text().replace("\xa0", " ") for text in ax.texts][-1] == "Evening track opened (Oct 2022)"


def compared(before, after, it="it"):
    """How two times are compared in words, from their months alone: shares and Newcombe's interval."""
    (k_0, n_0), (k_1, n_1) = ((sum(done for done, _ in counts), sum(map(sum, counts))) for counts in (before, after))
    low, high = confint_proportions_2indep(k_1, n_1, k_0, n_0, method="newcomb", compare="diff")
    difference, low, high = (round(100 * each) for each in (k_1 / n_1 - k_0 / n_0, low, high))
    return (
        f"{k_0 / n_0:.0%} of {n_0}",
        f"{k_1 / n_1:.0%} of {n_1}",
        f"higher after {it} (difference {difference} percentage points, range {low} to {high})",
    )


def between(first, last):
    """What each month from the first to the last holds."""
    return [counts for month, counts in STEPPED.items() if first <= month <= last]


def test_before_and_after_are_compared_by_the_one_rule():
    """Newcombe's interval of the months on either side, the first left out as too early; the words say that it does not tell why."""
    found = blocks(frame(STEPPED), OPENED)
    before, after, word = compared(between("2022-02", "2022-09"), between("2022-10", "2023-06"))
    expected = f"completed {before} before (from February 2022 to September 2022), {after} after (from October 2022 to June 2023): {word}."
    assert of_kind(found, Bullets)[0].sentences == (f"Evening track opened (October 2022): {expected}",)
    assert any("cannot tell what a change did" in note.words for note in of_kind(found, Note))


def test_several_changes_are_one_family():
    """Three comparisons: each interval is Newcombe's at the level at which all three hold together, whatever lies between them."""
    changes = [{"date": f"{month}-01", "words": f"Step {month}"} for month in ("2022-06", "2022-10", "2023-03")]
    with page(frame(STEPPED), *changes) as made:
        released = made[over_time._changes_ask(made.program)]
    cuts = ["2022-02", "2022-06", "2022-10", "2023-03", "2023-07"]
    sides = [[counts for month, counts in STEPPED.items() if first <= month < end] for first, end in pairwise(cuts)]
    compared = [each for each in released.estimates if each.contrast]
    assert len(compared) == 3
    for estimate, place in zip(compared, (2, 1, 0), strict=True):
        (k, n), (k_before, n_before) = ((sum(done for done, _ in side), 60 * len(side)) for side in (sides[place + 1], sides[place]))
        limits = confint_proportions_2indep(k, n, k_before, n_before, method="newcomb", compare="diff", alpha=1 - 0.95 ** (1 / 3))
        assert (estimate.low, estimate.high) == pytest.approx(limits, abs=1e-9)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            [{"date": "2019-05-05", "words": "Opened"}],
            "Opened (May 2019): not compared, because no month before it can be judged.",
        ),
        ([{"date": "2023-06-02", "words": "Moved"}], "Moved (June 2023): not compared, because no month after it can be judged."),
        ([{"date": "2030-01-01", "words": "Planned"}], "Planned (January 2030): not compared, because no month after it can be judged."),
    ],
)
def test_changes_at_the_edges(changes, expected):
    """Before the first and after the last month, within one month, and with no whole month between them."""
    found = blocks(frame(STEPPED), *changes)
    assert of_kind(found, Bullets)[0].sentences == (expected,)
    outside = changes[0]["date"][:4] in ("2019", "2030")
    assert ("month shown)" in of_kind(found, Figure)[0].headline) == outside
    assert any("change: " in row[-1] for row in of_kind(found, TableBlock)[0].table.rows) != outside


@pytest.mark.parametrize(("second", "first_after"), [("2022-10-20", "2022-11"), ("2022-11-20", "2022-12")])
def test_changes_with_no_whole_month_between_them_stand_together(second, first_after):
    """Two in one month, and two in months that follow one another: what is before both and after both."""
    found = blocks(frame(STEPPED), {"date": "2022-10-03", "words": "A"}, {"date": second, "words": "B"})
    before, after, word = compared(between("2022-02", "2022-09"), between(first_after, "2023-06"), "them")
    names, since = f"A (October 2022) and B ({read_period(second[:7]).words})", read_period(first_after).words
    expected = f"completed {before} before (from February 2022 to September 2022), {after} after (from {since} to June 2023): {word}."
    assert of_kind(found, Bullets)[0].sentences == (f"{names}: {expected}",)


def test_too_few_and_withheld_sides_are_said():
    """Ten episodes before: too few where all is shown, and not shown where counts are withheld; no range and no word but that."""
    few = {"2022-01": (20, 20), "2022-02": (6, 4)} | between_named("2022-04", "2023-06")
    change = {"date": "2022-03-01", "words": "Opened"}
    (shown,) = of_kind(blocks(frame(few), change), Bullets)[0].sentences
    assert "completed 6 of 10 before (in February 2022), " in shown and shown.endswith(
        " after (from March 2022 to June 2023): too few to compare."
    )
    (hidden,) = of_kind(blocks(frame(few), change, policy="cms11", data_class="limited_data_set"), Bullets)[0].sentences
    assert "completed is not shown before (in February 2022); 70% of 900 after" in hidden and "compared" not in hidden


def between_named(first, last):
    """The same by month."""
    return {month: counts for month, counts in STEPPED.items() if first <= month <= last}


def test_by_period_where_there_are_no_dates():
    """A quarter in which a change began counts on neither side; one that is known by its day may begin a quarter."""
    episodes = frame(STEPPED).drop(columns=["admit_date"]).assign(los_days=20)
    episodes["period"] = [f"{day[:4]}-Q{(int(day[5:7]) + 2) // 3}" for day in episodes.pop("discharge_date")]
    by_period, by_day = (
        of_kind(blocks(episodes, {**when, "words": "Opened"}), Bullets)[0].sentences[0]
        for when in ({"period": "2022-Q4"}, {"date": "2022-10-01"})
    )
    assert "before (from Q1 2022 to Q3 2022)" in by_period
    assert "after (from Q1 2023 to Q2 2023)" in by_period
    assert "after (from Q4 2022 to Q2 2023)" in by_day


def test_without_any_period_they_are_not_lost_in_silence():
    """No dates and no period, or periods that are none."""
    bare = frame({"2022-01": (20, 20)}).drop(columns=["admit_date", "discharge_date"]).assign(los_days=20)
    for episodes, words in ((bare, over_time.NO_PERIOD), (bare.assign(period="spring"), over_time.NO_CALENDAR)):
        assert blocks(episodes, OPENED) == [Text(f"{words} {over_time.CHANGES_NOT_SHOWN}")]


def test_the_year_before_is_in_the_section():
    """Twenty-four months by quarters: this year's figure and last year's, by the one rule; nothing of it where there are no two years."""
    months = [str(month) for month in calendar(["2021-07", "2023-06"])]
    found = blocks(frame({month: (24, 16) if month < "2022-07" else (32, 8) for month in months}))
    low, high = confint_proportions_2indep(12 * 32, 480, 12 * 24, 480, method="newcomb", compare="diff")
    assert of_kind(found, Text) == [
        Text(
            "Completed 60% of 480 in the year before (Q3 2021 to Q2 2022), 80% of 480 in the latest year (Q3 2022 to Q2 2023): higher in the "
            f"latest year (difference 20 percentage points, range {100 * low:.0f} to {100 * high:.0f})."
        )
    ]
    assert of_kind(blocks(frame(STEPPED)), Text) == []


def test_every_period_is_on_one_side_or_none():
    """Closed form on days: a month is before what begins after its last day, after what has begun by its first, else on no side."""
    periods = calendar(["2022-01", "2022-12"])
    days = [date(2022, 3, 1), date(2022, 3, 31), date(2022, 7, 15), date(2022, 8, 31), date(2023, 5, 1)]
    changes = [DatedChange(str(day), day, day) for day in days]
    found = turns(changes, periods)
    assert [[change.words for change in turn.changes] for turn in found] == [
        ["2022-03-01", "2022-03-31"],
        ["2022-07-15", "2022-08-31"],
        ["2023-05-01"],
    ]
    spans = [(turn.before.level, turn.after.level if turn.after.periods else "") for turn in found]
    assert spans == [("2022-01 to 2022-02", "2022-04 to 2022-06"), ("2022-04 to 2022-06", "2022-09 to 2022-12"), ("2022-09 to 2022-12", "")]
    alone = turns([DatedChange("x", date(2022, 2, 1), date(2022, 2, 1))], [read_period("2022-01"), read_period("2022-02")])
    assert (alone[0].before.level, alone[0].after.level) == ("2022-01 alone", "2022-02 alone")


def test_labels_do_not_overlap_and_stay_in_the_picture():
    """Twelve long changes: no two words share a place, and every line begins at the foot of the chart."""
    changes = [
        {"date": f"2022-{month:02}-11", "words": f"Change number {month} of this program, in as many words as may be"}
        for month in range(1, 13)
    ]
    with page(frame(STEPPED), *changes) as made:
        trend = over_time.trend_of_page(made)
    ax = trend_chart(trend)
    figure = ax.figure
    figure.canvas.draw()
    boxes = [text.get_window_extent() for text in ax.texts if text.get_text().startswith("Change")]
    assert len(boxes) == 12
    assert not any(one.overlaps(other) for i, one in enumerate(boxes) for other in boxes[i + 1 :])
    assert all(box.x0 >= 0 and box.x1 <= figure.bbox.width and box.y1 <= figure.bbox.height for box in boxes)
    assert figure.legends[0].get_window_extent().y0 >= max(box.y1 for box in boxes) - 2


def test_what_is_compared_is_released_with_the_rest():
    """A level of the comparison and the months it is the sum of give no withheld month back: not one alone is hidden among them."""
    few = STEPPED | {"2022-05": (6, 2), "2023-02": (4, 3)}
    with page(frame(few), OPENED, policy="cms11", data_class="limited_data_set") as made:
        by_month = made[completion_by_period(made.program)]
        sides = made[over_time._changes_ask(made.program)]
    for side in (level for level in sides.levels if level != ALL and " to " in level):
        first, last = side.split(" to ")
        hidden = [m for m in by_month.levels if first <= m <= last and not by_month.estimate("completion_strict", m).shown]
        assert not sides.estimate("completion_strict", side).shown or len(hidden) != 1


@pytest.mark.parametrize("small", ["2022-02", "2023-02"])
def test_a_year_gives_no_month_back(small):
    """One small month in either year: where a year is shown, no month of it is the only one that is hidden."""
    months = [str(month) for month in calendar(["2021-07", "2023-06"])]
    few = dict.fromkeys(months, (24, 16)) | {small: (4, 3)}
    with page(frame(few), policy="cms11", data_class="limited_data_set") as made:
        by_month = made[completion_by_period(made.program)]
        by_year = made[over_time._year_ask(made.program)]
    hidden = [month for month in months if not by_month.estimate("completion_strict", month).shown]
    assert small in hidden
    for year, members in (("Q3 2021 to Q2 2022", months[:12]), ("Q3 2022 to Q2 2023", months[12:])):
        assert not by_year.estimate("completion_strict", year).shown or len({*hidden} & {*members}) != 1
