"""Takes programs at every edge, gives proof that no sentence, cell or description says what is not so, or says nothing in a roundabout way."""

import re

import pytest

import iop_outcomes as iop
from tests.show.edges import PROGRAMS, said

BANNED = {
    "two limits that are none": r"no limit|no data to|to no data|no range.* to ",
    "a range that says nothing": r"\(0% to 0%\)|\(100% to 100%\)|range 0% to 0%|range 100% to 100%",
    "a withheld number used as a number": r"of not shown|not shown (discharged|episodes|of)|in not shown|too few to show episodes",
    "nobody as a reason": r"\b0% lack",
    "words of a program": r"\bNone of\b|\bnan\b|\binf\b|\bnull\b|_[a-z]+_|\{|\}",
    "one in the plural": r"\b1 episodes\b|\b1 days\b|\bin the 1 episodes\b",
    "words twice": r"\b(of|the|in|with) \1\b",
    "a sentence without an end": r"[a-z%)]$",
}


@pytest.fixture(scope="module", params=PROGRAMS)
def sentences(request):
    """Everything said of one program under both policies."""
    with iop.load(PROGRAMS[request.param], mapping={"data": {"class": "synthetic"}}) as data:
        return [(policy, where, words) for policy in ("none", "cms11") for where, words in said(data, policy)]


@pytest.mark.parametrize("what", [what for what in BANNED if what != "a sentence without an end"])
def test_nothing_reads_wrong_at_the_edges(sentences, what):
    """None, all, one, nobody known, nobody shown, one group."""
    assert [words for _, _, words in sentences if re.search(BANNED[what], words)] == []


def test_every_sentence_ends_and_begins_like_one(sentences):
    """A capital at the start and a full stop at the end; cells of tables are no sentences."""
    whole = [words for _, where, words in sentences if not where.endswith(("table", "values")) and where != "compare"]
    assert whole
    assert [words for words in whole if not words.endswith(".") or not (words[0].isupper() or words[0].isdigit())] == []


def test_none_is_none_and_all_is_all(sentences):
    """0% stands for nobody and 100% for everybody alone: rounding makes neither."""
    for _, _, words in sentences:
        for k, n, share in re.findall(r"([\d,]+) of ([\d,]+)[^(]*\((\d+(?:\.\d)?)%\)", words):
            some, everyone = (int(each.replace(",", "")) for each in (k, n))
            assert (share == "0") == (some == 0), words
            assert (share == "100") == (some == everyone), words
        for share, k, n in re.findall(r"(\d+(?:\.\d)?)% \(([\d,]+) of ([\d,]+)\)", words):
            some, everyone = (int(each.replace(",", "")) for each in (k, n))
            assert (share == "0") == (some == 0), words
            assert (share == "100") == (some == everyone), words


def test_worsening_stands_wherever_improvement_does(sentences):
    """The sentence of reliable improvement says how many became worse, none included."""
    told = [(policy, words) for policy, where, words in sentences if where == "phq9_reliable_change reliable_improvement All"]
    for policy, words in told:
        assert "worse" in words or policy == "cms11" or "cannot be given" in words, words


def test_transfers_stand_beside_every_rate_of_readmission(sentences):
    """Whoever was back on days 0 to 2 is named in the sentence, or nobody was."""
    rates = [words for policy, where, words in sentences if where == "readmission cumulative_incidence All" and policy == "none"]
    (back, *_) = [words for policy, where, words in sentences if where == "readmission transfer_0_2 All" and policy == "none"]
    for words in rates:
        assert ("days 0 to 2" in words) == (not re.search(r"\b0 of|0% \(0|cannot be given", back)), words
