"""Takes nothing, gives the shapes of a page: a `Part` says what it asks and makes its sections of what was released of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from iop_outcomes.columns import Column
from iop_outcomes.errors import NotAssessableError
from iop_outcomes.evaluate.answering import Unanswered
from iop_outcomes.evaluate.ask import Ask
from iop_outcomes.evaluate.lacking import refuse_lacking
from iop_outcomes.evaluate.lookup import declaration
from iop_outcomes.intake.data import Data
from iop_outcomes.release import Policy, Released, ReleasedFlow
from iop_outcomes.reporting.blocks import Block, Section, TableBlock, Text
from iop_outcomes.reporting.earlier import EarlierReport
from iop_outcomes.results import Provenance
from iop_outcomes.show.tables import Table
from iop_outcomes.show.withheld_cells import without_withheld

MOST_USED = "phq9"  # the scale that comes first, and that is missed where there is none


@dataclass(frozen=True, eq=False)
class Program:
    """What a page is about: the data, the column that groups are compared by, who may see it.

    Parameters
    ----------
    data : Data
        A loaded program.
    by : str
        The grouping column.
    policy : Policy
        Disclosure policy in force.
    conf_level : float
        Confidence level between 0 and 1.
    earlier : EarlierReport or None
        The report that the page says the changes since, where one is given.
    """

    data: Data
    by: str
    policy: Policy
    conf_level: float = 0.95
    earlier: EarlierReport | None = None

    @property
    def group(self) -> str:
        """The grouping column as it is read within a sentence."""
        return self.by.replace("_", " ")

    @property
    def groups(self) -> str:
        """The plural in which a heading names the groups."""
        return "tracks" if self.by == "track" else f"groups by {self.group}"

    @property
    def scored(self) -> list[str]:
        """Scales of which the data bring any score, no part of one beside its total; the one that programs are judged by most often comes first."""
        scales = self.data.scales
        whole = [name for name, scale in scales.items() if scale.averaged and not (scale.form and scales[scale.form].total)]
        names = [name for name in whole if name in self.data.facts.scales]
        return sorted(names, key=lambda name: (name != MOST_USED, name))

    def can_answer(self, ask: Ask) -> bool:
        """Whether the data hold anything that an ask is answered from."""
        try:
            refuse_lacking(self.data, declaration(ask, self.data))
        except NotAssessableError:
            return False
        return True

    def has_values(self, column: str) -> bool:
        """Whether the data have a column to group by that every program of a pool shared, and any value in it."""
        if column not in self.data.groups or self.data.engine.refuses([Column(column)]):
            return False
        return any(level is not None for level in self.data.count([Column(column)]).levels(column))


@dataclass(frozen=True, eq=False)
class Page:
    """Everything of a page that may be shown, released together.

    Parameters
    ----------
    program : Program
        What it is about.
    released : dict of Ask to Released
        What was answered.
    unanswered : dict of Ask to Unanswered
        What the data cannot answer, with the reason.
    files : tuple of ReleasedFlow
        From the rows of each file to those used.
    provenance : Provenance
        Where the numbers come from, without what has to be withheld.
    """

    program: Program
    released: Mapping[Ask, Released]
    unanswered: Mapping[Ask, Unanswered]
    files: tuple[ReleasedFlow, ...]
    provenance: Provenance

    def __getitem__(self, ask: Ask) -> Released:
        return self.released[ask]

    def get(self, ask: Ask | None) -> Released | None:
        """What was released of an ask; none where it was not put, or not answered."""
        return None if ask is None else self.released.get(ask)

    def answered(self, asks: Iterable[Ask]) -> list[Released]:
        """What was released of some asks, in their order, those without an answer left out."""
        return [self.released[ask] for ask in asks if ask in self.released]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a page, as a declaration.

    Parameters
    ----------
    asks : callable
        From the program, what the part asks; nothing where it does not apply, or speaks of what other parts ask.
    sections : callable
        From the page, its sections in order; none where there is nothing to say.
    appendix : callable
        From the page, what the sections rest on, in full: the second file of the page.
    says_findings : bool
        Whether it says what is wrong with the data, and of how many rows, so that a reader knows of some episodes that they are few.
    """

    asks: Callable[[Program], Sequence[Ask]]
    sections: Callable[[Page], Sequence[Section]]
    appendix: Callable[[Page], Sequence[Section]] = lambda _page: ()
    says_findings: bool = False


def words_or_table(table: Table, *, folded: bool = False) -> list[Block]:
    """A table without the rows and columns of which most is withheld; where nothing is left to compare, the sentences that say so."""
    short = without_withheld(table)
    if short.rows:
        return [TableBlock(short, folded)]
    return [Text(" ".join(short.notes))] if short.notes else []


def nothing(_program: Program) -> Sequence[Ask]:
    """What a part asks that only speaks of what others ask."""
    return ()


def no_sections(_page: Page) -> Sequence[Section]:
    """What a part says on the page that stands in the appendix alone."""
    return ()
