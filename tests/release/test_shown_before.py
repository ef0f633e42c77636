"""Takes outputs of the same data made one after the other, gives what a later one is held against."""

from functools import cache

import pandas as pd

import iop_outcomes as iop
from iop_outcomes.keys import Place
from iop_outcomes.release import release_set
from iop_outcomes.release.ledger import first_outputs
from iop_outcomes.release.shown_before import NOTHING_BEFORE, shown_before

CELLS = {
    ("a", "completed"): 60, ("a", "dropped_out"): 30, ("a", "transferred_step_up"): 4, ("a", "died"): 3, ("a", None): 2,
    ("b", "completed"): 50, ("b", "dropped_out"): 25, ("b", "transferred_step_up"): 12, ("b", "died"): 2, ("b", None): 5,
    ("c", "completed"): 40, ("c", "dropped_out"): 9, ("c", "transferred_step_up"): 0, ("c", "died"): 1, ("c", None): 3,
}  # fmt: skip


@cache
def frame():
    """Three tracks; half of each is virtual."""
    rows = [(track, reason) for (track, reason), n in CELLS.items() for _ in range(n)]
    return pd.DataFrame(
        {
            "episode_id": [f"e{i}" for i in range(len(rows))],
            "track": [track for track, _ in rows],
            "modality": ["virtual" if i % 2 else "in_person" for i in range(len(rows))],
            "discharge_reason": [reason for _, reason in rows],
            "los_days": [10 + i % 40 for i in range(len(rows))],
        }
    )


def outputs(*asked, ledger=None, **where):
    """Working and released numbers of measures, each by a column, released one after the other."""
    with iop.load(frame(), mapping={"data": {"class": "safe_harbor"}}) as data:
        chosen = data.where(**where) if where else data
        answers = [iop.measure(chosen, name, by=by, **({"definition": definition} if definition else {})) for name, by, definition in asked]
        everything = [answer.results for answer in answers]
        return everything, [release_set([each], "cms11", ledger=ledger)[0] for each in everything]


ASKED = (
    ("discharge_reasons", "track", "each"),
    ("completion", "track", ""),
    ("length_of_stay", "track", ""),
    ("deaths_in_care", "track", ""),
)


def test_a_group_that_was_shown_is_everyone_of_a_narrower_output(tmp_path):
    """What the whole showed of a track is known where the track stands alone; outputs of other data say nothing."""
    ledger = tmp_path / "ledger"
    everything, (released,) = outputs(ASKED[1], ledger=ledger)
    n = released.estimate("completion_strict", "b").n
    with iop.load(frame(), mapping={"data": {"class": "safe_harbor"}}) as data:
        alone = iop.completion(data.where(track="b"), by="modality").results
    before = shown_before([alone], first_outputs(ledger, 1))
    people = alone.populations["All", alone.estimates[0].key]
    assert (0, Place("All"), people.family, people.base) in before.again and people.n == n
    assert before.tables == ()
    assert len(shown_before(everything, first_outputs(ledger, 1)).tables) == 1
    with iop.load(frame().iloc[1:], mapping={"data": {"class": "safe_harbor"}}) as data:
        later = iop.completion(data, by="track").results
    assert shown_before([later], first_outputs(ledger, 1)).again == ()
    assert shown_before([later], ()) is NOTHING_BEFORE


def test_what_is_shown_already_stays(tmp_path):
    """Of the same data everything that an output showed is shown again."""
    ledger = tmp_path / "ledger"
    for _ in range(2):
        _, released = outputs(*ASKED, ledger=ledger)
        shown = [each.to_records() for each in released]
    assert shown == [each.to_records() for each in outputs(*ASKED, ledger=ledger)[1]]
