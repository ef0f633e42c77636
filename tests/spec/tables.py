"""Takes a small table written as text, gives a loaded program and its answers: the one helper of the readable tests."""

import re
from contextlib import contextmanager

import pandas as pd

import iop_outcomes as iop

_DEFAULTS = {"track": "mh", "discharge_reason": "completed", "los_days": None}
_DATES = {"admit_date", "discharge_date"}


def rows(text):
    """The rows of a table in text: the first line names the columns, a dot is a blank, whole numbers are numbers."""
    header, *lines = [line.split() for line in text.strip().splitlines() if line.strip()]
    assert all(len(line) == len(header) for line in lines), text
    return [dict(zip(header, map(_cell, line), strict=True)) for line in lines]


def _cell(word):
    if word == ".":
        return None
    return int(word) if re.fullmatch(r"-?\d+", word) else word


def episodes(text):
    """A frame of episodes: what the text leaves out is added (an id, one track, completed, no stay)."""
    given = rows(text)
    missing = {
        name: value for name, value in _DEFAULTS.items() if name not in given[0] and not (name == "los_days" and _tells_the_stay(given[0]))
    }
    return pd.DataFrame([{"episode_id": f"e{i:03}", **missing, **row} for i, row in enumerate(given)])


def _tells_the_stay(row):
    return "discharge_day" in row or row.keys() >= _DATES


@contextmanager
def loaded(text, *, scores=None, events=None, mapping=None):
    """A program loaded from text; it is closed at the end."""
    frames = {"episodes": episodes(text)}
    frames |= {name: pd.DataFrame(rows(table)) for name, table in (("scores", scores), ("events", events)) if table}
    declared = {"class": "synthetic"} | (mapping or {}).get("data", {})
    with iop.load(frames, mapping={**(mapping or {}), "data": declared}) as data:
        yield data


def results(text, measure, *, by=None, definition=None, mapping=None, scores=None, conf_level=0.95):
    """The results of a measure on a table."""
    with loaded(text, mapping=mapping, scores=scores) as data:
        return iop.measure(data, measure, by=by, definition=definition, conf_level=conf_level).results


def estimates(text, measure, *, level="All", **options):
    """The estimates of one level by the name of their estimand."""
    return {e.estimand: e for e in results(text, measure, **options) if e.level == level}
