"""Takes a page, gives what is wrong with the data, and how often each thing is known that the report rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from iop_outcomes.columns import Column, ScoreAt
from iop_outcomes.evaluate.ask import Ask
from iop_outcomes.intake.data import Data
from iop_outcomes.intake.findings import Finding
from iop_outcomes.measures.parts import PARTS_OF_FINDINGS
from iop_outcomes.release import SUPPRESSED, Count, Policy, Released, Withheld
from iop_outcomes.reporting.blocks import Block, Section, TableBlock, Text, section
from iop_outcomes.reporting.parts import asks
from iop_outcomes.reporting.parts.part import Page, Part, Program, no_sections
from iop_outcomes.show.tables import Table
from iop_outcomes.show.words import NOT_SHOWN, count, estimate_value, label

PLACED = "rows by patient and date are placed; how many is not shown"


def _rested_on(data: Data, recorded: Released) -> list[str]:
    """What data quality looks at: the scores of a scale only when the data bring any, and no days where stays are codes."""
    absent: list[Column | ScoreAt] = [Column(name) for name in data.facts.lacking]
    absent += [Column("los_days")] if data.provenance.los_convention == "teds_codes" else []
    return [
        estimand.name
        for estimand in recorded.definition.estimands
        if not (isinstance(estimand.about, ScoreAt) and estimand.about.scale not in data.facts.scales) and estimand.about not in absent
    ]


def quality_blocks(page: Page) -> list[Block]:
    """Findings in the data, and how often each thing is known that the report rests on."""
    data, policy, recorded = page.program.data, page.program.policy, page.get(asks.recorded(page.program))
    findings = findings_block(data, policy, _shown_elsewhere(page))
    if recorded is None:  # of programs that share no more than they may
        return [findings]
    cells = tuple(
        (recorded.definition.estimand(name).label, *(estimate_value(recorded.estimate(name, level)) for level in recorded.levels))
        for name in _rested_on(data, recorded)
    )
    caption = f"Share of discharged episodes in which it is known, by {page.program.group}"
    bases = {level: recorded.estimate(recorded.definition.estimands[0].name, level).n for level in recorded.levels}
    known = ("What", *(f"{label(level, recorded.levels)} (n {count(n)})" for level, n in bases.items()))
    table = Table(caption, known, cells, prose=True)
    return [findings, TableBlock(table)]


def findings_block(data: Data, policy: Policy, shown: Mapping[str, Count] | None = None) -> Block:
    """Findings in the data: how many rows each is of, as far as the policy lets it be shown, and never which.

    Parameters
    ----------
    data : Data
    policy : Policy
    shown : dict of rule to count, optional
        What the page shows of the episodes that a finding counts: where it withholds them, the finding does not tell them.
    """
    rows = tuple((f.rule.replace("_", " "), f.severity, f.file, f.column, *_shown(f, policy, shown or {})) for f in data.findings)
    heads = ("Finding", "Weight", "File", "Column", "Rows", "What it is")
    if not rows:
        return Text("No finding: every rule held in every row.")
    return TableBlock(Table("Findings in the data", heads, rows, prose=True))


def _shown_elsewhere(page: Page) -> dict[str, Count]:
    """Of the episodes that a finding counts, what the page shows; withheld where it shows none of them, or is of some of the rows alone."""
    shown: dict[str, Count] = {}
    for rule, part in PARTS_OF_FINDINGS.items():
        counts = [
            flow.excluded[words]
            for released in page.released.values()
            if not released.only_grouped
            for flow in released.flow
            if (words := released.definition.parts.get(part, part)) in flow.excluded
        ]
        seen = [] if page.program.data.narrowings else [n for n in counts if not isinstance(n, Withheld)]
        shown[rule] = seen[0] if seen else SUPPRESSED
    return shown


def _shown(finding: Finding, policy: Policy, shown: Mapping[str, Count]) -> tuple[str, str]:
    """How many rows, and what is wrong with them; of rows that may be of few people, no number."""
    if policy.threshold and finding.count >= policy.fewest and isinstance(shown.get(finding.rule), Withheld):
        return NOT_SHOWN, finding.message
    if not (finding.many and policy.threshold):
        return _findings(finding.count, policy), finding.message
    return NOT_SHOWN if finding.count else "-", PLACED if finding.rule == "placed" else finding.message


def _findings(n: int, policy: Policy) -> str:
    if n == 0:
        return "-"
    return f"{policy.rounded(n):,}" if n >= policy.fewest else f"fewer than {policy.fewest}"


def _asks(program: Program) -> list[Ask]:
    return [asks.recorded(program)]


def _appendix(page: Page) -> Sequence[Section]:
    return [section("data_quality", "Data quality", quality_blocks(page))]


DATA_QUALITY = Part(_asks, no_sections, _appendix, says_findings=True)
