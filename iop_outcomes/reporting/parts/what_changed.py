"""Takes a page and an earlier report, gives what changed since: each outcome of page one then and now, and the word for the difference.

Both sides are released numbers, as they were printed. The difference of two shares of different episodes has its limits from theirs
(`stats.printed_limits`); of episodes that may be in both reports, printed numbers do not tell how far they differ, and nothing is said.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from iop_outcomes.evaluate.contrasts import FEWEST
from iop_outcomes.keys import ALL, HIGHER, TOO_FEW, Flag
from iop_outcomes.release import ReleasedEstimate, Withheld
from iop_outcomes.release.policy import POLICIES
from iop_outcomes.reporting.blocks import Block, Bullets, Note, Section, TableBlock, Text, section
from iop_outcomes.reporting.earlier import EarlierReport
from iop_outcomes.reporting.parts.figures import page_span
from iop_outcomes.reporting.parts.outcomes import Judged, MainOutcome, outcomes_of
from iop_outcomes.reporting.parts.part import Page, Part, nothing
from iop_outcomes.reporting.span import Span, without_periods
from iop_outcomes.show.comparison import groups_of
from iop_outcomes.show.tables import Table, value_with_base
from iop_outcomes.show.words import NOT_SHOWN, estimate_value, has_range, has_value, label, listed, number, value_of
from iop_outcomes.stats.printed_limits import PrintedShare, difference_of_printed
from iop_outcomes.units import UNITS

ROSE, FELL, NO_CHANGE, CANNOT = "rose", "fell", "no clear change", "cannot be compared"
NO_FIGURE, NO_DIFFERENCE = "no such figure", ""
_POINTS = UNITS["share"].difference
RULE = "Rose and fell are said exactly when the range of the difference leaves out 0."
PRINTED = (
    "The ranges come from those that both reports print, as for two groups that share no episode; a figure that one of them prints without a "
    "range cannot be compared. The same person may be in both reports; where many are, a range is a little too wide."
)
EXPLAINS_NOTHING = "That a figure rose or fell does not say why: other people may have come, or been recorded otherwise."
KNOWN_ALREADY = (
    "Whoever has the earlier report can set this one against it. This one was not compared with earlier ones before it was released: where "
    "nearly the same episodes are in several reports, give each the same ledger (--ledger FILE), which keeps small differences from being shown."
)


@dataclass(frozen=True, eq=False)
class ChangeSince:
    """An outcome of one group, then and now.

    Parameters
    ----------
    outcome : MainOutcome
        Which.
    level : str
        Of which group, or of everyone.
    among : tuple of str
        The levels beside it.
    then, now : ReleasedEstimate or None
        What was and is released; none where there is no such figure.
    why : str
        Why the two cannot be compared; empty where they can, as far as is known.
    word : str
        What became of it.
    low, high : float
        Limits of now minus then, at the level at which those of the table hold together; NaN where there are none.
    """

    outcome: MainOutcome
    level: str
    among: tuple[str, ...]
    then: ReleasedEstimate | None
    now: ReleasedEstimate | None
    why: str = ""
    word: str = ""
    low: float = math.nan
    high: float = math.nan

    @property
    def is_hidden(self) -> bool:
        """Whether neither report shows it."""
        return not any(each is not None and each.shown for each in (self.then, self.now))

    @property
    def has_moved(self) -> bool:
        """Whether it rose or fell by more than chance."""
        return self.word in (ROSE, FELL)

    @property
    def is_better(self) -> bool:
        """Whether it moved in the direction that is good news."""
        return (self.word == ROSE) == (self.outcome.better == HIGHER)

    @property
    def difference(self) -> float:
        """Now minus then; NaN where either is not there."""
        return math.nan if self.now is None or self.then is None else value_of(self.now) - value_of(self.then)

    @property
    def values(self) -> str:
        """Both in words, in the order of time: "then 50%, now 61%"."""
        return f"then {_value(self.then)}, now {_value(self.now)}"

    @property
    def clause(self) -> str:
        """Within a sentence: "more finished (then 50%, now 61%)"."""
        return f"{'more' if self.word == ROSE else 'fewer'} {self.outcome.beyond} ({self.values})"


# -- what can be compared ----------------------------------------------------------------------------------------------------


def page_reason(page: Page, earlier: EarlierReport) -> str:
    """Why nothing of this page can be compared with the earlier report; empty where something can."""
    data, span = page.program.data, page_span(page)
    conditions = without_periods(condition for step in data.narrowings for condition in step)
    if conditions != earlier.conditions:
        return f"The two reports chose their episodes otherwise: then {_chosen(earlier.conditions)}, now {_chosen(conditions)}."
    if tuple(source.sha256 for source in data.provenance.sources) == earlier.sources and span == earlier.span:
        return "Nothing can have changed: both reports are of the same episodes, from the same files."
    if POLICIES[earlier.policy].base != page.program.policy.base:
        return f"The two reports round their counts otherwise: then by policy {earlier.policy}, now by policy {page.program.policy.name}."
    if span is None or earlier.span is None:
        silent = (
            "neither report says"
            if span is None and earlier.span is None
            else f"{'this' if span is None else 'the earlier'} report does not say"
        )
        return (
            f"Whether anything changed cannot be judged: {silent} in which periods its episodes were discharged, so that the same episodes may "
            "be in both."
        )
    if span.overlaps(earlier.span):
        return (
            "Whether anything changed cannot be judged: the same episodes may be in both reports, and printed numbers do not tell what those make "
            f"of the difference. A report of what came after can be compared{_period_after(earlier.span, span)}."
        )
    return ""


def _chosen(conditions: frozenset[str]) -> str:
    return f"those with {listed(sorted(each.replace('_', ' ') for each in conditions))}" if conditions else "whatever their group"


def _period_after(earlier: Span, now: Span) -> str:
    """How to ask for the periods after those of the earlier report, where there are any."""
    following = earlier.last.next
    if following.per_year != now.last.per_year or following > now.last:
        return ""
    return f": --period {following} {now.last}"


def changes(page: Page, earlier: EarlierReport) -> list[ChangeSince]:
    """Each outcome of page one, for everyone and each group, with its word."""
    reason = page_reason(page, earlier)
    rows = [replace(row, why=row.why or reason) for judged in outcomes_of(page) for row in _rows(judged, page, earlier)]
    level = page.program.conf_level
    everyone = [row for row in rows if row.level == ALL]
    judged_together = _judged(everyone, level), _judged([row for row in rows if row.level != ALL], level)
    by_place = {(row.outcome.name, row.level): row for several in judged_together for row in several}
    return [by_place[row.outcome.name, row.level] for row in rows]


def _rows(judged: Judged, page: Page, earlier: EarlierReport) -> Iterator[ChangeSince]:
    """The rows of one outcome; none where neither report has it."""
    outcome, released = judged.outcome, judged.released
    alike = [each for each in earlier.estimates if (each.estimand, each.time) == (outcome.estimand, outcome.time)]
    now = judged.estimate
    if released is None or now is None:
        if alike:
            yield ChangeSince(
                outcome, ALL, (), next((each for each in alike if each.level == ALL), None), None, "This report has no such figure."
            )
        return
    same = [each for each in alike if (each.measure, each.definition) == (now.measure, now.definition)]
    if not same:
        other = "is of another scale or event" if any(each.measure != now.measure for each in alike) else "follows another definition"
        why = f"The figure of the earlier report {other}." if alike else "The earlier report has no such figure."
        yield ChangeSince(outcome, ALL, released.levels, None, now, why)
        return
    then: Mapping[str, ReleasedEstimate] = {each.level: each for each in same}
    levels = [ALL, *(groups_of(released) if page.program.by == earlier.by and len(groups_of(released)) > 1 else [])]
    for level in levels:
        why = "" if level in then else "The earlier report has no such group."
        yield ChangeSince(outcome, level, released.levels, then.get(level), judged.at_level(level), why)


def _judged(rows: Sequence[ChangeSince], conf_level: float) -> list[ChangeSince]:
    """Words for rows whose ranges hold together: each at the level of all that have one (Sidak)."""
    words = [_word_without_range(row, conf_level) for row in rows]
    level = conf_level ** (1 / max(words.count(""), 1))
    return [_with_range(row, level) if not word else replace(row, word=word) for row, word in zip(rows, words, strict=True)]


def _word_without_range(row: ChangeSince, conf_level: float) -> str:
    """The word of a row that no range is computed of; empty where one is."""
    then, now = row.then, row.now
    if (then is not None and not then.shown) or (now is not None and not now.shown):
        return NOT_SHOWN
    if row.why or then is None or now is None or not (has_value(then) and has_value(now)):
        return CANNOT
    if any(isinstance(each.n, Withheld) or isinstance(each.low, Withheld) or not has_range(each) for each in (then, now)):
        return CANNOT
    if any(Flag.FEW_PATIENTS in each.flag or (isinstance(each.n, int) and each.n < FEWEST) for each in (then, now)):
        return str(TOO_FEW)
    return CANNOT if math.isnan(difference_of_printed(_printed(now), _printed(then), conf_level)[0]) else ""


def _with_range(row: ChangeSince, level: float) -> ChangeSince:
    if row.now is None or row.then is None:
        return row
    low, high = difference_of_printed(_printed(row.now), _printed(row.then), level)
    return replace(row, low=low, high=high, word=ROSE if low > 0 else FELL if high < 0 else NO_CHANGE)


def _printed(estimate: ReleasedEstimate) -> PrintedShare:
    value, low, high, se = (
        math.nan if isinstance(each, Withheld) else each for each in (estimate.value, estimate.low, estimate.high, estimate.se)
    )
    n = estimate.n if isinstance(estimate.n, int) else 0
    return PrintedShare(value, low, high, se, n, estimate.method, estimate.conf_level)


# -- words -----------------------------------------------------------------------------------------------------------------


def _value(estimate: ReleasedEstimate | None) -> str:
    return NO_FIGURE if estimate is None else estimate_value(estimate)


def what_changed(page: Page, earlier: EarlierReport) -> list[Block]:
    """What is compared, what became of everyone's figures and of the groups', the table, and how it was judged."""
    rows = changes(page, earlier)
    blocks: list[Block] = [Text(_compared(page, earlier)), *map(Note, _cautions(page, earlier))]
    if reason := page_reason(page, earlier):
        blocks.append(Text(reason))
    else:
        blocks.append(Bullets(tuple(_sentences(page, rows))))
    shown = [row for row in rows if row.level == ALL or not row.is_hidden]
    blocks.append(TableBlock(_table(page, shown)))
    if len(shown) < len(rows):
        blocks.append(Text(f"Figures of groups that neither report shows are left out of the table: {len(rows) - len(shown)}."))
    reasons = dict.fromkeys(f"{row.outcome.head}: {row.why}" for row in rows if row.why and row.level == ALL and row.why != reason)
    if reasons:
        blocks.append(Text(" ".join(reasons)))
    if not all(math.isnan(row.low) for row in rows):
        blocks.append(Text(" ".join(filter(None, (RULE, _allowance(rows, page.program.conf_level), PRINTED, EXPLAINS_NOTHING)))))
    unheld = page.program.policy.threshold and all(released.compared is None for released in page.released.values())
    return [*blocks, *([Note(KNOWN_ALREADY)] if unheld else [])]


def _compared(page: Page, earlier: EarlierReport) -> str:
    """Which episodes are then, and which are now."""
    then, now = (f"discharged {span.within}" if span else "in periods that are not known" for span in (earlier.span, page_span(page)))
    return f"Then: episodes {then}, from the earlier report. Now: those of this report, {now}."


def _cautions(page: Page, earlier: EarlierReport) -> Iterator[str]:
    """What else differs between the two reports."""
    data, program = page.program.data, page.program
    if earlier.program and data.program and earlier.program != data.program:
        yield (
            f"The earlier report is of another program, {earlier.program}: what differs between the two is no change of {data.program} over time."
        )
    if earlier.package != data.provenance.package:
        yield f"The earlier report was made by another version ({earlier.package}), whose definitions may differ."
    if program.by != earlier.by:
        yield f"The earlier report is by {earlier.by.replace('_', ' ')}, this one by {program.group}: only everyone together can be compared."


def _sentences(page: Page, rows: Sequence[ChangeSince]) -> list[str]:
    """What became better, what worse, what shows no clear change and what cannot be told, for everyone; then the groups that moved."""
    everyone, groups = [row for row in rows if row.level == ALL], [row for row in rows if row.level != ALL]
    better, worse = ([row.clause for row in everyone if row.has_moved and row.is_better is good] for good in (True, False))
    unclear = [f"{row.outcome.head.lower()} ({row.values})" for row in everyone if row.word == NO_CHANGE]
    untold = [f"{row.outcome.head.lower()} ({row.values})" for row in everyone if row.word not in (ROSE, FELL, NO_CHANGE)]
    lines = [
        f"Better than then: {'; '.join(better) or 'nothing, by more than chance would easily produce'}.",
        f"Worse than then: {'; '.join(worse) or 'nothing, by more than chance would easily produce'}.",
        *([f"No clear change: {'; '.join(unclear)}."] if unclear else []),
        *([f"Cannot be told: {'; '.join(untold)}."] if untold else []),
    ]
    moved = [f"{label(row.level, row.among)}: {row.clause}" for row in groups if row.has_moved]
    if groups:
        nobody = f"no {page.program.group} that can be compared changed by more than chance would easily produce"
        lines.append(f"By {page.program.group}: {'; '.join(moved) or nobody}.")
    return lines


def _table(page: Page, rows: Sequence[ChangeSince]) -> Table:
    """Then, now, the difference with its range, and the word."""
    cells = tuple(
        (
            row.outcome.head,
            label(row.level, row.among),
            *(NO_FIGURE if each is None else value_with_base(each) for each in (row.then, row.now)),
            number(row.difference, _POINTS) if row.word in (ROSE, FELL, NO_CHANGE) else NO_DIFFERENCE,
            _range(row),
            row.word,
        )
        for row in rows
    )
    heads = ("Outcome", label(page.program.by), "Then", "Now", f"Difference ({UNITS[_POINTS].words})", "Plausible range", "In a word")
    return Table("Each outcome then and now (n: the episodes each rests on)", heads, cells, prose=True, naming=2)


def _range(row: ChangeSince) -> str:
    return NO_DIFFERENCE if math.isnan(row.low) else f"{number(row.low, _POINTS)} to {number(row.high, _POINTS)}"


def _allowance(rows: Sequence[ChangeSince], conf_level: float) -> str:
    """How many ranges hold together; empty where no two do."""
    ranged = [row.level == ALL for row in rows if not math.isnan(row.low)]
    everyone, groups = ranged.count(True), ranged.count(False)
    together = [f"the {n} {what}" for n, what in ((everyone, "outcomes of everyone"), (groups, "figures of groups")) if n > 1]
    if not together:
        return ""
    more = f", and so do those of {together[1]}" if len(together) > 1 else ""
    return f"They are as wide as it takes: the ranges of {together[0]} hold together in {conf_level * 100:g}% of such reports{more}."


def _sections(page: Page) -> Sequence[Section]:
    earlier = page.program.earlier
    if earlier is None:
        return []
    span = earlier.span
    since = span.words if span is not None and span.first == span.last else "the earlier report"
    return [section("what_changed", f"What changed since {since}", what_changed(page, earlier))]


WHAT_CHANGED = Part(nothing, _sections)
