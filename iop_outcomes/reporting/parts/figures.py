"""Takes a page, gives its figures in short: the released numbers of the outcomes of page one, enough to say later what changed since."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from iop_outcomes.keys import MISSING_LEVEL
from iop_outcomes.release import ReleasedEstimate, Withheld
from iop_outcomes.reporting.parts.outcomes import outcomes_of
from iop_outcomes.reporting.parts.over_time import trend_of_page
from iop_outcomes.reporting.parts.part import Page
from iop_outcomes.reporting.span import Span, span_of_conditions
from iop_outcomes.results import as_words
from iop_outcomes.show.plain import steady


@dataclass(frozen=True, eq=False)
class PageFigures:
    """The figures of a page in short.

    Parameters
    ----------
    program : str
        What the program is called; "" where the mapping names none.
    span : Span or None
        The periods of discharge; none where the page does not say them.
    estimates : tuple of ReleasedEstimate
        The outcomes of page one, for everyone and for each group.
    """

    program: str
    span: Span | None
    estimates: tuple[ReleasedEstimate, ...]

    def to_dict(self) -> dict[str, Any]:
        """As plain values, as they stand in the JSON of the page: numbers that its CSV has too."""
        span = None if self.span is None else {"first": str(self.span.first), "last": str(self.span.last)}
        return {"program": self.program, "discharged": span, "outcomes": [_row(estimate) for estimate in self.estimates]}


def page_figures(page: Page) -> PageFigures:
    """The figures of a page in short; episodes without a group are no group."""
    estimates: list[ReleasedEstimate] = []
    for judged in outcomes_of(page):
        if judged.released is not None:
            levels = [level for level in judged.released.levels if level != MISSING_LEVEL]
            estimates += [judged.released.estimate(judged.outcome.estimand, level, judged.outcome.time) for level in levels]
    return PageFigures(page.program.data.program, page_span(page), tuple(estimates))


def page_span(page: Page) -> Span | None:
    """The periods of discharge of a page: those that the data were narrowed to, else those that its trend shows."""
    chosen = span_of_conditions(condition for step in page.program.data.narrowings for condition in step)
    trend = None if chosen is not None else trend_of_page(page)
    points = () if trend is None else trend.points
    return chosen if chosen is not None or not points else Span(points[0].period, points[-1].period)


def _row(estimate: ReleasedEstimate) -> dict[str, Any]:
    words = {"measure": estimate.measure, "definition": estimate.definition, "estimand": estimate.estimand, "method": estimate.method}
    words |= {"unit": estimate.unit} | {name: text for name, text in as_words(estimate).items() if name in ("level", "flag")}
    numbers = {name: _number(getattr(estimate, name)) for name in ("time", "value", "se", "low", "high", "n", "k")}
    return {**words, **numbers}


def _number(value: float | Withheld | None) -> float | int | None:
    """A number as the CSV has it: nothing where it is withheld or impossible."""
    if value is None or isinstance(value, Withheld) or math.isnan(value):
        return None
    return value if isinstance(value, int) else steady(value)
