"""Takes the official code frequencies of TEDS-D, gives files of records drawn from them: each variable by itself, to the last record.

`teds_frequencies.csv` beside this module holds counts from SAMHSA's codebooks TEDS-D 2006-2014 and 2015 to 2019 (public domain, not to
be distributed for a fee): file, variable, code, frequency, for the variables that the adapter reads.
"""

import csv
from functools import cache
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

LAYOUTS = ("2006-2014", "2015", "2016", "2017", "2018", "2019")
_SEPARATORS = {",": "','", "\t": "'\\t'"}


@cache
def frequencies(layout):
    """For each variable of a layout, code and count."""
    path = Path(__file__).with_name("teds_frequencies.csv")
    found = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["file"] == f"TEDS-D {layout}":
                found.setdefault(row["variable"], {})[int(row["code"])] = int(row["frequency"])
    return found


def total(layout):
    """Records of the official file."""
    return sum(frequencies(layout)["REASON"].values())


def share_out(counts, records):
    """Records for each code, as near to the official shares as whole records come (largest remainder)."""
    exact = np.array(list(counts.values())) * records / sum(counts.values())
    whole = np.floor(exact + 1e-9).astype(int)
    for place in np.argsort(whole - exact)[: records - whole.sum()]:
        whole[place] += 1
    return whole


def draw(layout, records=None, *, variables=None, seed=20190):
    """A frame of records of a layout, as many as the official file by default, of some variables or all; numbers, as the file holds them."""
    random = np.random.default_rng(seed)
    n = records or total(layout)
    columns = {"CASEID": np.arange(1, n + 1) + 20_190_000_000}
    for variable in variables or frequencies(layout):
        counts = frequencies(layout)[variable]
        columns[variable] = random.permutation(np.repeat(np.array(list(counts), dtype=np.int16), share_out(counts, n)))
    return pd.DataFrame(columns)


def write(frame, path, separator=","):
    """Write records as text."""
    with duckdb.connect() as connection:
        connection.register("records", frame)
        connection.execute(f"COPY records TO '{path}' (FORMAT csv, HEADER true, DELIMITER {_SEPARATORS[separator]})")
    return path
