"""Takes results, gives `Answer`: working numbers, and their released form for looking at; or the sentence that stands in its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    from matplotlib.axes import Axes

    from iop_outcomes.intake.data import Data
    from iop_outcomes.release import Released
    from iop_outcomes.results import Definition, Flow, Results


class Answer:
    """What a public function returns: its results, and their released form for looking at.

    Parameters
    ----------
    results : Results
        Working numbers.
    """

    def __init__(self, results: Results) -> None:
        self.results = results

    def to_frame(self) -> pd.DataFrame:
        """Working numbers as a data frame with the fixed columns; handle them like the data themselves."""
        return self.results.to_frame()

    def release(self, policy: str = "cms11", *, ledger: str | Path | None = None) -> Released:
        """The numbers that may be shown.

        Parameters
        ----------
        policy : {"cms11", "part2", "round5", "nhs", "internal", "none"}
            "none" is allowed only for data of class synthetic or public.
        ledger : path, optional
            File of the outputs made before, begun where there is none: a figure that would differ from one of them by few episodes is
            withheld, and this output is added. Keep it as you keep the data.
        """
        from iop_outcomes.release import release

        return release(self.results, policy, ledger=ledger)

    @property
    def definition(self) -> Definition:
        """What the numbers mean."""
        return self.results.definition

    @property
    def flow(self) -> tuple[Flow, ...]:
        """For everyone: rows in = used + excluded by reason, one for each estimand."""
        return self.results.flow

    def plot(self, ax: Axes | None = None, *, policy: str = "cms11") -> Axes:
        """Draw the released numbers.

        Parameters
        ----------
        ax : Axes, optional
            Where to draw; new axes by default.
        policy : str
            Disclosure policy.
        """
        from iop_outcomes.show.draw import draw

        return draw(self.release(policy), ax)

    def sentence(self, *, policy: str = "cms11") -> str:
        """The released answer for everyone, in one sentence.

        Parameters
        ----------
        policy : str
            Disclosure policy.

        Returns
        -------
        str
        """
        from iop_outcomes.show.draw import main_sentence

        return main_sentence(self.release(policy))

    @property
    def at_risk(self) -> pd.DataFrame:
        """For measures of time: episodes still followed, events and ends of follow-up by day; working numbers, else no rows."""
        return self.results.at_risk_to_frame()

    def _repr_html_(self) -> str:
        from iop_outcomes.show.inline import inlined
        from iop_outcomes.show.tables import estimates_table

        return inlined(estimates_table(self.release()).to_html())

    def __repr__(self) -> str:
        return f"{self.definition.title}: {self.sentence()}"


class NoAnswer:
    """What `attempt` returns where the data hold nothing that answers: one sentence, wherever an answer would show something.

    Parameters
    ----------
    words : str
        What is missing, and what would bring it.
    """

    def __init__(self, words: str) -> None:
        self.words = words

    def plot(self) -> NoAnswer:
        """The sentence, in the place of the chart."""
        return self

    def sentence(self) -> str:
        """The sentence, in the place of the answer's."""
        return self.words

    @property
    def definition(self) -> str:
        """The sentence, in the place of what the numbers would mean."""
        return self.words

    def _repr_html_(self) -> str:
        from html import escape

        return f'<p class="note" role="note">{escape(self.words)}</p>'

    def __repr__(self) -> str:
        return self.words


def attempt(ask: Callable[..., Answer], data: Data, **options: Any) -> Answer | NoAnswer:
    """Ask, and where the data hold nothing that answers, get the reason as one sentence instead of an error.

    So that a notebook runs to its end on any data, and says in its place what is missing. No score of a scale, and no event of
    a kind, is a reason too: what nobody recorded is not 0. Every other error stays an error.

    Parameters
    ----------
    ask : callable
        Such as `iop.readmission`.
    data : Data
        From `load`.
    options : any
        Those of that function, as keywords.

    Returns
    -------
    Answer or NoAnswer

    Examples
    --------
    >>> import iop_outcomes as iop
    >>> with iop.load("data/synthetic") as data:
    ...     print(iop.attempt(iop.symptom_change, data, scale="pcl5").sentence()[:56])
    Change in PCL-5 is not assessable: the data hold no PCL-
    """
    from iop_outcomes.errors import NotAssessableError
    from iop_outcomes.evaluate.lacking import refuse_lacking
    from iop_outcomes.evaluate.lookup import look_up

    try:
        answer = ask(data, **options)
        refuse_lacking(data, look_up(data, answer.definition.measure, options.get("definition")))
    except NotAssessableError as reason:
        return NoAnswer(str(reason))
    return answer
