"""Takes results that were not released, gives proof that nothing shows them at run time; test_typing_gate.py is of the type checker."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import pytest

import iop_outcomes as iop
import iop_outcomes.show
from iop_outcomes.evaluate import evaluate
from iop_outcomes.evaluate.contrasts import Against
from iop_outcomes.measures import find
from iop_outcomes.release import Released, release, require_released
from iop_outcomes.show import tables
from iop_outcomes.show.beside_studies import ShownFigure

# What show offers that is given plain words and numbers, or the parts of a Released; everything else must ask for a Released.
OF_PARTS = {
    "ard": {"is_proportion"},
    "beside_studies": {"beside_table"},  # asks it of each
    "change": {"of_discharged"},
    "chart_kind": {"with_numbers"},  # of a function that draws
    "chart_rows": {"coordinate", "dot", "finish_rows", "range_bar", "share_axis", "too_many", "value_words", "withheld_words"},
    "comparison": {"chance_sentence", "different_people", "primary_sentence"},  # of how many outcomes are judged
    "control_chart": {  # of a Trend, which holds its Released
        *("draw_changes", "draw_lines", "draw_points", "frame_trend", "labels_of_changes", "name_points", "trend_chart"),
    },
    "differences": {"columns_alt_text", "forest_of_columns"},  # asks it of each
    "forest_of_studies": {"forest_alt_text", "forest_of_studies"},  # of published studies, whose numbers are public
    "funnel_of_studies": {"funnel_alt_text", "funnel_of_studies"},  # of these, too
    "inline": {"inlined"},  # of a page
    "paper": {"inches", "on_paper"},  # of a function that draws
    "methods_paragraph": {"methods_of_table"},  # asks it of each
    "participants": {"alike_sentence", "participants_table"},  # asks it of each
    "plain": {"csv_text", "plain_cell", "steady", "table_csv_text"},  # asks it of each
    "references": {"bibtex", "references_of"},  # of sources
    "table_one": {"table_one_notes", "table_one_table"},  # asks it of each
    "tables": {"flow_table", "panels", "rest_of", "value_with_base", "value_with_range"},
    "targets": {"target_word", "target_words"},  # of a share of a Released, and of the target itself
    "theme": {
        *("as_wide_as", "data_uri", "fit_rows", "font_folder", "holds_all", "mark", "new_axes", "new_figure", "pdf", "png", "shrink"),
        *("settle", "slices", "style", "svg", "text_width", "width"),
    },
    "trend": {"require_trend"},
    "trend_strip": {"strip_alt_text", "strip_subtitle", "trend_strip"},  # of a Trend, too
    "trend_words": {"changes_words", "trend_alt_text", "trend_sentence", "trend_table", "trend_verdict", "when"},  # of a Trend, too
    "withheld_cells": {"without_withheld"},  # of a table of words
    "verdicts": {"verdict_word"},
    "words": {
        "before_range",
        "count",
        "counted_share",
        "episodes",
        "estimate_value",
        "has_range",
        "has_value",
        "in_counts",
        "is_everyone",  # of the levels of two columns
        "label",
        "lacking",
        "lacking_a_score",
        "listed",
        "moved",
        "number",
        "plain_range",
        "share_and_count",
        "value_of",
        "value_with_unit",
        "within_sentence",
    },
}


def public_functions():
    """Module, name and function of everything that show defines without an underscore."""
    found = []
    for module in pkgutil.iter_modules(iop_outcomes.show.__path__):
        loaded = importlib.import_module(f"iop_outcomes.show.{module.name}")
        found += [
            (module.name, name, value)
            for name, value in vars(loaded).items()
            if inspect.isfunction(value) and value.__module__ == loaded.__name__ and not name.startswith("_")
        ]
    return found


def takes_released(function):
    """Whether the first argument is declared as Released."""
    first = next(iter(inspect.signature(function, eval_str=True).parameters.values()), None)
    return first is not None and first.annotation is Released


GATED = [pytest.param(function, id=f"{module}.{name}") for module, name, function in public_functions() if takes_released(function)]


def call(function, given):
    """Call with the first argument given, and something of the right type for each other that is needed."""
    needed = [p for p in list(inspect.signature(function, eval_str=True).parameters.values())[1:] if p.default is p.empty]
    values = {str: "completion_strict", Sequence[str]: ["completion_strict"], Sequence[ShownFigure]: []}
    if "period" in inspect.signature(function).parameters:  # what says of which days a figure is, where the data have no dates
        return function(given, period=("2024-01-01", "2024-12-31"))
    return function(given, **{p.name: values[p.annotation] for p in needed})


@pytest.fixture(scope="module")
def results(synthetic):
    """Working numbers."""
    return evaluate(find("completion"), synthetic, by="track")


def test_every_public_function_of_show_is_gated_or_listed_as_one_of_parts():
    """A new function of show asks for a Released first, or is named here as one that is given parts of it."""
    found = {}
    for module, name, function in public_functions():
        found.setdefault(module, set())
        if not takes_released(function):
            found[module].add(name)
    assert {module: names for module, names in found.items() if names} == {module: names for module, names in OF_PARTS.items() if names}
    assert len(GATED) >= 9


@pytest.fixture(scope="module")
def not_released(results, synthetic):
    """An answer, its frame, its records, something with the same attributes, nothing at all."""
    released = release(results)
    names = ("definition", "estimates", "flow", "group", "levels", "estimate", "policy")
    twin = type("Twin", (), {name: getattr(released, name) for name in names})()
    return (iop.completion(synthetic), results.to_frame(), released.to_records(), released.estimates, twin, None, "x", 1)


@pytest.mark.parametrize("function", GATED)
def test_what_was_not_released_is_refused_at_run_time(function, results, not_released):
    """Working numbers raise ReleaseError, which says what to call; nothing else that is no Released is let in either."""
    with pytest.raises(iop.ReleaseError, match=r"answer\.release"):
        call(function, results)
    for given in not_released:
        with pytest.raises(iop.ReleaseError):
            call(function, given)


@pytest.fixture(scope="module")
def of_measure(synthetic):
    """Released numbers of a measure, or of the comparison of completion: each once for all functions."""

    @cache
    def released(name, compared):
        return release(evaluate(find(name), synthetic, by="track", **({"against": Against()} if compared else {})), "none")

    return released


@pytest.mark.parametrize("function", GATED)
def test_a_released_is_let_in(function, of_measure):
    """The same call with what was released passes the gate, so that the refusals above come from the gate."""
    other = {
        "stay": "length_of_stay",
        "assumptions": "phq9_missing_scores",
        "dumbbell": "phq9_change",
        "change": "phq9_change",
        "cumulative": "readmission",
        "at_risk": "readmission",
        "at_days": "readmission",
        "survival": "readmission",
        "weekly": "phq9_weekly_course",
        "course": "phq9_weekly_course",
    }
    name = next((measure for start, measure in other.items() if function.__name__.startswith(start)), "completion")
    compared = function.__module__.endswith(("comparison", "differences"))
    given = of_measure("completion" if compared else name, compared)
    if function.__name__ == "alt_text":
        assert "Completion" in function(given, ["completion_strict"], "Dot chart.")
    else:
        assert call(function, given) is not None


def test_the_flow_of_data_is_refused_before_release(synthetic):
    """A table of rows in and left out is drawn from released flows; those of the data hold small counts."""
    with pytest.raises(iop.ReleaseError):
        tables.flow_table(synthetic.flow, caption="Flow", first="Table")


def test_a_released_cannot_be_made_by_hand(results):
    """Only release() holds the key of the door."""
    made = release(results)
    parts = {name: getattr(made, name) for name in ("definition", "group", "estimates", "flow", "policy", "provenance")}
    for door in (None, object(), True, "release"):
        with pytest.raises(iop.ReleaseError, match="release"):
            Released(door, **parts)
    with pytest.raises(TypeError):
        Released(**parts)


def test_a_released_cannot_be_inherited():
    """A class of one's own that calls itself Released would open every door."""
    with pytest.raises(TypeError):
        type("Forged", (Released,), {"__init__": lambda self: None})


def test_a_released_cannot_be_changed(results):
    """Numbers cannot be put back after release."""
    made = release(results)
    for name in ("estimates", "policy", "flow"):
        with pytest.raises(AttributeError):
            setattr(made, name, None)
    with pytest.raises((AttributeError, TypeError)):
        made.results = results
    with pytest.raises((TypeError, ValueError)):
        replace(made, estimates=())


def test_a_released_is_let_through_and_its_refusal_names_the_asker(results):
    """The gate gives back what it was given, and says who asked."""
    made = release(results)
    assert require_released(made, "chart") is made
    with pytest.raises(iop.ReleaseError, match=r"chart .* Results"):
        require_released(results, "chart")
