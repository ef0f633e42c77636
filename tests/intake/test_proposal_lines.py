"""`map` over a mapping that stands there: what it says is kept, what it leaves open is said; and the headers of record systems."""

import tomllib

import pytest

import iop_outcomes as iop
from iop_outcomes.cli import run
from iop_outcomes.columns import KINDS
from iop_outcomes.errors import EXIT_DONE, EXIT_FINDINGS, EXIT_USAGE
from iop_outcomes.intake.encoding_offers import fitting_encodings
from iop_outcomes.intake.proposal_lines import TO_FINISH, lines_of, mapping_of, toml
from iop_outcomes.intake.propose import propose
from iop_outcomes.intake.synonyms import match_columns, spelled_out
from iop_outcomes.intake.text_settings import ENCODINGS
from iop_outcomes.intake.usual_words import table_of_synonyms
from iop_outcomes.scales import load_scales
from tests.intake import sites


def program(reasons=("Tx Complete", "ZONK"), head=("Enc", "Prog", "DC Dispo", "LOS")):
    """Forty stays with local codes, each of which stands in enough rows."""
    return [list(head), *([f"E{i}", "mood", reasons[i % len(reasons)], str(5 + i)] for i in range(40))]


# -- what a mapping says already ---------------------------------------------------------------------------------------------


def test_what_is_left_is_said_and_what_is_decided_is_kept(tmp_path, capsys):
    """Of two open codes one is decided by hand: the other is left, and every line of the person stands in the proposal."""
    (tmp_path / "stays.csv").write_text(sites.text(program(("ZONK", "BONK"))), encoding="utf-8")
    assert run(["map", str(tmp_path), "--output", str(tmp_path / "mapping.toml")]) == EXIT_FINDINGS
    assert capsys.readouterr().err == f"2 to finish; then run: iop-outcomes check {tmp_path}\n"
    text = (tmp_path / "mapping.toml").read_text(encoding="utf-8")
    decided = text.replace(f'{TO_FINISH} "ZONK" = ""', '"ZONK" = "died"').replace('class = "safe_harbor"', 'class = "public"')
    decided += '\n[planned_days]\nrule = "by_column"\ncolumn = "track"\ndays = { mood = 90 }\n[missing]\nall = ["NA"]\n'
    (tmp_path / "mapping.toml").write_text(decided, encoding="utf-8")
    assert run(["map", str(tmp_path)]) == EXIT_FINDINGS
    shown = capsys.readouterr()
    assert shown.err == f"left to decide: [codes.discharge_reason] BONK\n1 to finish; then run: iop-outcomes check {tmp_path}\n"
    assert f'{TO_FINISH} "BONK" = ""' in shown.out and '"ZONK" = "died"' in shown.out
    assert tomllib.loads(shown.out) == tomllib.loads(decided)


def test_a_guess_that_is_confirmed_brings_its_codes(tmp_path):
    """Codes under a guessed column are not shown; once a person has said that it is the one, they are."""
    (tmp_path / "episodes.csv").write_text(sites.text(program(head=("Enc", "Prog", "DC Dispo Code", "LOS"))), encoding="utf-8")
    first = propose(tmp_path)
    assert f'{TO_FINISH} discharge_reason = "DC Dispo Code"' in first.text and "ZONK" not in first.text
    second = propose(tmp_path, given={"columns": {"episodes": {"discharge_reason": "DC Dispo Code"}}})
    assert f'{TO_FINISH} "ZONK" = ""' in second.text and '"Tx Complete" = "completed"' in second.text


def test_two_columns_that_may_be_one_are_a_question(tmp_path):
    """Which of two dispositions is the discharge reason a person says; neither is asserted."""
    rows = [[*row, row[2]] for row in program()]
    rows[0][2:] = ["Discharge Disposition", "LOS", "Reason for Discharge"]
    (tmp_path / "episodes.csv").write_text(sites.text(rows), encoding="utf-8")
    assert f'{TO_FINISH} discharge_reason = "' in propose(tmp_path).text


def test_what_the_mapping_cannot_say_is_refused(tmp_path, capsys):
    """A slip of the pen in the half-finished mapping is named before anything is proposed."""
    folder = sites.write(tmp_path, mapping='[data]\nclas = "public"\n')
    assert run(["map", str(folder)]) == EXIT_USAGE
    assert 'no key "clas"' in capsys.readouterr().err


@pytest.mark.parametrize(
    "given",
    [
        {"data": {"class": "public", "part2_tracks": ["a", 'b"c']}, "codes": {"sex": {"a b": "x", "": "y"}}},
        {"planned_days": {"rule": "by_column", "days": {"short": 90}}, "referral_mean": {"phq9": 14.5}, "x": True},
    ],
)
def test_lines_and_mappings_are_the_same(given):
    """A mapping taken apart into lines and put together again, and written on one line, is itself."""
    assert mapping_of(list(lines_of(given))) == given
    assert tomllib.loads(f"all = {toml(given)}") == {"all": given}


# -- headers -----------------------------------------------------------------------------------------------------------------

