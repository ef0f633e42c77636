"""Takes data, gives the first and the last day of the periods in which their episodes were discharged."""

from __future__ import annotations

from iop_outcomes.columns import Column
from iop_outcomes.errors import UsageError
from iop_outcomes.intake.data import Data
from iop_outcomes.stats.periods import calendar

_COLUMNS = ("discharge_quarter", "period")  # a file without dates has its own periods


def discharged_between(data: Data) -> tuple[str, str] | None:
    """First and last day of the discharges, to whole quarters of the calendar, or to the periods of a file without dates.

    Parameters
    ----------
    data : Data
        Still open.

    Returns
    -------
    pair of str or None
        Days as 2024-01-01; None where the data do not say when episodes were discharged, or in no periods of the calendar.

    Raises
    ------
    UsageError
        When the data are closed.

    Examples
    --------
    >>> import iop_outcomes as iop
    >>> with iop.load("data/synthetic") as data:
    ...     discharged_between(data)
    ('2022-07-01', '2025-09-30')
    """
    column = next((name for name in _COLUMNS if name in data.groups), None)
    if column is None:
        return None
    import duckdb

    try:
        levels = data.count([Column(column)]).levels(column)
    except duckdb.ConnectionException as error:
        raise UsageError(
            "period: the data are closed, which say when episodes were discharged. Ask before they are, or give period=."
        ) from error
    periods = calendar(str(level) for level in levels if level is not None)
    return (periods[0].first_day.isoformat(), periods[-1].last_day.isoformat()) if periods else None
