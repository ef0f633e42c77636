"""Takes a scale as it was read, gives an error where its numbers contradict one another."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import prod

from iop_outcomes.scales.reading import fail
from iop_outcomes.scales.scale import Scale

MOST_SCORES = 10_000
MOST_PRODUCT = 10**9  # of the sizes of groups whose means are averaged: their sum stands over it as one denominator


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
    for check in (_check_form, _check_domains, _check_numbers, _check_groups, _check_sum, _check_items, _check_codes, *_OF_FIGURES):
        check(scale, file)


def _check_form(scale: Scale, file: str) -> None:
    if scale.step <= 0 or (scale.range[1] - scale.range[0]) / scale.step > MOST_SCORES:
        fail(file, "step", f"must be above 0 and give at most {MOST_SCORES} different scores")
    if scale.counted and not (scale.total and scale.bands and all(band.low == band.high and _is_word(band.label) for band in scale.bands)):
        fail(
            file, "counted", "needs a total, and [bands] of one score each, labelled by one word of small letters: they are what is counted"
        )
    if any(edge % scale.step for edge in scale.range):
        fail(file, "range", "must begin and end on whole multiples of step")
    if scale.recall_days is not None and scale.recall_days < 0:
        fail(file, "recall_days", "must be 0 or more; leave it out when the form names no period")


def _is_word(label: str) -> bool:
    return label.isascii() and label.isidentifier() and label == label.lower()


def _check_domains(scale: Scale, file: str) -> None:
    """A scale has one total, or it is reported by its parts."""
    if scale.total and scale.domains:
        fail(file, "domains", "belong to a scale without a total; remove them, or set total = false")
    if scale.total:
        return
    if not scale.parts:
        fail(file, "domains", f"must name the {scale.items} domains, each once, because total = false; or give [subscales]")
    if scale.domains and (len(set(scale.domains)) != scale.items or len(scale.domains) != scale.items):
        fail(file, "domains", f"must name the {scale.items} domains, each once, because total = false")
    if scale.range != scale.item_range:
        fail(file, "range", "must equal item_range, because total = false: it is the range of each domain")


def _check_numbers(scale: Scale, file: str) -> None:
    """Numbers of items are those of the form, each once."""
    numbers = scale.item_numbers
    if scale.numbers and (len(set(numbers)) < len(numbers) or len(numbers) != scale.items or min(numbers) < 1):
        fail(file, "numbers", f"must be {scale.items} different item numbers, as many as items")
    which = f"from 1 to {scale.items}" if not scale.numbers else f"among {', '.join(map(str, numbers))}"
    if len(set(scale.reversed_items)) < len(scale.reversed_items) or not set(scale.reversed_items) <= set(numbers):
        fail(file, "reversed_items", f"must be different item numbers {which}")
    if scale.weights and (len(scale.weights) != scale.items or any(weight <= 0 for weight in scale.weights)):
        fail(file, "weights", f"must be {scale.items} numbers above 0, one for each item")
    other = [number for each in scale.other_answers for number in each.numbers]
    if len(set(other)) < len(other) or (not scale.form and not set(other) <= set(numbers)):
        fail(file, "other_answers.numbers", f"must be different item numbers {which}")
    for each in scale.other_answers:
        if each.step < 1 or (each.item_range[1] - each.item_range[0]) % each.step:
            fail(file, "other_answers.step", "must be 1 or more, and lead from the lowest answer to the highest")
    for skip in scale.skips:
        if not skip.lowest or not set(skip.lowest) | set(skip.not_asked) <= set(numbers) or set(skip.lowest) & set(skip.not_asked):
            fail(file, "skips", f"must name items {which}, none of them both answered and not asked")


def _check_groups(scale: Scale, file: str) -> None:
    groups = scale.groups
    if groups is None:
        return
    members = [number for group in groups.members for number in group]
    if not all(groups.members) or set(members) != set(scale.item_numbers):
        fail(file, "groups.members", "must hold every item of the scale, and no other")
    if groups.each != "mean" and len(set(members)) < len(members):
        fail(file, "groups.members", 'may share an item only where each = "mean"')
    plain = all(weight % 1 == 0 for weight in scale.weights) and all(scale.range_of(number)[0] == 0 for number in members)
    if scale.weights and not (plain and groups.each == "highest"):
        fail(
            file,
            "weights",
            'can stand beside [groups] only as whole numbers, of answers from 0 on, where each = "highest"; remove one of them',
        )
    sizes = [len(group) for group in groups.members]
    if len(groups.least_answered) != len(sizes) or any(not 1 <= n <= size for n, size in zip(groups.least_answered, sizes, strict=True)):
        fail(file, "groups.least_answered", "must be one number for each group, from 1 to its items")
    if groups.known_at_highest and groups.each != "highest":
        fail(file, "groups.known_at_highest", 'can be true only where each = "highest"; a mean or a sum is not known by one answer')
    if groups.each == "mean" and prod(sizes) > MOST_PRODUCT:
        fail(
            file, "groups.members", "are too many for an exact mean of means; give fewer groups, or take totals only (item_scoring = false)"
        )
    if scale.missing.rule != "none":
        fail(file, "missing.rule", 'must be "none" beside [groups], where least_answered says what may be missing')


def _check_sum(scale: Scale, file: str) -> None:
    """The range of a score that is made from items is what the items can give."""
    if not scale.adds_up:
        return
    ends: list[Fraction] = []
    weights = dict(zip(scale.item_numbers, map(Fraction, scale.weights or (1,) * scale.items), strict=True))
    for end in (0, 1):
        answers = {number: Fraction(scale.range_of(number)[end]) for number in scale.item_numbers}
        if scale.groups is None:
            points = [weights[number] * answer for number, answer in answers.items()]
            whole = sum(weights.values(), Fraction(0))
        else:
            points = [
                _of_group([weights[number] * answers[number] for number in group], scale.groups.each) for group in scale.groups.members
            ]
            whole = Fraction(len(points))
        total = sum(points, Fraction(0))
        ends.append(total / whole if scale.scored_as == "mean" else total if _of_means(scale) else total * Fraction(scale.step))
    if tuple(ends) != tuple(map(Fraction, scale.range)):
        what = "the mean of the items" if scale.scored_as == "mean" else "items x item_range x step"
        fail(file, "range", f"is not {what}; correct it, or set item_scoring = false (only totals are taken)")


def _of_group(answers: Sequence[Fraction], each: str) -> Fraction:
    if each == "highest":
        return max(answers)
    total = sum(answers, Fraction(0))
    return total / len(answers) if each == "mean" else total


def _of_means(scale: Scale) -> bool:
    """Whether the score is a sum of means, which is rounded to the step and not multiplied by it."""
    return scale.groups is not None and scale.groups.each == "mean"


def _check_items(scale: Scale, file: str) -> None:
    rule = scale.missing.rule
    most = scale.missing.most_items_missing
    if not (1 <= most < scale.items if rule != "none" else most == 0):
        fail(file, "missing.most_items_missing", f'must be 0 with rule "none", and from 1 to {scale.items - 1} with rule "{rule}"')
    if rule != "none" and not scale.adds_up:
        fail(file, "missing.rule", 'must be "none", because the items of this scale are not added up')
    never = scale.missing.never_prorated
    if len(set(never)) < len(never) or not set(never) <= set(scale.item_numbers) or (never and rule == "none"):
        fail(file, "missing.never_prorated", f'must be different item numbers from 1 to {scale.items}, and belongs to rule "prorate"')
    safety = scale.safety_item
    if safety is None:
        return
    if safety.item not in scale.item_numbers and not (scale.items == 0 and safety.item > 0):
        fail(file, "safety_item.item", f"must be an item number from 1 to {scale.items}")
    low, high = scale.range_of(safety.item)
    if safety.positive_at is not None and not low < safety.positive_at <= high:
        fail(file, "safety_item.positive_at", f"must be an answer above {low}, at most {high}")


def _check_codes(scale: Scale, file: str) -> None:
    codes = scale.codes
    if codes is None:
        return
    if not (codes.loinc_total or codes.loinc_panel or codes.omop_total):
        fail(file, "codes", "holds no code of the total or the form; give loinc_total or loinc_panel, or remove the table")
    if len(codes.loinc_items) not in (0, scale.items):
        fail(file, "codes.loinc_items", f"must be one code for each of the {scale.items} items, or left out")
    if len(codes.loinc_answers) not in (0, 1 + scale.item_range[1] - scale.item_range[0]):
        fail(file, "codes.loinc_answers", "must be one code for each answer from the lowest to the highest, or left out")


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


_OF_FIGURES = (_check_bands, _check_cutoffs, _check_changes, _check_statistics)
