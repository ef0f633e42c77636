"""Exports that a TOML file describes: what each row becomes, which are not read, and what a layout may not say."""

import re
import tomllib
from pathlib import Path

import pytest

import iop_outcomes as iop
from iop_outcomes.cli import run
from iop_outcomes.errors import EXIT_USAGE
from iop_outcomes.intake.layout_names import layout_names
from iop_outcomes.intake.layouts import find_layout
from iop_outcomes.intake.layouts.layout import TESTS
from iop_outcomes.intake.propose import propose
from tests.adapters import tuva

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "recipes" / "add_a_layout.md").read_text(encoding="utf-8")


def loaded(source, layout, **mapping):
    """The events of a program as tuples, and what was said."""
    given = {**tuva.MAPPING, **mapping}
    given["data"] = {**given["data"], "layout": layout}
    with iop.load(source, mapping=given) as data:
        rows = data.engine.connection.send("SELECT episode_id, event, day, planned FROM events").fetchall()
        return sorted((*row[:3], None if row[3] is None else str(row[3])) for row in rows), data.findings, data.flow


def notes(findings):
    """What layouts say, by their words."""
    return {finding.message: finding for finding in findings if finding.rule == "layout_note"}


# -- the Tuva Project --------------------------------------------------------------------------------------------------


def write(folder, form):
    """The program and its encounters in one of the forms in which they are exported."""
    import pandas as pd

    tuva.write_episodes(folder)
    rows = tuva.encounters()
    if form == "csv":
        tuva.write_csv(folder / "encounter.csv", tuva.ENCOUNTER, rows)
    elif form == "capitals":
        columns = [name.upper() for name in tuva.ENCOUNTER]
        tuva.write_csv(folder / "core_encounter.csv", columns, [{name.upper(): value for name, value in row.items()} for row in rows])
    elif form == "an earlier version":
        columns = [tuva.EARLIER.get(name, name) for name in tuva.ENCOUNTER if name != "drg_code_type"]
        tuva.write_csv(folder / "encounter.csv", columns, tuva.earlier(rows))
    elif form == "parquet":
        pd.DataFrame([{**dict.fromkeys(tuva.ENCOUNTER), **row} for row in rows]).to_parquet(folder / "core.encounter.parquet")
    elif form == "parts":
        (folder / "encounter").mkdir()
        for part, some in enumerate((rows[:130], rows[130:])):
            tuva.write_csv(folder / "encounter" / f"part-{part}.csv", tuva.ENCOUNTER, some)
    return rows


@pytest.mark.parametrize("form", ["csv", "capitals", "an earlier version", "parquet", "parts"])
def test_encounters_become_events_of_every_episode_they_follow(tmp_path, form):
    """The same as read row by row, whatever the form and the version; every row is used, or counted with why not."""
    rows = write(tmp_path, form)
    events, _, flow = loaded(tmp_path, "tuva_encounters")
    assert events == tuva.expected(rows)
    assert {what for _, what, *_ in events} == {"emergency_visit", "readmission_other", "readmission_psychiatric"}
    of_events = next(each for each in flow if each.what == "events")
    assert of_events.rows_in == len(rows)
    assert of_events.excluded["rows that the layout does not read"] == len([row for row in rows if tuva.event(row) is None])
    placed = {(row["person_id"], row["encounter_id"]) for row in rows if tuva.expected([row])}
    assert of_events.used == len(placed)


def test_stays_of_which_nobody_can_say_what_they_were_for(tmp_path):
    """They are counted, with their lines in the file; nobody takes them for psychiatric."""
    rows = write(tmp_path, "csv")
    _, findings, _ = loaded(tmp_path, "tuva_encounters")
    finding = next(each for words, each in notes(findings).items() if "cannot be told" in words)
    dark = [place for place, row in enumerate(rows, start=2) if row["encounter_type"] == "acute inpatient" and not tuva.told(row)]
    assert finding.severity == "warning" and list(finding.lines) == dark and dark
    assert finding.file == "encounter.csv"


def test_readmission_summary(tmp_path):
    """Stays in acute hospitals, planned or not; that psychiatric hospitals are not in it is said."""
    tuva.write_episodes(tmp_path)
    rows = tuva.summaries()
    tuva.write_csv(tmp_path / "readmission_summary.csv", tuva.SUMMARY, rows)
    events, findings, flow = loaded(tmp_path, "tuva_readmissions")
    assert events == tuva.expected(rows)
    assert {planned for *_, planned in events} == {"0", "1"}
    said = notes(findings)
    assert any("acute hospitals alone" in words for words in said)
    dark = next(each for words, each in said.items() if "cannot be told" in words)
    assert list(dark.lines) == [place for place, row in enumerate(rows, start=2) if not tuva.told(row)]
    assert next(each for each in flow if each.what == "events").rows_in == len(rows)


