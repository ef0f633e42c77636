"""Takes programs that lack what a measure asks of, gives the refusal with what would bring it, and none where nothing happened."""

import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.errors import NotAssessableError
from iop_outcomes.evaluate.lacking import refuse_lacking
from iop_outcomes.evaluate.lookup import look_up

EPISODES = pd.DataFrame({"episode_id": ["E1", "E2", "E3"], "track": "a", "discharge_reason": "completed", "los_days": [10, 20, 30]})


@pytest.fixture(scope="module")
def bare():
    """Three stays, and scores of one scale beside them."""
    frame = EPISODES.assign(follow_up_days=90, gad7_admit=[9, 8, 7], gad7_discharge=[5, 4, 3])
    with iop.load({"episodes": frame}, mapping={"data": {"class": "synthetic"}}) as data:
        yield data


@pytest.mark.parametrize(
    ("measure", "options", "words"),
    [
        (
            "symptom_change",
            {"scale": "phq9"},
            r'no PHQ-9 score\. Scores there are: gad7\. Give a table "scores" with rows of phq9, or the columns phq9_admit',
        ),
        ("readmission", {}, r'no event readmission_psychiatric.*\. Give it in a table "events", or, where every episode was looked at'),
        ("no_show_rate", {}, 'no session on a day in care. Give a table "sessions"'),
    ],
)
def test_what_is_not_there_is_named_with_the_fix(bare, measure, options, words):
    """Never 0, and never an answer of nobody."""
    with pytest.raises(NotAssessableError, match=words):
        refuse_lacking(bare, look_up(bare, measure, **options))


def test_what_is_there_is_not_refused(bare):
    """Whatever the numbers are."""
    for measure, options in (("symptom_change", {"scale": "gad7"}), ("completion", {})):
        refuse_lacking(bare, look_up(bare, measure, **options))


def test_columns_that_say_nobody_had_it_are_an_answer():
    """0 of 3, because every episode was looked at."""
    frame = EPISODES.assign(follow_up_days=90, readmission_psychiatric_day=[100, 110, 120], readmission_psychiatric_observed=0)
    with iop.load({"episodes": frame}, mapping={"data": {"class": "synthetic"}}) as data:
        refuse_lacking(data, look_up(data, "readmission", definition="psychiatric"))
