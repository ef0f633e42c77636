"""Takes a track's parameters and a generator, gives its episodes and their visits as whole arrays.

Every array holds one element per episode. Days count from ADMISSIONS_FROM (`admit`), from admission (`los`, `observed`, score days) or
from discharge (`follow_up` and every `*_day` of an event); an event that never comes has the day `NEVER`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from math import inf, log1p, sqrt
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from iop_outcomes.synthetic import parameters as p

Array = NDArray[Any]
Rows = dict[str, Array]
NEVER = 1_000_000  # days
ADMISSION_DAYS = (date.fromisoformat(p.ADMISSIONS_TO) - date.fromisoformat(p.ADMISSIONS_FROM)).days
CUTOFF_DAY = (date.fromisoformat(p.CUTOFF) - date.fromisoformat(p.ADMISSIONS_FROM)).days
REASON = {name: code for code, name in enumerate(p.REASONS)}


def draw_track(track: p.Track, n: int, rng: np.random.Generator) -> Rows:
    """Draw the episodes of one track, patients with several episodes next to each other.

    Parameters
    ----------
    track : Track
        What to draw.
    n : int
        Number of episodes.
    rng : numpy.random.Generator
        The only source of chance.

    Returns
    -------
    dict of str to numpy.ndarray
        Arrays of length `n`; nothing is hidden in them: every episode has its discharge, its discharge scores and its later events,
        with flags that say what the program sees.

    Examples
    --------
    >>> rows = draw_track(p.TRACKS[1], 1000, np.random.default_rng(7))
    >>> len(rows["los"]), bool((rows["los"] >= 0).all()), int(rows["phq9_admit"].max()) <= 27
    (1000, True, True)
    """
    rows = _patients(n, rng)
    _care(rows, track, rng)
    _calendar(rows, rng)
    _scores(rows, track, rng)
    _people(rows, track, rng)
    _events(rows, track, rng)
    _follow_up(rows, rng)
    return {key: values for key, values in rows.items() if key not in ("last", "order")}


def pick(shares: Sequence[float], n: int, rng: np.random.Generator) -> Array:
    """Draw `n` codes 0, 1, ... with the given shares.

    Examples
    --------
    >>> pick([0.0, 1.0], 3, np.random.default_rng(1)).tolist()
    [1, 1, 1]
    """
    return np.searchsorted(np.cumsum(shares)[:-1], rng.random(n), side="right")


def _normal_quantile(share: float) -> float:
    if share <= 0:
        return -inf
    return inf if share >= 1 else NormalDist().inv_cdf(share)


def _rest(*loadings: float) -> float:
    """The loading of the independent part of a score of variance 1."""
    return sqrt(1 - sum(loading**2 for loading in loadings))


def _patients(n: int, rng: np.random.Generator) -> Rows:
    triples, pairs = round(n * p.TRIPLE_SHARE / 3), round(n * p.PAIR_SHARE / 2)
    sizes = np.repeat([1, 2, 3], [n - 3 * triples - 2 * pairs, pairs, triples])
    patient = np.repeat(np.arange(sizes.size), sizes)
    last = (np.cumsum(sizes) - 1)[patient]
    order = np.arange(n) - (last + 1 - sizes[patient])
    course, severity = rng.standard_normal(sizes.size)[patient], rng.standard_normal(sizes.size)[patient]
    return {"patient": patient, "last": last, "order": order, "patient_course": course, "patient_severity": severity}


def _care(rows: Rows, track: p.Track, rng: np.random.Generator) -> None:
    """Severity, the course of care, how it ended and how long it took."""
    n = rows["patient"].size
    shared = sqrt(p.PATIENT_SEVERITY)
    severity = shared * rows["patient_severity"] + _rest(shared) * rng.standard_normal(n)
    shared = sqrt(p.PATIENT_COURSE)
    course = shared * rows["patient_course"] - p.SEVERITY_COURSE * severity + _rest(shared, p.SEVERITY_COURSE) * rng.standard_normal(n)
    cuts = [_normal_quantile(share) for share in np.cumsum(list(track.reasons.values()))[:-1].tolist()]
    reason = np.searchsorted(cuts, -course, side="right")
    returns = rows["last"] != np.arange(n)
    reason = np.where(returns & (reason == REASON["died"]), REASON["other"], reason)

    steps = np.array(list(p.PLANNED_STEPS))
    planned = track.planned_days + steps[pick(list(p.PLANNED_STEPS.values()), n, rng)]
    course_code = np.array([p.COURSES.index(p.COURSE_OF_REASON[name]) for name in p.REASONS])[reason]
    median = np.array([track.stay[name] for name in p.COURSES])[course_code]
    log_sd = np.array([p.STAY_LOG_SD[name] for name in p.COURSES])[course_code]
    median = np.where(reason == REASON["completed"], median * planned / track.planned_days, median)
    los = np.floor(median * np.exp(log_sd * rng.standard_normal(n))).astype(np.int64)
    leaves_early = (reason == REASON["dropped_out"]) & (rng.random(n) < p.EARLY_LEAVERS)
    los = np.where(leaves_early, rng.integers(0, 7, n), los)
    los = np.where(reason == REASON["not_started"], 0, np.minimum(los, p.LONGEST_STAY))
    reason_known = rng.random(n) >= p.REASON_MISSING
    reason_known |= np.isin(reason, [REASON["died"], REASON["not_started"]])
    rows.update(severity=severity, course=course, reason=reason, planned=planned, los=los, reason_known=reason_known)


def _calendar(rows: Rows, rng: np.random.Generator) -> None:
    """Admission days: a patient's episodes follow one another without overlap, all of them inside the years of admission."""
    n, order, los = rows["patient"].size, rows["order"], rows["los"]
    shortest, mean, longest = p.RETURN_GAP
    gap = np.minimum(shortest + np.floor(rng.exponential(mean, n)), longest).astype(np.int64)
    offset = np.zeros(n, dtype=np.int64)
    for number in (1, 2):
        later = np.flatnonzero(order == number)
        offset[later] = offset[later - 1] + los[later - 1] + gap[later - 1]
    chance = rng.random(n)[rows["last"]]
    room = ADMISSION_DAYS - offset[rows["last"]]
    admit = np.floor(chance * (room + 1)).astype(np.int64) + offset
    observed = CUTOFF_DAY - admit
    rows.update(admit=admit, observed=observed, discharged=los <= observed)


