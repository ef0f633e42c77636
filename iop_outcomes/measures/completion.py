"""Takes discharge reasons, gives completion under each of its named definitions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from iop_outcomes.columns import DISCHARGE_REASONS, NOT_KNOWN, Column, Reached
from iop_outcomes.counts import Counts, Level
from iop_outcomes.keys import MISSING_LEVEL, Flag
from iop_outcomes.measures.coarse import without
from iop_outcomes.measures.episode_column import EpisodeColumn, of_parts
from iop_outcomes.measures.measure import Measure
from iop_outcomes.measures.options import Declaration, Option
from iop_outcomes.measures.parts import NOT_ENDED, PART, Parts, levels, parts_by, parts_of, portion, same
from iop_outcomes.results import EstimandDefinition, Inclusion
from iop_outcomes.stats.draft import Draft, Mask
from iop_outcomes.stats.drafts import share

TRANSFERS = ("transferred_step_down", "transferred_step_up", "transferred_lateral")
DENOMINATORS = ("discharged", "teds_all")

IF_MISSING = ("completion_strict_worst_case", "completion_strict_best_case")

_WORDS = {
    "missing_reason": "discharge reason missing",
    "died": "died in care",
    **NOT_ENDED,
    "too_early": "not yet observed for the planned length",
    "not_assessable": "planned length or time observed not known",
}
COMPLETION_PARTS = (
    "completed",
    "transferred",
    "transferred_step_up",
    "not_completed",
    "missing_reason",
    "died",
    "not_started",
    "active",
    NOT_KNOWN,
)
_DUE_PARTS = ("due_completed", "due_not_completed", "too_early", "not_assessable", "died", "not_started")
_ENDED = ("completed", "transferred", "transferred_step_up", "not_completed")
OUTSIDE_COMPLETION = tuple(part for part in COMPLETION_PARTS if part not in _ENDED)
_LEFT = ("transferred", "transferred_step_up")
_DUE = Reached("observed_days", "planned_days")
DISCHARGES, _ADMISSIONS = "discharges", "admissions"  # the two ways of dividing the episodes
_STATUSES = {
    "completed": "completed",
    "transferred": "transferred to a step down or to like care",
    "transferred_step_up": "transferred to a step up",
    "not_completed": "ended in another way",
    "due_completed": "observed for at least the planned length, completed",
    "due_not_completed": "observed for at least the planned length, not completed",
    **_WORDS,
}
_WILSON = "95% Wilson score"
_UNKNOWN_REASON = "Of {more}, the discharge reason is not known."


WORDS_OUTSIDE = {part: _WORDS[part] for part in OUTSIDE_COMPLETION}


def completion_part(reason: Level) -> str:
    """The part of completion in which a discharge reason stands."""
    if reason is None:
        return "missing_reason"
    if reason in ("completed", "died", "not_started", "active", NOT_KNOWN, "transferred_step_up"):
        return str(reason)
    return "transferred" if reason in TRANSFERS else "not_completed"


def _inclusions() -> tuple[Inclusion, ...]:
    """Which reasons stand in which part, and who completed among the admitted."""
    reasons = {part: [reason for reason in DISCHARGE_REASONS if completion_part(reason) == part] for part in COMPLETION_PARTS}
    by_reason = partial(levels, "discharge_reason")
    completed = portion(DISCHARGES, "completed")
    return (
        *(each for part, several in reasons.items() if several for each in same(portion(DISCHARGES, part), by_reason(*several))),
        *same(portion(DISCHARGES, "missing_reason", NOT_KNOWN), by_reason(MISSING_LEVEL)),
        Inclusion(portion(DISCHARGES, NOT_KNOWN), by_reason(MISSING_LEVEL)),
        Inclusion(portion(_ADMISSIONS, "due_completed"), completed),
        Inclusion(completed, portion(_ADMISSIONS, "due_completed", "too_early", "not_assessable")),
    )


def outside_completion(counts: Counts) -> dict[str, Mask]:
    """Cells of the episodes that no rate of completion is of, by the part they stand in."""
    outside = {reason: part for reason in counts.levels("discharge_reason") if (part := completion_part(reason)) not in _ENDED}
    return {part: counts.is_in("discharge_reason", [reason]) for reason, part in outside.items()}


def _draft(counts: Counts, *, teds_all: bool) -> tuple[Draft, ...]:
    """One draft for each estimand, over every episode of the table."""
    parts = _discharges(counts)
    base: tuple[str, ...] = ("completed", *_LEFT, "not_completed", *(("died",) if teds_all else ()))
    people = partial(parts.population, DISCHARGES)
    lost = ("missing_reason",)
    drafts = {
        "completion_strict": people(base=base, hits=("completed",), missing=lost),
        "completion_with_transfers": people(base=base, hits=("completed", *_LEFT), missing=lost),
        "completion_excluding_transfers": people(base=tuple(p for p in base if p not in _LEFT), hits=("completed",), missing=lost),
        "completion_strict_worst_case": people(base=(*base, *lost), hits=("completed",)),
        "completion_strict_best_case": people(base=(*base, *lost), hits=("completed", *lost)),
    }
    ending = "_teds_all" if teds_all else ""
    rates = tuple(share(name + ending, parts.table, PART, who) for name, who in drafts.items())
    return rates if teds_all else (*rates, _of_admitted(counts))


def _discharges(counts: Counts) -> Parts:
    """Every episode by how its reason counts."""
    return parts_by(counts, "discharge_reason", completion_part, order=COMPLETION_PARTS)


def _admissions(counts: Counts) -> Parts:
    """Every episode by whether it was observed for its planned length, and completed."""
    reasons = {reason: counts.is_in("discharge_reason", [reason]) for reason in ("died", "not_started", "completed")}
    cases = {
        "died": reasons["died"],
        "not_started": reasons["not_started"],
        "too_early": counts.is_in(_DUE.keys[0], [0]),
        "not_assessable": ~counts.is_in(_DUE.keys[0], [1]),
        "due_completed": reasons["completed"],
    }
    return parts_of(counts, cases, "due_not_completed", order=_DUE_PARTS)


def _of_admitted(counts: Counts) -> Draft:
    """Completed among admissions observed for at least their planned length, people still in care included."""
    parts = _admissions(counts)
    base, hits = ("due_completed", "due_not_completed"), ("due_completed",)
    draft = parts.share("completion_of_admitted", _ADMISSIONS, base=base, hits=hits, missing=("not_assessable",))
    who = draft.population
    return draft.flagged(Flag.NOT_ASSESSABLE) if who.n == 0 and who.n_missing else draft


def _per_episode(counts: Counts) -> tuple[EpisodeColumn, ...]:
    return (
        of_parts("completion", "how the episode counts in completion", _discharges(counts), _STATUSES, family=DISCHARGES),
        of_parts(
            "completion_of_admitted",
            "how the episode counts in completion of all admitted",
            _admissions(counts),
            _STATUSES,
            family=_ADMISSIONS,
        ),
    )


def _estimands(*, teds_all: bool) -> tuple[EstimandDefinition, ...]:
    ending, deaths = ("_teds_all", "deaths included") if teds_all else ("", "without deaths")
    discharged = f"discharged episodes with a known reason, {deaths} and without those that never started"
    every = f"discharged episodes, reason known or not, {deaths} and without those that never started"
    rows = (
        (
            "completion_strict",
            "Completed",
            "discharge reason completed",
            discharged,
            "{k} of {n} discharged episodes ({value}) ended in planned completion; the plausible range is {low} to {high}.",
        ),
        (
            "completion_with_transfers",
            "Completed or transferred",
            "completed, or transferred to any other care (a step up is often a hospital stay; it is counted beside the rate)",
            discharged,
            "{k} of {n} discharged episodes ({value}) ended in completion or a transfer to other care; the plausible range is {low} to {high}.",
        ),
        (
            "completion_excluding_transfers",
            "Completed, transfers left out",
            "discharge reason completed",
            f"{discharged}, without transfers",
            "",
        ),
        ("completion_strict_worst_case", "Completed, if no missing reason was a completion", "discharge reason completed", every, ""),
        (
            "completion_strict_best_case",
            "Completed, if every missing reason was a completion",
            "discharge reason completed or missing",
            every,
            "",
        ),
    )
    headline = "{value} of discharged episodes ended in planned completion"
    definitions = tuple(
        EstimandDefinition(
            name + ending,
            label,
            k,
            n,
            _WILSON,
            "share",
            text,
            headline if name == "completion_strict" else "",
            missing=_UNKNOWN_REASON if text else "",
            better="higher",
        )
        for name, label, k, n, text in rows
    )
    if teds_all:
        return definitions
    of_admitted = EstimandDefinition(
        "completion_of_admitted",
        "Completed, of all admitted",
        "discharge reason completed",
        "admitted episodes observed for at least their planned length, those still in care included as not completed, "
        "without deaths in care and without those that never started",
        _WILSON,
        "share",
        "Of {n} admissions observed for at least their planned length, {k} ({value}) completed; the plausible range is {low} to {high}.",
        better="higher",
    )
    return (*definitions, of_admitted)


def _coarser(definition: str, _divisions: Sequence[Mapping[str, Counts]]) -> Iterator[Measure]:
    """Without the cases that a missing reason could hide."""
    ending = "_teds_all" if definition == "teds_all" else ""
    yield without(completion(definition), [name + ending for name in IF_MISSING], _WITHOUT_CASES)


_WITHOUT_CASES = (
    "What completion would be if no missing reason, or every one, was a completion is left out: it would tell how few are missing."
)


def completion(definition: str = DENOMINATORS[0]) -> Measure:
    """Declare completion.

    Parameters
    ----------
    definition : {"discharged", "teds_all"}
        The denominator. "teds_all" counts deaths as not completed, as national discharge tables do; its estimands
        end in `_teds_all`.

    Returns
    -------
    Measure
    """
    teds_all = definition == "teds_all"
    return Measure(
        name="completion",
        title="Completion",
        variant=definition,
        asks="Of the people discharged, what share finished the program?",
        requests=(Column("discharge_reason"), _DUE),
        needs_columns=("discharge_reason",),
        among="discharged episodes",
        excludes=_WORDS if not teds_all else {part: words for part, words in _WORDS.items() if part != "died"},
        unit="share",
        better="higher",
        draft=partial(_draft, teds_all=teds_all),
        estimands=_estimands(teds_all=teds_all),
        sources=(
            "SAMHSA, Treatment Episode Data Set: Discharges (TEDS-D), reason for discharge",
            "Wilson EB (1927), doi:10.1080/01621459.1927.10502953",
        ),
        coarser=partial(_coarser, definition),
        per_episode=_per_episode,
        inclusions=_inclusions(),
        notes=(
            "Incarcerated, authorization ended, other and unknown stay in the denominator as not completed.",
            'National tables count deaths in the denominator and transfers as success: denominator="teds_all", completion_with_transfers_teds_all.',
            "completion_of_admitted needs planned_days, and observed_days or a data cut-off with admission dates.",
        ),
    )


COMPLETION = Declaration(
    "completion",
    completion,
    (
        Option(
            "definition",
            "the denominator, where teds_all counts deaths in care as not completed, as national discharge tables do",
            DENOMINATORS,
            DENOMINATORS[0],
            called="denominator",
        ),
    ),
)
