"""Takes the columns of dates of each table, gives the lines of a proposed mapping that say how they are written.

A format is written down only where it alone fits every value; where two do, or none, a person is asked, with the reason.
"""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from collections.abc import Sequence

from iop_outcomes.engine.dialect import literal
from iop_outcomes.intake.adapters.scratch import Scratch
from iop_outcomes.intake.casts import Cast
from iop_outcomes.intake.date_offers import WHO_KNOWS, DateFits, count_fits, every_value
from iop_outcomes.intake.dates import DATE_FORMATS, SERIAL
from iop_outcomes.intake.proposal_lines import Line, Question, toml
from iop_outcomes.intake.usual_words import squashed, table_of_synonyms


def fits_of_columns(scratch: Scratch, raw: str, columns: Sequence[str]) -> dict[str, DateFits]:
    """How many values of each column each format fits, words that mean no value left out; columns of dates by their type are not text.

    Parameters
    ----------
    scratch : Scratch
        Where the rows are.
    raw : str
        Name of the raw table there.
    columns : sequence of str
        As the site calls them.
    """
    texts = {column: scratch.raw.type_of(raw, column) for column in columns}
    texts = {
        column: f"CASE WHEN NOT {_means_missing(text)} THEN {text} END"
        for column, kind in texts.items()
        if not kind.startswith(("DATE", "TIMESTAMP"))
        for text in (Cast(column, "text", column).text(kind),)
    }
    fits = count_fits(scratch, f"raw_{raw}", list(texts.values()))
    return {column: each for column, each in zip(texts, fits, strict=True) if each.n}


def _means_missing(text: str) -> str:
    words = sorted({squashed(word) for word in table_of_synonyms()["words"]["missing"]})
    return f"regexp_replace(lower({text}), '[^a-z0-9]+', '', 'g') IN ({', '.join(map(literal, words))})"


def date_lines(fits: Dictionary[str, Dictionary[str, DateFits]]) -> list[Line]:
    """The line under [data] that holds for all tables, or the lines of a section [date_format] where tables differ.

    Parameters
    ----------
    fits : dict of table to dict of column to DateFits
        From `fits_of_columns`.
    """
    fits = {table: columns for table, columns in fits.items() if columns}
    together = {table: tuple(name for name in DATE_FORMATS if all(name in each.all for each in fits[table].values())) for table in fits}
    if not fits:
        return []
    if len(set(together.values())) == 1:
        columns = {column: each for by_column in fits.values() for column, each in by_column.items()}
        return [_line(("data",), "date_format", next(iter(together.values())), columns)]
    return [_line(("date_format",), table, formats, fits[table]) for table, formats in together.items()]


def _line(section: tuple[str, ...], key: str, formats: Sequence[str], fits: Dictionary[str, DateFits]) -> Line:
    names = ", ".join(map(toml, fits))
    if len(formats) == 1:
        note = f"the one format that fits every value of {names}"
        return Line(section, key, formats[0], note + ": numbers of days, 45382 is 2024-03-31" * (formats[0] == SERIAL))
    if formats:
        reason = every_value(formats)
        words = f"How are the dates of {names} written? {reason[0].upper()}{reason[1:]}"
        question = Question(words, f"{WHO_KNOWS}. Read the other way round, every day and month would be another.", tuple(formats))
        return Line(section, key, "", f"{names}: {every_value(formats)}. {WHO_KNOWS}", question)
    columns = "; ".join(f"{toml(column)}: {_best(each)}" for column, each in fits.items())
    question = Question(f"How are the dates of {names} written?", f"No format fits every value ({columns}).", DATE_FORMATS, _most(fits))
    return Line(section, key, "", f"one of {', '.join(DATE_FORMATS)}. None fits every value ({columns})", question)


def _most(fits: Dictionary[str, DateFits]) -> str:
    """The format that fits most values, where it fits more than half of them."""
    total = sum(each.n for each in fits.values())
    counts = {name: sum(each.fits[name] for each in fits.values()) for name in DATE_FORMATS}
    best = max(counts, key=lambda name: counts[name])
    return best if 2 * counts[best] > total else ""


def _best(fits: DateFits) -> str:
    best = max(fits.fits, key=lambda name: fits.fits[name])
    return f"{best} fits {fits.fits[best]:,} of {fits.n:,}" if fits.fits[best] else "no format fits any"
