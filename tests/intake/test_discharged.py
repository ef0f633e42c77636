"""Takes data with quarters, with periods of their own and with neither, gives the days between which episodes were discharged."""

import duckdb
import pytest

from iop_outcomes.counts import Counts
from iop_outcomes.errors import UsageError
from iop_outcomes.intake.discharged import discharged_between


class OfPeriods:
    """Data whose episodes are of these periods, by column."""

    def __init__(self, **columns):
        self._columns, self.groups = columns, ("track", *columns)

    def count(self, requests):
        """The episodes of each period; data that are closed are not asked."""
        (name,) = (name for request in requests for name in request.keys)
        if self._columns[name] is None:
            raise duckdb.ConnectionException
        return Counts.from_columns([name], [self._columns[name]], [1] * len(self._columns[name]))


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"discharge_quarter": ["2024-Q1"]}, ("2024-01-01", "2024-03-31")),
        ({"discharge_quarter": ["2025-Q4", None, "2024-Q1"], "period": ["2020"] * 1}, ("2024-01-01", "2025-12-31")),
        ({"period": ["2024-02", "2023-12"]}, ("2023-12-01", "2024-02-29")),
        ({"period": ["2024"]}, ("2024-01-01", "2024-12-31")),
        ({"period": ["wave 2"]}, None),
        ({"period": [None]}, None),
        ({}, None),
    ],
)
def test_days_between_which_episodes_were_discharged(columns, expected):
    """Quarters come before periods of the file; blanks say nothing; periods of no calendar are none."""
    assert discharged_between(OfPeriods(**columns)) == expected


def test_data_that_are_closed_say_what_to_do():
    """An error of the database would not."""
    with pytest.raises(UsageError, match=r"period: the data are closed.*Ask before they are, or give period="):
        discharged_between(OfPeriods(discharge_quarter=None))
