"""Takes every study and worked example of the registry, gives what of their printed figures follows from the others."""

import pytest

import iop_outcomes as iop
from iop_outcomes.published.study_files import shipped_studies

STUDY = """
id = "mine"
citation = "Nobody"
source = "made for a test"
design = "single_group"
scope = "one_program"
verified = ["recalled"]
[[figures]]
name = "change"
outcome = "change"
scale = "phq9"
people = "pairs"
calculation = "pre_post"
"""


@pytest.fixture(scope="module")
def every():
    """The whole registry, computed once."""
    return iop.reproduce()


def rows(result, study):
    """Its rows by figure and quantity."""
    return {(row.figure, row.quantity): row for row in result.rows if row.study == study}


def test_every_study_and_example_has_a_row(every):
    """None is passed over, and each printed figure has one of three results."""
    assert {row.study for row in every.rows} == {study.id for study in shipped_studies()}
    printed = {(study.id, figure.name, name) for study in shipped_studies() for figure in study.figures for name in figure.printed}
    assert printed <= {(row.study, row.figure, row.quantity) for row in every.rows}
    assert sum(every.counts.values()) == len(every.rows)
    assert every.counts["reproduced"] > 250


def test_what_does_not_follow_is_known(every):
    """Four figures: two reviews' values of one trial, 100 less a rounded dropout, a ratio off the middle of its interval."""
    wrong = {(row.study, row.figure) for row in every.rows if row.result == "not reproduced"}
    assert wrong == {
        ("example_three_values_for_one_trial", "weisel"),
        ("example_three_values_for_one_trial", "jacobson"),
        ("prolonged_exposure_weekend_iop", "completion"),
        ("san_diego_readmissions", "outpatient_therapy"),
    }


@pytest.mark.parametrize(
    ("study", "definition", "count"),
    [("pmc5253124", "d_pre_sd", 12), ("ems82827", "d_av_rms", 18), ("pmc4764004", "d_z", 8), ("pmc5702128", "r_from_z", 4)],
)
def test_the_four_tables_are_four_definitions(every, study, definition, count):
    """Each printed "effect size" as the definition that all rows of its table share."""
    effects = [row for row in every.rows if row.study == study and row.quantity == "effect_size"]
    assert len(effects) == count
    assert all(row.result == "reproduced" for row in effects)
    assert all(row.definition.startswith(f"{definition}:") for row in effects)


def test_figures_by_hand(every):
    """Chi-squared of 151 and 129 of 207, a share, and Morris's first study, each by its formula."""
    zimmerman = rows(every, "zimmerman_2021")
    pooled = 280 / 414
    chi = (22 / 207) ** 2 / (pooled * (1 - pooled) * 2 / 207)
    assert zimmerman["completion", "odds_ratio.statistic"].computed == pytest.approx(chi)
    assert zimmerman["completion", "odds_ratio.statistic"].difference == pytest.approx(chi - 5.34)
    assert rows(every, "samplin_2022")["completion", "percent"].computed == pytest.approx(100 * 71 / 92)
    morris = rows(every, "example_morris_2008")["study_1_treated", "g_pre_sd"]
    assert (morris.computed, morris.result) == (pytest.approx(0.9599 * 7.9 / 15, abs=2e-5), "reproduced")


def test_times_of_events_by_hand(every):
    """Ten people: 17/36 readmitted where 13/60 died first; four of 21 and 9 of 12 relapses as the papers print them."""
    ten = rows(every, "example_ten_people_by_hand")
    assert ten["days", "incidence_1_30"].computed == pytest.approx(17 / 36)
    assert ten["days", "incidence_2_30"].computed == pytest.approx(13 / 60)
    leukemia = rows(every, "example_leukemia_6mp")
    assert leukemia["weeks", "event_free_6mp_7"].computed == pytest.approx(18 / 21 * 16 / 17)
    assert (leukemia["weeks", "median_6mp"].computed, leukemia["weeks", "median_placebo"].computed) == (23, 8)


def test_what_lacks_something_says_what(every):
    """No result beside the means (and what it would be), and an effect size without anything."""
    rogers = rows(every, "rogers_php")["depression", ""]
    assert (rogers.result, "d_pre_sd 1.55" in rogers.note, "d_z" in rogers.note) == ("not enough printed", True, False)
    assert rows(every, "gaskell_2022")["depression", "effect_size"].result == "not enough printed"
    assert rows(every, "wise_2005")["", ""].note == "no figure of its results was seen"


