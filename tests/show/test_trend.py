"""Takes small programs with dates, gives completion over time: which periods there are, which are judged, and what is said of them."""

from __future__ import annotations

import math
import re
from contextlib import contextmanager
from datetime import date, timedelta

import pandas as pd
import pytest
from matplotlib.markers import TICKDOWN

import iop_outcomes as iop
from iop_outcomes.columns import Column
from iop_outcomes.evaluate import evaluate
from iop_outcomes.measures import find
from iop_outcomes.release import release
from iop_outcomes.reporting.blocks import Figure, Note, TableBlock, Text
from iop_outcomes.reporting.parts import over_time
from iop_outcomes.reporting.parts.over_time import OVER_TIME, over_time_blocks, trend_of_page
from iop_outcomes.show.control_chart import trend_chart
from iop_outcomes.show.trend import trend_of
from iop_outcomes.show.trend_words import trend_alt_text, trend_sentence, trend_table
from iop_outcomes.stats.periods import read_period
from tests.pages import page_of

STAY = 20
EVEN = (30, 20)  # completed and dropped out in a usual month


def months(first, n):
    """Names of n months from the first."""
    found = [read_period(first)]
    while len(found) < n:
        found.append(found[-1].next)
    return [str(period) for period in found]


def frame(by_month, *, stay=STAY, day=25):
    """Episodes discharged on one day of each month, completed and dropped out; all stays alike."""
    rows = []
    for month, (completed, dropped) in by_month.items():
        discharge = date.fromisoformat(f"{month}-{day}")
        for reason, count in (("completed", completed), ("dropped_out", dropped)):
            rows += [
                {"admit_date": str(discharge - timedelta(days=stay)), "discharge_date": str(discharge), "discharge_reason": reason}
            ] * count
    return pd.DataFrame(rows).assign(track="mh").assign(episode_id=lambda found: [f"e{i}" for i in range(len(found))])


@contextmanager
def program(episodes, cutoff="", data_class="limited_data_set"):
    """A program of these episodes."""
    with iop.load({"episodes": episodes}, mapping={"data": {"class": data_class} | ({"cutoff": cutoff} if cutoff else {})}) as data:
        yield data


def trend(episodes, policy="cms11", **options):
    """Completion over time of these episodes."""
    with program(episodes, **options) as data:
        return trend_of_page(page_of(data, OVER_TIME, policy=policy))


def told(episodes, policy="cms11", **options):
    """The blocks of the section, and those in full behind it, by their kind."""
    with program(episodes, **options) as data:
        page = page_of(data, OVER_TIME, policy=policy)
        blocks = [block for part in (*OVER_TIME.sections(page), *OVER_TIME.appendix(page)) for block in part.blocks]
    return {type(block): block for block in blocks}


def marks(found):
    """Marks of each period that has any."""
    return {str(point.period): point.caveats for point in found.points if point.caveats}


USUAL = dict.fromkeys(months("2022-01", 30), EVEN)


# -- columns -------------------------------------------------------------------------------------------------------


def test_dates_leave_as_months_and_quarters():
    """Dates are months and quarters in the count table; an episode still in care has no discharge period."""
    episodes = pd.DataFrame(
        {
            "episode_id": ["a", "b", "c"],
            "track": "mh",
            "admit_date": ["2023-12-31", "2024-01-01", "2024-09-30"],
            "discharge_date": ["2024-03-31", "2024-04-01", None],
            "discharge_reason": ["completed", "dropped_out", "active"],
        }
    )
    with program(episodes) as data:
        for name, levels in {
            "discharge_month": ("2024-03", "2024-04", None),
            "discharge_quarter": ("2024-Q1", "2024-Q2", None),
            "admit_month": ("2023-12", "2024-01", "2024-09"),
        }.items():
            assert data.count([Column(name)]).levels(name) == levels
            assert name in data.groups
        found = evaluate(find("completion"), data, by="discharge_month")
        assert found.levels == ("All", "2024-03", "2024-04", "(missing)")
        assert not {"admit_date", "discharge_date"} & set(data.groups)


