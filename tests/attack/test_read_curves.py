"""Takes drawn curves, gives proof that the attack reads from their steps who was lost to follow-up, and that what is drawn now does not say it."""

from __future__ import annotations

import base64

import numpy as np
import pytest

from iop_outcomes.attack.attacking import attack_known
from iop_outcomes.attack.facts import place
from iop_outcomes.attack.identities import RowName
from iop_outcomes.attack.learning import learned
from iop_outcomes.attack.read_curves import lost_by
from iop_outcomes.attack.read_html import read_html
from iop_outcomes.attack.readings import Block, Described, FilesRead, Number
from iop_outcomes.release import POLICIES
from iop_outcomes.release.curves import midpoint, release_curve
from tests.release.test_curves import cohort, curve_of

A = place(("track", "a"))
NINETY = RowName("readmission", "psychiatric", "cumulative_incidence", "90")
BLOCK = Block(("track",), (("a",),), (Number(NINETY, (), "n", None, "csv, n"), Number(NINETY, A, "n", 60, "csv, n")))
DESCRIBED = Described("Readmission", {"cumulative_incidence": "followed"}, {"By day": "cumulative_incidence"})
FEW_LOST = [(30, 15 / 60), (40, 21 / 60), (50, 21 / 60 + 6 / 60 * 39 / 36), (60, 21 / 60 + 12 / 60 * 39 / 36)]
MANY_LOST = [(30, 15 / 60), (40, 21 / 60), (50, 21 / 60 + 6 / 60 * 39 / 30)]


def chart(curve, words="Cumulative curves. Readmission. A: about 48% by day 60."):
    """A page with one drawn curve: 2 points a day across, 100 for the whole share down."""
    ticks = "".join(f'<g id="xtick_{i}"><use x="{2 * day}" y="100"/><g><!-- {day} --></g></g>' for i, day in enumerate((0, 90)))
    ticks += "".join(f'<g id="ytick_{i}"><use x="0" y="{100 - share}"/><g><!-- {share}% --></g></g>' for i, share in enumerate((0, 100)))
    steps = " ".join(f"{'L' if i else 'M'} {2 * day} {100 - 100 * share:.8f}" for i, (day, share) in enumerate(curve))
    line = f'<g id="line2d_9"><path d="{steps}" style="fill: none; stroke: #12436d"/></g>'
    legend = '<g id="legend_1"><g id="line2d_10"><path d="M 1 1 L 2 1" style="stroke: #12436d"/></g><g id="text_9"><!-- A --></g></g>'
    svg = f'<svg><g id="figure_1">{ticks}{line}{legend}</g></svg>'
    return read_html(f'<img alt="{words}" src="data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}">', "page.html")


@pytest.mark.parametrize(
    ("page", "back"),
    [(chart(FEW_LOST), {(1, 6)}), (chart(MANY_LOST), set()), (chart(FEW_LOST, "Cumulative curves. Relapse. A: about 48%."), set())],
    ids=["few", "many", "another measure"],
)
def test_steps_that_are_a_little_higher_say_that_few_were_lost(page, back):
    """Once 3 of 39 have gone a step of six is higher by 39 to 36: 1 to 6 were lost by day 50; by 39 to 30 they may be 7 to 12."""
    report = FilesRead(["csv"], blocks=[BLOCK], described=[DESCRIBED])
    report.add(page)
    recovered = attack_known(learned(report), report.files).recovered
    assert {(each.interval.low, each.interval.high) for each in recovered if "lost" in each.cell.words} == back


def drawn(seed):
    """A curve of 150 to 600 people, by its exact counts and as it is drawn."""
    curve, _ = curve_of(*cohort(seed, 150 + 50 * (seed % 10), hazard=150.0))
    released = release_curve(curve, POLICIES["cms11"])
    shares = [(day, share) for day, share in zip(released.days, released.incidence, strict=True) if share == share]
    return curve, [(day, round(share, 6)) for day, share in shares]


def both_ends(said):
    """Whether somebody was lost by a day by which few were."""
    return any(low for _, low, _ in said) and any(high for *_, high in said) and said[0][0] <= said[-1][0]


def test_what_is_drawn_does_not_say_who_was_lost(monkeypatch):
    """As long as 1 to 6 lost were drawn as 3, it did of some curves, and what it said was true; now more than 12 are lost where it says so of any."""
    for exits, told in ((None, False), (lambda curve: midpoint(curve.exits), True)):
        if exits is not None:
            monkeypatch.setattr("iop_outcomes.release.curves.drawn_exits", exits)
        found = []
        for seed in range(12):
            curve, shares = drawn(seed)
            said = lost_by(shares, int(curve.followed[0]))
            lost = curve.exits[-1]
            assert all(low <= lost[day] and (high is None or lost[day] <= high) for day, low, high in said)
            assert told or all(lost[day] > 12 for day, low, _ in said if low)
            found.append(both_ends(said))
        assert any(found) is told
    assert np.isfinite(shares[-1][1])
