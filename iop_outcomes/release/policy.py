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
    mark : str
        Words that stand on every page, chart, table and file made under it.
    classes : tuple of str
        Classes of data that it is for; every class where it names none.
    """

    name: str
    threshold: int
    words: str
    source: str
    mark: str = ""
    classes: tuple[str, ...] = ()


POLICIES: Mapping[str, Policy] = {
    "cms11": Policy(
        "cms11",
        11,
        "Groups of fewer than 11 episodes, counts from 1 to 10, and figures that would give them back are not shown.",
        "US Centers for Medicare & Medicaid Services, cell size suppression policy (ResDAC, 26 January 2024)",
    ),
    "internal": Policy(
        "internal",
        0,
        "Nothing is withheld: for the program's own quality work, where withholding would hide what people must act on.",
        "the program itself, for people entitled to see its patients' records",
        mark="contains small numbers: for people entitled to see this program's patients",
    ),
    "none": Policy(
        "none",
        0,
        "Nothing is withheld: the data are synthetic or public.",
        "data classes synthetic and public alone",
        classes=UNRESTRICTED_CLASSES,
    ),
}
DEFAULT_POLICY = "cms11"
NOT_AUDITED = "No audit of disclosure over the whole page has been applied: each table is protected by itself."


def policy_for(name: str, data_class: str) -> Policy:
    """Look a policy up and hold it against the class of the data.

    Raises
    ------
    UsageError
        When there is no such policy, or the class does not allow it.
    """
    if name not in POLICIES:
        raise UsageError(f'No disclosure policy is called "{name}". {choices(name, POLICIES)}')
    policy = POLICIES[name]
    if policy.classes and data_class not in policy.classes:
        raise UsageError(
            f'policy "{name}" shows every count and is only for data of class {" or ".join(policy.classes)}; these data are of class '
            f'{data_class}. Use policy "{DEFAULT_POLICY}", or "internal" for people entitled to see this program\'s patients.'
        )
    return policy
