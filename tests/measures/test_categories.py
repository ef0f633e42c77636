"""Takes the counts of a column, gives its categories in order and what merging makes of them."""

from hypothesis import given
from hypothesis import strategies as st

from iop_outcomes.counts import Counts
from iop_outcomes.measures.categories import are_bands, categories, coarser, read, read_among


def of_column(cells):
    """Counts of "track value" cells."""
    return Counts.from_cells(["track", "value"], {(track, value): n for (track, value), n in cells.items()})


def test_bands_stand_in_their_order_and_others_by_size():
    """Numbers decide, not letters and not size; words go by size, then by name."""
    bands = of_column({("a", "65+"): 9, ("a", "5-11"): 1, ("a", "18-25"): 2, ("a", "<5"): 3, ("a", None): 4})
    assert list(categories(bands, "value")) == ["<5", "5-11", "18-25", "65+"]
    words = of_column({("a", "self"): 5, ("a", "court"): 9, ("a", "a_friend"): 5})
    assert list(categories(words, "value")) == ["Court", "A friend", "Self"]


def test_names_that_would_read_alike_keep_their_spelling():
    """Two levels never share a name."""
    assert list(categories(of_column({("a", "in_person"): 5, ("a", "In person"): 4}), "value")) == ["in_person", "In person"]


def merged(cells):
    """The coarser forms of the categories of a column."""
    counts = of_column(cells)
    return list(coarser(categories(counts, "value"), counts, "value"))


def test_the_rarest_are_merged_first_and_the_largest_stays():
    """Over both tracks 110, 32, 21 and 3: the two rarest, then three; two categories remain."""
    cells = {("x", "a"): 60, ("x", "b"): 12, ("x", "c"): 6, ("x", "d"): 3, ("y", "a"): 50, ("y", "b"): 20, ("y", "c"): 15}
    assert merged(cells) == [{"A": ("a",), "B": ("b",), "C or d": ("c", "d")}, {"A": ("a",), "Other (3 categories)": ("b", "c", "d")}]


def test_bands_are_merged_with_the_smaller_neighbour():
    """The oldest go with those before them, then the youngest with the next, and the order stays."""
    cells = {("x", "12-17"): 40, ("x", "18-39"): 50, ("x", "40-64"): 30, ("x", "65+"): 4}
    assert [list(form) for form in merged(cells)] == [["12-17", "18-39", "40-64 or 65+"], ["12-17", "18-39 or 40-64 or 65+"]]


def test_two_categories_have_no_coarser_form():
    """Two remain whatever they hold."""
    assert merged({("x", "a"): 30, ("x", "b"): 3}) == []


def test_blanks_join_the_categories_after_every_form_that_leaves_them_out():
    """Two blanks beside a total would be found out; in their own form they go with the rarer category."""
    assert merged({("x", "a"): 30, ("x", "b"): 20, ("x", None): 2}) == [{"A": ("a",), "B or not recorded": ("b", None)}]
    forms = merged({("x", "a"): 30, ("x", "b"): 20, ("x", "c"): 5, ("x", None): 2})
    assert [list(form) for form in forms] == [["A", "B or c"], ["A", "B", "C or not recorded"], ["A", "Other (3 categories)"]]


LEVELS = st.sampled_from(["a", "b", "c", "d", "e", None])
BANDS = st.sampled_from(["0-9", "10-19", "20-29", "30-39", "40+", None])
CELLS = st.one_of(
    *(st.dictionaries(st.tuples(st.sampled_from("xyz"), levels), st.integers(1, 60), min_size=1) for levels in (LEVELS, BANDS))
)


@given(CELLS)
def test_merging_loses_nobody_and_each_form_is_coarser_than_the_one_before(cells):
    """Each level is in one category; what is together stays together, and one category fewer remains each time."""
    levels = {level for _, level in cells}
    before = None
    for form in merged(cells):
        members = [level for part in form.values() for level in part]
        assert len(members) == len(set(members))
        assert set(members) in (levels - {None}, levels)
        if before is not None and (None in members) == (None in before[0]):
            assert len(form) == before[1] - 1
        before = (members, len(form))
        assert len(form) >= 2
    assert before is None or before[1] == 2


@given(CELLS)
def test_bands_are_merged_with_neighbours_alone(cells):
    """Every category of bands is a stretch of them; a blank comes after the last."""
    levels = {level for _, level in cells}
    if not are_bands(levels):
        return
    order = [*sorted(level for level in levels if level is not None), None]
    for form in merged(cells):
        assert [level for part in form.values() for level in part] == [
            level for level in order if level in {x for p in form.values() for x in p}
        ]


def test_names_as_people_read_them():
    """Words of a code are read, what is no code stays as it is, and a blank is not recorded."""
    assert [read(name) for name in ("emergency_department", "GP", "Self-referred", "")] == [
        "Emergency department",
        "GP",
        "Self-referred",
        "",
    ]
    assert [read_among(level, ["a_b", "c"]) for level in ("a_b", None)] == ["A b", "not recorded"]


def test_a_column_of_blanks_has_no_category():
    """And nothing to merge."""
    assert categories(of_column({("a", None): 5}), "value") == {}
    assert merged({("a", None): 5}) == []
