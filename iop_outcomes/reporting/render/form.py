"""Takes nothing, gives `Form`: how a document becomes files of one kind, and how two of them are held against each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from iop_outcomes.errors import LibraryError
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
    begun : callable, optional
        Of a form that a process of its own makes: from a document, the same `files` of it, on which that process works from entering to
        leaving, so that other forms are made meanwhile.
    """

    words: str
    files: Callable[[Document], Mapping[str, bytes]]
    is_text: bool = True
    endings: tuple[str, ...] = ()
    begun: Callable[[Document], AbstractContextManager[Callable[[], Mapping[str, bytes]]]] | None = None


def text_form(words: str, ending: str, text_of: Callable[[Document], str]) -> Form:
    """A form of one text file, named as the document."""
    return Form(words, lambda document: {f"{document.name}.{ending}": text_of(document).encode("utf-8")})


@contextmanager
def needing(library: str, extra: str) -> Iterator[None]:
    """Around the imports of a form that needs a library: where one fails, the form is not made, and the words say what to install.

    Raises
    ------
    LibraryError
        When the library, or one of the system that it stands on, is not there.

    Examples
    --------
    >>> with needing("no-such-library", "office"):
    ...     import no_such_library
    Traceback (most recent call last):
    iop_outcomes.errors.LibraryError: The library no-such-library cannot be loaded (No module named 'no_such_library'). Install the extra "office": pip install 'iop-outcomes[office]'.
    """
    try:
        yield
    except (ImportError, OSError) as error:  # OSError: a library of the system does not load
        raise LibraryError(
            f"The library {library} cannot be loaded ({error}). Install the extra \"{extra}\": pip install 'iop-outcomes[{extra}]'."
        ) from error
