"""Takes files of one thing each, gives what they say with decimals as written, or one sentence that names the file."""

from decimal import Decimal

import pytest

from iop_outcomes.errors import DataError
from iop_outcomes.toml_entries import MOST_BYTES, parsed_entry


def test_decimals_stay_as_they_are_written(tmp_path):
    """5.10 is no binary fraction, and its nought is a figure of the source."""
    (tmp_path / "a.toml").write_text("\ufeffmean = 5.10\n", encoding="utf-8")
    found = parsed_entry(tmp_path / "a.toml", "a.toml", "it holds one scale")
    assert found == {"mean": Decimal("5.10")} and str(found["mean"]) == "5.10"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"mean = ", "not valid TOML in UTF-8"),
        (b"a = 1\na = 2\n", "A key may be given once only"),
        (b"a = '\xff'\n", "not valid TOML in UTF-8"),
        (b"#" * (MOST_BYTES + 1), "larger than 1000000 bytes; it holds one scale"),
    ],
)
def test_what_cannot_be_read_is_said_of_its_file(tmp_path, content, words):
    """And what to correct."""
    (tmp_path / "a.toml").write_bytes(content)
    with pytest.raises(DataError, match=f"^a.toml: .*{words}"):
        parsed_entry(tmp_path / "a.toml", "a.toml", "it holds one scale")


def test_a_folder_is_no_file(tmp_path):
    """Nor is one that is not there."""
    for path in (tmp_path, tmp_path / "none.toml"):
        with pytest.raises(DataError, match=r"a\.toml: cannot be read"):
            parsed_entry(path, "a.toml", "it holds one scale")
