"""Takes the measures and scales as the code declares them, gives the two pages that are never written by hand; docs/conf.py calls it when pages are built (make docs)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from iop_outcomes.columns import WINDOWS as SCORE_WINDOWS
from iop_outcomes.measures import FAMILIES, MEASURES, Declaration, Measure, find, known
from iop_outcomes.measures.options import Family
from iop_outcomes.measures.weekly_scores import AROUND, WEEK
from iop_outcomes.scales import Scale, describe, load_scales

EXAMPLE = "phq9"  # the scale that measures made from a scale are shown with
BETTER = {"higher": "More is better.", "lower": "Less is better.", "neither": "Neither direction is better."}


def cell(text: str) -> str:
    """Words as a cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")


def options_of(name: str, options: tuple[Any, ...]) -> Iterator[str]:
    """What may be asked with a measure, as rows of the list."""
    for option in options:
        values = option.values or ("one of them (needed)" if option.needed else "as the words say")
        yield f"| `{name}` | `--{option.name}`, `{option.called or option.name}=` | {cell(option.words)} | {cell(values)} |"


def estimands_of(measure: Measure) -> Iterator[str]:
    """Each number of a measure: its name, what is counted, among whom, interval, unit."""
    yield "| number | what is counted | among whom | interval | unit |"
    yield "|---|---|---|---|---|"
    for each in measure.estimands:
        mark = " †" if each.unverified else ""
        yield f"| `{each.name}`{mark} | {cell(each.counted)} | {cell(each.among)} | {cell(each.interval)} | {cell(each.unit)} |"


def measure_section(heading: str, measure: Measure) -> Iterator[str]:
    """Everything a measure says of itself."""
    yield f"### {heading}\n"
    yield f"{measure.title}. {measure.asks} {BETTER[measure.better]} Counted among {measure.among}.\n"
    yield from estimands_of(measure)
    yield ""
    if measure.excludes:
        yield "Left out of a denominator, each counted: " + "; ".join(dict.fromkeys(measure.excludes.values())) + ".\n"
    if marked := {each.unverified for each in measure.estimands if each.unverified}:
        yield f"† rests on a figure whose first source was not seen: {'; '.join(sorted(marked))}.\n"
    yield from (f"- {note}" for note in measure.notes)
    yield ""
    yield from (f"- Source: {source}" for source in measure.sources)
    yield ""


def variants(name: str, declaration: Declaration) -> Iterator[tuple[str, Measure]]:
    """A measure under each of its definitions."""
    for variant in declaration.definitions or (None,):
        yield (name if variant is None else f"{name}, {variant}"), find(name, variant)


def example_of(family: Family) -> str:
    """Its measure of the usual scale, or of the first scale that has one."""
    entries = known()
    return next(name for name in map(family.called, (EXAMPLE, *load_scales())) if name in entries)


def windows_section() -> Iterator[str]:
    """On which days a score counts for which question, from the constants that the engine takes."""
    phq9 = load_scales()[EXAMPLE]
    yield "## On which days a score counts"
    yield ""
    yield "| score | days, first and last included | of several |"
    yield "|---|---|---|"
    days = {moment: f"{first} to {last}".replace("-", "\u2212") for moment, (first, last) in SCORE_WINDOWS.items()}
    yield f"| at admission | {days['admit']} around admission | the closest to day 0, the earlier on a tie, then the lower |"
    yield f"| at discharge | {days['discharge']} around discharge, on a later day than the admission score | the last, then the higher |"
    yield f"| of week k | {WEEK} k \u2212 {AROUND} to {WEEK} k + {AROUND} after admission, not after discharge | the last, then the higher |"
    for each in phq9.occasions:
        yield f"| `{each.name}`, where a site declares no [occasions] of its own | {each.words} | the last, then the higher |"
    for name, (first, last) in phq9.asked_after_admission.items():
        yield f"| of published measures of depression, `{name}` | days {first} to {last} after admission | the last, then the higher |"
    yield ""


def definitions_page() -> str:
    """docs/definitions.md: the list of measures with their options, and each measure in full."""
    lines = [
        "# Definitions",
        "",
        "Made from the code when these pages are built. `iop-outcomes measures NAME` prints the same on a command line, and a report prints what it uses.",
        "",
        f"Measures that are made from a scale are shown with {EXAMPLE}: their names are "
        + ", ".join(f"`{f.pattern}`" for f in FAMILIES.values())
        + ".",
        "",
        "## The list of measures",
        "",
        "| measure | question |",
        "|---|---|",
    ]
    families = {example_of(family): family for family in FAMILIES.values()}
    entries = known()
    shown = {**MEASURES, **{name: entries[name] for name in families}}
    for name, declaration in shown.items():
        _, measure = next(variants(name, declaration))
        lines.append(f"| `{families[name].name if name in families else name}` | {cell(measure.asks)} |")
    lines += ["", "## What each may be asked with", "", "| measure | option | what it decides | values |", "|---|---|---|---|"]
    for name, declaration in MEASURES.items():
        lines += options_of(name, declaration.options)
    for family in FAMILIES.values():
        lines += options_of(family.name, family.options)
    lines += ["", *windows_section(), "## Each measure", ""]
    for name, declaration in shown.items():
        for heading, measure in variants(name, declaration):
            lines += measure_section(heading, measure)
    return "\n".join(lines) + "\n"


def scale_row(scale: Scale) -> str:
    """A scale as a row of the list."""
    low, high = scale.range
    span = f"{low} to {high}" if scale.total else "no total"
    better = "counted" if scale.counted else scale.better
    return f"| [`{scale.name}`](#{scale.name}) | {cell(scale.title)} | {span} | {better} | {'yes' if scale.profiles else ''} |"


def scales_page() -> str:
    """docs/scales.md: the list of scales, and each one described."""
    scales = load_scales()
    lines = [
        "# Scales",
        "",
        f"Made from the {len(scales)} scales and subscales as the code knows them. A figure whose source was not seen says so (not checked), and so does every",
        "number in a report that rests on it. `iop-outcomes scales NAME` prints the same. Scales of your own: [a guide page](guide/scales.md).",
        "",
        "| scale | title | total | better | reliable change |",
        "|---|---|---|---|---|",
        *(scale_row(scale) for scale in scales.values()),
        "",
    ]
    for scale in scales.values():
        heading, *rows = describe(scale).splitlines()
        lines += [f"## {scale.name}", "", heading + ".", "", "| | |", "|---|---|"]
        lines += [f"| {cell(row[2:20])} | {cell(row[20:])} |" for row in rows]
        lines.append("")
    return "\n".join(lines) + "\n"


GENERATED: dict[str, Callable[[], str]] = {"definitions.md": definitions_page, "scales.md": scales_page}
