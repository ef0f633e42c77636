"""Takes a notebook and values for its parameters, gives it executed: the notebook with its outputs, and a page to read.

The kernel runs in the current folder with the Python of this process, whatever kernels and profiles a person has set up.
"""

from __future__ import annotations

import os
import re
import tempfile
from asyncio import CancelledError
from collections.abc import Mapping
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from subprocess import DEVNULL
from typing import Any

from iop_outcomes import errors
from iop_outcomes.engine.connection import folder_prefix
from iop_outcomes.errors import DataError, IopError, OutputError, UsageError
from iop_outcomes.intake.locations import find_mapping
from iop_outcomes.intake.mapping import read_mapping
from iop_outcomes.notebooks.folder import find_notebook
from iop_outcomes.notebooks.folder import title as title_of
from iop_outcomes.notebooks.parameters import OUTPUT, POLICY, SOURCE, TAG, defaults, values_for
from iop_outcomes.notebooks.showing import released_only
from iop_outcomes.release import ALONE, DEFAULT_POLICY, NOT_AUDITED, open_ledger, policy_for
from iop_outcomes.reporting.files import write_files

LIBRARIES = ("ipykernel", "jupyter_client", "nbclient", "nbconvert", "nbformat")
SECONDS = 600
GATE = "released-only"  # the cell before the first, which is taken out again
INTERNAL = "internal"  # the policy under which a page may show working material
HELD = "Every answer was held against the outputs of a ledger, and added to it: what would differ from one of them by few episodes is not shown."
_NAME = re.compile(r"[a-z0-9_]+")


def missing() -> list[str]:
    """Libraries of the extra `notebooks` that are not installed."""
    return [name for name in LIBRARIES if find_spec(name) is None]


def run_notebook(name: str, given: Mapping[str, str], folder: str, ledger: str | None = None) -> list[Path]:
    """Run a notebook from top to bottom and write what came out.

    Parameters
    ----------
    name : str
        Name of one that comes with the package, or the path of an .ipynb file.
    given : dict of str to str
        Values of parameters by name, as typed; paths are seen from the current folder.
    folder : str
        Where the executed notebook and its page go; also the notebook's own `output`, unless that is given.
    ledger : str, optional
        File of the outputs made before: each answer that a cell shows is held against them, and added. A policy that withholds nothing
        leaves it alone.

    Returns
    -------
    list of Path
        The executed notebook, and its page.

    Raises
    ------
    UsageError
        When there is no such notebook or parameter, or a cell fails; neither file is written then.
    OutputError
        When the folder or the ledger cannot be written.
    DataError
        When the file of the ledger is none.
    """
    import nbformat

    path = find_notebook(name)
    _check_names(path, Path(folder))
    try:
        notebook = nbformat.read(path, as_version=4)
        known = defaults(notebook.cells)
    except (ValueError, SyntaxError, nbformat.ValidationError) as error:
        raise UsageError(
            f"{path.name}: this is not a notebook that can be read ({type(error).__name__}). Save it again in JupyterLab."
        ) from error
    values = values_for(path, known, given, folder)
    _put(notebook, values)
    policy = str({**known, **values}.get(POLICY, DEFAULT_POLICY))
    kept = None if ledger is None else str(Path(ledger).absolute())
    if kept is not None:
        with open_ledger(kept):  # said here what is wrong with it, before a cell runs
            pass
    _execute(notebook, path.stem, "" if policy == INTERNAL else policy, kept)
    shown = {key: value for key, value in {**known, **values}.items() if key != OUTPUT}
    if SOURCE in shown:
        shown[SOURCE] = Path(str(shown[SOURCE])).name  # a page says which data, not where this machine keeps them
    chosen = policy_for(policy, "public")
    mark = chosen.mark or NOT_AUDITED
    if chosen.threshold:
        mark = f"{mark} {HELD if kept else ALONE}"
    page = _page(notebook, path, shown, mark, _program(values.get(SOURCE, known.get(SOURCE))))
    executed = nbformat.writes(notebook, version=4) + "\n"
    return write_files(folder, {f"{path.stem}.ipynb": executed.encode("utf-8"), f"{path.stem}.html": page.encode("utf-8")})


def _check_names(path: Path, folder: Path) -> None:
    if not _NAME.fullmatch(path.stem):
        raise UsageError(f"{path.name}: name the notebook with small letters, digits and underscores, as in my_report.ipynb.")
    target = folder / path.name
    if target.exists() and target.samefile(path):
        raise UsageError(f"{path}: the executed notebook would overwrite the one it was made from. Choose another folder with --output.")


def _put(notebook: Any, values: Mapping[str, Any]) -> None:
    """A cell after the parameters with the values given, so that both can be seen; nothing when there are none."""
    from nbformat.v4 import new_code_cell

    places = [place for place, cell in enumerate(notebook.cells) if TAG in cell.metadata.get("tags", ())]
    if values and places:
        text = "\n".join(f"{name} = {value!r}" for name, value in values.items())
        notebook.cells.insert(places[-1] + 1, new_code_cell(text, id="given-parameters", metadata={"tags": ["injected-parameters"]}))


