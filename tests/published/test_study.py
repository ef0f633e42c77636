"""Takes citations and facts, gives what a study is called and said to be; the closed lists hold what they refer to."""

import pytest

from iop_outcomes.published.study import DESIGNS, FIGURE_DEFINITIONS, FORMULAS, SCOPES, SCOPES_OF
from tests.published.printed_studies import a_figure, a_study


@pytest.mark.parametrize(
    ("facts", "name"),
    [
        ({"citation": "Samplin J, Hardy L, Title"}, "author_2020"),  # more than a family name before the comma
        ({"citation": "Samplin, J., Hardy, L."}, "Samplin 2020"),
        ({"citation": "van Dyck et al. (2020)"}, "van Dyck 2020"),
        ({"citation": "O'Hara-Smith & Other"}, "O'Hara-Smith 2020"),
        ({"citation": "SAMHSA, TEDS"}, "SAMHSA 2020"),
        ({"citation": "the program's page"}, "author_2020"),
        ({"citation": "Samplin, J.", "year": None}, "author_2020"),
        ({"citation": "Samplin, J.", "short": "IOP trial"}, "IOP trial"),
    ],
)
def test_what_it_is_called(facts, name):
    """Author and year where the citation begins with people, what its file says before all, its id else."""
    assert a_study(**facts).name == name


def test_what_it_is_said_to_be():
    """With how many people, and how far its figures were checked; nothing of what it does not print."""
    said = a_study(n_admitted=1200, verified=("recomputed", "recalled"), population="adults").sentence()
    assert said == (
        "Author A, Title (2020): one program; one group before and after, or followed; IOP; adults; 1,200 admitted. "
        "Figures computed again from what is printed, quoted from memory, not checked. Source: doi."
    )
    assert a_study(year=None).sentence().startswith("Author A, Title: one program")


def test_its_scales_and_those_of_its_figures_once():
    """In the order in which they come; a figure of no scale is of none."""
    study = a_study(a_figure(), a_figure(scale="gad7"), a_figure(scale=""), scales=("pcl5", "phq9"))
    assert study.every_scale == ("pcl5", "phq9", "gad7")


def test_the_lists_refer_to_one_another():
    """What a design can be is a scope, every definition has its formula."""
    assert set(SCOPES_OF) <= set(DESIGNS)
    assert {scope for scopes in SCOPES_OF.values() for scope in scopes} <= set(SCOPES)
    assert set(FORMULAS) < set(FIGURE_DEFINITIONS) and all(FORMULAS.values())
