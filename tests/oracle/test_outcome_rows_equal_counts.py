"""Takes 1,000 random small programs, gives proof that change, reliable change, readmission and relapse are those of the rows."""

import math

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

import iop_outcomes as iop
from tests.oracle import outcome_rows, rows
from tests.oracle.test_rows_equal_counts import ABSENT, EXAMPLES, PLANS, PROGRAMS, WITHOUT_SHRINKING, drawn, levels_of, load

TIMES = (1, 3, 30, 365)
LOG_RANK = {"log_rank_chi_squared", "log_rank_p"}


def same(left, right):
    """Whether two values agree to 1e-10, or both are missing."""
    return math.isclose(left, right, rel_tol=1e-10, abs_tol=1e-10) or (math.isnan(left) and math.isnan(right))


def assert_equal(results, expected):
    """Every number at every level is the expected one, and none is missing or new."""
    found = {(e.level, e.estimand, None if e.time is None else int(e.time)): e for e in results if e.estimand not in LOG_RANK}
    assert found.keys() == expected.keys()
    for key, number in expected.items():
        one = found[key]
        counted = {"n": one.n, "k": one.k, "n_missing": one.n_missing, "excluded": one.excluded}
        assert counted == {name: number[name] for name in counted}, key
        assert same(one.value, number["value"]), (key, one.value, number["value"])


def scored(groups, scores, scale):
    """The numbers of change and of reliable change at every level."""
    changed, reliable = {}, {}
    for level, part in groups.items():
        changed |= {(level, name, None): number for name, number in outcome_rows.change(part, scores, scale).items()}
        reliable |= {(level, name, None): number for name, number in outcome_rows.reliable_change(part, scores, scale).items()}
    return changed, reliable


def between(groups, scores, scale):
    """Mean change of every level that is recorded, minus that of everyone else."""
    levels = [level for level in groups if level != "All"]
    compared = [level for level in levels if level != "(missing)"]
    rest = {level: [e for other in levels if other != level for e in groups[other]] for level in compared if len(compared) > 1}
    return {
        (level, "mean_change_minus_others", None): outcome_rows.minus_others(groups[level], others, scores, scale)
        for level, others in rest.items()
    }


def timed(groups, events, measure, definition):
    """The numbers of a measure of time at every level; a restricted mean only where every level has one."""
    found = {}
    for level, part in groups.items():
        numbers = outcome_rows.after_discharge(part, events, measure, definition, TIMES)
        found |= {(level, name, time): number for (name, time), number in numbers.items()}
    for t in TIMES:
        keys = [(level, "restricted_mean_days", t) for level in groups if found[level, "restricted_mean_days", t]["n"]]
        if any(math.isnan(found[key]["value"]) for key in keys):
            for key in keys:
                found[key] = {**found[key], "value": math.nan}
    return found


def assert_timed(data, episodes, events, by, measure, definition):
    """One measure of time equals the rows, or is refused where no end of follow-up is known."""
    if not outcome_rows.known_anywhere(episodes, events, measure, definition):
        with pytest.raises(iop.UsageError, match="no end of follow-up"):
            iop.measure(data, measure, by=by, definition=definition, at=TIMES)
        return
    results = iop.measure(data, measure, by=by, definition=definition, at=TIMES).results
    expected = timed(levels_of(episodes, by), events, measure, definition)
    assert_equal(results, expected)
    followed = {level for (level, name, _), number in expected.items() if name == "median_days" and number["n"] and level != "All"}
    tested = {(e.level, e.estimand): e.n for e in results if e.estimand in LOG_RANK}
    everyone = expected["All", "median_days", None]["n"]
    assert tested == ({("All", name): everyone for name in LOG_RANK} if len(followed) > 1 else {})


def with_criteria(events):
    """The same events, where a kind is `other` it is `return_to_criteria`."""
    return [{**row, "kind": "return_to_criteria" if row["kind"] == "other" else row["kind"]} for row in events]


TINY = [(size % 4, 0.1, size) for size in range(PROGRAMS)]  # groups of no, one, two and three episodes
SMALL_PROGRAMS = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow], phases=WITHOUT_SHRINKING)


@SMALL_PROGRAMS
@given(PLANS, ABSENT, st.booleans())
@example(TINY, set(), False)
def test_counted_changes_equal_the_row_version(plans, absent, wide):
    """Of 1,000 programs of 0 to 40 episodes every value, n, k, missing and excluded of change, at every level, is that of the rows."""
    assume(any(size for size, _, _ in plans))
    episodes, scores, events = drawn(plans, absent, wide)
    with load(episodes, scores, events) as data:
        scores = rows.by_episode(scores)
        for by in ("site", "track"):
            groups = levels_of(episodes, by)
            for scale in outcome_rows.SCALES:
                changed, reliable = scored(groups, scores, scale)
                assert_equal(iop.symptom_change(data, scale=scale, by=by).results, changed)
                expected = between(groups, scores, scale)
                if expected:
                    compared = iop.compare(data, measure=f"{scale}_change", estimand="mean_change", by=by).results
                    assert_equal([e for e in compared if e.estimand == "mean_change_minus_others"], expected)
                assert_equal(iop.reliable_change(data, scale=scale, by=by).results, reliable)


@SMALL_PROGRAMS
@given(PLANS, ABSENT, st.booleans())
@example(TINY, set(), False)
def test_counted_times_equal_the_row_version(plans, absent, wide):
    """The same for readmission and relapse under every definition, at four days and at every level."""
    assume(any(size for size, _, _ in plans))
    episodes, scores, events = drawn(plans, absent, wide)
    events = with_criteria(events)
    with load(episodes, scores, events) as data:
        events = rows.by_episode(events)
        for by in ("site", "track"):
            for measure, definition in outcome_rows.OUTCOMES:
                assert_timed(data, episodes, events, by, measure, definition)


def test_the_row_version_of_a_curve_is_exact():
    """The oracle itself, by hand: ten people, readmitted at 3, 5, 10 and 20, dead at 5 and 12: incidence 17/36, deaths 13/60."""
    ends = {1: "event", 2: "death", 0: "end_of_follow_up"}
    days, causes = [3, 5, 5, 8, 10, 12, 15, 20, 24, 30], [1, 2, 1, 0, 1, 2, 0, 1, 0, 0]
    people = [{"day": day, "outcome": ends[cause]} for day, cause in zip(days, causes, strict=True)]
    last = outcome_rows.at(outcome_rows.aalen_johansen(people), 30)
    assert (last["event"], last["death"]) == (rows.Fraction(17, 36), rows.Fraction(13, 60))
    assert outcome_rows.half([(5, rows.Fraction(3, 4)), (9, rows.Fraction(1, 2)), (20, rows.Fraction(1, 4))]) == 14.5
    assert outcome_rows.half([(5, rows.Fraction(3, 4)), (9, rows.Fraction(1, 2))]) == 9
