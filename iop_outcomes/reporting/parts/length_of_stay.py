"""Takes a page, gives length of stay by group: the middle stay and between what half of stays lie, or the shares of bands that a file gives."""

from __future__ import annotations

from collections.abc import Sequence

from iop_outcomes.evaluate.ask import Ask
from iop_outcomes.release import Released
from iop_outcomes.reporting.blocks import Block, Note, Section, TableBlock, Text, figure_block, section
from iop_outcomes.reporting.parts import asks
from iop_outcomes.reporting.parts.part import Page, Part, Program, words_or_table
from iop_outcomes.show.chart_rows import alt_text
from iop_outcomes.show.stacked_bars import stacked_alt_text, stacked_shares, white_bars
from iop_outcomes.show.stays import stay_quartiles, stay_range, stay_sentence, stay_short_table, stay_table
from iop_outcomes.show.tables import mix_table
from iop_outcomes.show.words import estimate_value, has_value, headline, label


def stay_blocks(released: Released, program: Program) -> list[Block]:
    """The middle stay in each group, and between what half of stays lie; shares of bands where the files give those."""
    if not released.definition.has_role("mean"):
        return _stay_in_bands(released, program)
    alt = alt_text(released, released.definition.shown, "Range chart of the middle stay, and of the days between which half of stays lie.")
    subtitle = f"Days in care by {program.group}: the middle stay (dot), and where half of all stays lie (bar). Neither long nor short is better by itself."
    return [
        figure_block(stay_range(released), headline(released, released.definition.in_role("middle")), subtitle, alt),
        *words_or_table(stay_short_table(released, caption=f"Length of stay by {program.group}", first=label(program.by))),
    ]


def _when_they_left(released: Released) -> str:
    """By which day a quarter and half of those who dropped out had left, in words; empty where that is not shown."""
    if asks.LEFT not in released.levels:
        return "Nobody dropped out"
    middle, early, _ = stay_quartiles(released, asks.LEFT)
    if not (has_value(middle) and has_value(early)):
        return ""
    if middle.n == 1:
        return f"The one who dropped out left on day {estimate_value(middle)}"
    quarter = "" if estimate_value(early) == estimate_value(middle) else f"a quarter had left by day {estimate_value(early)} and "
    return f"Of those who dropped out, {quarter}half{'' if quarter else ' had left'} by day {estimate_value(middle)}"


def _stays_by_reason(released: Released) -> Block:
    """Stays of every discharge reason that somebody has."""
    alt = alt_text(released, released.definition.shown, "Range chart of stays by discharge reason.")
    subtitle = "Days in care by discharge reason: the middle stay (dot), half of stays (bar)."
    message = _when_they_left(released) or "How long people stayed, by discharge reason"
    return figure_block(stay_range(released), message, subtitle, alt)


def _stay_in_bands(released: Released, program: Program) -> list[Block]:
    """Stays that the files give as bands: shares of each, and no mean."""
    shown = released.definition.shown
    alt = stacked_alt_text(released)
    subtitle = f"Share of discharged episodes by length of stay, by {program.group}.{white_bars(released, shown)}"
    return [
        figure_block(stacked_shares(released, shown), headline(released, released.definition.in_role("middle")), subtitle, alt),
        *words_or_table(mix_table(released, shown, caption=f"Length of stay by {program.group}", first=label(program.by))),
    ]


def _by_reason(page: Page) -> Released | None:
    """Stays by discharge reason; none where no stay is known, which the section says once."""
    released = page.get(asks.stay_by_reason(page.program))
    return released if released is not None and any(map(has_value, released)) else None


def _sections(page: Page) -> Sequence[Section]:
    program, ask = page.program, asks.stay(page.program)
    released, by_reason = page.get(ask), _by_reason(page)
    blocks = [Note(page.unanswered[ask].reason)] if released is None else stay_blocks(released, program)
    title, leaving = f"Length of stay by {program.group}", "" if by_reason is None else _when_they_left(by_reason)
    if not leaving:
        return [section("length_of_stay", title, blocks)]
    return [section("length_of_stay", f"{title}, and when people leave", [*blocks, Text(f"{leaving}.")])]


def _appendix(page: Page) -> Sequence[Section]:
    program, released, by_reason = page.program, page.get(asks.stay(page.program)), _by_reason(page)
    if released is None or not released.definition.has_role("mean"):
        return ()
    table = stay_table(released, caption=f"Length of stay by {program.group}", first=label(program.by))
    blocks = [Text(stay_sentence(released)), TableBlock(table), *([] if by_reason is None else [_stays_by_reason(by_reason)])]
    return [section("length_of_stay_in_full", f"Length of stay by {program.group}, in full", blocks)]


def _asks(program: Program) -> list[Ask]:
    by_reason = asks.stay_by_reason(program)
    return [asks.stay(program), *([] if by_reason is None else [by_reason])]


LENGTH_OF_STAY = Part(_asks, _sections, _appendix)