def test_without_dates_there_are_no_such_columns():
    """Days alone tell no month."""
    episodes = pd.DataFrame({"episode_id": ["a"], "track": "mh", "los_days": 3, "discharge_reason": "completed"})
    with program(episodes, data_class="safe_harbor") as data:
        assert not {"discharge_month", "discharge_quarter", "admit_month", "period"} & {*data.groups, *data.facts.columns}


def test_a_covariate_may_be_called_like_a_period():
    """A site's own column of that name stays as it is, and the quarters are still known."""
    episodes = frame({"2024-01": (2, 1)}).assign(discharge_quarter="spring")
    mapping = {"data": {"class": "synthetic"}, "covariates": {"discharge_quarter": "category"}}
    with iop.load({"episodes": episodes}, mapping=mapping) as data:
        assert data.count([Column("discharge_quarter")]).levels("discharge_quarter") == ("spring",)
        assert data.count([Column("period")]).levels("period") == ("2024-Q1",)


# -- which periods -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 3, 11, 12, 13, 24])
def test_months_where_nearly_all_of_them_are_shown(n):
    """However few they are: quarters would be fewer."""
    found = trend(frame(dict.fromkeys(months("2022-01", n), EVEN)))
    assert found.noun == "month" and len(found.points) == n
    assert sum(point.k for point in found.points) == 30 * n
    assert sum(point.n for point in found.points) == 50 * n


def withheld(found):
    """The periods that are not shown: small ones, and others that would give them back."""
    return [period for period, why in marks(found).items() if "withheld" in why]


SMALL = {month: (5, 5) for month in months("2022-05", 4)}


def test_months_with_gaps_where_quarters_are_too_few_for_limits():
    """Of 30 months 4 are small: the 10 quarters take no limits, so months stay; of 39 months with 8 small ones quarters come."""
    found = trend(frame(USUAL | dict(list(SMALL.items())[:3])))
    assert found.noun == "month" and {*SMALL} - {*withheld(found)} == {"2022-08"}
    found = trend(frame(USUAL | SMALL))
    assert found.noun == "month" and {*SMALL} <= {*withheld(found)}
    long = dict.fromkeys(months("2022-01", 42), EVEN) | {month: (5, 5) for month in months("2022-05", 42)[::5][:8]}
    assert trend(frame(long)).noun == "quarter"
    assert trend(frame(USUAL | SMALL), "none", data_class="synthetic").noun == "month"


def test_quarters_that_cannot_be_judged_do_not_count():
    """Of thirteen quarters one is too early: twelve take limits; where the data end within the last, eleven do not, and months come, with gaps."""
    long = dict.fromkeys(months("2022-01", 37), EVEN) | {month: (5, 5) for month in months("2022-05", 37)[::5][:6]}
    assert trend(frame(long), cutoff="2025-03-31").noun == "quarter"
    assert trend(frame(long), cutoff="2025-01-31").noun == "month"


def test_quarters_where_months_are_too_few_or_too_small():
    """Small months by themselves: quarters, whatever the policy lets be seen, because so few discharges say nothing."""
    small = dict.fromkeys(months("2022-01", 24), (6, 4))
    for policy, data_class in (("cms11", "limited_data_set"), ("none", "synthetic")):
        assert trend(frame(small), policy, data_class=data_class).noun == "quarter"
    assert trend(frame(dict.fromkeys(small, (7, 4))), "none", data_class="synthetic").noun == "month"  # of at least 11
    assert trend(frame(dict.fromkeys(small, (20, 4)))).noun == "quarter"  # as many as may be seen completed, but not the others


