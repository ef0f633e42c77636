"""Takes docs/recipes/add_a_study.md, gives its file and commands run in a folder of their own, and the study in each table."""

import re
import shlex
from pathlib import Path

import pytest

import iop_outcomes as iop
from iop_outcomes.cli import run

RECIPE = (Path(__file__).parents[2] / "docs" / "recipes" / "add_a_study.md").read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Where the file of the recipe stands, under the name that the recipe gives it."""
    (tmp_path / "studies").mkdir()
    text = re.search(r"```toml\n(.*?)```", RECIPE, flags=re.DOTALL).group(1)
    (tmp_path / "studies" / "harbor_2025.toml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_commands_show_the_study(folder, capsys):
    """Each command of the recipe ends well, and its table has the paper."""
    lines = [line for block in re.findall(r"```sh\n(.*?)```", RECIPE, flags=re.DOTALL) for line in block.splitlines()]
    for line in lines:
        assert run(shlex.split(line)[1:]) == 0
        assert "harbor_2025" in capsys.readouterr().out
    assert [shlex.split(line)[1] for line in lines] == ["reproduce", "studies"]


def test_the_figures_are_as_the_recipe_says(folder):
    """As printed, identified, and open without a correlation: 1.34 by hand is 7.60 / sqrt((5.2^2 + 6.1^2) / 2) = 1.3409."""
    rows = {row.quantity: row for row in iop.reproduce("studies").rows}
    assert [rows[name].result for name in ("percent", "effect_size", "d_z")] == ["reproduced", "reproduced", "not enough printed"]
    assert rows["percent"].computed == pytest.approx(100 * 171 / 230)
    assert rows["percent"].note == ""
    assert rows["effect_size"].computed == pytest.approx(7.60 / ((5.2**2 + 6.1**2) / 2) ** 0.5)
    assert rows["effect_size"].definition.startswith("d_av_rms:")
    assert " d_av," in rows["effect_size"].note
    assert "d_pre_sd" not in rows["effect_size"].note
    assert "r is not printed" in rows["d_z"].note


def test_the_lines_of_python_give_its_effect(folder):
    """d_pre_sd = 7.60 / 5.2 with the correlation that was assumed."""
    space = {}
    exec(re.search(r"```python\n(.*?)```", RECIPE, flags=re.DOTALL).group(1), space)
    effects = dict(zip(space["effects"].studies, space["effects"].effects, strict=True))
    effect = effects["harbor_2025", "depression"]
    assert effect.value == pytest.approx(7.60 / 5.2)
    assert "r = 0.5 assumed" in effect.assumption


@pytest.mark.parametrize(
    ("line", "instead", "words"),
    [
        ('design = "single_group"', 'design = "trial"', ["key design", '"trial" is not known', "randomized_trial"]),
        ('scope = "one_program" ', 'scope = "national" ', ["key scope", "one_program, several_programs, not_printed"]),
        ("n_admitted = 230", "n_admited = 230", ["key n_admited: unknown", "n_admitted"]),
        ("year = 2025", 'year = "2025"', ["key year: must be a whole number"]),
        ("mean_post = 9.80", "mean_end = 9.80", ["figures[2].given.mean_end", "pre_post", "mean_post"]),
        ('people = "pairs"', 'people = "everyone"', ["figures[2].people", "all_carried_forward"]),
        ('calculation = "proportion"\n', "", ["figures[1].calculation", "missing", "paired_proportions"]),
        ('name = "depression"', 'name = "completion"', ["figures", "names two figures"]),
        ('id = "harbor_2025"', 'id = "harbor"', ["must be called harbor.toml"]),
        ('source = "doi:10.0000/example"', "", ["key source: missing", "doi, url"]),
    ],
)
def test_a_slip_is_refused_with_what_is_allowed(folder, line, instead, words):
    """File, key, what is allowed."""
    path = folder / "studies" / "harbor_2025.toml"
    text = path.read_text(encoding="utf-8")
    assert line in text
    path.write_text(text.replace(line, instead), encoding="utf-8")
    with pytest.raises(iop.DataError) as caught:
        iop.studies(add="studies")
    assert [word for word in ["harbor_2025.toml", *words] if word not in str(caught.value)] == []
