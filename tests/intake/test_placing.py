"""Takes scores and events by patient and date, gives proof that each goes to the episodes that a slow, obvious version names."""

import random
from datetime import date, timedelta

import pandas as pd
import pytest

import iop_outcomes as iop

MAPPING = {"data": {"class": "synthetic", "cutoff": "2024-12-31"}}
FIRST = date(2024, 1, 1)


def episode(name, patient, first, stay, reason="completed"):
    """An episode that begins so many days after the first of January."""
    admitted = FIRST + timedelta(first)
    ended = None if stay is None else str(admitted + timedelta(stay))
    return {
        "episode_id": name, "patient_id": patient, "track": "mh", "discharge_reason": "active" if stay is None else reason,
        "admit_date": str(admitted), "discharge_date": ended,
    }  # fmt: skip


def score(patient, day, points=10):
    """A score so many days after the first of January."""
    return {"patient_id": patient, "date": str(FIRST + timedelta(day)), "scale": "phq9", "score": points}


def event(patient, day, what="readmission_psychiatric"):
    """An event so many days after the first of January."""
    return {"patient_id": patient, "date": str(FIRST + timedelta(day)), "event": what}


def loaded(episodes, scores=(), events=(), **options):
    """A program of these rows; tables without a row are not given."""
    tables = {"episodes": episodes, "scores": list(scores), "events": list(events)}
    return iop.load({name: pd.DataFrame(rows) for name, rows in tables.items() if rows}, mapping=MAPPING, **options)


def placed(data, table):
    """Episode and day of every row that is used, in the order of the file."""
    rows = data.engine.connection.send(f"SELECT episode_id, day FROM {table} ORDER BY ALL").fetchall()
    return [(str(name), int(day)) for name, day in rows]


def of_rule(data, rule):
    """The findings of a rule."""
    return [finding for finding in data.findings if finding.rule == rule]


# -- one rule ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("day", "name"), [(-8, None), (-7, "a"), (0, "a"), (30, "a"), (44, "a"), (45, None)])
def test_the_window_of_one_episode(day, name):
    """From 7 days before admission to 14 after discharge."""
    with loaded([episode("a", "p", 0, 30)], [score("p", day)]) as data:
        assert placed(data, "scores") == ([] if name is None else [(name, day)])


def test_without_an_end_there_is_no_last_day():
    """Who is still in care may be asked at any time."""
    with loaded([episode("a", "p", 0, None)], [score("p", 300)]) as data:
        assert placed(data, "scores") == [("a", 300)]


@pytest.mark.parametrize(
    ("day", "name"),
    [(40, "a"), (38, "a"), (42, "b"), (30, "a"), (35, "b"), (20, "a")],
)
def test_claimed_by_several(day, name):
    """In care that day, else nearest admission: the first ends on day 40, the second begins on day 42."""
    episodes = [episode("a", "p", 0, 40), episode("b", "p", 42, 20)]
    if day == 35:  # in care of neither: 20 days after one admission, 7 before the other
        episodes[0] = episode("a", "p", 15, 15)
    with loaded(episodes, [score("p", day)]) as data:
        assert [each for each, _ in placed(data, "scores")] == [name]


def test_both_in_care_the_nearer_admission_then_the_earlier():
    """Episodes that overlap, and two admissions equally far."""
    with loaded([episode("a", "p", 0, 40), episode("b", "p", 10, 40)], [score("p", 20)]) as data:
        assert placed(data, "scores") == [("b", 10)]
    with loaded([episode("b", "p", 10, 2), episode("a", "p", 20, 2)], [score("p", 15)]) as data:
        assert placed(data, "scores") == [("b", 5)]


def test_an_event_belongs_to_every_episode_that_had_begun():
    """What happens after a second admission is part of what is known of the first."""
    with loaded([episode("a", "p", 0, 10), episode("b", "p", 40, 10)], [], [event("p", 60), event("p", 40), event("p", -1)]) as data:
        assert placed(data, "events") == [("a", 40), ("a", 60), ("b", 0), ("b", 20)]
        (flow,) = [each for each in data.flow if each.what == "events"]
        assert (flow.rows_in, flow.used, dict(flow.excluded)) == (3, 2, {"in no episode of the patient": 1})


# -- the slow version ----------------------------------------------------------------------------------------------


def by_hand(episodes, row):
    """The episode of a score, looked for one by one."""
    day = (date.fromisoformat(row["date"]) - FIRST).days
    claims = []
    for place, each in enumerate(episodes):
        first = (date.fromisoformat(each["admit_date"]) - FIRST).days
        last = 10**6 if each["discharge_date"] is None else (date.fromisoformat(each["discharge_date"]) - FIRST).days
        if each["patient_id"] == row["patient_id"] and first - 7 <= day <= last + 14:
            claims.append((not first <= day <= last, abs(day - first), first, place, each["episode_id"], day - first))
    return min(claims)[4:] if claims else None


