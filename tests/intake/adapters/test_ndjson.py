"""Takes files of one JSON object a line, gives the objects, and names the line that is broken or without end."""

import gzip
import json

import pytest

from iop_outcomes.errors import DataError
from tests.adapters import fhir
from tests.adapters.asked import loaded, scores_of
from tests.intake.adapters.test_fhir import EPISODE, PERSON, TOTAL

LINE = json.dumps(TOTAL).encode()

BROKEN = {
    "cut short": (LINE + b"\n" + LINE[:60], "Observation.ndjson:2: not_json"),
    "a list": (b"[1, 2]\n", "Observation.ndjson:1: not_json"),
    "not a number": (LINE.replace(b"14}", b"NaN}") + b"\n", "Observation.ndjson:1: not_json"),
    "a number without end": (LINE.replace(b"14}", b"1" * 5000 + b"}") + b"\n", "Observation.ndjson:1: not_json"),
    "a key twice": (LINE[:-1] + b', "status": "final"}\n', "Observation.ndjson:1: duplicate_key"),
    "a key twice, deep": (LINE[:-1] + b', "x": {"a": 1, "a": 1}}\n', "Observation.ndjson:1: duplicate_key"),
    "nested without end": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "Observation.ndjson:1: nested_too_deeply"),
    "a line without end": (b'{"a": "' + b"x" * (1 << 21) + b'"}', "Observation.ndjson:1: line_too_long"),
    "latin-1": (b'{"a": "\xe9"}\n', "Observation.ndjson:1: not_utf8"),
    "gzip": (b"\x1f\x8b\x08\x00\xff\xff", "Observation.ndjson:1: not_utf8"),
    "another resource": (b'{"resourceType": "Bundle", "id": "x"}\n', "Observation.ndjson:1: other_resource"),
    "no id": (b'{"resourceType": "Observation"}\n', "Observation.ndjson:1: no_id"),
    "half a letter as an id": (b'{"resourceType": "Observation", "id": "\\ud800"}\n', "Observation.ndjson:1: no_id"),
    "one id twice": (LINE + b"\n\n" + LINE, "Observation.ndjson:3: duplicate_id"),
    "two servers": (
        LINE.replace(b"Patient/502", b"https://a.example/Patient/502"),
        "Patient: two_servers",
    ),
}


@pytest.mark.parametrize("fault", list(BROKEN))
def test_a_broken_line_is_named(tmp_path, fault):
    """One clear error with file and line; nothing of the line itself is shown."""
    content, words = BROKEN[fault]
    with pytest.raises(DataError) as caught:
        loaded(fhir.write(tmp_path, Observation=content), fhir.MAPPING)
    assert str(caught.value).startswith(words)
    assert PERSON not in str(caught.value)


def test_blank_lines_and_a_byte_order_mark_are_no_fault(tmp_path):
    """What exporters add around the lines changes nothing."""
    tables, _ = loaded(fhir.write(tmp_path, Observation=b"\xef\xbb\xbf" + LINE + b"\r\n\r\n", QuestionnaireResponse=None), fhir.MAPPING)
    assert scores_of(tables) == [(EPISODE, 0, 14)]


def test_packed_files_are_the_same(tmp_path):
    """Files packed by gzip give the same rows; one that is cut off, or spoilt, is named."""
    folder = fhir.write(tmp_path / "plain", Observation=LINE, QuestionnaireResponse=None)
    expected = scores_of(loaded(folder, fhir.MAPPING)[0])
    for path in list(folder.glob("*.ndjson")):
        path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()
    assert scores_of(loaded(folder, fhir.MAPPING)[0]) == expected == [(EPISODE, 0, 14)]
    for content in (gzip.compress(LINE)[:-9], gzip.compress(LINE)[:-8] + bytes(8)):
        (folder / "Observation.ndjson.gz").write_bytes(content)
        with pytest.raises(DataError, match=r"^Observation\.ndjson\.gz: not_gzip: ") as caught:
            loaded(folder, fhir.MAPPING)
        assert PERSON not in str(caught.value)


def test_a_packed_file_without_end(tmp_path):
    """A line that only unpacking makes long, and blank lines without end, are refused before they fill the memory."""
    folder = fhir.write(tmp_path, Observation=LINE, QuestionnaireResponse=None)
    (folder / "Observation.ndjson").unlink()
    for content, words in ((b"x" * (2 << 20), "line_too_long"), ((b" " * 1000 + b"\n") * 100_000, "file_too_large")):
        (folder / "Observation.ndjson.gz").write_bytes(gzip.compress(content, 9))
        with pytest.raises(DataError, match=rf"^Observation\.ndjson\.gz.*{words}"):
            loaded(folder, fhir.MAPPING)


def test_a_number_of_any_size_is_refused_at_once(tmp_path):
    """An exponent of nine digits is no score, and is never worked out."""
    folder = fhir.write(tmp_path, Observation=LINE.replace(b"14}", b"1e999999999}") + b"\n")
    with pytest.raises(DataError, match="score: "):
        loaded(folder, fhir.MAPPING)
