"""Takes scores before and after with what a paper prints of their group, gives reliable change by seven published methods, and categories.

Reports of a program use one of them, Jacobson and Truax; the others are for papers that used them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from iop_outcomes.errors import UsageError, choices
from iop_outcomes.published.summaries import scores_of
from iop_outcomes.stats.draft import Floats, Mask
from iop_outcomes.stats.pairs import Better
from iop_outcomes.stats.thresholds import cutoffs, reliable_change_index, s_diff, standard_error_of_measurement

Quantities = dict[str, float]
JT, ONE_SIDED, _HAIR = "jacobson_truax", 1.65, 1e-9  # of a normal distribution at 5 %, as Hageman and Arrindell print it


@dataclass(frozen=True, slots=True)
class ScoredGroup:
    """Figures of the group that a person's change is judged by; NaN where they are not printed.

    Parameters
    ----------
    sd_pre, sd_post, mean_pre, mean_post : float
        In points.
    reliability, reliability_post : float
        Of scores before and after, 0 to 1.
    r : float
        Correlation of scores before and after.
    """

    sd_pre: float
    reliability: float
    mean_pre: float = math.nan
    mean_post: float = math.nan
    sd_post: float = math.nan
    reliability_post: float = math.nan
    r: float = math.nan

    @property
    def error(self) -> float:
        """Standard error of measurement."""
        return standard_error_of_measurement(self.sd_pre, self.reliability)

    @property
    def error_of_prediction(self) -> float:
        """Of a score after, predicted from one before: SD sqrt(1 - reliability^2)."""
        return self.sd_pre * math.sqrt(1 - self.reliability**2)

    def true_score(self, pre: float) -> float:
        """The score before, drawn towards the mean by the reliability (Kelley)."""
        return self.mean_pre + self.reliability * (pre - self.mean_pre)

    def reliability_of(self, sd: float) -> float:
        """What the reliability is among people of another SD, where the error of measurement is the same."""
        return 1 - self.error**2 / sd**2

    @property
    def reliability_of_change(self) -> float:
        """Of the differences of scores (Hageman and Arrindell)."""
        true = self.sd_pre**2 * self.reliability + self.sd_post**2 * self.reliability_of(self.sd_post)
        shared = 2 * self.sd_pre * self.sd_post * self.r
        return (true - shared) / (self.sd_pre**2 + self.sd_post**2 - shared)


def _of_change(group: ScoredGroup, pre: float, post: float) -> float:
    return (post - pre) / s_diff(group.sd_pre, group.reliability)


def _of_prediction(group: ScoredGroup, pre: float, post: float) -> float:
    return (post - group.true_score(pre)) / group.error_of_prediction


def _of_prediction_from_both_means(group: ScoredGroup, pre: float, post: float) -> float:
    return (post - group.mean_post - group.reliability * (pre - group.mean_pre)) / group.error_of_prediction


def _of_true_score(group: ScoredGroup, pre: float, post: float) -> float:
    return (post - group.true_score(pre)) / group.error


def _of_two_errors(group: ScoredGroup, pre: float, post: float) -> float:
    errors = group.reliability**2 * (1 - group.reliability) + 1 - group.reliability_post
    return (post - group.true_score(pre)) / (group.sd_pre * math.sqrt(errors))


def _of_true_change(group: ScoredGroup, pre: float, post: float) -> float:
    share = group.reliability_of_change
    if not share > 0:
        raise UsageError(f"the reliability of the change is {share:.3g}: of these figures nothing of a change is more than error")
    true = share * (post - pre) + (1 - share) * (group.mean_post - group.mean_pre)
    return true / (math.sqrt(share) * math.sqrt(2) * group.error)


def _of_scores(_group: ScoredGroup, before: Floats, after: Floats, _beyond: float) -> tuple[Mask, Mask]:
    """Who is over the cut-off after and not before, and the other way round; scores are those above the cut-off, better upwards."""
    return (before <= _HAIR) & (after > _HAIR), (before > _HAIR) & (after <= _HAIR)


def _of_true_scores(group: ScoredGroup, before: Floats, after: Floats, beyond: float) -> tuple[Mask, Mask]:
    """Whose true score after, as estimated, lies over the cut-off by more than its own error; nobody goes back (Hageman and Arrindell)."""
    reliability = group.reliability_of(group.sd_post)
    if not reliability > 0:
        raise UsageError(
            f"the SD after, {group.sd_post:.3g}, is no larger than the error of measurement: nothing of a score after is more than error"
        )
    true = after.mean() + reliability * (after - after.mean())
    return (before <= _HAIR) & (true / (math.sqrt(reliability) * group.error) > beyond), np.zeros(len(before), dtype=bool)


@dataclass(frozen=True, slots=True)
class ReliableChangeMethod:
    """One published method: its index, positive where the score rose; figures it needs beside SD and reliability; source; usual critical value.

    `crossings` says who comes over the cut-off for good and who goes back, from true scores where the method reads those.
    """

    index: Callable[[ScoredGroup, float, float], float]
    needs: tuple[str, ...]
    source: str
    critical: float = 1.96
    crossings: Callable[[ScoredGroup, Floats, Floats, float], tuple[Mask, Mask]] = _of_scores


_JT = "Jacobson NS, Truax P (1991), doi:10.1037/0022-006X.59.1.12"
_HSU = "Hsu LM (1999), doi:10.1037/0022-006X.67.4.594"
METHODS: Mapping[str, ReliableChangeMethod] = {
    JT: ReliableChangeMethod(_of_change, (), _JT),
    "gulliksen_lord_novick": ReliableChangeMethod(_of_prediction, ("mean_pre",), _HSU),
    "hsu_linn_lord": ReliableChangeMethod(_of_prediction_from_both_means, ("mean_pre", "mean_post"), _HSU),
    "edwards_nunnally": ReliableChangeMethod(_of_true_score, ("mean_pre",), "Speer DC (1992), doi:10.1037/0022-006X.60.3.402"),
    "nunnally_kotsch": ReliableChangeMethod(
        _of_two_errors,
        ("mean_pre", "reliability_post"),
        "Nunnally JC, Kotsch WE (1983), as Claus BB et al. (2024), doi:10.18637/jss.v111.i01",
    ),
    "hageman_arrindell": ReliableChangeMethod(
        _of_true_change,
        ("mean_pre", "mean_post", "sd_post", "r"),
        "Hageman WJ, Arrindell WA (1999), doi:10.1016/S0005-7967(99)00032-7",
        critical=ONE_SIDED,
        crossings=_of_true_scores,
    ),
}


def reliable_change(
    *,
    sd: float,
    reliability: float,
    pre: float | None = None,
    post: float | None = None,
    mean_case: float | None = None,
    sd_case: float | None = None,
    mean_norm: float | None = None,
    sd_norm: float | None = None,
    better: str = "lower",
    mean_pre: float | None = None,
    mean_post: float | None = None,
    sd_post: float | None = None,
    reliability_post: float | None = None,
    r: float | None = None,
) -> Quantities:
    """Errors of a score and of a change, the three cut-offs, and of one person's two scores the index by each method whose figures are given.

    Parameters
    ----------
    sd, reliability : float
        Of scores before.
    pre, post : float, optional
        One person's.
    mean_case, sd_case, mean_norm, sd_norm : float, optional
        Of people with the disorder and of people who are well.
    better : {"lower", "higher"}
        Which direction is improvement.
    mean_pre, mean_post, sd_post, reliability_post, r : float, optional
        Of the group, for the methods after Jacobson and Truax.

    Returns
    -------
    dict
        `standard_error`, `s_diff`, `standard_error_of_prediction`, `reliable_change_index` (points); `reliable_change` and, by its name, each
        of `METHODS`; `cutoff_a`, `cutoff_b`, `cutoff_c`.
    """
    given = {"mean_pre": mean_pre, "mean_post": mean_post, "sd_post": sd_post, "reliability_post": reliability_post, "r": r}
    group = ScoredGroup(sd, reliability, **{name: math.nan if value is None else value for name, value in given.items()})
    values = {
        "standard_error": group.error,
        "s_diff": s_diff(sd, reliability),
        "standard_error_of_prediction": group.error_of_prediction,
        "reliable_change_index": reliable_change_index(sd, reliability),
    }
    if pre is not None and post is not None:
        able = {name: each for name, each in METHODS.items() if all(given[need] is not None for need in each.needs)}
        values |= {name: each.index(group, pre, post) for name, each in able.items()}
        values["reliable_change"] = values[JT]
    if mean_case is not None and sd_case is not None and mean_norm is not None and sd_norm is not None:
        points = cutoffs(mean_case, sd_case, mean_norm, sd_norm, better=_side(better))
        values |= {"cutoff_a": points.a, "cutoff_b": points.b, "cutoff_c": points.c}
    return values


def clinical_categories(
    *,
    pre: list[float],
    post: list[float],
    reliability: float,
    cutoff: float,
    method: str = JT,
    better: str = "lower",
    reliability_post: float | None = None,
    critical: float | None = None,
) -> Quantities:
    """How many people are in each of the five categories by one of `METHODS`, judged by the means and SDs of their own scores.

    Parameters
    ----------
    pre, post : list of float
        Everybody's scores, in one order.
    reliability, reliability_post : float
        Of scores before, and after where the method takes it.
    cutoff : float
        In points; a score on it is a case. For Hageman and Arrindell that of true scores.
    method : str
        One of `METHODS`.
    better : {"lower", "higher"}
        Which direction is improvement.
    critical : float, optional
        Beyond which an index is reliable: 1.96, and 1.65 for Hageman and Arrindell, who ask for it of the score after too.

    Returns
    -------
    dict
        `n`, `recovered`, `improved`, `unchanged`, `deteriorated`, `harmed` and each but `n` as `percent_...`.
    """
    if method not in METHODS:
        raise UsageError(f'There is no method "{method}" of reliable change. {choices(method, METHODS)}')
    before, after = np.array(scores_of("pre", pre)), np.array(scores_of("post", post))
    if len(before) != len(after):
        raise UsageError(f"pre has {len(before)} people and post {len(after)}: give both scores of each, in their order")
    chosen, sign = METHODS[method], -1.0 if _side(better) == "lower" else 1.0
    group = _group_of(before, after, reliability, reliability_post)
    if "reliability_post" in chosen.needs and reliability_post is None:
        raise UsageError(f"{method} needs reliability_post too")
    beyond = chosen.critical if critical is None else critical
    index = sign * np.array([chosen.index(group, a, b) for a, b in zip(before, after, strict=True)])
    up, down = index > beyond, index < -beyond
    crossed, back = chosen.crossings(group, sign * (before - cutoff), sign * (after - cutoff), beyond)
    counts = {
        "recovered": up & crossed,
        "improved": up & ~crossed,
        "unchanged": ~up & ~down,
        "deteriorated": down & ~back,
        "harmed": down & back,
    }
    sizes = {name: float(mask.sum()) for name, mask in counts.items()}
    return {"n": float(len(before)), **sizes, **{f"percent_{name}": 100 * k / len(before) for name, k in sizes.items()}}


def _group_of(before: Floats, after: Floats, reliability: float, reliability_post: float | None) -> ScoredGroup:
    """The figures of people by their own scores."""
    sds = [float(scores.std(ddof=1)) for scores in (before, after)]
    if not all(sds):
        raise UsageError("all scores before, or all after, are the same: without spread no change is reliable or not")
    r = float(np.corrcoef(before, after)[0, 1])
    after_too = math.nan if reliability_post is None else reliability_post
    return ScoredGroup(sds[0], reliability, float(before.mean()), float(after.mean()), sds[1], after_too, r)


def mixed_model_change(
    *,
    days: list[float],
    scores: list[float],
    intercept: float,
    slope: float,
    variance_intercept: float,
    variance_slope: float,
    covariance: float,
    residual: float,
) -> Quantities:
    """One person's change a day by a mixed model whose fixed effects and variances are printed, with random intercepts and slopes.

    Parameters
    ----------
    days, scores : list of float
        The person's, in one order.
    intercept, slope : float
        Of everybody.
    variance_intercept, variance_slope, covariance, residual : float
        Variances of the random effects, what they share, and the variance of the errors.

    Returns
    -------
    dict
        `slope` of the person (of everybody and the person's own deviation, best linear unbiased prediction), `deviation`, `sd` of its
        prediction, `index` = slope / sd, and `index_of_deviation`, which says how far a person is from everybody, not from no change.

    References
    ----------
    Speer DC, Greenbaum PE (1995), doi:10.1037/0022-006X.63.6.1044; Hsu LM (1999), doi:10.1037/0022-006X.67.4.594.
    """
    if len(days) != len(scores) or not days:
        raise UsageError(f"{len(days)} days and {len(scores)} scores: give one score for each day")
    design = np.column_stack([np.ones(len(days)), np.asarray(days, dtype=np.float64)])
    random = np.array([[variance_intercept, covariance], [covariance, variance_slope]])
    if residual <= 0 or np.linalg.eigvalsh(random).min() < -_HAIR:
        raise UsageError("the variances cannot be: the residual must be above 0, and the covariance fit the two variances")
    weights = np.linalg.solve(design @ random @ design.T + residual * np.eye(len(days)), design @ random).T
    deviation = float((weights @ (np.asarray(scores, dtype=np.float64) - design @ [intercept, slope]))[1])
    sd = math.sqrt((random - weights @ design @ random)[1, 1])
    whole = slope + deviation
    return {"slope": whole, "deviation": deviation, "sd": sd, "index": whole / sd, "index_of_deviation": deviation / sd}


def _side(better: str) -> Better:
    if better not in ("lower", "higher"):
        raise UsageError(f'better = "{better}" is neither direction. {choices(better, ("lower", "higher"))}')
    return "lower" if better == "lower" else "higher"
