"""Takes Observation and QuestionnaireResponse resources, gives scores: totals, and items gathered into one form a day."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from iop_outcomes.intake.adapters.fhir_episodes import Line
from iop_outcomes.intake.adapters.fhir_values import (
    MODIFIED,
    Ledger,
    codes_of,
    day,
    every_item,
    modified,
    parts,
    text_of,
    value_of,
    without_day,
)
from iop_outcomes.intake.adapters.scale_codes import Meaning, answers, meanings
from iop_outcomes.intake.mapping import Mapping
from iop_outcomes.scales import Scale

USED = {"Observation": ("final", "amended", "corrected"), "QuestionnaireResponse": ("completed", "amended")}
_NOUNS = {"Observation": "scores", "QuestionnaireResponse": "forms"}
Key = tuple[str | None, str | None, str, str]  # episode, person, scale, day


@dataclass
class Form:
    """One scale on one day: its total, and its items by number; None where one was answered twice, differently."""

    total: str | None = None
    items: dict[int, str | None] = field(default_factory=dict)


@dataclass
class Scores:
    """Every score of the files.

    Parameters
    ----------
    mapping : Mapping
        The site's own codes and names of fields.
    scales : dict of str to Scale
    ledger : Ledger
    of_visit : dict of str to str
        The episode of each visit.
    """

    mapping: Mapping
    scales: Dictionary[str, Scale]
    ledger: Ledger
    of_visit: Dictionary[str, str]
    totals: list[tuple[Key, Form]] = field(default_factory=list)
    gathered: dict[Key, Form] = field(default_factory=dict)
    forms: list[tuple[Key, Form, Path, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._meanings: dict[str, Meaning] = meanings(self.mapping, self.scales)
        items = {
            f"{name}_{number}": (name, number) for name, scale in self.scales.items() if scale.total for number in range(1, scale.items + 1)
        }
        self._fields: dict[str, Meaning] = {own: items[name] for name, own in self.mapping.adapter.fields.items() if name in items}
        self._panels = {scale.codes.loinc_panel: name for name, scale in self.scales.items() if scale.codes and scale.codes.loinc_panel}
        self._answers = {name: answers(scale) for name, scale in self.scales.items()}

    # -- observations ------------------------------------------------------------------------------------------------

    def add_observations(self, lines: Iterable[Line]) -> None:
        """Read totals, items and panels; what is no scale's is passed over."""
        for path, line, content in lines:
            codes = codes_of(content.get("code"))
            own = {self._meanings[code] for code in codes if code in self._meanings}
            panels = {self._panels[code] for code in codes if code in self._panels}
            components = [(self._component(part), part) for part in parts(content.get("component"))]
            components = [(meaning, part) for meaning, part in components if meaning is not None]
            if not own and not panels and not components:
                continue
            scales = {scale for scale, _ in own} | panels
            if len(own) > 1 or len(scales) > 1:
                self.ledger.note(path, line, "scores whose codes stand for two scales or items")
                continue
            key = self._key(path, line, content, _when(content))
            if key is not None:
                self._add_observation(path, line, content, key, own, components)

    def _component(self, part: dict[str, Any]) -> Meaning | None:
        found = {self._meanings[code] for code in codes_of(part.get("code")) if code in self._meanings}
        return found.pop() if len(found) == 1 else None

    def _add_observation(
        self,
        path: Path,
        line: int,
        content: dict[str, Any],
        key: Key,
        own: set[Meaning],
        components: list[tuple[Meaning | None, dict[str, Any]]],
    ) -> None:
        """The value of an observation for the scale or item it is coded as, or those of its components."""
        has_value = any(name.startswith("value") for name in content)
        found = [(next(iter(own)), content)] if own and (has_value or not components) else []
        forms: dict[str, Form] = {}
        for meaning, part in found or components:
            if meaning is None:
                continue
            scale, item = meaning
            value, why = (None, MODIFIED) if part is not content and modified(part) else value_of(part, self._answers[scale])
            if value is None:
                self.ledger.note(path, line, f"{'scores' if item is None else 'items'} {why}")
            elif item is None:
                forms.setdefault(scale, Form()).total = value
            elif own and part is content:
                self._gather((*key[:2], scale, key[3]), item, value)
            else:
                _answer(forms.setdefault(scale, Form()), item, value)
        self.totals += [((*key[:2], scale, key[3]), form) for scale, form in forms.items()]

    def _gather(self, key: Key, item: int, value: str) -> None:
        """An item that stands alone joins the others of its form and day."""
        _answer(self.gathered.setdefault(key, Form()), item, value)

    # -- forms -------------------------------------------------------------------------------------------------------

    def add_forms(self, lines: Iterable[Line]) -> None:
        """Read answers to the items of scales, whatever groups they stand in."""
        for path, line, content in lines:
            answered = [(meaning, item) for item in every_item(content) if (meaning := self._item(text_of(item, "linkId"))) is not None]
            if not answered:
                continue
            key = self._key(path, line, content, text_of(content, "authored"))
            if key is None:
                continue
            found: dict[str, Form] = {}
            for (scale, number), item in answered:
                value, why = self._answered(item, scale)
                if value is None and why:
                    self.ledger.note(path, line, f"items {why}")
                form = found.setdefault(scale, Form())
                if value is not None and number is None:
                    form.total = value
                elif value is not None and number is not None:
                    _answer(form, number, value)
            for scale, form in found.items():
                if form.total is None and not form.items:
                    self.ledger.note(path, line, "forms without an answer: missing, not 0")
                else:
                    self.forms.append(((*key[:2], scale, key[3]), form, path, line))

    def _item(self, link: str | None) -> Meaning | None:
        """What an item stands for: the site's own name for it, or the LOINC code at the end of its link, with or without a slash."""
        if link is None:
            return None
        return self._fields.get(link) or self._meanings.get(link.strip("/").split("/")[-1])

    def _answered(self, item: dict[str, Any], scale: str) -> tuple[str | None, str]:
        given = [answer for answer in parts(item.get("answer")) if any(name.startswith("value") for name in answer)]
        if not given:
            return None, ""  # left open on the form: the scale's own rule for missing items holds
        if len(given) > 1:
            return None, "with two answers: left blank"
        if modified(item):
            return None, f"{MODIFIED}: left blank"
        value, why = value_of(given[0], self._answers[scale])
        return value, f"{why}: left blank" if why else ""

    # -- both --------------------------------------------------------------------------------------------------------

    def _key(self, path: Path, line: int, content: dict[str, Any], when: str | None) -> Key | None:
        """Whose score it is and of which day; None, and counted, when it cannot be used. The scale is filled in later."""
        kind = content["resourceType"]
        noun, status = _NOUNS[kind], text_of(content, "status")
        patient, on_day = self.ledger.reference(content.get("subject"), "Patient"), day(when)
        visit = self.ledger.reference(content.get("encounter"), "Encounter")
        episode = self.of_visit.get(visit) if visit else None
        why = ""
        if status not in USED[kind]:
            why = f"{noun} that are not final ({status if status in STATUSES else 'no known status'})"
        elif modified(content):
            why = f"{noun} {MODIFIED}"
        elif patient is None:
            why = f"{noun} without a reference to a person"
        elif on_day is None:
            why = f"{noun} {without_day(when)}"
        if why:
            self.ledger.note(path, line, why)
            return None
        return episode, patient, "", on_day or ""

    def rows(self) -> list[tuple[Key, Form]]:
        """Every score once: items whose total stands as an observation of the day are part of it."""
        totals = {key[1:] for key, _ in self.totals}
        found = [*self.totals, *((key, form) for key, form in self.gathered.items() if key[1:] not in totals)]
        stated = {key[1:] for key, _ in found}
        for key, form, path, line in self.forms:
            if key[1:] in stated:
                self.ledger.note(path, line, "forms whose score stands as an observation of the day: counted once", "note")
            else:
                found.append((key, form))
        return found


STATUSES = ("registered", "preliminary", "cancelled", "entered-in-error", "unknown", "in-progress", "stopped")


def _answer(form: Form, item: int, value: str) -> None:
    """Note an item; one that was answered twice, differently, is blank."""
    form.items[item] = value if form.items.get(item, value) == value else None


def _when(content: dict[str, Any]) -> str | None:
    """The time of an observation: a period only when it lies within one day."""
    given = text_of(content, "effectiveDateTime") or text_of(content, "effectiveInstant")
    period = content.get("effectivePeriod")
    if given or not isinstance(period, dict):
        return given
    start, end = text_of(period, "start"), text_of(period, "end")
    return start if day(start) == day(end) else None
