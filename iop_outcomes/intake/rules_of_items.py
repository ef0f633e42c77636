"""Takes the columns of scores that came, gives the rules of totals and their items: sums, what is prorated, what cannot be made."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from collections.abc import Sequence

from iop_outcomes.engine.dialect import literal, quoted
from iop_outcomes.intake.recipes import adds_up
from iop_outcomes.intake.rules import Rule
from iop_outcomes.scales import Scale
from iop_outcomes.scales.scoring import answered_sql, sum_sql

MISSING = "such a score counts as missing"


def item_rules(has: Sequence[str], scales: Dictionary[str, Scale]) -> list[Rule]:
    """Rules over totals and items, for the scales that are made of items.

    Parameters
    ----------
    has : sequence of str
        The columns that came.
    scales : dict of str to Scale
        Which of them are made of items, and their rules for missing ones.
    """
    named = {scale: [f"{scale.name}_{number}" for number in range(1, scale.items + 1)] for scale in scales.values() if adds_up(scale)}
    came = {scale: [item for item in items if item in has] for scale, items in named.items()}
    complete = {scale: items for scale, items in named.items() if set(items) <= set(has)}
    if not complete and "score" not in has:
        return []  # there is no score at all, which is said of the columns
    lacking = "score__text IS NULL" if "score" in has else "TRUE"
    rules = [_item_sum(scale, items) for scale, items in complete.items() if "score" in has]
    for scale, items in named.items():
        rules += _of_blank_items(scale, items, lacking) if scale in complete else _of_lost_items(scale, came[scale], lacking)
    some = " OR ".join(f"({_is(scale)} AND {_answered(items)} > 0)" for scale, items in came.items() if items)
    blank = f"{lacking} AND score IS NULL AND NOT coalesce({some or 'FALSE'}, FALSE)"
    columns = [name for name in has if name not in ("score", "scale", "episode_id", "day")]
    first = ("score",) if "score" in has else ()
    return [*rules, _rule("score_blank", (*first, *columns), blank, "a row without a score", MISSING.capitalize(), "note")]


def _is(scale: Scale) -> str:
    return f"scale = {literal(scale.name)}"


def _answered(items: Sequence[str]) -> str:
    return f"({answered_sql(list(map(quoted, items)))})"


def _rule(name: str, columns: Sequence[str], predicate: str, message: str, hint: str, severity: str = "error") -> Rule:
    return Rule(name, "scores", tuple(columns), predicate, message, hint, severity)


def _item_sum(scale: Scale, items: Sequence[str]) -> Rule:
    """A total that is given beside all of its items must be their sum; where one is blank nothing can be said."""
    predicate = f"{_is(scale)} AND score <> {sum_sql(scale, list(map(quoted, items)))}"
    hint = "Correct the items or the total, or leave one of them out"
    return _rule("item_sum", ("score", *items), predicate, "the total is not the sum of its items", hint)


def _of_blank_items(scale: Scale, items: Sequence[str], lacking: str) -> list[Rule]:
    """Totals that are prorated, and those that cannot be made: of a blank item that no other stands in for, or of too many."""
    part = f"{_is(scale)} AND {lacking} AND {_answered(items)} BETWEEN 1 AND {scale.items - 1} AND score IS"
    most = f"At most {scale.missing.most_items_missing} of {scale.items} items may be blank"
    never = [items[number - 1] for number in scale.missing.never_prorated]
    without = " OR ".join(f"{quoted(item)} IS NULL" for item in never) or "FALSE"
    none = f"no total of {scale.label} can be made"
    too_many = f"{part} NULL AND NOT ({without})"
    rules = [_rule("total_not_made", items, too_many, f"{none}: more items are blank than may be", f"{most}; {MISSING}", "warning")]
    if never:
        message = f"{none}: item {' or '.join(map(str, scale.missing.never_prorated))} is blank, which no other stands in for"
        rules.append(_rule("total_not_made", (*never, *items), f"{part} NULL AND ({without})", message, MISSING.capitalize(), "warning"))
    if scale.missing.rule == "prorate":
        message = f"a total of {scale.label} is prorated: the items answered stand in for the blank ones"
        rules.append(_rule("total_prorated", items, f"{part} NOT NULL", message, most, "note"))
    return rules


def _of_lost_items(scale: Scale, came: Sequence[str], lacking: str) -> list[Rule]:
    """Rows whose total would be made of items of which some have no column."""
    if not came:
        return []
    message = f"no total of {scale.label} can be made: {len(came)} of its {scale.items} items have a column"
    predicate = f"{_is(scale)} AND {lacking} AND {_answered(came)} > 0"
    return [_rule("total_not_made", came, predicate, message, f"Bring them all, or the total; {MISSING}", "warning")]
