"""Takes matched columns and codes, gives the text of a mapping.toml: what is known as lines, what a person decides as comments."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping as Dictionary
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from iop_outcomes.columns import BY_PATIENT, COUNTED, DATED_CLASSES, KINDS, Field
from iop_outcomes.intake.adapters.scratch import Scratch
from iop_outcomes.intake.casts import Cast
from iop_outcomes.intake.date_offers import DateFits
from iop_outcomes.intake.files import ending, shown, stem
from iop_outcomes.intake.headers import needed_columns
from iop_outcomes.intake.identifiers import IDENTIFIERS
from iop_outcomes.intake.locations import PART
from iop_outcomes.intake.mapping import GAP_DAYS, Mapping
from iop_outcomes.intake.privacy import identifier_named
from iop_outcomes.intake.proposal_dates import date_lines, fits_of_columns
from iop_outcomes.intake.recipes import plan_table
from iop_outcomes.intake.surveys import side_by_side
from iop_outcomes.intake.synonyms import Match, coded, match_code, means_missing, words_of
from iop_outcomes.intake.workbook_limits import sheet_label
from iop_outcomes.scales import Scale

MAX_CODES = 50
FEWEST_ROWS = 11  # in which a code must stand to be shown, as for every count of the default policy
MAX_NAMES = 100
TO_FINISH = "# to finish:"
_CLASSES = (
    "safe_harbor: no dates, no ages over 89, no ZIP codes of more than 3 digits (what holds when nothing is declared)",
    "limited_data_set: dates, towns, ZIP codes and ages, under a data use agreement",
    "synthetic: nobody in these files exists",
    "public: published for anyone to use",
)


@dataclass(frozen=True)
class Proposal:
    """A mapping to finish.

    Parameters
    ----------
    text : str
        The mapping.toml.
    to_finish : int
        Lines that a person must decide.
    """

    text: str
    to_finish: int


@dataclass
class File:
    """One file that may be a table."""

    path: Path
    raw: str
    names: list[str]
    delimiter: str = ","
    text: Path | None = None  # where it is read, when that is a plain copy
    matches: Dictionary[str, list[Match]] = field(default_factory=dict)
    part: str = ""  # the sheet of a workbook, or the table of a database

    @property
    def name(self) -> str:
        """What messages call it."""
        return sheet_label(self.path, self.part) if self.part else shown(self.path)

    @property
    def called(self) -> str:
        """What it is called without its ending: the sheet, where it is one."""
        return self.part.strip().casefold() if self.part else stem(self.path)


@dataclass
class ProposalText:
    """The mapping being written."""

    scratch: Scratch
    scales: Dictionary[str, Scale]
    tables: Dictionary[str, File]
    unused: Sequence[str]
    folder: Path
    to_finish: int = 0

    def proposal(self, name: str) -> Proposal:
        """The whole text, with how much of it is left to decide."""
        everywhere, by_table = date_lines(self._fits(), self._finish, _text)
        dates = [["[date_format]", *by_table]] if by_table else []
        sections = [
            [*self._data(), *everywhere],
            *dates,
            self._tables(),
            *(self._columns(table) for table in self.tables),
            self._contacts(),
            *self._codes(),
        ]
        lines = [
            f"# Proposed by iop-outcomes map from the headers and the codes of {name}. Read every line before you use it:",
            "# a column may be called like one thing and hold another. What a person must decide starts with",
            f'# "{TO_FINISH[2:]}": complete the line and take these words away. Then run: iop-outcomes check',
        ]
        text = "\n\n".join("\n".join(lines) for lines in (lines, *sections) if lines)
        return Proposal(f"{text}\n", self.to_finish)

    def _finish(self, line: str) -> str:
        self.to_finish += 1
        return f"{TO_FINISH} {line}"

    def _data(self) -> list[str]:
        dates = [
            match.column for table, file in self.tables.items() for match in file.matches[table] if self._field(table, match).kind == "date"
        ]
        stays = [match.to for match in self.tables[COUNTED].matches[COUNTED]] if COUNTED in self.tables else []
        lines = ["[data]"]
        if dates:
            lines.append(
                self._finish(f'class = ""    # dates are read ({", ".join(map(_text, dates))}): one of {", ".join(DATED_CLASSES)}')
            )
            lines += [f"#   {words}" for words in _CLASSES]
        else:
            lines.append('class = "safe_harbor"    # the strictest; or limited_data_set, synthetic, public')
        if dates or any(KINDS[table].rolled_into for table in self.tables):
            lines.append('# cutoff = "2025-09-30"    # the last day that the data describe')
        if "los_days" in stays:
            lines.append('# los_convention = "difference"    # what your los_days counts: difference, inclusive or last_contact')
        marks = {file.delimiter for file in self.tables.values()} - {","}
        if len(marks) == 1 and all(file.delimiter in marks or not ending(file.path).startswith(".csv") for file in self.tables.values()):
            lines.append(f"delimiter = {_text(marks.pop())}")
        elif marks:
            lines.append(self._finish("the files are separated by different characters; save them alike"))
        return lines

    def _fits(self) -> dict[str, dict[str, DateFits]]:
        """Which formats fit the columns of dates that are known by their names; those that are only guessed where there is no other."""
        fits = {}
        for table, file in self.tables.items():
            dates = [match for match in file.matches[table] if self._field(table, match).kind == "date"]
            sure = [match.column for match in dates if match.how != "guess"]
            fits[table] = fits_of_columns(self.scratch, file.raw, sure or [match.column for match in dates])
        return fits

    def _tables(self) -> list[str]:
        elsewhere = {
            table: file
            for table, file in self.tables.items()
            if file.part or stem(file.path) != table or file.path.parent.resolve() != self.folder.resolve()
        }
        lines = [
            f"{table} = {_text(os.path.relpath(file.path, self.folder) + (PART + file.part if file.part else ''))}"
            for table, file in elsewhere.items()
        ]
        if self.unused:
            lines.append(f"# files that are not read: {_listed(self.unused)}")
        return ["[tables]", *lines] if lines else []

    def _field(self, table: str, match: Match) -> Field:
        read = plan_table(table, [match.column], Mapping(columns={table: {match.to: match.column}}), self.scales).fields
        return read[match.to] if match.to in read else next(field for field in BY_PATIENT if field.name == match.to)

    def _columns(self, table: str) -> list[str]:
        file = self.tables[table]
        sure = {match.to: match.column for match in file.matches[table] if match.how != "guess"}
        guesses = {match.to: match.column for match in file.matches[table] if match.how == "guess"}
        mapping = Mapping(columns={table: sure})
        plan = plan_table(table, file.names, mapping, self.scales)
        lines = [f"{to} = {_text(site_name)}" for to, site_name in sure.items() if to != site_name and to in plan.fields]
        surveys = KINDS[table].points and side_by_side(file.names, sure, self.scales)  # each column says which scale it is of
        for name in needed_columns(table, plan, mapping):
            to = name.partition(" ")[0]
            if surveys and to in ("scale", KINDS[table].points):
                continue
            means = next((field.means for field in KINDS[table].fields if field.name == to), "")
            guessed = " A guess by its spelling" if to in guesses else ""
            words = f"needed: {f'{to}, {means}' if to == name else name}.{guessed}"
            lines.append(self._finish(f"{to} = {_text(guesses.pop(to, ''))}    # {words}"))
        lines += [self._finish(f"{to} = {_text(site_name)}    # a guess by its spelling") for to, site_name in guesses.items()]
        return [f"[columns.{table}]    # {file.name}", *lines, *self._not_read(table)] if lines or self._not_read(table) else []

    def _not_read(self, table: str) -> list[str]:
        file = self.tables[table]
        matched = {match.column for match in file.matches[table]}
        named = {name: what for name in file.names if (what := identifier_named([name], "safe_harbor"))}
        others = [name for name in file.names if name not in matched and name not in named]
        lines = []
        if others:
            lines.append(f"# not known, so not read: {_listed(list(map(_text, others)))}")
            if KINDS[table].covariates:
                lines.append('#   to group by one of them, declare it: [covariates] housing = "category" (or "integer")')
        if named:
            lines.append(
                f"# named like identifiers, and never read: {_listed([f'{_text(name)} ({what})' for name, what in named.items()])}"
            )
        return lines

    def _contacts(self) -> list[str]:
        if "contacts" not in self.tables:
            return []
        return [
            "[contacts]    # episodes are built from contacts",
            'rule = "gap_days"',
            f"days = {GAP_DAYS}    # a longer gap starts a new episode",
        ]

    # -- codes -----------------------------------------------------------------------------------------------------

    def _codes(self) -> list[list[str]]:
        """A section for each coded column, and one of the codes that mean no value."""
        sections: dict[str, list[str]] = {}
        missing: dict[str, list[str]] = {}
        for table, file in self.tables.items():
            for match in file.matches[table]:
                column = self._field(table, match)
                if coded(column):
                    sections.setdefault(match.to, []).extend(self._codes_of(file, match, column, missing.setdefault(match.to, [])))
        tables = [[f"[codes.{column}]", *dict.fromkeys(lines)] for column, lines in sections.items() if lines]
        blanks = [f"{column} = [{', '.join(map(_text, dict.fromkeys(codes)))}]" for column, codes in missing.items() if codes]
        return [*tables, ["[missing]", *blanks]] if blanks else tables

    def _codes_of(self, file: File, match: Match, column: Field, missing: list[str]) -> list[str]:
        codes = self._seen(file, match)
        if codes is None:
            return [f"# more than {MAX_CODES} different values: not listed"]
        often = [code for code, enough in codes if enough and code.isprintable() and not _identifies(code)]
        lines, hidden = [], len(codes) - len(often)
        for code in often:
            word = match_code(column, code, self.scales)
            if word is not None and word.how != "guess":
                lines += [f"{_text(code)} = {_text(word.to)}"] if word.to != code else []
            elif means_missing(code):
                missing.append(code)
            elif match.how == "guess":
                hidden += 1
            elif column.kind == "category" and column.name != "scale":
                lines.append(f"# {_text(code)} is kept as it is")
            else:
                why = "a guess by its spelling" if word else f"one of {', '.join(words_of(column, tuple(self.scales)))}"
                lines.append(self._finish(f"{_text(code)} = {_text(word.to if word else '')}    # {why}"))
        if hidden:
            lines.append(
                f"# {hidden} further {'code' if hidden == 1 else 'codes'}, fewer than {FEWEST_ROWS} rows each or not to be shown, not listed"
            )
        return lines

    def _seen(self, file: File, match: Match) -> list[tuple[str, bool]] | None:
        """The distinct values of a column, those of few rows without their text; None where there are too many."""
        text = Cast(match.to, "text", match.column).text(self.scratch.type_of(file.raw, match.column))
        grouped = f"SELECT {text} AS code, count(*) AS n FROM raw_{file.raw} GROUP BY 1 HAVING code IS NOT NULL"
        if self.scratch.ask(f"SELECT count(*) FROM ({grouped}) AS codes")[0][0] > MAX_CODES:
            return None
        shown_code = f"CASE WHEN n >= {FEWEST_ROWS} THEN code END"
        return [
            (code or "", code is not None)
            for (code,) in self.scratch.ask(f"SELECT {shown_code} AS shown FROM ({grouped}) AS codes ORDER BY shown")
        ]


def _identifies(code: str) -> bool:
    """Whether a label of this shape would be refused in some class."""
    kinds = (kind for kind in IDENTIFIERS if "category" in kind.fields)
    return any(re.search(kind.value, code) and not (kind.unless and re.search(kind.unless, code)) for kind in kinds)


def _text(value: str) -> str:
    """A string of TOML; JSON's escapes are TOML's, but for one character."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - MAX_NAMES} more" if len(names) > MAX_NAMES else ""
    return ", ".join(names[:MAX_NAMES]) + more
