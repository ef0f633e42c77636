"""Takes a program and questions about it, gives its released numbers for what is published to stand beside, and draws the two together."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes

from iop_outcomes.errors import UsageError
from iop_outcomes.evaluate import evaluate
from iop_outcomes.evaluate.lookup import look_up
from iop_outcomes.intake.data import Data
from iop_outcomes.keys import ALL
from iop_outcomes.published.beside import FigureBeside, StudiesBeside, YardstickBeside
from iop_outcomes.published.published_numbers import Measured, ProgramMeasure
from iop_outcomes.published.side_by_side import LEVEL, ProgramNumber, is_standardised
from iop_outcomes.release import Released, ReleasedEstimate, release
from iop_outcomes.reporting.paper import written
from iop_outcomes.show.beside_studies import beside_alt_text, beside_sentence, forest_beside
from iop_outcomes.show.paper import PaperFigure, on_paper
from iop_outcomes.show.words import NOT_SHOWN, TO_PROTECT, estimate_value, has_value


class ReleasedNumbers:
    """A program's released numbers by measure and confidence level, each released once: what is published sees no others.

    Parameters
    ----------
    program : Data
    policy : str
        Disclosure policy.
    ledger : path, optional
        File of the outputs made before.
    """

    def __init__(self, program: Data, policy: str, ledger: str | Path | None) -> None:
        self.program, self.policy, self.ledger = program, policy, ledger
        self.known: dict[tuple[ProgramMeasure, float], Released | str] = {}

    def __call__(self, question: ProgramMeasure, conf_level: float) -> Mapping[Measured, ProgramNumber] | str:
        """Its numbers for everyone, by estimand (and day), or why there are none."""
        released = self.released(question, conf_level)
        return released if isinstance(released, str) else numbers_of_released(released)

    def released(self, question: ProgramMeasure, conf_level: float = LEVEL) -> Released | str:
        """What may be shown of a question, or why there is nothing."""
        if (question, conf_level) not in self.known:
            self.known[question, conf_level] = self._release(question, conf_level)
        return self.known[question, conf_level]

    def _release(self, question: ProgramMeasure, conf_level: float) -> Released | str:
        if question.scale is not None and question.scale not in self.program.facts.scales:
            return f"the program has no scores of {question.scale}"
        try:
            declared = look_up(self.program, question.name, question.definition, at=question.at or None, scale=question.scale)
            results = evaluate(declared, self.program, conf_level=conf_level)
        except UsageError as error:
            return str(error)
        return release(results, self.policy, ledger=self.ledger)


def numbers_of_released(released: Released) -> dict[Measured, ProgramNumber]:
    """What is shown of everyone, by the name of the estimand and the day; NaN where it is withheld or cannot be, with the reason."""

    def plain(record: Mapping[str, Any], name: str) -> float:
        return math.nan if record[name] is None else float(record[name])

    def number(record: Mapping[str, Any], estimate: ReleasedEstimate) -> ProgramNumber:
        value, low, high, n = (plain(record, name) for name in ("value", "low", "high", "n"))
        return ProgramNumber(value, low, high, n, _why(estimate))

    return {
        (record["estimand"], None if record["time"] is None else int(record["time"])): number(record, estimate)
        for estimate, record in zip(released, released.to_records(), strict=True)
        if not record["contrast"] and record["level"] == ALL
    }


def _why(estimate: ReleasedEstimate) -> str:
    """Why there is no value, as a table says it; empty where there is one."""
    if has_value(estimate):
        return ""
    return estimate_value(estimate) if estimate.shown else f"{NOT_SHOWN}, {TO_PROTECT}"


class DrawBeside:
    """What draws a program beside studies, from its released numbers alone.

    Parameters
    ----------
    numbers : ReleasedNumbers
    """

    def __init__(self, numbers: ReleasedNumbers) -> None:
        self.numbers = numbers

    def __call__(self, beside: StudiesBeside, rows: Sequence[FigureBeside], ax: Axes | None) -> Axes:
        """The forest of one quantity, with the yardsticks of a standardised change."""
        released, shown = self._shown(beside, rows)
        estimand, day = rows[0].measured
        return forest_beside(released, estimand, rows, shown, time=day, ax=ax)

    def on_paper(self, beside: StudiesBeside, rows: Sequence[FigureBeside], size: str, path: str | Path | None) -> PaperFigure:
        """The same in the size of a journal, with the words of the policy on it."""
        released, shown = self._shown(beside, rows)
        estimand, day = rows[0].measured
        alt = beside_alt_text(released, estimand, rows, shown, time=day)
        caption = f"{beside_sentence(released, estimand, rows, time=day)} {released.policy.mark}".strip()
        figure = on_paper(
            partial(forest_beside, released, estimand, rows, shown, time=day),
            size,
            alt_text=alt,
            caption=caption,
            mark=released.policy.mark,
        )
        return written(figure, path)

    def _shown(self, beside: StudiesBeside, rows: Sequence[FigureBeside]) -> tuple[Released, list[YardstickBeside]]:
        """What holds the program's number, and the yardsticks of a standardised change."""
        question = rows[0].question
        released = "nothing was asked of the program" if question is None else self.numbers.released(question)
        if isinstance(released, str):
            raise UsageError(released)
        yardsticks = [each for each in beside.yardsticks if question is not None and each.scale == question.scale]
        return released, yardsticks if is_standardised(rows[0].quantity) else []
