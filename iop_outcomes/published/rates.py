"""Takes events and the time or the number expected that they are held against, gives their rate with exact or Byar's limits."""

from __future__ import annotations

import math

from iop_outcomes.errors import UsageError
from iop_outcomes.published.effect_size import EffectSize, EffectSizes
from iop_outcomes.published.inputs import choice, level, people, spread
from iop_outcomes.stats.poisson import COUNT_LIMITS
from iop_outcomes.stats.proportion import normal_quantile

_SOURCES = {"exact": "doi:10.1093/biomet/28.3-4.437", "byar": "Breslow & Day 1987, IARC 82, page 69"}


def rate(*, events: int, exposure: float = 1.0, interval: str = "exact", conf_level: float = 0.95) -> EffectSizes:
    """Events over what they are held against: time at risk (a rate), or events expected (a standardised ratio).

    Parameters
    ----------
    events : int
        How many there were.
    exposure : float
        Time at risk in all, such as person-years, or how many events were expected; 1 gives the count with its limits. The limits of a
        funnel around 1 at so many expected are those of events that are as many as expected.
    interval : {"exact", "byar"}
        Of the count: exact by Poisson's distribution, or Byar's approximation, whose lower limit is far too low below 5 events.
    conf_level : float
        Of the limits.

    Returns
    -------
    EffectSizes
        `rate` (events / exposure) and `log_rate`, which has no error where there was no event.

    References
    ----------
    Garwood F (1936), doi:10.1093/biomet/28.3-4.437; Breslow NE, Day NE (1987), Statistical Methods in Cancer Research II, IARC 82;
    Spiegelhalter DJ (2005), doi:10.1002/sim.1970 (funnels).

    Examples
    --------
    >>> import iop_outcomes as iop
    >>> iop.effects.rate(events=20, exposure=412.5)["rate"]
    rate 0.04848 (0.02962 to 0.07488)
    >>> iop.effects.rate(events=20, exposure=20, conf_level=0.998)["rate"]
    rate 1 (0.4479 to 1.902)
    """
    choice("interval", interval, COUNT_LIMITS)
    k, time = people("events", events, least=0), spread("exposure", exposure)
    if k is None:
        raise UsageError("events is missing: give the number of events, 0 where there was none")
    if not time > 0:
        raise UsageError(f"exposure = {exposure} must be above 0: time at risk in all, or the events expected")
    low, high = COUNT_LIMITS[interval](k, level(conf_level))
    method = f"events / exposure; {'exact Poisson' if interval == 'exact' else 'Byar'} interval"
    first = EffectSize(
        "rate", k / time, math.sqrt(k) / time, low / time, high / time, method=method, source=_SOURCES[interval], conf_level=conf_level
    )
    if not k:
        return EffectSizes((first,), (("log_rate", "an event"),))
    value, se = math.log(k / time), 1 / math.sqrt(k)
    half = normal_quantile(conf_level) * se
    words = "log(events / exposure); normal interval"
    return EffectSizes((first, EffectSize("log_rate", value, se, value - half, value + half, method=words, conf_level=conf_level)))
