"""Takes summaries of one drawn program, gives proof that all of them together give nothing back where they were made with one ledger."""

import pytest

from attacks.outputs import attacked_together, made, summaries
from attacks.programs import drawn

FEW = (("completion", ""), ("discharge_reasons", "each"), ("deaths_in_care", ""))
SEED = 7


@pytest.mark.parametrize("ledger", [True, False])
def test_summaries_of_the_same_data(ledger):
    """Without a ledger counts come back, all of them true, so that this can fail."""
    both = attacked_together(made(summaries(drawn(SEED), measures=FEW), ledger=ledger), chains=False)
    assert both.wrong == []
    assert (len(both.recovered) == 0) is ledger
