"""Takes random scales, every shipped one, and random answers; gives proof that SQL and Python score alike, and as a slow reading of the rule does."""

import math
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iop_outcomes.scales import load_scales
from iop_outcomes.scales.checks import check_scale
from iop_outcomes.scales.reading import read_scales
from iop_outcomes.scales.scoring import answered_sql, total_of, total_sql

SCORED = {name: scale for name, scale in load_scales().items() if scale.adds_up}


def plain_score(scale, answers):
    """The rule read aloud: fill what was not asked, turn, weigh, judge what is missing, then sum or mean, of groups where there are any."""
    low = {n: scale.range_of(n)[0] for n in scale.item_numbers}
    high = {n: scale.range_of(n)[1] for n in scale.item_numbers}
    given_answers = dict(zip(scale.item_numbers, answers, strict=True))
    answers = dict(given_answers)
    for skip in scale.skips:
        if all(given_answers[n] == low[n] for n in skip.lowest):
            for n in skip.not_asked:
                answers[n] = low[n] if given_answers[n] is None else given_answers[n]
    known = {n: Fraction(low[n] + high[n] - a if n in scale.reversed_items else a) for n, a in answers.items() if a is not None}
    weights = dict(zip(scale.item_numbers, map(Fraction, scale.weights or [1] * scale.items), strict=True))
    if scale.groups is not None:
        points = []
        for members, least in zip(scale.groups.members, scale.groups.least_answered, strict=True):
            there = [known[n] for n in members if n in known]
            most = max(weights[n] * high[n] for n in members)
            certain = scale.groups.known_at_highest and any(weights[n] * known[n] == most for n in members if n in known)
            if len(there) < least and not certain:
                return None
            lowest, width = (sum(each[n] for n in members) for each in (low, {n: high[n] - low[n] for n in members}))
            above = sum(known[n] - low[n] for n in members if n in known)
            prorated = lowest + half_up(Fraction(above) * width / sum(high[n] - low[n] for n in members if n in known), 1)
            weighted = [weights[n] * known[n] for n in members if n in known]
            points.append({"highest": max(weighted), "mean": sum(there) / len(there), "sum": prorated}[scale.groups.each])
        whole = sum(points) / len(points) if scale.scored_as == "mean" else sum(points)
        factor = 1 if scale.scored_as == "mean" or scale.groups.each == "mean" else Fraction(scale.step)
        return Fraction(scale.range[0]) + half_up(whole * factor - Fraction(scale.range[0]), Fraction(scale.step))
    blank = set(scale.item_numbers) - set(known)
    if not known or len(blank) > scale.missing.most_items_missing or blank & set(scale.missing.never_prorated):
        return None
    total = sum(weights[n] * (a - low[n]) for n, a in known.items())
    if scale.missing.rule == "prorate":
        width = {n: weights[n] * (high[n] - low[n]) for n in scale.item_numbers}
        total = total * sum(width.values()) / sum(width[n] for n in known)
    if scale.scored_as == "mean":
        return Fraction(scale.range[0]) + half_up(total / sum(weights.values()), Fraction(scale.step))
    return Fraction(scale.range[0]) + half_up(total, 1) * Fraction(scale.step)


def half_up(value, step):
    """A fraction on whole multiples of a step."""
    return math.floor(value / step + Fraction(1, 2)) * Fraction(step)


def scored_by_sql(scale, answers, **options):
    """The score of each row, and how many items are answered."""
    names = [f'"i{number}"' for number in scale.item_numbers]
    values = ", ".join(
        "(" + ", ".join([str(place), *("NULL::INTEGER" if a is None else str(a) for a in row)]) + ")" for place, row in enumerate(answers)
    )
    known = answered_sql(scale, dict(zip(scale.item_numbers, names, strict=True)))
    query = (
        f"SELECT {total_sql(scale, names, **options)}, {known} FROM (VALUES {values}) AS t({', '.join(['place', *names])}) ORDER BY place"
    )
    return duckdb.sql(query).fetchall()


def same(one, other):
    """Two scores, or two blanks."""
    return (one is None) == (other is None) and (one is None or Fraction(str(one)) == Fraction(str(other)))


def answers_of(scale, draw, forms=4):
    """Some filled forms, blank here and there."""
    blank = st.sampled_from([None, *[0] * draw(st.sampled_from([1, 4, 12]))])
    rows = []
    for _ in range(forms):
        cells = []
        for number in scale.item_numbers:
            low, high = scale.range_of(number)
            answer = draw(st.integers(low, high))
            cells.append(None if draw(blank) is None else answer)
        rows.append(cells)
    return rows


