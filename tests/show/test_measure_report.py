"""Takes answers, gives proof that MeasureReports hold the released numbers and nothing else, in the form of FHIR R4."""

from __future__ import annotations

import pandas as pd
import pytest

import iop_outcomes as iop
from tests.show.exchange import check_report

YEAR = ("2024-01-01", "2024-12-31")

SYNTHETIC_CLASS = {"data": {"class": "synthetic"}}


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
