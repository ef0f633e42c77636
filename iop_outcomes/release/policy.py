"""Takes the name of a disclosure policy and the class of the data, gives the rule, or refuses."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from iop_outcomes.columns import UNRESTRICTED_CLASSES
from iop_outcomes.errors import UsageError, choices

Extent = Literal["whole", "part", "none"]  # how much of a page was audited


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
    smallest : int
        Groups of fewer episodes are not shown: a level, or the episodes that a number speaks of.
    base : int
        Counts are rounded to multiples of it; 0 leaves them as they are.
    crossed : bool
        Whether numbers of two columns crossed may be shown.
    without_tracks : str
        The policy that holds instead where the data have no episode in one of the tracks that the mapping names
        ([data] part2_tracks); empty where tracks do not matter.

    Examples
    --------
    >>> [POLICIES["nhs"].rounded(n) for n in (0, 8, 12, 13)], [POLICIES["round5"].rounded(n) for n in (2, 3)]
    ([0, 10, 10, 15], [0, 5])
    """

    name: str
    threshold: int
    words: str
    source: str
    mark: str = ""
    classes: tuple[str, ...] = ()
    smallest: int = 0
    base: int = 0
    crossed: bool = True
    without_tracks: str = ""

    @property
    def fewest(self) -> int:
        """Episodes that a group must hold to be shown."""
        return max(self.threshold, self.smallest)

    def rounded(self, n: int) -> int:
        """A count as it is printed: the nearest multiple of the base, half of it up."""
        return (2 * n + self.base) // (2 * self.base) * self.base if self.base else n

    def limits(self, n: int) -> tuple[int, int]:
        """The least and the most that a count can be that is printed as this one is.

        Examples
        --------
        >>> POLICIES["round5"].limits(3), POLICIES["round5"].limits(0), POLICIES["nhs"].limits(9), POLICIES["cms11"].limits(12)
        ((3, 7), (0, 2), (8, 12), (12, 12))
        """
        if not self.base or (not n and self.threshold > 1):
            return n, n
        printed = self.rounded(n)
        return max(printed - self.base // 2, self.threshold if printed else 0), printed + (self.base - 1) // 2

    def within(self, tracks: Collection[str]) -> Policy:
        """The same rule as it holds for data with episodes in these of the tracks that the mapping names."""
        if not self.without_tracks or tracks:
            return self
        other = POLICIES[self.without_tracks]
        return replace(self, threshold=other.threshold, smallest=other.smallest, crossed=other.crossed)


_SMALL = "Groups of fewer than 11 episodes, counts from 1 to 10, and figures that would give them back are not shown"
_FROM_ROUNDED = (
    "Shares are computed from the rounded counts and carry no range, error or p value, which would give the counts back; shares read from "
    "curves are whole percents; means and medians come from exact counts. Rounded counts need not add up."
)
POLICIES: Mapping[str, Policy] = {
    policy.name: policy
    for policy in (
        Policy(
            "cms11",
            11,
            f"{_SMALL}.",
            "US Centers for Medicare & Medicaid Services, cell size suppression policy (ResDAC, 26 January 2024)",
            smallest=11,
        ),
        Policy(
            "part2",
            11,
            f"{_SMALL}. Where the data hold a track of substance use treatment that the mapping names (part2_tracks), neither are groups of fewer "
            "than 20 episodes, nor numbers of two columns crossed, because being in such a track is itself protected.",
            "42 CFR part 2 (final rule 89 FR 12472, 16 February 2024) asks for de-identification and names no size; 20 is the choice of this package",
            smallest=20,
            crossed=False,
            without_tracks="cms11",
        ),
        Policy(
            "round5",
            1,
            f"Groups of fewer than 7 episodes are not shown, and every count is rounded to the nearest 5. {_FROM_ROUNDED}",
            "rounding as statistical offices use it: Hundepool A et al. (2012), Statistical Disclosure Control, doi:10.1002/9781118348239",
            smallest=7,
            base=5,
        ),
        Policy(
            "nhs",
            8,
            f"Counts from 1 to 7 are not shown, and every other count is rounded to the nearest 5. {_FROM_ROUNDED}",
            "NHS England (formerly NHS Digital), disclosure control for hospital episode statistics: 1 to 7 suppressed, others to the nearest 5",
            smallest=8,
            base=5,
        ),
        Policy(
            "internal",
            0,
            "Nothing is withheld: for the program's own quality work, where withholding would hide what people must act on.",
            "the program itself, for people entitled to see its patients' records",
            mark="contains small numbers: for people entitled to see this program's patients",
        ),
        Policy(
            "none",
            0,
            "Nothing is withheld: the data are synthetic or public.",
            "data classes synthetic and public alone",
            classes=UNRESTRICTED_CLASSES,
        ),
    )
}
ALONE = (
    "This output was not compared with earlier ones: two outputs of nearly the same episodes can give a person back by what differs. With a "
    "ledger (--ledger FILE, ledger=) each is compared with those made before."
)

UNCOMPARED = (
    "This output was not compared with earlier ones, though there is a ledger: its counts are rounded, but means and medians of nearly the same "
    "episodes can differ by what one person changes. Under cms11 a ledger compares them."
)


def compared_words(policy: Policy, several: int | None) -> str:
    """What is said of earlier outputs: nothing where nothing is withheld.

    Examples
    --------
    >>> compared_words(POLICIES["cms11"], 1)
    'Compared with 1 earlier output: what would differ from it by 1 to 10 episodes is not shown. The next output that differs by more shows it again.'
    """
    if not policy.threshold:
        return ""
    if several is None:
        return ALONE
    if policy.base:
        return UNCOMPARED
    outputs, them = ("output", "it") if several == 1 else ("outputs", "one of them")
    return (
        f"Compared with {several} earlier {outputs}: what would differ from {them} by 1 to {policy.threshold - 1} episodes is not shown. "
        "The next output that differs by more shows it again."
    )


def audit_words(policy: Policy, extents: Collection[Extent]) -> str:
    """What is said of how far a page was audited: nothing where nothing is withheld.

    Parameters
    ----------
    policy : Policy
    extents : collection of {"whole", "part", "none"}
        Of everything that stands on the page.
    """
    if not policy.threshold:
        return ""
    audited = "none" if set(extents) <= {"none"} else "whole" if set(extents) == {"whole"} else "part"
    if audited == "none":
        return NOT_AUDITED
    small = f"1 to {policy.fewest - 1}"
    if audited == "part":
        return (
            f"Audited in part: of some counts of {small} it was not checked how closely the rest of the page bounds them, because the page has "
            f"too many groups for that or no bound could be computed. {_NOT_CHECKED}"
        )
    if policy.base and policy.threshold <= 1:
        return (
            f"Audited: no count of {small} is known more closely than its rounding leaves it, from the rounded counts and means that are shown here "
            f"together. {_NOT_CHECKED}"
        )
    return (
        f"Audited: no withheld count of {small} follows, nor must lie between 1 and {policy.fewest - 1}, from the counts, numbers "
        f"followed and rounded values that are shown here together. {_NOT_CHECKED}"
    )


DEFAULT_POLICY = "cms11"
_OF_TRACKS = "part2"
_NOT_CHECKED = "Not checked: sentences, coordinates of charts and limits of intervals."
NOT_AUDITED = (
    "Not audited as a whole: totals that are released together are protected together, but how closely everything on the page bounds what "
    "is withheld is not checked."
)


def policy_for(name: str, data_class: str, part2_tracks: Collection[str] = ()) -> Policy:
    """Look a policy up and hold it against the class of the data, and against the tracks of substance use treatment that these hold.

    Where the mapping names such tracks and any of their episodes is among the data, everything that withholds is `part2`: who is in such a track
    is itself protected, and no parameter lowers that but `internal`, and `none` of data that are nobody's.

    Examples
    --------
    >>> [policy_for(name, "safe_harbor", ["opioids"]).name for name in ("cms11", "round5", "internal")]
    ['part2', 'part2', 'internal']
    >>> policy_for("round5", "safe_harbor").name
    'round5'

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
    return POLICIES[_OF_TRACKS] if part2_tracks and policy.threshold else policy
