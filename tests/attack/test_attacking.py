"""Takes reports that give something back and reports that do not, gives proof that the attack tells them apart, and how."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest

import iop_outcomes as iop
from attacks.programs import drawn
from iop_outcomes.attack import ContradictionError, attack_report
from iop_outcomes.attack.attacking import read_report
from iop_outcomes.attack.learning import learned
from iop_outcomes.attack.read_tables import read_tables
from iop_outcomes.results import COLUMNS
from iop_outcomes.show.plain import csv_text

COMPLETION = {"measure": "completion", "definition": "discharged", "group": "track", "estimand": "completion_strict", "unit": "share"}
MISSING = {"n": "", "k": "", "n_missing": "", "excluded": ""}


def row(level, **numbers):
    """A row of completion as a .csv file of a report holds it; what is not given is withheld."""
    return dict.fromkeys(COLUMNS, "") | COMPLETION | {"level": level} | MISSING | {name: str(value) for name, value in numbers.items()}


def write(folder, rows):
    """A report of these rows alone."""
    folder.mkdir(exist_ok=True)
    with (folder / "numbers.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return folder


def back(folder):
    """What comes back: the words of each number with its least and most."""
    return {each.cell.words.split(": ")[-1]: (each.interval.low, each.interval.high) for each in attack_report(folder).recovered}


def strict(field, where):
    """The words of a number of completion."""
    return f"completion, completion_strict, {field} (track {where})"


# -- reports whose counts are rounded ---------------------------------------------------------------------------------------


def write_rounded(folder, rows):
    """A report of these rows alone whose counts are rounded."""
    write(folder, rows)
    (folder / "numbers.json").write_text(json.dumps({"policy": {"name": "round5"}}), encoding="utf-8")
    return folder


def test_rounded_counts_that_do_not_add_up_contradict_nothing(tmp_path):
    """75 of 165 completed, 85 at best, 5 without a reason: 77, 83 and 6, each to the nearest 5."""
    rows = [row("All", n=165, k=75, n_missing=5, excluded=30)]
    rows += [row("All", n=170, k=85, n_missing=0, excluded=30) | {"estimand": "completion_strict_best_case"}]
    with pytest.raises(ContradictionError):
        attack_report(write(tmp_path / "exact", rows))
    assert attack_report(write_rounded(tmp_path / "rounded", rows)).recovered == ()


def test_a_count_comes_back_that_is_known_more_closely_than_its_rounding_leaves_it(tmp_path):
    """At most 12 in all, in four groups of at least 3 each: each is 3. Of three each is from 3 to 6, of two from 3 to 7, as 5 says."""
    rows = [row("All", n=10), *(row(level, n=5) for level in "abcd")]
    assert (3, 3) in back(write_rounded(tmp_path / "four", rows)).values()
    assert set(back(write_rounded(tmp_path / "three", rows[:-1])).values()) == {(3, 6)}
    assert back(write_rounded(tmp_path / "two", rows[:-2])) == {}


def test_numbers_during_care_are_of_all_where_nobody_is_left_out_of_them(tmp_path):
    """In a group all of whom are followed both forms have one denominator: what everyone's rows leave out tells them apart, and nobody has died."""

    def of_relapse(estimand, level, **numbers):
        named = {"measure": "relapse", "definition": "any_use", "estimand": estimand}
        return row(level, **numbers) | named | {"time": "90.0" if estimand == "cumulative_incidence" else ""}

    followed = [of_relapse("cumulative_incidence", "All", n=80), of_relapse("cumulative_incidence", "a", n=40, k=20, excluded=0)]
    during = [of_relapse("during_care", "All", excluded=0), of_relapse("during_care", "a", n=40, k=0, excluded=0)]
    withheld = of_relapse("during_care", "b")
    known = learned(read_report(write(tmp_path, [*followed, *during, withheld])))
    assert "numbers.csv: relapse, during_care, excluded (everyone) = 0" not in [
        each.words for each in known.facts if ((), "died") in each.terms
    ]


def test_a_difference_from_all_others_gives_its_count_back(tmp_path):
    """7 of 25 are 28 %, and 60 of the other 100: that it is 32 points less says so, where only 67 of all 125 are printed beside."""
    rows = [row("All", n=125, k=67), row("a", n=25), row("b", n=60), row("c", n=40)]
    difference = row("a", n=25, value=-0.32) | {"contrast": "minus_others", "unit": "share difference"}
    assert strict("k", "a") not in back(write(tmp_path / "open", rows))
    assert back(write(tmp_path / "leak", [*rows, difference]))[strict("k", "a")] == (7, 7)
    adjusted = difference | {"adjustment": "age_group"}
    assert strict("k", "a") not in back(write(tmp_path / "adjusted", [*rows, adjusted]))


