"""Takes docs/, gives Sphinx what it builds of it (make docs): pages in site/ that open from a folder and need no network, their search included.

The list of pages stands here, once. definitions.md and scales.md are made of the code by tools/pages.py when a build begins; files shown in a page
(```toml title="...") get their name above them; at the end every page made is read again, and one that would fetch something stops the build.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # for tools/

project, author, copyright = "iop_outcomes", "The iop_outcomes developers", "The iop_outcomes developers"  # noqa: A001  # Sphinx's word
extensions = ["myst_parser"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "iop_outcomes"
html_copy_source = html_show_sphinx = False
html_last_updated_fmt = None  # no clock: the same pages from the same text
html_theme_options = {"top_of_page_buttons": []}
exclude_patterns = ["_build"]

PAGES = {
    "Guide": """guide/first_report guide/data guide/doors guide/mapping guide/scales guide/reports guide/policies guide/privacy guide/commands
        guide/python guide/papers guide/fair_comparisons guide/effect_sizes guide/missing_scores guide/courses guide/notebooks guide/studies guide/standing_beside
        guide/counts_and_pooling guide/speed""",
    "What numbers mean": "definitions scales cannot_tell deviations",
    "How it is built": """design matrix decisions/index decisions/counts decisions/influences decisions/one_release decisions/withholding_last decisions/duckdb
        decisions/no_formulas decisions/svg_in_img decisions/click_and_lazy_imports decisions/internal_by_name decisions/episodes
        decisions/data_not_code decisions/departures""",
    "Recipes": """recipes/index recipes/add_a_scale recipes/add_a_measure recipes/add_a_part recipes/add_a_renderer recipes/add_an_engine
        recipes/add_a_door recipes/add_a_layout recipes/add_a_study""",
}
TITLED = re.compile(r'^```(\w+) title="([^"]+)"$', flags=re.MULTILINE)
FETCHED = re.compile(
    r"""<(?:script|img|iframe)\b[^>]*?\bsrc=["']?(?:https?:)?//|<link\b[^>]*?\bhref=["']?(?:https?:)?//|@import[^;]*?https?:|url\(["']?https?:"""
)


def _make_pages(_app: Any) -> None:
    from tools.pages import GENERATED

    for name, make in GENERATED.items():
        (ROOT / "docs" / name).write_text(make(), encoding="utf-8")


def _read(_app: Any, page: str, source: list[str]) -> None:
    source[0] = TITLED.sub(r"`\2`\n\n```\1", source[0]).replace("```csv\n", "```text\n")  # Pygments has no words for CSV
    if page == "index":
        trees = (f"```{{toctree}}\n:hidden:\n:caption: {name}\n\n" + "\n".join(pages.split()) + "\n```\n" for name, pages in PAGES.items())
        source[0] += "\n" + "\n".join(trees)


def _fetches_nothing(app: Any, error: Exception | None) -> None:
    made = [path for path in Path(app.outdir).rglob("*") if path.suffix in (".html", ".css")]
    found = [f"{path.name}: {match.group(0)}" for path in made if (match := FETCHED.search(path.read_text(encoding="utf-8")))]
    if found and error is None:
        raise RuntimeError("these pages would fetch something from a network: " + "; ".join(found[:5]))


def setup(app: Any) -> None:
    """Connect what happens at the beginning, at each page and at the end."""
    app.connect("builder-inited", _make_pages)
    app.connect("source-read", _read)
    app.connect("build-finished", _fetches_nothing)
