"""Takes PHQ-9 and GAD-7 scores together, gives the NHS outcomes by the joint rule: boundaries, who is in which denominator, and a missing end."""

import pytest

from tests.spec.tables import estimates, results

HEAD = "phq9_admit phq9_discharge gad7_admit gad7_discharge"


def met(text, name, **options):
    """Numerator and denominator."""
    e = estimates(f"{HEAD}\n{text}", name, **options)[name]
    return e.k, e.n


@pytest.mark.parametrize(
    ("scores", "either", "unopposed", "both"),
    [
        ("16 10 12 12", 1, 1, 0),
        ("16 11 12 12", 0, 0, 0),
        ("16 16 12 8", 1, 1, 0),
        ("16 16 12 9", 0, 0, 0),
        ("16 10 8 12", 1, 0, 0),
        ("16 10 12 8", 1, 1, 1),
        ("16 10 8 11", 1, 1, 0),
    ],
)
def test_reliable_improvement(scores, either, unopposed, both):
    """6 points of PHQ-9 or 4 of GAD-7, on the line counts; 4 points worse on the other is opposed, 3 are not."""
    rules = {"either": either, "unopposed": unopposed, "both": both}
    assert {rule: met(scores, "nhs_reliable_improvement", definition=rule)[0] for rule in rules} == rules


@pytest.mark.parametrize(
    ("scores", "recovered", "of"),
    [
        ("10 9 3 3", 1, 1),
        ("9 9 8 7", 1, 1),
        ("9 2 7 2", 0, 0),
        ("20 9 15 8", 0, 1),
        ("20 10 15 2", 0, 1),
        ("20 . 15 2", 0, 1),
        (". 2 15 2", 0, 0),
    ],
)
def test_recovery(scores, recovered, of):
    """R6: at case on either at the start, below on both at the end; not at case is out, a missing end stays and has not recovered."""
    assert met(scores, "nhs_recovery") == (recovered, of)


def test_reliable_recovery_needs_both():
    """From 10 to 9 is below and no reliable change; from 16 to 9 is both."""
    assert met("10 9 3 3\n16 9 3 3", "nhs_reliable_recovery") == (1, 2)


def test_deterioration_is_the_mirror_image():
    """6 points of PHQ-9 worse, or 4 of GAD-7; better on the other opposes it."""
    text = "10 16 8 8\n10 15 8 8\n10 10 8 12\n10 16 12 8"
    assert met(text, "nhs_reliable_deterioration") == (3, 4)
    assert met(text, "nhs_reliable_deterioration", definition="unopposed") == (2, 4)


def test_who_is_in_it():
    """All discharged with both admission scores; deaths in, still in care out; each counted, and the label says adapted."""
    text = f"""{HEAD} discharge_reason
    16 9 12 6 completed
    16 . 12 6 dropped_out
    16 9 .  6 completed
    16 9 12 6 died
    16 9 12 6 active
    """
    found = results(text, "nhs_reliable_improvement")
    rows = {e.estimand: e for e in found if e.level == "All"}
    e, pairs = rows["nhs_reliable_improvement"], rows["nhs_reliable_improvement_of_pairs"]
    assert (e.k, e.n, e.n_missing, e.excluded) == (2, 3, 1, 1)
    assert (pairs.k, pairs.n, pairs.n_missing) == (2, 2, 2)
    assert "adapted" in found.definition.title


def test_nobody_met_it():
    """R7: 0 of n is 0 with limits, never blank; nobody at all is flagged."""
    e = estimates(f"{HEAD}\n16 16 12 12", "nhs_recovery")["nhs_recovery"]
    assert (e.value, e.low) == (0.0, 0.0)
    assert "no_episodes" in estimates(f"{HEAD}\n. . . .", "nhs_recovery")["nhs_recovery"].flag
