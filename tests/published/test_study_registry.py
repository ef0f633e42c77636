"""Takes the registry of published studies, gives proof that it is searched, and that no program is called national."""

import json

import pytest

import iop_outcomes as iop
from iop_outcomes.cli import run
from iop_outcomes.published.study_files import shipped_studies


def test_what_the_registry_holds():
    """Rows of which the figures are known from elsewhere, with people admitted and analysed apart."""
    registry = iop.studies()
    assert len(registry) == 78
    assert len({study.id for study in registry.rows}) == 78
    rogers = registry["rogers_php"]
    assert (rogers.level, rogers.n_admitted, rogers.n_analysed, rogers.every_scale) == (("PHP",), None, 604, ("qids16",))
    given = {name: str(value) for name, value in rogers.figures[0].given.items()}
    assert given == {"mean_pre": "16.3", "sd_pre": "4.63", "mean_post": "9.12", "sd_post": "5.09", "n": "604"}
    gliske = registry["gliske_2022"]
    assert (gliske.n_admitted, gliske.n_analysed) == (495, 448)


def test_no_scale_of_a_study_is_named_twice(capsys):
    """A figure of several scales names those that the study has already; one more, and a remark, are told apart."""
    registry = iop.studies()
    assert registry["prolonged_exposure_weekend_iop"].every_scale == ("pcl5", "depression")
    assert registry["hudson_2023"].every_scale == ("phq9", "gad7")
    assert registry["loewe_2004"].every_scale == ("phq9", "PHQ-9 (SCL-20)")
    assert registry["lieberman_2017"].every_scale == ("BAI", "BDI", "BHS", "DRS")
    assert run(["studies", "--scale", "pcl5", "--level", "IOP"]) == 0
    assert "pcl5, depression  " in capsys.readouterr().out


def test_every_study_says_where_its_figures_were_read():
    """A source, whether it was seen, and no figure without a way to what follows from it."""
    for study in shipped_studies():
        assert study.source and study.verified, study.id
        assert all(figure.printed or figure.given for figure in study.figures), study.id


def test_a_single_program_is_never_national():
    """National is what statistics of a country print; the words for every other scope do not say it."""
    for study in shipped_studies():
        assert (study.scope == "national") == (study.design == "national_statistics"), study.id
        head = study.sentence().removeprefix(study.citation)
        assert ("national" in head.split("Figures")[0].replace("international", "")) == (study.scope == "national"), study.id
    assert iop.studies("samplin").rows[0].sentence().split(": ")[1].startswith("one program")


@pytest.mark.parametrize(
    ("search", "some", "none"),
    [
        ({"level": "IOP"}, {"samplin_2022", "zalta_2018", "teds_2004"}, {"rogers_php", "example_morris_2008"}),
        ({"level": "iop", "scale": "PHQ-9"}, {"zalta_2018", "cleveland_clinic_2021"}, {"gliske_2022"}),
        ({"scale": "qids16"}, {"rogers_php", "bulkes_2021"}, {"zalta_2018"}),
        ({"design": "meta_analysis"}, {"gaskell_2022", "rutherford_2012"}, {"samplin_2022"}),
        ({"design": "worked_example"}, {"example_morris_2008"}, {"samplin_2022"}),
        ({"scope": "national", "outcome": "readmission"}, {"hcup_189"}, {"ortiz_2019"}),
        ({"population": "veterans"}, {"held_2020"}, {"gondolf_2000"}),
        ({"name": "talking therapies"}, {"nhs_talking_therapies_2022_23"}, {"samplin_2022"}),
    ],
)
def test_a_search(search, some, none):
    """What fits every condition, and nothing else."""
    names = {study.id for study in iop.studies(**search).rows}
    assert some <= names
    assert not none & names


@pytest.mark.parametrize(
    ("search", "words"),
    [
        ({"level": "IPO"}, "IOP"),
        ({"design": "trial"}, "randomized_trial"),
        ({"scale": "phq"}, "phq9"),
        ({"outcome": "los"}, "length_of_stay"),
        ({"name": "samplyn"}, "no study"),
        ({"add": "nowhere.toml"}, "does not exist"),
    ],
)
def test_a_search_that_cannot_be(search, words):
    """The message says what there is."""
    with pytest.raises((iop.UsageError, iop.DataError), match=words):
        iop.studies(**search)


def test_the_command_lists_and_shows(capsys):
    """A table, one object for each printed figure, and one study with its figures."""
    assert run(["studies", "--level", "IOP", "--scale", "phq9"]) == 0
    assert "zalta_2018" in capsys.readouterr().out
    assert run(["studies", "--level", "PHP", "--json"]) == 0
    records = json.loads(capsys.readouterr().out)
    assert {(each["study"], each["quantity"], each["value"]) for each in records} >= {("zimmerman_2021", "percent", "72.9")}
    assert run(["studies", "samplin"]) == 0
    assert "events 71; n 92" in capsys.readouterr().out
    assert run(["studies", "--json", "--csv"]) == 2


def test_frames_have_one_row_for_each_printed_figure():
    """As many as are printed, and one for a study that prints none."""
    registry = iop.studies(level="PHP")
    frame = registry.to_frame()
    for study in registry.rows:
        printed = sum(max(len(figure.printed), 1) for figure in study.figures)
        assert (frame.study == study.id).sum() == max(printed, 1)
