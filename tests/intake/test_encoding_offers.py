"""Takes texts in every declared encoding, gives those that a text may be in, the true one among them or one of the same letters."""

import pytest

from iop_outcomes.intake.encoding_offers import encoding_line, fitting_encodings
from iop_outcomes.intake.text_settings import ENCODINGS

LETTERS = {"cp866": "Привет", "koi8-r": "Привет", "koi8-u": "Привет", "windows-1251": "Привет", "iso-8859-5": "Привет"}


def offers(folder, content):
    """Of a file with this content."""
    (folder / "a.csv").write_bytes(content)
    return fitting_encodings(folder / "a.csv")


@pytest.mark.parametrize("name", [name for name in ENCODINGS if not name.startswith("utf-") and name != "us-ascii"])
def test_the_true_encoding_reads_as_one_that_is_offered(tmp_path, name):
    """The text is among the readings; where an accent or a Cyrillic letter exists in it."""
    for word in ("Müller – Café", "Müller", LETTERS.get(name, "Привет"), "Łódź", "αβγ", "ğ", "עברית", "عربي", "ไทย", "ñ"):
        try:
            content = word.encode(name)
        except UnicodeEncodeError:
            continue
        found = offers(tmp_path, b"track\n" + content)
        assert word in {content.decode(each) for each in found if each in ENCODINGS and _reads(content, each)}, word
        return
    pytest.fail(f"no word for {name}")


def _reads(content, name):
    try:
        content.decode(name)
    except UnicodeDecodeError:
        return False
    return True


def test_windows_1252_comes_first_for_western_letters(tmp_path):
    """As Excel on Windows writes."""
    assert offers(tmp_path, "Café – naïve".encode("windows-1252"))[0] == "windows-1252"


@pytest.mark.parametrize(
    ("name", "offered"),
    [("utf-16", ("utf-16",)), ("utf-16-le", ("utf-16-le",)), ("utf-16-be", ("utf-16-be",)), ("utf-8", ()), ("ascii", ())],
)
def test_wide_text_is_known_by_its_zeros_and_utf_8_needs_no_offer(tmp_path, name, offered):
    """With a mark at its start, and without."""
    assert offers(tmp_path, "episode_id,track\nE1,a\n".encode(name)) == offered


def test_a_letter_cut_off_at_the_end_is_not_utf_8(tmp_path):
    """Half of an accent."""
    assert offers(tmp_path, "é".encode()[:1])


def test_one_encoding_is_a_line_and_several_are_a_question():
    """A person decides among readings."""
    assert encoding_line(("text",), "a.csv", ("utf-16",)).question is None
    question = encoding_line(("text",), "a.csv", ("windows-1252", "cp850")).question
    assert "windows-1252" in str(question)
