"""Takes the data and the options of a report, gives its parameters: what must be known to make the same report again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from iop_outcomes.engine.narrowed import Condition
from iop_outcomes.errors import DataError
from iop_outcomes.intake.data import Data

ON_ERROR = ("raise", "exclude")
OLDEST_PACK = "program_quality"  # of pages from before there were others
_NAMES = ("by", "policy", "title", "on_error", "conf_level")


@dataclass(frozen=True, slots=True)
class PageParameters:
    """What a report was asked for.

    Parameters
    ----------
    by, policy, title : str
        As the public function takes them.
    conf_level : float
        Of every interval.
    on_error : {"raise", "exclude"}
        Whether faulty rows were left out when the data were loaded.
    where : tuple of tuple of Condition
        How the data were narrowed, one step after the other.
    ledger : int or None
        With how many earlier outputs it was compared; None where no ledger was given.
    compare_to : str or None
        Fingerprint of the earlier report that it says the changes since; None where none was given.
    pack : str
        Which parts it has; pages that do not say so are of `OLDEST_PACK`.

    Examples
    --------
    >>> quarters = Condition("discharge_quarter", between=("2024-Q1", "2024-Q4"))
    >>> given = PageParameters("track", "cms11", "Program quality report", 0.95, "raise", ((quarters,),))
    >>> PageParameters.from_dict(given.to_dict()) == given
    True
    """

    by: str
    policy: str
    title: str
    conf_level: float
    on_error: str
    where: tuple[tuple[Condition, ...], ...] = ()
    ledger: int | None = None
    compare_to: str | None = None
    pack: str = OLDEST_PACK

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values."""
        return {
            "by": self.by,
            "compare_to": self.compare_to,
            "conf_level": f"{self.conf_level:g}",
            "ledger": self.ledger,
            "on_error": self.on_error,
            "pack": self.pack,
            "policy": self.policy,
            "title": self.title,
            "where": [[_condition_to_dict(condition) for condition in step] for step in self.where],
        }

    @classmethod
    def from_dict(cls, values: Any) -> PageParameters:
        """Read them back.

        Raises
        ------
        DataError
            When one is missing or is not what it must be: the file was changed, or another version wrote it.
        """
        try:
            by, policy, title, on_error, conf_level = (_text(values[name]) for name in _NAMES)
            where = read_conditions(values["where"])
            ledger = None if values["ledger"] is None else _several(values["ledger"])
            compare_to = values.get("compare_to")
            compare_to = None if compare_to is None else _text(compare_to)
            pack = _text(values.get("pack", OLDEST_PACK))
            read = cls(by, policy, title, float(conf_level), on_error, where, ledger, compare_to, pack)
        except (LookupError, TypeError, ValueError, AttributeError):
            read = None
        if read is None or read.on_error not in ON_ERROR or {*values} - {"pack", "compare_to"} != {*_NAMES, "where", "ledger"}:
            raise DataError(
                "the parameters in it are not those of a report of this version. Was it changed, or written by another version?"
            )
        return read

    def narrow(self, data: Data) -> Data:
        """The episodes that the report was of, among all that were loaded."""
        for step in self.where:
            data = data.where(**{condition.column: condition.between or list(condition.levels) for condition in step})
        return data


def read_conditions(where: Any) -> tuple[tuple[Condition, ...], ...]:
    """How data were narrowed, from its plain values; LookupError, TypeError or AttributeError where these are none."""
    return tuple(tuple(_condition_from_dict(condition) for condition in step) for step in where)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _several(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise TypeError
    return value


def _condition_to_dict(condition: Condition) -> dict[str, Any]:
    if condition.between:
        return {"column": condition.column, "from": condition.between[0], "to": condition.between[1]}
    return {"column": condition.column, "values": [str(level) for level in condition.levels]}


def _condition_from_dict(values: Mapping[str, Any]) -> Condition:
    column = _text(values["column"])
    if "values" in values:
        return Condition(column, tuple(_text(value) for value in values["values"]))
    return Condition(column, between=(_text(values["from"]), _text(values["to"])))


def page_parameters(
    data: Data, by: str, policy: str, title: str, conf_level: float, ledger: int | None, compare_to: str | None, pack: str
) -> PageParameters:
    """The parameters of a report of these data."""
    return PageParameters(by, policy, title, conf_level, data.on_error, data.narrowings, ledger, compare_to, pack)
