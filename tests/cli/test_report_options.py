"""Takes what is typed about a report, gives its files, those that were written also where one could not be."""

from pathlib import Path

import click
import pytest

from iop_outcomes.cli import cli
from iop_outcomes.cli.report_options import print_saved, saved
from iop_outcomes.errors import LibraryError


class Made:
    """A report that writes a page, and cannot write a PDF."""

    def save(self, output, formats):
        """The files that were asked for."""
        page = Path(output) / "page.html"
        if "pdf" in formats:
            raise LibraryError("page.pdf is not written.", written=[page])
        return [page]


def test_what_was_written_is_printed_before_what_could_not_be(capsys):
    """The error is raised when the files are said, so that nobody looks for them in vain."""
    paths, missing = saved(Made(), "out", ["html"])
    assert (paths, missing) == ([Path("out/page.html")], None)
    print_saved(paths, missing)
    assert capsys.readouterr().out == "out/page.html\n"
    paths, missing = saved(Made(), "out", ["html", "pdf"])
    with pytest.raises(LibraryError, match=r"page\.pdf is not written"):
        print_saved(paths, missing)
    assert capsys.readouterr().out == "out/page.html\n"


@pytest.mark.parametrize("command", ["report", "pool"])
def test_formats_are_a_list_with_commas(command):
    """The same of every command that writes a report, and the usual three by default."""
    found = cli.get_command(click.Context(cli), command)
    for typed, expected in (([], ["html", "csv", "json"]), (["--format", "txt"], ["txt"]), (["--format", "pdf,docx"], ["pdf", "docx"])):
        assert found.make_context(command, [*typed, "data"]).params["formats"] == expected
