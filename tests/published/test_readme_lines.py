"""Takes the lines on published studies in the README, gives them run as a researcher would type them."""

import re
import shlex
from pathlib import Path

from iop_outcomes.cli import run

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def test_the_lines_run(tmp_path, monkeypatch):
    """The block of the section, from the import on."""
    section = README.split("## Published studies")[1].split("\n## ")[0]
    monkeypatch.chdir(tmp_path)  # a line writes a figure
    space = {}
    exec(re.search(r"```python\n(.*?)```", section, flags=re.DOTALL).group(1), space)
    assert 0.3 < space["pooled"].value < 0.7
    assert space["study"].at(r=0.5)["d_pre_sd"].value > 1.5


def test_the_commands_run(capsys):
    """The registry's, typed in the root of the checkout; 1 where some printed figure does not follow from the others."""
    section = README.split("## Published studies")[1].split("\n## ")[0]
    lines = re.search(r"```sh\n(.*?)```", section, flags=re.DOTALL).group(1).splitlines()
    codes = {" ".join(words): run(words) for words in (shlex.split(line, comments=True)[1:] for line in lines)}
    assert codes == {
        "studies --level IOP --scale phq9": 0,
        "reproduce": 1,
        "reproduce text_messages_2021 --data data/synthetic": 0,
        "beside data/synthetic --study teds_2004 --margin completion_strict=0.10": 0,
    }
    assert "those with both scores" in capsys.readouterr().out
