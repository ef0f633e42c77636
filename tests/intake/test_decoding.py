"""Text as it comes: one program through every door of text is one program, and what is no text is refused with words."""

import gzip
import json
import os
import re
import zlib
from pathlib import Path
from tempfile import gettempdir

import duckdb
import pytest

import iop_outcomes as iop
from iop_outcomes.cli import run
from iop_outcomes.columns import Column, FirstEvent, ScoreAt
from iop_outcomes.errors import EXIT_DONE, EXIT_FINDINGS, EXIT_USAGE, DataError
from iop_outcomes.intake import decoding
from iop_outcomes.intake.propose import propose
from iop_outcomes.intake.text_settings import ENCODINGS
from tests.adapters.prepared import cells
from tests.intake import sites

SECRET = "Zq7secret"
REQUESTS = [
    [Column("track"), Column("discharge_reason"), Column("los_days")],
    [Column("discharge_quarter"), Column("admit_month")],
    [Column("track"), ScoreAt("gad7", "admit"), ScoreAt("gad7", "discharge")],
    [FirstEvent("relapse", ("relapse",))],
]
NO_EVENTS = sites.text([sites.events()[0], ["e01", "relapse", "70", "", "0"]])


def dated(track="mood"):
    """The dated program, one track called otherwise."""
    rows = sites.dated()
    for row in rows[1:]:
        row[1] = track if row[1] == "mood" else row[1]
    return rows


def us(rows):
    """The same with dates as they are written in the US."""
    return [rows[0], *([*row[:3], *(f"{int(day[5:7])}/{int(day[8:])}/{day[:4]}" for day in row[3:5]), *row[5:]] for row in rows[1:])]


