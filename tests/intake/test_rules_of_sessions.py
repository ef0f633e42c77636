"""Takes sessions by every door, gives proof that they are read, checked, placed and counted, and that rows in are used and left out."""

import random
import sqlite3
from datetime import date, timedelta

import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.errors import DataError
from tests.intake.test_placing import FIRST, MAPPING, episode, of_rule, placed


def visit(patient, day, status="attended", **more):
    """A session so many days after the first of January."""
    return {"patient_id": patient, "date": str(FIRST + timedelta(day)), "status": status, **more}


def loaded(episodes, sessions, mapping=MAPPING, **options):
    """A program of these rows."""
    return iop.load({"episodes": pd.DataFrame(episodes), "sessions": pd.DataFrame(sessions)}, mapping=mapping, **options)


def days_of(*rows, stay=30, **options):
    """One episode of so many days, its sessions by day."""
    frame = pd.DataFrame([{"episode_id": "a", "track": "mh", "discharge_reason": "completed", "los_days": stay}])
    return iop.load({"episodes": frame, "sessions": pd.DataFrame(rows)}, mapping={"data": {"class": "synthetic"}}, **options)


def row(day=1, status="attended", **more):
    """A session of that episode."""
    return {"episode_id": "a", "day": day, "status": status, **more}


def kept(data, columns="status"):
    """Columns of the sessions that are used."""
    return [
        each[0] if len(each) == 1 else each
        for each in data.engine.connection.send(f"SELECT {columns} FROM sessions ORDER BY ALL").fetchall()
    ]


def flow(data):
    """Rows in, rows used and why others are not."""
    (of_sessions,) = [each for each in data.flow if each.what == "sessions"]
    return of_sessions.rows_in, of_sessions.used, dict(of_sessions.excluded)


# -- words -------------------------------------------------------------------------------------------------------------


def test_words_of_contacts_are_read_as_those_of_sessions():
    """One to come is not known yet; what a site writes may be translated into either vocabulary."""
    words = ["attended", "no_show", "late_not_seen", "cancelled_by_patient", "cancelled_by_program", "scheduled", "missed", "excused"]
    codes = {"codes": {"status": {"NS": "no_show", "M": "missed", "SCH": "scheduled"}}, "data": {"class": "synthetic"}}
    episodes = pd.DataFrame([{"episode_id": "a", "track": "mh", "discharge_reason": "completed", "los_days": 30}])
    rows = pd.DataFrame([row(day, word) for day, word in enumerate([*words, "NS", "M", "SCH"])])
    with iop.load({"episodes": episodes, "sessions": rows}, mapping=codes) as data:
        read = data.engine.connection.send("SELECT day, status FROM sessions ORDER BY day").fetchall()
        right = [
            "attended",
            "missed",
            "missed",
            "cancelled_by_person",
            "cancelled_by_program",
            None,
            "missed",
            "excused",
            "missed",
            "missed",
            None,
        ]
        assert [status for _, status in read] == right
        assert of_rule(data, "session_without_status")[0].lines == (6, 11)


def test_contacts_take_the_words_of_sessions_too():
    """Missed is missed in both; only attended contacts make an episode."""
    rows = [
        {"patient_id": "p", "track": "mh", "day": day, "status": word}
        for day, word in enumerate(["attended", "missed", "excused", "no_show"])
    ]
    with iop.load({"contacts": pd.DataFrame(rows)}, mapping={"data": {"class": "synthetic"}}) as data:
        assert str(data.flow[-1]) == "contacts: 4 in = 1 used + 3 not attended"


def test_the_codes_of_other_kinds_stay_free():
    """The kind of an event has no closed list, so that codes of the column kind are not held to that of sessions."""
    mapping = {"data": {"class": "synthetic"}, "codes": {"kind": {"ETOH": "alcohol", "GT": "group"}}}
    episodes = pd.DataFrame([{"episode_id": "a", "track": "mh", "discharge_reason": "completed", "los_days": 30, "follow_up_days": 90}])
    events = pd.DataFrame([{"episode_id": "a", "event": "relapse", "days_after_discharge": 3, "kind": "ETOH"}])
    sessions = pd.DataFrame([row(kind="GT")])
    with iop.load({"episodes": episodes, "events": events, "sessions": sessions}, mapping=mapping) as data:
        assert kept(data, "kind") == ["group"] and ("relapse", "alcohol") in data.facts.events


def test_columns_of_sessions_may_be_covariates_of_a_site():
    """As before there were sessions."""
    frame = pd.DataFrame([{"episode_id": "a", "track": "mh", "discharge_reason": "completed", "los_days": 3, "hours": 4, "group_id": "x"}])
    with iop.load(frame, mapping={"data": {"class": "synthetic"}, "covariates": {"hours": "integer", "group_id": "category"}}) as data:
        assert "group_id" in data.groups


