"""Takes what a site calls a column or writes as a code, gives the canonical name or word it most likely stands for, and how that is known."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import Literal

from iop_outcomes.columns import BY_PATIENT, EVENTS, KINDS, Field
from iop_outcomes.intake.privacy import identifier_named
from iop_outcomes.intake.usual_words import known_words, squashed, table_of_synonyms, words_of
from iop_outcomes.scales import Scale

How = Literal["name", "synonym", "guess"]
LIKE = 0.8  # of difflib: below, more guesses are wrong than right
SHORTEST_GUESS = 5  # letters
SHORTEST_WORD = 3  # letters of a known word inside a longer code
_REST = ("other", "unknown", "active", "scheduled")  # words for what is left: a longer code that holds one says something else
_DENIES = {"no", "not", "non", "never", "without", "before", "prior", "un", "in", "didn", "refused", "unable"}
_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_MAY_BE = {("events", "kind"): "event"}
_BESIDE = "beside"
# What the date of a readmission beside an episode, or the days to it, most likely are, which a person must say.
READMITTED = READMITTED_ON, READMITTED_AFTER = "readmission_psychiatric_date", "readmission_psychiatric_days_after"
_READMITTED = ("readmissiondate", "dateofreadmission", "datereadmitted")
_OF_DAYS = {
    "day",
    "days",
    "to",
    "till",
    "until",
    "from",
    "since",
    "after",
    "post",
    "discharge",
    "first",
    "next",
    "of",
    "number",
    "between",
    "and",
    "time",
    "interval",
}
_RANGE = re.compile(r"[(\[{]\s*\d+\s*(?:-|\u2013|to)\s*\d+\s*[)\]}]")  # of its points, as in GAD7 score (0-21)


@dataclass(frozen=True, slots=True)
class Match:
    """What a column or a code most likely is.

    Parameters
    ----------
    column : str
        What the site calls it.
    to : str
        The canonical name or word.
    how : {"name", "synonym", "guess"}
        By its name however it is spaced, by the table of synonyms, or by a likeness that a person must check.
    """

    column: str
    to: str
    how: How


def identifier_called(name: str) -> str:
    """What identifier a column is named like, abbreviations written out; "" where it is none.

    Examples
    --------
    >>> identifier_called("Pt Name"), identifier_called("Pt Ref")
    ('a name', '')
    """
    return identifier_named([name, " ".join(_whole_words(name))], "safe_harbor")


def spelled_out(text: str) -> str:
    """A name with the abbreviations of record systems written out, squashed.

    Examples
    --------
    >>> spelled_out("DC Dispo"), spelled_out("dischDt"), spelled_out("D/C Date")
    ('dischargedisposition', 'dischargedate', 'dischargedate')
    """
    return "".join(_whole_words(text))


def _whole_words(text: str) -> list[str]:
    words = _WORD.findall(re.sub(r"(?i)\bd\s*/\s*c\b", "dc", text))
    return [_abbreviations().get(word.lower(), word.lower()) for word in words]


@cache
def _abbreviations() -> Dictionary[str, str]:
    table = table_of_synonyms()["abbreviations"]
    return {short: word for word, others in table.items() if word != _BESIDE for short in others}


def _without_what_says_nothing(text: str) -> str:
    """A name without words such as "code" or "description" behind it, spelled out; "" where it has none of them."""
    words = _whole_words(text)
    kept = list(words)
    while len(kept) > 1 and kept[-1] in table_of_synonyms()["abbreviations"][_BESIDE]:
        kept.pop()
    return "".join(kept) if len(kept) < len(words) else ""


def table_called(name: str) -> str:
    """The canonical table that a file of this name holds, or "".

    Examples
    --------
    >>> table_called("Sessions"), table_called("budget")
    ('sessions', '')
    >>> table_called("Readmit List 2024")
    'events'
    """
    plain, known = spelled_out(re.sub(r"\d+", " ", name)), table_of_synonyms()["tables"]
    return next((table for table in KINDS if plain in map(spelled_out, (table, *known.get(table, ())))), "")


def table_mentioned(name: str) -> str:
    """The canonical table that one of the words of a name speaks of, where they speak of one alone.

    Examples
    --------
    >>> table_mentioned("outcome surveys 2025"), table_mentioned("admissions and readmissions")
    ('scores', '')
    """
    known = table_of_synonyms()["tables"]
    words = set(_whole_words(name))
    tables = [table for table in KINDS if words & set(map(spelled_out, (table, *known.get(table, ()))))]
    return tables[0] if len(tables) == 1 else ""


def match_columns(table: str, names: Sequence[str], scales: Dictionary[str, Scale], given: Collection[str] = ()) -> list[Match]:
    """Match the columns of a file with those of a table; each canonical column is matched once, a guess only where nothing else is.

    Parameters
    ----------
    table : str
        A canonical table.
    names : sequence of str
        As the file has them.
    scales : dict of str to Scale
        For scores beside an episode and for items.
    given : collection of str
        Canonical columns that a person has named already.

    Examples
    --------
    >>> [(match.to, match.how) for match in match_columns("episodes", ["Episode ID", "Program", "discharge_reasn"], {})]
    [('episode_id', 'name'), ('track', 'synonym'), ('discharge_reason', 'guess')]
    """
    known, spelled = _columns_of(table), _spelled(table)
    best: dict[str, tuple[int, str]] = {}
    rivals: dict[str, int] = {}
    for name in names:
        candidates = known.get(squashed(name)) or _wide(table, name, scales) or spelled.get(spelled_out(name))
        if candidates:
            rivals[candidates[1]] = rivals.get(candidates[1], 0) + 1
            if candidates[0] < best.get(candidates[1], (2 * len(known), ""))[0]:
                best[candidates[1]] = (candidates[0], name)
    certain = [_or_what_is_needed(table, Match(name, to, _how(rank, rivals[to])), {*best, *given}) for to, (rank, name) in best.items()]
    guesses = _guesses(table, [name for name in names if name not in {match.column for match in certain}], set(best))
    guessed = {match.column for match in (*certain, *guesses)}
    guesses += _first_and_last(table, [name for name in names if name not in guessed], {*best, *given}, scales)
    return sorted([*certain, *guesses], key=lambda match: names.index(match.column))


def _or_what_is_needed(table: str, match: Match, there: Collection[str]) -> Match:
    """A column that is one more word for another which the table needs: of events without one, the type says what happened."""
    needed = _MAY_BE.get((table, match.to), "")
    return Match(match.column, needed, "guess") if needed and needed not in there and match.how == "synonym" else match


def _how(rank: int, rivals: int) -> How:
    """By its own name; by a synonym, but where two columns have one, which of them it is only guessed."""
    return "name" if not rank else "synonym" if rivals == 1 else "guess"


def _guesses(table: str, names: Sequence[str], taken: Collection[str]) -> list[Match]:
    """Columns that are like one that is still open, or are it with a word behind that says nothing."""
    open_names = {key: to for key, (_, to) in _columns_of(table).items() if to not in taken}
    spelled = _spelled(table)
    guessed: dict[str, str] = {}
    for name in names:
        again = _readmission_beside(name) if "event" in KINDS[table].wide else ""
        if again and again not in taken:
            guessed.setdefault(again, name)
        if again:  # however like another column it is: "days to readmission" are no days since admission
            continue
        bare = spelled.get(_without_what_says_nothing(name), (0, ""))[1]
        near = bare if bare and bare not in taken else _near(squashed(name), open_names)
        if near and near not in guessed:
            guessed[near] = name
    return [Match(name, to, "guess") for to, name in guessed.items()]


def _readmission_beside(name: str) -> str:
    """The column of readmissions beside an episode that a name stands for; of which kind they are it does not say."""
    if spelled_out(name) in _READMITTED:
        return READMITTED_ON
    return READMITTED_AFTER if _days_to(name) == "readmission" else ""


def _days_to(name: str) -> str:
    """What the days of a name lead to, spelled out, as in "days from discharge to relapse"; "" where it names no days.

    Examples
    --------
    >>> _days_to("Days to Readmission"), _days_to("readmit_days"), _days_to("Days since admission"), _days_to("30-day readmission")
    ('readmission', 'readmission', 'admission', '')
    """
    words = _whole_words(name)
    return "".join(word for word in words if word not in _OF_DAYS) if "days" in words else ""


def _first_and_last(table: str, names: Sequence[str], taken: Collection[str], scales: Dictionary[str, Scale]) -> list[Match]:
    """Scores beside an episode whose names do not say of when they are, such as phq9_t1 and phq9_t2: the first and the last of a scale."""
    if "score" not in KINDS[table].wide:
        return []
    columns: dict[str, list[str]] = {}
    words = table_of_synonyms()["words"]
    keyed = _keyed({each: scale for each, scale in scales.items() if scale.total})
    for name in names:
        scale = next((scale for key, scale in keyed if _speaks_of(key, name)), None)
        rest = squashed(name).replace(squashed(scale.name), "", 1) if scale else ""
        if scale and not _beside_a_patient(scale, rest) and not any(word in rest for word in words["date"] + words["between"]):
            columns.setdefault(scale.name, []).append(name)
    return [
        Match(name, to, "guess")
        for scale, called in columns.items()
        for name, to in ((called[0], f"{scale}_admit"), (called[-1], f"{scale}_discharge"))
        if to not in taken and (len(called) > 1 or {f"{scale}_admit", f"{scale}_discharge"} & set(taken))
    ]


def _spelled(table: str) -> dict[str, tuple[int, str]]:
    """The same as `_columns_of` of names spelled out, ranked behind them."""
    columns: dict[str, tuple[int, str]] = {}
    names = _names_of(table)
    for name, (rank, to) in names.items():
        columns.setdefault(spelled_out(name), (rank + len(names), to))
    return columns


def _columns_of(table: str) -> dict[str, tuple[int, str]]:
    """Squashed name, and the column with its rank: 0 its own name, then the synonyms in their order."""
    columns: dict[str, tuple[int, str]] = {}
    for name, entry in _names_of(table).items():
        columns.setdefault(squashed(name), entry)
    return columns


def _names_of(table: str) -> dict[str, tuple[int, str]]:
    """Names as they are written: the column's own and its synonyms, each with the column and its rank."""
    synonyms = table_of_synonyms()["columns"]
    words, labels = synonyms.get(table, {}), synonyms.get(KINDS[table].rolled_into or KINDS[table].in_place, {})
    columns: dict[str, tuple[int, str]] = {}
    for field in (*KINDS[table].fields, *(BY_PATIENT if KINDS[table].placing else ())):
        others = words.get(field.name, labels.get(field.name, ()))
        for rank, name in enumerate((field.name, *others)):
            columns.setdefault(name, (rank, field.name))
    return columns


