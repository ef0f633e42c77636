"""A page made by `notebook run` shows released forms alone, unless the policy is internal: no line, no row, no working number."""

import json
import re

import pytest

import iop_outcomes as iop
from iop_outcomes.cli import run
from iop_outcomes.notebooks.showing import WITHHELD, released_form
from tests.notebooks.test_running import ROOT, write

CELLS = (
    "import iop_outcomes as iop\nfrom IPython.display import display\ndata = iop.load(source)",
    "data",
    "print(data, data.findings)",
    "display(data.findings)",
    "data.to_frame()",
    "print(data.to_frame().head())",
    "iop.completion(data, by='track').to_frame()",
    "iop.completion(data, by='track')",
    "print(iop.completion(data).sentence())",
    "iop.completion(data, by='track').plot()",
    "data.episodes",
)
PARAMETERS = 'source = "data/synthetic"\npolicy = "cms11"'


def _texts(folder):
    """The page, and every output of the notebook, as text."""
    notebook = json.loads((folder / "own.ipynb").read_text(encoding="utf-8"))
    outputs = [output for cell in notebook["cells"] for output in cell["outputs"]]
    words = [
        str(output.get("text", "")) + str({kind: data for kind, data in output.get("data", {}).items() if kind != "image/png"})
        for output in outputs
    ]
    return (folder / "own.html").read_text(encoding="utf-8"), words, notebook


def test_a_page_shows_released_forms_alone(tmp_path):
    """Data as their findings without lines, answers as they are released, and a sentence for all else; of policy internal, everything."""
    write(tmp_path / "own.ipynb", *CELLS, parameters=PARAMETERS)
    source = f"source={ROOT / 'data' / 'synthetic'}"
    assert run(["notebook", "run", str(tmp_path / "own.ipynb"), "-p", source, "-o", str(tmp_path / "page")]) == 0
    page, words, notebook = _texts(tmp_path / "page")
    for text in (page, *words):
        assert not re.search(r"\blines? \d|\be\d{4,}\b|1200|\bE-?\d{4}", re.sub(r"<style.*?</style>", "", text, flags=re.DOTALL))
    assert page.count("Working material is not shown on a page") >= 5
    assert "fewer than 11" in page or "Findings in the data" in page or "No finding" in page
    assert any("completion" in text.lower() and "%" in text for text in words)
    assert [cell["execution_count"] for cell in notebook["cells"]] == list(range(1, len(CELLS) + 3))  # the cell of what was given, too
    assert "contains small numbers" not in page
    assert run(["notebook", "run", str(tmp_path / "own.ipynb"), "-p", source, "-p", "policy=internal", "-o", str(tmp_path / "inside")]) == 0
    inside, words, _ = _texts(tmp_path / "inside")
    assert WITHHELD not in inside and "contains small numbers" in inside
    assert any("working material, to be handled like the data" in text for text in words)


def test_the_cell_that_fails_is_counted_as_a_person_counts(tmp_path, capsys):
    """The first cell of the person's own is the second of the notebook, whatever was put before it."""
    write(tmp_path / "own.ipynb", "1 / 0", parameters='policy = "cms11"')
    assert run(["notebook", "run", str(tmp_path / "own.ipynb"), "-o", str(tmp_path / "page")]) == 2
    assert "stopped in cell 2 (1 / 0)" in capsys.readouterr().err


@pytest.mark.parametrize("policy", ["cms11", "round5"])
def test_what_is_released_stays_itself(synthetic, policy):
    """Answers, sections, words and names of files are shown; rows, numbers and findings are not."""
    answer = iop.completion(synthetic, by="track")
    for thing in (
        answer,
        answer.release(policy),
        "words",
        None,
        answer.definition,
        [ROOT],
        iop.attempt(iop.symptom_change, synthetic, scale="pcl5"),
    ):
        assert released_form(thing, policy) is thing
    for thing in (answer.to_frame(), answer.results, synthetic.findings or 3, 1200, {"a": 1}, [answer, 3]):
        assert repr(released_form(thing, policy)) == WITHHELD
    assert "lines" not in released_form(synthetic, policy)._repr_html_()


def test_answers_of_a_notebook_are_held_against_a_ledger(tmp_path, capsys):
    """The second notebook shows a program without three episodes: what differs is withheld, and both pages say whether they were compared."""
    frame = "import numpy as np, pandas as pd, iop_outcomes as iop\nframe = pd.DataFrame({'episode_id': range(90), "
    frame += "'track': np.repeat(['a', 'b', 'c'], 30), 'los_days': 30, 'discharge_reason': np.where(np.arange(90) % 2, 'completed', 'dropped_out')})"
    show = "iop.completion(iop.load(frame.iloc[{first}:], mapping={{'data': {{'class': 'safe_harbor'}}}}), by='track')"
    ledger = tmp_path / "ledger"
    for name, first in (("whole", 0), ("fewer", 3)):
        write(tmp_path / f"{name}.ipynb", frame, show.format(first=first), parameters='policy = "cms11"')
        for folder, kept in (("alone", []), ("held", ["--ledger", str(ledger)])):
            assert run(["notebook", "run", str(tmp_path / f"{name}.ipynb"), "-o", str(tmp_path / folder), *kept]) == 0
    alone, held = ((tmp_path / folder / "fewer.html").read_text(encoding="utf-8") for folder in ("alone", "held"))
    assert "This output was not compared with earlier ones" in alone and "Every answer was held against the outputs of a ledger" in held
    assert held.count("not shown") > alone.count("not shown")
    assert len(ledger.read_text(encoding="utf-8").splitlines()) == 2
    ledger.write_text("no ledger\n", encoding="utf-8")
    assert run(["notebook", "run", str(tmp_path / "whole.ipynb"), "-o", str(tmp_path / "none"), "--ledger", str(ledger)]) == 2
    assert "ledger:1: this line is no output of a ledger" in capsys.readouterr().err and not (tmp_path / "none").exists()
