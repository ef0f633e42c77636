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

from iop_outcomes.scales import OPERATORS, get_scale, load_scales

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


def write(folder: Path, text: str, name: str = "mood.toml") -> Path:
    """Put one scale file into a folder."""
    folder.joinpath(name).write_text(text, encoding="utf-8")
    return folder


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


def test_importing_stays_light() -> None:
    """Importing the scales loads neither numpy nor pandas, and reads no file."""
    code = "import sys, iop_outcomes.scales.folder as s; assert not {'numpy', 'pandas'} & set(sys.modules); assert s._shipped.cache_info().misses == 0"
    subprocess.run([sys.executable, "-c", code], check=True)
