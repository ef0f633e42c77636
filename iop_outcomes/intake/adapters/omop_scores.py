"""Takes the OMOP tables observation and measurement, gives the scores in them: totals, and items gathered into one form a day."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary

from iop_outcomes.engine.dialect import literal, quoted
from iop_outcomes.intake.adapters.placing import item_columns, score_columns, unused_rows
from iop_outcomes.intake.adapters.scale_codes import answers, meanings
from iop_outcomes.intake.adapters.scratch import AT, Scratch, day_of, whole_of
from iop_outcomes.intake.findings import Finding, Severity
from iop_outcomes.intake.mapping import Mapping
from iop_outcomes.scales import Scale

VISIT_FIELD = "1147070"  # visit_occurrence.visit_occurrence_id, in episode_event
# No unit, or one of points: UCUM writes {score}, and its concept in the standard vocabularies is 44777566.
UNITS = ("0", "44777566", "{score}", "[score]", "score", "{points}", "points", "1")
EXACT = ("0", "4172703")  # no operator, or the sign of equality: any other one makes the value a bound
_WORDS = {
    "two_scales": "rows whose codes stand for two scales or items",
    "no_value": "rows of a scale without a value: missing, not 0",
    "two_values": "items whose number and answer disagree: left blank",
    "bound": "rows of a scale with a value that is only a bound",
    "unit": "rows of a scale in a unit that is not points",
    "no_date": "rows of a scale without a whole date",
    "both_tables": "rows that stand in observation too: counted once",
}


def add_scores(scratch: Scratch, holder: str, mapping: Mapping, scales: Dictionary[str, Scale]) -> list[Finding]:
    """Make the workbench's `found_scores`; rows that cannot be used are counted."""
    _code_tables(scratch, mapping, scales)
    findings = _link_table(scratch, holder)
    rows = " UNION ALL ".join(f"({_rows_of(table, holder)})" for table in ("observation", "measurement"))
    scratch.view("score_rows", f"SELECT *, {_verdict()} AS verdict FROM ({rows}) AS rows")
    scratch.view("used_rows", "SELECT * FROM score_rows WHERE verdict IS NULL")
    return [*findings, *_judged(scratch, scales), *_gather(scratch, scales)]


def _code_tables(scratch: Scratch, mapping: Mapping, scales: Dictionary[str, Scale]) -> None:
    """`scale_code` (code, scale, item) and `answer_code` (code, scale, points), completed with the concept ids of the site's own table."""
    named = [(code, scale, None if item is None else str(item)) for code, (scale, item) in meanings(mapping, scales).items()]
    scratch.fill("named_code", ("code", "scale", "item"), named)
    points = [(code, name, str(value)) for name, scale in scales.items() for code, value in answers(scale).items()]
    scratch.fill("named_answer", ("code", "scale", "points"), points)
    concepts = "JOIN omop_concept AS concept ON concept.concept_code = named.code WHERE upper(concept.vocabulary_id) = 'LOINC'"
    more = f"SELECT concept.concept_id AS code, scale, item FROM named_code AS named {concepts}"
    scratch.view(
        "scale_code", f"SELECT * FROM named_code UNION SELECT * FROM ({more}) AS more WHERE code NOT IN (SELECT code FROM named_code)"
    )
    scratch.view(
        "answer_code",
        f"SELECT concept.concept_id AS code, scale, any_value(points) AS points FROM named_answer AS named {concepts} GROUP BY ALL",
    )


def _link_table(scratch: Scratch, holder: str) -> list[Finding]:
    """`link`: the episode of a visit, where rows of `episode` hold the episodes; a visit of two episodes is a link to none, and counted."""
    if holder != "episode":
        return []
    field = f"episode_event_field_concept_id = {literal(VISIT_FIELD)} AND episode_id IN (SELECT episode_id FROM found_episodes)"
    visits = f"SELECT event_id AS visit, any_value(episode_id) AS episode_id FROM omop_episode_event WHERE {field} GROUP BY event_id"
    scratch.view("link", f"{visits} HAVING count(DISTINCT episode_id) = 1")
    twice = f"SELECT {AT} FROM omop_episode_event WHERE {field} AND event_id NOT IN (SELECT visit FROM link)"
    return unused_rows(scratch, "rows of a visit that is linked to two episodes: its scores are placed by their dates", twice)


