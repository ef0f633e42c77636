"""Takes results, gives `Answer`: working numbers, and their released form for looking at; or the sentence that stands in its place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    from matplotlib.axes import Axes

    from iop_outcomes.intake.data import Data
    from iop_outcomes.release import Released
    from iop_outcomes.results import Definition, Flow, Results
    from iop_outcomes.show.methods_paragraph import MethodsParagraph
    from iop_outcomes.show.paper import PaperFigure
    from iop_outcomes.show.references import Reference


class Answer:
    """What a public function returns: its results, and their released form for looking at.

    Parameters
    ----------
    results : Results
        Working numbers.
    discharged : callable, optional
        First and last day of the discharges that the data speak of, looked up when somebody asks.
    """

    def __init__(self, results: Results, discharged: Callable[[], tuple[str, str] | None] | None = None) -> None:
        self.results = results
        self.discharged = discharged

    def to_frame(self) -> pd.DataFrame:
        """Working numbers as a data frame with the fixed columns; handle them like the data themselves."""
        return self.results.to_frame()

    def release(self, policy: str = "cms11", *, ledger: str | Path | None = None) -> Released:
        """The numbers that may be shown: with the digits that a page prints, and without standard errors, where the policy withholds counts.

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

    def figure(
        self,
        size: str = "double",
        *,
        path: str | Path | None = None,
        policy: str = "cms11",
        working: bool = False,
        curve: str = "event",
        levels: Sequence[str] | None = None,
    ) -> PaperFigure:
        """The figure for a paper, of released numbers: of a measure of time the curves with bands over the table of who is at risk.

        Of any other measure, the chart that `plot` draws, in the same size.

        Parameters
        ----------
        size : {"single", "double"}
            As wide as one column of a journal (85 mm) or two (174 mm).
        path : path, optional
            File to write, .pdf or .svg; the same bytes every time. A file that stands there is replaced, whole or not at all.
        policy : str
            Disclosure policy.
        working : bool
            Whether to draw the working numbers, of which nothing is withheld; the figure says so.
        curve : {"event", "event_free"}
            Of a measure of time: the share with the event by each day, or the share free of every end.
        levels : sequence of str, optional
            Of a measure of time: which groups, in which order, "All" for everyone; at most six.

        Returns
        -------
        PaperFigure
            Shown as an image in a notebook; `.caption`, `.alt_text`, `.svg()` and `.pdf()`.

        References
        ----------
        Morris TP et al. (2019), doi:10.1136/bmjopen-2019-030215 (KMunicate).

        Examples
        --------
        >>> import iop_outcomes as iop
        >>> with iop.load("data/synthetic") as data:
        ...     figure = iop.readmission(data, at=(90, 180, 270, 360)).figure("single")
        >>> figure.pdf()[:5], figure.caption[:41]
        (b'%PDF-', 'Readmission. Readmitted: unplanned psychi')
        """
        from iop_outcomes.reporting.paper import paper_figure

        return paper_figure(self.results, size, path=path, policy=policy, working=working, curve=curve, levels=levels)

    def methods(self, *, policy: str = "cms11") -> MethodsParagraph:
        """The paragraph of methods for a paper, with its references: what is counted, who is left out, intervals, comparisons, software.

        Parameters
        ----------
        policy : str
            Disclosure policy; counts are released ones.

        Returns
        -------
        MethodsParagraph
            Prints as the paragraph; `.references` and `.bibtex()` are what it cites.

        Examples
        --------
        >>> import iop_outcomes as iop
        >>> with iop.load("data/synthetic") as data:
        ...     methods = iop.completion(data).methods()
        >>> str(methods)[:33], [each.key for each in methods.references]
        ('Completion was assessed by episod', ['samhsa_teds_d', 'wilson1927'])
        """
        from iop_outcomes.show.methods_paragraph import methods_of

        return methods_of(self.release(policy))

    def references(self) -> tuple[Reference, ...]:
        """The works that the definition and the methods cite, sorted by key: each with `.doi` and `.bibtex()`."""
        return self.methods().references

    def to_ard(self, *, policy: str = "cms11", working: bool = False) -> pd.DataFrame:
        """Analysis results data (CDISC): one row for each statistic, in the columns of R's package cards.

        Parameters
        ----------
        policy : str
            Disclosure policy; what it withholds is empty, with the reason in `warning`.
        working : bool
            Whether to give the working numbers, of which nothing is withheld.

        Returns
        -------
        DataFrame
            `iop_outcomes.show.ard.ARD_COLUMNS` says what each column holds and where it comes from.

        Examples
        --------
        >>> import iop_outcomes as iop
        >>> with iop.load("data/synthetic") as data:
        ...     ard = iop.completion(data).to_ard()
        >>> ard.loc[ard.variable == "completion_strict", "stat_name"].tolist()[:4]
        ['n', 'N', 'p', 'estimate']
        """
        import pandas as pd

        from iop_outcomes.show.ard import ard_columns, ard_records

        released = self.release(_policy(policy, working=working))
        return pd.DataFrame(ard_records(released), columns=list(ard_columns(released)), dtype=object)

    def to_measure_report(
        self,
        estimand: str | Sequence[str] | None = None,
        *,
        period: tuple[str, str] | None = None,
        measure: str | None = None,
        policy: str = "cms11",
    ) -> dict[str, Any]:
        """A FHIR R4 MeasureReport of type summary: population counts and score of each rate, for everyone and by group.

        Parameters
        ----------
        estimand : str or sequence of str, optional
            Which rates, each a group of the report; by default those that the answer draws, or every rate where it draws none.
        period : pair of str, optional
            First and last day, as in ("2024-01-01", "2024-12-31"); by default from the discharges of the data.
        measure : str, optional
            Canonical address of the Measure that this reports on.
        policy : str
            Disclosure policy; a population that it withholds has no count, and says `masked`.

        Returns
        -------
        dict
            For `json.dumps`.

        Examples
        --------
        >>> import iop_outcomes as iop
        >>> with iop.load("data/synthetic") as data:
        ...     report = iop.completion(data).to_measure_report("completion_strict", period=("2024-01-01", "2024-12-31"))
        >>> report["type"], [each["count"] for each in report["group"][0]["population"]]
        ('summary', [1200, 1200, 32, 642])
        """
        from iop_outcomes.show.measure_report import measure_report

        return measure_report(self.release(policy), estimand=estimand, period=period, discharged=self.discharged, measure=measure)

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


def _policy(policy: str, *, working: bool) -> str:
    """Working numbers are what is released to people entitled to see every patient."""
    return "internal" if working else policy


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

    def figure(self, size: str = "double", **_options: Any) -> NoAnswer:
        """The sentence, in the place of the figure; no file is written."""
        del size
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
