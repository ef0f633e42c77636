"""Takes small programs, gives their count tables to pass on: whole or of full cells, named, without rows, and what is refused."""

import json

import pytest

import iop_outcomes as iop
from iop_outcomes.reporting.sharing import share_counts
from tests.reporting.parts.small import people, small

ROWS = people(20, 20, patient_id=lambda i: f"p{i}") + people(15, 25, track="b", patient_id=lambda i: f"q{i}")


def shared(rows=ROWS, *, policy="internal", name="Riverside", by="track", **given):
    """A share of some rows."""
    with small(rows, **given) as data:
        return share_counts(data, name=name, by=by, pack="program_quality", policy=policy)


def test_a_whole_share_holds_every_table_and_no_id():
    """The manifest names each file; every table counts all episodes."""
    share = shared()
    manifest = json.loads(share.files["manifest.json"])
    assert {entry["file"] for entry in manifest["tables"]} <= set(share.files)
    for entry in manifest["tables"]:
        mark, head, *lines = share.files[entry["file"]].decode().splitlines()
        assert mark.endswith("for people entitled to see this program's patients")
        place = head.split(",").index("n")
        assert sum(int(line.split(",")[place]) for line in lines) == 80
    cells = b"".join(content for name, content in share.files.items() if name.endswith(".csv"))
    assert b"q17" not in cells and b"p17" not in cells
    assert {share.files[entry["patients"]].decode().splitlines()[-1] for entry in manifest["tables"]} == {
        "combination,cell,patients"
    }  # nobody returned


def test_under_a_policy_that_withholds_only_full_cells_go_along():
    """And the words say so; how much is for the program alone."""
    share = shared(policy="cms11")
    for name, content in share.files.items():
        if name.startswith("table"):
            head, *lines = content.decode().splitlines()
            assert all(int(line.split(",")[head.split(",").index("n")]) >= 11 for line in lines)
    assert "For this program alone: 2 of 2 groups" in str(share)
    assert "patients do not go along" in str(share)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"policy": "nhs"}, 'policy: "nhs" is not one that counts are shared under'),
        ({"name": None}, "name: a share carries the name of its program"),
        ({"by": "program"}, 'by: "program" is the column of the programs themselves'),
        ({"by": "discharge_reason", "policy": "cms11"}, "reasons for discharge are counted in every table"),
    ],
)
def test_what_cannot_be_shared_so(given, words):
    """Another policy, no name, columns that a pool or every table has."""
    with pytest.raises(iop.UsageError, match=words):
        shared(people(3, 3), **given)


def test_the_name_of_the_mapping_will_do():
    """Where none is given."""
    assert shared(people(2, 2), name=None, program={"name": "Lakeside"}).manifest.name == "Lakeside"
