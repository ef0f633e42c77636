"""Takes data and a part of a page, gives the page it makes by itself, its blocks and its numbers."""

from __future__ import annotations

from iop_outcomes.release import policy_for
from iop_outcomes.reporting.assemble import assemble
from iop_outcomes.reporting.parts import Program


def page_of(data, *parts, by="track", policy="cms11", conf_level=0.95):
    """A page of these parts alone, released together."""
    return assemble(Program(data, data.group(by), policy_for(policy, data.data_class), conf_level), parts)


def both_files(report):
    """The page of a report and the file of its methods, as one text."""
    return b"".join(report.files("html").values()).decode("utf-8")


def blocks_of(data, part, **options):
    """The blocks of the one section of a part."""
    (section,) = part.sections(page_of(data, part, **options))
    return list(section.blocks)
