"""Takes a whole of many parts, gives proof that each part has a fill of its own."""

import iop_outcomes as iop


def test_every_reason_by_itself_has_a_fill_of_its_own(synthetic):
    """Eleven reasons are more than the palette has colours: the rest are hatched, and none is left out."""
    axes = iop.discharge_reasons(synthetic, definition="each", by="track").plot()
    legend = axes.figure.legends[0]
    fills = {(patch.get_facecolor(), patch.get_hatch()) for patch in legend.get_patches()}
    names = [definition.name for definition in iop.discharge_reasons(synthetic, definition="each").definition.estimands]
    assert len(fills) == len(legend.get_texts()) == len(names) > 5
