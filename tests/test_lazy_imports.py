"""Takes fresh processes, gives proof that a start loads little, nothing touches the network, and no global state is changed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from iop_outcomes.cli import cli

ROOT = Path(__file__).resolve().parent.parent
HEAVY = ["pandas", "scipy", "duckdb", "matplotlib", "statsmodels", "lifelines", "jinja2"]
COMMANDS = cli.list_commands(None)
NEVER_ON_THE_REPORT_PATH = ["pandas", "scipy.stats", "statsmodels", "lifelines", "matplotlib.pyplot"]


def run(code, *arguments, **environment):
    """What a fresh process prints as JSON on its last line."""
    env = {**os.environ, **environment}
    ran = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)], cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=600
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout.splitlines()[-1])


LOADED = "import json, sys; print(json.dumps(sorted(set(sys.argv[1].split(',')) & set(sys.modules))))"


@pytest.mark.parametrize("start", ["import iop_outcomes", "import iop_outcomes.cli", "from iop_outcomes import *"])
def test_an_import_loads_nothing_heavy(start):
    """The package starts without any of the libraries that take a second to load."""
    assert run(f"{start}\n{LOADED}", ",".join(HEAVY)) == []


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], *([command, "--help"] for command in COMMANDS)])
def test_help_loads_nothing_heavy(arguments):
    """The words of the command line need none of them either."""
    code = (
        "import sys, io, contextlib\nfrom iop_outcomes.cli import run\nout = io.StringIO()\n"
        f"with contextlib.redirect_stdout(out):\n    code = run({arguments!r})\nassert code == 0 and out.getvalue()\n"
    )
    assert run(code + LOADED, ",".join(HEAVY)) == []


def test_the_module_form_of_help_runs():
    """`python -m iop_outcomes --help` is the command line."""
    command = [sys.executable, "-X", "importtime", "-m", "iop_outcomes", "--help"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600)
    loaded = {line.rpartition("|")[2].strip() for line in ran.stderr.splitlines() if line.startswith("import time:")}
    assert ran.returncode == 0
    assert "report" in ran.stdout
    assert "iop_outcomes.cli" in loaded
    assert sorted(loaded & set(HEAVY)) == []


REPORT = """
import iop_outcomes as iop
with iop.load("data/synthetic") as data:
    iop.report(data, by="track").save(sys.argv[1])
    for answer in (iop.completion(data, by="track"), iop.length_of_stay(data), iop.discharge_reasons(data, by="track")):
        answer.plot(); answer.sentence(); answer._repr_html_()
"""


def test_a_report_loads_neither_pandas_nor_scipy_stats_nor_pyplot(tmp_path):
    """Load, three measures, charts and files: what takes long to load stays out."""
    code = f"import sys, json\n{REPORT}\nprint(json.dumps([m for m in {NEVER_ON_THE_REPORT_PATH!r} if m in sys.modules]))"
    assert run(code, tmp_path) == []
    assert (tmp_path / "program_quality.html").is_file()


def test_a_report_by_the_command_line_loads_neither(tmp_path):
    """The same through the door of the command line."""
    code = (
        "import sys, json\nfrom iop_outcomes.cli import run\n"
        "code = run(['report', 'data/synthetic', '--output', sys.argv[1]])\n"
        f"print(json.dumps([code] + [m for m in {NEVER_ON_THE_REPORT_PATH!r} if m in sys.modules]))"
    )
    assert run(code, tmp_path) == [0]


def test_nothing_touches_the_network(tmp_path):
    """With every socket refused, import, load and report go through."""
    refuse = (
        "import sys, json, socket\n"
        "def refuse(*args, **kwargs): raise RuntimeError('network')\n"
        "for name in ('socket', 'create_connection', 'getaddrinfo', 'gethostbyname'): setattr(socket, name, refuse)\n"
    )
    assert run(f"{refuse}{REPORT}\nprint(json.dumps('done'))", tmp_path) == "done"
    with pytest.raises(AssertionError, match="network"):
        run(f"{refuse}socket.socket()")


STATE = """
import sys, json, os, locale, warnings, random, hashlib, decimal, logging, signal
import numpy as np, matplotlib, scipy.optimize, scipy.special
def state():
    return {
        "numpy random": hashlib.sha256(np.random.get_state()[1].tobytes()).hexdigest(),
        "random": hashlib.sha256(repr(random.getstate()).encode()).hexdigest(),
        "rcParams": {key: repr(value) for key, value in matplotlib.rcParams.items()},
        "environment": dict(os.environ),
        "warnings": repr(warnings.filters),
        "locale": [locale.setlocale(category) for category in (locale.LC_ALL, locale.LC_NUMERIC, locale.LC_TIME)],
        "numpy errors": repr(np.geterr()),
        "numpy print": repr(np.get_printoptions()),
        "decimal": repr([decimal.getcontext().prec, decimal.getcontext().rounding, decimal.getcontext().traps]),
        "folder": os.getcwd(),
        "logging": [logging.getLogger().level, len(logging.getLogger().handlers)],
        "interrupt": repr(signal.getsignal(signal.SIGINT)),
        "excepthook": repr(sys.excepthook),
    }
np.random.seed(5); random.seed(5)
import iop_outcomes, iop_outcomes.reporting.assemble, iop_outcomes.intake.loading
"""


def test_a_report_leaves_global_state_as_it_was(tmp_path):
    """Random state, rcParams, environment, warnings, locale, decimal context, folder, handlers: the same before and after.

    Libraries are loaded first: what they do to filters of warnings when they load is theirs.
    """
    code = f"{STATE}before = state()\n{REPORT}\nafter = state()\nprint(json.dumps([key for key in before if before[key] != after[key]]))"
    assert run(code, tmp_path) == []


def test_an_import_leaves_the_filters_of_warnings_as_they_were():
    """An import of the package adds or removes no filter, whatever the libraries under it do later."""
    code = "import json, warnings\nbefore = repr(warnings.filters)\nimport iop_outcomes, iop_outcomes.cli\nprint(json.dumps(before == repr(warnings.filters)))"
    assert run(code) is True


def test_a_command_is_read_when_it_is_named_alone():
    """One command brings its own module, and none of the others."""
    code = (
        "import sys, json, io, contextlib\nfrom iop_outcomes.cli import run\n"
        "with contextlib.redirect_stdout(io.StringIO()):\n    assert run(['scales', 'phq9']) == 0\n"
        "commands = {name.replace('-', '_') for name in json.loads(sys.argv[1])}\n"
        "print(json.dumps(sorted(name for name in commands if f'iop_outcomes.cli.{name}' in sys.modules)))"
    )
    assert run(code, json.dumps(COMMANDS)) == ["scales"]
