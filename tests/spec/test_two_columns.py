"""Takes programs grouped by two columns, gives proof that each row is that of the episodes of the pair, and how pairs are shown."""

from __future__ import annotations

import csv
import json
import statistics
from collections import Counter, defaultdict

import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.cli import run
from iop_outcomes.evaluate import Against, evaluate
from iop_outcomes.measures import find
from iop_outcomes.show.comparison import comparison_sentences, difference_table, pair_table
from iop_outcomes.show.curves import curve_alt_text
from iop_outcomes.show.tables import estimates_table, share_table
from iop_outcomes.show.words import sentence
from tests.printed import printed
from tests.spec.pairs import ASKS, BOTH, MAPPING, MODALITIES, OUT, SYNTHETIC, alike, form_of, program, rows_of

# -- every number ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ASKS)
@pytest.mark.parametrize("pairwise", [False, True])
def test_every_row_is_that_of_the_episodes_of_the_pair(synthetic, name, pairwise):
    """Values, limits by patient, counts and flags, and each track against the others within a modality: those of narrower data."""
    frame = iop.compare(synthetic, by=BOTH, pairwise=pairwise, **ASKS[name]).to_frame()
    assert set(frame.group) == {"track"}
    assert set(frame.group_2) == {"modality"}
    for modality in MODALITIES:
        narrow = iop.compare(synthetic.where(modality=modality), by="track", pairwise=pairwise, **ASKS[name]).to_frame()
        alike(rows_of(frame, level_2=modality), narrow.drop(columns=["group_2", "level_2"]))
    whole = iop.compare(synthetic, by="track", pairwise=pairwise, **ASKS[name]).to_frame()
    alike(rows_of(frame, level_2="All"), whole.drop(columns=["group_2", "level_2"]))
    assert len(frame) == len(whole) + sum((frame.level_2 == modality).sum() for modality in MODALITIES)


@pytest.mark.parametrize("name", ASKS)
def test_the_margins_are_those_of_each_column_by_itself(synthetic, name):
    """Everyone in one modality is the row of that modality; only what is followed in all groups depends on which groups there are."""
    options = dict(ASKS[name])
    measure = options.pop("measure")
    frame, single = (iop.measure(synthetic, measure, by=by, **options).to_frame() for by in (BOTH, "modality"))
    several = {"restricted_mean_days", "log_rank_chi_squared", "log_rank_p", "gray_chi_squared", "gray_p"}
    for modality in MODALITIES:
        expected = single[(single.level == modality) & ~single.estimand.isin(several)].drop(
            columns=["group", "level", "group_2", "level_2"]
        )
        found = rows_of(frame[~frame.estimand.isin(several)], level="All", level_2=modality).drop(columns=["group", "level"])
        alike(found, expected)
    assert (single.group_2 == "").all()
    assert (single.level_2 == "").all()


