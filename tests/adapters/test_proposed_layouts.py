"""`map` over files of another system: the layout by its files, the codes that may be tracks, and what the labels of SPSS and Stata say."""

import tomllib

import pytest

import iop_outcomes as iop
from iop_outcomes.intake.proposal_lines import TO_FINISH
from iop_outcomes.intake.propose import propose
from tests.adapters import fhir, omop, redcap


@pytest.mark.parametrize(("made", "layout"), [(omop, "omop"), (fhir, "fhir")])
def test_codes_of_stays_are_listed_and_none_is_taken_for_a_track(tmp_path, made, layout):
    """The layout is known by the names of the files; codes of at least 11 stays are remarks, as a person must say which are tracks."""
    made.write(tmp_path)
    proposal = propose(tmp_path)
    assert f'layout = "{layout}"' in proposal.text and '# IOP-MH = ""    # 14 rows' in proposal.text
    assert "further" in proposal.text and "tracks" not in tomllib.loads(proposal.text).get("adapter", {}).get("tracks", {})
    assert [line.key for line in proposal.open] == ["class", "CODE"]
    given = {"data": {"class": "synthetic"}, "adapter": {"tracks": {"IOP-MH": "mood", "IOP-SUD": "sud"}}}
    codes = {"codes": {"discharge_reason": {"COMP": "completed"}}} if layout == "omop" else {}
    assert [line.key for line in propose(tmp_path, given=given).open] == (["COMP"] if codes else [])
    finished = propose(tmp_path, given=given | codes)
    assert finished.to_finish == 0
    loaded = tomllib.loads(finished.text)
    assert loaded["adapter"] == given["adapter"] and loaded["data"] == {"layout": layout, "class": "synthetic"}


def test_a_redcap_export_is_known_by_its_columns(tmp_path):
    """Fields of episodes are matched; a record is an episode, and no id is asked for; dates there are ISO already."""
    redcap.write(tmp_path)
    proposal = propose(tmp_path)
    assert 'layout = "redcap"' in proposal.text and 'discharge_reason = "dc_reason"' in proposal.text
    assert "episode_id" not in {line.key for line in proposal.open} and "date_format" not in proposal.text
    assert f'{TO_FINISH} "COMP" = ""' in proposal.text


@pytest.mark.parametrize("ending", ["sav", "dta"])
def test_value_labels_are_guesses(tmp_path, ending):
    """What a file says of its codes is a guess that a person confirms; a code without a label is open."""
    pd, pyreadstat = pytest.importorskip("pandas"), pytest.importorskip("pyreadstat")
    n = 60
    frame = pd.DataFrame(
        {"EpisodeID": [f"E{i}" for i in range(n)], "Program": ["mood"] * n, "DCReason": [1 + i % 4 for i in range(n)], "LOS": [20] * n}
    )
    labels = {"DCReason": {1: "Treatment completed", 2: "Dropped out", 3: "Went home"}}
    write = {"sav": pyreadstat.write_sav, "dta": pyreadstat.write_dta}[ending]
    write(frame, str(tmp_path / f"episodes.{ending}"), variable_value_labels=labels)
    text = propose(tmp_path).text
    assert f'{TO_FINISH} "1" = "completed"    # a guess by its value label' in text
    assert f'{TO_FINISH} "2" = "dropped_out"' in text and f'{TO_FINISH} "3" = ""' in text and f'{TO_FINISH} "4" = ""' in text
    for code, word in (("1", "completed"), ("2", "dropped_out"), ("3", "other"), ("4", "unknown")):
        text = text.replace(f'{TO_FINISH} "{code}" = "{word if code < "3" else ""}"', f'"{code}" = "{word}"')
    (tmp_path / "mapping.toml").write_text(text, encoding="utf-8")
    with iop.load(tmp_path) as data:
        assert data.episodes == n