def _rows_of(table: str, holder: str) -> str:
    """Rows of one table that have a code of a scale, each with the one it stands for, its day, value and unit."""
    joins = (
        f"LEFT JOIN scale_code AS own ON row.{table}_source_value = own.code "
        f"LEFT JOIN scale_code AS standard ON row.{table}_concept_id = standard.code "
        "LEFT JOIN answer_code AS answer ON row.value_as_concept_id = answer.code AND answer.scale = coalesce(own.scale, standard.scale)"
    )
    episode = "row.visit_detail_id" if holder == "visit_detail" else "row.visit_occurrence_id"
    if holder == "episode":
        joins += " LEFT JOIN link ON row.visit_occurrence_id = link.visit"
        episode = "link.episode_id"
    operators = ", ".join(map(literal, EXACT))
    bound = f"coalesce(row.operator_concept_id, '0') NOT IN ({operators})" if table == "measurement" else "FALSE"
    item = "CASE WHEN own.code IS NOT NULL THEN own.item ELSE standard.item END"
    units = ", ".join(literal(unit) for unit in UNITS)
    foreign = f"coalesce(row.unit_concept_id, '0') NOT IN ({units}) OR lower(coalesce(row.unit_source_value, '1')) NOT IN ({units})"
    return (
        f"SELECT {literal(table)} AS origin, row.person_id AS patient_id, {episode} AS episode_id, {day_of(f'row.{table}_date')} AS date, "
        f"coalesce(own.scale, standard.scale) AS scale, {item} AS item, "
        f"coalesce({whole_of('row.value_as_number')}, CASE WHEN {item} IS NOT NULL THEN answer.points END) AS value, {foreign} AS foreign_unit, "
        "own.code IS NOT NULL AND standard.code IS NOT NULL AND (own.scale, own.item) IS DISTINCT FROM (standard.scale, standard.item) AS two_scales, "
        f"{bound} AS bound, {item} IS NOT NULL AND {whole_of('row.value_as_number')} <> answer.points AS two_values, row.{AT} AS {AT} "
        f"FROM omop_{table} AS row {joins} WHERE own.code IS NOT NULL OR standard.code IS NOT NULL"
    )


def _verdict() -> str:
    """Why a row cannot be used, or NULL."""
    same = "patient_id, episode_id, date, scale, item, value"
    twice = f"origin = 'measurement' AND count(*) FILTER (origin = 'observation') OVER (PARTITION BY {same}) > 0"
    return (
        "CASE WHEN two_scales THEN 'two_scales' WHEN value IS NULL THEN 'no_value' WHEN two_values THEN 'two_values' WHEN bound THEN 'bound' WHEN foreign_unit THEN 'unit' "
        f"WHEN TRY_CAST(date AS DATE) IS NULL THEN 'no_date' WHEN {twice} THEN 'both_tables' END"
    )


def _gather(scratch: Scratch, scales: Dictionary[str, Scale]) -> list[Finding]:
    """Totals as they stand; items of one person, visit, scale and day as one form, unless its total stands there too.

    Where the total and the items of a day cannot both be right, neither is used.
    """
    key = "patient_id, episode_id, date, scale"
    columns = item_columns(scales)
    blank = {name: f"CAST(NULL AS VARCHAR) AS {quoted(name)}, CAST(NULL AS BIGINT) AS {quoted(AT + name)}" for name in columns}
    blanks = ", ".join(blank.values())
    scratch.view("total_rows", "SELECT * FROM used_rows WHERE item IS NULL")
    scratch.view("form_rows", "SELECT *, scale || '_' || item AS name FROM used_rows WHERE item IS NOT NULL")
    wrong = _contradictions(scratch, scales, key)
    totals = f"SELECT {AT}, episode_id, patient_id, scale, date, value AS score, {blanks} FROM total_rows WHERE {AT} NOT IN ({wrong})"
    answered = {name for (name,) in scratch.ask("SELECT DISTINCT name FROM form_rows")}  # of hundreds of items, a file has few
    cells = ", ".join(
        blank[name]
        if name not in answered
        else f"CASE WHEN min(value) FILTER (name = {literal(name)}) = max(value) FILTER (name = {literal(name)}) "
        f"THEN min(value) FILTER (name = {literal(name)}) END AS {quoted(name)}, min({AT}) FILTER (name = {literal(name)}) AS {quoted(AT + name)}"
        for name in columns
    )
    forms = f"SELECT min({AT}) AS {AT}, episode_id, patient_id, scale, date, CAST(NULL AS VARCHAR) AS score, {cells} FROM form_rows GROUP BY {key}"
    alone = f"SELECT forms.* FROM ({forms}) AS forms WHERE NOT EXISTS (SELECT 1 FROM total_rows WHERE {_same(key, 'forms', 'total_rows')})"
    names = ", ".join(map(quoted, (*score_columns(scales), *(AT + name for name in columns))))
    scratch.view("found_scores", f"SELECT {names} FROM ({totals} UNION ALL {alone}) AS scores ORDER BY ALL")
    twice = f"SELECT {key}, name, min({AT}) AS {AT} FROM form_rows GROUP BY {key}, name HAVING min(value) <> max(value)"
    return unused_rows(
        scratch, "items answered twice on a day, differently: left blank", f"SELECT {AT} FROM ({twice}) AS twice"
    ) + unused_rows(scratch, "totals that the items of the day cannot add up to: neither is used", wrong)


