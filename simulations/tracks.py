"""Takes five tracks that do equally well, gives scenarios of how often the rule of comparisons calls none higher or lower."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from scipy.special import ndtri

from iop_outcomes.patients import Patients
from iop_outcomes.stats.change import mean_change
from iop_outcomes.stats.difference import Side, difference_interval
from iop_outcomes.stats.draft import Draft, Floats, Ints, Mask, Population
from iop_outcomes.stats.interval import errors_of
from iop_outcomes.stats.pairs import Pairs
from iop_outcomes.stats.proportion import share
from simulations.repeats import counted, part_of, patients_of, together
from simulations.scenario import NOMINAL, Found, Quantity, Scenario, repeat

SIZES = (92, 181, 192, 308, 436)
TRACK = np.repeat(np.arange(len(SIZES)), SIZES)
EACH = np.ones(len(TRACK), dtype=np.int64)
PATIENTS = 600  # about two episodes each where patients repeat, in whatever tracks
ICC = 0.4
COMPLETED, CHANGE, SD = 0.62, 4.0, 6.0
THRESHOLD = float(ndtri(COMPLETED))
NONE_CALLED = (0.94, 1.0)  # any called in at most 6% of samples


def scenarios() -> list[Scenario]:
    """Completion and mean change, of people who came once and of people who came about twice."""
    quantities = tuple(
        Quantity(f"no track called higher or lower: {what}", NONE_CALLED, slice(place, place + 1))
        for place, what in enumerate(("completion", "mean change"))
    )
    n = f"{min(SIZES)} to {max(SIZES)}"
    return [
        Scenario(f"five equal tracks, {who}", n, quantities, repeat(partial(_run, repeated)))
        for who, repeated in (("nobody comes twice", False), ("patients come twice on average", True))
    ]


def called(sides: Sequence[tuple[Side, Side]], people: Patients) -> list[bool]:
    """Whether each track is called higher or lower than the others: its interval, at the level at which all hold together, leaves 0 out."""
    joint = NOMINAL ** (1 / len(sides))
    found = [difference_interval(own, others, people, conf_level=joint) for own, others in sides]
    return [each.low > 0 or each.high < 0 for each in found]


def _run(repeated: bool, generator: np.random.Generator) -> list[int]:  # noqa: FBT001 - private, bound by the scenario
    """One sample: latent values, correlated within a patient, read as completion and as change."""
    patient = generator.integers(0, PATIENTS, len(TRACK)) if repeated else np.arange(len(TRACK))
    values = together(generator, patient, ICC)
    found = [any(called(*make(values, patient))) for make in (completion, change)]
    return [int(Found.MISSED if one else Found.COVERED) for one in found]


def completion(values: Floats, patient: Ints) -> tuple[list[tuple[Side, Side]], Patients]:
    """Completed where the latent value lies below the quantile of the share that completes."""
    hit = values < THRESHOLD
    counts, place = counted(("part", "track"), (np.where(hit, 0, 1), TRACK), (("hit", "miss"), [f"track {i}" for i in range(len(SIZES))]))
    people = patients_of(place, patient, len(counts))
    sides = []
    for own in counts.split("track").values():
        pair = []
        for part in (own, counts.where(~own.here())):
            draft = share("completion_strict", part, "part", part_of(part))
            pair.append(Side(draft, errors_of(draft, people, counts.n)))
        sides.append((pair[0], pair[1]))
    return sides, people


def change(values: Floats, patient: Ints) -> tuple[list[tuple[Side, Side]], Patients]:
    """Whole points gained; every episode is a cell of its own."""
    gained = np.rint(CHANGE + SD * values)
    people = patients_of(np.arange(len(TRACK)), patient, len(TRACK))
    sides = []
    for track in range(len(SIZES)):
        own = np.equal(TRACK, track)
        pair = [_mean(gained, here, people) for here in (own, ~own)]
        sides.append((pair[0], pair[1]))
    return sides, people


def _mean(gained: Floats, here: Mask, people: Patients) -> Side:
    effect = mean_change(Pairs.from_cells(gained[here], np.zeros(int(here.sum())), EACH[here], better="lower"))
    influence = np.zeros(len(here))
    influence[here] = effect.influence
    draft = Draft("mean_change", effect.value, Population("scores", {"paired": effect.n}, frozenset({"paired"})), influence, "t", here)
    return Side(draft, errors_of(draft, people, EACH))
