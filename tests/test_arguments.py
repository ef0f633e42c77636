"""Takes every public function and arguments of another kind, gives proof that each is refused in words, by its name and without its value."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

import iop_outcomes as iop

CALLS = {name: call for name in iop.__all__ if inspect.isfunction(call := getattr(iop, name)) and name != "attempt"}
NEEDED = {"symptom_change": {"scale": "phq9"}, "relapse": {"definition": "any_use"}}


@pytest.mark.parametrize("name", CALLS)
def test_every_public_function_checks_the_kind_of_its_arguments(name: str) -> None:
    """What is called with nothing but objects that nobody can use says so of the first: no function forgets the check."""
    call, odd = CALLS[name], object()
    _first, *others = inspect.signature(call).parameters
    with pytest.raises(iop.IopError) as raised:
        call(odd, **dict.fromkeys(others, odd))
    assert str(odd) not in str(raised.value)
    assert "object" in str(raised.value)


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("completion", {"by": 0}, "completion: by is of type int. Give a text, a list of texts or None."),
        ("completion", {"by": ["track", None]}, "completion: by is of type list"),
        ("completion", {"conf_level": "95"}, "completion: conf_level is of type str. Give a number."),
        ("symptom_change", {"scale": ["phq9"]}, "symptom_change: scale is of type list. Give a text."),
        ("between_groups", {"scale": "phq9", "by": None}, "between_groups: by is of type NoneType. Give a text or a list of texts."),
        ("relapse", {"definition": 1}, "relapse: definition is of type int. Give one of its words."),
        ("compare", {"measure": None}, "compare: measure is of type NoneType"),
        ("report", {"policy": None}, "report: policy is of type NoneType"),
        ("table_one", {"mean": None}, "table_one: mean is of type NoneType. Give a list of texts."),
        ("verify", {"report": 3}, "verify: report is of type int. Give a text or a path."),
    ],
)
def test_says_the_argument_its_type_and_what_may_be_given(name: str, given: dict[str, object], said: str, small: object) -> None:
    """With data, and one argument of another kind."""
    with pytest.raises(iop.UsageError, match=f"^{said.replace('.', '[.]')}"):
        CALLS[name](small, **NEEDED.get(name, {}) | given)


@pytest.mark.parametrize("odd", [None, "data/synthetic", {}, Path()])
def test_data_that_were_not_loaded_are_refused(odd: object) -> None:
    """The commonest slip: the path in the place of the data."""
    with pytest.raises(iop.UsageError, match=r"completion: data is of type \w+. Give data that iop.load has read"):
        iop.completion(odd)


def test_attempt_asks_a_function() -> None:
    """A name in the place of the function is no function."""
    with pytest.raises(iop.UsageError, match="attempt: ask is of type str"):
        iop.attempt("completion", None)


@pytest.fixture(scope="module")
def small() -> object:
    """Twelve episodes with scores."""
    import pandas as pd

    rows = {"episode_id": [f"E{place}" for place in range(12)], "track": ["a", "b"] * 6, "discharge_reason": ["completed"] * 12}
    return iop.load({"episodes": pd.DataFrame(rows | {"los_days": range(12), "phq9_admit": range(12), "phq9_discharge": range(12)})})


def test_a_measure_that_is_none_is_answered_with_a_list_that_can_be_read(small: object) -> None:
    """Seven hundred measures are made from scales: the nearest of them is named, the others are not listed."""
    with pytest.raises(iop.UsageError, match=r'called "phq9_chang"[.] Did you mean "phq9_change"[?] Allowed: .*symptom_change') as raised:
        iop.measure(small, "phq9_chang")
    assert len(str(raised.value)) < 1_000
    with pytest.raises(iop.UsageError, match=r"completion: leave out scale .+ these alone: symptom_change, reliable_change, "):
        iop.measure(small, "completion", scale="phq9")


def test_a_share_without_a_name_says_where_one_is_given(small: object) -> None:
    """As an argument, on the command line, or in the mapping."""
    with pytest.raises(iop.UsageError, match=r"name: a share carries .+ \(--name\), or \[program\] name"):
        iop.share(small)
