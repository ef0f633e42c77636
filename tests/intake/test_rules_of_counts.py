"""Takes programs as rows and the same as counts, gives proof that every number is the same, and that no unknown number is read as none."""

import re
from itertools import product

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

import iop_outcomes as iop
from iop_outcomes.cli import run
from iop_outcomes.columns import Column
from iop_outcomes.errors import DataError, NotAssessableError
from iop_outcomes.evaluate import evaluate
from iop_outcomes.measures import find, known
from tests.adapters.teds import frequencies
from tests.engine.test_conformance import people

PUBLIC = {"data": {"class": "public"}}


def program(seed, patients):
    """Rows of a program in which many are alike in everything, people who return among them."""
    rng = np.random.default_rng(seed)
    n = 120
    reasons = ["completed", "completed", "dropped_out", "transferred_step_down", "died", "not_started", "active", None]
    rows = pd.DataFrame(
        {
            "track": rng.choice(["mh", "su", None], n, p=[0.5, 0.45, 0.05]),
            "discharge_reason": rng.choice(reasons, n),
            "los_days": pd.array(rng.choice([10, 20, 40], n), dtype="Int64"),
            "observed_days": pd.array(rng.choice([60, 400], n), dtype="Int64"),
            "planned_days": 30,
            "follow_up_days": pd.array(rng.choice([2, 20, 45], n), dtype="Int64"),
            "period": rng.choice(["2024-Q1", "2024-Q2", "2024-Q3"], n),
            "site": rng.choice(["north", "south"], n),
            "phq9_admit": pd.array(rng.choice([4, 12, 20], n), dtype="Int64"),
            "phq9_discharge": pd.array(rng.choice([2, 11, 19], n), dtype="Int64"),
            "relapse_observed": rng.integers(0, 2, n),
            "death_observed": 0,
            "death_day": pd.array([pd.NA] * n, dtype="Int64"),
        }
    )
    rows.loc[rng.random(n) < 0.1, ["phq9_admit", "follow_up_days"]] = pd.NA
    rows.loc[rows.discharge_reason == "active", "los_days"] = pd.NA
    rows["relapse_day"] = rows.los_days + np.where(rows.relapse_observed == 1, 2, rows.follow_up_days.fillna(3))
    rows.loc[rows.los_days.isna(), ["relapse_observed"]] = 0
    if patients:
        rows["patient_id"] = [None if i % 3 == 0 else f"p{i % (n // 2)}" for i in range(n)]
    return rows.loc[np.repeat(rows.index, rng.integers(1, 5, n))].reset_index(drop=True)


def cells_of(rows):
    """One row for each combination of values, in an order of its own, and a combination of which there is none."""
    counted = rows.groupby(list(rows.columns), dropna=False).size().rename("episodes").reset_index()
    nobody = counted.iloc[:1].assign(episodes=0, site="nowhere")
    return pd.concat([counted, nobody]).sample(frac=1, random_state=1)


def questions(data):
    """What every measure counts that is not of another scale, and the measures themselves."""
    names = [(name, definition) for name, entry in known(data.scales).items() for definition in entry.definitions or (None,)]
    return [find(name, definition, scales=data.scales) for name, definition in names if not _of_other_scale(name, data)]


def _of_other_scale(name, data):
    return name.split("_")[0] in data.scales and not name.startswith("phq9")


def both(seed, patients):
    """The same program as rows and as counts."""
    rows = program(seed, patients)
    table = cells_of(rows)
    assert len(table) < len(rows)
    given = iop.load(rows.assign(episode_id=[f"e{i}" for i in range(len(rows))]), mapping=PUBLIC, on_error="exclude")
    return given, iop.load_counts(table, n="episodes", mapping=PUBLIC, on_error="exclude")


@pytest.mark.parametrize(("seed", "patients"), [(1, False), (2, True)])
def test_counts_give_the_tables_and_the_patients_of_the_rows(seed, patients):
    """What every measure counts of random programs, whole and by track, to the last cell; every number is made of these alone."""
    given, counted = both(seed, patients)
    with given, counted:
        assert counted.episodes == given.episodes
        assert (counted.facts.repeated, counted.facts.scales, counted.facts.events) == (
            given.facts.repeated, given.facts.scales, given.facts.events,
        )  # fmt: skip
        sets = [requests for measure in questions(given) for requests in (measure.requests, (*measure.requests, Column("track")))]
        for requests, one, other in zip(sets, given.count_all(sets), counted.count_all(sets), strict=True):
            assert (one.axes, one.codes.tolist(), one.n.tolist()) == (other.axes, other.codes.tolist(), other.n.tolist())
            assert people(given.engine.patients(requests)) == people(counted.engine.patients(requests))


