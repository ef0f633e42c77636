"""Takes stays in days, gives the median, the quartiles and the mean."""

from __future__ import annotations

from functools import partial

from iop_outcomes.columns import STATUS, Column, Status
from iop_outcomes.counts import Counts, Level
from iop_outcomes.measures.measure import Measure, population
from iop_outcomes.results import EstimandDefinition
from iop_outcomes.stats.draft import Draft
from iop_outcomes.stats.duration import mean_days, quantile_days

VARIANTS = ("difference", "inclusive")

_WORDS = {"no_stay": "length of stay missing", "not_started": "never started", "active": "still in care"}
_PARTS = ("discharged", "died", *_WORDS)
_QUARTILES = {"median": 0.5, "q1": 0.25, "q3": 0.75}
_HEADLINES = {"median": "The middle stay was {value} days"}


def _draft(counts: Counts, *, stem: str, extra_days: int) -> tuple[Draft, ...]:
    """The four numbers over every episode of the table."""
    reason = counts.each(STATUS, lambda r: {"not_started": 3, "active": 4, "died": 1}.get(str(r), 0)).astype(int)
    stayed = counts.each("los_days", lambda day: day is not None).astype(bool)
    choice = reason.copy()
    choice[(reason < 3) & ~stayed] = 2
    parts = {str(cell[0]): n for cell, n in counts.classify("part", _PARTS, choice)}
    who = population("stays", parts, _PARTS, base=("discharged", "died"), missing=("no_stay",))
    stays = counts.where(choice <= 1).recode("los_days", partial(_add, extra_days))
    quartiles = [quantile_days(f"{stem}_{name}", stays, "los_days", share, who) for name, share in _QUARTILES.items()]
    return (*quartiles, mean_days(f"{stem}_mean", stays, "los_days", who))


def _add(extra: int, day: Level) -> Level:
    return None if day is None else int(day) + extra


def length_of_stay(definition: str | None = None) -> Measure:
    """Declare length of stay.

    Parameters
    ----------
    definition : {"difference", "inclusive"}, optional
        "difference" is discharge day minus admission day; "inclusive" counts both days, and its estimands start
        with `los_inclusive`.

    Returns
    -------
    Measure
    """
    inclusive = definition == "inclusive"
    stem = "los_inclusive" if inclusive else "los"
    counted = "discharge day minus admission day" + (", plus one" if inclusive else "")
    among = "discharged episodes, deaths in care included, without those that never started"
    order = "order statistics, at least 95%"
    rows = (
        ("median", "Middle stay", "median (type 2) of ", order, "Half of stays were longer than {value} and half shorter."),
        ("q1", "Quarter of stays shorter than", "first quartile (type 2) of ", order, ""),
        ("q3", "Quarter of stays longer than", "third quartile (type 2) of ", order, ""),
        ("mean", "Mean stay", "mean of ", "95% Student t", ""),
    )
    return Measure(
        name="length_of_stay",
        title="Length of stay",
        asks="How long do people stay?",
        requests=(Status(), Column("los_days")),
        among="discharged episodes",
        excludes=_WORDS | {"died": "died in care (kept)"},
        unit="days",
        better="neither",
        draft=partial(_draft, stem=stem, extra_days=int(inclusive)),
        estimands=tuple(
            EstimandDefinition(f"{stem}_{name}", label, words + counted, among, interval, "days", text, _HEADLINES.get(name, ""))
            for name, label, words, interval, text in rows
        ),
        chart="stay_range",
        shown=tuple(f"{stem}_{name}" for name in _QUARTILES),
        sources=("Hyndman RJ, Fan Y (1996), definition 2, doi:10.1080/00031305.1996.10473566",),
        notes=(
            "People still in care are left out, so that a young program looks shorter than it is.",
            'National outpatient tables count both the first and the last day: definition="inclusive".',
        ),
    )
