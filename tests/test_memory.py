"""Takes amounts of memory in words, gives bytes, or what to write instead; and a limit that ends with what it was given for."""

import pytest

from iop_outcomes.errors import UsageError
from iop_outcomes.memory import LEAST, limited_memory, memory_bytes, memory_limit


@pytest.mark.parametrize(
    ("text", "size"),
    [("4GB", 4 * 10**9), ("4 gb", 4 * 10**9), ("1.5GiB", 3 << 29), ("512MiB", 512 << 20), (" 250MB ", 250 * 10**6), ("100MiB", LEAST)],
)
def test_units_of_ten_and_of_two(text, size):
    """A fraction, a space, small letters."""
    assert memory_bytes(text) == size


@pytest.mark.parametrize("text", ["", "4", "GB", "4TB", "-4GB", "4,5GB", "1e3MB", "4 G B", "much"])
def test_what_is_no_amount(text):
    """With an amount that would be."""
    with pytest.raises(UsageError, match=r"is no amount of memory\. .* as in 4GB"):
        memory_bytes(text)


@pytest.mark.parametrize("text", ["99MiB", "100MB", "0GB"])
def test_too_little_to_read_anything(text):
    """100 MB are less than 100 MiB."""
    with pytest.raises(UsageError, match="too little to read data"):
        memory_bytes(text)


def test_a_limit_holds_inside_and_as_before_after_even_a_fault():
    """One inside another; none given leaves the one outside."""
    before = memory_limit()
    assert before >= LEAST
    with limited_memory("1GB"):
        with limited_memory(None):
            assert memory_limit() == 10**9
        with pytest.raises(ZeroDivisionError), limited_memory("2GB"):
            assert memory_limit() == 2 * 10**9
            raise ZeroDivisionError
        assert memory_limit() == 10**9
    assert memory_limit() == before


def test_a_group_of_processes_may_have_less_than_the_machine(tmp_path, monkeypatch):
    """Half of what a container is allowed; the word "max" allows all."""
    group = tmp_path / "memory.max"
    monkeypatch.setattr("iop_outcomes.memory._OF_GROUP", (str(group), str(tmp_path / "is not there")))
    group.write_text("536870912\n")
    assert memory_limit() == 256 << 20
    group.write_text("max\n")
    assert memory_limit() > 256 << 20
    group.write_text("4096")
    assert memory_limit() == LEAST