def test_the_files_own_period_where_there_are_no_dates():
    """A period such as 2024-Q1 beside stays in days; the admissions are not known, and the note says so."""
    episodes = frame(dict.fromkeys(months("2022-01", 6), EVEN))
    episodes["period"] = [f"{day[:4]}-Q{(int(day[5:7]) + 2) // 3}" for day in episodes["discharge_date"]]
    episodes = episodes.drop(columns=["admit_date", "discharge_date"]).assign(los_days=STAY)
    found = trend(episodes, data_class="safe_harbor")
    assert [(str(point.period), point.k, point.n) for point in found.points] == [("2022-Q1", 90, 150), ("2022-Q2", 90, 150)]
    assert "Admission dates are not known" in told(episodes, data_class="safe_harbor")[Note].words


def test_no_period_at_all_is_one_text():
    """Without dates and period, or with periods that are no periods, or too small ones, one text says why."""
    usual = frame({"2024-01": EVEN}).assign(los_days=STAY)
    bare = usual.drop(columns=["admit_date", "discharge_date"])
    for episodes, words in (
        (bare, over_time.NO_PERIOD),
        (bare.assign(period=None), over_time.NO_PERIOD),
        (bare.assign(period="spring"), over_time.NO_CALENDAR),
        (frame({"2024-01": (3, 2), "2024-04": (4, 1)}), over_time.NOTHING_SHOWN),
    ):
        blocks = told(episodes)
        assert list(blocks) == [Text] and blocks[Text].words == words


def test_everyone_still_in_care():
    """Nobody discharged: no period, no error."""
    episodes = frame({"2024-01": EVEN}).assign(discharge_date=None, discharge_reason="active")
    assert told(episodes)[Text].words == over_time.NOBODY_YET


# -- which of them are judged --------------------------------------------------------------------------------------


