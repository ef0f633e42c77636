"""Takes a released answer, gives the paragraph of methods that a paper prints of it, and the works it cites."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from iop_outcomes.keys import Flag
from iop_outcomes.release import Released, ReleasedEstimate, ReleasedFlow, Withheld, require_released
from iop_outcomes.results import Definition
from iop_outcomes.show.references import Reference, bibtex, references_of
from iop_outcomes.show.table_one import table_one_notes
from iop_outcomes.show.verdicts import adjustment_words, verdicts_of
from iop_outcomes.show.words import count, episodes, label, listed, within_sentence
from iop_outcomes.units import UNITS

BY_PATIENT = ", by patient"
MULTIPLICITY, SURVIVAL_FIGURE, STANDARDISED, MARGIN = "multiplicity", "survival figure", "direct standardisation", "margin"
_NOT_A_METHOD = ("none", "")


@dataclass(frozen=True, slots=True)
class MethodsParagraph:
    """A paragraph of methods and the works it cites.

    Parameters
    ----------
    text : str
        The paragraph; printing the object prints it.
    references : tuple of Reference
        Sorted by key.
    """

    text: str
    references: tuple[Reference, ...]

    def bibtex(self) -> str:
        """The references as one file of BibTeX."""
        return bibtex(self.references)

    def _repr_html_(self) -> str:
        from html import escape

        works = "".join(f"<li>{escape(str(each))}</li>" for each in self.references)
        return f"<p>{escape(self.text)}</p><ul>{works}</ul>"

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__


def methods_of(released: Released) -> MethodsParagraph:
    """Write the paragraph: what is counted among whom, who is left out, intervals, comparisons, disclosure, software.

    Parameters
    ----------
    released : Released
        An answer; its counts are those that may be shown.
    """
    require_released(released, "methods_of")
    references = references_of(released.definition.sources, _rest_on(released))
    sentences = (
        _what(released),
        *_numbers(released.definition),
        *_effect_sizes(released),
        _left_out(released),
        *_intervals(released, references),
        *_repeats(released),
        *_tests(released),
        *_comparisons(released, references),
        *_adjusted(released, references),
        *_verdicts(released, references),
        *_drawn_as(released, references),
        *((released.definition.coarse,) if released.definition.coarse else ()),
        _disclosure(released),
        _software(released),
    )
    return MethodsParagraph(" ".join(sentences), references)


def methods_of_table(releases: Sequence[Released]) -> MethodsParagraph:
    """Write the paragraph of a table one: what its numbers are, what differences are, disclosure, software.

    Parameters
    ----------
    releases : sequence of Released
        How many episodes there are, then each characteristic, as for `table_one_table`.
    """
    for released in releases:
        require_released(released, "methods_of_table")
    first = releases[0]
    columns = f" by {label(first.group).lower()}" if first.group not in ("", "All") else ""
    references = references_of([source for released in releases for source in released.definition.sources])
    sentences = (f"Characteristics at admission are given{columns}.", *table_one_notes(releases), _disclosure(first), _software(first))
    return MethodsParagraph(" ".join(sentences), references)


def _what(released: Released) -> str:
    chosen = released.provenance.conditions
    columns = [label(column) for column in (released.group, released.group_2) if column not in ("", "All")]
    whom = f" of episodes with {' and '.join(chosen)}" if chosen else ""
    title = within_sentence(released.definition.title)
    end = "," if "," in title else ""
    return f"We assessed {title}{end} by episode{whom}{f', by {listed(columns).lower()}' if columns else ''}."


def _numbers(definition: Definition) -> list[str]:
    """What each number that is drawn counts, among whom."""
    items = [definition.estimand(name) for name in definition.shown]
    if len({item.among for item in items}) == 1 and len(items) > 1:
        each = "; ".join(f"{item.label}: {item.counted}" for item in items)
        return [f"Among {items[0].among}: {each}."]
    return [f"{item.label}: {item.counted}, among {item.among}." for item in items]


def _effect_sizes(released: Released) -> list[str]:
    """What each standardised number divides by, under the name that it has in frames: papers of one field use one word for several."""
    items = [each for each in released.definition.estimands if each.unit == "SD" and released.has(each.name)]
    return [f"Effect sizes: {'; '.join(f'{item.name}, {item.counted}' for item in items)}."] if items else []


def _left_out(released: Released) -> str:
    """The flow of the first number that is drawn."""
    flow = _flow_of(released)
    reasons = [f"{reason} ({count(n)})" for reason, n in flow.excluded.items() if n != 0]
    out = f"left out were {listed(reasons)}" if reasons else "none was left out"
    everyone = "a number of episodes that is not shown" if isinstance(flow.rows_in, Withheld) else episodes(flow.rows_in)
    if isinstance(flow.used, Withheld):
        return f"Of {everyone}, how many were used is not shown; {out}."
    return f"Of {everyone} {count(flow.used)} {'was' if flow.used == 1 else 'were'} used; {out}."


def _flow_of(released: Released) -> ReleasedFlow:
    first = next((str(each.key) for each in released.estimates if each.estimand == released.definition.shown[0]), "")
    return next((flow for flow in released.flow if flow.what == first), released.flow[0])


def _drawn(released: Released, *, contrast: bool) -> list[ReleasedEstimate]:
    """The numbers that are drawn, or their comparisons."""
    return [each for each in released if each.estimand in released.definition.shown and bool(each.contrast) == contrast]


def _used(estimates: Sequence[ReleasedEstimate]) -> list[str]:
    """The methods of some numbers, without the words on patients."""
    return [name for name in dict.fromkeys(each.method.removesuffix(BY_PATIENT) for each in estimates) if name not in _NOT_A_METHOD]


def _rest_on(released: Released) -> list[str]:
    """Every method whose sources are cited."""
    compared = _drawn(released, contrast=True)
    methods = [each.method for each in (*_drawn(released, contrast=False), *compared, *_tested(released))]
    more = {
        MULTIPLICITY: compared,
        SURVIVAL_FIGURE: released.curves,
        STANDARDISED: _adjustments(released),
        MARGIN: verdicts_of(released),
    }
    return [*methods, *(name for name, there in more.items() if there)]


def _adjustments(released: Released) -> list[str]:
    return list(dict.fromkeys(each.adjustment for each in released if each.adjustment))


def _cite(references: Sequence[Reference], method: str) -> str:
    works = [each.short for each in references if any(piece in method for piece in each.methods)]
    return f" ({'; '.join(works)})" if works else ""


def _intervals(released: Released, references: Sequence[Reference]) -> list[str]:
    drawn = _drawn(released, contrast=False)
    methods = [f"{name}{_cite(references, name)}" for name in _used(drawn)]
    return [f"Intervals are at the {drawn[0].conf_level * 100:g}% level: {listed(methods)}."] if methods else []


def _repeats(released: Released) -> list[str]:
    if any(each.method.endswith(BY_PATIENT) for each in released):
        return ["A person can have several episodes; every error is clustered by patient."]
    if any(Flag.INDEPENDENCE_ASSUMED in each.flag for each in released):
        return ["The data name no patients, so that episodes are taken as independent."]
    return []


def _tested(released: Released) -> list[ReleasedEstimate]:
    """Tests over all groups that have a p value, shown or not."""
    return [each for each in released if UNITS[each.unit].name == "p" and not each.contrast and not _is_nan(each)]


def _is_nan(estimate: ReleasedEstimate) -> bool:
    return isinstance(estimate.value, float) and math.isnan(estimate.value)


def _tests(released: Released) -> list[str]:
    names = dict.fromkeys(each.estimand for each in _tested(released))
    words = [released.definition.estimand(name).counted.removeprefix("p value of ").removeprefix("the ") for name in names]
    return [f"Over all groups: {'; '.join(words)}."] if words else []


def _comparisons(released: Released, references: Sequence[Reference]) -> list[str]:
    compared = _drawn(released, contrast=True)
    if not compared:
        return []
    level, nominal = compared[0].conf_level, _drawn(released, contrast=False)[0].conf_level
    whom = "each other group" if compared[0].versus else "all the other groups together"
    methods = [f"{name}{_cite(references, name)}" for name in _used(compared)]
    how = f" by {listed(methods)}" if methods else ""
    words = (
        f"Each group was compared with {whom}{how}, with simultaneous intervals: for K comparisons of one number each is at the level "
        f"{nominal:g} to the power of 1/K, here {level * 100:.4g}%, and p is adjusted to 1 - (1 - p)^K{_cite(references, MULTIPLICITY)}. "
        "Higher or lower is said exactly when that interval leaves out 0; of fewer than 11 episodes or 10 patients on a side nothing is said."
    )
    return [words]


def _adjusted(released: Released, references: Sequence[Reference]) -> list[str]:
    """What the adjusted numbers are."""
    return [
        f"Beside these stand numbers adjusted for {adjustment_words(released, adjustment)} by {STANDARDISED}{_cite(references, STANDARDISED)}: each group's "
        "number in every stratum, weighted with the strata's shares of all episodes compared, whose own error counts; what is blank is a stratum "
        "of its own, and strata in which either side has nobody, or for a mean one episode, were left out and counted. "
        "What was not recorded is not allowed for."
        for adjustment in _adjustments(released)
    ]


def _verdicts(released: Released, references: Sequence[Reference]) -> list[str]:
    """By which interval a group is called non-inferior, and equivalent."""
    verdicts = [f"{item.short}: {item.counted}" for item in verdicts_of(released)]
    words = "by the same simultaneous intervals, with one-sided p values"
    return [f"Differences were held against a margin {words}{_cite(references, MARGIN)}. {'. '.join(verdicts)}."] if verdicts else []


def _drawn_as(released: Released, references: Sequence[Reference]) -> list[str]:
    if not released.curves:
        return []
    return [f"Curves are drawn with their bands over the table of those at risk{_cite(references, SURVIVAL_FIGURE)}."]


def _disclosure(released: Released) -> str:
    return f"Disclosure control ({released.policy.name}): {released.policy.words}"


def _software(released: Released) -> str:
    facts = released.provenance
    versions = listed([f"{name} {number}" for name, number in facts.versions.items()])
    cut = f" The data were cut on {facts.cutoff}." if facts.cutoff else ""
    return f"Computed with {facts.package} ({versions}).{cut}"
