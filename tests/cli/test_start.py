"""`iop-outcomes start` on a terminal: the extract of a program becomes a report with a few answers; nothing is ever half-written."""

import re
import tomllib
from collections import Counter

import pytest

import iop_outcomes as iop
from iop_outcomes.cli import run
from iop_outcomes.columns import Column
from iop_outcomes.errors import EXIT_DONE, EXIT_FINDINGS, EXIT_INTERRUPTED, EXIT_OUTPUT, EXIT_USAGE
from tests.adapters import omop
from tests.intake import extract, sites
from tests.intake.talk import Terminal

ANSWERS = {
    "Up to which day": extract.CUTOFF.isoformat(),
    "for everybody": "yes",
    **{f'"{code}"': word for code, word in extract.UNKNOWN.items()},
}
MOST_LINES, MOST_TYPED = 15, 5
RARE = (extract.RARE, extract.RARE_KNOWN, extract.RARE_STATUS)


def lines_of(path):
    """The lines of a mapping that are no remarks."""
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    """The extract, taken through `start`."""
    folder = tmp_path_factory.mktemp("harbor program")
    extract.write(folder)
    terminal = Terminal("start", folder)
    asked = terminal.answer(ANSWERS)
    terminal.child.close()
    return folder, terminal, asked


def test_two_commands_from_the_extract_to_a_report(started, tmp_path, capsys):
    """start, and the command that it names: a report. At most 15 lines of mapping, at most 5 of them typed, none of them pandas."""
    folder, terminal, asked = started
    assert len(lines_of(folder / "mapping.toml")) <= MOST_LINES, lines_of(folder / "mapping.toml")
    typed = [line for line in terminal.typed if line]
    assert len(typed) == len(ANSWERS) <= MOST_TYPED and len(asked) <= 2 * MOST_TYPED
    command = re.search(r"Next: iop-outcomes (report .*)\r", terminal.text)[1]
    assert command == f"report '{folder}' --on-error exclude"
    assert run(["report", str(folder), "--on-error", "exclude", "--output", str(tmp_path), "--policy", "internal"]) == EXIT_FINDINGS
    capsys.readouterr()
    page = (tmp_path / "program_quality.html").read_text(encoding="utf-8")
    assert "PHQ-9" in page and "GAD-7" in page and "readmi" in page.lower()


def test_what_is_read_is_the_program(started):
    """Every admission, survey and readmission that the generator made: counted by hand, codes of few rows left out."""
    folder, _, _ = started
    rows = extract.program()
    with iop.load(folder, on_error="exclude") as data:
        flows = {flow.what: flow for flow in data.flow}
        late = [each for each in rows if each["discharge"] > extract.CUTOFF]
        assert flows["episodes"].rows_in == extract.ADMISSIONS
        assert flows["episodes"].used == len([each for each in rows if each not in late and each["reason"] != extract.RARE])
        reasons = data.engine.tally([[Column("discharge_reason")]])[0]
        counts = dict(zip(reasons.levels("discharge_reason"), reasons.n.tolist(), strict=True))
        for code, word in {**extract.UNKNOWN, extract.RARE_KNOWN: "incarcerated"}.items():
            assert counts[word] == len([each for each in rows if each["reason"] == code and each not in late])


def test_attendance_is_read_row_by_row(started):
    """10,117 rows of attendance: each in an episode in care that day is used, by what the words mean; the others are counted."""
    folder, _, _ = started
    rows = extract.program()
    usable = [each for each in rows if each["discharge"] <= extract.CUTOFF and each["reason"] != extract.RARE]
    stays = {}
    for each in usable:
        stays.setdefault(each["patient"], []).append((each["admit"], each["discharge"]))
    means = {"Attended": "attended", "No Show": "missed", "Client Cancelled": "cancelled_by_person", extract.RARE_STATUS: "missed"}
    means |= {"Cancelled by Provider": "cancelled_by_program", "Excused Absence": "excused"}
    expected = Counter(
        means[status]
        for patient, day, status, *_ in extract.sessions(rows)
        if any(admit <= day <= discharge for admit, discharge in stays.get(patient, ()))
    )
    with iop.load(folder, on_error="exclude") as data:
        flow = next(flow for flow in data.flow if flow.what == "sessions")
        found = data.engine.connection.send("SELECT status, count(*) FROM sessions GROUP BY 1").fetchall()
        assert (flow.rows_in, flow.used) == (extract.ATTENDANCE, expected.total()) == (10_117, sum(n for _, n in found))
        assert dict(found) == expected
        kinds = {kind for (kind,) in data.engine.connection.send("SELECT DISTINCT kind FROM sessions").fetchall()}
        assert kinds == {"group", "individual", "family", "medication"}


