"""Takes the figures of one group before and after, gives each definition of an effect size that papers and programs use, by name."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from iop_outcomes.stats.change import small_sample_factor


@dataclass(frozen=True, slots=True)
class Printed:
    """Figures as printed; NaN where they are not."""

    mean_pre: float
    sd_pre: float
    mean_post: float
    sd_post: float
    r: float
    t: float
    z: float
    n: float

    @property
    def change(self) -> float:
        """Mean before minus mean after."""
        return self.mean_pre - self.mean_post

    @property
    def rms(self) -> float:
        """Root mean square of the two SDs."""
        return math.sqrt((self.sd_pre**2 + self.sd_post**2) / 2)

    @property
    def d_z(self) -> float:
        """T / sqrt(n), else change over the SD of the changes, for which r is needed."""
        if not math.isnan(self.t):
            return self.t / math.sqrt(self.n)
        square = self.sd_pre**2 + self.sd_post**2 - 2 * self.r * self.sd_pre * self.sd_post
        return self.change / math.sqrt(square) if square > 0 else math.nan

    @property
    def d_rm(self) -> float:
        """d_z sqrt(2 (1 - r)), with r solved from t where it is not printed."""
        r = self.r
        if math.isnan(r) and not math.isnan(self.t) and self.t and self.change:
            sd_change = self.change * math.sqrt(self.n) / self.t
            r = (self.sd_pre**2 + self.sd_post**2 - sd_change**2) / (2 * self.sd_pre * self.sd_post)
        return self.d_z * math.sqrt(2 * (1 - r)) if r <= 1 else math.nan

    def exact(self, times: int) -> float:
        """J by gamma functions with df = times (n - 1)."""
        return math.nan if math.isnan(self.n) else small_sample_factor(int(times * (self.n - 1)))

    def approximate(self, times: int) -> float:
        """J = 1 - 3 / (4 df - 1) with df = times (n - 1)."""
        return 1 - 3 / (4 * times * (self.n - 1) - 1)


@dataclass(frozen=True, slots=True)
class EffectDefinition:
    """One effect size: its name, what is divided by what, the figures it rests on, what it needs, and where it is used."""

    name: str
    formula: str
    value: Callable[[Printed], float]
    figures: tuple[str, ...]
    needs: str
    source: str


_MEANS = ("mean_pre", "mean_post")
_SDS = ("sd_pre", "sd_post")
_FOUR, _ALL = (*_MEANS, *_SDS), (*_MEANS, *_SDS, "r", "t")
_BOTH, _BECKER = "both means and SDs", "Becker 1988, doi:10.1111/j.2044-8317.1988.tb00901.x"
_LAKENS, _METAFOR = "Lakens 2013, doi:10.3389/fpsyg.2013.00863", "metafor, doi:10.18637/jss.v036.i03"
_EFFECTSIZE, _ROSENTHAL = "effectsize, doi:10.21105/joss.02815", "Rosenthal 1991, doi:10.4135/9781412984997"
_TEST = "t and n"

DEFINITIONS = (
    EffectDefinition("mean_change", "change in points", lambda p: p.change, _MEANS, "both means", ""),
    EffectDefinition(
        "d_pre_sd", "change / SD before (Glass)", lambda p: p.change / p.sd_pre, (*_MEANS, "sd_pre"), "means and the SD before", _BECKER
    ),
    EffectDefinition(
        "g_pre_sd",
        "change / SD before x exact J, df n - 1",
        lambda p: p.exact(1) * p.change / p.sd_pre,
        (*_MEANS, "sd_pre"),
        "means, the SD before, n",
        _BECKER,
    ),
    EffectDefinition(
        "g_pre_sd_approximate",
        "change / SD before x (1 - 3/(4 df - 1)), df n - 1",
        lambda p: p.approximate(1) * p.change / p.sd_pre,
        (*_MEANS, "sd_pre"),
        "means, the SD before, n",
        _BECKER,
    ),
    EffectDefinition(
        "d_post_sd",
        "change / SD after",
        lambda p: p.change / p.sd_post,
        (*_MEANS, "sd_post"),
        "means and the SD after",
        "Glass 1976, doi:10.3102/0013189X005010003",
    ),
    EffectDefinition(
        "d_av", "change / arithmetic mean of the SDs", lambda p: p.change / ((p.sd_pre + p.sd_post) / 2), _FOUR, _BOTH, _LAKENS
    ),
    EffectDefinition(
        "g_av",
        "change / arithmetic mean of the SDs x exact J, df 2 (n - 1)",
        lambda p: p.exact(2) * p.change / ((p.sd_pre + p.sd_post) / 2),
        _FOUR,
        f"{_BOTH}, n",
        _LAKENS,
    ),
    EffectDefinition(
        "g_av_n_minus_1",
        "change / arithmetic mean of the SDs x exact J, df n - 1",
        lambda p: p.exact(1) * p.change / ((p.sd_pre + p.sd_post) / 2),
        _FOUR,
        f"{_BOTH}, n",
        _LAKENS,
    ),
    EffectDefinition(
        "d_av_rms", "change / root mean square of the SDs", lambda p: p.change / p.rms, _FOUR, _BOTH, "Cumming 2012; effectsize, pingouin"
    ),
    EffectDefinition(
        "g_av_rms",
        "change / root mean square of the SDs x exact J, df n - 1",
        lambda p: p.exact(1) * p.change / p.rms,
        _FOUR,
        f"{_BOTH}, n",
        _EFFECTSIZE,
    ),
    EffectDefinition(
        "g_as_independent",
        "change / pooled SD x exact J, df 2 (n - 1), as of two separate groups",
        lambda p: p.exact(2) * p.change / p.rms,
        _FOUR,
        f"{_BOTH}, n",
        _METAFOR,
    ),
    EffectDefinition(
        "d_pooled_by_n",
        "change / pooled SD with divisor N, as of two separate groups",
        lambda p: p.change / p.rms * math.sqrt(p.n / (p.n - 1)),
        _FOUR,
        f"{_BOTH}, n",
        "R package psych",
    ),
    EffectDefinition(
        "d_z",
        "change / SD of the changes = t / sqrt(n)",
        lambda p: p.d_z,
        _ALL,
        "t with n, or both means and SDs with r",
        "Gibbons 1993, doi:10.3102/10769986018003271",
    ),
    EffectDefinition(
        "g_z",
        "change / SD of the changes x exact J, df n - 1",
        lambda p: p.exact(1) * p.d_z,
        _ALL,
        "t with n, or both means and SDs with r and n",
        "Gibbons 1993, doi:10.3102/10769986018003271",
    ),
    EffectDefinition(
        "d_rm",
        "change / SD of the changes x sqrt(2 (1 - r))",
        lambda p: p.d_rm,
        _ALL,
        "both means and SDs with r, or with t and n",
        "Morris and DeShon 2002, doi:10.1037/1082-989X.7.1.105",
    ),
    EffectDefinition(
        "g_rm",
        "change / SD of the changes x sqrt(2 (1 - r)) x exact J, df n - 1",
        lambda p: p.exact(1) * p.d_rm,
        _ALL,
        "both means and SDs with r or t, and n",
        _LAKENS,
    ),
    EffectDefinition("d_2t_root_df", "2 t / sqrt(n - 1)", lambda p: 2 * p.t / math.sqrt(p.n - 1), ("t",), _TEST, _ROSENTHAL),
    EffectDefinition(
        "d_t_as_independent",
        "t sqrt(2 / n), the paired t as if of two groups",
        lambda p: p.t * math.sqrt(2 / p.n),
        ("t",),
        _TEST,
        "Dunlap 1996, doi:10.1037/1082-989X.1.2.170",
    ),
    EffectDefinition(
        "r_from_t", "t / sqrt(t^2 + n - 1), a correlation and no d", lambda p: p.t / math.sqrt(p.t**2 + p.n - 1), ("t",), _TEST, _ROSENTHAL
    ),
    EffectDefinition(
        "partial_eta_squared",
        "t^2 / (t^2 + n - 1), a share of variance and no d",
        lambda p: p.t**2 / (p.t**2 + p.n - 1),
        ("t",),
        _TEST,
        "Cohen 1973, doi:10.1177/001316447303300111",
    ),
    EffectDefinition(
        "r_from_z", "z of a rank test / sqrt(n), a correlation and no d", lambda p: p.z / math.sqrt(p.n), ("z",), "z and n", _ROSENTHAL
    ),
)
