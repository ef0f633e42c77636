"""Takes what is read of each table, gives the rules its rows must keep: checks as data, compiled into one scan."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Mapping as Dictionary
from dataclasses import replace

from iop_outcomes.columns import EVENTS, FIRST_DATE, Field
from iop_outcomes.engine import Fault, Rule
from iop_outcomes.engine.recipe import literal, quoted, typed_text
from iop_outcomes.intake.mapping import Mapping
from iop_outcomes.intake.recipes import TablePlan
from iop_outcomes.results import ALL, MISSING_LEVEL
from iop_outcomes.scales import Scale

MAX_LABEL = 80
ORPHAN = "no_such_episode"
IDENTIFIERS = {
    "a social security number": r"(^|\D)\d{3}-\d{2}-\d{4}(\D|$)",
    "an e-mail address": r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}",
    "a telephone number": r"(^|\D)(\(\d{3}\) ?|\d{3}[-.])\d{3}[-.]\d{4}(\D|$)",
}
FULL_DATE = r"(^|\D)(19|20)\d{2}-\d{2}-\d{2}(\D|$)"
_CORRECT = 'Correct the file, or load with on_error="exclude" (excluded rows are counted)'
_LATE = "later than the last day observed"
_LATE_HINT = "Correct the day, or follow_up_days of the episode"


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
        computed = {derived.name for derived in plan.recipe.derived}
        for field in plan.fields.values():
            rules += _of_field(table, field, mapping, computed=field.name in computed)
        if table == "episodes":
            rules += _of_episodes(frozenset(plan.fields), frozenset(plan.recipe.names), mapping)
        else:
            rules.append(_orphan(table))
            rules += _of_scores(tuple(plan.fields), scales) if table == "scores" else _of_events(frozenset(plan.fields))
    return rules


def once(faults: Sequence[Fault]) -> list[Fault]:
    """Name each fault once: where an error names a cell of a row, later rules that read this cell do not name the row again."""
    named: dict[tuple[str, str], set[int]] = {}
    found = []
    for fault in faults:
        rule = fault.rule
        cells = [named.setdefault((rule.table, column), set()) for column in rule.columns]
        rows = [row for row in fault.rows if not any(row in cell for cell in cells)]
        if rule.severity == "error":
            for cell in cells:
                cell.update(rows)
        if rows:
            found.append(Fault(rule, tuple(rows)))
    return found


def excuse_orphans(faults: Sequence[Fault]) -> list[Fault]:
    """Where episodes have lost lines or ids, a score or an event without its episode may be no fault of its own."""
    message, hint = "no such episode, or one that cannot be read", "Correct the episodes first; the row is left out with its episode"
    return [
        Fault(replace(fault.rule, message=message, hint=hint, severity="warning"), fault.rows) if fault.rule.id == ORPHAN else fault
        for fault in faults
    ]


def _of_field(table: str, field: Field, mapping: Mapping, *, computed: bool) -> list[Rule]:
    text = quoted(field.name + "__text")
    # Where the column is completed from others, the value written in the file is judged and not the one that took its place.
    value = typed_text(text, field.kind) if computed else quoted(field.name)

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
        found.append(rule("invalid_date", f"{text} IS NOT NULL AND ({value}) IS NULL", "not a date written as 2024-03-31"))
        outside = f"({value}) NOT BETWEEN CAST({literal(FIRST_DATE)} AS DATE) AND {last}"
        found.append(rule("date_range", outside, f"before {FIRST_DATE} or after the data cut-off"))
    if field.kind in ("category", "text"):
        found += _words(text, rule, mapping)
    return found


def _whole_number(field: Field, value: str, text: str, rule: Callable[..., Rule]) -> list[Rule]:
    found = [rule("not_whole_number", f"{text} IS NOT NULL AND ({value}) IS NULL", "not a whole number")]
    if field.low is not None and field.high is not None:
        hint = f"Allowed: {field.low:,} to {field.high:,}. If it means missing, name the code in mapping.toml under [missing]"
        found.append(rule("out_of_range", f"({value}) NOT BETWEEN {field.low} AND {field.high}", "outside its range", hint))
    return found


def _words(text: str, rule: Callable[..., Rule], mapping: Mapping) -> list[Rule]:
    found = [
        rule(
            "label_too_long", f"length({text}) > {MAX_LABEL}", f"longer than {MAX_LABEL} characters", "Free text is not read; leave it out"
        ),
        rule("control_character", f"regexp_matches({text}, '[\\x00-\\x1f\\x7f]')", "holds a control character"),
    ]
    own = ", ".join(literal(word) for word in (ALL, MISSING_LEVEL))
    found.append(
        rule("reserved_word", f"{text} IN ({own})", f"one of the words that reports use themselves ({ALL}, {MISSING_LEVEL})", "Rename it")
    )
    gone = "Remove it: the file must hold no identifiers"
    found += [
        rule("identifier_value", f"regexp_matches({text}, {literal(pattern)})", f"looks like {what}", gone)
        for what, pattern in IDENTIFIERS.items()
    ]
    if mapping.data_class == "safe_harbor":
        hint = "Use days from admission, or declare the class: [data] class"
        found.append(rule("dates_not_allowed", f"regexp_matches({text}, {literal(FULL_DATE)})", "holds a full date", hint))
    return found


def _of_episodes(has: frozenset[str], known: frozenset[str], mapping: Mapping) -> list[Rule]:
    """Rules over several columns of episodes: `has` are the columns that came, `known` those and the computed ones."""
    stay = tuple(name for name in ("los_days", "discharge_day", "discharge_date", "admit_date") if name in has)
    twice = "episode_id IS NOT NULL AND count(*) OVER (PARTITION BY episode_id) > 1"
    found = [_episode_rule("duplicate_id", ("episode_id",), twice, "the same episode stands more than once")]
    found += _of_stay(has, stay, mapping)
    if "discharge_reason" in has:
        columns = ("discharge_reason", *stay)
        active = "discharge_reason = 'active' AND los_days IS NOT NULL"
        found.append(_episode_rule("active_with_stay", columns, active, "still in care, and yet a discharge is given"))
        unknown = "discharge_reason NOT IN ('active', 'not_started') AND los_days IS NULL"
        hint = "These episodes are left out of stays and curves"
        found.append(_episode_rule("stay_missing", columns, unknown, "discharged without a discharge day", hint, "warning"))
        blank = "discharge_reason IS NULL AND los_days IS NOT NULL"
        hint = "These episodes are left out of completion; the report shows the worst and the best case"
        found.append(_episode_rule("reason_missing", columns, blank, "discharged without a reason", hint, "note"))
    for event in EVENTS:
        if {f"{event}_day", f"{event}_observed"} <= has:
            found += _of_wide_event(event, stay, has, known)
    return found


def _episode_rule(name: str, columns: Sequence[str], predicate: str, message: str, hint: str = _CORRECT, severity: str = "error") -> Rule:
    return Rule(name, "episodes", tuple(columns), predicate, message, hint, severity)


def _of_stay(has: frozenset[str], stay: Sequence[str], mapping: Mapping) -> list[Rule]:
    """Discharge after admission, and the same stay however it is written."""
    backwards = "discharge is before admission"
    disagree = "the stay is not the one that {} give"
    hint = "Check [data] los_convention, or correct the file"
    found = []
    if "discharge_day" in has:
        found.append(_episode_rule("discharge_before_admission", ("discharge_day",), "discharge_day < 0", backwards))
    if {"admit_date", "discharge_date"} <= has:
        dates = ("discharge_date", "admit_date")
        found.append(_episode_rule("discharge_before_admission", dates, "discharge_date < admit_date", backwards))
        if mapping.los_convention != "last_contact" and stay[0] != "discharge_date":
            differs = "los_days <> date_diff('day', admit_date, discharge_date)"
            found.append(_episode_rule("stay_disagrees", stay, differs, disagree.format("the dates"), hint))
    # A stay that counts both days has at least one.
    found.append(_episode_rule("discharge_before_admission", stay, "los_days < 0", backwards))
    if "observed_days" in has:
        columns = ("observed_days", *stay)
        found.append(
            _episode_rule("discharge_after_cutoff", columns, "observed_days < los_days", "discharge is later than the last day observed")
        )
    if {"los_days", "discharge_day"} <= has and mapping.los_convention != "last_contact":
        found.append(_episode_rule("stay_disagrees", stay, "los_days <> discharge_day", disagree.format("the days"), hint))
    return found


def _of_wide_event(event: str, stay: Sequence[str], has: frozenset[str], known: frozenset[str]) -> list[Rule]:
    """Rules of an event that stands beside its episode: both columns or none, and inside the follow-up."""
    day, seen = f"{event}_day", f"{event}_observed"
    found = [
        _episode_rule(
            "event_without_day", (day, seen), f"{seen} = 1 AND {day} IS NULL", "an event without a day", "Give its day from admission"
        ),
        _episode_rule(
            "blank", (seen, day), f"{seen} IS NULL AND {day} IS NOT NULL", f"may not be blank where {day} is given", "Write 1 or 0"
        ),
    ]
    if "follow_up_days" in known:
        late = f"{seen} = 1 AND {day} > los_days + follow_up_days"
        columns = (day, seen, *stay, *sorted({"follow_up_days", "observed_days"} & has))
        found.append(_episode_rule("event_after_follow_up", columns, late, _LATE, _LATE_HINT))
    return found


def _of_scores(has: Sequence[str], scales: Dictionary[str, Scale]) -> list[Rule]:
    names = ", ".join(literal(name) for name in scales)
    ranges = " OR ".join(
        f"(scale = {literal(scale.name)} AND score NOT BETWEEN {int(scale.range[0])} AND {int(scale.range[1])})"
        for scale in scales.values()
        if scale.total
    )
    hint = f"Known scales: {', '.join(scales)}. Leave out the others"
    found = [Rule("unknown_scale", "scores", ("scale",), f"scale__text NOT IN ({names})", "not a scale that is known", hint)]
    if "score" in has:
        hint = "If it means missing, name the code in mapping.toml under [missing]"
        items = (name for name in has if name not in ("score", "episode_id", "day"))
        found.append(Rule("score_out_of_range", "scores", ("score", *items), ranges, "outside the range of its scale", hint))
    # A site may score twice on a day; admission takes the lower and discharge the higher, which never flatters the program.
    twice = "count(*) OVER (PARTITION BY episode_id, scale, day) > 1"
    hint = "The lower counts at admission, the higher at discharge"
    found.append(
        Rule("score_twice", "scores", ("day", "episode_id", "scale"), twice, "more than one score of a scale on a day", hint, "warning")
    )
    return found


def _of_events(has: frozenset[str]) -> list[Rule]:
    days = tuple(name for name in ("day", "days_after_discharge") if name in has)
    undated = " AND ".join(f"{name} IS NULL" for name in days)
    hint = "Give day (from admission) or days_after_discharge"
    found = [Rule("event_without_day", "events", days, undated, "an event without a day", hint)]
    if "days_after_discharge" in has:
        before = "days_after_discharge < 0"
        hint = "Events during care are counted from admission, in the column day"
        found.append(Rule("negative_day", "events", ("days_after_discharge",), before, "a day before discharge", hint))
    # A stay or a follow-up below 0 is a fault of the episode, and named there.
    late = "event_days_after_discharge > episode_follow_up_days AND episode_follow_up_days >= 0 AND coalesce(episode_los_days, 0) >= 0"
    for day in days:
        others = "".join(f" AND {other} IS NULL" for other in days if other > day)
        found.append(Rule("event_after_follow_up", "events", (day, *days), f"{late} AND {day} IS NOT NULL{others}", _LATE, _LATE_HINT))
    return found


def _orphan(table: str) -> Rule:
    predicate = "episode_id IS NOT NULL AND episode_known IS NULL"
    return Rule(ORPHAN, table, ("episode_id",), predicate, "no such episode", "Correct the id, or leave the row out")
