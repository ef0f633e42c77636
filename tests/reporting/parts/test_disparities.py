"""Takes programs with columns of who people are, gives proof that outcomes by stratum are whole, judged by the one rule and never ranked."""

import re

import numpy as np
import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.keys import ALL, MISSING_LEVEL
from iop_outcomes.release import policy_for
from iop_outcomes.reporting.assemble import build_report
from iop_outcomes.reporting.blocks import Figure, Note, TableBlock, Text
from iop_outcomes.reporting.parts.disparities import DISPARITIES
from iop_outcomes.reporting.parts.flow import FLOW
from iop_outcomes.reporting.parts.part import Program
from iop_outcomes.reporting.parts.strata import MOST, strata_of
from iop_outcomes.reporting.parts.who import WHO

MAPPING = {"data": {"class": "synthetic"}, "covariates": {"race": "category", "ethnicity": "category"}}
SHARES = {"white": 0.45, "black": 0.24, "asian": 0.12, "native": 0.02, "other": 0.02, "declined": 0.08, "": 0.07}


def rows(n=800, **columns):
    """Episodes that finish less often where race is black; every column drawn with a fixed seed."""
    draw = np.random.default_rng(3)
    race = draw.choice(list(SHARES), n, p=list(SHARES.values()))
    done = draw.random(n) < np.where(race == "black", 0.35, 0.6)
    before = draw.integers(10, 25, n)
    after = np.clip(before - draw.integers(-4, 14, n), 0, 27)
    given = {
        "episode_id": [f"e{i}" for i in range(n)],
        "track": draw.choice(["a", "b"], n),
        "discharge_reason": np.where(done, "completed", "dropped_out"),
        "los_days": draw.integers(5, 80, n),
        "phq9_admit": before,
        "phq9_discharge": np.where(draw.random(n) < 0.8, after.astype(str), ""),
        "sex": draw.choice(["female", "male"], n, p=[0.6, 0.4]),
        "race": race,
    }
    return pd.DataFrame({**given, **columns}).drop(columns=[name for name, values in columns.items() if values is None])


def loaded(frame):
    """The data of some episodes; of the covariates those that are there."""
    covariates = {name: kind for name, kind in MAPPING["covariates"].items() if name in frame}
    return iop.load({"episodes": frame}, mapping={**MAPPING, "covariates": covariates})


def report(data, policy="none", **options):
    """The page of the outcomes by who people are, and of who is counted."""
    return build_report(data, policy=policy, parts=(DISPARITIES, FLOW), **options)


@pytest.fixture(scope="module")
def frame():
    """The episodes of most tests."""
    return rows()


@pytest.fixture(scope="module")
def program(frame):
    """The same as data."""
    with loaded(frame) as data:
        yield data


@pytest.fixture(scope="module")
def shown(program):
    """The page with nothing withheld, and with the usual policy."""
    return {policy: report(program, policy) for policy in ("none", "cms11")}


def blocks(page, kind):
    """The blocks of a kind in the section."""
    return [block for block in page.section("disparities").blocks if isinstance(block, kind)]


def table(page, column):
    """The table by a column, as rows by name."""
    (one,) = [block.table for block in blocks(page, TableBlock) if block.table.heads[0].lower() == column.replace("_", " ")]
    return {row[0]: dict(zip(one.heads[1:], row[1:], strict=True)) for row in one.rows}


def by(page, column):
    """The numbers of the page by a column: outcomes and no comparisons."""
    frames = [released.to_frame() for released in page.released if released.group == column]
    numbers = pd.concat(frames)
    return numbers[numbers.contrast == ""]


@pytest.mark.parametrize("column", ["sex", "race"])
def test_strata_and_not_recorded_add_up_to_everyone(shown, column):
    """Denominators and numerators of every outcome."""
    numbers = by(shown["none"], column)
    assert set(numbers.estimand) == {"completion_strict", "reliable_improvement", "reliable_deterioration", "paired_rate"}
    for _, rows_of in numbers.groupby("estimand"):
        groups, everyone = rows_of[rows_of.level != ALL], rows_of[rows_of.level == ALL].iloc[0]
        assert (groups.n.sum(), groups.k.sum()) == (everyone.n, everyone.k)