@pytest.mark.long
def test_counts_give_every_number_of_the_rows():
    """All measures, alone, by one column and by two, with their limits; no tolerance."""
    given, counted = both(2, True)
    with given, counted:
        for measure, by in product(questions(given), (None, "track", ("period", "site"))):
            assert_frame_equal(numbers(measure, given, by), numbers(measure, counted, by), check_exact=True)


def numbers(measure, data, by):
    """Working numbers, or why there are none."""
    try:
        return evaluate(measure, data, by=by).to_frame()
    except NotAssessableError as reason:
        return pd.DataFrame({"reason": [str(reason)]})


def test_comparisons_and_choices_of_counts_are_those_of_the_rows():
    """By site and by period, among some episodes."""
    given, counted = both(3, True)
    with given, counted:
        one, other = (
            [
                iop.compare(data, measure="symptom_change", scale="phq9", by="site").to_frame(),
                iop.completion(data.where(period=("2024-Q1", "2024-Q2")), by="track").to_frame(),
            ]
            for data in (given, counted)
        )
        for left, right in zip(one, other, strict=True):
            assert_frame_equal(left, right, check_exact=True)


# -- published counts -------------------------------------------------------------------------------------------------


def test_teds_frequencies_give_the_published_shares():
    """1,722,503 discharges of 2019 as seven cells: 42.1438 %, 53.6533 % without transfers, 63.5954 % with them, as printed."""
    words = ["completed", "dropped_out", "terminated_by_program", "transferred_step_down", "incarcerated", "died", "other"]
    table = pd.DataFrame({"track": "all services", "discharge_reason": words, "n": frequencies("2019")["REASON"].values()})
    with iop.load_counts(table, mapping=PUBLIC) as data:
        found = iop.completion(data, denominator="teds_all").to_frame().set_index("estimand")
        assert data.episodes == 1_722_503
    assert [round(100 * found.value[f"completion_{which}_teds_all"], 4) for which in ("strict", "excluding_transfers", "with_transfers")] == [
        42.1438, 53.6533, 63.5954,
    ]  # fmt: skip
    assert set(found.flag[:3]) == {"independence_assumed"}


def test_codes_of_stays_alone_give_the_published_quartiles():
    """Codes 4, 26 and 34 in 2019, of a table that says nothing of how episodes ended; completion says which column is missing."""
    stays = frequencies("2019")["LOS"]
    table = pd.DataFrame({"los_code": stays.keys(), "n": stays.values()})
    mapping = {"data": {"class": "public", "los_convention": "teds_codes", "counts_of": "discharged", "counts": "n"}}
    with iop.load(table, mapping=mapping) as data:
        bands = iop.length_of_stay(data).to_frame().set_index("estimand")
        assert [round(bands.value[f"los_band_{name}"]) for name in ("q1", "median", "q3")] == [4, 26, 34]
        for ask, column in ((iop.completion, "discharge_reason"), (iop.readmission, "los_days")):
            with pytest.raises(NotAssessableError, match=f'"{column}" is not in the counts'):
                ask(data)


# -- what is refused ---------------------------------------------------------------------------------------------------


def refused(table, *, on_error="raise", **data):
    """Ids of the rules that a table of counts breaks, and what the error says."""
    with pytest.raises(DataError) as caught:
        iop.load_counts(table, mapping={"data": {"class": "public", **data}}, on_error=on_error)
    return [finding.rule for finding in caught.value.findings if finding.severity == "error"], str(caught.value)


def table_of(*n, **columns):
    """Counts of as many tracks as there are numbers."""
    cells = {"track": [f"t{i}" for i in range(len(n))], "discharge_reason": "completed", "n": list(n)}
    return pd.DataFrame({**cells, **columns})


@pytest.mark.parametrize("n", ["*", "<11", "< 11", "\u2264 10", "1-10", "", "s", "suppressed", "."])
def test_a_number_that_is_withheld_is_refused_and_never_0(n):
    """Each way of writing so; left out by request, the cell is counted and stays a finding."""
    rules, words = refused(table_of("120", n))
    assert rules == ["count_withheld"]
    assert "which is not 0" in words
    with iop.load_counts(table_of("120", n), mapping=PUBLIC, on_error="exclude") as data:
        assert list(map(str, data.flow)) == ["episodes: 120 in = 120 used", "cells: 2 in = 1 used + 1 cells with an error"]
        assert [finding.rule for finding in data.findings if finding.severity == "error"] == ["count_withheld"]


