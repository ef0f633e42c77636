"""Takes answers to the safety item of a scale, gives in how many episodes it was positive at admission and at discharge."""

from __future__ import annotations

import math
from functools import partial

from iop_outcomes.columns import Moment, ScoreAt, Status
from iop_outcomes.counts import Counts
from iop_outcomes.measures.episode_column import EpisodeColumn, of_numbers, of_parts
from iop_outcomes.measures.measure import Measure
from iop_outcomes.measures.options import SCALE, Declaration, Family
from iop_outcomes.measures.parts import NOT_ENDED, Parts, not_ended, parts_of
from iop_outcomes.results import EstimandDefinition
from iop_outcomes.scales import Scale
from iop_outcomes.scales.scale import SafetyItem
from iop_outcomes.stats.draft import Draft

AT_DISCHARGE, AT_ADMISSION, NEWLY = "positive_at_discharge", "positive_at_admission", "newly_positive"
_WORDS = {"not_answered": "answer to the item not known", **NOT_ENDED}
_AT_ONE_MOMENT = ("positive", "negative", "not_answered", *NOT_ENDED)
_FROM_NEGATIVE = ("newly_positive", "still_negative", "positive_at_first", "not_answered", *NOT_ENDED)
MOMENTS: tuple[Moment, ...] = ("discharge", "admit")
_MOMENT_WORDS: dict[Moment, str] = {"admit": "admission", "discharge": "discharge"}
_TWICE = "item_twice"
_NEW_WORDS = {
    "newly_positive": "positive at discharge, not at admission",
    "still_negative": "positive at neither",
    "positive_at_first": "positive at admission",
    **_WORDS,
}
_WILSON = "95% Wilson score"


def _divided(counts: Counts, scale: Scale, positive_at: int) -> tuple[dict[Moment, Parts], Parts]:
    """Every episode by its answer at each moment, and by how a lower answer at admission went on."""
    moments = {moment: _request(scale, moment).keys[0] for moment in MOMENTS}
    blank = {moment: counts.is_in(name, [None]) for moment, name in moments.items()}
    positive = {moment: counts.numbers(name, blank=-1.0) >= positive_at for moment, name in moments.items()}
    at_one = {
        moment: parts_of(
            counts, {**not_ended(counts), "not_answered": blank[moment], "positive": positive[moment]}, "negative", order=_AT_ONE_MOMENT
        )
        for moment in moments
    }
    changed = {
        "not_answered": blank["admit"] | blank["discharge"],
        "positive_at_first": positive["admit"],
        "newly_positive": positive["discharge"],
    }
    return at_one, parts_of(counts, {**not_ended(counts), **changed}, "still_negative", order=_FROM_NEGATIVE)


def _draft(counts: Counts, *, scale: Scale, positive_at: int) -> tuple[Draft, ...]:
    at_one, from_negative = _divided(counts, scale, positive_at)
    return (
        *(
            at_one[moment].share(name, f"item_{moment}", base=("positive", "negative"), hits=("positive",), missing=("not_answered",))
            for name, moment in zip((AT_DISCHARGE, AT_ADMISSION), MOMENTS, strict=True)
        ),
        from_negative.share(NEWLY, _TWICE, base=("newly_positive", "still_negative"), hits=("newly_positive",)),
    )


def _per_episode(counts: Counts, *, scale: Scale, item: int, positive_at: int) -> tuple[EpisodeColumn, ...]:
    """The answers, which of them are positive, and whether that is new at discharge."""
    at_one, from_negative = _divided(counts, scale, positive_at)
    columns: list[EpisodeColumn] = []
    words = {"positive": f"{positive_at} or more", "negative": f"less than {positive_at}", **_WORDS}
    for moment in reversed(MOMENTS):
        name, question = _request(scale, moment).keys[0], f"item {item} of the {scale.label} at {_MOMENT_WORDS[moment]}"
        answers = counts.numbers(name, blank=math.nan)
        columns += [
            of_numbers(name, f"answer to {question}", counts, answers, unit="points", blank="answer not known"),
            of_parts(f"{scale.name}_self_harm_{moment}", f"answer to {question}", at_one[moment], words, family=f"item_{moment}"),
        ]
    means = f"item {item} of the {scale.label} from admission to discharge"
    return (*columns, of_parts(f"{scale.name}_self_harm_new", means, from_negative, _NEW_WORDS, family=_TWICE))


