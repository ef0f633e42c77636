"""Takes nothing, gives `Document`: a page as data, whatever draws it."""

from __future__ import annotations

from dataclasses import dataclass

from iop_outcomes.release import Policy, Released
from iop_outcomes.reporting.blocks import Section
from iop_outcomes.reporting.parameters import PageParameters
from iop_outcomes.reporting.parts.figures import PageFigures
from iop_outcomes.results import Provenance

SYNTHETIC = "Synthetic data: no real person is described here."


@dataclass(frozen=True, eq=False)
class Document:
    """A page before it is drawn.

    Parameters
    ----------
    name : str
        Stem of the file names.
    title, lead : str
        Heading, and the line under it.
    sections : tuple of Section
        In order.
    released : tuple of Released
        Every measure in it: the numbers behind its figures.
    provenance : Provenance
        Inputs, versions, class, cut-off.
    policy : Policy
        Disclosure policy in force.
    parameters : PageParameters
        What was asked for: enough to make the page again.
    without : tuple of Section
        Sections that the data cannot fill, each with the reason; no part of the page.
    figures : PageFigures, optional
        The outcomes of page one in short, which a later report is compared with.
    appendix : tuple of Section
        What the page rests on: every figure in full, methods, definitions, data quality. The second file of the page.
    """

    name: str
    title: str
    lead: str
    sections: tuple[Section, ...]
    released: tuple[Released, ...]
    provenance: Provenance
    policy: Policy
    parameters: PageParameters
    without: tuple[Section, ...] = ()
    figures: PageFigures | None = None
    appendix: tuple[Section, ...] = ()

    @property
    def every_section(self) -> tuple[Section, ...]:
        """The sections of the page, then those of its appendix: what a form that is one file holds."""
        return (*self.sections, *self.appendix)

    @property
    def banners(self) -> list[str]:
        """What stands over everything: the words of the policy, and that the data are synthetic."""
        mark = f"{self.policy.mark[:1].upper()}{self.policy.mark[1:]}." if self.policy.mark else ""
        synthetic = SYNTHETIC if self.provenance.data_class == "synthetic" else ""
        return [words for words in (mark, synthetic) if words]
