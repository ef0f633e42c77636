"""Takes the first event after discharge and the end of follow-up, gives incidence, event-free share, medians and simple rates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from iop_outcomes.columns import STATUS, DuringCare, FirstEvent, Reached, Status
from iop_outcomes.counts import Counts
from iop_outcomes.errors import UsageError
from iop_outcomes.measures.measure import PART, Measure, population
from iop_outcomes.results import EstimandDefinition
from iop_outcomes.stats.curves import Curve, Ends
from iop_outcomes.stats.draft import Draft, Mask, Population, Scores
from iop_outcomes.stats.logrank import log_rank, log_rank_influence
from iop_outcomes.stats.proportion import share

AT = (30, 90, 180, 365)
DRAWN = np.arange(0, 361, 10, dtype=np.int64)
TICKS = np.array([0, 90, 180, 270, 360], dtype=np.int64)
LONGEST = 3_650
EXCLUDED = {"unknown": "follow-up not known", "died": "died in care", "not_started": "never started", "active": "still in care"}
_OUT = ("died", "not_started", "active")


@dataclass(frozen=True)
class Outcome:
    """What a measure of time after discharge looks for.

    Parameters
    ----------
    request : FirstEvent
        The event, what competes, and the window.
    words, past : str
        The event as people say it, such as "readmitted", and as something that happened, such as "were readmitted".
    counted : str
        The event as a definition says it.
    causes : dict of str to str
        Levels of the outcome that are ends of their own beside the event and death, each with its words; counted beside.
    """

    request: FirstEvent
    words: str
    past: str
    counted: str
    causes: Mapping[str, str]

    @property
    def day(self) -> str:
        """Column of days."""
        return self.request.keys[0]

    @property
    def outcome(self) -> str:
        """Column of ways to end."""
        return self.request.keys[1]

    @property
    def during_care(self) -> DuringCare:
        """The same event before discharge."""
        return DuringCare(self.request.events, self.request.kinds)


def check_times(at: Sequence[int] | None) -> tuple[int, ...]:
    """Days after discharge, whole and increasing.

    Raises
    ------
    UsageError
        When a day is not a whole number from 1 to 3,650.
    """
    asked: object = AT if at is None else at
    days = list(asked) if isinstance(asked, Iterable) and not isinstance(asked, str) else []
    if not days or any(isinstance(day, bool) or not isinstance(day, int) or not 1 <= day <= LONGEST for day in days):
        raise UsageError(f"at: must be whole days after discharge from 1 to {LONGEST:,}, such as 30, 90, 180, 365, in a list.")
    return tuple(sorted(set(days)))


def _ends(counts: Counts, what: Outcome) -> tuple[Counts, Ends, dict[str, int]]:
    """The followed episodes, ready for curves, and how many episodes stand outside by reason."""
    masks = {part: counts.is_in(STATUS, [part]) for part in _OUT}
    gone = np.logical_or.reduce(list(masks.values()))
    known = counts.each(what.day, lambda day: day is not None).astype(bool)
    outside = {"unknown": int(counts.n[~gone & ~known].sum()), **{part: int(counts.n[mask].sum()) for part, mask in masks.items()}}
    followed = counts.where(~gone & known)
    causes = ("event", "death", *(cause for cause in what.causes if cause != "death"))
    # The curve reads the day and the way an episode ended alone: fewer cells than the table was counted in.
    return followed, Ends(followed.keep([what.day, what.outcome]), what.day, what.outcome, causes), outside


def _population(family: str, inside: Mapping[str, int], outside: Mapping[str, int], *, hits: Sequence[str] | None) -> Population:
    order = (*inside, *EXCLUDED)
    chosen = None if hits is None else tuple(hits)
    return population(family, {**inside, **outside}, order, base=tuple(inside), hits=chosen, missing=("unknown",))


def _by_time(
    followed: Counts, what: Outcome, ways: Sequence[str], times: Sequence[int], family: str, outside: Mapping[str, int]
) -> list[Population]:
    """For each time, who had ended in one of these ways by then; the parts are the stretches between times."""
    ended = followed.is_in(what.outcome, ways)
    day = followed.each(what.day, lambda value: float(value or 0))
    edges = (-1, *times)
    stretches = [f"{low + 1} to {high}" for low, high in zip(edges, times, strict=False)]
    inside = {
        stretch: int(followed.n[ended & (day > low) & (day <= high)].sum())
        for stretch, low, high in zip(stretches, edges, times, strict=False)
    }
    inside["none by then"] = followed.total - sum(inside.values())
    return [_population(family, inside, outside, hits=stretches[: i + 1]) for i in range(len(times))]


def _draft(counts: Counts, *, what: Outcome, times: tuple[int, ...]) -> tuple[Draft, ...]:
    followed, ends, outside = _ends(counts, what)
    incidence = _by_time(followed, what, ["event"], times, "incidence", outside)
    free = _by_time(followed, what, ["event", "death"], times, "event_free", outside)
    everyone = _population("followed", {"followed": followed.total}, outside, hits=None)
    return (
        *ends.at("cumulative_incidence", ends.incidence(times), incidence),
        *ends.at("event_free", ends.event_free(times), free),
        ends.median("median_days", everyone),
        *(ends.restricted_mean("restricted_mean_days", float(t), everyone) for t in times),
        *_simple(counts, what, times),
        *_beside(counts, followed, what, outside),
        ends.follow_up("median_follow_up_days", everyone),
    )


def _simple(counts: Counts, what: Outcome, times: Sequence[int]) -> list[Draft]:
    """For each day: the share with the event by then, among those whose follow-up reaches it, event or not."""
    reasons = [counts.is_in(STATUS, [part]) for part in _OUT]
    gone = np.logical_or.reduce(reasons)
    day = counts.each(what.day, lambda day: np.inf if day is None else float(day))
    happened = counts.is_in(what.outcome, ["event"]) & ~gone
    return [_followed_to(counts, reasons, happened & (day <= time), time) for time in times]


def _followed_to(counts: Counts, reasons: Sequence[Mask], hit: Mask, time: int) -> Draft:
    reached = counts.each(Reached("follow_up_days", time).keys[0], lambda flag: -1 if flag is None else float(flag))
    order = ("with", "without", "shorter", "unknown", *_OUT)
    choice = np.select([*reasons, reached < 0, reached == 0, hit], [4, 5, 6, 3, 2, 0], default=1).astype(np.int64)
    divided = counts.classify(PART, order, choice)
    parts = {str(cell[0]): n for cell, n in divided}
    who = population(f"observed {time}", parts, order, base=("with", "without"), hits=("with",), missing=("unknown",))
    draft = share("fully_observed_rate", divided, PART, who)
    flag = "not_assessable" if who.n == 0 else draft.flag
    return replace(draft, time=float(time), flag=flag)


def _beside(counts: Counts, followed: Counts, what: Outcome, outside: Mapping[str, int]) -> list[Draft]:
    """What is counted beside the curve: ends of their own, and the same event during care."""
    drafts = []
    for cause in what.causes:
        hit = followed.is_in(what.outcome, [cause])
        inside = {"yes": int(followed.n[hit].sum()), "no": int(followed.n[~hit].sum())}
        who = _population(cause, inside, outside, hits=["yes"])
        drafts.append(share(_named(cause), followed.classify(PART, ("yes", "no"), (~hit).astype(np.int64)), PART, who))
    out = np.select([counts.is_in(STATUS, [part]) for part in ("not_started", "active")], [2, 3], default=0)
    happened = counts.each(what.during_care.keys[0], lambda flag: float(flag or 0)) > 0
    order = ("yes", "no", "not_started", "active")
    divided = counts.classify(PART, order, np.where(out > 0, out, (~happened).astype(np.int64)))
    parts = {str(cell[0]): n for cell, n in divided}
    drafts.append(share("during_care", divided, PART, population("during_care", parts, order, base=("yes", "no"), hits=("yes",))))
    return drafts


def _named(cause: str) -> str:
    return {"early": "transfer_0_2", "death": "died_first"}.get(cause, cause)


def _across(levels: Mapping[str, Counts], *, what: Outcome) -> list[tuple[str, Draft]]:
    """Log-rank test of the event over all groups, on the report's clock."""
    from iop_outcomes.results import ALL

    day, cause, n, group = ([] for _ in range(4))
    outside: dict[str, int] = dict.fromkeys(EXCLUDED, 0)
    tables: list[Counts] = []
    for place, counts in enumerate(levels.values()):
        followed, ends, out = _ends(counts, what)
        table = ends.table
        day.append(table.days[table.cell_day] if len(followed) else np.empty(0, dtype=np.int64))
        cause.append(table.cell_cause)
        n.append(ends.counts.n)
        group.append(np.full(len(ends.counts), place))
        outside = {part: outside[part] + out[part] for part in outside}
        tables.append(ends.counts)
    who = _population("followed", {"followed": sum(table.total for table in tables)}, outside, hits=None)
    if len({int(g[0]) for g in group if len(g)}) < 2:
        return []
    cells = [np.concatenate(column) for column in (group, day, cause, n)]
    test = log_rank(*cells, of=1)
    bounds = np.cumsum([len(table) for table in tables])[:-1]
    pieces = np.split(log_rank_influence(*cells, of=1), bounds, axis=1)
    influence = np.sum([[table.lift(row) for row in piece] for table, piece in zip(tables, pieces, strict=True)], axis=0).T
    among = np.logical_or.reduce([table.here() for table in tables])
    draft = partial(Draft, population=who, influence=np.zeros(len(among)), rule="log_rank", among=among)
    return [
        (ALL, draft("log_rank_chi_squared", test.chi2, scores=Scores(test.score, influence, "chi2"))),
        (ALL, draft("log_rank_p", test.p, scores=Scores(test.score, influence, "p"))),
    ]


