"""Takes the table of synonyms, gives the words that a column may hold: its own, and those that record systems use for them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection
from collections.abc import Mapping as Dictionary
from functools import cache
from importlib.resources import files
from typing import Any

from iop_outcomes.columns import Field
from iop_outcomes.scales import Scale


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


def words_of(field: Field, scales: Collection[str]) -> tuple[str, ...]:
    """Canonical words of a coded column."""
    if field.kind == "flag":
        return ("1", "0")
    if field.name == "scale":
        return tuple(scales)
    return field.allowed or tuple(table_of_synonyms()["codes"][field.name])


def known_words(field: Field, scales: Dictionary[str, Scale]) -> dict[str, str]:
    """Every word that a column may hold, its own and those that record systems use, squashed, each with what it stands for.

    Examples
    --------
    >>> from iop_outcomes.columns import field
    >>> known_words(field("episodes", "discharge_reason"), {})["completedprogram"]
    'completed'
    """
    of_list = "session_kind" if (field.name, field.kind) == ("kind", "code") else field.name
    synonyms = table_of_synonyms()["codes"].get("flag" if field.kind == "flag" else of_list, {})
    if field.name == "scale":
        synonyms = {scale.name: [scale.short, scale.title] for scale in scales.values()}
    return {squashed(other): word for word in words_of(field, scales) for other in (word, *synonyms.get(word, ()))}
