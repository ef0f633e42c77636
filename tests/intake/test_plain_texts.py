"""Plain texts, as most columns hold, spare small tables the patterns of identifiers; nothing is missed by that, and nothing changes."""

import string
from itertools import product

import duckdb
import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.errors import DataError
from iop_outcomes.intake import raw_tables
from iop_outcomes.intake.given_names import GIVEN_NAMES
from iop_outcomes.intake.identifiers import IDENTIFIERS
from iop_outcomes.intake.privacy import UNPRINTED, not_plain
from iop_outcomes.scales import load_scales

SYNTHETIC = {"data": {"class": "synthetic"}}
WORDS = "mental health dr st ave box po born dob mrn ssn zip week of jan march tel fax last four all or in a smith roe".split()


def _texts():
    """Short ids of every one or two letters, whole numbers, and words of lower case alone and in a row."""
    for letters in (string.ascii_lowercase, string.ascii_uppercase):
        for prefix in (*letters, *map("".join, product(letters, repeat=2))):
            yield from (f"{prefix}{between}{digits}" for between in ("", "-") for digits in ("1", "19", "207", "1987", "19870", "999999"))
    yield from map(str, range(10_000))
    yield from GIVEN_NAMES
    yield from map("_".join, product(WORDS, repeat=2))
    yield from map("_".join, product(WORDS, ("of", "a", "st", "roe"), WORDS))
    yield from map("_".join, product(GIVEN_NAMES, ("roe", "st")))


def test_what_is_plain_is_an_identifier_of_no_kind():
    """So many texts, each kind: what no pattern is asked about, no pattern would name."""
    texts = list(_texts())
    connection = duckdb.connect()
    plain = f"SELECT text FROM (SELECT unnest(?) AS text) AS texts WHERE NOT ({not_plain('text', tuple(load_scales()))})"
    patterns = [*(kind.value for kind in IDENTIFIERS), UNPRINTED]
    asked = ", ".join(f"count(*) FILTER (regexp_matches(text, '{pattern.replace(chr(39), chr(39) * 2)}'))" for pattern in patterns)
    n, *named = connection.execute(f"SELECT count(*), {asked} FROM ({plain}) AS plain", [texts]).fetchone()
    assert named == [0] * len(patterns)
    assert n > 25_000 and len(texts) - n >= 2 * len(GIVEN_NAMES) - len("josé maría")  # each name before another word stays to be looked at
    scales = connection.execute(
        f"SELECT bool_or({not_plain('text', tuple(load_scales()))}) FROM (SELECT unnest(?) AS text)", [list(load_scales())]
    )
    assert scales.fetchone() == (False,)


def _faulty():
    """Identifiers and labels that may not stand there in every kind of column, of episodes and of what belongs to them."""
    n = 30
    episodes = {
        "episode_id": [f"e{i}" for i in range(n)],
        "patient_id": [f"p{i // 2}" for i in range(n)],
        "track": ["mood_disorders", "trauma"] * 15,
    }
    episodes |= {"discharge_reason": ["completed"] * n, "los_days": ["20"] * n, "site": ["main"] * n}
    episodes["patient_id"][3:5] = ["jane.roe@example.org", "MRN0048213"]
    episodes["track"][5:7], episodes["site"][7:9] = ["john_smith", "All"], ["97214", "north\u200bside"]
    episodes["discharge_reason"][9], episodes["los_days"][10] = "(555) 831-7746", "471-82-9963"
    scores = {"episode_id": [f"e{i}" for i in range(n)], "scale": ["phq9"] * n, "day": ["0"] * n, "score": ["9"] * n}
    scores["episode_id"][2], scores["score"][3], scores["day"][4] = "Dr. Bea Okafor", "2/13/1987", "471-82-9963"
    return {"episodes": pd.DataFrame(episodes), "scores": pd.DataFrame(scores)}


def _findings(frames):
    with pytest.raises(DataError) as error:
        iop.load(frames, mapping={"data": {"class": "safe_harbor"}})  # the strictest
    return error.value.findings


def test_small_tables_and_large_ones_are_judged_alike(monkeypatch):
    """With no table taken for a small one every column is asked about by the patterns: the same findings, in the same order."""
    small = _findings(_faulty())
    monkeypatch.setattr(raw_tables, "SMALL", -1)
    assert _findings(_faulty()) == small
    assert {"identifier_value", "reserved_word", "control_character", "zip_not_allowed"} <= {finding.rule for finding in small}


def test_a_clean_small_table_makes_no_pattern_ready():
    """What it is for: not one of the patterns of identifiers is sent."""
    frames = {
        "episodes": pd.DataFrame(
            {"episode_id": ["e1", "e2"], "track": "mental_health", "discharge_reason": "completed", "los_days": [3, 40]}
        )
    }
    with iop.load(frames, mapping=SYNTHETIC) as data:
        assert not [statement for statement in data.engine.connection.statements if "(?m)" in statement]
