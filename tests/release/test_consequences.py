"""Takes an earlier output, gives the totals that follow from what it showed."""

from iop_outcomes.release.consequences import consequences
from iop_outcomes.release.ledger import Output, Way, Who

WAY = Way("m", "", "f", "track", "")
EVERYONE, A, B = (WAY, Who((), True)), (WAY, Who(("track a",), False)), (WAY, Who(("track b",), False))
YES, NO = frozenset({"yes"}), frozenset({"no"})


def output(*shown):
    """Two tracks, of which these totals were shown."""
    counts = {EVERYONE: {"yes": 50, "no": 40}, A: {"yes": 30, "no": 15}, B: {"yes": 20, "no": 25}}
    return Output(counts, {cell: frozenset(parts for one, parts in shown if one == cell) for cell in counts}, {"where": []})


def test_what_is_left_of_two_totals_follows():
    """Everyone without one track is the other, and those who did not are all without those who did; nothing more follows."""
    asked = [(EVERYONE, NO), (B, YES), (B, NO), (A, YES | NO)]
    told = output((EVERYONE, YES | NO), (EVERYONE, YES), (A, YES))
    assert consequences(told, asked) == {(EVERYONE, NO), (B, YES)}
    assert consequences(told, []) == set()
