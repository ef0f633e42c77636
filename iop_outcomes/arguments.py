"""Takes the arguments of a public call and its signature, gives an error that says which one is of another kind, and what it must be."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence, Sized
from numbers import Integral, Real
from os import PathLike
from typing import Any

from iop_outcomes.errors import UsageError


def _is_data(value: object) -> bool:
    from iop_outcomes.intake.data import Data

    return isinstance(value, Data)


def _is_names(value: object) -> bool:
    listed = isinstance(value, Iterable) and isinstance(value, Sized) and not isinstance(value, str)
    return listed and all(isinstance(each, str) for each in value)  # type: ignore[attr-defined]


def _is_path(value: object) -> bool:
    return isinstance(value, str | PathLike)


def _is_paths(value: object) -> bool:
    return isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping)


def _is_curve(value: object) -> bool:
    from iop_outcomes.published.reconstructed import ReconstructedCurve

    return isinstance(value, ReconstructedCurve)


def _is_number(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def _is_whole(value: object) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool)


# What a signature says, how a value is told to be that, and what a message calls it. Others (figures, frames, lists of days) have checks of their own.
_KINDS: Mapping[str, tuple[Callable[[object], bool], str]] = {
    "Data": (_is_data, "data that iop.load has read"),
    "str": (lambda value: isinstance(value, str), "a text"),
    "Literal": (lambda value: isinstance(value, str), "one of its words"),
    "Path": (lambda value: isinstance(value, PathLike), "a path"),
    "Sequence[str]": (_is_names, "a list of texts"),
    "Sequence[str | Path]": (_is_paths, "a list of paths"),
    "StudyFiles": (lambda value: value is None or _is_path(value) or _is_paths(value), "a path, a list of paths or None"),
    "CurvePairs": (lambda value: isinstance(value, Iterable), "a path, or times with their values"),
    "ReconstructedCurve": (_is_curve, "what iop.reconstruct_curve has read"),
    "Sequence[ReconstructedCurve]": (lambda value: isinstance(value, Sequence) and all(map(_is_curve, value)), "a list of these"),
    "Mapping[str, Any]": (lambda value: isinstance(value, Mapping), "a dict"),
    "float": (_is_number, "a number"),
    "int": (_is_whole, "a whole number"),
    "bool": (lambda value: isinstance(value, bool), "True or False"),
    "None": (lambda value: value is None, "None"),
}


def check_arguments(call: Callable[..., Any], given: Mapping[str, object]) -> None:
    """Whether every argument is of the kind that the signature of its call names.

    Called at the top of a function, and no decorator around it: doctest would then pass over the example of what is wrapped.

    Parameters
    ----------
    call : function
        A public function.
    given : dict
        Its arguments by name: `locals()`, before anything else is called by a name.

    Raises
    ------
    UsageError
        When one is not: the call, the argument, the type that was given, never its value, and what may be given.

    Examples
    --------
    >>> def ask(by: str | Sequence[str] | None) -> None:
    ...     check_arguments(ask, locals())
    >>> ask(("track", "site"))
    >>> ask(3)
    Traceback (most recent call last):
    iop_outcomes.errors.UsageError: ask: by is of type int. Give a text, a list of texts or None.
    """
    for name, annotation in call.__annotations__.items():
        kinds = re.split(r" \| (?![^\[]*\])", re.sub(r"Literal\[[^]]*\]", "Literal", annotation))  # at bars outside brackets
        if name not in given or any(kind not in _KINDS for kind in kinds):
            continue
        if not any(_KINDS[kind][0](given[name]) for kind in kinds):
            *others, last = [_KINDS[kind][1] for kind in kinds]
            allowed = f"{', '.join(others)} or {last}" if others else last
            raise UsageError(f"{call.__name__}: {name} is of type {type(given[name]).__name__}. Give {allowed}.")
