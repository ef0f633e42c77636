"""Takes wrong scale files, gives errors that name the key, what is allowed and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from iop_outcomes.errors import DataError
from iop_outcomes.scales import load_scales
from tests.scales.test_scales import WELL, write

# Line of the file above, what stands there instead, and what the message must say: the key, and what to do.
ERRORS = [
    ('source = "doi:10.0/cut"\nverified = false', "verified = false", "case_cutoffs.standard.source", "no number without one"),
    ('source = "doi:10.0/bands"\n', "", "bands.source", "no number without one"),
    ('source = "doi:10.0/p"', 'source = " "', "profiles.strict.source", "empty"),
    ("verified = false", "", "case_cutoffs.standard.verified", "verified = true when"),
    ("recall_days = 7", "recal_days = 7", "recal_days", 'Did you mean "recall_days"'),
    ("sd = 2.0", "sdd = 2.0", "norms.town.sdd", 'Did you mean "sd"'),
    ("items = 4\n", "items = 4\nitems = 4\n", "not valid TOML", "once only"),
    ("items = 4\n", "items = \n", "not valid TOML", "correct the line"),
    ("items = 4\n", "", "key items", "missing; add a whole number"),
    ("items = 4\n", 'items = "4"\n', "key items", "must be a whole number"),
    ("items = 4\n", "items = true\n", "key items", "must be a whole number"),
    ("items = 4\n", "items = 0\n", "key items", "1 or more"),
    ("items = 4\n", "items = 5\n", "key range", "item_scoring = false"),
    ("step = 1", "step = 0", "key step", "above 0"),
    ("step = 1", "step = 0.001", "key step", "different scores"),
    ("step = 1", 'scored_as = "mean"', "key step", "rounded to whole points"),
    ("step = 1", "step = nan", "key step", "between"),
    ("step = 1", "step = 5", "key range", "multiples of step"),
    ("range = [0, 12]", "range = [12, 0]", "key range", "[lowest, highest]"),
    ("range = [0, 12]", "range = [0, 1e9]", "key range", "between"),
    ("item_range = [0, 3]", "item_range = [0, 1.5]", "key item_range", "[lowest, highest]"),
    ('better = "lower"', 'better = "down"', "key better", "lower, higher"),
    ("recall_days = 7", "recall_days = -7", "key recall_days", "0 or more"),
    ("reversed_items = [2]", "reversed_items = [5]", "key reversed_items", "from 1 to 4"),
    ("reversed_items = [2]", "reversed_items = [2, 2]", "key reversed_items", "different"),
    ("total = true", "total = false", "key domains", "must name the 4 domains"),
    ("total = true", 'total = true\ndomains = ["one"]', "key domains", "total = false"),
    ("total = true", 'total = true\ndomains = ["The one"]', "key domains", "small letters"),
    ("total = true", 'total = false\ndomains = ["a", "b", "c", "d"]', "key range", "range of each domain"),
    ("total = true", "total = true\nitem_scoring = false", "key missing.rule", '"none"'),
    ("most_items_missing = 1", "most_items_missing = 4", "key missing.most_items_missing", "from 1 to 3"),
    ('rule = "prorate"', 'rule = "none"', "key missing.most_items_missing", "must be 0"),
    ('rule = "prorate"', 'rule = "guess"', "key missing.rule", "prorate, lowest, none"),
    ("most_items_missing = 1", "most_items_missing = 1\nnever_prorated = [5]", "key missing.never_prorated", "from 1 to 4"),
    ("version = ", "referral_mean = 13\nversion = ", "key referral_mean", "within the range"),
    ("low = 6, high = 12", "low = 7, high = 12", "key bands.levels", "score 6 lies in 0 bands"),
    ("low = 6, high = 12", "low = 5, high = 12", "key bands.levels", "score 5 lies in 2 bands"),
    ("low = 6, high = 12", "low = 6, high = 11", "key bands.levels", "score 12 lies in 0 bands"),
    ("low = 6, high = 12", "low = 6, high = 13", "key bands.levels", "within 0 to 12"),
    ('label = "high"', 'label = "low"', "key bands.levels", "same label"),
    ('label = "high"', 'lable = "high"', "key bands.levels.label", "missing"),
    ("levels = [{ low = 0, high = 5, label", "levels = [] #", "key bands.levels", "list the bands"),
    ("value = 6", "value = 13", "key case_cutoffs.standard.value", "within the range"),
    ("value = 3", "value = -1", "key remission.value", "within the range"),
    ('op = "<"\n', 'op = "=<"\n', "key remission.op", "<, <=, >, >="),
    ("fraction_lower = 0.5", "fraction_lower = 50", "key response.fraction_lower", "0.5 is half"),
    ("points = 2.5", "points = 13", "key important_change.trial.points", "width of the range"),
    ("points = 2.5\n", "", "key important_change.trial", "points, percent or both"),
    ("points = 2.5", "percent = 101", "key important_change.trial.percent", "at most 100"),
    ('kind = "test-retest"', 'kind = "retest"', "key reliability.retest.kind", "test-retest"),
    ("value = 0.8", "value = 1.2", "key reliability.retest.value", "between 0 and 1"),
    ("mean = 3.5", "mean = 35", "key norms.town", "within 0 to 12"),
    ("points = 4", "points = 0", "key profiles.strict.points", "above 0"),
    ('case_cutoff = "standard"', 'case_cutoff = "other"', "key profiles.strict.case_cutoff", "not one of [case_cutoffs]"),
    ("[profiles.strict]", "[profiles.Strict]", "key profiles.Strict", "small letters"),
    ('"standard"\nsource = "doi:10.0/p"', '"standard"\nname = "x"\nsource = "doi:10.0/p"', "key profiles.strict.name", "unknown"),
    ("item = 4", "item = 5", "key safety_item.item", "from 1 to 4"),
    ("positive_at = 1", "positive_at = 4", "key safety_item.positive_at", "at most 3"),
    ('name = "mood"', 'name = "other"', "key name", "other.toml"),
    ('name = "mood"', 'name = "Mood"', "key name", "small letters"),
]


@pytest.mark.parametrize(("line", "instead", "where", "remedy"), ERRORS)
def test_a_wrong_file_is_refused(tmp_path: Path, line: str, instead: str, where: str, remedy: str) -> None:
    """Each broken rule names the file, the key and what to do."""
    assert line in WELL
    with pytest.raises(DataError) as caught:
        load_scales(write(tmp_path, WELL.replace(line, instead, 1)))
    message = str(caught.value)
    assert str(tmp_path / "mood.toml") in message
    assert where in message
    assert remedy in message


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"#" * 1_000_001, "larger than 1000000 bytes"),
        (b"\xff\xfe", "not valid TOML in UTF-8"),
        (b"x = " + b"[" * 5000, "not valid TOML"),
        (b"items = " + b"9" * 5000, "not valid TOML"),
        (b"", "key source: missing"),
    ],
)
def test_a_file_that_is_no_scale_file(tmp_path: Path, content: bytes, problem: str) -> None:
    """Too large, not text, too deep, absurd numbers or empty: refused by name, never a crash."""
    tmp_path.joinpath("mood.toml").write_bytes(content)
    with pytest.raises(DataError, match=problem) as caught:
        load_scales(tmp_path)
    assert "mood.toml" in str(caught.value)
