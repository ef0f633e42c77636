"""Takes the columns of episodes and what measures make of each, gives the table with one row per episode and its codebook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from iop_outcomes.stats.draft import Floats

if TYPE_CHECKING:
    import pandas as pd

Holds = Literal["id", "words", "whole", "number", "date", "text"]
CODEBOOK = ("column", "words", "definition", "unit", "source", "measure", "values", "blank", "n", "n_blank")


@dataclass(frozen=True, slots=True)
class TableColumn:
    """One column of the table, as its codebook says it.

    Parameters
    ----------
    name, words, definition : str
        Its name, what it says, and what is counted from it, or how it is made.
    holds : {"id", "words", "whole", "number", "date", "text"}
        What stands in it: `words` are a short list, `text` any.
    unit : str
        Name of one of `units.UNITS`, of numbers.
    source : {"canonical", "derived"}
        Whether it is a column of the episodes, or what measures make of them.
    measure : str
        The first measure that it comes from.
    allowed : dict of str to str
        The words it may hold, each with what it stands for; of a canonical column those it does hold, which stand for themselves.
    blank : str
        What a blank means.
    """

    name: str
    words: str
    definition: str
    holds: Holds
    unit: str = ""
    source: Literal["canonical", "derived"] = "canonical"
    measure: str = ""
    allowed: Mapping[str, str] | None = None
    blank: str = ""


@dataclass(frozen=True, eq=False)
class EpisodeTable:
    """One row per episode: working material, like the data.

    Parameters
    ----------
    columns : tuple of TableColumn
        In their order.
    rows : DataFrame
        The canonical columns, as the engine gives them.
    derived : dict of str to float array, shape (episodes,)
        Of each derived column the number, or the place of the word among those allowed; NaN for a blank.
    notice : str
        What stands on every file: that it is working material, and of which class.
    hides_ids : bool
        Whether ids are replaced by numbers, and rows are put in an order that says nothing of them.
    """

    columns: tuple[TableColumn, ...]
    rows: pd.DataFrame
    derived: Mapping[str, Floats]
    notice: str
    hides_ids: bool

    def to_frame(self) -> pd.DataFrame:
        """The table as a frame: words as categories, whole numbers with blanks, dates as days.

        Returns
        -------
        DataFrame
            Rows in the order of their ids; where these are replaced, in the order of the other columns, numbered from 1.
        """
        import pandas as pd

        frame = pd.DataFrame({column.name: self._series(column) for column in self.columns})
        return self._numbered(frame) if self.hides_ids else frame

    def _series(self, column: TableColumn) -> pd.Series[Any]:
        """One column in its type."""
        import pandas as pd

        if column.name not in self.derived:
            return _canonical(self.rows[column.name], column)
        values = self.derived[column.name]
        if column.holds == "words":
            codes: Any = np.where(np.isnan(values), -1, values).astype(np.int64)
            return pd.Series(pd.Categorical.from_codes(codes, categories=pd.Index(list(column.allowed or {}))))
        return pd.Series(values).astype("Int64") if column.holds == "whole" else pd.Series(values)

    def _numbered(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Ids as numbers in the order of everything else, so that neither they nor the order of rows says anything of the ids."""
        ids = [column.name for column in self.columns if column.holds == "id"]
        others = [column.name for column in self.columns if column.holds != "id"]
        ordered = frame.sort_values(others, kind="stable", ignore_index=True)
        for name in ids:
            codes = ordered[name].factorize()[0]
            ordered[name] = codes + 1
            ordered[name] = ordered[name].astype("Int64").mask(codes < 0)
        return ordered

    def codebook(self, frame: pd.DataFrame) -> list[dict[str, object]]:
        """One record for each column of the table, and how many of its cells in `frame` are blank."""
        return [self._record(column, int(frame[column.name].notna().sum()), len(frame)) for column in self.columns]

    def codebook_to_frame(self) -> pd.DataFrame:
        """The codebook as a frame."""
        import pandas as pd

        return pd.DataFrame(self.codebook(self.to_frame()), columns=list(CODEBOOK))

    def _record(self, column: TableColumn, n: int, rows: int) -> dict[str, object]:
        cells = (column.name, column.words, column.definition, column.unit, column.source, column.measure)
        return dict(zip(CODEBOOK, (*cells, _listed(column.allowed or {}), column.blank, n, rows - n), strict=True))


def _canonical(series: pd.Series[Any], column: TableColumn) -> pd.Series[Any]:
    """A column of the episodes in its type."""
    if column.holds == "words":
        return series.astype("object").astype("category")
    return series.astype("Int64") if column.holds == "whole" else series


def _listed(words: Mapping[str, str]) -> str:
    """The words of a column, each with what it stands for where that is more than itself."""
    return "; ".join(word if word in (means, means.replace(" ", "_")) else f"{word} = {means}" for word, means in words.items())
