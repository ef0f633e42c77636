"""mapping.toml is a closed vocabulary: what it does not know is refused with the name and the nearest one it does."""

import datetime as dt
import re
import tomllib
from dataclasses import replace

import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.cli import run
from iop_outcomes.columns import Column
from iop_outcomes.errors import EXIT_USAGE, DataError
from iop_outcomes.intake.mapping import ColumnRule, ContactRule, Mapping, read_mapping
from iop_outcomes.intake.toml_files import MAX_BYTES
from tests.intake import sites

FULL = """
[data]
class = "limited_data_set"
cutoff = 2025-09-30
los_convention = "inclusive"
delimiter = ";"

[tables]
scores = "more/phq.csv"

[columns.episodes]
track = "Program"
phq9_admit = "PHQ Start"

[columns.scores]
day = "Days In"

[codes.discharge_reason]
"1" = "completed"
"7" = "died"

[codes.planned]
"yes" = "1"

[missing]
all = ["NA"]
payer = "-9"

[covariates]
housing = "category"
prior_admissions = "integer"

[discharge_reason]
rule = "stay_at_least_planned"

[planned_days]
rule = "by_column"
column = "track"
days = { mood = 28, trauma = 42 }

[contacts]
rule = "gap_days"
days = 14
kinds = ["group"]

[follow_up_days]
rule = "to_cutoff"
"""


def test_every_section_is_read(tmp_path):
    """Each section and each rule of the vocabulary, from a file."""
    path = tmp_path / "mapping.toml"
    path.write_text(FULL)
    mapping = read_mapping(path)
    assert mapping == Mapping(
        data_class="limited_data_set",
        declared=True,
        cutoff="2025-09-30",
        los_convention="inclusive",
        delimiter=";",
        tables={"scores": "more/phq.csv"},
        columns={"episodes": {"track": "Program", "phq9_admit": "PHQ Start"}, "scores": {"day": "Days In"}},
        codes={"discharge_reason": {"1": "completed", "7": "died"}, "planned": {"yes": "1"}},
        missing={"all": ("NA",), "payer": ("-9",)},
        covariates={"housing": "category", "prior_admissions": "integer"},
        rules=(
            ColumnRule("discharge_reason", "stay_at_least_planned"),
            ColumnRule("planned_days", "by_column", {"column": "track", "days": {"mood": 28, "trauma": 42}}),
            ColumnRule("follow_up_days", "to_cutoff"),
        ),
        contacts=ContactRule("gap_days", 14, ("group",)),
        folder=tmp_path,
        name="mapping.toml",
        sha256=mapping.sha256,
    )
    assert re.fullmatch("[0-9a-f]{64}", mapping.sha256)


def test_dicts_say_the_same_as_files(tmp_path):
    """The dict form is the parsed file: the same mapping but for its folder, name and fingerprint."""
    path = tmp_path / "mapping.toml"
    path.write_text(FULL)
    read, given = read_mapping(path), read_mapping(tomllib.loads(FULL))
    assert replace(read, folder=None, name="mapping", sha256=given.sha256) == given


def test_nothing_declared_is_the_strictest():
    """No mapping: canonical names, safe_harbor, not declared."""
    assert read_mapping(None) == Mapping() and Mapping().data_class == "safe_harbor" and not Mapping().declared
    assert read_mapping({"data": {}}).data_class == "safe_harbor"
    assert read_mapping({"data": {"class": "safe_harbor"}}).declared


