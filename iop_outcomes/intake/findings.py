"""Takes rows that break a rule, gives `Finding`: file, line, column, rule and what to do, never a value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal, NoReturn

from iop_outcomes.errors import DataError, LibraryError, PrivacyError

Severity = Literal["error", "warning", "note"]
SHOWN_LINES = 5
SHOWN_FINDINGS = 20
PRIVACY_RULES = frozenset({"dates_not_allowed", "identifier_column", "identifier_value", "age_over_89", "zip_not_allowed"})


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that some rows of one table break.

    Parameters
    ----------
    rule, severity : str
        Which rule, and whether the rows can be used.
    file : str
        Name of the file without its folder, or "episodes (data frame)".
    column : str
        The column as the site calls it; "" when the finding is about the file.
    message, hint : str
        What is wrong, and what to do.
    lines : tuple of int
        Physical lines of the file, counted from 1; rows counted from 1 for a Parquet file or a data frame.
    unit : {"line", "row"}
        Which of the two `lines` are.
    count : int
        Rows that break the rule.
    many : bool
        Whether a person has many such rows, so that their number may hide few people.
    """

    rule: str
    severity: Severity
    file: str
    column: str
    message: str
    hint: str
    lines: tuple[int, ...] = ()
    unit: str = "line"
    count: int = 0
    many: bool = False

    def __str__(self) -> str:
        return self.sentence()

    def sentence(self) -> str:
        """Where, what and what to do, on one line, as an error says it."""
        place = f"{self.file}:{self.lines[0]}" if self.lines else self.file
        return f"{place}: {f'{self.column}: ' if self.column else ''}{self.rule}: {self.message}{self._where()}. {self.hint}"

    def _where(self) -> str:
        if not self.lines:
            return ""
        shown = ", ".join(str(line) for line in self.lines[:SHOWN_LINES])
        more = f" and {self.count - SHOWN_LINES:,} more" if self.count > SHOWN_LINES else ""
        units = self.unit if self.count == 1 else f"{self.unit}s"
        return f" ({units} {shown}{more})"

    def to_dict(self) -> dict[str, object]:
        """The finding as plain values, every line of it, for JSON."""
        return {name: value for name, value in asdict(self).items() if name != "many"}


def refuse(findings: Sequence[Finding]) -> NoReturn:
    """Raise one error that carries every finding.

    Raises
    ------
    PrivacyError
        When a finding is that the data hold what their class forbids.
    LibraryError
        When it is that a library is not installed.
    DataError
        Otherwise.
    """
    errors = [finding for finding in findings if finding.severity == "error"]
    kind = PrivacyError if any(finding.rule in PRIVACY_RULES for finding in errors) else DataError
    if any(finding.rule == "library_missing" for finding in errors):
        kind = LibraryError
    lines = [finding.sentence() for finding in errors[:SHOWN_FINDINGS]]
    if len(errors) > SHOWN_FINDINGS:
        lines.append(f"... and {len(errors) - SHOWN_FINDINGS} more findings")
    raise kind("\n".join(lines), tuple(findings))


def fatal(rule: str, file: str, message: str, hint: str, *, column: str = "", line: int | None = None) -> NoReturn:
    """Raise for a file that cannot be read at all."""
    lines = () if line is None else (line,)
    refuse([Finding(rule, "error", file, column, message, hint, lines, count=len(lines))])
