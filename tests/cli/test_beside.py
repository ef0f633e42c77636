"""Takes command lines about a printed curve and a program, gives the two side by side."""

import json

from iop_outcomes.cli import run
from iop_outcomes.cli.beside import _margins


def test_the_commands(tmp_path, capsys):
    """Two small files in, counts out; beside a program, with a figure; what is wrong with a file is said with its line."""
    (tmp_path / "points.csv").write_text("time,share\n0,100\n30,95\n200,80\n", encoding="utf-8")
    (tmp_path / "risk.csv").write_text("time;n\n0;400\n100;300\n", encoding="utf-8")
    files = [str(tmp_path / "points.csv"), "--at-risk", str(tmp_path / "risk.csv"), "--percent"]
    assert run(["curve", *files, "--json"]) == 0
    assert sum(row["events"] + row["censored"] for row in json.loads(capsys.readouterr().out)) == 400
    assert run(["curve", *files, "--at", "30", "--csv"]) == 0
    assert capsys.readouterr().out.splitlines()[1].startswith("30.0,0.949")
    figure = tmp_path / "figure.svg"
    assert run(["beside", "data/synthetic", "--curve", *files, "--at", "30", "--margin", "0.05", "--figure", str(figure), "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["verdict"], row["interval"]) == ("equivalent", "of both")
    assert figure.read_bytes().startswith(b"<?xml")
    (tmp_path / "risk.csv").write_text("time,n\n0,four hundred\n", encoding="utf-8")
    assert run(["curve", *files]) == 2
    assert "risk.csv, line 2: n is no number" in capsys.readouterr().err
    (tmp_path / "risk.csv").write_text("t,n\n0,1\n", encoding="utf-8")
    assert run(["curve", *files]) == 2
    assert "has no column time" in capsys.readouterr().err
    assert run(["curve", files[0]]) == 2


def test_margins_are_numbers_of_quantities(capsys):
    """One alone may go without the name of its quantity; what is no number is refused with an example before anything is read."""
    assert _margins(None, None, ["0.1"]) == 0.1
    assert _margins(None, None, ["completion_strict=0.1", "los_median=5"]) == {"completion_strict": 0.1, "los_median": 5}
    assert _margins(None, None, []) is None
    assert run(["beside", "nowhere", "--margin", "wide"]) == 2
    assert '"wide": write a number, or QUANTITY=NUMBER, as in completion_strict=0.10.' in capsys.readouterr().err
