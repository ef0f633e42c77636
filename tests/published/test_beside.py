"""Takes programs and what studies print, gives differences, tests and words that follow: by hand, by statsmodels, and at the edges."""

import math
import re
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep

import iop_outcomes as iop
from iop_outcomes.published.beside import FigureBeside
from iop_outcomes.published.study_files import shipped_studies
from iop_outcomes.release import release
from iop_outcomes.show.beside_studies import beside_table, forest_beside
from iop_outcomes.stats.equivalence import KnownValue, difference_of, from_limits

PUBLIC = {"data": {"class": "public"}}


def program(n=200, completed=120):
    """So many episodes, each of its own patient, all of one track; admitted with scores that fall by 4."""
    frame = pd.DataFrame(
        {
            "episode_id": [f"e{i}" for i in range(n)],
            "track": "mental_health",
            "discharge_reason": ["completed"] * completed + ["dropped_out"] * (n - completed),
            "los_days": [20 + i % 30 for i in range(n)],
            "phq9_admit": [10 + i % 12 for i in range(n)],
            "phq9_discharge": [6 + (i % 12) - (i % 3) for i in range(n)],
        }
    )
    return iop.load(frame, mapping=PUBLIC)


@pytest.fixture(scope="module")
def small():
    """Two hundred episodes of one track."""
    with program() as data:
        yield data


def rows(beside):
    """What stands side by side, by study, figure and quantity."""
    return {(row.study, row.figure, row.quantity): row for row in beside.side_by_side}


def test_shares_are_newcombe_s(small):
    """120 of 200 beside 43,119 of 114,440: the limits of statsmodels."""
    row = rows(iop.stand_beside(small, study="teds_2004", policy="none"))["teds_2004", "completed", "completion_strict"]
    low, high = confint_proportions_2indep(120, 200, 43119, 114440, method="newcomb", compare="diff")
    assert (row.difference_low, row.difference_high) == (pytest.approx(low), pytest.approx(high))
    assert (row.interval, row.verdict, row.p_equivalence) == ("of both", "", pytest.approx(math.nan, nan_ok=True))


def test_the_test_needs_a_margin_and_an_error(small):
    """By quantity: inconclusive is its own verdict, and what prints no error has no test."""
    margin = {"completion_strict": 0.25, "completion_with_transfers": 0.05, "los_median": 5}
    beside = rows(iop.stand_beside(small, study="teds_2004", policy="none", margin=margin))
    strict = beside["teds_2004", "completed", "completion_strict"]
    assert (strict.verdict, strict.margin) == ("inconclusive", 0.25)
    low, high = confint_proportions_2indep(120, 200, 43119, 114440, method="newcomb", compare="diff", alpha=0.10)
    assert low < 0.25 < high
    assert beside["teds_2004", "completed_or_transferred", "completion_with_transfers"].verdict == "inconclusive"
    median = beside["teds_2004", "median_stay", "los_median"]
    assert (median.verdict, median.interval) == ("not enough printed", "of this program alone")
    assert math.isnan(median.p_equivalence)
    assert (median.difference_low, median.difference_high) == (median.low - 41, median.high - 41)


@pytest.mark.parametrize(("completed", "verdict"), [(76, "equivalent"), (120, "different by more than the margin")])
def test_equivalent_and_different(completed, verdict):
    """38% beside 37.7% lies within 10 points; 60% lies beyond."""
    with program(completed=completed) as data:
        beside = iop.stand_beside(data, study="teds_2004", policy="none", quantity="completion_strict", margin=0.10)
    (row,) = beside.side_by_side
    assert row.verdict == verdict
    assert f"1 {verdict}" in beside.sentence()


@given(st.floats(-1, 1), st.floats(0.001, 0.5), st.floats(0.001, 0.5), st.floats(0.01, 1))
def test_equivalent_exactly_when_the_interval_lies_within(value, down, up, margin):
    """At .05, of the interval at 90%, whatever its shape."""
    within = -margin < value - down and value + up < margin
    assert (from_limits(KnownValue(value, value - down, value + up), margin, 0.90).p < 0.05 - 1e-12) <= within
    if within and min(value - down + margin, margin - value - up) > 1e-9:
        assert from_limits(KnownValue(value, value - down, value + up), margin, 0.90).p < 0.05


