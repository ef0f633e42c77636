"""Takes people one by one with their days, ends and covariates, gives Cox's hazard ratios as the effect sizes of a paper."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from iop_outcomes.errors import UsageError
from iop_outcomes.published.effect_size import EffectSize, EffectSizes
from iop_outcomes.published.inputs import choice, level
from iop_outcomes.stats.cox import TIES, CoxFit, cox_fit
from iop_outcomes.stats.limits import Floats
from iop_outcomes.stats.proportion import normal_quantile
from iop_outcomes.stats.special import ndtr

_SOURCES = {"efron": "doi:10.1080/01621459.1977.10480613", "breslow": "doi:10.2307/2529620"}


def cox(
    *,
    days: Sequence[float],
    ended: Sequence[int],
    covariates: Mapping[str, Sequence[float]],
    ties: str = "efron",
    conf_level: float = 0.95,
) -> EffectSizes:
    """Hazard ratios of people who are listed one by one, each covariate held beside the others.

    Parameters
    ----------
    days : sequence of float
        Day on which each person's follow-up ended.
    ended : sequence of int
        1 where it ended with the event, 0 where it did not.
    covariates : dict of str to sequence of float
        Numbers by name, one for each person; a group is 0 and 1.
    ties : {"efron", "breslow"}
        How events of one day are taken; programs differ in it, and with many ties the ratio does too.
    conf_level : float
        Of the limits.

    Returns
    -------
    EffectSizes
        `hazard_ratio_<name>` for one unit more (`se` is that of its logarithm) and `log_hazard_ratio_<name>`, with Wald's test. People
        are taken as independent.

    References
    ----------
    Cox DR (1972), doi:10.1111/j.2517-6161.1972.tb00899.x; Efron B (1977), doi:10.1080/01621459.1977.10480613; Breslow N (1974),
    doi:10.2307/2529620.

    Examples
    --------
    >>> import iop_outcomes as iop
    >>> iop.effects.cox(days=[5, 8, 8, 12, 20, 31], ended=[1, 1, 1, 0, 1, 0], covariates={"step_down": [0, 0, 1, 0, 1, 1]})[
    ...     "hazard_ratio_step_down"
    ... ]
    hazard_ratio_step_down 0.3653 (0.03272 to 4.079)
    """
    choice("ties", ties, TIES)
    level(conf_level)
    table, time, events = _checked(days, ended, covariates)
    try:
        fit = cox_fit(time, events.astype(np.int64), table, ties="efron" if ties == "efron" else "breslow")
    except np.linalg.LinAlgError:
        raise UsageError("covariates: one of them follows from the others, so that no ratio is its own. Leave one out.") from None
    if len(fit.separated):
        name = list(covariates)[int(fit.separated[0])]
        raise UsageError(
            f'covariates: "{name}" splits those with the event from those without, so that its hazard ratio has no end. Leave it out, or take '
            "its values together."
        )
    return EffectSizes(tuple(_rows(fit, list(covariates), len(time), ties, conf_level)))


def _checked(days: Sequence[float], ended: Sequence[int], covariates: Mapping[str, Sequence[float]]) -> tuple[Floats, Floats, Floats]:
    """Covariates, days and ends of one length, without blanks, that vary."""
    if not covariates:
        raise UsageError('covariates: there is none. Give at least one, such as {"group": [0, 1, ...]}.')
    columns = {"days": _numbers("days", days), "ended": _numbers("ended", ended)}
    columns |= {name: _numbers(f'covariates "{name}"', values) for name, values in covariates.items()}
    for name, values in columns.items():
        if len(values) != len(columns["days"]):
            called = name if name in ("days", "ended") else f'covariates "{name}"'
            raise UsageError(f"{called} has {len(values)} people, days {len(columns['days'])}: give one for each, in their order")
    if not np.isin(columns["ended"], (0, 1)).all():
        raise UsageError(
            "ended holds other numbers than 0 (end of follow-up) and 1 (the event). Another end, such as a death, is a 0 here."
        )
    if (columns["days"] < 0).any():
        raise UsageError("days: a person's days are below 0. Count them from the day on which follow-up began.")
    if not columns["ended"].any():
        raise UsageError("ended: nobody had the event, so that there is no hazard ratio")
    table = np.column_stack([columns[name] for name in covariates])
    for name, values in zip(covariates, table.T, strict=True):
        if np.ptp(values) == 0:
            raise UsageError(f'covariates: "{name}" has one value for all people: there is nothing to compare')
    return table, columns["days"], columns["ended"]


def _numbers(name: str, values: Sequence[float]) -> Floats:
    try:
        numbers = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise UsageError(f"{name}: give numbers; write a group as 0 and 1") from None
    if numbers.ndim != 1 or not len(numbers):
        raise UsageError(f"{name}: give a list of numbers, one for each person")
    if not np.isfinite(numbers).all():
        raise UsageError(
            f"{name}: {int((~np.isfinite(numbers)).sum())} people have none, the first at place {int(np.argmin(np.isfinite(numbers))) + 1}. "
            "Leave them out of every list."
        )
    return numbers


def _rows(fit: CoxFit, names: list[str], n: int, ties: str, conf_level: float) -> Iterator[EffectSize]:
    z = normal_quantile(conf_level)
    method = f"Cox regression, {ties.capitalize()}'s ties; normal interval of the logarithm"
    for name, value, variance in zip(names, fit.beta.tolist(), np.diag(fit.covariance).tolist(), strict=True):
        se = math.sqrt(variance)
        low, high, p = value - z * se, value + z * se, 2 * float(ndtr(-abs(value / se)))
        test = {"statistic": value / se, "df": math.inf, "p": p, "conf_level": conf_level, "n": n, "source": _SOURCES[ties]}
        words = f"{method}, whose error se is"
        yield EffectSize(f"hazard_ratio_{name}", math.exp(value), se, math.exp(low), math.exp(high), method=words, **test)
        yield EffectSize(f"log_hazard_ratio_{name}", value, se, low, high, method=method, **test)
