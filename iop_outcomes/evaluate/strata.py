"""Takes the names of columns to adjust for, gives what has to be counted and the stratum of every cell, blanks being a stratum of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from iop_outcomes.columns import Column, Request, ScoreAt
from iop_outcomes.counts import Counts, Level
from iop_outcomes.errors import NotAssessableError, UsageError, choices
from iop_outcomes.intake.data import Data
from iop_outcomes.measures import Measure
from iop_outcomes.scales import Scale
from iop_outcomes.stats.draft import Ints

BAND = "_pre_band"  # of a scale: the band that its admission score lies in, looked up after the count
MAX_STRATA = 500


@dataclass(frozen=True)
class Adjusting:
    """What to adjust for.

    Parameters
    ----------
    columns : tuple of str
        As they were asked for.
    requests : tuple
        What has to be counted, one for each column.
    scales : dict of str to Scale
        Of the columns that are bands of an admission score.

    Examples
    --------
    >>> Adjusting(("age_group", "sex"), (Column("age_group"), Column("sex"))).name
    'standardised by age_group, sex'
    """

    columns: tuple[str, ...]
    requests: tuple[Request, ...]
    scales: Mapping[str, Scale] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """As the column `adjustment` of a frame has it."""
        return f"standardised by {', '.join(self.columns)}"

    @property
    def words(self) -> tuple[str, ...]:
        """Each column within a sentence."""
        return tuple(
            f"{self.scales[name].label} band at admission" if name in self.scales else name.replace("_", " ") for name in self.columns
        )

    @property
    def keys(self) -> frozenset[str]:
        """Names of the columns that are counted for it."""
        return frozenset(name for request in self.requests for name in request.keys)

    def strata(self, counts: Counts) -> Ints:
        """Which stratum each cell is in, numbered from 0 without a gap; shape (cells,).

        Raises
        ------
        UsageError
            When the columns have more combinations than anybody could fill.
        """
        codes = np.zeros((len(counts), len(self.columns)), dtype=np.int64)
        for place, (name, request) in enumerate(zip(self.columns, self.requests, strict=True)):
            key = request.keys[0]
            labels = [_band(self.scales[name], level) if name in self.scales else level for level in counts.levels(key)]
            numbered = {label: code for code, label in enumerate(dict.fromkeys(labels))}
            codes[:, place] = np.array([numbered[label] for label in labels], dtype=np.int64)[counts.codes_of(key)]
        _, strata = np.unique(codes, axis=0, return_inverse=True)
        several = int(strata.max(initial=-1)) + 1
        if several > MAX_STRATA:
            raise UsageError(
                f"adjust: {', '.join(self.columns)} make {several:,} strata, and at most {MAX_STRATA} can be compared. Give fewer columns, or put "
                "their values into wider groups in mapping.toml under [codes.<column>]."
            )
        return np.asarray(strata.reshape(-1), dtype=np.int64)


def _band(scale: Scale, score: Level) -> str | None:
    """The band of a score."""
    return None if score is None else scale.band(float(score))


def adjusting_for(data: Data, columns: Sequence[str], *, by: Sequence[str], measure: Measure) -> Adjusting:
    """Check the columns to adjust for.

    Parameters
    ----------
    data : Data
        A loaded program.
    columns : sequence of str
        Columns that data can be grouped by, covariates among them, and "<scale>_pre_band".
    by : sequence of str
        The columns compared by.
    measure : Measure
        The question.

    Raises
    ------
    UsageError
        When a column does not exist, is given twice or is compared by, or is an outcome itself.
    NotAssessableError
        When a scale has no bands, or the data no score of it.
    """
    if not columns:
        raise UsageError('adjust: an empty list names no column. Give one or more, as in adjust=["age_group"], or leave adjust out.')
    if len(set(columns)) < len(columns):
        twice = next(name for place, name in enumerate(columns) if name in columns[:place])
        raise UsageError(f'adjust: "{twice}" is given twice. Give each column once.')
    scales = {name: _scale(data, name) for name in columns if name not in data.groups and name.endswith(BAND)}
    requests: list[Request] = [
        ScoreAt(scales[name].name, "admit") if name in scales else Column(_column(data, name, by, measure)) for name in columns
    ]
    return Adjusting(tuple(columns), tuple(requests), scales)


def _column(data: Data, name: str, by: Sequence[str], measure: Measure) -> str:
    bands = [f"{scale}{BAND}" for scale, declared in data.scales.items() if declared.bands and scale in data.facts.scales]
    outcomes = {key for request in measure.requests if not isinstance(request, ScoreAt) for key in request.keys} | {"discharge_reason"}
    if name not in data.groups:
        allowed = [column for column in data.groups if column not in {*by, *outcomes}]
        raise UsageError(f'adjust: the data have no column "{name}" to adjust for. {choices(name, [*allowed, *bands])}')
    if name in by:
        raise UsageError(f'adjust: "{name}" is what is compared (by=). Adjust for other columns.')
    if name in outcomes:
        raise UsageError(
            f'adjust: "{name}" is an outcome itself, and what comes of care cannot be allowed for. Adjust for what was known at admission.'
        )
    return name


def _scale(data: Data, name: str) -> Scale:
    scale = name.removesuffix(BAND)
    if scale not in data.scales:
        known = [each for each, declared in data.scales.items() if declared.bands]
        raise UsageError(f'adjust: "{name}" is of no scale that is known. {choices(scale, known)}')
    declared = data.scales[scale]
    if not declared.bands:
        raise NotAssessableError(
            f'adjust: {declared.label} has no bands, so that there is no "{name}". Declare [bands] in its file, or adjust for another column.'
        )
    if scale not in data.facts.scales:
        raise NotAssessableError(
            f'adjust: the data hold no {declared.label} score, so that "{name}" is blank in every episode. Adjust for another column.'
        )
    return declared
