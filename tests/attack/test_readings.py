"""Takes labels and titles as pages print them, gives the names that a reader knows them by."""

import pytest

from iop_outcomes.attack.readings import Described, FilesRead, describing, plain


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Dual diagnosis", "dual_diagnosis"),
        ("dual_diagnosis", "dual_diagnosis"),
        ("2022-Q3", "2022_q3"),
        ("All", "All"),
        (" all episodes ", "All"),
        ("", ""),
        ("  ", ""),
        ("Not recorded", "(missing)"),
        ("(missing)", "(missing)"),
        ("10-19 days", "10_19_days"),
    ],
)
def test_one_group_has_one_name_however_it_is_printed(label, name):
    """Everyone, and those without a value, by theirs."""
    assert plain(label) == name


def test_methods_are_found_by_the_numbers_they_define_then_by_their_name():
    """Two scales share the names of their numbers; reliable change is not change."""
    change = [Described(f"Change in {name}", {"mean_change": "w"}) for name in ("PHQ-9", "GAD-7")]
    reliable = Described("Reliable change in PHQ-9", {"reliable_improvement": "w"})
    every = [*change, reliable]
    assert describing("phq9_change", ["mean_change"], every) is change[0]
    assert describing("gad7_change", ["mean_change"], every) is change[1]
    assert describing("phq9_reliable_change", ["reliable_improvement"], every) is reliable
    assert describing("completion", ["completion_strict"], every) is None


def test_what_two_files_say_is_added():
    """Each by its kind."""
    one = FilesRead(["a.csv"], few={"x": 10})
    one.add(FilesRead(["b.html"], described=[Described("t", {})], few={"y": 6}))
    assert (one.files, len(one.described), one.few) == (["a.csv", "b.html"], 1, {"x": 10, "y": 6})
