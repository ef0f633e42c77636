"""Takes files in the layout of another system, gives the lines of a mapping that names it, and the codes of which some are tracks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from iop_outcomes.columns import COUNTED, DATED_CLASSES, KINDS
from iop_outcomes.engine.dialect import literal, quoted
from iop_outcomes.errors import DataError
from iop_outcomes.intake.adapters.fhir import HOLDERS as RESOURCES
from iop_outcomes.intake.adapters.fhir_values import codes_of
from iop_outcomes.intake.adapters.ndjson import files_of, resources
from iop_outcomes.intake.adapters.omop import CODES, STILL_PATIENT
from iop_outcomes.intake.adapters.redcap import EVENT_NAME, INSTANCE, INSTRUMENT
from iop_outcomes.intake.adapters.scratch import Scratch, head_of
from iop_outcomes.intake.files import kind_at
from iop_outcomes.intake.mapping import Mapping
from iop_outcomes.intake.proposal_codes import code_line
from iop_outcomes.intake.proposal_fields import link_lines
from iop_outcomes.intake.proposal_lines import Line, MappingLines, Question, toml, value_at
from iop_outcomes.intake.proposal_text import Proposal, class_line, cutoff_line
from iop_outcomes.intake.shown_codes import FEWEST_ROWS, MAX_CODES, is_shown
from iop_outcomes.intake.synonyms import match_code
from iop_outcomes.scales import Scale

TRACKS = ("adapter", "tracks")
_REASON = (("discharged_to_source_value", ""), ("discharged_to_concept_id", "0"))  # with what means that there is none
_FORMS = "QuestionnaireResponse"
_WITH_REASON = ("visit_occurrence", "visit_detail")


def layout_of(path: Path) -> str:
    """The layout that files are in by their names, or a REDCap export by its header; "" where they are in none that is known.

    Parameters
    ----------
    path : Path
        A folder, or a file.
    """
    files = [path] if kind_at(path) == "file" else sorted(file for file in path.iterdir() if kind_at(file) == "file")
    stems = {file.stem.lower() for file in files if file.suffix.lower() in (".csv", ".parquet")}
    if {"visit_occurrence", "person"} <= stems:
        return "omop"
    if kind_at(path) == "folder" and any(files_of(path, kind) for kind in RESOURCES):
        return "fhir"
    texts = [file for file in files if file.suffix.lower() == ".csv"]
    return "redcap" if len(texts) == 1 and _is_redcap(texts[0]) else ""


def _is_redcap(path: Path) -> bool:
    try:
        first = (head_of(path).splitlines() or [b""])[0].decode("utf-8-sig", errors="replace")
    except DataError:
        return False  # whoever reads it says why
    return bool({EVENT_NAME, INSTRUMENT, INSTANCE} & {name.strip().strip('"').lower() for name in first.replace(";", ",").split(",")})


@dataclass
class LayoutProposal:
    """The mapping of a folder of OMOP tables or FHIR resources.

    Parameters
    ----------
    scratch, layout, path
        Where rows may be put, which layout, and what is read.
    given, declined
        As of `ProposalText`.
    counts : dict of str to int
        How many rows each code has; filled once, and kept by the caller.
    fields : list of Line
        What the links of forms stand for; filled once, and kept by the caller.
    scales : dict of str to Scale
        Those that are known.
    """

    scratch: Scratch
    layout: str
    path: Path
    given: Dictionary[str, Any]
    declined: Collection[tuple[str, ...]]
    counts: dict[str, int]
    fields: list[Line]
    scales: Dictionary[str, Scale]

    def proposal(self, name: str) -> Proposal:
        """Every line, with what is left to decide."""
        lines = MappingLines(self.given)
        for part in (_data(self.layout), self._tracks(), self._reasons(), self._forms()):
            for line in part:
                lines.add(line)
        return Proposal(name, tuple(lines.with_given()), lines.remarks)

    def _tracks(self) -> Iterator[Line]:
        """The codes of stays of at least 11 rows: some are tracks, and which ones a person knows."""
        if not self.counts:
            self.counts.update(self._codes())
        counts = self.counts
        known = value_at(self.given, TRACKS) or {}
        often = {code: n for code, n in counts.items() if n >= FEWEST_ROWS and is_shown(code)}
        yield Line(TRACKS, note="your code = your track: rows with any other code are no episodes")
        if len(counts) > MAX_CODES:
            yield Line(TRACKS, note=f"more than {MAX_CODES} different codes: those of most rows are listed")
        for code, n in sorted(often.items(), key=lambda entry: (-entry[1], entry[0]))[:MAX_CODES]:
            if (*TRACKS, code) not in self.declined:
                why = "Rows with the code of a track are episodes of it. Enter leaves the code out."
                question = Question(f"Is {toml(code)} ({n:,} rows) a track, and what is it called?", why, form="label", needed=False)
                yield Line(TRACKS, code, "", f"{n:,} rows: what the track is called, if it is one", question)
        if not known:
            question = Question("Which code is a track?", "Without the code of a track nothing is an episode.")
            yield Line(TRACKS, "CODE", "", "at least one code of a track, with what the track is called", question)
        if hidden := len(counts) - len(often):
            what = "code" if hidden == 1 else "codes"
            yield Line(TRACKS, note=f"{hidden} further {what}, fewer than {FEWEST_ROWS} rows each or not to be shown, not listed")

    def _reasons(self) -> Iterator[Line]:
        """The discharge codes of at least 11 stays of the tracks named, each to be translated; of tables, where the code stands in the row."""
        known = value_at(self.given, TRACKS) or {}
        holder = self._holder()
        if self.layout != "omop" or not known or holder not in _WITH_REASON:
            return
        self._open(holder)
        tracks = ", ".join(literal(code) for code in known)
        among = " OR ".join(f"{quoted(code)} IN ({tracks})" for code in CODES[holder])
        reason = f"coalesce({', '.join(f'nullif({name}, {literal(blank)})' for name, blank in _REASON)})"
        rows = self.scratch.ask(
            f"SELECT {reason} AS code, count(*) AS n FROM codes_of_{holder} WHERE {among} GROUP BY 1 HAVING code IS NOT NULL"
        )
        column = KINDS[COUNTED].fields[[field.name for field in KINDS[COUNTED].fields].index("discharge_reason")]
        for code, n in sorted(rows, key=lambda row: (-row[1], row[0])):
            if n >= FEWEST_ROWS and is_shown(code) and code != STILL_PATIENT and len(rows) <= MAX_CODES:
                yield code_line(column, code, n, match_code(column, code, {}), f"{holder}, discharged_to")

    def _forms(self) -> Iterator[Line]:
        """Which links of forms are which items, where their words are known; of FHIR, whose resources are read once for it."""
        if self.layout == "fhir" and not self.fields:
            forms = resources(files_of(self.path, _FORMS), _FORMS)
            self.fields += link_lines((content for *_, content in forms), self.scales)
        return iter(self.fields)

    def _holder(self) -> str:
        """Where the stays are."""
        first = RESOURCES[0] if self.layout == "fhir" else next(iter(CODES))
        return str(value_at(self.given, ("adapter", "episodes")) or first)

    def _codes(self) -> Dictionary[str, int]:
        return self._of_resources(self._holder()) if self.layout == "fhir" else self._of_table(self._holder())

    def _of_resources(self, holder: str) -> Dictionary[str, int]:
        counts: Counter[str] = Counter()
        for _, _, content in resources(files_of(self.path, holder), holder):
            counts.update(codes_of(content.get("type")))
        return counts

    def _of_table(self, holder: str) -> Dictionary[str, int]:
        """The most specific code of each row that has one."""
        self._open(holder)
        codes = [f"nullif({quoted(code)}, '0')" for code in CODES[holder]]
        code = f"coalesce({', '.join(codes)})"
        return dict(self.scratch.ask(f"SELECT {code} AS code, count(*) FROM codes_of_{holder} GROUP BY 1 HAVING code IS NOT NULL"))

    def _open(self, holder: str) -> None:
        """The columns of codes of the table of stays, once."""
        name = f"codes_of_{holder}"
        if f"read_{name}" not in self.scratch.tables and name not in self.scratch.tables:
            file = next(file for file in sorted(self.path.iterdir()) if file.stem.lower() == holder)
            wanted = (*CODES[holder], *(column for column, _ in _REASON))
            self.scratch.read(name, file, Mapping(delimiter=value_at(self.given, ("data", "delimiter")) or ","), wanted, ())


def _data(layout: str) -> Iterator[Line]:
    """The layout, the class and the last day: such files hold dates."""
    yield Line(("data",), "layout", layout, "by the names of the files")
    yield class_line(f"dates are read: one of {', '.join(DATED_CLASSES)}")
    yield cutoff_line()
