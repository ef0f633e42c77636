"""90 kinds of hostile input: each gives the stated outcome and exit code, no traceback, and an untouched folder of output."""

import hashlib
import os
import re
import subprocess
import sys

import pytest

import iop_outcomes as iop
from iop_outcomes.cli import run
from iop_outcomes.errors import EXIT_DONE, EXIT_FINDINGS, EXIT_OUTPUT, EXIT_USAGE
from iop_outcomes.intake import files, preflight
from iop_outcomes.reporting.files import LOCK
from tests.intake import hostile, sites
from tests.intake.hostile_more import MORE
from tests.intake.hostile_rows import VALUES

HOSTILE = [*hostile.FILES, *VALUES, *MORE]
REFUSED = [item for item in HOSTILE if item.says]
ACCEPTED = [item for item in HOSTILE if not item.says]
SYSTEM = {82}  # tested below, and in tests/reporting/test_killed.py
STATEMENT = re.compile(r"^error: (?P<place>.+?): ((?P<column>[^:]+): )?(?P<rule>[a-z_0-9]+): .{30,}$", re.DOTALL)
IN_A_PROCESS = ("a pipe", "UTF-16", "a name that is no text", "a file of a terabyte", "a script as a label")


def _standing(folder):
    """Names and fingerprints of everything under a folder; pipes, links and huge files by their names."""
    kept = {}
    for path in sorted(folder.rglob("*")):
        small = path.is_file() and not path.is_symlink() and path.stat().st_size < 1 << 30
        kept[str(path)] = hashlib.sha256(path.read_bytes()).hexdigest() if small else "stands"
    return kept


@pytest.fixture
def out(tmp_path):
    """A folder in which an earlier report stands."""
    folder = tmp_path / "out"
    folder.mkdir()
    for name in ("program_quality.html", "program_quality.csv", "program_quality.json"):
        (folder / name).write_bytes(b"an earlier report")
    return folder


def _command(item, data, out):
    return item.command(data, out) if item.command else ["report", str(data), "-o", str(out), "--by", "track"]


def _is_one_clear_refusal(item, shown):
    assert "Traceback" not in shown and "internal error" not in shown
    assert shown.startswith("error: ") or item.command, shown
    assert item.says in shown, shown
    assert item.secret not in shown
    assert len(shown) < 2_000
    assert "\x1b" not in shown and shown.endswith("\n")
    if item.place:
        found = STATEMENT.match(shown)
        assert found, shown
        assert found["place"] == item.place
        if item.column:
            assert found["column"] == item.column


def test_every_number_of_the_list_is_here():
    """90 numbers, each with an input of its own."""
    assert {item.number for item in HOSTILE} | SYSTEM == set(range(1, 91)) and len(MORE) >= 60
    assert len({str(item) for item in HOSTILE}) == len(HOSTILE)


@pytest.mark.parametrize("item", REFUSED, ids=str)
def test_what_is_refused(tmp_path, capsys, out, item):
    """Exit code 2, one clear line without a value of a patient, and neither data nor earlier report changed by a byte."""
    data = item.build(tmp_path / "data")
    before = _standing(tmp_path)
    assert run(_command(item, data, out)) == EXIT_USAGE
    shown = capsys.readouterr()
    assert shown.out == ""
    _is_one_clear_refusal(item, shown.err)
    assert _standing(tmp_path) == before


@pytest.mark.parametrize("item", [item for item in ACCEPTED if not item.page], ids=str)
def test_what_is_accepted(tmp_path, capsys, item):
    """Loaded without an error, counted to the last row, with the note it deserves, and the data are left as they were."""
    data = item.build(tmp_path / "data")
    before = _standing(tmp_path)
    with iop.load(data) as loaded:
        assert all(flow.used + flow.excluded.get("exact copy", 0) == flow.rows_in for flow in loaded.flow)
        assert not [finding for finding in loaded.findings if finding.severity == "error"]
        assert not item.note or item.note in {finding.rule for finding in loaded.findings}
        assert item.holds is None or item.holds(loaded)
    left_out = item.note == "exact_copy"
    assert run(["summary", str(data), "--by", "track"]) == (EXIT_FINDINGS if left_out else EXIT_DONE)
    assert capsys.readouterr().err == ("excluded: episodes: 1 of 25 rows (1 exact copy)\n" if left_out else "")
    assert _standing(tmp_path) == before


