"""Takes the fields of a REDCap export, or the links of FHIR forms, gives the lines that say which field of a scale each is, where its words are known."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Mapping as Dictionary
from typing import Any

from iop_outcomes.columns import WINDOWS
from iop_outcomes.intake.adapters.fhir_values import every_item, parts, text_of
from iop_outcomes.intake.adapters.scale_codes import meanings
from iop_outcomes.intake.mapping import Mapping
from iop_outcomes.intake.proposal_lines import Line, Question
from iop_outcomes.intake.shown_codes import FEWEST_ROWS, is_shown
from iop_outcomes.intake.synonyms import field_of_form, match_columns, scale_mentioned, spelled_out
from iop_outcomes.intake.usual_words import squashed, table_of_synonyms
from iop_outcomes.scales import Scale

FIELDS, MOMENTS = ("adapter", "fields"), ("adapter", "moments")
_EVENTS = {"event": "event", "date": "event_date", "planned": "event_planned"}
_OF_EVENTS = ("event", "readmission")  # one of these words is in the name of a field of events, or it is one of episodes
_ARM = re.compile(r"_arm_\d+$")
_NUMBERED = re.compile(r"\D*?0?(\d{1,2})")


def field_lines(names: Sequence[str], taken: Iterable[str], scales: Dictionary[str, Scale]) -> Iterator[Line]:
    """The lines for the fields of a REDCap export; one that has its own name needs none, and between several a person chooses.

    Parameters
    ----------
    names : sequence of str
        The fields of the export.
    taken : iterable of str
        Those that are columns of episodes.
    scales : dict of str to Scale
        Those that are known.
    """
    left = [name for name in names if name not in set(taken)]
    totals = {name: scale for name, scale in scales.items() if scale.total}
    rivals: dict[str, list[str]] = {}
    for name in left:
        if field := field_of_form(name, totals):
            rivals.setdefault(field, []).append(name)
    of_events = [match for match in match_columns("events", left, {}) if match.how != "guess" and match.to in _EVENTS]
    if any(match.to == "event" for match in of_events):
        for match in of_events:
            if any(word in spelled_out(match.column) for word in _OF_EVENTS):
                rivals.setdefault(_EVENTS[match.to], []).append(match.column)
    for field, called in rivals.items():
        if field in called:
            continue
        question = Question(f"Which field is {field}?", "Left open, none of them is read.", tuple(called), called[0], needed=False)
        yield Line(
            FIELDS,
            field,
            called[0].lower(),
            "" if len(called) == 1 else f"or {', '.join(called[1:])}",
            question if len(called) > 1 else None,
        )


def moment_lines(events: Dictionary[str, int], names: Sequence[str], scales: Dictionary[str, Scale]) -> Iterator[Line]:
    """The lines for events of a REDCap project that are called like an admission or a discharge, where a form has no date of its own.

    Parameters
    ----------
    events : dict of str to int
        How many rows each event has.
    names, scales
        As of `field_lines`.
    """
    fields = {field for name in names if (field := field_of_form(name, scales))}
    dated = {name for name in scales if f"{name}_date" in fields}
    if not {name for name in scales for field in fields if field.startswith(f"{name}_")} - dated:
        return
    words = table_of_synonyms()["words"]
    for event, n in events.items():
        plain = spelled_out(_ARM.sub("", event))
        moment = next((moment for moment in WINDOWS if plain in {moment, *map(squashed, words[moment])}), "")
        if moment and n >= FEWEST_ROWS and is_shown(event):
            yield Line(
                MOMENTS, event, moment, f"its forms without a date are of the day of {'admission' if moment == 'admit' else 'discharge'}"
            )


def link_lines(forms: Iterable[dict[str, Any]], scales: Dictionary[str, Scale]) -> list[Line]:
    """The lines for the links of FHIR forms: those that name scale and item, and those that number the items of a questionnaire that names the scale.

    Parameters
    ----------
    forms : iterable of dict
        QuestionnaireResponse resources.
    scales : dict of str to Scale
        Those that are known.
    """
    totals = {name: scale for name, scale in scales.items() if scale.total and scale.item_scoring}
    known = meanings(Mapping(), totals)  # LOINC codes need no line
    links: Counter[str] = Counter()
    questionnaires: dict[str, set[str]] = {}
    of_scale: dict[str, str] = {}  # the scale that a questionnaire names, or ""
    for content in forms:
        questionnaire = text_of(content, "questionnaire") or ""
        of_scale[questionnaire] = of_scale.get(questionnaire) or scale_mentioned(_title(content, questionnaire), totals)
        for link in {text_of(item, "linkId") or "" for item, _ in every_item(content)}:
            if link and link.strip("/").split("/")[-1] not in known:
                links[link] += 1
                questionnaires.setdefault(link, set()).add(questionnaire)
    often = [link for link, n in links.items() if n >= FEWEST_ROWS and is_shown(link)]
    meant = {link: field for link in often if (field := field_of_form(link, totals)) and field.rpartition("_")[2].isdigit()}
    for questionnaire, scale in of_scale.items():
        alone = {link: number for link in often if questionnaires[link] == {questionnaire} and (number := _number(link))}
        if scale and set(range(1, totals[scale].items + 1)) <= set(alone.values()):
            meant |= {link: f"{scale}_{number}" for link, number in alone.items() if number <= totals[scale].items and link not in meant}
    rivals = Counter(meant.values())
    lines = [Line(FIELDS, field, link) for link, field in meant.items() if rivals[field] == 1 and field != link]
    return sorted(lines, key=lambda line: (line.key.rpartition("_")[0], int(line.key.rpartition("_")[2])))


def _title(content: dict[str, Any], questionnaire: str) -> str:
    """What a form says of its questionnaire: the end of its address, and the words beside it."""
    beside = content.get("_questionnaire")
    words = [text_of(part, "valueString") or "" for part in parts(beside.get("extension"))] if isinstance(beside, dict) else []
    return " ".join([questionnaire.partition("|")[0].rstrip("/").rpartition("/")[2], *words])


def _number(link: str) -> int:
    """The number at the end of a link; 0 where it has none."""
    match = _NUMBERED.fullmatch(link.strip("/").split("/")[-1])
    return int(match[1]) if match else 0
