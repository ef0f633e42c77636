"""Takes admission and discharge scores of a scale, gives the shares reliably better or worse, recovered, responding, in remission."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from iop_outcomes.counts import Counts
from iop_outcomes.keys import Flag, Key
from iop_outcomes.measures.coarse import without
from iop_outcomes.measures.episode_column import EpisodeColumn, of_parts
from iop_outcomes.measures.measure import Measure
from iop_outcomes.measures.options import SCALE, Declaration, Family, Option
from iop_outcomes.measures.parts import NOT_ENDED, Parts, nobody, not_ended, parts_of, portion, same
from iop_outcomes.measures.symptom_change import WORDS, family_of, pairs_on, requests
from iop_outcomes.results import EstimandDefinition, Inclusion
from iop_outcomes.scales import OPERATORS, Scale
from iop_outcomes.scales.scale import ReliableChangeProfile
from iop_outcomes.stats.draft import Draft
from iop_outcomes.stats.drafts import plain
from iop_outcomes.stats.pairs import Pairs
from iop_outcomes.stats.reliable import Rate, reliable_deterioration, reliable_improvement
from iop_outcomes.stats.thresholds import Operator, false_positive_rate

PROFILE = "nhs"
_RELIABLE, _RECOVERY = "reliable", "recovery"  # ways of dividing the episodes
_WITHOUT = ("no_discharge_score", "no_admission_score", "no_score")  # as the change of the scale divides them
_LACKING = (*_WITHOUT, "case_without_end")  # a score is missing that the rule needs
_WILSON = "95% Wilson score"
_PAIRS_AT_CASE = "discharged episodes with both scores, at case at the start"
_ALL_AT_CASE = "all discharged episodes at case at the start, a missing discharge score as not met"
_EXCLUDES = {
    **{part: WORDS[part] for part in _WITHOUT},
    "case_without_end": "at case, no discharge score",
    "not_at_case": "not at case at the start",
    "in_remission": "in remission at the start",
    **{part: WORDS[part] for part in NOT_ENDED},
}
Mask = NDArray[np.bool_]


class _Scored:
    """The cells of a table with what each rule says of them."""

    def __init__(self, counts: Counts, scale: Scale) -> None:
        pre, post = (counts.numbers(f"{scale.name}_{moment}", blank=np.nan) for moment in ("admit", "discharge"))
        self.counts = counts
        self.pre, self.post = pre, post
        self.out = not_ended(counts)
        self.discharged = ~np.logical_or.reduce(list(self.out.values()))
        self.paired = self.discharged & ~np.isnan(pre) & ~np.isnan(post)
        self._pairs: Pairs | None = None

    def meets(self, rule: Callable[[Pairs, float, Operator], Rate], scale: Scale, profile: ReliableChangeProfile) -> Mask:
        """Cells of pairs that meet a rule of reliable change."""
        if self._pairs is None:
            self._pairs = pairs_on(scale, self.pre[self.paired], self.post[self.paired], self.counts.n[self.paired])
        met = np.zeros(len(self.counts), dtype=bool)
        met[self.paired] = rule(self._pairs, float(profile.points), operator_of(profile)).met
        return met

    def parts(self, classes: Mapping[str, Mask]) -> Parts:
        """Every episode in its class, or without a score that the rule needs, or not ended."""
        admission, discharge = np.isnan(self.pre), np.isnan(self.post)
        lacking = {"no_score": admission & discharge, "no_admission_score": admission}
        return parts_of(self.counts, {**self.out, **classes, **lacking}, _WITHOUT[0], order=(*classes, *_WITHOUT, *NOT_ENDED))


def _share(parts: Parts, name: str, family: str, base: tuple[str, ...], hits: tuple[str, ...]) -> Draft:
    """Share of the base that is in the hits, when every discharged episode is in one class; the rest lack a score."""
    missing = tuple(part for part in _LACKING if part in parts.sizes and part not in base)
    return parts.share(name, family, base=base, hits=hits, missing=missing)


def operator_of(profile: ReliableChangeProfile) -> Operator:
    """Whether a change of just so many points is reliable."""
    return ">" if profile.op == ">" else ">="


def _draft(counts: Counts, *, scale: Scale, profile: ReliableChangeProfile) -> tuple[Draft, ...]:
    scored = _Scored(counts, scale)
    return (
        *_reliable(scored, scale, profile),
        *_recovery(scored, scale, profile),
        *_of_those_at_case(scored, scale, profile, "response", _responded(scored, scale)),
        *_of_pairs(scored, "response_of_pairs", _responded(scored, scale)),
        *_of_those_at_case(scored, scale, profile, "remission", _remitted(scored, scale)),
        *_of_pairs(scored, remission_from(scale), _remitted(scored, scale), outside=_starts_remitted(scored, scale)),
    )


def _changed(scored: _Scored, scale: Scale, profile: ReliableChangeProfile) -> dict[str, Mask]:
    """The pairs by whether they changed by more than measurement error."""
    better, worse = (scored.meets(rule, scale, profile) for rule in (reliable_improvement, reliable_deterioration))
    return {"improved": better, "worse": worse, "unchanged": scored.paired & ~better & ~worse}


def _reliable(scored: _Scored, scale: Scale, profile: ReliableChangeProfile) -> list[Draft]:
    """Better, unchanged and worse, among the pairs and among all discharged; and the chance of "better" with no change at all."""
    classes = _changed(scored, scale, profile)
    paired, every = tuple(classes), (*classes, *_WITHOUT)
    rate = partial(_share, scored.parts(classes), family=_RELIABLE)
    improved = rate("reliable_improvement", base=paired, hits=("improved",))
    return [
        improved,
        rate("reliable_improvement_of_discharged", base=every, hits=("improved",)),
        rate("no_reliable_change", base=paired, hits=("unchanged",)),
        rate("reliable_deterioration", base=paired, hits=("worse",)),
        rate("reliable_deterioration_of_discharged", base=every, hits=("worse",)),
        _no_change(scale, profile, improved),
    ]


def _no_change(scale: Scale, profile: ReliableChangeProfile, like: Draft) -> Draft:
    rate_with_no_change = _no_change_rate(scale, profile)
    value = float("nan") if rate_with_no_change is None else rate_with_no_change
    who = replace(like.population, hits=None)  # a figure of the scale: nobody was counted for it
    flag = Flag.NO_REFERENCE if rate_with_no_change is None else Flag.NONE
    return plain(Key("false_positive_rate"), value, who, len(like.influence), flag=flag)


def _no_change_rate(scale: Scale, profile: ReliableChangeProfile) -> float | None:
    """Chance that a person with no true change meets the rule, from the scale's clinical SD and retest reliability."""
    norm = next((norm for norm in scale.norms if norm.population == "clinical"), None)
    retest = next((r for r in scale.reliability if r.kind == "test-retest"), None)
    if norm is None or norm.sd is None or retest is None:
        return None
    return false_positive_rate(float(profile.points), operator_of(profile), norm.sd, retest.value, step=float(scale.step))


