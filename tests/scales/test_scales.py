"""Takes the shipped scale files and wrong ones, gives proof that figures, sources, scoring and error messages are right."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from decimal import Decimal
from importlib.resources import files
from math import sqrt
from pathlib import Path
from typing import Any

import pytest

from iop_outcomes.errors import DataError, UsageError
from iop_outcomes.scales import OPERATORS, Scale, get_scale, load_scales

NAMES = ("auditc", "bdi2", "crdpss", "gad7", "pcl5", "phq9", "phqa")  # whose figures stand below one by one

FILES = (
    "asrm", "audit", "auditc", "bam", "barc10", "basis24", "bdi2", "bsl23", "cesd", "core10", "crdpss", "csq8", "cssrs_screen", "dass21", "dast10",
    "ders16", "ders36", "edeq", "epds", "gad2", "gad7", "isi", "oq45", "ors", "panss", "pcl5", "phq2", "phq8", "phq9", "phqa", "promis_anx",
    "promis_dep", "psc17", "qids16", "sdq", "who5", "whodas12", "wsas", "ybocs", "ymrs",
)  # fmt: skip

# Name, items, item range, range, recall days. CamCOPS 56a303e tasks phq9, gad7, pcl5, audit, bdi; PHQ-9M: fill.io and droracle.ai;
# AUDIT-C range: loinc.org/75626-2; CRDPSS: APA form; BDI-II range: platform.self-management.eu.
FORMS = [
    ("phq9", 9, (0, 3), (0, 27), 14),
    ("gad7", 7, (0, 3), (0, 21), 14),
    ("pcl5", 20, (0, 4), (0, 80), 30),
    ("phqa", 9, (0, 3), (0, 27), 14),
    ("auditc", 3, (0, 4), (0, 12), 365),
    ("crdpss", 8, (0, 4), (0, 4), 7),
    ("bdi2", 21, (0, 3), (0, 63), 14),
]

# PHQ-9: Kroenke, Spitzer & Williams 2001. PHQ-9M: fill.io. GAD-7: CamCOPS. CRDPSS: APA form. BDI-II: platform.self-management.eu.
DEPRESSION_BANDS = [(0, 4, "none/minimal"), (5, 9, "mild"), (10, 14, "moderate"), (15, 19, "moderately severe"), (20, 27, "severe")]
BANDS = {
    "phq9": DEPRESSION_BANDS,
    "phqa": DEPRESSION_BANDS,
    "gad7": [(0, 4, "minimal"), (5, 9, "mild"), (10, 14, "moderate"), (15, 21, "severe")],
    "crdpss": [
        (0, 0, "not present"),
        (1, 1, "equivocal"),
        (2, 2, "present, mild"),
        (3, 3, "present, moderate"),
        (4, 4, "present, severe"),
    ],
    "bdi2": [(0, 13, "minimal"), (14, 19, "mild"), (20, 28, "moderate"), (29, 63, "severe")],
    "pcl5": [],
    "auditc": [],
}

CASE_CUTOFFS = {
    # Kroenke 2001; PMC8411661 table 1 (NHS); CMS159 (index event above 9).
    "phq9": [("standard", ">=", 10), ("nhs", ">=", 10), ("cms159_index", ">=", 10)],
    # CamCOPS; ncchildtreatmentprogram.org (Kroenke 2007); PMC8411661 table 1.
    "gad7": [("standard", ">=", 10), ("screen8", ">=", 8), ("nhs", ">=", 8)],
    # PMC10292741 (31 to 33); CamCOPS; qxmd; NHS manual, not checked.
    "pcl5": [("review_low", ">=", 31), ("review_high", ">=", 33), ("camcops", ">=", 33), ("ncptsd_low", ">=", 31), ("nhs", ">=", 32)],
    # PMC3217785; CMS159.
    "phqa": [("richardson2010", ">=", 11), ("cms159_index", ">=", 10)],
    # loinc.org/75626-2.
    "auditc": [("men", ">=", 4), ("women", ">=", 3)],
    # Not checked.
    "crdpss": [("present", ">=", 2)],
    "bdi2": [],
}

PROFILES = {
    # PMC8411661 table 1 (NHS); Richards & Borglin 2011, not checked.
    "phq9": [("nhs", ">=", 6, "nhs"), ("richards_borglin", ">=", Decimal("5.2"), None)],
    # The same, and scholarsarchive.byu.edu/facpub/4117 (Bischoff 2020).
    "gad7": [("nhs", ">=", 4, "nhs"), ("bischoff2020", ">=", 6, None), ("richards_borglin", ">=", Decimal("3.53"), None)],
    # Marx 2022; qxmd; NHS manual, not checked.
    "pcl5": [
        ("marx2022_low", ">=", 15, None),
        ("marx2022_high", ">=", 18, None),
        ("ncptsd_legacy", ">=", 5, None),
        ("nhs", ">=", 10, "nhs"),
    ],
    "phqa": [],
    "auditc": [],
    "crdpss": [],
    "bdi2": [],
}

IMPORTANT_CHANGES = {
    # Medical Care 2004 (2 SEM); PMC9340848.
    "phq9": [("late_life_trial", 5, None), ("uk_primary_care", Decimal("1.7"), 21)],
    # fis.uke.de; PMC9340848.
    "gad7": [("chronic_depression_trial", 4, None), ("uk_primary_care", Decimal("1.5"), Decimal("26.8"))],
    # Blanchard 2023 (8.5 to 12.5); qxmd.
    "pcl5": [("blanchard2023_low", Decimal("8.5"), None), ("blanchard2023_high", Decimal("12.5"), None), ("ncptsd_legacy", 10, None)],
    # PMC4611356 (Button 2015); PMC9340848.
    "bdi2": [
        ("button2015", None, Decimal("17.5")),
        ("button2015_nonresponders", None, 32),
        ("uk_primary_care", Decimal("3.5"), 23),
    ],
    "phqa": [],
    "auditc": [],
    "crdpss": [],
}

RELIABILITIES = {
    # report.stpatricks.ie (.86 and .89); Kroenke 2001 at 48 hours, not checked.
    "phq9": [("alpha", 0.89), ("alpha", 0.86), ("test-retest", 0.84)],
    # mrcpsych.uk (Spitzer 2006); Bischoff 2020.
    "gad7": [("alpha", 0.92), ("test-retest", 0.83), ("test-retest", 0.87)],
    # Blevins 2015; PMC7443209 table 3.
    "pcl5": [("alpha", 0.94), ("test-retest", 0.82), ("alpha", 0.91)],
    # discovery.researcher.life (n = 164); qxmd 31796307 (n = 335).
    "crdpss": [("alpha", 0.36), ("inter-rater", 0.35), ("inter-rater", 0.64), ("inter-rater", 0.74)],
    # 1library.org (Brazilian BDI-II); Beck 1996, not checked.
    "bdi2": [("alpha", 0.93), ("icc", 0.89), ("test-retest", 0.93)],
    "phqa": [],
    "auditc": [],
}

NORMS = {
    # PMC7598559 table 1; cbtwatch.com (NHS 2022-23); Bischoff 2020; PMC7443209 table 3.
    "phq9": [("nonclinical", 2.91, 3.5), ("clinical", 15.4, 5.5), ("clinical_post", 9.4, 6.4)],
    "gad7": [
        ("nonclinical", 2.95, 3.4),
        ("clinical", 14.0, 4.5),
        ("clinical_post", 8.4, 5.7),
        ("clinical", 10.57, None),
        ("nonclinical", 4.14, None),
    ],
    "pcl5": [("clinical", 38.81, 12.4)],
    "phqa": [],
    "auditc": [],
    "crdpss": [],
    "bdi2": [],
}

# Response (HEDIS DRR-E for the PHQ; the others not checked) and remission (CMS159; Marx 2022 for the PCL-5; the others not checked).
OUTCOMES = [
    ("phq9", 0.5, ("<", 5)),
    ("phqa", 0.5, ("<", 5)),
    ("gad7", 0.5, ("<", 5)),
    ("bdi2", 0.5, ("<=", 13)),
    ("pcl5", None, ("<=", 28)),
    ("auditc", None, None),
    ("crdpss", None, None),
]

# Scale, answers, total. Closed form: the sum; with one of nine missing, 8 / 8 * 9.
TOTALS = [
    ("phq9", [3] * 9, 27),
    ("phq9", [None] + [1] * 8, 9),
    ("phq9", [0] * 8 + [1], 1),
    ("phqa", [1] * 9, 9),
    ("gad7", [3] * 7, 21),
    ("pcl5", [4] * 20, 80),
    ("pcl5", [2, 0, 0, 0, 0, 2, 0, 2, 2, 0, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0], 12),
]

# Scale, profile, before, after, reliable improvement. NHS: PMC8411661; Bischoff 2020; Marx 2022; NCPTSD by qxmd.
CHANGES = [
    ("phq9", "nhs", 16, 9, True),
    ("phq9", "nhs", 14, 9, False),
    ("phq9", "nhs", 9, 2, True),
    ("gad7", "nhs", 12, 8, True),
    ("gad7", "bischoff2020", 12, 8, False),
    ("pcl5", "marx2022_low", 45, 33, False),
    ("pcl5", "ncptsd_legacy", 45, 33, True),
]

# Scale, cut-off or profile, score, case.
CASES = [
    ("phq9", None, 10, True),
    ("phq9", "nhs", 16, True),
    ("phq9", "nhs", 14, True),
    ("phq9", "nhs", 9, False),
    ("gad7", "nhs", 8, True),
    ("gad7", None, 8, False),
    ("auditc", "women", 3, True),
    ("auditc", "men", 3, False),
    ("phqa", "richardson2010", 10, False),
    ("phqa", "cms159_index", 10, True),
]

# A whole scale file of a user; each error case below changes one line of it.
WELL = """name = "mood"
title = "Mood, 4 items"
version = "1"
items = 4
item_range = [0, 3]
range = [0, 12]
step = 1
better = "lower"
total = true
recall_days = 7
reversed_items = [2]
source = "doi:10.0/form"
verified = true

