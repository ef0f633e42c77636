"""Takes a table of words with its notes, gives it as LaTeX that needs booktabs, and longtable where it is longer than a page."""

from __future__ import annotations

from collections.abc import Sequence

from iop_outcomes.reporting.latex_panels import LINES, Panel, SetColumn, broken, latex_panels, lines_of, words_width
from iop_outcomes.show.tables import Table

_OF_CAPTIONS, _OF_NOTES = 31.0, 36.0  # em of a line of a caption, and of what stands under a table in small print
_SPECIAL = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "[": "{[}",  # behind the end of a row a bracket would be an option of it
    "]": "{]}",
    "*": "{*}",  # behind the end of a row, too
    "\u00a0": "~",
    "\u2212": "$-$",
    "\u2013": "--",
    "\u2014": "---",
    "\u2019": "'",
    "\u2264": r"$\leq$",
    "\u2265": r"$\geq$",
    "\u00d7": r"$\times$",
    "\u00b1": r"$\pm$",
    "\n": " ",
    "\r": " ",
    "\t": " ",
}


def latex_text(words: str) -> str:
    r"""Words as LaTeX prints them, whatever they hold.

    Examples
    --------
    >>> latex_text("5% of A&B_1")
    '5\\% of A\\&B\\_1'
    """
    return "".join(_SPECIAL.get(character, character) for character in words)


def latex_table(table: Table, notes: Sequence[str], *, label: str) -> str:
    r"""A floating table: caption, rules, rows, notes, no wider than the text of an article and no longer than its page.

    Parameters
    ----------
    table : Table
        What is shown; spaces that set a row in become a quad. Of more columns than a page is wide, panels one under another, each with
        the words that name its rows; more than a page is long, it does not float and goes over pages.
    notes : sequence of str
        Stand under it in small print.
    label : str
        For references: `tab:` and this.

    Examples
    --------
    >>> print(latex_table(Table("Sizes", ("", "n"), (("All", "5"),)), ["Made up."], label="sizes"))
    % needs \usepackage{booktabs}
    \begin{table}
    \centering\small
    \caption{Sizes}\label{tab:sizes}
    \begin{tabular}{lr}
    \toprule
     & n \\
    \midrule
    All & 5 \\
    \bottomrule
    \end{tabular}
    \par\smallskip\raggedright\footnotesize Made up.
    \end{table}
    <BLANKLINE>
    """
    name = "".join(character if character.isascii() and character.isalnum() else "-" for character in label)
    panels = latex_panels(table)
    heads = [text for text in (f"Table 1: {table.caption}", table.mark) if text]
    used = 1.0 + sum(1.1 * _lines(text, _OF_CAPTIONS) for text in heads) + sum(lines_of(panel) + 0.5 for panel in panels)
    if used + _lines(" ".join(notes), _OF_NOTES) > LINES:
        return _long(table, panels, notes, name)
    lines = [
        "% needs \\usepackage{booktabs}",
        "\\begin{table}",
        "\\centering\\small",
        f"\\caption{{{latex_text(table.caption)}}}\\label{{tab:{name}}}",
        *_marked(table),
    ]
    for number, panel in enumerate(panels):
        lines += [
            *(["\\par\\medskip"] if number else []),
            f"\\begin{{tabular}}{{{_aligned(panel)}}}",
            *_heads(panel),
            *_rows(panel),
            "\\end{tabular}",
        ]
    small = [f"\\par\\smallskip\\raggedright\\footnotesize {_under(notes)}"] if notes else []
    return "\n".join([*lines, *small, "\\end{table}", ""])


def _long(table: Table, panels: Sequence[Panel], notes: Sequence[str], name: str) -> str:
    """The panels over pages, which no floating table goes over."""
    lines = ["% needs \\usepackage{booktabs,longtable}", "\\begingroup\\small", *_marked(table)]
    for number, panel in enumerate(panels):
        first = f"\\caption{{{latex_text(table.caption)}}}\\label{{tab:{name}}}\\\\"
        again = f"\\caption*{{Table~\\ref{{tab:{name}}} (continued)}}\\\\"
        lines += [
            *(["\\addtocounter{table}{-1}"] if number else []),
            f"\\begin{{longtable}}{{{_aligned(panel)}}}",
            *(again if number else first, *_heads(panel), "\\endfirsthead"),
            *(again, *_heads(panel), "\\endhead"),
            *(*_rows(panel), "\\end{longtable}"),
        ]
    small = [f"\\noindent\\raggedright\\footnotesize {_under(notes)}\\par"] if notes else []
    return "\n".join([*lines, *small, "\\endgroup", ""])


def _lines(words: str, width: float) -> int:
    """Lines of a paragraph."""
    return len(broken(words, width))


def _marked(table: Table) -> list[str]:
    return [f"\\textit{{{latex_text(table.mark)}}}\\par\\smallskip"] if table.mark else []


def _under(notes: Sequence[str]) -> str:
    return " ".join(latex_text(note) for note in notes)


# -- panels ------------------------------------------------------------------------------------------------------------


def _aligned(panel: Panel) -> str:
    return "".join("r" if column.right else "l" for column in panel)


def _heads(panel: Panel) -> list[str]:
    heads = [_cell(column.head, column.of_head, column, "b") for column in panel]
    return ["\\toprule", " & ".join(heads) + r" \\", "\\midrule"]


def _rows(panel: Panel) -> list[str]:
    columns = [[_cell(cell, column.widest, column, "t") for cell in column.cells] for column in panel]
    return [*(" & ".join(row) + r" \\" for row in zip(*columns, strict=True)), "\\bottomrule"]


def _cell(words: str, width: float, column: SetColumn, line: str) -> str:
    """A cell, in lines where it is wider than its column; one that is set in begins with a quad."""
    inner = words.lstrip("\u00a0")
    text = ("\\quad " if inner != words else "") + latex_text(inner)
    if words_width(words) <= width:
        return text
    return f"\\parbox[{line}]{{{width:.2f}em}}{{\\ragged{'left' if column.right else 'right'} {text}\\strut}}"
