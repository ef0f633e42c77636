"""Takes the name of a compiled module of scipy, gives the module without the package around it, which takes longer to load than all it is asked."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from types import ModuleType


def compiled(*words: str) -> ModuleType:
    """A compiled module: scipy, should it be imported later, takes this one, as of two the second could not be loaded.

    Parameters
    ----------
    words : str
        The packages of scipy that it lies in, and its name in the last of them.

    Raises
    ------
    ImportError
        When scipy has none of that name: it does not promise where its compiled modules are.

    Examples
    --------
    >>> compiled("special", "_ufuncs").expit(0.0).item()
    0.5
    """
    outer, name, bare = import_module("scipy"), "scipy", []
    try:
        for word in words[:-1]:
            name = f"{name}.{word}"
            if name not in sys.modules:
                sys.modules[name] = _bare(name, outer)
                bare.append(name)
            outer = sys.modules[name]
        return import_module(f"{name}.{words[-1]}")
    finally:
        for name in bare:
            del sys.modules[name]


def _bare(name: str, outer: ModuleType) -> ModuleType:
    """A package known by its folder alone, so that a module in it is imported without running the package."""
    spec = PathFinder.find_spec(name, outer.__path__)
    if spec is None:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    return module_from_spec(spec)
