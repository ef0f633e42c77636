"""Takes random pairs and large tables, gives proof that cells equal rows, influences are derivatives and intervals cover."""

import math
import statistics
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
import scipy.stats
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from iop_outcomes.stats import change
from iop_outcomes.stats.change import Effect
from iop_outcomes.stats.pairs import Pairs

EFFECTS = ["mean_change", "d_pre_sd", "g_pre_sd", "d_z", "g_z", "d_av", "g_av", "d_av_rms", "d_rm"]
STANDARDISED = EFFECTS[1:]
Z = 1.959963984540054


def effect(name: str, pairs: Pairs) -> Effect:
    """One effect size by name."""
    return getattr(change, name)(pairs)


def cells_of(pre, post, *, better="lower", step=1.0) -> Pairs:
    """Rows counted into cells."""
    table = Counter(zip(pre, post, strict=True))
    return Pairs.from_cells([a for a, _ in table], [b for _, b in table], list(table.values()), better=better, step=step)


def rows_effect(name: str, pre, post, better="lower") -> float:
    """The slow, obvious version: one row per pair, exact fractions until the root."""
    n, sign = len(pre), 1 if better == "lower" else -1
    a, b = [Fraction(x) for x in pre], [Fraction(x) for x in post]
    gains = [sign * (x - y) for x, y in zip(a, b, strict=True)]
    mean = float(statistics.mean(gains))
    if name == "mean_change":
        return mean
    sd_pre, sd_post, sd_gain = (math.sqrt(statistics.variance(x)) for x in (a, b, gains))
    j = math.gamma((n - 1) / 2) / (math.sqrt((n - 1) / 2) * math.gamma((n - 2) / 2)) if n > 2 else math.nan
    return {
        "d_pre_sd": mean / sd_pre,
        "g_pre_sd": j * mean / sd_pre,
        "d_z": mean / sd_gain,
        "g_z": j * mean / sd_gain,
        "d_av": mean / ((sd_pre + sd_post) / 2),
        "g_av": math.gamma(n - 1) / (math.sqrt(n - 1) * math.gamma(n - 1.5)) * mean / ((sd_pre + sd_post) / 2),
        "d_av_rms": mean / math.sqrt((sd_pre**2 + sd_post**2) / 2),
        "d_rm": mean / sd_gain * math.sqrt(2 * (1 - statistics.correlation(pre, post))) if name == "d_rm" else math.nan,
    }[name]


def weighted_effect(name: str, pre, post, weight) -> float:
    """The same from weights that need not be whole, for derivatives."""
    total = weight.sum()
    mean = weight @ (pre - post) / total
    if name == "mean_change":
        return mean

    def var(x):
        return weight @ (x - weight @ x / total) ** 2 / (total - 1)

    j = change.small_sample_factor((round(total) - 1) * (2 if name == "g_av" else 1)) if name.startswith("g_") else 1
    r = (var(pre) + var(post) - var(pre - post)) / (2 * math.sqrt(var(pre) * var(post)))
    denominator = {
        "pre_sd": math.sqrt(var(pre)),
        "z": math.sqrt(var(pre - post)),
        "av": (math.sqrt(var(pre)) + math.sqrt(var(post))) / 2,
        "av_rms": math.sqrt((var(pre) + var(post)) / 2),
        "rm": math.sqrt(var(pre - post)) / math.sqrt(2 * (1 - r)),
    }
    return j * mean / denominator[name.split("_", 1)[1]]


scores = st.integers(0, 27)
rows = st.lists(st.tuples(scores, scores), min_size=3, max_size=30)


def spread_out(pairs) -> bool:
    """Whether admission, discharge and change all vary, and scores before and after are not in step."""
    varied = all(len(set(x)) > 1 for x in ([a for a, _ in pairs], [b for _, b in pairs], [a - b for a, b in pairs]))
    return varied and statistics.correlation(*zip(*pairs, strict=True)) < 0.999


@given(rows, st.sampled_from(["lower", "higher"]))
@settings(max_examples=150)
def test_cells_equal_rows(pairs, better):
    """Counted in cells or one row each in exact fractions: the same number."""
    assume(spread_out(pairs))
    pre, post = zip(*pairs, strict=True)
    counted = cells_of(pre, post, better=better)
    for name in EFFECTS:
        assert effect(name, counted).value == pytest.approx(rows_effect(name, pre, post, better), rel=1e-11, abs=1e-14), name


