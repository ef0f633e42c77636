"""Takes the changes that a mapping declares and loaded data, gives them once their words name nobody and the data know their time."""

from __future__ import annotations

from collections.abc import Collection

from iop_outcomes.columns import Column
from iop_outcomes.engine import Engine
from iop_outcomes.errors import DataError
from iop_outcomes.intake.dated_changes import DatedChange
from iop_outcomes.intake.mapping import Mapping
from iop_outcomes.intake.privacy import identifier_in_name
from iop_outcomes.stats.periods import Period, calendar


def changes_in_data(mapping: Mapping, groups: Collection[str], engine: Engine) -> tuple[DatedChange, ...]:
    """The declared changes, checked against the data they are of.

    Raises
    ------
    DataError
        When the words look like an identifier, when a period is given where the data have dates, or one that is longer than the
        periods of the data, which could be drawn nowhere.
    """
    for number, change in enumerate(mapping.changes, start=1):
        what = identifier_in_name(change.words)
        if what:
            raise DataError(
                f"{mapping.name} [[changes]], number {number} in time, words: look like {what}. Say what changed, and name no person."
            )
    by_period = [change.period for change in mapping.changes if change.period is not None]
    if by_period and "discharge_month" in groups:
        raise DataError(
            f'{mapping.name} [[changes]] period = "{by_period[0]}": these data have discharge dates. Give the day on which the change '
            f'began, as in date = "{by_period[0].first_day}".'
        )
    known = _periods(engine) if by_period and "period" in groups else ()
    longer = [period for period in by_period if known and period.per_year < known[0].per_year]
    if longer:
        noun = known[0].noun
        raise DataError(
            f'{mapping.name} [[changes]] period = "{longer[0]}": is longer than a {noun}, and the data are known by the {noun}. Give the {noun} '
            f'in which the change began, as in period = "{known[0]}", or its day, as in date = "{longer[0].first_day}".'
        )
    return mapping.changes


def _periods(engine: Engine) -> tuple[Period, ...]:
    """The periods that the data name."""
    return calendar([str(level) for level in engine.tally([[Column("period")]])[0].levels("period") if level is not None])
