"""Takes a size and a seed, gives the columns of the three input tables of one program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from iop_outcomes.synthetic import parameters as p
from iop_outcomes.synthetic.draw import Array, Rows, draw_track, draw_visits

Columns = dict[str, Array]

# Kind of event: the array that holds its day after discharge, event, kind, planned.
EVENT_STREAMS = (
    ("transfer_day", "readmission_psychiatric", "inpatient", 0),
    ("readmission_day", "readmission_psychiatric", "inpatient", 0),
    ("readmitted_again_day", "readmission_psychiatric", "inpatient", 0),
    ("planned_day", "readmission_psychiatric", "inpatient", 1),
    ("other_readmission_day", "readmission_other", "medical", 0),
    ("emergency_day", "emergency_visit", "psychiatric", 0),
    ("relapse_day", "relapse", "any_use", 0),
    ("criteria_day", "relapse", "return_to_criteria", 0),
    ("contact_day", "follow_up_contact", "outpatient_visit", 0),
    ("step_down_day", "next_level_of_care", "outpatient", 1),
    ("step_up_day", "next_level_of_care", "partial_hospitalization", 1),
    ("death_day", "death", "", 0),
)


def draw_tables(n: int, seed: int) -> dict[str, Columns]:
    """Draw one program as the columns of its input tables.

    Parameters
    ----------
    n : int
        Number of episodes.
    seed : int
        Seed of the only source of chance.

    Returns
    -------
    dict
        "episodes", "scores" and "events", each a dict of columns of equal length; a blank is "".

    Examples
    --------
    >>> tables = draw_tables(200, 7)
    >>> list(tables), list(tables["scores"]), tables["episodes"]["episode_id"][0].item()
    (['episodes', 'scores', 'events'], ['episode_id', 'scale', 'day', 'score'], 'E00001')
    """
    rows, visits = draw_program(n, seed)
    width = max(5, len(str(n)))
    episode = np.array([f"E{number:0{width}d}" for number in range(1, n + 1)])
    return {"episodes": _episodes(rows, episode, width), "scores": _scores(rows, visits, episode), "events": _events(rows, episode)}


def _joined(parts: Sequence[tuple[Array, ...]]) -> tuple[Array, ...]:
    return tuple(np.concatenate(column) for column in zip(*parts, strict=True))


def draw_program(n: int, seed: int) -> tuple[Rows, Rows]:
    """Draw all tracks of one program, in the order of admission.

    Parameters
    ----------
    n : int
        Number of episodes.
    seed : int
        Seed of the only source of chance.

    Returns
    -------
    tuple of dict
        The arrays of `draw_track` with the words of the categories, and those of `draw_visits`. Patients are numbered by first admission.

    Examples
    --------
    >>> rows, visits = draw_program(200, 7)
    >>> len(rows["los"]), bool((np.diff(rows["admit"]) >= 0).all())
    (200, True)
    """
    *seeds, seed_of_sizes = np.random.SeedSequence(seed).spawn(len(p.TRACKS) + 1)
    sizes = np.random.default_rng(seed_of_sizes).multinomial(n, [track.share for track in p.TRACKS])
    drawn, seen, patients, before = [], [], 0, 0
    for track, size, track_seed in zip(p.TRACKS, sizes.tolist(), seeds, strict=True):
        rng = np.random.default_rng(track_seed)
        rows = draw_track(track, size, rng)
        visits = draw_visits(rows, rng)
        rows |= _words(track, rows)
        rows["patient"] += patients
        visits["row"] += before
        patients, before = patients + size, before + size
        drawn.append(rows)
        seen.append(visits)
    rows, visits = ({key: np.concatenate([part[key] for part in parts]) for key in parts[0]} for parts in (drawn, seen))
    order = np.lexsort((rows["patient"], rows["admit"]))
    rows = {key: values[order] for key, values in rows.items()}
    visits["row"] = np.argsort(order)[visits["row"]]
    _, first, patient = np.unique(rows["patient"], return_index=True, return_inverse=True)
    rows["patient"] = np.argsort(np.argsort(first))[patient]
    return rows, visits


def _words(track: p.Track, rows: Rows) -> Rows:
    """The words behind the codes, whose lists differ from track to track."""

    def named(names: Sequence[str] | Mapping[str, float], codes: Array) -> Array:
        return np.array(list(names), dtype=object)[codes]

    return {
        "track_word": np.full(rows["los"].size, track.name, dtype=object),
        "reason_word": named(p.REASONS, rows["reason"]),
        "site_word": named(p.SITES, rows["site"]),
        "sex_word": named(p.SEXES, rows["sex"]),
        "age_word": named(p.AGE_GROUPS, rows["age"]),
        "dx_word": named(track.dx, rows["dx"]),
        "referrer_word": named(track.referrers, rows["referrer"]),
        "payer_word": named(track.payers, rows["payer"]),
    }


def _blank_unless(known: Array, values: Array) -> Array:
    return np.where(known, values.astype(object), "")


def _episodes(rows: Rows, episode: Array, width: int) -> Columns:
    discharged = rows["discharged"]
    reason = np.where(discharged, _blank_unless(rows["reason_known"], rows["reason_word"]), "active")
    first_day = np.datetime64(p.ADMISSIONS_FROM, "D")
    return {
        "episode_id": episode,
        "patient_id": np.array([f"P{number:0{width}d}" for number in (rows["patient"] + 1).tolist()]),
        "track": rows["track_word"],
        "site": rows["site_word"],
        "modality": np.where(rows["virtual"], "virtual", "in_person"),
        "level_of_care": np.full(episode.size, "iop"),
        "admit_date": (first_day + rows["admit"]).astype(str),
        "discharge_date": _blank_unless(discharged, (first_day + rows["admit"] + rows["los"]).astype(str)),
        "discharge_reason": reason,
        "planned_days": rows["planned"],
        "follow_up_days": _blank_unless(discharged & rows["follow_up_known"], rows["follow_up"]),
        "referral_source": rows["referrer_word"],
        "payer": rows["payer_word"],
        "primary_dx": rows["dx_word"],
        "age_group": rows["age_word"],
        "sex": rows["sex_word"],
    }


def _scores(rows: Rows, visits: Rows, episode: Array) -> Columns:
    scales = ("phq9", "gad7")
    parts = []
    for number, scale in enumerate(scales):
        admitted = np.flatnonzero(rows[f"{scale}_has_admit"])
        left = np.flatnonzero(rows[f"{scale}_has_discharge"] & rows["discharged"])
        row = np.concatenate([admitted, visits["row"], left])
        day = np.concatenate([rows["admission_day"][admitted], visits["day"], rows["discharge_form_day"][left]])
        score = np.concatenate([rows[f"{scale}_admit"][admitted], visits[scale], rows[f"{scale}_discharge"][left]])
        parts.append((row, day, np.full(row.size, number), score))
    row, day, code, score = _joined(parts)
    order = np.lexsort((code, day, row))
    return {"episode_id": episode[row[order]], "scale": np.array(scales)[code[order]], "day": day[order], "score": score[order]}


def _events(rows: Rows, episode: Array) -> Columns:
    parts = []
    seen = rows["discharged"] & rows["followed"] & rows["follow_up_known"]
    for number, (key, *_) in enumerate(EVENT_STREAMS):
        row = np.flatnonzero(seen & (rows[key] <= rows["follow_up"]))
        parts.append((row, rows[key][row], np.full(row.size, number), np.ones(row.size, dtype=bool)))
    row = np.flatnonzero(rows["discharged"] & (rows["relapse_in_care_day"] < rows["los"]))
    relapse = [key for key, *_ in EVENT_STREAMS].index("relapse_day")
    parts.append((row, rows["relapse_in_care_day"][row], np.full(row.size, relapse), np.zeros(row.size, dtype=bool)))
    row, day, code, after = _joined(parts)
    order = np.lexsort((code, day + np.where(after, rows["los"][row], 0), row))
    row, day, code, after = row[order], day[order], code[order], after[order]
    _, event, kind, planned = (np.array(column, dtype=object)[code] for column in zip(*EVENT_STREAMS, strict=True))
    return {
        "episode_id": episode[row],
        "event": event,
        "day": _blank_unless(~after, day),
        "days_after_discharge": _blank_unless(after, day),
        "kind": kind,
        "planned": planned,
    }
