"""Takes stays, and the days so far of those still in care, gives the share in care on each day after admission, and the day by which half had left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from iop_outcomes.columns import DAYS_IN_CARE, NOT_KNOWN, STATUS, DaysInCare, Status
from iop_outcomes.counts import Counts
from iop_outcomes.measures.after_discharge import CURVE_OPTION, check_times
from iop_outcomes.measures.curve_people import inclusions_of_curve, people_free, people_with_event
from iop_outcomes.measures.measure import Measure
from iop_outcomes.measures.options import Declaration, Option
from iop_outcomes.measures.parts import Parts, parts_of
from iop_outcomes.results import EstimandDefinition
from iop_outcomes.stats.curves import Curve, Ends
from iop_outcomes.stats.draft import Draft, Population
from iop_outcomes.stats.transform import LOG_LOG, Transform, transform_words

AT = (14, 28, 56, 84)
DRAWN = np.arange(0, 361, 10, dtype=np.int64)
END, LEFT, STAYING = "way_out_of_care", "left", "in_care"
EXCLUDED: Mapping[str, str] = {
    "no_stay": "days in care not known",
    "not_started": "never started",
    NOT_KNOWN: "not known whether discharged",
}
_AMONG = "episodes that started, whose days in care are known, those still in care and deaths in care included"


@dataclass(frozen=True, eq=False)
class InCare:
    """The episodes that started, with how long each is known to have been in care, and whether that was its end."""

    counts: Counts
    curve_interval: Transform = LOG_LOG

    @cached_property
    def parts(self) -> Parts:
        """Every episode by whether it is one of the curve, or why it stands outside."""
        cases = {name: self.counts.is_in(STATUS, [name]) for name in ("not_started", NOT_KNOWN)}
        cases["no_stay"] = self.counts.is_in(DAYS_IN_CARE, [None])
        return parts_of(self.counts, cases, "followed", order=("followed", *EXCLUDED))

    @cached_property
    def ends(self) -> Ends:
        """Ready for curves: one way to leave, and who is still in care is followed so far."""
        outside = self.counts.is_in(STATUS, ["not_started", NOT_KNOWN]) | self.counts.is_in(DAYS_IN_CARE, [None])
        inside = self.counts.where(~outside).recode(STATUS, lambda status: STAYING if status == "active" else LEFT, name=END)
        return Ends(inside.keep([DAYS_IN_CARE, END]), DAYS_IN_CARE, END, (LEFT,), self.curve_interval)

    def people(self, family: str, inside: Mapping[str, int], *, hits: Sequence[str] | None) -> Population:
        """A population inside those of the curve."""
        outside = {name: self.parts.sizes[name] for name in EXCLUDED}
        chosen = None if hits is None else frozenset(hits)
        return Population(family, {**inside, **outside}, frozenset(inside), chosen, frozenset(("no_stay",)))


def _draft(counts: Counts, *, times: tuple[int, ...], curve_interval: Transform) -> tuple[Draft, ...]:
    """Every number."""
    care = InCare(counts, curve_interval)
    ends, everyone = care.ends, care.people("followed", {"followed": care.ends.counts.total}, hits=None)
    return (
        *ends.at("event_free", ends.event_free(times), people_free(care, ends, times), left=True),
        *ends.at("cumulative_incidence", ends.incidence(times), people_with_event(care, ends, times)),
        ends.median("median_days", everyone),
        *(ends.restricted_mean("restricted_mean_days", float(time), everyone) for time in times),
    )


def _curve(counts: Counts, *, times: tuple[int, ...], curve_interval: Transform) -> Curve:
    return InCare(counts, curve_interval).ends.curve(DRAWN, np.array(times, dtype=np.int64))


def _refuses(counts: Counts) -> str:
    """Why there is no answer at all."""
    if counts.total and all(day is None for day in counts.levels(DAYS_IN_CARE)):
        return (
            "no episode has a stay, and of those still in care nothing says how long they have been. Give los_days or dates of admission and discharge, "
            "and for those still in care observed_days, or dates of admission with [data] cutoff in mapping.toml."
        )
    return ""


def retention(at: Sequence[int] | None = None, curve_interval: Transform = LOG_LOG) -> Measure:
    """Declare retention: how long people stay in care, those still in care counted as far as they are followed.

    Parameters
    ----------
    at : sequence of int, optional
        Days after admission; 14, 28, 56 and 84 by default.
    curve_interval : {"log_log", "log", "plain", "logit", "arcsine"}
        The scale on which the limits of the curve are symmetric.

    Returns
    -------
    Measure
    """
    times = check_times(AT if at is None else at)
    return Measure(
        name="retention",
        title="Retention",
        asks="How long do people stay in care, those still in care included?",
        requests=(Status(), DaysInCare()),
        needs_columns=("los_days",),
        among=_AMONG,
        excludes=EXCLUDED,
        unit="share",
        better="neither",
        draft=partial(_draft, times=times, curve_interval=curve_interval),
        estimands=_estimands(transform_words(curve_interval)),
        sources=("Kaplan EL, Meier P (1958), doi:10.1080/01621459.1958.10501452",),
        notes=(
            "The clock starts at admission (day 0). Whoever is still in care is followed to the end of the data, and is no discharge.",
            "Every way of leaving is an end, planned completion and death in care too: a stay that ended well is no failure of retention.",
            "Length of stay leaves those still in care out, so that a young program looks shorter there than it is here.",
        ),
        chart="cumulative",
        shown=("cumulative_incidence",),
        main="event_free",
        curve=partial(_curve, times=times, curve_interval=curve_interval),
        together=("restricted_mean_days",),
        inclusions=inclusions_of_curve(times),
        refuses=_refuses,
    )


def _estimands(limits: str) -> tuple[EstimandDefinition, ...]:
    of_share = f"95% {limits}; exact at 0% and 100%"
    return (
        EstimandDefinition(
            "event_free",
            "Still in care",
            "still in care after that day, by no way of leaving discharged (Kaplan-Meier, those still in care censored)",
            _AMONG,
            of_share,
            "share",
            "An estimated {value} were still in care after day {time} (range {low} to {high}), those still in care counted as far as they are followed.",
            role="free_of_ends",
            when="after day",
        ),
        EstimandDefinition(
            "cumulative_incidence",
            "Left care",
            "left care by that day, in any way",
            _AMONG,
            of_share,
            "share",
            "An estimated {value} had left care within {time} days of admission (range {low} to {high}), those still in care counted as far as they are followed.",
            none="Nobody had left.",
            role="with_event",
            axis="Days after admission",
        ),
        EstimandDefinition(
            "median_days",
            "Days until half had left",
            "median, midpoint where the curve stands at one half; only where at least 11 are followed to it",
            _AMONG,
            f"95%, {limits} band inverted",
            "days",
        ),
        EstimandDefinition(
            "restricted_mean_days",
            "Mean days in care, up to that day",
            "area under the curve of those still in care, to a day that every group was followed to",
            _AMONG,
            "95%, log-log of the share of days",
            "days",
        ),
    )


RETENTION = Declaration("retention", retention, (Option("at", "days after admission", default=AT), CURVE_OPTION))
