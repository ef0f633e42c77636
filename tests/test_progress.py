"""Takes steps that last, gives what is seen of them on a terminal, and that nothing of it is left or is seen elsewhere."""

from __future__ import annotations

import io
import itertools
import os
import subprocess
import sys
import threading
from pathlib import Path

import click
import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.cli import cli, run
from iop_outcomes.progress import Progress, TerminalLine, counted, listening, on_terminal, report_step
from tests.screen import OnTerminal, seen

ROOT = Path(__file__).resolve().parent.parent
on_posix = pytest.mark.skipif(sys.platform == "win32", reason="a terminal is opened the POSIX way")


# -- reporting -----------------------------------------------------------------------------------------------------------


def test_nobody_listens_unless_somebody_says_so():
    """Reports go to the innermost listener, and to nobody before and after."""
    outer, inner = [], []
    report_step("before")
    with listening(outer.append):
        report_step("reading scores")
        with listening(inner.append):
            report_step("answering", 1, 3)
        report_step("writing")
    report_step("after")
    assert [str(each) for each in outer] == ["reading scores", "writing"]
    assert inner == [Progress("answering", 1, 3)]


def test_a_listener_goes_when_the_work_breaks_off():
    """An error leaves no listener behind."""
    heard = []
    with pytest.raises(ZeroDivisionError), listening(heard.append):
        report_step("dividing")
        raise ZeroDivisionError
    report_step("after")
    assert [str(each) for each in heard] == ["dividing"]


def test_a_count_hands_on_every_item_and_says_how_many_are_done():
    """Of a generator too, and 1,200 are written as elsewhere; the items and their order are those given."""
    heard = []
    with listening(heard.append):
        assert list(counted("answering", (letter for letter in "abc"))) == ["a", "b", "c"]
        assert list(counted("answering", [])) == []
    assert [str(each) for each in heard] == [*(f"answering {done} of 3" for done in range(4)), "answering 0 of 0"]
    assert str(Progress("answering", 1200, 3400)) == "answering 1,200 of 3,400"


def test_a_count_that_is_given_up_is_over():
    """What comes after an error in the middle is a step of its own."""
    heard = []
    with listening(heard.append):
        for item in counted("answering", "abc"):
            if item == "b":
                break
    assert [each.counting for each in heard] == [True, True, False]


def steps(work):
    """What is reported meanwhile, each once."""
    heard = []
    with listening(heard.append):
        work()
    return [str(each) for each, _ in itertools.groupby(heard)]


def test_loading_reports_each_table():
    """Reading, then checking, table by table; of frames too."""
    words = [
        f"{doing} {table} ({place} of 3)"
        for doing in ("reading", "checking")
        for place, table in enumerate(("episodes", "scores", "events"), 1)
    ]
    expected = [*words[:3], "checking labels", *words[3:], "preparing the tables"]
    assert steps(lambda: iop.load(ROOT / "data" / "synthetic").close()) == expected
    frame = pd.DataFrame({"episode_id": ["E1"], "track": ["a"], "discharge_reason": ["completed"], "los_days": [3]})
    alone = ["reading episodes (1 of 1)", "checking labels", "checking episodes (1 of 1)", "preparing the tables"]
    assert steps(lambda: iop.load(frame).close()) == alone


def test_loading_contacts_reports_what_becomes_of_them():
    """Contacts are read and checked, episodes built of them and checked in turn."""
    frame = pd.DataFrame({"patient_id": ["P1", "P1"], "track": ["a", "a"], "day": [0, 5]})
    assert steps(lambda: iop.load({"contacts": frame}).close()) == [
        "reading contacts (1 of 1)",
        "checking labels",
        "checking contacts (1 of 1)",
        "building episodes from contacts",
        "checking labels",
        "checking episodes (1 of 1)",
        "preparing the tables",
    ]


def test_a_question_is_reported_and_a_report_counts_its_questions(tmp_path):
    """One question names its measure; a report says how many are answered, and the questions within a count are parts of it."""
    with iop.load(ROOT / "data" / "synthetic") as data:
        assert steps(lambda: iop.completion(data)) == ["answering completion"]
        assert steps(lambda: data.where(track="psychosis")) == ["choosing episodes"]
        heard = steps(lambda: iop.report(data).save(tmp_path))
    counts = [words for words in heard if " of " in words]
    assert counts == [f"answering {done} of {len(counts) - 1}" for done in range(len(counts))]
    assert len(counts) > 8
    assert heard[-1] == "writing the report"


