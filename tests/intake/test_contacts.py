"""Contacts become episodes by the gap rule: against a slow version in rows, at every boundary by hand, and in words where people read."""

import datetime as dt
import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import iop_outcomes as iop
from iop_outcomes.cli import run
from iop_outcomes.columns import Column
from iop_outcomes.errors import EXIT_DONE, EXIT_FINDINGS, EXIT_USAGE
from tests.intake import sites
from tests.pages import both_files

START = dt.date(2024, 1, 1)
DATED = '[data]\nclass = "synthetic"\n'
CUTOFF = DATED + 'cutoff = "2024-12-31"\n'
COLUMNS = ("episode_id", "patient_id", "track", "discharge_reason", "los_days", "observed_days", "follow_up_days", "modality")


def folder_of(folder, head, rows, mapping=DATED):
    """A folder with contacts alone."""
    sites.write(folder, mapping=mapping, episodes=None, scores=None, events=None)
    (folder / "contacts.csv").write_text(sites.text([head.split(","), *rows]), encoding="utf-8")
    return folder


def built(source, **options):
    """The episodes that were built, one dict for each, by id."""
    with iop.load(source, **options) as data:
        frame = data.engine.rows([Column(name) for name in COLUMNS])
        return [
            {name: (None if value != value or value is None else value) for name, value in row.items()} for row in frame.to_dict("records")
        ]


def day(n):
    """A date so many days after the first."""
    return (START + dt.timedelta(days=n)).isoformat()


# -- a slow version, row by row ------------------------------------------------------------------------------------


def slow(rows, gap, cut):
    """Episodes of rows (patient, track, day, status, reason, modality): walk through each patient's days with a track."""
    by_track = {}
    for place, (patient, track, at, status, reason, modality) in enumerate(rows):
        if status == "attended":
            by_track.setdefault((patient, track), []).append((at, place, reason, modality))
    found = []
    for (patient, track), contacts in by_track.items():
        runs = []
        for contact in sorted(contacts):
            if runs and contact[0] - runs[-1][-1][0] <= gap:
                runs[-1].append(contact)
            else:
                runs.append([contact])
        for one in runs:
            first, last = one[0][0], one[-1][0]
            reasons = [reason for at, _, reason, _ in one if at == last and reason]
            reason = reasons[-1] if reasons else "active" if cut is not None and cut - last < gap else "unknown"
            ended = reason != "active"
            found.append(
                {
                    "patient_id": patient,
                    "track": track,
                    "first": first,
                    "discharge_reason": reason,
                    "los_days": last - first if ended else None,
                    "observed_days": None if cut is None else cut - first,
                    "follow_up_days": cut - last if ended and cut is not None else None,
                    "modality": next((modality for *_, modality in one if modality), None),
                }
            )
    for patient in {episode["patient_id"] for episode in found}:
        own = sorted((e for e in found if e["patient_id"] == patient), key=lambda e: (e["first"], e["track"]))
        for number, episode in enumerate(own, start=1):
            episode["episode_id"] = f"{patient}-e{number}"
    return sorted(({name: episode[name] for name in COLUMNS} for episode in found), key=lambda episode: episode["episode_id"])


_ROW = st.tuples(
    st.sampled_from(["p1", "p2"]),
    st.sampled_from(["mood", "trauma"]),
    st.integers(0, 60),
    st.sampled_from(["attended", "attended", "attended", "no_show", "cancelled_by_program", ""]),
    st.sampled_from(["", "", "", "completed", "dropped_out"]),
    st.sampled_from(["", "virtual", "in_person"]),
)


@settings(max_examples=25)
@given(rows=st.lists(_ROW, max_size=25), gap=st.integers(1, 12), cut=st.one_of(st.none(), st.integers(60, 75)), dated=st.booleans())
@example(rows=[], gap=7, cut=60, dated=True)
def test_equals_the_slow_version(tmp_path_factory, rows, gap, cut, dated):
    """Any contacts, any gap, with and without a cut-off, by dates and by days: the same episodes, cell for cell."""
    rows = [*rows, ("p0", "mood", 0, "attended", "", "virtual")]
    folder = tmp_path_factory.mktemp("contacts")
    mapping = f"{DATED}{f'cutoff = {day(cut)}' if dated and cut is not None else ''}\n[contacts]\nrule = 'gap_days'\ndays = {gap}\n"
    head, cells = "patient_id,track,date,status,discharge_reason,modality", [[p, t, day(at), *more] for p, t, at, *more in rows]
    if not dated:
        own = "" if cut is None else ",observed_days"
        head = f"patient_id,track,day,status,discharge_reason,modality{own}"
        cells = [[p, t, at, *more, *([] if cut is None else [cut])] for p, t, at, *more in rows]
    assert built(folder_of(folder, head, cells, mapping)) == slow(rows, gap, cut)


