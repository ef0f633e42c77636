"""Takes counts of days and ways to end, gives the lifelines object that an analyst would have fitted to the rows."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np

from iop_outcomes.counts import Counts
from iop_outcomes.errors import UsageError, choices

if TYPE_CHECKING:
    from lifelines import KaplanMeierFitter

EVENTS = ("event", "death")


def to_lifelines(
    counts: Counts, *, day: str, outcome: str, events: Collection[str] = EVENTS, label: str = "event_free"
) -> KaplanMeierFitter:
    """Fit lifelines' Kaplan-Meier curve from counts.

    Parameters
    ----------
    counts : Counts
        With a column of days and one of outcomes, as `FirstEvent` gives; cells with a blank day are left out. Select or
        split it first: every cell counts.
    day, outcome : str
        Names of those columns, such as "relapse_day" and "relapse_outcome".
    events : collection of str
        Outcomes that end the curve; every other is the end of follow-up. With more than one cause of ending this is the
        curve free of all of them; 1 minus a curve of one cause alone is not its incidence when another competes.
    label : str
        Name of the curve in the fitted object.

    Returns
    -------
    KaplanMeierFitter
        The same curve as from the rows: whole-number weights are exact here.

    Raises
    ------
    UsageError
        When the counts lack a column.

    Notes
    -----
    Its interval is log-log, as here. Do not use its Aalen-Johansen fitter, its at-risk counts or its restricted-mean errors.

    References
    ----------
    Davidson-Pilon C (2019), lifelines: survival analysis in Python, doi:10.21105/joss.01317.

    Examples
    --------
    >>> counts = Counts.from_cells(("day", "outcome"), {(5, "event"): 2, (8, "end_of_follow_up"): 1, (9, "event"): 1})
    >>> fitted = to_lifelines(counts, day="day", outcome="outcome")
    >>> float(fitted.predict(6))
    0.5
    """
    for column in (day, outcome):
        if column not in counts.columns:
            raise UsageError(f'to_lifelines: the counts have no column "{column}". {choices(column, counts.columns)}')
    from lifelines import KaplanMeierFitter

    known = counts.where(counts.each(day, lambda value: value is not None).astype(bool))
    days = known.each(day, lambda value: float(value or 0))
    seen = known.is_in(outcome, events)
    return KaplanMeierFitter(label=label).fit(days, seen.astype(int), weights=known.n.astype(np.int64))
