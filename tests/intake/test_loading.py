"""on_error="exclude": faulty rows are left out, their children with them, and every row is accounted for."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import iop_outcomes as iop
from iop_outcomes.cli import run
from iop_outcomes.columns import Column
from iop_outcomes.errors import EXIT_FINDINGS, EXIT_USAGE, DataError, PrivacyError
from tests.intake import sites


def _flows(data):
    return {flow.what: (flow.rows_in, flow.used, dict(flow.excluded)) for flow in data.flow}


def test_faulty_rows_leave_and_are_counted(tmp_path):
    """By hand: one faulty row in each table; the scores and events of the faulty episode leave with it."""
    sites.write(
        tmp_path,
        episodes=sites.planted(sites.episodes(), 5, "phq9_admit", "99"),  # e04: two scores, one event
        scores=sites.planted(sites.scores(), 1, "score", "x"),
        events=sites.planted(sites.events(), 1, "planned", "2"),
    )
    with iop.load(tmp_path, on_error="exclude") as data:
        assert _flows(data) == {
            "episodes": (24, 23, {"rows with an error": 1}),
            "scores": (48, 45, {"rows with an error": 1, "rows of excluded episodes": 2}),
            "events": (12, 10, {"rows with an error": 1, "rows of excluded episodes": 1}),
        }
        assert data.episodes == data.count([Column("track")]).total == 23
        assert "e04" not in data.count([Column("episode_id")]).levels("episode_id")


def test_lines_that_cannot_be_read_are_counted_once_each(tmp_path):
    """A line that lacks seven fields is one line; the rows that belong to it leave and are no fault of their own."""
    lines = sites.text(sites.episodes()).splitlines()
    lines[5], lines[9] = "e04", lines[9] + ",1,2,3"
    sites.write(tmp_path, episodes="\n".join(lines) + "\n")
    with iop.load(tmp_path, on_error="exclude") as data:
        assert _flows(data) == {
            "episodes": (24, 22, {"lines that cannot be read": 2}),
            "scores": (48, 44, {"rows of excluded episodes": 4}),
            "events": (12, 10, {"rows of excluded episodes": 2}),
        }
        assert {(f.rule, f.severity, f.count) for f in data.findings} == {
            ("missing_columns", "error", 1),
            ("too_many_columns", "error", 1),
            ("no_such_episode", "warning", 4),
            ("no_such_episode", "warning", 2),
        }


def test_every_row_of_a_duplicated_id_leaves(tmp_path):
    """Which of two rows that differ is right cannot be known: both leave, and so do their scores."""
    rows = sites.episodes()
    sites.write(tmp_path, episodes=[*rows, sites.planted(rows, 3, "phq9_admit", "3")[3]])
    with iop.load(tmp_path, on_error="exclude") as data:
        assert _flows(data)["episodes"] == (25, 23, {"rows with an error": 2})
        assert _flows(data)["scores"] == (48, 46, {"rows of excluded episodes": 2})


def test_a_warning_leaves_nothing_out(tmp_path):
    """Rows that can be used with care are used."""
    sites.write(tmp_path, episodes=sites.planted(sites.episodes(), 5, "los_days", ""), events=None)
    with iop.load(tmp_path, on_error="exclude") as data:
        assert [finding.rule for finding in data.findings] == ["stay_missing"]
        assert all(not flow.excluded for flow in data.flow)


@pytest.mark.parametrize("command", ["summary", "report"])
def test_the_command_line_ends_with_1(tmp_path, capsys, command):
    """Numbers come out, each exclusion is said on standard error, and the exit code tells that rows were left out."""
    data = sites.write(tmp_path / "data", episodes=sites.planted(sites.episodes(), 5, "phq9_admit", "99"))
    options = ["-o", str(tmp_path / "out")] if command == "report" else []
    assert run([command, str(data), "--on-error", "exclude", *options]) == EXIT_FINDINGS
    shown = capsys.readouterr()
    assert shown.err.count("\n") == 1 and shown.err.startswith("excluded: episodes.csv:6: phq9_admit: out_of_range: ")
    assert shown.out


IDENTIFIERS = {"123-45-6789": "track", "jane@example.org": "episode_id", "(555) 123-4567": "track"}


@pytest.mark.parametrize("value", IDENTIFIERS)
def test_identifiers_still_refuse(tmp_path, capsys, value):
    """An identifier is not a faulty row but a file that may not be used."""
    rows = sites.planted(sites.episodes(), 5, IDENTIFIERS[value], value)
    data = sites.write(tmp_path, episodes=rows, scores=None, events=None)
    with pytest.raises(PrivacyError, match="identifier_value"):
        iop.load(data, on_error="exclude")
    assert run(["summary", str(data), "--on-error", "exclude"]) == EXIT_USAGE
    assert value not in capsys.readouterr().err


@pytest.mark.parametrize("name", ["open quote", "bad byte", "long line"])
def test_lines_that_swallow_others_still_refuse(tmp_path, name):
    """What cannot be read to its end is not read in part."""
    good = sites.text(sites.episodes())
    broken = {
        "open quote": good.replace("e03,", 'e03,"').encode(),
        "bad byte": good.replace("e03,", "e03é,").encode("latin-1"),
        "long line": good.replace("e03,", "e03" + "x" * 2_000_000 + ",").encode(),
    }
    sites.write(tmp_path, episodes=broken[name])
    with pytest.raises(DataError, match=r"^episodes\.csv:5: (open_quote|not_utf8|field_too_long): ") as caught:
        iop.load(tmp_path, on_error="exclude")
    assert str(caught.value).count("\n") == 0


def test_a_bad_byte_deep_in_the_file(tmp_path):
    """A byte that is not UTF-8 beyond the first megabyte is found by its line as well."""
    rows = "".join(f"e{i},mood,completed,30,{'x' * 40}\n" for i in range(30_000))
    text = "episode_id,track,discharge_reason,los_days,remark\n" + rows + "f,mood\xe9,completed,30,\n"
    sites.write(tmp_path, episodes=text.encode("latin-1"), scores=None, events=None)
    with pytest.raises(DataError, match=r"^episodes\.csv:30002: not_utf8: "):
        iop.load(tmp_path, on_error="exclude")


def test_no_episode_left(tmp_path):
    """When nothing remains there is nothing to count."""
    rows = sites.episodes()
    sites.write(tmp_path, episodes=[rows[0], sites.planted(rows, 1, "phq9_admit", "99")[1]], scores=None, events=None)
    with pytest.raises(DataError, match="no usable episode is left"):
        iop.load(tmp_path, on_error="exclude")


# -- any program ---------------------------------------------------------------------------------------------------

EPISODE_FAULTS = {
    "none": "{id},mood,completed,30,200,12",
    "no number": "{id},mood,completed,3.5,200,12",
    "range": "{id},mood,completed,30,200,99",
    "reason": "{id},mood,nowhere,30,200,12",
    "two faults": "{id},mood,nowhere,30,-1,99",
    "no id": ",mood,completed,30,200,12",
    "short": "{id},mood,completed",
    "long": "{id},mood,completed,30,200,12,1",
}
UNREADABLE = ("short", "long")
SCORE_FAULTS = {
    "none": "{id},phq9,0,12",
    "range": "{id},phq9,0,28",
    "scale": "{id},phq99,0,12",
    "no day": "{id},phq9,,12",
    "short": "{id},phq9",
}
EVENT_FAULTS = {
    "none": "{id},relapse,,5",
    "late": "{id},relapse,,201",
    "early": "{id},relapse,,-3",
    "no day": "{id},relapse,,",
    "long": "{id},relapse,,5,1",
    "during care": "{id},relapse,12,",
}
SOUND_EVENTS = ("none", "during care")

_ids = st.sampled_from([f"e{i}" for i in range(8)])
_often = ["none"] * 6


def _rows(faults):
    return st.lists(st.tuples(_ids, st.sampled_from([*_often, *faults])), max_size=14)


def _table(head, rows, faults):
    return head + "\n" + "".join(faults[fault].replace("{id}", name) + "\n" for name, fault in rows)


def _expected(episodes, scores, events):
    """Rows in, rows used for each table, by the definition: readable, without an error, no copy, and of an episode that is used."""
    different = [name for name, fault in set(episodes) if fault not in (*UNREADABLE, "no id")]
    used = {name for name, fault in episodes if fault == "none" and different.count(name) == 1}
    kept = {
        "episodes": len(used),
        "scores": sum(name in used and fault == "none" for name, fault in set(scores)),
        "events": sum(name in used and fault in SOUND_EVENTS for name, fault in events),
    }
    return {table: (len(rows), kept[table]) for table, rows in (("episodes", episodes), ("scores", scores), ("events", events)) if rows}


@settings(max_examples=20)
@given(episodes=_rows(EPISODE_FAULTS).filter(bool), scores=_rows(SCORE_FAULTS), events=_rows(EVENT_FAULTS))
def test_rows_in_are_used_or_excluded(tmp_path_factory, episodes, scores, events):
    """Any small program with any faults: each table's rows in = used + excluded, and the used ones are those without fault."""
    expected = _expected(episodes, scores, events)
    folder = sites.write(
        tmp_path_factory.mktemp("program"),
        episodes=_table("episode_id,track,discharge_reason,los_days,follow_up_days,phq9_admit", episodes, EPISODE_FAULTS),
        scores=_table("episode_id,scale,day,score", scores, SCORE_FAULTS) if scores else None,
        events=_table("episode_id,event,day,days_after_discharge", events, EVENT_FAULTS) if events else None,
    )
    if expected["episodes"][1] == 0:
        with pytest.raises(DataError, match="no usable episode is left"):
            iop.load(folder, on_error="exclude")
        return
    with iop.load(folder, on_error="exclude") as data:
        assert {flow.what: (flow.rows_in, flow.used) for flow in data.flow} == expected
        assert all(flow.rows_in == flow.used + sum(flow.excluded.values()) for flow in data.flow)
        assert all(n > 0 for flow in data.flow for n in flow.excluded.values())
        assert data.count([Column("track")]).total == expected["episodes"][1]
        named = {finding.file.partition(".")[0] for finding in data.findings if finding.severity == "error"}
        own = {flow.what for flow in data.flow if set(flow.excluded) - {"rows of excluded episodes", "exact copy"}}
        assert named == own, "what is left out for its own sake is named, and nothing else is"
