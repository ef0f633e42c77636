"""Takes scores over weeks of care, gives scenarios of the shares that measures count by published criteria, each drafted by the measure itself."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from functools import cache, partial

import numpy as np

from iop_outcomes.columns import STATUS
from iop_outcomes.counts import Counts, Level
from iop_outcomes.measures.clinical_significance import clinical_significance, variants
from iop_outcomes.measures.early_response import early_response
from iop_outcomes.measures.not_on_track import not_on_track
from iop_outcomes.measures.sudden_gains import sudden_gains_measure
from iop_outcomes.scales import get_scale
from iop_outcomes.stats.draft import Draft, Floats, Mask
from iop_outcomes.stats.sudden_gains import sudden_gains
from simulations.people import alone
from simulations.scenario import Quantity, Scenario, compare, repeat

PHQ9 = get_scale("phq9")
POINTS, CUT = 6, "c"  # of the profile nhs, and of Jacobson and Truax
PEOPLE = 1_000_000
WIDE = (0.93, 0.97)
WEEKS, ASKED = 12, 4  # that measures look at, and in which people are asked
LIMIT = 1.2815515655446004  # standard deviations that a tenth lie beyond
QUANTITIES = {
    "early_improvement, Wilson": WIDE,
    "early_response, Wilson": WIDE,
    "sudden_gain, Wilson": WIDE,
    "recovered, Wilson": WIDE,
    "improved, Wilson": WIDE,
    "not_on_track of a track that goes worse, Wilson": (0.93, 1.0),  # a part of those by whose course it is judged: they move together
    "not_on_track of everybody, Wilson": (0.93, 1.0),  # judged by the course of themselves, so that it is always about a tenth
}


def scenarios() -> list[Scenario]:
    """A quarter of the people in a track that goes worse; at two sizes."""
    rows = tuple(Quantity(name, band, slice(place, place + 1)) for place, (name, band) in enumerate(QUANTITIES.items()))
    words = "PHQ-9 at both ends and in four weeks, a fifth of these blank"
    return [Scenario(words, str(n), rows, repeat(partial(_one, n))) for n in (120, 400)]


def _drawn(generator: np.random.Generator, n: int) -> tuple[Floats, Mask]:
    """Scores at admission, in four weeks and at discharge, shape (n, 6), and who is in the track that goes worse; half improve within a week."""
    worse = generator.random(n) < 0.25
    trend = np.arange(6.0) * np.where(worse, 0.4, 1.0)[:, np.newaxis]
    leap = 6.0 * (generator.random((n, 1)) < 0.5) * (np.arange(6) >= generator.integers(1, 5, (n, 1)))
    scores = 17.0 + 4.0 * generator.standard_normal((n, 1)) - trend - leap + 1.8 * generator.standard_normal((n, 6))
    scores = np.clip(np.rint(scores), 0, 27)
    scores[:, 1:-1][generator.random((n, ASKED)) < 0.2] = np.nan
    return scores, worse


@cache
def _truths() -> tuple[float, ...]:
    """What the criteria say of so many people, read off their scores."""
    scores, worse = _drawn(np.random.default_rng(1), PEOPLE)
    start, end, fourth = scores[:, 0], scores[:, -1], scores[:, ASKED]
    at_second, lowest = ~np.isnan(scores[:, 2]) & (start > 0), np.nanmin(np.column_stack([scores[:, 1:-1], np.full(PEOPLE, 99.0)]), axis=1)
    by_fourth = (lowest < 99) & (start > 0)
    gains = sudden_gains(scores[:, :-1], 0.0, lambda points: points >= POINTS)
    way = variants(PHQ9)[CUT]
    reliable, cutoff = way.reliable(), way.cutoff(PHQ9)
    better, crossed = start - end > reliable, (start >= cutoff) & (end < cutoff)
    seen = ~np.isnan(fourth)
    (of_start, both), (_, of_fourth) = np.cov(start[seen], fourth[seen])
    away = fourth[seen] - fourth[seen].mean() - both / of_start * (start[seen] - start[seen].mean())
    off = away > LIMIT * math.sqrt(of_fourth - both**2 / of_start)
    return (
        float((scores[at_second, 2] <= 0.8 * start[at_second]).mean()),
        float((lowest[by_fourth] <= 0.5 * start[by_fourth]).mean()),
        float(gains.gained[gains.assessable].mean()),
        float((better & crossed).mean()),
        float((better & ~crossed).mean()),
        float(off[worse[seen]].mean()),
        float(off.mean()),
    )


def _counted(scores: Floats, worse: Mask) -> Counts:
    """People one by one as the table that measures ask for; in the weeks after the fourth nobody is asked."""
    first, *asked, last = ([None if math.isnan(value) else int(value) for value in column] for column in scores.T)
    n = len(scores)
    columns: dict[str, Sequence[Level]] = {
        "phq9_admit": first,
        "phq9_discharge": last,
        STATUS: ["discharged"] * n,
        "worse": worse.astype(int).tolist(),
    }
    columns |= {f"phq9_week_{week}": asked[week - 1] if week <= ASKED else [None] * n for week in range(1, WEEKS + 1)}
    return Counts.from_cells(tuple(columns), Counter(zip(*columns.values(), strict=True)))


def _one(n: int, generator: np.random.Generator) -> list[int]:
    counts = _counted(*_drawn(generator, n))
    group = counts.where(counts.is_in("worse", [1]))
    course = not_on_track(PHQ9, (7 * ASKED,))
    if course.settled is None:
        raise AssertionError("the course is that of everybody")
    judged = course.settled(counts)
    drafts = (
        *early_response(PHQ9).draft(counts),
        sudden_gains_measure(PHQ9, "nhs").draft(counts)[0],
        *(draft for draft in clinical_significance(PHQ9, CUT).draft(counts) if draft.key.estimand in ("recovered", "improved")),
    )
    return [
        *(_held(draft, counts, truth) for draft, truth in zip(drafts, _truths()[:-2], strict=True)),
        *(_held(judged(who)[-1], counts, truth) for who, truth in zip((group, counts), _truths()[-2:], strict=True)),
    ]


def _held(draft: Draft, counts: Counts, truth: float) -> int:
    found = alone(draft, counts.n)
    return compare(found.low, found.high, truth)
