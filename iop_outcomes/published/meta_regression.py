"""Takes a pooled result with a column of its studies, gives it by group and by covariate."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from iop_outcomes.errors import UsageError
from iop_outcomes.published.pooled import Pooled
from iop_outcomes.published.pooling import by_inverse_variance, interval_of, p_of, pool_estimates
from iop_outcomes.published.several_effects import (
    FEW_DF,
    FEW_WORDS,
    INDEPENDENT,
    RegressionCoefficient,
    coefficient,
    several_effects,
)
from iop_outcomes.stats.limits import Floats, Ints
from iop_outcomes.stats.random_effects import Coefficients, Heterogeneity, between_variance, coefficients, heterogeneity
from iop_outcomes.stats.special import chdtrc

if TYPE_CHECKING:
    import pandas as pd


_APART = 1e-6  # of a covariate's size: the least by which its values must differ, so that a slope can be told from the intercept


@dataclass(frozen=True, slots=True)
class Subgroups:
    """The pooled result of each group of studies.

    Attributes
    ----------
    groups : dict of str to Pooled
    q_between, df, p : float
        Test that the groups share one mean: Q of the pooled means around their own mean, chi-squared.
    method : str
    """

    groups: tuple[tuple[str, Pooled], ...]
    q_between: float
    df: int
    p: float
    method: str

    def __getitem__(self, group: str) -> Pooled:
        for name, pooled in self.groups:
            if name == group:
                return pooled
        raise UsageError(f'"{group}" is no group. Allowed: {", ".join(name for name, _ in self.groups)}.')

    def to_frame(self) -> pd.DataFrame:
        """A data frame with one row for each group, as `Pooled.to_frame` has it, and the test between them in every row."""
        import pandas as pd

        frame = pd.concat([pooled.to_frame() for _, pooled in self.groups], ignore_index=True)
        frame.insert(0, "group", [name for name, _ in self.groups])
        return frame.assign(q_between=self.q_between, q_between_df=self.df, q_between_p=self.p)

    def sentence(self) -> str:
        """Each group's value, and the test."""
        parts = "; ".join(
            f"{name} {p.shown['value']:.3g} ({'no interval' if math.isnan(p.low) else format(p.shown['low'], '.3g') + ' to ' + format(p.shown['high'], '.3g')}; k {p.k})"
            for name, p in self.groups
        )
        if math.isnan(self.q_between):
            return f"{parts}. Between groups: not assessable, as the mean of a group has no error."
        return f"{parts}. Between groups: Q {self.q_between:.3g}, df {self.df}, p {self.p:.2g}."

    def __repr__(self) -> str:
        return self.sentence()


def groups_of(pooled: Pooled, by: str | Sequence[Any]) -> tuple[list[str], Ints]:
    """Groups of studies, two or more, and which each study is of."""
    levels, codes = pooled.studies.codes(by)
    if len(levels) < 2:
        raise UsageError(f'all studies are of one group, "{levels[0]}": there is nothing to compare')
    return levels, codes


def subgroups(pooled: Pooled, by: str | Sequence[Any], *, common_tau2: bool) -> Subgroups:
    """Pool within each group; test the means against one another as estimates with their errors."""
    levels, codes = groups_of(pooled, by)
    if common_tau2:
        return _common(pooled, levels, codes)
    parts = [
        pool_estimates(pooled.studies.where(np.flatnonzero(codes == code)), pooled.how, pooled.scale, draw=pooled.draw)
        for code in range(len(levels))
    ]
    return tested(levels, parts, "variance between studies of each group by itself")


def _common(pooled: Pooled, levels: list[str], codes: Ints) -> Subgroups:
    """One variance between studies for all groups, estimated around their means."""
    design = (codes[:, None] == np.arange(len(levels))[None, :]).astype(np.float64)
    effects = pooled.studies.with_design(design)
    tau2 = between_variance(effects, pooled.how.estimator)
    result = coefficients(effects, tau2, pooled.how.spread)
    parts = []
    for code in range(len(levels)):
        part = pool_estimates(pooled.studies.where(np.flatnonzero(codes == code)), pooled.how, pooled.scale, draw=pooled.draw)
        parts.append(_with(part, float(result.fit.beta[code]), float(result.se[code]), tau2, result))
    return tested(levels, parts, "one variance between studies for all groups")


def _with(part: Pooled, value: float, se: float, tau2: float, result: Coefficients) -> Pooled:
    """A group's result with the mean, error and variance of a fit to all groups."""
    level = part.how.conf_level
    low, high = interval_of(value, se, result.df, level)
    ends = (math.nan, math.nan) if part.how.estimator == "fixed" else interval_of(value, math.hypot(math.sqrt(tau2), se), result.df, level)
    statistic, p = value / se if se > 0 else math.nan, p_of(value, se, result.df)
    part = replace(
        part, value=value, se=se, low=low, high=high, statistic=statistic, df=result.df, p=p, tau2=tau2, i2=math.nan, h2=math.nan
    )
    return replace(
        part,
        tau2_low=math.nan,
        tau2_high=math.nan,
        prediction_low=ends[0],
        prediction_high=ends[1],
        method=f"{part.method}; tau2 common to all groups",
    )


