"""Takes rows that name a patient and a date, gives each the episode it belongs to: one rule for every kind of rows.

A score belongs to an episode from 7 days before its admission to 14 after its discharge, or without an end where there is none yet. Claimed
by several, it goes to the one in care that day, else to the nearest admission, else to the earlier. A session belongs to an episode in care
that day, from admission to discharge, or to the last day observed. An event belongs to every episode whose
admission it follows, also of the same day. Nothing is guessed: what no episode claims is counted and left out.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from iop_outcomes.columns import MAX_DAYS, WINDOWS, RowKind
from iop_outcomes.engine.dialect import ROW

ADMISSIONS = "admissions"
NEEDED = ("patient_id", "admit_date")  # of the episodes, where anything is placed among them
UNPLACED = "in no episode of the patient"
OUTSIDE = "outside the care of their episode"
LAST_DAY = "episode_last_day"  # in care, from admission, of the episode of a row
IN_CARE = f"day BETWEEN 0 AND coalesce({LAST_DAY}, {MAX_DAYS})"
_END = "DATE '9999-12-31'"
_BEFORE, _AFTER = -WINDOWS["admit"][0], WINDOWS["discharge"][1]


def last_day(names: Collection[str]) -> str:
    """SQL of the last day in care of an episode, from admission, as its columns tell it: of discharge, else the last that was observed."""
    known = [f"CASE WHEN {name} < 0 THEN 0 ELSE {name} END" for name in ("los_days", "observed_days") if name in names]
    return f"coalesce({', '.join(known)})" if known else "CAST(NULL AS INTEGER)"


def admissions_select(episodes: str, discharged: str, last_in_care: str) -> str:
    """Episodes with the first and last day on which a score counts for them, the day of discharge, and the last day in care.

    Parameters
    ----------
    episodes : str
        A table with `iop_outcomes_row`, `episode_id`, `patient_id` and `admit_date`.
    discharged : str
        SQL for the day of discharge, NULL where there is none yet; one before admission is the day of admission.
    last_in_care : str
        SQL for the last day on which the episode is known to have been in care, NULL where nothing ends it.
    """
    end = f"CASE WHEN {discharged} < admit_date THEN admit_date ELSE {discharged} END"
    return (
        f"SELECT {ROW}, episode_id, patient_id, admit_date, coalesce({end}, {_END}) AS end_date, "
        f"coalesce({last_in_care}, {_END}) AS care_date, "
        f"admit_date - {_BEFORE} AS first_date, coalesce({end} + {_AFTER}, {_END}) AS last_date "
        f"FROM {episodes} WHERE patient_id IS NOT NULL AND admit_date IS NOT NULL AND episode_id IS NOT NULL"
    )


def placed_select(kind: RowKind, rows: str) -> str:
    """The episodes of each row of a table of patients and dates, with the day from admission and how many claimed it."""
    claims = {
        "one": "own.date BETWEEN episode.first_date AND episode.last_date",
        "care": "own.date BETWEEN episode.admit_date AND episode.care_date",
        "every": "own.date >= episode.admit_date",
    }
    day = "date_diff('day', episode.admit_date, own.date)"
    joined = f"FROM {rows} AS own JOIN {ADMISSIONS} AS episode ON own.patient_id = episode.patient_id AND {claims[kind.placing]}"
    if kind.placing == "every":
        return f"SELECT own.{ROW}, episode.episode_id, CAST({day} AS INTEGER) AS day, 1 AS claims, TRUE AS in_care {joined}"
    in_care = "own.date BETWEEN episode.admit_date AND episode.end_date"
    # One whole number in the order of the rule: in care, near, early, and the first row of the file where even that is the same.
    rank = f"(CASE WHEN {in_care} THEN 0 ELSE 1 END * 65536 + abs({day})) * 65536 + date_diff('day', DATE '1990-01-01', episode.admit_date)"
    claimed = f"SELECT own.{ROW}, episode.episode_id, {day} AS day, {in_care} AS in_care, CAST({rank} AS HUGEINT) * 4294967296 + episode.{ROW} AS rank {joined}"
    return (
        f"SELECT {ROW}, arg_min(episode_id, rank) AS episode_id, CAST(arg_min(day, rank) AS INTEGER) AS day, count(*) AS claims, "
        f"arg_min(in_care, rank) AS in_care FROM ({claimed}) AS claimed GROUP BY {ROW}"
    )


def unplaced_select(kind: RowKind) -> str:
    """Rows with a patient and a date that no episode claims, each with why."""
    ends = ("admit_date", "care_date") if kind.placing == "care" else ("first_date", "last_date")
    persons = f"SELECT patient_id, min({ends[0]}) AS first_date, max({ends[1]}) AS last_date FROM {ADMISSIONS} GROUP BY patient_id"
    why = (
        "CASE WHEN person.patient_id IS NULL THEN 'no_patient' WHEN own.date < person.first_date THEN 'before' "
        "WHEN own.date > person.last_date THEN 'after' ELSE 'between' END"
    )
    if kind.placing == "every":
        why = "CASE WHEN person.patient_id IS NULL THEN 'no_patient' ELSE 'before' END"
    return (
        f"SELECT own.{ROW}, {why} AS why FROM own_{kind.name} AS own LEFT JOIN ({persons}) AS person USING (patient_id) "
        f"WHERE own.patient_id IS NOT NULL AND own.date IS NOT NULL AND own.{ROW} NOT IN (SELECT {ROW} FROM placed_{kind.name})"
    )


@dataclass(frozen=True, slots=True)
class Placed:
    """What became of the rows of a table that were placed.

    Parameters
    ----------
    placed : int
        Rows that have an episode.
    in_care, nearest : int
        Of those claimed by several episodes: those that went to one in care that day, and those that went to the nearest admission.
    unplaced : dict of str to tuple of int
        Rows without one, by why.
    """

    placed: int
    in_care: int
    nearest: int
    unplaced: dict[str, tuple[int, ...]]

    @property
    def rows(self) -> frozenset[int]:
        """Those without an episode."""
        return frozenset(row for rows in self.unplaced.values() for row in rows)