def _curve(counts: Counts, *, what: Outcome) -> Curve:
    return _ends(counts, what)[1].curve(DRAWN, TICKS)


def _refuses(counts: Counts, *, what: Outcome) -> str:
    """Why there is no answer at all."""
    if all(day is None for day in counts.levels(what.day)):
        return (
            "no end of follow-up is known for any episode. Give follow_up_days (days observed after discharge), or, if everyone was "
            'followed to the data cut-off, declare it in mapping.toml: [follow_up_days] rule = "to_cutoff", with [data] cutoff and discharge dates.'
        )
    return ""


def after_discharge(
    name: str, title: str, what: Outcome, at: Sequence[int] | None, *, asks: str, notes: tuple[str, ...], sources: tuple[str, ...]
) -> Measure:
    """Declare a measure of time after discharge.

    Parameters
    ----------
    name, title, asks : str
        As for `Measure`.
    what : Outcome
        The event.
    at : sequence of int, optional
        Days after discharge; 30, 90, 180 and 365 by default.
    notes, sources : tuple of str
        As for `Measure`.

    Returns
    -------
    Measure
    """
    times = check_times(at)
    reached = tuple(Reached("follow_up_days", t) for t in times)
    return Measure(
        name=name,
        title=title,
        asks=asks,
        requests=(Status(), what.request, what.during_care, *reached),
        among=_AMONG,
        excludes={**EXCLUDED, "shorter": "followed for less"},
        unit="share",
        better="lower",
        draft=partial(_draft, what=what, times=times),
        estimands=_estimands(what),
        sources=("Aalen OO, Johansen S (1978), Scandinavian Journal of Statistics 5:141-150", *sources),
        notes=(
            "The clock starts at discharge (day 0). On one day: the event, other ends, death, end of follow-up.",
            "A simple rate stands beside the curve: it uses only those followed for the whole window.",
            *notes,
        ),
        chart="cumulative",
        shown=("cumulative_incidence",),
        across=partial(_across, what=what),
        curve=partial(_curve, what=what),
        together=("restricted_mean_days",),
        refuses=partial(_refuses, what=what),
    )