def _recovery(scored: _Scored, scale: Scale, profile: ReliableChangeProfile) -> list[Draft]:
    """At case at the start and below at the end: among the pairs at case, and among all at case, missing as not recovered."""
    if profile.case_cutoff is None:
        return []
    classes = _recovered(scored, scale, profile)
    pairs_at_case, every = (
        ("reliably_recovered", "recovered", "still_at_case"),
        ("reliably_recovered", "recovered", "still_at_case", "case_without_end"),
    )
    rate = partial(_share, scored.parts(classes), family=_RECOVERY)
    both, reliably = ("reliably_recovered", "recovered"), ("reliably_recovered",)
    return [
        rate("recovery", base=pairs_at_case, hits=both),
        rate("recovery_of_discharged", base=every, hits=both),
        rate("reliable_recovery", base=pairs_at_case, hits=reliably),
        rate("reliable_recovery_of_discharged", base=every, hits=reliably),
    ]


def _recovered(scored: _Scored, scale: Scale, profile: ReliableChangeProfile) -> dict[str, Mask]:
    """Everybody with a score at the start by whether it is at case, and how they ended; of a profile with a cut-off."""
    at_start, at_end = _at_case(scored, scale, profile)
    better = scored.meets(reliable_improvement, scale, profile)
    left = scored.paired & at_start & ~at_end
    return {
        "reliably_recovered": left & better,
        "recovered": left & ~better,
        "still_at_case": scored.paired & at_start & at_end,
        "case_without_end": at_start & np.isnan(scored.post),
        "not_at_case": ~np.isnan(scored.pre) & ~at_start,
    }


