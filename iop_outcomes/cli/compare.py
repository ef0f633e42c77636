"""Takes a command line about a comparison, gives each group against the others, released."""

from __future__ import annotations

import click

from iop_outcomes.cli.measure_options import MEASURE, options_of_measures
from iop_outcomes.cli.options import CSV, DATA, JSON, LEDGER, POLICY, Several, columns, progress_shown, read_as
from iop_outcomes.cli.output import one_form, print_released
from iop_outcomes.cli.program import exit_code, loaded, narrowed


@click.command()
@DATA
@MEASURE
@click.option("--estimand", default=None, help="Which of its numbers; its main one by default.")
@click.option(
    "--by",
    cls=Several,
    default="track",
    show_default=True,
    callback=columns,
    metavar="COLUMN[,COLUMN]",
    help="Column to compare by; of two, the first is compared within each level of the second.",
)
@options_of_measures
@click.option("--pairwise", is_flag=True, help="Each group against each, instead of against the others together.")
@click.option(
    "--adjust",
    cls=Several,
    callback=columns,
    metavar="COLUMN,...",
    help="Columns to allow for, as rows of their own: covariates, columns to group by, and bands of the admission score such as phq9_pre_band.",
)
@click.option(
    "--margin",
    type=float,
    default=None,
    help="By how much a group may do worse and still be as good, in the unit of the number: 0.10 for ten percentage points. There is no default.",
)
@POLICY
@LEDGER
@read_as
@JSON
@CSV
def compare(
    data: str,
    measure_name: str,
    estimand: str | None,
    by: tuple[str, ...],
    definition: str | None,
    scale: str | None,
    profile: str | None,
    at: tuple[int, ...] | None,
    curve_interval: str | None,
    pairwise: bool,  # noqa: FBT001 - click passes flags by name
    adjust: tuple[str, ...] | None,
    margin: float | None,
    policy: str,
    ledger: str | None,
    mapping: str | None,
    layout: str | None,
    on_error: str,
    where: tuple[str, ...],
    period: tuple[str, str] | None,
    as_json: bool,  # noqa: FBT001
    as_csv: bool,  # noqa: FBT001
) -> int:
    """Set each group of DATA against the others, with p values adjusted for the number of groups."""
    import iop_outcomes as iop
    from iop_outcomes.evaluate.lookup import look_up
    from iop_outcomes.release import policy_for
    from iop_outcomes.show.comparison import comparison_tables, different_people
    from iop_outcomes.show.verdicts import left_out

    one_form(json=as_json, csv=as_csv)
    with loaded(data, mapping, on_error, layout) as program:
        policy_for(policy, program.data_class)
        with progress_shown():
            episodes = narrowed(program, where, period)
            declared = look_up(episodes, measure_name, definition, at=at, scale=scale, profile=profile, curve_interval=curve_interval)
            main = estimand or declared.compared
            answer = iop.compare(
                episodes,
                measure=measure_name,
                estimand=main,
                by=by,
                definition=definition,
                scale=scale,
                profile=profile,
                at=at,
                curve_interval=curve_interval,
                pairwise=pairwise,
                adjust=adjust,
                margin=margin,
            )
            released = answer.release(policy, ledger=ledger)
        print_released(released, comparison_tables(released, main, pairwise=pairwise), as_json=as_json, as_csv=as_csv)
        if not as_json and not as_csv:
            for words in (*left_out(released, main), different_people(by[0])):
                click.echo(words)
        return exit_code(program)