SECTIONS = "adapter, age_group, changes, codes, columns, constants, contacts, covariates, data, databases, date_format, discharge_reason, episode_id, follow_up_days, leave_out, missing, occasions, planned_days, program, referral_mean, report, tables, targets, text"
WRONG = {
    "unknown section": ("[colums.episodes]\n", f'm.toml: no section "colums". Did you mean "columns"? Allowed: {SECTIONS}.'),
    "unknown key": (
        '[data]\nclas = "public"\n',
        'm.toml [data]: no key "clas". Did you mean "class"? Allowed: class, counts, counts_of, cutoff, date_format, delimiter, known_words, layout, los_convention, part2_tracks, scales.',
    ),
    "unknown class": (
        '[data]\nclass = "limited"\n',
        'm.toml [data] class: "limited" is not allowed. Did you mean "limited_data_set"? Allowed: limited_data_set, public, safe_harbor, synthetic.',
    ),
    "a class that is a list": (
        '[data]\nclass = ["public"]\n',
        'm.toml [data] class: "[\'public\']" is not allowed. Did you mean "public"? Allowed: limited_data_set, public, safe_harbor, synthetic.',
    ),
    "unknown convention": (
        '[data]\nlos_convention = "inclusiv"\n',
        'm.toml [data] los_convention: "inclusiv" is not allowed. Did you mean "inclusive"? Allowed: difference, inclusive, last_contact, teds_codes.',
    ),
    "unknown delimiter": (
        '[data]\ndelimiter = "#"\n',
        'm.toml [data] delimiter: is none of the separators. Allowed: ",", ";", "\\t", "|".',
    ),
    "cut-off in another order": ('[data]\ncutoff = "30.09.2025"\n', 'm.toml [data] cutoff: must be a date such as "2025-09-30".'),
    "cut-off without dashes": ("[data]\ncutoff = 20250930\n", 'm.toml [data] cutoff: must be a date such as "2025-09-30".'),
    "cut-off that is no day": ('[data]\ncutoff = "2025-02-29"\n', 'm.toml [data] cutoff: must be a date such as "2025-09-30".'),
    "cut-off with a time": ("[data]\ncutoff = 2025-09-30T10:00:00\n", 'm.toml [data] cutoff: must be a date such as "2025-09-30".'),
    "data is a word": ('data = "public"\n', "m.toml: data must be a table, as in [data]."),
    "codes is a word": ('codes = "x"\n', "m.toml: codes must be a table, as in [codes]."),
    "codes of a column is a word": ('[codes]\ntrack = "x"\n', "m.toml: track must be a table, as in [track]."),
    "unknown table": (
        '[tables]\nepisode = "a.csv"\n',
        'm.toml [tables]: no table "episode". Did you mean "episodes"? Allowed: contacts, episodes, events, scores, sessions.',
    ),
    "a path that is a number": (
        "[tables]\nepisodes = 3\n",
        'm.toml [tables] episodes: must be text in quotes, as in "admissions.csv", or a list of different files, as in ["2023.csv", "2024.csv"].',
    ),
    "columns of an unknown table": (
        '[columns.score]\nday = "d"\n',
        'm.toml [columns]: no table "score". Did you mean "scores"? Allowed: contacts, episodes, events, scores, sessions.',
    ),
    "a column that is a number": (
        "[columns.episodes]\ntrack = 3\n",
        'm.toml [columns.episodes]: track must be text in quotes, as in track = "name".',
    ),
    "a code that is a number": (
        "[codes.discharge_reason]\ndone = 1\n",
        'm.toml [codes.discharge_reason]: done must be text in quotes, as in done = "name".',
    ),
    "a code for a word that does not exist": (
        '[codes.event]\n"3" = "relaps"\n',
        (
            'm.toml [codes.event] 3: "relaps" is not allowed. Did you mean "relapse"? Allowed: death, emergency_visit, follow_up_contact, '
            "next_level_of_care, readmission_other, readmission_psychiatric, relapse."
        ),
    ),
    "a code for a flag": ('[codes.planned]\ny = "yes"\n', 'm.toml [codes.planned] y: "yes" is not allowed. Allowed: 0, 1.'),
    "missing codes that are numbers": ("[missing]\nall = [-9]\n", 'm.toml [missing] all: must be a list of texts, as in ["NA", "-9"].'),
    "a missing code that is a number": ("[missing]\nall = -9\n", 'm.toml [missing] all: must be a list of texts, as in ["NA", "-9"].'),
    "unknown kind of covariate": (
        '[covariates]\nhousing = "text"\n',
        'm.toml [covariates] housing: "text" is not allowed. Allowed: category, integer.',
    ),
    "a covariate that is declared already": (
        '[covariates]\ntrack = "category"\n',
        'm.toml [covariates]: "track" is a column already, and needs no declaration.',
    ),
    "unknown rule": (
        '[discharge_reason]\nrule = "stay_at_least_plan"\n',
        'm.toml [discharge_reason] rule: "stay_at_least_plan" is not allowed. Did you mean "stay_at_least_planned"? Allowed: stay_at_least_planned.',
    ),
    "no rule": ("[follow_up_days]\n", 'm.toml [follow_up_days] rule: "" is not allowed. Allowed: to_cutoff.'),
    "a key the rule does not have": (
        '[planned_days]\nrule = "constant"\ndays = 28\nday = 2\n',
        'm.toml [planned_days]: no key "day". Did you mean "days"? Allowed: days.',
    ),
    "a key the rule needs": ('[planned_days]\nrule = "by_column"\ncolumn = "track"\n', "m.toml [planned_days]: rule by_column needs days."),
    "a constant that is a table": (
        '[planned_days]\nrule = "constant"\ndays = { a = 3 }\n',
        "m.toml [planned_days]: days must be a whole number above 0, as in days = 84.",
    ),
    "a constant of 0": (
        '[planned_days]\nrule = "constant"\ndays = 0\n',
        "m.toml [planned_days]: days must be a whole number above 0, as in days = 84.",
    ),
    "a constant that is true": (
        '[planned_days]\nrule = "constant"\ndays = true\n',
        "m.toml [planned_days]: days must be a whole number above 0, as in days = 84.",
    ),
    "one number for a column": (
        '[planned_days]\nrule = "by_column"\ncolumn = "track"\ndays = 28\n',
        "m.toml [planned_days]: days must name a whole number above 0 for each word, as in days = { short = 90, long = 180 }.",
    ),
    "no word at all": (
        '[planned_days]\nrule = "by_column"\ncolumn = "track"\ndays = {}\n',
        "m.toml [planned_days]: days must name a whole number above 0 for each word, as in days = { short = 90, long = 180 }.",
    ),
    "a part of a day": (
        '[planned_days]\nrule = "by_column"\ncolumn = "track"\ndays = { a = 28.5 }\n',
        "m.toml [planned_days]: days must name a whole number above 0 for each word, as in days = { short = 90, long = 180 }.",
    ),
    "a column that is no text": (
        '[planned_days]\nrule = "by_column"\ncolumn = 3\ndays = { a = 28 }\n',
        'm.toml [planned_days]: column must be text in quotes, as in column = "name".',
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said_exactly(tmp_path, name):
    """The whole message, for a file and for the same dict."""
    text, message = WRONG[name]
    path = tmp_path / "m.toml"
    path.write_text(text)
    with pytest.raises(DataError) as caught:
        read_mapping(path)
    assert str(caught.value) == message
    with pytest.raises(DataError) as caught:
        read_mapping(tomllib.loads(text))
    assert str(caught.value) == message.replace("m.toml", "mapping", 1)


UNREADABLE = {
    "a key twice": (
        b'[data]\nclass = "public"\nclass = "synthetic"\n',
        r"m\.toml: a key or a section stands twice \(.*line 3.*\)\. Keep one of the two\.",
    ),
    "a key twice, once with a dot": (b'[data]\nclass = "public"\n"class" = "synthetic"\n', r"m\.toml: a key or a section stands twice .*"),
    "a section twice": (b"[data]\n[missing]\n[data]\n", r"m\.toml: a key or a section stands twice \(.*line 3.*\)\. Keep one of the two\."),
    "no TOML": (b"class: synthetic\n", r"m\.toml: not valid TOML \(.*line 1.*\)\. Correct that line\."),
    "no UTF-8": (b'[data]\nclass = "\xe9"\n', r"m\.toml: mapping is not UTF-8 text\. Save it as UTF-8\."),
    "nested without end": (b"a = " + b"[" * 50_000, r"m\.toml: not valid TOML .*"),
    "too large": (b"#" * (MAX_BYTES + 1), r"m\.toml: larger than 1,000,000 bytes\. A mapping is a short text\."),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read(tmp_path, name):
    """A file that is not TOML, or too large to be a mapping, is one line naming the file."""
    content, message = UNREADABLE[name]
    path = tmp_path / "m.toml"
    path.write_bytes(content)
    with pytest.raises(DataError) as caught:
        read_mapping(path)
    assert re.fullmatch(message, str(caught.value)), str(caught.value)


def test_a_mapping_that_is_not_there(tmp_path):
    """A missing mapping, or a folder in its place, is named."""
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(DataError, match=rf"^{path.name}: mapping cannot be read \(.+\)\. Check the path\.$"):
            read_mapping(path)


def test_a_mark_at_the_start_and_dates_as_toml_writes_them(tmp_path):
    """Files saved with a byte order mark are read; a cut-off may be a TOML date or a text."""
    path = tmp_path / "mapping.toml"
    path.write_bytes(b'\xef\xbb\xbf[data]\ncutoff = "2025-09-30"\n')
    assert read_mapping(path).cutoff == read_mapping({"data": {"cutoff": dt.date(2025, 9, 30)}}).cutoff == "2025-09-30"


UNKNOWN_NAMES = {
    "[columns.episodes]\ntrak = 'Program'\n": r'mapping\.toml \[columns\.episodes\]: no column "trak"\. Did you mean "track"\? Allowed: .*',
    "[columns.scores]\nlos_days = 'x'\n": r'mapping\.toml \[columns\.scores\]: no column "los_days"\. .*',
    "[codes.discharge_reasons]\na = 'completed'\n": r'mapping\.toml \[codes\]: no column "discharge_reasons"\. Did you mean "discharge_reason"\? .*',
    "[missing]\nphq9_admid = ['-9']\n": r'mapping\.toml \[missing\]: no column "phq9_admid"\. Did you mean "phq9_admit"\? .*',
}


@pytest.mark.parametrize("section", UNKNOWN_NAMES)
def test_names_of_columns_that_do_not_exist(tmp_path, section):
    """A slip of the pen in a column's name is an error, not a section without effect."""
    data = sites.write(tmp_path, mapping=sites.SYNTHETIC + section)
    with pytest.raises(DataError) as caught:
        iop.load(data)
    assert re.fullmatch(UNKNOWN_NAMES[section], str(caught.value)), str(caught.value)


NOT_THERE = {
    "[columns.episodes]\ntrack = 'Program'\n": ("Program", "the mapping names this column for track"),
    "[columns.episodes]\npayer = 'Insurer'\n": ("Insurer", "the mapping names this column for payer"),
    "[covariates]\nhousing = 'category'\n": ("housing", "this column is needed"),
    "[planned_days]\nrule = 'by_column'\ncolumn = 'site'\ndays = { north = 28 }\n": ("site", "this column is needed"),
}


@pytest.mark.parametrize("section", NOT_THERE)
def test_columns_that_are_not_in_the_file(tmp_path, section):
    """What the mapping names must stand in the file; it is named once, as the mapping does."""
    data = sites.write(tmp_path, mapping=sites.SYNTHETIC + section)
    column, message = NOT_THERE[section]
    with pytest.raises(DataError) as caught:
        iop.load(data)
    assert str(caught.value).startswith(f"episodes.csv: {column}: missing_column: {message}")
    assert len(caught.value.findings) == 1


def test_a_wrong_mapping_ends_the_command_with_2(tmp_path, capsys):
    """One line on standard error."""
    data = sites.write(tmp_path, mapping="[colums]\n")
    for command in ("summary", "report", "check"):
        assert run([command, str(data)]) == EXIT_USAGE
        shown = capsys.readouterr()
        assert shown.out == "" and shown.err == f'error: mapping.toml: no section "colums". Did you mean "columns"? Allowed: {SECTIONS}.\n'


def test_the_mapping_beside_the_data_is_found(tmp_path):
    """For a folder and for a file of episodes; one that is named wins over it."""
    data = sites.write(tmp_path / "a")
    other = tmp_path / "other.toml"
    other.write_text('[data]\nclass = "public"\n')
    for source in (data, str(data), data / "episodes.csv"):
        with iop.load(source) as loaded:
            assert loaded.data_class == "synthetic"
    with iop.load(data, mapping=other) as loaded:
        assert loaded.data_class == "public"
    with iop.load(data, mapping={"data": {"class": "limited_data_set"}}) as loaded:
        assert loaded.data_class == "limited_data_set"


def test_a_file_of_episodes_comes_without_its_neighbours(tmp_path):
    """The file alone is the episodes alone, unless the mapping names the other tables."""
    data = sites.write(tmp_path)
    with iop.load(data / "episodes.csv") as loaded:
        assert [flow.what for flow in loaded.flow] == ["episodes"]


def test_tables_are_found_where_the_mapping_says(tmp_path):
    """Paths start at the mapping's own folder and win over names in the folder."""
    data = sites.write(tmp_path / "data", mapping=None)
    (data / "scores.csv").rename(tmp_path / "phq.csv")
    sites.write(tmp_path / "decoy")
    (data / "mapping.toml").write_text(sites.SYNTHETIC + '[tables]\nscores = "../phq.csv"\nevents = "../decoy/events.csv"\n')
    with iop.load(data) as loaded:
        assert [(source.table, source.name, source.rows) for source in loaded.provenance.sources] == [
            ("episodes", "episodes.csv", 24),
            ("scores", "phq.csv", 48),
            ("events", "events.csv", 12),
        ]
    (data / "mapping.toml").write_text(sites.SYNTHETIC + '[tables]\nscores = "../gad.csv"\n')
    with pytest.raises(DataError, match=r"^\.\./gad\.csv: no_such_file: \[tables\] scores names a file that is not there"):
        iop.load(data)


def test_the_dict_gives_the_same_counts_as_the_file(tmp_path):
    """The same program under the same mapping, from a file and from a dict."""
    text = sites.SYNTHETIC + '[codes.track]\nmood = "Mood"\n[planned_days]\nrule = "constant"\ndays = 30\n'
    data = sites.write(tmp_path, mapping=text)
    requests = [Column("track"), Column("planned_days"), Column("discharge_reason")]
    with iop.load(data) as file, iop.load(data, mapping=tomllib.loads(text)) as given:
        assert list(file.count(requests)) == list(given.count(requests))
        assert file.count(requests).levels("track") == ("Mood", "trauma")


# -- what a site knows of its referrals -----------------------------------------------------------------------------


def _small(mapping):
    episodes = pd.DataFrame({"episode_id": ["e"], "track": "mood", "discharge_reason": "completed", "los_days": [3]})
    return iop.load(episodes, mapping={"data": {"class": "synthetic"}, **mapping})


def test_the_mean_of_all_who_are_referred():
    """[referral_mean] gives a scale the mean of a site's referrals, in points; the others have none."""
    with _small({"referral_mean": {"phq9": 14.5, "gad7": 12}}) as data:
        assert (data.scales["phq9"].referral_mean, data.scales["gad7"].referral_mean, data.scales["pcl5"].referral_mean) == (14.5, 12, None)
    with _small({}) as data:
        assert all(scale.referral_mean is None for scale in data.scales.values())


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"phq": 14}, 'no scale "phq"'),
        ({"phq9": 27.5}, "referral_mean] phq9: outside the range of PHQ-9. Allowed: 0 to 27"),
        ({"phq9": "14"}, "phq9 must be a number"),
        ({"phq9": True}, "phq9 must be a number"),
        ({"phq9": float("nan")}, "phq9 must be a number"),
    ],
)
def test_a_referral_mean_that_cannot_be(given, says):
    """An unknown scale, a mean off the scale, and what is no number."""
    with pytest.raises(DataError) as caught:
        _small({"referral_mean": given})
    assert says in str(caught.value)
