"""Takes a notebook and values by name, gives it with those values in place of its own; unknown names are refused."""

from __future__ import annotations

import ast
import json
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from iop_outcomes.errors import UsageError, choices

TAG = "parameters"
SOURCE, OUTPUT = "source", "output"  # the data read, and the folder written; both are paths
POLICY = "policy"  # of disclosure: what a page may show


def parse(given: Sequence[str]) -> dict[str, str]:
    """Names and texts from "name=value".

    Raises
    ------
    UsageError
        When there is no "=" in one of them.

    Examples
    --------
    >>> parse(["by=site", "at=30,90"])
    {'by': 'site', 'at': '30,90'}
    """
    pairs = [entry.partition("=") for entry in given]
    for name, equals, _ in pairs:
        if not equals or not name.strip():
            raise UsageError(f'Parameter "{name}" has no value. Give it as -p name=value, as in -p by=site.')
    return {name.strip(): value for name, _, value in pairs}


def defaults(cells: Sequence[Any]) -> dict[str, Any]:
    """Names and values of the cell tagged `parameters`, None for a value that is computed; empty when there is no such cell.

    Examples
    --------
    >>> cell = {"cell_type": "code", "metadata": {"tags": ["parameters"]}, "source": "by = 'track'"}
    >>> defaults([cell])
    {'by': 'track'}
    """
    values: dict[str, Any] = {}
    for cell in cells:
        if cell["cell_type"] == "code" and TAG in cell["metadata"].get("tags", ()):
            for node in ast.parse(cell["source"]).body:
                targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
                values |= {target.id: _literal(node) for target in targets if isinstance(target, ast.Name)}
    return values


def _literal(node: ast.Assign | ast.AnnAssign) -> Any:
    try:
        return ast.literal_eval(node.value) if node.value else None
    except ValueError:
        return None


def value_of(text: str, default: Any) -> Any:
    """A value as typed: a Python literal, else text; what is text by default stays text, so that a folder may be called 2024.

    Examples
    --------
    >>> value_of("30,90", (30,)), value_of("site", "track"), value_of("2024", "data")
    ((30, 90), 'site', '2024')
    """
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text
    return text if isinstance(default, str) and not isinstance(value, str) and value is not None else value


def values_for(path: Path, known: Mapping[str, Any], given: Mapping[str, str], output: str) -> dict[str, Any]:
    """The values that replace a notebook's own.

    A path that was typed is seen from the current folder; the notebook's own `source` is seen from where the notebook lies.

    Parameters
    ----------
    path : Path
        The notebook.
    known : dict of str to value
        Its own values.
    given : dict of str to str
        Values by name, as typed.
    output : str
        Folder written to, for a notebook that has an `output`.

    Raises
    ------
    UsageError
        When the notebook has no such parameter, or its own data are not there.
    """
    for name in given:
        if name not in known:
            raise UsageError(f'{path.stem} has no parameter "{name}". {choices(name, known)}')
    values = {OUTPUT: output} if OUTPUT in known else {}
    values |= {name: value_of(text, known[name]) for name, text in given.items()}
    if isinstance(typed := values.get(SOURCE), str) and not Path(typed).exists():
        raise UsageError(
            f"{path.stem}: there are no data at {os.path.normpath(Path(typed).absolute())}. Check -p {SOURCE}, which is seen from the folder this runs in."
        )
    if SOURCE in known and SOURCE not in values:
        default_source = path.parent / str(known[SOURCE])
        if not default_source.exists():
            where = os.path.normpath(default_source.absolute())
            raise UsageError(
                f"{path.stem}: its own data are not there: {where}. Name yours with -p {SOURCE}=FOLDER, as in -p {SOURCE}=mydata, "
                "or write a made-up program first: iop-outcomes synth."
            )
        values[SOURCE] = seen_from(Path(), default_source)
    return values


def seen_from(folder: Path, path: Path) -> str:
    """A path as it is written in a folder, whole where it lies on another drive."""
    try:
        return Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()
    except ValueError:
        return path.resolve().as_posix()


def moved(cell: Any, old: Path, new: Path) -> None:
    """Rewrite the data named in a cell of parameters, so that from a new folder they are found as from the old one.

    Data that are not there stay as they are named, and so does a `source` that is computed.
    """
    text = "".join(cell["source"])
    known = defaults([{**cell, "source": text}]).get(SOURCE)
    if isinstance(known, str) and (old / known).exists():
        line = f"{SOURCE} = {json.dumps(seen_from(new, old / known), ensure_ascii=False)}"
        cell["source"] = re.sub(rf"^{SOURCE} *=.*", lambda _: line, text, flags=re.MULTILINE).splitlines(keepends=True)
