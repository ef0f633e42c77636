"""Takes episodes written one by one, gives their counted table, the patients behind it, and what an interval of the package did."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from iop_outcomes.counts import Counts
from iop_outcomes.keys import Flag, Key, written
from iop_outcomes.patients import Patients
from iop_outcomes.stats.change import Effect
from iop_outcomes.stats.curves import Ends
from iop_outcomes.stats.draft import Draft, Floats, Ints, Mask, Population
from iop_outcomes.stats.intervals import FEW_PATIENTS, Errors, Limits, Normal, StudentT, errors_of, finish
from simulations.scenario import Found, compare

WAYS = ("end", "event", "death")  # how an episode ends: cause 0, 1 and 2
IN_ORDER = np.array([sorted(WAYS).index(way) for way in WAYS])


# -- tables and patients ---------------------------------------------------------------------------------------------


def counted(names: Sequence[str], codes: Sequence[Ints], levels: Sequence[Sequence[str | int]]) -> tuple[Counts, Ints]:
    """Episodes written one by one as a table, and the cell of each; levels in the order in which they sort."""
    sizes = [len(each) for each in levels]
    cells, place, n = np.unique(np.ravel_multi_index(tuple(codes), sizes), return_inverse=True, return_counts=True)
    columns = [[each[i] for i in where] for each, where in zip(levels, np.unravel_index(cells, sizes), strict=True)]
    return Counts.from_columns(names, columns, n), place.astype(np.int64)


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


def effective(sizes: Ints) -> float:
    """Effective patients of so many episodes each.

    Examples
    --------
    >>> effective(np.array([3, 3, 3])), round(effective(np.array([40] + [1] * 9)), 2)
    (3.0, 1.49)
    """
    return float(sizes.sum() ** 2 / (sizes**2).sum())


# -- drafts that measures make ---------------------------------------------------------------------------------------


def everybody(n: int) -> Population:
    """Who a number speaks of that everyone is part of."""
    return Population("all", {"in": n}, frozenset({"in"}))


def part_of(counts: Counts) -> Population:
    """Who a share speaks of, from a table with a column of parts."""
    parts = {"hit": 0, "miss": 0} | {str(cell[0]): n for cell, n in counts.keep(["part"])}
    return Population("parts", parts, frozenset(("hit", "miss")), frozenset(("hit",)))


def drafted(effect: Effect, among: Mask) -> Draft:
    """The draft of an effect whose influences stand in the cells among: Student's t for a mean, else the textbook variance."""
    influence = np.zeros(len(among))
    influence[among] = effect.influence
    is_mean = effect.estimand == "mean_change"
    interval = StudentT(effect.n, flag=effect.flag) if is_mean else Normal(effect.variance, flag=effect.flag)
    return Draft(Key(effect.estimand), effect.value, influence, among, everybody(effect.n), interval)


def ends_of(day: Ints, cause: Ints) -> tuple[Ends, Ints]:
    """Last days and causes (0 follow-up, 1 event, 2 death) as ends, and the cell of each episode."""
    days, code = np.unique(day, return_inverse=True)
    counts, place = counted(("day", "outcome"), (code, IN_ORDER[cause]), (days.tolist(), sorted(WAYS)))
    return Ends(counts, "day", "outcome", WAYS[1:]), place


def free_at(ends: Ends, day: int) -> Draft:
    """Share free of every end on a day."""
    return ends.at("event_free", ends.event_free([day]), [everybody(ends.counts.total)], left=True)[0]


def incidence_at(ends: Ends, day: int) -> Draft:
    """Share with the event by a day."""
    return ends.at("cumulative_incidence", ends.incidence([day]), [everybody(ends.counts.total)])[0]


def mean_days_to(ends: Ends, day: int) -> Draft:
    """Mean days free of every end, of the first so many."""
    return ends.restricted_mean("restricted_mean_days", float(day), everybody(ends.counts.total))


def median_of(ends: Ends) -> Draft:
    """Day by which half had ended."""
    return ends.median("median_days", everybody(ends.counts.total))


# -- what an interval did --------------------------------------------------------------------------------------------


def interval_of(draft: Draft, people: Patients, n: Ints) -> Limits:
    """The package's interval; by patient where one repeats."""
    return finish(draft, errors_of(draft, people, n))


def alone(draft: Draft, n: Ints) -> Limits:
    """The package's interval where nobody comes twice."""
    return interval_of(draft, Patients.all_different(n), n)


def hold(draft: Draft, people: Patients, n: Ints, truth: float) -> int:
    """Code of the interval by patient, checked to be flagged where it rests on few patients.

    The exact limits of a curve rest on those whose state on the day is known, which may be fewer.
    """
    if math.isnan(draft.value):
        return int(Found.LEFT_OUT)
    errors = errors_of(draft, people, n)
    if errors.clustered is None:
        raise AssertionError(f"{draft.key}: no patient repeats")
    found = finish(draft, errors)
    patients = errors.point.known if errors.point and draft.value in (0.0, 1.0) else errors.clustered.effective
    if (Flag.FEW_PATIENTS in found.flags) != (min(patients, errors.clustered.effective) < FEW_PATIENTS):
        raise AssertionError(f"{draft.key}: {patients} effective patients, flags {written(found.flags)!r}")
    return compare(found.low, found.high, truth)


def hold_both(draft: Draft, people: Patients, n: Ints, truth: float) -> list[int]:
    """Codes of the interval by patient, and of the one it would be if patients were not known."""
    errors = errors_of(draft, people, n)
    ignored = finish(draft, Errors(errors.independent, None, errors_of(draft, Patients.all_different(n), n).point))
    return [hold(draft, people, n, truth), compare(ignored.low, ignored.high, truth)]
