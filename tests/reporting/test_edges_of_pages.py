"""Takes small programs at the edges, gives proof that a page says no more, no less and nothing else than they hold."""

import re
from html import unescape

import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.reporting.blocks import Bullets, Figure, Text
from tests.pages import both_files


def page(episodes, *, events=None, policy="none", by="track", **data):
    """The words of the report of some episodes, its page and its file of methods, on one line."""
    frames = {"episodes": pd.DataFrame(episodes)} | ({} if events is None else {"events": pd.DataFrame(events)})
    with iop.load(frames, mapping={"data": {"class": "synthetic", **data}}) as loaded:
        html = both_files(iop.report(loaded, by=by, policy=policy))
    return " ".join(unescape(re.sub(r"<style.*?</style>|<[^>]+>", " ", html, flags=re.S)).split())


def episodes(**tracks):
    """Episodes of tracks: how many completed and how many left, by track."""
    rows = []
    for track, (done, left) in tracks.items():
        for i in range(done + left):
            reason = "completed" if i < done else "dropped_out"
            rows.append({"episode_id": f"{track}{i}", "track": track, "discharge_reason": reason, "los_days": 20 + i % 9})
    return rows


def returns(rows, days):
    """A readmission of the first episodes of each track on the days given, by track."""
    found = []
    for track, when in days.items():
        own = [row["episode_id"] for row in rows if row["track"] == track]
        found += [{"episode_id": e, "event": "readmission_psychiatric", "days_after_discharge": d} for e, d in zip(own, when, strict=False)]
    return found


@pytest.fixture(scope="module")
def transferring():
    """40 of 100 in a back on day 1 and 12 on day 40; 15 and 40 in b."""
    rows = [row | {"follow_up_days": 200} for row in episodes(a=(50, 50), b=(50, 50))]
    return rows, returns(rows, {"a": [1] * 40 + [40] * 12, "b": [1] * 15 + [40] * 40})


def test_transfers_are_compared_on_the_page(transferring):
    """A rate that is lower where more were transferred does not stand alone."""
    rows, events = transferring
    words = page(rows, events=events)
    assert "Readmission, in hospital again on days 0 to 2 (transfer): each track against the others together" in words
    assert re.search(r"A 100 40% 25 \d+ to \d+ higher", words)
    assert "Each of the 2 outcomes" not in words  # completion, readmission and transfers
    assert "Each of the 3 outcomes" in words


def test_transfers_stand_in_every_sentence_of_a_comparison(transferring):
    """The sentences name who was transferred more, beside who was readmitted more."""
    rows, events = transferring
    with iop.load({"episodes": pd.DataFrame(rows), "events": pd.DataFrame(events)}, mapping={"data": {"class": "synthetic"}}) as data:
        answer = iop.compare(data, measure="readmission", estimand="cumulative_incidence", by="track", at=90)
        said = answer.sentence()
        frame = answer.to_frame()
    assert "higher in B" in said
    assert "In hospital again on days 0 to 2 (transfer): higher in A than in the others together (40%" in said
    assert set(frame[frame.contrast == "minus_others"].estimand) == {"cumulative_incidence", "transfer_0_2"}


def test_relapse_is_what_happened_after_discharge(transferring):
    """A study of relapse alone is not said to have recorded nothing."""
    rows = transferring[0]
    relapses = [{"episode_id": row["episode_id"], "event": "relapse", "days_after_discharge": 30} for row in rows[:40]]
    words = page(rows, events=relapses)
    assert "what happened after discharge is not recorded" not in words
    assert "Relapsed by day 90 20%" in words


@pytest.mark.parametrize("policy", ["none", "cms11"])
def test_one_group_is_not_told_how_groups_are_judged(policy):
    """Nothing is compared: no rule of words, no chance of one, no gap between groups."""
    words = page(episodes(a=(60, 40)), policy=policy)
    for said in ("Higher and lower are said", "chance alone", "gap between groups", "treat different people"):
        assert said not in words


def test_no_word_no_chance_of_one():
    """Two groups of which one is too few: no word is printed, and no chance of one."""
    words = page(episodes(a=(60, 40), b=(3, 2)))
    assert "about 0 of 100" not in words
    assert "chance alone" not in words


