"""Takes a table in the Metapsy standard, gives its studies; takes studies, gives their comparisons of two groups as such a table.

The standard has one row for each comparison of two arms: https://docs.metapsy.org/data-preparation/format/; the columns that must be
there are those of `checkDataFormat` of its R package, https://tools.metapsy.org.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING

from iop_outcomes.errors import DataError, choices
from iop_outcomes.published.study import Argument, Number, PrintedValue, Study, StudyFigure

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    "study",
    "condition_arm1",
    "condition_arm2",
    "multi_arm1",
    "multi_arm2",
    "outcome_type",
    "instrument",
    "time",
    "time_weeks",
    "rating",
    "mean_arm1",
    "mean_arm2",
    "sd_arm1",
    "sd_arm2",
    "n_arm1",
    "n_arm2",
    "event_arm1",
    "event_arm2",
    "totaln_arm1",
    "totaln_arm2",
)
_CHANGE_COLUMNS = tuple(column.replace("_arm", "_change_arm") for column in COLUMNS if column.partition("_")[0] in ("mean", "sd", "n"))
_MORE = (
    *_CHANGE_COLUMNS,
    "year",
    "doi",
    ".g",
    ".g_se",
    ".log_rr",
    ".log_rr_se",
    "precalc_g",
    "precalc_g_se",
    "precalc_log_rr",
    "precalc_log_rr_se",
)
_MISSING = ("", "NA")
_MEANS = {"mean_1": "mean_arm1", "sd_1": "sd_arm1", "n_1": "n_arm1", "mean_2": "mean_arm2", "sd_2": "sd_arm2", "n_2": "n_arm2"}
_CHANGES = {name: column.replace("_arm", "_change_arm") for name, column in _MEANS.items()}
_EVENTS = {"events_1": "event_arm1", "n_1": "totaln_arm1", "events_2": "event_arm2", "n_2": "totaln_arm2"}
_OF_MEANS = {"g_s_approximate": ".g", "g_se": ".g_se"}  # its g has Hedges's approximation to J
_OF_EVENTS = {"log_risk_ratio": ".log_rr", "log_risk_ratio.se": ".log_rr_se"}
_OF_CHANGES = "difference_in_change"
_OUTCOMES = {"response": "response", "remission": "remission", "dropout": "dropout", "deterioration": "reliable_change"}


@dataclass(frozen=True, slots=True)
class MetapsyExport:
    """A table in the Metapsy standard.

    Attributes
    ----------
    rows : tuple of dict
        One for each comparison of two groups, with the standard's columns; "NA" where a figure is not printed.
    left_out : tuple of (str, str)
        Figures that the standard has no row for, with the reason.
    """

    rows: tuple[dict[str, str], ...]
    left_out: tuple[tuple[str, str], ...]

    def to_csv(self) -> str:
        """The table as comma-separated values."""
        text = io.StringIO()
        writer = csv.DictWriter(text, [*COLUMNS, *_MORE], lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.rows)
        return text.getvalue()

    def to_frame(self) -> pd.DataFrame:
        """The table as a data frame."""
        import pandas as pd

        return pd.DataFrame(self.rows, columns=[*COLUMNS, *_MORE])

    def sentence(self) -> str:
        """How many comparisons it holds, and why the rest is left out."""
        reasons = dict.fromkeys(reason for _, reason in self.left_out)
        text = f"{len(self.rows)} {'comparison' if len(self.rows) == 1 else 'comparisons'} of two groups in the Metapsy standard."
        for reason in reasons:
            text += f" {sum(each == reason for _, each in self.left_out)} figures left out: {reason}."
        return text

    def __repr__(self) -> str:
        return self.sentence()


def export_metapsy(studies: Iterable[Study]) -> MetapsyExport:
    """The comparisons of two groups as rows of the standard."""
    rows, left_out = list[dict[str, str]](), list[tuple[str, str]]()
    for study in studies:
        for figure in study.figures:
            reason = _reason(study, figure)
            if reason:
                left_out.append((f"{study.id}.{figure.name}", reason))
            else:
                rows.append(_row(study, figure))
    return MetapsyExport(tuple(rows), tuple(left_out))


def _reason(study: Study, figure: StudyFigure) -> str:
    """Why the standard has no row for a figure; blank where it has one."""
    if figure.calculation not in ("independent_groups", "proportions"):
        return "the standard compares two arms, and this is of one group or has no figures of both"
    if study.design != "randomized_trial":
        return "the standard holds trials whose arms were drawn by lot alone"
    return (
        "" if set(_columns(figure)) <= set(figure.given) else "means, SDs and n of both arms, or events and people of both, are not printed"
    )


def _columns(figure: StudyFigure) -> dict[str, str]:
    """The standard's column of each figure given."""
    if figure.calculation == "proportions":
        return _EVENTS
    return _CHANGES if figure.outcome == _OF_CHANGES else _MEANS


