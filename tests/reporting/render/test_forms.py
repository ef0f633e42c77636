"""Takes the list of forms, gives proof that each is whole: words, files named as it says, texts that are texts."""

import pytest

from iop_outcomes.reporting.blocks import Text
from iop_outcomes.reporting.render.forms import FORMS, USUAL
from tests.reporting.small_document import page_of_words

LIGHT = ("html", "csv", "json", "txt", "figures")  # those without a library of their own


def test_the_usual_ones_are_forms_and_texts():
    """What a report writes without being asked needs no library."""
    assert set(USUAL) <= set(FORMS) and all(FORMS[name].is_text for name in USUAL)
    assert len({form.words for form in FORMS.values()}) == len(FORMS)


@pytest.mark.parametrize("name", LIGHT)
def test_files_end_with_what_the_form_says(name):
    """With its own name, where it names no other; a text is one."""
    page, form = page_of_words(Text("words")), FORMS[name]
    files = form.files(page)
    endings = form.endings or (name,)
    assert all(file.rpartition(".")[2] in endings and file.startswith("program_quality") for file in files)
    if form.is_text:
        next(iter(files.values())).decode("utf-8")


def test_a_page_without_charts_has_no_chart_files():
    """And every other form has a file."""
    page = page_of_words(Text("words"))
    assert {name: bool(FORMS[name].files(page)) for name in LIGHT} == {name: name != "figures" for name in LIGHT}
