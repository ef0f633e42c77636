"""Takes reports that are broken on purpose, gives proof that the browser tests see what is wrong with them."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from tests.browser.conftest import FEW_METHODS

ROOT = Path(__file__).resolve().parents[2]
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
FAULTS = {
    "image-alt": lambda html: re.sub(r'<img alt="[^"]*"', "<img", html, count=1),
    "html-has-lang": lambda html: html.replace('<html lang="en">', "<html>", 1),
    "color-contrast": lambda html: html.replace("</style>", ".lead{color:#b0b0b0}</style>", 1),
    "document-title": lambda html: re.sub(r"<title>.*?</title>", "", html, count=1),
    "scrollable-region-focusable": lambda html: re.sub(r'(<div class="table"[^>]*) tabindex="0"', r"\1", html),
    "landmark-unique": lambda html: re.sub(
        r'(<div class="table") role="group" aria-label="[^"]*"', r'\1 role="region" aria-label="T"', html
    ),
    "heading-order": lambda html: html.replace("</h1>", "</h1><h4>Four</h4>", 1),
    "page-has-heading-one": lambda html: html.replace("<h1>", "<p>", 1).replace("</h1>", "</p>", 1),
}


OF_TABLES = ("scrollable-region-focusable", "landmark-unique")  # the file of methods has them open


@pytest.mark.parametrize("rule", FAULTS)
def test_axe_finds_a_fault_that_was_planted(visit, pages, rule):
    """Each fault in the page is found under its name, and nothing else is."""
    page = pages[FEW_METHODS if rule in OF_TABLES else "withheld"]
    broken = FAULTS[rule](page)
    assert broken != page
    assert list(visit(broken, 360).axe()) == [rule]


def test_a_request_that_was_planted_is_seen(visit, pages):
    """An image of another machine is asked for, recorded and not fetched."""
    image = '<img alt="A picture from elsewhere" src="https://example.com/picture.png">'
    page = POLICY.sub("", pages["withheld"], count=1).replace("</main>", f"{image}</main>", 1)
    assert visit(page).requests == ["https://example.com/picture.png"]


def test_a_request_that_the_policy_of_the_page_stops_is_seen(visit, pages):
    """The page's own policy refuses what is planted, and the refusal is recorded."""
    page = pages["withheld"].replace("</main>", '<img alt="A picture from elsewhere" src="https://example.com/picture.png"></main>', 1)
    assert any("Content Security Policy" in text for text in visit(page).refused)


def test_a_script_that_was_planted_is_refused(visit, pages):
    """The policy of the page lets nothing run."""
    found = visit(pages["withheld"].replace("</main>", "<script>document.title = 'ran'</script></main>", 1))
    assert found.page.title() != "ran"
    assert any("Content Security Policy" in text for text in found.refused)


def test_a_page_that_is_too_wide_is_seen(visit, pages):
    """A word that cannot be broken makes a page wider than the window."""
    wide = pages["withheld"].replace("</h1>", f"</h1><p style='white-space:nowrap'>{'wide ' * 100}</p>", 1)
    assert visit(wide, 360).overflow() > 100


# -- the script that is fetched ------------------------------------------------------------------------------------------


def fetch(folder, content):
    """Run tools/axe.py where npm gives this archive."""
    archive = folder / "given.tgz"
    archive.write_bytes(content)
    npm = folder / "npm"
    npm.write_text(f'#!/bin/sh\nfor last; do :; done\ncp "{archive}" "$last/axe-core-$(echo "$3" | cut -d@ -f2).tgz"\n', encoding="utf-8")
    npm.chmod(0o755)
    environment = {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}
    command = [sys.executable, str(ROOT / "tools" / "axe.py"), str(folder / "axe.min.js")]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=600)


def test_an_archive_that_is_not_the_pinned_one_is_refused(tmp_path):
    """Another archive under the right name: nothing is written, and the sentence says why."""
    source = tmp_path / "axe.min.js"
    source.write_text("not axe", encoding="utf-8")
    with tarfile.open(tmp_path / "other.tgz", "w:gz") as archive:
        archive.add(source, "package/axe.min.js")
    source.unlink()
    done = fetch(tmp_path, (tmp_path / "other.tgz").read_bytes())
    assert done.returncode == 1
    assert "sha512 differs" in done.stderr and "Traceback" not in done.stderr
    assert not (tmp_path / "axe.min.js").exists()


def test_a_registry_that_is_away_is_said_in_a_sentence(tmp_path):
    """The client fails: no traceback, no file."""
    (tmp_path / "npm").write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    (tmp_path / "npm").chmod(0o755)
    command = [sys.executable, str(ROOT / "tools" / "axe.py"), str(tmp_path / "axe.min.js")]
    environment = {**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=600)
    assert done.returncode == 1
    assert "could not be fetched" in done.stderr and "Traceback" not in done.stderr
    assert not (tmp_path / "axe.min.js").exists()


# -- a machine without a browser -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("required", [False, True])
def test_a_machine_without_chromium_skips_in_words_and_ci_fails(tmp_path, required):
    """`make test` names what it skipped and what to install; where a browser is required the same words are a failure."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "IOP_"))}
    environment |= {"PATH": str(tmp_path)} | ({"IOP_REQUIRE_BROWSER": "1"} if required else {})
    assert shutil.which("chromium", path=str(tmp_path)) is None
    chosen = "tests/browser/test_harness.py::test_a_page_that_is_too_wide_is_seen"
    command = [sys.executable, "-m", "pytest", "-n", "0", "-p", "no:cacheprovider", chosen]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=environment, timeout=600)
    assert "chromium (Debian: apt-get install chromium)" in done.stdout
    assert ("1 skipped" in done.stdout and done.returncode == 0) is not required
    assert ("1 error" in done.stdout and done.returncode == 1) is required


def test_the_pinned_release_is_named_with_its_fingerprint():
    """The script names one version, a sha512 of the right length, and no registry but the public one."""
    text = (ROOT / "tools" / "axe.py").read_text(encoding="utf-8")
    assert re.search(r'^VERSION = "\d+\.\d+\.\d+"$', text, re.MULTILINE)
    (digest,) = re.findall(r'^INTEGRITY = "sha512-([^"]+)"$', text, re.MULTILINE)
    assert len(base64.b64decode(digest, validate=True)) == hashlib.sha512().digest_size
    assert re.findall(r"https?://[^\"/]+", text) == ["https://registry.npmjs.org"]