def _row(study: Study, figure: StudyFigure) -> dict[str, str]:
    by_means = figure.calculation == "independent_groups"
    row = {
        "study": study.citation,
        "condition_arm1": figure.group_1,
        "condition_arm2": figure.group_2,
        "multi_arm1": figure.arm_1,
        "multi_arm2": figure.arm_2,
        "outcome_type": "msd" if by_means else figure.outcome,
        "instrument": figure.scale,
        "time": figure.time,
        "time_weeks": _written(figure.time_weeks),
        "rating": figure.rating,
        "year": _written(study.year),
        "doi": study.doi,
        **{column: _written(figure.given[name]) for name, column in _columns(figure).items()},
        **{column: _written(figure.printed.get(name)) for name, column in (_OF_MEANS if by_means else _OF_EVENTS).items()},
    }
    return {column: row.get(column) or "NA" for column in (*COLUMNS, *_MORE)}


def _written(value: Argument | None) -> str:
    return "" if value is None else str(value)


def read_metapsy(path: Path) -> tuple[Study, ...]:
    """The studies of a table, one figure for each comparison.

    Raises
    ------
    DataError
        When a column of the standard is missing, or a figure is no number.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: cannot be read as UTF-8; check that it is a table saved so.") from error
    head = text.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text), delimiter=";" if head.count(";") > head.count(",") else ",")
    rows, there = list(reader), reader.fieldnames or ()
    missing = [column for column in COLUMNS if column not in there]
    if missing:
        raise DataError(
            f"{path}: is no table in the Metapsy standard: {', '.join(missing)} "
            f"{'is' if len(missing) == 1 else 'are'} missing. {choices(missing[0], [str(each) for each in there])}"
        )
    if not rows:
        raise DataError(f"{path}: has the columns of the Metapsy standard and no row; give one for each comparison of two groups.")
    groups: dict[str, list[tuple[int, Mapping[str, str]]]] = {}
    for line, row in enumerate(rows, start=2):
        groups.setdefault((row["study"] or "").strip(), []).append((line, row))
    if "" in groups:
        raise DataError(f"{path}, line {groups[''][0][0]}: study is blank; name the study of each row.")
    names = _names(groups)
    return tuple(_study(path, names[citation], citation, lines) for citation, lines in groups.items())


def _names(citations: Iterable[str]) -> dict[str, str]:
    """A name of small letters for each study, numbered where two would be alike."""
    names: dict[str, str] = {}
    for citation in citations:
        base = re.sub(r"[^a-z0-9]+", "_", citation.casefold()).strip("_") or "study"
        name, place = base, 2
        while name in names.values():
            name, place = f"{base}_{place}", place + 1
        names[citation] = name
    return names


def _study(path: Path, name: str, citation: str, lines: list[tuple[int, Mapping[str, str]]]) -> Study:
    first = lines[0][1]
    year = _cell(path, lines[0][0], first, "year")
    figures = tuple(_figure(path, line, row, place) for place, (line, row) in enumerate(lines, start=1))
    return Study(
        id=name,
        citation=citation,
        source=f"{path.name}, in the Metapsy standard",
        design="randomized_trial",
        scope="not_printed",
        verified=("seen",),
        year=int(year) if year is not None else None,
        doi=_words(first, "doi"),
        figures=figures,
        file=str(path),
    )


def _figure(path: Path, line: int, row: Mapping[str, str], place: int) -> StudyFigure:
    calculation, given, printed = "", dict[str, Argument](), dict[str, PrintedValue]()
    kinds = (
        ("independent_groups", _MEANS, _OF_MEANS),
        ("independent_groups", _CHANGES, _OF_MEANS),
        ("proportions", _EVENTS, _OF_EVENTS),
    )
    for name, columns, results in kinds:
        values = {argument: _cell(path, line, row, column) for argument, column in columns.items()}
        if all(value is not None for value in values.values()):
            calculation, given = name, {argument: value for argument, value in values.items() if value is not None}
            computed = {quantity: _cell(path, line, row, column) for quantity, column in results.items()}
            printed = {quantity: value for quantity, value in computed.items() if value is not None}
            break
    else:
        for column in ("precalc_g", "precalc_g_se", "precalc_log_rr", "precalc_log_rr_se"):
            value = _cell(path, line, row, column)
            printed |= {column: value} if value is not None else {}
    otherwise = "other" if calculation == "proportions" else _OF_CHANGES if columns is _CHANGES else "difference"
    outcome = _OUTCOMES.get(_words(row, "outcome_type"), otherwise)
    return StudyFigure(
        name=f"row_{place}",
        outcome=outcome,
        words=f"{_words(row, 'condition_arm1')} against {_words(row, 'condition_arm2')}",
        scale=_words(row, "instrument"),
        calculation=calculation,
        given=given,
        printed=printed,
        group_1=_words(row, "condition_arm1"),
        group_2=_words(row, "condition_arm2"),
        arm_1=_words(row, "multi_arm1"),
        arm_2=_words(row, "multi_arm2"),
        time=_words(row, "time"),
        time_weeks=_cell(path, line, row, "time_weeks"),
        rating=_words(row, "rating"),
    )


def _words(row: Mapping[str, str], column: str) -> str:
    text = (row.get(column) or "").strip()
    return "" if text in _MISSING else text


def _cell(path: Path, line: int, row: Mapping[str, str], column: str) -> Number | None:
    """A number as it is written; whole where it has no decimals that matter, as counts have."""
    text = _words(row, column)
    if not text:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite():
        raise DataError(f"{path}, line {line}: {column} is no number; correct it, or write NA where it is not printed.")
    return int(value) if value == int(value) and ("." not in text or column in ("year", *_EVENTS.values())) else value
