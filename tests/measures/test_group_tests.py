"""Takes the ends of several groups, gives the two tests between them: of those tested alone, and none of fewer than two."""

from collections import Counter

import numpy as np
import pytest

from iop_outcomes.counts import Counts
from iop_outcomes.measures.group_tests import GRAY, LOG_RANK, group_tests
from iop_outcomes.patients import Patients
from iop_outcomes.stats.curves import OUTCOME, Ends
from iop_outcomes.stats.draft import Population
from iop_outcomes.stats.logrank import gray, log_rank

WAYS = ("end", "event", "death")
WHO = Population("x", {"in": 90}, frozenset({"in"}))


def drawn():
    """Rows of (group, day, cause): three groups of thirty."""
    random = np.random.default_rng(8)
    return [(group, int(random.integers(1, 40 - 8 * group)), int(random.integers(0, 3))) for group in range(3) for _ in range(30)]


def levels_of(rows):
    """The ends of each group."""
    cells = Counter((group, day, WAYS[cause]) for group, day, cause in rows)
    counts = Counts.from_cells(("group", "day", "outcome"), cells)
    return [Ends(part.as_counted().keep(["day", "outcome"]), "day", "outcome", WAYS[1:]) for part in counts.split("group").values()]


def outcomes(rows, which):
    """The statistic and the p of each draft, where nobody repeats."""
    drafts = group_tests(levels_of(rows), which, WHO)
    found = {}
    for level, draft in drafts:
        n = len(draft.influence)
        nobody_repeats = Patients(np.ones(n, dtype=np.int64), *(np.zeros(0, dtype=np.int64) for _ in range(3)))
        outcome = draft.interval.tested(nobody_repeats)
        found[draft.key.estimand] = (level, outcome.statistic, outcome.df, outcome.p)
        assert draft.population is WHO
    return found


@pytest.mark.parametrize("which", [(True, True, True), (True, False, True)])
def test_they_are_of_the_groups_that_are_tested(which):
    """As the tests of the rows of these groups alone; numbers about everyone."""
    rows = [row for row in drawn() if which[row[0]]]
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    found, n = outcomes(drawn(), which), np.ones(len(rows), dtype=np.int64)
    for names, test in ((LOG_RANK, log_rank), (GRAY, gray)):
        truth = test(*columns, n, outcome=OUTCOME)
        for name in names:
            level, statistic, df, p = found[name]
            assert (level, df) == ("All", sum(which) - 1)
            assert (statistic, p) == pytest.approx((truth.chi2, truth.p), rel=1e-10)


@pytest.mark.parametrize("which", [(False, False, False), (False, True, False)])
def test_fewer_than_two_groups_have_no_test(which):
    """Nobody to compare with."""
    assert group_tests(levels_of(drawn()), which, WHO) == []
    assert group_tests([], [], WHO) == []
