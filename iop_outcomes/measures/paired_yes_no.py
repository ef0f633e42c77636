"""Takes an outcome asked with yes or no at admission and at discharge, gives both shares of the same episodes, their difference and the four cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Literal

from iop_outcomes.columns import Column, Status
from iop_outcomes.counts import Counts, Level
from iop_outcomes.keys import Flag, Key
from iop_outcomes.measures.measure import Measure
from iop_outcomes.measures.options import Declaration, Option
from iop_outcomes.measures.parts import NOT_ENDED, Parts, not_ended, parts_of
from iop_outcomes.results import EstimandDefinition
from iop_outcomes.stats.draft import Draft
from iop_outcomes.stats.intervals import NoInterval, PairedShares

YES, NO = ("1", "yes", "y", "true"), ("0", "no", "n", "false")
_FAMILY = "asked twice"
_PAIRS = ("yes_yes", "no_yes", "yes_no", "no_no")
_STARTED = ("yes_blank", "no_blank")  # known at admission alone
_WORDS: Mapping[str, str] = {
    "yes_blank": "yes at admission, not known at discharge",
    "no_blank": "no at admission, not known at discharge",
    "blank_known": "not known at admission",
    "blank_blank": "known at neither",
    **NOT_ENDED,
}
_CELLS = {
    "yes_at_both": ("yes_yes", "Yes at both", "yes at admission and at discharge"),
    "yes_at_discharge_alone": ("no_yes", "Yes at discharge alone", "no at admission and yes at discharge"),
    "yes_at_admission_alone": ("yes_no", "Yes at admission alone", "yes at admission and no at discharge"),
    "no_at_both": ("no_no", "No at both", "no at admission and at discharge"),
}


@dataclass(frozen=True, slots=True)
class YesNo:
    """An outcome that programs ask for twice: what a yes says, and whether that is good."""

    words: str
    better: Literal["higher", "lower"]


OUTCOMES: Mapping[str, YesNo] = {
    "abstinence": YesNo("no use of the substances asked about", "higher"),
    "work": YesNo("in work", "higher"),
    "school": YesNo("in school or training", "higher"),
    "housing": YesNo("in stable housing", "higher"),
    "arrest": YesNo("arrested in the time asked about", "lower"),
    "ideation": YesNo("thoughts of suicide in the time asked about", "lower"),
}


def columns_of(outcome: str) -> tuple[str, str]:
    """The columns of the answers at admission and at discharge."""
    return f"{outcome}_admit", f"{outcome}_discharge"


def _words_of(levels: tuple[Level, ...], words: tuple[str, ...]) -> list[Level]:
    return [level for level in levels if level is not None and str(level).strip().lower() in words]


def _parts(counts: Counts, outcome: str) -> Parts:
    """Every episode by both answers."""
    admit, discharge = columns_of(outcome)
    answers = {
        (column, word): counts.is_in(column, _words_of(tuple(counts.levels(column)), words))
        for column in (admit, discharge)
        for word, words in (("yes", YES), ("no", NO))
    }
    before = {word: answers[admit, word] for word in ("yes", "no")}
    after = {word: answers[discharge, word] for word in ("yes", "no")}
    known = after["yes"] | after["no"]
    cases = {
        **not_ended(counts),
        **{f"{first}_{second}": before[first] & after[second] for second in after for first in before},
        **{f"{first}_blank": before[first] for first in before},
        "blank_known": known,
    }
    return parts_of(counts, cases, "blank_blank", order=(*_PAIRS, *_WORDS))


def _draft(counts: Counts, *, outcome: str) -> tuple[Draft, ...]:
    parts = _parts(counts, outcome)
    unknown = tuple(name for name in _WORDS if name not in NOT_ENDED)
    worse = ("yes_blank", "no_blank") if OUTCOMES[outcome].better == "lower" else ()
    started, not_started = (*_PAIRS, *_STARTED), ("blank_known", "blank_blank")

    def share(name: str, base: tuple[str, ...], hits: tuple[str, ...], missing: tuple[str, ...] = unknown) -> Draft:
        return parts.share(name, _FAMILY, base=base, hits=hits, missing=missing)

    before, after = share("yes_at_admission", _PAIRS, ("yes_yes", "yes_no")), share("yes_at_discharge", _PAIRS, ("yes_yes", "no_yes"))
    at_start = share("yes_at_admission_if_missing_worse", started, ("yes_yes", "yes_no", "yes_blank"), not_started)
    supposed = share("yes_at_discharge_if_missing_worse", started, ("yes_yes", "no_yes", *worse), not_started)
    sizes = parts.sizes
    return (
        share("known_at_both", (*_PAIRS, *unknown), _PAIRS, ()),
        before,
        after,
        _difference("change_in_share", before, after, sizes["no_yes"], sizes["yes_no"]),
        *(share(name, _PAIRS, (cell,)) for name, (cell, *_) in _CELLS.items()),
        at_start,
        supposed,
        _difference(
            "change_in_share_if_missing_worse",
            at_start,
            supposed,
            sizes["no_yes"] + (sizes["no_blank"] if worse else 0),
            sizes["yes_no"] + (0 if worse else sizes["yes_blank"]),
        ),
    )


def _difference(name: str, before: Draft, after: Draft, gained: int, lost: int) -> Draft:
    """The second share minus the first; without a value where nobody is known."""
    people = before.population
    together = type(people)(people.family, people.parts, people.base, None, people.missing)
    if not people.n:
        return Draft(Key(name), before.value, before.influence, before.among, together, NoInterval(flag=Flag.NO_EPISODES))
    influence = after.influence - before.influence
    return Draft(Key(name), (gained - lost) / people.n, influence, before.among, together, PairedShares(before, after, gained, lost))


def _refuses(counts: Counts, *, outcome: str) -> str:
    """Why nothing can be told: a column without answers, or with other words than yes and no."""
    for column in columns_of(outcome):
        levels = tuple(counts.levels(column))
        if all(level is None for level in levels):
            return (
                f"column {column} is not in the data, or holds nothing. Give yes or no beside each episode (blank where it was not asked), "
                f'and declare it in the mapping: [covariates] {column} = "category".'
            )
        other = sum(level is not None for level in levels) - len(_words_of(levels, (*YES, *NO)))
        if other:
            return (
                f"column {column} holds {other} other word{'s' if other > 1 else ''} than yes and no (also y, n, true, false, 1, 0). "
                f"Translate them in the mapping under [codes.{column}], and words for not known under [missing]."
            )
    return ""


def paired_yes_no(definition: str) -> Measure:
    """Declare an outcome asked with yes or no at admission and at discharge.

    Parameters
    ----------
    definition : {"abstinence", "work", "school", "housing", "arrest", "ideation"}
        Which outcome; its answers are the columns `<outcome>_admit` and `<outcome>_discharge` of the episodes.

    Returns
    -------
    Measure
    """
    answer, (admit, discharge) = OUTCOMES[definition], columns_of(definition)
    pairs = "discharged episodes known at both, deaths in care included, without those that never started"
    started = "discharged episodes known at admission, deaths in care included, without those that never started"
    wilson, mover = "95% Wilson score", "95% MOVER of the two Wilson intervals"
    worse = "yes" if answer.better == "lower" else "no"
    both = ("yes_at_admission", "yes_at_discharge")
    supposed = tuple(f"{name}_if_missing_worse" for name in both)
    share = partial(EstimandDefinition, interval=wilson, unit="share")
    return Measure(
        name="paired_yes_no",
        title=f"{definition.capitalize()} at admission and discharge",
        asks=f"What share of people answered yes at admission and at discharge: {answer.words}?",
        requests=(Status(), Column(admit), Column(discharge)),
        among=pairs,
        excludes=_WORDS,
        unit="share",
        better=answer.better,
        draft=partial(_draft, outcome=definition),
        estimands=(
            share("known_at_both", "Known at both", f"{admit} and {discharge} known", pairs.replace(" known at both", "")),
            share("yes_at_admission", "At admission", f"{answer.words} at admission", pairs),
            share("yes_at_discharge", "At discharge", f"{answer.words} at discharge", pairs, better=answer.better),
            EstimandDefinition(
                "change_in_share",
                "Discharge minus admission",
                "share at discharge minus share at admission, of the same episodes; McNemar's exact test where nobody repeats",
                pairs,
                mover,
                "share difference",
                rests_on=(*both, *_CELLS),
                better=answer.better,
            ),
            *(share(name, label, words, pairs) for name, (_, label, words) in _CELLS.items()),
            share(supposed[0], "At admission, of those known then", f"{answer.words} at admission", started),
            share(supposed[1], "At discharge, missing as the worse", f"{answer.words} at discharge, a missing answer as {worse}", started),
            EstimandDefinition(
                "change_in_share_if_missing_worse",
                "Discharge minus admission, missing as the worse",
                f"share at discharge, a missing answer as {worse}, minus share at admission, of the same episodes",
                started,
                mover,
                "share difference",
                rests_on=(*supposed, *_CELLS),
                better=answer.better,
            ),
        ),
        sources=(
            "McNemar Q (1947), doi:10.1007/BF02295996",
            "Zou GY, Donner A (2008), doi:10.1002/sim.3095",
        ),
        notes=(
            "Both shares are of the same episodes, known at both; shares of all who are known at either (as national tables print them) are no pair.",
            f"Beside it, of all known at admission, a missing answer at discharge counts as the worse one ({worse}).",
            "Where a patient has several episodes, p is the error level at which the interval touches 0.",
        ),
        shown=both[1:],
        main="yes_at_discharge",
        variant=definition,
        refuses=partial(_refuses, outcome=definition),
    )


PAIRED_YES_NO = Declaration(
    "paired_yes_no",
    paired_yes_no,
    (Option("definition", "which outcome was asked at admission and at discharge", tuple(OUTCOMES), needed="which outcome"),),
)
