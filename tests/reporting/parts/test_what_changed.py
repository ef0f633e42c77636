"""Takes an earlier report and a later one, gives proof of what is said to have changed: by Newcombe's rule from printed numbers, or why nothing is said."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pandas as pd
import pytest
from statsmodels.stats.proportion import confint_proportions_2indep

import iop_outcomes as iop
from iop_outcomes.cli import run
from iop_outcomes.release import policy_for
from iop_outcomes.reporting.assemble import assemble
from iop_outcomes.reporting.blocks import Bullets, Note, TableBlock, Text
from iop_outcomes.reporting.earlier import earlier_of, read_earlier
from iop_outcomes.reporting.parts import Program
from iop_outcomes.reporting.parts.page_one import PAGE_ONE
from iop_outcomes.reporting.parts.what_changed import CANNOT, FELL, NO_CHANGE, ROSE, WHAT_CHANGED, changes, page_reason

THEN, NOW = "2024-Q1", "2024-Q2"
WORDS = {(1, 0): ROSE, (0, 1): FELL, (0, 0): NO_CHANGE}


def rows(track, period, done, left, **more):
    """Episodes of a track that were discharged in a quarter, so many of them completed."""
    return [
        {
            "episode_id": f"{track}{period}{i}",
            "track": track,
            "discharge_reason": "completed" if i < done else "dropped_out",
            "los_days": 20 + i % 9,
            "period": period,
            **{name: value(i) for name, value in more.items()},
        }
        for i in range(done + left)
    ]


def loaded(episodes, **mapping):
    """These episodes as data."""
    return iop.load({"episodes": pd.DataFrame(episodes).convert_dtypes()}, mapping={"data": {"class": "synthetic"}, **mapping})


def json_of(episodes, period=THEN, policy="none", **mapping):
    """The JSON of a report of one quarter, as plain values."""
    with loaded(episodes, **mapping) as data:
        page = iop.report(data if period is None else data.discharged(period, period), policy=policy)
        return json.loads(page.to_json())


def earlier(document):
    """An earlier report of plain values."""
    return earlier_of(json.dumps(document).encode(), "earlier.json")


def page_after(episodes, before, period=NOW, policy="none", by="track", **mapping):
    """A page of a later quarter, with page one and what changed alone, and its data."""
    data = loaded(episodes, **mapping)
    narrowed = data if period is None else data.discharged(period, period)
    program = Program(narrowed, by, policy_for(policy, "synthetic"), 0.95, before)
    return assemble(program, (PAGE_ONE, WHAT_CHANGED))


def changed(episodes, before, **options):
    """The word of each outcome at each level."""
    page = page_after(episodes, before, **options)
    return {(row.outcome.head, row.level): row for row in changes(page, before)}


@pytest.fixture(scope="module")
def finished():
    """The JSON of 60 of 120 that finished, with 40 of 60 in one track, 20 of 60 in the other; and those episodes."""
    episodes = rows("a", THEN, 40, 20) + rows("b", THEN, 20, 40)
    return json_of(episodes), episodes


# -- words -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("done", [30, 44, 46, 60, 74, 75, 76, 77, 90])
def test_the_word_for_everyone_is_that_of_newcombe(finished, done):
    """One outcome that both reports have, so one comparison at 95 percent: of so many of 120, against 60."""
    row = changed(rows("a", NOW, done, 120 - done), earlier(finished[0]))["Finished", "All"]
    low, high = confint_proportions_2indep(done, 120, 60, 120, method="newcomb", compare="diff")
    assert (row.low, row.high) == pytest.approx((low, high), abs=1e-9)
    assert row.word == WORDS[low > 0, high < 0]


def test_all_three_words_come_out_of_the_test_above():
    """It meets each of them."""
    limits = [confint_proportions_2indep(k, 120, 60, 120, method="newcomb", compare="diff") for k in (30, 44, 46, 60, 74, 75, 76, 77, 90)]
    assert {WORDS[low > 0, high < 0] for low, high in limits} == set(WORDS.values())


@pytest.mark.parametrize("done", [10, 47, 54, 55])
def test_groups_are_judged_together_and_everyone_apart_from_them(finished, done):
    """Two tracks make two comparisons, each at 0.95 to the half; a new track has none, and everyone is at 0.95."""
    found = changed(rows("a", NOW, done, 60 - done) + rows("b", NOW, 20, 40) + rows("c", NOW, 30, 30), earlier(finished[0]))
    strict = confint_proportions_2indep(done, 60, 40, 60, method="newcomb", compare="diff", alpha=1 - 0.95**0.5)
    assert (found["Finished", "a"].low, found["Finished", "a"].high) == pytest.approx(strict, abs=1e-9)
    assert found["Finished", "a"].word == WORDS[strict[0] > 0, strict[1] < 0]
    alone = confint_proportions_2indep(50 + done, 180, 60, 120, method="newcomb", compare="diff")
    assert (found["Finished", "All"].low, found["Finished", "All"].high) == pytest.approx(alone, abs=1e-9)
    assert (found["Finished", "c"].word, found["Finished", "c"].why) == (CANNOT, "The earlier report has no such group.")


def test_outcomes_are_judged_together():
    """With scores on both sides four outcomes of everyone have a range; deterioration is good news where it fell."""
    scored = {"phq9_admit": lambda i: 18, "phq9_discharge": lambda i: 24 if i % 4 == 0 else 8 if i % 2 else None}
    better = {"phq9_admit": lambda i: 18, "phq9_discharge": lambda i: 24 if i % 40 == 0 else 8}
    before = earlier(json_of(rows("a", THEN, 40, 60, **scored)))
    episodes = rows("a", NOW, 80, 20, **better)
    found = changed(episodes, before)
    level = 1 - 0.95**0.25
    expected = confint_proportions_2indep(80, 100, 40, 100, method="newcomb", compare="diff", alpha=level)
    assert (found["Finished", "All"].low, found["Finished", "All"].high) == pytest.approx(expected, abs=1e-9)
    assert {head: row.word for (head, level), row in found.items() if level == "All"} == {
        "Finished": ROSE,
        "Reliably better": ROSE,
        "Reliably worse": FELL,
        "Scores collected": ROSE,
    }
    (section,) = WHAT_CHANGED.sections(page_after(episodes, before))
    (lines,) = [block.sentences for block in section.blocks if isinstance(block, Bullets)]
    assert lines[0].startswith("Better than then: more finished (then 40%, now 80%); more reliably better (")
    assert "; fewer reliably worse (then 33%, now 3.0%)" in lines[0]
    assert lines[1] == "Worse than then: nothing, by more than chance would easily produce."
    assert section.title == "What changed since the first quarter of 2024"


def test_too_few_and_no_scores_on_one_side(finished):
    """Ten are too few for a word; scores that only this report has cannot be compared, and the page says why."""
    scored = {"phq9_admit": lambda i: 18, "phq9_discharge": lambda i: 8}
    found = changed(rows("a", NOW, 5, 5, **scored), earlier(finished[0]))
    assert found["Finished", "All"].word == "too few"
    assert found["Reliably better", "All"].word == CANNOT
    assert found["Reliably better", "All"].why == "The earlier report has no such figure."
    back = changed(rows("a", NOW, 50, 50), earlier(json_of(rows("a", THEN, 50, 50, **scored))))
    assert back["Reliably better", "All"].why == "This report has no such figure." and back["Reliably better", "All"].now is None


def test_figures_that_are_withheld(finished):
    """On either side: no word but that; and of groups that neither shows, the table holds nothing."""
    episodes = rows("a", THEN, 40, 20) + rows("b", THEN, 3, 40)
    before = earlier(json_of(episodes, policy="cms11"))
    assert changed(rows("a", NOW, 40, 20) + rows("b", NOW, 30, 30), before)["Finished", "b"].word == "not shown"
    page = page_after(rows("a", NOW, 40, 20) + rows("b", NOW, 4, 40), before, policy="cms11")
    (section,) = WHAT_CHANGED.sections(page)
    (table,) = [block.table for block in section.blocks if isinstance(block, TableBlock)]
    assert [row[1] for row in table.rows if row[0] == "Finished"][:1] == ["All episodes"]
    assert ("Finished", "B") not in {row[:2] for row in table.rows}
    assert any("left out of the table" in block.words for block in section.blocks if isinstance(block, Text))
    assert any("--ledger" in block.words for block in section.blocks if isinstance(block, Note))


@pytest.mark.parametrize(
    ("member", "value", "why"), [("measure", "readmission", "another scale or event"), ("definition", "teds_all", "another definition")]
)
def test_another_definition_is_not_compared(finished, member, value, why):
    """The number of the earlier report means something else: it is not even printed beside."""
    document = json.loads(json.dumps(finished[0]))
    for row in document["figures"]["outcomes"]:
        row[member] = value
    row = changed(rows("a", NOW, 90, 30), earlier(document))["Finished", "All"]
    assert row.then is None and row.word == CANNOT and why in row.why


# -- what cannot be compared as a whole --------------------------------------------------------------------------------


def reason(episodes, before, **options):
    """Why nothing can be compared, and the words of the rows."""
    page = page_after(episodes, before, **options)
    return page_reason(page, before), {row.word for row in changes(page, before)}


def test_periods_that_overlap_or_are_not_known(finished):
    """The same episodes may be in both: no range, no word, and how to ask for what came after."""
    document, episodes = finished
    later = episodes + rows("a", NOW, 50, 10)
    words, said = reason(later, earlier(document), period=None)
    assert words.endswith("A report of what came after can be compared: --period 2024-Q2 2024-Q2.") and said == {CANNOT}
    unknown = [{name: value for name, value in row.items() if name != "period"} for row in later]
    words, said = reason(unknown, earlier(document), period=None)
    assert "this report does not say in which periods" in words and said == {CANNOT}


def test_the_same_episodes_of_the_same_files(finished):
    """Nothing can have changed."""
    document, episodes = finished
    words, said = reason(episodes, earlier(document), period=THEN)
    assert words == "Nothing can have changed: both reports are of the same episodes, from the same files." and said == {CANNOT}


def test_episodes_chosen_otherwise_and_counts_rounded_otherwise(finished):
    """Another track, or another rounding."""
    document = json.loads(json.dumps(finished[0]))
    document["parameters"]["where"].append([{"column": "track", "values": ["a"]}])
    words, _ = reason(rows("a", NOW, 50, 10), earlier(document))
    assert words == "The two reports chose their episodes otherwise: then those with track a, now whatever their group."
    document = finished[0] | {"policy": {"name": "round5", "threshold": 1}}
    words, _ = reason(rows("a", NOW, 50, 10), earlier(document))
    assert words.startswith("The two reports round their counts otherwise: then by policy round5")


def test_cautions_in_words(finished):
    """Another program, another version, another column: said, and everyone is still compared."""
    document = json.loads(json.dumps(finished[0]))
    document["figures"]["program"], document["provenance"]["package"], document["parameters"]["by"] = (
        "Maple IOP",
        "iop_outcomes 0.0.9",
        "site",
    )
    before = earlier(document)
    page = page_after(rows("a", NOW, 90, 30) + rows("b", NOW, 30, 30), before, program={"name": "Alder IOP"})
    (section,) = WHAT_CHANGED.sections(page)
    notes = " ".join(block.words for block in section.blocks if isinstance(block, Note))
    assert "of another program, Maple IOP: what differs between the two is no change of Alder IOP over time" in notes
    assert "by another version (iop_outcomes 0.0.9)" in notes and "by site, this one by track: only everyone together" in notes
    assert [(row.level, row.word) for row in changes(page, before)] == [("All", ROSE)]


# -- files -------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A program of two quarters in files, its two reports, the second compared with the first."""
    folder = tmp_path_factory.mktemp("changed")
    scored = {"phq9_admit": lambda i: 18, "phq9_discharge": lambda i: 24 if i % 9 == 0 else 8}
    episodes = (
        rows("a", THEN, 60, 40, **scored)
        + rows("b", THEN, 40, 30, **scored)
        + rows("a", NOW, 90, 10, **scored)
        + rows("b", NOW, 20, 50, **scored)
    )
    (folder / "data").mkdir()
    pd.DataFrame(episodes).to_csv(folder / "data" / "episodes.csv", index=False)
    (folder / "data" / "mapping.toml").write_text('[data]\nclass = "synthetic"\n[program]\nname = "Alder IOP"\n')
    words = ["report", str(folder / "data"), "--format", "html,csv,json,txt"]
    assert run([*words, "--period", THEN, THEN, "-o", str(folder / "then")]) == 0
    assert (
        run([*words, "--period", NOW, NOW, "-o", str(folder / "now"), "--compare-to", str(folder / "then" / "program_quality.json")]) == 0
    )
    return folder


