"""Takes a column that a site declares, gives the share of episodes in which what it records is met: hours planned, certification, a code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from iop_outcomes.columns import Column
from iop_outcomes.counts import Counts, Level
from iop_outcomes.measures.measure import Measure
from iop_outcomes.measures.options import Declaration
from iop_outcomes.measures.parts import parts_of
from iop_outcomes.results import EstimandDefinition
from iop_outcomes.stats.draft import Draft

FEWEST_HOURS = 9  # of services a week that a Medicare plan of care sets
CONDITION_CODE = "92"  # of a claim for intensive outpatient services
_YES = ("1", "yes", "y", "true")


@dataclass(frozen=True, slots=True)
class Declared:
    """A column that a site may declare under `[covariates]`, and when what it records is met.

    Parameters
    ----------
    name : str
        Of the measure, and of its number.
    column : str
        The column.
    label : str
        The number in a few words.
    counted : str
        The episodes that count, in words.
    is_met : callable
        Whether a value, as text, is one of those that count.
    values : str
        Which values those are, in words.
    source : str
        What asks for it.
    """

    name: str
    column: str
    label: str
    counted: str
    is_met: Callable[[str], bool]
    values: str
    source: str

    def parts(self) -> tuple[str, str, str]:
        """The parts of the episodes: met, not met, not recorded."""
        return f"{self.column}_met", f"{self.column}_not_met", f"{self.column}_blank"


def _is_yes(value: str) -> bool:
    return value.lower() in _YES


def _is_enough(value: str) -> bool:
    try:
        return float(value) >= FEWEST_HOURS
    except ValueError:
        return False


def _is_92(value: str) -> bool:
    return value == CONDITION_CODE


_CFR = "42 CFR 424.24 and 410.44, as the CY 2024 OPPS final rule (CMS-1786-FC, 22 November 2023) has them"
_YES_WORDS = "yes (also y, true or 1)"
_JOINT = "The Joint Commission, standard CTS.03.01.09, element of performance 2 (from 1 January 2018)"
_MLN = "Centers for Medicare & Medicaid Services, MLN Matters MM13222"
COLUMNS = (
    Declared(
        "planned_hours",
        "hours_per_week",
        f"At least {FEWEST_HOURS} hours a week planned",
        f"episodes with at least {FEWEST_HOURS} hours of services a week in the plan of care",
        _is_enough,
        f"{FEWEST_HOURS} or more",
        _CFR,
    ),
    Declared("certified", "certified", "Certified", "episodes of which a physician certified the need", _is_yes, _YES_WORDS, _CFR),
    Declared(
        "recertified",
        "recertified",
        "Certified again in time",
        "episodes certified again whenever it was due",
        _is_yes,
        _YES_WORDS,
        _CFR,
    ),
    Declared(
        "condition_code_92",
        "condition_code",
        f"Claims with condition code {CONDITION_CODE}",
        f"episodes whose claims carry condition code {CONDITION_CODE}",
        _is_92,
        CONDITION_CODE,
        _MLN,
    ),
    Declared(
        "scores_in_plan",
        "scores_in_plan",
        "Scores used in the plan of care",
        "episodes in which scores were used to review the goals of the plan of care",
        _is_yes,
        _YES_WORDS,
        _JOINT,
    ),
)


def _draft(counts: Counts, *, declared: Declared) -> tuple[Draft, ...]:
    met, not_met, blank = declared.parts()
    levels: list[Level] = [level for level in counts.levels(declared.column) if level is not None]
    cases = {
        blank: counts.is_in(declared.column, [None]),
        met: counts.is_in(declared.column, [level for level in levels if declared.is_met(str(level))]),
    }
    parts = parts_of(counts, cases, not_met, order=(met, not_met, blank))
    return (
        parts.share(declared.name, declared.column, base=(met, not_met), hits=(met,), missing=(blank,)),
        parts.share(of_all(declared.name), declared.column, base=(met, not_met, blank), hits=(met,)),
    )


def of_all(name: str) -> str:
    """The number that counts what is not recorded as not met."""
    return f"{name}_of_all"


def _refuses(counts: Counts, *, column: str) -> str:
    """Why nothing can be told: nobody has a value of the column."""
    if all(level is None for level in counts.levels(column)):
        return f'column {column} is not in the data, or holds nothing. Give it beside each episode, and declare it in the mapping: [covariates] {column} = "category" (or "integer").'
    return ""


def _declare(declared: Declared) -> Measure:
    among = f"episodes in which {declared.column} is recorded, whether discharged or not"
    return Measure(
        name=declared.name,
        title=declared.label,
        asks=f"In what share of {among} is it met: {declared.counted}?",
        requests=(Column(declared.column),),
        among=among,
        excludes={declared.parts()[-1]: "not recorded"},
        unit="share",
        better="higher",
        draft=partial(_draft, declared=declared),
        estimands=(
            EstimandDefinition(
                declared.name,
                declared.label,
                declared.counted,
                among,
                "95% Wilson score",
                "share",
                missing="Of {more}, it is not recorded.",
            ),
            EstimandDefinition(
                of_all(declared.name),
                f"{declared.label}, not recorded as not met",
                declared.counted,
                "all episodes, whether discharged or not",
                "95% Wilson score",
                "share",
            ),
        ),
        sources=(declared.source,),
        notes=(f"The column is one that a site declares under [covariates]; these of its values count: {declared.values}.",),
        refuses=partial(_refuses, column=declared.column),
    )


DECLARED = tuple(Declaration(each.name, partial(_declare, each)) for each in COLUMNS)