def tested(levels: list[str], parts: list[Pooled], method: str) -> Subgroups:
    """Groups with the test between their means, where each has an error."""
    values, errors, df = np.array([part.value for part in parts]), np.array([part.se for part in parts]), len(levels) - 1
    if not (errors > 0).all():  # also where one is none
        return Subgroups(tuple(zip(levels, parts, strict=True)), math.nan, df, math.nan, method)
    weight = 1 / np.square(errors)
    q = float(weight @ np.square(values - weight @ values / weight.sum()))
    return Subgroups(tuple(zip(levels, parts, strict=True)), q, df, float(chdtrc(df, q)), method)


@dataclass(frozen=True, slots=True)
class MetaRegression:
    """Regression of the studies' results on one covariate.

    Attributes
    ----------
    intercept, slope : RegressionCoefficient
    statistic, df, residual_df, p : float
        Test of the slope: chi-squared (`residual_df` infinite), or F with Knapp-Hartung errors or errors by study.
    tau2 : float
        Variance between studies that is left.
    omega2 : float
        Variance between the effects of a study that is left: of hierarchical weights, 0 with others.
    r2 : float
        Share of tau2, and of omega2, that the covariate accounts for, in percent, not below 0.
    residual : Heterogeneity
        Q of what is left, and I2.
    k : int
    notes : tuple of str
    """

    intercept: RegressionCoefficient
    slope: RegressionCoefficient
    statistic: float
    df: int
    residual_df: float
    p: float
    tau2: float
    omega2: float
    r2: float
    residual: Heterogeneity
    k: int
    notes: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """A data frame with a row for the intercept and one for the slope."""
        import pandas as pd

        frame = pd.DataFrame([asdict(self.intercept), asdict(self.slope)], columns=[each.name for each in fields(RegressionCoefficient)])
        return frame.assign(
            tau2=self.tau2, omega2=self.omega2, r2=self.r2, residual_q=self.residual.q, residual_i2=self.residual.i2, k=self.k
        )

    def sentence(self) -> str:
        """The slope in words."""
        s = self.slope
        if math.isnan(s.value):
            return " ".join(self.notes)
        if math.isnan(s.low):
            return " ".join([f"Per unit of {s.name} the result changes by {s.value:.3g}, without an interval.", *self.notes])
        text = f"Per unit of {s.name} the result changes by {s.value:.3g} ({s.low:.3g} to {s.high:.3g}; p {s.p:.2g}); R2 {self.r2:.0f}%."
        return " ".join([text, *self.notes])

    def __repr__(self) -> str:
        return self.sentence()


def covariate_of(pooled: Pooled, covariate: str | Sequence[float]) -> Floats:
    """A number for each of three studies or more, from which a slope can be told."""
    x = pooled.studies.numbers(covariate)
    if np.ptp(x) == 0:
        raise UsageError("the covariate has one value in all studies: there is no slope")
    if pooled.k < 3:
        raise UsageError(f"{pooled.k} studies: a regression needs three")
    if np.ptp(x) < _APART * np.abs(x).max():
        raise UsageError(
            "the covariate differs too little for its size, as dates in seconds do: take a number from it that is near all of them"
        )
    return x


def few_studies(k: int) -> tuple[str, ...]:
    """A word where there are few."""
    return (f"With {k} studies, under 10, a regression tells little.",) if k < 10 else ()


def regression(
    pooled: Pooled, covariate: str | Sequence[float], cluster: str | Sequence[Any] | None, weights: str, rho: float | None
) -> MetaRegression:
    """One covariate, with the estimator and interval of the pooled result, or with errors by study."""
    by_inverse_variance(pooled)
    if cluster is None and (weights != INDEPENDENT or rho is not None):
        raise UsageError("weights and rho are of studies with several effects: name the study of each with cluster= too")
    x, how = covariate_of(pooled, covariate), pooled.how

    effects = pooled.studies.with_design(np.column_stack([np.ones(pooled.k), x]))
    tau2 = between_variance(effects, how.estimator)
    result = coefficients(effects, tau2, how.spread)
    beta, errors, df, omega2, notes = result.fit.beta, result.se, [result.df, result.df], 0.0, []
    if cluster is not None:
        several = several_effects(pooled, effects, tau2, cluster, weights, rho)
        beta, tau2, omega2 = several.fit.beta, several.fit.tau2, several.omega2
        errors, df = np.sqrt(np.diag(several.errors.covariance)), several.errors.df.tolist()
        weighed = f", weights {several.words}" if several.words else ""
        notes.append(f"Errors by study (CR2): {several.errors.clusters} studies{weighed}.{FEW_WORDS if df[1] < FEW_DF else ''}")
    names = ("intercept", covariate if isinstance(covariate, str) else "covariate")
    rows = [
        coefficient(name, float(value), float(se), its_df, how.conf_level)
        for name, value, se, its_df in zip(names, beta, errors, df, strict=True)
    ]
    only = pooled.studies.mean_only()
    if weights == INDEPENDENT:
        before = between_variance(only, how.estimator)
    else:
        before = several_effects(pooled, only, None, cluster, weights, rho).heterogeneity
    r2 = max(0.0, 100 * (before - tau2 - omega2) / before) if before > 0 else math.nan
    if math.isnan(rows[1].low):
        notes.append("The studies lie on one line: no spread is left to make an error of; interval='adhoc' or 'z' gives one.")
    notes += few_studies(pooled.k)
    slope, left = rows[1], heterogeneity(effects, tau2 + omega2)
    return MetaRegression(rows[0], slope, slope.statistic**2, 1, slope.df, slope.p, tau2, omega2, r2, left, pooled.k, tuple(notes))
