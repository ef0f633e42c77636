"""Takes a program, gives the count tables of one of its reports as files that another can pool: no row, no id, no date."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from iop_outcomes.columns import COUNTED, Column, Facts, Request
from iop_outcomes.counts import Counts, Level
from iop_outcomes.engine import Engine
from iop_outcomes.engine.counted import PROGRAM
from iop_outcomes.errors import UsageError, choices, printed
from iop_outcomes.intake.data import Data
from iop_outcomes.intake.shares.manifest import MANIFEST, Manifest, scale_fingerprint
from iop_outcomes.intake.shares.tables import counts_to_csv, patients_to_csv, words_of
from iop_outcomes.intake.shares.wire import request_to_wire
from iop_outcomes.patients import Patients
from iop_outcomes.release import DEFAULT_POLICY, Policy, policy_for
from iop_outcomes.reporting.assemble import build_report
from iop_outcomes.reporting.files import write_files
from iop_outcomes.reporting.share_release import PassedOn, passed_on
from iop_outcomes.results import Flow

if TYPE_CHECKING:
    import pandas as pd

WHOLE = ("internal", "none")  # policies that withhold nothing


class _Listening:
    """An engine that keeps the sets that are asked of it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.sets: dict[tuple[Request, ...], None] = {}

    def facts(self) -> Facts:
        return self._engine.facts()

    def refuses(self, requests: Sequence[Request]) -> str:
        return self._engine.refuses(requests)

    def tally(self, sets: Sequence[Sequence[Request]]) -> list[Counts]:
        self.sets |= dict.fromkeys(tuple(dict.fromkeys(requests)) for requests in sets)
        return self._engine.tally(sets)

    def patients(self, requests: Sequence[Request]) -> Patients:
        return self._engine.patients(requests)

    def rows(self, requests: Sequence[Request]) -> pd.DataFrame:
        raise AssertionError(f"a report asks for rows of {len(requests)} columns")

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
    extent : str
        How much of the data goes along, for the program alone; "" where all does.
    """

    manifest: Manifest
    files: Mapping[str, bytes]
    extent: str = ""

    def __str__(self) -> str:
        tables, n = len(self.manifest.tables), self.manifest.episodes
        lines = [
            f"{self.manifest.name}: {tables} count {'table' if tables == 1 else 'tables'} of {n:,} episodes, policy {self.manifest.policy}",
            *self.manifest.loss,
        ]
        lines += [f"For this program alone: {self.extent}"] if self.extent else []
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
    if chosen.name not in (*WHOLE, DEFAULT_POLICY):
        raise UsageError(
            f'policy: "{chosen.name}" is not one that counts are shared under. {choices(chosen.name, (*WHOLE, DEFAULT_POLICY))}'
        )
    if by == PROGRAM:
        raise UsageError(
            f'by: "{PROGRAM}" is the column of the programs themselves in a pool. Share by another, or rename it under [columns].'
        )
    given = name or data.program
    if not given:
        raise UsageError('name: a share carries the name of its program. Give name="..." (--name), or [program] name in the mapping.')
    called = printed(given, "name")
    sets = _sets_of_report(data, by, pack)
    if chosen.name in WHOLE:
        whole = PassedOn(data, tuple((requests, data.count(requests)) for requests in sets), data.facts, (), (), "")
        return _made(data, whole, called, chosen, by)
    return _made(data, passed_on(data, by, sets, chosen.fewest), called, chosen, by)


def _made(data: Data, passed: PassedOn, name: str, policy: Policy, by: str) -> Share:
    """The files of what goes along."""
    known, files = passed.facts.repeated is not None, dict[str, bytes]()
    listed: list[dict[str, Any]] = []
    for place, (requests, counts) in enumerate(passed.tables):
        contents = {f"table_{place:03}.csv": counts_to_csv(counts, policy.mark)}
        if known:
            contents[f"patients_{place:03}.csv"] = patients_to_csv(data.engine.patients(requests), policy.mark)
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
    columns = {request.name for requests, _ in passed.tables for request in requests if isinstance(request, Column)}
    provenance, whole, episodes = data.provenance, policy.name in WHOLE, passed.data.episodes
    manifest = Manifest(
        name=name,
        package=provenance.package,
        policy=policy.name,
        mark=policy.mark,
        data_class=data.data_class,
        cutoff=provenance.cutoff,
        los_convention=provenance.los_convention,
        episodes=episodes,
        facts=passed.facts,
        groups=tuple(group for group in data.groups if group in columns),
        scales={each: scale_fingerprint(data.scales[each]) for each in sorted(passed.facts.scales)},
        sources={source.table: source.name for source in provenance.sources if whole or source.table == COUNTED},
        flow=data.flow if whole else (Flow(COUNTED, episodes),),
        findings=data.findings if whole else (),
        withheld=passed.withheld,
        part2_tracks=tuple(track for track in provenance.part2_tracks if whole or by != "track" or track in _levels(passed, by)),
        rules=provenance.rules,
        loss=(*passed.loss, *([] if known else ["patients do not go along: errors of the pool take episodes as independent"])),
        tables=tuple(listed),
    )
    return Share(manifest, {MANIFEST: manifest.to_json(), **files}, passed.extent)


def _levels(passed: PassedOn, by: str) -> tuple[Level, ...]:
    """The groups that go along."""
    return passed.tables[0][1].levels(by)


def _sets_of_report(data: Data, by: str, pack: str) -> list[tuple[Request, ...]]:
    """What a report asks, each also by the column of its groups; a table that another holds is left out, as sums over that give it."""
    engine = _Listening(data.engine)
    build_report(replace(data, engine=engine), by=by, pack=pack, policy="internal")
    group = Column(data.group(by))
    sets = list(dict.fromkeys(tuple(dict.fromkeys((*requests, group))) for requests in engine.sets))
    return [
        each
        for each in sets
        if not any(set(each) < set(other) or (set(each) == set(other) and sets.index(other) < sets.index(each)) for other in sets)
    ]
