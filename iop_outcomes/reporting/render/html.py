"""Takes a document, gives its HTML pages, it and its appendix: no script, nothing from the network, the same bytes every time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.resources import files
from typing import NamedTuple

from iop_outcomes.reporting.blocks import Section
from iop_outcomes.reporting.document import Document


def html_files(document: Document) -> dict[str, bytes]:
    """The page, and where it has an appendix the file of that; each links to the other and stands by itself."""
    page, methods = f"{document.name}.html", f"{document.name}_methods.html"
    if not document.appendix:
        return {page: _page(document, document.title, document.sections).encode("utf-8")}
    first = _page(document, document.title, document.sections, Link(methods, METHODS_LINK))
    second = _page(document, f"{document.title}: methods", document.appendix, Link(page, PAGE_LINK))
    return {page: first.encode("utf-8"), methods: second.encode("utf-8")}


class Link(NamedTuple):
    """The other file of a report."""

    address: str
    words: str


METHODS_LINK = "Every figure in full, definitions, methods and data quality"
PAGE_LINK = "The report that these figures and methods are of"


def _page(document: Document, title: str, sections: Sequence[Section], link: Link | None = None) -> str:
    from jinja2 import Environment, StrictUndefined

    templates = files("iop_outcomes.reporting") / "templates"
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, keep_trailing_newline=True)
    template = environment.from_string((templates / "report.html.j2").read_text(encoding="utf-8"))
    css = (templates / "report.css").read_text(encoding="utf-8")
    parameters = json.dumps(document.parameters.to_dict(), sort_keys=True, ensure_ascii=False)
    return template.render(document=document, title=title, sections=sections, link=link, css=css, parameters=parameters)
