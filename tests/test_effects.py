"""Takes `iop.effects` and what it gives as its users see them, gives proof that all of it is documented in one form."""

import inspect
import re

import numpy as np
import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.published.pooled import Pooled
from tests.test_exports import described, sections

FUNCTIONS = [name for name in iop.effects.__all__ if inspect.isfunction(getattr(iop.effects, name))]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_is_documented_with_keywords_alone(name):
    """One sentence, every argument described in order, what comes back, sources with a doi, an example; no argument by position."""
    function = getattr(iop.effects, name)
    parts, arguments = sections(function), inspect.signature(function).parameters
    assert re.match(r"[A-Z].+\.$", parts[""].split("\n\n")[0].replace("\n", " "))
    assert described(function) == list(arguments)
    assert all(each.kind is inspect.Parameter.KEYWORD_ONLY for each in arguments.values())
    assert {"Returns", "References", "Examples"} <= set(parts) and ">>> " in parts["Examples"]
    assert re.search(r"doi:|Statistics in Medicine", parts["References"])


def test_every_name_is_there_and_nothing_else_is_offered():
    """Names of __all__ load, Tab sees them, and the package is documented by itself."""
    assert dir(iop.effects) == sorted(iop.effects.__all__)
    assert len(FUNCTIONS) == 13


@pytest.mark.parametrize("name", [name for name, value in vars(Pooled).items() if inspect.isfunction(value) and not name.startswith("_")])
def test_a_method_of_a_pooled_result_is_documented(name):
    """A sentence, and every argument described."""
    method = getattr(Pooled, name)
    assert sections(method)[""]
    assert described(method) == [each for each in inspect.signature(method).parameters if each != "self"]


def test_columns_of_a_frame_are_figures_of_a_table():
    """Numpy and pandas numbers, whole ones too, and a blank t: as lists of Python's own."""
    frame = pd.DataFrame(
        {"m1": [26, 41], "s1": [13.11, 13.73], "m2": [14, 31], "s2": [14.69, 12.83], "t": [np.nan, 2.1], "d": [0.92, 0.73]}
    )
    table = iop.identify_effect_size(
        frame.d, mean_pre=frame.m1, sd_pre=frame.s1, mean_post=frame.m2, sd_post=frame.s2, t=frame.t, n=np.int64(20)
    )
    assert table.matches == ("d_pre_sd",)
    assert "d_z" not in {each.definition for each in table.rows[0].candidates} and "d_z" in {
        each.definition for each in table.rows[1].candidates
    }
    assert iop.identify_effect_size(np.float64(0.92), mean_pre=np.int64(26), sd_pre=13.11, mean_post=14, sd_post=14.69).matches == (
        "d_pre_sd",
    )
