"""Takes shares compared in print, gives the same limits through the front door; and the known traps of shares, p and wording."""

import math

import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.release import ReleasedEstimate
from iop_outcomes.show.comparison import comparison_sentences, comparison_word, difference_table
from iop_outcomes.show.differences import difference_alt_text, forest
from iop_outcomes.show.words import estimate_value, number, plain_range
from iop_outcomes.stats.proportion import newcombe
from tests.spec.tables import loaded

# Newcombe RG (1998), Statistics in Medicine 17:857-872, table I: completed of discharged, Wilson's limits.
SINGLE = [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)]
# Newcombe RG (1998), Statistics in Medicine 17:873-890, method 10: two groups and the limits of their difference.
PAIRS = [
    (56, 70, 48, 80, 0.0524, 0.3339),
    (9, 10, 3, 10, 0.1705, 0.8090),
    (10, 10, 0, 20, 0.6791, 1.0),
    (84, 101, 89, 105, -0.1177, 0.0851),
]
# Agresti, Categorical Data Analysis: approval in two surveys of the same 1,600 people: both, first alone, second alone, neither.
APPROVAL = (794, 150, 86, 570)


def discharges(*groups):
    """Episodes of tracks a, b, ...: so many completed of so many."""
    rows = [(track, "completed" if i < k else "dropped_out") for track, (k, n) in zip("abcdefg", groups, strict=False) for i in range(n)]
    return pd.DataFrame(
        {
            "episode_id": [f"e{i:04}" for i in range(len(rows))],
            "track": [track for track, _ in rows],
            "discharge_reason": [reason for _, reason in rows],
            "los_days": 30,
        }
    )


def opened(frame):
    """A program made of this frame."""
    return iop.load(frame, mapping={"data": {"class": "synthetic"}})


@pytest.mark.parametrize(("k", "n", "low", "high"), SINGLE)
def test_single_shares_of_newcombe(k, n, low, high):
    """Example PR01: Wilson's limits of four shares, to the four digits printed."""
    with opened(discharges((k, n))) as data:
        found = next(e for e in iop.completion(data).results if e.estimand == "completion_strict")
    assert (found.low, found.high) == pytest.approx((low, high), abs=1.5e-4)


@pytest.mark.parametrize(("k1", "n1", "k2", "n2", "low", "high"), PAIRS)
@pytest.mark.parametrize("pairwise", [False, True])
def test_differences_of_newcombe(k1, n1, k2, n2, low, high, pairwise):
    """Example PR02: limits of four differences, as printed; of two tracks the others are the other one, and one contrast is not adjusted.

    With 10 on a side the package prints no range: there the printed limits are those of its formula.
    """
    with opened(discharges((k1, n1), (k2, n2))) as data:
        results = iop.compare(data, estimand="completion_strict", pairwise=pairwise).results
    found = contrasts(results)["a", "b" if pairwise else ""]
    assert found.value == pytest.approx(k1 / n1 - k2 / n2)
    assert (found.word == "too few") == (min(n1, n2) < 11) == math.isnan(found.low)
    limits = newcombe(k1, n1, k2, n2) if min(n1, n2) < 11 else (found.low, found.high)
    assert limits == pytest.approx((low, high), abs=2e-4)


def contrasts(results):
    """The contrasts of results, by level and whom it is compared with."""
    return {(e.level, e.versus): e for e in results if e.contrast}


