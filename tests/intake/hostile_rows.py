"""Takes nothing, gives hostile rows: values, dates, episodes, labels that attack what shows them, and attacks on the machine."""

import csv
import io
from html.parser import HTMLParser
from pathlib import Path

from tests.intake import sites
from tests.intake.hostile import Hostile, cell, site, whole

MANY = 200_000


def _levels(name, *expected):
    """The column holds these levels exactly, as they were written."""
    from iop_outcomes.columns import Column

    return lambda data: set(expected) <= set(data.count([Column(name)]).levels(name))


def _ids(*ids):
    rows = sites.episodes()
    for row, name in enumerate(ids, start=1):
        rows = sites.planted(rows, row, "episode_id", name)
    return rows


def _tracks(*labels):
    """Every episode in one of these tracks, in turn."""
    rows = sites.episodes()
    for row in range(1, len(rows)):
        rows = sites.planted(rows, row, "track", labels[row % len(labels)])
    return rows


def _all(column, value, rows=None):
    rows = rows or sites.episodes()
    for row in range(1, len(rows)):
        rows = sites.planted(rows, row, column, value)
    return rows


def _wide(day, seen):
    """Episodes with a relapse beside each: its day, and whether it was seen."""
    return [[*row, *(("relapse_day", "relapse_observed") if i == 0 else (day, seen))] for i, row in enumerate(sites.episodes())]


def _more(column, value, rows=None):
    """The episodes with one more column."""
    return [[*row, column if i == 0 else value] for i, row in enumerate(rows or sites.episodes())]


def _items(*answers):
    """Scores of the PHQ-9 with a total of 9 and these answers to its nine items."""
    head = ["episode_id", "scale", "day", "score", *(f"phq9_{i}" for i in range(1, 10))]
    return [head, ["e00", "phq9", "0", "9", *answers]]


