"""Takes one program told in several ways, gives proof that what does not matter changes nothing in the outcomes."""

import math
import tomllib
from pathlib import Path

import pandas as pd
import pytest

import iop_outcomes as iop

FOLDER = Path(__file__).parents[1] / "data" / "synthetic"
MAPPING = tomllib.loads((FOLDER / "mapping.toml").read_text(encoding="utf-8"))
MEASURES = [("phq9_change", None), ("gad7_reliable_change", "nhs"), ("readmission", "all_cause"), ("relapse", "any_use")]


def tables():
    """The synthetic program as frames."""
    return {name: pd.read_csv(FOLDER / f"{name}.csv") for name in ("episodes", "scores", "events")}


def numbers(frames, by="track"):
    """Every number of every measure by measure, level, name and day."""
    found = {}
    with iop.load(frames, mapping=MAPPING) as data:
        for name, definition in MEASURES:
            for e in iop.measure(data, name, definition=definition, by=by).results:
                found[name, e.level, e.estimand, e.time] = (e.value, e.se, e.low, e.high, e.n, e.k, e.n_missing, e.excluded)
    return found


def assert_same(left, right):
    """The same numbers, to the order in which floats were added."""
    assert left.keys() == right.keys()
    for key, values in left.items():
        for one, other in zip(values, right[key], strict=True):
            both_missing = one is None or (isinstance(one, float) and math.isnan(one))
            missing_too = other is None or (isinstance(other, float) and math.isnan(other))
            assert both_missing == missing_too, key
            assert both_missing or math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9), (key, one, other)


@pytest.fixture(scope="module")
def plain():
    """The program as it stands."""
    return numbers(tables())


def test_the_order_of_rows_does_not_matter(plain):
    """Every table shuffled: the same numbers, to the last bit, because counts sort themselves."""
    shuffled = {name: table.sample(frac=1, random_state=1) for name, table in tables().items()}
    found = numbers(shuffled)
    assert_same(plain, found)
    assert all(repr(plain[key]) == repr(found[key]) for key in plain)


def test_the_names_of_groups_do_not_matter(plain):
    """Tracks under other names, in another order: each has the numbers it had."""
    frames = tables()
    names = {track: f"z{99 - i}" for i, track in enumerate(sorted(frames["episodes"]["track"].unique()))}
    frames["episodes"]["track"] = frames["episodes"]["track"].map(names)
    renamed = {(measure, names.get(level, level), *rest): values for (measure, level, *rest), values in plain.items()}
    assert_same(renamed, numbers(frames))


def test_the_names_of_episodes_do_not_matter(plain):
    """Other identifiers in every table: the same numbers."""
    frames = tables()
    for table in frames.values():
        table["episode_id"] = "x" + table["episode_id"].str[::-1]
    assert_same(plain, numbers(frames))


def test_an_unused_category_does_not_matter(plain):
    """A track nobody was in has no row."""
    frames = tables()
    tracks = sorted(frames["episodes"]["track"].unique())
    frames["episodes"]["track"] = pd.Categorical(frames["episodes"]["track"], categories=["nobody", *tracks])
    assert_same(plain, numbers(frames))


@pytest.mark.parametrize("reason", ["active", "not_started"])
def test_an_excluded_episode_is_counted_and_changes_nothing_else(plain, reason):
    """One more who is still in care, or never started: excluded + 1 in its track and in "All", every other figure as before."""
    frames = tables()
    more = frames["episodes"].iloc[[0]].assign(episode_id="more", patient_id="more", discharge_reason=reason, follow_up_days=math.nan)
    if reason == "active":
        more = more.assign(discharge_date=None)
    frames["episodes"] = pd.concat([frames["episodes"], more.astype(frames["episodes"].dtypes.to_dict(), errors="ignore")])
    track = more["track"].iloc[0]
    found = numbers(frames)
    for key, values in plain.items():
        added = int(key[1] in ("All", track))
        assert found[key][-1] == values[-1] + added, key
    assert_same({key: values[:-1] for key, values in plain.items()}, {key: values[:-1] for key, values in found.items()})


def test_the_others_scale_and_other_events_do_not_matter(plain):
    """Scores and events that no measure asks for change nothing."""
    frames = tables()
    unasked = frames["scores"][frames["scores"]["scale"] == "phq9"].assign(scale="bdi2", score=3)
    frames["scores"] = pd.concat([frames["scores"], unasked])
    visits = frames["events"][frames["events"]["event"] == "emergency_visit"]
    frames["events"] = pd.concat([frames["events"], visits])
    assert_same(plain, numbers(frames))


def test_two_programs_in_one_file_have_the_numbers_of_one():
    """Every episode twice: the same values, twice the n, and errors smaller by about the root of 2."""
    frames = tables()
    other = {name: table.assign(episode_id="b" + table["episode_id"]) for name, table in frames.items()}
    other["episodes"] = other["episodes"].assign(patient_id="b" + other["episodes"]["patient_id"])  # other people, too
    twice = {name: pd.concat([table, other[name]]) for name, table in frames.items()}
    once, found = numbers(frames, by=None), numbers(twice, by=None)
    for key, (value, se, *_, n, k, n_missing, excluded) in once.items():
        other = found[key]
        assert other[4:] == (2 * n, None if k is None else 2 * k, 2 * n_missing, 2 * excluded), key
        if "g_pre_sd" not in key and "d_pre_sd" not in key and "sd_admit" not in key and not math.isnan(value):
            assert other[0] == pytest.approx(value, rel=1e-9), key
            assert math.isnan(se) or other[1] == pytest.approx(se / math.sqrt(2), rel=2e-3), key
