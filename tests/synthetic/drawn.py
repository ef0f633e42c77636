"""Takes files of a synthetic program, gives its rows, and what tests of it share."""

from __future__ import annotations

import csv
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

from iop_outcomes.synthetic.parameters import CUTOFF, TRACKS

NAMES = ["episodes.csv", "scores.csv", "events.csv", "mapping.toml", "truth.toml"]

TRACK_NAMES = [track.name for track in TRACKS]

TOP = {"phq9": 27, "gad7": 21}

Row = dict[str, Any]


class Program:
    """The files of one program, read back as plain rows with days as whole numbers."""

    def __init__(self, folder: Path) -> None:
        def read(name: str) -> list[Row]:
            with (folder / name).open(encoding="utf-8", newline="") as file:
                return list(csv.DictReader(file))

        self.folder = folder
        self.episodes, self.scores, self.events = read("episodes.csv"), read("scores.csv"), read("events.csv")
        self.truth = tomllib.loads((folder / "truth.toml").read_text(encoding="utf-8"))
        for row in self.episodes:
            admit = date.fromisoformat(row["admit_date"])
            row["admit"] = admit.toordinal()
            row["los"] = (date.fromisoformat(row["discharge_date"]) - admit).days if row["discharge_date"] else None
            row["observed"] = (date.fromisoformat(CUTOFF) - admit).days
            row["follow_up"] = int(row["follow_up_days"]) if row["follow_up_days"] else None
        self.by_id = {row["episode_id"]: row for row in self.episodes}
        for row in self.scores:
            row["day"], row["score"] = int(row["day"]), int(row["score"])
        for row in self.events:
            row["after"] = int(row["days_after_discharge"]) if row["days_after_discharge"] else None

    def of_track(self, track: str) -> list[Row]:
        """Episodes of one track, or of all."""
        return [row for row in self.episodes if track in ("All", row["track"])]

    def pairs(self, scale: str) -> dict[str, tuple[int, int]]:
        """Admission and discharge score by episode, each found by its window, of discharged episodes that started."""
        days: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for row in self.scores:
            if row["scale"] == scale:
                days[row["episode_id"]].append((row["day"], row["score"]))
        found = {}
        for episode, scores in days.items():
            row = self.by_id[episode]
            if row["los"] is None or row["discharge_reason"] == "not_started":
                continue
            before = [(abs(day), day, score) for day, score in scores if -7 <= day <= 3]
            after = [(day, score) for day, score in scores if -7 <= day - row["los"] <= 14]
            if before and after:
                found[episode] = (min(before)[2], max(after)[1])
        return found

    def first_readmissions(self, track: str) -> list[tuple[int, str]]:
        """Day and outcome of every followed episode: readmission from day 3, something competing, or the end of follow-up."""
        events: dict[str, list[Row]] = defaultdict(list)
        for row in self.events:
            if row["after"] is not None:
                events[row["episode_id"]].append(row)
        found = []
        for row in self.of_track(track):
            if row["los"] is None or row["discharge_reason"] in ("died", "not_started") or row["follow_up"] is None:
                continue
            outcome, competing = [], []
            for event in events[row["episode_id"]]:
                if event["event"] == "readmission_psychiatric" and event["planned"] == "0" and event["after"] >= 3:
                    outcome.append(event["after"])
                elif event["event"] in ("readmission_psychiatric", "death"):
                    competing.append(event["after"])
            first, other = min(outcome, default=10**6), min(competing, default=10**6)
            end = row["follow_up"]
            found.append((first, "readmission") if first <= min(other, end) else (other, "competing") if other <= end else (end, "end"))
        return found


def shares(values: Iterable[str]) -> Callable[[str], float]:
    """A function that gives the share of a value."""
    listed = list(values)
    return lambda value: listed.count(value) / len(listed)


def completions(rows: Iterable[Row]) -> list[bool]:
    """Completed or not, among discharged episodes with a reason, without died and not_started."""
    left_out = ("", "active", "died", "not_started")
    return [row["discharge_reason"] == "completed" for row in rows if row["discharge_reason"] not in left_out]
