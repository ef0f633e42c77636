"""Takes one TOML file per instrument, gives Scale objects whose every number has been checked and has a source.

A scale is data, never code: to add one, write a file like those beside this module into a folder of your own and give that folder to
`load_scales`. Tables whose parts are chosen by name (`[reliability.retest]`) let several published figures stand side by side.
"""

from __future__ import annotations

import functools
import os
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from types import MappingProxyType

from iop_outcomes.errors import DataError, UsageError, choices
from iop_outcomes.scales.reading import fail, read_scale
from iop_outcomes.scales.scale import OPERATORS, Scale

__all__ = ["OPERATORS", "Scale", "get_scale", "load_scales"]

MOST_BYTES = 1_000_000
MOST_SCORES = 10_000


def load_scales(folder: str | os.PathLike[str] | None = None) -> Mapping[str, Scale]:
    """Read the shipped scales, and those of a folder of your own.

    Parameters
    ----------
    folder : path, optional
        Folder with one TOML file per scale, each named after its scale; a file of a shipped scale's name replaces it. Read at every call;
        the shipped files are read once.

    Returns
    -------
    mapping of str to Scale
        By name, sorted; read-only.

    Raises
    ------
    DataError
        A file breaks a rule: it names the file, the key and what to do.

    References
    ----------
    TOML 1.0, https://toml.io/en/v1.0.0

    Examples
    --------
    >>> list(load_scales())
    ['auditc', 'bdi2', 'crdpss', 'gad7', 'pcl5', 'phq9', 'phqa']
    """
    if folder is None:
        return _shipped()
    path = Path(folder)
    if not path.is_dir():
        raise DataError(f"{path}: not a folder; give the folder that holds your scale files (name.toml).")
    own = _read_folder(path, str(path) + os.sep)
    if not own:
        raise DataError(f"{path}: holds no .toml file; put one file per scale there, named after the scale, or leave the folder out.")
    merged = {**_shipped(), **own}
    return MappingProxyType({name: merged[name] for name in sorted(merged)})


def get_scale(name: str, scales: Mapping[str, Scale] | None = None) -> Scale:
    """Find one scale by name.

    Parameters
    ----------
    name : str
        Such as "phq9".
    scales : mapping of str to Scale, optional
        What `load_scales` gave for a folder of your own; by default the shipped scales.

    Returns
    -------
    Scale
        The scale of that name.

    Raises
    ------
    UsageError
        No scale has that name; the message gives the nearest.

    References
    ----------
    PHQ-9: doi:10.1046/j.1525-1497.2001.016009606.x; for the others see each scale's `source`.

    Examples
    --------
    >>> get_scale("gad7").range
    (0, 21)
    """
    known = load_scales() if scales is None else scales
    if name not in known:
        raise UsageError(f'There is no scale "{name}". {choices(str(name).lower(), known)}')
    return known[name]


@functools.cache
def _shipped() -> Mapping[str, Scale]:
    return MappingProxyType(_read_folder(files("iop_outcomes.scales"), ""))


def _read_folder(folder: Traversable, prefix: str) -> dict[str, Scale]:
    # A leading dot marks the side files that some systems write next to the real ones.
    entries = [entry for entry in folder.iterdir() if entry.name.endswith(".toml") and not entry.name.startswith(".")]
    scales = [_read_file(entry, prefix + entry.name) for entry in sorted(entries, key=lambda entry: entry.name)]
    return {scale.name: scale for scale in scales}


def _read_file(entry: Traversable, file: str) -> Scale:
    try:
        with entry.open("rb") as stream:
            content = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise DataError(f"{file}: cannot be read ({error.strerror}); check that it is a file and may be read.") from error
    if len(content) > MOST_BYTES:
        raise DataError(f"{file}: larger than {MOST_BYTES} bytes; a scale file holds one scale's numbers only.")
    try:
        parsed = tomllib.loads(content.decode("utf-8-sig"), parse_float=Decimal)
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise DataError(f"{file}: not valid TOML in UTF-8 ({error}); correct the line named. A key may be given once only.") from error
    scale = read_scale(file, parsed)
    if entry.name != f"{scale.name}.toml":
        fail(file, "name", f'is "{scale.name}", so the file must be called {scale.name}.toml; rename one of them')
    for check in (_check_form, _check_items, _check_bands, _check_cutoffs, _check_changes, _check_statistics):
        check(scale, file)
    return scale


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
