"""Takes curves on which nobody, or everybody, has ended in many samples, gives scenarios of the limits given at 0 % and at 100 %."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from scipy.special import log_ndtr

from iop_outcomes.patients import Patients
from iop_outcomes.stats.draft import Draft, Ints
from simulations.curves import DAY
from simulations.people import ends_of, free_at, incidence_at, interval_of, patients_of, together
from simulations.populations import FollowUps
from simulations.repeats import WAITS
from simulations.scenario import Found, Quantity, Scenario, repeat

RARE = tuple(FollowUps(ended) for ended in (0.01, 0.02, 0.05, 0.07, 0.16, 0.27))
COMMON = (0.5, 0.6, 0.73, 0.8, 0.85, 0.92, 0.98)
TO_THE_END, LOST, LOST_EARLY = (
    tuple(FollowUps(ended, shortest=low, longest=high) for ended in COMMON) for low, high in ((10**6, 10**6), (20, 400), (1, 200))
)
SIZES = (12, 50)
PATIENTS, EPISODES = 12, 3
ONE_SIDE = (0.975, 1.0)  # the one limit may leave the truth out in half of 5 % of samples, whatever the truth


def scenarios() -> list[Scenario]:
    """At 0 % after losses, at 100 % without any and after some; of episodes, and of patients who come three times."""
    samples = {str(n): np.arange(n) for n in SIZES}
    samples[f"{EPISODES * PATIENTS} of {PATIENTS} patients"] = np.repeat(np.arange(PATIENTS), EPISODES)
    return [
        Scenario(f"{min(ended):.0%} to {max(ended):.0%} ended by day 180, {words}", n, _quantities(where, len(of)), repeat(partial(_one, patient, of)))
        for words, where, of in (
            ("followed for 60 to 400 days", "0%", RARE),
            ("followed to the end", "100%", TO_THE_END),
            ("followed for 20 to 400 days", "100% after losses", LOST),
            ("followed for 1 to 200 days", "100% after losses", LOST_EARLY),
        )
        for ended in ([each.ended for each in of],)
        for n, patient in samples.items()
    ]  # fmt: skip


def _quantities(where: str, truths: int) -> tuple[Quantity, ...]:
    """Of all samples, those that are not at an end hold the truth as far as its limit goes; the truth held least counts."""
    names = (f"limit at {where}: cumulative_incidence", f"limit at {where}, all ends: event_free")
    return tuple(Quantity(name, ONE_SIDE, slice(i * truths, (i + 1) * truths), "lowest") for i, name in enumerate(names))


def _one(patient: Ints, truths: Sequence[FollowUps], generator: np.random.Generator) -> list[int]:
    """For every truth, the incidence of a single kind of end; then the share free of two kinds."""
    single = [_limited(patient, replace(of, died=0.0), generator, single=True) for of in truths]
    return single + [_limited(patient, of, generator, single=False) for of in truths]


def _limited(patient: Ints, of: FollowUps, generator: np.random.Generator, *, single: bool) -> int:
    """Whether the limit of a share that is 0 or 1 holds the truth; any other share is none of this row's business."""
    day, cause = of.draw(generator, len(patient), waited=-log_ndtr(together(generator, patient, WAITS)))
    ends, place = ends_of(day, cause)
    draft, truth = (incidence_at(ends, DAY), of.incidence(DAY)) if single else (free_at(ends, DAY), float(of.event_free(DAY)))
    if draft.value not in (0.0, 1.0):
        return int(Found.COVERED)
    return int(Found.COVERED if _holds(draft, patients_of(place, patient, len(ends.counts)), ends.counts.n, truth) else Found.MISSED)


def _holds(draft: Draft, people: Patients, n: Ints, truth: float) -> bool:
    """Whether the limits at 0 % or 100 % hold the truth; there must be two of them, one at the value itself."""
    found = interval_of(draft, people, n)
    if math.isnan(found.low) or math.isnan(found.high) or draft.value not in (found.low, found.high):
        raise AssertionError(f"{draft.value} with limits {found.low}, {found.high}")
    return found.low <= truth <= found.high