def _wide(table: str, name: str, scales: Dictionary[str, Scale]) -> tuple[int, str] | None:
    """Scores and events beside an episode, and items of a scale beside a score."""
    wide = KINDS[table].wide
    if "event" in wide and (of_event := _event_beside(name)):
        return of_event
    if not {"score", "item"} & set(wide):
        return None
    words = table_of_synonyms()["words"]
    for key, scale in _keyed({each: scale for each, scale in scales.items() if scale.total}):
        if not _speaks_of(key, name):
            continue
        plain = squashed(_RANGE.sub(" ", name))
        rest = plain.replace(key, "", 1)
        if "score" in wide:
            rest = re.sub("|".join(words["total"]), "", rest).removeprefix("at")
            moment = next((m for m in ("admit", "discharge") if rest in {m, *map(squashed, words[m])}), "")
            return (int(plain != key + moment), f"{scale.name}_{moment}") if moment else None
        if beside := _beside_a_patient(scale, rest) or _question_of(scale, key, name):
            return int(plain != squashed(beside)), beside
    return None


def _event_beside(name: str) -> tuple[int, str] | None:
    """Day, date or sign of an event beside an episode; its date also by other words for the event."""
    plain, dated = spelled_out(name), table_of_synonyms()["codes"]["event"]
    for event in EVENTS:
        for half in ("day", "date", "days_after", "observed"):
            if squashed(name) == squashed(f"{event}_{half}"):
                return 0, f"{event}_{half}"
        # A date of follow-up may be one that is planned.
        stems = [spelled_out(word) for word in (event, *dated.get(event, ())) if event != "follow_up_contact"]
        if plain in [text for stem in stems for text in (f"{stem}date", f"dateof{stem}")]:
            return 1, f"{event}_date"
        if _days_to(name) in stems:
            return 1, f"{event}_days_after"
    return None


