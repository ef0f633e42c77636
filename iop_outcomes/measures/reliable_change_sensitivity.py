"""Takes admission and discharge scores of a scale, gives the share reliably better by each published SD and reliability: how much the choice moves it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import product

import numpy as np

from iop_outcomes.counts import Counts
from iop_outcomes.keys import Key
from iop_outcomes.measures.measure import Measure
from iop_outcomes.measures.options import SCALE, Declaration, Family
from iop_outcomes.measures.parts import NOT_ENDED, Parts, not_ended, parts_of, portion, same
from iop_outcomes.measures.symptom_change import DISCHARGED, WORDS, family_of, requests
from iop_outcomes.results import EstimandDefinition, Inclusion
from iop_outcomes.scales import Scale
from iop_outcomes.scales.scale import Norm, Reliability
from iop_outcomes.stats.draft import Draft
from iop_outcomes.stats.drafts import plain
from iop_outcomes.stats.thresholds import ON_STEP, reliable_change_index

_PAIRED = ("improved", "not_improved")
_PARTS = (*_PAIRED, *DISCHARGED[1:], *NOT_ENDED)


@dataclass(frozen=True, slots=True)
class _Choice:
    """One SD with one reliability, and the smallest change of whole steps that is larger than their reliable change."""

    norm: Norm
    reliability: Reliability
    step: float

    @property
    def name(self) -> str:
        return f"{self.norm.name}_{self.reliability.name}"

    @property
    def points(self) -> float:
        return reliable_change_index(self.norm.sd or math.nan, self.reliability.value)

    @property
    def steps(self) -> int:
        return math.floor(self.points / self.step + ON_STEP) + 1

    @property
    def family(self) -> str:
        """What dividing by it is called: choices that judge every pair alike are one."""
        return f"better by {self.steps * self.step:g} points or more"

    @property
    def unseen(self) -> bool:
        return not (self.norm.verified and self.reliability.verified)


def _choices(scale: Scale) -> list[_Choice]:
    """Every published SD with every reliability of a scale."""
    norms = [norm for norm in scale.norms if norm.sd is not None]
    return [_Choice(norm, each, float(scale.step)) for norm, each in product(norms, scale.reliability)]


def _parts(counts: Counts, scale: Scale, steps: int) -> Parts:
    """Every episode by whether it improved by so many steps."""
    pre, post = (counts.numbers(f"{scale.name}_{moment}", blank=math.nan) for moment in ("admit", "discharge"))
    gained = np.rint((pre - post if scale.better == "lower" else post - pre) / float(scale.step))
    admission, discharge = np.isnan(pre), np.isnan(post)
    lacking = {"no_score": admission & discharge, "no_admission_score": admission, "no_discharge_score": discharge}
    return parts_of(counts, {**not_ended(counts), **lacking, "improved": gained >= steps}, "not_improved", order=_PARTS)


def _draft(counts: Counts, *, scale: Scale) -> tuple[Draft, ...]:
    drafts: list[Draft] = []
    for choice in _choices(scale):
        parts = _parts(counts, scale, choice.steps)
        drafts.append(parts.share(f"better_{choice.name}", choice.family, base=_PAIRED, hits=("improved",), missing=DISCHARGED[1:]))
        who = parts.population(choice.family, base=_PAIRED, missing=DISCHARGED[1:])
        drafts.append(plain(Key(f"points_{choice.name}"), choice.points, who, len(drafts[-1].influence)))
    return tuple(drafts)


def _estimands(scale: Scale) -> Iterator[EstimandDefinition]:
    both = "discharged episodes with both scores"
    for choice in _choices(scale):
        what = f"SD {choice.norm.sd:g} ({choice.norm.name}), {choice.reliability.kind} {choice.reliability.value:g} ({choice.reliability.name})"
        unseen = f"the SD or the reliability of the {scale.label}" if choice.unseen else ""
        yield EstimandDefinition(
            f"better_{choice.name}",
            f"Reliably better, {what}",
            f"improved by more than {choice.points:.2f} points, from {what}",
            both,
            "95% Wilson score",
            "share",
            unverified=unseen,
        )
        yield EstimandDefinition(
            f"points_{choice.name}",
            f"Reliable beyond, {what}",
            f"1.96 sqrt(2) SD sqrt(1 - r), from {what}",
            both,
            "none",
            "points",
            unverified=unseen,
        )


def reliable_change_sensitivity(scale: Scale) -> Measure:
    """Declare how much the share reliably better moves with the SD and the reliability: `<scale>_reliable_change_sensitivity`.

    Parameters
    ----------
    scale : Scale
        With a total score, a reliability and a published group with an SD.

    Returns
    -------
    Measure
        For each published SD and each reliability, the points of a reliable change and the share of the pairs beyond them.
    """
    title, choices = scale.label, _choices(scale)
    return Measure(
        name=RELIABLE_CHANGE_SENSITIVITY.called(scale.name),
        title=f"Reliable change in {title}, by SD and reliability",
        asks=f"How much does the share reliably better in {title} move with the SD and the reliability that make a change reliable?",
        requests=requests(scale),
        among="discharged episodes with both scores",
        excludes=WORDS,
        unit="share",
        better="higher",
        draft=partial(_draft, scale=scale),
        estimands=tuple(_estimands(scale)),
        sources=("Jacobson NS, Truax P (1991), doi:10.1037/0022-006X.59.1.12",),
        notes=(
            "The SD of the people at hand is none of the choices: it moves from quarter to quarter, and the threshold with it.",
            "A rate by one of these is compared with a rate by another only in this table.",
        ),
        shown=(f"better_{choices[0].name}",),
        inclusions=tuple(_inclusions(scale)),
    )


def _inclusions(scale: Scale) -> Iterator[Inclusion]:
    """All are of the same pairs, and who improved by more improved by less too."""
    families = dict(sorted({choice.steps: choice.family for choice in _choices(scale)}.items()))
    pairs = portion(family_of(scale.name), "paired", elsewhere=True)
    for family in families.values():
        yield from same(portion(family, *_PAIRED), pairs)
    for fewer, more in product(families, families):
        if fewer < more:
            yield Inclusion(portion(families[more], "improved"), portion(families[fewer], "improved"))


def _declared(scale: Scale) -> Declaration | None:
    if not _choices(scale):
        return None
    return Declaration(RELIABLE_CHANGE_SENSITIVITY.called(scale.name), partial(reliable_change_sensitivity, scale))


RELIABLE_CHANGE_SENSITIVITY = Family(
    "reliable_change_sensitivity",
    "{scale}_reliable_change_sensitivity",
    _declared,
    (SCALE,),
    lacks="reliability with a published group that has an SD",
)
