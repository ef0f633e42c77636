"""Takes EpisodeOfCare, Encounter and Patient resources, gives episodes, the visits that scores name, and what happened to people.

A visit or an episode with the code of an event is the event of the person's other episodes, whether or not it is an episode of a track too.
It is none of the episode that it is itself, or that it admits to: of the visits that name an episode, those that begin on its first day, and
all of them where a code of the episode is an event as well. An episode and its visit are one event, not two; an episode that never started
(`not_started`) is none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from iop_outcomes.intake.adapters.fhir_values import MODIFIED, Ledger, codes_of, day, modified, parts, text_of, without_day
from iop_outcomes.intake.adapters.placing import never_started
from iop_outcomes.intake.mapping import Mapping

Line = tuple[Path, int, dict[str, Any]]
Place = tuple[Path, int]
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
    place: Place
    ended_at: Place | None = None  # the visit that gave the reason
    event: str | None = None  # what its own code is beside a track
    planned: str = "0"  # whether a code of its own, or of its first visit, says so


@dataclass(frozen=True)
class Event:
    """Something that happened to a person, every value as text; the visit it was, where it was one."""

    patient_id: str
    event: str
    date: str
    planned: str
    visit: str | None
    place: Place


@dataclass
class People:
    """Everything but the scores: episodes by id, visits and the episode they name, events and sexes of people.

    `own_visits` holds the visits that are no event of an episode, as they are it or part of it.
    """

    mapping: Mapping
    ledger: Ledger
    are_visits: bool = False  # whether the episodes are Encounters
    episodes: dict[str, Episode] = field(default_factory=dict)
    of_visit: dict[str, str] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    own_visits: set[tuple[str, str]] = field(default_factory=set)
    sexes: dict[str, tuple[str, Place]] = field(default_factory=dict)
    endings: dict[str, list[tuple[str, str, Place]]] = field(default_factory=dict)

    # -- episodes ----------------------------------------------------------------------------------------------------

    def add_episodes(self, lines: Iterable[Line]) -> None:
        """Read EpisodeOfCare resources whose type is one of a track."""
        for path, line, content in lines:
            codes = codes_of(content.get("type"))
            if self._add(path, line, content, codes, content.get("patient"), parts(content.get("managingOrganization"))):
                self._mark(path, line, content, codes)

    def _mark(self, path: Path, line: int, content: dict[str, Any], codes: list[str]) -> None:
        """Note that a code of an episode is an event as well."""
        if content["id"] in self.episodes:
            episode = self.episodes[content["id"]]
            episode.event = self._event_of(path, line, codes, "episodes")
            episode.planned = self._planned(content, codes)

    def _event_of(self, path: Path, line: int, codes: list[str], what: str) -> str | None:
        """The event that codes stand for; none, and counted, where they stand for two."""
        events = {self.mapping.adapter.events[code] for code in codes if code in self.mapping.adapter.events}
        if len(events) > 1:
            self.ledger.note(path, line, f"{what} with codes of two events")
        return events.pop() if len(events) == 1 else None

    def _add(self, path: Path, line: int, content: dict[str, Any], codes: list[str], person: Any, places: list[dict[str, Any]]) -> bool:
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
        sites = {self.ledger.site(part) for part in places}
        site = sites.pop() if len(sites) == 1 else None
        if places and site is None:
            self.ledger.note(path, line, "episodes whose place cannot be told: left blank")
        reason = None if over else "active"
        name = content["id"]
        self.episodes[name] = Episode(name, patient, tracks.pop(), reason, start, end, site, over, (path, line))
        return True

    # -- visits ------------------------------------------------------------------------------------------------------

    def add_encounters(self, lines: Iterable[Line]) -> int:
        """Read Encounter resources: how episodes ended, what scores belong to, events; or the episodes themselves. Other visits, counted."""
        others = 0
        for path, line, content in lines:
            codes = [code for part in parts(content.get("class")) if (code := text_of(part, "code"))]
            codes += codes_of(content.get("type")) + codes_of(content.get("serviceType"))
            if self.are_visits and self._add(path, line, content, codes, content.get("subject"), _places(content)):
                self._add_own(path, line, content, codes)
                continue
            named = {self.ledger.reference(part, "EpisodeOfCare") for part in parts(content.get("episodeOfCare"))} & set(self.episodes)
            if not named and not set(codes) & set(self.mapping.adapter.events):
                others += 1
            elif modified(content):
                self.ledger.note(path, line, f"visits {MODIFIED}")
            elif text_of(content, "status") not in (*GONE_ON, OVER):
                self.ledger.note(path, line, "visits that did not take place, or whose status is not known")
            else:
                self._add_visit(path, line, content, sorted(name for name in named if name is not None), codes)
        return others

    def _add_own(self, path: Path, line: int, content: dict[str, Any], codes: list[str]) -> None:
        """A visit that is an episode itself."""
        name = content["id"]
        if name not in self.episodes:
            return
        self.of_visit[name] = name
        self._add_ending(path, line, content, name)
        self._mark(path, line, content, codes)
        episode = self.episodes[name]
        if episode.event is not None:
            self.own_visits.add((name, name))
            self._add_event((path, line), episode.patient_id, episode.event, episode.start, episode.planned, name)

    def _add_visit(self, path: Path, line: int, content: dict[str, Any], episodes: list[str], codes: list[str]) -> None:
        name = content["id"]
        if len(episodes) == 1:
            self.of_visit[name] = episodes[0]
            self._add_ending(path, line, content, episodes[0])
        elif episodes:
            self.ledger.note(path, line, "visits of two episodes: they say nothing of either")
        event, start = self._event_of(path, line, codes, "visits"), text_of(content.get("period"), "start")
        planned = self._planned(content, codes)
        for episode in (self.episodes[one] for one in episodes):
            first = day(start) is not None and day(start) == day(episode.start)
            if first and planned == "1":
                episode.planned = planned
            if first or episode.event is not None:
                self.own_visits.add((name, episode.episode_id))
        if event is not None:
            self._add_event((path, line), self.ledger.reference(content.get("subject"), "Patient"), event, start, planned, name)

    def _planned(self, content: dict[str, Any], codes: list[str]) -> str:
        return "1" if {*codes, *codes_of(content.get("priority"))} & set(self.mapping.adapter.planned) else "0"

    def _add_ending(self, path: Path, line: int, content: dict[str, Any], episode: str) -> None:
        """How a visit ended, if it says so; several codes are one word when the mapping knows but one."""
        if text_of(content, "status") != OVER or not isinstance(content.get("hospitalization"), dict):
            return
        if modified(content["hospitalization"]):
            self.ledger.note(path, line, f"visits whose end comes {MODIFIED}: their reason is left blank")
            return
        codes = codes_of(content["hospitalization"].get("dischargeDisposition"))
        words = self.mapping.codes.get("discharge_reason", {})
        known = {words[code]: code for code in codes if code in words}
        if len(known) > 1:
            self.ledger.note(path, line, "visits that ended in two ways at once: their reason is left blank")
        elif codes:
            end = day(text_of(content.get("period"), "end")) or ""
            self.endings.setdefault(episode, []).append((end, next(iter(known.values()), codes[0]), (path, line)))

    def end_episodes(self) -> None:
        """Give each episode that is over the reason of its last visit that has one."""
        for name, episode in self.episodes.items():
            if not episode.over:
                continue
            endings = self.endings.get(name, [])
            last = max((end for end, _, _ in endings), default="")
            reasons = {code: place for end, code, place in endings if end in (last, "")}  # one without a day may be the last
            if len(reasons) == 1:
                episode.reason, episode.ended_at = reasons.popitem()
            elif reasons:
                self.ledger.note(*episode.place, "episodes whose last visits ended in different ways: their reason is left blank")
            elif episode.end is None and self.mapping.adapter.without_end == "active":
                episode.reason = "active"
            elif episode.end is None:
                self.ledger.note(*episode.place, "episodes that are over without an end date: how and when they ended is not known")

    def happened(self) -> list[Event]:
        """Every event: of visits and people, and the episodes that are one, unless a visit stands for them."""
        coded = {name: episode for name, episode in self.episodes.items() if episode.event is not None}
        of_visit = {event.visit: event for event in self.events}
        visit_events = {(name, of_visit[visit].event, of_visit[visit].date) for visit, name in self.own_visits if visit in of_visit}
        for name, episode in coded.items():
            if not self.are_visits and (name, episode.event, day(episode.start)) not in visit_events:
                self.own_visits.add((f"episode {name}", name))
                self._add_event(episode.place, episode.patient_id, episode.event or "", episode.start, episode.planned, f"episode {name}")
        words = never_started(self.mapping)
        never = {visit for visit, name in self.own_visits if name in coded and coded[name].reason in words}
        return [event for event in self.events if event.visit not in never]

    # -- people ------------------------------------------------------------------------------------------------------

    def add_patients(self, lines: Iterable[Line]) -> None:
        """Read sex and death of Patient resources, and nothing else of them."""
        for path, line, content in lines:
            if modified(content):
                self.ledger.note(path, line, f"people {MODIFIED}")
                continue
            if any(text_of(link, "type") == "replaced-by" for link in parts(content.get("link"))):
                self.ledger.note(path, line, "people whose record was replaced by another one: their episodes are not joined")
            sex = text_of(content, "gender")
            if sex:
                self.sexes[content["id"]] = (sex, (path, line))
            if "deceasedDateTime" in content:
                self._add_event((path, line), content["id"], "death", text_of(content, "deceasedDateTime"), "0", None)
            elif content.get("deceasedBoolean") is True:
                self.ledger.note(path, line, "deaths without a date")

    def _add_event(self, place: Place, patient: str | None, event: str, when: str | None, planned: str, visit: str | None) -> None:
        on_day = day(when)
        if patient is None:
            self.ledger.note(*place, "events without a reference to a person")
        elif on_day is None:
            self.ledger.note(*place, f"events {without_day(when)}")
        else:
            self.events.append(Event(patient, event, on_day, planned, visit, place))


def _places(visit: dict[str, Any]) -> list[dict[str, Any]]:
    """Where a visit was: its provider, or else its locations."""
    provider = parts(visit.get("serviceProvider"))
    return provider or [inner for place in parts(visit.get("location")) for inner in parts(place.get("location"))]


# Words of the standard that a message may repeat; anything else in their place is not shown.
STATUSES = ("planned", "waitlist", "cancelled", "entered-in-error", "unknown")
