"""Takes a command line about notebooks, gives their list, copies of them, or one of them run."""

from __future__ import annotations

import click

from iop_outcomes.cli.options import LEDGER, PATH
from iop_outcomes.errors import EXIT_DONE, EXIT_PARTIAL


@click.group()
def notebook() -> None:
    """List, copy or run the notebooks that come with the package."""


@notebook.command("list")
def list_() -> int:
    """Print the name and the title of every notebook."""
    from iop_outcomes.notebooks import shipped, title

    for name, path in shipped().items():
        click.echo(f"{name:<26} {title(path)}")
    return EXIT_DONE


@notebook.command()
@click.argument("names", nargs=-1)
@click.option("-o", "--output", type=PATH, default="notebooks", show_default=True, help="Folder for the copies.")
def copy(names: tuple[str, ...], output: str) -> int:
    """Copy the notebooks NAMES, or all of them, to open and change in JupyterLab; no file is overwritten."""
    from iop_outcomes.notebooks import copy_notebooks

    for path in copy_notebooks(names, output):
        click.echo(path)
    return EXIT_DONE


@notebook.command()
@click.argument("name")
@click.option("-p", "--parameter", "given", multiple=True, metavar="NAME=VALUE", help="A parameter, as in -p source=mydata -p by=site.")
@click.option("-o", "--output", type=PATH, default="reports", show_default=True, help="Folder for the notebook and its page.")
@LEDGER
def run(name: str, given: tuple[str, ...], output: str, ledger: str | None) -> int:
    """Run notebook NAME, or an .ipynb file, and write it with its outputs, and as a page; print the files written."""
    from iop_outcomes.notebooks.parameters import parse
    from iop_outcomes.notebooks.running import missing, run_notebook

    absent = missing()
    if absent:
        words = (
            f"error: notebooks cannot be run here ({', '.join(absent)} not installed). Install them: pip install 'iop-outcomes[notebooks]'"
        )
        click.echo(words, err=True)
        return EXIT_PARTIAL
    for path in run_notebook(name, parse(given), output, ledger):
        click.echo(path)
    return EXIT_DONE
