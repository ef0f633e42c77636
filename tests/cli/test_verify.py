"""Takes command lines about files that are no report, gives the sentence that says so."""

import pytest

from iop_outcomes.cli import run
from tests.reporting.test_verification import SOURCE


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("program_quality.html", b""),
        ("program_quality.html", b"\xff\xfe\x00<html>"),
        ("program_quality.html", b'<meta name="parameters" content="{">'),
        ("program_quality.html", b'<meta name="parameters" content="[1]">'),
        ("program_quality.json", b"[" * 100_000),
        ("program_quality.json", b'{"parameters": {"by": 1}}'),
        ("program_quality.csv", b"measure\n"),
        ("program_quality.doc", b"x"),
        (".hidden", b"x"),
    ],
)
def test_what_is_no_report_is_refused_in_words(tmp_path, capsys, name, content):
    """Exit code 2, the file named, no traceback; so for its folder, for an empty one and for a file that is not there."""
    path = tmp_path / "what" / name
    path.parent.mkdir()
    path.write_bytes(content)
    for given in (path, path.parent, tmp_path / "nothing.html"):
        assert run(["verify", str(given), "--input", SOURCE]) == 2
        words = capsys.readouterr().err
        assert words.startswith("error: ")
        assert given.name in words or name in words
