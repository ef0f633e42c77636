"""Takes a number of replicates, gives the rows of every scenario, the same on any number of processors."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

from simulations import (
    changes,
    criteria,
    curves,
    days,
    effects,
    extremes,
    fair,
    few,
    gaps,
    logranks,
    readmissions,
    reliabilities,
    repeats,
    shares,
    tracks,
)
from simulations.scenario import Row, Scenario

REPLICATES = 4_000
TOLERANCE = 3  # Monte-Carlo errors


@dataclass(frozen=True, slots=True)
class Known:
    """A row that is known to lie outside its band: where it lies instead (30,000 samples), and why."""

    coverage: float
    why: str


_G = (
    "g is d times J and its variance that of d times J squared, still with the normal quantile: with 12 pairs it is too narrow. "
    "The interval of d_pre_sd is not."
)
_PICKED = (
    "Samples of 5 ends or more are picked by their own result where few are expected; with every sample counted, as given with its "
    "flag, the interval is in its band."
)
_CAUTIOUS = "With five groups of 12 the reference to F(df, G - df) is cautious: it finds a difference too seldom, never too often."
_UNEQUAL = (
    "Of 99 episodes 20 are of one patient and a tenth have the outcome, with 10.8 effective patients, just above the flag; shares of 0.3 and "
    "0.5 of the same people are in their band."
)
_ONE_SPREAD = (
    "The variance of d_ppc2 in print takes scores to spread alike before and after; where they spread 1.25 times as much after, it is too small. "
    "Of one spread it is in its band, and d_ppc3 and d_ppc_post, whose variances take both spreads, are in theirs."
)
_TWO_DAYS = (
    "Two days tell little of how far all days shift scores, and no number of people mends that. Of the two days themselves the interval is cautious "
    "(the row above); ICC(C,1), which no shift enters, is in its band."
)
_OF_DAYS = "icc_agreement, McGraw & Wong, of all days that they are drawn from"
_RATIO, _FEW = "rounded scores, SD at discharge / admission", "10% ended by day 180, a fifth by death"
KNOWN = {
    ("g_pre_sd, heteroscedastic", f"{_RATIO} 0.85", "12"): Known(0.939, _G),
    ("g_pre_sd, heteroscedastic", f"{_RATIO} 1", "12"): Known(0.934, _G),
    ("g_pre_sd, heteroscedastic", f"{_RATIO} 1.25", "12"): Known(0.937, _G),
    ("event_free at 180, log-log, 5 or more ends", _FEW, "50"): Known(0.927, _PICKED),
    ("event_free at 180, log-log, 5 or more ends", _FEW, "100"): Known(0.965, _PICKED),
    ("cumulative_incidence at 180, log-log, 5 or more events", _FEW, "100"): Known(0.976, _PICKED),
    (
        "share, by patient",
        "share 0.1, one has 20 of 99, correlation of a patient's episodes 0.4",
        "99 of 18 patients, 10.8 effective",
    ): Known(0.904, _UNEQUAL),
    ("d_ppc2, between groups", "two groups of rounded scores, SD ratio 1.25", "20 + 60"): Known(0.909, _ONE_SPREAD),
    ("d_ppc2, between groups", "two groups of rounded scores, SD ratio 1.25", "60 + 60"): Known(0.916, _ONE_SPREAD),
    (_OF_DAYS, "nine normal items, two normal scores", "300"): Known(0.870, _TWO_DAYS),
    (_OF_DAYS, "nine items of 0 to 3, two rounded scores", "300"): Known(0.875, _TWO_DAYS),
    (
        "log-rank test does not reject: robust score, F(df, G - df)",
        "equal groups, 50% ended by day 180, everybody followed for 180 days, correlation of a patient's waits 0.6",
        "12 in each of 5 patients",
    ): Known(0.979, _CAUTIOUS),
}


def scenarios() -> list[Scenario]:
    """All of them, in the order of the table."""
    modules = (
        shares,
        days,
        changes,
        curves,
        readmissions,
        extremes,
        repeats,
        few,
        logranks,
        tracks,
        effects,
        gaps,
        fair,
        criteria,
        reliabilities,
    )
    return [scenario for module in modules for scenario in module.scenarios()]


def rows_of(place: int, replicates: int) -> list[Row]:
    """Rows of the scenario at a place, which is what travels between processes."""
    return scenarios()[place].rows(replicates)


def run(replicates: int, processes: int, only: Sequence[str] = ()) -> list[Row]:
    """Every row, or those of the kinds of data whose words hold one of `only`; each scenario has its own stream, so the division of work changes nothing."""
    places = [place for place, scenario in enumerate(scenarios()) if not only or any(words in scenario.name for words in only)]
    task = partial(rows_of, replicates=replicates)
    if processes == 1:
        return [row for rows in map(task, places) for row in rows]
    with ProcessPoolExecutor(processes) as pool:
        return [row for rows in pool.map(task, places) for row in rows]


def is_known(row: Row, errors: float) -> bool:
    """Whether a row is known to lie outside its band, and lies no farther outside than is known."""
    known = KNOWN.get(row.key)
    return known is not None and replace(row, band=(known.coverage, known.coverage)).reaches(errors)


def unexpected(rows: Sequence[Row], errors: float) -> list[Row]:
    """Rows outside their band that are not known to be."""
    return [row for row in rows if not row.reaches(errors) and not is_known(row, errors)]
