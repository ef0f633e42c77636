"""Takes errors of the package, gives the exit code of each, the sentence that a notebook shows, and what is allowed in its words."""

import pytest

from iop_outcomes import errors


@pytest.mark.parametrize(
    ("error", "code", "python"),
    [
        (errors.UsageError, 2, ValueError),
        (errors.NotAssessableError, 2, ValueError),
        (errors.DataError, 2, ValueError),
        (errors.PrivacyError, 2, ValueError),
        (errors.LibraryError, 3, ValueError),
        (errors.ReleaseError, 2, TypeError),
        (errors.OutputError, 4, OSError),
    ],
)
def test_each_error_has_its_exit_code_and_is_what_python_would_raise(error, code, python):
    """So that code which knows nothing of this package catches it; a notebook shows one line."""
    raised = error("what, where, what to do")
    assert raised.exit_code == code
    assert isinstance(raised, python)
    assert isinstance(raised, errors.IopError)
    assert raised._render_traceback_() == [f"{error.__name__}: what, where, what to do"]


def test_findings_and_files_travel_with_an_error():
    """As they were, unchangeable."""
    assert errors.DataError("no", ["one", "two"]).findings == ("one", "two")
    assert errors.LibraryError("no", written=["a.html"]).written == ("a.html",)


@pytest.mark.parametrize("text", ["", "   ", "a\nb", "a\tb", "a\u202eb", "a\u200bb", "a\u2028b", "\x00"])
def test_words_that_cannot_be_printed_as_they_stand(text):
    """Blanks, ends of lines, and marks that nobody sees."""
    with pytest.raises(errors.UsageError, match=r"^title: "):
        errors.printed(text, "title")


def test_words_of_any_script_are_printed_as_given():
    """Letters, emoji, marks of HTML: those who print them escape them."""
    for text in ("R&D <b>", "Qualität", "品質", "\U0001f389"):
        assert errors.printed(text, "title") == text


def test_the_nearest_name_may_be_one_that_is_not_listed():
    """Hints beyond the list; nothing near gives the list alone; an empty list says so."""
    assert errors.choices("trak", ["site", "track"]) == 'Did you mean "track"? Allowed: site, track.'
    assert errors.choices("sex", ["site"], unlisted=["sex_"]) == 'Did you mean "sex_"? Allowed: site.'
    assert errors.choices("qqqq", ["b", "a"]) == "Allowed: a, b."
    assert errors.choices("x", []) == "Allowed: none."
