"""Takes episodes, scores and events of persons with their dates, gives the canonical tables: each score and event under its episodes.

A score that names its episode belongs to it; any other is placed as the rows of every door are (`intake/placing.py`). An event belongs to
every episode that had begun: what happened after an episode is part of what is known of it, whether or not the person was admitted again.

An admission that is an episode of a track and, by the same code, an event is the event of the person's other episodes and never of its own.
Two such admissions of one day count for each other, as nothing says which came first; one that never started (`not_started`) is no event.
"""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from collections.abc import Sequence
from pathlib import Path

from iop_outcomes.columns import KINDS
from iop_outcomes.engine.dialect import ROW, quoted
from iop_outcomes.intake.adapters.scratch import AT, Scratch, day_of, together, whole_of
from iop_outcomes.intake.findings import Finding, Severity
from iop_outcomes.intake.inputs import Input
from iop_outcomes.intake.mapping import Mapping
from iop_outcomes.intake.placing import ADMISSIONS, admissions_select, placed_select
from iop_outcomes.intake.store import Store
from iop_outcomes.scales import Scale

# Of the workbench's tables; beside them may stand the place of a cell that came from another row, such as AT + "sex".
EPISODE = ("episode_id", "patient_id", "track", "discharge_reason", "admit_date", "discharge_date", "site", "sex")
# What a table must show even when every cell is blank, so that a message is about the cells.
NEEDED = {
    "episodes": ("episode_id", "track", "discharge_reason", "admit_date", "discharge_date"),
    "scores": ("episode_id", "scale", "day", "score"),
    "events": ("episode_id", "event", "day"),
}
EVENT = ("patient_id", "event", "date", "planned", "visit", AT)
OWN_VISIT = ("visit", "episode_id")


def score_columns(scales: Dictionary[str, Scale]) -> tuple[str, ...]:
    """Columns of the workbench's table of scores: where, whose, which, when, the total, and the items of every scale with a form."""
    return (AT, "episode_id", "patient_id", "scale", "date", "score", *item_columns(scales))


def item_columns(scales: Dictionary[str, Scale]) -> tuple[str, ...]:
    """Names of the items of every scale that is scored from them."""
    return tuple(item for scale in scales.values() if scale.adds_up and not scale.form for item in scale.item_columns)


def never_started(mapping: Mapping) -> tuple[str, ...]:
    """What the site writes for an episode that never started."""
    words = mapping.codes.get("discharge_reason", {})
    return tuple(code for code in ("not_started", *words) if words.get(code, code) == "not_started")


def unused(
    file: str, what: str, n: int, *, lines: Sequence[int] = (), severity: Severity = "warning", hint: str = "", unit: str = "line"
) -> list[Finding]:
    """The finding that some records were not used; none when there were none."""
    shown = hint or "They are not used. Correct them in the system they come from, if they should count"
    return [Finding("record_not_used", severity, file, "", f"{n:,} {what}", shown, tuple(lines), unit, n)] if n else []


def unused_rows(scratch: Scratch, what: str, select: str, *, severity: Severity = "warning", hint: str = "") -> list[Finding]:
    """The findings that some rows of the workbench were not used, one for each file: `select` gives the places of the rows."""
    return [
        finding
        for file, lines in scratch.lines_of(select)
        for finding in unused(file.name, what, len(lines), lines=lines, severity=severity, hint=hint, unit=file.unit)
    ]


def hand_over(
    scratch: Scratch,
    store: Store,
    scales: Dictionary[str, Scale],
    files: Dictionary[str, Sequence[Path]],
    episodes_table: str = "",
    needed: Sequence[str] = NEEDED["episodes"],
) -> tuple[tuple[Input, ...], list[Finding]]:
    """Give the store its three tables from the workbench's `found_episodes`, `found_scores` and `found_events`.

    Parameters
    ----------
    scratch : Scratch
        Holds `found_episodes` (`EPISODE`), `found_scores` (`score_columns`) and `found_events` (`EVENT`), all text; and `own_visits`
        (`OWN_VISIT`), the visits that are the admission to an episode or part of it, and so no event of that episode.
    store : Store
        Gets raw `episodes`, and `scores` and `events` where there are any.
    files : dict of table to paths
        Where each table comes from, for provenance.
    episodes_table : str
        The table of the workbench that becomes `episodes`, when it holds more than `EPISODE` does.
    needed : sequence of str
        Columns of episodes that are handed over even when they are blank throughout, so that this can be said of them.

    Returns
    -------
    inputs : tuple of Input
    findings : list of Finding
        Scores and events that belong to no episode, counted.
    """
    dates = "".join(f", {day_of(name)} AS {name}" for name in ("admit_date", "discharge_date"))
    rest = ", ".join([*(name for name in EPISODE if not name.endswith("_date")), *scratch.places_in("found_episodes")])
    select = f"SELECT {rest}{dates} FROM found_episodes ORDER BY TRY_CAST(episode_id AS HUGEINT), episode_id"
    made = {"episodes": scratch.hand_over(store, "episodes", f"SELECT * FROM {episodes_table}" if episodes_table else select, needed)}
    days = ", ".join(f"TRY_CAST({day_of(name)} AS DATE) AS {name}" for name in ("admit_date", "discharge_date"))
    scratch.view("begun", f"SELECT row_number() OVER (ORDER BY episode_id) AS {ROW}, episode_id, patient_id, {days} FROM found_episodes")
    scratch.view(ADMISSIONS, admissions_select("begun", "discharge_date", "discharge_date"))
    findings: list[Finding] = []
    filled = scratch.filled("found_scores")
    items = _answered(filled, scales)
    for table, (select, lost) in {"scores": _place_scores(scratch, scales, filled, items), "events": _place_events(scratch)}.items():
        findings += unused_rows(scratch, f"{table} that belong to no episode", lost, severity="note")
        if scratch.ask(f"SELECT count(*) FROM ({select}) AS placed")[0][0]:
            made[table] = scratch.hand_over(store, table, select, (*NEEDED[table], *(items if KINDS[table].points else ())))
    sources = {table: together(paths) for table, paths in files.items()}
    return tuple(
        Input(table, sources[table][0], "row", sha256=sources[table][1], places=places) for table, places in made.items()
    ), findings