@given(st.floats(0, 1), st.floats(0, 0.3), st.floats(0, 1), st.floats(0, 0.3))
def test_a_difference_turned_round_is_its_mirror(one, wide, other, narrow):
    """And it is no narrower than the interval of either."""
    first, second = KnownValue(one, one - wide, one + wide / 2), KnownValue(other, other - narrow, other + narrow)
    there, back = difference_of(first, second), difference_of(second, first)
    assert (there.low, there.high) == (pytest.approx(-back.high), pytest.approx(-back.low))
    assert there.high - there.low >= max(1.5 * wide, 2 * narrow) - 1e-12


def test_a_margin_is_of_one_quantity(small):
    """One number for several quantities, a name that is none, and one not above 0 are refused."""
    for margin, words in ((0.1, "one margin cannot be that of"), ({"completion": 0.1}, "is nothing that"), ({"los_mean": 0}, "above 0")):
        with pytest.raises(iop.UsageError, match=words):
            iop.stand_beside(small, study="teds_2004", margin=margin)


def test_a_converted_change_says_what_was_assumed(small, tmp_path):
    """d_z is no d_pre_sd: refused with the reason, or converted with the r that was given; without r means have no error."""
    (tmp_path / "mine.toml").write_text(
        'id = "mine"\ncitation = "Nobody"\nsource = "made for a test"\ndesign = "single_group"\nscope = "one_program"\nverified = ["seen"]\n'
        'level = ["PHP"]\nn_admitted = 90\nn_analysed = 50\n[[figures]]\nname = "a"\noutcome = "change"\nscale = "phq9"\npeople = "pairs"\n'
        'definition = "d_z"\n[figures.printed]\neffect_size = 0.8\n',
        encoding="utf-8",
    )
    refused = iop.stand_beside(small, study=tmp_path, policy="none")
    assert any("give r to convert it" in row.note for row in refused.rows)
    assert not refused.side_by_side
    row = rows(iop.stand_beside(small, study=tmp_path, policy="none", r=0.5, margin={"d_pre_sd": 0.2}))["mine", "a", "d_pre_sd"]
    assert (row.published, row.verdict) == (pytest.approx(0.8), "not enough printed")
    assert "r = 0.5 assumed" in row.note
    assert row.caveats == "one program, never a national figure; of PHP, not of an IOP; 50 of 90 admitted"


def test_yardsticks_stand_beside_every_change(small):
    """The waiting list and routine practice for depression, on the chart and in the sentence, and no difference to them."""
    beside = iop.stand_beside(small, study="nhs_talking_therapies_2022_23", policy="none")
    assert [(each.name, each.published) for each in beside.yardsticks] == [("Rutherford 2012", 0.505), ("Gaskell 2022", 0.96)]
    assert "0.505 (0.271 to 0.739) waiting list, untreated (Rutherford 2012)" in beside.sentence()
    chart = iop.stand_beside(small, study="text_messages_2021", policy="none").plot(quantity="d_pre_sd")
    assert "Waiting list, untreated (Rutherford 2012): 0.51 (0.27 to 0.74)" in chart.words
    assert "This program: " in chart.words


def test_no_single_program_is_national():
    """Whatever the registry holds: a figure is national in its caveats exactly where the study is national statistics."""
    from iop_outcomes.published.caveats import caveats_of

    for study in shipped_studies():
        for figure in study.figures:
            first = caveats_of(study, figure)[0]
            assert first.startswith("national") == (study.scope == "national")
            assert (study.scope == "one_program") == (first == "one program, never a national figure")


def test_what_is_withheld_stays_so():
    """Eight episodes under cms11: no number, no difference, and nothing to draw."""
    with program(n=8, completed=5) as data:
        beside = iop.stand_beside(data, study="teds_2004", margin={"completion_strict": 0.1})
        with pytest.raises(iop.UsageError, match="nothing stands side by side"):
            beside.plot()
    strict = next(row for row in beside.rows if row.quantity == "completion_strict")
    assert (strict.note, math.isnan(strict.program), math.isnan(strict.difference), strict.verdict) == (
        "the program's number is not shown, to protect people: too few episodes, or what would give so few away",
        True,
        True,
        "",
    )


