"""Takes a page, gives how the groups compare: every number that is compared, the rule of the words, how ill people were beside it."""

from __future__ import annotations

from collections.abc import Sequence

from iop_outcomes.evaluate.ask import Ask
from iop_outcomes.release import Released
from iop_outcomes.reporting.blocks import Block, Note, Section, TableBlock, Text, section
from iop_outcomes.reporting.parts import asks
from iop_outcomes.reporting.parts.part import Page, Part, Program, no_sections
from iop_outcomes.reporting.parts.who import severity_of
from iop_outcomes.show.comparison import chance_sentence, difference_table, different_people, groups_of, judged_outcomes, primary_sentence
from iop_outcomes.show.words import label

WORD_RULE = (
    "Higher and lower are said of a group set against all the others together, exactly when the range of the difference leaves out 0; that "
    "range allows for the number of groups compared. {chance} The ranges beside the dots of a chart are those of each group by itself."
)


def comparison(page: Page) -> list[Block]:
    """Each number that groups are compared in, how ill people were at admission beside it, the rule of the words, and how often chance gives one."""
    program, severity, judged = page.program, severity_of(page), asks.judged(page)
    tables = [
        difference_table(
            released,
            estimand,
            caption=_caption(released, estimand, time, program.group),
            first=label(program.by),
            time=time,
            extra=severity,
        )
        for released in judged
        for estimand, time in _compared(released)
    ]
    chance = " ".join(filter(None, (_chance(judged, program.conf_level), primary_sentence(program.data.primary))))
    rule = [Text(WORD_RULE.format(chance=chance))] if chance else []
    return [*rule, Note(different_people(program.by)), *(TableBlock(table) for table in tables if table.rows)]


def _compared(released: Released) -> list[tuple[str, float | None]]:
    """Which of its numbers, and at which days, are compared."""
    keys = dict.fromkeys((e.estimand, e.time) for e in released if e.contrast)
    return list(keys)


def _caption(released: Released, estimand: str, time: float | None, group: str) -> str:
    definition = released.definition
    number = definition.estimand(estimand)
    what = " ".join(filter(None, (number.label.lower(), number.at(time))))
    return f"{definition.title}, {what}: each {group} against the others together"


def _chance(judged: Sequence[Released], conf_level: float) -> str:
    """How often chance alone would give a word, over all that the page judges."""
    return chance_sentence(len({key for released in judged for key in judged_outcomes(released)}), conf_level)


def _asks(program: Program) -> list[Ask]:
    return [
        asks.completion(program),
        *asks.changes(program).values(),
        *asks.reliable(program).values(),
        *asks.after_discharge(program),
        *asks.people(program),
    ]


def _appendix(page: Page) -> Sequence[Section]:
    if len(groups_of(page[asks.completion(page.program)])) < 2:
        return ()
    return [section("comparison", f"How the {page.program.groups} compare", comparison(page))]


COMPARISON = Part(_asks, no_sections, _appendix)
