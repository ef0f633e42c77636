"""Takes stays and people still in care, gives retention: statsmodels' curve, rows one by one, and what happens at the edges."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm
from statsmodels.duration.survfunc import SurvfuncRight

import iop_outcomes as iop


def program(seed, n=150):
    """Discharges, people still in care, people who never started, blanks; patients with several episodes in the second half."""
    rng = np.random.default_rng(seed)
    reason = rng.choice(
        ["completed", "dropped_out", "died", "active", "not_started", "transferred_step_up"], n, p=[0.35, 0.25, 0.05, 0.25, 0.05, 0.05]
    )
    days = rng.integers(0, 70, n)
    return pd.DataFrame(
        {
            "episode_id": [f"e{i}" for i in range(n)],
            "track": rng.choice(["a", "b"], n),
            "discharge_reason": reason,
            "los_days": [None if r == "active" or rng.random() < 0.05 else int(d) for r, d in zip(reason, days, strict=True)],
            "observed_days": [int(d) if r == "active" else None for r, d in zip(reason, days, strict=True)],
        }
    )


def loaded(frame):
    """The program as data."""
    return iop.load(frame, mapping={"data": {"class": "safe_harbor"}})


def inside(frame):
    """Days, and whether they ended, of those who started and whose days are known."""
    kept = frame[frame.discharge_reason != "not_started"]
    days = kept.los_days.astype(float).where(kept.discharge_reason != "active", kept.observed_days.astype(float))
    known = days.notna()
    return days[known].to_numpy(), (kept.discharge_reason != "active")[known].to_numpy()


@pytest.mark.parametrize("seed", [1, 2])
def test_the_curve_is_that_of_statsmodels(seed):
    """Shares, errors, log-log limits of the share gone; n, who is missing and who is outside by rows."""
    frame = program(seed)
    days, ended = inside(frame)
    with loaded(frame) as data:
        rows = iop.retention(data, at=[7, 28, 56]).to_frame().set_index(["estimand", "time"])
    fitted = SurvfuncRight(days, ended)
    for time in (7.0, 28.0, 56.0):
        row, gone = rows.loc[("event_free", time)], rows.loc[("cumulative_incidence", time)]
        place = np.searchsorted(fitted.surv_times, time, side="right") - 1
        left, se = fitted.surv_prob[place], fitted.surv_prob_se[place]
        assert (row.value, gone.value, row.se) == pytest.approx((left, 1 - left, se), rel=1e-9)
        ends = [(1 - left) ** np.exp(sign * norm.ppf(0.975) * se / ((1 - left) * abs(np.log(1 - left)))) for sign in (1, -1)]
        assert (gone.low, gone.high) == pytest.approx(tuple(ends), rel=1e-9)
        assert (row.low, row.high) == pytest.approx((1 - gone.high, 1 - gone.low), abs=1e-12)  # with one kind of end
        assert row.n_at_risk == int((days >= time).sum())
    n_missing = int(((frame.discharge_reason != "not_started") & frame.los_days.isna() & frame.observed_days.isna()).sum())
    assert set(rows.n) == {len(days)} and set(rows.n_missing) == {n_missing}
    assert set(rows.excluded) == {int((frame.discharge_reason == "not_started").sum())}


def test_everybody_gone_is_the_share_of_stays():
    """With nobody still in care the curve is a plain share of stays beyond the day."""
    frame = program(3).query("discharge_reason not in ('active', 'not_started')").dropna(subset=["los_days"])
    with loaded(frame.drop(columns="observed_days")) as data:
        row = iop.retention(data, at=[28]).to_frame().iloc[0]
    assert row.value == pytest.approx(float((frame.los_days.astype(int) > 28).mean()), abs=1e-12)


def test_nobody_left_yet():
    """All still in care: nobody has left by the days followed, nothing is known beyond them, and there is no median."""
    frame = program(4).assign(discharge_reason="active", los_days=None, observed_days=40)
    with loaded(frame) as data:
        rows = iop.retention(data, at=[14, 56]).to_frame().set_index(["estimand", "time"])
        said = iop.retention(data, at=[14]).sentence(policy="internal")
    assert rows.loc[("event_free", 14.0)].value == 1
    assert rows.loc[("event_free", 56.0)].flag.startswith("past_follow_up")
    assert "not_reached" in rows.loc["median_days"].flag.iloc[0]
    assert "Nobody had left." in said


def test_no_days_at_all():
    """The refusal says what to give."""
    frame = program(5).drop(columns=["observed_days"]).assign(los_days=None).query("discharge_reason == 'completed'")
    with loaded(frame) as data, pytest.raises(iop.IopError, match="Give los_days or dates of admission and discharge"):
        iop.retention(data)


def test_by_patient_where_people_come_back():
    """One patient with forty episodes widens the limits, and the word says so."""
    frame = program(6).assign(patient_id=lambda rows: [f"p{max(i - 40, 0)}" for i in range(len(rows))])
    with loaded(frame) as data:
        row = iop.retention(data, at=[28], by="track").to_frame().iloc[0]
    assert "by patient" in row.method


def test_the_command_and_the_chart(tmp_path, capsys):
    """Summary prints it; the chart's days are those after admission."""
    from iop_outcomes.cli import run

    assert run(["summary", "data/synthetic", "--measure", "retention", "--by", "track", "--at", "28"]) == 0
    assert "Still in care" in capsys.readouterr().out
    with iop.load("data/synthetic") as data:
        assert "Days after admission" in [axes.get_xlabel() for axes in iop.retention(data, by="track").plot().figure.axes]


