"""Takes the columns of scores that came, gives the rules over several of them: scales, ranges, sums, days and versions."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from collections.abc import Sequence

from iop_outcomes.columns import WINDOWS
from iop_outcomes.engine import Rule
from iop_outcomes.engine.raw import ROW
from iop_outcomes.engine.recipe import literal, quoted
from iop_outcomes.intake.recipes import adds_up
from iop_outcomes.intake.rules_of_episodes import CORRECT
from iop_outcomes.scales import Scale
from iop_outcomes.scales.scoring import answered_sql, sum_sql

SHORTER = "instrument_version"
# Scales with a shorter form that is easily taken for them: the highest score of that form (PHQ-8 is PHQ-9 without its ninth item).
SHORTER_FORMS = {"phq9": ("PHQ-8", 24)}
FEW = 90  # scores among which none above the shorter form's highest may be chance


def score_rules(has: Sequence[str], scales: Dictionary[str, Scale]) -> list[Rule]:
    """Rules over several columns of scores.

    Parameters
    ----------
    has : sequence of str
        The columns that came.
    scales : dict of str to Scale
        Ranges, and which scales there are.
    """
    names = ", ".join(literal(name) for name in scales)
    hint = f"Known scales: {', '.join(scales)}. Leave out the others"
    found = [_rule("unknown_scale", ("scale",), f"scale__text NOT IN ({names})", "not a scale that is known", hint)]
    if "score" in has:
        found += _of_totals(has, scales)
    if "score" in has or _scored(has, scales):
        found += _not_scored(has, scales)
    # A site may score twice on a day; admission takes the lower and discharge the higher, which never flatters the program.
    twice = "count(*) OVER (PARTITION BY episode_id, scale, day) > 1"
    hint = "The lower counts at admission, the higher at discharge"
    found.append(_rule("score_twice", ("day", "episode_id", "scale"), twice, "more than one score of a scale on a day", hint, "warning"))
    if "instrument_version" in has:
        found.append(_version_changes())
    found.append(_outside_windows())
    if "score" in has and "instrument_version" not in has:
        found += _shorter_forms(scales)
    return found


def _rule(name: str, columns: Sequence[str], predicate: str, message: str, hint: str, severity: str = "error") -> Rule:
    return Rule(name, "scores", tuple(columns), predicate, message, hint, severity)


def _of_totals(has: Sequence[str], scales: Dictionary[str, Scale]) -> list[Rule]:
    """A total lies on its scale, is the sum of its items, and is there."""
    totals = [scale for scale in scales.values() if scale.total]
    ranges = " OR ".join(f"({_is(scale)} AND score NOT BETWEEN {scale.range[0]} AND {scale.range[1]})" for scale in totals)
    hint = "If it means missing, name the code in mapping.toml under [missing]"
    items = [name for name in has if name not in ("score", "episode_id", "day")]
    found = [_rule("score_out_of_range", ("score", *items), ranges, "outside the range of its scale", hint)]
    # Where one scale has fractions, the column takes them, and each scale says which of them are scores of its own.
    fractions = not all(scale.whole for scale in scales.values())
    for scale in totals:
        if scale.step != 1 or fractions:
            between, message = (
                f"{_is(scale)} AND score % {scale.step} <> 0",
                f"between two scores of {scale.label}, which has steps of {scale.step}",
            )
            found.append(_rule("score_between_steps", ("score", *items), between, message, CORRECT))
    return found + _item_sums(has, scales)


def _is(scale: Scale) -> str:
    return f"scale = {literal(scale.name)}"


def _scored(has: Sequence[str], scales: Dictionary[str, Scale]) -> list[tuple[Scale, list[str]]]:
    """Scales of which every item came, with the columns of their items."""
    found = [(scale, [f"{scale.name}_{number}" for number in range(1, scale.items + 1)]) for scale in scales.values() if adds_up(scale)]
    return [(scale, items) for scale, items in found if set(items) <= set(has)]


def _item_sums(has: Sequence[str], scales: Dictionary[str, Scale]) -> list[Rule]:
    """A total that is given beside all of its items must be their sum; where one is blank nothing can be said."""
    found = []
    for scale, items in _scored(has, scales):
        predicate = f"{_is(scale)} AND score <> {sum_sql(scale, list(map(quoted, items)))}"
        hint = "Correct the items or the total, or leave one of them out"
        found.append(_rule("item_sum", ("score", *items), predicate, "the total is not the sum of its items", hint))
    return found


def _not_scored(has: Sequence[str], scales: Dictionary[str, Scale]) -> list[Rule]:
    """Which totals are prorated, which cannot be made of their items, and which rows bring nothing at all."""
    lacking = "score__text IS NULL" if "score" in has else "TRUE"
    found, some = [], []
    for scale, items in _scored(has, scales):
        cells = list(map(quoted, items))
        answered = f"({answered_sql(cells)})"
        some.append(f"({_is(scale)} AND {answered} > 0)")
        part = f"{_is(scale)} AND {lacking} AND {answered} BETWEEN 1 AND {scale.items - 1} AND score IS "
        never = " OR ".join(f"{cells[number - 1]} IS NULL" for number in scale.missing.never_prorated)
        numbers = " and ".join(map(str, scale.missing.never_prorated))
        if scale.missing.rule == "prorate":
            message = f"a total of {scale.label} is prorated: the items answered stand in for the blank ones"
            hint = f"At most {scale.missing.most_items_missing} of {scale.items} items may be blank"
            found.append(_rule("total_prorated", (items[0], *items[1:]), f"{part} NOT NULL", message, hint, "note"))
        if never:
            message = f"no total of {scale.label} can be made: item {numbers} is blank"
            hint = "Other answers cannot stand in for it; such a score counts as missing"
            found.append(
                _rule(
                    "total_not_made",
                    (items[scale.missing.never_prorated[0] - 1], *items),
                    f"{part} NULL AND ({never})",
                    message,
                    hint,
                    "warning",
                )
            )
        message = f"no total of {scale.label} can be made: more items are blank than its rule allows"
        hint = f"At most {scale.missing.most_items_missing} of {scale.items} may be; such a score counts as missing"
        rest = f"{part} NULL AND NOT ({never or 'FALSE'})"
        found.append(_rule("total_not_made", tuple(items), rest, message, hint, "warning"))
    items = [name for name in has if name not in ("score", "scale", "episode_id", "day")]
    blank = f"{lacking} AND score IS NULL AND NOT coalesce({' OR '.join(some) or 'FALSE'}, FALSE)"
    first = ("score", *items) if "score" in has else tuple(items)
    return [*found, _rule("score_blank", first, blank, "a row without a score", "Such a score counts as missing", "note")]


def _version_changes() -> Rule:
    """Scores of two versions are not of one scale, so that no change may be taken between them."""
    own = "OVER (PARTITION BY episode_id, scale)"
    changed = f"instrument_version IS NOT NULL AND min(instrument_version) {own} <> max(instrument_version) {own}"
    hint = "Leave out one version, or give each a scale of its own: a change between versions is not a change of the patient"
    columns = ("instrument_version", "episode_id", "scale")
    return _rule("version_changed", columns, changed, "the version of the instrument changes within an episode", hint, "warning")


def _outside_windows() -> Rule:
    first, last = WINDOWS["admit"][0], WINDOWS["discharge"][1]
    # A stay below 0 is a fault of the episode, and named there.
    outside = f"day < {first} OR (episode_los_days >= 0 AND day > episode_los_days + {last})"
    message = f"more than {-first} days before admission, or more than {last} after discharge"
    return _rule("score_outside_windows", ("day", "episode_id"), outside, message, "Such scores are not used by any measure", "note")


def _shorter_forms(scales: Dictionary[str, Scale]) -> list[Rule]:
    """Many scores and none that the shorter form could not give: perhaps it is the shorter form."""
    found = []
    for name, (shorter, highest) in SHORTER_FORMS.items():
        if name in scales:
            none_above = f"SELECT count(score) >= {FEW} AND max(score) <= {highest} FROM own_scores WHERE scale = {literal(name)}"
            message = f"no score of {name} is above {highest}, the highest of {shorter}"
            hint = f"If it is {shorter}, leave it out; else say so in the column instrument_version"
            found.append(_rule(SHORTER, ("score",), f"{ROW} = 0 AND ({none_above})", message, hint, "note"))
    return found
