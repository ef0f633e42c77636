"""Takes a question in one call, gives an `Answer`: the public functions, thin, with everything heavy imported inside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from iop_outcomes.answer import Answer, TableOne
from iop_outcomes.arguments import check_arguments

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    from matplotlib.axes import Axes

    from iop_outcomes.intake.data import Data
    from iop_outcomes.intake.table import EpisodeTable
    from iop_outcomes.measures import Measure
    from iop_outcomes.published.beside import StudiesBeside
    from iop_outcomes.published.curve_points import Pairs as CurvePairs
    from iop_outcomes.published.identify import Identified
    from iop_outcomes.published.identify_table import Figures, IdentifiedTable
    from iop_outcomes.published.pooled import Pooled
    from iop_outcomes.published.reconstructed import ReconstructedCurve
    from iop_outcomes.published.reproduced import Reproduction
    from iop_outcomes.published.study_files import Files as StudyFiles
    from iop_outcomes.published.study_registry import StudyRegistry
    from iop_outcomes.reporting.report import Report
    from iop_outcomes.reporting.sharing import Share
    from iop_outcomes.reporting.verification import Verification
    from iop_outcomes.show.paper import PaperFigure

FIRST = "completion"  # the measure that is asked where none is named


def load(
    source: str | Path | pd.DataFrame | Mapping[str, pd.DataFrame],
    *,
    mapping: Mapping[str, Any] | str | Path | None = None,
    on_error: Literal["raise", "exclude"] = "raise",
    scales: str | Path | None = None,
    layout: str | None = None,
    memory: str | None = None,
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
    memory : str, optional
        Most memory for the rows, as in "4GB", before they are kept on disk; half of what the machine allows by default.

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
    check_arguments(load, locals())
    from dataclasses import replace

    from iop_outcomes.intake.loading import load as load_data
    from iop_outcomes.memory import limited_memory

    with limited_memory(memory):
        loaded = load_data(source, mapping=mapping, on_error=on_error, scales=scales, layout=layout)
    if scales is not None:
        _check_scales(loaded)
    return replace(loaded, tabulate=_episode_table)


def _check_scales(data: Data) -> None:
    """Whether every measure made from a site's own scales has a name of its own; the data are closed where one has not."""
    from iop_outcomes.errors import UsageError
    from iop_outcomes.measures import known

    try:
        known(data.scales)
    except UsageError:
        data.close()
        raise


def load_counts(
    source: str | Path | pd.DataFrame,
    *,
    n: str | None = None,
    mapping: Mapping[str, Any] | str | Path | None = None,
    on_error: Literal["raise", "exclude"] = "raise",
    scales: str | Path | None = None,
) -> Data:
    """Load a program that is given only as counts: one row for each combination of values, and how many episodes have it.

    Every measure, comparison, chart and report takes it that needs no more than its columns; what needs more says which is missing.

    Parameters
    ----------
    source : path or data frame
        A table of the columns of episodes, whichever there are: `track`, `discharge_reason`, `site`, `period`, `age_group`, covariates,
        `los_days`, `follow_up_days`, `<scale>_admit` and `<scale>_discharge`, `<event>_day` and `<event>_observed` ...; and of the number
        of episodes in each row. Rows that are alike add up; a row of 0 episodes says nothing.
    n : str, optional
        The column of the number of episodes; by default the one that the mapping declares (`[data] counts`), else "n".
    mapping : path or dict, optional
        As in `load`. `[data] counts_of = "discharged"` declares that all of them were discharged, where no column says how.
    on_error : {"raise", "exclude"}
        Whether faulty cells stop the load, or are left out and counted in `flow`; how many episodes they hold may not be known.
    scales : path, optional
        A folder of TOML files with a site's own scales.

    Returns
    -------
    Data
        As `load` gives it. Without `patient_id` nobody knows who returned: every number is flagged `independence_assumed`.

    Raises
    ------
    DataError
        When a number is withheld ("<11", "*", blank: it is not 0), a percent, or a total among its parts; the message says what to do.

    Examples
    --------
    >>> import pandas as pd
    >>> import iop_outcomes as iop
    >>> table = pd.DataFrame({"track": "iop", "discharge_reason": ["completed", "dropped_out"], "n": [43_119, 26_561]})
    >>> with iop.load_counts(table, mapping={"data": {"class": "public"}}) as data:
    ...     strict = iop.completion(data).to_frame().iloc[0]
    >>> data.episodes, round(float(strict.value), 4), strict.flag
    (69680, 0.6188, 'independence_assumed')
    """
    check_arguments(load_counts, locals())
    from dataclasses import replace

    from iop_outcomes.intake.loading import load_counts as load_cells

    return replace(load_cells(source, n=n, mapping=mapping, on_error=on_error, scales=scales), tabulate=_episode_table)


def share(data: Data, *, name: str | None = None, by: str = "track", pack: str = "program_quality", policy: str = "cms11") -> Share:
    """Count what a report asks, as files that can be pooled with those of other programs: no row, no id and no date goes along.

    Parameters
    ----------
    data : Data
        From `load`; narrowed with `where`, if only some episodes are to be shared.
    name : str, optional
        What the program is called in the pool; `[program] name` of the mapping by default.
    by : str
        The column of groups that tables are broken down by.
    pack : {"program_quality", "committee", "payer", "accreditation", "medicare_iop"}
        The report whose tables are shared.
    policy : {"internal", "none", "cms11"}
        Who may see them. "internal" withholds nothing, and tells in which cells the episodes of returning patients stand, so that a pool
        has the errors of the rows; it is for people entitled to see this program's patients. Under "cms11" tables go along in which no
        cell holds 1 to 10 episodes.

    Returns
    -------
    Share
        Printed, what does not go along; `.save(folder)` writes it.

    Raises
    ------
    UsageError
        When the program has no name, or the policy is not one that tables can be shared under.

    Examples
    --------
    >>> import iop_outcomes as iop
    >>> with iop.load("data/synthetic") as data:
    ...     made = iop.share(data, name="Riverside IOP", pack="payer", policy="internal")
    >>> print(str(made).splitlines()[0])
    Riverside IOP: 9 count tables of 1,200 episodes, policy internal
    """
    check_arguments(share, locals())
    from iop_outcomes.reporting.sharing import share_counts

    return share_counts(data, name=name, by=by, pack=pack, policy=policy)


def pool(folders: Sequence[str | Path]) -> Data:
    """Put the counts of several programs together that each has shared, without a row of any of them.

    Parameters
    ----------
    folders : sequence of paths
        Folders that `share` has written, of as many programs.

    Returns
    -------
    Data
        Like any other, for measures, comparisons and reports: with a column `program`, to compare them (`by="program"`) or to choose
        some (`where`), and added together by the column that was shared. Where all shared their patients, errors are those of the rows,
        provided that nobody attended two of the programs; else every number is flagged `independence_assumed`.

    Raises
    ------
    DataError
        When a folder holds no share, or shares do not go together: other definitions, another version, a file that was changed.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> import iop_outcomes as iop
    >>> with TemporaryDirectory() as folder, iop.load("data/synthetic") as data:
    ...     for site in ("north", "south"):
    ...         made = iop.share(data.where(site=[site]), name=site, pack="payer", policy="internal").save(f"{folder}/{site}")
    ...     with iop.pool([f"{folder}/north", f"{folder}/south"]) as network:
    ...         levels = iop.completion(network, by="program").to_frame().level.unique().tolist()
    >>> levels
    ['All', 'north', 'south']
    """
    check_arguments(pool, locals())
    from iop_outcomes.intake.loading import versions_here
    from iop_outcomes.intake.shares.pooled import pool_shares

    return pool_shares(folders, *versions_here())


def _episode_table(data: Data) -> EpisodeTable:
    """The table of some data, which stands behind a field of theirs: intake knows no measure."""
    from iop_outcomes.evaluate.episode_table import episode_table

    return episode_table(data)


def _answer(data: Data, declared: Measure, by: str | Sequence[str] | None, conf_level: float) -> Answer:
    from iop_outcomes.evaluate import evaluate

    _check_level(conf_level)
    return Answer(evaluate(declared, data, by=by, conf_level=conf_level), partial(_discharged, data))


