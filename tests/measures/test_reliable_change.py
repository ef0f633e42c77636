"""Takes tiny tables, gives what reliable change says of them: one test for each clause of its definition."""

import math

import pytest

import iop_outcomes as iop
from tests.spec.tables import episodes, loaded

LEVEL = """
name = "level"
title = "Level of one site"
version = "site form"
items = 10
item_range = [0, 3]
range = [0, 30]
step = 1
better = "higher"
total = true
source = "form of the site"
verified = true

[missing]
most_items_missing = 0
rule = "none"
source = "form of the site"
verified = true

[case_cutoffs.site]
op = "<="
value = 12
source = "form of the site"
verified = true

[remission]
op = ">="
value = 20
source = "form of the site"
verified = true

[profiles.site]
op = ">"
points = 5
case_cutoff = "site"
source = "form of the site"
verified = true
"""


def ask(text, *, scale="phq9", profile="nhs", by=None):
    """The results of reliable change on a table."""
    with loaded(text) as data:
        return iop.reliable_change(data, scale=scale, profile=profile, by=by).results


def of_pairs(*pairs, scale="phq9", **options):
    """The estimates for everyone of pairs of scores, a dot for a missing one."""
    lines = "\n".join(f"{pre} {post}" for pre, post in pairs)
    return {e.estimand: e for e in ask(f"{scale}_admit {scale}_discharge\n{lines}", scale=scale, **options)}


def counted(estimate):
    """Numerator and denominator."""
    return estimate.k, estimate.n


# -- better and worse --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scale", "points"),
    [("phq9", 6), ("gad7", 4)],
)
def test_exactly_on_the_line_is_reliable(scale, points):
    """At least 6 points of PHQ-9, 4 of GAD-7: on the line counts, one point less does not; worse is its mirror image."""
    found = of_pairs((15, 15 - points), (15, 16 - points), (8, 8 + points), (8, 7 + points), scale=scale)
    assert counted(found["reliable_improvement"]) == (1, 4)
    assert counted(found["reliable_deterioration"]) == (1, 4)
    assert counted(found["no_reliable_change"]) == (2, 4)


def test_better_same_and_worse_are_everyone_with_both_scores():
    """The three shares sum to 1."""
    found = of_pairs((18, 3), (12, 11), (5, 20), (7, 9), (9, 2))
    names = ("reliable_improvement", "no_reliable_change", "reliable_deterioration")
    assert sum(found[name].value for name in names) == pytest.approx(1, abs=1e-15)


def test_among_all_discharged_a_missing_score_is_not_improved():
    """Beside the rate among the pairs stands that among all discharged."""
    found = of_pairs((18, 3), (18, 17), (18, "."), (".", 3))
    assert counted(found["reliable_improvement"]) == (1, 2)
    assert found["reliable_improvement"].n_missing == 2
    assert counted(found["reliable_improvement_of_discharged"]) == (1, 4)
    assert counted(found["reliable_deterioration_of_discharged"]) == (0, 4)
    assert found["reliable_improvement_of_discharged"].n_missing == 0


def test_still_in_care_and_not_started_are_out_and_deaths_are_in():
    """Active and not_started are excluded and counted; died counts among the discharged."""
    found = ask("""
        discharge_reason  phq9_admit  phq9_discharge
        completed         18          9
        died              18          18
        active            18          0
        not_started       18          0
    """)
    improved = found.estimates[0]
    assert (improved.k, improved.n, improved.excluded) == (1, 2, 2)
    assert found.flow[0].excluded["still in care"] == 1


def test_other_profiles_have_their_own_line_and_no_recovery():
    """richards_borglin: at least 5.2 points, so 6 whole ones; it names no case cut-off, so there is no recovery."""
    found = of_pairs((15, 10), (15, 9), profile="richards_borglin")
    assert counted(found["reliable_improvement"]) == (1, 2)
    assert not any("recovery" in name for name in found)


def test_an_unknown_profile_is_refused():
    """The message names the profiles there are."""
    with pytest.raises(iop.UsageError, match="nhs"):
        of_pairs((15, 10), profile="nsh")


