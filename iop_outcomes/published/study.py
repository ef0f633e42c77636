"""Takes what one paper, page or textbook prints, gives it as a study: who, where, which figures, and whether they were seen."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal

from iop_outcomes.published.definitions import DEFINITIONS

LEVELS = (
    "IOP",
    "PHP",
    "intensive_program",
    "day_hospital",
    "residential",
    "inpatient",
    "outpatient",
    "primary_care",
    "community_team",
    "self_help",
    "waiting_list",
)
DESIGNS = {
    "single_group": "one group before and after, or followed",
    "group_comparison": "groups compared that were not drawn by lot",
    "randomized_trial": "groups drawn by lot",
    "program_report": "a program's page or report",
    "national_statistics": "statistics of a country",
    "meta_analysis": "studies pooled",
    "review": "studies reviewed in words",
    "validation": "a scale validated",
    "guidance": "definitions and rules",
    "worked_example": "an example worked out in print",
}
SCOPES = {
    "one_program": "one program",
    "several_programs": "several programs",
    "national": "national statistics",
    "literature": "a literature of many studies",
    "not_printed": "scope not printed",
}
# A figure is national where it comes from statistics of a country, and nowhere else; the same with what is pooled or reviewed.
SCOPES_OF = {"national_statistics": ("national",), "meta_analysis": ("literature",), "review": ("literature",)}
OUTCOMES = (
    "change",
    "difference",
    "difference_in_change",
    "completion",
    "dropout",
    "length_of_stay",
    "response",
    "remission",
    "reliable_change",
    "readmission",
    "abstinence",
    "attendance",
    "follow_up",
    "scores",
    "method",
    "other",
)
PEOPLE = {
    "pairs": "those with both scores",
    "completers": "those who completed",
    "all": "everyone admitted",
    "all_carried_forward": "everyone, a missing score taken from the one before",
    "not_printed": "whom it is of is not printed",
}
VERIFIED = {
    "seen": "read in the source",
    "recomputed": "computed again from what is printed",
    "recalled": "quoted from memory, not checked",
}
BETWEEN = {
    "d_s": "difference / pooled SD",
    "g_s": "difference / pooled SD x exact J",
    "g_s_approximate": "difference / pooled SD x (1 - 3/(4 df - 1))",
    "d_control_sd": "difference / SD of the second group (Glass)",
    "d_ppc1": "difference of the changes / SD before of each arm, exact J",
    "d_ppc2": "difference of the changes / pooled SD before, exact J",
    "d_ppc3": "difference of the changes / pooled SD of all four, exact J",
    "d_ppc_post": "difference of the changes / pooled SD after, exact J",
    "g_change": "difference of the changes / pooled SD of the changes, exact J",
}
SHARES = {
    "completion_of_admitted": "completed / admitted",
    "completion_strict": "completed / discharged",
    "completion_with_transfers": "completed or transferred on / discharged",
    "completion_of_referred": "completed / referred",
    "completion_of_started": "completed / started",
}
RATES = {
    "nhs_recovery": "below both cut-offs at the end / at case on the PHQ-9 or the GAD-7 at the start (NHS)",
    "nhs_reliable_recovery": "the same and reliably better / at case on the PHQ-9 or the GAD-7 at the start (NHS)",
    "nhs_reliable_improvement": "reliably better on the PHQ-9 or the GAD-7 / all courses that ended (NHS)",
}
STAYS = {"los_mean": "mean stay in days", "los_median": "median stay in days"}
NOT_PRINTED = "not_printed"
EFFECT = "effect_size"  # printed without saying which: every definition is tried
_APART = re.compile(r"[;,] *")  # of "PHQ-9; GAD-7 (daily)"
_REMARK = re.compile(r" \([a-z ]+\)$")  # such as "(daily)"; "(SCL-20)" is another scale
_AUTHOR = re.compile(r"((?:von |van |de )?[A-Z][\w'-]+)(?:,| et al| &)")
FORMULAS = {each.name: each.formula for each in DEFINITIONS} | BETWEEN | SHARES | RATES | STAYS
FIGURE_DEFINITIONS = (*FORMULAS, NOT_PRINTED)

Number = int | Decimal
PrintedValue = Number | str
Argument = Number | str | tuple[Number | str, ...]


def _plain_name(scale: str) -> str:
    """The same for "phq9", "PHQ-9" and "PHQ-9 (daily)"."""
    return "".join(filter(str.isalnum, _REMARK.sub("", scale))).casefold()


@dataclass(frozen=True, slots=True)
class StudyFigure:
    """Figures that belong together, such as those of one row of a table.

    Attributes
    ----------
    name : str
        Names them within their study.
    outcome : str
        One of `OUTCOMES`.
    words : str
        What they are, in words.
    scale : str
        Name of a scale of this package, or what the paper calls it.
    people : str
        Whom they are of, one of `PEOPLE`.
    definition : str
        Which effect size, share or stay is printed, where the paper says it or it was identified.
    page : str
        Page or table.
    calculation : str
        Which calculation gives `printed` from `given`; blank where nothing does.
    given, printed : dict
        What it is computed from, and what is printed of the result. Decimals keep their zeros: 15.40 is rounded at the second.
    group_1, group_2, arm_1, arm_2, time, rating : str
        Of two groups: what each received, and which arm it is where a trial has several of a kind; when and by whom it was rated.
    time_weeks : Decimal or int, optional
        Weeks after the start.
    tolerance : Decimal or int, optional
        How far off the source's own computation may be, where its note says why; by default the rounding of the printed figure.
    note : str
        What a reader should know.
    """

    name: str
    outcome: str
    words: str = ""
    scale: str = ""
    people: str = NOT_PRINTED
    definition: str = NOT_PRINTED
    page: str = ""
    calculation: str = ""
    given: dict[str, Argument] = field(default_factory=dict)
    printed: dict[str, PrintedValue] = field(default_factory=dict)
    group_1: str = ""
    group_2: str = ""
    arm_1: str = ""
    arm_2: str = ""
    time: str = ""
    time_weeks: Number | None = None
    tolerance: Number | None = None
    rating: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Study:
    """What one source prints.

    Attributes
    ----------
    id : str
        Names it, and its file.
    citation, source : str
        Who wrote it, and where its figures were read.
    design, scope : str
        One of `DESIGNS` and of `SCOPES`: how it was done, and whether one program, several, a country or a literature is meant.
    verified : tuple of str
        Some of `VERIFIED`.
    level : tuple of str
        Levels of care, some of `LEVELS`.
    short : str
        What a chart calls it, where no author and year do.
    year : int, optional
    journal, doi, pubmed, population, country, modality : str
    scales : tuple of str
        Scales it used, also where it prints no figure of them.
    n_admitted, n_analysed : int, optional
        People admitted or enrolled, and people the figures are of.
    figures : tuple of StudyFigure
    also_printed, note : str
        What else stands there in words; what a reader should know.
    file : str
        Where it was read from.
    """

    id: str
    citation: str
    source: str
    design: str
    scope: str
    verified: tuple[str, ...]
    level: tuple[str, ...] = ()
    short: str = ""
    year: int | None = None
    journal: str = ""
    doi: str = ""
    pubmed: str = ""
    population: str = ""
    country: str = ""
    modality: str = ""
    scales: tuple[str, ...] = ()
    n_admitted: int | None = None
    n_analysed: int | None = None
    figures: tuple[StudyFigure, ...] = ()
    also_printed: str = ""
    note: str = ""
    file: str = ""

    @property
    def every_scale(self) -> tuple[str, ...]:
        """Scales it used, and those of its figures; a figure's that names several gives those that are not named yet, each once."""
        every = {_plain_name(scale): scale for scale in self.scales}
        for figure in self.figures:
            for scale in _APART.split(figure.scale):
                every.setdefault(_plain_name(scale), scale)
        every.pop("", None)
        return tuple(every.values())

    @property
    def name(self) -> str:
        """As it is called in short: first author and year, where the citation begins with people; else its id."""
        author = _AUTHOR.match(self.citation)
        return self.short or (f"{author[1]} {self.year}" if author and self.year else self.id)

    def sentence(self) -> str:
        """What it is and how far its figures go: a single program is never more than that."""
        people = [f"{n:,} {words}" for n, words in ((self.n_admitted, "admitted"), (self.n_analysed, "analysed")) if n is not None]
        head = f"{self.citation} ({self.year})" if self.year else self.citation
        facts = [SCOPES[self.scope], DESIGNS[self.design], ", ".join(self.level), self.population, self.country, self.modality, *people]
        checked = ", ".join(VERIFIED[each] for each in self.verified)
        return f"{head}: {'; '.join(filter(None, facts))}. Figures {checked}. Source: {self.source}."
