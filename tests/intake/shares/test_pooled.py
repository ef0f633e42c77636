"""Takes programs that share counts, gives proof that their pool is what the rows together give, and that no share is believed unread."""

import csv
import io
import re

import numpy as np
import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.cli.program import exit_code
from iop_outcomes.columns import Column, ScoreAt, Status
from iop_outcomes.errors import DataError, NotAssessableError, UsageError

SITES = ("ash", "birch", "cedar", "elm", "fir")

MAPPING = {"data": {"class": "synthetic"}, "covariates": {"program": "category"}}


def rows(seed=7, n=400, patients=True):
    """Episodes of five programs with scores and relapses, whose patients return to the program they were in."""
    rng = np.random.default_rng(seed)
    program = rng.choice(SITES, n)
    stay = rng.integers(5, 60, n)
    follow_up = pd.array(rng.choice([20, 120, 400], n), dtype="Int64")
    episodes = pd.DataFrame(
        {
            "episode_id": [f"e{i}" for i in range(n)],
            "patient_id": [f"{site}{rng.integers(0, n // 10)}" for site in program],
            "program": program,
            "track": rng.choice(["mh", "su"], n),
            "discharge_reason": rng.choice(["completed", "dropped_out", "transferred_step_down", "died"], n, p=[0.6, 0.2, 0.18, 0.02]),
            "los_days": stay,
            "follow_up_days": follow_up,
            "period": rng.choice(["2024-Q1", "2024-Q2", "2024-Q3", "2024-Q4"], n),
        }
    )
    scores = pd.DataFrame(
        [(f"e{i}", "phq9", day, rng.integers(0, 28)) for i in range(n) for day in (0, stay[i]) if rng.random() < 0.9],
        columns=["episode_id", "scale", "day", "score"],
    )
    back = [i for i in range(n) if rng.random() < 0.3 and episodes.discharge_reason[i] != "died"]
    events = pd.DataFrame(
        [(f"e{i}", rng.choice(["relapse", "readmission_psychiatric"]), rng.integers(0, follow_up[i] + 1)) for i in back],
        columns=["episode_id", "event", "days_after_discharge"],
    )
    if not patients:
        episodes = episodes.drop(columns="patient_id")
    return {"episodes": episodes, "scores": scores, "events": events}


def shared(frames, folder, pack="payer", sites=SITES):
    """Each program loads its own rows and shares them."""
    paths = []
    for site in sites:
        ids = set(frames["episodes"].episode_id[frames["episodes"].program == site])
        own = {name: frame[frame.episode_id.isin(ids)] for name, frame in frames.items()}
        own["episodes"] = own["episodes"].drop(columns="program")
        with iop.load(own, mapping={"data": MAPPING["data"]}) as data:
            iop.share(data, name=site, pack=pack, policy="internal").save(folder / site)
        paths.append(folder / site)
    return paths


def written(report):
    """What a report prints, without where its numbers come from."""
    page = report.to_html()
    return report.to_csv(), re.sub(r'<meta name="inputs"[^>]*>', "", page)


@pytest.mark.parametrize(("by", "policy"), [("track", "internal"), pytest.param("program", "cms11", marks=pytest.mark.long)])
def test_five_programs_pooled_give_the_report_of_their_rows(network, by, policy):
    """Byte for byte, ranges by patient included: added together, and side by side under another policy than they shared under."""
    frames, paths = network
    with iop.load(frames, mapping=MAPPING) as together, iop.pool(paths) as pooled:
        assert pooled.facts.repeated == together.facts.repeated > 50
        one, other = (written(iop.report(data, by=by, pack="payer", policy=policy)) for data in (together, pooled))
        assert one[0] == other[0]
        assert one[1] == other[1]


@pytest.mark.long
def test_the_whole_report_of_five_programs_is_that_of_their_rows(tmp_path):
    """The same of every part of the usual report, its methods without the names of files."""
    frames = rows(11, 900)
    with iop.load(frames, mapping=MAPPING) as together, iop.pool(shared(frames, tmp_path, "program_quality")) as pooled:
        assert written(iop.report(together, by="program", policy="cms11")) == written(iop.report(pooled, by="program", policy="cms11"))


def test_tables_and_patients_are_those_of_the_rows(network):
    """To the last cell and combination, by sums over wider tables too, and of some programs alone."""
    frames, paths = network
    asked = [
        [],
        [Column("track")],
        [Column("program"), Status()],
        [ScoreAt("phq9", "discharge"), Column("track"), ScoreAt("gad7", "admit")],
    ]
    with iop.load(frames, mapping=MAPPING) as together, iop.pool(paths) as pooled:
        some = [data.where(program=["elm", "fir"]) for data in (together, pooled)]
        for one, other in [(together, pooled), some]:
            for requests in asked:
                left, right = one.count(requests), other.count(requests)
                assert list(left) == list(right)
                people = [data.engine.patients(requests) for data in (one, other)]
                assert [people[0].alone.tolist(), *map(list, (people[0].cell, people[0].start, people[0].n))] == [
                    people[1].alone.tolist(), *map(list, (people[1].cell, people[1].start, people[1].n)),
                ]  # fmt: skip


def test_no_id_and_no_row_is_shared(network):
    """Every file holds columns that were asked and numbers; each says who it is for."""
    frames, paths = network
    ids = {*frames["episodes"].episode_id, *frames["episodes"].patient_id}
    for path in paths[0].iterdir():
        text = path.read_text()
        assert "contains small numbers" in text
        assert not ids & set(re.findall(r"[\w-]+", text))