def field_of_form(name: str, scales: Dictionary[str, Scale]) -> str:
    """The field of a form that a name most likely stands for, such as phq9_total, phq9_date or phq9_3; "" where its words are not known.

    Examples
    --------
    >>> from iop_outcomes.scales import load_scales
    >>> [field_of_form(name, load_scales(None)) for name in ("phq9_total_score", "PHQ-9 Q3", "gad7_timestamp", "gad7_complete")]
    ['phq9_total', 'phq9_3', 'gad7_date', '']
    """
    plain = squashed(name)
    for key, scale in _keyed(scales):
        if _speaks_of(key, name):
            rest = plain.replace(key, "", 1)
            part = _beside_a_patient(scale, rest)
            dated = f"{scale.name}_date" if rest in table_of_synonyms()["words"]["date"] else ""
            return f"{scale.name}_total" if part == scale.name else part or dated
    return ""


def scale_mentioned(text: str, scales: Dictionary[str, Scale]) -> str:
    """The scale that a text names by its short name or its title; "" where it names none.

    Examples
    --------
    >>> from iop_outcomes.scales import load_scales
    >>> scale_mentioned("phq-9-questionnaire", load_scales(None)), scale_mentioned("mood", load_scales(None))
    ('phq9', '')
    """
    plain = squashed(text)
    named = next((scale.name for key, scale in _keyed(scales) if _speaks_of(key, text)), "")
    return named or next((scale.name for scale in scales.values() if squashed(scale.title) in plain), "")