def test_what_faults_cost_is_said(started):
    """The codes of few rows are counted by rows and never named; the rows that remain are said; the exit code is 1."""
    folder, terminal, _ = started
    assert (
        "3 rows: Harbor Census.xlsx#Adm and DC:19: DC Dispo: unknown_code: not one of the words allowed: 1 different code" in terminal.text
    )
    assert re.search(r"episodes: \d+ of 624 rows would be left out .*; \d+ remain", terminal.text)
    assert terminal.child.exitstatus == EXIT_FINDINGS
    assert folder.is_dir()


def test_no_value_of_a_person_is_shown(started):
    """No id, no record number, no day, no free text, no code of few rows, on the terminal or in the mapping."""
    folder, terminal, _ = started
    text = terminal.text.replace(extract.CUTOFF.isoformat(), "") + (folder / "mapping.toml").read_text(encoding="utf-8")
    assert not re.search(r"HB\d{5}|\b70\d{3}\b|\b900\d{3}\b|\d\d/\d\d/20\d\d|secret|" + "|".join(RARE), text)
    assert "MRN" not in (folder / "mapping.toml").read_text(encoding="utf-8")


def test_starting_again_keeps_what_was_decided(started):
    """Nothing is asked but what is to become of the mapping, and what was left open; the file stays byte for byte."""
    folder, _, _ = started
    before = (folder / "mapping.toml").read_bytes()
    terminal = Terminal("start", folder)
    asked = terminal.answer({})
    assert len(asked) == 1 and "stands there already" in asked[0]
    assert (folder / "mapping.toml").read_bytes() == before
    assert sorted(path.name for path in folder.glob("mapping*")) == ["mapping.toml"]


# -- odd answers -----------------------------------------------------------------------------------------------------------


def test_odd_answers_are_asked_again_and_never_repeated(tmp_path):
    """A wrong word, a very long one, control characters, bytes that are no text: each is asked again, and the mapping is whole."""
    extract.write(tmp_path)
    terminal = Terminal("start", tmp_path)
    odd = ["zzunknownzz", "zz" * 400, "zz\x1b[Azz", "zzé\x7f", "99", "-3", "1e9"]
    terminal.child.setecho(False)  # what is seen is what the command writes
    assert "recognised" in terminal.question()
    for word in odd:
        terminal.type(word)
        assert "yes or no" in terminal.question(), word
    terminal.child.send(b"zz\xff\xfe\n".decode("latin-1"))
    assert "yes or no" in terminal.question()
    terminal.type("?")
    assert "admissions: one row for each stay" in terminal.question()
    assert "zz" not in terminal.text
    terminal.type("YES")
    terminal.answer(ANSWERS)
    assert tomllib.loads((tmp_path / "mapping.toml").read_text(encoding="utf-8"))["data"]["class"] == "limited_data_set"


def test_questions_left_open_are_named(tmp_path):
    """A dash everywhere: a whole mapping, what is open is named with its place, exit code 2 as the files hold dates without a class."""
    extract.write(tmp_path)
    terminal = Terminal("start", tmp_path)
    asked = terminal.answer(dict.fromkeys(("kind of data", "which day", "what is"), "-"))
    terminal.child.close()
    assert len(asked) == 3 + len(extract.UNKNOWN)
    assert "left open: [data] class" in terminal.text and 'left open: [codes.discharge_reason] "ADMIN DC"' in terminal.text
    assert terminal.child.exitstatus == EXIT_USAGE and "dates_not_allowed" in terminal.text
    text = (tmp_path / "mapping.toml").read_text(encoding="utf-8")
    assert tomllib.loads(text)["codes"]["discharge_reason"]["AMA"] == "dropped_out" and "# to finish: [data] class" in text
    assert "class" not in tomllib.loads(text)["data"]