def _answered(filled: Dictionary[str, int], scales: Dictionary[str, Scale]) -> list[str]:
    """Every item of the scales of which any item is answered: an item that nobody answered is blank, not gone."""
    forms = {name: scale.item_columns for name, scale in scales.items() if not scale.form}
    return [item for items in forms.values() if any(filled.get(item) for item in items) for item in items]


def _place_scores(scratch: Scratch, scales: Dictionary[str, Scale], filled: Dictionary[str, int], items: Sequence[str]) -> tuple[str, str]:
    """The query that gives the scores under their episodes, and the one that gives the places of those that belong to none.

    `filled` counts the cells of each column of scores; of all the items of all the scales only `items` are looked at.
    """
    date = f"TRY_CAST({day_of('date')} AS DATE) AS date"
    nobodys = set(item_columns(scales)) - set(items)
    blank = [name for name, n in filled.items() if name in nobodys or (name != AT and name.startswith(AT) and not n)]
    kept = f"* EXCLUDE ({', '.join(map(quoted, blank))})" if blank else "*"
    scratch.view(
        "dated_score",
        f"SELECT {kept} REPLACE ({date}), row_number() OVER (ORDER BY {AT}, scale, date, score) AS {ROW} FROM found_scores",
    )
    same = "own.patient_id IS NULL OR begun.patient_id IS NULL OR own.patient_id = begun.patient_id"
    day = "date_diff('day', begun.admit_date, own.date)"
    named = f"FROM dated_score AS own JOIN begun ON own.episode_id = begun.episode_id AND ({same}) WHERE {day} IS NOT NULL"
    free = "episode_id IS NULL OR episode_id NOT IN (SELECT episode_id FROM begun WHERE episode_id IS NOT NULL)"
    scratch.view("free_score", f"SELECT {ROW}, patient_id, date FROM dated_score WHERE {free}")
    of_patient = f"SELECT {ROW}, episode_id, day FROM ({placed_select(KINDS['scores'], 'free_score')}) AS placed"
    scratch.view("placed_score", f"SELECT own.{ROW}, begun.episode_id, {day} AS day {named} UNION ALL {of_patient}")
    cells = ", ".join(
        [
            *(f"{whole_of(quoted(name))} AS {quoted(name)}" for name in ("score", *(name for name in items if name in filled))),
            *map(quoted, scratch.places_in("dated_score")),
        ]
    )
    select = f"SELECT placed_score.episode_id, scale, CAST(day AS VARCHAR) AS day, {cells} FROM placed_score JOIN dated_score USING ({ROW})"
    return f"{select} ORDER BY {ROW}", _lost("score")


def _place_events(scratch: Scratch) -> tuple[str, str]:
    """The query that gives the events under their episodes, and the one that gives the places of those that belong to none."""
    scratch.view(
        "dated_event",
        f"SELECT *, TRY_CAST({day_of('date')} AS DATE) AS on_day, row_number() OVER (ORDER BY {AT}, event, date) AS {ROW} FROM found_events",
    )
    of_person = "dated_event AS own JOIN begun ON own.patient_id = begun.patient_id AND on_day >= begun.admit_date"
    itself = "SELECT 1 FROM own_visits AS mine WHERE mine.visit = own.visit AND mine.episode_id = begun.episode_id"
    scratch.view(
        "placed_event",
        f"SELECT own.{ROW}, begun.episode_id AS episode_id, event, date_diff('day', begun.admit_date, on_day) AS day, planned, {AT} "
        f"FROM {of_person} WHERE NOT EXISTS ({itself})",
    )
    select = f"SELECT episode_id, event, CAST(day AS VARCHAR) AS day, planned, {AT} FROM placed_event ORDER BY {ROW}, episode_id"
    return select, f"{_lost('event')} AND (visit IS NULL OR visit NOT IN (SELECT visit FROM own_visits))"


def _lost(what: str) -> str:
    return f"SELECT {AT} FROM dated_{what} WHERE {ROW} NOT IN (SELECT {ROW} FROM placed_{what})"
