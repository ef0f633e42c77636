"""Takes episodes and events written as text, gives what a measure of time after discharge says of them."""

import iop_outcomes as iop
from tests.spec.tables import loaded

PSYCHIATRIC = "readmission_psychiatric"
ELSEWHERE = "e000 follow_up_contact 0"  # so that a table of events is there, and nothing in it ends anything


def events_of(lines):
    """A table of events from lines of episode, event and day after discharge, and perhaps planned; None where there is no table at all."""
    if lines is None:
        return None
    given = [line.split() for line in (lines.strip() or ELSEWHERE).splitlines() if line.strip()]
    return "episode_id event days_after_discharge planned\n" + "\n".join(" ".join((*line, "0")[:4]) for line in given)


def ask(text, events="", *, measure="readmission", definition=None, at=(30,), by=None, mapping=None, compare=False):
    """The results of readmission, or of another measure; `events` as for `events_of`."""
    with loaded(text, events=events_of(events), mapping=mapping) as data:
        if compare:
            return iop.compare(data, measure=measure, definition=definition, at=at, by=by).results
        return iop.measure(data, measure, definition=definition, at=at, by=by).results


def named(results, level="All"):
    """The estimates of one level by name; those at a time by (name, day)."""
    return {e.estimand if e.time is None else (e.estimand, int(e.time)): e for e in results if e.level == level and not e.contrast}


def of(text, events="", **options):
    """The estimates for everyone."""
    return named(ask(text, events, **options))


def followed(*days):
    """Episodes of 20 days, followed so many days after discharge; a dot is not known."""
    return "los_days follow_up_days\n" + "\n".join(f"20 {day}" for day in days)


def each(places, event, day, planned=""):
    """One event on one day for each of some episodes."""
    return "\n".join(f"e{place:03} {event} {day} {planned}".strip() for place in places)
