"""Takes figures that a study gives and the name of a calculation, gives what follows from them, by the public functions of this package."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from iop_outcomes.errors import UsageError
from iop_outcomes.published.control_charts import c_chart, individuals_chart, p_chart
from iop_outcomes.published.conversions import convert
from iop_outcomes.published.correlations import correlation
from iop_outcomes.published.cox_regression import cox
from iop_outcomes.published.definitions import DEFINITIONS
from iop_outcomes.published.effect_size import EffectSize, EffectSizes
from iop_outcomes.published.equivalence import EquivalenceTest, equivalence
from iop_outcomes.published.event_times import event_times
from iop_outcomes.published.hazard_ratios import hazard_ratio
from iop_outcomes.published.independent_groups import independent_groups
from iop_outcomes.published.pooled import Pooled
from iop_outcomes.published.pooled_shares import pool_shares
from iop_outcomes.published.pooling import pool
from iop_outcomes.published.pre_post import pre_post
from iop_outcomes.published.pre_post_control import pre_post_control
from iop_outcomes.published.proportions import paired_proportions, proportion, proportions
from iop_outcomes.published.rates import rate
from iop_outcomes.published.reliable_change import clinical_categories, mixed_model_change, reliable_change
from iop_outcomes.published.study import Argument, StudyFigure
from iop_outcomes.published.summaries import summary
from iop_outcomes.scales import load_scales

Quantities = dict[str, float]
_OF_EFFECT = ("se", "variance", "low", "high", "statistic", "df", "p", "r")
_OF_POOLED = ("value", "se", "low", "high", "statistic", "p", "prediction_low", "prediction_high", "q", "q_p", "i2", "i2_from_q", "h2")
_TAU2 = ("tau2", "tau2_low", "tau2_high")
PERCENT = "percent"
APPROXIMATE = "g_s_approximate"  # with Hedges's approximation to J, which many programs print


class OpenCorrelationError(UsageError):
    """A quantity needs the correlation of scores before and after, which is not printed."""

    def __init__(self, values: Mapping[float, float]) -> None:
        super().__init__("the correlation of scores before and after is needed, and is not printed")
        self.values = dict(values)


def calculation_names() -> tuple[str, ...]:
    """Every calculation that a study may name."""
    return tuple(_CALCULATIONS)


def arguments_of(calculation: str) -> tuple[str, ...]:
    """The figures that a calculation takes."""
    more = tuple(dict.fromkeys(name for each in DEFINITIONS for name in each.figures)) if calculation == "pre_post" else ()
    return tuple(dict.fromkeys((*inspect.signature(_CALCULATIONS[calculation]).parameters, *more, *(("z",) if more else ()))))


def arguments(figure: StudyFigure) -> dict[str, Argument]:
    """What a figure's calculation takes: without a rank test's z, which definitions of an effect size alone read, and with the scale's direction."""
    given = {name: value for name, value in figure.given.items() if name != "z"}
    scale = load_scales().get(figure.scale)
    if figure.calculation == "pre_post" and scale is not None and "better" not in given:
        given["better"] = scale.better
    return given


def calculated(calculation: str, given: Mapping[str, Argument]) -> Quantities | EffectSizes:
    """What follows from the figures given; of several correlations that were assumed, every row.

    Raises
    ------
    UsageError
        When figures are missing, contradict one another or cannot be; the message says which.
    """
    function = _CALCULATIONS[calculation]
    needed = [name for name, each in inspect.signature(function).parameters.items() if each.default is inspect.Parameter.empty]
    missing = [name for name in needed if name not in given]
    if missing:
        raise UsageError(f"{calculation} needs {', '.join(missing)} too")
    try:
        result = function(**{name: _plain(value) for name, value in given.items()})
    except UsageError:
        raise
    except (TypeError, ValueError, ArithmeticError) as error:  # a reader's file may hold words for numbers, or lists that differ in length
        raise UsageError(f"{calculation} cannot be computed from what is given: {error}") from error
    if isinstance(result, EquivalenceTest):
        return dict(result.figures())
    return result if isinstance(result, EffectSizes) else dict(result)


def quantity(result: Quantities | EffectSizes, name: str) -> float:
    """One quantity by name, such as "d_s" or "d_s.se".

    Raises
    ------
    OpenCorrelationError
        When it is there once for each correlation that was assumed.
    UsageError
        When the calculation does not give it; the message says what it needs, or what is there.
    """
    if isinstance(result, dict):
        if name not in result:
            raise UsageError(f'"{name}" is not what this calculation gives; it gives: {", ".join(result)}')
        return result[name]
    if name.startswith(PERCENT):
        return 100 * quantity(result, name.replace(PERCENT, "proportion", 1))
    if name == APPROXIMATE:
        d = result["d_s"]
        return d.value * (1 - 3 / (4 * d.df - 1))
    estimand, _, part = name.partition(".")
    if part and part not in _OF_EFFECT:
        raise UsageError(f'"{name}": behind the point stands one of {", ".join(_OF_EFFECT)}')
    rows = [row for row in result if row.estimand == estimand]
    if len(rows) > 1:
        values = {row.r: _part(row, part) for row in rows}
        if len({round(value, 12) for value in values.values()}) == 1:
            return next(iter(values.values()))
        raise OpenCorrelationError(values)
    return _part(result[estimand], part)


