"""Takes matched columns and the values that stand in them, gives the lines that translate codes, and those that say which mean no value."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, field
from typing import Any

from iop_outcomes.columns import BY_PATIENT, Field
from iop_outcomes.engine.dialect import literal
from iop_outcomes.intake.adapters.scratch import Scratch
from iop_outcomes.intake.casts import Cast
from iop_outcomes.intake.date_offers import DateFits
from iop_outcomes.intake.mapping import Mapping
from iop_outcomes.intake.proposal_files import File
from iop_outcomes.intake.proposal_lines import Line, Question, toml, value_at
from iop_outcomes.intake.recipes import plan_table, scale_in
from iop_outcomes.intake.shown_codes import FEWEST_ROWS, MAX_CODES, is_shown
from iop_outcomes.intake.synonyms import Match, coded, match_code, means_missing
from iop_outcomes.intake.usual_words import words_of
from iop_outcomes.scales import Scale

# Columns without a word for what is of no use here, and their tables: rows with such a code are left out.
LEFT_OUT = {"event": "events", "scale": "scores"}
# Dates that record systems write where there is none: the first and the last of a calendar.
NO_DATE = r"\b(?:9999|2999|1900|1899|1753|0001)\b"
NONE_OF_THESE = "none of these"
NO_VALUE = "no value"


def field_of(table: str, match: Match, scales: Dictionary[str, Scale]) -> Field:
    """What a column is once it is read as what it was matched with."""
    read = plan_table(table, [match.column], Mapping(columns={table: {match.to: match.column}}), scales).fields
    if match.to in scales and match.to not in read:
        return Field(match.to, "integer", f"total of {scales[match.to].title} (points)")
    return read[match.to] if match.to in read else next(each for each in BY_PATIENT if each.name == match.to)


def code_line(
    column: Field, code: str, n: int, guess: Match | None, where: str, words: tuple[str, ...] = (), *, labelled: bool = False
) -> Line:
    """A code of at least 11 rows that a person must translate, with what it most likely means; known to be right where its word is.

    Parameters
    ----------
    column, code, n
        The canonical column, the code, and its rows.
    guess : Match or None
        What it most likely means.
    where : str
        The file and its column.
    words : tuple of str
        What it may mean; by default what the column allows.
    labelled : bool
        Whether the guess is by a value label.
    """
    if guess and guess.how == "synonym" and not labelled:
        return Line(("codes", column.name), code, guess.to)
    words = words or column.allowed
    note = (
        f"a guess by {'its value label' if labelled else 'its spelling'}"
        if guess
        else f"one of {', '.join(word for word in words if word != NONE_OF_THESE)}"
    )
    without = ""
    if NONE_OF_THESE in words:
        note += f"; or left out: [leave_out.{LEFT_OUT[column.name]}] {column.name} = [{toml(code)}]"
        without = f' With "{NONE_OF_THESE}" its rows are left out, and counted.'
    why = f"It is a code of {column.name}, {column.means}. Left open, its rows cannot be used. Whoever enters the code knows what it means.{without}"
    question = Question(f"{where}: what is {toml(code)} ({n:,} rows)?", why, words, guess.to if guess else "")
    return Line(("codes", column.name), code, guess.to if guess else "", note, question)


@dataclass
class Scans:
    """What was counted of the rows of a folder.

    Parameters
    ----------
    fits : dict of raw table to dict of column to DateFits or None
        Which formats fit its dates; None where it has no value that is text.
    codes : dict of (raw table, column) to list of (code, rows) or None
        The values of a column of codes; None where there are too many.
    """

    fits: dict[str, dict[str, DateFits | None]] = field(default_factory=dict)
    codes: dict[tuple[str, str], list[tuple[str, int]] | None] = field(default_factory=dict)


@dataclass(frozen=True)
class CodesRead:
    """The codes of a folder of files, and the lines for them.

    Parameters
    ----------
    scratch, scales, tables, given, scans
        As `ProposalText` has them.
    """

    scratch: Scratch
    scales: Dictionary[str, Scale]
    tables: Dictionary[str, File]
    given: Dictionary[str, Any]
    scans: Scans

    def lines(self) -> Iterator[Line]:
        """The codes of each coded column, and those that mean no value."""
        missing: dict[str, list[str]] = {}
        for table, file in self.tables.items():
            for match in file.matches[table]:
                column = field_of(table, match, self.scales)
                if coded(column):
                    yield from self._codes_of(file, match, column, missing.setdefault(match.to, []))
                elif column.kind == "category" and match.how != "guess" and match.column in file.labels:
                    yield from self._labelled(file, match)
                elif column.kind in ("integer", "number", "date") and match.how != "guess":
                    missing[match.to] = self._no_values(table, file, match)
            yield from self._answers(table, file)
            yield from self._no_scores(table, file)
        for name, codes in missing.items():
            if codes:
                yield Line(("missing",), name, list(dict.fromkeys(codes)))

    def _answers(self, table: str, file: File) -> Iterator[Line]:
        """Answers to the items of a scale that are words, such as those of a form on the web, each of at least 11 rows."""
        of_scale: dict[str, list[str]] = {}
        for match in file.matches[table]:
            if match.how != "guess" and match.to.rpartition("_")[2].isdigit() and scale_in(match.to) in self.scales:
                text = Cast(match.to, "text", match.column).text(self.scratch.raw.type_of(file.raw, match.column))
                of_scale.setdefault(scale_in(match.to), []).append(text)
        for name, columns in of_scale.items():
            answers = f"SELECT unnest([{', '.join(columns)}]) AS answer FROM raw_{file.raw}"
            words = f"SELECT answer, count(*) AS n FROM ({answers}) AS answers WHERE regexp_matches(answer, '[A-Za-z]') GROUP BY 1"
            often = f"SELECT answer, n FROM ({words}) AS words WHERE n >= {FEWEST_ROWS} ORDER BY n DESC, answer LIMIT {MAX_CODES}"
            low, high = self.scales[name].item_range
            points = (*(str(each) for each in range(low, high + 1)), NO_VALUE)
            none = {code for key in ("all", name) for code in self.given.get("missing", {}).get(key, ())}
            for answer, n in self.scratch.ask(often):
                if is_shown(answer) and answer not in none:
                    why = f"Each answer to {self.scales[name].short} is {low} to {high} points. Left open, rows with it cannot be used."
                    words = f"{file.name}: how many points of {self.scales[name].short} is {toml(answer)} ({n:,} answers)?"
                    note = f"points, {low} to {high}; or no value: [missing] {name} = [{toml(answer)}]"
                    yield Line(("codes", name), answer, "", note, Question(words, why, points, NO_VALUE if means_missing(answer) else ""))

    def _no_scores(self, table: str, file: File) -> Iterator[Line]:
        """Codes among the scores and items of a scale that are none of its points, such as -9 and 99, each of at least 11 rows: a question."""
        columns: dict[str, list[tuple[str, Field]]] = {}
        for match in file.matches[table]:
            scale, field = scale_in(match.to), field_of(table, match, self.scales)
            if match.how != "guess" and scale in self.scales and field.low is not None and field.high is not None:
                text = Cast(match.to, "text", match.column).text(self.scratch.raw.type_of(file.raw, match.column))
                # An answer in words may be points, which is asked by itself.
                item = match.to.rpartition("_")[2].isdigit()
                columns.setdefault(scale, []).append(
                    (f"CASE WHEN NOT regexp_matches({text}, '[A-Za-z]') THEN {text} END" if item else text, field)
                )
        for scale, each in columns.items():
            given = self.given.get("missing", {})
            known = [*given.get("all", ()), *given.get(scale, ())]
            outside = (
                f"CASE WHEN NOT regexp_matches({text}, '[0-9]') OR TRY_CAST({text} AS INTEGER) NOT BETWEEN {field.low} AND {field.high} THEN {text} END"
                for text, field in each
            )
            of_rows = f"SELECT unnest(list_distinct([{', '.join(outside)}])) AS code FROM raw_{file.raw}"
            often = f"SELECT code FROM ({of_rows}) AS codes GROUP BY code HAVING count(*) >= {FEWEST_ROWS} ORDER BY code LIMIT {MAX_CODES}"
            codes = [code for (code,) in self.scratch.ask(often) if code not in known and not means_missing(code) and is_shown(code)]
            if codes:
                title, low, high = self.scales[scale].short, each[0][1].low, each[0][1].high
                stand = (
                    "stands where {} is from {} to {}. Does it mean" if len(codes) == 1 else "stand where {} is from {} to {}. Do they mean"
                )
                words = f"{file.name}: {', '.join(map(toml, codes))} {stand.format(title, low, high)} that there is no value?"
                question = Question(
                    words, "With no, these rows are errors. Whoever enters the scores knows.", ("yes", "no"), "yes", "yes", needed=False
                )
                yield Line(("missing",), scale, codes, f"where {low} to {high} may stand: codes for no value", question)

    def _no_values(self, table: str, file: File, match: Match) -> list[str]:
        """Words such as N/A in a column of numbers or dates, and dates such as 9999-12-31, each of at least 11 rows."""
        text = Cast(match.to, "text", match.column).text(self.scratch.raw.type_of(file.raw, match.column))
        dated = field_of(table, match, self.scales).kind == "date"
        none = f"NOT regexp_matches({text}, '[0-9]')" + f" OR regexp_matches({text}, {literal(NO_DATE)})" * dated
        words = f"SELECT {text} AS word FROM raw_{file.raw} WHERE {none}"
        often = f"SELECT word FROM ({words}) AS words GROUP BY word HAVING count(*) >= {FEWEST_ROWS} ORDER BY word LIMIT {MAX_CODES}"
        blanks = {code for key in ("all", match.to) for code in self.given.get("missing", {}).get(key, ())}
        return [
            word
            for (word,) in self.scratch.ask(often)
            if word not in blanks and (means_missing(word) or (dated and re.search(NO_DATE, word)))
        ]

    def _codes_of(self, file: File, match: Match, column: Field, missing: list[str]) -> Iterator[Line]:
        section = ("codes", column.name)
        codes = self._seen(file, match)
        if codes is None:
            yield Line(section, note=f"more than {MAX_CODES} different values: not listed")
            return
        blanks = {code for key in ("all", column.name) for code in self.given.get("missing", {}).get(key, ())}
        blanks |= set(value_at(self.given, ("leave_out", LEFT_OUT.get(column.name, ""), column.name)) or ())
        often = {code: n for code, n in codes if n and code not in blanks and is_shown(code)}
        hidden = len([code for code, _ in codes if code not in blanks]) - len(often)
        for code, n in often.items():
            word = match_code(column, code, self.scales)
            label = match_code(column, file.labels.get(match.column, {}).get(code, ""), self.scales) if word is None else None
            if word is not None and word.how != "guess":
                yield from [Line(section, code, word.to)] if word.to != code else []
            elif means_missing(code):
                missing.append(code)
            elif match.how == "guess":
                hidden += 1
            elif column.kind == "category" and column.name != "scale":
                yield self._kept(file, match, code, label)
            else:
                words = (*words_of(column, tuple(self.scales)), *([NONE_OF_THESE] if column.name in LEFT_OUT else []))
                yield code_line(column, code, n, word or label, f"{file.name}, {match.column}", words, labelled=word is None)
        yield from self._labelled_rarely(file, match, column, often)
        if hidden:
            what = "code" if hidden == 1 else "codes"
            yield Line(section, note=f"{hidden} further {what}, fewer than {FEWEST_ROWS} rows each or not to be shown, not listed")

    def _labelled_rarely(self, file: File, match: Match, column: Field, often: Collection[str]) -> Iterator[Line]:
        """Codes that the file itself translates, whether or not a row holds them: its list of them tells nothing of a row."""
        for code, label in file.labels.get(match.column, {}).items():
            word = match_code(column, label, self.scales)
            if code and code not in often and word and word.how != "guess" and match.how != "guess":
                yield Line(("codes", column.name), code, word.to, "its value label")

    def _labelled(self, file: File, match: Match) -> Iterator[Line]:
        """What SPSS and Stata call the codes of a column that keeps its words, such as the track."""
        for code in file.labels[match.column]:
            if code and is_shown(code):
                yield self._kept(file, match, code, None)

    @staticmethod
    def _kept(file: File, match: Match, code: str, label: Match | None) -> Line:
        """A code that stays, or the word that the file itself has for it."""
        section, word = ("codes", match.to), label.to if label else file.labels.get(match.column, {}).get(code, "").strip()
        if not word or not is_shown(word):
            return Line(section, note=f"{toml(code)} is kept as it is")
        return Line(section, code, word, "its value label")

    def _seen(self, file: File, match: Match) -> list[tuple[str, int]] | None:
        """The distinct values of a column with their rows, those of few rows without either; None where there are too many."""
        place = (file.raw, match.column)
        if place not in self.scans.codes:
            self.scans.codes[place] = self._counted(file, match)
        return self.scans.codes[place]

    def _counted(self, file: File, match: Match) -> list[tuple[str, int]] | None:
        text = Cast(match.to, "text", match.column).text(self.scratch.raw.type_of(file.raw, match.column))
        grouped = f"SELECT {text} AS code, count(*) AS n FROM raw_{file.raw} GROUP BY 1 HAVING code IS NOT NULL"
        if self.scratch.ask(f"SELECT count(*) FROM ({grouped}) AS codes")[0][0] > MAX_CODES:
            return None
        often = f"CASE WHEN n >= {FEWEST_ROWS} THEN code END AS shown, CASE WHEN n >= {FEWEST_ROWS} THEN n ELSE 0 END"
        return [(code or "", n) for code, n in self.scratch.ask(f"SELECT {often} FROM ({grouped}) AS codes ORDER BY shown")]
