"""Takes a page, gives attendance by group where sessions are there: the no-show rate, what it does not count, and attended days."""

from __future__ import annotations

from collections.abc import Sequence

from iop_outcomes.evaluate.ask import Ask
from iop_outcomes.release import Released
from iop_outcomes.reporting.blocks import Block, Bullets, Note, Section, TableBlock, figure_block, section
from iop_outcomes.reporting.parts import asks
from iop_outcomes.reporting.parts.part import Page, Part, Program, words_or_table
from iop_outcomes.show.chart_rows import alt_text
from iop_outcomes.show.dots import dot_range
from iop_outcomes.show.tables import value_table
from iop_outcomes.show.words import headline, label, sentence, with_ranges

_CAUTION = (
    "Sessions before admission, after discharge or in no episode are not in it. Where missed sessions are not entered, a low rate says so and "
    "no more."
)


def attendance_blocks(missed: Released | None, days: Released | None, program: Program) -> list[Block]:
    """The no-show rate of each group with what it does not count, and on how many days people attended."""
    first, blocks = label(program.by), list[Block]()
    every = [each for each in (missed, days) if each is not None]
    if missed is not None:
        name = missed.definition.shown[0]
        alt = alt_text(missed, [name], "Dot chart with ranges.")
        subtitle = f"Share of scheduled sessions that were missed, by {program.group}{with_ranges(missed, ' by patient')}. Lower is better."
        blocks.append(figure_block(dot_range(missed, name), headline(missed, name), subtitle, alt))
    blocks.append(Bullets(tuple(sentence(each, each.definition.shown[0]) for each in every)))
    for each in every:
        blocks += words_or_table(
            value_table(each, each.definition.shown, caption=f"{each.definition.title} by {program.group}", first=first)
        )
    return [*blocks, Note(_CAUTION)]


def in_full(every: Sequence[Released], program: Program) -> list[Block]:
    """The no-show rate with what it does not count, and attended days with everything that is known of them."""
    captions = {"share": "Sessions missed, and sessions that the rate does not count", "days": "Attended days of discharged episodes"}
    return [
        TableBlock(
            value_table(
                each,
                [estimand.name for estimand in each.definition.estimands],
                caption=f"{captions[each.definition.estimands[0].unit]}, by {program.group}",
                first=label(program.by),
            )
        )
        for each in every
    ]


def _asks(program: Program) -> list[Ask]:
    return [ask for ask in asks.attendance(program) if program.can_answer(ask)]


def _sections(page: Page) -> Sequence[Section]:
    program = page.program
    missed, days = (page.get(ask) for ask in asks.attendance(program))
    if missed is None and days is None:
        return ()
    return [section("attendance", f"Attendance by {program.group}", attendance_blocks(missed, days, program))]


def _appendix(page: Page) -> Sequence[Section]:
    program, every = page.program, page.answered(asks.attendance(page.program))
    return [section("attendance_in_full", f"Attendance by {program.group}, in full", in_full(every, program))] if every else ()


ATTENDANCE = Part(_asks, _sections, _appendix)