def test_a_scale_without_profiles_has_no_reliable_change():
    """BDI-II names none here: no measure, and a message."""
    with loaded("bdi2_admit bdi2_discharge\n20 10") as data, pytest.raises(iop.UsageError, match="bdi2_reliable_change"):
        iop.reliable_change(data, scale="bdi2")


def test_chance_alone_stands_beside():
    """PHQ-9: SD 5.5 and reliability 0.84 let 3.85 % without true change gain 6 points; nobody was counted for it."""
    chance = of_pairs((15, 9))["false_positive_rate"]
    assert chance.value == pytest.approx(0.0385, abs=5e-5)
    assert chance.k is None
    assert chance.method == "none"


# -- recovery ----------------------------------------------------------------------------------------------------


def test_recovery_is_from_at_case_to_below():
    """PHQ-9: 10 is at case and 9 is not, at the start and at the end."""
    found = of_pairs((10, 9), (10, 10), (9, 3), (16, 9))
    assert counted(found["recovery"]) == (2, 3)


def test_gad7_is_at_case_from_8():
    """GAD-7: 8 is at case and 7 is not."""
    assert counted(of_pairs((8, 7), (8, 8), (7, 2), scale="gad7")["recovery"]) == (1, 2)


def test_reliable_recovery_needs_both():
    """From 10 to 9 is below the cut-off and no reliable change; from 15 to 9 is both."""
    found = of_pairs((10, 9), (15, 9), (20, 12))
    assert counted(found["reliable_recovery"]) == (1, 3)
    assert counted(found["recovery"]) == (2, 3)


def test_recovery_among_all_at_case():
    """Everyone at case at the start, a missing discharge score as not recovered; who has no admission score is missing."""
    found = of_pairs((15, 9), (15, "."), (".", 3), (5, 2), (5, "."))
    assert counted(found["recovery"]) == (1, 1)
    assert (found["recovery"].n_missing, found["recovery"].excluded) == (2, 2)
    assert counted(found["recovery_of_discharged"]) == (1, 2)
    assert (found["recovery_of_discharged"].n_missing, found["recovery_of_discharged"].excluded) == (1, 2)


def test_the_flow_of_recovery_is_in_words():
    """Nobody is left out under the name of a variable."""
    flow = next(flow for flow in ask("phq9_admit phq9_discharge\n15 9\n15 .\n5 2\n. 3").flow if flow.what == "recovery")
    assert {reason: n for reason, n in flow.excluded.items() if n} == {
        "at case, no discharge score": 1,
        "not at case at the start": 1,
        "no admission score": 1,
    }


# -- response and remission --------------------------------------------------------------------------------------


def test_response_is_half_or_less():
    """From 20 to 10 is a response, to 11 is none; an odd 15 needs 7; who starts at 0 has nothing to lose and is no case."""
    found = of_pairs((20, 10), (20, 11), (15, 8), (15, 7), (0, 0))
    assert counted(found["response"]) == (2, 4)
    assert counted(found["response_of_pairs"]) == (2, 5)


def test_response_and_remission_are_among_those_at_case():
    """PHQ-9 10 is at case, 9 is not: from 9 to 4 is no response or remission of anybody at case, but of the named variants."""
    found = of_pairs((10, 4), (9, 4), (20, 15))
    for name in ("response", "remission"):
        assert (counted(found[name]), found[name].n_missing, found[name].excluded) == ((1, 2), 0, 1)
    assert counted(found["response_of_pairs"]) == (2, 3)
    assert counted(found["remission_from_5"]) == (2, 3)


@pytest.mark.parametrize("name", ["response", "remission"])
def test_of_all_at_case_a_missing_score_is_not_met(name):
    """Beside each stands the rate of all at case at the start; who was not at case, or has no admission score, is in neither."""
    found = of_pairs((20, 3), (20, "."), (12, 11), (9, "."), (".", 2))
    assert (counted(found[name]), found[name].n_missing, found[name].excluded) == ((1, 2), 2, 1)
    every = found[f"{name}_of_discharged"]
    assert (counted(every), every.n_missing, every.excluded) == ((1, 3), 1, 1)


