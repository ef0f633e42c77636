"""Takes the spreadsheet that most programs keep, one row per episode and nothing else, gives proof that all of it is read."""

import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.intake.proposal_lines import TO_FINISH
from iop_outcomes.intake.propose import propose
from iop_outcomes.intake.synonyms import match_columns

CUTOFF = {"class": "limited_data_set", "cutoff": "2025-12-31"}
NUMBERED = {"data": CUTOFF, "episode_id": {"rule": "row_number"}, "follow_up_days": {"rule": "to_cutoff"}}


def rows(n=60):
    """Episodes of 20 to 49 days; every fourth was readmitted, 5 to 64 days after discharge."""
    places = pd.Series(range(n))
    admitted = pd.Timestamp("2025-01-06") + pd.to_timedelta(places % 90, "D")
    left = admitted + pd.to_timedelta(20 + places % 30, "D")
    back = left + pd.to_timedelta(5 + places, "D")
    return pd.DataFrame(
        {
            "track": ["mood", "trauma"] * (n // 2),
            "discharge_reason": ["completed", "dropped_out", "completed"] * (n // 3),
            "admit_date": admitted.dt.strftime("%Y-%m-%d"),
            "discharge_date": left.dt.strftime("%Y-%m-%d"),
            "readmission_psychiatric_date": back.dt.strftime("%Y-%m-%d").where(places % 4 == 0),
        }
    )


def refused(frame, mapping=NUMBERED):
    """The errors of what may not be loaded."""
    with pytest.raises(iop.DataError) as caught:
        iop.load(frame, mapping=mapping)
    return {(each.rule, each.column, each.lines) for each in caught.value.findings if each.severity == "error"}


def shares(source, mapping=NUMBERED):
    """Readmission with numerators and denominators."""
    with iop.load(source, mapping=mapping) as data:
        return iop.readmission(data, by="track").to_frame()[["level", "estimand", "time", "value", "n", "k"]].to_csv()


def test_the_date_of_an_event_is_its_day_and_its_sign():
    """As with a day and a sign beside the episode, and as with a table of events."""
    frame = rows()
    back = pd.to_datetime(frame["readmission_psychiatric_date"])
    day = (back - pd.to_datetime(frame["admit_date"])).dt.days.astype("Int64")
    plain = frame.drop(columns="readmission_psychiatric_date")
    beside = plain.assign(readmission_psychiatric_day=day, readmission_psychiatric_observed=day.notna().astype(int))
    of_ids = {key: value for key, value in NUMBERED.items() if key != "episode_id"}
    ids = plain.assign(episode_id=[f"e{place}" for place in range(len(plain))])
    events = pd.DataFrame(
        {"episode_id": ids["episode_id"], "event": "readmission_psychiatric", "date": frame["readmission_psychiatric_date"]}
    )
    assert shares(frame) == shares(beside) == shares({"episodes": ids, "events": events.dropna()}, of_ids)
    with iop.load(frame, mapping=NUMBERED) as data:
        by_day_30 = iop.readmission(data, at=[30]).to_frame().query("estimand == 'fully_observed_rate'").iloc[0]
    after = (back - pd.to_datetime(frame["discharge_date"])).dt.days
    assert (by_day_30.k, by_day_30.n) == (int((after <= 30).sum()), len(frame))


def test_a_sign_beside_the_date_decides():
    """With a 0 the date is the last one observed, and nobody was readmitted on it."""
    frame = rows().assign(readmission_psychiatric_observed=0)
    with iop.load(frame, mapping=NUMBERED) as data:
        assert (iop.readmission(data).to_frame().query("estimand == 'fully_observed_rate'")["k"] == 0).all()


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"readmission_psychiatric_date": "2025-01-01"}, ("negative_day", "readmission_psychiatric_date", (1,))),
        ({"readmission_psychiatric_date": "soon"}, ("invalid_date", "readmission_psychiatric_date", (1,))),
        ({"admit_date": None}, ("event_without_day", "readmission_psychiatric_date", (1,))),
        ({"discharge_reason": "died"}, ("event_after_death", "readmission_psychiatric_date", (1,))),
    ],
)
def test_faults_of_a_date_are_said_of_its_column(change, found):
    """Before the admission, no date, without an admission to count from, after a death."""
    frame = rows()
    for column, value in change.items():
        frame.loc[0, column] = value
    assert found in refused(frame)