class _Elements(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.names, self.attributes = set(), set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.attributes |= {"javascript:" for _, value in attrs if (value or "").lower().startswith("javascript:")}


def _page(folder):
    return next(folder.glob("*.html")).read_text(encoding="utf-8")


def _quiet(folder):
    """The page has no script, no handler and no address of one."""
    found = _Elements(_page(folder))
    return "script" not in found.names and not any(name.startswith("on") or name == "javascript:" for name in found.attributes)


def _no_formula(folder):
    """No cell of the numbers begins as a formula does, unless it is a number."""
    rows = csv.reader(io.StringIO(next(folder.glob("*.csv")).read_text(encoding="utf-8")))
    cells = [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t"))]
    return all(text.replace(".", "").replace("-", "").replace("+", "").replace("e", "").isdigit() for text in cells)


def _says(*words):
    return lambda folder: all(word in _page(folder) for word in words)


def _inside(folder):
    return all(path.parent == folder and path.stem.replace("_", "").isalnum() for path in folder.iterdir())


def _notebook(_data, out):
    return ["notebook", "run", "01_program_quality", "-p", "x\nimport os=1", "-o", str(out)]


def _by(column):
    return lambda data, out: ["report", str(data), "-o", str(out), "--by", column]


def _yaml(folder):
    data = sites.write(folder, scores=None, events=None)
    (data / "mapping.toml").write_text("data: !!python/object/apply:os.system ['touch pwned']\n")
    return data


def _twice(folder):
    data = sites.write(folder, scores=None, events=None)
    (data / "mapping.toml").write_text(sites.SYNTHETIC + 'class = "public"\n')
    return data


def _long_mapping(folder):
    return sites.write(folder, mapping=sites.SYNTHETIC + "# " + "x" * 1_000_000, scores=None, events=None)


DATED = {"mapping": sites.DATED}
ZONES = (("2024-03-09", "2024-03-11"), ("2024-10-26", "2024-10-28"))
TWINS = [["episode_id", "patient_id", "track", "discharge_reason", "admit_date", "discharge_date"]]
TWINS += [[f"e{i}", f"p{i // 2}", "mood", "completed", f"2024-01-{1 + 5 * (i % 2):02}", f"2024-03-{1 + i % 2:02}"] for i in range(24)]
DEATH = [["episode_id", "event", "day", "days_after_discharge"], ["e00", "death", "", "10"], ["e00", "relapse", "", "20"]]
LONG = [f"e{i % 24:02},gad7,{i // 24},{i % 22}\n" for i in range(MANY)]

VALUES = [
    whole(25, "one episode", sites.episodes()[:2], page=_says("<html")),
    whole(27, "ids with zeros before them", _ids("00123", "123"), holds=_levels("episode_id", "00123", "123")),
    whole(28, "ids like numbers", _ids("1e5", "100000", "1E5"), holds=_levels("episode_id", "1e5", "100000", "1E5")),
    whole(
        29,
        "ids of 20 digits",
        _ids("12345678901234567890", "12345678901234567891"),
        holds=_levels("episode_id", "12345678901234567890", "12345678901234567891"),
    ),
    whole(30, "words that others read as missing", _tracks("NA", "None", "null"), holds=_levels("track", "NA", "None", "null")),
    whole(31, "a missing track", sites.planted(sites.episodes(), 4, "track", ""), holds=lambda data: None in _tally(data, "track")),
    Hostile(
        32,
        "a planned track without episodes",
        site(
            mapping=sites.SYNTHETIC
            + '[planned_days]\nrule = "by_column"\ncolumn = "track"\ndays = { mood = 28, trauma = 28, eating = 28 }\n'
        ),
    ),
    *(cell(33, f"a score of {text}", "phq9_admit", text, "not_whole_number") for text in ("inf", "-inf", "nan")),
    *(cell(34, f"a score of {text}", "phq9_admit", text, "out_of_range") for text in ("-1", "28", "99", "999")),
    cell(35, "a score of 12.5", "phq9_admit", "12.5", "not_whole_number", secret="12.5"),
    *(cell(36, f"a score of {text}", "phq9_admit", text, "not_whole_number", secret=text) for text in ("1_7", "17*", "١٧")),
    cell(37, "a score with spaces", "phq9_admit", " 17 "),
    Hostile(38, "a total that is not the sum of its items", site(scores=_items(*"111111110")), "item_sum", "scores.csv:2"),
    Hostile(
        39,
        "text in row 200,001",
        site(scores="episode_id,scale,day,score\n" + "".join(LONG) + "e00,gad7,9,seven\n"),
        "not_whole_number",
        f"scores.csv:{MANY + 2}",
        "score",
        secret="seven",
    ),
    Hostile(
        40,
        "a scale that never passes 24",
        site(scores=[["episode_id", "scale", "day", "score"], *([f"e{i % 24:02}", "phq9", str(i // 24), str(i % 25)] for i in range(96))]),
        note="instrument_version",
    ),
    Hostile(
        41,
        "stays in weeks",
        site(episodes=_all("los_days", "9", sites.dated()), mapping=sites.DATED),
        "stay_disagrees",
        "episodes.csv:2",
        "los_days",
    ),
    *(cell(42, f"a score of {text}", "phq9_admit", text, "not_whole_number", secret=text) for text in ("1234567890123456789", "1e308")),
    cell(43, "a date that may be two", "discharge_date", "02/03/2024", "invalid_date", secret="02/03/2024", **DATED),
    cell(44, "29 February 2023", "discharge_date", "2023-02-29", "invalid_date", secret="2023-02-29", **DATED),
    Hostile(
        45,
        "29 February 2024",
        site(
            episodes=_all("los_days", "1", _all("discharge_date", "2024-03-01", _all("admit_date", "2024-02-29", sites.dated()))), **DATED
        ),
    ),
    cell(46, "the year 9999", "discharge_date", "9999-12-31", "date_range", secret="9999-12-31", **DATED),
    *(
        cell(47, f"the placeholder {text}", "admit_date", text, "date_range", secret=text, **DATED)
        for text in ("0001-01-01", "1899-12-30", "1900-01-01")
    ),
    cell(48, "a day number of a spreadsheet", "admit_date", "45293", "invalid_date", secret="45293", **DATED),
    cell(49, "times with zones", "admit_date", "2024-01-02T23:30:00-05:00", "invalid_date", secret="23:30", **DATED),
    *(
        Hostile(
            50,
            f"clocks change after {start}",
            site(episodes=_all("los_days", "2", _all("discharge_date", end, _all("admit_date", start, sites.dated()))), **DATED),
        )
        for start, end in ZONES
    ),
    cell(51, "discharge before admission", "discharge_date", "2023-12-30", "discharge_before_admission", secret="2023-12-30", **DATED),
    cell(52, "an event before discharge", "days_after_discharge", "-7", "negative_day", table="events", secret="-7"),
    Hostile(53, "an event after death", site(events=DEATH), "event_after_death", "events.csv:3"),
    cell(53, "an event after the follow-up", "days_after_discharge", "201", "event_after_follow_up", table="events", secret="201"),
    cell(54, "admission after the cut-off", "admit_date", "2026-03-01", "date_range", secret="2026-03-01", **DATED),
    cell(55, "a stay of no day", "los_days", "0"),
    whole(56, "an event that is 2", _wide("30", "2"), "not_flag", line=2, column="relapse_observed"),
    whole(56, "an event that is yes", _wide("30", "yes"), "not_flag", line=2, column="relapse_observed"),
    whole(57, "the same row twice", [*sites.episodes(), sites.episodes()[3]], note="exact_copy", holds=lambda data: data.episodes == 24),
    whole(58, "the same id, other data", _ids("e05"), "duplicate_id", line=2, column="episode_id"),
    Hostile(59, "two stays of a person at once", site(episodes=TWINS, **DATED), note="overlapping_episodes"),
    whole(
        60,
        "two tracks in one episode",
        [*sites.episodes(), *sites.planted(sites.episodes(), 3, "track", "eating")[3:4]],
        "duplicate_id",
        line=4,
    ),
    cell(61, "an unknown word", "discharge_reason", "finished", "unknown_code", secret="finished"),
    cell(61, "a word in another case", "discharge_reason", "Completed", "unknown_code", secret='"Completed"'),
    cell(61, "a word with a space after it", "discharge_reason", "completed "),
    cell(61, "a track in another case", "track", "Mood", "similar_label", secret='"Mood"'),
    cell(61, "a track in letters that look alike", "track", "m\u043eod", "similar_label", secret="m\u043eod"),
    whole(62, "no score at discharge", _all("phq9_discharge", ""), page=_says("<html")),
    whole(63, "scores that are all the same", _all("phq9_discharge", "9", _all("phq9_admit", "9")), page=_says("<html")),
    whole(64, "no events", _wide("60", "0"), page=_says("<html")),
    whole(64, "events alone", _wide("60", "1"), page=_says("<html")),
    whole(
        65,
        "a track that tells the outcome",
        [
            row if i == 0 else [*row[:2], "completed" if row[1] == "mood" else "dropped_out", *row[3:]]
            for i, row in enumerate(sites.episodes())
        ],
        page=_says("<html"),
    ),
    whole(66, "more events than episodes", _wide("30", "3"), "not_flag", line=2, column="relapse_observed"),
    whole(67, "labels that are formulas", _tracks("=1+1", '=HYPERLINK("#a";"y")', "+cmd", "-1+1", "@SUM(A1)"), page=_no_formula),
    whole(
        67, "a formula behind a tab", sites.planted(sites.episodes(), 4, "track", "x\t=1+1"), "control_character", line=5, column="track"
    ),
    whole(68, "a script as a label", _tracks("<script>alert(1)</script>", "<img src=x onerror=alert(1)>"), page=_quiet),
    whole(69, "a label that leaves its attribute", _tracks('" onmouseover="alert(1)', "' onload='x", "javascript:alert(1)"), page=_quiet),
    whole(70, "a label that closes the page", _tracks("</style></svg></table><script>x</script>", "mood"), page=_quiet),
    whole(71, "labels that are formulas of mathematics", _tracks(r"$\badcmd$", "Cost $5 vs $10"), page=_says("$5 vs $10")),
    whole(72, "labels with an underscore before them", _tracks("_hidden", "mood"), page=_says("_hidden")),
    whole(
        73,
        "labels of other formats",
        _tracks("a | b", "# head", r"\input{x}", "`code`", "{{ 7 * 7 }}"),
        page=lambda folder: _says("{{ 7 * 7 }}", r"\input{x}")(folder),
    ),
    *(
        cell(74, name, "track", text, "control_character", secret=text)
        for name, text in {"letters the other way round": "mo\u202eod", "letters without width": "mo\u200bod"}.items()
    ),
    cell(74, "500 line ends", "track", "m" + "\n" * 500 + "d", "label_too_long"),
    cell(74, "a label of 100,000 characters", "track", "x" * 100_000, "label_too_long", secret="xxxxx"),
    whole(75, "a column that is a statement", _more('a"; drop table x; --', "x"), holds=lambda data: data.episodes == 24, note="not_read"),
    whole(
        76,
        "a label that is a call",
        _tracks("__import__('os').system('touch pwned')", "mood"),
        page=lambda folder: not list(Path().glob("pwned*")),
    ),
    Hostile(76, "a column that is a call", site(), "to group by", command=_by("__import__('os').system('touch pwned')")),
    Hostile(77, "a parameter that is a program", site(), "has no parameter", command=_notebook),
    Hostile(78, "a mapping in YAML", _yaml, "not valid TOML"),
    Hostile(78, "a mapping that says a thing twice", _twice, "stands twice"),
    Hostile(78, "a mapping of a megabyte", _long_mapping, "larger than"),
    Hostile(
        79,
        "an output above its folder",
        site(),
        command=lambda data, out: ["report", str(data), "-o", str(out / ".." / "out")],
        page=_inside,
    ),
    whole(79, "tracks that are paths", _tracks("../../etc/x", "CON", "a/b"), page=_inside),
]


def _tally(data, name):
    from iop_outcomes.columns import Column

    return data.count([Column(name)]).levels(name)
