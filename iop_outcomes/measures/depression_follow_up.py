"""Takes an admission score of depression and the score months later, gives remission and response as published quality measures count them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from iop_outcomes.columns import STATUS, Column, EventWithin, Reached, ScoreAt, ScoreWithin, Status
from iop_outcomes.counts import Counts
from iop_outcomes.measures.episode_column import EpisodeColumn, of_parts
from iop_outcomes.measures.measure import Measure
from iop_outcomes.measures.options import SCALE, Declaration, Family, Option
from iop_outcomes.measures.parts import Parts, parts_of
from iop_outcomes.results import EstimandDefinition
from iop_outcomes.scales import OPERATORS, Scale
from iop_outcomes.scales.occasions import DEPRESSION_CASE
from iop_outcomes.stats.draft import Draft, Mask

EXCLUSION = "depression_exclusion"  # a column that a site may declare under [covariates]
EXCLUSIONS: Mapping[str, str] = {
    "no_depression": "no diagnosis of major depression or dysthymia",
    "bipolar": "bipolar disorder",
    "personality_disorder": "personality disorder",
    "psychosis": "schizophrenia or another psychosis",
    "developmental_disorder": "pervasive developmental disorder",
    "hospice": "hospice care",
    "palliative_care": "palliative care",
}
_OTHER = "other_exclusion"
_HITS = ("remission", "response_alone")
_SCORED = (*_HITS, "no_response")
_BASE = (*_SCORED, "not_scored")
_WORDS = {
    "not_scored": "not scored in those days",
    "window_open": "those days not over",
    "window_unknown": "not known until when observed",
    **{f"excluded_{name}": words for name, words in EXCLUSIONS.items()},
    _OTHER: "another exclusion",
    "died": "died before those days were over",
    "below_case": "admission score below the cut-off",
    "no_admission_score": "no admission score",
    "not_started": "never started",
}
_PARTS = (*_SCORED, *_WORDS)
_ANSWERED, _REMISSION, _RESPONSE = "scored_at_follow_up", "remission_at_follow_up", "response_at_follow_up"
_OF_SCORED = "of_scored"
_WILSON = "95% Wilson score"


@dataclass(frozen=True, slots=True)
class Standard:
    """A published measure: what it is called, how much later in few words and in full, its sources, and what of it was not seen in a source, by number."""

    words: str
    later: str
    days: str
    sources: tuple[str, ...]
    unseen: Mapping[str, str]


_CMS159 = "https://github.com/cqframework/dqm-content-qicore-2025 (d17223b: input/resources/measure/CMS159FHIRDepRemissionat12Months.json)"
_DRR_E = "https://ncqa.org/report-cards/health-plans/state-of-health-care-quality-report/measures-list/depression-remission-or-response-for-adolescents-and-adults-drr-e"
_EVERY = (_ANSWERED, _REMISSION, _RESPONSE, f"{_REMISSION}_{_OF_SCORED}", f"{_RESPONSE}_{_OF_SCORED}")
_RESPONSES = (_RESPONSE, f"{_RESPONSE}_{_OF_SCORED}")
STANDARDS: Mapping[str, Standard] = {
    "twelve_months": Standard(
        "CMS159 and CBE 0710 (remission) and CBE 1885, retired in 2022 (response)",
        "12 months",
        "12 months give or take 60 days, 365 days taken for 12 months",
        (_CMS159,),
        dict.fromkeys(_RESPONSES, "the days of CBE 1885, whose own record gives both 60 and 30"),
    ),
    "twelve_months_30_days": Standard(
        "CMS159 as it was in its version 6, for adults (remission)",
        "12 months",
        "12 months give or take 30 days, 365 days taken for 12 months",
        (_CMS159,),
        dict.fromkeys(_RESPONSES, "response in the days of the sixth version of CMS159"),
    ),
    "six_months": Standard(
        "CBE 0711 (remission) and CBE 1884 (response)",
        "6 months",
        "6 months give or take 60 days, 183 days taken for 6 months",
        ("CBE 0711 and CBE 1884, depression remission and response at six months",),
        {},
    ),
    "drr_e": Standard(
        "HEDIS DRR-E (follow-up, remission, response)",
        "four to eight months",
        "120 to 240 days",
        (_DRR_E,),
        dict.fromkeys(_EVERY, "which exclusions HEDIS DRR-E makes"),
    ),
}
DEFINITION = Option("definition", "which published measure gives the days", tuple(STANDARDS), "twelve_months")


def _days(scale: Scale, definition: str) -> tuple[int, int]:
    return scale.asked_after_admission[definition]


def _requests(scale: Scale, definition: str) -> tuple[Status | Column | ScoreAt | ScoreWithin | Reached | EventWithin, ...]:
    first, last = _days(scale, definition)
    return (
        Status(),
        ScoreAt(scale.name, "admit"),
        ScoreWithin(scale.name, definition, first, last),
        *_observed(last),
        EventWithin("died_by_then", ("death",), last=last, clock="admission"),
        Column(EXCLUSION),
    )


def _observed(last: int) -> tuple[Reached, Reached]:
    """Whether the data reach to the last of the days: as far as they do, or as far as the episode was followed after discharge."""
    return Reached("observed_days", last), Reached("follow_up_days", last, plus="los_days")


def _divided(counts: Counts, scale: Scale, definition: str) -> Parts:
    """Every episode by how it ended up, or by why it is outside."""
    pre, post = (counts.numbers(f"{scale.name}_{moment}", blank=math.nan) for moment in ("admit", definition))
    cut, response, remission = scale.case_cutoff(DEPRESSION_CASE), scale.response, scale.remission
    if response is None or remission is None:
        raise ValueError(f"{scale.name} has no response or no remission")
    reached, else_reached = (request.keys[0] for request in _observed(_days(scale, definition)[1]))
    known = ~counts.is_in(reached, [None])
    over = np.where(known, counts.is_in(reached, [1]), counts.is_in(else_reached, [1]))
    low = float(scale.range[0])
    cases: dict[str, Mask] = {
        "not_started": counts.is_in(STATUS, ["not_started"]),
        "died": counts.is_in(STATUS, ["died"]) | counts.is_in("died_by_then", [1]),
        "no_admission_score": np.isnan(pre),
        "below_case": ~OPERATORS[cut.op](pre, float(cut.value)),
        **{f"excluded_{name}": counts.is_in(EXCLUSION, [name]) for name in EXCLUSIONS},
        _OTHER: ~counts.is_in(EXCLUSION, [None]),
        "window_unknown": ~known & counts.is_in(else_reached, [None]),
        "window_open": ~over.astype(bool),
        "not_scored": np.isnan(post),
        "remission": OPERATORS[remission.op](post, float(remission.value)),
        "response_alone": pre - post >= response.fraction_lower * (pre - low) - 1e-9,
    }
    return parts_of(counts, cases, "no_response", order=_PARTS)


def _draft(counts: Counts, *, scale: Scale, definition: str) -> tuple[Draft, ...]:
    parts, family = _divided(counts, scale, definition), _family(scale, definition)
    hits = {_ANSWERED: _SCORED, _REMISSION: ("remission",), _RESPONSE: _HITS}
    return (
        *(parts.share(name, family, base=_BASE, hits=met, missing=("window_unknown",)) for name, met in hits.items()),
        *(
            parts.share(f"{name}_{_OF_SCORED}", family, base=_SCORED, hits=hits[name], missing=("not_scored",))
            for name in (_REMISSION, _RESPONSE)
        ),
    )


def _family(scale: Scale, definition: str) -> str:
    return f"{scale.name} follow-up {definition}"


def _per_episode(counts: Counts, *, scale: Scale, definition: str) -> tuple[EpisodeColumn, ...]:
    """How it ended up."""
    words = {"remission": "remission", "response_alone": "response without remission", "no_response": "neither", **_WORDS}
    means = f"{scale.label} by {STANDARDS[definition].words}: {STANDARDS[definition].days} after admission"
    name = f"{scale.name}_follow_up_{definition}"
    return (of_parts(name, means, _divided(counts, scale, definition), words, family=_family(scale, definition)),)


def _refuses(counts: Counts, *, scale: Scale, definition: str) -> str:
    """Where nobody was asked in those days, or nobody's time was long enough, a share of 0 % would be of the data and not of people."""
    first, last = _days(scale, definition)
    if all(counts.is_in(request.keys[0], [None]).all() for request in _observed(last)):
        return (
            f"nothing says whether day {last} after admission is over: give observed_days, dates of admission with [data] cutoff, or follow_up_days "
            "with the stay."
        )
    if counts.is_in(f"{scale.name}_{definition}", [None]).all():
        return (
            f"the data hold no {scale.label} score on days {first} to {last} after admission. Give a table of scores with episode_id and day: "
            "rows by patient and date are placed up to 14 days after discharge alone."
        )
    return ""


