"""Takes the notebooks, gives them run from top to bottom: images where they belong, and the same page as the command line."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from iop_outcomes.cli import run

ROOT = Path(__file__).resolve().parent.parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_stored_without_outputs(path):
    """Notebooks are kept stripped: no output, no count, one cell of parameters."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
    assert sum("parameters" in cell["metadata"].get("tags", []) for cell in code) == 1


def test_program_quality_writes_the_page_of_the_command_line(tmp_path):
    """Run as an analyst would, 01 shows one image for each chart section and writes the bytes that `report` writes."""
    notebook = nbformat.read(ROOT / "notebooks" / "01_program_quality.ipynb", as_version=4)
    parameters = next(cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", []))
    parameters.source = parameters.source.replace('"../reports"', repr(str(tmp_path / "notebook")))
    client = NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(ROOT / "notebooks")}})
    client.execute()
    images = {
        cell.id: sum(output.get("data", {}).get("text/html", "").count("<img ") for output in cell.outputs)
        for cell in notebook.cells
        if cell.cell_type == "code"
    }
    assert images["completion"] == 1
    assert images["stay"] == 1
    assert not [output for cell in notebook.cells for output in cell.get("outputs", []) if output.output_type in ("error", "stream")]
    assert run(["report", str(ROOT / "data" / "synthetic"), "--output", str(tmp_path / "command")]) == 0
    names = ["program_quality.html", "program_quality.csv", "program_quality.json"]
    for name in names:
        assert (tmp_path / "notebook" / name).read_bytes() == (tmp_path / "command" / name).read_bytes()
