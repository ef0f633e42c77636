"""Takes the ends of episodes in several groups, gives the tests between their curves: log-rank and Gray's."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial

import numpy as np

from iop_outcomes.keys import ALL, Key
from iop_outcomes.stats.curves import OUTCOME, Ends
from iop_outcomes.stats.draft import Draft, Ints, Mask, Population
from iop_outcomes.stats.intervals import LogRank
from iop_outcomes.stats.logrank import gray, log_rank, log_rank_scores

LOG_RANK = ("log_rank_chi_squared", "log_rank_p")
GRAY = ("gray_chi_squared", "gray_p")


def group_tests(levels: Sequence[Ends], tested: Sequence[bool], who: Population) -> list[tuple[str, Draft]]:
    """Draft both tests, as numbers about everyone.

    Parameters
    ----------
    levels : sequence of Ends
        Every level, whose cells come one after the other in the counted table.
    tested : sequence of bool
        Which of them are groups with somebody in it.
    who : Population
        Who is tested.

    Returns
    -------
    list of (level, Draft)
        Empty with fewer than two groups.
    """
    groups = [ends for ends, is_tested in zip(levels, tested, strict=True) if is_tested]
    if len(groups) < 2:
        return []
    tables = [ends.table for ends in groups]
    group = np.concatenate([np.full(len(ends.counts), place) for place, ends in enumerate(groups)])
    day = np.concatenate([table.days[table.cell_day] for table in tables])
    cause, n = (np.concatenate([getattr(table, name) for table in tables]) for name in ("cell_cause", "n"))
    place = _places(levels, tested)
    among: Mask = place >= 0
    member = np.where(among, group[place], -1)
    hazards, incidences = log_rank(group, day, cause, n, outcome=OUTCOME), gray(group, day, cause, n, outcome=OUTCOME)
    scores = log_rank_scores(group, day, cause, n, outcome=OUTCOME).spread(place)
    draft = partial(Draft, value=math.nan, influence=np.zeros(len(among)), among=among, population=who)
    drafts: list[tuple[str, Draft]] = []
    for names, test, of_patients, variance in ((LOG_RANK, hazards, scores, "hypergeometric"), (GRAY, incidences, None, "Gray's")):
        numbers = partial(LogRank, test, of_patients, member, variance)
        drafts.append((ALL, draft(Key(names[0]), interval=numbers("statistic"))))
        drafts.append((ALL, draft(Key(names[1]), interval=numbers("p"))))
    return drafts


def _places(levels: Sequence[Ends], tested: Sequence[bool]) -> Ints:
    """For each cell of the counted table its place among the merged cells of the groups, one group after the other; -1 outside."""
    places, before = [], 0
    for ends, is_tested in zip(levels, tested, strict=True):
        origin = ends.counts.origin
        places.append(np.where(origin >= 0, origin + before, -1) if is_tested else np.full(len(origin), -1))
        before += len(ends.counts) if is_tested else 0
    return np.concatenate(places)
