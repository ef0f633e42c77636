"""Takes forms and scores of a scale at admission, gives how reliable it is among these people, and how many it leaves no room."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial

import numpy as np

from iop_outcomes.columns import STATUS, AnswersAt, BaselineTwice, ScoreAt, Status
from iop_outcomes.counts import Counts
from iop_outcomes.keys import Flag, Key
from iop_outcomes.measures.measure import Measure
from iop_outcomes.measures.options import SCALE, Declaration, Family
from iop_outcomes.measures.parts import NOT_ENDED, Parts, not_ended, parts_of
from iop_outcomes.results import EstimandDefinition
from iop_outcomes.scales import Scale
from iop_outcomes.stats.draft import Draft, Floats, Interval, Population
from iop_outcomes.stats.drafts import plain
from iop_outcomes.stats.intervals import Feldt, LogComplement, McGrawWong
from iop_outcomes.stats.reliability import Coefficient, alpha, omega_total, retest

ALPHA, OMEGA, AGREEMENT, CONSISTENCY, FLOOR, CEILING = "alpha", "omega_total", "icc_agreement", "icc_consistency", "floor", "ceiling"
ROOM = 2**126  # packed answers that one whole number of sixteen bytes can tell apart
_WORDS = {
    "blank_item": "an item blank",
    "no_items": "no answers to the items at admission",
    "once": "no second score before treatment had time to act",
    "no_score": "no admission score",
    **NOT_ENDED,
}
_ITEM_PARTS = ("complete", "blank_item", "no_items", *NOT_ENDED)
_TWICE_PARTS = ("twice", "once", *NOT_ENDED)
_END_PARTS = ("lowest", "highest", "between", "no_score", *NOT_ENDED)
_OF_ITEMS = "discharged episodes with every item answered at admission"
_OF_PAIRS = "discharged episodes scored on two days from 7 before admission to 3 after"
_OF_SCORES = "discharged episodes with an admission score"


def _answers(scale: Scale) -> AnswersAt | None:
    """The answers that its score is made of; none of a scale without, or with more than can be told apart."""
    if not scale.adds_up:
        return None
    items = tuple((column, *scale.range_of(number)) for column, number in zip(scale.item_columns, scale.item_numbers, strict=True))
    room = max(high - low for _, low, high in items) + 2
    return AnswersAt(scale.name, items) if room ** len(items) < ROOM else None


def _items(scale: Scale, counts: Counts) -> tuple[Counts, Floats]:
    """The complete forms, and what each item counts in the score: turned, weighted, and of a group scored by its highest answer that alone."""
    request = _answers(scale)
    keys = () if request is None else request.keys
    known = np.logical_and.reduce([~counts.is_in(key, [None]) for key in keys]) if keys else np.zeros(len(counts), dtype=bool)
    complete = counts.where(known & ~counts.is_in(STATUS, NOT_ENDED))
    columns = {}
    weights = scale.weights or (1,) * scale.items
    for key, number, weight in zip(keys, scale.item_numbers, weights, strict=bool(keys)):
        low, high = scale.range_of(number)
        values = complete.numbers(key, blank=0.0)
        columns[number] = float(weight) * (low + high - values if number in scale.reversed_items else values)
    if scale.groups is not None and scale.groups.each == "highest" and columns:
        parts = [np.max([columns[number] for number in members], axis=0) for members in scale.groups.members]
    else:
        parts = list(columns.values())
    return complete, np.column_stack(parts) if parts else np.zeros((len(complete), 0))


def _parts_of_items(counts: Counts, scale: Scale) -> Parts:
    request = _answers(scale)
    blank = [counts.is_in(key, [None]) for key in request.keys] if request is not None else [np.ones(len(counts), dtype=bool)]
    lacking = {"no_items": np.logical_and.reduce(blank), "blank_item": np.logical_or.reduce(blank)}
    return parts_of(counts, {**not_ended(counts), **lacking}, "complete", order=_ITEM_PARTS)


def _draft(counts: Counts, *, scale: Scale) -> tuple[Draft, ...]:
    return (*_of_items(counts, scale), *_of_pairs(counts, scale), *_of_ends(counts, scale))


def _of_items(counts: Counts, scale: Scale) -> list[Draft]:
    """Internal consistency of the complete forms."""
    complete, items = _items(scale, counts)
    parts = _parts_of_items(counts, scale)
    who = parts.population(f"{scale.name} items", base=("complete",), missing=("blank_item", "no_items"))
    if _answers(scale) is None:
        return [plain(Key(name), math.nan, who, len(counts.origin), flag=Flag.NOT_ASSESSABLE) for name in (ALPHA, OMEGA)]
    return [
        _drafted(ALPHA, alpha(items, complete.n), complete, who, Feldt(items.shape[1])),
        _drafted(OMEGA, omega_total(items, complete.n), complete, who, LogComplement()),
    ]


def _of_pairs(counts: Counts, scale: Scale) -> list[Draft]:
    """Retest reliability of those scored on two days at admission."""
    first, last = BaselineTwice(scale.name).keys
    once = counts.is_in(first, [None])
    twice = counts.where(~once & ~counts.is_in(STATUS, NOT_ENDED))
    parts = parts_of(counts, {**not_ended(counts), "once": once}, "twice", order=_TWICE_PARTS)
    who = parts.population(f"{scale.name} twice at admission", base=("twice",), missing=("once",))
    agreement, consistency, squares = retest(twice.numbers(first, blank=0.0), twice.numbers(last, blank=0.0), twice.n)
    return [
        _drafted(name, coefficient, twice, who, McGrawWong(squares, name == AGREEMENT))
        for name, coefficient in ((AGREEMENT, agreement), (CONSISTENCY, consistency))
    ]


def _drafted(name: str, coefficient: Coefficient, here: Counts, who: Population, interval: Interval) -> Draft:
    given = replace(interval, flag=coefficient.flag)
    return Draft(Key(name), coefficient.value, here.lift(coefficient.influence), here.here(), who, given)


def _of_ends(counts: Counts, scale: Scale) -> list[Draft]:
    """Who scores the lowest or the highest that there is: no change for the better, or for the worse, can be seen in them."""
    points = counts.numbers(ScoreAt(scale.name, "admit").keys[0], blank=math.nan)
    low, high = map(float, scale.range)
    classes = {"no_score": np.isnan(points), "lowest": points == low, "highest": points == high}
    parts = parts_of(counts, {**not_ended(counts), **classes}, "between", order=_END_PARTS)
    base = ("lowest", "highest", "between")
    family = f"{scale.name} ends at admission"
    return [
        parts.share(name, family, base=base, hits=(hit,), missing=("no_score",)) for name, hit in ((FLOOR, "lowest"), (CEILING, "highest"))
    ]


def reliability(scale: Scale) -> Measure:
    """Declare how reliable a scale is among these people: `<scale>_reliability`.

    Parameters
    ----------
    scale : Scale
        With a total score.

    Returns
    -------
    Measure
        Internal consistency where its items came, retest reliability where people were scored twice at admission, floor and ceiling.

    References
    ----------
    Cronbach LJ (1951), doi:10.1007/BF02310555; McDonald RP (1999), ISBN 978-0-8058-3075-0; McGraw KO, Wong SP (1996),
    doi:10.1037/1082-989X.1.1.30; Terwee CB et al. (2007), doi:10.1016/j.jclinepi.2006.03.012 (floor and ceiling).
    """
    title = scale.label
    low, high = scale.range
    rows = (
        (ALPHA, "Cronbach's alpha", f"alpha of the items of the {title}", _OF_ITEMS, "95% Feldt F", "ratio"),
        (
            OMEGA,
            "Omega total",
            "omega total of one common factor, by maximum likelihood",
            _OF_ITEMS,
            "95% normal of ln(1 - coefficient)",
            "ratio",
        ),
        (
            AGREEMENT,
            "Retest ICC(A,1)",
            "ICC(A,1), absolute agreement of the first and the last score",
            _OF_PAIRS,
            "95% McGraw & Wong F",
            "ratio",
        ),
        (
            CONSISTENCY,
            "Retest ICC(C,1)",
            "ICC(C,1), consistency of the first and the last score",
            _OF_PAIRS,
            "95% McGraw & Wong F",
            "ratio",
        ),
        (FLOOR, "Lowest score", f"admission score of {low}", _OF_SCORES, "95% Wilson score", "share"),
        (CEILING, "Highest score", f"admission score of {high}", _OF_SCORES, "95% Wilson score", "share"),
    )
    return Measure(
        name=f"{scale.name}_reliability",
        title=f"Reliability of the {title}",
        asks=f"How reliable is the {title} among these people, and how many does it leave no room to change?",
        requests=(Status(), ScoreAt(scale.name, "admit"), BaselineTwice(scale.name), *_requested(scale)),
        among="discharged episodes, deaths in care included, without those that never started",
        excludes=_WORDS,
        unit="ratio",
        better="neither",
        draft=partial(_draft, scale=scale),
        estimands=tuple(EstimandDefinition(*row) for row in rows),
        sources=(
            "Cronbach LJ (1951), doi:10.1007/BF02310555",
            "Feldt LS (1965), doi:10.1007/BF02289499",
            "McDonald RP (1999), Test Theory, ISBN 978-0-8058-3075-0",
            "Bonett DG (2002), doi:10.3102/10769986027004335",
            "McGraw KO, Wong SP (1996), doi:10.1037/1082-989X.1.1.30",
            "Terwee CB et al. (2007), doi:10.1016/j.jclinepi.2006.03.012",
        ),
        notes=_notes(scale),
        shown=(ALPHA, OMEGA, AGREEMENT, CONSISTENCY),
        main=ALPHA,
        subject=title,
    )


_COMPLETE = (
    "Alpha and omega are of complete forms at admission, of the items as they count in the score; forms with a blank item are counted."
)
_DOMAINS = "Alpha and omega are of complete forms at admission, of the highest answer of each group; forms with a blank item are counted."
_OCCASIONS = (
    "ICC(A,1) counts a shift between the two days as error, ICC(C,1) does not. People change within days, so that both are lower than of a form "
    "asked twice at once."
)
_SMALLER = "Alpha says how much items agree, the ICC how much two occasions do: a reliable change computed from alpha is the smaller."
_REPEATED = "Where patients repeat, all limits but those of shares are Student's t of ln(1 - coefficient) with errors by patient."


def _notes(scale: Scale) -> tuple[str, ...]:
    low, high = scale.range
    best, worst = (low, high) if scale.better == "lower" else (high, low)
    return (
        _DOMAINS if scale.groups is not None and scale.groups.each == "highest" else _COMPLETE,
        _OCCASIONS,
        _SMALLER,
        f"At {best} nobody can be seen to improve, at {worst} nobody to get worse; above 15 % either is usually called an effect.",
        _REPEATED,
        *((f"Not verified in a primary source: {', '.join(scale.unverified)}.",) if scale.unverified else ()),
    )


def _requested(scale: Scale) -> tuple[AnswersAt, ...]:
    request = _answers(scale)
    return () if request is None else (request,)


def _declared(scale: Scale) -> Declaration:
    return Declaration(f"{scale.name}_reliability", partial(reliability, scale))


RELIABILITY = Family("reliability", "{scale}_reliability", _declared, (SCALE,))
