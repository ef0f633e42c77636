"""Takes the parsed file of a study with one thing wrong, gives the key, what is allowed and what to do."""

from decimal import Decimal

import pytest

from iop_outcomes.errors import DataError
from iop_outcomes.published.study_reading import read_study

FIGURE = {"name": "row", "outcome": "change", "scale": "phq9", "calculation": "pre_post", "given": {"n": 40, "mean_pre": Decimal("15.40")}}
GOOD = {
    "id": "mine_2020",
    "citation": "Mine",
    "source": "doi",
    "design": "single_group",
    "scope": "one_program",
    "verified": ["seen"],
    "figures": [FIGURE],
}


def test_figures_keep_their_zeros():
    """15.40 was rounded at the second decimal."""
    study = read_study("f.toml", GOOD)
    assert (study.id, study.file, study.figures[0].name) == ("mine_2020", "f.toml", "row")
    assert str(study.figures[0].given["mean_pre"]) == "15.40"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"source": None}, r"f\.toml: key source: missing; add where the figures were read"),
        ({"id": "Mine 2020"}, r'key id: "Mine 2020" must be a name of small letters, digits and _'),
        ({"design": "trial"}, r'key design: "trial" is not known; use one of: single_group,'),
        (
            {"scope": "national"},
            r'key scope: "national" is not what design = "single_group" can be; use one of: one_program, several_programs',
        ),
        ({"verified": ["read"]}, r'key verified: "read" is not known'),
        ({"verified": "seen"}, r"key verified: "),
        ({"yeer": 2020}, r'key yeer: unknown; remove or rename it\. Did you mean "year"\?'),
        ({"n_admitted": -1}, r"key n_admitted: must be 0 or more"),
        ({"year": "2020"}, r"key year: "),
        ({"figures": [FIGURE, FIGURE]}, r'key figures: "row" names two figures; give each a name of its own'),
        ({"figures": [{**FIGURE, "calculation": ""}]}, r"key figures\[1\]\.calculation: is empty; give one of: pre_post"),
        ({"figures": [{"name": "row", "outcome": "change", "given": {"n": 3}}]}, r"figures\[1\]\.calculation: missing: which of pre_post"),
        ({"figures": [{**FIGURE, "given": {"size": 3}}]}, r"figures\[1\]\.given\.size: is no figure that pre_post takes"),
        ({"figures": [{**FIGURE, "given": {"n": Decimal("1e300")}}]}, r"must be 0, or between"),
        ({"figures": [{**FIGURE, "given": {"n": Decimal("nan")}}]}, r"must be 0, or between"),
        ({"figures": [{**FIGURE, "given": {"n": True}}]}, r"a number as it is printed"),
        ({"figures": [{"outcome": "change"}]}, r"figures\[1\]\.name: missing"),
        ({"figures": "row"}, r"key figures: "),
    ],
)
def test_one_thing_wrong(changed, words):
    """The file, the key and what is allowed; nothing else is said."""
    content = {key: value for key, value in (GOOD | changed).items() if value is not None}
    with pytest.raises(DataError, match=words):
        read_study("f.toml", content)