HEADERS = {
    "episodes": {
        "Enc": "episode_id", "Enc ID": "episode_id", "Encounter Number": "episode_id", "Pt Ref": "patient_id", "PtID": "patient_id",
        "Prog": "track", "PROG_NM": None, "Admit Dt": "admit_date", "ADM DT": "admit_date", "AdmissionDate": "admit_date",
        "D/C Date": "discharge_date", "DischDt": "discharge_date", "DC Dt": "discharge_date", "DC Dispo": "discharge_reason",
        "Disch Disp": "discharge_reason", "Dsch Rsn": "discharge_reason", "Disch Stat Desc": None, "Prim Dx": None, "Dx Grp": "primary_dx",
    },
    "scores": {"Survey Dt": "date", "Assmt Dt": "date", "Pt": "patient_id", "PHQ-9 Total": "phq9", "GAD7 Score": "gad7", "PHQ9 Q3": "phq9_3"},
    "events": {"Readmit Dt": "date", "Readm Date": "date", "Evt Type": "event", "Event Typ": None},
    "contacts": {"Svc Dt": "date", "Appt Sts": "status", "Enc Type": "kind", "Visit Dt": "date"},
}  # fmt: skip


@pytest.mark.parametrize(("table", "name"), [(table, name) for table, names in HEADERS.items() for name in names])
def test_headers_of_record_systems(table, name):
    """DC, Disch, Dt, Dispo, Prog, Enc and the like are read as the words they shorten; with a word behind that says nothing, only guessed."""
    known = [match.to for match in match_columns(table, [name], load_scales(None)) if match.how != "guess"]
    assert known == ([HEADERS[table][name]] if HEADERS[table][name] else [])


def test_no_name_spelled_out_stands_for_two_columns():
    """Abbreviations make no two columns of a table alike, and no word is short for two."""
    words = table_of_synonyms()["abbreviations"]
    short = [word for name, others in words.items() if name != "beside" for word in others]
    assert len(short) == len(set(short)) and not set(short) & set(words)
    for table, columns in table_of_synonyms()["columns"].items():
        of_name: dict[str, set[str]] = {}
        for column, names in columns.items():
            for name in (column, *names):
                of_name.setdefault(spelled_out(name), set()).add(column)
        assert {name: to for name, to in of_name.items() if len(to) > 1} == {}, table
    assert set(table_of_synonyms()["columns"]) == set(KINDS)


@pytest.mark.parametrize("name", ["MRN", "Med Rec No", "SSN", "Pt Name", "DOB"])
def test_identifiers_are_never_matched(tmp_path, name):
    """A record number stands beside the ids in every export: it is named, and no line reads it."""
    rows = [[*row, f"9{i:06}"] for i, row in enumerate(program())]
    rows[0][-1] = name
    (tmp_path / "episodes.csv").write_text(sites.text(rows), encoding="utf-8")
    proposal = propose(tmp_path)
    assert name not in str(mapping_of(proposal.lines)) and f'never read: "{name}"' in proposal.text


# -- encodings ---------------------------------------------------------------------------------------------------------------

TEXT = "episode_id,track,discharge_reason,los_days\n" + "".join(f"{i},Thérapie – jour,completed,{i + 3}\n" for i in range(20))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_the_one_encoding_that_fits_is_written_down(tmp_path, encoding):
    """And the mapping that is proposed loads."""
    (tmp_path / "episodes.csv").write_bytes(TEXT.encode(encoding))
    proposal = propose(tmp_path)
    assert f'encoding = "{encoding}"' in proposal.text and proposal.to_finish == 0
    (tmp_path / "mapping.toml").write_text(proposal.text, encoding="utf-8")
    with iop.load(tmp_path) as data:
        assert data.episodes == 20


def test_where_several_fit_a_person_is_asked(tmp_path, capsys):
    """The usual one is the guess; with it the mapping loads, and without it the file is refused."""
    (tmp_path / "episodes.csv").write_bytes(TEXT.encode("windows-1252"))
    proposal = propose(tmp_path)
    assert f'{TO_FINISH} encoding = "windows-1252"' in proposal.text and proposal.to_finish == 1
    (tmp_path / "mapping.toml").write_text(proposal.text.replace(f"{TO_FINISH} encoding", "encoding"), encoding="utf-8")
    with iop.load(tmp_path) as data:
        assert data.episodes == 20
    assert run(["map", str(tmp_path)]) == EXIT_DONE
    assert 'encoding = "windows-1252"' in capsys.readouterr().out


@pytest.mark.parametrize("encoding", [name for name in ENCODINGS if not name.startswith(("utf", "us-"))])
def test_every_declared_encoding_is_among_those_that_fit(tmp_path, encoding):
    """A file with every letter an encoding has is in it, or is read alike by the one that is offered in its place."""
    letters = [bytes([byte]).decode(encoding, errors="ignore") for byte in range(0x80, 0x100)]
    text = "".join(letter for letter in letters if letter.isalpha())
    path = tmp_path / "episodes.csv"
    path.write_bytes(b"a,b\n" + text.encode(encoding) + b",1\n")
    assert text in [text.encode(encoding).decode(name) for name in fitting_encodings(path)]


def test_plain_and_utf8_texts_need_none(tmp_path):
    """Nothing is asked of them, nor of a file cut off within a letter only here and there."""
    path = tmp_path / "episodes.csv"
    for text in (b"a,b\n1,2\n", TEXT.encode(), b"\xef\xbb\xbf" + TEXT.encode()):
        path.write_bytes(text)
        assert fitting_encodings(path) == ()
    path.write_bytes("é".encode()[:1])
    assert "windows-1252" in fitting_encodings(path)
