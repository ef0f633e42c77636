"""Takes nothing, gives the seconds of scoring ten million forms, and of a mixed model of 100,000 people beside lme4 where R has it."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np

FORMS, PEOPLE, OCCASIONS, ROUNDS = 10_000_000, 100_000, 6, 3
SEED = 20_250_101
_LMER = """
suppressMessages(library(lme4))
rows <- read.csv(commandArgs(TRUE)[1])
start <- proc.time()[["elapsed"]]
model <- lmer(score ~ week + (week | id), rows, control = lmerControl(calc.derivs = FALSE))
cat(proc.time()[["elapsed"]] - start, fixef(model), sqrt(diag(as.matrix(vcov(model)))))
"""


def measured() -> list[str]:
    """Both tables, each from one run."""
    with tempfile.TemporaryDirectory() as folder:
        return [*scored(Path(folder)), *fitted(Path(folder))]


def scored(folder: Path) -> list[str]:
    """The total of every form by the SQL that loading uses, counted; a fiftieth of the answers blank."""
    import duckdb

    from iop_outcomes.scales import get_scale
    from iop_outcomes.scales.scoring import total_sql

    scale, file = get_scale("phq9"), folder / "forms.parquet"
    answers = ", ".join(
        f"CASE WHEN hash(i * 31 + {item}) % 50 > 0 THEN CAST(hash(i * 37 + {item}) % 4 AS INTEGER) END AS {name}"
        for item, name in enumerate(scale.item_columns)
    )
    duckdb.sql(f"COPY (SELECT {answers} FROM range({FORMS}) AS t(i)) TO '{file}' (FORMAT parquet)")
    totals = f"SELECT {total_sql(scale, list(scale.item_columns))} AS total, count(*) AS n FROM '{file}' GROUP BY total"
    floor = f"SELECT {' + '.join(scale.item_columns)} AS total, count(*) AS n FROM '{file}' GROUP BY total"
    seconds: dict[str, list[float]] = {totals: [], floor: []}
    for _ in range(ROUNDS):
        for query, each in seconds.items():
            start = time.perf_counter()
            duckdb.sql(query).fetchall()
            each.append(time.perf_counter() - start)
    ours, bare = (statistics.median(each) for each in seconds.values())
    return [
        f"## {FORMS:,} forms of the PHQ-9, nine items each (Parquet, a fiftieth of the answers blank)",
        "",
        "| what | measured | goal |",
        "|---|---|---|",
        f"| items added up as they are (the floor), seconds | {bare:.2f} | |",
        f"| scored with the rule for blanks, seconds | {ours:.2f} | <= 4 |",
        "",
    ]


def fitted(folder: Path) -> list[str]:
    """Random intercept and slope by REML: from the rows as counts, and as lme4 fits it."""
    from iop_outcomes.counts import Counts
    from iop_outcomes.models import mixed_model
    from iop_outcomes.models.repeated_scores import Shape, Time

    scores = _drawn()
    weeks = {f"week_{week}": float(week) for week in range(OCCASIONS)}
    start = time.perf_counter()
    blank = np.isnan(scores)
    codes = np.where(blank, -1, scores).astype(np.int64)
    cells, n = np.unique(codes, axis=0, return_counts=True)
    columns = [[None if point < 0 else point for point in column] for column in cells.T.tolist()]
    counts = Counts.from_columns(tuple(weeks), columns, n)
    counted = time.perf_counter() - start
    lines = {}
    models: tuple[tuple[Shape, Time], ...] = (("intercept_slope", "line"), ("unstructured", "occasions"))
    for shape, line in models:
        start = time.perf_counter()
        lines[shape] = mixed_model(counts, weeks, time=line, shape=shape), time.perf_counter() - start
    model, ours = lines["intercept_slope"]
    theirs = _by_lme4(scores, folder)
    rows = [
        f"| rows to counts ({len(n):,} cells), seconds | {counted:.1f} | |",
        f"| random intercept and slope, seconds | {ours:.1f} | <= 60 |",
        f"| unstructured covariance, a mean for each occasion, seconds | {lines['unstructured'][1]:.1f} | <= 60 |",
    ]
    if theirs is None:
        rows.append("| random intercept and slope by lme4, seconds | not measured: no R with lme4 here | |")
    else:
        apart = max(abs(np.array([*model.coefficients, *model.errors]) / np.array(theirs[1:]) - 1))
        rows.append(f"| random intercept and slope by lme4, seconds | {theirs[0]:.1f} | |")
        rows.append(f"| largest relative difference of coefficients and errors from lme4's | {apart:.0e} | <= 1e-03 |")
    head = f"## A mixed model of {PEOPLE:,} people on {OCCASIONS} occasions, {model.scores:,} scores"
    return [head, "", "| what | measured | goal |", "|---|---|---|", *rows, ""]


def _drawn() -> np.ndarray:
    """Scores about lines of their own, whole points from 0 to 27; whoever is better may stop, and some miss a week."""
    rng = np.random.default_rng(SEED)
    lines = rng.multivariate_normal([17.0, -1.2], [[16.0, -0.6], [-0.6, 0.5]], size=PEOPLE)
    scores = np.clip(np.rint(lines[:, :1] + lines[:, 1:] * np.arange(OCCASIONS) + rng.normal(0, 2.5, (PEOPLE, OCCASIONS))), 0, 27)
    gone = np.zeros(PEOPLE, dtype=bool)
    for week in range(1, OCCASIONS):
        gone |= (scores[:, week - 1] < 8) & (rng.random(PEOPLE) < 0.3)
        scores[gone | (rng.random(PEOPLE) < 0.05), week] = np.nan
    return scores


def _by_lme4(scores: np.ndarray, folder: Path) -> list[float] | None:
    """Seconds, coefficients and errors; none where there is no R with lme4."""
    program = shutil.which("Rscript")
    if program is None or subprocess.run([program, "-e", "library(lme4)"], capture_output=True, check=False).returncode:
        return None
    who, week = np.nonzero(~np.isnan(scores))
    rows, script = folder / "rows.csv", folder / "lmer.R"
    np.savetxt(rows, np.column_stack([who, week, scores[who, week]]), "%d", ",", header="id,week,score", comments="")
    script.write_text(_LMER, encoding="utf-8")
    out = subprocess.run([program, str(script), str(rows)], check=True, capture_output=True, text=True).stdout
    return [float(word) for word in out.split()]