def test_a_step_names_no_value_of_the_data(tmp_path):
    """Words are those of tables and measures, whatever stands in the cells and in the names of files."""
    frame = pd.DataFrame(
        {"episode_id": ["SECRET"] * 30, "track": ["SECRET"] * 30, "discharge_reason": ["SECRET"] * 30, "los_days": [3] * 30}
    )
    frame.to_csv(tmp_path / "SECRET.csv", index=False)
    heard = []
    with listening(heard.append), pytest.raises(iop.DataError):
        iop.load(tmp_path / "SECRET.csv")
    assert heard and "SECRET" not in str(heard)


# -- the last line of a terminal -----------------------------------------------------------------------------------------


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self):
        """It does."""
        return True


class Desk:
    """A terminal, a clock that is set by hand, and the line between them."""

    def __init__(self, stream=None):
        self.now = 100.0
        self.stream = Terminal() if stream is None else stream
        self.line = TerminalLine(self.stream, clock=lambda: self.now)

    def after(self, seconds):
        """What is seen that much later."""
        self.now += seconds
        self.line.tick()
        return seen(self.stream.getvalue())


def test_a_step_that_does_not_last_is_never_seen():
    """Any number of steps of less than two seconds: not one character is written."""
    desk = Desk()
    desk.after(5)
    for place in range(9):
        desk.line(Progress(f"step {place}"))
        desk.after(1.9)
    desk.line.close()
    assert desk.stream.getvalue() == ""


def test_a_step_that_lasts_is_seen_until_the_next_begins():
    """From the second second on; then the line is empty again, and the next waits as long."""
    desk = Desk()
    desk.line(Progress("reading scores (2 of 3)"))
    assert desk.after(1.9) == [""]
    assert desk.after(0.2) == ["reading scores (2 of 3)"]
    assert desk.after(60) == ["reading scores (2 of 3)"]
    desk.line(Progress("checking"))
    assert desk.after(0.1) == [""]
    assert desk.after(2) == ["checking"]
    desk.line.close()
    assert desk.after(9) == [""]


def test_a_line_that_does_not_change_is_written_once():
    """Nobody wants a terminal's history full of it."""
    desk = Desk()
    desk.line(Progress("reading"))
    for _ in range(50):
        desk.after(1)
    assert desk.stream.getvalue() == "reading"


def test_a_count_is_one_step():
    """Each question takes less than two seconds, all of them more; what is shorter leaves nothing of what was longer."""
    desk = Desk()
    shown = []
    for done in range(12):
        desk.line(Progress("answering", done, 11))
        desk.line(Progress(f"answering measure_{done}"))  # within the count, and a part of it
        shown += desk.after(0.5)
    assert shown == [""] * 3 + [f"answering {done} of 11" for done in range(3, 11)] + [""]
    assert desk.after(2) == ["answering measure_11"]
    desk.line(Progress("ok"))
    desk.after(0)
    assert desk.after(2) == ["ok"]


def test_what_others_write_stands_on_lines_by_itself():
    """A warning in the middle: no words beside it, none are lost, and progress comes back below once the step has lasted as long again."""
    desk = Desk()
    desk.line(Progress("answering", 3, 11))
    assert desk.after(3) == ["answering 3 of 11"]
    desk.line.write_around(desk.stream.write, "w.py:1: Warning\n")
    assert desk.after(1.9) == ["w.py:1: Warning", ""]
    assert desk.after(0.2) == ["w.py:1: Warning", "answering 3 of 11"]
    desk.line.write_around(desk.stream.write, "half a")
    assert desk.after(9) == ["w.py:1: Warning", "half a"]
    desk.line.write_around(desk.stream.write, " line\n")
    assert desk.after(9) == ["w.py:1: Warning", "half a line", "answering 3 of 11"]
    desk.line.close()
    assert desk.after(9) == ["w.py:1: Warning", "half a line", ""]


def test_words_never_fill_the_line():
    """What goes on below could not be taken away; there is room for the ^C of a terminal too."""
    desk = Desk()
    desk.line(Progress("x" * 200))
    assert desk.after(3) == ["x" * 77]
    desk.stream.write("^C")
    desk.line.close()
    assert seen(desk.stream.getvalue()) == [""]
    assert max(map(len, desk.stream.getvalue().split("\r"))) == 79


class Device(Terminal):
    """A terminal that the system can be asked about."""

    def fileno(self):
        """Any number."""
        return 2