def test_counts_are_those_of_a_loop_over_rows(synthetic):
    """Completed of discharged, and the mean stay, of each pair, margin and everyone, from the file row by row."""
    done, base, stays = Counter(), Counter(), defaultdict(list)
    with (SYNTHETIC / "episodes.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            for place in ((t, m) for t in ("All", row["track"]) for m in ("All", row["modality"])):
                if row["discharge_reason"] not in OUT:
                    base[place] += 1
                    done[place] += row["discharge_reason"] == "completed"
                if row["discharge_date"] and row["discharge_reason"] not in ("not_started", "active"):
                    days = pd.Timestamp(row["discharge_date"]) - pd.Timestamp(row["admit_date"])
                    stays[place].append(days.days)
    found = {(e.level, e.level_2): (e.k, e.n) for e in iop.completion(synthetic, by=BOTH).results if e.estimand == "completion_strict"}
    assert found == {place: (done[place], base[place]) for place in base}
    means = {(e.level, e.level_2): e.value for e in iop.length_of_stay(synthetic, by=BOTH).results if e.estimand == "los_mean"}
    assert means == pytest.approx({place: statistics.mean(days) for place, days in stays.items()})


def test_the_columns_change_places(synthetic):
    """By modality and track: the same rows of pairs, contrasts within one track."""
    one = iop.completion(synthetic, by=BOTH).to_frame().set_index(["level", "level_2", "estimand"]).value
    other = iop.completion(synthetic, by=BOTH[::-1]).to_frame().set_index(["level_2", "level", "estimand"]).value
    assert one.sort_index().tolist() == pytest.approx(other.sort_index().tolist(), nan_ok=True)


def test_a_curve_and_its_table_for_each_pair(synthetic):
    """Who is still followed, by both levels; the same as of narrower data."""
    answer = iop.readmission(synthetic, by=BOTH, at=(30, 90))
    narrow = iop.readmission(synthetic.where(modality="virtual"), by="track", at=(30, 90)).at_risk
    found = answer.at_risk
    assert set(found.level_2) == {"All", *MODALITIES}
    alike(rows_of(found, level_2="virtual"), narrow.drop(columns=["group_2", "level_2"]))


# -- comparisons -------------------------------------------------------------------------------------------------------


def test_several_is_counted_within_each_level():
    """Three tracks in person and two virtual: intervals hold together over three there, and over one contrast here."""
    counts = {
        (t, m, r): n for m, ts in (("in_person", "abc"), ("virtual", "ab")) for t in ts for r, n in (("completed", 30), ("dropped_out", 20))
    }
    with program(counts) as data:
        found = [e for e in iop.compare(data, by=BOTH, estimand="completion_strict").results if e.contrast]
    levels = {m: {round(e.conf_level, 6) for e in found if e.level_2 == m} for m in ("All", *MODALITIES)}
    assert levels == {"All": {round(0.95 ** (1 / 3), 6)}, "in_person": {round(0.95 ** (1 / 3), 6)}, "virtual": {0.95}}
    assert [(e.level, e.level_2) for e in found] == [
        *((t, "All") for t in "abc"),
        *((t, "in_person") for t in "abc"),
        *((t, "virtual") for t in "ab"),
    ]


def test_who_has_no_value_is_in_no_contrast():
    """A track that is blank is in nobody's others; episodes of no modality are a slice of their own without contrasts, and in their track's margin."""
    counts = {("a", "x", "completed"): 30, ("a", "x", "dropped_out"): 30, ("b", "x", "completed"): 20, ("b", "x", "dropped_out"): 40}
    blank = {(None, "x", "completed"): 25, ("a", None, "completed"): 15, ("b", None, "dropped_out"): 15}
    with program(counts | blank) as data:
        results = iop.compare(data, by=BOTH, estimand="completion_strict").results
    places = {(e.level, e.level_2): e.n for e in results if e.estimand == "completion_strict" and not e.contrast}
    assert places == {
        ("All", "All"): 175, ("a", "All"): 75, ("b", "All"): 75, ("(missing)", "All"): 25,
        ("All", "x"): 145, ("a", "x"): 60, ("b", "x"): 60, ("(missing)", "x"): 25,
        ("All", "(missing)"): 30, ("a", "(missing)"): 15, ("b", "(missing)"): 15,
    }  # fmt: skip
    contrasts = {(e.level, e.level_2): e.value for e in results if e.estimand == "completion_strict" and e.contrast}
    assert contrasts == pytest.approx(
        {("a", "All"): 45 / 75 - 20 / 75, ("b", "All"): 20 / 75 - 45 / 75, ("a", "x"): 0.5 - 1 / 3, ("b", "x"): 1 / 3 - 0.5}
    )


def test_who_has_no_modality_is_in_no_test_of_their_own():
    """Curves of tracks are tested among everyone and within each modality, not among those without one."""
    counts = {(t, m): 30 for t in "ab" for m in ("x", "y", None)}
    with program(counts, follow_up_days=100, readmission_psychiatric_day=None, readmission_psychiatric_observed=0) as data:
        results = iop.readmission(data, by=BOTH, at=(30,)).results
    assert {e.level_2 for e in results if e.estimand == "log_rank_p"} == {"All", "x", "y"}
    assert {e.level_2 for e in results if e.estimand == "cumulative_incidence"} == {"All", "x", "y", "(missing)"}


def test_who_is_left_out_for_another_column_changes_no_contrast(synthetic):
    """Beside a column that nobody lacks, each modality against the others is as without it."""
    measure, against = find("completion"), Against(("completion_strict",))
    plain, beside = (evaluate(measure, synthetic, by="modality", grouped=each, against=against).to_frame() for each in (None, "track"))
    alike(beside, plain)


@pytest.mark.parametrize(("column", "other"), [("track", "modality"), ("modality", "track")])
def test_fewer_than_eleven_without_a_value_leave_the_page(column, other):
    """Of either column: everyone then means everyone else; with eleven they are a row, and under none they always are."""
    for n, policy, rows_in, there in ((10, "cms11", 200, False), (11, "cms11", 211, True), (10, "none", 210, True)):
        rows = [{column: name, other: second} for name in "ab" for second in "xy" for _ in range(50)]
        rows += [{column: None, other: "x"}] * n
        frame = pd.DataFrame(rows).assign(discharge_reason="completed", los_days=20, episode_id=[f"e{i}" for i in range(len(rows))])
        with iop.load({"episodes": frame}, mapping=MAPPING) as data:
            released = iop.completion(data, by=BOTH).release(policy)
        assert released.estimate("completion_strict").n == rows_in
        assert released.only_grouped is not there
        assert any("(missing)" in (e.level, e.level_2) for e in released) is there


def test_both_columns_with_few_blanks():
    """Those that left with the modality may have been what made the blank tracks enough: eight of twelve are then too few as well."""
    counts = {(t, m): 50 for t in "ab" for m in "xy"}
    with program(counts | {(None, "x"): 8, (None, None): 4, ("a", None): 3}) as data:
        released = iop.completion(data, by=BOTH).release()
    assert {(e.level, e.level_2) for e in released if "(missing)" in (e.level, e.level_2)} == set()
    assert released.estimate("completion_strict").n == 200


# -- shapes ------------------------------------------------------------------------------------------------------------


def test_nobody_in_a_pair_is_no_row():
    """A track that has no virtual episodes has no such row, and everyone's rows are there."""
    with program({("a", "x"): 20, ("a", "y"): 20, ("b", "x"): 20}) as data:
        released = iop.completion(data, by=BOTH).release("none")
    places = dict.fromkeys((e.level, e.level_2) for e in released)
    assert list(places) == [("All", "All"), ("a", "All"), ("b", "All"), ("All", "x"), ("a", "x"), ("b", "x"), ("All", "y"), ("a", "y")]
    assert len(share_table(released, ["completion_strict"], caption="", first="Track").rows) == 8


def test_one_level():
    """A second column of one value repeats the margins; a first of one value has nobody to be compared with."""
    with program({("a", "x"): 30, ("b", "x"): 30}) as data:
        frame = iop.completion(data, by=BOTH).to_frame()
        alike(rows_of(frame, level_2="x"), rows_of(frame, level_2="All"))
        with pytest.raises(iop.NotAssessableError, match='"modality" holds one group'):
            iop.compare(data, by=BOTH[::-1])


def test_a_column_that_is_blank_throughout():
    """Everyone stands in "(missing)" of it."""
    with program({("a", None): 30, ("b", None): 30, ("a", "x"): 0}) as data:
        frame = iop.completion(data, by=BOTH).to_frame()
    assert set(frame.level_2) == {"All", "(missing)"}
    alike(rows_of(frame, level_2="(missing)"), rows_of(frame, level_2="All"))


def test_one_column_however_it_is_given(synthetic):
    """A string, a tuple and a list of one are one column, with blanks in the columns of a second."""
    frames = [iop.completion(synthetic, by=by).to_frame() for by in ("track", ("track",), ["track"])]
    for frame in frames:
        pd.testing.assert_frame_equal(frame, frames[0])
    assert set(frames[0].group_2) == {""}


@pytest.mark.parametrize(
    ("by", "words"),
    [
        (("track", "track"), '"track" is given twice'),
        (("track", "modality", "sex"), "takes one column or two, and was given 3"),
        (("track", "modalty"), 'no column "modalty"'),
        ((), "names no column"),
        ((1, 2), "by is of type tuple. Give a text"),
    ],
)
def test_columns_that_cannot_be_crossed_are_refused(synthetic, by, words):
    """What was given, what is allowed; in every call."""
    for call in (iop.completion, iop.compare, iop.report):
        with pytest.raises(iop.UsageError, match=words):
            call(synthetic, by=by)


def test_a_report_is_by_one_column(synthetic):
    """Two are refused with what to do; one in a tuple is one."""
    with pytest.raises(iop.UsageError, match=r"by one column.*Choose one.*--where modality"):
        iop.report(synthetic, by=BOTH)


# -- shown -------------------------------------------------------------------------------------------------------------


def test_tables_name_rows_by_both(synthetic):
    """Two cells name a row, each a head of the row for those who listen; grouped by the first column."""
    released = iop.completion(synthetic, by=BOTH).release("none")
    table = share_table(released, ["completion_strict"], caption="Completion", first="Track")
    assert table.heads[:2] == ("Track", "Modality")
    assert [row[:2] for row in table.rows[:6]] == [
        ("All episodes", "All"), ("All episodes", "In person"), ("All episodes", "Virtual"),
        ("Psychosis", "All"), ("Psychosis", "In person"), ("Psychosis", "Virtual"),
    ]  # fmt: skip
    assert table.to_html().count('<th scope="row">') == 2 * len(table.rows)
    every = estimates_table(released)
    assert [row[:2] for row in every.rows[:: len(released.definition.estimands)]][:4] == [
        ("All episodes", "All"), ("All episodes", "In person"), ("All episodes", "Virtual"), ("Adolescent", "All"),
    ]  # fmt: skip
    assert {len(row) for row in every.rows} == {len(every.heads)}


@pytest.mark.parametrize("name", ASKS)
def test_charts_have_a_row_or_a_panel_for_each_pair(synthetic, name):
    """A pair such as "Adolescent, virtual" has its place on the chart, and in its words for those who do not see it."""
    options = dict(ASKS[name])
    axes = iop.measure(synthetic, options.pop("measure"), by=BOTH, **options).plot(policy="none")
    drawn = {label.get_text().replace("\n", " ") for label in axes.get_yticklabels()}
    drawn |= {each.get_title(loc="left") for each in axes.get_figure(root=True).axes}
    assert {"Adolescent, virtual", "Psychosis, in person"} <= drawn
    assert "Adolescent, virtual: " in axes.words


def test_sentences_name_both(synthetic):
    """Of a pair, and of a track that differs within a modality."""
    released = iop.compare(synthetic, by=BOTH, estimand="completion_strict").release("none")
    virtual = released.within["virtual"]
    assert sentence(virtual, "completion_strict", "adolescent").startswith("Adolescent, virtual: 38 of 56 discharged episodes (68%)")
    assert sentence(virtual, "completion_strict").startswith("All episodes, virtual: 286 of 526")
    assert sentence(released, "completion_strict").startswith("642 of 1,168 discharged episodes")
    said = comparison_sentences(released, "completion_strict")
    assert any(one.startswith("Completed: higher in Psychosis than in the others together (81%") for one in said)
    assert any(one.startswith("Completed, modality virtual: lower in Substance use than in the others together (44%") for one in said)
    assert len(difference_table(released, "completion_strict", caption="", first="Track").rows) == 15
    pairs = iop.compare(synthetic, by=BOTH, estimand="completion_strict", pairwise=True).release("none")
    table = pair_table(pairs, "completion_strict", caption="")
    assert table.heads[:2] == ("Pair", "Modality")
    assert [row[:2] for row in table.rows[:3]] == [("Adolescent minus Dual diagnosis", m) for m in ("All", "In person", "Virtual")]
    assert len(table.rows) == 30
    assert "Adolescent, virtual: " in curve_alt_text(iop.readmission(synthetic, by=BOTH).release("none"))


def test_names_that_would_read_alike_keep_their_spelling():
    """Of the second column too; and who has no value of either says of which."""
    with program({("a", "north_1"): 20, ("a", "North 1"): 20, (None, "north_1"): 20, ("a", None): 20}) as data:
        released = iop.completion(data, by=BOTH).release("none")
        words = iop.completion(data, by=BOTH).plot(policy="none").words
    rows = [row[:2] for row in share_table(released, ["completion_strict"], caption="", first="Track").rows]
    assert len(set(rows)) == len(rows) == 10
    assert {("A", "north_1"), ("A", "North 1"), ("A", "Not recorded"), ("Not recorded", "north_1")} <= set(rows)
    assert "A, modality not recorded: " in words
    assert "Track not recorded, north_1: " in words


# -- files and the command line ----------------------------------------------------------------------------------------


def test_the_command_line_takes_two(capsys, tmp_path):
    """Summary and compare with --by track,modality, as a table, JSON and CSV; report refuses two."""
    assert run(["summary", str(SYNTHETIC), "--by", "track,modality"]) == 0
    assert "Adolescent      Virtual" in capsys.readouterr().out
    assert run(["compare", str(SYNTHETIC), "--by", "track,modality", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {(row["group"], row["group_2"]) for row in rows} == {("track", "modality")}
    assert {row["level_2"] for row in rows if row["contrast"]} == {"All", *MODALITIES}
    assert run(["summary", str(SYNTHETIC), "--by", "track,modality", "--csv"]) == 0
    lines = list(csv.DictReader(capsys.readouterr().out.splitlines()))
    assert len(lines) == 18 * len({line["estimand"] for line in lines})
    assert run(["compare", str(SYNTHETIC), "--by", "track,modality"]) == 0
    assert "Tracks treat different people" in capsys.readouterr().out
    assert run(["report", str(SYNTHETIC), "--by", "track,modality", "--output", str(tmp_path)]) == 2
    assert "Choose one" in capsys.readouterr().err
    assert run(["summary", str(SYNTHETIC), "--by", "track,track"]) == 2
    assert run(["summary", str(SYNTHETIC), "--by", "track,"]) == 2


def test_values_that_are_withheld_are_null_in_every_form(synthetic):
    """A frame of what was released has the rows of the working numbers, in their order."""
    answer = iop.completion(synthetic, by=BOTH)
    released = answer.release()
    working, released = form_of(answer.results, released).to_frame(), released.to_frame()
    keys = ["group", "level", "group_2", "level_2", "estimand"]
    pd.testing.assert_frame_equal(working[keys], released[keys])
    hidden = released.flag == "suppressed"
    assert hidden.any()
    assert released[hidden].value.isna().all()
    assert all(printed(a, "share") == b for a, b in zip(working[~hidden].value, released[~hidden].value, strict=True))
