"""Takes what a site calls a column or writes as a code, gives the canonical name or word it most likely stands for, and how that is known."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Sequence
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from iop_outcomes.columns import BY_PATIENT, EVENTS, KINDS, Field
from iop_outcomes.scales import Scale

How = Literal["name", "synonym", "guess"]
LIKE = 0.8  # of difflib: below, more guesses are wrong than right
SHORTEST_GUESS = 5  # letters


@dataclass(frozen=True, slots=True)
class Match:
    """What a column or a code most likely is.

    Parameters
    ----------
    column : str
        What the site calls it.
    to : str
        The canonical name or word.
    how : {"name", "synonym", "guess"}
        By its name however it is spaced, by the table of synonyms, or by a likeness that a person must check.
    """

    column: str
    to: str
    how: How


def squashed(text: str) -> str:
    """A name without case, spaces and punctuation.

    Examples
    --------
    >>> squashed("Discharge Reason (DC)")
    'dischargereasondc'
    """
    return re.sub(r"[^a-z0-9]+", "", text.casefold())


@cache
def table_of_synonyms() -> Dictionary[str, Any]:
    """The table as it stands in synonyms.toml."""
    return tomllib.loads(files(__package__).joinpath("synonyms.toml").read_text(encoding="utf-8"))


def table_called(name: str) -> str:
    """The canonical table that a file of this name holds, or "".

    Examples
    --------
    >>> table_called("Sessions"), table_called("budget")
    ('contacts', '')
    """
    plain = squashed(name)
    known = table_of_synonyms()["tables"]
    return next((table for table in KINDS if plain in {table, *map(squashed, known.get(table, ()))}), "")


def match_columns(table: str, names: Sequence[str], scales: Dictionary[str, Scale]) -> list[Match]:
    """Match the columns of a file with those of a table; each canonical column is matched once, a guess only where nothing else is.

    Parameters
    ----------
    table : str
        A canonical table.
    names : sequence of str
        As the file has them.
    scales : dict of str to Scale
        For scores beside an episode and for items.

    Examples
    --------
    >>> [(match.to, match.how) for match in match_columns("episodes", ["Episode ID", "Program", "discharge_reasn"], {})]
    [('episode_id', 'name'), ('track', 'synonym'), ('discharge_reason', 'guess')]
    """
    known = _columns_of(table)
    best: dict[str, tuple[int, str]] = {}
    for name in names:
        candidates = known.get(squashed(name)) or _wide(table, name, scales)
        if candidates and candidates[0] < best.get(candidates[1], (len(known) + 1, ""))[0]:
            best[candidates[1]] = (candidates[0], name)
    taken = {name for _, name in best.values()}
    guessed: dict[str, str] = {}
    open_names = {key: to for key, (_, to) in known.items() if to not in best}
    for name in names:
        near = _near(squashed(name), open_names) if name not in taken else ""
        if near and near not in guessed:
            guessed[near] = name
    found_names = [Match(name, to, "synonym" if rank else "name") for to, (rank, name) in best.items()]
    matches = [*found_names, *(Match(name, to, "guess") for to, name in guessed.items())]
    return sorted(matches, key=lambda match: names.index(match.column))


def _columns_of(table: str) -> dict[str, tuple[int, str]]:
    """Squashed name, and the column with its rank: 0 its own name, then the synonyms in their order."""
    synonyms = table_of_synonyms()["columns"]
    words, labels = synonyms.get(table, {}), synonyms.get(KINDS[table].rolled_into or KINDS[table].in_place, {})
    columns: dict[str, tuple[int, str]] = {}
    for field in (*KINDS[table].fields, *(BY_PATIENT if KINDS[table].placing else ())):
        others = words.get(field.name, labels.get(field.name, ()))
        for rank, name in enumerate((field.name, *others)):
            columns.setdefault(squashed(name), (rank, field.name))
    return columns


def _wide(table: str, name: str, scales: Dictionary[str, Scale]) -> tuple[int, str] | None:
    """Scores and events beside an episode, and items of a scale beside a score."""
    wide = KINDS[table].wide
    if "event" in wide:
        for event in EVENTS:
            for half in ("day", "observed"):
                if squashed(name) == squashed(f"{event}_{half}"):
                    return 0, f"{event}_{half}"
    if not {"score", "item"} & set(wide):
        return None
    words = table_of_synonyms()["words"]
    keys = sorted(((key, scale) for scale in scales.values() if scale.total for key in _scale_keys(scale)), key=lambda pair: -len(pair[0]))
    for key, scale in keys:
        plain = squashed(name)
        if key not in plain:
            continue
        rest = plain.replace(key, "", 1)
        if "score" in wide:
            rest = re.sub("|".join(words["total"]), "", rest)
            moment = next((m for m in ("admit", "discharge") if rest in {m, *map(squashed, words[m])}), "")
            return (int(plain != key + moment), f"{scale.name}_{moment}") if moment else None
        item = re.fullmatch(rf"(?:{'|'.join(words['item'])})?0?(\d+)", rest)
        if item and 1 <= int(item[1]) <= scale.items:
            return int(plain != f"{key}{item[1]}"), f"{scale.name}_{int(item[1])}"
    return None


def _scale_keys(scale: Scale) -> set[str]:
    return {squashed(scale.name), squashed(scale.short)}


def coded(field: Field) -> bool:
    """Whether a column holds codes of which the words are known."""
    return field.kind in ("code", "flag") or field.name == "scale" or field.name in table_of_synonyms()["codes"]


def words_of(field: Field, scales: Collection[str]) -> tuple[str, ...]:
    """Canonical words of a coded column."""
    if field.kind == "flag":
        return ("1", "0")
    if field.name == "scale":
        return tuple(scales)
    return field.allowed or tuple(table_of_synonyms()["codes"][field.name])


def match_code(field: Field, code: str, scales: Dictionary[str, Scale]) -> Match | None:
    """What a code of a site stands for, or None; a number stands for nothing but itself.

    Examples
    --------
    >>> from iop_outcomes.columns import field
    >>> match_code(field("episodes", "discharge_reason"), "TX Complete", {})
    Match(column='TX Complete', to='completed', how='synonym')
    """
    words = words_of(field, scales)
    if code in words:
        return Match(code, code, "name")
    synonyms = table_of_synonyms()["codes"].get("flag" if field.kind == "flag" else field.name, {})
    if field.name == "scale":
        synonyms = {scale.name: [scale.short, scale.title] for scale in scales.values()}
    known = {squashed(other): word for word in words for other in (word, *synonyms.get(word, ()))}
    if squashed(code) in known:
        return Match(code, known[squashed(code)], "synonym")
    near = _near(squashed(code), known)
    return Match(code, near, "guess") if near else None


def means_missing(code: str) -> bool:
    """Whether a code says that there is no value."""
    return squashed(code) in {squashed(word) for word in table_of_synonyms()["words"]["missing"]}


def _near(plain: str, known: Dictionary[str, str]) -> str:
    long_enough: Iterable[str] = (key for key in known if len(key) >= SHORTEST_GUESS)
    near = get_close_matches(plain, long_enough, n=1, cutoff=LIKE) if len(plain) >= SHORTEST_GUESS else []
    return known[near[0]] if near else ""
