"""Takes nothing, gives the kinds of rows as data (`KINDS`) and the requests a measure may make of rows.

Intake checks, casts and documents from these declarations alone: a column is described here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from types import MappingProxyType
from typing import Literal

Kind = Literal["text", "category", "integer", "number", "date", "flag", "code"]

DISCHARGE_REASONS = (
    "completed",
    "transferred_step_down",
    "transferred_step_up",
    "transferred_lateral",
    "dropped_out",
    "terminated_by_program",
    "authorization_ended",
    "incarcerated",
    "other",
    "unknown",
    "died",
    "not_started",
    "active",
)
EVENTS = (
    "readmission_psychiatric",
    "readmission_other",
    "emergency_visit",
    "death",
    "relapse",
    "follow_up_contact",
    "next_level_of_care",
)
SESSION_STATUSES = ("attended", "missed", "cancelled_by_person", "cancelled_by_program", "excused")
SESSION_KINDS = ("group", "individual", "family", "medication", "assessment", "case_management", "education", "peer", "other")
# Columns of a closed list that record systems have usual words for.
WITH_KNOWN_WORDS = ("discharge_reason", "event", "status", "kind", "moment", "planned")
SCHEDULED = "scheduled"  # of a session that is yet to come: nobody knows its status
DATA_CLASSES = ("safe_harbor", "limited_data_set", "synthetic", "public")
DATED_CLASSES = ("limited_data_set", "synthetic", "public")
UNRESTRICTED_CLASSES = ("synthetic", "public")
LAYOUTS = ("teds_d", "omop", "fhir", "redcap")  # other layouts that files may come in, each with its adapter
FOLLOW_UP = "follow_up"  # what a layout lacks that never says what became of people after discharge
LOS_CONVENTIONS = ("difference", "inclusive", "last_contact", "teds_codes")

# What is known of when: columns to follow a rate over time by, none of them a trait of an episode to compare or adjust for.
DISCHARGE_PERIODS = ("period", "discharge_month", "discharge_quarter")
PERIODS = (*DISCHARGE_PERIODS, "admit_month")

# Who people are: what a report sets outcomes side by side by. Race and ethnicity are covariates that a site declares.
STRATA = ("sex", "age_group", "payer", "race", "ethnicity")

MAX_DAYS = 36_500
FIRST_DATE = "1990-01-01"


@dataclass(frozen=True, slots=True)
class Field:
    """One column of an input table.

    Parameters
    ----------
    name : str
        Canonical name.
    kind : {"text", "category", "integer", "number", "date", "flag", "code"}
        `text` is an identifier, `category` a short label, `code` a word of `allowed`, `flag` 1 or 0, `number` an exact decimal.
    means : str
        What it says, with its unit.
    blank : str
        What a blank means.
    allowed : tuple of str
        The closed list of a `code`.
    also : tuple of (str, str)
        Other words, each with the one of that list that it is read as; "" for a blank.
    low, high : int, Decimal or None
        Closed range of an `integer` or a `number`.
    step : int or Decimal
        What every value is a whole multiple of.
    required : bool
        Whether the table is unusable without it.
    """

    name: str
    kind: Kind
    means: str
    blank: str = "not known"
    allowed: tuple[str, ...] = ()
    also: tuple[tuple[str, str], ...] = ()
    low: int | Decimal | None = None
    high: int | Decimal | None = None
    step: int | Decimal = 1
    required: bool = False


def _days(name: str, means: str, *, low: int = 0, blank: str = "not known", required: bool = False) -> Field:
    return Field(name, "integer", f"{means} (days)", blank=blank, low=low, high=MAX_DAYS, required=required)


EPISODES = (
    Field("episode_id", "text", "one admission to one track", blank="not allowed", required=True),
    Field("track", "category", "the track of care", blank="shown as (missing)", required=True),
    Field(
        "discharge_reason",
        "code",
        "how the episode ended",
        blank="reason missing; without any sign of an end still in care, or not known",
        allowed=DISCHARGE_REASONS,
        required=True,
    ),
    _days(
        "los_days", "length of stay, in the convention the file declares; of one still in care, so far", blank="still in care, or not known"
    ),
    Field("los_code", "integer", "length of stay as a code of TEDS-D: 1 to 30 are days, 31 to 37 bands of days", low=1, high=37),
    _days("discharge_day", "discharge, counted from admission", low=-MAX_DAYS, blank="still in care, or not known"),
    Field("admit_date", "date", "admission (date)"),
    Field("discharge_date", "date", "discharge (date)", blank="still in care, or not known"),
    Field("patient_id", "text", "the person; repeats when a person returns", blank="a person of their own"),
    Field("site", "category", "place of care"),
    Field("modality", "category", "in person or virtual"),
    Field("level_of_care", "category", "level of care"),
    Field("period", "category", "discharge period, such as 2024-Q1, where there are no dates"),
    _days("planned_days", "planned length of the program"),
    _days("observed_days", "admission to data cut-off"),
    _days("follow_up_days", "observed after discharge", blank="unknown: out of curves"),
    Field("referral_source", "category", "who referred"),
    Field("payer", "category", "who pays"),
    Field("primary_dx", "category", "primary diagnosis, as a broad word"),
    Field("age_group", "category", "age band"),
    Field("sex", "category", "sex"),
)
MOMENTS = ("admit", "discharge", "between")
SCORES = (
    Field("episode_id", "text", "the episode the score belongs to", blank="not allowed"),
    Field("scale", "category", "which scale, such as phq9", blank="not allowed", required=True),
    _days("day", "counted from admission", low=-MAX_DAYS, blank="not allowed"),
    Field(
        "moment",
        "code",
        "when it was asked, where neither a day nor a date says so",
        blank="not known: not used",
        allowed=MOMENTS,
    ),
    Field("score", "integer", "total score (points)", blank="not scored"),
    Field("instrument_version", "category", "version of the instrument"),
    Field("rater", "category", "who rated"),
)
EVENT_ROWS = (
    Field("episode_id", "text", "the index episode", blank="not allowed"),
    Field("event", "code", "what happened", blank="not allowed", allowed=EVENTS, required=True),
    _days("day", "counted from admission", low=-MAX_DAYS),
    _days("days_after_discharge", "counted from discharge", low=-MAX_DAYS),
    Field("kind", "category", "kind of event"),
    Field("planned", "flag", "planned (1) or not (0)", blank="not planned"),
    Field("event_id", "text", "names the row, so that copies of it are known", blank="taken for no copy"),
)
_ALSO = (("no_show", "missed"), ("late_not_seen", "missed"), ("cancelled_by_patient", "cancelled_by_person"))
SESSIONS = (
    Field("episode_id", "text", "the episode the session belongs to", blank="not allowed"),
    _days("day", "counted from admission", low=-MAX_DAYS, blank="not allowed"),
    Field(
        "status",
        "code",
        "whether it took place",
        blank="not known: in no rate, counted",
        allowed=SESSION_STATUSES,
        also=(*_ALSO, (SCHEDULED, "")),
        required=True,
    ),
    Field("kind", "code", "kind of session", allowed=SESSION_KINDS),
    Field("hours", "number", "how long it lasted (hours)", low=0, high=24),
    Field("group_id", "text", "the group that met", blank="no group, or not known"),
    Field("session_id", "text", "names the row, so that copies of it are known", blank="taken for no copy"),
)
# What the contacts of an episode say of it: labels by the first contact that has one, the reason by the last contact.
OF_CONTACTS = (
    "track", "discharge_reason", "site", "modality", "level_of_care", "planned_days", "referral_source", "payer", "primary_dx", "age_group", "sex",
)  # fmt: skip
CONTACTS = (
    Field("patient_id", "text", "the person", blank="not allowed", required=True),
    Field("date", "date", "day of the contact (date)", blank="not allowed"),
    _days("day", "counted from the patient's first contact", low=-MAX_DAYS, blank="not allowed"),
    Field(
        "status",
        "code",
        "whether it took place",
        blank="not known: counts as not attended",
        allowed=(*SESSION_STATUSES, SCHEDULED),
        also=_ALSO,
    ),
    Field("kind", "category", "kind of contact"),
    _days("observed_days", "first contact of the patient to data cut-off, where there are no dates"),
    *(replace(declared, required=declared.name == "track") for declared in EPISODES if declared.name in OF_CONTACTS),
)


# What names the episode and the day of a row where its own columns do not: the person and the date.
BY_PATIENT = (
    Field("patient_id", "text", "the person, where the episode is not named", blank="not allowed"),
    Field("date", "date", "the day (date), in the place of days from admission", blank="not allowed"),
)

Wide = Literal["score", "event", "item"]
Placing = Literal["", "one", "care", "every"]
Derivations = Literal["stays", "totals", "clocks"]
RuleSet = Literal["stays", "scores", "clocks", "sessions", "contacts"]


@dataclass(frozen=True, slots=True)
class RowKind:
    """A kind of rows: what a table of that name holds. A new kind is one more of these in `KINDS`.

    Its rows are then read, renamed and translated, checked column by column, left out with the episode they belong to, counted in the
    flow, named in provenance and kept for engines.

    Parameters
    ----------
    name : str
        Of the table.
    fields : tuple of Field
        Its columns.
    parent : str
        The kind that each row belongs to one of, by `episode_id`, and without which none is used; blank where it belongs to none. A table
        of rows with a parent may be absent.
    rolled_into : str
        The kind that its rows are rolled into, and in whose place they come; such rows reach no engine.
    alternatives : tuple of (tuple of str, str)
        Columns of which one is needed, and what to ask for where none is there.
    key : tuple of str
        Columns that no two rows share, unless one is a copy of the other; none where rows that are alike are all kept.
    key_rule : str
        The rule that says so.
    wide : tuple of {"score", "event", "item"}
        Columns named after a scale or an event that may be there beside those declared.
    derivations : tuple of {"stays", "totals", "clocks"}
        What is computed from its columns; the expressions are in `intake.recipes`.
    rules : tuple of {"stays", "scores", "clocks", "sessions", "contacts"}
        Rules over several columns, beside those that follow from the columns one by one; `intake.checks` lists them.
    beside : str
        The column whose words may be columns of the parent's table instead, as `<word>_day` and `<word>_observed`.
    points : str
        The column of points of the scale that the column `scale` names.
    marks : tuple of str
        Columns of which a table has at least one, or it is another table: how a file of any name is recognised.
    placing : {"", "one", "care", "every"}
        Whether rows by patient and date belong to one of the patient's episodes, to the one in care that day alone, or to every one that
        had begun; blank where none may come so. Rows of those in care are used on a day in care alone, however they name the episode.
    in_place : str
        The kind that brings the same rows in the place of the parent's table: one of the two may come.
    many : bool
        Whether a person has so many of its rows that a count of rows may hide few people: where counts are withheld, none of rows is shown.
    may_be_empty : bool
        Whether a table without a row says something: that nobody has one. Any other is taken for an export that failed.
    covariates : bool
        Whether a site's further columns may be declared.
    spellings : bool
        Whether labels that differ by their spelling alone are looked for.
    """

    name: str
    fields: tuple[Field, ...]
    parent: str = ""
    rolled_into: str = ""
    alternatives: tuple[tuple[tuple[str, ...], str], ...] = ()
    key: tuple[str, ...] = ()
    key_rule: str = ""
    wide: tuple[Wide, ...] = ()
    derivations: tuple[Derivations, ...] = ()
    rules: tuple[RuleSet, ...] = ()
    beside: str = ""
    points: str = ""
    marks: tuple[str, ...] = ()
    placing: Placing = ""
    in_place: str = ""
    many: bool = False
    may_be_empty: bool = False
    covariates: bool = False
    spellings: bool = True

    @property
    def counted(self) -> bool:
        """Whether its rows are what is counted, and what others belong to."""
        return not self.parent and not self.rolled_into


COUNTED = "episodes"  # the kind that is counted
_EPISODE = (("episode_id",), "episode_id (or patient_id with date)")
_KINDS = {
    kind.name: kind
    for kind in (
        RowKind(
            COUNTED,
            EPISODES,
            alternatives=((("los_days",), "los_days (or discharge_day, or admit_date and discharge_date)"),),
            key=("episode_id",),
            key_rule="duplicate_id",
            wide=("score", "event"),
            derivations=("stays",),
            rules=("stays",),
            marks=("episode_id", "discharge_reason", "los_days", "admit_date", "discharge_date"),
            covariates=True,
        ),
        RowKind(
            "scores",
            SCORES,
            parent=COUNTED,
            alternatives=(
                _EPISODE,
                (("day",), "day (or date, or moment)"),
                (("score",), "score (or the items, such as phq9_1 to phq9_9)"),
            ),
            key=("episode_id", "scale", "day"),
            key_rule="score_twice",
            wide=("item",),
            derivations=("totals",),
            rules=("scores",),
            points="score",
            placing="one",
            marks=("scale", "score"),
            spellings=False,
        ),
        RowKind(
            "events",
            EVENT_ROWS,
            parent=COUNTED,
            alternatives=(_EPISODE, (("day", "days_after_discharge"), "days_after_discharge (or day, or date)")),
            key=("event_id",),
            key_rule="event_id_twice",
            derivations=("clocks",),
            rules=("clocks",),
            beside="event",
            placing="every",
            marks=("event",),
            may_be_empty=True,
        ),
        RowKind(
            "sessions",
            SESSIONS,
            parent=COUNTED,
            alternatives=(_EPISODE, (("day",), "day (or date)")),
            key=("session_id",),
            key_rule="session_twice",
            rules=("sessions",),
            placing="care",
            in_place="contacts",
            many=True,
            marks=("status", "hours"),
        ),
        RowKind(
            "contacts",
            CONTACTS,
            rolled_into=COUNTED,
            alternatives=((("date", "day"), "date (or day)"),),
            rules=("contacts",),
            marks=("date", "day"),
            covariates=True,
        ),
    )
}
KINDS: Mapping[str, RowKind] = MappingProxyType(_KINDS)


def rolled_kinds() -> tuple[str, ...]:
    """Names of the tables that may come in the place of the one that is counted."""
    return tuple(kind.name for kind in KINDS.values() if kind.rolled_into)


def given_twice(tables: Collection[str]) -> tuple[str, str] | None:
    """Two tables that bring the same rows, one beside the episodes and one in their place, where both came."""
    return next(((kind.name, kind.in_place) for kind in KINDS.values() if kind.name in tables and kind.in_place in tables), None)


def field(table: str, name: str) -> Field | None:
    """Look up a declared column; `None` when the table has no such column.

    Examples
    --------
    >>> field("episodes", "planned_days").means
    'planned length of the program (days)'
    """
    return next((item for item in KINDS[table].fields if item.name == name), None)


Moment = Literal["admit", "discharge"]
Clock = Literal["admission", "discharge"]
BASELINES = ("first_baseline", "last_baseline")
CARRIED = "carried"
WINDOWS: Mapping[Moment, tuple[int, int]] = MappingProxyType({"admit": (-7, 3), "discharge": (-7, 14)})


@dataclass(frozen=True, slots=True)
class Column:
    """Ask for a column of episodes as it stands: a declared one or a covariate of the mapping.

    A column that the data lack is blank for every episode, so that a measure can say "not assessable".
    """

    name: str

    @property
    def keys(self) -> tuple[str, ...]:
        """Names of the columns this request adds to the count table."""
        return (self.name,)


@dataclass(frozen=True, slots=True)
class ScoreAt:
    """Ask for the score of a scale, or the answer to its safety item, at admission or at discharge (points; blank where there is none).

    Parameters
    ----------
    scale : str
        Name of the scale, such as "phq9".
    moment : {"admit", "discharge"}
        At admission: the score closest to day 0 inside the window, the earlier on a tie.
        At discharge: the last score inside the window around the discharge day, on a later day than the admission score.
    window : tuple of int, optional
        Closed interval of days around the moment; (-7, 3) at admission and (-7, 14) at discharge.
    column : {"score", "safety_item"}
        The total, or the answer to one item, which stands where the total is blank too.
    """

    scale: str
    moment: Moment
    window: tuple[int, int] | None = None
    column: Literal["score", "safety_item"] = "score"

    @property
    def days(self) -> tuple[int, int]:
        """The window in force, in days around the moment."""
        return self.window or WINDOWS[self.moment]

    @property
    def keys(self) -> tuple[str, ...]:
        """Names of the columns this request adds to the count table."""
        return (f"{self.scale}_{self.moment}" if self.column == "score" else f"{self.scale}_{self.column}_{self.moment}",)


@dataclass(frozen=True, slots=True)
class AnswersAt:
    """Ask for the answers to the items of the form whose score is the admission score of a scale; blank where it came without items.

    Where several forms of one day have that score, the one whose answers are lowest, from the first item on.

    Parameters
    ----------
    scale : str
        Name of the scale.
    items : tuple of (str, int, int)
        Columns that hold the answers, in order, each with its lowest and highest.
    """

    scale: str
    items: tuple[tuple[str, int, int], ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """Names of the columns this request adds to the count table."""
        return tuple(f"{self.scale}_answer_{column.rpartition('_')[2]}" for column, _, _ in self.items)


@dataclass(frozen=True, slots=True)
class BaselineTwice:
    """Ask for the first and the last score of a scale in the window of admission, of two different days; blank where there is one day alone.

    The lower of two scores of a day counts, as at admission.

    Parameters
    ----------
    scale : str
        Name of the scale.
    """

    scale: str

    @property
    def keys(self) -> tuple[str, ...]:
        """Names of the columns this request adds to the count table."""
        return tuple(f"{self.scale}_{place}" for place in BASELINES)


@dataclass(frozen=True, slots=True)
class ScoreWithin:
    """Ask for the last score of a scale between two days (points; blank where there is none); of two on that day the higher, as at discharge.

    Parameters
    ----------
    scale : str
        Name of the scale.
    name : str
        What to call the occasion, such as "week_4"; the count table gets `<scale>_<name>`.
    first, last : int
        Days on the clock, both included; later than every day on which the admission score (from admission), or the discharge score
        (from discharge) may be given, so that no score is taken twice.
    clock : {"admission", "discharge"}
        What day 0 is.
    in_care : bool
        Whether the days end with discharge.
    """

    scale: str
    name: str
    first: int
    last: int
    clock: Clock = "admission"
    in_care: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        """Names of the columns this request adds to the count table."""
        return (f"{self.scale}_{self.name}",)


@dataclass(frozen=True, slots=True)
class LastCarried:
    """Ask for the last score in care of an episode that has an admission score and no discharge score (points; blank for all others).

    It is of a later day than the admission score, and of a day before the window of the discharge score; of two on one day the higher.

    Parameters
    ----------
    scale : str
        Name of the scale.
    """

    scale: str

    @property
    def keys(self) -> tuple[str, ...]:
        """Names of the columns this request adds to the count table."""
        return (f"{self.scale}_{CARRIED}",)


@dataclass(frozen=True, slots=True)
class ClassOf:
    """Ask for the class that a column's word belongs to; blank throughout where the data lack the column.

    The words themselves would multiply the cells of a table of scores.

    Parameters
    ----------
    name : str
        What to call it in the count table.
    column : str
        A column of words of the episodes.
    classes : tuple of (str, tuple of str)
        Each class with its words.
    rest : str
        The class of every other word, and of a blank.
    """

    name: str
    column: str
    classes: tuple[tuple[str, tuple[str, ...]], ...]
    rest: str

    @property
    def keys(self) -> tuple[str, ...]:
        """Names of the columns this request adds to the count table."""
        return (self.name,)


@dataclass(frozen=True, slots=True)
class Weeks:
    """Ask for the whole weeks in a column of days, those beyond `most` as `most`; blank where the days are.

    Parameters
    ----------
    column : str
        A column of days of the episodes, none of them negative.
    most : int
        Weeks from which on they are counted alike.
    """

    column: str
    most: int

    @property
    def keys(self) -> tuple[str, ...]:
        """Names of the columns this request adds to the count table."""
        return (f"{self.column}_weeks",)


@dataclass(frozen=True, slots=True)
class FirstEvent:
    """Ask for the day and kind of the first event after a moment, or the last day observed.

    On one day the order is: an outcome event, another (competing) event, death, end of follow-up. The kind is blank throughout
    where the data bring neither a table of events nor a column of the outcome: nobody can tell whether it happened.

    Parameters
    ----------
    name : str
        What to call it; the count table gets `<name>_day` and `<name>_outcome`.
    events : tuple of str
        Events that count as the outcome.
    competing : tuple of str
        Events that make the outcome impossible or another matter; each keeps its own name.
    clock : {"admission", "discharge"}
        What day 0 is.
    planned_competes : bool
        Whether a planned outcome event competes under the name `planned`.
    kinds : tuple of str
        Kinds of outcome event that count; every kind when empty.
    """

    name: str
    events: tuple[str, ...]
    competing: tuple[str, ...] = ("death",)
    clock: Clock = "discharge"
    planned_competes: bool = False
    kinds: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """Names of the columns this request adds to the count table."""
        return (f"{self.name}_day", f"{self.name}_outcome")


@dataclass(frozen=True, slots=True)
class Reached:
    """Ask whether a whole-number column, or the sum of two (`plus`), is at least another, or a number: 1, 0, or blank where one of them is.

    Two columns of days would make a table of a hundred thousand cells where three are wanted.
    """

    column: str
    goal: str | int
    plus: str = ""

    @property
    def keys(self) -> tuple[str, ...]:
        """Names of the columns this request adds to the count table."""
        return (f"{self.column}{f'_plus_{self.plus}' if self.plus else ''}_reached_{self.goal}",)

    @property
    def columns(self) -> frozenset[str]:
        """The columns that it needs."""
        return frozenset(side for side in (self.column, self.plus, self.goal) if isinstance(side, str) and side)


@dataclass(frozen=True, slots=True)
class Known:
    """Ask whether a column or a score is there at all: 1 or 0."""

    request: Column | ScoreAt

    @property
    def keys(self) -> tuple[str, ...]:
        """Names of the columns this request adds to the count table."""
        return (f"{self.request.keys[0]}_known",)


@dataclass(frozen=True, slots=True)
class EventWithin:
    """Ask whether one of some events happened between two days after discharge, or after admission: 1 or 0.

    Parameters
    ----------
    name : str
        What to call it in the count table.
    events : tuple of str
        Events that count.
    kinds : tuple of str
        Kinds of them that count; every kind when empty.
    first, last : int or None
        Days on the clock, both included; no bound when `None`. Days before discharge are negative.
    undated : bool
        Whether an event counts whose day on the clock is not known, because the day of discharge is not.
    clock : {"discharge", "admission"}
        What day 0 is.
    """

    name: str
    events: tuple[str, ...]
    kinds: tuple[str, ...] = ()
    first: int | None = None
    last: int | None = None
    undated: bool = False
    clock: Clock = "discharge"

    @property
    def keys(self) -> tuple[str, ...]:
        """Names of the columns this request adds to the count table."""
        return (self.name,)


@dataclass(frozen=True, slots=True)
class StopsAtEnd:
    """Ask whether `follow_up_days` is the day of an episode's first event: 1 or 0; blank without an event.

    Files differ in whether follow-up runs on past an event, and only the whole file tells which it does.
    """

    request: FirstEvent

    @property
    def keys(self) -> tuple[str, ...]:
        """Names of the columns this request adds to the count table."""
        return (f"{self.request.name}_stops_at_end",)


@dataclass(frozen=True, slots=True)
class Status:
    """Ask whether an episode was discharged, or is one that most populations leave out: died, not_started, active, not_known.

    The reasons themselves would multiply the cells of a table of days or scores by ten.
    """

    @property
    def keys(self) -> tuple[str, ...]:
        """Names of the columns this request adds to the count table."""
        return (STATUS,)


STATUS = "episode_status"
NOT_KNOWN = "not_known"  # whether an episode was discharged: no reason, no stay, and nothing says until when the data reach
OUTSIDE = ("died", "not_started", "active", NOT_KNOWN)


@dataclass(frozen=True, slots=True)
class DaysInCare:
    """Ask how many days an episode is known to have been in care: its stay, of one that goes on the days so far; blank where that is not known."""

    @property
    def keys(self) -> tuple[str, ...]:
        """Names of the columns this request adds to the count table."""
        return (DAYS_IN_CARE,)


DAYS_IN_CARE = "days_in_care"


@dataclass(frozen=True, slots=True)
class SessionCount:
    """Ask how many sessions of an episode have one of some statuses, or on how many days one has; blank where no status is known.

    Parameters
    ----------
    name : str
        What to call it in the count table.
    statuses : tuple of str
        Those that count; where none is named, sessions without a status are counted, which is blank where there is no session at all.
    days : bool
        Whether days with at least one such session are counted, and not the sessions.
    """

    name: str
    statuses: tuple[str, ...] = ()
    days: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        """Names of the columns this request adds to the count table."""
        return (self.name,)


Request = (
    Column
    | ScoreAt
    | ScoreWithin
    | AnswersAt
    | BaselineTwice
    | LastCarried
    | ClassOf
    | Weeks
    | FirstEvent
    | Reached
    | Known
    | EventWithin
    | StopsAtEnd
    | SessionCount
    | Status
    | DaysInCare
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a data set can answer.

    Parameters
    ----------
    columns : tuple of str
        Columns of the episodes.
    scales : frozenset of str
        Scales of which scores came, in the table of scores or beside the episodes.
    events : frozenset of (str, str or None)
        Events that happened, each with the kinds that are recorded of it.
    repeated : int or None
        Patients with more than one episode; `None` when no patients are named.
    given, filled : frozenset of str
        Kinds of rows that came in a table of their own, and those of which there is any row, wherever it stood.
    safety_items : frozenset of str
        Scales of which the answer to the safety item came; a total alone neither raises nor clears it.
    lacking : frozenset of str
        Columns that every table of rows brings and these data, which came as counts, do not.
    """

    columns: tuple[str, ...]
    scales: frozenset[str]
    events: frozenset[tuple[str, str | None]]
    repeated: int | None
    given: frozenset[str]
    filled: frozenset[str]
    safety_items: frozenset[str] = frozenset()
    lacking: frozenset[str] = frozenset()

    @property
    def periods(self) -> tuple[str, ...]:
        """Columns that say when."""
        return tuple(name for name in PERIODS if name in self.columns)

    @property
    def follow_up(self) -> bool:
        """Whether anything says until when an episode was observed after discharge."""
        return "follow_up_days" in self.columns or any(f"{event}_day" in self.columns for event in EVENTS)

    def happened(self, events: Collection[str], kinds: Collection[str] = ()) -> bool:
        """Whether any event of some names happened, and of some kinds where those are named.

        Examples
        --------
        >>> facts = Facts((), frozenset(), frozenset({("relapse", None), ("relapse", "alcohol")}), None, frozenset(), frozenset())
        >>> facts.happened(["relapse"]), facts.happened(["relapse"], ["opioids"]), facts.happened(["death"])
        (True, False, False)
        """
        return any(event in events and (not kinds or kind in kinds) for event, kind in self.events)
