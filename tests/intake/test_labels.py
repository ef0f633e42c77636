"""Takes columns of words, gives the rules of their labels, each asked of labels written here."""

from contextlib import closing

import pytest

from iop_outcomes.intake.adapters.scratch import Scratch
from iop_outcomes.intake.labels import MAX_LABEL, label_rules, name_labels, similar_rules, suspected_as, word_rules
from iop_outcomes.intake.mapping import Mapping
from iop_outcomes.intake.recipes import plan_table
from iop_outcomes.intake.rules import Fault
from iop_outcomes.scales import load_scales

COLUMNS = ("episode_id", "patient_id", "track", "site", "discharge_reason", "los_days")
PLANS = {"episodes": plan_table("episodes", COLUMNS, Mapping(), load_scales())}


@pytest.fixture
def store():
    """A store into which a column of labels can be put."""
    with closing(Scratch()) as scratch:
        yield scratch


def laid_out(store, **labels):
    """Episodes with these labels, the other columns blank; checked as the loader checks them."""
    n = max(map(len, labels.values()))
    rows = zip(*(labels.get(name, [None] * n) for name in COLUMNS), strict=True)
    store.fill("given", COLUMNS, rows)
    store.raw.add_select("episodes", "SELECT * FROM given")
    store.check_with(PLANS["episodes"].recipe)


def broken(store, rules):
    """By rule and column: the rows that break it."""
    return {(fault.rule.id, fault.rule.columns[0]): list(fault.rows) for fault in store.faults(rules)}


def test_what_no_label_may_be(store):
    """Suspected together, and then named one by one: too long by a letter, not to be seen, a word of the reports."""
    labels = ["mood", "x" * MAX_LABEL, "x" * (MAX_LABEL + 1), "a\u200bb", "All", "(missing)", None, "all"]
    laid_out(store, track=labels)
    suspected = store.faults(label_rules("episodes", PLANS["episodes"], "synthetic"))
    assert [fault.rows for fault in suspected] == [(2, 3, 4, 5)]
    named = {fault.rule.id: fault.rows for fault in name_labels(store, suspected, PLANS)}
    assert named == {"label_too_long": (2,), "control_character": (3,), "reserved_word": (4, 5)}


def test_columns_that_are_clean_are_not_asked_about(store):
    """And without one that is left, there is no rule; other faults are left as they are."""
    clean = [("episodes", name) for name in COLUMNS]
    assert label_rules("episodes", PLANS["episodes"], "synthetic", clean) == []
    laid_out(store, track=["All"])
    (rule,) = label_rules("episodes", PLANS["episodes"], "synthetic", [("episodes", "track")])
    assert "track" not in rule.columns and store.faults([rule]) == []
    other = Fault(rule.__class__("x", "episodes", ("track",), "TRUE", "", ""), (0,))
    assert name_labels(store, [other], PLANS) == [other]


def test_a_text_on_its_own_is_judged_as_in_its_column(store):
    """The same words, asked of another text."""
    field = PLANS["episodes"].fields["track"]
    texts = ["mood", "All", "x" * 81, "jane.roe@example.org"]
    store.fill("texts", ("text",), [(text,) for text in texts])
    asked = f"SELECT text, {suspected_as('episodes', field, 'safe_harbor', 'text')} FROM texts"
    assert dict(store.ask(asked)) == dict(zip(texts, [False, True, True, True], strict=True))


def test_labels_that_differ_by_their_spelling_alone(store):
    """The rarer one is named, by an error where it is a track; accents, spaces and letters of other alphabets are spellings."""
    laid_out(store, track=["Day", "day", "Day", "Eve", "Éve", "Eve", "Night"], site=["A 1", "A_1", "B", "\u0410 1", "A 1", None, None])
    rules = similar_rules(store, PLANS)
    assert broken(store, rules) == {("similar_label", "track"): [1, 4], ("similar_label", "site"): [1, 3]}
    assert {rule.columns[0]: rule.severity for rule in rules} == {"track": "error", "site": "note"}


def test_words_for_no_value_and_letters_that_are_not_drawn(store):
    """A word such as NA is read as a label, or as one person; "none" may be a payer; umlauts and Cyrillic are drawn."""
    laid_out(
        store, track=["NA", "mood", "日", "\u00fc", "Ж"], site=["none", "x", "x", "x", "x"], patient_id=["p", "NULL", "n/a", None, "q"]
    )
    assert broken(store, word_rules(store, PLANS)) == {
        ("missing_word", "track"): [0],
        ("label_not_drawn", "track"): [2],
        ("missing_word", "patient_id"): [1, 2],
    }
