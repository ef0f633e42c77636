"""Takes answers, gives proof that analysis results data and MeasureReports hold the released numbers and nothing else, in the form of their standards."""

from __future__ import annotations

import csv
import io
import json
import re

import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.cli import run
from iop_outcomes.show.ard import ARD_COLUMNS

YEAR = ("2024-01-01", "2024-12-31")
SYNTHETIC_CLASS = {"data": {"class": "synthetic"}}
DIRECT = {
    "n": "k",
    "N": "n",
    "estimate": "value",
    "std.error": "se",
    "conf.low": "low",
    "conf.high": "high",
    "p.value.adjusted": "p_adjusted",
}
MORE = {"n.risk": "n_at_risk", "N_miss": "n_missing", "N_excluded": "excluded", "method": "method", "conf.level": "conf_level"}


def blank(value):
    """Whether a cell holds nothing."""
    return value is None or pd.isna(value) or value == ""


def long_form(frame):
    """The numbers of a frame of estimates, one row each, worked out column by column: (where, statistic) to value."""
    found = {}
    for row in frame.to_dict("records"):
        whole = row["level"] == "All"
        where = (
            None if whole else row["group"],
            None if whole else row["level"],
            None if row["level_2"] in ("", "All") else row["level_2"],
            row["estimand"],
            None if blank(row["time"]) else f"{row['time']:g}",
            row["contrast"],
            row["versus"],
        )
        for name, column in {**DIRECT, **MORE}.items():
            found[where, name] = None if blank(row[column]) else row[column]
    return found


def context_of(text):
    """What is compared, and with which level."""
    _, _, against = text.partition(": ")
    kind, _, versus = against.partition(" ")
    return kind, versus


@pytest.mark.parametrize("policy", ["cms11", "internal", "nhs"])
def test_analysis_results_are_the_released_numbers(synthetic, policy):
    """Every statistic equals the cell of the frame; what that withholds or lacks is empty, with the reason."""
    answers = [iop.compare(synthetic, measure="completion", by="track")]
    if policy == "internal":
        answers.append(iop.readmission(synthetic, by=("track", "modality"), at=(90,)))
        answers.append(iop.compare(synthetic, measure="length_of_stay", by="modality", pairwise=True))
    for answer in answers:
        ard = answer.to_ard(policy=policy)
        assert list(ard.columns) == [*ARD_COLUMNS, *(["mark"] if policy == "internal" else [])]
        frame = answer.release(policy).to_frame()
        truth, empty = long_form(frame), 0
        for row in ard.to_dict("records"):
            where = (
                row["group1"],
                row["group1_level"],
                row["group2_level"],
                row["variable"],
                row["variable_level"],
                *context_of(row["context"]),
            )
            withheld = str(row["warning"]).startswith(f"not shown: disclosure policy {policy}")
            assert row["stat_label"] and (row["stat"] is None) == (withheld or bool(row["error"]))
            assert not (withheld and row["error"])
            empty += withheld
            if row["stat_name"] in {**DIRECT, **MORE}:
                assert row["stat"] == truth[where, row["stat_name"]]
        assert (empty > 0) == (policy != "internal")
        assert len(ard[ard.stat_name == "N"]) == len(frame)


def test_working_numbers_are_marked_and_complete(synthetic):
    """Everything that the released ones withhold stands in them, and each row says for whom."""
    answer = iop.completion(synthetic, by="track")
    released, working = answer.to_ard(), answer.to_ard(working=True)
    assert working["mark"].nunique() == 1 and working["mark"].iloc[0].startswith("contains small numbers")
    assert released.warning.notna().any() and not working.warning.astype(str).str.startswith("not shown").any()
    small = working[(working.stat_name == "N_excluded") & (working.group1_level == "psychosis")]
    assert small.stat.between(1, 10).any()


def test_a_proportion_is_its_counts_and_a_curve_is_not(synthetic):
    """A share p stands where the value is n / N, and equals it; a share read from a curve has an estimate and who is at risk."""
    ard = iop.readmission(synthetic, at=(90,)).to_ard(working=True)
    wide = ard[ard.stat_name.isin(["n", "N", "p"])].pivot_table(index="variable", columns="stat_name", values="stat", aggfunc="first")
    counted = wide.dropna(subset=["p"])
    assert len(counted) > 3 and (counted["n"] / counted["N"]).to_numpy() == pytest.approx(counted["p"].to_numpy())
    assert "cumulative_incidence" not in counted.index
    assert set(ard[ard.stat_name == "n.risk"].variable) == {"cumulative_incidence", "event_free"}
    tests = iop.readmission(synthetic, by="track").to_ard().query("variable == 'log_rank_p'")
    assert {"p.value", "parameter", "method"} <= set(tests.stat_name)


