"""Takes shares that were changed by hand, gives each refused in words before anything of it is believed."""

import csv
import io
import json

import pytest

import iop_outcomes as iop
from iop_outcomes.errors import DataError


def damaged(network, tmp_path, change):
    """A copy of a share with one thing changed, fingerprints and all; the error that it is refused with."""
    path = network[1][0]
    files = {each.name: each.read_text() for each in path.iterdir()}
    manifest = json.loads(files["manifest.json"])
    change(files, manifest)
    folder = tmp_path / "copy"
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(DataError) as caught:
        iop.pool([folder])
    return caught.value


def resealed(files, manifest, name, text):
    """Put a file in the place of another, under its true fingerprint."""
    from hashlib import sha256

    files[name] = text
    for table in manifest["tables"]:
        for place, each in enumerate((table["file"], table["patients"])):
            if each == name:
                table["sha256"][place] = sha256(text.encode()).hexdigest()


def first_row(text, **cells):
    """The text of a table with cells of its first row replaced."""
    comment, _, rest = text.partition("\n")
    rows = list(csv.reader(io.StringIO(rest)))
    rows[1] = [cells.get(name, cell) for name, cell in zip(rows[0], rows[1], strict=True)]
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return f"{comment}\n{out.getvalue()}"


CHANGES = {
    "negative n": lambda f, m: resealed(f, m, "table_000.csv", first_row(f["table_000.csv"], n="-5")),
    "huge n": lambda f, m: resealed(f, m, "table_000.csv", first_row(f["table_000.csv"], n="9" * 30)),
    "another total": lambda f, m: resealed(f, m, "table_000.csv", first_row(f["table_000.csv"], n="77777")),
    "unknown column": lambda f, m: resealed(f, m, "table_000.csv", f["table_000.csv"].replace("track", "tracks", 1)),
    "no such cell": lambda f, m: resealed(f, m, "patients_000.csv", first_row(f["patients_000.csv"], cell="99999")),
    "more patients than episodes": lambda f, m: resealed(f, m, "patients_000.csv", first_row(f["patients_000.csv"], patients="9999")),
    "changed": lambda f, _: f.update({"table_000.csv": f["table_000.csv"] + "x"}),
    "a path": lambda _, m: m["tables"][0].update(file="../manifest.json"),
    "no file": lambda f, _: f.pop("table_001.csv"),
    "unknown request": lambda _, m: m["tables"][0].update(requests=[{"kind": "Path", "name": "x"}]),
    "another format": lambda _, m: m.update(format="x"),
    "later format": lambda _, m: m.update(format_version=2),
    "part missing": lambda _, m: m.pop("facts"),
    "part of another type": lambda _, m: m.update(episodes=[]),
    "other version": lambda _, m: m.update(package="iop_outcomes 0.0.1"),
    "other scale": lambda _, m: m["scales"].update(phq9="0"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_share_that_was_not_written_so_is_refused(network, tmp_path, what):
    """With a finding that names the program or its file, and what to do; never with a value."""
    error = damaged(network, tmp_path, CHANGES[what])
    assert [finding.rule.partition("_")[0] for finding in error.findings] == ["share"]
    assert "hare again" in str(error)