def folder_of(tmp_path, files, mapping=""):
    """A folder of files, by their paths in it; scores and events as they always are."""
    folder = tmp_path / "data"
    for name, content in {"scores.csv": sites.text(sites.scores()), "events.csv": NO_EVENTS, **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    data, mark, rest = mapping.partition("[")
    (folder / "mapping.toml").write_text(f"{sites.DATED}{data}\n{mark}{rest}")
    return folder


def counted(path):
    """Every cell of the prepared tables, what a program counts, and what became of its rows."""
    with iop.load(path) as data:
        return cells(data), [list(data.count(requests)) for requests in REQUESTS], [str(flow) for flow in data.flow]


def refusal(path, capsys):
    """The one message of a refusal, with nothing left behind."""
    before = _private()
    inside = sorted(str(each) for each in path.rglob("*")) if path.is_dir() else []
    assert run(["check", str(path)]) == EXIT_USAGE
    shown = capsys.readouterr()
    text = shown.out + shown.err
    assert "Traceback" not in text and "internal error" not in text and SECRET not in text
    assert len(text) < 3_000
    assert _private() == before
    assert (sorted(str(each) for each in path.rglob("*")) if path.is_dir() else []) == inside
    return text


def _private():
    return {path.name for path in Path(gettempdir()).glob(f"iop-outcomes-{os.getpid()}-*")}


def parts(rows, n, name="part-{:05}.csv"):
    """The rows in so many parts, each with the header."""
    return {name.format(number): sites.text([rows[0], *rows[1 + number :: n]]) for number in range(n)}


def ordered(rows, n):
    """The rows in parts that follow each other."""
    size = -(-(len(rows) - 1) // n)
    return {f"part-{number:05}.csv": sites.text([rows[0], *rows[1 + number * size : 1 + (number + 1) * size]]) for number in range(n)}


def _under(folder, files):
    return {f"{folder}/{name}": content for name, content in files.items()}


def parquet(rows):
    """Rows as the bytes of a Parquet file, all text."""
    path = Path(gettempdir()) / f"test-{os.getpid()}.parquet"
    cells = ", ".join(f"unnest(?) AS {name}" for name in rows[0])
    duckdb.execute(f"COPY (SELECT {cells}) TO '{path}' (FORMAT parquet)", [list(column) for column in zip(*rows[1:], strict=True)])
    content = path.read_bytes()
    path.unlink()
    return content


def qualtrics(rows):
    """The rows below three header rows, the second with a line end in a question."""
    questions = [f"Question, {name}\nwith a second line" for name in rows[0]]
    return [rows[0], questions, [json.dumps({"ImportId": name}) for name in rows[0]], *rows[1:]]


def surveymonkey(rows):
    """The rows below two header rows: groups of columns with their names in the second."""
    first = [rows[0][0], "Program", "", *rows[0][3:]]
    return [first, ["", rows[0][1], rows[0][2], *["Open-Ended Response"] * len(rows[0][3:])], *rows[1:]]


E16 = "Übergang"
DOORS = {
    "MM/DD/YYYY": lambda rows: ({"episodes.csv": sites.text(us(rows))}, 'date_format = "MM/DD/YYYY"'),
    "gz": lambda rows: ({"episodes.csv.gz": gzip.compress(sites.text(rows).encode())}, ""),
    "gz with its mark": lambda rows: ({"episodes.csv.gz": gzip.compress(sites.text(rows).encode("utf-8-sig"))}, ""),
    "gz in several members": lambda rows: (
        {"episodes.csv.gz": b"".join(gzip.compress(line.encode()) for line in sites.text(rows).splitlines(keepends=True))},
        "",
    ),
    "windows-1252": lambda rows: ({"episodes.csv": sites.text(rows).encode("cp1252")}, '[text.episodes]\nencoding = "Windows-1252"'),
    "windows-1252 in gz": lambda rows: (
        {"episodes.csv.gz": gzip.compress(sites.text(rows).encode("cp1252"))},
        '[text.episodes]\nencoding = "cp1252"',
    ),
    "utf-16": lambda rows: ({"episodes.csv": sites.text(rows).encode("utf-16")}, '[text.episodes]\nencoding = "UTF-16"'),
    "utf-16-be without its mark": lambda rows: (
        {"episodes.csv": sites.text(rows).encode("utf-16-be")},
        '[text.episodes]\nencoding = "utf-16-be"',
    ),
    "utf-16 with tabs": lambda rows: (
        {"episodes.csv": sites.text(rows, "\t").encode("utf-16")},
        '[text.episodes]\nencoding = "utf-16"\ndelimiter = "\\t"',
    ),
    "parts": lambda rows: (_under("episodes.csv", {**ordered(rows, 3), "_SUCCESS": "", ".part-00000.csv.crc": "x"}), ""),
    "parts in a bare folder": lambda rows: (_under("episodes", ordered(rows, 4)), ""),
    "parts, one without rows": lambda rows: (_under("episodes", {**ordered(rows, 2), "part-00009.csv": sites.text(rows[:1])}), ""),
    "parts, one without a byte": lambda rows: (_under("episodes", {**ordered(rows, 2), "part-00009.csv": ""}), ""),
    "parts in gz": lambda rows: (
        _under("episodes", {f"{name}.gz": gzip.compress(text.encode()) for name, text in ordered(rows, 2).items()}),
        "",
    ),
    "parts in Parquet": lambda rows: (
        _under(
            "episodes.parquet", {"part-0.parquet": parquet(rows[:12]), "part-1.parquet": parquet([rows[0], *rows[12:]]), "_SUCCESS": ""}
        ),
        "",
    ),
    "parts named in the mapping": lambda rows: (_under("export", ordered(rows, 3)), '[tables]\nepisodes = "export"'),
    "a preamble": lambda rows: ({"episodes.csv": "Report\n\n" + sites.text(rows)}, "[text.episodes]\nskip_rows = 2"),
    "Qualtrics": lambda rows: ({"episodes.csv": sites.text(qualtrics(rows))}, ""),
    "Qualtrics, declared": lambda rows: ({"episodes.csv": sites.text(qualtrics(rows))}, "[text.episodes]\nheader_rows = 3"),
    "SurveyMonkey": lambda rows: ({"episodes.csv": sites.text(surveymonkey(rows))}, "[text.episodes]\nheader_rows = 2"),
}


@pytest.mark.parametrize("name", DOORS)
def test_one_program_through_every_door(tmp_path, name):
    """The same counts and the same flow as the plain CSV in ISO dates, whatever the text looks like."""
    rows = dated(E16)
    files, mapping = DOORS[name](rows)
    expected = counted(folder_of(tmp_path / "iso", {"episodes.csv": sites.text(rows)}))
    assert len(expected[0]["episodes"][1]) == 24
    before = _private()
    assert counted(folder_of(tmp_path / "other", files, mapping)) == expected
    assert _private() == before


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_encoding_of_the_list(tmp_path, encoding):
    """A label in letters that the encoding has comes out as it went in."""
    letters = next(word for word in ("Übergang", "Żółw", "Привет", "Ωμέγα", "שלום", "سلام", "สวัสดี", "plain") if _fits(word, encoding))
    path = folder_of(tmp_path, {"episodes.csv": sites.text(dated(letters)).encode(encoding)}, f'[text.episodes]\nencoding = "{encoding}"')
    with iop.load(path) as data:
        assert data.count([Column("track")]).levels("track") == tuple(sorted((letters, "trauma")))


def _fits(word, encoding):
    try:
        return bool(word.encode(encoding))
    except UnicodeEncodeError:
        return False


def test_settings_for_every_table(tmp_path):
    """[text] holds for all tables, and a table's own section in its place."""
    files = {
        "episodes.csv": sites.text(dated("Übergang"), ";").encode("cp1252"),
        "scores.csv": sites.text(sites.scores(), "|"),
        "events.csv": NO_EVENTS.replace(",", ";"),
    }
    path = folder_of(
        tmp_path, files, '[text]\nencoding = "windows-1252"\ndelimiter = ";"\n[text.scores]\ndelimiter = "|"\nencoding = "utf-8"'
    )
    assert counted(path) == counted(folder_of(tmp_path / "iso", {"episodes.csv": sites.text(dated("Übergang"))}))


def test_a_comma_before_the_tenths(tmp_path):
    """15,0 is 15; a point, which may stand before thousands, is no number there."""
    rows = sites.episodes()
    comma = [rows[0], *([*row[:3], f"{row[3]},0", *row[4:]] for row in rows[1:])]
    mapping = '[text.episodes]\ndecimal = ","\ndelimiter = ";"'
    with iop.load(folder_of(tmp_path / "a", {"episodes.csv": sites.text(comma, ";")}, mapping)) as data:
        assert sorted(data.count([Column("los_days")]).levels("los_days")) == list(range(20, 44))
    path = folder_of(tmp_path / "b", {"episodes.csv": sites.text(sites.planted(comma, 4, "los_days", "1.000"), ";")}, mapping)
    with pytest.raises(DataError, match=r"episodes\.csv:5: los_days: not_whole_number"):
        iop.load(path)


# -- where faults stand -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "place"),
    {
        "gz": "episodes.csv.gz:5",
        "windows-1252": "episodes.csv:5",
        "utf-16": "episodes.csv:5",
        "a preamble": "episodes.csv:7",
        "Qualtrics": "episodes.csv:12",  # six of the nine lines above it are those of questions in two lines
        "SurveyMonkey": "episodes.csv:6",
        "parts": "part-00000.csv:5",
        "parts in gz": "part-00000.csv.gz:5",
        "parts in Parquet": "part-0.parquet:4",
    }.items(),
)
def test_a_fault_is_named_where_it_stands(tmp_path, capsys, name, place):
    """The line of the file that the person has, not of the copy."""
    rows = sites.planted(dated(), 4, "discharge_date", SECRET)
    if name == "Qualtrics":
        text = sites.text(qualtrics(rows)).splitlines()
        place = f"episodes.csv:{1 + next(at for at, line in enumerate(text) if SECRET in line)}"
    files, mapping = DOORS[name](rows)
    assert f"error: {place}: discharge_date: invalid_date" in refusal(folder_of(tmp_path, files, mapping), capsys)


def test_a_broken_line_of_a_part(tmp_path, capsys):
    """A line with too many fields is named in its part, and is counted where it is left out."""
    files = ordered(dated(), 3)
    files["part-00001.csv"] = files["part-00001.csv"].replace("e10,mood", f"e10,{SECRET},{SECRET},mood")
    path = folder_of(tmp_path, _under("episodes", files))
    assert "error: part-00001.csv:4: too_many_columns" in refusal(path, capsys)
    with iop.load(path, on_error="exclude") as data:
        assert "24 in = 23 used + 1 lines that cannot be read" in str(data.flow[0])


def test_copies_in_two_parts(tmp_path):
    """A row that stands in two parts is kept once, and named in the second."""
    files = ordered(dated(), 2)
    files["part-00001.csv"] += files["part-00000.csv"].splitlines()[1] + "\n"
    with iop.load(folder_of(tmp_path, _under("episodes", files))) as data:
        copy = next(finding for finding in data.findings if finding.rule == "exact_copy")
    assert (copy.file, copy.lines) == ("part-00001.csv", (14,))


def test_header_rows_that_are_recognised_are_said(tmp_path, capsys):
    """Check says that three header rows were found."""
    path = folder_of(tmp_path, {"episodes.csv": sites.text(qualtrics(dated()))})
    assert run(["check", str(path)]) in (EXIT_DONE, EXIT_FINDINGS)
    assert "3 header rows, as Qualtrics writes them, are recognised" in capsys.readouterr().out


def test_map_reads_packed_files(tmp_path):
    """The proposal names the file as it is called."""
    path = folder_of(tmp_path, {"cohort.csv.gz": gzip.compress(sites.text(us(dated())).encode())})
    text = propose(path).text
    assert 'episodes = "cohort.csv.gz"' in text and 'date_format = "MM/DD/YYYY"' in text


# -- hostile ---------------------------------------------------------------------------------------------------------

GOOD = sites.text(dated())
W1252 = '[text.episodes]\nencoding = "windows-1252"'
UTF16 = '[text.episodes]\nencoding = "utf-16"'
BOMB = zlib.compressobj(9, zlib.DEFLATED, 31)
BOMB = BOMB.compress(GOOD.encode() + b"e,mood,completed,2024-01-01,2024-03-01,60\n" * 4_000_000) + BOMB.flush()
HOSTILE = {
    "a bomb": ({"episodes.csv.gz": BOMB}, "", "file_too_large"),
    "a bomb of zeros": ({"episodes.csv.gz": gzip.compress(bytes(80 << 20), 9)}, "", "file_too_large"),
    "a gz cut off": ({"episodes.csv.gz": gzip.compress(GOOD.encode())[:-20]}, "", "not_gzip"),
    "a gz without its last bytes": ({"episodes.csv.gz": gzip.compress(GOOD.encode())[:-4]}, "", "not_gzip"),
    "a gz with another sum": ({"episodes.csv.gz": gzip.compress(GOOD.encode())[:-8] + bytes(8)}, "", "not_gzip"),
    "a gz with something behind it": ({"episodes.csv.gz": gzip.compress(GOOD.encode()) + SECRET.encode()}, "", "not_gzip"),
    "a gz in a gz": ({"episodes.csv.gz": gzip.compress(gzip.compress(GOOD.encode()))}, "", "content is gzip"),
    "a gz of another method": ({"episodes.csv.gz": b"\x1f\x8b\x07" + GOOD.encode()}, "", "not_gzip"),
    "nothing, called gz": ({"episodes.csv.gz": b""}, "", "empty_file"),
    "a Parquet file in a gz": ({"episodes.csv.gz": gzip.compress(parquet(dated()))}, "", "content is Parquet"),
    "a workbook in a gz": ({"episodes.csv.gz": gzip.compress(b"PK\x03\x04" + bytes(90))}, "", "content is zip or xlsx"),
    "NUL in a gz": ({"episodes.csv.gz": gzip.compress(GOOD.replace("e05", f"{SECRET}\0").encode())}, "", "control_character"),
    "a gz that is Windows-1252": ({"episodes.csv.gz": gzip.compress(GOOD.replace("e05", f"{SECRET}é").encode("cp1252"))}, "", "not_utf8"),
    "UTF-8 declared as Windows-1252": ({"episodes.csv": GOOD.replace("e05", f"{SECRET}é")}, W1252, "the whole file is UTF-8"),
    "a byte that Windows-1252 has not": (
        {"episodes.csv": GOOD.encode().replace(b"e05", b"Zq7secret\x81")},
        W1252,
        "episodes.csv:7: wrong_encoding",
    ),
    "Windows-1252 declared as ISO-8859-1": (
        {"episodes.csv": GOOD.replace("e05", f"{SECRET}–").encode("cp1252")},
        W1252.replace("windows-1252", "iso-8859-1"),
        "episodes.csv:7: wrong_encoding",
    ),
    "NUL in Windows-1252": (
        {"episodes.csv": GOOD.replace("e05", f"{SECRET}\0é").encode("cp1252")},
        W1252,
        "episodes.csv:7: wrong_encoding",
    ),
    "the mark of UTF-8 beside Windows-1252": ({"episodes.csv": GOOD.encode("utf-8-sig")}, W1252, "begins with the mark of utf-8"),
    "the mark of UTF-16 beside Windows-1252": ({"episodes.csv": GOOD.encode("utf-16")}, W1252, "begins with the mark of utf-16-le"),
    "UTF-16 without its mark": ({"episodes.csv": GOOD.encode("utf-16-le")}, UTF16, "the mark that says in which order is missing"),
    "UTF-16 in the other order": (
        {"episodes.csv": "\ufeff".encode("utf-16-be") + GOOD.encode("utf-16-be")},
        UTF16.replace("utf-16", "utf-16-le"),
        "begins with the mark of utf-16-be",
    ),
    "half a letter of UTF-16": ({"episodes.csv": GOOD.encode("utf-16") + b"x"}, UTF16, "wrong_encoding"),
    "UTF-8 declared as UTF-16": ({"episodes.csv": GOOD}, UTF16, "wrong_encoding"),
    "an undeclared UTF-16": ({"episodes.csv": GOOD.encode("utf-16")}, "", 'encoding = "utf-16"'),
    "an undeclared Windows-1252": ({"episodes.csv": GOOD.replace("e05", f"{SECRET}é").encode("cp1252")}, "", 'encoding = "windows-1252"'),
    "an encoding outside the list": ({"episodes.csv": GOOD}, W1252.replace("windows-1252", "rot13"), "is not allowed"),
    "an encoding that is a path": ({"episodes.csv": GOOD}, W1252.replace("windows-1252", "../../x"), "is not allowed"),
    "an encoding that is none": ({"episodes.csv": GOOD}, W1252.replace('"windows-1252"', "1252"), "is not allowed"),
    "a separator of two characters": ({"episodes.csv": GOOD}, '[text.episodes]\ndelimiter = "||"', "is none of the separators"),
    "a decimal mark outside the list": ({"episodes.csv": GOOD}, '[text]\ndecimal = "·"', "is not allowed"),
    "a setting that is none": ({"episodes.csv": GOOD}, "[text.episodes]\nskiprows = 2", 'Did you mean "skip_rows"'),
    "a table that is none": ({"episodes.csv": GOOD}, "[text.episode]\nskip_rows = 2", 'Did you mean "episodes"'),
    "lines to skip below nought": ({"episodes.csv": GOOD}, "[text]\nskip_rows = -1", "whole number from 0 to 100"),
    "no header row": ({"episodes.csv": GOOD}, "[text]\nheader_rows = 0", "whole number from 1 to 100"),
    "more lines to skip than there are": ({"episodes.csv": GOOD}, "[text.episodes]\nskip_rows = 99", "header_rows"),
    "an open quotation mark in the header rows": (
        {"episodes.csv": GOOD.replace("\n", f'\n"{SECRET}', 1)},
        "[text.episodes]\nheader_rows = 2",
        "header_rows",
    ),
    "parts whose headers differ": (
        _under("episodes", {"a.csv": GOOD, "b.csv": GOOD.replace("track", SECRET[:0] + "site", 1)}),
        "",
        "b.csv:1: parts_differ: column 2",
    ),
    "parts in another order": (
        _under("episodes", {"a.csv": GOOD, "b.csv": sites.text([row[::-1] for row in dated()])}),
        "",
        "b.csv:1: parts_differ: column 1",
    ),
    "parts of two kinds": (_under("episodes", {"a.csv": GOOD, "b.parquet": parquet(dated())}), "", "parts of several kinds"),
    "a text among the parts": (_under("episodes", {"a.csv": GOOD, "readme.txt": "x"}), "", "readme.txt: not_a_part"),
    "a folder among the parts": (_under("episodes", {"a.csv": GOOD, "year=2024/b.csv": GOOD}), "", "a folder among the parts"),
    "no part with a row": (_under("episodes", {"a.csv": "", "b.csv": ""}), "", "no part has a row"),
    "a part cut off": (_under("episodes", {"a.csv": GOOD, "b.csv": GOOD[: len(GOOD) // 2]}), "", "b.csv:"),
    "an episode in two parts that differ": (_under("episodes", {"a.csv": GOOD, "b.csv": GOOD.replace(",60", ",61")}), "", "duplicate_id"),
    "a folder and a file of one table": (
        {**_under("episodes.csv", ordered(dated(), 2)), "episodes.parquet": parquet(dated())},
        "",
        "table_twice",
    ),
    "a folder without a part": ({"episodes.csv/_SUCCESS": ""}, "", "not_a_file"),
    "a folder named in the mapping without a part": ({"x/notes.md": ""}, '[tables]\nepisodes = "x"', "not_a_file"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_hostile(tmp_path, capsys, name):
    """Exit 2 with words: what was given, what is allowed; no value, and nothing left behind."""
    files, mapping, says = HOSTILE[name]
    assert says in refusal(folder_of(tmp_path, files, mapping), capsys)


def test_a_link_among_the_parts(tmp_path, capsys):
    """A link in a folder of parts could bring any file in: it is refused, wherever it leads."""
    path = folder_of(tmp_path, _under("episodes", {"a.csv": GOOD}))
    (tmp_path / "other.csv").write_text(GOOD.replace("e0", SECRET))
    (path / "episodes" / "b.csv").symlink_to(tmp_path / "other.csv")
    assert "b.csv: not_a_part: a link among the parts" in refusal(path, capsys)


def test_too_many_parts(tmp_path, capsys, monkeypatch):
    """The limit is said."""
    monkeypatch.setattr("iop_outcomes.intake.parts.MAX_PARTS", 2)
    assert "more than 2 parts" in refusal(folder_of(tmp_path, _under("episodes", ordered(dated(), 3))), capsys)


def test_the_limit_is_that_of_the_stream(tmp_path, monkeypatch):
    """A packed file grows to its limit and not a block further: what is written is bounded."""
    monkeypatch.setattr(decoding, "FEW_BYTES", 1 << 21)
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(bytes(64 << 20), 9))
    read = 0
    with pytest.raises(DataError, match="file_too_large"):
        for block in decoding.blocks_of(path):
            read += len(block)
    assert read <= max(1 << 21, decoding.RATIO * path.stat().st_size) + (1 << 20)


def test_copies_are_private_and_go(tmp_path):
    """The decoded copy stands in the private folder while the data are open, and nowhere afterwards."""
    before = _private()
    with iop.load(folder_of(tmp_path, {"episodes.csv": sites.text(dated("Übergang")).encode("cp1252")}, W1252)):
        (private,) = _private() - before
        assert (Path(gettempdir()) / private).stat().st_mode & 0o77 == 0
        assert re.search("text_episodes", " ".join(map(str, (Path(gettempdir()) / private).rglob("*.csv"))))
    assert _private() == before
