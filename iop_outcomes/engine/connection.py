"""Takes statements, gives their answers: one DuckDB with its lock and its private folder, kept from the first file read to the last count."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import gettempdir, mkdtemp
from typing import Any
from weakref import finalize

import duckdb

from iop_outcomes.engine.dialect import literal
from iop_outcomes.memory import FULL_WORDS, refuse_too_few_addresses
from iop_outcomes.memory import memory_limit as in_force

GROUP_BITS = 18  # up to so many cells are counted in an array, which is twice as fast as looking each up by its hash
FOLDER = "iop-outcomes-"
FORGOTTEN_SECONDS = 24 * 3600  # a private folder this old, whose process is gone, was left by one that was killed


class Connection:
    """One connection to DuckDB.

    Parameters
    ----------
    threads : int, optional
        Worker threads; DuckDB's own choice by default.
    memory_limit : str, optional
        Such as "4GB"; beyond it DuckDB spills into the private folder. The limit in force by default.

    Attributes
    ----------
    statements : list of str
        Every statement sent, without values, in order.
    folder : Path
        Private; goes with the connection.
    lock : RLock
        Held until a result is fetched: the next statement would replace it.

    Raises
    ------
    UsageError
        Where the process may map too little memory to go on (ulimit -v).
    """

    def __init__(self, *, threads: int | None = None, memory_limit: str | None = None) -> None:
        refuse_too_few_addresses()
        remove_forgotten_folders()
        self.folder = Path(mkdtemp(prefix=folder_prefix()))
        # Goes with close(), with this object or with the process, whichever is first; a notebook that never closes is not scolded.
        self._remove_folder = finalize(self, shutil.rmtree, self.folder, ignore_errors=True)
        self.lock = threading.RLock()
        self.duckdb = duckdb.connect(":memory:")
        self.statements: list[str] = []
        self.send(f"SET temp_directory = {literal(str(self.folder))}")
        self.send("SET python_enable_replacements = false")
        self.send("SET autoinstall_known_extensions = false")  # none is ever fetched from the network, or loaded because a file asks for it
        self.send("SET autoload_known_extensions = false")
        with suppress(duckdb.InvalidInputException):  # which a notebook without ipywidgets raises, where no bar can be drawn
            self.send("SET enable_progress_bar = false")  # where nobody runs a file it would draw one on standard output
        self.send("SET preserve_insertion_order = true")
        self.send(f"SET perfect_ht_threshold = {GROUP_BITS}")
        self.send("SET allocator_flush_threshold = '16MB'")
        if threads is not None:
            self.send(f"SET threads = {int(threads)}")
        self.send(f"SET memory_limit = {literal(memory_limit or f'{in_force() >> 20}MiB')}")

    def send(self, statement: str, values: Sequence[object] = ()) -> duckdb.DuckDBPyConnection:
        """Send a statement; whoever fetches what it gives holds the lock until then."""
        with self.lock:
            self.statements.append(statement)
            return self.duckdb.execute(statement, list(values)) if values else self.duckdb.execute(statement)

    def one(self, statement: str) -> Any:
        """The first cell of what a query gives; 0 when it gives nothing."""
        with self.lock:
            rows = self.send(
                statement
            ).fetchall()  # all of them: a result that is not at its end stops the next frame from being registered
        return rows[0][0] if rows else 0

    def close(self) -> None:
        """Close the connection and remove the private folder."""
        with self.lock:
            self.duckdb.close()
        self._remove_folder()


def disk_is_full(error: Exception) -> bool:
    """Whether a statement failed because there is no room for what it keeps on disk."""
    return any(words in str(error) for words in FULL_WORDS)


def ran_out(error: duckdb.Error) -> bool:
    """Whether a statement failed for want of memory or of disk, whatever it was reading."""
    return isinstance(error, duckdb.OutOfMemoryException) or disk_is_full(error)


def folder_prefix() -> str:
    """How the name of a private folder begins: with the process that made it, and the space in which its number counts."""
    return f"{FOLDER}{os.getpid()}-{_space_of_processes()}-"


def _space_of_processes() -> str:
    """The number of the space of process numbers that this process is in, as containers beside one another have each; 0 where none is known."""
    try:
        return str(Path("/proc/self/ns/pid").stat().st_ino)
    except OSError:
        return "0"


def remove_forgotten_folders() -> None:
    """Remove private folders that a killed process left behind: they hold raw rows.

    At once where the number of that process counts here too and belongs to nobody; else, as the process may run in another container,
    after a day.
    """
    here = _space_of_processes()
    for folder in Path(gettempdir()).glob(f"{FOLDER}*"):
        number, _, rest = folder.name.removeprefix(FOLDER).partition("-")
        if number.isdecimal() and not _runs(int(number)):
            try:
                old = time.time() - folder.stat().st_mtime > FORGOTTEN_SECONDS
            except OSError:
                continue  # another run removed it
            if old or here == rest.partition("-")[0] != "0":
                shutil.rmtree(folder, ignore_errors=True)


def _runs(process: int) -> bool:
    """Whether a process of this number is there; one that is another person's is."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