def _whole(score: Array, top: int) -> Array:
    return np.clip(np.rint(score), 0, top).astype(np.int64)


def _scores(rows: Rows, track: p.Track, rng: np.random.Generator) -> None:
    """Scores on the days of admission and discharge, and which of them are on file."""
    n, los = rows["patient"].size, rows["los"]
    for scale, means, sds, top in (("phq9", track.phq9, p.PHQ9_SD, p.PHQ9_TOP), ("gad7", track.gad7, p.GAD7_SD, p.GAD7_TOP)):
        loading = p.SEVERITY_LOADING[scale]
        before = loading * rows["severity"] + _rest(loading) * rng.standard_normal(n)
        # the two parts are correlated through severity: their covariance belongs to the variance of 1
        both = 2 * p.ADMISSION_LOADING * p.COURSE_LOADING * loading * p.SEVERITY_COURSE
        rest = sqrt(1 - p.ADMISSION_LOADING**2 - p.COURSE_LOADING**2 - both)
        after = p.ADMISSION_LOADING * before - p.COURSE_LOADING * rows["course"] + rest * rng.standard_normal(n)
        rows[f"{scale}_admit"] = _whole(means[0] + sds[0] * before, top)
        rows[f"{scale}_discharge"] = _whole(means[1] + sds[1] * after, top)
        rows[f"{scale}_distress"] = after

    days = np.arange(-7, 4)
    near = np.array([0.01, 0.01, 0.01, 0.01, 0.02, 0.03, 0.06, 0.60, 0.14, 0.07, 0.04])
    late, never = rng.random(n) < p.ADMISSION_FORM_LATE, rng.random(n) < p.ADMISSION_FORM_NEVER
    day = np.where(late, rng.integers(4, 11, n), days[pick(near.tolist(), n, rng)])
    # an admission form lies at least 8 days before discharge, so that no rule can take it for a discharge form; after 0 days there is none
    day = np.where(late, day, np.minimum(day, los - 8))
    rows["admission_day"] = day
    has_admission = ~never & (los > 0) & (day <= los - 8)

    answers = np.array([_normal_quantile(p.DISCHARGE_FORM[name]) for name in p.REASONS])[rows["reason"]]
    stays_away = p.SEVERE_STAY_AWAY * rows["phq9_distress"] + _rest(p.SEVERE_STAY_AWAY) * rng.standard_normal(n)
    has_discharge = (stays_away < answers) & (los > p.SHORT_STAY)
    rows["discharge_form_day"] = np.minimum(los + rng.integers(-3, 8, n), rows["observed"])
    for scale in ("phq9", "gad7"):
        rows[f"{scale}_has_admit"] = has_admission & (rng.random(n) >= p.SCALE_SKIPPED)
        rows[f"{scale}_has_discharge"] = has_discharge & (rng.random(n) >= p.SCALE_SKIPPED)
        rows[f"{scale}_paired"] = rows[f"{scale}_has_admit"] & (day <= 3) & rows[f"{scale}_has_discharge"]