# -- by hand -------------------------------------------------------------------------------------------------------


def test_a_gap_of_exactly_so_many_days_ends_nothing(tmp_path):
    """30 days between two contacts are one episode, 31 are two, by the default rule."""
    rows = [["a", "mood", day(0)], ["a", "mood", day(30)], ["b", "mood", day(0)], ["b", "mood", day(31)]]
    found = built(folder_of(tmp_path, "patient_id,track,date", rows, CUTOFF))
    assert [(e["episode_id"], e["los_days"], e["follow_up_days"]) for e in found] == [
        ("a-e1", 30, 335),
        ("b-e1", 0, 365),
        ("b-e2", 0, 334),
    ]
    assert {e["discharge_reason"] for e in found} == {None}  # as unknown, nobody would have completed


def test_active_until_a_further_contact_would_be_another_episode(tmp_path):
    """With 30 days observed after the last contact an episode has ended; with 29 a contact of tomorrow would still belong to it."""
    rows = [["a", "mood", "2024-12-01", ""], ["b", "mood", "2024-12-02", ""], ["c", "mood", "2024-12-30", "completed"]]
    found = built(folder_of(tmp_path, "patient_id,track,date,discharge_reason", rows, CUTOFF))
    assert [(e["discharge_reason"], e["los_days"], e["follow_up_days"]) for e in found] == [
        ("unknown", 0, 30),
        ("active", None, None),
        ("completed", 0, 1),
    ]


def test_missed_contacts_and_other_kinds_prolong_nothing(tmp_path):
    """A no-show, a cancelled, a later medication check: the episode ends with the last group attended."""
    head = "patient_id,track,day,status,kind,observed_days"
    rows = [
        ["a", "mood", "0", "attended", "group", "300"],
        ["a", "mood", "20", "attended", "group", "300"],
        ["a", "mood", "40", "no_show", "group", "300"],
        ["a", "mood", "45", "attended", "medication", "300"],
        ["a", "mood", "60", "attended", "group", "300"],
        ["a", "mood", "60", "attended", "group", "300"],
    ]
    mapping = DATED + '[contacts]\nrule = "gap_days"\ndays = 30\nkinds = ["group"]\n'
    folder = folder_of(tmp_path, head, rows, mapping)
    found = built(folder)
    assert [(e["los_days"], e["observed_days"], e["follow_up_days"]) for e in found] == [(20, 300, 280), (0, 240, 240)]
    with iop.load(folder) as data:
        assert "contacts: 6 in = 3 used + 1 not attended + 1 of another kind + 1 on a day already counted" in map(str, data.flow)


def test_days_need_no_class_that_allows_dates(tmp_path):
    """Days from a patient's first contact load under safe_harbor; dates are refused there, by the contacts' own column."""
    strict = '[data]\nclass = "safe_harbor"\n'
    rows = [["a", "mood", "0"], ["a", "mood", "12"]]
    assert built(folder_of(tmp_path / "days", "patient_id,track,day", rows, strict))[0]["los_days"] == 12
    folder = folder_of(tmp_path / "dates", "patient_id,track,date", [["a", "mood", day(0)]], strict)
    with pytest.raises(iop.PrivacyError, match=r"^contacts\.csv: date: dates_not_allowed: "):
        iop.load(folder)


def test_faults_of_contacts_stand_on_their_own_lines(tmp_path):
    """Every fault names the line of the contact; left out, it is counted and the rest is rolled without it."""
    head = "patient_id,track,date,status"
    rows = [
        ["a", "mood", day(0), "attended"],
        ["", "mood", day(1), "attended"],
        ["a", "mood", "31/01/2024", "attended"],
        ["a", "mood", day(9), "came"],
        ["a", "mood", day(8), "attended"],
    ]
    folder = folder_of(tmp_path, head, rows, CUTOFF)
    with pytest.raises(iop.DataError) as caught:
        iop.load(folder)
    found = {(f.file, f.column, f.rule): f.lines for f in caught.value.findings if f.severity == "error"}
    assert found == {
        ("contacts.csv", "patient_id", "blank"): (3,),
        ("contacts.csv", "date", "invalid_date"): (4,),
        ("contacts.csv", "status", "unknown_code"): (5,),
    }
    with iop.load(folder, on_error="exclude") as data:
        assert [str(flow) for flow in data.flow] == ["episodes: 1 in = 1 used", "contacts: 5 in = 2 used + 3 rows with an error"]
    assert built(folder, on_error="exclude")[0]["los_days"] == 8


