"""Takes exports of other systems that a TOML file describes, gives their columns and rows the names of the canonical tables."""

from iop_outcomes.intake.layouts.layout import Layout, RowCondition, TableLayout, find_layout
from iop_outcomes.intake.layouts.rows import lacking_columns, read_as, with_files

__all__ = ["Layout", "RowCondition", "TableLayout", "find_layout", "lacking_columns", "read_as", "with_files"]
