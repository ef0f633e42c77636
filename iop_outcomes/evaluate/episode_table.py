"""Takes data, gives the table with one row per episode: every column of the episodes, and what each measure makes of them.

The way out. Nothing is computed here: a measure counts cells and says what it makes of each; an episode gets what its cell gets, so that
the table, summed over the cells of any measure, gives that measure's counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from iop_outcomes.columns import COUNTED, DATED_CLASSES, EVENTS, PERIODS, Column, Field, ScoreAt, field
from iop_outcomes.counts import Axis, Counts, Ints
from iop_outcomes.errors import NotAssessableError, UsageError
from iop_outcomes.evaluate.lacking import refuse_lacking
from iop_outcomes.evaluate.lookup import look_up
from iop_outcomes.intake.data import Data
from iop_outcomes.intake.table import EpisodeTable, Holds, TableColumn
from iop_outcomes.measures import Measure, known
from iop_outcomes.measures.episode_column import EpisodeColumn
from iop_outcomes.progress import counted
from iop_outcomes.stats.draft import Draft, Floats

if TYPE_CHECKING:
    import pandas as pd

ID = "episode_id"
ROOM = 2**62
_BESIDE = {  # columns of the episodes that loading computes, and what is stored of one that files give in several conventions
    "los_days": "length of stay: discharge day minus admission day (days)",
    "observed_days": "admission to data cut-off (days)",
    "potential_follow_up_days": "discharge to data cut-off (days)",
    "discharge_month": "month of discharge",
    "discharge_quarter": "quarter of discharge",
    "admit_month": "month of admission",
}
_OF_EVENT = {
    "day": "day from admission, or last day observed (days)",
    "date": "date, or last date observed",
    "observed": "seen (1) or not (0)",
}
_LAST_CONTACT = "length of stay: admission to the last contact (days)"
_HOLDS: dict[str, Holds] = {"text": "id", "category": "words", "code": "words", "integer": "whole", "flag": "whole", "number": "number"}


def episode_table(data: Data) -> EpisodeTable:
    """One row per episode, with every column of the episodes and what measures make of them.

    Parameters
    ----------
    data : Data
        A loaded program. Its class decides what stays: where it forbids dates, no date and no period is in the table, and ids are
        replaced by numbers.

    Returns
    -------
    EpisodeTable
        Working material.
    """
    columns = {column.name: column for column in _canonical(data)}
    rows = data.engine.rows([Column(name) for name in data.facts.columns])
    cells: dict[tuple[object, ...], Ints] = {}
    derived: dict[str, Floats] = {}
    sentences: dict[str, list[str]] = {}
    measures = list(_measures(data))
    data.count_all([measure.requests for measure in measures])  # together: in as few scans as it takes
    for measure in counted("tabulating", measures):
        counts = data.count(measure.requests)
        if measure.per_episode is None or (measure.refuses is not None and measure.refuses(counts)):
            continue
        if measure.requests not in cells:
            cells[measure.requests] = _cells(data, measure, counts, list(rows[ID]))
        for each in measure.per_episode(counts):
            if each.name in rows.columns and each.name not in counts.columns:  # a site's own column of that name
                rows = _renamed(rows, columns, each.name)
            derived[each.name] = each.cells[cells[measure.requests]]
            sentences.setdefault(each.name, []).extend(_sentences(data, measure, counts, each))
            columns[each.name] = _described(measure, each, sentences[each.name])
    dated = data.data_class in DATED_CLASSES
    kept = tuple(column for column in columns.values() if dated or not (column.holds == "date" or column.name in PERIODS))
    return EpisodeTable(kept, rows, derived, _notice(data), hides_ids=not dated)


def _renamed(rows: pd.DataFrame, columns: dict[str, TableColumn], name: str) -> pd.DataFrame:
    """Give a column of the site another name, which measures use."""
    new = f"{name}_of_site"
    while new in columns:
        new += "_"
    columns[new] = replace(columns.pop(name), name=new)
    return rows.rename(columns={name: new})


def _notice(data: Data) -> str:
    return (
        f"Working material, not released: one row per episode, data class {data.data_class}. Handle it like the data; "
        "what others may see comes from release."
    )


def _measures(data: Data) -> Iterator[Measure]:
    """Every measure that these data hold the rows for, in each of its definitions."""
    for name, entry in known(data.scales).items():
        for definition in entry.definitions or (None,):
            try:
                measure = look_up(data, name, definition)
            except UsageError:  # the file holds another quantity, or cannot hold this one
                continue
            if measure.per_episode is not None and not _lacks_scale(data, measure):
                yield measure


def _lacks_scale(data: Data, measure: Measure) -> bool:
    """Whether it is of a scale that no score came of."""
    return any(isinstance(request, ScoreAt) and request.scale not in data.facts.scales for request in measure.requests)


# -- the cell of each episode --------------------------------------------------------------------------------------------


def _cells(data: Data, measure: Measure, counts: Counts, ids: Sequence[str]) -> Ints:
    """The place of the cell in which each episode was counted; shape (episodes,)."""
    frame = data.engine.rows([Column(ID), *(request for request in measure.requests if request != Column(ID))])
    if list(frame[ID]) != ids:
        raise AssertionError(f"{measure.name}: the rows come in another order")
    keys, size = np.zeros(len(counts) + len(frame), dtype=np.int64), 1
    for axis in counts.axes:
        if size > ROOM // len(axis.levels):  # one whole number would not hold them: those there are so far are numbered anew
            keys = np.unique(keys, return_inverse=True)[1].astype(np.int64)
            size = int(keys.max()) + 1
        keys = keys * len(axis.levels) + np.concatenate([counts.codes_of(axis.name), _places(axis, frame[axis.name])])
        size *= len(axis.levels)
    cells, rows = keys[: len(counts)], keys[len(counts) :]
    order = np.argsort(cells)
    places = order[np.minimum(np.searchsorted(cells, rows, sorter=order), len(order) - 1)]
    if not np.array_equal(cells[places], rows) or not np.array_equal(np.bincount(places, minlength=len(counts)), counts.n):
        raise AssertionError(f"{measure.name}: the rows are not those that were counted")
    return places.astype(np.int64)


def _places(axis: Axis, column: pd.Series[Any]) -> Ints:
    """The place of each value among the levels of an axis."""
    codes, values = column.factorize()
    place = {_plain(level): code for level, code in axis.place.items() if level is not None}
    table = [*(place.get(_plain(value), -1) for value in values), axis.place.get(None, -1)]  # a blank has the code -1
    return np.asarray(np.array(table, dtype=np.int64)[codes], dtype=np.int64)


def _plain(level: object) -> str | float:
    """A word, or a number of any type as one that compares."""
    return level if isinstance(level, str) else float(level)  # type: ignore[arg-type]  # every other level is a number


# -- what each column says -----------------------------------------------------------------------------------------------


def _canonical(data: Data) -> list[TableColumn]:
    """The columns of the episodes."""
    return [_of_episodes(data, name) for name in data.facts.columns]


def _of_episodes(data: Data, name: str) -> TableColumn:
    """One of them, declared, computed by loading, beside the episode, or a site's own."""
    declared = field(COUNTED, name)
    words = _words(data, name, declared)
    if declared is not None:
        holds = _HOLDS.get(declared.kind, "date")
    elif name in data.groups:
        holds = "words"
    elif name.endswith("_date"):  # of an event: no covariate holds dates
        holds = "date"
    else:
        holds = "whole"
    if name in PERIODS:
        holds = "words"
    unit = "days" if words.endswith("(days)") else ""
    allowed = (
        {str(level): str(level) for level in data.count([Column(name)]).levels(name) if level is not None} if holds == "words" else None
    )
    return TableColumn(name, words, "", holds, unit, allowed=allowed, blank=declared.blank if declared else "not known")