# -- checks ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "rule"),
    [
        ({"status": "came"}, "unknown_code"),
        ({"kind": "yoga"}, "unknown_code"),
        ({"hours": "24.5"}, "out_of_range"),
        ({"hours": "-1"}, "out_of_range"),
        ({"hours": "an hour"}, "not_number"),
        ({"day": None}, "blank"),
        ({"episode_id": "b"}, "no_such_episode"),
        ({"episode_id": None}, "blank"),
    ],
)
def test_what_is_wrong_is_named_and_may_be_left_out(cells, rule):
    """An error, with its row; left out it is counted."""
    rows = [row(0, kind="group", hours="3"), {**row(1, kind="family", hours="1.5"), **cells}]
    with pytest.raises(DataError, match=rf"sessions \(data frame\):2.*: {rule}: "):
        days_of(*rows)
    with days_of(*rows, on_error="exclude") as data:
        assert flow(data) == (2, 1, {"rows with an error": 1})
        assert kept(data, "kind, hours") == [("group", 3)]


def test_a_blank_status_and_unknown_hours_are_used():
    """No error: a note, and in no rate."""
    with days_of(row(0, None), row(1, hours="0.25"), row(2, hours=None)) as data:
        assert flow(data) == (3, 3, {})
        assert [finding.severity for finding in of_rule(data, "session_without_status")] == ["note"]


def test_without_a_status_there_is_no_table_of_sessions():
    """Whether a session took place is what the table is for."""
    with pytest.raises(DataError, match=r"missing_column: .*status|status: missing_column"):
        days_of({"episode_id": "a", "day": 1})


def test_days_outside_care_are_counted_and_not_used():
    """From admission to discharge, both included."""
    with days_of(row(-1), row(0), row(30), row(31), row(99)) as data:
        assert kept(data, "day") == [0, 30]
        assert flow(data) == (5, 2, {"outside the care of their episode": 3})
        assert [of_rule(data, name)[0].lines for name in ("session_before_admission", "session_after_discharge")] == [(1,), (4, 5)]
        assert {of_rule(data, name)[0].severity for name in ("session_before_admission", "session_after_discharge")} == {"warning"}


def test_in_care_until_the_last_day_observed():
    """Who is still in care has sessions up to the cut-off; who was discharged nobody knows when, too."""
    episodes = [
        {"episode_id": "a", "track": "mh", "discharge_reason": "active", "los_days": None, "observed_days": 12},
        {"episode_id": "b", "track": "mh", "discharge_reason": "dropped_out", "los_days": None, "observed_days": None},
    ]
    rows = [{"episode_id": name, "day": day, "status": "attended"} for name in "ab" for day in (12, 13, 500)]
    with iop.load({"episodes": pd.DataFrame(episodes), "sessions": pd.DataFrame(rows)}, mapping={"data": {"class": "synthetic"}}) as data:
        assert kept(data, "episode_id, day") == [("a", 12), ("b", 12), ("b", 13), ("b", 500)]


def test_rows_of_an_episode_that_is_left_out():
    """Each row has one reason, whichever comes first."""
    episodes = pd.DataFrame(
        [
            {"episode_id": "a", "track": "mh", "discharge_reason": "completed", "los_days": 30},
            {"episode_id": "b", "track": "mh", "discharge_reason": "no such word", "los_days": 30},
        ]
    )
    rows = [row(1), row(40), {**row(1), "episode_id": "b"}, {**row(40), "episode_id": "b"}, row(2, "came")]
    with iop.load(
        {"episodes": episodes, "sessions": pd.DataFrame(rows)}, mapping={"data": {"class": "synthetic"}}, on_error="exclude"
    ) as data:
        assert flow(data) == (5, 1, {"rows with an error": 1, "outside the care of their episode": 1, "rows of excluded episodes": 2})


# -- copies ------------------------------------------------------------------------------------------------------------


def test_rows_alike_are_all_kept_without_an_identifier():
    """Two groups on one day are common; a warning says how many."""
    with days_of(row(1, kind="group"), row(1, kind="group"), row(1, kind="family")) as data:
        assert flow(data) == (3, 3, {})
        assert [(f.severity, f.lines) for f in of_rule(data, "session_alike")] == [("warning", (1, 2))]


