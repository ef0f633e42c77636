"""Takes Office files, gives proof that they are the same whatever the time, and carry no person, machine or clock."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
from docx.oxml.ns import qn

import iop_outcomes as iop
from iop_outcomes.reporting.render.office_files import plain, report_file
from tests.reporting.render.office import EVERY, OFFICE, members
from tests.reporting.test_edges_of_pages import episodes

ROOT = Path(__file__).resolve().parents[2]


@EVERY
def test_files_carry_no_person_no_machine_and_no_clock(made):
    """Properties: the title, this package, the data cut-off, where there is one; nothing that a template brought."""
    report, cutoff = made.report, made.report.provenance.cutoff
    for form in OFFICE:
        inside = members(made.contents[form])
        assert {entry.date_time for entry, _ in inside.values()} == {(1980, 1, 1, 0, 0, 0)}
        assert not any(name.endswith((".jpeg", "printerSettings1.bin")) for name in inside)
        assert not any(
            b"thumbnail" in content or b"printerSettings1" in content for name, (_, content) in inside.items() if name.endswith(".rels")
        )
        core, app = (inside[f"docProps/{name}.xml"][1].decode() for name in ("core", "app"))
        assert "lastModifiedBy" not in core and "Company" not in app
        assert re.findall(r"<dc:creator>(.*?)</dc:creator>", core) == [report.provenance.package]
        assert re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", core) == ([f"{cutoff}T00:00:00Z"] * 2 if cutoff else [])
        assert list(inside)[:2] == ["[Content_Types].xml", "_rels/.rels"]
    assert made.docx.core_properties.title == made.pptx.core_properties.title == plain(report.title)
    assert made.docx.styles.element.find(f".//{qn('w:lang')}").get(qn("w:val")) == "en-US"


def test_a_file_is_the_same_whatever_the_time_and_order_of_its_members():
    """Of two archives that differ in both, one file is made."""
    document = SimpleNamespace(title="T", banners=[], provenance=SimpleNamespace(cutoff="2024-12-31", package="p 1"))
    written = []
    for order, year in (("ab", 2001), ("ba", 2022)):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as file:
            for name in order:
                file.writestr(zipfile.ZipInfo(name, (year, 1, 2, 3, 4, 6)), name * 9)
        written.append(report_file(out.getvalue(), document))
    assert written[0] == written[1]
    assert list(members(written[0])) == ["a", "b", "docProps/app.xml", "docProps/core.xml"]


CODE = """
import hashlib, json, sys
import pandas as pd
import iop_outcomes as iop
with iop.load({"episodes": pd.DataFrame(json.loads(sys.argv[1]))}, mapping={"data": {"class": "public"}}) as data:
    report = iop.report(data, policy="none")
print(json.dumps({form: hashlib.sha256(next(iter(report.files(form).values()))).hexdigest() for form in ("docx", "html", "xlsx", "pptx")}))
"""


def test_another_process_writes_the_same_bytes():
    """Hash seed, time zone, locale, user, backend of charts and the order of the forms change nothing."""
    rows = episodes(a=(40, 20), b=(30, 30))
    changed = {"PYTHONHASHSEED": "7", "TZ": "Asia/Kathmandu", "LC_ALL": "C.UTF-8", "MPLBACKEND": "pdf", "USER": "somebody"}
    command = [sys.executable, "-c", CODE, json.dumps(rows)]
    started = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **changed}, stdout=subprocess.PIPE, text=True)
    with iop.load({"episodes": pd.DataFrame(rows)}, mapping={"data": {"class": "public"}}) as data:
        report = iop.report(data, policy="none")
    here = {form: hashlib.sha256(next(iter(report.files(form).values()))).hexdigest() for form in ("pptx", "xlsx", "docx", "html")}
    assert json.loads(started.communicate(timeout=600)[0]) == here