@pytest.mark.parametrize("seed", range(12))
def test_every_row_goes_where_the_slow_version_puts_it(seed):
    """Random patients with up to six episodes, some still in care, some overlapping; scores of strangers; rows in are used and left out."""
    rng = random.Random(seed)
    episodes = [episode(f"e{i:02}", f"p{rng.randrange(12)}", rng.randrange(250), rng.choice([0, 5, 30, 60, None])) for i in range(30)]
    scores = [score(f"p{rng.randrange(14)}", rng.randrange(-20, 340), rng.randrange(28)) for _ in range(200)]
    scores = [dict(row) for row in {tuple(row.items()): row for row in scores}.values()]
    events = [event(f"p{rng.randrange(14)}", rng.randrange(-20, 340)) for _ in range(40)]
    expected = sorted(each for row in scores if (each := by_hand(episodes, row)) is not None)
    of_events = sorted(
        (each["episode_id"], (date.fromisoformat(row["date"]) - date.fromisoformat(each["admit_date"])).days)
        for row in events
        for each in episodes
        if each["patient_id"] == row["patient_id"] and row["date"] >= each["admit_date"]
    )
    with loaded(episodes, scores, events) as data:
        assert placed(data, "scores") == expected
        assert placed(data, "events") == of_events
        for flow in data.flow:
            assert flow.rows_in == {"episodes": 30, "scores": len(scores), "events": 40}[flow.what]
        used = {flow.what: flow.used for flow in data.flow}
        assert used["scores"] == len(expected)
        assert (
            sum(len(finding.lines) for finding in of_rule(data, "not_placed") if finding.file.startswith("scores"))
            == len(scores) - used["scores"]
        )
        assert f"{used['scores']:,} of {len(scores):,} scores placed" in of_rule(data, "placed")[0].message


def test_the_program_is_the_same_by_episode_and_by_patient(tmp_path):
    """The same report, to the last figure, whether scores and events name the episode and the day or the patient and the date."""
    rng = random.Random(3)
    episodes = [episode(f"e{i:03}", f"p{i:03}", rng.randrange(200), rng.choice([20, 40, 60])) for i in range(300)]
    starts = {each["patient_id"]: (date.fromisoformat(each["admit_date"]) - FIRST).days for each in episodes}
    stays = {
        each["patient_id"]: (date.fromisoformat(each["discharge_date"]) - date.fromisoformat(each["admit_date"])).days for each in episodes
    }
    patients = list(starts)
    scores = [score(p, starts[p] + day, rng.randrange(28)) for p in patients for day in (0, stays[p])]
    events = [event(p, starts[p] + stays[p] + rng.randrange(1, 60)) for p in rng.sample(patients, 60)]

    def named(row):
        day = (date.fromisoformat(row["date"]) - FIRST).days - starts[row["patient_id"]]
        rest = {name: value for name, value in row.items() if name not in ("patient_id", "date")}
        return {"episode_id": "e" + row["patient_id"][1:], "day": day, **rest}

    mapping = MAPPING
    pages = []
    for rows in ((scores, events), ([*map(named, scores)], [*map(named, events)])):
        with iop.load(
            {"episodes": pd.DataFrame(episodes), "scores": pd.DataFrame(rows[0]), "events": pd.DataFrame(rows[1])}, mapping=mapping
        ) as data:
            pages.append(iop.report(data, policy="none").to_csv())
    assert pages[0] == pages[1]
    assert "phq9_change" in pages[0]


# -- other ways of saying when -------------------------------------------------------------------------------------


def test_an_episode_and_a_date():
    """A date may stand in the place of the day from admission."""
    rows = [{"episode_id": "a", "date": "2024-01-05", "scale": "phq9", "score": 3}]
    with loaded([episode("a", "p", 1, 30)], rows) as data:
        assert placed(data, "scores") == [("a", 3)]
        assert not of_rule(data, "placed")


def test_a_patient_beside_the_episode_is_not_read():
    """Where rows name their episode and day, nothing is placed."""
    rows = [{"episode_id": "a", "day": 2, "patient_id": "nobody", "date": "2030-01-01", "scale": "phq9", "score": 3}]
    with loaded([episode("a", "p", 0, 30)], rows) as data:
        assert placed(data, "scores") == [("a", 2)]
        assert "patient_id, date" in of_rule(data, "not_read")[0].message


# -- what is wrong -------------------------------------------------------------------------------------------------


