"""One cell of a sound program is changed: exactly that fault is found, where it stands; and the rules equal their slow twin."""

import re

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import iop_outcomes as iop
from iop_outcomes.intake.checks import look_again, rules_for
from iop_outcomes.intake.inputs import open_tables
from iop_outcomes.intake.labels import similar_rules
from iop_outcomes.intake.mapping import read_mapping
from iop_outcomes.intake.privacy import SUSPECTED
from iop_outcomes.intake.recipes import plan_table
from iop_outcomes.intake.store import Store
from iop_outcomes.scales import load_scales
from tests.intake import rules_twin, sites

REASONS = ("completed", "dropped_out", "transferred_step_up")


def sound():
    """Rows of a program without any fault: 12 patients with two episodes each, 100 days apart."""
    episodes, scores, events = [], [], []
    for i in range(24):
        name, months = f"e{i:02}", (("2023-01-01", "2023-01-31"), ("2023-05-01", "2023-05-31"))[i % 2]
        wide = [str(i % 28), "40", "1", "90", "0"] if i % 3 else [str(i % 28), "", "0", "", "0"]
        episodes.append(
            [
                name,
                f"p{i // 2}",
                ("mood", "trauma")[i // 2 % 2],
                ("north", "south")[i % 2],
                REASONS[i % 3],
                *months,
                "30",
                "28",
                "60",
                *wide,
            ]
        )
        scores += [[name, "gad7", "0", str(i % 22), "v1"], [name, "gad7", "30", str((i + 3) % 22), "v1"]]
        events += [[name, "follow_up_contact", "", str(7 + i % 5), "0"], [name, "readmission_psychiatric", str(50 + i % 9), "", "1"]]
    return {"episodes": episodes, "scores": scores, "events": events}


def _with_heads(tables):
    """What to write: each table with its header, and nothing of the tables that are not there."""
    return {table: [list(rules_twin.HEADS[table]), *tables[table]] if table in tables else None for table in rules_twin.HEADS}


def _findings(folder, tables, mapping=sites.DATED):
    """(rule, table, column, lines) of what loading says."""
    sites.write(folder, mapping=mapping, **_with_heads(tables))
    try:
        with iop.load(folder) as data:
            found = data.findings
    except iop.DataError as error:
        found = error.findings
    return [(item.rule, item.file.partition(".")[0], item.column, item.lines) for item in found]


# -- one cell ---------------------------------------------------------------------------------------------------------

NOT_NUMBERS = ("x", "12.5", "1e3", "9,5", "inf", "1_7", "0x1f")
NOT_DATES = ("2023-02-29", "02/03/2023", "1 May 2023", "45293")
LABELS = (("a\u200bb", "control_character"), ("All", "reserved_word"), ("y" * 81, "label_too_long"))
# What each column may be given, and the rule that must name it; None where it is no fault.
CHANGES = {
    "episodes": {
        "episode_id": [("", "blank")],
        "patient_id": LABELS,
        "track": [*LABELS, ("MOOD", "similar_label"), ("m\u043eod", "similar_label"), ("trauma  x", None)],
        "site": [*LABELS, ("North", "similar_label")],
        "discharge_reason": [
            ("finished", "unknown_code"),
            ("Completed", "unknown_code"),
            ("", "reason_missing"),
            ("active", "active_with_stay"),
        ],
        "admit_date": [*((text, "invalid_date") for text in NOT_DATES), ("1900-01-01", "date_range"), ("2025-01-02", "date_range")],
        "discharge_date": [
            *((text, "invalid_date") for text in NOT_DATES),
            ("9999-12-31", "date_range"),
            ("2022-12-31", "discharge_before_admission"),
        ],
        "los_days": [*((text, "not_whole_number") for text in NOT_NUMBERS), ("-1", "out_of_range"), ("31", "stay_disagrees")],
        "planned_days": [*((text, "not_whole_number") for text in NOT_NUMBERS), ("36501", "out_of_range"), ("0", "planned_days_zero")],
        "follow_up_days": [*((text, "not_whole_number") for text in NOT_NUMBERS), ("-1", "out_of_range")],
        "phq9_admit": [*((text, "not_whole_number") for text in NOT_NUMBERS), ("28", "out_of_range"), ("-1", "out_of_range")],
        "relapse_observed": [("2", "not_flag"), ("yes", "not_flag")],
        "death_observed": [("2", "not_flag")],
    },
    "scores": {
        "episode_id": [("", "blank"), ("e99", "no_such_episode")],
        "scale": [("", "blank"), ("phq", "unknown_scale"), ("GAD7", "unknown_scale")],
        "day": [
            *((text, "not_whole_number") for text in NOT_NUMBERS),
            ("", "blank"),
            ("-8", "score_outside_windows"),
            ("300", "score_outside_windows"),
        ],
        "score": [
            *((text, "not_whole_number") for text in NOT_NUMBERS),
            ("22", "score_out_of_range"),
            ("-1", "score_out_of_range"),
            ("", "score_blank"),
        ],
    },
    "events": {
        "episode_id": [("", "blank"), ("e99", "no_such_episode")],
        "event": [("", "blank"), ("readmitted", "unknown_code"), ("Relapse", "unknown_code")],
        "planned": [("2", "not_flag"), ("no", "not_flag")],
    },
}
CELLS = [(table, column, value, rule) for table, columns in CHANGES.items() for column, values in columns.items() for value, rule in values]


@settings(max_examples=15)
@given(change=st.sampled_from(CELLS), place=st.integers(0, 1_000))
def test_one_changed_cell_is_exactly_that_fault(tmp_path_factory, change, place):
    """Any cell of any row, any of the changes: one finding, its rule, its column and its physical line; none for a harmless change."""
    table, column, value, rule = change
    tables = sound()
    row = place % len(tables[table])
    tables[table][row][rules_twin.HEADS[table].index(column)] = value
    if (table, column) == ("episodes", "episode_id"):  # what belonged to it is its own matter
        tables = {"episodes": tables["episodes"]}
    found = _findings(tmp_path_factory.mktemp("program"), tables)
    assert found == ([(rule, table, column, (row + 2,))] if rule else [])


def test_the_sound_program_has_no_fault(tmp_path):
    """Every fault above is that of the change."""
    assert _findings(tmp_path, sound()) == []
    assert rules_twin.faults(sound()) == set()


# -- the twin ---------------------------------------------------------------------------------------------------------

POOLS = {
    "episode_id": ("", "e00", "e01", "e07", "e99"),
    "patient_id": ("", "p0", "p1"),
    "track": ("", "mood", "Mood", "trauma", "m\u043eod", "All", "z" * 81),
    "site": ("", "north", "north ", "NORTH", "so\u200buth"),
    "discharge_reason": ("", "died", "active", "not_started", "completed", "nowhere"),
    "admit_date": ("", "2023-01-01", "2023-01-20", "2023-01-31", "2023-05-15", "1989-12-31", "2025-01-01", "x"),
    "discharge_date": ("", "2023-01-01", "2023-01-31", "2023-05-10", "2023-06-30", "2026-01-01", "2023-02-30"),
    "instrument_version": ("", "v1", "v2"),
    "scale": ("", "gad7", "phq9", "gad"),
    "event": ("", "death", "relapse", "readmission_psychiatric", "follow_up_contact", "gone"),
    **{name: ("", "0", "1", "1.0", "2", "x") for name in ("relapse_observed", "death_observed", "planned")},
    **{
        name: ("", "-1", "0", "7", "30", "30.00", "61", "99999", "1.5", "999999999")
        for name in ("los_days", "planned_days", "follow_up_days", "phq9_admit")
    },
    **{
        name: ("", "-9", "0", "30", "40", "45", "45.0", "91", "99999", "1.5")
        for name in ("relapse_day", "death_day", "day", "days_after_discharge", "score")
    },
}
_change = st.sampled_from([(table, column) for table, head in rules_twin.HEADS.items() for column in head]).flatmap(
    lambda where: st.tuples(st.just(where), st.integers(0, 11), st.sampled_from(POOLS[where[1]]))
)


def _by_the_store(folder, tables):
    sites.write(folder, mapping=sites.DATED, **_with_heads(tables))
    # Those that the rows may name, as loading finds them: with a scale of fractions among them a score of 12.5 is another fault.
    mapping, scales = (
        read_mapping(folder / "mapping.toml"),
        {name: scale for name, scale in load_scales().items() if name in rules_twin.SCALES},
    )
    store = Store(threads=1)
    try:
        inputs = open_tables(store, folder, mapping)
        plans = {item.table: plan_table(item.table, store.raw.columns(item.table), mapping, scales) for item in inputs}
        for plan in plans.values():
            store.check_with(plan.recipe)
        rules = [rule for rule in rules_for(plans, mapping, scales) if rule.id != SUSPECTED]
        rules += similar_rules(store, plans)
        return {
            (fault.rule.id, fault.rule.table, fault.rule.columns[0], row)
            for fault in look_again(store, store.faults(rules), plans, mapping)
            for row in fault.rows
        }
    finally:
        store.close()


@settings(max_examples=15)
@given(
    changes=st.lists(_change, max_size=14),
    copies=st.lists(st.tuples(st.sampled_from(list(rules_twin.HEADS)), st.integers(0, 11)), max_size=3),
)
def test_the_rules_equal_their_twin(tmp_path_factory, changes, copies):
    """Programs with up to 14 changed cells and 3 repeated rows: rule by rule and row by row the same faults."""
    tables = {table: rows[:12] for table, rows in sound().items()}
    for (table, column), row, value in changes:
        tables[table][row][rules_twin.HEADS[table].index(column)] = value
    for table, row in copies:
        tables[table].append(list(tables[table][row]))
    assert _by_the_store(tmp_path_factory.mktemp("twin"), tables) == rules_twin.faults(tables)


# -- rules over a whole column ----------------------------------------------------------------------------------------


def _many(events):
    """A hundred discharged episodes with follow-up, and their events."""
    rows = [[f"m{i}", "", "mood", "north", "completed", "", "", "30", "28", "60", "9", "", "0", "", "0"] for i in range(100)]
    return {"episodes": rows} | ({"events": events} if events else {})


CLAIMED = '[codes.event]\nIP = "readmission_psychiatric"\n'
ASKED = ("no_readmission", "events", "event", ())


@pytest.mark.parametrize(
    ("events", "mapping", "asked"),
    [
        (None, "", None),
        ([["m1", "relapse", "", "5", "0"]], "", None),
        ([["m1", "relapse", "", "5", "0"]], CLAIMED, ASKED),
        ([["m1", "IP", "", "5", "0"]], CLAIMED, None),
        ([["m1", "readmission_other", "", "5", "0"]], CLAIMED, None),
    ],
    ids=["none", "relapses alone", "claimed", "by its code", "seen"],
)
def test_no_readmission_at_all_is_asked_about(tmp_path, events, mapping, asked):
    """A hundred followed-up episodes without one readmission, where the mapping claims some; a study of relapses is asked nothing."""
    found = _findings(tmp_path, _many(events), sites.DATED + mapping)
    assert [item for item in found if item[0] == "no_readmission"] == ([asked] if asked else [])


def test_no_event_at_all_is_asked_about():
    """Followed up and no event of any kind, beside the episodes or in a table: did the events file join? A column of relapses is one."""
    rows = {"episode_id": [f"m{i}" for i in range(100)], "track": "mood", "discharge_reason": "completed", "los_days": 30}
    episodes = pd.DataFrame(rows | {"follow_up_days": 60})
    beside = {"relapse_day": None, "relapse_observed": 0}
    readmitted = {"readmission_other_day": None, "readmission_other_observed": 0}
    for more, asked in (
        ({}, True),
        (beside, False),
        (readmitted, True),
        (readmitted | {"readmission_other_day": 50, "readmission_other_observed": 1}, False),
    ):
        with iop.load(episodes.assign(**more), mapping={"data": {"class": "synthetic"}}) as data:
            said = [f.message for f in data.findings if f.rule == "no_readmission"]
            assert bool(said) is asked and all(("no table or column of events is there" in words) is (not more) for words in said)


def test_rows_without_a_track_are_warned_of():
    """A track written once for many rows, or in merged cells, leaves the others blank: how many is said, and what to do."""
    rows = {"episode_id": [f"m{i}" for i in range(30)], "track": ["mood", *[None] * 29], "discharge_reason": "completed", "los_days": 30}
    with iop.load(pd.DataFrame(rows), mapping={"data": {"class": "synthetic"}}) as data:
        (found,) = [f for f in data.findings if f.rule == "track_blank"]
        assert (found.severity, found.column, found.count) == ("warning", "track", 29) and "fill it down" in found.hint


@pytest.mark.parametrize(
    ("word", "offered"), [("Transferred step down", "transferred_step_down"), ("compleeted", "completed"), ("Zq7", None)]
)
def test_the_nearest_allowed_word_is_offered(tmp_path, word, offered):
    """The hint names the allowed word that most of the unknown ones resemble, and never an unknown one."""
    tables = sound()
    for row in (3, 4):
        tables["episodes"][row][4] = word
    tables["episodes"][8][4] = "died2"
    sites.write(tmp_path, mapping=sites.DATED, **_with_heads(tables))
    with pytest.raises(iop.DataError) as caught:
        iop.load(tmp_path)
    hints = re.findall(r'Did you mean "(\w+)"\?', str(caught.value))
    assert hints == [offered or "died"]
    assert word not in str(caught.value) and "died2" not in str(caught.value)


# What takes more than one cell: the changes (table, row, column, value), and the rule with the rows that it must name.
TOGETHER = [
    ([("scores", 1, "instrument_version", "v2")], "version_changed", {0, 1}),
    ([("episodes", 1, "admit_date", "2023-01-10"), ("episodes", 1, "discharge_date", "2023-02-09")], "overlapping_episodes", {0, 1}),
    (
        [
            ("episodes", 1, "track", "trauma"),
            ("episodes", 1, "admit_date", "2023-01-10"),
            ("episodes", 1, "discharge_date", "2023-02-09"),
        ],
        "overlapping_tracks",
        {0, 1},
    ),
    ([("events", 1, "event", "follow_up_contact"), ("events", 1, "day", ""), ("events", 1, "days_after_discharge", "7"),
      ("events", 1, "planned", "0")], "event_twice", {0, 1}),
    ([("episodes", row, "site", "") for row in range(12)], "all_blank", {0}),
    ([("events", 0, "event", "death"), ("events", 0, "days_after_discharge", "5")], "event_after_death", {1}),
    ([("episodes", 1, "phq9_admit", ""), ("scores", 2, "scale", "phq9")], "score_stands_in", {1}),
    ([("events", row, "event", "relapse") for row in range(12)], None, set()),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "rule", "rows"), TOGETHER, ids=[str(case[1]) for case in TOGETHER])
def test_what_takes_more_than_one_cell(tmp_path, changes, rule, rows):
    """Each of these rules by itself: exactly its rows, and the twin says the same."""
    tables = {table: [list(row) for row in kept[:12]] for table, kept in sound().items()}
    for table, row, column, value in changes:
        tables[table][row][rules_twin.HEADS[table].index(column)] = value
    found = _by_the_store(tmp_path, tables)
    assert {row for name, _, _, row in found if name == rule} == rows
    assert found == rules_twin.faults(tables)
