"""Takes every source that measures cite and a few answers, gives proof that each is a reference and that the paragraph says what was done."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.show import references
from iop_outcomes.show.references import NO_REFERENCE, bibtex, references_of, shipped
from tests.declared import every_measure

FILE = Path(references.__file__).with_name("references.toml")
NEEDED = {
    "article": {"author", "title", "journal", "year"},
    "book": {"author", "title", "publisher", "year"},
    "manual": {"title"},
    "misc": {"title"},
}


def parsed(text):
    """Entries of a BibTeX file, by a small reader of its grammar: @type{key, name = {value with {braces}}, ...}."""
    entries, place = [], 0

    def braced(start):
        assert text[start] == "{"
        depth = 0
        for end in range(start, len(text)):
            escaped = text[end - 1] == "\\"
            depth += (text[end] == "{" and not escaped) - (text[end] == "}" and not escaped)
            if depth == 0:
                return end
        raise AssertionError("a brace is not closed")

    while (match := re.compile(r"\s*@(\w+)\{([^,\s]+),").match(text, place)) is not None:
        kind, key, place, fields = match[1], match[2], match.end(), {}
        while (named := re.compile(r"\s*(\w+) = (?=\{)").match(text, place)) is not None:
            end = braced(named.end())
            assert named[1] not in fields
            fields[named[1]] = text[named.end() + 1 : end]
            assert text[end + 1] == ","
            place = end + 2
        close = re.compile(r"\s*\}").match(text, place)
        assert close, f"{key} is not closed"
        place = close.end()
        entries.append((kind, key, fields))
    assert text[place:].strip() == ""
    return entries


def cited():
    """Every source of every measure in every definition."""
    return sorted({source for measure in every_measure().values() for source in measure.sources})


def test_every_source_resolves():
    """To a reference of the file, to an address that can be followed, or to words that explain themselves."""
    known = {each.key for each in shipped()}
    for source in cited():
        works = references_of([source])
        if source.startswith(NO_REFERENCE):
            assert works == ()
        else:
            assert works and all(each.key in known or each.url.startswith("http") for each in works), source


def test_a_doi_in_a_source_is_that_of_its_reference():
    """And an ISBN; a source without either is found by its words, and one that nobody knows stays as it is."""
    for source in cited():
        numbers = re.findall(r"doi:(\S+)|ISBN (\S+)", source)
        for (work,) in (references_of([source]),) if numbers else ():
            assert numbers == [(work.doi, "")] or numbers == [("", work.isbn)]
    (own,) = references_of(["Our clinic, {1998} & later"])
    assert (own.key, own.title, own.doi) == ("our_clinic_1998_later", "Our clinic, {1998} & later", "")
    assert r"Our clinic, \{1998\} \& later" in own.bibtex()


def test_a_longer_doi_is_another_work():
    """A DOI that only begins alike is not taken for the known one."""
    (work,) = references_of(["Somebody (2001), doi:10.1002/sim.36979"])
    assert work.doi == "10.1002/sim.36979" and work.key != "austin2009"


def test_the_file_is_sorted_and_every_entry_is_needed():
    """Keys in order, each once; each is cited by a measure or by a method; a DOI is a DOI."""
    keys = [line[1:-1] for line in FILE.read_text(encoding="utf-8").splitlines() if line.startswith("[")]
    assert keys == sorted(set(keys)) == [each.key for each in shipped()]
    by_sources = {each.key for each in references_of(cited())}
    assert all(each.key in by_sources or each.methods for each in shipped())
    assert all(re.fullmatch(r"10\.\d{4,9}/\S+", each.doi) for each in shipped() if each.doi)
    names = {
        "type",
        "authors",
        "title",
        "year",
        "journal",
        "publisher",
        "edition",
        "volume",
        "number",
        "pages",
        "doi",
        "isbn",
        "note",
        "cited",
        "methods",
    }
    assert {name for facts in tomllib.loads(FILE.read_text(encoding="utf-8")).values() for name in facts} <= names


def test_the_bibtex_of_everything_parses():
    """Keys unique and sorted, the fields that each type needs, every DOI as it is."""
    works = references_of(cited(), [method for each in shipped() for method in each.methods])
    entries = parsed(bibtex(works))
    keys = [key for _, key, _ in entries]
    assert keys == sorted(set(keys)) == [each.key for each in works]
    for (kind, _, fields), work in zip(entries, works, strict=True):
        assert NEEDED[kind] <= set(fields)
        assert fields.get("doi", "") == work.doi
        assert len(re.split(r" and (?![^{]*\})", fields.get("author", ""))) == max(len(work.authors), 1)


def test_the_small_reader_refuses_what_is_no_bibtex():
    """The reader itself, on entries that are broken by hand."""
    assert parsed("@misc{a,\n  title = {{B {c} d}},\n}\n") == [("misc", "a", {"title": "{B {c} d}"})]
    for broken in ("@misc{a,\n  title = {b,\n}\n", "@misc{a,\n  title = {b}\n}\n", "misc{a}", "@misc{a,\n title = {b},\n title = {c},\n}"):
        with pytest.raises(AssertionError):
            parsed(broken)


def test_the_paragraph_says_what_was_done(synthetic):
    """Counts are the released ones; intervals, patients, comparisons, tests, policy and version each have their sentence and source."""
    answer = iop.compare(synthetic, measure="readmission", by="track")
    methods = answer.methods()
    released = answer.release()
    flow = next(each for each in released.flow if each.what.startswith("cumulative_incidence"))
    text = str(methods)
    assert f"Of {flow.rows_in:,} episodes {flow.used:,} were used" in text
    assert "died in care (not shown)" in text and "follow-up not known (50)" in text
    for words in (
        "by track",
        "Intervals are at the 95% level: log-log (Kalbfleisch and Prentice 2002)",
        "clustered by patient",
        "Over all groups: log-rank test",
        "all the other groups together by MOVER (Zou and Donner 2008)",
        "0.95 to the power of 1/K, here 98.98%",  # five tracks: 0.95 ** (1 / 5) = 0.98979
        "(Šidák 1967)",
        "over the table of those at risk (Morris et al. 2019)",
        "Disclosure control (cms11)",
        f"Computed with {answer.results.provenance.package}",
        "cut on 2025-09-30",
    ):
        assert words in text
    keys = [each.key for each in methods.references]
    assert keys == sorted(keys) and {"aalen1978", "cbe2860", "zou2008", "sidak1967", "morris2019"} <= set(keys)
    assert [key for _, key, _ in parsed(methods.bibtex())] == keys


def test_the_paragraph_at_its_edges(synthetic):
    """Nobody compared, several numbers of one base, chosen episodes, no patients, an exact interval, nothing to withhold."""
    chosen = iop.completion(synthetic.where(track="psychosis"))
    alone = str(chosen.methods())
    assert chosen.references() == chosen.methods().references
    assert "(not shown)" in alone and "(not shown)" not in str(chosen.methods(policy="internal"))
    assert "of episodes with track psychosis" in alone and "compared" not in alone and "Wilson score (Wilson 1927)" in alone
    change = str(iop.symptom_change(synthetic, scale="phq9").methods())
    assert "Among discharged episodes with both scores" in change and "mean PHQ-9 at admission" in change
    frame = {"episode_id": [f"e{i}" for i in range(20)], "track": "a", "discharge_reason": "completed", "los_days": 3, "follow_up_days": 90}
    with iop.load(pd.DataFrame(frame | {"relapse_day": None, "relapse_observed": 0}), mapping={"data": {"class": "public"}}) as data:
        text = str(iop.relapse(data, definition="any_use", at=(30,)).methods())
    assert "none was left out" in text and "episodes are taken as independent" in text and "exact (Clopper and Pearson 1934)" in text


def test_effect_sizes_are_named_and_a_title_is_read_as_english(synthetic):
    """A paper of effect sizes said nothing of them; "Effect sizes ... was", and "Of not shown episodes"."""
    sizes = str(iop.effect_sizes(synthetic, scale="phq9").methods())
    assert sizes.startswith("We assessed effect sizes of the change in PHQ-9 by episode.")
    assert "d_z, mean change divided by the SD of the changes, which is t / sqrt(n);" in sizes
    assert "Effect sizes:" not in str(iop.completion(synthetic).methods())
    assert "We assessed change in PHQ-9, missing discharge scores allowed for, by episode." in str(
        iop.missing_scores(synthetic, scale="phq9").methods()
    )
    by_track = str(iop.symptom_change(synthetic, scale="phq9", by="track").methods())
    assert "Of a number of episodes that is not shown 817 were used" in by_track or "Of 1,200 episodes 817 were used" in by_track


def test_of_one_episode_the_paragraph_is_in_the_singular():
    """And where it is not shown how many were used, it says so."""
    frame = {"episode_id": ["e"], "track": "a", "discharge_reason": "completed", "los_days": 3}
    with iop.load(pd.DataFrame(frame), mapping={"data": {"class": "public"}}) as data:
        answer = iop.completion(data)
        assert "Of 1 episode 1 was used; none was left out." in str(answer.methods(policy="internal"))
        assert "how many were used is not shown" in str(answer.methods())


def test_a_table_one_has_its_paragraph(synthetic):
    """What its differences are, with the works that its definitions cite, in words and as BibTeX."""
    methods = iop.table_one(synthetic, by="track").methods()
    assert str(methods).startswith("Characteristics at admission are given by track.")
    assert "SMD: the absolute standardised difference" in str(methods) and "Disclosure control (cms11)" in str(methods)
    assert "austin2009" in {key for _, key, _ in parsed(methods.bibtex())}
