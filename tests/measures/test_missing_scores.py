"""Takes episodes of which some have no discharge score, gives what is said of their change: by hand, on rows, at every edge, and released."""

from __future__ import annotations

import io
import math
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

import iop_outcomes as iop
from iop_outcomes.attack import attack_report
from iop_outcomes.cli import run
from iop_outcomes.show.plain import csv_text

MAPPING = {"data": {"class": "synthetic"}}
REASONS = ("completed", "transferred_step_down", "dropped_out", "terminated_by_program", "other", "")
MEANS = (
    "mean_change",
    "mean_change_if_last_carried",
    "mean_change_if_missing_unchanged",
    "mean_change_standardised",
    "mean_change_weighted",
)
BOUNDS = ("mean_change_if_missing_worst", "mean_change_if_missing_best")
RATES = ("reliable_improvement", "reliable_improvement_if_missing_worst", "reliable_improvement_if_missing_best")


def program(seed, n, missing=0.4, people=None):
    """Episodes and scores: admission on day 0, some weeks later a score that may be carried, discharge on the last day."""
    rng = np.random.default_rng(seed)
    pre, stay = rng.integers(5, 28, n), rng.integers(1, 120, n)
    reason = rng.choice(REASONS[:5], n, p=[0.4, 0.2, 0.2, 0.1, 0.1])
    unlikely = (reason == "dropped_out") * 0.3 + (pre - 16) * 0.01
    seen = rng.random(n) > (missing + unlikely if missing else 0.0)
    track = rng.choice(["a", "b", "c"], n, p=[0.5, 0.3, 0.2])
    change = np.round(0.4 * pre + 3 * (reason == "completed") + 0.02 * stay + 4 * rng.normal(size=n)).astype(int)
    post, between = np.clip(pre - change, 0, 27), np.clip(pre - change // 2, 0, 27)
    who = {} if people is None else {"patient_id": [f"p{i}" for i in rng.integers(0, people, n)]}
    episodes = pd.DataFrame(
        {"episode_id": [f"e{i}" for i in range(n)], "track": track, "discharge_reason": reason, "los_days": stay, **who}
    )
    rows = [
        *((f"e{i}", "phq9", 0, pre[i]) for i in range(n) if i % 19),
        *((f"e{i}", "phq9", int(stay[i]), post[i]) for i in range(n) if seen[i]),
        *((f"e{i}", "phq9", 14, between[i]) for i in range(n) if stay[i] > 14),
    ]
    return episodes, pd.DataFrame(rows, columns=["episode_id", "scale", "day", "score"])


def loaded(episodes, scores):
    """Them as data."""
    return iop.load({"episodes": episodes, "scores": scores}, mapping=MAPPING, on_error="exclude")


def numbers(data, **options):
    """The numbers of everyone, by name."""
    frame = iop.missing_scores(data, scale="phq9", **options).to_frame()
    return frame[frame.level == "All"].set_index("estimand")


def by_rows(episodes, scores):
    """One row for each discharged episode with an admission score, by the words of the definition and no code of the package."""
    kinds = {"completed": "c", "transferred_step_down": "t", "dropped_out": "e", "terminated_by_program": "e"}
    of_episode = {}
    for row in scores.itertuples():
        of_episode.setdefault(row.episode_id, []).append((row.day, float(row.score)))
    out = []
    for e in episodes.itertuples():
        mine = of_episode.get(e.episode_id, [])
        near = [each for each in mine if -7 <= each[0] <= 3]
        if not near:
            continue
        day, pre = min(near, key=lambda each: (abs(each[0]), each[0]))
        later = [each for each in mine if each[0] > day]
        end = [each for each in later if -7 <= each[0] - e.los_days <= 14]
        before = [each for each in later if each[0] < e.los_days - 7]
        post = max(end)[1] if end else math.nan
        last = post if end else max(before)[1] if before else pre
        kind, weeks = kinds.get(e.discharge_reason, "o"), min(e.los_days // 7, 13)
        out.append((pre, post, last, kind, weeks, e.track, getattr(e, "patient_id", e.episode_id)))
    return pd.DataFrame(out, columns=["pre", "post", "last", "kind", "weeks", "track", "who"])


def row_answers(rows):
    """Every mean, of rows, by pandas and statsmodels."""
    rows = rows.assign(change=rows.pre - rows.post, seen=rows.post.notna().astype(int))
    terms = "pre + C(kind) + weeks + C(track) + I(pre ** 2)"
    fit = smf.ols(f"change ~ {terms}", rows[rows.seen == 1]).fit()
    chance = smf.logit(f"seen ~ {terms}", rows).fit(disp=False, tol=1e-12, maxiter=100).predict(rows)
    weight = rows.seen / chance
    expected = fit.predict(rows).mean()
    return {
        "mean_change": rows.change.mean(),
        "mean_change_if_last_carried": (rows.pre - rows["last"]).mean(),
        "mean_change_if_missing_unchanged": rows.change.fillna(0).mean(),
        "mean_change_standardised": expected,
        "mean_change_weighted": (weight * rows.change.fillna(0)).sum() / weight.sum(),
        "tipping_point": expected / (1 - rows.seen.mean()),
        "mean_change_if_missing_worst": rows.change.fillna(rows.pre - 27).mean(),
        "mean_change_if_missing_best": rows.change.fillna(rows.pre).mean(),
        "reliable_improvement": (rows.change[rows.seen == 1] >= 6).mean(),
        "reliable_improvement_if_missing_worst": (rows.change.fillna(0) >= 6).mean(),
        "reliable_improvement_if_missing_best": (rows.change.fillna(rows.pre) >= 6).mean(),
        "discharge_score_known": rows.seen.mean(),
    }


@pytest.mark.parametrize("people", [None, 150])
def test_every_number_is_that_of_rows(people):
    """Values to 1e-8, numbers of episodes exactly, of people who come once or several times."""
    episodes, scores = program(1, 300, people=people)
    rows = by_rows(episodes, scores)
    with loaded(episodes, scores) as data:
        found = numbers(data)
    for name, value in row_answers(rows).items():
        assert found.value[name] == pytest.approx(value, abs=1e-8), name
    seen = int(rows.post.notna().sum())
    assert (found.n["mean_change"], found.n["mean_change_standardised"], found.k["discharge_score_known"]) == (seen, len(rows), seen)
    assert set(found.n_missing[["mean_change_standardised", "tipping_point", *BOUNDS]]) == {300 - len(rows)}
    assert found.k["mean_change_standardised"] is pd.NA
    assert found.method["tipping_point"] == ("Fieller, by patient" if people else "Fieller")


def test_errors_by_patient_are_those_of_rows():
    """The stacked equations of least squares and the average, summed over each patient's rows."""
    episodes, scores = program(2, 300, people=120)
    rows = by_rows(episodes, scores).assign(change=lambda r: r.pre - r.post)
    with loaded(episodes, scores) as data:
        found = numbers(data)
    seen = rows.post.notna()
    x = np.column_stack(
        [
            np.ones(len(rows)),
            rows.pre,
            rows.pre**2,
            rows.weeks,
            *(rows.kind == kind for kind in "ceo"),
            *(rows.track == track for track in "ab"),
        ]
    ).astype(float)
    pull = np.linalg.solve(x[seen].T @ x[seen], x.mean(axis=0))
    predicted = x @ np.linalg.lstsq(x[seen], rows.change[seen], rcond=None)[0]
    influence = (predicted - predicted.mean()) / len(rows) + np.where(seen, (x @ pull) * (rows.change.fillna(0) - predicted), 0.0)
    of_patients = pd.Series(np.asarray(influence)).groupby(rows.who.to_numpy()).sum()
    times = rows.who.value_counts()
    m = times.sum() ** 2 / (times**2).sum()
    assert found.se["mean_change_standardised"] == pytest.approx(math.sqrt((of_patients**2).sum() * m / (m - 1)), rel=1e-9)


def test_by_track_the_model_knows_no_other_track_and_everyone_all():
    """The number of a track is that of its rows alone, whatever else there is; everyone's is as without groups."""
    episodes, scores = program(3, 300)
    rows = by_rows(episodes, scores)
    with loaded(episodes, scores) as data:
        frame = iop.missing_scores(data, scale="phq9", by="track").to_frame().set_index(["level", "estimand"])
        alone = numbers(data)
    mine = rows[rows.track == "a"].assign(change=lambda r: r.pre - r.post)
    fit = smf.ols("change ~ pre + C(kind) + weeks + I(pre ** 2)", mine[mine.post.notna()]).fit()
    assert frame.value["a", "mean_change_standardised"] == pytest.approx(fit.predict(mine).mean(), abs=1e-9)
    assert frame.loc["All"].value.equals(alone.value)


def test_what_changes_nothing_and_what_changes_only_what_it_should():
    """Tracks by other names; one more episode without scores; one more without a discharge score."""
    episodes, scores = program(4, 200)
    with loaded(episodes, scores) as data:
        first = numbers(data)
    renamed = episodes.assign(track=episodes.track.map({"a": "z", "b": "a", "c": "b"}))
    with loaded(renamed, scores) as data:
        assert numbers(data).value.to_numpy() == pytest.approx(first.value.to_numpy(), abs=1e-9)
    more = pd.concat([episodes, episodes.tail(1).assign(episode_id="more")])
    with loaded(more, scores) as data:
        found = numbers(data)
        assert found.value.to_numpy() == pytest.approx(first.value.to_numpy(), abs=1e-12)
        assert found.n_missing["mean_change_standardised"] == first.n_missing["mean_change_standardised"] + 1
    start = pd.DataFrame({"episode_id": ["more"], "scale": "phq9", "day": 0, "score": 16})
    with loaded(more, pd.concat([scores, start])) as data:
        found = numbers(data)
    n = first.n["mean_change_standardised"]
    assert (found.value["mean_change"], found.value["reliable_improvement"]) == (
        first.value["mean_change"],
        first.value["reliable_improvement"],
    )
    for name, change in (("if_missing_unchanged", 0), ("if_last_carried", 0), ("if_missing_worst", -11), ("if_missing_best", 16)):
        grown = (first.value[f"mean_change_{name}"] * n + change) / (n + 1)
        assert found.value[f"mean_change_{name}"] == pytest.approx(grown, abs=1e-12)


def test_with_nobody_missing_every_answer_is_the_same():
    """To 1e-12, with one interval; there is no tipping point, and the sentence says that nothing is missing."""
    episodes, scores = program(5, 80, missing=0)
    episodes, scores = episodes[episodes.index % 19 > 0], scores[~scores.episode_id.isin(episodes.episode_id[::19])]
    with loaded(episodes, scores) as data:
        found = numbers(data)
        sentence = iop.missing_scores(data, scale="phq9").sentence()
    for column in ("value", "low", "high"):
        assert np.ptp(found[column][[*MEANS, *BOUNDS]]) < 1e-12
        assert np.ptp(found[column][[*RATES]]) < 1e-12
    assert found.value["discharge_score_known"] == 1
    assert (math.isnan(found.value["tipping_point"]), found.flag["tipping_point"]) == (True, "not_reached; independence_assumed")
    assert sentence.endswith("with both scores, and no discharge score is missing.")


def test_the_sentence_says_what_was_seen_what_is_predicted_and_where_it_tips():
    """Improvement, no improvement, and one that is not clear."""
    episodes, scores = program(6, 400)
    worse = scores.assign(score=(27 - scores.score))
    with loaded(episodes, scores) as data:
        words, found = iop.missing_scores(data, scale="phq9").sentence(policy="none"), numbers(data)
    assert words.startswith(f"Average PHQ-9 improved by {found.value['mean_change']:.1f} points in the {found.n['mean_change']} episodes")
    assert f"it improved by {found.value['mean_change_standardised']:.1f} points in all (range " in words
    assert (
        f"would vanish if those not seen ended {found.value['tipping_point']:.1f} points worse than that; from "
        f"{found.low['tipping_point']:.1f} on it would not be clear." in words
    )
    with loaded(episodes, worse) as data:
        assert "There is no improvement that missing scores could take away." in iop.missing_scores(data, scale="phq9").sentence()
    little = scores.assign(score=np.where(scores.day > 0, 15 + (np.arange(len(scores)) * 7) % 13, 21))
    with loaded(episodes.head(20), little[little.episode_id.isin(episodes.episode_id.head(20))]) as data:
        assert "it is not clear as it is" in iop.missing_scores(data, scale="phq9").sentence(policy="none")


@pytest.mark.parametrize(
    ("scored", "flag"),
    [((), "no_episodes"), ((0,), "no_pairs"), ((0, 30), "one_pair")],
)
def test_edges_are_rows_with_a_flag(scored, flag):
    """No admission score, no pair, one pair beside one who has none; drawn and said all the same."""
    episodes = pd.DataFrame({"episode_id": ["e0", "e1"], "track": "a", "discharge_reason": "completed", "los_days": 30})
    rows = [("e0", "phq9", day, 10 + day // 6) for day in scored] + [("e1", "phq9", 0, 9)] * bool(scored) + [("e0", "gad7", 0, 3)]
    with loaded(episodes, pd.DataFrame(rows, columns=["episode_id", "scale", "day", "score"])) as data:
        answer = iop.missing_scores(data, scale="phq9", by="track")
        found = answer.to_frame().set_index(["level", "estimand"]).loc["All"]
        assert {flag} <= {each.split("; ")[0] for each in found.flag}
        for name in ("mean_change_standardised", "mean_change_weighted", "tipping_point"):
            assert found.flag[name].startswith(flag)
            assert math.isnan(found.low[name])
        assert answer.sentence(policy="none") and "range no range" not in answer.sentence(policy="none")
        assert answer.plot(policy="none") is not None


def test_a_scale_where_more_is_better_and_one_without_a_profile():
    """Improvement is positive on the WHO-5, whose worst score is 0; no rate is given of a scale that names no reliable change."""
    episodes = pd.DataFrame({"episode_id": ["e0", "e1", "e2"], "track": "a", "discharge_reason": "completed", "los_days": 30})
    rows = [("e0", 0, 20), ("e0", 30, 60), ("e1", 0, 40), ("e1", 30, 48), ("e2", 0, 32)]
    scores = pd.DataFrame([(e, "who5", day, score) for e, day, score in rows], columns=["episode_id", "scale", "day", "score"])
    with loaded(episodes, scores) as data:
        found = iop.missing_scores(data, scale="who5").to_frame().set_index("estimand")
        assert found.value[[*MEANS[:3], *BOUNDS]].tolist() == pytest.approx([24, 16, 16, (48 - 32) / 3, (48 + 68) / 3])
        assert bool(data.scales["who5"].profiles) == (RATES[0] in found.index)


# -- what may be shown -----------------------------------------------------------------------------------------------------


def test_the_chart_has_a_row_for_every_reading_and_its_words():
    """Side by side, of groups too; of more than fit, of everyone alone."""
    episodes, scores = program(7, 600)
    with loaded(episodes, scores) as data:
        axes = iop.missing_scores(data, scale="phq9").plot(policy="none")
        assert [tick.get_text() for tick in axes.get_yticklabels()][:2] == ["Both scores known", "Last score in care carried"]
        assert len(axes.get_yticks()) == 7
        assert "Predicted, missing at random" in axes.words.replace("predicted", "Predicted")
        assert len(iop.missing_scores(data, scale="phq9", by="track").plot(policy="none").get_yticks()) == 28
        many = iop.missing_scores(data, scale="phq9", by="discharge_reason").plot(policy="none")
        assert len(many.get_yticks()) == 42


@pytest.mark.parametrize("seed", [1, 4, *(pytest.param(seed, marks=pytest.mark.long) for seed in (0, 2, 3, *range(5, 9)))])
def test_a_release_gives_no_small_count_back(seed, tmp_path):
    """Of the file of a summary, by whatever groups: the attack finds no count from 1 to 10, nor do its means."""
    episodes, scores = program(seed, 160, missing=0.02 + 0.05 * (seed % 4))
    with loaded(episodes, scores) as data:
        answer = iop.missing_scores(data, scale="phq9", by="track" if seed % 2 else None)
        shown = answer.release("cms11")
        (tmp_path / "numbers.csv").write_text(csv_text([shown]), encoding="utf-8")
        true = answer.to_frame().set_index(["level", "estimand"])
    assert [str(each) for each in attack_report(tmp_path).recovered] == []
    frame = shown.to_frame().set_index(["level", "estimand"])
    for level in dict.fromkeys(level for level, _ in frame.index):
        mine, exact = frame.loc[level], true.loc[level]
        if pd.isna(mine.n["mean_change"]):  # a rule beside a mean of the pairs that is rounded elsewhere would give their number
            assert not mine.value[[*MEANS, *BOUNDS, "tipping_point", "discharge_score_known"]].notna().any()
        missing = int(exact.n["mean_change_standardised"] - exact.n["mean_change"])
        if not 0 < missing < 11:
            continue
        # Both bounds are as far apart as the range of the scale, times the share missing; the tipping point is the predicted change over it.
        assert not mine.value[list(BOUNDS)].notna().all()
        assert not mine.value[["mean_change_standardised", "tipping_point"]].notna().all()
        assert not mine.n[["mean_change", "mean_change_standardised"]].notna().all()
        assert not mine.value[["mean_change", "mean_change_if_missing_unchanged"]].notna().all()


@pytest.mark.parametrize("kept", [BOUNDS, ("mean_change_standardised", "tipping_point")])
def test_the_attack_would_find_what_is_not_withheld(kept, tmp_path):
    """The bounds are the range of the scale apart for those not seen, and the tipping point is a mean of them: both tell how many they are."""
    episodes, scores = program(6, 100, missing=0.01)
    with loaded(episodes, scores) as data:
        answer = iop.missing_scores(data, scale="phq9")
        working, text = answer.to_frame().set_index("estimand"), csv_text([answer.release("none")])
    missing = int(working.n["mean_change_standardised"] - working.n["mean_change"])
    rows = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)
    rows = rows[rows.estimand.isin(kept)].assign(value=lambda frame: frame.value.astype(float).round(1))  # as a page prints them
    rows.to_csv(tmp_path / "numbers.csv", index=False)
    assert 0 < missing < 11
    assert missing in [each.interval.value for each in attack_report(tmp_path).recovered]


def test_the_command_line(capsys):
    """`summary --measure missing_scores --scale phq9`, and the full name."""
    assert run(["summary", "data/synthetic", "--measure", "missing_scores", "--scale", "phq9", "--csv"]) in (0, 1)
    assert "phq9_missing_scores" in capsys.readouterr().out


def test_the_page_about_it_prints_what_it_says(capsys):
    """The example of docs/guide runs, and its output stands below it."""
    text = (Path(__file__).parents[2] / "docs" / "guide" / "missing_scores.md").read_text(encoding="utf-8")
    code, printed = (re.search(rf"```{kind}\n(.+?)```", text, flags=re.DOTALL).group(1) for kind in ("python", "text"))
    exec(code, {})
    assert capsys.readouterr().out == printed
