"""Takes data and the parts of a page, gives the report: every ask answered once, one release over the page, then blocks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from iop_outcomes.columns import COUNTED, KINDS, Column
from iop_outcomes.errors import NotAssessableError, UsageError, printed
from iop_outcomes.evaluate import By, grouping_columns
from iop_outcomes.evaluate.answering import answer_all
from iop_outcomes.evaluate.ask import Ask
from iop_outcomes.evaluate.lacking import no_score_words
from iop_outcomes.intake.data import Data
from iop_outcomes.keys import ALL, MISSING_LEVEL
from iop_outcomes.measures.parts import PARTS_OF_FINDINGS
from iop_outcomes.release import DEFAULT_POLICY, POLICIES, Policy, Released, Withheld, policy_for, release_flows, release_set
from iop_outcomes.release.protect import is_safe
from iop_outcomes.reporting.blocks import Note, Section, folded_behind_charts, marked, numbered, section, without_empty_charts
from iop_outcomes.reporting.earlier import EarlierReport, read_earlier
from iop_outcomes.reporting.packs import DEFAULT_PACK, find_pack
from iop_outcomes.reporting.parameters import page_parameters
from iop_outcomes.reporting.parts import Page, Part, Program
from iop_outcomes.reporting.parts.figures import page_figures
from iop_outcomes.reporting.parts.what_changed import WHAT_CHANGED
from iop_outcomes.reporting.report import Report
from iop_outcomes.results import Provenance
from iop_outcomes.show.words import episodes


def build_report(
    data: Data,
    *,
    by: By = "track",
    pack: str = DEFAULT_PACK,
    policy: str = DEFAULT_POLICY,
    title: str | None = None,
    conf_level: float = 0.95,
    parts: Sequence[Part] | None = None,
    ledger: str | Path | None = None,
    earlier: int | None = None,
    compare_to: str | Path | EarlierReport | None = None,
) -> Report:
    """Build a report; the public function is `iop_outcomes.report`, which says more. `earlier` outputs of the ledger make it again.

    `parts` stand in the place of those of the pack.
    """
    packed = find_pack(pack)
    title = packed.title if title is None else title
    heading = printed(_heading(data.program, title) if data.program and title == packed.title else title, "title")
    chosen = policy_for(policy, data.data_class, data.provenance.part2_tracks)
    parts = packed.parts if parts is None else parts
    column = _one_column(data, by)
    _refuse_without_reasons(data)
    if compare_to is not None and WHAT_CHANGED not in parts:
        raise UsageError(
            f"compare_to: a report of the pack {packed.name} has no section about what changed. Choose another pack, or leave it out."
        )
    before = read_earlier(compare_to) if isinstance(compare_to, str | Path) else compare_to
    if before is not None:
        _refuse_less_strict(before, chosen.within(data.provenance.part2_tracks))
    page = assemble(Program(data, column, chosen, conf_level, before), parts, ledger=ledger, earlier=earlier)
    every = [without_empty_charts(marked(each, chosen.mark)) for part in parts for each in part.sections(page)]
    sections = numbered((*every[:1], *map(folded_behind_charts, every[1:])))  # what is read first is read whole
    appendix = tuple(marked(each, chosen.mark) for part in parts for each in part.appendix(page))
    released = tuple(page.released.values())
    compared = next((each.compared for each in released), None)
    against = None if before is None else before.sha256
    parameters = page_parameters(data, column, chosen.name, title, conf_level, compared, against, packed.name)
    without = (
        *(section(each.measure, each.title, [Note(each.reason)]) for each in page.unanswered.values()),
        *_changes_without_scores(data),
    )
    lead = _lead(page) if data.program in heading else f"{data.program}. {_lead(page)}"
    figures = page_figures(page)
    return Report(
        packed.name, heading, lead, sections, released, page.provenance, chosen, parameters, without, figures=figures, appendix=appendix
    )


def _changes_without_scores(data: Data) -> list[Section]:
    """A section for each scale that the data hold no score of, which says so where somebody asks for it by name."""
    lacking = [(name, f"Change in {scale.label}") for name, scale in data.scales.items() if name not in data.facts.scales]
    return [section(f"{name}_change", title, [Note(f"{title} is not assessable: {no_score_words(data, name)}")]) for name, title in lacking]


def _refuse_without_reasons(data: Data) -> None:
    """Every page rests on how episodes ended; counts that do not say so answer single questions."""
    if "discharge_reason" in data.facts.lacking:
        raise NotAssessableError(
            'A report is not assessable: it rests on how episodes ended, and the column "discharge_reason" is not in the counts. Ask for '
            "single measures (iop.measure, iop-outcomes summary --measure)."
        )


def _refuse_less_strict(before: EarlierReport, policy: Policy) -> None:
    """A page shows the figures of an earlier report only where its own policy would show them too."""
    theirs = POLICIES.get(before.policy)
    if before.policy == policy.name or (
        theirs is not None and (theirs := theirs.within(())).fewest >= policy.fewest and theirs.threshold >= policy.threshold
    ):
        return
    raise UsageError(
        f"{before.name}: the earlier report was made under policy {before.policy}, which shows figures that a page under {policy.name} may not. "
        f"Give one that was made under {policy.name}, or make this one under {before.policy} (policy=, --policy)."
    )


def _heading(program: str, title: str) -> str:
    """The title of a pack behind the name of the program; a name within it keeps its capital."""
    return f"{program}: {title[:1].lower()}{title[1:]}"


def _one_column(data: Data, by: By) -> str:
    """Check the column of a report."""
    columns = grouping_columns(data, by)
    if len(columns) > 1:
        raise UsageError(
            f"by: a report is by one column, and was given {' and '.join(columns)}. Choose one, and narrow the data to a value of the "
            f'other with data.where({columns[1]}="...") (--where {columns[1]}=...).'
        )
    return columns[0]


def assemble(program: Program, parts: Sequence[Part], *, ledger: str | Path | None = None, earlier: int | None = None) -> Page:
    """Put the asks of some parts to the data, each once, and release everything together.

    Parameters
    ----------
    program : Program
        The data, the grouping column, the policy.
    parts : sequence of Part
        What the page is made of.
    ledger, earlier
        As for `release_set`.

    Returns
    -------
    Page

    Raises
    ------
    UsageError
        When the policy is not for this class of data.
    """
    data, policy = program.data, program.policy
    asks = _without_mixes_of_groups(list(dict.fromkeys(ask for part in parts for ask in part.asks(program))))
    results, unanswered = answer_all(asks, data, grouped=_grouped(program), conf_level=program.conf_level)
    shown = release_set(
        list(results.values()),
        policy.name,
        ledger=ledger,
        earlier=earlier,
        few=_said_to_be_few(data, parts),
        follow=[place for place, ask in enumerate(results) if ask.follows],
    )
    released = dict(zip(results, shown, strict=True))
    provenance = _shown_provenance(data, released.values(), policy)
    return Page(program, released, unanswered, release_flows(data.flow, list(released.values())), provenance)


def _said_to_be_few(data: Data, parts: Sequence[Part]) -> list[str]:
    """The parts of which the page says that they hold few: none where it tells no findings, or is of some rows of the files alone."""
    if data.narrowings or not any(part.says_findings for part in parts):
        return []
    return [PARTS_OF_FINDINGS[finding.rule] for finding in data.findings if finding.rule in PARTS_OF_FINDINGS]


def _without_mixes_of_groups(asks: Sequence[Ask]) -> list[Ask]:
    """The asks without those for the mix of a column by which others are grouped.

    Both would count the same people, each with rare values taken together in its own way: what one takes together, the other could tell apart.
    """
    grouped = {ask.by for ask in asks}
    return [ask for ask in asks if ask.column is None or ask.column not in grouped]


def _grouped(program: Program) -> str | None:
    """The grouping column, where fewer episodes than may be shown have no value of it: they leave every table of the page."""
    counts = program.data.count([Column(program.by)])
    blank = int(counts.n[counts.is_in(program.by, [None])].sum())
    return None if is_safe(blank, program.policy.threshold) else program.by


def _shown_provenance(data: Data, released: Iterable[Released], policy: Policy) -> Provenance:
    """Where the numbers come from, without the number of episodes when a measure has to withhold it, and of rows that may be of few people."""
    shown = all(not isinstance(flow.rows_in, Withheld) and not each.only_grouped for each in released for flow in each.flow)
    hidden = {table for table, kind in KINDS.items() if (kind.many and policy.threshold) or (table == COUNTED and not shown)}
    sources = (replace(source, rows=None if source.table in hidden else _rows(source.rows, policy)) for source in data.provenance.sources)
    return replace(data.provenance, sources=tuple(sources))


def _rows(n: int | None, policy: Policy) -> int | None:
    """How many rows a file has, as the policy shows counts; none where they are few."""
    return n if n is None or not policy.base else policy.rounded(n) if is_safe(n, policy.fewest) else None


def _lead(page: Page) -> str:
    """The line under the heading: how many episodes, in how many groups, up to when."""
    program, everyone = page.program, next(iter(page.released.values()))
    cutoff = program.data.provenance.cutoff
    until = f", data up to {cutoff}" if cutoff else ""
    n = len([level for level in everyone.levels if level not in (ALL, MISSING_LEVEL)])
    groups = f"in {n} {'group' if n == 1 else 'groups'} by {program.group}"
    if MISSING_LEVEL in everyone.levels:
        groups = f"{groups}, and some without one" if n else f"without a {program.group}"
    rows = everyone.flow[0].rows_in
    every = "Episodes" if isinstance(rows, Withheld) else episodes(rows)
    return f"{every} {groups}{until}. {_of_ranges(program.policy)}"


def _of_ranges(policy: Policy) -> str:
    """What the ranges of a page are, or why it has none."""
    if policy.base:
        return f"Counts are rounded to the nearest {policy.base}; ranges would give them back, and are not shown."
    return "Ranges are 95% intervals."
