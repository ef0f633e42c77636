"""Takes R's robust log-rank scores and scipy's F, gives proof of the log-rank test where patients repeat."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import chi2, f

from iop_outcomes.counts import Counts
from iop_outcomes.keys import Flag, flags
from iop_outcomes.measures.group_tests import group_tests
from iop_outcomes.patients import Patients
from iop_outcomes.stats.curves import Ends
from iop_outcomes.stats.draft import Population

ORACLE = Path(__file__).parents[2] / "oracle"
MADE = json.loads((ORACLE / "survival.json").read_text())["data"]["made"]
R = {name: entry["value"]["chi2"] for name, entry in json.loads((ORACLE / "clustered.json").read_text())["values"].items() if "r" in name and "chi2" in entry["value"]}  # fmt: skip
ROWS = list(zip(MADE["group"], MADE["day"], MADE["cause"], MADE["patient"], strict=True))
WAYS = ("end", "event", "other")


def log_rank(rows):
    """The package's test of rows of (group, day, cause, patient)."""
    cells = {}
    for group, day, cause, _ in rows:
        cells[group, day, WAYS[cause]] = cells.get((group, day, WAYS[cause]), 0) + 1
    counts = Counts.from_cells(("group", "day", "outcome"), cells)
    place = {cell: i for i, (cell, _) in enumerate(counts)}
    by_patient = {}
    for group, day, cause, patient in rows:
        by_patient.setdefault(patient, []).append(place[group, day, WAYS[cause]])
    several = [each for each in by_patient.values() if len(each) > 1]
    alone = np.bincount(np.array([each[0] for each in by_patient.values() if len(each) == 1], dtype=np.int64), minlength=len(cells))
    flat = np.array([cell for each in several for cell in each], dtype=np.int64)
    start = np.cumsum([0, *map(len, several)])[:-1].astype(np.int64)
    people = Patients(alone, flat, start, np.ones(len(several), dtype=np.int64))
    parts = [part.as_counted() for part in counts.split("group").values()]  # the cells of one group come after those of another
    ends = [Ends(part.keep(["day", "outcome"]), "day", "outcome", WAYS[1:]) for part in parts]
    drafts = group_tests(ends, [True] * len(ends), Population("x", {"in": len(rows)}, frozenset({"in"})))
    return next(draft.interval.tested(people) for _, draft in drafts if draft.key.estimand == "log_rank_p")


def effective(rows):
    """Effective patients: (sum of w)^2 / sum of w^2, w the episodes of each patient."""
    patients = [patient for *_, patient in rows]
    return len(patients) ** 2 / sum(patients.count(one) ** 2 for one in set(patients))


@pytest.mark.parametrize(("name", "groups"), [("rscore", 3), ("rscore_two", 2)])
def test_statistic_and_p(name, groups):
    """The statistic is coxph(ties="breslow", cluster)$rscore to 1e-8; its p is scipy's F of (G - df) X^2 / ((G - 1) df) on df, G - df."""
    rows = [row for row in ROWS if row[0] < groups]
    found, df, many = log_rank(rows), groups - 1, effective(rows)
    assert (found.statistic, found.df) == (pytest.approx(R[name], rel=1e-8), df)
    assert found.p == pytest.approx(f.sf(R[name] * (many - df) / ((many - 1) * df), df, many - df), rel=1e-9)
    assert found.p > chi2.sf(R[name], df)  # never more sure than with any number of patients
    assert found.flags == flags()


def test_a_single_group_of_few_patients_takes_the_p_away():
    """The third group cut to its first 9 patients with an episode each: the statistic stays, the p goes, and the flag says why."""
    kept, seen = [row for row in ROWS if row[0] < 2], set()
    for row in ROWS:
        if row[0] == 2 and row[3] not in seen and len(seen) < 9:
            seen.add(row[3])
            kept.append(row)
    found = log_rank(kept)
    assert found.statistic > 0
    assert math.isnan(found.p)
    assert found.flags == flags(Flag.FEW_PATIENTS)


def test_nobody_repeats():
    """Every episode a patient of its own: survdiff's hypergeometric statistic, on chi-squared."""
    found = log_rank([(group, day, cause, i) for i, (group, day, cause, _) in enumerate(ROWS)])
    assert (found.statistic, found.df) == (pytest.approx(R["logrank"], rel=1e-8), 2)
    assert found.p == pytest.approx(chi2.sf(R["logrank"], 2), rel=1e-9)
