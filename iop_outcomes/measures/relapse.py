"""Takes relapses after discharge, gives their incidence with death competing; what counts as relapse must be said."""

from __future__ import annotations

from collections.abc import Sequence

from iop_outcomes.columns import FOLLOW_UP, FirstEvent
from iop_outcomes.measures.after_discharge import AT_OPTION, CURVE_OPTION, after_discharge
from iop_outcomes.measures.followed import Outcome
from iop_outcomes.measures.measure import Measure
from iop_outcomes.measures.options import Declaration, Option
from iop_outcomes.stats.transform import LOG_LOG, Transform

DEFINITIONS = ("any_use", "heavy_drinking_day", "return_to_criteria")


def relapse(definition: str, at: Sequence[int] | None = None, curve_interval: Transform = LOG_LOG) -> Measure:
    """Declare relapse from the day of discharge.

    Parameters
    ----------
    definition : {"any_use", "heavy_drinking_day", "return_to_criteria"}
        What counts: every relapse event, or those of one kind. There is no default, because the field has none.
    at : sequence of int, optional
        Days after discharge.
    curve_interval : {"log_log", "log", "plain", "logit", "arcsine"}
        The scale on which the limits of the curve are symmetric.

    Returns
    -------
    Measure
    """
    kinds = () if definition == "any_use" else (definition,)
    words = definition.replace("_", " ")
    what = Outcome(
        FirstEvent("relapse", ("relapse",), ("death",), kinds=kinds),
        "relapsed",
        "relapsed",
        f"first relapse ({words}) from day 0",
        {"death": "Died first"},
        curve_interval=curve_interval,
    )
    return after_discharge(
        "relapse",
        f"Relapse ({words})",
        what,
        at,
        variant=definition,
        asks=f"How many people relapse after discharge ({words}), and how soon?",
        notes=(
            "Published definitions of relapse differ widely (101 in 251 studies of one review, PubMed 35254248): compare like with like.",
        ),
        sources=(),
    )


RELAPSE = Declaration(
    "relapse",
    relapse,
    (Option("definition", "what counts as relapse", DEFINITIONS, needed="what counts"), AT_OPTION, CURVE_OPTION),
    needs=(FOLLOW_UP,),
)
