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


def test_a_correlation_that_is_assumed_beside_a_program(tmp_path, capsys):
    """A paired t alone stands beside with r, and with the error that follows."""
    study = (
        'id = "mine"\ncitation = "Nobody"\nsource = "made for a test"\ndesign = "single_group"\nscope = "one_program"\nverified = ["recalled"]\n'
        '[[figures]]\nname = "change"\noutcome = "change"\nscale = "phq9"\npeople = "pairs"\ncalculation = "pre_post"\n'
        "[figures.given]\nt = 12.51\nn = 448\n"
    )
    (tmp_path / "mine.toml").write_text(study)
    rows = "".join(f"e{i},t,completed,30,{10 + i % 9},{5 + i % 7}\n" for i in range(60))
    (tmp_path / "episodes.csv").write_text(f"episode_id,track,discharge_reason,los_days,phq9_admit,phq9_discharge\n{rows}")
    (tmp_path / "mapping.toml").write_text('[data]\nclass = "synthetic"\n')
    asked = [
        "reproduce",
        str(tmp_path / "mine.toml"),
        "--data",
        str(tmp_path / "episodes.csv"),
        "--mapping",
        str(tmp_path / "mapping.toml"),
    ]
    assert run([*asked, "--r", "0.5", "--json"]) == 0
    given = {each["quantity"]: each for each in json.loads(capsys.readouterr().out)}["d_pre_sd"]
    assert given["interval"] == "of both" and "r = 0.5 assumed" in given["note"]
