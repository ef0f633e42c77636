"""Takes a pooled result whose studies give several effects each, gives its mean with errors that hold however these hang together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from iop_outcomes.errors import UsageError
from iop_outcomes.published.inputs import choice
from iop_outcomes.published.pooled import Pooled
from iop_outcomes.published.pooling import by_inverse_variance, interval_of, p_of
from iop_outcomes.stats.cluster_robust import RobustErrors, cr2
from iop_outcomes.stats.correlated_effects import RHO, correlated_effects
from iop_outcomes.stats.limits import Ints
from iop_outcomes.stats.random_effects import StudyEffects, WeightedFit, between_variance, weighted

if TYPE_CHECKING:
    import pandas as pd

INDEPENDENT, CORRELATED = WEIGHTS = ("independent", "correlated")
RHOS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)  # correlations that are tried beside the one that is assumed
FEW_DF = 4  # of Satterthwaite, under which a robust p is not to be trusted
FEW_WORDS = f" Under {FEW_DF} degrees of freedom the p is not to be trusted."


@dataclass(frozen=True, slots=True)
class RegressionCoefficient:
    """One coefficient with its error, limits and test, on the scale that was pooled."""

    name: str
    value: float
    se: float
    low: float
    high: float
    statistic: float
    df: float
    p: float


def coefficient(name: str, value: float, se: float, df: float, conf_level: float) -> RegressionCoefficient:
    """One coefficient with its interval and test."""
    return RegressionCoefficient(
        name, value, se, *interval_of(value, se, df, conf_level), value / se if se > 0 else math.nan, df, p_of(value, se, df)
    )


@dataclass(frozen=True, eq=False)
class SeveralEffects:
    """A fit, its errors by study, and the weights in words."""

    fit: WeightedFit
    errors: RobustErrors
    words: str


def several_effects(
    pooled: Pooled, effects: StudyEffects, tau2: float | None, cluster: str | Sequence[Any] | None, weights: str, rho: float | None
) -> SeveralEffects:
    """Fit by the weights that are named, with CR2 errors; `tau2` is that of independent weights, computed where it is None."""
    choice("weights", weights, WEIGHTS)
    if weights == INDEPENDENT and rho is not None:
        raise UsageError('rho is the correlation that weights="correlated" assumes; weights="independent" has none')
    if cluster is None:
        raise UsageError("cluster is missing: name the study of each effect")
    codes = _clusters(pooled, cluster)
    if weights == INDEPENDENT:
        variance = between_variance(effects, pooled.how.estimator) if tau2 is None else tau2
        fit, words = weighted(effects, variance), ""
    else:
        assumed = RHO if rho is None else rho
        if not 0 <= assumed <= 1:
            raise UsageError(f"rho = {assumed:g} must lie between 0 and 1: how the errors of one study's effects correlate")
        fit = correlated_effects(effects, codes, assumed)
        words = f", each weighing as one (correlated effects, rho {assumed:g}{' assumed' if rho is None else ''}, tau2 by moments)"
    return SeveralEffects(fit, cr2(effects, fit, codes), words)


def _clusters(pooled: Pooled, cluster: str | Sequence[Any]) -> Ints:
    levels, codes = pooled.studies.codes(cluster)
    if len(levels) < 2:
        raise UsageError("all effect sizes are of one study: errors by study need two or more")
    return codes


@dataclass(frozen=True, slots=True)
class RobustMean:
    """The pooled mean with errors by study.

    Attributes
    ----------
    mean : RegressionCoefficient
        On the scale that was pooled; degrees of freedom by Satterthwaite.
    shown : dict of str to float
        Value and limits as they are shown.
    clusters, k : int
        Studies, and effect sizes.
    tau2 : float
        Variance between studies.
    weights : {"independent", "correlated"}
    sensitivity : tuple of (rho, value, se, tau2)
        With correlated weights: the same at other correlations.
    notes : tuple of str
    """

    mean: RegressionCoefficient
    shown: dict[str, float]
    clusters: int
    k: int
    tau2: float
    weights: str
    sensitivity: tuple[tuple[float, float, float, float], ...]
    notes: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """A data frame of one row."""
        import pandas as pd

        shown = {f"shown_{name}": value for name, value in self.shown.items()}
        figures = {"clusters": self.clusters, "k": self.k, "tau2": self.tau2, "weights": self.weights, "notes": " ".join(self.notes)}
        return pd.DataFrame([{**asdict(self.mean), **shown, **figures}])

    def sentence(self) -> str:
        """The result in words."""
        s, limits = self.shown, ""
        if not math.isnan(self.mean.low):
            limits = f" ({s['low']:.3g} to {s['high']:.3g})"
        text = f"Pooled {s['value']:.3g}{limits}, errors by study: {self.k} effect sizes of {self.clusters} studies, df {self.mean.df:.1f}."
        tried = ""
        if self.sensitivity:
            values, errors = [[row[place] for row in self.sensitivity] for place in (1, 2)]
            tried = f"At rho 0 to 1 the value is {_range(values)} with errors of {_range(errors)} on the scale pooled."
        return " ".join(filter(None, [text, *self.notes, tried]))

    def __repr__(self) -> str:
        return self.sentence()


def robust(pooled: Pooled, cluster: str | Sequence[Any], weights: str, rho: float | None) -> RobustMean:
    """CR2 errors of the weighted mean."""
    by_inverse_variance(pooled)
    effects = pooled.studies.mean_only()
    several = several_effects(pooled, effects, pooled.tau2, cluster, weights, rho)
    value, se, df = float(several.fit.beta[0]), float(np.sqrt(several.errors.covariance[0, 0])), float(several.errors.df[0])
    mean = coefficient("mean", value, se, df, pooled.how.conf_level)
    shown = {
        name: math.nan if math.isnan(each) else pooled.scale.shown(each)
        for name, each in (("value", mean.value), ("low", mean.low), ("high", mean.high))
    }
    tried = _tried(pooled, effects, cluster) if weights == CORRELATED else ()
    notes = [f"Weights: each study{several.words.removeprefix(', each')}."] if several.words else []
    if df < FEW_DF:
        notes.append(FEW_WORDS.strip())
    return RobustMean(mean, shown, several.errors.clusters, pooled.k, several.fit.tau2, weights, tried, tuple(notes))


def _range(values: Sequence[float]) -> str:
    low, high = f"{min(values):.3g}", f"{max(values):.3g}"
    return low if low == high else f"{low} to {high}"


def _tried(pooled: Pooled, effects: StudyEffects, cluster: str | Sequence[Any]) -> tuple[tuple[float, float, float, float], ...]:
    """Value, error and tau2 at other correlations."""
    rows = []
    for rho in RHOS:
        tried = several_effects(pooled, effects, None, cluster, CORRELATED, rho)
        rows.append((rho, float(tried.fit.beta[0]), float(np.sqrt(tried.errors.covariance[0, 0])), tried.fit.tau2))
    return tuple(rows)
