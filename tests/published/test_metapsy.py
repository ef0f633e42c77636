"""Takes a table in the Metapsy standard, gives its studies, and writes trials of the registry as such a table."""

import csv
import io

import pytest

import iop_outcomes as iop
from iop_outcomes.cli import run

# The columns that metapsyTools::checkDataFormat must find, in its order.
MUST = (
    "study condition_arm1 condition_arm2 multi_arm1 multi_arm2 outcome_type instrument time time_weeks rating mean_arm1 mean_arm2 "
    "sd_arm1 sd_arm2 n_arm1 n_arm2 event_arm1 event_arm2 totaln_arm1 totaln_arm2"
).split()
ROWS = [
    "Adam, 2019,cbt,wl,NA,NA,msd,phq-9,post,8,self-report,9.40,12.10,5.2,5.6,40,42,NA,NA,NA,NA,2019,-0.4951",
    "Adam, 2019,cbt,wl,NA,NA,response,phq-9,post,8,self-report,NA,NA,NA,NA,NA,NA,20,9,40,42,2019,NA",
    "Baker, 2020,ipt,cau,NA,NA,msd,hdrs,post,12,clinician,10.0,11.0,4.0,4.0,30,30,NA,NA,NA,NA,2020,-0.9000",
]


def table(folder, rows=ROWS, columns=MUST):
    """A file of the standard; the first cell holds a comma."""
    lines = [",".join([*columns, "year", ".g"])]
    lines += ['"' + ", ".join(row.split(",")[:2]).replace(",  ", ", ") + '",' + ",".join(row.split(",")[2:]) for row in rows]
    path = folder / "trials.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_table_becomes_studies_that_are_reproduced(tmp_path):
    """G of 9.40 (5.2) against 12.10 (5.6), 40 and 42 people, is -0.4944 or so: printed as it is, and a wrong one is seen."""
    path = table(tmp_path)
    adam = iop.studies("adam", add=path).rows[0]
    assert (adam.id, adam.year, len(adam.figures), adam.figures[0].group_2) == ("adam_2019", 2019, 2, "wl")
    d = -2.7 / ((39 * 5.2**2 + 41 * 5.6**2) / 80) ** 0.5
    results = {row.study: row for row in iop.reproduce(path).rows if row.quantity == "g_s_approximate"}
    assert results["adam_2019"].computed == pytest.approx(d * (1 - 3 / (4 * 82 - 9)))  # as esc and metapsyTools write J
    assert results["adam_2019"].result == "reproduced"
    assert results["baker_2020"].result == "not reproduced"
    shares = adam.figures[1]
    assert (shares.calculation, shares.outcome, dict(shares.given)) == (
        "proportions",
        "response",
        {"events_1": 20, "n_1": 40, "events_2": 9, "n_2": 42},
    )


def test_out_and_in_again(tmp_path, capsys):
    """What is written has the columns of the standard, and is read as the same figures."""
    path = table(tmp_path)
    registry = iop.studies("2019", add=path)
    export = iop.studies("adam", add=path).to_metapsy()
    written = list(csv.DictReader(io.StringIO(export.to_csv())))
    assert list(written[0])[: len(MUST)] == MUST
    assert (written[0]["mean_arm1"], written[0]["n_arm2"], written[1]["event_arm1"], written[1]["mean_arm1"]) == ("9.40", "42", "20", "NA")
    again = tmp_path / "again.csv"
    assert run(["studies", "adam", "--add", str(path), "--metapsy", str(again)]) == 0
    assert "2 comparisons" in capsys.readouterr().out
    first, second = (iop.studies("adam", add=each).rows[0].figures for each in (path, again))
    assert [(figure.given, figure.printed, figure.group_1, figure.time_weeks) for figure in first] == [
        (figure.given, figure.printed, figure.group_1, figure.time_weeks) for figure in second
    ]
    assert len(registry) >= 1


def test_changes_stay_changes(tmp_path):
    """Means of changes are read where there are none of scores, and are written as changes again; so are arms of a kind."""
    more = [f"{figure}_change_arm{arm}" for figure in ("mean", "sd", "n") for arm in (1, 2)]
    row = "Clark, 2021,cbt,cbt,group,single,msd,phq-9,post,8,self-report,NA,NA,NA,NA,NA,NA,NA,NA,NA,NA,-5.1,-6.3,4.0,4.2,30,31,2021,NA"
    path = table(tmp_path, rows=[row], columns=[*MUST, *more])
    registry = iop.studies("clark 2021", add=path)
    figure = registry["clark_2021"].figures[0]
    assert (figure.outcome, figure.arm_1, str(figure.given["mean_1"])) == ("difference_in_change", "group", "-5.1")
    (written,) = csv.DictReader(io.StringIO(registry.to_metapsy().to_csv()))
    assert (written["mean_change_arm1"], written["n_change_arm2"], written["mean_arm1"], written["multi_arm2"]) == (
        "-5.1",
        "31",
        "NA",
        "single",
    )
    assert "difference between two groups" in registry.effects("d_pre_sd").refused[0][2]


def test_what_the_standard_has_no_row_for_is_said():
    """One group, and arms that were not drawn by lot."""
    export = iop.studies(level="PHP").to_metapsy()
    reasons = dict(export.left_out)
    assert "one group" in reasons["rogers_php.depression"]
    assert "drawn by lot" in reasons["zimmerman_2021.length_of_stay"]
    assert "left out" in export.sentence()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [("rating", "rater", "rating"), ("9.40", "nine", "line 2: mean_arm1 is no number"), ("Baker", "", None)],
)
def test_what_is_no_such_table(tmp_path, old, new, words):
    """A missing column and a cell that is no number are named; a study without its author is still a study."""
    path = table(tmp_path)
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    if words is None:
        assert len(iop.studies(add=path)) == len(iop.studies()) + 2
        return
    with pytest.raises(iop.DataError, match=words):
        iop.studies(add=path)


def test_semicolons_and_a_table_without_rows(tmp_path):
    """As spreadsheets of some countries write it; the head alone says that it has no row."""
    commas = iop.studies(add=table(tmp_path))["adam_2019"]
    path = tmp_path / "trials.csv"
    rows = list(csv.reader(io.StringIO(path.read_text())))
    path.write_text("\n".join(";".join(row) for row in rows) + "\n")
    assert iop.studies(add=path)["adam_2019"].figures == commas.figures
    path.write_text(",".join(MUST) + "\n")
    with pytest.raises(iop.DataError, match="columns of the Metapsy standard and no row"):
        iop.studies(add=path)