def test_every_form_has_the_section_and_verify_asks_for_the_earlier_report(saved, capsys):
    """Page and text say the same; the same bytes come again with the same earlier report, and with no other."""
    for form in ("html", "txt"):
        text = (saved / "now" / f"program_quality.{form}").read_text(encoding="utf-8")
        assert (
            "What changed since the first quarter of 2024" in text
            and "more finished" not in (saved / "then" / f"program_quality.{form}").read_text()
        )
    words = ["verify", str(saved / "now"), "--input", str(saved / "data")]
    assert run([*words, "--compare-to", str(saved / "then")]) == 0
    assert run(words) == 2
    assert "(--compare-to)" in capsys.readouterr().err
    assert run([*words, "--compare-to", str(saved / "now")]) == 2
    assert "compared with another report than program_quality.json" in capsys.readouterr().err


def test_figures_are_rows_of_the_csv(saved):
    """So that the JSON tells nothing that the CSV does not: each number of it, withheld ones empty."""
    figures = json.loads((saved / "then" / "program_quality.json").read_text())["figures"]
    table = csv.DictReader(io.StringIO((saved / "then" / "program_quality.csv").read_text()))
    names = ("measure", "definition", "level", "estimand", "method", "unit", "flag", "time", "value", "se", "low", "high", "n", "k")
    in_csv = {tuple(row[name] for name in names) for row in table if row["group"] == "track" and not row["contrast"]}
    assert figures["program"] == "Alder IOP" and figures["discharged"] == {"first": THEN, "last": THEN}
    assert len(figures["outcomes"]) == 4 * 3
    for row in figures["outcomes"]:
        assert tuple("" if row[name] is None else str(row[name]) for name in names) in in_csv


