"""Takes how much memory may be used, gives the limit in force: what was asked for, or half of what the machine allows."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path

from iop_outcomes.errors import UsageError

LEAST = 100 << 20  # bytes below which not even a small program is read
SHARE = 2  # of the memory that the machine allows, one part in so many: the rest is for what stands beside the rows, and for others
# What DuckDB says where the disk has no room left for what it keeps there.
FULL_WORDS = ("No space left on device", "Disk quota exceeded", "File too large", "max_temp_directory_size")
NO_MEMORY = (
    "the data do not fit into the memory that may be used. Close other programs, allow more with --memory, as in --memory 8GB, "
    "or export fewer columns or years"
)
NO_DISK = "there is no room left for temporary files. Free some space, or name another folder for them in the variable TMPDIR"
# What the libraries map before a row is read (1.4 GB with two processors), most of which they never touch, and what each processor adds.
# Where they may not, they end the process themselves: no error of theirs could be turned into words.
_MAPPED, _MAPPED_EACH = 1 << 30, 1 << 28
_UNITS = {"MB": 10**6, "GB": 10**9, "MIB": 1 << 20, "GIB": 1 << 30}
_AMOUNT = re.compile(r"(\d{1,6}(?:\.\d{1,3})?) ?([MG]I?B)", re.IGNORECASE)
_OF_GROUP = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
_LIMIT: ContextVar[int | None] = ContextVar("iop_outcomes_memory", default=None)


def memory_bytes(text: str) -> int:
    """How many bytes an amount is.

    Raises
    ------
    UsageError
        When it is no amount, or too little to read anything.

    Examples
    --------
    >>> memory_bytes("2GB"), memory_bytes("512 MiB")
    (2000000000, 536870912)
    """
    match = _AMOUNT.fullmatch(text.strip())
    if match is None:
        raise UsageError(f'memory: "{text}" is no amount of memory. Write a number and its unit, MB or GB, as in 4GB.')
    size = int(float(match[1]) * _UNITS[match[2].upper()])
    if size < LEAST:
        raise UsageError(f'memory: "{text}" is too little to read data. Give {LEAST >> 20} MiB or more, as in 4GB.')
    return size


@contextmanager
def limited_memory(text: str | None) -> Iterator[None]:
    """Let data that are loaded meanwhile take no more than an amount; as before where none is given.

    Raises
    ------
    UsageError
        When it is no amount, or too little to read anything, or this process may not map what the libraries need.
    """
    refuse_too_few_addresses()
    before = _LIMIT.set(_LIMIT.get() if text is None else memory_bytes(text))
    try:
        yield
    finally:
        _LIMIT.reset(before)


def memory_limit() -> int:
    """Bytes that the store of one data set may hold before it spills to disk."""
    return _LIMIT.get() or max(_allowed() // SHARE, LEAST)


def refuse_too_few_addresses() -> None:
    """Go on where the process may map what the libraries ask for.

    Raises
    ------
    UsageError
        Where a limit of the process (ulimit -v) is below that.
    """
    addresses = _addresses()
    if addresses is not None and addresses < _libraries():
        raise UsageError(
            f"memory: this process may map {addresses >> 20} MiB of memory (ulimit -v), and needs {_libraries() >> 20} MiB before it reads "
            "a row. Allow that or more, or limit what is used rather than what is mapped, with --memory."
        )


def _libraries() -> int:
    """Bytes that the libraries map, on the processors that this process may use."""
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return _MAPPED + _MAPPED_EACH * processors


def _addresses() -> int | None:
    """Bytes that this process may map, where there is a limit."""
    try:
        import resource
    except ImportError:  # not every system has limits of processes
        return None
    size = resource.getrlimit(resource.RLIMIT_AS)[0]
    return None if size == resource.RLIM_INFINITY else size


def _allowed() -> int:
    """The least of what the machine has, what the group of processes may have, and what the process may beside the libraries."""
    sizes = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")] if hasattr(os, "sysconf") else [8 << 30]
    for name in _OF_GROUP:
        with suppress(OSError, ValueError):  # no such file, or the word "max"
            sizes.append(int(Path(name).read_text(encoding="ascii")))
    if (addresses := _addresses()) is not None:
        sizes.append(max(addresses - _libraries(), LEAST))
    return min(size for size in sizes if size > 0)