def test_without_patients_of_one_program_independence_is_assumed(network, tmp_path):
    """Said of every number, and by the program that shares."""
    without = rows(2, 60, patients=False)
    without["episodes"].program = "gum"
    with iop.pool([*network[1], *shared(without, tmp_path, sites=["gum"])]) as pooled:
        assert set(iop.completion(pooled).to_frame().flag) >= {"independence_assumed"}
        assert any("gum: patients do not go along" in rule for rule in pooled.provenance.rules)


def test_what_was_not_shared_is_named(network):
    """A column that no table is by, and a measure that the pack does not ask; the rest is answered."""
    with iop.pool(network[1]) as pooled:
        with pytest.raises(NotAssessableError, match=r"ash, birch, cedar, elm, fir did not share a table that answers it"):
            iop.measure(pooled, "reliability", scale="phq9")
        with pytest.raises(UsageError, match="no column"):
            iop.completion(pooled, by="sex")
        with pytest.raises(NotAssessableError, match="no rows"):
            pooled.engine.rows([Column("track")])


@pytest.mark.parametrize("seed", range(2))
def test_under_cms11_no_cell_of_a_few_goes_along(seed, tmp_path):
    """Every number of every table is at least 11, of whole groups; what goes along gives the completion of the rows."""
    episodes = rows(seed, 2_000)["episodes"].drop(columns="program")
    episodes["sex"] = np.where(episodes.los_days > 30, "female", "male")
    episodes.loc[::20, "track"] = "dd"
    with iop.load(episodes, mapping={"data": MAPPING["data"]}) as data:
        made = iop.share(data, name="ash", pack="payer")
        made.save(tmp_path / "ash")
        tables = [list(csv.DictReader(io.StringIO(made.files[table["file"]].decode()))) for table in made.manifest.tables]
        groups = sorted({row["track"] for row in tables[0]})
        assert "dd" not in groups
        assert min(int(row["n"]) for table in tables for row in table) >= 11
        chosen = data.where(track=groups)
        with iop.pool([tmp_path / "ash"]) as pooled:
            one, other = (iop.completion(each, by="track").to_frame().set_index(["level", "estimand"]) for each in (chosen, pooled))
            for key in [(level, f"completion_{which}") for level in ("All", *groups) for which in ("strict", "with_transfers")]:
                assert (one.k[key], one.n[key]) == (other.k[key], other.n[key])
            for ask in (iop.length_of_stay, iop.readmission):
                with pytest.raises(NotAssessableError):
                    ask(pooled)
            iop.report(pooled, by="track")
    assert "2000" not in made.files["manifest.json"].decode()
    assert f"{made.manifest.episodes:,} of 2,000 episodes go along" in str(made)


def test_under_cms11_nothing_goes_along_where_every_group_is_small(tmp_path):
    """The message says what would."""
    with iop.load({"episodes": rows(1, 60)["episodes"]}, mapping=MAPPING) as data:
        with pytest.raises(NotAssessableError, match="Nothing can be shared"):
            iop.share(data, name="ash", pack="payer")
        with pytest.raises(UsageError, match="not one that counts are shared under"):
            iop.share(data, name="ash", policy="nhs")


def test_a_page_of_another_pack_holds_what_was_shared(network):
    """Shares of the payer's pack give the usual report as far as they go: the rest is not assessable, and names the programs to ask."""
    with iop.pool(network[1][:2]) as pooled:
        assert any("did not share a table that answers it" in str(each) for each in iop.report(pooled, by="track").without)


def test_a_program_known_only_as_counts_pools_with_one_that_has_more(tmp_path, network):
    """What it does not have, and did not share, is not assessable; the page stands."""
    table = {
        "track": ["mh", "mh", "su", "su"],
        "period": "2024-Q1",
        "discharge_reason": ["completed", "dropped_out"] * 2,
        "n": [40, 20, 30, 30],
    }
    with iop.load_counts(pd.DataFrame(table), mapping={"data": {"class": "synthetic"}}) as data:
        with pytest.raises(UsageError, match=r"\[program\] name"):
            iop.share(data)
        iop.share(data, name="oak").save(tmp_path / "oak")
    with iop.pool([network[1][0], tmp_path / "oak"]) as pooled:
        assert any("oak did not share" in str(each) for each in iop.report(pooled, by="track", pack="payer").without)
        assert next(e.n for e in iop.completion(pooled).results if e.estimand == "completion_strict") > 120


@pytest.mark.parametrize(("faulty", "status"), [(False, 0), (True, 1)])
def test_what_was_not_asked_for_is_no_row_left_out(tmp_path, faulty, status):
    """A pool of shares of one track each ends with 0; where a sender left faulty rows out, with 1, as the report of those rows would."""
    frames = {"episodes": rows(3, 120)["episodes"].drop(columns="program")}
    if faulty:
        frames["episodes"].loc[0, "los_days"] = -5
    with iop.load(frames, mapping={"data": MAPPING["data"]}, on_error="exclude") as data:
        assert exit_code(data.where(track=["mh"])) == status
        for track in ("mh", "su"):
            iop.share(data.where(track=[track]), name=track, pack="payer", policy="internal").save(tmp_path / track)
    with iop.pool([tmp_path / "mh", tmp_path / "su"]) as pooled:
        assert any("outside track" in str(flow) for flow in pooled.flow)
        assert exit_code(pooled) == status


def test_shares_that_do_not_go_together_are_refused(network, tmp_path):
    """The same program twice, no share at all, a folder without one."""
    path = network[1][0]
    with pytest.raises(DataError, match='two shares are of a program called "ash"'):
        iop.pool([path, path])
    with pytest.raises(UsageError, match="no share is named"):
        iop.pool([])
    with pytest.raises(DataError, match="no_share"):
        iop.pool([tmp_path])
