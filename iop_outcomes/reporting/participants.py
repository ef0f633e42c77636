"""Takes data and a column to compare by, gives who is in each group: it stands ahead of any comparison of groups."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from iop_outcomes.columns import Column
from iop_outcomes.evaluate import evaluate
from iop_outcomes.intake.data import Data
from iop_outcomes.measures import Measure
from iop_outcomes.measures.categories import categories
from iop_outcomes.measures.participants import participants, participants_baseline
from iop_outcomes.release import DEFAULT_POLICY, Released, policy_for, release_together
from iop_outcomes.reporting.blocks import Block, TableBlock, Text
from iop_outcomes.scales import Scale
from iop_outcomes.show.participants import NO_OVERLAP, alike_sentence, difference_words, participants_table
from iop_outcomes.stats.balance import LEAST, WORDS

COVARIATES = ("age_group", "sex", "referral_source", "modality")


def participants_blocks(
    data: Data, by: str, policy_name: str = DEFAULT_POLICY, conf_level: float = 0.95, *, grouped: str | None = None
) -> tuple[list[Block], tuple[Released, ...]]:
    """Build the blocks on who is in each group, and give the released numbers behind them.

    Parameters
    ----------
    data : Data
        A loaded program.
    by : str
        A column to group by.
    policy_name : str
        Disclosure policy.
    conf_level : float
        Confidence level between 0 and 1.
    grouped : str, optional
        A column without which episodes are left out, as in `evaluate`.

    Returns
    -------
    tuple of (list of blocks, tuple of Released)
        Both empty of numbers when the data bring no characteristic.

    Raises
    ------
    UsageError
        When the data cannot be grouped by the column, or the policy does not exist or is not allowed.
    """
    policy_for(policy_name, data.data_class)
    evaluated = partial(evaluate, data=data, by=data.group(by), grouped=grouped, conf_level=conf_level)
    releases = release_together([evaluated(measure) for measure in _measures(data, by)], policy_name)
    if not releases:
        return [Text("The data bring no characteristic of people at admission, so that groups cannot be compared in who they treat.")], ()
    caption = f"Who is in each {by.replace('_', ' ')}: all admitted episodes"
    (low, similar), (high, _), (_, differs) = WORDS
    difference = (
        "Shares are of the episodes in which the characteristic is recorded. The largest difference is that between the two groups "
        f"furthest apart, in standard deviations: below {low:.2f} {similar}, from {high:.2f} on {differs}. "
        f"Groups of fewer than {LEAST} episodes are not compared."
    )
    if any(NO_OVERLAP in difference_words(released) for released in releases):
        difference += " No overlap: two groups have no category in common, so that they differ beyond any number."
    blocks: list[Block] = [
        Text(alike_sentence(releases, by) or "How far apart the groups are cannot be shown."),
        TableBlock(participants_table(releases, caption=caption)),
        Text(difference),
    ]
    return blocks, releases


def _measures(data: Data, by: str) -> Iterator[Measure]:
    """The mix of each characteristic, then severity."""
    for column in _columns(data, by):
        yield participants(column, categories(data.engine.tally([Column(column)]), column))
    if (scale := _first_scale(data)) is not None:
        yield participants_baseline(scale)


def _columns(data: Data, by: str) -> list[str]:
    """Characteristics that the data bring, without the one that divides the groups."""
    return [
        column
        for column in COVARIATES
        if column != by and column in data.groups and any(level is not None for level in data.engine.tally([Column(column)]).levels(column))
    ]


def _first_scale(data: Data) -> Scale | None:
    """The scale that programs are judged by most often, of those that the data bring."""
    scored = [name for name, scale in data.scales.items() if scale.total and data.engine.has_scale(name)]
    return data.scales[min(scored, key=lambda name: (name != "phq9", name))] if scored else None
