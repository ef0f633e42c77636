"""Takes a batch of programs, gives it loaded, its groups, and the comparison of an answer with the numbers of the rows."""

import math
from unittest.mock import ANY

import pandas as pd

import iop_outcomes as iop
from tests.oracle import interval_rows, rows, score_rows

ALL, MISSING = "All", "(missing)"
# Numbers that the definitions do not settle; each is held against other oracles elsewhere.
ELSEWHERE = ("false_positive_rate", "median_follow_up_days", "log_rank", "gray")
COUNTS = ("n", "k", "n_missing", "excluded")


def load(batch):
    """The tables through the real front door and engine."""
    frames = {"episodes": batch.episodes, "scores": batch.scores, "events": batch.events}
    declared = {"class": "synthetic"} | ({"cutoff": batch.cutoff} if batch.cutoff else {})
    return iop.load({name: pd.DataFrame(table) for name, table in frames.items()}, mapping={"data": declared})


class Slow:
    """A batch as the row version reads it."""

    def __init__(self, batch):
        self.batch = batch
        self.episodes = rows.read(batch.episodes, batch.cutoff)
        self.scores, self.events = (score_rows.by_episode(table) for table in (batch.scores, batch.events))

    def groups(self, by):
        """The episodes of everyone, then of each level that has any."""
        found = {ALL: self.episodes}
        for one in self.episodes:
            found.setdefault(MISSING if one.get(by) is None else one[by], []).append(one)
        return found

    def numbers(self, by, slow):
        """Every number at every level, by (level, estimand, time)."""
        return self._each(self.groups(by), slow)

    def numbers_of_others(self, by, slow):
        """The same numbers of everyone in another group than the level; people without a group are in nobody's others."""
        groups = {level: part for level, part in self.groups(by).items() if level not in (ALL, MISSING)}
        return self._each({level: [e for other in groups if other != level for e in groups[other]] for level in groups}, slow)

    def _each(self, groups, slow):
        found = {}
        for level, part in groups.items():
            found |= {(level, *(name if isinstance(name, tuple) else (name, None))): one for name, one in slow(part).items()}
        return found


def records(answer):
    """The rows of an answer's frame; a blank of any kind is None."""
    return [{name: None if pd.isna(value) else value for name, value in row.items()} for row in answer.to_frame().to_dict("records")]


def estimates(answer):
    """The estimates themselves, by (level, estimand, time)."""
    own = [row for row in records(answer) if not row.get("contrast")]
    return {(row["level"], row["estimand"], None if row["time"] is None else int(row["time"])): row for row in own}


def same(found, expected, digits=1e-9):
    """Whether two values agree, or both are missing."""
    if found is None or math.isnan(expected):
        return found is None and math.isnan(expected)
    return math.isclose(found, expected, rel_tol=digits, abs_tol=digits)


def assert_equal(answer, expected):
    """Every number at every level is the expected one, none is missing, and none is new but those checked elsewhere."""
    found = estimates(answer)
    names = {key for key in expected if not key[1].startswith(ELSEWHERE)}
    assert {key for key in found if not key[1].startswith(ELSEWHERE)} == names
    assert_none([(key, *each) for key in names for each in wrong_of(found[key], expected[key])])


def wrong_of(found, one):
    """What is wrong with one estimate: its counts, its flag, its value, its limits where the rows give them, or a word, which belongs to a comparison."""
    yield from ((name, found[name], one[name]) for name in COUNTS if found[name] != one[name])
    if found["n_at_risk"] != one.get("n_at_risk", ANY):
        yield "n_at_risk", found["n_at_risk"], one["n_at_risk"]
    if one.get("flag", "") not in (found["flag"] or ""):
        yield "flag", found["flag"], one["flag"]
    yield from ((name, found[name], None) for name in ("word", "p_adjusted") if found[name])
    if one.get("no_zero") and one["value"] in (0, 1) and found["value"] is None:
        return  # events of people whose follow-up is not known: no 0 % may stand here
    limits = (math.nan, math.nan) if math.isnan(one["value"]) else interval_rows.interval(one)
    values = {"value": one["value"]} | (dict(zip(("low", "high"), limits, strict=True)) if limits else {})
    yield from ((name, found[name], value) for name, value in values.items() if not same(found[name], value))


def assert_none(wrong):
    """Nothing is wrong; else each kind of number and column once, with how often and where first."""
    kinds = {}
    for key, column, found, expected in sorted(wrong, key=str):
        kinds.setdefault((key[1], column), []).append(f"{key}: {found} is not {expected}")
    assert not wrong, "\n".join(f"{name} {column}: {len(cases)} wrong, such as {cases[0]}" for (name, column), cases in kinds.items())