def test_immature_periods():
    """A period that begins before the first day of the first month of admission and the 95th percentile stay is immature."""
    for stay, expected in ((20, ["2022-01"]), (24, ["2022-01"])):  # admitted in January from the 1st: 21 and 25 January
        assert list(marks(trend(frame(USUAL, stay=stay)))) == expected
    found = trend(frame(USUAL, stay=60))  # admitted from 26 November: 1 November and 60 days are 31 December
    assert marks(found) == {}
    found = trend(frame(USUAL, stay=61))  # 1 January itself
    assert marks(found) == {}
    long_stays = frame(USUAL).iloc[: 30 * 50 // 10].assign(admit_date="2022-01-03", discharge_date="2022-05-25")  # a tenth stays 142 days
    found = trend(pd.concat([frame(USUAL), long_stays.assign(episode_id=[f"l{i}" for i in range(len(long_stays))])]))
    assert list(marks(found)) == months("2022-01", 5)  # 1 January and 142 days are 23 May
    assert set(marks(found).values()) == {("immature",)}


def test_the_percentile_is_that_of_discharged_stays():
    """Episodes that never started do not count: with their stays of 0 days the percentile would stay put, without them it moves."""
    found = frame(USUAL)
    long_stays = found.iloc[:100].assign(admit_date="2022-01-03", discharge_date="2022-05-25", episode_id=[f"l{i}" for i in range(100)])
    idle = found.iloc[:800].assign(discharge_reason="not_started", episode_id=[f"n{i}" for i in range(800)])
    idle["discharge_date"] = idle["admit_date"]
    assert len(marks(trend(pd.concat([found, long_stays])))) == 5
    assert len(marks(trend(pd.concat([found, long_stays, idle])))) == 5


@pytest.mark.parametrize(("cutoff", "expected"), [("2024-06-30", []), ("2024-06-29", ["2024-06"]), ("", [])])
def test_a_period_that_the_data_end_in_is_incomplete(cutoff, expected):
    """The last month is complete when the data reach its last day; without a cut-off the note says that it may not be."""
    episodes = frame(USUAL)
    found = trend(episodes, cutoff=cutoff)
    assert [period for period, why in marks(found).items() if "incomplete" in why] == expected
    note = told(episodes, cutoff=cutoff)[Note].words
    assert ("no cut-off" in note) == (cutoff == "")
    assert ("Not yet complete" in note) == bool(expected)


def test_what_is_not_judged_is_neither_in_the_limits_nor_a_signal():
    """A wild first and last month change neither average nor limits, have none, and make no signal."""
    wild = USUAL | {"2022-01": (11, 89), "2024-06": (89, 11)}
    usual, found = (
        trend(frame(by_month), cutoff="2024-06-27") for by_month in (USUAL | {"2023-03": (33, 17)}, wild | {"2023-03": (33, 17)})
    )
    assert marks(found) == {"2022-01": ("immature",), "2024-06": ("incomplete",)}
    assert found.centre == usual.centre == (27 * 30 + 33) / (28 * 50)
    assert [(p.low, p.high) for p in found.points[1:-1]] == [(p.low, p.high) for p in usual.points[1:-1]]
    for point in (found.points[0], found.points[-1]):
        assert math.isnan(point.low) and math.isnan(point.high) and point.sides == () and not math.isnan(point.value)


def test_a_month_without_episodes_is_a_gap():
    """A missing month stands in its place, with no number, and breaks a run."""
    completed = [34 + 2 * (-1) ** i - 8 * (i >= 14) for i in range(28)]
    by_month = {month: (k, 50 - k) for month, k in zip(months("2022-01", 28), completed, strict=True)}

    def low_runs(found):
        return [str(point.period) for point in found.points if ("seven_on_one_side", -1) in point.sides]

    assert low_runs(trend(frame(by_month))) == months("2023-03", 14)
    del by_month["2023-06"], by_month["2023-12"]  # in the second half
    found = trend(frame(by_month))
    assert [str(point.period) for point in found.points] == months("2022-01", 28)
    assert {period: why for period, why in marks(found).items() if "gap" in why} == {"2023-06": ("gap",), "2023-12": ("gap",)}
    assert low_runs(found) == []
    assert found.points[17].estimate is None and math.isnan(found.points[17].value)
    assert dict(zip(months("2022-01", 28), trend_table(found).rows, strict=True))["2023-06"] == ("June 2023", "no data", "0", "", "")


def test_a_small_month_is_withheld_and_another_with_it():
    """A month of 7 is not shown, nor a second one that would give it back; neither is in the limits."""
    found = trend(frame(USUAL | {"2023-05": (4, 3), "2023-01": (33, 17)}))
    hidden = {period for period, why in marks(found).items() if "withheld" in why}
    assert "2023-05" in hidden and len(hidden) >= 2
    rows = {row[0]: row for row in trend_table(found).rows}
    assert rows["May 2023"] == ("May 2023", "not shown", "", "", "")
    shown = [point for point in found.points if point.judged]
    assert found.centre == sum(point.k for point in shown) / sum(point.n for point in shown)
    assert re.search(r"; not shown: [^;]*May 2023[^;]*\.$", trend_alt_text(found))


def test_few_points_are_a_run_chart():
    """With fewer than 12 periods to judge there are no limits: a median, two rules, and headline, subtitle and legend say so."""
    episodes = frame(dict.fromkeys(months("2022-01", 12), EVEN) | {"2022-06": (20, 30), "2022-09": (35, 15), "2022-11": (31, 19)})
    found = trend(episodes)
    assert (found.flag, found.noun, len(found.judged)) == ("few_points", "month", 11)
    assert all(math.isnan(point.low) and point.sides == () for point in found.points)
    assert found.centre == 0.6 and not found.has_signal
    blocks = told(episodes)
    assert blocks[Figure].headline == (
        "Monthly completion cannot be judged: it takes 10 months that differ from its median, and there are 3."
    )
    assert "Limits take 12 points" in blocks[Figure].subtitle and blocks[Figure].alt.startswith("Run chart without limits.")
    assert "Median 60%." in blocks[Figure].alt
    ax = trend_chart(found)
    assert "without an expected range" in [text.get_text() for text in ax.figure.legends[0].get_texts()]
    assert "median 60%" in [text.get_text() for text in ax.texts]


def steps(*completed, first="2021-12"):
    """A month of 50 for each number completed, behind one that is too early to judge."""
    return {first: EVEN} | {month: (k, 50 - k) for month, k in zip(months("2022-01", 99), completed, strict=False)}


@pytest.mark.parametrize(
    ("completed", "expected"),
    [
        ([], "Monthly completion cannot be judged yet: it takes 10 months that can be compared, and there is none."),
        ([30], "Monthly completion cannot be judged yet: it takes 10 months that can be compared, and there is 1."),
        ([30, 31, 32], "Monthly completion cannot be judged yet: it takes 10 months that can be compared, and there are 3."),
        ([30, 34] * 5, "Monthly completion shows no sign of a lasting change in the 10 months that can be judged."),
        (range(20, 30), "Monthly completion has been above its median since June 2022, and was below it before."),
        (range(31, 20, -1), "Monthly completion has been below its median since July 2022, and was above it before."),
        ([30] * 11, "Monthly completion was 60% in every month that can be judged."),
        ([50] * 13, "Monthly completion was 100% in every month that can be judged."),
        ([0] * 13, "Monthly completion was 0% in every month that can be judged."),
        ([30, 34] * 6, "Monthly completion stayed within its expected range."),
    ],
)
def test_each_number_of_points_has_its_verdict(completed, expected):
    """From no point that can be judged to twelve, and where every share is alike: nothing is said that cannot be judged."""
    found = trend(frame(steps(*completed)), "none", data_class="synthetic")
    assert len(found.judged) == len(completed)
    assert trend_sentence(found) == expected
    trend_chart(found)


def test_a_long_run_and_few_crossings_where_there_are_no_limits():
    """Twenty-four months, of which every second has nobody: no two in succession, so no limits, and the rules of runs leave gaps out."""
    every_second = months("2022-01", 48)[::2]
    shares = [20, 22, 20, 22, 20, 22, 20, 22, 20, 21, 21, 20, 30, 32, 31, 32, 31, 32, 31, 32, 31, 32, 31, 32]
    by_month = {"2021-11": EVEN} | {month: (k, 50 - k) for month, k in zip(every_second, shares, strict=True)}
    found = trend(frame(by_month), "none", data_class="synthetic")
    assert found.flag == "one_period" and len(found.judged) == 24
    assert trend_sentence(found) == "Monthly completion has been above its median since January 2024, and was below it before."
    assert {row[-1] for row in trend_table(found).rows if row[-1]} >= {
        "part of a long run below the median",
        "part of a long run above the median",
    }
    by_month = {"2021-11": EVEN} | {
        month: (k, 50 - k) for month, k in zip(every_second, [*shares[:10], *([20, 34] * 2), *shares[10:]], strict=False)
    }
    found = trend(frame(by_month), "none", data_class="synthetic")
    assert found.has_signal and trend_sentence(found) == (
        "Monthly completion has been above its median in the last 8 months that can be judged. "
        "Monthly completion crossed its median 5 times in 20 months, and chance alone gives 6 or more."
    )


# -- what is said --------------------------------------------------------------------------------------------------

SPREAD = {month: (30 + (-1) ** i * 2, 20 - (-1) ** i * 2) for i, month in enumerate(months("2022-01", 30))}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, "Monthly completion stayed within its expected range."),
        ({"2023-03": (48, 2)}, "Monthly completion was above its expected range in March 2023."),
        (
            {"2023-03": (49, 1), "2023-05": (13, 37)},
            "Monthly completion was below its expected range in May 2023. Monthly completion was above its expected range in March 2023.",
        ),
        (
            {month: (25 + i % 2, 25 - i % 2) for i, month in enumerate(months("2023-12", 7))},
            "Monthly completion has been below its average for 7 months in a row.",
        ),
        (
            {month: (25 + i % 2, 25 - i % 2) for i, month in enumerate(months("2022-12", 7))},
            "Monthly completion was below its average for 7 months in a row, from December 2022 to June 2023.",
        ),
        (
            {month: (27 + i, 23 - i) for i, month in enumerate(months("2022-12", 7))},
            "Monthly completion rose 6 times in a row, from December 2022 to June 2023.",
        ),
        (
            {month: (33 - i, 17 + i) for i, month in enumerate(months("2023-12", 7))},
            "Monthly completion has fallen 6 times in a row.",
        ),
        (
            {"2023-03": (40, 10), "2023-04": (32, 18), "2023-05": (40, 10)},
            "Monthly completion was unusually high, close to the limit of its expected range, in March 2023 and May 2023.",
        ),
    ],
)
def test_each_signal_has_its_sentence(changed, expected):
    """What the limits and rules mark is what is said, and nothing else; never why."""
    assert trend_sentence(trend(frame(SPREAD | changed), "none", data_class="synthetic")) == expected


