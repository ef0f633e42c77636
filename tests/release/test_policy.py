"""Takes a program with small groups, gives proof that under policy internal everything is shown, and everything says so."""

import csv
import io
import json
import re

import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.cli import run
from iop_outcomes.release.policy import POLICIES, compared_words
from iop_outcomes.reporting.blocks import Figure, TableBlock
from tests.pages import both_files

MARK = "contains small numbers: for people entitled to see this program's patients"


@pytest.fixture(scope="module")
def episodes():
    """60 episodes of one track, 8 of another, 3 without any; scores and follow-up beside them."""
    rows = []
    for track, done, left in (("a", 40, 20), ("b", 5, 3), (None, 2, 1)):
        for i in range(done + left):
            row = {"episode_id": f"{track}-{i}", "track": track, "discharge_reason": "completed" if i < done else "dropped_out"}
            row |= {"los_days": 20 + i % 9, "phq9_admit": 12 + i % 8, "phq9_discharge": 6 + i % 5, "follow_up_days": 200}
            rows.append(
                row | {"readmission_psychiatric_day": 40 + i if i % 9 == 8 else None, "readmission_psychiatric_observed": int(i % 9 == 8)}
            )
    frame = pd.DataFrame(rows)
    frame.loc[frame.readmission_psychiatric_day.isna(), "readmission_psychiatric_observed"] = None
    return frame.astype({"readmission_psychiatric_day": "Int64", "readmission_psychiatric_observed": "Int64"})


@pytest.fixture(scope="module")
def data(episodes):
    """The program as de-identified data of real people."""
    with iop.load({"episodes": episodes}) as loaded:
        assert loaded.data_class == "safe_harbor"
        yield loaded


@pytest.fixture(scope="module")
def report(data):
    """Its report."""
    return iop.report(data, by="track", policy="internal")


def test_nothing_is_withheld(data, report):
    """A group of 8, and the 3 without a group, are shown, in All too."""
    released = iop.completion(data, by="track").release("internal")
    shown = {row.level: (row.k, row.n) for row in released if row.estimand == "completion_strict"}
    assert shown == {"All": (47, 71), "a": (40, 60), "b": (5, 8), "(missing)": (2, 3)}
    assert not any(each.withheld for each in report.released)
    assert "Numbers withheld in this report: 0." in both_files(report)


def test_every_page_chart_and_table_says_so(report):
    """Both files over everything and in their foot, each table under its caption, each chart in the drawing itself."""
    for html in (text.decode("utf-8") for text in report.files("html").values()):
        assert MARK.replace("'", "&#39;")[1:] in html.split("<main>")[0]
        assert MARK.replace("'", "&#39;") in html.split("<footer>")[1]
        assert f'content:"{MARK}. ' in html.split("<body>")[0]  # in a style an entity would be printed as it stands
    html, blocks = both_files(report), [block for section in report.every_section for block in section.blocks]
    tables, charts = ([block for block in blocks if isinstance(block, kind)] for kind in (TableBlock, Figure))
    assert len(tables) > 10 and len(charts) > 4
    assert all(block.table.mark == MARK for block in tables)
    assert all(MARK in {text.get_text() for text in block.drawing.texts} for block in charts)
    captions = re.findall(r"<caption>.*?</caption>", html)
    assert len(captions) == len(tables)
    assert all(MARK.split("'", maxsplit=1)[0] in caption for caption in captions)


def test_every_file_says_so(report):
    """A column of the numbers, and a field of where they come from."""
    rows = list(csv.DictReader(io.StringIO(report.to_csv())))
    assert {row["mark"] for row in rows} == {MARK}
    assert json.loads(report.to_json())["mark"] == MARK


def test_an_answer_says_so(data):
    """Chart and table of a notebook."""
    answer = iop.completion(data, by="track")
    assert MARK in {text.get_text() for text in answer.plot(policy="internal").get_figure().texts}
    assert MARK not in {text.get_text() for text in answer.plot().get_figure().texts}


def test_the_command_line_says_so(episodes, tmp_path, capsys):
    """Tables, objects and comma-separated values."""
    path = tmp_path / "episodes.csv"
    episodes.to_csv(path, index=False)
    asked = ["summary", str(path), "--measure", "completion", "--by", "track", "--policy", "internal"]
    assert run(asked) in (0, 1)
    assert MARK in capsys.readouterr().out
    run([*asked, "--json"])
    assert {row["mark"] for row in json.loads(capsys.readouterr().out)} == {MARK}
    run([*asked, "--csv"])
    assert capsys.readouterr().out.splitlines()[0].endswith(",flag,mark")


def test_none_is_for_synthetic_and_public_data_and_names_internal(data):
    """The refusal says what is allowed instead."""
    with pytest.raises(iop.UsageError, match='"internal" for people entitled'):
        iop.completion(data).release("none")


def test_no_policy_but_internal_has_a_mark(data):
    """Under cms11 the columns of a file stay as they are."""
    report = iop.report(data, by="track")
    assert report.to_csv().splitlines()[0].endswith(",flag")
    assert MARK not in report.to_html()


@pytest.mark.parametrize("policy", ["cms11", "round5", "nhs"])
def test_tracks_of_part_2_cannot_be_shown_under_less(tmp_path, policy):
    """Where the data hold a track that the mapping names, all that withholds is part2; internal is asked for by name."""
    tracks = {"mood": 60, "opioids": 40, "small": 15}
    rows = [{"track": track, "discharge_reason": "completed", "los_days": 5 + i % 9} for track, n in tracks.items() for i in range(n)]
    frame = pd.DataFrame(rows).assign(episode_id=[f"e{i}" for i in range(len(rows))])
    for named, taken in (["opioids"], "part2"), (["gone"], policy):
        with iop.load(frame, mapping={"data": {"class": "safe_harbor", "part2_tracks": named}}) as data:
            released = iop.length_of_stay(data, by="track").release(policy)
            assert released.policy.name == taken
            assert any(each.shown for each in released if each.level == "small") == (taken != "part2")
            assert iop.length_of_stay(data, by="track").release("internal").policy.name == "internal"
            assert iop.length_of_stay(data.where(track="mood")).release(policy).policy.name == policy


def test_rounded_outputs_are_not_said_to_be_compared():
    """What is rounded is not held against earlier outputs, whatever ledger is given."""
    words = [compared_words(POLICIES[name], 2) for name in ("cms11", "part2", "round5", "nhs")]
    assert [each.startswith("Compared with 2 earlier outputs") for each in words] == [True, True, False, False]
    assert [each.startswith("This output was not compared") for each in words] == [False, False, True, True]