# R 4.2.2, survival 3.5-3: survfit(conf.type = ) of 12 people at day 30, with the limits of the median (day 27.5)
R_LIMITS = {
    "log": (0.213328107908569, 0.813822017235156, 12, None),
    "plain": (0.137727021491168, 0.695606311842165, 12, 50),
    "logit": (0.184807485681209, 0.692357737386071, 12, None),
    "arcsine": (0.165359400670309, 0.693946629088798, 12, 50),
}


@pytest.mark.parametrize("transform", R_LIMITS)
def test_limits_of_other_programs_are_asked_for_by_name(transform):
    """The value and the error stay; the limits of the share left, and of the median, are those of R by that transform."""
    days, left = [5, 8, 12, 12, 20, 25, 30, 33, 40, 45, 50, 51], [1, 1, 1, 1, 1, 1, 1, 0, 1, 0, 1, 0]
    rows = [
        {
            "episode_id": f"e{i}",
            "track": "a",
            "discharge_reason": "other" if out else "active",
            "los_days": day if out else None,
            "observed_days": None if out else day,
        }
        for i, (day, out) in enumerate(zip(days, left, strict=True))
    ]
    data = loaded(pd.DataFrame(rows))
    usual, asked = (iop.retention(data, at=[0, 30], **kw).to_frame() for kw in ({}, {"curve_interval": transform}))
    assert usual[["estimand", "time", "value", "se", "n", "k"]].equals(asked[["estimand", "time", "value", "se", "n", "k"]])
    named = asked.set_index(["estimand", "time"])
    low, high, first, last = R_LIMITS[transform]
    free, median = named.loc[("event_free", 30.0)], asked[asked.estimand == "median_days"].iloc[0]
    assert free[["low", "high"]].tolist() == pytest.approx([low, high], abs=1e-12)
    assert (free.method, median.method) == (transform, f"inverted {transform}")
    assert (median.value, median.low) == (27.5, first)
    assert np.isnan(median.high) if last is None else median.high == last
    at_start = named.loc[("event_free", 0.0)]  # nobody has left: exact, whatever the transform
    assert at_start[["low", "high"]].equals(usual.set_index(["estimand", "time"]).loc[("event_free", 0.0)][["low", "high"]])


def test_a_measure_without_a_curve_has_no_limits_of_one():
    """The option is refused where there is no curve, and a transform that does not exist is named with those that do."""
    data = loaded(program(1))
    with pytest.raises(iop.UsageError, match="completion has no curve"):
        iop.measure(data, "completion", curve_interval="log")
    with pytest.raises(iop.UsageError, match=r"Allowed: arcsine, log, log_log, logit, plain"):
        iop.retention(data, curve_interval="wald")
