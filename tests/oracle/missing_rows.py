"""Takes one row per person with scores at both ends or at the first alone, gives the change with missing scores allowed for, by stacked equations."""

import math

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import stats

CLASSES = {
    "completed": "completed",
    **dict.fromkeys(("transferred_step_down", "transferred_step_up", "transferred_lateral"), "transferred"),
    **dict.fromkeys(("dropped_out", "terminated_by_program", "authorization_ended", "incarcerated"), "ended early"),
}


def scored(rows, scores):
    """Everyone discharged with an admission score, by the words of the definition: nearest to day 0, last near discharge, last in care."""
    of_episode = {who: list(zip(each.day, each.score.astype(float), strict=True)) for who, each in scores.groupby("episode_id")}
    out = []
    for e in rows[~rows.discharge_reason.isin(["not_started", "active"])].itertuples():
        own = of_episode.get(e.episode_id, [])
        near = [each for each in own if -7 <= each[0] <= 3]
        if near and e.los == e.los:
            first = min(near, key=lambda each: (abs(each[0]), each[0], each[1]))
            later = [each for each in own if each[0] > first[0]]
            end = max((each for each in later if -7 <= each[0] - e.los <= 14), default=None)
            last = end or max((each for each in later if each[0] < e.los - 7), default=first)
            out.append((first[1], end[1] if end else None, last[1], e.discharge_reason, e.los, e.track, e.patient_id or e.episode_id))
    return pd.DataFrame(out, columns=["pre", "post", "last", "reason", "stay", "track", "who"]).astype({"post": float})


def columns(rows):
    """What both models know, where every class has people enough of both kinds: a column of ones, the score and its square, weeks, classes."""
    kind = rows.reason.map(CLASSES).fillna("otherwise").to_numpy()
    dummies = [(each == level).astype(float) for each in (kind, rows.track.to_numpy()) for level in sorted(set(each))[1:]]
    pre = rows.pre.to_numpy(float)
    return np.column_stack([np.ones(len(rows)), pre, np.minimum(rows.stay // 7, 13).to_numpy(float), pre**2, *dummies])


def slope(equations, at):
    """The slope of the mean of some equations by every parameter, by differences on both sides."""
    steps = 1e-6 * np.maximum(1.0, np.abs(at))
    sides = [
        [equations(at + sign * step * unit).mean(axis=0) for sign in (1, -1)] for step, unit in zip(steps, np.eye(len(at)), strict=True)
    ]
    return np.column_stack([(up - down) / (2 * step) for (up, down), step in zip(sides, steps, strict=True)])


def solved(equations, at):
    """The last parameter, and the influence of each row on it."""
    return at[-1], (-np.linalg.solve(slope(equations, at), equations(at).T) / len(equations(at)))[-1]


def estimates(rows):
    """Each number with its influences: rows have pre, post, last, reason, stay, track, who."""
    x, n = columns(rows), len(rows)
    seen = rows.post.notna().to_numpy().astype(float)
    change = (rows.pre - rows.post).fillna(0).to_numpy(float)
    linear = sm.OLS(change[seen == 1], x[seen == 1]).fit().params
    chances = sm.GLM(seen, x, family=sm.families.Binomial()).fit(tol=1e-12, maxiter=100).params

    def standardised(t):
        return np.column_stack([(seen * (change - x @ t[:-1]))[:, None] * x, x @ t[:-1] - t[-1]])

    def weighted(t):
        chance = 1 / (1 + np.exp(-x @ t[:-1]))
        return np.column_stack([(seen - chance)[:, None] * x, seen / chance * (change - t[-1])])

    weight = seen * (1 + np.exp(-x @ chances))
    mean, pulls = solved(standardised, np.append(linear, (x @ linear).mean()))
    carried = (rows.pre - rows["last"]).to_numpy(float)
    missing = 1 - seen.mean()
    return {
        "mean_change": (change.sum() / seen.sum(), seen * (change - change.sum() / seen.sum()) / seen.sum()),
        "mean_change_if_last_carried": (carried.mean(), (carried - carried.mean()) / n),
        "mean_change_if_missing_unchanged": (change.mean(), (change - change.mean()) / n),
        "mean_change_standardised": (mean, pulls),
        "mean_change_weighted": solved(weighted, np.append(chances, weight @ change / weight.sum())),
        "tipping_point": (mean / missing, (pulls - mean / missing * ((1 - seen) - missing) / n) / missing),
        "share missing": (missing, ((1 - seen) - missing) / n),
    }, seen


def by_patient(rows):
    """Value, standard error and limits of each number: sums of influences by person, t on the effective number of people less one."""
    found, seen = estimates(rows)
    out = {}
    for name, (value, influence) in found.items():
        own = seen == 1 if name == "mean_change" else np.ones(len(rows), dtype=bool)
        times = rows.who[own].value_counts()
        m = times.sum() ** 2 / (times**2).sum()
        sums = [np.bincount(rows.who.factorize()[0], weights=each) for each in (influence, found["mean_change_standardised"][1])]
        error = math.sqrt((sums[0] ** 2).sum() * m / (m - 1))
        half = stats.t.ppf(0.975, m - 1)
        out[name] = (value, error, value - half * error, value + half * error)
        if name == "tipping_point":
            top, bottom = found["mean_change_standardised"][0], found["share missing"][0]
            other = np.bincount(rows.who.factorize()[0], weights=found["share missing"][1])
            v, c, w = (m / (m - 1) * part for part in ((sums[1] ** 2).sum(), (sums[1] * other).sum(), (other**2).sum()))
            roots = np.roots([bottom**2 - half**2 * w, -2 * (top * bottom - half**2 * c), top**2 - half**2 * v])
            out[name] = (value, error, *sorted(roots.real))
    return out
