"""Takes one TOML file per instrument, gives Scale objects whose every number has been checked and has a source."""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from types import MappingProxyType

from iop_outcomes.errors import DataError, UsageError, choices
from iop_outcomes.scales.checks import check_scale
from iop_outcomes.scales.reading import fail, read_scales
from iop_outcomes.scales.scale import Scale
from iop_outcomes.toml_entries import parsed_entry


def load_scales(folder: str | os.PathLike[str] | None = None) -> Mapping[str, Scale]:
    """Read the shipped scales, and those of a folder of your own.

    Parameters
    ----------
    folder : path, optional
        Folder with one TOML file per scale, each named after its scale; a file of a shipped scale's name replaces it. Read at every call;
        the shipped files are read once.

    Returns
    -------
    mapping of str to Scale
        By name, sorted; read-only.

    Raises
    ------
    DataError
        A file breaks a rule: it names the file, the key and what to do.

    References
    ----------
    TOML 1.0, https://toml.io/en/v1.0.0

    Examples
    --------
    >>> [name for name, scale in load_scales().items() if scale.label.startswith("PHQ")]
    ['phq2', 'phq8', 'phq9', 'phqa']
    """
    if folder is None:
        return _shipped()
    path = Path(folder)
    if not path.is_dir():
        raise DataError(f"{path}: not a folder; give the folder that holds your scale files (name.toml).")
    site_scales = _read_folder(path, str(path) + os.sep)
    if not site_scales:
        raise DataError(f"{path}: holds no .toml file; put one file per scale there, named after the scale, or leave the folder out.")
    merged = {**_shipped(), **site_scales}
    return MappingProxyType({name: merged[name] for name in sorted(merged)})


def get_scale(name: str, scales: Mapping[str, Scale] | None = None) -> Scale:
    """Find one scale by name.

    Parameters
    ----------
    name : str
        Such as "phq9".
    scales : mapping of str to Scale, optional
        What `load_scales` gave for a folder of your own; by default the shipped scales.

    Returns
    -------
    Scale
        The scale of that name.

    Raises
    ------
    UsageError
        No scale has that name; the message gives the nearest.

    References
    ----------
    PHQ-9: doi:10.1046/j.1525-1497.2001.016009606.x; for the others see each scale's `source`.

    Examples
    --------
    >>> get_scale("gad7").range
    (0, 21)
    """
    known = load_scales() if scales is None else scales
    if name not in known:
        raise UsageError(f'There is no scale "{name}". {choices(str(name).lower(), known)}')
    return known[name]


@functools.cache
def _shipped() -> Mapping[str, Scale]:
    return MappingProxyType(_read_folder(files("iop_outcomes.scales"), ""))


def _read_folder(folder: Traversable, prefix: str) -> dict[str, Scale]:
    # A leading dot marks the side files that some systems write next to the real ones.
    entries = [entry for entry in folder.iterdir() if entry.name.endswith(".toml") and not entry.name.startswith(".")]
    scales: dict[str, Scale] = {}
    for entry in sorted(entries, key=lambda entry: entry.name):
        for scale in _read_file(entry, prefix + entry.name):
            if scale.name in scales:
                fail(prefix + entry.name, "name", f'"{scale.name}" is a scale of another file here; rename one of them')
            scales[scale.name] = scale
    return {name: scales[name] for name in sorted(scales)}


def _read_file(entry: Traversable, file: str) -> tuple[Scale, ...]:
    scales = read_scales(file, parsed_entry(entry, file, "a scale file holds one scale's numbers only"))
    if entry.name != f"{scales[0].name}.toml":
        fail(file, "name", f'is "{scales[0].name}", so the file must be called {scales[0].name}.toml; rename one of them')
    for scale in scales:
        check_scale(scale, file)
    return scales
