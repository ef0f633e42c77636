"""Takes a program of three tracks and an output of one track after that of all, gives the totals that would tell of another track."""

import iop_outcomes as iop
from iop_outcomes.keys import Place
from iop_outcomes.release import release_set
from iop_outcomes.release.ledger import first_outputs
from iop_outcomes.release.narrower import guarded_in_wider
from iop_outcomes.release.printed import Tabulations
from tests.spec.tables import loaded

CELLS = {("a", "completed"): 60, ("a", "dropped_out"): 30, ("b", "completed"): 50, ("b", "dropped_out"): 25, ("c", "completed"): 40, ("c", "dropped_out"): 9}  # fmt: skip


def test_everyone_of_a_track_is_held_against_the_whole(tmp_path):
    """The whole shows everyone and one of two tracks; the other, by itself, would give back the nine of the third."""
    rows = [f"{track} {reason} 9 {'v' if i % 2 else 'p'}" for (track, reason), n in CELLS.items() for i in range(n)]
    with loaded("\n".join(["track discharge_reason los_days modality", *rows])) as data:
        whole = iop.completion(data, by="track").results
        parts = {track: iop.completion(data.where(track=track), by="modality").results for track in ("a", "b")}
    ledger = tmp_path / "ledger"
    (shown,) = release_set([whole], "cms11", ledger=ledger)
    outputs = first_outputs(ledger, 1)
    hidden = {track: not isinstance(shown.estimate("completion_strict", track).k, int) for track in parts}
    assert set(hidden.values()) == {True, False}
    for track, part in parts.items():
        page = Tabulations([part])
        (guarded,) = guarded_in_wider([part], page, outputs, 11)
        people = part.populations["All", part.estimates[0].key]
        assert ((Place("All"), page.cells(0, people.family, people.hits)) in guarded) is hidden[track]
    assert guarded_in_wider([whole], Tabulations([whole]), outputs, 11) == [set()]
