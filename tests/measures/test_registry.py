"""Takes names of measures and what they are asked with, gives declarations; names that nothing has are refused with what there is."""

from dataclasses import replace

import pytest

from iop_outcomes.errors import NotAssessableError, UsageError
from iop_outcomes.measures.registry import FAMILIES, MEASURES, declared, find, known, options_named
from iop_outcomes.scales import load_scales

SCALES = load_scales()
TWO = {name: SCALES[name] for name in ("phq9", "gad7")}


def test_every_measure_is_known_by_its_own_name():
    """Those of a scale under the scale's name, and none of a scale that is not in force."""
    names = known(TWO)
    assert set(MEASURES) <= set(names)
    assert {"phq9_change", "gad7_reliable_change"} <= set(names)
    assert not any(name.startswith("pcl5") for name in names)
    assert all(entry.name == name for name, entry in names.items())


def test_looking_one_up_is_looking_through_all():
    """Each name that is known, and names that are not: a family without its scale, a scale that is not in force."""
    names = known(TWO)
    for name in names:
        found = declared(name, TWO)
        assert found is not None
        assert (found.name, found.definitions) == (name, names[name].definitions)
    assert [declared(name, TWO) for name in ("symptom_change", "pcl5_change", "", "phq9")] == [None] * 4


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("complation", {}, r'No measure is called "complation"\. Did you mean "completion"\?'),
        ("completion", {"at": (30,)}, r"completion is not asked at days after discharge: leave out at \(--at\)"),
        ("completion", {"profile": "nhs"}, r"completion has no profiles: leave out profile"),
        ("completion", {"definition": "strictest"}, r'completion has no definition "strictest"'),
    ],
)
def test_what_nothing_is_called_or_asked_with(name, options, words):
    """The name that was meant, and what to leave out."""
    with pytest.raises(UsageError, match=words):
        find(name, **options)


def test_a_scale_without_a_profile_names_those_that_have_one():
    """Of the scales in force, not of all there are."""
    bare = {**TWO, "gad7": replace(SCALES["gad7"], profiles=())}
    with pytest.raises(NotAssessableError, match=r"gad7_reliable_change is not assessable: GAD-7 has no .+ Scales that have one: phq9;"):
        find("reliable_change", scale="gad7", scales=bare)


def test_whose_levels_are_counted_is_never_averaged():
    """The triage of a screener is told which measure counts it."""
    (counted,) = (scale.name for scale in SCALES.values() if scale.counted)
    with pytest.raises(UsageError, match=rf'counted and never averaged: ask "risk_levels" with scale="{counted}"'):
        find("symptom_change", scale=counted)


def test_options_of_a_name_say_who_has_them():
    """Every measure and family that can be asked at days stands under one of them, and nothing else does."""
    having = [name for names in options_named("at").values() for name in names]
    assert len(having) == len(set(having))
    assert set(having) == {each.name for each in (*MEASURES.values(), *FAMILIES.values()) if any(o.name == "at" for o in each.options)}
    assert set(options_named("scale")) and not set(options_named("scale")) & set(options_named("at"))
