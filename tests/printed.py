"""Takes a working number, gives what a release may say of it: the digits of a page, by plain decimals and not by the code under test."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

DECIMALS = {"share difference": 2, "days": 0, "hours": 1, "sessions": 0, "points": 1, "SD": 2, "ratio": 2, "p": 3, "chi-squared": 2}


def printed(value: float, unit: str, like: float | None = None) -> float:
    """A share as whole percent, with one decimal where `like` is under 9.95 %; everything else with the decimals of its unit."""
    if value != value:
        return value
    if unit == "p" and value < 0.001:
        return float(f"{value:.1g}")
    digits = DECIMALS.get(unit, 3 if 0 < (value if like is None else like) < 0.0995 else 2)
    rounded = float(Decimal(repr(value)).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP))
    if unit == "share" and rounded in (0.0, 1.0) and value not in (0.0, 1.0):
        return float(Decimal(repr(value)).quantize(Decimal("0.001"), rounding=ROUND_HALF_UP))
    return rounded


def row_as_printed(row: dict) -> dict:
    """The numbers of an estimate as a release under cms11 says them: no standard error, and degrees of freedom beside a test alone."""
    unit, value = row["unit"], row["value"]
    numbers = {"value": printed(value, unit), "low": printed(row["low"], unit, value), "high": printed(row["high"], unit, value)}
    tests = {name: printed(row[name], "p") for name in ("p", "p_adjusted")} | {"statistic": printed(row["statistic"], "chi-squared")}
    none = float("nan")
    return row | numbers | tests | {"se": none, "df": row["df"] if unit in ("p", "chi-squared") else none}
