"""Takes count tables of several programs, gives the sums that their rows together would give, or which program did not share what is asked."""

import numpy as np
import pytest

from iop_outcomes.columns import Column, Facts, Known, Reached, ScoreAt, SessionCount
from iop_outcomes.counts import Counts
from iop_outcomes.engine.counted import CountsEngine, SharedProgram, SharedTable
from iop_outcomes.errors import NotAssessableError
from iop_outcomes.patients import Patients

TRACK, SITE, PHQ9 = Column("track"), Column("site"), ScoreAt("phq9", "admit")
PROGRAM = Column("program")
TWO = np.array([0]), np.array([1])  # one patient with one combination of cells


def facts(columns, scales=(), repeated=None):
    """What data of these columns can answer."""
    return Facts(
        tuple(columns), frozenset(scales), frozenset(), repeated, frozenset({"episodes"}), frozenset({"episodes"}), frozenset(), frozenset()
    )


def table(requests, rows, people=True):
    """A table of rows (levels, n)."""
    names = [name for request in requests for name in request.keys]
    counts = Counts.from_columns(names, [list(levels) for levels in zip(*(row[0] for row in rows), strict=True)], [n for _, n in rows])
    return SharedTable(tuple(requests), counts, Patients.all_different(counts.n) if people else None)


ASH = SharedProgram(
    "ash",
    facts(("track", "site"), ["phq9"], 0),
    (
        table((TRACK, SITE, PHQ9), [(("mh", "n", 5), 2), (("mh", "s", None), 3), (("su", "n", 5), 4)]),
        table((TRACK, SITE), [(("mh", "n"), 2), (("mh", "s"), 3), (("su", "n"), 4)]),
    ),
)
ELM = SharedProgram("elm", facts(("track",), (), 0), (table((TRACK,), [(("mh",), 10), (("eve",), 1)]),))


def cells(counts):
    """Cells and how many episodes each holds."""
    return dict(counts)


def test_sums_of_what_programs_counted():
    """By a column that both have; by the program; a level of one alone stays."""
    engine = CountsEngine([ASH, ELM])
    by_track, whole, by_program, again = engine.tally([[TRACK], [], [PROGRAM, TRACK], [TRACK, TRACK]])
    assert cells(by_track) == cells(again) == {("mh",): 15, ("su",): 4, ("eve",): 1}
    assert (whole.total, len(whole)) == (20, 1)
    assert cells(by_program) == {("ash", "mh"): 5, ("ash", "su"): 4, ("elm", "mh"): 10, ("elm", "eve"): 1}
    assert engine.tally([]) == []


def test_what_a_program_has_not_is_blank():
    """A site, a score, whether either is known, sessions, and what is worked out of a column; and the smallest table answers."""
    engine = CountsEngine([ASH, ELM])
    assert cells(engine.tally([[SITE]])[0]) == {("n",): 6, ("s",): 3, (None,): 11}
    assert cells(engine.tally([[PHQ9]])[0]) == {(5,): 6, (None,): 14}
    missing = [SessionCount("missed", ("missed",)), Reached("follow_up_days", 30)]
    assert cells(engine.tally([missing])[0]) == {(None, None): 20}
    assert cells(CountsEngine([ELM]).tally([[Known(PHQ9)]])[0]) == {(0,): 11}
    assert len(ASH.table([TRACK])[0]) == 2 and ASH.table([TRACK, PHQ9])[0].total == 9


def test_what_was_not_shared_is_named_and_never_blank():
    """A column that a program has and withheld, or of which no table is; with what to do, and five names at most."""
    withheld = SharedProgram("fir", facts(("track",), (), 0), ELM.tables, frozenset({"site"}))
    engine = CountsEngine([ASH, withheld])
    assert engine.refuses([TRACK]) == ""
    assert engine.refuses([SITE]).startswith("fir did not share a table that answers it by site. Share again by that column")
    with pytest.raises(NotAssessableError, match="fir did not share"):
        engine.tally([[SITE]])
    many = CountsEngine([SharedProgram(f"p{n}", facts(("track", "site")), ()) for n in range(7)])
    assert many.refuses([PROGRAM, TRACK]).startswith("p0, p1, p2, p3, p4 and 2 more did not share a table that answers it by track.")


def test_patients_are_each_of_one_program():
    """Those who return are added; where nobody does, and where one program does not say, each episode is its own."""
    people = CountsEngine([ASH, ELM]).patients([TRACK])
    assert people.alone.sum() == 20 and len(people.n) == 0
    (mine,) = ELM.tables
    twice = Patients(
        mine.counts.n - 2 * mine.counts.is_in("track", ["mh"]), np.flatnonzero(mine.counts.is_in("track", ["mh"])).repeat(2), *TWO
    )
    returning = SharedProgram("elm", facts(("track",), (), 1), (SharedTable(mine.requests, mine.counts, twice),))
    engine = CountsEngine([ASH, returning])
    people, counts = engine.patients([TRACK]), engine.tally([[TRACK]])[0]
    assert (people.alone.sum(), people.n.tolist()) == (18, [1])
    assert [cell for cell, _ in counts][people.cell[0]] == ("mh",) and people.cell[0] == people.cell[1]
    silent = SharedProgram("oak", facts(("track",)), (table((TRACK,), [(("mh",), 3)], people=False),))
    assert CountsEngine([ASH, silent]).facts().repeated is None
    assert CountsEngine([ASH, silent]).patients([TRACK]).alone.sum() == 12


def test_facts_are_those_of_all():
    """The column of programs first; what any of them knows."""
    together = CountsEngine([ASH, ELM]).facts()
    assert together.columns == ("program", "track", "site")
    assert together.scales == {"phq9"} and together.repeated == 0


def test_no_row_is_there():
    """And two requests for one column are refused before anything is counted."""
    engine = CountsEngine([ASH])
    with pytest.raises(NotAssessableError, match=r"Programs shared counts and no rows, so that no table of 2 columns can be made"):
        engine.rows([TRACK, SITE])
    with pytest.raises(ValueError, match="two requests for one column: phq9_admit"):
        engine.tally([[PHQ9, ScoreAt("phq9", "admit", (-30, 0))]])
    assert engine.close() is None
