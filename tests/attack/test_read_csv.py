"""Takes the CSV that a report writes, gives every count in it where it stands; what is no such file holds nothing."""

from fractions import Fraction

import iop_outcomes as iop
from iop_outcomes.attack.read_csv import read_csv
from iop_outcomes.show.plain import csv_text


def test_every_count_of_a_file_is_read_back(synthetic):
    """By measure, group, number and day, against the released rows themselves; what is withheld is none."""
    released = iop.readmission(synthetic, by="track", at=(30, 90)).release("cms11")
    read = read_csv(csv_text([released]), "r.csv")
    numbers = [number for block in read.blocks for number in block.numbers if number.field == "n"]
    expected = [row["n"] for row in released.to_records()]
    assert [number.value for number in numbers] == [None if n is None else Fraction(n) for n in expected]
    assert any(n is None for n in expected) or len(expected) > 4
    (block,) = read.blocks
    assert block.columns == ("track",)
    assert len(block.levels[0]) == len({row["level"] for row in released.to_records()} - {"All"})


def test_a_measure_that_comes_again_is_another_block(synthetic):
    """Two parts of a page may print one measure, of other episodes."""
    text = csv_text([iop.completion(synthetic).release("internal")])
    head, *rows = text.splitlines()
    assert len(read_csv("\n".join([head, *rows, *rows]) + "\n", "r.csv").blocks) == 2


def test_what_is_no_report():
    """Its name, and nothing in it."""
    for text in ("", "a,b\n1,2\n", "# words\n"):
        read = read_csv(text, "x.csv")
        assert (read.files, read.blocks, read.numbers) == (["x.csv"], [], [])
