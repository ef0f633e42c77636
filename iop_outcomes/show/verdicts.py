"""Takes released comparisons that are adjusted or held against a margin, gives what is said of both: what is allowed for, who is left out, verdicts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from iop_outcomes.keys import TOO_FEW, Key
from iop_outcomes.release import Released, ReleasedEstimate, ReleasedFlow, Withheld, require_released
from iop_outcomes.results import EstimandDefinition
from iop_outcomes.show.words import NOT_SHOWN, group_words, label, listed, plain_range
from iop_outcomes.units import UNITS


def adjustment_words(released: Released, adjustment: str) -> str:
    """What is allowed for, within a sentence: "PHQ-9 band at admission and age group"."""
    return listed(list(require_released(released, "adjustment_words").definition.adjustments.get(adjustment, (adjustment,))))


def adjustments(released: Released, estimand: str) -> list[str]:
    """The adjustments of the comparisons of a number; that of the number as it stands, which is none, comes first."""
    require_released(released, "adjustments")
    return list(dict.fromkeys(each.adjustment for each in released if each.contrast and each.estimand == estimand)) or [""]


def allowing_for(released: Released, adjustment: str) -> str:
    """Behind what was compared, in a heading; nothing of a number as it stands."""
    return f", after allowing for {adjustment_words(released, adjustment)}" if adjustment else ""


# -- who is left out ---------------------------------------------------------------------------------------------------


def left_out_sentences(released: Released, estimand: str, adjustment: str, *, time: float | None = None) -> list[str]:
    """Who stands in strata left out of the adjusted comparisons of a number; those of groups that leave the same out once."""
    require_released(released, "left_out_sentences")
    if not adjustment:
        return []
    flows = {flow.what: flow for flow in released.flow}
    alike: dict[tuple[str, str], list[str]] = {}
    for part in released.slices:
        for each in part.estimates:
            flow = flows.get(f"{Key(estimand, time, each.contrast, each.versus, adjustment)}, of {each.level}")
            if flow is not None and each.contrast and each.estimand == estimand and each.adjustment == adjustment and each.time == time:
                alike.setdefault(_out(flow, released), []).append(group_words(part, each.level))
    every = len({each.level for each in released if each.contrast})
    return [
        f"Left out of the adjusted comparison{'' if len(set(groups)) == every else f' of {listed(list(dict.fromkeys(groups)))}'}: {n} {reason}."
        for (n, reason), groups in alike.items()
    ]


def left_out(released: Released, estimand: str) -> list[str]:
    """The same of every adjustment and every day."""
    require_released(released, "left_out")
    times = list(dict.fromkeys(each.time for each in released if each.estimand == estimand and each.contrast))
    sentences = [
        words
        for adjustment in adjustments(released, estimand)
        for time in times
        for words in left_out_sentences(released, estimand, adjustment, time=time)
    ]
    return list(dict.fromkeys(sentences))


def _out(flow: ReleasedFlow, released: Released) -> tuple[str, str]:
    (reason, n), *_ = flow.excluded.items()
    if isinstance(n, Withheld):
        return "a few episodes", reason
    if isinstance(flow.rows_in, Withheld):
        return f"up to {n:,} episodes", reason
    about = "about " if released.policy.base else ""
    return f"{about}{n:,} of {flow.rows_in:,} episodes", reason


# -- against a margin --------------------------------------------------------------------------------------------------


def verdicts_of(released: Released) -> Sequence[EstimandDefinition]:
    """The definitions of the verdicts of a measure, that of non-inferiority first; none where there is no margin."""
    require_released(released, "verdicts_of")
    return [item for item in released.definition.estimands if item.role == "verdict"]


def margin_bound(released: Released, estimand: str) -> float:
    """Where the margin of a number lies, in its unit: below 0 where lower is worse; NaN where it is held against none."""
    return next((item.bound for item in verdicts_of(released) if item.judges == estimand), math.nan)


def verdict_columns(released: Released, estimand: str) -> Mapping[str, str]:
    """The verdicts that stand beside the comparisons of a number, each under its head."""
    return {item.name: item.short for item in verdicts_of(released) if item.judges == estimand}


def verdict_word(row: ReleasedEstimate | None) -> str:
    """What a comparison is called."""
    if row is None:
        return ""
    return str(row.word) if row.shown else NOT_SHOWN


def verdict_sentences(released: Released, estimand: str, *, time: float | None = None, adjustment: str = "") -> list[str]:
    """How each group does against the margin, in one sentence for each; those not shown or too few together."""
    require_released(released, "verdict_sentences")
    verdicts = [item for item in verdicts_of(released) if item.judges == estimand]
    if not verdicts:
        return []
    worse, same = verdicts
    sentences, not_judged = [], []
    for part in released.slices:
        for row in (each for each in part.estimates if each.estimand == worse.name and each.time == time and each.adjustment == adjustment):
            whom = f"{label(row.versus, part.levels)}" if row.versus else "the others together"
            group, word = group_words(part, row.level), verdict_word(row)
            if word in (NOT_SHOWN, TOO_FEW):
                not_judged.append(f"{group} ({word})")
                continue
            both = part.contrast(same.name, row.level, time=time, versus=row.versus, adjustment=adjustment)
            equal = verdict_word(both)
            equal = f"equivalence {equal}" if equal == "inconclusive" else equal
            sentences.append(f"{group} against {whom}: {word}; {equal} (range {plain_range(row)}).")
    unit = UNITS[UNITS[worse.unit].difference]
    size = unit.text(abs(worse.bound))
    head = f"Held against a margin of {size}{unit.suffix(size)}{allowing_for(released, adjustment)}"
    if not_judged:
        sentences.append(f"Not judged: {listed(list(dict.fromkeys(not_judged)))}.")
    return [f"{head}: {' '.join(sentences)}"] if sentences else []
