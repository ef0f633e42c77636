"""Takes answers to the items of a form, and two scores of one person, gives scenarios of the intervals of coefficients of reliability."""

from __future__ import annotations

from functools import cache, partial

import numpy as np

from iop_outcomes.keys import Key
from iop_outcomes.stats.draft import Draft, Floats, Interval
from iop_outcomes.stats.intervals import Feldt, LogComplement, McGrawWong
from iop_outcomes.stats.reliability import Coefficient, alpha, omega_total, retest
from simulations.people import alone, everybody
from simulations.scenario import Quantity, Scenario, compare, repeat

SIZES = (30, 100, 300)
WIDE = (0.93, 0.97)
PEOPLE = 1_000_000
LOADINGS = np.array([0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55, 0.5, 0.45])  # of nine items; the rest of each is its own
PERSON, REST = 4.0, 2.0  # standard deviations of people, and of what is left of two scores of a person, in points
SHIFT, OF_DAYS = 1.5, 1.0  # how much higher scores are on the second of two days; standard deviation of days drawn anew
QUANTITIES = {
    "alpha, Feldt": WIDE,
    "omega_total, ln(1 - coefficient)": WIDE,
    "icc_consistency, McGraw & Wong": WIDE,
    "icc_agreement, McGraw & Wong": WIDE,
    "icc_agreement, McGraw & Wong, of two days that shift scores": (0.93, 1.0),
    "icc_agreement, McGraw & Wong, of all days that they are drawn from": WIDE,
}


def scenarios() -> list[Scenario]:
    """Nine items of one factor, as they are and in whole points of 0 to 3; two scores of a person, on days alike and on days that shift all scores."""
    rows = tuple(Quantity(name, band, slice(place, place + 1)) for place, (name, band) in enumerate(QUANTITIES.items()))
    of_points = {"nine normal items, two normal scores": False, "nine items of 0 to 3, two rounded scores": True}
    return [Scenario(words, str(n), rows, repeat(partial(_one, n, points=points))) for words, points in of_points.items() for n in SIZES]


def _items(generator: np.random.Generator, n: int, *, points: bool) -> Floats:
    """Answers to nine items, shape (n, 9)."""
    answers = generator.standard_normal((n, 1)) * LOADINGS + generator.standard_normal((n, 9)) * np.sqrt(1 - LOADINGS**2)
    return np.clip(np.rint(1.2 + answers), 0, 3) if points else answers


def _pairs(generator: np.random.Generator, n: int, shift: float, *, points: bool) -> tuple[Floats, Floats]:
    """Two scores of each of n people, the second so many points higher on average."""
    person = PERSON * generator.standard_normal(n)
    first, second = (16 + person + day + REST * generator.standard_normal(n) for day in (0.0, shift))
    return (np.rint(first), np.rint(second)) if points else (first, second)


@cache
def _truths(*, points: bool) -> tuple[float, ...]:
    """Of normal items and scores in closed form; of points by their covariances among so many people, to which rounding adds 1/12."""
    of_pairs = [PERSON**2 / (PERSON**2 + REST**2 + shift**2 / 2 + points / 12) for shift in (0.0, 0.0, SHIFT, 2**0.5 * OF_DAYS)]
    if not points:
        common, k = float(LOADINGS.sum()) ** 2, len(LOADINGS)
        whole = common + float((1 - LOADINGS**2).sum())
        return k / (k - 1) * (1 - k / whole), common / whole, *of_pairs
    answers, n = np.unique(_items(np.random.default_rng(1), PEOPLE, points=True), axis=0, return_counts=True)
    return alpha(answers, n).value, omega_total(answers, n).value, *of_pairs


def _one(n: int, generator: np.random.Generator, *, points: bool) -> list[int]:
    items, each = _items(generator, n, points=points), np.ones(n, dtype=np.int64)
    agreement, consistency, squares = retest(*_pairs(generator, n, 0.0, points=points), each)
    apart, _, squares_apart = retest(*_pairs(generator, n, SHIFT, points=points), each)
    drawn, _, squares_drawn = retest(*_pairs(generator, n, float(np.diff(OF_DAYS * generator.standard_normal(2))[0]), points=points), each)
    found = (
        (alpha(items, each), Feldt(items.shape[1])),
        (omega_total(items, each), LogComplement()),
        (consistency, McGrawWong(squares, agreement=False)),
        (agreement, McGrawWong(squares, agreement=True)),
        (apart, McGrawWong(squares_apart, agreement=True)),
        (drawn, McGrawWong(squares_drawn, agreement=True)),
    )
    return [_held(*coefficient, truth) for coefficient, truth in zip(found, _truths(points=points), strict=True)]


def _held(coefficient: Coefficient, interval: Interval, truth: float) -> int:
    n = len(coefficient.influence)
    draft = Draft(Key("reliability"), coefficient.value, coefficient.influence, np.ones(n, dtype=np.bool_), everybody(n), interval)
    found = alone(draft, np.ones(n, dtype=np.int64))
    return compare(found.low, found.high, truth, flagged=bool(coefficient.flag))
