"""Takes figures of one group before and after, gives every definition of an effect size: each by hand, and none where figures lack."""

import math

import pytest

from iop_outcomes.published.definitions import DEFINITIONS, Printed

SD_CHANGE = math.sqrt(16 + 25 - 20)
FIGURES = dict(mean_pre=16.0, sd_pre=4.0, mean_post=10.0, sd_post=5.0, r=0.5, t=6 / SD_CHANGE * 5, z=5.0, n=25.0)
J = math.exp(math.lgamma(12) - math.lgamma(11.5)) / math.sqrt(12)  # 24 degrees of freedom
BY_HAND = {
    "mean_change": 6,
    "d_pre_sd": 6 / 4,
    "g_pre_sd": J * 6 / 4,
    "g_pre_sd_approximate": (1 - 3 / (4 * 24 - 1)) * 6 / 4,
    "d_post_sd": 6 / 5,
    "d_av": 6 / 4.5,
    "d_av_rms": 6 / math.sqrt(20.5),
    "d_z": 6 / SD_CHANGE,
    "d_rm": 6 / SD_CHANGE * math.sqrt(2 * 0.5),
}
EACH = {each.name: each for each in DEFINITIONS}


@pytest.mark.parametrize("name", BY_HAND)
def test_a_definition_is_what_its_words_say(name):
    """Computed here from the figures; J by gamma functions."""
    assert EACH[name].value(Printed(**FIGURES)) == pytest.approx(BY_HAND[name], rel=1e-9)


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda each: each.name)
def test_a_definition_needs_some_figure_that_it_names(definition):
    """Without any of its figures it has no value; a figure that it does not name changes nothing."""
    known = definition.value(Printed(**FIGURES))
    assert math.isfinite(known)
    without = {**FIGURES, **dict.fromkeys(definition.figures, math.nan)}
    assert math.isnan(definition.value(Printed(**without)))
    for name in {"mean_pre", "sd_pre", "mean_post", "sd_post", "r", "t", "z"} - set(definition.figures):
        assert definition.value(Printed(**{**FIGURES, name: FIGURES[name] + 0.25})) == known, name


def test_each_has_a_name_of_its_own_and_says_where_it_is_used():
    """A change in points needs no source."""
    assert len(EACH) == len(DEFINITIONS)
    assert [each.name for each in DEFINITIONS if not each.source] == ["mean_change"]
    assert all(each.formula and each.needs for each in DEFINITIONS)
