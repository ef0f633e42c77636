"""Takes pooled studies, gives them without each in turn, how much each moves them, and Egger's test, with what each needs."""

import math

import pytest

import iop_outcomes as iop
from iop_outcomes.published.meta_tables import ENOUGH_FOR_EGGER, egger_test, influence, leave_one_out

TABLE = {"study": list("abcdef"), "g": [0.1, 0.5, 0.3, 0.9, 0.2, 2.5], "v": [0.02, 0.03, 0.02, 0.05, 0.04, 0.03]}


def pooled(k=6, **columns):
    """The first studies, one after the other."""
    table = {name: values[:k] for name, values in (TABLE | columns).items()}
    return iop.pool_studies(table, value="g", variance="v", study="study")


def test_without_one_is_pooling_the_others():
    """Each study left out and the rest pooled anew."""
    found = leave_one_out(pooled())
    for place, row in enumerate(found.rows):
        rest = {name: [*values[:place], *values[place + 1 :]] for name, values in TABLE.items()}
        alone = iop.pool_studies(rest, value="g", variance="v", study="study")
        assert (row.without, row.value, row.low, row.p, row.tau2) == (
            TABLE["study"][place],
            *(pytest.approx(each, rel=1e-6, abs=1e-9) for each in (alone.value, alone.low, alone.p, alone.tau2)),
        )
    assert found.to_frame().without.tolist() == TABLE["study"]
    assert "(without f)" in found.sentence()


def test_the_study_apart_is_the_influential_one():
    """2.5 among 0.1 to 0.9."""
    found = influence(pooled())
    assert found.influential == ("f",) and repr(found) == "Influential: f of 6 studies"
    assert found.to_frame().columns[0] == "study"


def test_studies_that_agree_to_the_last_digit():
    """There is no error to measure a move in: NaN, and nobody is influential but the one that differs from all others."""
    alike = influence(pooled(5, g=[0.3] * 5))
    assert alike.influential == () and alike.to_frame().rstudent.isna().all()
    assert influence(pooled(5, g=[0.3, 0.3, 0.3, 0.3, 0.9])).influential == ("e",)


@pytest.mark.parametrize(("call", "k", "least"), [(leave_one_out, 1, 2), (influence, 1, 3), (influence, 2, 3)])
def test_too_few_studies_are_refused(call, k, least):
    """How many there are, and how many it takes."""
    with pytest.raises(iop.UsageError, match=rf"^{k} {'study' if k == 1 else 'studies'}: this needs {least} or more"):
        call(pooled(k))


def test_eggers_test_says_when_it_tells_little():
    """Fewer than three, one error for all, fewer than ten; a ratio tilts by itself."""
    assert egger_test(pooled(2)).sentence() == "Egger's test is not assessable. It needs three studies."
    alike = egger_test(pooled(v=[0.02] * 6))
    assert math.isnan(alike.p) and "All studies have one error." in alike.sentence()
    few = egger_test(pooled())
    assert f"With 6 studies, under {ENOUGH_FOR_EGGER}, it tells little." in few.notes
    ratio = iop.pool_studies(TABLE, value="g", variance="v", study="study", scale="log")
    assert any("can tilt a funnel" in note for note in egger_test(ratio).notes)
    assert few.to_frame().k.tolist() == [6]
