"""Takes tables of words, gives LaTeX: columns by what they hold, panels of very many, names that are safe."""

import re

import pytest

from iop_outcomes.reporting.latex import latex_table, latex_text
from iop_outcomes.show.tables import Table


@pytest.mark.parametrize(
    ("words", "text"),
    [("−0.5 – 3", "$-$0.5 -- 3"), ("≥ 6 & ≤ 9", r"$\geq$ 6 \& $\leq$ 9"), ("[a]*", "{[}a{]}{*}"), ("a\nb", "a b"), ("", ""), ("é", "é")],
)
def test_signs_are_printed_and_not_obeyed(words, text):
    """Those of numbers, of rows and of commands; letters stay."""
    assert latex_text(words) == text


def test_numbers_stand_from_the_right_and_what_is_set_in_is():
    """Names from the left; a table of prose has no numbers."""
    table = Table("T", ("", "n", "What"), (("All", "5", "five"), ("\u00a0\u00a0A", "3", "three")))
    text = latex_table(table, [], label="x")
    assert r"\begin{tabular}{lrl}" in text and r"\quad A & 3 & three \\" in text
    assert r"\begin{tabular}{lll}" in latex_table(Table("T", table.heads, table.rows, prose=True), [], label="x")


def test_very_many_columns_are_panels_that_lose_none():
    """Each with the names of its rows."""
    heads = ("Track", *(f"c{i}" for i in range(20)))
    text = latex_table(Table("T", heads, (("A", *(f"0.25 to 0.{i}" for i in range(20))),)), [], label="x")
    panels = re.findall(r"\\toprule\n(.+) \\\\\n\\midrule\n(.+) \\\\", text)
    assert len(panels) > 2
    assert [cell for head, _ in panels for cell in head.split(" & ")[1:]] == list(heads[1:])
    assert {row.split(" & ")[0] for _, row in panels} == {"A"}


def test_mark_notes_and_name():
    """The words of the policy above, notes below in small print; a name of letters, digits and lines."""
    text = latex_table(Table("T", ("", "n"), (("A", "1"),), mark="contains small numbers"), ["One.", "50%."], label="Ä_b c")
    assert r"\textit{contains small numbers}" in text
    assert r"\footnotesize One. 50\%." in text
    assert r"\label{tab:--b-c}" in text
    assert "footnotesize" not in latex_table(Table("T", ("", "n"), ()), [], label="x")
