"""Takes estimates of several studies, gives their pooled result: fixed, DerSimonian-Laird, REML or Paule-Mandel, and how sure it is."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

from iop_outcomes.errors import UsageError
from iop_outcomes.published.inputs import choice, level
from iop_outcomes.published.pooled import Estimation, Pooled, PooledStudy, StudiesDrawing
from iop_outcomes.published.scales_of_effects import SCALES, EffectScale
from iop_outcomes.published.studies import Studies, studies_of
from iop_outcomes.stats.limits import t_quantile
from iop_outcomes.stats.proportion import normal_quantile
from iop_outcomes.stats.random_effects import (
    ESTIMATORS,
    SPREADS,
    Coefficients,
    between_variance,
    coefficients,
    heterogeneity,
    profile_limits,
)
from iop_outcomes.stats.special import ndtr, stdtr

Draw = StudiesDrawing
PREDICTIONS = ("same", "k-2")
ESTIMATOR_WORDS = {"fixed": "fixed effect", "DL": "DerSimonian-Laird", "REML": "REML", "PM": "Paule-Mandel"}
SPREAD_WORDS = {
    "z": "normal interval",
    "knha": "Knapp-Hartung interval",
    "adhoc": "Knapp-Hartung interval, not narrower than the normal one (ad hoc)",
}
FEW_STUDIES = 5


def pool(
    table: Any,
    *,
    value: str,
    se: str | None,
    variance: str | None,
    study: str | None,
    estimator: str,
    interval: str,
    prediction: str,
    scale: str,
    conf_level: float,
    draw: Draw | None = None,
) -> Pooled:
    """Pool a table of estimates; `iop_outcomes.pool_studies` says what the arguments are."""
    how = estimation(estimator, interval, prediction, conf_level)
    choice("scale", scale, ("linear", "log", "logit", "correlation"))
    studies = studies_of(table, value=value, se=se, variance=variance, study=study)
    return pool_estimates(studies, how, SCALES[scale], draw=draw)


def estimation(estimator: str, interval: str, prediction: str, conf_level: float) -> Estimation:
    """How studies are pooled, checked."""
    kind = next(each for each in ESTIMATORS if each == choice("estimator", estimator, ESTIMATORS))
    spread = next(each for each in SPREADS if each == choice("interval", interval, SPREADS))
    choice("prediction", prediction, PREDICTIONS)
    return Estimation(kind, spread, prediction, level(conf_level))


def pool_estimates(
    studies: Studies, how: Estimation, scale: EffectScale, *, notes: tuple[str, ...] = (), draw: Draw | None = None
) -> Pooled:
    """Pool estimates on one scale."""
    effects = studies.mean_only()
    tau2 = between_variance(effects, how.estimator)
    result = coefficients(effects, tau2, how.spread)
    seen, tau2_limits = heterogeneity(effects, tau2), (math.nan, math.nan)
    if how.estimator != "fixed":
        tau2_limits = profile_limits(effects, conf_level=how.conf_level)
    value, se = float(result.fit.beta[0]), float(result.se[0])
    low, high = interval_of(value, se, result.df, how.conf_level)
    predicted = _prediction(value, se, tau2, result.df, len(studies.value), how)
    weight = 100 * result.fit.weight / result.fit.weight.sum()
    return Pooled(
        k=len(studies.value),
        value=value,
        se=se,
        low=low,
        high=high,
        statistic=value / se if se > 0 else math.nan,
        df=result.df,
        p=p_of(value, se, result.df),
        prediction_low=predicted[0],
        prediction_high=predicted[1],
        q=seen.q,
        q_df=seen.df,
        q_p=seen.p,
        i2=seen.i2,
        i2_from_q=seen.i2_from_q,
        h2=seen.h2,
        tau2=tau2,
        tau2_low=tau2_limits[0],
        tau2_high=tau2_limits[1],
        scale=scale,
        method=_words(how, result),
        notes=(*notes, *_notes(studies, result, how)),
        rows=study_rows(studies, weight.tolist(), scale, how.conf_level),
        studies=studies,
        how=how,
        draw=draw,
    )


def study_rows(studies: Studies, weight: list[float], scale: EffectScale, conf_level: float) -> tuple[PooledStudy, ...]:
    """Each study with its normal interval, as it is shown."""
    z, rows = normal_quantile(conf_level), []
    for label, value, variance, share in zip(studies.label, studies.value.tolist(), studies.variance.tolist(), weight, strict=True):
        se = math.sqrt(variance)
        rows.append(PooledStudy(label, scale.shown(value), se, scale.shown(value - z * se), scale.shown(value + z * se), share))
    return tuple(rows)


def by_inverse_variance(pooled: Pooled) -> None:
    """Refuse what needs weights of a result that has none."""
    if pooled.how.logistic:
        raise UsageError("the logistic model has no weights: pool with method='logit' or 'arcsine' for this")


def interval_of(value: float, se: float, df: float, conf_level: float) -> tuple[float, float]:
    """Normal limits, or Student's where the degrees of freedom are finite; none where there are none, or no error."""
    if df <= 0 or not se > 0:
        return math.nan, math.nan
    half = (normal_quantile(conf_level) if math.isinf(df) else t_quantile(df, conf_level)) * se
    return value - half, value + half