def _speaks_of(key: str, name: str) -> bool:
    """Whether a name holds that of a scale, squashed; one of few letters as a word of its own, as "visit" holds isi.

    Examples
    --------
    >>> [_speaks_of("isi", name) for name in ("visit_complete", "ISI_total", "AdmitISI", "isi1")], _speaks_of("phq9", "admphq-9")
    ([False, True, True, True], True)
    """
    if len(key) > SHORTEST_WORD + 1 or not key.isalpha():
        return key in squashed(name)
    spaced = "[^A-Za-z0-9]*".join(key)
    return bool(re.search(rf"(?<![A-Za-z])(?i:{spaced})|(?<=[a-z]){spaced.upper()}(?![a-z])", name))


def _keyed(scales: Dictionary[str, Scale]) -> list[tuple[str, Scale]]:
    """The names of scales, squashed, the longest first."""
    return sorted(((key, scale) for scale in scales.values() for key in _scale_keys(scale)), key=lambda pair: (-len(pair[0]), pair[0]))


def _beside_a_patient(scale: Scale, rest: str) -> str:
    """An item or the total of a scale, of what a name says beside that of the scale; "" where it is neither."""
    words = table_of_synonyms()["words"]
    item = re.fullmatch(rf"(?:{'|'.join(words['item'])})?0?(\d+)", rest)
    if item and not scale.form and int(item[1]) in scale.item_numbers:
        return f"{scale.name}_{int(item[1])}"
    return scale.name if re.fullmatch(f"(?:{'|'.join(words['total'])})*", rest) else ""


