"""Takes parts of a population, gives who is counted, missing and excluded; and a draft that keeps why it is to be read with care."""

import pytest

from iop_outcomes.keys import Flag
from iop_outcomes.stats.draft import Population
from iop_outcomes.stats.intervals.wilson import Wilson
from tests.stats.intervals.drafted import drafted

PARTS = {"completed": 5, "dropped_out": 3, "(blank)": 2, "died": 1, "active": 4}


def test_every_episode_is_counted_missing_or_excluded_by_reason():
    """The parts sum to the rows that came in, whichever are which."""
    population = Population("f", PARTS, frozenset({"completed", "dropped_out"}), frozenset({"completed"}), frozenset({"(blank)"}))
    assert (population.n, population.k, population.n_missing, population.excluded) == (8, 5, 2, {"died": 1, "active": 4})
    assert population.n + population.n_missing + sum(population.excluded.values()) == sum(PARTS.values())


def test_without_a_numerator_there_is_no_k():
    """None, not 0: a mean has no numerator; a share of nobody has 0."""
    base = frozenset({"completed", "never seen"})
    assert Population("f", PARTS, base).k is None
    assert Population("f", PARTS, base, frozenset({"never seen"})).k == 0
    assert Population("f", PARTS, base).n == 5


def test_disclosure_reads_every_count_that_a_number_rests_on():
    """The denominator alone, with its numerator, and with what follows from the value."""
    base, hits, shown = frozenset({"completed", "dropped_out"}), frozenset({"completed"}), frozenset({"dropped_out"})
    assert Population("f", PARTS, base).rests_on == (base,)
    assert Population("f", PARTS, base, hits, revealed=shown).rests_on == (base, hits, shown)


def test_a_flag_is_added_and_nothing_else_changes():
    """The same number with another interval of the same kind; the draft that was there keeps its own."""
    draft = drafted(0.4, 20, Wilson(20))
    flagged = draft.flagged(Flag.PAST_FOLLOW_UP)
    assert (draft.interval.flag, flagged.interval.flag) == (Flag.NONE, Flag.PAST_FOLLOW_UP)
    assert (flagged.value, flagged.n, flagged.key) == (draft.value, draft.n, draft.key)
    with pytest.raises(AttributeError):
        draft.value = 1.0
