"""Takes programs, gives three reports, made once: as it is, of little, and of much."""

from __future__ import annotations

import pandas as pd
import pytest

import iop_outcomes as iop
from tests.reporting.render.office import TITLE, opened
from tests.reporting.test_edges_of_pages import episodes


@pytest.fixture(scope="session")
def internal(synthetic):
    """The synthetic program, for people entitled to see it, under a title that Office files must not take for their own marks."""
    return opened(iop.report(synthetic, policy="internal", title=TITLE))


@pytest.fixture(scope="session")
def bare():
    """No scores, no events, one track, no cut-off: most of a report is not there."""
    rows = pd.DataFrame(episodes(day=(30, 30)))
    with iop.load({"episodes": rows}, mapping={"data": {"class": "limited_data_set"}}) as data:
        yield opened(iop.report(data, policy="cms11"))


@pytest.fixture(scope="session")
def crowded():
    """24 groups, some of them with a name that a file could take for marks or for a formula."""
    tracks = {f"track_{n:02d}x": (20 + n % 9, 20) for n in range(22)} | {"=1+1": (20, 20), "<a> & b": (20, 25)}
    rows = pd.DataFrame(episodes(**tracks))
    with iop.load({"episodes": rows}, mapping={"data": {"class": "limited_data_set"}}) as data:
        yield opened(iop.report(data, policy="internal"))


@pytest.fixture
def made(request, name):
    """One of the three."""
    return request.getfixturevalue(name)