def test_one_sentence_is_one_chart_is_one_table():
    """Headline, table and alt text come from the same points; the alt text holds every number of the table."""
    blocks = told(frame(SPREAD | {"2023-03": (48, 2)}), "none", cutoff="2024-06-30", data_class="synthetic")
    figure, table = blocks[Figure], blocks[TableBlock].table
    assert figure.headline in figure.alt
    remarks = {row[0]: row[-1] for row in table.rows if row[-1]}
    assert remarks["March 2023"] == "above the expected range" and remarks["January 2022"] == "too early to judge"
    for row in table.rows:
        assert f"{row[0]} {row[1].split()[0]}" in figure.alt
    assert "Higher is better" in figure.subtitle


def test_signals_have_their_shapes():
    """An improvement is a navy triangle up, a concern an ochre one down, everything else neither; nothing is rotated."""
    found = trend(frame(SPREAD | {"2023-03": (49, 1), "2023-05": (13, 37)}), "none", cutoff="2024-06-28", data_class="synthetic")
    ax = trend_chart(found)
    drawn = {line.get_marker(): line for line in ax.lines if line.get_marker() not in ("None", None, TICKDOWN)}
    assert {marker: line.get_color() for marker, line in drawn.items()} == {"^": "#12436D", "v": "#C66621", "o": "#767676"}
    assert (drawn["^"].get_xdata(), drawn["v"].get_xdata()) == ([14], [16])
    labels = ax.get_xticklabels()
    assert 3 <= len(labels) <= 8
    assert {text.get_rotation() for text in (*labels, *ax.texts)} == {0.0}


