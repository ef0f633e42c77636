"""Takes the table with one row per episode, gives proof that plain pandas over it counts what every measure returns."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.evaluate import evaluate
from iop_outcomes.evaluate.ask import Ask
from iop_outcomes.evaluate.lookup import declaration, look_up
from iop_outcomes.measures import known
from iop_outcomes.measures.clinical_significance import variants
from iop_outcomes.scales import load_scales
from tests.table.programs import PROGRAMS

NAN = float("nan")
ENDED = ("discharged", "died")
SHIPPED = load_scales()
SCALES = {name: SHIPPED[name] for name in ("auditc", "bdi2", "gad7", "pcl5", "phq9", "phqa")}  # of the programs, and some without a score
# Which make no column of an episode: they are of all pairs together, or of scores on days of which the table holds none.
NO_COLUMN = ("_reliability", "_effect_sizes", "_between_groups", "_sensitivity", "_missing_scores")
NO_COLUMN += ("retention",)  # its days are those of the stay, which the table has, and of those still in care
NO_COLUMN += ("paired_yes_no",)  # its answers stand beside the episode
NO_COLUMN += ("_weekly_course", "_not_on_track", "_sudden_gains", "_early_response", "_occasions")
WAYS = {name: entry.definitions or (None,) for name, entry in known(SCALES).items() if not name.endswith(NO_COLUMN)}
ASKED = [(name, definition) for name, definitions in WAYS.items() for definition in definitions]
TIMES = (30, 90, 180, 365)


OTHER_SCALES = tuple(f"{name}_" for name in SCALES if name != "phq9")


@pytest.fixture(scope="module", params=PROGRAMS)
def program(request):
    """Data, their table, and what is asked: every measure of 200 episodes; of the other programs those of one scale and of no scale."""
    asked = ASKED if request.param == "200 episodes" else [ask for ask in ASKED if not ask[0].startswith(OTHER_SCALES)]
    with PROGRAMS[request.param]() as data:
        yield data, data.to_frame(), asked


def share(words, hits, base):
    """Numerator, denominator and value of a column of words."""
    k, n = int(words.isin(hits).sum()), int(words.isin(base).sum())
    return n, k, k / n if n else NAN


def mean(numbers):
    """Of those there are."""
    return int(numbers.count()), None, float(numbers.mean()) if numbers.count() else NAN


def quantile(days, below):
    """Type 2: the middle of two where the rank is whole."""
    days = sorted(days.dropna())
    if not days:
        return NAN
    rank = len(days) * below
    return float(days[math.ceil(rank) - 1] if rank != int(rank) else (days[int(rank) - 1] + days[int(rank)]) / 2)


# -- each measure, by hand -----------------------------------------------------------------------------------------------


def completion(frame, definition, _whole):
    """From how each episode counts in it."""
    died = ("died",) if definition == "teds_all" else ()
    left = ("transferred", "transferred_step_up")
    base = ("completed", *left, "not_completed", *died)
    ending = "_teds_all" if died else ""
    rates = {
        "completion_strict": share(frame.completion, ["completed"], base),
        "completion_with_transfers": share(frame.completion, ["completed", *left], base),
        "completion_excluding_transfers": share(frame.completion, ["completed"], ["completed", "not_completed", *died]),
        "completion_strict_worst_case": share(frame.completion, ["completed"], [*base, "missing_reason"]),
        "completion_strict_best_case": share(frame.completion, ["completed", "missing_reason"], [*base, "missing_reason"]),
    }
    rates = {name + ending: rate for name, rate in rates.items()}
    of_admitted = share(frame.completion_of_admitted, ["due_completed"], ["due_completed", "due_not_completed"])
    return rates if died else {**rates, "completion_of_admitted": of_admitted}


def length_of_stay(frame, definition, _whole):
    """From the days of those who are counted."""
    days = frame.length_of_stay_inclusive if definition == "inclusive" else frame.length_of_stay
    stem = "los_inclusive" if definition == "inclusive" else "los"
    quartiles = {"median": 0.5, "q1": 0.25, "q3": 0.75}
    return {f"{stem}_{name}": (int(days.count()), None, quantile(days, below)) for name, below in quartiles.items()} | {
        f"{stem}_mean": mean(days)
    }


GROUPS = ("completed", "transferred", "dropped_out", "ended_by_program", "other")


def discharge_reasons(frame, definition, _whole):
    """From the group of the reason, or the reason itself."""
    if definition == "grouped":
        return {f"reason_{group}": share(frame.discharge_reason_group, [group], GROUPS) for group in GROUPS}
    each = frame.discharge_reason.astype("object").fillna("missing")
    outside = ["not_started", "active", "not_known"]
    reasons = [*dict.fromkeys(["died", "missing", *each])]
    n = int((~each.isin(outside)).sum())
    return {f"reason_{reason}": (n, k := int((each == reason).sum()), k / n if n else NAN) for reason in reasons if reason not in outside}


def deaths_in_care(frame, _definition, _whole):
    """From whether an episode has ended."""
    return {"died_in_care": share(frame.episode_status, ["died"], ENDED)}


def recorded(frame, _definition, _whole):
    """From what is there."""
    ended = frame[frame.episode_status.isin(ENDED)]
    rates = {}
    for column in (
        "discharge_reason",
        "los_days",
        "planned_days",
        "follow_up_days",
        "phq9_admit",
        "phq9_discharge",
        "gad7_admit",
        "gad7_discharge",
    ):
        k = int(ended[column].notna().sum()) if column in ended else 0
        rates[f"recorded_{column}"] = (len(ended), k, k / len(ended) if len(ended) else NAN)
    return rates


def incidences(day, end):
    """Aalen-Johansen, one day after the other: by each of the times; not a number where nobody is followed so far."""
    left, share_with, reached = 1.0, 0.0, {}
    steps = sorted(day[end != "end_of_follow_up"].unique())
    for time in TIMES:
        while steps and steps[0] <= time:
            on = steps.pop(0)
            at_risk, here = (day >= on).sum(), day == on
            share_with += left * ((end == "event") & here).sum() / at_risk
            left *= 1 - ((end != "end_of_follow_up") & here).sum() / at_risk
        reached[time] = share_with if len(day) and (day.max() >= time or left == 0) else NAN
    return reached


def after_discharge(name, event, *, causes, transfers):
    """From the first end, and who is followed."""

    def counted(frame, definition, whole):
        status = frame[f"{name}_{definition}_followed"]
        columns = [f"{name}_{definition}_followed", f"{event}_{definition}_first_day", f"{event}_{definition}_first_end"]
        stops = stops_at_the_event(*(whole[column] for column in columns), whole.follow_up_days)
        day, end = frame[f"{event}_{definition}_first_day"], frame[f"{event}_{definition}_first_end"].astype("object")
        followed = status == "followed"
        n = int(followed.sum())
        days, ends = day[followed].astype("float64"), end[followed]
        rates = {key: (n, None, None) for key in ("median_days", "median_follow_up_days")}
        reached = incidences(days, ends)
        for time in TIMES:
            k = int(((ends == "event") & (days <= time)).sum())
            rates["cumulative_incidence", time] = (n, k, reached[time])
            rates["event_free", time] = (n, int((days + (ends == "end_of_follow_up") > time).sum()), None)
            rates["restricted_mean_days", time] = (n, None, None)
            rates["fully_observed_rate", time] = simple(frame, stops, day, end, followed, time)
        for cause, estimand in causes.items():
            k = int((ends == cause).sum())
            rates[estimand] = (n, k, k / n if n else NAN)
        if transfers:
            rates["transfer_0_2"] = share(status, ["transfer"], ["followed", "transfer"])
        rates["events_without_follow_up"] = share(status, ["unknown_with_event"], ["unknown", "unknown_with_event"])
        rates["during_care"] = share(frame[f"{event}_{definition}_during_care"], ["yes"], ["yes", "no"])
        return rates

    return counted


def stops_at_the_event(status, day, end, follow_up):
    """Whether the follow-up of the file is the day of the end in more than half of the episodes that have one and a follow-up."""
    ended = (status == "followed") & end.isin(["event", "death"]) & follow_up.notna()
    return (day[ended] == follow_up[ended]).sum() > ended.sum() / 2


def simple(frame, stops, day, end, followed, time):
    """Of those whose follow-up reaches the day; where it stops at the event, of those who could have been followed so far."""
    reach = frame.potential_follow_up_days if stops else frame.follow_up_days
    base = followed & (reach >= time).fillna(False).astype(bool)
    if stops:
        base &= ~((end == "end_of_follow_up") & (day < time).fillna(False).astype(bool))
    k = int((base & (end == "event") & (day <= time).fillna(False).astype(bool)).sum())
    return int(base.sum()), k, None


def change(scale):
    """From both scores and the change."""

    def counted(frame, _definition, _whole):
        both, pre, post = frame[frame[f"{scale}_pair"] == "paired"], f"{scale}_admit", f"{scale}_discharge"
        every = ["paired", "no_discharge_score", "no_admission_score", "no_score"]
        gained = frame[f"{scale}_change"]
        sd = both[pre].std() if len(both) > 1 else NAN
        return {
            "paired_rate": share(frame[f"{scale}_pair"], ["paired"], every),
            "mean_admit": mean(both[pre]),
            "mean_discharge": mean(both[post]),
            "sd_admit": (len(both), None, float(sd)),
            "mean_change": mean(gained),
            "d_pre_sd": (len(both), None, float(gained.mean() / sd) if len(both) > 1 and sd else NAN),
            "g_pre_sd": (len(both), None, None),
            "mean_change_if_missing_unchanged": mean(frame[f"{scale}_change_if_unchanged"]),
        }

    return counted


def nhs(name):
    """From the four scores: PHQ-9 by 6 or more and at case from 10, GAD-7 by 4 or more and at case from 8."""

    def counted(frame, rule, _whole):
        scores = {
            f"{scale}_{moment}": frame.get(f"{scale}_{moment}", pd.Series(NAN, index=frame.index)).astype(float)
            for scale in ("phq9", "gad7")
            for moment in ("admit", "discharge")
        }
        ended = ~frame.episode_status.isin(["active", "not_started", "not_known"])
        now = pd.DataFrame(scores)[ended]
        now = now[now.phq9_admit.notna() & now.gad7_admit.notna()]
        if "recovery" in name:
            now = now[(now.phq9_admit >= 10) | (now.gad7_admit >= 8)]
        sign = -1 if "deterioration" in name else 1
        gains = sign * (now.phq9_admit - now.phq9_discharge), sign * (now.gad7_admit - now.gad7_discharge)
        one, other = gains[0] >= 6, gains[1] >= 4
        met = one & other if rule == "both" else one | other
        met &= ~((gains[0] <= -6) | (gains[1] <= -4)) if rule == "unopposed" else True
        below = (now.phq9_discharge < 10) & (now.gad7_discharge < 8)
        met = below if name == "nhs_recovery" else met & below if "recovery" in name else met
        paired = now.notna().all(axis=1)
        k, sizes = int((met & paired).sum()), {name: len(now), f"{name}_of_pairs": int(paired.sum())}
        return {each: (n, k, k / n if n else NAN) for each, n in sizes.items()}

    return counted


def clinical(scale):
    """From both scores, the reliable change and the cut-off; the column of categories, where the definition has it, says the same."""

    def counted(frame, definition, _whole):
        way, both = variants(SHIPPED[scale])[definition], frame[frame[f"{scale}_pair"] == "paired"]
        pre, post, cut = both[f"{scale}_admit"], both[f"{scale}_discharge"], way.cutoff(SHIPPED[scale])
        gain, line = pre - post, 1.96 * math.sqrt(2 * (1 - way.reliability.value)) * way.spread.sd
        words = pd.Series("unchanged", index=both.index)
        words[gain > line], words[gain < -line] = "improved", "deteriorated"
        words[(gain > line) & (pre >= cut) & (post < cut)] = "recovered"
        words[(gain < -line) & (pre < cut) & (post >= cut)] = "harmed"
        if definition == next(iter(variants(SHIPPED[scale]))):
            assert (both[f"{scale}_clinical_significance"] == words).all()
            assert both[f"{scale}_reliable_change_index"].to_numpy(float) == pytest.approx((1.96 * gain / line).to_numpy(float))
        names = ["recovered", "improved", "unchanged", "deteriorated", "harmed"]
        return {name: share(words, [name], names) for name in names} | {
            name: (len(both), None, value) for name, value in (("reliable_change_points", line), ("clinical_cutoff", cut))
        }

    return counted


def reliable(scale):
    """From the class of each episode."""

    def counted(frame, profile, _whole):
        ending = f"_{profile}" if f"{scale}_reliable_{profile}" in frame else ""
        words, pairs = frame[f"{scale}_reliable{ending}"], ["improved", "worse", "unchanged"]
        rates = {
            "reliable_improvement": share(words, ["improved"], pairs),
            "reliable_improvement_of_discharged": share(
                words, ["improved"], [*pairs, "no_discharge_score", "no_admission_score", "no_score"]
            ),
            "no_reliable_change": share(words, ["unchanged"], pairs),
            "reliable_deterioration": share(words, ["worse"], pairs),
            "reliable_deterioration_of_discharged": share(
                words, ["worse"], [*pairs, "no_discharge_score", "no_admission_score", "no_score"]
            ),
            "false_positive_rate": (int(words.isin(pairs).sum()), None, None),
        }
        if f"{scale}_recovery{ending}" in frame:
            words, pairs = frame[f"{scale}_recovery{ending}"], ["reliably_recovered", "recovered", "still_at_case"]
            for name, hits in (("recovery", pairs[:2]), ("reliable_recovery", pairs[:1])):
                rates[name] = share(words, hits, pairs)
                rates[f"{name}_of_discharged"] = share(words, hits, [*pairs, "case_without_end"])
        for name in ("response", "remission"):
            if f"{scale}_{name}{ending}" in frame:
                words = frame[f"{scale}_{name}{ending}"]
                rates[name] = share(words, ["met"], ["met", "not_met"])
                rates[f"{name}_of_discharged"] = share(words, ["met"], ["met", "not_met", "case_without_end"])
        for column in frame.columns:
            if column == f"{scale}_response_of_pairs" or column.startswith(f"{scale}_remission_from_"):
                rates[column.removeprefix(f"{scale}_")] = share(frame[column], ["met"], ["met", "not_met"])
        return rates

    return counted


def self_harm(scale):
    """From the answers."""

    def counted(frame, _definition, _whole):
        answers = ["positive", "negative"]
        return {
            "positive_at_discharge": share(frame[f"{scale}_self_harm_discharge"], ["positive"], answers),
            "positive_at_admission": share(frame[f"{scale}_self_harm_admit"], ["positive"], answers),
            "newly_positive": share(frame[f"{scale}_self_harm_new"], ["newly_positive"], ["newly_positive", "still_negative"]),
        }

    return counted


REST = ("sessions_cancelled_by_program", "sessions_excused", "sessions_without_status")


def no_show_rate(frame, _definition, _whole):
    """Sums of sessions; the counts are of episodes."""
    sums = frame.filter(like="sessions_").fillna(0)  # blank where no session has a known status
    rates = {"no_show_rate": (sums.sessions_missed, sums.sessions_scheduled)}
    rates |= {name: (sums[name], sums.sessions_scheduled + sums[name]) for name in REST}
    return {
        name: (int((base > 0).sum()), int((part[base > 0] > 0).sum()), part.sum() / base.sum() if base.sum() else NAN)
        for name, (part, base) in rates.items()
    }


def attended_days(frame, _definition, _whole):
    """From the days of those who are counted."""
    days = frame.attended_days
    numbers = {"median": 0.5, "q1": 0.25, "q3": 0.75}
    return {f"attended_days_{name}": (int(days.count()), None, quantile(days, below)) for name, below in numbers.items()} | {
        "attended_days_mean": mean(days)
    }


def months_later(scale):
    """From how each episode ended up, months after admission."""

    def counted(frame, definition, _whole):
        words = frame[f"{scale}_follow_up_{definition}"]
        scored = ("remission", "response_alone", "no_response")
        base, hits = (*scored, "not_scored"), {"scored": scored, "remission": scored[:1], "response": scored[:2]}
        rates = {f"{name}_at_follow_up": share(words, met, base) for name, met in hits.items()}
        return rates | {f"{name}_at_follow_up_of_scored": share(words, hits[name], scored) for name in ("remission", "response")}

    return counted


YES = ("yes", "y", "true", "1")


def declared(name, column, met):
    """From the column that a site declares."""

    def counted(frame, _definition, _whole):
        words = frame[column].astype(str).where(frame[column].notna(), "blank")
        known = [word for word in words.unique() if word != "blank"]
        hits = [word for word in known if met(word)]
        return {name: share(words, hits, known), f"{name}_of_all": share(words, hits, [*known, "blank"])}

    return counted


DEATH = after_discharge("death_after_discharge", "death", causes={}, transfers=False)
BY_HAND = {
    "planned_hours": declared("planned_hours", "hours_per_week", lambda word: float(word) >= 9),
    "condition_code_92": declared("condition_code_92", "condition_code", lambda word: word == "92"),
    **{name: declared(name, name, lambda word: word.lower() in YES) for name in ("certified", "recertified", "scores_in_plan")},
    "no_show_rate": no_show_rate,
    "attended_days": attended_days,
    "completion": completion,
    "length_of_stay": length_of_stay,
    "discharge_reasons": discharge_reasons,
    "deaths_in_care": deaths_in_care,
    "recorded": recorded,
    "readmission": after_discharge("readmission", "readmission", causes={"planned": "planned", "death": "died_first"}, transfers=True),
    "readmission_from_day_0": after_discharge(
        "readmission_from_day_0", "readmission", causes={"planned": "planned", "death": "died_first"}, transfers=False
    ),
    "relapse": after_discharge("relapse", "relapse", causes={"death": "died_first"}, transfers=False),
    "death_after_discharge": lambda rows, _definition, frame: DEATH(rows, "any_cause", frame),
    **{f"{scale}_change": change(scale) for scale in SHIPPED},
    **{f"{scale}_reliable_change": reliable(scale) for scale in SHIPPED},
    **{name: nhs(name) for name in ("nhs_reliable_improvement", "nhs_recovery", "nhs_reliable_recovery", "nhs_reliable_deterioration")},
    **{f"{scale}_clinical_significance": clinical(scale) for scale in SHIPPED},
    **{f"{scale}_depression_follow_up": months_later(scale) for scale in ("phq9", "phqa")},
    **{f"{scale}_self_harm_item": self_harm(scale) for scale in SHIPPED},
}
TESTS = {"log_rank_chi_squared", "log_rank_p", "gray_chi_squared", "gray_p"}  # between groups: no count of episodes


def test_every_measure_is_counted_by_hand_here():
    """A new measure is counted from the table too."""
    assert set(WAYS) <= set(BY_HAND)


def test_the_table_gives_the_counts_of_every_measure(program):
    """Numerators, denominators, means, quartiles and incidences, for everyone and in each track, under policy none."""
    data, frame, asked = program
    parts = {"All": frame, "(missing)": frame[frame.track.isna()], **dict(iter(frame.groupby("track", observed=True)))}
    for name, definition in asked:
        counted_by_hand(name, definition, data, parts)


def counted_by_hand(name, definition, data, parts):
    """Hold what a measure says of each level against the rows of it."""
    frame, where = parts["All"], f"{name} {definition}"
    try:
        answer = iop.measure(data, name, definition=definition, by="track")
    except iop.NotAssessableError:
        columns = {"no_show_rate": "sessions_scheduled", "attended_days": "attended_days"}
        assert columns.get(name, f"{name}_{definition}_followed") not in frame, where
        return
    except iop.UsageError:
        assert name == "length_of_stay", where
        return
    given = answer.release("none").to_frame()
    scale = next((scale for scale in SHIPPED if name.startswith(f"{scale}_")), None)
    if scale is not None and scale not in data.facts.scales:
        assert not [column for column in frame if column.startswith(f"{scale}_")], where
        assert given.k.fillna(0).eq(0).all(), where
        return
    assert given.level.nunique() > 1, where
    for level, of_level in given.groupby("level"):
        expected = BY_HAND[name](parts[level], definition, frame)
        names = {key if isinstance(key, str) else key[0] for key in expected}
        assert names == set(of_level.estimand) - TESTS or name == "discharge_reasons", where
        for row in of_level[~of_level.estimand.isin(TESTS)].itertuples():
            n, k, value = expected.get(row.estimand if pd.isna(row.time) else (row.estimand, int(row.time)), (None, 0, 0.0))
            which = f"{where} {level} {row.estimand} {row.time}"
            assert n is None or row.n == n, which
            assert (k is None and pd.isna(row.k)) or row.k == k, which
            if value is not None and not pd.isna(row.value):
                assert row.value == pytest.approx(value, abs=1e-12), which
            assert value is None or pd.isna(row.value) or not math.isnan(value), which


def test_the_table_summed_over_the_cells_of_a_measure_gives_its_cells(program):
    """What a measure makes of its cells, weighted by their episodes, is how often it stands in the table."""
    data, frame, asked = program
    seen = 0
    for name, definition in asked:
        try:
            measure = look_up(data, name, definition)
        except iop.UsageError:
            continue
        counts = data.count(measure.requests)
        columns = [] if measure.per_episode is None else [column for column in measure.per_episode(counts) if column.name in frame]
        if columns:
            assert rows_of(frame, columns) == cells_of(counts, columns), f"{name} {definition}"
            seen += 1
    assert seen > 5


def cells_of(counts, columns):
    """How many episodes have each combination, by the cells of the measure."""
    words = [
        np.array([*column.words, None], dtype=object)[np.where(np.isnan(column.cells), -1, column.cells).astype(int)]
        if column.words
        else np.array([None if math.isnan(value) else value for value in column.cells], dtype=object)
        for column in columns
    ]
    cells = {}
    for cell, n in zip(zip(*words, strict=True), counts.n, strict=True):
        cells[cell] = cells.get(cell, 0) + int(n)
    return cells


def rows_of(frame, columns):
    """The same by the rows of the table."""
    rows = {}
    for row in frame[[column.name for column in columns]].astype(object).itertuples(index=False):
        key = tuple(None if pd.isna(value) else value for value in row)
        rows[key] = rows.get(key, 0) + 1
    return rows


@pytest.mark.parametrize("column", ["track", "age_group"])
def test_the_table_gives_the_mix_of_people(program, column):
    """Who people are at admission is a column of the episodes."""
    data, frame, _ = program
    results = evaluate(declaration(Ask("participants", column=column), data), data)
    shares = {row.estimand: (row.n, row.k) for row in results if row.k is not None}
    assert shares.pop("not_recorded") == (len(frame), int(frame[column].isna().sum()))
    sizes = frame[column].value_counts()
    assert sorted(shares.values()) == sorted((int(sizes.sum()), int(n)) for n in sizes if n)