def _words(data: Data, name: str, declared: Field | None) -> str:
    """What a column of the episodes says."""
    if name == "los_days" and data.provenance.los_convention == "last_contact":
        return _LAST_CONTACT
    if name in _BESIDE:
        return _BESIDE[name]
    if declared is not None:
        return declared.means
    event, _, ending = name.rpartition("_")
    if event in EVENTS and ending in _OF_EVENT:
        return f"{event} beside the episode: {_OF_EVENT[ending]}"
    return "covariate of this site"


def _described(measure: Measure, column: EpisodeColumn, sentences: Sequence[str]) -> TableColumn:
    """A derived column, with what is counted from it under every definition that has it."""
    holds: Holds = "words" if column.words else "whole" if column.whole else "number"
    definition = " ".join(dict.fromkeys(sentence for sentence in sentences if sentence))
    return TableColumn(
        column.name, column.means, definition, holds, column.unit, "derived", measure.name, column.words or None, column.blank
    )


def _sentences(data: Data, measure: Measure, counts: Counts, column: EpisodeColumn) -> list[str]:
    """What a measure says of a column: the numbers counted from its parts, its notes, and that nobody recorded such an event."""
    drafts = measure.draft(counts) if column.family else ()
    sentences = [_counting(measure, draft) for draft in drafts if draft.population.family == column.family]
    try:
        refuse_lacking(data, measure)
    except NotAssessableError as reason:
        return [*sentences, *measure.notes, f"{reason} One that nobody recorded looks the same as none."]
    return [*sentences, *measure.notes]


def _counting(measure: Measure, draft: Draft) -> str:
    """How a share is counted from a column of parts."""
    people, name = draft.population, draft.key.estimand
    if people.hits is None or draft.key.time is not None:
        return ""
    hits, base = ([part for part in people.parts if part in parts] for parts in (people.hits, people.base))
    above = hits[0] if len(hits) == 1 else f"({' + '.join(hits)})"
    return f"{name} = {above} / ({' + '.join(base)}): {measure.definition.estimand(name).counted}."
