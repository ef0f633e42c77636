"""Takes a whole number that is known of episodes, gives its mean and SD or its quartiles in each group, and how far apart the groups are in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from iop_outcomes.columns import Column, Request, ScoreAt, Status
from iop_outcomes.counts import Counts
from iop_outcomes.measures.categories import read
from iop_outcomes.measures.coarse import rounded
from iop_outcomes.measures.measure import Measure
from iop_outcomes.measures.participants import DISTANCE_OF_MEANS, LARGEST, digits_of_means, farthest_means, largest_of, mean_and_sd
from iop_outcomes.measures.parts import NOT_ENDED, not_ended, parts_of
from iop_outcomes.results import EstimandDefinition, Role
from iop_outcomes.scales import Scale
from iop_outcomes.stats.draft import Draft, Population
from iop_outcomes.stats.drafts import quantile_days

ADMITTED = "admitted"
_EVERYONE = "admitted episodes, whether discharged or not"
_DISCHARGED = "discharged episodes, deaths in care included, without those that never started"
_TITLES = {
    "los_days": "Length of stay",
    "planned_days": "Planned length of the program",
    "observed_days": "Admission to data cut-off",
    "follow_up_days": "Followed after discharge",
}
DAYS = tuple(_TITLES)  # columns of days that a table of people may hold
_AFTER_THE_END = ("los_days", "follow_up_days")  # known of episodes that have ended alone
_QUARTILES: tuple[tuple[str, Role, float], ...] = (
    ("median", "middle", 0.5),
    ("first quartile", "lower_quartile", 0.25),
    ("third quartile", "upper_quartile", 0.75),
)
_SOURCES = ("Austin PC (2009), doi:10.1002/sim.3697",)
_HYNDMAN = "Hyndman RJ, Fan Y (1996), definition 2, doi:10.1080/00031305.1996.10473566"


# -- how many ----------------------------------------------------------------------------------------------------------


def _everyone_draft(counts: Counts) -> tuple[Draft, ...]:
    parts = parts_of(counts, {}, ADMITTED, order=(ADMITTED,))
    return (parts.share(ADMITTED, ADMITTED, base=(ADMITTED,), hits=(ADMITTED,)),)


def everyone() -> Measure:
    """Declare how many episodes there are: what every other row of a table of people is of.

    Returns
    -------
    Measure
    """
    number = EstimandDefinition(ADMITTED, "Episodes", "admitted episodes", _EVERYONE, "95% Wilson score", "share")
    return Measure(
        name="participants",
        title="Episodes",
        asks="How many episodes are there?",
        requests=(),
        among=_EVERYONE,
        excludes={},
        unit="share",
        better="neither",
        draft=_everyone_draft,
        estimands=(number,),
    )


# -- a whole number ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RowQuantity:
    """A whole number that is known of an episode.

    Parameters
    ----------
    name : str
        What it is called in calls.
    title : str
        In reports.
    request : request
        What gives it; the first of its keys is the column.
    unit : str
        Name of one of `units.UNITS`.
    ended : bool
        Whether it is known of discharged episodes alone.
    """

    name: str
    title: str
    request: Request
    unit: str
    ended: bool = False

    @classmethod
    def of_column(cls, column: str) -> RowQuantity:
        """A column of the episodes: one of `DAYS`, or a covariate."""
        days = column in DAYS
        return cls(column, _TITLES.get(column, read(column)), Column(column), "days" if days else "number", ended=column in _AFTER_THE_END)

    @classmethod
    def of_scale(cls, scale: Scale) -> RowQuantity:
        """The admission score on a scale with a total."""
        return cls(scale.name, f"{scale.label} at admission", ScoreAt(scale.name, "admit"), "points")

    @property
    def column(self) -> str:
        """The column of a count table that holds it."""
        return self.request.keys[0]

    @property
    def among(self) -> str:
        """Whom its numbers are of."""
        return f"{_DISCHARGED if self.ended else _EVERYONE}, with {read(self.title).lower() if self.ended else self.title} recorded"

    def inside(self, counts: Counts) -> Counts:
        """The episodes of which it may be known."""
        return counts.where(~np.logical_or.reduce(list(not_ended(counts).values()))) if self.ended else counts

    def people(self, counts: Counts) -> Population:
        """Whom its numbers speak of: every episode is recorded, not recorded, or has not ended."""
        recorded, blank = f"{self.name}: recorded", f"{self.name} not recorded"
        out = not_ended(counts) if self.ended else {}
        parts = parts_of(counts, {**out, blank: counts.is_in(self.column, [None])}, recorded, order=(recorded, blank, *out))
        return parts.population(f"{self.name} recorded", base=(recorded,), missing=(blank,))


def _of_means(counts: Counts, *, quantity: RowQuantity, names: tuple[str, str]) -> tuple[Draft, ...]:
    return mean_and_sd(quantity.inside(counts), quantity.column, quantity.people(counts), names)


def _of_quartiles(counts: Counts, *, quantity: RowQuantity, names: tuple[str, ...]) -> tuple[Draft, ...]:
    inside = quantity.inside(counts)
    known, who = inside.where(~inside.is_in(quantity.column, [None])), quantity.people(counts)
    return tuple(quantile_days(name, known, quantity.column, share, who) for name, (_, _, share) in zip(names, _QUARTILES, strict=True))


def _across(levels: Mapping[str, Counts], *, quantity: RowQuantity) -> list[tuple[str, Draft]]:
    return farthest_means(levels, quantity.column, quantity.people, inside=quantity.inside)


def mean_of(quantity: RowQuantity) -> Measure:
    """Declare the mean and the SD of a whole number: `participants_<name>`.

    Parameters
    ----------
    quantity : RowQuantity

    Returns
    -------
    Measure
    """
    names, title = (f"mean_{quantity.name}", f"sd_{quantity.name}"), quantity.title
    rows = (
        EstimandDefinition(
            names[0], f"{title}: mean", f"mean {title}", quantity.among, "95% Student t", quantity.unit, role="mean", short="mean"
        ),
        EstimandDefinition(names[1], f"{title}: SD", f"standard deviation of {title}", quantity.among, "none", quantity.unit, short="SD"),
    )
    return _measure(quantity, rows, partial(_of_means, quantity=quantity, names=names))


def quartiles_of(quantity: RowQuantity) -> Measure:
    """Declare the median and the quartiles of a whole number: `participants_<name>`; parameters as for `mean_of`."""
    names, title = tuple(f"{stem}_{quantity.name}" for stem in ("median", "q1", "q3")), quantity.title
    rows = tuple(
        EstimandDefinition(
            name,
            f"{title}: {words}",
            f"{words} (type 2) of {title}",
            quantity.among,
            "order statistics, at least 95%",
            quantity.unit,
            role=role,
            short=words,
        )
        for name, (words, role, _) in zip(names, _QUARTILES, strict=True)
    )
    return _measure(quantity, rows, partial(_of_quartiles, quantity=quantity, names=names), _HYNDMAN)


_ROUNDED = (
    "Numbers are rounded, and how many episodes they are of is not always shown: some groups lack so few values that the exact numbers would "
    "tell how few."
)


def _measure(
    quantity: RowQuantity, rows: tuple[EstimandDefinition, ...], draft: Callable[[Counts], tuple[Draft, ...]], *sources: str
) -> Measure:
    """The numbers of a whole number, and the largest difference of its means between two groups."""
    names = tuple(row.name for row in rows)
    measure = Measure(
        name=f"participants_{quantity.name}",
        title=quantity.title,
        asks=f"How do the groups differ in {quantity.title}?",
        requests=(quantity.request, *((Status(),) if quantity.ended else ())),
        among=quantity.among,
        excludes={f"{quantity.name} not recorded": "not recorded", **(NOT_ENDED if quantity.ended else {})},
        unit=quantity.unit,
        better="neither",
        draft=draft,
        estimands=(*rows, largest_of(quantity.title, quantity.among, DISTANCE_OF_MEANS, names)),
        sources=(*_SOURCES, *sources),
        shown=names[:1],
        across=partial(_across, quantity=quantity),
    )
    return replace(measure, coarser=partial(_coarser, quantity, measure))


def _coarser(quantity: RowQuantity, measure: Measure, divisions: Sequence[Mapping[str, Counts]]) -> Iterator[Measure]:
    """The same rounded as coarsely as it must be, without intervals, which beside the rest would give the number of values."""
    inside = [{level: quantity.inside(counts) for level, counts in levels.items()} for levels in divisions]
    digits = digits_of_means(inside, quantity.column)
    if digits is not None:
        names = tuple(row.name for row in measure.estimands if row.role != "distance")
        digits = 0 if quantity.unit == "days" else digits
        yield rounded(measure, {**dict.fromkeys(names, digits), LARGEST: 2}, _ROUNDED, bare=names)
