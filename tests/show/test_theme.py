"""Takes the colours of charts and of the page, gives proof that each can be told from the others, by everyone, and means one thing."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import pytest
from matplotlib.colors import to_hex, to_rgb

import iop_outcomes as iop
from iop_outcomes.show import theme
from iop_outcomes.show.stacked_bars import stacked_shares

CSS = (Path(iop.__file__).parent / "reporting" / "templates" / "report.css").read_text(encoding="utf-8")
# Linear RGB as seen without one kind of cone: Machado GM, Oliveira MM, Fernandes LAF (2009), doi:10.1109/TVCG.2009.113, severity 1.0.
SEEN = {
    "all three": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
APART = 15  # CIE76; 2.3 is what is just noticed side by side (Mahy M and others 1994, doi:10.1002/col.5080190207)


def linear(colour):
    """The light of a colour, by IEC 61966-2-1."""
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(colour)]


def luminance(colour):
    """Relative luminance, by WCAG 2.1."""
    red, green, blue = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    """Contrast ratio, by WCAG 2.1."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def lab(light):
    """CIELAB of linear RGB, white D65."""
    to_xyz = ((0.4124, 0.3576, 0.1805, 0.95047), (0.2126, 0.7152, 0.0722, 1.0), (0.0193, 0.1192, 0.9505, 1.08883))
    x, y, z = (sum(factor * part for factor, part in zip(row, light, strict=False)) / row[3] for row in to_xyz)
    x, y, z = (part ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116 for part in (x, y, z))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def distance(one, other, seen):
    """How far two colours are from one another to somebody who sees like this."""
    lights = [[min(max(sum(f * p for f, p in zip(row, linear(c), strict=True)), 0), 1) for row in SEEN[seen]] for c in (one, other)]
    return sum((a - b) ** 2 for a, b in zip(*map(lab, lights), strict=True)) ** 0.5


def closest(colours, seen):
    """The least distance of two of some colours."""
    return min(distance(one, other, seen) for one, other in combinations(colours, 2))


@pytest.mark.parametrize("seen", SEEN)
def test_better_no_change_and_worse_are_told_apart(seen):
    """By whoever sees all colours, and with each kind of colour blindness; so are groups."""
    assert closest(theme.MEANINGS.values(), seen) >= 25
    assert closest(theme.PALETTE, seen) >= APART


def test_red_and_green_would_not_be():
    """The same measure finds the pair that most people with colour blindness confuse."""
    assert distance("#8C6D1F", "#6B7A1F", "all three") > APART > distance("#8C6D1F", "#6B7A1F", "deuteranopia")


def test_marks_and_words_have_contrast():
    """3:1 for marks on white; 4.5:1 for words, on white, on the ground of a card and inside a bar."""
    assert min(contrast(colour, "white") for colour in (*theme.MEANINGS.values(), *theme.PALETTE)) >= 3
    assert min(contrast(theme.WORSE_WORDS, ground) for ground in ("white", theme.WORSE_GROUND)) >= 4.5
    for colour in (*theme.MEANINGS.values(), *theme.PALETTE):
        assert contrast("white" if colour in theme.DARK else "black", colour) >= 4.5
    assert min(contrast(colour, "white") for colour in (theme.TEXT, theme.MUTED)) >= 4.5


def test_worse_is_neither_green_nor_grey_and_means_nothing_else():
    """Its red is the strongest part, its blue the weakest; no group and no part without a meaning has it."""
    for colour in (theme.WORSE, theme.WORSE_WORDS, theme.WORSE_GROUND):
        red, green, blue = to_rgb(colour)
        assert red > green > blue
    assert theme.WORSE not in theme.PALETTE and len(set(theme.MEANINGS.values())) == 3


def test_the_page_takes_its_colours_from_the_same_place():
    """Those of a card that is worse are those of the theme."""
    colours = set(re.findall(r"#[0-9a-f]{6}", " ".join(re.findall(r"\.card-is-worse[^}]*\}", CSS))))
    assert colours == {colour.lower() for colour in (theme.WORSE, theme.WORSE_WORDS, theme.WORSE_GROUND)}


@pytest.mark.parametrize("measure", ["reliable_change", "discharge_reasons"])
def test_a_part_with_a_meaning_has_its_colour(synthetic, measure):
    """In both charts of parts of a whole; the parts without one have others, all different."""
    options = {"scale": "phq9"} if measure == "reliable_change" else {}
    released = iop.measure(synthetic, measure, by="track", **options).release("none")
    axes = stacked_shares(released, released.definition.shown)
    colours = [to_hex(patch.get_facecolor()) for patch in axes.get_figure(root=True).legends[0].get_patches()]
    meanings = [released.definition.estimand(name).meaning for name in released.definition.shown]
    assert {"better", "worse"} <= set(meanings)
    assert len(set(colours)) == len(colours)
    for colour, meaning in zip(colours, meanings, strict=True):
        assert (colour == theme.MEANINGS[meaning].lower()) if meaning else colour not in {c.lower() for c in theme.MEANINGS.values()}


def test_a_figure_that_is_settled_looks_the_same():
    """Labels, a title above, names of ticks and an axis without a label stand where they stood."""

    def made():
        with theme.style():
            ax = theme.new_axes(2)
            ax.set_yticks([0, 1], ["one", "two"])
            ax.set_xlabel("days")
            ax.set_title("above", loc="left")
        return ax.get_figure(root=True)

    settled = made()
    theme.settle(settled)
    assert theme.svg(settled) == theme.svg(made())
