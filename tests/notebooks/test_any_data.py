"""Takes every notebook and programs that lack something, gives proof that what is missing is said in its place and the rest runs."""

from __future__ import annotations

import ast
import contextlib
import csv
import io
import json
import re
from pathlib import Path

import pytest

import iop_outcomes as iop

ROOT = Path(__file__).resolve().parent.parent.parent
SYNTHETIC = ROOT / "data" / "synthetic"
CHANGE = {"change", "sentence", "effects", "meaning", "reliable", "reliable-numbers", "report", "missing"}
READMISSION = {"curve", "other", "numbers", "meaning"}
RELAPSE = {"relapse", "relapse-other", "relapse-numbers"}
COMPARED = {"gaps", "gaps-words", "stay-gaps"}
EFFECTS, TABLE_ONE = {"effects", "latex", "methods"}, {"who", "differ", "save"}
BARE = ("episode_id", "track", "discharge_reason", "admit_date", "discharge_date")


def table(name):
    """Rows of a table of the synthetic program."""
    with (SYNTHETIC / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def program(folder, *, keep=lambda row: True, columns=None, blank=(), scores=lambda row: True, events=lambda row: True, first=200):
    """The first episodes of the synthetic program, less what is not kept; a table of which nothing is kept is not written."""
    episodes = [row for row in table("episodes") if keep(row)][:first]
    names = {row["episode_id"] for row in episodes}
    episodes = [{name: "" if name in blank else row[name] for name in columns or row} for row in episodes]
    folder.mkdir(parents=True)
    for name, rows in (
        ("episodes", episodes),
        ("scores", [row for row in table("scores") if row["episode_id"] in names and scores(row)]),
        ("events", [row for row in table("events") if row["episode_id"] in names and events(row)]),
    ):
        if rows:
            with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
                writer.writeheader()
                writer.writerows(rows)
    (folder / "mapping.toml").write_text((SYNTHETIC / "mapping.toml").read_text(encoding="utf-8"), encoding="utf-8")
    return folder


def without(*names):
    """Every column of episodes but these."""
    return [name for name in table("episodes")[0] if name not in names]


FIRST_OF_EACH = set({row["track"]: row["episode_id"] for row in reversed(table("episodes"))}.values())
NEVER = dict.fromkeys(("scores", "events"), lambda row: False)
# What the program is, and the cells of each notebook that can only say why; every other cell shows what it always shows.
PROGRAMS = {
    "200 episodes": ({}, {}),
    "no scores": ({"scores": NEVER["scores"]}, {"03": CHANGE, "05": {"scores"}, "06": EFFECTS}),
    "no events": ({"events": NEVER["events"]}, {"04": READMISSION | RELAPSE}),
    "only PHQ-9": ({"scores": lambda row: row["scale"] == "phq9"}, {}),
    "only GAD-7": ({"scores": lambda row: row["scale"] == "gad7"}, {"03": CHANGE, "05": {"scores"}}),
    "relapse only": ({"events": lambda row: row["event"] == "relapse"}, {"04": READMISSION}),
    "readmission only": ({"events": lambda row: row["event"].startswith("readmission")}, {"04": RELAPSE}),
    "one track": ({"keep": lambda row: row["track"] == "psychosis"}, {"02": COMPARED}),
    "one episode a track": ({"keep": lambda row: row["episode_id"] in FIRST_OF_EACH}, {}),
    "no patient_id": ({"columns": without("patient_id")}, {}),
    "no follow-up": ({"columns": without("follow_up_days")}, {"04": READMISSION | RELAPSE}),
    "bare": ({"columns": BARE, **NEVER}, {"03": CHANGE, "04": READMISSION | RELAPSE, "05": {"scores"}, "06": EFFECTS | TABLE_ONE}),
}


def shown(name, folder, output):
    """What each code cell of a notebook shows, run here as a kernel would run it."""
    path = next((ROOT / "notebooks").glob(f"{name}_*.ipynb"))
    names, found = {}, {}
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] != "code":
            continue
        body = ast.parse("".join(cell["source"])).body
        last = body.pop() if isinstance(body[-1], ast.Expr) else None
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(ast.Module(body, []), name, "exec"), names)
            value = None if last is None else eval(compile(ast.Expression(last.value), name, "eval"), names)
        if cell["id"] == "parameters":
            names |= {"source": str(folder), "output": str(output)}
        drawn = getattr(value, "_repr_html_", None)
        found[cell["id"]] = printed.getvalue() + (drawn() if drawn else "" if value is None else repr(value))
    names["data"].close()
    return found


ANY = ("200 episodes", "one episode a track", "no patient_id", "bare")
OF_SCORES, OF_EVENTS = ("no scores", "only PHQ-9", "only GAD-7"), ("no events", "relapse only", "readmission only", "no follow-up")


