"""Takes how many people of a group ended how, gives a small program, and the words of the sections that parts of a page make of it."""

from contextlib import contextmanager

import pandas as pd

import iop_outcomes as iop
from iop_outcomes.reporting.render.text import text_of_block
from tests.pages import page_of


def people(done, left, *, track="a", start=0, **columns):
    """Rows of a group, completed first, then dropped out; columns are values, or functions of the place in the group."""
    return [
        {
            "episode_id": f"{track}{start + i}",
            "track": track,
            "discharge_reason": "completed" if i < done else "dropped_out",
            "los_days": 20 + i % 9,
            **{name: value(i) if callable(value) else value for name, value in columns.items()},
        }
        for i in range(done + left)
    ]


@contextmanager
def small(rows, *, scores=None, events=None, data_class="synthetic", **mapping):
    """These rows as data."""
    others = {name: pd.DataFrame(table) for name, table in (("scores", scores), ("events", events)) if table is not None}
    frames = {"episodes": pd.DataFrame(rows).convert_dtypes(), **others}
    declared = {"class": data_class} | mapping.pop("data", {})
    with iop.load(frames, mapping={"data": declared, **mapping}) as data:
        yield data


def words_of(sections):
    """Everything that some sections say, on one line."""
    return " ".join(" ".join(text_of_block(block) for part in sections for block in part.blocks).split())


def said(part, rows, *, policy="none", by="track", **given):
    """What a part says of these rows on the page, and in the file of methods."""
    with small(rows, **given) as data:
        page = page_of(data, part, policy=policy, by=by)
        return words_of(part.sections(page)), words_of(part.appendix(page))
