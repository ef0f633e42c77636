"""Takes printed figures with what was computed, gives how many were reproduced: none, one, several, and what could not be."""

import math

import pytest

from iop_outcomes.published.reproduced import DIFFERS, LACKING, REPRODUCED, ReproducedFigure, Reproduction


def row(study, result, computed=1.0):
    """A figure."""
    return ReproducedFigure(study, "row", "d", "1.0", computed, computed - 1.0, result, "d_pre_sd", "", "seen", "page 1")


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ((), "0 figures of 0 studies: 0 reproduced, 0 not reproduced, 0 not enough printed."),
        ((row("a", REPRODUCED),), "1 figure of 1 study: 1 reproduced, 0 not reproduced, 0 not enough printed."),
        (
            (row("a", DIFFERS, 1.2), row("b", DIFFERS, 1.3), row("a", DIFFERS, 1.1), row("c", LACKING, math.nan)),
            "4 figures of 3 studies: 0 reproduced, 3 not reproduced, 1 not enough printed. Not reproduced in: a, b.",
        ),
    ],
)
def test_how_many_of_how_many(rows, sentence):
    """Which studies print what does not follow, each once."""
    found = Reproduction(rows)
    assert found.sentence() == repr(found) == sentence
    assert sum(found.counts.values()) == len(rows)


def test_what_could_not_be_computed_is_nothing():
    """No number in records, frames, text and pages."""
    found = Reproduction((row("a", REPRODUCED, 1.23456), row("b", LACKING, math.nan)))
    assert [each["computed"] for each in found.to_records()] == [1.23456, None]
    assert found.to_frame().computed.isna().tolist() == [False, True]
    text, page = found.to_text(), found._repr_html_()
    assert "1.235" in text and "nan" not in text.lower()
    assert "1.235" in page and "nan" not in page.lower()
    assert Reproduction(()).to_frame().columns[0] == "study"