def test_the_same_people_asked_twice():
    """Example PR05: 59 and 55 % of the same 1,600 people; the difference -.04 with limits -.06 and -.02, as printed.

    Each person is a patient with an episode in either survey. The error is that of the paired difference, to the last digit:
    that it is smaller than for 3,200 people shows that patients in both groups count.
    """
    both, first, second, neither = APPROVAL
    answers = [(1, 1)] * both + [(1, 0)] * first + [(0, 1)] * second + [(0, 0)] * neither
    rows = [(f"p{i:04}", track, said) for i, pair in enumerate(answers) for track, said in zip(("first", "second"), pair, strict=True)]
    frame = pd.DataFrame(
        {
            "episode_id": [f"e{i:04}" for i in range(len(rows))],
            "patient_id": [who for who, _, _ in rows],
            "track": [track for _, track, _ in rows],
            "discharge_reason": ["completed" if said else "dropped_out" for _, _, said in rows],
            "los_days": 30,
        }
    )
    with opened(frame) as data:
        results = iop.compare(data, estimand="completion_strict").results
    with opened(frame.drop(columns="patient_id")) as data:
        apart = contrasts(iop.compare(data, estimand="completion_strict").results)["second", ""]
    shares = {e.level: e.value for e in results if e.estimand == "completion_strict" and not e.contrast}
    assert [shares[track] for track in ("first", "second")] == pytest.approx([0.59, 0.55])
    e, n = contrasts(results)["second", ""], len(answers)
    assert (e.value, e.low, e.high) == pytest.approx((-0.04, -0.06, -0.02), abs=6e-3)
    assert (e.low, e.high) == pytest.approx((-0.058716, -0.021284), abs=2e-4)  # the paired Wald limits that round to those printed
    assert e.se == pytest.approx(math.sqrt((first + second - (first - second) ** 2 / n) / n**2), rel=1e-10)
    assert apart.se > 1.7 * e.se


# -- traps -------------------------------------------------------------------------------------------------------


def test_none_of_twelve_and_none_of_nobody():
    """Trap P1: 0 of 12 is 0 with the limits 0 and .2425, not 0 and 0; 0 of 0 is no number at all."""
    frame = pd.concat([discharges((0, 12)), discharges((3, 3)).assign(episode_id=["x", "y", "z"], track="b", discharge_reason="died")])
    with opened(frame) as data:
        results = iop.compare(data, estimand="completion_strict").results
    found = {(e.level, e.contrast): e for e in results if e.estimand == "completion_strict"}
    none = found["a", ""]
    assert (none.value, none.low) == (0, 0)
    assert none.high == pytest.approx(0.2425, abs=5e-5)
    for contrast in ("", "minus_others"):
        e = found["b", contrast]
        assert all(math.isnan(x) for x in (e.value, e.low, e.high, e.p, e.p_adjusted))


def test_one_missing_p_leaves_the_others():
    """Trap P2: a track without a p does not take the p of the others, and they are adjusted for those that have one."""
    small = discharges((3, 3)).assign(episode_id=["x", "y", "z"], track="d", discharge_reason="died")
    frame = pd.concat([discharges((60, 100), (80, 100), (70, 100)), small])
    with opened(frame) as data:
        found = contrasts(iop.compare(data, estimand="completion_strict").results)
    assert all(math.isnan(p) for p in (found["d", ""].p, found["d", ""].p_adjusted))
    for track in "abc":
        e = found[track, ""]
        assert e.p_adjusted == pytest.approx(1 - (1 - e.p) ** 3, rel=1e-12)
        assert e.conf_level == pytest.approx(0.95 ** (1 / 3))


@pytest.mark.parametrize(
    ("p", "words"),
    [
        (0.0, "<0.001"),
        (4.9e-28, "<0.001"),
        (0.00099, "<0.001"),
        (0.001, "0.001"),
        (0.0304, "0.030"),
        (0.0495, "0.050"),
        (1.0, "1.000"),
        (math.nan, "no data"),
    ],
)
def test_text_of_p(p, words):
    """Trap P3: never 0.000, never 4.9e-28; what is below a thousandth says so."""
    assert number(p, "p") == words


def test_a_tiny_p_is_said_in_words_and_kept_as_a_number():
    """Trap P3 through the front door: 10 % against 90 % of 200; the number stays beside the text."""
    with opened(discharges((20, 200), (180, 200))) as data:
        answer = iop.compare(data, estimand="completion_strict")
        shown = answer.release("none").contrast("completion_strict", "a")
        kept = contrasts(answer.results)["a", ""]
    assert number(shown.p, "p") == number(shown.p_adjusted, "p") == "<0.001"
    assert 0 < kept.p < 1e-12
    assert kept.p_adjusted == pytest.approx(kept.p, rel=1e-9)  # 1 - (1 - p) loses its digits where it is computed as written


