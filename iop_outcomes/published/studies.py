"""Takes a table of studies, as a data frame, a dict of columns or effect sizes, gives their estimates checked and ready to be pooled."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from iop_outcomes.errors import UsageError, choices
from iop_outcomes.published.effect_size import EffectSize
from iop_outcomes.stats.limits import Floats, Ints
from iop_outcomes.stats.random_effects import StudyEffects

if TYPE_CHECKING:
    import pandas as pd

Table = Mapping[str, Iterable[Any]]


@dataclass(frozen=True, eq=False)
class Studies:
    """Studies that are pooled.

    Attributes
    ----------
    label : tuple of str
        What each is called.
    value, variance : float array, shape (k,)
    table : mapping of str to column, or None
        Where they come from: its other columns are groups, covariates and clusters.
    events, people : float array, shape (k,), or None
        Of shares: how many of how many.
    """

    label: tuple[str, ...]
    value: Floats
    variance: Floats
    table: Any = None
    events: Floats | None = None
    people: Floats | None = None

    def mean_only(self) -> StudyEffects:
        """For a mean."""
        return self.with_design(np.ones((len(self.value), 1)))

    def with_design(self, design: Floats) -> StudyEffects:
        """For a regression on these columns."""
        return StudyEffects(self.value, self.variance, design)

    def where(self, keep: Floats | Ints) -> Studies:
        """Some of them, by place."""
        places = np.asarray(keep, dtype=np.int64)
        label, (events, people) = tuple(self.label[place] for place in places), self.counts
        return Studies(label, self.value[places], self.variance[places], None, events[places], people[places])

    @property
    def counts(self) -> tuple[Floats, Floats]:
        """How many of how many; NaN where the studies are no shares."""
        none = np.full(len(self.value), math.nan)
        return (none, none) if self.events is None or self.people is None else (self.events, self.people)

    def column(self, name: str | Sequence[Any]) -> list[Any]:
        """A column of the table by name, or values given in the order of the studies."""
        if isinstance(name, str):
            if self.table is None:
                raise UsageError(f'"{name}" cannot be looked up: the studies were given as effect sizes; give its values as a list')
            values = _column(self.table, name)
        else:
            values = list(name)
        if len(values) != len(self.value):
            raise UsageError(f"{len(values)} values for {len(self.value)} studies: give one for each, in their order")
        missing = sum(_blank(value) for value in values)
        if missing:
            raise UsageError(f"{missing} of {len(values)} studies have no value: leave these studies out, or fill it in")
        return values

    def numbers(self, name: str | Sequence[Any]) -> Floats:
        """The same as numbers."""
        values = self.column(name)  # outside of what follows: its own refusal says more
        try:
            return np.asarray([float(value) for value in values], dtype=np.float64)
        except (TypeError, ValueError):
            raise UsageError("a covariate of a regression is a number in every study; for categories use .subgroups()") from None

    def codes(self, name: str | Sequence[Any]) -> tuple[list[str], Ints]:
        """Its values as labels, in the order in which they first come, and which of them each study has."""
        values = [str(value) for value in self.column(name)]
        levels = list(dict.fromkeys(values))
        return levels, np.asarray([levels.index(value) for value in values], dtype=np.int64)


def studies_of(table: Any, *, value: str, se: str | None, variance: str | None, study: str | None) -> Studies:
    """Read studies from a table or from effect sizes.

    Parameters
    ----------
    table : data frame, mapping of columns, or sequence of EffectSize
    value, se, variance, study : str
        Names of columns; one of `se` and `variance`.
    """
    if not _is_table(table):
        return _of_effect_sizes(table)
    if (se is None) == (variance is None):
        raise UsageError("name one of se= and variance=: the column of standard errors, or of their squares")
    values = _numbers(table, value)
    spread = _numbers(table, se or variance or "")
    labels = _labels(table, study, len(values))
    _refuse_uneven({value: values, se or variance or "": spread, study or "": labels})
    errors = [place for place, each in enumerate(spread) if not each > 0]
    if errors:
        raise UsageError(f"{se or variance} must be above 0: it is not in {_listed([labels[place] for place in errors])}")
    if not values:
        raise UsageError("the table holds no study")
    variances = np.square(spread) if se is not None else np.asarray(spread)
    return Studies(tuple(labels), np.asarray(values), np.asarray(variances, dtype=np.float64), table)


def _of_effect_sizes(effects: Any) -> Studies:
    rows = list(effects)
    if not rows or not all(isinstance(row, EffectSize) for row in rows):
        raise UsageError("give a data frame, a dict of columns, or a list of effect sizes such as iop.effects makes, one for each study")
    names = {row.estimand for row in rows}
    if len(names) > 1:
        raise UsageError(
            f"{', '.join(sorted(names))} are different quantities and are not pooled together: take one of them from every study"
        )
    if any(math.isnan(row.se) for row in rows):
        raise UsageError(
            f"{sum(math.isnan(row.se) for row in rows)} of {len(rows)} effect sizes have no standard error: say n, and r where it is a change"
        )
    exact = sum(not row.se > 0 for row in rows)
    if exact:
        instead = "iop.pool_proportions takes shares of 0 and of all" if names == {"proportion"} else "leave them out"
        raise UsageError(
            f"{exact} of {len(rows)} effect sizes have a standard error of 0: nothing varied in them, so that they cannot be weighed; {instead}"
        )
    if rows[0].estimand in ("risk_ratio", "odds_ratio", "hazard_ratio", "odds_ratio_cox"):
        raise UsageError(f"ratios are pooled as logarithms: take log_{rows[0].estimand} of every study, and scale='log'")
    labels = tuple(f"study {place + 1}" for place in range(len(rows)))
    return Studies(labels, np.asarray([row.value for row in rows]), np.asarray([row.se**2 for row in rows]))


def counts_of(table: Any, *, events: str, n: str, study: str | None) -> tuple[tuple[str, ...], Floats, Floats]:
    """Labels, events and people of each study."""
    if not _is_table(table):
        raise UsageError("give a data frame or a dict of columns, with the events and the people of each study")
    hits, people = _numbers(table, events), _numbers(table, n)
    labels = _labels(table, study, len(hits))
    _refuse_uneven({events: hits, n: people, study or "": labels})
    wrong = [
        labels[i]
        for i, (k, size) in enumerate(zip(hits, people, strict=True))
        if k != int(k) or size != int(size) or not 0 <= k <= size or size < 1
    ]
    if wrong:
        raise UsageError(f"{events} and {n} must be whole numbers with 0 <= {events} <= {n}, which fails in {_listed(wrong)}")
    if not hits:
        raise UsageError("the table holds no study")
    return tuple(labels), np.asarray(hits), np.asarray(people)


def _is_table(table: Any) -> bool:
    """A data frame of whichever library, or a dict of columns."""
    return hasattr(table, "columns") or isinstance(table, Mapping)


def _column(table: pd.DataFrame | Table, name: str) -> list[Any]:
    names = [str(each) for each in getattr(table, "columns", table)]
    if name not in names:
        raise UsageError(f'"{name}" is no column of the table. {choices(name, names)}')
    column = table[name]
    if isinstance(column, str) or not isinstance(column, Iterable):
        raise UsageError(f"{name} is no column: give a value for each study, as in [{column}, ...]")
    return list(column)


def _refuse_uneven(columns: Mapping[str, Sequence[Any]]) -> None:
    """Columns of a dict may be of different lengths."""
    if len({len(values) for values in columns.values()}) > 1:
        lengths = ", ".join(f"{name} has {len(values)}" for name, values in columns.items() if name)
        raise UsageError(f"the columns are not of one length: {lengths}. Give a value of each for every study, in the same order")


def _numbers(table: Any, name: str) -> list[float]:
    values = _column(table, name)
    missing = sum(_blank(value) for value in values)
    if missing:
        raise UsageError(f"{name}: {missing} of {len(values)} studies have no value; leave them out, or fill it in")
    try:
        numbers = [float(value) for value in values]
    except (TypeError, ValueError):
        raise UsageError(f"{name} holds something that is no number") from None
    if not all(map(math.isfinite, numbers)):
        raise UsageError(f"{name} holds a number that is not finite")
    return numbers


def _labels(table: Any, study: str | None, length: int) -> list[str]:
    if study is None:
        return [f"study {place + 1}" for place in range(length)]
    return [str(value) for value in _column(table, study)]


def _blank(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value)) or str(value) in ("<NA>", "NaT")


def _listed(labels: Sequence[str]) -> str:
    return ", ".join(labels[:5]) + (f" and {len(labels) - 5} more" if len(labels) > 5 else "")
