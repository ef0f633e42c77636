"""Takes parts of FHIR R4 resources, gives ids, codes, days and points as text, or the reason why there are none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from iop_outcomes.intake.adapters.placing import unused
from iop_outcomes.intake.files import shown
from iop_outcomes.intake.findings import Finding, Severity, fatal

POINT_UNITS = ("{score}", "[score]", "score", "{points}", "points", "1", "")
WEIGHTS = tuple(f"http://hl7.org/fhir/StructureDefinition/{name}" for name in ("ordinalValue", "itemWeight"))
PLACES = ("Organization", "Location")
MODIFIED = "with a modifier extension, which may turn its meaning round"
LARGEST = 10**9
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(T.*)?", re.DOTALL)
_PARTIAL = re.compile(r"\d{4}(-\d{2})?")
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
_BY_IDENTIFIER = re.compile(rf"(?:{'|'.join(PLACES)})\?identifier=(?:[^|]*\|)?([^|&]+)")  # Organization?identifier=urn:sites|11


@dataclass
class Ledger:
    """What could not be used, and where: each reason with its file and lines; and the servers that absolute references name."""

    places: dict[tuple[str, str, Severity], list[int]] = field(default_factory=dict)
    servers: set[str] = field(default_factory=set)

    def note(self, path: Path, line: int, why: str, severity: Severity = "warning") -> None:
        """Count a record."""
        self.places.setdefault((shown(path), why, severity), []).append(line)

    def findings(self) -> list[Finding]:
        """One finding for each file and reason."""
        findings: list[Finding] = []
        for (file, why, severity), lines in self.places.items():
            findings += unused(file, why, len(lines), lines=lines, severity=severity)
        return findings

    def reference(self, part: Any, kind: str) -> str | None:
        """The id that a reference names; None for one that is contained, logical only, or of another type.

        Raises
        ------
        DataError
            When absolute references name two servers: one id may then be two people.
        """
        target = part.get("reference") if isinstance(part, dict) else None
        if not isinstance(target, str) or target.startswith("#"):
            return None
        if target.startswith("urn:uuid:"):
            return _id(target.removeprefix("urn:uuid:"))
        words = target.split("/_history/")[0].split("/")
        if len(words) < 2 or words[-2] != kind:
            return None
        if words[:-2]:
            self.servers.add("/".join(words[:-2]))
            if len(self.servers) > 1:
                fatal("two_servers", kind, "references name two servers", "Export from one server, or use relative references.")
        return _id(words[-1])

    def site(self, part: Any) -> str | None:
        """The place that a reference names: by id, or by the identifier that stands in its place."""
        for kind in PLACES:
            if (name := self.reference(part, kind)) is not None:
                return name
        if match := _BY_IDENTIFIER.fullmatch(text_of(part, "reference") or ""):
            return match[1]
        kind = (text_of(part, "type") or PLACES[0]).split("/")[-1]
        return text_of(part.get("identifier"), "value") if isinstance(part, dict) and kind in PLACES else None


def _id(text: str) -> str | None:
    return text if _ID.fullmatch(text) else None


def parts(value: Any) -> list[dict[str, Any]]:
    """The objects of a list, or of a single one; nothing when it is neither."""
    return [part for part in (value if isinstance(value, list) else [value]) if isinstance(part, dict)]


def text_of(part: Any, key: str) -> str | None:
    """A text of an object, if there is one that can be written as UTF-8."""
    value = part.get(key) if isinstance(part, dict) else None
    if not isinstance(value, str) or not value.strip():
        return None
    try:
        value.encode()
    except UnicodeEncodeError:
        return None
    return value.strip()


def codes_of(concepts: Any) -> list[str]:
    """The codes of a concept or a list of them, each once, in their order."""
    codings = (coding for concept in parts(concepts) for coding in parts(concept.get("coding")))
    return list(dict.fromkeys(code for coding in codings if (code := text_of(coding, "code"))))


def modified(part: dict[str, Any]) -> bool:
    """Whether an object carries a modifier extension, or rules of its own: whoever does not know them must not use the object."""
    return bool(part.get("modifierExtension") or part.get("implicitRules"))


def day(text: str | None) -> str | None:
    """The day a date or a time was written with, in its own time zone; None for a partial date.

    Examples
    --------
    >>> day("2024-01-02T23:30:00-05:00"), day("2024-01")
    ('2024-01-02', None)
    """
    match = _DAY.fullmatch(text or "")
    return match[1] if match else None


def without_day(text: str | None) -> str:
    """Why a text is no day."""
    return "with a partial date: the day is not known" if text and _PARTIAL.fullmatch(text) else "without a date"


def points(value: Any) -> str | None:
    """A number as text, whole numbers without a point; None for what is none."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    exact = Decimal(value)
    # Compared before any arithmetic: an exponent may be of any size.
    return str(int(exact)) if -LARGEST < exact < LARGEST and exact == int(exact) else str(exact)


def value_of(part: dict[str, Any], answers: Dictionary[str, int]) -> tuple[str | None, str]:
    """The points in a value[x], with the reason when there are none.

    Parameters
    ----------
    part : dict
        An Observation, a component of one, or an answer of a form.
    answers : dict of str to int
        Points by the code of an answer.
    """
    given = [key for key in part if key.startswith("value")]
    if part.get("dataAbsentReason"):
        return None, "whose value is absent for a stated reason"
    if len(given) != 1:
        return None, "with two values" if given else "without a value: missing, not 0"
    kind, value = given[0], part[given[0]]
    why = "with a value that is no number of points"
    weights = _weights(part)  # what stands beside the answer, as itemWeight may
    if kind in ("valueInteger", "valueDecimal"):
        weights.add(points(value))
    elif kind == "valueQuantity" and isinstance(value, dict):
        quantity, why = _quantity(value)
        weights.add(quantity)
    elif kind in ("valueCoding", "valueCodeableConcept"):
        codings = parts(value) if kind == "valueCoding" else [coding for concept in parts(value) for coding in parts(concept.get("coding"))]
        for coding in codings:
            known = answers.get(text_of(coding, "code") or "")
            weights |= _weights(coding) | (set() if known is None else {str(known)})
    else:
        return None, why
    if len(weights) > 1:
        return None, "whose code and points disagree" if None not in weights else why
    only = weights.pop() if weights else None
    return (only, "") if only is not None else (None, why)


def _quantity(value: dict[str, Any]) -> tuple[str | None, str]:
    if value.get("comparator"):
        return None, "with a value that is only a bound"
    if any((text_of(value, key) or "").lower() not in POINT_UNITS for key in ("unit", "code")):
        return None, "in a unit that is not points"
    return points(value.get("value")), "with a value that is no number of points"


def _weights(part: dict[str, Any]) -> set[str | None]:
    """The points that are written beside a coding or an answer."""
    written = [extension for extension in parts(part.get("extension")) if extension.get("url") in WEIGHTS]
    return {points(extension.get("valueDecimal", extension.get("valueInteger"))) for extension in written}


def every_item(form: dict[str, Any]) -> Iterator[tuple[dict[str, Any], bool]]:
    """The items of a form at any depth, groups before what they hold; and whether an item, or what it stands in, is modified."""
    waiting = [(item, False) for item in parts(form.get("item"))[::-1]]
    while waiting:
        item, marked = waiting.pop()
        marked = marked or modified(item)
        yield item, marked
        below = [(inner, marked) for inner in parts(item.get("item"))]
        below += [(inner, marked or modified(answer)) for answer in parts(item.get("answer")) for inner in parts(answer.get("item"))]
        waiting += below[::-1]
