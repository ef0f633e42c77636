"""Takes a way to write a document as text, gives a form of one file; a library that is not there is named with what to install."""

import pytest

from iop_outcomes.errors import LibraryError
from iop_outcomes.reporting.render.form import needing, text_form
from tests.reporting.small_document import page_of_words


def test_a_text_form_is_one_file_named_as_the_document():
    """In UTF-8."""
    form = text_form("its title", "txt", lambda document: f"{document.title} é")
    page = page_of_words()
    assert form.files(page) == {"program_quality.txt": f"{page.title} é".encode()}
    assert (form.is_text, form.words, form.endings, form.begun) == (True, "its title", (), None)


@pytest.mark.parametrize("error", [ImportError("No module named x"), OSError("libpango is missing")])
def test_a_library_that_does_not_load_says_what_to_install(error):
    """Whether it is not there or what it stands on is not; the first error is kept."""
    with (
        pytest.raises(LibraryError, match=r"The library x cannot be loaded \(.+\)\. .+pip install 'iop-outcomes\[office\]'") as raised,
        needing("x", "office"),
    ):
        raise error
    assert raised.value.__cause__ is error


def test_another_fault_stays_what_it_is():
    """A fault within the library is no missing library."""
    with pytest.raises(ZeroDivisionError), needing("x", "office"):
        raise ZeroDivisionError