[missing]
most_items_missing = 1
rule = "prorate"
source = "doi:10.0/form"
verified = true

[bands]
source = "doi:10.0/bands"
verified = true
levels = [{ low = 0, high = 5, label = "low" }, { low = 6, high = 12, label = "high" }]

[case_cutoffs.standard]
op = ">="
value = 6
source = "doi:10.0/cut"
verified = false

[remission]
op = "<"
value = 3
source = "doi:10.0/cut"
verified = true

[response]
fraction_lower = 0.5
source = "doi:10.0/cut"
verified = true

[important_change.trial]
points = 2.5
source = "doi:10.0/change"
verified = true

[reliability.retest]
kind = "test-retest"
value = 0.8
sample = "clinic"
source = "doi:10.0/r"
verified = true

[norms.town]
population = "nonclinical"
group = "town"
mean = 3.5
sd = 2.0
source = "doi:10.0/n"
verified = true

[profiles.strict]
op = ">"
points = 4
case_cutoff = "standard"
source = "doi:10.0/p"
verified = true

[safety_item]
item = 4
positive_at = 1
source = "doi:10.0/s"
verified = true
"""

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


def write(folder: Path, text: str, name: str = "mood.toml") -> Path:
    """Put one scale file into a folder."""
    folder.joinpath(name).write_text(text, encoding="utf-8")
    return folder


def read(folder: Path, **lines: str) -> Scale:
    """Read the good file with some keys replaced: read(folder, step="2") stands for `step = 2`."""
    rows = [f"{row.split(' = ')[0]} = {lines[row.split(' = ')[0]]}" if row.split(" = ")[0] in lines else row for row in WELL.splitlines()]
    return load_scales(write(folder, "\n".join(rows)))["mood"]


def unsourced(table: dict[str, Any], where: str, inherited: bool) -> list[str]:
    """List the tables that hold a number and stand under no source."""
    sourced = inherited or (bool(str(table.get("source", "")).strip()) and isinstance(table.get("verified"), bool))
    found = []
    for key, value in table.items():
        values = value if isinstance(value, list) else [value]
        if any(isinstance(part, int | float) and not isinstance(part, bool) for part in values) and not sourced:
            found.append(f"{where}.{key}")
        for part in values:
            if isinstance(part, dict):
                found += unsourced(part, f"{where}.{key}", sourced and isinstance(value, list))
    return found


@pytest.mark.parametrize("name", FILES)
def test_no_shipped_number_stands_without_a_source(name: str) -> None:
    """Every table that holds a number names its source and says whether it was seen."""
    table = tomllib.loads(files("iop_outcomes.scales").joinpath(f"{name}.toml").read_text(encoding="utf-8"))
    assert unsourced(table, name, False) == []


def test_shipped_scales() -> None:
    """The names are sorted, and the mapping cannot be changed."""
    scales = load_scales()
    assert {name for name, scale in scales.items() if not scale.form} == set(FILES)
    assert list(scales) == sorted(scales)
    assert load_scales() is scales
    with pytest.raises(TypeError):
        scales["phq9"] = scales["gad7"]  # type: ignore[index]


@pytest.mark.parametrize(("name", "items", "item_range", "score_range", "recall_days"), FORMS)
def test_forms(name: str, items: int, item_range: tuple[int, int], score_range: tuple[int, int], recall_days: int) -> None:
    """Items, ranges and recall are those of the published form; lower is better and steps are whole points."""
    scale = get_scale(name)
    assert (scale.items, scale.item_range, scale.range, scale.recall_days) == (items, item_range, score_range, recall_days)
    assert (scale.step, scale.better, scale.reversed_items, scale.verified) == (1, "lower", (), True)


@pytest.mark.parametrize("name", NAMES)
def test_figures(name: str) -> None:
    """Bands, cut-offs, profiles, important changes, reliabilities and norms are the published figures."""
    scale = get_scale(name)
    assert [(part.low, part.high, part.label) for part in scale.bands] == BANDS[name]
    assert [(part.name, part.op, part.value) for part in scale.case_cutoffs] == CASE_CUTOFFS[name]
    assert [(part.name, part.op, part.points, part.case_cutoff) for part in scale.profiles] == PROFILES[name]
    assert [(part.name, part.points, part.percent) for part in scale.important_change] == IMPORTANT_CHANGES[name]
    assert [(part.kind, part.value) for part in scale.reliability] == RELIABILITIES[name]
    assert [(part.population, part.mean, part.sd) for part in scale.norms] == NORMS[name]


@pytest.mark.parametrize(("name", "fraction", "remission"), OUTCOMES)
def test_response_and_remission(name: str, fraction: float | None, remission: tuple[str, int] | None) -> None:
    """Response and remission are the published ones, or absent."""
    scale = get_scale(name)
    assert (scale.response.fraction_lower if scale.response else None) == fraction
    assert ((scale.remission.op, scale.remission.value) if scale.remission else None) == remission


def test_unverified_numbers_are_named() -> None:
    """What rests on a source that was not seen says so, number by number."""
    expected = {
        "phq9": ("missing", "reliability.retest", "profiles.richards_borglin"),
        "gad7": ("missing", "response", "remission", "profiles.richards_borglin"),
        "pcl5": ("missing", "case_cutoffs.nhs", "profiles.nhs"),
        "phqa": ("missing", "safety_item"),
        "auditc": ("missing",),
        "crdpss": ("missing", "case_cutoffs.present"),
        "bdi2": ("missing", "response", "remission", "reliability.retest"),
        "ders16": ("form", "missing", "reliability.alpha", "reliability.retest"),
        "qids16": ("response", "safety_item", "groups"),
        "edeq": ("groups", "case_cutoffs.fairburn"),
        "basis24": ("form",),
        "psc17": (),
        "dass21_stress": ("missing", "norms.henry_crawford"),
        "ors": (),
    }
    scales = load_scales()
    assert {name: scales[name].unverified for name in expected} == expected


def test_safety_items() -> None:
    """CamCOPS: PHQ-9 item 9 is positive from 1; of scales taken as totals only, no level; core10 and qids16 from 1, not checked."""
    found = {name: (scale.safety_item.item, scale.safety_item.positive_at) for name, scale in load_scales().items() if scale.safety_item}
    assert found == {
        "phq9": (9, 1),
        "phqa": (9, 1),
        "core10": (6, 1),
        "qids16": (12, 1),
        "bdi2": (9, None),
        "epds": (10, None),
        "oq45": (8, None),
    }


# SD, reliability, reliable change in points: 1.96 * SD * sqrt(2 * (1 - r)), Jacobson & Truax 1991.
@pytest.mark.parametrize(
    ("name", "norm", "kind", "r", "expected"),
    [
        ("gad7", "nhs_start", "alpha", 0.92, 3.53),
        ("gad7", "nhs_start", "test-retest", 0.87, 4.50),
        ("phq9", "nhs_start", "alpha", 0.89, 5.06),
        ("phq9", "nhs_start", "test-retest", 0.84, 6.10),
        ("pcl5", "pmc7443209", "alpha", 0.91, 10.31),
        ("pcl5", "pmc7443209", "test-retest", 0.82, 14.58),
    ],
)
def test_reliable_change_from_shipped_figures(name: str, norm: str, kind: str, r: float, expected: float) -> None:
    """The SD and reliability in the files give the known reliable-change figures."""
    scale = get_scale(name)
    sd = next(part.sd for part in scale.norms if part.name == norm)
    assert sd is not None
    assert r in [part.value for part in scale.reliability if part.kind == kind]
    assert 1.96 * sd * sqrt(2 * (1 - r)) == pytest.approx(expected, abs=0.005)


# Jacobson & Truax 1991 with 2 SD: a = M1 - 2 SD1, b = M0 + 2 SD0, c = (SD0 M1 + SD1 M0) / (SD0 + SD1).
@pytest.mark.parametrize(("name", "expected"), [("phq9", (4.40, 9.91, 7.77)), ("gad7", (5.00, 9.75, 7.71))])
def test_cut_offs_from_shipped_norms(name: str, expected: tuple[float, float, float]) -> None:
    """The norms in the files give the known cut-offs a, b and c, which are not the case cut-off of 10."""
    norms = {part.name: part for part in get_scale(name).norms}
    clinical, general = norms["nhs_start"], norms["german_population"]
    assert clinical.sd is not None
    assert general.sd is not None
    a = clinical.mean - 2 * clinical.sd
    b = general.mean + 2 * general.sd
    c = (general.sd * clinical.mean + clinical.sd * general.mean) / (general.sd + clinical.sd)
    assert (a, b, c) == pytest.approx(expected, abs=0.005)


@pytest.mark.parametrize(("name", "answers", "total"), TOTALS)
def test_totals(name: str, answers: list[int | None], total: int) -> None:
    """Known answers give known totals."""
    assert get_scale(name).prorated_total(answers) == total


@pytest.mark.parametrize(("name", "profile", "pre", "post", "expected"), CHANGES)
def test_reliable_improvement(name: str, profile: str, pre: int, post: int, expected: bool) -> None:
    """Known pairs of scores improve reliably, or not, by the named profile."""
    rule = get_scale(name).profile(profile)
    assert OPERATORS[rule.op](pre - post, rule.points) is expected


@pytest.mark.parametrize(("name", "profile", "score", "expected"), CASES)
def test_cases(name: str, profile: str | None, score: int, expected: bool) -> None:
    """Known scores are cases, or not, at the named cut-off; a profile stands for its cut-off."""
    assert get_scale(name).is_case(score, profile=profile) is expected


def test_band_edges() -> None:
    """Both ends of each band belong to it."""
    for name, bands in BANDS.items():
        for low, high, label in bands:
            assert (get_scale(name).band(low), get_scale(name).band(high)) == (label, label)


def test_what_a_scale_does_not_have_is_said() -> None:
    """A missing band, total, cut-off or profile is an error that names the choices."""
    with pytest.raises(UsageError, match="pcl5 has no published bands"):
        get_scale("pcl5").band(40)
    with pytest.raises(UsageError, match="crdpss has no total; report its domains one by one: hallucinations"):
        get_scale("crdpss").prorated_total([2, 3, 1, 0, 2, 1, 2, 0])
    with pytest.raises(UsageError, match="bdi2 is taken as a total only"):
        get_scale("bdi2").prorated_total([0] * 21)
    with pytest.raises(UsageError, match=r'auditc has no case cut-off "standard"; choose one by name\. Allowed: men, women'):
        get_scale("auditc").is_case(4)
    with pytest.raises(UsageError, match='Did you mean "nhs"'):
        get_scale("phq9").profile("nsh")


def test_domains_of_a_scale_without_a_total() -> None:
    """The eight domains of the CRDPSS, each 0 to 4 with its own bands (APA form)."""
    scale = get_scale("crdpss")
    assert scale.total is False
    assert scale.domains == (
        "hallucinations",
        "delusions",
        "disorganized_speech",
        "abnormal_psychomotor_behavior",
        "negative_symptoms",
        "impaired_cognition",
        "depression",
        "mania",
    )
    assert scale.band(3) == "present, moderate"


@pytest.mark.parametrize("score", [-1, 28, 4.5, float("nan"), float("inf"), "many", None])
def test_an_impossible_score_is_refused_without_being_shown(score: Any) -> None:
    """A score off the scale is an error that gives the range but never the value."""
    with pytest.raises(DataError, match="not a multiple of 1 from 0 to 27") as caught:
        get_scale("phq9").band(score)
    assert str(score) not in str(caught.value).replace("27", "").replace("phq9", "")


# Sum of 8 answers * 9 / 8, halves up: 4 -> 4.5 -> 5, 3 -> 3.375 -> 3, 12 -> 13.5 -> 14, 7 -> 7.875 -> 8.
@pytest.mark.parametrize(("answered", "total"), [(4, 5), (3, 3), (12, 14), (7, 8), (24, 27)])
def test_prorated_totals_round_halves_up(answered: int, total: int) -> None:
    """Prorated PHQ-9 totals are whole, with halves up in every case, not to the even number."""
    answers = [3] * (answered // 3) + [answered % 3] * (answered % 3 > 0)
    assert get_scale("phq9").prorated_total([None, *answers, *[0] * (8 - len(answers))]) == total


def test_too_many_missing_items_give_no_total() -> None:
    """Above the limit, or all missing, there is no total rather than a low one."""
    assert get_scale("phq9").prorated_total([1] * 7 + [None, None]) is None
    assert get_scale("phq9").prorated_total([None] * 9) is None
    assert get_scale("auditc").prorated_total([1, 1, None]) is None
    assert get_scale("pcl5").prorated_total([1] * 16 + [None] * 4) == 20
    assert get_scale("pcl5").prorated_total([1] * 15 + [None] * 5) is None


def test_an_item_that_no_other_can_stand_in_for() -> None:
    """Item 9 of the PHQ-9 asks about self-harm: without its answer there is no total, with any one other blank there is."""
    for name in ("phq9", "phqa"):
        assert get_scale(name).prorated_total([1] * 8 + [None]) is None
        assert get_scale(name).prorated_total([None] + [1] * 8) == 9


@pytest.mark.parametrize("wrong", [-1, 4, 1.5])
def test_an_impossible_answer_is_refused(wrong: Any) -> None:
    """An answer off the item's range is named by its position, not by its value."""
    with pytest.raises(DataError, match="phq9 item 2: not a whole number from 0 to 3"):
        get_scale("phq9").prorated_total([0, wrong, *[0] * 7])


