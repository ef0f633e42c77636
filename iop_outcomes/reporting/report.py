"""Takes a document, gives a `Report`: one that can be looked at and saved."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from html import escape
from pathlib import Path

from iop_outcomes.errors import LibraryError, UsageError, choices
from iop_outcomes.progress import report_step
from iop_outcomes.reporting.blocks import Section
from iop_outcomes.reporting.document import Document
from iop_outcomes.reporting.files import write_files
from iop_outcomes.reporting.render import FORMS, USUAL
from iop_outcomes.show.inline import inlined


class Report(Document):
    """A report that can be looked at and saved; its fields are those of a `Document`."""

    def section(self, name: str) -> Section:
        """One section, to look at in a notebook; one that the data cannot fill says why.

        Raises
        ------
        UsageError
            When there is no such section.
        """
        for section in (*self.every_section, *self.without):
            if section.id == name:
                return section
        raise UsageError(f'No section is called "{name}". {choices(name, [section.id for section in self.every_section])}')

    def files(self, form: str) -> dict[str, bytes]:
        """The files of one of its forms, by name: the first is the one that is meant when the form is named.

        Raises
        ------
        UsageError
            When there is no such form.
        LibraryError
            When it needs a library that is not installed.
        """
        self._refuse_unknown(form)
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
        formats : sequence of {"html", "csv", "json", "txt", "docx", "xlsx", "pptx", "pdf", "figures"}
            The page, its numbers, where they come from, the page in words; the page for Word, its tables for Excel, its first page and
            its charts for PowerPoint, which need the extra `office`; the page to print and pass on (PDF/UA), which needs the extra `pdf`;
            each chart as SVG with its numbers as CSV.

        Returns
        -------
        list of Path
            In the order of `formats`.

        Raises
        ------
        UsageError
            When there is no such form; nothing is written then.
        LibraryError
            When a form needs a library that is not installed: the others are written, and stand in its `written`.
        OutputError
            When the folder cannot be written; what stood there before is untouched.
        """
        report_step("writing the report")
        made, missing = self._made(list(dict.fromkeys(formats)))
        files = {name: content for form in made.values() for name, content in form.items()}
        written = write_files(folder, files) if files or not missing else []
        if missing:
            raise LibraryError("\n".join(missing), written=written)
        return written

    def _made(self, formats: Sequence[str]) -> tuple[dict[str, dict[str, bytes]], list[str]]:
        """The files of some forms, in their order; and for those whose library is not there, what to do.

        What processes of their own make is begun first and waited for last.
        """
        made: dict[str, dict[str, bytes]] = {}
        why: dict[str, str] = {}
        for form in formats:
            self._refuse_unknown(form)
        with ExitStack() as until_made:
            waited_for = {form: until_made.enter_context(begun(self)) for form in formats if (begun := FORMS[form].begun)}
            for form in sorted(formats, key=waited_for.__contains__):
                try:
                    made[form] = dict(waited_for[form]()) if form in waited_for else self.files(form)
                except LibraryError as error:
                    why[form] = f"{self.name}.{form} is not written. {error}"
        return {form: made[form] for form in formats if form in made}, [why[form] for form in formats if form in why]

    def _refuse_unknown(self, form: str) -> None:
        if form not in FORMS:
            raise UsageError(f'A report has no form "{form}". {choices(form, FORMS)}')

    def _repr_html_(self) -> str:
        return f"<h1>{escape(self.title)}</h1>" + "".join(section._repr_html_() for section in self.sections)

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        """What a notebook shows, which has no stylesheet."""
        return {"text/html": inlined(self._repr_html_())}
