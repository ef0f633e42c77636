"""Takes what a mapping calls a layout, gives whether there is one, and refuses what leads elsewhere."""

from importlib.resources import files

import pytest

from iop_outcomes.columns import LAYOUTS
from iop_outcomes.errors import DataError
from iop_outcomes.intake.layout_names import is_layout_file, layout_named, layout_names


def test_every_file_of_the_folder_is_a_layout_and_no_adapter_is_one():
    """Names of both are told apart, so that none means two things."""
    there = [file.name for file in files("iop_outcomes.intake.layouts").iterdir()]
    assert sorted(f"{name}.toml" for name in layout_names()) == sorted(name for name in there if name.endswith(".toml"))
    assert not set(layout_names()) & set(LAYOUTS)
    assert [is_layout_file(name) for name in (*layout_names(), "ours.toml")] == [True] * (len(layout_names()) + 1)
    assert not any(map(is_layout_file, (*LAYOUTS, "", "ours.csv")))


def test_names_that_are_taken():
    """Of an adapter, of this package, of a file beside the mapping; none at all is none."""
    for name in ("", *LAYOUTS, *layout_names(), "ours.toml", "our own-2.toml"):
        assert layout_named(name, "mapping [data] layout") == name


@pytest.mark.parametrize("name", ["../ours.toml", "/etc/ours.toml", ".toml", "a\\b.toml", "x" * 90 + ".toml", "a\n.toml"])
def test_a_file_stands_beside_the_mapping(name):
    """Never in another folder, and never without a name."""
    with pytest.raises(DataError, match=r'^mapping \[data\] layout: .*named without a folder, as in layout = "ours.toml"\.$'):
        layout_named(name, "mapping [data] layout")


@pytest.mark.parametrize("name", ["tuva", "OMOP", 3, None])
def test_other_names_are_refused_with_those_that_are_there(name):
    """Also what is no text."""
    with pytest.raises(DataError, match=r"^mapping \[data\] layout: .*omop") as error:
        layout_named(name, "mapping [data] layout")
    assert all(each in str(error.value) for each in (*LAYOUTS, *layout_names()))