def test_episodes_without_a_group_are_no_group():
    """Three tracks and 15 blanks are three groups."""
    rows = episodes(a=(30, 20), b=(30, 20), c=(30, 20))
    blank = [row | {"episode_id": f"x{i}", "track": None} for i, row in enumerate(rows[:15])]
    words = page(rows + blank)
    assert "165 episodes in 3 groups by track, and some without one" in words
    assert "150 episodes without a track. " in page([row | {"track": None} for row in rows])


def test_cards_of_withheld_numbers_read_well():
    """Three rows under cms11: of episodes, and no number."""
    words = page(episodes(a=(2, 1)), policy="cms11")
    assert "not shown of discharged episodes" in words and "how many is not shown" not in words.partition("Each track")[0]
    assert not re.search(r"of [a-z ]*episode(;| with|,)", words)


def test_a_stay_that_nobody_knows_has_no_half():
    """40 completed, no stay recorded."""
    rows = [{k: v for k, v in row.items() if k != "los_days"} | {"los_days": None} for row in episodes(a=(40, 0))]
    assert "no data to no data" not in page(rows)


def test_few_are_counted_not_given_as_percentages():
    """Under 20 episodes: counts in every sentence, what stands beside it included."""
    rows = [
        row | {"follow_up_days": 200, "phq9_admit": 15, "phq9_discharge": (22 if i == 0 else 14) if i < 4 else None}
        for i, row in enumerate(episodes(a=(8, 8)))
    ]
    words = page(rows, events=returns(rows, {"a": [1]}))
    assert "1 of 4 became reliably worse" in words
    assert "1 of 16 was in hospital again on days 0 to 2" in words
    assert "12 of 16 lack a score" in words


def test_what_is_withheld_is_not_said_to_rest_on_few():
    """95 of 100 pairs improved: the 5 are the reason, not the 100."""
    rows = [row | {"phq9_admit": 18, "phq9_discharge": 6 if i < 95 else 18} for i, row in enumerate(episodes(a=(50, 50)))]
    words = page(rows, policy="cms11")
    assert "rests on too few episodes" not in words
    assert "is not shown, because a count in it, or one that could be worked out from it, is too small" in words


def test_why_there_is_no_share_of_those_followed_throughout():
    """Follow-up that stops at the event: the page says so, and not that follow-up is known throughout alone."""
    rows = [row | {"follow_up_days": 20 if i < 30 else 200} for i, row in enumerate(episodes(a=(50, 50)))]
    words = page(rows, events=returns(rows, {"a": [20] * 30}))
    assert (
        "The share of those followed throughout cannot be given: follow-up stops at the event, and no dates say how long each could have been followed"
        in words
    )


def test_white_is_explained_where_there_is_white():
    """Nothing withheld: no word of white."""
    assert "White: the rest, too small" not in page(episodes(a=(60, 40), b=(50, 50)))
    assert "White: the rest, too small" in page(episodes(a=(60, 40), b=(96, 4)), policy="cms11")


def test_groups_that_are_no_tracks_are_not_called_so():
    """By modality: groups hold different people."""
    rows = [row | {"modality": row["track"]} for row in episodes(virtual=(60, 40), in_person=(50, 50))]
    words = page(rows, by="modality")
    assert "Groups hold different people" in words
    assert "Tracks treat" not in words


def test_severity_says_whose_it_is():
    """The mean beside a comparison is of everyone admitted with a score, not of the pairs."""
    rows = [
        row | {"phq9_admit": 12 + i % 8, "phq9_discharge": 6 + i % 5 if i % 3 else None}
        for i, row in enumerate(episodes(a=(60, 40), b=(50, 50)))
    ]
    assert "PHQ-9 at admission: mean, of everyone admitted with a score" in page(rows)


def test_a_p_value_that_is_missing_says_what_is_few():
    """One patient with 40 episodes and nine with one are ten patients, but few effective ones."""
    rows = episodes(a=(25, 24), b=(30, 20))
    for i, row in enumerate(rows):
        row |= {"follow_up_days": 200, "patient_id": f"p{max(i - 39, 0)}"}
    words = page(rows, events=returns(rows, {"a": [30, 40, 50] * 4, "b": [20, 60] * 6}))
    assert "fewer than 10 patients" not in words
    assert "fewer than 10 effective patients" in words
    assert "1 degree of freedom" in words


