"""Takes what is read of each table, gives the rules its rows must keep: checks as data, compiled into one scan."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from collections.abc import Sequence

from iop_outcomes.columns import FIRST_DATE, Field
from iop_outcomes.engine import Rule
from iop_outcomes.engine.recipe import literal, quoted
from iop_outcomes.intake.mapping import Mapping
from iop_outcomes.intake.recipes import TablePlan
from iop_outcomes.scales import Scale

MAX_LABEL = 80
IDENTIFIERS = {
    "a social security number": r"(^|\D)\d{3}-\d{2}-\d{4}(\D|$)",
    "an e-mail address": r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}",
    "a telephone number": r"(^|\D)(\(\d{3}\) ?|\d{3}[-.])\d{3}[-.]\d{4}(\D|$)",
}
FULL_DATE = r"(^|\D)(19|20)\d{2}-\d{2}-\d{2}(\D|$)"
_CORRECT = 'Correct the file, or load with on_error="exclude" (excluded rows are counted)'


def rules_for(plans: Dictionary[str, TablePlan], mapping: Mapping, scales: Dictionary[str, Scale]) -> list[Rule]:
    """Every rule for the columns that came, those of single columns first.

    Parameters
    ----------
    plans : dict of table to TablePlan
        What is read.
    mapping : Mapping
        The declared class and cut-off.
    scales : dict of str to Scale
        Ranges of scores.
    """
    rules: list[Rule] = []
    for table, plan in plans.items():
        for field in plan.fields.values():
            rules += _of_field(table, field, mapping)
        has = frozenset(plan.fields)
        rules += {"episodes": _of_episodes, "scores": _of_scores, "events": _of_events}[table](has, mapping, scales)
    return rules


def _of_field(table: str, field: Field, mapping: Mapping) -> list[Rule]:
    value, text = quoted(field.name), quoted(field.name + "__text")

    def rule(name: str, predicate: str, message: str, hint: str = _CORRECT) -> Rule:
        return Rule(name, table, (field.name,), predicate, message, hint)

    found = []
    if field.blank == "not allowed":
        found.append(rule("blank", f"{text} IS NULL", "this column may not be blank"))
    if field.kind == "code":
        allowed = ", ".join(literal(word) for word in field.allowed)
        hint = f"Translate site codes in mapping.toml under [codes.{field.name}]. Allowed: {', '.join(field.allowed)}"
        found.append(rule("unknown_code", f"{text} NOT IN ({allowed})", "not one of the words allowed", hint))
    if field.kind == "flag":
        found.append(rule("not_flag", f"{text} NOT IN ('0', '1')", "must be 1 or 0"))
    if field.kind == "integer":
        found += _whole_number(field, value, text, rule)
    if field.kind == "date":
        last = f"CAST({literal(mapping.cutoff)} AS DATE)" if mapping.cutoff else "DATE '2100-01-01'"
        found.append(rule("invalid_date", f"{text} IS NOT NULL AND {value} IS NULL", "not a date written as 2024-03-31"))
        outside = f"{value} NOT BETWEEN CAST({literal(FIRST_DATE)} AS DATE) AND {last}"
        found.append(rule("date_range", outside, f"before {FIRST_DATE} or after the data cut-off"))
    if field.kind in ("category", "text"):
        found += _words(text, rule, mapping)
    return found


def _whole_number(field: Field, value: str, text: str, rule) -> list[Rule]:  # type: ignore[no-untyped-def]  # a local maker of rules
    found = [rule("not_whole_number", f"{text} IS NOT NULL AND {value} IS NULL", "not a whole number")]
    if field.low is not None and field.high is not None:
        hint = f"Allowed: {field.low:,} to {field.high:,}. If it means missing, name the code in mapping.toml under [missing]"
        found.append(rule("out_of_range", f"{value} NOT BETWEEN {field.low} AND {field.high}", "outside its range", hint))
    return found


def _words(text: str, rule, mapping: Mapping) -> list[Rule]:  # type: ignore[no-untyped-def]  # a local maker of rules
    found = [
        rule("label_too_long", f"length({text}) > {MAX_LABEL}", f"longer than {MAX_LABEL} characters", "Free text is not read; leave it out"),
        rule("control_character", f"regexp_matches({text}, '[\\x00-\\x1f\\x7f]')", "holds a control character"),
    ]
    gone = "Remove it: the file must hold no identifiers"
    found += [
        rule("identifier_value", f"regexp_matches({text}, {literal(pattern)})", f"looks like {what}", gone)
        for what, pattern in IDENTIFIERS.items()
    ]
    if mapping.data_class == "safe_harbor":
        hint = "Use days from admission, or declare the class: [data] class"
        found.append(rule("dates_not_allowed", f"regexp_matches({text}, {literal(FULL_DATE)})", "holds a full date", hint))
    return found


def _of_episodes(has: frozenset[str], mapping: Mapping, _scales: Dictionary[str, Scale]) -> list[Rule]:
    def rule(name: str, columns: Sequence[str], predicate: str, message: str, severity: str = "error", hint: str = _CORRECT) -> Rule:
        return Rule(name, "episodes", tuple(columns), predicate, message, hint, severity)

    found = [
        rule(
            "duplicate_id",
            ["episode_id"],
            "episode_id IS NOT NULL AND count(*) OVER (PARTITION BY episode_id) > 1",
            "the same episode stands more than once",
        )
    ]
    if {"admit_date", "discharge_date"} <= has:
        backwards = "discharge_date < admit_date"
        found.append(rule("discharge_before_admission", ["discharge_date"], backwards, "discharge is before admission"))
        if "los_days" in has and mapping.los_convention != "last_contact":
            differs = "los_days <> date_diff('day', admit_date, discharge_date)"
            hint = "Check [data] los_convention, or correct the file"
            found.append(rule("stay_disagrees", ["los_days"], differs, "the stay is not the one that the dates give", hint=hint))
    elif "discharge_day" in has:
        found.append(rule("discharge_before_admission", ["discharge_day"], "discharge_day < 0", "discharge is before admission"))
    if "discharge_reason" in has:
        active = "discharge_reason = 'active' AND los_days IS NOT NULL"
        found.append(rule("active_with_stay", ["discharge_reason"], active, "still in care, and yet a discharge is given"))
        given = [f"{name}__text IS NULL" for name in ("los_days", "discharge_day", "discharge_date") if name in has]
        unknown = " AND ".join(["discharge_reason NOT IN ('active', 'not_started')", "los_days IS NULL", *given])
        hint = "These episodes are left out of stays and curves"
        found.append(rule("stay_missing", ["discharge_reason"], unknown, "discharged without a discharge day", "warning", hint))
        blank = "discharge_reason IS NULL AND los_days IS NOT NULL"
        hint = "These episodes are left out of completion; the report shows the worst and the best case"
        found.append(rule("reason_missing", ["discharge_reason"], blank, "discharged without a reason", "note", hint))
    return found


def _of_scores(has: frozenset[str], _mapping: Mapping, scales: Dictionary[str, Scale]) -> list[Rule]:
    names = ", ".join(literal(name) for name in scales)
    ranges = " OR ".join(
        f"(scale = {literal(scale.name)} AND score NOT BETWEEN {int(scale.range[0])} AND {int(scale.range[1])})"
        for scale in scales.values()
        if scale.total
    )
    hint = f"Known scales: {', '.join(scales)}. Leave out the others"
    found = [
        _orphan("scores"),
        Rule("unknown_scale", "scores", ("scale",), f"scale__text NOT IN ({names})", "not a scale that is known", hint),
    ]
    if "score" in has:
        hint = "If it means missing, name the code in mapping.toml under [missing]"
        found.append(Rule("score_out_of_range", "scores", ("score",), ranges, "outside the range of its scale", hint))
    # A site may score twice on a day; admission takes the lower and discharge the higher, which never flatters the program.
    twice = "count(*) OVER (PARTITION BY episode_id, scale, day) > 1"
    hint = "The lower counts at admission, the higher at discharge"
    found.append(Rule("score_twice", "scores", ("day",), twice, "more than one score of a scale on a day", hint, "warning"))
    return found


def _of_events(has: frozenset[str], _mapping: Mapping, _scales: Dictionary[str, Scale]) -> list[Rule]:
    found = [_orphan("events")]
    days = [name for name in ("day", "days_after_discharge") if name in has]
    undated = " AND ".join(f"{name} IS NULL" for name in days) or "TRUE"
    hint = "Give day (from admission) or days_after_discharge"
    found.append(Rule("event_without_day", "events", (days or ["event"])[:1], undated, "an event without a day", hint))  # type: ignore[arg-type]
    if "days_after_discharge" in has:
        before = "days_after_discharge < 0"
        hint = "Events during care are counted from admission, in the column day"
        found.append(Rule("negative_day", "events", ("days_after_discharge",), before, "a day before discharge", hint))
    late = "event_days_after_discharge > episode_follow_up_days"
    hint = "Correct the day, or follow_up_days of the episode"
    found.append(Rule("event_after_follow_up", "events", ("event",), late, "later than the last day observed", hint))
    return found


def _orphan(table: str) -> Rule:
    hint = "Correct the id, or leave the row out"
    return Rule("no_such_episode", table, ("episode_id",), "episode_id IS NOT NULL AND episode_known IS NULL", "no such episode", hint)
