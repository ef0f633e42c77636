"""Takes a page, gives who is counted: from the rows of the files to the episodes used, and from those to each measure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from iop_outcomes.evaluate.ask import Ask
from iop_outcomes.reporting.blocks import Block, Section, TableBlock, Text, section
from iop_outcomes.reporting.parts import asks
from iop_outcomes.reporting.parts.part import Page, Part, Program, no_sections
from iop_outcomes.show.tables import flow_table


def flow_blocks(page: Page) -> list[Block]:
    """Rows in, rows used and rows left out, of the files and of the main measures."""
    completion, stay = page[asks.completion(page.program)], page.get(asks.stay(page.program))
    words = {
        "completion_strict": "Completion",
        **({} if stay is None else {stay.definition.in_role("middle"): "Length of stay"}),
        "completion_of_admitted": "Completion, of all admitted",
    }
    named = {flow.what: flow for flow in (*completion.flow, *(() if stay is None else stay.flow))}
    flows = [replace(named[name], what=title) for name, title in words.items()]
    return [
        Text("Rows in are rows used plus rows left out, each with its reason."),
        TableBlock(flow_table(page.files, caption="From the files to the data used", first="Table")),
        TableBlock(flow_table(flows, caption="From the episodes used to each measure", first="Measure")),
    ]


def _asks(program: Program) -> list[Ask]:
    return [asks.completion(program), asks.stay(program)]


def _appendix(page: Page) -> Sequence[Section]:
    return [section("flow", "Who is counted", flow_blocks(page))]


FLOW = Part(_asks, no_sections, _appendix)
