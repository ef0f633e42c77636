"""Takes nothing, gives what a reader of files brings home: numbers as printed, each with its place in the report, and the words under Methods."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from iop_outcomes.attack.facts import Place
from iop_outcomes.attack.identities import RowName

COUNTS = ("n", "k", "n_missing", "excluded", "n_at_risk")


@dataclass(frozen=True, slots=True)
class Number:
    """One number of a report as it is printed.

    Parameters
    ----------
    row_name : RowName
    where : Place
        Of which group.
    field : str
        "n", "k", "n_missing", "excluded", "n_at_risk", "value", or the words of a reason for being left out.
    value : Fraction or None
        None where it is withheld.
    half : Fraction
        Half a unit of the last digit, where it is rounded.
    source : str
        Where it is printed.
    """

    row_name: RowName
    where: Place
    field: str
    value: Fraction | None
    source: str
    half: Fraction = Fraction()


@dataclass(frozen=True, slots=True)
class Block:
    """The numbers of one measure by one column, or by two.

    Parameters
    ----------
    columns : tuple of str
        The columns it is grouped by.
    levels : tuple of tuple of str
        The levels of each column, everyone left out.
    numbers : tuple of Number
    """

    columns: tuple[str, ...]
    levels: tuple[tuple[str, ...], ...]
    numbers: tuple[Number, ...]


@dataclass(frozen=True, slots=True)
class Described:
    """What the Methods say of one measure.

    Parameters
    ----------
    title : str
    among : dict of str to str
        Of whom each of its numbers is.
    labels : dict of str to str
        Which number each label of a table means.
    rows_in : Fraction or None
        How many episodes came in; None where that is withheld.
    left_out : dict of str to (Fraction or None)
        How many were left out, by reason.
    """

    title: str
    among: Mapping[str, str]
    labels: Mapping[str, str] = field(default_factory=dict)
    rows_in: Fraction | None = None
    left_out: Mapping[str, Fraction | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TableRead:
    """A table of a page.

    Parameters
    ----------
    source : str
        The file, and its caption.
    caption : str
    rows : list of list of str
        Its cells in words, headings first.
    """

    source: str
    caption: str
    rows: list[list[str]]


@dataclass(frozen=True, slots=True)
class WordsRead:
    """A text of a page with a number in it.

    Parameters
    ----------
    source : str
    text : str
    about : str
        The heading that it stands under.
    """

    source: str
    text: str
    about: str


@dataclass(frozen=True, slots=True)
class ChartRead:
    """A drawn chart of a page.

    Parameters
    ----------
    source : str
    words : str
        What stands for it.
    svg : str
        The drawing.
    """

    source: str
    words: str
    svg: str


@dataclass(frozen=True, slots=True)
class Rounded:
    """How a report says that its counts are rounded: to the nearest multiple, half of it up; the smallest are not printed.

    Parameters
    ----------
    base : int
        Counts are multiples of it; 1 where they are as counted.
    smallest : int
        Counts from 1 to one below it are not printed.

    Examples
    --------
    >>> Rounded(5, 8).limits(Fraction(10)), Rounded(5, 1).limits(Fraction(0)), Rounded(5, 8).limits(Fraction(0))
    ((Fraction(8, 1), Fraction(12, 1)), (Fraction(0, 1), Fraction(2, 1)), (Fraction(0, 1), Fraction(0, 1)))
    """

    base: int = 1
    smallest: int = 1

    @property
    def prints_small(self) -> bool:
        """Whether small counts are printed, rounded like others."""
        return self.base > 1 and self.smallest == 1

    def limits(self, printed: Fraction) -> tuple[Fraction, Fraction]:
        """The least and most that a count can be which is printed so."""
        low, high = printed - self.base // 2, printed + (self.base - 1) // 2
        if not printed:
            return printed, high if self.smallest <= high else printed
        return max(low, Fraction(self.smallest)), high


NOT_ROUNDED = Rounded()


@dataclass
class FilesRead:
    """Everything that is printed in the files of one report.

    Parameters
    ----------
    files : list of str
        The files read.
    blocks : list of Block
    numbers : list of Number
        Those that stand in no block: they are said of everyone.
    described : list of Described
    tables : list of TableRead
        Of the page: what stands in them is in people's words, which the Methods explain.
    few : dict of str to int
        Sets of episodes of which the report itself says that they are from 1 to so many.
    rounded : Rounded
        How counts are rounded, as the file says.
    words : list of WordsRead
        Its sentences, and what stands for its charts.
    charts : list of ChartRead
    """

    files: list[str] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    numbers: list[Number] = field(default_factory=list)
    described: list[Described] = field(default_factory=list)
    tables: list[TableRead] = field(default_factory=list)
    few: dict[str, int] = field(default_factory=dict)
    rounded: Rounded = field(default_factory=Rounded)
    words: list[WordsRead] = field(default_factory=list)
    charts: list[ChartRead] = field(default_factory=list)

    def add(self, other: FilesRead) -> None:
        """Add what another file says."""
        self.files += other.files
        self.blocks += other.blocks
        self.numbers += other.numbers
        self.described += other.described
        self.tables += other.tables
        self.few |= other.few
        self.words += other.words
        self.charts += other.charts
        self.rounded = max(self.rounded, other.rounded, key=lambda each: each.base)


def plain(label: str) -> str:
    """A label as a name: "Dual diagnosis" and "dual_diagnosis" are one group; "All" and "(missing)" stay as they are.

    Examples
    --------
    >>> plain("Dual diagnosis"), plain("2022-Q3"), plain("All episodes"), plain("Not recorded")
    ('dual_diagnosis', '2022_q3', 'All', '(missing)')
    """
    if label.strip().lower() in ("all", "all episodes", ""):
        return "All" if label.strip() else ""
    if label.strip().lower() in ("(missing)", "not recorded"):
        return "(missing)"
    return re.sub(r"[^0-9a-z]+", "_", label.lower()).strip("_")


def describing(measure: str, estimands: Iterable[str], described: Iterable[Described]) -> Described | None:
    """What the Methods say of a measure: titles are people's words, so the one is taken that defines its numbers and is named alike.

    The Methods describe one form of a measure; by another column it may stand in another, with a number more or less.
    """
    names = set(estimands)
    key = re.sub(r"^participants_|(_reliable)?_change$", "", measure).replace("_", "")

    def likeness(each: Described) -> tuple[bool, bool, int]:
        title = re.sub(r"[^0-9a-z]+", "", each.title.lower())
        return key in title, ("reliable" in measure) == ("reliable" in title), -len(each.among)

    fitting = [each for each in described if names & set(each.among)]
    return max(fitting, key=lambda each: (len(names & set(each.among)), *likeness(each)), default=None)