def test_a_table_of_a_database_and_a_frame(tmp_path):
    """[tables] says where the table stands; frames are called as the canonical table."""
    import duckdb
    import pandas as pd

    rows = write(tmp_path, "none")
    frame = pd.DataFrame([{**dict.fromkeys(tuva.ENCOUNTER), **row} for row in rows])
    with duckdb.connect(str(tmp_path / "tuva.duckdb")) as connection:
        connection.execute("CREATE SCHEMA core")
        connection.register("frame", frame)
        connection.execute("CREATE TABLE core.encounter AS SELECT * FROM frame")
    (tmp_path / "mapping.toml").write_text(
        f'[data]\nclass = "synthetic"\ncutoff = "{tuva.CUTOFF}"\nlayout = "tuva_encounters"\n[tables]\nevents = "tuva.duckdb#core.encounter"\n'
    )
    with iop.load(tmp_path) as data:
        found = data.engine.connection.send("SELECT episode_id, event, day, planned FROM events").fetchall()
        assert any("core.encounter" in rule for rule in data.provenance.rules)
    assert sorted(found) == tuva.expected(rows)
    frames = {"episodes": pd.read_csv(tmp_path / "episodes.csv"), "events": frame}
    assert loaded(frames, "tuva_encounters")[0] == tuva.expected(rows)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda folder: (folder / "encounter.csv").unlink(), "no_such_file: layout tuva_encounters reads events from a file called encounter"),
        (lambda folder: (folder / "events.csv").write_text("episode_id,event,day\n"), "events.csv: table_twice"),
        (
            lambda folder: tuva.write_csv(folder / "encounter.csv", ["person_id", "encounter_start_date"], [{"person_id": "P1", "encounter_start_date": "2024-01-01"}]),
            "it lacks encounter_type",
        ),
        (
            lambda folder: tuva.write_csv(folder / "encounter.csv", tuva.ENCOUNTER, [{**tuva.encounters()[0], "encounter_type": "office visit"}]),
            "encounter.csv: no_rows: no row is one that layout tuva_encounters reads",
        ),
    ],
    ids=["no file", "two files", "another file", "no row"],
)  # fmt: skip
def test_an_export_that_is_another(tmp_path, change, says):
    """Refused with what was expected."""
    write(tmp_path, "csv")
    change(tmp_path)
    with pytest.raises(iop.DataError) as caught:
        loaded(tmp_path, "tuva_encounters")
    assert says in str(caught.value)


def test_layouts_of_this_package_say_where_they_come_from():
    """Each cites public pages, and its name is known to the mapping and to the command."""
    assert set(layout_names()) == {"tuva_encounters", "tuva_readmissions"}
    for name in layout_names():
        assert all(source.startswith("https://") for source in find_layout(name, Path()).source)


def test_map_knows_an_export_by_its_name_and_its_columns(tmp_path):
    """Nothing is asked of its columns; a file that is only called so is none; the proposal loads."""
    rows = write(tmp_path, "csv")
    proposal = propose(tmp_path)
    given = tomllib.loads(proposal.text)
    assert given["data"]["layout"] == "tuva_encounters" and "events are read from encounter.csv" in proposal.text
    assert [line.key for line in proposal.open] == ["class"] and "columns" not in given
    text = proposal.text.replace('# to finish: class = ""', 'class = "synthetic"').replace(
        '# cutoff = "2025-09-30"', f'cutoff = "{tuva.CUTOFF}"'
    )
    (tmp_path / "mapping.toml").write_text(text, encoding="utf-8")
    with iop.load(tmp_path) as data:
        assert data.engine.connection.send("SELECT count(*) FROM events").fetchall()[0][0] == len(tuva.expected(rows))
    tuva.write_csv(tmp_path / "encounter.csv", ["person_id", "date", "status"], [{"person_id": "P1", "date": "2024-01-01", "status": "x"}])
    assert "layout" not in propose(tmp_path).text.split("class", maxsplit=1)[0]


# -- a layout of a site ------------------------------------------------------------------------------------------------


def blocks(language):
    """The blocks of a language on the page, in order."""
    return re.findall(rf"```{language}\n(.*?)```", PAGE, flags=re.DOTALL)