def test_every_column_says_what_it_holds_and_whence():
    """And a name of a statistic that is not in the list of the column stat_name does not occur."""
    assert all("cards" in words for words in ARD_COLUMNS.values())


# -- FHIR ----------------------------------------------------------------------------------------------------------------


CODES = {"initial-population", "numerator", "denominator", "denominator-exclusion"}


def only(element, *names, needed=()):
    """An element has no other members, and those that it needs."""
    assert set(needed) <= set(element) <= set(names), set(element) - set(names)


def check_concept(concept):
    """A CodeableConcept: text or codings, each with a system."""
    only(concept, "coding", "text")
    assert concept
    for coding in concept.get("coding", ()):
        only(coding, "system", "code", "display", needed=("system", "code"))
        assert re.match(r"(https?|urn):", coding["system"])


def check_absent(element):
    """The extension of R4 for a value that is absent, with a code of its code system."""
    (extension,) = element["extension"]
    only(extension, "url", "valueCode", needed=("url", "valueCode"))
    assert extension["url"] == "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
    assert extension["valueCode"] in {"masked", "not-applicable"}


def check_rate(element):
    """Populations with codes of R4, whole counts or why there is none; a score that is a quantity."""
    assert {each["code"]["coding"][0]["code"] for each in element["population"]} == CODES
    for population in element["population"]:
        only(population, "code", "count", "_count", needed=("code",))
        check_concept(population["code"])
        assert ("count" in population) != ("_count" in population)
        if "count" in population:
            assert type(population["count"]) is int and population["count"] >= 0
        else:
            check_absent(population["_count"])
    score = element["measureScore"]
    if "value" in score:
        only(score, "value", "unit", "system", "code", needed=("value", "system", "code"))
        assert 0 <= score["value"] <= 1
    else:
        check_absent(score)


def check_report(report):
    """The structure of MeasureReport in R4 (4.0.1), by hand: cardinalities, types, constraints mrp-1 and mrp-2."""
    report = json.loads(json.dumps(report, allow_nan=False))
    only(
        report,
        "resourceType",
        "meta",
        "status",
        "type",
        "measure",
        "period",
        "improvementNotation",
        "group",
        needed=("resourceType", "status", "type", "measure", "period"),
    )
    assert (report["resourceType"], report["status"], report["type"]) == ("MeasureReport", "complete", "summary")
    assert re.match(r"(https?|urn):\S+$", report["measure"])
    only(report["period"], "start", "end", needed=("start", "end"))
    assert (
        all(re.fullmatch(r"\d{4}-\d\d-\d\d", day) for day in report["period"].values())
        and report["period"]["start"] <= report["period"]["end"]
    )
    if "improvementNotation" in report:
        assert report["improvementNotation"]["coding"][0]["code"] in {"increase", "decrease"}
    for group in report["group"]:
        only(group, "code", "population", "measureScore", "stratifier", needed=("population", "measureScore"))
        check_concept(group["code"])
        check_rate(group)
        for stratifier in group.get("stratifier", ()):
            only(stratifier, "code", "stratum", needed=("stratum",))
            for stratum in stratifier["stratum"]:
                only(stratum, "value", "component", "population", "measureScore")
                assert ("value" in stratum) != ("component" in stratum)
                check_rate(stratum)
    return report


def counts(element):
    """Counts by code; None where masked."""
    return {each["code"]["coding"][0]["code"]: each.get("count") for each in element["population"]}


def test_a_report_has_the_released_counts(synthetic):
    """Numerator, denominator less its exclusions and score are k, n and value; by track each stratum; masked where withheld."""
    answer = iop.completion(synthetic, by="track")
    for policy in ("cms11", "internal"):
        report = check_report(answer.to_measure_report("completion_strict", policy=policy))
        released = answer.release(policy)
        (group,) = report["group"]
        elements = [("All", group), *((stratum["value"]["text"], stratum) for stratum in group["stratifier"][0]["stratum"])]
        assert [level for level, _ in elements] == list(released.levels)
        for level, element in elements:
            estimate, shown = released.estimate("completion_strict", level), counts(element)
            assert shown["numerator"] == (estimate.k if isinstance(estimate.k, int) else None)
            if shown["denominator"] is not None:
                assert shown["denominator"] - shown["denominator-exclusion"] == estimate.n
                assert shown["denominator"] == shown["initial-population"]
            if "value" in element["measureScore"]:
                assert element["measureScore"]["value"] == pytest.approx(estimate.value, abs=1e-12)
        masked = sum(value is None for _, element in elements for value in counts(element).values())
        assert (masked > 0) == (policy == "cms11")


