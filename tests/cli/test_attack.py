"""Takes a command line about the files of a report, gives what comes back of what they withhold, with an exit code that says whether any does."""

import json

from iop_outcomes.cli import run
from tests.attack.test_attacking import row, strict, write


def test_the_command_says_what_comes_back_and_how(tmp_path, capsys):
    """Exit code 1, the number, and the printed numbers it follows from; as JSON the same."""
    folder = str(write(tmp_path, [row("All", n=50), row("a", n=43), row("b")]))
    assert run(["attack", folder]) == 1
    words = capsys.readouterr().out
    assert f"{strict('n', 'b')} is 7" in words
    assert f"{strict('n', 'a')} = 43" in words
    assert run(["attack", folder, "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert [each["low"] for each in document["recovered"] if each["cell"].endswith(strict("n", "b"))] == [7]


def test_the_command_is_done_when_nothing_comes_back(tmp_path, capsys):
    """Exit code 0."""
    assert run(["attack", str(write(tmp_path, [row("All", n=80), row("a", n=43), row("b"), row("c")]))]) == 0
    assert "0 from 1 to 10 recovered, 0 more" in capsys.readouterr().out


def test_a_folder_without_a_report_is_refused(tmp_path, capsys):
    """Exit code 2, and what to give."""
    assert run(["attack", str(tmp_path / "none")]) == 2
    (tmp_path / "parts.csv").mkdir()
    assert run(["attack", str(tmp_path)]) == 2
    assert "holds no numbers of a report" in capsys.readouterr().err


def test_a_report_that_contradicts_itself_is_said_to(tmp_path, capsys):
    """More completed than there are: no number follows, exit code 2 with the reason, and no traceback."""
    write(tmp_path, [row("All", n=150, k=60), row("a", n=50, k=70), row("b", n=50), row("c", n=50)])
    assert run(["attack", str(tmp_path)]) == 2
    assert "contradict one another" in capsys.readouterr().err
