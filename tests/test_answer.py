"""Takes answers, gives their released form wherever something is shown, and the sentence that stands in the place of one that cannot be."""

import pytest

import iop_outcomes as iop
from iop_outcomes.answer import Answer, NoAnswer, TableOne, attempt
from iop_outcomes.errors import NotAssessableError, OutputError, UsageError

WORDS = "Change in <PCL-5> is not assessable: 100% blank & nobody was asked."


@pytest.fixture(scope="module")
def completion(synthetic):
    """Completion by sex, of which the default policy withholds some."""
    return iop.completion(synthetic, by="sex")


def test_working_numbers_and_released_ones(completion):
    """A frame holds every number; what is released holds some, and shows no error beside them."""
    working, released = completion.to_frame(), completion.release().to_frame()
    assert working.se.notna().any() and released.se.isna().all()
    assert released.value.notna().sum() < working.value.notna().sum()
    everything = completion.release("none").to_frame()
    assert everything.value.notna().tolist() == working.value.notna().tolist()


def test_whatever_is_looked_at_is_released(completion):
    """A line, a table and its HTML and LaTeX hold what the policy withholds nowhere; working material says that it is."""
    assert repr(completion) == f"Completion: {completion.sentence()}"
    shown = completion.exhibit()
    assert not shown.working and completion.exhibit(working=True).working
    assert completion.to_html() == shown.to_html()
    everything = completion.exhibit(policy="none").to_text()
    assert everything.count("not shown") < shown.to_text().count("not shown")
    assert "<table" in completion._repr_html_()


def test_numbers_to_set_side_by_side(completion):
    """Those that are named have a column each."""
    text = completion.exhibit(policy="none", estimands=["completion_strict", "completion_with_transfers"]).table
    assert len(text.rows) == completion.to_frame().level.nunique()


def test_what_is_said_of_it(completion):
    """Its definition, whom it is of, its references, and no row at risk of what has no time."""
    assert completion.definition.measure == "completion"
    assert all(flow.used <= 1_200 for flow in completion.flow)
    assert [each.key for each in completion.references()] == [each.key for each in completion.methods().references]
    assert completion.at_risk.empty


def test_a_file_is_never_written_over_unasked(completion, tmp_path):
    """The earlier one stays."""
    pytest.importorskip("docx")
    path = completion.to_docx(tmp_path / "new" / "t.docx", policy="none")
    before = path.read_bytes()
    with pytest.raises(OutputError, match="stands there already"):
        completion.to_docx(path, policy="none")
    assert path.read_bytes() == before
    assert completion.to_docx(path, policy="none", overwrite=True).read_bytes()[:2] == b"PK"


def test_rows_of_a_table_one_are_chosen_when_it_is_made():
    """No number of it is asked for later."""
    with pytest.raises(UsageError, match=r"rows of a table one are chosen when it is made \(columns=, mean=, median=\)"):
        TableOne(()).to_html(estimands=["x"])


def test_the_sentence_stands_in_every_place(tmp_path):
    """Escaped where it must be, with no file, whatever is asked of it."""
    nothing = NoAnswer(WORDS)
    for same in (
        nothing.plot(),
        nothing.figure("single", path=tmp_path / "a.pdf"),
        nothing.release("none", ledger="x"),
        nothing.exhibit(working=True),
    ):
        assert same is nothing
    assert nothing.to_docx(tmp_path / "a.docx") is nothing and list(tmp_path.iterdir()) == []
    assert repr(nothing) == nothing.sentence(policy="none") == nothing.definition == WORDS
    assert "&lt;PCL-5&gt;" in nothing.to_html() == nothing._repr_html_()
    assert r"100\% blank \& nobody" in nothing.to_latex()


def test_what_holds_every_question_has_every_answer():
    """A notebook that runs with an answer runs without one."""
    asked = {"plot", "figure", "release", "exhibit", "sentence", "definition", "to_html", "to_latex", "to_docx"}
    assert asked <= {name for name in dir(NoAnswer) if not name.startswith("_")} <= {name for name in dir(Answer)} | {"words"}


def test_only_what_cannot_be_assessed_becomes_a_sentence(synthetic):
    """No score of a scale is a reason too; a slip of the person who asks stays an error."""
    assert isinstance(attempt(iop.completion, synthetic), Answer)
    assert "the data hold no PCL-5 score" in attempt(iop.symptom_change, synthetic, scale="pcl5").words

    def refuses(data, **options):
        raise NotAssessableError(f"nobody of {data} {options}")

    assert repr(attempt(refuses, 3, by="x")) == "nobody of 3 {'by': 'x'}"
    with pytest.raises(UsageError, match='no column "tracks"'):
        attempt(iop.completion, synthetic, by="tracks")
    with pytest.raises(UsageError, match=r"attempt: ask is of type str\. Give a public function that asks data"):
        attempt("completion", synthetic)
