"""Takes a program, gives by which periods its completion is followed, and which of them can be judged."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from weakref import WeakKeyDictionary

import numpy as np

from iop_outcomes.columns import Column, Status
from iop_outcomes.counts import Counts
from iop_outcomes.evaluate.ask import Ask
from iop_outcomes.evaluate.contrasts import FEWEST
from iop_outcomes.intake.data import Data
from iop_outcomes.measures import find
from iop_outcomes.release.protect import is_safe
from iop_outcomes.reporting.parts.part import Program
from iop_outcomes.show.trend import FEWEST_POINTS
from iop_outcomes.stats.duration import Distribution, distribution, quantile_type2
from iop_outcomes.stats.periods import Period, calendar, read_period

ESTIMAND = "completion_strict"
NEARLY_ALL = 0.9  # share of the months that must be shown for months to be chosen whatever the quarters hold
EARLY = 0.01  # of admissions are earlier than the first that counts
LONG_STAY = 0.95  # of stays are shorter than what a program must have run for its rates to be mature

_CHOSEN: WeakKeyDictionary[Program, Ask | None] = WeakKeyDictionary()  # several parts of a page ask, and counting takes time


def completion_by_period(program: Program) -> Ask | None:
    """Completion by month where enough months hold enough episodes, else by quarter, else by the file's own period; none where no period is known.

    Only the one number that is shown: withholding what nobody prints would cost periods that could be seen. Whatever else of a page is by
    period takes this column: what is printed by months and by quarters of the same episodes could give a withheld month back.
    """
    if program not in _CHOSEN:
        _CHOSEN[program] = _chosen(program)
    return _CHOSEN[program]


def _chosen(program: Program) -> Ask | None:
    known = [column for column in ("discharge_month", "discharge_quarter", "period") if program.has_values(column)]
    if "discharge_month" in known and "discharge_quarter" in known and not _months_hold_enough(program):
        known.remove("discharge_month")
    return Ask("completion", by=known[0], estimands=(ESTIMAND,)) if known else None


def _months_hold_enough(program: Program) -> bool:
    """Whether nearly all months can be shown, or, where quarters are too few for limits, enough months for these."""
    months = _shown(program, "discharge_month")
    if sum(months.values()) >= NEARLY_ALL * len(months):
        return True
    return _to_judge(program.data, _shown(program, "discharge_quarter")) < FEWEST_POINTS <= _to_judge(program.data, months)


def _shown(program: Program, column: str) -> dict[str, bool]:
    """Of each period, whether it holds enough discharges for its share to say anything, and the policy lets its counts be seen."""
    measure, threshold = find("completion"), program.policy.threshold
    counts = program.data.count((*measure.requests, Column(column)))
    shown = {}
    for level in counts.levels(column):
        if level is not None:
            drafts = measure.draft(counts.where(counts.is_in(column, [level])))
            who = next(draft.population for draft in drafts if draft.key.estimand == ESTIMAND)
            shown[str(level)] = who.n >= FEWEST and all(is_safe(n, threshold) for n in (who.n, who.k or 0, who.n - (who.k or 0)))
    return shown


def _to_judge(data: Data, shown: Mapping[str, bool]) -> int:
    """How many of the periods that are shown can be judged."""
    periods = calendar(shown)
    immature, incomplete = unjudged(data, periods)
    return sum(shown.get(str(period), False) for period in periods if period not in immature and period not in incomplete)


def periods_of(data: Data, column: str) -> tuple[Period, ...]:
    """Every period from the first to the last of the data."""
    return calendar([str(level) for level in data.count([Column(column)]).levels(column) if level is not None])


def judged_periods(data: Data, column: str) -> list[Period]:
    """The periods that can be judged."""
    periods = periods_of(data, column)
    immature, incomplete = unjudged(data, periods)
    return [period for period in periods if period not in immature and period not in incomplete]


# -- which periods can be judged -----------------------------------------------------------------------------------


def unjudged(data: Data, periods: tuple[Period, ...]) -> tuple[frozenset[Period], frozenset[Period]]:
    """Periods that are immature, and that are incomplete."""
    return _immature(data, periods), _incomplete(data, periods)


def _immature(data: Data, periods: tuple[Period, ...]) -> frozenset[Period]:
    """Periods that begin before the 1st percentile of admissions, known to the month, and the 95th percentile stay after it."""
    mature = _mature_from(data)
    return frozenset() if mature is None else frozenset(period for period in periods if period.first_day < mature)


def _mature_from(data: Data) -> date | None:
    """The first day on which long stays of the first admissions can have ended; `None` when admission dates are not known.

    A hundredth of admissions may be earlier than the first: a date mistyped, or a trial run years before, makes no period mature.
    """
    if "admit_month" not in data.groups:
        return None
    admissions = _first_days(data.count([Column("admit_month")]), "admit_month")
    stays = data.count([Status(), Column("los_days")])
    stayed = stays.is_in("episode_status", ["discharged", "died"]) & ~stays.is_in("los_days", [None])
    long_stay = quantile_type2(distribution(stays.where(stayed), "los_days"), LONG_STAY)
    if not len(admissions.n) or math.isnan(long_stay):
        return None
    return date.fromordinal(int(quantile_type2(admissions, EARLY)) + math.ceil(long_stay))


def _first_days(counts: Counts, column: str) -> Distribution:
    """How many there are on the first day, as an ordinal, of each period; blanks are left out."""
    periods = [None if level is None else read_period(str(level)) for level in counts.levels(column)]
    days = np.array([0 if period is None else period.first_day.toordinal() for period in periods], dtype=np.int64)[counts.codes_of(column)]
    order = np.argsort(days, kind="stable")[np.count_nonzero(days == 0) :]
    return Distribution(days[order], counts.n[order])


def _incomplete(data: Data, periods: tuple[Period, ...]) -> frozenset[Period]:
    """Periods that end after the data were cut."""
    cutoff = data.provenance.cutoff
    return frozenset(period for period in periods if cutoff and period.last_day > date.fromisoformat(cutoff))
