"""Takes rows of cells, gives workbooks: .xlsx by openpyxl, .xls by xlwt, .ods by odfpy, and zips with an entry changed by hand."""

import re
import zipfile
from datetime import date, datetime

import pytest

WHY = "workbooks are written in tests by {}, which the extra dev brings"


def library(name):
    """A library that writes workbooks; without it the test is skipped, and says why."""
    return pytest.importorskip(name, reason=WHY.format(name))


def reader():
    """Skips, in words, where the library that reads workbooks is not installed."""
    return pytest.importorskip("python_calamine", reason="workbooks are read by python-calamine, which the extra formats brings")


def write(path, sheets, *, hidden=(), mac=False):
    """Write sheets (a dict of names and rows) in the format that the path names."""
    reader()
    WRITERS[path.suffix.lower()](path, sheets, hidden, mac)
    return path


def _xlsx(path, sheets, hidden, mac):
    openpyxl = library("openpyxl")
    book = openpyxl.Workbook()
    book.remove(book.active)
    if mac:
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        sheet.sheet_state = "hidden" if name in hidden else "visible"
        for at, row in enumerate(rows, start=1):
            for column, value in enumerate(row, start=1):
                if value is not None:
                    cell = sheet.cell(at, column, value)
                    cell.data_type = "e" if isinstance(value, str) and value.startswith("#") else cell.data_type
    book.save(path)


XLS_ERRORS = {"#N/A": 42, "#REF!": 23}


def _xls(path, sheets, hidden, mac):
    xlwt = library("xlwt")
    book = xlwt.Workbook()
    book.dates_1904 = mac
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for name, rows in sheets.items():
        sheet = book.add_sheet(name)
        sheet.visibility = int(name in hidden)
        for at, row in enumerate(rows):
            for column, value in enumerate(row):
                if value in XLS_ERRORS:
                    sheet.row(at).set_cell_error(column, XLS_ERRORS[value])
                elif value is not None:
                    sheet.write(at, column, value, *([day] if isinstance(value, date) else []))
    book.save(str(path))


def _ods(path, sheets, hidden, mac):
    library("odf")
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.style import Style, TableProperties
    from odf.table import Table, TableCell, TableRow
    from odf.text import P

    document = OpenDocumentSpreadsheet()
    for name, rows in sheets.items():
        options = {}
        if name in hidden:
            style = Style(name="h", family="table")
            style.addElement(TableProperties(display="false"))
            document.automaticstyles.addElement(style)
            options = {"stylename": style}
        table = Table(name=name, **options)
        document.spreadsheet.addElement(table)
        for row in rows:
            line = TableRow()
            table.addElement(line)
            for value in row:
                cell = TableCell(**_typed(value))
                if value is not None:
                    cell.addElement(P(text=str(value)))
                line.addElement(cell)
    document.save(str(path))


def _typed(value):
    if value is None:
        return {}
    if isinstance(value, bool):
        return {"valuetype": "boolean", "booleanvalue": str(value).lower()}
    if isinstance(value, int | float):
        return {"valuetype": "float", "value": str(value)}
    if isinstance(value, date | datetime):
        return {"valuetype": "date", "datevalue": value.isoformat()}
    return {"valuetype": "string"}


def changed(path, entries=(), *, pattern=None, inside="", by=b"", method=zipfile.ZIP_DEFLATED):
    """The workbook with further entries (name, content), and with what a pattern matches in one entry replaced."""
    with zipfile.ZipFile(path) as book:
        contents = {name: book.read(name) for name in book.namelist()}
    if inside:
        before = contents[inside]
        contents[inside] = re.sub(pattern, by, before)
        assert contents[inside] != before
    with zipfile.ZipFile(path, "w", method) as book:
        for name, content in [*contents.items(), *entries]:
            book.writestr(name, content)
    return path


WRITERS = {".xlsx": _xlsx, ".xls": _xls, ".ods": _ods}


def at_the_root(path, more=()):
    """The workbook with its parts at the root of the zip and not in xl/, as some writers put them; `more` are further entries."""
    with zipfile.ZipFile(path) as book:
        contents = {name: book.read(name) for name in book.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in contents.items():
            lists = name.endswith(".rels") or name == "[Content_Types].xml"
            book.writestr(name.removeprefix("xl/"), content.replace(b"/xl/", b"/").replace(b'"xl/', b'"') if lists else content)
        for name, content in more:
            book.writestr(name, content)
    return path
