"""Takes a mapping and the columns that came, gives the recipe of each canonical table and the names that are dropped."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, replace
from itertools import pairwise

from iop_outcomes.columns import BY_PATIENT, EVENTS, KINDS, MAX_DAYS, NOT_KNOWN, Field, Kind
from iop_outcomes.engine.dialect import CELL_SIZE, NUMBER_TYPE, ROW, Steps, literal, quoted
from iop_outcomes.intake.casts import STANDS_FOR, Cast, Derived, Recipe, Subscore
from iop_outcomes.intake.mapping import ColumnRule, Mapping
from iop_outcomes.intake.rules import KEY
from iop_outcomes.intake.usual_words import known_words
from iop_outcomes.intake.vocabulary import only
from iop_outcomes.scales import Scale
from iop_outcomes.scales.scoring import total_sql

ENDS = ("los_days", "los_code", "discharge_day", "discharge_date")  # any of them is a sign that an episode has ended
MOST_IN_CELL = 999_999_999  # episodes in a cell
CELL_SIZE_FIELD = Field(CELL_SIZE, "integer", "how many episodes the row stands for", low=0, high=MOST_IN_CELL, required=True)
DAY_OF_DATE = "date_diff('day', episode_admit_date, date)"
DAY_OF_MOMENT = "CASE moment WHEN 'admit' THEN 0 WHEN 'discharge' THEN episode_los_days END"
BLANK = {"los_days": "CAST(NULL AS INTEGER)", "discharge_reason": "CAST(NULL AS VARCHAR)"}  # of what counts may lack and rows may not
_ITEM = re.compile(r"^(?P<scale>[a-z0-9_]+?)_(?P<number>\d+)$")


@dataclass(frozen=True)
class TablePlan:
    """What is read of one table.

    Parameters
    ----------
    recipe : Recipe
        How its columns are cast and derived.
    fields : dict of str to Field
        The declaration of each column read.
    names : dict of str to str
        Canonical name and the site's own.
    dropped : tuple of str
        Columns of the file that are not read.
    """

    recipe: Recipe
    fields: Dictionary[str, Field]
    names: Dictionary[str, str]
    dropped: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns read, and those that stand for one that was not given: the episode and the day of a row by patient and date."""
        return (*self.fields, *(name for name in STANDS_FOR if name in self.recipe.names and name not in self.fields))

    def source(self, name: str) -> str:
        """The site's own name of a column, or of the one that it is computed from."""
        return self.names.get(name) or self.names.get(STANDS_FOR.get(name, ""), name)


def plan_table(table: str, raw: Sequence[str], mapping: Mapping, scales: Dictionary[str, Scale]) -> TablePlan:
    """Match the columns that came with those that are declared; everything else is dropped, by name."""
    renamed = mapping.columns.get(table, {})
    kind, as_counts = KINDS[table], bool(mapping.counts) and KINDS[table].counted
    fields: dict[str, Field] = {}
    names: dict[str, str] = {}
    for field in (*([CELL_SIZE_FIELD] if as_counts else []), *_declared(table, mapping, scales), *_wide(table, raw, renamed, scales)):
        source = mapping.counts if field is CELL_SIZE_FIELD else renamed.get(field.name, field.name)
        if source in raw and not (kind.counted and _filled_by_rule(field.name, mapping)) and not (as_counts and field.name == KEY):
            fields[field.name], names[field.name] = field, source
    by_patient, by_date = _placed_by(table, fields)
    by_moment = _placed_by_moment(fields)
    written = (mapping.date_formats.get(table, ""), mapping.text_of(table).decimal)
    casts = tuple(
        Cast(name, field.kind, names[name], *_codes(field, mapping), *written, _known(field, mapping)) for name, field in fields.items()
    )
    day = (Derived("day", DAY_OF_DATE if by_date else DAY_OF_MOMENT),) if by_date or by_moment else ()
    computed = {**fields, "day": BY_PATIENT[1]} if by_patient or day else fields
    derived = (*day, *(cell for name in kind.derivations for cell in _DERIVED[name](computed, mapping, scales)))
    names = {name: source for name, source in names.items() if name in fields}
    used = set(names.values())
    steps = _steps(scales) if kind.points or "score" in kind.wide else {}
    lacking = tuple(cell.name for cell in derived if as_counts and cell.sql in BLANK.values())
    parts = _parts(fields, scales, steps) if kind.points else ()
    beside = tuple(dict.fromkeys(scale_in(name) for name in fields if "score" in kind.wide and _wide_score(name, scales)))
    recipe = Recipe(table, casts, derived, steps, by_patient, parts, beside, as_counts, lacking)
    return TablePlan(recipe, fields, names, tuple(name for name in raw if name not in used))