def test_copies_are_known_by_the_identifier_of_the_row():
    """Kept once; the same cells under another identifier, or none, are another session."""
    rows = [row(1, session_id="s1"), row(1, session_id="s1"), row(1, session_id="s2"), row(1, session_id=None), row(1, session_id=None)]
    with days_of(*rows) as data:
        assert flow(data) == (5, 4, {"exact copy": 1})
        assert [f.lines for f in of_rule(data, "exact_copy")] == [(2,)]
        assert not of_rule(data, "session_alike") and not of_rule(data, "session_twice")


def test_one_identifier_for_rows_that_differ_is_an_error():
    """As where the number of a group was taken for that of the row."""
    rows = [row(1, session_id="s1"), row(2, session_id="s1"), row(3, session_id="s2")]
    with pytest.raises(DataError, match=r"session_twice: rows that differ have one session_id .*belongs in group_id"):
        days_of(*rows)
    with days_of(*rows, on_error="exclude") as data:
        assert flow(data) == (3, 1, {"rows with an error": 2})


# -- by patient and date -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("day", "name"), [(-1, None), (0, "a"), (30, "a"), (31, None)])
def test_a_session_belongs_to_an_episode_in_care_alone(day, name):
    """No windows, as scores have them."""
    with loaded([episode("a", "p", 0, 30)], [visit("p", day)]) as data:
        assert placed(data, "sessions") == ([] if name is None else [(name, day)])


def test_the_later_of_two_episodes_has_the_day_that_both_claim():
    """Discharged and admitted on one day: the nearest admission."""
    with loaded([episode("a", "p", 0, 40), episode("b", "p", 40, None)], [visit("p", 40), visit("p", 39), visit("p", 300)]) as data:
        assert placed(data, "sessions") == [("a", 39), ("b", 0), ("b", 260)]
        assert "3 of 3 sessions placed" in of_rule(data, "placed")[0].message


def test_those_in_care_are_so_until_the_days_observed():
    """Where no cut-off is declared, and the episode says until when it was observed."""
    still = {**episode("a", "p", 0, None), "observed_days": 20}
    with loaded([still], [visit("p", 20), visit("p", 21)], {"data": {"class": "synthetic"}}) as data:
        assert placed(data, "sessions") == [("a", 20)]
        assert of_rule(data, "not_placed")[0].message == "after the last discharge"


def by_hand(episodes, session):
    """The episode of a session, looked for one by one."""
    day = date.fromisoformat(session["date"])
    claims = []
    for place, each in enumerate(episodes):
        first = date.fromisoformat(each["admit_date"])
        last = date.fromisoformat(each["discharge_date"] or MAPPING["data"]["cutoff"])
        if each["patient_id"] == session["patient_id"] and first <= day <= last:
            claims.append(((day - first).days, first, place, each["episode_id"]))
    return (min(claims)[3], min(claims)[0]) if claims else None


@pytest.mark.parametrize("seed", range(8))
def test_every_session_goes_where_the_slow_version_puts_it(seed):
    """Random patients with overlapping episodes; rows in are used and left out, and each unplaced row is named once."""
    rng = random.Random(seed)
    episodes = [episode(f"e{i:02}", f"p{rng.randrange(12)}", rng.randrange(250), rng.choice([0, 5, 30, 60, None])) for i in range(30)]
    sessions = [visit(f"p{rng.randrange(14)}", rng.randrange(-20, 340), rng.choice(["attended", "missed"])) for _ in range(300)]
    expected = sorted(each for session in sessions if (each := by_hand(episodes, session)) is not None)
    with loaded(episodes, sessions) as data:
        assert placed(data, "sessions") == expected
        rows_in, used, excluded = flow(data)
        assert (rows_in, used, sum(excluded.values())) == (300, len(expected), 300 - len(expected))
        assert sum(len(finding.lines) for finding in of_rule(data, "not_placed")) == 300 - used


