"""Rows in = rows used + rows excluded by reason, on every public function that answers, whatever faults were left out at loading."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import iop_outcomes as iop
from tests.intake import sites

FAULTS = {
    "none": None,
    "range": ("phq9_admit", "99"),
    "unknown word": ("discharge_reason", "nowhere"),
    "no reason": ("discharge_reason", ""),
    "active": ("discharge_reason", "active"),  # the stay beside it is days so far
    "died": ("discharge_reason", "died"),
    "no stay": ("los_days", ""),
    "no score": ("phq9_discharge", ""),
    "no follow-up": ("follow_up_days", ""),
    "no track": ("track", ""),
}
ANSWERS = {
    "completion": lambda data: iop.completion(data, by="track"),
    "length of stay": lambda data: iop.length_of_stay(data, by="track"),
    "symptom change": lambda data: iop.symptom_change(data, scale="phq9", by="track"),
    "reliable change": lambda data: iop.reliable_change(data, scale="phq9", by="track", profile="nhs"),
    "readmission": lambda data: iop.readmission(data, by="track", at=(30,)),
    "relapse": lambda data: iop.relapse(data, definition="any_use", by="track"),
    "discharge reasons": lambda data: iop.measure(data, "discharge_reasons", by="track"),
    "recorded": lambda data: iop.measure(data, "recorded", by="track"),
    "comparison": lambda data: iop.compare(data, by="track"),
}


def _flows(answer):
    return answer.flow if isinstance(answer.flow, tuple | list) else (answer.flow,)


@settings(max_examples=6)
@given(faults=st.lists(st.sampled_from([*["none"] * 3, *FAULTS]), min_size=24, max_size=24))
def test_every_row_is_used_or_excluded_for_a_reason(tmp_path_factory, faults):
    """Any mixture of faults and blanks: tables add up, and every answer starts from the episodes that loading left and adds up."""
    rows = sites.episodes()
    for place, fault in enumerate(faults, start=1):
        if FAULTS[fault]:
            rows = sites.planted(rows, place, *FAULTS[fault])
    folder = sites.write(tmp_path_factory.mktemp("flow"), episodes=rows)
    left_out = sum(fault in ("range", "unknown word") for fault in faults)
    if left_out == len(faults):
        return
    with iop.load(folder, on_error="exclude") as data:
        assert {flow.what: flow.rows_in for flow in data.flow} == {"episodes": 24, "scores": 48, "events": 12}
        assert data.episodes == 24 - left_out
        for flow in data.flow:
            assert flow.rows_in == flow.used + sum(flow.excluded.values())
        for name, ask in ANSWERS.items():
            answer = ask(data)
            counted = {str(estimate.key): estimate.n for estimate in answer.results if estimate.level == "All"}
            for flow in _flows(answer):
                assert flow.rows_in == data.episodes == counted[flow.what] + sum(flow.excluded.values()), name
                assert flow.used >= 0 and all(n >= 0 for n in flow.excluded.values()), name


@pytest.mark.parametrize("name", ANSWERS)
def test_nothing_is_left_out_of_a_sound_program_without_a_reason(tmp_path, name):
    """All 24 discharged episodes: what an answer leaves out has a reason in words."""
    with iop.load(sites.write(tmp_path)) as data:
        for flow in _flows(ANSWERS[name](data)):
            assert flow.rows_in == 24 and all(reason for reason in flow.excluded)
