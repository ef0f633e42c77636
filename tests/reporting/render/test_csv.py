"""Takes a small page, gives its numbers as comma-separated text."""

import csv
import io

from iop_outcomes.reporting.render.csv import csv_of
from iop_outcomes.results import COLUMNS
from tests.reporting.small_document import small_page


def test_every_released_number_is_a_row():
    """With the fixed columns, in the order of the measures."""
    page = small_page()
    rows = list(csv.DictReader(io.StringIO(csv_of(page))))
    assert tuple(rows[0]) == COLUMNS
    assert [(row["estimand"], row["level"]) for row in rows] == [(each.estimand, each.level) for one in page.released for each in one]


def test_the_words_of_the_policy_are_a_column():
    """Where it has any."""
    head = csv_of(small_page("internal")).splitlines()[0]
    assert head.endswith(",mark")
