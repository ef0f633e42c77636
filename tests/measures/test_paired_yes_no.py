"""Takes answers at admission and at discharge, gives both shares and their difference: rows one by one, statsmodels' McNemar, and the edges."""

import math
from collections import Counter, defaultdict

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import brentq
from scipy.stats import norm
from scipy.stats import t as student
from statsmodels.stats.contingency_tables import mcnemar

import iop_outcomes as iop

CELLS = {
    "yes_at_both": ("yes", "yes"),
    "yes_at_discharge_alone": ("no", "yes"),
    "yes_at_admission_alone": ("yes", "no"),
    "no_at_both": ("no", "no"),
}


def program(seed, outcome="work", n=140, patients=None):
    """Answers with blanks, people still in care and people who never started; patients come back where their number is given."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "episode_id": [f"e{i}" for i in range(n)],
            "patient_id": [f"p{rng.integers(patients)}" if patients else f"p{i}" for i in range(n)],
            "track": rng.choice(["a", "b"], n),
            "discharge_reason": rng.choice(["completed", "dropped_out", "died", "not_started", "active"], n, p=[0.5, 0.3, 0.05, 0.1, 0.05]),
            f"{outcome}_admit": rng.choice(["yes", "no", None], n, p=[0.35, 0.55, 0.1]),
            f"{outcome}_discharge": rng.choice(["Yes", "no", None], n, p=[0.5, 0.3, 0.2]),
        }
    )
    frame["los_days"] = [None if reason == "active" else 20 for reason in frame.discharge_reason]
    return frame


def loaded(frame, outcome="work"):
    """The program as data."""
    covariates = {f"{outcome}_admit": "category", f"{outcome}_discharge": "category"}
    return iop.load(frame, mapping={"data": {"class": "synthetic"}, "covariates": covariates})


def by_name(answer, level="All"):
    """The rows of a level by estimand."""
    frame = answer.to_frame()
    return frame[frame.level == level].set_index("estimand")


def ended(frame, outcome="work"):
    """Patient and both answers of those discharged."""
    kept = frame[~frame.discharge_reason.isin(["not_started", "active"])]
    answers = (
        kept[f"{outcome}_{moment}"].map(lambda word: word.lower() if isinstance(word, str) else None) for moment in ("admit", "discharge")
    )
    return list(zip(kept.patient_id, *answers, strict=True))


def limits(rows, quantile):
    """Wilson's limits of the effective n, and the summed influences of each patient."""
    n, share = len(rows), sum(hit for _, hit in rows) / len(rows)
    sums = defaultdict(float)
    for patient, hit in rows:
        sums[patient] += (hit - share) / n
    worth = min(n, share * (1 - share) / sum(each**2 for each in sums.values()))
    middle, half = share + quantile**2 / (2 * worth), quantile * math.sqrt(share * (1 - share) / worth + quantile**2 / (4 * worth**2))
    return share, (middle - half) / (1 + quantile**2 / worth), (middle + half) / (1 + quantile**2 / worth), sums


def mover(pairs, conf_level=0.95):
    """The difference with its limits, one row at a time."""
    counted = Counter(patient for patient, *_ in pairs)
    effective = len(pairs) ** 2 / sum(n**2 for n in counted.values())
    repeats = max(counted.values()) > 1
    quantile = student.ppf(0.5 + conf_level / 2, effective - 1) if repeats else norm.ppf(0.5 + conf_level / 2)
    a, a_low, a_high, a_sums = limits([(patient, first) for patient, first, _ in pairs], quantile)
    b, b_low, b_high, b_sums = limits([(patient, second) for patient, _, second in pairs], quantile)
    size = math.sqrt(sum(each**2 for each in a_sums.values()) * sum(each**2 for each in b_sums.values()))
    r = sum(a_sums[patient] * b_sums[patient] for patient in a_sums) / size
    low = b - a - math.sqrt((b - b_low) ** 2 + (a_high - a) ** 2 - 2 * r * (b - b_low) * (a_high - a))
    high = b - a + math.sqrt((b_high - b) ** 2 + (a - a_low) ** 2 - 2 * r * (b_high - b) * (a - a_low))
    return b - a, low, high


