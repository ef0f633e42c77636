"""Takes a page, gives in a few lines what it cannot tell."""

from __future__ import annotations

from collections.abc import Sequence

from iop_outcomes.evaluate.ask import Ask
from iop_outcomes.reporting.blocks import Block, Bullets, Section, Text, section
from iop_outcomes.reporting.parts import asks
from iop_outcomes.reporting.parts.part import Page, Part, Program


def _sections(page: Page) -> Sequence[Section]:
    sentences = [
        "Completion says how care ended, not whether it helped.",
        "No group here went without care, so no figure says what the program itself brought about.",
    ]
    if asks.first_change(page) is not None:
        sentences.append("Scores are known for those who gave them twice; people who leave early often do not.")
    if asks.first_after_discharge(page) is not None:
        sentences.append("A return to hospital, or a relapse, that nobody recorded looks like none.")
    blocks: list[Block] = [Bullets(tuple(sentences)), Text("How each figure is defined, and who is left out of it, stands under Methods.")]
    return [section("limits", "What this report cannot tell you", blocks)]


def _asks(program: Program) -> list[Ask]:
    return [*asks.changes(program).values(), *asks.after_discharge(program)]


LIMITATIONS = Part(_asks, _sections)
