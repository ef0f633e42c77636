"""Takes rows, gives the table and the page that is kept beside the command."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from importlib.metadata import version

import numpy as np
import scipy

from iop_outcomes.stats.intervals import FEW_PATIENTS
from simulations.catalogue import KNOWN, REPLICATES, TOLERANCE, is_known
from simulations.scenario import NOMINAL, SEED, Row

HEAD = (
    "| interval | data | n | coverage | Monte-Carlo error | band | left out | open | in its band |\n|---|---|---|---|---|---|---|---|---|\n"
)


def table(rows: Sequence[Row]) -> str:
    """One line for each row; the rows of one interval stand together."""
    names = list(dict.fromkeys(row.quantity for row in rows))
    return HEAD + "".join(_line(row) for row in sorted(rows, key=lambda row: names.index(row.quantity)))


def rows_of_page(text: str, replicates: int) -> dict[tuple[str, str, str], Row]:
    """The rows of a page that was written before, by their keys: as many digits as stand there.

    Raises
    ------
    ValueError
        When it is of another number of samples.
    """
    if f": {replicates:,} samples of each kind of data" not in text:
        raise ValueError(f"the page is not of {replicates:,} samples of each kind of data: run all of it, or as many samples as it has")
    rows = {}
    for line in text.partition(HEAD)[2].splitlines():
        quantity, setting, n, coverage, error, band, left_out, open_sides, _ = line.strip("| ").split(" | ")
        low, _, high = band.partition(" to ")
        limits = (float(low), float(high)) if high else None
        row = Row(quantity, setting, n, replicates, float(coverage), float(error), limits, int(left_out), int(open_sides))
        rows[row.key] = row
    return rows


def page(rows: Sequence[Row], replicates: int) -> str:
    """The table with what it takes to make it again."""
    command = "python -m simulations" + ("" if replicates == REPLICATES else f" --replicates {replicates}")
    versions = (
        f"iop_outcomes {version('iop-outcomes')}, Python {platform.python_version()}, numpy {np.__version__}, scipy {scipy.__version__}"
    )
    banded = [row for row in rows if row.band is not None]
    outside = [row for row in banded if not row.reaches(TOLERANCE)]
    told = "".join(_told(row) for row in rows if row in outside or is_known(row, TOLERANCE))
    return f"""# How often the intervals hold the truth

Written by `{command}`: {replicates:,} samples of each kind of data, nominal coverage {NOMINAL:.0%}, seed {SEED} with one stream for each kind
of data (its name is part of the seed). {versions}.

Every interval is made by the package's own functions, and compared with the exact truth of the population drawn from. A row is in its
band when the coverage lies in the band widened by {TOLERANCE} Monte-Carlo errors; where it needs that widening, the table says so.

- Episodes are independent of one another except where the data column speaks of patients: there "by patient" is the package's interval,
  and "patients ignored" the one it would be if the patients were not known. Under {FEW_PATIENTS} effective patients every estimate is flagged
  `few_patients`; its intervals are counted all the same, and nothing is promised of them.
- "Left out" counts intervals that were not given, or were flagged where the name of the row leaves those out; "open" counts those without a
  limit on one side, which hold everything on that side. For a row over many truths, both count all of them together.
- "All" takes every interval as given; "5 or more" leaves out those flagged for fewer than 5, and so speaks of samples picked by their result.
- A row of limits at 0% or 100% gives, of several truths, the one held least often. A sample with any other share counts as holding it, so
  that the row gives the risk of the one limit, promised to be at most 2.5% whatever the truth.
- A row of five equal tracks counts the samples in which no track is called higher or lower than the others; at most 6% of samples may call
  any, and of five outcomes 1 - 0.94^5 (27%; with exactly 5% each it would be 1 - 0.95^5, 23%).
- A row of the log-rank test counts the samples of groups with one curve in which p is 0.05 or more. Under {FEW_PATIENTS} effective patients in a
  group the package gives no p; the rows show what it would be. "Not of the package" is a way to refer the statistic that was tried.
- Shares by published criteria (early response, sudden gains, clinical significance, not on track) have Wilson's interval. Who is not on track is
  judged by the course of the same people, which moves with them: intervals that take it as known are cautious, never too narrow.

{len(banded) - len(outside)} of {len(banded)} rows with a band reach it, {len(outside)} do not; {len(rows) - len(banded)} more are reported without a promise.
Outside, here or in 30,000 samples:

{told}
{table(rows)}"""


def verdict(row: Row) -> str:
    """Whether a row is in its band, in words."""
    if row.band is None:
        return "no band"
    where = "yes" if row.reaches(0) else f"within {TOLERANCE} errors" if row.reaches(TOLERANCE) else "outside its band"
    return where + (", outside in 30,000" if is_known(row, TOLERANCE) else "")


def _told(row: Row) -> str:
    """What the head of the page says of a row outside its band."""
    why = f"{KNOWN[row.key].coverage:g} in 30,000. {KNOWN[row.key].why}" if is_known(row, TOLERANCE) else "not explained."
    return f"- {row.quantity}; {row.setting}; n = {row.n}: {row.coverage:.4f} here; {why}\n"


def _line(row: Row) -> str:
    band = "" if row.band is None else f"{row.band[0]:.3f} to {row.band[1]:.3f}"
    cells = (row.quantity, row.setting, row.n, f"{row.coverage:.4f}", f"{row.error:.4f}", band, row.left_out, row.open_sides, verdict(row))
    return "| " + " | ".join(str(cell) for cell in cells) + " |\n"
