"""Takes groups with one and the same curve, gives scenarios of how often the log-rank test by patient tells them apart at 5 %."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.special import fdtrc, log_ndtr

from iop_outcomes.keys import Flag
from iop_outcomes.patients import Patients
from iop_outcomes.stats.draft import Floats, Ints
from iop_outcomes.stats.intervals import FEW_PATIENTS, LogRank
from iop_outcomes.stats.logrank import GroupTest, ScoreParts, chi_square, log_rank, log_rank_scores
from simulations.people import patients_of, together
from simulations.populations import FollowUps
from simulations.scenario import NOMINAL, Found, Quantity, Scenario, repeat

EPISODES = 3
WAITS = 0.6
HOLDS = (0.93, 0.97)  # rejects in 3 to 7 % of samples
FOLLOWED = {
    "50% ended by day 180, followed for 60 to 400 days": FollowUps(0.5),
    "50% ended by day 180, everybody followed for 180 days": FollowUps(0.5, shortest=180, longest=180),
    "90% ended by day 180, everybody followed to the end": FollowUps(0.9, shortest=10**6, longest=10**6),
}
GROUPS = {
    **{f"{m} and {m}": (m, m) for m in (6, 8, 10, 12, 40)},
    "12 and 100": (12, 100),
    "12 in each of 5": (12,) * 5,
}
REFERENCES = (
    "robust score, chi-squared (not of the package)",
    "robust score, F(df, G - df)",
    "hypergeometric over the mean design effect, F(df, G - groups) (not of the package)",
)


def scenarios() -> list[Scenario]:
    """Two groups of 6 to 40 patients, two very unequal ones and five, of patients who come three times, with losses and without."""
    return [
        Scenario(f"equal groups, {words}, correlation of a patient's waits {WAITS:g}", f"{n} patients", _quantities(sizes), repeat(partial(_one, of, sizes)))
        for words, of in FOLLOWED.items()
        for n, sizes in GROUPS.items()
    ]  # fmt: skip


def _quantities(sizes: Sequence[int]) -> tuple[Quantity, ...]:
    band = HOLDS if min(sizes) >= FEW_PATIENTS else None
    return tuple(
        Quantity(f"log-rank test does not reject: {words}", None if place == 0 else band, slice(place, place + 1))
        for place, words in enumerate(REFERENCES)
    )


@dataclass(frozen=True, eq=False)
class Sample:
    """The log-rank test of a sample, its influences, the patients, and how many are effective."""

    plain: GroupTest
    scores: ScoreParts
    people: Patients
    groups: Ints

    @property
    def effective(self) -> float:
        """Effective patients of everybody."""
        return self.people.among(np.ones(len(self.groups), dtype=bool)).effective

    @property
    def robust(self) -> Floats:
        """Covariance of the scores by patient."""
        return self.scores.covariance(self.people)


def sample_of(day: Ints, cause: Ints, group: Ints, patient: Ints) -> Sample:
    """The test of episodes written one by one, every one a cell of its own."""
    each, people = np.ones(len(patient), dtype=np.int64), patients_of(np.arange(len(patient)), patient, len(patient))
    return Sample(log_rank(group, day, cause, each, outcome=1), log_rank_scores(group, day, cause, each, outcome=1), people, group)


def by_chi_squared(sample: Sample) -> float:
    """Not of the package: the robust score statistic taken for chi-squared."""
    return chi_square(sample.plain.score, sample.robust)[2]


def by_package(sample: Sample) -> float:
    """The package's own p; under 10 effective patients in a group it gives none, and its statistic is referred to the same F here."""
    plain = sample.plain
    found = LogRank(plain, sample.scores, sample.groups, "", "p").tested(sample.people)
    left = sample.effective - found.df
    p = float(fdtrc(found.df, left, found.statistic * left / ((sample.effective - 1) * found.df))) if found.df else math.nan
    if Flag.FEW_PATIENTS not in found.flags and not math.isclose(found.p, p, rel_tol=1e-9):
        raise AssertionError(f"{found.p} is not {p}")
    return p


def by_design_effect(sample: Sample) -> float:
    """Not of the package either: the textbook statistic over the mean factor by which repeated patients widen its variance.

    References
    ----------
    Rao JNK, Scott AJ (1981), doi:10.1080/01621459.1981.10477633: the first-order correction.
    """
    influence = sample.scores.influence
    plain, groups = sample.plain, len(influence)
    independent = influence @ influence.T
    if not plain.df:
        return math.nan
    factor = float(np.trace(np.linalg.pinv(independent, hermitian=True) @ sample.robust)) / plain.df
    return float(fdtrc(plain.df, sample.effective - groups, plain.chi2 / factor / plain.df))


def _one(of: FollowUps, sizes: Sequence[int], generator: np.random.Generator) -> list[int]:
    """Patients of one group each, with three episodes whose waits are correlated."""
    patient, group = np.repeat(np.arange(sum(sizes)), EPISODES), np.repeat(np.arange(len(sizes)), EPISODES * np.array(sizes))
    sample = sample_of(*of.draw(generator, len(patient), waited=-log_ndtr(together(generator, patient, WAITS))), group, patient)
    found = [refer(sample) for refer in (by_chi_squared, by_package, by_design_effect)]
    return [int(Found.LEFT_OUT if math.isnan(p) else Found.MISSED if p < round(1 - NOMINAL, 12) else Found.COVERED) for p in found]
