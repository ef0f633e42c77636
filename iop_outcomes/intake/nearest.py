"""Takes words that are none of a closed list, gives the allowed word that most of them resemble: only allowed words are ever named."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Dictionary
from dataclasses import replace

from iop_outcomes.engine.dialect import literal, quoted
from iop_outcomes.intake.recipes import TablePlan
from iop_outcomes.intake.rules import Fault, Rule
from iop_outcomes.intake.store import Store
from iop_outcomes.scales import Scale

MOST_LABELS = 100  # different unknown texts that are looked at: more are no spellings of a few words
ALIKE = 0.85  # Jaro-Winkler similarity from which a word is offered


def offer_nearest(store: Store, faults: Sequence[Fault], plans: Dictionary[str, TablePlan], scales: Iterable[Scale]) -> list[Fault]:
    """Put the nearest allowed word into the hint of each unknown code or scale, where one is near.

    Parameters
    ----------
    store : Store
        Asked once more, of the faulty columns alone; no word of a row leaves it.
    faults : sequence of Fault
        What the scan found.
    plans : dict of table to TablePlan
        Which words are allowed.
    scales : iterable of Scale
        The same of scales.
    """
    known = tuple(scale.name for scale in scales)
    offers: dict[Rule, tuple[Rule, str]] = {}
    for fault in faults:
        rule = fault.rule
        words = (
            known if rule.id == "unknown_scale" else plans[rule.table].fields[rule.columns[0]].allowed if rule.id == "unknown_code" else ()
        )
        offers |= {offer: (rule, word) for word, offer in _offers(rule, words)}
    if not offers:
        return list(faults)
    nearest: dict[Rule, tuple[int, str]] = {}
    for near_fault in store.faults(list(offers)):
        rule, word = offers[near_fault.rule]
        nearest[rule] = max(nearest.get(rule, (0, "")), (len(near_fault.rows), word))
    return [_with(fault, nearest.get(fault.rule, (0, ""))[1]) for fault in faults]


def _offers(rule: Rule, words: Sequence[str]) -> list[tuple[str, Rule]]:
    """For each word a rule that is true where the text is unknown and this word is the nearest.

    Every text is held against every word, so that the few different texts are looked at in the place of all rows.
    """
    if not words:
        return []
    raw = quoted(rule.columns[0] + "__text")
    text = "regexp_replace(lower(label), '[^a-z0-9]+', '_', 'g')"
    known = ", ".join(map(literal, words))
    labels = f"SELECT DISTINCT {raw} AS label FROM own_{rule.table} WHERE {raw} NOT IN ({known}) ORDER BY label LIMIT {MOST_LABELS}"
    # Words as rows: written out, every word beside every other, the likenesses of seventy scales take seconds to plan.
    pairs = f"SELECT label, word, jaro_winkler_similarity({text}, word) AS likeness FROM ({labels}) AS labels, (SELECT unnest([{known}]) AS word) AS words"
    most = f"SELECT label, word, likeness, max(likeness) OVER (PARTITION BY label) AS most FROM ({pairs}) AS pairs"
    nearest = f"SELECT label, word FROM ({most}) AS alike WHERE likeness >= {ALIKE} AND likeness = most"
    near = {word: f"SELECT label FROM ({nearest}) AS nearest WHERE word = {literal(word)}" for word in words}
    return [
        (word, Rule(f"near_{word}", rule.table, rule.columns, f"({rule.predicate}) AND {raw} IN ({those})", "", "", "note"))
        for word, those in near.items()
    ]


def _with(fault: Fault, word: str) -> Fault:
    return Fault(replace(fault.rule, hint=f'Did you mean "{word}"? {fault.rule.hint}'), fault.rows) if word else fault
