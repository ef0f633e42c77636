"""Takes the counts of a column, gives its categories: their names, their order, and coarser forms of them, in which rare ones are merged."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from iop_outcomes.counts import Counts, Level

Category = tuple[Level, ...]
Categories = Mapping[str, Category]  # the name of each category, in order, and the levels it holds

FEWEST = 2  # categories that merging leaves
_IDENTIFIER = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")


def categories(counts: Counts, column: str) -> dict[str, Category]:
    """The levels of a column as categories: bands by their numbers, everything else by size; a blank is none.

    Parameters
    ----------
    counts : Counts
        With the column.
    column : str
        Its name.

    Examples
    --------
    >>> sizes = {("65+",): 5, ("18-25",): 1, (None,): 2}
    >>> categories(Counts.from_cells(["age_group"], sizes), "age_group")
    {'18-25': ('18-25',), '65+': ('65+',)}
    """
    sizes = {level: n for (level,), n in counts.keep([column]) if level is not None}
    if are_bands(sizes):
        order = sorted(sizes, key=lambda level: (_numbers(level), str(level)))
    else:
        order = sorted(sizes, key=lambda level: (-sizes[level], str(level)))
    return {_name((level,), order): (level,) for level in order}


def are_bands(levels: Collection[Level]) -> bool:
    """Whether every level, blanks apart, begins with a number ("18-25", "<18", "65+"), so that the levels have an order."""
    return all(re.match(r"[<>]?=?\d", str(level)) for level in levels if level is not None)


def _numbers(level: Level) -> list[int]:
    """The numbers of a band; "<18" comes before "18-25"."""
    numbers = [int(digits) for digits in re.findall(r"\d+", str(level))]
    return [numbers[0] - 1] if str(level).startswith("<") else numbers


def coarser(unmerged: Categories, counts: Counts, column: str) -> Iterator[dict[str, Category]]:
    """Merge rare categories step by step, until two remain; then the same with blanks as a category like others.

    Parameters
    ----------
    unmerged : categories
        From `categories`.
    counts : Counts
        With the column; of everyone.
    column : str
        Its name.

    Yields
    ------
    categories
        Those holding the fewest episodes become one category, which comes last: first two of them, then three. Bands have an
        order: the band holding the fewest episodes goes together with the smaller of its neighbours. Blanks are counted beside
        the categories, and are merged with them only after every form that leaves them out.

    Examples
    --------
    >>> sizes = {("a",): 80, ("b",): 52, ("c",): 23, ("d",): 9, (None,): 2}
    >>> counts = Counts.from_cells(["unit"], sizes)
    >>> for form in coarser(categories(counts, "unit"), counts, "unit"):
    ...     print(form)
    {'A': ('a',), 'B': ('b',), 'C or d': ('c', 'd')}
    {'A': ('a',), 'Other (3 categories)': ('b', 'c', 'd')}
    {'A': ('a',), 'B': ('b',), 'C': ('c',), 'D or not recorded': ('d', None)}
    {'A': ('a',), 'B': ('b',), 'Other (3 categories)': ('c', 'd', None)}
    {'A': ('a',), 'Other (4 categories)': ('b', 'c', 'd', None)}
    """
    sizes = {level: n for (level,), n in counts.keep([column])}
    merge = _with_neighbour if are_bands(sizes) else _into_one
    parts = list(unmerged.values())
    for every in (parts, [*parts, (None,)] if None in sizes else []):
        now = every
        for together in range(2, len(every) - FEWEST + 2):
            now = merge(now, every, sizes, together)
            yield {_name(part, list(sizes)): part for part in now}


def _size(sizes: Mapping[Level, int], part: Category) -> int:
    return sum(sizes.get(level, 0) for level in part)


def _with_neighbour(now: Sequence[Category], _parts: Sequence[Category], sizes: Mapping[Level, int], _together: int) -> list[Category]:
    """Put the smallest band together with the smaller of its neighbours."""
    place = min(range(len(now)), key=lambda i: (_size(sizes, now[i]), i))
    beside = min((i for i in (place - 1, place + 1) if 0 <= i < len(now)), key=lambda i: _size(sizes, now[i]))
    first = min(place, beside)
    return [*now[:first], now[first] + now[first + 1], *now[first + 2 :]]


def _into_one(_now: Sequence[Category], parts: Sequence[Category], sizes: Mapping[Level, int], together: int) -> list[Category]:
    """Put so many of the smallest categories together, behind the others."""
    smallest = sorted(parts, key=lambda part: (_size(sizes, part), part[0] is not None, str(part)))[:together]
    pooled = [part for part in parts if part in smallest]
    return [*(part for part in parts if part not in smallest), tuple(level for part in pooled for level in part)]


# -- names -------------------------------------------------------------------------------------------------------------


def read(name: str) -> str:
    """A name as people read it: `emergency_department` is Emergency department."""
    return name.replace("_", " ").capitalize() if _IDENTIFIER.fullmatch(name) else name


def read_among(level: Level, among: Collection[Level]) -> str:
    """A level as people read it; one that would read like another keeps its own spelling."""
    if level is None:
        return "not recorded"
    words = read(str(level))
    return str(level) if any(read(str(other)) == words for other in among if other not in (level, None)) else words


def _name(part: Category, among: Collection[Level]) -> str:
    """Name a category: one or two levels by themselves, bands from the first to the last, more as the others."""
    words = [read_among(level, among) for level in part]
    if len(part) <= 2 or are_bands(part):
        return " or ".join([words[0], *(word[:1].lower() + word[1:] for word in words[1:])])
    return f"Other ({len(part)} categories)"
