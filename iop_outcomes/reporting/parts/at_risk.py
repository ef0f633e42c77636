"""Takes a page, gives who got worse and who may be at risk: reliable worsening on each scale, and deaths in care."""

from __future__ import annotations

from collections.abc import Sequence

from iop_outcomes.evaluate.ask import Ask
from iop_outcomes.reporting.blocks import Block, Bullets, Note, Section, TableBlock, Text, section
from iop_outcomes.reporting.parts import asks
from iop_outcomes.reporting.parts.part import Page, Part, Program
from iop_outcomes.show.tables import value_table
from iop_outcomes.show.words import label, sentence

WORSE = ("reliable_deterioration", "reliable_deterioration_of_discharged")


def at_risk_blocks(page: Page) -> list[Block]:
    """Reliable worsening on each scale, and deaths in care, each for everyone in a sentence and by group in a table."""
    program = page.program
    worse, deaths = page.answered(asks.reliable(program).values()), page[_deaths(program)]
    sentences = [*(sentence(each, WORSE[0]) for each in worse), sentence(deaths, deaths.definition.shown[0])]
    blocks: list[Block] = [Bullets(tuple(sentences))]
    if not worse:
        blocks.append(Text("Whether anybody got worse cannot be told: the data hold no scores of a scale with a rule of reliable change."))
    first = label(program.by)
    blocks += [
        TableBlock(value_table(each, WORSE, caption=f"{each.definition.title}: reliably worse, by {program.group}", first=first))
        for each in worse
    ]
    caption = f"Deaths in care by {program.group}"
    blocks.append(TableBlock(value_table(deaths, deaths.definition.shown, caption=caption, first=first)))
    return [
        *blocks,
        Note("People who left without a second score may have got worse unseen. Each of these episodes deserves a review by itself."),
    ]


def _deaths(program: Program) -> Ask:
    return Ask("deaths_in_care", by=program.by)


def _asks(program: Program) -> list[Ask]:
    return [_deaths(program), *asks.reliable(program).values()]


def _sections(page: Page) -> Sequence[Section]:
    return [section("at_risk", "Who got worse, and who died in care", at_risk_blocks(page))]


AT_RISK = Part(_asks, _sections)
