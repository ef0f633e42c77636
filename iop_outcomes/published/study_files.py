"""Takes the files of studies, those of the package and those of a reader, gives each as a Study, checked."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterable
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from iop_outcomes.errors import DataError
from iop_outcomes.published.metapsy import read_metapsy
from iop_outcomes.published.study import Study
from iop_outcomes.published.study_reading import read_study
from iop_outcomes.toml_entries import parsed_entry

Files = str | os.PathLike[str] | Iterable[str | os.PathLike[str]] | None


@functools.cache
def shipped_studies() -> tuple[Study, ...]:
    """Every study of the package, by name."""
    return _read_folder(files("iop_outcomes.published") / "registry", "")


def added_studies(add: Files) -> tuple[Study, ...]:
    """Studies of a reader: of a TOML file, a folder of them, or a table in the Metapsy standard (.csv); several where several are given.

    Raises
    ------
    DataError
        A file does not exist, or breaks a rule: it names the file, the key and what to do.
    """
    if add is None:
        return ()
    paths = [Path(add)] if isinstance(add, str | os.PathLike) else [Path(each) for each in add]
    return tuple(study for path in paths for study in _added(path))


def _added(path: Path) -> tuple[Study, ...]:
    if path.is_dir():
        studies = _read_folder(path, f"{path}/")
        if not studies:
            raise DataError(f"{path}: holds no .toml file; put one file per study there, named after its id.")
        return studies
    if not path.is_file():
        raise DataError(f"{path}: does not exist; give a study's .toml file, a folder of them, or a .csv in the Metapsy standard.")
    if path.suffix == ".csv":
        return read_metapsy(path)
    if path.suffix != ".toml":
        raise DataError(f"{path}: is neither .toml (one study) nor .csv (the Metapsy standard); rename or convert it.")
    return (_read_file(path, str(path)),)


def _read_folder(folder: Traversable, prefix: str) -> tuple[Study, ...]:
    # A leading dot marks the side files that some systems write next to the real ones.
    entries = [entry for entry in folder.iterdir() if entry.name.endswith(".toml") and not entry.name.startswith(".")]
    return tuple(_read_file(entry, prefix + entry.name) for entry in sorted(entries, key=lambda entry: entry.name))


def _read_file(entry: Traversable, file: str) -> Study:
    study = read_study(file, parsed_entry(entry, file, "a study's file holds one study's figures only"))
    if entry.name != f"{study.id}.toml":
        raise DataError(f'{file}: key id: is "{study.id}", so the file must be called {study.id}.toml; rename one of them.')
    return study
