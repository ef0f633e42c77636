"""Takes the pages that are made from the code, gives proof that nothing which the code declares is missing from them."""

import re

from iop_outcomes.measures import FAMILIES, MEASURES, find, known
from iop_outcomes.scales import load_scales
from tools.pages import definitions_page, example_of, scales_page


def test_every_measure_its_options_and_numbers_stand_on_the_page():
    """Names, questions, what may be asked with, every number with its interval, every note and source; under each definition."""
    page = definitions_page()
    entries = {**MEASURES, **{name: known()[name] for name in map(example_of, FAMILIES.values())}}
    for name, entry in entries.items():
        for variant in entry.definitions or (None,):
            measure = find(name, variant)
            missing = [each.name for each in measure.estimands if f"| `{each.name}`" not in page]
            assert missing == [], name
            assert all(words in page for words in (measure.asks, *measure.notes, *measure.sources, *measure.excludes.values())), name
        assert len(re.findall(rf"^### {name}(?:, .+)?$", page, flags=re.MULTILINE)) == max(1, len(entry.definitions))
    for name, entry in {**MEASURES, **FAMILIES}.items():
        for option in entry.options:
            assert f"| `{name}` | `--{option.name}`" in page
            assert option.values in page


def test_days_on_which_a_score_counts_stand_there():
    """Admission and discharge, weeks, occasions, and the days of published measures."""
    page = definitions_page()
    for row in (
        "| at admission | −7 to 3 around admission |",
        "| at discharge | −7 to 14 around discharge, on a later day",
        "| of week k | 7 k − 3 to 7 k + 3 after admission, not after discharge |",
        "declares no [occasions] of its own | days 120 to 240 after discharge |",
        "`twelve_months` | days 305 to 425 after admission |",
    ):
        assert row in page


def test_every_scale_stands_on_the_page():
    """A heading and a row each."""
    page = scales_page()
    for name in load_scales():
        assert f"\n## {name}\n" in page
        assert f"| [`{name}`](#{name}) |" in page