def _at_case(scored: _Scored, scale: Scale, profile: ReliableChangeProfile) -> tuple[Mask, Mask]:
    """Cells at case at the start, and at the end."""
    cut = scale.case_cutoff(profile.case_cutoff or "")
    start, end = (~np.isnan(scores) & OPERATORS[cut.op](scores, float(cut.value)) for scores in (scored.pre, scored.post))
    return start, end


def _responded(scored: _Scored, scale: Scale) -> Mask | None:
    """Pairs whose score fell by the scale's share of its distance from the lowest; `None` where the scale names none."""
    if scale.response is None or scale.better != "lower":
        return None
    low = float(scale.range[0])
    fallen = (scored.pre - scored.post) >= scale.response.fraction_lower * (scored.pre - low) - 1e-9
    return np.asarray(scored.paired & fallen & (scored.pre > low), dtype=bool)


def _remitted(scored: _Scored, scale: Scale) -> Mask | None:
    """Pairs in remission at the end; `None` where the scale names no cut-off."""
    if scale.remission is None:
        return None
    return np.asarray(scored.paired & OPERATORS[scale.remission.op](scored.post, float(scale.remission.value)), dtype=bool)


def remission_from(scale: Scale) -> str:
    """Name of remission among all who were not in remission at the start, such as `remission_from_5`."""
    return f"remission_from_{scale.remission.value:g}" if scale.remission else ""


def _starts_remitted(scored: _Scored, scale: Scale) -> Mask | None:
    """Cells in remission at the start; `None` where the scale names no cut-off."""
    if scale.remission is None:
        return None
    at_start = OPERATORS[scale.remission.op](scored.pre, float(scale.remission.value))
    return np.asarray(~np.isnan(scored.pre) & at_start, dtype=bool)


def _of_those_at_case(scored: _Scored, scale: Scale, profile: ReliableChangeProfile, name: str, met: Mask | None) -> list[Draft]:
    """Among the pairs at case at the start, and among all at case then with a missing score as not met."""
    if met is None or profile.case_cutoff is None:
        return []
    classes = _met_from_case(scored, scale, profile, met)
    rate = partial(_share, scored.parts(classes), family=name, hits=("met",))
    return [rate(name, base=("met", "not_met")), rate(f"{name}_of_discharged", base=("met", "not_met", "case_without_end"))]


def _met_from_case(scored: _Scored, scale: Scale, profile: ReliableChangeProfile, met: Mask) -> dict[str, Mask]:
    """Everybody with a score at the start by whether it is at case, and whether they met a threshold."""
    start, _ = _at_case(scored, scale, profile)
    return {
        "met": scored.paired & start & met,
        "not_met": scored.paired & start & ~met,
        "case_without_end": start & np.isnan(scored.post),
        "not_at_case": ~np.isnan(scored.pre) & ~start,
    }


def _of_pairs(scored: _Scored, name: str, met: Mask | None, *, outside: Mask | None = None) -> list[Draft]:
    """A named variant: among the pairs, less those outside, who are out whether they have an end or not."""
    if met is None:
        return []
    return [_share(scored.parts(_met(scored, met, outside)), name, name, base=("met", "not_met"), hits=("met",))]


def _met(scored: _Scored, met: Mask, outside: Mask | None) -> dict[str, Mask]:
    """The pairs by whether they met a threshold."""
    out = np.zeros(len(scored.counts), dtype=bool) if outside is None else outside
    return {"met": scored.paired & met & ~out, "not_met": scored.paired & ~met & ~out, "in_remission": out}


