"""Takes outputs of nearly the same episodes made with one ledger, gives proof that what differs between them gives nobody back."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.cli import run
from iop_outcomes.release import Withheld, release_set
from iop_outcomes.release.ledger import first_outputs, who_of

SOURCE = Path("data/synthetic")
REASONS = ("completed", "dropped_out", "transferred_step_down", "died", None)
CHANCES = (0.5, 0.3, 0.1, 0.05, 0.05)


def program(seed, n=260, tracks=3):
    """Episodes in no order, with scores."""
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "episode_id": [f"e{i}" for i in range(n)],
            "track": rng.choice([f"t{i}" for i in range(tracks)], n),
            "modality": rng.choice(["virtual", "in_person"], n),
            "discharge_reason": rng.choice(np.array(REASONS, dtype=object), n, p=CHANCES),
            "los_days": rng.integers(5, 90, n),
            "phq9_admit": rng.integers(8, 27, n),
            "phq9_discharge": [None if rng.random() < 0.3 else int(rng.integers(0, 20)) for _ in range(n)],
        }
    )


def results(frame, by="track", **where):
    """Two measures of a page."""
    with iop.load(frame, mapping={"data": {"class": "safe_harbor"}}) as data:
        chosen = data.where(**where) if where else data
        answers = iop.completion(chosen, by=by), iop.symptom_change(chosen, scale="phq9", by=by)
        return [replace(answer.results, coarser=None) for answer in answers]  # in one form, so that what is shown can be told from outside


def known(several, released):
    """Every total that an output shows, as parts of a way of dividing of a level."""
    rows = []
    for each, seen in zip(several, released, strict=True):
        for estimate in seen:
            people = each.populations[estimate.level, estimate.key]
            printed = (
                (estimate.n, people.base),
                (estimate.k, people.hits),
                (estimate.n_missing, people.missing),
                (estimate.excluded, people.excluded_parts),
            )
            rows += [(people.family, estimate.level, parts) for n, parts in printed if parts and isinstance(n, int)]
        for flow, people in zip(
            seen.flow, [p for (level, key), p in each.populations.items() if level == "All" and not key.contrast], strict=True
        ):
            single = [
                (n, frozenset({part}))
                for part, n in zip([p for p in people.parts if p not in people.base], flow.excluded.values(), strict=True)
            ]
            rows += [
                (people.family, "All", parts)
                for n, parts in [(flow.rows_in, frozenset(people.parts)), (flow.used, people.base), *single]
                if isinstance(n, int)
            ]
    return set(rows)


def small_differences(before, after, shown_before, shown_after):
    """By linear algebra over both outputs: how many differences of 1 to 10, of a set that either might print, are fixed.

    Unknown are the parts of each way of each level in both outputs. Known are the totals shown, that everyone is the sum of the levels,
    and that each way of dividing of one level has the same total.
    """
    places = {}
    truth = []
    for moment, several in enumerate((before, after)):
        for each in several:
            for (level, _), people in each.populations.items():
                for part, n in people.parts.items():
                    if (moment, people.family, level, part) not in places:
                        places[moment, people.family, level, part] = len(truth)
                        truth.append(n)
    rows = []

    def row(moment, family, level, parts, sign=1.0):
        out = np.zeros(len(truth))
        for part in parts:
            out[places[moment, family, level, part]] = sign
        return out

    ways = {(family, part) for _, family, _, part in places}
    families = sorted({family for family, _ in ways})
    parts_of = {family: [part for each, part in sorted(ways) if each == family] for family in families}
    levels = sorted({level for _, _, level, _ in places} - {"All"})
    for moment, shown in enumerate((shown_before, shown_after)):
        rows += [row(moment, family, level, parts) for family, level, parts in shown]
        for family in families:
            rows += [
                row(moment, family, "All", [part]) + sum(row(moment, family, level, [part], -1.0) for level in levels)
                for part in parts_of[family]
            ]
            rows += [
                row(moment, family, level, parts_of[family]) - row(moment, families[0], level, parts_of[families[0]]) for level in levels
            ]
    space = np.linalg.svd(np.array(rows), full_matrices=False)
    basis = space[2][space[1] > 1e-9]
    targets = {(family, level, parts) for family, level, parts in shown_before | shown_after}
    targets |= {(family, level, frozenset({part})) for family in families for level in (*levels, "All") for part in parts_of[family]}
    fixed = []
    for family, level, parts in targets:
        target = row(1, family, level, parts) - row(0, family, level, parts)
        difference = round(float(target @ np.array(truth)))
        if 1 <= abs(difference) <= 10 and np.linalg.norm(target - basis.T @ (basis @ target)) < 1e-6:
            fixed.append((family, level, sorted(parts), difference))
    return fixed


@pytest.mark.parametrize(("seed", "added"), [(0, 1), (1, 3), (2, 6), (3, 1), (0, 10), (1, 30)])
def test_no_small_difference_comes_back(tmp_path, seed, added):
    """With some episodes more; the same attack without the ledger gets differences back, so that it can fail."""
    whole = program(seed)
    before, after = results(whole.iloc[: len(whole) - added]), results(whole)
    ledger = tmp_path / "ledger"
    first, second = (release_set(each, "cms11", ledger=ledger) for each in (before, after))
    assert small_differences(before, after, known(before, first), known(after, second)) == []
    if added < 10:
        assert small_differences(before, after, known(before, first), known(after, release_set(after, "cms11")))


@pytest.mark.parametrize("track", ["t0", "t2"])
def test_no_value_changes_by_few_who_came(tmp_path, track):
    """Quartiles were shown without their number, and moved with the one long stay that came: its group and about its length."""
    before = program(3)
    before["los_days"] = [5 + 3 * i % 37 for i in range(len(before))]
    one = before.iloc[[0]].assign(episode_id="new", track=track, los_days=400, discharge_reason="completed")
    shown = []
    for frame in (before, pd.concat([before, one])):
        with iop.load(frame, mapping={"data": {"class": "synthetic"}}) as data:
            released = iop.length_of_stay(data, by="track").release("cms11", ledger=tmp_path / "ledger")
        shown.append({(each.level, each.estimand): (each.value, each.low, each.high) for each in released if each.shown})
    assert shown[1].keys() < shown[0].keys() and {level for level, _ in shown[1]}.isdisjoint({"All", track})
    assert shown[1] == {key: shown[0][key] for key in shown[1]}
    assert shown[1]


def test_episodes_that_leave_or_change_count_too(tmp_path):
    """Five are corrected away, and four that were in care have ended since."""
    before = program(7)
    before.loc[:3, "discharge_reason"] = "active"
    after = program(7).iloc[:-5]
    both = results(before), results(after)
    released = [release_set(each, "cms11", ledger=tmp_path / "ledger") for each in both]
    assert small_differences(*both, *(known(each, seen) for each, seen in zip(both, released, strict=True))) == []


def shown(several):
    """How many values are shown."""
    return sum(not isinstance(estimate.value, Withheld) for each in several for estimate in each)


def test_the_same_again_is_the_same_and_is_kept_once(tmp_path):
    """No difference, nothing withheld for it, one line."""
    ledger, same = tmp_path / "ledger", results(program(1))
    first, second = release_set(same, "cms11", ledger=ledger), release_set(same, "cms11", ledger=ledger)
    assert [each.to_records() for each in first] == [each.to_records() for each in second]
    assert (first[0].compared, second[0].compared) == (0, 1)
    assert len(ledger.read_text().splitlines()) == 1


def test_a_refresh_goes_through(tmp_path):
    """Twelve months of some twenty episodes each: every output is made, and what a month withholds a later one shows again."""
    ledger, whole = tmp_path / "ledger", program(3, n=600)
    counts = [shown(release_set(results(whole.iloc[: 360 + 20 * month]), "cms11", ledger=ledger)) for month in range(12)]
    assert min(counts) > 0
    assert max(counts[6:]) >= 0.6 * counts[0]


def test_a_narrowing_by_few_is_held_against_the_whole(tmp_path):
    """All but eight of one track: everyone's numbers would give the eight back."""
    frame = program(5)
    frame.loc[:7, "track"] = "small"
    frame.loc[8:, "track"] = np.where(frame.loc[8:, "track"] == "t0", "t1", frame.loc[8:, "track"])
    whole, part = results(frame, by="modality"), results(frame, by="modality", track=["t1", "t2"])
    ledger = tmp_path / "ledger"
    release_set(whole, "cms11", ledger=ledger)
    seen = release_set(part, "cms11", ledger=ledger)
    alone = release_set(part, "cms11")
    everyone = [each.estimate(each.definition.estimands[0].name).n for each in (seen[0], alone[0])]
    assert isinstance(everyone[0], Withheld) and isinstance(everyone[1], int)


