"""Takes nothing, gives what many tests share: the synthetic program, loaded once for each worker."""

from __future__ import annotations

from pathlib import Path

import hypothesis
import pytest

import iop_outcomes as iop

# Every test is in one tier; `--tier` runs these. Without it, files that are named run whole, and the whole suite is what `make test` runs.
RUNS = {
    "quick": ("quick",),  # make quick
    "test": ("quick", "test"),  # make test
    "rest": ("rest",),  # what make test-all runs after make test, and the properties of `quick` once more
    "all": ("quick", "test", "rest"),
}

# The arithmetic against references, one report against the agreed one, the order of imports, public names and units.
QUICK = (
    "tests/golden/",
    "tests/real/",
    "tests/stats/",
    "tests/test_counts",
    "tests/test_exports",
    "tests/test_import_order",
    "tests/test_patients",
    "tests/test_units",
    "tests/worked/",
)

# What takes long to show once: files of other systems in every spelling, pages in a browser, notebooks run, runs killed, random programs.
# A test of another file that takes as long is marked `long`.
REST = (
    "tests/adapters/test_lines",
    "tests/attack/",
    "tests/browser/",
    "tests/cli/test_attack",
    "tests/cli/test_notebook",
    "tests/cli/test_start",
    "tests/cli/test_streams",
    "tests/cli/test_table.py",
    "tests/cli/test_verify",
    "tests/engine/test_connection",
    "tests/engine/test_narrowed",
    "tests/evaluate/test_episode_table",
    "tests/intake/adapters/test_fhir",
    "tests/intake/adapters/test_ndjson",
    "tests/intake/adapters/test_omop",
    "tests/intake/adapters/test_redcap",
    "tests/intake/adapters/test_sources",
    "tests/intake/adapters/test_teds_d",
    "tests/intake/test_bad_files",
    "tests/intake/test_checks",
    "tests/intake/test_contacts",
    "tests/intake/test_database_urls",
    "tests/intake/test_databases",
    "tests/intake/test_decoding",
    "tests/intake/test_hostile",
    "tests/intake/test_identifiers",
    "tests/intake/test_loading",
    "tests/intake/test_propose",
    "tests/intake/test_synonyms",
    "tests/intake/test_workbook_preflight",
    "tests/intake/test_workbooks",
    "tests/intake/test_writing",
    "tests/notebooks/test_any_data",
    "tests/notebooks/test_folder",
    "tests/notebooks/test_notebooks",
    "tests/notebooks/test_parameters",
    "tests/notebooks/test_running",
    "tests/notebooks/test_showing",
    "tests/oracle/test_rows_equal_counts",
    "tests/release/test_coarsening",
    "tests/release/test_ledger",
    "tests/release/test_protect",
    "tests/release/test_two_columns",
    "tests/release/test_typing_gate",
    "tests/reporting/parts/test_what_changed",
    "tests/reporting/render/test_docx",
    "tests/reporting/render/test_office",
    "tests/reporting/render/test_pdf",
    "tests/reporting/render/test_pptx",
    "tests/reporting/render/test_table_fit",
    "tests/reporting/render/test_xlsx",
    "tests/reporting/test_edges_of_pages",
    "tests/reporting/test_files",
    "tests/reporting/test_killed",
    "tests/reporting/test_packs",
    "tests/reporting/test_plain_page",
    "tests/reporting/test_same_bytes",
    "tests/reporting/test_schedule",
    "tests/reporting/test_verification",
    "tests/synthetic/",
    "tests/test_lazy_imports",
    "tests/test_progress",
    "tests/test_simulations",
    "tests/test_synthetic",
    "tests/test_wheel",
)

CASES = 3  # of one test with many, spread evenly, are in `test`; the others in `rest`

# Without deadlines, which would be tests of timing; properties that name a number of examples of their own keep it.
for tier, examples in {"quick": 10, "test": 10, "rest": 100, "all": 100}.items():
    hypothesis.settings.register_profile(tier, deadline=None, max_examples=examples)


def pytest_addoption(parser):
    """The tiers of the suite."""
    parser.addoption("--tier", choices=RUNS, help="which tests run: see tests/conftest.py")


def pytest_configure(config):
    """Settle the tier, once for all workers, and with it how many examples a property is tried on."""
    if config.option.tier is None:
        config.option.tier = "test" if config.args_source is config.ArgsSource.TESTPATHS else "all"
    hypothesis.settings.load_profile(config.option.tier)


def pytest_ignore_collect(collection_path, config):
    """For `make quick` no other file is read: to collect them all takes half a minute of the processor."""
    if config.option.tier != "quick" or not collection_path.is_file():
        return None
    return None if str(collection_path.relative_to(ROOT)).startswith(QUICK) else True


def pytest_collection_modifyitems(config, items):
    """Keep the tests of the tiers that run; `rest` tries the properties of `quick` once more, on more examples."""
    cases = {}
    for item in items:
        cases.setdefault((item.path, item.originalname if hasattr(item, "callspec") else item.nodeid), []).append(item)
    tiers = {item: tier_of(item, place, len(each)) for each in cases.values() for place, item in enumerate(each)}
    again = "quick" if config.option.tier == "rest" else None
    kept = {item for item, tier in tiers.items() if tier in RUNS[config.option.tier] or (tier == again and is_property(item))}
    left = [item for item in items if item not in kept]
    items[:] = [item for item in items if item in kept]
    config.hook.pytest_deselected(items=left)


def is_property(item):
    """Whether Hypothesis draws what it is tried on."""
    return hypothesis.is_hypothesis_test(getattr(item, "function", None))


def tier_of(item, place, n):
    """The tier of a test: of the case at this place of n."""
    if item.get_closest_marker("long") or item.nodeid.startswith(REST):
        return "rest"
    if item.nodeid.startswith(QUICK):
        return "quick"
    return "rest" if place % -(-n // CASES) else "test"


ROOT = Path(__file__).resolve().parent.parent
SYNTHETIC = ROOT / "data" / "synthetic"


@pytest.fixture(scope="session", autouse=True)
def _in_the_root(tmp_path_factory):
    """Examples in docstrings name data/synthetic, so tests run from the root whatever folder they were started in."""
    import os

    before = Path.cwd()
    os.chdir(ROOT)
    yield
    os.chdir(before)


@pytest.fixture(scope="session")
def usual_report(synthetic):
    """The report of the synthetic program that `make report` builds."""
    return iop.report(synthetic, by="track")


@pytest.fixture(scope="session")
def synthetic():
    """The synthetic program of the repository."""
    with iop.load(SYNTHETIC) as data:
        yield data
