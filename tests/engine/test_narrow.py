"""Takes many words, many episodes and many questions, gives proof that what is kept narrow counts the same and leaves the memory."""

from collections import defaultdict
from unittest.mock import patch

import numpy as np
import pytest

from iop_outcomes.columns import Column
from tests.engine.test_duckdb import ASKED, loaded, program


def test_tally_is_counted_once_and_summed_afterwards():
    """Asking again, or for fewer columns, sends nothing; the sum is what a count would have given."""
    fewer = [Column("los_days"), Column("track")]
    with loaded(program()) as first:
        whole = first.count(ASKED)
        sent = len(first.engine.connection.statements)
        assert first.count(ASKED) is whole
        summed = first.count(fewer)
        assert len(first.engine.connection.statements) == sent
    with loaded(program()) as second:
        counted = second.count(fewer)
    assert summed.columns == ("los_days", "track")
    assert summed.codes.tolist() == counted.codes.tolist()
    assert summed.n.tolist() == counted.n.tolist()
    assert summed.origin.tolist() == counted.origin.tolist()


@pytest.mark.parametrize("sites", [1, 32, 33, 90])
def test_however_many_words_a_column_has(sites):
    """Few words are looked for one by one, many by their hash: both count what a plain counter does, the blank among them."""
    frame = program(400)["episodes"].assign(site=[None if i % 7 == 0 else f"{'Abzü'[i % 4]}{i % sites}" for i in range(400)])
    expected = defaultdict(int)
    for track, site in zip(frame.track, frame.site, strict=True):
        expected[None if track is None else track, site] += 1
    with loaded({"episodes": frame}) as data:
        alone, together = data.engine.tally([[Column("site")], [Column("track"), Column("site")]])
    assert dict(together) == expected
    assert dict(alone) == {(site,): sum(n for (_, other), n in expected.items() if other == site) for _, site in expected}


def test_many_episodes_are_kept_in_the_private_folder():
    """What is kept of many rows lies on the disk, and is counted as what is kept in memory is; closing removes it."""
    sets = [ASKED, [Column("track"), Column("site")], [Column("site"), Column("los_days")]]

    def answers(frames):
        with loaded(frames) as data:
            tables = data.engine.tally(sets)
            people = [data.engine.patients(requests) for requests in sets]
            files = list(data.engine.connection.folder.glob("narrow_*.parquet"))
            numbers = [each.variance(np.arange(len(counts), dtype=float)) for counts, each in zip(tables, people, strict=True)]
        return [dict(counts) for counts in tables], numbers, files

    kept = answers(program(200))
    with patch("iop_outcomes.engine.narrow.IN_MEMORY", 199):
        written = answers(program(200))
    assert (len(kept[2]), len(written[2])) == (0, 1)
    assert written[:2] == kept[:2]
    assert not written[2][0].exists()
