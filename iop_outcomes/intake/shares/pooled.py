"""Takes the folders that programs shared, gives one program of them all as `Data`, or says which do not go together and why."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping as Dictionary
from collections.abc import Sequence
from pathlib import Path

from iop_outcomes.columns import DATA_CLASSES, KINDS
from iop_outcomes.engine.counted import PROGRAM, CountsEngine, SharedProgram, SharedTable
from iop_outcomes.errors import DataError, UsageError
from iop_outcomes.intake.data import Data
from iop_outcomes.intake.files import shown
from iop_outcomes.intake.findings import fatal
from iop_outcomes.intake.shares.manifest import MANIFEST, Manifest, read_manifest, scale_fingerprint
from iop_outcomes.intake.shares.tables import MOST_BYTES, table_of
from iop_outcomes.intake.shares.wire import request_from_wire
from iop_outcomes.progress import report_step
from iop_outcomes.results import Flow, Provenance, Source
from iop_outcomes.scales import Scale, load_scales

_STRICTEST = ("limited_data_set", "safe_harbor", "synthetic", "public")


def pool_shares(folders: Sequence[str | Path], package: str, versions: Dictionary[str, str]) -> Data:
    """Read shares and put them together; the public function is `iop_outcomes.pool`, which says more."""
    if not folders:
        raise UsageError("pool: no share is named. Give the folders that iop-outcomes share has written.")
    paths = [Path(folder) for folder in folders]
    manifests = [read_manifest(path) for path in paths]
    scales = load_scales(None)
    _refuse_mismatches(manifests, scales, package)
    programs = []
    for path, manifest in zip(paths, manifests, strict=True):
        report_step(f"reading the share of {manifest.name}")
        programs.append(SharedProgram(manifest.name, manifest.facts, _tables(path, manifest), frozenset(manifest.withheld)))
    digests = [hashlib.sha256((path / MANIFEST).read_bytes()).hexdigest() for path in paths]
    engine = CountsEngine(programs)
    return Data(
        engine,
        tuple(finding for manifest in manifests for finding in manifest.findings),
        _flows(manifests),
        _provenance(manifests, digests, package, versions),
        scales,
        (PROGRAM, *dict.fromkeys(name for manifest in manifests for name in manifest.groups)),
    )


def _refuse_mismatches(manifests: Sequence[Manifest], scales: Dictionary[str, Scale], package: str) -> None:
    """Shares that were counted under other definitions, or that carry one name twice."""
    names = [manifest.name for manifest in manifests]
    twice = next((name for name in names if names.count(name) > 1), "")
    if twice:
        raise DataError(
            f'pool: two shares are of a program called "{twice}": its episodes would count twice. Give each once, under a name of its own.'
        )
    for manifest in manifests:
        if manifest.package != package:
            message = f"it was counted by {manifest.package}, and this is {package}, whose definitions may differ"
            fatal("share_of_other_version", manifest.name, message, "Share again with the same version everywhere.")
        for name, fingerprint in manifest.scales.items():
            if name not in scales or scale_fingerprint(scales[name]) != fingerprint:
                message = f"the scale {name} is not the one that this package holds"
                fatal("share_of_other_scale", manifest.name, message, "Share again without a site's own file of that scale.")
    conventions = {("difference" if each.los_convention == "inclusive" else each.los_convention) for each in manifests}
    if len(conventions) > 1:
        hint = "Pool those of one convention, or share again with los_days as a difference of days"
        fatal("share_of_other_stay", "the shares", "stays are counted in several ways ([data] los_convention)", hint)


def _tables(folder: Path, manifest: Manifest) -> tuple[SharedTable, ...]:
    """Every table of a share, read through."""
    tables = []
    for given in manifest.tables:
        try:
            requests = [request_from_wire(each) for each in given["requests"]]
            files = [str(given["file"]), *([str(given["patients"])] if given["patients"] is not None else [])]
            words, digests = [str(each) for each in given["words"]], [str(each) for each in given["sha256"]]
        except (KeyError, TypeError, ValueError):
            fatal("share_not_readable", manifest.name, "its manifest names a table that is none", "Ask the program to share again.")
        contents = [_content(folder, file, digest, manifest.name) for file, digest in zip(files, digests, strict=False)]
        if len(contents) < len(files) or (manifest.facts.repeated and len(files) == 1):
            fatal(
                "share_not_readable",
                manifest.name,
                "a table without its patients, or without a fingerprint",
                "Ask the program to share again.",
            )
        patients = contents[1] if len(contents) > 1 else None
        tables.append(table_of(requests, words, contents[0], patients, name=f"{manifest.name}: {files[0]}", episodes=manifest.episodes))
    return tuple(tables)


def _content(folder: Path, file: str, digest: str, name: str) -> bytes:
    """What a file of a share holds, if it is what was written."""
    path = folder / file
    if Path(file).name != file or not path.is_file() or path.is_symlink() or path.stat().st_size > MOST_BYTES:
        fatal("share_not_readable", name, "a file that its manifest names is not there, or too large", "Ask the program to share again.")
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != digest:
        fatal("share_changed", name, f"{shown(path)} is not what was shared", "Ask the program to share again, and change nothing in it.")
    return content


def _flows(manifests: Sequence[Manifest]) -> tuple[Flow, ...]:
    """From rows to episodes, over all programs."""
    flows: dict[str, Flow] = {}
    for flow in (flow for manifest in manifests for flow in manifest.flow):
        before = flows.get(flow.what, Flow(flow.what, 0))
        reasons = dict.fromkeys([*before.excluded, *flow.excluded])
        excluded = {why: before.excluded.get(why, 0) + flow.excluded.get(why, 0) for why in reasons}
        flows[flow.what] = Flow(flow.what, before.rows_in + flow.rows_in, excluded)
    return tuple(flows.values())


def _sources(manifests: Sequence[Manifest], digests: Sequence[str]) -> tuple[Source, ...]:
    """One source for each table that any program has, which all of them share a fingerprint of."""
    whole = hashlib.sha256("".join(digests).encode()).hexdigest()
    tables = [table for table in KINDS if any(table in manifest.sources for manifest in manifests)]
    rows = {flow.what: flow.rows_in for flow in _flows(manifests)}
    named = {table: sorted({manifest.sources[table] for manifest in manifests if table in manifest.sources}) for table in tables}
    return tuple(
        Source(table, names[0] if len(names) == 1 else f"{table} of {len(manifests)} programs", rows.get(table), whole)
        for table, names in named.items()
    )


def _provenance(manifests: Sequence[Manifest], digests: Sequence[str], package: str, versions: Dictionary[str, str]) -> Provenance:
    """Where the numbers come from: the strictest class, the last cut-off, and what was lost on the way."""
    known = all(manifest.facts.repeated is not None for manifest in manifests)
    crossing = (
        "patients are known within each program; one who attended two of them counts as two"
        if known
        else "whether people return is not known in every program, and episodes are taken as independent"
    )
    names = ", ".join(f"{manifest.name} (SHA-256 {digest})" for manifest, digest in zip(manifests, digests, strict=True))
    rules = [f"programs were pooled from counts, without rows: {names}", crossing]
    cutoffs = sorted({manifest.cutoff for manifest in manifests if manifest.cutoff})
    if len(cutoffs) > 1:
        rules.append(f"the programs' data were cut on different days, from {cutoffs[0]} to {cutoffs[-1]}")
    of_programs = dict.fromkeys(rule for manifest in manifests for rule in manifest.rules)
    losses = [f"{manifest.name}: {words}" for manifest in manifests for words in manifest.loss]
    classes = {manifest.data_class for manifest in manifests}
    return Provenance(
        package,
        versions,
        _sources(manifests, digests),
        "",
        next(each for each in (*_STRICTEST, *DATA_CLASSES) if each in classes),
        cutoffs[-1] if cutoffs else "",
        manifests[0].los_convention,
        (*rules, *of_programs, *losses),
        part2_tracks=tuple(dict.fromkeys(track for manifest in manifests for track in manifest.part2_tracks)),
    )