def test_the_example_of_the_page(tmp_path):
    """Its files and its two TOML files load, and what the page says of them is true."""
    own, mapping = blocks("toml")
    (tmp_path / "harbor.toml").write_text(own, encoding="utf-8")
    (tmp_path / "mapping.toml").write_text(mapping, encoding="utf-8")
    for name, text in zip(("Admissions 2025.csv", "Visits.csv"), blocks("csv"), strict=True):
        (tmp_path / name).write_text(text, encoding="utf-8")
    with iop.load(tmp_path) as data:
        rows = data.engine.connection.send("SELECT episode_id, track, discharge_reason, los_days FROM episodes ORDER BY 1").fetchall()
        events = data.engine.connection.send("SELECT episode_id, event, day, planned FROM events ORDER BY 1, 3").fetchall()
        said = [str(finding) for finding in data.findings]
        flow = [str(flow) for flow in data.flow]
    assert rows == [("A1", "day program", "completed", 42), ("A2", "day program", "dropped_out", 9), ("A3", "evening", None, 30)]
    assert events == [("A1", "readmission_psychiatric", 55, 0), ("A2", "emergency_visit", 20, 0)]
    for line in re.findall(r"^    (\S.*)$", PAGE, flags=re.MULTILINE):
        assert line in [*said, *flow], line
    assert set(re.findall(r"`(is|is_not|starts_with|blank)`", PAGE)) == set(TESTS)


OWN = 'title = "Ours"\nsource = "written down by the clinic"\n[files]\nepisodes = "stays"\n[columns.episodes]\nepisode_id = "id"\n'


def site(folder, layout, name="ours.toml", rows="id,track,discharge_reason,los_days\nE1,mood,completed,9\n"):
    """A folder with a layout of its own."""
    folder.mkdir(exist_ok=True)
    (folder / "stays.csv").write_text(rows, encoding="utf-8")
    (folder / name).write_text(layout, encoding="utf-8")
    (folder / "mapping.toml").write_text(f'[data]\nclass = "synthetic"\nlayout = "{name}"\n', encoding="utf-8")
    return folder