def _people(rows: Rows, track: p.Track, rng: np.random.Generator) -> None:
    """Who the patients are, where and how they were seen; one patient keeps age group, sex, site and diagnosis."""
    n = rows["patient"].size

    def per_patient(shares: Mapping[str, float]) -> Array:
        return pick(list(shares.values()), n, rng)[rows["last"]]

    ages = np.array([p.AGE_GROUPS.index(name) for name in track.ages])
    rows.update(age=ages[per_patient(track.ages)], sex=per_patient(p.SEXES), site=per_patient(p.SITES), dx=per_patient(track.dx))
    rows["payer"] = pick(list(track.payers.values()), n, rng)
    rows["referrer"] = pick(list(track.referrers.values()), n, rng)
    band = np.searchsorted([5, 10, 15, 20], rows["phq9_admit"], side="right")
    rows["virtual"] = rng.random(n) < np.array(p.VIRTUAL_BY_BAND)[band] + np.array(p.VIRTUAL_BY_AGE)[rows["age"]]


def _first_day(share: float, by: int, shape: float, log_hazard: Array, rng: np.random.Generator) -> Array:
    """Days to a first event: Weibull, with probability `share` by day `by` where the log hazard is 0."""
    waiting = rng.exponential(size=log_hazard.size) / -log1p(-share) * np.exp(-log_hazard)
    return np.minimum(np.floor(by * waiting ** (1 / shape)), NEVER).astype(np.int64)


def _sometimes(share: Array | float, day: Array, rng: np.random.Generator) -> Array:
    return np.where(rng.random(day.size) < share, np.minimum(day, NEVER), NEVER)


