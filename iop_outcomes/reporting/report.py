"""Takes sections and provenance, gives a `Report`: one self-contained page, its numbers as CSV, and where they come from."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from html import escape
from importlib.resources import files
from pathlib import Path

from iop_outcomes.errors import UsageError, choices
from iop_outcomes.progress import report_step
from iop_outcomes.release import NOT_AUDITED, Policy, Released
from iop_outcomes.reporting.blocks import Section
from iop_outcomes.reporting.files import write_files
from iop_outcomes.results import Provenance
from iop_outcomes.show.plain import csv_text

SYNTHETIC = "Synthetic data: no real person is described here."


@dataclass(frozen=True, eq=False)
class Report:
    """A report that can be looked at and saved.

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
    parameters : dict of str to str
        What was asked for.
    without : tuple of Section
        Sections that the data cannot fill, each with the reason; no part of the page.
    """

    name: str
    title: str
    lead: str
    sections: tuple[Section, ...]
    released: tuple[Released, ...]
    provenance: Provenance
    policy: Policy
    parameters: dict[str, str]
    without: tuple[Section, ...] = ()

    def section(self, name: str) -> Section:
        """One section, to look at in a notebook; one that the data cannot fill says why.

        Raises
        ------
        UsageError
            When there is no such section.
        """
        every = (*self.sections, *self.without)
        for part in every:
            if part.id == name:
                return part
        raise UsageError(f'No section is called "{name}". {choices(name, [part.id for part in every])}')

    def to_html(self) -> str:
        """The page: no script, nothing from the network, the same bytes every time."""
        from jinja2 import Environment, StrictUndefined

        templates = files("iop_outcomes.reporting") / "templates"
        environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, keep_trailing_newline=True)
        template = environment.from_string((templates / "report.html.j2").read_text(encoding="utf-8"))
        css = (templates / "report.css").read_text(encoding="utf-8")
        banners = [SYNTHETIC] if self.provenance.data_class == "synthetic" else []
        return template.render(
            title=self.title,
            lead=self.lead,
            mark=self.policy.mark,
            banners=banners,
            css=css,
            sections=self.sections,
            provenance=self.provenance,
        )

    def to_csv(self) -> str:
        """Every released number, with the fixed columns; withheld ones empty with the flag suppressed."""
        return csv_text(self.released)

    def to_json(self) -> str:
        """Where the numbers come from and how they were made."""
        policy = {"name": self.policy.name, "threshold": self.policy.threshold, "withheld": sum(r.withheld for r in self.released)}
        facts = {
            "mark": self.policy.mark,
            "audit": NOT_AUDITED,
            "parameters": self.parameters,
            "policy": policy,
            "provenance": asdict(self.provenance),
        }
        return json.dumps(facts, indent=2, sort_keys=True, ensure_ascii=False) + "\n"

    def save(self, folder: str | Path) -> list[Path]:
        """Write page, numbers and provenance into a folder.

        Returns
        -------
        list of Path
            The page first.

        Raises
        ------
        OutputError
            When the folder cannot be written; what stood there before is untouched.
        """
        report_step("writing the report")
        texts = {"html": self.to_html(), "csv": self.to_csv(), "json": self.to_json()}
        return write_files(folder, {f"{self.name}.{suffix}": text.encode("utf-8") for suffix, text in texts.items()})

    def _repr_html_(self) -> str:
        return f"<h1>{escape(self.title)}</h1>" + "".join(part._repr_html_() for part in self.sections)
