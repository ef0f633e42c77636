"""Takes random scales and random answers, gives proof that the SQL and the Python of a total are one expression."""

from dataclasses import dataclass, field
from decimal import Decimal

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from iop_outcomes.scales.scoring import answered_sql, sum_sql, total_of, total_sql


@dataclass(frozen=True)
class Rule:
    """What is done about missing items."""

    most_items_missing: int
    never_prorated: tuple[int, ...]


@dataclass(frozen=True)
class Form:
    """A scale as adding up reads it."""

    items: int
    item_range: tuple[int, int]
    reversed_items: tuple[int, ...]
    step: int | Decimal
    missing: Rule
    name: str = "random"
    total: bool = True
    item_scoring: bool = True
    domains: tuple[str, ...] = field(default=())


@st.composite
def forms(draw):
    """A scale of 1 to 12 items, some reversed, some that nothing stands in for, answers from -3 on, in steps of 1, 4, 0.1 or 0.5."""
    items = draw(st.integers(1, 12))
    low = draw(st.integers(-3, 1))
    some = st.sets(st.integers(1, items), max_size=items).map(lambda found: tuple(sorted(found)))
    rule = Rule(draw(st.integers(0, items - 1)), draw(some))
    step = draw(st.sampled_from([1, 4, Decimal("0.1"), Decimal("0.5")]))
    return Form(items, (low, low + draw(st.integers(1, 6))), draw(some), step, rule)


@st.composite
def filled(draw):
    """A scale and some forms of it, blank here and there."""
    form = draw(forms())
    answer = st.one_of(st.none(), st.integers(*form.item_range))
    return form, draw(st.lists(st.lists(answer, min_size=form.items, max_size=form.items), min_size=1, max_size=6))


@settings(max_examples=150)
@given(filled())
def test_sql_and_python_give_the_same_totals(case):
    """Every total, blank where the rule gives none; and the plain sum where every item is answered."""
    form, answers = case
    names = [f'"i{number}"' for number in range(1, form.items + 1)]
    values = ", ".join(
        "(" + ", ".join([str(place), *("NULL" if a is None else str(a) for a in row)]) + ")" for place, row in enumerate(answers)
    )
    columns = ", ".join(["place", *names])
    asked = f"SELECT {total_sql(form, names)}, {sum_sql(form, names)}, {answered_sql(names)} FROM (VALUES {values}) AS t({columns}) ORDER BY place"
    found = duckdb.sql(asked).fetchall()
    for row, (total, plain, answered) in zip(answers, found, strict=True):
        expected = total_of(form, row)
        assert (total is None) == (expected is None)
        assert total is None or Decimal(str(total)) == expected
        assert answered == sum(a is not None for a in row)
        low, high = form.item_range
        turned = [None if a is None else low + high - a if number in form.reversed_items else a for number, a in enumerate(row, start=1)]
        assert (plain is None) == (None in turned)
        assert plain is None or Decimal(str(plain)) == sum(turned) * Decimal(form.step)