def _events(rows: Rows, track: p.Track, rng: np.random.Generator) -> None:
    """What happens after discharge, as days from it, and relapses during care, as days from admission."""
    n, reason = rows["patient"].size, rows["reason"]
    hazard = p.COURSE_LOG_HAZARD * rows["course"]
    stepped_up = reason == REASON["transferred_step_up"]
    at_once = np.where(stepped_up, p.RETURN_AT_ONCE_STEP_UP, p.RETURN_AT_ONCE)
    rows["transfer_day"] = _sometimes(at_once, rng.integers(0, 3, n), rng)
    rows["readmission_day"] = _first_day(track.readmission_180, 180, p.SHAPE["readmission"], hazard, rng)
    again = rows["readmission_day"] + 10 + np.floor(rng.exponential(90, n)).astype(np.int64)
    rows["readmitted_again_day"] = _sometimes(p.READMITTED_AGAIN, again, rng)
    rows["planned_day"] = np.maximum(_first_day(track.planned_365, 365, p.SHAPE["planned"], 0 * hazard, rng), 7)
    rows["other_readmission_day"] = _first_day(track.other_readmission_180, 180, p.SHAPE["other_readmission"], 0 * hazard, rng)
    rows["emergency_day"] = _first_day(track.emergency_180, 180, p.SHAPE["emergency"], hazard, rng)
    rows["relapse_day"] = _first_day(track.relapse_180, 180, p.SHAPE["relapse"], hazard, rng)
    criteria = rows["relapse_day"] + np.floor(rng.exponential(30, n)).astype(np.int64)
    rows["criteria_day"] = _sometimes(p.CRITERIA_AFTER_USE, criteria, rng)
    rows["contact_day"] = _sometimes(p.CONTACT, 1 + np.floor(rng.exponential(9, n)).astype(np.int64), rng)
    next_level = _sometimes(p.NEXT_LEVEL, np.floor(rng.exponential(5, n)).astype(np.int64), rng)
    rows["step_up_day"] = np.where(stepped_up, next_level, NEVER)
    steps_down = np.isin(reason, [REASON["completed"], REASON["transferred_step_down"]])
    rows["step_down_day"] = np.where(steps_down, next_level, NEVER)
    in_care = 1 + np.floor(rng.random(n) * (rows["los"] - 1)).astype(np.int64)
    rows["relapse_in_care_day"] = np.where(rows["los"] >= 14, _sometimes(track.relapse_in_care, in_care, rng), NEVER)

    # a patient dies once: the day that follows from the last episode holds for the earlier ones
    day = _first_day(track.death_365, 365, p.SHAPE["death"], hazard, rng)
    discharge = rows["admit"] + rows["los"]
    died = np.where(reason == REASON["died"], discharge, discharge + day)[rows["last"]]
    rows["death_day"] = np.minimum(died - discharge, NEVER)


def _follow_up(rows: Rows, rng: np.random.Generator) -> None:
    """Days observed after discharge: to the cut-off, to death, or until lost; being lost has nothing to do with the outcome."""
    n = rows["patient"].size
    lost = _sometimes(p.LOST, rng.integers(0, p.LOST_WITHIN, n), rng)
    to_cutoff = np.maximum(rows["observed"] - rows["los"], 0)
    rows["follow_up"] = np.minimum(np.minimum(to_cutoff, lost), rows["death_day"])
    rows["follow_up_known"] = rng.random(n) >= p.FOLLOW_UP_UNKNOWN
    rows["followed"] = ~np.isin(rows["reason"], [REASON["died"], REASON["not_started"]])


def draw_visits(rows: Rows, rng: np.random.Generator) -> Rows:
    """Draw the scores between admission and discharge: about every two weeks, on the way from the one to the other.

    Parameters
    ----------
    rows : dict of str to numpy.ndarray
        Episodes from `draw_track`.
    rng : numpy.random.Generator
        The only source of chance.

    Returns
    -------
    dict of str to numpy.ndarray
        `row` (index of the episode), `day` (from admission; the last is 8 days before discharge or earlier), `phq9` and `gad7` (points).

    Examples
    --------
    >>> rows = draw_track(p.TRACKS[0], 50, np.random.default_rng(7))
    >>> visits = draw_visits(rows, np.random.default_rng(8))
    >>> bool((visits["day"] <= rows["los"][visits["row"]] - 8).all())
    True
    """
    end = np.minimum(rows["los"] - 8, rows["observed"])
    counts = np.maximum(end + 2, 0) // 14
    row = np.repeat(np.arange(counts.size), counts)
    number = np.arange(row.size) - np.repeat(np.cumsum(counts) - counts, counts) + 1
    day = 14 * number + rng.integers(-2, 3, row.size)
    kept = (day <= end[row]) & (rng.random(row.size) < 0.85)
    row, day = row[kept], day[kept]
    done = (1 - np.exp(-day / 30)) / (1 - np.exp(-rows["los"][row] / 30))
    visits = {"row": row, "day": day}
    for scale, top in (("phq9", p.PHQ9_TOP), ("gad7", p.GAD7_TOP)):
        before, after = rows[f"{scale}_admit"][row], rows[f"{scale}_discharge"][row]
        visits[scale] = _whole(before + done * (after - before) + 2.0 * rng.standard_normal(row.size), top)
    return visits
