"""Takes programs in which who is scored depends on what went before, gives scenarios of the intervals that allow for it."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache, partial

import numpy as np

from iop_outcomes.keys import Key
from iop_outcomes.stats.covariates import Term, classes, number
from iop_outcomes.stats.draft import Draft, Interval
from iop_outcomes.stats.intervals import Fieller, ModelledMean, StudentT
from iop_outcomes.stats.missing import Estimated, SeenChanges, standardised_mean, weighted_mean
from iop_outcomes.stats.repeated import course_of
from simulations.people import alone, everybody
from simulations.scenario import Quantity, Scenario, compare, repeat

PEOPLE = 4_000_000
WIDE = (0.93, 0.97)
WEEKS = np.array([16.0, 14.0, 12.0, 10.0])  # true means at admission and at the end of three weeks


def scenarios() -> list[Scenario]:
    """Scores missing at random and not, of three sizes; and four occasions that people who feel better leave before the last."""
    random = _quantities(
        {
            "mean_change of the pairs, biased": None,
            "mean_change_standardised": WIDE,
            "mean_change_weighted": WIDE,
            "tipping_point, Fieller": WIDE,
        }
    )
    worse = _quantities(
        {"mean_change_standardised, not at random, biased": None, "tipping_point, Fieller, that at which nobody improved": WIDE}
    )
    weekly = _quantities(
        {"weekly mean of those scored, biased": None, "weekly mean, mixed model": WIDE, "weekly change, mixed model": WIDE}
    )
    sizes = (60, 150, 300)
    return [
        *(Scenario("early leavers change less and are seen less", str(n), random, repeat(partial(_at_random, n))) for n in sizes),
        *(
            Scenario("those not seen end so much worse that nobody improved", str(n), worse, repeat(partial(_not_at_random, n)))
            for n in sizes
        ),
        *(Scenario("those who feel better are not scored any more", str(n), weekly, repeat(partial(_weekly, n))) for n in (60, 200)),
    ]


def _quantities(bands: dict[str, tuple[float, float] | None]) -> tuple[Quantity, ...]:
    return tuple(Quantity(name, band, slice(place, place + 1)) for place, (name, band) in enumerate(bands.items()))


# -- missing discharge scores ----------------------------------------------------------------------------------------


def _drawn(generator: np.random.Generator, n: int, gap: float) -> tuple[SeenChanges, tuple[Term, ...], float]:
    """People who start high change more and are seen more, those who leave early the reverse; who is not seen ends `gap` points worse."""
    score, left = generator.normal(16, 5, n).round(), generator.integers(0, 2, n)
    seen = generator.random(n) < 1 / (1 + np.exp(-(1.2 + 0.06 * (score - 16) - 1.6 * left)))
    change = 3 + 0.5 * (score - 16) - 3 * left + generator.normal(0, 4, n) - gap * ~seen
    changes = SeenChanges(np.where(seen, change, 0.0), seen, np.ones(n, dtype=np.int64))
    return changes, (number(score, changes.n), classes(left, changes.n, seen)), float(change.mean())


@cache
def _truth() -> tuple[float, float]:
    """Mean change of everybody if scores are missing at random, and the share missing."""
    changes, _, change = _drawn(np.random.default_rng(1), PEOPLE, 0.0)
    return change, changes.unseen / PEOPLE


def _held(estimated: Estimated, changes: SeenChanges, truth: float, interval: Interval | None = None) -> int:
    n = len(changes.n)
    variance = float(np.square(estimated.influence) @ changes.n) * estimated.inflation
    interval = interval or StudentT(estimated.values, variance, flag=estimated.flag)
    found = alone(Draft(Key("mean"), estimated.value, estimated.influence, np.ones(n, dtype=np.bool_), everybody(n), interval), changes.n)
    return compare(found.low, found.high, truth)


def _tipping(expected: Estimated, changes: SeenChanges, truth: float) -> int:
    missing = changes.unseen / changes.total
    of_missing = (~changes.seen - missing) / changes.total
    value = expected.value / missing
    fieller = Fieller(expected.value, missing, (expected.influence, of_missing), expected.values, expected.inflation, flag=expected.flag)
    ratio = replace(expected, value=value, influence=(expected.influence - value * of_missing) / missing)
    return _held(ratio, changes, truth, fieller)


def _at_random(n: int, generator: np.random.Generator) -> list[int]:
    changes, terms, _ = _drawn(generator, n, 0.0)
    mean, missing = _truth()
    expected = standardised_mean(changes, terms)
    pairs = standardised_mean(replace(changes, n=changes.n * changes.seen), ())
    return [
        _held(pairs, changes, mean),
        _held(expected, changes, mean),
        _held(weighted_mean(changes, terms), changes, mean),
        _tipping(expected, changes, mean / missing),
    ]


def _not_at_random(n: int, generator: np.random.Generator) -> list[int]:
    mean, missing = _truth()
    changes, terms, _ = _drawn(generator, n, mean / missing)
    expected = standardised_mean(changes, terms)
    return [_held(expected, changes, 0.0), _tipping(expected, changes, mean / missing)]


# -- weekly means ----------------------------------------------------------------------------------------------------


def _weekly(n: int, generator: np.random.Generator) -> list[int]:
    """Whoever scores low in a week is not scored later, with a chance that grows; in the last week the plain mean is of those who feel worse."""
    scores = WEEKS + 4 * generator.standard_normal((n, 1)) + 3 * generator.standard_normal((n, len(WEEKS)))
    gone = np.zeros(n, dtype=np.bool_)
    for week in range(1, len(WEEKS)):
        chance = 1 / (1 + np.exp((scores[:, week - 1] - WEEKS[week - 1] + 3) / 2))
        gone |= generator.random(n) < 0.6 * chance
        scores[gone, week:] = np.nan
    each, last = np.ones(n, dtype=np.int64), len(WEEKS) - 1
    seen = ~np.isnan(scores[:, last])
    course = course_of(scores, each, tuple(float(7 * week) for week in range(len(WEEKS))), least=10)
    values = scores[seen, last]
    half = math.nan if len(values) < 2 else float(np.std(values, ddof=1)) / math.sqrt(len(values))
    plain = StudentT(float(seen.sum()), half**2)
    influence = np.where(seen, np.nan_to_num(scores[:, last]) - values.mean(), 0.0) / len(values)
    observed = _of_week(float(values.mean()), influence, plain, WEEKS[last])
    if course is None:
        return [observed, compare(math.nan, math.nan, 0.0), compare(math.nan, math.nan, 0.0)]
    modelled = ModelledMean(float(seen.sum()), shape="unstructured covariance")
    gained, of_gain = course.means[0] - course.means[last], course.influence[:, 0] - course.influence[:, last]
    return [
        observed,
        _of_week(float(course.means[last]), course.influence[:, last], modelled, WEEKS[last]),
        _of_week(float(gained), of_gain, modelled, WEEKS[0] - WEEKS[last]),
    ]


def _of_week(value: float, influence: np.ndarray, interval: Interval, truth: float) -> int:
    n = len(influence)
    found = alone(Draft(Key("mean"), value, influence, np.ones(n, dtype=np.bool_), everybody(n), interval), np.ones(n, dtype=np.int64))
    return compare(found.low, found.high, truth)