def _placed_by(table: str, fields: dict[str, Field]) -> tuple[bool, bool]:
    """Whether rows name a patient and a date, or an episode and a date; columns that this leaves without a use are taken out."""
    if not KINDS[table].placing:
        return False, False
    clocks = {"day", "days_after_discharge"} & fields.keys()
    by_patient = "episode_id" not in fields and {"patient_id", "date"} <= fields.keys()
    by_date = not by_patient and not clocks and "date" in fields
    useless = clocks if by_patient else {"patient_id"} if by_date else {"patient_id", "date"}
    for name in useless & fields.keys():
        del fields[name]
    return by_patient, by_date


def _placed_by_moment(fields: dict[str, Field]) -> bool:
    """Whether rows say that they are of the admission or the discharge, and nothing else of their day; where they do, the word has no use."""
    if "moment" not in fields:
        return False
    if {"day", "date"} & fields.keys():
        del fields["moment"]
        return False
    return True


def _steps(scales: Dictionary[str, Scale]) -> dict[str, Steps]:
    """Scales whose scores are not whole numbers from 0 on."""
    return {name: Steps(scale.range[0], scale.step) for name, scale in scales.items() if not scale.whole or scale.range[0] < 0}


def _filled_by_rule(name: str, mapping: Mapping) -> bool:
    """Whether a rule of the mapping takes the place of the file's own column; follow-up is only completed by its rule."""
    if name == "discharge_reason" and mapping.contacts:  # the gap rule says who is still in care, which a stay cannot
        return False
    return name in ("episode_id", "discharge_reason", "planned_days", "age_group") and mapping.rule(name) is not None


def refuse_unknown_names(raws: Dictionary[str, Sequence[str]], mapping: Mapping, scales: Dictionary[str, Scale]) -> None:
    """Refuse a mapping that speaks of columns no table has, so that a slip of the pen is not silently without effect.

    Raises
    ------
    DataError
        Naming the section, the column and the nearest one that is known.
    """
    known: dict[str, list[str]] = {}
    for table in KINDS:
        wide = _wide(table, raws.get(table, ()), mapping.columns.get(table, {}), scales)
        known[table] = [field.name for field in (*_declared(table, mapping, scales), *wide)]
    for table, renamed in mapping.columns.items():
        only(renamed, known[table], f"{mapping.name} [columns.{table}]", "column")
    everywhere = {name for names in known.values() for name in names}
    only(mapping.codes, {*scales, *everywhere}, f"{mapping.name} [codes]", "column")
    only(mapping.missing, {"all", *scales, *everywhere}, f"{mapping.name} [missing]", "column")


def expected_names(table: str, mapping: Mapping) -> tuple[str, ...]:
    """Names that a file's header might hold, needed ones first; those of a layout file where there is one."""
    if table in mapping.headers:
        return mapping.headers[table]
    renamed = mapping.columns.get(table, {})
    first = (mapping.counts,) if mapping.counts and KINDS[table].counted else ()
    fields = sorted(
        [*KINDS[table].fields, *(BY_PATIENT if KINDS[table].placing else ())],
        key=lambda field: not (field.required or field.blank == "not allowed"),
    )
    return tuple(dict.fromkeys([*first, *(renamed.get(field.name, field.name) for field in fields)]))


