"""Takes the name of a disclosure policy and the class of the data, gives the rule, or refuses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from iop_outcomes.columns import UNRESTRICTED_CLASSES
from iop_outcomes.errors import UsageError, choices


@dataclass(frozen=True, slots=True)
class Policy:
    """A rule of disclosure.

    Parameters
    ----------
    name : str
        Its name in calls.
    threshold : int
        Counts from 1 to one below it are withheld; 0 withholds nothing.
    words : str
        What a report says of it.
    source : str
        Whose rule it is.
    """

    name: str
    threshold: int
    words: str
    source: str


POLICIES: Mapping[str, Policy] = {
    "cms11": Policy(
        "cms11",
        11,
        "Groups of fewer than 11 episodes, counts from 1 to 10, and figures that would give them back are not shown.",
        "US Centers for Medicare & Medicaid Services, cell size suppression policy (ResDAC, 26 January 2024)",
    ),
    "none": Policy("none", 0, "Nothing is withheld: the data are synthetic or public.", "data classes synthetic and public alone"),
}
DEFAULT_POLICY = "cms11"


def policy_for(name: str, data_class: str) -> Policy:
    """Look a policy up and hold it against the class of the data.

    Raises
    ------
    UsageError
        When there is no such policy, or the class does not allow it.
    """
    if name not in POLICIES:
        raise UsageError(f'No disclosure policy is called "{name}". {choices(name, POLICIES)}')
    if POLICIES[name].threshold == 0 and data_class not in UNRESTRICTED_CLASSES:
        raise UsageError(
            f'policy "{name}" shows every count and is only for data of class {" or ".join(UNRESTRICTED_CLASSES)}; '
            f'these data are of class {data_class}. Use policy "{DEFAULT_POLICY}".'
        )
    return POLICIES[name]
