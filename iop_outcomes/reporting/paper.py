"""Takes results, gives the figure that a paper prints of them, and writes it where one asks for a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import groupby
from pathlib import Path

from matplotlib.axes import Axes

from iop_outcomes.release import Released, release
from iop_outcomes.reporting.files import write_new_file
from iop_outcomes.results import Results
from iop_outcomes.show.curves import CUMULATIVE
from iop_outcomes.show.draw import CHARTS, draw
from iop_outcomes.show.paper import WORKING, PaperFigure, inches, on_paper
from iop_outcomes.show.survival_figure import survival_figure


def paper_figure(
    results: Results,
    size: str = "double",
    *,
    path: str | Path | None = None,
    policy: str = "cms11",
    working: bool = False,
    curve: str = "event",
    levels: Sequence[str] | None = None,
) -> PaperFigure:
    """The figure of a measure: of time, curves over their table; of any other, its chart. The arguments are those of `Answer.figure`."""
    inches(size)
    timed = results.definition.chart == CUMULATIVE.name
    released = release(results.with_lines() if timed else results, "internal" if working else policy)
    mark = WORKING if working else ""
    if timed:
        figure = survival_figure(released, size=size, curve=curve, levels=levels, mark=mark)
    else:
        alt_text = CHARTS[results.definition.chart].alt_text(released)
        figure = on_paper(partial(draw, released), size, alt_text=alt_text, caption=_caption(released), mark=mark)
    return written(figure, path)


def studies_figure(draw_studies: Callable[[], Axes], size: str, caption: str, path: str | Path | None) -> PaperFigure:
    """The chart of published studies, which nobody need be protected in."""
    figure = on_paper(draw_studies, size, alt_text=caption, caption=caption)
    return written(figure, path)


def written(figure: PaperFigure, path: str | Path | None) -> PaperFigure:
    """The figure, after it was written to a path where there is one."""
    if path is not None:
        write_new_file(path, figure.file(path), overwrite=True)
    return figure


def _caption(released: Released) -> str:
    """What a paper prints below a chart: what is counted, among whom."""
    items = [released.definition.estimand(name) for name in released.definition.shown]
    counted = "; ".join(
        f"{'; '.join(f'{item.label}: {item.counted}' for item in alike)}, among {among}"
        for among, alike in groupby(items, key=lambda item: item.among)
    )
    drawn = [each for each in released if each.estimand in released.definition.shown]
    level = f" Ranges are {drawn[0].conf_level * 100:g}% intervals." if any(each.method != "none" for each in drawn) else ""
    return " ".join(filter(None, (f"{released.definition.title}. {counted}.{level}", released.policy.mark)))