def _codes(field: Field, mapping: Mapping) -> tuple[tuple[str, ...], dict[str, str]]:
    """Codes of a column that mean no value, and the words that the others stand for."""
    also = dict(field.also)
    of_scale = mapping.codes.get(scale_in(field.name), {}) if field.name.rpartition("_")[2].isdigit() else {}  # answers in words
    named_words = {**of_scale, **mapping.codes.get(field.name, {})}
    words = {**also, **{site: also.get(word, word) for site, word in named_words.items()}}
    named = [mapping.missing.get(name, ()) for name in ("all", scale_in(field.name), field.name)]
    missing = (*(code for codes in named for code in codes), *(site for site, word in words.items() if not word))
    return missing, {site: word for site, word in words.items() if word}


def scale_in(column: str) -> str:
    """The scale of which a column is a score or an item, by its name; "" of any other.

    Examples
    --------
    >>> scale_in("phq9_admit"), scale_in("phq9_9"), scale_in("los_days")
    ('phq9', 'phq9', '')
    """
    scale, _, part = column.rpartition("_")
    return scale if part in ("admit", "discharge") or part.isdigit() else ""


def _known(field: Field, mapping: Mapping) -> dict[str, str]:
    """Usual words of a closed list, where the mapping lets them be read."""
    return known_words(field, {}) if field.name in mapping.known_words and (field.allowed or field.kind == "flag") else {}


def _declared(table: str, mapping: Mapping, scales: Dictionary[str, Scale]) -> list[Field]:
    kind = KINDS[table]
    fields = [*kind.fields, *(BY_PATIENT if kind.placing else ())]
    if not all(scale.whole for scale in scales.values()):
        fields = [replace(field, kind="number") if field.name == kind.points else field for field in fields]
    if kind.covariates:
        taken = {field.name for field in fields}
        kinds: dict[str, Kind] = {"category": "category", "integer": "integer"}
        fields += [Field(name, kinds[what], "covariate of this site") for name, what in mapping.covariates.items() if name not in taken]
    return fields


def _wide(table: str, raw: Sequence[str], renamed: Dictionary[str, str], scales: Dictionary[str, Scale]) -> list[Field]:
    """Columns named after a scale or an event: scores and events beside the episode, items beside the score."""
    names = list(dict.fromkeys([*renamed, *raw]))
    fields = [[_WIDE[wide](name, scales) for wide in KINDS[table].wide] for name in names]
    return [field for of_name in fields for field in of_name if field is not None]


def _wide_score(name: str, scales: Dictionary[str, Scale]) -> Field | None:
    stem, _, moment = name.rpartition("_")
    if moment not in ("admit", "discharge") or stem not in scales or not scales[stem].total:
        return None
    low, high = scales[stem].range
    kind: Kind = "integer" if scales[stem].whole else "number"
    return Field(name, kind, f"{scales[stem].title} at {moment} (points)", low=low, high=high, step=scales[stem].step)


def _wide_event(name: str, _scales: Dictionary[str, Scale]) -> Field | None:
    stem, ending = next(((event, name.removeprefix(f"{event}_")) for event in EVENTS if name.startswith(f"{event}_")), ("", ""))
    if ending not in ("day", "date", "days_after", "observed"):
        return None
    if ending == "days_after":
        return Field(name, "integer", f"days from discharge to {stem}", low=0, high=MAX_DAYS, blank="not seen")
    if ending == "observed":
        return Field(name, "flag", f"whether {stem} was seen (1) or not (0)")
    if ending == "date":
        return Field(name, "date", f"date of {stem}, or last date observed where {stem}_observed is 0", blank="not seen")
    return Field(name, "integer", f"day of {stem}, or last day observed (days from admission)", low=0, high=MAX_DAYS)


