"""Takes a scale and its profile of reliable change, gives the names, words, notes and sources of the change with missing scores allowed for."""

from __future__ import annotations

from iop_outcomes.results import EstimandDefinition, Role
from iop_outcomes.scales import Scale
from iop_outcomes.scales.scale import ReliableChangeProfile

KNOWN, OBSERVED, CARRIED, UNCHANGED = (
    "discharge_score_known",
    "mean_change",
    "mean_change_if_last_carried",
    "mean_change_if_missing_unchanged",
)
EXPECTED, WEIGHTED, TIPPING = "mean_change_standardised", "mean_change_weighted", "tipping_point"
WORST, BEST = "mean_change_if_missing_worst", "mean_change_if_missing_best"
BETTER = "reliable_improvement"
BETTER_WORST, BETTER_BEST = f"{BETTER}_if_missing_worst", f"{BETTER}_if_missing_best"
SHOWN = (OBSERVED, CARRIED, UNCHANGED, EXPECTED, WEIGHTED, WORST, BEST)
AMONG = "discharged episodes with an admission score, deaths in care included, without those that never started"

_PAIRS = "discharged episodes with both scores, deaths in care included, without those that never started"
_T, _WILSON = "95% Student t", "95% Wilson score"
_STACKED = "95% Student t, sandwich variance with the fitted model"
_KNOWN_OF = "admission score, way and week of leaving, and track"


def estimands(scale: Scale, profile: ReliableChangeProfile | None, *, room: bool) -> tuple[EstimandDefinition, ...]:
    """Every number with its words; `room` says whether the upper bound of the rate leaves out who had no room to improve."""
    title = scale.label
    low, high = scale.range
    worst, best = (high, low) if scale.better == "lower" else (low, high)
    change = f"mean change in {title}, positive for improvement"

    def points(name: str, label: str, counted: str, interval: str = _T, among: str = AMONG, role: Role = "") -> EstimandDefinition:
        return EstimandDefinition(name, label, counted, among, interval, "points", role=role)

    return (
        EstimandDefinition(KNOWN, "Discharge score known", f"discharge {title} known", AMONG, _WILSON, "share", role="known_at_end"),
        points(OBSERVED, "Both scores known", change, among=_PAIRS, role="observed"),
        points(CARRIED, "Last score in care carried", f"{change}, to the last score in care where there is no discharge score"),
        points(UNCHANGED, "Missing as unchanged", f"{change}, 0 where the discharge score is missing"),
        points(
            EXPECTED,
            "Predicted, missing at random",
            f"{change}, as a linear model of those with both scores predicts it of everybody from {_KNOWN_OF}",
            _STACKED,
            role="expected",
        ),
        points(
            WEIGHTED,
            "Weighted, missing at random",
            f"{change}, of those with both scores, each weighted by one over the chance of a discharge score that a logistic model gives from {_KNOWN_OF}",
            _STACKED,
        ),
        points(
            TIPPING,
            "Tipping point",
            f"points that those without a discharge score would have had to end worse than predicted for the mean change in {title} to be 0; "
            "its low limit is where the low limit of the predicted mean change is 0",
            "95% Fieller",
            role="tipping",
        ),
        points(WORST, "Missing at the most severe score", f"{change}, to {worst} where the discharge score is missing", role="worst_end"),
        points(BEST, "Missing at the least severe score", f"{change}, to {best} where the discharge score is missing"),
        *([] if profile is None else _rates(scale, profile, room=room)),
    )


def _rates(scale: Scale, profile: ReliableChangeProfile, *, room: bool) -> list[EstimandDefinition]:
    counted = f"improved by {profile.op} {profile.points} points"
    unseen = "" if profile.verified else f"the {profile.points} points of reliable change on the {scale.label}"
    rows = (
        (BETTER, "Reliably better", counted, _PAIRS),
        (BETTER_WORST, "Reliably better, missing as not", f"{counted}, nobody without a discharge score", AMONG),
        (
            BETTER_BEST,
            "Reliably better, missing at the least severe score",
            f"{counted}, everybody without a discharge score{' who had room for it' if room else ''}",
            AMONG,
        ),
    )
    return [EstimandDefinition(*row, _WILSON, "share", unverified=unseen) for row in rows]


NOTES = (
    "No reading of missing scores can be checked with the data: they are set side by side to show how much depends on them.",
    (
        "Predicted and weighted changes hold if whether somebody has a discharge score depends on what the model knows alone (missing at random). The "
        "tipping point says how wrong that would have to be."
    ),
    (
        "The models know, in this order and as long as there are 5 seen for each parameter (for the weights 5 seen and 5 not): the admission score; "
        "completed, transferred, ended early, otherwise, or stay not known; whole weeks in care up to 13; track; the square of the score."
    ),
    (
        "Ways of leaving and tracks of which fewer than 5 were seen are taken together; where more than a tenth of those not seen are of such ones, "
        "the flag is no_overlap. Weights have no value, and the same flag, where some who were not seen are like nobody who was."
    ),
    (
        "The last score in care is of a later day than the admission score and stands before the window of the discharge score; where there is none, "
        "the change is 0."
    ),
    "Where patients repeat, all limits are by patient.",
)
SOURCES = (
    "National Research Council (2010), The Prevention and Treatment of Missing Data in Clinical Trials, doi:10.17226/12955",
    "Robins JM (1986), doi:10.1016/0270-0255(86)90088-6",
    "Robins JM, Rotnitzky A, Zhao LP (1995), doi:10.1080/01621459.1995.10476493",
    "Stefanski LA, Boos DD (2002), doi:10.1198/000313002753631330",
    "Fieller EC (1954), doi:10.1111/j.2517-6161.1954.tb00159.x",
    "Horowitz JL, Manski CF (2000), doi:10.1080/01621459.2000.10473902",
    "Vittinghoff E, McCulloch CE (2007), doi:10.1093/aje/kwk052",
)
