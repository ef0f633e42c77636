"""Takes admission and discharge scores of a scale, gives the five categories of Jacobson and Truax, from its reliability and norms."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from iop_outcomes.counts import Counts
from iop_outcomes.keys import Key
from iop_outcomes.measures.episode_column import EpisodeColumn, of_numbers, of_parts
from iop_outcomes.measures.measure import Measure
from iop_outcomes.measures.options import SCALE, Declaration, Family, Option
from iop_outcomes.measures.parts import NOT_ENDED, Parts, not_ended, parts_of, portion, same
from iop_outcomes.measures.symptom_change import DISCHARGED, WORDS, family_of, pairs_of, requests
from iop_outcomes.results import EstimandDefinition, Meaning
from iop_outcomes.scales import Scale
from iop_outcomes.scales.scale import Norm, Reliability
from iop_outcomes.stats.clinical_significance import five_categories
from iop_outcomes.stats.draft import Draft
from iop_outcomes.stats.drafts import plain
from iop_outcomes.stats.thresholds import cutoffs, reliable_change_index, s_diff

_CATEGORIES: tuple[tuple[str, str, str, Meaning], ...] = (  # name, label, counted, meaning
    ("recovered", "Recovered", "reliably better, and crossed the cut-off", "better"),
    ("improved", "Improved", "reliably better, without crossing the cut-off", "better"),
    ("unchanged", "Unchanged", "no reliable change", "no change"),
    ("deteriorated", "Deteriorated", "reliably worse, without crossing the cut-off", "worse"),
    ("harmed", "Reliably worse and crossed the cut-off", "reliably worse, and crossed the cut-off from below to a case", "worse"),
)
_NAMES = tuple(name for name, *_ in _CATEGORIES)
_PARTS = (*_NAMES, *DISCHARGED[1:], *NOT_ENDED)
_FAMILY = "clinical significance"
_CUTS = {
    "a": "2 SD from the mean of the clinical group",
    "b": "2 SD from the mean of the nonclinical group",
    "c": "midway between the clinical and the nonclinical group, weighted by their SDs",
}


@dataclass(frozen=True, slots=True)
class JacobsonTruax:
    """What the categories rest on: a cut-off, a reliability, and the groups whose means and SDs were published."""

    cut: str
    reliability: Reliability
    clinical: Norm | None
    nonclinical: Norm | None

    @property
    def spread(self) -> Norm:
        """The group whose SD makes the reliable change: the clinical one where there is one."""
        norm = self.clinical or self.nonclinical
        if norm is None:
            raise ValueError("no published group with an SD")
        return norm

    def sds(self) -> float:
        """Standard error of the difference of two scores without true change, in points."""
        return s_diff(self.spread.sd or math.nan, self.reliability.value)

    def reliable(self) -> float:
        """Points beyond which a change is reliable."""
        return reliable_change_index(self.spread.sd or math.nan, self.reliability.value)

    def cutoff(self, scale: Scale) -> float:
        """The cut-off in points."""
        cases, others = (
            (math.nan, math.nan) if norm is None else (norm.mean, norm.sd or math.nan) for norm in (self.clinical, self.nonclinical)
        )
        cuts = cutoffs(*cases, *others, better="lower" if scale.better == "lower" else "higher")
        return {"a": cuts.a, "b": cuts.b, "c": cuts.c}[self.cut]

    @property
    def unseen(self) -> str:
        """Which of the figures were not seen in their source."""
        norms = {"a": (self.clinical,), "b": (self.nonclinical,), "c": (self.clinical, self.nonclinical)}[self.cut]
        used = dict.fromkeys((*(norm.name for norm in (*norms, self.spread) if norm is not None and not norm.verified),))
        parts = [f"the mean and SD of {name}" for name in used]
        return " and ".join([*parts, *([] if self.reliability.verified else ["the reliability"])])


def variants(scale: Scale) -> dict[str, JacobsonTruax]:
    """What a scale can be judged by, the usual first: by cut-off (c, a, b), each with its usual reliability; the usual cut-off with the others.

    The usual reliability is the first retest, else the first: alpha says less of what a person scores on another day. None where the scale
    lacks a reliability, or a published group with an SD.
    """
    groups = {
        kind: next((norm for norm in scale.norms if norm.population == kind and norm.sd is not None), None)
        for kind in ("clinical", "nonclinical")
    }
    clinical, nonclinical = groups["clinical"], groups["nonclinical"]
    if not scale.reliability or (clinical is None and nonclinical is None):
        return {}
    usual = next((each for each in scale.reliability if each.kind == "test-retest"), scale.reliability[0])
    cuts = [cut for cut, needed in (("c", (clinical, nonclinical)), ("a", (clinical,)), ("b", (nonclinical,))) if None not in needed]
    ways = {cut: JacobsonTruax(cut, usual, clinical, nonclinical) for cut in cuts}
    low, high = scale.range
    ways = {cut: way for cut, way in ways.items() if low < way.cutoff(scale) < high}  # beyond the scale nobody could cross it
    others = [each for each in scale.reliability if each is not usual]
    cuts = list(ways)[:1]
    return ways | {f"{cut}_{each.name}": JacobsonTruax(cut, each, clinical, nonclinical) for cut in cuts for each in others}


def _categories(counts: Counts, scale: Scale, way: JacobsonTruax) -> Parts:
    """Every episode by its category, or by the score that it lacks."""
    pre, post = (counts.numbers(f"{scale.name}_{moment}", blank=math.nan) for moment in ("admit", "discharge"))
    five = five_categories(
        pre,
        post,
        reliable=way.reliable(),
        cutoff=way.cutoff(scale),
        better="lower" if scale.better == "lower" else "higher",
        step=float(scale.step),
    )
    admission, discharge = np.isnan(pre), np.isnan(post)
    lacking = {"no_score": admission & discharge, "no_admission_score": admission, "no_discharge_score": discharge}
    classes = {"recovered": five.recovered, "improved": five.improved, "deteriorated": five.deteriorated, "harmed": five.harmed}
    return parts_of(counts, {**not_ended(counts), **lacking, **classes}, "unchanged", order=_PARTS)


def _draft(counts: Counts, *, scale: Scale, way: JacobsonTruax) -> tuple[Draft, ...]:
    parts = _categories(counts, scale, way)
    rates = [parts.share(name, _FAMILY, base=_NAMES, hits=(name,), missing=DISCHARGED[1:]) for name in _NAMES]
    who, cells = replace(rates[0].population, hits=None), len(rates[0].influence)  # figures of the scale: nobody was counted for them
    figures = {"reliable_change_points": way.reliable(), "clinical_cutoff": way.cutoff(scale)}
    return (*rates, *(plain(Key(name), value, who, cells) for name, value in figures.items()))


def _per_episode(counts: Counts, *, scale: Scale, way: JacobsonTruax) -> tuple[EpisodeColumn, ...]:
    """The index and the category of each person, by the usual cut-off and reliability."""
    paired, pairs = pairs_of(counts, scale)
    words = {name: counted for name, _, counted, _ in _CATEGORIES} | WORDS
    title = f"{scale.label}, Jacobson-Truax"
    return (
        of_numbers(
            f"{scale.name}_reliable_change_index",
            f"{title}: change / {way.sds():.2f} points, its error without true change; beyond 1.96 reliable, positive for improvement",
            paired,
            pairs.change / way.sds(),
            unit="ratio",
            blank="outside: a score missing, or not ended",
            whole=False,
        ),
        of_parts(
            f"{scale.name}_clinical_significance",
            f"{title}: reliable beyond {way.reliable():.2f} points, cut-off {way.cut} at {way.cutoff(scale):.2f}",
            _categories(counts, scale, way),
            words,
            family=_FAMILY,
        ),
    )


def clinical_significance(scale: Scale, definition: str) -> Measure:
    """Declare clinical significance on a scale: `<scale>_clinical_significance`.

    Parameters
    ----------
    scale : Scale
        With a total score, a reliability and a published group with an SD.
    definition : str
        One of its `variants`.

    Returns
    -------
    Measure
    """
    ways, title = variants(scale), scale.label
    way, usual = ways[definition], next(iter(ways)) == definition
    both = "discharged episodes with both scores"
    rates = (
        EstimandDefinition(
            name, label, counted, both, "95% Wilson score", "share", unverified=_unverified(way.unseen, title), meaning=meaning
        )
        for name, label, counted, meaning in _CATEGORIES
    )
    figures = (
        ("reliable_change_points", "Reliable beyond", f"1.96 sqrt(2) {way.spread.sd:g} sqrt(1 - {way.reliability.value:g}), {title}"),
        ("clinical_cutoff", "Cut-off", f"cut-off {way.cut} of the {title}: {_CUTS[way.cut]}"),
    )
    return Measure(
        name=CLINICAL_SIGNIFICANCE.called(scale.name),
        title=f"Clinical significance of the change in {title}",
        variant=definition,
        asks=f"How many people changed in {title} reliably, and into or out of the range of people who are well?",
        requests=requests(scale),
        among=both,
        excludes=WORDS,
        unit="share",
        better="higher",
        draft=partial(_draft, scale=scale, way=way),
        estimands=(
            *rates,
            *(EstimandDefinition(*row, both, "none", "points", unverified=_unverified(way.unseen, title)) for row in figures),
        ),
        chart="stacked_shares",
        shown=_NAMES,
        main="recovered",
        sources=("Jacobson NS, Truax P (1991), doi:10.1037/0022-006X.59.1.12",),
        notes=_notes(scale, way),
        per_episode=partial(_per_episode, scale=scale, way=way) if usual else None,
        inclusions=same(portion(_FAMILY, *_NAMES), portion(family_of(scale.name), "paired", elsewhere=True)),
    )


def _notes(scale: Scale, way: JacobsonTruax) -> tuple[str, ...]:
    groups = "; ".join(f"{norm.name}, mean {norm.mean:g}, SD {norm.sd:g}" for norm in (way.clinical, way.nonclinical) if norm is not None)
    reliable = (
        f"Reliable beyond {way.reliable():.2f} points: SD {way.spread.sd:g} of {way.spread.name}, {way.reliability.kind} "
        f"{way.reliability.value:g} ({way.reliability.name}). The SD is a published one, so that it does not move with the people at hand."
    )
    return (
        reliable,
        f"Cut-off {way.cut}, {_CUTS[way.cut]}: {way.cutoff(scale):.2f}; a score on it is a case. Groups: {groups}.",
        "Reliable change by a published number of points, such as that of the NHS, is another measure: reliable_change.",
    )


def _unverified(unseen: str, title: str) -> str:
    return f"{unseen} of the {title}" if unseen else ""


DEFINITION = Option("definition", "a cut-off of Jacobson and Truax (a, b, c) of a scale, and another of its reliabilities behind it")


def _declared(scale: Scale) -> Declaration | None:
    """With the cut-offs and reliabilities that its figures allow, if any."""
    ways = tuple(variants(scale))
    if not ways:
        return None
    option = replace(DEFINITION, allowed=ways, default=ways[0])
    return Declaration(CLINICAL_SIGNIFICANCE.called(scale.name), partial(clinical_significance, scale), (option,))


CLINICAL_SIGNIFICANCE = Family(
    "clinical_significance",
    "{scale}_clinical_significance",
    _declared,
    (SCALE, DEFINITION),
    lacks="reliability with a published group that has an SD",
)
