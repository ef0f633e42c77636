"""Takes a released answer, gives its numbers by name, level and day; as records and frames; and in slices of a second column."""

import pytest

from iop_outcomes.evaluate import evaluate
from iop_outcomes.evaluate.contrasts import Against
from iop_outcomes.measures import find
from iop_outcomes.release import SUPPRESSED, release
from iop_outcomes.results import COLUMNS
from tests.spec.tables import loaded

ROWS = [("a", "x", "completed", 20), ("a", "y", "dropped_out", 13), ("b", "x", "completed", 30), ("b", "y", "dropped_out", 3)]
TEXT = "\n".join(["track site discharge_reason los_days", *(f"{t} {s} {r} 9" for t, s, r, n in ROWS for _ in range(n))])


@pytest.fixture(scope="module")
def by_track():
    """Completion by track with differences, everything shown and small counts withheld; and by two columns."""
    with loaded(TEXT) as data:
        alone = evaluate(find("completion"), data, by="track", against=Against(pairwise=True))
        other = evaluate(find("completion"), data, by="track", against=Against())
        crossed = evaluate(find("completion"), data, by=("track", "site"))
        return [release(each, policy) for each in (alone, other, crossed) for policy in ("internal", "cms11")]


def test_what_is_withheld_reads_not_shown():
    """It is no number, and no blank."""
    assert str(SUPPRESSED) == "not shown"
    assert not isinstance(SUPPRESSED, float)


def test_a_number_is_found_by_its_name_and_level(by_track):
    """Everyone by default; one that there is not is none, or an error that stops whoever relies on it."""
    shown = by_track[0]
    assert shown.levels == ("All", "a", "b")
    assert (shown.estimate("completion_strict").n, shown.estimate("completion_strict", "b").k) == (66, 30)
    assert shown.has("completion_strict") and not shown.has("mean_change")
    with pytest.raises(KeyError):
        shown.estimate("completion_strict", "c")


def test_a_difference_is_found_by_from_whom_it_is_taken(by_track):
    """From one level, or from all others; of everyone there is none."""
    pairwise, others = by_track[0], by_track[2]
    assert pairwise.contrast("completion_strict", "a", versus="b").versus == "b"
    assert pairwise.contrast("completion_strict", "a") is None
    assert others.contrast("completion_strict", "a").value == pytest.approx(20 / 33 - 30 / 33)
    assert others.contrast("completion_strict", "All") is None


def test_records_and_frames_say_the_same(by_track):
    """A withheld number is null and flagged; whole numbers stay whole beside it."""
    released = by_track[1]
    records, frame = released.to_records(), released.to_frame()
    assert tuple(frame.columns) == COLUMNS == tuple(records[0])
    assert len(records) == len(list(released))
    small = [row for row in records if row["level"] == "b" and row["estimand"] == "completion_strict" and not row["contrast"]]
    assert [(row["value"], row["k"], row["flag"]) for row in small] == [(None, None, "suppressed")]
    assert released.withheld == sum("suppressed" in row["flag"] for row in records) > 0
    assert str(frame["n"].dtype) == "Int64" and frame["value"].isna().sum() >= released.withheld


def test_slices_are_everyone_and_each_level_of_a_second_column(by_track):
    """All numbers stand in one of them; without a second column there is one slice, itself."""
    crossed, alone = by_track[4], by_track[0]
    assert [part.level_2 for part in crossed.slices] == ["All", "x", "y"]
    assert sum(len(part.estimates) for part in crossed.slices) == len(list(crossed))
    assert crossed.within["x"].estimate("completion_strict", "a").n == 20
    assert alone.slices == (alone,)
