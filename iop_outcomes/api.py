"""Takes a question in one call, gives an `Answer`: the public functions, thin, with everything heavy imported inside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from iop_outcomes.answer import Answer

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from iop_outcomes.intake.data import Data
    from iop_outcomes.intake.table import EpisodeTable
    from iop_outcomes.measures import Measure
    from iop_outcomes.reporting.report import Report
    from iop_outcomes.reporting.verification import Verification

FIRST = "completion"  # the measure that is asked where none is named


def load(
    source: str | Path | pd.DataFrame | Mapping[str, pd.DataFrame],
    *,
    mapping: Mapping[str, Any] | str | Path | None = None,
    on_error: Literal["raise", "exclude"] = "raise",
    scales: str | Path | None = None,
    layout: str | None = None,
) -> Data:
    """Load a program's de-identified data and find what is wrong with them.

    Parameters
    ----------
    source : path, data frame or dict of data frames
        A folder with `episodes.csv` (or `.parquet`, or a file of SAS, SPSS or Stata) and perhaps `scores`, `events` and `sessions`; the
        file of episodes itself; a data frame of episodes (pandas, polars or Arrow); or `{"episodes": frame, "scores": frame,
        "events": frame, "sessions": frame}`. Frames are copied. A table of `contacts` may stand in the place of episodes, which are
        then built from it, and never beside sessions. Files of another layout, such as TEDS-D, say so in the mapping: `[data] layout`.
    mapping : path or dict, optional
        A mapping.toml, or the same as nested dicts. A mapping.toml that stands beside the files is found by itself.
    on_error : {"raise", "exclude"}
        Whether faulty rows stop the load, or are left out and counted in `flow`.
    scales : path, optional
        A folder of TOML files with a site's own scales.
    layout : {"omop", "fhir", "redcap", "teds_d", "tuva_encounters", "tuva_readmissions"} or the name of a file, optional
        Which other system's layout the files come in; this package's own by default. `[data] layout` in the mapping says the same. A layout
        of your own is a TOML file beside the mapping (`docs/recipes/add_a_layout.md`).

    Returns
    -------
    Data
        With `.findings` and `.flow`; a context manager that removes its private folder.

    Raises
    ------
    DataError
        With every finding, when the data cannot be used.
    PrivacyError
        When they hold what their declared class forbids.

    Examples
    --------
    >>> import iop_outcomes as iop
    >>> data = iop.load("data/synthetic")
    >>> data.flow[0].what, data.flow[0].used
    ('episodes', 1200)
    >>> data.close()
    """
    from dataclasses import replace

    from iop_outcomes.intake.loading import load as load_data

    return replace(load_data(source, mapping=mapping, on_error=on_error, scales=scales, layout=layout), tabulate=_episode_table)


def _episode_table(data: Data) -> EpisodeTable:
    """The table of some data, which stands behind a field of theirs: intake knows no measure."""
    from iop_outcomes.evaluate.episode_table import episode_table

    return episode_table(data)


def _answer(data: Data, declared: Measure, by: str | Sequence[str] | None, conf_level: float) -> Answer:
    from iop_outcomes.evaluate import evaluate

    _check_level(conf_level)
    return Answer(evaluate(declared, data, by=by, conf_level=conf_level))


def _check_level(conf_level: float) -> None:
    from iop_outcomes.errors import UsageError

    if not 0 < conf_level < 1:
        raise UsageError(f"conf_level: {conf_level:g} is not between 0 and 1, such as 0.95.")


def measure(
    data: Data,
    name: str,
    *,
    by: str | Sequence[str] | None = None,
    definition: str | None = None,
    scale: str | None = None,
    profile: str | None = None,
    at: Sequence[int] | None = None,
    conf_level: float = 0.95,
) -> Answer:
    """Ask any measure by its name.

    Parameters
    ----------
    data : Data
        From `load`.
    name : str
        Such as "completion"; `iop-outcomes measures` lists them.
    by : str or two of them, optional
        Column to group by; there is always a row "All". Two columns, as in ("track", "modality"), give everyone, every level of either
        and every pair of levels that has episodes: `level` is that of the first, `level_2` that of the second.
    definition : str, optional
        Which of the measure's definitions.
    scale : str, optional
        Of which scale, for "symptom_change" and "reliable_change".
    profile : str, optional
        Which profile of reliable change.
    at : sequence of int, optional
        Days after discharge, for measures of time.
    conf_level : float
        Confidence level between 0 and 1.

    Returns
    -------
    Answer

    Raises
    ------
    UsageError
        When the measure, the column, the scale or the definition does not exist.
    NotAssessableError
        When the data hold nothing that answers it.

    Examples
    --------
    >>> import iop_outcomes as iop
    >>> with iop.load("data/synthetic") as data:
    ...     iop.measure(data, "length_of_stay").to_frame().estimand.tolist()
    ['los_median', 'los_q1', 'los_q3', 'los_mean']
    """
    from iop_outcomes.evaluate.lookup import look_up

    return _answer(data, look_up(data, name, definition, at=at, scale=scale, profile=profile), by, conf_level)


def completion(
    data: Data,
    *,
    by: str | Sequence[str] | None = None,
    denominator: Literal["discharged", "teds_all"] = "discharged",
    conf_level: float = 0.95,
) -> Answer:
    """What share of the people discharged finished the program, under each named definition.

    Parameters
    ----------
    data : Data
        From `load`.
    by : str or two of them, optional
        Column to group by, such as "track", or two: ("track", "modality").
    denominator : {"discharged", "teds_all"}
        "teds_all" counts deaths in care as not completed, as national discharge tables do.
    conf_level : float
        Confidence level between 0 and 1.

    Returns
    -------
    Answer
        Shares between 0 and 1 with Wilson intervals.

    References
    ----------
    Wilson EB (1927), doi:10.1080/01621459.1927.10502953.

    Examples
    --------
    >>> import iop_outcomes as iop
    >>> with iop.load("data/synthetic") as data:
    ...     frame = iop.completion(data, by="track").to_frame()
    >>> frame.level.unique().tolist()[:2]
    ['All', 'adolescent']
    """
    return measure(data, "completion", by=by, definition=denominator, conf_level=conf_level)


def length_of_stay(
    data: Data,
    *,
    by: str | Sequence[str] | None = None,
    definition: Literal["difference", "inclusive", "last_contact", "teds_codes"] | None = None,
    conf_level: float = 0.95,
) -> Answer:
    """How long people stay: median and quartiles first, the mean beside them, in days.

    Parameters
    ----------
    data : Data
        From `load`.
    by : str or two of them, optional
        Column to group by, or two.
    definition : {"difference", "inclusive", "last_contact", "teds_codes"}, optional
        Discharge day minus admission day, or both days counted. A file whose stays end with the last contact, or are codes
        of TEDS-D (bands of days), holds that quantity alone, under its own names; by default the one that the data hold.
    conf_level : float
        Confidence level between 0 and 1.

    Returns
    -------
    Answer
        Days, with order-statistic intervals for the quartiles and Student's t for the mean.

    Raises
    ------
    UsageError
        When the data hold another quantity than the one asked for.

    Examples
    --------
    >>> import iop_outcomes as iop
    >>> with iop.load("data/synthetic") as data:
    ...     iop.length_of_stay(data).definition.measure
    'length_of_stay'
    """
    return measure(data, "length_of_stay", by=by, definition=definition, conf_level=conf_level)


def discharge_reasons(
    data: Data, *, by: str | Sequence[str] | None = None, definition: Literal["grouped", "each"] = "grouped", conf_level: float = 0.95
) -> Answer:
    """The mix of how episodes ended.

    Parameters
    ----------
    data : Data
        From `load`.
    by : str or two of them, optional
        Column to group by, or two.
    definition : {"grouped", "each"}
        Five groups of reasons, or each reason by itself.
    conf_level : float
        Confidence level between 0 and 1.

    Returns
    -------
    Answer
        Shares between 0 and 1 that sum to 1, with Wilson intervals.

    Examples
    --------
    >>> import iop_outcomes as iop
    >>> with iop.load("data/synthetic") as data:
    ...     round(sum(iop.discharge_reasons(data).to_frame().value), 12)
    1.0
    """
    return measure(data, "discharge_reasons", by=by, definition=definition, conf_level=conf_level)


def symptom_change(data: Data, *, scale: str, by: str | Sequence[str] | None = None, conf_level: float = 0.95) -> Answer:
    """By how much symptoms changed from admission to discharge, and in how many episodes that is known.

    Parameters
    ----------
    data : Data
        From `load`.
    scale : str
        Name of a scale with a total score, such as "phq9".
    by : str or two of them, optional
        Column to group by, or two; "discharge_reason" shows who is missing a discharge score.
    conf_level : float
        Confidence level between 0 and 1.

    Returns
    -------
    Answer
        The paired rate first; changes in points, positive for improvement; d and g by the SD of the admission scores.

    References
    ----------
    Becker BJ (1988), doi:10.1111/j.2044-8317.1988.tb00901.x. Bonett DG (2008), doi:10.1037/1082-989X.13.2.99.

    Examples
    --------
    >>> import iop_outcomes as iop
    >>> with iop.load("data/synthetic") as data:
    ...     iop.symptom_change(data, scale="phq9").to_frame().estimand.tolist()[:2]
    ['paired_rate', 'mean_admit']
    """
    return measure(data, "symptom_change", scale=scale, by=by, conf_level=conf_level)


def reliable_change(
    data: Data, *, scale: str, by: str | Sequence[str] | None = None, profile: str = "nhs", conf_level: float = 0.95
) -> Answer:
    """How many people changed by more than measurement error alone would produce.

    Parameters
    ----------
    data : Data
        From `load`.
    scale : str
        Name of a scale with that profile, such as "phq9".
    by : str or two of them, optional
        Column to group by, or two.
    profile : str
        Name of the reliable-change profile, which sets points, operator and case cut-off.
    conf_level : float
        Confidence level between 0 and 1.

    Returns
    -------
    Answer
        Each rate among the pairs and among all discharged, with Wilson intervals.

    References
    ----------
    Jacobson NS, Truax P (1991), doi:10.1037/0022-006X.59.1.12.

    Examples
    --------
    >>> import iop_outcomes as iop
    >>> with iop.load("data/synthetic") as data:
    ...     iop.reliable_change(data, scale="gad7").to_frame().estimand[0]
    'reliable_improvement'
    """
    return measure(data, "reliable_change", scale=scale, by=by, profile=profile, conf_level=conf_level)


def readmission(
    data: Data,
    *,
    by: str | Sequence[str] | None = None,
    at: Sequence[int] = (30, 90, 180, 365),
    definition: Literal["psychiatric", "all_cause"] = "psychiatric",
    conf_level: float = 0.95,
) -> Answer:
    """How many people are readmitted after discharge, and how soon, with death and planned returns competing and transfers apart.

    Parameters
    ----------
    data : Data
        From `load`.
    by : str or two of them, optional
        Column to group by, or two.
    at : sequence of int
        Days after discharge.
    definition : {"psychiatric", "all_cause"}
        Which readmissions count, from day 3 on.
    conf_level : float
        Confidence level between 0 and 1.

    Returns
    -------
    Answer
        Cumulative incidence (Aalen-Johansen), event-free shares, medians and restricted means in days, simple rates.

    Raises
    ------
    UsageError
        When no end of follow-up is known for anybody; the message says how to give one.

    References
    ----------
    Aalen OO, Johansen S (1978), Scandinavian Journal of Statistics 5:141-150.

    Examples
    --------
    >>> import iop_outcomes as iop
    >>> with iop.load("data/synthetic") as data:
    ...     iop.readmission(data, at=[90]).to_frame().estimand[0]
    'cumulative_incidence'
    """
    return measure(data, "readmission", by=by, definition=definition, at=at, conf_level=conf_level)


def relapse(
    data: Data,
    *,
    definition: Literal["any_use", "heavy_drinking_day", "return_to_criteria"],
    by: str | Sequence[str] | None = None,
    at: Sequence[int] = (30, 90, 180, 365),
    conf_level: float = 0.95,
) -> Answer:
    """How many people relapse after discharge, and how soon, with death competing.

    Parameters
    ----------
    data : Data
        From `load`.
    definition : {"any_use", "heavy_drinking_day", "return_to_criteria"}
        What counts as relapse; there is no default, because the field has none.
    by : str or two of them, optional
        Column to group by, or two.
    at : sequence of int
        Days after discharge.
    conf_level : float
        Confidence level between 0 and 1.

    Returns
    -------
    Answer
        As for `readmission`.

    Raises
    ------
    UsageError
        When no end of follow-up is known for anybody; the message says how to give one.

    Examples
    --------
    >>> import iop_outcomes as iop
    >>> with iop.load("data/synthetic") as data:
    ...     iop.relapse(data, definition="any_use", by="track").definition.measure
    'relapse'
    """
    return measure(data, "relapse", by=by, definition=definition, at=at, conf_level=conf_level)


def compare(
    data: Data,
    *,
    measure: str = FIRST,
    estimand: str | None = None,
    by: str | Sequence[str] = "track",
    definition: str | None = None,
    scale: str | None = None,
    profile: str | None = None,
    at: Sequence[int] | None = None,
    pairwise: bool = False,
    conf_level: float = 0.95,
) -> Answer:
    """Set each group against all the others together, in one word that allows for the number of groups.

    Parameters
    ----------
    data : Data
        From `load`.
    measure : str
        Name of a measure.
    estimand : str, optional
        Which of its numbers; by default every one that has an interval, and the chart shows the first.
    by : str or two of them
        Column to compare by. Of two, the levels of the first are compared, among everyone and within each level of the second.
    definition : str, optional
        Which of the measure's definitions.
    scale, profile : str, optional
        As for `measure`.
    at : sequence of int, optional
        Days after discharge, for measures of time.
    pairwise : bool
        Each group against each other group, instead of against the others together.
    conf_level : float
        Confidence level between 0 and 1, at which all intervals of one number hold together.

    Returns
    -------
    Answer
        Beside the measure's own numbers a row for each comparison: the same estimand with `contrast` "minus_others", or
        "minus_level" with the other group in `versus`. `value` is the difference (of shares between -1 and 1), `low` and
        `high` its interval at the level `conf_level` at which those of all groups hold together, `p` the error level at
        which that interval would touch 0, `p_adjusted` the same for being one of several, and `word` higher or lower
        exactly when the interval leaves out 0, else "no clear difference"; "too few" with fewer than 11 episodes, or fewer
        than 10 effective patients where patients repeat, on either side. Episodes without a group are on no side.
        Unadjusted for who is treated: tracks treat different people.

    Raises
    ------
    UsageError
        When the measure, the number or the column does not exist, or the number is never compared between groups.
    NotAssessableError
        When the column holds one group or none, or the data hold nothing that answers the measure.

    References
    ----------
    Newcombe RG (1998), doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I. Zou GY, Donner A (2008),
    doi:10.1002/sim.3095. Sidak Z (1967), doi:10.1080/01621459.1967.10482935.

    Examples
    --------
    >>> import iop_outcomes as iop
    >>> with iop.load("data/synthetic") as data:
    ...     frame = iop.compare(data, estimand="completion_strict", by="modality").to_frame()
    >>> frame[frame.contrast == "minus_others"].word.tolist()
    ['no clear difference', 'no clear difference']
    """
    from iop_outcomes.evaluate import compare as compare_levels
    from iop_outcomes.evaluate.lookup import look_up

    _check_level(conf_level)
    declared = look_up(data, measure, definition, at=at, scale=scale, profile=profile)
    return Answer(compare_levels(declared, data, by=by, estimand=estimand, pairwise=pairwise, conf_level=conf_level))


def report(
    data: Data,
    *,
    by: str | Sequence[str] = "track",
    policy: str = "cms11",
    title: str = "Program quality report",
    ledger: str | Path | None = None,
) -> Report:
    """Build the program-quality report.

    Parameters
    ----------
    data : Data
        From `load`.
    by : str
        Column to compare by; one.
    policy : {"cms11", "part2", "round5", "nhs", "internal", "none"}
        Disclosure policy; "none" is allowed only for data of class synthetic or public.
    title : str
        Heading of the page.
    ledger : path, optional
        File of the outputs made before, begun where there is none: a figure that would differ from one of them by few episodes is
        withheld, and this output is added. Keep it as you keep the data.

    Returns
    -------
    Report
        With `.section(id)`, `.to_html()` and `.save(folder)`.

    Raises
    ------
    UsageError
        When the column does not exist, or more than one is given.

    Examples
    --------
    >>> import iop_outcomes as iop
    >>> with iop.load("data/synthetic") as data:
    ...     page = iop.report(data, by="track").to_html()
    >>> "Audited: no withheld count of 1 to 10 follows" in page
    True
    """
    from iop_outcomes.reporting.assemble import program_quality

    return program_quality(data, by=by, policy=policy, title=title, ledger=ledger)


def verify(data: Data, *, report: str | Path, ledger: str | Path | None = None) -> Verification:
    """Make a saved report again from its data, and say every place where it is not what they give.

    Parameters
    ----------
    data : Data
        From `load`, not narrowed: how the data were narrowed for the report is read from it.
    report : path
        A file of a report (.html, .csv, .json or .txt; a page or a .json that stands beside it says what it was asked for), or
        the folder of all.
    ledger : path, optional
        The ledger that the report was made with, where it was made with one; nothing is added to it.

    Returns
    -------
    Verification
        `.same` when every file is the same byte for byte, `.differences` otherwise, each with its place: section, table, row and
        column, or the line. A report made by another version, or with other versions of the libraries, says so and is not the same.

    Raises
    ------
    DataError
        When this is no report, or its parameters do not fit the data.

    Examples
    --------
    >>> import tempfile
    >>> import iop_outcomes as iop
    >>> with iop.load("data/synthetic") as data, tempfile.TemporaryDirectory() as folder:
    ...     page = iop.report(data, by="track").save(folder)[0]
    ...     iop.verify(data, report=page).same
    True
    """
    from iop_outcomes.reporting.verification import verify_report

    return verify_report(report, data, ledger)
