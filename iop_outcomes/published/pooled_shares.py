"""Takes how many of how many in several studies, gives their pooled share: logistic model, or transformed shares with their caveats."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from iop_outcomes.published.inputs import choice
from iop_outcomes.published.pooled import Estimation, Pooled
from iop_outcomes.published.pooling import Draw, estimation, interval_of, p_of, pool_estimates, study_rows
from iop_outcomes.published.scales_of_effects import SCALES, EffectScale, double_arcsine
from iop_outcomes.published.studies import Studies, counts_of
from iop_outcomes.stats.limits import Floats
from iop_outcomes.stats.logit_glmm import logit_model
from iop_outcomes.stats.special import chdtrc

METHODS = ("glmm", "logit", "arcsine", "freeman_tukey", "raw")
FREEMAN_TUKEY = (
    "Freeman-Tukey: turned back at the harmonic mean of n, which can mislead badly where sizes differ (Schwarzer 2019, doi:10.1002/jrsm.1348); "
    "method='glmm' needs no such step."
)
_MEDIAN = "The pooled share is that of a study in the middle, not the mean of all studies' shares."
_NO_INTERVAL = "No interval: all studies together have 0 or all, or each has one of the two, so that the model has no end."
_CUT = "Shares as they are: limits that leave 0 to 1 are shown cut off there."
_HALVES = "Halves were added to studies with 0 or all."


def pool_shares(
    table: Any,
    *,
    events: str,
    n: str,
    study: str | None,
    method: str,
    estimator: str,
    interval: str,
    prediction: str,
    conf_level: float,
    draw: Draw | None = None,
) -> Pooled:
    """Pool shares; `iop_outcomes.pool_proportions` says what the arguments are."""
    choice("method", method, METHODS)
    how = estimation(estimator, interval, prediction, conf_level)
    labels, hits, people = counts_of(table, events=events, n=n, study=study)
    if method == "glmm":
        return pool_logistic(Studies(labels, *_logits(hits, people), table, hits, people), how, draw)
    value, variance, scale, notes = _transformed(method, hits, people)
    return pool_estimates(Studies(labels, value, variance, table), how, scale, notes=notes, draw=draw)


def _transformed(method: str, hits: Floats, n: Floats) -> tuple[Floats, Floats, EffectScale, tuple[str, ...]]:
    """Estimates and variances on the scale of a method."""
    if method == "logit":
        return (*_logits(hits, n), SCALES["logit"], (_MEDIAN, _HALVES) if _edges(hits, n).any() else (_MEDIAN,))
    if method == "arcsine":
        return np.arcsin(np.sqrt(hits / n)), 1 / (4 * n), SCALES["arcsine"], ()
    if method == "raw":
        k, size = np.where(_edges(hits, n), hits + 0.5, hits), np.where(_edges(hits, n), n + 1, n)
        notes = (_CUT, _HALVES) if _edges(hits, n).any() else (_CUT,)
        return k / size, k / size * (1 - k / size) / size, SCALES["share"], notes
    value = (np.arcsin(np.sqrt(hits / (n + 1))) + np.arcsin(np.sqrt((hits + 1) / (n + 1)))) / 2
    return value, 1 / (4 * n + 2), double_arcsine(len(n) / float((1 / n).sum())), (FREEMAN_TUKEY,)


def _edges(hits: Floats, n: Floats) -> Floats:
    return np.asarray((hits == 0) | (hits == n))


def _logits(hits: Floats, n: Floats) -> tuple[Floats, Floats]:
    added = np.where(_edges(hits, n), 0.5, 0.0)
    k, rest = hits + added, n - hits + added
    return np.log(k / rest), 1 / k + 1 / rest


def pool_logistic(studies: Studies, how: Estimation, draw: Draw | None) -> Pooled:
    """The random-effects logistic model, with normal intervals; weights are none of its own, so shares of people stand for them."""
    hits, n = studies.counts
    model = logit_model(hits, n)
    k, none = len(n), math.nan
    low, high = interval_of(model.mean, model.se, math.inf, how.conf_level)
    predicted = (
        interval_of(model.mean, math.hypot(model.tau, model.se), math.inf, how.conf_level) if k > 1 and model.se > 0 else (none, none)
    )
    ratio = 2 * (model.log_likelihood_saturated - model.log_likelihood_alike)
    notes = (_MEDIAN, *((_NO_INTERVAL,) if math.isnan(model.se) else ()))
    rows = study_rows(studies, (100 * n / n.sum()).tolist(), SCALES["logit"], how.conf_level)
    return Pooled(
        k=k,
        value=model.mean,
        se=model.se,
        low=low,
        high=high,
        statistic=model.mean / model.se,
        df=math.inf,
        p=p_of(model.mean, model.se, math.inf),
        prediction_low=predicted[0],
        prediction_high=predicted[1],
        q=ratio if k > 1 else none,
        q_df=k - 1,
        q_p=float(chdtrc(k - 1, ratio)) if k > 1 else none,
        i2=none,
        i2_from_q=none,
        h2=none,
        tau2=model.tau**2,
        tau2_low=none,
        tau2_high=none,
        scale=SCALES["logit"],
        method="random-effects logistic model, maximum likelihood; normal interval; prediction interval normal; "
        "q: likelihood ratio of a share for each study; weights: people",
        notes=notes,
        rows=rows,
        studies=studies,
        how=Estimation("REML", "z", how.prediction, how.conf_level, logistic=True),
        draw=draw,
    )