def test_an_earlier_version_without_figures_is_read_from_its_csv(saved, tmp_path):
    """The same numbers; without the CSV, what to give is said."""
    document = json.loads((saved / "then" / "program_quality.json").read_text())
    whole = read_earlier(saved / "then")
    del document["figures"]
    (tmp_path / "program_quality.json").write_text(json.dumps(document))
    with pytest.raises(iop.DataError, match=r"holds no figures.*Put its .csv beside it"):
        read_earlier(tmp_path / "program_quality.json")
    (tmp_path / "program_quality.csv").write_bytes((saved / "then" / "program_quality.csv").read_bytes())
    read = read_earlier(tmp_path)
    by_place = {(each.measure, each.estimand, each.time, each.level): each for each in read.estimates}
    assert (read.span, read.by, read.sources) == (whole.span, whole.by, whole.sources)
    for each in whole.estimates:
        other = by_place[each.measure, each.estimand, each.time, each.level]
        assert repr(replace(each, group="")) == repr(replace(other, group=""))


def test_an_internal_report_is_not_shown_to_others(saved, tmp_path):
    """It holds small numbers: a page under the default policy refuses it, and one that is internal takes it."""
    document = json.loads((saved / "then" / "program_quality.json").read_text())
    document["policy"]["name"] = "internal"
    path = tmp_path / "program_quality.json"
    path.write_text(json.dumps(document))
    words = [
        "report",
        str(saved / "data"),
        "--period",
        NOW,
        NOW,
        "--compare-to",
        str(path),
        "-o",
        str(tmp_path / "out"),
        "--format",
        "json",
    ]
    assert run(words) == 2 and not (tmp_path / "out").exists()
    with (
        pytest.raises(iop.UsageError, match="made under policy internal, which shows figures that a page under cms11 may not"),
        iop.load(saved / "data") as data,
    ):
        iop.report(data, compare_to=path)
    assert run([*words, "--policy", "internal"]) == 0


