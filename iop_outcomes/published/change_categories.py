"""Takes pairs of scores, a reliability and a cut-off, gives how many are in each category of change, by each of five published rules."""

from __future__ import annotations

import math

import numpy as np

from iop_outcomes.errors import UsageError
from iop_outcomes.stats.limits import Floats
from iop_outcomes.stats.thresholds import s_diff, standard_error_of_measurement

WAYS = ("jacobson_truax", "edwards_nunnally", "gulliksen_lord_novick", "hsu_linn_lord", "nunnally_kotsch")
_ABOVE = {"edwards_nunnally": 2.0}  # errors that a change must exceed, as published; 1.96 by every other rule


def change_categories(
    *,
    pre: list[float],
    post: list[float],
    reliability: float,
    cutoff: float,
    better: str = "lower",
    reliability_post: float | None = None,
) -> dict[str, float]:
    """Categories of change by the rules of Jacobson and Truax and of four that take regression to the mean into account.

    Parameters
    ----------
    pre, post : list of float
        Scores, pair by pair.
    reliability, reliability_post : float
        Of the instrument before and after; after as before where it is not given (Nunnally and Kotsch's rule alone reads it).
    cutoff : float
        A score on it is still at case.
    better : {"lower", "higher"}

    Returns
    -------
    dict
        `s_diff`, `se_measurement`, `se_prediction` (from the SD of the scores before), and of each rule `<rule>_recovered` (reliably better
        and over the cut-off), `_improved` (reliably better alone), `_unchanged`, `_deteriorated`, `_harmed` (reliably worse and back over it).

    References
    ----------
    Jacobson NS, Truax P (1991), doi:10.1037/0022-006X.59.1.12; Speer DC (1992), doi:10.1037/0022-006X.60.3.402 (Edwards and Nunnally);
    Hsu LM (1989), Behavioral Assessment 11:459-467 (Gulliksen, Lord and Novick; Hsu, Linn and Lord); Nunnally JC, Kotsch WE (1983),
    doi:10.1111/j.2044-8260.1983.tb00582.x.
    """
    before, after = np.asarray(pre, dtype=np.float64), np.asarray(post, dtype=np.float64)
    if len(before) != len(after) or len(before) < 2:
        raise UsageError(f"pre has {len(before)} scores and post {len(after)}: give one of each for every person, two people or more")
    sign = {"lower": -1.0, "higher": 1.0}.get(better)
    if sign is None:
        raise UsageError(f'better: "{better}" is not allowed. Allowed: lower, higher.')
    mean, sd = float(before.mean()), float(before.std(ddof=1))
    errors = {
        "s_diff": s_diff(sd, reliability),
        "se_measurement": standard_error_of_measurement(sd, reliability),
        "se_prediction": sd * math.sqrt(1 - reliability**2),
    }
    after_too = reliability if reliability_post is None else reliability_post
    gains = _gains(before, after, mean, reliability, after_too, errors, sd)
    values = dict(errors)
    crossed_up, crossed_down = ((one <= 0) & (other > 0) for one, other in _both(sign * (before - cutoff), sign * (after - cutoff)))
    for way, gain in gains.items():
        limit = _ABOVE.get(way, 1.96)
        up, down = sign * gain > limit, sign * gain < -limit
        masks = {
            "recovered": up & crossed_up,
            "improved": up & ~crossed_up,
            "unchanged": ~up & ~down,
            "deteriorated": down & ~crossed_down,
            "harmed": down & crossed_down,
        }
        values |= {f"{way}_{name}": float(mask.sum()) for name, mask in masks.items()}
    return values


def _both(one: Floats, other: Floats) -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]]:
    return (one, other), (other, one)


def _gains(
    before: Floats, after: Floats, mean: float, reliability: float, reliability_post: float, errors: dict[str, float], sd: float
) -> dict[str, Floats]:
    """Each person's change over its error, by rule: from the score before, from the true score it stands for, or from where all went."""
    true = reliability * (before - mean) + mean
    both = sd * math.sqrt(reliability**2 * (1 - reliability) + (1 - reliability_post))
    gains = (
        (after - before) / errors["s_diff"],
        (after - true) / errors["se_measurement"],
        (after - true) / errors["se_prediction"],
        (after - float(after.mean()) - reliability * (before - mean)) / errors["se_prediction"],
        (after - true) / both,
    )
    return dict(zip(WAYS, gains, strict=True))
