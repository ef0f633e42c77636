"""Takes nothing, gives a small program without faults as a site would write it, and ways to plant one."""

import csv
import io

SYNTHETIC = '[data]\nclass = "synthetic"\n'
DATED = '[data]\nclass = "synthetic"\ncutoff = "2025-01-01"\n'

_HEADS = {
    "episodes": "episode_id,track,discharge_reason,los_days,planned_days,follow_up_days,phq9_admit,phq9_discharge",
    "scores": "episode_id,scale,day,score",
    "events": "episode_id,event,day,days_after_discharge,planned",
}
_REASONS = ("completed", "dropped_out", "transferred_step_up")


def episodes():
    """Rows of 24 episodes in two tracks, the header first; days only, scores beside the episode."""
    rows = [_HEADS["episodes"].split(",")]
    for i in range(24):
        rows.append([f"e{i:02}", ("mood", "trauma")[i % 2], _REASONS[i % 3], str(20 + i), "28", "200", str(10 + i % 9), str(i % 9)])
    return rows


def dated():
    """The same episodes by their dates, with the stay beside them."""
    rows = [["episode_id", "track", "discharge_reason", "admit_date", "discharge_date", "los_days"]]
    for i in range(24):
        rows.append([f"e{i:02}", ("mood", "trauma")[i % 2], _REASONS[i % 3], f"2024-01-{i + 1:02}", f"2024-03-{i + 1:02}", "60"])
    return rows


def scores():
    """Two GAD-7 scores for each episode."""
    rows = [_HEADS["scores"].split(",")]
    for i in range(24):
        rows += [[f"e{i:02}", "gad7", "0", str(8 + i % 9)], [f"e{i:02}", "gad7", str(18 + i), str(i % 9)]]
    return rows


def events():
    """One relapse for each of twelve episodes, all but one counted from discharge."""
    rows = [_HEADS["events"].split(",")]
    rows += [[f"e{i:02}", "relapse", "", str(5 * i), "0"] for i in range(11)]
    return [*rows, ["e11", "readmission_psychiatric", "40", "", "1"]]


TABLES = {"episodes": episodes, "scores": scores, "events": events}


def text(rows, separator=","):
    """Rows as the text of a CSV."""
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator="\n").writerows(rows)
    return out.getvalue()


def planted(rows, row, column, value):
    """The rows with one cell changed; row 0 is the header and column is a name of it."""
    copy = [list(cells) for cells in rows]
    copy[row][rows[0].index(column)] = value
    return copy


def without(rows, column):
    """The rows without a column."""
    place = rows[0].index(column)
    return [cells[:place] + cells[place + 1 :] for cells in rows]


def write(folder, *, mapping=SYNTHETIC, **tables):
    """Write a folder of data: the good program, with the tables given instead (rows, text, bytes, or None for none).

    Line 1 of each file is its header, so that row n of a table stands on line n + 1.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for table, make in TABLES.items():
        given = tables.get(table, make())
        if given is None:
            continue
        content = given if isinstance(given, str | bytes) else text(given)
        (folder / f"{table}.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
    if mapping is not None:
        (folder / "mapping.toml").write_text(mapping, encoding="utf-8")
    return folder
