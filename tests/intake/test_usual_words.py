"""Usual words of record systems, read as what they mean where a mapping lets them: rare ones too, without telling that they are there."""

import re
import tomllib
from pathlib import Path

import pytest

import iop_outcomes as iop
from iop_outcomes.columns import DISCHARGE_REASONS, EVENTS, SESSION_KINDS, SESSION_STATUSES
from iop_outcomes.intake import usual_words
from iop_outcomes.intake.propose import propose
from tests.intake import sites

TABLE = tomllib.loads((Path(usual_words.__file__).parent / "synonyms.toml").read_text(encoding="utf-8"))["codes"]
LISTS = {"discharge_reason": DISCHARGE_REASONS, "event": EVENTS, "status": SESSION_STATUSES, "kind": SESSION_KINDS}


def spelled(word):
    """A word as systems may write it."""
    return [word, word.title(), word.upper(), word.replace(" ", "_"), word.replace(" ", "-").capitalize() + "."]


def known(column):
    """Every spelling of every usual word of a column, and what it means."""
    words = TABLE["session_kind" if column == "kind" else column]
    return {text: to for to in LISTS[column] for word in (to, *words.get(to, ())) for text in spelled(word)}


def loaded(folder, table, column, cells, **mapping):
    """The column of a table as it is read: episodes with these cells, or one row for each cell of another table."""
    n = len(cells) if table == "episodes" else 1
    reasons = cells if column == "discharge_reason" else ["completed"] * n
    episodes = [["episode_id", "track", "discharge_reason", "los_days"], *([f"E{i}", "mood", each, "90"] for i, each in enumerate(reasons))]
    folder.mkdir(exist_ok=True)
    (folder / "episodes.csv").write_text(sites.text(episodes), encoding="utf-8")
    if table != "episodes":
        others = {"event": "relapse"} if table == "events" else {"status": "attended"}
        head = [*dict.fromkeys(["episode_id", "day", *others, column])]
        rows = [{"episode_id": "E0", "day": "80", **others, column: each} for each in cells]
        (folder / f"{table}.csv").write_text(sites.text([head, *([row[name] for name in head] for row in rows)]), encoding="utf-8")
    given = {"data": {"class": "synthetic", "known_words": [column]}, **mapping}
    with iop.load(folder, mapping=given) as data:
        rows = data.engine.connection.send(f"SELECT {column} FROM {table} ORDER BY iop_outcomes_row").fetchall()
        return [row[0] for row in rows], data.provenance.rules


@pytest.mark.parametrize(
    ("table", "column"), [("episodes", "discharge_reason"), ("events", "event"), ("sessions", "status"), ("sessions", "kind")]
)
def test_every_usual_word_is_read_as_what_it_means(tmp_path, table, column):
    """In any case and with any signs between its letters; Methods say so."""
    words = {text: to for text, to in known(column).items() if to != "active"}  # with a stay, an episode is not in care
    found, rules = loaded(tmp_path, table, column, list(words))
    assert sorted(found) == sorted(words.values()) and len(words) > 50
    assert f"in {column}, the usual words of record systems are read as what they mean" in rules


def test_a_code_of_the_mapping_wins(tmp_path):
    """Where a site means another thing by a usual word, its line holds."""
    found, _ = loaded(tmp_path, "episodes", "discharge_reason", ["AMA", "Ama", "Graduated"], codes={"discharge_reason": {"AMA": "other"}})
    assert found == ["other", "dropped_out", "completed"]


def test_what_is_no_usual_word_is_an_error(tmp_path):
    """So is every code where the mapping does not let usual words be read."""
    with pytest.raises(iop.DataError, match=r"discharge_reason: unknown_code: .*: 1 different code"):
        loaded(tmp_path, "episodes", "discharge_reason", ["AMA", "AMAS"])
    with pytest.raises(iop.DataError, match="discharge_reason: unknown_code"):
        loaded(tmp_path, "episodes", "discharge_reason", ["AMA"], data={"class": "synthetic"})


def test_columns_that_have_no_such_list(tmp_path):
    """Named with those that have."""
    with pytest.raises(
        iop.DataError,
        match=r'\[data\] known_words: "track" is not allowed. Allowed: discharge_reason, event, kind, moment, planned, status',
    ):
        loaded(tmp_path, "episodes", "discharge_reason", ["AMA"], data={"class": "synthetic", "known_words": ["track"]})


def test_the_kind_of_an_event_is_the_sites_own(tmp_path):
    """The list of kinds is that of sessions; what a site calls its events stays as it is."""
    found, _ = loaded(tmp_path, "events", "kind", ["group therapy", "Peer"])
    assert found == ["group therapy", "Peer"]


def test_a_proposal_does_not_tell_whether_a_rare_word_is_there(tmp_path):
    """With two who died, two of a code that nobody knows in their place: the same text, letter by letter, and one that reads the first."""
    texts = []
    for name, rare in (("known", "Deceased"), ("unknown", "Zonk")):
        rows = [["episode_id", "track", "DC Reason", "los_days"]]
        rows += [[f"E{i}", "mood", "Tx Complete" if i > 1 else rare, "20"] for i in range(40)]
        folder = tmp_path / name / "program"
        folder.mkdir(parents=True)
        (folder / "episodes.csv").write_text(sites.text(rows), encoding="utf-8")
        texts.append(propose(folder).text)
    assert texts[0] == texts[1] and 'known_words = ["discharge_reason"]' in texts[0]
    assert not re.search("(?i)deceased|zonk|died(?!,)", texts[0])
    (tmp_path / "known" / "program" / "mapping.toml").write_text(texts[0], encoding="utf-8")
    with iop.load(tmp_path / "known" / "program") as data:
        rows = data.engine.connection.send("SELECT count(*) FROM episodes WHERE discharge_reason = 'died'").fetchall()
    assert rows == [(2,)]
