"""Takes a scale as it was read, gives an error where its numbers contradict one another."""

from __future__ import annotations

from iop_outcomes.scales.reading import fail
from iop_outcomes.scales.scale import Scale

MOST_SCORES = 10_000


def check_scale(scale: Scale, file: str) -> None:
    """Hold a scale to every rule that its numbers must keep together.

    Parameters
    ----------
    scale : Scale
        As read.
    file : str
        Its file, for the message.

    Raises
    ------
    DataError
        When a rule is broken; the message names the file, the key and what to do.
    """
    for check in (_check_form, _check_items, _check_bands, _check_cutoffs, _check_changes, _check_statistics):
        check(scale, file)


def _check_form(scale: Scale, file: str) -> None:
    if scale.items < 1:
        fail(file, "items", "must be 1 or more")
    if scale.step <= 0 or (scale.range[1] - scale.range[0]) / scale.step > MOST_SCORES:
        fail(file, "step", f"must be above 0 and give at most {MOST_SCORES} different scores")
    if any(edge % scale.step for edge in scale.range):
        fail(file, "range", "must begin and end on whole multiples of step")
    if scale.recall_days is not None and scale.recall_days < 0:
        fail(file, "recall_days", "must be 0 or more; leave it out when the form names no period")
    if len(set(scale.reversed_items)) < len(scale.reversed_items) or any(not 1 <= item <= scale.items for item in scale.reversed_items):
        fail(file, "reversed_items", f"must be different item numbers from 1 to {scale.items}")
    if scale.total and scale.domains:
        fail(file, "domains", "belong to a scale without a total; remove them, or set total = false")
    if not scale.total and (len(set(scale.domains)) != scale.items or len(scale.domains) != scale.items):
        fail(file, "domains", f"must name the {scale.items} domains, each once, because total = false")
    if not scale.total and scale.range != scale.item_range:
        fail(file, "range", "must equal item_range, because total = false: it is the range of each domain")
    sums = tuple(scale.items * answer * scale.step for answer in scale.item_range)
    if scale.total and scale.item_scoring and sums != scale.range:
        fail(file, "range", "is not items x item_range x step; correct it, or set item_scoring = false (only totals are taken)")


def _check_items(scale: Scale, file: str) -> None:
    prorate = scale.missing.rule == "prorate"
    if not (1 <= scale.missing.most_items_missing < scale.items if prorate else scale.missing.most_items_missing == 0):
        fail(file, "missing.most_items_missing", f'must be 0 with rule "none", and from 1 to {scale.items - 1} with rule "prorate"')
    if prorate and not (scale.total and scale.item_scoring):
        fail(file, "missing.rule", 'must be "none", because the items of this scale are not added up')
    never = scale.missing.never_prorated
    if len(set(never)) < len(never) or any(not 1 <= item <= scale.items for item in never) or (never and not prorate):
        fail(file, "missing.never_prorated", f'must be different item numbers from 1 to {scale.items}, and belongs to rule "prorate"')
    codes = scale.codes
    if codes is not None and len(codes.loinc_items) not in (0, scale.items):
        fail(file, "codes.loinc_items", f"must be one code for each of the {scale.items} items, or left out")
    if codes is not None and len(codes.loinc_answers) not in (0, 1 + scale.item_range[1] - scale.item_range[0]):
        fail(file, "codes.loinc_answers", "must be one code for each answer from the lowest to the highest, or left out")
    safety = scale.safety_item
    if safety is not None and not 1 <= safety.item <= scale.items:
        fail(file, "safety_item.item", f"must be an item number from 1 to {scale.items}")
    low, high = scale.item_range
    if safety is not None and safety.positive_at is not None and not low < safety.positive_at <= high:
        fail(file, "safety_item.positive_at", f"must be an answer above {low}, at most {high}")


def _check_bands(scale: Scale, file: str) -> None:
    low, high = scale.range
    for band in scale.bands:
        if not low <= band.low <= band.high <= high:
            fail(file, "bands.levels", f'"{band.label}" must run upwards and lie within {low} to {high}')
    if len({band.label for band in scale.bands}) < len(scale.bands):
        fail(file, "bands.levels", "two bands have the same label; name each once")
    if scale.bands:
        for multiple in range(int(low / scale.step), int(high / scale.step) + 1):
            score = multiple * scale.step
            holding = sum(band.low <= score <= band.high for band in scale.bands)
            if holding != 1:
                fail(file, "bands.levels", f"score {score} lies in {holding} bands; every score must lie in exactly one")


def _check_cutoffs(scale: Scale, file: str) -> None:
    low, high = scale.range
    cutoffs = [cutoff.name for cutoff in scale.case_cutoffs]
    levels = [(f"case_cutoffs.{cutoff.name}.value", cutoff.value) for cutoff in scale.case_cutoffs]
    levels += [("remission.value", scale.remission.value)] if scale.remission is not None else []
    for name, value in levels:
        if not low <= value <= high:
            fail(file, name, f"must lie within the range, {low} to {high}")
    for profile in scale.profiles:
        if profile.case_cutoff is not None and profile.case_cutoff not in cutoffs:
            fail(
                file,
                f"profiles.{profile.name}.case_cutoff",
                f'"{profile.case_cutoff}" is not one of [case_cutoffs]; name one, or leave it out',
            )
        if profile.name in cutoffs and profile.case_cutoff != profile.name:
            fail(file, f"profiles.{profile.name}.case_cutoff", f'must be "{profile.name}", because a cut-off has that name; or rename one')


def _check_changes(scale: Scale, file: str) -> None:
    low, high = scale.range
    changes = [(f"profiles.{part.name}.points", part.points) for part in scale.profiles]
    changes += [(f"important_change.{part.name}.points", part.points) for part in scale.important_change if part.points is not None]
    for name, points in changes:
        if not 0 < points <= high - low:
            fail(file, name, f"must be above 0 and at most {high - low}, the width of the range")
    for part in scale.important_change:
        if part.points is None and part.percent is None:
            fail(file, f"important_change.{part.name}", "give points, percent or both")
        if part.percent is not None and not 0 < part.percent <= 100:
            fail(file, f"important_change.{part.name}.percent", "must be above 0 and at most 100")
    if scale.response is not None and not 0 < scale.response.fraction_lower <= 1:
        fail(file, "response.fraction_lower", "must be above 0 and at most 1 (0.5 is half)")


def _check_statistics(scale: Scale, file: str) -> None:
    low, high = scale.range
    if scale.referral_mean is not None and not low <= scale.referral_mean <= high:
        fail(file, "referral_mean", f"must lie within the range, {low} to {high}")
    for coefficient in scale.reliability:
        if not 0 < coefficient.value < 1:
            fail(file, f"reliability.{coefficient.name}.value", "must lie between 0 and 1")
    for norm in scale.norms:
        if not low <= norm.mean <= high or (norm.sd is not None and norm.sd <= 0):
            fail(
                file, f"norms.{norm.name}", f"the mean must lie within {low} to {high} and sd above 0; leave sd out when none was published"
            )