def test_the_number_of_items_must_fit() -> None:
    """Eight answers to nine questions are not a form with one missing."""
    with pytest.raises(UsageError, match="9 items, 8 were given"):
        get_scale("phq9").prorated_total([0] * 8)


def test_reversed_items_and_step(tmp_path: Path) -> None:
    """Item 2 counts the other way round; a score in steps of 2 is twice the sum, and prorating keeps to the steps."""
    assert read(tmp_path).prorated_total([1, 3, 0, 0]) == 1
    doubled = read(
        tmp_path, step="2", range="[0, 24]", levels='[{ low = 0, high = 11, label = "a" }, { low = 12, high = 24, label = "b" }]'
    )
    assert doubled.prorated_total([1, 3, 0, 0]) == 2
    assert doubled.prorated_total([1, 3, 0, None]) == 2  # 1 * 4 / 3 = 1.33 -> 1 step
    assert doubled.band(12) == "b"
    with pytest.raises(DataError, match="multiple of 2"):
        doubled.band(11)


def test_a_decimal_step_is_exact(tmp_path: Path) -> None:
    """A mean score in steps of 0.1 is taken as a total; 0.3 is one of its scores although no binary fraction is."""
    text = WELL.replace("step = 1", "step = 0.1\nitem_scoring = false").replace("range = [0, 12]", "range = [0, 12.0]")
    text = (
        text.replace("most_items_missing = 1", "most_items_missing = 0").replace('"prorate"', '"none"').replace("high = 5,", "high = 5.9,")
    )
    scale = load_scales(write(tmp_path, text))["mood"]
    assert scale.step == Decimal("0.1")
    assert (scale.band(0.3), scale.band(5.9), scale.band(6)) == ("low", "low", "high")
    with pytest.raises(DataError, match=r"multiple of 0\.1"):
        scale.band(0.35)


