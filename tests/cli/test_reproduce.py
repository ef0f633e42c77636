"""Takes a command line about published studies, gives what of them follows, with an exit code that says whether all does."""

import json

from iop_outcomes.cli import run


def test_what_follows_and_what_does_not(capsys):
    """0 where everything follows, 1 where something does not; a table, or objects."""
    assert run(["reproduce", "ems82827"]) == 0
    assert "18 reproduced" in capsys.readouterr().out
    assert run(["reproduce", "prolonged_exposure_weekend_iop", "--json"]) == 1
    (wrong,) = [each for each in json.loads(capsys.readouterr().out) if each["result"] == "not reproduced"]
    assert (wrong["printed"], wrong["quantity"]) == ("94.45", "percent")
    assert run(["reproduce", "no such study"]) == 2
