"""Takes a program, gives proof that each pack is the page it says it is: its parts, its policy, its names, and figures or what is lacking."""

import json
import re

import numpy as np
import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.attack import attack_report
from iop_outcomes.cli import run
from iop_outcomes.errors import DataError
from iop_outcomes.reporting.blocks import TableBlock, Terms
from iop_outcomes.reporting.packs import PACKS, find_pack
from iop_outcomes.reporting.parameters import PageParameters
from iop_outcomes.reporting.parts import PROGRAM_QUALITY
from iop_outcomes.reporting.parts.accreditation import ELEMENTS as OF_ACCREDITATION
from iop_outcomes.reporting.parts.medicare_iop import ELEMENTS as OF_MEDICARE
from iop_outcomes.reporting.parts.rates import RATES
from tests.reporting.parts.test_disparities import rows

COVARIATES = {"race": "category", "hours_per_week": "integer", "certified": "category", "condition_code": "category"}
SECTION = {"payer": ("rates", RATES), "accreditation": ("accreditation", OF_ACCREDITATION), "medicare_iop": ("medicare", OF_MEDICARE)}


@pytest.fixture(scope="module")
def frames():
    """A program with scores and three of the columns that Medicare asks for, and no event after discharge."""
    draw, n = np.random.default_rng(8), 300
    more = {
        "hours_per_week": draw.choice([6, 9, 12], n),
        "certified": draw.choice(["yes", "no", ""], n, p=[0.75, 0.15, 0.1]),
        "condition_code": draw.choice(["92", "41"], n),
    }
    return {"episodes": rows(n, **more)}


@pytest.fixture(scope="module")
def program(frames):
    """The same as data, of a program with a name."""
    mapping = {"data": {"class": "synthetic"}, "covariates": COVARIATES, "program": {"name": "Riverside IOP"}}
    with iop.load(frames, mapping=mapping) as data:
        yield data


@pytest.fixture(scope="module")
def pages(program):
    """Every pack but the usual one, that of the committee as it may see it."""
    policies = {"committee": "internal"}
    return {name: iop.report(program, pack=name, policy=policies.get(name, "cms11")) for name in PACKS if name != "program_quality"}


def rows_of(page, name):
    """The rows of the table of elements."""
    (table,) = [block.table for block in page.section(name).blocks if isinstance(block, TableBlock)]
    return table.rows


def test_program_quality_is_as_it_was():
    """The usual pack is the usual parts."""
    assert find_pack("program_quality").parts is PROGRAM_QUALITY


@pytest.mark.parametrize("name", [name for name in PACKS if name != "program_quality"])
def test_each_pack_has_its_names_title_and_policy(pages, name):
    """Files, heading, parameters and policy are those of the pack; a name within the title keeps its capital."""
    page, pack = pages[name], PACKS[name]
    assert list(page.files("html")) == [f"{name}.html", f"{name}_methods.html"]
    assert page.title == f"Riverside IOP: {pack.title[0].lower()}{pack.title[1:]}"
    assert page.policy.name == ("internal" if name == "committee" else "cms11")
    assert json.loads(page.to_json())["parameters"]["pack"] == name


def test_the_committee_reads_what_it_asks_for_and_every_table_is_marked(pages):
    """Page one, who got worse, the trend, who people are, the outcomes, the data; and small numbers are marked everywhere."""
    page = pages["committee"]
    order = [section.id for section in page.every_section]
    wanted = ["key_points", "at_risk", "trend", "disparities", "who", "completion", "phq9_change", "data_quality", "methods"]
    assert [name for name in order if name in wanted] == wanted
    mark = page.policy.mark
    assert mark
    assert all(block.table.mark == mark for section in page.sections for block in section.blocks if isinstance(block, TableBlock))
    assert "Thoughts of self-harm cannot be told from these data" in page.to("txt")
    assert sum("got worse" in section.title for section in page.sections) == 1


def test_internal_is_no_pack_s_default(program):
    """It is asked for by name: a page of the committee without a policy is one to pass on."""
    page = iop.report(program, pack="committee")
    assert page.policy.name == "cms11"
    shown = pd.concat(released.to_frame() for released in page.released)
    assert not shown.n.dropna().between(1, 10).any()


@pytest.mark.parametrize("name", SECTION)
def test_every_element_has_its_figure_or_what_the_data_lack(pages, name):
    """No element is passed over, and each says who asks it."""
    section, elements = SECTION[name]
    given = [row[0] for row in rows_of(pages[name], section)]
    assert list(dict.fromkeys(given)) == [element.name for element in elements]
    (terms,) = [block for block in pages[name].section(section).blocks if isinstance(block, Terms)]
    for (term, lines), element in zip(terms.entries, elements, strict=True):
        assert term == element.name
        assert lines[0].startswith("Asked: ")
        lacking = [line for line in lines if line.startswith("Not computable: ")]
        figures = [line for line in lines if "Denominator: " in line or "Among: " in line]
        words = element.words is not None
        assert bool(lacking) + bool(figures) + (words and not lacking) == 1
        assert all(re.search(r"Left out: (nobody|.+: \d|how many is not shown: )", line) for line in figures)
        assert any(line.startswith("Source: ") for line in lines) or lacking