@pytest.mark.parametrize(
    ("n", "rule"), [("42.1 %", "percent_for_count"), ("-5", "out_of_range"), ("1,234", "not_whole_number"), ("12.5", "not_whole_number")]
)
def test_a_number_that_is_none_is_refused(n, rule):
    """Percents, negative numbers, and numbers that are not written in digits alone."""
    assert refused(table_of("120", n))[0] == [rule]


def test_what_is_no_table_of_counts_is_refused():
    """Totals among the cells, no number, percents in the place of outcomes, rows beside it, many episodes of one person."""
    assert refused(table_of(5, 7, site=["Total", "north"]))[0] == ["total_among_cells"]
    assert refused(table_of(5).drop(columns="n"))[0] == ["missing_column"]
    assert refused(table_of(5).drop(columns="discharge_reason"))[0] == ["missing_column"]
    assert refused(table_of(500, completed_pct=[42.1]).drop(columns="discharge_reason"), counts_of="discharged")[0] == ["rates_not_counts"]
    assert refused(table_of(5_000, patient_id=["p1"]))[0] == ["many_of_a_patient"]
    scores = pd.DataFrame({"episode_id": ["e1"], "scale": "phq9", "day": 0, "score": 10})
    with pytest.raises(DataError, match="beside_counts"):
        iop.load({"episodes": table_of(5), "scores": scores}, mapping={"data": {"class": "public", "counts": "n"}})
    with pytest.raises(DataError, match="layout is declared beside it"):
        iop.load(table_of(5), mapping={"data": {"counts": "n", "layout": "omop"}})


def test_a_table_of_counts_that_is_not_declared_is_recognised():
    """The message names the column and the line of the mapping."""
    with pytest.raises(DataError, match=r"say so: \[data\] counts = \"n\""):
        iop.load(table_of(5, 6), mapping=PUBLIC)


@pytest.mark.parametrize(
    ("counts_of", "rule", "most"), [("episodes", "not_known_whether_discharged", 60), ("discharged", "reason_missing", 73)]
)
def test_a_blank_reason_without_stays_is_said(counts_of, rule, most):
    """Whether these 13 were discharged is known where that is declared of all; else they are outside, which no table would show."""
    table = pd.DataFrame({"track": "mh", "discharge_reason": ["completed", "dropped_out", None], "n": [42, 18, 13]})
    with iop.load_counts(table, mapping={"data": {"class": "public", "counts_of": counts_of}}) as data:
        assert [each.rule for each in data.findings] == [rule]
        rates = iop.completion(data).to_frame().set_index("estimand")
    assert rates.n["completion_strict"] == 60 and rates.n["completion_strict_best_case"] == most


@pytest.mark.long
def test_a_report_of_reasons_alone_says_what_is_missing():
    """Two columns and a number make a report; stays are not assessable in it, with the column."""
    table = pd.concat([table_of(60, 50), table_of(30, 20).assign(discharge_reason="dropped_out")])
    with iop.load_counts(table, mapping=PUBLIC) as data:
        pages = b"".join(iop.report(data).files("html").values()).decode()
    assert re.search(r"Length of stay is not assessable: the column \S+ is not in the counts", pages)
    discharged = {"data": {"class": "public", "counts_of": "discharged"}}
    with (
        iop.load_counts(table.drop(columns="discharge_reason"), mapping=discharged) as data,
        pytest.raises(NotAssessableError, match="A report is"),
    ):
        iop.report(data)


def test_no_row_leaves_counts():
    """A table with one row per episode cannot be made of them."""
    with iop.load_counts(table_of(5), mapping=PUBLIC) as data, pytest.raises(NotAssessableError, match="came as counts"):
        data.to_frame()


def test_a_folder_with_a_mapping_goes_through_the_command_line(tmp_path, capsys):
    """`[data] counts` is all that a command needs."""
    table_of(60, 50).to_csv(tmp_path / "episodes.csv", index=False)
    (tmp_path / "mapping.toml").write_text('[data]\nclass = "public"\ncounts = "n"\n')
    assert run(["summary", str(tmp_path), "--measure", "completion", "--by", "track", "--csv"]) == 0
    assert ",110," in capsys.readouterr().out