def test_a_folder_adds_and_overrides(tmp_path: Path) -> None:
    """A user's files join the shipped ones, replace those of the same name, and leave the shipped ones as they were."""
    write(tmp_path, WELL)
    write(tmp_path, "\ufeff" + WELL.replace('"mood"', '"phq9"').replace("Mood, 4 items", "Ours"), "phq9.toml")
    write(tmp_path, "not a scale", ".phq9.toml")
    write(tmp_path, "not a scale", "README.md")
    scales = load_scales(tmp_path)
    assert set(scales) == {*load_scales(), "mood"}
    assert (scales["phq9"].title, get_scale("phq9", scales).items, get_scale("phq9").items) == ("Ours", 4, 9)
    assert scales["mood"].unverified == ("case_cutoffs.standard",)
    assert scales["mood"].profile("strict").op == ">"
    assert load_scales(str(tmp_path))["mood"] == scales["mood"]


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


def test_a_profile_and_a_cut_off_of_one_name_must_agree(tmp_path: Path) -> None:
    """is_case(profile=...) may not mean two things."""
    with pytest.raises(DataError, match=r"profiles\.standard\.case_cutoff: must be \"standard\""):
        load_scales(write(tmp_path, WELL.replace("[profiles.strict]", "[profiles.standard]").replace('case_cutoff = "standard"\n', "")))


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


def test_folders_that_cannot_be_used(tmp_path: Path) -> None:
    """A folder that is not there, holds no scale file, or holds a folder called like one."""
    with pytest.raises(DataError, match="not a folder"):
        load_scales(tmp_path / "none")
    with pytest.raises(DataError, match=r"holds no \.toml file"):
        load_scales(tmp_path)
    tmp_path.joinpath("mood.toml").mkdir()
    with pytest.raises(DataError, match="cannot be read"):
        load_scales(tmp_path)


@pytest.mark.parametrize("asked", ["phq_9", "PHQ-9", "phq99"])
def test_an_unknown_scale_gives_the_nearest(asked: str) -> None:
    """A slip in the name is answered with the name that was meant, and all names."""
    with pytest.raises(UsageError, match=r'Did you mean "phq9"\?.*Allowed: asrm, audit, auditc'):
        get_scale(asked)


def test_importing_stays_light() -> None:
    """Importing the scales loads neither numpy nor pandas, and reads no file."""
    code = "import sys, iop_outcomes.scales.folder as s; assert not {'numpy', 'pandas'} & set(sys.modules); assert s._shipped.cache_info().misses == 0"
    subprocess.run([sys.executable, "-c", code], check=True)
