"""Takes data and a column to compare by, gives who is in each group: it stands ahead of any comparison of groups."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from iop_outcomes.columns import Column
from iop_outcomes.evaluate import evaluate
from iop_outcomes.intake.data import Data
from iop_outcomes.measures import Measure
from iop_outcomes.measures.categories import Categories, categories, merged
from iop_outcomes.measures.participants import participants, participants_baseline
from iop_outcomes.release import DEFAULT_POLICY, Policy, Released, Withheld, policy_for, release, release_set
from iop_outcomes.reporting.blocks import Block, TableBlock, Text
from iop_outcomes.results import Results
from iop_outcomes.scales import Scale
from iop_outcomes.show.participants import NO_OVERLAP, alike_sentence, difference_words, participants_table
from iop_outcomes.stats.balance import LEAST, WORDS

_Evaluate = Callable[[Measure], Results]
COVARIATES = ("age_group", "sex", "referral_source", "modality")
TOO_MANY = 1 / 3  # of the cells of a characteristic: with so many withheld, rare categories are merged


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
    policy = policy_for(policy_name, data.data_class)
    group = data.group(by)
    evaluated = partial(evaluate, data=data, by=group, grouped=grouped, conf_level=conf_level)
    categories_by_column = {column: _categories(data, column, group, policy, evaluated) for column in _columns(data, by)}
    scale = _first_scale(data)
    releases = _released(categories_by_column, scale, policy, evaluated)
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


def _categories(data: Data, column: str, group: str, policy: Policy, evaluated: _Evaluate) -> tuple[Categories, Categories]:
    """The categories of a column, and those that are shown: merged when too many of their cells would be withheld."""
    counts = data.engine.tally([Column(column), Column(group)])
    groups = categories(counts, column)
    released = release(evaluated(participants(column, groups)), policy.name)
    return groups, merged(groups, counts, column, group, policy.threshold) if _too_much(released) else groups


def _too_much(released: Released) -> bool:
    """Whether a third of the cells is withheld, or a group that can be shown loses all of them."""
    shares = [estimand.name for estimand in released.definition.estimands if not estimand.role]
    unrecorded = released.definition.in_role("unrecorded")
    counted = [level for level in released.levels if not isinstance(released.estimate(unrecorded, level).n, Withheld)]
    hidden = [sum(not released.estimate(name, level).shown for name in shares) for level in counted]
    cells = len(hidden) * len(shares)
    return sum(hidden) >= TOO_MANY * cells > 0 or any(n == len(shares) for n in hidden)


def _released(
    categories_by_column: Mapping[str, tuple[Categories, Categories]], scale: Scale | None, policy: Policy, evaluated: _Evaluate
) -> tuple[Released, ...]:
    """Everything of the table, released together; severity rounded where a group would lose it otherwise."""
    mixes = [evaluated(participants(column, every, shown=shown)) for column, (every, shown) in categories_by_column.items()]
    if scale is None:
        return release_set(mixes, policy.name)
    exact = release_set([*mixes, evaluated(participants_baseline(scale))], policy.name)
    if not mixes or not _loses(exact):
        return exact
    return release_set([*mixes, evaluated(participants_baseline(scale, coarse=True))], policy.name)


def _loses(first: tuple[Released, ...]) -> bool:
    """Whether a group whose episodes are shown loses its severity, because too few of them lack a score."""
    mix, severity = first[0], first[-1]
    unrecorded, mean = mix.definition.in_role("unrecorded"), severity.definition.in_role("mean")
    return any(
        not severity.estimate(mean, level).shown and not isinstance(mix.estimate(unrecorded, level).n, Withheld) for level in mix.levels
    )
