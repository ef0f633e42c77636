"""Takes what went wrong, gives one small tree of errors that say what, where, how many and what to do.

    IopError                     everything this package raises on purpose
      UsageError                 a call or a command asks for something that does not exist (exit code 2)
        NotAssessableError       the data hold nothing that answers the question (exit code 2)
      DataError                  the data cannot be used; carries every finding (exit code 2)
        PrivacyError             the data may not be used: it holds what its class forbids (exit code 2)
        LibraryError             the data, or a form of a report, need a library that is not installed (exit code 3)
      ReleaseError               working numbers were about to be shown without disclosure control (exit code 2)
      OutputError                a result could not be written (exit code 4)

A message never holds a patient's value: it names files, lines, columns and rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Protocol
from unicodedata import category

_UNPRINTED = ("Cc", "Cf", "Cs", "Zl", "Zp")  # controls, marks of format such as those of direction, halves of letters, ends of lines

EXIT_DONE = 0
EXIT_FINDINGS = 1
EXIT_USAGE = 2
EXIT_PARTIAL = 3
EXIT_OUTPUT = 4
EXIT_INTERNAL = 70
EXIT_INTERRUPTED = 130


class IopError(Exception):
    """Base of every error this package raises on purpose."""

    exit_code = EXIT_USAGE

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows in place of a traceback, which would bury the sentence: IPython calls this."""
        return [f"{type(self).__name__}: {self}"]


class UsageError(IopError, ValueError):
    """A call or a command asks for something that does not exist."""


class NotAssessableError(UsageError):
    """The data hold nothing that answers the question; the message says what is missing and what would bring it."""


class FindingLike(Protocol):
    """What an error needs to know of a finding: its one-line text."""

    def __str__(self) -> str: ...


class DataError(IopError, ValueError):
    """The data cannot be used as they are.

    Attributes
    ----------
    findings : tuple
        Every finding of the scan, not only the first; each names file, line, column and rule.
    """

    def __init__(self, message: str, findings: Sequence[FindingLike] = ()) -> None:
        super().__init__(message)
        self.findings = tuple(findings)


class PrivacyError(DataError):
    """The data hold something that their declared class forbids."""


class LibraryError(DataError):
    """The data can be read, or a form of a report be written, with a library that is not installed; the message says how to install it.

    Attributes
    ----------
    written : tuple of Path
        Of a report, the files that were written all the same.
    """

    exit_code = EXIT_PARTIAL

    def __init__(self, message: str, findings: Sequence[FindingLike] = (), *, written: Sequence[Path] = ()) -> None:
        super().__init__(message, findings)
        self.written = tuple(written)


class ReleaseError(IopError, TypeError):
    """Working numbers were handed to something that shows only released ones."""


class OutputError(IopError, OSError):
    """A result could not be written; nothing was left half-written."""

    exit_code = EXIT_OUTPUT


def printed(text: str, what: str) -> str:
    """A heading as given, where it can be printed as it stands.

    Raises
    ------
    UsageError
        When it is blank, or holds a control character or one that turns the direction of a line or has no width: what is shown would not
        be what stands there.

    Examples
    --------
    >>> printed("Program quality, 2024", "title")
    'Program quality, 2024'
    """
    if not text.strip():
        raise UsageError(f"{what}: is blank. Give some words.")
    if any(category(character) in _UNPRINTED for character in text):
        raise UsageError(f"{what}: holds a control character, or one that cannot be seen. Type it again, without line ends and tabs.")
    return text


def choices(given: str, allowed: Iterable[str], *, unlisted: Iterable[str] = ()) -> str:
    """Say what is allowed, and the nearest name to what was given.

    Parameters
    ----------
    given : str
        A name that is not allowed; names of columns and options only, never a patient's value.
    allowed : iterable of str
        The names that are.
    unlisted : iterable of str
        Others that are, too many for a message: only the nearest of them is named.

    Returns
    -------
    str
        One sentence or two, for the end of an error message.

    Examples
    --------
    >>> choices("trak", ["site", "track"])
    'Did you mean "track"? Allowed: site, track.'
    """
    names = sorted(allowed)
    near = get_close_matches(given, [*names, *unlisted], n=1, cutoff=0.6)
    hint = f'Did you mean "{near[0]}"? ' if near else ""
    return f"{hint}Allowed: {', '.join(names) or 'none'}."
