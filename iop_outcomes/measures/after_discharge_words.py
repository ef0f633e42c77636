"""Takes the words of an event after discharge, gives the definition of every number that a measure of time has."""

from __future__ import annotations

from collections.abc import Mapping

from iop_outcomes.columns import NOT_KNOWN
from iop_outcomes.results import EstimandDefinition

FOLLOWED = "discharged episodes whose end of follow-up is known, without deaths in care and without those that never started"
WITHOUT_TRANSFERS = f"{FOLLOWED}, without transfers"
EXCLUDED = {
    "unknown": "follow-up not known",
    "unknown_with_event": "follow-up not known, though an event or a death is recorded",
    "died": "died in care",
    "not_started": "never started",
    "active": "still in care",
    NOT_KNOWN: "not known whether discharged",
    "transfer": "in hospital again on days 0 to 2 (transfer)",
    "short": "followed for less than 3 days",
}
_WILSON = "95% Wilson score"
_TRANSFER = "{share} {verb} in hospital again on days 0 to 2; they count as transfers and are not part of this figure."
_NONE = "None is on record; one that nobody recorded looks the same."
_WITHOUT = "{k} of {episodes} whose follow-up is not known {have} an event or a death on record, which no figure here counts."


def estimands(
    words: str, past: str, counted: str, causes: Mapping[str, str], *, transfers: bool, limits: str = "log-log"
) -> tuple[EstimandDefinition, ...]:
    """Define the numbers.

    Parameters
    ----------
    words, past, counted : str
        The event as people say it, as something that happened, and as a definition says it.
    causes : dict of str to str
        Ends of their own, by estimand, each with its words.
    transfers : bool
        Whether returns on days 0 to 2 leave the denominator.
    limits : str
        What the limits of the curve are called, such as "log-log".
    """
    among = of_whom(transfers=transfers)
    return (
        *_of_curves(words, past, counted, among, transfers=transfers, limits=limits),
        *_beside(words, counted, causes, among, transfers=transfers),
        *_tests(among),
    )


def of_whom(*, transfers: bool) -> str:
    """Who is followed; `transfers`: without those who were in hospital again on days 0 to 2."""
    return WITHOUT_TRANSFERS if transfers else FOLLOWED


def _of_curves(words: str, past: str, counted: str, among: str, *, transfers: bool, limits: str) -> tuple[EstimandDefinition, ...]:
    of_share = f"95% {limits}; exact at 0% and 100%"
    beside = (*(("transfer_0_2",) if transfers else ()), "events_without_follow_up")
    sentence = f"An estimated {{value}} {past} within {{time}} days of discharge (range {{low}} to {{high}}), allowing for different lengths of follow-up."
    incidence = f"{counted}, with death and other ends competing (Aalen-Johansen)"
    free = f"free of the event and of every other end ({counted}): 1 minus the sum of all incidences"
    return (
        EstimandDefinition(
            "cumulative_incidence",
            words.capitalize(),
            incidence,
            among,
            of_share,
            "share",
            sentence,
            none=_NONE,
            beside=beside,
            compared_beside=beside[:-1],
            role="with_event",
            axis="Days after discharge",
        ),
        EstimandDefinition("event_free", "Free of every end", free, among, of_share, "share", role="free_of_ends", better="higher"),
        EstimandDefinition(
            "median_days",
            f"Days until half {past} or ended otherwise",
            "median, midpoint where the curve stands at one half; only where at least 11 are followed to it",
            among,
            f"95%, {limits} band inverted",
            "days",
        ),
        EstimandDefinition(
            "restricted_mean_days",
            "Mean days free of every end",
            "area under the event-free curve, to a day that every group was followed to",
            among,
            "95%, log-log of the share of days",
            "days",
            better="higher",
        ),
        EstimandDefinition(
            "fully_observed_rate",
            f"{words.capitalize()}, of those followed throughout",
            counted,
            "episodes whose follow-up reaches that day",
            _WILSON,
            "share",
            better="lower",
        ),
    )


def _beside(words: str, counted: str, causes: Mapping[str, str], among: str, *, transfers: bool) -> tuple[EstimandDefinition, ...]:
    definitions = [
        EstimandDefinition(name, label, f"{label}: an end of its own", among, _WILSON, "share") for name, label in causes.items()
    ]
    if transfers:
        with_them = "the same episodes and those in hospital again on days 0 to 2"
        back = "in any hospital again on days 0 to 2, planned or not: a transfer, outside the rate"
        definitions.append(
            EstimandDefinition(
                "transfer_0_2", "In hospital again on days 0 to 2 (transfer)", back, with_them, _WILSON, "share", aside=_TRANSFER
            )
        )
    unknown = "discharged episodes whose end of follow-up is not known"
    return (
        *definitions,
        EstimandDefinition(
            "events_without_follow_up",
            "Event or death on record, follow-up not known",
            f"{counted}, or death, recorded though the end of follow-up is not known: outside the rate",
            unknown,
            _WILSON,
            "share",
            aside=_WITHOUT,
        ),
        EstimandDefinition(
            "during_care",
            "During care",
            f"{words} before discharge: counted, no part of the curve",
            "episodes that started and ended",
            _WILSON,
            "share",
        ),
        EstimandDefinition(
            "median_follow_up_days",
            "Median follow-up",
            "median day to which episodes were followed (reverse Kaplan-Meier)",
            among,
            "none",
            "days",
        ),
    )


def _tests(followed: str) -> tuple[EstimandDefinition, ...]:
    among = f"{followed}, whose group is recorded"
    hazard = (
        "log-rank test of the event's own (cause-specific) hazard over the groups, clock from discharge; hypergeometric variance, or the "
        "robust score referred to F where patients repeat"
    )
    gray = "Gray's test of the cumulative incidence over the groups; only where no patient repeats"
    return (
        EstimandDefinition("log_rank_chi_squared", "Log-rank test", hazard, among, "none", "chi-squared"),
        EstimandDefinition("log_rank_p", "Log-rank test, p", f"p value of the {hazard}", among, "none", "p"),
        EstimandDefinition("gray_chi_squared", "Gray's test", gray, among, "none", "chi-squared"),
        EstimandDefinition("gray_p", "Gray's test, p", f"p value of {gray}", among, "none", "p"),
    )