@pytest.mark.parametrize("item", [item for item in ACCEPTED if item.page], ids=str)
def test_what_is_shown(tmp_path, capsys, out, item):
    """The report is made, nothing of the input acts in it, and nothing is written beside its files."""
    data = item.build(tmp_path / "data")
    before = {path for path in tmp_path.rglob("*") if out not in path.parents}
    assert run(_command(item, data, out)) == EXIT_DONE
    assert capsys.readouterr().err == ""
    assert {path for path in tmp_path.rglob("*") if out not in path.parents} == before
    assert sorted(path.suffix for path in out.iterdir()) == [".csv", ".html", ".html", ".json"]
    assert item.page(out)


def test_columns_in_another_order_give_the_same_numbers(tmp_path, capsys):
    """11: columns are told by their names alone."""
    shown = []
    for name, rows in (("usual", sites.episodes()), ("turned", [row[::-1] for row in sites.episodes()])):
        assert run(["summary", str(hostile.site(episodes=rows)(tmp_path / name)), "--by", "track", "--csv"]) == EXIT_DONE
        shown.append(capsys.readouterr().out)
    assert shown[0] == shown[1] and shown[0].count("\n") > 2


@pytest.mark.parametrize("name", IN_A_PROCESS)
def test_in_a_process_of_its_own(tmp_path, out, name):
    """The same in a real process, which ends by itself: a pipe that nobody writes into keeps nobody waiting."""
    item = next(item for item in HOSTILE if item.name == name)
    data = item.build(tmp_path / "data")
    before = _standing(tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "iop_outcomes", *_command(item, data, out)], capture_output=True, text=True, check=False, timeout=600
    )
    if item.says:
        assert (done.returncode, done.stdout) == (EXIT_USAGE, "")
        _is_one_clear_refusal(item, done.stderr)
        assert _standing(tmp_path) == before
    else:
        assert (done.returncode, done.stderr) == (EXIT_DONE, "")
        assert item.page(out)


@pytest.mark.parametrize("mapping", ["pipe", "device", "folder"])
def test_a_mapping_that_is_no_file_keeps_nobody_waiting(tmp_path, capsys, out, mapping):
    """A pipe or a device given as the mapping is refused before it is opened."""
    data = hostile.site()(tmp_path / "data")
    path = {"pipe": tmp_path / "pipe", "device": "/dev/zero", "folder": tmp_path / "data"}[mapping]
    if mapping == "pipe":
        os.mkfifo(path)
    before = _standing(tmp_path)
    assert run(["report", str(data), "-o", str(out), "--mapping", str(path)]) == EXIT_USAGE
    shown = capsys.readouterr()
    assert shown.out == "" and "Traceback" not in shown.err and "internal" not in shown.err
    assert _standing(tmp_path) == before


@pytest.mark.parametrize("name", ["episodes.csv", "episodes.parquet"])
def test_a_file_that_may_not_be_read(tmp_path, capsys, out, monkeypatch, name):
    """Permission denied, simulated because it means nothing to root: one line that says so."""
    data = hostile.site()(tmp_path / "data") if name.endswith("csv") else hostile.parquet()(tmp_path / "data")
    opened = files.Path.open

    def refuse(path, *arguments, **options):
        if path.name == name:
            raise PermissionError(13, "Permission denied")
        return opened(path, *arguments, **options)

    before = _standing(tmp_path)
    monkeypatch.setattr(files.Path, "open", refuse)
    assert run(["report", str(data), "-o", str(out)]) == EXIT_USAGE
    monkeypatch.undo()
    assert f"{name}: unreadable: the file cannot be read (Permission denied)" in capsys.readouterr().err
    assert _standing(tmp_path) == before


