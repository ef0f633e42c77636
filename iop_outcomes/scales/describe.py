"""Takes a scale, gives it in words: how it is scored, every published figure with what was not checked marked, and what it cannot offer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from iop_outcomes.scales.scale import NO_RULE, Scale, Sourced
from iop_outcomes.scales.scoring import Number

NOT_CHECKED = "not checked"
_WIDTH = 18  # of the names of the lines


def describe(scale: Scale) -> str:
    """A scale on one screen.

    Parameters
    ----------
    scale : Scale
        From `get_scale` or `load_scales`.

    Returns
    -------
    str
        Lines of a name and what holds; a figure whose source was not seen is marked "not checked", and the last line but the sources says
        what the scale does not offer for want of a figure.

    Examples
    --------
    >>> from iop_outcomes.scales import get_scale
    >>> print(describe(get_scale("gad2")).splitlines()[0])
    GAD-2 (gad2): Generalized Anxiety Disorder scale, 2 items
    """
    heading = f"{scale.label} ({scale.name}): {scale.title}"
    lines = [(name, words) for name, words in _lines(scale) if words]
    return "\n".join([heading, *(f"  {name:<{_WIDTH}}{words}" for name, words in lines)])


def _lines(scale: Scale) -> Iterator[tuple[str, str]]:
    yield "form", _and(scale.version, scale.construct, _mark(scale))
    yield "score", _score(scale)
    yield "items", _items(scale)
    yield "missing items", _missing(scale)
    yield "severity", _and(*(f"{band.label} {_span(band.low, band.high)}" for band in scale.bands), _mark(*scale.bands[:1]))
    yield "case", "; ".join(f"{each.name} {each.op} {each.value}{_marked(each)}" for each in scale.case_cutoffs)
    yield "reliable change", "; ".join(f"{each.name} {each.op} {each.points}{_marked(each)}" for each in scale.profiles)
    yield "important change", "; ".join(_important(scale))
    response, remission, safety = scale.response, scale.remission, scale.safety_item
    yield "response", f"at least {response.fraction_lower:.0%} lower{_marked(response)}" if response else ""
    yield "remission", f"{remission.op} {remission.value}{_marked(remission)}" if remission else ""
    yield "reliability", "; ".join(f"{each.kind} {each.value:g} ({each.sample}){_marked(each)}" for each in scale.reliability)
    yield "norms", "; ".join(_norms(scale))
    if safety is not None:
        level = "" if safety.positive_at is None else f", positive from {safety.positive_at}"
        yield "about self-harm", f"item {safety.item}{level}; counted, never averaged{_marked(safety)}"
    yield "subscales", ", ".join(scale.subscales)
    yield "columns", _columns(scale)
    yield "licence", scale.licence
    yield "note", scale.note
    yield "not offered", "; ".join(not_offered(scale))
    yield "sources", _sources(scale)


def not_offered(scale: Scale) -> tuple[str, ...]:
    """What cannot be said by a scale for want of a figure in its file, each with the key that would bring it.

    >>> from iop_outcomes.scales import get_scale
    >>> not_offered(get_scale("pcl5"))[0]
    'severity words (no [bands])'
    """
    if scale.counted:
        return ("means, changes and what rests on them (counted = true)",)
    retest = any(each.kind == "test-retest" for each in scale.reliability)
    lacking = {
        "a total score, and its change (total = false)": not scale.total,
        "scores from items, prorating, internal consistency (no items)": scale.total and not scale.items,
        "scores from items, prorating, internal consistency (item_scoring = false)": bool(scale.items) and not scale.item_scoring,
        "severity words (no [bands])": not scale.bands,
        "who is a case, and recovery (no [case_cutoffs])": not scale.case_cutoffs,
        "reliable change (no [profiles])": not scale.profiles,
        "what measurement error alone would do (no [reliability] of the kind test-retest)": not retest,
        "an important change (no [important_change])": not scale.important_change,
        "response (no [response])": scale.response is None,
        "remission (no [remission])": scale.remission is None,
        "comparison with norms (no [norms])": not scale.norms,
        "answers about self-harm (no [safety_item])": scale.safety_item is None or scale.safety_item.positive_at is None,
    }
    return tuple(words for words, lacks in lacking.items() if lacks)


def _score(scale: Scale) -> str:
    low, high = scale.range
    if not scale.total:
        return f"no total: {', '.join(scale.parts)}"
    if scale.counted:
        return f"{low} to {high}: a level, counted and never averaged"
    step = "" if scale.step == 1 else f" in steps of {scale.step}"
    return f"{low} to {high}{step}, {scale.better} is better"


def _items(scale: Scale) -> str:
    if not scale.items:
        return "totals only"
    low, high = scale.item_range
    what = f"{scale.items} of {low} to {high}"
    for other in scale.other_answers:
        step = "" if other.step == 1 else f" in steps of {other.step}"
        what += f"; {_numbers(other.numbers)} of {other.item_range[0]} to {other.item_range[1]}{step}"
    if not scale.item_scoring:
        return f"{what}; totals only"
    groups = scale.groups
    if groups is not None:
        each = " | ".join(_numbers(members) for members in groups.members)
        many = len(groups.members) > 1
        weights = f", weighted {_numbers(scale.weights)}" if scale.weights else ""
        what += f"; the {groups.each} of {'each group ' if many else 'them '}({each}{weights})"
        what += f", then the {scale.scored_as} of these{_marked(groups)}" if many else _marked(groups)
    elif scale.total:
        what += f"; their {'weighted ' if scale.weights else ''}{scale.scored_as}"
        what += f" times {scale.step}" if scale.scored_as == "sum" and scale.step != 1 else ""
    return what + (f"; reversed: {_numbers(scale.reversed_items)}" if scale.reversed_items else "")


def _missing(scale: Scale) -> str:
    """The rule for items without an answer, of a score that is made from them."""
    if not scale.adds_up:
        return ""
    if scale.groups is not None:
        least = scale.groups.least_answered
        how_many = f"of each group at least {least[0]}" if len(set(least)) == 1 else f"of the groups at least {_numbers(least)}"
        certain = ", or one as high as any can be" if scale.groups.known_at_highest else ""
        return f"{how_many} answered{certain}{_marked(scale.groups)}"
    rule = scale.missing
    most = f"at most {rule.most_items_missing}"
    words = {
        "none": "none: every item is needed",
        "prorate": f"{most}; the answered items stand in for them",
        "lowest": f"{most}; a blank counts as the lowest answer",
    }[rule.rule]
    never = f", never for item {_numbers(rule.never_prorated)}" if rule.never_prorated else ""
    skipped = "; not asked, and so not missing, after low answers" if scale.skips else ""
    return f"{words}{never}{skipped}{_marked(rule)}"


def _important(scale: Scale) -> Iterator[str]:
    for each in scale.important_change:
        sizes = [f"{each.points} points"] if each.points is not None else []
        sizes += [f"{each.percent} %"] if each.percent is not None else []
        yield f"{each.name} {' or '.join(sizes)}{_marked(each)}"


def _norms(scale: Scale) -> Iterator[str]:
    for each in scale.norms:
        spread = "" if each.sd is None else f" (SD {each.sd:g})"
        yield f"{each.group}: mean {each.mean:g}{spread}{_marked(each)}"


def _columns(scale: Scale) -> str:
    """How the scale is named in data."""
    items = scale.item_columns if scale.item_scoring else ()
    shown = f"item{'s' if len(items) > 1 else ''} {', '.join(_runs(scale))}" if items else ""
    return _and(f"score {scale.name}" if scale.total else "", shown)


def _runs(scale: Scale) -> Iterator[str]:
    """Columns of items, those whose numbers follow one another as the first and the last of them."""
    ordered = sorted(zip(scale.item_numbers, scale.item_columns, strict=True))
    starts = [place for place, (number, _) in enumerate(ordered) if not place or number != ordered[place - 1][0] + 1]
    for start, end in zip(starts, [*starts[1:], len(ordered)], strict=True):
        first, last = ordered[start][1], ordered[end - 1][1]
        yield first if first == last else f"{first} to {last}"


def _sources(scale: Scale) -> str:
    missing = None if scale.missing is NO_RULE else scale.missing
    parts: list[Sourced | None] = [scale, missing, scale.groups, scale.response, scale.remission, scale.safety_item, scale.codes]
    parts += [*scale.bands, *scale.case_cutoffs, *scale.important_change, *scale.reliability, *scale.norms, *scale.profiles]
    return " | ".join(dict.fromkeys(part.source for part in parts if part is not None))


def _mark(*parts: Sourced) -> str:
    return "" if all(part.verified for part in parts) else NOT_CHECKED


def _marked(part: Sourced) -> str:
    return "" if part.verified else f" ({NOT_CHECKED})"


def _and(*words: str) -> str:
    return "; ".join(word for word in words if word)


def _span(low: Number, high: Number) -> str:
    return f"{low}" if low == high else f"{low}-{high}"


def _numbers(numbers: Iterable[Number]) -> str:
    return ", ".join(map(str, numbers))


def table(scales: Sequence[Scale]) -> str:
    """One line for each scale: its name, what people call it, its range and direction, its items, and what it measures."""
    lines = []
    for scale in scales:
        low, high = scale.range
        score = f"{low} to {high}, {'counted' if scale.counted else scale.better}" if scale.total else "no total"
        items = f"{scale.items} items" if scale.items and scale.item_scoring else "totals"
        mark = "" if scale.verified else f" ({NOT_CHECKED})"
        lines.append(f"{scale.name:<36} {score:<20} {items:<10} {scale.title}{mark}")
    return "\n".join(lines)
