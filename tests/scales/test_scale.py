"""Takes scores and answers, gives what a scale makes of them: bands, totals, and what is refused without being shown."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from iop_outcomes.errors import DataError, UsageError
from iop_outcomes.scales import Scale, get_scale, load_scales
from tests.scales.test_scales import BANDS, WELL, write


def read(folder: Path, **lines: str) -> Scale:
    """Read the good file with some keys replaced: read(folder, step="2") stands for `step = 2`."""
    rows = [f"{row.split(' = ')[0]} = {lines[row.split(' = ')[0]]}" if row.split(" = ")[0] in lines else row for row in WELL.splitlines()]
    return load_scales(write(folder, "\n".join(rows)))["mood"]


def test_band_edges() -> None:
    """Both ends of each band belong to it."""
    for name, bands in BANDS.items():
        for low, high, label in bands:
            assert (get_scale(name).band(low), get_scale(name).band(high)) == (label, label)


def test_what_a_scale_does_not_have_is_said() -> None:
    """A missing band, total, cut-off or profile is an error that names the choices."""
    with pytest.raises(UsageError, match="pcl5 has no published bands"):
        get_scale("pcl5").band(40)
    with pytest.raises(UsageError, match="crdpss has no total; report its domains one by one: hallucinations"):
        get_scale("crdpss").prorated_total([2, 3, 1, 0, 2, 1, 2, 0])
    with pytest.raises(UsageError, match="bdi2 is taken as a total only"):
        get_scale("bdi2").prorated_total([0] * 21)
    with pytest.raises(UsageError, match=r'auditc has no case cut-off "standard"; choose one by name\. Allowed: men, women'):
        get_scale("auditc").is_case(4)
    with pytest.raises(UsageError, match='Did you mean "nhs"'):
        get_scale("phq9").profile("nsh")


def test_domains_of_a_scale_without_a_total() -> None:
    """The eight domains of the CRDPSS, each 0 to 4 with its own bands (APA form)."""
    scale = get_scale("crdpss")
    assert scale.total is False
    assert scale.domains == (
        "hallucinations",
        "delusions",
        "disorganized_speech",
        "abnormal_psychomotor_behavior",
        "negative_symptoms",
        "impaired_cognition",
        "depression",
        "mania",
    )
    assert scale.band(3) == "present, moderate"


@pytest.mark.parametrize("score", [-1, 28, 4.5, float("nan"), float("inf"), "many", None])
def test_an_impossible_score_is_refused_without_being_shown(score: Any) -> None:
    """A score off the scale is an error that gives the range but never the value."""
    with pytest.raises(DataError, match="not a multiple of 1 from 0 to 27") as caught:
        get_scale("phq9").band(score)
    assert str(score) not in str(caught.value).replace("27", "").replace("phq9", "")


# Sum of 8 answers * 9 / 8, halves up: 4 -> 4.5 -> 5, 3 -> 3.375 -> 3, 12 -> 13.5 -> 14, 7 -> 7.875 -> 8.
@pytest.mark.parametrize(("answered", "total"), [(4, 5), (3, 3), (12, 14), (7, 8), (24, 27)])
def test_prorated_totals_round_halves_up(answered: int, total: int) -> None:
    """Prorated PHQ-9 totals are whole, with halves up in every case, not to the even number."""
    answers = [3] * (answered // 3) + [answered % 3] * (answered % 3 > 0)
    assert get_scale("phq9").prorated_total([None, *answers, *[0] * (8 - len(answers))]) == total


def test_too_many_missing_items_give_no_total() -> None:
    """Above the limit, or all missing, there is no total rather than a low one."""
    assert get_scale("phq9").prorated_total([1] * 7 + [None, None]) is None
    assert get_scale("phq9").prorated_total([None] * 9) is None
    assert get_scale("auditc").prorated_total([1, 1, None]) is None
    assert get_scale("pcl5").prorated_total([1] * 16 + [None] * 4) == 20
    assert get_scale("pcl5").prorated_total([1] * 15 + [None] * 5) is None


def test_an_item_that_no_other_can_stand_in_for() -> None:
    """Item 9 of the PHQ-9 asks about self-harm: without its answer there is no total, with any one other blank there is."""
    for name in ("phq9", "phqa"):
        assert get_scale(name).prorated_total([1] * 8 + [None]) is None
        assert get_scale(name).prorated_total([None] + [1] * 8) == 9


@pytest.mark.parametrize("wrong", [-1, 4, 1.5])
def test_an_impossible_answer_is_refused(wrong: Any) -> None:
    """An answer off the item's range is named by its position, not by its value."""
    with pytest.raises(DataError, match="phq9 item 2: not a whole number from 0 to 3"):
        get_scale("phq9").prorated_total([0, wrong, *[0] * 7])


def test_the_number_of_items_must_fit() -> None:
    """Eight answers to nine questions are not a form with one missing."""
    with pytest.raises(UsageError, match="9 items, 8 were given"):
        get_scale("phq9").prorated_total([0] * 8)


def test_reversed_items_and_step(tmp_path: Path) -> None:
    """Item 2 counts the other way round; a score in steps of 2 is twice the sum, and prorating keeps to the steps."""
    assert read(tmp_path).prorated_total([1, 3, 0, 0]) == 1
    doubled = read(
        tmp_path, step="2", range="[0, 24]", levels='[{ low = 0, high = 11, label = "a" }, { low = 12, high = 24, label = "b" }]'
    )
    assert doubled.prorated_total([1, 3, 0, 0]) == 2
    assert doubled.prorated_total([1, 3, 0, None]) == 2  # 1 * 4 / 3 = 1.33 -> 1 step
    assert doubled.band(12) == "b"
    with pytest.raises(DataError, match="multiple of 2"):
        doubled.band(11)


def test_a_decimal_step_is_exact(tmp_path: Path) -> None:
    """A mean score in steps of 0.1 is taken as a total; 0.3 is one of its scores although no binary fraction is."""
    text = WELL.replace("step = 1", "step = 0.1\nitem_scoring = false").replace("range = [0, 12]", "range = [0, 12.0]")
    text = (
        text.replace("most_items_missing = 1", "most_items_missing = 0").replace('"prorate"', '"none"').replace("high = 5,", "high = 5.9,")
    )
    scale = load_scales(write(tmp_path, text))["mood"]
    assert scale.step == Decimal("0.1")
    assert (scale.band(0.3), scale.band(5.9), scale.band(6)) == ("low", "low", "high")
    with pytest.raises(DataError, match=r"multiple of 0\.1"):
        scale.band(0.35)