@pytest.mark.parametrize("place", range(-3, 4))
@pytest.mark.parametrize("letter", ["é", "Ω", "😀"])
def test_letters_that_a_block_cuts_in_two(tmp_path, monkeypatch, letter, place):
    """A letter of two to four bytes on the seam of two blocks is read as one, and the bytes after it keep their place."""
    monkeypatch.setattr(preflight, "BLOCK_BYTES", 64)
    text = "x" * (64 + place) + letter + "\n" + letter * 40
    path = tmp_path / "a.csv"
    path.write_bytes(text.encode())
    assert preflight.read_through(path).sha256 == hashlib.sha256(text.encode()).hexdigest()
    path.write_bytes(text.encode() + b"\n\xff")
    with pytest.raises(iop.DataError, match=rf"a\.csv:3: not_utf8: byte {len(text.encode()) + 1:,} "):
        preflight.read_through(path)


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("place", range(60, 68))
def test_blank_lines_on_a_seam(tmp_path, monkeypatch, ends, place):
    """Two line ends beside each other are seen wherever blocks part; single ones are not mistaken for two."""
    monkeypatch.setattr(preflight, "BLOCK_BYTES", 64)
    path = tmp_path / "a.csv"
    path.write_bytes(("x" * place + ends * 2 + "y").encode())
    assert preflight.read_through(path).blank_lines
    path.write_bytes(("x" * place + ends + "y" + ends + "z" * 70 + ends).encode())
    assert not preflight.read_through(path).blank_lines


# -- 82: the machine -------------------------------------------------------------------------------------------------------


def test_two_runs_at_once(tmp_path, capsys, out):
    """While another run holds the folder: exit code 4, words that say so, and nothing changed; afterwards it works."""
    from iop_outcomes.reporting.files import _alone_in

    data = hostile.site()(tmp_path / "data")
    staging = tmp_path / "staging"
    staging.mkdir()
    with _alone_in(out, staging):
        before = _standing(tmp_path)
        assert run(["report", str(data), "-o", str(out)]) == EXIT_OUTPUT
        shown = capsys.readouterr()
        assert shown.out == "" and "another run is writing into this folder" in shown.err and LOCK in shown.err
        assert _standing(tmp_path) == before
    assert run(["report", str(data), "-o", str(out)]) == EXIT_DONE
    capsys.readouterr()


@pytest.mark.parametrize("output", ["x" * 300, "data/episodes.csv", os.fsdecode(b"\xff")])
def test_outputs_that_cannot_be(tmp_path, capsys, output):
    """Too long a name, a file in the place of the folder, names that are no text: exit code 4 and one line."""
    data = hostile.site()(tmp_path / "data")
    before = _standing(tmp_path)
    assert run(["report", str(data), "-o", f"{tmp_path}/{output}"]) == EXIT_OUTPUT
    shown = capsys.readouterr()
    assert shown.out == "" and shown.err.startswith("error: ") and "Traceback" not in shown.err
    assert _standing(tmp_path) == before


def test_language_and_time_zone_are_never_read(tmp_path):
    """The C locale and a time zone a day ahead: the same bytes, the same words."""
    data = sites.write(tmp_path / "data", episodes=sites.dated(), scores=None, events=None, mapping=sites.DATED)
    found = []
    for name, setting in {"plain": {}, "c": {"LC_ALL": "C", "LANG": "C", "TZ": "Pacific/Kiritimati"}}.items():
        folder = tmp_path / name
        command = [sys.executable, "-m", "iop_outcomes", "report", str(data), "-o", str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600, env={**os.environ, **setting})
        assert (done.returncode, done.stderr) == (EXIT_DONE, "")
        found.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert found[0] == found[1]