def _per_episode(counts: Counts, *, scale: Scale, profile: ReliableChangeProfile) -> tuple[EpisodeColumn, ...]:
    """Every way of dividing the episodes; those of other profiles than the usual one bear its name."""
    scored = _Scored(counts, scale)
    responded, remitted, from_start = _responded(scored, scale), _remitted(scored, scale), remission_from(scale)
    names = {definition.name: definition.counted for definition in _estimands(scale, profile)}
    ways = [(_RELIABLE, f"reliable change, profile {profile.name}", _changed(scored, scale, profile))]
    if profile.case_cutoff is not None:
        ways.append((_RECOVERY, f"recovery, profile {profile.name}: {names[_RECOVERY]}", _recovered(scored, scale, profile)))
    for name, met in (("response", responded), ("remission", remitted)):
        if met is not None and profile.case_cutoff is not None:
            ways.append(
                (name, f"{name} of those at case, profile {profile.name}: {names[name]}", _met_from_case(scored, scale, profile, met))
            )
    if responded is not None:
        ways.append(("response_of_pairs", f"response: {names['response_of_pairs']}", _met(scored, responded, None)))
    if remitted is not None:
        ways.append((from_start, f"remission: {names[from_start]}", _met(scored, remitted, _starts_remitted(scored, scale))))
    ending = "" if profile.name == _usual(scale) else f"_{profile.name}"
    alike = ("response_of_pairs", from_start)  # which no profile changes
    return tuple(
        of_parts(
            f"{scale.name}_{name}{'' if name in alike else ending}",
            f"{scale.label}, {means}",
            scored.parts(classes),
            _way_words(scale, profile),
            family=name,
        )
        for name, means, classes in ways
    )


def _clear_side(scale: Scale) -> str:
    """On which side of a case cut-off nobody is a case."""
    return "below" if scale.better == "lower" else "above"


def _way_words(scale: Scale, profile: ReliableChangeProfile) -> dict[str, str]:
    points = f"by {profile.op} {profile.points} points"
    return {
        "improved": f"improved {points}",
        "worse": f"worse {points}",
        "unchanged": "neither",
        "reliably_recovered": f"{_clear_side(scale)} the cut-off at the end, and improved {points}",
        "recovered": f"{_clear_side(scale)} the cut-off at the end, not reliably better",
        "still_at_case": "at case at both",
        "met": "yes",
        "not_met": "no",
        **_EXCLUDES,
    }


def reliable_change(scale: Scale, definition: str) -> Measure:
    """Declare reliable change on a scale: `<scale>_reliable_change`.

    Parameters
    ----------
    scale : Scale
        With a total score and at least one named reliable-change profile.
    definition : str
        Name of one of its profiles.

    Returns
    -------
    Measure
    """
    profile = next(profile for profile in scale.profiles if profile.name == definition)
    return Measure(
        name=f"{scale.name}_reliable_change",
        title=f"Reliable change in {scale.label}",
        variant=definition,
        asks=f"How many people changed in {scale.label} by more than measurement error alone would produce?",
        requests=requests(scale),
        among="discharged episodes with both scores",
        excludes=_EXCLUDES,
        unit="share",
        better="higher",
        draft=partial(_draft, scale=scale, profile=profile),
        estimands=_estimands(scale, profile),
        chart="stacked_shares",
        shown=("reliable_improvement", "no_reliable_change", "reliable_deterioration"),
        sources=tuple(dict.fromkeys((profile.source, *(part.source for part in (scale.response, scale.remission) if part is not None)))),
        notes=(
            f"Profile {profile.name}: a change of {profile.op} {profile.points} points."
            + ("" if profile.verified else " This figure is not verified in a primary source."),
            f"{_clear_side(scale).capitalize()} the cut-off at the end is not the same as well: it is a score {'under' if scale.better == 'lower' else 'over'} a line.",
        ),
        coarser=partial(_coarser, scale, definition),
        per_episode=partial(_per_episode, scale=scale, profile=profile),
        inclusions=_inclusions(scale),
    )


def _inclusions(scale: Scale) -> tuple[Inclusion, ...]:
    """Who is at case, recovered, responded or in remission among the pairs, and among one another."""
    at_case, from_start = ("reliably_recovered", "recovered", "still_at_case"), remission_from(scale)
    scores = partial(portion, family_of(scale.name), elsewhere=True)
    met = {name: portion(name, "met") for name in ("response", "response_of_pairs", "remission", from_start)}
    met_or_not = {name: portion(name, "met", "not_met") for name in met}
    return (
        *same(portion(_RELIABLE, "improved", "unchanged", "worse"), scores("paired")),
        Inclusion(portion(_RECOVERY, *at_case), scores("paired")),
        Inclusion(portion(_RECOVERY, "case_without_end"), scores("no_discharge_score")),
        *(nobody(portion(way, "no_discharge_score")) for way in (_RECOVERY, "response", "remission")),  # at case then, or not
        Inclusion(portion(_RECOVERY, "reliably_recovered"), portion(_RELIABLE, "improved")),
        *(each for name in ("response", "remission") for each in same(met_or_not[name], portion(_RECOVERY, *at_case))),
        Inclusion(met["response"], met["response_of_pairs"]),
        *same(met_or_not["response_of_pairs"], scores("paired")),
        Inclusion(met["remission"], portion(_RECOVERY, "reliably_recovered", "recovered")),
        Inclusion(met["remission"], met[from_start]),
        Inclusion(met_or_not[from_start], scores("paired")),
    )