def test_each_stratum_is_counted_as_a_plain_count_does(shown, frame):
    """What is recorded as declined is a stratum of its own, a blank is Not recorded."""
    numbers = by(shown["none"], "race").query("estimand == 'completion_strict'").set_index("level")
    for race, of_race in frame.groupby("race"):
        row = numbers.loc[race or MISSING_LEVEL]
        assert (row.n, row.k) == (len(of_race), (of_race.discharge_reason == "completed").sum()), race
    cells = table(shown["none"], "race")
    n, k = (frame.race == "declined").sum(), ((frame.race == "declined") & (frame.discharge_reason == "completed")).sum()
    assert cells["Declined"]["Finished"].startswith(f"{100 * k / n:.0f}% of {n}; ")
    assert ";" not in cells["Not recorded"]["Finished"]  # compared with nobody
    assert ";" not in cells["All episodes"]["Finished"]


def test_the_words_are_those_of_the_one_rule(shown, program):
    """As `compare` says them of the same column."""
    compared = iop.compare(program, measure="completion", estimand="completion_strict", by="race").to_frame()
    compared = compared[compared.contrast == "minus_others"].set_index("level")
    assert compared.loc["black"].word == "lower"
    cells = table(shown["none"], "race")
    for level, row in compared.iterrows():
        word = "too few to say" if row.word == "too few" else row.word
        assert f"; {word}" in cells[level.capitalize()]["Finished"], level


def test_groups_stand_by_name_and_never_by_value(shown):
    """No ranking: the order of a table is that of the alphabet, whatever the numbers are."""
    names = list(table(shown["none"], "race"))
    assert names == ["Asian", "Black", "Native", "Other", "White", "Declined", "Not recorded", "All episodes"]
    assert not re.search(r"\b(best|worst|highest|lowest|rank)", shown["none"].to("txt")[: shown["none"].to("txt").index("Who is counted")])


def test_one_table_a_column_and_one_chart(shown):
    """And the chart says in words what it draws."""
    assert [block.table.heads[0] for block in blocks(shown["none"], TableBlock)] == ["Sex", "Race"]
    (chart,) = blocks(shown["none"], Figure)
    assert "lower in Black" in chart.headline
    assert "Race: Black: difference" in chart.alt


def test_small_strata_are_taken_together_and_named(shown, frame):
    """Under a policy that withholds: every stratum is large, what was merged is said, and the sums are those of its levels."""
    numbers = by(shown["cms11"], "race")
    (note,) = [block.words for block in blocks(shown["cms11"], Note) if "taken together" in block.words]
    merged, levels = re.search(r"shown\. (.+) holds (.+)\.", note).groups()
    row = numbers[(numbers.level == merged) & (numbers.estimand == "completion_strict")].iloc[0]
    levels = re.split(", | and ", levels.lower())
    assert {"native", "other"} <= set(levels) <= {*SHARES} - {"", "declined"}
    together = frame[frame.race.isin(levels)]
    assert (row.n, row.k) == (len(together), (together.discharge_reason == "completed").sum())


def test_no_small_count_is_shown_and_strata_are(shown):
    """A count from 1 to 10 stands nowhere, and most of what is common does."""
    numbers = pd.concat(released.to_frame() for released in shown["cms11"].released)
    for column in ("n", "k", "n_missing", "excluded"):
        assert not numbers[column].dropna().between(1, 10).any()
    finished = by(shown["cms11"], "race").query("estimand == 'completion_strict'")
    assert finished.value.notna().all()


def test_a_mix_by_group_is_not_asked_beside_strata(program):
    """Both count the same people, each merged in its own way."""
    page = build_report(program, policy="none", parts=(WHO, DISPARITIES, FLOW))
    assert not [released.definition.measure for released in page.released if released.definition.measure == "participants_sex"]
    alone = build_report(program, policy="none", parts=(WHO, FLOW))
    assert [released.definition.measure for released in alone.released if released.definition.measure == "participants_sex"]


def strata(data, policy="cms11"):
    """The strata of some data, by column."""
    return {each.column: each for each in strata_of(Program(data, "track", policy_for(policy, "synthetic")))}


def test_without_such_a_column_there_is_no_section(frame):
    """Nothing is said of what is not there."""
    with loaded(frame.drop(columns=["sex", "race"])) as data:
        page = report(data)
    assert [section.id for section in page.every_section] == ["flow"]


def test_one_value_alone_is_said_and_not_tabulated(frame):
    """Everyone declined; and a column of one value beside others."""
    with loaded(frame.assign(race="declined")) as data:
        page = report(data)
    assert [block.table.heads[0] for block in blocks(page, TableBlock)] == ["Sex"]
    assert "Race is not shown: every episode has the same value" in blocks(page, Note)[-1].words


def test_declined_and_unknown_alone_still_add_up(frame):
    """One stratum beside those of whom nothing is recorded: a table, and nobody to compare with."""
    with loaded(frame.assign(race=np.where(frame.race == "", "", "declined"))) as data:
        cells = table(report(data), "race")
    assert list(cells) == ["Declined", "Not recorded", "All episodes"]


