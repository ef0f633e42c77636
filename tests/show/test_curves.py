"""Takes programs of few and of many tracks, gives how their curves are drawn: together, apart, or everyone alone."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.show.curves import cumulative, curve_alt_text


def released(tracks):
    """Readmission by so many tracks of 30 episodes."""
    n = 30 * tracks
    rng = np.random.default_rng(tracks)
    frame = pd.DataFrame(
        {
            "episode_id": [f"e{i}" for i in range(n)],
            "track": [f"t{i % tracks:03}" for i in range(n)],
            "discharge_reason": "completed",
            "los_days": 30,
            "follow_up_days": 400,
            "readmission_psychiatric_day": rng.integers(33, 430, n),
            "readmission_psychiatric_observed": 1,
        }
    )
    with iop.load(frame, mapping={"data": {"class": "synthetic"}}) as data:
        return iop.readmission(data, by="track").release("none")


@pytest.mark.parametrize(("tracks", "charts", "lines"), [(3, 1, 4), (5, 5, 2), (24, 24, 2), (25, 1, 1)])
def test_how_many_groups_are_drawn(tracks, charts, lines):
    """Up to four together with everyone, up to 24 apart with everyone in grey, of more everyone alone; the description draws what the picture does."""
    answer = released(tracks)
    ax = cumulative(answer)
    assert (len(ax.figure.axes), len(ax.get_lines())) == (charts, lines)
    words = curve_alt_text(answer)
    assert words.count(" by day ") == (1 if tracks > 24 else 1 + tracks)
    words_of_many = "25 groups are too many to draw: the table shows each"
    assert (words_of_many in words, ax.get_title(loc="left") == words_of_many) == (tracks > 24, tracks > 24)
    plt.close("all")


def test_the_sentence_tells_of_every_day_that_was_asked(synthetic):
    """It spoke of day 2 alone, by which readmission cannot be given, and of none of the days that can."""
    words = iop.readmission(synthetic, by="track", at=(2, 30, 90)).sentence(policy="internal")
    assert words.startswith("An estimated 4.2% were readmitted within 30 days of discharge (range 3.1% to 5.5%)")
    assert words.endswith("Also asked: by day 2, not assessable; by day 90, 9.5% (7.8% to 11.4%).")
