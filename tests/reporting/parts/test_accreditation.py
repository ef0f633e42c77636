"""Takes programs with and without instruments, gives what a surveyor reads: which instruments, by what outcomes are set side by side, and what is lacking."""

from iop_outcomes.reporting.parts.accreditation import ACCREDITATION, ELEMENTS, instruments, stratified_by
from tests.pages import page_of
from tests.reporting.parts.small import people, said, small


def test_instruments_and_strata_are_named():
    """Those of which there are scores, in full; the columns in a list, without the one that the page is by."""
    rows = people(
        6, 6, phq9_admit=15, phq9_discharge=9, gad7_admit=12, gad7_discharge=8, sex=lambda i: "female" if i % 2 else "male", payer="p"
    )
    with small(rows) as data:
        by_track, by_sex = page_of(data, policy="none"), page_of(data, policy="none", by="sex")
        assert instruments(by_track) == "PHQ-9 (Patient Health Questionnaire, 9 items); GAD-7 (Generalized Anxiety Disorder scale, 7 items)"
        assert stratified_by(by_track) == "by sex: see Outcomes by who people are"  # one payer is no stratum
        assert stratified_by(by_sex) == ""


def test_without_scores_and_columns_every_element_says_what_is_lacking():
    """No words in the place of a figure."""
    words, _ = said(ACCREDITATION, people(6, 6))
    assert words.count("not computable: ") == len(ELEMENTS)
    assert "column scores_in_plan is not in the data" in words
    assert "column sex, column age_group, column payer, column race and column ethnicity are not in the data" in words


def test_what_is_not_recorded_counts_as_not_met_beside_those_recorded():
    """Used for 8 of 10 of whom it is known, and of all 12; each element has its source."""
    rows = people(6, 6, scores_in_plan=lambda i: None if i > 9 else "yes" if i < 8 else "no")
    words, _ = said(ACCREDITATION, rows, covariates={"scores_in_plan": "category"})
    assert "8 of 10" in words and "8 of 12" in words
    assert all(element.source for element in ELEMENTS)
