"""Takes columns of who people are, gives their strata: in order, rare ones together, those who declined apart as long as may be."""

import pytest

from iop_outcomes.columns import STRATA
from iop_outcomes.release import POLICIES
from iop_outcomes.reporting.parts.part import Program
from iop_outcomes.reporting.parts.strata import MOST, ONE_GROUP, TOO_SMALL, lacking_strata, strata_of
from tests.reporting.parts.small import people, small


def strata(policy="cms11", **levels):
    """The strata of columns given as how many of each level, half of whom finished."""
    n = sum(next(iter(levels.values())).values())
    columns = {name: [level for level, several in of.items() for _ in range(several)] for name, of in levels.items()}
    rows = [row | {name: values[i] for name, values in columns.items()} for i, row in enumerate(people(0, n))]
    rows = [row | {"discharge_reason": "completed" if i % 2 else "dropped_out"} for i, row in enumerate(rows)]
    with small(rows) as data:
        program = Program(data, "track", POLICIES[policy])
        found = {each.column: each for each in strata_of(program)}
        assert lacking_strata(program) == [column for column in STRATA if column not in found]
        assert strata_of(program) is strata_of(program)
        return found


def test_large_levels_stand_by_themselves():
    """Words by name, bands by their numbers; nothing is taken together, so there are no classes."""
    found = strata(sex={"male": 40, "female": 50}, age_group={"65+": 30, "18-25": 30, "26-64": 30})
    assert found["sex"].order == ("female", "male")
    assert found["age_group"].order == ("18-25", "26-64", "65+")
    assert found["sex"].classes is found["age_group"].classes is None
    assert found["sex"].merged == ()


def test_a_rare_level_goes_with_the_next_rarest_and_stands_last():
    """Four of one kind and thirty of another become one stratum, named with both; under internal each stands alone."""
    levels = {"zulu": 40, "asian": 30, "black": 60, "native": 4}
    found = strata(payer=levels)["payer"]
    assert found.order == ("black", "zulu", "Asian or native")
    assert found.merged == (("Asian or native", ("Asian", "Native")),)
    assert [found.classes(level) for level in ("native", "asian", "zulu", None)] == ["Asian or native", "Asian or native", "zulu", None]
    assert strata("internal", payer=levels)["payer"].order == ("asian", "black", "native", "zulu")


def test_whoever_declined_stands_apart_after_everybody_else():
    """Twelve who declined are a stratum though others are taken together."""
    found = strata(payer={"declined": 24, "a": 60, "b": 40, "c": 3})["payer"]
    assert found.order[-1] == "declined"
    assert found.classes("declined") == "declined"


@pytest.mark.parametrize(
    ("levels", "without"),
    [({"a": 50}, ONE_GROUP), ({"a": 46, "b": 4}, TOO_SMALL), ({"a": 5, "b": 4}, TOO_SMALL), ({"a": 40, None: 30}, "")],
)
def test_one_value_and_groups_too_small(levels, without):
    """Two of whom one is of few have no form; one value beside those not recorded has."""
    assert strata(payer=levels)["payer"].without == without


def test_forty_levels_become_no_more_than_can_be_read():
    """Under a policy that withholds nothing too."""
    assert len(strata("internal", payer={f"p{i:02d}": 3 + i for i in range(40)})["payer"].order) <= MOST


def test_a_column_of_blanks_has_no_strata():
    """As one that is not there."""
    assert strata(payer={None: 20}) == {}
