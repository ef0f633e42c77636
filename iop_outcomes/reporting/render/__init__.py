"""Takes a document, gives its files: one module for each form, and their names in `forms.py`."""

from iop_outcomes.reporting.render.forms import FORMS, USUAL

__all__ = ["FORMS", "USUAL"]
