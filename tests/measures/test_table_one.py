"""Takes whole numbers that are known of episodes, gives their mean and SD or quartiles: of whom, and how far groups are apart."""

import math
from statistics import mean, stdev

import numpy as np
import pytest

from iop_outcomes.columns import STATUS
from iop_outcomes.counts import Counts
from iop_outcomes.measures.table_one import RowQuantity, everyone, mean_of, quartiles_of
from iop_outcomes.scales import load_scales

AGES = [18, 22, 22, 30, 41, 41, 41, 55, 60, 71]


def counts_of(column, values, status="completed"):
    """Episodes with these values, None being blank."""
    return Counts.from_cells((STATUS, column), {(status, value): values.count(value) for value in set(values)})


def numbers(measure, counts):
    """The values of its drafts by name."""
    return {draft.key.estimand: draft.value for draft in measure.draft(counts)}


def test_everyone_is_counted_whatever_became_of_them():
    """All of all."""
    (draft,) = everyone().draft(Counts.from_cells((STATUS,), {("completed",): 3, ("active",): 2, ("not_started",): 1}))
    assert (draft.value, draft.population.n) == (1, 6)


def test_mean_and_quartiles_are_those_of_the_rows():
    """Blanks are counted beside; SD with n - 1, quartiles averaged where a share falls between two (type 2)."""
    age, counts = RowQuantity.of_column("age"), counts_of("age", [*AGES, None, None])
    found = numbers(mean_of(age), counts) | numbers(quartiles_of(age), counts)
    assert (found["mean_age"], found["sd_age"]) == pytest.approx((mean(AGES), stdev(AGES)))
    quartiles = [found[f"{name}_age"] for name in ("q1", "median", "q3")]
    assert quartiles == np.quantile(AGES, [0.25, 0.5, 0.75], method="averaged_inverted_cdf").tolist()
    people = mean_of(age).draft(counts)[0].population
    assert (people.n, people.n_missing) == (10, 2)


@pytest.mark.parametrize("values", [[], [40], [40, 40, 40]])
def test_nobody_one_and_all_alike(values):
    """No mean of nobody, no SD of one; of all alike it is 0 or not given, never negative."""
    counts = counts_of("age", [*values, None])
    found = numbers(mean_of(RowQuantity.of_column("age")), counts)
    assert math.isnan(found["mean_age"]) if not values else found["mean_age"] == 40
    assert math.isnan(found["sd_age"]) or (len(values) > 1 and found["sd_age"] == 0)


def test_what_is_known_after_the_end_is_of_those_who_have_ended():
    """A stay of somebody still in care, or who never started, is neither counted nor missing."""
    stay = RowQuantity.of_column("los_days")
    cells = {("completed", 10): 2, ("completed", None): 1, ("active", 90): 5, ("not_started", 0): 4}
    draft = mean_of(stay).draft(Counts.from_cells((STATUS, "los_days"), cells))[0]
    assert (draft.value, draft.population.n, draft.population.n_missing, draft.population.excluded) == (
        10,
        2,
        1,
        {"not_started": 4, "active": 5, "not_known": 0},
    )
    planned = mean_of(RowQuantity.of_column("planned_days")).draft(Counts.from_cells((STATUS, "planned_days"), {("active", 90): 5}))[0]
    assert (planned.value, planned.population.n) == (90, 5)


def test_how_far_apart_the_groups_are():
    """The largest difference of means over the pooled SD, about everyone; one group alone has none."""
    age = mean_of(RowQuantity.of_column("age"))
    younger, older = [age - 9 for age in AGES] * 2, AGES * 2
    levels = {"a": counts_of("age", younger), "b": counts_of("age", older)}
    values = [(level, draft.value) for level, draft in age.across(levels)]
    pooled = math.sqrt((np.var(younger, ddof=1) + np.var(older, ddof=1)) / 2)
    assert values == [("All", pytest.approx(9 / pooled))]
    (alone,) = age.across({"a": levels["a"]}) or [("All", None)]
    assert alone[1] is None or math.isnan(alone[1].value)


def test_words_and_units_of_a_row():
    """Days are days with their own title, another column is read, a score is of admission."""
    row = RowQuantity.of_column
    assert [(row(name).title, row(name).unit, row(name).ended) for name in ("los_days", "planned_days", "prior_stays")] == [
        ("Length of stay", "days", True),
        ("Planned length of the program", "days", False),
        ("Prior stays", "number", False),
    ]
    score = RowQuantity.of_scale(load_scales()["phq9"])
    assert (score.title, score.unit, score.column, score.ended) == ("PHQ-9 at admission", "points", "phq9_admit", False)
