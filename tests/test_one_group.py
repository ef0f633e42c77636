"""Takes programs whose groups are one or none, gives the sentence that says so, and a report that is made all the same."""

from __future__ import annotations

import pytest

import iop_outcomes as iop
from iop_outcomes.cli import run
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
