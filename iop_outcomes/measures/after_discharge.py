"""Takes the first event after discharge and the end of follow-up, gives incidence, event-free share, medians and simple rates."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from numbers import Integral

import numpy as np

from iop_outcomes.columns import MAX_DAYS, Reached, Status, StopsAtEnd
from iop_outcomes.counts import Counts
from iop_outcomes.errors import UsageError
from iop_outcomes.keys import MISSING_LEVEL, Key
from iop_outcomes.measures.after_discharge_drafts import FOLLOW_UP_COLUMNS, drafts_of, inclusions, parts_in_care, short_name
from iop_outcomes.measures.after_discharge_words import EXCLUDED, estimands, of_whom
from iop_outcomes.measures.coarse import rounded, without
from iop_outcomes.measures.episode_column import EpisodeColumn, of_numbers, of_parts, of_words
from iop_outcomes.measures.followed import UNKNOWN, Followed, Outcome
from iop_outcomes.measures.group_tests import group_tests
from iop_outcomes.measures.measure import Finer, Measure
from iop_outcomes.measures.options import Option
from iop_outcomes.measures.parts import NOT_ENDED
from iop_outcomes.stats.curves import Curve
from iop_outcomes.stats.draft import Draft, Population
from iop_outcomes.stats.transform import LOG_LOG, TRANSFORMS, transform_words

AT = (30, 90, 180, 365)
AT_OPTION = Option("at", "days after discharge", default=AT)
CURVE_OPTION = Option("curve_interval", "the scale on which the limits of curves are symmetric", TRANSFORMS, LOG_LOG)
DRAWN = np.arange(0, 361, 10, dtype=np.int64)
_STOPS = "follow-up stops at the event, and no dates say how long each could have been followed"
_ENDS = {"planned": "returned as planned", "death": "died", "end_of_follow_up": "end of follow-up, without any of these"}
_FOLLOWED = {"followed": "followed after discharge", **EXCLUDED}


def check_times(at: Sequence[int] | int | None) -> tuple[int, ...]:
    """Days after discharge, whole and increasing.

    Raises
    ------
    UsageError
        When a day is not a whole number from 0 to 36,500.
    """
    times: object = AT if at is None else at
    days = [times] if isinstance(times, Integral) else list(times) if isinstance(times, Iterable) and not isinstance(times, str) else []
    if not days or any(isinstance(day, bool) or not isinstance(day, Integral) or not 0 <= int(day) <= MAX_DAYS for day in days):
        raise UsageError(f"at: must be whole days after discharge from 0 to {MAX_DAYS:,}, such as 30, 90, 180, 365, in a list.")
    return tuple(sorted({int(day) for day in days}))


# -- each episode ----------------------------------------------------------------------------------------------------


def _per_episode(counts: Counts, *, name: str, variant: str, what: Outcome) -> tuple[EpisodeColumn, ...]:
    """The first end after discharge, whether the episode is one of the curve, and the event during care."""
    followed, event = Followed.from_counts(counts, what), f"{what.request.name}_{variant}"
    words = f"{what.words} ({variant.replace('_', ' ')})"
    blank = "end of follow-up or day of discharge not known"
    day = f"days from discharge to the first of: {words}, another end, end of follow-up"
    end = f"what came first after discharge: {words}, another end, or the end of follow-up"
    parts, in_care = followed.parts, parts_in_care(counts, what)
    return (
        of_numbers(f"{event}_first_day", day, counts, counts.numbers(what.day, blank=math.nan), unit="days", blank=blank),
        of_words(f"{event}_first_end", end, counts, what.outcome, {"event": words, **_ENDS}, blank=f"{blank}, or nobody recorded it"),
        of_parts(f"{name}_{variant}_followed", f"whether the episode counts in: {what.counted}", parts, _FOLLOWED, family="followed"),
        of_parts(f"{event}_during_care", f"whether the person {what.past} before discharge", in_care, NOT_ENDED, family="during_care"),
    )


# -- over all groups, and over everyone ------------------------------------------------------------------------------


def _across(levels: Mapping[str, Counts], *, what: Outcome) -> list[tuple[str, Draft]]:
    """Tests between the groups, on the report's clock; episodes without a group take no part."""
    each = {level: Followed.from_counts(counts, what) for level, counts in levels.items()}
    named = {level: followed for level, followed in each.items() if level != MISSING_LEVEL}
    if not all(followed.is_recorded for followed in named.values()):
        return []
    ends = [followed.ends for followed in each.values()]
    tested = [level in named and bool(followed.table.total) for level, followed in each.items()]
    return group_tests(ends, tested, _who_is_tested(each, named, levels))


def _who_is_tested(each: Mapping[str, Followed], named: Mapping[str, Followed], levels: Mapping[str, Counts]) -> Population:
    """Everyone followed, by whichever column: then release knows that it is one number; a part of them where somebody followed has no group."""
    without = [followed for level, followed in each.items() if level not in named]
    all_have_groups = not any(followed.table.total for followed in without)
    counted = each if all_have_groups else named
    parts = {"followed": sum(followed.table.total for followed in counted.values())}
    parts |= {part: sum(followed.outside[part] for followed in counted.values()) for part in EXCLUDED}
    if not all_have_groups:
        parts["no_group"] = levels[MISSING_LEVEL].total
    return Population("followed" if all_have_groups else "tested", parts, frozenset(("followed",)), None, frozenset(UNKNOWN))