def test_figures_are_those_of_the_measures(pages, program):
    """K of n and the share, held against the working numbers."""
    certified = iop.measure(program, "certified").to_frame().iloc[0]
    row = next(row for row in rows_of(pages["medicare_iop"], "medicare") if row[0] == "Certified")
    assert row[2] == f"{100 * certified.value:.0f}%"
    assert row[4] == f"{certified.k} of {certified.n}"
    better = iop.reliable_change(program, scale="phq9").to_frame().iloc[0]
    for name, section in (("payer", "rates"), ("accreditation", "accreditation")):
        row = next(row for row in rows_of(pages[name], section) if row[1] == "Reliably better, PHQ-9")
        assert row[4] == f"{better.k} of {better.n}"


def test_what_is_lacking_is_named_by_its_column(pages):
    """And what is there is not."""
    medicare = {row[0]: row[1] for row in rows_of(pages["medicare_iop"], "medicare")}
    assert medicare["Certified again"] == "not computable: column recertified is not in the data"
    assert not [words for name, words in medicare.items() if name != "Certified again" and "computable" in words]
    rates = {row[0]: row[1] for row in rows_of(pages["payer"], "rates")}
    assert rates["Sessions missed"] == "not computable: table sessions is not in the data"
    assert rates["Back in hospital"].startswith(
        "not computable: an event readmission_psychiatric (table events) and column follow_up_days are"
    )
    accreditation = {row[0]: row[1] for row in rows_of(pages["accreditation"], "accreditation")}
    assert accreditation["Used for the person"] == "not computable: column scores_in_plan is not in the data"
    assert accreditation["Stratified"] == "by sex and race: see Outcomes by who people are"
    assert accreditation["A standardized instrument is used"] == "PHQ-9 (Patient Health Questionnaire, 9 items)"


def test_nothing_at_all_is_a_page_too():
    """Four columns: every element of every pack says what is lacking, and no page falls."""
    bare = rows(60, phq9_admit=None, phq9_discharge=None, sex=None, race=None)
    with iop.load({"episodes": bare}, mapping={"data": {"class": "synthetic"}}) as data:
        pages = {name: iop.report(data, pack=name) for name in PACKS}
    assert {row[1][:14] for row in rows_of(pages["medicare_iop"], "medicare")} == {"not computable"}
    assert {row[1][:14] for row in rows_of(pages["accreditation"], "accreditation")} == {"not computable"}
    assert "Whether anybody got worse cannot be told" in pages["committee"].to("txt").replace("\n", " ")
    assert not [section for page in pages.values() for section in page.sections if section.id == "disparities"]


def test_a_saved_pack_is_verified(pages, program, tmp_path):
    """The page says which pack it is of, and the same is made again; another pack is not the same."""
    pages["medicare_iop"].save(tmp_path, formats=("html", "csv", "json", "txt"))
    assert iop.verify(program, report=tmp_path).same
    text = (tmp_path / "medicare_iop.html").read_text(encoding="utf-8")
    changed = tmp_path / "changed" / "payer.html"
    changed.parent.mkdir()
    changed.write_text(text.replace("medicare_iop", "payer"), encoding="utf-8")
    assert not iop.verify(program, report=changed).same


def test_an_older_page_is_of_the_only_pack_there_was(pages):
    """Parameters that name no pack."""
    values = pages["payer"].parameters.to_dict()
    assert PageParameters.from_dict(values).pack == "payer"
    del values["pack"]
    assert PageParameters.from_dict(values).pack == "program_quality"
    with pytest.raises(DataError):
        PageParameters.from_dict({**values, "pack": 1})


def test_a_ledger_holds_packs_against_one_another(program, tmp_path):
    """An output of another pack is an earlier output like any other, and verify makes it again."""
    ledger = tmp_path / "ledger.json"
    iop.report(program, pack="medicare_iop", ledger=ledger)
    second = iop.report(program.where(certified="yes"), pack="medicare_iop", ledger=ledger)
    assert second.parameters.ledger == 1
    second.save(tmp_path / "out")
    assert iop.verify(program, report=tmp_path / "out", ledger=ledger).same


def test_the_command_line_writes_a_pack_and_names_those_there_are(capsys, tmp_path, frames):
    """Files after the pack; an unknown one ends with 2 and the list; the help has them all."""
    folder = tmp_path / "data"
    folder.mkdir()
    frames["episodes"].drop(columns=["race", "hours_per_week", "certified", "condition_code"]).to_csv(folder / "episodes.csv", index=False)
    (folder / "mapping.toml").write_text('[data]\nclass = "synthetic"\n', encoding="utf-8")
    assert run(["report", str(folder), "--pack", "medicare_iop", "-o", str(tmp_path / "out"), "--format", "html,txt", "--quiet"]) == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "medicare_iop.html",
        "medicare_iop.txt",
        "medicare_iop_methods.html",
    ]
    assert run(["report", str(folder), "--pack", "payers", "-o", str(tmp_path / "out")]) == 2
    assert 'No pack is called "payers"' in capsys.readouterr().err
    assert run(["report", "--help"]) == 0
    words = capsys.readouterr().out
    assert all(name in words for name in PACKS)
    assert not [
        word
        for word in re.findall(r"\{(.+?)\}", iop.report.__doc__ or "")
        if "committee" in word and set(re.findall(r'"(\w+)"', word)) != {*PACKS}
    ]


@pytest.mark.long
@pytest.mark.parametrize("pack", ["committee", "accreditation"])
def test_nothing_comes_back_of_a_page_with_strata(program, pack, tmp_path):
    """An adversary who reads the files finds no withheld count."""
    iop.report(program, pack=pack, policy="cms11").save(tmp_path)
    assert not [each for each in attack_report(tmp_path).recovered if each.is_exact]
