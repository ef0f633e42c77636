"""Takes count tables with their patients as CSV and back, and files that somebody changed, which are refused."""

import numpy as np
import pytest

from iop_outcomes.columns import Column, ScoreAt
from iop_outcomes.counts import Counts
from iop_outcomes.errors import DataError
from iop_outcomes.intake.shares.tables import columns_of, counts_to_csv, patients_to_csv, table_of, words_of
from iop_outcomes.patients import Patients

REQUESTS = (Column("track"), ScoreAt("phq9", "admit"))
COUNTS = Counts.from_columns(["track", "phq9_admit"], [["b", "a", "a", None], [3, 12, None, 0]], [4, 2, 7, 1])
# Two patients with an episode in the first and in the second cell, one with two in the third.
PEOPLE = Patients(COUNTS.n - np.array([2, 2, 2, 0]), np.array([0, 1, 2, 2]), np.array([0, 2]), np.array([2, 1]))
FILE = b"track,phq9_admit,n\na,12,2\na,,7\nb,3,4\n,0,1\n"


def read(content, patients=None, episodes=14):
    """The table of these files."""
    return table_of(REQUESTS, ["track"], content, patients, name="table 1", episodes=episodes)


def test_a_table_comes_back_as_it_was():
    """Cell for cell, whatever order its rows are in; the first line says who it is for, and nothing else."""
    content = counts_to_csv(COUNTS, "for the network")
    head, *lines = content.decode().splitlines()
    assert head == "# for the network"
    assert sorted(lines) == sorted(FILE.decode().splitlines())
    for rows in (content, FILE, b"\n".join([FILE.splitlines()[0], *FILE.splitlines()[:0:-1]])):
        assert dict(read(rows).counts) == dict(COUNTS)
    assert (columns_of(REQUESTS), words_of(COUNTS)) == (["track", "phq9_admit"], ["track"])
    assert read(FILE).people is None


def test_patients_come_back_with_the_cells_they_were_in():
    """No number of a person: combinations of cells, and how many have each."""
    people = read(counts_to_csv(COUNTS, ""), patients_to_csv(PEOPLE, "")).people
    assert [array.tolist() for array in (people.alone, people.cell, people.start, people.n)] == [
        array.tolist() for array in (PEOPLE.alone, PEOPLE.cell, PEOPLE.start, PEOPLE.n)
    ]
    head, *lines = counts_to_csv(COUNTS, "").splitlines()
    backwards = b"\n".join([head, *lines[::-1]])  # cells the other way round, and those of the patients with them
    people = read(backwards, b"combination,cell,patients\n0,3,2\n0,2,2\n1,1,1\n1,1,1\n").people
    assert people.cell.tolist() == PEOPLE.cell.tolist()
    assert people.alone.tolist() == PEOPLE.alone.tolist()


def test_nobody_returns():
    """A file of patients without a row: each episode is of its own."""
    nobody = patients_to_csv(Patients.all_different(COUNTS.n), "")
    assert nobody == b"combination,cell,patients\n"
    people = read(FILE, nobody).people
    assert people.alone.tolist() == COUNTS.n.tolist() and len(people.n) == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (FILE + b"c,1,1\n", "do not add up to the episodes"),
        (FILE.replace(b"b,3,4", b"a,12,4"), "a cell stands twice"),
        (FILE.replace(b"b,3,4", b"b,x,4"), "not a number"),
        (FILE.replace(b"b,3,4", b"b,3,0"), "not whole, negative or beyond"),
        (FILE.replace(b"b,3,4", b"b,3,4.0"), "not whole, negative or beyond"),
        (FILE.replace(b"b,3,4", b"b,4"), "a row of another length"),
        (FILE.replace(b"track", b"site", 1), "its columns are not those that the share says"),
        (FILE.replace(b"b,3,4", b'"b,3,4'), "cannot be read as CSV"),
        (b"\xff" + FILE, "not UTF-8"),
        (b"", "its columns are not those"),
    ],
)
def test_a_table_that_somebody_changed(content, words):
    """Named by the table, with whom to ask."""
    with pytest.raises(DataError, match=rf"^table 1: share_not_readable: .*{words}.*Ask the program to share again\.$"):
        read(content)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("0,0,2\n0,1,2\n2,2,1\n2,2,1\n", "not in order"),
        ("0,0,2\n0,1,1\n", "not in order"),
        ("0,0,2\n", "or with one alone"),
        ("0,0,9\n0,1,9\n", "more episodes than the table has"),
        ("0,4,1\n0,1,1\n", "beyond what it counts"),
    ],
)
def test_patients_that_somebody_changed(rows, words):
    """Places that are none, one episode alone, more episodes than there are."""
    with pytest.raises(DataError, match=words):
        read(FILE, f"combination,cell,patients\n{rows}".encode())