def one(folder, text):
    """The rows of a study with these figures."""
    (folder / "mine.toml").write_text(STUDY + text, encoding="utf-8")
    return {row.quantity: row for row in iop.reproduce(folder).rows}


GIVEN = "[figures.given]\nmean_pre = 15.0\nsd_pre = 5.00\nmean_post = 9.0\nsd_post = 6.0\nn = 50\n"


@pytest.mark.parametrize(
    ("printed", "result", "note"),
    [
        ("d_pre_sd = 1.20", "reproduced", ""),
        ("d_pre_sd = 1.22", "reproduced", "rounding of the figures given"),  # 0.05 in each mean is 0.02 in d
        ("d_pre_sd = 1.25", "not reproduced", ""),
        ('"d_pre_sd.se" = 0.20', "not enough printed", "r is not printed"),
        ("d_s = 1.20", "not enough printed", "no effect size here"),
        ("effect_size = 1.20", "reproduced", "identified"),
        ("effect_size = 3.10", "not reproduced", "nearest"),
        ("effect_size = 1.00", "reproduced", "identified"),  # over the SD after
        ("effect_size = 0.80", "not enough printed", "if r were"),
        ('effect_size = "large"', "not enough printed", "words"),
    ],
)
def test_one_printed_figure(tmp_path, printed, result, note):
    """To its rounding, to that of what it rests on, not at all, or open."""
    (row,) = one(tmp_path, f"{GIVEN}[figures.printed]\n{printed}\n").values()
    assert row.result == result
    assert note in row.note


def test_a_named_definition_is_the_only_one_tried(tmp_path):
    """1.00 is the change over the SD after: as d_pre_sd it does not follow."""
    (row,) = one(tmp_path, f'definition = "d_pre_sd"\n{GIVEN}[figures.printed]\neffect_size = 1.00\n').values()
    assert (row.result, row.computed) == ("not reproduced", pytest.approx(1.2))


def test_a_bound_and_a_contradiction(tmp_path):
    """P below a bound; t and n that cannot go with the SDs are said, and nothing is computed."""
    given = GIVEN + "r = 0.50\n"
    (row,) = one(tmp_path, f'{given}[figures.printed]\n"mean_change.p" = "<0.001"\n').values()
    assert (row.result, row.note) == ("reproduced", "a bound is printed")
    (row,) = one(tmp_path, f"{GIVEN}t = 50.0\n[figures.printed]\nd_z = 7.07\n").values()
    assert row.result == "not enough printed"
    assert "misprint" in row.note


@pytest.mark.parametrize(
    ("given", "note"),
    [
        ('calculation = "proportions"\n[figures.given]\nevents_1 = 3\nn_1 = 9', "needs events_2, n_2 too"),
        ('calculation = "pool_two_groups"\n[figures.given]\nevents_1 = [1]\nn_1 = [9, 9]\nevents_2 = [2]\nn_2 = [9]', "cannot be computed"),
        ('calculation = "reliable_change"\n[figures.given]\nsd = "wide"\nreliability = 0.9', "cannot be computed"),
        ('calculation = "event_times"\n[figures.given]\ndays = [1, 2]\nended = [1]', "give one for each"),
        ('calculation = "proportion"\n[figures.given]\nevents = 12\nn = 9', "12"),
    ],
)
def test_figures_from_which_nothing_follows(tmp_path, given, note):
    """Missing ones, words for numbers, lists that differ in length: said in the row, and the rest of the table stands."""
    text = STUDY.replace('calculation = "pre_post"\n', "") + f"{given}\n[figures.printed]\nvalue = 0.5\n"
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    (row,) = iop.reproduce(tmp_path).rows
    assert row.result == "not enough printed"
    assert note in row.note


