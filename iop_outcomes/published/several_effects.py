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
from iop_outcomes.stats.cluster_robust import RobustErrors, by_inverse, cr2
from iop_outcomes.stats.correlated_effects import RHO, correlated_effects
from iop_outcomes.stats.hierarchical_effects import HierarchicalFit, hierarchical_effects
from iop_outcomes.stats.limits import Ints
from iop_outcomes.stats.random_effects import StudyEffects, WeightedFit, between_variance, weighted

if TYPE_CHECKING:
    import pandas as pd

INDEPENDENT, CORRELATED, HIERARCHICAL = WEIGHTS = ("independent", "correlated", "hierarchical")
RHOS = {  # correlations that are tried beside the one that is assumed; errors that are all one have no inverse
    CORRELATED: (0.0, 0.2, 0.4, 0.6, 0.8, 1.0),
    HIERARCHICAL: (0.0, 0.2, 0.4, 0.6, 0.8, 0.95),
}
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
    """A fit, its errors by study, and the weights in words, empty where they are the pooled result's own."""

    fit: WeightedFit | HierarchicalFit
    errors: RobustErrors
    words: str = ""

    @property
    def omega2(self) -> float:
        """Variance between the effects of a study; 0 where the weights know none."""
        return self.fit.omega2 if isinstance(self.fit, HierarchicalFit) else 0.0

    @property
    def heterogeneity(self) -> float:
        """Variance of an effect beyond its error, of both kinds."""
        return self.fit.tau2 + self.omega2


def several_effects(
    pooled: Pooled, effects: StudyEffects, tau2: float | None, cluster: str | Sequence[Any] | None, weights: str, rho: float | None
) -> SeveralEffects:
    """Fit by the weights that are named, with CR2 errors; `tau2` is that of independent weights, computed where it is None."""
    choice("weights", weights, WEIGHTS)
    if weights == INDEPENDENT and rho is not None:
        raise UsageError('rho is the correlation that weights="correlated" assumes, or "hierarchical"; weights="independent" has none')
    if cluster is None:
        raise UsageError("cluster is missing: name the study of each effect")
    codes = _clusters(pooled, cluster)
    if weights == INDEPENDENT:
        plain = weighted(effects, between_variance(effects, pooled.how.estimator) if tau2 is None else tau2)
        return SeveralEffects(plain, cr2(effects, plain, codes, by_inverse(plain)))
    assumed, taken = _rho(weights, rho), " assumed" if rho is None else ""
    if weights == CORRELATED:
        each = correlated_effects(effects, codes, assumed)
        words = f"each study weighing as one (correlated effects, rho {assumed:g}{taken}, tau2 by moments)"
        return SeveralEffects(each, cr2(effects, each, codes, by_inverse(each)), words)
    fit = hierarchical_effects(effects, codes, assumed)
    words = (
        f"by the variance between studies, {fit.tau2:.3g}, and between the effects of a study, {fit.omega2:.3g} (correlated and "
        f"hierarchical effects, rho {assumed:g}{taken}, REML)"
    )
    return SeveralEffects(fit, cr2(effects, fit, codes, fit.model.covariance), words)


def _rho(weights: str, rho: float | None) -> float:
    """The correlation that is assumed; one that weights cannot take is refused."""
    assumed = RHO if rho is None else rho
    if not 0 <= assumed <= 1:
        raise UsageError(f"rho = {assumed:g} must lie between 0 and 1: how the errors of one study's effects correlate")
    if weights == HIERARCHICAL and assumed == 1:
        raise UsageError(
            'rho = 1 makes the errors of a study one and the same, which weights="hierarchical" cannot weigh: give one below 1'
        )
    return assumed


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
    omega2 : float
        Variance between the effects of a study: of hierarchical weights, 0 with others.
    weights : {"independent", "correlated", "hierarchical"}
    sensitivity : tuple of (rho, value, se, tau2, omega2)
        With weights that assume a correlation: the same at others.
    notes : tuple of str
    """

    mean: RegressionCoefficient
    shown: dict[str, float]
    clusters: int
    k: int
    tau2: float
    omega2: float
    weights: str
    sensitivity: tuple[tuple[float, float, float, float, float], ...]
    notes: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """A data frame of one row."""
        import pandas as pd

        shown = {f"shown_{name}": value for name, value in self.shown.items()}
        variances = {"tau2": self.tau2, "omega2": self.omega2}
        figures = {"clusters": self.clusters, "k": self.k, **variances, "weights": self.weights, "notes": " ".join(self.notes)}
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
            tried = f"At rho {self.sensitivity[0][0]:g} to {self.sensitivity[-1][0]:g} the value is {_range(values)} with errors of {_range(errors)} on the scale pooled."
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
    tried = _tried(pooled, effects, cluster, weights) if weights in RHOS else ()
    notes = [f"Weights: {several.words}."] if several.words else []
    if math.isnan(mean.low):
        notes.append("No interval: all effects are alike, so that no spread is left to make an error of.")
    if df < FEW_DF:
        notes.append(FEW_WORDS.strip())
    return RobustMean(mean, shown, several.errors.clusters, pooled.k, several.fit.tau2, several.omega2, weights, tried, tuple(notes))


def _range(values: Sequence[float]) -> str:
    low, high = f"{min(values):.3g}", f"{max(values):.3g}"
    return low if low == high else f"{low} to {high}"


def _tried(
    pooled: Pooled, effects: StudyEffects, cluster: str | Sequence[Any], weights: str
) -> tuple[tuple[float, float, float, float, float], ...]:
    """Value, error and variances at other correlations."""
    rows = []
    for rho in RHOS[weights]:
        tried = several_effects(pooled, effects, None, cluster, weights, rho)
        rows.append((rho, float(tried.fit.beta[0]), float(np.sqrt(tried.errors.covariance[0, 0])), tried.fit.tau2, tried.omega2))
    return tuple(rows)