@st.composite
def random_scales(draw):
    """A scale of 1 to 9 items: some reversed, weighted, of another range, in groups, not asked, that nothing stands in for; or some of these."""
    items = draw(st.integers(1, 9))
    numbers = list(range(1, items + 1))
    low = draw(st.integers(-3, 1))
    width = draw(st.integers(1, 6))
    some = st.sets(st.sampled_from(numbers), max_size=items).map(sorted)
    content = {
        "name": "random", "title": "random", "items": items, "item_range": [low, low + width], "better": "lower", "source": "test",
        "verified": True, "reversed_items": draw(some), "scored_as": draw(st.sampled_from(["sum", "mean"])),
    }  # fmt: skip
    ranges = {n: (low, low + width) for n in numbers}
    if draw(st.booleans()):
        wider = draw(st.sets(st.sampled_from(numbers), min_size=1, max_size=items).map(sorted))
        content["other_answers"] = [{"numbers": wider, "item_range": [low, low + 2 * width]}]
        ranges |= {n: (low, low + 2 * width) for n in wider}
    if items > 2 and draw(st.booleans()):
        content["skips"] = [{"lowest": [1], "not_asked": numbers[1:-1]}]
    kind = draw(st.sampled_from(["plain", "weighted", "highest", "sum", "mean"])) if items > 1 else "plain"
    weights = [1] * items
    if kind == "weighted":
        weights = content["weights"] = [draw(st.sampled_from([1, 2, Decimal("0.5"), Decimal("1.5")])) for _ in numbers]
    groups = None
    if kind in ("highest", "sum", "mean"):
        cut = draw(st.integers(1, items - 1))
        groups = [numbers[:cut], numbers[cut:]]
        least = [draw(st.integers(1, len(group))) for group in groups]
        content["groups"] = {"members": groups, "each": kind, "least_answered": least, "source": "test", "verified": True}
        content["groups"]["known_at_highest"] = kind == "highest" and draw(st.booleans())
    else:
        rule = draw(st.sampled_from(["prorate", "lowest", "none"])) if items > 1 else "none"
        most = draw(st.integers(1, items - 1)) if rule != "none" else 0
        content["missing"] = {"rule": rule, "most_items_missing": most, "source": "test", "verified": True}
        content["missing"]["never_prorated"] = draw(some) if rule != "none" else []
    content["step"] = step = draw(st.sampled_from([1, 4, Decimal("0.5")]))
    ends = []
    for end in (0, 1):
        points = [Fraction(weight) * ranges[n][end] for n, weight in zip(numbers, weights, strict=True)]
        if groups:
            by_group = [[points[n - 1] for n in group] for group in groups]
            points = [{"highest": max, "sum": sum, "mean": lambda each: sum(each) / len(each)}[kind](group) for group in by_group]
        whole = sum(map(Fraction, weights)) if not groups else len(groups)
        total = sum(points)
        ends.append(total / whole if content["scored_as"] == "mean" else total if kind == "mean" else total * Fraction(step))
    if any((end / Fraction(step)).denominator != 1 for end in ends) or (kind == "sum" and content["scored_as"] == "mean"):
        content["step"] = Decimal("0.5")
        content.pop("groups", None)
        content.pop("weights", None)
        content.pop("other_answers", None)
        content["scored_as"] = "sum"
        content.setdefault("missing", {"rule": "none", "most_items_missing": 0, "source": "test", "verified": True})
        ends = [Fraction(items * (low + end * width), 2) for end in (0, 1)]
    content["range"] = [Decimal(end.numerator) / Decimal(end.denominator) for end in ends]
    scale = read_scales("random.toml", content)[0]
    check_scale(scale, "random.toml")
    return scale


@settings(max_examples=250, deadline=None)
@given(st.data())
def test_sql_and_python_score_random_scales_alike(data):
    """Row by row, with blanks, for sums, means, weights, groups, items of other ranges, skips and every rule of missing items."""
    scale = data.draw(random_scales())
    answers = answers_of(scale, data.draw)
    for row, (score, known), (complete, _) in zip(
        answers, scored_by_sql(scale, answers), scored_by_sql(scale, answers, complete=True), strict=True
    ):
        expected = plain_score(scale, row)
        assert same(total_of(scale, row), expected)
        assert same(score, expected)
        filled = sum(a is not None for a in row)
        assert filled <= known <= len(row)
        assert (complete is None) == (known < len(row))
        assert complete is None or same(complete, plain_score(scale, row))


@pytest.mark.parametrize("name", SCORED)
def test_sql_and_python_score_every_shipped_scale_alike(name):
    """Every scale that is made of items, row by row, with blanks, against the slow reading."""
    scale = SCORED[name]

    @settings(max_examples=15, deadline=None)
    @given(st.data())
    def compare(data):
        answers = answers_of(scale, data.draw, forms=3)
        for row, (score, _) in zip(answers, scored_by_sql(scale, answers), strict=True):
            expected = plain_score(scale, row)
            assert same(scale.prorated_total(row), expected)
            assert same(score, expected)

    compare()


@pytest.mark.parametrize("name", SCORED)
def test_the_ends_of_a_scale_are_what_its_items_give(name):
    """All items at their best give the best score, all at their worst the worst, whichever of them are reversed."""
    scale = SCORED[name]
    for end in (0, 1):
        row = [scale.range_of(n)[1 - end if n in scale.reversed_items else end] for n in scale.item_numbers]
        assert scale.prorated_total(row) == scale.range[end]


def test_halves_go_up_where_a_float_would_not():
    """A mean of 0.285 is 0.29 on steps of 0.01; as a float, 28.499999999999996 steps."""
    mean = Decimal("0.285")
    assert mean.quantize(Decimal("0.01"), ROUND_HALF_UP) == Decimal("0.29")
    content = {
        "name": "random", "title": "random", "items": 200, "item_range": [0, 1], "better": "lower", "source": "test", "verified": True,
        "scored_as": "mean", "step": Decimal("0.01"), "range": [0, 1],
    }  # fmt: skip
    scale = read_scales("random.toml", content)[0]
    row = [1] * 57 + [0] * 143
    assert total_of(scale, row) == Decimal("0.29")
    assert same(scored_by_sql(scale, [row])[0][0], Decimal("0.29"))
