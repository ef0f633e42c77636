"""Takes the columns of events that came, gives the rules over several of them, each asked of rows written here."""

import duckdb
import pytest

from iop_outcomes.intake.mapping import Mapping
from iop_outcomes.intake.rules_of_events import event_rules

NAMES = ("episode_id", "event", "day", "days_after_discharge", "kind", "planned")
OF_EPISODE = ("event_day", "event_days_after_discharge", "episode_follow_up_days", "episode_los_days", "episode_died")
ALL = frozenset(NAMES)


def row(episode="a", event="relapse", day=None, after=None, *, follow_up=90, los=20, died=False, kind=None):
    """An event of an episode with a stay of 20 days, on both clocks where the stay is known."""
    on_day = day if day is not None else None if after is None or los is None else los + after
    on_after = after if after is not None else None if day is None or los is None else day - los
    return (episode, event, day, after, kind, None, on_day, on_after, follow_up, los, died)


@pytest.fixture(scope="module")
def broken():
    """Asks each rule of some rows: by rule and column that the finding points at, the places of those that break it."""
    kinds = ("VARCHAR", "VARCHAR", "INT", "INT", "VARCHAR", "INT", "INT", "INT", "INT", "INT", "BOOLEAN")
    cells = ", ".join(f"CAST(? AS {kind}) AS {name}" for name, kind in zip((*NAMES, *OF_EPISODE), kinds, strict=True))
    with duckdb.connect(config={"threads": 1}) as connection:

        def ask(*rows, has=ALL, episodes=(), mapping=None):
            rules = event_rules(has, episodes, mapping or Mapping())
            written = " UNION ALL ".join(f"SELECT {place} AS place, {cells}" for place in range(len(rows)))
            asked = f"SELECT {', '.join(f'coalesce({rule.predicate}, FALSE)' for rule in rules)} FROM ({written}) AS rows ORDER BY place"
            answers = connection.execute(asked, [cell for row in rows for cell in row]).fetchall()
            columns = zip(rules, zip(*answers, strict=True), strict=True)
            return {(rule.id, rule.columns[0]): [n for n, bad in enumerate(column) if bad] for rule, column in columns if any(column)}

        yield ask


def test_a_day_is_needed_and_may_be_on_either_clock(broken):
    """Where dates place events, their day is worked out from them."""
    assert broken(row(), row(day=3), row(after=3)) == {("event_without_day", "day"): [0]}
    assert broken(row(), has=ALL | {"date"}) == {}


def test_before_discharge_is_counted_from_admission(broken):
    """Day 0 after discharge is none of it."""
    assert broken(row(after=-1), row("b", after=0), row("c", day=5)) == {("negative_day", "days_after_discharge"): [0]}


def test_no_event_after_the_end_of_follow_up(broken):
    """On the last day it is one; pointed at where the day was given; faults of the episode itself are named there, and events of a person belong to all."""
    late = [
        row(after=91),
        row("b", day=111),
        row("c", after=90),
        row("d", day=110),
        row("e", after=91, follow_up=-1),
        row("f", after=91, los=-2),
    ]
    assert broken(*late) == {("event_after_follow_up", "days_after_discharge"): [0], ("event_after_follow_up", "day"): [1]}
    assert broken(*late, has=ALL | {"patient_id"}) == {}
    assert broken(row(after=91, los=None)) == {("event_after_follow_up", "days_after_discharge"): [0]}


def test_nothing_comes_after_death(broken):
    """The day itself may hold both; another episode is another; after a discharge by death too, unless a stay ends at the last contact."""
    rows = [row(event="death", day=30), row(day=30), row(day=31), row("b", day=40)]
    assert broken(*rows) == {("event_after_death", "day"): [2]}
    after = [row(event="death", after=3, los=None), row(after=4, los=None)]
    assert broken(*after) == {("event_after_death", "days_after_discharge"): [1]}
    by_death = [row(after=1, died=True), row("b", after=0, died=True), row("c", event="death", after=1, died=True)]
    assert broken(*by_death, episodes={"discharge_reason"}) == {("event_after_death", "days_after_discharge"): [0]}
    assert broken(*by_death) == {}
    assert broken(*by_death, episodes={"discharge_reason"}, mapping=Mapping(los_convention="last_contact")) == {}


def test_rows_alike_are_named(broken):
    """Alike in all that came: another kind, another day or another episode is another event."""
    rows = [row(day=3), row(day=3), row(day=4), row("b", day=3), row(day=3, kind="x")]
    assert broken(*rows) == {("event_twice", "event"): [0, 1]}
    assert broken(*rows, has=ALL - {"kind"}) == {("event_twice", "event"): [0, 1, 4]}


def test_every_rule_says_what_to_do():
    """In words, of the table of events."""
    for rule in event_rules(ALL, {"discharge_reason"}, Mapping()):
        assert rule.table == "events" and rule.message and rule.hint and not rule.hint.endswith(".")
