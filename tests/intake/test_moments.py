"""Takes scores that say of when they are by a word alone, gives proof that they are the scores of admission and discharge, and no others."""

import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.intake.propose import propose

N = 40
EPISODES = pd.DataFrame(
    {"episode_id": [f"e{n}" for n in range(N)], "track": "mood", "discharge_reason": "completed", "los_days": range(20, 20 + N)}
)
FIRST, LAST = [10 + n % 15 for n in range(N)], [4 + n % 11 for n in range(N)]
WORDS = {"Intake": FIRST, "Wk 4": [27] * N, "D/C": LAST}
SCORES = pd.concat(
    [
        pd.DataFrame({"episode_id": EPISODES.episode_id, "Timepoint": word, "PHQ-9 Total Score (0-27)": points})
        for word, points in WORDS.items()
    ]
)


def changes(data):
    """The change of everyone."""
    return iop.symptom_change(data, scale="phq9").to_frame().to_csv()


def test_words_are_moments(tmp_path):
    """As wide columns are; scores between the two are in no change, and two of them are no two of a day. map proposes it without a question."""
    wide = EPISODES.assign(phq9_admit=FIRST, phq9_discharge=LAST)
    EPISODES.to_csv(tmp_path / "episodes.csv", index=False)
    pd.concat([SCORES, SCORES[SCORES.Timepoint == "Wk 4"].head(5)]).to_csv(tmp_path / "Outcome measures.csv", index=False)
    proposal = propose(tmp_path)
    assert proposal.to_finish == 0
    (tmp_path / "mapping.toml").write_text(proposal.text)
    with iop.load(tmp_path) as data, iop.load(wide, mapping={"data": {"class": "synthetic"}}) as plain:
        assert changes(data) == changes(plain)
        assert [finding.rule for finding in data.findings if finding.severity != "note"] == []
        assert data.flow[1].used == 3 * N + 5


def test_a_date_says_more(tmp_path):
    """Where the scores have days, the word is not read, and nobody is asked about it."""
    EPISODES.to_csv(tmp_path / "episodes.csv", index=False)
    SCORES.assign(day=[0] * N + [28] * N + list(EPISODES.los_days)).to_csv(tmp_path / "scores.csv", index=False)
    text = propose(tmp_path).text
    assert 'not known, so not read: "Timepoint"' in text and "moment" not in text


def test_a_word_that_is_no_moment():
    """It is an error with the words that are allowed; without any word or day, the message names both ways."""
    frames = {"episodes": EPISODES, "scores": pd.DataFrame({"episode_id": ["e1"], "moment": ["later"], "scale": ["phq9"], "score": [3]})}
    with pytest.raises(iop.DataError, match=r"moment: unknown_code: .+Allowed: admit, discharge, between"):
        iop.load(frames)
    with pytest.raises(iop.DataError, match=r"day \(or date, or moment\): missing_column"):
        iop.load(frames | {"scores": frames["scores"].drop(columns="moment")})
