"""Takes patients with several episodes each, gives scenarios of the intervals by patient, and of those that take episodes for independent."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial

import numpy as np
from scipy.special import gammaincinv, log_ndtr, ndtr

from iop_outcomes.counts import Counts
from iop_outcomes.patients import Patients
from iop_outcomes.stats.change import Effect, d_pre_sd, mean_change
from iop_outcomes.stats.curves import Ends
from iop_outcomes.stats.difference import Side, difference
from iop_outcomes.stats.draft import Draft, Floats, Ints, Mask, Population
from iop_outcomes.stats.duration import quantile_days
from iop_outcomes.stats.interval import Errors, errors_of, finish
from iop_outcomes.stats.pairs import Pairs
from iop_outcomes.stats.proportion import share
from simulations.days import STAYS
from simulations.populations import FollowUps, rounded_moments
from simulations.scenario import Quantity, Scenario, compare, repeat

EPISODES, PATIENTS = 200, 67
PATIENT = np.arange(EPISODES) % PATIENTS  # three episodes each, and one patient with two
CORRELATIONS = (0.3, 0.4, 0.5)
WAITS = 0.6  # of the normal values behind the waits; of who is still free on the middle day it leaves 0.41
DAY, WAYS = 180, ("end", "event", "death")
HOLDS, NAIVE = (0.93, 0.97), (0.83, 0.89)
IN_ORDER = np.array([sorted(WAYS).index(way) for way in WAYS])
CHANGE, SD = 4.0, 6.0
OTHERS, SMALL_ICC = 300, 0.4


def scenarios() -> list[Scenario]:
    """Shares, changes of scores and stays, and curves, at several correlations of the episodes of a patient."""
    shares = {
        icc: _both({"share": NAIVE if icc < 0.5 else None}) + _alone(("difference of shares, patients in both groups",), 2)
        for icc in CORRELATIONS
    }
    scores = _both({"mean change": NAIVE, "d_pre_sd": None, "median of stays": None})
    curves = _both({"event_free at 180": NAIVE, "cumulative_incidence at 180": None, "restricted_mean_days to 180": None})
    n = f"{EPISODES} of {PATIENTS} patients"
    return [
        *(
            Scenario(f"share {p:g}, correlation of a patient's episodes {icc:g}", n, shares[icc], repeat(partial(_shares, p, icc)))
            for p in (0.3, 0.5)
            for icc in CORRELATIONS
        ),
        *(
            Scenario(f"scores and stays, correlation of a patient's episodes {icc:g}", n, scores, repeat(partial(_scores, icc)))
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
        Scenario(f"50% ended by day 180, correlation of a patient's waits {WAITS:g}", n, curves, repeat(_curves)),
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


def patients_of(cell: Ints, patient: Ints, cells: int) -> Patients:
    """The patients behind episodes written one by one: the cell and the patient of each; shape (episodes,) both."""
    order = np.lexsort((cell, patient))
    _, size = np.unique(patient, return_counts=True)
    several = np.repeat(size > 1, size)
    alone = np.bincount(cell[order][~several], minlength=cells).astype(np.int64)
    many = size[size > 1]
    return Patients(alone, cell[order][several], np.cumsum(many) - many, np.ones(len(many), dtype=np.int64))


def together(generator: np.random.Generator, patient: Ints, icc: float) -> Floats:
    """Standard normal values, correlated within a patient; shape (episodes,)."""
    own, common = generator.standard_normal(len(patient)), generator.standard_normal(patient.max() + 1)
    return np.asarray(math.sqrt(icc) * common[patient] + math.sqrt(1 - icc) * own)


def _codes(draft: Draft, people: Patients, n: Ints, truth: float) -> list[int]:
    errors = errors_of(draft, people, n)
    if errors.clustered is None:
        raise AssertionError(f"{draft.estimand}: no patient repeats")
    found = [finish(draft, each) for each in (errors, Errors(errors.independent))]
    return [compare(each.low, each.high, truth) for each in found]


def part_of(counts: Counts) -> Population:
    """Who a share speaks of, from a table with a column of parts."""
    parts = {"hit": 0, "miss": 0} | {str(cell[0]): n for cell, n in counts.keep(["part"])}
    return Population("parts", parts, frozenset(("hit", "miss")), frozenset(("hit",)))


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
    found = difference(sides[1], sides[2], people).interval
    return [*_codes(sides[0].draft, people, counts.n, p), compare(found.low, found.high, 0.0)]


def counted(names: Sequence[str], codes: Sequence[Ints], levels: Sequence[Sequence[str | int]]) -> tuple[Counts, Ints]:
    """Episodes written one by one as a table, and the cell of each; levels in the order in which they sort."""
    sizes = [len(each) for each in levels]
    cells, place, n = np.unique(np.ravel_multi_index(tuple(codes), sizes), return_inverse=True, return_counts=True)
    columns = [[each[i] for i in where] for each, where in zip(levels, np.unravel_index(cells, sizes), strict=True)]
    return Counts.from_columns(names, columns, n), place.astype(np.int64)


def _scores(icc: float, generator: np.random.Generator) -> list[int]:
    """Admission scores, changes and stays that each lie near one another within a patient."""
    pre = np.rint(60 + SD * together(generator, PATIENT, icc))
    gained = np.rint(CHANGE + SD * together(generator, PATIENT, icc))
    each = np.ones(EPISODES, dtype=np.int64)
    pairs = Pairs.from_cells(pre, pre - gained, each, better="lower")
    one_by_one = patients_of(np.arange(EPISODES), PATIENT, EPISODES)
    by_sd = CHANGE / rounded_moments(60.0, SD)[1]
    codes = _codes(_effect(mean_change(pairs), "t"), one_by_one, each, CHANGE)
    codes += _codes(_effect(d_pre_sd(pairs), "normal"), one_by_one, each, by_sd)
    days = np.floor(STAYS.scale * gammaincinv(2.0, ndtr(together(generator, PATIENT, icc)))).astype(np.int64)
    values, place, n = np.unique(days, return_inverse=True, return_counts=True)
    counts = Counts.from_columns(("days",), [values.tolist()], n)
    median = quantile_days("median", counts, "days", 0.5, Population("stays", {"stay": EPISODES}, frozenset({"stay"})))
    return codes + _codes(median, patients_of(place, PATIENT, len(counts)), counts.n, float(STAYS.quantile(0.5)))


def _effect(effect: Effect, rule: str) -> Draft:
    """The draft that measures make of an effect."""
    who, among = Population("scores", {"paired": effect.n}, frozenset({"paired"})), np.ones(EPISODES, dtype=bool)
    if rule == "t":
        return Draft(effect.estimand, effect.value, who, effect.influence, "t", among)
    return Draft(effect.estimand, effect.value, who, effect.influence, "normal", among, textbook=effect.variance)


def _curves(generator: np.random.Generator) -> list[int]:
    """Days to the end from correlated normal values: the curve of each episode is that of `FollowUps`, so its truth is exact."""
    of = FollowUps(0.5)
    day, cause = of.draw(generator, EPISODES, waited=-log_ndtr(together(generator, PATIENT, WAITS)))
    days, code = np.unique(day, return_inverse=True)
    counts, place = counted(("day", "outcome"), (code, IN_ORDER[cause]), (days.tolist(), sorted(WAYS)))
    people = patients_of(place, PATIENT, len(counts))
    ends = Ends(counts, "day", "outcome", WAYS[1:])
    ended = [int(((cause > 0) & (day <= DAY)).sum()), int(((cause == 1) & (day <= DAY)).sum())]
    who = [Population("ends", {"ended": k, "not": EPISODES - k}, frozenset(("ended", "not")), frozenset({"ended"})) for k in ended]
    codes = _codes(ends.at("event_free", ends.event_free([DAY]), who[:1])[0], people, counts.n, float(of.event_free(DAY)))
    codes += _codes(ends.at("incidence", ends.incidence([DAY]), who[1:])[0], people, counts.n, of.incidence(DAY))
    return codes + _codes(ends.restricted_mean("mean", float(DAY), who[0]), people, counts.n, of.restricted_mean(DAY))


def _small(patients: int, generator: np.random.Generator) -> list[int]:
    """A track of few patients with two episodes each, and many in the others: truth is no difference."""
    patient = np.repeat(np.arange(patients + OTHERS), 2)
    values, own = together(generator, patient, SMALL_ICC), patient < patients
    people, each = patients_of(np.arange(len(patient)), patient, len(patient)), np.ones(len(patient), dtype=np.int64)
    codes = []
    for measured, rule in ((values, "t"), ((values < 0).astype(float), "wilson")):
        first, second = (_side(measured, here, rule, people, each) for here in (own, ~own))
        found = difference(first, second, people).interval
        codes.append(compare(found.low, found.high, 0.0))
    return codes


def _side(values: Floats, here: Mask, rule: str, people: Patients, each: Ints) -> Side:
    """A mean or a share of the episodes that are here, every one a cell of its own."""
    n, mean = int(here.sum()), float(values[here].mean())
    influence = np.where(here, (values - mean) / n, 0.0)
    if rule == "t":
        draft = Draft("mean", mean, Population("all", {"in": n}, frozenset({"in"})), influence, "t", here)
    else:
        k = int(values[here].sum())
        draft = Draft(
            "share",
            mean,
            Population("all", {"hit": k, "miss": n - k}, frozenset(("hit", "miss")), frozenset({"hit"})),
            influence,
            "wilson",
            here,
        )
    return Side(draft, errors_of(draft, people, each))
