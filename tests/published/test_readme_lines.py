"""Takes the lines on published studies in the README, gives them run as a researcher would type them."""

import re
from pathlib import Path

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def test_the_lines_run(tmp_path, monkeypatch):
    """The block of the section, from the import on."""
    section = README.split("## Published studies")[1].split("\n## ")[0]
    monkeypatch.chdir(tmp_path)  # a line writes a figure
    space = {}
    exec(re.search(r"```python\n(.*?)```", section, flags=re.DOTALL).group(1), space)
    assert 0.3 < space["pooled"].value < 0.7
    assert space["study"].at(r=0.5)["d_pre_sd"].value > 1.5
