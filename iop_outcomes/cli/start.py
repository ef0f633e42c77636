"""Takes a folder and a terminal, gives its mapping.toml after the few questions that only a person can answer, and what is wrong with it."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping as Dictionary
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from iop_outcomes.cli.check import SHOWN_FINDINGS
from iop_outcomes.cli.options import MEMORY, PATH, QUIET, progress_shown
from iop_outcomes.cli.program import as_typed, left_out, would_leave_out
from iop_outcomes.errors import EXIT_DONE, EXIT_FINDINGS, EXIT_INTERRUPTED, DataError, OutputError

if TYPE_CHECKING:
    from iop_outcomes.intake.data import Data
    from iop_outcomes.intake.findings import Finding
    from iop_outcomes.intake.proposal_lines import Line, Question
    from iop_outcomes.intake.proposal_text import Proposal
    from iop_outcomes.intake.start import Interview

_FINISH, _ANEW, _STOP = "finish", "anew", "stop"
_MOST_BYTES = 4_096  # of a line of a terminal
_NOTHING_WRITTEN = "Nothing was written."


class _NoMoreInputError(Exception):
    """The person ended the input."""


@click.command()
@click.argument("folder", type=PATH)
@MEMORY
@QUIET
def start(folder: str) -> int:
    """Ask what only you can know of the files in FOLDER, write its mapping.toml, and check the data with it."""
    from iop_outcomes.intake.files import MAPPING_NAME, kind_at, refuse_path

    path = Path(folder)
    refuse_path(path)
    target = (path if kind_at(path) == "folder" else path.parent) / MAPPING_NAME
    again = f"{_NOTHING_WRITTEN} Run it again: iop-outcomes start {as_typed(folder)}"
    try:
        return _with_terminal(folder, target) if _is_terminal() else _without_terminal(folder, target)
    except _NoMoreInputError:
        click.echo(f"\nThe input ended before every question was answered. {again}", err=True)
        return EXIT_FINDINGS
    except KeyboardInterrupt:
        click.echo(f"\nInterrupted. {again}", err=True)
        return EXIT_INTERRUPTED


def _with_terminal(folder: str, target: Path) -> int:
    """Ask, write and check."""
    from iop_outcomes.intake.propose import Folder
    from iop_outcomes.intake.start import Interview

    earlier = os.path.lexists(target)
    choice = _earlier_mapping(target) if earlier else _ANEW
    if choice == _STOP:
        click.echo(f"{target.name} was left as it is. Next: iop-outcomes check {as_typed(folder)}")
        return EXIT_DONE
    with Folder(folder, target.parent) as files:
        interview = Interview(files, _given(target) if choice == _FINISH else {})
        _ask_all(interview)
        proposal = interview.proposal
    if choice == _FINISH and not interview.changed:
        click.echo(f"{target.name} says all that was answered, and was left as it is.")
    else:
        _write(target, proposal)
    for line in proposal.open:
        click.echo(f"left open: {_place(line)}")
    try:
        return max(_check(folder), EXIT_FINDINGS if proposal.open else EXIT_DONE)
    except KeyboardInterrupt:  # not the one above: by now something is written
        click.echo(f"\nThe check was interrupted. {target.name} is whole. Next: iop-outcomes check {as_typed(folder)}", err=True)
        return EXIT_INTERRUPTED


def _without_terminal(folder: str, target: Path) -> int:
    """Print what would be asked; nothing is written, as nobody is there who could say that it is right."""
    from iop_outcomes.intake.propose import Folder
    from iop_outcomes.intake.start import Interview
    from iop_outcomes.intake.start_answers import listed, plain

    with progress_shown(), Folder(folder, target.parent) as files:
        interview = Interview(files, _given(target) if os.path.lexists(target) else {})
        questions, to_finish = interview.questions(), interview.proposal.to_finish
    if not to_finish and os.path.lexists(target):
        return _check(folder)
    silent, name = "This is no terminal, so nothing is asked and nothing is written.", as_typed(str(target))
    if not questions:
        click.echo(
            f"{silent} No question is open. Next: iop-outcomes map {as_typed(folder)} --output {name}, and then: iop-outcomes check {as_typed(folder)}"
        )
        return EXIT_DONE
    click.echo(f"{silent} A person must decide:")
    for number, line in enumerate(questions, start=1):
        if line.question:
            guess = f" (most likely {plain(line.question.guess)})" if line.question.guess else ""
            click.echo(f"{number}. {plain(line.question.words)}{guess}")
            for words in filter(None, (listed(line.question), plain(line.question.why), _where(line))):
                click.echo(f"   {words}")
    click.echo(
        f"Further questions may follow from the answers. Next: iop-outcomes start {as_typed(folder)} on a terminal; or "
        f"iop-outcomes map {as_typed(folder)} --output {name}, whose open lines you complete, and then: iop-outcomes check {as_typed(folder)}"
    )
    return EXIT_FINDINGS


def _where(line: Line) -> str:
    """How to answer without being asked."""
    from iop_outcomes.intake.start_answers import plain

    if not line.key:
        return "In mapping.toml: the lines under [tables]"
    return plain(f"In mapping.toml: {_place(line)}") + (" (may be left out)" if line.question and not line.question.needed else "")


def _place(line: Line) -> str:
    from iop_outcomes.intake.proposal_lines import toml
    from iop_outcomes.intake.start_answers import plain

    guess = line.question.guess if line.question and line.question.form == "word" else ""
    value = line.value if line.question and line.question.form == "yes" else guess
    key = toml(line.key) if line.section[:1] == ("codes",) or not line.key.isidentifier() else line.key
    return plain(f"[{'.'.join(line.section)}] {key} = {toml(value or '...')}")


# -- questions ---------------------------------------------------------------------------------------------------------


def _is_terminal() -> bool:
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))


def _ask_all(interview: Interview) -> None:
    """Ask until nothing is left."""
    click.echo("Enter takes what stands in [brackets], - leaves a question open, ? explains it. No patient's value is shown.")
    while True:
        with progress_shown():
            line = interview.next
        if line is None or line.question is None:
            return
        interview.put(line, _ask(line.question))


def _ask(question: Question) -> str:
    """The answer to a question; "" where it is left open."""
    from iop_outcomes.intake.start_answers import answer_of, listed, plain

    click.echo(f"\n{plain(question.words)}")
    if words := listed(question):
        click.echo(f"  {words}")
    while True:
        click.echo(f"[{plain(question.guess) or '-'}] > ", nl=False)
        answer = answer_of(question, _typed_line())
        if not answer.words:
            return answer.word
        click.echo(answer.words)


def _typed_line() -> str:
    """A line of the terminal, whatever bytes it holds; what is longer than a line may be is read to its end.

    Raises
    ------
    _NoMoreInputError
        When there is none.
    """
    sys.stdout.flush()
    line = sys.stdin.buffer.readline(_MOST_BYTES)
    if not line:
        raise _NoMoreInputError
    rest = line
    while len(rest) == _MOST_BYTES and not rest.endswith(b"\n"):
        rest = sys.stdin.buffer.readline(_MOST_BYTES)
    return line.decode("utf-8", errors="replace").rstrip("\r\n")


def _earlier_mapping(target: Path) -> str:
    """What is to become of the mapping that stands there."""
    from iop_outcomes.intake.proposal_lines import Question

    words = f"{target.name} stands there already. What is to become of it?"
    why = (
        f"{_FINISH}: keep all it says, and ask for the rest. {_ANEW}: ask everything. In both cases the earlier file is kept under another "
        f"name. {_STOP}: leave it as it is."
    )
    try:
        _given(target)
    except DataError as error:
        click.echo(str(error))
        return _ask(Question(words, why, (_ANEW, _STOP), _STOP)) or _STOP
    return _ask(Question(words, why, (_FINISH, _ANEW, _STOP), _FINISH)) or _STOP


def _given(target: Path) -> Dictionary[str, Any]:
    """What a mapping says, parsed and checked."""
    from iop_outcomes.intake.mapping import parsed_mapping, read_mapping

    read_mapping(target)
    return parsed_mapping(target)


def _write(target: Path, proposal: Proposal) -> None:
    """Write the mapping whole; the one that stood there is kept beside it.

    Raises
    ------
    OutputError
        When it cannot be written; the answers are then printed, so that they are not lost.
    """
    from iop_outcomes.reporting.files import write_files, write_new_file

    try:
        if os.path.lexists(target):
            kept = next(name for number in range(1, 10_000) if not os.path.lexists(target.with_name(name := f"mapping.old{number}.toml")))
            write_files(target.parent, {kept: target.read_bytes(), target.name: proposal.short.encode()})
            click.echo(f"\n{target.name} is written, and the earlier one is kept as {kept}.")
        else:
            write_new_file(target, proposal.short.encode())
            click.echo(f"\n{target.name} is written.")
    except OSError as error:
        click.echo(f"\n{target.name} could not be written. It would hold:\n\n{proposal.short}")
        if isinstance(error, OutputError):
            raise
        raise OutputError(f"{target.name}: the earlier one cannot be read ({error.strerror}), and was left as it is.") from error


# -- the check ---------------------------------------------------------------------------------------------------------


def _check(folder: str) -> int:
    """Load with the mapping, say what every fault costs, and name the next command."""
    import iop_outcomes as iop

    try:
        with progress_shown(), iop.load(folder, on_error="exclude") as program:
            return _costs(program, folder)
    except DataError as error:
        if not error.findings:
            raise
        errors = [finding for finding in _findings(error.findings) if finding.severity == "error"]
        click.echo("The data cannot be used yet:")
        for finding in errors[:SHOWN_FINDINGS]:
            click.echo(f"  {finding}")
        click.echo(f"Next: correct the files or mapping.toml, then: iop-outcomes check {as_typed(folder)}")
        return error.exit_code


def _findings(given: Sequence[object]) -> list[Finding]:
    from iop_outcomes.intake.findings import Finding

    return [finding for finding in given if isinstance(finding, Finding)]


def _costs(program: Data, folder: str) -> int:
    """What faults cost in rows, what remains, and the command that makes the report."""
    errors = [finding for finding in program.findings if finding.severity == "error"]
    others = len(program.findings) - len(errors)
    if errors:
        click.echo("What is wrong, and what it costs:")
        for finding in errors[:SHOWN_FINDINGS]:
            click.echo(f"  {finding.count:,} {'row' if finding.count == 1 else 'rows'}: {finding}")
        if len(errors) > SHOWN_FINDINGS:
            click.echo(f"  ... and {len(errors) - SHOWN_FINDINGS} more")
    for flow in program.flow:
        click.echo(would_leave_out(flow))
    if others:
        click.echo(
            f"{others} {'finding costs' if others == 1 else 'findings cost'} no row: iop-outcomes check {as_typed(folder)} says which"
        )
    lost = any(left_out(flow) for flow in program.flow)
    leaving_out = " --on-error exclude" if errors else ""
    click.echo(f"Next: iop-outcomes report {as_typed(folder)}{leaving_out}")
    return EXIT_FINDINGS if lost or errors else EXIT_DONE
