"""Takes 320 random programs of nasty shapes, gives proof that completion, stays, reasons, scores and their comparisons are those of the slow row version."""

import pytest

import iop_outcomes as iop
from tests.oracle import checking, programs, rows, score_rows

BY = ("site", "track")


@pytest.fixture(scope="module", params=programs.BATCHES)
def both(request):
    """A batch of 40 programs, as the package reads it and as the rows do."""
    batch = programs.batch(request.param)
    with checking.load(batch) as data:
        yield data, checking.Slow(batch)


def test_completion_stays_and_reasons_equal_the_row_version(both):
    """Every value, n, k, missing, excluded and limit at every level, in every definition."""
    data, slow = both
    for by in BY:
        for denominator in ("discharged", "teds_all"):
            answer = iop.completion(data, by=by, denominator=denominator)
            checking.assert_equal(answer, slow.numbers(by, lambda part, chosen=denominator: rows.completion(part, chosen)))
        for definition in ("difference", "inclusive"):
            answer = iop.length_of_stay(data, by=by, definition=definition)
            checking.assert_equal(answer, slow.numbers(by, lambda part, chosen=definition: rows.length_of_stay(part, chosen)))
        for definition in ("grouped", "each"):
            answer = iop.discharge_reasons(data, by=by, definition=definition)
            checking.assert_equal(answer, slow.numbers(by, lambda part, chosen=definition: rows.discharge_reasons(part, chosen)))
    checking.assert_equal(
        iop.measure(data, "recorded", by="track"), slow.numbers("track", lambda part: score_rows.recorded(part, slow.scores))
    )


def test_change_equals_the_row_version(both):
    """The same for symptom change and reliable change on both scales."""
    data, slow = both
    for by in BY:
        for scale in score_rows.SCALES:
            expected = slow.numbers(by, lambda part, scale=scale: score_rows.change(part, slow.scores, scale))
            checking.assert_equal(iop.symptom_change(data, scale=scale, by=by), expected)
            expected = slow.numbers(by, lambda part, scale=scale: score_rows.reliable_change(part, slow.scores, scale))
            checking.assert_equal(iop.reliable_change(data, scale=scale, by=by), expected)


def test_comparisons_equal_the_row_version(both):
    """Each group minus the others, and each minus each: difference, simultaneous limits, p and word of every rate."""
    data, slow = both
    for by in BY:
        expected = slow.numbers(by, rows.completion)
        checking.assert_compared(iop.compare(data, measure="completion", by=by), expected)
    checking.assert_pairwise(iop.compare(data, measure="completion", by="track", pairwise=True), expected)
    for scale in score_rows.SCALES:
        expected = slow.numbers("track", lambda part, scale=scale: score_rows.reliable_change(part, slow.scores, scale))
        checking.assert_compared(iop.compare(data, measure=f"{scale}_reliable_change", by="track"), expected)
        compared = iop.compare(data, measure=f"{scale}_change", by="track")
        numbers = (
            of("track", lambda part, scale=scale: score_rows.change(part, slow.scores, scale))
            for of in (slow.numbers, slow.numbers_of_others)
        )
        checking.assert_one_rule(compared, *numbers)