def test_a_person_among_the_contacts_is_refused(tmp_path):
    """What identifies is found in contacts too, on its line, and never repeated."""
    folder = folder_of(tmp_path, "patient_id,track,day", [["a", "mood", "0"], ["Roe, Jane", "mood", "0"]])
    with pytest.raises(iop.PrivacyError, match=r"^contacts\.csv:3: patient_id: identifier_value: ") as caught:
        iop.load(folder, on_error="exclude")
    assert "Roe" not in str(caught.value)


def test_a_sites_own_names_and_codes(tmp_path):
    """Columns, codes and the file's own name come from the mapping; frames and Parquet give the same."""
    import pandas as pd

    mapping = {
        "data": {"class": "synthetic", "cutoff": "2024-12-31"},
        "tables": {"contacts": "visits.csv"},
        "columns": {"contacts": {"patient_id": "Client", "track": "Program", "date": "Visit", "status": "Seen"}},
        "codes": {"status": {"Y": "attended", "N": "no_show"}, "track": {"MH": "mental_health"}},
        "contacts": {"rule": "gap_days", "days": 14},
    }
    rows = [["a", "MH", day(0), "Y"], ["a", "MH", day(10), "N"], ["a", "MH", day(14), "Y"], ["a", "MH", day(30), "Y"]]
    frame = pd.DataFrame(rows, columns=["Client", "Program", "Visit", "Seen"])
    frame.to_csv(tmp_path / "visits.csv", index=False)
    found = built(tmp_path, mapping=mapping)
    assert [(e["track"], e["los_days"]) for e in found] == [("mental_health", 14), ("mental_health", 0)]
    assert built(tmp_path / "visits.csv", mapping=mapping) == found
    without = {section: content for section, content in mapping.items() if section != "tables"}
    assert built({"contacts": frame}, mapping=without) == found


def test_scores_find_their_episode_by_its_name(tmp_path):
    """Scores beside contacts name the episode that is built: patient, -e and its number."""
    folder = folder_of(tmp_path, "patient_id,track,date", [["a", "mood", day(0)], ["a", "mood", day(20)]], CUTOFF)
    (folder / "scores.csv").write_text("episode_id,scale,day,score\na-e1,phq9,0,17\na-e1,phq9,20,6\n")
    with iop.load(folder) as data:
        assert iop.symptom_change(data, scale="phq9").to_frame().set_index("estimand").n["paired_rate"] == 1


def test_the_planned_length_judges_what_the_gap_rule_cannot(tmp_path):
    """stay_at_least_planned fills unknown reasons; who is still in care stays so, and a reason that is known is kept."""
    rows = [["a", day(0), ""], ["a", day(28), ""], ["b", day(0), ""], ["c", "2024-12-20", ""], ["d", day(0), "died"]]
    rules = '[discharge_reason]\nrule = "stay_at_least_planned"\n[planned_days]\nrule = "constant"\ndays = 28\n'
    folder = folder_of(tmp_path, "patient_id,track,date,discharge_reason", [[p, "mood", *more] for p, *more in rows], CUTOFF + rules)
    assert [e["discharge_reason"] for e in built(folder)] == ["completed", "dropped_out", "active", "died"]


def test_the_rule_is_said_where_people_read(tmp_path, capsys):
    """In the findings, in the flow, in provenance, in the methods of the report and on the command line, with its days and the cut-off."""
    rows = [[f"p{i}", ("mood", "trauma")[i % 2], day(10 * j + i)] for i in range(40) for j in range(4)]
    folder = folder_of(tmp_path / "data", "patient_id,track,date", rows, CUTOFF)
    words = "a gap of more than 30 days without an attended contact starts a new episode"
    with iop.load(folder) as data:
        assert any(words in finding.message for finding in data.findings) and words in data.provenance.rules[0]
        assert data.provenance.los_convention == "last_contact"
        assert iop.length_of_stay(data).to_frame().estimand[0] == "los_to_last_contact_median"
        assert words in both_files(iop.report(data))
    assert run(["check", str(folder)]) == EXIT_DONE
    shown = capsys.readouterr().out
    assert words in shown and "contacts: 160 in = 160 used" in shown and "episodes: 40 in = 40 used" in shown
    assert run(["summary", str(folder), "--measure", "length_of_stay", "--policy", "none", "--json"]) == EXIT_DONE
    assert json.loads(capsys.readouterr().out)[0]["value"] == 30


