"""Takes released characteristics of people at admission, gives the table of who is in each group, and one sentence on it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from iop_outcomes.errors import UsageError
from iop_outcomes.keys import ALL
from iop_outcomes.measures.participants import LARGEST, NOT_RECORDED
from iop_outcomes.release import Released, ReleasedEstimate, Withheld, require_released
from iop_outcomes.show.tables import Table
from iop_outcomes.show.words import NO_DATA, NOT_SHOWN, count, estimate_value, label, number
from iop_outcomes.stats.balance import WORDS

SIMILAR, A_LITTLE, DIFFERS = (words for _, words in WORDS)
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
    heads = ("At admission", *(label(level, levels) for level in levels), "Largest difference")
    episodes = [count(releases[0].of(_first(releases[0]), level).n) for level in levels]
    return Table(caption, heads, (("Episodes", *episodes, ""), *(row for released in releases for row in _rows(released, episodes))))


def _first(released: Released) -> str:
    return released.definition.estimands[0].name


def _rows(released: Released, episodes: Sequence[str]) -> list[tuple[str, ...]]:
    """The rows of one characteristic: how many episodes it rests on with the difference, then its numbers, set in.

    A mean that says no number of its own (it would tell how few lack a score) stands in the first row itself.
    """
    title = released.definition.title
    names = [definition.name for definition in released.definition.estimands if definition.name not in (LARGEST, NOT_RECORDED)]
    if not names:
        return []
    found = {name: [released.of(name, level) for level in released.levels] for name in names}
    based = [count(row.n) for row in found[names[0]]]
    if released.definition.estimand(names[0]).unit != "share" and based == list(episodes):
        first = _values(f"{title} (mean of those with a score)", found.pop(names[0]))
    else:
        first = (f"{title} (episodes)", *based)
    rows = [(*first, difference_words(released))]
    rows += [(*_values(INDENT + _short(released, name), own), "") for name, own in found.items()]
    shares = [released.of(names[0], level) for level in released.levels]
    if any(row.n_missing != 0 for row in shares):
        rows.append((f"{INDENT}Not recorded", *(count(row.n_missing) for row in shares), ""))
    return rows


def _values(name: str, found: Sequence[ReleasedEstimate]) -> tuple[str, ...]:
    return (name, *(estimate_value(estimate) for estimate in found))


def _short(released: Released, name: str) -> str:
    """The label of an estimand without the title of its characteristic, which stands above it."""
    return released.definition.estimand(name).label.removeprefix(f"{released.definition.title}: ")


def _largest(released: Released) -> ReleasedEstimate | None:
    """The largest difference; there is none where nothing is compared."""
    return next((estimate for estimate in released if (estimate.estimand, estimate.level) == (LARGEST, ALL)), None)


def difference_word(released: Released) -> str:
    """What the largest difference is called; empty when it is withheld or cannot be given.

    Returns
    -------
    str
        One of the words of `stats.balance.WORDS`; the same under every policy.
    """
    found = _largest(require_released(released, "difference_word"))
    return "" if found is None else found.word


def difference_words(released: Released) -> str:
    """The largest difference with its word, "0.61, differs"; the word alone where the number is withheld."""
    found = _largest(require_released(released, "difference_words"))
    if found is None:
        return NO_DATA
    if isinstance(found.value, Withheld):
        return found.word or NOT_SHOWN
    if math.isnan(found.value):
        return next((words for flag, words in _WHY.items() if flag in found.flag), NO_DATA)
    return f"{number(found.value, 'SD')}, {found.word}"


def alike_sentence(releases: Sequence[Released], by: str) -> str:
    """In which characteristics the groups differ, and in which they are alike, each with its number.

    Returns
    -------
    str
        Empty when no difference can be given.
    """
    said = {words: [_named(released) for released in releases if difference_word(released) == words] for _, words in WORDS}
    clauses = [(SIMILAR, "are alike in"), (A_LITTLE, "differ a little in"), (DIFFERS, "differ in")]
    parts = [f"{verb} {_listed(said[words])}" for words, verb in reversed(clauses) if said[words]]
    who = "The tracks" if by == "track" else f"The groups by {by.replace('_', ' ')}"
    return f"{who} {'; they '.join(parts)}." if parts else ""


def _named(released: Released) -> str:
    title = released.definition.title
    # "Age group" within a sentence is "age group", and "PHQ-9 at admission" stays.
    name = title[:1].lower() + title[1:] if title[1:2].islower() else title
    figure, comma, _ = difference_words(released).partition(",")
    return f"{name} ({figure})" if comma or figure == NO_OVERLAP else name


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
