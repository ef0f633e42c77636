"""Takes tables of words and released results, gives HTML, text, and rows: escaped, named, with the base that each number has."""

import pytest

from iop_outcomes.errors import ReleaseError
from iop_outcomes.release import SUPPRESSED, ReleasedFlow
from iop_outcomes.show.tables import (
    IN_THE_REST,
    REST,
    WHY_REST,
    Table,
    estimates_table,
    flow_table,
    mix_table,
    panels,
    share_table,
    value_table,
    value_with_base,
    value_with_range,
)
from tests.reporting.parts.small import people
from tests.show.made import released_of

ROWS = people(20, 20) + people(10, 30, track="b")


def test_html_has_scoped_heads_and_escaped_cells():
    """The cells that name a row are its heads; shades are classes, the mark stands in the caption."""
    html = Table("<Sizes>", ("A", "B", "n"), (("x", "y & z", "5"),), mark="small", naming=2, shades=(("good",),)).to_html()
    assert html.count('scope="row"') == 2 and html.count('scope="col"') == 3
    assert "&lt;Sizes&gt;" in html and "y &amp; z" in html
    assert '<td class="good">5</td>' in html and '<span class="mark">small</span>' in html


def test_numbers_stand_from_the_right_and_names_and_prose_do_not():
    """A column of signs before digits is one of numbers; an empty table has none."""
    rows = (("1 a", "5%", "−3", "words", "<5"), ("b", "", "", "more", ""))
    assert Table("", ("", "", "", "", ""), rows).of_numbers == (False, True, True, False, True)
    assert Table("", ("", ""), (("a", "5"),), prose=True).of_numbers == (False, False)
    assert Table("", ("", ""), ()).of_numbers == (False, False)


@pytest.mark.parametrize("widest", [1, 2, 3, 10])
def test_panels_lose_no_column(widest):
    """Each with the names of its rows, and at least one more."""
    table = Table("", ("name", *"abcde"), (("r", *"12345"),))
    pieces = panels(table, widest)
    assert "".join(cell for piece in pieces for cell in piece.heads[1:]) == "abcde"
    assert "".join(cell for piece in pieces for cell in piece.rows[0][1:]) == "12345"
    assert all(piece.heads[0] == "name" and (len(piece.heads) <= max(widest, 2)) for piece in pieces)


def test_one_base_is_said_once_and_several_with_each_number():
    """Completion and that of all admitted rest on other episodes."""
    released = released_of(ROWS, "completion")
    one = share_table(released, ["completion_strict"], caption="c", first="Track")
    assert one.heads == ("Track", "Completed", "Plausible range (completed)", "Episodes")
    assert one.rows[0][:2] == ("All episodes", "38% (30)") and one.rows[0][-1] == "80"
    two = value_table(released, ["completion_strict", "completion_of_admitted"], caption="c", first="Track")
    assert two.caption.endswith("; n: the episodes each figure rests on")
    assert two.rows[0][1].endswith("; n 80")


def test_of_few_a_value_says_its_counts_itself():
    """And of a withheld one nothing is added."""
    few, hidden = (released_of(people(3, 2), "completion", policy=policy).estimate("completion_strict") for policy in ("none", "cms11"))
    assert value_with_base(few) == value_with_range(few) == "3 of 5"
    assert value_with_base(hidden) == value_with_range(hidden) == "not shown"


def test_parts_that_are_withheld_stand_together_as_the_rest():
    """Where any is; the others leave it."""
    whole = mix_table(released_of(ROWS, "discharge_reasons"), ["reason_completed", "reason_dropped_out"], caption="c", first="Track")
    assert REST not in whole.heads and whole.notes == ()
    rows = people(40, 40) + people(76, 4, track="b")
    hidden = released_of(rows, "discharge_reasons", policy="cms11")
    table = mix_table(hidden, [each.name for each in hidden.definition.estimands], caption="c", first="Track")
    if any(not each.shown for each in hidden):
        assert REST in table.heads and table.notes == (WHY_REST,)
        assert any(IN_THE_REST in row for row in table.rows) or any("not shown" in row for row in table.rows)


def test_a_flow_says_none_where_nobody_is_left_out():
    """And not shown where a count is withheld; what was not released is refused."""
    rows = flow_table(
        [ReleasedFlow("a", 5, 5, {"died": 0}), ReleasedFlow("b", 50, SUPPRESSED, {"died": SUPPRESSED})], caption="c", first="f"
    ).rows
    assert rows == (("a", "5", "5", "none"), ("b", "50", "not shown", "died: not shown"))
    with pytest.raises(ReleaseError, match="flow_table shows released flows only, and was given int"):
        flow_table([5], caption="c", first="f")


def test_every_estimate_is_a_row():
    """Comparisons have p and a word; a number that is none says why."""
    released = released_of(ROWS, "completion", compared=("completion_strict",))
    table = estimates_table(released)
    assert len(table.rows) == len(list(released))
    assert table.heads[-4:] == ("p", "p, adjusted", "In a word", "Flag")
    assert [row[-2] for row in table.rows if ", minus the others" in row[1]] == ["higher", "lower"] or len(table.rows) > 10
