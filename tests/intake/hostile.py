"""Takes nothing, gives hostile files: encodings, structures, formats, and what else may stand where a file is expected."""

import gzip
import io
import os
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from tests.intake import sites

SECRET = "Zq7secret"  # stands for what a patient's row holds
TEXT = sites.text(sites.episodes())
HEAD, BODY = TEXT.split("\n", 1)
BOMB_ROWS = 50_000_000


@dataclass(frozen=True)
class Hostile:
    """One input and what must come of it.

    `build` makes it in an empty folder and gives the path to hand over. `says` is the rule, or the words, of the refusal; an
    input without it is accepted. `place` is the file and the line the message names. `holds` looks at accepted data,
    `page` at the folder of its report.
    """

    number: int
    name: str
    build: Callable[[Path], Path]
    says: str = ""
    place: str = ""
    column: str = ""
    note: str = ""
    secret: str = SECRET
    command: Callable[[Path, Path], list[str]] | None = None
    holds: Callable | None = None
    page: Callable[[Path], bool] | None = None

    def __str__(self):
        return f"{self.number} {self.name}"


def site(*, mapping=sites.SYNTHETIC, **tables):
    """A folder of data with these tables; episodes alone, unless others are given."""
    return lambda folder: sites.write(folder, mapping=mapping, **{"scores": None, "events": None, **tables})


def whole(number, name, content, says="", *, line=None, **more):
    """A fault of the whole file of episodes, or of one line of it."""
    return Hostile(number, name, site(episodes=content), says, f"episodes.csv:{line}" if line else "episodes.csv", **more)


def cell(number, name, column, value, says="", *, table="episodes", row=4, mapping=sites.SYNTHETIC, **more):
    """A fault of one cell: row n stands on line n + 1."""
    rows = sites.dated() if column.endswith("_date") else sites.TABLES[table]()
    tables = {table: sites.planted(rows, row, column, value)}
    where = {"place": f"{table}.csv:{row + 1}", "column": column} if says else {}
    return Hostile(number, name, site(mapping=mapping, **tables), says, **{**where, **more})


def line(row, change, text=TEXT):
    """The text with one line changed; row n stands on line n + 1."""
    lines = text.splitlines()
    lines[row] = change(lines[row])
    return "\n".join(lines) + "\n"


def many(rows):
    """A program of many episodes as text, longer than one block of what is read at a time."""
    return HEAD + "\n" + "".join(f"m{i:06},mood,completed,{i % 90},28,200,{i % 28},{i % 9}\n" for i in range(rows))


