"""Takes reports in forms of which some need a library that is not there, gives proof that the others are written and the words say what to do."""

from __future__ import annotations

import pytest

from iop_outcomes.cli import run
from iop_outcomes.errors import LibraryError
from iop_outcomes.reporting.render.form import Form, needing
from iop_outcomes.reporting.render.forms import FORMS
from iop_outcomes.reporting.report import Report

INSTALL = "Install the extra \"office\": pip install 'iop-outcomes[office]'."


@pytest.fixture
def lacking(monkeypatch):
    """Two more forms, whose libraries nobody has."""

    def files(name, extra):
        def made(document):
            with needing(name, extra):
                __import__(name)
            return {f"{document.name}.{name}": b""}

        return made

    monkeypatch.setitem(FORMS, "nolib", Form("nothing", files("nolib", "office"), is_text=False))
    monkeypatch.setitem(FORMS, "noother", Form("nothing", files("noother", "pdf"), is_text=False))


def test_what_can_be_made_is_written_and_the_rest_named(lacking, tmp_path, capsys):
    """By the function: the files that were written stand in the error; by the command: they are printed, and the exit code is 3."""
    written = [tmp_path / "out" / f"program_quality.{form}" for form in ("csv", "json")]
    command = ["report", "data/synthetic", "--policy", "none", "-o", str(tmp_path / "out"), "--format"]
    assert run([*command, "csv,nolib,json,noother", "--quiet"]) == 3
    printed = capsys.readouterr()
    assert printed.out.splitlines() == [str(path) for path in written]
    first, second = printed.err.splitlines()
    assert first.startswith("error: program_quality.nolib is not written. The library nolib cannot be loaded (")
    assert first.endswith(INSTALL)
    assert second.startswith("program_quality.noother is not written.")
    assert second.endswith("pip install 'iop-outcomes[pdf]'.")
    assert all(path.stat().st_size for path in written)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [path.name for path in written]


def test_where_nothing_can_be_made_no_folder_is(lacking, tmp_path):
    """One form alone, of a library that is not there."""
    report = Report("page", "Title", "Lead", (), (), provenance=None, policy=None, parameters=None)
    with pytest.raises(LibraryError, match=r"^page\.nolib is not written\. ") as raised:
        report.save(tmp_path / "out", formats=["nolib"])
    assert raised.value.written == ()
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("error", [ImportError("no module"), ModuleNotFoundError("no module"), OSError("cannot load library libpango")])
def test_a_library_that_does_not_load_says_what_to_install(error):
    """Not there, or there without what it stands on."""
    with pytest.raises(LibraryError) as raised, needing("some", "office"):
        raise error
    assert str(raised.value) == f"The library some cannot be loaded ({error}). {INSTALL}"
    assert raised.value.exit_code == 3
    assert raised.value.written == ()


def test_another_fault_stays_what_it_is():
    """Only what an import can raise is about a library."""
    with pytest.raises(KeyError), needing("some", "office"):
        raise KeyError("x")