def test_who_had_an_event_between_two_printed_days_comes_back(tmp_path):
    """20 by day 30 and 25 by day 90: 5 between; 14 with it among those followed for all of 90 days say that 12 by day 30 are at least 2 fewer."""

    def of_day(day, estimand="cumulative_incidence", **numbers):
        named = {"measure": "readmission", "definition": "psychiatric", "estimand": estimand, "time": f"{day}.0"}
        return row("All", **numbers) | named

    between = "readmission_psychiatric_event_90 - readmission_psychiatric_event_30 (everyone)"
    assert back(write(tmp_path / "both", [of_day(30, n=90, k=20), of_day(90, n=90, k=25)]))[between] == (5, 5)
    least = [of_day(30, n=90, k=12), of_day(90, "fully_observed_rate", n=40, k=14), of_day(90, n=90), of_day(365, n=90, k=20)]
    assert back(write(tmp_path / "bounded", least))[between] == (2, 8)
    assert between not in back(write(tmp_path / "open", [*least[:1], *least[2:]]))


# -- reports that leak ---------------------------------------------------------------------------------------------------


def test_one_group_withheld_beside_everyone_comes_back(tmp_path):
    """50 in all and 43 in one of two groups: 7 in the other."""
    rows = [row("All", n=50), row("a", n=43), row("b")]
    assert back(write(tmp_path, rows))[strict("n", "b")] == (7, 7)


def test_two_groups_withheld_beside_everyone_do_not(tmp_path):
    """80 in all and 43 in one of three groups: 37 in the others together."""
    assert back(write(tmp_path, [row("All", n=80), row("a", n=43), row("b"), row("c")])) == {}


def test_two_groups_withheld_that_hold_few_together_are_bounded(tmp_path):
    """50 in all and 43 in one of three groups: at most 7 in each other, which may be none; where one has 2 completed, it has some."""
    assert back(write(tmp_path, [row("All", n=50), row("a", n=43), row("b"), row("c")])) == {}
    rows = [row("All", n=50, k=40), row("a", n=43, k=38), row("b"), row("c", k=0)]
    assert back(write(tmp_path, rows))[strict("k", "b")] == (2, 2)
    assert back(write(tmp_path, rows))[strict("n", "b")] == (2, 7)


def test_a_share_gives_its_numerator_back(tmp_path):
    """0.12 of 50 are 6; to a whole percent, 12 % are 6 as well."""
    assert back(write(tmp_path, [row("All", n=50, value=0.12)]))["completion, completion_strict, k (everyone)"] == (6, 6)


def test_a_fraction_gives_its_denominator_back(tmp_path):
    """0.384615384615 with 5 known to have completed is 5 of 13, and 8 have not."""
    rows = [row("All", k=5, value=0.384615384615)]
    assert back(write(tmp_path, rows))["completion, completion_strict, n minus k (everyone)"] == (8, 8)


def test_what_is_excluded_gives_back_who_died(tmp_path):
    """60 in, 50 used and 3 never started leave 7 for the reasons, of whom it is printed that nobody is still in care."""
    rows = [row("All", n=50, k=20, n_missing=0, excluded=7)]
    assert "died + not_started" not in back(write(tmp_path, rows))
    with_deaths = dict.fromkeys(COLUMNS, "") | {"measure": "deaths_in_care", "group": "track", "level": "All", "estimand": "died_in_care"}
    answer = back(write(tmp_path, [*rows, with_deaths | {"n": "54"}]))
    assert answer["deaths_in_care, died_in_care, k (everyone)"] == (4, 4)


def test_numbers_that_contradict_one_another_are_no_report(tmp_path):
    """30 of 20 have completed."""
    with pytest.raises(ContradictionError, match="completed"):
        attack_report(write(tmp_path, [row("All", n=20, k=30)]))


def test_each_table_released_by_itself_is_broken(tmp_path):
    """Tables that are safe one by one give counts back together: release_set is there because of it."""
    program = drawn(5, size=300)
    answers = []
    with iop.load(program.tables, mapping=program.mapping, on_error="exclude") as data:
        answers += [iop.completion(data, by="track"), iop.length_of_stay(data, by="track"), iop.measure(data, "deaths_in_care", by="track")]
        answers += [iop.symptom_change(data, scale="phq9", by="track"), iop.measure(data, "recorded", by="track")]
    alone = [answer.release("cms11") for answer in answers]
    (tmp_path / "numbers.csv").write_text(csv_text(alone), encoding="utf-8")
    assert attack_report(tmp_path).exact


def test_folded_tables_and_the_file_of_methods_are_read(usual_report, tmp_path):
    """Tables of both files, folded or not, and what Methods say of their words; numbers of the page's own tables among the facts."""
    usual_report.save(tmp_path)
    found = read_report(tmp_path)
    page, methods = "program_quality.html", "program_quality_methods.html"
    assert found.files == ["program_quality.csv", page, "program_quality.json", methods]
    sources = [table.source for table in found.tables]
    assert f"{page}: Completion by track" in sources and f"{methods}: Completion by track" in sources
    assert {"Completion", "Readmission"} <= {each.title for each in found.described}
    read = {number.source for number, _ in read_tables(found)}
    assert any(source.startswith(f"{page}: Reliable change in PHQ-9 by track") for source in read)