LONG = "x" * 990_000
HOSTILE = {
    "no title": ('source = "x"\n[files]\nepisodes = "stays"\n', "ours.toml title: must be a text of one line"),
    "no source": ('title = "x"\n[files]\nepisodes = "stays"\n', "ours.toml source: must say where"),
    "no file": ('title = "x"\nsource = "y"\n', "ours.toml [files]: names no table"),
    "a path outside": (OWN.replace('"stays"', '"../stays"'), "ours.toml [files] episodes: a file is named without its folder"),
    "a path from the root": (OWN.replace('"stays"', '"/etc/passwd"'), "ours.toml [files] episodes: a file is named without its folder"),
    "a pattern": (OWN.replace('"stays"', '"*"'), "ours.toml [files] episodes: a file is named without its folder"),
    "a letter that cannot be shown": (OWN.replace('"stays"', '"st\\u001b[Aays"'), "ours.toml [files] episodes: must be a text of one line"),
    "an unknown section": (OWN + "[expressions]\n", 'ours.toml: no section "expressions"'),
    "an unknown table": (OWN + "[columns.stays]\n", 'ours.toml [columns]: no table "stays"'),
    "a table without a file": (OWN + '[columns.events]\nevent = "e"\n', 'ours.toml [columns]: no table under [files] "events"'),
    "an unknown column": (OWN + 'trak = "t"\n', 'ours.toml [columns.episodes]: no column "trak"'),
    "an unknown key of a condition": (
        OWN + '[[only.episodes]]\ncolumn = "a"\nmatches = ".*"\n',
        'ours.toml [[only.episodes]]: no key "matches"',
    ),
    "two tests": (
        OWN + '[[only.episodes]]\ncolumn = "a"\nis = "b"\nblank = true\n',
        "ours.toml [[only.episodes]]: needs column and one of",
    ),
    "an expression": (OWN + '[constants.episodes]\ntrack = { sql = "1" }\n', "ours.toml [constants.episodes] track: must be a short label"),
    "SQL in a constant": (
        OWN + '[constants.episodes]\ntrack = "x\'; DROP TABLE raw_episodes; --"\n',
        "ours.toml [constants.episodes] track: must be a short label",
    ),
    "SQL in a closed list": (
        OWN + '[constants.episodes]\ndischarge_reason = "completed\' OR 1=1"\n',
        'ours.toml [constants.episodes] discharge_reason: "completed\' OR 1=1" is not allowed',
    ),
    "an id that is always the same": (
        OWN + '[constants.episodes]\npatient_id = "P1"\n',
        "ours.toml [constants.episodes] patient_id: patient_id differs from row to row",
    ),
    "a date that is always the same": (
        OWN + '[constants.episodes]\nadmit_date = "2024-01-01"\n',
        "ours.toml [constants.episodes] admit_date: admit_date differs from row to row",
    ),
    "a number out of range": (
        OWN + "[constants.episodes]\nplanned_days = -1\n",
        "ours.toml [constants.episodes] planned_days: must be a whole number",
    ),
    "a column twice": (
        OWN + '[constants.episodes]\ntrack = "a"\n[columns.scores]\n',
        'ours.toml [columns]: no table under [files] "scores"',
    ),
    "a word without a condition": (
        OWN + '[[words.episodes]]\ncolumn = "track"\nword = "a"\n',
        "ours.toml [[words.episodes]]: needs where",
    ),
    "a class": (
        OWN + '[data]\nclass = "public"\n',
        'ours.toml [data]: no key of a layout "class". Allowed: date_format, delimiter, los_convention',
    ),
    "a day of one program": (OWN + '[data]\ncutoff = "2024-01-01"\n', 'ours.toml [data]: no key of a layout "cutoff"'),
    "a code that does not exist": (
        OWN + '[codes.discharge_reason]\nx = "gone"\n',
        'ours.toml [codes.discharge_reason] x: "gone" is not allowed',
    ),
    "a key of a megabyte": (f'{OWN}"{LONG}" = "a"\n', "ours.toml [columns.episodes]"),
    "a section of a megabyte": (f"{OWN}[{LONG}]\n", 'ours.toml: no section "xxx'),
    "more than a megabyte": (OWN + "#" * 1_000_000, "ours.toml: larger than 1,000,000 bytes"),
    "a list without end": (
        OWN + '[[only.episodes]]\ncolumn = "a"\nis = [' + '"b",' * 2_000 + "]\n",
        "ours.toml [[only.episodes]] is: more than 1,000 entries",
    ),
    "no TOML": ("title = \n", "ours.toml: not valid TOML"),
    "nested without end": ("a = " + "[" * 50_000, "ours.toml: not valid TOML"),
    "a key twice": (OWN + 'episode_id = "b"\n', "ours.toml: a key or a section stands twice"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_layouts_that_are_refused(tmp_path, name, capsys):
    """Exit code 2, one clear line with the file and the key, and nothing written."""
    layout, says = HOSTILE[name]
    folder = site(tmp_path / "data", layout)
    before = sorted(folder.iterdir())
    assert run(["check", str(folder)]) == EXIT_USAGE
    shown = capsys.readouterr()
    assert says in shown.err + shown.out and "Traceback" not in shown.err
    assert len(shown.err + shown.out) < 2_000 and "\x1b" not in shown.err + shown.out
    assert sorted(folder.iterdir()) == before


@pytest.mark.parametrize("name", ["../ours.toml", "/tmp/ours.toml", "sub/ours.toml", "..\\\\ours.toml", ".toml"])
def test_a_layout_stands_beside_the_mapping(tmp_path, name, capsys):
    """A path to anywhere else is refused, in the mapping and on the command line."""
    folder = site(tmp_path / "data", OWN)
    site(tmp_path, OWN)
    (folder / "mapping.toml").write_text(f'[data]\nclass = "synthetic"\nlayout = "{name}"\n', encoding="utf-8")
    assert run(["check", str(folder)]) == EXIT_USAGE
    assert "mapping.toml [data] layout: a layout of your own is a file beside mapping.toml" in "".join(capsys.readouterr())
    (folder / "mapping.toml").write_text('[data]\nclass = "synthetic"\n', encoding="utf-8")
    assert run(["check", str(folder), "--layout", name.replace("\\\\", "\\")]) == EXIT_USAGE
    assert run(["check", str(folder), "--layout", "ours.toml"]) == 0


def test_a_layout_that_is_not_there(tmp_path, capsys):
    """Named, with what there is."""
    folder = site(tmp_path, OWN)
    (folder / "ours.toml").unlink()
    assert run(["check", str(folder)]) == EXIT_USAGE
    assert "ours.toml: layout cannot be read" in "".join(capsys.readouterr())
    (folder / "mapping.toml").write_text('[data]\nlayout = "tuva"\n', encoding="utf-8")
    assert run(["check", str(folder)]) == EXIT_USAGE
    assert 'layout: "tuva" is not allowed. Allowed: fhir, omop, redcap, teds_d, tuva_encounters' in "".join(capsys.readouterr())