@pytest.mark.parametrize(("columns", "words"), [(30, "x" * 27), (2, ""), (0, "x" * 77)])
def test_a_narrow_terminal_shows_the_beginning(monkeypatch, columns, words):
    """As wide as it is now; 0 is what a terminal says that does not know."""
    monkeypatch.setattr(os, "get_terminal_size", lambda _: os.terminal_size((columns, 10)))
    desk = Desk(Device())
    desk.line(Progress("x" * 200))
    assert desk.after(3) == [words]


@on_posix
def test_nothing_is_written_behind_the_prompt_of_a_shell(monkeypatch):
    """A command in the background is silent, and goes on when it is brought to the front."""
    front = os.getpgrp() + 1
    monkeypatch.setattr(os, "tcgetpgrp", lambda _: front)
    desk = Desk(Device())
    desk.line(Progress("reading"))
    assert desk.after(9) == [""]
    front = os.getpgrp()
    assert desk.after(0) == ["reading"]


class Gone(Terminal):
    """A terminal that was closed."""

    def write(self, text):
        """What the system says of one."""
        raise OSError(5, "Input/output error")


def test_a_terminal_that_is_gone_disturbs_nothing():
    """The work goes on, and nothing is tried again and again."""
    desk = Desk(Gone())
    desk.line(Progress("reading"))
    assert desk.after(3) == [""]
    assert desk.after(3) == [""]
    desk.line.close()


# -- who is shown anything -----------------------------------------------------------------------------------------------


def threads():
    """Threads of ours that live."""
    return [thread for thread in threading.enumerate() if thread.name.startswith("iop-outcomes")]


def test_on_what_is_no_terminal_nothing_is_written(monkeypatch):
    """No stream, a file, a closed one, a terminal that cannot go back: no thread, no character, and standard error as it was."""
    closed = io.StringIO()
    closed.close()
    for stream in (io.StringIO(), closed):
        with on_terminal(stream, seconds=0):
            report_step("reading")
            assert threads() == []
    monkeypatch.setattr(sys, "stderr", None)
    with on_terminal(seconds=0):
        report_step("reading")
    dumb = Terminal()
    monkeypatch.setattr(sys, "stderr", dumb)
    monkeypatch.setenv("TERM", "dumb")
    with on_terminal(seconds=0):
        report_step("reading")
        assert sys.stderr is dumb and threads() == []
    assert dumb.getvalue() == ""


@pytest.mark.parametrize("error", [None, ValueError, KeyboardInterrupt])
def test_nothing_is_left_at_the_end(monkeypatch, error):
    """Words are seen while the work goes on; afterwards the line is empty, the thread has ended and standard error is as it was."""
    monkeypatch.setenv("TERM", "xterm")
    stream, shown = Terminal(), threading.Event()
    put = TerminalLine._put
    monkeypatch.setattr(TerminalLine, "_put", lambda self, text: (put(self, text), text and shown.set()))
    monkeypatch.setattr(sys, "stderr", stream)
    try:
        with on_terminal(seconds=0):
            report_step("reading")
            assert shown.wait(60) and len(threads()) == 1
            if error:
                raise error
    except (ValueError, KeyboardInterrupt) as raised:
        assert type(raised) is error
    report_step("after")
    assert threads() == []
    assert sys.stderr is stream
    assert "reading" in stream.getvalue()
    assert seen(stream.getvalue()) == [""]


COMMANDS = {
    name
    for name in cli.list_commands(None)
    if any(isinstance(each, click.Argument) and each.name == "data" for each in cli.get_command(None, name).params)
}


def test_every_command_that_loads_can_be_quiet(capsys):
    """All that take DATA, with one sentence in their help."""
    assert {"check", "map", "report", "summary", "compare"} <= COMMANDS
    for name in COMMANDS:
        assert run([name, "--help"]) == 0
        text = " ".join(capsys.readouterr().out.split())
        assert "--quiet Do not say on the terminal what a step is doing once it lasts over 2 seconds." in text, name


# -- real commands on a real terminal ------------------------------------------------------------------------------------

# The command line with a wait of no time at all, and steps that last until their words were written.
SLOW = """
import functools, sys, time
from iop_outcomes import cli, progress
from iop_outcomes.cli import options
progress.TICK = 0.005
options.on_terminal = functools.partial(progress.on_terminal, seconds=0)
report = progress.TerminalLine.__call__
def slower(self, step):
    report(self, step)
    while self._written != str(self._step[0]):
        time.sleep(0.001)
progress.TerminalLine.__call__ = slower
EXTRA
cli.main(sys.argv[1:])
"""


