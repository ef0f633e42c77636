"""Takes a command line about shared counts, gives the report of them, asked of every folder in the order given."""

import pytest

import iop_outcomes as iop
from iop_outcomes.cli import pool as command
from iop_outcomes.cli import run


@pytest.fixture
def asked(monkeypatch):
    """What the command asks of the package, in the place of an answer."""
    calls = {}

    class Made:
        def save(self, output, formats):
            calls["saved"] = (output, formats)
            return ["page.html"]

    monkeypatch.setattr(iop, "pool", lambda shares: calls.update(pool=shares) or "network")
    monkeypatch.setattr(iop, "report", lambda network, **options: calls.update(report=(network, options)) or Made())
    monkeypatch.setattr(command, "exit_code", lambda network: 1 if network == "network" else 0)
    return calls


def test_programs_stand_side_by_side_unless_a_column_is_named(asked, capsys):
    """The exit code is that of what the shares say was left out."""
    assert run(["pool", "b", "a", "-o", "out", "--format", "csv"]) == 1
    assert asked["pool"] == ("b", "a")
    network, options = asked["report"]
    assert (network, options["by"], options["policy"], options["pack"]) == ("network", "program", "cms11", "program_quality")
    assert asked["saved"] == ("out", ["csv"])
    assert capsys.readouterr().out == "page.html\n"
    run(["pool", "a", "--by", "track", "--policy", "internal", "--title", "All"])
    assert {"by": ("track",), "policy": "internal", "title": "All"}.items() <= asked["report"][1].items()


def test_no_folder_is_refused(asked):
    """And one that holds no share, by the package itself."""
    assert run(["pool"]) == 2
    assert asked == {}