def test_one_missing_reason_is_one_episode():
    """Singular."""
    rows = episodes(a=(60, 40))
    rows[0]["discharge_reason"] = None
    assert "is missing in 1 episode." in page(rows)


def test_each_day_is_compared_in_words_of_its_own():
    """50 against 10 of 100 back on day 60: not by day 30, and higher by 90 and 180; no day speaks for another."""
    rows = [row | {"follow_up_days": 365} for row in episodes(a=(50, 50), b=(50, 50))]
    events = pd.DataFrame(returns(rows, {"a": [60] * 50, "b": [60] * 12}))
    with iop.load({"episodes": pd.DataFrame(rows), "events": events}, mapping={"data": {"class": "synthetic"}}) as data:
        said = iop.compare(data, measure="readmission", by="track", at=[30, 90]).sentence(policy="none")
    assert "Readmitted by day 30: no track differed" in said
    assert "Readmitted by day 90: higher in A" in said


def test_worsening_is_compared_wherever_improvement_is():
    """40 of 100 in a worse by as much, none in b: the same number better in both."""
    rows = []
    for i, row in enumerate(episodes(a=(50, 50), b=(50, 50))):
        place = i % 100
        after = 4 if place < 60 else 24 if place >= 60 and row["track"] == "a" else 14
        rows.append(row | {"phq9_admit": 14, "phq9_discharge": after})
    with iop.load({"episodes": pd.DataFrame(rows)}, mapping={"data": {"class": "synthetic"}}) as data:
        answer = iop.compare(data, measure="reliable_change", scale="phq9", estimand="reliable_improvement", by="track")
        said = answer.sentence(policy="none")
    assert "Reliably better: no track differed" in said
    assert "Reliably worse: higher in A than in the others together (40%" in said


def test_no_member_of_a_closed_set_leaks_into_a_frame():
    """Plain strings in every cell of words, released or not, and in the table of those at risk."""
    rows = [row | {"follow_up_days": 365} for row in episodes(a=(50, 50))]
    events = pd.DataFrame(returns(rows, {"a": [60] * 20}))
    with iop.load({"episodes": pd.DataFrame(rows), "events": events}, mapping={"data": {"class": "synthetic"}}) as data:
        for answer in (iop.readmission(data), iop.completion(data, by="track")):
            frames = [answer.to_frame(), answer.release("none").to_frame(), answer.at_risk]
            cells = {type(cell) for frame in frames for column in frame.select_dtypes("object") for cell in frame[column].dropna()}
            assert cells <= {str}, cells


def test_a_base_that_is_smaller_says_by_how_many():
    """One blank reason of 40: the 39 of the sentence are not all who were discharged."""
    rows = episodes(a=(39, 1))
    rows[39]["discharge_reason"] = None
    assert (
        "39 of 39 discharged episodes (100%) ended in planned completion; the plausible range is 91% to 100%. Of 1 more, the discharge reason is not known."
        in page(rows)
    )
    rows = episodes(a=(60, 40))
    rows[0]["discharge_reason"] = None
    assert "Of some more, how many is not shown, the discharge reason is not known." in page(rows, policy="cms11")


def test_a_chart_of_nothing_is_its_headline():
    """All still in care: neither a chart nor a table that has not one number; who is at risk is said of what."""
    rows = [row | {"discharge_reason": "active", "phq9_admit": 15, "phq9_discharge": None} for row in episodes(a=(30, 30), b=(30, 30))]
    with iop.load({"episodes": pd.DataFrame(rows)}, mapping={"data": {"class": "synthetic"}}) as data:
        report = iop.report(data, policy="none")
        assert not any(isinstance(block, Figure) for part in report.sections for block in part.blocks)
        assert [block.words for block in report.section("completion").blocks if isinstance(block, Text)] == [
            "Completed cannot be given: no data (discharged episodes with a known reason, without deaths and without those that never started: none)."
        ]
        (worse, _) = next(block for block in report.section("at_risk").blocks if isinstance(block, Bullets)).sentences
    assert worse.startswith("Reliable change in PHQ-9: reliably worse cannot be given: no data (") and worse.endswith(": none).")
