"""Takes a command line about published studies, gives them as a table, one with its figures, or as records that say the same."""

import csv
import io
import json

from iop_outcomes.cli import run


def test_a_search_gives_the_same_studies_in_each_form(capsys):
    """As text, JSON and comma-separated."""
    assert run(["studies", "--level", "IOP"]) == 0
    text = capsys.readouterr().out
    run(["studies", "--level", "IOP", "--json"])
    records = json.loads(capsys.readouterr().out)
    run(["studies", "--level", "IOP", "--csv"])
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    names = {record["study"] for record in records}
    assert names == {row["study"] for row in rows}
    assert all(name in text for name in names)
    assert all("IOP" in record["level"] for record in records)


def test_one_study_prints_its_figures(capsys):
    """With the page they stand on."""
    assert run(["studies", "samplin_2022"]) == 0
    out = capsys.readouterr().out
    assert "samplin" in out.lower()
    assert "figure" in out


def test_trials_are_written_as_a_table_of_metapsy(tmp_path, capsys):
    """A new file, with the sentence that says what is in it; never over another."""
    target = tmp_path / "trials.csv"
    assert run(["studies", "--metapsy", str(target)]) == 0
    assert capsys.readouterr().out.splitlines()[0] == str(target)
    assert "study" in target.read_text().splitlines()[0]
    assert run(["studies", "zzz"]) == 2