@pytest.mark.parametrize("seed", range(4))
def test_by_episode_and_day_and_by_patient_and_date_are_one_program(seed):
    """The same rows told in three ways: the same sessions used, the same rate and days, and as many left out."""
    rng = random.Random(seed)
    episodes = [episode(f"e{i:02}", f"p{i % 25}", 100 * (i // 25), rng.choice([0, 10, 40])) for i in range(75)]
    sessions = []
    for e in episodes:
        start, stay = ((date.fromisoformat(e[name]) - FIRST).days for name in ("admit_date", "discharge_date"))
        for _ in range(rng.randrange(9)):
            day = rng.randrange(start - 2, stay + 3)
            sessions.append((e, day - start, visit(e["patient_id"], day, rng.choice(["attended", "attended", "missed", None]), hours=1.5)))
    ways = {
        "patient and date": [session for _, _, session in sessions],
        "episode and day": [{"episode_id": e["episode_id"], "day": day, **without(s, "patient_id", "date")} for e, day, s in sessions],
        "episode and date": [{"episode_id": e["episode_id"], **without(s, "patient_id")} for e, _, s in sessions],
    }
    told = []
    for rows in ways.values():
        with loaded(episodes, rows) as data:
            numbers = [str(iop.measure(data, name, by="track").to_frame().to_dict()) for name in ("no_show_rate", "attended_days")]
            rows_in, used, excluded = flow(data)
            assert rows_in - used == sum(excluded.values()) and used < rows_in
            told.append((numbers, rows_in, used, kept(data, "episode_id, day, status, hours")))
    assert told[0] == told[1] == told[2]


def without(cells, *names):
    """A row without some of its cells."""
    return {name: value for name, value in cells.items() if name not in names}


# -- doors -------------------------------------------------------------------------------------------------------------


def tables():
    """Two tables for any door."""
    rng = random.Random(9)
    episodes = [{"episode_id": f"e{i}", "track": "mh", "discharge_reason": "completed", "los_days": 20} for i in range(20)]
    words = ("attended", "no_show", "excused")
    rows = [
        {
            "episode_id": f"e{i % 20}",
            "day": rng.randrange(22),
            "status": rng.choice(words),
            "kind": "group",
            "hours": 1.5,
            "group_id": f"g{i % 3}",
        }
        for i in range(100)
    ]
    return {"episodes": pd.DataFrame(episodes), "sessions": pd.DataFrame(rows)}


def test_every_door_gives_the_same_sessions(tmp_path):
    """Frames, CSV, Parquet, a workbook and SQLite."""
    frames = tables()
    for name in ("csv", "parquet", "book", "base"):
        (tmp_path / name).mkdir()
    for name, frame in frames.items():
        frame.to_csv(tmp_path / "csv" / f"{name}.csv", index=False)
        frame.to_parquet(tmp_path / "parquet" / f"{name}.parquet")
    with pd.ExcelWriter(tmp_path / "book" / "program.xlsx") as writer:
        for name, frame in frames.items():
            frame.to_excel(writer, sheet_name=name, index=False)
    base = sqlite3.connect(tmp_path / "base" / "program.sqlite")
    for name, frame in frames.items():
        frame.to_sql(name, base, index=False)
    base.close()
    told = {}
    for name, source in [("frames", frames), *((name, tmp_path / name) for name in ("csv", "parquet", "book", "base"))]:
        with iop.load(source, mapping={"data": {"class": "synthetic"}}) as data:
            told[name] = (kept(data, "episode_id, day, status, kind, hours, group_id"), flow(data))
    assert all(each == told["frames"] for each in told.values()) and len(told) == 5


def test_sessions_and_contacts_are_not_given_together(tmp_path):
    """The same rows beside the episodes and in their place would be counted in two ways."""
    frames = tables()
    contacts = pd.DataFrame([{"patient_id": "p", "track": "mh", "day": 1, "status": "attended"}])
    words = r"sessions_twice: a table of sessions and a table of contacts are both there.*contacts alone, from which the episodes are built"
    with pytest.raises(DataError, match=words):
        iop.load({"contacts": contacts, "sessions": frames["sessions"]}, mapping={"data": {"class": "synthetic"}})
    contacts.to_csv(tmp_path / "contacts.csv", index=False)
    frames["sessions"].to_csv(tmp_path / "sessions.csv", index=False)
    with pytest.raises(DataError, match=words):
        iop.load(tmp_path, mapping={"data": {"class": "synthetic"}})


def test_a_file_of_sessions_may_be_named_as_contacts(tmp_path):
    """Without episodes the message says so, and the line of the mapping does it."""
    rows = [{"patient_id": f"p{i}", "track": "mh", "day": day, "status": "attended"} for i in range(12) for day in (0, 7)]
    pd.DataFrame(rows).to_csv(tmp_path / "sessions.csv", index=False)
    with pytest.raises(DataError, match=r"no_episodes_table.*Or build episodes from the sessions: .* under \[tables\] as contacts"):
        iop.load(tmp_path, mapping={"data": {"class": "synthetic"}})
    (tmp_path / "mapping.toml").write_text('[data]\nclass = "synthetic"\n\n[tables]\ncontacts = "sessions.csv"\n')
    with iop.load(tmp_path) as data:
        assert data.episodes == 12 and data.facts.given == {"episodes"}


def test_loading_without_sessions_asks_nothing_of_them():
    """No statement speaks of a table that did not come."""
    with iop.load(tables()["episodes"], mapping={"data": {"class": "synthetic"}}) as data:
        iop.completion(data)
        assert not [each for each in data.engine.connection.statements if "sessions" in each]
