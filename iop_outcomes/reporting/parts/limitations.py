"""Takes a page, gives in a few lines what it cannot tell."""

from __future__ import annotations

from collections.abc import Sequence

from iop_outcomes.evaluate.ask import Ask
from iop_outcomes.reporting.blocks import Block, Bullets, Section, Text, section
from iop_outcomes.reporting.parts import asks
from iop_outcomes.reporting.parts.outcomes import ERROR_ALONE
from iop_outcomes.reporting.parts.part import Page, Part, Program
from iop_outcomes.results import UNVERIFIED
from iop_outcomes.show.words import listed


def _sections(page: Page) -> Sequence[Section]:
    sentences = [
        "Completion says how care ended, not whether it helped.",
        "No group here went without care, so no figure says what the program itself brought about.",
    ]
    if asks.first_change(page) is not None:
        sentences.append("People who leave early often have no second score.")
    if asks.first_after_discharge(page) is not None:
        sentences.append("A return to hospital, or a relapse, that nobody recorded looks like none.")
    sentences += unverified_on(page)
    blocks: list[Block] = [
        Bullets(tuple(sentences)),
        Text("How each figure is defined stands in the file of methods."),
    ]
    return [section("limits", "What this report cannot tell you", blocks)]


def unverified_on(page: Page) -> list[str]:
    """What the sign on a figure means, with the figures whose source was not seen, once; nothing where the page carries no sign."""
    every = page.answered(asks.reliable(page.program).values())
    printed = [name for released in every for name in (*released.definition.shown, ERROR_ALONE)]
    unseen = [e.unverified for released in every for e in released.definition.estimands if e.unverified and e.name in printed]
    return (
        [f"{UNVERIFIED} This figure rests on {listed(list(dict.fromkeys(unseen)))}, of which the first source was not seen."]
        if unseen
        else []
    )


def _asks(program: Program) -> list[Ask]:
    return [*asks.changes(program).values(), *asks.after_discharge(program)]


LIMITATIONS = Part(_asks, _sections)
