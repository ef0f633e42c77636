"""Takes answers to items, gives what is said of the item about self-harm: counted, never averaged, never from a total."""

import random

import pandas as pd
import pytest

import iop_outcomes as iop
from tests.spec.tables import episodes

STAY = 40


def scored(*rows, columns=("episode_id", "scale", "day", "score", "phq9_9")):
    """A frame of scores."""
    return pd.DataFrame([dict(zip(columns, row, strict=True)) for row in rows])


def program(n, scores, reasons=()):
    """Episodes e000, e001, ... of 40 days with their scores."""
    stays = "\n".join(f"{STAY} {reasons[i] if i < len(reasons) else 'completed'}" for i in range(n))
    return iop.load({"episodes": episodes(f"los_days discharge_reason\n{stays}"), "scores": scores})


def numbers(data, **options):
    """Counted and base of each number of everyone."""
    answer = iop.measure(data, "self_harm_item", scale="phq9", **options)
    return {e.estimand: (e.k, e.n, e.n_missing) for e in answer.results if e.level == "All"}


def test_an_answer_of_one_is_positive():
    """0 is negative, 1, 2 and 3 are positive, whatever the total; a blank is not known."""
    rows = [(f"e{i:03}", "phq9", STAY, total, item) for i, (total, item) in enumerate([(27, 0), (1, 1), (9, 2), (9, 3), (20, None)])]
    with program(6, scored(*rows)) as data:
        assert numbers(data)["positive_at_discharge"] == (3, 4, 2)


def test_it_stands_where_the_total_is_blank():
    """Eight items left out: no total can be made, and the answer is there all the same."""
    items = [f"phq9_{i}" for i in range(1, 10)]
    rows = [("e000", "phq9", 0, *[None] * 8, 2), ("e001", "phq9", 0, *[1] * 9), ("e001", "phq9", STAY, *[0] * 8, None)]
    with program(2, scored(*rows, columns=("episode_id", "scale", "day", *items))) as data:
        assert numbers(data)["positive_at_admission"] == (2, 2, 0)
        totals = {e.estimand: e.n for e in iop.symptom_change(data, scale="phq9").results}
        assert totals["mean_change_if_missing_unchanged"] == 1
        # Prorated to 0, and still nobody knows.
        assert numbers(data)["positive_at_discharge"] == (0, 0, 2)


def test_totals_alone_are_not_assessable():
    """Never "0 flags": neither by the call, nor on the page, which says what would show it."""
    with program(30, scored(*((f"e{i:03}", "phq9", 0, 20, None) for i in range(30)))) as data:
        with pytest.raises(iop.UsageError, match=r"PHQ-9 item 9 is not assessable: .*the column phq9_9 beside the score"):
            iop.measure(data, "phq9_self_harm_item")
        page = iop.report(data).to("txt")
    assert "Thoughts of self-harm cannot be told from these data: item 9 of the PHQ-9 is not in them" in " ".join(page.split())


def test_a_scale_without_such_an_item_says_so():
    """GAD-7 has none."""
    with program(1, scored(("e000", "phq9", 0, 20, 1))) as data, pytest.raises(iop.UsageError, match="GAD-7 has no safety item"):
        iop.measure(data, "self_harm_item", scale="gad7")


def test_who_never_started_or_is_in_care_is_no_part_of_it():
    """The population of every symptom measure: discharged episodes, deaths included."""
    rows = [(f"e{i:03}", "phq9", STAY, 5, 1) for i in range(4)]
    with program(4, scored(*rows), ["completed", "died", "not_started", "active"]) as data:
        assert numbers(data)["positive_at_discharge"] == (2, 2, 0)


def test_the_day_decides_as_it_does_for_scores():
    """Closest to admission, the earlier, then the lower answer; last around discharge, then the higher; one answer is no pair."""
    rows = [
        ("e000", "phq9", -2, 5, 3), ("e000", "phq9", 2, 5, 0),
        ("e001", "phq9", 0, 5, 0), ("e001", "phq9", 0, 9, 2),
        ("e002", "phq9", STAY, 5, 0), ("e002", "phq9", STAY, 9, 2), ("e002", "phq9", STAY + 15, 9, 0),
        ("e003", "phq9", STAY - 7, 5, 0),
    ]  # fmt: skip
    with program(4, scored(*rows)) as data:
        assert numbers(data) == {"positive_at_admission": (1, 2, 2), "positive_at_discharge": (1, 2, 2), "newly_positive": (0, 0, 0)}


def first_answer(rows):
    """The answer at admission, by hand."""
    near = [(abs(day), day, item) for day, item in rows if -7 <= day <= 3 and item is not None]
    return min(near, default=(None, None, None))[1:]


def last_answer(rows, after):
    """The answer at discharge, by hand."""
    near = [(day, item) for day, item in rows if STAY - 7 <= day <= STAY + 14 and item is not None and (after is None or day > after)]
    return max(near, default=(None, None))[1]


@pytest.mark.parametrize("seed", range(5))
def test_every_number_is_that_of_the_rows(seed):
    """Random programs: each episode looked at by itself."""
    rng = random.Random(seed)
    reasons = [rng.choice(["completed", "dropped_out", "died", "not_started", "active"]) for _ in range(60)]
    rows = [
        (
            f"e{rng.randrange(60):03}",
            "phq9",
            rng.choice([-8, -1, 0, 0, 3, 33, 40, 54, 55]),
            rng.randrange(28),
            rng.choice([None, 0, 0, 1, 3]),
        )
        for _ in range(150)
    ]
    rows = list(dict.fromkeys(rows))
    expected = {"positive_at_admission": [0, 0], "positive_at_discharge": [0, 0], "newly_positive": [0, 0]}
    for i, reason in enumerate(reasons):
        if reason in ("not_started", "active"):
            continue
        answers = [(day, item) for episode, _, day, _, item in rows if episode == f"e{i:03}"]
        day, admission = first_answer(answers)
        discharge = last_answer(answers, day)
        for name, item, known in (
            ("positive_at_admission", admission, admission is not None),
            ("positive_at_discharge", discharge, discharge is not None),
            ("newly_positive", discharge, admission == 0 and discharge is not None),
        ):
            expected[name][0] += known and item >= 1
            expected[name][1] += known
    with program(60, scored(*rows), reasons) as data:
        assert {name: list(counts[:2]) for name, counts in numbers(data).items()} == expected