def refused(*tables, **options):
    """The findings of a program that does not load."""
    with pytest.raises(iop.DataError) as refusal:
        loaded(*tables, **options).close()
    return {
        (finding.file.partition(" ")[0], finding.column, finding.rule) for finding in refusal.value.findings if finding.severity == "error"
    }


def test_a_blank_patient_or_a_date_that_is_none_is_named_once():
    """By the column that holds it, and not as a missing episode too."""
    rows = [score("p", 0), {**score("p", 0), "patient_id": None}, {**score("p", 0), "date": "12/31/2024"}, {**score("p", 0), "date": None}]
    assert refused([episode("a", "p", 0, 30)], rows) == {
        ("scores", "patient_id", "blank"), ("scores", "date", "invalid_date"), ("scores", "date", "blank"),
    }  # fmt: skip
    with loaded([episode("a", "p", 0, 30)], rows, on_error="exclude") as data:
        (flow,) = [each for each in data.flow if each.what == "scores"]
        assert (flow.rows_in, flow.used, dict(flow.excluded)) == (4, 1, {"rows with an error": 3})


@pytest.mark.parametrize("lacks", ["patient_id", "admit_date"])
def test_episodes_that_cannot_take_them(lacks):
    """Scores by patient and date need both columns of the episodes; the message says which tables need it, and the other way."""
    row = {**episode("a", "p", 0, 30), "los_days": 30}
    del row[lacks], row["discharge_date"]
    with pytest.raises(iop.DataError, match="scores comes by patient and date, and this column is not there") as refusal:
        loaded([row], [score("p", 0)]).close()
    assert ("missing_column", lacks) in {(finding.rule, finding.column) for finding in refusal.value.findings}


def test_scores_without_any_way_to_an_episode():
    """Both ways are named."""
    with pytest.raises(iop.DataError, match=r"episode_id \(or patient_id with date\)"):
        loaded([episode("a", "p", 0, 30)], [{"scale": "phq9", "score": 3}]).close()


def test_dates_need_a_class_that_allows_them():
    """Days alone are de-identified."""
    with pytest.raises(iop.DataError, match="holds dates"):
        iop.load({"episodes": pd.DataFrame([episode("a", "p", 0, 30)]), "scores": pd.DataFrame([score("p", 0)])}).close()


def test_copies_are_kept_once():
    """A survey exported twice."""
    with loaded([episode("a", "p", 0, 30)], [score("p", 0), score("p", 0), score("p", 5)]) as data:
        assert placed(data, "scores") == [("a", 0), ("a", 5)]
        (flow,) = [each for each in data.flow if each.what == "scores"]
        assert (flow.rows_in, flow.used, dict(flow.excluded)) == (3, 2, {"exact copy": 1})


def test_a_row_of_an_excluded_episode_goes_with_it():
    """An episode with a fault is left out, and what was placed in it."""
    rows = [episode("a", "p", 0, 30), {**episode("b", "q", 0, 30), "discharge_reason": "graduated"}]
    with loaded(rows, [score("p", 0), score("q", 0)], [event("p", 40), event("q", 40)], on_error="exclude") as data:
        flows = {each.what: (each.used, dict(each.excluded)) for each in data.flow}
        assert flows["scores"] == flows["events"] == (1, {"rows of excluded episodes": 1})


def test_an_event_after_the_follow_up_of_one_episode_is_no_fault():
    """It belongs to every episode that had begun; the one that was followed for less long takes nothing from the other."""
    rows = [{**episode("a", "p", 0, 10), "follow_up_days": 20}, {**episode("b", "p", 60, 10), "follow_up_days": 100}]
    with loaded(rows, [], [event("p", 90)]) as data:
        assert placed(data, "events") == [("a", 90), ("b", 30)]
        (incidence,) = [e for e in iop.readmission(data, at=[30]).results if e.estimand == "cumulative_incidence"]
        assert (incidence.k, incidence.n) == (1, 2)


def test_rows_that_are_not_placed_are_named_in_their_part(tmp_path):
    """A folder of parts: the file and its line, not a row of all of them together."""
    pd.DataFrame([episode("a", "p", 0, 30)]).to_csv(tmp_path / "episodes.csv", index=False)
    (tmp_path / "scores").mkdir()
    for number, rows in enumerate(([score("p", 0), score("p", 1)], [score("p", 2), score("q", 0)])):
        pd.DataFrame(rows).to_csv(tmp_path / "scores" / f"part-{number}.csv", index=False)
    with iop.load(tmp_path, mapping=MAPPING) as data:
        assert [(finding.file, finding.unit, finding.lines) for finding in of_rule(data, "not_placed")] == [("part-1.csv", "line", (3,))]
