"""Takes a command line about a printed curve, gives its counts, or its shares by days, in three forms that say the same."""

import csv
import io
import json

import pytest

from iop_outcomes.cli import run


@pytest.fixture
def ask(tmp_path, capsys):
    """The command over one curve of eight people: 2 of 8 by day 10, 4 of 8 by day 20, followed to day 30."""
    (tmp_path / "points.csv").write_text("time,share\n0,1\n10,0.75\n20,0.5\n30,0.5\n")
    (tmp_path / "risk.csv").write_text("time,n\n0,8\n15,6\n25,4\n")

    def call(*more):
        code = run(["curve", str(tmp_path / "points.csv"), "--at-risk", str(tmp_path / "risk.csv"), *more])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def test_counts_in_three_forms(ask):
    """Two people on day 10, two on day 20, four at the end."""
    code, out, _ = ask("--json")
    records = json.loads(out)
    rows = list(csv.DictReader(io.StringIO(ask("--csv")[1])))
    assert code == 0
    assert [list(record) for record in records] == [list(row) for row in rows]
    assert [(record["day"], record["events"], record["censored"]) for record in records] == [(10, 2, 0), (20, 2, 0), (30, 0, 4)]
    text = ask()[1]
    assert text.splitlines()[0].split() == list(records[0])


def test_shares_by_days(ask):
    """As read off; past the end of the curve nothing is known, which JSON calls null."""
    records = json.loads(ask("--json", "--at", "10,25,90")[1])
    assert [record["share"] if "share" in record else record["event_free"] for record in records[:2]] == pytest.approx(
        [0.75, 0.5], abs=1e-9
    )
    assert None in records[2].values()


def test_what_is_refused(ask):
    """Two forms, and days that are none."""
    assert ask("--json", "--csv")[0] == 2
    assert ask("--at", "soon")[0] == 2
