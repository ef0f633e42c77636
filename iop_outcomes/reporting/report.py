"""Takes a document, gives a `Report`: one that can be looked at and saved."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

from iop_outcomes.errors import UsageError, choices
from iop_outcomes.progress import report_step
from iop_outcomes.reporting.blocks import Section
from iop_outcomes.reporting.document import Document
from iop_outcomes.reporting.files import write_files
from iop_outcomes.reporting.render import FORMS, USUAL


class Report(Document):
    """A report that can be looked at and saved; its fields are those of a `Document`."""

    def section(self, name: str) -> Section:
        """One section, to look at in a notebook; one that the data cannot fill says why.

        Raises
        ------
        UsageError
            When there is no such section.
        """
        every = (*self.every_section, *self.without)
        for section in every:
            if section.id == name:
                return section
        raise UsageError(f'No section is called "{name}". {choices(name, [section.id for section in every])}')

    def files(self, form: str) -> dict[str, bytes]:
        """The files of one of its forms, by name: the first is the one that is meant when the form is named.

        Raises
        ------
        UsageError
            When there is no such form.
        """
        if form not in FORMS:
            raise UsageError(f'A report has no form "{form}". {choices(form, FORMS)}')
        return dict(FORMS[form].files(self))

    def to(self, form: str) -> str:
        """The text of one of its forms: html (the page), csv (its numbers), json (where they come from), txt (the page in words).

        Raises
        ------
        UsageError
            When there is no such form, or it is no text.
        """
        texts = {name: each for name, each in FORMS.items() if each.is_text}
        if form not in texts:
            raise UsageError(f'A report has no text "{form}". {choices(form, texts)}')
        return next(iter(self.files(form).values())).decode("utf-8")

    def to_html(self) -> str:
        """The page: no script, nothing from the network, the same bytes every time."""
        return self.to("html")

    def to_csv(self) -> str:
        """Every released number, with the fixed columns; withheld ones empty with the flag suppressed."""
        return self.to("csv")

    def to_json(self) -> str:
        """Where the numbers come from and how they were made."""
        return self.to("json")

    def save(self, folder: str | Path, formats: Sequence[str] = USUAL) -> list[Path]:
        """Write it into a folder.

        Parameters
        ----------
        folder : path
            Made when it does not exist.
        formats : sequence of {"html", "csv", "json", "txt"}
            The page, its numbers, where they come from, the page in words.

        Returns
        -------
        list of Path
            In the order of `formats`.

        Raises
        ------
        UsageError
            When there is no such form; nothing is written then.
        OutputError
            When the folder cannot be written; what stood there before is untouched.
        """
        report_step("writing the report")
        return write_files(folder, {name: content for form in formats for name, content in self.files(form).items()})

    def _repr_html_(self) -> str:
        return f"<h1>{escape(self.title)}</h1>" + "".join(section._repr_html_() for section in self.sections)