@pytest.mark.parametrize("n", [1, 2, 7, 13, 30, 61, 130, 400])
def test_the_axis_never_holds_many_names(n):
    """From one month to thirty years: at least one name where there are a few months, and at most eight."""
    found = trend(frame({month: (12, 12) for month in months("1991-01", n)}), "none", data_class="synthetic")
    names = [text.get_text() for text in trend_chart(found).get_xticklabels()]
    assert len(names) <= 8 and (names or n < 3)


def test_discharged_without_a_date_are_counted_in_the_note():
    """They have no point; their number is told."""
    lost = frame({"2024-01": (20, 0)}).assign(discharge_date=None, admit_date="2024-01-05", episode_id=[f"l{i}" for i in range(20)])
    assert "without a discharge period are in no point: 20." in told(pd.concat([frame(USUAL), lost]))[Note].words


def test_only_what_was_released_is_drawn(synthetic):
    """A trend of working numbers is refused, and so is anything that is no trend."""
    results = evaluate(find("completion"), synthetic, by="discharge_quarter")
    for given in (results, None, "x"):
        with pytest.raises(iop.ReleaseError):
            trend_of(given, "completion_strict")
        for show in (trend_chart, trend_sentence, trend_table, trend_alt_text):
            with pytest.raises(iop.ReleaseError):
                show(given)


def test_a_group_that_is_no_period_has_no_trend(synthetic):
    """Tracks have no order in time: no points, a sentence that says so, and a chart without anything."""
    found = trend_of(release(evaluate(find("completion"), synthetic, by="track")), "completion_strict")
    assert (found.points, found.flag) == ((), "no_periods")
    assert trend_sentence(found) == "Completion cannot be followed over time: no period is known."
    assert trend_table(found).rows == ()
    assert over_time_blocks(synthetic, found) == [Text(over_time.NO_CALENDAR)]
    trend_chart(found)
