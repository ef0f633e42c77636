"""Takes rows and the name of a measure, gives what is released of it."""

from iop_outcomes.evaluate import evaluate
from iop_outcomes.evaluate.contrasts import Against
from iop_outcomes.evaluate.lookup import look_up
from iop_outcomes.release import release
from tests.reporting.parts.small import small


def released_of(rows, name, *, by="track", policy="none", compared=None, scale=None, **given):
    """A measure of some rows, its numbers compared where they are named."""
    with small(rows, **given) as data:
        against = None if compared is None else Against(compared)
        return release(evaluate(look_up(data, name, scale=scale), data, by=by, against=against), policy)