def _execute(notebook: Any, name: str, policy: str, ledger: str | None) -> None:
    """Run every cell; outputs stand in the notebook afterwards, and nothing of the machine or the clock.

    Under a policy only what is released is shown; with none, whatever the cells show.
    """
    from nbformat.v4 import new_code_cell

    if policy:
        gate = f"from {released_only.__module__} import {released_only.__name__}\n{released_only.__name__}({policy!r}, {ledger!r})"
        notebook.cells.insert(0, new_code_cell(gate, id=GATE))
    try:
        _run_cells(notebook, name)
    finally:
        if policy:
            del notebook.cells[0]
            _numbered_without_it(notebook)


def _numbered_without_it(notebook: Any) -> None:
    """Number the cells as if none had stood before them."""
    for cell in notebook.cells:
        for each in (cell, *cell.get("outputs", ())):
            if each.get("execution_count"):
                each["execution_count"] -= 1


def _run_cells(notebook: Any, name: str) -> None:
    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    with tempfile.TemporaryDirectory(prefix=folder_prefix()) as private:
        manager = AsyncKernelManager(
            kernel_name="python3",
            kernel_spec_manager=KernelSpecManager(kernel_dirs=[]),  # no folders to search: the Python of this process
            connection_file=str(Path(private) / "kernel.json"),
            transport="tcp" if os.name == "nt" else "ipc",  # over TCP the kernel warns, in every notebook, that anybody could listen
        )
        client = NotebookClient(notebook, km=manager, timeout=SECONDS, record_timing=False)
        # What the cells keep on disk lies in this folder too, and goes with it, however the kernel ends.
        environment = {**os.environ, "TMPDIR": private, "IPYTHONDIR": private, "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
        try:
            # What the kernel itself prints, on start and when it is stopped, is not for the person who asked.
            client.execute(env=environment, cleanup_kc=True, stdout=DEVNULL, stderr=DEVNULL)
        except CellExecutionError as error:
            raise _refusal(error, name, _failed(notebook)) from error
        except CellTimeoutError as error:
            raise UsageError(f"{name}: a cell took longer than {SECONDS} seconds and was stopped. Nothing was written.") from error
        except (AssertionError, CancelledError, DeadKernelError) as error:
            if hasattr(client, "_async_cleanup_kernel_future"):  # on Ctrl-C nbclient ends the kernel, and then stumbles over its absence
                raise KeyboardInterrupt from error
            raise UsageError(f"{name}: its Python ended by itself, often for want of memory. Nothing was written.") from error


def _failed(notebook: Any) -> str:
    """Which cell stopped, as a person counts them."""
    cells = [cell for cell in notebook.cells if cell.get("id") != GATE]
    for place, cell in enumerate(cells, start=1):
        if any(output.output_type == "error" for output in cell.get("outputs", ())):
            return f"cell {place} ({cell.source.strip().splitlines()[0]})"
    return "a cell"


def _refusal(error: Any, name: str, cell: str) -> IopError:
    """What went wrong, in one sentence: our own errors in full, others by their kind alone, for they may hold a value of the data."""
    kind = getattr(errors, error.ename, None)
    ours = isinstance(kind, type) and issubclass(kind, IopError)
    words = error.evalue if ours else f"{error.ename}. Run the cells one by one in JupyterLab to see more"
    made = OutputError if kind is OutputError else UsageError
    return made(f"{name} stopped in {cell}: {words.rstrip('.')}. Nothing was written.")


def _program(source: object) -> str:
    """What the program is called, where the mapping beside the data names it; "" for data that no file stands for."""
    mapping = find_mapping(Path(source)) if isinstance(source, str) else None
    try:
        return "" if mapping is None else read_mapping(mapping).program
    except DataError:  # it is not what the cells read, or they would have said so
        return ""


def _page(notebook: Any, path: Path, shown: Mapping[str, Any], mark: str, program: str) -> str:
    """The outputs and the words between them as one page without code: no script, nothing from the network."""
    from jinja2 import DictLoader
    from nbconvert import HTMLExporter

    template = (files("iop_outcomes.notebooks") / "page.html.j2").read_text(encoding="utf-8")
    css = (files("iop_outcomes.reporting") / "templates" / "report.css").read_text(encoding="utf-8")
    exporter = HTMLExporter(
        template_name="basic",
        extra_loaders=[DictLoader({"page.html.j2": template})],
        template_file="page.html.j2",
        exclude_input=True,
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        exclude_anchor_links=True,
    )
    title = f"{program}: {title_of(path)}" if program else title_of(path)
    facts = {"title": title, "program": program, "name": path.stem, "mark": mark, "css": css, "given": dict(shown)}
    page, _ = exporter.from_notebook_node(notebook, resources={"page": facts})
    return str(page)
