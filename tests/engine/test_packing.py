"""Takes programs whose patients return, gives proof that patients counted by the combination of their cells add up as a slow sum over people does."""

import math
from collections import defaultdict
from unittest.mock import patch

import numpy as np
import pytest

from iop_outcomes.columns import NOT_KNOWN, Column
from iop_outcomes.engine import packing
from tests.engine.test_duckdb import KEYS, loaded, program, shuffled


def test_patients_whose_numbers_are_alike_by_chance_are_told_apart():
    """Were every number alike, patients would still be those of their ids."""
    frame = program(200)["episodes"]
    people = frame.patient_id.value_counts()
    expected = (people**2).sum() + frame.patient_id.isna().sum()
    alike = "iop_outcomes.engine.duckdb.numbers_held_twice"
    with patch(alike, lambda text, table: f"SELECT hash({text}) FROM {table}"), loaded({"episodes": frame}) as data:
        assert data.facts.repeated == (people > 1).sum()
        ones = np.ones(len(data.count([Column("track")])))
        assert data.engine.patients([Column("track")]).variance(ones) == expected


def influences(counts, scales=(1.0, 1.0, 1.0)):
    """A number for each cell and estimate, the estimates in quite different units."""
    return np.random.default_rng(1).normal(size=(len(counts), len(scales))) * np.array(scales)


def slow_sums(episodes, counts, influence):
    """Sum each patient's influences, one episode after the other; a blank patient stands for itself."""
    place = {cell: i for i, (cell, _) in enumerate(counts)}
    people = defaultdict(lambda: [[] for _ in range(influence.shape[1])])
    for i, row in enumerate(episodes.astype(object).where(episodes.notna(), None).to_dict("records")):
        person = row.get("patient_id") or ("alone", i)
        stay = None if row["los_days"] is None else int(row["los_days"])
        cell = (row["track"], row["discharge_reason"] or (NOT_KNOWN if stay is None else None), stay)
        for j in range(influence.shape[1]):
            people[person][j].append(influence[place[cell], j])
    sums = [[math.fsum(values) for values in person] for person in people.values()]
    size = influence.shape[1]
    return np.array([[math.fsum(s[i] * s[j] for s in sums) for j in range(size)] for i in range(size)])


@pytest.mark.parametrize("scales", [(1.0, 1.0, 1.0), (1e3, 1e-6, 1.0)])
def test_sums_over_patients_equal_a_slow_sum_over_patients(data, scales):
    """Errors for repeated patients are those of a loop over people, in every unit: days beside shares lose nothing."""
    counts = data.count(KEYS)
    influence = influences(counts, scales)
    found = data.engine.patients(KEYS).products(influence)
    expected = slow_sums(program()["episodes"], counts, influence)
    own = np.sqrt(np.diag(expected))
    assert (np.abs(found - expected) <= 1e-9 * np.outer(own, own)).all()
    assert np.diag(found) == pytest.approx(np.diag(expected), rel=1e-9)


@pytest.mark.parametrize("wide", [False, True])
def test_few_patients_are_counted_as_many_are(wide):
    """By one question for all of them, or by one for those who came twice and one for the rest: the same combinations in the same order."""
    asked = (*KEYS, Column("site"), Column("episode_id")) if wide else KEYS
    found = []
    for few in (packing.FEW_PATIENTS, 0):
        with (
            patch.object(packing, "FEW_PATIENTS", few),
            patch.object(packing, "ROOM", 1000 if wide else packing.ROOM),
            loaded(program()) as data,
        ):
            found.append(data.engine.patients(asked))
    one, other = found
    assert {2, 3} <= set(np.diff(one.start).tolist())
    assert all(getattr(one, name).tolist() == getattr(other, name).tolist() for name in ("alone", "cell", "start", "n"))


def test_without_patients_every_episode_is_its_own():
    """Without patient_id, and with every one blank, the sums are those of independent episodes."""
    frames = program()
    none = {"episodes": frames["episodes"].drop(columns="patient_id")}
    blank = {"episodes": frames["episodes"].assign(patient_id=None)}
    for tables in (none, blank):
        with loaded(tables) as data:
            counts = data.count(KEYS)
            influence = influences(counts)
            found = data.engine.patients(KEYS).products(influence)
        assert found == pytest.approx((influence * counts.n[:, None]).T @ influence, rel=1e-9)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("order", [1, 2])
def test_sums_over_patients_are_the_same_bits_every_time(data, threads, order):
    """Whole numbers are summed, so that threads and the order of rows cannot change the last digit."""
    influence = influences(data.count(KEYS))
    expected = data.engine.patients(KEYS).products(influence)
    with loaded(shuffled(program(), order), threads=threads) as other:
        assert other.engine.patients(KEYS).products(influence).tobytes() == expected.tobytes()


def test_an_estimate_nobody_influences_has_no_variance(data):
    """A column of zeros stays zero and does not disturb its neighbour."""
    counts = data.count(KEYS)
    influence = np.zeros((len(counts), 2))
    influence[:, 1] = 1.0
    found = data.engine.patients(KEYS).products(influence)
    assert found[0].tolist() == [0.0, 0.0]
    assert found[1, 1] >= 300


def test_sums_over_patients_of_the_empty_request(data):
    """The table of one cell, everyone, can be asked too."""
    assert data.engine.patients([]).products(np.ones((1, 1)))[0, 0] > 300
