"""Takes pairs of whole-number scores, gives scenarios of the intervals of the other effect sizes: within a group, by ranks, between two groups."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache, partial

import numpy as np

from iop_outcomes.keys import Key
from iop_outcomes.patients import Patients
from iop_outcomes.stats import between_pairs as between
from iop_outcomes.stats.change import d_rm, g_av, mean_change
from iop_outcomes.stats.draft import Draft, Floats, Mask
from iop_outcomes.stats.intervals import FisherZ, OfTwoGroups, PairedT, Side, StudentT, Walsh, WilsonOfScores, difference, errors_of
from iop_outcomes.stats.pairs import Pairs
from iop_outcomes.stats.ranks import WalshAverages, probability_of_superiority, rank_biserial
from iop_outcomes.stats.severity import severity_adjusted_change
from simulations.changes import CHANGE, NARROW, SD, R
from simulations.people import alone, drafted, everybody
from simulations.populations import Scores
from simulations.scenario import Quantity, Scenario, compare, repeat

SIZES, PEOPLE = (12, 30, 100), 4_000_000
WIDE = (0.93, 0.97)
BEFORE = Scores(60.0, 60.0 - CHANGE, SD, SD * 1.25, R)
REFERENCE = 62.0  # a published mean at admission
WITHIN = {
    "mean change, paired t": NARROW,
    "d_rm, delta method": WIDE,
    "g_av, normal": WIDE,
    "severity_adjusted_change, Student t, HC": WIDE,
    "probability of superiority, Wilson of scores": WIDE,
    "rank-biserial correlation, Fisher z": (0.93, 1.0),
    "hodges_lehmann, order of Walsh averages": (0.94, 1.0),
}
BETWEEN = {
    "d_change": between.d_change,
    "g_change": between.g_change,
    "d_end": between.d_end,
    "g_end": between.g_end,
    "d_ppc2": between.d_by_sd_before,
    "d_ppc3": between.d_by_four_sds,
    "d_ppc_post": between.d_by_sd_after,
    "ancova_difference": between.ancova,
}


def scenarios() -> list[Scenario]:
    """One group at three sizes; two groups at two, of one spread before and after and of two."""
    within = tuple(Quantity(name, band, slice(place, place + 1)) for place, (name, band) in enumerate(WITHIN.items()))
    both = tuple(Quantity(f"{name}, between groups", WIDE, slice(place, place + 1)) for place, name in enumerate(BETWEEN))
    return [
        *(Scenario("rounded scores, other effect sizes, SD ratio 1.25", str(n), within, repeat(partial(_one, n))) for n in SIZES),
        *(
            Scenario(f"two groups of rounded scores, SD ratio {ratio:g}", f"{n} + {m}", both, repeat(partial(_two, n, m, ratio)))
            for ratio in (1.0, 1.25)
            for n, m in ((20, 60), (60, 60))
        ),
    ]


@cache
def _by_ranks() -> tuple[float, float, float]:
    """Probability of superiority, rank-biserial correlation and pseudo-median of the population, of so many people."""
    pre, post = BEFORE.draw(np.random.default_rng(1), PEOPLE)
    steps, n = np.unique(pre - post, return_counts=True)
    share = n / PEOPLE
    superior = float(share[steps > 0].sum() + share[steps == 0].sum() / 2)
    sizes = np.unique(np.abs(steps[steps != 0]))
    of_size = np.array([share[np.abs(steps) == size].sum() for size in sizes]) / share[steps != 0].sum()
    rank = np.cumsum(of_size) - of_size / 2
    sign = np.array([share[steps == size].sum() - share[steps == -size].sum() for size in sizes]) / share[steps != 0].sum()
    sums, at = np.add.outer(steps, steps).ravel(), np.outer(share, share).ravel()
    order = np.argsort(sums, kind="stable")
    middle = sums[order][np.searchsorted(np.cumsum(at[order]), 0.5)] / 2
    return superior, float(2 * sign @ rank), float(middle)


def _one(n: int, generator: np.random.Generator) -> list[int]:
    pairs = _pairs(BEFORE, generator, n)
    every, each = np.ones(len(pairs.n), dtype=np.bool_), pairs.n
    superior, correlation, middle = _by_ranks()
    sd_pre, sd_post, sd = BEFORE.rounded_sd_pre, BEFORE.rounded_sd_post, BEFORE.rounded_sd_change
    r = R * SD * SD * 1.25 / (sd_pre * sd_post)
    slope = 1 - r * sd_post / sd_pre  # of the change on the admission score
    change, adjusted, ranked = mean_change(pairs), severity_adjusted_change(pairs, REFERENCE), rank_biserial(pairs)
    superiority, averages = probability_of_superiority(pairs), WalshAverages.of_pairs(pairs)
    moved = np.rint(pairs.change) != 0
    walsh = Draft(Key("hodges_lehmann"), averages.median, np.zeros(len(every)), every, everybody(n), Walsh(averages))
    drafts = (
        (replace(drafted(change, every), interval=PairedT(n, flag=change.flag)), BEFORE.change),
        (drafted(d_rm(pairs), every), BEFORE.change / sd * math.sqrt(2 * (1 - r))),
        (drafted(g_av(pairs), every), BEFORE.change / ((sd_pre + sd_post) / 2)),
        (
            replace(drafted(adjusted, every), interval=StudentT(n - 1, adjusted.variance, flag=adjusted.flag)),
            BEFORE.change + slope * (REFERENCE - 60.0),
        ),
        (replace(drafted(superiority, every), interval=WilsonOfScores(flag=superiority.flag)), superior),
        (replace(drafted(ranked, every), interval=FisherZ(flag=ranked.flag), among=moved), correlation),
        (walsh, middle),
    )
    return [_held(draft, each, truth) for draft, truth in drafts]


def _held(draft: Draft, n: Floats, truth: float) -> int:
    found = alone(draft, n)
    return compare(found.low, found.high, truth)


def _two(n: int, m: int, ratio: float, generator: np.random.Generator) -> list[int]:
    """Two groups that begin alike, of whom the first improves by two points more."""
    here = np.arange(n + m) < n
    first, other = (Scores(60.0, mean, SD, SD * ratio, R) for mean in (60.0 - CHANGE, 58.0))
    both = [_pairs(first, generator, n), _pairs(other, generator, m)]
    more, sd_pre, sd_post = first.change - other.change, first.rounded_sd_pre, first.rounded_sd_post
    by = {"change": first.rounded_sd_change, "end": sd_post, "ppc2": sd_pre, "ppc3": math.hypot(sd_pre, sd_post) / math.sqrt(2)}
    by |= {"ppc_post": sd_post, "difference": 1.0}
    return [_between(name, both, here, more / by[name.partition("_")[2]]) for name in BETWEEN]


def _between(name: str, both: list[Pairs], here: Mask, truth: float) -> int:
    each = np.ones(len(here), dtype=np.int64)
    sides = []
    for pairs, mine in zip(both, (here, ~here), strict=True):
        draft = replace(drafted(mean_change(pairs), mine), interval=OfTwoGroups(pairs, np.flatnonzero(mine), BETWEEN[name], ""))
        sides.append(Side(draft, errors_of(draft, Patients.all_different(each), each)))
    found = difference(sides[0], sides[1], Patients.all_different(each)).limits
    return compare(found.low, found.high, truth)


def _pairs(scores: Scores, generator: np.random.Generator, n: int) -> Pairs:
    pre, post = scores.draw(generator, n)
    return Pairs.from_cells(pre, post, np.ones(n, dtype=np.int64), better="lower")
