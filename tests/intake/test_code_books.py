"""Takes a workbook whose second sheet says what the codes of the first mean, gives proof that its words are the guesses."""

from iop_outcomes.intake.adapters.scratch import Scratch
from iop_outcomes.intake.code_books import label_codes, read_code_books
from iop_outcomes.intake.proposal_files import files_of
from iop_outcomes.intake.propose import Folder
from iop_outcomes.scales import load_scales
from tests.intake.books import write

_DATA = [["Episode ID", "Program", "D/C Reason", "LOS"], *([f"E{i}", i % 2 + 1, i % 3 + 1, 20 + i % 9] for i in range(60))]
_BOOK = [
    ["Variable", "Code", "Meaning"],
    ["Program", 1, "Day program"],
    [None, 2, "Evening program"],
    ["DC Reason", 1, "Completed program"],
    [None, 2, "AMA"],
    [None, 3, "Something else"],
]


def test_a_code_book_beside_the_data_is_read(tmp_path):
    """A track is called as it says, a reason is guessed by it, and what it says in no known word is asked."""
    write(tmp_path / "book.xlsx", {"Data": _DATA, "Codebook": _BOOK})
    with Folder(tmp_path) as folder:
        lines = {line.place: line for line in folder.proposal({}).lines}
    assert (lines["codes", "track", "1"].value, lines["codes", "track", "2"].value) == ("Day program", "Evening program")
    guesses = [lines["codes", "discharge_reason", code].question.guess for code in "123"]
    assert guesses == ["completed", "dropped_out", ""]


def test_labels_of_the_file_itself_go_first_and_other_sheets_are_no_code_book(tmp_path):
    """A sheet without a column of variables says nothing of codes."""
    write(tmp_path / "book.xlsx", {"Data": _DATA, "Codebook": _BOOK, "Notes": [["Code", "Meaning"], ["1", "x"]]})
    scratch = Scratch()
    try:
        (data, *others), _ = files_of(scratch, tmp_path, load_scales(None))
        words = read_code_books(scratch, others)
        assert words["program"] == {"1": "Day program", "2": "Evening program"}
        assert read_code_books(scratch, others[1:]) == {}
        data.labels = {"Program": {"1": "One"}}
        label_codes(data, words)
        assert data.labels["Program"] == {"1": "One"} and set(data.labels) == {"Program", "D/C Reason"}
    finally:
        scratch.close()
