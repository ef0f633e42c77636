"""Takes the ends of episodes in several groups, gives the tests between their curves: log-rank and Gray's."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from iop_outcomes.keys import ALL, Key
from iop_outcomes.stats.curves import OUTCOME, Ends
from iop_outcomes.stats.draft import Draft, Mask, Population
from iop_outcomes.stats.intervals import LogRank
from iop_outcomes.stats.logrank import gray, log_rank, log_rank_influence

LOG_RANK = ("log_rank_chi_squared", "log_rank_p")
GRAY = ("gray_chi_squared", "gray_p")


def group_tests(groups: Sequence[Ends], who: Population) -> list[tuple[str, Draft]]:
    """Draft both tests, as numbers about everyone.

    Parameters
    ----------
    groups : sequence of Ends
        Those whose episodes have a group, each with somebody in it.
    who : Population
        Who is tested.

    Returns
    -------
    list of (level, Draft)
        Empty with fewer than two groups.
    """
    if len(groups) < 2:
        return []
    tables = [ends.table for ends in groups]
    group = np.concatenate([np.full(len(ends.counts), place) for place, ends in enumerate(groups)])
    day = np.concatenate([table.days[table.cell_day] for table in tables])
    cause, n = (np.concatenate([getattr(table, name) for table in tables]) for name in ("cell_cause", "n"))
    members = tuple(ends.counts.here() for ends in groups)
    hazards, incidences = log_rank(group, day, cause, n, outcome=OUTCOME), gray(group, day, cause, n, outcome=OUTCOME)
    influence = _influence(groups, log_rank_influence(group, day, cause, n, outcome=OUTCOME))
    among: Mask = np.logical_or.reduce(members)
    draft = partial(Draft, influence=np.zeros(len(among)), among=among, population=who)
    drafts: list[tuple[str, Draft]] = []
    for names, test, of_patients, variance in ((LOG_RANK, hazards, influence, "hypergeometric"), (GRAY, incidences, None, "Gray's")):
        numbers = partial(LogRank, test.chi2, test.df, test.p, test.score, of_patients, members, variance)
        drafts.append((ALL, draft(Key(names[0]), test.chi2, interval=numbers("statistic"))))
        drafts.append((ALL, draft(Key(names[1]), test.p, interval=numbers("p"))))
    return drafts


def _influence(groups: Sequence[Ends], by_cell: np.ndarray) -> np.ndarray:
    """Influences on the scores, shape (groups, merged cells), as shape (raw cells, groups)."""
    bounds = np.cumsum([len(ends.counts) for ends in groups])[:-1]
    pieces = np.split(by_cell, bounds, axis=1)
    lifted = [[ends.counts.lift(row) for row in piece] for ends, piece in zip(groups, pieces, strict=True)]
    return np.asarray(np.sum(lifted, axis=0).T, dtype=np.float64)
