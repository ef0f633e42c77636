"""Takes PHQ-9 and GAD-7 scores together, gives the outcomes of NHS Talking Therapies: improvement, recovery and deterioration by the joint rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from iop_outcomes.columns import ScoreAt, Status
from iop_outcomes.counts import Counts
from iop_outcomes.measures.episode_column import EpisodeColumn, of_parts
from iop_outcomes.measures.measure import Measure
from iop_outcomes.measures.options import Declaration, Option
from iop_outcomes.measures.parts import NOT_ENDED, Parts, not_ended, parts_of
from iop_outcomes.measures.symptom_change import pairs_on
from iop_outcomes.results import EstimandDefinition
from iop_outcomes.scales import OPERATORS, Scale, load_scales
from iop_outcomes.stats.draft import Draft, Floats, Mask
from iop_outcomes.stats.pairs import Pairs
from iop_outcomes.stats.reliable import Rate, reliable_deterioration, reliable_improvement
from iop_outcomes.stats.thresholds import Operator

SCALES = ("phq9", "gad7")
PROFILE = "nhs"
RULES: Mapping[str, str] = {
    "either": "on the PHQ-9, the GAD-7 or both",
    "unopposed": "on the PHQ-9, the GAD-7 or both, and on neither of them reliably the other way",
    "both": "on the PHQ-9 and on the GAD-7",
}
RULE = Option("definition", "on which of the two scales a change must be reliable", tuple(RULES), "either")
_PARTS = ("met", "not_met", "no_end", "not_at_case", "no_start", *NOT_ENDED)
_WORDS = {
    "no_end": "an end score missing: counted as not met",
    "not_at_case": "not at case on either scale at the start",
    "no_start": "an admission score missing",
    **NOT_ENDED,
}


@dataclass(frozen=True, eq=False)
class _ScaleScores:
    """The cells of a table with both scores of one scale, NaN where there is none."""

    scale: Scale
    counts: Counts

    @cached_property
    def scores(self) -> tuple[Floats, Floats]:
        pre, post = (self.counts.numbers(f"{self.scale.name}_{moment}", blank=np.nan) for moment in ("admit", "discharge"))
        return pre, post

    @property
    def known(self) -> Mask:
        return np.asarray(~np.isnan(self.scores).any(axis=0), dtype=np.bool_)

    def changed(self, rule: Callable[[Pairs, float, Operator], Rate]) -> Mask:
        """Cells that meet a rule of reliable change by the profile of the NHS."""
        profile, (pre, post), known = self.scale.profile(PROFILE), self.scores, self.known
        pairs = pairs_on(self.scale, pre[known], post[known], self.counts.n[known])
        met = np.zeros(len(self.counts), dtype=np.bool_)
        met[known] = rule(pairs, float(profile.points), ">" if profile.op == ">" else ">=").met
        return met

    def at_case(self, moment: int) -> Mask:
        """Cells at case at the start (0) or at the end (1)."""
        cut = self.scale.case_cutoff(PROFILE)
        scores = self.scores[moment]
        return np.asarray(~np.isnan(scores) & OPERATORS[cut.op](scores, float(cut.value)), dtype=np.bool_)


def _by_rule(both: tuple[_ScaleScores, _ScaleScores], rule: str, *, better: bool) -> Mask:
    """Cells that changed reliably for the better, or for the worse, by the joint rule."""
    ways = (reliable_improvement, reliable_deterioration)
    wanted, opposite = ways if better else ways[::-1]
    one, other = (each.changed(wanted) for each in both)
    if rule == "both":
        return one & other
    met = one | other
    return met if rule == "either" else met & ~(both[0].changed(opposite) | both[1].changed(opposite))


def _improved(both: tuple[_ScaleScores, _ScaleScores], rule: str) -> Mask:
    return _by_rule(both, rule, better=True)


def _deteriorated(both: tuple[_ScaleScores, _ScaleScores], rule: str) -> Mask:
    return _by_rule(both, rule, better=False)


def _recovered(both: tuple[_ScaleScores, _ScaleScores], _rule: str) -> Mask:
    """Below both cut-offs at the end."""
    return both[0].known & both[1].known & ~both[0].at_case(1) & ~both[1].at_case(1)


def _reliably_recovered(both: tuple[_ScaleScores, _ScaleScores], rule: str) -> Mask:
    return _recovered(both, rule) & _improved(both, rule)


@dataclass(frozen=True, slots=True)
class _JointOutcome:
    """One of them: its rule, whether only those at case at the start are in it, and its words, with {rule} for that of reliable change."""

    name: str
    label: str
    asks: str
    counted: str
    met: Callable[[tuple[_ScaleScores, _ScaleScores], str], Mask]
    of_cases: bool
    better: bool = True


def _parts(counts: Counts, outcome: _JointOutcome, rule: str) -> Parts:
    """Every episode by whether it met the rule, or why it is not in it."""
    scales = load_scales()
    both = (_ScaleScores(scales[SCALES[0]], counts), _ScaleScores(scales[SCALES[1]], counts))
    no_start, no_end = (np.isnan(both[0].scores[moment]) | np.isnan(both[1].scores[moment]) for moment in (0, 1))
    well = ~(both[0].at_case(0) | both[1].at_case(0)) if outcome.of_cases else np.zeros(len(counts), dtype=np.bool_)
    cases = {**not_ended(counts), "no_start": no_start, "not_at_case": well, "no_end": no_end, "met": outcome.met(both, rule)}
    return parts_of(counts, cases, "not_met", order=_PARTS)


def _draft(counts: Counts, *, outcome: _JointOutcome, rule: str) -> tuple[Draft, ...]:
    parts = _parts(counts, outcome, rule)
    rate = partial(parts.share, family=outcome.name, hits=("met",))
    return (
        rate(outcome.name, base=("met", "not_met", "no_end"), missing=("no_start",)),
        rate(f"{outcome.name}_of_pairs", base=("met", "not_met"), missing=("no_end", "no_start")),
    )


def _per_episode(counts: Counts, *, outcome: _JointOutcome, rule: str) -> tuple[EpisodeColumn, ...]:
    words = {"met": "yes", "not_met": "no", **_WORDS}
    ending = "" if rule == RULE.default else f"_{rule}"
    means = f"{outcome.label}, NHS, adapted: {outcome.counted.format(rule=RULES[rule])}"
    return (of_parts(f"{outcome.name}{ending}", means, _parts(counts, outcome, rule), words, family=outcome.name),)


def nhs_outcome(outcome: _JointOutcome, definition: str = "either") -> Measure:
    """Declare one outcome of NHS Talking Therapies; parameters: which, and the joint rule of reliable change.

    Returns
    -------
    Measure
        Adapted: the NHS counts courses of two attended contacts and more, which episodes do not say.
    """
    scales = [load_scales()[name] for name in SCALES]
    lines = " and ".join(f"{s.profile(PROFILE).op} {s.profile(PROFILE).points} on the {s.label}" for s in scales)
    cuts = " or ".join(f"{s.label} {s.case_cutoff(PROFILE).op} {s.case_cutoff(PROFILE).value}" for s in scales)
    counted = outcome.counted.format(rule=RULES[definition])
    every = "discharged episodes with both admission scores" + (f", at case on either ({cuts})" if outcome.of_cases else "")
    unseen = "the clause on the other scale" if definition == "unopposed" else ""
    return Measure(
        name=outcome.name,
        title=f"{outcome.label} by the NHS rule (adapted)",
        variant="" if outcome.met is _recovered else definition,
        asks=outcome.asks,
        requests=(Status(), *(ScoreAt(name, moment) for name in SCALES for moment in ("admit", "discharge"))),
        among=every,
        excludes=_WORDS,
        unit="share",
        better="higher" if outcome.better else "lower",
        draft=partial(_draft, outcome=outcome, rule=definition),
        estimands=(
            EstimandDefinition(
                outcome.name,
                outcome.label,
                counted,
                f"{every}, a missing end score as not met",
                "95% Wilson score",
                "share",
                unverified=unseen,
            ),
            EstimandDefinition(
                f"{outcome.name}_of_pairs",
                f"{outcome.label}, of those with all four scores",
                counted,
                f"{every} and both discharge scores",
                "95% Wilson score",
                "share",
                unverified=unseen,
            ),
        ),
        sources=tuple(dict.fromkeys(s.profile(PROFILE).source for s in scales)),
        notes=(
            "Adapted: the NHS counts courses that ended after two attended contacts or more; here every discharged episode counts.",
            f"Reliable change: {lines}. Whoever lacks one of the two end scores has met nothing.",
            "Two chances to meet one rule: more people meet it by measurement error alone than on one scale.",
        ),
        per_episode=partial(_per_episode, outcome=outcome, rule=definition),
    )


_OUTCOMES = (
    _JointOutcome(
        "nhs_reliable_improvement",
        "Reliable improvement",
        "How many people improved by more than measurement error on the PHQ-9 or the GAD-7?",
        "reliably better {rule}",
        _improved,
        of_cases=False,
    ),
    _JointOutcome(
        "nhs_recovery",
        "Recovery",
        "Of those at case on the PHQ-9 or the GAD-7, how many ended below both cut-offs?",
        "below both cut-offs at discharge",
        _recovered,
        of_cases=True,
    ),
    _JointOutcome(
        "nhs_reliable_recovery",
        "Reliable recovery",
        "Of those at case on the PHQ-9 or the GAD-7, how many ended below both cut-offs and reliably better?",
        "below both cut-offs at discharge, and reliably better {rule}",
        _reliably_recovered,
        of_cases=True,
    ),
    _JointOutcome(
        "nhs_reliable_deterioration",
        "Reliable deterioration",
        "How many people got worse by more than measurement error on the PHQ-9 or the GAD-7?",
        "reliably worse {rule}",
        _deteriorated,
        of_cases=False,
        better=False,
    ),
)
NHS = tuple(Declaration(outcome.name, partial(nhs_outcome, outcome), () if outcome.met is _recovered else (RULE,)) for outcome in _OUTCOMES)