def depression_follow_up(scale: Scale, definition: str) -> Measure:
    """Declare remission and response months after admission: `<scale>_depression_follow_up`.

    Parameters
    ----------
    scale : Scale
        The PHQ-9 or its form for adolescents.
    definition : str
        One of `STANDARDS`.

    Returns
    -------
    Measure
        Adapted: the index is an admission to the program, and a score is looked for under the same episode.
    """
    standard, (first, last), title = STANDARDS[definition], _days(scale, definition), scale.label
    cut, response, remission = scale.case_cutoff(DEPRESSION_CASE), scale.response, scale.remission
    if response is None or remission is None:
        raise ValueError(f"{scale.name} has no response or no remission")
    among = f"episodes with an admission {title} {cut.op} {cut.value} whose day {last} after admission is over, without deaths by then and exclusions"
    scored = f"{among}, scored on days {first} to {last}"
    met = {
        _REMISSION: ("Remission", f"last {title} of days {first} to {last} after admission {remission.op} {remission.value}"),
        _RESPONSE: ("Response", f"last {title} of those days at least {response.fraction_lower:.0%} lower than at admission"),
    }
    rows = [EstimandDefinition(_ANSWERED, "Scored", f"a {title} score on days {first} to {last} after admission", among, _WILSON, "share")]
    rows += [
        EstimandDefinition(name, label, counted, f"{among}; without a score not met", _WILSON, "share")
        for name, (label, counted) in met.items()
    ]
    rows += [
        EstimandDefinition(f"{name}_{_OF_SCORED}", f"{label}, of those scored", counted, scored, _WILSON, "share")
        for name, (label, counted) in met.items()
    ]
    return Measure(
        name=DEPRESSION_FOLLOW_UP.called(scale.name),
        title=f"{title} remission and response, adapted",
        variant=definition,
        asks=f"Of people admitted with a {title} {cut.op} {cut.value}, how many were in remission, or had responded, {standard.later} later?",
        requests=_requests(scale, definition),
        among=among,
        excludes=_WORDS,
        unit="share",
        better="higher",
        draft=partial(_draft, scale=scale, definition=definition),
        estimands=tuple(replace(row, unverified=standard.unseen.get(row.name, "")) for row in rows),
        sources=tuple(dict.fromkeys((*standard.sources, cut.source, response.source, remission.source))),
        notes=_notes(scale, definition),
        shown=(_REMISSION, _RESPONSE, _ANSWERED),
        main=_REMISSION,
        per_episode=partial(_per_episode, scale=scale, definition=definition),
        refuses=partial(_refuses, scale=scale, definition=definition),
    )


