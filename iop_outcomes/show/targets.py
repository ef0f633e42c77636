"""Takes a released share and a target, gives the word for how it stands to it: the rule of comparisons, for a number that is given."""

from __future__ import annotations

from iop_outcomes.evaluate.contrasts import FEWEST
from iop_outcomes.intake.targets import AT_LEAST, AT_MOST, Target
from iop_outcomes.keys import TOO_FEW, UNCLEAR, Flag
from iop_outcomes.release import ReleasedEstimate, Withheld
from iop_outcomes.show.words import NOT_SHOWN, has_range, has_value
from iop_outcomes.units import percent

REACHED, BELOW, ABOVE = "reached", "below target", "above target"
NOT_COMPARED = "not compared"  # the number is shown, and what it would be judged by is not


def target_words(target: Target) -> str:
    """A target within a sentence.

    Examples
    --------
    >>> target_words(Target("completion", "completion_strict", 0.55, "at_least", "Board"))
    'at least 55%'
    """
    return f"{'at least' if target.direction == AT_LEAST else 'at most'} {percent(target.value, like=1.0)}"


def target_word(estimate: ReleasedEstimate, target: Target) -> str:
    """Say in one word how a share stands to its target.

    Parameters
    ----------
    estimate : ReleasedEstimate
        The share, with its interval.
    target : Target
        What was to be reached.

    Returns
    -------
    str
        "reached", "below target" or "above target" exactly when the interval leaves the target out; "no clear difference" when it
        holds it; "too few" when the share cannot be judged; "not compared" when the interval is withheld, "not shown" when the share
        is; "" where there is no share.
    """
    if not estimate.shown or not has_value(estimate):
        return "" if estimate.shown else NOT_SHOWN
    low, high = estimate.low, estimate.high
    if isinstance(low, Withheld) or isinstance(high, Withheld) or isinstance(estimate.n, Withheld):
        return NOT_COMPARED
    if Flag.FEW_PATIENTS in estimate.flag or estimate.n < FEWEST or not has_range(estimate):
        return str(TOO_FEW)
    below, above = (REACHED, ABOVE) if target.direction == AT_MOST else (BELOW, REACHED)
    return above if low > target.value else below if high < target.value else str(UNCLEAR)
