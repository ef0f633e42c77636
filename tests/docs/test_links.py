"""Takes every page of the documentation, gives its links followed: to a page, a heading, a picture, and from the list of pages."""

from __future__ import annotations

import re
import runpy
from functools import cache
from pathlib import Path

from tests.docs.pages_of_docs import DOCS, PAGES, name_of
from tools.pages import GENERATED

LISTED = runpy.run_path(str(DOCS / "conf.py"))["PAGES"]


@cache
def text_of(page: Path) -> str:
    """A page as written, or as it is made when the pages are built; "" where there is none."""
    made = GENERATED.get(page.relative_to(DOCS).as_posix()) if page.is_relative_to(DOCS) else None
    return made() if made else page.read_text(encoding="utf-8") if page.is_file() else ""


def anchors(page: Path) -> set[str]:
    """What a link may name after #: each heading in small letters with hyphens."""
    headings = re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```$", "", text_of(page), flags=re.DOTALL | re.MULTILINE), flags=re.MULTILINE)
    return {re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", heading.lower())).strip("-") for heading in headings}


def links(page: Path) -> list[str]:
    """The targets of a page's links and pictures that are no addresses of the web."""
    text = re.sub(r"^```.*?^```$|`[^`]*`", "", text_of(page), flags=re.DOTALL | re.MULTILINE)
    return [target for target in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in target]


def test_every_link_leads_somewhere():
    """To a file that is there or is made, and to a heading that it has."""
    wrong, followed = [], 0
    for page in [*PAGES, *(DOCS / name for name in GENERATED)]:
        for link in links(page):
            followed += 1
            path, _, anchor = link.partition("#")
            target = (page.parent / path).resolve() if path else page
            is_made = target.is_relative_to(DOCS) and target.relative_to(DOCS).as_posix() in GENERATED
            if not (is_made or target.is_file()) or (anchor and anchor not in anchors(target)):
                wrong.append((name_of(page), link))
    assert wrong == []
    assert followed > 60


def test_no_page_shows_what_a_network_would_have_to_bring():
    """No picture, script or style from elsewhere."""
    for page in PAGES:
        prose = re.sub(r"^```.*?^```$|`[^`]*`", "", text_of(page), flags=re.DOTALL | re.MULTILINE)
        assert re.findall(r"!\[[^]]*\]\(https?:|<(?:img|script|link)\b", prose) == [], name_of(page)


def test_the_list_of_pages_has_every_page():
    """Each page of docs/ stands in docs/conf.py once, and nothing else does."""
    listed = [f"{page}.md" for pages in LISTED.values() for page in pages.split()]
    there = [page.relative_to(DOCS).as_posix() for page in PAGES if page.is_relative_to(DOCS)]
    assert sorted([*listed, "index.md"]) == sorted([*there, *GENERATED])