def _notes(scale: Scale, definition: str) -> tuple[str, ...]:
    standard, (first, last) = STANDARDS[definition], _days(scale, definition)
    words = "; ".join(f"{name} ({meant})" for name, meant in EXCLUSIONS.items())
    return (
        f"After {standard.words}: {standard.days}, here days {first} to {last} after admission, in care or after it; the last score of them counts."
        + "".join(f" Not checked in a source: {unseen}." for unseen in dict.fromkeys(standard.unseen.values())),
        (
            "Adapted: the index is the admission score as everywhere here (from 7 days before admission to 3 after; published: up to 7 days before "
            "the visit and on its day), each episode is one, and a score is looked for under its episode alone. Published, a person has one index."
        ),
        (
            "An episode whose days are not over when the data end is not in the denominator, as in the published measures, whose index dates end "
            "early enough. Without a score in those days it is in, as not met; the same of those scored stands beside."
        ),
        (
            f"Exclusions are read from a column {EXCLUSION} that a site declares under [covariates], blank where there is none: {words}; any other word "
            "is another exclusion. Without that column nobody is left out for them. Diagnosis and age (12 and over) are asked by narrowing the "
            "data, with the words of the site: --where primary_dx=depressive."
        ),
    )


def _declared(scale: Scale) -> Declaration | None:
    if not scale.asked_after_admission or scale.response is None or scale.remission is None:
        return None
    return Declaration(DEPRESSION_FOLLOW_UP.called(scale.name), partial(depression_follow_up, scale), (DEFINITION,))


DEPRESSION_FOLLOW_UP = Family(
    "depression_follow_up",
    "{scale}_depression_follow_up",
    _declared,
    (SCALE, DEFINITION),
    lacks="cut-off, response and remission of published measures of depression",
)
