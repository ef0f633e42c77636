"""Takes a command line about one measure, gives its released numbers as a table or in a form of exchange."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from iop_outcomes.cli.measure_options import MEASURE, options_of_measures
from iop_outcomes.cli.options import BY, CSV, DATA, JSON, LEDGER, POLICY, progress_shown, read_as
from iop_outcomes.cli.output import one_form, print_released
from iop_outcomes.cli.program import exit_code, loaded, narrowed

if TYPE_CHECKING:
    from iop_outcomes.answer import Answer
    from iop_outcomes.release import Released


_ARD = click.option(
    "--ard", "as_ard", is_flag=True, help="Print analysis results data (CDISC, the columns of R's cards) as comma-separated values."
)
_FHIR = click.option(
    "--fhir", "as_fhir", is_flag=True, help="Print the rates as a FHIR R4 MeasureReport; its period is that of the discharges."
)


@click.command()
@DATA
@MEASURE
@BY
@options_of_measures
@POLICY
@LEDGER
@read_as
@JSON
@CSV
@_ARD
@_FHIR
def summary(
    data: str,
    measure_name: str,
    by: tuple[str, ...] | None,
    definition: str | None,
    scale: str | None,
    profile: str | None,
    at: tuple[int, ...] | None,
    curve_interval: str | None,
    policy: str,
    ledger: str | None,
    mapping: str | None,
    layout: str | None,
    on_error: str,
    where: tuple[str, ...],
    period: tuple[str, str] | None,
    as_json: bool,  # noqa: FBT001 - click passes flags by name
    as_csv: bool,  # noqa: FBT001
    as_ard: bool,  # noqa: FBT001
    as_fhir: bool,  # noqa: FBT001
) -> int:
    """Print the released numbers of one measure of DATA."""
    import iop_outcomes as iop
    from iop_outcomes.release import policy_for
    from iop_outcomes.show.tables import estimates_table

    one_form(json=as_json, csv=as_csv, ard=as_ard, fhir=as_fhir)
    with loaded(data, mapping, on_error, layout) as program:
        policy_for(policy, program.data_class)
        with progress_shown():
            episodes = narrowed(program, where, period)
            answer = iop.measure(
                episodes, measure_name, by=by, definition=definition, scale=scale, profile=profile, at=at, curve_interval=curve_interval
            )
            released = answer.release(policy, ledger=ledger)
        if as_ard or as_fhir:
            click.echo(_exchanged(answer, released, as_fhir=as_fhir), nl=as_fhir)
        else:
            print_released(released, [estimates_table(released)], as_json=as_json, as_csv=as_csv)
        return exit_code(program)


def _exchanged(answer: Answer, released: Released, *, as_fhir: bool) -> str:
    """Released numbers in a form of exchange: analysis results data, or a MeasureReport."""
    import json

    from iop_outcomes.show.ard import ard_text
    from iop_outcomes.show.measure_report import measure_report

    return json.dumps(measure_report(released, discharged=answer.discharged), indent=2) if as_fhir else ard_text(released)
