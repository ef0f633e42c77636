"""Takes a document, gives one self-contained HTML page: no script, nothing from the network, the same bytes every time."""

from __future__ import annotations

import json
from importlib.resources import files

from iop_outcomes.reporting.document import Document


def html_of(document: Document) -> str:
    """The page."""
    from jinja2 import Environment, StrictUndefined

    templates = files("iop_outcomes.reporting") / "templates"
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, keep_trailing_newline=True)
    template = environment.from_string((templates / "report.html.j2").read_text(encoding="utf-8"))
    css = (templates / "report.css").read_text(encoding="utf-8")
    parameters = json.dumps(document.parameters.to_dict(), sort_keys=True, ensure_ascii=False)
    return template.render(document=document, css=css, parameters=parameters)
