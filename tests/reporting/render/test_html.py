"""Takes small pages, gives HTML: one file or two that link to one another, everything escaped, nothing that runs."""

from iop_outcomes.reporting.blocks import Text
from iop_outcomes.reporting.render.html import METHODS_LINK, PAGE_LINK, html_files
from tests.reporting.small_document import page_of_words, small_page


def test_page_and_methods_link_to_one_another():
    """Each by the name of the other's file."""
    files = {name: content.decode() for name, content in html_files(small_page()).items()}
    assert list(files) == ["program_quality.html", "program_quality_methods.html"]
    page, methods = files.values()
    assert 'href="program_quality_methods.html"' in page and METHODS_LINK in page
    assert 'href="program_quality.html"' in methods and PAGE_LINK in methods
    assert 'id="completion"' in page and 'id="completion_in_full"' in methods
    assert 'id="completion_in_full"' not in page


def test_without_an_appendix_there_is_one_file():
    """And no link to another."""
    (page,) = html_files(page_of_words(Text("words"))).values()
    assert METHODS_LINK not in page.decode()


def test_what_is_not_ours_is_escaped():
    """The name of the program in the heading and the title; words of a block."""
    page = html_files(small_page())["program_quality.html"].decode()
    assert "Riverside &lt;IOP&gt;" in page and "<IOP>" not in page
    (words,) = html_files(page_of_words(Text('<script>alert("x")</script>'))).values()
    assert "<script" not in words.decode()


def test_the_same_bytes_twice():
    """No clock, no memory address."""
    assert html_files(small_page()) == html_files(small_page())
