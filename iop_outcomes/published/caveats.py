"""Takes a study and one of its figures, gives what must be known before a program is compared with it, in words made of its fields."""

from __future__ import annotations

from iop_outcomes.published.study import DESIGNS, NOT_PRINTED, PEOPLE, Study, StudyFigure

_HERE = ("IOP",)
_SCOPE = {
    "one_program": "one program, never a national figure",
    "several_programs": "several programs, not a national figure",
    "national": "national statistics, of programs of many kinds",
    "literature": "pooled from many studies",
    NOT_PRINTED: "of how many programs is not printed",
}


def caveats_of(study: Study, figure: StudyFigure) -> tuple[str, ...]:
    """Scope, level of care, population, country, year, whom it is of, how it was read; what is not printed is not guessed.

    Parameters
    ----------
    study : Study
    figure : StudyFigure
        One of its figures.

    Examples
    --------
    >>> import iop_outcomes as iop
    >>> (samplin,) = iop.studies("samplin_2022").rows
    >>> caveats_of(samplin, samplin.figures[0])[:2]
    ('one program, never a national figure', 'adult psychosis (UCLA Thought Disorders IOP)')
    """
    words = [_SCOPE[study.scope]]
    if not set(study.level) & set(_HERE):
        words.append(f"of {', '.join(study.level).replace('_', ' ')}, not of an IOP" if study.level else "its level of care is not printed")
    words += [study.population, study.country, f"of {study.year}" if study.year else ""]
    if study.design in ("group_comparison", "randomized_trial"):
        words.append(DESIGNS[study.design])
    if figure.people not in ("pairs", NOT_PRINTED):
        words.append(PEOPLE[figure.people])
    if study.n_admitted and study.n_analysed and study.n_analysed < study.n_admitted:
        words.append(f"{study.n_analysed:,} of {study.n_admitted:,} admitted")
    if study.verified == ("recalled",):
        words.append("quoted from memory, not checked")
    return tuple(filter(None, words))
