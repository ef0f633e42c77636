"""Takes what a mapping or a command calls a layout, gives whether there is one: by an adapter, by a file of this package, or a site's own."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from iop_outcomes.columns import LAYOUTS
from iop_outcomes.errors import DataError
from iop_outcomes.intake.vocabulary import one_of

ENDING = ".toml"
_FOLDER = "iop_outcomes.intake.layouts"
_BESIDE = re.compile(r"\w[\w .-]{0,80}\.toml")


@cache
def layout_names() -> tuple[str, ...]:
    """Names of the layouts that this package describes by a file each.

    Examples
    --------
    >>> layout_names()
    ('tuva_encounters', 'tuva_readmissions')
    """
    return tuple(sorted(file.name.removesuffix(ENDING) for file in files(_FOLDER).iterdir() if file.name.endswith(ENDING)))


def is_layout_file(name: str) -> bool:
    """Whether a layout is described by a file, of this package or of a site, and has no adapter."""
    return name.endswith(ENDING) or name in layout_names()


def layout_named(given: object, where: str) -> str:
    """A layout that a mapping names: of this package, or a file that stands beside the mapping.

    Raises
    ------
    DataError
        When there is none of that name, or it leads out of the folder.

    Examples
    --------
    >>> layout_named("ours.toml", "mapping [data] layout")
    'ours.toml'
    """
    if isinstance(given, str) and given.endswith(ENDING):
        if not _BESIDE.fullmatch(given):
            raise DataError(
                f'{where}: a layout of your own is a file beside mapping.toml, named without a folder, as in layout = "ours.toml".'
            )
        return given
    return one_of(given, (*LAYOUTS, *layout_names()), where) if given != "" else ""
