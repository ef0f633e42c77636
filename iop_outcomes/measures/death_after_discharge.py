"""Takes deaths after discharge, gives their incidence: nothing competes with them."""

from __future__ import annotations

from collections.abc import Sequence

from iop_outcomes.columns import FOLLOW_UP, FirstEvent
from iop_outcomes.measures.after_discharge import AT_OPTION, CURVE_OPTION, after_discharge
from iop_outcomes.measures.followed import Outcome
from iop_outcomes.measures.measure import Measure
from iop_outcomes.measures.options import Declaration
from iop_outcomes.stats.transform import LOG_LOG, Transform


def death_after_discharge(at: Sequence[int] | None = None, curve_interval: Transform = LOG_LOG) -> Measure:
    """Declare death, of any cause, from the day of discharge.

    Parameters
    ----------
    at : sequence of int, optional
        Days after discharge.
    curve_interval : {"log_log", "log", "plain", "logit", "arcsine"}
        The scale on which the limits of the curve are symmetric.

    Returns
    -------
    Measure
    """
    what = Outcome(
        FirstEvent("death", ("death",), ()), "died", "died", "death, of any cause, from day 0", {}, curve_interval=curve_interval
    )
    return after_discharge(
        "death_after_discharge",
        "Death after discharge",
        what,
        at,
        variant="any_cause",
        asks="How many people die after discharge, and how soon?",
        notes=(
            "Deaths in care are outside: measure deaths_in_care.",
            "A death that nobody recorded looks like the end of follow-up: without a register of deaths this is a lower bound.",
        ),
        sources=(),
    )


DEATH_AFTER_DISCHARGE = Declaration("death_after_discharge", death_after_discharge, (AT_OPTION, CURVE_OPTION), needs=(FOLLOW_UP,))
