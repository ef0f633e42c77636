"""Takes data and a measure, gives a refusal where the data hold nothing that it asks of, with what would bring it."""

from __future__ import annotations

from collections.abc import Sequence

from iop_outcomes.columns import FirstEvent, Request, ScoreAt, SessionCount
from iop_outcomes.errors import NotAssessableError
from iop_outcomes.intake.data import Data
from iop_outcomes.measures import Measure


def refuse_lacking(data: Data, measure: Measure) -> None:
    """Refuse a measure that the data hold nothing for, where an answer would read as if nothing had happened.

    A page that names every outcome needs it: without any score there is no change, and what nobody recorded is not 0.

    Parameters
    ----------
    data : Data
        A loaded program.
    measure : Measure
        The question.

    Raises
    ------
    NotAssessableError
        When no score of its scale, none of its events, or no session is there; the message says what would bring it.
    """
    refuse_not_counted(data, measure)
    for request in measure.requests:
        if isinstance(request, ScoreAt) and request.column == "score" and request.scale not in data.facts.scales:
            raise NotAssessableError(f"{measure.title} is not assessable: {no_score_words(data, request.scale)}")
        if isinstance(request, FirstEvent) and not _recorded(data, request):
            raise NotAssessableError(f"{measure.title} is not assessable: {_no_event(request)}")
        if isinstance(request, SessionCount) and "sessions" not in data.facts.filled:
            raise NotAssessableError(f"{measure.title} is not assessable: {_NO_SESSION}")


def refuse_not_counted(data: Data, measure: Measure, requests: Sequence[Request] = ()) -> None:
    """Refuse a measure of columns that data which came as counts do not bring, or that programs did not share together.

    Parameters
    ----------
    data : Data
        A loaded program.
    measure : Measure
        The question.
    requests : sequence
        What is to be counted to answer it; by default what the measure itself asks.

    Raises
    ------
    NotAssessableError
        Naming the column, or the program.
    """
    if reason := data.engine.refuses(requests or measure.requests):
        raise NotAssessableError(f"{measure.title} is not assessable: {reason}")
    for column in measure.needs_columns:
        if column in data.facts.lacking:
            fix = "Ask for counts that are broken down by it, or load the rows."
            raise NotAssessableError(f'{measure.title} is not assessable: the column "{column}" is not in the counts. {fix}')


_NO_SESSION = (
    'the data hold no session on a day in care. Give a table "sessions" beside the episodes, with episode_id and day (or patient_id and date) '
    "and status; episodes that are built from contacts begin and end with an attended one, so that what was missed before or after is in none."
)


def no_score_words(data: Data, scale: str) -> str:
    """That the data hold no score of a scale, which scores there are, and what would bring one."""
    there = [name for name in data.scales if name in data.facts.scales]
    others = f" Scores there are: {', '.join(there)}." if there else ""
    return (
        f'the data hold no {data.scales[scale].label} score.{others} Give a table "scores" with rows of {scale}, '
        f"or the columns {scale}_admit and {scale}_discharge beside each episode."
    )


def _recorded(data: Data, request: FirstEvent) -> bool:
    """Whether one such event is there, or a column beside the episodes says that none was."""
    beside = any(f"{event}_observed" in data.facts.columns for event in request.events)
    return data.facts.happened(request.events, request.kinds) or (beside and not request.kinds)


def _no_event(request: FirstEvent) -> str:
    names = " or ".join(request.events)
    if request.kinds:
        kinds = " or ".join(request.kinds)
        return f'the data hold no event {names} of the kind {kinds}. Give it in the table "events", with its kind.'
    first = request.events[0]
    return (
        f'the data hold no event {names}. Give it in a table "events", or, where every episode was looked at, beside each episode as '
        f"{first}_day and {first}_observed (1 or 0)."
    )
