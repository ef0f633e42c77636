"""Takes checked contacts, gives the queries that roll them into episodes by a named gap rule, and that rule in words.

A patient's attended contacts with one track are put in order. A contact that comes more than so many days after the one before it starts
another episode; a gap of exactly so many days does not. The first contact is the admission and the last one the discharge, so that stays
are stays to the last contact. Missed and cancelled contacts neither start nor prolong anything, and all contacts of a day are one.

Whether an episode has ended can be told only when the data reach as far as a further contact could have come and still have belonged to
it: until then it is still active, unless its last contact brings a reason for discharge.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from iop_outcomes.engine.dialect import ROW, literal, quoted
from iop_outcomes.intake.findings import Finding
from iop_outcomes.intake.mapping import ContactRule
from iop_outcomes.intake.rules import Rule
from iop_outcomes.results import Flow

CHECKED = "checked_contacts"
OWN = ("patient_id", "date", "day", "status", "kind", "observed_days")  # what is of a contact, and of no episode
NEEDED = ("episode_id", "patient_id", "track", "discharge_reason", "los_days")  # shown even where every cell is blank
NOT_COUNTED = ("not attended", "without a status", "of another kind", "on a day already counted")
_ZERO = "CAST('1970-01-01' AS DATE)"


def contact_rules(has: Collection[str]) -> list[Rule]:
    """Rules over several columns of contacts, for the columns that came."""
    rules = []
    if {"date", "day"} <= set(has):
        hint = "Leave one of the two out of the file or of the mapping"
        rules.append(
            _rule("contact_day_twice", ("day", "date"), "date IS NOT NULL AND day IS NOT NULL", "a date and a day are both given", hint)
        )
    if {"day", "observed_days"} <= set(has):
        late = "day > observed_days"
        rules.append(
            _rule("contact_after_cutoff", ("day", "observed_days"), late, "later than the last day observed", "Correct one of them")
        )
    return rules


def _rule(name: str, columns: Sequence[str], predicate: str, message: str, hint: str) -> Rule:
    return Rule(name, "contacts", tuple(columns), predicate, message, hint)


def rule_words(rule: ContactRule, cutoff: str) -> str:
    """The rule as a report prints it.

    Examples
    --------
    >>> rule_words(ContactRule(kinds=("group",)), "2025-09-30").partition(";")[0]
    'episodes are built from contacts (gap_days, 30): a gap of more than 30 days without an attended contact of kind group starts a new episode'
    """
    kind = f" of kind {' or '.join(rule.kinds)}" if rule.kinds else ""
    return (
        f"episodes are built from contacts ({rule.rule}, {rule.days}): a gap of more than {rule.days} days without an attended contact{kind} "
        "starts a new episode; an episode is of one patient and one track, its first contact is the admission and its last one the discharge; "
        f"it is still active when fewer than {rule.days} days were observed after its last contact"
        + (f" (data cut-off {cutoff})" if cutoff else "")
        + " and that contact brings no reason for discharge; a reason is unknown unless the last contact brings one"
    )


def rule_findings(file: str, has: Collection[str], rule: ContactRule, cutoff: str) -> list[Finding]:
    """The rule as a finding, and a warning where nothing says how far the data reach."""
    hint = "Another gap: [contacts] days in mapping.toml"
    findings = [Finding("built_from_contacts", "note", file, "", rule_words(rule, cutoff), hint)]
    if not cutoff and ("date" in has or "observed_days" not in has):
        message = "no data cut-off is declared, so that every episode is taken as ended, those with recent contacts too"
        hint = 'Declare it in mapping.toml: [data] cutoff = "2025-09-30"; where contacts have days, give observed_days'
        findings.append(Finding("no_cutoff", "warning", file, "", message, hint))
    return findings


def kept_select(has: Collection[str], rule: ContactRule, cutoff: str, excluded: Sequence[int]) -> str:
    """The query over contacts without faults: what each counts as (`why`, blank where it counts), its day and the last day observed.

    Parameters
    ----------
    has : collection of str
        Columns that came.
    rule : ContactRule
        Which kinds count.
    cutoff : str
        Last day that the data describe, for contacts with dates.
    excluded : sequence of int
        Rows with an error.
    """
    reasons = []
    if "status" in has:
        reasons += ["WHEN status IS NULL THEN 'without a status'", "WHEN status <> 'attended' THEN 'not attended'"]
    if rule.kinds:
        of_kind = f"coalesce(kind IN ({', '.join(literal(kind) for kind in rule.kinds)}), FALSE)" if "kind" in has else "FALSE"
        reasons.append(f"WHEN NOT {of_kind} THEN 'of another kind'")
    why = f"CASE {' '.join(reasons)} END" if reasons else "CAST(NULL AS VARCHAR)"
    cut = "CAST(NULL AS INTEGER)"
    if "date" in has and cutoff:
        cut = f"date_diff('day', {_ZERO}, CAST({literal(cutoff)} AS DATE))"
    elif "date" not in has and "observed_days" in has:
        cut = "max(observed_days) OVER (PARTITION BY patient_id)"
    day = f"date_diff('day', {_ZERO}, date)" if "date" in has else "day"
    without = f" WHERE {ROW} NOT IN ({', '.join(str(int(row)) for row in excluded)})" if excluded else ""
    return f"SELECT *, {why} AS why, {day} AS on_day, {cut} AS cut FROM {CHECKED}{without}"


def counted_select(kept: str) -> str:
    """The query that counts contacts by what they count as; a day of a patient with a track counts once."""
    by_day = f"row_number() OVER (PARTITION BY why, patient_id, track, on_day ORDER BY {ROW})"
    why = f"coalesce(why, CASE WHEN {by_day} > 1 THEN '{NOT_COUNTED[-1]}' END)"
    return f"SELECT why, count(*) AS n FROM (SELECT {why} AS why FROM ({kept}) AS kept) AS judged GROUP BY why"


def flow_of(counts: Sequence[tuple[str | None, int]], broken: int, faulty: int) -> Flow:
    """How many contacts came, how many days of contact they are, and what the others were.

    Examples
    --------
    >>> print(flow_of([(None, 7), ("not attended", 2)], broken=0, faulty=1))
    contacts: 10 in = 7 used + 1 rows with an error + 2 not attended
    """
    reasons = dict(counts)
    out = {"lines that cannot be read": broken, "rows with an error": faulty, **{why: reasons.get(why, 0) for why in NOT_COUNTED}}
    return Flow("contacts", broken + faulty + sum(reasons.values()), {reason: n for reason, n in out.items() if n})


def rolled_select(has: Collection[str], kept: str, rule: ContactRule) -> str:
    """The query that gives one row for each episode, in the order of patients and days.

    Parameters
    ----------
    has : collection of str
        Columns that came.
    kept : str
        From `kept_select`.
    rule : ContactRule
        The gap.
    """
    of_track = "PARTITION BY patient_id, track ORDER BY on_day"
    gaps = f"SELECT *, on_day - lag(on_day) OVER ({of_track}) AS gap FROM ({kept}) AS kept WHERE why IS NULL"
    starts = f"sum(CASE WHEN gap > {int(rule.days)} THEN 1 ELSE 0 END) OVER ({of_track} ROWS UNBOUNDED PRECEDING)"
    runs = f"SELECT *, {starts} AS run FROM ({gaps}) AS gaps"
    labels = [name for name in has if name not in (*OWN, "track", "discharge_reason")]
    first = "".join(f", first({quoted(x)} ORDER BY on_day, {ROW}) FILTER (WHERE {quoted(x)} IS NOT NULL) AS {quoted(x)}" for x in labels)
    stated_reason = "discharge_reason" if "discharge_reason" in has else "CAST(NULL AS VARCHAR)"
    last = f"last({stated_reason} ORDER BY on_day, {ROW}) FILTER (WHERE {stated_reason} IS NOT NULL) AS said, max(on_day) FILTER (WHERE {stated_reason} IS NOT NULL) AS said_at"
    ends = "min(on_day) AS first_at, max(on_day) AS last_at, max(cut) AS cut"
    grouped = f"SELECT patient_id, track, run, {ends}, {last}{first} FROM ({runs}) AS runs GROUP BY patient_id, track, run"
    reason = (
        f"CASE WHEN said_at = last_at AND said <> 'active' THEN said WHEN cut - last_at < {int(rule.days)} THEN 'active' ELSE 'unknown' END"
    )
    number = "row_number() OVER (PARTITION BY patient_id ORDER BY first_at, track)"
    named = f"SELECT *, patient_id || '-e' || CAST({number} AS VARCHAR) AS episode_id, {reason} AS reason FROM ({grouped}) AS grouped"
    # Where no contact can bring a reason, none is recorded: as unknown, nobody would have completed.
    known = "reason" if "discharge_reason" in has else "nullif(reason, 'unknown')"
    cells = ["episode_id", "patient_id", "track", f"{known} AS discharge_reason", *map(quoted, labels)]
    cells += [_ended("last_at - first_at", "los_days"), "cut - first_at AS observed_days", _ended("cut - last_at", "follow_up_days")]
    if "date" in has:
        cells += [f"{_date('first_at')} AS admit_date", _ended(_date("last_at"), "discharge_date")]
    return f"SELECT {', '.join(cells)} FROM ({named}) AS named ORDER BY patient_id, first_at, track"


def _date(at: str) -> str:
    return f"CAST({_ZERO} + CAST({at} AS INTEGER) AS VARCHAR)"


def _ended(value: str, name: str) -> str:
    return f"CASE WHEN reason <> 'active' THEN {value} END AS {name}"
