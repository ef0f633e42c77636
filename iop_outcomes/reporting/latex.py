"""Takes a table of words with its notes, gives it as LaTeX that needs booktabs and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from iop_outcomes.show.tables import Table, panels

WIDEST = 8  # columns of a panel, after which a page of text is full
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
    r"""A floating table: caption, rules, rows, notes; of very many columns, several panels one under another.

    Parameters
    ----------
    table : Table
        What is shown; spaces that set a row in become a quad.
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
    lines = [
        "% needs \\usepackage{booktabs}",
        "\\begin{table}",
        "\\centering\\small",
        f"\\caption{{{latex_text(table.caption)}}}\\label{{tab:{name}}}",
    ]
    if table.mark:
        lines.append(f"\\textit{{{latex_text(table.mark)}}}\\par\\smallskip")
    for number, panel in enumerate(panels(table, WIDEST)):
        lines += [*(["\\par\\medskip"] if number else []), *_tabular(panel)]
    under = " ".join(latex_text(note) for note in notes)
    return "\n".join([*lines, *([f"\\par\\smallskip\\raggedright\\footnotesize {under}"] if notes else []), "\\end{table}", ""])


def _tabular(table: Table) -> list[str]:
    """The rows of a panel between its rules."""
    columns = "".join("r" if numbers else "l" for numbers in table.of_numbers)
    rows = [_row(row) for row in table.rows]
    return [f"\\begin{{tabular}}{{{columns}}}", "\\toprule", _row(table.heads), "\\midrule", *rows, "\\bottomrule", "\\end{tabular}"]


def _row(cells: Sequence[str]) -> str:
    return " & ".join(_cell(cell) for cell in cells) + r" \\"


def _cell(words: str) -> str:
    """A cell; one that is set in begins with a quad."""
    inner = words.lstrip("\u00a0")
    return ("\\quad " if inner != words else "") + latex_text(inner)
