"""Takes tiny tables, gives who is in each group: one test for each clause of the definition."""

import math

import pytest

from iop_outcomes.columns import Column
from iop_outcomes.evaluate import evaluate
from iop_outcomes.measures import find
from iop_outcomes.measures.categories import categories
from iop_outcomes.measures.participants import participants, participants_baseline
from iop_outcomes.stats.balance import of_categories, of_means
from tests.measures.test_categories import merged
from tests.spec.tables import loaded


def table(cells, head="track sex"):
    """Episodes from "track value" and how many of each."""
    return "\n".join([head, *(row for row, n in cells.items() for _ in range(n))])


def mix(text, column="sex", **options):
    """The estimates of a characteristic by level and estimand."""
    with loaded(text) as data:
        found = categories(data.count([Column(column)]), column)
        return {(e.level, e.estimand): e for e in evaluate(participants(column, found, **options), data, by="track")}


def severity(text, **options):
    """The estimates of PHQ-9 at admission by level and estimand."""
    with loaded(text) as data:
        measure = participants_baseline(data.scales["phq9"], **options)
        return {(e.level, e.estimand): e for e in evaluate(measure, data, by="track")}


# -- the mix -----------------------------------------------------------------------------------------------------------


def test_shares_are_of_those_recorded_and_blanks_are_counted():
    """Three of four known are female, and one blank stands beside them; not recorded is a share of everyone."""
    found = mix(table({"mh female": 3, "mh male": 1, "mh .": 1}))
    female, blank = found["mh", "share_Female"], found["mh", "not_recorded"]
    assert (female.k, female.n, female.n_missing, female.excluded, female.value) == (3, 4, 1, 0, 0.75)
    assert (blank.k, blank.n, blank.value) == (1, 5, 0.2)


def test_everyone_admitted_counts():
    """Still in care, never started, died: people are who they are when they come."""
    found = mix("track sex discharge_reason los_days\nmh female active .\nmh female not_started 0\nmh male died 3\nmh male completed 9\n")
    assert (found["All", "share_Female"].k, found["All", "share_Female"].n) == (2, 4)


def test_the_largest_difference_is_a_number_about_everyone():
    """Tracks of 20, 20 and 40; the furthest apart are the first two, and no track has a number of its own."""
    text = table({"a female": 15, "a male": 5, "b female": 5, "b male": 15, "c female": 20, "c male": 20})
    found = mix(text)
    assert found["All", "largest_difference"].value == pytest.approx(0.5 / math.sqrt(0.1875), abs=1e-12)
    assert [level for level, name in found if name == "largest_difference"] == ["All"]
    assert math.isnan(found["All", "largest_difference"].low)


def test_small_tracks_and_episodes_without_a_track_are_not_compared():
    """Ten episodes of one kind, and thirty without a track, do not make the tracks differ."""
    text = table({"a female": 15, "a male": 15, "b female": 15, "b male": 15, "c male": 10, ". male": 30})
    assert mix(text)["All", "largest_difference"].value == 0


def test_blanks_make_no_track_large():
    """A track is as large as what is recorded in it: ten known of forty are too few."""
    found = mix(table({"a female": 15, "a male": 15, "b male": 9, "b female": 1, "b .": 30}))["All", "largest_difference"]
    assert (math.isnan(found.value), "one_group" in found.flag) == (True, True)


@pytest.mark.parametrize(
    ("cells", "flag"),
    [
        ({"a female": 20}, "one_group"),
        ({"a female": 20, "b female": 20}, "no_spread"),
        ({"a female": 20, "b male": 20}, "no_overlap"),
    ],
)
def test_why_there_is_no_difference(cells, flag):
    """Every reason has its flag, and no number is infinite."""
    found = mix(table(cells))["All", "largest_difference"]
    assert math.isnan(found.value)
    assert flag in found.flag


def test_the_difference_is_of_all_categories_whatever_is_shown():
    """Rare categories shown together: shares of the merged ones, the difference of all, in its word alone, and a note says so."""
    cells = {"a x": 30, "a y": 20, "a z": 5, "b x": 20, "b y": 30, "b z": 30}
    shown = {"X": ("x",), "Y or Z": ("y", "z")}
    found = mix(table(cells), shown=shown)
    largest = found["All", "largest_difference"]
    assert largest.value == pytest.approx(of_categories([30, 20, 5], [20, 30, 30]), abs=1e-12)
    assert largest.word == "differs"
    assert {name for _, name in found} == {"not_recorded", "share_X", "share_Y or Z", "largest_difference"}
    assert (found["a", "share_Y or Z"].k, found["a", "share_Y or Z"].n) == (25, 55)
    measure = participants("sex", {"X": ("x",), "Y": ("y",), "Z": ("z",)}, shown=shown)
    assert measure.definition.estimand("largest_difference").word_only
    assert "word alone" in measure.definition.notes[0]


