"""Takes declared changes and the periods that can be judged, gives which periods lie before and after each, the ask, and its sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from iop_outcomes.evaluate import Against
from iop_outcomes.evaluate.ask import Ask, Classes
from iop_outcomes.intake.dated_changes import DatedChange
from iop_outcomes.keys import HIGHER, LOWER, TOO_FEW
from iop_outcomes.release import Released, Withheld
from iop_outcomes.reporting.blocks import Block, Bullets, Note
from iop_outcomes.show.comparison import comparison_word
from iop_outcomes.show.trend import Trend
from iop_outcomes.show.trend_words import when
from iop_outcomes.show.words import NOT_SHOWN, count, estimate_value, has_range, has_value, in_counts, listed, plain_range, value_with_unit
from iop_outcomes.stats.periods import Period, span_words

ON_NO_SIDE = "periods on no side of a change"
CANNOT_TELL_WHY = (
    "A comparison of before and after cannot tell what a change did: whatever else changed at the time, and who came, is in it as well. "
    "Only changes declared in the mapping are compared, each with what lies between it and the next; the period in which one began counts "
    "on neither side, unless it began on the first day."
)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Successive periods without a declared change among them; none where a change has none on that side."""

    periods: tuple[Period, ...]

    @property
    def level(self) -> str:
        """What they are called together as a group; never like one of them."""
        first, last = self.periods[0], self.periods[-1]
        return f"{first} alone" if first == last else f"{first} to {last}"

    @property
    def words(self) -> str:
        """When, within a sentence."""
        first, last = self.periods[0], self.periods[-1]
        return f"in {first.words}" if first == last else span_words(first, last)


@dataclass(frozen=True, slots=True)
class Turn:
    """Changes that no whole period tells apart, with the periods before and after them."""

    changes: tuple[DatedChange, ...]
    before: Stretch
    after: Stretch

    @property
    def is_compared(self) -> bool:
        """Whether there are periods on both sides."""
        return bool(self.before.periods and self.after.periods)


def turns(changes: Sequence[DatedChange], periods: Sequence[Period]) -> list[Turn]:
    """Each change with the periods between it and the one before, and between it and the next.

    Parameters
    ----------
    changes : sequence of DatedChange
        In the order of time; those with no whole period between them stand together.
    periods : sequence of Period
        Those that can be judged, in the order of time.

    Returns
    -------
    list of Turn
    """
    together: list[list[DatedChange]] = []
    for change in changes:
        apart = together and any(_past(together[-1], period) and change.is_after(period) for period in periods)
        if together and not apart:
            together[-1].append(change)
        else:
            together.append([change])
    ends = [[], *together, []]
    stretches = [
        Stretch(tuple(period for period in periods if _past(past, period) and all(change.is_after(period) for change in coming)))
        for past, coming in pairwise(ends)
    ]
    return [Turn(tuple(several), stretches[place], stretches[place + 1]) for place, several in enumerate(together)]


def _past(changes: Sequence[DatedChange], period: Period) -> bool:
    """Whether all of some changes had begun by the first day of a period."""
    return all(change.is_before(period) for change in changes)


def before_after_ask(by_period: Ask, periods: Sequence[Period], changes: Sequence[DatedChange]) -> Ask | None:
    """The ask of a trend put to what lies before and after each change; none where no change has both.

    One ask for all changes, so that they are one family of comparisons by the one rule.
    """
    compared = [turn for turn in turns(changes, periods) if turn.is_compared]
    if not compared or by_period.by is None:
        return None
    stretches = list(dict.fromkeys(each for turn in reversed(compared) for each in (turn.after, turn.before)))
    class_of = tuple((str(period), stretch.level) for stretch in stretches for period in stretch.periods)
    against = Against(by_period.estimands, pairwise=True, levels=tuple(stretch.level for stretch in stretches), successive=True)
    return Ask(by_period.measure, by=by_period.by, classes=Classes(class_of, ON_NO_SIDE), against=against, estimands=by_period.estimands)


def before_after_blocks(trend: Trend, periods: Sequence[Period], released: Released | None) -> list[Block]:
    """A sentence for each change, and what such a comparison cannot say; nothing where no change was declared."""
    each = turns(trend.changes, periods)
    if not each:
        return []
    sentences = tuple(_sentence(turn, trend, released) for turn in each)
    return [Bullets(sentences), *([Note(CANNOT_TELL_WHY)] if any(turn.is_compared for turn in each) else [])]


def _sentence(turn: Turn, trend: Trend, released: Released | None) -> str:
    names = listed([f"{change.words} ({when(change, trend)})" for change in turn.changes])
    it = "it" if len(turn.changes) == 1 else "them"
    if released is None or not turn.is_compared:
        lacking = [side for side, stretch in (("before", turn.before), ("after", turn.after)) if not stretch.periods]
        return f"{names}: not compared, because no {trend.noun} {' or '.join(lacking)} {it} can be judged."
    known = {*released.levels}
    if not {turn.before.level, turn.after.level} <= known:
        return f"{names}: not compared, because nobody was discharged on one side of {it}."
    what = released.definition.estimand(trend.estimand).label.lower()
    before, after = ((stretch.level, f"{side} ({stretch.words})") for side, stretch in (("before", turn.before), ("after", turn.after)))
    return f"{names}: {what} {two_times_words(released, trend.estimand, before, after, f'after {it}')}."


def two_times_words(released: Released, estimand: str, earlier: tuple[str, str], later: tuple[str, str], where: str) -> str:
    """A share at two times, with the word for their difference by the one rule: that it differs, never why.

    Parameters
    ----------
    released : Released
        By classes of periods, the later one compared with the earlier.
    estimand : str
        Which share.
    earlier, later : (str, str)
        The level of each time, and its words.
    where : str
        What follows "higher" and "lower": "after it".
    """
    hidden = [words for level, words in (earlier, later) if not released.estimate(estimand, level).shown]
    if hidden:
        shown = [f"; {_share_of(released, estimand, level)} {words}" for level, words in (earlier, later) if words not in hidden]
        return f"is {NOT_SHOWN} {listed(hidden)}{''.join(shown)}"
    cells = ", ".join(f"{_share_of(released, estimand, level)} {words}" for level, words in (earlier, later))
    word = comparison_word(released, estimand, later[0], versus=earlier[0])
    difference = released.contrast(estimand, later[0], versus=earlier[0])
    if difference is None or not word:
        return cells
    words = {HIGHER: f"{HIGHER} {where}", LOWER: f"{LOWER} {where}", TOO_FEW: f"{TOO_FEW} to compare", NOT_SHOWN: "not compared"}.get(
        word, word
    )
    if not (has_value(difference) and has_range(difference)):
        return f"{cells}: {words}"
    return f"{cells}: {words} (difference {value_with_unit(difference)}, range {plain_range(difference)})"


def _share_of(released: Released, estimand: str, level: str) -> str:
    estimate = released.estimate(estimand, level)
    value = estimate_value(estimate)
    return (
        value if in_counts(estimate) or not has_value(estimate) or isinstance(estimate.n, Withheld) else f"{value} of {count(estimate.n)}"
    )
