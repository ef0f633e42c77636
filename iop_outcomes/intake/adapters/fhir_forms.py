"""Takes the points that resources give for a scale on one day, gives forms, and of several which to use: none where they contradict."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from iop_outcomes.intake.adapters.fhir_values import Ledger
from iop_outcomes.scales import Scale

Key = tuple[str | None, str | None, str, str]  # episode, person, scale, day
Day = tuple[str | None, str, str]  # person, scale, day
Place = tuple[Path, int]
_ONCE = "forms whose score stands as an observation of the day: counted once"
_CONTRADICT = "{} whose total and items cannot both be right: neither is used"


@dataclass
class FilledForm:
    """One scale on one day.

    Parameters
    ----------
    place : Place
        File and line of the resource it stands in, or of the first of its items.
    points : dict of int (None for the total) to str
        Points by the number of the item; None where it was given twice, differently.
    places : dict of int to Place
        Where each item stands, when they come from several resources.
    """

    place: Place
    points: dict[int | None, str | None] = field(default_factory=dict)
    places: dict[int, Place] = field(default_factory=dict)

    @property
    def total(self) -> str | None:
        """The total that was given."""
        return self.points.get(None)

    @property
    def items(self) -> dict[int, str | None]:
        """The items that were given, by number."""
        return {number: value for number, value in self.points.items() if number is not None}

    def add(self, item: int | None, value: str, ledger: Ledger, place: Place) -> None:
        """Note a total or an item; one that stands there already, differently, is blank and counted."""
        if self.points.setdefault(item, value) not in (None, value):
            self.points[item] = None
            ledger.note(*place, f"{'scores' if item is None else 'items'} given twice, differently: left blank")
        if item is not None:
            self.places.setdefault(item, place)


@dataclass
class Gathered:
    """Every form of some files: those with a total, those that single items make, and those of a questionnaire."""

    scales: Dictionary[str, Scale]
    ledger: Ledger
    totals: list[tuple[Key, FilledForm]] = field(default_factory=list)
    singles: dict[Key, FilledForm] = field(default_factory=dict)
    answered: list[tuple[Key, FilledForm]] = field(default_factory=list)

    def rows(self) -> list[tuple[Key, FilledForm]]:
        """Every score once. What is said of one day by observations, by single items and by a form must agree, and is one score."""
        stated: dict[Day, list[tuple[Key, FilledForm]]] = {}
        for key, form in self.totals:
            if self._holds(key, form, "scores"):
                stated.setdefault(key[1:], []).append((key, form))
        alone = [(key, form) for key, form in self.singles.items() if not self._is_answered_alike(stated, key, form)]
        for key, form in alone:
            stated.setdefault(key[1:], []).append((key, form))
        forms = [(key, form) for key, form in self.answered if self._holds(key, form, "forms")]
        forms = [(key, form) for key, form in forms if not self._is_answered_alike(stated, key, form, note=_ONCE)]
        return [*(pair for pairs in stated.values() for pair in pairs), *forms]

    def _holds(self, key: Key, form: FilledForm, what: str) -> bool:
        """Whether a form agrees with itself."""
        if form.total is None or self._fits(key[2], form, form.total):
            return True
        self.ledger.note(*form.place, _CONTRADICT.format(what))
        return False

    def _is_answered_alike(self, stated: dict[Day, list[tuple[Key, FilledForm]]], key: Key, form: FilledForm, *, note: str = "") -> bool:
        """Whether something else was stated of the day: a form joins what it agrees with, and contradicts otherwise, so that nothing is left."""
        if key[1:] not in stated:
            return False
        others = [other for _, other in stated[key[1:]]]
        twin = next((other for other in others if self._agree(key[2], other, form)), None)
        if twin is None:
            for one in (*others, form):
                self.ledger.note(*one.place, _CONTRADICT.format("scores and forms of one day"))
            stated[key[1:]].clear()
            return True
        if twin.total is None:
            for item, value in form.items.items():
                if value is not None:
                    twin.add(item, value, self.ledger, form.places.get(item, form.place))
        if note:
            self.ledger.note(*form.place, note, "note")
        return True

    def _agree(self, scale: str, one: FilledForm, other: FilledForm) -> bool:
        """Whether two forms can be the same score; items are compared one by one when they are laid together."""
        if one.total is not None and other.total is not None:
            return one.total == other.total
        return self._fits(scale, other, one.total) and self._fits(scale, one, other.total)

    def _fits(self, scale: str, form: FilledForm, total: str | None) -> bool:
        """Whether a total can be that of the items of a form: those left open may be anything their range allows."""
        form_scale = self.scales[scale]
        if total is None or not form.items or not form_scale.plain_sum:
            return True
        low, high = form_scale.item_range
        given = {item: Decimal(value) for item, value in form.items.items() if value is not None}
        points = sum((low + high - value if item in form_scale.reversed_items else value for item, value in given.items()), Decimal(0))
        left = form_scale.items - len(given)
        return points + left * low <= Decimal(total) / form_scale.step <= points + left * high
