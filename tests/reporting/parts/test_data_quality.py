"""Takes programs with and without faults in their data, gives findings and how often each thing is known."""

import pytest

from iop_outcomes.release import POLICIES, SUPPRESSED, release_set
from iop_outcomes.reporting import assemble
from iop_outcomes.reporting.blocks import TableBlock, Text
from iop_outcomes.reporting.parts.completion import COMPLETION
from iop_outcomes.reporting.parts.data_quality import DATA_QUALITY, findings_block
from iop_outcomes.show.words import NOT_SHOWN
from tests.pages import page_of
from tests.reporting.parts.small import people, small


def blocks(rows, *, policy="none", **mapping):
    """What the section holds."""
    with small(rows, **mapping) as data:
        (section,) = DATA_QUALITY.appendix(page_of(data, DATA_QUALITY, policy=policy))
        return section.blocks


def test_how_often_each_thing_is_known():
    """Of discharged episodes: all, some, none; a scale without a score has no row."""
    rows = people(10, 10, phq9_admit=12, phq9_discharge=lambda i: None if i < 5 else 6)
    table = blocks(rows)[1].table
    known = {row[0]: row[1] for row in table.rows}
    assert table.heads[1] == "All episodes (n 20)"
    assert (known["Length of stay"], known["Follow-up after discharge"]) == ("100%", "0%")
    assert sorted(share for name, share in known.items() if "PHQ-9" in name) == ["100%", "75%"]
    assert not any("GAD-7" in name for name in known)


@pytest.mark.parametrize(("copies", "policy", "shown"), [(3, "none", "3"), (3, "cms11", "fewer than 11"), (12, "cms11", "12")])
def test_of_few_rows_a_finding_says_no_number(copies, policy, shown):
    """Under a policy that withholds: a finding may be of few people."""
    rows = people(20, 20)
    table = blocks([*rows, *rows[:copies]], policy=policy)[0].table
    found = {row[0]: row[4] for row in table.rows}
    assert found["exact copy"] == shown


@pytest.mark.parametrize(("policy", "shown"), [("none", "12"), ("round5", "10"), ("nhs", "10"), ("internal", "12")])
def test_rows_of_a_finding_are_rounded_as_counts_are(policy, shown):
    """12 exact copies."""
    rows = people(20, 20)
    table = blocks([*rows, *rows[:12]], policy=policy)[0].table
    assert {row[0]: row[4] for row in table.rows}["exact copy"] == shown


@pytest.mark.parametrize(("shown", "words"), [(12, "12"), (SUPPRESSED, NOT_SHOWN)])
def test_a_finding_does_not_tell_what_the_page_withholds(shown, words):
    """12 without a reason: their number stands in the tables too, or in neither."""
    rows = [*people(30, 30), *people(12, 0, start=60, discharge_reason=None)]
    with small(rows) as data:
        (row,) = findings_block(data, POLICIES["cms11"], {"reason_missing": shown}).table.rows
    assert (row[0], row[4]) == ("reason missing", words)


@pytest.mark.parametrize(
    ("parts", "narrowed", "few"), [((), False, []), ((DATA_QUALITY,), False, ["missing_reason"]), ((DATA_QUALITY,), True, [])]
)
def test_a_reader_knows_that_some_are_few_where_the_page_says_so(monkeypatch, parts, narrowed, few):
    """Not on one that tells no findings, nor on one of some rows of the files: what is withheld there may not be bounded either."""
    given = []
    monkeypatch.setattr(assemble, "release_set", lambda *args, few, **named: given.append(few) or release_set(*args, few=few, **named))
    with small([*people(30, 30), *people(3, 0, start=60, discharge_reason=None)]) as data:
        page_of(data.where(track=["a"]) if narrowed else data, COMPLETION, *parts)
    assert given == [few]


def test_no_finding_is_said_in_words():
    """Or the table of findings, each with its weight and its file."""
    with small(people(20, 20)) as data:
        block = findings_block(data, POLICIES["none"])
    assert block == Text("No finding: every rule held in every row.")
    with small([*people(20, 20), people(1, 0)[0]]) as data:
        block = findings_block(data, POLICIES["none"])
    assert isinstance(block, TableBlock)
    assert block.table.rows[0][1:3] == ("warning", "episodes (data frame)") or block.table.rows[0][1] in ("note", "info", "warning")
