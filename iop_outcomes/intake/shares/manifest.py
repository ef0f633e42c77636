"""Takes the manifest of a share, gives what it says checked, or refuses it in words."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, NoReturn

from iop_outcomes.columns import DATA_CLASSES, KINDS, LOS_CONVENTIONS, Facts
from iop_outcomes.intake.files import kind_at, refuse_what_is_no_file, shown
from iop_outcomes.intake.findings import Finding, Severity, fatal
from iop_outcomes.intake.shares.wire import MOST_LETTERS
from iop_outcomes.results import Flow
from iop_outcomes.scales import Scale

MANIFEST = "manifest.json"
FORMAT = "iop_outcomes share"
FORMAT_VERSION = 1
MOST_MANIFEST_BYTES = 1 << 24
MOST_TABLES = 2_000
_AGAIN = "Ask the program to share again, with this version of the package."
_SEVERITIES: Mapping[str, Severity] = {"error": "error", "warning": "warning", "note": "note"}


@dataclass(frozen=True)
class Manifest:
    """What a share says of itself.

    Parameters
    ----------
    name : str
        What the program is called.
    package, policy, mark : str
        The version that counted, the policy it was shared under, and the words of that policy.
    data_class, cutoff, los_convention : str
        Of the data.
    episodes : int
        In every table.
    facts : Facts
        What the data can answer.
    groups : tuple of str
        Columns of groups of which any table is.
    scales : dict of str to str
        Fingerprints of the scales whose scores were counted.
    sources : dict of str to str
        What the file of each table was called.
    flow : tuple of Flow
        From rows to episodes.
    findings : tuple of Finding
        What was wrong with the data: how many rows, and never which.
    withheld : tuple of str
        Columns, scales and kinds of rows that the program has and did not share.
    part2_tracks, rules, loss : tuple of str
        As provenance says them, and what does not go along, in words.
    tables : tuple of dict
        Files with their requests, the columns that hold words, and fingerprints.
    """

    name: str
    package: str
    policy: str
    mark: str
    data_class: str
    cutoff: str
    los_convention: str
    episodes: int
    facts: Facts
    groups: tuple[str, ...]
    scales: Mapping[str, str]
    sources: Mapping[str, str]
    flow: tuple[Flow, ...]
    findings: tuple[Finding, ...]
    withheld: tuple[str, ...]
    part2_tracks: tuple[str, ...]
    rules: tuple[str, ...]
    loss: tuple[str, ...]
    tables: tuple[Mapping[str, Any], ...]

    def to_json(self) -> bytes:
        """The manifest as its file holds it."""
        facts = {each.name: _plain(getattr(self.facts, each.name)) for each in fields(Facts)}
        content = {each.name: getattr(self, each.name) for each in fields(Manifest)}
        content |= {
            "facts": facts,
            "flow": [{"what": flow.what, "rows_in": flow.rows_in, "excluded": dict(flow.excluded)} for flow in self.flow],
            "findings": [
                {name: getattr(each, name) for name in ("rule", "severity", "column", "message", "hint", "count", "many")}
                for each in self.findings
            ],
        }
        return (json.dumps({"format": FORMAT, "format_version": FORMAT_VERSION, **content}, indent=1, ensure_ascii=False) + "\n").encode()


def _plain(value: Any) -> Any:
    if isinstance(value, frozenset):
        return sorted((list(each) if isinstance(each, tuple) else each for each in value), key=str)
    return list(value) if isinstance(value, tuple) else value


def scale_fingerprint(scale: Scale) -> str:
    """A fingerprint of everything that scores of a scale rest on, without what a site declares of its own people."""
    return hashlib.sha256(repr(replace(scale, referral_mean=None)).encode()).hexdigest()[:16]


def read_manifest(folder: Path) -> Manifest:
    """Read and check what a share says of itself.

    Raises
    ------
    DataError
        When there is none, or it is not what a share writes.
    """
    path = folder / MANIFEST
    name = f"{shown(folder)}/{MANIFEST}"
    if kind_at(path) != "file":
        if kind_at(folder) != "folder":
            refuse_what_is_no_file(folder)
        fatal("no_share", shown(folder), f"no {MANIFEST} in it", "Name a folder that iop-outcomes share has written.")
    if path.stat().st_size > MOST_MANIFEST_BYTES:
        _refuse(name, "it is too large to be one")
    try:
        given = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        _refuse(name, "it cannot be read as JSON")
    if not isinstance(given, Mapping) or given.get("format") != FORMAT:
        _refuse(name, "it is the manifest of something else")
    if given.get("format_version") != FORMAT_VERSION:
        _refuse(name, "it is of another version of the format")
    try:
        return _checked({str(key): value for key, value in given.items() if key not in ("format", "format_version")})
    except (KeyError, TypeError, ValueError, AttributeError):
        _refuse(name, "a part of it is missing, or is not what it should be")


def _refuse(name: str, why: str) -> NoReturn:
    fatal("share_not_readable", name, why, _AGAIN)


def _checked(given: dict[str, Any]) -> Manifest:
    """The manifest, each part of its type; any other raises."""
    texts = {key: _text(given[key]) for key in ("name", "package", "policy", "mark", "data_class", "cutoff", "los_convention")}
    if texts["data_class"] not in DATA_CLASSES or texts["los_convention"] not in LOS_CONVENTIONS or not texts["name"]:
        raise ValueError
    if len(given["tables"]) > MOST_TABLES or set(given) != {each.name for each in fields(Manifest)}:
        raise ValueError
    return Manifest(
        **texts,
        episodes=_number(given["episodes"]),
        facts=_facts(given["facts"]),
        groups=_texts(given["groups"]),
        scales={_text(name): _text(value) for name, value in given["scales"].items()},
        sources={_text(table): _text(name) for table, name in given["sources"].items()},
        flow=tuple(
            Flow(_text(each["what"]), _number(each["rows_in"]), {_text(why): _number(n) for why, n in each["excluded"].items()})
            for each in given["flow"]
        ),
        findings=tuple(_finding(each, texts["name"]) for each in given["findings"]),
        withheld=_texts(given["withheld"]),
        part2_tracks=_texts(given["part2_tracks"]),
        rules=_texts(given["rules"]),
        loss=_texts(given["loss"]),
        tables=tuple(given["tables"]),
    )


def _finding(given: Mapping[str, Any], name: str) -> Finding:
    rule, severity, column, message, hint = (_text(given[key]) for key in ("rule", "severity", "column", "message", "hint"))
    return Finding(rule, _SEVERITIES[severity], name, column, message, hint, count=_number(given["count"]), many=bool(given["many"]))


def _facts(given: Mapping[str, Any]) -> Facts:
    repeated = given["repeated"]
    events = [(_text(event), None if kind is None else _text(kind)) for event, kind in given["events"]]
    sets = {key: frozenset(_texts(given[key])) for key in ("scales", "given", "filled", "safety_items", "lacking")}
    if not (sets["given"] | sets["filled"]) <= set(KINDS):
        raise ValueError
    return Facts(
        columns=_texts(given["columns"]), events=frozenset(events), repeated=None if repeated is None else _number(repeated), **sets
    )


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > 100 * MOST_LETTERS or not (value.isprintable() or not value):
        raise ValueError
    return value


def _texts(values: Sequence[object]) -> tuple[str, ...]:
    if not isinstance(values, list):
        raise TypeError
    return tuple(map(_text, values))


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 10**12:
        raise ValueError
    return value
