"""Takes odd tables and every request, gives proof that every engine gives the counts and patients of the plain one, to the last cell."""

from contextlib import closing
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.columns import Column, ScoreAt
from iop_outcomes.engine.narrowed import Condition, Narrowed
from tests.engine import handed as tables
from tests.engine.handed import ENGINES, REQUESTS, handed, plain, sets_of
from tests.engine.plain import PlainEngine

OTHERS = [name for name in ENGINES if name != "plain"]
SHAPES = {
    **{size: {"size": size} for size in tables.SIZES},
    **{f"scores {where}": {"scores": where} for where in tables.WHERE},
    **{f"events {where}": {"events": where} for where in tables.WHERE},
    **{f"sessions {where}": {"sessions": where} for where in ("nowhere", "an empty table")},
    **{f"patients {who}": {"patients": who} for who in ("repeated", "often", "different", "blank", "none")},
    "nothing beside": {"scores": "nowhere", "events": "nowhere", "patients": "none", "sessions": "nowhere"},
}


def cells(counts):
    """A table of counts as plain values."""
    return counts.axes, counts.codes.tolist(), counts.n.tolist(), counts.origin.tolist()


def people(patients):
    """Patients as plain values: those who stand alone, and how many have each combination of cells."""
    combinations = {}
    for place, n in enumerate(patients.n):
        combination = tuple(patients.cell[patients.place == place].tolist())
        combinations[combination] = combinations.get(combination, 0) + int(n)
    return patients.alone.tolist(), combinations


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("shape", SHAPES)
def test_every_request_alone(name, shape):
    """Each request by itself: the table, and the patients behind it."""
    made = handed(1, **SHAPES[shape])
    with closing(ENGINES[name](made)) as engine:
        expected = plain(made).tally([[request] for request in REQUESTS])
        for request, counts, right in zip(REQUESTS, engine.tally([[request] for request in REQUESTS]), expected, strict=True):
            assert cells(counts) == cells(right), request
            assert people(engine.patients([request])) == people(plain(made).patients([request])), request


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("seed", [1, 2])
def test_sets_of_requests_together_and_one_after_the_other(name, shape, seed):
    """All tables of a page together, the same once more one by one, and then further ones that ask for more."""
    made = handed(seed, **SHAPES[shape])
    first, further = sets_of(seed), sets_of(seed + 100)
    with closing(ENGINES[name](made)) as engine, closing(ENGINES[name](made)) as another:
        for asked in (first, [*first, *further]):
            expected = list(map(cells, plain(made).tally(asked)))
            assert list(map(cells, engine.tally(asked))) == expected
        assert [cells(another.tally([requests])[0]) for requests in [*first, *further]] == expected
        for requests in [*first, *further]:
            right = people(plain(made).patients(requests))
            assert people(engine.patients(requests)) == right
            assert people(another.patients(requests)) == right


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("shape", SHAPES)
def test_patients_may_be_asked_first(name, shape):
    """Before any table was counted."""
    made, asked = handed(3, **SHAPES[shape]), [Column("track"), ScoreAt("phq9", "admit"), tables.READMITTED]
    with closing(ENGINES[name](made)) as engine:
        assert people(engine.patients(asked)) == people(plain(made).patients(asked))


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("shape", SHAPES)
def test_facts(name, shape):
    """What the data can answer, the same object however often it is asked for."""
    made = handed(2, **SHAPES[shape])
    with closing(ENGINES[name](made)) as engine:
        assert engine.facts() == plain(made).facts()
        assert engine.facts() is engine.facts()


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("shape", ["some", "scores both", "events table", "patients often", "patients none"])
def test_narrowed_is_an_engine_of_those_episodes_alone(name, shape):
    """Some of the episodes of any engine: as if the others had never been there."""
    made = handed(4, **SHAPES[shape])
    kept = [e for e in made.episodes if e["track"] in ("mh", "su") and e["discharge_reason"] == "completed"]
    ids = {e["episode_id"] for e in kept}
    alone = replace(
        made, episodes=kept, **{t: [row for row in getattr(made, t) if row["episode_id"] in ids] for t in ("scores", "events", "sessions")}
    )
    conditions = (Condition("track", ("mh", "su")), Condition("discharge_reason", ("completed",)))
    # Whether an event is recorded at all is of the file, not of some of its episodes, and so stays outside here where nobody has one.
    asked = [requests for requests in sets_of(4) if alone.events or not any(hasattr(request, "clock") for request in requests)]
    with closing(Narrowed(ENGINES[name](made), conditions)) as engine:
        assert list(map(list, engine.tally(asked))) == list(map(list, plain(alone).tally(asked)))
        assert [counts.axes for counts in engine.tally(asked)] == [
            counts.axes for counts in plain(alone).tally(asked)
        ]  # no level of nobody
        for requests in asked:
            assert people(engine.patients(requests)) == people(plain(alone).patients(requests))
        assert engine.facts().repeated == plain(alone).facts().repeated


@pytest.mark.parametrize("name", ENGINES)
def test_two_requests_for_one_name_are_refused_by_all(name):
    """Two windows for one score would give two columns of one name."""
    with closing(ENGINES[name](handed(1))) as engine, pytest.raises(ValueError, match="two requests for one column"):
        engine.tally([[ScoreAt("phq9", "admit"), ScoreAt("phq9", "admit", (-30, 0))]])


def frames():
    """A program for the front door."""
    rng = np.random.default_rng(5)
    n = 160
    episodes = pd.DataFrame(
        {
            "episode_id": [f"e{i}" for i in range(n)],
            "patient_id": [None if i % 17 == 0 else f"p{i % 90}" for i in range(n)],
            "track": rng.choice(["mh", "su"], n),
            "discharge_reason": rng.choice(["completed", "dropped_out", "transferred_step_up", "not_started"], n),
            "los_days": rng.integers(10, 60, n),
            "follow_up_days": [None if i % 9 == 0 else 200 for i in range(n)],
        }
    )
    scores = pd.DataFrame(
        [(f"e{i}", "phq9", day, int(rng.integers(0, 28))) for i in range(n) for day in (0, int(episodes.los_days[i])) if (i + day) % 5],
        columns=["episode_id", "scale", "day", "score"],
    )
    back = [i for i in range(n) if i % 3 == 0 and i % 9]
    events = pd.DataFrame(
        {"episode_id": [f"e{i}" for i in back], "event": "readmission_psychiatric", "days_after_discharge": rng.integers(0, 200, len(back))}
    )
    return {"episodes": episodes, "scores": scores, "events": events}


def by_rows(data):
    """The same data with the plain engine in the place of the default one, its rows those that the store made."""
    tables = {}
    for name in ("episodes", "scores", "events"):
        frame = data.engine.connection.send(f"SELECT * FROM {name}").df().astype(object)
        tables[name] = frame.where(frame.notna(), None).to_dict("records")
    facts = data.facts
    return replace(data, engine=PlainEngine(facts.columns, *tables.values(), facts.given))


@pytest.mark.parametrize("by", [None, "track"])
def test_any_engine_may_stand_behind_the_public_functions(by):
    """Completion, readmission and symptom change have the same frames, whatever counts the rows, of all episodes and of some."""
    with iop.load(frames(), mapping={"data": {"class": "synthetic"}}) as data:
        other = by_rows(data)
        for one, two in ((data, other), (data.where(track="mh"), other.where(track="mh"))):
            for ask in (iop.completion, iop.readmission, lambda d, by: iop.symptom_change(d, scale="phq9", by=by)):
                pd.testing.assert_frame_equal(ask(one, by=by).to_frame(), ask(two, by=by).to_frame())
