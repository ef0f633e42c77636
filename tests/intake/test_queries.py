"""Takes query files, gives the text of those that only read, whatever a database takes for a quotation; the rest is refused unsent."""

import pytest

from iop_outcomes.errors import DataError
from iop_outcomes.intake.queries import MAX_QUERY_BYTES, query_of


def query(folder, text):
    """What is sent of a file with this text."""
    (folder / "episodes.sql").write_bytes(text if isinstance(text, bytes) else text.encode())
    return query_of(folder / "episodes.sql")


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("SELECT 1;\n", "SELECT 1"),
        ("\ufeff-- of the warehouse\nWITH a AS (SELECT 1) SELECT * FROM a ; ;", "WITH a AS (SELECT 1) SELECT * FROM a"),
        ("SELECT 'it''s; drop' AS \"delete\"", "SELECT 'it''s; drop' AS \"delete\""),
        ("SELECT /* update */ a FROM t", "SELECT   a FROM t"),
        ("SELECT $$it's$$, $q$ $$ $q$", "SELECT $$it's$$, $q$ $$ $q$"),
        ("SELECT ARRAY['Substance use'], x #>> '{do}' FROM t", "SELECT ARRAY['Substance use'], x #>> '{do}' FROM t"),
        ("SELECT updated_at FROM loads -- don't set", "SELECT updated_at FROM loads"),
        ("select a -- ; drop\nfrom t ; -- end", "select a  \nfrom t"),
        ("SELECT replace(a, '--', ';') FROM t", "SELECT replace(a, '--', ';') FROM t"),
    ],
    ids=[
        "semicolon",
        "mark and comment",
        "words in quotes",
        "words in a comment",
        "dollars",
        "arrays and paths",
        "words within words",
        "comments at ends",
        "marks in strings",
    ],
)
def test_a_statement_that_reads_is_sent_without_its_comments(tmp_path, text, sent):
    """Strings and names in quotation marks may hold anything."""
    assert query(tmp_path, text) == sent


@pytest.mark.parametrize(
    "text",
    [
        "DELETE FROM t",
        "SELECT 1; DELETE FROM t",
        "SELECT 1 INTO OUTFILE 'x'",
        "WITH a AS (DELETE FROM t RETURNING *) SELECT * FROM a",
        "SELECT nextval('s')",
        "SELECT /*! 1; DELETE FROM t */ 1",
        "SELECT '\\'; DELETE FROM t; -- '",
        "SELECT 1; SELECT 2",
        "EXPLAIN SELECT 1",
        "",
    ],
)
def test_what_writes_or_is_several(tmp_path, text):
    """Nothing of it is sent."""
    with pytest.raises(DataError, match=r"episodes\.sql: query_writes"):
        query(tmp_path, text)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT $$'$$; DELETE FROM t; SELECT $$'$$",
        "SELECT $$'$$, pg_read_file('x'), $$'$$",
        "SELECT $a$'$a$; DROP TABLE t; SELECT $a$'$a$",
        "SELECT $q$ ; DROP TABLE t; SELECT $q$",
        "SELECT 1 # '\n; DELETE FROM t # '",
        "SELECT [a'] FROM t; DELETE FROM t; SELECT [b']",
        "SELECT 1 --'\n'; DELETE FROM t; -- '",
    ],
    ids=["dollars", "a function", "named dollars", "dollars that are a name", "MySQL's comment", "brackets", "MySQL's dashes"],
)
def test_nothing_hides_in_what_another_database_does_not_take_for_a_quotation(tmp_path, text):
    """Each is one harmless statement as some databases read it, and writes as others do."""
    try:
        sent = query(tmp_path, text)
    except DataError as error:
        assert "query_writes" in str(error) or "not_a_query" in str(error)
    else:  # what is left once comments are taken out holds the words in one string, for every database
        assert sent == "SELECT 1  \n'; DELETE FROM t; -- '"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("SELECT 'a", "is not closed"),
        ("SELECT /* a", "is not closed"),
        (b"SELECT '\xff'", "not UTF-8"),
        ("SELECT 1 -- " + "x" * MAX_QUERY_BYTES, "larger than"),
    ],
)
def test_what_is_no_query(tmp_path, text, words):
    """Half a string, half a comment, another encoding, a whole file of data."""
    with pytest.raises(DataError, match=rf"not_a_query: .*{words}"):
        query(tmp_path, text)


def test_what_is_no_file(tmp_path):
    """A folder in its place, and nothing."""
    with pytest.raises(DataError, match="this is a folder"):
        query_of(tmp_path)
    with pytest.raises(DataError, match="no_such_file"):
        query_of(tmp_path / "nothing.sql")