def _curve(counts: Counts, *, what: Outcome, times: tuple[int, ...]) -> Curve:
    return Followed.from_counts(counts, what).ends.curve(DRAWN, np.array(times, dtype=np.int64))


def _refuses(counts: Counts, *, what: Outcome) -> str:
    """Why there is no answer at all."""
    if all(day is None for day in counts.levels(what.day)):
        return (
            "no end of follow-up is known for any episode with a stay. Give follow_up_days (days observed after discharge), or, if everyone was "
            'followed to the data cut-off, declare it in mapping.toml: [follow_up_days] rule = "to_cutoff", with [data] cutoff and discharge dates.'
        )
    return ""


def _settled(counts: Counts, *, what: Outcome, draft: Callable[..., tuple[Draft, ...]]) -> Callable[[Counts], tuple[Draft, ...]]:
    """The drafts as the whole file decides them: its follow-up stops at the event when it does so in more than half of the ends."""
    followed, column = Followed.from_counts(counts, what).table, StopsAtEnd(what.request).keys[0]
    ended = followed.where(followed.is_in(what.outcome, ["event", "death"]))
    same, other = (int(ended.n[ended.is_in(column, [flag])].sum()) for flag in (1, 0))
    return partial(draft, stops=same > other)


_SIMPLE = (
    "The share of those followed throughout stands beside the curve: it uses only those followed for the whole window. Where the file's follow-up stops "
    "at the event, those who could have been followed so far are taken (data cut-off minus discharge), else it is not assessable."
)


def after_discharge(
    name: str,
    title: str,
    what: Outcome,
    at: Sequence[int] | int | None,
    *,
    variant: str,
    asks: str,
    notes: tuple[str, ...],
    sources: tuple[str, ...],
) -> Measure:
    """Declare a measure of time after discharge.

    Parameters
    ----------
    name, title, variant, asks : str
        As for `Measure`.
    what : Outcome
        The event.
    at : sequence of int, or int, optional
        Days after discharge; 30, 90, 180 and 365 by default.
    notes, sources : tuple of str
        As for `Measure`.

    Returns
    -------
    Measure
    """
    times = check_times(at)
    reached = tuple(Reached(column, t) for t in times for column in FOLLOW_UP_COLUMNS.values())
    draft = partial(drafts_of, what=what, times=times)
    measure = Measure(
        name=name,
        title=title,
        variant=variant,
        asks=asks,
        requests=(Status(), what.request, StopsAtEnd(what.request), what.during_care, *what.recorded, what.transfer, *reached),
        needs_columns=("los_days",),
        among=of_whom(transfers=what.transfers),
        excludes={**EXCLUDED, "shorter": "followed for less", "potential_unknown": _STOPS, "no_group": "no group recorded"},
        unit="share",
        better="lower",
        draft=partial(draft, stops=False),
        settled=partial(_settled, what=what, draft=draft),
        estimands=estimands(
            what.words,
            what.past,
            what.counted,
            {short_name(c): words for c, words in what.causes.items()},
            transfers=what.transfers,
            limits=transform_words(what.curve_interval),
        ),
        sources=("Aalen OO, Johansen S (1978), Scandinavian Journal of Statistics 5:141-150", *sources),
        notes=(
            "The clock starts at discharge (day 0). On one day: the event, other ends, death, end of follow-up.",
            _SIMPLE,
            *notes,
        ),
        chart="cumulative",
        shown=("cumulative_incidence",),
        across=partial(_across, what=what),
        curve=partial(_curve, what=what, times=times),
        together=("restricted_mean_days",),
        per_episode=partial(_per_episode, name=name, variant=variant, what=what),
        inclusions=inclusions(what, times),
        selective=True,
        refuses=partial(_refuses, what=what),
    )
    return replace(measure, coarser=partial(_coarser, measure, what, partial(draft, followed_alone=True)))


_ROUNDED = (
    "Days are whole, and how many episodes they are of is not always shown: in some groups follow-up is not known in so few that the exact "
    "numbers would tell how few."
)
_ONE_BASE = (
    "What happened during care is counted among the episodes of the curve: beside all discharged it would tell how few are not followed."
)
_CURVE_ALONE = "Shares of those followed throughout are left out: they are of some of the episodes of the curve, and beside it would tell how few the others are."


def _coarser(
    measure: Measure, what: Outcome, of_curve: Callable[..., tuple[Draft, ...]], _divisions: Sequence[Mapping[str, Counts]]
) -> Iterator[Measure]:
    """Days rounded, and the event during care of the episodes of the curve; then the curve without simple rates beside it."""
    (incidence,) = (item for item in measure.estimands if item.name == "cumulative_incidence")
    in_care = partial(of_curve, only=frozenset((Key("during_care"),)))
    alone = partial(in_care, stops=False)
    one_base = replace(
        measure,
        draft=partial(of_curve, stops=False),
        settled=partial(_settled, what=what, draft=of_curve),
        estimands=tuple(replace(item, among=incidence.among) if item.name == "during_care" else item for item in measure.estimands),
        coarse=_ONE_BASE,
        finer=Finer(measure, anew=replace(measure, draft=alone, settled=None, across=None, curve=None)),
    )
    whole_days = rounded(one_base, {item.name: 0 for item in measure.estimands if item.unit == "days"}, _ROUNDED)
    yield whole_days
    yield without(whole_days, ("fully_observed_rate",), _CURVE_ALONE)
