"""Takes what a cell of a notebook shows, gives it where it is released, and else what may stand in its place: for pages that others read."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

from iop_outcomes.release import keep_ledger, policy_for

WITHHELD = (
    "Working material is not shown on a page. Open the notebook in JupyterLab to see it, or run it with -p policy=internal "
    "for people entitled to see this program's patients."
)


class _Withheld:
    """What stands in the place of working material."""

    def __init__(self, html: str = "") -> None:
        self._html = html

    def _repr_html_(self) -> str:
        return self._html or f'<p class="note" role="note">{escape(WITHHELD)}</p>'

    def __repr__(self) -> str:
        return WITHHELD


def released_only(policy: str, ledger: str | None) -> None:
    """Let the cells of this notebook show what is released, alone; what is printed, too, where it is a thing of the package or a frame.

    Parameters
    ----------
    policy : str
        The policy of disclosure under which findings are counted.
    ledger : str or None
        File of the outputs made before, which answers are held against.
    """
    from IPython.core.getipython import get_ipython

    keep_ledger(ledger)
    shell: Any = get_ipython()
    draw = shell.display_formatter.format

    def format_released(thing: object, *arguments: Any, **options: Any) -> Any:
        return draw(released_form(thing, policy), *arguments, **options)

    shell.display_formatter.format = format_released
    _withhold_words()


def released_form(thing: object, policy: str) -> object:
    """A thing as it may be shown on a page: itself where it is released, data as their findings, and else a sentence."""
    from iop_outcomes.intake.data import Data
    from iop_outcomes.reporting.parts.data_quality import findings_block

    if isinstance(thing, Data):
        block = findings_block(thing, policy_for(policy, thing.data_class, thing.provenance.part2_tracks))
        return _Withheld(f"<p>Data of class {escape(thing.data_class)}.</p>{block._repr_html_()}")
    return thing if _is_released(thing) else _Withheld()


def _is_released(thing: object) -> bool:
    """Whether a thing is one that shows released numbers only, or words, or names of files."""
    from iop_outcomes.answer import Answer, NoAnswer, ReleasedTableOne, TableOne
    from iop_outcomes.release import Released
    from iop_outcomes.reporting.blocks import Section
    from iop_outcomes.reporting.document import Document
    from iop_outcomes.reporting.exhibit import Exhibit
    from iop_outcomes.results import Definition

    if isinstance(thing, list | tuple):
        return all(_is_released(each) for each in thing)
    if isinstance(thing, Exhibit):
        return not thing.working
    kinds = str | Path | Answer | NoAnswer | TableOne | ReleasedTableOne | Released | Section | Document | Definition
    return thing is None or isinstance(thing, kinds) or _is_drawn(thing)


def _is_drawn(thing: object) -> bool:
    """Whether a thing is a chart, or a part of one."""
    return any(kind.__module__ == "matplotlib.artist" for kind in type(thing).__mro__)


def _withhold_words() -> None:
    """Give working material, printed, one sentence for words: the package's own, and data frames."""
    import pandas as pd

    from iop_outcomes.counts import Counts
    from iop_outcomes.intake.data import Data
    from iop_outcomes.intake.findings import Finding
    from iop_outcomes.results import Flow, Provenance, Results

    words: Callable[[object], str] = lambda _: WITHHELD  # noqa: E731 - one function for all of them
    for kind in (Data, Finding, Flow, Provenance, Results, Counts, pd.DataFrame, pd.Series):
        for name in ("__repr__", "__str__"):
            setattr(kind, name, words)  # in the process of a kernel, which ends with the page