def test_a_ledger_does_not_take_the_second_level_for_another_output(synthetic, tmp_path):
    """The limits at 90% are of the same episodes as those at 95%: the same numbers with and without a ledger.

    Of how many episodes the stays are (1,174) is not shown with one: beside the 1,168 of completion it would tell that six died or have no reason.
    """
    how = {"study": "teds_2004", "margin": {"completion_strict": 0.1}}
    with_ledger = iop.stand_beside(synthetic, ledger=tmp_path / "ledger.json", **how)
    kept, alone = (pd.DataFrame(each.to_records()) for each in (with_ledger, iop.stand_beside(synthetic, **how)))
    stays = alone["figure"] == "median_stay"
    assert list(alone["n"][stays]) == [1174] and kept["n"][stays].isna().all()
    pd.testing.assert_frame_equal(kept.drop(columns="n"), alone.drop(columns="n"))
    pd.testing.assert_series_equal(kept["n"][~stays], alone["n"][~stays])


def test_a_curve_stands_beside_readmission(synthetic):
    """By each day that both have; after the end of the curve that is said."""
    curve = iop.reconstruct_curve([(0, 1), (30, 0.95), (200, 0.8)], at_risk=[(0, 400), (100, 300)], label="Harbor")
    beside = iop.stand_beside(synthetic, curve=curve, at=(30, 365), margin=0.05)
    month, year = beside.rows
    released = {row["time"]: row for row in iop.readmission(synthetic).release().to_records() if row["estimand"] == "cumulative_incidence"}
    assert (month.program, month.published) == (released[30]["value"], pytest.approx(curve.at([30])[0].event))
    assert "the curve ends on day 200" in year.note
    assert len(beside.side_by_side) == 1


def test_only_released_numbers_are_drawn(small):
    """A chart and a table of working numbers are refused."""
    results = iop.completion(small).results
    figure = FigureBeside("s", "f", "completion_strict", "", 0.5)
    for call in (
        lambda: forest_beside(results, "completion_strict", [figure]),
        lambda: beside_table([(results, "completion_strict", None, [figure])], caption="x"),
    ):
        with pytest.raises(iop.ReleaseError):
            call()
    assert forest_beside(release(results, "none"), "completion_strict", [figure]).words.endswith("50% (no range printed).")


def test_the_section_of_the_committee(synthetic):
    """What the registry has of programs like this one, with the page's own digits; no section where nothing may be shown."""
    from iop_outcomes.reporting.assemble import build_report
    from iop_outcomes.reporting.parts.published_figures import PUBLISHED_FIGURES

    (section,) = build_report(synthetic, policy="none", parts=(PUBLISHED_FIGURES,)).sections
    table = next(block.table for block in section.blocks if hasattr(block, "table"))
    assert "Completed: TEDS 2004" in [row[0] for row in table.rows]
    assert all("national" in row[-1] for row in table.rows if "TEDS" in row[0])
    with program(n=8, completed=5) as data:
        assert build_report(data, parts=(PUBLISHED_FIGURES,)).sections == ()


def test_the_guide_runs():
    """Its blocks of Python, one after the other."""
    guide = (Path(__file__).parents[2] / "docs" / "guide" / "standing_beside.md").read_text(encoding="utf-8")
    space = {}
    for block in re.findall(r"```python\n(.*?)```", guide, flags=re.DOTALL):
        exec(block, space)
    verdicts = {row.quantity: row.verdict for row in space["beside"].side_by_side}
    assert (verdicts["completion_strict"], verdicts["los_median"]) == ("different by more than the margin", "not enough printed")
    assert space["curve"].n == 210


def test_recovery_beside_that_of_the_nhs(synthetic):
    """The program's number is that of the measure by the same rule; the difference holds the error of both."""
    (row,) = iop.stand_beside(synthetic, study="nhs_talking_therapies_2025_04", policy="internal").rows
    own = iop.measure(synthetic, "nhs_reliable_recovery").to_frame().set_index("estimand").loc["nhs_reliable_recovery"]
    assert (row.published, row.n, row.interval) == (pytest.approx(26_457 / 54_672), own.n, "of both")
    assert row.program == pytest.approx(own.value, abs=0.005) and row.difference == pytest.approx(row.program - row.published)
