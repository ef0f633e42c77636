"""Takes what a person types behind a command, gives the arguments and flags that several commands share, and progress on the terminal."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import click

from iop_outcomes.progress import on_terminal


class _Path(click.Path):
    """A path; an empty text, as of a variable that was never set, is none, though the system takes it for the current folder."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path, as typed."""
        if not value:
            self.fail("it is empty. Name a file or a folder; the current one is written as a point.", param, ctx)
        return super().convert(value, param, ctx)


def _limit_memory(context: click.Context, _option: click.Parameter, amount: str | None) -> None:
    from iop_outcomes.memory import limited_memory

    context.with_resource(limited_memory(amount))


PATH = _Path()
DATA = click.argument("data", type=PATH)
MEMORY = click.option(
    "--memory",
    default=None,
    expose_value=False,
    callback=_limit_memory,
    metavar="AMOUNT",
    help="Most memory for the rows, as in 4GB, before they are kept on disk; half of what the machine allows by default.",
)
MAPPING = click.option("--mapping", type=_Path(dir_okay=False), help="A mapping.toml; the one beside the data by default.")
LAYOUT = click.option(
    "--layout",
    default=None,
    help="Another system's layout: omop, fhir, redcap, teds_d, or one that a file describes; the mapping's by default.",
)
ON_ERROR = click.option(
    "--on-error",
    type=click.Choice(["raise", "exclude"]),
    default="raise",
    show_default=True,
    help="Stop at faulty rows, or leave them out.",
)
_QUIET = "iop_outcomes.quiet"


def _keep_quiet(context: click.Context, _flag: click.Parameter, quiet: bool) -> None:  # noqa: FBT001 - click calls it
    context.meta[_QUIET] = quiet


QUIET = click.option(
    "--quiet",
    is_flag=True,
    expose_value=False,
    callback=_keep_quiet,
    help="Do not say on the terminal what a step is doing once it lasts over 2 seconds.",
)


def progress_shown() -> AbstractContextManager[None]:
    """Progress on the terminal while the library works, unless --quiet was given; what a command prints, it prints afterwards."""
    return nullcontext() if click.get_current_context().meta.get(_QUIET) else on_terminal()


class Several(click.Option):
    """An option of several values with commas between them; given again it adds to them, where click would keep the last in silence."""

    def __init__(self, *names: Any, default: str | None = None, **settings: Any) -> None:
        settings |= {"multiple": True, "default": None if default is None else (default,)}
        super().__init__(*names, **settings)

    def type_cast_value(self, ctx: click.Context, value: Any) -> str | None:
        """All that was given as one text, or none."""
        values = super().type_cast_value(ctx, value)
        return ",".join(values) if values else None


def days(_context: click.Context, _flag: click.Parameter, text: str | None) -> tuple[int, ...] | None:
    """Whole days from "30,90"."""
    if text is None:
        return None
    try:
        return tuple(int(day) for day in text.split(","))
    except ValueError:
        raise click.BadParameter(f'"{text}": write whole days with commas between them, as in 30,90,180.') from None


def columns(_context: click.Context, _flag: click.Parameter, text: str | None) -> tuple[str, ...] | None:
    """Columns from "track,modality"."""
    return None if text is None else tuple(text.split(","))


BY = click.option(
    "--by", cls=Several, callback=columns, metavar="COLUMN[,COLUMN]", help="Column to group by, such as track, or two: track,modality."
)
POLICY = click.option(
    "--policy",
    default="cms11",
    show_default=True,
    help="Disclosure policy: cms11; part2, stricter for tracks of substance use treatment; round5 or nhs, with rounded counts; "
    "internal, for people entitled to see this program's patients; none, for synthetic and public data.",
)
LEDGER = click.option(
    "--ledger",
    type=PATH,
    default=None,
    help="File of the outputs made before, begun where there is none: what would differ from one of them by few episodes is withheld, and this "
    "output is added. Keep it as you keep the data.",
)
JSON = click.option("--json", "as_json", is_flag=True, help="Print a list of objects, one for each number.")
CSV = click.option("--csv", "as_csv", is_flag=True, help="Print comma-separated values.")
_WHERE = click.option(
    "--where",
    multiple=True,
    metavar="COLUMN=VALUE,...",
    help="Only episodes with one of these values, as in track=psychosis,adolescent; may be repeated.",
)
_PERIOD = click.option(
    "--period", nargs=2, default=None, metavar="FROM TO", help="Only episodes discharged from one period to another, as in 2024-Q1 2024-Q4."
)


def read_as(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add what every command that answers says of its data: how they are read, and which episodes are meant."""
    for option in (QUIET, MEMORY, _PERIOD, _WHERE, ON_ERROR, LAYOUT, MAPPING):  # the last is the first in the help
        command = option(command)
    return command
