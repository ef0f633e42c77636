"""Takes the name of a layout that files may come in, gives the adapter that turns them into the canonical tables."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from iop_outcomes.columns import LAYOUTS
from iop_outcomes.errors import UsageError, choices
from iop_outcomes.intake.findings import Finding
from iop_outcomes.intake.inputs import Input
from iop_outcomes.intake.layout_names import layout_names
from iop_outcomes.intake.mapping import Mapping
from iop_outcomes.intake.store import Store
from iop_outcomes.results import Flow
from iop_outcomes.scales import Scale


@dataclass(frozen=True)
class Adapted:
    """What an adapter has made of its files.

    Parameters
    ----------
    inputs : tuple of Input
        One for each canonical table that now stands in the store as raw text; episodes first.
    mapping : Mapping
        The site's own, completed with what the layout itself declares (codes, data class where the layout fixes it).
    findings : tuple of Finding
        What was seen on the way: records that could not be used, each counted, never a value.
    cannot : dict of str to str
        What files of this layout never bring and measures may need, each with the reason.
    flow : tuple of Flow
        What became of rows that are no longer there, such as contacts rolled into episodes.
    rules : tuple of str
        Rules by which rows were made of others, in words.
    """

    inputs: tuple[Input, ...]
    mapping: Mapping
    findings: tuple[Finding, ...] = ()
    cannot: Dictionary[str, str] = field(default_factory=dict)
    flow: tuple[Flow, ...] = ()
    rules: tuple[str, ...] = ()


class Adapter(Protocol):
    """Reads the files of one layout into the store."""

    def __call__(self, store: Store, path: Path, mapping: Mapping, scales: Dictionary[str, Scale]) -> Adapted:
        """Put every canonical table of the files at a path into the store, as text."""


def find_adapter(layout: str) -> Adapter:
    """Look an adapter up.

    Raises
    ------
    UsageError
        When there is no such layout.
    """
    if layout not in LAYOUTS:
        raise UsageError(f'No layout is called "{layout}". {choices(layout, (*LAYOUTS, *layout_names()))}')
    return cast("Adapter", import_module(f"{__package__}.{layout}").adapt)  # a layout's module bears its name
