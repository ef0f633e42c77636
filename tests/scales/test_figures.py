"""Takes the figures of 36 instruments as they were collected from their sources, gives proof that the scale files hold the same, one by one.

`figures.json` was written from that collection, apart from the scale files; what derives from others there (indices of Jacobson and Truax) is left out.
"""

import json
from pathlib import Path

import pytest

from iop_outcomes.scales import get_scale

FIGURES = json.loads((Path(__file__).parent / "figures.json").read_text())
# Where a file holds another figure on purpose, and why.
DEPARTURES = {
    ("cssrs_screen", "items"): "the two parts of its sixth question are items 6 and 7",
    ("bam", "items"): "items 7 and 17 are not scored",
    ("bam", "item_range"): "of BAM-R alone; BAM-C is another instrument",
    ("bam", "range"): "the same",
    ("isi", "important"): "8.4 points of Morin 2011 beside the 6",
    ("bsl23", "bands"): "an edge belongs to the band below it",
    ("edeq", "items"): "items 13 to 18 are counts, not scored",
    ("whodas12", "bands"): "percent of 48 points there, points here",
    ("promis_dep", "items"): "T-scores of any form",
    ("promis_dep", "item_range"): "the same",
    ("promis_dep", "bands"): "an edge belongs to the band above it; in tenths from 30 to 85",
    ("promis_anx", "items"): "T-scores of any form",
    ("promis_anx", "item_range"): "the same",
    ("promis_anx", "bands"): "as for depression; the lowest band is named too",
    ("dass21", "range"): "without a total: the range of each item",
    ("epds", "reversed"): "totals only, because systems store places or points",
    ("oq45", "reversed"): "the key is not public",
    ("bdi2", "important"): "32 % of those who did not respond to treatment stands beside",
    ("ymrs", "item_range"): "four items run to 8, which stands with them",
    ("sdq", "items"): "the prosocial scale is no part of the total",
    ("basis24", "reversed"): "the key is not public",
}


def held(name):
    """The figures of a scale file, those of its subscales for cut-offs and reliability too."""
    scale = get_scale(name)
    every = (scale, *(() if scale.domains else map(get_scale, scale.subscales)))  # domains share the figures of their form
    return {
        "items": scale.items,
        "item_range": list(scale.item_range),
        "range": list(map(float, scale.range)),
        "reversed": list(scale.reversed_items),
        "bands": [[float(band.low), float(band.high)] for band in scale.bands],
        "case": sorted(float(each.value) for part in every for each in part.case_cutoffs),
        "profiles": sorted(float(each.points) for each in scale.profiles),
        "reliability": sorted(each.value for part in every for each in part.reliability),
        "norms": sorted(each.mean for each in scale.norms),
        "sds": sorted(each.sd for each in scale.norms if each.sd is not None),
        "important": sorted(float(size) for each in scale.important_change for size in (each.points, each.percent) if size is not None),
        "unverified": sum(not each.verified for each in scale.profiles),
    }


@pytest.mark.parametrize("name", FIGURES)
def test_figures_are_those_that_were_collected(name):
    """Items, ranges, reversed items, bands, cut-offs, reliable and important changes, reliabilities, norms: the same, or a departure with a reason."""
    ours = held(name)
    differ = {key for key, value in FIGURES[name].items() if ours[key] != value}
    assert differ == {key for scale, key in DEPARTURES if scale == name}


def test_every_collected_instrument_has_a_file():
    """36 of them."""
    assert len(FIGURES) == 36
