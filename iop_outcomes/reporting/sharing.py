"""Takes a program, gives the count tables of one of its reports as files that another can pool: no row, no id, no date."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from iop_outcomes.columns import UNRESTRICTED_CLASSES, Column, Facts, Request
from iop_outcomes.counts import Counts
from iop_outcomes.engine import Engine
from iop_outcomes.errors import UsageError, printed
from iop_outcomes.intake.data import Data
from iop_outcomes.intake.shares.manifest import MANIFEST, Manifest, scale_fingerprint
from iop_outcomes.intake.shares.tables import counts_to_csv, patients_to_csv, words_of
from iop_outcomes.intake.shares.wire import request_to_wire
from iop_outcomes.patients import Patients
from iop_outcomes.release import policy_for
from iop_outcomes.reporting.assemble import build_report
from iop_outcomes.reporting.files import write_files

if TYPE_CHECKING:
    import pandas as pd

WHOLE = ("internal", "none")  # policies that withhold nothing


class _Listening:
    """An engine that keeps what is asked of it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.asked: dict[tuple[Request, ...], None] = {}

    def facts(self) -> Facts:
        return self._engine.facts()

    def refuses(self, requests: Sequence[Request]) -> str:
        return self._engine.refuses(requests)

    def tally(self, sets: Sequence[Sequence[Request]]) -> list[Counts]:
        self.asked |= dict.fromkeys(tuple(dict.fromkeys(requests)) for requests in sets)
        return self._engine.tally(sets)

    def patients(self, requests: Sequence[Request]) -> Patients:
        return self._engine.patients(requests)

    def rows(self, requests: Sequence[Request]) -> pd.DataFrame:
        return self._engine.rows(requests)

    def close(self) -> None:
        """The engine is another's."""


@dataclass(frozen=True)
class Share:
    """Count tables of a report, to be passed on.

    Parameters
    ----------
    manifest : Manifest
        What the share says of itself.
    files : dict of str to bytes
        Contents by name, the manifest's among them.
    """

    manifest: Manifest
    files: Mapping[str, bytes]

    def __str__(self) -> str:
        tables, n = len(self.manifest.tables), self.manifest.episodes
        lines = [f"{self.manifest.name}: {tables} count tables of {n:,} episodes, policy {self.manifest.policy}", *self.manifest.loss]
        return "\n".join([*lines, *([self.manifest.mark] if self.manifest.mark else [])])

    def save(self, folder: str | Path) -> list[Path]:
        """Write the files into a folder of their own; give their paths.

        Raises
        ------
        OutputError
            When they cannot be written.
        """
        return write_files(folder, self.files)


def share_counts(data: Data, *, name: str | None = None, by: str = "track", pack: str, policy: str) -> Share:
    """Count what a report asks; the public function is `iop_outcomes.share`, which says more."""
    chosen = policy_for(policy, data.data_class)
    if chosen.name not in WHOLE:
        raise UsageError(f'policy: counts are shared under "internal" (or "none", of {" and ".join(UNRESTRICTED_CLASSES)} data).')
    called = printed(name or data.program or "", "name")
    if not called:
        raise UsageError('name: a share carries the name of its program. Give name="..." (--name), or [program] name in the mapping.')
    tables = [(requests, data.count(requests)) for requests in _asked(data, by, pack)]
    known = data.facts.repeated is not None
    files: dict[str, bytes] = {}
    listed: list[dict[str, Any]] = []
    for place, (requests, counts) in enumerate(tables):
        contents = {f"table_{place:03}.csv": counts_to_csv(counts, chosen.mark)}
        if known:
            contents[f"patients_{place:03}.csv"] = patients_to_csv(data.engine.patients(requests), chosen.mark)
        files |= contents
        listed.append(
            {
                "requests": [request_to_wire(request) for request in requests],
                "words": words_of(counts),
                "cells": len(counts),
                "file": f"table_{place:03}.csv",
                "patients": f"patients_{place:03}.csv" if known else None,
                "sha256": [hashlib.sha256(content).hexdigest() for content in contents.values()],
            }
        )
    columns = {request.name for requests, _ in tables for request in requests if isinstance(request, Column)}
    provenance = data.provenance
    manifest = Manifest(
        name=called,
        package=provenance.package,
        policy=chosen.name,
        mark=chosen.mark,
        data_class=data.data_class,
        cutoff=provenance.cutoff,
        los_convention=provenance.los_convention,
        episodes=data.episodes,
        facts=data.facts,
        groups=tuple(group for group in data.groups if group in columns),
        scales={name: scale_fingerprint(data.scales[name]) for name in sorted(data.facts.scales)},
        sources={source.table: source.name for source in provenance.sources},
        flow=data.flow,
        findings=data.findings,
        part2_tracks=provenance.part2_tracks,
        rules=provenance.rules,
        loss=() if known else ("patients are not named in its data: errors of the pool take episodes as independent",),
        tables=tuple(listed),
    )
    return Share(manifest, {MANIFEST: manifest.to_json(), **files})


def _asked(data: Data, by: str, pack: str) -> list[tuple[Request, ...]]:
    """What a report asks, each also by the column of its groups; a table that another holds is left out, as sums over that give it."""
    engine = _Listening(data.engine)
    build_report(replace(data, engine=engine), by=by, pack=pack, policy="internal")
    group = Column(data.group(by))
    sets = list(dict.fromkeys(tuple(dict.fromkeys((*requests, group))) for requests in engine.asked))
    return [
        each
        for each in sets
        if not any(set(each) < set(other) or (set(each) == set(other) and sets.index(other) < sets.index(each)) for other in sets)
    ]
