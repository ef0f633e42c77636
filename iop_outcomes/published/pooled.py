"""Takes studies and how they are pooled, gives the pooled result: mean, interval, prediction interval, heterogeneity, weights."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any, Protocol

from iop_outcomes.published.scales_of_effects import EffectScale
from iop_outcomes.published.studies import Studies
from iop_outcomes.stats.random_effects import Estimator, Spread

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    from matplotlib.axes import Axes

    from iop_outcomes.published.meta_regression import MetaRegression, Subgroups
    from iop_outcomes.published.meta_tables import EggerTest, InfluenceTable, LeaveOneOut
    from iop_outcomes.published.several_effects import RobustMean


@dataclass(frozen=True, slots=True)
class PooledStudy:
    """One study of a pooled result: its estimate with limits, as it is shown, and its weight in percent."""

    study: str
    value: float
    se: float
    low: float
    high: float
    weight: float


@dataclass(frozen=True, slots=True)
class Estimation:
    """How studies are pooled: by inverse variances, or by the logistic model, which has no weights of its own."""

    estimator: Estimator
    spread: Spread
    prediction: str
    conf_level: float
    logistic: bool = False


class StudiesDrawing(Protocol):
    """What draws studies: what is published draws nothing itself."""

    def __call__(self, kind: str, pooled: Pooled, ax: Axes | None) -> Axes:
        """Draw them on axes, or on new ones."""

    def on_paper(self, kind: str, pooled: Pooled, size: str, path: str | Path | None) -> Any:
        """Draw them in the size of a journal, and write the file that is asked for."""


@dataclass(frozen=True, eq=False)
class Pooled:
    """What several studies say together.

    Attributes
    ----------
    k : int
        Studies, or effect sizes where studies have several.
    value, se, low, high : float
        The pooled mean on the scale it was computed on; `shown` gives it as it is shown.
    statistic, df, p : float
        Test that it is 0; `df` is infinite where the statistic is normal.
    prediction_low, prediction_high : float
        Where the true value of a new study would lie.
    q, q_df, q_p : float
        Cochran's Q of the studies (of a logistic model: likelihood ratio against a share for each).
    i2, i2_from_q, h2 : float
        I2 in percent: tau2 over tau2 and the typical variance within (Higgins and Thompson), and (Q - df) / Q.
    tau2, tau2_low, tau2_high : float
        Variance between studies, with its Q-profile interval.
    scale : EffectScale
        What it was computed on and how it is shown.
    method : str
        Estimator, interval and prediction interval in words.
    notes : tuple of str
        What a reader must know.
    rows : tuple of PooledStudy
        The studies.
    """

    k: int
    value: float
    se: float
    low: float
    high: float
    statistic: float
    df: float
    p: float
    prediction_low: float
    prediction_high: float
    q: float
    q_df: float
    q_p: float
    i2: float
    i2_from_q: float
    h2: float
    tau2: float
    tau2_low: float
    tau2_high: float
    scale: EffectScale
    method: str
    notes: tuple[str, ...]
    rows: tuple[PooledStudy, ...]
    studies: Studies = field(repr=False)
    how: Estimation = field(repr=False)
    draw: StudiesDrawing | None = field(default=None, repr=False)

    @property
    def shown(self) -> dict[str, float]:
        """Value, limits and prediction limits as they are shown: ratios of logarithms, shares of logits."""
        names = ("value", "low", "high", "prediction_low", "prediction_high")
        return {name: math.nan if math.isnan(getattr(self, name)) else self.scale.shown(getattr(self, name)) for name in names}

    def to_frame(self) -> pd.DataFrame:
        """A data frame of one row: every figure, and value and limits as they are shown."""
        import pandas as pd

        hidden = ("scale", "method", "notes", "rows", "studies", "how", "draw")
        figures = {each.name: getattr(self, each.name) for each in fields(self) if each.name not in hidden}
        shown = {f"shown_{name}": value for name, value in self.shown.items()}
        return pd.DataFrame([{**figures, **shown, "scale": self.scale.name, "method": self.method, "notes": " ".join(self.notes)}])

    @property
    def weights(self) -> StudyTable:
        """The studies with their limits and weights, with `.to_frame()`."""
        return StudyTable(self.rows)

    def sentence(self) -> str:
        """The result in words, with the range of a new study and what must be known."""
        shown, level = self.shown, f"{self.how.conf_level * 100:g}%"
        text = f"Pooled {self.scale.words} of {self.k} {'study' if self.k == 1 else 'studies'}: {shown['value']:.3g}"
        text += f" ({level} interval {shown['low']:.3g} to {shown['high']:.3g})." if not math.isnan(self.low) else "."
        if not math.isnan(self.prediction_low):
            text += f" The true value of a new study would lie between {shown['prediction_low']:.3g} and {shown['prediction_high']:.3g}."
        if not math.isnan(self.i2):
            text += f" I2 {self.i2:.0f}%, tau {math.sqrt(self.tau2):.2g}."
        return " ".join([text, *self.notes])

    def leave_one_out(self) -> LeaveOneOut:
        """The pooled result without each study in turn."""
        from iop_outcomes.published.meta_tables import leave_one_out
        from iop_outcomes.published.pooled_logits import logistic_leave_one_out

        return logistic_leave_one_out(self) if self.how.logistic else leave_one_out(self)

    def influence(self) -> InfluenceTable:
        """How much each study moves the pooled result."""
        from iop_outcomes.published.meta_tables import influence

        return influence(self)

    def subgroups(self, by: str | Sequence[Any], *, common_tau2: bool = False) -> Subgroups:
        """The pooled result of each group of studies, and the test between them.

        Parameters
        ----------
        by : str or sequence
            A column of the table that was pooled, or the group of each study.
        common_tau2 : bool
            Whether the variance between studies is one for all groups, or each group's (the default).
        """
        from iop_outcomes.published.meta_regression import subgroups
        from iop_outcomes.published.pooled_logits import logistic_subgroups

        return (logistic_subgroups if self.how.logistic else subgroups)(self, by, common_tau2=common_tau2)

    def regression(
        self,
        covariate: str | Sequence[float],
        *,
        cluster: str | Sequence[Any] | None = None,
        weights: str = "independent",
        rho: float | None = None,
    ) -> MetaRegression:
        """Regression of the studies' results on one covariate.

        Parameters
        ----------
        covariate : str or sequence of float
            A column of the table that was pooled, or a number for each study.
        cluster : str or sequence, optional
            Where studies give several effects: the study of each, for errors by study (CR2, Satterthwaite); not of the logistic model.
        weights, rho : str, float
            As for `robust`.
        """
        from iop_outcomes.published.meta_regression import regression
        from iop_outcomes.published.pooled_logits import logistic_regression

        if self.how.logistic and cluster is None and weights == "independent" and rho is None:
            return logistic_regression(self, covariate)
        return regression(self, covariate, cluster, weights, rho)

    def egger(self) -> EggerTest:
        """Egger's test of small-study effects, which needs about ten studies to tell anything."""
        from iop_outcomes.published.meta_tables import egger_test

        return egger_test(self)

    def robust(self, cluster: str | Sequence[Any], *, weights: str = "independent", rho: float | None = None) -> RobustMean:
        """The pooled mean with errors that hold where studies give several effects each (CR2, Satterthwaite).

        Parameters
        ----------
        cluster : str or sequence
            A column of the table that was pooled, or the study that each effect size belongs to.
        weights : {"independent", "correlated", "hierarchical"}
            "independent": each effect by its variance and `tau2`, the pooled mean as it is. "correlated": each study as one, by the mean
            variance of its effects, with tau2 by moments: what robumeta gives. "hierarchical": by a variance between studies (`tau2`)
            and one between the effects of a study (`omega2`), both by REML under errors that correlate: what metafor's rma.mv and
            clubSandwich give.
        rho : float, optional
            How the errors of one study's effects correlate, below 1 for hierarchical weights; .8 is assumed where none is given, and
            `sensitivity` holds the result at others.

        References
        ----------
        Hedges LV, Tipton E, Johnson MC (2010), doi:10.1002/jrsm.5 (correlated effects); Pustejovsky JE, Tipton E (2022),
        doi:10.1007/s11121-021-01246-3 (correlated and hierarchical effects).

        Examples
        --------
        >>> import iop_outcomes as iop
        >>> table = {"study": list("AABCCD"), "g": [0.1, 0.3, 0.9, 0.5, 0.2, 0.6], "v": [0.04, 0.05, 0.03, 0.03, 0.02, 0.04]}
        >>> result = iop.pool_studies(table, value="g", variance="v").robust("study", weights="hierarchical", rho=0.6)
        >>> round(result.mean.value, 3), round(result.mean.se, 3), round(result.mean.df, 2)
        (0.485, 0.153, 2.94)
        """
        from iop_outcomes.published.several_effects import robust

        return robust(self, cluster, weights, rho)

    def plot(self, ax: Axes | None = None, *, kind: str = "forest") -> Axes:
        """Draw the studies and their pooled result.

        Parameters
        ----------
        ax : Axes, optional
            Where to draw; new axes by default.
        kind : {"forest", "funnel"}
        """
        from iop_outcomes.published.inputs import choice

        choice("kind", kind, ("forest", "funnel"))
        if self.draw is None:
            raise RuntimeError("a pooled result draws when iop.pool_studies or iop.pool_proportions made it")
        return self.draw(kind, self, ax)

    def figure(self, size: str = "double", *, path: str | Path | None = None, kind: str = "forest") -> Any:
        """The chart for a paper, as `Answer.figure` gives it.

        Parameters
        ----------
        size : {"single", "double"}
            As wide as one column of a journal (85 mm) or two (174 mm).
        path : path, optional
            File to write, .pdf or .svg.
        kind : {"forest", "funnel"}

        Returns
        -------
        PaperFigure
        """
        from iop_outcomes.published.inputs import choice

        choice("kind", kind, ("forest", "funnel"))
        if self.draw is None:
            raise RuntimeError("a pooled result draws when iop.pool_studies or iop.pool_proportions made it")
        return self.draw.on_paper(kind, self, size, path)

    def __repr__(self) -> str:
        return self.sentence()


@dataclass(frozen=True, slots=True)
class StudyTable:
    """The studies of a pooled result."""

    rows: tuple[PooledStudy, ...]

    def to_frame(self) -> pd.DataFrame:
        """A data frame with one row for each study."""
        import pandas as pd

        return pd.DataFrame([asdict(row) for row in self.rows], columns=[each.name for each in fields(PooledStudy)])