def test_text_table_and_chart_round_alike():
    """Trap P7: the same digits in the sentence, the table, the label on the chart and its description."""
    with opened(discharges((125, 1000), (249, 1000), (187, 1000))) as data:
        released = iop.compare(data, estimand="completion_strict").release("none")
    table = difference_table(released, "completion_strict", caption="c", first="Track")
    notes = {text.get_text() for text in forest(released, "completion_strict").texts}
    said, described = " ".join(comparison_sentences(released, "completion_strict")), difference_alt_text(released, "completion_strict")
    rows = {row[0].lower(): row for row in table.rows}
    for level in "abc":
        difference = released.contrast("completion_strict", level)
        assert isinstance(difference, ReleasedEstimate)
        amount, limits, judged = estimate_value(difference), plain_range(difference), comparison_word(released, "completion_strict", level)
        assert rows[level][-3:] == (amount, limits, judged)
        assert any(note.replace("\n", " ") == f"{amount} ({limits}): {judged}" for note in notes), notes
        assert f"difference {amount} ({limits}), {judged}" in described
        if judged in ("higher", "lower"):
            assert f"difference {amount} percentage points, range {limits}" in said


def test_several_episodes_on_one_day_all_count():
    """Trap Q5, where this package has it: three readmissions on one day are three, in the curve and in the track's difference."""
    text = "track los_days follow_up_days\n" + "\n".join(f"{track} 20 90" for track in ("a",) * 12 + ("b",) * 12)
    events = "episode_id event days_after_discharge\n" + "\n".join(f"e{i:03} readmission_psychiatric 10" for i in (0, 1, 2, 12))
    with loaded(text, events=events) as data:
        results = iop.compare(data, measure="readmission", estimand="cumulative_incidence", at=[30]).results
    found = {(e.level, e.contrast): e.value for e in results if e.estimand == "cumulative_incidence"}
    assert found["a", ""] == pytest.approx(3 / 12)
    assert found["a", "minus_others"] == pytest.approx(2 / 12)


def test_limits_are_drawn_inside_0_to_1():
    """Trap Q6, where shares are compared: limits of 11 of 11 and 0 of 20 stay within what shares can be and differ by."""
    with opened(discharges((11, 11), (0, 20))) as data:
        results = list(iop.compare(data, estimand="completion_strict").results)
    assert [e.word for e in results if e.contrast] == ["higher", "lower"]
    for e in results:
        bound = -1 if e.contrast else 0
        if not math.isnan(e.low):
            assert bound <= e.low <= e.high <= 1


def test_differences_rest_on_the_same_follow_up_in_all_groups():
    """Trap Q7, where groups are compared: mean days to a day that one track was not followed to are given and compared nowhere."""
    text = "track los_days follow_up_days\n" + "\n".join(f"{track} 20 {day}" for track, day in [("a", 400)] * 12 + [("b", 60)] * 12)
    events = "episode_id event days_after_discharge\ne000 readmission_psychiatric 20"
    with loaded(text, events=events) as data:
        results = iop.compare(data, measure="readmission", estimand="restricted_mean_days", at=[30, 90]).results
        released = iop.compare(data, measure="readmission", estimand="restricted_mean_days", at=[30, 90]).release("none")
    late = [e for e in results if e.time == 90 and e.estimand == "restricted_mean_days"]
    assert {e.contrast for e in late} == {"", "minus_others"}
    assert all(math.isnan(e.value) for e in late)
    early = [e for e in results if e.time == 30 and e.estimand == "restricted_mean_days"]
    assert not any(math.isnan(e.value) for e in early)
    assert comparison_word(released, "restricted_mean_days", "a", time=90) == "too few"
