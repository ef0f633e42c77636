"""Takes files as programs write them, gives proof that each is the data of the plain file, or that the message holds the line to write."""

from __future__ import annotations

import gzip

import duckdb
import pandas as pd
import polars as pl
import pytest

import iop_outcomes as iop

ROWS = pd.DataFrame(
    {
        "episode_id": [f"{place:03d}" for place in range(12)],
        "patient_id": [f"{place // 2:03d}" for place in range(12)],
        "track": ["Süd", "b, c", "NA"] * 4,
        "discharge_reason": ["completed", "dropped_out"] * 6,
        "los_days": [*range(10, 22)],
    }
)
TEXT = ROWS.to_csv(index=False)
LINES = TEXT.splitlines()


def stays(data):
    """Stays and ways to end of every group."""
    frames = [iop.length_of_stay(data, by="track").to_frame(), iop.completion(data, by="track").to_frame()]
    return pd.concat(frames)[["level", "estimand", "value", "n"]].to_csv()


PLAIN = stays(iop.load(ROWS, mapping={"data": {"class": "synthetic"}}))


def rules_of(folder):
    """The rules of the findings about a folder that gives the plain numbers."""
    with iop.load(folder, mapping={"data": {"class": "synthetic"}}) as data:
        assert stays(data) == PLAIN
        return [finding.rule for finding in data.findings]


@pytest.mark.parametrize(
    "text",
    ["".join(f"{line},\n" for line in LINES), "".join(f"{line},,,\n" for line in LINES), ROWS.to_csv(index=True)],
    ids=["a comma behind every line", "columns that were emptied", "the numbers of the rows, as R and pandas write them"],
)
def test_columns_without_a_name_at_an_end_are_not_read_and_said(text, tmp_path):
    """Nobody can ask for them; in the middle, where a name was lost, the file is still refused."""
    (tmp_path / "episodes.csv").write_text(text, encoding="utf-8")
    assert "not_read" in rules_of(tmp_path)
    (tmp_path / "episodes.csv").write_text(TEXT.replace(",discharge_reason", ",", 1), encoding="utf-8")
    with pytest.raises(iop.DataError, match="blank_header: column 4 has no name"):
        iop.load(tmp_path)


def test_a_sheet_with_the_numbers_of_its_rows(tmp_path):
    """As pandas writes it."""
    ROWS.to_excel(tmp_path / "book.xlsx")
    assert "not_read" in rules_of(tmp_path)


@pytest.mark.parametrize("name", ["EPISODES.CSV", "Episodes.csv", "episodes.CSV.gz"])
def test_a_name_in_other_letters_is_the_same_file_on_every_machine(name, tmp_path):
    """Windows and macOS do not tell them apart; a file called exactly so goes first."""
    packed = name.endswith("gz")
    (tmp_path / name).write_bytes(gzip.compress(TEXT.encode()) if packed else TEXT.encode())
    rules_of(tmp_path)
    (tmp_path / "episodes.csv").write_text(TEXT, encoding="utf-8")
    (tmp_path / name).write_text("nothing", encoding="utf-8")
    rules_of(tmp_path)


def test_a_text_of_another_name_is_offered(tmp_path):
    """The line to write is in the message, and is right; a tab may be written as TOML's single quotes leave it."""
    (tmp_path / "admissions.tsv").write_text(ROWS.to_csv(index=False, sep="\t"), encoding="utf-8")
    with pytest.raises(iop.DataError, match=r'no_episodes_table: .+ as in episodes = "admissions\.tsv"\.'):
        iop.load(tmp_path)
    lines = "[data]\nclass = 'synthetic'\ndelimiter = '\\t'\n[tables]\nepisodes = 'admissions.tsv'\n"
    (tmp_path / "mapping.toml").write_text(lines, encoding="utf-8")
    with iop.load(tmp_path) as data:
        assert stays(data) == PLAIN
    (tmp_path / "mapping.toml").write_text(lines.replace("\\t", "tab"), encoding="utf-8")
    with pytest.raises(iop.DataError, match=r'is none of the separators\. Allowed: ",", ";", "\\t", "\|"\.'):
        iop.load(tmp_path)


@pytest.mark.parametrize("title", ["Riverside IOP\nexported 2024\n", "sep=,\n\n"])
def test_titles_above_the_names(title, tmp_path):
    """The message counts them; skipped, nobody speaks of a survey."""
    (tmp_path / "episodes.csv").write_text(title + TEXT, encoding="utf-8")
    with pytest.raises(iop.DataError, match=r"The names stand in line 3: declare in mapping\.toml \[text\] skip_rows = 2"):
        iop.load(tmp_path)
    with iop.load(tmp_path, mapping={"data": {"class": "synthetic"}, "text": {"skip_rows": 2}}) as data:
        assert stays(data) == PLAIN
        assert "header_rows" not in [finding.rule for finding in data.findings]


@pytest.mark.parametrize("query", [duckdb.from_df, lambda frame: pl.from_pandas(frame).lazy()], ids=["duckdb", "polars"])
def test_a_query_is_the_frame_that_it_stands_for(query):
    """Alone, and in a dict of tables."""
    for source in (query(ROWS), {"episodes": query(ROWS)}):
        assert stays(iop.load(source, mapping={"data": {"class": "synthetic"}})) == PLAIN


def test_words_for_no_value_are_read_as_they_stand_and_said(tmp_path):
    """A group called NA is one; ids that say NA would be one person: a warning. In a number, the message holds the line to write."""
    given = ROWS.assign(patient_id=["NA", "NULL", "nan"] * 4)
    with iop.load(given, mapping={"data": {"class": "synthetic"}}) as data:
        said = {(finding.column, finding.severity): finding.count for finding in data.findings if finding.rule == "missing_word"}
    assert said == {("track", "note"): 4, ("patient_id", "warning"): 12}
    with pytest.raises(iop.DataError, match=r'los_days: not_whole_number: .+ \[missing\] los_days = \["NA"\]'):
        iop.load(ROWS.assign(los_days=[*["NA"] * 3, *range(9)]))
    missing = {"data": {"class": "synthetic"}, "missing": {"patient_id": ["NA", "NULL", "nan"]}}
    with iop.load(given, mapping=missing) as data:
        assert [finding.column for finding in data.findings if finding.rule == "missing_word"] == ["track"]


def test_a_label_that_reports_use_is_translated():
    """The line that the message names is enough."""
    given = ROWS.assign(track=["All", "b"] * 6)
    with pytest.raises(iop.DataError, match=r"reserved_word: .+ \[codes\.track\]"):
        iop.load(given)
    with iop.load(given, mapping={"data": {"class": "synthetic"}, "codes": {"track": {"All": "all tracks"}}}) as data:
        assert set(iop.completion(data, by="track").to_frame().level) == {"All", "all tracks", "b"}


@pytest.mark.filterwarnings("error")
def test_letters_that_charts_cannot_draw_are_said_once():
    """By a finding, not by matplotlib for every letter of every chart; Cyrillic, Greek and umlauts are drawn."""
    given = ROWS.assign(track=["精神科", "Süd", "Психоз"] * 4)
    with iop.load(given, mapping={"data": {"class": "synthetic"}}) as data:
        assert [(each.column, each.count) for each in data.findings if each.rule == "label_not_drawn"] == [("track", 4)]
        assert "精神科" in iop.completion(data, by="track")._repr_html_()
