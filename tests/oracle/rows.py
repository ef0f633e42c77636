"""Takes a program as plain dicts, one per episode, gives completion, stays and reasons the slow and obvious way, one row after the other.

A blank is None or an absent key. `read` says of each episode what the definitions call it; everything after rests on that. A number is a dict of value, n, k, n_missing, excluded,
and the (patient, value) of each episode of its denominator. Nothing here is fast and nothing is shared with the package: the two agree only when both follow the definitions.
"""

import math
from datetime import date
from fractions import Fraction

TRANSFERS = ("transferred_step_down", "transferred_step_up", "transferred_lateral")


# -- what an episode is --------------------------------------------------------------------------------------------


def without_copies(table):
    """Of rows that repeat one another cell for cell, the first."""
    seen, kept = set(), []
    for row in table:
        cells = frozenset((name, value) for name, value in row.items() if value is not None)
        if cells not in seen:
            seen.add(cells)
            kept.append(row)
    return kept


def read(table, cutoff=None):
    """The episodes of a table with their status, stay, days observed and potential follow-up; exact copies once."""
    return [one_episode(row, cutoff) for row in without_copies(table)]


def one_episode(row, cutoff):
    """An episode with what follows from its cells."""
    reason, stay, observed = row.get("discharge_reason"), row.get("los_days"), row.get("observed_days")
    admitted = row.get("admit_date") and date.fromisoformat(row["admit_date"])
    last = cutoff and date.fromisoformat(cutoff)
    if observed is None and admitted and last:
        observed = (last - admitted).days
    if reason == "active":
        status = "active"
        observed = stay if observed is None else observed  # days so far
        stay = None
    elif reason is not None or stay is not None:
        status = "discharged"
    else:
        status = "active" if cutoff or observed is not None else "not_known"
    potential = (last - admitted).days - stay if admitted and last and stay is not None else None
    patient = row.get("patient_id") or ("a patient of its own", row["episode_id"])
    return {**row, "status": status, "stay": stay, "observed_days": observed, "potential": potential, "patient": patient}


def reason(episode):
    """How an episode ended."""
    return episode.get("discharge_reason")


def discharged(episodes):
    """Those who were discharged after care: without active, not known whether discharged, and not started; deaths in care kept."""
    return [e for e in episodes if e["status"] == "discharged" and reason(e) != "not_started"]


# -- numbers -------------------------------------------------------------------------------------------------------


def number(value, among, everyone, missing=(), k=None, values=()):
    """A number of some episodes, and where the others went."""
    out = len(everyone) - len(among) - len(missing)
    return {"value": float(value), "n": len(among), "k": k, "n_missing": len(missing), "excluded": out, "values": list(values)}


def share(hits, among, everyone, missing=()):
    """How many of how many, and where the others went."""
    met = {e["episode_id"] for e in hits}
    values = [(e["patient"], int(e["episode_id"] in met)) for e in among]
    value = len(hits) / len(among) if among else math.nan
    return {**number(value, among, everyone, missing, len(hits), values), "rate": True}


def mean(values, among, everyone, missing=()):
    """The mean of one value of each episode of a denominator."""
    value = Fraction(sum(values), len(values)) if values else math.nan
    return {**number(value, among, everyone, missing, None, zip([e["patient"] for e in among], values, strict=True)), "mean": True}


# -- completion ----------------------------------------------------------------------------------------------------


def completion(episodes, denominator="discharged"):
    """Completion in each of its definitions; "teds_all" keeps deaths in care in the denominator."""
    deaths_count = denominator == "teds_all"
    ended = [e for e in discharged(episodes) if deaths_count or reason(e) != "died"]
    known = [e for e in ended if reason(e) is not None]
    blank = [e for e in ended if reason(e) is None]
    completed = [e for e in known if reason(e) == "completed"]
    moved = [e for e in known if reason(e) in TRANSFERS]
    stayed = [e for e in known if reason(e) not in TRANSFERS]
    found = {
        "completion_strict": share(completed, known, episodes, blank),
        "completion_with_transfers": share(completed + moved, known, episodes, blank),
        "completion_excluding_transfers": share(completed, stayed, episodes, blank),
        "completion_strict_worst_case": share(completed, ended, episodes),
        "completion_strict_best_case": share(completed + blank, ended, episodes),
    }
    if deaths_count:
        return {f"{name}_teds_all": one for name, one in found.items()}
    return {**found, "completion_of_admitted": completion_of_admitted(episodes)}


def completion_of_admitted(episodes):
    """Completed among those observed for at least their planned length, people still in care included as not completed."""
    started = [e for e in episodes if reason(e) not in ("died", "not_started")]
    assessable = [e for e in started if e["observed_days"] is not None and e.get("planned_days") is not None]
    unknown = [e for e in started if e["observed_days"] is None or e.get("planned_days") is None]
    due = [e for e in assessable if e["observed_days"] >= e["planned_days"]]
    return share([e for e in due if reason(e) == "completed"], due, episodes, unknown)


# -- stay and reasons ----------------------------------------------------------------------------------------------


def length_of_stay(episodes, definition="difference"):
    """Quartiles of type 2 and the mean of the stays of the discharged; a reason without a day has no stay."""
    ended = discharged(episodes)
    blank = [e for e in ended if e["stay"] is None]
    known = [e for e in ended if e["stay"] is not None]
    extra = 1 if definition == "inclusive" else 0
    stays = [e["stay"] + extra for e in known]
    stem = "los_inclusive" if extra else "los"
    quartiles = {"median": Fraction(1, 2), "q1": Fraction(1, 4), "q3": Fraction(3, 4)}
    found = {f"{stem}_{name}": number(quantile(sorted(stays), below), known, episodes, blank) for name, below in quartiles.items()}
    return {**found, f"{stem}_mean": mean(stays, known, episodes, blank)}


def quantile(ordered, below):
    """Type 2: when exactly `below` of the people lie under a gap, its middle; else the first value that reaches `below`."""
    if not ordered:
        return math.nan
    place = below * len(ordered)
    if place.denominator == 1 and 0 < place < len(ordered):
        return (ordered[int(place) - 1] + ordered[int(place)]) / 2
    return float(ordered[min(max(math.ceil(place), 1), len(ordered)) - 1])


GROUPS = {
    "completed": ("completed",),
    "transferred": TRANSFERS,
    "dropped_out": ("dropped_out",),
    "ended_by_program": ("terminated_by_program", "authorization_ended"),
    "other": ("incarcerated", "other", "unknown", "died", None),
}
LEFT = ("dropped_out", "terminated_by_program", "authorization_ended", "incarcerated", "other", "unknown", "died")
EACH = ("completed", *TRANSFERS, *LEFT, None)


def discharge_reasons(episodes, definition="grouped"):
    """The share of each group of reasons, or of each reason, among all who were discharged."""
    ended = discharged(episodes)
    groups = GROUPS if definition == "grouped" else {word or "missing": (word,) for word in EACH}
    return {f"reason_{name}": share([e for e in ended if reason(e) in words], ended, episodes) for name, words in groups.items()}