def _discharged(data: Data) -> tuple[str, str] | None:
    """First and last day of the periods in which episodes were discharged, where the data tell."""
    from iop_outcomes.intake.discharged import discharged_between

    return discharged_between(data)


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
    curve_interval: str | None = None,
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
    curve_interval : str, optional
        The scale on which the limits of curves are symmetric, for measures of time.
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
    check_arguments(measure, locals())
    from iop_outcomes.evaluate.lookup import look_up

    declared = look_up(data, name, definition, at=at, scale=scale, profile=profile, curve_interval=curve_interval)
    return _answer(data, declared, by, conf_level)


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
    check_arguments(completion, locals())
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
    check_arguments(length_of_stay, locals())
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
    check_arguments(discharge_reasons, locals())
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
    check_arguments(symptom_change, locals())
    return measure(data, "symptom_change", scale=scale, by=by, conf_level=conf_level)


def reliable_change(
    data: Data, *, scale: str, by: str | Sequence[str] | None = None, profile: str | None = None, conf_level: float = 0.95
) -> Answer:
    """How many people changed by more than measurement error alone would produce.

    Parameters
    ----------
    data : Data
        From `load`.
    scale : str
        Name of a scale with a profile of reliable change, such as "phq9".
    by : str or two of them, optional
        Column to group by, or two.
    profile : str, optional
        Name of the reliable-change profile, which sets points, operator and case cut-off; by default nhs, or the first of a scale without it.
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
    check_arguments(reliable_change, locals())
    return measure(data, "reliable_change", scale=scale, by=by, profile=profile, conf_level=conf_level)


def missing_scores(data: Data, *, scale: str, by: str | Sequence[str] | None = None, conf_level: float = 0.95) -> Answer:
    """How much the change on a scale depends on the discharge scores that are missing: every usual answer side by side.

    Parameters
    ----------
    data : Data
        From `load`.
    scale : str
        Name of a scale with a total score, such as "phq9".
    by : str or two of them, optional
        Column to group by, or two.
    conf_level : float
        Confidence level between 0 and 1.

    Returns
    -------
    Answer
        In points, positive for improvement, each with its own interval: `mean_change` of those with both scores; with missing scores as the
        last score in care, as unchanged, as predicted by a linear model (`mean_change_standardised`), and of those with both scores weighted
        by one over their chance of a discharge score (`mean_change_weighted`); `tipping_point`, by how much those without a discharge
        score would have had to end worse than predicted for the improvement to vanish; bounds, with every missing score the worst or the
        best there is, of the mean and of the rate of reliable improvement. What the data cannot tell has no value, and a flag.

    References
    ----------
    National Research Council (2010), doi:10.17226/12955; Fieller EC (1954), doi:10.1111/j.2517-6161.1954.tb00159.x.

    Examples
    --------
    >>> import iop_outcomes as iop
    >>> with iop.load("data/synthetic") as data:
    ...     frame = iop.missing_scores(data, scale="phq9").to_frame().set_index("estimand")
    >>> frame.n[["mean_change", "mean_change_standardised"]].tolist()
    [817, 1130]
    """
    check_arguments(missing_scores, locals())
    return measure(data, "missing_scores", scale=scale, by=by, conf_level=conf_level)


def reliability(data: Data, *, scale: str, by: str | Sequence[str] | None = None, conf_level: float = 0.95) -> Answer:
    """How reliable a scale is among a program's own people: internal consistency, retest reliability, floor and ceiling.

    Parameters
    ----------
    data : Data
        From `load`, with the items of the scale for alpha and omega, and with two scores at admission for the ICCs.
    scale : str
        Name of a scale with a total score, such as "phq9"; subscales are scales of their own.
    by : str or two of them, optional
        Column to group by, or two.
    conf_level : float
        Confidence level between 0 and 1.

    Returns
    -------
    Answer
        `alpha` and `omega_total` of complete forms at admission; `icc_agreement` (ICC(A,1)) and `icc_consistency` (ICC(C,1)) of the first
        and the last score from 7 days before admission to 3 after, of two days; `floor` and `ceiling`, the shares with the lowest and the
        highest admission score. What the data cannot tell has no value, and a flag.

    References
    ----------
    Cronbach LJ (1951), doi:10.1007/BF02310555; Feldt LS (1965), doi:10.1007/BF02289499; McGraw KO, Wong SP (1996),
    doi:10.1037/1082-989X.1.1.30.

    Examples
    --------
    >>> import iop_outcomes as iop
    >>> with iop.load("data/synthetic") as data:
    ...     frame = iop.reliability(data, scale="phq9").to_frame()
    >>> frame.estimand.tolist()
    ['alpha', 'omega_total', 'icc_agreement', 'icc_consistency', 'floor', 'ceiling']
    """
    check_arguments(reliability, locals())
    return measure(data, "reliability", scale=scale, by=by, conf_level=conf_level)


def effect_sizes(
    data: Data, *, scale: str, by: str | Sequence[str] | None = None, reference: str | None = None, conf_level: float = 0.95
) -> Answer:
    """Every effect size of the change from admission to discharge, each under its own name with its own interval.

    Parameters
    ----------
    data : Data
        From `load`.
    scale : str
        Name of a scale with a total score, such as "phq9".
    by : str or two of them, optional
        Column to group by, or two.
    reference : str, optional
        The published group whose SD and mean `d_reference_sd`, `severity_adjusted_change` and `d_severity_adjusted` take, by its name in the
        scale (`iop-outcomes scales phq9`); by default its first clinical group with an SD.
    conf_level : float
        Confidence level between 0 and 1.

    Returns
    -------
    Answer
        The paired rate, means, SDs and correlation; `mean_change` with t, df and p; `d_pre_sd`, `g_pre_sd`, `d_av`, `g_av`, `d_av_rms`, `d_z`,
        `g_z`, `d_rm`; those by the reference; who improved or worsened at all, `probability_of_superiority`; `signed_rank_v`, `signed_rank_p`
        (R's `wilcox.test(exact = FALSE, correct = TRUE)`), `rank_biserial` and `hodges_lehmann`, which are not assessable where a patient
        has several pairs. Positive is improvement.

    References
    ----------
    Becker BJ (1988), doi:10.1111/j.2044-8317.1988.tb00901.x. Lakens D (2013), doi:10.3389/fpsyg.2013.00863. Wilcoxon F (1945),
    doi:10.2307/3001968.

    Examples
    --------
    >>> import iop_outcomes as iop
    >>> with iop.load("data/synthetic") as data:
    ...     frame = iop.effect_sizes(data, scale="phq9").to_frame().set_index("estimand")
    >>> frame.value[["d_pre_sd", "d_av", "d_z"]].round(2).tolist(), frame.flag["signed_rank_p"]
    ([1.05, 0.99, 0.98], 'patients_repeat')
    """
    check_arguments(effect_sizes, locals())
    return measure(data, "effect_sizes", scale=scale, by=by, definition=reference, conf_level=conf_level)


def between_groups(data: Data, *, scale: str, by: str | Sequence[str] = "track", conf_level: float = 0.95) -> Answer:
    """How much more each group changed than all the others together, by each named effect size.

    Parameters
    ----------
    data : Data
        From `load`.
    scale : str
        Name of a scale with a total score, such as "phq9".
    by : str or two of them
        Column to compare by; of two, the levels of the first are compared, among everyone and within each level of the second.
    conf_level : float
        Confidence level between 0 and 1, at which all intervals of one number hold together.

    Returns
    -------
    Answer
        Of each group means, SDs, correlation and n, as a paper prints them, and a row for each comparison, with `contrast`: `mean_change`
        in points, `d_change`, `g_change`, `d_end`, `g_end`, `d_ppc2`, `d_ppc3`, `d_ppc_post` in SDs, each over the SD that it names, and
        `ancova_difference` in points; positive where the group is better off. `iop.effects.pre_post_control` gives the same numbers from
        the printed ones. `compare(measure="between_groups", scale=..., pairwise=True)` sets each group against each other.

    References
    ----------
    Morris SB (2008), doi:10.1177/1094428106291059. Vickers AJ, Altman DG (2001), doi:10.1136/bmj.323.7321.1123.

    Examples
    --------
    >>> import iop_outcomes as iop
    >>> with iop.load("data/synthetic") as data:
    ...     frame = iop.between_groups(data, scale="phq9", by="modality").to_frame()
    >>> frame[(frame.estimand == "d_ppc2") & (frame.level == "virtual")].value.round(2).tolist()
    [-0.16]
    """
    check_arguments(between_groups, locals())
    return compare(data, measure="between_groups", scale=scale, by=by, conf_level=conf_level)


def clinical_significance(
    data: Data, *, scale: str, by: str | Sequence[str] | None = None, definition: str | None = None, conf_level: float = 0.95
) -> Answer:
    """How many people recovered, improved, stayed, deteriorated, or got worse into the range of cases (Jacobson and Truax).

    Parameters
    ----------
    data : Data
        From `load`.
    scale : str
        Name of a scale with a reliability and a published group that has an SD, such as "phq9".
    by : str or two of them, optional
        Column to group by, or two.
    definition : str, optional
        Cut-off "a", "b" or "c", or the usual one with another reliability of the scale, such as "c_alpha_high"; by default "c" where the
        scale has both groups, with its retest reliability.
    conf_level : float
        Confidence level between 0 and 1.

    Returns
    -------
    Answer
        `recovered`, `improved`, `unchanged`, `deteriorated` and `harmed` (reliably worse and crossed the cut-off), which sum to 1, with
        Wilson intervals; `reliable_change_points` and `clinical_cutoff`, which they rest on. `data.to_frame()` holds each person's index.

    References
    ----------
    Jacobson NS, Truax P (1991), doi:10.1037/0022-006X.59.1.12.

    Examples
    --------
    >>> import iop_outcomes as iop
    >>> with iop.load("data/synthetic") as data:
    ...     frame = iop.clinical_significance(data, scale="phq9").to_frame().set_index("estimand")
    >>> frame.value[["reliable_change_points", "clinical_cutoff"]].round(2).tolist(), round(float(frame.value[:5].sum()), 9)
    ([6.1, 7.77], 1.0)
    """
    check_arguments(clinical_significance, locals())
    return measure(data, "clinical_significance", scale=scale, by=by, definition=definition, conf_level=conf_level)


def weekly_course(
    data: Data,
    *,
    scale: str,
    by: str | Sequence[str] | None = None,
    at: Sequence[int] = (7, 14, 21, 28, 35, 42, 49, 56, 63, 70, 77, 84),
    conf_level: float = 0.95,
) -> Answer:
    """How a scale goes on over the weeks of care: the mean of those scored each week, and that of everybody who began, by a mixed model.

    Parameters
    ----------
    data : Data
        From `load`, with a table of scores over the stay.
    scale : str
        Name of a scale with a total score, such as "phq9".
    by : str or two of them, optional
        Column to group by, or two.
    at : sequence of int
        Ends of weeks, in days; week k is around day 7k, from 3 days before it to 3 after. The model has every week up to the last of them.
    conf_level : float
        Confidence level between 0 and 1.

    Returns
    -------
    Answer
        For each week `mean_scored` (those scored that week), `mean_modelled` and `mean_change_modelled` (everybody with an admission score; positive
        for improvement) and `scored_share`; in points. `.plot()` draws both lines over the numbers scored.

    References
    ----------
    Mallinckrodt CH et al. (2008), doi:10.1177/009286150804200402; Kenward MG, Molenberghs G (1998), doi:10.1214/ss/1028905886.

    Examples
    --------
    >>> import iop_outcomes as iop
    >>> with iop.load("data/synthetic") as data:
    ...     frame = iop.weekly_course(data, scale="phq9", at=(14, 28, 42)).to_frame()
    >>> frame.loc[frame.estimand == "mean_modelled", "time"].tolist()
    [14.0, 28.0, 42.0]
    """
    check_arguments(weekly_course, locals())
    return measure(data, "weekly_course", scale=scale, by=by, at=at, conf_level=conf_level)


def not_on_track(
    data: Data,
    *,
    scale: str,
    by: str | Sequence[str] | None = None,
    at: Sequence[int] = (7, 14, 21, 28, 35, 42, 49, 56, 63, 70, 77, 84),
    conf_level: float = 0.95,
) -> Answer:
    """How many people go worse than the program's own people who began with the same score, week by week.

    Parameters
    ----------
    data : Data
        From `load`, with a table of scores over the stay.
    scale : str
        Name of a scale with a total score, such as "phq9".
    by : str or two of them, optional
        Column to group by, or two: about a tenth of everybody is not on track by definition, groups differ.
    at : sequence of int
        Ends of weeks, in days.
    conf_level : float
        Confidence level between 0 and 1.

    Returns
    -------
    Answer
        `ever_not_on_track`, and `not_on_track` of each week, with Wilson intervals.

    References
    ----------
    Finch AE, Lambert MJ, Schaalje BG (2001), doi:10.1002/cpp.286.

    Examples
    --------
    >>> import iop_outcomes as iop
    >>> with iop.load("data/synthetic") as data:
    ...     iop.not_on_track(data, scale="phq9", at=(28,)).to_frame().estimand.tolist()
    ['ever_not_on_track', 'not_on_track']
    """
    check_arguments(not_on_track, locals())
    return measure(data, "not_on_track", scale=scale, by=by, at=at, conf_level=conf_level)


def sudden_gains(
    data: Data, *, scale: str, by: str | Sequence[str] | None = None, profile: str | None = None, conf_level: float = 0.95
) -> Answer:
    """How many people had a sudden gain from one week of care to the next, and how many of them lost half of it again.

    Parameters
    ----------
    data : Data
        From `load`, with scores of successive weeks.
    scale : str
        Name of a scale with a profile of reliable change, such as "phq9".
    by : str or two of them, optional
        Column to group by, or two.
    profile : str, optional
        Name of the reliable-change profile whose points a gain must reach; by default nhs, or the first of a scale without it.
    conf_level : float
        Confidence level between 0 and 1.

    Returns
    -------
    Answer
        `sudden_gain` and `sudden_gain_reversed`, with Wilson intervals.

    References
    ----------
    Tang TZ, DeRubeis RJ (1999), doi:10.1037/0022-006X.67.6.894.

    Examples
    --------
    >>> import iop_outcomes as iop
    >>> with iop.load("data/synthetic") as data:
    ...     iop.sudden_gains(data, scale="phq9").to_frame().estimand.tolist()
    ['sudden_gain', 'sudden_gain_reversed']
    """
    check_arguments(sudden_gains, locals())
    return measure(data, "sudden_gains", scale=scale, by=by, profile=profile, conf_level=conf_level)


def early_response(data: Data, *, scale: str, by: str | Sequence[str] | None = None, conf_level: float = 0.95) -> Answer:
    """How many people improved early: by 20 % after two weeks, by half within four.

    Parameters
    ----------
    data : Data
        From `load`, with a table of scores over the stay.
    scale : str
        Name of a scale with a total score of which lower is better, such as "phq9".
    by : str or two of them, optional
        Column to group by, or two.
    conf_level : float
        Confidence level between 0 and 1.

    Returns
    -------
    Answer
        `early_improvement` and `early_response`, with Wilson intervals.

    References
    ----------
    Kennedy SH, Giacobbe P, Rizvi S (2010), Medicographia 32:183-189; Beard JIL, Delgadillo J (2019), doi:10.1002/da.22931.

    Examples
    --------
    >>> import iop_outcomes as iop
    >>> with iop.load("data/synthetic") as data:
    ...     iop.early_response(data, scale="phq9").sentence()
    'Early improvement: 45% of 817; range 41% to 48%.'
    """
    check_arguments(early_response, locals())
    return measure(data, "early_response", scale=scale, by=by, conf_level=conf_level)


def occasions(data: Data, *, scale: str, by: str | Sequence[str] | None = None, conf_level: float = 0.95) -> Answer:
    """What became of a scale after discharge: who answered on each occasion, the mean then, and the change between any two.

    Parameters
    ----------
    data : Data
        From `load`, with scores after discharge; mapping.toml says under [occasions] when people are asked.
    scale : str
        Name of a scale with a total score, such as "phq9".
    by : str or two of them, optional
        Column to group by, or two.
    conf_level : float
        Confidence level between 0 and 1.

    Returns
    -------
    Answer
        For each occasion after discharge `answered_<occasion>`, a share of those followed so long; for admission, discharge and each occasion
        `mean_<occasion>`; for every two of them `change_<one>_to_<other>`, of those scored at both, positive for improvement; in points.

    Raises
    ------
    NotAssessableError
        When there is no score on any occasion.

    Examples
    --------
    >>> import pandas as pd, iop_outcomes as iop
    >>> episodes = pd.DataFrame({"episode_id": ["a", "b"], "track": "x", "discharge_reason": "completed", "los_days": 40, "follow_up_days": 300})
    >>> days = [(0, 18), (40, 12), (220, 9)]
    >>> rows = [(episode, "phq9", day, score) for episode in "ab" for day, score in days]
    >>> scores = pd.DataFrame(rows, columns=["episode_id", "scale", "day", "score"])
    >>> with iop.load({"episodes": episodes, "scores": scores}, mapping={"data": {"class": "synthetic"}}) as data:
    ...     frame = iop.occasions(data, scale="phq9").to_frame().set_index("estimand")
    >>> frame.value[["answered_month_6", "change_discharge_to_month_6"]].tolist()
    [1.0, 3.0]
    """
    check_arguments(occasions, locals())
    return measure(data, "occasions", scale=scale, by=by, conf_level=conf_level)


def depression_follow_up(
    data: Data,
    *,
    scale: str,
    by: str | Sequence[str] | None = None,
    definition: Literal["twelve_months", "twelve_months_30_days", "six_months", "drr_e"] = "twelve_months",
    conf_level: float = 0.95,
) -> Answer:
    """Of people admitted with depression, how many were in remission or had responded months later, as published quality measures count.

    Parameters
    ----------
    data : Data
        From `load`, with scores months after admission, by `episode_id` and day.
    scale : str
        "phq9", or its form for adolescents, "phqa".
    by : str or two of them, optional
        Column to group by, or two.
    definition : {"twelve_months", "twelve_months_30_days", "six_months", "drr_e"}
        CMS159 (CBE 0710, 1885), the same as it was in its version 6, CBE 0711 and 1884, or HEDIS DRR-E.
    conf_level : float
        Confidence level between 0 and 1.

    Returns
    -------
    Answer
        `scored_at_follow_up`, `remission_at_follow_up` and `response_at_follow_up`, who was not scored as not met, and the last two
        `..._of_scored`, with Wilson intervals.

    Raises
    ------
    NotAssessableError
        When nobody was scored in those days, or nothing says until when the data reach.

    Examples
    --------
    >>> import pandas as pd, iop_outcomes as iop
    >>> episodes = {"episode_id": ["a", "b"], "track": "x", "discharge_reason": "completed", "los_days": 40, "observed_days": 500}
    >>> scores = {"episode_id": ["a", "a", "b"], "scale": "phq9", "day": [0, 380, 0], "score": [18, 4, 15]}
    >>> tables = {"episodes": pd.DataFrame(episodes), "scores": pd.DataFrame(scores)}
    >>> with iop.load(tables, mapping={"data": {"class": "synthetic"}}) as data:
    ...     frame = iop.depression_follow_up(data, scale="phq9").to_frame().set_index("estimand")
    >>> frame.value[["remission_at_follow_up", "remission_at_follow_up_of_scored"]].tolist()
    [0.5, 1.0]
    """
    check_arguments(depression_follow_up, locals())
    return measure(data, "depression_follow_up", scale=scale, by=by, definition=definition, conf_level=conf_level)


def risk_levels(data: Data, *, scale: str, by: str | Sequence[str] | None = None, conf_level: float = 0.95) -> Answer:
    """How many people stood at each level of a triage, at admission and at discharge: counted, never averaged.

    Parameters
    ----------
    data : Data
        From `load`.
    scale : str
        Name of a scale whose levels are counted, such as "cssrs_screen_triage".
    by : str or two of them, optional
        Column to group by, or two.
    conf_level : float
        Confidence level between 0 and 1.

    Returns
    -------
    Answer
        For each level `<level>_at_discharge` and `<level>_at_admission`, shares of those whose level is known, with Wilson intervals.

    Raises
    ------
    NotAssessableError
        When no level is known.

    Examples
    --------
    >>> import pandas as pd, iop_outcomes as iop
    >>> episodes = {"episode_id": ["a", "b"], "track": "x", "discharge_reason": "completed", "los_days": 40}
    >>> scores = {"episode_id": ["a", "b"], "scale": "cssrs_screen", "day": 0, **{f"cssrs_screen_{n}": [0, 0] for n in range(1, 8)}}
    >>> tables = {"episodes": pd.DataFrame(episodes), "scores": pd.DataFrame({**scores, "cssrs_screen_2": [1, 0], "cssrs_screen_4": [1, 0]})}
    >>> with iop.load(tables, mapping={"data": {"class": "synthetic"}}) as data:
    ...     frame = iop.risk_levels(data, scale="cssrs_screen_triage").to_frame().set_index("estimand")
    >>> frame.k[["high_at_admission", "none_at_admission"]].tolist()
    [1, 1]
    """
    return measure(data, "risk_levels", scale=scale, by=by, conf_level=conf_level)


def readmission(
    data: Data,
    *,
    by: str | Sequence[str] | None = None,
    at: Sequence[int] = (30, 90, 180, 365),
    definition: Literal["psychiatric", "all_cause"] = "psychiatric",
    curve_interval: Literal["log_log", "log", "plain", "logit", "arcsine"] = "log_log",
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
    curve_interval : {"log_log", "log", "plain", "logit", "arcsine"}
        The scale on which the limits of shares and of the median are symmetric; those other than log-log give what other programs print.
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
    check_arguments(readmission, locals())
    return measure(data, "readmission", by=by, definition=definition, at=at, curve_interval=curve_interval, conf_level=conf_level)


def retention(
    data: Data,
    *,
    by: str | Sequence[str] | None = None,
    at: Sequence[int] = (14, 28, 56, 84),
    curve_interval: Literal["log_log", "log", "plain", "logit", "arcsine"] = "log_log",
    conf_level: float = 0.95,
) -> Answer:
    """How long people stay in care, those still in care counted as far as they are followed.

    Parameters
    ----------
    data : Data
        From `load`.
    by : str or two of them, optional
        Column to group by, or two.
    at : sequence of int
        Days after admission.
    curve_interval : {"log_log", "log", "plain", "logit", "arcsine"}
        The scale on which the limits of shares and of the median are symmetric; those other than log-log give what other programs print.
    conf_level : float
        Confidence level between 0 and 1.

    Returns
    -------
    Answer
        Share still in care (`event_free`) and that gone (`cumulative_incidence`) on each day, the day by which half had left, and mean days
        in care of the first so many (`restricted_mean_days`). Every way of leaving is an end, planned completion and death too.

    Raises
    ------
    UsageError
        When no episode has a stay or days so far; the message says how to give them.

    References
    ----------
    Kaplan EL, Meier P (1958), doi:10.1080/01621459.1958.10501452.

    Examples
    --------
    >>> import iop_outcomes as iop
    >>> with iop.load("data/synthetic") as data:
    ...     iop.retention(data, at=[28]).to_frame().value.round(3).tolist()[:2]
    [0.7, 0.3]
    """
    check_arguments(retention, locals())
    return measure(data, "retention", by=by, at=at, curve_interval=curve_interval, conf_level=conf_level)


def relapse(
    data: Data,
    *,
    definition: Literal["any_use", "heavy_drinking_day", "return_to_criteria"],
    by: str | Sequence[str] | None = None,
    at: Sequence[int] = (30, 90, 180, 365),
    curve_interval: Literal["log_log", "log", "plain", "logit", "arcsine"] = "log_log",
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
    curve_interval : {"log_log", "log", "plain", "logit", "arcsine"}
        The scale on which the limits of shares and of the median are symmetric; those other than log-log give what other programs print.
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
    check_arguments(relapse, locals())
    return measure(data, "relapse", by=by, definition=definition, at=at, curve_interval=curve_interval, conf_level=conf_level)


def paired_yes_no(
    data: Data,
    *,
    definition: Literal["abstinence", "work", "school", "housing", "arrest", "ideation"],
    by: str | Sequence[str] | None = None,
    conf_level: float = 0.95,
) -> Answer:
    """What share of people said yes at admission and at discharge, of the same people, and how both differ.

    Parameters
    ----------
    data : Data
        From `load`, with the answers in the columns `<outcome>_admit` and `<outcome>_discharge` of the episodes, declared as
        covariates.
    definition : {"abstinence", "work", "school", "housing", "arrest", "ideation"}
        Which outcome.
    by : str or two of them, optional
        Column to group by, or two.
    conf_level : float
        Confidence level between 0 and 1.

    Returns
    -------
    Answer
        Both shares of those known at both, their difference with its interval and McNemar's exact p (by patient where one repeats), the
        four cells, and the same of all known at admission, a missing answer at discharge as the worse one.

    Raises
    ------
    NotAssessableError
        When the answers are not in the data, or are other words than yes and no.

    References
    ----------
    Newcombe RG (1998), doi:10.1002/(SICI)1097-0258(19981130)17:22<2635::AID-SIM954>3.0.CO;2-C. McNemar Q (1947),
    doi:10.1007/BF02295996.

    Examples
    --------
    >>> import iop_outcomes as iop
    >>> import pandas as pd
    >>> asked = {"work_admit": ["no"] * 8 + ["yes"] * 4, "work_discharge": ["yes"] * 6 + ["no"] * 2 + ["yes"] * 4}
    >>> rows = pd.DataFrame({"episode_id": range(12), "track": "mh", "discharge_reason": "completed", "los_days": 40, **asked})
    >>> covariates = {"work_admit": "category", "work_discharge": "category"}
    >>> with iop.load(rows, mapping={"data": {"class": "synthetic"}, "covariates": covariates}) as data:
    ...     frame = iop.paired_yes_no(data, definition="work").to_frame().set_index("estimand")
    >>> frame.loc["change_in_share", ["value", "p"]].astype(float).tolist()
    [0.5, 0.03125]
    """
    check_arguments(paired_yes_no, locals())
    return measure(data, "paired_yes_no", definition=definition, by=by, conf_level=conf_level)


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
    curve_interval: str | None = None,
    pairwise: bool = False,
    adjust: Sequence[str] | None = None,
    margin: float | None = None,
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
    curve_interval : str, optional
        The scale on which the limits of curves are symmetric, for measures of time.
    pairwise : bool
        Each group against each other group, instead of against the others together.
    adjust : sequence of str, optional
        Columns to allow for: covariates, columns to group by, and "<scale>_pre_band", the band of the admission score. Behind the rows as
        they stand come the same adjusted, by direct standardisation over the strata of these columns to all episodes compared; a blank is a
        stratum of its own.
    margin : float, optional
        By how much a group may do worse and still be as good, in the unit of the number (a share: 0.10 for ten percentage points); there is
        no default. Of the number named, or the measure's main one.
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
        Unadjusted for who is treated, unless `adjust` names it: tracks treat different people, and what was not recorded is never allowed for.

        Adjusted rows have `adjustment` "standardised by ..." and no `k`. Strata in which either side has nobody (for a mean: one episode) are
        left out, flagged `strata_left_out` and counted in `.flow`; where none is left the flag is `no_overlap`.

        With a margin two more rows stand beside each comparison, "non_inferiority" and "equivalence", judged by its own interval turned so
        that higher is better: `word` is superior where that lies above 0, else non-inferior where it lies above minus the margin, inferior
        where it lies below that, else inconclusive; and equivalent where it lies within the margin on both sides, different by more than the
        margin where beyond it, else inconclusive. `p` is one-sided; a verdict holds exactly where `p_adjusted` is under (1 - conf_level) / 2.

    Raises
    ------
    UsageError
        When the measure, the number or a column does not exist, the number is never compared between groups, or the margin is none.
    NotAssessableError
        When the column holds one group or none, the data hold nothing that answers the measure, the number is no sum over strata (a median)
        and cannot be adjusted, or nothing says which direction of it is better and it cannot be held against a margin.

    References
    ----------
    Newcombe RG (1998), doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I. Zou GY, Donner A (2008),
    doi:10.1002/sim.3095. Sidak Z (1967), doi:10.1080/01621459.1967.10482935. Keiding N, Clayton D (2014), doi:10.1214/13-STS453
    (standardisation). Piaggio G et al. (2012), doi:10.1001/jama.2012.87802 (non-inferiority). Schuirmann DJ (1987), doi:10.1007/BF01068419.

    Examples
    --------
    >>> import iop_outcomes as iop
    >>> with iop.load("data/synthetic") as data:
    ...     frame = iop.compare(data, estimand="completion_strict", by="modality").to_frame()
    >>> frame[frame.contrast == "minus_others"].word.tolist()
    ['no clear difference', 'no clear difference']

    Allowing for how ill people were at admission and how old they are, with a margin of ten percentage points:

    >>> with iop.load("data/synthetic") as data:
    ...     answer = iop.compare(data, estimand="completion_strict", by="modality", adjust=["phq9_pre_band", "age_group"], margin=0.10)
    ...     frame = answer.to_frame()
    >>> virtual = frame[(frame.level == "virtual") & (frame.contrast == "minus_others")]
    >>> for row in virtual[virtual.estimand != "equivalence"].itertuples():
    ...     print(f"{row.value:.3f} ({row.low:.3f} to {row.high:.3f}): {row.word}{' *' if row.adjustment else ''}")
    -0.011 (-0.068 to 0.047): no clear difference
    -0.011 (-0.068 to 0.047): non-inferior
    -0.027 (-0.087 to 0.033): no clear difference *
    -0.027 (-0.087 to 0.033): non-inferior *
    """
    check_arguments(compare, locals())
    from iop_outcomes.evaluate import compare as compare_levels
    from iop_outcomes.evaluate.lookup import look_up

    _check_level(conf_level)
    declared = look_up(data, measure, definition, at=at, scale=scale, profile=profile, curve_interval=curve_interval)
    results = compare_levels(
        declared, data, by=by, estimand=estimand, pairwise=pairwise, adjust=adjust, margin=margin, conf_level=conf_level
    )
    return Answer(results, partial(_discharged, data))


def table_one(
    data: Data,
    *,
    by: str | None = "track",
    columns: Sequence[str] | None = None,
    mean: Sequence[str] = (),
    median: Sequence[str] = (),
) -> TableOne:
    """Say whom a paper is about: who is in each group at admission, and how far apart the groups are.

    Parameters
    ----------
    data : Data
        From `load`.
    by : str or None
        Column whose groups stand side by side, behind everyone; None for everyone alone.
    columns : sequence of str, optional
        The rows, in order: columns of categories as n (%), and scales (their admission score), columns of days and covariates of
        whole numbers as mean (SD). By default every characteristic with a value, then every scale with scores.
    mean, median : sequence of str
        Whole numbers that are given as mean (SD), or as median (quartiles); one that is not among the columns is a row behind them.

    Returns
    -------
    TableOne
        `.to_frame()` gives the working numbers, `.release(policy)` those that may be shown, `.to_docx(path)`, `.to_latex()` and
        `.to_html()` the released table with its notes. Episodes are counted: a person with several is in it once for each. Shares are
        of the episodes in which the characteristic is recorded; what is not recorded is counted. `largest_difference` is the
        standardised difference between the two groups furthest apart, of those with at least 11 recorded, whatever their sizes: of
        means over the root mean square of their SDs, also where the median is shown; of categories the Mahalanobis distance of their
        shares. Without a common category it has no number, and is flagged.

    Raises
    ------
    UsageError
        When a column does not exist or cannot be such a row.

    References
    ----------
    Yang D, Dalton JE (2012), SAS Global Forum 2012, paper 335. Austin PC (2009), doi:10.1002/sim.3697. Hyndman RJ, Fan Y (1996),
    definition 2, doi:10.1080/00031305.1996.10473566.

    Examples
    --------
    >>> import iop_outcomes as iop
    >>> with iop.load("data/synthetic") as data:
    ...     table = iop.table_one(data, by="modality", columns=["sex", "phq9"], median=["los_days"])
    ...     table.to_frame().measure.unique().tolist()
    ['participants', 'participants_sex', 'participants_phq9', 'participants_los_days']
    """
    check_arguments(table_one, locals())
    from iop_outcomes.reporting.table_one import table_one_results

    return TableOne(table_one_results(data, by=by, columns=columns, mean=mean, median=median))


def report(
    data: Data,
    *,
    by: str | Sequence[str] = "track",
    pack: str = "program_quality",
    policy: str = "cms11",
    title: str | None = None,
    ledger: str | Path | None = None,
    compare_to: str | Path | None = None,
) -> Report:
    """Build the program-quality report, or that of another pack.

    Parameters
    ----------
    data : Data
        From `load`.
    by : str
        Column to compare by; one.
    pack : {"program_quality", "committee", "payer", "accreditation", "medicare_iop"}
        Which page: every outcome by group; what the quality committee reads, with outcomes by who people are; rates with their
        specifications; what the Joint Commission asks of outcome measurement (CTS.03.01.09) and of disparities (LD.04.03.08); what Medicare
        asks of intensive outpatient services. The files are named after it.
    policy : {"cms11", "part2", "round5", "nhs", "internal", "none"}
        Disclosure policy; "none" is allowed only for data of class synthetic or public. A quality committee is entitled to "internal",
        whose page shows small numbers and is marked so everywhere; it is asked for by name, whatever the pack.
    title : str, optional
        Heading of the page; by default that of the pack.
    ledger : path, optional
        File of the outputs made before, begun where there is none: a figure that would differ from one of them by few episodes is
        withheld, and this output is added. Keep it as you keep the data. That of `keep_ledger` where none is named.
    compare_to : path, optional
        The .json of an earlier report of the program, or its folder: a section then says what changed since, and whether by more than
        chance. Compared are released numbers, of periods of discharge that do not overlap.

    Returns
    -------
    Report
        With `.section(id)`, `.to_html()` and `.save(folder)`.

    Raises
    ------
    UsageError
        When the column or the pack does not exist, more than one column is given, or the earlier report's policy shows more than this one's.
    DataError
        When the earlier report cannot be read.

    Examples
    --------
    >>> import iop_outcomes as iop
    >>> with iop.load("data/synthetic") as data:
    ...     page = iop.report(data, by="track")
    >>> "Audited: no withheld count of 1 to 10 follows" in page.to("txt")
    True
    """
    check_arguments(report, locals())
    from iop_outcomes.release import kept_ledger
    from iop_outcomes.reporting.assemble import build_report

    return build_report(data, by=by, pack=pack, policy=policy, title=title, ledger=ledger or kept_ledger(), compare_to=compare_to)


def keep_ledger(path: str | Path | None) -> None:
    """Hold every answer and report of this session against a ledger of the outputs made before, and add each to it.

    Two outputs of nearly the same episodes give a person back by what differs between them. In a notebook answers are shown without being
    asked for by name, so that the ledger is named once, at the top. `ledger=` of one call goes before it.

    Parameters
    ----------
    path : path or None
        The file, begun where there is none; None to hold what follows against nothing. It holds true counts: keep it as you keep the
        data.

    Returns
    -------
    None

    Raises
    ------
    DataError
        When the file is no ledger.
    OutputError
        When it cannot be opened for writing.

    Examples
    --------
    >>> import tempfile
    >>> import iop_outcomes as iop
    >>> with tempfile.TemporaryDirectory() as folder, iop.load("data/synthetic") as data:
    ...     iop.keep_ledger(f"{folder}/program.ledger")
    ...     everyone = iop.completion(data, by="track").release()
    ...     north = iop.completion(data.where(track="mental_health")).release()
    ...     iop.keep_ledger(None)
    >>> everyone.compared, north.compared
    (0, 1)
    """
    check_arguments(keep_ledger, locals())
    from iop_outcomes.release import keep_ledger as kept

    kept(path)


def verify(data: Data, *, report: str | Path, ledger: str | Path | None = None, compare_to: str | Path | None = None) -> Verification:
    """Make a saved report again from its data, and say every place where it is not what they give.

    Parameters
    ----------
    data : Data
        From `load`, not narrowed: how the data were narrowed for the report is read from it.
    report : path
        A file of a report (.html, .csv, .json, .txt, .docx, .xlsx or .pptx; a page or a .json that stands beside it says what it was
        asked for), or the folder of all.
    ledger : path, optional
        The ledger that the report was made with, where it was made with one; nothing is added to it.
    compare_to : path, optional
        The earlier report that it says the changes since, where it says any.

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
    check_arguments(verify, locals())
    from iop_outcomes.reporting.verification import verify_report

    return verify_report(report, data, ledger, compare_to)


def identify_effect_size(
    reported: Figures,
    *,
    mean_pre: Figures = None,
    sd_pre: Figures = None,
    mean_post: Figures = None,
    sd_post: Figures = None,
    n: Figures = None,
    r: Figures = None,
    t: Figures = None,
    z: Figures = None,
    decimals: int | None = None,
) -> Identified | IdentifiedTable:
    """Which definition of an effect size of change a printed value is: those that give it to rounding, and those that do not.

    Parameters
    ----------
    reported : float or str, or several
        The effect size as printed; as text, "0.80", its last 0 counts. With the values of all rows of a table, each other figure
        is one for each row, or one for all.
    mean_pre, sd_pre, mean_post, sd_post : float or str, optional
        Means and SDs as printed. Numbers among them are taken as printed to as many decimals as the one with most.
    n : int, optional
        Pairs.
    r, t, z : float or str, optional
        Correlation of scores before and after; t of the paired test; standard normal statistic of a rank test.
    decimals : int, optional
        To how many decimals `reported` is printed, where a number does not show it.

    Returns
    -------
    Identified or IdentifiedTable
        With `.matches`, `.sentence()` and `.to_frame()`; of a table also `.counts` and `.rows`. Printed figures are rounded, so each definition has a range; a match
        is one whose range meets that of the reported value, by size.

    Examples
    --------
    >>> import iop_outcomes as iop
    >>> table = dict(mean_pre=15.47, sd_pre=4.29, mean_post=10.81, sd_post=6.36)
    >>> iop.identify_effect_size(0.86, **table).matches
    ('d_av_rms',)
    >>> iop.identify_effect_size("0.51", t="2.26", n=20).matches
    ('d_z',)
    >>> iop.identify_effect_size([0.92, 0.71], mean_pre=[26.09, 41.44], sd_pre=[13.11, 13.73], mean_post=[14.0, 31.71], sd_post=[14.69, 12.83])
    The 2 values are d_pre_sd: change / SD before (Glass) (all 2 rows). Rows that others give: mean_change 0, d_post_sd 0, d_av 0, d_av_rms 0.
    """
    check_arguments(identify_effect_size, locals())
    from iop_outcomes.published.identify_table import identify_any

    figures = {"mean_pre": mean_pre, "sd_pre": sd_pre, "mean_post": mean_post, "sd_post": sd_post, "n": n, "r": r, "t": t, "z": z}
    return identify_any(reported, figures, decimals)


def pool_studies(
    studies: Any,
    *,
    value: str = "value",
    se: str | None = None,
    variance: str | None = None,
    study: str | None = None,
    estimator: Literal["fixed", "DL", "REML", "PM"] = "REML",
    interval: Literal["z", "knha", "adhoc"] = "knha",
    prediction: Literal["same", "k-2"] = "same",
    scale: Literal["linear", "log", "logit", "correlation"] = "linear",
    conf_level: float = 0.95,
) -> Pooled:
    """What published studies say together: pooled mean, interval, range of a new study, heterogeneity.

    Parameters
    ----------
    studies : data frame, dict of columns, or list of effect sizes
        One row for each effect size; or one effect size of each study, as `iop.effects` makes them, all of one name.
    value, se, variance, study : str, optional
        Columns of a table: estimates, their standard errors or variances, and names of the studies.
    estimator : {"fixed", "DL", "REML", "PM"}
        Of the variance between studies: none (one true value for all), DerSimonian-Laird, restricted maximum likelihood, Paule-Mandel.
    interval : {"z", "knha", "adhoc"}
        Normal; Knapp-Hartung, which may be narrower where studies agree by chance; or the same not narrower than the normal one.
    prediction : {"same", "k-2"}
        Whether the range of a new study follows the distribution of the interval, or Student's t with k - 2 degrees of freedom.
    scale : {"linear", "log", "logit", "correlation"}
        What the estimates are: logarithms are shown as ratios, logits as shares, Fisher's z as correlations.
    conf_level : float
        Of every interval.

    Returns
    -------
    Pooled
        With `.sentence()`, `.to_frame()`, `.weights`, `.plot()`, `.leave_one_out()`, `.influence()`, `.egger()`, `.subgroups()`,
        `.regression()` and `.robust()`.

    References
    ----------
    Viechtbauer W (2005), doi:10.3102/10769986030003261; Knapp G, Hartung J (2003), doi:10.1002/sim.1482; Higgins JPT, Thompson SG
    (2002), doi:10.1002/sim.1186 (I2); Viechtbauer W (2007), doi:10.1002/sim.2514 (interval of tau2); Higgins JPT et al. (2009),
    doi:10.1111/j.1467-985X.2008.00552.x (prediction).

    Examples
    --------
    >>> import iop_outcomes as iop
    >>> table = {"study": list("ABCDEF"), "g": [0.095, 0.277, 0.367, 0.664, 0.462, 0.185], "v": [0.033, 0.031, 0.05, 0.011, 0.043, 0.023]}
    >>> pooled = iop.pool_studies(table, value="g", variance="v", study="study", estimator="DL", interval="z")
    >>> round(pooled.value, 4), round(pooled.tau2, 4), round(pooled.i2, 1)
    (0.3577, 0.0363, 57.4)
    """
    check_arguments(pool_studies, locals())
    from iop_outcomes.published.pooling import pool

    return pool(
        studies,
        value=value,
        se=se,
        variance=variance,
        study=study,
        estimator=estimator,
        interval=interval,
        prediction=prediction,
        scale=scale,
        conf_level=conf_level,
        draw=_DrawStudies(),
    )


def pool_proportions(
    studies: Any,
    *,
    events: str = "events",
    n: str = "n",
    study: str | None = None,
    method: Literal["glmm", "logit", "arcsine", "freeman_tukey", "raw"] = "glmm",
    estimator: Literal["fixed", "DL", "REML", "PM"] = "REML",
    interval: Literal["z", "knha", "adhoc"] = "knha",
    prediction: Literal["same", "k-2"] = "same",
    conf_level: float = 0.95,
) -> Pooled:
    """What studies' shares say together, such as completion in several programs.

    Parameters
    ----------
    studies : data frame or dict of columns
        One row for each study.
    events, n, study : str
        Columns: how many, of how many, and the names of the studies.
    method : {"glmm", "logit", "arcsine", "freeman_tukey", "raw"}
        Random-effects logistic model, which takes studies of 0 or all as they are; or inverse variances of logits, arcsines, double
        arcsines (with their caveat) or shares.
    estimator, interval, prediction : str
        As in `pool_studies`, for all methods but the logistic model, whose interval is normal.
    conf_level : float
        Of every interval.

    Returns
    -------
    Pooled
        On the scale of the method, shown as shares.

    References
    ----------
    Stijnen T, Hamza TH, Özdemir P (2010), doi:10.1002/sim.4040; Schwarzer G et al. (2019), doi:10.1002/jrsm.1348.

    Examples
    --------
    >>> import iop_outcomes as iop
    >>> pooled = iop.pool_proportions({"events": [71, 151, 129], "n": [92, 207, 207]})
    >>> round(pooled.shown["value"], 3)
    0.704
    """
    check_arguments(pool_proportions, locals())
    from iop_outcomes.published.pooled_shares import pool_shares

    return pool_shares(
        studies,
        events=events,
        n=n,
        study=study,
        method=method,
        estimator=estimator,
        interval=interval,
        prediction=prediction,
        conf_level=conf_level,
        draw=_DrawStudies(),
    )


def studies(
    name: str | None = None,
    *,
    level: str | None = None,
    scale: str | None = None,
    design: str | None = None,
    outcome: str | None = None,
    scope: str | None = None,
    population: str | None = None,
    add: StudyFiles = None,
) -> StudyRegistry:
    """Search the registry of published studies of intensive outpatient care and of what it is compared with.

    Parameters
    ----------
    name : str, optional
        Name of a study, or words of its citation, such as "samplin" or "talking therapies".
    level : str, optional
        Level of care, such as "IOP" or "PHP".
    scale : str, optional
        A scale by its name here or its label, such as "phq9" or "PHQ-9", or as a study names it.
    design, outcome, scope : str, optional
        How it was done ("randomized_trial", "single_group", "meta_analysis", "national_statistics", ...), what it prints ("change",
        "completion", "readmission", ...), and how far it goes ("one_program", "several_programs", "national", "literature"). Examples
        worked out in print are shown with design="worked_example" alone.
    population : str, optional
        A word of the population, such as "veterans".
    add : path or several, optional
        Studies of your own beside them: a study's TOML file, a folder of such files, or a table in the Metapsy standard (.csv). One of
        a shipped study's name replaces it (`docs/recipes/add_a_study.md`).

    Returns
    -------
    StudyRegistry
        With `.to_frame()`, `["name"]`, `.effects(definition)` for pooling, and `.to_metapsy()`.

    Raises
    ------
    UsageError
        When a level, a scale, a design, an outcome or a scope does not exist.
    DataError
        When a file of yours breaks a rule: the message names file and key, what is allowed and what to do.

    References
    ----------
    Metapsy data standard, https://docs.metapsy.org/data-preparation/format/

    Examples
    --------
    >>> import iop_outcomes as iop
    >>> [study.id for study in iop.studies(level="PHP", scale="qids16").rows]
    ['bulkes_2021', 'rogers_php']
    >>> iop.studies("samplin")["samplin_2022"].n_admitted
    92
    """
    check_arguments(studies, locals())
    from iop_outcomes.published.study_registry import search_studies

    return search_studies(name, level=level, scale=scale, design=design, outcome=outcome, scope=scope, population=population, add=add)


def reproduce(
    study: str | Path | None = None,
    *,
    add: StudyFiles = None,
    data: Data | None = None,
    people: Literal["pairs", "completers"] = "pairs",
    r: float | None = None,
    policy: str = "cms11",
    ledger: str | Path | None = None,
) -> Reproduction:
    """Compute what studies print again from what else they print: reproduced, not reproduced, or not enough printed.

    Parameters
    ----------
    study : str or path, optional
        Name of a study of the registry, words of its citation, or a TOML file or folder of your own (`docs/recipes/add_a_study.md`); by
        default every study and every worked example.
    add : path or several, optional
        Studies of your own beside the registry, as in `studies`.
    data : Data, optional
        A program from `load`: `.beside` then sets the studies' changes, completion and stays beside its released numbers, where both
        are the same quantity, and says why where they are not.
    people : {"pairs", "completers"}
        Whom the program's changes are of: everyone with both scores, or those of them who completed.
    r : float, optional
        Correlation of scores before and after that is assumed beside the program where a study prints none, as in `stand_beside`.
    policy : str
        Disclosure policy of the program's numbers.
    ledger : path, optional
        File of the outputs made before.

    Returns
    -------
    Reproduction
        With `.counts`, `.sentence()`, `.to_frame()`, one row for each printed figure: the definition that was used, and the difference.

    Raises
    ------
    UsageError
        When there is no such study.
    DataError
        When a file of yours breaks a rule.

    Examples
    --------
    >>> import iop_outcomes as iop
    >>> iop.reproduce("zimmerman_2021").counts
    {'reproduced': 4, 'not reproduced': 0, 'not enough printed': 3}
    >>> iop.reproduce("ems82827").to_frame().definition.unique().tolist()
    ['d_av_rms: change / root mean square of the SDs']
    """
    check_arguments(reproduce, locals())
    from dataclasses import replace

    from iop_outcomes.published.inputs import choice
    from iop_outcomes.published.reproduction import reproduce_studies
    from iop_outcomes.published.side_by_side import PROGRAM_PEOPLE
    from iop_outcomes.published.study_registry import studies_to_reproduce

    choice("people", people, PROGRAM_PEOPLE)
    rows = studies_to_reproduce(study, add)
    result = reproduce_studies(rows)
    if data is None:
        return result
    return replace(result, beside=stand_beside(data, study=study, add=add, people=people, r=r, policy=policy, ledger=ledger))


def stand_beside(
    data: Data,
    *,
    study: str | Path | None = None,
    level: str | None = None,
    scale: str | None = None,
    add: StudyFiles = None,
    curve: ReconstructedCurve | Sequence[ReconstructedCurve] = (),
    measure: str | None = None,
    definition: str | None = None,
    at: Sequence[int] = (30, 90, 180, 365),
    quantity: str | Sequence[str] | None = None,
    margin: float | Mapping[str, float] | None = None,
    people: Literal["pairs", "completers"] = "pairs",
    r: float | None = None,
    policy: str = "cms11",
    ledger: str | Path | None = None,
) -> StudiesBeside:
    """Set a program's released figures beside published ones: the difference with its interval, and whether the two are equivalent.

    Parameters
    ----------
    data : Data
        A program from `load`; one track of it is `data.where(track="psychosis")`.
    study : str or path, optional
        Name of a study of the registry, words of its citation, or a TOML file or folder of your own; by default all that `level` and
        `scale` leave.
    level, scale : str, optional
        Which studies, as in `studies`.
    add : path or several, optional
        Studies of your own beside the registry.
    curve : ReconstructedCurve or several
        Curves read off a figure (`reconstruct_curve`): the share with the event by each day of `at` stands beside that of `measure`. Without
        `study`, `level` and `scale` no study stands beside then.
    measure, definition : str, optional
        What the curves are of, by default readmission, and which definition of it.
    at : sequence of int
        Days after discharge.
    quantity : str or several, optional
        Which quantities alone, such as "d_pre_sd".
    margin : float or dict, optional
        How far apart is still equivalent: one number for the only quantity, or by quantity, as in {"completion_strict": 0.10}. There is no
        default, and no test without it; where a study prints no error there is none either.
    people : {"pairs", "completers"}
        Whom the program's changes are of: everyone with both scores, or those of them who completed.
    r : float, optional
        The correlation of scores before and after that is assumed where a study prints none; each number that rests on it says so.
    policy : str
        Disclosure policy of the program's numbers.
    ledger : path, optional
        File of the outputs made before.

    Returns
    -------
    StudiesBeside
        With `.sentence()`, `.to_frame()`, `.side_by_side`, `.yardsticks` and `.plot(quantity=...)`.

    Raises
    ------
    UsageError
        When there is no such study, or one margin would stand for several quantities.

    Notes
    -----
    The interval of a difference is made of the limits of both numbers (MOVER), which are taken as of different people; two one-sided tests
    at .05 rest on the limits at 90%. Two programs differ in whom they admit: a difference says nothing of why.

    References
    ----------
    Zou GY, Donner A (2008), doi:10.1002/sim.3095. Schuirmann DJ (1987), doi:10.1007/BF01068419.

    Examples
    --------
    >>> import iop_outcomes as iop
    >>> with iop.load("data/synthetic") as data:
    ...     beside = iop.stand_beside(data, study="teds_2004", margin={"completion_strict": 0.10})
    >>> [(row.quantity, round(row.difference, 3), row.verdict) for row in beside.side_by_side][0]
    ('completion_strict', 0.173, 'different by more than the margin')
    """
    check_arguments(stand_beside, locals())
    from dataclasses import replace

    from iop_outcomes.published.beside import curves_of
    from iop_outcomes.published.inputs import choice, correlation
    from iop_outcomes.published.side_by_side import COMPLETERS, PROGRAM_PEOPLE, margins_of, numbers_of, quantities_of, side_by_side
    from iop_outcomes.published.study_registry import studies_beside
    from iop_outcomes.release import policy_for
    from iop_outcomes.reporting.beside import DrawBeside, ReleasedNumbers

    choice("people", people, PROGRAM_PEOPLE)
    correlation("r", r)
    curves = curves_of(curve)
    rows = () if curves and (study, level, scale, add) == (None,) * 4 else studies_beside(study, level=level, scale=scale, add=add)
    numbers = numbers_of(rows, [(each, measure, definition, tuple(at)) for each in curves], people=people, r=r)
    asking = ReleasedNumbers(data.where(**COMPLETERS) if people == "completers" else data, policy, ledger)
    result = side_by_side(
        numbers,
        asking,
        policy=policy_for(policy, data.data_class, data.provenance.part2_tracks).words,
        margins=margins_of(margin),
        quantities=quantities_of(quantity),
        chosen=quantity is not None,
        scales=() if scale is None else (scale,),
    )
    return replace(result, draw=DrawBeside(asking))


class _DrawStudies:
    """What draws published studies, which stands behind a field of theirs: what is published draws nothing itself."""

    def __call__(self, kind: str, pooled: Pooled, ax: Axes | None) -> Axes:
        """The chart, on axes or on new ones."""
        from iop_outcomes.show.forest_of_studies import forest_of_studies
        from iop_outcomes.show.funnel_of_studies import funnel_of_studies

        return (forest_of_studies if kind == "forest" else funnel_of_studies)(pooled, ax)

    def on_paper(self, kind: str, pooled: Pooled, size: str, path: str | Path | None) -> PaperFigure:
        """The chart for a paper."""
        from iop_outcomes.reporting.paper import studies_figure

        return studies_figure(lambda: self(kind, pooled, None), size, pooled.sentence(), path)


def reconstruct_curve(
    points: CurvePairs,
    *,
    at_risk: CurvePairs,
    events: int | None = None,
    kind: Literal["falling", "rising"] = "falling",
    percent: bool = False,
    unit: Literal["days", "weeks", "months", "years"] = "days",
    label: str = "",
) -> ReconstructedCurve:
    """The people behind a printed survival curve: points read off the figure and its numbers at risk in, events and ends of follow-up out.

    Parameters
    ----------
    points : sequence of (time, share), or a table with these columns
        Read off the curve with any digitiser, in any order; small errors of reading are mended, so that the curve never rises.
    at_risk : sequence of (time, n), or a table with these columns
        The numbers under the figure, from time 0 on; the one at 0 alone will do, and then nobody is taken to leave before the last
        event but as `events` asks.
    events : int, optional
        Events in all, where the paper prints them.
    kind : {"falling", "rising"}
        Whether the curve falls from 1 (free of the event) or rises from 0 (with it).
    percent : bool
        Whether the shares are in percent.
    unit : {"days", "weeks", "months", "years"}
        Of the times; the counts are by whole days.
    label : str
        What the curve is of.

    Returns
    -------
    ReconstructedCurve
        With `.sentence()`, `.to_frame()`, `.at((30, 90))`, `.median_days`, `.hazard_ratio(other)`, and `.cells`, the small table of counts.

    Raises
    ------
    UsageError
        When the curve rises by more than reading errors do, shares or times lie outside, or the numbers at risk rise.

    References
    ----------
    Guyot P et al. (2012), doi:10.1186/1471-2288-12-9.

    Examples
    --------
    >>> import iop_outcomes as iop
    >>> curve = iop.reconstruct_curve([(0, 1), (30, 0.90), (90, 0.80)], at_risk=[(0, 100), (60, 85)])
    >>> sum(curve.events), sum(curve.censored), curve.reconstructed_at_risk
    (19, 81, ((0.0, 100), (60.0, 85)))
    """
    check_arguments(reconstruct_curve, locals())
    from iop_outcomes.published.reconstructed import reconstructed_curve

    return reconstructed_curve(points, at_risk, events=events, kind=kind, percent=percent, unit=unit, label=label)
