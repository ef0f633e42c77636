"""Takes a page, gives who is in each group: it stands ahead of any comparison of groups."""

from __future__ import annotations

from collections.abc import Sequence

from iop_outcomes.release import Released
from iop_outcomes.reporting.blocks import Block, Section, TableBlock, Text, section
from iop_outcomes.reporting.parts import asks
from iop_outcomes.reporting.parts.part import Page, Part
from iop_outcomes.show.comparison import ExtraColumn, groups_of
from iop_outcomes.show.participants import NO_OVERLAP, alike_sentence, difference_words, participants_table
from iop_outcomes.show.words import estimate_value
from iop_outcomes.stats.balance import LEAST, WORDS


def who_blocks(page: Page) -> list[Block]:
    """Who is in each group: the mix of each characteristic and severity at admission, with how far apart the groups are."""
    releases, program = page.answered(asks.people(page.program)), page.program
    if not releases:
        return [Text("The data bring no characteristic of people at admission, so that groups cannot be compared in who they treat.")]
    caption = f"Who is in each {program.group}: {_among(releases)}"
    shares = "Shares are of the episodes in which the characteristic is recorded."
    if any(NO_OVERLAP in difference_words(released) for released in releases):
        shares += " No overlap: two groups have no category in common, so that they differ beyond any number."
    apart = alike_sentence(releases, program.by) or "How far apart the groups are cannot be shown."
    return [
        *([Text(apart)] if len(groups_of(releases[0])) > 1 else []),
        TableBlock(participants_table(releases, caption=caption)),
        Text(shares),
    ]


def difference_rule() -> str:
    """What the largest difference between groups is, and from when it is called one."""
    (low, similar), (high, _), (_, differs) = WORDS
    return (
        "That between the two groups furthest apart, in standard deviations (standardised mean difference): below "
        f"{low:.2f} {similar}, from {high:.2f} on {differs}. Groups of fewer than {LEAST} episodes are not compared."
    )


def _among(releases: Sequence[Released]) -> str:
    """Whom the mixes are of: all of one population, or each of its own."""
    first = [released.definition.estimands[0] for released in releases]
    mixes = {estimand.among for estimand in first if estimand.unit == "share"}
    return mixes.pop() if len(mixes) == 1 else "admitted episodes, or of those the discharged ones where Methods says so"


def severity_of(page: Page) -> ExtraColumn | None:
    """How ill people were at admission, by level, to stand beside every comparison."""
    released = page.get(asks.severity(page.program))
    if released is None:
        return None
    mean = released.definition.in_role("mean")
    words = {level: estimate_value(released.estimate(mean, level)) for level in released.levels}
    return f"{released.definition.estimand(mean).label}, of everyone admitted with a score", words


def _sections(page: Page) -> Sequence[Section]:
    return [section("who", f"Who is in each {page.program.group}", who_blocks(page))]


WHO = Part(asks.people, _sections)
