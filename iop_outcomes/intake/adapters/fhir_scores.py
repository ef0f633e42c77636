"""Takes Observation and QuestionnaireResponse resources, gives scores: totals, and items gathered into one form a day."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from iop_outcomes.intake.adapters.fhir_episodes import Line
from iop_outcomes.intake.adapters.fhir_forms import FilledForm, Gathered, Key
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

    def __post_init__(self) -> None:
        self.gathered = Gathered(self.scales, self.ledger)
        self._meanings: dict[str, Meaning] = meanings(self.mapping, self.scales)
        items = {
            item: (name, number)
            for name, scale in self.scales.items()
            if scale.total and not scale.form
            for item, number in zip(scale.item_columns, scale.item_numbers, strict=True)
        }
        self._fields: dict[str, Meaning] = {item: items[name] for name, item in self.mapping.adapter.fields.items() if name in items}
        self._panels = {scale.codes.loinc_panel: name for name, scale in self.scales.items() if scale.codes and scale.codes.loinc_panel}
        self._answers = {name: answers(scale) for name, scale in self.scales.items()}

    # -- observations ------------------------------------------------------------------------------------------------

    def add_observations(self, lines: Iterable[Line]) -> None:
        """Read totals, items and panels; what is no scale's is passed over."""
        for path, line, content in lines:
            codes = codes_of(content.get("code"))
            meanings = {self._meanings[code] for code in codes if code in self._meanings}
            panels = {self._panels[code] for code in codes if code in self._panels}
            components = [(self._component(path, line, part), part) for part in parts(content.get("component"))]
            components = [(meaning, part) for meaning, part in components if meaning is not None]
            if not meanings and not panels and not components:
                continue
            scales = {scale for scale, _ in meanings} | panels
            if len(meanings) > 1 or len(scales) > 1:
                self.ledger.note(path, line, "scores whose codes stand for two scales or items")
                continue
            key = self._key(path, line, content, _when(content))
            if key is not None:
                self._add_observation(path, line, content, key, meanings, components)

    def _component(self, path: Path, line: int, part: dict[str, Any]) -> Meaning | None:
        meanings = {self._meanings[code] for code in codes_of(part.get("code")) if code in self._meanings}
        if len(meanings) > 1:
            self.ledger.note(path, line, "components whose codes stand for two scales or items")
        return meanings.pop() if len(meanings) == 1 else None

    def _add_observation(
        self,
        path: Path,
        line: int,
        content: dict[str, Any],
        key: Key,
        meanings: set[Meaning],
        components: list[tuple[Meaning | None, dict[str, Any]]],
    ) -> None:
        """The value of an observation for the scale or item it is coded as, or those of its components."""
        has_value = any(name.startswith("value") for name in content)
        answered = [(next(iter(meanings)), content)] if meanings and (has_value or not components) else []
        forms: dict[str, FilledForm] = {}
        for meaning, part in answered or components:
            if meaning is None:
                continue
            scale, item = meaning
            answers = self._answers[scale] if item is not None else {}
            value, why = (None, MODIFIED) if part is not content and modified(part) else value_of(part, answers)
            of_scale = (*key[:2], scale, key[3])
            if value is None:
                self.ledger.note(path, line, f"{'scores' if item is None else 'items'} {why}")
            elif item is not None and part is content:  # an item that stands alone joins the others of its form and day
                self.gathered.singles.setdefault(of_scale, FilledForm((path, line))).add(item, value, self.ledger, (path, line))
            else:
                forms.setdefault(scale, FilledForm((path, line))).add(item, value, self.ledger, (path, line))
        self.gathered.totals += [((*key[:2], scale, key[3]), form) for scale, form in forms.items()]

    # -- forms -------------------------------------------------------------------------------------------------------

    def add_forms(self, lines: Iterable[Line]) -> None:
        """Read answers to the items of scales, whatever groups they stand in."""
        for path, line, content in lines:
            answered = [(meaning, *item) for item in every_item(content) if (meaning := self._item(text_of(item[0], "linkId"))) is not None]
            if not answered:
                continue
            key = self._key(path, line, content, text_of(content, "authored"))
            if key is None:
                continue
            forms: dict[str, FilledForm] = {}
            for (scale, number), item, marked in answered:
                value, why = self._answered(item, self._answers[scale] if number is not None else {}, marked=marked)
                if why:
                    self.ledger.note(path, line, f"{'scores' if number is None else 'items'} {why}")
                form = forms.setdefault(scale, FilledForm((path, line)))
                if value is not None:
                    form.add(number, value, self.ledger, (path, line))
            for scale, form in forms.items():
                if not form.points:
                    self.ledger.note(path, line, "forms without an answer: missing, not 0")
                else:
                    self.gathered.answered.append(((*key[:2], scale, key[3]), form))

    def _item(self, link: str | None) -> Meaning | None:
        """What an item stands for: the site's own name for it, or the LOINC code at the end of its link, with or without a slash."""
        if link is None:
            return None
        return self._fields.get(link) or self._meanings.get(link.strip("/").split("/")[-1])

    def _answered(self, item: dict[str, Any], answers: Dictionary[str, int], *, marked: bool) -> tuple[str | None, str]:
        given = [answer for answer in parts(item.get("answer")) if any(name.startswith("value") for name in answer)]
        if not given:
            return None, ""  # left open on the form: the scale's own rule for missing items holds
        if len(given) > 1:
            return None, "with two answers: left blank"
        if marked or modified(given[0]):
            return None, f"{MODIFIED}: left blank"
        value, why = value_of(given[0], answers)
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


STATUSES = ("registered", "preliminary", "cancelled", "entered-in-error", "unknown", "in-progress", "stopped")


def _when(content: dict[str, Any]) -> str | None:
    """The time of an observation: a period only when it lies within one day."""
    given = text_of(content, "effectiveDateTime") or text_of(content, "effectiveInstant")
    period = content.get("effectivePeriod")
    if given or not isinstance(period, dict):
        return given
    start, end = text_of(period, "start"), text_of(period, "end")
    return start if day(start) == day(end) else None