def test_a_group_is_held_against_itself_under_another_column():
    """One track by site is the same episodes as that track by track."""
    assert who_of(["track psychosis"], {"site": "north"}) == who_of(["site north"], {"track": "psychosis"})
    assert who_of([], {}) != who_of([], {"track": "psychosis"})


@pytest.mark.parametrize("policy", ["internal", "none"])
def test_where_nothing_is_withheld_the_ledger_is_left_alone(tmp_path, policy):
    """Not even begun."""
    with iop.load(program(1), mapping={"data": {"class": "synthetic"}}) as data:
        assert iop.completion(data, by="track").release(policy, ledger=tmp_path / "ledger").compared is None
    assert not (tmp_path / "ledger").exists()


def test_only_its_owner_reads_it(tmp_path):
    """Working material, like rows."""
    release_set(results(program(1)), "cms11", ledger=tmp_path / "ledger")
    assert stat.S_IMODE((tmp_path / "ledger").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "line",
    ["{", "[]", "{}", '{"kind": "iop_outcomes ledger 1"}', '{"kind": "iop_outcomes ledger 1", "cells": 3}', "[" * 50_000],
)
def test_a_damaged_line_is_refused_and_left_as_it_was(tmp_path, line):
    """Without it the next output could not be held against it."""
    path = tmp_path / "ledger"
    path.write_text(f"{line}\n")
    with pytest.raises(iop.DataError, match="ledger:1: this line is no output"):
        release_set(results(program(1)), "cms11", ledger=path)
    assert path.read_text() == f"{line}\n"


