"""Takes a released table with its notes, gives it as what a paper takes in: HTML, LaTeX, Word, and its numbers as comma-separated text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path

from iop_outcomes.errors import UsageError, choices
from iop_outcomes.release import Released
from iop_outcomes.reporting.document import SYNTHETIC
from iop_outcomes.reporting.render.form import needing
from iop_outcomes.reporting.render.office_files import OFFICE
from iop_outcomes.show.plain import csv_text
from iop_outcomes.show.tables import Table, estimates_table, value_table
from iop_outcomes.show.words import NOT_SHOWN, WHY_NOT_SHOWN

WORKING = "Working material: nothing is withheld, so handle it like the data; for the analysis, not to pass on."


@dataclass(frozen=True, eq=False)
class Exhibit:
    """A table with what stands under it, as a paper prints it.

    Parameters
    ----------
    name : str
        Short, for a label in LaTeX.
    table : Table
        What is shown.
    notes : tuple of str
        Stand under it, a sentence or more each.
    released : tuple of Released
        The numbers behind it.
    working : bool
        Whether it is working material, and says so.
    """

    name: str
    table: Table
    notes: tuple[str, ...]
    released: tuple[Released, ...]
    working: bool = False

    @property
    def under(self) -> tuple[str, ...]:
        """The notes; why some numbers are not shown, where any is not; and that the data are synthetic, where they are."""
        cells = (cell for row in (self.table.heads, *self.table.rows) for cell in row)
        withheld = any(NOT_SHOWN in cell for cell in cells)
        made_up = self.released[0].provenance.data_class == "synthetic"
        return (*self.notes, *((WHY_NOT_SHOWN,) if withheld else ()), *((SYNTHETIC,) if made_up else ()))

    def as_working(self) -> Exhibit:
        """The same, marked as working material."""
        return replace(self, table=replace(self.table, mark=WORKING), working=True)

    def to_text(self) -> str:
        """For a terminal: the table in columns of words, and the notes."""
        return "\n\n".join([self.table.to_text(), *self.under])

    def to_html(self) -> str:
        """The table and its notes, as a part of a page."""
        return self.table.to_html() + "".join(f'<p class="note">{escape(note)}</p>' for note in self.under)

    def to_page(self) -> str:
        """A whole page of it: no script, nothing from the network."""
        title = escape(self.table.caption)
        return (
            f'<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8"><title>{title}</title>\n<style>{_STYLE}</style></head>\n'
            f"<body><main>{self.to_html()}</main></body>\n</html>\n"
        )

    def to_latex(self) -> str:
        """A table of LaTeX with booktabs."""
        from iop_outcomes.reporting.latex import latex_table

        return latex_table(self.table, self.under, label=self.name)

    def to_docx(self) -> bytes:
        """A Word file of it.

        Raises
        ------
        LibraryError
            When python-docx is not installed; the message says how to install it.
        """
        require_docx()
        from iop_outcomes.reporting.docx_table import docx_of_table

        return docx_of_table(self.table, self.under, self.released[0].provenance)

    def to_csv(self) -> str:
        """Every number with the fixed columns, for a spreadsheet or another program."""
        return csv_text(self.released)

    def _repr_html_(self) -> str:
        return self.to_html()


_STYLE = (
    "body{font:16px/1.4 sans-serif;margin:2rem}table{border-collapse:collapse;border-bottom:2px solid}caption{text-align:left;font-weight:bold;"
    "padding-bottom:.5rem}thead{border-top:2px solid;border-bottom:1px solid}th,td{padding:.2rem .6rem;text-align:right;vertical-align:top}"
    "th[scope=row],thead th:first-child{text-align:left;font-weight:normal}.note{max-width:60rem;font-size:.875rem;margin:.4rem 0}"
)


def require_docx() -> None:
    """Refuse to write a Word file where the library is missing, before anything is read."""
    with needing("python-docx", OFFICE):
        import docx  # noqa: F401 - whether it loads is the question


# -- of an answer ------------------------------------------------------------------------------------------------------


def answer_exhibit(released: Released, estimands: Sequence[str] = ()) -> Exhibit:
    """The numbers of a measure as a table for a paper: one row for each, or one for each group with some of them side by side.

    Parameters
    ----------
    released : Released
        What may be shown.
    estimands : sequence of str
        Numbers to set side by side, each with its range; all of them below one another by default.

    Raises
    ------
    UsageError
        When the measure has no such number, or it is of several days and so no column.
    """
    definition = released.definition
    names = [estimand.name for estimand in definition.estimands if released.has(estimand.name)]
    for name in estimands:
        if name not in names:
            raise UsageError(f'{definition.measure} has no number "{name}". {choices(name, names)}')
        if any(estimate.time is not None for estimate in released if estimate.estimand == name):
            raise UsageError(f'"{name}" is given for several days, so that it is no column. Leave estimands out: every day is a row then.')
    meant = [definition.estimand(name) for name in estimands or names]
    caption = definition.title if released.group == "All" else f"{definition.title}, by {released.group.replace('_', ' ')}"
    first = "Group" if released.group == "All" else released.group.replace("_", " ").capitalize()
    table = value_table(released, list(estimands), caption=caption, first=first) if estimands else _every(released, caption)
    notes = [f"{each.label}: {each.counted}, among {each.among}{_interval(each.interval)}." for each in meant]
    return Exhibit(definition.measure, table, tuple(dict.fromkeys(notes)), (released,))


def _every(released: Released, caption: str) -> Table:
    return replace(estimates_table(released), caption=caption)


def _interval(words: str) -> str:
    return "" if words == "none" else f"; range: {words}"


# -- files -------------------------------------------------------------------------------------------------------------


def exhibit_writer(path: str | Path) -> Callable[[Exhibit], bytes]:
    """Choose how an exhibit is written, before any data are read.

    Parameters
    ----------
    path : path
        Of the file; its ending says the form.

    Raises
    ------
    UsageError
        When the ending is none of those that can be written.
    LibraryError
        When the library that writes it is not installed.

    Examples
    --------
    >>> exhibit_writer("table.pdf")
    Traceback (most recent call last):
    iop_outcomes.errors.UsageError: --output must end in .csv, .docx, .html or .tex.
    """
    ending = Path(path).suffix.lower()
    if ending not in _FORMS:
        *names, last = sorted(_FORMS)
        raise UsageError(f"--output must end in {', '.join(names)} or {last}.")
    if ending == ".docx":
        require_docx()
    return _FORMS[ending]


_FORMS: Mapping[str, Callable[[Exhibit], bytes]] = {
    ".csv": lambda exhibit: exhibit.to_csv().encode("utf-8"),
    ".docx": Exhibit.to_docx,
    ".html": lambda exhibit: exhibit.to_page().encode("utf-8"),
    ".tex": lambda exhibit: exhibit.to_latex().encode("utf-8"),
}
