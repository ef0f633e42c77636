"""Takes a report, gives proof of its charts as files: each as the page shows it, with the released numbers that it was drawn from."""

from __future__ import annotations

import csv
import io
from base64 import b64decode

import pandas as pd
import pytest
from matplotlib.figure import Figure as Drawing

import iop_outcomes as iop
from iop_outcomes.reporting.blocks import Figure, TableBlock, Text, figure_block, section
from iop_outcomes.reporting.render.figures import figure_files
from iop_outcomes.reporting.report import Report
from iop_outcomes.reporting.verification import _differences
from iop_outcomes.show import theme
from iop_outcomes.show.tables import Table
from tests.reporting.test_edges_of_pages import episodes

MARK = "contains small numbers: for people entitled to see this program's patients"


@pytest.fixture(scope="module")
def report(synthetic):
    """The synthetic program under the policy that withholds nothing and marks everything."""
    return iop.report(synthetic, by="track", policy="internal")


@pytest.fixture(scope="module")
def files(report):
    """Its charts."""
    return report.files("figures")


def rows(content):
    """The rows of a file of numbers."""
    return list(csv.DictReader(io.StringIO(content.decode("utf-8"))))


def charts(report):
    """Every chart of the page with the name of its files."""
    for part in report.every_section:
        for number, block in enumerate((block for block in part.blocks if isinstance(block, Figure)), 1):
            yield f"program_quality_figure_{part.id}_{number}", block


def test_each_chart_of_the_page_is_two_files(report, files):
    """Named after its section and its place there, in the order of the page."""
    assert list(files) == [f"{name}.{ending}" for name, _ in charts(report) for ending in ("svg", "csv")]
    assert "program_quality_figure_completion_1.svg" in files
    assert len(files) > 12


def test_the_drawing_is_that_of_the_page(report, files):
    """The same bytes, with the mark of the policy in them."""
    for name, block in charts(report):
        assert files[f"{name}.svg"] == b64decode(block.image.partition("base64,")[2])
        assert files[f"{name}.svg"].startswith(b"<?xml")


def test_the_numbers_are_those_of_the_report(report, files):
    """Each row stands in the CSV of the whole report, with the mark; every group that the chart draws has one."""
    every = {tuple(row.values()) for row in csv.DictReader(io.StringIO(report.to_csv()))}
    for name, block in charts(report):
        found = rows(files[f"{name}.csv"])
        assert {tuple(row.values()) for row in found} <= every
        assert {row["mark"] for row in found} == {MARK}
        assert {row["estimand"] for row in found} == set(block.estimands)
        assert {row["level"] for row in found} >= set(block.released.levels)


@pytest.mark.parametrize(
    ("part", "measure", "estimands"),
    [
        ("completion", "completion", {"completion_strict"}),
        ("length_of_stay", "length_of_stay", {"los_median", "los_q1", "los_q3"}),
        ("phq9_change", "phq9_change", {"mean_admit", "mean_discharge", "mean_change"}),
        ("readmission", "readmission", {"cumulative_incidence"}),
        ("trend", "completion", {"completion_strict"}),
    ],
)
def test_a_chart_has_the_numbers_that_it_shows(files, part, measure, estimands):
    """And no others of its measure."""
    of_part = (
        rows(content) for name, content in files.items() if name.startswith(f"program_quality_figure_{part}_") and name.endswith(".csv")
    )
    found = next(each for each in of_part if each[0]["measure"] == measure)
    assert {row["measure"] for row in found} == {measure}
    assert {row["estimand"] for row in found} == estimands


def test_verify_reads_them(report, files, tmp_path):
    """As written they are the same; a changed number and a changed line are found, each in its own file."""
    paths = report.save(tmp_path, ["csv", "figures"])
    assert [path.name for path in paths] == ["program_quality.csv", *files]
    for path in paths[:3]:
        assert list(_differences(path, report)) == []
    drawing, numbers = paths[1:3]
    numbers.write_text(numbers.read_text(encoding="utf-8").replace("All", "Nobody", 1), encoding="utf-8")
    (difference,) = _differences(numbers, report)
    assert "line 2, column level" in str(difference)
    drawing.write_bytes(drawing.read_bytes().replace(b"L ", b"M ", 1))
    (difference,) = _differences(drawing, report)
    assert "another drawing" in str(difference)


def test_a_folder_with_them_is_one_report(tmp_path):
    """Each is compared with its own; one by itself finds beside it what the report was asked for."""
    frames = {"episodes": pd.DataFrame(episodes(a=(20, 20), b=(25, 15)))}
    with iop.load(frames, mapping={"data": {"class": "synthetic"}}) as data:
        paths = iop.report(data).save(tmp_path, ["html", "csv", "figures"])
        assert {path.name for path in paths} > {"program_quality_figure_completion_1.csv", "program_quality_figure_completion_1.svg"}
        for given, names in ((tmp_path, sorted(path.name for path in paths)), (paths[-1], [paths[-1].name])):
            result = iop.verify(data, report=given)
            assert result.same
            assert list(result.files) == names


# -- pages made by hand -------------------------------------------------------------------------------------------------


def by_hand(*blocks):
    """A page of one section."""
    return Report("page", "T", "L", (section("first", "First", blocks),), (), None, None, None)


def test_a_drawing_of_nothing_released_has_the_table_that_follows_it():
    """Its words as they stand, with the mark; what a spreadsheet would take for a formula is quoted."""
    table = Table("A caption", ("Track", "=n"), (("a, b", "not shown"), ("+c", "12")), mark="kept inside")
    files = figure_files(by_hand(figure_block(theme.new_axes(1), "H", "S", "A"), Text("between"), TableBlock(table)))
    assert list(files) == ["page_figure_first_1.svg", "page_figure_first_1.csv"]
    assert files["page_figure_first_1.csv"].decode() == "Track,'=n,mark\n\"a, b\",not shown,kept inside\n'+c,12,kept inside\n"


def test_a_drawing_without_numbers_is_alone():
    """The table after the next drawing is that one's; axes of somebody's own carry nothing."""
    own = Drawing().add_subplot()
    table = Table("A caption", ("Track", "n"), (("a", "12"),))
    files = figure_files(by_hand(figure_block(own, "H", "S", "A"), figure_block(theme.new_axes(1), "H", "S", "A"), TableBlock(table)))
    assert list(files) == ["page_figure_first_1.svg", "page_figure_first_2.svg", "page_figure_first_2.csv"]


def test_a_page_without_a_drawing_has_no_such_file(tmp_path):
    """Nothing is written, and nothing fails."""
    report = by_hand(Text("words"))
    assert report.files("figures") == {}
    assert report.save(tmp_path, ["figures"]) == []
