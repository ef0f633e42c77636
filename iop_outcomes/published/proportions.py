"""Takes how many of how many, as papers print them, gives shares, their differences and ratios, each with a named interval."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from iop_outcomes.errors import UsageError
from iop_outcomes.published.effect_size import EffectSize, EffectSizes
from iop_outcomes.published.inputs import choice, level, needed_people, people
from iop_outcomes.stats.proportion import normal_quantile
from iop_outcomes.stats.special import chdtrc
from iop_outcomes.stats.two_shares import (
    DIFFERENCE_LIMITS,
    SHARE_LIMITS,
    Shares,
    arcsine_difference,
    log_odds_ratio,
    log_risk_ratio,
    risk_difference_variance,
)

_SOURCES = {
    "newcombe": "doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I",
    "miettinen_nurminen": "doi:10.1002/sim.4780040211",
    "agresti_caffo": "doi:10.1080/00031305.2000.10474560",
    "wald": "",
    "wilson": "doi:10.1080/01621459.1927.10502953",
    "clopper_pearson": "doi:10.1093/biomet/26.4.404",
    "wilson_continuity": "doi:10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E",
}
_HALVES = "half a person added to each of the four cells, one of which is 0"


def _count(name: str, events: int, n_name: str, n: int) -> tuple[int, int]:
    size, hits = needed_people(n_name, n, least=1), people(name, events, least=0)
    if hits is None or hits > size:
        raise UsageError(f"{name} = {events} must be a whole number from 0 to {n_name} = {size}")
    return hits, size


def proportion(*, events: int, n: int, interval: str = "wilson", conf_level: float = 0.95) -> EffectSizes:
    """Share of one group, such as the completed of the enrolled.

    Parameters
    ----------
    events, n : int
        How many of how many.
    interval : {"wilson", "clopper_pearson", "wilson_continuity"}
        Of the share.
    conf_level : float
        Of the limits.

    Returns
    -------
    EffectSizes
        `proportion`, between 0 and 1, and `logit`.

    References
    ----------
    Wilson EB (1927), doi:10.1080/01621459.1927.10502953; Newcombe RG (1998), Statistics in Medicine 17:857-872.

    Examples
    --------
    >>> import iop_outcomes as iop
    >>> iop.effects.proportion(events=71, n=92)["proportion"]
    proportion 0.7717 (0.6761 to 0.8456)
    """
    choice("interval", interval, SHARE_LIMITS)
    k, size = _count("events", events, "n", n)
    share, (low, high) = k / size, SHARE_LIMITS[interval](k, size, level(conf_level))
    method, source = f"events / n; {interval} interval", _SOURCES[interval]
    first = EffectSize("proportion", share, math.sqrt(share * (1 - share) / size), low, high, size, method, "", source, conf_level)
    added = 0.5 if k in (0, size) else 0.0
    hits, not_hits = k + added, size - k + added
    value, se = math.log(hits / not_hits), math.sqrt(1 / hits + 1 / not_hits)
    half = normal_quantile(conf_level) * se
    note = "half a person added to both, one of which is 0" if added else ""
    logit = EffectSize("logit", value, se, value - half, value + half, size, "log(events / others); normal interval", note, "", conf_level)
    return EffectSizes((first, logit))


def proportions(*, events_1: int, n_1: int, events_2: int, n_2: int, interval: str = "newcombe", conf_level: float = 0.95) -> EffectSizes:
    """Difference and ratios of the shares of two separate groups.

    Parameters
    ----------
    events_1, n_1, events_2, n_2 : int
        How many of how many in each group.
    interval : {"newcombe", "miettinen_nurminen", "agresti_caffo", "wald"}
        Of the risk difference; ratios have normal intervals of their logarithms.
    conf_level : float
        Of the limits.

    Returns
    -------
    EffectSizes
        `risk_difference` and `number_needed_to_treat` (first minus second), `risk_ratio`, `odds_ratio` (first over second; `se` is
        that of the logarithm, which is there by itself as `log_risk_ratio` and `log_odds_ratio`), `arcsine_difference` and
        `cohens_h` (twice that).

    References
    ----------
    Newcombe RG (1998), Statistics in Medicine 17:873-890; Altman DG (1998), doi:10.1136/bmj.317.7168.1309 (number needed to treat);
    Rücker G et al. (2009), doi:10.1002/sim.3511 (arcsine).

    Examples
    --------
    >>> import iop_outcomes as iop
    >>> two = iop.effects.proportions(events_1=151, n_1=207, events_2=129, n_2=207)
    >>> two["risk_difference"], round(two["odds_ratio"].value, 2)
    (risk_difference 0.1063 (0.01613 to 0.1941), 1.63)
    """
    choice("interval", interval, DIFFERENCE_LIMITS)
    k_1, size_1 = _count("events_1", events_1, "n_1", n_1)
    k_2, size_2 = _count("events_2", events_2, "n_2", n_2)
    shares = Shares(k_1, size_1, k_2, size_2)
    return EffectSizes(tuple(_comparisons(shares, interval, level(conf_level))))


def _comparisons(shares: Shares, interval: str, conf_level: float) -> Iterator[EffectSize]:
    n, z = shares.n_one + shares.n_other, normal_quantile(conf_level)
    low, high = DIFFERENCE_LIMITS[interval](shares, conf_level)
    difference, se = shares.one - shares.other, math.sqrt(risk_difference_variance(shares))
    method = f"first share - second; {interval} interval"
    rd = EffectSize("risk_difference", difference, se, low, high, n, method, "", _SOURCES[interval], conf_level)
    yield rd
    yield _needed(rd)
    pooled = (shares.k_one + shares.k_other) / n
    chi = difference**2 / (pooled * (1 - pooled) * (1 / shares.n_one + 1 / shares.n_other)) if 0 < pooled < 1 else math.nan
    yield from _ratios(shares, conf_level, chi)
    value, variance = arcsine_difference(shares)
    for name, times in (("arcsine_difference", 1), ("cohens_h", 2)):
        error = times * math.sqrt(variance)
        words = f"{'2 x ' if times == 2 else ''}difference of arcsin(sqrt(share)); normal interval"
        ends = (times * value - z * error, times * value + z * error)
        yield EffectSize(name, times * value, error, *ends, n, words, "", "doi:10.1002/sim.3511", conf_level)


def _needed(rd: EffectSize) -> EffectSize:
    """One more event for so many people; where the difference may be 0 its limits run through infinity, and none is given."""
    words = "1 / risk difference; negative: people for one event fewer"
    row = EffectSize(
        "number_needed_to_treat", math.nan, n=rd.n, method=words, source="doi:10.1136/bmj.317.7168.1309", conf_level=rd.conf_level
    )
    if rd.value == 0:
        return replace(row, assumption="the shares are equal: no number is needed")
    if rd.low <= 0 <= rd.high:
        return replace(row, value=1 / rd.value, assumption="the interval of the difference holds 0: the number has no interval")
    return replace(row, value=1 / rd.value, low=1 / rd.high, high=1 / rd.low)


def _ratios(shares: Shares, conf_level: float, chi: float) -> Iterator[EffectSize]:
    n, z = shares.n_one + shares.n_other, normal_quantile(conf_level)
    used, note = (shares.with_halves(), _HALVES) if shares.empty_cell else (shares, "")
    for name, find in (("risk_ratio", log_risk_ratio), ("odds_ratio", log_odds_ratio)):
        value, variance = find(used)
        se = math.sqrt(variance)
        low, high = value - z * se, value + z * se
        words = "first over second; normal interval of the logarithm, whose error se is"
        ratio = EffectSize(
            name, math.exp(value), se, math.exp(low), math.exp(high), n, words, note, "doi:10.1002/9780470743386", conf_level
        )
        yield replace(ratio, statistic=chi, df=1, p=float(chdtrc(1, chi))) if not math.isnan(chi) else ratio
        words = f"logarithm of the {name.replace('_', ' ')}; normal interval"
        yield EffectSize(f"log_{name}", value, se, low, high, n, words, note, "doi:10.1002/9780470743386", conf_level)


def paired_proportions(*, yes_yes: int, yes_no: int, no_yes: int, no_no: int, conf_level: float = 0.95) -> EffectSizes:
    """Difference of two shares of the same people, such as abstinent before and after, from the four cells.

    Parameters
    ----------
    yes_yes, yes_no, no_yes, no_no : int
        People by both answers, the first moment first.
    conf_level : float
        Of the limits.

    Returns
    -------
    EffectSizes
        `share_first`, `share_second`, `risk_difference` (second - first, Wald interval of pairs, with McNemar's chi squared without
        correction) and `odds_ratio` of those who changed (no to yes over yes to no).

    References
    ----------
    McNemar Q (1947), doi:10.1007/BF02295996; Agresti A (2013), Categorical Data Analysis, chapter 11.

    Examples
    --------
    >>> import iop_outcomes as iop
    >>> iop.effects.paired_proportions(yes_yes=794, yes_no=150, no_yes=86, no_no=570)["risk_difference"]
    risk_difference -0.04 (-0.05872 to -0.02128)
    """
    cells = [
        people(name, n, least=0) or 0
        for name, n in zip(("yes_yes", "yes_no", "no_yes", "no_no"), (yes_yes, yes_no, no_yes, no_no), strict=True)
    ]
    n = sum(cells)
    if not n:
        raise UsageError("the four cells hold nobody")
    both, lost, gained, _ = cells
    z = normal_quantile(level(conf_level))
    rows = [proportion(events=k, n=n, conf_level=conf_level)["proportion"] for k in (both + lost, both + gained)]
    difference = (gained - lost) / n
    se = math.sqrt(max((gained + lost) / n - difference**2, 0.0)) / math.sqrt(n)
    chi = (gained - lost) ** 2 / (gained + lost) if gained + lost else math.nan
    words = "second share - first, same people; Wald interval; test: McNemar, no correction"
    source = "doi:10.1007/BF02295996"
    if se > 0:
        rd = EffectSize("risk_difference", difference, se, difference - z * se, difference + z * se, n, words, "", source, conf_level)
    else:  # nobody changed, or everybody in one direction: an interval of no width would claim to know it of other people too
        lacking = "no interval: all changed alike, or none did"
        rd = EffectSize("risk_difference", difference, n=n, method=words, assumption=lacking, source=source, conf_level=conf_level)
    if not math.isnan(chi):
        rd = replace(rd, statistic=chi, df=1, p=float(chdtrc(1, chi)))
    named = [replace(row, estimand=name) for row, name in zip(rows, ("share_first", "share_second"), strict=True)]
    return EffectSizes((*named, rd, *_changed(gained, lost, n, z, conf_level)))


def _changed(gained: int, lost: int, n: int, z: float, conf_level: float) -> Iterator[EffectSize]:
    if not gained or not lost:
        return
    value, se = math.log(gained / lost), math.sqrt(1 / gained + 1 / lost)
    words = "no to yes over yes to no; normal interval of the logarithm, whose error se is"
    yield EffectSize("odds_ratio", math.exp(value), se, math.exp(value - z * se), math.exp(value + z * se), n, words, conf_level=conf_level)