def test_what_a_killed_run_left_is_put_away(tmp_path):
    """Half a line at the end; the whole ones stay."""
    path, same = tmp_path / "ledger", results(program(1))
    release_set(same, "cms11", ledger=path)
    good = path.read_text()
    path.write_text(good + good[:100])
    release_set(results(program(2)), "cms11", ledger=path)
    assert path.read_text().splitlines()[0] == good.strip()
    assert len(first_outputs(path, 2)) == 2


def test_a_ledger_that_cannot_be_written_ends_with_four(tmp_path, capsys):
    """A folder in its place, and a place that is not there."""
    for place in (tmp_path, tmp_path / "nowhere" / "ledger"):
        assert run(["summary", str(SOURCE), "--ledger", str(place)]) in (2, 4)
        assert "ledger" in capsys.readouterr().err


def test_what_is_no_ledger_is_refused_and_left_as_it_was(tmp_path):
    """A file without a line end would have been taken for half an output and written over; a pipe kept everybody waiting."""
    for content in (b'{"schema": "a page of ours"}', b"notes", b'{"cells": 3}', b"\x00"):
        (tmp_path / "other").write_bytes(content)
        with pytest.raises(iop.DataError, match="other: this file is no ledger"):
            release_set(results(program(1)), "cms11", ledger=tmp_path / "other")
        assert (tmp_path / "other").read_bytes() == content
    os.mkfifo(tmp_path / "pipe")
    for place in (tmp_path / "pipe", Path(os.devnull)):
        with pytest.raises(iop.IopError, match="a pipe or a device"):
            release_set(results(program(1)), "cms11", ledger=place)
    with pytest.raises(iop.DataError, match="not a file"):
        first_outputs(tmp_path / "pipe", 1)


def test_a_file_made_beforehand_is_closed_to_others(tmp_path):
    """Once it holds anything."""
    (tmp_path / "ledger").touch(0o644)
    release_set(results(program(1)), "cms11", ledger=tmp_path / "ledger")
    assert stat.S_IMODE((tmp_path / "ledger").stat().st_mode) == 0o600


def test_two_runs_at_once_wait_for_one_another(tmp_path):
    """Both outputs are kept, whole."""
    code = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r});"
        "from test_ledger import program, results, release_set;"
        "release_set(results(program(int(sys.argv[1]))), 'cms11', ledger=sys.argv[2])"
    )
    ledger = tmp_path / "ledger"
    runs = [subprocess.Popen([sys.executable, "-c", code, str(seed), str(ledger)], env=dict(os.environ)) for seed in (11, 12)]
    assert [each.wait(120) for each in runs] == [0, 0]
    assert len(first_outputs(ledger, 2)) == 2


