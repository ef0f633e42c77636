"""Takes the name of a command, gives the command: its module is read only when it is named, or when help lists them all."""

from __future__ import annotations

from importlib import import_module

import click

# As they are typed; each stands in the module of this folder that is called so.
_NAMES = (
    "attack",
    "beside",
    "check",
    "compare",
    "curve",
    "map",
    "measures",
    "notebook",
    "pool",
    "report",
    "reproduce",
    "scales",
    "share",
    "start",
    "studies",
    "summary",
    "synth",
    "table",
    "table-one",
    "verify",
)


class _Commands(click.Group):
    """The commands, in the order of their names."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click asks so
        """Their names."""
        return list(_NAMES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of a name, or none."""
        if cmd_name not in _NAMES:
            return None
        module = import_module(f"iop_outcomes.cli.{cmd_name.replace('-', '_')}")
        return next(each for each in vars(module).values() if isinstance(each, click.Command) and each.name == cmd_name)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--debug", is_flag=True, expose_value=False, help="Show the traceback of an internal error.")
@click.version_option(package_name="iop-outcomes", prog_name="iop-outcomes")
def cli() -> None:
    """Outcomes of intensive outpatient programs: check data, ask measures, build reports."""
