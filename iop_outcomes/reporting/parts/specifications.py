"""Takes what somebody asks of a program, as data, gives each element with its figure and specification, or what the data lack for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from iop_outcomes.evaluate.ask import Ask
from iop_outcomes.keys import Key
from iop_outcomes.release import Released, ReleasedEstimate, Withheld
from iop_outcomes.reporting.blocks import Block, Section, TableBlock, Terms, Text, section
from iop_outcomes.reporting.parts.part import Page, Part, Program
from iop_outcomes.show.tables import Table
from iop_outcomes.show.words import NOT_SHOWN, count, has_range, has_value, listed, plain_range, value_with_unit


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number that answers an element.

    Parameters
    ----------
    asks : callable
        From the program, the asks that bring it: one, or one for each scale; none where the data name none.
    estimand : str
        Which number; the one in the middle of stays where it is blank.
    time : float or None
        At which day.
    """

    asks: Callable[[Program], Sequence[Ask]]
    estimand: str = ""
    time: float | None = None


@dataclass(frozen=True, slots=True)
class Element:
    """One thing that is asked of a program.

    Parameters
    ----------
    name : str
        In a few words.
    requirement : str
        What is asked, in the words of this package.
    source : str
        Who asks it, and where it stands; "" where that of the measure says so.
    needs : tuple of str
        What the data must bring: "column payer", "table sessions".
    quantities : tuple of Quantity
        The numbers that answer it.
    words : callable, optional
        From the page, the answer where it is no number; "" where the data bring none.
    """

    name: str
    requirement: str
    source: str
    needs: tuple[str, ...]
    quantities: tuple[Quantity, ...] = ()
    words: Callable[[Page], str] | None = None


@dataclass(frozen=True, eq=False)
class ElementFigure:
    """A number of the page that answers an element.

    Parameters
    ----------
    released : Released
        What brings it.
    estimand : str
        Which number.
    time : float or None
        At which day.
    scale : str
        Label of the scale it is of, where it is of one.
    """

    released: Released
    estimand: str
    time: float | None
    scale: str

    @property
    def estimate(self) -> ReleasedEstimate:
        """For everyone."""
        return self.released.estimate(self.estimand, time=self.time)

    @property
    def name(self) -> str:
        """What it is, at which day, on which scale."""
        definition = self.released.definition.estimand(self.estimand)
        return " ".join(filter(None, (definition.label, definition.at(self.time)))) + (f", {self.scale}" if self.scale else "")

    @property
    def counted(self) -> str:
        """How many of how many; of a curve, and of days or points, of how many."""
        estimate = self.estimate
        bare = estimate.k is None or isinstance(estimate.k, Withheld) or self.time is not None
        if isinstance(estimate.n, Withheld):
            return NOT_SHOWN if bare else f"{count(estimate.k or 0)}; of how many, {NOT_SHOWN}"
        n = f"of {count(estimate.n)}"
        return n if bare else f"{count(estimate.k or 0)} {n}"

    @property
    def left_out(self) -> str:
        """Who is not in it, by reason: those that are shown with how many, then the others."""
        flow = next((flow for flow in self.released.flow if flow.what == str(Key(self.estimand, self.time))), None)
        excluded = {} if flow is None else flow.excluded
        shown = [f"{reason}: {n:,}" for reason, n in excluded.items() if not isinstance(n, Withheld) and n != 0]
        hidden = [reason for reason, n in excluded.items() if isinstance(n, Withheld)]
        return "; ".join([*shown, *([f"how many is not shown: {listed(hidden)}"] if hidden else [])]) or "nobody"


def not_computable(element: Element) -> str:
    """What the data lack for an element.

    Examples
    --------
    >>> not_computable(Element("Certified", "", "", ("column certified",)))
    'not computable: column certified is not in the data'
    """
    return f"not computable: {listed(element.needs)} {'is' if len(element.needs) == 1 else 'are'} not in the data"


def answers(element: Element, page: Page) -> list[ElementFigure]:
    """The numbers of the page that answer an element."""
    return list(_answers(element, page))


def _answers(element: Element, page: Page) -> Iterator[ElementFigure]:
    for quantity in element.quantities:
        for ask in quantity.asks(page.program):
            released = page.get(ask)
            if released is None:
                continue
            estimand = quantity.estimand or released.definition.in_role("middle")
            if released.has(estimand):
                yield ElementFigure(
                    released, estimand, quantity.time, "" if ask.scale is None else page.program.data.scales[ask.scale].label
                )


def element_blocks(elements: Sequence[Element], page: Page, first: str) -> list[Block]:
    """Every element with its figures in one table, then the specification of each."""
    rows = [row for element in elements for row in _rows(element, page)]
    heads = (first, "Number", "Figure", "Plausible range", "Counted")
    table = Table("Each element with its figure", heads, tuple(rows), prose=True, mark=page.program.policy.mark)
    return [TableBlock(table), Terms(tuple((element.name, _specification(element, page)) for element in elements))]


def _rows(element: Element, page: Page) -> Sequence[tuple[str, ...]]:
    words = element.words(page) if element.words is not None else ""
    rows = [(element.name, words, "", "", "")] if words else []
    rows += [
        (element.name, each.name, value_with_unit(each.estimate), _range(each.estimate), each.counted) for each in answers(element, page)
    ]
    return rows or [(element.name, not_computable(element), "", "", "")]


def _range(estimate: ReleasedEstimate) -> str:
    return plain_range(estimate) if has_value(estimate) and has_range(estimate) else ""


def _specification(element: Element, page: Page) -> tuple[str, ...]:
    """What is asked, what is counted among whom, who is left out, and where all of it stands."""
    numbers = answers(element, page)
    lines = [f"Asked: {element.requirement}.", *(_specified(each) for each in numbers)]
    if not numbers and not (element.words is not None and element.words(page)):
        words = not_computable(element)
        lines.append(f"{words[:1].upper()}{words[1:]}.")
    measured = (source for each in numbers for source in each.released.definition.sources)
    return (*lines, *(f"Source: {source}." for source in dict.fromkeys((*filter(None, [element.source]), *measured))))


def _specified(answer: ElementFigure) -> str:
    """What a number counts among whom, and who is left out."""
    definition = answer.released.definition.estimand(answer.estimand)
    top, bottom = ("Numerator", "Denominator") if definition.unit == "share" else ("What", "Among")
    return f"{answer.name}. {top}: {definition.counted}. {bottom}: {definition.among}. Left out: {answer.left_out}."


def elements_part(name: str, title: str, elements: Sequence[Element], introduction: str, *, first: str) -> Part:
    """A part of a page that answers some elements.

    Parameters
    ----------
    name, title : str
        Of its section.
    elements : sequence of Element
        In order.
    introduction : str
        What stands over them.
    first : str
        Head of the column of their names.
    """

    def asks(program: Program) -> list[Ask]:
        return list(dict.fromkeys(ask for element in elements for each in element.quantities for ask in each.asks(program)))

    def sections(page: Page) -> list[Section]:
        return [section(name, title, [Text(introduction), *element_blocks(elements, page, first)])]

    return Part(asks, sections)
