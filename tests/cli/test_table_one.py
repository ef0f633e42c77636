"""Takes a command line about a table one, gives the words and files that the call gives."""

import pandas as pd

import iop_outcomes as iop
from iop_outcomes.cli import run


def test_the_command_prints_and_writes_the_released_table(tmp_path, capsys):
    """The same words as the call; a file by its ending, never over another."""
    rows = pd.DataFrame({"episode_id": range(60), "track": ["a", "b"] * 30, "sex": ["x"] * 25 + ["y"] * 35, "planned_days": [30, 60] * 30})
    rows.assign(discharge_reason="completed", los_days=range(60)).to_csv(tmp_path / "episodes.csv", index=False)
    with iop.load(tmp_path / "episodes.csv") as data:
        table = iop.table_one(data, columns=["planned_days", "sex"], median=["los_days"])
    asked = ["table-one", str(tmp_path / "episodes.csv"), "--columns", "planned_days,sex", "--median", "los_days"]
    assert run(asked) == 0
    assert capsys.readouterr().out.startswith(table.exhibit().to_text())
    written = tmp_path / "new" / "t.tex"
    assert run([*asked, "-o", str(written)]) == 0
    assert written.read_text(encoding="utf-8") == table.to_latex()
    assert run([*asked, "-o", str(written)]) == 4
    assert run(["table-one", "nowhere", "-o", "t.pdf"]) == 2
    assert "must end in .csv, .docx, .html or .tex" in capsys.readouterr().err
