"""Takes a few facts, gives a study and a figure of one, as their files would hold them."""

from iop_outcomes.published.study import Study, StudyFigure


def a_study(*figures, **facts):
    """A study of one program with these figures."""
    given = {"id": "author_2020", "citation": "Author A, Title", "source": "doi", "design": "single_group", "scope": "one_program"}
    return Study(**{**given, "verified": ("seen",), "level": ("IOP",), "year": 2020, **facts}, figures=tuple(figures))


def a_figure(outcome="change", **facts):
    """A figure of the pairs on the PHQ-9."""
    return StudyFigure(**{"name": "row", "outcome": outcome, "scale": "phq9", "people": "pairs", **facts})
