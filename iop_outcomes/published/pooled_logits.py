"""Takes shares pooled by the logistic model, gives them by group, by covariate and without each study, each fitted again."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from iop_outcomes.published.meta_regression import MetaRegression, Subgroups, covariate_of, few_studies, groups_of, tested
from iop_outcomes.published.meta_tables import LeaveOneOut, WithoutOne, several
from iop_outcomes.published.pooled import Pooled
from iop_outcomes.published.pooled_shares import pool_logistic
from iop_outcomes.published.pooling import interval_of, p_of
from iop_outcomes.published.several_effects import coefficient
from iop_outcomes.published.studies import Studies
from iop_outcomes.stats.limits import Floats
from iop_outcomes.stats.logit_glmm import LogitCoefficients, log_likelihood_saturated, logit_regression
from iop_outcomes.stats.random_effects import Heterogeneity
from iop_outcomes.stats.special import chdtrc

_SEPARATED = "No slope: the covariate parts studies with nobody from studies with all, or all studies together have 0 or all."


def logistic_leave_one_out(pooled: Pooled) -> LeaveOneOut:
    """The model fitted again without each study in turn."""
    several(pooled, 2)
    rows = []
    for place, label in enumerate(pooled.studies.label):
        part = pool_logistic(pooled.studies.where(np.delete(np.arange(pooled.k), place)), pooled.how, None)
        shown = part.shown
        rows.append(WithoutOne(label, shown["value"], part.se, shown["low"], shown["high"], part.p, part.tau2, part.q, part.i2))
    return LeaveOneOut(tuple(rows))


def logistic_subgroups(pooled: Pooled, by: str | Sequence[Any], *, common_tau2: bool) -> Subgroups:
    """The model of each group of studies by itself, or one with a mean for each group and a spread that they share."""
    levels, codes = groups_of(pooled, by)
    parts = [pool_logistic(pooled.studies.where(np.flatnonzero(codes == code)), pooled.how, pooled.draw) for code in range(len(levels))]
    if not common_tau2:
        return tested(levels, parts, "logistic model of each group by itself")
    known = [code for code, part in enumerate(parts) if math.isfinite(part.value)]  # 0 or all of a group says nothing of the spread
    if known:
        here = np.flatnonzero(np.isin(codes, known))
        fit = _fitted(pooled.studies.where(here), (codes[here, None] == np.array(known)[None, :]).astype(np.float64))
        for place, code in enumerate(known):
            parts[code] = _with(parts[code], float(fit.beta[place]), math.sqrt(fit.covariance[place, place]), fit.tau)
    return tested(levels, parts, "logistic model, one variance between studies for all groups")


def _fitted(studies: Studies, design: Floats) -> LogitCoefficients:
    """The model on some columns; without coefficients where nobody, or everybody, had the event."""
    hits, n = studies.counts
    if hits.sum() in (0.0, n.sum()):
        p = design.shape[1]
        return LogitCoefficients(np.full(p, math.nan), np.full((p, p), math.nan), 0.0, 0.0, 0.0)
    return logit_regression(hits, n, design)


def _with(part: Pooled, value: float, se: float, tau: float) -> Pooled:
    """A group's result with the mean, error and spread of a fit to all groups."""
    level, none = part.how.conf_level, math.nan
    low, high = interval_of(value, se, math.inf, level)
    ends = interval_of(value, math.hypot(tau, se), math.inf, level) if se > 0 else (none, none)
    statistic, p = value / se if se > 0 else none, p_of(value, se, math.inf)
    part = replace(part, value=value, se=se, low=low, high=high, statistic=statistic, p=p, tau2=tau**2)
    return replace(part, prediction_low=ends[0], prediction_high=ends[1], method=f"{part.method}; tau2 common to all groups")


def logistic_regression(pooled: Pooled, covariate: str | Sequence[float]) -> MetaRegression:
    """Logit of the share on one covariate, with normal errors; what is left is tested against a share for each study."""
    x = covariate_of(pooled, covariate)
    fit, (hits, n) = _fitted(pooled.studies, np.column_stack([np.ones(pooled.k), x])), pooled.studies.counts
    names, level = ("intercept", covariate if isinstance(covariate, str) else "covariate"), pooled.how.conf_level
    errors = np.sqrt(np.diag(fit.covariance)).tolist()
    intercept, slope = (
        coefficient(name, value, se, math.inf, level) for name, value, se in zip(names, fit.beta.tolist(), errors, strict=True)
    )
    ratio, df = 2 * (log_likelihood_saturated(hits, n) - fit.log_likelihood_alike), pooled.k - 2
    if math.isnan(slope.value):
        ratio = math.nan
    left = Heterogeneity(ratio, df, float(chdtrc(df, ratio)), math.nan, math.nan, math.nan)
    tau2, before = fit.tau**2, pooled.tau2
    r2 = max(0.0, 100 * (before - tau2) / before) if 0 < before < math.inf and not math.isnan(slope.value) else math.nan
    notes = (*((_SEPARATED,) if math.isnan(slope.low) else ()), "Logits: exp of the slope is an odds ratio.", *few_studies(pooled.k))
    return MetaRegression(intercept, slope, slope.statistic**2, 1, math.inf, slope.p, tau2, 0.0, r2, left, pooled.k, notes)
