"""Takes a page, gives the five outcomes of its first page: each number with its target, the year before, and the word for both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from iop_outcomes.evaluate.ask import Ask
from iop_outcomes.intake.targets import Target
from iop_outcomes.keys import ALL, HIGHER, LOWER
from iop_outcomes.release import Released, ReleasedEstimate
from iop_outcomes.reporting.parts import asks
from iop_outcomes.reporting.parts.part import Page, Program
from iop_outcomes.reporting.parts.previous_period import Years, in_years, two_years
from iop_outcomes.results import UNVERIFIED
from iop_outcomes.show.comparison import comparison_word
from iop_outcomes.show.targets import ABOVE, BELOW, target_word
from iop_outcomes.show.words import estimate_value, has_value, in_counts, listed, value_of

ERROR_ALONE = "false_positive_rate"


@dataclass(frozen=True, slots=True)
class MainOutcome:
    """One of the numbers that a program is judged by, before any data.

    Parameters
    ----------
    name : str
        Above its card; `{scale}` is the scale it is of.
    head : str
        Above its column.
    clause : str
        Within a sentence, with `{value}`.
    beyond : str
        The same without its value: "finished".
    base : str
        What it is a share of, in the singular, and which of them.
    which : str
        What comes after that noun.
    better : {"higher", "lower"}
        The word that is good news.
    ask : callable
        From the program, the ask that brings it; none where the data cannot.
    estimand : str
        Which number of that ask.
    time : float or None
        At which day.
    without : str
        What the card says where there is no such number.
    tone : str
        What the number means, as the style of a card knows it.
    beside : str
        A number of the same ask that stands beside this one in every sentence.
    beside_words : str
        That number in words, with `{value}`.
    further : str
        Name of a section that says more of it, beside that of its measure.
    instead : MainOutcome or None
        What takes its place where the data bring that and not this.
    """

    name: str
    head: str
    clause: str
    beyond: str
    base: str
    which: str
    better: str
    ask: Callable[[Program], Ask | None]
    estimand: str
    time: float | None = None
    without: str = ""
    tone: str = ""
    beside: str = ""
    beside_words: str = ""
    further: str = ""
    instead: MainOutcome | None = None


def _reliable(program: Program) -> Ask | None:
    return next(iter(asks.reliable(program).values()), None)


def _change(program: Program) -> Ask | None:
    return asks.changes(program)[program.scored[0]] if program.scored else None


def _readmission(program: Program) -> Ask | None:
    return _answerable(program, asks.after_discharge(program)[0])


def _relapse(program: Program) -> Ask | None:
    return _answerable(program, asks.after_discharge(program)[1])


def _answerable(program: Program, ask: Ask) -> Ask | None:
    return ask if program.can_answer(ask) else None


_PAIRS, _NO_SCORES = " with both scores", "no scores in the data"
_NO_RULE = "{scales} {have} no rule of reliable change"
_RELAPSED = MainOutcome(
    f"Relapsed by day {asks.MIDDLE_DAY}",
    "Relapsed",
    f"{{value}} relapsed by day {asks.MIDDLE_DAY}",
    "relapsed",
    "followed episode",
    "",
    LOWER,
    _relapse,
    "cumulative_incidence",
    asks.MIDDLE_DAY,
)
OUTCOMES = (
    MainOutcome(
        "Finished",
        "Finished",
        "{value} finished",
        "finished",
        "discharged episode",
        "",
        HIGHER,
        asks.completion,
        "completion_strict",
        further="length_of_stay",
    ),
    MainOutcome(
        "Reliably better{scale}",
        "Reliably better",
        "{value} were reliably better",
        "reliably better",
        "episode",
        _PAIRS,
        HIGHER,
        _reliable,
        "reliable_improvement",
        without=_NO_SCORES,
        beside="reliable_deterioration",
        beside_words="reliably worse: {value}",
    ),
    MainOutcome(
        "Reliably worse{scale}",
        "Reliably worse",
        "{value} were reliably worse",
        "reliably worse",
        "episode",
        _PAIRS,
        LOWER,
        _reliable,
        "reliable_deterioration",
        without=_NO_SCORES,
        tone="worse",
    ),
    MainOutcome(
        f"Back in hospital by day {asks.MIDDLE_DAY}",
        "Back in hospital",
        f"{{value}} were back in hospital by day {asks.MIDDLE_DAY}",
        "back in hospital",
        "followed episode",
        "",
        LOWER,
        _readmission,
        "cumulative_incidence",
        asks.MIDDLE_DAY,
        without="no returns to hospital in the data",
        beside="transfer_0_2",
        beside_words="transfers on days 0 to 2, left out: {value}",
        instead=_RELAPSED,
    ),
    MainOutcome(
        "Both scores{scale}",
        "Scores collected",
        "both scores were collected for {value}",
        "with both scores collected",
        "discharged episode",
        "",
        HIGHER,
        _change,
        "paired_rate",
        without=_NO_SCORES,
    ),
)


@dataclass(frozen=True, eq=False)
class Year:
    """What an outcome was in the latest twelve months and in the twelve before, the word for the difference, and what stands beside the latest."""

    latest: ReleasedEstimate
    before: ReleasedEstimate
    word: str
    beside: str = ""


@dataclass(frozen=True, eq=False)
class Judged:
    """An outcome of a page.

    Parameters
    ----------
    outcome : MainOutcome
        Which.
    released : Released or None
        What brings it; none where the data do not.
    target : Target or None
        What is to be reached, where it is declared.
    year : Year or None
        The latest year and the one before, where the data name both.
    scale : str
        Label of the scale it is of, where it is of one.
    sections : tuple of str
        Names of the sections that say more of it.
    without : str
        Why there is no such number, where there is none.
    """

    outcome: MainOutcome
    released: Released | None
    target: Target | None = None
    year: Year | None = None
    scale: str = ""
    sections: tuple[str, ...] = ()
    without: str = ""

    @property
    def name(self) -> str:
        """Above its card."""
        return self.outcome.name.format(scale=f", {self.scale}" if self.scale else "")

    @property
    def estimate(self) -> ReleasedEstimate | None:
        """The number for everyone."""
        return None if self.released is None else self.released.estimate(self.outcome.estimand, time=self.outcome.time)

    @property
    def target_word(self) -> str:
        """How it stands to its target; nothing where there is none."""
        return "" if self.target is None or self.estimate is None else target_word(self.estimate, self.target)

    @property
    def worse(self) -> str:
        """The word that is bad news."""
        return LOWER if self.outcome.better == HIGHER else HIGHER

    def word(self, level: str) -> str:
        """How a group stands to the others together."""
        if self.released is None:
            return ""
        return comparison_word(self.released, self.outcome.estimand, level, time=self.outcome.time)

    def at_level(self, level: str) -> ReleasedEstimate | None:
        """The number for a group; none where the data do not bring it."""
        if self.released is None or level not in self.released.levels:
            return None
        return self.released.estimate(self.outcome.estimand, level, self.outcome.time)

    def clause(self, estimate: ReleasedEstimate) -> str:
        """A value of it within a sentence, with what stands beside it."""
        words = self.bare_clause(estimate)
        return f"{words} ({self.beside})" if self.beside else words

    def bare_clause(self, estimate: ReleasedEstimate) -> str:
        """A value of it within a sentence, where what stands beside it comes later."""
        return self.outcome.clause.format(value=estimate_value(estimate))

    @property
    def beside(self) -> str:
        """What stands beside it in every sentence; nothing where nothing does."""
        return "" if self.released is None else _beside(self.outcome, self.released)

    @property
    def by_error_alone(self) -> str:
        """How many measurement error alone would make reliably better, or worse; nothing where the scale does not say it."""
        if self.released is None or not self.released.has(ERROR_ALONE):
            return ""
        by_chance = self.released.estimate(ERROR_ALONE)
        sign = UNVERIFIED if self.released.definition.estimand(ERROR_ALONE).unverified else ""
        return f"{estimate_value(by_chance)}{sign}" if has_value(by_chance) else ""

    @property
    def is_above_error(self) -> bool:
        """Whether the whole range lies above what measurement error alone would make; never of so few that they are told as counts."""
        estimate = self.estimate
        if not self.by_error_alone or self.released is None or estimate is None or not has_value(estimate) or in_counts(estimate):
            return False
        return isinstance(estimate.low, float) and estimate.low > value_of(self.released.estimate(ERROR_ALONE))

    @property
    def misses_target(self) -> bool:
        """Whether it clearly misses its target."""
        return self.target_word in (BELOW, ABOVE)


def _beside(outcome: MainOutcome, released: Released, level: str = ALL) -> str:
    """What stands beside an outcome of everybody, or of one year; nothing where nothing does."""
    if not outcome.beside or not released.has(outcome.beside):
        return ""
    other = released.estimate(outcome.beside, level)
    return "" if other.shown and not has_value(other) else outcome.beside_words.format(value=estimate_value(other))


def outcomes_of(page: Page) -> list[Judged]:
    """The five outcomes of a page, in their order."""
    return [_judged(outcome, page) for outcome in main_outcomes(page.program)]


def main_outcomes(program: Program) -> list[MainOutcome]:
    """The five outcomes, one that the data do not bring replaced where they bring what stands in its place."""
    return [
        each.instead if each.instead is not None and each.ask(program) is None and each.instead.ask(program) is not None else each
        for each in OUTCOMES
    ]


def is_replaced(program: Program) -> bool:
    """Whether an outcome that the data do not bring has another in its place, so that no card says what is lacking."""
    return main_outcomes(program) != list(OUTCOMES)


def _judged(outcome: MainOutcome, page: Page) -> Judged:
    program = page.program
    ask = outcome.ask(program)
    released = page.get(ask)
    if ask is None or released is None or not released.has(outcome.estimand):
        return Judged(outcome, None, without=_without(outcome, program))
    scale = "" if ask.scale is None else program.data.scales[ask.scale].label
    measure = released.definition.measure
    target = next((each for each in program.data.targets if (each.measure, each.estimand) == (measure, outcome.estimand)), None)
    change = page.get(_change(program)) if ask.scale else None
    depth = measure if change is None else change.definition.measure  # what is said of a scale stands in the section of its change
    return Judged(outcome, released, target, _year(outcome, page), scale, tuple(filter(None, (depth, outcome.further))))


def _without(outcome: MainOutcome, program: Program) -> str:
    """Why the data do not bring an outcome: scores that no rule judges are no lack of scores."""
    if outcome.ask is not _reliable or not program.scored:
        return outcome.without
    labels = [program.data.scales[name].label for name in program.scored]
    return _NO_RULE.format(scales=listed(labels), have="has" if len(labels) == 1 else "have")


def has_scores_without_rule(outcomes: Sequence[Judged]) -> bool:
    """Whether there are scores, and none of a scale that says which change is reliable."""
    return any(judged.without not in ("", judged.outcome.without) for judged in outcomes)


def _year(outcome: MainOutcome, page: Page) -> Year | None:
    years, ask = two_years(page.program), outcome.ask(page.program)
    released = None if years is None or ask is None else page.get(_in_years(outcome, ask, years))
    if years is None or released is None or not {years.latest, years.before} <= set(released.levels):
        return None
    latest, before = (released.estimate(outcome.estimand, level, outcome.time) for level in (years.latest, years.before))
    word = comparison_word(released, outcome.estimand, years.latest, time=outcome.time, versus=years.before)
    return Year(latest, before, word, _beside(outcome, released, years.latest))


def _in_years(outcome: MainOutcome, ask: Ask, years: Years) -> Ask:
    """The ask of an outcome put to the two years; one ask for those that come from the same."""
    together = tuple(each.estimand for each in OUTCOMES if each.ask is outcome.ask) or (outcome.estimand,)
    by_year = in_years(ask, years, *together)
    return by_year if ask.scale is None or len(together) == 1 else replace(by_year, estimands=together)


def year_asks(program: Program) -> list[Ask]:
    """What the year before is known from; nothing where the data name no two years."""
    years = two_years(program)
    if years is None:
        return []
    given = [(outcome, outcome.ask(program)) for outcome in main_outcomes(program)]
    return list(dict.fromkeys(_in_years(outcome, ask, years) for outcome, ask in given if ask is not None))


def outcome_asks(program: Program) -> list[Ask]:
    """What the outcomes come from."""
    given = (outcome.ask(program) for outcome in main_outcomes(program))
    return list(dict.fromkeys(ask for ask in given if ask is not None))