def _coarser(scale: Scale, definition: str, _divisions: Sequence[Mapping[str, Counts]]) -> Iterator[Measure]:
    """Without what differs by few from a number beside it."""
    undivided = without(
        reliable_change(scale, definition),
        ("reliable_recovery", "reliable_recovery_of_discharged"),
        "Recovery is not divided into reliable and other: the few between them would follow.",
    )
    yield undivided
    yield without(
        undivided,
        (remission_from(scale),),
        "Remission is given of those at case alone: the few in remission at the start would follow.",
    )


def _estimands(scale: Scale, profile: ReliableChangeProfile) -> tuple[EstimandDefinition, ...]:
    pairs, every = "discharged episodes with both scores", "all discharged episodes, a missing score as not met"
    better = f"improved by {profile.op} {profile.points} points"
    worse = f"worse by {profile.op} {profile.points} points"
    unseen = "" if profile.verified else f"the {profile.points} points of reliable change on the {scale.label}"
    definitions = [
        EstimandDefinition(
            "reliable_improvement",
            "Reliably better",
            better,
            pairs,
            _WILSON,
            "share",
            _profile_words(profile),
            beside=(_WORSE,),
            compared_beside=(_WORSE,),
            meaning="better",
            unverified=unseen,
        ),
        replace(
            _rate("reliable_improvement_of_discharged", "Reliably better, of all discharged", better, every),
            compared_beside=("reliable_deterioration_of_discharged",),
            unverified=unseen,
        ),
        replace(
            _rate("no_reliable_change", "No reliable change", f"neither {better} nor {worse}", pairs),
            meaning="no change",
            unverified=unseen,
        ),
        EstimandDefinition(
            _WORSE,
            "Reliably worse",
            worse,
            pairs,
            _WILSON,
            "share",
            _worse_words(scale, profile),
            aside=_ASIDE,
            aside_none=_ASIDE_NONE,
            meaning="worse",
            unverified=unseen,
        ),
        replace(_rate("reliable_deterioration_of_discharged", "Reliably worse, of all discharged", worse, every), unverified=unseen),
        EstimandDefinition(
            "false_positive_rate",
            "Would count as reliably better with no change at all",
            *_no_change_words(scale, profile),
            "none",
            "share",
            unverified=_unseen_of_no_change(scale, profile),
        ),
    ]
    if profile.case_cutoff is not None:
        cut = scale.case_cutoff(profile.case_cutoff)
        side = _clear_side(scale)
        case = f"at case at the start ({scale.label} {cut.op} {cut.value}) and {side} at the end"
        unseen = "" if cut.verified else f"the cut-off of the {scale.label}"
        recovered = [
            _rate("recovery", f"{side.capitalize()} the cut-off at the end", case, _PAIRS_AT_CASE),
            _rate("recovery_of_discharged", f"{side.capitalize()} the cut-off, of all at case", case, _ALL_AT_CASE),
            _rate("reliable_recovery", f"{side.capitalize()} the cut-off and reliably better", f"{case}, and {better}", _PAIRS_AT_CASE),
            _rate("reliable_recovery_of_discharged", "Both, of all at case", f"{case}, and {better}", _ALL_AT_CASE),
        ]
        definitions += [replace(each, unverified=unseen) for each in recovered]
    return (*definitions, *_thresholds(scale, profile))


_WORSE = "reliable_deterioration"
_ASIDE = "{share} became reliably worse."
_ASIDE_NONE = "None became reliably worse."


def _profile_words(profile: ReliableChangeProfile) -> str:
    return "{k} of {n} with both scores ({value}) improved by " + f"{_points(profile)}, beyond measurement error."


def _worse_words(scale: Scale, profile: ReliableChangeProfile) -> str:
    scores = f"both {scale.label} scores"
    return f"{{k}} of {{n}} with {scores} ({{value}}) got worse by {_points(profile)}, beyond measurement error."


