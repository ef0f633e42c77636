"""Takes columns to group by, gives the rows of everyone and of each group, or the sentence that says why there are none."""

from __future__ import annotations

import csv

import pytest

import iop_outcomes as iop
from iop_outcomes.cli import run
from iop_outcomes.columns import Column
from iop_outcomes.evaluate import evaluation
from iop_outcomes.evaluate.comparing import compare
from iop_outcomes.evaluate.evaluation import evaluate, grouping_columns, requests_of
from iop_outcomes.evaluate.lookup import look_up
from tests.conftest import SYNTHETIC
from tests.intake import sites

ONE = {
    "one group": (lambda row: "north", '"site" holds one group, so that nothing can be compared'),
    "blank throughout": (lambda row: "", '"site" is blank in every episode, so that nothing can be compared'),
    "one group and blanks": (lambda row: ("north", "")[row % 2], '"site" holds one group, so that nothing can be compared'),
    "all but one blank": (lambda row: "" if row else "north", '"site" holds one group, so that nothing can be compared'),
}


def program(folder, site):
    """The small program with a column of sites."""
    rows = [[*row, "site" if place == 0 else site(place - 1)] for place, row in enumerate(sites.episodes())]
    return sites.write(folder, episodes=rows)


@pytest.mark.parametrize("case", ONE)
@pytest.mark.parametrize("pairwise", [False, True])
def test_compare_says_that_there_is_one_group(tmp_path, capsys, case, pairwise):
    """Not the number that was asked for: the column, what it holds, and those that would do."""
    site, words = ONE[case]
    path = program(tmp_path, site)
    assert run(["compare", str(path), "--by", "site", *(["--pairwise"] if pairwise else [])]) == 2
    said = capsys.readouterr().err
    assert words in said and "choose another column with by (--by): track." in said
    with iop.load(path) as data, pytest.raises(iop.NotAssessableError) as caught:
        iop.compare(data, measure="length_of_stay", by="site", pairwise=pairwise)
    assert words in str(caught.value)


def test_no_column_holds_several_groups(tmp_path):
    """Then none is offered."""
    rows = [["episode_id", "track", "discharge_reason", "los_days"], *([f"e{i:02}", "mood", "completed", "30"] for i in range(12))]
    with (
        iop.load(sites.write(tmp_path, episodes=rows, scores=None, events=None)) as data,
        pytest.raises(iop.NotAssessableError, match="no other column of the data holds several groups"),
    ):
        iop.compare(data)


def test_a_number_that_is_never_compared_says_so(synthetic):
    """With several groups the reason is the number."""
    with pytest.raises(iop.UsageError, match=r'"d_pre_sd" is not compared between groups: it has no interval, or is standardised'):
        iop.compare(synthetic, measure="phq9_change", estimand="d_pre_sd")


@pytest.mark.parametrize("case", ONE)
def test_the_report_of_one_group_is_made(tmp_path, case):
    """Nobody to be set against is no reason to lose the page."""
    path = program(tmp_path / "data", ONE[case][0])
    assert run(["report", str(path), "--by", "site", "--output", str(tmp_path / "out")]) == 0
    assert "against the others together" not in (tmp_path / "out" / "program_quality.html").read_text(encoding="utf-8")


def test_columns_to_group_by(synthetic):
    """None, one, or two different ones; anything else is refused with what may be given."""
    assert grouping_columns(synthetic, None) == ()
    assert grouping_columns(synthetic, "track") == grouping_columns(synthetic, ["track"]) == ("track",)
    for by, words in (
        ([], "an empty list names no column. Give one, as in by="),
        (["track", "modality", "sex"], "takes one column or two, and was given 3: track, modality, sex"),
        (["track", "track"], '"track" is given twice'),
        ([1], "takes the name of a column, or two names"),
        ("tracks", 'no column "tracks" to group by. Did you mean "track"'),
    ):
        with pytest.raises(iop.UsageError, match=f"^by: .*{words}|^by: {words}"):
            grouping_columns(synthetic, by)
    measure = look_up(synthetic, "completion")
    assert requests_of(measure, synthetic, "track", ("track", "site"))[len(measure.requests) :] == (Column("track"), Column("site"))


def test_each_group_is_its_episodes(synthetic):
    """As counted row by row from the file; the row of everyone comes first, and a blank is a group of its own."""
    with (SYNTHETIC / "episodes.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["discharge_reason"] not in ("active", "died", "not_started", "")]
    results = evaluate(look_up(synthetic, "completion"), synthetic, by="sex")
    found = {row.level: (row.k, row.n) for row in results if row.estimand == "completion_strict"}
    assert next(iter(found)) == "All"
    for level, counted in found.items():
        mine = [row for row in rows if level in ("All", row["sex"] or "(missing)")]
        assert counted == (sum(row["discharge_reason"] == "completed" for row in mine), len(mine))
    assert len(found) == 1 + len({row["sex"] for row in rows})


def test_levels_under_one_class(synthetic):
    """Are one group, and the results say of which."""
    results = evaluate(look_up(synthetic, "completion"), synthetic, by="modality", classes=lambda level: level and "any")
    assert {row.level for row in results} - {"(missing)"} == {"All", "any"}
    assert set(results.class_of.values()) == {"any"}


def test_more_groups_than_anybody_could_read(synthetic, monkeypatch):
    """Before there is an estimate for each; periods stand one after another."""
    monkeypatch.setattr(evaluation, "MAX_GROUPS", 2)
    with pytest.raises(iop.UsageError, match=r'"track" has \d+ different values, and at most 2 groups stand side by side.*codes\.track'):
        evaluate(look_up(synthetic, "completion"), synthetic, by="track")
    assert len({row.level for row in evaluate(look_up(synthetic, "completion"), synthetic, by="discharge_quarter")}) > 3


def test_a_number_that_the_measure_has_not(synthetic):
    """Named with those that it has."""
    with pytest.raises(iop.UsageError, match=r'completion has no number "completion_strickt"\. Did you mean "completion_strict"'):
        compare(look_up(synthetic, "completion"), synthetic, by="track", estimand="completion_strickt")
