"""Takes the sources that definitions and methods cite, gives references with their bibliographic facts, in words and as BibTeX."""

from __future__ import annotations

import re
import tomllib
import zlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

_DOI = re.compile(r"10\.\d{4,9}/[^\s,;]+")
_ISBN = re.compile(r"97[89](?:-?\d){10}")
_ADDRESS = re.compile(r"https?://[^\s;,]+")
_NOT_CHECKED = ", not checked"
_LONGEST_KEY = 40
NO_REFERENCE = ("By analogy with", "Edge of the lowest band")  # a definition explains itself so, and cites nobody
_SPECIAL = str.maketrans(
    {**{sign: f"\\{sign}" for sign in "&%$#_{}"}, "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "\\": r"\textbackslash{}"}
)
_AS_WRITTEN = ("doi", "url")  # BibTeX styles print these by commands that take signs as they are


@dataclass(frozen=True, slots=True)
class Reference:
    """One work that is cited.

    Parameters
    ----------
    key : str
        What BibTeX and a text call it.
    type : str
        A type of BibTeX, such as article or book.
    authors : tuple of str
        "Family, G. N."; a body of persons is one name without a comma.
    title, year, journal, booktitle, publisher, edition, volume, number, pages, doi, isbn, url, note : str
        Empty where they do not apply.
    cited, methods : tuple of str
        How definitions cite it, and the methods that rest on it.

    Examples
    --------
    >>> print(references_of(["Wilson EB (1927), doi:10.1080/01621459.1927.10502953"])[0])
    Wilson EB (1927). Probable inference, the law of succession, and statistical inference. Journal of the American Statistical Association 22(158):209-212. doi:10.1080/01621459.1927.10502953
    """

    key: str
    type: str
    authors: tuple[str, ...] = ()
    title: str = ""
    year: str = ""
    journal: str = ""
    booktitle: str = ""
    publisher: str = ""
    edition: str = ""
    volume: str = ""
    number: str = ""
    pages: str = ""
    doi: str = ""
    isbn: str = ""
    url: str = ""
    note: str = ""
    cited: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()

    def bibtex(self) -> str:
        """The reference as an entry of BibTeX, in UTF-8."""
        lines = [f"@{self.type}{{{self.key},"]
        if self.authors:
            names = (name if "," in name else f"{{{name}}}" for name in map(_escaped, self.authors))
            lines.append(f"  author = {{{' and '.join(names)}}},")
        for name in _FIELDS:
            value = str(getattr(self, name))
            if value:
                text = value if name in _AS_WRITTEN else _escaped(value)
                text = text.replace("-", "--") if name == "pages" else text
                lines.append(f"  {name} = {{{{{text}}}}}," if name == "title" else f"  {name} = {{{text}}},")
        return "\n".join([*lines, "}"])

    @property
    def short(self) -> str:
        """As it stands within a sentence: "Wilson 1927", "Newcombe 1998"."""
        families = [name.split(",")[0] for name in self.authors]
        who = families[0] if len(families) == 1 else f"{families[0]} and {families[1]}" if len(families) == 2 else f"{families[0]} et al."
        return f"{who} {self.year}".strip()

    def __str__(self) -> str:
        who = ", ".join(_initialled(name) for name in self.authors[:3]) + (" et al." if len(self.authors) > 3 else "")
        issue = f"{self.volume}({self.number})" if self.number else self.volume
        where = f"{self.journal or self.booktitle} {issue}".strip() + (f":{self.pages}" if self.pages else "")
        more = (f"{self.edition} edition" if self.edition else "", self.publisher, self.note)
        last = f"doi:{self.doi}" if self.doi else f"ISBN {self.isbn}" if self.isbn else self.url
        head = f"{who} ({self.year})" if who and self.year else who or self.year
        return ". ".join(part for part in (head, self.title, where, *more, last) if part)


_FIELDS = ("title", "journal", "booktitle", "publisher", "edition", "year", "volume", "number", "pages", "doi", "isbn", "url", "note")


def _escaped(text: str) -> str:
    return text.translate(_SPECIAL)


def _initialled(name: str) -> str:
    """As a reader writes it: Wilson EB of Wilson, E. B."""
    family, comma, given = name.partition(", ")
    return f"{family} {re.sub(r'[^A-Z-]', '', given)}" if comma else family


@cache
def shipped() -> tuple[Reference, ...]:
    """Every reference of the file, by key."""
    text = resources.files("iop_outcomes.show").joinpath("references.toml").read_text(encoding="utf-8")
    return tuple(_read(key, facts) for key, facts in tomllib.loads(text).items())


def _read(key: str, facts: dict[str, Any]) -> Reference:
    cells: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else str(value) for name, value in facts.items()}
    return Reference(key=key, **cells)


def references_of(sources: Iterable[str], methods: Collection[str] = ()) -> tuple[Reference, ...]:
    """The works that some sources cite and some methods rest on, each once, sorted by key.

    Parameters
    ----------
    sources : iterable of str
        As definitions write them: with a DOI, an ISBN or an address, or in words. What is in no list, such as the source of a
        site's own scale, becomes a reference of its own with these words.
    methods : collection of str
        Intervals and tests as the column `method` names them; and "comparison", "multiplicity", "survival figure".
    """
    works = {each.key: each for source in sources for each in _cited(source)}
    works |= {each.key: each for each in shipped() if any(piece in method for piece in each.methods for method in methods)}
    return tuple(works[key] for key in sorted(works))


def _cited(source: str) -> tuple[Reference, ...]:
    """The works of one source."""
    if source.startswith(NO_REFERENCE):
        return ()
    known = tuple(each for each in shipped() if _names(source, each))
    return known or (_as_it_stands(source),)


def _names(source: str, reference: Reference) -> bool:
    """Whether a source gives the DOI, the ISBN or the words of a reference."""
    by_doi = bool(reference.doi) and re.search(rf"{re.escape(reference.doi)}(?![\w/-])", source, re.IGNORECASE) is not None
    return by_doi or (bool(reference.isbn) and reference.isbn in source) or any(words in source for words in reference.cited)


def _as_it_stands(source: str) -> Reference:
    """A source that is in no list: its own words, with its DOI or address where it has one."""
    doi, isbn, address = (pattern.search(source) for pattern in (_DOI, _ISBN, _ADDRESS))
    words = source.removesuffix(_NOT_CHECKED)
    key = re.sub(r"[^a-z0-9]+", "_", re.sub(r"https?://", "", words.lower())).strip("_")
    return Reference(
        key=key if 0 < len(key) <= _LONGEST_KEY else f"{key[:_LONGEST_KEY]}_{zlib.crc32(source.encode()):08x}",
        type="misc",
        title=words,
        doi=doi.group() if doi and not address else "",
        isbn=isbn.group() if isbn else "",
        url=address.group() if address else "",
    )


def bibtex(references: Iterable[Reference]) -> str:
    """Several references as one file of BibTeX, in the order given.

    Examples
    --------
    >>> print(bibtex(references_of(["Cochran WG (1977), Sampling Techniques, chapter 6, ISBN 978-0-471-16240-7"])).splitlines()[0])
    @book{cochran1977,
    """
    return "".join(f"{each.bibtex()}\n\n" for each in references).rstrip("\n") + "\n"