@pytest.mark.parametrize(
    ("wrong", "note"),
    [
        ('mean_pre = "15,4"', "mean_pre = '15,4' is not a number"),
        ("sd_pre = -5.5", "sd_pre = -5.5 must be above 0"),
        ("n = 4000.5", "n = 4000.5 must be a whole number"),
    ],
)
def test_a_slip_in_a_file_costs_its_own_figure_alone(tmp_path, wrong, note):
    """The first figure of a table that cannot be read says so; what else stands in the table is computed."""
    name = wrong.partition(" ")[0]
    given = {"mean_pre": "15.4", "sd_pre": "5.5", "mean_post": "9.4", "sd_post": "6.4", "n": "4000"}
    right = "".join(f"{key} = {value}\n" for key, value in given.items())
    other = "".join(f"{wrong if key == name else f'{key} = {value}'}\n" for key, value in given.items())
    results = "[figures.printed]\neffect_size = 1.01\n"
    second = '[[figures]]\nname = "again"\noutcome = "change"\ncalculation = "pre_post"\n[figures.given]\n'
    (tmp_path / "mine.toml").write_text(f"{STUDY}[figures.given]\n{other}{results}{second}{right}{results}")
    first, again = iop.reproduce(tmp_path / "mine.toml").rows
    assert (first.result, again.result) == ("not enough printed", "reproduced")
    assert note in first.note
    alone = f"{STUDY}[figures.given]\n{other}{results}"
    (tmp_path / "mine.toml").write_text(alone)
    assert [row.result for row in iop.reproduce(tmp_path / "mine.toml").rows] == ["not enough printed"]


def test_names_of_frames(every):
    """One row for each figure, with what was used and the difference."""
    frame = every.to_frame()
    assert len(frame) == len(every.rows)
    assert {"printed", "computed", "difference", "result", "definition", "source", "verified"} <= set(frame.columns)
    assert "<caption>" in every._repr_html_()


# -- beside a program ---------------------------------------------------------------------------------------------------


def test_a_paper_beside_a_program(synthetic):
    """The program's released numbers, as the measures give them; the difference is theirs minus the paper's."""
    result = iop.reproduce("text_messages_2021", data=synthetic, policy="none")
    beside = {(row.figure, row.quantity): row for row in result.beside.rows}
    released = {e["estimand"]: e for e in iop.symptom_change(synthetic, scale="phq9").release("none").to_records()}
    row = beside["depression", "d_pre_sd"]
    assert (row.program, row.n) == (released["d_pre_sd"]["value"], released["d_pre_sd"]["n"])
    assert row.published == pytest.approx(0.96 / 6.23)
    assert row.difference == pytest.approx(row.program - 0.96 / 6.23)
    assert beside["depression", "mean_pre"].program == released["mean_admit"]["value"]
    assert ("stress", "mean_pre") not in beside  # no scale of this package


def test_what_is_not_the_same_does_not_stand_side_by_side(synthetic):
    """Completers against pairs, a share of those who started, a scale the program does not use."""
    zalta = {(row.figure, row.quantity): row for row in iop.reproduce("zalta_2018", data=synthetic).beside.rows}
    assert "those who completed; the program's is of those with both scores" in zalta["depression", "change"].note
    assert "completed / started" in zalta["completion", "completion"].note
    assert zalta["length_of_stay", "los_mean"].published == 21
    rogers = iop.reproduce("rogers_php", data=synthetic).beside.rows
    assert [row.note for row in rogers] == ["not side by side: the program has no scores of qids16"]


def test_completers_beside_completers(synthetic):
    """The data are narrowed to those who completed, and what is printed without its SDs is still refused."""
    (depression,) = [
        row
        for row in iop.reproduce("zalta_2018", data=synthetic, people="completers", policy="none").beside.rows
        if (row.figure, row.quantity) == ("depression", "d_pre_sd")
    ]
    assert "which effect size it is is not printed" in depression.note
    with pytest.raises(iop.UsageError, match="pairs"):
        iop.reproduce("zalta_2018", data=synthetic, people="all")


def test_the_numbers_beside_are_released(synthetic):
    """Under the default policy they have the digits of a page, and the page says what is withheld."""
    beside = iop.reproduce("samplin_2022", data=synthetic).beside
    (stay,) = [row for row in beside.rows if row.figure == "length_of_stay"]
    exact = iop.length_of_stay(synthetic).to_frame().query("estimand == 'los_mean'").value.item()
    assert stay.program == round(exact) != exact
    assert "fewer than 11" in beside.sentence()
