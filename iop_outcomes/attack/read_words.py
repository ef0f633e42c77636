"""Takes the sentences of a page and the words that stand for its charts, gives the numbers in them: shares of groups, and counts of everyone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

from iop_outcomes.attack.facts import EVERYONE, Place, place
from iop_outcomes.attack.identities import RowName
from iop_outcomes.attack.readings import Block, Described, FilesRead, Number, WordsRead, describing, plain

_SIGN = "\u2020"  # of a number that rests on a figure whose source was not seen
_SHARE = r"(?P<share>\d+(?:\.(?P<digits>\d+))?)%"
_GROUP = re.compile(r"(?:^|\. )(?P<group>[^.:;]+): (?P<numbers>[^:]+?)(?=\.(?: |$))")  # "Psychosis: completed 81%; dropped out 9.1%."
_NUMBER = re.compile(rf"(?P<label>[^;]+?) {_SHARE}")
_LIST = re.compile(
    r"^(?P<label>[^:;.]+): (?P<groups>[^:]+?)\.?$"
)  # "Reliably worse: all episodes 3.1% (2.1% to 4.5%); Substance use 5.5%."
_OF_GROUP = re.compile(rf"^(?P<group>[^;%]+?) {_SHARE}(?: \([^()]*\))?$")
_COUNTS_OF_GROUP = re.compile(r"^(?P<group>[^;%]+?) (?P<k>\d[\d,]*) of (?P<n>\d[\d,]*)$")  # of few: "Dual diagnosis 0 of 18"
_COUNT = re.compile(rf"(?P<k>\d[\d,]*) of (?P<n>\d[\d,]*)[^.;%]*?(?: \({_SHARE}\))?")


def read_words(report: FilesRead) -> Iterator[tuple[Number, Block]]:
    """Read what is said of groups, in words that name a number as the Methods do.

    Parameters
    ----------
    report : FilesRead
        With its words, the Methods, and the measures that its other files name.

    Yields
    ------
    (Number, Block)
        Each number, and the numbers of the measure that another file holds.
    """
    measures = list(with_methods(report))
    for words in report.words:
        for block, each in measures:
            numbers = list(_of_chart(words, block, each)) or [*_of_lists(words, block, each), *_of_everyone(words, block, each)]
            if numbers:
                yield from ((number, block) for number in numbers)
                break


def with_methods(report: FilesRead) -> Iterator[tuple[Block, Described]]:
    """The blocks of one column, each with what the Methods say of its measure."""
    for block in report.blocks:
        names = {number.row_name.estimand for number in block.numbers}
        each = describing(block.numbers[0].row_name.measure, names, report.described)
        if len(block.columns) == 1 and each is not None:
            yield block, each


def row_names_of(block: Block, each: Described) -> Mapping[str, RowName]:
    """The numbers of a block that are of no day, by their labels in small letters."""
    names = {number.row_name.estimand: number.row_name for number in block.numbers if not number.row_name.time}
    return {
        label.removesuffix(_SIGN).lower(): replace(names[name], among=each.among.get(name, ""))
        for label, name in each.labels.items()
        if name in names
    }


def places_of(block: Block) -> Mapping[str, Place]:
    """The groups of a block by their names, everyone among them."""
    (column,) = block.columns
    return {level: place((column, level)) for level in ("All", *block.levels[0])}


def _of_chart(words: WordsRead, block: Block, each: Described) -> Iterator[Number]:
    """What stands for a chart: its kind, the title of the measure, then group by group what is drawn."""
    _, title, rest = words.text.partition(f". {each.title}. ")
    if not title:
        return
    row_names, places = row_names_of(block, each), places_of(block)
    groups = list(_GROUP.finditer(f". {rest}"))
    if not all(plain(group["group"]) in places for group in groups if _NUMBER.search(group["numbers"])):
        return  # by another column
    for group in groups:
        for match in _NUMBER.finditer(group["numbers"]):
            label = match["label"].strip("; ").lower()
            if label in row_names:
                yield _share(row_names[label], places[plain(group["group"])], match, words.source)


def _of_lists(words: WordsRead, block: Block, each: Described) -> Iterator[Number]:
    """Numbers that left their table: a label, then group by group; a paragraph may hold several."""
    if not _is_about(words, each):
        return
    row_names, places = row_names_of(block, each), places_of(block)
    for match in filter(None, map(_LIST.match, _sentences(words))):
        row_name = row_names.get(match["label"].lower())
        for part in match["groups"].split("; ") if row_name else ():
            group, counted = _OF_GROUP.match(part), _COUNTS_OF_GROUP.match(part)
            named = group or counted
            if row_name is None or named is None or plain(named["group"]) not in places:
                continue
            where = places[plain(named["group"])]
            if group:
                yield _share(row_name, where, group, words.source)
            elif counted:
                for field in ("k", "n"):
                    yield Number(row_name, where, field, Fraction(counted[field].replace(",", "")), f"{words.source}, {part}")


def _of_everyone(words: WordsRead, block: Block, each: Described) -> Iterator[Number]:
    """Some of everyone, where the words name the number: "25 of 817 (3.1%) became reliably worse"."""
    if not _is_about(words, each):
        return
    for sentence in _sentences(words):
        if _LIST.match(sentence):
            continue
        counts = list(_COUNT.finditer(sentence))
        row_names = [row_name for label, row_name in row_names_of(block, each).items() if label in sentence.lower()]
        if len(counts) == len(row_names) == 1:
            for field in ("k", "n"):
                yield Number(row_names[0], EVERYONE, field, Fraction(counts[0][field].replace(",", "")), f"{words.source}, {sentence[:60]}")


def _sentences(words: WordsRead) -> list[str]:
    return re.split(r"(?<=[a-z%)\d])\. (?=[A-Z])", words.text)


def _is_about(words: WordsRead, each: Described) -> bool:
    """Whether a text stands under a heading of the measure: its title, or what its title ends with."""
    about, title = words.about.lower(), each.title.lower()
    return bool(about) and (title.endswith(about) or re.fullmatch(rf"{re.escape(title)}( by .*)?", about) is not None)


def _share(row_name: RowName, where: Place, match: re.Match[str], source: str) -> Number:
    digits = len(match["digits"] or "")
    return Number(row_name, where, "value", Fraction(match["share"]) / 100, source, Fraction(1, 200 * 10**digits))
