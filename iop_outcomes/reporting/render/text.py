"""Takes a document, gives it as plain text, for a terminal or a message: charts in their own words, tables in columns."""

from __future__ import annotations

from functools import singledispatch
from textwrap import fill

from iop_outcomes.reporting.blocks import Block, Bullets, Cards, Figure, Note, Section, TableBlock, Terms, Text
from iop_outcomes.reporting.document import Document

COLUMNS = 100  # of a line of prose; a table is as wide as its cells


def text_of(document: Document) -> str:
    """The page, its sections one after another, then those of its appendix."""
    head = [underlined(document.title, "="), *map(wrapped, (*document.banners, document.lead))]
    return "\n\n".join([*head, *map(_section, document.every_section), wrapped(f"{document.provenance.package}.")]) + "\n"


def _section(section: Section) -> str:
    return "\n\n".join([underlined(section.heading, "-"), *(text for text in map(text_of_block, section.blocks) if text)])


def wrapped(words: str, first: str = "", rest: str = "") -> str:
    """A paragraph in lines; `first` and `rest` stand before its first and its other lines."""
    return fill(words, COLUMNS, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False)


def underlined(title: str, line: str) -> str:
    """A heading."""
    return f"{title}\n{line * len(title)}"


@singledispatch
def text_of_block(block: Block) -> str:
    """A block as text."""
    raise TypeError(f"no text for a block of type {type(block).__name__}")


@text_of_block.register
def _(block: Text) -> str:
    return wrapped(block.full_words)


@text_of_block.register
def _(block: Note) -> str:
    return wrapped(block.words, "Note: ", "      ")


@text_of_block.register
def _(block: Bullets) -> str:
    return "\n".join(wrapped(sentence, "- ", "  ") for sentence in block.full_sentences)


@text_of_block.register
def _(block: Cards) -> str:
    return "\n".join(
        wrapped("; ".join(words for words in (f"{c.name}: {c.value}", c.range, c.base, *c.beside) if words), "* ", "  ")
        for c in block.cards
    )


@text_of_block.register
def _(block: Figure) -> str:
    return "\n".join(wrapped(words) for words in (block.headline, block.subtitle, block.alt, block.mark) if words)


@text_of_block.register
def _(block: TableBlock) -> str:
    return "\n\n".join([block.table.to_text(), *map(wrapped, block.table.notes)])


@text_of_block.register
def _(block: Terms) -> str:
    return "\n".join("\n".join([wrapped(term), *(wrapped(line, "    ", "    ") for line in lines)]) for term, lines in block.entries)