def scale_of_item(name: str, scales: Dictionary[str, Scale]) -> Scale | None:
    """The scale of which a column such as phq9_1 is an item: one that is scored from it, the form's before its subscales', where there is any."""
    match = _ITEM.match(name)
    form = scales.get(match["scale"]) if match else None
    if match is None or form is None:
        return None
    having = [scale for scale in (form, *subscales_of(form, scales)) if int(match["number"]) in scale.item_numbers]
    return next((scale for scale in having if scale.adds_up), having[0] if having else None)


def subscales_of(form: Scale, scales: Dictionary[str, Scale]) -> list[Scale]:
    """The scales that are made of some items of a form."""
    return [scales[name] for name in form.subscales if name in scales]


def _item(name: str, scales: Dictionary[str, Scale]) -> Field | None:
    scale = scale_of_item(name, scales)
    if scale is None or not scale.adds_up:
        return None
    number = int(name.rpartition("_")[2])
    answers = scale.answers_to(number)
    (low, high), title = answers.item_range, scales[scale.form or scale.name].title
    return Field(name, "integer", f"item {number} of {title} (points)", low=low, high=high, step=answers.step)


def _of_episodes(fields: Dictionary[str, Field], mapping: Mapping, _scales: Dictionary[str, Scale]) -> tuple[Derived, ...]:
    """Stay, time observed, follow-up, period, and what a rule of the mapping fills in; in the order they build on each other."""
    cutoff = f"CAST({literal(mapping.cutoff)} AS DATE)" if mapping.cutoff else None
    given = {name: quoted(name) for name in fields}
    so_far = _stay_given(fields, mapping)
    is_active = f"{given['discharge_reason']} = 'active'" if "discharge_reason" in given else None
    stay = _first_of(
        f"CASE WHEN NOT coalesce({is_active}, FALSE) THEN {so_far} END" if so_far and is_active else so_far,
        given.get("discharge_day"),
        _days_between(given.get("admit_date"), given.get("discharge_date")),
    )
    if stay is None and (mapping.counts or ("los_code" in given and mapping.los_convention == "teds_codes")):  # a band is no day
        stay = BLANK["los_days"]
    reach = _first_of(given.get("observed_days"), _days_between(given.get("admit_date"), cutoff))
    observed = _first_of(reach, f"CASE WHEN {is_active} THEN {so_far} END" if so_far and is_active else None)
    to_cutoff = _days_between(given.get("admit_date"), cutoff)
    potential = _first_of(_days_between(given.get("discharge_date"), cutoff), f"{to_cutoff} - los_days" if stay and to_cutoff else None)
    follow_up = None
    if mapping.rule("follow_up_days"):
        after_stay = "observed_days - los_days" if stay and reach else None
        follow_up = _first_of(_days_between(given.get("discharge_date"), cutoff), after_stay)
    periods = _periods(given.get("admit_date"), given.get("discharge_date"))
    columns = {
        "observed_days": observed,  # before the stay, which is blank from then on for those who are still in care
        "los_days": stay,
        "follow_up_days": _first_of(given.get("follow_up_days"), follow_up),
        "potential_follow_up_days": potential,
        **{name: sql for name, sql in periods.items() if name not in given},  # a covariate of the site may be called so
        "period": _first_of(given.get("period"), periods.get("discharge_quarter")),
        "planned_days": _planned(mapping.rule("planned_days")),
        "episode_id": f"'row_' || CAST({ROW} + 1 AS VARCHAR)" if mapping.rule("episode_id") else None,
        "age_group": _bands(mapping.rule("age_group")),
        **_dated_events(given, stay),
    }
    columns["discharge_reason"] = _reason_or_care(given, stay, mapping, reaches=bool(reach))
    return tuple(Derived(name, sql) for name, sql in columns.items() if sql is not None)


