"""Takes reports of some of the episodes of a file, and of other packs, gives proof that nothing withheld comes back of them either."""

from __future__ import annotations

import pytest

import iop_outcomes as iop
from iop_outcomes.attack import attack_report
from iop_outcomes.attack.read_html import read_html

FINDING = "<table><caption>Findings in the data</caption><tr><th>Rule</th><th>Rows</th></tr><tr><th>reason missing</th><td>fewer than 11</td></tr></table>"


def test_one_quarter_of_the_synthetic_program(synthetic, tmp_path):
    """Who has an admission score is at case or not, so that nobody lacks a discharge score alone: it gave one episode back."""
    iop.report(synthetic.discharged("2025-Q2", "2025-Q2")).save(tmp_path)
    assert attack_report(tmp_path).recovered == ()


@pytest.mark.parametrize(("where", "few"), [("[]", {"missing_reason": 10}), ('[[{"column": "track", "values": ["a"]}]]', {})])
def test_a_finding_is_about_the_file(where, few):
    """On a page of some of its episodes, fewer than 11 rows of the file say nothing of these."""
    page = f'<meta name="parameters" content=\'{{"where": {where}}}\'>{FINDING}'
    assert read_html(page, "page").few == few


@pytest.mark.long
@pytest.mark.parametrize("pack", ["payer", "accreditation", "medicare_iop"])
def test_a_page_of_another_pack(synthetic, tmp_path, pack):
    """The page for payers tells no findings, so that a reader does not know that those without a reason are few: they were from 4 to 7."""
    iop.report(synthetic, by="track", pack=pack).save(tmp_path)
    assert attack_report(tmp_path).recovered == ()
