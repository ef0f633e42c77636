"""Takes a loaded program, gives its rows and the sentences of its findings, for tests of adapters."""

import copy

import iop_outcomes as iop


def mapped(layout, **changes):
    """A layout's mapping with some keys of its [adapter] changed; None removes one."""
    mapping = copy.deepcopy(layout.MAPPING)
    for key, value in changes.items():
        mapping["adapter"].pop(key, None)
        if value is not None:
            mapping["adapter"][key] = value
    return mapping


def loaded(folder, mapping, **options):
    """Rows of the three prepared tables as dicts, and the findings as pairs of file and message."""
    with iop.load(folder, mapping=mapping, **options) as data:
        tables = {}
        for table in ("episodes", "scores", "events"):
            if table in data.engine._tables.columns:
                frame = data.engine.connection.duckdb.execute(f"SELECT * FROM {table}").df()
                rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
                tables[table] = sorted(rows, key=lambda row: str(list(row.values())))  # a joined table has no order of its own
        return tables, [(finding.file, finding.message) for finding in data.findings]


def scores_of(tables, scale="phq9"):
    """Episode, day and score of a scale, sorted."""
    return sorted((row["episode_id"], row["day"], row["score"]) for row in tables.get("scores", []) if row["scale"] == scale)


def episode(tables, name):
    """One episode."""
    return next(row for row in tables["episodes"] if row["episode_id"] == name)


def said(findings, words):
    """The messages that hold these words."""
    return [message for _, message in findings if words in message]
