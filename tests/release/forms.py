"""Takes what is released in a test, gives the working numbers of the forms that were chosen for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from iop_outcomes.release import Released, releasing
from iop_outcomes.results import Results


class Forms:
    """Every form that was released while it watched."""

    def __init__(self) -> None:
        self._pairs: list[tuple[Results, Released]] = []

    def watch(self, results: Sequence[Results], released: Sequence[Released]) -> None:
        """Note results and what was released of them."""
        self._pairs += zip(results, released, strict=True)

    def of(self, released: Released) -> Results:
        """The working numbers of one that was released."""
        return next(results for results, each in self._pairs if each is released)


@contextmanager
def watched_forms() -> Iterator[Forms]:
    """Watch which forms are released."""
    forms, released_page = Forms(), releasing._released_page

    def watching(page, *rest):
        released = released_page(page, *rest)
        forms.watch(page.results, released)
        return released

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(releasing, "_released_page", watching)
        yield forms
