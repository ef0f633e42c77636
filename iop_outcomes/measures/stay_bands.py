"""Takes stays as codes of TEDS-D (days up to 30, then bands), gives quartiles as bands and the share of each group of bands."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import TypedDict

import numpy as np

from iop_outcomes.columns import Column, Status
from iop_outcomes.counts import Counts
from iop_outcomes.measures.episode_column import EpisodeColumn, of_parts
from iop_outcomes.measures.measure import Measure
from iop_outcomes.measures.parts import NOT_ENDED, Parts, not_ended, parts_of
from iop_outcomes.results import EstimandDefinition, Role
from iop_outcomes.stats.draft import Draft, Mask, Population
from iop_outcomes.stats.drafts import quantile_days
from iop_outcomes.stats.duration import Distribution, distribution

WORDS = {
    "no_stay": "length of stay missing",
    **NOT_ENDED,
}
_GROUPS: Mapping[str, tuple[str, range]] = {
    "1_to_7": ("1 to 7 days", range(1, 8)),
    "8_to_30": ("8 to 30 days", range(8, 31)),
    "31_to_90": ("31 to 90 days", range(31, 34)),
    "91_to_180": ("91 to 180 days", range(34, 36)),
    "over_180": ("More than 180 days", range(36, 38)),
}
_FAMILY = "stay_bands"
_PARTS = (*_GROUPS, *WORDS)
_QUARTILES = {"median": 0.5, "q1": 0.25, "q3": 0.75}
_ROLES: Mapping[str, Role] = {"median": "middle", "q1": "lower_quartile", "q3": "upper_quartile"}
_LABELS = {"median": "Middle stay", "q1": "Quarter of stays no longer than", "q3": "Three quarters of stays no longer than"}


def _draft(counts: Counts) -> tuple[Draft, ...]:
    """Quartiles and shares over every episode of the table; a death in care has a stay like any other end."""
    out, bands, parts = not_ended(counts), _bands(counts), _divided(counts)
    people: _People = {"base": tuple(_GROUPS), "missing": ("no_stay",)}
    everyone = parts.population(_FAMILY, **people)
    stays = counts.where(np.logical_or.reduce(list(bands.values())) & ~np.logical_or.reduce(list(out.values())))
    quartiles = [_quantile(f"los_band_{name}", stays, below, everyone) for name, below in _QUARTILES.items()]
    return (*quartiles, *(parts.share(f"los_band_{name}", _FAMILY, hits=(name,), **people) for name in _GROUPS))


def _bands(counts: Counts) -> dict[str, Mask]:
    return {name: counts.is_in("los_code", codes) for name, (_, codes) in _GROUPS.items()}


def _divided(counts: Counts) -> Parts:
    """Every episode in the band of its stay."""
    return parts_of(counts, {**not_ended(counts), **_bands(counts)}, "no_stay", order=_PARTS)


def _per_episode(counts: Counts) -> tuple[EpisodeColumn, ...]:
    words = {name: label for name, (label, _) in _GROUPS.items()} | WORDS
    return (of_parts("length_of_stay_band", "band of the length of stay", _divided(counts), words, family=_FAMILY),)


class _People(TypedDict):
    """Whose stays are counted."""

    base: tuple[str, ...]
    missing: tuple[str, ...]


def _quantile(estimand: str, stays: Counts, share_below: float, who: Population) -> Draft:
    """The first code that reaches the share: half-way between two bands there is nothing."""
    draft = quantile_days(estimand, stays, "los_code", share_below, who)
    return draft if math.isnan(draft.value) else _at(draft, stays, _reaching(distribution(stays, "los_code"), share_below), share_below)


def _reaching(codes: Distribution, share_below: float) -> int:
    """Quantile without averaging (R's type 1)."""
    cumulative = np.cumsum(codes.n)
    rank = max(math.ceil(cumulative[-1] * share_below - 1e-9), 1)
    return int(codes.values[np.searchsorted(cumulative, rank)])


def _at(draft: Draft, stays: Counts, code: int, share_below: float) -> Draft:
    below = stays.each("los_code", lambda level: float(level is not None and int(level) <= code))
    return replace(draft, value=float(code), influence=stays.lift((below - share_below) / stays.total))


def stay_bands() -> Measure:
    """Declare length of stay for data that keep it as codes of TEDS-D.

    Returns
    -------
    Measure
        `los_band_median`, `_q1` and `_q3` as codes, then shares; no mean, because an average of codes is no average of days.
    """
    among = "discharged episodes, deaths in care included, without those that never started"
    counted = "length of stay as published: days up to 30, then bands; for outpatient services both the first and the last day count"
    quartiles = tuple(
        EstimandDefinition(
            f"los_band_{name}",
            _LABELS[name],
            f"{words} (type 1) of the {counted}",
            among,
            "order statistics, at least 95%",
            "stay code",
            "The middle stay was {value}; the plausible range is {low} to {high}." if name == "median" else "",
            "The middle stay was {value}" if name == "median" else "",
            role=_ROLES[name],
        )
        for name, words in {"median": "median", "q1": "first quartile", "q3": "third quartile"}.items()
    )
    shares = tuple(
        EstimandDefinition(
            f"los_band_{name}",
            label,
            f"stayed {label.lower()}",
            among,
            "95% Wilson score",
            "share",
            "{k} of {n} discharged episodes ({value}) stayed " + label.lower() + "; the plausible range is {low} to {high}.",
            "{value} of discharged episodes stayed " + label.lower(),
        )
        for name, (label, _) in _GROUPS.items()
    )
    return Measure(
        name="length_of_stay",
        variant="teds_codes",
        title="Length of stay",
        asks="How long do people stay?",
        requests=(Status(), Column("los_code")),
        among="discharged episodes",
        excludes=WORDS,
        unit="share",
        better="neither",
        draft=_draft,
        per_episode=_per_episode,
        estimands=(*quartiles, *shares),
        chart="stacked_shares",
        shown=tuple(f"los_band_{name}" for name in _GROUPS),
        sources=(
            "SAMHSA, Treatment Episode Data Set: Discharges (TEDS-D), codebooks 2006 to 2019, variable LOS",
            "Hyndman RJ, Fan Y (1996), definition 1, doi:10.1080/00031305.1996.10473566",
        ),
        notes=(
            "Codes 31 to 37 are bands of days, the last two of them wide or open: quartiles are given as the band they lie in.",
            "There is no mean: the mean of the codes is not a number of days, and the last band has no upper end.",
        ),
    )
