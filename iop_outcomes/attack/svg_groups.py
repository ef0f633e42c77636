"""Takes a drawing as SVG, gives within which of its groups a reader of it stands."""

from __future__ import annotations

from html.parser import HTMLParser


class SvgGroups(HTMLParser):
    """What every reader of a drawing does: it enters and leaves groups; `handle_starttag` of a reader calls `enter`."""

    _inside: list[str]

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._inside = []

    def enter(self, name: str) -> None:
        """Stand within a group, by its id."""
        self._inside.append(name)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """The same of an element without an end, which holds nothing."""
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        """Leave a group."""
        if tag == "g" and self._inside:
            self._inside.pop()

    def is_within(self, kind: str) -> bool:
        """Whether any group around has a word in its id."""
        return any(kind in each for each in self._inside)
