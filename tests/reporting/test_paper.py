"""Takes results, gives the figure of a paper: its caption, its mark, its file; working numbers say that they are."""

import pytest

from iop_outcomes.errors import UsageError
from iop_outcomes.evaluate import evaluate
from iop_outcomes.measures import find
from iop_outcomes.reporting.paper import paper_figure
from tests.reporting.parts.small import people, small


@pytest.fixture(scope="module")
def results():
    """Completion of two groups."""
    with small(people(20, 20) + people(12, 2, track="b")) as data:
        return evaluate(find("completion"), data, by="track")


def test_the_caption_says_what_is_counted_among_whom(results):
    """With the level of the ranges; under internal with its words."""
    figure = paper_figure(results, "single", policy="none")
    assert figure.caption.startswith("Completion. Completed: discharge reason completed, among discharged episodes")
    assert figure.caption.endswith("Ranges are 95% intervals.")
    assert "contains small numbers" in paper_figure(results, "single", policy="internal").caption
    assert "A: completed 50%" in figure.alt_text


def test_what_is_withheld_is_not_drawn_unless_it_is_working_material(results):
    """Two of fourteen; working numbers are marked on the figure."""
    released, working = paper_figure(results, "single"), paper_figure(results, "single", working=True)
    assert "12 of 14" not in released.alt_text and "12 of 14" in working.alt_text
    words = [text.get_text() for text in working.figure.findobj(lambda artist: hasattr(artist, "get_text"))]
    assert any("Working numbers, not released" in text for text in words)


def test_a_file_is_written_whole_and_over_an_earlier_one(results, tmp_path):
    """In the form of its ending; another ending writes nothing, and a size that is none is refused first."""
    path = tmp_path / "figure.svg"
    path.write_text("earlier", encoding="utf-8")
    figure = paper_figure(results, "single", path=path, policy="none")
    assert path.read_bytes() == figure.svg()
    with pytest.raises(UsageError, match="is no figure that is written"):
        paper_figure(results, "single", path=tmp_path / "figure.png", policy="none")
    with pytest.raises(UsageError, match="is no size of a figure"):
        paper_figure(results, "page")
    assert [each.name for each in tmp_path.iterdir()] == ["figure.svg"]
