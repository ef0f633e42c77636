"""Takes the measures made from a scale by their two names, gives proof that Python and the command line ask them alike."""

from __future__ import annotations

import json

import pytest

import iop_outcomes as iop
from iop_outcomes.cli import run

ASKED = (
    ("symptom_change", {"scale": "phq9"}, "phq9_change", {}),
    ("reliable_change", {"scale": "gad7"}, "gad7_reliable_change", {}),
    ("reliable_change", {"scale": "phq9", "profile": "richards_borglin"}, "phq9_reliable_change", {"definition": "richards_borglin"}),
    ("phq9_reliable_change", {"profile": "nhs"}, "phq9_reliable_change", {"definition": "nhs"}),
)
REFUSED = {
    "a scale that is not there": ("symptom_change", {"scale": "phq99"}, 'no scale "phq99". Did you mean "phq9"? Allowed: asrm, audit,'),
    "no scale": (
        "symptom_change",
        {},
        'say of which scale, as in scale="phq9" (--scale phq9). Allowed: asrm, audit, auditc, bam_protective',
    ),
    "no total": ("symptom_change", {"scale": "crdpss"}, "has no total score"),
    "no profile at all": ("reliable_change", {"scale": "phqa"}, "Scales that have one: core10, epds, gad7, oq45, ors, pcl5, phq9;"),
    "another profile": ("reliable_change", {"scale": "phq9", "profile": "nsh"}, 'no profile "nsh". Did you mean "nhs"?'),
    "a profile of change": ("symptom_change", {"scale": "phq9", "profile": "nhs"}, "leave out profile (--profile)"),
    "a scale twice": ("phq9_change", {"scale": "phq9"}, "phq9_change: leave out scale (--scale)"),
    "a scale of nothing": ("completion", {"scale": "phq9"}, "completion: leave out scale (--scale)"),
    "a misspelt measure": ("symtom_change", {"scale": "phq9"}, 'Did you mean "symptom_change"?'),
    "two words for one": ("reliable_change", {"scale": "phq9", "profile": "nhs", "definition": "nhs"}, "give one of them"),
}


def flags(options):
    """Options of a call as those of a command."""
    return [word for name, value in options.items() for word in (f"--{name}", value)]


def printed(capsys, *words):
    """What a command prints as JSON."""
    assert run([*words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(("name", "options", "full", "definition"), ASKED)
def test_both_names_give_the_same_numbers(synthetic, capsys, name, options, full, definition):
    """Each measure asked by its family and scale is the one asked by its full name: in calls, and on the command line."""
    asked, plain = iop.measure(synthetic, name, by="track", **options), iop.measure(synthetic, full, by="track", **definition)
    assert asked.to_frame().equals(plain.to_frame())
    pair = [iop.compare(synthetic, measure=each, by="site", **more) for each, more in ((name, options), (full, definition))]
    assert pair[0].to_frame().equals(pair[1].to_frame())
    for command in ("summary", "compare"):
        found = [
            printed(capsys, command, "data/synthetic", "--measure", each, "--by", "site", *flags(more))
            for each, more in ((name, options), (full, definition))
        ]
        assert found[0] == found[1]


@pytest.mark.parametrize("case", REFUSED)
def test_what_does_not_go_together_is_refused(synthetic, capsys, case):
    """One sentence that names what there is; the same from a call, from summary and from compare."""
    name, options, words = REFUSED[case]
    with pytest.raises(iop.UsageError) as caught:
        iop.measure(synthetic, name, **options)
    assert words in str(caught.value)
    for command in ("summary", "compare"):
        assert run([command, "data/synthetic", "--measure", name, *flags(options)]) == 2
        assert capsys.readouterr().err == f"error: {caught.value}\n"


def test_measures_names_them(capsys):
    """The list says that they take a scale, and each is defined with one."""
    assert run(["measures"]) == 0
    listed = capsys.readouterr().out
    assert "symptom_change             The same as SCALE_change, with --scale SCALE: one of " in listed
    assert run(["measures", "symptom_change", "--scale", "gad7"]) == 0
    assert capsys.readouterr().out.startswith("Change in GAD-7. ")
