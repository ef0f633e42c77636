"""Takes what is to be known of a program, gives it as an `Ask`: one question, frozen and hashable, so that nobody answers it twice."""

from __future__ import annotations

from dataclasses import dataclass

from iop_outcomes.counts import Level
from iop_outcomes.evaluate.contrasts import Against


@dataclass(frozen=True, slots=True)
class Classes:
    """Classes that the levels of a column are grouped under, such as quarters under years.

    Parameters
    ----------
    class_of : tuple of (level, class)
        Which level belongs to which class.
    rest : str
        The class of every other level.
    blank : str, optional
        The class of those without a level; by default a blank stays blank.

    Examples
    --------
    >>> years = Classes((("2023-Q4", "2023"), ("2024-Q1", "2024")), "other quarters")
    >>> years("2024-Q1"), years("2022-Q1"), years(None)
    ('2024', 'other quarters', None)
    """

    class_of: tuple[tuple[str, str], ...]
    rest: str
    blank: str | None = None

    def __call__(self, level: Level) -> Level:
        """The class of a level."""
        return self.blank if level is None else dict(self.class_of).get(str(level), self.rest)


@dataclass(frozen=True, slots=True)
class Ask:
    """One question put to data; two that are equal are answered once.

    Parameters
    ----------
    measure : str
        Name of a measure, or of a family made from a scale or a column.
    definition : str, optional
        Which of its definitions.
    scale, column : str, optional
        Of which scale, or of which column of categories, for a family of measures.
    at : tuple of int, optional
        Days after discharge, for measures of time.
    by : str, optional
        A column to group by.
    classes : Classes, optional
        Classes of that column's levels.
    against : Against, optional
        Which of its numbers to compare between groups.
    estimands : tuple of str
        The numbers that are wanted; every one by default. What nobody prints would only cost others that are printed.
    times : tuple of float
        Of numbers at a time, the times that are wanted of those in `at`; every one by default. Asks of one page that differ in `at` would
        divide the same episodes by other days, and release could not tell that their numbers of one day are of the same people.
    follows : bool
        Whether its numbers are shown only where the page prints all that they rest on without them: what it withholds does not depend on them.

    Examples
    --------
    >>> Ask("completion", by="track") == Ask("completion", by="track"), len({Ask("completion"), Ask("completion")})
    (True, 1)
    """

    measure: str
    definition: str | None = None
    scale: str | None = None
    column: str | None = None
    at: tuple[int, ...] | None = None
    by: str | None = None
    classes: Classes | None = None
    against: Against | None = None
    estimands: tuple[str, ...] = ()
    times: tuple[float, ...] = ()
    follows: bool = False
