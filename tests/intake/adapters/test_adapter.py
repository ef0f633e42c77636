"""Takes the name of a layout, gives its adapter, or says which names there are."""

import pytest

from iop_outcomes.columns import LAYOUTS
from iop_outcomes.errors import UsageError
from iop_outcomes.intake.adapters.adapter import Adapted, find_adapter
from iop_outcomes.intake.layout_names import layout_names
from iop_outcomes.intake.mapping import Mapping


def test_every_layout_with_an_adapter_has_one_of_its_own():
    """No two names give the same function."""
    assert len({find_adapter(layout) for layout in LAYOUTS}) == len(LAYOUTS) > 0


@pytest.mark.parametrize("name", ["", "OMOP", "adapter"])
def test_other_names_are_refused(name):
    """Also another case, and a module of the same folder that is no layout; layouts that a file describes are offered beside the others."""
    with pytest.raises(UsageError) as error:
        find_adapter(name)
    assert f'No layout is called "{name}".' in str(error.value)
    with pytest.raises(UsageError) as error:
        find_adapter("something else")
    assert all(each in str(error.value) for each in (*LAYOUTS, *layout_names()))


def test_what_an_adapter_has_nothing_to_say_of_is_empty():
    """One adapted set never shares its dictionary with another."""
    one, other = Adapted((), Mapping()), Adapted((), Mapping())
    assert (one.findings, one.flow, one.rules, one.cannot) == ((), (), (), {})
    assert one.cannot is not other.cannot
