"""Takes a paired t of a guide to effect sizes, gives d with the interval of the noncentral t (ES13).

M. Jané et al., Guide to Effect Sizes and Confidence Intervals, section 7.1.
"""

import pytest

import iop_outcomes as iop


def test_d_of_a_paired_t():
    """T = 2.76 of 35 people: 0.47 (0.11 to 0.81)."""
    d = iop.effects.pre_post(t=2.76, n=35, interval="noncentral_t")["d_z"]
    assert (d.value, d.low, d.high) == pytest.approx((0.47, 0.11, 0.81), abs=0.006)
