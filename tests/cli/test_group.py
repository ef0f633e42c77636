"""Takes the names of commands, gives proof that each is found by its name alone, is listed, and loads no other."""

import subprocess
import sys
from pathlib import Path

import click
import pytest

from iop_outcomes.cli import cli, run

NAMES = cli.list_commands(click.Context(cli))
SHARED = {
    "curve_options",
    "group",
    "measure_options",
    "options",
    "output",
    "process",
    "program",
    "report_options",
    "streams",
    "study_options",
}


def test_every_module_of_a_command_is_listed_in_order():
    """A file in cli/ that is no shared part is a command of its name."""
    files = {path.stem for path in Path("iop_outcomes/cli").glob("[!_]*.py")}
    assert sorted(NAMES) == NAMES == sorted(name.replace("_", "-") for name in files - SHARED)


@pytest.mark.parametrize("name", NAMES)
def test_a_command_is_found_by_its_name_and_says_what_it_does(name):
    """Its help begins with a sentence."""
    command = cli.get_command(click.Context(cli), name)
    assert command.name == name
    assert command.help[0].isupper()


def test_what_is_no_command_is_refused(capsys):
    """Also the names of the parts that commands share."""
    assert [run([name]) for name in ("summery", "options", "table_one")] == [2, 2, 2]
    assert "No such command" in capsys.readouterr().err


def test_one_command_loads_no_other():
    """A fresh process that asks for one."""
    code = "import sys; from iop_outcomes.cli import run; run(['scales', '--help'])"
    code += "; print([m for m in ('report', 'summary', 'synth') if 'iop_outcomes.cli.' + m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