def _question_of(scale: Scale, key: str, name: str) -> str:
    """An item by its number before its words, as forms on the web call it; "" where there is none.

    Examples
    --------
    >>> from iop_outcomes.scales import load_scales
    >>> phq9 = load_scales(None)["phq9"]
    >>> [_question_of(phq9, "phq9", name) for name in ("PHQ-9 [3. Trouble sleeping]", "PHQ9 Q2: Feeling down", "PHQ-9 at 3 weeks")]
    ['phq9_3', 'phq9_2', '']
    """
    item = "|".join(table_of_synonyms()["words"]["item"])
    called = rf"(?i)^[^a-z0-9]*{'[^a-z0-9]*'.join(key)}[^a-z0-9]*(?:{item})?[^a-z0-9]*0?(\d+)\s*[.):]"
    match = re.search(called, name)
    return f"{scale.name}_{int(match[1])}" if match and not scale.form and int(match[1]) in scale.item_numbers else ""


def _scale_keys(scale: Scale) -> set[str]:
    return {squashed(scale.name), squashed(scale.short)} - {""}


def coded(field: Field) -> bool:
    """Whether a column holds codes of which the words are known."""
    return field.kind in ("code", "flag") or field.name == "scale" or field.name in table_of_synonyms()["codes"]


def match_code(field: Field, code: str, scales: Dictionary[str, Scale]) -> Match | None:
    """What a code of a site stands for, or None; a number stands for nothing but itself.

    Examples
    --------
    >>> from iop_outcomes.columns import field
    >>> match_code(field("episodes", "discharge_reason"), "TX Complete", {})
    Match(column='TX Complete', to='completed', how='synonym')
    """
    if code in words_of(field, scales):
        return Match(code, code, "name")
    known = known_words(field, scales)
    if squashed(code) in known:
        return Match(code, known[squashed(code)], "synonym")
    near = _near(squashed(code), known) or _inside(code, known)
    return Match(code, near, "guess") if near else None


def _inside(code: str, known: Dictionary[str, str]) -> str:
    """The one word that a longer code speaks of, as in "Left AMA - client choice"; "" where it speaks of several, or says no.

    Examples
    --------
    >>> known = {"ama": "dropped_out", "completed": "completed"}
    >>> [_inside(code, known) for code in ("Left AMA - client choice", "Program not completed", "Completed, then left AMA")]
    ['dropped_out', '', '']
    """
    words = [word.lower() for word in _WORD.findall(code)]
    runs = {
        (first, last): known[run]
        for first in range(len(words))
        for last in range(first + 1, len(words) + 1)
        if len(run := "".join(words[first:last])) >= SHORTEST_WORD and known.get(run, _REST[0]) not in _REST
    }
    longest = {
        span: word
        for span, word in runs.items()
        if not any(other != span and other[0] <= span[0] and span[1] <= other[1] for other in runs)
    }
    places = {place for first, last in longest for place in range(first, last)}
    denied = any(word in _DENIES for place, word in enumerate(words) if place not in places)
    return next(iter(longest.values())) if len(set(longest.values())) == 1 and not denied else ""


def means_missing(code: str) -> bool:
    """Whether a code says that there is no value."""
    return squashed(code) in {squashed(word) for word in table_of_synonyms()["words"]["missing"]}


def _near(plain: str, known: Dictionary[str, str]) -> str:
    long_enough: Iterable[str] = (key for key in known if len(key) >= SHORTEST_GUESS)
    near = get_close_matches(plain, long_enough, n=1, cutoff=LIKE) if len(plain) >= SHORTEST_GUESS else []
    return known[near[0]] if near else ""
