"""Takes the streams and the signals of a process, gives them so that a command ends with words and a code, whatever becomes of them."""

from __future__ import annotations

import errno
import os
import signal
import sys
from contextlib import suppress
from types import FrameType
from typing import NoReturn, TextIO, cast

from iop_outcomes.errors import EXIT_OUTPUT, EXIT_USAGE, OutputError
from iop_outcomes.memory import FULL_WORDS, NO_DISK, NO_MEMORY

ENDING = ("SIGTERM", "SIGHUP")  # asked to end, and the terminal gone: as Ctrl-C, so that raw rows are removed
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

_UNMAPPED = ("failed to map segment", "Cannot allocate memory", "cannot allocate memory")  # a library that did not fit either


class _Standard:
    """A standard stream of which one thing is otherwise: what becomes of text that cannot be written."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)


class _Output(_Standard):
    """Standard output: what cannot be written ends the command."""

    def write(self, text: str) -> int:
        try:
            return self._stream.write(text)
        except (OSError, ValueError) as error:
            _refuse(error)

    def flush(self) -> None:
        try:
            self._stream.flush()
        except (OSError, ValueError) as error:
            _refuse(error)


class _Words(_Standard):
    """Standard error: what cannot be written is lost, and the command goes on."""

    def write(self, text: str) -> int:
        with suppress(OSError, ValueError):
            return self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            self._stream.flush()


def _refuse(error: Exception) -> NoReturn:
    if isinstance(error, BrokenPipeError):
        raise OutputError("") from error  # whoever read has seen enough, and needs no words
    reason = getattr(error, "strerror", None) or "it is closed"
    raise OutputError(
        f"standard output cannot be written ({reason}). Files that were written stand; what was to be printed is lost."
    ) from error


def guard_streams() -> None:
    """Give the process streams that fail with words: standard output by an error, standard error in silence.

    A number of a stream that came closed is taken, so that no file of the program is opened under it and printed into.
    """
    for number, way in enumerate((os.O_RDONLY, os.O_RDONLY, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, way)  # takes the lowest number that is free, which is this one; what is read-only refuses what is printed
    if sys.stdout is None:
        sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    if sys.stderr is None:
        sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False)
    sys.stdout = cast("TextIO", _Output(sys.stdout))
    sys.stderr = cast("TextIO", _Words(sys.stderr))


def flushed(code: int) -> int:
    """The exit code once all is written: 4 where what was printed is lost and nothing else went wrong."""
    try:
        sys.stdout.flush()
    except OSError:
        code = code or EXIT_OUTPUT
    sys.stderr.flush()
    return code


def end_on_signals() -> None:
    """End as on Ctrl-C when the process is asked to end or its terminal goes away; what is ignored, as under nohup, stays ignored."""
    for name in ENDING:
        number = getattr(signal, name, None)  # not every system has both
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _interrupt)


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    for name in (*ENDING, "SIGINT"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)  # a second one must not stop what the first began
    raise KeyboardInterrupt


def what_ran_out(error: BaseException) -> tuple[str, int] | None:
    """Words and exit code where the machine ran out of memory or of disk; nothing where the error is another."""
    if isinstance(error, OSError) and error.errno in _FULL:
        return NO_DISK, EXIT_OUTPUT
    of_duckdb = type(error).__module__.endswith("duckdb")
    if of_duckdb and any(words in str(error) for words in FULL_WORDS):
        return NO_DISK, EXIT_OUTPUT
    unmapped = isinstance(error, ImportError) and any(words in str(error) for words in _UNMAPPED)
    if isinstance(error, MemoryError) or unmapped or (of_duckdb and type(error).__name__ == "OutOfMemoryException"):
        return NO_MEMORY, EXIT_USAGE
    return None
