"""Takes `python -m iop_outcomes`, gives proof that it is the command: the same words, and its exit codes."""

import subprocess
import sys

from iop_outcomes.cli import run


def test_it_is_the_command(capsys):
    """What it does not know is refused in the words and with the code of the command itself."""
    code = run(["scales", "phq"])
    done = subprocess.run([sys.executable, "-m", "iop_outcomes", "scales", "phq"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (code, capsys.readouterr().err)
    assert code == 2
