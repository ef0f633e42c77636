"""Takes a pooled result, gives it without each study, how much each study moves it, and whether small studies differ."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from iop_outcomes.errors import UsageError
from iop_outcomes.published.pooled import Pooled
from iop_outcomes.published.pooling import by_inverse_variance, interval_of, p_of
from iop_outcomes.stats.funnel_asymmetry import Asymmetry, egger
from iop_outcomes.stats.influence_of_studies import Influence, influences, without_each
from iop_outcomes.stats.random_effects import coefficients, heterogeneity

if TYPE_CHECKING:
    import pandas as pd

ENOUGH_FOR_EGGER = 10


@dataclass(frozen=True, slots=True)
class WithoutOne:
    """The pooled result without one study, as it is shown, but `se` on the scale it was computed on."""

    without: str
    value: float
    se: float
    low: float
    high: float
    p: float
    tau2: float
    q: float
    i2: float


@dataclass(frozen=True, slots=True)
class LeaveOneOut:
    """The pooled result without each study in turn."""

    rows: tuple[WithoutOne, ...]

    def to_frame(self) -> pd.DataFrame:
        """A data frame with one row for each study left out."""
        import pandas as pd

        return pd.DataFrame([asdict(row) for row in self.rows], columns=[each.name for each in fields(WithoutOne)])

    def sentence(self) -> str:
        """Between which values the result moves, and whose absence moves it most."""
        low, high = (pick(self.rows, key=lambda row: row.value) for pick in (min, max))
        return f"Without one study the pooled value lies between {low.value:.3g} (without {low.without}) and {high.value:.3g} (without {high.without})."

    def __repr__(self) -> str:
        return self.sentence()


def leave_one_out(pooled: Pooled) -> LeaveOneOut:
    """The same estimator and interval on all studies but one."""
    several(pooled, 2)
    scale, how, rows = pooled.scale, pooled.how, []
    each = without_each(pooled.studies.mean_only(), how.estimator, how.spread)
    for label, (result, others) in zip(pooled.studies.label, each, strict=True):
        value, se = float(result.fit.beta[0]), float(result.se[0])
        low, high = interval_of(value, se, result.df, how.conf_level)
        seen, shown = (
            heterogeneity(others, result.fit.tau2),
            [math.nan if math.isnan(end) else scale.shown(end) for end in (value, low, high)],
        )
        rows.append(WithoutOne(label, shown[0], se, shown[1], shown[2], p_of(value, se, result.df), result.fit.tau2, seen.q, seen.i2))
    return LeaveOneOut(tuple(rows))


@dataclass(frozen=True, slots=True)
class InfluenceTable:
    """How much each study moves the pooled result."""

    studies: tuple[str, ...]
    rows: tuple[Influence, ...]

    @property
    def influential(self) -> tuple[str, ...]:
        """Studies that one of the rules of Viechtbauer and Cheung (2010) names."""
        return tuple(study for study, row in zip(self.studies, self.rows, strict=True) if row.influential)

    def to_frame(self) -> pd.DataFrame:
        """A data frame with one row for each study."""
        import pandas as pd

        frame = pd.DataFrame([asdict(row) for row in self.rows], columns=[each.name for each in fields(Influence)])
        frame.insert(0, "study", list(self.studies))
        return frame

    def __repr__(self) -> str:
        return f"Influential: {', '.join(self.influential) or 'none'} of {len(self.studies)} studies"


def influence(pooled: Pooled) -> InfluenceTable:
    """Deleted residuals, distances, leverages and weights."""
    by_inverse_variance(pooled)
    several(pooled, 3)
    effects, how = pooled.studies.mean_only(), pooled.how
    whole = coefficients(effects, pooled.tau2, how.spread)
    return InfluenceTable(pooled.studies.label, tuple(influences(effects, whole, how.estimator, how.spread)))


@dataclass(frozen=True, slots=True)
class EggerTest(Asymmetry):
    """Egger's regression of results on their errors, its limits on the scale that was pooled.

    Attributes
    ----------
    k : int
        Studies.
    notes : tuple of str
        When it tells little.
    """

    k: int
    notes: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """A data frame of one row."""
        import pandas as pd

        return pd.DataFrame([{**asdict(self), "notes": " ".join(self.notes)}])

    def sentence(self) -> str:
        """The test in words."""
        if math.isnan(self.p):
            return " ".join(["Egger's test is not assessable.", *self.notes])
        verdict = (
            "Small studies give other results than large ones" if self.p < 0.05 else "No clear sign that small studies give other results"
        )
        return " ".join([f"{verdict} (Egger's test: t {self.t:.2f}, df {self.df}, p {self.p:.2g}).", *self.notes])

    def __repr__(self) -> str:
        return self.sentence()


def egger_test(pooled: Pooled) -> EggerTest:
    """By weighted regression with the spread estimated, as Egger's first paper has it."""
    by_inverse_variance(pooled)
    regression = egger(pooled.studies.value, np.sqrt(pooled.studies.variance), conf_level=pooled.how.conf_level)
    notes = []
    if pooled.k < 3:
        notes.append("It needs three studies.")
    elif np.ptp(pooled.studies.variance) == 0:
        notes.append("All studies have one error.")
    elif math.isnan(regression.p):
        notes.append("The studies agree, or lie on one line: no spread is left to test by.")
    if 3 <= pooled.k < ENOUGH_FOR_EGGER:
        notes.append(f"With {pooled.k} studies, under {ENOUGH_FOR_EGGER}, it tells little.")
    if pooled.scale.words in ("ratio", "share"):
        notes.append("Errors of ratios and shares depend on their size, which alone can tilt a funnel.")
    return EggerTest(**asdict(regression), k=pooled.k, notes=tuple(notes))


def several(pooled: Pooled, least: int) -> None:
    """Refuse what so few studies cannot tell."""
    if pooled.k < least:
        raise UsageError(f"{pooled.k} {'study' if pooled.k == 1 else 'studies'}: this needs {least} or more")