def test_a_doctored_report_is_broken(tmp_path):
    """One complementary cell printed in a report that gives nothing of it back: completed of the one group whose k was withheld to protect another's."""
    rows = [row("All", n=150, k=60), row("a", n=50, k=30), row("b", n=50), row("c", n=50)]
    assert back(write(tmp_path, rows)) == {}
    rows[2] = row("b", n=50, k=24)
    assert back(write(tmp_path, rows))[strict("k", "c")] == (6, 6)


def test_seeds_give_the_same_program_again():
    """What is found in one run can be looked at in the next."""
    one, other = drawn(11, size=120), drawn(11, size=120)
    assert all(one.tables[name].equals(other.tables[name]) for name in one.tables)
    assert not np.array_equal(one.tables["episodes"]["track"], drawn(12, size=120).tables["episodes"]["track"])


PAGE = """<html><body><table><caption>Completion by track</caption><thead><tr><th>Track</th><th>Completed</th><th>Episodes</th></tr></thead><tbody>
<tr><th>All episodes</th><td>60% (90)</td><td>150</td></tr><tr><th>B</th><td>{share}</td><td>50</td></tr></tbody></table>
<dl><dt>Completion</dt><dd>Completed (completion_strict): reason completed, among discharged episodes with a known reason. Interval: none.</dd>
<dd>Left out, of {rows} episodes: discharge reason missing: 0; died in care: not shown; never started: not shown.</dd></dl></body></html>"""


@pytest.mark.parametrize(
    ("share", "answer"),
    [("not shown", {}), ("88% (44)", {"k": (6, 6), "n minus k": (6, 6)}), ("88%", {"k": (6, 6), "n minus k": (6, 6)})],
)
def test_what_the_page_alone_prints_is_used(tmp_path, share, answer):
    """The .csv file withholds how many of b and of c completed; a page that shows the one gives the other back: 90 - 40 - 44."""
    folder = write(tmp_path, [row("All", n=150, k=90), row("a", n=50, k=40), row("b", n=50), row("c", n=50)])
    (folder / "page.html").write_text(PAGE.format(share=share, rows="not shown"), encoding="utf-8")
    recovered = back(folder)
    expected = {strict("k", "c"): answer.get("k"), strict("n minus k", "b"): answer.get("n minus k")}
    assert {name: recovered.get(name) for name in expected} == expected


def test_what_the_methods_leave_out_is_used(tmp_path):
    """158 episodes in, 150 used, nobody without a reason: 8 left out, and if 5 are printed as excluded elsewhere, the rest follows."""
    folder = write(tmp_path, [row("All", n=150, k=90)])
    (folder / "page.html").write_text(PAGE.format(share="not shown", rows="158"), encoding="utf-8")
    assert back(folder)["completion, completion_strict, excluded (everyone)"] == (8, 8)


@pytest.mark.parametrize(("column", "year"), [("discharge_quarter", "Q1 2024 to Q4 2024"), ("discharge_month", "2024-01 to 2024-12")])
def test_a_year_beside_its_months_gives_the_one_withheld_back(tmp_path, column, year):
    """Eleven months of 40 and 447 in the year: 7 in the twelfth, by whatever column the year stands; with another withheld nothing comes back."""
    months = [row(f"2024-{month:02}", n=40) | {"group": "discharge_month"} for month in range(1, 12)]
    rows = [*months, row("2024-12") | {"group": "discharge_month"}, row(year, n=447) | {"group": column}]
    assert back(write(tmp_path / "one", rows))["completion, completion_strict, n (discharge_month 2024_12)"] == (7, 7)
    rows[4] |= {"n": ""}
    assert back(write(tmp_path / "two", rows)) == {}


def test_a_share_free_of_every_end_tells_how_many_have_ended(tmp_path):
    """98 % of 200, of whom 174 are followed to the day, are free of it: from 3 to 5 have ended. Of 80 % at least 34 have."""

    def of_day(estimand, **numbers):
        named = {"measure": "readmission", "definition": "psychiatric", "estimand": estimand, "time": "180.0"}
        return row("All", **numbers) | named

    ended = "ended by then (everyone)"
    rows = [of_day("cumulative_incidence", n=200, n_at_risk=174), of_day("event_free", n=200, n_at_risk=174, value="0.98")]
    found = {words.rpartition(", ")[2]: limits for words, limits in back(write(tmp_path / "few", rows)).items()}
    assert found[ended] == (3, 5)
    rows[1]["value"] = "0.8"
    assert back(write(tmp_path / "many", rows)) == {}


MIX = {"not_recorded": 0, "share_Female": 645, "share_not recorded": 20}


def test_a_category_called_not_recorded_is_not_those_outside_every_category(tmp_path):
    """Where few are blank, a mix counts them as a category among the others, and nobody is outside."""
    named = {"measure": "participants_sex", "definition": "", "time": ""}
    rows = [row("All", n=665, k=k) | named | {"estimand": name} for name, k in MIX.items()]
    assert back(write(tmp_path, rows)) == {}
