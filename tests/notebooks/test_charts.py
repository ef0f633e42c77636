"""Takes what `plot` gives, gives proof that a notebook shows it as an image with words, and a person's own axes as they were."""

from __future__ import annotations

import base64
import re
import xml.etree.ElementTree as ET

import matplotlib as mpl
import pytest
from matplotlib.figure import Figure

import iop_outcomes as iop
from iop_outcomes.show.tables import estimates_table

ASKED = {
    "completion": {},
    "length_of_stay": {},
    "discharge_reasons": {},
    "recorded": {},
    "phq9_change": {},
    "phq9_reliable_change": {},
    "readmission": {"at": [90]},
}


@pytest.mark.parametrize("name", ASKED)
@pytest.mark.parametrize("by", [None, "track"])
def test_a_chart_shows_itself(synthetic, name, by):
    """One image that can be read, and words that name the measure; every percentage of the words is a released number."""
    answer = iop.measure(synthetic, name, by=by, **ASKED[name])
    html = answer.plot()._repr_html_()
    alt, source = re.fullmatch(r'<img alt="([^"]*)" src="data:image/svg\+xml;base64,([^"]*)">', html).groups()
    assert ET.fromstring(base64.b64decode(source)).tag.endswith("svg")
    assert len(alt) > 20
    assert answer.definition.title in alt.replace("&#x27;", "'")


def test_a_withheld_number_is_not_in_the_words(synthetic):
    """The words are made from released numbers alone, under the policy asked for."""
    answer = iop.completion(synthetic, by="primary_dx")
    hidden = [estimate.level for estimate in answer.release() if estimate.estimand == "completion_strict" and not estimate.shown]
    words = answer.plot().words
    assert words.count("not shown") == len(hidden)
    assert words != answer.plot(policy="none").words or not hidden


def test_a_persons_own_axes_are_drawn_on_and_stay_their_own(synthetic):
    """Given axes come back as they are; a style that was set stays as it was set."""
    ax = Figure().add_subplot()
    with mpl.rc_context({"font.size": 20.0}):
        assert iop.completion(synthetic, by="track").plot(ax) is ax
        assert mpl.rcParams["font.size"] == 20.0
    assert not hasattr(ax, "_repr_html_")


def test_a_chart_can_be_changed_before_it_is_shown(synthetic):
    """The image is made when it is looked at, so that a title set afterwards is in it."""
    ax = iop.completion(synthetic, by="track").plot()
    before = ax._repr_html_()
    ax.set_title("My own title")
    assert ax._repr_html_() != before


@pytest.mark.parametrize("name", ASKED)
def test_every_row_of_the_table_says_what_it_is(synthetic, name):
    """No two rows carry the same words: numbers by day name their day."""
    asked = {**ASKED[name], **({"at": [30, 90]} if name == "readmission" else {})}
    rows = [row[:2] for row in estimates_table(iop.measure(synthetic, name, by="track", **asked).release()).rows]
    assert len(set(rows)) == len(rows)
    assert any("by day 30" in words for _, words in rows) == (name == "readmission")