def _request(scale: Scale, moment: Moment) -> ScoreAt:
    return ScoreAt(scale.name, moment, column="safety_item")


def _refuses(counts: Counts, *, scale: Scale, item: int) -> str:
    """Totals alone neither raise nor clear it: without an answer there is nothing to count, and "0" would read as if nobody were at risk."""
    names = [_request(scale, moment).keys[0] for moment in MOMENTS]
    if any((~counts.is_in(name, [None])).any() for name in names):
        return ""
    return f"the data hold no answer to item {item}; a total says nothing of it. Give the items, or the column {scale.name}_{item} beside the score."


def self_harm_item(scale: Scale, item: SafetyItem, positive_at: int) -> Measure:
    """Declare how often the safety item of a scale is positive: `<scale>_self_harm_item`.

    Parameters
    ----------
    scale : Scale
        With a safety item.
    item : SafetyItem
        Which of its items that is.
    positive_at : int
        The answer from which it is positive.

    Returns
    -------
    Measure
        Shares of those who answered it; never a mean, and never from a total.
    """
    name, counted = f"item {item.item} of the {scale.label}", f"answer of {positive_at} or more"
    among = "discharged episodes with an answer to the item, deaths in care included, without those that never started"
    return Measure(
        name=f"{scale.name}_self_harm_item",
        title=f"{scale.label} item {item.item}",
        asks=f"How many people answered {name}, which is about self-harm, with {positive_at} or more?",
        requests=(Status(), *(_request(scale, moment) for moment in MOMENTS)),
        among=among,
        excludes=_WORDS,
        unit="share",
        better="lower",
        draft=partial(_draft, scale=scale, positive_at=positive_at),
        estimands=(
            EstimandDefinition(
                AT_DISCHARGE,
                "Positive at discharge",
                f"{counted} at discharge",
                f"{among} at discharge",
                _WILSON,
                "share",
                f"At discharge, {{k}} of {{n}} episodes with an answer ({{value}}) were positive on {name}; the plausible range is {{low}} to {{high}}.",
                f"{{value}} were positive on {name} at discharge",
                missing="Of {more}, the answer at discharge is not known.",
            ),
            EstimandDefinition(AT_ADMISSION, "Positive at admission", f"{counted} at admission", f"{among} at admission", _WILSON, "share"),
            EstimandDefinition(
                NEWLY,
                "Positive at discharge, not at admission",
                f"{counted} at discharge and a lower one at admission",
                "discharged episodes with a lower answer at admission and an answer at discharge",
                _WILSON,
                "share",
            ),
        ),
        sources=(item.source,),
        notes=(
            "A positive answer is a reason to talk with the person, not a diagnosis; these shares say nothing of one person.",
            "It is counted from the answers alone: a total neither raises nor clears it, and an answer that is missing is never filled in.",
            "Answers are taken on the days on which scores are: the one closest to admission, and the last around discharge.",
            *(() if item.verified else ("From which answer it is positive was not verified in a primary source.",)),
        ),
        shown=(AT_DISCHARGE, AT_ADMISSION),
        per_episode=partial(_per_episode, scale=scale, item=item.item, positive_at=positive_at),
        refuses=partial(_refuses, scale=scale, item=item.item),
    )


def _declared(scale: Scale) -> Declaration | None:
    item = scale.safety_item
    if item is None or item.positive_at is None:
        return None
    return Declaration(f"{scale.name}_self_harm_item", partial(self_harm_item, scale, item, item.positive_at))


SELF_HARM_ITEM = Family(
    "self_harm_item", "{scale}_self_harm_item", _declared, (SCALE,), lacks="safety item with an answer from which it is positive"
)