@given(rows, st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_e8_order_and_splitting_change_no_bit(pairs, random):
    """Row order, and a cell given in parts, change no bit of value or variance."""
    assume(spread_out(pairs))
    shuffled = random.sample(pairs, len(pairs))
    one = cells_of(*zip(*pairs, strict=True))
    parts = Pairs.from_cells([a for a, _ in shuffled], [b for _, b in shuffled], [1] * len(shuffled), better="lower")
    for name in EFFECTS:
        assert (effect(name, one).value, effect(name, one).variance) == (effect(name, parts).value, effect(name, parts).variance)


@given(rows, st.integers(-50, 50), st.sampled_from([0.5, 1.0, 3.0, 0.1]))
@settings(max_examples=60)
def test_affine_scores(pairs, start, scale):
    """Scores x scale + start: mean change x scale, standardised unchanged; negated scores with the direction flipped: unchanged."""
    assume(spread_out(pairs))
    pre, post = (np.array(x) for x in zip(*pairs, strict=True))
    plain = cells_of(pre, post)
    moved = cells_of(start + scale * pre, start + scale * post, step=scale)
    flipped = cells_of(-pre, -post, better="higher")
    assert effect("mean_change", moved).value == pytest.approx(scale * effect("mean_change", plain).value, rel=1e-12, abs=1e-13)
    for name in STANDARDISED:
        assert effect(name, moved).value == pytest.approx(effect(name, plain).value, rel=1e-10, abs=1e-13)
        assert effect(name, moved).variance == pytest.approx(effect(name, plain).variance, rel=1e-10)
        assert effect(name, flipped).value == effect(name, plain).value


@given(rows)
@settings(max_examples=60)
def test_e7_interval_holds_the_estimate(pairs):
    """An unflagged estimate is finite with a finite variance above or at 0."""
    counted = cells_of(*zip(*pairs, strict=True))
    for name in EFFECTS:
        found = effect(name, counted)
        assert found.flag or (math.isfinite(found.value) and 0 <= found.variance < math.inf), name


@given(rows)
@settings(max_examples=40)
def test_influence_is_the_derivative(pairs):
    """Influence equals the central difference along "one more pair here, total unchanged", and n-weighted sums to 0."""
    assume(spread_out(pairs))
    counted = cells_of(*zip(*pairs, strict=True))
    total = counted.n.sum()
    for name in EFFECTS:
        found = effect(name, counted).influence
        assert counted.n @ found == pytest.approx(0, abs=1e-9 * (1 + np.abs(found).max()))
        for i in range(len(counted.n)):
            direction = (np.arange(len(counted.n)) == i) - counted.n / total
            up, down = (weighted_effect(name, counted.pre, counted.post, counted.n + s * 1e-5 * direction) for s in (1, -1))
            assert found[i] == pytest.approx((up - down) / 2e-5, rel=1e-5, abs=1e-6 * (1 + np.abs(found).max())), name


@pytest.mark.parametrize("name", EFFECTS)
def test_influence_is_what_one_more_pair_adds(name):
    """In a large table, really adding one pair to a cell moves the value by the cell's influence."""
    pre, post, n = [20, 12, 9, 15], [8, 12, 11, 3], np.array([30, 20, 10, 25]) * 10_000
    found = effect(name, Pairs.from_cells(pre, post, n, better="lower"))
    for i in range(4):
        more = effect(name, Pairs.from_cells(pre, post, n + (np.arange(4) == i), better="lower"))
        assert more.value - found.value == pytest.approx(found.influence[i], rel=1e-3, abs=1e-11)


@pytest.mark.parametrize("name", EFFECTS)
def test_squared_influence_sums_to_the_variance_for_normal_scores(name):
    """On a table of expected normal counts, the sum of n influence^2 is the closed-form variance."""
    grid = np.arange(-45, 46)
    pre, post = (x.ravel() for x in np.meshgrid(grid, grid))
    density = scipy.stats.multivariate_normal([3, -4], [[36, 27], [27, 64]]).pdf(np.column_stack([pre, post]))
    pairs = Pairs.from_cells(pre, post, np.rint(density * 1e9).astype(int), better="lower")
    found = effect(name, pairs)
    assert pairs.n @ found.influence**2 == pytest.approx(found.variance, rel=1e-5)


@pytest.mark.parametrize(("n", "sd_ratio"), [(12, 1.0), (30, 0.85), (30, 1.25)])
def test_interval_of_d_covers(n, sd_ratio):
    """2,000 seeded samples of whole-number scores: d +- 1.96 errors covers the truth in 93.5 to 96.5 % (0.49 points is one error)."""
    rng = np.random.default_rng(20240501)
    first, noise = rng.standard_normal((2, 2000, n))
    pre = np.rint(16 + 5 * first).astype(int)
    post = np.rint(12 + 5 * sd_ratio * (0.5 * first + math.sqrt(0.75) * noise)).astype(int)
    truth = 4 / math.sqrt(25 + 1 / 12)
    inside = 0
    for a, b in zip(pre, post, strict=True):
        found = effect("d_pre_sd", Pairs.from_cells(a, b, np.ones(n, dtype=int), better="lower"))
        inside += abs(found.value - truth) <= Z * math.sqrt(found.variance)
    assert 0.935 <= inside / 2000 <= 0.965
