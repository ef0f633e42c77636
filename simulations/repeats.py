"""Takes patients with several episodes each, gives scenarios of the intervals by patient, and of those that take episodes for independent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from scipy.special import gammaincinv, log_ndtr, ndtr

from iop_outcomes.counts import Counts
from iop_outcomes.keys import Key
from iop_outcomes.patients import Patients
from iop_outcomes.stats.change import d_pre_sd, mean_change
from iop_outcomes.stats.draft import Draft, Floats, Ints, Mask, Population
from iop_outcomes.stats.drafts import quantile_days, share
from iop_outcomes.stats.intervals import Side, StudentT, Wilson, difference, errors_of
from iop_outcomes.stats.pairs import Pairs
from simulations.days import STAYS
from simulations.people import (
    counted,
    drafted,
    ends_of,
    everybody,
    free_at,
    hold_both,
    incidence_at,
    mean_days_to,
    median_of,
    part_of,
    patients_of,
    together,
)
from simulations.populations import FollowUps, rounded_moments
from simulations.scenario import Quantity, Scenario, compare, repeat

EPISODES, PATIENTS = 200, 67
PATIENT = np.arange(EPISODES) % PATIENTS  # three episodes each, and one patient with two
CORRELATIONS = (0.3, 0.4, 0.5)
WAITS = 0.6  # of the normal values behind the waits; of who is still free on the middle day it leaves 0.41
DAY = 180
HOLDS, NAIVE = (0.93, 0.97), (0.83, 0.89)
CHANGE, SD = 4.0, 6.0
OTHERS, SMALL_ICC = 300, 0.4

Judged = tuple[Draft, Patients, Ints, float]  # a number, the patients behind it, episodes in each cell, and the truth


def scenarios() -> list[Scenario]:
    """Shares, changes of scores and stays, and curves, at several correlations of the episodes of a patient."""
    shares = {
        icc: _both({"share": NAIVE if icc < 0.5 else None}) + _alone(("difference of shares, patients in both groups",), 2)
        for icc in CORRELATIONS
    }
    of_scores = _both({"mean change": NAIVE, "d_pre_sd": None, "median of stays": None})
    of_curves = _both({"event_free at 180": NAIVE, "cumulative_incidence at 180": None, "restricted_mean_days to 180": None})
    n = f"{EPISODES} of {PATIENTS} patients"
    return [
        *(
            Scenario(f"share {p:g}, correlation of a patient's episodes {icc:g}", n, shares[icc], repeat(partial(_shares, p, icc)))
            for p in (0.3, 0.5)
            for icc in CORRELATIONS
        ),
        *(
            Scenario(
                f"scores and stays, correlation of a patient's episodes {icc:g}",
                n,
                of_scores,
                repeat(partial(_two_ways, partial(scores, PATIENT, icc))),
            )
            for icc in CORRELATIONS
        ),
        *(
            Scenario(
                f"a small track and the others, correlation of a patient's episodes {SMALL_ICC:g}",
                _small_n(m),
                _SMALL,
                repeat(partial(_small, m)),
            )
            for m in (6, 10, 20)
        ),
        Scenario(
            f"50% ended by day 180, correlation of a patient's waits {WAITS:g}",
            n,
            of_curves,
            repeat(partial(_two_ways, partial(curves, PATIENT, FollowUps(0.5)))),
        ),
    ]


_SMALL = (
    Quantity("difference of mean changes from the others, by patient", HOLDS, slice(0, 1)),
    Quantity("difference of shares from the others, by patient", (HOLDS[0], 1.0), slice(1, 2)),  # Wilson at t of 5 is wide
)


def _small_n(patients: int) -> str:
    return f"{2 * patients} of {patients} patients + {2 * OTHERS} of {OTHERS}"


def _both(naive: dict[str, tuple[float, float] | None]) -> tuple[Quantity, ...]:
    """Each interval by patient, and as it would be if episodes were independent."""
    return tuple(
        Quantity(f"{name}, {words}", band, slice(place, place + 1))
        for i, (name, low) in enumerate(naive.items())
        for place, words, band in ((2 * i, "by patient", HOLDS), (2 * i + 1, "patients ignored", low))
    )


def _alone(names: Sequence[str], start: int) -> tuple[Quantity, ...]:
    return tuple(Quantity(f"{name}, by patient", HOLDS, slice(place, place + 1)) for place, name in enumerate(names, start))


def _shares(p: float, icc: float, generator: np.random.Generator) -> list[int]:
    """Beta-binomial: every patient has a share of their own; groups are drawn by episode, so most patients stand in both."""
    own = generator.beta(p * (1 - icc) / icc, (1 - p) * (1 - icc) / icc, PATIENTS)
    hit = generator.random(EPISODES) < own[PATIENT]
    second = generator.random(EPISODES) < 0.5
    counts, place = counted(("part", "group"), (np.where(hit, 0, 1), second.astype(int)), (("hit", "miss"), ("a", "b")))
    people = patients_of(place, PATIENT, len(counts))
    sides = []
    for part in (counts, *counts.split("group").values()):
        draft = share("share", part, "part", part_of(part))
        sides.append(Side(draft, errors_of(draft, people, counts.n)))
    found = difference(sides[1], sides[2], people).limits
    return [*hold_both(sides[0].draft, people, counts.n, p), compare(found.low, found.high, 0.0)]


def scores(patient: Ints, icc: float, generator: np.random.Generator) -> list[Judged]:
    """Mean change, d and median stay: scores, changes and stays that each lie near one another within a patient."""
    episodes = len(patient)
    pre = np.rint(60 + SD * together(generator, patient, icc))
    gained = np.rint(CHANGE + SD * together(generator, patient, icc))
    each, everyone = np.ones(episodes, dtype=np.int64), np.ones(episodes, dtype=bool)
    pairs, one_by_one = Pairs.from_cells(pre, pre - gained, each, better="lower"), patients_of(np.arange(episodes), patient, episodes)
    days = np.floor(STAYS.scale * gammaincinv(2.0, ndtr(together(generator, patient, icc)))).astype(np.int64)
    values, place, n = np.unique(days, return_inverse=True, return_counts=True)
    counts = Counts.from_columns(("days",), [values.tolist()], n)
    median = quantile_days("median", counts, "days", 0.5, everybody(episodes))
    return [
        (drafted(mean_change(pairs), everyone), one_by_one, each, CHANGE),
        (drafted(d_pre_sd(pairs), everyone), one_by_one, each, CHANGE / rounded_moments(60.0, SD)[1]),
        (median, patients_of(place, patient, len(counts)), counts.n, float(STAYS.quantile(0.5))),
    ]


def curves(patient: Ints, of: FollowUps, generator: np.random.Generator) -> list[Judged]:
    """Shares and days of a curve, from correlated normal values: the curve of each episode is that of `FollowUps`, so its truth is exact."""
    day, cause = of.draw(generator, len(patient), waited=-log_ndtr(together(generator, patient, WAITS)))
    ends, place = ends_of(day, cause)
    n, people = ends.counts.n, patients_of(place, patient, len(ends.counts))
    reached = [(median_of(ends), people, n, float(of.median()))] if of.ended > 0.5 else []  # else hardly any sample has a median
    return [
        (free_at(ends, DAY), people, n, float(of.event_free(DAY))),
        (incidence_at(ends, DAY), people, n, of.incidence(DAY)),
        (mean_days_to(ends, DAY), people, n, of.restricted_mean(DAY)),
        *reached,
    ]


def _two_ways(draw: Callable[[np.random.Generator], Sequence[Judged]], generator: np.random.Generator) -> list[int]:
    """Each interval by patient, and as it would be if patients were not known."""
    return [code for each in draw(generator) for code in hold_both(*each)]


def _small(patients: int, generator: np.random.Generator) -> list[int]:
    """A track of few patients with two episodes each, and many in the others: truth is no difference."""
    patient = np.repeat(np.arange(patients + OTHERS), 2)
    values, own = together(generator, patient, SMALL_ICC), patient < patients
    people, each = patients_of(np.arange(len(patient)), patient, len(patient)), np.ones(len(patient), dtype=np.int64)
    codes = []
    for measured, rule in ((values, "t"), ((values < 0).astype(float), "wilson")):
        first, second = (_side(measured, here, rule, people, each) for here in (own, ~own))
        found = difference(first, second, people).limits
        codes.append(compare(found.low, found.high, 0.0))
    return codes


def _side(values: Floats, here: Mask, rule: str, people: Patients, each: Ints) -> Side:
    """A mean or a share of the episodes that are here, every one a cell of its own."""
    n, mean = int(here.sum()), float(values[here].mean())
    influence = np.where(here, (values - mean) / n, 0.0)
    if rule == "t":
        draft = Draft(Key("mean"), mean, influence, here, everybody(n), StudentT(n))
    else:
        k = int(values[here].sum())
        who = Population("all", {"hit": k, "miss": n - k}, frozenset(("hit", "miss")), frozenset({"hit"}))
        draft = Draft(Key("share"), mean, influence, here, who, Wilson(n))
    return Side(draft, errors_of(draft, people, each))