def _part(row: EffectSize, part: str) -> float:
    value: float = getattr(row, part) if part else row.value
    return value


def _plain(value: Argument) -> Any:
    """A printed number as Python's own."""
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return float(value) if isinstance(value, Decimal) else value


def _summary(
    *,
    n: int | None = None,
    mean: float | None = None,
    sd: float | None = None,
    se: float | None = None,
    median: float | None = None,
    q1: float | None = None,
    q3: float | None = None,
    minimum: float | None = None,
    maximum: float | None = None,
    method: str = "wan",
) -> Quantities:
    one = summary(n=n, mean=mean, sd=sd, se=se, median=median, q1=q1, q3=q3, minimum=minimum, maximum=maximum, method=method)
    root = math.sqrt(one.n) if one.n else math.nan
    return {
        "mean": one.mean,
        "sd": one.sd,
        "se": one.sd / root,
        "mean_over_sd": one.mean / one.sd,
        "root_n_mean_over_sd": root * one.mean / one.sd,
    }


def _pool_studies(
    *, value: list[float], variance: list[float], estimator: str = "REML", interval: str = "knha", prediction: str = "same"
) -> Quantities:
    table = {"value": value, "variance": variance}
    return _of_pooled(
        pool(
            table,
            value="value",
            se=None,
            variance="variance",
            study=None,
            estimator=estimator,
            interval=interval,
            prediction=prediction,
            scale="linear",
            conf_level=0.95,
            draw=None,
        )
    )


def _pool_two_groups(
    *,
    events_1: list[int],
    n_1: list[int],
    events_2: list[int],
    n_2: list[int],
    effect: str = "log_risk_ratio",
    estimator: str = "REML",
    interval: str = "knha",
    prediction: str = "same",
) -> Quantities:
    """Studies of two shares each, pooled as logarithms of ratios or as differences."""
    studies = zip(events_1, n_1, events_2, n_2, strict=True)
    rows = [proportions(events_1=a, n_1=b, events_2=c, n_2=d)[effect] for a, b, c, d in studies]
    return _pool_studies(
        value=[row.value for row in rows],
        variance=[row.variance for row in rows],
        estimator=estimator,
        interval=interval,
        prediction=prediction,
    )


def _pool_proportions(
    *, events: list[int], n: list[int], method: str = "glmm", estimator: str = "REML", interval: str = "knha"
) -> Quantities:
    pooled = pool_shares(
        {"events": events, "n": n},
        events="events",
        n="n",
        study=None,
        method=method,
        estimator=estimator,
        interval=interval,
        prediction="same",
        conf_level=0.95,
        draw=None,
    )
    return _of_pooled(pooled) | {f"shown_{name}": value for name, value in pooled.shown.items()}


def _of_pooled(pooled: Pooled) -> Quantities:
    return {name: float(getattr(pooled, name)) for name in (*_OF_POOLED, *_TAU2)}


def _cox_of_two(*, days: list[int], ended: list[int], group: list[str], reference: str, ties: str = "efron") -> EffectSizes:
    """Hazard ratio of those outside a reference group, people listed one by one."""
    if reference not in group:
        raise UsageError(f'reference: "{reference}" is no group. Allowed: {", ".join(dict.fromkeys(group))}.')
    rows = cox(days=days, ended=ended, covariates={"group": [int(each != reference) for each in group]}, ties=ties)
    return EffectSizes(tuple(replace(row, estimand=row.estimand.removesuffix("_group")) for row in rows))


_CALCULATIONS: dict[str, Callable[..., EffectSizes | EquivalenceTest | Quantities]] = {
    "pre_post": pre_post,
    "independent_groups": independent_groups,
    "pre_post_control": pre_post_control,
    "proportion": proportion,
    "proportions": proportions,
    "paired_proportions": paired_proportions,
    "correlation": correlation,
    "hazard_ratio": hazard_ratio,
    "equivalence": equivalence,
    "convert": convert,
    "summary": _summary,
    "reliable_change": reliable_change,
    "clinical_categories": clinical_categories,
    "mixed_model_change": mixed_model_change,
    "event_times": event_times,
    "cox": _cox_of_two,
    "rate": rate,
    "p_chart": p_chart,
    "c_chart": c_chart,
    "individuals_chart": individuals_chart,
    "pool_studies": _pool_studies,
    "pool_two_groups": _pool_two_groups,
    "pool_proportions": _pool_proportions,
}
