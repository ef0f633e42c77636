"""Takes what a measure may be asked with, gives the value that is meant, or a refusal that says what there is."""

import pytest

from iop_outcomes.errors import UsageError
from iop_outcomes.measures import FAMILIES, MEASURES
from iop_outcomes.measures.options import Option

CHOSEN = Option("definition", "which return counts", ("psychiatric", "all_cause"), "psychiatric")
NEEDED = Option("scale", "a scale", ("phq9", "gad7"), needed="of which scale")


def test_what_is_given_or_else_the_default():
    """None given of one without a default is none."""
    assert [CHOSEN.choose("readmission", value) for value in (None, "all_cause")] == ["psychiatric", "all_cause"]
    assert Option("profile", "a rule", ("nhs",)).choose("m", None) is None


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        (
            CHOSEN,
            "psychatric",
            r'readmission has no definition "psychatric"\. Did you mean "psychiatric"\? Allowed: all_cause, psychiatric\.',
        ),
        (NEEDED, None, r'readmission: say of which scale, as in scale="phq9" \(--scale phq9\)\. Allowed: gad7, phq9\.'),
        (NEEDED, "", 'has no scale ""'),
    ],
)
def test_what_there_is_not(option, value, words):
    """Both as Python says it and as the command line does."""
    with pytest.raises(UsageError, match=words):
        option.choose("readmission", value)


def test_a_default_is_one_of_what_is_allowed_throughout():
    """Of every option that any measure declares; no two of one name."""
    for declared in (*MEASURES.values(), *FAMILIES.values()):
        names = [option.name for option in declared.options]
        assert len(names) == len(set(names)), declared.name
        for option in declared.options:
            assert not option.allowed or option.default is None or option.default in option.allowed, declared.name
            assert not (option.needed and option.default), declared.name
