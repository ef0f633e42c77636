"""Takes admission and discharge scores of a scale, gives effect sizes of how much more one group changed than the others, by name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from iop_outcomes.counts import Counts
from iop_outcomes.keys import Flag, Key
from iop_outcomes.measures.effect_sizes import moments_of
from iop_outcomes.measures.measure import Measure
from iop_outcomes.measures.options import SCALE, Declaration, Family
from iop_outcomes.measures.parts import PART
from iop_outcomes.measures.symptom_change import DISCHARGED, WORDS, family_of, pairs_of, requests, score_parts
from iop_outcomes.results import EstimandDefinition, Role
from iop_outcomes.scales import Scale
from iop_outcomes.stats.between_pairs import ancova, d_by_four_sds, d_by_sd_after, d_by_sd_before, d_change, d_end, g_change, g_end
from iop_outcomes.stats.change import mean_change
from iop_outcomes.stats.draft import Draft
from iop_outcomes.stats.drafts import mean, share
from iop_outcomes.stats.intervals import OfTwoGroups

_LARGE, _DELTA, _HC1 = "normal, large-sample variance", "normal, delta method", "Student t, HC1"
_BOTH = "discharged episodes with both scores, deaths in care included, without those that never started"
_TOGETHER = (  # name, label, what is counted, method, unit, how
    ("d_change", "Change by the pooled SD of the changes", "difference of the mean changes / SD of the changes pooled of both", _LARGE, "SD", d_change),
    ("g_change", "The same, small-sample", "d_change times the exact J with n - 2 degrees of freedom", _LARGE, "SD", g_change),
    ("d_end", "End score by the pooled SD after", "difference of the mean discharge scores / SD at discharge pooled of both", _LARGE, "SD", d_end),
    ("g_end", "The same, small-sample", "d_end times the exact J with n - 2 degrees of freedom", _LARGE, "SD", g_end),
    ("d_ppc2", "Change by the SD before", "difference of the mean changes / SD at admission pooled of both, times the exact J", _LARGE, "SD", d_by_sd_before),
    ("d_ppc3", "Change by all four SDs", "difference of the mean changes / SD pooled of both at both times, times the exact J", _DELTA, "SD", d_by_four_sds),
    ("d_ppc_post", "Change by the SD after", "difference of the mean changes / SD at discharge pooled of both, times the exact J", _DELTA, "SD", d_by_sd_after),
    (
        "ancova_difference",
        "End score at the same admission score",
        "difference of the mean discharge scores, adjusted for the admission score by least squares",
        _HC1,
        "points",
        ancova,
    ),
)  # fmt: skip


def _draft(counts: Counts, *, scale: Scale) -> tuple[Draft, ...]:
    parts = score_parts(counts, scale)
    paired, pairs = pairs_of(counts, scale)
    who = parts.population(family_of(scale.name), base=("paired",), missing=DISCHARGED[1:])
    rated = parts.population(family_of(scale.name), base=DISCHARGED, hits=("paired",))
    gained = mean_change(pairs)
    influence, place = paired.lift(gained.influence), paired.origin[paired.here()]
    means = (("mean_change", pairs.change), ("mean_admit", pairs.pre), ("mean_discharge", pairs.post))
    return (
        *(mean(name, paired, values, who, none=Flag.NO_PAIRS, one=Flag.ONE_PAIR) for name, values in means),
        share("paired_rate", parts.table, PART, rated),
        *moments_of(paired, pairs.moments, who),
        *(
            Draft(Key(name), gained.value, influence, paired.here(), who, OfTwoGroups(pairs, place, find, method))
            for name, _, _, method, _, find in _TOGETHER
        ),
    )


def between_groups(scale: Scale) -> Measure:
    """Declare effect sizes between groups of the change on a scale: `<scale>_between_groups`.

    Parameters
    ----------
    scale : Scale
        With a total score.

    Returns
    -------
    Measure
        What a paper prints of each group, and compared: positive where the group is better off, but of the means at admission and at
        discharge, whose differences are in points of the scale as they stand.
    """
    title = scale.label
    every = "discharged episodes, deaths in care included, without those that never started"
    plain = (
        ("mean_change", "Mean change", f"mean change in {title}, positive for improvement", _BOTH, "95% Student t", "points"),
        ("mean_admit", "At admission", f"mean {title} at admission", _BOTH, "95% Student t", "points"),
        ("mean_discharge", "At discharge", f"mean {title} at discharge", _BOTH, "95% Student t", "points"),
        ("paired_rate", "Both scores known", f"admission and discharge {title} known", every, "95% Wilson score", "share"),
        ("sd_admit", "SD at admission", f"standard deviation of {title} at admission", _BOTH, "none", "points"),
        ("sd_discharge", "SD at discharge", f"standard deviation of {title} at discharge", _BOTH, "none", "points"),
        ("sd_change", "SD of the changes", f"standard deviation of the changes in {title}", _BOTH, "none", "points"),
        ("r_pre_post", "Correlation of both scores", "Pearson's r of both scores", _BOTH, "none", "ratio"),
    )
    together = ((name, label, counted, _BOTH, f"95% {method}", unit) for name, label, counted, method, unit, _ in _TOGETHER)
    roles: Mapping[str, Role] = {"paired_rate": "both_known", "mean_change": "change", "mean_admit": "before", "mean_discharge": "after"}
    return Measure(
        name=BETWEEN_GROUPS.called(scale.name),
        title=f"Change in {title} between groups",
        asks=f"By how much more did {title} improve in one group than in the others, by each definition of an effect size?",
        requests=requests(scale),
        among=_BOTH,
        excludes=WORDS,
        unit="SD",
        better="higher",
        draft=partial(_draft, scale=scale),
        estimands=tuple(EstimandDefinition(*row, role=roles.get(row[0], "")) for row in (*plain, *together)),
        sources=(
            "Hedges LV (1981), doi:10.3102/10769986006002107",
            "MacKinnon JG, White H (1985), doi:10.1016/0304-4076(85)90158-7",
            "Morris SB (2008), doi:10.1177/1094428106291059",
            "Vickers AJ, Altman DG (2001), doi:10.1136/bmj.323.7321.1123",
        ),
        notes=(
            "A number that two groups make together is given as a comparison alone: each group minus the others, or minus another one.",
            "d_ppc2, d_ppc3 and d_ppc_post are one difference over three SDs, and programs that print one of them seldom say which.",
            "Groups of a program hold different people: none of these numbers says what a track brought about. A report compares tracks in points.",
        ),
        chart="dumbbell",
        shown=("mean_admit", "mean_discharge", "mean_change"),
        main="mean_change",
        subject=title,
        between=frozenset(name for name, *_ in _TOGETHER),
    )


def _declared(scale: Scale) -> Declaration:
    return Declaration(BETWEEN_GROUPS.called(scale.name), partial(between_groups, scale))


BETWEEN_GROUPS = Family("between_groups", "{scale}_between_groups", _declared, (SCALE,))
