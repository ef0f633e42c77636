"""Takes released reasons, completion and stays, gives their sections: how and when episodes ended."""

from __future__ import annotations

from collections.abc import Sequence

from iop_outcomes.keys import ALL, MISSING_LEVEL
from iop_outcomes.measures.completion import IF_MISSING
from iop_outcomes.release import Released
from iop_outcomes.reporting.blocks import Block, Note, TableBlock, figure_block
from iop_outcomes.show.chart_rows import alt_text
from iop_outcomes.show.comparison import different_people
from iop_outcomes.show.dots import dot_range
from iop_outcomes.show.stacked_bars import stacked_alt_text, stacked_shares
from iop_outcomes.show.stays import stay_range, stay_table
from iop_outcomes.show.tables import mix_table, share_table
from iop_outcomes.show.words import episodes, estimate_value, headline, label


def completion_blocks(released: Released, by: str) -> list[Block]:
    """Planned completion of each group, with transfers beside it, of all admitted, and what a missing reason could hide."""
    group = by.replace("_", " ")
    names = ["completion_strict", "completion_with_transfers"]
    alt = alt_text(released, names[:1], "Dot chart with ranges.")
    subtitle = f"Share of discharged episodes that ended in planned completion, by {group}, with 95% ranges. Higher is better."
    blocks: list[Block] = [
        figure_block(dot_range(released, names[0]), headline(released, names[0]), subtitle, alt),
        TableBlock(share_table(released, names, caption=f"Completion by {group}", first=label(by))),
        TableBlock(share_table(released, ["completion_of_admitted"], caption="Completion of all admitted", first=label(by))),
    ]
    cases = [released.estimate(name) for name in IF_MISSING if released.has(name)]
    missing = released.estimate(names[0]).n_missing
    if missing != 0 and cases and all(case.shown for case in cases):
        none, every = cases
        text = (
            f"The discharge reason is missing in {episodes(missing)}. If none of them was a completion, {estimate_value(none)} completed; "
        )
        blocks.append(Note(text + f"if all were, {estimate_value(every)}."))
    if len([level for level in released.levels if level not in (ALL, MISSING_LEVEL)]) > 1:
        blocks.append(Note(different_people(by)))
    return blocks


def stay_blocks(released: Released, by: str) -> list[Block]:
    """The middle stay and the middle half of stays in each group; shares of bands where the files give those."""
    if not released.definition.has_role("mean"):
        return _stay_in_bands(released, by)
    group = by.replace("_", " ")
    alt = alt_text(released, released.definition.shown, "Range chart of the middle stay and the middle half.")
    subtitle = f"Middle stay (dot) and middle half of stays (bar), in days, by {group}. Neither long nor short is better by itself."
    return [
        figure_block(stay_range(released), headline(released, released.definition.in_role("middle")), subtitle, alt),
        TableBlock(stay_table(released, caption=f"Length of stay by {group}", first=label(by))),
    ]


def _stay_in_bands(released: Released, by: str) -> list[Block]:
    """Stays that the files give as bands: shares of each, and no mean."""
    group = by.replace("_", " ")
    shown = released.definition.shown
    alt = stacked_alt_text(released)
    subtitle = f"Share of discharged episodes by length of stay, by {group}.{_white(released, shown)}"
    return [
        figure_block(stacked_shares(released, shown), headline(released, released.definition.in_role("middle")), subtitle, alt),
        TableBlock(mix_table(released, shown, caption=f"Length of stay by {group}", first=label(by))),
    ]


def reason_blocks(released: Released, by: str) -> list[Block]:
    """The mix of reasons in each group."""
    group = by.replace("_", " ")
    names = [definition.name for definition in released.definition.estimands]
    alt = stacked_alt_text(released)
    subtitle = f"Share of discharged episodes by reason, by {group}.{_white(released, names)}"
    return [
        figure_block(stacked_shares(released, names), headline(released, released.definition.in_role("left_early")), subtitle, alt),
        TableBlock(mix_table(released, names, caption=f"Discharge reasons by {group}", first=label(by))),
    ]


def _white(released: Released, estimands: Sequence[str]) -> str:
    """What the white parts of bars are, where there are any."""
    withheld = any(not estimate.shown for estimate in released if estimate.estimand in estimands)
    return " White: not shown, because too few." if withheld else ""