_AMONG = "discharged episodes whose end of follow-up is known, without deaths in care and without those that never started"


def _estimands(what: Outcome) -> tuple[EstimandDefinition, ...]:
    log_log = "95% log-log"
    said = (
        "An estimated {value} "
        + what.past
        + " within {time} days of discharge (range {low} to {high}), allowing for different lengths of follow-up."
    )
    rows = [
        (
            "cumulative_incidence",
            what.words.capitalize(),
            f"{what.counted}, with death and other ends competing (Aalen-Johansen)",
            _AMONG,
            log_log,
            "share",
            said,
        ),
        ("event_free", f"Neither {what.words} nor died", f"free of the event and of death ({what.counted})", _AMONG, log_log, "share"),
        (
            "median_days",
            f"Days until half {what.past} or died",
            "median, midpoint where the curve stands at one half",
            _AMONG,
            "95%, log-log band inverted",
            "days",
        ),
        (
            "restricted_mean_days",
            f"Mean days neither {what.words} nor died",
            "area under the event-free curve, to a day that every group was followed to",
            _AMONG,
            "95%, log-log of the share of days",
            "days",
        ),
        (
            "fully_observed_rate",
            f"{what.words.capitalize()}, of those followed throughout",
            what.counted,
            "episodes whose follow-up reaches that day",
            "95% Wilson score",
            "share",
        ),
        (
            "during_care",
            "During care",
            f"{what.words} before discharge: counted, no part of the curve",
            "episodes that started and ended",
            "95% Wilson score",
            "share",
        ),
        (
            "median_follow_up_days",
            "Median follow-up",
            "median day to which episodes were followed (reverse Kaplan-Meier)",
            _AMONG,
            "none",
            "days",
        ),
        (
            "log_rank_chi_squared",
            "Log-rank test",
            "log-rank statistic over the groups, clock from discharge; hypergeometric variance, or the robust score where patients repeat",
            _AMONG,
            "none",
            "chi-squared",
        ),
        ("log_rank_p", "Log-rank test, p", "its p value", _AMONG, "none", "p"),
    ]
    rows += [
        (_named(cause), words, f"{words}: an end of its own", _AMONG, "95% Wilson score", "share") for cause, words in what.causes.items()
    ]
    return tuple(EstimandDefinition(*row) for row in rows)
