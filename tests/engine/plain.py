"""Takes rows as dicts, gives the counts and patients of the Engine protocol the slow and obvious way: what every engine must agree with.

Nothing here is fast and nothing of how a request is answered is shared with the package.
"""

from collections import Counter

import numpy as np

from iop_outcomes.columns import (
    AnswersAt,
    BaselineTwice,
    ClassOf,
    Column,
    DaysInCare,
    EventWithin,
    Facts,
    FirstEvent,
    Known,
    LastCarried,
    Reached,
    ScoreAt,
    ScoreWithin,
    SessionCount,
    Status,
    StopsAtEnd,
    Weeks,
)
from iop_outcomes.counts import Counts
from iop_outcomes.patients import Patients

CLOCKS = {"admission": "day", "discharge": "days_after_discharge"}
NOT_DISCHARGED = ("died", "not_started", "active", "not_known")
EVENT_NAMES = (
    "readmission_psychiatric", "readmission_other", "emergency_visit", "death", "relapse", "follow_up_contact", "next_level_of_care",
)  # fmt: skip


class PlainEngine:
    """An engine of lists of dicts.

    `episodes`, `scores` and `events` are what a store hands over: typed, events beside the episodes among the others, scores of a scale
    with steps counted in steps. `columns` are those of the episodes, `given` the tables that came, `steps` the lowest score and the step
    of the scales that are kept so. `sessions` lie on days in care.
    """

    def __init__(self, columns, episodes, scores=(), events=(), given=("episodes",), steps=None, sessions=()):
        self.columns, self.episodes, self.scores, self.events = columns, episodes, scores, events
        self.given, self.steps, self.sessions = given, steps or {}, sessions

    # -- the protocol ------------------------------------------------------------------------------------------------

    def facts(self):
        """What the rows can answer."""
        beside = {name[: -len(moment)] for name in self.columns for moment in ("_admit", "_discharge") if name.endswith(moment)}
        several = None
        if "patient_id" in self.columns:
            several = sum(n > 1 for patient, n in Counter(e["patient_id"] for e in self.episodes).items() if patient is not None)
        tables = {"episodes": self.episodes, "scores": self.scores, "events": self.events, "sessions": self.sessions}
        return Facts(
            tuple(self.columns),
            frozenset(beside | {row["scale"] for row in self.scores}),
            frozenset((row["event"], row["kind"]) for row in self.events),
            several,
            frozenset(self.given),
            frozenset(name for name, rows in tables.items() if rows),
            frozenset(row["scale"] for row in self.scores if row["safety_item"] is not None),
        )

    def refuses(self, requests):
        """Rows answer everything."""
        return ""

    def tally(self, sets):
        """One table for each set of requests."""
        tables = []
        for requests in sets:
            names = [name for request in dict.fromkeys(requests) for name in request.keys]
            if len(names) > len(set(names)):
                raise ValueError("two requests for one column")
            tables.append(Counts.from_cells(names, Counter(self.cell(e, requests) for e in self.episodes)))
        return tables

    def patients(self, requests):
        """Who stands in which cells."""
        counts = self.tally([requests])[0]
        place = {cell: i for i, (cell, _) in enumerate(counts)}
        people = {}
        for i, episode in enumerate(self.episodes):
            patient = episode.get("patient_id")
            people.setdefault((i,) if patient is None else patient, []).append(place[self.cell(episode, requests)])
        alone = np.zeros(len(counts), dtype=np.int64)
        combinations = Counter()
        for cells in people.values():
            if len(cells) == 1:
                alone[cells[0]] += 1
            else:
                combinations[tuple(sorted(cells))] += 1
        ordered = sorted(combinations)
        lengths = [len(cells) for cells in ordered]
        return Patients(
            alone,
            np.array([cell for cells in ordered for cell in cells], dtype=np.int64),
            np.array([sum(lengths[:i]) for i in range(len(lengths))], dtype=np.int64),
            np.array([combinations[cells] for cells in ordered], dtype=np.int64),
        )

    def rows(self, requests):
        """One dict for each episode."""
        names = [name for request in dict.fromkeys(requests) for name in request.keys]
        return [dict(zip(names, self.cell(episode, requests), strict=True)) for episode in self.episodes]

    def close(self):
        """Nothing is kept anywhere."""

    # -- one episode -------------------------------------------------------------------------------------------------

    def cell(self, episode, requests):
        """The cell an episode stands in."""
        return tuple(value for request in dict.fromkeys(requests) for value in self.answers(episode, request))

    def answers(self, e, request):
        """What a request asks of an episode: one value for each of its keys."""
        if isinstance(request, Column):
            return (self.points(e.get(request.name), request.name),)
        if isinstance(request, Status):
            return (e["discharge_reason"] if e["discharge_reason"] in NOT_DISCHARGED else "discharged",)
        if isinstance(request, DaysInCare):
            return (e.get("observed_days") if e["discharge_reason"] == "active" else e.get("los_days"),)
        if isinstance(request, Known):
            return (int(self.answers(e, request.request)[0] is not None),)
        if isinstance(request, Reached):
            value, goal = (side if isinstance(side, int) else e.get(side) for side in (request.column, request.goal))
            if request.plus:
                more = e.get(request.plus)
                value = None if value is None or more is None else value + more
            return (None if value is None or goal is None else int(value >= goal),)
        if isinstance(request, ClassOf):
            return (self.classed(e, request),)
        if isinstance(request, Weeks):
            days = e.get(request.column)
            return (None if days is None else min(days // 7, request.most),)
        if isinstance(request, LastCarried):
            return (self.carried(e, request.scale),)
        if isinstance(request, ScoreAt):
            name = request.keys[0]
            score = e.get(name) if request.column == "score" else None
            if score is None:
                _, score = self.at_admission(e, request) if request.moment == "admit" else self.at_discharge(e, request)
            return (self.points(score, name),)
        if isinstance(request, ScoreWithin):
            return (self.last_within(e, request),)
        if isinstance(request, AnswersAt):
            return self.form_at_admission(e, request)
        if isinstance(request, BaselineTwice):
            return self.both_baselines(e, request)
        if isinstance(request, EventWithin):
            return (int(any(self.within(row, request) for row in self.rows_of(e, self.events))),)
        if isinstance(request, SessionCount):
            return (self.attendance(e, request),)
        if isinstance(request, StopsAtEnd):
            return (self.stops(e, request.request),)
        assert isinstance(request, FirstEvent)
        return self.first(e, request)

    def rows_of(self, e, rows):
        """The rows of an episode."""
        return [row for row in rows if row["episode_id"] == e["episode_id"]]

    def classed(self, e, request):
        """The class of a word, the last of them for any other, where there is such a column."""
        if request.column not in self.columns:
            return None
        return next((label for label, words in request.classes if e[request.column] in words), request.rest)

    def points(self, score, name):
        """Steps as points."""
        scale = name.rpartition("_")[0]
        if score is None or scale not in self.steps or name.rpartition("_")[2] not in ("admit", "discharge", "carried"):
            return score
        low, step = self.steps[scale]
        points = low + score * step
        return int(points) if points == int(points) else points

    # -- scores ------------------------------------------------------------------------------------------------------

    def at_admission(self, e, request):
        """Day and score of the table: the closest to day 0, the earlier, then the lower; before whatever may be the discharge score."""
        low, high = request.window or (-7, 3)
        near = [row for row in self.answered(e, request) if low <= row["day"] <= high]
        if request.column == "score" and e.get(f"{request.scale}_discharge") is not None:
            near = [row for row in near if e["los_days"] is not None and row["day"] < e["los_days"] - 7]
        best = min(near, key=lambda row: (abs(row["day"]), row["day"], row[request.column]), default=None)
        return (None, None) if best is None else (best["day"], best[request.column])

    def form_at_admission(self, e, request):
        """The answers of the form with the admission score: of several, those that are lowest from the first item on, a blank below all."""
        day, score = self.at_admission(e, ScoreAt(request.scale, "admit"))
        names = [column for column, _, _ in request.items]
        rows = [row for row in self.rows_of(e, self.scores) if row["scale"] == request.scale and score is not None]
        forms = [[row.get(name) for name in names] for row in rows if (row["day"], row["score"]) == (day, score)]
        lowest = min(forms, key=lambda form: [(answer is not None, answer or 0) for answer in form], default=[None] * len(names))
        return tuple(lowest)

    def last_within(self, e, request):
        """The last score of the days, then the higher, in points."""
        start = 0 if request.clock == "admission" else e.get("los_days")
        near = [] if start is None else self.answered(e, ScoreAt(request.scale, "admit"))
        near = [row for row in near if request.first <= row["day"] - start <= request.last]
        if request.in_care and e.get("los_days") is not None:
            near = [row for row in near if row["day"] <= e["los_days"]]
        best = max(near, key=lambda row: (row["day"], row["score"]), default=None)
        return None if best is None else self.points(best["score"], f"{request.scale}_admit")

    def both_baselines(self, e, request):
        """The lower score of the first and of the last day in the window, where these are two."""
        near = [row for row in self.answered(e, ScoreAt(request.scale, "admit")) if -7 <= row["day"] <= 3]
        days = sorted({row["day"] for row in near})
        if len(days) < 2:
            return None, None
        low = self.steps.get(request.scale, (0, 1))
        scores = [min(row["score"] for row in near if row["day"] == day) for day in (days[0], days[-1])]
        points = [low[0] + score * low[1] for score in scores]
        return tuple(int(point) if point == int(point) else point for point in points)

    def at_discharge(self, e, request):
        """Day and score of the table: the last around discharge, then the higher; on a later day than the admission score."""
        if e["los_days"] is None:
            return None, None
        low, high = request.window or (-7, 14)
        if request.column == "score" and e.get(f"{request.scale}_admit") is not None:
            after = 3
        else:
            after, _ = self.at_admission(e, ScoreAt(request.scale, "admit", column=request.column))
        near = [row for row in self.answered(e, request) if low <= row["day"] - e["los_days"] <= high]
        later = [row for row in near if after is None or row["day"] > after]
        best = max(later, key=lambda row: (row["day"], row[request.column]), default=None)
        return (None, None) if best is None else (best["day"], best[request.column])

    def carried(self, e, scale):
        """The last score in care, of who has one at admission and none at discharge."""
        (end,) = self.answers(e, ScoreAt(scale, "discharge"))
        (start,) = self.answers(e, ScoreAt(scale, "admit"))
        if end is not None or start is None or e["los_days"] is None:
            return None
        after = 3 if e.get(f"{scale}_admit") is not None else self.at_admission(e, ScoreAt(scale, "admit"))[0]
        rows = [row for row in self.answered(e, ScoreAt(scale, "admit")) if after < row["day"] < e["los_days"] - 7]
        best = max(rows, key=lambda row: (row["day"], row["score"]), default=None)
        return None if best is None else self.points(best["score"], f"{scale}_carried")

    def answered(self, e, request):
        """The scores of an episode, or its answers to the safety item, that are no blank."""
        rows = [row for row in self.rows_of(e, self.scores) if row["scale"] == request.scale and row["day"] is not None]
        return [row for row in rows if row[request.column] is not None]

    # -- sessions ----------------------------------------------------------------------------------------------------

    def attendance(self, e, request):
        """How many sessions of an episode have one of some statuses, or on how many days one has."""
        rows = self.rows_of(e, self.sessions)
        if not request.statuses:
            return sum(row["status"] is None for row in rows) if rows else None
        if all(row["status"] is None for row in rows):
            return None
        days = [row["day"] for row in rows if row["status"] in request.statuses]
        return len(set(days)) if request.days else len(days)

    # -- events ------------------------------------------------------------------------------------------------------

    def within(self, row, request):
        """Whether an event is one of those asked, in time."""
        if row["event"] not in request.events or (request.kinds and row["kind"] not in request.kinds):
            return False
        day = row[CLOCKS[request.clock]]
        bounded = request.first is not None or request.last is not None
        if day is None:
            return request.undated or not bounded
        return (request.first is None or day >= request.first) and (request.last is None or day <= request.last)

    def end(self, e, request):
        """The last day observed on the clock of a request."""
        if e.get("los_days") is None:
            return None
        before = e["los_days"]
        if e.get("follow_up_days") is not None:
            return e["follow_up_days"] + (before if request.clock == "admission" else 0)
        for event in request.events:
            if e.get(f"{event}_day") is not None:
                return e[f"{event}_day"] - (before if request.clock == "discharge" else 0)
        return None

    def ends(self, e, request):
        """The first way to end as (day, order on that day, name), or None."""
        last, ways = self.end(e, request), []
        competing = sorted(request.competing, key=lambda event: event == "death")
        for row in self.rows_of(e, self.events):
            day = row[CLOCKS[request.clock]]
            if last is None or day is None or not 0 <= day <= last:
                continue
            wanted = row["event"] in request.events and (not request.kinds or row["kind"] in request.kinds)
            if wanted:
                planned = request.planned_competes and row["planned"] == 1
                ways.append((day, int(planned), "planned" if planned else "event"))
            elif row["event"] in competing:
                ways.append((day, 2 + competing.index(row["event"]), row["event"]))
        return min(ways, default=None)

    def first(self, e, request):
        """Day and name of the first end."""
        last = self.end(e, request)
        if last is None or last < 0:
            return None, None
        way = self.ends(e, request)
        recorded = "events" in self.given or any(f"{event}_observed" in self.columns for event in request.events)
        if not recorded:
            return last, None
        return (last, "end_of_follow_up") if way is None else (way[0], way[2])

    def stops(self, e, request):
        """Whether the day of the first end is the last day the file says was observed."""
        recorded = "events" in self.given or any(f"{event}_observed" in self.columns for event in request.events)
        way = self.ends(e, request) if recorded else None
        if way is None or e.get("follow_up_days") is None:
            return None
        return int(way[0] == e["follow_up_days"])