def damaged(document):
    """Contents that are no earlier report, or one that was changed."""

    def without(*path):
        copy = json.loads(json.dumps(document))
        inside = copy
        for name in path[:-1]:
            inside = inside[name]
        del inside[path[-1]]
        return json.dumps(copy)

    def first(**change):
        copy = json.loads(json.dumps(document))
        copy["figures"]["outcomes"][0].update(change)
        return json.dumps(copy)

    yield from ("", "{", "[]", "3", "null", "[" * 100_000, '{"cells": [], "nbformat": 4}', "\x00", json.dumps(document)[:-30])
    yield from (without("parameters"), without("policy", "name"), without("figures", "outcomes"), without("figures", "outcomes", 0, "n"))
    yield from (
        first(value="0.5"),
        first(value=1.5),
        first(low=0.9, high=0.1),
        first(n=-1),
        first(n=True),
        first(flag="?"),
        first(unit="?"),
    )
    yield from (first(value=float("nan")), first(level="a\u202eb"), first(n=4, k=3))


def test_a_damaged_earlier_report_ends_with_words(saved, tmp_path, capsys):
    """Exit code 2, one line, no traceback, before any row is answered from."""
    document = json.loads((saved / "then" / "program_quality.json").read_text())
    path = tmp_path / "earlier.json"
    for content in damaged(document):
        path.write_text(content, encoding="utf-8")
        with pytest.raises(iop.DataError, match=r"^earlier\.json: "):
            read_earlier(path)
    assert run(["report", str(saved / "data"), "--compare-to", str(path), "-o", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: earlier.json: ") and said.count("\n") == 1
    for wrong, words in (
        (tmp_path / "nothing.json", "cannot be read"),
        (saved / "now" / "program_quality.html", "is no .json"),
        (saved, "holds 0 .json files"),
    ):
        with pytest.raises(iop.DataError, match=words):
            read_earlier(wrong)