def test_files_taken_for_the_wrong_table_are_chosen_by_hand(tmp_path):
    """No at the first question: each table is asked for, and a file that is chosen is read as it."""
    extract.write(tmp_path)
    (tmp_path / "readmissions 2023.csv").write_text("Pt Ref,Readmit Dt,Event Type\nHB00001,01/01/2025,ED Visit\n")
    terminal = Terminal("start", tmp_path)
    none = dict.fromkeys(("holds sessions", "holds contacts"), "none of them")
    answers = {"holds episodes": "", "holds scores": "", "holds events": "Readmit List.csv", **none}
    asked = terminal.answer({"recognised": "no", **answers, **ANSWERS})
    assert len([question for question in asked if "Which file holds" in question]) == len(answers)
    tables = tomllib.loads((tmp_path / "mapping.toml").read_text(encoding="utf-8"))["tables"]
    assert tables == {"episodes": f"{extract.BOOK}#{extract.SHEET}", "scores": "outcome_surveys_2025.csv", "events": "Readmit List.csv"}


def test_a_column_of_dates_is_no_number_of_days(tmp_path):
    """Asked for the stay, a person names the column of the last day: it is read as that."""
    rows = [["Enc", "Prog", "DC Dispo", "Admit Dt", "Zuletzt"]]
    rows += [[f"E{i}", "MH", "completed", f"01/{10 + i}/2024", f"03/{10 + i}/2024"] for i in range(15)]
    (tmp_path / "admissions.csv").write_text(sites.text(rows), encoding="utf-8")
    terminal = Terminal("start", tmp_path)
    terminal.answer({"which column is los_days": "zuletzt"})
    assert tomllib.loads((tmp_path / "mapping.toml").read_text())["columns"]["episodes"]["discharge_date"] == "Zuletzt"
    assert terminal.ended() == EXIT_DONE and "Next: iop-outcomes report" in terminal.text


def test_letters_and_dates_that_may_be_two_things(tmp_path):
    """An encoding, a separator, and days of which none is above 12: the reason is said, Enter decides no date, and the mapping loads."""
    rows = [["Enc", "Prog", "DC Dispo", "Admit Dt", "DC Dt"]]
    rows += [[f"E{i}", "Thérapie", "completed", f"0{1 + i % 4}/0{1 + i % 9}/2024", f"1{i % 3}/0{1 + i % 9}/2024"] for i in range(40)]
    (tmp_path / "admissions.csv").write_bytes(sites.text(rows, ";").encode("windows-1252"))
    terminal = Terminal("start", tmp_path)
    asked = terminal.answer({"kind of data": "synthetic", "dates of": "2"})
    assert any("Every value fits MM/DD/YYYY and DD/MM/YYYY, because no day is above 12" in question for question in asked)
    assert any("in which encoding" in question and "1 windows-1252" in question for question in asked)
    assert terminal.ended() == EXIT_DONE
    given = tomllib.loads((tmp_path / "mapping.toml").read_text(encoding="utf-8"))
    known = {"known_words": ["discharge_reason"]}
    assert given["data"] == {"class": "synthetic", "delimiter": ";", "date_format": "DD/MM/YYYY", **known}
    assert given["text"] == {"episodes": {"encoding": "windows-1252"}}
    (tmp_path / "mapping.toml").unlink()
    terminal = Terminal("start", tmp_path)
    terminal.answer({"kind of data": "synthetic"})
    assert "left open: [data] date_format" in terminal.text
    assert "date_format" not in tomllib.loads((tmp_path / "mapping.toml").read_text(encoding="utf-8"))["data"]


def test_tables_of_another_system(tmp_path):
    """OMOP: which codes are tracks, then what their discharge codes mean."""
    omop.write(tmp_path)
    terminal = Terminal("start", tmp_path)
    asked = terminal.answer({"kind of data": "synthetic", "IOP-MH": "mood", "IOP-SUD": "sud", "COMP": "completed"})
    assert ["COMP" in question for question in asked][-1]
    given = tomllib.loads((tmp_path / "mapping.toml").read_text(encoding="utf-8"))
    assert given["data"]["layout"] == "omop" and given["adapter"] == {"tracks": {"IOP-MH": "mood", "IOP-SUD": "sud"}}
    assert given["codes"] == {"discharge_reason": {"COMP": "completed"}}


# -- where nothing is written ----------------------------------------------------------------------------------------------


def only(folder):
    """The names in a folder."""
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize(("key", "code", "words"), [("d", EXIT_FINDINGS, "The input ended"), ("c", EXIT_INTERRUPTED, "Interrupted.")])
@pytest.mark.parametrize("answered", [0, 3])
def test_the_end_of_the_input_and_control_c(tmp_path, key, code, words, answered):
    """At the first question and later: words, the exit code, and not one file more."""
    extract.write(tmp_path)
    before = only(tmp_path)
    terminal = Terminal("start", tmp_path)
    for _ in range(answered):
        terminal.question()
        terminal.type("")
    terminal.question()
    terminal.child.sendcontrol(key)
    assert terminal.ended() == code
    assert f"{words} " in terminal.text and "Nothing was written. Run it again: iop-outcomes start" in terminal.text
    assert only(tmp_path) == before and "Traceback" not in terminal.text


