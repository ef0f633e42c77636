"""Takes the report of the synthetic program, gives its words and its chart data as they were read and agreed on.

The two files beside this one are text, checked by eye against the page and by an independent computation below; they are
changed by hand, in the change that means to change them.
"""

from __future__ import annotations

import csv
import io
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

import iop_outcomes as iop
from tests.oracle import missing_rows
from tests.printed import row_as_printed

HERE = Path(__file__).parent
SYNTHETIC = HERE.parent.parent / "data" / "synthetic"
VARIES = ("Made by", "iop_outcomes")


class _Words(HTMLParser):
    """The words of a page, one line for each stretch of text, alternative texts included."""

    def __init__(self):
        super().__init__()
        self.lines, self._silent = [], False

    def handle_starttag(self, tag, attrs):
        self._silent = self._silent or tag == "style"
        if tag == "img":
            self.lines.append(f"[image: {dict(attrs)['alt']}]")

    def handle_endtag(self, tag):
        self._silent = self._silent and tag != "style"

    def handle_data(self, data):
        if data.strip() and not self._silent:
            self.lines.append(" ".join(data.split()))


def words_of(page: str) -> list[str]:
    """The words of a page without the versions it was made with."""
    parser = _Words()
    parser.feed(page)
    return [line for line in parser.lines if not line.startswith(VARIES)]


@pytest.fixture(scope="module")
def report(usual_report):
    """The report that `make report` builds."""
    return usual_report


def test_words(report):
    """Every word and number of the page, and of the file of its methods after it, is the one agreed on."""
    found = [line for text in report.files("html").values() for line in words_of(text.decode("utf-8"))]
    assert found == (HERE / "program_quality.txt").read_text(encoding="utf-8").splitlines()


_ROUNDED = ("value", "se", "low", "high", "p", "p_adjusted", "statistic", "df")


def _numbers(row: dict) -> dict:
    return row | {name: float(row[name]) if row[name] else float("nan") for name in _ROUNDED}


def test_chart_data(report):
    """Every released number is the one agreed on, with the digits of a page; the file has all that working numbers have."""
    agreed = list(csv.DictReader((HERE / "program_quality.csv").read_text(encoding="utf-8").splitlines()))
    found = list(csv.DictReader(io.StringIO(report.to_csv())))
    assert len(found) == len(agreed)
    for now, exact in zip(found, agreed, strict=True):
        then = exact | {
            name: "" if value != value else value for name, value in row_as_printed(_numbers(exact)).items() if name in _ROUNDED
        }
        for column, value in then.items():
            try:
                assert float(now[column]) == pytest.approx(float(value), rel=1e-10, abs=1e-12)
            except ValueError:
                assert now[column] == value, (column, now)


@pytest.fixture(scope="module")
def agreed():
    """The agreed chart data as a frame."""
    return pd.read_csv(HERE / "program_quality.csv")


@pytest.fixture(scope="module")
def rows():
    """The synthetic episodes by pandas, without this package."""
    frame = pd.read_csv(SYNTHETIC / "episodes.csv", dtype=str, keep_default_na=False)
    frame["los"] = (pd.to_datetime(frame.discharge_date, errors="coerce") - pd.to_datetime(frame.admit_date)).dt.days
    return frame


def test_agreed_completion_follows_from_the_rows(agreed, rows):
    """Counts and limits of strict completion, by pandas and statsmodels: Wilson's at the n that the patients are worth, with t."""
    shown = agreed.query("estimand == 'completion_strict' and group == 'track'")[:6]
    assert len(shown) == 6
    for row in shown.itertuples():
        some = rows if row.level == "All" else rows[rows.track == row.level]
        base = some[~some.discharge_reason.isin(["", "died", "not_started", "active"])]
        k = int((base.discharge_reason == "completed").sum())
        assert (row.k, row.n) == (k, len(base))
        completed = (base.discharge_reason == "completed").to_numpy(float)
        fit = sm.OLS(completed, np.ones(len(base))).fit(
            cov_type="cluster", cov_kwds={"groups": pd.factorize(base.patient_id)[0], "use_correction": False}
        )
        each = base.patient_id.value_counts()
        share, patients = k / len(base), len(base) ** 2 / (each**2).sum()  # effective patients
        worth = min(len(base), share * (1 - share) / fit.bse[0] ** 2) if patients < len(base) else len(base)
        quantile = stats.t.ppf(0.975, patients - 1) if patients < len(base) else stats.norm.ppf(0.975)
        tail = 2 * stats.norm.sf(quantile)
        assert (row.low, row.high) == pytest.approx(proportion_confint(share * worth, worth, alpha=tail, method="wilson"), rel=1e-9)


def test_agreed_stays_follow_from_the_rows(agreed, rows):
    """Median, quartiles and mean of stays in whole days, by numpy's averaged inverted distribution (type 2)."""
    for level in ("All", "mental_health", "substance_use", "dual_diagnosis", "adolescent", "psychosis"):
        some = rows if level == "All" else rows[rows.track == level]
        stays = some[~some.discharge_reason.isin(["not_started", "active"]) & some.los.notna()].los.to_numpy()
        found = agreed[(agreed.level == level) & (agreed.group == "track")].query("measure == 'length_of_stay'").set_index("estimand").value
        for name, share in (("los_q1", 0.25), ("los_median", 0.5), ("los_q3", 0.75)):
            assert found[name] == np.floor(np.quantile(stays, share, method="averaged_inverted_cdf") + 0.5)
        assert found["los_mean"] == np.floor(stays.mean() + 0.5)


def test_missing_scores_follow_from_the_rows(synthetic, rows):
    """Every reading of everyone by models of rows, with errors from the stacked equations by patient."""
    shown = (
        iop.missing_scores(synthetic, scale="phq9", by="track").to_frame().query("level == 'All' and contrast == ''").set_index("estimand")
    )
    found = missing_rows.by_patient(missing_rows.scored(rows, pd.read_csv(SYNTHETIC / "scores.csv").query("scale == 'phq9'")))
    assert len(found.keys() & set(shown.index)) >= 6
    for name in found.keys() & set(shown.index):
        assert shown.loc[name, ["value", "se", "low", "high"]].tolist() == pytest.approx(found[name], rel=1e-6), name
