"""Takes texts and their names, gives files that are whole or not there: one writer, temporary folder, fsync, replace.

What holds when a run is killed at any moment: each file is the earlier one or the new one, byte for byte, never a part of one.
Files are written whole into a temporary folder first and then take their names one after another; only a run that dies between
the first and the last of these steps leaves files of both runs, and then its lock stands beside them until the next run.

The lock is a file that one run alone can make. It holds the machine and the process of the run that made it, and counts as
left behind when that process is gone, or when it is older than `STALE_SECONDS`, whoever made it.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import socket
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from iop_outcomes.errors import OutputError

LOCK = ".iop-outcomes.lock"
STAGING = ".iop-outcomes-"
STALE_SECONDS = 900  # writing takes less than a second
_NAME = re.compile(r"[a-z0-9_]+(\.[a-z0-9]+)+")


def write_files(folder: str | Path, files: Mapping[str, bytes]) -> list[Path]:
    """Write files into a folder, each whole or not at all.

    Parameters
    ----------
    folder : path
        Made when it does not exist.
    files : dict of str to bytes
        Contents by name; names are plain, without folders.

    Returns
    -------
    list of Path
        What was written, in the order given.

    Raises
    ------
    OutputError
        When the folder cannot be made or written, or another run is writing into it; what stood there before is untouched.
    """
    target = Path(folder)
    for name in files:
        if not _NAME.fullmatch(name):
            raise ValueError(f"not a plain file name: {name!r}")
    try:
        str(target).encode()
    except UnicodeEncodeError as error:
        raise OutputError("The name of the output folder is not UTF-8 text. Choose another folder with --output.") from error
    try:
        _make_folder(target)
        staging = Path(tempfile.mkdtemp(prefix=STAGING, dir=target))
        try:
            with _alone_in(target, staging):
                _replace_all(target, staging, files)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    except OutputError:
        raise
    except (OSError, ValueError) as error:  # a path with a NUL is a ValueError
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise OutputError(f"{target}: cannot be written ({reason}). Choose another folder with --output, or free some space.") from error
    return [target / name for name in files]


def write_new_file(path: str | Path, content: bytes, *, overwrite: bool = False) -> Path:
    """Write one file, whole or not at all, that was not there, or takes the place of the one that was; see `write_new_files`."""
    return write_new_files({Path(path): content}, overwrite=overwrite)[0]


def write_new_files(files: Mapping[Path, bytes], *, overwrite: bool = False) -> list[Path]:
    """Write files that were not there, all of one folder, each whole or not at all, and all of them or none.

    Parameters
    ----------
    files : dict of path to bytes
        Their folder is made when it does not exist.
    overwrite : bool
        Whether each may take the place of a file that stands there; of several, those placed before a fault then stay.

    Returns
    -------
    list of Path
        In the order given.

    Raises
    ------
    OutputError
        When something stands at one of the paths already, which is left as it is, or a file cannot be written.
    """
    targets = list(files)
    folder, target, written = targets[0].parent, targets[0], list[Path]()
    try:
        for target in targets:
            str(target).encode()
        _make_folder(folder)
        with tempfile.TemporaryDirectory(prefix=STAGING, dir=folder) as staging:
            for number, content in enumerate(files.values()):
                _write(Path(staging) / str(number), content)
            for number, (target, content) in enumerate(zip(targets, files.values(), strict=True)):
                if overwrite:
                    (Path(staging) / str(number)).replace(target)
                else:
                    _place(Path(staging) / str(number), target, content)
                    written.append(target)
        _sync_folder(folder)
    except UnicodeEncodeError as error:
        raise OutputError("The name of the output file is not UTF-8 text. Choose another name with --output.") from error
    except FileExistsError as error:
        _take_back(written)
        if not folder.is_dir():
            raise OutputError(f"{folder}: is a file, and no folder. Choose another place with --output.") from error
        raise OutputError(
            f"{target}: stands there already, and was left as it is. Choose another name: with --output on the command line; in Python "
            "overwrite=True writes over it, where the call takes that."
        ) from error
    except (OSError, ValueError) as error:  # a path with a NUL is a ValueError
        _take_back(written)
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise OutputError(f"{target}: cannot be written ({reason}). Choose another place with --output.") from error
    except BaseException:
        _take_back(written)
        raise
    return targets


def _place(staged: Path, target: Path, content: bytes) -> None:
    """Give a staged file its name, which no other file has."""
    try:
        os.link(staged, target)  # unlike a rename, it takes no other file's place
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        with target.open("xb") as file:
            try:
                file.write(content)
            except BaseException:
                target.unlink()
                raise


def _take_back(written: Iterable[Path]) -> None:
    """Remove the files that this run has placed."""
    for path in written:
        path.unlink(missing_ok=True)


def _make_folder(target: Path) -> None:
    """Make a folder and those above it, each entry on the disk before anything is put below it."""
    missing = [folder for folder in (target, *target.parents) if not folder.exists()]
    target.mkdir(parents=True, exist_ok=True)
    for folder in missing:
        _sync_folder(folder.parent)


def _replace_all(target: Path, staging: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        _write(staging / name, content)
    for name in files:
        (staging / name).replace(target / name)
    _sync_folder(target)


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


# -- one run at a time -----------------------------------------------------------------------------------------------


@contextmanager
def _alone_in(target: Path, staging: Path) -> Iterator[None]:
    """Hold the lock of a folder; what killed runs have left there is removed."""
    lock = target / LOCK
    mark = json.dumps({"machine": socket.gethostname(), "process": os.getpid(), "run": secrets.token_hex(8)}).encode()
    if not _made(lock, mark, staging):
        _take_over(lock, target, staging)
        if not _made(lock, mark, staging):
            _refuse(target)
    try:
        for left in target.glob(f"{STAGING}*"):
            if left.is_dir() and left != staging:
                shutil.rmtree(left, ignore_errors=True)
        yield
    finally:
        lock.unlink(missing_ok=True)


def _made(lock: Path, mark: bytes, staging: Path) -> bool:
    """Whether this run could make the lock: of two that try at once, one can."""
    ready = staging / LOCK
    try:
        ready.write_bytes(mark)
        os.link(ready, lock)  # as exclusive as O_EXCL, and the lock is never there without its mark
    except (FileExistsError, FileNotFoundError):  # held; or the holder took this run's folder for one left behind
        return False
    except OSError:
        return _made_without_links(lock, mark)
    return True


def _made_without_links(lock: Path, mark: bytes) -> bool:
    """The same on a file system without links."""
    try:
        handle = os.open(lock, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    except FileExistsError:
        return False
    try:
        os.write(handle, mark)
    finally:
        os.close(handle)
    return True


def _take_over(lock: Path, target: Path, staging: Path) -> None:
    """Put a lock away that was left behind.

    Raises
    ------
    OutputError
        When it is held.
    """
    try:
        mark = lock.read_bytes()
        age = time.time() - lock.stat().st_mtime
    except FileNotFoundError:
        return  # the other run is done
    if age < STALE_SECONDS and not _maker_is_gone(mark):
        _refuse(target)
    aside = staging / "left-behind"
    try:
        lock.rename(aside)
    except FileNotFoundError:
        return  # another run was quicker
    if aside.read_bytes() != mark:  # and has made its own lock since: it is given back
        aside.rename(lock)
        _refuse(target)


def _maker_is_gone(mark: bytes) -> bool:
    """Whether the process that made a lock ran on this machine and runs no longer; what cannot be told is not gone."""
    try:
        made = json.loads(mark)
        process = int(made["process"])
        if made["machine"] != socket.gethostname() or process <= 0:
            return False
        os.kill(process, 0)  # signal 0 only asks
    except ProcessLookupError:
        return True
    except (PermissionError, ValueError, TypeError, KeyError, OverflowError):
        return False
    return False


def _refuse(target: Path) -> None:
    raise OutputError(
        f"{target}: another run is writing into this folder. Wait until it is done, or choose another folder with --output; "
        f"if no other run is there, remove {LOCK} from it."
    )