@pytest.mark.parametrize(
    ("cells", "word"),
    [
        ({"a x": 50, "a y": 50, "b x": 51, "b y": 49}, "similar"),
        ({"a x": 50, "a y": 50, "b x": 58, "b y": 42}, "differs a little"),
        ({"a x": 50, "a y": 50, "b x": 80, "b y": 20}, "differs"),
        ({"a x": 50, "b y": 50}, "differs"),  # nothing in common is further apart than any number
        ({"a x": 50, "b x": 50}, ""),
    ],
)
def test_the_word_of_the_largest_difference(cells, word):
    """Below 0.10 similar, from 0.25 on differs."""
    assert mix(table(cells))["All", "largest_difference"].word == word


def test_all_is_the_only_level_without_a_column_to_compare_by():
    """Without groups there is a mix, and no difference."""
    with loaded(table({"a female": 3, "a male": 1})) as data:
        found = evaluate(participants("sex", {"Female": ("female",), "Male": ("male",)}), data)
    assert [e.estimand for e in found] == ["not_recorded", "share_Female", "share_Male"]


# -- severity at admission ---------------------------------------------------------------------------------------------

SCORED = "track phq9_admit phq9_discharge discharge_reason los_days\n"


def scored(track, scores):
    """Rows of completed episodes without discharge score."""
    return "".join(f"{track} {score} . completed 9\n" for score in scores)


def test_severity_needs_no_discharge():
    """An active episode and one that never started count; one without a score is missing."""
    text = SCORED + "a 10 . active .\na 14 . not_started 0\na . 5 completed 9\na 12 6 completed 9\n"
    found = severity(text)
    mean, sd = found["a", "mean_admit"], found["a", "sd_admit"]
    assert (mean.value, mean.n, mean.n_missing, mean.excluded) == (12, 3, 1, 0)
    assert sd.value == pytest.approx(2, abs=1e-12)


def test_severity_has_a_t_interval():
    """10, 12, 14: standard error 2 / sqrt(3), t quantile of 2 degrees of freedom 4.302653."""
    mean = severity(SCORED + scored("a", [10, 12, 14]))["a", "mean_admit"]
    assert mean.high - mean.value == pytest.approx(4.302653 * 2 / math.sqrt(3), abs=1e-5)


def test_the_difference_of_severity_is_in_pooled_sds():
    """Means 12 and 14; SDs from squared distances of 20 x 4 and 20 x 1 over 19."""
    found = severity(SCORED + scored("a", [10, 14] * 10) + scored("b", [13, 15] * 10) + scored("c", [27] * 10))
    expected = of_means(12, math.sqrt(80 / 19), 14, math.sqrt(20 / 19))
    assert found["All", "largest_difference"].value == pytest.approx(expected, abs=1e-12)
    assert expected == pytest.approx(2 / math.sqrt(50 / 19), abs=1e-12)


def test_levels_without_a_group_are_not_compared_in_severity():
    """Two tracks are alike; episodes without a track, far from both, are no group."""
    text = SCORED + scored("a", [10, 14] * 10) + scored("b", [10, 14] * 10) + scored(".", [20, 24] * 10)
    assert severity(text)["All", "largest_difference"].value == 0


def forms(text):
    """The coarser forms of PHQ-9 at admission."""
    with loaded(text) as data:
        results = evaluate(participants_baseline(data.scales["phq9"]), data, by="track")
        return list(results.coarser())


def test_coarse_severity_is_rounded_and_has_no_interval():
    """A mean of 34/3 is 11.3, without error or limits, and still of 15 scores of 16 episodes."""
    text = SCORED + scored("a", [10, 12, 12] * 5) + "a . . completed 9\n"
    (form,) = forms(text)
    mean, sd = ({(e.level, e.estimand): e for e in form}["a", name] for name in ("mean_admit", "sd_admit"))
    assert (mean.value, mean.n, mean.n_missing) == (11.3, 15, 1)
    assert sd.value == 1.0
    assert all(math.isnan(number) for number in (mean.se, mean.low, mean.high))
    assert form.definition.notes[-1] == form.definition.coarse != ""
    exact = severity(text)["a", "mean_admit"]
    assert exact.value == pytest.approx(34 / 3, abs=1e-12)
    assert exact.low < exact.value < exact.high


