"""Takes what a measure may be asked with, gives it as data: each option with its values and words, and a measure with its options."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from iop_outcomes.counts import Counts
from iop_outcomes.errors import UsageError, choices
from iop_outcomes.measures.measure import Measure
from iop_outcomes.scales import Scale

Name = Literal["definition", "scale", "profile", "at", "curve_interval"]
VARIANTS: tuple[Name, ...] = ("definition", "profile")  # options that say which variant of a measure is asked for


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that a measure may be asked with.

    Parameters
    ----------
    name : {"definition", "scale", "profile", "at", "curve_interval"}
        Its name in calls of any measure, and its flag.
    words : str
        What it decides, as a noun: "which readmissions count".
    allowed : tuple of str
        Its values; empty where the words say what it takes.
    default : str or tuple of int, optional
        What holds when it is not given; by default the data or the scale decide.
    needed : str
        What a person who leaves it out must say ("what counts"); "" where it may be left out.
    called : str
        Its name in the measure's own public function, where that is another.
    """

    name: Name
    words: str
    allowed: tuple[str, ...] = ()
    default: str | tuple[int, ...] | None = None
    needed: str = ""
    called: str = ""

    def choose(self, measure: str, value: str | None) -> str | None:
        """The value given for a measure, or the default.

        Raises
        ------
        UsageError
            When it is not allowed, or must be given; the message names the values there are.

        Examples
        --------
        >>> Option("definition", "which readmissions count", ("psychiatric", "all_cause"), "psychiatric").choose("readmission", None)
        'psychiatric'
        """
        if value is None and self.needed:
            raise UsageError(self.missing(measure, self.allowed))
        if value is not None and value not in self.allowed:
            raise UsageError(f'{measure} has no {self.name} "{value}". {choices(value, self.allowed)}')
        return value if value is not None or not isinstance(self.default, str) else self.default

    def missing(self, measure: str, allowed: Sequence[str], example: str = "") -> str:
        """The refusal of a measure that must be asked with it."""
        one = example or allowed[0]
        return f'{measure}: say {self.needed}, as in {self.name}="{one}" (--{self.name} {one}). {choices("", allowed)}'

    @property
    def values(self) -> str:
        """Its values and its default; "" where the words of the option say what it takes.

        Examples
        --------
        >>> Option("definition", "which readmissions count", ("psychiatric", "all_cause"), "psychiatric").values
        'psychiatric (default), all_cause'
        """
        if isinstance(self.default, tuple):
            return f"{','.join(map(str, self.default))} (default)"
        shown = self.allowed or ((self.default,) if self.default else ())
        return ", ".join(f"{value} (default)" if value == self.default else value for value in shown)

    def __str__(self) -> str:
        words = f"{self.words} (needed)" if self.needed else self.words
        return f"{words}: {self.values}" if self.values else words


@dataclass(frozen=True, slots=True)
class Declaration:
    """A measure as it is offered: what makes it, and what it may be asked with.

    Parameters
    ----------
    name : str
        The measure's.
    declare : callable
        Gives the `Measure`; takes `definition` (also for a profile, which is one), `at` and `curve_interval` where the options hold them.
    options : tuple of Option
        What it may be asked with.
    held_by : callable, optional
        From the definition asked for, or none, and the data's convention of stays, the definition that these data can answer.
    needs : tuple of str
        What it cannot do without, and whole layouts of files may lack.
    """

    name: str
    declare: Callable[..., Measure]
    options: tuple[Option, ...] = ()
    held_by: Callable[[str | None, str], str] | None = None
    needs: tuple[str, ...] = ()

    def option(self, name: Name) -> Option | None:
        """The option of a name, if the measure has it."""
        return next((option for option in self.options if option.name == name), None)

    @property
    def variant(self) -> Option | None:
        """The option that says which variant is asked for: a definition, or a profile."""
        return next((option for option in self.options if option.name in VARIANTS), None)

    @property
    def definitions(self) -> tuple[str, ...]:
        """The definitions, or profiles, that it may be asked for."""
        return self.variant.allowed if self.variant else ()


@dataclass(frozen=True, slots=True)
class Family:
    """A measure that every scale able to answer it has, under a name of its own.

    Parameters
    ----------
    name : str
        What it is called with a scale beside it, such as "symptom_change".
    pattern : str
        The full name, with {scale} for the scale's.
    declare : callable
        From a scale with a total, its declaration, or none.
    options : tuple of Option
        What it may be asked with, the scale first.
    lacks : str
        What scales without a declaration lack.
    counted : bool
        Whether it is of scales whose levels are counted, and of no other.
    """

    name: str
    pattern: str
    declare: Callable[[Scale], Declaration | None]
    options: tuple[Option, ...]
    lacks: str = ""
    counted: bool = False

    def called(self, scale: str) -> str:
        """The full name for a scale."""
        return self.pattern.format(scale=scale)


@dataclass(frozen=True, slots=True)
class Characteristic:
    """Who people are at admission, asked of any column of categories or of any scale.

    Parameters
    ----------
    name : str
        What it is called with a column or a scale beside it.
    of_column : callable
        From a column and the counts of its levels, the measure.
    of_scale : callable
        From a scale with a total, the measure.
    """

    name: str
    of_column: Callable[[str, Counts], Measure]
    of_scale: Callable[[Scale], Measure]


SCALE = Option("scale", "a scale with a total score", needed="of which scale")
