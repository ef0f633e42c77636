"""Takes readmissions after discharge, gives their incidence with transfers, planned returns and death as ends of their own."""

from __future__ import annotations

from collections.abc import Sequence

from iop_outcomes.columns import FirstEvent
from iop_outcomes.measures.after_discharge import Outcome, after_discharge
from iop_outcomes.measures.measure import Measure

KINDS = ("psychiatric", "all_cause")
FIRST_DAY = 3

_EVENTS = {"psychiatric": ("readmission_psychiatric",), "all_cause": ("readmission_psychiatric", "readmission_other")}


def readmission(definition: str | None = None, at: Sequence[int] | None = None) -> Measure:
    """Declare readmission from day 3: a return on days 0 to 2 is a transfer, an end of its own, as is a planned one.

    Parameters
    ----------
    definition : {"psychiatric", "all_cause"}, optional
        Which readmissions count.
    at : sequence of int, optional
        Days after discharge.

    Returns
    -------
    Measure
    """
    kind = definition or KINDS[0]
    request = FirstEvent("readmission", _EVENTS[kind], ("death",), "discharge", FIRST_DAY, planned_competes=True)
    causes = {"early": "Returned on days 0 to 2 (transfer)", "planned": "Returned as planned", "death": "Died first"}
    what = Outcome(request, "readmitted", "were readmitted", f"unplanned {kind.replace('_', '-')} readmission from day {FIRST_DAY}", causes)
    return after_discharge(
        "readmission",
        "Readmission",
        what,
        at,
        asks="How many people are readmitted after discharge, and how soon?",
        notes=(
            "A return on days 0 to 2 counts as a transfer and a planned return as planned; both are counted beside the rate.",
            "From day 0 on instead: measure readmission_from_day_0.",
        ),
        sources=("CBE 2860, thirty-day unplanned readmission following psychiatric hospitalisation (days 3 to 30)",),
    )


def readmission_from_day_0(definition: str | None = None, at: Sequence[int] | None = None) -> Measure:
    """Declare the named variant of readmission that counts returns on days 0 to 2 too.

    Parameters
    ----------
    definition : {"psychiatric", "all_cause"}, optional
        Which readmissions count.
    at : sequence of int, optional
        Days after discharge.

    Returns
    -------
    Measure
    """
    kind = definition or KINDS[0]
    request = FirstEvent("readmission", _EVENTS[kind], ("death",), "discharge", 0, planned_competes=True)
    causes = {"planned": "Returned as planned", "death": "Died first"}
    what = Outcome(request, "readmitted", "were readmitted", f"unplanned {kind.replace('_', '-')} readmission from day 0", causes)
    return after_discharge(
        "readmission_from_day_0",
        "Readmission, transfers counted",
        what,
        at,
        asks="How many people return after discharge, transfers counted, and how soon?",
        notes=("Returns on days 0 to 2 count here; the usual measure, readmission, takes them for transfers.",),
        sources=(),
    )
