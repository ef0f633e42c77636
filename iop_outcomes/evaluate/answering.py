"""Takes the asks of a page and data, gives the results of each, answered once; and for those that nothing answers, the reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from iop_outcomes.errors import NotAssessableError
from iop_outcomes.evaluate.ask import Ask
from iop_outcomes.evaluate.evaluation import evaluate, requests_of
from iop_outcomes.evaluate.lacking import refuse_lacking, refuse_not_counted
from iop_outcomes.evaluate.lookup import declaration
from iop_outcomes.intake.data import Data
from iop_outcomes.keys import Key
from iop_outcomes.measures import Measure, find
from iop_outcomes.progress import counted
from iop_outcomes.results import Results


@dataclass(frozen=True, slots=True)
class Unanswered:
    """An ask that the data cannot answer.

    Parameters
    ----------
    measure, title : str
        What was to be known.
    reason : str
        Why not, and what would bring it.
    """

    measure: str
    title: str
    reason: str


def answer_all(
    asks: Iterable[Ask], data: Data, *, grouped: str | None = None, conf_level: float = 0.95
) -> tuple[dict[Ask, Results], dict[Ask, Unanswered]]:
    """Answer every different ask once, all of them about the same episodes.

    Parameters
    ----------
    asks : iterable of Ask
        In the order in which their numbers are wanted; the same ask twice counts once.
    data : Data
        A loaded program.
    grouped : str, optional
        A column without which episodes are left out of every answer, as in `evaluate`.
    conf_level : float
        Confidence level between 0 and 1.

    Returns
    -------
    tuple of (dict of Ask to Results, dict of Ask to Unanswered)
        Both in the order given.

    Examples
    --------
    >>> import iop_outcomes as iop
    >>> with iop.load("data/synthetic") as data:
    ...     results, unanswered = answer_all([Ask("completion"), Ask("completion"), Ask("symptom_change", scale="pcl5")], data)
    >>> len(results), [each.reason[:36] for each in unanswered.values()]
    (1, ['Change in PCL-5 is not assessable: t'])
    """
    results: dict[Ask, Results] = {}
    unanswered: dict[Ask, Unanswered] = {}
    measures = {ask: _declared(ask, data, grouped) for ask in dict.fromkeys(asks)}
    answerable = [(measure, ask.by) for ask, measure in measures.items() if isinstance(measure, Measure)]
    data.count_all([requests_of(measure, data, by, grouped) for measure, by in answerable])  # together: in as few scans as it takes
    for ask, measure in counted("answering", measures.items()):
        answer = measure if isinstance(measure, Unanswered) else _answered(ask, measure, data, grouped, conf_level)
        if isinstance(answer, Unanswered):
            unanswered[ask] = answer
        else:
            results[ask] = replace(_only(answer, ask), among_grouped=None)  # the page has one population, decided before
    return results, unanswered


def _declared(ask: Ask, data: Data, grouped: str | None) -> Measure | Unanswered:
    try:
        measure = declaration(ask, data)
        refuse_lacking(data, measure)
        refuse_not_counted(data, measure, requests_of(measure, data, ask.by, grouped))
    except NotAssessableError as reason:
        return _unanswered(ask, data, reason)
    return measure


def _answered(ask: Ask, measure: Measure, data: Data, grouped: str | None, conf_level: float) -> Results | Unanswered:
    try:
        return evaluate(measure, data, by=ask.by, classes=ask.classes, against=ask.against, grouped=grouped, conf_level=conf_level)
    except NotAssessableError as reason:
        return _unanswered(ask, data, reason)


def _unanswered(ask: Ask, data: Data, reason: NotAssessableError) -> Unanswered:
    declared = find(ask.measure, ask.definition, scale=ask.scale, scales=data.scales)
    return Unanswered(declared.name, declared.title, str(reason))


def _only(results: Results, ask: Ask) -> Results:
    """The numbers that are wanted, with who they speak of; so in every coarser form."""
    if not ask.estimands and not ask.times:
        return results
    kept = tuple(estimate for estimate in results if _is_wanted(estimate.key, ask))
    populations = {place: people for place, people in results.populations.items() if _is_wanted(place[1], ask)}
    forms = results.coarser
    coarser = None if forms is None else lambda: (_only(form, ask) for form in forms())
    return replace(results, estimates=kept, populations=populations, coarser=coarser)


def _is_wanted(key: Key, ask: Ask) -> bool:
    of_day = key.time is None or not ask.times or key.time in ask.times
    return of_day and (not ask.estimands or key.estimand in ask.estimands)