def test_when_it_is_of_comes_from_the_data_or_the_caller(synthetic):
    """Quarters of the discharges; the period that they were narrowed to; what the caller says; else an error that names what is needed."""
    answer = iop.completion(synthetic)
    assert answer.to_measure_report()["period"] == {"start": "2022-07-01", "end": "2025-09-30"}
    narrowed = iop.completion(synthetic.discharged("2024-Q1", "2024-Q2"))
    assert narrowed.to_measure_report()["period"] == {"start": "2024-01-01", "end": "2024-06-30"}
    assert answer.to_measure_report(period=YEAR)["period"] == {"start": YEAR[0], "end": YEAR[1]}
    frame = pd.DataFrame({"episode_id": [f"e{i}" for i in range(30)], "track": "a", "discharge_reason": "completed", "los_days": 9})
    with iop.load(frame, mapping=SYNTHETIC_CLASS) as data:
        undated = iop.completion(data)
        with pytest.raises(iop.UsageError, match=r'Give period=\("2024-01-01", "2024-12-31"\)'):
            undated.to_measure_report()
        check_report(undated.to_measure_report(period=YEAR))
    with iop.load(frame.assign(period="2023"), mapping=SYNTHETIC_CLASS) as data:
        dated = iop.completion(data)
        assert dated.to_measure_report()["period"] == {"start": "2023-01-01", "end": "2023-12-31"}
    with iop.load(frame.assign(period="2023"), mapping=SYNTHETIC_CLASS) as data:
        late = iop.completion(data)
    with pytest.raises(iop.UsageError, match="the data are closed"):
        late.to_measure_report()
    for wrong in (("2024-12-31", "2024-01-01"), ("2024", "2025"), ("2024-02-30", "2024-03-01")):
        with pytest.raises(iop.UsageError, match="the earlier first"):
            answer.to_measure_report(period=wrong)


def test_which_rates_and_at_which_edges(synthetic):
    """By two columns strata have components; of curves only rates that are counts; no rate, an unknown one, one episode, nobody."""
    crossed = check_report(iop.completion(synthetic, by=("track", "modality")).to_measure_report("completion_strict", policy="internal"))
    strata = crossed["group"][0]["stratifier"][0]["stratum"]
    assert all(len(stratum["component"]) == 2 for stratum in strata) and len(strata) > 10
    timed = check_report(iop.readmission(synthetic, at=(30, 90)).to_measure_report("fully_observed_rate", policy="internal"))
    assert [group["code"]["text"][-9:] for group in timed["group"]] == ["by day 30", "by day 90"]
    assert timed["improvementNotation"]["coding"][0]["code"] == "decrease"
    with pytest.raises(iop.UsageError, match='"cumulative_incidence" is no rate'):
        iop.readmission(synthetic).to_measure_report("cumulative_incidence")
    with pytest.raises(iop.NotAssessableError, match="no rate that is a share of counts"):
        iop.length_of_stay(synthetic).to_measure_report()
    for reason, score in (("completed", {"extension"}), ("active", {"value", "extension"})):
        one = pd.DataFrame({"episode_id": ["e1"], "track": "a", "discharge_reason": reason, "los_days": 9})
        with iop.load(one, mapping=SYNTHETIC_CLASS) as data:
            report = check_report(iop.completion(data).to_measure_report(period=YEAR))
            assert set(report["group"][0]["measureScore"]) <= score
            exact = check_report(iop.completion(data).to_measure_report(period=YEAR, policy="none"))
            assert counts(exact["group"][0])["numerator"] == int(reason == "completed")


def test_the_structural_check_refuses_what_is_no_report(synthetic):
    """The check itself, on a report that is broken by hand."""
    report = iop.completion(synthetic).to_measure_report("completion_strict")
    for broken in ({"status": "done"}, {"period": {"start": "2024"}}, {"measure": "completion"}, {"value": 1}):
        with pytest.raises(AssertionError):
            check_report(report | broken)
    (group,) = report["group"]
    with pytest.raises(AssertionError):
        check_report(report | {"group": [group | {"population": group["population"][:3]}]})


# -- the command line ----------------------------------------------------------------------------------------------------


def test_the_command_line_prints_both_and_one_at_a_time(synthetic, capsys):
    """`summary --ard` and `--fhir` print what the answer gives; two forms together are refused before anything is read."""
    words = ["summary", "data/synthetic", "--by", "track"]
    assert run([*words, "--fhir", "--period", "2024-Q1", "2024-Q4"]) == 0
    assert check_report(json.loads(capsys.readouterr().out))["period"] == {"start": "2024-01-01", "end": "2024-12-31"}
    assert run([*words, "--ard"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    ard = iop.completion(synthetic, by="track").to_ard()
    assert [row["stat_name"] for row in rows] == ard.stat_name.tolist()
    assert [row["warning"] for row in rows] == ard.warning.fillna("").tolist()
    assert run(["summary", "nowhere", "--fhir", "--csv"]) == 2
    assert "--csv and --fhir cannot be used together" in capsys.readouterr().err
