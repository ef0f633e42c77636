"""What other systems call a scale: the published codes, and a file that gets them wrong."""

import pytest

from iop_outcomes.errors import DataError
from iop_outcomes.intake.adapters.scale_codes import answers, meanings
from iop_outcomes.intake.mapping import read_mapping
from iop_outcomes.scales import get_scale, load_scales

# LOINC 44249-1 and 69737-5, their items in the order of the forms, and the answer list LL358-3 that both use.
PHQ9 = ("44250-9", "44255-8", "44259-0", "44254-1", "44251-7", "44258-2", "44252-5", "44253-3", "44260-8")
GAD7 = ("69725-0", "68509-9", "69733-4", "69734-2", "69735-9", "69689-8", "69736-7")
TOTALS = {"phq9": "44261-6", "gad7": "70274-6", "pcl5": "101698-9", "auditc": "75626-2", "phqa": "89204-2"}
ANSWERS = {"LA6568-5": 0, "LA6569-3": 1, "LA6570-1": 2, "LA6571-9": 3}


def test_totals_and_items_are_the_published_ones():
    """Each code stands for one total or one item, and no two scales share one."""
    found = meanings(read_mapping(None), load_scales())
    assert {name: found[code] for name, code in TOTALS.items()} == {name: (name, None) for name in TOTALS}
    assert [found[code] for code in PHQ9] == [("phq9", number) for number in range(1, 10)]
    assert [found[code] for code in GAD7] == [("gad7", number) for number in range(1, 8)]
    assert (found["3042932"], found["42868746"]) == (("phq9", None), ("gad7", None))
    named = [code for scale in load_scales().values() if scale.codes for code in (scale.codes.loinc_total, *scale.codes.loinc_items)]
    assert len(named) == len(set(named))


def test_answers_are_the_published_ones():
    """Not at all, several days, more than half the days, nearly every day: 0 to 3."""
    assert answers(get_scale("phq9")) == ANSWERS == answers(get_scale("gad7"))


def test_a_sites_own_code_wins():
    """A site that holds its PHQ-A under the code of the PHQ-9 may say so."""
    found = meanings(read_mapping({"adapter": {"scales": {"44261-6": "phqa"}}}), load_scales())
    assert found["44261-6"] == ("phqa", None)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('loinc_items = ["44250-9"]', "codes.loinc_items: must be one code for each of the 9 items"),
        ('loinc_answers = ["LA6568-5", "LA6569-3"]', "codes.loinc_answers: must be one code for each answer"),
        ("omop_total = 3042932", "codes.omop_total: must be text in quotes"),
        ('loinc = "44261-6"', "codes.loinc: unknown"),
    ],
)
def test_codes_that_do_not_fit_the_form(tmp_path, line, words):
    """A scale file of a site's own is told what is wrong with its codes."""
    from importlib.resources import files

    text = files("iop_outcomes.scales").joinpath("phq9.toml").read_text(encoding="utf-8").partition("[codes]")[0]
    codes = f'[codes]\nloinc_total = "44261-6"\nsource = "https://loinc.org/44261-6"\nverified = true\n{line}\n'
    (tmp_path / "phq9.toml").write_text(text + codes, encoding="utf-8")
    with pytest.raises(DataError, match=words):
        load_scales(tmp_path)
