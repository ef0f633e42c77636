"""Takes EpisodeOfCare, Encounter and Patient resources, gives episodes, the visits that scores name, and what happened to people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from iop_outcomes.intake.adapters.fhir_values import MODIFIED, Ledger, codes_of, day, modified, parts, text_of, without_day
from iop_outcomes.intake.mapping import Mapping

Line = tuple[Path, int, dict[str, Any]]
# Statuses that say an episode or a visit took place; "active" words say that it still does.
GONE_ON = ("active", "onhold", "in-progress", "arrived", "triaged", "onleave")
OVER = "finished"


@dataclass
class Episode:
    """One episode on its way in, every value as text."""

    episode_id: str
    patient_id: str | None
    track: str
    reason: str | None
    start: str | None
    end: str | None
    site: str | None
    over: bool
    place: tuple[Path, int]


@dataclass
class People:
    """Everything but the scores: episodes by id, visits and the episode they name, events and sexes of people."""

    mapping: Mapping
    ledger: Ledger
    episodes: dict[str, Episode] = field(default_factory=dict)
    of_visit: dict[str, str] = field(default_factory=dict)
    events: list[tuple[str, str, str, str]] = field(default_factory=list)
    sexes: dict[str, str] = field(default_factory=dict)
    endings: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    # -- episodes ----------------------------------------------------------------------------------------------------

    def add_episodes(self, lines: Iterable[Line]) -> None:
        """Read EpisodeOfCare resources whose type is one of a track."""
        for path, line, content in lines:
            self._add(path, line, content, codes_of(content.get("type")), content.get("patient"), content.get("managingOrganization"))

    def _add(self, path: Path, line: int, content: dict[str, Any], codes: list[str], person: Any, site: Any) -> bool:
        """Keep an episode of a track; whether the resource is one at all."""
        tracks = {self.mapping.adapter.tracks[code] for code in codes if code in self.mapping.adapter.tracks}
        if not tracks:
            return False
        status = text_of(content, "status")
        why = ""
        if len(tracks) > 1:
            why = "episodes with codes of two tracks"
        elif modified(content):
            why = f"episodes {MODIFIED}"
        elif status not in (*GONE_ON, OVER):
            why = f"episodes that are not under way or over ({status if status in STATUSES else 'no known status'})"
        if why:
            self.ledger.note(path, line, why)
            return True
        patient = self.ledger.reference(person, "Patient")
        if patient is None:
            self.ledger.note(path, line, "episodes without a reference to a person: each counts as a person of their own")
        period = content.get("period")
        start, end = text_of(period, "start"), text_of(period, "end")
        over = status == OVER
        organization = self.ledger.reference(site, "Organization")
        reason = None if over else "active"
        name = content["id"]
        self.episodes[name] = Episode(name, patient, tracks.pop(), reason, start, end, organization, over, (path, line))
        return True

    # -- visits ------------------------------------------------------------------------------------------------------

    def add_encounters(self, lines: Iterable[Line], *, are_episodes: bool) -> int:
        """Read Encounter resources: how episodes ended, what scores belong to, events; or the episodes themselves. Other visits, counted."""
        others = 0
        for path, line, content in lines:
            codes = [code for part in parts(content.get("class")) if (code := text_of(part, "code"))]
            codes += codes_of(content.get("type")) + codes_of(content.get("serviceType"))
            if are_episodes and self._add(path, line, content, codes, content.get("subject"), content.get("serviceProvider")):
                if content["id"] in self.episodes:
                    self.of_visit[content["id"]] = content["id"]
                    self._add_ending(path, line, content, content["id"])
                continue
            named = {self.ledger.reference(part, "EpisodeOfCare") for part in parts(content.get("episodeOfCare"))} & set(self.episodes)
            events = {self.mapping.adapter.events[code] for code in codes if code in self.mapping.adapter.events}
            if not named and not events:
                others += 1
            elif modified(content):
                self.ledger.note(path, line, f"visits {MODIFIED}")
            elif text_of(content, "status") not in (*GONE_ON, OVER):
                self.ledger.note(path, line, "visits that did not take place, or whose status is not known")
            else:
                self._add_visit(path, line, content, named, events, codes)
        return others

    def _add_visit(
        self, path: Path, line: int, content: dict[str, Any], named: set[str | None], events: set[str], codes: list[str]
    ) -> None:
        episodes = [name for name in named if name is not None]
        if len(episodes) == 1:
            self.of_visit[content["id"]] = episodes[0]
            self._add_ending(path, line, content, episodes[0])
        elif episodes:
            self.ledger.note(path, line, "visits of two episodes: they say nothing of either")
        if len(events) > 1:
            self.ledger.note(path, line, "visits with codes of two events")
        elif events:
            codes = codes + codes_of(content.get("priority"))
            planned = "1" if set(codes) & set(self.mapping.adapter.planned) else "0"
            self._add_event(path, line, content.get("subject"), events.pop(), text_of(content.get("period"), "start"), planned)

    def _add_ending(self, path: Path, line: int, content: dict[str, Any], episode: str) -> None:
        """How a visit ended, if it says so; several codes are one word when the mapping knows but one."""
        if text_of(content, "status") != OVER or not isinstance(content.get("hospitalization"), dict):
            return
        codes = codes_of(content["hospitalization"].get("dischargeDisposition"))
        words = self.mapping.codes.get("discharge_reason", {})
        known = {words[code]: code for code in codes if code in words}
        if len(known) > 1:
            self.ledger.note(path, line, "visits that ended in two ways at once: their reason is left blank")
        elif codes:
            end = day(text_of(content.get("period"), "end")) or ""
            self.endings.setdefault(episode, []).append((end, next(iter(known.values()), codes[0])))

    def end_episodes(self) -> None:
        """Give each episode that is over the reason of its last visit that has one."""
        for name, episode in self.episodes.items():
            if not episode.over:
                continue
            endings = self.endings.get(name, [])
            last = max((end for end, _ in endings), default="")
            reasons = {code for end, code in endings if end == last}
            if len(reasons) == 1:
                episode.reason = reasons.pop()
            elif reasons:
                self.ledger.note(*episode.place, "episodes whose last visits ended in different ways: their reason is left blank")
            elif episode.end is None and self.mapping.adapter.without_end == "active":
                episode.reason = "active"
            elif episode.end is None:
                self.ledger.note(*episode.place, "episodes that are over without an end date: how and when they ended is not known")

    # -- people ------------------------------------------------------------------------------------------------------

    def add_patients(self, lines: Iterable[Line]) -> None:
        """Read sex and death of Patient resources, and nothing else of them."""
        for path, line, content in lines:
            if modified(content):
                self.ledger.note(path, line, f"people {MODIFIED}")
                continue
            sex = text_of(content, "gender")
            if sex:
                self.sexes[content["id"]] = sex
            if "deceasedDateTime" in content:
                self._add_event(path, line, {"reference": f"Patient/{content['id']}"}, "death", text_of(content, "deceasedDateTime"), "0")
            elif content.get("deceasedBoolean") is True:
                self.ledger.note(path, line, "deaths without a date")

    def _add_event(self, path: Path, line: int, person: Any, event: str, when: str | None, planned: str) -> None:
        patient, on_day = self.ledger.reference(person, "Patient"), day(when)
        if patient is None:
            self.ledger.note(path, line, "events without a reference to a person")
        elif on_day is None:
            self.ledger.note(path, line, f"events {without_day(when)}")
        else:
            self.events.append((patient, event, on_day, planned))


# Words of the standard that a message may repeat; anything else in their place is not shown.
STATUSES = ("planned", "waitlist", "cancelled", "entered-in-error", "unknown")
