"""Takes what was written to a terminal, gives what a person sees on it; and commands run on one."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# The terminal becomes that of the process, so that Ctrl-C typed on it is a signal, as in a shell.
_TAKE_THE_TERMINAL = "import fcntl, termios\nfcntl.ioctl(2, termios.TIOCSCTTY, 0)\n"


def seen(text):
    """The lines of a terminal on which a text was written, without blanks at their ends."""
    lines, column = [[]], 0
    for character in text:
        if character == "\n":
            lines.append([])
            column = 0
        elif character == "\r":
            column = 0
        else:
            lines[-1] += [" "] * (column + 1 - len(lines[-1]))
            lines[-1][column] = character
            column += 1
    return ["".join(line).rstrip() for line in lines]


class OnTerminal:
    """A Python program whose standard error, or both of whose outputs, is a terminal."""

    def __init__(self, code, *arguments, both=False, **environment):
        self._ours, theirs = os.openpty()
        self._read = threading.Condition()
        self._bytes = b""
        self.process = subprocess.Popen(
            [sys.executable, "-c", _TAKE_THE_TERMINAL + code, *map(str, arguments)],
            cwd=ROOT,
            env={**os.environ, "TERM": "xterm", **environment},
            stdin=theirs,
            stdout=theirs if both else subprocess.PIPE,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        self._reader = threading.Thread(target=self._keep, daemon=True)
        self._reader.start()

    def _keep(self):
        while True:
            try:
                more = os.read(self._ours, 4096)
            except OSError:  # the other end is closed
                more = b""
            with self._read:
                self._bytes += more
                self._read.notify_all()
            if not more:
                return

    @property
    def written(self):
        """Everything that was written to the terminal so far."""
        return self._bytes.decode()

    def wait_for(self, words):
        """Go on once these words were written."""
        with self._read:
            assert self._read.wait_for(lambda: words.encode() in self._bytes, timeout=600), self.written

    def type(self, keys):
        """As if somebody typed."""
        os.write(self._ours, keys)

    def end(self):
        """Standard output, where it is no terminal, and the exit code."""
        out = self.process.communicate(timeout=600)[0]
        self._reader.join(timeout=600)
        os.close(self._ours)
        return out, self.process.returncode
