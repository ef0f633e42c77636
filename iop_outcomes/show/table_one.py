"""Takes released numbers of people at admission, gives the table one of a paper, and the notes that belong under it."""

from __future__ import annotations

from collections.abc import Sequence

from iop_outcomes.keys import ALL, MISSING_LEVEL
from iop_outcomes.release import Count, Released, ReleasedEstimate, Withheld, require_released
from iop_outcomes.show.participants import INDENT, NO_OVERLAP, difference_figure, difference_words
from iop_outcomes.show.tables import Table
from iop_outcomes.show.words import count, estimate_value, has_value, in_counts, label, listed, number
from iop_outcomes.stats.balance import LEAST

SHARES, MEAN, QUARTILES = "n (%)", "mean (SD)", "median (quartiles)"


def table_one_table(releases: Sequence[Released], *, caption: str) -> Table:
    """One row for each category and number, one column for each group with how many episodes it holds, and the largest difference.

    Parameters
    ----------
    releases : sequence of Released
        How many episodes there are, then each characteristic, in order, by one column or none, released together.
    caption : str
        Stands above the table.

    Returns
    -------
    Table
        Everyone first. The difference stands in the first row of a characteristic; there is no such column where one group stands alone.
        What is not recorded is counted in its last row, where any is.
    """
    for released in releases:
        require_released(released, "table_one_table")
    sizes, *rows = releases
    compared = _groups(sizes) > 1
    heads = ("Characteristic", *(_head(sizes, level) for level in sizes.levels), *((_difference_head(sizes),) if compared else ()))
    body = [row if compared else row[:-1] for released in rows for row in _rows(released, sizes)]
    return Table(caption, heads, tuple(body), mark=sizes.policy.mark)


def _groups(sizes: Released) -> int:
    """How many groups are compared: everyone, and those of no group, are none."""
    return sum(level not in (ALL, MISSING_LEVEL) for level in sizes.levels)


def _head(sizes: Released, level: str) -> str:
    n = _size(sizes, level)
    words = "n not shown" if isinstance(n, Withheld) else f"n\u00a0=\u00a0{count(n)}"  # in one line
    return f"{label(level, sizes.levels)} ({words})"


def _size(sizes: Released, level: str) -> Count:
    """Episodes of a group."""
    return sizes.estimate(sizes.definition.estimands[0].name, level).n


def _difference_head(sizes: Released) -> str:
    return "SMD" if _groups(sizes) == 2 else "Largest SMD"


def _rows(released: Released, sizes: Released) -> list[tuple[str, ...]]:
    """The rows of one characteristic: its categories set in under its name, or its one number in words; then what is not recorded.

    That is left out where it is 0 in every group whose size is shown: what stands there decides, and nothing that is withheld.
    """
    definition, levels = released.definition, sizes.levels
    shown = [estimand for estimand in definition.estimands if estimand.role not in ("distance", "unrecorded")]
    cells = {estimand.name: [released.estimate(estimand.name, level) for level in levels] for estimand in shown}
    difference = difference_figure(released)
    if _is_mix(released):
        rows = [(f"{definition.title}, {SHARES}", *("" for _ in levels), difference)]
        rows += [(INDENT + estimand.short, *map(_counted, cells[estimand.name]), "") for estimand in shown]
        unrecorded = [estimand.name for estimand in definition.estimands if estimand.role == "unrecorded"]
        unknown = [released.estimate(name, level).k or 0 for name in unrecorded for level in levels] or [0] * len(levels)
    else:
        columns = list(zip(*cells.values(), strict=True))
        words = [_mean(*column) if definition.has_role("mean") else _quartiles(*column) for column in columns]
        rows = [(f"{definition.title}, {MEAN if definition.has_role('mean') else QUARTILES}", *words, difference)]
        unknown = [first.n_missing for first, *_ in columns]
    if any(n != 0 for n, level in zip(unknown, levels, strict=True) if not isinstance(_size(sizes, level), Withheld)):
        rows.append((f"{INDENT}Not recorded", *map(count, unknown), ""))
    return rows


def _is_mix(released: Released) -> bool:
    """Whether it is the shares of categories, and no number of its own."""
    return released.definition.estimands[0].unit == "share"


def _counted(estimate: ReleasedEstimate) -> str:
    """How many, then their share, "33 (41%)"; of few, "3 of 12"."""
    value, k = estimate_value(estimate), estimate.k
    return value if k is None or isinstance(k, Withheld) or not has_value(estimate) or in_counts(estimate) else f"{count(k)} ({value})"


def _mean(mean: ReleasedEstimate, sd: ReleasedEstimate) -> str:
    return f"{estimate_value(mean)} ({estimate_value(sd)})" if has_value(mean) and has_value(sd) else estimate_value(mean)


def _quartiles(median: ReleasedEstimate, low: ReleasedEstimate, high: ReleasedEstimate) -> str:
    if not has_value(median):
        return estimate_value(median)
    ends = [number(end.value, end.unit, like=median.value) for end in (low, high)]
    return f"{estimate_value(median)} ({ends[0]} to {ends[1]})" if has_value(low) and has_value(high) else estimate_value(median)


def table_one_notes(releases: Sequence[Released]) -> tuple[str, ...]:
    """What stands under a table one: whom it counts, what each number is and from where, and what is withheld.

    Parameters
    ----------
    releases : sequence of Released
        As for `table_one_table`.
    """
    for released in releases:
        require_released(released, "table_one_notes")
    sizes, *rows = releases
    notes = [_WHOM]
    ended = [released.definition for released in rows if "active" in released.definition.parts]
    notes += [f"{listed([each.title for each in ended])}: of discharged episodes, deaths in care included."] if ended else []
    if any(released.definition.has_role("middle") for released in rows):
        notes.append("Quartiles: definition 2 of Hyndman and Fan (1996), doi:10.1080/00031305.1996.10473566 (type 2 in R).")
    if _groups(sizes) > 1:
        notes.append(_difference_note(rows, two=_groups(sizes) == 2))
    notes += _form_notes(rows)
    return tuple(notes)


_WHOM = (
    "The table counts episodes: a person with several episodes is in it once for each. Percentages are of the episodes in which the "
    "characteristic is recorded."
)


def _form_notes(rows: Sequence[Released]) -> list[str]:
    """What was merged or rounded so that more can be shown, each kind said once of all rows that it is of."""
    titles: dict[str, list[str]] = {}
    for released in rows:
        if released.definition.coarse:
            titles.setdefault(released.definition.coarse, []).append(released.definition.title)
    return [f"{listed(names)}: {words}" for words, names in titles.items()]


def _difference_note(rows: Sequence[Released], *, two: bool) -> str:
    """What the standardised difference is, of the kinds of rows that there are."""
    which = "between the two groups" if two else "between the two groups furthest apart"
    kinds = [
        (True, "of categories the Mahalanobis distance of their shares (Yang and Dalton 2012, SAS Global Forum, paper 335)"),
        (False, "of numbers the distance of their means over the root mean square of their SDs (Austin 2009, doi:10.1002/sim.3697)"),
    ]
    there = set(map(_is_mix, rows))
    words = "; ".join(words for is_mix, words in kinds if is_mix in there)
    note = f"SMD: the absolute standardised difference {which}: {words}. Groups with fewer than {LEAST} recorded are not compared."
    if any(NO_OVERLAP in difference_words(released) for released in rows):
        note += " No overlap: two groups have no category in common, so that they differ beyond any number."
    return note
