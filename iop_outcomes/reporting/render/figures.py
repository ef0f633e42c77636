"""Takes a document, gives its charts one by one: each as SVG, and the released numbers behind it as comma-separated text."""

from __future__ import annotations

from collections.abc import Iterator

from iop_outcomes.reporting.blocks import Figure, Section, TableBlock
from iop_outcomes.reporting.document import Document
from iop_outcomes.show.plain import csv_text, table_csv_text


def figure_files(document: Document) -> dict[str, bytes]:
    """Two files a chart, named after its section and its place there; a chart without numbers of its own, as of a page made by hand, has one."""
    files = {}
    for part in document.every_section:
        for number, (figure, numbers) in enumerate(_figures(part), start=1):
            name = f"{document.name}_figure_{part.id}_{number}"
            files[f"{name}.svg"] = figure.svg
            if numbers:
                files[f"{name}.csv"] = numbers.encode("utf-8")
    return files


def _figures(part: Section) -> Iterator[tuple[Figure, str]]:
    """The charts of a section, each with the results that it was drawn from, or else the table that follows it."""
    for place, block in enumerate(part.blocks):
        if isinstance(block, Figure):
            after = next((each for each in part.blocks[place + 1 :] if isinstance(each, Figure | TableBlock)), None)
            table = table_csv_text(after.table) if isinstance(after, TableBlock) else ""
            yield block, table if block.released is None else csv_text([block.released], block.estimands)
