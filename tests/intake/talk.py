"""Takes a command and what a person answers to each question, gives what stands on the terminal and the exit code."""

import os
import sys

import pytest

PROMPT = r"\[[^\r\n]*\] > "
SECONDS = 600


class Terminal:
    """A command on a pseudo-terminal."""

    def __init__(self, *arguments):
        pexpect = pytest.importorskip("pexpect", reason="a terminal is played by pexpect, which the lock of the extra dev holds")
        self._ends = [PROMPT, pexpect.EOF]
        environment = {**os.environ, "PYTHONUTF8": "1"}
        self.child = pexpect.spawn(
            sys.executable,
            ["-m", "iop_outcomes", *map(str, arguments)],
            timeout=SECONDS,
            encoding="utf-8",
            env=environment,
            dimensions=(60, 200),
        )
        self.child.delaybeforesend = None
        self.text = ""
        self.typed = []

    def question(self):
        """Wait for the next question: what was written since the last one, or None when the command has ended."""
        ended = self.child.expect(self._ends)
        self.text += self.child.before + ("" if ended else self.child.after)
        return None if ended else self.child.before.replace("\r\n", "\n")

    def type(self, line):
        """Type a line and Enter."""
        self.typed.append(line)
        self.child.sendline(line)

    def answer(self, answers):
        """Answer every question by the first of the answers whose words stand in it, else with Enter; give the questions that were asked."""
        asked = []
        while (question := self.question()) is not None:
            asked.append(question)
            self.type(next((answer for words, answer in answers.items() if words in question), ""))
        return asked

    def ended(self):
        """The exit code, after whatever is still to be written."""
        while self.question() is not None:
            raise AssertionError(self.text)
        self.child.close()
        return self.child.exitstatus
