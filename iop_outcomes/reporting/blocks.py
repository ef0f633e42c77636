"""Takes words, tables and figures, gives the blocks of a page; each draws itself in a notebook and in a report alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from html import escape

from matplotlib.axes import Axes

from iop_outcomes.release import Released
from iop_outcomes.show import theme
from iop_outcomes.show.inline import inlined
from iop_outcomes.show.tables import Table
from iop_outcomes.show.words import NOT_SHOWN, WHY_NOT_SHOWN, has_value, listed


@dataclass(frozen=True, slots=True)
class SectionReference:
    """A section that some words send their reader to.

    Parameters
    ----------
    id : str
        Which.
    number : int
        Its number on the page; 0 before the page is numbered, and where it is not on it.
    """

    id: str
    number: int = 0


def _see(references: Sequence[SectionReference], *, linked: bool = False) -> str:
    """The sentence that sends to some sections; nothing where none of them is on the page."""
    there = [each for each in references if each.number]
    if not there:
        return ""
    names = [f'<a class="see" href="#{each.id}">{each.number}</a>' if linked else str(each.number) for each in there]
    return f" See section{'s' if len(there) > 1 else ''} {listed(names)}."


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph, with the sections that it sends to."""

    words: str
    see: tuple[SectionReference, ...] = ()

    @property
    def full_words(self) -> str:
        """All of it, as a form without links says it."""
        return f"{self.words}{_see(self.see)}"

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.words)}{_see(self.see, linked=True)}</p>"


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of sentences, each with the sections that it sends to; `see` is empty, or as long as the list."""

    sentences: tuple[str, ...]
    see: tuple[tuple[SectionReference, ...], ...] = ()

    @property
    def full_sentences(self) -> tuple[str, ...]:
        """All of each, as a form without links says it."""
        return tuple(f"{sentence}{_see(references)}" for sentence, references in self._lines)

    @property
    def _lines(self) -> list[tuple[str, tuple[SectionReference, ...]]]:
        return list(zip(self.sentences, self.see or ((),) * len(self.sentences), strict=True))

    def _repr_html_(self) -> str:
        items = (f"<li>{escape(sentence)}{_see(references, linked=True)}</li>" for sentence, references in self._lines)
        return f"<ul>{''.join(items)}</ul>"


@dataclass(frozen=True, slots=True)
class Note:
    """A remark set apart."""

    words: str

    def _repr_html_(self) -> str:
        return f'<p class="note" role="note">{escape(self.words)}</p>'


@dataclass(frozen=True, eq=False)
class Figure:
    """A chart, with a headline, a line that says what is shown, and words for those who do not see it.

    Parameters
    ----------
    headline, subtitle, alt : str
        The words.
    drawing : matplotlib Figure
        The chart itself, which renders to whatever a page needs.
    mark : str
        What the policy of disclosure says on every chart.
    released : Released, optional
        What the chart was drawn from.
    estimands : tuple of str
        Which of its numbers.
    """

    headline: str
    subtitle: str
    alt: str
    drawing: theme.Drawing
    mark: str = ""
    released: Released | None = field(default=None, repr=False)  # whose words would hold its place in memory, another in each run
    estimands: tuple[str, ...] = ()

    @cached_property
    def svg(self) -> bytes:
        """The chart as a file."""
        theme.mark(self.drawing, self.mark)
        return theme.svg(self.drawing)

    @property
    def image(self) -> str:
        """The chart as an address for `<img src>`: an image and not inline drawing, which notebooks that are not trusted strip."""
        return theme.data_uri(self.svg)

    @cached_property
    def picture(self) -> bytes:
        """The chart as PNG, for files that show no SVG everywhere."""
        theme.mark(self.drawing, self.mark)
        return theme.png(self.drawing)

    def _repr_html_(self) -> str:
        caption = f"<figcaption><strong>{escape(self.headline)}</strong><br>{escape(self.subtitle)}</figcaption>"
        image = f'<img alt="{escape(self.alt, quote=True)}" src="{escape(self.image, quote=True)}">'
        name = escape(self.headline, quote=True)  # on a narrow screen a chart scrolls in its own box, which the keyboard reaches by name
        return f'<figure>{caption}<div class="chart" role="group" aria-label="{name}" tabindex="0">{image}</div></figure>'


@dataclass(frozen=True, slots=True)
class TableBlock:
    """A table, kept with its caption on one page; one that is folded shows its name first, and itself when it is opened.

    Paper shows a folded table only where the reader opened it before printing.
    """

    table: Table
    folded: bool = False

    @property
    def below(self) -> tuple[str, ...]:
        """What stands under it: what left it or was merged, and why something is not shown."""
        withheld = any(NOT_SHOWN in cell for row in self.table.rows for cell in row)
        return (*self.table.notes, *((WHY_NOT_SHOWN,) if withheld else ()))

    def _repr_html_(self) -> str:
        below = "".join(f'<p class="small">{escape(words)}</p>' for words in self.below)
        name = escape(self.table.caption, quote=True)
        box = f'<div class="table" role="group" aria-label="{name}" tabindex="0">{self.table.to_html()}{below}</div>'
        return f"<details><summary>Table: {escape(self.table.caption)}</summary>{box}</details>" if self.folded else box


@dataclass(frozen=True, slots=True)
class Card:
    """One figure to be seen first: its name, its value, its range, what it is a share of, and what it is held against, a line each.

    `tone` is what the figure means, as a style knows it: "worse", or nothing.
    """

    name: str
    value: str
    range: str
    base: str
    beside: tuple[str, ...] = ()
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Cards:
    """Figures side by side."""

    cards: tuple[Card, ...]

    def _repr_html_(self) -> str:
        # The role stays, because a list without bullets is none to some readers.
        return f'<ul class="cards" role="list">{"".join(self._card(card) for card in self.cards)}</ul>'

    @staticmethod
    def _card(card: Card) -> str:
        first = (("name", card.name), ("value", card.value), ("range", card.range), ("base", card.base))
        lines = (*first, *(("beside", words) for words in card.beside))
        paragraphs = (f'<p class="card-{kind}">{escape(words)}</p>' for kind, words in lines if words)
        return f'<li class="card{f" card-is-{card.tone}" if card.tone else ""}">{"".join(paragraphs)}</li>'


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms with what they mean."""

    entries: tuple[tuple[str, tuple[str, ...]], ...]

    def _repr_html_(self) -> str:
        items = "".join(f"<dt>{escape(term)}</dt>{''.join(f'<dd>{escape(line)}</dd>' for line in lines)}" for term, lines in self.entries)
        return f"<dl>{items}</dl>"


