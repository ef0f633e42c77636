"""Takes readmissions after discharge, gives their incidence with planned returns and death as ends of their own, transfers apart."""

from __future__ import annotations

from collections.abc import Sequence

from iop_outcomes.columns import FOLLOW_UP, FirstEvent
from iop_outcomes.measures.after_discharge import AT_OPTION, CURVE_OPTION, after_discharge
from iop_outcomes.measures.followed import Outcome
from iop_outcomes.measures.measure import Measure
from iop_outcomes.measures.options import Declaration, Option
from iop_outcomes.stats.transform import LOG_LOG, Transform

KINDS = ("psychiatric", "all_cause")
_CAUSES = {"planned": "Returned as planned", "death": "Died first"}
_EVENTS = {"psychiatric": ("readmission_psychiatric",), "all_cause": ("readmission_psychiatric", "readmission_other")}


def readmission(definition: str = KINDS[0], at: Sequence[int] | None = None, curve_interval: Transform = LOG_LOG) -> Measure:
    """Declare readmission from day 3: a return on days 0 to 2 is a transfer and leaves the denominator; a planned one competes.

    Parameters
    ----------
    definition : {"psychiatric", "all_cause"}
        Which readmissions count.
    at : sequence of int, optional
        Days after discharge.
    curve_interval : {"log_log", "log", "plain", "logit", "arcsine"}
        The scale on which the limits of the curve are symmetric.

    Returns
    -------
    Measure
    """
    request = FirstEvent("readmission", _EVENTS[definition], planned_competes=True)
    counted = f"unplanned {definition.replace('_', '-')} readmission from day 3"
    what = Outcome(request, "readmitted", "were readmitted", counted, _CAUSES, transfers=True, curve_interval=curve_interval)
    return after_discharge(
        "readmission",
        "Readmission",
        what,
        at,
        variant=definition,
        asks="How many people are readmitted after discharge, and how soon?",
        notes=(
            "Whoever is in any hospital again on days 0 to 2, planned or not, was transferred and is no part of the rate, but counted beside it.",
            "Whoever was followed for less than 3 days is left out. A planned return from day 3 on is an end of its own.",
            "From day 0 on instead: measure readmission_from_day_0.",
        ),
        sources=("CBE 2860, thirty-day unplanned readmission following psychiatric hospitalisation (days 3 to 30)",),
    )


def readmission_from_day_0(definition: str = KINDS[0], at: Sequence[int] | None = None, curve_interval: Transform = LOG_LOG) -> Measure:
    """Declare the named variant of readmission that counts returns on days 0 to 2 too.

    Parameters
    ----------
    definition : {"psychiatric", "all_cause"}
        Which readmissions count.
    at : sequence of int, optional
        Days after discharge.
    curve_interval : {"log_log", "log", "plain", "logit", "arcsine"}
        The scale on which the limits of the curve are symmetric.

    Returns
    -------
    Measure
    """
    request = FirstEvent("readmission", _EVENTS[definition], planned_competes=True)
    counted = f"unplanned {definition.replace('_', '-')} readmission from day 0"
    what = Outcome(request, "readmitted", "were readmitted", counted, _CAUSES, curve_interval=curve_interval)
    return after_discharge(
        "readmission_from_day_0",
        "Readmission, transfers counted",
        what,
        at,
        variant=definition,
        asks="How many people return after discharge, transfers counted, and how soon?",
        notes=("Returns on days 0 to 2 count here; the usual measure, readmission, takes them for transfers.",),
        sources=(),
    )


_OPTIONS = (Option("definition", "which readmissions count", KINDS, KINDS[0]), AT_OPTION, CURVE_OPTION)
READMISSION = Declaration("readmission", readmission, _OPTIONS, needs=(FOLLOW_UP,))
READMISSION_FROM_DAY_0 = Declaration("readmission_from_day_0", readmission_from_day_0, _OPTIONS, needs=(FOLLOW_UP,))
