"""Takes data and the name of a measure, gives its declaration as these data can answer it, or says why they cannot."""

from __future__ import annotations

from collections.abc import Sequence

from iop_outcomes.columns import Column
from iop_outcomes.errors import NotAssessableError
from iop_outcomes.evaluate.ask import Ask
from iop_outcomes.intake.data import Data
from iop_outcomes.measures import CHARACTERISTICS, Measure, declared, find


def look_up(
    data: Data,
    name: str,
    definition: str | None = None,
    *,
    at: Sequence[int] | None = None,
    scale: str | None = None,
    profile: str | None = None,
    curve_interval: str | None = None,
) -> Measure:
    """Look a measure up for some data.

    Parameters
    ----------
    data : Data
        A loaded program, whose layout may rule a measure out and whose convention of stays may decide a definition.
    name : str
        The measure.
    definition : str, optional
        Which of its definitions; by default the measure's, or the one that the data hold.
    at : sequence of int, optional
        Days after discharge, for the measures of time.
    scale, profile : str, optional
        Of which scale, for the measures made from one; and which profile of reliable change.
    curve_interval : str, optional
        The scale on which the limits of curves are symmetric, for the measures of time.

    Returns
    -------
    Measure

    Raises
    ------
    UsageError
        When there is no such measure or definition.
    NotAssessableError
        When the data cannot answer it; the message says why.
    """
    entry = declared(name, data.scales)
    for need in entry.needs if entry else ():
        if need in data.cannot:
            raise NotAssessableError(f"{name} is not assessable: {data.cannot[need]}")
    convention = data.provenance.los_convention
    return find(
        name,
        definition,
        at=at,
        scale=scale,
        profile=profile,
        curve_interval=curve_interval,
        scales=data.scales,
        convention=convention,
    )


def declaration(ask: Ask, data: Data) -> Measure:
    """The measure that an ask is about, as some data can answer it.

    Raises
    ------
    UsageError, NotAssessableError
        As `look_up`.
    """
    if ask.measure in CHARACTERISTICS:
        characteristic = CHARACTERISTICS[ask.measure]
        if ask.column is None:
            return characteristic.of_scale(data.scales[ask.scale or ""])
        return characteristic.of_column(ask.column, data.count([Column(ask.column)]))
    return look_up(data, ask.measure, ask.definition, at=ask.at, scale=ask.scale)
