"""Takes the columns of episodes that came, gives the rules over several of them: stays, events beside them, a patient's other episodes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from iop_outcomes.columns import EVENTS, FIRST_DATE, KINDS, MAX_DAYS, NOT_KNOWN, OUTSIDE
from iop_outcomes.engine.dialect import CELL_SIZE, ROW, literal, numbers_held_twice, quoted
from iop_outcomes.intake.casts import typed_text
from iop_outcomes.intake.mapping import Mapping
from iop_outcomes.intake.rules import Rule

CORRECT = 'Correct the file, or load with on_error="exclude" (excluded rows are counted)'
LATE = "later than the last day observed"
LATE_HINT = "Correct the day, or follow_up_days of the episode"
LAST_DATE = "2100-01-01"  # without a cut-off: no clock is read, so that a file is judged alike on every day
AFTER_DEATH = "later than the death of the same episode"
AFTER_DEATH_HINT = "Correct one of the days"
NO_READMISSION = "no_readmission"
OVERLAP = "overlapping_tracks"
DUPLICATE = "duplicate_id"
READMISSIONS = tuple(event for event in EVENTS if event.startswith("readmission"))
OUT_OF_COMPLETION = "These episodes are left out of completion; the report shows the worst and the best case"
FEW = 100  # followed-up episodes below which no readmission at all is no surprise


def episode_rules(has: Collection[str], known: Collection[str], mapping: Mapping, *, grouped: bool) -> list[Rule]:
    """Rules over several columns of episodes.

    Parameters
    ----------
    has : collection of str
        The columns that came.
    known : collection of str
        Those and the computed ones.
    mapping : Mapping
        The convention of stays, and the cut-off.
    grouped : bool
        Whether the episodes are grouped by their ids already, because rows of another table belong to them.
    """
    stay = tuple(name for name in ("los_days", "los_code", "discharge_day", "discharge_date", "admit_date") if name in has)
    rules = _of_rows(has, mapping, grouped=grouped)
    rules += _of_stay(has, stay, known, mapping)
    if "discharge_reason" in has and (stay or not mapping.counts):
        rules += _of_reason(stay, "los_code" if "los_code" in has and mapping.los_convention == "teds_codes" else "los_days")
    elif "discharge_reason" in has:
        rules.append(_of_reason_alone(mapping))
    if "track" in has:
        hint = "They are shown as (missing), and compared with nobody. Where a sheet writes a track once for many rows, or in merged cells, fill it down"
        rules.append(_rule("track_blank", ("track",), "track IS NULL", "no track", hint, "warning"))
    rules += [_tests(name) for name in ("patient_id", "episode_id", "track") if name in has]
    if "planned_days" in has:
        hint = "Leave it blank where no length was planned"
        rules.append(_rule("planned_days_zero", ("planned_days",), "planned_days = 0", "a planned length of no day", hint, "warning"))
    wide = [event for event in EVENTS if {f"{event}_day", f"{event}_observed"} <= set(known)]
    for event in wide:
        rules += _of_wide_event(event, stay, has, known)
    rules += _after_death(wide, stay, has, known, mapping)
    if {"patient_id", "admit_date"} <= set(has):
        rules.append(overlap_rule(has, known, mapping, same_track=False))
    return rules


def _rule(name: str, columns: Sequence[str], predicate: str, message: str, hint: str = CORRECT, severity: str = "error") -> Rule:
    return Rule(name, "episodes", tuple(columns), predicate, message, hint, severity)


def _tests(name: str) -> Rule:
    """Rows that are named as those are which record systems keep to be tried with."""
    text = quoted(f"{name}__text")
    named = " OR ".join(f"contains({text}, {literal(word)})" for word in ("TEST", "Test", "test"))
    hint = f'If they are no patients, leave them out in mapping.toml, as in [leave_out.episodes] {name} = ["TEST1"]; else nothing is to be done'
    return _rule("test_rows", (name,), named, "named as a test, and counted as an episode", hint, "warning")


def _of_rows(has: Collection[str], mapping: Mapping, *, grouped: bool) -> list[Rule]:
    """Each row is an episode of its own; where rows are numbered nobody can tell a copy, and with a date of admission two alike are rare."""
    if mapping.counts or (mapping.rule("episode_id") and "admit_date" not in has):
        return []
    if not mapping.rule("episode_id"):
        return [duplicate_rule("parents WHERE times > 1") if grouped else duplicate_suspicion()]
    cells = f"hash({', '.join(quoted(f'{name}__text') for name in sorted(has))})"
    alike = f"{cells} IN (SELECT {cells} FROM own_episodes GROUP BY 1 HAVING count(*) > 1)"
    hint = "Each is counted as an episode; leave out those that stand twice by mistake. A column episode_id would tell copies from episodes"
    return [_rule("episode_alike", ("admit_date", *sorted(has)), alike, "rows alike in every column that is read", hint, "warning")]


def duplicate_rule(several: str = "own_episodes GROUP BY episode_id HAVING count(*) > 1") -> Rule:
    """Rows that share an id; windows over the scan itself would hold every column of every row, and here one column is seen.

    Parameters
    ----------
    several : str
        SQL of where the ids come from that stand several times.
    """
    twice = f"episode_id IN (SELECT episode_id FROM {several})"
    return _rule(DUPLICATE, ("episode_id",), twice, "rows of one episode that differ")


def duplicate_suspicion() -> Rule:
    """The same, asked more cheaply: ids whose numbers are alike."""
    return replace(duplicate_rule(), predicate=f"hash(episode_id) IN ({numbers_held_twice('episode_id', 'own_episodes')})")


def _of_reason(stay: Sequence[str], known_stay: str) -> list[Rule]:
    """A reason for discharge and a discharge stand together."""
    columns = ("discharge_reason", *stay)
    ends = [name for name in stay if name not in ("los_days", "admit_date")]
    active = " OR ".join(f"discharge_reason = 'active' AND {name} IS NOT NULL" for name in ends) or "FALSE"
    so_far = "discharge_reason = 'active' AND los_days__text IS NOT NULL"
    unknown = f"coalesce(discharge_reason, '') NOT IN ('active', 'not_started', {literal(NOT_KNOWN)}) AND {known_stay} IS NULL"
    out_of_curves = "These episodes are left out of stays and curves"
    blank = f"discharge_reason IS NULL AND {known_stay} IS NOT NULL"
    nobody_knows = f"discharge_reason = {literal(NOT_KNOWN)}"
    reach = "Say until when the data reach ([data] cutoff in mapping.toml, or observed_days), or write the reason: until then they are outside every rate of the discharged"
    rules = [
        _rule("active_with_stay", columns, active, "still in care, and yet a discharge is given"),
        _rule("stay_missing", columns, unknown, "discharged without a discharge day", out_of_curves, "warning"),
        _rule(
            "not_known_whether_discharged", columns, nobody_knows, "no reason and no stay: not known whether discharged", reach, "warning"
        ),
        _rule("reason_missing", columns, blank, "discharged without a reason", OUT_OF_COMPLETION, "note"),
    ]
    if "los_days" in stay:
        hint = "Read as observed_days where these are blank; the stay is not known until the discharge"
        rules.append(_rule("days_so_far", ("los_days", *columns), so_far, "still in care: the stay is taken as days so far", hint, "note"))
    return rules


def _of_reason_alone(mapping: Mapping) -> Rule:
    """A blank reason in a table of counts without stays: of episodes that all ended, or nobody knows."""
    if mapping.counts_of == "discharged":
        return _rule(
            "reason_missing", ("discharge_reason",), "discharge_reason IS NULL", "discharged without a reason", OUT_OF_COMPLETION, "note"
        )
    nobody_knows = f"discharge_reason = {literal(NOT_KNOWN)}"
    hint = 'Write the reason, or say that all were discharged ([data] counts_of = "discharged"): until then they are outside every rate of the discharged'
    return _rule(
        "not_known_whether_discharged", ("discharge_reason",), nobody_knows, "no reason: not known whether discharged", hint, "warning"
    )


def _of_stay(has: Collection[str], stay: Sequence[str], known: Collection[str], mapping: Mapping) -> list[Rule]:
    """Discharge after admission, and the same stay however it is written."""
    backwards = "discharge is before admission"
    disagree = "the stay is not the one that {} give"
    hint = "Check [data] los_convention, or correct the file"
    rules = []
    if "discharge_day" in has:
        rules.append(_rule("discharge_before_admission", ("discharge_day",), "discharge_day < 0", backwards))
    if {"admit_date", "discharge_date"} <= set(has):
        dates = ("discharge_date", "admit_date")
        rules.append(_rule("discharge_before_admission", dates, "discharge_date < admit_date", backwards))
        if mapping.los_convention != "last_contact" and stay[0] != "discharge_date":
            differs = "los_days <> date_diff('day', admit_date, discharge_date)"
            rules.append(_rule("stay_disagrees", stay, differs, disagree.format("the dates"), hint))
    # A stay that counts both days has at least one.
    rules.append(_rule("discharge_before_admission", stay, "los_days < 0", backwards))
    if "observed_days" in known:
        columns = ("observed_days", *stay) if "observed_days" in has else stay
        rules.append(_rule("discharge_after_cutoff", columns, _after_cutoff(has, mapping), "the stay goes on after the last day observed"))
    if {"los_days", "discharge_day"} <= set(has) and mapping.los_convention != "last_contact":
        rules.append(_rule("stay_disagrees", stay, "los_days <> discharge_day", disagree.format("the days"), hint))
    return rules


def _after_cutoff(has: Collection[str], mapping: Mapping) -> str:
    """A stay, or the days so far of one who is still in care, longer than the data reach."""
    given = typed_text("los_days__text", "integer")
    days = f"coalesce(los_days, {given} - {int(mapping.los_convention == 'inclusive')})" if "los_days" in has else "los_days"
    reach = ["observed_days"]
    if mapping.cutoff and "admit_date" in has:
        reach.append(f"date_diff('day', admit_date, CAST({literal(mapping.cutoff)} AS DATE))")
    return " OR ".join(f"{last} < {days}" for last in reach)


def _of_wide_event(event: str, stay: Sequence[str], has: Collection[str], known: Collection[str]) -> list[Rule]:
    """Rules of an event that stands beside its episode: both columns or none, after the admission, and inside the follow-up."""
    day, seen, on = f"{event}_day", f"{event}_observed", f"{event}_date"
    came = _came(event, has)
    undated, unsaid = f"{seen} = 1 AND {day} IS NULL", f"{seen} IS NULL AND {day} IS NOT NULL"
    rules = [_rule("event_without_day", came, undated, "an event without a day", "Give its day from admission, or its date")]
    if seen in has:
        rules.append(_rule("blank", (seen, *came), unsaid, f"may not be blank where {came[0]} is given", "Write 1 or 0"))
    if on in has:
        rules.append(_rule("negative_day", (on, "admit_date"), f"{day} < 0", "a day before admission"))
    if {on, day} <= set(has):
        differs = f"{day} <> date_diff('day', admit_date, {on})"
        rules.append(_rule("dates_disagree", (day, on, "admit_date"), differs, f"{day} is not the day that {on} gives"))
    if "follow_up_days" in known:
        late = f"{seen} = 1 AND {day} > los_days + follow_up_days"
        columns = (*came, *stay, *sorted({"follow_up_days", "observed_days"} & set(has)))
        rules.append(_rule("event_after_follow_up", columns, late, LATE, LATE_HINT))
    return rules


def _came(event: str, has: Collection[str]) -> tuple[str, ...]:
    """The columns of an event that the file brought, those of its day first."""
    return tuple(name for name in (f"{event}_day", f"{event}_date", f"{event}_days_after", f"{event}_observed") if name in has)


def _after_death(wide: Sequence[str], stay: Sequence[str], has: Collection[str], known: Collection[str], mapping: Mapping) -> list[Rule]:
    """Nothing beside an episode comes after the death beside it, or after a discharge that was one."""
    rules = []
    for event in wide:
        if event == "death":
            continue
        day, seen = f"{event}_day", f"{event}_observed"
        if "death" in wide:
            late = f"{seen} = 1 AND death_observed = 1 AND {day} > death_day"
            columns = (*_came(event, has), *_came("death", has))
            rules.append(_rule("event_after_death", columns, late, AFTER_DEATH, AFTER_DEATH_HINT))
        if "discharge_reason" in known and mapping.los_convention != "last_contact":
            late = f"{seen} = 1 AND discharge_reason = 'died' AND {day} > los_days"
            rules.append(_rule("event_after_death", (*_came(event, has), *stay), late, AFTER_DEATH, AFTER_DEATH_HINT))
    return rules


def overlap_rule(has: Collection[str], known: Collection[str], mapping: Mapping, *, same_track: bool) -> Rule:
    """Episodes of one patient at once; an admission on the day of a discharge is none. Dates that are faults of their own say nothing.

    Parameters
    ----------
    has, known, mapping
        As in `episode_rules`.
    same_track : bool
        Whether only episodes of one track are compared.
    """
    last = f"CAST({literal(mapping.cutoff or LAST_DATE)} AS DATE)"
    in_range = f"admit_date BETWEEN CAST({literal(FIRST_DATE)} AS DATE) AND {last}"
    end = f"CASE WHEN los_days BETWEEN 0 AND {MAX_DAYS} THEN admit_date + los_days END"
    if "discharge_date" in has:
        end = f"coalesce(CASE WHEN discharge_date BETWEEN admit_date AND {last} THEN discharge_date END, {end})"
    if "discharge_reason" in known:
        end = f"CASE WHEN discharge_reason = 'active' AND los_days IS NULL THEN CAST('9999-12-31' AS DATE) ELSE {end} END"
    person = "patient_id, track" if same_track else "patient_id"
    spans = f"SELECT {ROW}, {person}, admit_date AS start, CAST({end} AS DATE) AS stop FROM checked_episodes WHERE patient_id IS NOT NULL AND {in_range}"
    # An earlier one ends after this one starts, or the next one starts before this one ends.
    window = f"OVER (PARTITION BY {person} ORDER BY start, stop"
    before = f"max(stop) {window} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) > start"
    after = f"lead(start) {window}) < stop"
    judged = f"SELECT {ROW}, coalesce({before}, FALSE) OR coalesce({after}, FALSE) AS met FROM ({spans}) AS spans WHERE stop IS NOT NULL"
    predicate = f"{ROW} IN (SELECT {ROW} FROM ({judged}) AS judged WHERE met)"
    columns = ("admit_date", "patient_id", "episode_id", *(name for name in ("los_days", "discharge_day", "discharge_date") if name in has))
    if same_track:
        message = "overlaps with another episode of the same patient in the same track"
        hint = "Join them, or correct their dates; each is counted as an episode of its own"
        return _rule("overlapping_episodes", columns, predicate, message, hint, "warning")
    message = "overlaps with an episode of the same patient in another track"
    hint = "Right where a person attends two tracks at once; else correct the dates"
    return _rule(OVERLAP, columns, predicate, message, hint, "note")


def readmission_rule(known: Collection[str], mapping: Mapping, *, events: bool) -> Rule:
    """Whether the events joined: none of an episode that is known, or followed up and yet not one readmission in a hundred episodes.

    The latter is asked only where the data claim readmissions, by a column or a word of the mapping, or hold no event at all: a study
    of relapses has none.

    Parameters
    ----------
    known, mapping
        As in `episode_rules`.
    events : bool
        Whether there is a table of events.
    """
    beside = [event for event in EVENTS if f"{event}_observed" in known]
    words = {*mapping.codes.get("event", {}).values(), *mapping.adapter.events.values(), *beside}
    claimed = bool(words & set(READMISSIONS)) or not (events or beside)
    none = _no_readmission_seen(beside, events=events)
    if {"follow_up_days", "discharge_reason"} <= set(known) and claimed:
        left_out = ", ".join(map(literal, OUTSIDE))
        followed = f"coalesce(discharge_reason, '') NOT IN ({left_out}) AND follow_up_days IS NOT NULL"
        episodes = f"coalesce(sum({CELL_SIZE}), 0)" if mapping.counts else "count(*)"
        never = f"(SELECT {episodes} FROM checked_episodes WHERE {followed}) >= {FEW} AND {none}"
    else:
        never = "FALSE"
    if events:
        never = f"({never} OR NOT EXISTS (SELECT 1 FROM checked_events WHERE episode_known))"
    question = f"no {'readmission' if claimed else 'event of a known episode'} found: did the events file join?"
    hint = "Compare episode_id in both files, and the words of event; without readmissions nothing is wrong"
    table, column = ("events", "event") if events else ("episodes", "follow_up_days")
    if not events and not beside:
        question = "followed after discharge, and no table or column of events is there"
        hint = "Name the file of readmissions under [tables] events, or the column of their date; until then rates of return are not given"
    return Rule(NO_READMISSION, table, (column,), f"{ROW} = 0 AND {never}", question, hint, "warning")


def _no_readmission_seen(beside: Sequence[str], *, events: bool) -> str:
    """SQL: no readmission beside an episode, nor in the table of events of an episode that is known."""
    seen = " OR ".join(f"{event}_observed = 1" for event in beside if event in READMISSIONS)
    tests = [f"NOT EXISTS (SELECT 1 FROM checked_episodes WHERE {seen})"] if seen else []
    if events:
        names = ", ".join(map(literal, READMISSIONS))
        tests.append(f"NOT EXISTS (SELECT 1 FROM checked_events WHERE episode_known AND event IN ({names}))")
    return " AND ".join(["TRUE", *tests])


def readmission_suspicion(rule: Rule) -> Rule:
    """The same of a table of events, asked more cheaply: no readmission among its words, or a first row that joined no episode."""
    if not KINDS[rule.table].beside:  # asked of the episodes
        return rule
    names = ", ".join(map(literal, READMISSIONS))
    unseen = f"NOT EXISTS (SELECT 1 FROM own_events WHERE event__text IN ({names}))"
    return replace(rule, predicate=f"{ROW} = 0 AND ({unseen} OR episode_known IS NULL)")
