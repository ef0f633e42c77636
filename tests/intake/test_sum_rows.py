"""Takes tables with rows that are none, gives proof that neither a sum nor a blank is counted as an episode, and that no row of somebody is lost."""

import pandas as pd
import pytest

import iop_outcomes as iop

ROWS = pd.DataFrame(
    {
        "episode_id": [f"E{place}" for place in range(24)],
        "track": ["Total", "mood"] * 12,
        "discharge_reason": ["completed", "dropped_out", "completed"] * 8,
        "los_days": range(10, 34),
    }
)
SYNTHETIC = {"data": {"class": "synthetic"}}
LINES = ROWS.to_csv(index=False).splitlines()


def completed(data):
    """Share and denominator of everyone."""
    frame = iop.completion(data).to_frame()
    return frame[frame.estimand == "completion_strict"][["value", "n"]].to_numpy().tolist()


PLAIN = completed(iop.load(ROWS, mapping=SYNTHETIC))


@pytest.mark.parametrize("row", ["Grand total,,24,516", ",,,", "TOTAL:,2,,", ",Total,,516"])
@pytest.mark.parametrize("place", [12, 25])
def test_a_row_that_names_nobody_is_none(row, place, tmp_path):
    """Between the rows and below them, with its line, and with what it is in the flow; a track called Total stays."""
    path = tmp_path / "episodes.csv"
    path.write_text("\n".join([*LINES[:place], row, *LINES[place:]]) + "\n", encoding="utf-8")
    with iop.load(path, mapping=SYNTHETIC) as data:
        assert completed(data) == PLAIN == [[pytest.approx(2 / 3), 24]]
        (found,) = (finding for finding in data.findings if finding.rule in ("sum_rows", "blank_lines"))
        assert found.lines == (place + 1,)
        assert dict(data.flow[0].excluded) == ({} if row == ",,," else {"rows that are sums of others": 1})


def test_what_stands_behind_keeps_its_line(tmp_path):
    """A fault below a sum is named where it stands in the file."""
    path = tmp_path / "episodes.csv"
    path.write_text("\n".join([*LINES[:5], "Total,,,", *LINES[5:], "E99,mood,completed,-4"]) + "\n", encoding="utf-8")
    with pytest.raises(iop.DataError, match=r"episodes\.csv:27: los_days"):
        iop.load(path, mapping=SYNTHETIC)


def test_a_row_of_somebody_is_a_row():
    """A score whose scale is called Total is that of a patient, and a blank id beside values is still an error."""
    scores = pd.DataFrame({"episode_id": ["E1", "E2"], "day": [0, 0], "scale": ["Total", "phq9"], "score": [9, 12]})
    with iop.load({"episodes": ROWS, "scores": scores}, mapping=SYNTHETIC | {"codes": {"scale": {"Total": "phq9"}}}) as data:
        assert [flow.used for flow in data.flow] == [24, 2]
    with pytest.raises(iop.DataError, match="episode_id: blank"):
        iop.load(pd.concat([ROWS, ROWS.tail(1).assign(episode_id="")]), mapping=SYNTHETIC)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_that_are_no_rows_before_lines_of_any_end(end, tmp_path):
    """Titles, and the three rows of a survey: the line that names the columns ends as the others do."""
    path = tmp_path / "episodes.csv"
    path.write_bytes(end.join(["Riverside IOP", "", *LINES, ""]).encode())
    with iop.load(path, mapping=SYNTHETIC | {"text": {"skip_rows": 2}}) as data:
        assert completed(data) == PLAIN
    ids = ",".join(['"{""ImportId"":""' + name + '""}"' for name in LINES[0].split(",")])
    path.write_bytes(end.join([LINES[0], "a,b,c,d", ids, *LINES[1:], ""]).encode())
    with iop.load(path, mapping=SYNTHETIC) as data:
        assert completed(data) == PLAIN