def test_contacts_that_were_missed_are_no_rows_left_out(tmp_path):
    """A no-show is no fault: the command ends with 0; a contact left out for a fault makes it 1."""
    rows = [["a", "mood", "0", "attended"], ["a", "mood", "3", "no_show"]]
    good = folder_of(tmp_path / "good", "patient_id,track,day,status", rows)
    bad = folder_of(tmp_path / "bad", "patient_id,track,day,status", [*rows, ["a", "mood", "x", "attended"]])
    assert run(["summary", str(good), "--policy", "none"]) == EXIT_DONE
    assert run(["summary", str(bad), "--policy", "none", "--on-error", "exclude"]) == EXIT_FINDINGS


def test_without_a_cutoff_nobody_is_still_in_care(tmp_path):
    """Then every episode counts as ended, and a warning says so."""
    folder = folder_of(tmp_path, "patient_id,track,date", [["a", "mood", day(0)]])
    with iop.load(folder) as data:
        assert [finding.rule for finding in data.findings if finding.severity == "warning"] == ["no_cutoff"]


REFUSED = {
    "episodes and contacts": ("patient_id,track,day", [["a", "m", "0"]], "", r"^contacts\.csv: episodes_twice: "),
    "no day": ("patient_id,track", [["a", "m"]], "", r"^contacts\.csv: date \(or day\): missing_column: "),
    "no track": ("patient_id,day", [["a", "0"]], "", r"^contacts\.csv: track: missing_column: "),
    "nobody came": ("patient_id,track,day,status", [["a", "m", "0", "no_show"]], "", r"^contacts\.csv: no_rows: no contact was attended"),
    "no status known": ("patient_id,track,day,status", [["a", "m", "0", ""]], "", r"^contacts\.csv: no_rows: no contact was attended"),
    "later than observed": (
        "patient_id,track,day,observed_days",
        [["a", "m", "9", "8"]],
        "",
        r"^contacts\.csv:2: day: contact_after_cutoff: ",
    ),
    "date and day": ("patient_id,track,date,day", [["a", "m", "2024-01-01", "0"]], "", r"^contacts\.csv:2: day: contact_day_twice: "),
    "unknown column": ("patient_id,track,day", [["a", "m", "0"]], "[columns.contacts]\nwhen = 'day'\n", r'no column "when"'),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_rolled_is_named(tmp_path, name):
    """One line, exit code 2."""
    head, rows, section, message = REFUSED[name]
    folder = folder_of(tmp_path, head, rows, DATED + section)
    if name == "episodes and contacts":
        (folder / "episodes.csv").write_text(sites.text(sites.episodes()))
    with pytest.raises(iop.DataError, match=message):
        iop.load(folder)
    assert run(["check", str(folder)]) == EXIT_USAGE


def test_a_rule_for_contacts_that_are_not_there(tmp_path):
    """[contacts] without a table of contacts would be without effect: it is refused."""
    folder = sites.write(tmp_path, mapping=sites.SYNTHETIC + '[contacts]\nrule = "gap_days"\n')
    with pytest.raises(iop.DataError, match="no_contacts_table"):
        iop.load(folder)


WRONG = {
    "rule = 'gap'": r'^mapping \[contacts\] rule: "gap" is not allowed\. Allowed: gap_days\.',
    "days = 10": r'^mapping \[contacts\] rule: "" is not allowed\.',
    "rule = 'gap_days'\ndays = 0": r"^mapping \[contacts\]: days must be a whole number above 0, as in days = 30\.$",
    "rule = 'gap_days'\nkinds = 3": r"^mapping \[contacts\] kinds: must be a list of texts",
    "rule = 'gap_days'\nday = 3": r'^mapping \[contacts\]: no key "day"\. Did you mean "days"\?',
}


@pytest.mark.parametrize("section", WRONG)
def test_the_vocabulary_is_closed(section):
    """What [contacts] does not know is refused with the nearest it does."""
    import tomllib

    from iop_outcomes.intake.mapping import read_mapping

    with pytest.raises(iop.DataError, match=WRONG[section]):
        read_mapping(tomllib.loads(f"[contacts]\n{section}\n"))
