"""Takes notebooks and values as they are typed, gives the notebook with these in place, and refuses names that it does not have."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iop_outcomes.errors import UsageError
from iop_outcomes.notebooks.parameters import defaults, parse, value_of, values_for


@pytest.mark.parametrize("word", ["by", "=site", " =site"])
def test_a_parameter_without_name_or_value_is_refused(word):
    """The sentence shows the form."""
    with pytest.raises(UsageError, match="-p name=value"):
        parse([word])


def test_a_value_may_hold_an_equals_sign_and_the_last_wins():
    """Only the first "=" parts name and value."""
    assert parse(["a=b=c", "x=1", "x=2"]) == {"a": "b=c", "x": "2"}


@given(st.one_of(st.integers(), st.booleans(), st.none(), st.tuples(st.integers(), st.integers()), st.lists(st.text())))
def test_a_literal_is_read_back(value):
    """What Python writes, a parameter reads, where the notebook's own value is no text."""
    assert value_of(repr(value), 1) == value


@given(st.text())
def test_text_stays_text(text):
    """Where the notebook's own value is text, a value is text or None, whatever it looks like; nothing is ever executed."""
    found = value_of(text, "data")
    assert found is None or isinstance(found, str)
    assert isinstance(value_of("__import__('os').getcwd()", "data"), str)


def test_the_cell_of_parameters_is_read_and_not_executed():
    """Literals by name; a computed value is known by name only."""
    cell = {"cell_type": "code", "metadata": {"tags": ["parameters"]}, "source": "a = (1, 2)\nb: str = 'x'\nc = open('no such file')\n"}
    plain = {"cell_type": "code", "metadata": {}, "source": "d = 4"}
    assert defaults([plain, cell]) == {"a": (1, 2), "b": "x", "c": None}


def test_own_data_are_seen_from_the_notebook_and_typed_paths_from_here(tmp_path, monkeypatch):
    """The same words mean different folders, by where they were written."""
    folder = tmp_path / "far" / "notebooks"
    folder.mkdir(parents=True)
    (tmp_path / "far" / "data").mkdir()
    (tmp_path / "typed").mkdir()
    monkeypatch.chdir(tmp_path)
    known = {"source": "../data", "output": "x"}
    assert values_for(folder / "a.ipynb", known, {}, "out") == {"source": "far/data", "output": "out"}
    assert values_for(folder / "a.ipynb", known, {"source": "typed", "output": "there"}, "out") == {
        "source": "typed",
        "output": "there",
    }
    with pytest.raises(UsageError, match="-p source="):
        values_for(tmp_path / "a.ipynb", {"source": "nowhere"}, {}, "out")
    with pytest.raises(UsageError, match=f"there are no data at {tmp_path / 'no' / 'where'}"):
        values_for(folder / "a.ipynb", known, {"source": "no/where"}, "out")