def test_a_report_with_a_ledger_is_said_to_be_and_is_verified_with_it(tmp_path, capsys):
    """The page, its JSON and the command line say with how many it was compared; verify needs the same ledger, and adds nothing to it."""
    ledger, folder = tmp_path / "ledger", tmp_path / "reports"
    assert run(["summary", str(SOURCE), "--by", "track", "--ledger", str(ledger)]) == 0
    assert "Compared with 0 earlier outputs" in capsys.readouterr().out
    assert run(["report", str(SOURCE), "-o", str(folder), "--ledger", str(ledger)]) == 0
    assert "Compared with 1 earlier output:" in (folder / "program_quality_methods.html").read_text()
    assert json.loads((folder / "program_quality.json").read_text())["parameters"]["ledger"] == 1
    assert run(["verify", str(folder), "--input", str(SOURCE)]) == 2
    assert "--ledger" in capsys.readouterr().err
    before = ledger.read_bytes()
    assert run(["verify", str(folder), "--input", str(SOURCE), "--ledger", str(ledger)]) == 0
    assert ledger.read_bytes() == before
    assert run(["verify", str(folder), "--input", str(SOURCE), "--ledger", str(tmp_path / "other")]) == 2
    assert not (tmp_path / "other").exists()


def test_without_a_ledger_an_output_says_so(capsys):
    """On the command line and under Methods; not where nothing is withheld."""
    run(["summary", str(SOURCE)])
    assert "was not compared with earlier ones" in capsys.readouterr().out
    run(["summary", str(SOURCE), "--policy", "none"])
    assert "earlier" not in capsys.readouterr().out


def test_other_periods_of_discharge_are_not_held_against_each_other(tmp_path):
    """No episode is in both, so that a difference of few is nobody: the second shows what it would show alone. Periods that overlap are held."""
    frame = program(8, n=400)
    frame["period"] = ["2024-Q1", "2024-Q2"] * 200
    frame.loc[frame.period == "2024-Q1", "discharge_reason"] = ["completed"] * 120 + ["dropped_out"] * 80
    frame.loc[frame.period == "2024-Q2", "discharge_reason"] = ["completed"] * 124 + ["dropped_out"] * 76
    ledger = tmp_path / "ledger"
    first, second = (results(frame, period=quarter) for quarter in ("2024-Q1", "2024-Q2"))
    release_set(first, "cms11", ledger=ledger)
    assert [each.to_records() for each in release_set(second, "cms11", ledger=ledger)] == [
        each.to_records() for each in release_set(second, "cms11")
    ]
    both = results(frame.iloc[:396], period=["2024-Q1", "2024-Q2"]), results(frame, period=["2024-Q1", "2024-Q2"])
    release_set(both[0], "cms11", ledger=ledger)
    assert shown(release_set(both[1], "cms11", ledger=ledger)) < shown(release_set(both[1], "cms11"))


# -- a session ---------------------------------------------------------------------------------------------------------


def test_a_session_keeps_a_ledger_for_everything_it_shows(tmp_path):
    """Answers shown without being asked for by name, charts and reports are held against it until it is put away; `ledger=` goes before it."""
    frame = program(5)
    here, elsewhere = tmp_path / "ledger", tmp_path / "other"
    iop.keep_ledger(here)
    try:
        with iop.load(frame, mapping={"data": {"class": "safe_harbor"}}) as data:
            iop.completion(data, by="track").plot()
        with iop.load(frame.iloc[3:], mapping={"data": {"class": "safe_harbor"}}) as data:
            held, apart = (iop.completion(data, by="track").release(ledger=ledger) for ledger in (None, elsewhere))
            page = iop.report(data)
    finally:
        iop.keep_ledger(None)
    assert (held.compared, apart.compared, page.to("txt").count("Compared with 2 earlier outputs")) == (1, 0, 1)
    withheld = [sum(isinstance(estimate.n, Withheld) for estimate in each) for each in (held, apart)]
    assert withheld[0] > withheld[1]
    with iop.load(frame, mapping={"data": {"class": "safe_harbor"}}) as data:
        assert iop.completion(data, by="track").release().compared is None


def test_a_ledger_that_is_none_is_not_kept(tmp_path):
    """What is wrong is said at once, and what was kept before stays."""
    (tmp_path / "text").write_text("no ledger\n", encoding="utf-8")
    with pytest.raises(iop.DataError, match=r"text:1: this line is no output of a ledger"):
        iop.keep_ledger(tmp_path / "text")
    with pytest.raises(iop.OutputError, match="the ledger cannot be written"):
        iop.keep_ledger(tmp_path / "missing" / "ledger")
