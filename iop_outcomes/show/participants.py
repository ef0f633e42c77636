"""Takes released characteristics of people at admission, gives the table of who is in each group, and one sentence on it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from iop_outcomes.errors import UsageError
from iop_outcomes.keys import ALL, MISSING_LEVEL
from iop_outcomes.release import Released, ReleasedEstimate, Withheld, require_released
from iop_outcomes.show.tables import IN_THE_REST, NO_REST, REST, WHY_REST, Table, rest_of
from iop_outcomes.show.words import NO_DATA, NOT_SHOWN, WITHHELD, count, episodes, estimate_value, has_value, label, listed
from iop_outcomes.stats.balance import WORDS
from iop_outcomes.units import UNITS

SIMILAR, A_LITTLE, DIFFERS = (words for _, words in WORDS)
LARGEST = "Largest difference (in SDs)"
NO_OVERLAP = "no overlap"
INDENT = "\u00a0\u00a0"  # spaces that a page neither swallows nor breaks a line at
_WHY = {"no_overlap": NO_OVERLAP, "one_group": "too few groups", "no_spread": "no spread"}


def participants_table(releases: Sequence[Released], *, caption: str) -> Table:
    """One row for each category and value, one column for each group, and the largest difference between two groups.

    Parameters
    ----------
    releases : sequence of Released
        Measures of `participants` and `participants_baseline`, by one column, released together; a mix of categories first.
    caption : str
        Stands above the table.

    Returns
    -------
    Table
        Shares are of the episodes in which the characteristic is recorded. The difference stands in the first row of a
        characteristic, after their number or after the mean; what is not recorded is counted in its last row, where any is.

    Raises
    ------
    UsageError
        When there is nothing to show.
    """
    if not releases:
        raise UsageError("participants_table: the data have no characteristic to show. Give at least one.")
    for released in releases:
        require_released(released, "participants_table")
    levels = releases[0].levels
    heads = ("At admission", *(label(level, levels) for level in levels), LARGEST)
    based = [count(releases[0].estimate(_first(releases[0]), level).n) for level in levels]
    rows = (("Episodes", *based, ""), *(row for released in releases for row in _rows(released, based)))
    if sum(level not in (ALL, MISSING_LEVEL) for level in levels) < 2:  # no other group to differ from
        heads, rows = heads[:-1], tuple(row[:-1] for row in rows)
    return Table(caption, heads, rows, mark=releases[0].policy.mark, notes=_notes(releases, rows))


def _first(released: Released) -> str:
    return released.definition.estimands[0].name


def _rows(released: Released, everyone: Sequence[str]) -> list[tuple[str, ...]]:
    """The rows of one characteristic: how many episodes it rests on with the difference, then its numbers, set in.

    A rounded mean, whose number is not always shown (it would tell how few lack a score), stands in the first row itself.
    """
    definition = released.definition
    shown = [estimand for estimand in definition.estimands if estimand.role not in ("distance", "unrecorded")]
    if not shown:
        return []
    cells = {estimand.name: [released.estimate(estimand.name, level) for level in released.levels] for estimand in shown}
    first = cells[shown[0].name]
    if all(row.n == 0 and row.n_missing == 0 for row in first):  # of those discharged, before anybody is
        return []
    based = [count(row.n) for row in first]
    head: tuple[str, ...] = (f"{definition.title} (episodes)", *based)
    if shown[0].role == "mean" and (shown[0].digits is not None or based == list(everyone)):
        head = _values(f"{definition.title} (mean of all admitted with a score)", first)
        shown = shown[1:]
    rows = [(*head, difference_words(released))]
    rests = _rests(released, [cells[estimand.name] for estimand in shown])
    for estimand in shown:
        values = zip(cells[estimand.name], rests, strict=True)
        words = (IN_THE_REST if not cell.shown and rest not in ("", NOT_SHOWN) else estimate_value(cell) for cell, rest in values)
        rows.append((INDENT + estimand.short, *words, ""))
    if any(rest not in ("", NOT_SHOWN) for rest in rests):
        rows.append((f"{INDENT}{REST}", *(rest or NO_REST for rest in rests), ""))
    if any(row.n_missing != 0 for row in first) and not _blanks_of_all(released, first):
        rows.append((f"{INDENT}Not recorded", *(count(row.n_missing) for row in first), ""))
    return rows


def _blanks_of_all(released: Released, estimates: Sequence[ReleasedEstimate]) -> str:
    """In how many episodes it is not recorded, where no group but all together may show it."""
    everyone, *groups = estimates
    if isinstance(everyone.n_missing, Withheld) or not groups or any(not isinstance(row.n_missing, Withheld) for row in groups):
        return ""
    return f"{released.definition.title}: not recorded in {episodes(everyone.n_missing)}; by group it is {WITHHELD}."


def _notes(releases: Sequence[Released], rows: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """What stands under the table."""
    first = [[released.estimate(_first(released), level) for level in released.levels] for released in releases]
    blanks = [words for released, estimates in zip(releases, first, strict=True) if (words := _blanks_of_all(released, estimates))]
    return (*((WHY_REST,) if any(row[0].strip() == REST for row in rows) else ()), *blanks)


def _rests(released: Released, cells: Sequence[Sequence[ReleasedEstimate]]) -> list[str]:
    """What in each group the categories that are shown leave to those that are withheld; nothing where none is, or of a severity."""
    if not cells or cells[0][0].unit != "share":
        return [""] * len(released.levels)
    by_group = list(zip(*cells, strict=True))
    return [rest_of(parts) or ("" if all(part.shown for part in parts) else NOT_SHOWN) for parts in by_group]


def _values(name: str, estimates: Sequence[ReleasedEstimate]) -> tuple[str, ...]:
    return (name, *(estimate_value(estimate) for estimate in estimates))


def _largest(released: Released) -> ReleasedEstimate | None:
    """The largest difference; there is none where nothing is compared."""
    distances = {estimand.name for estimand in released.definition.estimands if estimand.role == "distance"}
    return next((estimate for estimate in released if estimate.estimand in distances and estimate.level == ALL), None)


def difference_word(released: Released) -> str:
    """What the largest difference is called; empty when it is withheld or cannot be given.

    Returns
    -------
    str
        One of the words of `stats.balance.WORDS`; the same under every policy.
    """
    largest = _largest(require_released(released, "difference_word"))
    return "" if largest is None else largest.word


def difference_words(released: Released) -> str:
    """The largest difference with its word, "0.61, differs"; the word alone where the number is withheld."""
    largest = _largest(require_released(released, "difference_words"))
    if largest is None:
        return NO_DATA
    if isinstance(largest.value, Withheld):
        return largest.word or NOT_SHOWN
    number = _difference_number(largest)
    return f"{number}, {largest.word}" if has_value(largest) else number


def difference_figure(released: Released) -> str:
    """The largest difference as a paper prints it, "0.61"; its word where the number is withheld, and why there is none where there is none."""
    largest = _largest(require_released(released, "difference_figure"))
    if largest is None:
        return NO_DATA
    return _difference_number(largest) or largest.word or NOT_SHOWN


def _difference_number(largest: ReleasedEstimate) -> str:
    """The largest difference in digits, or why there is none; empty where it is withheld."""
    if isinstance(largest.value, Withheld):
        return ""
    if math.isnan(largest.value):
        return next((words for flag, words in _WHY.items() if flag in largest.flag), NO_DATA)
    return UNITS[largest.unit].text(largest.value)


def alike_sentence(releases: Sequence[Released], by: str) -> str:
    """In which characteristics the groups differ, and in which they are alike, each with its number.

    Returns
    -------
    str
        Empty when no difference can be given.
    """
    alike = {words: [_named(released) for released in releases if difference_word(released) == words] for _, words in WORDS}
    clauses = [(SIMILAR, "are alike in"), (A_LITTLE, "differ a little in"), (DIFFERS, "differ in")]
    parts = [f"{verb} {listed(alike[words])}" for words, verb in reversed(clauses) if alike[words]]
    who = "The tracks" if by == "track" else f"The groups by {by.replace('_', ' ')}"
    return f"{who} {'; they '.join(parts)}." if parts else ""


def _named(released: Released) -> str:
    """A characteristic within a sentence, with its difference: "Age group" is age group, and "PHQ-9 at admission" stays."""
    title, largest = released.definition.title, _largest(released)
    difference = "" if largest is None else _difference_number(largest)
    name = title[:1].lower() + title[1:] if title[1:2].islower() else title
    return f"{name} ({difference})" if difference else name
