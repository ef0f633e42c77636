"""Takes figures that cannot be, or contradict one another, gives errors that say what was given and what to do."""

import pytest

import iop_outcomes as iop

PAIR = dict(mean_pre=16, sd_pre=5, mean_post=10, sd_post=6, n=40)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({**PAIR, "sd_pre": 0}, "sd_pre = 0 must be above 0"),
        ({**PAIR, "sd_post": -2}, "sd_post = -2 must be above 0"),
        ({**PAIR, "n": 1}, "n = 1 must be a whole number of people, 2 or more"),
        ({**PAIR, "n": 12.5}, "whole number"),
        ({**PAIR, "r": 66}, "outside -1 to 1"),
        ({**PAIR, "p": 0}, "p = 0 cannot be: .*give p = 0.001"),
        ({**PAIR, "p": 1.2}, "above 0 and at most at 1"),
        ({**PAIR, "t": 2.26, "p": 0.36}, "contradict one another"),
        ({**PAIR, "t": 5.0, "f": 9.0}, "t squared"),
        ({**PAIR, "t": 1.1}, "correlation of -1.* cannot be"),
        ({**PAIR, "r": 0.2, "sd_change": 3.9}, "r = 0.2 contradicts"),
        ({**PAIR, "mean_change": -6}, "contradict one another: a positive change is an improvement"),
        ({**PAIR, "ci_change": (8, 4)}, "the lower limit comes first"),
        ({**PAIR, "better": "down"}, "Allowed: higher, lower"),
        ({**PAIR, "variance": "ls"}, "Allowed"),
        ({**PAIR, "mean_pre": "many"}, "is not a number"),
        ({**PAIR, "mean_pre": float("nan")}, "leave it out"),
        ({"sd_pre": 5}, "give both means"),
        ({"t": 2.5}, "only with n"),
        ({"mean_pre": 16, "mean_post": 10, "se_change": 1}, "only with n"),
        ({"pre": [1, 2, 3], "post": [1, 2]}, "of the same people"),
        ({"pre": [1, 2, float("nan")], "post": [1, 2, 3]}, "1 of 3 scores are missing"),
        ({"pre": [1, 2, 3]}, "together"),
        ({"pre": [1, 2, 3], "post": [1, 2, 4], "sd_pre": 2}, "not both"),
        ({**PAIR, "conf_level": 95}, "between 0 and 1"),
        ({**PAIR, "mean_pre": 1e300}, "no figure that a paper prints"),
        ({**PAIR, "sd_post": 5e-324}, "no figure that a paper prints"),
        ({**PAIR, "t": 0}, "t = 0 and a change of .* contradict"),
        ({**PAIR, "ci_change": 5}, "give two limits"),
        ({"pre": 5, "post": [1, 2]}, "give the scores of people"),
        ({"pre": [1, "x"], "post": [1, 2]}, "a score is no number"),
    ],
)
def test_change(given, words):
    """What is wrong stands in the message."""
    with pytest.raises(iop.UsageError, match=words):
        iop.effects.pre_post(**given)


def test_a_rounded_p_is_no_contradiction():
    """T and p as tables print them, .000 bounds included, go through."""
    for t, p in ((2.26, 0.036), (-0.16, 0.878), (3.26, 0.004), (6.0, 0.001), (1.14, 0.27)):
        assert iop.effects.pre_post(t=t, p=p, n=20)["d_z"].value == pytest.approx(t / 20**0.5)


