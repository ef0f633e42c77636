"""Takes names, words and scores, gives SQL that DuckDB reads as exactly these, whatever characters they hold."""

from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iop_outcomes.engine.dialect import NUMBER_TYPE, Steps, literal, numbers_held_twice, quoted

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)


@pytest.fixture(scope="module")
def database():
    """One in memory."""
    with duckdb.connect() as connection:
        yield connection


@given(TEXT)
def test_a_word_comes_back_as_it_was(text):
    """Quotation marks, backslashes, ends of lines, dollars."""
    with duckdb.connect() as connection:
        assert connection.execute(f"SELECT {literal(text)}").fetchone() == (text,)


@pytest.mark.parametrize("name", ['a"b', "a b", "select", "a;b", "ä", 'a""', "'; DROP TABLE t; --"])
def test_a_name_is_a_name(database, name):
    """Of a column."""
    database.execute(f"SELECT 1 AS {quoted(name)}")
    assert database.description[0][0] == name


@pytest.mark.parametrize(
    ("low", "step"), [(0, 1), (Decimal("1"), Decimal("0.25")), (Decimal("-2.5"), Decimal("0.1")), (10, Decimal("1.5"))]
)
def test_scores_are_whole_steps_and_back(database, low, step):
    """Every step of a scale, exactly; a total between two is the nearer, a half the upper, by fractions."""
    steps = Steps(low, step)
    for place in range(40):
        points = Fraction(low) + place * Fraction(step)
        text = f"CAST('{Decimal(points.numerator) / Decimal(points.denominator)}' AS {NUMBER_TYPE})"
        kept, back = database.execute(f"SELECT {steps.kept(text)}, {steps.points(steps.kept(text))}").fetchone()
        assert (kept, Fraction(back)) == (place, points)
        between = points + Fraction(step) / 2
        text = f"CAST('{(Decimal(between.numerator) / Decimal(between.denominator)).quantize(Decimal('0.000001'), ROUND_FLOOR)}' AS {NUMBER_TYPE})"
        assert database.execute(f"SELECT {steps.kept(text)}").fetchone() == (place + 1,)


def test_texts_that_stand_twice_are_among_the_hashes(database):
    """Those that stand once are not; a blank is no text."""
    database.execute("CREATE OR REPLACE TEMP TABLE t AS SELECT unnest(['a', 'b', 'a', NULL, NULL, 'c', 'c', 'c']) AS x")
    held = f"SELECT DISTINCT x FROM t WHERE hash(x) IN ({numbers_held_twice('x', 't')}) ORDER BY x"
    assert database.execute(held).fetchall() == [("a",), ("c",)]
