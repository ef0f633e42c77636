"""Takes a page, gives its figures beside published ones of the same quantity, where the registry of studies has any."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from iop_outcomes.evaluate.ask import Ask
from iop_outcomes.release import Released
from iop_outcomes.reporting.blocks import Block, Bullets, Section, TableBlock, Text, figure_block, section
from iop_outcomes.reporting.parts import asks
from iop_outcomes.reporting.parts.part import Page, Part, Program

if TYPE_CHECKING:  # a page without this part loads no registry of studies: every import of it stands where it is used
    from iop_outcomes.published.beside import FigureBeside, StudiesBeside, YardstickBeside
    from iop_outcomes.published.published_numbers import Measured, ProgramMeasure
    from iop_outcomes.published.side_by_side import ProgramNumber
    from iop_outcomes.published.study import Study

_LEVELS = {"IOP", "PHP", "intensive_program", "day_hospital"}
_EXAMPLES = "worked_example"
_DRAWN = "completion_strict"
_STANDARDISED = "d_pre_sd"
_TABLE = (
    "completion_strict",
    "completion_with_transfers",
    "completion_of_admitted",
    "los_median",
    "los_mean",
    "mean_change",
    _STANDARDISED,
)
_CAUTION = (
    "Published figures are of other people: whom a program admits, how long it lasts and who answers at the end differ, so that a difference says "
    "nothing of which is better. A single program is never a national figure. Where a study prints no error, the range of the difference is of this "
    "program alone."
)


def _compared(program: Program) -> dict[ProgramMeasure, Ask]:
    """What published figures are compared with, by the question that the registry puts."""
    from iop_outcomes.published.published_numbers import ProgramMeasure

    changes = {ProgramMeasure("symptom_change", scale): ask for scale, ask in asks.changes(program).items() if scale in program.scored}
    return {ProgramMeasure("completion"): asks.completion(program), ProgramMeasure("length_of_stay"): asks.stay(program), **changes}


def beside_page(page: Page) -> StudiesBeside:
    """Published figures of programs like this one beside the page's released numbers of everyone."""
    from iop_outcomes.published.side_by_side import PROGRAM_PEOPLE, numbers_of, side_by_side
    from iop_outcomes.published.study_files import shipped_studies
    from iop_outcomes.reporting.beside import numbers_of_released

    released = {question: page.get(ask) for question, ask in _compared(page.program).items()}

    def asking(question: ProgramMeasure, _level: float) -> Mapping[Measured, ProgramNumber] | str:
        there = released.get(question)
        return "the page has none" if there is None else numbers_of_released(there)

    numbers = numbers_of(filter(_is_alike, shipped_studies()), people=PROGRAM_PEOPLE[0], r=None)
    return side_by_side(
        numbers, asking, policy="", quantities=_TABLE, chosen=True, conf_level=page.program.conf_level, scales=page.program.scored
    )


def _is_alike(study: Study) -> bool:
    return study.design != _EXAMPLES and bool(_LEVELS & set(study.level))


def _sections(page: Page) -> Sequence[Section]:
    from iop_outcomes.show.beside_studies import beside_table

    beside = beside_page(page)
    if not beside.side_by_side:
        return ()
    rows = {name: [row for row in beside.side_by_side if row.quantity == name] for name in _TABLE}
    blocks: list[Block] = [Text(_CAUTION)]
    drawn = next((name for name in (_STANDARDISED, _DRAWN, *_TABLE) if rows[name]), None)
    if drawn is not None:
        blocks += _figure(page, drawn, rows[drawn], beside.yardsticks if drawn == _STANDARDISED else ())
    blocks.append(TableBlock(beside_table(_shown(page, rows), caption="This program beside published figures")))
    if beside.yardsticks:
        blocks.append(Bullets(beside.yardstick_sentences()))
    return [section("published_figures", "Beside published figures", blocks)]


def _shown(page: Page, rows: Mapping[str, Sequence[FigureBeside]]) -> list[tuple[Released, str, float | None, Sequence[FigureBeside]]]:
    """What holds the program's number of each quantity, of each scale, with the published figures of the same."""
    compared = _compared(page.program)
    return [
        (page[ask], name, None, same)
        for name, every in rows.items()
        for question, ask in compared.items()
        if (same := [row for row in every if row.question == question])
    ]


def _figure(page: Page, name: str, rows: Sequence[FigureBeside], yardsticks: Sequence[YardstickBeside]) -> list[Block]:
    """The forest of one quantity, of the first scale that has it."""
    from iop_outcomes.show.beside_studies import beside_alt_text, beside_sentence, forest_beside

    released, _, _, same = _shown(page, {name: rows})[0]
    label = released.definition.estimand(name).label
    yard = [each for each in yardsticks if same[0].question is not None and each.scale == same[0].question.scale]
    alt = beside_alt_text(released, name, same, yard)
    subtitle = f"{label}: this program (diamond, its range as a bar), and published figures (squares, hollow where no error is printed)"
    drawn = forest_beside(released, name, same, yard)
    return [figure_block(drawn, f"{label} here and in print", subtitle, alt), Text(beside_sentence(released, name, same))]


def _asks(program: Program) -> list[Ask]:
    return list(_compared(program).values())


PUBLISHED_FIGURES = Part(_asks, _sections)
