"""Takes the columns of scores that came, gives the rules of totals and their items: sums, what is prorated, what cannot be made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Dictionary

from iop_outcomes.engine.dialect import literal, quoted
from iop_outcomes.intake.recipes import subscales_of
from iop_outcomes.intake.rules import Rule
from iop_outcomes.scales import Scale
from iop_outcomes.scales.scoring import answered_sql, total_sql

MISSING = "such a score counts as missing"
ROUNDED_MEAN = "0.05"  # a mean written with one decimal lies no farther from the one that is made of the items


def item_rules(has: Sequence[str], scales: Dictionary[str, Scale]) -> list[Rule]:
    """Rules over totals and items, for the scales that are made of items.

    Parameters
    ----------
    has : sequence of str
        The columns that came.
    scales : dict of str to Scale
        Which of them are made of items, and their rules for missing ones.
    """
    forms = [scale for scale in scales.values() if not scale.form]
    scored = {form: [scale for scale in (form, *subscales_of(form, scales)) if scale.adds_up] for form in forms}
    came = {scale: [item for item in scale.item_columns if item in has] for every in scored.values() for scale in every}
    complete = {scale for scale, items in came.items() if len(items) == scale.items}
    if not complete and "score" not in has:
        return []  # there is no score at all, which is said of the columns
    lacking = "score__text IS NULL" if "score" in has else "TRUE"
    rules = [_item_sum(scale) for scale in came if scale in complete and not scale.form and "score" in has]
    for scale, items in came.items():
        rules += _of_blank_items(scale, lacking) if scale in complete else _of_lost_items(scale, items, lacking)
    answered = {form: dict.fromkeys(item for scale in every for item in came[scale]) for form, every in scored.items()}
    some = " OR ".join(f"({_is(form)} AND ({_any(items)}))" for form, items in answered.items() if items)
    blank = f"{lacking} AND score IS NULL AND NOT coalesce({some or 'FALSE'}, FALSE)"
    columns = [name for name in has if name not in ("score", "scale", "episode_id", "day")]
    first = ("score",) if "score" in has else ()
    return [*rules, _rule("score_blank", (*first, *columns), blank, "a row without a score", MISSING.capitalize(), "note")]


def _is(scale: Scale) -> str:
    return f"scale = {literal(scale.form or scale.name)}"


def _any(items: Iterable[str]) -> str:
    return " OR ".join(f"{quoted(item)} IS NOT NULL" for item in items)


def _columns(scale: Scale) -> list[str]:
    return list(map(quoted, scale.item_columns))


def _rule(name: str, columns: Sequence[str], predicate: str, message: str, hint: str, severity: str = "error") -> Rule:
    return Rule(name, "scores", tuple(columns), predicate, message, hint, severity)


def _item_sum(scale: Scale) -> Rule:
    """A score that is given beside all of its items must be what they make; where one is blank nothing can be said."""
    made = total_sql(scale, _columns(scale), complete=True)
    differs = f"score <> {made}" if scale.scored_as == "sum" else f"abs(score - {made}) > {ROUNDED_MEAN}"
    hint = "Correct the items or the total, or leave one of them out"
    what = "the sum of its items" if scale.plain_sum else "what its items make"
    return _rule("item_sum", ("score", *scale.item_columns), f"{_is(scale)} AND {differs}", f"the total is not {what}", hint)


def _of_blank_items(scale: Scale, lacking: str) -> list[Rule]:
    """Totals that are prorated, and those that cannot be made: of a blank item that no other stands in for, or of too many."""
    items, missing = scale.item_columns, scale.missing
    answered = answered_sql(scale, dict(zip(scale.item_numbers, _columns(scale), strict=True)))
    score = f"({total_sql(scale, _columns(scale))})" if scale.form else "score"
    given = "" if scale.form else f"{lacking} AND "
    part = f"{_is(scale)} AND {given}({answered}) BETWEEN 1 AND {scale.items - 1} AND {score} IS"
    most = f"At most {missing.most_items_missing} of {scale.items} items may be blank"
    if scale.groups is not None:
        most = f"At least {', '.join(map(str, scale.groups.least_answered))} items of its groups must be answered"
        most += ", or one with the highest answer" if scale.groups.known_at_highest else ""
    never = [f"{scale.form or scale.name}_{number}" for number in missing.never_prorated]
    without = " OR ".join(f"{quoted(item)} IS NULL" for item in never) or "FALSE"
    none = f"no total of {scale.label} can be made"
    too_many = f"{part} NULL AND NOT ({without})"
    rules = [_rule("total_not_made", items, too_many, f"{none}: more items are blank than may be", f"{most}; {MISSING}", "warning")]
    if never:
        message = f"{none}: item {' or '.join(map(str, missing.never_prorated))} is blank, which no other stands in for"
        rules.append(_rule("total_not_made", (*never, *items), f"{part} NULL AND ({without})", message, MISSING.capitalize(), "warning"))
    if missing.rule != "none" or scale.groups is not None:
        how = "blank items count as the lowest answer" if missing.rule == "lowest" else "the items answered stand in for the blank ones"
        made = f"a total of {scale.label} is prorated: {how}"
        if scale.groups is not None and scale.groups.known_at_highest:
            made = f"a score of {scale.label} is known although items are blank: of a group, enough is answered, or one answer is as high as any can be"
        rules.append(_rule("total_prorated", items, f"{part} NOT NULL", made, most, "note"))
    return rules


def _of_lost_items(scale: Scale, came: Sequence[str], lacking: str) -> list[Rule]:
    """Rows whose total would be made of items of which some have no column."""
    if not came:
        return []
    message = f"no total of {scale.label} can be made: {len(came)} of its {scale.items} items have a column"
    predicate = f"{_is(scale)} AND {'' if scale.form else lacking + ' AND '}({_any(came)})"
    return [_rule("total_not_made", came, predicate, message, f"Bring them all, or the total; {MISSING}", "warning")]
