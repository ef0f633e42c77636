"""Takes what was computed of a study, gives it as effect sizes that carry their name, method, assumption and source."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from html import escape
from typing import TYPE_CHECKING

from iop_outcomes.errors import UsageError, choices

if TYPE_CHECKING:
    import pandas as pd


PEOPLE = "people or more"  # how what is lacking ends where too few people are all that is


@dataclass(frozen=True, slots=True)
class EffectSize:
    """One effect size: which it is, its value with error and limits, and what it rests on.

    Attributes
    ----------
    estimand : str
        Its name, such as "d_pre_sd": what is divided by what.
    value, se, low, high : float
        NaN where what was given allows none. `se` of a ratio is that of its logarithm, as is said in `method`.
    n : float
        People it rests on; NaN where nothing was said of them.
    method : str
        Formula and interval.
    assumption : str
        What was taken for granted, blank where nothing was.
    source : str
        Where the formulas are published.
    conf_level : float
        Of the limits.
    statistic, df, p : float
        Of its test, where it has one.
    r : float
        The correlation of scores before and after that was used; NaN where none was.
    """

    estimand: str
    value: float
    se: float = math.nan
    low: float = math.nan
    high: float = math.nan
    n: float = math.nan
    method: str = ""
    assumption: str = ""
    source: str = ""
    conf_level: float = 0.95
    statistic: float = math.nan
    df: float = math.nan
    p: float = math.nan
    r: float = math.nan

    @property
    def variance(self) -> float:
        """The square of its error."""
        return self.se**2

    def to_frame(self) -> pd.DataFrame:
        """A data frame of one row."""
        return EffectSizes((self,)).to_frame()

    def __repr__(self) -> str:
        limits = "" if math.isnan(self.low) else f" ({self.low:.4g} to {self.high:.4g})"
        assumed = f"; {self.assumption}" if self.assumption else ""
        return f"{self.estimand} {self.value:.4g}{limits}{assumed}"


@dataclass(frozen=True, slots=True)
class EffectSizes:
    """Several effect sizes of one study, by name: `effects["d_pre_sd"]`.

    Attributes
    ----------
    rows : tuple of EffectSize
        In the order they were computed. Where the correlation was not known, each is there once for each that was assumed.
    missing : dict of str to str
        Names of effect sizes that what was given does not allow, with what they lack.
    """

    rows: tuple[EffectSize, ...]
    missing: tuple[tuple[str, str], ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Which effect sizes are there."""
        return tuple(dict.fromkeys(row.estimand for row in self.rows))

    def __getitem__(self, estimand: str) -> EffectSize:
        rows = [row for row in self.rows if row.estimand == estimand]
        if len(rows) == 1:
            return rows[0]
        if rows:
            raise UsageError(
                f'"{estimand}" is there {len(rows)} times, once for each correlation that was assumed because none was given: take one '
                f"with .at(r=0.5), or all of them with .to_frame()"
            )
        lacking = dict(self.missing)
        if estimand in lacking:
            few = lacking[estimand].endswith(PEOPLE)
            raise UsageError(f'"{estimand}" needs {lacking[estimand]}{"" if few else ", which was not given"}')
        raise UsageError(f'"{estimand}" is no effect size here. {choices(estimand, (*self.names, *lacking))}')

    def at(self, *, r: float) -> EffectSizes:
        """Those for one assumed correlation.

        Parameters
        ----------
        r : float
            One of .2, .3, .4, .5, .6, .7 and .8.
        """
        rows = tuple(row for row in self.rows if math.isnan(row.r) or abs(row.r - r) < 1e-9)
        if all(math.isnan(row.r) for row in rows):
            there = sorted({row.r for row in self.rows if not math.isnan(row.r)})
            raise UsageError(f"r = {r:g} was not computed. There are: {', '.join(f'{each:g}' for each in there) or 'none'}.")
        return EffectSizes(rows, self.missing)

    def to_frame(self) -> pd.DataFrame:
        """A data frame with one row for each and the attributes of `EffectSize` as columns."""
        import pandas as pd

        return pd.DataFrame([asdict(row) for row in self.rows], columns=[field.name for field in fields(EffectSize)])

    def __iter__(self) -> Iterator[EffectSize]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        return "\n".join(map(repr, self.rows))

    def _repr_html_(self) -> str:
        head = "".join(
            f'<th scope="col" style="text-align:left">{name}</th>'
            for name in ("effect size", "value", "error", "95% from", "to", "n", "assumption", "method")
        )
        body = "".join(
            "<tr>" + "".join(f'<td style="text-align:left">{escape(cell)}</td>' for cell in _cells(row)) + "</tr>" for row in self.rows
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cells(row: EffectSize) -> tuple[str, ...]:
    numbers = ("" if math.isnan(each) else f"{each:.4g}" for each in (row.value, row.se, row.low, row.high, row.n))
    return (row.estimand, *numbers, row.assumption, row.method)
