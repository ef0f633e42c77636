"""Takes data and the columns of a table one, gives the results of its rows, and once they are released the exhibit."""

from __future__ import annotations

from collections.abc import Sequence

from iop_outcomes.columns import EVENTS, PERIODS, Column, field
from iop_outcomes.errors import NotAssessableError, UsageError, choices
from iop_outcomes.evaluate import evaluate, grouping_columns
from iop_outcomes.evaluate.evaluation import By, requests_of
from iop_outcomes.evaluate.lacking import refuse_lacking
from iop_outcomes.intake.data import Data
from iop_outcomes.measures import Measure
from iop_outcomes.measures.categories import categories
from iop_outcomes.measures.participants import participants, participants_baseline
from iop_outcomes.measures.table_one import DAYS, RowQuantity, everyone, mean_of, quartiles_of
from iop_outcomes.progress import counted
from iop_outcomes.release import DEFAULT_POLICY, Released, policy_for
from iop_outcomes.reporting.exhibit import Exhibit
from iop_outcomes.reporting.parts.part import Program
from iop_outcomes.results import Results
from iop_outcomes.show.table_one import table_one_notes, table_one_table

OUTCOMES = ("discharge_reason",)  # columns of groups that are no trait at admission; a caller may name them
FIRST = ("age_group", "sex")


def table_one_results(
    data: Data, *, by: By | None, columns: Sequence[str] | None, mean: Sequence[str], median: Sequence[str]
) -> tuple[Results, ...]:
    """How many episodes there are, then each row of a table one, in order; the public function is `iop_outcomes.table_one`."""
    column = _one_column(data, by)
    names = chosen_columns(data, column, columns, mean, median)
    measures = [everyone(), *(_measure(data, name, median) for name in names)]
    for measure in measures:
        refuse_lacking(data, measure)
    data.count_all([requests_of(measure, data, column, None) for measure in measures])  # together: in as few scans as it takes
    return tuple(evaluate(measure, data, by=column) for _, measure in counted("counting", dict(enumerate(measures)).items()))


def table_one_exhibit(releases: Sequence[Released]) -> Exhibit:
    """The table with what stands under it."""
    by = releases[0].group
    caption = "Characteristics of episodes at admission" + ("" if by == "All" else f", by {by.replace('_', ' ')}")
    return Exhibit("table_one", table_one_table(releases, caption=caption), table_one_notes(releases), tuple(releases))


def _one_column(data: Data, by: By | None) -> str | None:
    """Check the column of groups."""
    columns = grouping_columns(data, by)
    if len(columns) > 1:
        raise UsageError(
            f"by: a table one has the groups of one column side by side, and was given {' and '.join(columns)}. Choose one, and narrow the "
            f'data to a value of the other with data.where({columns[1]}="...") (--where {columns[1]}=...).'
        )
    return columns[0] if columns else None


# -- which rows --------------------------------------------------------------------------------------------------------


def chosen_columns(
    data: Data, by: str | None, columns: Sequence[str] | None, mean: Sequence[str] = (), median: Sequence[str] = ()
) -> tuple[str, ...]:
    """The rows of a table one, in order: those named, or every characteristic with a value and every scale with scores.

    Raises
    ------
    UsageError
        When a name is none that a row can be of, or is given twice; the message names those there are.
    NotAssessableError
        When none is named and there is none.

    Examples
    --------
    >>> import iop_outcomes as iop
    >>> with iop.load("data/synthetic") as data:
    ...     chosen_columns(data, "track", None, median=["los_days"])[:3], chosen_columns(data, "track", ["sex", "phq9"])
    (('age_group', 'sex', 'site'), ('sex', 'phq9'))
    """
    named = {"columns": () if columns is None else columns, "mean": mean, "median": median}
    for option, given in named.items():
        if isinstance(given, str):
            raise UsageError(f'{option}: takes a list of names, as in {option}=["{given}"].')
    if both := [name for name in mean if name in median]:
        raise UsageError(f'"{both[0]}" is named under mean and under median. Name it under one of them.')
    first = _usual(data, by) if columns is None else tuple(columns)
    names = (*first, *(name for name in (*mean, *median) if name not in first))
    if not names and columns is None:
        raise NotAssessableError(
            "A table one is not assessable: the data hold no characteristic of people at admission and no score. Give columns such as "
            "age_group and sex, or scores at admission."
        )
    for name in names:
        _check(data, by, name, name in (*mean, *median))
    if twice := [name for name in first if first.count(name) > 1]:
        raise UsageError(f'columns: "{twice[0]}" is given twice. Give each once.')
    if not names:
        raise UsageError("columns: an empty list names no row. Name at least one column or scale, or leave columns out.")
    return names


def _usual(data: Data, by: str | None) -> tuple[str, ...]:
    """Every characteristic that has a value, age and sex first, then the scales with scores."""
    program = Program(data, "", policy_for(DEFAULT_POLICY, data.data_class))  # which there are is no matter of who may see them
    there = [name for name in data.groups if name not in (by, *PERIODS, *OUTCOMES) and program.has_values(name)]
    first = [name for name in FIRST if name in there]
    return (*first, *(name for name in there if name not in first), *program.scored)


def _check(data: Data, by: str | None, name: str, as_number: bool) -> None:  # noqa: FBT001 - what it is asked as
    """Refuse a name that no row can be of."""
    if name == by:
        raise UsageError(f'columns: "{name}" divides the table into its groups, so that it is no row of it. Leave it out.')
    scales = [each for each, scale in data.scales.items() if scale.averaged and each in data.facts.scales]
    if name in data.scales and not data.scales[name].averaged:
        why = "is counted by its levels, never averaged" if data.scales[name].counted else "has no total score"
        raise UsageError(f"columns: {data.scales[name].title} {why}. {choices(name, scales)}")
    numbers = _whole_numbers(data)
    if as_number and name not in (*numbers, *data.scales):
        raise UsageError(f'mean and median are of whole numbers, and "{name}" holds none. {choices(name, (*numbers, *scales))}')
    if name not in (*data.groups, *numbers, *data.scales):
        allowed = [each for each in (*data.groups, *numbers, *scales) if each != by]
        raise UsageError(f'columns: the data have no column and no scale "{name}". {choices(name, allowed)}')


def _whole_numbers(data: Data) -> list[str]:
    """Columns of the episodes that hold whole numbers and may be a row: some days, and the covariates that are declared so."""
    scores = {f"{scale}_{moment}" for scale in data.scales for moment in ("admit", "discharge")}
    events = {f"{event}_{what}" for event in EVENTS for what in ("day", "observed")}
    others = {*data.groups, *PERIODS, *_MADE, *scores, *events}  # categories, and what stands beside the episodes
    return [name for name in data.facts.columns if name in DAYS or (field("episodes", name) is None and name not in others)]


_MADE = ("potential_follow_up_days",)  # by the engine


def _measure(data: Data, name: str, median: Sequence[str]) -> Measure:
    """The measure of one row."""
    if name in data.groups:
        return participants(name, categories(data.count([Column(name)]), name), whole=True)
    scale = data.scales.get(name)
    if scale is not None and name not in median:
        return participants_baseline(scale)
    quantity = RowQuantity.of_column(name) if scale is None else RowQuantity.of_scale(scale)
    return quartiles_of(quantity) if name in median else mean_of(quantity)
