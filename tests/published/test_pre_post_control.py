"""Takes one pre-post-control study, gives the values of three programs, each under the name of its divisor (esc, issue 16)."""

import pytest

import iop_outcomes as iop

ARMS = dict(mean_pre_1=3.34, sd_pre_1=1.76, mean_post_1=3.28, sd_post_1=2.07, n_1=34)
ARMS |= dict(mean_pre_2=3.81, sd_pre_2=1.79, mean_post_2=8.43, sd_post_2=0.83, n_2=34)


def test_three_divisors():
    """2.606 by the SD before, 2.756 by all four, 2.934 by the SD after; none depends on the correlation."""
    for r in (0.2, 0.8):
        study = iop.effects.pre_post_control(**ARMS, r=r)
        assert [study[name].value for name in ("d_ppc2", "d_ppc3", "d_ppc_post")] == pytest.approx([2.606, 2.756, 2.934], abs=5.1e-4)
        assert all(study[name].method for name in study.names)


def test_a_missing_correlation_gives_a_table():
    """Seven of each; an arm whose SD of changes is printed needs no assumption."""
    assert len(iop.effects.pre_post_control(**ARMS)) == 7 * 6
    half = iop.effects.pre_post_control(**ARMS, sd_change_1=2.0)
    assert "arm 1 solved" in half.rows[0].assumption and len(half) == 42
    assert len(iop.effects.pre_post_control(**ARMS, sd_change_1=2.0, r_2=0.5)) == 6


def test_variances_are_those_of_drawn_studies():
    """2,000 drawn studies of 30 and 40 people with SDs that differ: the mean of the variances is the variance of the values."""
    import numpy as np

    rng, names = np.random.default_rng(5), ("d_ppc3", "d_ppc_post", "g_change", "d_ppc1")
    values, variances = {name: [] for name in names}, {name: [] for name in names}
    for _ in range(2000):
        given = {}
        for place, n, drop, ratio in ((1, 30, 6.0, 1.2), (2, 40, 2.0, 0.9)):
            first, noise = rng.standard_normal((2, n))
            pre, post = 16 + 5 * first, 16 - drop + 5 * ratio * (0.6 * first + 0.8 * noise)
            given |= {f"mean_pre_{place}": pre.mean(), f"sd_pre_{place}": pre.std(ddof=1), f"mean_post_{place}": post.mean()}
            given |= {f"sd_post_{place}": post.std(ddof=1), f"n_{place}": n, f"r_{place}": np.corrcoef(pre, post)[0, 1]}
        study = iop.effects.pre_post_control(**given)
        for name in names:
            values[name].append(study[name].value)
            variances[name].append(study[name].variance)
    for name in names:
        assert np.mean(variances[name]) == pytest.approx(np.var(values[name]), rel=0.1), name