def _dated_events(given: Dictionary[str, str], stay: str | None) -> dict[str, str | None]:
    """Day and sign of each event that stands beside its episode as a date, or as days after discharge; blank where it was not seen."""
    columns: dict[str, str | None] = {}
    for event in EVENTS:
        day, seen = f"{event}_day", f"{event}_observed"
        came = [
            given[name]
            for name in (f"{event}_date", f"{event}_days_after")
            if name in given and (name == f"{event}_days_after" or "admit_date" in given)
        ]
        if came:
            dated = _days_between(given.get("admit_date"), given.get(f"{event}_date"))
            after = f"{given[f'{event}_days_after']} + los_days" if stay and f"{event}_days_after" in given else None
            columns[day] = _first_of(given.get(day), dated, after)
            columns[seen] = _first_of(
                given.get(seen), f"CASE WHEN coalesce({', '.join(f'CAST({each} AS VARCHAR)' for each in came)}) IS NULL THEN 0 ELSE 1 END"
            )
    return columns


def _bands(rule: ColumnRule | None) -> str | None:
    """Bands of a column of whole numbers, each called by its first and its last, as in 18-25; the last one by its first, as in 65+."""
    if rule is None:
        return None
    column, starts = quoted(rule.options["column"]), [0, *rule.options["starts"]]
    cases = "".join(
        f" WHEN {column} < {later} THEN {literal(f'{first}-{later - 1}' if later - 1 > first else str(first))}"
        for first, later in pairwise(starts)
    )
    return f"CASE{cases} WHEN {column} >= {starts[-1]} THEN {literal(f'{starts[-1]}+')} END"


def _periods(admission: str | None, discharge: str | None) -> dict[str, str | None]:
    """Dates as the months and quarters they lie in, blank where the date is: no date itself is ever grouped by."""
    return {
        "discharge_month": discharge and f"strftime({discharge}, '%Y-%m')",
        "discharge_quarter": discharge and f"CAST(year({discharge}) AS VARCHAR) || '-Q' || CAST(quarter({discharge}) AS VARCHAR)",
        "admit_month": admission and f"strftime({admission}, '%Y-%m')",
    }


def _first_of(*choices: str | None) -> str | None:
    known = [choice for choice in choices if choice is not None]
    return f"coalesce({', '.join(known)})" if known else None


def _days_between(start: str | None, end: str | None) -> str | None:
    return None if start is None or end is None else f"CAST(date_diff('day', {start}, {end}) AS INTEGER)"


def _planned(rule: ColumnRule | None) -> str | None:
    if rule is None:
        return None
    days = rule.options["days"]
    if rule.rule == "constant":
        return f"CAST({int(days)} AS INTEGER)"
    cases = " ".join(f"WHEN {literal(str(word))} THEN {int(number)}" for word, number in sorted(days.items()))
    return f"CASE CAST({quoted(rule.options['column'])} AS VARCHAR) {cases} END"


def _reason(rule: ColumnRule | None, known: str | None) -> str | None:
    """The one rule there is: a stay of at least the planned length is a completion, a shorter one a drop-out, unless another reason is known."""
    if rule is None:
        return None
    first = f"WHEN {known} <> 'unknown' THEN {known} " if known else ""
    return f"CASE {first}WHEN los_days >= planned_days THEN 'completed' WHEN los_days < planned_days THEN 'dropped_out' END"


def _stay_given(fields: Collection[str], mapping: Mapping) -> str | None:
    """The stay as the file gives it, as a difference of days."""
    return f"{quoted('los_days')} - {int(mapping.los_convention == 'inclusive')}" if "los_days" in fields else None


def _reason_or_care(given: Dictionary[str, str], stay: str | None, mapping: Mapping, *, reaches: bool) -> str | None:
    """The reason; without one and any sign of an end an episode is active where the data say until when they reach, else nobody knows."""
    known = given.get("discharge_reason")
    if mapping.counts_of == "discharged":  # so that a blank reason is missing, and no sign that somebody is still in care
        return known or BLANK["discharge_reason"]
    reason = _reason(mapping.rule("discharge_reason"), known if mapping.contacts else None) or known
    if reason is None or mapping.layout == "fhir":  # its statuses say who is still in care
        return reason
    # A visit of OMOP without an end is still in care where the mapping says so, and nowhere else.
    reach = "FALSE" if mapping.layout == "omop" else "TRUE" if mapping.cutoff else "observed_days IS NOT NULL" if reaches else "FALSE"
    ended = " OR ".join(f"{name} IS NOT NULL" for name in ENDS if name in given or (name == "los_days" and stay)) or "FALSE"
    return f"CASE WHEN ({reason}) IS NOT NULL OR {ended} THEN {reason} WHEN {reach} THEN 'active' ELSE {literal(NOT_KNOWN)} END"


