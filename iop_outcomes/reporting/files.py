"""Takes texts and their names, gives files that are whole or not there: temporary folder, fsync, replace."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from iop_outcomes.errors import OutputError

_NAME = re.compile(r"[a-z0-9_]+(\.[a-z0-9]+)+")


def write_files(folder: str | Path, files: Mapping[str, bytes]) -> list[Path]:
    """Write files into a folder, each whole or not at all.

    Parameters
    ----------
    folder : path
        Made when it does not exist.
    files : dict of str to bytes
        Contents by name; names are plain, without folders.

    Returns
    -------
    list of Path
        What was written, in the order given.

    Raises
    ------
    OutputError
        When the folder cannot be made or written; what stood there before is untouched.
    """
    target = Path(folder)
    for name in files:
        if not _NAME.fullmatch(name):
            raise ValueError(f"not a plain file name: {name!r}")
    staging: str | None = None
    try:
        target.mkdir(parents=True, exist_ok=True)
        staging = tempfile.mkdtemp(prefix=".iop-outcomes-", dir=target)
        for name, content in files.items():
            _write(Path(staging) / name, content)
        for name in files:
            (Path(staging) / name).replace(target / name)
        _sync_folder(target)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise OutputError(f"{target}: cannot be written ({reason}). Choose another folder with --output, or free some space.") from error
    finally:
        if staging is not None:
            shutil.rmtree(staging, ignore_errors=True)
    return [target / name for name in files]


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
