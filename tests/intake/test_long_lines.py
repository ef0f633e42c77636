"""Lines and fields that are longer than any table has are refused by their line, wherever they stand; what only looks so is read."""

import pytest

from iop_outcomes.errors import DataError
from iop_outcomes.intake.preflight import read_through

HEADER = "a,b,c\n"
ROWS = "1,x,y\n" * 50
TEXT = "word " * 9
LONG = 2_300_000
FIELD, OLD = "ab\n" * (LONG // 3), "ab\r" * (LONG // 3)
SEVERAL = ",".join(['"' + "ab\n" * 300_000 + '"'] * 4)


def read(tmp_path, text, delimiter=","):
    """What the file is found to be."""
    path = tmp_path / "episodes.csv"
    path.write_bytes(text.encode())
    return read_through(path, delimiter)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"1,{'x' * LONG},y\n", 52),
        (f"1,{'x' * LONG},y", 52),
        (f'1,"{FIELD}",y\n', 52),
        (f'1,"{OLD}",y\n', 52),
        (f'1,x" tall,y\n1,"{FIELD}",y\n', 53),
        (f"1,{SEVERAL}\n", 52),
    ],
    ids=["a field", "at the end", "in quotes", "in quotes, CR", "behind a stray mark", "several fields"],
)
def test_too_long(tmp_path, text, line):
    """DuckDB left lines of more than 32 MiB out without a word, and spun over fields with line ends."""
    with pytest.raises(DataError, match=rf"^episodes\.csv:{line}: field_too_long"):
        read(tmp_path, HEADER + ROWS + text)


@pytest.mark.parametrize(
    "text",
    [
        f'1,"{TEXT}\n{TEXT}",y\n' * 30_000,
        f'1,5" tall,{TEXT}\n' + f"1,x,{TEXT}\n" * 30_000,
        f'1,"says ""yes""\n{TEXT}",y\n' * 30_000,
        f'1,"never closed,{TEXT}\n' + f"1,x,{TEXT}\n" * 30_000,  # the reader says so
        f"1,{TEXT},y\r" * 30_000,
    ],
    ids=["texts of two lines", "inches", "quotation marks", "open", "CR"],
)
def test_not_too_long(tmp_path, text):
    """However many."""
    assert read(tmp_path, (HEADER.replace("\n", "\r") if "\r" in text else HEADER) + text).lines
