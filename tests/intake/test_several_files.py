"""Takes a table that stands in several files or sheets, one a year, gives proof that it is the table of all their rows."""

import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.intake.propose import propose

ROWS = pd.DataFrame(
    {
        "episode_id": [f"{place:03d}" for place in range(40)],
        "track": ["mood", "dual"] * 20,
        "discharge_reason": ["completed", "dropped_out", "completed", "other"] * 10,
        "los_days": range(10, 50),
        "payer": ["Medicaid", "private"] * 20,
    }
)
SYNTHETIC = {"class": "synthetic"}


def numbers(data):
    """Stays and ways to end of every group."""
    frames = [measure(data, by="track").to_frame() for measure in (iop.length_of_stay, iop.completion)]
    return pd.concat(frames)[["level", "estimand", "value", "n"]].to_csv()


FIRST, SECOND = ROWS.head(15), ROWS.tail(25)
PLAIN = numbers(iop.load(ROWS, mapping={"data": SYNTHETIC}))


def years(folder, first=FIRST, second=SECOND):
    """Two files, the columns of the second in another order."""
    first.to_csv(folder / "episodes_2023.csv", index=False)
    second[second.columns[::-1]].to_csv(folder / "episodes_2024.csv", index=False)
    return {"data": SYNTHETIC, "tables": {"episodes": [str(folder / "episodes_2023.csv"), str(folder / "episodes_2024.csv")]}}


def test_years_are_one_table(tmp_path):
    """As map proposes them, too; a file of the same columns that is called otherwise is none of them."""
    mapping = years(tmp_path)
    ROWS.head(3).to_csv(tmp_path / "episodes_old.csv", index=False)
    with iop.load(tmp_path, mapping=mapping) as data:
        assert numbers(data) == PLAIN
        assert (data.flow[0].rows_in, [finding.rule for finding in data.findings]) == (40, ["files_not_read"])
    text = propose(tmp_path).text
    assert 'episodes = ["episodes_2023.csv", "episodes_2024.csv"]' in text and "files that are not read: episodes_old.csv" in text
    assert propose(tmp_path).to_finish == 0
    (tmp_path / "mapping.toml").write_text(text)
    with iop.load(tmp_path) as data:
        assert numbers(data) == PLAIN


def test_faults_are_named_where_they_stand(tmp_path):
    """By file and line; an episode that stands in both years is one id twice, or a copy."""
    mapping = years(tmp_path, second=pd.concat([ROWS.tail(25), ROWS.tail(1).assign(episode_id="x", los_days=-4)]))
    with pytest.raises(iop.DataError, match=r"episodes_2024\.csv:27: los_days"):
        iop.load(tmp_path, mapping=mapping)
    mapping = years(tmp_path, second=ROWS.tail(26))
    with iop.load(tmp_path, mapping=mapping) as data:
        assert numbers(data) == PLAIN and data.flow[0].excluded == {"exact copy": 1}
    mapping = years(tmp_path, second=ROWS.tail(26).assign(track="dual"))
    with pytest.raises(iop.DataError, match="duplicate_id"):
        iop.load(tmp_path, mapping=mapping)


def test_a_column_of_one_year_alone(tmp_path):
    """It is blank in the other, and that is said."""
    with iop.load(tmp_path, mapping=years(tmp_path, first=ROWS.head(15).drop(columns="payer"))) as data:
        assert numbers(data) == PLAIN
        (found,) = data.findings
        assert (found.rule, found.file, "payer" in found.message) == ("columns_differ", "episodes_2023.csv", True)
        assert iop.completion(data, by="payer").to_frame().query("level == '(missing)'").n.tolist()[0] == 15


def test_sheets_of_years_are_one_table(tmp_path):
    """One sheet a year; the others of the workbook are said not to be read."""
    path = tmp_path / "Log.xlsx"
    with pd.ExcelWriter(path) as book:
        for name, part in (("2023", ROWS.head(15)), ("2024", ROWS.tail(25)), ("Codes", ROWS[["payer"]].head(2))):
            part.to_excel(book, sheet_name=name, index=False)
    mapping = {"data": SYNTHETIC, "tables": {"episodes": [f"{path}#2023", f"{path}#2024"]}}
    with iop.load(tmp_path, mapping=mapping) as data:
        assert numbers(data) == PLAIN
        assert [finding.message for finding in data.findings] == ["sheets that are not read: Codes"]
    assert 'episodes = ["Log.xlsx#2023", "Log.xlsx#2024"]' in propose(tmp_path).text


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ([], "list of different files"),
        (["a.csv", "a.csv"], "list of different files"),
        (["episodes_2023.csv", 3], "list of different files"),
        (["episodes_2023.csv", "gone.csv"], "gone.csv: no_such_file"),
        (["episodes_2023.csv", "parts"], "lists what is neither a file nor a sheet"),
    ],
)
def test_what_a_list_may_hold(files, words, tmp_path):
    """In words, with the key."""
    years(tmp_path)
    (tmp_path / "parts").mkdir()
    (tmp_path / "mapping.toml").write_text(f"[data]\nclass = 'synthetic'\n[tables]\nepisodes = {files}\n")
    with pytest.raises(iop.DataError, match=words):
        iop.load(tmp_path)
