"""Takes a page, gives the change on its first scale with missing discharge scores allowed for: every reading side by side, and the tipping point."""

from __future__ import annotations

from collections.abc import Sequence

from iop_outcomes.evaluate.ask import Ask
from iop_outcomes.release import Released
from iop_outcomes.reporting.blocks import Block, Section, Text, figure_block, section
from iop_outcomes.reporting.parts import asks
from iop_outcomes.reporting.parts.chart_periods import ESTIMAND
from iop_outcomes.reporting.parts.part import Page, Part, Program, words_or_table
from iop_outcomes.scales import Scale
from iop_outcomes.show.assumptions import assumptions, assumptions_alt_text, assumptions_sentence
from iop_outcomes.show.tables import value_table
from iop_outcomes.show.words import has_value, label, value_of

KNOWN = "discharge_score_known"
SEEN, PREDICTED, TIPPING = "mean_change", "mean_change_standardised", "tipping_point"
RULES = ("mean_change_if_last_carried", "mean_change_if_missing_unchanged", "mean_change_weighted")


def missing_scores_ask(program: Program) -> Ask | None:
    """The readings of missing scores on the first scale; none where there are no scores, nor where counts are rounded.

    Where small counts are withheld, what was seen and what is predicted of everyone alone: beside the change of the scale, which is rounded where
    counts are small, the finer means of the same sums would give counts of small programs back, so that these numbers follow the rest of the page.
    The bounds, of the scale's range or of reliable change, are not asked: they divide the episodes in a way that no other number of a page does.
    """
    if program.policy.base or not program.scored:
        return None
    if program.policy.threshold:
        return Ask("missing_scores", scale=program.scored[0], estimands=(KNOWN, SEEN, PREDICTED, TIPPING), follows=True)
    return Ask("missing_scores", scale=program.scored[0], by=program.by, estimands=(KNOWN, SEEN, *RULES, PREDICTED, TIPPING))


def _words(released: Released, scale: Scale) -> str:
    """The answer."""
    low, high = scale.range
    return assumptions_sentence(released, span=float(high - low))


def _is_open(released: Released) -> bool:
    """Whether there is an answer, and more than one."""
    return has_value(released.estimate(PREDICTED)) and value_of(released.estimate(KNOWN)) != 1


def _in_full(released: Released, program: Program) -> list[Block]:
    """Every reading side by side in one figure, and by group."""
    caption = f"{released.definition.title}, every reading by {program.group} (points)"
    names = (SEEN, *RULES, PREDICTED, TIPPING)
    figure = figure_block(
        assumptions(released, everyone=True),
        _words(released, program.data.scales[program.scored[0]]),
        "Mean change, by reading of missing scores.",
        assumptions_alt_text(released, everyone=True),
    )
    return [
        figure,
        *(Text(words) for words in released.definition.notes[:2]),
        *words_or_table(value_table(released, names, caption=caption, first=label(program.by))),
    ]


def _asks(program: Program) -> list[Ask]:
    ask = missing_scores_ask(program)
    return [] if ask is None else [ask]


def _sections(page: Page) -> Sequence[Section]:
    program, completion = page.program, page.get(asks.completion(page.program))
    if completion is not None and completion.estimate(ESTIMAND).n == 0:  # nobody could have a discharge score
        return []
    return [
        section(
            each.definition.measure,
            f"{each.definition.subject}, missing scores",
            [Text(_words(each, program.data.scales[program.scored[0]]))],
        )
        for each in page.answered(_asks(program))
    ]


def _appendix(page: Page) -> Sequence[Section]:
    return [
        section(f"{each.definition.measure}_in_full", f"{each.definition.title}, in full", _in_full(each, page.program))
        for each in page.answered(_asks(page.program))
        if _is_open(each) and not page.program.policy.threshold
    ]


MISSING_SCORES = Part(_asks, _sections, _appendix)