def figure_block(ax: Axes, headline: str, subtitle: str, alt: str) -> Figure:
    """The figure that some axes belong to, as a block."""
    figure = ax.get_figure(root=True)
    if figure is None:
        raise ValueError("axes without a figure")
    theme.settle(figure)
    if isinstance(ax, theme.ShownAxes):
        return Figure(headline, subtitle, alt, figure, released=ax.released, estimands=ax.estimands)
    return Figure(headline, subtitle, alt, figure)


Block = Text | Bullets | Note | Cards | Figure | TableBlock | Terms


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report with a stable name.

    Parameters
    ----------
    id : str
        Stable name, which is also its anchor in the page.
    title : str
        Its heading.
    blocks : sequence of blocks
        What it holds.
    number : int
        Its place on the page, from 1, by which others refer to it; 0 where it has none.
    """

    id: str
    title: str
    blocks: tuple[Block, ...]
    number: int = 0

    @property
    def heading(self) -> str:
        """Its title, behind its number."""
        return f"{self.number}. {self.title}" if self.number else self.title

    def _repr_html_(self) -> str:
        inner = "".join(block._repr_html_() for block in self.blocks)
        return f'<section id="{self.id}" aria-labelledby="{self.id}-title"><h2 id="{self.id}-title">{escape(self.heading)}</h2>{inner}</section>'

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        """What a notebook shows, which has no stylesheet."""
        return {"text/html": inlined(self._repr_html_())}


def section(name: str, title: str, blocks: Sequence[Block]) -> Section:
    """Make a section from any sequence of blocks."""
    return Section(name, title, tuple(blocks))


def marked(part: Section, mark: str) -> Section:
    """The section with the words of the policy on each of its charts and tables."""
    return replace(part, blocks=tuple(_marked(block, mark) for block in part.blocks)) if mark else part


def _marked(block: Block, mark: str) -> Block:
    if isinstance(block, TableBlock):
        return replace(block, table=replace(block.table, mark=mark))
    return replace(block, mark=mark) if isinstance(block, Figure) else block


def numbered(parts: Sequence[Section]) -> tuple[Section, ...]:
    """The sections of a page with their numbers, and the same numbers wherever one refers to another."""
    numbers = {part.id: number for number, part in enumerate(parts, 1)}
    return tuple(
        replace(part, number=numbers[part.id], blocks=tuple(_referring(block, numbers) for block in part.blocks)) for part in parts
    )


def _referring(block: Block, numbers: Mapping[str, int]) -> Block:
    def placed(references: Sequence[SectionReference]) -> tuple[SectionReference, ...]:
        return tuple(replace(each, number=numbers.get(each.id, 0)) for each in references)

    if isinstance(block, Bullets):
        return replace(block, see=tuple(map(placed, block.see)))
    return replace(block, see=placed(block.see)) if isinstance(block, Text) else block


def without_empty_charts(part: Section) -> Section:
    """The section with the headline alone in the place of a chart without a single value, and without tables that have none either."""
    if not any(_is_empty(block) for block in part.blocks):
        return part
    left = (Text(block.headline) if isinstance(block, Figure) and _is_empty(block) else block for block in part.blocks)
    return replace(part, blocks=tuple(block for block in left if not (isinstance(block, TableBlock) and _has_no_number(block.table))))


def _is_empty(block: Block) -> bool:
    """Whether nothing is drawn in a chart of which the numbers are known."""
    if not isinstance(block, Figure) or block.released is None:
        return False
    every = (each for part in (block.released, *block.released.within.values()) for each in part)
    return not any(has_value(each) for each in every if each.estimand in block.estimands)


def _has_no_number(table: Table) -> bool:
    """Whether a table says of nobody more than that there is nobody."""
    return all(cell == "0" or not any(map(str.isdigit, cell)) for row in table.rows for cell in row[table.naming :])


def folded_behind_charts(part: Section) -> Section:
    """The section with its tables folded where it has a chart, which says the same."""
    if not any(isinstance(block, Figure) for block in part.blocks):
        return part
    blocks = (replace(block, folded=True) if isinstance(block, TableBlock) else block for block in part.blocks)
    return replace(part, blocks=tuple(blocks))
