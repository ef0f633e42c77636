"""Takes the HTML of a table or a section, gives it with the few styles that it needs where no stylesheet is, as in a notebook.

JupyterLab and the notebooks of VS Code keep `style` at an element and drop a stylesheet. What they drop of these too, nobody misses: every
word stands in the text.
"""

from __future__ import annotations

import re

_TAG = re.compile(r"<(?P<name>table|caption|th|td|ul|li|p|img)(?P<attributes>(?: [^<>]*)?)>")
_CLASS = re.compile(r' class="(?P<names>[^"]*)"')
_LEFT, _RIGHT = "text-align:left;vertical-align:top", "text-align:right;vertical-align:top"
_OF_CLASS = {  # with their own colour of text, for notebooks that are dark
    "shade-near": "background-color:#e3eaf2;color:#1a1a1a",
    "shade-apart": "background-color:#c9d7e6;color:#1a1a1a",
    "shade-far": "background-color:#a9bfd6;color:#1a1a1a",
    "note": "border-left:5px solid #12436d;padding:0 0 0 10px",
    "cards": "list-style:none;display:flex;flex-wrap:wrap;gap:12px;padding:0;margin:12px 0",
    "card": "border:1px solid #8c8c8c;border-top:4px solid #12436d;padding:6px 10px;margin:0;flex:1 1 130px;max-width:220px",
    "card-is-worse": "border-top-color:#c66621",
    "card-name": "font-weight:bold;margin:0",
    "card-value": "font-size:150%;margin:4px 0 0",
    "card-range": "margin:0",
    "card-base": "font-size:90%;margin:0",
    "card-beside": "font-size:90%;margin:4px 0 0",
}


def inlined(html: str) -> str:
    """The same HTML with styles at its elements.

    Examples
    --------
    >>> inlined('<table class="prose"><tr><th scope="row">A</th><td>no clear difference</td></tr></table>')
    '<table class="prose" style="border-collapse:collapse"><tr><th scope="row" style="text-align:left;vertical-align:top">A</th><td style="text-align:left;vertical-align:top">no clear difference</td></tr></table>'
    >>> inlined("<p>Words.</p>")
    '<p>Words.</p>'
    """
    prose = False

    def with_style(match: re.Match[str]) -> str:
        nonlocal prose
        name, attributes = match["name"], match["attributes"]
        named = _CLASS.search(attributes)
        classes = named["names"].split() if named else []
        if name == "table":
            prose = "prose" in classes
        styles = [*_of_element(name, attributes, prose=prose), *(_OF_CLASS[each] for each in classes if each in _OF_CLASS)]
        if not styles or " style=" in attributes:
            return match[0]
        return f'<{name}{attributes} style="{";".join(styles)}">'

    return _TAG.sub(with_style, html)


def _of_element(name: str, attributes: str, *, prose: bool) -> list[str]:
    if name in ("th", "td"):
        return [_LEFT if prose or 'scope="row"' in attributes else _RIGHT]
    styles = {"table": "border-collapse:collapse", "caption": "text-align:left;font-weight:bold;caption-side:top", "img": "max-width:100%"}
    return [styles[name]] if name in styles else []
