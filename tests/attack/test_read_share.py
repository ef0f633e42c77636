"""Takes shared counts, gives proof that no count from 1 to 10 comes back of them, and that the attack would see it."""

from __future__ import annotations

import json

import numpy as np
import pytest

import iop_outcomes as iop
from attacks.programs import drawn
from iop_outcomes.attack import attack_report
from iop_outcomes.cli import run
from iop_outcomes.columns import Column

# Ends that people share who know that deaths, blanks and the like are few: where a group has 1 to 10 of one, it stays at home.
USUAL = ["completed", "dropped_out", "transferred_step_down", "transferred_lateral", "other", "terminated_by_program", "incarcerated"]
LINES = ("a", "b", "c")


@pytest.mark.parametrize(("seed", "size", "by"), [(None, 0, "track"), (None, 0, "modality"), (1, 700, "sex"), (2, 2000, "track")])
def test_nothing_comes_back_of_a_share(tmp_path, capsys, synthetic, seed, size, by):
    """The synthetic program and drawn ones, under cms11: the reasons that were taken together, and every crossing of two tables."""
    made = drawn(seed, size) if seed is not None else None
    data = synthetic if made is None else iop.load(made.tables, mapping=made.mapping)
    there = {str(level) for level in data.count([Column("discharge_reason")]).levels("discharge_reason")}
    iop.share(data.where(discharge_reason=[each for each in USUAL if each in there]), name="one", by=by).save(tmp_path)
    assert run(["attack", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "0 from 1 to 10 recovered, 0 more must lie between 1 and 10" in said
    assert " 0 counts withheld" not in said
    if made is not None:
        data.close()


def folder_of(path, tables, *, policy="cms11", loss=()):
    """A share of these tables: by name, columns with rows whose last member is n."""
    for name, (columns, rows) in tables.items():
        lines = [",".join([*columns, "n"]), *(",".join(map(str, row)) for row in rows)]
        (path / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    episodes = sum(row[-1] for row in next(iter(tables.values()))[1])
    manifest = {"format": "iop_outcomes share", "policy": policy, "loss": list(loss), "episodes": episodes}
    manifest["tables"] = [{"file": name} for name in tables]
    (path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return path


def by_two(people, column):
    """Table of track, reason and one column more."""
    cells = {}
    for person in people:
        key = (person["track"], person["discharge_reason"], person[column])
        cells[key] = cells.get(key, 0) + 1
    return ("track", "discharge_reason", column), [(*key, n) for key, n in sorted(cells.items())]


@pytest.mark.parametrize("seed", range(6))
def test_tables_of_full_cells_never_make_a_cell_of_a_few(tmp_path, seed):
    """Three columns beside track and reason, cells of none or eleven: crossings of two may well hold a few, and it cannot be told."""
    rng = np.random.default_rng(seed)
    people = [
        {"track": track, "discharge_reason": reason, **{column: LINES[number] for column, number in zip("xyz", rng.integers(0, 3, 3), strict=True)}}
        for track in ("mh", "su")
        for reason in ("completed", "dropped_out")
        for _ in range(int(rng.integers(60, 90)))
    ]  # fmt: skip
    tables = {f"table_{place}.csv": by_two(people, column) for place, column in enumerate("xyz")}
    kept = {name: table for name, table in tables.items() if min(row[-1] for row in table[1]) >= 11}
    assert len(kept) >= 2
    found = attack_report(folder_of(tmp_path, kept))
    assert (found.recovered, found.cells > 50) == ((), True)


def test_a_small_cell_is_seen(tmp_path):
    """A table that holds 4 of a kind: the cell comes back, and so does what it makes of a crossing."""
    rows = [("mh", "completed", "a", 4), ("mh", "completed", "b", 40)]
    found = attack_report(folder_of(tmp_path, {"table_0.csv": (("track", "discharge_reason", "sex"), rows)}))
    assert [(each.interval.low, each.interval.high) for each in found.recovered] == [(4, 4)]
    assert "table_0.csv" in str(found)


def test_a_wider_table_gives_a_narrower_one_away(tmp_path):
    """44 completed in one table, 40 of them of one kind in another: 4 of the other kind, which neither prints."""
    tables = {
        "table_0.csv": (("track", "discharge_reason"), [("mh", "completed", 44), ("su", "completed", 30)]),
        "table_1.csv": (("track", "discharge_reason", "sex"), [("mh", "completed", "f", 40), ("mh", "completed", "m", 4), ("su", "completed", "f", 30)]),
    }  # fmt: skip
    assert {each.interval.low for each in attack_report(folder_of(tmp_path, tables)).recovered} == {4}


def test_reasons_taken_together_stay_together(tmp_path):
    """12 are other, incarcerated among them: neither is known, though one of them has few; of 8 all would lie from 0 to 8."""
    loss = ["discharge reason incarcerated is counted as other"]
    rows = [("mh", "completed", 40), ("mh", "other", 12)]
    found = attack_report(folder_of(tmp_path, {"table_0.csv": (("track", "discharge_reason"), rows)}, loss=loss))
    assert (found.recovered, found.cells) == ((), 2)


def test_what_withholds_nothing_is_not_attacked(tmp_path):
    """A share under internal says all there is."""
    folder = folder_of(tmp_path, {"table_0.csv": (("track", "discharge_reason"), [("mh", "completed", 3)])}, policy="internal")
    with pytest.raises(iop.UsageError, match="withholds nothing"):
        attack_report(folder)
