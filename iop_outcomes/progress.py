"""Takes what the library is doing, gives it to whoever listens; nobody does unless somebody says so.

`report_step` and `counted` are what the library calls. `on_terminal` is what the command line listens with: words on standard error
once a step lasts, taken away when it ends. From Python the same, or `listening` with a function of one's own.
"""

from __future__ import annotations

import math
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import NamedTuple, TextIO, TypeVar, cast

SECONDS = 2.0  # how long a step lasts before anything is written
TICK = 0.1  # how often the terminal is looked after
USUAL_WIDTH = 80
ECHO = 2  # characters of "^C", which the terminal itself writes behind the words
ECHO_SECONDS = 0.05  # it interrupts first and writes then: what is erased before is written after all

T = TypeVar("T")


class Progress(NamedTuple):
    """A step of the work, and how much of it is done where it can be counted."""

    words: str
    done: int | None = None
    total: int | None = None

    @property
    def counting(self) -> bool:
        """Whether this is a count that is not yet at its end."""
        return self.done is not None and self.total is not None and self.done < self.total

    def __str__(self) -> str:
        return self.words if self.done is None else f"{self.words} {self.done:,} of {self.total:,}"


Listener = Callable[[Progress], None]
_LISTENER: ContextVar[Listener | None] = ContextVar("iop_outcomes_listener", default=None)


def report_step(words: str, done: int | None = None, total: int | None = None) -> None:
    """Say which step begins, or how far a step with the same words has come; without a listener nothing happens.

    Parameters
    ----------
    words : str
        Such as "checking scores"; never a value of the data.
    done, total : int, optional
        How many parts are done, and of how many.
    """
    listener = _LISTENER.get()
    if listener is not None:
        listener(Progress(words, done, total))


def counted(words: str, items: Iterable[T]) -> Iterator[T]:
    """Hand on items one by one, reporting how many are done of how many.

    Parameters
    ----------
    words : str
        Such as "answering", for "answering 3 of 10".
    items : iterable
        Taken together before the first is handed on, so that their number is known.

    Examples
    --------
    >>> with listening(lambda progress: print(progress)):
    ...     for ask in counted("answering", ["completion", "relapse"]):
    ...         print(f"  {ask}")
    answering 0 of 2
      completion
    answering 1 of 2
      relapse
    answering 2 of 2
    """
    every = tuple(items)
    try:
        for done, item in enumerate(every):
            report_step(words, done, len(every))
            yield item
    finally:  # a count that is given up is over too
        report_step(words, len(every), len(every))


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Hand every step that is reported meanwhile to a function."""
    before = _LISTENER.set(listener)
    try:
        yield
    finally:
        _LISTENER.reset(before)


# -- the terminal --------------------------------------------------------------------------------------------------------


@contextmanager
def on_terminal(stream: TextIO | None = None, *, seconds: float = SECONDS) -> Iterator[None]:
    """Show steps that last on a terminal; on anything else, nothing.

    Parameters
    ----------
    stream : text stream, optional
        Standard error by default.
    seconds : float
        How long a step lasts before it is shown.

    Notes
    -----
    A thread writes, as a single statement of the engine may last. What others write to standard error meanwhile (a warning) stands on
    a line by itself.
    """
    stream = stream or sys.stderr
    if not _can_erase(stream):
        yield
        return
    line, before, end = TerminalLine(stream, seconds=seconds), sys.stderr, threading.Event()
    writer = threading.Thread(target=_look_after, args=(line, end), name="iop-outcomes-progress", daemon=True)
    try:
        if stream is before:
            sys.stderr = cast("TextIO", _Around(line, stream))
        writer.start()
        with listening(line):
            yield
    except KeyboardInterrupt:
        time.sleep(ECHO_SECONDS)
        raise
    finally:
        end.set()
        line.close()
        sys.stderr = before
        if writer.is_alive():
            writer.join()


def _look_after(line: TerminalLine, end: threading.Event) -> None:
    while not end.wait(TICK):
        line.tick()


def _can_erase(stream: TextIO | None) -> bool:
    """Whether this is a terminal on which words can be taken away again."""
    with suppress(OSError, ValueError):  # a stream that is closed
        return stream is not None and stream.isatty() and os.environ.get("TERM") != "dumb"
    return False


class TerminalLine:
    """The last line of a terminal, on which a step stands once it lasts.

    Parameters
    ----------
    stream : text stream
        The terminal.
    seconds : float
        How long a step lasts before it is shown.
    clock : callable
        Seconds, from any start.
    """

    def __init__(self, stream: TextIO, *, seconds: float = SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._seconds = seconds
        self._clock = clock
        self._lock = threading.RLock()
        self._step: tuple[Progress, float] | None = None  # with the time when it began; set as one, for another thread reads it
        self._interrupted = -math.inf  # when others wrote last
        self._written = ""
        self._whole = True  # whether what others wrote ended with their line
        self._closed = False

    def __call__(self, progress: Progress) -> None:
        """A step begins, or has come further; what begins before a count is at its end is a part of it."""
        if self._step is None:
            self._step = progress, self._clock()
            return
        current, since = self._step
        if current.words == progress.words:
            self._step = progress, since
        elif not (current.counting and progress.done is None):
            self._step = progress, self._clock()

    def tick(self) -> None:
        """Write, change or take away the words."""
        with self._lock:
            if self._closed or not self._whole or not _in_front(self._stream):
                return
            step, text = self._step, ""
            if step is not None and self._clock() - max(step[1], self._interrupted) >= self._seconds:
                room = _width(self._stream) - ECHO - 1  # what does not fit goes on below, where nothing takes it away
                text = str(step[0])[: max(room, 0)]
            if text != self._written:
                self._put(text)

    def write_around(self, write: Callable[[str], int], text: str) -> int:
        """Take the words away for what somebody else writes; they come back after as long again."""
        with self._lock:
            self._put("")
            self._interrupted = self._clock()
            if text:
                self._whole = text.endswith("\n")
            return write(text)

    def close(self) -> None:
        """Take the words away for good."""
        with self._lock:
            self._put("")
            self._closed = True

    def _put(self, text: str) -> None:
        """These words in the place of those that stand there."""
        erasing = f"\r{' ' * (len(self._written) + ECHO)}\r" if self._written else ""
        if erasing or text:
            try:
                self._stream.write(erasing + text)
                self._stream.flush()
            except (OSError, ValueError):  # the terminal is gone, and the work goes on
                self._closed = True
        self._written = text


class _Around:
    """Standard error while a step may stand on its last line."""

    def __init__(self, line: TerminalLine, stream: TextIO) -> None:
        self._line = line
        self._stream = stream

    def write(self, text: str) -> int:
        return self._line.write_around(self._stream.write, text)

    def writelines(self, lines: Iterable[str]) -> None:
        self.write("".join(lines))

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)


def _width(stream: TextIO) -> int:
    with suppress(OSError, ValueError):
        return os.get_terminal_size(stream.fileno()).columns or USUAL_WIDTH
    return USUAL_WIDTH


def _in_front(stream: TextIO) -> bool:
    """Whether the terminal is ours: behind a shell's prompt nothing is written."""
    with suppress(OSError, ValueError, AttributeError):  # no terminal of this process, or not a system that has jobs
        return os.tcgetpgrp(stream.fileno()) == os.getpgrp()
    return True
