"""Takes a page, gives its methods: every definition with who was left out, the words, the policy, where the numbers come from."""

from __future__ import annotations

from collections.abc import Sequence

from iop_outcomes.intake.data import Data
from iop_outcomes.release import Policy, Released, audit_words, compared_words
from iop_outcomes.reporting.blocks import Block, Section, Terms, Text, section
from iop_outcomes.reporting.parts.part import Page, Part, no_sections, nothing
from iop_outcomes.reporting.parts.who import difference_rule
from iop_outcomes.results import UNVERIFIED, Provenance
from iop_outcomes.show.comparison import primary_sentence
from iop_outcomes.show.words import count, episodes

_WORD_RULE = (
    "The group's own figure minus that of all the others together, with an interval at the level at which those of all K groups compared hold "
    "together, 0.95 to the power of 1/K (Sidak). Higher or lower is said exactly when that interval leaves out 0, otherwise no clear difference; "
    "too few where a side has fewer than 11 episodes or, where patients repeat, fewer than 10 effective patients."
)
_GLOSSARY = (
    ("Episode", "One admission to one track, ended by one discharge, or still active. A person can have several."),
    ("Plausible range", "A 95% interval: it would hold the true value in about 95 of 100 programs like this one."),
    ("Middle stay", "The median: half of stays are shorter and half longer. Half of stays lie between the first and the third quartile."),
    (
        "Higher, lower",
        _WORD_RULE,
    ),
)
_NOT_SHOWN = ("Not shown", "Withheld by the disclosure policy, because a person might be recognised. It is neither zero nor missing.")


def methods_blocks(page: Page) -> list[Block]:
    """Every definition with who was left out, the words, the disclosure policy, and where the numbers come from."""
    every, data, policy = list(page.released.values()), page.program.data, page.program.policy
    unique: dict[str, Released] = {}
    for released in every:
        unique.setdefault(released.definition.measure, released)
    entries = [(released.definition.title, _definition_lines(released)) for released in unique.values()]
    primary = primary_sentence(data.primary)
    glossary = (
        *_GLOSSARY,
        *((("Primary outcome", primary),) if primary else ()),
        ("Largest difference", difference_rule()),
        *((_NOT_SHOWN,) if policy.threshold else ()),
    )
    return [
        Text("Day 0 is admission. An episode counts in the group it was admitted to. Intervals are 95% unless they say otherwise."),
        Terms(tuple(entries)),
        Terms(tuple((term, (meaning,)) for term, meaning in glossary)),
        *([Terms(((f"The sign {UNVERIFIED}", unseen),))] if (unseen := _unverified(every)) else []),
        Terms((("Disclosure", _disclosure_lines(every, policy)), ("Repeated patients", (_repeats(data),)), ("Stay", (_convention(data),)))),
        Terms((("Where the numbers come from", _provenance_lines(page.provenance)),)),
    ]


def _unverified(every: Sequence[Released]) -> tuple[str, ...]:
    """The figures whose source was not seen, once."""
    unseen = dict.fromkeys(e.unverified for released in every for e in released.definition.estimands if e.unverified)
    return (f"Rests on a figure of which the first source was not seen: {'; '.join(unseen)}.",) if unseen else ()


def _definition_lines(released: Released) -> tuple[str, ...]:
    definition = released.definition
    lines = [definition.asks]
    lines += [f"{e.label} ({e.name}): {e.counted}, among {e.among}. Interval: {e.interval}." for e in definition.estimands]
    for flow in released.flow[:1]:
        out = "; ".join(f"{reason}: {count(n)}" for reason, n in flow.excluded.items())
        lines.append(f"Left out, of {episodes(flow.rows_in)}: {out or 'none'}.")
    return (*lines, *definition.notes, *(f"Source: {source}." for source in definition.sources))


def _disclosure_lines(measures: Sequence[Released], policy: Policy) -> tuple[str, ...]:
    return (
        f"Policy {policy.name}: {policy.words}",
        f"Source: {policy.source}.",
        f"Numbers withheld in this report: {sum(r.withheld for r in measures):,}.",
        *(
            (audit_words(policy, [each.audited for each in measures]), compared_words(policy, measures[0].compared))
            if policy.threshold
            else ()
        ),
    )


def _repeats(data: Data) -> str:
    repeated = data.facts.repeated
    if repeated is None:
        return "The data name no patients, so that episodes are taken as independent; ranges are too narrow if people return."
    if repeated == 0:
        return "No patient has more than one episode."
    return (
        "Some patients have more than one episode. The episode stays the unit, and every range allows for episodes of one person being alike "
        "(errors clustered by patient)."
    )


def _convention(data: Data) -> str:
    return {
        "difference": "Discharge day minus admission day.",
        "inclusive": "The file counts both the first and the last day; one day was taken off.",
        "last_contact": "The file counts to the last contact, which is earlier than the administrative discharge.",
        "teds_codes": "The file gives days up to 30, and bands beyond: there is no mean.",
    }[data.provenance.los_convention]


def _provenance_lines(facts: Provenance) -> tuple[str, ...]:
    rows = {source.table: "" if source.rows is None else f"{source.rows:,} rows, " for source in facts.sources}
    lines = [f"{source.table}: {source.name}, {rows[source.table]}SHA-256 {source.sha256}" for source in facts.sources]
    lines.append(f"Mapping: SHA-256 {facts.mapping_sha256}" if facts.mapping_sha256 else "Mapping: none; names were canonical already")
    lines.append(f"Class of the data: {facts.data_class}" + (f"; data cut-off {facts.cutoff}" if facts.cutoff else ""))
    lines += [f"{rule[:1].upper()}{rule[1:]}" for rule in facts.rules]
    versions = ", ".join(f"{name} {number}" for name, number in facts.versions.items())
    return (*lines, f"Made by {facts.package} with {versions}")


def _appendix(page: Page) -> Sequence[Section]:
    return [section("methods", "Methods", methods_blocks(page))]


METHODS = Part(nothing, no_sections, _appendix)
