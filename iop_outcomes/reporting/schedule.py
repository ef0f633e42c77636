"""Takes a long file and a kind of period, gives a report of each month, quarter or year in a folder of its own, each compared with the one before.

The episodes of two periods are never the same, so that no two of these reports differ by few of the same episodes. What they could give
away together is how many episodes are in none of them: each says how many the file has. So where that rest is small, the first period
is left out too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from iop_outcomes.columns import DISCHARGE_PERIODS, Column
from iop_outcomes.errors import UsageError, choices
from iop_outcomes.intake.data import Data
from iop_outcomes.release import DEFAULT_POLICY, policy_for
from iop_outcomes.release.protect import is_safe
from iop_outcomes.reporting.assemble import build_report
from iop_outcomes.reporting.earlier import EarlierReport, earlier_of, read_earlier
from iop_outcomes.reporting.packs import DEFAULT_PACK, find_pack
from iop_outcomes.reporting.parts.what_changed import WHAT_CHANGED
from iop_outcomes.reporting.render import FORMS, USUAL
from iop_outcomes.stats.periods import Period, calendar

KINDS_OF_PERIOD: Mapping[str, int] = {"month": 12, "quarter": 4, "year": 1}  # how many a year has
COMPARED = "json"  # the form that the next report is compared with


@dataclass(frozen=True, eq=False)
class Schedule:
    """Which periods of a file get a report.

    Parameters
    ----------
    data : Data
        The file, as far as it was narrowed.
    periods : dict of Period to Data
        Those that get one, in order, with their episodes.
    left_out : dict of Period to str
        Those that get none, with the reason.
    """

    data: Data
    periods: Mapping[Period, Data]
    left_out: Mapping[Period, str]


def schedule_of(data: Data, every: str, policy: str = DEFAULT_POLICY) -> Schedule:
    """Which months, quarters or years of a file get a report.

    Parameters
    ----------
    data : Data
        A loaded program, perhaps narrowed.
    every : {"month", "quarter", "year"}
        The kind of period, of the calendar.
    policy : str
        Disclosure policy: a period with fewer discharged episodes than a group must hold gets no report.

    Raises
    ------
    UsageError
        When the data do not say in which of these periods episodes were discharged, or none holds enough.
    """
    if every not in KINDS_OF_PERIOD:
        raise UsageError(f'schedule: "{every}" is no kind of period. {choices(every, KINDS_OF_PERIOD)}')
    chosen = policy_for(policy, data.data_class, data.provenance.part2_tracks)
    column, counts = _discharges(data, every)
    cutoff = data.provenance.cutoff
    fewest, left_out = max(chosen.fewest, 1), dict[Period, str]()
    for period, n in counts.items():
        if cutoff and period.last_day > date.fromisoformat(cutoff):
            left_out[period] = f"not complete: the data end on {cutoff}"
        elif n < fewest:
            left_out[period] = f"fewer than {fewest} discharged episodes" if n else "no discharged episode"
    kept = [period for period in counts if period not in left_out]
    while kept and not is_safe(data.episodes - sum(counts[period] for period in kept), chosen.threshold):
        left_out[kept.pop(0)] = (
            f"with it, fewer than {chosen.threshold} episodes would be in no report, and could be counted from all of them"
        )
    if not kept:
        why = "; ".join(f"{period}: {words}" for period, words in sorted(left_out.items()))
        raise UsageError(f"schedule: no {every} gets a report ({why}). Choose longer periods, such as a year.")
    return Schedule(data, {period: _of_period(data, column, period) for period in kept}, dict(sorted(left_out.items())))


def _discharges(data: Data, every: str) -> tuple[str, dict[Period, int]]:
    """The column that tells the periods apart, and how many episodes were discharged in each of the calendar, from the first to the last."""
    per_year = KINDS_OF_PERIOD[every]
    known: list[tuple[int, str, dict[Period, int]]] = []
    for column in reversed(DISCHARGE_PERIODS):
        table = data.count([Column(column)]) if column in data.groups else None
        levels = [] if table is None else [str(level) for level in table.levels(column) if level is not None]
        finer = calendar(levels)
        if table is not None and finer and finer[0].per_year >= per_year:
            numbers = {level: int(table.n[table.is_in(column, [level])].sum()) for level in levels}
            by_period: dict[Period, int] = {}
            for each in finer:
                whole = _holding(each, per_year)
                by_period[whole] = by_period.get(whole, 0) + numbers.get(str(each), 0)
            known.append((finer[0].per_year, column, by_period))
    if not known:
        raise UsageError(
            f"schedule: the data do not say in which {every} episodes were discharged. Give discharge dates, or the column period."
        )
    _, column, counts = min(known, key=lambda each: each[0])  # the coarsest that does
    return column, counts


def _holding(period: Period, per_year: int) -> Period:
    """The month, quarter or year that a period lies in."""
    return Period(per_year, period.year, period.part * per_year // period.per_year)


def _of_period(data: Data, column: str, period: Period) -> Data:
    """The episodes discharged in a period, by a column of the same periods or of shorter ones."""
    inside = [name for name in map(str, data.count([Column(column)]).levels(column)) if _lies_in(name, period)]
    return data.where(**{column: [inside[0]] if inside == [str(period)] else (min(inside), max(inside))})


def _lies_in(name: str, period: Period) -> bool:
    named = calendar([name])
    return bool(named) and _holding(named[0], period.per_year) == period


def write_period(
    schedule: Schedule,
    period: Period,
    folder: str | Path,
    *,
    before: EarlierReport | None = None,
    by: str | Sequence[str] = "track",
    pack: str = DEFAULT_PACK,
    policy: str = DEFAULT_POLICY,
    title: str | None = None,
    ledger: str | Path | None = None,
    formats: Sequence[str] = USUAL,
) -> tuple[list[Path], EarlierReport]:
    """Write the report of one period of a schedule into a folder that is named by it.

    Parameters
    ----------
    schedule : Schedule
    period : Period
        One of its periods.
    folder : path
        Where the folders of the periods are.
    before : EarlierReport, optional
        What it is compared with, where the pack says what changed: the report of the period before, which this function gave.
    by, pack, policy, title, ledger
        As for `iop_outcomes.report`.
    formats : sequence of str
        Files to write; .json is always written, because the next report is compared with it.

    Returns
    -------
    files, report
        What was written, and the report as the next one is compared with it.
    """
    unknown = next((form for form in formats if form not in FORMS), None)
    if unknown is not None:
        raise UsageError(f'A report has no form "{unknown}". {choices(unknown, FORMS)}')
    against = before if WHAT_CHANGED in find_pack(pack).parts else None
    made = build_report(schedule.periods[period], by=by, pack=pack, policy=policy, title=title, ledger=ledger, compare_to=against)
    paths = made.save(Path(folder) / str(period), tuple(dict.fromkeys((*formats, COMPARED))))
    return paths, earlier_of(made.files(COMPARED)[f"{made.name}.json"], f"{made.name}.json")


def first_compared(path: str | Path | None) -> EarlierReport | None:
    """What the first report of a schedule is compared with, where anything is given."""
    return None if path is None else read_earlier(path)
