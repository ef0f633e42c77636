"""Takes small programs, gives proof that release knows which printed numbers are of the same episodes, whatever they are called."""

import pytest

from iop_outcomes.evaluate import evaluate
from iop_outcomes.evaluate.contrasts import Against
from iop_outcomes.keys import MINUS_OTHERS
from iop_outcomes.measures import find
from iop_outcomes.release import POLICIES, SUPPRESSED, Withheld, release
from iop_outcomes.release.equations import RoundedValue
from iop_outcomes.release.printed import Tabulations
from iop_outcomes.release.rounding import Rounding
from tests.spec.tables import loaded


@pytest.fixture(scope="module")
def relapse():
    """Relapse of 40: of seven it is not known how long they were followed, four of whom have one on record."""
    lines = [f"t{i % 2} completed 9 {200 if i >= 7 else '.'}" for i in range(40)]
    text = "\n".join(["track discharge_reason los_days follow_up_days", *lines])
    events = "\n".join(["episode_id event days_after_discharge", *(f"e{i:03} relapse 5" for i in (0, 1, 2, 3, 20, 21, 22))])
    with loaded(text, events=events) as data:
        yield evaluate(find("relapse", "any_use", at=(30,)), data, by="track")


def test_events_without_follow_up_are_those_left_out_with_an_event(relapse):
    """Counted beside the curve, they are the episodes that the flow names: both directions are known."""
    page = Tabulations([relapse])
    counted = page.cells(0, "events_without_follow_up", frozenset({"yes"}))
    for family in ("followed", "incidence"):
        left_out = page.cells(0, family, frozenset({"unknown_with_event"}))
        assert counted == left_out or {(counted, left_out), (left_out, counted)} <= set(page.known.inclusions)


def test_three_and_four_are_not_printed_beside_seven(relapse):
    """5, 5 and 5 would say that both are 3 or 4, closer than they are rounded: one of them goes under round5."""
    (shown,) = (release([relapse][0], "round5"),)
    share = next(each for each in shown if each.estimand == "events_without_follow_up" and each.level == "All")
    flow = shown.flow[0].excluded
    three = (share.k, flow["follow-up not known"], share.n)
    four = flow["follow-up not known, though an event or a death is recorded"]
    assert any(isinstance(each, Withheld) for each in three)
    assert isinstance(four, Withheld) is isinstance(share.k, Withheld)


def test_the_reasons_of_a_group_are_in_it_together(relapse):
    """By the discharge reason, 9 and 28 are the 37 whom the program ended, not only each among them."""
    lines = [
        f"t{i % 2} {reason} 9"
        for reason, n in (("authorization_ended", 9), ("terminated_by_program", 28), ("completed", 20))
        for i in range(n)
    ]
    with loaded("\n".join(["track discharge_reason los_days", *lines])) as data:
        page = Tabulations(
            [evaluate(find("discharge_reasons"), data, by="track"), evaluate(find("length_of_stay"), data, by="discharge_reason")]
        )
    group = page.cells(0, "reasons", frozenset({"ended_by_program"}))
    inside = [inner for inner, outer in page.known.inclusions if outer == group]
    assert any(sum("authorization_ended" in part or "terminated_by_program" in part for part in inner) == 2 for inner in inside)


@pytest.fixture(scope="module")
def scores():
    """Change of three tracks of 20 to 60."""
    sizes = {"a": 60, "b": 33, "c": 20}
    lines = [f"{track} completed 9 {15 + i % 5} {8 + i % 3}" for track, n in sizes.items() for i in range(n)]
    with loaded("\n".join(["track discharge_reason los_days phq9_admit phq9_discharge", *lines])) as data:
        change = evaluate(find("phq9_change"), data, by="track", against=Against(("mean_change",)))
        completion = evaluate(find("completion"), data, by="track", against=Against(("completion_strict",)))
        yield change, completion


def test_a_difference_of_means_tells_the_mean_of_the_others(scores):
    """It is audited as one of all other groups together, and holds of the true sums."""
    page = Tabulations([scores[0]])
    means = page.means([Rounding(POLICIES["round5"]).seen(table) for table in page.tables])
    differences = {value: ratio for value, ratio in means.items() if value.key.contrast == MINUS_OTHERS}
    assert {value.place.level for value in differences} == {"a", "b", "c"}
    for value, ratio in differences.items():
        true = {each.level: each for each in scores[0] if each.estimand == "mean_change" and not each.contrast and each.level != "All"}
        others = [each for level, each in true.items() if level != value.place.level]
        assert len(ratio.others) == 1
        assert ratio.low <= sum(each.value * each.n for each in others) / sum(each.n for each in others) <= ratio.high


def test_a_difference_of_rounded_shares_is_that_of_printed_counts(scores):
    """The others are everyone without the group, as both are printed: their own sum, rounded, would be one more number."""
    shown = release(scores[1], "round5")
    of = {(each.level, str(each.contrast)): each for each in shown if each.estimand == "completion_strict"}
    everyone = of["All", ""]
    for level in "abc":
        own = of[level, ""]
        others = (everyone.k - own.k) / (everyone.n - own.n)
        assert of[level, "minus_others"].value == pytest.approx(own.k / own.n - others, abs=0.005)


def test_nothing_is_said_of_a_difference_from_others_that_are_not_shown(scores):
    """Where what is printed of everyone is withheld, so is the difference."""
    estimate = next(each for each in scores[1] if each.contrast == MINUS_OTHERS and each.level == "a")
    rounding = Rounding(POLICIES["round5"])
    assert rounding.values(estimate, scores[1])["value"] == 0
    assert rounding.values(estimate, scores[1], lambda *_: SUPPRESSED)["value"] is SUPPRESSED


def test_a_hidden_difference_is_withheld(scores):
    """What the audit withdraws is the difference, while the mean of the group stays."""
    from iop_outcomes.release.audit import Audited
    from iop_outcomes.release.views import view

    page, policy = Tabulations([scores[0]]), POLICIES["round5"]
    estimate = next(each for each in scores[0] if each.contrast == MINUS_OTHERS and each.level == "a")
    hidden = frozenset({RoundedValue(0, estimate.place, estimate.key)})
    seen = view(page, 0, Audited(tuple(frozenset(table.printed) for table in page.tables), hidden), policy)
    mean = next(each for each in scores[0] if each.key == estimate.key.number and each.level == "a")
    assert seen.hides(estimate) and not seen.hides(mean)