def slow(extra=""):
    """The slow command line, with some lines more."""
    return SLOW.replace("EXTRA", extra)


ASKED = {
    "check": ["check", "data/synthetic"],
    "map": ["map", "data/synthetic"],
    "summary": ["summary", "data/synthetic", "--by", "track"],
    "report": ["report", "data/synthetic", "--output"],
}

# What a command says on standard error when it is done.
LAST_WORDS = {
    "check": ["Next: iop-outcomes report data/synthetic"],
    "map": ["nothing left to finish; then run: iop-outcomes check data/synthetic"],
}


def command(name, folder, *more):
    """The words of a command; a report goes into a folder."""
    return [*ASKED[name], *([str(folder)] if name == "report" else []), *more]


@on_posix
@pytest.mark.parametrize("name", ASKED)
def test_a_command_on_a_terminal_shows_words_and_takes_them_away(name, tmp_path):
    """Two slow runs on a terminal, one of them quiet: the same bytes and the same code, and words in the one that is not quiet alone."""
    quiet = OnTerminal(slow(), *command(name, tmp_path / "out", "--quiet"))
    out, code = quiet.end()
    files = {path.name: path.read_bytes() for path in (tmp_path / "out").glob("*")}
    shown = OnTerminal(slow(), *command(name, tmp_path / "out"))
    assert shown.end() == (out, code)
    assert out and code in (0, 1)
    assert "reading episodes (1 of 3)" in shown.written
    assert {"summary": "answering completion", "report": "answering 1 of "}.get(name, "") in shown.written
    assert seen(shown.written) == seen(quiet.written) == [*LAST_WORDS.get(name, []), ""]
    assert quiet.written.count("\r") == quiet.written.count("\n") <= 1
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").glob("*")} == files
    assert bool(files) is (name == "report")


