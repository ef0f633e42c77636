"""Takes short TOML files, gives what they say, or one sentence that names the file and what to do, whatever stands there."""

import os

import pytest

from iop_outcomes.errors import DataError
from iop_outcomes.intake.toml_files import MAX_BYTES, parsed_toml


def read(folder, content):
    """As a mapping."""
    (folder / "mapping.toml").write_bytes(content)
    return parsed_toml(folder / "mapping.toml", "mapping")


def test_what_a_file_says(tmp_path):
    """With a mark at its start, and the largest number that TOML has."""
    assert read(tmp_path, b"\xef\xbb\xbf[data]\nclass = 'synthetic'\nn = 9223372036854775807\n") == {
        "data": {"class": "synthetic", "n": 2**63 - 1}
    }


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"x = ", "not valid TOML"),
        (b"x = 1\nx = 2", "stands twice"),
        (b"x = '\xff'", "not UTF-8"),
        (b"x = " + b"[" * 50_000, "not valid TOML"),
        (b"x = " + b"9" * 5_000, "more than 64 bits"),
        (b"[a]\nx = [1, {y = 0x" + b"f" * 5_000 + b"}]", "more than 64 bits"),
        (b"#" * (MAX_BYTES + 1), "larger than 1,000,000 bytes"),
    ],
    ids=["half a line", "twice", "encoding", "brackets", "digits", "digits of sixteen", "size"],
)
def test_what_is_no_such_file(tmp_path, content, words):
    """Never an error of Python's."""
    with pytest.raises(DataError, match=rf"^mapping\.toml: .*{words}"):
        read(tmp_path, content)


def test_nothing_a_folder_and_a_pipe(tmp_path):
    """The last would keep everybody waiting."""
    os.mkfifo(tmp_path / "pipe.toml")
    (tmp_path / "folder.toml").mkdir()
    for name, words in (("nothing.toml", "cannot be read"), ("folder.toml", "not a file"), ("pipe.toml", "not a file")):
        with pytest.raises(DataError, match=words):
            parsed_toml(tmp_path / name, "mapping")


def test_a_name_of_very_many_parts_is_refused_before_it_is_parsed(tmp_path):
    """The parser takes room that grows with the square of the parts: 50,000 took 10 GB and a minute and a half."""
    path = tmp_path / "mapping.toml"
    for text in (
        f"{'a.' * 300_000}b = 1",
        f"x = {{{'a.' * 300_000}b = 1}}",
        f"[{'a . ' * 200_000}b]",
        f"[[{chr(34)}a{chr(34)}{'.b' * 400_000}]]",
    ):
        path.write_text(text)
        with pytest.raises(DataError, match="a name of more than 100 parts"):
            parsed_toml(path, "mapping")
    path.write_text(f"# {'.' * 500}\nx = [{', '.join(['1.5'] * 500)}]\n")
    assert len(parsed_toml(path, "mapping")["x"]) == 500
