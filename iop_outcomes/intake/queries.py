"""Takes a file with a query, gives its text, or refuses it before it is sent: one statement, which only reads."""

from __future__ import annotations

import re
from pathlib import Path

from iop_outcomes.intake.files import kind_at, refuse_what_is_no_file, shown
from iop_outcomes.intake.findings import fatal

MAX_QUERY_BYTES = 1 << 20
_STARTS = ("select", "with", "values", "table", "from")
# What writes, changes a setting, reaches beyond the database or runs a program; none of them is needed to read a table.
_REFUSED = (
    "insert", "update", "delete", "merge", "upsert", "create", "drop", "alter", "truncate", "rename", "grant", "revoke", "copy", "attach", "detach",
    "install", "load", "pragma", "set", "reset", "call", "exec", "execute", "do", "vacuum", "analyze", "reindex", "into", "lock", "export", "import",
    "checkpoint", "begin", "commit", "rollback", "savepoint", "listen", "notify", "prepare", "deallocate", "declare", "handler", "outfile", "dumpfile",
    "use", "shutdown", "kill", "refresh", "comment", "load_extension", "readfile", "writefile", "pg_read_file", "pg_ls_dir", "lo_import", "lo_export",
    "dblink", "pg_terminate_backend", "xp_cmdshell", "openrowset", "nextval", "setval", "set_config",
)  # fmt: skip
# What stands in quotation marks or comments. Databases differ in it, so that what one takes for a string another carries out: a query must only read
# by each of these readings. Comments are taken out by the first before it is sent.
_QUOTES, _COMMENTS = r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`", r"--[^\n]*|/\*.*?\*/"
_QUOTED, *_OTHERWISE = (
    re.compile("|".join((_QUOTES, _COMMENTS, *more)), re.DOTALL)
    for more in (
        [r"\$(?P<tag>(?:[A-Za-z_]\w*)?)\$.*?\$(?P=tag)\$"],  # PostgreSQL and DuckDB: strings between dollars
        [],
        [r"#[^\n]*"],  # MySQL: another comment
        [r"\[[^\]]*\]"],  # SQL Server and SQLite: names in brackets
    )
)
_WORD = re.compile(r"[a-z_][a-z_0-9]*")


def query_of(path: Path) -> str:
    """The query in a file, without the semicolon at its end.

    Raises
    ------
    DataError
        When it cannot be read, or does anything but read.
    """
    name = shown(path)
    if kind_at(path) != "file":
        refuse_what_is_no_file(path)
    if path.stat().st_size > MAX_QUERY_BYTES:
        fatal("not_a_query", name, f"larger than {MAX_QUERY_BYTES:,} bytes", "A query is a short text.")
    try:
        text = path.read_text(encoding="utf-8-sig").strip()
    except OSError as error:
        fatal("unreadable", name, f"the file cannot be read ({error.strerror})", "Check its permissions.")
    except UnicodeDecodeError:
        fatal("not_a_query", name, "the file is not UTF-8 text", "Save it as UTF-8.")
    return _only_reads(text, name)


def _only_reads(text: str, name: str) -> str:
    if (
        "/*!" in text or "\\'" in text or '\\"' in text or "\0" in text
    ):  # comments that MySQL carries out, and a text that ends where others think it goes on
        fatal(
            "query_writes", name, "it holds a comment that some databases carry out, or a backslash before a quotation mark", "Take it out."
        )
    text = _QUOTED.sub(lambda match: " " if match[0].startswith(("--", "/*")) else match[0], text).strip().rstrip("; \r\n\t")
    if any(mark in _QUOTED.sub(" x ", text) for mark in ("'", '"', "`", "/*")):
        fatal("not_a_query", name, "a quotation mark or a comment is not closed", "Close it.")
    for reading in (_QUOTED, *_OTHERWISE):
        _refuse_what_writes(reading.sub(" x ", text).strip().lower(), name)
    return text


def _refuse_what_writes(bare: str, name: str) -> None:
    """Refuse a query, given without its quotations and comments, that is no single statement which reads."""
    words = _WORD.findall(bare)
    if not words or words[0] not in _STARTS:
        fatal("query_writes", name, "it does not begin with SELECT or WITH", "Write one statement that reads.")
    if ";" in bare:
        fatal("query_writes", name, "it holds more than one statement", "Write one statement that reads.")
    refused = next((word for word in words if word in _REFUSED), "")
    if refused:
        hint = "Only statements that read are sent. If it is the name of a column, put it in quotation marks"
        fatal("query_writes", name, f"it holds the word {refused.upper()}", hint)
