"""Takes the columns of scores that came and the scales, gives the rules over several of them, each asked of rows written here."""

from dataclasses import replace
from decimal import Decimal

import duckdb
import pytest

from iop_outcomes.engine.dialect import ROW
from iop_outcomes.intake.rules_of_scores import FEW, score_rules, twice_rule
from iop_outcomes.scales import load_scales

SCALES = load_scales()
ERROR = {name: (name, "error") for name in ("score_out_of_range", "unknown_scale", "score_between_steps")}
PHQ9, GAD7 = SCALES["phq9"], SCALES["gad7"]
HAS = ("episode_id", "scale", "day", "score")


@pytest.fixture(scope="module")
def broken():
    """Asks each rule of rows (episode, scale, day, score, version, stay): by rule the places of those that break it."""
    kinds = {
        "episode_id": "TEXT",
        "scale": "TEXT",
        "day": "INT",
        "score": "DECIMAL(9, 3)",
        "instrument_version": "TEXT",
        "episode_los_days": "INT",
    }
    with duckdb.connect(config={"threads": 1}) as connection:

        def ask(rows, *, scales=(PHQ9,), has=HAS):
            rules = score_rules(has, {scale.name: scale for scale in scales}, tuple(SCALES))
            rules = [rule for rule in rules if rule.id != "score_blank"]  # of `rules_of_items`
            lists = ", ".join(f"unnest(CAST(? AS {kind}[])) AS {name}" for name, kind in kinds.items())
            numbered = f"SELECT *, scale AS scale__text, row_number() OVER () - 1 AS {ROW} FROM (SELECT {lists}) AS given"
            connection.execute(f"CREATE OR REPLACE TABLE own_scores AS {numbered}", [list(column) for column in zip(*rows, strict=True)])
            asked = f"SELECT {', '.join(f'coalesce({rule.predicate}, FALSE)' for rule in rules)} FROM own_scores ORDER BY {ROW}"
            columns = zip(rules, zip(*connection.execute(asked).fetchall(), strict=True), strict=True)
            return {(rule.id, rule.severity): [n for n, bad in enumerate(column) if bad] for rule, column in columns if any(column)}

        yield ask


def score(day, points, scale="phq9", episode="a", version=None, stay=30):
    """A row of scores."""
    return (episode, scale, day, points, version, stay)


def test_ranges_are_those_of_each_scale(broken):
    """Both ends are scores; a scale that is not known has none."""
    rows = [score(0, 0), score(1, 27), score(2, 28), score(3, -1), score(0, 22, "gad7"), score(0, 22, "secret"), score(4, None)]
    assert broken(rows, scales=(PHQ9, GAD7)) == {ERROR["score_out_of_range"]: [2, 3, 4], ERROR["unknown_scale"]: [5]}


def test_scores_between_two_steps(broken):
    """A sum has whole points, a mean is rounded and said so; of whole scales alone the column itself takes no fraction."""
    halves = replace(GAD7, step=Decimal("0.5"))
    rows = [score(0, 1.5, "gad7"), score(1, 1.25, "gad7")]
    assert broken(rows, scales=(halves,)) == {ERROR["score_between_steps"]: [1]}
    assert broken([score(0, 2), score(1, 2.5)], scales=(PHQ9, halves)) == {ERROR["score_between_steps"]: [1]}
    mean = replace(halves, scored_as="mean")
    assert broken(rows, scales=(mean,)) == {("score_rounded", "note"): [1]}
    assert not any("step" in rule.id for rule in score_rules(HAS, {"phq9": PHQ9}, SCALES))


def test_two_scores_of_a_scale_on_a_day(broken):
    """Both are named; another scale, day or episode is another score."""
    rows = [score(0, 5), score(0, 5), score(1, 5), score(0, 5, "gad7"), score(0, 5, episode="b")]
    assert broken(rows, scales=(PHQ9, GAD7)) == {("score_twice", "warning"): [0, 1]}
    assert "lower counts at admission" in twice_rule().hint


def test_versions_within_an_episode(broken):
    """A blank is no other version."""
    rows = [score(0, 5, version="1"), score(9, 5, version="2"), score(11, 5), score(0, 5, episode="b", version="2")]
    assert broken(rows, has=(*HAS, "instrument_version")) == {("version_changed", "warning"): [0, 1]}
    assert ("version_changed", "warning") not in broken(rows)


@pytest.mark.parametrize(("day", "outside"), [(-8, True), (-7, False), (44, False), (45, True)])
def test_scores_that_no_measure_uses(broken, day, outside):
    """More than 7 days before admission, or 14 after a discharge on day 30; without a stay only the former is known."""
    plain = replace(GAD7, occasions=())  # asked on no day of its own
    assert broken([score(day, 5, "gad7")], scales=(plain,)) == ({("score_outside_windows", "note"): [0]} if outside else {})
    assert broken([score(day, 5, "gad7", stay=None)], scales=(plain,)) == ({("score_outside_windows", "note"): [0]} if day < -7 else {})


def test_occasions_after_discharge_are_used(broken):
    """Those of the scale, by the days of each."""
    days = [each.first + 30 for each in PHQ9.occasions] + [each.last + 30 for each in PHQ9.occasions]
    assert days and broken([score(day, 5, episode=str(day)) for day in days]) == {}


def test_a_shorter_form_is_suspected_of_many_scores_alone(broken):
    """None above 24 in 90 scores of the PHQ-9; one above, a version that is said, or one score less, and nothing is."""
    rows = [score(0, 24 if n else 0, episode=str(n)) for n in range(FEW)]
    assert broken(rows) == {("instrument_version", "note"): [0]}
    assert broken([*rows, score(0, 25, episode="x")]) == broken(rows[1:]) == broken(rows, has=(*HAS, "instrument_version")) == {}
