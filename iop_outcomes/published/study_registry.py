"""Takes the shipped files of studies and those of a reader, gives them searched by level of care, scale, design and population."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from iop_outcomes.errors import UsageError, choices
from iop_outcomes.published.study import DESIGNS, LEVELS, OUTCOMES, SCOPES, Study
from iop_outcomes.published.study_files import Files, added_studies, shipped_studies
from iop_outcomes.published.text_tables import html_table, text_table
from iop_outcomes.scales import load_scales

if TYPE_CHECKING:
    import pandas as pd

    from iop_outcomes.published.comparable import ComparableEffects
    from iop_outcomes.published.metapsy import MetapsyExport

EXAMPLES = "worked_example"  # shown where they are named: they are no studies of care
_FIGURE_COLUMNS = (
    "study", "citation", "year", "doi", "level", "design", "scope", "population", "n_admitted", "n_analysed", "figure", "outcome", "scale",
    "people", "definition", "quantity", "value", "given", "page", "verified", "source",
)  # fmt: skip
_HEADS = ("study", "year", "level", "design", "scope", "population", "admitted", "analysed", "scales", "figures", "verified")
_WIDEST = 40


@dataclass(frozen=True, slots=True)
class StudyRegistry:
    """Published studies that a search gave.

    Attributes
    ----------
    rows : tuple of Study
        By name.
    """

    rows: tuple[Study, ...]

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, name: str) -> Study:
        for study in self.rows:
            if study.id == name:
                return study
        raise UsageError(f'There is no study "{name}" here. {choices(name, [study.id for study in self.rows])}')

    def sentence(self) -> str:
        """How many studies, and how far they reach: national is what statistics of a country print, and nothing else."""
        if not self.rows:
            return "No study fits."
        counts = {words: sum(study.scope == scope for study in self.rows) for scope, words in SCOPES.items()}
        reach = ", ".join(f"{words}: {count}" for words, count in counts.items() if count)
        return f"{len(self.rows)} {'study' if len(self.rows) == 1 else 'studies'} ({reach})."

    def to_records(self) -> list[dict[str, object]]:
        """One row for each printed figure, and one for a study that prints none, as plain values."""
        return [record for study in self.rows for record in _records(study)]

    def to_frame(self) -> pd.DataFrame:
        """The same as a data frame."""
        import pandas as pd

        return pd.DataFrame(self.to_records(), columns=list(_FIGURE_COLUMNS))

    def to_text(self) -> str:
        """One line for each study, and how far they reach."""
        return f"{text_table(_HEADS, [_cells(study) for study in self.rows])}\n\n{self.sentence()}" if self.rows else self.sentence()

    def effects(self, definition: str, *, people: str | None = None, scale: str | None = None, r: float | None = None) -> ComparableEffects:
        """The changes that these studies print, as one effect size of one kind of people; what is another is refused or converted.

        Parameters
        ----------
        definition : str
            The effect size, such as "d_pre_sd".
        people : str, optional
            Whom it must be of: "pairs", "completers", "all", "all_carried_forward" or "not_printed". Where it is left out, all must be
            of the same.
        scale : str, optional
            Only changes on this scale, by its name; by default on every scale.
        r : float, optional
            Correlation of scores before and after to assume where a study prints none and the effect size, its error or a conversion
            needs it; each says so.

        Returns
        -------
        ComparableEffects
            With `.effects` and `.table`, which `iop.pool_studies` takes, `.refused` with the reasons, and `.to_frame()`.

        Raises
        ------
        UsageError
            When figures of different people would stand side by side.
        """
        from iop_outcomes.published.comparable import comparable_effects

        return comparable_effects(self.rows, definition, people=people, scale=scale, r=r)

    def to_metapsy(self) -> MetapsyExport:
        """The comparisons of two groups in the Metapsy standard, and what is left out with its reason."""
        from iop_outcomes.published.metapsy import export_metapsy

        return export_metapsy(self.rows)

    def __repr__(self) -> str:
        return self.to_text()

    def _repr_html_(self) -> str:
        return html_table(self.sentence(), _HEADS, [_cells(study) for study in self.rows])


def _cells(study: Study) -> tuple[str, ...]:
    people = ("" if n is None else f"{n:,}" for n in (study.n_admitted, study.n_analysed))
    printed = sum(len(figure.printed) for figure in study.figures)
    population = study.population if len(study.population) <= _WIDEST else f"{study.population[: _WIDEST - 3]}..."
    year = str(study.year or "")
    scales = ", ".join(study.every_scale)
    scales = scales if len(scales) <= _WIDEST else f"{scales[: _WIDEST - 3]}..."
    words = (study.id, year, ", ".join(study.level), study.design, SCOPES[study.scope], population, *people, scales)
    return (*words, str(printed), ", ".join(study.verified))


def _records(study: Study) -> list[dict[str, object]]:
    head: dict[str, object] = {
        "study": study.id,
        "citation": study.citation,
        "year": study.year,
        "doi": study.doi,
        "level": ", ".join(study.level),
        "design": study.design,
        "scope": study.scope,
        "population": study.population,
        "n_admitted": study.n_admitted,
        "n_analysed": study.n_analysed,
        "verified": ", ".join(study.verified),
        "source": study.source,
    }
    rows = []
    for figure in study.figures:
        given = "; ".join(
            f"{name} {value if not isinstance(value, tuple) else ', '.join(map(str, value))}" for name, value in figure.given.items()
        )
        part = {name: getattr(figure, name) for name in ("outcome", "scale", "people", "definition", "page")}
        rows += [
            head | part | {"figure": figure.name, "given": given, "quantity": name, "value": str(printed)}
            for name, printed in (figure.printed or {"": ""}).items()
        ]
    blank = dict.fromkeys(_FIGURE_COLUMNS, "")
    return [{**blank, **row} for row in rows or [head]]


def search_studies(
    name: str | None,
    *,
    level: str | None,
    scale: str | None,
    design: str | None,
    outcome: str | None,
    scope: str | None,
    population: str | None,
    add: Files,
) -> StudyRegistry:
    """Search the registry; `iop_outcomes.studies` says what the arguments are."""
    every = {study.id: study for study in (*shipped_studies(), *added_studies(add))}
    level = _one("level", level, LEVELS)
    design = _one("design", design, tuple(DESIGNS))
    outcome = _one("outcome", outcome, OUTCOMES)
    scope = _one("scope", scope, tuple(SCOPES))
    if scale is not None:
        scale = _scale(scale, every.values())
    rows = [
        study
        for study in every.values()
        if (name is None or _has_words(study, name))
        and (level is None or level in study.level)
        and (design is None or design == study.design)
        and (scope is None or scope == study.scope)
        and (scale is None or scale in map(str.casefold, study.every_scale))
        and (outcome is None or any(figure.outcome == outcome for figure in study.figures))
        and (population is None or population.casefold() in study.population.casefold())
    ]
    if name is not None and not any(_has_words(study, name) for study in every.values()):
        raise UsageError(f'no study has "{name}" in its name or citation. {choices(name, every)}')
    if name is None and design != EXAMPLES:
        rows = [study for study in rows if study.design != EXAMPLES]
    return StudyRegistry(tuple(sorted(rows, key=lambda study: study.id)))


def _has_words(study: Study, name: str) -> bool:
    text = " ".join([study.id, study.citation, str(study.year or ""), study.doi, study.pubmed]).casefold()
    return study.id == name or all(word in text for word in name.casefold().split())


def _one(what: str, given: str | None, allowed: Sequence[str]) -> str | None:
    """The word as the registry writes it, whatever its case."""
    if given is None:
        return None
    for word in allowed:
        if word.casefold() == given.casefold():
            return word
    raise UsageError(f'{what}="{given}" does not exist. {choices(given, allowed)}')


def _scale(given: str, studies: Iterable[Study]) -> str:
    """A scale of this package by its name or label, or one that a study names."""
    folded = given.casefold()
    labels = {scale.label.casefold(): name for name, scale in load_scales().items()}
    known = {scale.casefold() for study in studies for scale in study.every_scale}
    name = labels.get(folded, folded)
    if name not in known and name not in load_scales():
        raise UsageError(
            f'scale="{given}" is neither a scale of this package nor one that a study here prints. {choices(name, sorted(known))}'
        )
    return name


def studies_to_reproduce(study: str | os.PathLike[str] | None, add: Files) -> tuple[Study, ...]:
    """Every study and example, those of a file or folder, or those whose name or citation fits."""
    rows = {each.id: each for each in (*shipped_studies(), *added_studies(add))}
    if study is None:
        return tuple(sorted(rows.values(), key=lambda each: each.id))
    name = str(study)
    if name not in rows and Path(name).exists():
        return added_studies(name)
    chosen = (rows[name],) if name in rows else tuple(each for each in rows.values() if _has_words(each, name))
    if not chosen:
        near = get_close_matches(name, rows, n=3, cutoff=0.6)
        meant = f" Did you mean {' or '.join(near)}?" if near else ""
        raise UsageError(
            f'"{name}" is none of the {len(rows)} studies and examples, and there is no such file or folder.{meant} iop-outcomes studies lists the '
            "studies; a part of a name or title will do."
        )
    return chosen


def studies_beside(study: str | os.PathLike[str] | None, *, level: str | None, scale: str | None, add: Files) -> tuple[Study, ...]:
    """Studies that may stand beside a program: those named, or all that are no examples, narrowed by level of care and scale."""
    if study is not None:
        return studies_to_reproduce(study, add)
    rows = search_studies(None, level=level, scale=scale, design=None, outcome=None, scope=None, population=None, add=add)
    return rows.rows