def test_a_day_and_a_date_that_disagree_are_an_error():
    """Where the file brings both."""
    frame = rows()
    back, admitted = pd.to_datetime(frame["readmission_psychiatric_date"]), pd.to_datetime(frame["admit_date"])
    frame["readmission_psychiatric_day"] = (back - admitted).dt.days
    assert shares(frame)  # the two agree
    frame.loc[4, "readmission_psychiatric_day"] += 1
    assert ("dates_disagree", "readmission_psychiatric_day", (5,)) in refused(frame)


def test_a_date_needs_the_admission_and_the_class():
    """Nothing to count from, and no dates under the strictest class."""
    frame = rows().drop(columns=["admit_date", "discharge_date"]).assign(los_days=30)
    mapping = {"data": CUTOFF, "episode_id": {"rule": "row_number"}}
    assert ("missing_column", "admit_date", ()) in refused(frame, mapping)
    strict = {"data": {"class": "safe_harbor"}, "episode_id": {"rule": "row_number"}}
    assert ("dates_not_allowed", "readmission_psychiatric_date", ()) in refused(frame, strict)


def test_rows_are_numbered_where_the_mapping_says_so():
    """Each row is an episode; two alike are both kept, and it is said."""
    frame = rows()
    with iop.load(frame, mapping=NUMBERED) as data:
        assert data.episodes == len(frame)
        assert not [each for each in data.findings if each.rule == "episode_alike"]
    with iop.load(pd.concat([frame, frame.head(1)]), mapping=NUMBERED) as data:
        assert data.episodes == len(frame) + 1
        assert [each.lines for each in data.findings if each.rule == "episode_alike"] == [(1, 61)]
    without = {key: value for key, value in NUMBERED.items() if key != "episode_id"}
    with pytest.raises(iop.DataError, match=r'episode_id: missing_column: .*\[episode_id\] rule = "row_number"'):
        iop.load(frame, mapping=without)


def test_rows_of_others_that_name_an_episode_cannot_be_of_numbered_ones():
    """By patient and date they can."""
    frame = rows().assign(patient_id=[f"p{place}" for place in range(60)])
    scores = pd.DataFrame({"episode_id": ["row_1"], "scale": "phq9", "day": 0, "score": 12})
    assert ("missing_column", "episode_id", ()) in refused({"episodes": frame, "scores": scores})
    dated = pd.DataFrame({"patient_id": ["p3"], "scale": "phq9", "date": frame.loc[3, "admit_date"], "score": 12})
    with iop.load({"episodes": frame, "scores": dated}, mapping=NUMBERED) as data:
        assert data.episodes == 60


@pytest.mark.parametrize("other", [{"contacts": {"rule": "gap_days"}}, {"data": CUTOFF | {"counts": "n"}}, {"data": {"layout": "redcap"}}])
def test_only_rows_that_are_episodes_are_numbered(other):
    """Contacts, counts and other systems' layouts have ids of their own, or none."""
    with pytest.raises(iop.DataError, match=r"\[episode_id\]: only rows that are one episode each are numbered"):
        iop.load(rows(), mapping=NUMBERED | other)


def test_ages_become_bands():
    """As pandas cuts them; a blank stays one, and no column needs to be declared."""
    ages = [11, 17, 18, 25, 26, 64, 65, 89, None, 40] * 6
    mapping = NUMBERED | {"age_group": {"rule": "bands", "column": "age", "starts": [18, 26, 65]}}
    with iop.load(rows().assign(age=pd.array(ages, dtype="Int64")), mapping=mapping) as data:
        found = iop.completion(data, by="age_group").to_frame().query("estimand == 'completion_strict'").set_index("level")["n"]
    cut = pd.Series(pd.cut(pd.Series(ages), [0, 18, 26, 65, 200], right=False, labels=["0-17", "18-25", "26-64", "65+"])).value_counts()
    assert {level: found[level] for level in cut.index} == cut.to_dict()
    assert found["(missing)"] == 6
    lacking = mapping | {"age_group": {"rule": "bands", "column": "years", "starts": [18]}}
    assert ("missing_column", "years", ()) in refused(rows(), lacking)


