"""Takes programs of 60 and of 61 tracks, gives how charts of one row for each group are drawn: every group, or everyone alone."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest

import iop_outcomes as iop

WORDS = "61 groups are too many to draw: the table shows each"


@pytest.fixture(scope="module", params=[60, 61])
def program(request):
    """So many tracks of two episodes with both scores, and how many they are."""
    n = 2 * request.param
    frame = pd.DataFrame(
        {
            "episode_id": [f"e{i}" for i in range(n)],
            "track": [f"t{i // 2:03}" for i in range(n)],
            "discharge_reason": ["completed", "dropped_out"] * request.param,
            "los_days": [20 + i % 30 for i in range(n)],
            "phq9_admit": [12 + i % 9 for i in range(n)],
            "phq9_discharge": [4 + i % 7 for i in range(n)],
        }
    )
    with iop.load(frame, mapping={"data": {"class": "synthetic"}}) as data:
        yield request.param, data


@pytest.mark.parametrize("name", ["completion", "length_of_stay", "discharge_reasons", "phq9_change", "phq9_reliable_change"])
def test_more_than_sixty_groups_are_left_to_the_table(program, name):
    """Up to 60 groups have a row each under that of everyone; of more there is everyone's row alone, in the words as in the picture."""
    tracks, data = program
    answer = iop.measure(data, name, by="track")
    ax = answer.plot(policy="none")
    assert len(ax.get_yticklabels()) == (61 if tracks == 60 else 1)
    assert (ax.get_title(loc="left") == WORDS, WORDS in ax.words) == (tracks == 61, tracks == 61)
    assert ("T017" in ax.words, "All episodes: " in ax.words) == (tracks == 60, True)
    plt.close("all")


def test_the_page_says_so_and_its_tables_hold_every_group(program):
    """In a report the charts of 61 tracks are those of everyone, whatever is said of a group stands in a table, and nothing else changes."""
    tracks, data = program
    text = iop.report(data, by="track", policy="none").to("txt")
    assert (WORDS in text) == (tracks == 61)
    assert text.count("\nT017 ") > 4
