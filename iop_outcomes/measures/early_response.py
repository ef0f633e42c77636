"""Takes scores of a scale over the first weeks of care, gives how many people improved early by the published criteria."""

from __future__ import annotations

from functools import partial

import numpy as np

from iop_outcomes.counts import Counts
from iop_outcomes.measures.measure import Measure
from iop_outcomes.measures.options import SCALE, Declaration, Family
from iop_outcomes.measures.parts import NOT_ENDED, not_ended, parts_of, portion
from iop_outcomes.measures.symptom_change import family_of
from iop_outcomes.measures.weekly_scores import WEEK, WINDOWS, WeeklyScores, no_week_scored, requests_until
from iop_outcomes.results import EstimandDefinition, Inclusion
from iop_outcomes.scales import Scale
from iop_outcomes.stats.draft import Draft

# Name, label, first and last week whose scores count, share by which the score must be lower.
_RULES = (("early_improvement", "Early improvement", 2, 2, 0.20), ("early_response", "Early response", 1, 4, 0.50))
_LAST = 4 * WEEK
_WORDS = {
    "not_scored": "not scored in those weeks",
    "at_lowest": "lowest score at admission",
    "no_admission_score": "no admission score",
    **NOT_ENDED,
}
_PARTS = ("met", "not_met", *_WORDS)


def _draft(counts: Counts, *, scale: Scale) -> tuple[Draft, ...]:
    return tuple(_share(counts, scale, *rule) for rule in _RULES)


def _share(counts: Counts, scale: Scale, name: str, _label: str, first: int, last: int, fraction: float) -> Draft:
    """Share of those scored in the weeks whose lowest score of them, or the only one, is lower by the fraction."""
    weeks = WeeklyScores(counts, scale, _LAST)
    start, low = weeks.scores[:, 0], float(scale.range[0])
    seen = weeks.scores[:, first : last + 1]
    lowest = np.where(np.isnan(seen), np.inf, seen).min(axis=1)
    scored = np.isfinite(lowest)
    met = scored & (start - lowest >= fraction * (start - low) - 1e-9)
    masks = {"no_admission_score": ~weeks.started}
    for part, cells in (("at_lowest", start <= low), ("not_scored", ~scored), ("met", met)):
        masks[part] = np.zeros(len(counts), dtype=bool)
        masks[part][weeks.started] = cells
    parts = parts_of(counts, {**not_ended(counts), **masks}, "not_met", order=_PARTS)
    return parts.share(name, _family(scale, name), base=("met", "not_met"), hits=("met",), missing=("not_scored",))


def _family(scale: Scale, name: str) -> str:
    return f"{scale.name} {name}"


def early_response(scale: Scale) -> Measure:
    """Declare early improvement and early response on a scale: `<scale>_early_response`.

    Parameters
    ----------
    scale : Scale
        With a total score of which lower is better.

    Returns
    -------
    Measure

    References
    ----------
    Kennedy SH, Giacobbe P, Rizvi S (2010), Medicographia 32:183-189; Beard JIL, Delgadillo J (2019), doi:10.1002/da.22931.
    """
    among = "discharged episodes with an admission score above the lowest and a score in those weeks"
    counted = (
        "a score around day 14 lower by at least 20 % of the admission score",
        "a score up to around day 28 lower by at least 50 % of the admission score",
    )
    return Measure(
        name=f"{scale.name}_early_response",
        title=f"Early response in {scale.label}",
        asks=f"How many people had a lower {scale.label} early in care, by the usual criteria?",
        requests=requests_until(scale, _LAST),
        among=among,
        excludes=_WORDS,
        unit="share",
        better="higher",
        draft=partial(_draft, scale=scale),
        estimands=tuple(
            EstimandDefinition(name, label, words, among, "95% Wilson score", "share")
            for (name, label, *_), words in zip(_RULES, counted, strict=True)
        ),
        sources=(
            "Kennedy SH, Giacobbe P, Rizvi S (2010), Medicographia 32:183-189",
            "Beard JIL, Delgadillo J (2019), doi:10.1002/da.22931",
        ),
        notes=(
            WINDOWS,
            (
                "Early improvement is a score lower by 20 % after two weeks, early response one lower by half at or before four weeks; other studies take "
                "other weeks. A share of the admission score is counted from the lowest score of the scale."
            ),
            "Who responds early also ends better; that care caused either does not follow.",
        ),
        shown=tuple(name for name, *_ in _RULES),
        refuses=partial(no_week_scored, scale=scale, last=_LAST),
        inclusions=tuple(
            Inclusion(
                portion(_family(scale, name), "met", "not_met", "not_scored", "at_lowest"),
                portion(family_of(scale.name), "paired", "no_discharge_score", elsewhere=True),
            )
            for name, *_ in _RULES
        ),
    )


def _declared(scale: Scale) -> Declaration | None:
    if scale.better != "lower":
        return None
    return Declaration(EARLY_RESPONSE.called(scale.name), partial(early_response, scale))


EARLY_RESPONSE = Family("early_response", "{scale}_early_response", _declared, (SCALE,), lacks="score of which lower is better")
