"""Takes what a scale measures, gives published changes without a program, or in routine care, that a change before and after is read beside."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from iop_outcomes.published.study_files import shipped_studies
from iop_outcomes.scales import load_scales

# Study and figure of the registry, what it is a yardstick of, and the word in a scale's construct that it goes with.
_YARDSTICKS = (
    ("rutherford_2012", "depression", "waiting list, untreated", "depress"),
    ("gaskell_2022", "depression", "routine practice", "depress"),
    ("gaskell_2022", "anxiety", "routine practice", "anxiety"),
)


@dataclass(frozen=True, slots=True)
class Yardstick:
    """A pooled change before and after, in SDs.

    Attributes
    ----------
    study, name, scale, words : str
        Where it stands, the study in short, which scale it is read beside, and what it is of.
    value, low, high : float
        As printed.
    note : str
        What it is not.
    """

    study: str
    name: str
    scale: str
    words: str
    value: float
    low: float
    high: float
    note: str


def yardsticks_of(scale: str) -> tuple[Yardstick, ...]:
    """Those that go with what a scale measures; none where none is published for it.

    Parameters
    ----------
    scale : str
        Name of a scale.

    Examples
    --------
    >>> [(each.study, each.value, each.low, each.high) for each in yardsticks_of("phq9")]
    [('rutherford_2012', 0.505, 0.271, 0.739), ('gaskell_2022', 0.96, 0.88, 1.04)]
    """
    scales = load_scales()
    construct = scales[scale].construct.casefold() if scale in scales else ""
    studies = {study.id: study for study in shipped_studies()}
    rows = []
    for name, figure_name, words, word in _YARDSTICKS:
        if word not in construct:
            continue
        figure = next(each for each in studies[name].figures if each.name == figure_name)
        value, low, high = (figure.printed[key] for key in ("effect_size", "low", "high"))
        if isinstance(value, int | Decimal) and isinstance(low, int | Decimal) and isinstance(high, int | Decimal):
            note = "pooled from many studies of other people and scales; which effect size was pooled is not printed: a yardstick, no comparison"
            rows.append(Yardstick(name, studies[name].name, scale, words, float(value), float(low), float(high), note))
    return tuple(rows)
