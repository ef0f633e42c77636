"""Takes nothing, gives `Form`: how a document becomes files of one kind, and how two of them are held against each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from iop_outcomes.reporting.document import Document


@dataclass(frozen=True, slots=True)
class Form:
    """A kind of file that a document can become.

    Parameters
    ----------
    words : str
        What is in it, as the help of `report` says.
    files : callable
        From a document, its files by name; the first is the one that is meant when the form is named. Raises `LibraryError` where it
        needs a library that is not installed.
    is_text : bool
        Whether it is one text, which can be shown.
    endings : tuple of str
        How the names of its files end, where not with its own name.
    """

    words: str
    files: Callable[[Document], Mapping[str, bytes]]
    is_text: bool = True
    endings: tuple[str, ...] = ()


def text_form(words: str, ending: str, text_of: Callable[[Document], str]) -> Form:
    """A form of one text file, named as the document."""
    return Form(words, lambda document: {f"{document.name}.{ending}": text_of(document).encode("utf-8")})
