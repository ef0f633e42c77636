"""Takes answers, gives proof that analysis results data hold the released numbers and nothing else, in the form of their standard."""

from __future__ import annotations

import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.show.ard import ARD_COLUMNS

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
