"""Takes summary statistics as papers print them, gives effect sizes with error, interval, method, assumption and source.

>>> import iop_outcomes as iop
>>> iop.effects.pre_post(mean_pre=15.4, sd_pre=5.5, mean_post=9.4, sd_post=6.4, n=500, r=0.66)["g_pre_sd"]
g_pre_sd 1.089 (0.9852 to 1.193)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from iop_outcomes.published.conversions import convert
    from iop_outcomes.published.correlations import correlation
    from iop_outcomes.published.cox_regression import cox
    from iop_outcomes.published.effect_size import EffectSize, EffectSizes
    from iop_outcomes.published.equivalence import EquivalenceTest, equivalence
    from iop_outcomes.published.hazard_ratios import hazard_ratio
    from iop_outcomes.published.independent_groups import independent_groups
    from iop_outcomes.published.pre_post import pre_post
    from iop_outcomes.published.pre_post_control import pre_post_control
    from iop_outcomes.published.proportions import paired_proportions, proportion, proportions
    from iop_outcomes.published.rates import rate
    from iop_outcomes.published.summaries import Summary, summary

__all__ = [
    "EffectSize",
    "EffectSizes",
    "EquivalenceTest",
    "Summary",
    "convert",
    "correlation",
    "cox",
    "equivalence",
    "hazard_ratio",
    "independent_groups",
    "paired_proportions",
    "pre_post",
    "pre_post_control",
    "proportion",
    "proportions",
    "rate",
    "summary",
]

_PLACES = {
    "EffectSize": "effect_size",
    "EffectSizes": "effect_size",
    "EquivalenceTest": "equivalence",
    "Summary": "summaries",
    "convert": "conversions",
    "correlation": "correlations",
    "cox": "cox_regression",
    "equivalence": "equivalence",
    "hazard_ratio": "hazard_ratios",
    "independent_groups": "independent_groups",
    "paired_proportions": "proportions",
    "pre_post": "pre_post",
    "pre_post_control": "pre_post_control",
    "proportion": "proportions",
    "proportions": "proportions",
    "rate": "rates",
    "summary": "summaries",
}


def __getattr__(name: str) -> Any:
    """A public name, loaded when it is asked for: nothing of this is needed to start the package."""
    if name not in _PLACES:
        raise AttributeError(f"iop_outcomes.effects has no {name!r}; it has {', '.join(__all__)}")
    return getattr(import_module(f"iop_outcomes.published.{_PLACES[name]}"), name)


def __dir__() -> list[str]:
    """What it offers, for completion by Tab."""
    return __all__