@pytest.mark.parametrize(("name", "what"), [*(("03", what) for what in (*ANY, *OF_SCORES)), *(("04", what) for what in (*ANY, *OF_EVENTS))])
def test_what_is_missing_is_said_in_its_place(name, what, tmp_path):
    """Change and what happens after discharge: each cell shows its answer, or one sentence that says what would bring it."""
    options, silent = PROGRAMS[what]
    cells = shown(name, program(tmp_path / "data", **options), tmp_path / "out")
    assert {cell for cell, words in cells.items() if "not assessable: " in words} == silent.get(name, set())
    for cell in silent.get(name, ()):
        assert re.search(r"Give |no profile", cells[cell]), cells[cell]
        assert "<img" not in cells[cell]


LACKING = ("no scores", "one track", "one episode a track", "bare")
# 05 and 08 hold no track against another.
LEFT = {"01": LACKING, "02": LACKING, "05": ("no scores", "bare"), "06": LACKING, "08": ("no scores", "bare")}


@pytest.mark.parametrize(("name", "what"), [(name, what) for name, programs in LEFT.items() for what in programs])
def test_the_other_notebooks_run_to_their_end(name, what, tmp_path):
    """Quality, comparison, data quality, tables for a paper and published studies, on the programs that lack most."""
    options, silent = PROGRAMS[what]
    cells = shown(name, program(tmp_path / "data", **options), tmp_path / "out")
    reasons = {cell for cell, words in cells.items() if re.search("not assessable: |nothing can be compared", words)}
    assert reasons == silent.get(name, set())


def test_an_answer_that_was_asked_wrongly_stays_an_error(synthetic):
    """Only what the data lack becomes a sentence: a misspelt column, scale or option stops the notebook."""
    for ask, options in (
        (iop.completion, {"by": "trak"}),
        (iop.symptom_change, {"scale": "phq99"}),
        (iop.relapse, {"definition": "any"}),
        (iop.readmission, {"at": (-1,)}),
    ):
        with pytest.raises(iop.UsageError) as caught:
            iop.attempt(ask, synthetic, **options)
        assert not isinstance(caught.value, iop.NotAssessableError)


def test_a_scale_without_a_profile_is_said_in_its_place(tmp_path):
    """A change can be measured on it, reliable change cannot."""
    data = program(tmp_path / "data")
    (data / "scores.csv").write_text("episode_id,scale,day,score\nE00001,phqa,0,12\nE00001,phqa,90,5\n", encoding="utf-8")
    with iop.load(data) as program_:
        found = iop.attempt(iop.reliable_change, program_, scale="phqa")
        assert "phqa_reliable_change is not assessable: PHQ-A has no profile of reliable change." in found.sentence()
        assert found.plot() is found and str(found) == found.sentence() == found.definition
        assert found._repr_html_().startswith('<p class="note" role="note">phqa')
        assert isinstance(iop.attempt(iop.symptom_change, program_, scale="phqa"), iop.Answer)


def test_nobody_looked_is_not_nobody(tmp_path):
    """Without a relapse in the data the rate is not assessable; where a column says that each episode was looked at, it is 0."""
    path = program(tmp_path / "data", events=lambda row: row["event"].startswith("readmission"))
    with iop.load(path) as data:
        said = iop.attempt(iop.relapse, data, definition="any_use").sentence()
    assert "Relapse (any use) is not assessable: the data hold no event relapse" in said and "relapse_observed" in said
    rows = [{**row, "relapse_day": "400", "relapse_observed": "0"} for row in table("episodes")[:200]]
    with (path / "episodes.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    with iop.load(path) as data:
        frame = iop.attempt(iop.relapse, data, definition="any_use", at=[30]).to_frame()
    assert frame.query("estimand == 'cumulative_incidence'").value.tolist() == [0]


def test_a_notebook_shows_an_error_in_one_line(tmp_path):
    """In JupyterLab a folder that is not there is one sentence, and no traceback: IPython asks the error itself."""
    with pytest.raises(iop.DataError) as caught:
        iop.load(tmp_path / "nowhere")
    (line,) = caught.value._render_traceback_()
    assert line == f"DataError: {caught.value}" and "seen from the folder this runs in" in line


def test_a_scale_that_the_data_lack_is_said_in_its_place(tmp_path):
    """The first cell invites to name another: the notebook stopped at the section of the report, which it called a name that is none."""
    with iop.load(program(tmp_path / "data", scores=lambda row: row["scale"] == "phq9")) as data:
        page = iop.report(data)
        assert (
            "Change in GAD-7 is not assessable: the data hold no GAD-7 score. Scores there are: phq9."
            in page.section("gad7_change")._repr_html_()
        )
        with pytest.raises(iop.UsageError) as caught:
            page.section("gad8_change")
        assert "pcl5_change" not in str(caught.value)


def test_where_there_is_no_answer_every_way_to_show_it_says_why(tmp_path):
    """A chart under a policy and a paragraph of methods were errors of Python."""
    with iop.load(program(tmp_path / "data", **NEVER)) as data:
        found = iop.attempt(iop.symptom_change, data, scale="phq9")
    assert "no PHQ-9 score" in repr(found.plot(policy="internal")) and "no PHQ-9 score" in str(found.methods(policy="internal"))
    assert found.methods().references == ()