def test_without_a_terminal_the_questions_are_printed(tmp_path, capsys):
    """Each with where its answer stands in a mapping, and the next command; nothing is written; exit code 1."""
    extract.write(tmp_path)
    before = only(tmp_path)
    assert run(["start", str(tmp_path)]) == EXIT_FINDINGS
    out = capsys.readouterr().out
    assert "This is no terminal" in out and '1. These tables were recognised: episodes are "Harbor Census.xlsx#Adm and DC"' in out
    assert 'In mapping.toml: [data] class = "limited_data_set"' in out
    assert 'In mapping.toml: [codes.discharge_reason] "PHP ADM" = "..."' in out
    assert f"iop-outcomes map {tmp_path} --output {tmp_path / 'mapping.toml'}" in out
    assert only(tmp_path) == before


def test_without_a_terminal_a_finished_mapping_is_checked(tmp_path, capsys):
    """Nothing is left to ask: the check, and the command that makes the report."""
    folder = sites.write(tmp_path / "good")
    assert run(["start", str(folder)]) == EXIT_DONE
    out = capsys.readouterr().out
    assert "episodes: 0 of 24 rows would be left out; 24 remain" in out and out.endswith(f"Next: iop-outcomes report {folder}\n")


def test_an_earlier_mapping_is_never_lost(tmp_path):
    """Stop leaves it; anew keeps it under another name; what is no TOML is not read."""
    folder = sites.write(tmp_path / "good", mapping='# mine\n[data]\nclass = "synthetic"\n')
    mine = (folder / "mapping.toml").read_bytes()
    terminal = Terminal("start", folder)
    terminal.answer({"stands there already": "stop"})
    assert terminal.ended() == EXIT_DONE and (folder / "mapping.toml").read_bytes() == mine
    terminal = Terminal("start", folder)
    terminal.answer({"stands there already": "anew"})
    assert (folder / "mapping.old1.toml").read_bytes() == mine
    assert tomllib.loads((folder / "mapping.toml").read_text())["data"]["class"] == "safe_harbor"
    (folder / "mapping.toml").write_text("no toml [")
    terminal = Terminal("start", folder)
    assert "not valid TOML" in (asked := terminal.question()) and "1 anew; 2 stop" in asked
    terminal.type("")
    assert terminal.ended() == EXIT_DONE and (folder / "mapping.toml").read_text() == "no toml ["


def test_where_the_mapping_cannot_be_written_the_answers_are_not_lost(tmp_path, monkeypatch, capsys):
    """A read-only folder: exit code 4, the mapping on the terminal, and nothing half-written."""
    from iop_outcomes.cli import start as cli_start

    folder = sites.write(tmp_path / "good", mapping=None)
    before = only(folder)
    monkeypatch.setattr(cli_start, "_is_terminal", lambda: True)
    monkeypatch.setattr(cli_start, "_typed_line", lambda: "")

    def read_only(*_args, **_kwargs):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("iop_outcomes.reporting.files._make_folder", read_only)
    assert run(["start", str(folder)]) == EXIT_OUTPUT
    shown = capsys.readouterr()
    assert 'data.class = "safe_harbor"' in shown.out and "Read-only file system" in shown.err
    assert only(folder) == before


@pytest.mark.parametrize("name", ["nowhere", "empty"])
def test_a_folder_without_tables(tmp_path, name, capsys):
    """Refused as every other command refuses it."""
    (tmp_path / "empty").mkdir()
    assert run(["start", str(tmp_path / name)]) == EXIT_USAGE
    assert ("no_such_file" if name == "nowhere" else "no_table") in capsys.readouterr().err


def test_files_that_leave_no_question_say_so(tmp_path, capsys):
    """Columns called as ours, and no dates: the next command is map, and nothing is left to a person."""
    (tmp_path / "episodes.csv").write_text("episode_id,track,discharge_reason,los_days\nE1,a,completed,9\n", encoding="utf-8")
    assert run(["start", str(tmp_path)]) == EXIT_DONE
    shown = capsys.readouterr().out
    assert "No question is open. Next: iop-outcomes map" in shown and "must decide" not in shown