@pytest.mark.parametrize(("seed", "patients"), [(1, None), (2, None), (3, 60), (4, 25)])
def test_numbers_are_those_of_rows_one_by_one(seed, patients):
    """Shares, cells, the difference with its limits and p; by patient where one has several episodes."""
    frame = program(seed, patients=patients)
    rows = by_name(iop.paired_yes_no(loaded(frame), definition="work"))
    everyone = ended(frame)
    pairs = [row for row in everyone if None not in row[1:]]
    started = [row for row in everyone if row[1] is not None]
    assert (rows.n["known_at_both"], rows.k["known_at_both"]) == (len(everyone), len(pairs))
    for name, answers in CELLS.items():
        assert (rows.n[name], rows.k[name]) == (len(pairs), sum(row[1:] == answers for row in pairs))
    supposed = [(patient, first == "yes", second == "yes") for patient, first, second in started]  # a missing answer is no
    for suffix, counted in (("", [(p, a == "yes", b == "yes") for p, a, b in pairs]), ("_if_missing_worse", supposed)):
        for name, place in (("yes_at_admission", 1), ("yes_at_discharge", 2)):
            assert (rows.n[name + suffix], rows.k[name + suffix]) == (len(counted), sum(row[place] for row in counted))
        row = rows.loc["change_in_share" + suffix]
        value, low, high = mover(counted)
        assert row[["value", "low", "high"]].tolist() == pytest.approx([value, low, high], abs=1e-9)
        if patients is None:
            cells = [[sum(row[1:] == (a, b) for row in counted) for b in (True, False)] for a in (True, False)]
            assert row.p == pytest.approx(mcnemar(cells, exact=True).pvalue, abs=1e-12)
            assert row.method == "MOVER of Wilson limits, exact McNemar"
        else:
            near = brentq(lambda error, of=counted, limit=1 if value > 0 else 2: mover(of, 1 - error)[limit], 1e-12, 1 - 1e-12)
            assert row.p == pytest.approx(near, rel=1e-6)
            assert row.method == "MOVER of Wilson limits, by patient"


def test_a_missing_answer_is_the_worse_one():
    """A yes where a yes is bad, a no where it is good."""
    answers = {"episode_id": range(4), "track": "a", "discharge_reason": "completed", "los_days": 9}
    for outcome, k in (("arrest", 3), ("housing", 1)):
        frame = pd.DataFrame({**answers, f"{outcome}_admit": ["yes", "yes", "no", "no"], f"{outcome}_discharge": ["yes", None, None, "no"]})
        rows = by_name(iop.paired_yes_no(loaded(frame, outcome), definition=outcome))
        assert (rows.k["yes_at_discharge_if_missing_worse"], rows.n["yes_at_discharge_if_missing_worse"]) == (k, 4)
        assert rows.n["change_in_share"] == 2


def test_groups_in_which_nobody_is_known_at_both_are_rows_with_a_flag():
    """No exception, and no number."""
    frame = program(5)
    frame.loc[frame.track == "b", "work_discharge"] = None
    rows = by_name(iop.paired_yes_no(loaded(frame), definition="work", by="track"), "b")
    assert np.isnan(rows.value["change_in_share"])
    assert rows.flag["change_in_share"] == "no_episodes"
    assert rows.value["yes_at_discharge_if_missing_worse"] == 0


def test_what_cannot_be_read_is_refused():
    """A column that is not there, and other words than yes and no; the words themselves are not said."""
    frame = program(6)
    with pytest.raises(iop.NotAssessableError, match="column school_admit is not in the data"):
        iop.paired_yes_no(loaded(frame), definition="school")
    frame.loc[0, "work_admit"] = "sometimes"
    with pytest.raises(iop.NotAssessableError, match=r"work_admit holds 1 other word than yes and no.+\[codes.work_admit\]"):
        iop.paired_yes_no(loaded(frame), definition="work")
    with pytest.raises(iop.UsageError, match="say which outcome"):
        iop.measure(loaded(frame), "paired_yes_no")


def test_a_difference_does_not_give_small_cells_back():
    """Under a policy that withholds, it is shown only where both shares and all four cells are."""
    frame = program(7, n=60)
    frame["work_admit"], frame["work_discharge"], frame["discharge_reason"] = "no", ["yes"] * 4 + ["no"] * 56, "completed"
    released = iop.paired_yes_no(loaded(frame), definition="work").release("cms11").to_frame().set_index("estimand")
    assert released.loc[["yes_at_discharge", "yes_at_discharge_alone", "change_in_share"], "value"].isna().all()
    shown = iop.paired_yes_no(loaded(program(8, n=400)), definition="work").release("cms11").to_frame().set_index("estimand")
    assert shown.value["change_in_share"] == pytest.approx(
        shown.value["yes_at_discharge"] - shown.value["yes_at_admission"], abs=0.011
    )  # of shares in whole per cents
    rounded = iop.paired_yes_no(loaded(program(8, n=400)), definition="work").release("round5").to_frame().set_index("estimand")
    assert rounded.value[["yes_at_discharge", "yes_at_admission"]].notna().all()
    assert np.isnan(rounded.value["change_in_share"])  # it is of the exact counts
