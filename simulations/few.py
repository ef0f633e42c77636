"""Takes few patients with several episodes each, or very unequally many, gives scenarios of the intervals by patient."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from iop_outcomes.counts import Counts
from iop_outcomes.keys import Flag
from iop_outcomes.patients import Patients
from iop_outcomes.stats.draft import Ints
from iop_outcomes.stats.drafts import share
from iop_outcomes.stats.intervals import FEW_PATIENTS
from simulations.people import counted, effective, hold, interval_of, part_of, patients_of
from simulations.populations import FollowUps
from simulations.repeats import HOLDS, WAITS, Judged, curves, scores
from simulations.scenario import Found, Quantity, Scenario, repeat

PATIENTS = (6, 8, 10, 12, 40)
EPISODES = 3  # of each, so that as many patients are effective as there are
ICC = 0.4
ENDED = (0.3, 0.5, 0.8)
SKEWED = {
    "one has 20 of 99": np.array((20, 10, 10, 8, 8, 6, 6, 5, 5, 4, 4, 3, 3, 2, 2, 1, 1, 1)),
    "one has 10 of 60": np.array((10, 8, 6, 5, 4, 3, 3, 2, 2, 2, *[1] * 15)),
    "one has 9 of 60": np.array((9, 6, 5, 5, 4, 4, 3, 3, *[2] * 5, *[1] * 11)),
}
ONE_PATIENT = np.array((40, *[1] * 9))


def scenarios() -> list[Scenario]:
    """Every interval by patient of 6 to 40 patients, rates of patients who come very unequally often, and of almost one patient alone."""
    of_scores = f"scores and stays of few patients, correlation of a patient's episodes {ICC:g}"
    of_curves = "few patients, {:.0%} ended by day 180, correlation of a patient's waits " + f"{WAITS:g}"
    return [
        *(Scenario(of_scores, _n(m), _quantities(_SCORES, m), _run(partial(scores, _patient(m), ICC))) for m in PATIENTS),
        *(
            Scenario(of_curves.format(ended), _n(m), _quantities(names, m), _run(partial(curves, _patient(m), FollowUps(ended))))
            for ended, names in ((ended, _CURVES if ended > 0.5 else _CURVES[:-1]) for ended in ENDED)
            for m in PATIENTS
        ),
        *(
            Scenario(
                f"share {p:g}, {words}, correlation of a patient's episodes {ICC:g}",
                _skewed(sizes),
                _SHARE,
                repeat(partial(_share, p, sizes)),
            )
            for words, sizes in SKEWED.items()
            for p in (0.1, 0.3, 0.5)
        ),
        Scenario(f"share 0.3, one has 40 of 49, correlation of a patient's episodes {ICC:g}", _skewed(ONE_PATIENT), _NONE, repeat(_alone)),
    ]


_SCORES = ("mean change", "d_pre_sd", "median of stays")
_CURVES = ("event_free at 180", "cumulative_incidence at 180", "restricted_mean_days to 180", "median_days")
_SHARE = (Quantity("share, by patient", HOLDS, slice(0, 1)),)
_NONE = (Quantity("no interval is given: share, by patient", (1.0, 1.0), slice(0, 1)),)


def _n(patients: int) -> str:
    return f"{EPISODES * patients} of {patients} patients"


def _skewed(sizes: Ints) -> str:
    return f"{sizes.sum()} of {len(sizes)} patients, {effective(sizes):.1f} effective"


def _patient(patients: int) -> Ints:
    return np.repeat(np.arange(patients), EPISODES)


def _quantities(names: Sequence[str], patients: int) -> tuple[Quantity, ...]:
    """Under 10 effective patients an interval is flagged, and nothing is promised."""
    band = HOLDS if patients >= FEW_PATIENTS else None
    return tuple(Quantity(f"{name}, by patient", band, slice(place, place + 1)) for place, name in enumerate(names))


def _run(draw: Callable[[np.random.Generator], Sequence[Judged]]) -> Callable[[np.random.Generator, int], np.ndarray]:
    return repeat(partial(_by_patient, draw))


def _by_patient(draw: Callable[[np.random.Generator], Sequence[Judged]], generator: np.random.Generator) -> list[int]:
    return [hold(*each) for each in draw(generator)]


def _parted(p: float, sizes: Ints, generator: np.random.Generator) -> tuple[Counts, Patients]:
    """Beta-binomial: every patient has a share of their own, and comes as often as `sizes` says."""
    patient = np.repeat(np.arange(len(sizes)), sizes)
    own = generator.beta(p * (1 - ICC) / ICC, (1 - p) * (1 - ICC) / ICC, len(sizes))
    counts, place = counted(("part",), (np.where(generator.random(len(patient)) < own[patient], 0, 1),), (("hit", "miss"),))
    return counts, patients_of(place, patient, len(counts))


def _share(p: float, sizes: Ints, generator: np.random.Generator) -> list[int]:
    counts, people = _parted(p, sizes, generator)
    return [hold(share("share", counts, "part", part_of(counts)), people, counts.n, p)]


def _alone(generator: np.random.Generator) -> list[int]:
    """Almost one patient alone: whether there is no interval, and the flag that says so."""
    counts, people = _parted(0.3, ONE_PATIENT, generator)
    found = interval_of(share("share", counts, "part", part_of(counts)), people, counts.n)
    none = math.isnan(found.low) and math.isnan(found.high) and Flag.FEW_PATIENTS in found.flags
    return [int(Found.COVERED if none else Found.MISSED)]