def _points(profile: ReliableChangeProfile) -> str:
    return f"at least {profile.points} points" if profile.op == ">=" else f"more than {profile.points} points"


def _rate(name: str, label: str, counted: str, among: str) -> EstimandDefinition:
    return EstimandDefinition(name, label, counted, among, _WILSON, "share")


def _thresholds(scale: Scale, profile: ReliableChangeProfile) -> list[EstimandDefinition]:
    """Response and remission: of those at case, with all at case beside them, and their named variants."""
    pairs, definitions = "discharged episodes with both scores", []
    if scale.response is not None and scale.better == "lower":
        words = f"score lower by >= {scale.response.fraction_lower * 100:g} % of the admission score"
        unseen = "" if scale.response.verified else f"the rule of response on the {scale.label}"
        rows = [*_at_case_rows(profile, "response", "Responded", words)]
        rows.append(_rate("response_of_pairs", "Responded, of all with both scores", words, pairs))
        definitions += [replace(row, unverified=unseen) for row in rows]
    if scale.remission is not None:
        words = f"{scale.label} {scale.remission.op} {scale.remission.value} at discharge"
        unseen = "" if scale.remission.verified else f"the cut-off of remission on the {scale.label}"
        rows = [*_at_case_rows(profile, "remission", "In remission", words)]
        label = "In remission, of those not in remission at the start"
        rows.append(_rate(remission_from(scale), label, words, f"{pairs}, not in remission at the start"))
        definitions += [replace(row, unverified=unseen) for row in rows]
    return definitions


def _at_case_rows(profile: ReliableChangeProfile, name: str, label: str, counted: str) -> list[EstimandDefinition]:
    if profile.case_cutoff is None:
        return []
    return [
        _rate(name, label, counted, _PAIRS_AT_CASE),
        _rate(f"{name}_of_discharged", f"{label}, of all at case", counted, _ALL_AT_CASE),
    ]


def _no_change_words(scale: Scale, profile: ReliableChangeProfile) -> tuple[str, str]:
    norm = next((norm for norm in scale.norms if norm.population == "clinical"), None)
    retest = next((r for r in scale.reliability if r.kind == "test-retest"), None)
    if norm is None or retest is None or _no_change_rate(scale, profile) is None:
        return "not given: the scale names no clinical SD or retest reliability", "people with no true change"
    return (
        f"chance of meeting the rule by measurement error alone, from SD {norm.sd:g} and retest reliability {retest.value:g}",
        "people with no true change",
    )


def _unseen_of_no_change(scale: Scale, profile: ReliableChangeProfile) -> str:
    """What the chance of meeting the rule by measurement error alone rests on whose source was not seen."""
    norm = next((norm for norm in scale.norms if norm.population == "clinical"), None)
    retest = next((r for r in scale.reliability if r.kind == "test-retest"), None)
    unseen = [
        *([] if profile.verified else [f"the {profile.points} points of reliable change"]),
        *([] if norm is None or norm.verified else ["the clinical standard deviation"]),
        *([] if retest is None or retest.verified else ["the retest reliability"]),
    ]
    return f"{' and '.join(unseen)} of the {scale.label}" if unseen else ""


_PROFILE = Option("profile", "a named profile of points, operator and case cut-off; by default nhs, or the first of a scale without it")


def usual_profile(scale: Scale) -> ReliableChangeProfile | None:
    """The profile of a scale that holds where none is named; none of a scale without."""
    return scale.profile(_usual(scale)) if scale.profiles else None


def _usual(scale: Scale) -> str:
    """The profile of a scale that holds where none is named."""
    profiles = [profile.name for profile in scale.profiles]
    return PROFILE if PROFILE in profiles else profiles[0]


def _declared(scale: Scale) -> Declaration | None:
    """With the profiles that the scale names, if any; the first stands in where it lacks the default."""
    profiles = tuple(profile.name for profile in scale.profiles)
    if not profiles:
        return None
    option = replace(_PROFILE, allowed=profiles, default=_usual(scale))
    return Declaration(RELIABLE_CHANGE.called(scale.name), partial(reliable_change, scale), (option,))


RELIABLE_CHANGE = Family("reliable_change", "{scale}_reliable_change", _declared, (SCALE, _PROFILE), lacks="profile of reliable change")
