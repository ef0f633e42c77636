"""Takes what is read of each table and the declared class, gives the rules of privacy and the findings of its second look.

The texts of a row are laid together and suspected by one pattern for each kind of column, inside the scan that checks everything
else; which identifier it is, and where, is asked in a second scan of the suspected columns alone. So a clean file pays for a few
patterns, however many kinds of identifier there are.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from collections.abc import Mapping as Dictionary
from dataclasses import replace

from iop_outcomes.columns import KINDS, Field, Kind
from iop_outcomes.engine.dialect import literal, quoted
from iop_outcomes.intake.casts import NUMBERS
from iop_outcomes.intake.given_names import GIVEN_NAMES
from iop_outcomes.intake.identifier_columns import MEASURED, NAMED
from iop_outcomes.intake.identifiers import CELLS, IDENTIFIERS, PLAIN, PLAIN_WORDS, REMOVE, RESTRICTED_ZIPS, Identifier
from iop_outcomes.intake.mapping import Mapping
from iop_outcomes.intake.recipes import TablePlan
from iop_outcomes.intake.rules import KEY, Fault, Rule, unknown_key
from iop_outcomes.intake.store import Store

SUSPECTED = "identifier_suspected"
SHORTEST = 6  # characters of the shortest text that a pattern for every cell can match, such as a@b.co
TOP_AGE = 90  # years: Safe Harbor puts everyone over 89 into one group, which a whole number can only write as 90

WORDS: tuple[Kind, ...] = ("category", "text")
# Control characters, and those that turn the direction of a line or have no width: what is shown would not be what stands there.
UNPRINTED = (
    r"[\x00-\x1f\x7f\x{80}-\x{9f}\x{ad}\x{600}-\x{605}\x{61c}\x{6dd}\x{70f}\x{180e}\x{200b}-\x{200f}\x{2028}-\x{202e}\x{2060}-\x{206f}\x{feff}"
    r"\x{fff9}-\x{fffb}\x{e0001}\x{e0020}-\x{e007f}]"
)
_AGE_NAME = re.compile(r"(^|_)ages?($|_)")
_ZIP3_NAME = re.compile(r"(^|_)zip_?(code_?)?(3|prefix)($|_)")
_OVER_89 = r"(?:^|\D)(?:9\d|1[0-4]\d)(?:\D|$)"
_TOP_CODED = r"(?i)^(?:aged? ?)?(?:(?:>=|≥) ?)?90 ?(?:\+|plus|(?:years? )?(?:and|or) (?:older|over|above|more))?(?: ?years?)?$"
_AGE_HINT = 'Safe Harbor keeps one group for everyone over 89: write 90 in a column of numbers, "90+" (or a lower one, as "65+") in a label'
_ZIP_HINT = "Write 000 in its place, as Safe Harbor does"


def identifier_named(called: Sequence[str], data_class: str) -> str:
    """What a column holds by its name, when its class forbids that; else "".

    Parameters
    ----------
    called : sequence of str
        The names a column goes by: the canonical one and the site's own.
    data_class : str
        The declared class.

    Examples
    --------
    >>> identifier_named(["patient_id", "PatMRN"], "limited_data_set")
    'a medical record number'
    >>> identifier_named(["region", "County"], "limited_data_set")
    ''
    """
    names = [plain for name in called if not re.search(MEASURED, plain := _plain(name))]
    forbidden = (kind for kind in NAMED if data_class in kind.classes)
    return next((kind.what for kind in forbidden if any(re.search(kind.name, name) for name in names)), "")


def identifier_in_name(called: str) -> str:
    """What the name of a column looks like itself, as where a row of data stands in place of the header; else "".

    Examples
    --------
    >>> identifier_in_name("jane.roe@example.org"), identifier_in_name("phq9_admit")
    ('an e-mail address', '')
    """
    return next((kind.what for kind in IDENTIFIERS if kind.fields == CELLS and re.search(kind.value, called)), "")


def _plain(called: str) -> str:
    """A column name in lower case, its words apart: PatMRN is pat_mrn."""
    return re.sub(r"[^a-z0-9]+", "_", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", called).lower())


def privacy_rules(plans: Dictionary[str, TablePlan], mapping: Mapping, clean: Collection[tuple[str, str]] = ()) -> list[Rule]:
    """Rules that hold a file to its class: one suspicion for each column, and what Safe Harbor says of ages and ZIP codes.

    Parameters
    ----------
    plans : dict of table to TablePlan
        What is read; nothing is asked of the other columns.
    mapping : Mapping
        The declared class.
    clean : collection of (str, str), optional
        Tables and columns of which every text was looked at, and none is suspected.
    """
    rules: list[Rule] = []
    for table, plan in plans.items():
        doubtful = [field for field in plan.fields.values() if field.kind != "category" or (table, field.name) not in clean]
        for field in plan.fields.values():
            if mapping.data_class == "safe_harbor":
                rules += _of_safe_harbor(table, field, (_plain(field.name), _plain(plan.names[field.name])))
        # In the order of all, so that findings of small tables stand as those of large ones.
        for fields in alike(table, doubtful, mapping.data_class):
            suspected = [field for field in fields if (table, field.name) not in clean]
            rules += [_suspicion(table, suspected, _kinds(table, suspected[0], mapping.data_class))] if suspected else []
    return rules


def name_identifiers(store: Store, faults: Sequence[Fault], plans: Dictionary[str, TablePlan], mapping: Mapping) -> list[Fault]:
    """Put what a text looks like in the place of each suspicion; a suspicion that falls away goes.

    Parameters
    ----------
    store : Store
        Asked once more, of the suspected columns alone.
    faults : sequence of Fault
        What the scan found.
    plans, mapping
        As in `privacy_rules`.
    """
    rules: dict[Rule, Identifier] = {}
    suspected = [fault.rule for fault in faults if fault.rule.id == SUSPECTED]
    if any(KINDS[rule.table].counted and KEY in rule.columns for rule in suspected):  # an id among them may be that of other rows
        ids = [rule for rule in privacy_rules(plans, mapping) if rule.id == SUSPECTED and KINDS[rule.table].parent and KEY in rule.columns]
        suspected = [*ids, *suspected]
    for rule in suspected:
        for field in (plans[rule.table].fields[name] for name in rule.columns):
            rules |= {_rule(rule.table, field, kind, mapping): kind for kind in _kinds(rule.table, field, mapping.data_class)}
    if not rules:
        return list(faults)
    named = [_weighed(fault, rules[fault.rule], store.raw.rows(fault.rule.table)) for fault in store.faults(list(rules))]
    return [*named, *(fault for fault in faults if fault.rule.id != SUSPECTED)]


def _kinds(table: str, field: Field, data_class: str) -> tuple[Identifier, ...]:
    """Kinds of identifier that are looked for in a column."""
    undeclared = all(field.name != declared.name for declared in KINDS[table].fields)
    return tuple(
        kind
        for kind in IDENTIFIERS
        if field.kind in kind.fields
        and data_class in kind.refused | kind.warned
        and (not kind.columns or undeclared or field.name in kind.columns)
    )


def _suspicion(table: str, fields: Sequence[Field], kinds: Sequence[Identifier]) -> Rule:
    """Whether any of these columns holds any of these identifiers: numbers as lines of one text, on which `^` and `$` are ends of each."""
    predicate = _suspected(table, fields, kinds)
    shared = tuple(_suspected_words(table, field, kinds) for field in fields if field.kind in WORDS)
    return Rule(SUSPECTED, table, tuple(field.name for field in fields), predicate, "looks like an identifier", REMOVE, shared=shared)


def suspected_words(table: str, field: Field, data_class: str, text: str = "") -> str:
    """SQL of whether a word may be an identifier that the class forbids, or holds a character that cannot be printed.

    One pattern serves both suspicions, so that each word is read once. An id that an episode has is looked at there.

    Parameters
    ----------
    table, field, data_class
        Where the word stands, and the declared class.
    text : str, optional
        SQL of the word, where it is not the column itself.
    """
    return _suspected_words(table, field, _kinds(table, field, data_class), text)


def not_plain(text: str, known: Collection[str] = ()) -> str:
    """SQL of whether a text is anything for a pattern of identifiers to look at: no short id, plain word or known word.

    Such texts are what most columns hold, and to see that they do costs a tenth of making the patterns ready.
    """
    names = literal(f" {' '.join(GIVEN_NAMES)} ")  # one text to search: a list of so many words takes longer to plan
    words = f"regexp_full_match({text}, {literal(PLAIN_WORDS)}) AND NOT contains({names}, ' ' || split_part({text}, '_', 1) || ' ')"
    others = f" AND {text} NOT IN ({', '.join(map(literal, known))})" if known else ""
    return f"NOT (regexp_full_match({text}, {literal(PLAIN)}) OR ({words})){others}"


def alike(table: str, fields: Sequence[Field], data_class: str) -> list[list[Field]]:
    """Columns in groups in which the same kinds of identifier are looked for: one pattern serves each group, and making it ready is what costs."""
    groups: dict[tuple[Identifier, ...], list[Field]] = {}
    for field in fields:
        groups.setdefault(_kinds(table, field, data_class), []).append(field)
    return list(groups.values())


def _suspected_words(table: str, field: Field, kinds: Sequence[Identifier], text: str = "") -> str:
    return _any_of(text or unknown_key(table, field.name, quoted(field.name + "__text")), kinds, UNPRINTED)


def _suspected(table: str, fields: Sequence[Field], kinds: Sequence[Identifier]) -> str:
    tests = [_suspected_words(table, field, kinds) for field in fields if field.kind in WORDS]
    others = [suspect(field) for field in fields if field.kind not in WORDS]
    if others:
        tests.append(_any_of(f"concat_ws(chr(10), {', '.join(others)})", kinds))
    return f"({' OR '.join(tests)})"


def _any_of(text: str, kinds: Sequence[Identifier], *others: str) -> str:
    """SQL of whether a text has the shape of one of these kinds, or of another pattern."""
    together = ["|".join([*(f"(?:{kind.value})" for kind in kinds if not kind.apart), *others])]
    together.append("|".join(f"(?:{kind.value})" for kind in kinds if kind.apart))
    patterns = [literal(f"(?m){pattern}") for pattern in together if pattern]
    return f"({' OR '.join(f'regexp_matches({text}, {pattern})' for pattern in patterns)})"


def suspect(field: Field) -> str:
    """SQL for a text worth a look by the patterns for every cell, else NULL: a number has few digits, a word of a closed list is known, a date is read as one."""
    text = quoted(field.name + "__text")
    if field.kind in NUMBERS:
        return f"CASE WHEN length({text}) >= {SHORTEST} THEN {text} END"
    if field.kind == "code":
        return f"CASE WHEN {text} NOT IN ({', '.join(literal(word) for word in field.allowed)}) THEN {text} END"
    return f"CASE WHEN {quoted(field.name)} IS NULL THEN {text} END" if field.kind == "date" else text


def _rule(table: str, field: Field, kind: Identifier, mapping: Mapping) -> Rule:
    predicate = f"regexp_matches({suspect(field)}, {literal(kind.value)})"
    if kind.unless:
        predicate += f" AND NOT regexp_matches({suspect(field)}, {literal(kind.unless)})"
    if kind.check:
        predicate += f" AND {kind.check(suspect(field))}"
    severity = "error" if mapping.data_class in kind.refused else "warning"
    return Rule(kind.rule, table, (field.name,), predicate, f"looks like {kind.what}", kind.hint.format(column=field.name), severity)


def _weighed(fault: Fault, kind: Identifier, rows: int) -> Fault:
    """Refused only when enough of the rows have the shape."""
    return fault if len(fault.rows) >= kind.share * rows else Fault(replace(fault.rule, severity="warning"), fault.rows)


def _of_safe_harbor(table: str, field: Field, called: Sequence[str]) -> list[Rule]:
    """Ages over 89 are one group; a ZIP code has three digits, and not those of an area with few people."""

    def rule(name: str, predicate: str, message: str, hint: str) -> Rule:
        return Rule(name, table, (field.name,), predicate, message, hint)

    text = quoted(field.name + "__text")
    if any(_AGE_NAME.search(name) for name in called):
        over = f"{quoted(field.name)} > {TOP_AGE}"
        if field.kind not in ("integer", "number"):
            over = f"regexp_matches({text}, {literal(_OVER_89)}) AND NOT regexp_matches({text}, {literal(_TOP_CODED)})"
        return [rule("age_over_89", over, "an age over 89", _AGE_HINT)]
    if any(_ZIP3_NAME.search(name) for name in called):
        three = r"^\d{1,3}[xX*]*$"  # 36 is 036 that lost its zero in a column of numbers
        digits = f"lpad(regexp_extract({text}, '^\\d{{1,3}}'), 3, '0')"
        restricted = ", ".join(literal(digits) for digits in RESTRICTED_ZIPS)
        few = f"regexp_matches({text}, {literal(three)}) AND {digits} IN ({restricted})"
        long = f"NOT regexp_matches({text}, {literal(three)})"
        return [
            rule("zip_not_allowed", long, "not the first 3 digits of a ZIP code", "Keep its first 3 digits"),
            rule("zip_not_allowed", few, "a ZIP code of an area with 20,000 people or fewer", _ZIP_HINT),
        ]
    return []
