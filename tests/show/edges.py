"""Takes nothing, gives small programs at every edge, and every sentence, table cell and description that the package says of them."""

import pandas as pd

import iop_outcomes as iop
from iop_outcomes.evaluate import evaluate
from iop_outcomes.evaluate.lookup import look_up
from iop_outcomes.release import release
from iop_outcomes.show import words
from iop_outcomes.show.change import change_sentence
from iop_outcomes.show.comparison import comparison_sentences, difference_table
from iop_outcomes.show.draw import main_sentence
from iop_outcomes.show.stays import stay_sentence
from iop_outcomes.show.tables import estimates_table, value_table

SCORED = ("phq9_change", "phq9_reliable_change")
AFTER = ("readmission", "readmission_from_day_0", "relapse")
PLAIN = ("completion", "length_of_stay", "discharge_reasons", "recorded")


def program(n, *, tracks=("a", "b"), done=1.0, hit=0.0, lost=0.0, paired=1.0, moved=6, unknown=0.0, back=0.0):
    """So many episodes; shares completed, with both events, lost early, with both scores, without follow-up, back on day 1; points moved."""
    rows = []
    for i in range(n):
        at = (i + 0.5) / n
        ends = at < hit
        rows.append(
            {
                "episode_id": f"e{i:03}",
                "patient_id": f"p{i:03}",
                "track": tracks[i % len(tracks)],
                "discharge_reason": "completed" if at < done else "dropped_out",
                "los_days": 30 + i % 3,
                "follow_up_days": None if at >= 1 - unknown else 20 if at >= 1 - unknown - lost else 400,
                "phq9_admit": 18,
                "phq9_discharge": 18 - moved if at < paired else None,
                "readmission_psychiatric_day": 30 + i % 3 + (1 if at < back else 40) if ends or at < back else None,
                "readmission_psychiatric_observed": int(ends or at < back),
                "relapse_day": 30 + i % 3 + 40 if ends else None,
                "relapse_observed": int(ends),
            }
        )
    frame = pd.DataFrame(rows)
    for event in ("readmission_psychiatric", "relapse"):  # one that was not seen has no day of its own
        frame.loc[frame[f"{event}_day"].isna(), f"{event}_observed"] = None
    integers = [name for name in frame.columns if frame[name].dtype.kind == "f"]
    return frame.astype(dict.fromkeys(integers, "Int64"))


PROGRAMS = {
    "one": program(1, tracks=("a",)),
    "one of each": program(2),
    "three, none done": program(3, tracks=("a",), done=0.0, paired=0.0),
    "nineteen": program(19, done=0.5, hit=0.5),
    "all": program(100, hit=1.0),
    "none": program(100, done=0.0, moved=0),
    "worse": program(100, moved=-6, done=0.01, hit=0.01),
    "nearly all": program(1000, done=0.999, hit=0.999, paired=0.999),
    "a few": program(60, done=0.1, hit=0.1, paired=0.1, tracks=("a", "b", "c")),
    "lost": program(100, lost=0.5, hit=0.2),
    "unknown": program(100, unknown=0.5, hit=0.1),
    "back at once": program(100, back=0.6),
    "one group": program(100, tracks=("a",), done=0.6, hit=0.3),
    "different": program(200, done=0.5, hit=0.3),
}


def said(data, policy):
    """Everything that is said of a program, with where it comes from."""
    for name in (*PLAIN, *SCORED, *AFTER):
        measure = look_up(data, name, "any_use" if name == "relapse" else None)
        results = evaluate(measure, data, by="track")
        released = release(results, policy)
        yield name, main_sentence(released)
        for row in released:
            yield f"{name} {row.estimand} {row.level}", words.sentence(released, row.estimand, row.level, time=row.time)
        if name == "length_of_stay":
            yield from ((name, stay_sentence(released, level)) for level in released.levels)
        if name == "phq9_change":
            yield from ((name, change_sentence(released, level)) for level in released.levels)
        table = estimates_table(released)
        yield from ((f"{name} table", cell) for row in table.rows for cell in row[2:4])
        shown = [row.estimand for row in released if row.time is None and row.level == "All"][:4]
        if len(released.levels) > 1 and shown:
            yield from ((f"{name} values", cell) for row in value_table(released, shown, caption="c", first="f").rows for cell in row)
    if (
        set(data.count([]).n)
        and len({level for level in release(evaluate(look_up(data, "completion"), data, by="track"), policy).levels}) > 2
    ):
        compared = iop.compare(data, measure="completion", estimand="completion_strict", by="track").release(policy)
        yield from (("compare", sentence) for sentence in comparison_sentences(compared, "completion_strict"))
        yield from (
            ("compare", cell) for row in difference_table(compared, "completion_strict", caption="c", first="f").rows for cell in row
        )
