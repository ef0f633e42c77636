"""Takes discharge reasons, gives the share of each: the mix of how episodes ended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from iop_outcomes.columns import DISCHARGE_REASONS, Column
from iop_outcomes.counts import Counts, Level
from iop_outcomes.keys import MISSING_LEVEL
from iop_outcomes.measures.completion import COMPLETION_PARTS, DISCHARGES, OUTSIDE_COMPLETION, TRANSFERS, WORDS_OUTSIDE, completion_part
from iop_outcomes.measures.episode_column import EpisodeColumn, of_parts
from iop_outcomes.measures.measure import Measure
from iop_outcomes.measures.options import Declaration, Option
from iop_outcomes.measures.parts import NOT_ENDED, Parts, levels, parts_by, portion, same
from iop_outcomes.results import EstimandDefinition, Inclusion, Meaning
from iop_outcomes.stats.draft import Draft

Groups = Mapping[str, tuple[str, tuple[str, ...]]]  # of reasons: name to label and reasons

KINDS = ("grouped", "each")

_ENDED = tuple(reason for reason in DISCHARGE_REASONS if reason not in NOT_ENDED)
_GROUPS: Groups = {
    "completed": ("Completed", ("completed",)),
    "transferred": ("Transferred", TRANSFERS),
    "dropped_out": ("Dropped out", ("dropped_out",)),
    "ended_by_program": ("Ended by program or payer", ("terminated_by_program", "authorization_ended")),
    "other": ("Other or not known", ("incarcerated", "other", "unknown", "died", "missing")),
}
_OTHERWISE = ("Ended otherwise or not known", (*_GROUPS["ended_by_program"][1], *_GROUPS["other"][1]))
_COARSER: tuple[Groups, ...] = (
    {**{name: _GROUPS[name] for name in ("completed", "transferred", "dropped_out")}, "ended_otherwise": _OTHERWISE},
    {
        **{name: _GROUPS[name] for name in ("completed", "transferred")},
        "neither": ("Dropped out, ended otherwise or not known", (*_GROUPS["dropped_out"][1], *_OTHERWISE[1])),
    },
)
_MERGED = "Reasons are shown in fewer groups, because too much of the five could not be shown."
_ONE_BASE = "Shares are of the episodes that completion is of: beside those, all discharged would tell how few died in care, or have no reason given."
_NO_REASON = {"died": "died", "missing": "missing_reason"}  # parts of the discharged that completion is not of
_REASONS = "reasons"
_LEFT_EARLY = ("dropped_out", "neither")
_MEANINGS: Mapping[str, Meaning] = {"completed": "better", "dropped_out": "worse", "neither": "worse"}
_EACH: Groups = {reason: (reason.replace("_", " ").capitalize(), (reason,)) for reason in (*_ENDED, "missing")}


def _part(groups: Groups, reason: Level, *, ended: bool) -> str:
    word = "missing" if reason is None else str(reason)
    if ended and word in _NO_REASON:
        return _NO_REASON[word]
    return next((name for name, (_, reasons) in groups.items() if word in reasons), word)


def _draft(counts: Counts, *, groups: Groups, ended: bool) -> tuple[Draft, ...]:
    """One share for each group of reasons, over every episode of the table."""
    parts = _divided(counts, groups, ended=ended)
    return tuple(parts.share(f"reason_{name}", _REASONS, base=tuple(groups), hits=(name,)) for name in groups)


def _divided(counts: Counts, groups: Groups, *, ended: bool) -> Parts:
    """Every episode in the group of its reason."""
    order = (*groups, *(OUTSIDE_COMPLETION if ended else NOT_ENDED))
    return parts_by(counts, "discharge_reason", partial(_part, groups, ended=ended), order=order)


def _per_episode(counts: Counts) -> tuple[EpisodeColumn, ...]:
    words = {**{name: f"discharge reason {', '.join(reasons)}" for name, (_, reasons) in _GROUPS.items()}, **NOT_ENDED}
    parts = _divided(counts, _GROUPS, ended=False)
    return (of_parts("discharge_reason_group", "group of the discharge reason", parts, words, family=_REASONS),)


def discharge_reasons(definition: str = KINDS[0]) -> Measure:
    """Declare the mix of discharge reasons.

    Parameters
    ----------
    definition : {"grouped", "each"}
        Five groups of reasons, of which a release may show fewer, or each reason by itself.

    Returns
    -------
    Measure
    """
    if definition == "each":
        return _mix(definition, _EACH)
    return replace(_mix(definition, _GROUPS), coarser=partial(_coarser, definition), per_episode=_per_episode)


def _coarser(definition: str, _divisions: Sequence[Mapping[str, Counts]]) -> Iterator[Measure]:
    """The same in four groups, then in three; each also of the episodes alone that completion is of."""
    yield _mix(definition, _GROUPS, coarse=_ONE_BASE, ended=True)
    for groups in _COARSER:
        yield _mix(definition, groups, coarse=_MERGED)
        yield _mix(definition, groups, coarse=f"{_MERGED} {_ONE_BASE}", ended=True)


def _inclusions(groups: Groups) -> tuple[Inclusion, ...]:
    """Which reasons stand in each group, by their levels and by the parts of completion, and which parts of completion in each group."""
    group_of = {reason: name for name, (_, reasons) in groups.items() for reason in reasons}
    by_reason, group, of_completion = (
        partial(levels, "discharge_reason"),
        partial(portion, _REASONS),
        partial(portion, DISCHARGES, elsewhere=True),
    )
    every: list[Inclusion] = []
    for name, (_, reasons) in groups.items():
        every.append(Inclusion(group(name), by_reason(*(MISSING_LEVEL if reason == "missing" else reason for reason in reasons))))
        every.append(Inclusion(group(name), of_completion(*map(_part_of_completion, reasons))))
    for part in COMPLETION_PARTS:
        inside = [reason for reason in (*_ENDED, "missing") if _part_of_completion(reason) == part]
        if inside and group_of.keys() >= set(inside):
            every.append(Inclusion(of_completion(part), group(*(group_of[reason] for reason in inside))))
    for part in COMPLETION_PARTS:  # together, not only each
        of_part = [name for name, (_, reasons) in groups.items() if {*map(_part_of_completion, reasons)} == {part}]
        every += [Inclusion(group(*of_part), of_completion(part))] if len(of_part) > 1 else []
    for names, parts in _together(groups):
        if set(names) >= {group_of.get(reason) for part in parts for reason in (*_ENDED, "missing") if _part_of_completion(reason) == part}:
            every += same(group(*names), of_completion(*parts))
    # The level of those without a reason holds those too of whom it is not known whether they were discharged.
    known = {name: [reason for reason in reasons if reason != "missing"] for name, (_, reasons) in groups.items()}
    every += [Inclusion(by_reason(*reasons), group(name)) for name, reasons in known.items() if reasons]
    return tuple(every)


def _together(groups: Groups) -> list[tuple[list[str], set[str]]]:
    """Groups that share a part of completion, with all the parts that hold their reasons: no other group has any of these."""
    together: list[tuple[list[str], set[str]]] = []
    for name, (_, reasons) in groups.items():
        names, parts = [name], set(map(_part_of_completion, reasons))
        for other in [each for each in together if each[1] & parts]:
            together.remove(other)
            names, parts = [*other[0], *names], other[1] | parts
        together.append((names, parts))
    return together


def _part_of_completion(reason: str) -> str:
    return completion_part(None if reason == "missing" else reason)


def _mix(definition: str, groups: Groups, *, coarse: str = "", ended: bool = False) -> Measure:
    """The measure of some groups of reasons, of all discharged episodes or of those that completion is of."""
    among = "discharged episodes, deaths and missing reasons included, without those that never started"
    if ended:
        among = "discharged episodes with a known reason, without deaths and without those that never started"
        groups = {
            name: (label, tuple(reason for reason in reasons if reason not in _NO_REASON)) for name, (label, reasons) in groups.items()
        }
    return Measure(
        name="discharge_reasons",
        title="How episodes ended",
        variant=definition,
        asks="For what reasons were people discharged?",
        requests=(Column("discharge_reason"),),
        needs_columns=("discharge_reason",),
        among="discharged episodes",
        excludes=WORDS_OUTSIDE if ended else NOT_ENDED,
        unit="share",
        better="neither",
        draft=partial(_draft, groups=groups, ended=ended),
        estimands=tuple(
            EstimandDefinition(
                f"reason_{name}",
                label,
                "discharge reason " + ", ".join(reason.replace("_", " ") for reason in reasons),
                among,
                "95% Wilson score",
                "share",
                label + ": {k} of {n} discharged episodes ({value}).",
                label + ": {value} of discharged episodes",
                role="left_early" if name in _LEFT_EARLY else "",
                meaning=_MEANINGS.get(name, ""),
            )
            for name, (label, reasons) in groups.items()
        ),
        chart="stacked_shares",
        shown=tuple(f"reason_{name}" for name in groups),
        inclusions=_inclusions(groups),
        notes=('Reasons are shown in five groups because single reasons are often too few to show; definition="each" gives all.',),
        coarse=coarse,
    )


REASONS = Declaration(
    "discharge_reasons",
    discharge_reasons,
    (Option("definition", "five groups of reasons, or each reason by itself", KINDS, KINDS[0]),),
)
