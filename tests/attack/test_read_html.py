"""Takes pages written by hand, gives what the attack reads of them: tables, who is counted, definitions, findings, narrowing."""

from __future__ import annotations

import pytest

from iop_outcomes.attack.read_html import read_html, whole

FLOW = (
    "<table><caption>From the episodes used<br>small numbers</caption><tr><th>Measure</th><th>In</th><th>Used</th><th>Left out</th></tr>"
    "<tr><td>Completion</td><td>1,168</td><td>1,100</td><td>died in care: 60; never started: not shown</td></tr>"
    "<tr><td>Something else</td><td>5</td><td>5</td><td>none</td></tr></table>"
)
FINDINGS = "<table><caption>Findings in the data</caption><tr><th>Finding</th><th>Rows</th></tr><tr><td>reason missing</td><td>fewer than 11</td></tr></table>"


@pytest.mark.parametrize(
    ("cell", "n"), [("0", 0), ("999", 999), ("1,168", 1168), ("1,16", None), ("not shown", None), ("5%", None), ("", None)]
)
def test_whole_numbers_as_a_page_prints_them(cell, n):
    """With commas where they belong."""
    assert whole(cell) == n


def test_who_is_counted_of_the_measures_that_are_known():
    """In, used and left out by reason; what is not shown is none, and the words of the policy are no part of a caption."""
    page = read_html(FLOW, "p.html")
    assert page.tables[0].caption == "From the episodes used"
    assert page.tables[0].source == "p.html: From the episodes used"
    found = {(number.row_name.measure, number.field): number.value for number in page.numbers}
    assert found == {
        ("completion", "in"): 1168,
        ("completion", "n"): 1100,
        ("completion", "died in care"): 60,
        ("completion", "never started"): None,
    }


@pytest.mark.parametrize(("words", "rows_in"), [("1,168 episodes", 1168), ("1 episode", 1), ("a number not shown", None)])
def test_definitions_say_among_whom_and_who_is_left_out(words, rows_in):
    """A line without a definition is none."""
    page = read_html(
        "<dl><dt>Completion</dt><dd>What share?</dd><dd>Completed (completion_strict): reason completed, among discharged episodes. Interval: Wilson.</dd>"
        f"<dd>Left out, of {words}: died in care: 60.</dd><dt>Episode</dt><dd>One admission.</dd></dl>",
        "p.html",
    )
    (one,) = page.described
    assert (one.title, one.rows_in, one.among, one.labels) == (
        "Completion",
        rows_in,
        {"completion_strict": "discharged episodes"},
        {"Completed": "completion_strict"},
    )


@pytest.mark.parametrize(("where", "few"), [("[]", {"missing_reason": 10}), ("[[{}]]", {})])
def test_a_finding_is_of_every_row_of_a_file(where, few):
    """So that a page of some episodes says nothing by it."""
    head = f'<meta name="parameters" content="{{&quot;where&quot;: {where}}}">'
    assert read_html(head + FINDINGS, "p.html").few == few


def test_a_finding_of_many_rows_says_how_many_are_left_out():
    """As the tables of who is counted do; nothing where the number is not shown."""
    for cell, n in (("12", 12), ("not shown", None)):
        page = read_html(FINDINGS.replace("fewer than 11", cell), "p.html")
        assert page.few == {}
        assert [(number.row_name.measure, number.field, number.value) for number in page.numbers] == [
            ("completion", "discharge reason missing", n)
        ]


def test_what_is_not_read_aloud_is_no_text():
    """Styles and drawings within a cell; a page of nothing holds nothing."""
    page = read_html("<table><tr><td><style>5</style>7<svg>9</svg></td></tr></table>", "p.html")
    assert page.tables[0].rows == [["7"]]
    assert read_html("", "p.html").tables == []
