"""Takes the columns of a table of counts, gives the rules of its cells: numbers withheld, percents, totals among the cells, many of one person."""

from __future__ import annotations

from collections.abc import Iterable

from iop_outcomes.columns import COUNTED, Field
from iop_outcomes.engine.dialect import CELL_SIZE, literal, quoted
from iop_outcomes.intake.recipes import MOST_IN_CELL
from iop_outcomes.intake.rules import Rule

MOST_OF_A_PATIENT = 1_000  # episodes that one row may hold of a person who is named
WITHHELD = r"^([*.\-\x{2013}\x{2014}]+|[<\x{2264}]=? ?\d+|\d{1,2} ?(-|\x{2013}|to) ?\d{1,2}|[cdsx\x{2020}]|n/?a|suppressed|masked|withheld|redacted|low)$"
PERCENT = r"^[+-]?\d+([.,]\d+)? ?%$"
TOTALS = ("total", "totals", "all", "overall", "subtotal", "grand total", "sum", "everyone")


def count_rules(field: Field) -> list[Rule]:
    """Rules of the column that says how many; an unknown number is never read as none.

    Parameters
    ----------
    field : Field
        That column.
    """
    text, value = quoted(field.name + "__text"), quoted(field.name)
    withheld = f"{text} IS NULL OR regexp_matches(lower({text}), {literal(WITHHELD)})"
    percent = f"regexp_matches({text}, {literal(PERCENT)})"
    out_of_cells = (
        "Ask for the number, or for a table in which such cells are taken together. Leaving the cells out (on_error exclude) leaves their "
        "episodes out of every rate"
    )
    return [
        _rule("count_withheld", field.name, withheld, "the number is withheld or blank, which is not 0", out_of_cells),
        _rule(
            "percent_for_count",
            field.name,
            percent,
            "a percent, and not a number of episodes",
            "Multiply it by the number of episodes it is a percent of, round, and write one row for each outcome with that number",
        ),
        _rule(
            "not_whole_number",
            field.name,
            f"{text} IS NOT NULL AND {value} IS NULL",
            "not a whole number of episodes",
            "Write it in digits alone, as 1234, with nothing between the thousands",
        ),
        _rule(
            "out_of_range",
            field.name,
            f"{value} NOT BETWEEN 0 AND {MOST_IN_CELL}",
            "below 0, or too many",
            f"Allowed: 0 to {MOST_IN_CELL:,}",
        ),
    ]


def cell_rules(fields: Iterable[Field], *, known: Iterable[str]) -> list[Rule]:
    """Rules of the other columns of a table of counts.

    Parameters
    ----------
    fields : iterable of Field
        The columns that came.
    known : iterable of str
        Their names.
    """
    words = ", ".join(map(literal, TOTALS))
    hint = "Leave the rows of totals out: what they count is in the other rows, and would count twice"
    rules = [
        _rule("total_among_cells", field.name, f"lower({quoted(field.name + '__text')}) IN ({words})", "a total among the cells", hint)
        for field in fields
        if field.kind == "category"
    ]
    if "patient_id" in known:
        many = f"patient_id IS NOT NULL AND {CELL_SIZE} > {MOST_OF_A_PATIENT}"
        rules.append(
            _rule(
                "many_of_a_patient",
                CELL_SIZE,
                many,
                f"more than {MOST_OF_A_PATIENT:,} episodes of one person",
                "Leave patient_id blank in a row that counts several persons",
            )
        )
    return rules


def _rule(name: str, column: str, predicate: str, message: str, hint: str) -> Rule:
    return Rule(name, COUNTED, (column,), predicate, message, hint)
