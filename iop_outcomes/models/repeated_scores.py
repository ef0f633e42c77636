"""Takes counts of scores on several occasions, gives mixed models for repeated measures: fitted to their sums, or as statsmodels fits them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from iop_outcomes.counts import Counts
from iop_outcomes.errors import NotAssessableError, UsageError, choices
from iop_outcomes.stats.draft import Floats
from iop_outcomes.stats.repeated import (
    AutoRegressive,
    AutoRegressiveIntercepts,
    Covariance,
    Design,
    InterceptAndSlope,
    Intercepts,
    Unstructured,
    fit,
    patterns_of,
)

if TYPE_CHECKING:
    import pandas as pd

Shape = Literal["unstructured", "intercept_slope", "intercept", "ar1", "intercept_ar1"]
SHAPES: tuple[Shape, ...] = ("unstructured", "intercept_slope", "intercept", "ar1", "intercept_ar1")
Time = Literal["occasions", "line"]
TIMES: tuple[Time, ...] = ("occasions", "line")
_MOST_ROWS = 2_000_000  # scores that statsmodels is handed: beyond it, fitting takes hours


@dataclass(frozen=True, eq=False)
class MixedModel:
    """A fitted mixed model for repeated measures: working material.

    Parameters
    ----------
    names : tuple of str
        Of the coefficients.
    coefficients, errors : float array, shape (coefficients,)
        In points, with their standard errors as far as the model holds.
    variance : float array, shape (coefficients, coefficients)
    covariance : float array, shape (occasions, occasions)
        Of the scores of an episode.
    parameters : float array
        Of the covariance, as its shape names them.
    log_likelihood : float
        Restricted, where the method is.
    episodes, scores : int
        How many it is fitted to.
    method : {"ml", "reml"}
    shape : str
    """

    names: tuple[str, ...]
    coefficients: Floats
    errors: Floats
    variance: Floats
    covariance: Floats
    parameters: Floats
    log_likelihood: float
    episodes: int
    scores: int
    method: str
    shape: str

    def to_frame(self) -> pd.DataFrame:
        """Each coefficient with its standard error and z."""
        import pandas as pd

        z = self.coefficients / self.errors
        return pd.DataFrame({"estimate": self.coefficients, "se": self.errors, "z": z}, index=list(self.names))


def mixed_model(
    counts: Counts,
    scores: Mapping[str, float],
    *,
    covariates: Sequence[str] = (),
    by: str | None = None,
    time: Time = "occasions",
    shape: Shape = "unstructured",
    method: Literal["ml", "reml"] = "reml",
) -> MixedModel:
    """Fit a mixed model for repeated measures to sums of counts: exact, and of a million scores as quick as of a thousand.

    Parameters
    ----------
    counts : Counts
        With a column for the scores of each occasion. Select it first: every cell with a score counts, save those with a blank covariate or level.
    scores : dict of column to float
        The columns of scores and when they were taken, in days or weeks.
    covariates : sequence of str
        Columns of numbers of the episode, such as the score before, each with one coefficient.
    by : str, optional
        A column of levels, against its first level: at every occasion, or with a slope of its own.
    time : {"occasions", "line"}
        A mean of its own for each occasion, or one intercept and slope.
    shape : {"unstructured", "intercept_slope", "intercept", "ar1", "intercept_ar1"}
        How scores of an episode go together: every two in their own way, by a random intercept and slope, by a random intercept, by a correlation
        to the power of the time between two, or by both of the last.
    method : {"reml", "ml"}

    Returns
    -------
    MixedModel

    Raises
    ------
    UsageError
        When a column, a shape or a method does not exist.
    NotAssessableError
        When the scores do not determine the model.

    References
    ----------
    Laird NM, Ware JH (1982), doi:10.2307/2529876; Mallinckrodt CH et al. (2008), doi:10.1177/009286150804200402.

    Examples
    --------
    >>> cells = {(20, 12): 3, (16, 12): 4, (18, None): 2, (14, 6): 5, (12, 9): 2}
    >>> counts = Counts.from_cells(("week_0", "week_4"), cells)
    >>> model = mixed_model(counts, {"week_0": 0, "week_4": 28}, method="ml")
    >>> model.names, model.coefficients.round(2).tolist(), model.scores
    (('week_0', 'week_4'), [15.88, 9.64], 30)
    """
    _refuse(counts, [*scores, *covariates, *([by] if by else [])])
    for given, allowed, name in ((shape, SHAPES, "shape"), (time, TIMES, "time"), (method, ("reml", "ml"), "method")):
        if given not in allowed:
            raise UsageError(f'mixed_model: {name} "{given}" is not known. {choices(given, allowed)}')
    times = [float(each) for each in scores.values()]
    if len(times) < 2 or len(set(times)) < len(times):
        raise UsageError(
            'mixed_model: scores needs two occasions or more at different times, as in scores={"phq9_week_2": 14, "phq9_week_4": 28}.'
        )
    here, points = _scored(counts, scores, [*covariates, *([by] if by else [])])
    levels = [level for level in here.levels(by) if level is not None and here.is_in(by, [level]).any()] if by else []
    known = [here.numbers(name, blank=math.nan) for name in covariates]
    if any(np.isnan(column).any() for column in known):
        raise UsageError("mixed_model: covariates must be columns of numbers; give one of words by by=.")
    known += [here.is_in(by or "", [level]).astype(np.float64) for level in levels[1:]]
    design, names = _design(times, list(scores), list(covariates), [str(level) for level in levels[1:]], time)
    patterns = patterns_of(points, here.n, np.column_stack(known) if known else None)
    fitted = fit(patterns, design, _shape(shape, times), restricted=method == "reml") if len(here) else None
    if fitted is None or not fitted.converged:
        raise NotAssessableError(
            "mixed_model: the scores do not determine this model: too few, all alike, or two occasions that nobody was scored on both of. "
            'Leave out an occasion or a covariate, or choose a simpler shape, as in shape="intercept".'
        )
    return MixedModel(
        names,
        fitted.coefficients,
        np.sqrt(np.diagonal(fitted.variance)),
        fitted.variance,
        fitted.covariance,
        fitted.parameters,
        fitted.twice_log_likelihood / 2,
        here.total,
        int(here.n @ (~np.isnan(points)).sum(axis=1)),
        method,
        shape,
    )


def _refuse(counts: Counts, columns: Sequence[str]) -> None:
    for column in columns:
        if column not in counts.columns:
            raise UsageError(f'the counts have no column "{column}". {choices(column, counts.columns)}')


def _scored(counts: Counts, scores: Mapping[str, float], known: Sequence[str]) -> tuple[Counts, Floats]:
    """The cells with a score on any occasion and without a blank in what is known beside, and their scores, shape (cells, occasions)."""
    points = np.column_stack([counts.numbers(column, blank=math.nan) for column in scores])
    keep = ~np.isnan(points).all(axis=1)
    for column in known:
        keep = keep & ~counts.is_in(column, [None])
    chosen = np.asarray(keep, dtype=bool)
    return counts.where(chosen), points[chosen]


def _shape(shape: Shape, times: Sequence[float]) -> Covariance:
    if shape == "unstructured":
        return Unstructured(len(times))
    if shape == "intercept":
        return Intercepts(len(times))
    by_time: dict[str, Callable[[tuple[float, ...]], Covariance]] = {
        "intercept_slope": InterceptAndSlope,
        "ar1": AutoRegressive,
        "intercept_ar1": AutoRegressiveIntercepts,
    }
    return by_time[shape](tuple(times))


def _design(
    times: Sequence[float], occasions: Sequence[str], covariates: Sequence[str], levels: Sequence[str], time: Time
) -> tuple[Design, tuple[str, ...]]:
    """Rows over the occasions and the covariate that each goes with; covariate 0 is 1, then those of numbers, then levels."""
    ones = np.ones(len(times))
    of_time = list(np.eye(len(times))) if time == "occasions" else [ones, np.asarray(times)]
    named = list(occasions) if time == "occasions" else ["intercept", "time"]
    rows, place, names = list(of_time), [0] * len(of_time), list(named)
    for number, name in enumerate(covariates, start=1):
        rows.append(ones)
        place.append(number)
        names.append(name)
    for number, level in enumerate(levels, start=1 + len(covariates)):
        rows += of_time
        place += [number] * len(of_time)
        names += [f"{level}: {each}" for each in named]
    return Design(np.stack(rows), np.array(place, dtype=np.int64)), tuple(names)


def to_mixedlm(counts: Counts, scores: Mapping[str, float], *, slope: bool = True, reml: bool = True) -> Any:
    """Fit statsmodels' mixed model with a random intercept, and slope, to the scores that counts stand for.

    Parameters
    ----------
    counts : Counts
        As for `mixed_model`; every episode becomes as many rows as it has scores.
    scores : dict of column to float
        The columns of scores and when they were taken.
    slope : bool
        Whether episodes differ in their slope too.
    reml : bool

    Returns
    -------
    MixedLMResults
        The object that an analyst would have fitted to the rows, with the formula "score ~ time".

    Raises
    ------
    UsageError
        When a column does not exist, or there are more scores than statsmodels fits in reasonable time; `mixed_model` takes any number.

    References
    ----------
    Seabold S, Perktold J (2010), statsmodels, doi:10.25080/Majora-92bf1922-011.

    Examples
    --------
    >>> cells = {(20, 12): 3, (16, 12): 4, (18, None): 2, (14, 6): 5, (12, 9): 2}
    >>> counts = Counts.from_cells(("week_0", "week_4"), cells)
    >>> fitted = to_mixedlm(counts, {"week_0": 0, "week_4": 28}, slope=False)
    >>> int(fitted.nobs)
    30
    """
    _refuse(counts, list(scores))
    here, points = _scored(counts, scores, ())
    seen = ~np.isnan(points)
    rows = int(here.n @ seen.sum(axis=1))
    if rows > _MOST_ROWS:
        raise UsageError(
            f"to_mixedlm: {rows:,} scores are more than {_MOST_ROWS:,}; mixed_model fits as many as there are, from their sums."
        )
    from statsmodels.regression.mixed_linear_model import MixedLM

    each = np.repeat(np.arange(len(here)), here.n)
    place, occasion = np.nonzero(seen[each])
    times = np.asarray([float(time) for time in scores.values()])[occasion]
    score, exog = points[each][place, occasion], np.column_stack([np.ones(len(place)), times])
    model = MixedLM(score, exog, groups=place, exog_re=exog if slope else None)
    model.data.xnames[: exog.shape[1]] = ["intercept", "time"]
    return model.fit(reml=reml)
