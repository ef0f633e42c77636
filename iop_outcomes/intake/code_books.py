"""Takes files that are no table, gives what those that are code books say: for each variable, the words of its codes.

A code book beside the data, such as a second sheet, has a row for each code: the variable (once, or in each of its rows), the code and
what it means. Its words are guesses as the value labels of SPSS are, and a person decides.
"""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from collections.abc import Sequence

from iop_outcomes.engine.dialect import ROW, quoted
from iop_outcomes.intake.adapters.scratch import Scratch
from iop_outcomes.intake.casts import as_text, without_fraction
from iop_outcomes.intake.proposal_files import File, read_rows
from iop_outcomes.intake.usual_words import squashed, table_of_synonyms

MOST_ROWS = 10_000  # of one code book: more of them is a table of data


def read_code_books(scratch: Scratch, files: Sequence[File]) -> dict[str, dict[str, str]]:
    """The words of the codes of each variable, by its name squashed; empty where no file is a code book.

    Parameters
    ----------
    scratch : Scratch
        Where the rows are.
    files : sequence of File
        Those that no table is read from.
    """
    words: dict[str, dict[str, str]] = {}
    for file in files:
        columns = _columns_of(file.names)
        if columns and file.source is None:
            read_rows(scratch, file)
            cells = ", ".join(_text(scratch, file, name) for name in columns)
            variable = ""
            for called, code, meaning in scratch.ask(f"SELECT {cells} FROM raw_{file.raw} ORDER BY {ROW} LIMIT {MOST_ROWS}"):
                variable = squashed(called) if called else variable
                if variable and code and meaning:
                    words.setdefault(variable, {})[code] = meaning
    return words


def label_codes(file: File, words: Dictionary[str, Dictionary[str, str]]) -> None:
    """Give the columns of a table the words that code books have for their codes; its own value labels go first."""
    file.labels = {name: words[key] for name in file.names if (key := squashed(name)) in words} | dict(file.labels)


def _columns_of(names: Sequence[str]) -> list[str]:
    """The columns of the variable, the code and its meaning; empty where a file lacks one of them.

    Examples
    --------
    >>> _columns_of(["Variable", "Code", "Meaning"]), _columns_of(["Program", "Code", "Meaning"])
    (['Variable', 'Code', 'Meaning'], [])
    """
    known = table_of_synonyms()["code_book"]
    columns = [
        next((name for name in names if squashed(name) in map(squashed, known[part])), "") for part in ("variable", "code", "meaning")
    ]
    return columns if all(columns) else []


def _text(scratch: Scratch, file: File, name: str) -> str:
    return without_fraction(as_text(quoted(name), scratch.raw.type_of(file.raw, name)))
