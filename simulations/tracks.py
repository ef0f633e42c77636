"""Takes five tracks that do equally well, gives scenarios of how often the rule of comparisons gives none of them a word."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import cast

import numpy as np
from scipy.special import log_ndtr, ndtri

from iop_outcomes.columns import Facts
from iop_outcomes.counts import Counts
from iop_outcomes.engine import Engine
from iop_outcomes.evaluate import evaluate
from iop_outcomes.evaluate.contrasts import Against
from iop_outcomes.intake.data import Data
from iop_outcomes.keys import HIGHER, LOWER
from iop_outcomes.measures import Measure
from iop_outcomes.patients import Patients
from iop_outcomes.results import EstimandDefinition, Estimate, Flow, Provenance
from iop_outcomes.stats.curves import Ends
from iop_outcomes.stats.draft import Draft, Floats, Ints
from iop_outcomes.stats.drafts import mean_days, share
from simulations.people import IN_ORDER, WAYS, counted, everybody, incidence_at, part_of, patients_of, together
from simulations.populations import FollowUps
from simulations.scenario import Found, Quantity, Scenario, repeat

SIZES = (92, 181, 192, 308, 436)
NAMES = tuple(f"track {i}" for i in range(len(SIZES)))
TRACK = np.repeat(np.arange(len(SIZES)), SIZES)
PATIENTS = 600  # about two episodes each where patients repeat, in whatever tracks
ICC = 0.4
COMPLETED, CHANGE, SD, DAY = 0.62, 4.0, 6.0, 180
THRESHOLD = float(ndtri(COMPLETED))
RETURNS = FollowUps(0.3)
AT_MOST = 0.06  # of samples in which an outcome may give any word, though no track differs


def scenarios() -> list[Scenario]:
    """Completion, mean change and incidence, and five unrelated outcomes, of people who came once and of people who came about twice."""
    n = f"{min(SIZES)} to {max(SIZES)}"
    return [
        Scenario(f"five equal tracks, {who}", n, _quantities(), repeat(partial(_run, repeated)))
        for who, repeated in (("nobody comes twice", False), ("patients come twice on average", True))
    ]


def _quantities() -> tuple[Quantity, ...]:
    one = tuple(
        Quantity(f"no track is called higher or lower: {what}", (1 - AT_MOST, 1.0), slice(place, place + 1))
        for place, what in enumerate(("completion", "mean change", "incidence"))
    )
    five = f"no track is called higher or lower in any of {len(OUTCOMES)} unrelated outcomes"
    return (*one, Quantity(five, ((1 - AT_MOST) ** len(OUTCOMES), 1.0), slice(len(one), len(one) + 1)))


# -- a sample as data, so that the words are those of the package -----------------------------------------------------


@dataclass(frozen=True, eq=False)
class Sample:
    """An engine whose rows are already counted: it answers whatever it is asked with one table."""

    counts: Counts
    people: Patients
    repeated: int

    def facts(self) -> Facts:
        """What is read of it: how many patients have several episodes."""
        return Facts(("track",), frozenset(), frozenset(), self.repeated, frozenset(), frozenset())

    def refuses(self, _requests: object) -> str:
        """Nothing."""
        return ""

    def tally(self, sets: Sequence[object]) -> list[Counts]:
        """The table."""
        return [self.counts for _ in sets]

    def patients(self, _requests: object) -> Patients:
        """The patients behind it."""
        return self.people


Outcome = tuple[Measure, Counts, Ints]  # a measure, the table it reads, and the cell of each episode


def contrasts(outcome: Outcome, patient: Ints) -> list[Estimate]:
    """Each track minus the others, as the package gives them."""
    measure, counts, place = outcome
    sample = Sample(counts, patients_of(place, patient, len(counts)), len(patient) - len(set(patient.tolist())))
    provenance = Provenance("", {}, (), "", "synthetic", "", "difference")
    data = Data(cast("Engine", sample), (), (Flow("episodes", counts.total),), provenance, {}, ("track",))
    return [found for found in evaluate(measure, data, by="track", against=Against()) if found.contrast]


def measure_of(name: str, unit: str, draft: Callable[[Counts], Draft]) -> Measure:
    """A measure of one number."""
    estimand = EstimandDefinition(name, name, name, "everybody", "", unit)
    return Measure(name, name, name, (), "everybody", {}, unit, "higher", lambda counts: (draft(counts),), (estimand,))


def with_track(name: str, code: Ints, levels: Sequence[str | int]) -> tuple[Counts, Ints]:
    """Episodes by a column and their track."""
    return counted((name, "track"), (code, TRACK), (levels, NAMES))


# -- outcomes --------------------------------------------------------------------------------------------------------


def completion(values: Floats, _generator: np.random.Generator) -> Outcome:
    """Completed where the latent value lies below the quantile of the share that completes."""
    counts, place = with_track("part", np.where(values < THRESHOLD, 0, 1), ("hit", "miss"))
    return measure_of("completion_strict", "share", lambda part: share("completion_strict", part, "part", part_of(part))), counts, place


def change(values: Floats, _generator: np.random.Generator) -> Outcome:
    """Whole points gained."""
    gained, code = np.unique(np.rint(CHANGE + SD * values).astype(np.int64), return_inverse=True)
    counts, place = with_track("gained", code, gained.tolist())
    return measure_of("mean_change", "points", lambda part: mean_days("mean_change", part, "gained", everybody(part.total))), counts, place


def incidence(values: Floats, generator: np.random.Generator) -> Outcome:
    """Returned by day 180, death competing."""
    day, cause = RETURNS.draw(generator, len(values), waited=-log_ndtr(values))
    days, code = np.unique(day, return_inverse=True)
    columns, levels = ("day", "outcome", "track"), (days.tolist(), sorted(WAYS), NAMES)
    counts, place = counted(columns, (code, IN_ORDER[cause], TRACK), levels)

    def draft(part: Counts) -> Draft:
        return incidence_at(Ends(part.keep(("day", "outcome")), "day", "outcome", WAYS[1:]), DAY)

    return measure_of("cumulative_incidence", "share", draft), counts, place


OUTCOMES: tuple[Callable[[Floats, np.random.Generator], Outcome], ...] = (completion, change, incidence, completion, change)


def is_called(outcome: Outcome, patient: Ints) -> bool:
    """Whether any track is called higher or lower than the others."""
    return any(found.word in (HIGHER, LOWER) for found in contrasts(outcome, patient))


def _run(repeated: bool, generator: np.random.Generator) -> list[int]:  # noqa: FBT001 - private, bound by the scenario
    """One sample: for each outcome latent values of its own, correlated within a patient."""
    patient = generator.integers(0, PATIENTS, len(TRACK)) if repeated else np.arange(len(TRACK))
    called = [is_called(make(together(generator, patient, ICC), generator), patient) for make in OUTCOMES]
    return [int(Found.MISSED if one else Found.COVERED) for one in (*called[:3], any(called))]
