"""Takes changes that studies print, gives those that may stand side by side as one effect size, and says why others may not."""

import math

import pytest

import iop_outcomes as iop

STUDY = """
id = "{id}"
citation = "Nobody"
source = "made for a test"
design = "single_group"
scope = "one_program"
verified = ["recalled"]
[[figures]]
name = "depression"
outcome = "change"
scale = "phq9"
people = "{people}"
{more}
"""

MEANS = 'calculation = "pre_post"\n[figures.given]\nmean_pre = 15.0\nsd_pre = 5.0\nmean_post = 9.0\nsd_post = 6.0\nn = 50\n'


def added(folder, **studies):
    """A registry of these studies alone: name to (people, the rest of its figure)."""
    for name, (people, more) in studies.items():
        (folder / f"{name}.toml").write_text(STUDY.format(id=name, people=people, more=more), encoding="utf-8")
    return iop.studies("nobody", add=folder)


def test_completers_do_not_stand_beside_pairs(tmp_path):
    """Refused as long as it is not said whom the effect is to be of; then the others are refused one by one."""
    registry = added(tmp_path, one=("completers", MEANS), other=("pairs", MEANS))
    with pytest.raises(iop.UsageError, match=r"1 pairs .* 1 completers"):
        registry.effects("d_pre_sd")
    effects = registry.effects("d_pre_sd", people="pairs")
    assert effects.studies == (("other", "depression"),)
    assert effects.effects[0].value == pytest.approx(6 / 5)
    assert effects.refused == (("one", "depression", "it is of those who completed, not of those with both scores"),)


def test_d_z_is_converted_with_its_assumption_or_refused(tmp_path):
    """d_z 0.9 is 0.9 sqrt(2 (1 - .6)) over an SD of scores, where the SDs are alike."""
    printed = 'definition = "d_z"\n[figures.printed]\neffect_size = 0.90\n'
    registry = added(tmp_path, one=("pairs", printed))
    refused = registry.effects("d_pre_sd").refused[0][2]
    assert "d_z" in refused and "give r" in refused
    (effect,) = registry.effects("d_pre_sd", r=0.6).effects
    assert effect.value == pytest.approx(0.9 * math.sqrt(0.8))
    assert "converted from d_z with r = 0.6 assumed" in effect.assumption
    assert registry.effects("d_z").effects[0].value == pytest.approx(0.9)
    assert registry.effects("g_pre_sd", r=0.6).effects == ()


def test_d_z_of_a_test_is_converted_with_its_error(tmp_path):
    """T and n are printed: value and error are those of means with SDs alike at that r (metafor's LS), so that an equivalence test can be made."""
    printed = 'calculation = "pre_post"\n[figures.given]\nt = 12.51\nn = 448\n'
    (effect,) = added(tmp_path, one=("pairs", printed)).effects("d_pre_sd", r=0.6).effects
    d = 12.51 / math.sqrt(448) * math.sqrt(0.8)
    alike = iop.effects.pre_post(mean_pre=d, sd_pre=1, mean_post=0, sd_post=1, n=448, r=0.6, variance="LS")["d_pre_sd"]
    assert (effect.value, effect.se, effect.low, effect.n) == pytest.approx((alike.value, alike.se, alike.low, 448))


def test_an_effect_over_other_sds_is_refused(tmp_path):
    """d_av alone cannot become d_pre_sd, and an effect without a name is none."""
    known = 'definition = "d_av"\n[figures.printed]\neffect_size = 0.90\n'
    unknown = "[figures.printed]\neffect_size = 0.90\n"
    reasons = {study: reason for study, _, reason in added(tmp_path, a=("pairs", known), b=("pairs", unknown)).effects("d_pre_sd").refused}
    assert "d_av" in reasons["a"] and "SDs to convert it are not printed" in reasons["a"]
    assert reasons["b"] == "which effect size it is is not printed"


def test_effects_are_ready_to_be_pooled(tmp_path):
    """With a correlation each has an error, that of the same call by hand; without one the value alone."""
    registry = added(tmp_path, a=("pairs", MEANS), b=("pairs", MEANS.replace("15.0", "16.0")))
    assert math.isnan(registry.effects("d_pre_sd").effects[0].se)
    effects = registry.effects("d_pre_sd", r=0.5).effects
    by_hand = iop.effects.pre_post(mean_pre=15, sd_pre=5, mean_post=9, sd_post=6, n=50, r=0.5)["d_pre_sd"]
    assert effects[0].se == pytest.approx(by_hand.se)
    assert iop.pool_studies(effects).k == 2
    table = registry.effects("d_pre_sd", r=0.5).table
    assert (table["study"], table["label"]) == (["a", "b"], ["a depression", "b depression"])
    assert iop.pool_studies(table, se="se", study="label").value == pytest.approx(iop.pool_studies(effects).value)
    assert registry.effects("d_pre_sd").table["value"] == []  # no error, nothing to pool
    assert registry.effects("d_pre_sd", scale="gad7").effects == ()


def test_a_scale_on_which_higher_is_better_turns_the_change(tmp_path):
    """WHO-5 rises: after - before."""
    up = MEANS.replace("mean_pre = 15.0", "mean_pre = 9.0").replace("mean_post = 9.0", "mean_post = 15.0")
    (tmp_path / "who.toml").write_text(STUDY.format(id="who", people="pairs", more=up).replace("phq9", "who5"), encoding="utf-8")
    assert iop.studies("nobody", add=tmp_path).effects("d_pre_sd").effects[0].value == pytest.approx(6 / 5)


def test_pooled_results_and_group_differences_are_no_changes():
    """A meta-analysis does not go into another, nor a difference between groups among changes."""
    reasons = {study: reason for study, _, reason in iop.studies().effects("d_pre_sd", people="pairs").refused}
    assert "pooled from many studies" in reasons["gaskell_2022"]
    assert "difference between two groups" in reasons["plessen_2023"]