@pytest.mark.parametrize(("scores", "flag"), [([], "no_scores"), ([7], "one_score"), ([7, 7], "sd_zero")])
def test_severity_that_cannot_be_given_says_why(scores, flag):
    """No score, one score, no spread."""
    mean = severity(SCORED + scored("a", scores) + "a . . completed 9\n")["a", "mean_admit"]
    assert flag in mean.flag


# -- coarser forms -----------------------------------------------------------------------------------------------------


def test_a_coarser_form_is_the_sum_of_the_finer():
    """Numerators and denominators against rows counted here: of those recorded, or of everyone where blanks are a category."""
    cells = {("x", "a"): 30, ("x", "b"): 12, ("x", "c"): 5, ("x", None): 2, ("y", "a"): 20, ("y", "b"): 3, ("y", "c"): 9}
    text = table({f"{track} {level or '.'}": n for (track, level), n in cells.items()})
    with loaded(text) as data:
        results = evaluate(participants("sex", categories(data.count([Column("sex")]), "sex")), data, by="track")
        forms = list(results.coarser())
    assert len(forms) == 7  # each but the finest twice: of all admitted, and of the episodes that completion is of
    assert len(merged(cells)) == 3
    for form, parts in zip(forms[1::2], merged(cells), strict=True):
        everyone = {level for part in parts.values() for level in part}
        for name, part in parts.items():
            for track in ("x", "y"):
                estimate = next(e for e in form if (e.level, e.estimand) == (track, f"share_{name}"))
                assert estimate.k == sum(cells.get((track, level), 0) for level in part)
                assert estimate.n == sum(n for (where, level), n in cells.items() if where == track and level in everyone)
        assert next(e.word for e in form if e.estimand == "largest_difference") == next(
            e.word for e in results if e.estimand == "largest_difference"
        )


def test_a_form_of_the_episodes_that_completion_is_of():
    """Still in care, never started, died or without a reason are counted beside; the word of the difference is that of all admitted."""
    ends = {"completed": 14, "dropped_out": 11, "transferred_step_up": 2, "died": 1, "not_started": 2, "active": 3, ".": 4}
    cells = {(track, sex, reason): n + (track == "x") for track in "xy" for sex in ("a", "b", ".") for reason, n in ends.items()}
    with loaded(table({" ".join(cell): n for cell, n in cells.items()}, head="track sex discharge_reason")) as data:
        results = evaluate(participants("sex", categories(data.count([Column("sex")]), "sex")), data, by="track")
        form = next(results.coarser())
        completion = evaluate(find("completion"), data, by="track")
    ended = ("completed", "dropped_out", "transferred_step_up")
    for track in ("x", "y"):
        for sex in ("a", "b"):
            estimate = next(e for e in form if (e.level, e.estimand) == (track, f"share_{sex.upper()}"))
            assert estimate.k == sum(n for (where, which, reason), n in cells.items() if (where, which) == (track, sex) and reason in ended)
            assert estimate.n == sum(
                n for (where, which, reason), n in cells.items() if where == track and which != "." and reason in ended
            )
            people = form.populations[track, estimate.key]
            rate = completion.populations[track, completion.estimates[0].key]
            assert {part: people.parts[part] for part in ("died", "active", "missing_reason")} == {
                part: rate.parts[part] for part in ("died", "active", "missing_reason")
            }
            assert sum(people.parts.values()) == sum(rate.parts.values())
    words = [next(e.word for e in each if e.estimand == "largest_difference") for each in (results, form)]
    assert words[0] == words[1]


def test_blanks_in_a_category_are_not_beside_it():
    """A category of those not recorded and others is of everyone: no number of those not recorded, which would be 0, stands beside it."""
    text = table({"a female": 15, "a male": 9, "a .": 3, "b female": 12, "b male": 12})
    held = {"Female": ("female",), "Male or not recorded": ("male", None)}
    found = mix(text, shown=held)
    assert (found["All", "share_Male or not recorded"].k, found["All", "share_Male or not recorded"].n) == (24, 51)
    assert not [name for _, name in found if name == "not_recorded"]