@pytest.mark.parametrize("starts", [[], [26, 18], [18, 18], [0, 18], ["18"], 18, [True]])
def test_bands_rise(starts):
    """What is no list of rising ages is refused, with one that is."""
    with pytest.raises(iop.DataError, match=r"\[age_group\]: starts must list .* as in starts = \[18, 26, 45, 65\]"):
        iop.load(rows(), mapping=NUMBERED | {"age_group": {"rule": "bands", "column": "age", "starts": starts}})


def test_the_mapping_is_proposed(tmp_path):
    """Names as a clinic writes them: the dates of events, ages, words for no value, and that rows may be numbered."""
    frame = rows().rename(columns={"admit_date": "Admit Date", "discharge_date": "DC Date", "readmission_psychiatric_date": "Readmit Date"})
    frame["Date of Relapse"], frame["Age at Admission"], frame["PHQ-9 Admit"] = frame["Readmit Date"], 30, ["N/A", 12] * 30
    frame.to_csv(tmp_path / "export.csv", index=False)
    text = propose(tmp_path).text
    assert f'{TO_FINISH} readmission_psychiatric_date = "Readmit Date"    # a guess by its spelling; or readmission_other_date' in text
    assert 'relapse_date = "Date of Relapse"' in text and 'phq9_admit = ["N/A"]' in text
    assert '# [episode_id]\n# rule = "row_number"' in text and 'age = "Age at Admission"' in text
    assert '[age_group]\nrule = "bands"\ncolumn = "age"\nstarts = [12, 15, 18, 26, 40, 65]' in text and "not known, so not read" not in text
    finished = text.replace(f'{TO_FINISH} class = ""', 'class = "synthetic"').replace(f"{TO_FINISH} readmission", "readmission")
    finished = finished.replace("# [episode_id]\n# rule", "[episode_id]\nrule").replace(f'{TO_FINISH} episode_id = ""', "#")
    (tmp_path / "mapping.toml").write_text(finished)
    with iop.load(tmp_path) as data:
        assert (data.episodes, data.groups[-1]) == (60, "age_group")


def test_ages_that_are_none_are_left_to_a_person(tmp_path):
    """A word among them, or ids of a table that names its episodes."""
    frame = rows().assign(age=[*range(18, 77), "adult"])
    frame.to_csv(tmp_path / "episodes.csv", index=False)
    assert "age_group" not in propose(tmp_path).text
    (tmp_path / "scores.csv").write_text("episode_id,scale,day,score\n1,phq9,0,12\n")
    assert "row_number" not in propose(tmp_path).text


def test_days_to_an_event_are_its_days_after_discharge():
    """As many as the dates give; blank is not seen, and without an end of follow-up those with the event are no population of their own."""
    stays = [10 + place % 30 for place in range(60)]
    days = [7 + place if place % 3 == 0 else None for place in range(60)]
    base = pd.DataFrame(
        {
            "episode_id": [f"e{place}" for place in range(60)],
            "track": "mood",
            "discharge_reason": "completed",
            "admit_date": "2024-01-10",
            "discharge_date": [(pd.Timestamp("2024-01-10") + pd.Timedelta(days=stay)).date().isoformat() for stay in stays],
        }
    )
    dates = [
        None if day is None else (pd.Timestamp(left) + pd.Timedelta(days=day)).date().isoformat()
        for left, day in zip(base.discharge_date, days, strict=True)
    ]
    frames = []
    for column in ({"readmission_psychiatric_days_after": pd.array(days, "Int64")}, {"readmission_psychiatric_date": dates}):
        with iop.load(base.assign(**column), mapping={"data": CUTOFF, "follow_up_days": {"rule": "to_cutoff"}}) as data:
            frames.append(iop.readmission(data, at=(30,)).to_frame())
        with (
            iop.load(base.assign(**column), mapping={"data": CUTOFF}) as data,
            pytest.raises(iop.NotAssessableError, match="no end of follow-up"),
        ):
            iop.readmission(data, at=(30,))
    pd.testing.assert_frame_equal(*frames)
    first = frames[0][frames[0].estimand == "cumulative_incidence"]
    assert first.value.tolist() == [pytest.approx(sum(day is not None and day <= 30 for day in days) / 60)]
    proposed = {
        match.to: match.how
        for match in match_columns("episodes", ["Days to Readmission", "days from discharge to relapse", "Days since admission"], {})
    }
    assert proposed == {"readmission_psychiatric_days_after": "guess", "relapse_days_after": "synonym", "observed_days": "synonym"}
