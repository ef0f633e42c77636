"""Takes the .json file of a report, gives the rows of each table of the data that it names."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from iop_outcomes.attack.facts import EVERYONE
from iop_outcomes.attack.identities import RowName
from iop_outcomes.attack.readings import FilesRead, Number, Rounded

_ROUNDED = {"round5": Rounded(5, 1), "nhs": Rounded(5, 8)}  # policies that round, as the guide says them
TABLE = "rows of "  # a row so named is about a table of the data, not about a measure


def read_json(text: str, name: str) -> FilesRead:
    """Read where the numbers of a report come from.

    Parameters
    ----------
    text : str
        The file.
    name : str
        Its name.

    Returns
    -------
    FilesRead
    """
    document = json.loads(text)
    if not isinstance(document, dict):
        return FilesRead([name])
    policy = document.get("policy")
    rounded = _ROUNDED.get(str(policy.get("name")), Rounded()) if isinstance(policy, dict) else Rounded()
    return FilesRead([name], numbers=list(_tables(document, name)), rounded=rounded)


def _tables(document: dict[str, Any], name: str) -> Iterator[Number]:
    for source in document.get("provenance", {}).get("sources", []):
        if source.get("rows") is not None:
            row_name = RowName(f"{TABLE}{source['table']}", "", "in")
            yield Number(row_name, EVERYONE, "n", Fraction(source["rows"]), f"{name}: rows of {source['name']}")
