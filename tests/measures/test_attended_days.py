"""Takes programs with sessions, gives attended days as they follow from the rows, looked at one by one."""

import pytest

from tests.measures.sessions import estimates, in_care, loaded, program


def quantile(values, below):
    """R's type 2."""
    ordered, at = sorted(values), len(values) * below
    place = int(at)
    return (ordered[place - 1] + ordered[place]) / 2 if at == place else ordered[place]


@pytest.mark.parametrize("seed", range(8))
def test_attended_days_are_those_of_the_rows(seed):
    """A day counts once however many sessions it had; nobody's days are made up where no status is known."""
    episodes, sessions = program(seed)
    of_each = in_care(episodes, sessions)
    with loaded(episodes, sessions) as data:
        answered = estimates(data, "attended_days")
    for level in ("All", "mh", "su"):
        here = [e for e in episodes if level in ("All", e["track"])]
        ended = [e for e in here if e["discharge_reason"] not in ("active", "not_started")]
        rows = [of_each[e["episode_id"]] for e in ended]
        known = [each for each in rows if any(row["status"] for row in each)]
        days = [len({row["day"] for row in each if row["status"] == "attended"}) for each in known]
        assert 0 in days or level != "All"
        right = {
            "attended_days_mean": sum(days) / len(days),
            **{f"attended_days_{name}": quantile(days, at) for name, at in (("median", 0.5), ("q1", 0.25), ("q3", 0.75))},
        }
        for name, value in right.items():
            e = answered[level, name]
            assert e.value == pytest.approx(value), (level, name)
            assert (e.n, e.n_missing, e.excluded) == (len(days), len(ended) - len(days), len(here) - len(ended))