def test_gad7_is_at_case_from_8_for_response_too():
    """GAD-7: from 8 to 4 is a response and a remission of one at case, from 7 to 3 of none."""
    found = of_pairs((8, 4), (7, 3), scale="gad7")
    assert [counted(found[name]) for name in ("response", "remission", "response_of_pairs", "remission_from_5")] == [
        (1, 1),
        (1, 1),
        (2, 2),
        (2, 2),
    ]


def test_remission_is_below_5():
    """PHQ-9 4 is a remission, 5 is none, of those at case; the named variant is of all who were not in remission at the start."""
    found = of_pairs((20, 4), (20, 5), (3, 4), (5, 4), (4, 2), (8, "."))
    assert counted(found["remission"]) == (1, 2)
    assert counted(found["remission_of_discharged"]) == (1, 2)
    variant = found["remission_from_5"]
    assert (counted(variant), variant.excluded, variant.n_missing) == ((2, 3), 2, 1)


def test_who_starts_in_remission_is_out_of_the_variant_with_or_without_an_end():
    """Started below 5: out, as those not at case are out of the others; without an admission score, or started at 5 without an end: missing."""
    found = of_pairs((4, 2), (4, "."), (5, 2), (5, "."), (".", 2))["remission_from_5"]
    assert (counted(found), found.excluded, found.n_missing) == ((1, 1), 2, 2)


def test_a_profile_without_a_case_has_the_named_variants_alone():
    """Where nobody is at case by the profile, response and remission have no population; the variants need none."""
    found = of_pairs((20, 4), (20, 15), profile="richards_borglin")
    assert {"response", "remission", "response_of_discharged", "remission_of_discharged"} & set(found) == set()
    assert counted(found["response_of_pairs"]) == counted(found["remission_from_5"]) == (1, 2)


# -- a scale of one's own ----------------------------------------------------------------------------------------


@pytest.fixture
def level(tmp_path):
    """Asks for reliable change on a scale where higher is better, more than 5 points, at case at 12 or less."""
    (tmp_path / "level.toml").write_text(LEVEL, encoding="utf-8")

    def answer(*pairs):
        text = "level_admit level_discharge\n" + "\n".join(f"{pre} {post}" for pre, post in pairs)
        with iop.load(episodes(text), mapping={"data": {"class": "synthetic"}}, scales=tmp_path) as data:
            return {e.estimand: e for e in iop.reliable_change(data, scale="level", profile="site").results}

    return answer


def test_higher_is_better(level):
    """More than 5 points up is better, 5 is not; from 12 to 13 leaves the cases; 20 is a remission, of cases and of all below it; response is not defined."""
    found = level((12, 13), (12, 18), (12, 12), (13, 20), (20, 14), (13, 18))
    assert counted(found["reliable_improvement"]) == (2, 6)
    assert counted(found["reliable_deterioration"]) == (1, 6)
    assert counted(found["recovery"]) == (2, 3)
    assert counted(found["reliable_recovery"]) == (1, 3)
    assert counted(found["remission"]) == (0, 3)
    assert counted(found["remission_from_20"]) == (1, 5)
    assert "response" not in found
    assert "no_reference" in found["false_positive_rate"].flag


def test_without_an_admission_score_nobody_is_at_case(level):
    """Also where low scores are at case: no admission score is missing, never a case that did not recover."""
    found = level((10, 20), (".", 20), (".", "."))
    assert counted(found["recovery_of_discharged"]) == (1, 1)
    assert found["recovery_of_discharged"].n_missing == 2


def test_nobody_with_both_scores():
    """Rows with a flag, and the rate among the discharged is 0."""
    found = of_pairs((15, "."), (".", "."))
    assert math.isnan(found["reliable_improvement"].value)
    assert "no_episodes" in found["reliable_improvement"].flag
    assert (found["reliable_improvement_of_discharged"].value, found["recovery_of_discharged"].n) == (0, 1)
