"""Takes the name of a notebook, gives its file: those that come with the package, listed, found and copied.

In a checkout they lie in `notebooks/` beside the package; in an installed package they lie beside this file.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from iop_outcomes.errors import UsageError, choices
from iop_outcomes.notebooks.parameters import moved
from iop_outcomes.reporting.files import write_files

_HERE = Path(__file__).resolve().parent
_FOLDERS = (_HERE, _HERE.parent.parent / "notebooks")


def shipped() -> dict[str, Path]:
    """Every notebook that comes with the package.

    Returns
    -------
    dict of str to Path
        Files by name, in order.

    Examples
    --------
    >>> list(shipped())[0]
    '01_program_quality'
    """
    notebooks = next((files for folder in _FOLDERS if (files := sorted(folder.glob("[0-9][0-9]_*.ipynb")))), [])
    return {path.stem: path for path in notebooks}


def find_notebook(name: str) -> Path:
    """The file of a notebook.

    Parameters
    ----------
    name : str
        Name of one that comes with the package, or the path of an .ipynb file.

    Raises
    ------
    UsageError
        When there is none; the message names those there are.

    Examples
    --------
    >>> find_notebook("04_readmission").name
    '04_readmission.ipynb'
    """
    if name.endswith(".ipynb"):
        path = Path(name)
        if not path.is_file():
            raise UsageError(
                f"{name}: there is no such notebook. Give the path of an .ipynb file, or a name of: iop-outcomes notebook list."
            )
        return path
    known = shipped()
    if name not in known:
        raise UsageError(f'No notebook is called "{name}". {choices(name, known)} The path of an .ipynb file is accepted too.')
    return known[name]


def title(path: Path) -> str:
    """The first heading of a notebook."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    lines = [line for cell in cells if cell["cell_type"] == "markdown" for line in "".join(cell["source"]).splitlines()]
    return next((line.lstrip("# ") for line in lines if line.startswith("#")), path.stem)


def copy_notebooks(names: Sequence[str], folder: str | Path) -> list[Path]:
    """Copy notebooks into a folder, to open and change there; those of the package find the synthetic program from wherever they are.

    Parameters
    ----------
    names : sequence of str
        Which; all that come with the package when empty.
    folder : path
        Made when it does not exist.

    Returns
    -------
    list of Path
        The copies.

    Raises
    ------
    UsageError
        When a name is unknown, or a file of that name stands there already; then nothing is copied.
    OutputError
        When the folder cannot be written.
    """
    sources = [find_notebook(name) for name in names or shipped()]
    there = [path.name for path in sources if (Path(folder) / path.name).exists()]
    if there:
        raise UsageError(
            f"{folder}: {', '.join(there)} stands there already, and may hold your changes; nothing was copied. "
            "Choose another folder with --output, or move the file away."
        )
    return write_files(folder, {path.name: _copied(path, Path(folder)) for path in sources})


def _copied(path: Path, folder: Path) -> bytes:
    """A notebook as it is; of one that comes with the package, the data are named as they are seen from a folder."""
    if path not in shipped().values():
        return path.read_bytes()
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        moved(cell, path.parent, folder)
    return (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode("utf-8")