def _same(key: str, one: str, other: str) -> str:
    return " AND ".join(f"{one}.{name} IS NOT DISTINCT FROM {other}.{name}" for name in key.split(", "))


def _contradictions(scratch: Scratch, scales: Dictionary[str, Scale], key: str) -> str:
    """The query that gives the places of totals outside what the items of their day, answered or not, can add up to."""
    scored = [scale for scale in scales.values() if scale.plain_sum and not scale.form]
    limits = [(scale.name, str(scale.items), *map(str, scale.item_range), str(scale.step)) for scale in scored]
    scratch.fill("form_limit", ("scale", "items", "low", "high", "step"), limits)
    scratch.fill("turned_item", ("scale", "item"), [(scale.name, str(item)) for scale in scored for item in scale.reversed_items])
    number = "CASE WHEN min(value) = max(value) THEN TRY_CAST(min(value) AS INTEGER) END"
    answers = f"SELECT {key}, item, {number} AS points FROM form_rows GROUP BY {key}, item"
    turned = "CASE WHEN (scale, item) IN (SELECT (scale, item) FROM turned_item) THEN low::INTEGER + high::INTEGER - points ELSE points END"
    sums = (
        f"SELECT {key}, coalesce(sum({turned}), 0) AS points, any_value(items::INTEGER) - count(points) AS open, any_value(low::INTEGER) AS low, "
        f"any_value(high::INTEGER) AS high, any_value(step::DOUBLE) AS step FROM ({answers}) AS answers JOIN form_limit USING (scale) GROUP BY {key}"
    )
    return (
        f"SELECT total_rows.{AT} FROM total_rows JOIN ({sums}) AS sums ON {_same(key, 'total_rows', 'sums')} "
        "WHERE TRY_CAST(value AS DOUBLE) / step NOT BETWEEN points + open * low AND points + open * high"
    )


def _judged(scratch: Scratch, scales: Dictionary[str, Scale]) -> list[Finding]:
    """Rows that cannot be used, by file and reason; a scale without one single value is named."""
    findings: list[Finding] = []
    verdicts = [row[0] for row in scratch.ask("SELECT DISTINCT verdict FROM score_rows WHERE verdict IS NOT NULL ORDER BY verdict")]
    for verdict in verdicts:
        severity: Severity = "note" if verdict == "both_tables" else "warning"
        findings += unused_rows(
            scratch, _WORDS[verdict], f"SELECT {AT} FROM score_rows WHERE verdict = {literal(verdict)}", severity=severity
        )
    by_scale = scratch.ask("SELECT scale, count(*), count(value) FROM score_rows GROUP BY scale ORDER BY scale")
    for scale, n, valued in by_scale:
        if not valued:
            message = f"{n:,} {scales[scale].label} rows, 0 numeric values"
            hint = "Check how the totals were written into value_as_number; a row without a value is missing, never 0"
            findings.append(
                Finding("no_numeric_values", "warning", "observation and measurement", "value_as_number", message, hint, count=n)
            )
    return findings
