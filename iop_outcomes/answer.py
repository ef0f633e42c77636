"""Takes results, gives `Answer`: working numbers, and their released form for looking at; or the sentence that stands in its place."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    from matplotlib.axes import Axes

    from iop_outcomes.intake.data import Data
    from iop_outcomes.release import Released
    from iop_outcomes.reporting.exhibit import Exhibit
    from iop_outcomes.results import Definition, Flow, Results
    from iop_outcomes.show.methods_paragraph import MethodsParagraph
    from iop_outcomes.show.paper import PaperFigure
    from iop_outcomes.show.references import Reference


class _Exported(ABC):
    """What can be taken into a paper: its released form alone, unless working material is asked for."""

    @abstractmethod
    def _exhibit(self, policy: str, estimands: Sequence[str]) -> Exhibit:
        """The released numbers as a table with its notes."""

    def exhibit(self, *, policy: str = "cms11", working: bool = False, estimands: Sequence[str] = ()) -> Exhibit:
        """The released numbers as a table with its notes, which a notebook shows.

        Parameters
        ----------
        policy : str
            Disclosure policy.
        working : bool
            Show every number, whatever the policy, and mark the table as working material.
        estimands : sequence of str
            Numbers to set side by side, one row for each group; by default every number has a row.

        Returns
        -------
        Exhibit
        """
        return self._exhibit("internal", estimands).as_working() if working else self._exhibit(policy, estimands)

    def to_html(self, *, policy: str = "cms11", working: bool = False, estimands: Sequence[str] = ()) -> str:
        """The table and its notes in HTML, to put into a page.

        Parameters
        ----------
        policy, working, estimands
            As for `exhibit`.
        """
        return self.exhibit(policy=policy, working=working, estimands=estimands).to_html()

    def to_latex(self, *, policy: str = "cms11", working: bool = False, estimands: Sequence[str] = ()) -> str:
        """The table and its notes in LaTeX, which needs the package booktabs alone.

        Parameters
        ----------
        policy, working, estimands
            As for `exhibit`.
        """
        return self.exhibit(policy=policy, working=working, estimands=estimands).to_latex()

    def to_docx(
        self, path: str | Path, *, policy: str = "cms11", working: bool = False, estimands: Sequence[str] = (), overwrite: bool = False
    ) -> Path:
        """Write the table and its notes as a Word file, whole or not at all; it needs the extra "office".

        Parameters
        ----------
        path : path
            Of the file; its folder is made when it does not exist.
        policy, working, estimands
            As for `exhibit`.
        overwrite : bool
            Whether a file that stands there already is replaced.

        Returns
        -------
        Path

        Raises
        ------
        LibraryError
            When python-docx is not installed.
        OutputError
            When a file stands there already, or none can be written.
        """
        from iop_outcomes.reporting.files import write_new_file

        content = self.exhibit(policy=policy, working=working, estimands=estimands).to_docx()
        return write_new_file(path, content, overwrite=overwrite)


class Answer(_Exported):
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
        >>> str(methods)[:34], [each.key for each in methods.references]
        ('We assessed completion by episode.', ['samhsa_teds_d', 'wilson1927'])
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

    def _exhibit(self, policy: str, estimands: Sequence[str]) -> Exhibit:
        from iop_outcomes.reporting.exhibit import answer_exhibit

        return answer_exhibit(self.release(policy), estimands)

    def _repr_html_(self) -> str:
        from iop_outcomes.show.inline import inlined
        from iop_outcomes.show.tables import estimates_table

        return inlined(estimates_table(self.release()).to_html())

    def __repr__(self) -> str:
        return f"{self.definition.title}: {self.sentence()}"


def _policy(policy: str, *, working: bool) -> str:
    """Working numbers are what is released to people entitled to see every patient."""
    return "internal" if working else policy


class TableOne(_Exported):
    """The table of a paper that says whom it is about: working numbers, and their released form for looking at.

    Parameters
    ----------
    results : tuple of Results
        How many episodes there are, then those of each row.
    """

    def __init__(self, results: tuple[Results, ...]) -> None:
        self.results = results

    def to_frame(self) -> pd.DataFrame:
        """Working numbers, one row for each statistic of each group, with the columns of every frame; handle them like the data themselves."""
        import pandas as pd

        return pd.concat([each.to_frame() for each in self.results], ignore_index=True)

    def release(self, policy: str = "cms11", *, ledger: str | Path | None = None) -> ReleasedTableOne:
        """The numbers that may be shown: every row released together, so that none gives back what another withholds.

        Parameters
        ----------
        policy : {"cms11", "part2", "round5", "nhs", "internal", "none"}
            "none" is allowed only for data of class synthetic or public.
        ledger : path, optional
            File of the outputs made before, as for `Answer.release`.
        """
        from iop_outcomes.release import kept_ledger, release_set

        return ReleasedTableOne(release_set(self.results, policy, ledger=ledger or kept_ledger()))

    def sentence(self, *, policy: str = "cms11") -> str:
        """In which characteristics the groups differ, and in which they are alike.

        Parameters
        ----------
        policy : str
            Disclosure policy.
        """
        return self.release(policy).sentence()

    def methods(self, *, policy: str = "cms11") -> MethodsParagraph:
        """The paragraph of methods for a paper, with its references: what the numbers and the differences of the table are.

        Parameters
        ----------
        policy : str
            Disclosure policy.

        Returns
        -------
        MethodsParagraph
            Prints as the paragraph; `.references` and `.bibtex()` are what it cites.
        """
        from iop_outcomes.show.methods_paragraph import methods_of_table

        return methods_of_table(self.release(policy).parts)

    def references(self) -> tuple[Reference, ...]:
        """The works that the definitions of its rows cite, sorted by key."""
        return self.methods().references

    def _exhibit(self, policy: str, estimands: Sequence[str]) -> Exhibit:
        from iop_outcomes.errors import UsageError

        if estimands:
            raise UsageError(
                "estimands: the rows of a table one are chosen when it is made (columns=, mean=, median=). Leave estimands out."
            )
        return self.release(policy).exhibit()

    def _repr_html_(self) -> str:
        return self.to_html()

    def __repr__(self) -> str:
        return self.release().exhibit().to_text()


class ReleasedTableOne:
    """A table one that may be shown.

    Parameters
    ----------
    parts : tuple of Released
        How many episodes there are, then what each row shows.
    """

    def __init__(self, parts: tuple[Released, ...]) -> None:
        self.parts = parts

    def to_frame(self) -> pd.DataFrame:
        """The released numbers with the columns of every frame; a withheld one is missing, and its `flag` says suppressed."""
        import pandas as pd

        return pd.concat([each.to_frame() for each in self.parts], ignore_index=True)

    def exhibit(self) -> Exhibit:
        """The table with its notes, which gives itself as HTML, LaTeX, Word and text."""
        from iop_outcomes.reporting.table_one import table_one_exhibit

        return table_one_exhibit(self.parts)

    def sentence(self) -> str:
        """In which characteristics the groups differ, and in which they are alike; that nothing is compared where it is not."""
        from iop_outcomes.show.participants import alike_sentence

        first, *rows = self.parts
        return alike_sentence(rows, first.group) or "How far apart groups are cannot be shown, or there is one group alone."

    def _repr_html_(self) -> str:
        return self.exhibit().to_html()


class NoAnswer:
    """What `attempt` returns where the data hold nothing that answers: one sentence, wherever an answer would show something.

    Parameters
    ----------
    words : str
        What is missing, and what would bring it.
    """

    def __init__(self, words: str) -> None:
        self.words = words

    def plot(self, *_axes: object, **_how: object) -> NoAnswer:
        """The sentence, in the place of the chart."""
        return self

    def figure(self, size: str = "double", **_options: Any) -> NoAnswer:
        """The sentence, in the place of the figure; no file is written."""
        del size
        return self

    def release(self, *_policy: object, **_how: object) -> NoAnswer:
        """The sentence, in the place of the numbers that may be shown."""
        return self

    def exhibit(self, **_how: object) -> NoAnswer:
        """The sentence, in the place of the table."""
        return self

    def sentence(self, **_how: object) -> str:
        """The sentence, in the place of the answer's."""
        return self.words

    @property
    def definition(self) -> str:
        """The sentence, in the place of what the numbers would mean."""
        return self.words

    def methods(self, **_how: object) -> MethodsParagraph:
        """The sentence, in the place of the paragraph; it cites nothing."""
        from iop_outcomes.show.methods_paragraph import MethodsParagraph

        return MethodsParagraph(self.words, ())

    def to_html(self, **_how: object) -> str:
        """The sentence, in the place of the table."""
        return self._repr_html_()

    def to_latex(self, **_how: object) -> str:
        """The sentence, in the place of the table."""
        from iop_outcomes.reporting.latex import latex_text

        return latex_text(self.words)

    def to_docx(self, *_path: object, **_how: object) -> NoAnswer:
        """The sentence, in the place of the file, which is not written."""
        return self

    def _repr_html_(self) -> str:
        from html import escape

        return f'<p class="note" role="note">{escape(self.words)}</p>'

    def __repr__(self) -> str:
        return self.words


Asked = TypeVar("Asked", Answer, TableOne)


def attempt(ask: Callable[..., Asked], data: Data, **options: Any) -> Asked | NoAnswer:
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
    Answer, TableOne or NoAnswer

    Examples
    --------
    >>> import iop_outcomes as iop
    >>> with iop.load("data/synthetic") as data:
    ...     print(iop.attempt(iop.symptom_change, data, scale="pcl5").sentence()[:56])
    Change in PCL-5 is not assessable: the data hold no PCL-
    """
    from iop_outcomes.errors import NotAssessableError, UsageError
    from iop_outcomes.evaluate.lacking import refuse_lacking
    from iop_outcomes.evaluate.lookup import look_up

    if not callable(ask):
        raise UsageError(
            f"attempt: ask is of type {type(ask).__name__}. Give a public function that asks data, such as iop.symptom_change."
        )
    try:
        answer = ask(data, **options)
        if isinstance(answer, Answer):
            refuse_lacking(data, look_up(data, answer.definition.measure, options.get("definition")))
    except NotAssessableError as reason:
        return NoAnswer(str(reason))
    return answer
