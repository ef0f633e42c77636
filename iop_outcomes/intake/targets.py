"""Takes the targets of a mapping, gives each as a share with its direction and source, checked against the measures there are."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass
from typing import Any

from iop_outcomes.errors import DataError, choices
from iop_outcomes.intake.vocabulary import one_of, only, section_of
from iop_outcomes.measures import find, known
from iop_outcomes.scales import Scale

AT_LEAST, AT_MOST = "at_least", "at_most"
DIRECTIONS = (AT_LEAST, AT_MOST)
MOST_LETTERS = 120  # of a name or a source, which stand in one line of a page
_KEYS = ("value", "direction", "source")
_PERCENT = re.compile(r"\s*(\d{1,3}(?:\.\d+)?)\s*%\s*")


@dataclass(frozen=True, slots=True)
class Target:
    """What a program means to reach.

    Parameters
    ----------
    measure : str
        Name of a measure, such as "completion".
    estimand : str
        Which of its shares; "" for the first.
    value : float
        Between 0 and 1.
    direction : {"at_least", "at_most"}
        Whether more or less is to be reached.
    source : str
        Who set it, in words.
    """

    measure: str
    estimand: str
    value: float
    direction: str
    source: str


def read_targets(given: Dictionary[str, Any], where: str) -> tuple[Target, ...]:
    """The targets of a mapping: of a measure in its own section, of another of its numbers in one below it.

    Raises
    ------
    DataError
        When a key, a direction or a value is not one that a target may have.

    Examples
    --------
    >>> read_targets({"completion": {"value": "55%", "direction": "at_least", "source": "Board"}}, "mapping [targets")
    (Target(measure='completion', estimand='', value=0.55, direction='at_least', source='Board'),)
    """
    targets = []
    for measure in given:
        section = section_of(given, measure, f"{where}.{measure}]")
        below = {key: value for key, value in section.items() if isinstance(value, Dictionary)}
        plain = {key: value for key, value in section.items() if key not in below}
        if plain or not below:
            targets.append(_target(measure, "", plain, f"{where}.{measure}]"))
        targets += [_target(measure, estimand, keys, f"{where}.{measure}.{estimand}]") for estimand, keys in below.items()]
    return tuple(targets)


def _target(measure: str, estimand: str, given: Dictionary[str, Any], where: str) -> Target:
    only(given, _KEYS, where, "key")
    for key in _KEYS:
        if key not in given:
            raise DataError(f'{where}: needs {key}, as in value = "55%", direction = "at_least", source = "Board, 2025".')
    direction = one_of(given["direction"], DIRECTIONS, f"{where} direction")
    return Target(measure, estimand, _share(given["value"], where), direction, line_of(given["source"], f"{where} source"))


def _share(given: object, where: str) -> float:
    """A share between 0 and 1, from itself or from a percentage; 1 may be either, and is refused."""
    written = _PERCENT.fullmatch(given) if isinstance(given, str) else None
    if written:
        share = float(written[1]) / 100
    elif isinstance(given, bool) or not isinstance(given, int | float) or not math.isfinite(given) or given == 1:
        share = math.nan
    else:
        share = float(given) if given < 1 else float(given) / 100
    if not 0 <= share <= 1:
        raise DataError(
            f'{where} value: must be a percentage such as "55%", or a share below 1 such as 0.55 (1 itself may be either: write "1%" or "100%").'
        )
    return share


def line_of(given: object, where: str, *, most: int = MOST_LETTERS, example: str = "Riverside IOP") -> str:
    """A text of one line, not blank and not long."""
    if not isinstance(given, str) or not given.strip() or not given.isprintable() or len(given) > most:
        raise DataError(f'{where}: must be a text of one line with at most {most} letters, as in "{example}".')
    return given.strip()


def named_targets(targets: Iterable[Target], scales: Dictionary[str, Scale], name: str) -> tuple[Target, ...]:
    """The targets with the number that each is for, once the scales are known.

    Raises
    ------
    DataError
        When there is no such measure or number, or when it is no share.
    """
    declarations = known(scales)
    named: dict[tuple[str, str], Target] = {}
    for target in targets:
        where = f"{name} [targets.{target.measure}{f'.{target.estimand}' if target.estimand else ''}]"
        if target.measure not in declarations:
            raise DataError(f'{where}: no measure is called "{target.measure}". {choices(target.measure, declarations)}')
        estimands = find(target.measure, scales=scales).estimands
        shares = [each.name for each in estimands if each.unit == "share"]
        estimand = target.estimand or estimands[0].name
        if estimand not in shares:
            example = f" Name one of its shares, as in [targets.{target.measure}.{shares[0]}]." if shares else ""
            raise DataError(f"{where}: {estimand} is not a share of {target.measure}, and a target is one.{example}")
        if (target.measure, estimand) in named:
            raise DataError(f"{where}: {estimand} has two targets. Keep one of them.")
        named[target.measure, estimand] = Target(target.measure, estimand, target.value, target.direction, target.source)
    return tuple(named.values())