def p_of(value: float, se: float, df: float) -> float:
    """Two-sided p of value / se; NaN where there is no error or no degree of freedom."""
    if not se > 0 or df <= 0:
        return math.nan
    t = abs(value / se)
    return 2 * float(ndtr(-t)) if math.isinf(df) else 2 * float(stdtr(df, -t))


def _prediction(value: float, se: float, tau2: float, df: float, k: int, how: Estimation) -> tuple[float, float]:
    """Where a new study's true value would lie; none of a fixed effect, whose studies share one value."""
    if how.estimator == "fixed" or k < 2:
        return math.nan, math.nan
    return interval_of(value, math.sqrt(tau2 + se**2), float(k - 2) if how.prediction == "k-2" else df, how.conf_level)


def _words(how: Estimation, result: Coefficients) -> str:
    words = f"{ESTIMATOR_WORDS[how.estimator]}; {SPREAD_WORDS[how.spread]}"
    if how.spread != "z" and result.df > 0:
        words += f", t with {result.df:g} df"
    if how.estimator == "fixed":
        return f"{words}; I2 by tau2 is 0 under a fixed effect"
    by = "t with k - 2 df" if how.prediction == "k-2" else "the same distribution as the interval"
    return f"{words}; prediction interval by {by}; tau2 interval Q-profile; I2 = tau2 / (tau2 + typical variance within)"


def _notes(studies: Studies, result: Coefficients, how: Estimation) -> tuple[str, ...]:
    """What a reader of the number must know."""
    k, notes = len(studies.value), []
    if k == 1:
        notes.append(
            "One study: nothing is pooled."
            + (" No interval by Knapp-Hartung; interval='z' gives that of the study." if how.spread != "z" else "")
        )
    elif k < FEW_STUDIES and how.estimator != "fixed":
        notes.append(f"With {k} studies the variance between them is hardly known.")
    if how.spread == "knha" and result.scale == 0 and k > 1:
        notes.append(
            "All studies give one result, of which Knapp and Hartung's interval is of no width; interval='adhoc' or 'z' gives one."
        )
    elif how.spread == "knha" and result.scale < 1 and k > 1:
        notes.append("The Knapp-Hartung interval is narrower here than the normal one; interval='adhoc' does not allow that.")
    several = sum(count > 1 for count in Counter(studies.label).values())
    if several:
        notes.append(
            f"{several} {'study has' if several == 1 else 'studies have'} several effect sizes, taken as independent: see .robust()."
        )
    return tuple(notes)
