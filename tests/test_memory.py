"""Takes amounts of memory, gives the limit in force, and says what an amount is."""

import pytest

from iop_outcomes.errors import UsageError
from iop_outcomes.memory import LEAST, limited_memory, memory_bytes, memory_limit


@pytest.mark.parametrize(("text", "size"), [("2GB", 2 * 10**9), ("512 MiB", 512 * 2**20), ("1.5gb", 1_500_000_000), (" 4GIB ", 4 * 2**30)])
def test_amounts(text, size):
    """With either kind of unit, in any letters."""
    assert memory_bytes(text) == size


@pytest.mark.parametrize(
    ("text", "words"), [("lots", "is no amount of memory"), ("4", "is no amount"), ("-1GB", "is no amount"), ("1MB", "too little")]
)
def test_what_is_no_amount(text, words):
    """What was given, and how to write one."""
    with pytest.raises(UsageError, match=words):
        memory_bytes(text)


def test_a_limit_holds_meanwhile():
    """Within, and no longer; nothing given leaves what was."""
    before = memory_limit()
    assert before >= LEAST
    with limited_memory("1GB"):
        assert memory_limit() == 10**9
        with limited_memory(None):
            assert memory_limit() == 10**9
    assert memory_limit() == before
