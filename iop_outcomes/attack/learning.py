"""Takes what is printed in a report, gives what its reader knows: printed numbers as facts, and everything that holds in every report."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import product

from iop_outcomes.attack.facts import EVERYONE, MODELLED, Knowledge, Place, Variable, combined, expression, place, place_words
from iop_outcomes.attack.identities import FOLLOWED, TESTS, Fields, RowName, fields_of, left_out, outcome_of, stretches_of, sums_of
from iop_outcomes.attack.read_charts import read_charts
from iop_outcomes.attack.read_contrasts import read_contrasts, says_more
from iop_outcomes.attack.read_curves import Lost, read_curves
from iop_outcomes.attack.read_json import TABLE
from iop_outcomes.attack.read_tables import read_tables
from iop_outcomes.attack.read_words import read_words
from iop_outcomes.attack.readings import COUNTS, Block, Described, FilesRead, Number, Rounded, describing
from iop_outcomes.attack.simplifying import simplified
from iop_outcomes.attack.solving import solve
from iop_outcomes.columns import DISCHARGE_REASONS
from iop_outcomes.keys import ALL, MISSING_LEVEL

_LARGEST = 100_000  # no program has more episodes in one group; a share with more digits than that has no fraction
_CLOSE = Fraction(1, 10**10)
_TENTH = Fraction(995, 10_000)  # from here on a share is written as a whole percent
_UNITS = tuple(Fraction(1, 10**digits) for digits in range(4))
_STRETCH = re.compile(r"(?P<first>\w+?)(_to_(?P<last>\w+)|_alone)")  # as a page calls successive periods together
_PERIOD = re.compile(r"(?P<year>\d{4})(_q(?P<quarter>[1-4])|_(?P<month>\d\d))?|q(?P<quarter_before>[1-4])_(?P<year_behind>\d{4})")
_NOT_SHARES = ("cumulative_incidence", "event_free")  # read from curves, not a count over a count
_REASON, _DISCHARGE = "discharge_reason", ("discharge_quarter", "discharge_month", "discharge_year", "period")
_REASONS = tuple(reason for reason in DISCHARGE_REASONS)


@dataclass
class _Learner:
    knowledge: Knowledge = field(default_factory=Knowledge)
    row_names: dict[Place, dict[RowName, None]] = field(default_factory=dict)
    rounded: Rounded = field(default_factory=Rounded)
    contrasts: set[str] = field(default_factory=set)  # in words
    lost: dict[tuple[Place, str], set[int]] = field(default_factory=dict)  # the days of which curves say who was lost by then


def learned(report: FilesRead) -> Knowledge:
    """Put together what a reader of a report knows.

    Parameters
    ----------
    report : FilesRead
        What is printed in its files.

    Returns
    -------
    Knowledge
    """
    return learned_together([OutputRead(report)])


@dataclass(frozen=True, slots=True)
class OutputRead:
    """What is printed in one of several outputs that are read together.

    Parameters
    ----------
    report : FilesRead
    among : Place
        The levels of columns that its episodes were chosen by.
    moment : str
        When the data were as they are in it; outputs of one moment are of the same data.
    """

    report: FilesRead
    among: Place = EVERYONE
    moment: str = ""

    def named(self, variable: Variable) -> Variable:
        """A set of its episodes, as one of all outputs."""
        return self.group(variable[0]), f"{variable[1]}{self.moment}"

    def group(self, where: Place) -> Place:
        """A group of its episodes, as one of all outputs."""
        return place(*{**dict(self.among), **dict(where)}.items())


def learned_together(outputs: Iterable[OutputRead]) -> Knowledge:
    """Put together what a reader of several outputs knows, before what holds of each at one moment is compared with another.

    Parameters
    ----------
    outputs : iterable of OutputRead

    Returns
    -------
    Knowledge
    """
    together, contrasts = Knowledge(), set[str]()
    for output in outputs:
        learner = _learner(output.report)
        contrasts |= learner.contrasts
        for fact in learner.knowledge.facts:
            together.add(
                {output.named(each): factor for each, factor in fact.terms.items()}, fact.low, fact.high, fact.words, printed=fact.printed
            )
        for cell in learner.knowledge.cells.values():
            together.withhold({output.named(each): factor for each, factor in cell.terms.items()}, cell.words)
        for where in learner.knowledge.places:
            together.visit(output.group(where))
    return _without_idle(simplified(together), contrasts)


def _learner(report: FilesRead) -> _Learner:
    """What is printed in one output, and what holds in every report of what it speaks of."""
    learner = _Learner(rounded=report.rounded)
    for block in report.blocks:
        _learn_block(learner, _in_full(block, report.described))
    for number in report.numbers:
        _learn_flow(learner, number)
    _learn_left_out(learner, report)
    for number, block in (*read_tables(report), *read_words(report), *read_charts(report)):
        _learn_cell(learner, block, number)
    for lost in read_curves(report):
        _learn_lost(learner, lost)
    _learn_structure(learner)
    for name, most in report.few.items():
        learner.knowledge.add(
            expression(name, EVERYONE), Fraction(1), Fraction(most), f"findings: {name} is fewer than {most + 1}", printed=True
        )
    return learner


def _without_idle(knowledge: Knowledge, contrasts: set[str]) -> Knowledge:
    """The same without the differences, by their words, that say nothing which the other facts do not say at once."""
    others = [fact for fact in knowledge.facts if fact.words not in contrasts]
    if len(others) < len(knowledge.facts):
        limits = solve(others, knowledge.variables)
        knowledge.facts = [fact for fact in knowledge.facts if fact.words not in contrasts or says_more(fact, limits)]
    return knowledge


def _in_full(block: Block, described: Iterable[Described]) -> Block:
    """The same with what the Methods say of whom each number is, and to what it is rounded."""
    estimands = {number.row_name.estimand for number in block.numbers}
    words = describing(block.numbers[0].row_name.measure, estimands, described)
    among = {**(words.among if words else {}), **_among_shown(block)}
    row_names = {name: replace(block.numbers[0].row_name, estimand=name, among=among.get(name, "")) for name in estimands}
    halves = {name: _half_units(block, row_name) for name, row_name in row_names.items()}

    def full(number: Number) -> Number:
        name = number.row_name.estimand
        row_name = replace(number.row_name, among=among.get(name, ""))
        return replace(
            number, row_name=row_name, half=halves[name].get(number.value, Fraction()) if number.field == "value" else Fraction()
        )

    return replace(block, numbers=tuple(map(full, block.numbers)))


def _among_shown(block: Block) -> dict[str, str]:
    """Of whom those are that something happened to during care: of those followed, or of all; the numbers themselves say it.

    Of those followed they stand as the curve's do, printed and withheld alike; of all, nobody is left out.
    """
    counts: dict[str, dict[tuple[Place, str], Fraction | None]] = {}
    for number in block.numbers:
        if number.field in ("n", "excluded"):
            of_all_days = counts.setdefault(number.row_name.estimand, {})
            if of_all_days.get((number.where, number.field)) is None:
                of_all_days[number.where, number.field] = number.value
    during, followed = counts.get("during_care", {}), counts.get("cumulative_incidence", {})
    both = during.keys() & followed.keys()
    if any(during[each] != followed[each] for each in both):
        return {"during_care": "all who ended"}
    return {"during_care": FOLLOWED if any(followed[each] for each in both) else ""}


def _half_units(block: Block, row_name: RowName) -> dict[Fraction | None, Fraction]:
    """How far each value of one number may be from the true one, as all its values show; nothing where they are not rounded."""
    values = [number.value for number in block.numbers if number.row_name.estimand == row_name.estimand and number.field == "value"]
    shown, fields = [value for value in values if value is not None], fields_of(row_name)
    halves = {value: _half_of_percent(value) for value in shown}
    if (fields is None or not fields.total) and all(half is not None for half in halves.values()):
        return {value: half for value, half in halves.items() if half is not None}
    unit = next((unit for unit in _UNITS if all((value / unit).denominator == 1 for value in shown)), Fraction())
    return dict.fromkeys(shown, unit / 2)


def _half_of_percent(value: Fraction) -> Fraction | None:
    """Half a unit of a share written as a whole percent, with one decimal under 10 % and where it would read as all; `None` of other numbers."""
    whole, tenth = Fraction(1, 100), Fraction(1, 1000)
    if not 0 <= value <= 1:
        return None
    if value in (0, 1):  # only none is written as 0, and only all as 1
        return Fraction()
    if (value / whole).denominator == 1 and value >= _TENTH:
        return whole / 2
    if (value / tenth).denominator == 1 and (value < _TENTH or value >= 1 - whole):
        return tenth / 2
    return tenth if min(value, 1 - value) < tenth / 2 else None


# -- printed numbers -------------------------------------------------------------------------------------------------------


def _learn_block(learner: _Learner, block: Block) -> None:
    row_names = dict.fromkeys(number.row_name for number in block.numbers)
    places = [place(*zip(block.columns, levels, strict=True)) for levels in product(*((ALL, *each) for each in block.levels))]
    for where in places:
        learner.knowledge.visit(where)
        learner.row_names.setdefault(where, {}).update(row_names)
    _learn_sums(learner, block, list(row_names))
    rows: dict[tuple[RowName, Place], dict[str, Number]] = {}
    for number in block.numbers:
        rows.setdefault((number.row_name, number.where), {})[number.field] = number
        _learn_count(learner, block, number)
    for (row_name, where), row in rows.items():
        fields = fields_of(row_name)
        if fields is not None:
            _withhold_rest(learner.knowledge, fields, where, row)
            _learn_ended(learner, fields, where, row)
        if fields is not None and "value" in row and not _is_known(fields, row):
            _learn_value(learner, fields, where, row)
    for row_name in row_names if learner.rounded.base == 1 else ():  # of rounded counts a difference says no more than they do
        fields = fields_of(row_name)
        if fields is not None and row_name.estimand not in _NOT_SHARES:
            for fact in read_contrasts(block, rows, fields, row_name):
                learner.contrasts.add(fact.words)
                learner.knowledge.add(fact.terms, fact.low, fact.high, fact.words, printed=True)


def _learn_count(learner: _Learner, block: Block, number: Number) -> None:
    fields = fields_of(number.row_name)
    text = None if fields is None or number.field not in COUNTS else getattr(fields, number.field)
    if text is None:
        return
    terms = expression(text, number.where)
    if number.row_name.estimand in TESTS and any(MISSING_LEVEL in levels for levels in block.levels):  # they stand in no group tested
        blank = place((block.columns[0], MISSING_LEVEL))
        terms = combined((1, terms), (-1, expression(text, blank)))
    _learn_number(learner, terms, number)


def _is_known(fields: Fields, row: dict[str, Number]) -> bool:
    """Whether a share says nothing that its two counts do not say."""
    return fields.k is not None and all(name in row and row[name].value is not None for name in ("n", "k"))


def _withhold_rest(knowledge: Knowledge, fields: Fields, where: Place, row: dict[str, Number]) -> None:
    """Who is in a denominator and not in the numerator, or no longer followed, is printed nowhere: k of n tells it."""
    for name, part, words in (("k", fields.k, "n minus k"), ("n_at_risk", fields.n_at_risk, "n minus n_at_risk")):
        if part is not None and name in row:
            rest = combined((1, expression(fields.n, where)), (-1, expression(part, where)))
            knowledge.withhold(rest, f"{row[name].source.rpartition(', ')[0]}, {words} ({place_words(where)})")
    if fields.rest is not None and "n" in row:
        words = "n without those with the event and those free of every end"
        knowledge.withhold(expression(fields.rest, where), f"{row['n'].source.rpartition(', ')[0]}, {words} ({place_words(where)})")


def _learn_ended(learner: _Learner, fields: Fields, where: Place, row: dict[str, Number]) -> None:
    """A share free of every end is a product over the days: each end takes at least 1 of n from it, and at most 1 of those followed longest."""
    if fields.ended is None or fields.with_event is None or "value" not in row:
        return
    knowledge, number = learner.knowledge, row["value"]
    ended, event = expression(fields.ended, where), expression(fields.with_event, where)
    for terms, words in ((ended, "ended by then"), (combined((1, ended), (-1, event)), "ended otherwise by then")):
        knowledge.withhold(terms, f"{number.source.rpartition(', ')[0]}, {words} ({place_words(where)})")
    if number.value is None or learner.rounded.base > 1:
        return
    words = f"{number.source} ({place_words(where)}) = {float(number.value):.10g}, so many have ended"
    n, at_risk, half = expression(fields.n, where), expression(fields.n_at_risk or "0", where), max(number.half, _CLOSE)
    knowledge.add(combined((1, ended), (number.value - half - 1, n)), None, Fraction(), words, printed=True)
    knowledge.add(combined((1, ended), (number.value + half - 1, at_risk)), Fraction(), None, words, printed=True)


def _learn_number(learner: _Learner, terms: dict[Variable, Fraction], number: Number) -> None:
    words = f"{number.source} ({place_words(number.where)})"
    if number.value is None:
        learner.knowledge.withhold(terms, words)
    else:
        low, high = learner.rounded.limits(number.value)
        learner.knowledge.add(terms, low, high, f"{words} = {number.value}{'' if low == high else ', rounded'}", printed=True)


def _learn_value(learner: _Learner, fields: Fields, where: Place, row: dict[str, Number]) -> None:
    """A share says how k and n are related, a mean how a sum and n are; a share of rounded counts says no more than they do."""
    knowledge, number = learner.knowledge, row["value"]
    if learner.rounded.base > 1 and not fields.total:
        return
    value, n = number.value, expression(fields.per or fields.n, where)
    words = f"{number.source} ({place_words(where)}) = {float(value or 0):.10g}"
    top = fields.total or (fields.k if number.row_name.estimand not in _NOT_SHARES else None)
    if value is None or top is None:
        return
    over = expression(top, where)
    if number.half:
        knowledge.add(combined((1, over), (-(value - number.half), n)), Fraction(), None, f"{words}, rounded", printed=True)
        knowledge.add(combined((1, over), (-(value + number.half), n)), None, Fraction(), f"{words}, rounded", printed=True)
        return
    exact = value.limit_denominator(_LARGEST)
    if abs(exact - value) < _CLOSE and exact.denominator <= _LARGEST // 10:
        terms = combined((exact.denominator, over), (-exact.numerator, n))
        knowledge.add(terms, Fraction(), Fraction(), f"{words}, which is {exact}", printed=True)


# -- who is counted ----------------------------------------------------------------------------------------------------------


def _learn_flow(learner: _Learner, number: Number) -> None:
    """Rows in are rows used and rows left out; of tables of the data only the episodes are known by other names."""
    row_name = number.row_name
    if row_name.measure.startswith(TABLE):
        if row_name.measure == f"{TABLE}episodes" and row_name.estimand == "used" and number.field == "n":
            _learn_number(learner, expression("in", EVERYONE), number)
        return
    fields = fields_of(row_name)
    reason = left_out(number.field, row_name)
    text = "in" if number.field == "in" else fields.n if number.field == "n" and fields else reason
    if text is not None:
        learner.row_names.setdefault(EVERYONE, {})[row_name] = None
        _learn_number(learner, expression(text, EVERYONE), number)


def _learn_left_out(learner: _Learner, report: FilesRead) -> None:
    for row_name, names in _measures(report.blocks).items():
        each = describing(row_name.measure, names, report.described)
        if each is None:
            continue
        words = f"Methods, {each.title}"
        for reason, value in each.left_out.items():
            text = left_out(reason, row_name)
            if text is not None:
                number = Number(row_name, EVERYONE, reason, value, f"{words}: {reason}")
                _learn_number(learner, expression(text, EVERYONE), number)
        if each.rows_in is not None:
            number = Number(row_name, EVERYONE, "in", each.rows_in, f"{words}: episodes in")
            _learn_number(learner, expression("in", EVERYONE), number)


def _learn_cell(learner: _Learner, block: Block, number: Number) -> None:
    """A number of a table of the page: a count, or a share rounded as it stands there."""
    fields = fields_of(number.row_name)
    if number.field != "value":
        _learn_count(learner, block, number)
    elif fields is not None and number.value is not None and fields.k is not None:
        _learn_value(learner, fields, number.where, {"value": number})


def _learn_lost(learner: _Learner, lost: Lost) -> None:
    """Who is lost by a day is so later too, and by a day that is asked is among those who left without the event."""
    a = outcome_of(lost.row_name)
    earlier = learner.lost.setdefault((lost.where, a), set())
    here = expression(f"{a}_lost_{lost.day}", lost.where)
    for day in earlier:
        first, last = sorted((day, lost.day))
        learner.knowledge.at_most(
            combined((1, expression(f"{a}_lost_{first}", lost.where)), (-1, expression(f"{a}_lost_{last}", lost.where))),
            f"who is lost by day {first} is so by day {last} ({place_words(lost.where)})",
        )
    earlier.add(lost.day)
    high = None if lost.high is None else Fraction(lost.high)
    words = f"{lost.source}: lost to follow-up by day {lost.day}, {lost.low} to {'any' if high is None else high}"
    learner.knowledge.add(here, Fraction(lost.low), high, words, printed=True)
    for row_name in learner.row_names.get(lost.where, {}):
        if row_name.time and outcome_of(row_name) == a and row_name.estimand == "cumulative_incidence" and int(row_name.time) >= lost.day:
            rest = expression(f"{a}_otherwise_{row_name.time}", lost.where)
            learner.knowledge.at_most(
                combined((1, here), (-1, rest)), f"who is lost by day {lost.day} left otherwise by day {row_name.time}"
            )


def _measures(blocks: Iterable[Block]) -> dict[RowName, set[str]]:
    """The first row of every measure, with the names of all its numbers."""
    first: dict[tuple[str, str], RowName] = {}
    names: dict[RowName, set[str]] = {}
    for block in blocks:
        row_name = block.numbers[0].row_name
        row_name = first.setdefault((row_name.measure, row_name.definition), row_name)
        names.setdefault(row_name, set()).update(number.row_name.estimand for number in block.numbers)
    return names


# -- what holds in every report ------------------------------------------------------------------------------------------------


def _sets(row_names: Iterable[RowName]) -> Iterator[str]:
    """The names of all sets that some rows are about, of which everyone's is the sum of the groups'."""
    every = list(row_names)
    for line in sums_of(every):
        yield from (word for word in line.split() if word not in _SIGNS)
    for fields in map(fields_of, every):
        for text in fields or ():
            yield from (word for word in (text or "").split() if word not in _SIGNS and not word.startswith(MODELLED))


_SIGNS = {"+", "-", "=", "<=", "0"}


def _learn_sums(learner: _Learner, block: Block, row_names: list[RowName]) -> None:
    """Everyone is the sum of the groups by a column, and everyone of one level of a second column is that of its pairs."""
    names = list(dict.fromkeys(_sets(row_names)))
    for position, column in enumerate(block.columns):
        levels = list(block.levels[position])
        if not levels:
            continue
        if column.startswith(_DISCHARGE) and MISSING_LEVEL not in levels:  # who is still in care has no period of discharge
            levels.append(MISSING_LEVEL)
        others = [(other, (ALL, *block.levels[1 - position])) for other in block.columns if other != column]
        for rest in product(*(tuple((other, level) for level in each) for other, each in others)):
            whole, groups = place(*rest), [place((column, level), *rest) for level in levels]
            _learn_total(learner, whole, groups, names, f"{place_words(whole)} is the sum of all by {column}")


def _learn_total(learner: _Learner, whole: Place, groups: list[Place], names: list[str], words: str) -> None:
    for where in (whole, *groups):
        learner.knowledge.visit(where)
        learner.row_names.setdefault(where, {})
    for name in names:
        parts = [(1, expression(name, where)) for where in groups]
        learner.knowledge.equal(combined((-1, expression(name, whole)), *parts), f"{name}: {words}")


def _learn_structure(learner: _Learner) -> None:
    knowledge = learner.knowledge
    for where, row_names in learner.row_names.items():
        for line in sums_of(list(row_names)):
            _learn_line(knowledge, line, where)
        for text in stretches_of(list(row_names)):
            knowledge.withhold(expression(text, where), f"{text} ({place_words(where)})")
        _learn_reason(knowledge, where)
    _learn_periods(learner)


def _learn_line(knowledge: Knowledge, line: str, where: Place) -> None:
    left, sign, right = re.split(r" (<=|=) ", line)
    terms = combined((1, expression(left, where)), (-1, expression(right, where)))
    words = f"{line} ({place_words(where)})"
    if sign == "=":
        knowledge.equal(terms, words)
    else:
        knowledge.at_most(terms, words)


def _learn_reason(knowledge: Knowledge, where: Place) -> None:
    """Who is grouped by the discharge reason has that reason, or one of those taken together, and no other."""
    reason = dict(where).get(_REASON)
    if reason is None:
        return
    kept = {"missing_reason", "not_known"} if reason == MISSING_LEVEL else {reason}
    for name in (*_REASONS, "missing_reason", "not_known"):
        if name not in kept:
            knowledge.equal(expression(name, where), f"nobody is {name} ({place_words(where)})")


def _learn_periods(learner: _Learner) -> None:
    """A period of discharge, and several called from one to another, is the sum of the shorter periods of any column that lie within."""
    columns: dict[str, dict[str, range]] = {}
    for column, level in (each for where in learner.row_names if len(where) == 1 for each in where):
        if column in _DISCHARGE and (months := _months(level)) is not None:
            columns.setdefault(column, {})[level] = months
    for column, level, months in [(column, level, months) for column, levels in columns.items() for level, months in levels.items()]:
        for other, levels in columns.items():
            shorter = {name: each for name, each in levels.items() if not _STRETCH.fullmatch(name) and len(each) < len(months)}
            groups = [place((other, name)) for name, each in shorter.items() if set(each) <= set(months)]
            if _STRETCH.fullmatch(level) and len(months) == 1:
                groups = [place((other, name)) for name, each in levels.items() if each == months and name != level]
            if groups:
                shared = list(dict.fromkeys(_sets(learner.row_names[groups[0]])))
                _learn_total(learner, place((column, level)), groups, shared, f"{level} is the sum of its periods")


def _months(level: str) -> range | None:
    """The months that a level is of, counted from the year 0; none where it is no period."""
    stretch = _STRETCH.fullmatch(level)
    ends = (stretch["first"], stretch["last"] or stretch["first"]) if stretch else (level, level)
    first, last = (_months_of_period(end) for end in ends)
    return None if first is None or last is None else range(first.start, last.stop)


def _months_of_period(name: str) -> range | None:
    match = _PERIOD.fullmatch(name)
    if match is None:
        return None
    january = 12 * int(match["year"] or match["year_behind"])
    if match["month"]:
        return range(january + int(match["month"]) - 1, january + int(match["month"]))
    quarter = match["quarter"] or match["quarter_before"]
    return range(january + 3 * int(quarter) - 3, january + 3 * int(quarter)) if quarter else range(january, january + 12)