def rates_by_level(expected):
    """Of each rate, by (estimand, time): the (patient, value) at each level that may stand on one side of a comparison."""
    found = {}
    for (level, name, time), one in expected.items():
        if one.get("rate") and level not in (ALL, MISSING):
            found.setdefault((name, time), {})[level] = one["values"]
    return found


def stated(values, expected, estimand):
    """The values of one side; nobody where the side's rate would be a 0 % that is not printed, because events are on record without follow-up."""
    no_zero = any(one.get("no_zero") for (_, name, time), one in expected.items() if (name, time) == estimand)
    return [] if no_zero and not any(value for _, value in values) else values


def assert_compared(answer, expected):
    """Each group minus the others: difference, limits, p and word of every rate are those of the rows."""
    found, wrong = contrasts(answer, "minus_others"), []
    for estimand, sides in rates_by_level(expected).items():
        pairs = [
            ((level, ""), own, [v for other, values in sides.items() if other != level for v in values]) for level, own in sides.items()
        ]
        pairs = [(key, stated(own, expected, estimand), stated(others, expected, estimand)) for key, own, others in pairs]
        wrong += wrong_contrasts(found, estimand, interval_rows.compared(len(sides), pairs) if len(sides) > 1 else {})
    assert_none(wrong)


def assert_pairwise(answer, expected):
    """Each group minus each other, once, in whichever direction."""
    found, wrong = contrasts(answer, "minus_level"), []
    for estimand, sides in rates_by_level(expected).items():
        asked = [(level, versus) for name, level, versus in found if name == estimand]
        assert sorted(map(sorted, asked)) == sorted([one, other] for one in sides for other in sides if one < other), estimand
        pairs = [((one, other), sides[one], sides[other]) for one, other in asked]
        wrong += wrong_contrasts(found, estimand, interval_rows.compared(len(sides), pairs))
    assert_none(wrong)


def contrasts(answer, kind):
    """The comparisons of one kind, by ((estimand, time), level, versus)."""
    own = [row for row in records(answer) if row.get("contrast") == kind]
    times = [None if row["time"] is None else int(row["time"]) for row in own]
    return {((row["estimand"], t), row["level"], row["versus"] or ""): row for row, t in zip(own, times, strict=True)}


def wrong_contrasts(found, estimand, expected):
    """What is wrong with the comparisons of one rate; of one that is too few only the word is settled."""
    names = {key[1:] for key in found if key[0] == estimand}
    wrong = [
        ((level, estimand[0], estimand[1], versus), "contrast", (level, versus) in names, None) for level, versus in names ^ set(expected)
    ]
    for (level, versus), one in expected.items():
        row, key = found.get((estimand, level, versus)), (level, *estimand, versus)
        if row is None:
            continue
        if row["word"] != one["word"]:
            wrong.append((key, "word", row["word"], one["word"]))
        elif one["word"] != "too few":
            columns = ("value", "low", "high", "conf_level", "p", "p_adjusted")
            wrong += [(key, name, row[name], one[name]) for name in columns if not same(row[name], one[name])]
    return wrong


def assert_one_rule(answer, expected, others):
    """Every comparison with the others, whatever its interval: the difference is the rows', and one level gives range, word and p."""
    found, wrong = contrasts(answer, "minus_others"), []
    for estimand in {key[0] for key in found}:
        own = {level: row for (name, level, _), row in found.items() if name == estimand}
        able = [level for level, row in own.items() if row["word"] != "too few"]
        several = 1 if len(own) == 2 else len(able)
        for level, row in own.items():
            one, rest = (numbers[level, *estimand] for numbers in (expected, others))
            if level in able:
                low, high = (-math.inf if row["low"] is None else row["low"]), (math.inf if row["high"] is None else row["high"])
                word = "higher" if low > 0 else "lower" if high < 0 else "no clear difference"  # an open side reaches 0
                rule = {
                    "value": one["value"] - rest["value"],
                    "conf_level": 0.95 ** (1 / several),
                    "p_adjusted": 1 - (1 - row["p"]) ** several,
                }
                wrong += [((level, *estimand), name, row[name], value) for name, value in rule.items() if not same(row[name], value)]
                wrong += [((level, *estimand), "word", row["word"], word)] if row["word"] != word else []
            if level in able and min(one["n"], rest["n"]) < interval_rows.ENOUGH:
                wrong.append(((level, *estimand), "word", row["word"], "too few"))
    assert_none(wrong)
