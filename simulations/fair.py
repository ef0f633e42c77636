"""Takes two groups that treat other people, gives scenarios of standardised numbers, their difference, and its verdict at the margin."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import cast

import numpy as np
from scipy.special import ndtri

from iop_outcomes.columns import Column
from iop_outcomes.counts import Counts
from iop_outcomes.engine import Engine
from iop_outcomes.evaluate import Against, evaluate
from iop_outcomes.evaluate.margins import Margin
from iop_outcomes.evaluate.strata import Adjusting
from iop_outcomes.intake.data import Data
from iop_outcomes.keys import Flag
from iop_outcomes.measures import Measure
from iop_outcomes.results import Estimate, Flow, Provenance
from iop_outcomes.stats.draft import Draft, Ints
from iop_outcomes.stats.drafts import mean_days, share
from simulations.people import counted, everybody, part_of, patients_of, together
from simulations.scenario import Found, Quantity, Scenario, compare, repeat
from simulations.tracks import Sample, measure_of

GROUPS, STRATA = ("a", "b"), ("mild", "moderate", "severe", "very severe")
SHARES = np.array([0.4, 0.3, 0.2, 0.1])  # of the strata among everybody
IN_A = np.array([0.3, 0.45, 0.6, 0.7])  # of each stratum
OF_B = np.array([0.5, 0.6, 0.7, 0.8])  # share of b that completes
APART, MARGIN = -0.10, 0.10  # a less b in every stratum: at the margin
GAINED, SD, ICC = np.array([4.0, 6.0, 8.0, 10.0]), 6.0, 0.4
ADJUSTMENT = Adjusting(("severity",), (Column("severity"),))
TRUTH = float(SHARES @ OF_B)
DIFFERENCE_OF_MEANS = 1.0


def scenarios() -> list[Scenario]:
    """People who came once, and people who came about twice, each with one severity."""
    names = (
        ("share, standardised", (0.925, 0.965)),
        ("difference of shares, standardised", (0.925, 0.965)),
        ("difference of means, standardised", (0.925, 0.965)),
        ("difference of shares as it stands, biased", None),
        ("not called non-inferior, at the margin", (0.96, 0.99)),
    )
    quantities = tuple(Quantity(name, band, slice(place, place + 1)) for place, (name, band) in enumerate(names))
    return [
        Scenario(f"two groups of other severity, {who}", str(n), quantities, repeat(partial(_run, n, repeated)))
        for who, repeated, n in (("nobody comes twice", False, 200), ("patients come twice on average", True, 400))
    ]


def _run(n: int, repeated: bool, generator: np.random.Generator) -> list[int]:  # noqa: FBT001 - private, bound by the scenario
    """One sample."""
    patient = generator.integers(0, n // 2, n) if repeated else np.arange(n)
    severity = generator.choice(len(STRATA), n, p=SHARES)[patient]
    group = np.where(generator.random(n) < IN_A[severity], 0, 1)
    done = together(generator, patient, ICC) < ndtri(OF_B[severity] + np.where(group == 0, APART, 0.0))
    gained = np.rint(GAINED[severity] + np.where(group == 0, DIFFERENCE_OF_MEANS, 0.0) + SD * together(generator, patient, ICC)).astype(
        np.int64
    )
    shares = _answer("completion_strict", "share", "part", np.where(done, 0, 1), ("hit", "miss"), _share, (severity, group, patient))
    points, code = np.unique(gained, return_inverse=True)
    means = _answer("mean_change", "points", "gained", code, points.tolist(), _mean, (severity, group, patient))
    return [
        _covers(shares, TRUTH + APART, adjusted=True, contrast=False),
        _covers(shares, APART, adjusted=True),
        _covers(means, DIFFERENCE_OF_MEANS, adjusted=True),
        _covers(shares, APART, adjusted=False),
        _not_called(shares),
    ]


def _share(part: Counts) -> Draft:
    return share("completion_strict", part, "part", part_of(part))


def _mean(part: Counts) -> Draft:
    return mean_days("mean_change", part, "gained", everybody(part.total))


def _answer(
    estimand: str,
    unit: str,
    column: str,
    codes: Ints,
    levels: Sequence[str | int],
    draft: Callable[[Counts], Draft],
    people: tuple[Ints, Ints, Ints],
) -> list[Estimate]:
    """The rows of group a, as the package gives them."""
    severity, group, patient = people
    counts, place = counted((column, "severity", "track"), (codes, severity, group), (levels, STRATA, GROUPS))
    sample = Sample(counts, patients_of(place, patient, len(counts)), len(patient) - len(set(patient.tolist())))
    data = Data(
        cast("Engine", sample),
        (),
        (Flow("episodes", counts.total),),
        Provenance("", {}, (), "", "synthetic", "", "difference"),
        {},
        ("track", "severity"),
    )
    measure: Measure = measure_of(estimand, unit, draft)
    margin = Margin(estimand, MARGIN, "higher") if unit == "share" else None
    results = evaluate(measure, data, by="track", against=Against(margin=margin), adjusting=ADJUSTMENT)
    return [row for row in results if row.level == "a"]


def _covers(rows: list[Estimate], truth: float, *, adjusted: bool, contrast: bool = True) -> int:
    """Whether the interval holds the truth; left out where a stratum is, which makes it another truth."""
    row = next(r for r in rows if bool(r.adjustment) == adjusted and bool(r.contrast) == contrast and r.estimand != "non_inferiority")
    return compare(row.low, row.high, truth, flagged=Flag.STRATA_LEFT_OUT in row.flag)


def _not_called(rows: list[Estimate]) -> int:
    row = next(r for r in rows if r.adjustment and r.estimand == "non_inferiority")
    if Flag.STRATA_LEFT_OUT in row.flag:
        return int(Found.LEFT_OUT)
    return int(Found.MISSED if row.word in ("non-inferior", "superior") else Found.COVERED)