def test_groups_too_small_even_together_are_left_out(frame):
    """Two values, one of few: any table would give the few."""
    few = ["male" if i < 4 else "female" for i in range(len(frame))]
    with loaded(frame.assign(sex=few)) as data:
        assert "too small" in strata(data)["sex"].without
        assert not strata(data, "internal")["sex"].without
        assert "Sex is not shown: its groups are too small" in report(data, "cms11").to("txt").replace("\n      ", " ")


def test_few_not_recorded_are_taken_together_with_the_smallest(frame):
    """Else everyone would give them back; the sums stay whole."""
    blank = frame.assign(race=np.where(np.arange(len(frame)) < 5, "", np.where(frame.race == "", "white", frame.race)))
    with loaded(blank) as data:
        merged = strata(data)["race"].merged
        assert any("not recorded" in levels for _, levels in merged)
        numbers = by(report(data, "cms11"), "race").query("estimand == 'completion_strict'")
    assert MISSING_LEVEL not in set(numbers.level)
    assert numbers[numbers.level != ALL].n.sum() == len(frame)


@pytest.mark.parametrize("policy", ["cms11", "internal"])
def test_forty_values_become_a_table_that_can_be_read(frame, policy):
    """The smallest are taken together, under any policy."""
    draw = np.random.default_rng(5)
    with loaded(frame.assign(race=[f"r{i}" for i in draw.integers(0, 40, len(frame))])) as data:
        cells = table(report(data, policy), "race")
    assert 3 <= len(cells) - 1 <= MOST


@pytest.mark.parametrize("policy", ["cms11", "internal"])
def test_two_hundred_episodes_without_scores(policy):
    """Outcomes that the data lack have no column; numbers stay whole."""
    few = rows(200, phq9_admit=None, phq9_discharge=None)
    with loaded(few) as data:
        page = report(data, policy)
    cells = table(page, "race")
    assert all(list(row) == ["Finished"] for row in cells.values())
    if policy == "internal":
        assert set(cells) == {"Asian", "Black", "Declined", "Native", "Other", "White", "Not recorded", "All episodes"}
        assert "too few to say" in cells["Native"]["Finished"]
    else:
        assert not [cell for row in cells.values() for cell in row.values() if cell == "not shown"]


def test_the_column_of_the_page_is_no_column_of_strata(program):
    """Page one is by it already."""
    page = report(program, by="sex")
    assert [block.table.heads[0] for block in blocks(page, TableBlock)] == ["Race"]


def test_bands_stand_in_their_order(frame):
    """Ages go from the youngest to the oldest."""
    ages = np.random.default_rng(9).choice(["65+", "18-25", "<18", "26-64"], len(frame))
    with loaded(frame.assign(age_group=ages)) as data:
        assert list(table(report(data), "age_group")) == ["<18", "18-25", "26-64", "65+", "All episodes"]


def test_every_outcome_is_that_of_page_one(program):
    """The same five, in their order."""
    page = report(program)
    heads = next(block.table.heads for block in blocks(page, TableBlock))
    assert heads == ("Sex", "Finished", "Reliably better, PHQ-9", "Reliably worse, PHQ-9", "Both scores, PHQ-9")


@pytest.mark.parametrize(("policy", "why"), [("none", "too few"), ("cms11", "too few")])
def test_before_anybody_is_discharged_each_column_says_why_it_has_no_table(policy, why):
    """All still in care: a sentence for each column, no table without a number, no chart without a point."""
    with loaded(rows(120, discharge_reason=["active"] * 120, phq9_admit=None, phq9_discharge=None)) as data:
        page = report(data, policy)
    assert not blocks(page, TableBlock) and not blocks(page, Figure)
    assert [block.words for block in blocks(page, Text) if ":" in block.words] == [
        f"{column}: no group can be compared with the others: {why}." for column in ("Sex", "Race")
    ]


def test_chance_is_of_the_outcomes_that_are_compared():
    """Outcomes in the columns of the tables, and none that stands beside them without a word, as transfers do."""
    seen = ["20" if i % 5 == 0 else "" for i in range(400)]
    with loaded(rows(400, follow_up_days=200, readmission_psychiatric_days_after=seen)) as data:
        page = report(data)
    compared = sum(
        any("difference" in row[at] or "er: " in row[at] for row in block.table.rows)
        for block in blocks(page, TableBlock)
        for at in range(1, len(block.table.heads))
    )
    (note,) = [block.words for block in blocks(page, Note) if "chance alone" in block.words]
    assert f"Each of the {compared} outcomes is judged by itself" in note
