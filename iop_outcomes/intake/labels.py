"""Takes columns of words, gives the rules of their labels: how long, how written, and none that reports use themselves."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from collections.abc import Mapping as Dictionary

from iop_outcomes.columns import KINDS, Field
from iop_outcomes.engine.dialect import literal, quoted
from iop_outcomes.intake.privacy import UNPRINTED, WORDS, suspected_words
from iop_outcomes.intake.recipes import TablePlan
from iop_outcomes.intake.rules import Fault, Rule, unknown_key
from iop_outcomes.intake.rules_of_episodes import CORRECT
from iop_outcomes.intake.store import Store
from iop_outcomes.keys import ALL, MISSING_LEVEL

MAX_LABEL = 80
SUSPECTED_LABEL = "suspected_label"
# Letters of Cyrillic and Greek that cannot be told from Latin ones by eye, and those.
_LOOK_ALIKE = ("аеорсухкмтвніѕјοαυνρτκι", "aeopcyxkmtbhisjoauvptki")
# Scripts and pictures that DejaVu Sans has not: of India, Thailand, Ethiopia and East Asia, and emojis.
_NOT_DRAWN = r"[\x{0900}-\x{0E7F}\x{0F00}-\x{109F}\x{1100}-\x{13FF}\x{2E80}-\x{A4CF}\x{AC00}-\x{D7FF}\x{F900}-\x{FAFF}\x{FF00}-\x{FFEF}\x{1F300}-\x{1FAFF}]"
_NO_VALUE = ("na", "n/a", "#n/a", "null", "nan", "<na>", "nat", ".", "-")  # of R, Excel, SQL, pandas, Stata; "none" may be a payer
_RESERVED = ", ".join(literal(word) for word in (ALL, MISSING_LEVEL))


def label_rules(table: str, plan: TablePlan, data_class: str, clean: Collection[tuple[str, str]] = ()) -> list[Rule]:
    """One suspicion for all columns of words of a table, but the clean ones: the scan pays for it once, and not for each column."""
    fields = [field for field in _of_words(plan) if (table, field.name) not in clean]
    columns = tuple(field.name for field in fields)
    shared = tuple(suspected_words(table, field, data_class) for field in fields)
    predicate = suspected_label(table, fields, data_class) if fields else ""
    return [Rule(SUSPECTED_LABEL, table, columns, predicate, "", "", "note", shared)] if fields else []


def suspected_label(table: str, fields: Sequence[Field], data_class: str) -> str:
    """SQL of whether any of these columns may hold what no label may, or an identifier; an id that an episode has is looked at there."""
    columns = [unknown_key(table, field.name, quoted(field.name + "__text")) for field in fields]
    texts, lengths = ", ".join(columns), ", ".join(f"length({column})" for column in columns)
    longest = f"greatest({lengths}, 0) > {MAX_LABEL}"
    suspected = " OR ".join(suspected_words(table, field, data_class) for field in fields)
    reserved = " OR ".join(f"{literal(word)} IN ({texts})" for word in (ALL, MISSING_LEVEL))
    return f"{longest} OR {suspected} OR {reserved}"


def suspected_as(table: str, field: Field, data_class: str, text: str) -> str:
    """SQL of whether a text, read as a label of this column, may be what no label may, or an identifier."""
    words = suspected_words(table, field, data_class, text)
    return f"length({text}) > {MAX_LABEL} OR {words} OR {text} IN ({_RESERVED})"


def name_labels(store: Store, faults: Sequence[Fault], plans: Dictionary[str, TablePlan]) -> list[Fault]:
    """Put what is wrong with a label, and in which column, in the place of each suspicion."""
    suspected = [fault.rule.table for fault in faults if fault.rule.id == SUSPECTED_LABEL]
    if any(KINDS[table].counted for table in suspected):  # an id among them may be that of other rows
        suspected = [table for table in plans if table in suspected or KINDS[table].parent]
    rules = [rule for table in suspected for field in _of_words(plans[table]) for rule in _of_label(table, field)]
    if not rules:
        return list(faults)
    # First, as the cells they are about come before what is asked of several columns together.
    return [*store.faults(rules), *(fault for fault in faults if fault.rule.id != SUSPECTED_LABEL)]


def _of_words(plan: TablePlan) -> list[Field]:
    return [field for field in plan.fields.values() if field.kind in WORDS]


def _of_label(table: str, field: Field) -> list[Rule]:
    text = quoted(field.name + "__text")

    def rule(name: str, predicate: str, message: str, hint: str = CORRECT) -> Rule:
        return Rule(name, table, (field.name,), predicate, message, hint)

    rules = [
        rule(
            "label_too_long", f"length({text}) > {MAX_LABEL}", f"longer than {MAX_LABEL} characters", "Free text is not read; leave it out"
        ),
        rule("control_character", f"regexp_matches({text}, {literal(UNPRINTED)})", "holds a control character, or one that cannot be seen"),
    ]
    rules.append(
        rule(
            "reserved_word",
            f"{text} IN ({_RESERVED})",
            f"one of the words that reports use themselves ({ALL}, {MISSING_LEVEL})",
            f"Rename it, or translate it in mapping.toml under [codes.{field.name}]",
        )
    )
    return rules


def similar_rules(store: Store, plans: Dictionary[str, TablePlan]) -> list[Rule]:
    """Rules for labels that differ by their spelling alone: of the columns that hold any, so that others cost one small question together."""
    rules = []
    for table, plan in plans.items():
        names = [field.name for field in plan.fields.values() if field.kind == "category" and KINDS[table].spellings]
        (alike,) = store.questions_of_labels(plan.recipe, names, [f"count(label) > count(DISTINCT {_plain('label')})"])
        rules += [_similar(table, name) for name, answer in zip(names, alike, strict=True) if answer]
    return rules


def word_rules(store: Store, plans: Dictionary[str, TablePlan]) -> list[Rule]:
    """Rules for words that programs write where there is no value: read as they stand, they are a group, or one person with many episodes."""
    rules = []
    for table, plan in plans.items():
        names = [field.name for field in plan.fields.values() if field.kind == "category" and KINDS[table].spellings]
        aggregates = [f"bool_or({condition})" for condition in (_no_value("label"), _no_letters("label"))]
        missing, undrawn = store.questions_of_labels(plan.recipe, names, aggregates)
        rules += [_word(table, name, "is read as a label", "note") for name, answer in zip(names, missing, strict=True) if answer]
        rules += [_boxes(table, name) for name, answer in zip(names, undrawn, strict=True) if answer]
        if "patient_id" in plan.fields:
            rules.append(_word(table, "patient_id", "is read as the id of one person", "warning"))
    return rules


def _word(table: str, name: str, read_as: str, severity: str) -> Rule:
    hint = f'If it means no value, declare it in mapping.toml, as in [missing] {name} = ["NA"]; else nothing is to be done'
    message = f"a word that often stands for no value (NA, NULL, nan) {read_as}"
    return Rule("missing_word", table, (name,), _no_value(quoted(name + "__text")), message, hint, severity)


def _boxes(table: str, name: str) -> Rule:
    message = "holds letters that the font of the charts has not: they are drawn as boxes; tables and descriptions of charts have them"
    hint = f"To tell groups apart in charts, translate the labels in mapping.toml under [codes.{name}]"
    return Rule("label_not_drawn", table, (name,), _no_letters(quoted(name + "__text")), message, hint, "warning")


def _no_letters(text: str) -> str:
    return f"regexp_matches({text}, {literal(_NOT_DRAWN)})"


def _no_value(text: str) -> str:
    return f"lower({text}) IN ({', '.join(map(literal, _NO_VALUE))})"


def _plain(text: str) -> str:
    """SQL of a label without what tells spellings apart."""
    shown = f"lower(strip_accents(nfc_normalize({text})))"
    return f"trim(regexp_replace(translate({shown}, {literal(_LOOK_ALIKE[0])}, {literal(_LOOK_ALIKE[1])}), '[\\s_-]+', ' ', 'g'))"


def _similar(table: str, name: str) -> Rule:
    """The rarer spellings of a label; of a track they are a fault, because episodes are grouped by it throughout."""
    text = quoted(name + "__text")
    plain = _plain(text)
    counted = f"SELECT {text} AS label, {plain} AS plain, count(*) AS n FROM own_{table} WHERE {text} IS NOT NULL GROUP BY label"
    ranked = f"SELECT label, row_number() OVER (PARTITION BY plain ORDER BY n DESC, label) AS place FROM ({counted}) AS counted"
    rarer = f"{text} IN (SELECT label FROM ({ranked}) AS ranked WHERE place > 1)"
    message = "differs from a more frequent label in case, spaces, accents or look-alike letters alone"
    hint = f"Write both alike, or translate one in mapping.toml under [codes.{name}]"
    return Rule("similar_label", table, (name,), rarer, message, hint, "error" if name == "track" else "note")
