"""Takes the columns of scores that came, gives the rules over several of them: scales, ranges, days and versions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from collections.abc import Mapping as Dictionary
from dataclasses import replace

from iop_outcomes.columns import WINDOWS
from iop_outcomes.engine.dialect import ROW, literal
from iop_outcomes.intake.rules import Rule
from iop_outcomes.intake.rules_of_episodes import CORRECT
from iop_outcomes.intake.rules_of_items import item_rules
from iop_outcomes.scales import Scale

SHORTER = "instrument_version"
TWICE = "score_twice"
# Scales with a shorter form that is easily taken for them: the highest score of that form (PHQ-8 is PHQ-9 without its ninth item).
SHORTER_FORMS = {"phq9": ("PHQ-8", 24)}
FEW = 90  # scores among which none above the shorter form's highest may be chance


def score_rules(has: Sequence[str], scales: Dictionary[str, Scale], known: Collection[str]) -> list[Rule]:
    """Rules over several columns of scores.

    Parameters
    ----------
    has : sequence of str
        The columns that came.
    scales : dict of str to Scale
        Those that the data may hold, with their ranges.
    known : collection of str
        Names of every scale.
    """
    hint = "iop-outcomes scales lists those that are known; leave out the others, or bring a file of your own (scales=)"
    names = ", ".join(map(literal, known))
    rules = [_rule("unknown_scale", ("scale",), f"scale__text NOT IN ({names})", "not a scale that is known", hint)]
    if "score" in has:
        rules += _of_totals(has, scales)
    rules += item_rules(has, scales)
    key = "hash(episode_id, scale, day)"  # two keys may share one: whether they do is settled where any is there twice
    rules.append(replace(twice_rule(), predicate=f"{key} IN (SELECT {key} FROM own_scores GROUP BY 1 HAVING count(*) > 1)"))
    if "instrument_version" in has:
        rules.append(_version_changes())
    rules.append(_outside_windows(scales))
    if "score" in has and "instrument_version" not in has:
        rules += _shorter_forms(scales)
    return rules


def twice_rule() -> Rule:
    """A site may score twice on a day; admission takes the lower and discharge the higher: where lower is better, that never flatters the program."""
    twice = "day IS NOT NULL AND count(*) OVER (PARTITION BY episode_id, scale, day) > 1"
    hint = "The lower counts at admission, the higher at discharge; on a scale on which higher is better that is the pair that looks better, so leave one out"
    return _rule(TWICE, ("day", "episode_id", "scale"), twice, "more than one score of a scale on a day", hint, "warning")


def _rule(name: str, columns: Sequence[str], predicate: str, message: str, hint: str, severity: str = "error") -> Rule:
    return Rule(name, "scores", tuple(columns), predicate, message, hint, severity)


def _of_totals(has: Sequence[str], scales: Dictionary[str, Scale]) -> list[Rule]:
    """A total lies on its scale."""
    totals = [scale for scale in scales.values() if scale.total]
    ranges = " OR ".join(f"(scale = {literal(scale.name)} AND score NOT BETWEEN {scale.range[0]} AND {scale.range[1]})" for scale in totals)
    hint = "If it means missing, name the code in mapping.toml under [missing]"
    items = [name for name in has if name not in ("score", "episode_id", "day")]
    rules = [_rule("score_out_of_range", ("score", *items), ranges or "FALSE", "outside the range of its scale", hint)]
    # Where one scale has fractions, the column takes them, and each scale says which of them are scores of its own.
    fractions = not all(scale.whole for scale in scales.values())
    for scale in totals:
        if scale.step != 1 or fractions:
            between = f"scale = {literal(scale.name)} AND score % {scale.step} <> 0"
            message = f"between two scores of {scale.label}, which has steps of {scale.step}"
            if scale.scored_as == "mean":  # with more decimals than it is kept with
                rules.append(_rule("score_rounded", ("score", *items), between, message, f"Rounded to {scale.step}, halves up", "note"))
            else:
                rules.append(_rule("score_between_steps", ("score", *items), between, message, CORRECT))
    return rules


def _version_changes() -> Rule:
    """Scores of two versions are not of one scale, so that no change may be taken between them."""
    window = "OVER (PARTITION BY episode_id, scale)"
    changed = f"instrument_version IS NOT NULL AND min(instrument_version) {window} <> max(instrument_version) {window}"
    hint = "Leave out one version, or give each a scale of its own: a change between versions is not a change of the patient"
    columns = ("instrument_version", "episode_id", "scale")
    return _rule("version_changed", columns, changed, "the version of the instrument changes within an episode", hint, "warning")


def _asked_again(first: int, last: int, names: Sequence[str], *, day: str = "day - episode_los_days") -> str:
    """SQL of whether a score is of an occasion after discharge; of some scales alone where these are named."""
    own_scale = f" AND scale IN ({', '.join(map(literal, names))})" if names else ""
    return f"({day} BETWEEN {first} AND {last}{own_scale})"


def _outside_windows(scales: Dictionary[str, Scale]) -> Rule:
    first, last = WINDOWS["admit"][0], WINDOWS["discharge"][1]
    windows: dict[tuple[int, int], list[str]] = {}
    for scale in scales.values():
        for each in scale.occasions:
            windows.setdefault((each.first, each.last), []).append(scale.name)
    occasions = [_asked_again(*days, names if len(names) < len(scales) else ()) for days, names in windows.items()]
    measures = [_asked_again(*days, [scale.name], day="day") for scale in scales.values() for days in scale.asked_after_admission.values()]
    again = " OR ".join([*occasions, *measures])
    # A stay below 0 is a fault of the episode, and named there.
    outside = f"day < {first} OR (episode_los_days >= 0 AND day > episode_los_days + {last} AND NOT ({again or 'FALSE'}))"
    message = f"more than {-first} days before admission, or more than {last} after discharge and on no occasion after it"
    return _rule("score_outside_windows", ("day", "episode_id"), outside, message, "Such scores are not used by any measure", "note")


def _shorter_forms(scales: Dictionary[str, Scale]) -> list[Rule]:
    """Many scores and none that the shorter form could not give: perhaps it is the shorter form."""
    rules = []
    for name, (shorter, highest) in SHORTER_FORMS.items():
        if name in scales:
            none_above = f"SELECT count(score) >= {FEW} AND max(score) <= {highest} FROM own_scores WHERE scale = {literal(name)}"
            message = f"no score of {name} is above {highest}, the highest of {shorter}"
            hint = f"If it is {shorter}, leave it out; else say so in the column instrument_version"
            rules.append(_rule(SHORTER, ("score",), f"{ROW} = 0 AND ({none_above})", message, hint, "note"))
    return rules
