"""Takes files of one thing each, gives what they say with decimals as written, or a sentence that names the file."""

from decimal import Decimal

import pytest

from iop_outcomes.errors import DataError
from iop_outcomes.toml_entries import MOST_BYTES, parsed_entry


def read(folder, content):
    """As the file mood.toml of a folder."""
    (folder / "mood.toml").write_bytes(content)
    return parsed_entry(folder / "mood.toml", "mood.toml", "one scale stands in it")


def test_decimals_keep_their_digits(tmp_path):
    """0.10 is not 0.1, and nothing is rounded; a mark at the start is no part of the text."""
    said = read(tmp_path, b"\xef\xbb\xbfreliability = 0.10\nitems = 9\n")
    assert said == {"reliability": Decimal("0.10"), "items": 9}
    assert str(said["reliability"]) == "0.10"


@pytest.mark.parametrize("content", [b"items = ", b"items = 1\nitems = 2\n", b'name = "\xff"\n', b"a = " + b"[" * 20_000])
def test_what_is_no_toml(tmp_path, content):
    """Half a line, a key twice, another encoding, brackets without end."""
    with pytest.raises(DataError, match=r"^mood\.toml: not valid TOML in UTF-8"):
        read(tmp_path, content)


@pytest.mark.parametrize("number", [b"0x" + b"f" * 5_000, b"9" * 5_000, b"9223372036854775808"])
def test_a_number_without_end_is_refused(tmp_path, number):
    """Python reads some of them and then writes none, so that messages about them would fail."""
    with pytest.raises(DataError, match=r"^mood\.toml: "):
        read(tmp_path, b"items = [{most = " + number + b"}]")


def test_a_file_that_is_too_large_or_not_there(tmp_path):
    """Read no further than the limit."""
    with pytest.raises(DataError, match=r"mood\.toml: larger than 1000000 bytes; one scale stands in it"):
        read(tmp_path, b"#" * (MOST_BYTES + 1))
    assert read(tmp_path, b"#" * MOST_BYTES) == {}
    with pytest.raises(DataError, match=r"mood\.toml: cannot be read"):
        parsed_entry(tmp_path / "nothing.toml", "mood.toml", "")