@pytest.mark.parametrize(
    ("call", "given", "words"),
    [
        ("independent_groups", {"t": 2.0}, "say how many people"),
        ("independent_groups", {"n_1": 10, "n_2": 10}, "give both means and SDs"),
        ("independent_groups", {"n_1": 10, "n_2": 12, "n": 30, "t": 1.0}, "contradict one another"),
        ("independent_groups", {"group_1": [1, 2], "mean_1": 1, "group_2": [1, 3]}, "not both"),
        ("independent_groups", {"group_1": [1.0], "group_2": [1, 3]}, "needs two"),
        ("independent_groups", {"group_1": "3.2", "group_2": [1, 3]}, "give the scores of people"),
        ("independent_groups", {"n_2": 10, "n": 10, "t": 1.0}, "contradict one another"),
        ("independent_groups", {"sd_1": 2, "sd_2": 2, "n_1": 10, "n_2": 10}, "give both means"),
        ("independent_groups", {"t": 2.0, "p": 0.5, "n_1": 20, "n_2": 20}, "misprint"),
        ("proportions", {"events_1": 11, "n_1": 10, "events_2": 1, "n_2": 10}, "from 0 to n_1 = 10"),
        ("proportions", {"events_1": 1, "n_1": 10, "events_2": 1, "n_2": 10, "interval": "exact"}, "Allowed"),
        ("proportion", {"events": -1, "n": 10}, "0 or more"),
        ("paired_proportions", {"yes_yes": 0, "yes_no": 0, "no_yes": 0, "no_no": 0}, "nobody"),
        ("hazard_ratio", {"ci": (-0.2, 0.5)}, "is it that of the logarithm"),
        ("hazard_ratio", {"hr": 2.0, "ci": (0.5, 1.5)}, "outside its interval"),
        ("hazard_ratio", {}, "give hr with se"),
        ("hazard_ratio", {"variance": 3.0}, "observed_1 and expected_1"),
        ("hazard_ratio", {"observed_1": 3, "observed_2": 5}, "together"),
        ("correlation", {"n": 20}, "give r, or the t"),
        ("correlation", {"n": 20, "z": 2.0, "r": 0.3}, "alone with n"),
        ("correlation", {"n": 20, "r": 1.5}, "outside -1 to 1"),
        ("correlation", {"n": 2, "f": 0}, "no degree of freedom"),
        ("convert", {"d": 0.4, "r": 0.2}, "exactly one"),
        ("convert", {"r": 1.0}, "do not overlap"),
        ("convert", {"eta_squared": 0.999999999}, "so far apart"),
        ("convert", {"d": 0.5, "se": 1e4}, "so far apart"),
        ("convert", {"odds_ratio": 0}, "above 0"),
        ("convert", {"d": 0.4, "control_rate": 1.2}, "between 0 and 1"),
        ("convert", {"eta_squared": 1.2}, "below 1"),
        ("convert", {"probability_of_superiority": 1}, "between 0 and 1"),
        ("summary", {"median": 10, "n": 20}, "both quartiles"),
        ("summary", {"median": 10, "q1": 12, "q3": 20, "n": 20}, "must not fall"),
        ("summary", {"median": 10, "q1": 5, "q3": 20}, "n is missing"),
        ("summary", {"mean": 10, "n": 20}, "needs its sd"),
        ("summary", {"mean": 10, "median": 9, "n": 20}, "not both"),
        ("summary", {"mean": 10, "ci": (11, 12), "n": 20}, "outside its interval"),
        ("summary", {}, "give a mean"),
        (
            "pre_post_control",
            {
                **{f"{name}_{place}": 5 for name in ("mean_pre", "sd_pre", "mean_post", "sd_post", "n") for place in (1, 2)},
                "sd_change_1": 30,
            },
            "look for a misprint",
        ),
    ],
)
def test_the_other_doors(call, given, words):
    """What is wrong stands in the message."""
    with pytest.raises(iop.UsageError, match=words):
        getattr(iop.effects, call)(**given)


def test_names_that_are_not_there():
    """A name lacking figures says which; a wrong name gets the nearest; the module says what it has."""
    study = iop.effects.pre_post(t=2.5, n=20)
    with pytest.raises(iop.UsageError, match='"d_pre_sd" needs the SD before'):
        study["d_pre_sd"]
    with pytest.raises(iop.UsageError, match='Did you mean "d_z"'):
        study["d_zz"]
    with pytest.raises(AttributeError, match="pre_post"):
        iop.effects.prepost  # noqa: B018 - asking for it is what is tried
    with pytest.raises(iop.UsageError, match="give what the table prints"):
        iop.identify_effect_size(0.5)
    with pytest.raises(iop.UsageError, match="one for each row"):
        iop.identify_effect_size([0.5, 0.6], t=[1.0], n=20)
    with pytest.raises(iop.UsageError, match="1 of 2 values are missing"):
        iop.identify_effect_size([0.5, None], t=[1.0, 2.0], n=20)
    with pytest.raises(iop.UsageError, match="whole number of people"):
        iop.identify_effect_size(0.5, t=2.0, n=12.5)
    with pytest.raises(iop.UsageError, match="as a table prints it"):
        iop.identify_effect_size(["0,5"], t=["2.0"], n=20)
    with pytest.raises(iop.UsageError, match="reported is one"):
        iop.identify_effect_size(0.5, t=[1.0, 2.0], n=20)
    with pytest.raises(iop.UsageError, match="not a number as a table prints it"):
        iop.identify_effect_size(0.5, t="2,5", n=20)
