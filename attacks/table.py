"""Takes what came of attacks, gives tables: what comes back, of how many, and which numbers give it back."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from attacks.trial import Outcome
from iop_outcomes.attack import Recovered

_MOST = 40  # kinds that are listed
_PLACE = re.compile(r" \((?P<column>everyone|[\w, ]+? )(?P<level>[^()]*(\([^()]*\))?)\)$")
_VALUE = re.compile(r" = [-\d./e]+(, which is [-\d/]+)?(?P<rounded>, rounded)?$")


def table(outcomes: Sequence[Outcome]) -> str:
    """One line for each program, and their sum."""
    head = ["| seed | episodes | counts withheld or never printed | truly 1 to 10 | recovered exactly | bounded inside 1 to 10 | wrong |"]
    head.append("|---|---|---|---|---|---|---|")
    rows = [
        f"| {each.seed} | {each.episodes:,} | {each.cells:,} | {each.small:,} | {each.exact:,} | {each.bounded:,} | {_wrong(each)} |"
        for each in outcomes
    ]
    total = [sum(getattr(each, name) for each in outcomes) for name in ("episodes", "cells", "small", "exact", "bounded")]
    wrong = sum(len(each.wrong) + bool(each.contradiction) for each in outcomes)
    rows.append(f"| all {len(outcomes)} | {' | '.join(f'{number:,}' for number in total)} | {wrong} |")
    return "\n".join([*head, *rows]) + "\n"


def _wrong(outcome: Outcome) -> str:
    return "facts contradict one another" if outcome.contradiction else str(len(outcome.wrong))


def page(outcomes: Sequence[Outcome], policy: str) -> str:
    """The file of results."""
    broken = sum(bool(each.recovered) for each in outcomes)
    head = [
        "# What comes back of reports",
        "",
        f"Written by `make attack`: programs drawn by their seed, one report each under {policy}, attacked from its files alone, held against the",
        f"true counts. Of {len(outcomes)} reports {broken} give something back. A count is withheld, or never printed, or what is left of two printed ones.",
        "",
        table(outcomes),
    ]
    return "\n".join([*head, *_ways(outcomes), ""] if broken else head)


def _ways(outcomes: Sequence[Outcome]) -> list[str]:
    """By what counts come back, where any does."""
    return [
        "## Which counts, and from which printed numbers",
        "",
        "Groups are left out of the names. The printed numbers are those of the shortest chain among the cases of a kind; there may be other ways.",
        "",
        "| count | recovered exactly | bounded | reports | shortest way: printed | and known of every report |",
        "|---|---|---|---|---|---|",
        *_kinds(outcomes),
        "",
        "## What the chains rest on",
        "",
        "In how many of the chains each thing stands that holds in every report, and each kind of printed number; those in a tenth or more.",
        "",
        "| known of every report | exact | bounded |",
        "|---|---|---|",
        *_rests_on(outcomes, printed=False),
        "",
        "| printed | exact | bounded |",
        "|---|---|---|",
        *_rests_on(outcomes, printed=True),
    ]


def _kinds(outcomes: Sequence[Outcome]) -> Iterator[str]:
    cases: dict[str, list[tuple[int, Recovered]]] = {}
    for outcome in outcomes:
        for each in outcome.recovered:
            cases.setdefault(kind(each.cell.words), []).append((outcome.seed, each))
    order = sorted(cases, key=lambda name: (-sum(each.is_exact for _, each in cases[name]), -len(cases[name]), name))
    for name in order[:_MOST]:
        exact = sum(each.is_exact for _, each in cases[name])
        reports = len({seed for seed, _ in cases[name]})
        _, shortest = min(cases[name], key=lambda case: (case[1].chain.whole, not case[1].is_exact, len(case[1].chain.facts)))
        printed = _counted(kind(fact.words) for fact in shortest.chain.facts if fact.printed)
        known = _counted(kind(fact.words) for fact in shortest.chain.facts if not fact.printed)
        yield f"| {name} | {exact} | {len(cases[name]) - exact} | {reports} | {printed} | {known}{'; counts are whole' * shortest.chain.whole} |"
    if len(order) > _MOST:
        yield f"| {len(order) - _MOST} more kinds | | | | | |"


def _rests_on(outcomes: Sequence[Outcome], *, printed: bool) -> Iterator[str]:
    """The kinds of facts of all chains, the most frequent first."""
    exact: Counter[str] = Counter()
    every: Counter[str] = Counter()
    recovered = [each for outcome in outcomes for each in outcome.recovered]
    for each in recovered:
        kinds = {kind(fact.words) for fact in each.chain.facts if fact.printed is printed}
        every.update(kinds)
        exact.update(kinds if each.is_exact else ())
    for name, times in sorted(every.items(), key=lambda item: (-exact[item[0]], -item[1], item[0])):
        if times >= len(recovered) / 10:
            yield f"| {name} | {exact[name]} | {times - exact[name]} |"


def kind(words: str) -> str:
    """A number in words, without its file, its group and its value.

    Examples
    --------
    >>> kind("program_quality.csv: completion, completion_strict, n (track psychosis) = 90")
    'completion, completion_strict, n by track'
    >>> kind("died (everyone)")
    'died of everyone'
    """
    words = words.partition(": ")[2] if words.startswith("program_quality.") else words
    value = _VALUE.search(words)
    if value is not None:
        return f"{kind(words[: value.start()])}{value['rounded'] or ''}"
    match = _PLACE.search(words)
    if match is None:
        return words
    column = match["column"].strip()
    return f"{words[: match.start()]} {'of everyone' if column == 'everyone' else f'by {column}'}"


def _counted(kinds: Iterator[str]) -> str:
    return "; ".join(f"{name}{f' ({times})' if times > 1 else ''}" for name, times in Counter(kinds).items()) or "nothing"