def book(*names):
    """A file that begins as a workbook does."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, size in names:
            file.writestr(name, bytes(size))
    return out.getvalue()


def parquet(rows=None, *, parts=True):
    """A folder with episodes as Parquet; the number of rows it declares may be another than the true one."""

    def build(folder):
        folder.mkdir()
        path = folder / "episodes.parquet"
        select = "SELECT 'e' || range AS episode_id, 'mood' AS track, 'completed' AS discharge_reason, 10 AS los_days FROM range(300)"
        duckdb.execute(f"COPY ({select}) TO '{path}'")
        if rows is not None:
            content = path.read_bytes()
            size = int.from_bytes(content[-8:-4], "little")
            footer = content[-8 - size : -8].replace(_declared(300), _declared(rows), -1 if parts else 1)
            path.write_bytes(content[: -8 - size] + footer + len(footer).to_bytes(4, "little") + b"PAR1")
        return folder

    return build


def _declared(rows):
    """A number of rows as the footer of a Parquet file writes it: field 3, a zigzag varint."""
    rest, out = 2 * rows, b"\x16"
    while rest > 127:
        rest, out = rest >> 7, out + bytes([rest & 127 | 128])
    return out + bytes([rest])


def named(name, content=TEXT):
    """A folder in which the file of episodes has another name, and that file."""

    def build(folder):
        folder.mkdir()
        path = folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return build


def placed(make, *, give=None, name="episodes.csv"):
    """A folder in which something else stands where a file is expected; `give` names what is handed over, or the folder is."""

    def build(folder):
        folder.mkdir()
        make(folder / name)
        return folder / give if give else folder

    return build


def damaged(folder):
    """A folder with episodes as Parquet whose footer is whole and whose content is not."""
    path = parquet()(folder) / "episodes.parquet"
    content = path.read_bytes()
    path.write_bytes(content[:40] + b"\xff" * 200 + content[240:])
    return folder


ODD_NAME = os.fsdecode(b"data-\xff.csv")

FILES = [
    whole(1, "UTF-8 with its mark", ("\ufeff" + TEXT).encode()),
    whole(2, "UTF-16", TEXT.encode("utf-16"), "not_utf8", line=1),
    whole(2, "UTF-16, the other order", b"\xfe\xff" + TEXT.encode("utf-16-be"), "not_utf8", line=1),
    whole(2, "UTF-16 without its mark", TEXT.encode("utf-16-le"), "control_character", line=1),
    whole(
        3,
        "Windows-1252",
        TEXT.replace("e03,mood", f"e03,{SECRET}é").replace("e03,trauma", f"e03,{SECRET}é").encode("cp1252"),
        "field 2",
        line=5,
    ),
    whole(
        4,
        "a byte that is not UTF-8",
        TEXT.encode().replace(b"e03", SECRET.encode() + b"\xff"),
        f"byte {TEXT.index('e03') + len(SECRET)} ",
        line=5,
    ),
    whole(4, "such a byte in the second megabyte", many(40_000).encode().replace(b"m035000", b"\xc3\x28"), "not_utf8", line=35_002),
    whole(4, "a letter cut off at the end", TEXT.encode() + b"\xc3", "not_utf8", line=26),
    whole(5, "semicolons", TEXT.replace(",", ";"), "wrong_delimiter", line=1),
    Hostile(5, "semicolons, declared", site(episodes=TEXT.replace(",", ";"), mapping=sites.SYNTHETIC + 'delimiter = ";"\n')),
    whole(6, "tabs", TEXT.replace(",", "\t"), "wrong_delimiter", line=1),
    whole(7, "a decimal comma", line(4, lambda text: text.replace(",28,", ",28,5,")), "too_many_columns", line=5),
    cell(7, "a decimal comma in quotes", "phq9_admit", "9,5", "not_whole_number", secret='"9,5"'),
    whole(8, "a column name that stands twice", TEXT.replace("planned_days", "track", 1), "duplicate_header", line=1),
    whole(9, "no header", BODY.replace("e00", SECRET), "no_known_column", line=1),
    whole(10, "names in another case", TEXT.replace("track", "Track", 1), 'Did you mean "track"', line=1, column="Track"),
    whole(10, "names with a space", TEXT.replace("los_days", "LOS days", 1), 'Did you mean "los_days"', line=1, column="LOS days"),
    whole(10, "names with spaces around them", TEXT.replace(",track,", ", track ,", 1)),
    whole(11, "columns in another order", [row[::-1] for row in sites.episodes()], holds=lambda data: data.episodes == 24),
    whole(12, "a short row", line(4, lambda text: text.rpartition(",")[0]), "missing_columns", line=5),
    whole(13, "a long row", line(4, lambda text: f"{text},{SECRET}"), "too_many_columns", line=5),
    whole(14, "an unclosed quote", line(4, lambda text: f'{text[:4]}"{SECRET}{text[4:]}'), "open_quote", line=5),
    whole(14, "an unclosed quote in the header", '"' + TEXT * 300, "open_quote", line=1),
    whole(15, "a newline in a field that is not read", HEAD + ",remark\n" + "".join(f'{row},"two\nlines"\n' for row in BODY.splitlines())),
    whole(
        15,
        "a newline, and a fault after it",
        HEAD + ",remark\n" + 'e0,mood,completed,9,28,200,3,3,"two\nlines"\ne1,mood,x,9,28,200,3,3,\n',
        "unknown_code",
        line=4,
    ),
    whole(16, "carriage returns", TEXT.replace("\n", "\r")),
    whole(17, "blank lines", TEXT.replace("\ne03", "\n\n\ne03"), note="blank_lines"),
    whole(17, "a line of commas", TEXT.replace("\ne03", f"\n{',' * HEAD.count(',')}\ne03"), note="blank_lines"),
    whole(18, "a NUL", TEXT.replace("e03", f"{SECRET}\0"), "control_character", line=5),
    whole(18, "a NUL in the second megabyte", many(40_000).replace("m035000", "m\0"), "control_character", line=35_002),
    whole(19, "100,000 columns", HEAD + "".join(f",c{i}" for i in range(100_000)) + "\n" + BODY, "header_too_long", line=1),
    whole(19, "1,001 columns", HEAD + "".join(f",c{i}" for i in range(993)) + "\n" + BODY, "too_many_columns", line=1),
    whole(20, "a million columns", "c," * 1_000_000 + "\n", "header_too_long", line=1),
    whole(20, "a line of three megabytes", line(4, lambda text: text + "," * (3 << 20)), "too_many_columns", line=5),
    whole(21, "a field of five megabytes", TEXT.replace("e03", "x" * (5 << 20)), "field_too_long", line=5),
    whole(22, "gzip", gzip.compress(TEXT.encode(), mtime=0), "gzip"),
    Hostile(
        22,
        "gzip by its own name, cut off",
        named("episodes.csv.gz", gzip.compress(TEXT.encode(), mtime=0)[:-9]),
        "not_gzip",
        "episodes.csv.gz",
    ),
    whole(23, "an empty file", "", "empty_file"),
    whole(24, "a header alone", HEAD + "\n", "no_rows"),
    whole(24, "a header without its line end", HEAD, "no_rows"),
    whole(26, "a workbook", book(("xl/workbook.xml", 9), ("xl/worksheets/sheet2.xml", 9)), "xlsx"),
    whole(26, "a workbook with a password", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096), "password"),
    whole(26, "Parquet called CSV", b"PAR1" + bytes(64), "Parquet"),
    whole(26, "a page of a portal", f"\n<!DOCTYPE html><html><body>{SECRET}</body></html>\n", "web page"),
    whole(26, "a PDF", b"%PDF-1.7\n" + bytes(64), "PDF"),
    Hostile(26, "CSV called Parquet", named("episodes.parquet"), "not_parquet", "episodes.parquet"),
    Hostile(80, "a path that is a pattern", named("p[1].csv"), "glob_in_path", "p[1].csv"),
    Hostile(80, "a path that is a pattern of many", named("p*.csv"), "glob_in_path", "p*.csv"),
    Hostile(80, "a name that is not ASCII", named("Santé – Ωμέγα.csv")),
    Hostile(80, "a name that begins with a tilde", named("~root.csv")),
    Hostile(
        80,
        "a folder that looks like a column",
        placed(lambda path: sites.write(path), name="track=other", give="track=other"),
        holds=lambda data: data.episodes == 24,
    ),
    Hostile(80, "a name that is no text", named(ODD_NAME), "name_not_utf8"),
    Hostile(80, "a name with a line end", named("a\nb.csv", b""), "empty_file", "a?b.csv"),
    Hostile(80, "a name of 300 letters", placed(Path.touch, give="x" * 300), "unreadable"),
    Hostile(80, "links in a circle", placed(lambda path: path.symlink_to(path)), "unreadable", "episodes.csv"),
    Hostile(80, "a link that leads nowhere", placed(lambda path: path.symlink_to("gone.csv")), "not_a_file", "episodes.csv"),
    Hostile(80, "a folder called like a file", placed(Path.mkdir), "not_a_file", "episodes.csv"),
    Hostile(80, "a pipe", placed(os.mkfifo), "not_a_file", "episodes.csv"),
    Hostile(80, "a pipe, handed over", placed(os.mkfifo, give="episodes.csv"), "not_a_file", "episodes.csv"),
    Hostile(80, "a device", lambda _: Path("/dev/zero"), "not_a_file", "zero"),
    Hostile(80, "a link to a device", placed(lambda path: path.symlink_to("/dev/zero")), "not_a_file", "episodes.csv"),
    Hostile(81, "Parquet of 50 million rows in 2 kB", parquet(BOMB_ROWS), "file_too_large", "episodes.parquet"),
    Hostile(81, "Parquet that contradicts itself", parquet(1 << 60, parts=False), "not_parquet", "episodes.parquet"),
    Hostile(81, "Parquet of a quintillion rows", parquet(1 << 60), "file_too_large", "episodes.parquet"),
    Hostile(81, "Parquet that is damaged in its middle", damaged, "not_parquet", "episodes.parquet"),
    whole(81, "gzip of 200 MB", gzip.compress(bytes(20 << 20), 1, mtime=0) * 10, "gzip"),
    whole(81, "a zip of 50 MB", book(("xl/worksheets/sheet1.xml", 50 << 20)), "zip"),
    Hostile(
        81,
        "a file of a terabyte",
        placed(lambda path: os.truncate(os.open(path, os.O_CREAT | os.O_WRONLY), 1 << 40)),
        "file_too_large",
        "episodes.csv",
    ),
]
