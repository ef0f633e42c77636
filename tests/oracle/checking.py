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
        found = {}
        for level, part in self.groups(by).items():
            found |= {(level, *(name if isinstance(name, tuple) else (name, None))): one for name, one in slow(part).items()}
        return found


def records(answer):
    """The rows of an answer's frame; a blank of any kind is None."""
    return [{name: None if pd.isna(value) else value for name, value in row.items()} for row in answer.to_frame().to_dict("records")]


def estimates(answer):
    """The estimates themselves, by (level, estimand, time)."""
    own = [row for row in records(answer) if not row.get("contrast")]
    return {(row["level"], row["estimand"], None if row["time"] is None else int(row["time"])): row for row in own}


def same(found, expected, digits=1e-10):
    """Whether two values agree, or both are missing."""
    if found is None or math.isnan(expected):
        return found is None and math.isnan(expected)
    return math.isclose(found, expected, rel_tol=digits, abs_tol=digits)


def assert_equal(answer, expected):
    """Every number at every level is the expected one, none is missing, and none is new but those checked elsewhere."""
    found = estimates(answer)
    assert {key for key in found if not key[1].startswith(ELSEWHERE)} == {key for key in expected if not key[1].startswith(ELSEWHERE)}
    for key, one in expected.items():
        assert_one(key, found[key], one)


def assert_one(key, found, one):
    """One estimate: its counts, its value, its limits where the rows give them, its flag; no word, which belongs to a comparison."""
    assert {name: found[name] for name in COUNTS} == {name: one[name] for name in COUNTS}, key
    assert found["n_at_risk"] == one.get("n_at_risk", ANY), key
    assert one.get("flag", "") in (found["flag"] or ""), key
    assert not found["word"] and found["p_adjusted"] is None, key
    if one.get("no_zero") and one["value"] in (0, 1) and found["value"] is None:
        return  # events of people whose follow-up is not known: no 0 % may stand here
    assert same(found["value"], one["value"]), (key, found["value"], one["value"])
    limits = interval_rows.interval(one) if not math.isnan(one["value"]) else (math.nan, math.nan)
    if limits is not None:
        assert same(found["low"], limits[0], 1e-9), (key, found["low"], limits)
        assert same(found["high"], limits[1], 1e-9), (key, found["high"], limits)


def rates_by_level(expected):
    """Of each rate, by (estimand, time): the (patient, value) at each level that may stand on one side of a comparison."""
    found = {}
    for (level, name, time), one in expected.items():
        if one.get("rate") and level not in (ALL, MISSING):
            found.setdefault((name, time), {})[level] = one["values"]
    return found


def assert_compared(answer, expected):
    """Each group minus the others: difference, limits, p and word of every rate are those of the rows."""
    found = {key: row for key, row in contrasts(answer).items() if key[2] == "minus_others"}
    for estimand, sides in rates_by_level(expected).items():
        pairs = [(level, own, [v for other, values in sides.items() if other != level for v in values]) for level, own in sides.items()]
        slow = interval_rows.compared(len(sides), pairs) if len(sides) > 1 else {}
        assert {level for name, level, *_ in found if name == estimand} == set(slow), estimand
        for level, one in slow.items():
            assert_contrast((*estimand, level), found[estimand, level, "minus_others", ""], one)


def assert_pairwise(answer, expected):
    """Each group minus each other, once, in whichever direction."""
    found = {key: row for key, row in contrasts(answer).items() if key[2] == "minus_level"}
    for estimand, sides in rates_by_level(expected).items():
        asked = [(level, versus) for name, level, _, versus in found if name == estimand]
        assert sorted(map(sorted, asked)) == sorted([one, other] for one in sides for other in sides if one < other), estimand
        slow = interval_rows.compared(len(sides), [((one, other), sides[one], sides[other]) for one, other in asked])
        for (one, other), number in slow.items():
            assert_contrast((*estimand, one, other), found[estimand, one, "minus_level", other], number)


def contrasts(answer):
    """The comparisons, by ((estimand, time), level, contrast, versus)."""
    own = [row for row in records(answer) if row.get("contrast")]
    times = [None if row["time"] is None else int(row["time"]) for row in own]
    return {((row["estimand"], t), row["level"], row["contrast"], row["versus"] or ""): row for row, t in zip(own, times, strict=True)}


def assert_contrast(key, found, one):
    """One comparison; of one that is too few only the word is settled."""
    assert found["word"] == one["word"], (key, found["word"], one)
    if one["word"] == "too few":
        assert found["value"] is None or same(found["value"], one["value"]), key
        assert found["p_adjusted"] is None, key
        return
    for name in ("value", "low", "high", "conf_level", "p", "p_adjusted"):
        assert same(found[name], one[name], 1e-8), (key, name, found[name], one[name])
