"""A finding names the physical line that an editor shows, whatever stands before it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import iop_outcomes as iop
from iop_outcomes.intake.files import record_lines
from tests.intake import sites

HEAD = "episode_id,track,discharge_reason,los_days,remark\n"  # remark is not read


def _lines(folder, text, *, ends="\n", on_error="raise"):
    """The lines that findings name, by rule, of a file of episodes with this text."""
    sites.write(folder, episodes=text.replace("\n", ends).encode(), scores=None, events=None)
    try:
        with iop.load(folder, on_error=on_error) as data:
            findings = data.findings
    except iop.DataError as error:
        findings = error.findings
    return {finding.rule: finding.lines for finding in findings if finding.severity == "error"}


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("on_error", ["raise", "exclude"])
def test_quoted_newlines_blank_lines_and_lost_lines(tmp_path, ends, on_error):
    """Lines are counted as written, by hand, for lines that can be read and for those that cannot."""
    text = HEAD + (
        'e0,mood,completed,30,"two\nlines"\n'  # 2 and 3
        "\n"  # 4
        "e1,mood,completed,30,\n"  # 5
        "e2,mood,completed\n"  # 6, short
        'e3,mood,completed,30,"four\n\n""more""\nlines"\n'  # 7 to 10
        "\n\n"  # 11 and 12
        "e4,mood,completed,30,,x\n"  # 13, long
        "e5,mood,nowhere,30,\n"  # 14
        "e6,mood,completed\n"  # 15, short
        "e7,mood,completed,3.5,\n"  # 16
        'e8,mood,nowhere,30,"\n"\n'  # 17 and 18
        "e9,mood,nowhere,30,"  # 19, without a line end
    )
    assert _lines(tmp_path, text, ends=ends, on_error=on_error) == {
        "missing_columns": (6, 15),
        "too_many_columns": (13,),
        "unknown_code": (14, 17, 19),
        "not_whole_number": (16,),
    }


def test_an_unclosed_quote_is_named_where_it_opens(tmp_path):
    """Quoted newlines and blank lines before it do not move it, and nothing after it is judged."""
    text = HEAD + 'e0,mood,nowhere,30,"two\nlines"\n\ne1,mood,completed,30,"open\n' + "e2,mood,nowhere,30,x\n" * 50
    assert _lines(tmp_path, text) == {"open_quote": (5,)}


def test_a_mark_at_the_start_is_no_part_of_the_text(tmp_path):
    """A UTF-8 byte order mark moves neither the header nor the lines."""
    text = "\ufeff" + HEAD + "\ne0,mood,nowhere,30,\n"
    assert _lines(tmp_path, text) == {"unknown_code": (3,)}


def test_a_quotation_mark_inside_a_field_is_text(tmp_path):
    """A mark in the middle of a field opens nothing."""
    text = HEAD + 'e0,mood,completed,30,5" tall\ne1,mood,nowhere,30,a"b"c\ne2,mood,nowhere,30,\n'
    assert _lines(tmp_path, text) == {"unknown_code": (3, 4)}


def test_a_field_longer_than_the_usual_limit(tmp_path):
    """A long remark that is not read (200,000 characters) leaves the lines after it exact."""
    text = HEAD + 'e0,mood,completed,30,"' + "long words\n" * 20_000 + '"\ne1,mood,nowhere,30,\n'
    assert _lines(tmp_path, text) == {"unknown_code": (20_003,)}


def test_the_limit_of_the_csv_module_stays_as_it_was(tmp_path):
    """Counting lines leaves the module's own limit alone."""
    import csv

    before = csv.field_size_limit()
    _lines(tmp_path, HEAD + "e0,mood,nowhere,30,\n")
    assert csv.field_size_limit() == before


def test_rows_of_a_frame_are_counted_from_1():
    """A frame has no lines: rows are named, and the text says rows."""
    import pandas as pd

    head, *rows = sites.planted(sites.episodes(), 4, "phq9_admit", "99")
    with pytest.raises(iop.DataError, match=r"^episodes \(data frame\):4: phq9_admit: out_of_range: .* \(row 4\)") as caught:
        iop.load(pd.DataFrame(rows, columns=head))
    assert [finding.lines for finding in caught.value.findings if finding.severity == "error"] == [(4,)]


_FIELD = st.text(alphabet='ab ,"\n', max_size=6).map(lambda text: '"' + text.replace('"', '""') + '"')
_ROW = st.one_of(
    _FIELD.map(lambda remark: ("good", f"{{id}},mood,completed,30,{remark}")),
    _FIELD.map(lambda remark: ("unknown_code", f"{{id}},mood,nowhere,30,{remark}")),
    st.just(("missing_columns", "{id},mood,completed,30")),
    st.just(("too_many_columns", "{id},mood,completed,30,x,y")),
    st.just(("blank line", "")),
)


@settings(max_examples=30)
@given(rows=st.lists(_ROW, min_size=1, max_size=12), ends=st.sampled_from(["\n", "\r\n"]))
def test_lines_of_any_mixture(tmp_path_factory, rows, ends):
    """Random mixtures of quoted newlines, blank lines, short and long rows: every fault on its own line."""
    expected, text, line = {}, HEAD, 2
    for number, (kind, row) in enumerate([*rows, ("good", "{id},mood,completed,30,x")]):
        written = row.replace("{id}", f"e{number}") + "\n"
        if kind not in ("good", "blank line"):
            expected.setdefault(kind, []).append(line)
        text, line = text + written, line + written.count("\n")
    found = _lines(tmp_path_factory.mktemp("mixture"), text, ends=ends)
    assert found == {kind: tuple(lines) for kind, lines in expected.items()}


def test_records_and_lines_by_hand(tmp_path):
    """Record numbers count blank lines, as the reader's own numbers do; lines count the newlines inside quotes too."""
    path = tmp_path / "a.csv"
    path.write_bytes(b'a,b\n1,"x\n\ny"\n\n2,z\n')
    assert record_lines(path, ",") == ([1, 2, 5, 6], frozenset({3}))