@on_posix
@pytest.mark.parametrize("name", ["summary", "report", "table"])
def test_a_command_that_refuses_data_names_the_next_one(name, tmp_path):
    """On a terminal, under the findings; what is piped stays one line."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "episodes.csv").write_text("episode_id,track,discharge_reason,los_days\ne1,a,no such reason,3\n")
    (data / "mapping.toml").write_text('[data]\nclass = "synthetic"\n')
    words = [name, str(data), *(["--output", str(tmp_path / "out.csv")] if name == "table" else [])]
    shown = OnTerminal("import sys\nfrom iop_outcomes import cli\ncli.main(sys.argv[1:])\n", *words)
    assert shown.end()[1] == 2
    last = seen(shown.written)[-2]
    assert (
        last
        == f"Next: correct the files, or what mapping.toml says (iop-outcomes start {data} asks for it), then: iop-outcomes check {data}"
    )
    piped = subprocess.run([sys.executable, "-m", "iop_outcomes", *words], cwd=ROOT, capture_output=True, check=False, timeout=600)
    assert (piped.returncode, piped.stderr.count(b"\n")) == (2, 1)


@on_posix
def test_a_slow_command_whose_standard_error_is_piped_writes_nothing_to_it():
    """Standard output may be a terminal or not: words never go there."""
    piped = subprocess.run([sys.executable, "-c", slow(), *ASKED["summary"]], cwd=ROOT, capture_output=True, check=False, timeout=600)
    assert (piped.returncode, piped.stderr) == (0, b"")
    shown = OnTerminal(f"import sys\nsys.stderr = open(sys.argv.pop(1), 'w')\n{slow()}", "/dev/null", *ASKED["summary"], both=True)
    assert shown.end()[1] == 0
    assert shown.written.replace("\r\n", "\n").encode() == piped.stdout


@on_posix
def test_both_outputs_on_one_terminal_do_not_mix():
    """What is seen in the end is what a quiet command prints."""
    quiet = OnTerminal(slow(), *ASKED["summary"], "--quiet", both=True)
    shown = OnTerminal(slow(), *ASKED["summary"], both=True)
    assert (quiet.end()[1], shown.end()[1]) == (0, 0)
    assert "reading scores (2 of 3)" in shown.written
    assert seen(shown.written) == seen(quiet.written)


@on_posix
def test_warnings_and_errors_are_whole_lines(tmp_path):
    """A warning while words stand there, and the error that ends the command."""
    (tmp_path / "episodes.csv").write_text("episode_id,track,discharge_reason,los_days\nE1,a,completed,x\n", encoding="utf-8")
    warns = (
        "import warnings, iop_outcomes.intake.loading as loading\n"
        "def warned(function):\n"
        "    def warning(*arguments, **options):\n"
        "        opened = function(*arguments, **options)\n"
        "        warnings.warn('mind the step')\n"
        "        return opened\n"
        "    return warning\n"
        "loading.open_tables = warned(loading.open_tables)\n"
    )
    shown = OnTerminal(slow(warns), "summary", tmp_path)
    assert shown.end() == (b"", 2)
    assert "reading episodes (1 of 1)" in shown.written
    first, *rest = seen(shown.written)
    assert first.endswith("UserWarning: mind the step")
    assert not any("reading" in line or "checking" in line for line in [first, *rest])
    assert any(line.startswith("error: ") for line in rest)
    quiet = OnTerminal(slow(warns), "summary", tmp_path, "--quiet")
    assert quiet.end() == (b"", 2)
    assert seen(quiet.written) == [first, *rest]


@on_posix
def test_ctrl_c_leaves_nothing_on_the_line():
    """Typed while a file is read: 130, and not even the ^C of the terminal stays."""
    shown = OnTerminal(
        slow("import iop_outcomes.intake.inputs as inputs\ninputs.open_file = lambda *_, **__: time.sleep(60)"), *ASKED["summary"]
    )
    shown.wait_for("reading episodes (1 of 3)")
    shown.type(b"\x03")
    assert shown.end() == (b"", 130)
    assert "^C" in shown.written
    assert seen(shown.written) == ["", ""]  # click ends the line


@on_posix
def test_ctrl_c_in_the_middle_of_a_statement_is_an_interrupt_too():
    """DuckDB makes an error of its own of it, which is no fault of ours: 130, not 70; the words were written while it ran."""
    endless = (
        "import duckdb, os, signal, threading\nfrom iop_outcomes.engine.duckdb import DuckEngine\n"
        "one_thread = duckdb.connect(config={'threads': 1})\n"  # with several, DuckDB may look for signals at the end alone
        "def tally(self, requests):\n"
        "    threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()\n"
        "    one_thread.execute('SELECT max(hash(range)) FROM range(100000000000)').fetchall()\n"
        "DuckEngine.tally = tally\n"
    )
    shown = OnTerminal(slow(endless), *ASKED["summary"])
    assert shown.end() == (b"", 130)
    assert "answering completion" in shown.written
    assert "".join(seen(shown.written)) == ""


def test_another_error_of_running_is_ours(monkeypatch, capsys):
    """What is no interrupt is an internal error, as before."""
    for words, code in (("Query interrupted", 130), ("Query interrupted it is not", 70)):

        def load(*_, words=words, **__):
            raise RuntimeError(words)

        monkeypatch.setattr(iop, "load", load)
        assert run(["summary", "data/synthetic"]) == code
    assert capsys.readouterr().err.count("internal error") == 1


@on_posix
def test_from_python_nothing_is_shown_unless_somebody_asks():
    """The same call on the same terminal, without and with `on_terminal`."""
    code = (
        "import sys, threading, time\nimport iop_outcomes as iop\nfrom iop_outcomes import progress\nprogress.TICK = 0.001\n"
        "def load():\n    with iop.load('data/synthetic') as data:\n        return iop.completion(data)\n"
        "load()\nassert threading.active_count() == 1\n"
    )
    silent = OnTerminal(code)
    assert (silent.end()[1], silent.written) == (0, "")
    shown = OnTerminal(f"{code}with progress.on_terminal(seconds=0):\n    load()\n")
    assert shown.end()[1] == 0
    assert "checking episodes (1 of 3)" in shown.written
    assert seen(shown.written) == [""]


def test_the_engine_draws_no_bar_of_its_own():
    """DuckDB would, on standard output, in notebooks and wherever else no file is run: here, after -c."""
    code = (
        "import duckdb, iop_outcomes as iop\nbar = \"SELECT current_setting('enable_progress_bar')\"\n"
        "with iop.load('data/synthetic') as data:\n    print(duckdb.connect().sql(bar).fetchall(), data.engine.connection.duckdb.execute(bar).fetchall())\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=600)
    assert ran.stdout == "[(True,)] [(False,)]\n"
