"""Takes exports that a TOML file describes, gives what is read of their rows: which, as what, and where each stood."""

import pytest

import iop_outcomes as iop
from tests.adapters import tuva
from tests.intake.layouts.test_layout import OWN, loaded, site, write


def test_a_fault_is_where_it_stands_in_the_file(tmp_path):
    """A date that is none, behind rows that are not read: file and line of the export, and the column as it calls it."""
    rows = write(tmp_path, "csv")
    place = next(place for place, row in enumerate(rows) if place > 50 and tuva.event(row))
    text = (tmp_path / "encounter.csv").read_text(encoding="utf-8").splitlines()
    text[place + 1] = text[place + 1].replace(str(rows[place]["encounter_start_date"]), "soon")
    (tmp_path / "encounter.csv").write_text("\n".join(text) + "\n", encoding="utf-8")
    with pytest.raises(iop.DataError, match=rf"encounter\.csv:{place + 2}: encounter_start_date: invalid_date"):
        loaded(tmp_path, "tuva_encounters")


def test_what_the_site_says_of_a_column_wins(tmp_path):
    """A column of another name is named in the mapping, as of any table."""
    rows = tuva.encounters()
    tuva.write_episodes(tmp_path)
    columns = ["who" if name == "person_id" else name for name in tuva.ENCOUNTER]
    tuva.write_csv(tmp_path / "encounter.csv", columns, [{("who" if k == "person_id" else k): v for k, v in row.items()} for row in rows])
    with pytest.raises(iop.DataError, match=r"encounter\.csv: not_this_layout: .* it lacks person_id or patient_id\."):
        loaded(tmp_path, "tuva_encounters")
    assert loaded(tmp_path, "tuva_encounters", columns={"events": {"patient_id": "who"}})[0] == tuva.expected(rows)


def test_contacts_of_a_layout(tmp_path):
    """Episodes are built from the rows that it reads; those it does not are counted."""
    layout = (
        'title = "Ours"\nsource = "the clinic"\n[files]\ncontacts = "stays"\n[columns.contacts]\npatient_id = "who"\ndate = "on"\n'
        '[constants.contacts]\ntrack = "evening"\nstatus = "attended"\n[[only.contacts]]\ncolumn = "state"\nis_not = ["void"]\n'
        '[date_format]\ncontacts = "DD.MM.YYYY"\n'
    )
    rows = "who,on,state\nP1,01.02.2024,ok\nP1,05.02.2024,void\nP1,09.02.2024,\nP2,01.03.2024,ok\n"
    with iop.load(site(tmp_path, layout, rows=rows)) as data:
        assert data.engine.connection.send("SELECT patient_id, track, los_days FROM episodes ORDER BY 1").fetchall() == [
            ("P1", "evening", 8),
            ("P2", "evening", 0),
        ]
        contacts = next(flow for flow in data.flow if flow.what == "contacts")
    assert contacts.rows_in == 4 and contacts.excluded["rows that the layout does not read"] == 1


def test_how_a_layout_is_written_is_of_its_tables_alone(tmp_path):
    """Its separator, its dates and its stays hold for what it reads; the program's other tables are as its mapping says."""
    layout = (
        OWN.replace('"id"\n', '"id"\nlos_days = "Nights"\n')
        + '[data]\ndelimiter = ";"\ndate_format = "DD.MM.YYYY"\nlos_convention = "inclusive"\n'
    )
    rows = "id;track;discharge_reason;Nights;admit_date\nE1;mood;completed;9;03.02.2024\n"
    folder = site(tmp_path, layout, rows=rows)
    (folder / "scores.csv").write_text("episode_id,scale,date,score\nE1,phq9,02/04/2024,9\n", encoding="utf-8")
    (folder / "mapping.toml").write_text(
        '[data]\nclass = "synthetic"\nlayout = "ours.toml"\ndate_format = "MM/DD/YYYY"\n', encoding="utf-8"
    )
    with iop.load(folder) as data:
        send = data.engine.connection.send
        assert send("SELECT los_days, admit_month FROM episodes").fetchall() == [(8, "2024-02")]
        assert send("SELECT day FROM scores").fetchall() == [(1,)]


@pytest.mark.parametrize(
    ("test", "kept"),
    [
        ('is = ["A", "b "]', "AaB"),
        ('is_not = "a"', "Bc_d"),
        ('starts_with = ["c"]', "c"),
        ("blank = true", "_"),
        ("blank = false", "AaBcd"),
        ('is = "3"', "d"),
    ],
)
def test_every_condition(tmp_path, test, kept):
    """Whatever the case of a cell; a blank is nothing, and 3.0 is 3."""
    layout = f'{OWN}[[only.episodes]]\ncolumn = ["kind", "type"]\n{test}\n'.replace('"b "', '"b"')
    cells = {"A": "A", "a": " a ", "B": "B", "c": "Cx", "_": "", "d": "3.0"}
    rows = "id,track,discharge_reason,los_days,type\n" + "".join(f"{name},mood,completed,9,{cell}\n" for name, cell in cells.items())
    with iop.load(site(tmp_path, layout, rows=rows)) as data:
        assert {row[0] for row in data.engine.connection.send("SELECT episode_id FROM episodes").fetchall()} == set(kept)
        assert data.flow[0].rows_in == len(cells) and data.flow[0].used == len(kept)