def _of_events(fields: Dictionary[str, Field], _mapping: Mapping, _scales: Dictionary[str, Scale]) -> tuple[Derived, ...]:
    """Days on both clocks, and blanks for what the file lacks."""
    day = quoted("day") if "day" in fields else "CAST(NULL AS INTEGER)"
    after = quoted("days_after_discharge") if "days_after_discharge" in fields else "CAST(NULL AS INTEGER)"
    lacking = {"planned": "CAST(NULL AS INTEGER)", "kind": "CAST(NULL AS VARCHAR)"}
    return (
        Derived("event_day", f"coalesce({day}, {after} + episode_los_days)"),
        Derived("event_days_after_discharge", f"coalesce({after}, {day} - episode_los_days)"),
        *(Derived(name, sql) for name, sql in lacking.items() if name not in fields),
    )


def _of_scores(fields: Dictionary[str, Field], _mapping: Mapping, scales: Dictionary[str, Scale]) -> tuple[Derived, ...]:
    """Scores made from items, and the answer to the safety item."""
    kind = "INTEGER" if all(scale.whole for scale in scales.values()) else NUMBER_TYPE
    return (*_totals(fields, scales, kind), Derived("safety_item", f"CAST({_safety_items(fields, scales)} AS INTEGER)"))


def _parts(fields: Dictionary[str, Field], scales: Dictionary[str, Scale], steps: Dictionary[str, Steps]) -> tuple[Subscore, ...]:
    """The subscales whose items are all there, as rows of scores are made of them."""
    parts = []
    for scale in scales.values():
        if scale.form and scale.adds_up and set(scale.item_columns) <= fields.keys():
            points = total_sql(scale, list(map(quoted, scale.item_columns)))
            kept = steps[scale.name].kept(f"({points})") if scale.name in steps else f"CAST({points} AS INTEGER)"
            parts.append(Subscore(scale.name, scale.form, kept))
    return tuple(parts)


def _totals(fields: Dictionary[str, Field], scales: Dictionary[str, Scale], kind: str) -> tuple[Derived, ...]:
    """The score, from the items where it is not given and all of them stand there; blank of a form that has subscales alone."""
    whole = {scale.name: scale for scale in scales.values() if not scale.form and set(scale.item_columns) <= fields.keys() and scale.items}
    totals = {name: total_sql(scale, list(map(quoted, scale.item_columns))) for name, scale in whole.items() if scale.adds_up}
    if not totals and ("score" in fields or not any(scale.adds_up for form in whole.values() for scale in subscales_of(form, scales))):
        return ()
    given = quoted("score") if "score" in fields else "NULL"
    return (Derived("score", f"CAST(coalesce({given}, {_by_scale(totals)}) AS {kind})"),)


def _safety_items(fields: Dictionary[str, Field], scales: Dictionary[str, Scale]) -> str:
    """The answer to the safety item, as it was given: a total made up for blanks says nothing of it."""
    items = {name: f"{name}_{scale.safety_item.item}" for name, scale in scales.items() if scale.safety_item is not None and scale.adds_up}
    return _by_scale({name: quoted(item) for name, item in items.items() if item in fields})


def _by_scale(values: Dictionary[str, str]) -> str:
    """SQL that chooses a value by the scale of a row; blank for any other."""
    cases = " ".join(f"WHEN {literal(name)} THEN {sql}" for name, sql in values.items())
    return f"CASE scale {cases} END" if cases else "NULL"


_DERIVED = {"stays": _of_episodes, "totals": _of_scores, "clocks": _of_events}
_WIDE = {"score": _wide_score, "event": _wide_event, "item": _item}
