"""Takes saved reports, their data and bytes that were changed, gives proof that verify notices every change and says where."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import iop_outcomes as iop
from iop_outcomes.cli import run
from iop_outcomes.engine.narrowed import Condition
from iop_outcomes.reporting.page_text import page_text
from iop_outcomes.reporting.parameters import PageParameters
from iop_outcomes.reporting.verification import _differences, verify_report

FORMS = ("html", "csv", "json", "txt")
SOURCE = "data/synthetic"


@pytest.fixture(scope="module")
def program():
    """The synthetic program."""
    with iop.load(SOURCE) as data:
        yield data


@pytest.fixture(scope="module")
def made(program, tmp_path_factory):
    """A report of some quarters and two tracks, saved in every form."""
    folder = tmp_path_factory.mktemp("verify")
    narrow = program.where(track=["mental_health", "substance_use"]).discharged("2023-Q1", "2024-Q2")
    report = iop.report(narrow, by="modality", title="Riverside <East>")
    return report, [Path(path) for path in report.save(folder, FORMS)]


@pytest.fixture
def copied(made, tmp_path):
    """Its files, to change."""
    copies = [Path(shutil.copy(path, tmp_path)) for path in made[1]]
    return {"methods" if path.stem.endswith("_methods") else path.suffix[1:]: path for path in copies}


def changed(path, place, bit=1):
    """Flip one bit of a byte of a file."""
    content = bytearray(path.read_bytes())
    content[place] ^= bit
    path.write_bytes(content)


def test_a_folder_is_the_same_and_says_how_many_figures(made, program):
    """Every form, narrowing and title read from the report."""
    report, paths = made
    result = iop.verify(program, report=paths[0].parent)
    assert result.same
    assert result.files == tuple(sorted(path.name for path in paths))
    assert result.figures == len(report.to_csv().splitlines()) - 1


@pytest.mark.parametrize("form", [*FORMS, "methods"])
def test_no_flipped_byte_goes_unnoticed(made, copied, form):
    """At the ends, and at 60 places between; what differs is named in words."""
    path = copied[form]
    good = path.read_bytes()
    assert not list(_differences(path, made[0]))
    for place in {*range(0, len(good), len(good) // 60), len(good) - 1}:
        changed(path, place)
        differences = list(_differences(path, made[0]))
        assert differences, (form, place)
        assert all(str(each).startswith(path.name) for each in differences)
        path.write_bytes(good)


@pytest.mark.parametrize(("form", "cut"), [("html", -1), ("methods", -1), ("csv", -40), ("json", -3), ("txt", -1)])
def test_a_shorter_or_a_longer_file_is_not_the_same(made, copied, form, cut):
    """The last bytes gone, or some more."""
    path = copied[form]
    good = path.read_bytes()
    path.write_bytes(good[:cut])
    assert list(_differences(path, made[0]))
    path.write_bytes(good + b"\n")
    assert list(_differences(path, made[0]))


@pytest.mark.parametrize("form", ["html", "methods"])
def test_a_changed_number_is_named_with_table_row_and_column(made, copied, form):
    """One cell of one table of the page, which may be folded, and of the file of methods."""
    page = copied[form].read_text(encoding="utf-8")
    cell = next(
        piece for piece in page_text(page).pieces if 'column "Episodes"' in piece.place or (", row" in piece.place and "%" in piece.text)
    )
    before, after = f">{cell.text}<", ">77%<"
    assert before in page
    copied[form].write_text(page.replace(before, after), encoding="utf-8")
    named = [each for each in _differences(copied[form], made[0]) if each.place == cell.place]
    assert [(each.report, each.recomputed) for each in named] == [('"77%"', f'"{cell.text}"')]


@pytest.mark.parametrize(
    "damage",
    [
        lambda values: values | {"by": "track"},
        lambda values: values | {"by": "no_such_column"},
        lambda values: values | {"policy": "internal"},
        lambda values: values | {"policy": "nonsense"},
        lambda values: values | {"title": "Another"},
        lambda values: values | {"conf_level": "0.90"},
        lambda values: values | {"conf_level": 7},
        lambda values: values | {"on_error": "sometimes"},
        lambda values: values | {"where": []},
        lambda values: values | {"where": [[{"column": "track", "values": ["nowhere"]}]]},
        lambda values: values | {"where": [[{"column": "track"}]]},
        lambda values: values | {"where": 3},
        lambda values: values | {"more": "1"},
        lambda values: {},
        lambda values: [],
    ],
)
def test_changed_parameters_are_noticed(copied, program, damage):
    """Of a report that is otherwise as it was written: a difference, or words that they do not fit."""
    path = copied["json"]
    document = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(document | {"parameters": damage(document["parameters"])}, indent=2, sort_keys=True), encoding="utf-8")
    copied["html"].unlink()
    copied["methods"].unlink()
    try:
        assert not verify_report(path, program).same
    except iop.DataError as error:
        assert str(error).startswith(path.name)


def test_other_data_are_named_by_table_and_their_numbers_by_place(made, tmp_path, capsys):
    """One discharge reason changed in the file of episodes: exit code 1, and the file is named first."""
    other = shutil.copytree(SOURCE, tmp_path / "other")
    lines = (other / "episodes.csv").read_text().splitlines()
    first = next(n for n, line in enumerate(lines) if ",completed," in line)
    lines[first] = lines[first].replace(",completed,", ",dropped_out,")
    (other / "episodes.csv").write_text("\n".join(lines) + "\n")
    assert run(["verify", str(made[1][0]), "--input", str(other)]) == 1
    assert capsys.readouterr().out.startswith(f"{made[1][0].name}, table episodes: the report has the fingerprint of another file")


def test_a_report_without_its_faulty_rows_is_verified_as_it_was_loaded(tmp_path, capsys):
    """`on_error` comes from the report."""
    folder = shutil.copytree(SOURCE, tmp_path / "faulty")
    with (folder / "episodes.csv").open("a") as file:
        file.write((folder / "episodes.csv").read_text().splitlines()[1].replace("completed", "vanished") + "\n")
    reports = tmp_path / "reports"
    assert run(["report", str(folder), "--on-error", "exclude", "-o", str(reports)]) == 1
    capsys.readouterr()
    assert run(["verify", str(reports), "--input", str(folder)]) == 0
    assert "the same byte for byte" in capsys.readouterr().out


def test_a_folder_of_two_reports_asks_for_one(copied, program):
    """By the name of a file."""
    copied["html"].with_name("other.html").write_bytes(copied["html"].read_bytes())
    with pytest.raises(iop.DataError, match="more than one report"):
        iop.verify(program, report=copied["html"].parent)


def test_narrowed_data_are_refused(made, program):
    """How a report was narrowed it says itself."""
    with pytest.raises(iop.UsageError, match="as they were loaded"):
        iop.verify(program.where(track="mental_health"), report=made[1][0])


def test_parameters_come_back_as_they_were_written():
    """Values of every kind of level, as text."""
    given = PageParameters(
        "track", "nhs", 'A "title" & more', 0.9, "exclude", ((Condition("age_group", (1, 2)), Condition("track", ("x",))),)
    )
    again = PageParameters.from_dict(json.loads(json.dumps(given.to_dict())))
    assert again.where == ((Condition("age_group", ("1", "2")), Condition("track", ("x",))),)
    assert again.to_dict() == given.to_dict()
