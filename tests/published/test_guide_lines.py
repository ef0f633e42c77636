"""Takes docs/guide/studies.md, gives its lines run as a researcher would type them, and what they must show."""

import re

from tests.docs.pages_of_docs import DOCS, blocks, follow


def test_the_lines_run(tmp_path, monkeypatch, capsys):
    """The registry's commands with the exit code that the page says, 1 where some printed figure does not follow from the others."""
    monkeypatch.chdir(tmp_path)  # a line writes a figure
    said = follow(DOCS / "guide" / "studies.md", tmp_path)
    assert [" ".join(each.words) for each in said] == [
        "studies --level IOP --scale phq9",
        "reproduce",
        "reproduce text_messages_2021 --data data/synthetic",
        "beside data/synthetic --study teds_2004 --margin completion_strict=0.10",
    ]
    assert "those with both scores" in said[-2].out


def test_the_numbers_of_the_lines(tmp_path, monkeypatch):
    """The pooled value lies among the four given, and the effect by r = .5 is 7.18 / 4.63."""
    monkeypatch.chdir(tmp_path)
    space = {}
    exec(blocks(DOCS / "guide" / "studies.md", "python")[0].text, space)
    assert 0.3 < space["pooled"].value < 0.7
    assert re.fullmatch(r"1\.5\d+", str(space["study"].at(r=0.5)["d_pre_sd"].value))
