"""Takes the name of a notebook, gives its file, a copy to change, or the notebook run."""

from iop_outcomes.notebooks.folder import copy_notebooks, find_notebook, shipped, title

__all__ = ["copy_notebooks", "find_notebook", "shipped", "title"]
