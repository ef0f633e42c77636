"""Takes pairs of whole-number scores, gives scenarios of the intervals of mean change, effect sizes and Welch differences."""

from __future__ import annotations

import math
from functools import partial

import numpy as np

from iop_outcomes.patients import Patients
from iop_outcomes.stats.change import Effect, d_av, d_av_rms, d_pre_sd, d_z, g_pre_sd, g_z, mean_change
from iop_outcomes.stats.draft import Floats, Mask
from iop_outcomes.stats.intervals import Side, difference, errors_of
from iop_outcomes.stats.pairs import Pairs
from simulations.people import alone, drafted
from simulations.populations import Scores
from simulations.scenario import Quantity, Scenario, compare, repeat

RATIOS = (0.85, 1.0, 1.25, 1.49)
SIZES = (12, 30, 100)
SD, CHANGE, R = 5.0, 4.0, 0.5
UNKNOWN = 0.3
NARROW = (0.94, 0.96)


def scenarios() -> list[Scenario]:
    """One group at three sizes and four ratios of the SDs, every divisor at one ratio, and two groups of unequal spread."""
    common = _quantities(
        {
            "mean change, Student t": NARROW,
            "mean change if missing unchanged, Student t": NARROW,
            "d_pre_sd, heteroscedastic": NARROW,
            "g_pre_sd, heteroscedastic": NARROW,
        }
    )
    others = _quantities(
        {
            "d_av, normal": NARROW,
            "d_av_rms, normal": None,
            "d_z, normal": None,
            "g_z, normal": None,
        }
    )
    difference = _quantities({"difference of mean changes, Welch t": NARROW})
    return [
        *(
            Scenario(f"rounded scores, SD at discharge / admission {ratio:g}", str(n), common, repeat(partial(_one, n, _scores(ratio))))
            for n in SIZES
            for ratio in RATIOS
        ),
        *(
            Scenario("rounded scores, other divisors, SD ratio 1.25", str(n), others, repeat(partial(_others, n, _scores(1.25))))
            for n in SIZES
        ),
        *(
            Scenario(f"SD of changes {sds[0]:g} and {sds[1]:g}", "20 + 60", difference, repeat(partial(_two, sds)))
            for sds in ((7.0, 5.0), (5.0, 7.0))
        ),
    ]


def _quantities(bands: dict[str, tuple[float, float] | None]) -> tuple[Quantity, ...]:
    return tuple(Quantity(name, band, slice(place, place + 1)) for place, (name, band) in enumerate(bands.items()))


def _scores(ratio: float) -> Scores:
    return Scores(60.0, 60.0 - CHANGE, SD, SD * ratio, R)


def _one(n: int, scores: Scores, generator: np.random.Generator) -> list[int]:
    pre, post = scores.draw(generator, n)
    kept = np.where(generator.random(n) < UNKNOWN, pre, post)  # the rule for a missing discharge score: nothing changed
    pairs, carried = _pairs(pre, post), _pairs(pre, kept)
    return [
        _code(mean_change(pairs), pairs, scores.change),
        _code(mean_change(carried), carried, (1 - UNKNOWN) * scores.change),
        _code(d_pre_sd(pairs), pairs, scores.change / scores.rounded_sd_pre),
        _code(g_pre_sd(pairs), pairs, scores.change / scores.rounded_sd_pre),
    ]


def _others(n: int, scores: Scores, generator: np.random.Generator) -> list[int]:
    pairs = _pairs(*scores.draw(generator, n))
    before, after, gained = scores.rounded_sd_pre, scores.rounded_sd_post, scores.rounded_sd_change
    return [
        _code(d_av(pairs), pairs, scores.change / ((before + after) / 2)),
        _code(d_av_rms(pairs), pairs, scores.change / math.sqrt((before**2 + after**2) / 2)),
        _code(d_z(pairs), pairs, scores.change / gained),
        _code(g_z(pairs), pairs, scores.change / gained),
    ]


def _pairs(pre: Floats, post: Floats) -> Pairs:
    return Pairs.from_cells(pre, post, np.ones(len(pre), dtype=np.int64), better="lower")


def _code(effect: Effect, pairs: Pairs, truth: float) -> int:
    """What the interval did of an effect, as measures give it, over all pairs."""
    found = alone(drafted(effect, np.ones(len(pairs.n), dtype=bool)), pairs.n)
    return compare(found.low, found.high, truth)


def _two(sds: tuple[float, float], generator: np.random.Generator) -> list[int]:
    """Two groups of 20 and 60 whose changes spread differently: 6 and 4 points better on average."""
    group = np.repeat((0, 1), (20, 60))
    pre = np.rint(generator.normal(60.0, SD, len(group)))
    post = pre - np.rint(generator.normal(np.array((6.0, 4.0))[group], np.array(sds)[group]))
    first, second = (_side(_pairs(pre[here], post[here]), here) for here in (group == 0, group == 1))
    found = difference(first, second, Patients.all_different(np.ones(len(group), dtype=np.int64))).limits
    return [compare(found.low, found.high, 2.0)]


def _side(pairs: Pairs, here: Mask) -> Side:
    """The mean change of one group of a table in which every row is an episode."""
    draft, each = drafted(mean_change(pairs), here), np.ones(len(here), dtype=np.int64)
    return Side(draft, errors_of(draft, Patients.all_different(each), each))
