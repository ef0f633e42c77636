"""Takes a page, gives who got worse: reliable worsening by group on each scale, and answers to the item about self-harm."""

from __future__ import annotations

from collections.abc import Sequence

from iop_outcomes.evaluate.ask import Ask
from iop_outcomes.reporting.blocks import Block, Section, TableBlock, Text, section
from iop_outcomes.reporting.parts import asks
from iop_outcomes.reporting.parts.part import Page, Part, Program
from iop_outcomes.show.tables import share_table
from iop_outcomes.show.words import label, sentence

WORSE = "reliable_deterioration"
NO_SCORES = "Who got worse is not known: the data hold no score at both admission and discharge."
NO_ITEM = "Nothing is known of thoughts of self-harm: the data hold no answer to an item about them, and a total score neither raises nor clears it."


def got_worse_blocks(page: Page) -> list[Block]:
    """A sentence and a table for each scale, then for each item about self-harm."""
    program, blocks = page.program, list[Block]()
    first, worse = label(program.by), page.answered(asks.reliable(program).values())
    items = page.answered(asks.safety_items(program).values())
    for released in worse:
        caption = f"{released.definition.title} by {program.group}: reliably worse, of those with both scores"
        blocks += [Text(sentence(released, WORSE)), TableBlock(share_table(released, [WORSE], caption=caption, first=first))]
    for released in items:
        names = [estimand.name for estimand in released.definition.estimands]
        blocks += [
            Text(sentence(released, names[0])),
            TableBlock(share_table(released, names, caption=f"{released.definition.title} by {program.group}", first=first)),
        ]
    return [*([] if worse else [Text(NO_SCORES)]), *blocks, *([] if items else [Text(NO_ITEM)])]


def _asks(program: Program) -> list[Ask]:
    return [*asks.reliable(program).values(), *asks.safety_items(program).values()]


def _sections(page: Page) -> Sequence[Section]:
    return [section("got_worse", "Who got worse", got_worse_blocks(page))]


GOT_WORSE = Part(_asks, _sections)
