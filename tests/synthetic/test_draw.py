"""Takes parameters of tracks, gives proof of what is drawn of them: virtual care adds nothing, and small and empty tracks can be drawn."""

from __future__ import annotations

import numpy as np

from iop_outcomes.synthetic.draw import draw_track
from iop_outcomes.synthetic.parameters import TRACKS
from iop_outcomes.synthetic.tables import draw_program


def test_virtual_care_changes_nothing_given_score_and_age() -> None:
    """Adjusted for the band of the admission PHQ-9 and for age, completion is the same in person and virtual; scores are not alike."""
    rows, _ = draw_program(200_000, 3)
    band = np.searchsorted([5, 10, 15, 20], rows["phq9_admit"], side="right")
    completed, virtual = rows["reason"] == 0, rows["virtual"]
    difference, variance = 0.0, 0.0
    for stratum in np.unique(band * 10 + rows["age"]):
        inside = band * 10 + rows["age"] == stratum
        weight = inside.mean()
        parts = [completed[inside & (virtual == value)] for value in (True, False)]
        difference += weight * (parts[0].mean() - parts[1].mean())
        variance += weight**2 * sum(part.var() / part.size for part in parts)
    assert abs(difference) < 4 * variance**0.5
    assert rows["phq9_admit"][virtual].mean() < rows["phq9_admit"][~virtual].mean() - 0.5


def test_small_programs_and_empty_tracks_can_be_drawn() -> None:
    """Fifty episodes can be drawn with any seed, and so can a track without episodes."""
    for seed in range(25):
        rows, _ = draw_program(50, seed)
        assert rows["los"].size == 50
    assert draw_track(TRACKS[0], 0, np.random.default_rng(1))["los"].size == 0
