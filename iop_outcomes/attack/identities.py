"""Takes nothing, gives what every report has in common: which sets of episodes sum to which, and what each printed count is a count of.

These are the definitions of the measures, written down a second time by hand, so that an error in the one is seen by the other. A set of
episodes has a name of one word; "{s}" stands for a scale, "{a}" for an event after discharge with its definition, "{r}" for a scale with its
profile, "{t}" and "{u}" for a day and the next one that is printed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from iop_outcomes.attack.facts import MODELLED, SUM

OUTSIDE = "not_started + active + not_known"

# How every episode ended, and what a stay and a plan say of it.
ALWAYS = (
    "transferred = transferred_step_down + transferred_lateral",
    "not_completed = dropped_out + terminated_by_program + authorization_ended + incarcerated + other + unknown",
    "ended = completed + transferred + transferred_step_up + not_completed",
    "discharged = ended + missing_reason",
    "all_ended = discharged + died",
    f"in = all_ended + {OUTSIDE}",
    "all_ended = stayed + no_stay",
)
ADMISSIONS = (
    "in = due + too_early + due_unknown + died + not_started",
    "due = due_completed + due_not_completed",
    "due_completed <= completed",
    "completed <= due_completed + too_early + due_unknown",
)
SCORES = ("all_ended = {s}_paired + {s}_no_discharge + {s}_no_admission + {s}_no_score",)
AT_ADMISSION = (
    "in = {s}_scored + {s}_not_scored",
    "{s}_paired + {s}_no_discharge <= {s}_scored",
    f"{{s}}_scored <= {{s}}_paired + {{s}}_no_discharge + {OUTSIDE}",
)
RELIABLE = (
    "{s}_paired = {r}_improved + {r}_unchanged + {r}_worse",
    "{r}_case_paired <= {s}_paired",
    "{r}_case_no_end <= {s}_no_discharge",
    "{r}_recovered <= {r}_case_paired",
    "{r}_reliably_recovered <= {r}_recovered",
    "{r}_reliably_recovered <= {r}_improved",
    "{r}_responded <= {r}_case_paired",
    "{r}_responded <= {r}_responded_pairs",
    "{r}_responded_pairs <= {s}_paired",
    "{r}_remitted <= {r}_recovered",
)
MISSING = ("{s}_better <= {s}_paired", "{s}_could_improve <= {s}_no_discharge")  # of the change with missing scores allowed for
RANGES = {"phq9": 27, "gad7": 21, "pcl5": 80}  # from the lowest to the highest score
AFTER = (
    "discharged = {a}_followed + {a}_unknown + {a}_transfer + {a}_short",
    "{a}_unknown_event <= {a}_unknown",
    "{a}_planned + {a}_died_first <= {a}_followed",
)
AFTER_AT = (
    "{a}_followed = {a}_event_{t} + {a}_free_{t} + {a}_otherwise_{t}",
    "{a}_event_{t} <= {a}_ended_{t}",
    "{a}_ended_{t} <= {a}_event_{t} + {a}_otherwise_{t}",
    "{a}_free_{t} <= {a}_at_risk_{t}",
    "{a}_at_risk_{t} <= {a}_followed",
    "{a}_followed = {a}_observed_{t} + {a}_shorter_{t}",
    "{a}_with_{t} <= {a}_observed_{t}",
    "{a}_with_{t} <= {a}_event_{t}",
)
AFTER_THEN = (
    "{a}_event_{t} <= {a}_event_{u}",
    "{a}_free_{u} + {a}_event_{u} <= {a}_free_{t} + {a}_event_{t}",
    "{a}_at_risk_{u} <= {a}_free_{t}",
    "{a}_observed_{u} <= {a}_observed_{t}",
)


class Fields(NamedTuple):
    """What the counts beside a number are counts of, as sums of sets; None where there is none."""

    n: str
    k: str | None = None
    n_missing: str | None = None
    excluded: str | None = None
    n_at_risk: str | None = None
    total: str | None = None  # the sum that the number is the mean of
    rest: str | None = None  # of n, whom neither this number nor another of the measure counts
    per: str | None = None  # whom the total is divided by, where these are not n
    ended: str | None = None  # of a share free of every end: all who have ended by then
    with_event: str | None = None  # those of them with the event


@dataclass(frozen=True, slots=True)
class RowName:
    """Which number of which measure, as a row of a report names it, and what the words under Methods say of it.

    Parameters
    ----------
    measure, definition, estimand : str
    time : str
        The day, empty where there is none.
    among : str
        Of whom it is, in the words of the report.
    """

    measure: str
    definition: str
    estimand: str
    time: str = ""
    among: str = ""


def _outcome(measure: str, definition: str) -> str:
    return re.sub(r"\W+", "_", f"{measure}_{definition}")


def outcome_of(row_name: RowName) -> str:
    """The name of an event after discharge with its definition, as sets of episodes are named after it."""
    return _outcome(row_name.measure, row_name.definition)


def _completion(row_name: RowName, _match: re.Match[str]) -> Fields | None:
    teds = row_name.estimand.endswith("_teds_all")
    base, left = ("ended + died", OUTSIDE) if teds else ("ended", f"died + {OUTSIDE}")
    lost, moved = "missing_reason", "transferred + transferred_step_up"
    return {
        "completion_strict": Fields(base, "completed", lost, left),
        "completion_with_transfers": Fields(base, f"completed + {moved}", lost, left),
        "completion_excluding_transfers": Fields(f"{base} - transferred - transferred_step_up", "completed", lost, f"{left} + {moved}"),
        "completion_strict_worst_case": Fields(f"{base} + {lost}", "completed", "0", left),
        "completion_strict_best_case": Fields(f"{base} + {lost}", f"completed + {lost}", "0", left),
        "completion_of_admitted": Fields("due", "due_completed", "due_unknown", "too_early + died + not_started"),
    }.get(row_name.estimand.removesuffix("_teds_all"))


_GROUPS = {
    "transferred": "transferred + transferred_step_up",
    "ended_by_program": "terminated_by_program + authorization_ended",
    "other": "incarcerated + other + unknown",
    "ended_otherwise": "terminated_by_program + authorization_ended + incarcerated + other + unknown",
    "neither": "not_completed",
}
_REST = ("other", "ended_otherwise", "neither")  # groups with the dead and those without a reason, where these are among the episodes


def _reasons(row_name: RowName, match: re.Match[str]) -> Fields:
    name, known = match["name"], "known reason" in row_name.among
    k = "missing_reason" if name == "missing" else name
    if row_name.definition == "grouped":
        k = _GROUPS.get(name, name)
        if name in _REST and not known:
            k = f"{k} + died + missing_reason"
    return Fields("ended", k, "0", f"missing_reason + died + {OUTSIDE}") if known else Fields("all_ended", k, "0", OUTSIDE)


def _stays(row_name: RowName, _match: re.Match[str]) -> Fields:
    total = f"{SUM}days_{row_name.definition}" if "mean" in row_name.estimand else None
    return Fields("stayed", None, "no_stay", OUTSIDE, total=total)


def _change(row_name: RowName, match: re.Match[str]) -> Fields:
    s = match["s"]
    paired, unpaired = f"{s}_paired", f"{s}_no_discharge + {s}_no_admission + {s}_no_score"
    if row_name.estimand == "paired_rate":
        return Fields("all_ended", paired, "0", OUTSIDE)
    if row_name.estimand == "mean_change_if_missing_unchanged":
        return Fields(f"{paired} + {s}_no_discharge", None, f"{s}_no_admission + {s}_no_score", OUTSIDE, total=f"{SUM}{s}")
    totals = {"mean_admit": f"{SUM}{s}_at_admission", "mean_discharge": f"{SUM}{s}_at_discharge", "mean_change": f"{SUM}{s}"}
    return Fields(paired, None, unpaired, OUTSIDE, total=totals.get(row_name.estimand))


def _reliable(row_name: RowName, match: re.Match[str]) -> Fields | None:
    s, name = match["s"], row_name.estimand.removesuffix("_of_discharged")
    r, every = f"{s}_{row_name.definition or 'profile'}", name != row_name.estimand
    paired, no_start = f"{s}_paired", f"{s}_no_admission + {s}_no_score"
    simple = {"reliable_improvement": "improved", "no_reliable_change": "unchanged", "reliable_deterioration": "worse"}
    if name in simple:
        k = f"{r}_{simple[name]}"
        return Fields("all_ended", k, "0", OUTSIDE) if every else Fields(paired, k, f"{s}_no_discharge + {no_start}", OUTSIDE)
    if name == "false_positive_rate":
        return Fields(paired, None, f"{s}_no_discharge + {no_start}", OUTSIDE)
    if name == "response_of_pairs":
        return Fields(paired, f"{r}_responded_pairs")
    if name.startswith("remission_from_"):
        return Fields(f"{r}_not_remitted_paired", f"{r}_{name}")
    of_cases = {"recovery": "recovered", "reliable_recovery": "reliably_recovered", "response": "responded", "remission": "remitted"}
    if name not in of_cases:
        return None
    case, no_end = f"{r}_case_paired", f"{r}_case_no_end"
    healthy = f"{OUTSIDE} + all_ended - {case} - {no_end} - {s}_no_admission - {s}_no_score"
    k = f"{r}_{of_cases[name]}"
    return Fields(f"{case} + {no_end}", k, no_start, healthy) if every else Fields(case, k, f"{no_end} + {no_start}", healthy)


def _missing(row_name: RowName, match: re.Match[str]) -> Fields:
    s, name = match["s"], row_name.estimand
    paired, lacking, no_start = f"{s}_paired", f"{s}_no_discharge", f"{s}_no_admission + {s}_no_score"
    if name in ("mean_change", "reliable_improvement"):
        k, total = (f"{s}_better", None) if name == "reliable_improvement" else (None, f"{SUM}{s}")
        return Fields(paired, k, f"{lacking} + {no_start}", OUTSIDE, total=total)
    hits = {
        "discharge_score_known": paired,
        "reliable_improvement_if_missing_worst": f"{s}_better",
        "reliable_improvement_if_missing_best": f"{s}_better + {s}_could_improve",
    }
    totals = {
        "mean_change_if_missing_unchanged": f"{SUM}{s}",
        "mean_change_if_missing_worst": f"{SUM}{s}_worst",
        "mean_change_if_missing_best": f"{SUM}{s}_best",
        "mean_change_standardised": f"{MODELLED}{s}",
        "tipping_point": f"{MODELLED}{s}",
    }
    per = lacking if name == "tipping_point" else None
    return Fields(f"{paired} + {lacking}", hits.get(name), no_start, OUTSIDE, total=totals.get(name), per=per)


FOLLOWED = "those followed"  # of whom the numbers during care are, in one of their forms
_OF_FOLLOWED = ("median_days", "restricted_mean_days", "median_follow_up_days")
TESTS = ("log_rank_chi_squared", "log_rank_p", "gray_chi_squared", "gray_p")


def _after(row_name: RowName, _match: re.Match[str]) -> Fields | None:
    a, t, name = _outcome(row_name.measure, row_name.definition), row_name.time, row_name.estimand
    n, lost, out = f"{a}_followed", f"{a}_unknown", f"died + {OUTSIDE}"
    left = f"{out} + {a}_transfer + {a}_short"
    if name in _OF_FOLLOWED:
        return Fields(n, None, lost, left)
    if name in TESTS:
        return Fields(n)
    during = f"{a}_in_care"
    if name == "during_care":
        of_followed = Fields(n, f"{during}_followed", lost, left)
        return of_followed if row_name.among == FOLLOWED else Fields("all_ended", during, "0", OUTSIDE) if row_name.among else None
    return {
        "cumulative_incidence": Fields(n, f"{a}_event_{t}", lost, left, f"{a}_at_risk_{t}", rest=f"{a}_otherwise_{t}"),
        "event_free": Fields(n, f"{a}_free_{t}", lost, left, f"{a}_at_risk_{t}", ended=f"{a}_ended_{t}", with_event=f"{a}_event_{t}"),
        "fully_observed_rate": Fields(f"{a}_observed_{t}", f"{a}_with_{t}"),
        "planned": Fields(n, f"{a}_planned", lost, left),
        "died_first": Fields(n, f"{a}_died_first", lost, left),
        "transfer_0_2": Fields(f"{n} + {a}_transfer", f"{a}_transfer", lost, f"{out} + {a}_short"),
        "events_without_follow_up": Fields(lost, f"{a}_unknown_event", "0", f"{left} + {n}"),
    }.get(name)


def _recorded(_row_name: RowName, match: re.Match[str]) -> Fields:
    thing = match["thing"]
    k = {"discharge_reason": "all_ended - missing_reason", "los_days": "stayed"}.get(thing)
    score = re.fullmatch(r"(?P<s>\w+)_(?P<moment>admit|discharge)", thing)
    if score:
        s = score["s"]
        k = f"{s}_paired + {s}_no_discharge" if score["moment"] == "admit" else f"{s}_paired + {s}_no_admission"
    return Fields("all_ended", k or f"recorded_{thing}", "0", OUTSIDE)


def _participants(row_name: RowName, match: re.Match[str]) -> Fields | None:
    column = match["column"]
    if row_name.estimand in ("mean_admit", "sd_admit"):
        total = f"{SUM}{column}_scored" if row_name.estimand == "mean_admit" else None
        return Fields(f"{column}_scored", None, f"{column}_not_scored", "0", total=total)
    ended = "known reason" in row_name.among
    base, left = ("ended", f"missing_reason + died + {OUTSIDE}") if ended else ("in", "0")
    blank = category(column, "(missing)", ended=ended)  # a level may be called "not recorded"
    if row_name.estimand == "not_recorded":
        return Fields(base, blank, "0", left)
    if row_name.estimand.startswith("share_"):
        label = row_name.estimand.removeprefix("share_")
        return Fields(f"{base} - {blank}", category(column, label, ended=ended), blank, left)
    return None


def category(column: str, label: str, *, ended: bool) -> str:
    """The set of episodes of one category of a characteristic, of all admitted or of those that completion is of."""
    return f"{column}:{re.sub(r'[^0-9A-Za-z]+', '_', label)}{':ended' if ended else ''}"


_COLUMN_OF = {"planned_hours": "hours_per_week", "condition_code_92": "condition_code"}  # the others are called as their column


def _declared(row_name: RowName, _match: re.Match[str]) -> Fields:
    column = _COLUMN_OF.get(row_name.measure, row_name.measure)
    if row_name.estimand.endswith("_of_all"):
        return Fields("in", f"{column}_met", "0", "0")
    return Fields(f"in - {column}_blank", f"{column}_met", f"{column}_blank", "0")


_RULES = (
    (re.compile(r"completion"), re.compile(r".*"), _completion),
    (re.compile(r"discharge_reasons"), re.compile(r"reason_(?P<name>\w+)"), _reasons),
    (re.compile(r"length_of_stay"), re.compile(r".*"), _stays),
    (re.compile(r"deaths_in_care"), re.compile(r"died_in_care"), lambda _row_name, _match: Fields("all_ended", "died", "0", OUTSIDE)),
    (re.compile(r"recorded"), re.compile(r"recorded_(?P<thing>\w+)"), _recorded),
    (re.compile(r"(?P<s>\w+)_reliable_change"), re.compile(r".*"), _reliable),
    (re.compile(r"(?P<s>\w+)_change"), re.compile(r".*"), _change),
    (re.compile(r"(?P<s>\w+)_missing_scores"), re.compile(r".*"), _missing),
    (re.compile(r"participants_(?P<column>\w+)"), re.compile(r".*"), _participants),
    (re.compile(r"(readmission|relapse)\w*"), re.compile(r".*"), _after),
    (re.compile(r"planned_hours|(re)?certified|condition_code_92|scores_in_plan"), re.compile(r".*"), _declared),
)


def fields_of(row_name: RowName) -> Fields | None:
    """What the counts beside a number are counts of; None for a number that nothing is known of."""
    for measures, estimands, rule in _RULES:
        match, other = measures.fullmatch(row_name.measure), estimands.fullmatch(row_name.estimand)
        if match and other:
            return rule(row_name, match if match.groupdict() else other)
    return None


def sums_of(row_names: Sequence[RowName]) -> Iterator[str]:
    """Sums and parts that hold in every group, for the measures of a report."""
    yield from ALWAYS
    if any(row_name.estimand == "completion_of_admitted" for row_name in row_names):
        yield from ADMISSIONS
    yield from _of_scales(row_names)
    yield from _of_missing_scores(row_names)
    yield from _after_discharge(row_names)
    yield from _characteristics(row_names)


def _of_missing_scores(row_names: Sequence[RowName]) -> Iterator[str]:
    """Who lacks a discharge score, and that the worst and the best score that they might have had are the range of the scale apart."""
    for s in dict.fromkeys(row_name.measure.removesuffix("_missing_scores") for row_name in row_names):
        if any(row_name.measure == f"{s}_missing_scores" for row_name in row_names):
            yield SCORES[0].format(s=s)
            yield from (line.format(s=s) for line in MISSING)
            if s in RANGES:
                yield f"{SUM}{s}_best = {' + '.join([f'{SUM}{s}_worst', *[f'{s}_no_discharge'] * RANGES[s]])}"


def _of_scales(row_names: Sequence[RowName]) -> Iterator[str]:
    for row_name in row_names:
        change = re.fullmatch(r"(\w+?)(_reliable)?_change", row_name.measure)
        if not change:
            continue
        s, r = change[1], f"{change[1]}_{row_name.definition or 'profile'}"
        yield SCORES[0].format(s=s)
        if change[2]:
            yield from (line.format(s=s, r=r) for line in RELIABLE)
        if re.fullmatch(r"remission_from_\d+", row_name.estimand):
            yield f"{r}_{row_name.estimand} <= {r}_not_remitted_paired"
            yield f"{r}_remitted <= {r}_{row_name.estimand}"
            yield f"{r}_not_remitted_paired <= {s}_paired"
        if f"participants_{s}" in {other.measure for other in row_names}:
            yield from (line.format(s=s) for line in AT_ADMISSION)


def stretches_of(row_names: Sequence[RowName]) -> Iterator[str]:
    """Those with an event between two days that are asked one after the other, which no report prints: what is left of two sums."""
    for a, ordered in _days_asked(row_names).items():
        yield from (f"{a}_event_{u} - {a}_event_{t}" for t, u in pairwise(ordered))


def _days_asked(row_names: Sequence[RowName]) -> dict[str, list[int]]:
    """Of each event after discharge, the days in order."""
    days: dict[str, set[int]] = {}
    for row_name in row_names:
        if re.fullmatch(r"(readmission|relapse)\w*", row_name.measure):
            mine = days.setdefault(_outcome(row_name.measure, row_name.definition), set())
            if row_name.time:
                mine.add(int(row_name.time))
    return {a: sorted(times) for a, times in days.items()}


def _after_discharge(row_names: Sequence[RowName]) -> Iterator[str]:
    for a, ordered in _days_asked(row_names).items():
        yield from (line.format(a=a) for line in AFTER)
        yield from (line.format(a=a, t=t) for t in ordered for line in AFTER_AT)
        yield from (line.format(a=a, t=t, u=u) for t, u in pairwise(ordered) for line in AFTER_THEN)
        if ordered:
            yield f"{a}_event_{ordered[-1]} + {a}_planned + {a}_died_first <= {a}_followed"
        yield f"{a}_in_care_followed <= {a}_followed"
        yield f"{a}_in_care_followed <= {a}_in_care"
        yield f"{a}_in_care <= all_ended"


def _characteristics(row_names: Sequence[RowName]) -> Iterator[str]:
    for measure in dict.fromkeys(row_name.measure for row_name in row_names if row_name.measure.startswith("participants_")):
        rows = [row_name for row_name in row_names if row_name.measure == measure and row_name.estimand.startswith("share_")]
        fields = [each for each in map(fields_of, rows) if each is not None]
        if fields:
            yield f"{fields[0].n} = {' + '.join(dict.fromkeys(str(each.k) for each in fields))}"


# Reasons for being left out, in the words of a report: the sets they are, of a measure's own where there is "{a}" or "{s}".
LEFT_OUT: Mapping[str, str] = {
    "discharge reason missing": "missing_reason",
    "died in care": "died",
    "never started": "not_started",
    "still in care": "active",
    "not known whether discharged": "not_known",
    "not yet observed for the planned length": "too_early",
    "planned length or time observed not known": "due_unknown",
    "length of stay missing": "no_stay",
    "follow-up not known": "{a}_unknown - {a}_unknown_event",
    "follow-up not known, though an event or a death is recorded": "{a}_unknown_event",
    "in hospital again on days 0 to 2 (transfer)": "{a}_transfer",
    "followed for less than 3 days": "{a}_short",
    "no discharge score": "{s}_no_discharge",
    "no admission score": "{s}_no_admission",
    "neither score": "{s}_no_score",
}


def left_out(reason: str, row_name: RowName) -> str | None:
    """The set of those left out of a measure for a reason, in the words of a report."""
    sets = LEFT_OUT.get(reason)
    if sets is None:
        return None
    if row_name.measure.startswith("participants_") and reason == "no admission score":
        sets = "{s}_not_scored"  # among everyone admitted, still in care or not
    scale = re.fullmatch(r"(?:participants_)?(\w+?)(_reliable)?(_change)?", row_name.measure)
    return sets.format(a=_outcome(row_name.measure, row_name.definition), s=scale[1] if scale else "")
