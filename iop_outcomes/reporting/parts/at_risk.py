"""Takes a page, gives who got worse and who may be at risk: reliable worsening, the item about self-harm, and deaths in care."""

from __future__ import annotations

from collections.abc import Sequence

from iop_outcomes.evaluate.ask import Ask
from iop_outcomes.measures.self_harm_item import AT_DISCHARGE
from iop_outcomes.release import Released
from iop_outcomes.reporting.blocks import Block, Bullets, Note, Section, TableBlock, Text, section
from iop_outcomes.reporting.parts import asks
from iop_outcomes.reporting.parts.part import Page, Part, Program
from iop_outcomes.show.tables import value_table
from iop_outcomes.show.words import has_range, has_value, in_counts, label, listed, sentence

WORSE = ("reliable_deterioration", "reliable_deterioration_of_discharged")


def at_risk_blocks(page: Page) -> list[Block]:
    """Reliable worsening and the safety item on each scale, and deaths in care: for everyone in a sentence, by group in a table."""
    program = page.program
    worse, deaths = page.answered(asks.reliable(program).values()), page[_deaths(program)]
    items = page.answered(asks.safety_items(program).values())
    shown = [*((each, WORSE[0]) for each in worse), *((each, AT_DISCHARGE) for each in items), (deaths, deaths.definition.shown[0])]
    blocks: list[Block] = [Bullets(tuple(_with_its_title(each, name) for each, name in shown))]
    if not worse:
        blocks.append(Text("Whether anybody got worse cannot be told: the data hold no scores of a scale with a rule of reliable change."))
    if not items and (words := _not_asked(program)):
        blocks.append(Text(words))
    unseen = "People who left without a second score may have got worse unseen. Each of these episodes deserves a review by itself."
    return [*blocks, *([Note(unseen)] if any(each.estimate(WORSE[0]).n != 0 for each in worse) else [])]


def _with_its_title(released: Released, name: str) -> str:
    """The sentence of a number; one that begins with its label, because there is no more to say of it, behind the name of what it is of.

    The only number that a measure shows names by itself what it is of.
    """
    words, estimate, definition = sentence(released, name), released.estimate(name), released.definition
    if (has_value(estimate) and has_range(estimate) and not in_counts(estimate)) or definition.shown == (name,):
        return words
    return f"{definition.title}{', ' if has_value(estimate) else ': '}{words[:1].lower()}{words[1:]}"


def in_full(page: Page) -> list[Block]:
    """Reliable worsening, the safety item and deaths in care by group."""
    program, first = page.program, label(page.program.by)
    worse, deaths = page.answered(asks.reliable(program).values()), page[_deaths(program)]
    tables = [
        value_table(each, WORSE, caption=f"{each.definition.title}: reliably worse, by {program.group}", first=first) for each in worse
    ]
    tables += [
        value_table(
            each,
            [estimand.name for estimand in each.definition.estimands],
            caption=f"{each.definition.title}, about self-harm: positive, by {program.group}",
            first=first,
        )
        for each in page.answered(asks.safety_items(program).values())
    ]
    tables.append(value_table(deaths, deaths.definition.shown, caption=f"Deaths in care by {program.group}", first=first))
    return [TableBlock(table) for table in tables]


def _not_asked(program: Program) -> str:
    """That totals say nothing of the item about self-harm, where items of a scale would show it."""
    scales = [program.data.scales[name] for name in program.scored if asks.has_safety_item(program.data.scales[name])]
    labels = [f"item {scale.safety_item.item} of the {scale.label}" for scale in scales if scale.safety_item]
    if not labels:
        return ""
    verb = "is" if len(labels) == 1 else "are"
    return (
        f"Thoughts of self-harm cannot be told from these data: {listed(labels)} {verb} not in them, and a total says nothing of it. "
        "Items beside the score would show it."
    )


def _deaths(program: Program) -> Ask:
    return Ask("deaths_in_care", by=program.by)


def _asks(program: Program) -> list[Ask]:
    return [_deaths(program), *asks.reliable(program).values(), *asks.safety_items(program).values()]


def _sections(page: Page) -> Sequence[Section]:
    return [section("at_risk", "Who got worse, and who may be at risk", at_risk_blocks(page))]


def _appendix(page: Page) -> Sequence[Section]:
    return [section("at_risk_in_full", "Who got worse, and who may be at risk, in full", in_full(page))]


AT_RISK = Part(_asks, _sections, _appendix)
